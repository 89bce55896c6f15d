// A long form must survive a session that ended. While keys are pressed the session is kept alive; before a
// guarded form goes out the session is asked for, and if it is over the person signs in here, on top of the form.
// A form that opens something sealed asks for the password in the same way where it was not typed lately.
import { release } from "./form.js";
import { make, meta, word } from "./words.js";

const MINUTE = 60_000;
let kept = Date.now();

async function keep() {
  if (Date.now() - kept < MINUTE) return;
  kept = Date.now();
  try {
    await fetch("/session/keep", { method: "POST", headers: { "X-CSRFToken": meta("csrf-token") } });
  } catch {
    // The next key tries again; saving says it aloud when the line is really gone.
  }
}

function adopt(token) {
  const head = document.querySelector('meta[name="csrf-token"]');
  if (head && token) head.content = token;
  if (token) for (const input of document.querySelectorAll('input[name="csrf_token"]')) input.value = token;
}

function tell(form, text) {
  form.querySelector(".note.session")?.remove();
  const note = make("div", { class: "note bad session", role: "alert" }, make("div", {}, text));
  (form.querySelector(".save") ?? form.lastElementChild).before(note);
  note.scrollIntoView({ block: "nearest" });
}

const same = (user) => String(user) === meta("person-id");

/** "go" when the session is this person's, "in" when it ended, "prove" when the password was typed too long
 * ago for this form, "other" for somebody else's, "off" without a line. */
async function state(form) {
  try {
    const answer = await fetch("/session/state", { headers: { Accept: "application/json" }, cache: "no-store" });
    const told = await answer.json().catch(() => ({}));
    adopt(told.csrf);
    if (answer.status === 401) return "in";
    if (answer.ok && !same(told.user)) return "other";
    return answer.ok && !told.fresh && form.matches("[data-fresh]") ? "prove" : "go"; // a server in trouble says so itself when the form arrives
  } catch {
    return "off";
  }
}

const DOORS = {
  in: { address: "/login", title: "session_title", text: "session_text", done: "sign_in" },
  prove: { address: "/account/proof", title: "proof_title", text: "proof_text", done: "proof_done" },
};

async function post(door, username, password) {
  const body = new URLSearchParams({ username, password, csrf_token: meta("csrf-token") });
  const answer = await fetch(door.address, { method: "POST", body, headers: { Accept: "application/json", "X-CSRFToken": meta("csrf-token") } });
  return { status: answer.status, ...(await answer.json()) };
}

function signIn(door) {
  return new Promise((resolve) => {
    const password = make("input", { id: "again-password", type: "password", autocomplete: "current-password", required: true, autofocus: true });
    const trouble = make("div", { role: "alert" });
    const refuse = (...parts) => trouble.replaceChildren(make("div", { class: "note bad" }, make("div", {}, ...parts)));
    const button = make("button", { class: "btn go" }, word(door.done));
    const form = make("form", { novalidate: true, "data-again": true },
      make("div", { class: "in" }, make("h2", { id: "again-title" }, word(door.title)), make("p", {}, word(door.text)), trouble,
        make("div", { class: "field" }, make("label", { for: "again-user" }, word("username")), make("div", { class: "ctl" }, make("input", { id: "again-user", value: meta("person-name"), readonly: true, autocomplete: "username" }))),
        make("div", { class: "field" }, make("label", { for: "again-password" }, word("password")), make("div", { class: "ctl" }, password))),
      make("div", { class: "end" }, make("button", { type: "button", class: "btn", onclick: () => dialog.close("stay") }, word("no")), button));
    const dialog = make("dialog", { class: "ask", "aria-labelledby": "again-title" }, form);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      button.setAttribute("aria-busy", "true");
      const verdict = await attempt(door, password.value, refuse);
      button.removeAttribute("aria-busy");
      if (verdict) dialog.close(verdict); else { password.value = ""; password.focus(); }
    });
    dialog.addEventListener("close", () => { dialog.remove(); resolve(dialog.returnValue || "stay"); });
    document.body.append(dialog);
    dialog.showModal();
    password.focus();
  });
}

async function attempt(door, password, refuse) {
  try {
    const answer = await post(door, meta("person-name"), password);
    if (answer.verify) { refuse(word("session_verify"), " ", make("a", { href: answer.verify, target: "_blank", rel: "noopener" }, word("session_open"))); return ""; }
    if (answer.status !== 200 || answer.error) { refuse(answer.error || word("session_wrong")); return ""; }
    adopt(answer.csrf);
    return same(answer.user) ? "go" : "other";
  } catch {
    refuse(word("offline"));
    return "";
  }
}

const cleared = new WeakSet();

async function guard(event) {
  const form = event.target;
  if (!form.matches("form[data-guard]") || event.defaultPrevented || cleared.has(form)) return;
  event.preventDefault();
  if (form.dataset.asking) return;
  form.dataset.asking = "1";
  const button = event.submitter;
  let verdict = await state(form);
  if (verdict in DOORS) verdict = await signIn(DOORS[verdict]);
  delete form.dataset.asking;
  if (verdict === "go") return send(form, button);
  release(form);
  if (verdict === "other") tell(form, word("session_other"));
  if (verdict === "off") tell(form, word("offline"));
}

function send(form, button) {
  form.querySelector(".note.session")?.remove();
  cleared.add(form);
  form.requestSubmit(button ?? undefined);
  cleared.delete(form);
}

export function start() {
  if (!meta("person-id")) return;
  document.addEventListener("submit", guard);
  if (document.querySelector("form[data-unsaved]")) document.addEventListener("keydown", keep);
}
