"""How a value is drawn: in a list's cell, in a record's facts, in a chip."""

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup, escape

from entities import dates, money, years
from entities.base import Choice

DASH = Markup('<span class="none" aria-hidden="true">–</span>')


def chip(choice: Choice) -> Markup:
    """A state as colour, sign and word together; drawn once in each language."""
    return _chip(choice, get_locale())


@lru_cache(maxsize=5000)
def _chip(choice: Choice, _locale: Any) -> Markup:
    return mark(choice.tone, choice.sign or "•", str(choice.title))


def mark(tone: str, sign: str, words: str) -> Markup:
    """A chip that stands for no enumeration."""
    told = f'<i aria-hidden="true">{sign}</i> {escape(words)}'
    return Markup(f'<span class="chip {tone}">{told}</span>')


def in_days(day: date, today: date) -> Markup:
    """How far a day is, as a chip: late red, within a week amber, later blue."""
    return _in_days((day - today).days, get_locale())


@lru_cache(maxsize=5000)
def _in_days(n: int, _locale: Any) -> Markup:
    """Drawn once in each language: a list has fifty."""
    if n < 0:
        return mark("bad", "!", _("%(n)s days late", n=-n))
    if n == 0:
        return mark("warn", "◔", _("today"))
    return mark("warn" if n <= 7 else "info", "◔" if n <= 7 else "◷", _("in %(n)s days", n=n))


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
    return _figure(value, lang)


def _figure(value: Any, lang: str) -> str:
    if isinstance(value, years.BuddhistYear | years.CommonYear):
        return years.shown(value, lang)
    if isinstance(value, Decimal):
        return money.shown(value)
    return f"{value:,}" if isinstance(value, int) else str(value)


def html(value: Any, lang: str) -> Markup:
    """A value as it is drawn; text is escaped, lines are kept."""
    draw = DRAWN.get(type(value))
    if draw is not None:
        return draw(value, lang)
    if isinstance(value, Choice):
        return _choice(value, lang)
    return escape(text(value, lang))


BRIEF = 120
"""The most letters of a text in a list's cell."""


def brief(value: Any, lang: str) -> Markup:
    """A value in a list's cell, where a long text is cut."""
    kind = type(value)
    if kind is str and len(value) > BRIEF:
        value = f"{value[: BRIEF - 1]}…"
    draw = DRAWN.get(kind)
    if draw is not None:
        return draw(value, lang)
    return _choice(value, lang) if isinstance(value, Choice) else html(value, lang)


def _words(value: str, _lang: str) -> Markup:
    if "\n" in value:
        return Markup("<br>").join(escape(line) for line in value.split("\n"))
    return escape(value) if value else DASH


@lru_cache(maxsize=5000)
def _date(value: date, lang: str) -> Markup:
    """Drawn once in each language: a page has a hundred, of the few thousand there are."""
    return Markup(dates.short_date(value, lang))


def _number(value: int, _lang: str) -> Markup:
    return Markup(f"{value:,}")


def _amount(value: Decimal, _lang: str) -> Markup:
    return Markup(money.shown(value))


DRAWN: dict[type, Callable[[Any, str], Markup]] = {
    str: _words,
    date: _date,
    int: _number,
    Decimal: _amount,
    type(None): lambda _value, _lang: DASH,
}
"""The kinds that fill most cells, asked by their very type: a page has five hundred."""

_choices: dict[tuple[Choice, str], Markup] = {}


def _choice(value: Choice, lang: str) -> Markup:
    """A member is drawn once in each language; its title is a message of the catalogue."""
    drawn = _choices.get((value, lang))
    if drawn is None:
        drawn = _choices[value, lang] = chip(value) if value.sign else escape(str(value))
    return drawn


def is_number(kind: type) -> bool:
    """Whether values of a type stand to the right."""
    return kind in (int, Decimal)


def tally(rows: list[tuple[str, int]], gap: bool = True) -> Markup:
    """Numbers beside their names; a zero is told as a gap, or is a number like the others."""
    lines = Markup("").join(
        Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(
            label, f"{count:,}" if count or not gap else mark("warn", "◔", _("none"))
        )
        for label, count in rows
    )
    return Markup('<dl class="tallies">{}</dl>').format(lines)


def size_text(size: int) -> str:
    """A file's size for people."""
    return (
        f"{size / 1024 / 1024:,.1f} MB"
        if size >= 1024 * 1024
        else f"{max(1, round(size / 1024)):,} kB"
    )
