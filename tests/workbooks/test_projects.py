"""The packet's sections on projects: for whom, and what they name."""

import io
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import select

from access import viewer as who
from entities import dates
from entities.vocabulary import CommitteeType, MeetingStatus, Severity
from figures import projects as figures
from models import Committee, Meeting, Problem
from tests.conftest import LOPBURI, TRANG
from tests.project_office import agency, planned, trouble, written
from workbooks import packet

LIGHTS, PROBLEMS = "สัญญาณไฟโครงการ", "ปัญหาที่ต้องเสนอ"


@pytest.fixture
def meetings(session):
    """The meetings of Lop Buri's ก.บ.จ. and of a mission group, and a blocked project."""
    today = dates.today()
    span = {"starts_on": figures.month_before(today), "ends_on": today + timedelta(200)}
    with written(session):
        blocked = planned(session, agency(session), "ขุดลอกคลองชัย", **span)
        planned(session, agency(session, TRANG), "สะพานเมืองตรัง", **span)
        for title, committee in (("ต้องเสนอ", True), ("แก้เองได้", False)):
            one = trouble(session, blocked, Severity.HIGH, today - timedelta(5))
            one.title, one.for_committee = f"ปัญหา{title}", committee
        made = {}
        for kind in (CommitteeType.PROVINCE, CommitteeType.MISSION_GROUP):
            found = session.scalars(
                select(Committee)
                .where(Committee.province_id == LOPBURI, Committee.type == kind)
                .order_by(Committee.id)
            ).first()
            made[kind] = Meeting(
                province_id=LOPBURI, committee=found, meets_on=today, status=MeetingStatus.INVITED
            )
        session.add_all(made.values())
    return made


def sheets(session, meeting, viewer=who.SYSTEM):
    content = packet.packet(session, meeting, viewer=viewer, now=dates.now())
    return openpyxl.load_workbook(io.BytesIO(content))


def words(sheet) -> str:
    return " ".join(str(cell.value) for row in sheet for cell in row if cell.value is not None)


def test_the_provinces_committee_sees_lights_and_the_problems_it_decides(session, meetings):
    book = sheets(session, meetings[CommitteeType.PROVINCE])
    lights, problems = words(book[LIGHTS]), words(book[PROBLEMS])
    assert "ขุดลอกคลองชัย" in lights
    assert "ล่าช้ามาก 1 โครงการ" in lights
    assert "มีปัญหารุนแรง" in lights, "why it is red: it keeps its plan"
    assert "สะพานเมืองตรัง" not in lights
    assert "ปัญหาต้องเสนอ" in problems
    assert "เลยกำหนด 5 วัน" in problems
    assert "ปัญหาแก้เองได้" not in problems


def test_a_mission_groups_packet_has_neither(session, meetings):
    names = sheets(session, meetings[CommitteeType.MISSION_GROUP]).sheetnames
    assert not {LIGHTS, PROBLEMS} & set(names)


def test_where_the_committee_need_not_decide_the_sheet_says_so(session, meetings):
    with written(session):
        for one in session.scalars(select(Problem)):
            one.severity, one.for_committee = Severity.LOW, False
    book = sheets(session, meetings[CommitteeType.PROVINCE])
    assert "ไม่มีปัญหาอุปสรรคที่ต้องเสนอคณะกรรมการ" in words(book[PROBLEMS])
