// The attendance sheet: the quorum counts along, digits choose, Enter goes to the next member.
// And the minutes: the outline shows which items are written.
import { touch } from "./form.js";
import { make, word } from "./words.js";

const COUNTS = new Set(["present", "delegated"]);
const KEYS = { 1: "present", 2: "delegated", 3: "leave", 4: "absent" }; // a key means the same in every row

class Sheet {
  constructor(form) {
    this.form = form;
    this.rows = [...form.querySelectorAll("#att-rows tr")];
    this.needed = Number(form.dataset.needed);
    this.members = Math.max(1, Number(form.dataset.members));
    form.addEventListener("change", () => this.count());
    form.addEventListener("keydown", (event) => this.onKey(event));
    form.querySelector("[data-fill-rest]")?.addEventListener("click", () => this.fill());
    this.count();
  }

  chosen(row) { return row.querySelector("input[type=radio]:checked")?.value ?? ""; }

  count() {
    const tally = {};
    for (const row of this.rows) { const status = this.chosen(row); tally[status] = (tally[status] ?? 0) + 1; }
    for (const place of this.form.querySelectorAll("[data-tally]")) place.textContent = String(tally[place.dataset.tally] ?? 0);
    this.say([...COUNTS].reduce((sum, status) => sum + (tally[status] ?? 0), 0));
  }

  say(here) {
    const met = here >= this.needed;
    for (const place of this.form.querySelectorAll("[data-here]")) place.textContent = String(here);
    const bar = this.form.querySelector(".bar .fg");
    bar.setAttribute("width", `${Math.min(100, (here * 100) / this.members)}%`);
    bar.classList.toggle("ok", met);
    const text = met ? word("quorum_met") : word("quorum_missing", { n: this.needed - here });
    const place = this.form.querySelector("[data-verdict]");
    if (place.textContent.trim().endsWith(text)) return;
    place.replaceChildren(make("span", { class: `chip ${met ? "ok" : "warn"}` }, make("i", { "aria-hidden": "true" }, met ? "✓" : "◔"), text));
  }

  fill() {
    const rest = this.rows.filter((row) => !this.chosen(row));
    for (const row of rest) row.querySelector('input[value="present"]').checked = true;
    if (rest.length) touch(rest[0].querySelector("input[type=radio]:checked"));
  }

  onKey(event) {
    const row = event.target.closest("#att-rows tr");
    if (!row) return;
    if (event.key === "Enter") { event.preventDefault(); this.next(row); }
    if (event.target.type !== "radio" || event.ctrlKey || event.altKey) return;
    if (!(event.key in KEYS)) return;
    event.preventDefault();
    const option = row.querySelector(`input[type=radio][value="${KEYS[event.key]}"]`);
    if (!option) return;
    option.checked = true;
    touch(option);
    if (option.value === "delegated") row.querySelector(".deleg input").focus(); else this.next(row);
  }

  next(row) {
    const after = this.rows.slice(this.rows.indexOf(row) + 1).find((other) => !other.hidden);
    const target = after ? after.querySelector("input:checked") ?? after.querySelector("input") : this.form.querySelector(".save .go");
    target.focus();
    target.scrollIntoView({ block: "nearest" });
  }
}

function outline() {
  for (const sign of document.querySelectorAll("[data-written]")) {
    const area = document.getElementById(sign.dataset.written);
    if (!area) continue;
    const show = () => { sign.hidden = !area.value.trim(); };
    area.addEventListener("input", show);
    show();
  }
}

export function start() {
  const form = document.querySelector("[data-attendance]");
  if (form) new Sheet(form);
  outline();
}
