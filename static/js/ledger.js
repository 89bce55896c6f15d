// The control ledger: the entry row shows what its kind needs, arrows move, Enter saves, Escape clears.
import { moving } from "./words.js";

const BOXES = "input:not([type=hidden]), select, button";
const NEEDS = {
  "for-order": ["commitment", "commitment_release", "disbursement"],
  "for-new": ["commitment"],
  "for-reserve": ["commitment", "disbursement"],
  "for-carried": ["disbursement", "refund", "lapse"],
};
const KEPT = new Set(["entry_date", "kind"]); // what the next row begins with

class Row {
  constructor(row, box) {
    this.row = row;
    this.box = box;
    this.columns = JSON.parse(row.dataset.columns);
    this.kind = row.querySelector("[data-kind]");
    this.order = row.querySelector("[name=order_id]");
    row.addEventListener("change", () => this.dress());
    row.addEventListener("keydown", (event) => this.onKey(event));
    box.addEventListener("keydown", (event) => this.onRows(event));
    this.dress();
  }

  // Only what the kind needs is shown, and the amount stands in the column that it changes.
  dress() {
    for (const [name, kinds] of Object.entries(NEEDS)) {
      for (const cell of this.row.querySelectorAll(`.${name}`)) this.show(cell, kinds.includes(this.kind.value) && !(name === "for-new" && this.order.value));
    }
    const none = this.order.options[0]; // without an order chosen, a commitment makes a new one
    none.text = this.kind.value === "commitment" ? none.dataset.fresh : none.dataset.none;
    const amount = this.row.querySelector(".amt");
    const place = this.row.querySelector(`[data-column="${this.columns[this.kind.value]}"]`);
    if (place && amount.parentElement !== place) moving(amount, () => place.append(amount));
  }

  show(cell, wanted) {
    cell.hidden = !wanted;
    if (!wanted) for (const control of cell.querySelectorAll("input, select")) control.value = "";
  }

  boxes() {
    return [...this.row.querySelectorAll(BOXES)].filter((control) => !control.closest("[hidden]"));
  }

  onKey(event) {
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    const act = { Escape: () => this.clear(), Enter: () => this.save(event), ArrowDown: () => this.down(event), ArrowLeft: () => this.side(event, -1), ArrowRight: () => this.side(event, 1) }[event.key];
    if (act?.()) event.preventDefault();
  }

  // A select has no Enter of its own; the boxes and the button have.
  save(event) {
    if (event.target.tagName !== "SELECT") return false;
    document.getElementById("entry").requestSubmit();
    return true;
  }

  down(event) {
    if (event.target.tagName === "SELECT") return false;
    return this.focus(this.links()[0]);
  }

  side(event, step) {
    const { target } = event;
    if (target.tagName === "SELECT" || (target.tagName === "INPUT" && !atEdge(target, step))) return false;
    const boxes = this.boxes();
    return this.focus(boxes[boxes.indexOf(target) + step]);
  }

  links() { return [...this.box.querySelectorAll("a[data-row]")]; }

  onRows(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !event.target.matches("a[data-row]")) return;
    const links = this.links();
    const at = links.indexOf(event.target) + step;
    event.preventDefault();
    this.focus(at < 0 ? this.row.querySelector("[name=doc_no]") : links[at]);
  }

  focus(control) {
    control?.focus();
    return Boolean(control);
  }

  clear() {
    for (const control of this.boxes()) {
      if (control.tagName !== "BUTTON" && !KEPT.has(control.name)) control.value = "";
      control.removeAttribute("aria-invalid");
    }
    for (const told of this.row.querySelectorAll(".err")) told.remove();
    this.dress();
    return this.focus(this.row.querySelector("[name=doc_no]"));
  }
}

function atEdge(input, step) {
  const { selectionStart: from, selectionEnd: to, value } = input;
  return from === to && (step < 0 ? from === 0 : to === value.length);
}

export function start() {
  const row = document.querySelector("[data-entry]");
  if (!row) return;
  new Row(row, row.closest("[data-ledger]"));
  // The page may be here before the browser looks for the box that asks for the cursor, a refused one.
  // On a phone the keyboard would cover the figures; there the first box waits for a touch.
  const first = row.querySelector("[autofocus]") ?? row.querySelector("[name=doc_no]");
  if (matchMedia("(min-width: 701px)").matches && document.activeElement === document.body) first.focus({ preventScroll: true });
}
