// The numbers beside the menu and a list's tabs: fetched once after the page, last known ones shown at once.
import { make, meta, word } from "./words.js";

const list = () => document.querySelector(".views[data-list]")?.dataset.list ?? "";
const shelf = () => `counts-${meta("person-id")}-${list()}`;

function showTabs(tabs) {
  for (const nav of document.querySelectorAll(".views, .viewmenu .panel")) {
    nav.querySelectorAll("a").forEach((tab, n) => {
      const box = tab.querySelector("[data-n]") ?? tab.appendChild(make("span", { "data-n": "" }));
      box.textContent = tabs[n] ? ` ${tabs[n]}` : "";
    });
  }
}

function show({ menu = {}, waiting = 0, tabs = [] }) {
  if (list()) showTabs(tabs);
  const badge = document.querySelector("[data-waiting]");
  if (badge) badge.textContent = waiting ? String(waiting) : "";
  const link = document.getElementById("waiting");
  if (link) link.title = waiting ? word("waiting", { n: waiting }) : "";
  for (const place of document.querySelectorAll("#side a[data-key]")) {
    const count = place.dataset.key === "admin" ? { n: waiting } : menu[place.dataset.key];
    const box = place.querySelector(".n");
    box.classList.toggle("late", Boolean(count?.late));
    if (count?.late) box.replaceChildren(make("i", { "aria-hidden": "true" }, "! "), make("span", { class: "vh" }, word("late", { n: "" })), String(count.late));
    else box.textContent = count?.n ? String(count.n) : "";
  }
}

export async function start() {
  if (!document.getElementById("waiting")) return;
  const known = sessionStorage.getItem(shelf());
  if (known) show(JSON.parse(known));
  try {
    const answer = await fetch(`/admin/counts${list() ? `?list=${list()}` : ""}`, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const counts = await answer.json();
    sessionStorage.setItem(shelf(), JSON.stringify(counts));
    show(counts);
  } catch {
    // No counts is no trouble: the menu works without them.
  }
}
