"""What print needs: names of sheets and files, and rows as high as their text."""

import pytest

from entities.vocabulary import Sector
from tests.workbooks.conftest import NOW
from workbooks import fitting, names, styles
from workbooks.sheets import Sheet
from workbooks.styles import Book


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("มติ [1]: ก/ข*?", "มติ 1 ก ข"),
        ("'ก'", "ก"),
        ("///", "-"),
        ("History", "History_"),
        ("ก" * 40, "ก" * 31),
    ],
)
def test_a_sheet_gets_a_name_it_may_have(title, name):
    assert styles.sheet_name(title) == name


def test_no_two_sheets_have_one_name():
    taken: set[str] = set()
    for _n in range(12):
        name = styles.sheet_name("Ab" * 20, taken)
        assert len(name) <= 31
        taken.add(name.casefold())
    assert len(taken) == 12


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "etc-passwd"),
        ("แผน 2571/2575: ร่าง?", "แผน 2571-2575- ร่าง"),
        ("con", "_con"),
        ("  ", "_"),
        ("ก\nข\x07", "ก ข"),
    ],
)
def test_a_file_gets_a_name_that_every_system_takes(name, safe):
    assert names.safe(name) == safe


def test_a_given_name_keeps_its_ending():
    assert names.kept("ก" * 300 + ".pdf") == "ก" * 120 + ".pdf"
    assert names.kept("a/b.tar.gz") == "a-b.tar.gz"
    assert names.kept("ไม่มีนามสกุล") == "ไม่มีนามสกุล"


def test_a_thai_name_is_told_by_rfc_6266():
    told = names.disposition("ประชุม 1.xlsx", "meeting.xlsx")
    assert told.startswith("attachment; filename=\"meeting.xlsx\"; filename*=UTF-8''%E0%B8%9B")
    assert told.isascii()
    assert " 1" not in told.partition("filename*")[2]


@pytest.mark.parametrize("text", ["ก" * 500, "ที่ประชุม เห็นชอบ " * 60, "หนึ่ง\nสอง\n\nสี่ " * 40])
@pytest.mark.parametrize("limit", [30.0, 100.0, 400.0])
def test_a_cut_text_loses_nothing(text, limit):
    parts, rest = [], text
    while rest:
        part, rest = fitting.cut(rest, 200, 14, limit)
        assert fitting.height(fitting.lines(part, 200, 14), 14) <= max(limit, 24)
        parts.append(part)
    assert "".join(parts).replace("\n", "") == text.replace("\n", "")


def test_no_mark_begins_a_line():
    text = "กำลังดำเนินการเก็บข้อมูลพื้นที่ที่ได้รับผลกระทบ" * 10
    rest, breaks = text, []
    while rest:
        part, rest = fitting.cut(rest, 60, 14, 24)
        breaks.append((part[-1], rest[:1]))
    assert not [pair for pair in breaks if pair[1] and pair[1] in "ะาำิีึืุู่้๊๋์็ั"]
    assert not [pair for pair in breaks if pair[1] and pair[0] in "เแโใไ"]


def test_marks_above_and_below_take_no_room():
    assert fitting.width("ที่", 16) == fitting.width("ท", 16)


def _sheet(widths=(10, 30)):
    book = Book("ทดสอบ", created=NOW)
    return book, Sheet(book, "ทดสอบ", widths)


def test_text_stays_text_whatever_it_looks_like(read):
    book, sheet = _sheet((20, 20, 20, 20))
    sheet.line(["=1+1", "http://a.example", "<r>x</r>", Sector.PRIVATE])
    sheet.line([1, NOW, NOW.date(), None])
    made = read(book.finished()).worksheets[0]
    assert [c.data_type for c in made[1]] == ["s", "s", "s", "s"]
    assert [c.value for c in made[1]][:3] == ["=1+1", "http://a.example", "<r>x</r> "]
    assert [c.data_type for c in made[2]] == ["n", "d", "d", "n"]
    assert not made._hyperlinks


def test_a_row_is_as_high_as_its_longest_cell(read):
    book, sheet = _sheet()
    sheet.line(["ก", "ยาว " * 100])
    sheet.line(["ก", "สั้น"])
    made = read(book.finished()).worksheets[0]
    assert made.row_dimensions[1].height > 5 * made.row_dimensions[2].height


def test_a_text_longer_than_a_page_goes_on_in_further_rows(read):
    book, sheet = _sheet()
    text = "ข้อความยาวมาก " * 2_000
    sheet.line(["หัวข้อ", text])
    made = read(book.finished()).worksheets[0]
    parts = [row[1].value for row in made.iter_rows()]
    assert len(parts) > 5
    assert "".join(parts) == text.strip() or "".join(parts) == text
    assert max(made.row_dimensions[n].height for n in range(1, len(parts) + 1)) < 409
    assert [row[0].value for row in made.iter_rows()][:2] == ["หัวข้อ", None]


def test_a_heading_is_not_left_alone_at_the_foot_of_a_page(read):
    book, sheet = _sheet()
    sheet.head(["ก", "ข"])
    for _n in range(24):
        sheet.line([1, "ก"])
    sheet.keep(60)
    made = read(book.finished()).worksheets[0]
    assert [one.id for one in made.row_breaks.brk] == [25]
