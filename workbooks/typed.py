"""What a cell of a table that people bring holds, as a typed value.

Each reader takes a cell as it stands in a file, text or number or date, and gives its value, None for
nothing; it raises BadCell, which says in a sentence what the cell should hold.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from entities import dates, money, thai, years

LONGEST_CELL = 100_000


class BadCell(ValueError):
    """A cell does not hold what its column asks for; the message says what it should."""


Parser = Callable[[Any], Any]


def text(cell: Any) -> str | None:
    """Words, and codes that a spreadsheet took for numbers; None for nothing."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, date | datetime | time | timedelta | bool):
        raise BadCell(_("This cell should hold text."))
    return " ".join(thai.normalise(str(cell)[:LONGEST_CELL]).split()) or None


NIL = frozenset({"-", "–", "—", "−"})
NOISE = Decimal("0.000001")


def amount(cell: Any) -> Decimal | None:
    """Baht with two decimals; a dash is nothing spent, an empty cell is None."""
    if isinstance(cell, bool) or not isinstance(cell, int | float | str):
        raise BadCell(_("This cell should hold an amount in baht, such as 1,234.50."))
    if isinstance(cell, str):
        return _typed_amount(cell)
    exact = Decimal(repr(cell))
    if not exact.is_finite() or abs(exact) > money.LARGEST:
        raise BadCell(str(_l("This amount is too large.")))
    rounded = round(exact, 2)
    if abs(exact - rounded) > NOISE:
        raise BadCell(_("“%(what)s” has more than two decimals.", what=cell))
    return rounded


def _typed_amount(cell: str) -> Decimal | None:
    words = cell.strip()
    if words in NIL or not words:
        return money.NOTHING if words else None
    try:
        return money.parse(words[:60])
    except money.BadAmount as error:
        raise BadCell(f"“{words[:40]}” – {error.message}") from None


def year(cell: Any) -> int | None:
    """A year of the Buddhist era, with or without พ.ศ."""
    words = "" if cell is None else str(int(cell) if isinstance(cell, float) else cell)
    digits = re.sub(r"[^\d]", "", thai.to_arabic(words.replace("พ.ศ.", "")))
    if not words.strip():
        return None
    if len(digits) != 4 or not years.FIRST <= int(digits) <= years.LAST:
        raise BadCell(
            _("“%(what)s” is no year of the Buddhist era, such as 2569.", what=words[:40])
        )
    return int(digits)


def whole(cell: Any) -> int | None:
    """A whole number that orders rows; what is none is left out, for nothing hangs on it."""
    digits = thai.to_arabic(str(int(cell) if isinstance(cell, float) else cell)).strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


def day(cell: Any) -> date | None:
    """A date; a year that a spreadsheet keeps as 2569 is one of the Buddhist era."""
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date):
        return cell if cell.year < years.FIRST else cell.replace(year=cell.year - years.ERA)
    if not isinstance(cell, str):
        raise BadCell(_("This cell should hold a date, such as 5/1/2569."))
    if not cell.strip():
        return None
    try:
        return dates.parse_date(cell[:60])
    except dates.BadDate as error:
        raise BadCell(f"“{cell[:40]}” – {_(str(error))}") from None
