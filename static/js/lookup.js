// Look-ups: a hidden input that carries the id, then input[data-lookup=url] that shows the words. The second
// becomes a combobox over url?q=… → [{id, text, sub}]; only what was chosen from the list is a value.
import { touch } from "./form.js";
import { icon, make, word } from "./words.js";

const PAUSE = 180;
let number = 0;

class Lookup {
  constructor(shown) {
    this.shown = shown;
    this.hidden = shown.previousElementSibling;
    this.url = shown.dataset.lookup;
    this.list = make("ul", { class: "hits", role: "listbox", id: `hits-${++number}`, "aria-label": this.label(), hidden: true });
    this.live = make("span", { class: "vh", role: "status" });
    this.clear = make("button", { type: "button", "aria-label": word("clear"), hidden: !this.hidden.value, onclick: () => { this.take({ id: "", text: "" }); this.shown.focus(); } }, icon("close"));
    this.text = shown.value;
    for (const [name, value] of Object.entries({ role: "combobox", autocomplete: "off", spellcheck: "false", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id })) shown.setAttribute(name, value);
    shown.placeholder ||= word("lookup_type");
    const box = make("span", { class: "looked" });
    shown.replaceWith(box);
    box.append(shown, this.clear, this.list, this.live);
    this.listen();
  }

  label() {
    return this.shown.labels?.[0]?.firstChild?.textContent.trim() || this.shown.getAttribute("aria-label") || word("lookup_type");
  }

  listen() {
    this.shown.addEventListener("input", (event) => { event.stopPropagation(); clearTimeout(this.timer); this.timer = setTimeout(() => this.ask(), PAUSE); });
    this.shown.addEventListener("focus", () => this.shown.select());
    this.shown.addEventListener("click", () => { if (this.list.hidden) this.ask(""); });
    this.shown.addEventListener("keydown", (event) => this.onKey(event));
    this.shown.addEventListener("blur", () => setTimeout(() => this.leave(), 120));
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => { const hit = event.target.closest("[role=option]"); if (hit) this.take(hit.hit); });
  }

  async ask(q = this.shown.value.trim()) {
    this.abort?.abort();
    this.abort = new AbortController();
    try {
      const url = new URL(this.url, location.href);
      url.searchParams.set("q", q);
      const answer = await fetch(url, { headers: { Accept: "application/json" }, signal: this.abort.signal });
      if (!answer.ok) throw new Error(answer.statusText);
      this.show(await answer.json());
    } catch (error) {
      if (error.name !== "AbortError") this.show([], word("lookup_fail"));
    }
  }

  show(hits, trouble = "") {
    const rows = hits.map((hit, at) => {
      const row = make("li", { role: "option", id: `${this.list.id}-${at}`, "aria-selected": "false" }, hit.text, hit.sub ? make("span", { class: "s" }, hit.sub) : null);
      row.hit = hit;
      return row;
    });
    const none = trouble || word("lookup_none");
    this.list.replaceChildren(...(rows.length ? rows : [make("li", { class: "quiet", role: "option", "aria-disabled": "true", "aria-selected": "false" }, none)]));
    this.live.textContent = rows.length ? word("lookup_some", { n: rows.length }) : none;
    this.open(true);
    if (rows.length && this.shown.value.trim()) this.point(0);
  }

  open(on) {
    this.list.hidden = !on;
    this.shown.setAttribute("aria-expanded", String(on));
    if (!on) { this.at = -1; this.shown.removeAttribute("aria-activedescendant"); }
  }

  point(at) {
    const rows = [...this.list.querySelectorAll("[role=option]:not([aria-disabled])")];
    if (!rows.length) return;
    this.at = (at + rows.length) % rows.length;
    rows.forEach((row, place) => row.setAttribute("aria-selected", String(place === this.at)));
    rows[this.at].scrollIntoView({ block: "nearest" });
    this.shown.setAttribute("aria-activedescendant", rows[this.at].id);
  }

  onKey(event) {
    const open = !this.list.hidden;
    const acts = {
      ArrowDown: () => (open ? this.point((this.at ?? -1) + 1) : this.ask("")),
      ArrowUp: () => open && this.point((this.at ?? 0) - 1),
      Enter: () => open && this.at >= 0 && this.take(this.list.children[this.at].hit),
      Escape: () => { if (!open) return false; this.open(false); this.shown.value = this.text; return true; },
    };
    const act = acts[event.key];
    if (act && act() !== false) { event.preventDefault(); event.stopPropagation(); }
  }

  take(hit) {
    this.hidden.value = hit.id;
    this.shown.value = this.text = hit.text;
    this.clear.hidden = !hit.id && hit.id !== 0;
    this.open(false);
    touch(this.hidden);
  }

  // What was typed but not chosen is no value: the field goes back to the chosen one, or to nothing when emptied.
  leave() {
    clearTimeout(this.timer);
    this.open(false);
    if (!this.shown.value.trim() && this.hidden.value) this.take({ id: "", text: "" });
    else this.shown.value = this.text;
  }
}

/** Turn every look-up input below `root` into a combobox. */
export function start(root = document) {
  for (const input of root.querySelectorAll("input[data-lookup]")) if (input.previousElementSibling?.type === "hidden") new Lookup(input);
}
