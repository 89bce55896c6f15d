// The page on which a complaint is taken down: what is known of such cases follows what is typed,
// and numbers of persons are put into their groups. Nothing of it is kept in the browser.
import { make, meta, word } from "./words.js";

const WATCHED = ["category_id", "subject", "district_id", "phone", "is_anonymous"];
const WAIT = 500;
const THAI = "๐๑๒๓๔๕๖๗๘๙";
const digits = (text) => [...text].map((sign) => (THAI.includes(sign) ? THAI.indexOf(sign) : sign)).join("").replaceAll(/\D/g, "");

const FORMS = {
  citizen: (text) => {
    const all = digits(text);
    return all.length === 13 ? [all[0], all.slice(1, 5), all.slice(5, 10), all.slice(10, 12), all[12]].join("-") : text;
  },
  phone: (text) => {
    const all = digits(text);
    if (all.startsWith("02") && all.length === 9) return `${all.slice(0, 2)}-${all.slice(2, 5)}-${all.slice(5)}`;
    return all.startsWith("0") && (all.length === 9 || all.length === 10) ? `${all.slice(0, 3)}-${all.slice(3, 6)}-${all.slice(6)}` : text;
  },
};

/** Whether thirteen digits carry their check digit; other lengths are wrong too. */
function isCitizen(text) {
  const all = digits(text);
  if (all.length !== 13) return false;
  const sum = [...all.slice(0, 12)].reduce((total, digit, n) => total + Number(digit) * (13 - n), 0);
  return (11 - (sum % 11)) % 10 === Number(all[12]);
}

const RIGHT = { citizen: isCitizen, phone: (text) => /^0([689]\d{8}|[2-7]\d{7})$/.test(digits(text)) };

function judge(input) {
  const kind = input.dataset.check;
  const wrong = input.value.trim() !== "" && !RIGHT[kind](input.value);
  const field = input.closest(".field");
  for (const old of field.querySelectorAll(".err")) old.remove();
  field.classList.toggle("bad", wrong);
  input.toggleAttribute("aria-invalid", wrong);
  if (wrong) field.append(make("p", { class: "err", role: "alert" }, word(`bad_${kind}`)));
  else input.value = FORMS[kind](input.value);
}

class Intake {
  constructor(form) {
    this.form = form;
    this.place = form.querySelector("[data-told]");
    form.addEventListener("input", (event) => this.soon(event));
    form.addEventListener("change", (event) => this.changed(event));
    form.addEventListener("click", (event) => this.choose(event));
  }

  soon(event) {
    if (!WATCHED.includes(event.target.name)) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), WAIT);
  }

  changed(event) {
    if (event.target.dataset.check) judge(event.target);
    if (event.target.name === "district_id") this.places(event.target.value);
  }

  async ask() {
    const sent = new FormData();
    for (const name of [...WATCHED, "province_id"]) {
      const field = this.form.elements[name];
      if (field && (field.type !== "checkbox" || field.checked)) sent.set(name, field.value);
    }
    sent.set("csrf_token", meta("csrf-token"));
    const asked = (this.asked = Symbol());
    const answer = await fetch(this.form.dataset.intake, { method: "POST", body: sent }).catch(() => null);
    if (!answer?.ok || asked !== this.asked) return;
    this.place.innerHTML = await answer.text();
  }

  async places(district) {
    const field = this.form.elements.subdistrict_id;
    const answer = await fetch(`${this.form.dataset.places}?district=${encodeURIComponent(district)}`).catch(() => null);
    if (!answer?.ok) return;
    const rows = await answer.json();
    field.replaceChildren(make("option", { value: "" }), ...rows.map((row) => make("option", { value: row.id }, row.text)));
  }

  choose(event) {
    const button = event.target.closest("[data-lead]");
    const field = this.form.elements.lead_agency_id;
    if (!button || !field?.options) return;
    field.value = button.dataset.lead;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    field.focus();
  }
}

export function start() {
  for (const form of document.querySelectorAll("form[data-intake]")) new Intake(form);
  for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());
}
