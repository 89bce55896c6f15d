"""The ledger against the treasury's figures: what differs, the likely cause, kept as found."""

import csv
import io
import re
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter
from sqlalchemy import select
from sqlalchemy.orm import Session

from access.database import writing
from entities import dates
from entities.vocabulary import EntryKind, SpendingKind
from models import BudgetLine, LedgerEntry, PurchaseOrder, Reconciliation, ReconciliationRow
from rules import ledger, reconciliation
from rules.base import Broken
from rules.reconciliation import TheirLine
from rules.unit_names import Home
from tests.conftest import LOPBURI
from workbooks import treasury

HERE = Home("", province_id=LOPBURI)
DAY, END = date(2026, 1, 15), date(2026, 1, 31)
K = EntryKind
BOSS = ledger.Officer(999, "ผู้อนุมัติ")


@pytest.fixture
def work(session: Session):
    """A session that writes."""
    token = writing.set(True)
    session.rollback()
    yield session
    session.rollback()
    writing.reset(token)


class Book:
    """A line of Lop Buri with its entries, made by the ledger's own verbs."""

    def __init__(self, session: Session, code: str | None, allocated: str) -> None:
        self.session = session
        self.line = BudgetLine(
            province_id=LOPBURI, item=f"รายการ {code}", fiscal_year=2569, kind=SpendingKind.CURRENT,
            budget_code=code, enacted=Decimal(allocated),
        )  # fmt: skip
        session.add(self.line)
        session.flush()
        self.enter(K.ALLOCATION, allocated)

    def entry(self, kind: EntryKind, amount: str, day: date = DAY, **given) -> LedgerEntry:
        return LedgerEntry(
            budget_line=self.line, kind=kind, amount=Decimal(amount), entry_date=day,
            description="รายการทดสอบ", doc_no="ฎ.1", made_by=1, **given,
        )  # fmt: skip

    def enter(self, kind: EntryKind, amount: str, post: bool = True, **given) -> LedgerEntry:
        entry = ledger.enter(self.entry(kind, amount, **given), self.session)
        if post:
            ledger.approve(entry, self.session, dates.now(), BOSS)
        return entry

    def order(self, number: str, amount: str) -> PurchaseOrder:
        entry = self.entry(K.COMMITMENT, amount)
        told = ledger.Order(number, "ร้านค้า", DAY)
        order = ledger.commit(self.line, told, entry, self.session)
        ledger.approve(entry, self.session, dates.now(), BOSS)
        return order


def compared(session: Session, *lines: TheirLine, as_of: date = END):
    """The comparison by budget code."""
    found = reconciliation.compare(session, HERE, 2569, as_of, lines)
    return {one.budget_code: one for one in found}


def baht(*amounts: str) -> list[Decimal]:
    """Amounts."""
    return [Decimal(amount) for amount in amounts]


def test_each_difference_has_the_cause_that_the_numbers_bear_out(work):
    same = Book(work, "10", "1000")
    same.enter(K.DISBURSEMENT, "400")
    waits = Book(work, "20", "1000")
    waits.enter(K.DISBURSEMENT, "250.50", post=False)
    ahead = Book(work, "30", "1000")
    paid = ahead.enter(K.DISBURSEMENT, "120")
    ahead.enter(K.DISBURSEMENT, "80")
    standing = Book(work, "40", "1000")
    standing.order("PO-7", "300")
    late = Book(work, "50", "1000")
    late.order("PO-8", "300")
    swapped = Book(work, "60", "1000")
    swapped.enter(K.DISBURSEMENT, "123.45")
    rounded = Book(work, "70", "1000")
    rounded.enter(K.DISBURSEMENT, "99.60")
    reserved = Book(work, "80", "1000")
    reserved.enter(K.RESERVE, "200")
    strange = Book(work, "90", "1000")
    strange.enter(K.DISBURSEMENT, "500")
    Book(work, "1234567", "1000")
    found = compared(
        work,
        TheirLine("10", *baht("1000", "0", "400", "600")),
        TheirLine("20", *baht("1000", "0", "250.50", "749.50")),
        TheirLine("30", *baht("1000", "0", "80", "920")),
        TheirLine("40", *baht("1000", "0", "0", "1000")),
        TheirLine("50", *baht("1000", "200", "100", "700")),
        TheirLine("60", *baht("1000", "0", "132.45", "867.55")),
        TheirLine("70", *baht("1000", "0", "100", "900")),
        TheirLine("80", *baht("1000", "0", "0", "1000")),
        TheirLine("90", *baht("1000", "0", "333", "667")),
        TheirLine("1243567", *baht("1000", "0", "0", "1000")),
    )
    causes = {code: "; ".join(one.causes) for code, one in found.items()}
    assert found["10"].agrees
    assert not causes["10"]
    assert "waits for approval" in causes["20"]
    assert "250.50" in causes["20"]
    assert "not at the treasury" in causes["30"]
    assert f"no. {paid.number} " in causes["30"]
    assert "PO-7" in causes["40"]
    assert "PO-8" in causes["50"]
    assert "100.00" in causes["50"]
    assert "swapped" in causes["60"]
    assert causes["70"] == "rounding"
    assert "reserved" in causes["80"]
    assert "not explained" in causes["90"]
    assert "not in the treasury" in causes["1234567"]
    assert "1243567" in causes["1234567"]
    assert "not in the ledger" in causes["1243567"]
    assert {c for c, one in found.items() if one.agrees} == {"10"}


def test_the_ledger_is_taken_as_it_stood_on_the_day(work):
    book = Book(work, "10", "1000")
    book.enter(K.DISBURSEMENT, "100")
    book.enter(K.DISBURSEMENT, "50", day=date(2026, 2, 1))
    theirs = TheirLine("10", *baht("1000", "0", "100", "900"))
    assert compared(work, theirs)["10"].agrees
    assert not compared(work, theirs, as_of=date(2026, 2, 1))["10"].agrees


def test_lines_of_one_code_are_compared_together_and_untold_figures_are_not(work):
    for _n in range(2):
        Book(work, "10", "500").enter(K.DISBURSEMENT, "100")
    rows = TheirLine("10", paid=Decimal(150)), TheirLine("10", paid=Decimal(50))
    found = compared(work, *rows)["10"]
    assert found.agrees
    assert found.ours.line_id is None


def test_a_comparison_is_kept_and_a_faulty_file_is_not(work):
    Book(work, "10", "1000")
    found = reconciliation.compare(work, HERE, 2569, END, [TheirLine("10", paid=Decimal(1))])
    file = reconciliation.File("nfma46.xlsx", "0" * 64)
    kept = reconciliation.keep(work, HERE, 2569, END, file, found)
    work.commit()
    row = work.scalars(select(ReconciliationRow)).one()
    assert (kept.matched, kept.differing, row.their_paid, row.our_paid) == (
        0,
        1,
        Decimal(1),
        Decimal(0),
    )
    assert "31 มกราคม 2569" in kept.name
    with pytest.raises(Broken):
        reconciliation.compare(work, HERE, 2569, END, [TheirLine("10", faults=("แถว 2 ช่อง B2",))])


def test_a_formula_of_the_file_is_named_with_a_line_that_differs(work):
    for code in ("1001", "1002"):
        Book(work, code, "100.00")
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("คลัง")
        sheet.write_row(0, 0, ["รหัสงบประมาณ", "งบสุทธิ", "เบิกจ่าย"])
        for row, (code, value) in enumerate((("1001", 90), ("1002", 100)), 1):
            sheet.write_row(row, 0, [code, None, 0])
            sheet.write_formula(row, 1, "=45*2", value=value)
    lines = treasury.rows(file.getvalue())
    found = reconciliation.compare(work, HERE, 2569, END, lines)
    assert [one.agrees for one in found] == [False, True]
    assert "cell B2" in found[0].causes[-1]
    assert found[1].causes == []


def test_the_treasurys_own_headings_are_known():
    book = openpyxl.Workbook()
    for row in (
        ["รายงาน NFMA46 สถานะการใช้จ่ายงบประมาณ"],
        ["แผนงาน", "รหัสงบประมาณ", "งบสุทธิ", "PO", "เบิกจ่าย", "คงเหลือ"],
        ["แผนงานบูรณาการ", "70021 3700 1234 567890", "1,000.00", 100, 250.5, "649.50"],
        ["รวมทั้งสิ้น", None, 1000, 100, 250.5, 649.5],
    ):
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    (line,) = treasury.rows(content.getvalue())
    assert line == TheirLine("7002137001234567890", *baht("1000.00", "100.00", "250.50", "649.50"))


def test_the_screen_compares_keeps_shows_and_exports(session, persons, work):
    Book(work, "70021000000000000010", "1000").enter(K.DISBURSEMENT, "100")
    Book(work, None, "2500")
    work.commit()
    client = persons.client("finance")
    page = client.get("/admin/reconciliation/new/").get_data(as_text=True)
    assert 'type="file"' in page
    file = io.StringIO()
    csv.writer(file).writerows(
        [
            ["รหัสงบประมาณ", "งบสุทธิ", "PO", "เบิกจ่าย", "คงเหลือ"],
            ["70021000000000000010", "1,000", "-", "๙๐", "910"],
        ]
    )
    data = {
        "csrf_token": client.csrf,
        "home": str(LOPBURI),
        "fiscal_year": "2569",
        "as_of": "31/1/2569",
    }

    def send(content: bytes, **changed: str):
        sent = {**data, **changed, "file": (io.BytesIO(content), "nfma46.csv")}
        return client.post(
            "/admin/reconciliation/new/", data=sent, content_type="multipart/form-data"
        )

    answer = send(file.getvalue().encode("cp874"))
    assert answer.status_code == 302, answer.get_data(as_text=True)[-3000:]
    details = client.get(answer.headers["Location"]).get_data(as_text=True)
    for told in ("70021000000000000010", "100.00", "90.00", "10.00", "−10.00", "คงเหลือ"):
        assert told in details, told
    assert "1 รายการที่ยังไม่มีรหัสงบประมาณ งบสุทธิรวม 2,500.00 บาท" in details
    export = re.search(r'href="(/admin/reconciliation_row/export/xlsx/[^"]+)"', details)
    sheet = openpyxl.load_workbook(
        io.BytesIO(client.get(export[1].replace("&amp;", "&")).data)
    ).worksheets[0]
    values = [cell.value for cell in sheet[2]]
    assert {90, 100} <= set(values)
    bad = {
        "fault": (b"\xef\xbb\xbf" + "รหัสงบประมาณ,เบิกจ่าย\n1,1.234\n".encode(), {}),
        "pdf": (b"%PDF-1.4", {}),
        "foreign": (file.getvalue().encode(), {"home": "92"}),
        "day": (file.getvalue().encode(), {"as_of": "31/2/2569"}),
    }
    for name, (content, changed) in bad.items():
        assert send(content, **changed).status_code == 422, name
    session.rollback()
    assert len(session.scalars(select(Reconciliation)).all()) == 1
    assert persons.client("governor").get("/admin/reconciliation/new/").status_code == 403


def test_causes_that_have_no_room_are_counted_and_none_is_cut(work):
    """Whole causes stand, then how many more there are; faults of a file alike."""
    told = reconciliation._together([f"{n} {'ก' * 200}" for n in range(9)])
    assert len(told) <= 1000
    assert told.endswith("; and 5 more")
    assert reconciliation._together(["ก" * 2000]).endswith("…")
    faulty = [TheirLine("70021", faults=(f"row {n}",)) for n in range(7)]
    with pytest.raises(Broken, match="row 4; and 2 more"):
        compared(work, *faulty)
