"""Tables that people bring: what is understood, and what is refused with its row and cell."""

import contextlib
import io
import random
import struct
import zipfile
import zlib
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from flask import Flask
from flask_babel import Babel, force_locale

from workbooks import biff, budget_book, opened, plain_sheets, reading, treasury, typed
from workbooks.opened import Unreadable
from workbooks.reading import Mapping, Target
from workbooks.typed import BadCell

ROOT = Path(__file__).parents[2]
FILES = ROOT / "tests" / "files"
HEAD = "รายการ,จำนวนเงิน\n"
MESSY = [
    ("จังหวัดลพบุรี", "โครงการพัฒนาแหล่งน้ำ", "ขุดลอกคลองบ้านหนองแขม", "1234567.50"),
    ("จังหวัดลพบุรี", "โครงการพัฒนาแหล่งน้ำ", "ก่อสร้างฝายน้ำล้น", "2000000.00"),
    ("จังหวัดลพบุรี", "โครงการอบรมเกษตรกร", "ค่าตอบแทนวิทยากร", "12500.00"),
    ("จังหวัดลพบุรี", "โครงการอบรมเกษตรกร", "ค่าอาหารว่าง", "99.50"),
    ("จังหวัดชัยนาด", "โครงการปรับปรุงตลาด", "ถมดินตลาดกลาง", "500000.00"),
    ("กลุ่มจังหวัดภาคเหนือตอนบน", "โครงการท่องเที่ยว", "จัดงานที่จังหวัดเชียงใหม่", "300.00"),
    ("จังหวัดลพบุรี", "โครงการบริหาร", "ค่าใช้จ่าย 1 ๆ ว่ายในการสัมมนา", "0.00"),
    ("จังหวัดในฝัน", "โครงการบริหาร", "ค่าวัสดุสำนักงาน", "1000.00"),
]


@pytest.fixture(autouse=True)
def _thai():
    """Complaints are made in words, so a language must be in force; no database is asked."""
    app = Flask(__name__)
    Babel(app, default_translation_directories=str(ROOT / "translations"))
    with app.app_context(), force_locale("th"):
        yield


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_a_messy_workbook_is_understood_in_every_format(kind):
    """Titles, a heading of two rows, merged cells, Thai digits, formulas, totals, blank rows."""
    rows, stated = budget_book.rows((FILES / f"budget_messy.{kind}").read_bytes())
    assert [(r.unit, r.output, r.item, str(r.amount)) for r in rows] == MESSY
    assert [r.number for r in rows] == list(range(1, 9))
    assert rows[0].place.startswith("งบประมาณ 2569")
    assert "5" in rows[0].place
    assert rows[0].categories == ("งบลงทุน", "ค่าครุภัณฑ์ ที่ดินและสิ่งก่อสร้าง")
    assert stated == sum(Decimal(row[3]) for row in MESSY)
    assert not any(row.faults for row in rows)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp874", "tis-620", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_in_the_spellings_of_thai_offices(encoding, delimiter):
    text = delimiter.join(("หน่วยงาน", "รายการ", "งบประมาณ")) + "\r\n"
    text += delimiter.join(("จังหวัดลพบุรี", "ซ่อมถนน", "๑๒๓๔.๕๐")) + "\r\n" + delimiter * 2 + "\r\n"
    rows, _stated = budget_book.rows(text.encode(encoding))
    assert [(r.unit, r.item, str(r.amount)) for r in rows] == [("จังหวัดลพบุรี", "ซ่อมถนน", "1234.50")]


AMOUNTS = {
    "1,234.50": "1234.50", "1,234.50 บาท": "1234.50", "๑,๒๓๔.๕๐": "1234.50", "(500.00)": "-500.00",
    "-": "0.00", 12: "12.00", 0.1 + 0.2: "0.30", 1234.5: "1234.50", "": None, "  ": None,
    "1.234": BadCell, 1.234: BadCell, "1e9": BadCell, "NaN": BadCell, float("nan"): BadCell,
    float("inf"): BadCell, 10**15: BadCell, "1000000000000000": BadCell, True: BadCell,
    datetime(2026, 1, 5): BadCell, "ห้าบาท": BadCell, "#DIV/0!": BadCell,
}  # fmt: skip


@pytest.mark.parametrize(("cell", "amount"), AMOUNTS.items(), ids=map(str, AMOUNTS))
def test_amounts_of_cells(cell, amount):
    if amount is BadCell:
        with pytest.raises(BadCell):
            typed.amount(cell)
    else:
        found = typed.amount(cell)
        assert (found if found is None else str(found)) == amount


def test_days_and_years_of_both_eras():
    for cell in (
        "5/1/2569",
        "๕ ม.ค. ๒๕๖๙",
        date(2026, 1, 5),
        datetime(2569, 1, 5),
        date(2569, 1, 5),
    ):
        assert typed.day(cell) == date(2026, 1, 5)
    for bad in ("31 กุมภาพันธ์ 2569", "31/2/2569", 45000.0, "เมื่อวาน"):
        with pytest.raises(BadCell):
            typed.day(bad)
    assert [typed.year(c) for c in ("2569", "พ.ศ. ๒๕๖๙", 2569.0, 2569, "")] == [2569] * 4 + [None]
    for bad in ("2026", 69, "ปีหน้า", 25690.0):
        with pytest.raises(BadCell):
            typed.year(bad)


def test_a_complaint_names_sheet_row_and_cell():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "แผ่นหนึ่ง"
    mapping = Mapping(
        (
            Target("item", "รายการ", ("รายการ",), typed.text, needed=True, filled=True),
            Target("on", "วันที่", ("วันที่",), typed.day),
            Target("amount", "จำนวนเงิน", ("จำนวนเงิน",), typed.amount, needed=True, filled=True),
        ),
        item="item",
    )
    for row in (
        ["รายการ", "วันที่", "จำนวนเงิน"],
        ["ดี", "5/1/2569", 5],
        ["ไม่ดี", "31 กุมภาพันธ์ 2569", "12.345"],
        [None, None, 7],
        ["ไม่มีเงิน", None, None],
    ):
        sheet.append(row)
    table = reading.read(_saved(book), mapping)
    told = [complaint.text() for complaint in table.complaints()]
    assert [(c.row, c.cell) for c in table.complaints()] == [
        (3, "B3"),
        (3, "C3"),
        (4, "A4"),
        (5, "C5"),
    ]
    assert all("แผ่นหนึ่ง" in text and "แถว" in text and "ช่อง" in text for text in told)
    assert table.rows[0].values == {"item": "ดี", "on": date(2026, 1, 5), "amount": Decimal("5.00")}


def _saved(book: openpyxl.Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_a_wrong_header_tells_what_is_missing():
    for head in ("ชื่อ,ราคา\nก,5\n", "รายการ,ราคา\nก,5\n", "รายการ,จำนวนเงิน (ล้านบาท)\nก,5\n"):
        with pytest.raises(Unreadable) as refused:
            budget_book.rows(head.encode())
        assert "จำนวนเงิน" in str(refused.value)
    for empty in (HEAD, HEAD + ",\n , \n"):
        with pytest.raises(Unreadable):
            budget_book.rows(empty.encode())


def test_amounts_that_are_merged_count_once():
    book = openpyxl.Workbook()
    for row in (["รายการ", "จำนวนเงิน"], ["ก", 5], ["ข", None]):
        book.active.append(row)
    book.active.merge_cells("B2:B3")
    rows, _stated = budget_book.rows(_saved(book))
    assert [r.amount for r in rows] == [Decimal(5), None]
    assert "B3" in rows[1].faults[0]


def test_a_formula_is_read_by_its_value_and_named():
    """One that was never worked out has no value: its cell is named, and nothing is guessed."""
    book = openpyxl.Workbook()
    book.active.title = "งบ & แผน"
    for row in (["รายการ", "จำนวนเงิน"], ["ก", "=1+1"], ["=CMD()", 5]):
        book.active.append(row)
    rows, _stated = budget_book.rows(_saved(book))
    assert [len(row.faults) for row in rows] == [1, 1]
    for row, cell in zip(rows, ("B2", "A3"), strict=True):
        assert cell in row.faults[0]
        assert "งบ & แผน" in row.faults[0]
        assert "สูตร" in row.faults[0]


def test_a_formula_that_was_worked_out_is_doubtful():
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        book.add_worksheet("ปก").write_formula("A1", "=1+1", value=2)
        sheet = book.add_worksheet("งบ")
        sheet.write_row("A1", ["รายการ", "จำนวนเงิน", "หมายเหตุ"])
        sheet.write_row("A2", ["ก", 12.5])
        sheet.write_formula("C2", '="ไม่ใช้"', value="ไม่ใช้")
        sheet.write_row("A3", ["ข"])
        sheet.write_formula("B3", "=6*7", value=42)
        sheet.write_row("A4", ["รวม"])
        sheet.write_formula("B4", "=SUM(B2:B3)", value=54.5)
    rows, stated = budget_book.rows(file.getvalue())
    assert [row.amount for row in rows] == [Decimal("12.5"), Decimal(42)]
    assert stated == Decimal("54.5")
    assert not any(row.faults for row in rows)
    assert rows[0].doubts == ()
    (told,) = rows[1].doubts
    assert "B3" in told
    assert "42" in told


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_a_formula_is_named_in_every_kind_of_workbook(kind):
    """The file is LibreOffice's own; one formula stands in a row, two in rows of totals."""
    rows, _stated = budget_book.rows((FILES / f"budget_messy.{kind}").read_bytes())
    (told,) = [doubt for row in rows for doubt in row.doubts if "สูตร" in doubt]
    assert "งบประมาณ 2569" in told
    assert "G7" in told
    assert "12,500" in told


CELL = '<table:table-cell office:value-type="{}" {}><text:p>{}</text:p></table:table-cell>'


def test_formulas_of_rows_that_repeat_are_named_as_far_as_the_sheet_goes():
    """OpenDocument writes like cells once; what repeats beyond the table is nobody's."""
    item = CELL.format("string", "", "ซ่อมถนน")
    sums = CELL.format("float", 'table:formula="of:=2+3" office:value="5"', "5")
    blank = '<table:table-cell table:formula="of:=X" table:number-columns-repeated="16000"/>'
    head = "".join(CELL.format("string", "", name) for name in ("รายการ", "จำนวนเงิน"))
    row = '<table:table-row table:number-rows-repeated="{}">{}</table:table-row>'
    sheet = row.format(1, head) + row.format(3, item + sums) + row.format(20, blank)
    rows, _stated = budget_book.rows(_ods(sheet))
    assert [row.amount for row in rows] == [Decimal(5)] * 3
    for number, one in enumerate(rows, 2):
        assert f"B{number}" in one.doubts[0]


def _ods(rows: str) -> bytes:
    """The smallest OpenDocument file with one sheet of these rows."""
    names = ("office", "table", "text")
    spaces = " ".join(
        f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in names
    )  # fmt: skip
    sheet = f'<table:table table:name="งบ">{rows}</table:table>'
    body = f"<office:body><office:spreadsheet>{sheet}</office:spreadsheet></office:body>"
    manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("META-INF/manifest.xml", f'<m:manifest xmlns:m="{manifest}"/>')
        packed.writestr(
            "content.xml", f"<office:document-content {spaces}>{body}</office:document-content>"
        )
    return file.getvalue()


def test_the_formulas_of_a_short_old_workbook_are_named():
    """LibreOffice writes a sheet of a few rows in sectors of their own kind."""
    rows, stated = budget_book.rows((FILES / "budget_small.xls").read_bytes())
    assert (len(rows), stated) == (3, Decimal("1501235.25"))
    (doubt,) = [doubt for row in rows for doubt in row.doubts]
    assert "D5" in doubt
    assert "500,000.25" in doubt


@pytest.mark.parametrize("file", ["budget_messy.xls", "budget_small.xls"])
@pytest.mark.parametrize("seed", range(6))
def test_a_damaged_old_workbook_does_no_harm_to_who_looks_for_formulas(seed, file):
    """Bytes that lie end the search with an error of damage, or with fewer formulas."""
    whole = (FILES / file).read_bytes()
    assert sum(len(found) for found in biff.formulas(whole).values()) in (2, 3)
    dice = random.Random(seed)
    for _n in range(50):
        broken = bytearray(whole[: dice.randrange(600, len(whole))])
        for _byte in range(20):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        with contextlib.suppress(ValueError, IndexError, struct.error):
            biff.formulas(bytes(broken))


def test_too_many_rows_are_refused_in_words():
    for many in (200_000, 400_000):
        with pytest.raises(Unreadable) as refused:
            budget_book.rows((HEAD + "ก,5\n" * many).encode())
        assert "100,000" in str(refused.value)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(["รายการ", "จำนวนเงิน"])
    for _n in range(100_200):
        sheet.append(["ก", 5])
    with pytest.raises(Unreadable) as refused:
        budget_book.rows(_saved(book))
    assert "100,000" in str(refused.value)


def _zip(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, part in parts.items():
            packed.writestr(name, part)
    return file.getvalue()


def _lying(content: bytes, size: int) -> bytes:
    """The same zip, whose directory tells a small size of its first part."""
    start = content.index(b"PK\x01\x02")
    return content[: start + 24] + struct.pack("<L", size) + content[start + 28 :]


def test_bombs_are_refused_before_they_are_opened():
    zeros = _zip({"xl/workbook.xml": bytes(400 * 1024 * 1024)})
    assert len(zeros) < 1_000_000
    for bomb in (zeros, _lying(zeros, 1000)):
        with pytest.raises(Unreadable) as refused:
            opened.kind_of(bomb)
        assert "ขยาย" in str(refused.value)


def test_a_few_cells_far_apart_are_refused():
    """A reader that keeps the whole rectangle would take all memory for two cells."""
    row = '<row r="{0}"><c r="{1}{0}"><v>1</v></c></row>'
    xml = f"<sheetData>{row.format(1, 'A')}{row.format(1048576, 'XFD')}</sheetData>"
    far = _zip({"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": xml.encode()})
    cell = '<table:table-cell table:number-columns-repeated="16000" office:value="1"/>'
    rows = f'<table:table-row table:number-rows-repeated="1000000">{cell}</table:table-row>'
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    repeated = _zip({"mimetype": kind, "content.xml": rows.encode()})
    for content in (far, repeated):
        with pytest.raises(Unreadable):
            opened.kind_of(content)
    empty = rows.replace(' office:value="1"', "")
    assert opened.kind_of(_zip({"mimetype": kind, "content.xml": empty.encode()})) == "ods"


def test_content_decides_and_never_the_name():
    pdf = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"
    broken = (FILES / "budget_messy.xlsx").read_bytes()[:3000]
    docx = _zip({"word/document.xml": b"<document/>", "[Content_Types].xml": b"<Types/>"})
    for content in (
        pdf,
        b"",
        b"   ",
        b"MZ\x00\x01",
        broken,
        docx,
        zlib.compress(b"x"),
        b"\xff\xfe\x00",
    ):
        with pytest.raises(Unreadable) as refused:
            budget_book.rows(content)
        assert any("\u0e00" <= c <= "\u0e7f" for c in str(refused.value))
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)
    with pytest.raises(Unreadable):
        budget_book.rows(old)


def test_a_code_that_a_spreadsheet_rounded_is_refused():
    assert treasury.code("1234 5678-90") == "1234567890"
    assert treasury.code("๑๒๓") == "123"
    assert treasury.code(70021.0) == "70021"
    with pytest.raises(BadCell):
        treasury.code(12345678901234567890.0)


def test_a_file_that_kills_its_reader_kills_nothing_else(monkeypatch, tmp_path):
    """The reader of old workbooks can take its whole process down with a damaged one."""
    deadly = tmp_path / "opener.py"
    deadly.write_text("import os; os.abort()")
    monkeypatch.setattr(plain_sheets, "OPENER", deadly)
    with pytest.raises(Unreadable) as refused:
        budget_book.rows((FILES / "budget_messy.xls").read_bytes())
    assert "เสียหาย" in str(refused.value)


def test_damaged_workbooks_are_refused_or_read():
    """Cut off or with letters changed, never anything but rows or a refusal in words."""
    dice = random.Random(2569)
    for kind in ("xlsx", "xls", "ods"):
        whole = (FILES / f"budget_messy.{kind}").read_bytes()
        for _n in range(8):
            broken = bytearray(whole[: dice.randrange(200, len(whole))])
            broken[dice.randrange(len(broken))] ^= 0xFF
            with contextlib.suppress(Unreadable):
                assert budget_book.rows(bytes(broken))[0]
