"""A chart of a workbook is never longer than a page: many bars stand on several, at one scale."""

import io
from decimal import Decimal
from zipfile import ZipFile

import pytest

from reports.base import Bars, Curve, Line, Series
from tests.workbooks.conftest import NOW
from workbooks import charts, sheets
from workbooks.styles import Book

ROOM = sheets.page([10.0] * 9, landscape=False)


def _bars(count: int) -> Bars:
    values = tuple(Decimal(n) for n in range(1, count + 1))
    return Bars(
        tuple(f"จังหวัด {n}" for n in range(count)), (Series("เบิกจ่าย", "ok", values),), "ร้อยละ"
    )


@pytest.mark.parametrize(("count", "pages"), [(1, 1), (9, 1), (30, 1), (31, 2), (77, 3), (900, 30)])
def test_a_chart_has_as_few_pages_as_can_be_read(count, pages):
    parts = charts.parts(_bars(count), ROOM)
    assert len(parts) == pages
    assert [one.first for one in parts] == [0, *(one.last for one in parts[:-1])]
    assert parts[-1].last == count
    assert all(one.points <= ROOM and one.last - one.first <= charts.MOST for one in parts)


def test_pages_are_filled_evenly():
    assert [one.last - one.first for one in charts.parts(_bars(77), ROOM)] == [26, 26, 25]


def test_a_page_too_small_for_any_chart_still_gets_one_bar():
    assert len(charts.parts(_bars(3), 60)) == 3


def test_lines_are_one_picture_and_larger_on_a_sheet_that_is_shrunk():
    curve = Curve(("ต.ค.",), (Line("แผน", "brand", (Decimal(1),)),), "ร้อยละ")
    assert len(charts.parts(curve, ROOM)) == 1
    plain, larger = charts.parts(curve, 900)[0], charts.parts(curve, 900, 1.5)[0]
    assert larger.high == pytest.approx(plain.high * 1.5)
    assert charts.parts(curve, 900, 9)[0].zoom == charts.LARGEST


def test_each_part_draws_its_own_rows_at_the_scale_of_all():
    book, bars = Book("ทดสอบ", created=NOW), _bars(77)
    sheet = book.add("แผนภูมิ")
    place = charts.written(book, sheet, 12, bars)
    line = 0
    for part in charts.parts(bars, ROOM):
        charts.drawn(book, sheet, line, place, bars, part, "ร้อยละ", 90)
        line += part.rows
    with ZipFile(io.BytesIO(book.finished())) as file:
        drawn = [file.read(f"xl/charts/chart{n}.xml").decode() for n in (1, 2, 3)]
    assert [one.count("$M$2:$M$27") for one in drawn] == [1, 0, 0]
    assert "$N$54:$N$78" in drawn[2]
    assert all('<c:max val="80"/>' in one for one in drawn)
