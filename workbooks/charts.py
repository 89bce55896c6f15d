"""Bars as a chart of Excel's own, drawn from numbers that stand in the workbook."""

from typing import Any

from flask_babel import gettext as _
from xlsxwriter.worksheet import Worksheet

from reports import charts
from reports.base import Bars
from workbooks import styles

BAR, RIM, WIDEST = 36, 180, 900
"""In pixels: one bar, what stands around the bars, the widest chart."""
CHARACTER, ROW = 7, 28
"""In pixels: a character of column width, an empty row."""

Place = tuple[str, int]
"""Where a chart's numbers stand: the sheet's name and the column of the categories."""


def written(book: styles.Book, sheet: Worksheet, column: int, bars: Bars) -> Place:
    """Write the numbers at the top of a sheet: categories down, series across."""
    sheet.set_column(column, column, 30)
    sheet.write_string(0, column, styles.safe(_("Numbers of the chart")), book.look("head"))
    for n, name in enumerate(bars.categories, 1):
        sheet.write_string(n, column, styles.safe(name), book.look("cell"))
    for at, series in enumerate(bars.series, column + 1):
        sheet.write_string(0, at, styles.safe(series.title), book.look("head"))
        for n, value in enumerate(series.values, 1):
            sheet.write_number(n, at, value, book.look("number"))
    return sheet.get_name(), column


def drawn(
    book: styles.Book,
    sheet: Worksheet,
    line: int,
    place: Place,
    bars: Bars,
    title: str,
    characters: float,
) -> int:
    """Draw the chart at a row, as wide as columns of so many characters; the rows it covers."""
    chart = _stacked(book, place, bars)
    high = RIM + BAR * len(bars.categories)
    chart.set_size({"width": min(characters * CHARACTER, WIDEST), "height": high})
    chart.set_title({"name": title, "name_font": _type(16, bold=True)})
    told = {"description": charts.words(bars), "object_position": 3}
    sheet.insert_chart(line, 0, chart, told)
    return high // ROW + 1


def _stacked(book: styles.Book, place: Place, bars: Bars) -> Any:
    chart = book.book.add_chart({"type": "bar", "subtype": "stacked"})
    for n in range(len(bars.series)):
        chart.add_series(_series(place, bars, n))
    chart.set_y_axis({
        "reverse": True, "crossing": "max", "interval_unit": 1, "num_font": _type(11),
        "major_gridlines": {"visible": False},
    })  # fmt: skip
    chart.set_x_axis({
        "num_font": _type(12), "name": bars.axis, "name_font": _type(13), "num_format": "#,##0",
        "min": 0, **_upto(bars.goal),
    })  # fmt: skip
    many = {"position": "bottom", "font": _type(12)}
    chart.set_legend(many if len(bars.series) > 1 else {"none": True})
    return chart


def _series(place: Place, bars: Bars, n: int) -> dict[str, Any]:
    name, column = place
    last, at = len(bars.categories), column + 1 + n
    fill, ink = (_full(charts.colours()[token]) for token in charts.TONES[bars.series[n].tone])
    return {
        "name": [name, 0, at], "categories": [name, 1, column, last, column],
        "values": [name, 1, at, last, at], "gap": 40,
        "fill": {"color": fill}, "border": {"color": _full(charts.colours()["paper"])},
        "data_labels": {
            "value": True, "num_format": "#,##0;;", "font": {**_type(12), "color": ink},
        },
    }  # fmt: skip


def _upto(goal: int | None) -> dict[str, int]:
    return {"max": goal, "major_unit": charts.ticks(goal, goal)[1]} if goal else {}


def _type(size: int, *, bold: bool = False) -> dict[str, Any]:
    return {"name": styles.FONT, "size": size, "bold": bold}


def _full(colour: str) -> str:
    """A colour with six digits, as workbooks have it."""
    digits = colour.lstrip("#")
    return f"#{digits if len(digits) == 6 else ''.join(digit * 2 for digit in digits)}"
