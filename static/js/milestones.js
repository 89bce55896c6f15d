// The sheet of milestones: the weights are summed while they are typed, without those to be removed.

const digits = (text) => text.replace(/[๐-๙]/g, (digit) => String(digit.charCodeAt(0) - 0x0e50));
const hundredths = (text) => Math.round(Number(digits(text).replace(/[,\s%]/g, "")) * 100) || 0;

class Weights {
  constructor(form) {
    this.form = form;
    this.total = form.querySelector("[data-sum]");
    this.verdict = form.querySelector("[data-whole]");
    form.addEventListener("input", () => this.count());
    form.addEventListener("change", () => this.count());
    this.count();
  }

  count() {
    let sum = 0;
    for (const input of this.form.querySelectorAll("[data-weight]")) {
      const gone = input.closest("tr").querySelector('input[type="checkbox"]')?.checked;
      if (!gone) sum += hundredths(input.value);
    }
    const told = (sum / 100).toFixed(2);
    if (this.total.textContent === told) return;
    this.total.textContent = told;
    const sign = this.form.querySelector(sum === 10_000 ? "[data-ok]" : "[data-off]");
    this.verdict.replaceChildren(sign.content.cloneNode(true));
  }
}

export function start() {
  const form = document.querySelector("[data-milestones]");
  if (form?.querySelector("[data-weight]")) new Weights(form);
}
