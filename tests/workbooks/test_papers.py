"""Minutes and invitation in the official form, and all papers of a meeting as one zip."""

import random
import zipfile
from datetime import date
from io import BytesIO

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Cm

from entities.vocabulary import MeetingMode, MeetingStatus
from models import Agency, AgendaItem
from tests.workbooks.conftest import NASTY, PEOPLE, written
from workbooks.papers import invitation, minutes, papers_zip
from workbooks.word import official


class Store:
    """Files by their hash; the hash of all b is missing."""

    def open_file(self, sha256: str) -> BytesIO:
        if sha256 == "b" * 64:
            raise FileNotFoundError(sha256)
        return BytesIO(random.Random(sha256).randbytes(640_000))


def text_of(file: bytes) -> str:
    """Paragraphs and cells in their order."""
    body = docx.Document(BytesIO(file)).element.body
    lines = []
    for line in body.iter(qn("w:p")):
        parts = [("\t" if node.tag == qn("w:tab") else node.text or "")
                 for node in line.iter(qn("w:t"), qn("w:tab"))
                 if node.getparent().tag == qn("w:r")]  # fmt: skip
        lines.append("".join(parts))
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ครั้งที่ 11/2569", "ครั้งที่ ๑๑/๒๕๖๙"),
        ("ฝุ่น PM2.5 เกิน 50", "ฝุ่น PM2.5 เกิน ๕๐"),
        ("a.b1@example.go.th โทร. 0 3641", "a.b1@example.go.th โทร. ๐ ๓๖๔๑"),
        ("https://meet.example/a/1?b=2", "https://meet.example/a/1?b=2"),
        ("ก\x07ข", "กข"),
    ],
)
def test_digits_are_thai_but_in_words_of_latin_letters(text, said):
    assert official(text) == said


def test_the_minutes_have_the_official_form(session, office):
    told = text_of(minutes(session, office.last))
    order = [
        "รายงานการประชุมคณะกรรมการบริหารงานจังหวัดแบบบูรณาการ จังหวัดลพบุรี", "ครั้งที่ ๒/๒๕๖๙",
        "เมื่อวันพุธที่ ๒๑ ตุลาคม ๒๕๖๙", "ณ ห้องประชุม ๑", "ผู้มาประชุม", "ผู้ไม่มาประชุม", "ผู้เข้าร่วมประชุม",
        "เริ่มประชุมเวลา", "ระเบียบวาระที่ ๑", "ระเบียบวาระที่ ๕", "ระเบียบวาระที่ ๖", "เลิกประชุมเวลา",
        "ผู้จดรายงานการประชุม", "ผู้ตรวจรายงานการประชุม",
    ]  # fmt: skip
    places = [told.index(words) for words in order]
    assert places == sorted(places)
    assert "๐๙.๓๐ น." in told


def test_who_came_instead_of_whom_and_who_did_not(session, office):
    told = text_of(minutes(session, office.last))
    came = told[told.index("ผู้มาประชุม") : told.index("ผู้ไม่มาประชุม")]
    assert "นายมานะ ตั้งใจ" in came
    assert "แทน คลังจังหวัดลพบุรี" in came
    assert PEOPLE[1][0] not in came
    absent = told[told.index("ผู้ไม่มาประชุม") : told.index("ผู้เข้าร่วมประชุม")]
    assert PEOPLE[2][0] in absent
    assert "ลา/ติดราชการ" in absent
    assert "นายแขก รับเชิญ" in told[told.index("ผู้เข้าร่วมประชุม") :]


def test_each_item_has_its_minutes_resolution_votes_and_owner(session, office):
    told = text_of(minutes(session, office.last))
    item = told[told.index("๕.๑  เรื่อง ส่งแผน") : told.index("๕.๒")]
    assert "ที่ประชุมได้พิจารณาส่งแผนให้ส่วนกลาง\nและมีข้อสังเกต ๒ ข้อ เรื่อง PM2.5" in item
    assert "มติที่ประชุม\tเห็นชอบให้ส่งแผนให้ส่วนกลาง" in item
    assert "(เห็นด้วย ๓ เสียง ไม่เห็นด้วย ๑ เสียง)" in item
    assert "นางสาวรัตนา เจริญสุข ส่งแผนให้ส่วนกลาง ภายในวันที่ ๒ พฤศจิกายน ๒๕๖๙" in item


def test_what_is_not_known_yet_is_left_dotted_and_named(session, office):
    told = text_of(minutes(session, office.next))
    assert "ยังไม่ได้บันทึกการมาประชุม" in told
    assert "มติที่ประชุม\t....." in told
    assert "เลิกประชุมเวลา  ................ น." in told


def test_the_chair_of_the_day_is_said(session, office):
    with written(session):
        meeting = session.merge(office.last)
        meeting.chair_name = PEOPLE[3][0]
    told = text_of(minutes(session, office.last))
    assert f"{PEOPLE[3][0]}\n{PEOPLE[3][1]}\nประธานในที่ประชุม" in told


def test_the_invitation_is_an_official_letter(session, office):
    told = text_of(invitation(session, office.next))
    order = [
        "ที่ ลบ ๐๐๑๗/", "ศาลากลางจังหวัดลพบุรี ๑๕๐๐๐", "วันที่ .....", "เรื่อง\tขอเชิญประชุม", "เรียน\t",
        "สิ่งที่ส่งมาด้วย\t", "วันพุธที่ ๒๕ พฤศจิกายน ๒๕๖๙ เวลา ๐๙.๓๐ น. ณ ห้องประชุม ๑",
        "จึงเรียนมาเพื่อโปรดเข้าร่วมประชุม", "ขอแสดงความนับถือ", f"({PEOPLE[4][0]})", "หัวหน้าสำนักงานจังหวัด",
        "สำนักงานจังหวัดลพบุรี", "โทร. ๐ ๓๖๔๑ ๑๑๙๐", "office16@example.go.th", "ระเบียบวาระการประชุม",
        "แบบตอบรับการเข้าร่วมประชุม", "บัญชีรายชื่อกรรมการแนบท้าย",
    ]  # fmt: skip
    at = 0
    for words in order:
        at = told.index(words, at)
    assert "๕.๑\tแผนพัฒนาจังหวัด ๒๕๗๑/๒๕๗๕: ร่าง" in told
    assert NASTY.replace("0", "๐") in told or NASTY in told
    assert "ไม่มี" in told


def test_the_signature_of_a_letter_takes_its_last_sentence_along(session, office):
    lines = docx.Document(BytesIO(invitation(session, office.next))).paragraphs
    first = next(n for n, one in enumerate(lines) if one.text.startswith("จึงเรียนมา"))
    last = next(n for n, one in enumerate(lines) if one.text.startswith("(") and n > first)
    assert all(one.paragraph_format.keep_with_next for one in lines[first:last])


def test_a_meeting_by_wire_says_so(session, office):
    with written(session):
        meeting = session.merge(office.next)
        meeting.mode, meeting.online_link = MeetingMode.HYBRID, "https://meet.example/lopburi16"
    told = text_of(invitation(session, office.next))
    assert "และผ่านสื่ออิเล็กทรอนิกส์" in told
    assert "https://meet.example/lopburi16" in told
    assert "เข้าร่วมประชุมผ่านสื่ออิเล็กทรอนิกส์" in told


def test_without_the_office_s_code_and_secretary_dots_remain(session, office):
    with written(session):
        for agency in session.query(Agency):
            agency.document_code = agency.address = agency.phone = agency.email = None
    told = text_of(invitation(session, office.first))
    assert "ที่ ลบ ......../" in told
    assert "ศาลากลางจังหวัดลพบุรี" in told
    assert "โทร." not in told.replace("โทรศัพท์", "")


@pytest.mark.parametrize("make", [minutes, invitation])
def test_the_paper_is_a4_in_sarabun_for_every_letter(session, office, make):
    document = docx.Document(BytesIO(make(session, office.last)))
    page = document.sections[0]
    assert abs(page.page_width - Cm(21)) < 1_000
    assert abs(page.page_height - Cm(29.7)) < 1_000
    assert [round(side.cm, 1) for side in (page.left_margin, page.right_margin)] == [3.0, 2.0]
    assert [round(side.cm, 1) for side in (page.top_margin, page.bottom_margin)] == [2.5, 2.0]
    (fonts,) = document.styles.element.find(qn("w:docDefaults")).iter(qn("w:rFonts"))
    assert set(fonts.attrib.values()) == {"TH Sarabun New"}
    assert len(fonts.attrib) == 4
    sizes = document.styles.element.find(qn("w:docDefaults"))
    assert [next(sizes.iter(qn(f"w:{name}"))).get(qn("w:val")) for name in ("sz", "szCs")] == [
        "32"
    ] * 2
    assert not [
        run
        for line in document.paragraphs
        for run in line.runs
        if run.bold and not run.font.cs_bold
    ]
    assert "python-docx" not in document.core_properties.comments
    digits = [c for c in text_of(make(session, office.last)) if c in "0123456789"]
    assert "".join(digits) in ("2525", "25", "16", "16252525", "1616")


def listed(file: bytes) -> list[str]:
    return zipfile.ZipFile(BytesIO(file)).namelist()


def test_all_papers_stand_in_agenda_order(session, office):
    file = b"".join(papers_zip(session, office.next, Store()))
    assert listed(file) == [
        "00 เชิญประชุม/หนังสือเชิญประชุม ก.บ.จ. ครั้งที่ 3-2569.docx",
        "01 เอกสารประกอบ/เอกสารประกอบการประชุม ก.บ.จ. ครั้งที่ 3-2569.xlsx",
        "5.1 แผนพัฒนาจังหวัด 2571-2575- ร่าง/ร่างแผน.pdf",
        "5.2 =cmd-'-C calc'!A0/ร่างแผน.pdf",
        "ไฟล์ที่ไม่พบ.txt",
    ]
    made = zipfile.ZipFile(BytesIO(file))
    assert made.testzip() is None
    assert made.read(listed(file)[2]) == Store().open_file("a" * 64).read()
    assert made.read("ไฟล์ที่ไม่พบ.txt").decode("utf-8-sig").endswith("ร่างแผน (2).pdf")


def test_the_minutes_are_among_them_once_the_meeting_was_held(session, office):
    names = listed(b"".join(papers_zip(session, office.last, Store())))
    assert names[-1] == "99 รายงานการประชุม/รายงานการประชุม ก.บ.จ. ครั้งที่ 2-2569.docx"


def test_the_zip_streams(session, office):
    pieces = [piece for piece in papers_zip(session, office.next, Store()) if piece]
    assert len(pieces) > 5
    assert pieces[0].startswith(b"PK")


def test_a_draft_has_no_minutes(session, office):
    assert office.next.status is MeetingStatus.INVITED
    assert office.next.meets_on > date(2026, 11, 23)
    assert not [
        n for n in listed(b"".join(papers_zip(session, office.next, Store()))) if "รายงาน" in n
    ]


def test_numbers_run_on_where_an_item_was_removed(session, office):
    from entities import dates

    with written(session):
        items = (
            session.query(AgendaItem).filter_by(meeting_id=office.next.id).order_by(AgendaItem.id)
        )
        gone = next(one for one in items if one.title.startswith("แผนพัฒนา"))
        gone.removed_at = dates.now()
    told = text_of(invitation(session, office.next))
    assert "๕.๑\t=cmd" in told
    assert "๕.๒" not in told
