"""A small office for the reports: Lop Buri with members, meetings and follow-ups, and two more.

The day of every figure is the 23rd of November 2569, in the second month of fiscal year 2570.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from access.database import writing
from entities.vocabulary import (
    AgendaPart,
    CommitteeType,
    FollowUpStatus,
    MeetingStatus,
    MemberRole,
    Mission,
    ResolutionKind,
    SeatType,
    Sector,
)
from models import Agency, AgendaItem, Committee, FollowUp, Meeting, Membership, Resolution
from rules import meetings
from tests.conftest import LOPBURI, TRANG

TODAY = date(2026, 11, 23)
YEAR = 2570


@contextmanager
def written(session: Session) -> Iterator[None]:
    """Write and commit, with the lock taken at the beginning."""
    token = writing.set(True)
    try:
        session.rollback()
        yield
        session.commit()
    finally:
        writing.reset(token)


def group(session: Session, province_id: int, mission: Mission) -> Committee:
    """A province's mission group."""
    return session.scalars(
        select(Committee).where(
            Committee.province_id == province_id,
            Committee.type == CommitteeType.MISSION_GROUP,
            Committee.mission == mission,
        )
    ).one()


def seat(
    session: Session,
    committee: Committee,
    sector: Sector,
    ends_on: date | None = None,
    name: str = "",
) -> Membership:
    """A member of a committee."""
    member = Membership(
        committee=committee, province_id=committee.province_id, cluster_id=committee.cluster_id,
        name=name or f"ผู้แทน {sector.value}", role=MemberRole.MEMBER, sector=sector,
        seat_type=SeatType.REPRESENTATIVE, starts_on=date(2024, 1, 1), ends_on=ends_on,
    )  # fmt: skip
    session.add(member)
    return member


def every_sector(session: Session, province_id: int, *missions: Mission) -> None:
    """Put one member of each of the six sectors on the groups."""
    for mission in missions:
        for sector in Sector:
            seat(session, group(session, province_id, mission), sector)


def plan(session: Session, province_id: int, *months: tuple[int, int]) -> list[Meeting]:
    """The meetings of the rhythm in some months."""
    return [
        one for year, month in months
        for one in meetings.plan_month(session, province_id, year, month, set())
    ]  # fmt: skip


def matter(session: Session, province_id: int, agency: Agency | None, due_on: date | None,
           status: FollowUpStatus = FollowUpStatus.IN_PROGRESS) -> FollowUp:  # fmt: skip
    """A follow-up of a meeting that was held."""
    committee = group(session, province_id, Mission.ECONOMY)
    home = {"province_id": province_id, "committee": committee}
    meeting = Meeting(**home, meets_on=date(2026, 3, 2), status=MeetingStatus.HELD)
    item = AgendaItem(**home, meeting=meeting, part=AgendaPart.OTHER, title="เรื่อง")
    session.add_all([meeting, item])
    session.flush()
    resolution = Resolution(
        **home, meeting=meeting, agenda_item=item, kind=ResolutionKind.ACKNOWLEDGE, text="รับทราบ"
    )
    session.add(resolution)
    session.flush()
    one = FollowUp(**home, meeting=meeting, resolution=resolution, agency=agency, task="งาน",
                   due_on=due_on, status=status)  # fmt: skip
    session.add(one)
    return one


def agency(session: Session, province_id: int, name: str) -> Agency:
    """An agency of a province."""
    made = Agency(province_id=province_id, name=name, sector=Sector.GOVERNMENT)
    session.add(made)
    session.flush()
    return made


@pytest.fixture
def office(session: Session) -> Session:
    """Lop Buri: every group whole but one; meetings of two months; follow-ups of every age."""
    with written(session):
        every_sector(session, LOPBURI, Mission.ECONOMY, Mission.SOCIAL, Mission.SECURITY)
        for sector in list(Sector)[:4]:
            seat(session, group(session, LOPBURI, Mission.MANAGEMENT), sector)
        every_sector(session, TRANG, *Mission)
        _meetings(session)
        _follow_ups(session)
        _terms(session)
    return session


def _meetings(session: Session) -> None:
    october = plan(session, LOPBURI, (2026, 10))
    for one in october[:5]:
        one.status = MeetingStatus.MINUTES_DRAFT
    october[5].status = MeetingStatus.CANCELLED
    plan(session, LOPBURI, (2026, 9), (2026, 11), (2026, 12))
    plan(session, TRANG, (2026, 10))


def _follow_ups(session: Session) -> None:
    works, school = (agency(session, LOPBURI, name) for name in ("โยธาธิการ", "โรงเรียน"))
    for late in (0, -5, 1, 7, 8, 30, 31, 90, 91, 400):
        matter(session, LOPBURI, works, TODAY - timedelta(days=late))
    matter(session, LOPBURI, school, None)
    matter(session, LOPBURI, None, TODAY - timedelta(days=2))
    matter(session, LOPBURI, works, TODAY - timedelta(days=2), FollowUpStatus.DONE)
    matter(session, TRANG, None, TODAY - timedelta(days=2))


def _terms(session: Session) -> None:
    economy = group(session, LOPBURI, Mission.ECONOMY)
    for n, left in enumerate((-3, 0, 30, 31, 90, 91)):
        seat(session, economy, Sector.PRIVATE, TODAY + timedelta(days=left), name=f"สมาชิก {n}")
    seat(session, group(session, TRANG, Mission.ECONOMY), Sector.PRIVATE, TODAY, name="คนตรัง")
