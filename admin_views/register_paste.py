"""A sheet of documents pasted from Excel: looked at row by row, then registered all or none."""

import csv
import io
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flask import flash, redirect, request, url_for
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import DBAPIError

from access import scope, submissions
from access.database import db
from admin_views import register_sheet
from admin_views.acting import lang, viewer
from admin_views.register_sheet import Desk
from admin_views.words import said
from entities import dates, thai
from entities.base import Text
from entities.vocabulary import RegisterKind, Urgency
from models import Document
from rules import registers
from rules.base import Broken, refusal

MOST = 200
"""Rows that are registered at once."""
LONGEST = {"subject": 1000}
USUAL = 300
COLUMNS: dict[str, Text] = {
    "ref_number": _l("Its number"),
    "dated_on": _l("Dated"),
    "from_party": _l("From whom"),
    "to_party": _l("To whom"),
    "subject": _l("Subject"),
    "urgency": _l("Urgency"),
}
"""What a row brings, in the order of the register; a line of headings may say another order."""
HEADINGS = {
    "ที่": "ref_number", "เลขที่หนังสือ": "ref_number", "ที่หนังสือ": "ref_number",
    "เลขที่": "ref_number", "ลงวันที่": "dated_on", "วันที่": "dated_on", "จาก": "from_party",
    "ผู้ส่ง": "from_party", "ถึง": "to_party", "ผู้รับ": "to_party", "เรื่อง": "subject",
    "ชั้นความเร็ว": "urgency", "ความเร็ว": "urgency", "เลขทะเบียนรับ": "number",
    "เลขรับ": "number", "การปฏิบัติ": "", "หมายเหตุ": "", "number": "ref_number",
    "dated": "dated_on", "from": "from_party", "to": "to_party", "subject": "subject",
    "urgency": "urgency",
}  # fmt: skip
"""Headings of such sheets; `number` would be the register's own, which nobody types."""
SPEEDS = {
    "ด่วน": Urgency.FASTER, "ด่วนมาก": Urgency.QUICKLY, "ด่วนที่สุด": Urgency.AT_ONCE,
}  # fmt: skip


@dataclass
class Line:
    """A pasted row: what it would register, and what is wrong with it."""

    place: int
    values: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


class RegisterPaste:
    """The pages of pasting, beside those of the register's own screen."""

    @expose("/paste/", methods=("GET", "POST"))
    def paste_view(self) -> Any:
        """Choose, look, accept: nothing is written before the last step."""
        desk = self.asked_desk()  # type: ignore[attr-defined]
        if desk.secret or desk.kind is not RegisterKind.RECEIVED or not desk.open:
            return redirect(desk.url)
        if not register_sheet.reaches(Document, "register", desk.unit.province_id):
            self.refuse("register", None)  # type: ignore[attr-defined]
        text = request.form.get("rows", "")
        lines = read(text) if request.method == "POST" else []
        if request.form.get("take") and lines and not any(line.faults for line in lines):
            answer = self._accept(desk, lines)
            if answer is not None:
                return answer
        code = 422 if any(line.faults for line in lines) else 200
        return self._paste_page(desk, text, lines), code

    def _paste_page(self, desk: Desk, text: str, lines: list[Line]) -> Any:
        faults = sum(bool(line.faults) for line in lines)
        return self.render(  # type: ignore[attr-defined]
            "register_paste.html", title=_("Paste from Excel"), sub=desk.title, text=text,
            rows=[_drawn(line) for line in lines], faults=faults, most=MOST, desk=desk,
            form_id=secrets.token_urlsafe(16), heads=[said(label) for label in COLUMNS.values()],
            asked=request.method == "POST", action_url=url_for(".paste_view", unit=desk.unit.id,
                                                               kind=desk.kind.value),
            crumbs=[
                {"title": self.name, "url": url_for(".index_view")},  # type: ignore[attr-defined]
                {"title": desk.title, "url": desk.url},
            ],
        )  # fmt: skip

    def _accept(self, desk: Desk, lines: list[Line]) -> Any:
        """Register every row, or none; None where the page must be shown again."""
        try:
            numbers = _register(desk, lines)
            db.session.commit()
        except Broken as broken:
            return _refused(broken)
        except scope.Denied as denied:
            return self.refuse(denied.verb, None)  # type: ignore[attr-defined]
        except DBAPIError as error:
            known = refusal(error)
            if known is None:
                raise
            return _refused(known)
        if numbers:
            flash(
                _("%(n)s documents were registered, No. %(first)s to %(last)s.",
                  n=len(numbers), first=numbers[0], last=numbers[-1]),
                "ok",
            )  # fmt: skip
        return redirect(register_sheet.found(desk.unit, desk.kind, False).url)


def _refused(broken: Broken) -> None:
    db.session.rollback()
    flash(str(broken), "bad")


def _register(desk: Desk, lines: list[Line]) -> list[str]:
    """The numbers given; none where the same paste was already taken."""
    form_id = request.form.get("form_id", "")
    if not 8 <= len(form_id) <= 64:
        raise Broken(_("This form is no longer valid. Open it again."))
    work = db.session()
    if submissions.claim(work, form_id, viewer().user_id, "register_book") is not None:
        return []
    now = dates.now()
    made = [
        registers.register(Document(unit=desk.unit, **line.values), work, now) for line in lines
    ]
    submissions.settle(work, form_id, made[0].id)
    return [str(one.number) for one in made]


# Reading.


def read(text: str) -> list[Line]:
    """The rows of a pasted sheet; cells are parted by tabs, as spreadsheets copy them."""
    rows = [
        (n, cells)
        for n, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter="\t"), 1)
        if any(cell.strip() for cell in cells)
    ]
    order = _headings(rows[0][1]) if rows else None
    body = rows[1:] if order else rows
    keys = order or list(COLUMNS)
    lines = [_line(place, keys, cells) for place, cells in body[: MOST + 1]]
    if len(lines) > MOST:
        lines[MOST].faults.append(_("At most %(most)s rows at once.", most=MOST))
    return lines


def _headings(cells: list[str]) -> list[str] | None:
    """The fields of a line of headings, in its order; None where it is a row like the others."""
    found = [HEADINGS.get(_plain(cell)) for cell in cells]
    return [key or "" for key in found] if "subject" in found else None


def _plain(cell: str) -> str:
    return thai.normalise(cell).strip().lower()


def _line(place: int, keys: list[str], cells: list[str]) -> Line:
    line = Line(place)
    for key, cell in _pairs(keys, cells, line):
        _put(line, key, thai.normalise(cell).strip())
    if not line.values.get("subject"):
        line.faults.append(_("The subject is missing."))
    dated = line.values.get("dated_on")
    if dated is not None and dated > dates.today():
        line.faults.append(_("A document cannot be received before its own date."))
    return line


def _pairs(keys: list[str], cells: list[str], line: Line) -> Iterator[tuple[str, str]]:
    if any(cell.strip() for cell in cells[len(keys) :]):
        line.faults.append(_("This row has more cells than there are columns."))
    yield from ((key, cell) for key, cell in zip(keys, cells, strict=False) if cell.strip())


def _put(line: Line, key: str, typed: str) -> None:
    if key == "number":
        line.faults.append(_("A number is given by its register, never typed."))
    elif key == "dated_on":
        try:
            line.values[key] = dates.parse_date(typed[:60])
        except dates.BadDate as bad:
            line.faults.append(f"{typed[:40]}: {_(str(bad))}")
    elif key == "urgency":
        _put_urgency(line, typed)
    elif key:
        _put_text(line, key, typed)


def _put_urgency(line: Line, typed: str) -> None:
    speed = SPEEDS.get(typed) or next((u for u in Urgency if said(u.title) == typed), None)
    if speed is not None:
        line.values["urgency"] = speed
    elif typed not in ("ปกติ", "-"):
        line.faults.append(_("“%(typed)s” is no urgency.", typed=typed[:40]))


def _put_text(line: Line, key: str, typed: str) -> None:
    most = LONGEST.get(key, USUAL)
    if len(typed) > most:
        line.faults.append(
            _("%(column)s has more than %(most)s letters.", column=COLUMNS[key], most=most)
        )
    line.values[key] = typed


def _drawn(line: Line) -> dict[str, Any]:
    shown = []
    for key in COLUMNS:
        value = line.values.get(key)
        if key == "dated_on" and value is not None:
            value = dates.short_date(value, lang())
        shown.append(said(value.title) if isinstance(value, Urgency) else value or "")
    return {"place": line.place, "cells": shown, "faults": line.faults}
