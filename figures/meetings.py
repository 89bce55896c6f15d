"""Meetings in figures: what is next, what is late, what was held against the rhythm."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from entities import dates
from entities.vocabulary import FollowUpStatus, MeetingStatus
from models import Agency, FollowUp, Holiday, Meeting, Province, Rhythm

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


def held_against_rhythm(
    session: Session, fiscal_year: int, today: date, province_id: int | None = None
) -> list[Any]:
    """(province, planned, held) of a fiscal year up to today; planned leaves out what was cancelled."""
    first, last = (
        dates.fiscal_year_start(fiscal_year),
        min(dates.fiscal_year_end(fiscal_year), today),
    )
    held = Meeting.status.not_in(NOT_HELD)
    statement = (
        select(Meeting.province_id, func.count(), func.count().filter(held))
        .where(Meeting.rhythm_id.is_not(None), Meeting.meets_on.between(first, last))
        .group_by(Meeting.province_id)
    )
    if province_id is not None:
        statement = statement.where(Meeting.province_id == province_id)
    return list(session.execute(statement))


def by_age(
    session: Session, today: date, province_id: int | None = None
) -> list[tuple[int | None, str | None, date | None]]:
    """Every open follow-up as (agency, its name, due day)."""
    statement = (
        select(FollowUp.agency_id, Agency.name, FollowUp.due_on)
        .outerjoin(Agency, Agency.id == FollowUp.agency_id)
        .where(FollowUp.status.in_(OPEN))
    )
    if province_id is not None:
        statement = statement.where(FollowUp.province_id == province_id)
    return [(row[0], row[1], row[2]) for row in session.execute(statement)]
