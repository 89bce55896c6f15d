// Menus that open and close: the drawer on a phone, <details> that drop, lists that sift, notes that close.

const phone = matchMedia("(max-width: 900px)");

function drawer() {
  const side = document.getElementById("side");
  const burger = document.getElementById("burger");
  if (!side || !burger) return;
  const rest = [...document.querySelectorAll(".page, .top > :not(#burger)")];
  const set = (open) => {
    side.classList.toggle("open", open);
    burger.setAttribute("aria-expanded", String(open));
    for (const [name, value] of [["role", "dialog"], ["aria-modal", "true"], ["aria-label", burger.ariaLabel]]) open ? side.setAttribute(name, value) : side.removeAttribute(name);
    for (const part of rest) part.inert = open;
    if (open) (side.querySelector("[aria-current]") ?? side.querySelector("a")).focus();
  };
  const shut = () => { if (side.classList.contains("open")) { set(false); burger.focus(); } };
  burger.addEventListener("click", (event) => { event.preventDefault(); set(!side.classList.contains("open")); });
  burger.addEventListener("keydown", (event) => { if (event.key === " ") { event.preventDefault(); burger.click(); } });
  side.querySelector("[data-shut]")?.addEventListener("click", (event) => { if (location.hash !== "#side") event.preventDefault(); shut(); });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") shut(); });
  document.addEventListener("pointerdown", (event) => { if (!side.contains(event.target) && !burger.contains(event.target)) shut(); });
  phone.addEventListener("change", () => set(false));
}

function drops() {
  const open = () => document.querySelectorAll("details.drop[open]");
  document.addEventListener("toggle", (event) => {
    if (!event.target.matches?.("details.drop[open]")) return;
    for (const other of open()) if (other !== event.target && !other.contains(event.target)) other.open = false;
    event.target.querySelector("[data-sift]")?.focus();
  }, true);
  document.addEventListener("pointerdown", (event) => {
    if (event.target.closest("dialog")) return;
    for (const one of open()) if (!one.contains(event.target)) one.open = false;
  });
  document.addEventListener("keydown", (event) => {
    const one = event.target.closest?.("details.drop[open]");
    if (!one) return;
    if (event.key === "Escape") { one.open = false; one.querySelector("summary").focus(); }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") walk(one, event);
  });
}

function walk(drop, event) {
  if (event.target.matches("select, textarea, input:not([data-sift])")) return;
  const items = [...drop.querySelectorAll(".it")].filter((item) => item.offsetParent);
  if (!items.length) return;
  event.preventDefault();
  const step = event.key === "ArrowDown" ? 1 : -1;
  const here = items.indexOf(document.activeElement);
  items[here < 0 && step < 0 ? items.length - 1 : (here + step + items.length) % items.length].focus();
}

function sift(event) {
  const box = event.target.closest?.("[data-sift]");
  if (!box) return;
  const asked = box.value.trim().toLowerCase();
  for (const row of document.getElementById(box.dataset.sift).children) {
    row.hidden = !row.textContent.toLowerCase().includes(asked);
  }
}

// Tabs that run over the edge of a phone show the one that is on.
function showTab() {
  for (const tab of document.querySelectorAll(".views [aria-current], .tabs [aria-current]")) {
    const row = tab.closest(".views, ul");
    row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
  }
}

function markCurrent() {
  const side = document.getElementById("side");
  if (!side) return;
  if (!side.querySelector("[aria-current]")) {
    const here = location.pathname;
    const fits = (link) => link.search ? here === link.pathname && location.search.includes(link.search.slice(1)) : here === link.pathname || (link.pathname !== "/admin/" && here.startsWith(link.pathname));
    const best = [...side.querySelectorAll("a[data-key]")].filter(fits)
      .sort((a, b) => b.pathname.length - a.pathname.length)[0];
    best?.setAttribute("aria-current", "page");
  }
  const current = side.querySelector("[aria-current]");
  if (current && side.scrollHeight > side.clientHeight && current.offsetTop > side.clientHeight - 80) {
    side.scrollTop = current.offsetTop - side.clientHeight / 2;
  }
}

// Folded groups stay as the person left them; the one that holds the present page is open.
function folds() {
  const shelf = "folds";
  const open = new Set(JSON.parse(localStorage.getItem(shelf) ?? "[]"));
  for (const fold of document.querySelectorAll("#side details[data-fold]")) {
    const name = fold.dataset.fold;
    const inside = Boolean(fold.querySelector("[aria-current]"));
    fold.open = inside || open.has(name);
    fold.querySelector("summary").addEventListener("click", () => {
      open[fold.open ? "delete" : "add"](name); // the click comes before the fold turns
      localStorage.setItem(shelf, JSON.stringify([...open]));
    });
  }
}

export function start() {
  folds();
  markCurrent();
  showTab();
  drawer();
  drops();
  document.addEventListener("input", sift);
  document.addEventListener("click", (event) => event.target.closest("[data-close]")?.closest(".note")?.remove());
}
