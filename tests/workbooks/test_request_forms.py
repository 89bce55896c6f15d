"""The forms จ.1, จ.1-1 and จ.2 read back: wording, real numbers, print set-up, nothing calculated."""

from datetime import date

import pytest

from entities.vocabulary import FundingSource, ReadinessAnswer, ReadinessKind, RequestStep, Verdict
from models import BudgetRequest
from rules import request_decisions, requests
from tests.conftest import LOPBURI
from tests.factories import cluster_of
from tests.request_office import (
    MATERIALS,
    TODAY,
    WORKS,
    advance,
    agency,
    baht,
    cost,
    project,
    request,
    written,
)
from tests.workbooks.conftest import NASTY, NOW
from workbooks import request_forms

WATER, ROADS = "พัฒนาแหล่งน้ำ", "พัฒนาโครงข่ายคมนาคม"
LONG = "คลองส่งน้ำตื้นเขิน " * 900


@pytest.fixture
def asked(session) -> BudgetRequest:
    """A request with three projects of two issues, one of them refused, and last year's."""
    session.info["today"] = TODAY
    with written(session):
        before = request(session, year=2572)
        project(session, before, "ฝาย", (WORKS, "300000"), plan_issue=WATER)
        made = request(session, ceiling=baht("1000000"))
        weir = project(
            session, made, "ฝาย", (WORKS, "900000"), (MATERIALS, "100000.55"), plan_issue=WATER,
            rationale=LONG, objectives=NASTY, beneficiaries=1250, place="ตำบลโคกตูม",
            starts_on=date(2027, 10, 1), ends_on=date(2028, 6, 30),
        )  # fmt: skip
        project(
            session, made, NASTY, (WORKS, "500000"), plan_issue=ROADS, source=FundingSource.LOCAL
        )
        out = project(session, made, "ตลาด", (WORKS, "70"), plan_issue=ROADS)
        requests.answer(weir, {ReadinessKind.AREA: (ReadinessAnswer.READY, "-1+1")}, session)
        advance(session, weir, "950000.25", RequestStep.SCREENING)
        request_decisions.decide(
            out, RequestStep.SCREENING, Verdict.REJECT, baht("0"), TODAY, session, comment="ซ้ำ"
        )
    yield made
    session.info.pop("today")


def form(session, asked, which):
    _ending, make = request_forms.FORMS[which]
    return make(session, asked, NOW, "ผู้จัดทำ")


def cells(sheet):
    return [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]


def values(sheet):
    return [cell.value for cell in cells(sheet)]


def row_of(sheet, text):
    return next(
        [c.value for c in row]
        for row in sheet.iter_rows()
        if any(isinstance(c.value, str) and c.value.startswith(text) for c in row)
    )


def test_every_form_is_a4_in_the_offices_font_and_calculates_nothing(session, asked, read):
    for which in request_forms.FORMS:
        book = read(form(session, asked, which))
        for sheet in book.worksheets:
            assert (sheet.page_setup.paperSize, sheet.sheet_properties.pageSetUpPr.fitToPage) == (
                9,
                True,
            )
            assert bool(sheet.print_title_rows) is (which != "briefs"), (
                "a table's head is on every page"
            )
            for cell in cells(sheet):
                assert cell.data_type != "f", cell.coordinate
                assert cell.font.name == "TH Sarabun New"


def test_form_1_lists_projects_by_issue_with_each_years_amount(session, asked, read):
    (sheet,) = read(form(session, asked, "list")).worksheets
    said = values(sheet)
    assert "บัญชีรายการชุดโครงการ" in said
    assert "แผนพัฒนาจังหวัดลพบุรี (พ.ศ. 2571–2575)" in said
    assert f"ประเด็นการพัฒนา: {WATER}" in said
    weir = row_of(sheet, "ฝาย")
    assert weir[3:] == [950000.25, 300000, None, None, None, 1250000.25]
    assert row_of(sheet, "รวมทั้งสิ้น")[3:] == [1450000.25, 300000, 0, 0, 0, 1750000.25]
    assert "ตลาด" not in said, "what was refused is no project of the plan"
    assert request_forms.plan_years(2570) == [2566, 2567, 2568, 2569, 2570]


def test_form_1_1_is_a_sheet_for_each_project_with_its_costs(session, asked, read):
    book = read(form(session, asked, "briefs"))
    assert [sheet.title[:5] for sheet in book.worksheets] == ["1 ฝาย", "2 =cm", "3 ตลา"]
    sheet = book.worksheets[0]
    said = values(sheet)
    for text in ("5. ตัวชี้วัดและค่าเป้าหมาย", "1,250 คน", "1 ตุลาคม 2570 ถึง 30 มิถุนายน 2571", NASTY,
                 "1,000,000.55 บาท (หนึ่งล้านบาทห้าสิบห้าสตางค์)"):  # fmt: skip
        assert text in said, text
    assert "".join(v for v in said if isinstance(v, str)).count("คลองส่งน้ำตื้นเขิน") == 900
    lines = [row for row in sheet.iter_rows(values_only=True) if row[0] in (1, 2)]
    assert [(row[2], row[6]) for row in lines] == [
        ("ค่าที่ดินและสิ่งก่อสร้าง", 900000), ("ค่าวัสดุ", 100000.55),
    ]  # fmt: skip
    assert row_of(sheet, "รวมเป็นเงินทั้งสิ้น")[6] == 1000000.55


def _pages(sheet):
    """The rows of each page, as lists of what their cells say."""
    ends = [one.id for one in sheet.row_breaks.brk]
    rows = [[v for v in row if v is not None] for row in sheet.iter_rows(values_only=True)]
    return [rows[a:b] for a, b in zip([0, *ends], [*ends, len(rows)], strict=True)]


@pytest.mark.parametrize("lines", [1, 17, 26, 60])
def test_the_signature_of_form_1_1_never_stands_alone_and_costs_keep_their_head(
    session, read, lines
):
    with written(session):
        made = request(session, year=2578)
        project(session, made, "ฝาย", *[(WORKS, "1")] * lines, rationale="คลองส่งน้ำตื้นเขิน " * 30)
    (sheet,) = read(form(session, made, "briefs")).worksheets
    pages = _pages(sheet)
    assert len(pages) > 1, "one page is no test of where it ends"
    last = [row[0] for row in pages[-1] if row]
    assert last[-3:-1] == [request_forms.SIGNED, request_forms.DOTTED]
    assert last[-3 - len(ReadinessKind) - 1].startswith("ความพร้อมของโครงการ")
    for page in pages:
        costs = [n for n, row in enumerate(page) if len(row) == 6 and isinstance(row[0], int)]
        assert not costs or page[costs[0] - 1] == list(request_forms.COST_HEADS)
    assert sheet.freeze_panes is None, "half a page held fast leaves nothing to move"


@pytest.mark.parametrize("many", [12, 13, 14])
def test_the_sum_of_a_form_never_stands_alone(session, read, many):
    with written(session):
        made = request(session, year=2579, ceiling=baht("100"))
        for n in range(many):
            project(session, made, f"โครงการ {n}", (WORKS, "1"), plan_issue=WATER)
    for which in ("list", "annual"):
        (sheet,) = read(form(session, made, which)).worksheets
        assert [row for row in _pages(sheet)[-1] if row and isinstance(row[0], int)], which


def test_form_2_lists_the_year_by_priority_with_the_source_of_money(session, asked, read):
    (sheet,) = read(form(session, asked, "annual")).worksheets
    head = row_of(sheet, "ลำดับความสำคัญ")
    assert head[4:9] == [f"{title} (บาท)" for title in request_forms.SOURCES.values()]
    assert row_of(sheet, "ฝาย")[4:10] == [950000.25, None, None, None, None, 950000.25]
    assert row_of(sheet, NASTY)[4:10] == [None, None, None, 500000, None, 500000]
    assert row_of(sheet, "รวม 2 โครงการ")[4:10] == [950000.25, 0, 0, 500000, 0, 1450000.25]
    note = next(v for v in values(sheet) if isinstance(v, str) and v.startswith("กรอบวงเงิน"))
    assert "ร้อยละ 145.00" in note
    assert "สูงกว่ากรอบวงเงิน 450,000.25 บาท" in note


def test_a_clusters_forms_have_their_own_numbers(session, asked, read):
    with written(session):
        theirs = request(session, cluster_id=cluster_of(session, LOPBURI).id)
        item = project(session, theirs, "ท่าเรือ", agency=agency(session, name="เจ้าท่า"))
        session.add(cost(item, WORKS, "12.34"))
    (sheet,) = read(form(session, theirs, "annual")).worksheets
    assert sheet.title == "แบบ กจ.2"
    assert request_forms.file_name("1-1", theirs).startswith("แบบ กจ.1-1 คำของบประมาณกลุ่มจังหวัด")
    assert row_of(sheet, "ท่าเรือ")[9] == 12.34


def test_an_empty_request_says_so(session, read):
    with written(session):
        bare = request(session, year=2579)
    for which in request_forms.FORMS:
        said = values(read(form(session, bare, which)).worksheets[0])
        assert request_forms.NONE in said
