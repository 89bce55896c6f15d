// The sheet of a budget request's step: Enter goes to the next amount, the total counts along.
import { make } from "./words.js";

const THAI = "๐๑๒๓๔๕๖๗๘๙";
const shown = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** Satang of what was typed, or NaN; Thai digits and commas are understood. */
function satang(text) {
  const plain = [...text].map((sign) => (THAI.includes(sign) ? THAI.indexOf(sign) : sign)).join("").replaceAll(/[,\s฿]|บาท/g, "");
  return /^\d+(\.\d{0,2})?$/.test(plain) ? Math.round(Number(plain) * 100) : NaN;
}

class Sheet {
  constructor(form) {
    this.form = form;
    this.rows = [...form.querySelectorAll("[data-row]")];
    this.card = form.querySelector("[data-ceiling]");
    this.ceiling = satang(this.card.dataset.ceiling || "");
    this.total = form.querySelector("[data-total]");
    this.elsewhere = satang(this.total.textContent) - this.rows.reduce((sum, row) => sum + satang(row.dataset.before), 0);
    form.addEventListener("input", () => this.count());
    form.addEventListener("change", () => this.count());
    form.addEventListener("keydown", (event) => this.onKey(event));
    this.count();
  }

  verdict(row) { return row.querySelector("input[type=radio]:checked")?.value ?? "later"; }

  worth(row) {
    const verdict = this.verdict(row);
    if (verdict === "reject") return 0;
    const typed = satang(row.querySelector(".amount").value);
    return verdict === "later" || Number.isNaN(typed) ? satang(row.dataset.before) : typed;
  }

  count() {
    let sum = this.elsewhere;
    for (const row of this.rows) {
      const verdict = this.verdict(row);
      for (const name of ["approve", "reject", "later"]) row.classList.toggle(name, name === verdict);
      row.classList.toggle("above", satang(row.querySelector(".amount").value) > satang(row.dataset.before));
      sum += this.worth(row);
    }
    this.total.textContent = shown.format(sum / 100);
    this.say(sum);
  }

  say(sum) {
    if (Number.isNaN(this.ceiling) || !this.ceiling) return;
    const percent = (sum * 100) / this.ceiling;
    const over = sum > this.ceiling;
    this.card.classList.toggle("over", over);
    const text = over ? `${shown.format(percent)}% · +${shown.format((sum - this.ceiling) / 100)}` : `${shown.format(percent)}%`;
    const sign = make("i", { "aria-hidden": "true" }, over ? "!" : "✓");
    this.card.querySelector("[data-share]").replaceChildren(make("span", { class: `chip ${over ? "bad" : "ok"}` }, sign, ` ${text}`));
    const bar = this.card.querySelector(".bar .fg");
    bar?.setAttribute("width", `${Math.min(100, percent)}%`);
    bar?.classList.toggle("bad", over);
    bar?.classList.toggle("ok", !over);
  }

  onKey(event) {
    const row = event.target.closest("[data-row]");
    const steps = { Enter: 1, ArrowDown: 1, ArrowUp: -1 };
    const amount = event.target.matches(".amount");
    if (!row || !(event.key in steps) || event.ctrlKey || event.altKey) return;
    if (event.key !== "Enter" && !amount) return;
    event.preventDefault();
    this.go(this.rows.indexOf(row), steps[event.key]);
  }

  go(place, by) {
    let next = place + by;
    while (this.rows[next] && this.verdict(this.rows[next]) !== "approve") next += by;
    const target = this.rows[next]?.querySelector(".amount") ?? (by > 0 ? this.form.querySelector(".save .go") : null);
    target?.focus();
    target?.select?.();
    target?.scrollIntoView({ block: "nearest" });
  }
}

export function start() {
  const form = document.querySelector("[data-decide]");
  if (form) new Sheet(form);
}
