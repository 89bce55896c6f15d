// A Buddhist-era calendar beside every input[data-date]. Typing dd/mm/BBBB stays the first way;
// the calendar is a dialog with a grid: arrows, Page Up and Down, Home, End, Enter, Escape.
import { touch } from "./form.js";
import { icon, make, moving, word } from "./words.js";

const ERA = 543;
const SPAN = 60;
const DIGITS = "๐๑๒๓๔๕๖๗๘๙";

const two = (n) => String(n).padStart(2, "0");
const key = (date) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
const written = (date) => `${two(date.getDate())}/${two(date.getMonth() + 1)}/${date.getFullYear() + ERA}`;
const spoken = (date) => `${word("days")[date.getDay()]} ${date.getDate()} ${word("months")[date.getMonth()]} ${date.getFullYear() + ERA}`;

/** The date in a text of either era with Thai or Arabic digits, or null. */
export function parse(text) {
  const plain = text.replace(/[๐-๙]/g, (digit) => DIGITS.indexOf(digit));
  const parts = /^\s*(\d{1,2})[/.\-\s](\d{1,2})[/.\-\s](\d{4})\s*$/.exec(plain);
  if (!parts) return null;
  const [day, month, year] = parts.slice(1).map(Number);
  const date = new Date(year > 2400 ? year - ERA : year, month - 1, day);
  return date.getDate() === day && date.getMonth() === month - 1 ? date : null;
}

// The day in Bangkok, whatever the clock of the machine is set to.
function today() {
  const [year, month, day] = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Bangkok" }).format(new Date()).split("-").map(Number);
  return new Date(year, month - 1, day);
}

function moved(date, months) {
  const last = new Date(date.getFullYear(), date.getMonth() + months + 1, 0).getDate();
  return new Date(date.getFullYear(), date.getMonth() + months, Math.min(date.getDate(), last));
}

const plus = (date, days) => new Date(date.getFullYear(), date.getMonth(), date.getDate() + days);

const STEPS = {
  ArrowLeft: (d) => plus(d, -1), ArrowRight: (d) => plus(d, 1), ArrowUp: (d) => plus(d, -7), ArrowDown: (d) => plus(d, 7),
  Home: (d) => plus(d, -d.getDay()), End: (d) => plus(d, 6 - d.getDay()),
  PageUp: (d, shift) => moved(d, shift ? -12 : -1), PageDown: (d, shift) => moved(d, shift ? 12 : 1),
};

class Calendar {
  constructor(input, opener) {
    this.input = input;
    this.opener = opener;
    this.chosen = parse(input.value);
    this.focus = this.chosen ?? today();
    this.build();
    this.draw();
    document.body.append(this.dialog);
    this.dialog.showModal();
    this.place();
    this.focusDay();
  }

  build() {
    const arrow = (name, label, months) => make("button", { type: "button", "aria-label": label, onclick: () => this.go(moved(this.focus, months)) }, icon(name));
    this.month = make("select", { "aria-label": word("month"), onchange: () => this.go(moved(this.focus, this.month.value - this.focus.getMonth())) },
      ...word("months").map((title, at) => make("option", { value: at }, title)));
    this.year = make("select", { "aria-label": word("year"), onchange: () => this.go(moved(this.focus, 12 * (this.year.value - this.focus.getFullYear()))) });
    this.body = make("tbody");
    const head = make("tr", {}, ...word("days_short").map((short, at) => make("th", { scope: "col", abbr: word("days")[at] }, short)));
    this.live = make("p", { class: "vh", "aria-live": "polite" });
    this.dialog = make("dialog", { class: "cal", "aria-label": word("pick_date") },
      make("div", { class: "months" }, arrow("left", word("prev_month"), -1), this.month, this.year, arrow("right", word("next_month"), 1)),
      make("table", { role: "grid" }, make("thead", {}, head), this.body), this.live,
      make("div", { class: "end" },
        make("button", { type: "button", class: "today", onclick: () => this.choose(today()) }, word("today")),
        make("button", { type: "button", class: "today", onclick: () => this.choose(null) }, word("clear"))));
    this.dialog.addEventListener("keydown", (event) => this.onKey(event));
    this.dialog.addEventListener("click", (event) => { if (event.target === this.dialog && !this.inside(event)) this.dialog.close(); });
    this.dialog.addEventListener("close", () => { this.dialog.remove(); this.opener.focus(); });
  }

  inside({ clientX, clientY }) {
    const box = this.dialog.getBoundingClientRect();
    return clientX >= box.left && clientX <= box.right && clientY >= box.top && clientY <= box.bottom;
  }

  draw() {
    const year = this.focus.getFullYear();
    const from = Math.min(year, today().getFullYear()) - SPAN;
    const to = Math.max(year, today().getFullYear()) + 15;
    this.year.replaceChildren(...Array.from({ length: to - from + 1 }, (_, at) => make("option", { value: to - at }, String(to - at + ERA))));
    this.year.value = year;
    this.month.value = this.focus.getMonth();
    this.live.textContent = `${word("months")[this.focus.getMonth()]} ${year + ERA}`;
    const first = new Date(year, this.focus.getMonth(), 1);
    const start = plus(first, -first.getDay());
    this.body.replaceChildren(...Array.from({ length: 6 }, (_, week) => make("tr", {}, ...Array.from({ length: 7 }, (_, day) => this.cell(plus(start, week * 7 + day))))));
  }

  cell(date) {
    const on = this.chosen && key(date) === key(this.chosen);
    return make("td", { "aria-selected": on ? "true" : null }, make("button", {
      type: "button", "data-day": key(date), tabindex: key(date) === key(this.focus) ? 0 : -1, "aria-label": spoken(date), "aria-pressed": String(Boolean(on)),
      "aria-current": key(date) === key(today()) ? "date" : null, class: date.getMonth() === this.focus.getMonth() ? null : "out", onclick: () => this.choose(date),
    }, String(date.getDate())));
  }

  go(date) { this.focus = date; this.draw(); }

  focusDay() { this.body.querySelector(`[data-day="${key(this.focus)}"]`).focus(); }

  onKey(event) {
    if (!event.target.dataset.day || !(event.key in STEPS)) return;
    event.preventDefault();
    this.go(STEPS[event.key](this.focus, event.shiftKey));
    this.focusDay();
  }

  choose(date) {
    this.input.value = date ? written(date) : "";
    touch(this.input);
    this.dialog.close();
  }

  // Style by script object is not an inline style attribute, so the page's policy lets it be.
  place() {
    const at = this.input.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.dialog;
    const below = at.bottom + 6 + height <= innerHeight;
    this.dialog.style.left = `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`;
    this.dialog.style.top = `${Math.max(8, below ? at.bottom + 6 : Math.min(at.top - height - 6, innerHeight - height - 8))}px`;
  }
}

function dress(input) {
  if (input.readOnly || input.disabled || input.parentElement.classList.contains("dated")) return;
  input.inputMode ||= "text";
  input.autocomplete = "off";
  const opener = make("button", { type: "button", "aria-label": word("calendar"), "aria-haspopup": "dialog" }, icon("calendar"));
  opener.addEventListener("click", () => new Calendar(input, opener));
  input.addEventListener("keydown", (event) => { if (event.altKey && event.key === "ArrowDown") { event.preventDefault(); opener.click(); } });
  const box = make("span", { class: "dated" });
  moving(input, () => { input.replaceWith(box); box.append(input, opener); });
}

/** Give every date input below `root` its calendar. */
export function start(root = document) {
  for (const input of root.querySelectorAll("input[data-date]")) dress(input);
}
