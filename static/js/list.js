// Lists: tick all, say how many, reveal the chosen filter's controls, keep wide tables scrollable by keyboard.
import { word } from "./words.js";

const ticks = () => [...document.querySelectorAll('input[name="rowid"]')];

function count() {
  const rows = ticks();
  const on = rows.filter((row) => row.checked).length;
  const all = document.querySelector("[data-all]");
  if (all) { all.checked = on > 0 && on === rows.length; all.indeterminate = on > 0 && on < rows.length; }
  const said = document.querySelector("[data-ticked]");
  if (said) said.textContent = on ? word("ticked", { n: on }) : "";
}

function tickAll(on) {
  for (const row of ticks()) row.checked = on;
  count();
}

let last = null;

function onTick(event) {
  if (event.target.matches("[data-all]")) return tickAll(event.target.checked);
  if (event.target.name === "rowid") count();
}

function onRange(event) {
  if (!event.target.matches('input[name="rowid"]')) return;
  const rows = ticks();
  const [from, to] = [rows.indexOf(last), rows.indexOf(event.target)].sort((a, b) => a - b);
  if (event.shiftKey && from >= 0) for (const row of rows.slice(from, to + 1)) row.checked = event.target.checked;
  last = event.target;
  count();
}

// The choices of a link are many and come only when asked for: the same page, asked with ?menu=, carries them.
async function load(link) {
  const select = link.previousElementSibling;
  try {
    const answer = await fetch(link.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.querySelector(`[data-filter="${CSS.escape(link.closest("form").dataset.filter)}"] select[data-value]`);
    select.replaceChildren(...found.querySelectorAll("option"));
    select.disabled = false;
    link.remove();
  } catch {
    // The link stays: pressed, it brings the page with the choices in it.
  }
}

function filters() {
  const choice = document.getElementById("filter-key");
  if (!choice) return;
  const forms = [...document.querySelectorAll("[data-filter]")];
  choice.parentElement.hidden = forms.length < 2;
  const reveal = () => {
    for (const form of forms) form.hidden = form.dataset.filter !== choice.value;
    const link = forms.find((form) => !form.hidden)?.querySelector("[data-load]");
    if (link && choice.closest("details").open) load(link);
  };
  choice.addEventListener("change", reveal);
  choice.closest("details").addEventListener("toggle", reveal);
  reveal();
  for (const form of forms) {
    const operation = form.querySelector("[data-operation]");
    const name = () => { form.querySelector("[data-value]").name = operation.value; };
    operation.addEventListener("change", name);
    name();
  }
}

// A table that is wider than its box scrolls inside it and can be reached by keyboard;
// one that fits lets its head stay under the top bar.
function fit(box) {
  const wide = box.scrollWidth > box.clientWidth + 1;
  box.classList.toggle("fits", !wide && box.hasAttribute("data-fit"));
  if (wide) { box.tabIndex = 0; box.setAttribute("role", "group"); box.setAttribute("aria-label", box.querySelector("caption")?.textContent ?? box.closest("[aria-label]")?.ariaLabel ?? ""); }
  else box.removeAttribute("tabindex");
}

export function start() {
  document.addEventListener("change", onTick);
  document.addEventListener("click", onRange);
  document.querySelector("[data-untick]")?.addEventListener("click", () => { tickAll(false); document.querySelector("[data-all]")?.focus(); });
  filters();
  count();
  const watch = new ResizeObserver((entries) => entries.forEach((entry) => fit(entry.target)));
  for (const box of document.querySelectorAll(".scroll")) watch.observe(box);
}
