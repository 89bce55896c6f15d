"""The milestones of a project as a sheet that is edited in place: drawn from rows, read from a form."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from admin_views.words import said
from entities import dates, money
from entities.base import fields
from models import Milestone
from rules.base import Broken

COLUMNS = ("name", "weight", "plan_start", "plan_end", "percent", "actual_end")
DONE = ("percent", "actual_end")
"""What whoever reports on the project fills in; the rest is the planner's."""
BLANKS = 3
"""Empty rows under the milestones, each a new one where it is filled in."""
LONGEST = 300


def drawn(found: list[Milestone], form: Mapping[str, str], plans: bool) -> list[dict[str, Any]]:
    """The sheet as it is drawn, with what was typed where it is shown again."""
    rows = [_row(str(one.id), one, form) for one in found]
    return rows + ([_row(f"new{n}", None, form) for n in range(BLANKS)] if plans else [])


def _row(key: str, milestone: Milestone | None, form: Mapping[str, str]) -> dict[str, Any]:
    values = {
        column: form.get(f"{column}-{key}", _shown(getattr(milestone, column, None)))
        for column in COLUMNS
    }
    return {"key": key, "new": milestone is None, "gone": form.get(f"gone-{key}") == "1", **values}


def _shown(value: Any) -> str:
    if isinstance(value, Decimal):
        return money.shown(value).removesuffix(".00")
    return value if isinstance(value, str) else dates.input_date(value) if value else ""


def read(found: list[Milestone], form: Mapping[str, str], plans: bool) -> list[dict[str, Any]]:
    """What the sheet says, for `rules.projects.replan`; raises Broken naming the row and column."""
    columns = COLUMNS if plans else DONE
    rows = [_read(str(one.id), n, columns, form) | {"id": one.id} for n, one in enumerate(found, 1)]
    for n in range(BLANKS if plans else 0):
        if form.get(f"name-new{n}", "").strip() or form.get(f"weight-new{n}", "").strip():
            rows.append(_read(f"new{n}", len(found) + n + 1, columns, form))
    return rows


def _read(
    key: str, number: int, columns: tuple[str, ...], form: Mapping[str, str]
) -> dict[str, Any]:
    if form.get(f"gone-{key}") == "1":
        return {"gone": True}
    return {
        column: READERS[column](form.get(f"{column}-{key}", "").strip()[:LONGEST], number, column)
        for column in columns
    }


def _refuse(number: int, column: str, message: str) -> Broken:
    return Broken(
        _(
            "Row %(n)s, %(column)s: %(message)s",
            n=number,
            column=said(fields(Milestone)[column].label),
            message=message,
        )
    )


def _text(typed: str, number: int, column: str) -> str:
    if not typed:
        raise _refuse(number, column, _("This field is required."))
    return typed


def _percent(typed: str, number: int, column: str) -> Decimal:
    try:
        return money.parse(typed or "0")
    except money.BadAmount as error:
        raise _refuse(number, column, str(error.message)) from None


def _day(typed: str, number: int, column: str) -> Any:
    try:
        return dates.parse_date(typed)
    except dates.BadDate as error:
        raise _refuse(number, column, _(str(error))) from None


def _day_or_none(typed: str, number: int, column: str) -> Any:
    return _day(typed, number, column) if typed else None


READERS: dict[str, Callable[[str, int, str], Any]] = {
    "name": _text,
    "weight": _percent,
    "plan_start": _day,
    "plan_end": _day,
    "percent": _percent,
    "actual_end": _day_or_none,
}
