// Keys for the whole page: "/" to the search, "?" to this help. Typing in a control is never taken away.
import { make, word } from "./words.js";

const typing = (target) => target.closest?.("input, textarea, select, [contenteditable]");

/** The help about keys, as a dialog. */
export function help() {
  const row = (keys, text) => [make("span", {}, ...keys.map((key) => make("kbd", {}, key))), make("span", {}, text)];
  const dialog = make("dialog", { class: "ask", "aria-labelledby": "keys-title" },
    make("div", { class: "in" }, make("h2", { id: "keys-title" }, word("keys_title")),
      make("div", { class: "keys" }, ...row(["/"], word("key_search")), ...row(["Ctrl", "S"], word("key_save")),
        ...row(["↑", "↓"], word("key_next")), ...row(["Esc"], word("key_close")), ...row(["?"], word("key_help")))),
    make("div", { class: "end" }, make("button", { type: "button", class: "btn go", autofocus: true, onclick: () => dialog.close() }, word("close"))));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

export function start() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "/") { event.preventDefault(); document.getElementById("find")?.focus(); }
    if (event.key === "?") { event.preventDefault(); help(); }
  });
  document.querySelector("[data-keys]")?.addEventListener("click", help);
  document.addEventListener("click", fill);
}

// A demonstration account fills the sign-in form by one press.
function fill(event) {
  const button = event.target.closest("[data-fill-user]");
  if (!button) return;
  document.getElementById("username").value = button.dataset.fillUser;
  const password = document.getElementById("password");
  password.value = button.dataset.fillPass;
  password.focus();
}
