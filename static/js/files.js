// File boxes in the page's language: the native control lies unseen over a button and the chosen names,
// so clicking, keyboard, dropping a file and screen readers stay the browser's own.
import { make, moving, word } from "./words.js";

function dress(input) {
  const names = make("span", { class: "names" });
  const button = make("span", { class: "btn small" }, word(input.multiple ? "choose_files" : "choose_file"));
  const box = make("span", { class: "filebox" }, make("span", { class: "face", "aria-hidden": "true" }, button, names));
  moving(input, () => { input.replaceWith(box); box.prepend(input); });
  const show = () => { names.textContent = [...input.files].map((file) => file.name).join(", ") || word("no_file"); };
  input.addEventListener("change", show);
  show();
}

/** Give every file input below `root` its words. */
export function start(root = document) {
  for (const input of root.querySelectorAll('input[type="file"]')) dress(input);
}
