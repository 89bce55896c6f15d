// Many files at once: each goes by itself, with its own progress and its own answer, so that a wrong one
// loses no other. Without this script the form sends them together and the page tells the same.
import { make, word } from "./words.js";

const SIGNS = { ok: "✓", warn: "=", bad: "!" };

class Sending {
  constructor(form) {
    this.form = form;
    this.input = form.querySelector('input[type="file"]');
    this.list = form.querySelector("[data-sending]");
    this.state = form.querySelector("[data-state]");
    this.button = form.querySelector("button");
    this.busy = false;
    form.addEventListener("submit", (event) => this.onSubmit(event));
    addEventListener("beforeunload", (event) => { if (this.busy) event.preventDefault(); });
  }

  onSubmit(event) {
    if (event.defaultPrevented) return;
    event.preventDefault();
    if (!this.busy) this.all([...this.input.files]);
  }

  async all(files) {
    const most = Number(this.form.dataset.most);
    if (files.length > most) {
      this.state.textContent = word("files_many", { n: most });
      return;
    }
    this.begin();
    const lines = files.map((file) => this.line(file));
    this.list.replaceChildren(...lines.map((line) => line.row));
    this.list.hidden = false;
    for (const line of lines) await this.one(line);
    this.clear();
    await this.end(lines);
  }

  begin() {
    this.busy = true;
    this.button.setAttribute("aria-busy", "true");
    this.state.textContent = word("wait");
  }

  async end(lines) {
    this.busy = false;
    this.button.removeAttribute("aria-busy");
    const n = lines.filter((line) => line.tone === "ok").length;
    this.state.textContent = word("files_done", { n, all: lines.length });
    if (n) await this.refresh();
  }

  clear() {
    this.input.value = "";
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  line(file) {
    const bar = make("progress", { max: 100, value: 0, "aria-label": word("file_progress", { name: file.name }) });
    const said = make("span", { class: "said" });
    return { file, bar, said, tone: "", row: make("li", {}, make("b", {}, file.name), bar, said) };
  }

  tell(line, tone, text) {
    line.tone = tone;
    line.row.className = tone;
    line.bar.hidden = true;
    const head = word(tone === "ok" ? "file_kept" : "file_not");
    line.said.textContent = `${SIGNS[tone]} ${head}${text ? ` – ${text}` : ""}`;
  }

  async one(line) {
    if (!line.file.size) return this.tell(line, "bad", word("file_empty"));
    if (line.file.size > Number(this.form.dataset.largest)) return this.tell(line, "bad", word("file_large"));
    try {
      const answer = await this.post(line);
      const told = answer.files?.[0];
      this.tell(line, told?.tone ?? "bad", told?.text ?? answer.error ?? word("file_refused"));
    } catch {
      this.tell(line, "bad", word("file_offline"));
      this.offer(line);
    }
  }

  offer(line) {
    const again = make("button", { type: "button", class: "btn small", onclick: async () => {
      if (this.busy) return;
      this.button.focus(); // the button that was pressed goes away
      again.remove();
      line.row.className = "";
      line.bar.hidden = false;
      this.begin();
      await this.one(line);
      await this.end([line]);
    } }, word("file_again"), make("span", { class: "vh" }, `: ${line.file.name}`));
    line.row.append(again);
  }

  /** Send one file; what the server says of it. Rejected only where the line is broken. */
  post(line) {
    const body = new FormData();
    body.append("csrf_token", this.form.querySelector('[name="csrf_token"]').value);
    body.append(this.input.name, line.file);
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.upload.addEventListener("progress", (event) => {
        if (!event.lengthComputable) return;
        line.bar.value = Math.round((event.loaded / event.total) * 100);
        line.said.textContent = event.loaded < event.total ? `${line.bar.value} %` : word("file_checking");
      });
      request.addEventListener("load", () => {
        try {
          resolve(JSON.parse(request.responseText));
        } catch {
          resolve({}); // a page instead of an answer: the session has ended, most likely
        }
      });
      request.addEventListener("error", reject);
      request.open("POST", this.form.action);
      request.setRequestHeader("Accept", "application/json");
      request.send(body);
    });
  }

  /** Bring the list of files up to date, keeping what was said about those just sent. */
  async refresh() {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelectorAll("[data-papers]");
      document.querySelectorAll("[data-papers]").forEach((part, n) => part.replaceChildren(...(fresh[n]?.childNodes ?? [])));
    } catch {
      // The files are kept; the list shows them when the page is opened again.
    }
  }
}

/** Let every form for files send them one by one. */
export function start() {
  for (const form of document.querySelectorAll("form[data-upload]")) new Sending(form);
}
