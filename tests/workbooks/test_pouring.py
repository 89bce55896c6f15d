"""Exports: text exact, numbers and dates real, bytes at once, and what happens at the limits."""

import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from flask import Flask
from flask_babel import Babel
from openpyxl.utils.escape import unescape
from python_calamine import CalamineWorkbook

from entities.vocabulary import Sector
from workbooks import pouring
from workbooks.pouring import Column, TooManyRows, poured
from workbooks.styles import TEXT_LIMIT

TEXTS = [
    "  หน้า", "ท้าย  ", "😀🇹🇭", "=cmd|'/C calc'!A0", "<&>", "_x0041_", "_x000D_", "a\rb", "a\nb", "\tx",
    "<r>x</r>", "]]>", "+66", "@a", "-1", "\u00a0x", "ก\u200bข", "a_b", '"q"', "1", "01", "TRUE", "#N/A",
]  # fmt: skip
KINDS = ["text", "date", "moment", "number", "time", "bool", "choice", "number"]
ROW = (
    "ก", date(2026, 11, 25), datetime(2026, 11, 25, 2, 30, 15, tzinfo=UTC), 1234, time(9, 30), True,
    Sector.PRIVATE, Decimal("1234.50"),
)  # fmt: skip
SHEET = "xl/worksheets/sheet1.xml"
COLUMNS = [Column(kind, kind, 20, 2 if n == 7 else None) for n, kind in enumerate(KINDS)]


@pytest.fixture(autouse=True)
def _language() -> Iterator[None]:
    app = Flask(__name__)
    Babel(app, default_locale="th")
    with app.app_context():
        yield


def book(columns, rows, count=None, told=(("จาก", "=ที่นี่"),)) -> bytes:
    return b"".join(poured(columns, rows, title="เรื่องร้องเรียน", told=told, count=count))


def sheets(file: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(file))


def texts_of(file: bytes) -> list[str]:
    rows = CalamineWorkbook.from_filelike(BytesIO(file)).get_sheet_by_index(0).to_python()
    return [row[0] for row in rows[1:]]


def test_texts_come_back_as_they_were():
    file = book([Column("ข้อความ")], [[text] for text in TEXTS], len(TEXTS))
    assert texts_of(file) == TEXTS
    sheet = sheets(file).worksheets[0]
    assert [unescape(sheet.cell(n, 1).value) for n in range(2, len(TEXTS) + 2)] == TEXTS
    assert {sheet.cell(n, 1).data_type for n in range(2, len(TEXTS) + 2)} == {"s"}


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_libreoffice_reads_them_too(tmp_path: Path):
    file = tmp_path / "made.xlsx"
    file.write_bytes(book([Column("ข้อความ")], [[text] for text in TEXTS], len(TEXTS)))
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to",
         "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path / "again"), str(file)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    assert texts_of((tmp_path / "again" / "made.xlsx").read_bytes()) == TEXTS


def test_what_no_cell_can_hold_is_left_out():
    assert texts_of(book([Column("t")], [["\x00a\x01\x7f\x85b\ud800"]], 1)) == ["ab"]
    assert texts_of(book([Column("t")], [["ก" * 40_000]], 1)) == ["ก" * TEXT_LIMIT]
    assert texts_of(book([Column("t")], [["😀" * 20_000]], 1)) == ["😀" * (TEXT_LIMIT // 2)]


def test_numbers_and_dates_are_real():
    sheet = sheets(book(COLUMNS, [ROW], 1)).worksheets[0]
    cells = [sheet.cell(2, n).value for n in range(1, 9)]
    assert cells[1:5] == [
        datetime(2026, 11, 25),
        datetime(2026, 11, 25, 9, 30, 15),
        1234,
        time(9, 30),
    ]
    assert cells[7] == 1234.5
    formats = [sheet.cell(2, n).number_format for n in range(1, 9)]
    assert formats[1].startswith("[$-107041E]d mmm yyyy")
    assert formats[3] == "0"
    assert formats[7] == "#,##0.00"


def test_empty_values_keep_their_place():
    sheet = sheets(book(COLUMNS, [[None] * 7 + [7], [""] + [None] * 7], 2)).worksheets[0]
    assert [sheet.cell(2, n).value for n in range(1, 9)] == [None] * 7 + [7]


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("number", 10**15, "1000000000000000"),
        ("number", float("inf"), "inf"),
        ("date", date(1892, 4, 1), "1 เม.ย. 2435"),
        ("moment", datetime(1892, 4, 1, tzinfo=UTC), "1 เม.ย. 2435"),
    ],
)
def test_what_a_spreadsheet_would_spoil_is_written_as_text(kind, value, shown):
    assert texts_of(book([Column("x", kind)], [[value]], 1)) == [shown]


def test_the_first_day_a_spreadsheet_knows_right():
    sheet = sheets(book([Column("x", "date")], [[date(1900, 3, 1)]], 1)).worksheets[0]
    assert sheet.cell(2, 1).value == datetime(1900, 3, 1)


def test_the_first_bytes_leave_after_the_first_rows():
    asked = []

    def rows():
        for n in range(5_000):
            asked.append(n)
            yield [f"แถว {n}"]

    pieces = poured([Column("x")], rows(), title="x", told=[], count=5_000)
    first = next(pieces)
    assert first.startswith(b"PK")
    assert len(asked) == pouring.CHUNK
    assert len(texts_of(first + b"".join(pieces))) == 5_000


def test_it_prints_on_a4_with_the_header_on_every_page():
    made = sheets(book(COLUMNS, [ROW] * 3, 3))
    sheet, source = made.worksheets
    assert str(sheet.page_setup.paperSize) == "9"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:H4"
    assert [[cell.value for cell in row] for row in source.iter_rows()] == [["จาก", "=ที่นี่"]]
    assert source.cell(1, 2).data_type == "s"
    assert {cell.font.name for row in sheet.iter_rows() for cell in row} == {"TH Sarabun New"}


def test_rows_are_as_high_as_their_text_and_free_to_grow():
    columns = [Column("ก", width=20), Column("ข", "number")]
    file = book(columns, [["สั้น", 1], ["ยาว " * 30, 2], ["ก\nข\nค", 3], ["ก" * 9_000, 4]], 4)
    heights = [sheets(file).worksheets[0].row_dimensions[n].height for n in range(1, 6)]
    assert heights[1] is None
    assert heights[2] > heights[3] > 3 * 14
    assert heights[4] < 409
    assert b"customHeight" not in zipfile.ZipFile(BytesIO(file)).read(SHEET).split(b"<row", 2)[2]


def test_no_row_is_a_workbook_too():
    sheet = sheets(book(COLUMNS, [], 0)).worksheets[0]
    assert sheet.max_row == 1
    assert sheet.cell(1, 1).value == "text"


def test_what_does_not_fit_a_sheet_goes_on_in_the_next(monkeypatch):
    monkeypatch.setattr(pouring, "LAST_ROW", 3)
    made = sheets(book([Column("x", "number")], [[n] for n in range(7)], 7))
    values = [[c.value for (c,) in s.iter_rows(min_row=2)] for s in made.worksheets[:-1]]
    assert values == [[0, 1, 2], [3, 4, 5], [6]]
    assert [s.auto_filter.ref for s in made.worksheets[:-1]] == ["A1:A4", "A1:A4", "A1:A2"]


def test_large_rows_make_more_sheets(monkeypatch):
    monkeypatch.setattr(pouring, "SHEET_BYTES", 10_000)
    made = sheets(book([Column("x")], [["ก" * 1_000]] * 7, 7))
    assert [s.max_row for s in made.worksheets[:-1]] == [4, 4, 2]


def test_more_rows_than_planned_are_refused(monkeypatch):
    monkeypatch.setattr(pouring, "LAST_ROW", 3)
    with pytest.raises(TooManyRows):
        book([Column("x", "number")], [[n] for n in range(7)], 3)


def test_a_fault_on_the_way_breaks_the_file_off():
    def rows():
        yield from ([n] for n in range(2_000))
        raise OSError("the database went away")

    got = []
    with pytest.raises(OSError, match="went away"):
        got.extend(poured([Column("x", "number")], rows(), title="x", told=[], count=9_000))
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(BytesIO(b"".join(got)))


def test_the_zip_has_no_64_bit_forms_which_excel_refuses():
    file = book(COLUMNS, [ROW] * 2_000, 2_000)
    for info in zipfile.ZipFile(BytesIO(file)).infolist():
        header = file[info.header_offset : info.header_offset + 30]
        version, extra = (
            int.from_bytes(header[4:6], "little"),
            int.from_bytes(header[28:30], "little"),
        )
        assert (version, extra, info.extra) == (20, 0, b""), info.filename
