"""Registers on paper: the standard columns, every number, Thai digits, and the proof beside them."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from access import viewer as who
from access.database import writing
from entities.vocabulary import RegisterKind, Secrecy
from rules import registers
from rules.registers import Wish
from tests.conftest import LOPBURI
from tests.registry_office import NOW, TODAY, issued, received, unit
from workbooks import registers as sheets

COLUMNS = ["ที่", "ลงวันที่", "จาก", "ถึง", "เรื่อง", "การปฏิบัติ", "หมายเหตุ"]


@pytest.fixture
def work(session: Any) -> Any:
    """A session of the system that writes."""
    token = writing.set(True)
    session.rollback()
    yield session
    session.rollback()
    writing.reset(token)


def _rows(made: bytes, sheet: int = 0) -> list[list[Any]]:
    book = CalamineWorkbook.from_filelike(BytesIO(made))
    return [list(row) for row in book.get_sheet_by_index(sheet).to_python()]


def _beginning(rows: list[list[Any]], first: Any) -> list[Any]:
    return next(row for row in rows if row[0] == first)


def test_the_received_register_has_its_columns_under_each_day(work: Any) -> None:
    office = unit(work)
    made = received(work, office, ref_number="มท 0201.2/ว 1590", to_party="ผู้ว่าราชการจังหวัด")
    received(work, office, secrecy=Secrecy.SECRET, subject="ลับ ๆ")
    work.commit()
    rows = _rows(sheets.workbook(work, made.register, who.SYSTEM, NOW))
    assert rows[0][0] == "ทะเบียนหนังสือรับ พ.ศ. 2569 กลุ่มงาน 0017"
    assert _beginning(rows, "เลขทะเบียนรับ")[1:] == COLUMNS
    assert _beginning(rows, "2 พฤศจิกายน 2569")
    told = _beginning(rows, 1)
    assert told[1] == "มท 0201.2/ว 1590"
    assert told[3:6] == ["กรมการปกครอง", "ผู้ว่าราชการจังหวัด", "ขอเชิญประชุม"]


def test_the_sent_register_tells_cancelled_and_kept_numbers(work: Any) -> None:
    office = unit(work)
    made = issued(work, office)
    registers.cancel(made, "พิมพ์ผิด", work, TODAY)
    wish = Wish(2, "ฝ่ายปกครอง", "รอลงนาม", TODAY)
    _first, second = registers.reserve(office, RegisterKind.SENT, wish, work, NOW)
    registers.release(second, "ไม่ใช้แล้ว", work)
    work.commit()
    told = sheets.workbook(work, made.register, who.SYSTEM, NOW)
    rows = _rows(told)
    assert _beginning(rows, "เลขทะเบียนส่ง")[1:] == COLUMNS
    assert [_beginning(rows, n)[1] for n in (1, 2, 3)] == ["ลบ 0017/1", "ลบ 0017/2", "ลบ 0017/3"]
    notes = [_beginning(rows, n)[7] for n in (1, 2, 3)]
    assert notes == [
        "ยกเลิก: พิมพ์ผิด", "จองไว้ให้ ฝ่ายปกครอง: รอลงนาม", "ยกเลิกเลขที่จองให้ ฝ่ายปกครอง: ไม่ใช้แล้ว",
    ]  # fmt: skip
    proof = _rows(told, 1)
    assert "ทะเบียนนี้ครบถ้วน ทุกเลขตั้งแต่ 1 ถึง 3 มีอยู่เพียงครั้งเดียว" in [row[0] for row in proof]
    assert [row[4] for row in proof if row[0] in (1.0, 2.0, 3.0)] == [
        "พิมพ์ผิด", "รอลงนาม", "ไม่ใช้แล้ว",
    ]  # fmt: skip


def test_thai_digits_are_written_where_asked(work: Any) -> None:
    made = received(work, unit(work), dated_on=TODAY)
    work.commit()
    rows = _rows(sheets.workbook(work, made.register, who.SYSTEM, NOW, thai_digits=True))
    assert rows[0][0] == "ทะเบียนหนังสือรับ พ.ศ. ๒๕๖๙ กลุ่มงาน ๐๐๑๗"
    assert _beginning(rows, "๑")[2] == "๒ พ.ย. ๒๕๖๙"


def test_the_proof_of_a_province_tells_a_hole(work: Any) -> None:
    office = unit(work)
    received(work, office)
    gone = received(work, office)
    work.commit()
    work.connection().execute(text("DELETE FROM document WHERE id = :id"), {"id": gone.id})
    work.expire_all()
    rows = _rows(sheets.proof_workbook(work, LOPBURI, who.SYSTEM, NOW))
    firsts = [row[0] for row in rows]
    assert "ทะเบียนนี้ไม่ครบถ้วน" in firsts
    assert "เลขที่หายไป: 2" in firsts


def test_no_day_of_a_register_stands_alone_at_the_foot_of_a_page(work: Any, read: Any) -> None:
    """Each day is the head of its documents; the register printed in Thai digits has them throughout."""
    office = unit(work)
    for n in range(40):
        made = received(work, office, subject=f"เรื่องที่ {n}", now=NOW + timedelta(days=n))
    work.commit()
    told = sheets.workbook(work, made.register, who.SYSTEM, NOW, thai_digits=True)
    sheet = read(told).worksheets[0]
    assert "๒๕๖๙" in sheet.oddHeader.right.text
    ends = [one.id for one in sheet.row_breaks.brk]
    assert len(ends) > 1, "one page is no test of where it ends"
    last = [[v for v in row if v] for row in sheet.iter_rows(values_only=True)]
    assert not [last[end - 1] for end in ends if len(last[end - 1]) == 1], (
        "a day without a document"
    )
