"""Values as cells of a sheet's XML: text exactly as it is, numbers and dates as what they are.

Each writer is made once for a column, with the number of its format, and then called for every
row: this is where an export spends its time.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Literal

from flask_babel import get_locale
from flask_babel import gettext as _

from entities import dates
from workbooks import styles

Kind = Literal["text", "number", "date", "moment", "time", "bool", "choice"]
Writer = Callable[[Any], str]

EXACT = 10**15
"""Spreadsheets keep 15 digits; a longer whole number is written as text."""
FIRST_DAY = date(1900, 3, 1)
"""Spreadsheets believe in a 29 February 1900; days before this one are written as text."""
DAY_ZERO = date(1899, 12, 30).toordinal()


def _plain(text: str) -> bool:
    """Whether XML holds the text as it is; a quick answer, for most texts are."""
    return (
        text.isprintable()
        and "&" not in text
        and "<" not in text
        and ">" not in text
        and "_" not in text
        and text[0] != " "
        and text[-1] != " "
    )


_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def _escaped(text: str) -> str:
    """Text as it stands in XML; what looks like an escape of the file format is escaped."""
    text = _LOOKS_ESCAPED.sub("_x005F_", styles.printable(text)).replace("\r", "_x000D_")
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _text(number: int) -> Writer:
    blank, opened, closed = (
        f'<c s="{number}"/>',
        f'<c s="{number}" t="inlineStr"><is><t>',
        "</t></is></c>",
    )
    kept = opened.replace("<t>", '<t xml:space="preserve">')
    short = styles.TEXT_LIMIT // 2

    def write(value: Any) -> str:
        if value is None or value == "":
            return blank
        text = value if type(value) is str else str(value)
        if len(text) > short:
            text = styles.shortened(text)
        if _plain(text):
            return f"{opened}{text}{closed}"
        return f"{kept}{_escaped(text)}{closed}"

    return write


def _number(number: int) -> Writer:
    blank, opened, text = f'<c s="{number}"/>', f'<c s="{number}"><v>', _text(number)

    def write(value: Any) -> str:
        if value is None:
            return blank
        exact = -EXACT < value < EXACT if isinstance(value, int | float | Decimal) else False
        return f"{opened}{value + 0}</v></c>" if exact else text(value)

    return write


def _date(number: int) -> Writer:
    blank, opened, text = f'<c s="{number}"/>', f'<c s="{number}"><v>', _text(number)

    def write(value: date | None) -> str:
        if value is None:
            return blank
        if value < FIRST_DAY:
            return text(dates.short_date(value, str(get_locale() or "th")))
        return f"{opened}{value.toordinal() - DAY_ZERO}</v></c>"

    return write


def _seconds(value: time | datetime) -> int:
    return value.hour * 3600 + value.minute * 60 + value.second


def _moment(number: int) -> Writer:
    blank, opened, day = f'<c s="{number}"/>', f'<c s="{number}"><v>', _date(number)

    def write(value: datetime | None) -> str:
        if value is None:
            return blank
        local = value.astimezone(dates.BANGKOK)
        if local.date() < FIRST_DAY:
            return day(local.date())
        return f"{opened}{local.toordinal() - DAY_ZERO + _seconds(local) / 86_400!r}</v></c>"

    return write


def _time(number: int) -> Writer:
    blank, opened = f'<c s="{number}"/>', f'<c s="{number}"><v>'
    return lambda value: blank if value is None else f"{opened}{_seconds(value) / 86_400!r}</v></c>"


def _bool(number: int) -> Writer:
    text = _text(number)
    words = {True: text(_("Yes")), False: text(_("No"))}
    blank = text(None)
    return lambda value: words.get(value, blank)


def _choice(number: int) -> Writer:
    """Titles are translated once for each member."""
    text, known = _text(number), {None: _text(number)(None)}

    def write(value: Any) -> str:
        if value not in known:
            known[value] = text(str(value))
        return known[value]

    return write


WRITERS: dict[Kind, Callable[[int], Writer]] = {
    "text": _text,
    "number": _number,
    "date": _date,
    "moment": _moment,
    "time": _time,
    "bool": _bool,
    "choice": _choice,
}
"""What makes the writer of a column, from the number of its format."""
