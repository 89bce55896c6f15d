// Forms: nothing typed is lost by accident, nothing is sent twice, mistakes are found at once.
import { make, word } from "./words.js";

const dirty = new Set();

const say = (form, text) => { const place = form.querySelector("[data-state]"); if (place) place.textContent = text; };

function soil(event) {
  const form = event.target.form;
  if (!form?.matches("[data-unsaved]") || dirty.has(form)) return;
  dirty.add(form);
  form.classList.add("dirty");
  say(form, word("unsaved"));
}

/** True while the form holds input that was not sent. */
export const isDirty = (form) => dirty.has(form);

/** Mark a form as changed by a script (a date chosen, a row moved). */
export function touch(input) {
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

/** Let the form be sent again after a refusal or a broken line. */
export function release(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("button[aria-busy]")) button.removeAttribute("aria-busy");
  say(form, dirty.has(form) ? word("unsaved") : "");
}

// The second press of the same save is swallowed; the buttons stay enabled so that their name is sent.
function once(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "1";
  event.submitter?.setAttribute("aria-busy", "true");
  say(form, word("saving"));
  dirty.delete(form);
  if (form.target || form.hasAttribute("data-download")) setTimeout(release, 2000, form);
}

function warn(event) {
  if (dirty.size) event.preventDefault();
}

function hotkey(event) {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
  const form = event.target.form ?? document.querySelector("form[data-unsaved]");
  if (!form?.matches("[data-unsaved]")) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector(".save .btn.go") ?? undefined);
}

function counter(area) {
  const max = area.maxLength;
  if (max <= 0) return;
  const place = document.createElement("span");
  place.className = "count";
  area.after(place);
  const show = () => { place.textContent = word("left", { n: max - area.value.length }); };
  area.addEventListener("input", show);
  show();
}

function grow(area) {
  const height = area.scrollHeight + 2;
  if (height > area.offsetHeight) area.rows = Math.min(40, Math.ceil((height - 14) / parseFloat(getComputedStyle(area).lineHeight)));
}

// Words that are written often stand as buttons under the field; a press puts them at its end.
function usual(area) {
  const put = (text) => { area.value = `${area.value.trim()} ${text}`.trim(); touch(area); area.focus(); };
  const buttons = area.dataset.usual.split("|").map((text) => make("button", { type: "button", class: "btn small", onclick: () => put(text) }, text));
  area.after(make("div", { class: "usual" }, ...buttons));
}

export function start() {
  for (const area of document.querySelectorAll("textarea")) { counter(area); grow(area); }
  for (const area of document.querySelectorAll("[data-usual]")) usual(area);
  document.addEventListener("input", (event) => { soil(event); if (event.target.matches("textarea")) grow(event.target); });
  document.addEventListener("change", soil);
  document.addEventListener("submit", once);
  document.addEventListener("keydown", hotkey);
  window.addEventListener("beforeunload", warn);
  window.addEventListener("pageshow", (event) => { if (event.persisted) for (const form of document.forms) release(form); });
  document.getElementById("errors")?.focus();
  for (const link of document.querySelectorAll("#errors a")) {
    link.addEventListener("click", (event) => { event.preventDefault(); focusField(link.hash.slice(1)); });
  }
}

function focusField(id) {
  const field = document.getElementById(id);
  if (!field) return;
  field.focus();
  field.closest(".field")?.scrollIntoView({ block: "center" });
}
