"""The meeting packet: what stands on which sheet, for whom, and from which records."""

import json
import re
from datetime import date

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from access import audit
from access import viewer as who
from access.database import db
from entities.vocabulary import (
    AgendaPart,
    FollowUpStatus,
    GrantScope,
    MemberRole,
    Mission,
    Role,
    SeatType,
    Sector,
)
from models import AgendaItem, AuditEntry, Committee, FollowUp, Meeting, Membership
from rules import meetings
from tests.conftest import CHAINAT, LOPBURI, TRANG, make_user
from tests.workbooks.conftest import NASTY, NOW, PEOPLE, TODAY, written
from workbooks import sections
from workbooks.meetings import state_of
from workbooks.packet import file_name, packet
from workbooks.pouring import Column

OWN = ["ปก", "ระเบียบวาระ", "รายชื่อกรรมการ", "มติครั้งก่อน", "เรื่องพิจารณา", "เอกสารแนบ"]


@pytest.fixture
def made(session, office, read):
    """The packet of the meeting to come."""
    return read(packet(session, office.next, viewer=who.SYSTEM, now=NOW))


def words(sheet) -> str:
    """Everything written on a sheet."""
    return "\n".join(str(c.value) for row in sheet.iter_rows() for c in row if c.value is not None)


def rows(sheet) -> list[list[object]]:
    return [[c.value for c in row] for row in sheet.iter_rows()]


def test_the_sheets_stand_in_the_order_of_the_meeting(made):
    assert [name for name in made.sheetnames if name in OWN] == OWN
    assert made.sheetnames[0] == OWN[0]
    assert made.sheetnames[-1] == "ที่มาของข้อมูล"


def test_the_cover_says_which_meeting_when_and_where(made):
    cover = words(made["ปก"])
    for said in (
        "คณะกรรมการบริหารงานจังหวัดแบบบูรณาการ จังหวัดลพบุรี", "ครั้งที่ 3/2569",
        "วันพุธที่ 25 พฤศจิกายน 2569", "เวลา 09.30 น.", "ณ ห้องประชุม 1", "สำนักงานจังหวัดลพบุรี",
    ):  # fmt: skip
        assert said in cover


def test_the_cover_is_one_page_however_much_the_packet_holds(session, office, read, monkeypatch):
    monkeypatch.setattr(sections, "SECTIONS", list(sections.SECTIONS))
    for n in range(5):
        sections.section(f"more-{n}", f"ส่วนที่ {n}", 50)(lambda packed: packed.sheet([20]).gap())
    office.next.title = "การเตรียมรับสถานการณ์ภัยแล้ง"
    session.flush()
    cover = read(packet(session, office.next, viewer=who.SYSTEM, now=NOW))["ปก"]
    assert "16.  " in words(cover)
    assert len(cover.row_breaks.brk) == 0
    high = sum(cover.row_dimensions[n].height or 0 for n in range(1, cover.max_row + 1))
    assert 650 < high < 734, "an upright page of A4 between its margins"


def test_the_agenda_has_six_parts_and_says_where_there_is_nothing(session, office, made):
    listed = rows(made["ระเบียบวาระ"])
    numbers = [row[0] for row in listed if re.fullmatch(r"\d(\.\d+)?", str(row[0]))]
    assert numbers == ["1", "2", "2.1", "3", "3.1", "3.2", "4", "4.1", "5", "5.1", "5.2", "6"]
    assert [row[1] for row in listed].count("ไม่มี") == 2
    assert ["4.1", "ผลการเบิกจ่าย", "คลังจังหวัด", None] in listed
    with force_locale("th"):
        assert [row[1] for row in listed if row[0] == "5"] == [str(AgendaPart.CONSIDER.title)]


def test_members_stand_by_sector_with_room_to_sign(made):
    sheet = made["รายชื่อกรรมการ"]
    listed = rows(sheet)
    names = [row[1] for row in listed if isinstance(row[0], int) and row[1]]
    assert names == [PEOPLE[0][0], PEOPLE[1][0], PEOPLE[4][0], PEOPLE[2][0], PEOPLE[3][0]]
    lines = [n for n, row in enumerate(listed, 1) if isinstance(row[0], int)]
    assert min(sheet.row_dimensions[n].height for n in lines) >= 36
    assert any(row[5] == "ผู้แทน: นายมานะ ตั้งใจ" for row in listed)
    assert any(row[0] and "(3 คน)" in str(row[0]) for row in listed)


def test_what_was_resolved_last_stands_with_its_progress(made):
    sheet = made["มติครั้งก่อน"]
    listed = rows(sheet)
    done = next(row for row in listed if row[2] == "ส่งแผนให้ส่วนกลาง")
    assert done[0] == "5.1"
    assert "มติ: เห็นชอบให้ส่งแผนให้ส่วนกลาง" in done[1]
    assert done[4].date() == date(2026, 11, 2)
    late = next(row for row in listed if row[2] == "จัดทำแบบแปลน")
    assert late[6].startswith("เลยกำหนด 23 วัน")
    soon = next(row for row in listed if row[2] == "ปรับปรุงคำขอ")
    assert soon[6].startswith("ครบกำหนดอีก 3 วัน")


def test_a_late_follow_up_stands_out_by_colour_too(made):
    sheet = made["มติครั้งก่อน"]
    (cell,) = [r[6] for r in sheet.iter_rows() if str(r[6].value).startswith("เลยกำหนด")]
    assert cell.fill.fgColor.rgb == "FFFCE8E6"
    assert cell.font.b


@pytest.mark.parametrize(
    ("due", "status", "look", "said"),
    [
        (date(2026, 11, 22), FollowUpStatus.IN_PROGRESS, "bad", "เลยกำหนด 1 วัน"),
        (date(2026, 11, 23), FollowUpStatus.IN_PROGRESS, "warn", "ครบกำหนดวันนี้"),
        (date(2026, 11, 30), FollowUpStatus.NOT_STARTED, "warn", "ครบกำหนดอีก 7 วัน"),
        (date(2026, 12, 1), FollowUpStatus.IN_PROGRESS, "info", ""),
        (date(2026, 11, 1), FollowUpStatus.DONE, "ok", ""),
        (date(2026, 11, 1), FollowUpStatus.CANCELLED, "centre", ""),
        (None, FollowUpStatus.NOT_STARTED, "centre", ""),
    ],
)
def test_how_a_follow_up_stands(app, due, status, look, said):
    with app.app_context():
        words_, chosen = state_of(FollowUp(due_on=due, status=status), TODAY)
    assert chosen == look
    assert words_.startswith(said)


def test_each_proposal_has_its_block_with_room_for_the_decision(made):
    sheet = made["เรื่องพิจารณา"]
    listed = rows(sheet)
    labels = [row[0] for row in listed]
    assert labels.count("มติที่ประชุม") == 2
    place = labels.index("5.1  แผนพัฒนาจังหวัด 2571/2575: ร่าง")
    block = [label for label in labels[place + 1 :] if label][:7]
    assert block == [
        "ผู้เสนอ",
        "เรื่องเดิม",
        "ข้อเท็จจริง",
        "ข้อกฎหมาย",
        "ข้อเสนอ",
        "ประเด็นที่ขอมติ",
        "มติที่ประชุม",
    ]
    facts = "".join(str(row[1]) for row in listed if row[1] and set(str(row[1])) == {"ก"})
    assert facts == "ก" * 9_000
    room = labels.index("มติที่ประชุม") + 1
    assert sheet.row_dimensions[room].height >= 72


def test_nothing_a_person_typed_becomes_a_formula(made):
    cells = [c for sheet in made for row in sheet.iter_rows() for c in row]
    assert not [c.coordinate for c in cells if c.data_type == "f"]
    listed = [c.value for c in cells]
    assert any(NASTY in str(value) for value in listed)
    assert "-1+1" in listed
    assert "@x" in listed
    assert "<r>ตัวหนา</r> " in listed


def test_the_papers_are_listed_in_the_order_of_the_agenda(made):
    listed = [row for row in rows(made["เอกสารแนบ"]) if isinstance(row[0], int)]
    assert [(row[0], row[1], row[3], row[4]) for row in listed] == [
        (1, "5.1", "ร่างแผน.pdf", 3), (2, "5.1", "ร่างแผน.pdf", 3), (3, "5.2", "ร่างแผน.pdf", 3),
    ]  # fmt: skip


def test_every_sheet_prints_on_a4_in_the_office_s_font(made):
    for sheet in made.worksheets:
        assert str(sheet.page_setup.paperSize) == "9", sheet.title
        assert sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.title
        assert "&P / &N" in sheet.oddFooter.center.text, sheet.title
        fonts = {c.font.name for row in sheet.iter_rows() for c in row if c.value is not None}
        assert fonts == {"TH Sarabun New"}, sheet.title
    for title in OWN[1:]:
        assert made[title].print_title_rows, title
        assert made[title].freeze_panes, title


def test_the_last_sheet_says_where_it_all_comes_from(session, office, made):
    told = words(made["ที่มาของข้อมูล"])
    length, seal = audit.head(session, LOPBURI)
    assert f"\n{length}\n" in told
    assert seal in told
    assert "ระบบ" in told
    ids = list(
        session.scalars(select(AgendaItem.id).where(AgendaItem.meeting_id == office.next.id))
    )
    (line,) = [row for row in rows(made["ที่มาของข้อมูล"]) if row[0] == "ระเบียบวาระ"]
    assert line[2:] == [len(ids), str(min(ids)), str(max(ids))]


def test_a_meeting_before_it_is_called_lists_who_serves(session, office, read):
    committee_id = office.next.committee_id
    with written(session):
        draft = Meeting(province_id=LOPBURI, committee_id=committee_id, meets_on=date(2026, 12, 9))
        session.add(draft)
    made = read(packet(session, draft, viewer=who.SYSTEM, now=NOW))
    assert PEOPLE[3][0] in words(made["รายชื่อกรรมการ"])
    assert "ไม่มีเรื่องเสนอเพื่อพิจารณา" in words(made["เรื่องพิจารณา"])


def test_the_first_meeting_has_nothing_before_it(session, office, read):
    made = read(packet(session, office.first, viewer=who.SYSTEM, now=NOW))
    assert "ยังไม่มีการประชุมครั้งก่อน" in words(made["มติครั้งก่อน"])


def test_a_mission_group_s_member_finds_no_attendance_but_the_list(
    app, session, office, persons, read
):
    """Who may read papers but not the sheet of attendance gets the members who serve."""
    with written(session):
        group = session.scalars(
            select(Committee).where(
                Committee.province_id == LOPBURI, Committee.mission == Mission.SOCIAL
            )
        ).one()
        session.add(
            Membership(
                province_id=LOPBURI,
                committee=group,
                name="นางอบอุ่น ใจดี",
                role=MemberRole.CHAIR,
                sector=Sector.CIVIL_SOCIETY,
                seat_type=SeatType.EXPERT,
                starts_on=date(2025, 1, 1),
            )
        )
        meeting = Meeting(province_id=LOPBURI, committee=group, meets_on=date(2026, 11, 30))
        session.add(meeting)
        session.flush()
        meetings.add_item(session, meeting, AgendaPart.CONSIDER, "เรื่องในกลุ่ม")
        group_id, meeting_id = group.id, meeting.id
        user = make_user(
            session,
            "member",
            Role.GROUP_MEMBER,
            GrantScope.MISSION_GROUP,
            province_id=LOPBURI,
            committee_id=group_id,
        )
        user_id = user.id
    made = read(_packet_for(app, persons, user_id, meeting_id))
    assert "นางอบอุ่น ใจดี" in words(made["รายชื่อกรรมการ"])
    assert "เรื่องในกลุ่ม" in words(made["เรื่องพิจารณา"])


def _packet_for(app, persons, user_id, meeting_id):
    viewer = persons.viewer(user_id)
    with app.app_context():
        work = db.session()
        who.act_as(work, viewer)
        meeting = work.get(Meeting, meeting_id)
        made = packet(work, meeting, viewer=viewer, now=NOW) if meeting else None
        db.session.remove()
    return made


@pytest.mark.parametrize("province_id", [TRANG, CHAINAT])
def test_an_officer_of_another_province_reaches_no_packet(
    app, session, office, persons, province_id
):
    user_id, meeting_id = persons.user_id("secretary", province_id), office.next.id
    assert _packet_for(app, persons, user_id, meeting_id) is None


def test_an_area_adds_a_section_of_its_own(session, office, read, monkeypatch):
    monkeypatch.setattr(sections, "SECTIONS", list(sections.SECTIONS))

    @sections.section("more", "เพิ่มเติม: [1]", 35)
    def more(packed):
        packed.sheet([20, 40]).table([Column("ก"), Column("ข", "number", 9, 2)], [], empty="ไม่มี")

    @sections.section("never", "ไม่มีวัน", 36, wanted=lambda packed: False)
    def never(packed):
        raise AssertionError

    made = read(packet(session, office.next, viewer=who.SYSTEM, now=NOW))
    assert made.sheetnames[:5] == [*OWN[:4], "เพิ่มเติม 1"]
    assert "เพิ่มเติม: [1]" in words(made["ปก"])
    with pytest.raises(ValueError, match="more"):
        sections.section("more", "อีก", 1)


def test_the_command_writes_the_file_and_the_audit_knows(app, session, office, tmp_path, read):
    meeting_id, out = office.next.id, tmp_path / "packet.xlsx"
    session.close()
    answer = app.test_cli_runner().invoke(args=["packet", str(meeting_id), "--out", str(out)])
    assert answer.exit_code == 0, answer.output
    assert read(out.read_bytes()).sheetnames[:4] == OWN[:4]
    with written(session):
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (entry.act, entry.entity, entry.record_id) == ("export", "meeting", meeting_id)
    assert json.loads(entry.changes) == {"paper": [None, "packet"]}
    session.close()


def test_the_command_refuses_a_meeting_that_is_not_there(app, session):
    answer = app.test_cli_runner().invoke(args=["packet", "1"])
    assert answer.exit_code == 2
    assert "no meeting 1" in answer.output


def test_the_file_s_name_holds_no_stroke(session, office):
    assert file_name(office.next) == "เอกสารประกอบการประชุม ก.บ.จ. ครั้งที่ 3-2569.xlsx"
