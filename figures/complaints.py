"""Complaints in figures: received, brought forward, closed, pending, late, and how soon.

A case that has no number yet is a draft and is counted nowhere. One taken over from an older log
without the day of its closing counts as closed on the day it was received, so that it is brought
forward into no period. Days are those of the calendar, from receipt to closing.
"""

from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, case, func, select, union
from sqlalchemy.orm import Session

from access.database import dialect
from entities import dates
from entities.vocabulary import AssignmentStatus, ComplaintStatus
from models import Agency, Assignment, Complaint, ComplaintCategory, District, IdentityReveal

S, P = ComplaintStatus, AssignmentStatus
OVER = (S.CLOSED, S.REJECTED)
OPEN = tuple(state for state in S if state not in OVER)
WITH_AGENCY = (S.ASSIGNED, S.ACCEPTED, S.IN_PROGRESS)
"""States in which the clock of the work runs; from a result on the centre is on turn."""
TURN = (P.SENT, P.ACCEPTED, P.WORKING)
"""States in which it is the agency's turn."""
KEPT = Complaint.number.is_not(None)
"""That a case was received; a draft was not."""


@dataclass(frozen=True)
class Period:
    """A fiscal year (its key 2569) or a month (2026-01), from its first to its last day."""

    key: str
    first: date
    last: date

    @property
    def eve(self) -> date:
        """The day before it, up to which what is brought forward was left open."""
        return self.first - timedelta(days=1)


def fiscal_year(year: int) -> Period:
    """A fiscal year of the Buddhist era."""
    return Period(str(year), dates.fiscal_year_start(year), dates.fiscal_year_end(year))


def month_of(day: date) -> Period:
    """The month in which a day lies."""
    first = day.replace(day=1)
    return Period(f"{first:%Y-%m}", first, dates.month_end(first))


def months(year: int) -> list[Period]:
    """The twelve months of a fiscal year, October first."""
    first = dates.fiscal_year_start(year)
    starts = [
        date(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1, 1)
        for n in range(12)
    ]
    return [month_of(start) for start in starts]


def period(key: str) -> Period:
    """The period of a key; raises ValueError where it is none."""
    if len(key) == 4 and key.isdigit():
        return fiscal_year(int(key))
    return month_of(date.fromisoformat(f"{key}-01"))


def first_received(session: Session) -> date | None:
    """The day of the oldest case."""
    return session.scalar(select(func.min(Complaint.received_on)).where(KEPT))


# Conditions, for figures and for the lists that open behind them.


def ended_on() -> ColumnElement[Any]:
    """The day on which a case was over; None while it is open."""
    return case(
        (Complaint.status == S.CLOSED, func.coalesce(Complaint.closed_on, Complaint.received_on)),
        (
            Complaint.status == S.REJECTED,
            func.coalesce(Complaint.resolved_on, Complaint.received_on),
        ),
        else_=None,
    )


def open_on(day: date) -> ColumnElement[bool]:
    """That a case was received and not over at the end of a day."""
    over = ended_on()
    return and_(KEPT, Complaint.received_on <= day, over.is_(None) | (over > day))


def ended_in(told: Period, status: ComplaintStatus) -> ColumnElement[bool]:
    """That a case came to this end within a period."""
    return and_(KEPT, Complaint.status == status, ended_on().between(told.first, told.last))


def late(today: date | ColumnElement[date]) -> ColumnElement[bool]:
    """That the work on a case is past its day; never while its clock stands.

    No draft is with an agency, so this does not ask for a number: an index alone answers it.
    """
    return and_(with_agency(), Complaint.due_on < today)


def in_its_days(today: date) -> ColumnElement[bool]:
    """That a case is not past its day, or has none."""
    return func.coalesce(Complaint.due_on, date.max) >= today


def with_agency() -> ColumnElement[bool]:
    """That an agency works on a case and its clock runs."""
    return and_(Complaint.status.in_(WITH_AGENCY), Complaint.paused_on.is_(None))


def near_due(today: date, days: int) -> ColumnElement[bool]:
    """That the day of a case comes within some days, and is not past."""
    return and_(with_agency(), Complaint.due_on.between(today, today + timedelta(days=days)))


def in_time() -> ColumnElement[bool]:
    """That the result of a case came by its day; a case without one is never counted."""
    return and_(KEPT, Complaint.due_on.is_not(None), Complaint.resolved_on <= Complaint.due_on)


def part_late(today: date) -> ColumnElement[bool]:
    """That an agency is past its day with what it was given, while the clock of the case runs."""
    return and_(
        Assignment.status.in_(TURN), Assignment.paused_on.is_(None), Assignment.due_on < today
    )


# Where.

Place = tuple[str, float, float]
"""A name, latitude and longitude in degrees."""


def district_places(session: Session, province_id: int) -> dict[int, Place]:
    """The districts of a province whose seat's place is known."""
    rows = session.execute(
        select(District.id, District.name, District.latitude, District.longitude).where(
            District.province_id == province_id, District.latitude.is_not(None)
        )
    )
    return {key: (name, float(y or 0), float(x or 0)) for key, name, y, x in rows}


def province_places(session: Session) -> dict[int, tuple[float, float]]:
    """The middle of the known districts of each province."""
    middle = func.avg(District.latitude), func.avg(District.longitude)
    rows = session.execute(
        select(District.province_id, *middle)
        .where(District.latitude.is_not(None))
        .group_by(District.province_id)
    )
    return {row[0]: (row[1], row[2]) for row in rows}


# Counting.


@dataclass(frozen=True)
class Count:
    """The figures of a period: of those closed, `timed` had a day and `within` kept it.

    `days` are the numbers of days from receipt to closing, in order, with how often each came.
    """

    received: int = 0
    brought: int = 0
    closed: int = 0
    rejected: int = 0
    pending: int = 0
    late: int = 0
    timed: int = 0
    within: int = 0
    days: tuple[tuple[int, int], ...] = ()

    @property
    def median(self) -> int | None:
        """The lower of the two middle numbers of days; None where nothing was closed."""
        wanted = (sum(count for _days, count in self.days) + 1) // 2
        for days, count in self.days:
            wanted -= count
            if wanted <= 0:
                return days
        return None


NUMBERS = ("received", "brought", "closed", "rejected", "pending", "late", "timed", "within")


def together(counts: Collection[Count]) -> Count:
    """The figures of several groups as those of one."""
    often: Tally[int] = Tally()
    for one in counts:
        often.update(dict(one.days))
    sums = {name: sum(getattr(one, name) for one in counts) for name in NUMBERS}
    return Count(**sums, days=tuple(sorted(often.items())))


def counted(
    session: Session,
    told: Period,
    today: date,
    by: Any = None,
    where: Iterable[ColumnElement[bool]] = (),
) -> dict[Any, Count]:
    """The figures of a period by the values of a column; all together under None without one."""
    where = tuple(where)
    closed = ended_in(told, S.CLOSED)
    parts = (
        Complaint.received_on.between(told.first, told.last),
        open_on(told.eve),
        closed,
        ended_in(told, S.REJECTED),
        open_on(told.last),
        late(today) & (Complaint.received_on <= told.last),
        closed & Complaint.due_on.is_not(None),
        closed & in_time(),
    )
    statement = select(*([] if by is None else [by]), *(func.count().filter(p) for p in parts))
    statement = statement.select_from(Complaint).where(
        KEPT, Complaint.received_on <= told.last, Complaint.id.in_(_in_course(told, where))
    )
    if by is not None:
        statement = statement.group_by(by)
    days = _days(session, told, by, where)
    found = {}
    for row in session.execute(statement):
        key, numbers = (None, tuple(row)) if by is None else (row[0], tuple(row[1:]))
        often = tuple(days.get(key, ()))
        found[key] = Count(**dict(zip(NUMBERS, numbers, strict=True)), days=often)
    return {key: one for key, one in found.items() if by is None or any(_shown(one))}


def _shown(one: Count) -> Sequence[int]:
    return one.received, one.brought, one.closed, one.rejected, one.pending


def _in_course(told: Period, where: Sequence[ColumnElement[bool]]) -> Any:
    """The ids of all cases that a period may count: received in it, open, or ended since it began.

    Each way is answered by an index, so that what was over before is not read.
    """
    ways = (
        Complaint.received_on.between(told.first, told.last),
        Complaint.status.in_(OPEN),
        Complaint.closed_on >= told.first,
        (Complaint.status == S.REJECTED) & (Complaint.resolved_on >= told.first),
    )
    return union(*(_ids(way, *where) for way in ways))


def _ids(*where: ColumnElement[bool]) -> Select[Any]:
    return select(Complaint.id).where(*where, Complaint.removed_at.is_(None))


def _days_between(session: Session, first: Any, last: Any) -> ColumnElement[int]:
    if dialect(session) == "sqlite":
        return func.julianday(last) - func.julianday(first)
    days: ColumnElement[int] = last.op("-", return_type=Integer)(first)
    return days


def _days(
    session: Session, told: Period, by: Any, where: Sequence[ColumnElement[bool]]
) -> dict[Any, list[tuple[int, int]]]:
    """How often each number of days came among the cases closed in a period, for each group."""
    days = _days_between(session, Complaint.received_on, Complaint.closed_on)
    keys = [] if by is None else [by]
    closed = _ids(Complaint.closed_on.between(told.first, told.last), *where)
    statement = (
        select(*keys, days, func.count())
        .where(KEPT, Complaint.status == S.CLOSED, Complaint.id.in_(closed))
        .group_by(*keys, days)
        .order_by(days)
    )
    groups: dict[Any, list[tuple[int, int]]] = defaultdict(list)
    for row in session.execute(statement):
        key, often = (None, row) if by is None else (row[0], row[1:])
        groups[key].append((int(often[0]), often[1]))
    return groups


@dataclass(frozen=True)
class Work:
    """What one agency made of what it was given in a period; `timed` had a day of their own."""

    province_id: int
    agency_id: int
    name: str
    given: int
    reported: int
    timed: int
    within: int
    returned: int
    late: int


def agencies(
    session: Session, told: Period, today: date, province_id: int | None = None
) -> list[Work]:
    """Each agency's work, who kept most days first; of equals who is late with fewer."""
    reported = Assignment.status == P.REPORTED
    timed = reported & Assignment.due_on.is_not(None) & Assignment.reported_on.is_not(None)
    parts = (
        func.count(),
        func.count().filter(reported),
        func.count().filter(timed),
        func.count().filter(timed & (Assignment.reported_on <= Assignment.due_on)),
        func.count().filter(Assignment.status == P.RETURNED),
        func.count().filter(part_late(today)),
    )
    statement = (
        select(Assignment.province_id, Assignment.agency_id, Agency.name, *parts)
        .join(Agency, Agency.id == Assignment.agency_id)
        .where(Assignment.assigned_on.between(told.first, told.last))
        .group_by(Assignment.province_id, Assignment.agency_id, Agency.name, Agency.sort_key)
        .order_by(Agency.sort_key, Assignment.agency_id)
    )
    if province_id is not None:
        statement = statement.where(Assignment.province_id == province_id)
    found = [Work(*row) for row in session.execute(statement)]
    return sorted(found, key=lambda one: (-_share(one), one.late, -one.reported))


def _share(one: Work) -> float:
    return one.within / one.timed if one.timed else -1.0


AGES = ((0, 15), (16, 30), (31, 60), (61, 90), (91, None))
"""Spans of days since receipt."""


def aged(day: date, least: int, most: int | None) -> tuple[date | None, date]:
    """The first and last day of receipt that lie in a span of days before a day."""
    return None if most is None else day - timedelta(days=most), day - timedelta(days=least)


def by_age(
    session: Session, today: date, by: Any, where: Iterable[ColumnElement[bool]] = ()
) -> dict[Any, list[int]]:
    """Open cases by how long ago they were received, for each value of a column."""
    spans = [aged(today, *age) for age in AGES]
    received = Complaint.received_on
    parts = [
        func.count().filter(received <= last if first is None else received.between(first, last))
        for first, last in spans
    ]
    open_now = _ids(Complaint.status.in_(OPEN), *where)
    statement = select(by, *parts).where(KEPT, Complaint.id.in_(open_now)).group_by(by)
    return {row[0]: list(row[1:]) for row in session.execute(statement)}


# What waits, for desks, reminders and papers.


BRIEF = (
    select(
        Complaint.id, Complaint.number, Complaint.subject, Complaint.status, Complaint.received_on,
        Complaint.due_on, Complaint.paused_on, Complaint.own_handling, Complaint.confidential,
        ComplaintCategory.name.label("category"), Agency.name.label("agency"),
    )
    .outerjoin(Complaint.category)
    .outerjoin(Complaint.lead_agency)
)  # fmt: skip
"""What desks, boards and papers tell of a case: a row of it, with the names that belong to it."""


def waiting(
    session: Session, where: ColumnElement[bool], province_id: int | None = None, limit: int = 50
) -> Sequence[Any]:
    """Rows of the cases of a condition, those due first at the head."""
    return session.execute(due_first(BRIEF, where, province_id, limit)).all()


def due_first(told: Any, where: ColumnElement[bool], province_id: Any, limit: int) -> Any:
    """What is told of the cases of a condition that are due first.

    They are put in order without an index: it would be walked from the oldest closed case on.
    """
    order = func.coalesce(Complaint.due_on, date.max), Complaint.id
    statement = told.where(where).order_by(*order).limit(limit)
    if province_id is not None:
        statement = statement.where(Complaint.province_id == province_id)
    return statement


def more_time_asked(
    levels: Sequence[bool], but: int | None, headless: Collection[int] = ()
) -> ColumnElement[bool]:
    """Cases for which more time was asked, to be decided at the centre (False) or above (True).

    Left out is what the person `but` asked for: it is another's to decide. Of the provinces
    `headless`, whose centre has no head, all that was asked is to be decided above.
    """
    decided: ColumnElement[bool] = Complaint.extension_above.in_(levels)
    if headless:
        decided |= Complaint.province_id.in_(headless)
    return and_(
        KEPT, Complaint.extension_to.is_not(None), decided,
        Complaint.extension_by.is_distinct_from(but),
    )  # fmt: skip


def for_committee(
    session: Session, province_id: int | None, today: date, limit: int = 30
) -> Sequence[Any]:
    """Rows of the open cases that were marked for the committee, and those late by more than thirty days."""
    long_late = late(today) & (Complaint.due_on < today - timedelta(days=30))
    wanted = and_(
        KEPT, Complaint.status.not_in(OVER), Complaint.needs_committee.is_(True) | long_late
    )
    return waiting(session, wanted, province_id, limit)


def reveals(
    session: Session, since: date, province_id: int | None = None, limit: int = 50
) -> Sequence[IdentityReveal]:
    """Who asked for or saw a complainant since a day, the newest first; for the head of a centre."""
    moment = datetime.combine(since, time(), dates.BANGKOK)
    statement = (
        select(IdentityReveal)
        .where(IdentityReveal.asked_at >= moment)
        .order_by(IdentityReveal.id.desc())
        .limit(limit)
    )
    if province_id is not None:
        statement = statement.where(IdentityReveal.province_id == province_id)
    return session.scalars(statement).all()
