"""A committee of Lop Buri that met twice and is called a third time, with what hangs on it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from access.database import writing
from entities.vocabulary import (
    AgendaPart,
    AttendanceStatus,
    FollowUpStatus,
    InvitationReply,
    MemberRole,
    ResolutionKind,
    SeatType,
    Sector,
)
from models import (
    Agency,
    AgendaItem,
    Attachment,
    Attendance,
    Committee,
    FollowUp,
    Meeting,
    Membership,
    Resolution,
)
from rules import meetings
from tests.conftest import LOPBURI

NOW = datetime(2026, 11, 23, 4, 8, tzinfo=UTC)
TODAY = date(2026, 11, 23)
NASTY = "=cmd|'/C calc'!A0"
PEOPLE = (
    ("นายสมชาย ใจดี", "ผู้ว่าราชการจังหวัดลพบุรี", MemberRole.CHAIR, Sector.GOVERNMENT),
    ("นางสาวสมหญิง รักชาติ", "คลังจังหวัดลพบุรี", MemberRole.MEMBER, Sector.GOVERNMENT),
    ("นายวิชัย ทองคำ", "ประธานหอการค้าจังหวัดลพบุรี", MemberRole.MEMBER, Sector.PRIVATE),
    ("นายประเสริฐ ศรีสุข", "อธิการบดี", MemberRole.MEMBER, Sector.ACADEMIC),
    ("นางกนกวรรณ แก้วใส", "หัวหน้าสำนักงานจังหวัด", MemberRole.MEMBER_SECRETARY, Sector.GOVERNMENT),
)


@dataclass(frozen=True)
class Office:
    """The committee's three meetings: the one before the last, the last, and the one called."""

    first: Meeting
    last: Meeting
    next: Meeting


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


@pytest.fixture
def office(session: Session) -> Office:
    """The committee's members, meetings, resolutions, follow-ups and papers."""
    with written(session):
        committee = session.scalars(
            select(Committee).where(
                Committee.province_id == LOPBURI, Committee.short_name == "ก.บ.จ."
            )
        ).one()
        _address(session)
        _seats(session, committee)
        first, last = (
            _held(session, committee, day) for day in (date(2026, 9, 16), date(2026, 10, 21))
        )
        _resolved(session, first, "จัดทำแบบแปลน", date(2026, 10, 31), FollowUpStatus.IN_PROGRESS)
        _resolved(session, last, "ส่งแผนให้ส่วนกลาง", date(2026, 11, 2), FollowUpStatus.DONE)
        _resolved(session, last, "ปรับปรุงคำขอ", date(2026, 11, 26), FollowUpStatus.NOT_STARTED)
        coming = _called(session, committee)
    return Office(first, last, coming)


def _address(session: Session) -> None:
    agency = session.scalars(
        select(Agency).where(Agency.province_id == LOPBURI, Agency.name.startswith("สำนักงานจังหวัด"))
    ).one()
    agency.address, agency.phone = "ศาลากลางจังหวัดลพบุรี 15000", "0 3641 1190"
    agency.email = "office16@example.go.th"


def _seats(session: Session, committee: Committee) -> None:
    for n, (name, position, role, sector) in enumerate(PEOPLE, 1):
        session.add(
            Membership(
                province_id=LOPBURI,
                committee=committee,
                name=name,
                position=position,
                role=role,
                sector=sector,
                seat_type=SeatType.EX_OFFICIO,
                seat_number=n,
                starts_on=date(2025, 1, 1),
            )
        )
    session.flush()


def _meeting(session: Session, committee: Committee, day: date) -> Meeting:
    meeting = Meeting(
        province_id=LOPBURI, committee=committee, meets_on=day, starts_at=time(9, 30),
        venue="ห้องประชุม 1 ศาลากลางจังหวัดลพบุรี",
    )  # fmt: skip
    session.add(meeting)
    session.flush()
    return meeting


def _held(session: Session, committee: Committee, day: date) -> Meeting:
    """A meeting to which one sent a delegate and one did not come."""
    meeting = _meeting(session, committee, day)
    meetings.invite(meeting, session)
    session.flush()
    sheet = session.scalars(
        select(Attendance).where(Attendance.meeting_id == meeting.id).order_by(Attendance.id)
    ).all()
    for row in sheet:
        row.status = AttendanceStatus.PRESENT
    sheet[1].status, sheet[1].delegate_name = AttendanceStatus.DELEGATED, "นายมานะ ตั้งใจ"
    sheet[1].delegate_position = "นักวิชาการคลัง"
    sheet[2].status = AttendanceStatus.LEAVE
    session.add(
        Attendance(
            province_id=LOPBURI,
            meeting=meeting,
            committee_id=committee.id,
            name="นายแขก รับเชิญ",
            position="ผู้สังเกตการณ์",
            status=AttendanceStatus.GUEST,
        )
    )
    session.flush()
    meetings.hold(meeting, session, TODAY)
    session.flush()
    return meeting


def _resolved(
    session: Session, meeting: Meeting, task: str, due_on: date, status: FollowUpStatus
) -> None:
    item = meetings.add_item(session, meeting, AgendaPart.CONSIDER, f"เรื่อง {task}")
    item.minutes_text = f"ที่ประชุมได้พิจารณา{task}\nและมีข้อสังเกต 2 ข้อ เรื่อง PM2.5"
    resolution = Resolution(
        province_id=LOPBURI, agenda_item=item, agenda_item_id=item.id, text=f"เห็นชอบให้{task}",
        kind=ResolutionKind.ACKNOWLEDGE, votes_for=3, votes_against=1,
    )  # fmt: skip
    session.add(resolution)
    session.flush()
    session.add(
        FollowUp(
            province_id=LOPBURI,
            resolution=resolution,
            resolution_id=resolution.id,
            task=task,
            due_on=due_on,
            status=status,
            owner_name="นางสาวรัตนา เจริญสุข",
            progress="สำรวจแล้ว",
        )
    )
    session.flush()


def _called(session: Session, committee: Committee) -> Meeting:
    """The meeting to come, with proposals short and long, and two papers of the same name."""
    meeting = _meeting(session, committee, date(2026, 11, 25))
    meetings.add_item(session, meeting, AgendaPart.INFORM, "ผลการเบิกจ่าย", presenter="คลังจังหวัด")
    items = [
        meetings.add_item(session, meeting, AgendaPart.CONSIDER, title, **told)
        for title, told in (
            ("แผนพัฒนาจังหวัด 2571/2575: ร่าง", {"facts": "ก" * 9_000, "law": "มาตรา 14"}),
            (NASTY, {"background": "<r>ตัวหนา</r>", "proposal": "-1+1", "decision_asked": "@x"}),
        )
    ]
    meetings.invite(meeting, session)
    session.flush()
    reply = session.scalars(
        select(Attendance).where(Attendance.meeting_id == meeting.id).order_by(Attendance.id)
    ).all()[1]
    reply.reply, reply.delegate_name = InvitationReply.DELEGATE, "นายมานะ ตั้งใจ"
    for item, digit in ((items[0], "a"), (items[0], "b"), (items[1], "c")):
        session.add(_paper(item, digit))
    return meeting


def _paper(item: AgendaItem, digit: str) -> Attachment:
    return Attachment(
        province_id=LOPBURI, name="ร่างแผน.pdf", agenda_item=item, committee_id=item.committee_id,
        content_type="application/pdf", size=2_500, sha256=digit * 64,
    )  # fmt: skip


@pytest.fixture
def read() -> Callable[[bytes], openpyxl.Workbook]:
    """Opens a workbook from its bytes."""
    return lambda file: openpyxl.load_workbook(BytesIO(file))
