"""Filters of the lists of cases and assignments that no column holds: what is late, open, in time.

Figures open by them, so each means what its figure counted.
"""

from datetime import date, timedelta
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l

from admin_views import lists
from admin_views.base import lang
from admin_views.lists import Derived
from admin_views.words import said
from entities import dates
from entities.vocabulary import AssignmentStatus, ComplaintStatus
from figures import complaints as figures
from models import Assignment, Complaint
from rules import complaint_clock

YEARS = 6
"""Fiscal years whose ends and months can be chosen."""


def _periods() -> list[tuple[str, str]]:
    """Fiscal years and their months, by the keys of `figures.complaints.period`."""
    present = dates.fiscal_year(dates.today())
    told = []
    for year in range(present, present - YEARS, -1):
        told.append((str(year), f"{said(_l('Fiscal year'))} {year}"))
        told += [(one.key, _month(one)) for one in reversed(figures.months(year))]
    return told


def _month(one: figures.Period) -> str:
    year = dates.be_year(one.first) if lang() == "th" else one.first.year
    return f"{dates.month_name(one.first.month, lang(), short=True)} {year}"


def _ends() -> list[tuple[str, str]]:
    """Today, and the last days of the months of those years."""
    today = dates.today()
    found = [today]
    for year in range(dates.fiscal_year(today), dates.fiscal_year(today) - YEARS - 1, -1):
        found += [one.last for one in reversed(figures.months(year))]
    return [(day.isoformat(), dates.short_date(day, lang())) for day in dict.fromkeys(found)]


def _open_on(typed: str) -> Any:
    return figures.open_on(date.fromisoformat(typed))


def _ended(status: ComplaintStatus) -> Any:
    return lambda typed: figures.ended_in(figures.period(typed), status)


STANDINGS = {
    "late": (_l("Late"), figures.late),
    "near": (_l("Nearly due"), lambda today: figures.near_due(today, _near_days())),
    "quiet": (
        _l("Without progress for 30 days"),
        lambda today: (
            Complaint.status.in_(figures.WITH_AGENCY)
            & (Complaint.quiet_since <= today - timedelta(days=complaint_clock.LADDER[0]))
        ),
    ),
    "open": (_l("Open"), lambda _today: figures.KEPT & Complaint.status.not_in(figures.OVER)),
}


def _near_days() -> int:
    return int(current_app.config["SETTINGS"].complaint_near_days)


KEPT = {
    "received": (_l("Received, not a draft"), figures.KEPT),
    "draft": (_l("Draft"), ~figures.KEPT),
    "in_time": (_l("Result by the due day"), figures.in_time()),
}
PARTS = {
    "late": (_l("Late"), figures.part_late),
    "in_time": (
        _l("Result by the due day"),
        lambda _today: (
            (Assignment.status == AssignmentStatus.REPORTED)
            & (Assignment.reported_on <= Assignment.due_on)
        ),
    ),
    "waiting": (_l("The agency's turn"), lambda _today: Assignment.status.in_(figures.TURN)),
}


def _titled(told: dict[str, Any]) -> Any:
    return lambda: [(key, said(title)) for key, (title, _where) in told.items()]


def _today(told: dict[str, Any]) -> Any:
    return lambda typed: told[typed][1](dates.today())


lists.DERIVED[Complaint] = {
    "standing": Derived(
        _l("Standing"), _titled(STANDINGS), _today(STANDINGS), frozenset({"late", "near", "quiet"})
    ),
    "kept": Derived(_l("Case"), _titled(KEPT), lambda typed: KEPT[typed][1]),
    "open_on": Derived(_l("Open at the end of"), _ends, _open_on),
    "closed_in": Derived(_l("Closed in"), _periods, _ended(ComplaintStatus.CLOSED)),
    "rejected_in": Derived(_l("Not accepted in"), _periods, _ended(ComplaintStatus.REJECTED)),
}
lists.DERIVED[Assignment] = {
    "standing": Derived(_l("Standing"), _titled(PARTS), _today(PARTS)),
}
