"""The control ledger as a workbook: the screen's figures, live formulas, and what may not happen."""

import re
import shutil
import subprocess
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from flask_babel import force_locale
from sqlalchemy import event, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from access import viewer as who
from access.database import writing
from entities.money import percent
from entities.vocabulary import EntryKind, SpendingKind, TargetKind, TargetMeasure
from figures import ledger as figures
from models import (
    Agency,
    BudgetLine,
    CarryOver,
    DisbursementTarget,
    LedgerEntry,
    Project,
)
from rules import carry_over, ledger
from tests.conftest import CHAINAT, LOPBURI
from tests.rules.test_ledger import CHIEF, NOW, entry, line, order, posted
from workbooks import control_ledger
from workbooks.ledger_rows import EMPTY, FALLEN, HEADS, MONTH, WAITING
from workbooks.ledger_rows import YEAR as SO_FAR

K = EntryKind
AT = datetime(2027, 4, 1, 4, 12, tzinfo=UTC)
EVIL = "=cmd|'/C calc'!A0"
OFFICE = shutil.which("soffice")


@pytest.fixture
def work(session: Session) -> Any:
    """A session of the system that writes."""
    token = writing.set(True)
    session.rollback()
    yield session
    session.rollback()
    writing.reset(token)


def told(session: Session) -> BudgetLine:
    """A line with entries of every kind over three months, one waiting, one not approved."""
    works = Agency(province_id=CHAINAT, name="โยธาธิการและผังเมือง", sector="government")
    session.add(works)
    session.flush()
    road = line(
        session, "1000000.10", item="ปรับปรุงผิวจราจร [ก]/ข: *?", kind=SpendingKind.CAPITAL,
        agency=works, budget_code="18007002100000000001", plan="แผนงานบูรณาการ", fund_code="7011310",
    )  # fmt: skip
    spare = line(session, "5000.00", item="สำรอง", agency=works)
    moved = ledger.transfer(spare, road, Decimal("333.33"), date(2026, 11, 3), "สงป. 1", session)
    ledger.approve(_leg(session, moved), session, NOW, CHIEF)
    contract = order(session, road, "600000.05")
    posted(session, road, K.RESERVE, "1000.01", description="<r>กันซื้อวัสดุ</r>")
    posted(session, road, K.DISBURSEMENT, "250000.07", order=contract, doc_no="ฎ.1/2570",
           payee=EVIL, entry_date=date(2026, 12, 4))  # fmt: skip
    twice = posted(session, road, K.DISBURSEMENT, "0.03", entry_date=date(2026, 12, 9))
    (mirror,) = ledger.reverse(twice, "ซ้ำ", session, date(2026, 12, 10))
    ledger.approve(mirror, session, NOW, CHIEF)
    posted(session, road, K.DISBURSEMENT, "1000.01", reserve_used=Decimal("1000.01"),
           description=EVIL, entry_date=date(2027, 3, 1))  # fmt: skip
    posted(session, road, K.REFUND, "0.02", entry_date=date(2027, 3, 30))
    posted(
        session, road, K.COMMITMENT_RELEASE, "0.01", order=contract, entry_date=date(2027, 3, 30)
    )
    entry(session, road, K.DISBURSEMENT, "77.77", entry_date=date(2027, 3, 31))
    refused = entry(session, road, K.DISBURSEMENT, "1.00", entry_date=date(2027, 3, 31))
    ledger.reject(refused, "ผิดบัญชี", session, CHIEF)
    session.commit()
    session.refresh(road)
    return road


def _leg(session: Session, moved: Any) -> LedgerEntry:
    return session.scalars(
        select(LedgerEntry).where(LedgerEntry.transfer_id == moved.id, LedgerEntry.kind == K.TRANSFER_OUT)
    ).one()  # fmt: skip


def opened(content: bytes, *, values: bool = True) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(content), data_only=values)


def year_of(work: Session, by: control_ledger.By = "line") -> bytes:
    """The year's workbook, as the session's viewer has it."""
    viewer = who.of(work)
    with control_ledger.workbook(work, 2570, viewer, AT, province_id=CHAINAT, by=by) as file:
        return file.read()


def rows(sheet: Any) -> list[tuple[Any, ...]]:
    return [tuple(cell.value for cell in row) for row in sheet.iter_rows(min_row=8)]


def entries_of(sheet: Any) -> dict[int, tuple[Any, ...]]:
    """The rows of posted entries by their number: those with a running net budget."""
    return {row[0]: row for row in rows(sheet) if isinstance(row[0], int) and row[7] is not None}


def exactly(value: Any) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"))


def agrees(session: Session, road: BudgetLine, book: openpyxl.Workbook, name: str) -> None:
    """That a sheet says what the line's screen says, to the satang."""
    sheet = book[name]
    found = entries_of(sheet)
    steps = [s for s in figures.course(session, road.id) if s.status.value == "posted"]
    assert list(found) == [step.number for step in steps]
    for step in steps:
        row = found[step.number]
        shown = tuple(map(exactly, (row[7], row[12], row[13])))
        assert shown == (step.net_budget, step.outstanding, step.available), step.number
        assert (
            row[14] == "–"
            if not step.net_budget
            else exactly(row[14]) == percent(step.disbursed, step.net_budget)
        )
    _months_agree(session, road, sheet)


def _months_agree(session: Session, road: BudgetLine, sheet: Any) -> None:
    months = figures.months(session, line_id=road.id)
    sums = [row for row in rows(sheet) if row[3] == MONTH]
    assert len(sums) == len(months)
    for row, month in zip(sums, months, strict=True):
        assert exactly(row[5]) + exactly(row[6]) == month.budget_change
        assert exactly(row[11]) == month.paid_change
        assert exactly(row[9]) - exactly(row[16]) == month.order_change
    last = [row for row in rows(sheet) if row[3] == SO_FAR][-1]
    assert exactly(last[7]) == road.net_budget
    assert exactly(last[11]) == road.disbursed == exactly(last[18])
    assert exactly(last[12]) == road.outstanding
    assert exactly(last[13]) == road.available


def test_a_line_is_the_screens_ledger_with_head_and_columns(work: Session) -> None:
    road = told(work)
    content = control_ledger.line_workbook(work, road, who.SYSTEM, AT)
    book = opened(content)
    name = book.sheetnames[1]
    agrees(work, road, book, name)
    sheet = book[name]
    assert [sheet.cell(6, n + 1).value or "" for n in range(16)] == [
        title for title, _s, _w in HEADS
    ]
    assert sheet.cell(7, 9).value == "PO เลขที่"
    words = " ".join(str(c.value) for row in sheet.iter_rows(max_row=5) for c in row if c.value)
    for said in ("ชัยนาท", "2570", "แผนงานบูรณาการ", "18007002100000000001", "7011310",
                 "โยธาธิการและผังเมือง", "1,000,000.10 บาท", "จังหวัด", "วงเงิน"):  # fmt: skip
        assert said in words
    waiting = [row for row in rows(sheet) if row[0] == WAITING or row[3] == "งวดที่ 1"]
    assert waiting
    left = next(row for row in rows(sheet) if str(row[3]).startswith("คงเหลือหลังหัก"))
    assert exactly(left[13]) == road.available - road.waiting
    assert any(str(row[0]) == FALLEN.format(12) for row in rows(sheet))


def test_the_balances_are_formulas_and_user_text_is_none(work: Session) -> None:
    road = told(work)
    book = opened(control_ledger.line_workbook(work, road, who.SYSTEM, AT), values=False)
    sheet = book[book.sheetnames[1]]
    found = [row for row in sheet.iter_rows(min_row=8) if isinstance(row[0].value, int)]
    for row in found[:5]:
        assert all(str(row[n].value).startswith("=") for n in (7, 12, 13, 14))
    evil = [c for row in sheet.iter_rows() for c in row if c.value in (EVIL, "<r>กันซื้อวัสดุ</r>")]
    assert len(evil) == 3
    assert {cell.data_type for cell in evil} == {"s"}
    assert isinstance(found[0][1].value, datetime)
    assert sheet.freeze_panes == "A8"
    assert sheet.print_title_rows == "$6:$7"
    assert sheet.print_area == f"'{sheet.title}'!$A$1:$P${sheet.max_row}"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert found[0][3].font.name == "TH Sarabun New"


def without_values(content: bytes) -> bytes:
    """The same workbook with no value beside any formula, so that whoever opens it must calculate."""
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(made, "w") as out:
        for info in source.infolist():
            part = source.read(info)
            if info.filename.startswith("xl/worksheets/"):
                part = re.sub(rb"</f><v>[^<]*</v>", b"</f>", part)
            out.writestr(info.filename, part)
    return made.getvalue()


def recalculated(content: bytes, folder: Any) -> openpyxl.Workbook:
    """What LibreOffice makes of the formulas."""
    source = folder / "in.xlsx"
    source.write_bytes(without_values(content))
    assert opened(source.read_bytes())["สรุปการเบิกจ่าย"]["G5"].value is None
    command = [
        OFFICE, "--headless", f"-env:UserInstallation=file://{folder}/profile",
        "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder / "out"), str(source),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return openpyxl.load_workbook(folder / "out" / "in.xlsx", data_only=True)


@pytest.mark.skipif(not OFFICE, reason="LibreOffice is not installed")
def test_libreoffice_calculates_the_screens_figures(work: Session, tmp_path: Any) -> None:
    road = told(work)
    for paid, budget in (("1.00", "800.00"), ("201.00", "20000.00"), ("3.00", "800.00")):
        half = line(work, budget, item=f"ครึ่ง {paid}")
        posted(work, half, K.DISBURSEMENT, paid)
    work.commit()
    content = year_of(work)
    book, kept = recalculated(content, tmp_path), opened(content)
    lines = work.scalars(select(BudgetLine).order_by(BudgetLine.id)).all()
    agrees(work, road, book, next(n for n in book.sheetnames if n.endswith("18007002100000000001")))
    compared = 0
    for sheet in kept.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, int | float):
                    assert exactly(book[sheet.title][cell.coordinate].value) == exactly(cell.value)
                    compared += 1
    assert compared > 150
    halves = {book[n]["A2"].value: entries_of(book[n])[2][14] for n in book.sheetnames[1:-1]
              if str(book[n]["A2"].value).startswith("ครึ่ง")}  # fmt: skip
    assert [exactly(v) for _k, v in sorted(halves.items())] == [
        percent(Decimal("1.00"), Decimal("800.00")), percent(Decimal("201"), Decimal("20000")),
        percent(Decimal("3.00"), Decimal("800.00")),
    ]  # fmt: skip
    assert len(lines) == len(book.sheetnames) - 2


def test_the_summary_stands_against_the_target_and_an_unknown_target_is_a_dash(
    work: Session,
) -> None:
    told(work)
    _target(work, TargetKind.CAPITAL, "30.00")
    work.commit()
    book = opened(year_of(work))
    sheet = book.worksheets[0]
    found = {(row[0], row[1]): row for row in sheet.iter_rows(min_row=5, values_only=True)}
    with force_locale("th"):
        kinds = [str(kind.title) for kind in (SpendingKind.CAPITAL, SpendingKind.CURRENT)]
    capital = found["โยธาธิการและผังเมือง", kinds[0]]
    works = next(
        t for t in figures.totals(work, 2570, BudgetLine.kind) if t.key[0] is SpendingKind.CAPITAL
    )
    assert tuple(map(exactly, capital[2:6])) == (
        works.net_budget, works.outstanding, works.disbursed, works.available,
    )  # fmt: skip
    assert exactly(capital[6]) == works.percent_disbursed == Decimal("25.09")
    assert (capital[7], exactly(capital[8]), capital[9]) == (30, Decimal("-4.91"), "▲ เหลือง")
    current = found["โยธาธิการและผังเมือง", kinds[1]]
    assert current[6:] == (0, "–", "–", "–")
    whole = found["รวมทุกหน่วยงาน", "รวม"]
    everything = figures.together(figures.totals(work, 2570))
    assert exactly(whole[2]) == everything.net_budget
    assert exactly(whole[5]) == everything.available


def _target(session: Session, kind: TargetKind, told_percent: str) -> None:
    session.add(
        DisbursementTarget(
            as_of=date(2027, 4, 30), kind=kind, measure=TargetMeasure.DISBURSE,
            percent=Decimal(told_percent),
        )
    )  # fmt: skip
    session.flush()


def test_lights_follow_the_setting(app: Any) -> None:
    from figures import ledger_targets as targets

    with app.app_context():
        near = targets.amber()
    target = Decimal("87.00")
    lights = {p: targets.standing(Decimal(p), target, near).light.value for p in
              ("87.00", "86.99", "82.00", "81.99")}  # fmt: skip
    assert lights == {"87.00": "green", "86.99": "amber", "82.00": "amber", "81.99": "red"}
    assert targets.standing(Decimal("0.00"), None, near).light.value == "grey"
    assert targets.standing(None, target, near).light.value == "grey"
    assert targets.ranks([Decimal(5), None, Decimal(9), Decimal(5)]) == [2, None, 1, 2]


def test_sheets_by_project_hold_their_lines_and_names_stay_unique(work: Session) -> None:
    works = Agency(province_id=CHAINAT, name="ที่ทำการ", sector="government")
    work.add(works)
    work.flush()
    for _n in range(2):
        project = Project(
            province_id=CHAINAT, name="History/ถนน" * 9, fiscal_year=2570, agency=works,
            starts_on=date(2026, 10, 1), ends_on=date(2027, 9, 30),
        )  # fmt: skip
        work.add(project)
        work.flush()
        for amount in ("100.10", "200.20"):
            one = line(work, amount, item=f"รายการ {amount}", project_id=project.id)
            posted(work, one, K.DISBURSEMENT, "50.05")
    line(work, "0", item="ว่าง")
    work.commit()
    content = year_of(work, by="project")
    book = opened(content)
    assert len(book.sheetnames) == len({n.casefold() for n in book.sheetnames}) == 5
    assert all(len(name) <= 31 for name in book.sheetnames)
    whole = next(row for row in rows(book.worksheets[1]) if row[3] == "รวมทั้งโครงการ")
    assert [exactly(whole[n]) for n in (7, 13, 14)] == [
        Decimal("300.30"), Decimal("200.20"), Decimal("33.33"),
    ]  # fmt: skip
    assert any(row[0] == EMPTY for row in rows(book.worksheets[3]))


def test_carried_money_is_apart_from_the_lines_own_year(work: Session) -> None:
    road = line(work, "1000.00")
    contract = order(work, road, "600.00")
    kept = CarryOver(number="1", budget_line=road, order=contract, amount=Decimal("600.00"))
    waits = carry_over.keep(kept, work)
    ledger.approve(waits, work, NOW, CHIEF)
    posted(work, road, K.DISBURSEMENT, "150.00", carry_over=kept, entry_date=date(2027, 11, 2))
    work.commit()
    book = opened(control_ledger.line_workbook(work, road, who.SYSTEM, AT))
    found = rows(book.worksheets[1])
    apart = next(row for row in found if str(row[3]).startswith("รวมเบิกจากเงินกัน"))
    assert exactly(apart[11]) == Decimal("150.00")
    last = [row for row in found if row[3] == SO_FAR][-1]
    work.refresh(road)
    assert exactly(last[13]) == road.available == Decimal("400.00")
    assert exactly(last[12]) == road.outstanding == 0


def test_one_query_reads_the_entries_of_all_lines_and_scope_holds(
    work: Session, persons: Any
) -> None:
    for n in range(6):
        one = line(work, "100.00", item=f"รายการ {n}")
        posted(work, one, K.DISBURSEMENT, "1.00")
    line(work, "100.00", item="ของลพบุรี", province_id=LOPBURI)
    work.commit()
    asked: list[str] = []
    listening = Engine, "before_cursor_execute", lambda *told: asked.append(told[2])
    event.listen(*listening)
    year_of(work)
    event.remove(*listening)
    assert sum("FROM ledger_entry" in sql for sql in asked) == 1, asked
    assert len(asked) < 12
    work.rollback()
    who.act_as(work, persons.viewer(persons.user_id("finance", LOPBURI)))
    other = opened(year_of(work))
    assert len(other.sheetnames) == 2
    assert "รายการ 1" not in str(list(other.worksheets[0].iter_rows(values_only=True)))
