// Registers and papers: Enter registers the row, arrows move, Escape clears.

const KEPT = new Set(["from_party", "to_party", "dated_on", "received_on", "urgency", "secrecy"]); // what the next row begins with
const BOXES = "input:not([type=hidden]), select, button";

class Row {
  constructor(row, box) {
    this.row = row;
    this.box = box;
    row.addEventListener("keydown", (event) => this.onKey(event));
    box.addEventListener("keydown", (event) => this.onRows(event));
  }

  first() { return this.row.querySelector("[data-first]") ?? this.row.querySelector(BOXES); }

  links() { return [...this.box.querySelectorAll("a[data-row]")]; }

  onKey(event) {
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape") this.clear();
    else if (event.key === "Enter" && event.target.tagName === "SELECT") document.getElementById("entry").requestSubmit();
    else if (event.key === "ArrowDown" && event.target.tagName === "INPUT" && !event.target.list) this.links()[0]?.focus();
    else return;
    event.preventDefault();
  }

  onRows(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !event.target.matches("a[data-row]")) return;
    const links = this.links();
    const at = links.indexOf(event.target) + step;
    event.preventDefault();
    (at < 0 ? this.first() : links[at])?.focus();
  }

  clear() {
    for (const control of this.row.querySelectorAll("input:not([type=hidden]), select")) {
      if (!KEPT.has(control.name)) control.value = "";
      control.removeAttribute("aria-invalid");
    }
    for (const told of this.row.querySelectorAll(".err")) told.remove();
    this.first()?.focus();
  }
}

// A tab typed into a pasted sheet parts its cells; Escape first, and Tab leaves the box as elsewhere.
function tabs(area) {
  let leaving = false;
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape") leaving = true;
    if (event.key !== "Tab" || event.shiftKey || leaving || !area.value) return;
    event.preventDefault();
    area.setRangeText("\t", area.selectionStart, area.selectionEnd, "end");
  });
  area.addEventListener("blur", () => { leaving = false; });
}

export function start() {
  const row = document.querySelector("[data-register]");
  if (row) {
    const own = new Row(row, row.closest("[data-sheet]"));
    if (matchMedia("(min-width: 701px)").matches) own.first()?.focus({ preventScroll: true });
  }
  for (const area of document.querySelectorAll("textarea[data-tabs]")) tabs(area);
  for (const all of document.querySelectorAll("[data-tick-all]")) {
    all.addEventListener("change", () => {
      for (const one of document.querySelectorAll(`input[name="${all.dataset.tickAll}"]:not(:disabled)`)) one.checked = all.checked;
    });
  }
}
