"""Bars and lines as a chart of Excel's own, drawn from numbers that stand in the workbook."""

from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from reports import charts
from reports.base import Bars, Chart, Curve, Map
from workbooks import styles

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

BAR, RIM, WIDEST, TALL = 36, 180, 900, 300
"""In pixels: one bar, what stands around the bars, the widest chart, the height of lines."""
CHARACTER, ROW = 7, 28
"""In pixels: a character of column width, an empty row."""

Place = tuple[str, int]
"""Where a chart's numbers stand: the sheet's name and the column of the categories."""


def written(book: styles.Book, sheet: "Worksheet", column: int, chart: Chart) -> Place:
    """Write the numbers at the top of a sheet: categories down, series across; a map's as bars."""
    chart = _plain(chart)
    sheet.set_column(column, column, 30)
    sheet.write_string(0, column, styles.safe(_("Numbers of the chart")), book.look("head"))
    for n, name in enumerate(chart.categories, 1):
        sheet.write_string(n, column, styles.safe(name), book.look("cell"))
    number = book.look("number" if isinstance(chart, Bars) and not chart.places else "money")
    for at, series in enumerate(_rows_of(chart), column + 1):
        sheet.write_string(0, at, styles.safe(series.title), book.look("head"))
        for n, value in enumerate(series.values, 1):
            if value is not None:
                sheet.write_number(n, at, value, number)
    return sheet.get_name(), column


def _rows_of(chart: Bars | Curve) -> tuple[Any, ...]:
    return chart.lines if isinstance(chart, Curve) else chart.series


def drawn(
    book: styles.Book,
    sheet: "Worksheet",
    line: int,
    place: Place,
    shown: Chart,
    title: str,
    characters: float,
) -> int:
    """Draw the chart at a row, as wide as columns of so many characters; the rows it covers."""
    shown = _plain(shown)
    draw = _lines if isinstance(shown, Curve) else _stacked
    chart, high = draw(book, place, shown), _high(shown)
    chart.set_size({"width": min(characters * CHARACTER, WIDEST), "height": high})
    chart.set_title({"name": title, "name_font": _type(16, bold=True)})
    told = {"description": charts.words(shown), "object_position": 3}
    sheet.insert_chart(line, 0, chart, told)
    return high // ROW + 1


def _plain(shown: Chart) -> Bars | Curve:
    """The chart that a workbook draws: Excel has no map of districts, so theirs are bars."""
    return shown.bars() if isinstance(shown, Map) else shown


def _high(shown: Bars | Curve) -> int:
    """How high a chart is, in pixels."""
    return RIM + (TALL if isinstance(shown, Curve) else BAR * len(shown.categories))


def points(shown: Chart) -> float:
    """How much of a page a chart takes, in points, so that none is cut at a page's end."""
    return _high(_plain(shown)) * 0.75


def _stacked(book: styles.Book, place: Place, bars: Any) -> Any:
    chart = book.book.add_chart({"type": "bar", "subtype": "stacked"})
    for n in range(len(bars.series)):
        chart.add_series(_series(place, bars, n))
    chart.set_y_axis({
        "reverse": True, "crossing": "max", "interval_unit": 1, "num_font": _type(11),
        "major_gridlines": {"visible": False},
    })  # fmt: skip
    chart.set_x_axis({
        "num_font": _type(12), "name": bars.axis, "name_font": _type(13), "num_format": "#,##0",
        "min": 0, **_upto(charts.whole_goal(bars)),
    })  # fmt: skip
    many = {"position": "bottom", "font": _type(12)}
    chart.set_legend(many if len(bars.series) > 1 else {"none": True})
    return chart


def _lines(book: styles.Book, place: Place, curve: Any) -> Any:
    chart = book.book.add_chart({"type": "line"})
    for n in range(len(curve.lines)):
        chart.add_series(_line(place, curve, n))
    chart.set_y_axis({
        "num_font": _type(12), "name": curve.axis, "name_font": _type(13), "num_format": "#,##0",
        "min": 0, **({"max": float(curve.most)} if curve.most else {}),
    })  # fmt: skip
    chart.set_x_axis({"num_font": _type(12)})
    chart.set_legend({"position": "bottom", "font": _type(12)})
    chart.show_blanks_as("gap")
    return chart


def _line(place: Place, curve: Curve, n: int) -> dict[str, Any]:
    (name, column), one = place, curve.lines[n]
    last, at = len(curve.categories), column + 1 + n
    colour = _full(charts.colours()[charts.TONES[one.tone][0]])
    return {
        "name": [name, 0, at], "categories": [name, 1, column, last, column],
        "values": [name, 1, at, last, at],
        "line": {"color": colour, "width": 2.5, "dash_type": "dash" if one.dashed else "solid"},
        "marker": {"type": "circle", "size": 6, "fill": {"color": colour}, "border": {"none": True}},
    }  # fmt: skip


def _series(place: Place, bars: Bars, n: int) -> dict[str, Any]:
    name, column = place
    last, at = len(bars.categories), column + 1 + n
    fill, ink = (_full(charts.colours()[token]) for token in charts.TONES[bars.series[n].tone])
    return {
        "name": [name, 0, at], "categories": [name, 1, column, last, column],
        "values": [name, 1, at, last, at], "gap": 40,
        "fill": {"color": fill}, "border": {"color": _full(charts.colours()["paper"])},
        "data_labels": {
            "value": True, "num_format": "#,##0.00;;" if bars.places else "#,##0;;",
            "font": {**_type(12), "color": ink},
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
