// Quick-entry forms: after Enter the page comes back with the cursor in the same box and the same choices made.

const SHELF = "refocus";

function remember(event) {
  const form = event.target;
  if (!form.dataset.refocus || event.defaultPrevented) return;
  const choices = [...form.querySelectorAll("select")].map((select) => [select.id, select.value]);
  sessionStorage.setItem(SHELF, JSON.stringify({ path: location.pathname, id: form.dataset.refocus, choices }));
}

function recall() {
  const text = sessionStorage.getItem(SHELF);
  if (!text) return;
  sessionStorage.removeItem(SHELF);
  const { path, id, choices } = JSON.parse(text);
  if (path !== location.pathname) return;
  for (const [key, value] of choices) { const select = document.getElementById(key); if (select) select.value = value; }
  const box = document.getElementById(id);
  const take = () => { box?.focus(); box?.scrollIntoView({ block: "center" }); };
  take();
  addEventListener("load", () => setTimeout(take), { once: true }); // going to the address's #part takes the focus away
}

export function start() {
  recall();
  document.addEventListener("submit", remember);
}
