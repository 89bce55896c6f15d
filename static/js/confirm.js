// Nothing that asks first happens without a yes: links, forms and single buttons with data-confirm.
import { make, word } from "./words.js";

/** Ask in a native dialog; resolves true only when the person chose yes. */
export function ask(text, { title = word("sure"), yes = word("yes"), danger = false } = {}) {
  return new Promise((resolve) => {
    const close = (answer) => () => dialog.close(answer);
    const dialog = make("dialog", { class: "ask", "aria-labelledby": "ask-title", "aria-describedby": "ask-text" },
      make("div", { class: "in" }, make("h2", { id: "ask-title" }, title), make("p", { id: "ask-text" }, text)),
      make("div", { class: "end" },
        make("button", { type: "button", class: "btn", autofocus: true, onclick: close("") }, word("no")),
        make("button", { type: "button", class: `btn go${danger ? " no" : ""}`, onclick: close("yes") }, yes)));
    dialog.addEventListener("close", () => { dialog.remove(); resolve(dialog.returnValue === "yes"); });
    document.body.append(dialog);
    dialog.showModal();
  });
}

// A guarded form is sent twice: what was agreed to holds until a button is pressed anew.
const agreed = new WeakSet();

async function onSubmit(event) {
  const form = event.target;
  const button = event.submitter;
  const text = button?.dataset.confirm || form.dataset.confirm;
  if (!text || agreed.has(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!(await ask(text, { danger: Boolean(button?.classList.contains("no")) }))) return button?.focus();
  agreed.add(form);
  form.requestSubmit(button ?? undefined);
}

async function onClick(event) {
  agreed.delete(event.target.closest("button")?.form);
  const link = event.target.closest("a[data-confirm]");
  if (!link) return;
  event.preventDefault();
  if (await ask(link.dataset.confirm)) location.assign(link.href);
}

export function start() {
  document.addEventListener("submit", onSubmit, true);
  document.addEventListener("click", onClick);
}
