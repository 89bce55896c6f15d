"""Meetings in figures: what is next, what is late, what was held against the rhythm."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, true
from sqlalchemy.orm import Session

from entities import dates
from entities.vocabulary import FollowUpStatus, MeetingStatus
from models import Agency, Committee, FollowUp, Holiday, Meeting, Province, Rhythm

OPEN = (FollowUpStatus.NOT_STARTED, FollowUpStatus.IN_PROGRESS)
NOT_HELD = (
    MeetingStatus.DRAFT,
    MeetingStatus.POSTPONED,
    MeetingStatus.INVITED,
    MeetingStatus.CANCELLED,
)
SOON = timedelta(days=7)


def closed_days(session: Session, province_id: int, first: date, last: date) -> set[date]:
    """The days from first to last on which the province's offices do not work."""
    region = select(Province.region_id).where(Province.id == province_id).scalar_subquery()
    holidays = session.scalars(
        select(Holiday.falls_on).where(
            Holiday.falls_on.between(first, last),
            Holiday.offices_open.is_(False),
            (Holiday.region_id.is_(None)) | (Holiday.region_id == region),
        )
    )
    weekends = {
        d for n in range((last - first).days + 1) if (d := first + timedelta(days=n)).weekday() > 4
    }
    return set(holidays) | weekends


def last_held(session: Session, meeting: Meeting) -> Meeting | None:
    """The committee's meeting before this one that took place."""
    return session.scalar(
        select(Meeting)
        .where(
            Meeting.committee_id == meeting.committee_id,
            Meeting.meets_on < meeting.meets_on,
            Meeting.status.not_in(NOT_HELD),
        )
        .order_by(Meeting.meets_on.desc(), Meeting.id.desc())
        .limit(1)
    )


def open_follow_ups(session: Session, meeting: Meeting) -> list[FollowUp]:
    """What earlier meetings of the committee left open, the oldest due first."""
    return list(
        session.scalars(
            select(FollowUp)
            .join(Meeting, Meeting.id == FollowUp.meeting_id)
            .where(
                FollowUp.committee_id == meeting.committee_id,
                FollowUp.status.in_(OPEN),
                Meeting.meets_on < meeting.meets_on,
            )
            .order_by(FollowUp.due_on.nulls_last(), FollowUp.id)
        )
    )


def upcoming(
    session: Session, today: date, province_id: int | None = None, limit: int = 10
) -> list[Meeting]:
    """The next meetings that are not cancelled, soonest first."""
    statement = (
        select(Meeting)
        .where(
            Meeting.meets_on >= today,
            Meeting.status.in_(
                (MeetingStatus.DRAFT, MeetingStatus.INVITED, MeetingStatus.POSTPONED)
            ),
        )
        .order_by(Meeting.meets_on, Meeting.starts_at, Meeting.id)
        .limit(limit)
    )
    if province_id is not None:
        statement = statement.where(Meeting.province_id == province_id)
    return list(session.scalars(statement))


def late_follow_ups(
    session: Session, today: date, province_id: int | None = None, limit: int = 50
) -> list[FollowUp]:
    """Open follow-ups whose day is past, the latest first to have been due."""
    statement = (
        select(FollowUp)
        .where(FollowUp.status.in_(OPEN), FollowUp.due_on < today)
        .order_by(FollowUp.due_on, FollowUp.id)
        .limit(limit)
    )
    if province_id is not None:
        statement = statement.where(FollowUp.province_id == province_id)
    return list(session.scalars(statement))


@dataclass(frozen=True)
class Waiting:
    """Follow-ups in three numbers: open, of which late, of which due within a week."""

    open: int
    late: int
    soon: int


def follow_ups(session: Session, today: date, province_id: int | None = None) -> Waiting:
    """How many follow-ups are open, late and soon due."""
    statement = select(
        func.count(),
        func.count().filter(FollowUp.due_on < today),
        func.count().filter(FollowUp.due_on.between(today, today + SOON)),
    ).where(FollowUp.status.in_(OPEN))
    if province_id is not None:
        statement = statement.where(FollowUp.province_id == province_id)
    return Waiting(*session.execute(statement.select_from(FollowUp)).one())


def unfinished_minutes(
    session: Session, today: date, province_id: int | None = None, limit: int = 50
) -> list[Meeting]:
    """Meetings that were held, or whose day passed, and whose minutes are not certified."""
    waiting = (
        MeetingStatus.INVITED,
        MeetingStatus.HELD,
        MeetingStatus.MINUTES_DRAFT,
        MeetingStatus.MINUTES_CHECKED,
        MeetingStatus.MINUTES_CIRCULATED,
    )
    statement = (
        select(Meeting)
        .where(Meeting.meets_on < today, Meeting.status.in_(waiting))
        .order_by(Meeting.meets_on, Meeting.id)
        .limit(limit)
    )
    if province_id is not None:
        statement = statement.where(Meeting.province_id == province_id)
    return list(session.scalars(statement))


def cycle(
    session: Session, province_id: int, year: int, month: int
) -> list[tuple[Rhythm, Meeting | None]]:
    """Each rhythm of the province with its meeting of a month."""
    month_start = date(year, month, 1)
    return [
        (row[0], row[1])
        for row in session.execute(
            select(Rhythm, Meeting)
            .outerjoin(
                Meeting, (Meeting.rhythm_id == Rhythm.id) & (Meeting.planned_month == month_start)
            )
            .where(Rhythm.province_id == province_id, Rhythm.is_active)
            .order_by(Rhythm.week, Rhythm.id)
        )
    ]


@dataclass(frozen=True)
class Kept:
    """How a rhythm was kept in a fiscal year, up to a day; what was cancelled stays planned."""

    province_id: int
    rhythm_id: int
    title: str
    planned: int
    held: int
    cancelled: int

    @property
    def not_held(self) -> int:
        """Whose day came without the meeting being recorded as held or cancelled."""
        return self.planned - self.held - self.cancelled


def rhythm_kept(
    session: Session, fiscal_year: int, today: date, province_id: int | None = None
) -> list[Kept]:
    """Each rhythm's meetings of a fiscal year (B.E.) whose day has come, by week and name.

    A meeting belongs to the year of the month it was planned for, wherever it was moved.
    """
    first, last = dates.fiscal_year_start(fiscal_year), dates.fiscal_year_end(fiscal_year)
    title = func.coalesce(Rhythm.title, Committee.short_name, "")
    statement = (
        select(
            Meeting.province_id, Meeting.rhythm_id, title, func.count(),
            func.count().filter(Meeting.status.not_in(NOT_HELD)),
            func.count().filter(Meeting.status == MeetingStatus.CANCELLED),
        )
        .outerjoin(Rhythm, Rhythm.id == Meeting.rhythm_id)
        .outerjoin(Committee, Committee.id == Meeting.committee_id)
        .where(Meeting.planned_month.between(first, last), Meeting.meets_on <= today)
        .group_by(Meeting.province_id, Meeting.rhythm_id, title, Rhythm.week)
        .order_by(Rhythm.week, Meeting.rhythm_id)
    )  # fmt: skip
    if province_id is not None:
        statement = statement.where(Meeting.province_id == province_id)
    rows: Iterable[Any] = session.execute(statement)
    return [Kept(*row) for row in rows]


def held_against_rhythm(
    session: Session, fiscal_year: int, today: date, province_id: int | None = None
) -> list[tuple[int, int, int]]:
    """(province, planned, held) of a fiscal year (B.E.) up to today."""
    provinces: dict[int, tuple[int, int]] = {}
    for one in rhythm_kept(session, fiscal_year, today, province_id):
        planned, held = provinces.get(one.province_id, (0, 0))
        provinces[one.province_id] = (planned + one.planned, held + one.held)
    return [(key, *counts) for key, counts in provinces.items()]


def first_planned(session: Session) -> date | None:
    """The first month for which a meeting was planned by a rhythm."""
    return session.scalar(select(func.min(Meeting.planned_month)))


@dataclass(frozen=True)
class Age:
    """A span of days after the due day; None leaves that side open, 0 is the due day itself."""

    key: str
    least: int | None
    most: int | None

    def span(self, today: date) -> tuple[date | None, date | None]:
        """The first and last due day that lie in the span today."""
        first = None if self.most is None else today - timedelta(days=self.most)
        last = None if self.least is None else today - timedelta(days=self.least)
        return first, last


AGES = (
    Age("not_due", None, 0), Age("week", 1, 7), Age("month", 8, 30), Age("quarter", 31, 90),
    Age("longer", 91, None),
)  # fmt: skip
NO_DAY = "no_day"


@dataclass(frozen=True)
class Aged:
    """Open follow-ups of one agency (None: none was named) in one province, counted by age."""

    province_id: int | None
    agency_id: int | None
    agency: str | None
    counts: dict[str, int]


def by_age(session: Session, today: date, province_id: int | None = None) -> list[Aged]:
    """Open follow-ups by how long they are due, for each province and agency, by one query."""
    keys = (NO_DAY, *(age.key for age in AGES))
    statement = (
        select(
            FollowUp.province_id, FollowUp.agency_id, Agency.name,
            func.count().filter(FollowUp.due_on.is_(None)),
            *(func.count().filter(_due_within(age, today)) for age in AGES),
        )
        .outerjoin(Agency, Agency.id == FollowUp.agency_id)
        .where(FollowUp.status.in_(OPEN))
        .group_by(FollowUp.province_id, FollowUp.agency_id, Agency.name, Agency.sort_key)
        .order_by(Agency.sort_key.nulls_last(), FollowUp.agency_id)
    )  # fmt: skip
    if province_id is not None:
        statement = statement.where(FollowUp.province_id == province_id)
    return [
        Aged(row[0], row[1], row[2], dict(zip(keys, row[3:], strict=True)))
        for row in session.execute(statement)
    ]


def _due_within(age: Age, today: date) -> ColumnElement[bool]:
    first, last = age.span(today)
    due = FollowUp.due_on
    return and_(true() if first is None else due >= first, true() if last is None else due <= last)
