"""Reading a page as a browser would: the fields of its main form, with their present values."""

from html.parser import HTMLParser
from typing import Any


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self._select: str | None = None
        self._area: str | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "form":
            self.forms.append({"action": told.get("action"), "fields": {}})
        name = told.get("name")
        if not self.forms or (tag != "option" and name is None):
            return
        fields = self.forms[-1]["fields"]
        if tag == "input":
            self._input(fields, str(name), told)
        elif tag == "select":
            self._select = str(name)
            fields.setdefault(self._select, "")
        elif tag == "option" and self._select and "selected" in told:
            fields[self._select] = told.get("value") or ""
        elif tag == "textarea":
            self._area, self._text = str(name), ""

    @staticmethod
    def _input(fields: dict[str, str], name: str, told: dict[str, str | None]) -> None:
        if told.get("type") in ("checkbox", "radio") and "checked" not in told:
            return
        if told.get("type") not in ("submit", "button", "file"):
            fields[name] = told.get("value") or ("y" if told.get("type") == "checkbox" else "")

    def handle_data(self, data: str) -> None:
        if self._area:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = None
        elif tag == "textarea" and self._area:
            self.forms[-1]["fields"][self._area] = self._text.removeprefix("\r\n").removeprefix(
                "\n"
            )
            self._area = None


def form_of(html: str) -> dict[str, str]:
    """The fields of the page's main form: the one that carries a form_id."""
    reader = _Reader()
    reader.feed(html)
    return next(dict(form["fields"]) for form in reader.forms if "form_id" in form["fields"])


def open_form(client: Any, url: str) -> dict[str, str]:
    """Open a form and read it, with this session's token."""
    answer = client.get(url)
    assert answer.status_code == 200, answer.status
    return {**form_of(answer.get_data(as_text=True)), "csrf_token": client.csrf}
