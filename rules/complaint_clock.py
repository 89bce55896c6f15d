"""The clock of a complaint: when it is due, how long it stood, when an agency is reminded.

Days count from the assignment, in calendar days or in the working days of the province's offices
(`JANGWAT_COMPLAINT_DAYS`). Whoever asks on a day on which the clock stands finds nothing late.
The ladder of reminders follows domain §4.5: 30 days without progress, 15 more, 7 more.
"""

from datetime import date, timedelta

from flask import current_app
from sqlalchemy.orm import Session

from figures.meetings import closed_days

LADDER = (30, 45, 52)
"""Days without progress at which an agency is reminded, level by level."""
SPAN = 3
"""Calendar days looked at for each working day: more than any run of holidays asks for."""


def working() -> bool:
    """Whether working days are counted."""
    return bool(current_app.config["SETTINGS"].complaint_days == "working")


def after(session: Session, province_id: int, start: date, days: int) -> date:
    """The day that lies `days` after another, as the office counts."""
    if not working():
        return start + timedelta(days=days)
    first = start + timedelta(days=1)
    closed = _closed(session, province_id, first, first + timedelta(days=days * SPAN + 30))
    day = start
    for _n in range(days):
        day = _next_open(day, closed)
    return day


def _next_open(day: date, closed: frozenset[date]) -> date:
    day += timedelta(days=1)
    while day in closed:
        day += timedelta(days=1)
    return day


def _closed(session: Session, province_id: int, first: date, last: date) -> frozenset[date]:
    return frozenset(closed_days(session, province_id, first, last))


def passed(session: Session, province_id: int, start: date, end: date) -> int:
    """How many days, as the office counts, lie after `start` up to `end`; none before it."""
    whole = max((end - start).days, 0)
    if not working() or not whole:
        return whole
    first = start + timedelta(days=1)
    return whole - len(_closed(session, province_id, first, end))


def level(quiet_days: int) -> int:
    """The level of reminding after so many days without progress; 0 before the first."""
    return sum(quiet_days >= days for days in LADDER)
