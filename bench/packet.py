"""The meeting packet: a committee of 200 members with 60 agenda items, as one workbook."""

from collections.abc import Iterator
from datetime import date, time
from io import BytesIO
from statistics import median

import openpyxl
from sqlalchemy.orm import Session

from bench.client import Browser, Unexpected
from bench.report import Line
from entities.vocabulary import AgendaPart, CommitteeType, MemberRole, SeatType, Sector
from models import AgendaItem, Committee, Meeting, Membership

MEMBERS, ITEMS = 200, 60
SECONDS, REPEATS = 2.0, 5
TITLE = "ประชุมทดสอบความเร็ว"
MATTER = "การแก้ไขปัญหาน้ำท่วมขังในเขตเทศบาลและการซ่อมแซมถนนในหมู่บ้าน"


def prepare(session: Session, province_id: int) -> Meeting:
    """The committee, its members, the meeting and its agenda."""
    home = {"province_id": province_id}
    committee = Committee(
        **home, name="คณะทำงานทดสอบ", short_name="คทส.", type=CommitteeType.WORKING_GROUP
    )
    session.add(committee)
    session.flush()
    for n in range(MEMBERS):
        session.add(
            Membership(
                **home, committee=committee, name=f"กรรมการ คนที่ {n + 1}",
                position="หัวหน้าส่วนราชการ", sector=list(Sector)[n % 6], seat_number=n + 1,
                role=MemberRole.MEMBER if n else MemberRole.CHAIR, seat_type=SeatType.EX_OFFICIO,
                starts_on=date(2026, 1, 5),
            )
        )  # fmt: skip
    meeting = Meeting(
        **home, committee=committee, meets_on=date(2026, 2, 2), starts_at=time(9, 30), title=TITLE
    )
    session.add(meeting)
    session.flush()
    for n in range(ITEMS):
        session.add(
            AgendaItem(
                **home, meeting=meeting, committee=committee, part=list(AgendaPart)[n % 5],
                title=f"{MATTER} เรื่องที่ {n + 1}", facts=MATTER * 8, proposal=MATTER * 2,
            )
        )  # fmt: skip
        session.flush()
    return meeting


def measured(browser: Browser, meeting_id: int) -> Iterator[Line]:
    """Ask for the packet over HTTP and open what comes."""
    times = []
    for _ in range(REPEATS):
        answer = browser.ask(f"/admin/meeting/packet/?id={meeting_id}")
        if answer.status != 200:
            raise Unexpected(f"the packet answered {answer.status}")
        times.append(answer.whole)
    text = _text(answer.body)
    missing = [n for n in range(1, ITEMS + 1) if f"เรื่องที่ {n}" not in text]
    if missing or f"กรรมการ คนที่ {MEMBERS}" not in text:
        raise Unexpected(f"the packet lacks items {missing} or members")
    told = f"{median(times):.2f} [{min(times):.2f}–{max(times):.2f}]"
    title = f"Packet, {MEMBERS} members, {ITEMS} agenda items: seconds"
    yield Line(title, {"province": told}, "–", median(times), SECONDS)


def _text(content: bytes) -> str:
    book = openpyxl.load_workbook(BytesIO(content), read_only=True)
    rows = (row for sheet in book.worksheets for row in sheet.iter_rows(values_only=True))
    return "\n".join(str(value) for row in rows for value in row if value is not None)
