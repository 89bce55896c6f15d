"""A committee and its meetings for the tests of meetings: members, a sheet, an agenda, minutes."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from entities import dates
from entities.vocabulary import (
    AgendaPart,
    AttendanceStatus,
    MeetingStatus,
    MemberRole,
    SeatType,
    Sector,
)
from models import AgendaItem, Attendance, Committee, Meeting, Membership
from tests.conftest import LOPBURI

ROLES = (MemberRole.CHAIR, MemberRole.MEMBER_SECRETARY, *[MemberRole.MEMBER] * 3)


def kbj(session: Session, roles: Sequence[MemberRole] = ROLES) -> Committee:
    """Lop Buri's ก.บ.จ. with a member for each of the roles."""
    found = session.scalars(
        select(Committee).where(Committee.province_id == LOPBURI, Committee.short_name == "ก.บ.จ.")
    ).one()
    for n, role in enumerate(roles, 1):
        session.add(
            Membership(
                committee=found, name=f"กรรมการคนที่ {n}", role=role, seat_number=n, sector=Sector.GOVERNMENT,
                seat_type=SeatType.EX_OFFICIO, starts_on=dates.today() - timedelta(days=400),
            )
        )  # fmt: skip
    session.commit()
    return found


def meeting(
    session: Session,
    committee: Committee,
    status: MeetingStatus = MeetingStatus.INVITED,
    day: date | None = None,
    came: int | None = None,
) -> Meeting:
    """A meeting with one matter to consider; `came` members were there, the others were not."""
    made = Meeting(committee=committee, meets_on=day or dates.today(), status=status)
    session.add(made)
    session.flush()
    session.add(AgendaItem(meeting=made, part=AgendaPart.CONSIDER, title="แผนพัฒนาจังหวัด"))
    if came is not None:
        members = session.scalars(
            select(Membership)
            .where(Membership.committee_id == committee.id)
            .order_by(Membership.id)
        )
        for n, member in enumerate(members):
            there = AttendanceStatus.PRESENT if n < came else AttendanceStatus.ABSENT
            session.add(Attendance(meeting=made, membership=member, status=there))
    session.commit()
    return made


def item(session: Session, of: Meeting) -> AgendaItem:
    """The meeting's one matter."""
    return session.scalars(select(AgendaItem).where(AgendaItem.meeting_id == of.id)).one()
