"""How a value is drawn: in a list's cell, in a record's facts, in a chip."""

from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup, escape

from entities import dates
from entities.base import Choice

DASH = Markup('<span class="none" aria-hidden="true">–</span>')


def chip(choice: Choice) -> Markup:
    """A state as colour, sign and word together."""
    return Markup('<span class="chip {}"><i aria-hidden="true">{}</i> {}</span>').format(
        choice.tone, choice.sign or "•", choice.title
    )


def mark(tone: str, sign: str, words: str) -> Markup:
    """A chip that stands for no enumeration."""
    return Markup('<span class="chip {}"><i aria-hidden="true">{}</i> {}</span>').format(
        tone, sign, words
    )


def text(value: Any, lang: str) -> str:
    """A value as plain words; empty for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return dates.moment(value, lang)
    if isinstance(value, date):
        return dates.short_date(value, lang)
    if isinstance(value, time):
        return dates.time_text(value)
    return f"{value:,}" if isinstance(value, int) else str(value)


def html(value: Any, lang: str) -> Markup:
    """A value as it is drawn; text is escaped, lines are kept."""
    if value is None or value == "":
        return DASH
    if isinstance(value, Choice) and value.sign:
        return chip(value)
    if isinstance(value, str):
        return Markup("<br>").join(escape(line) for line in value.split("\n"))
    return escape(text(value, lang))


def is_number(kind: type) -> bool:
    """Whether values of a type stand to the right."""
    return kind is int


def tally(rows: list[tuple[str, int]]) -> Markup:
    """Numbers beside their names, a zero told as a gap."""
    lines = Markup("").join(
        Markup("<dt>{}</dt><dd>{}</dd>").format(
            label, f"{count:,}" if count else mark("warn", "◔", _("none"))
        )
        for label, count in rows
    )
    return Markup('<dl class="facts narrow">{}</dl>').format(lines)
