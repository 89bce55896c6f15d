"""The reports on the budget, counted by hand: ranks, quarters, the year's course, what ends."""

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from sqlalchemy import event, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from access import viewer as who
from access.database import writing
from admin_views import lists
from entities.vocabulary import EntryKind, SpendingKind, TargetKind, TargetMeasure
from models import Agency, CarryOver, DisbursementTarget, LedgerEntry
from reports import REPORTS, charts
from reports.base import Record, Rows, Taken, Within, text
from rules import carry_over, ledger
from tests.conftest import CHAINAT, LOPBURI, TRANG
from tests.rules.test_ledger import CHIEF, NOW, line, order, posted

AT = datetime(2027, 2, 10, 4, 12, tzinfo=UTC)
TODAY = date(2027, 2, 10)
K = EntryKind
UNIT, KIND, QUARTER = "0", "1", "2"


@pytest.fixture
def budget(session: Session) -> Session:
    """Three provinces in fiscal year 2570: Chai Nat with two agencies, Trang, Lop Buri."""
    token = writing.set(True)
    session.rollback()
    works, school = (
        Agency(province_id=CHAINAT, name=name, sector="government")
        for name in ("โยธาธิการ", "โรงเรียน")
    )
    session.add_all([works, school])
    session.flush()
    road = line(session, "800.00", item="ถนน", agency=works, kind=SpendingKind.CAPITAL)
    contract = order(session, road, "300.00")
    posted(session, road, K.DISBURSEMENT, "1.00", order=contract, entry_date=date(2026, 12, 1))
    books = line(session, "200.00", item="หนังสือ", agency=school)
    posted(session, books, K.DISBURSEMENT, "99.99", entry_date=date(2027, 2, 1))
    trang = line(session, "300.00", item="ของตรัง", province_id=TRANG)
    posted(session, trang, K.DISBURSEMENT, "100.00")
    lopburi = line(session, "600.00", item="ของลพบุรี", province_id=LOPBURI)
    posted(session, lopburi, K.DISBURSEMENT, "200.00")
    for month, percent in ((date(2026, 12, 31), "10.00"), (date(2027, 3, 31), "33.34")):
        session.add(DisbursementTarget(as_of=month, kind=TargetKind.OVERALL,
                    measure=TargetMeasure.DISBURSE, percent=Decimal(percent)))  # fmt: skip
    session.commit()
    writing.reset(token)
    return session


def take(session: Session, key: str, province_id: int | None = None, **typed: str) -> Taken:
    report = REPORTS[key]
    asked = report.ask(session, TODAY, province_id, {"fiscal_year": "2570", **typed})
    return report.take(session, asked, AT)


def shown(taken: Taken) -> list[dict[str, str]]:
    """The rows as people read them."""
    kinds = {column.key: column.kind for column in taken.columns}
    return [
        {key: text(kinds[key], row[key]) for key in kinds if key in row}
        for row in taken.result.rows
    ]


def test_provinces_are_ranked_and_equals_share_a_place(budget: Session) -> None:
    taken = take(budget, "disbursement")
    rows = {row["name"]: row for row in shown(taken)}
    assert list(rows) == ["Trang", "Lop Buri", "Chai Nat"]
    assert [row["rank"] for row in rows.values()] == ["1", "1", "3"]
    assert [row["percent"] for row in rows.values()] == ["33.33", "33.33", "10.10"]
    assert rows["Chai Nat"]["net_budget"] == "1,000.00"
    assert (rows["Trang"]["target"], rows["Trang"]["difference"]) == ("33.34", "−0.01")
    assert rows["Trang"]["light"] == "A little below the target"
    assert rows["Chai Nat"]["light"] == "Far below the target"
    assert taken.result.totals is not None
    assert taken.result.totals["disbursed"].value == Decimal("400.99")
    assert taken.result.rows[0]["name"].opens == Within(TRANG)
    assert "74 provinces have no budget line here." in taken.notes
    assert charts.words(taken.result.bars).startswith("Trang 33.33/33.34")


def test_the_nation_costs_one_aggregate_query(budget: Session) -> None:
    asked: list[str] = []
    listening = Engine, "before_cursor_execute", lambda *told: asked.append(told[2])
    event.listen(*listening)
    take(budget, "disbursement")
    event.remove(*listening)
    assert sum("sum(budget_line" in sql for sql in asked) == 1, asked


def test_inside_a_province_agencies_kinds_and_quarters(budget: Session) -> None:
    agencies = shown(take(budget, "disbursement", CHAINAT))
    assert [(r["name"], r["rank"], r["percent"]) for r in agencies] == [
        ("โรงเรียน", "1", "50.00"), ("โยธาธิการ", "2", "0.13"),
    ]  # fmt: skip
    kinds = shown(take(budget, "disbursement", CHAINAT, by=KIND))
    assert [(r["name"], r["percent"], r["target"], r["light"]) for r in kinds] == [
        ("Current expenditure", "50.00", "–", "–"), ("Capital expenditure", "0.13", "–", "–"),
    ]  # fmt: skip
    quarters = take(budget, "disbursement", CHAINAT, by=QUARTER)
    assert [(r["disbursed"], r["percent"], r["target"]) for r in shown(quarters)] == [
        ("1.00", "0.10", "10.00"), ("100.99", "10.10", "33.34"),
    ]  # fmt: skip
    opened = quarters.result.rows[0]["disbursed"].opens
    assert isinstance(opened, Rows)
    assert ("entry_date.to", "2026-12-31") in opened.filters
    assert "Grouped by: Quarter" in quarters.words()


def test_the_course_of_the_year_stops_today_and_shows_each_months_target(budget: Session) -> None:
    taken = take(budget, "disbursement-course", CHAINAT)
    rows = shown(taken)
    assert len(rows) == 12
    assert [r.get("disbursed") for r in rows[:6]] == [
        "0.00",
        "0.00",
        "1.00",
        "1.00",
        "100.99",
        None,
    ]
    assert [r.get("paid") for r in rows[2:5]] == ["1.00", "0.00", "99.99"]
    assert [r["target"] for r in rows[:6]] == ["–", "–", "10.00", "–", "–", "33.34"]
    assert (rows[4]["percent"], rows[4]["percent_used"]) == ("10.10", "40.00")
    chart = taken.result.bars
    drawn = charts.svg(chart, "x")
    assert "Target (%)" in drawn
    assert "style=" not in drawn
    assert all(row["month"] in drawn for row in rows), "also the months that nothing is told of"
    current = shown(take(budget, "disbursement-course", CHAINAT, kind="1"))
    assert current[4]["percent"] == "50.00"


CHANGES = {
    "net_budget": "budget_change", "outstanding": "order_change", "paid": "paid_change",
    "disbursed": "paid_change",
}  # fmt: skip


@pytest.mark.parametrize("kind", ["0", "1", "2"])
def test_each_amount_of_the_course_opens_the_entries_that_make_it(
    budget: Session, kind: str
) -> None:
    opened = 0
    for row in take(budget, "disbursement-course", CHAINAT, kind=kind).result.rows:
        for name, column in CHANGES.items():
            if name not in row:
                continue
            opens = row[name].opens
            assert isinstance(opens, Rows)
            state = lists.read_state(LedgerEntry, MultiDict(opens.filters), "en", None)
            assert state.refused == []
            found = budget.scalars(lists.narrowed(state, select(LedgerEntry))).all()
            assert sum(getattr(entry, column) for entry in found) == row[name].value, (name, row)
            opened += len(found)
    assert opened


def test_lines_at_risk_are_those_with_money_left_the_most_first(budget: Session) -> None:
    taken = take(budget, "lines-at-risk", CHAINAT)
    assert [(r["item"], r["available"], r["left"]) for r in shown(taken)] == [
        ("ถนน", "500.00", "62.50"), ("หนังสือ", "100.01", "50.01"),
    ]  # fmt: skip
    assert isinstance(taken.result.rows[0]["item"].opens, Record)
    assert taken.result.totals is not None
    assert taken.result.totals["available"].value == Decimal("600.01")
    many = shown(take(budget, "lines-at-risk"))
    assert {row["province"] for row in many} == {"Chai Nat", "Trang", "Lop Buri"}


def test_carry_over_about_to_expire(budget: Session) -> None:
    token = writing.set(True)
    budget.rollback()
    past = line(budget, "0", item="ปีก่อน", fiscal_year=2569)
    posted(budget, past, K.ALLOCATION, "500.00", entry_date=date(2026, 5, 4))
    kept = CarryOver(number="7", budget_line=past, amount=Decimal("400.00"), approval_ref="กค 1")
    ledger.approve(carry_over.keep(kept, budget), budget, NOW, CHIEF)
    posted(budget, past, K.DISBURSEMENT, "150.00", carry_over=kept, entry_date=date(2026, 11, 2))
    budget.commit()
    writing.reset(token)
    taken = take(budget, "carry-over-expiring", CHAINAT)
    assert [(r["number"], r["remaining"], r["days"], r["state"]) for r in shown(taken)] == [
        ("7", "250.00", "49", "in 49 days"),
    ]  # fmt: skip
    assert shown(take(budget, "carry-over-expiring", TRANG)) == []


def test_an_officer_of_trang_reads_no_money_of_chai_nat(budget: Session, persons: Any) -> None:
    budget.rollback()
    who.act_as(budget, persons.viewer(persons.user_id("finance", TRANG)))
    for key in ("disbursement", "lines-at-risk", "disbursement-course"):
        words = repr([shown(take(budget, key)), shown(take(budget, key, CHAINAT))])
        assert "ถนน" not in words
        assert "โยธาธิการ" not in words
        assert "1,000.00" not in words


def test_money_reaches_page_workbook_and_csv_with_two_places(budget: Session, persons: Any) -> None:
    budget.rollback()
    client = persons.client("governor", CHAINAT)
    page = client.get("/admin/report/disbursement/?fiscal_year=2570").text
    assert ">1,000.00<" in page.replace("\n", "")
    told = client.get("/admin/report/disbursement/csv?fiscal_year=2570").data.decode("utf-8-sig")
    assert "800.00" in told
    assert "," in told
    book = openpyxl.load_workbook(
        BytesIO(client.get("/admin/report/disbursement/xlsx?fiscal_year=2570").data)
    )
    cells = {c.value: c.number_format for row in book.worksheets[0].iter_rows() for c in row}
    assert cells[800] == "#,##0.00"
    assert cells[0.5] == "0.00%"
