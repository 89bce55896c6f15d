"""Bars and lines as a chart of Excel's own, drawn from numbers that stand in the workbook.

Bars of more rows than a printed page holds are drawn as several charts of one scale, each on a
page of its own: a chart is never cut, and its names stay readable.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
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
SLIM, BROAD, MOST = 24, 48, 30
"""Of bars on pages of their own: pixels of the slimmest, whose name can just be read, and of the
broadest, which has room for a name of two lines; how many a page holds at most, so that an eye
finds its way from name to bar."""
POINT = 0.75
"""Points of a pixel."""
LARGEST = 1.6
"""How much larger a chart is drawn at most on a sheet that print shrinks to the paper's width."""

Place = tuple[str, int]
"""Where a chart's numbers stand: the sheet's name and the column of the categories."""


@dataclass(frozen=True)
class Part:
    """What of a chart stands on one page: the categories from `first` up to `last`, the height in
    pixels, and how many times larger than usual it is drawn."""

    first: int
    last: int
    high: int
    zoom: float = 1.0

    @property
    def points(self) -> float:
        """How much of a page the part takes, in points."""
        return self.high * POINT

    @property
    def rows(self) -> int:
        """The empty rows that the part covers."""
        return self.high // ROW + 1

    def type(self, size: int, *, bold: bool = False) -> dict[str, Any]:
        """The typeface of words in the chart, of so many points where nothing is enlarged."""
        return {"name": styles.FONT, "size": round(size * self.zoom), "bold": bold}


def parts(shown: Chart, room: float, shrunk: float = 1.0) -> list[Part]:
    """The chart in as few parts as pages of so many points hold; they are of one length.

    A sheet that print makes `shrunk` times smaller has a chart that is drawn larger for it.
    """
    shown, zoom = _plain(shown), max(1.0, min(shrunk, LARGEST))
    count, bars = len(shown.categories), int(room / POINT / zoom) - RIM
    if isinstance(shown, Curve):
        return [Part(0, count, round((RIM + TALL) * zoom), zoom)]
    if BAR * count <= bars:
        return [Part(0, count, round((RIM + BAR * count) * zoom), zoom)]
    pages = ceil(count / max(1, min(MOST, bars // SLIM)))
    size = ceil(count / pages)
    high = round((RIM + size * max(SLIM, min(BROAD, bars // size))) * zoom)
    return [Part(n, min(n + size, count), high, zoom) for n in range(0, count, size)]


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
    part: Part,
    title: str,
    characters: float,
) -> None:
    """Draw a part of the chart over rows from `line` on, as wide as columns of so many characters."""
    shown = _plain(shown)
    draw = _lines if isinstance(shown, Curve) else _stacked
    chart, count = draw(book, place, shown, part), len(shown.categories)
    wide = min(characters * CHARACTER, WIDEST * part.zoom)
    chart.set_size({"width": wide, "height": part.high})
    if part.last - part.first < count:
        title = _(
            "%(title)s (rows %(first)s–%(last)s of %(count)s)",
            title=title, first=part.first + 1, last=part.last, count=count,
        )  # fmt: skip
    chart.set_title({"name": title, "name_font": part.type(16, bold=True)})
    told = {"description": charts.words(shown), "object_position": 3}
    sheet.insert_chart(line, 0, chart, told)


def _plain(shown: Chart) -> Bars | Curve:
    """The chart that a workbook draws: Excel has no map of districts, so theirs are bars."""
    return shown.bars() if isinstance(shown, Map) else shown


def _stacked(book: styles.Book, place: Place, bars: Any, part: Part) -> Any:
    chart = book.book.add_chart({"type": "bar", "subtype": "stacked"})
    for n in range(len(bars.series)):
        chart.add_series(_series(place, bars, n, part))
    chart.set_y_axis({
        "reverse": True, "crossing": "max", "interval_unit": 1, "num_font": part.type(11),
        "major_gridlines": {"visible": False},
    })  # fmt: skip
    chart.set_x_axis({
        "num_font": part.type(12), "name": bars.axis, "name_font": part.type(13), "num_format": "#,##0",
        "min": 0, **_scale(bars, part),
    })  # fmt: skip
    many = {"position": "bottom", "font": part.type(12)}
    chart.set_legend(many if len(bars.series) > 1 else {"none": True})
    return chart


def _lines(book: styles.Book, place: Place, curve: Any, part: Part) -> Any:
    chart = book.book.add_chart({"type": "line"})
    for n in range(len(curve.lines)):
        chart.add_series(_line(place, curve, n))
    chart.set_y_axis({
        "num_font": part.type(12), "name": curve.axis, "name_font": part.type(13), "num_format": "#,##0",
        "min": 0, **({"max": float(curve.most)} if curve.most else {}),
    })  # fmt: skip
    chart.set_x_axis({"num_font": part.type(12)})
    chart.set_legend({"position": "bottom", "font": part.type(12)})
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


def _series(place: Place, bars: Bars, n: int, part: Part) -> dict[str, Any]:
    (name, column), at = place, place[1] + 1 + n
    fill, ink = (_full(charts.colours()[token]) for token in charts.TONES[bars.series[n].tone])
    return {
        "name": [name, 0, at],
        "categories": [name, part.first + 1, column, part.last, column],
        "values": [name, part.first + 1, at, part.last, at], "gap": 40,
        "fill": {"color": fill}, "border": {"color": _full(charts.colours()["paper"])},
        "data_labels": {
            "value": True, "num_format": "#,##0.00;;" if bars.places else "#,##0;;",
            "font": {**part.type(12), "color": ink},
        },
    }  # fmt: skip


def _scale(bars: Bars, part: Part) -> dict[str, int]:
    """The axis up to the goal; without one Excel chooses, but all parts of a chart have one scale."""
    goal = charts.whole_goal(bars)
    if goal:
        return {"max": goal, "major_unit": charts.ticks(goal, goal)[1]}
    if part.last - part.first == len(bars.categories):
        return {}
    most = ceil(max(sum(column) for column in zip(*_values(bars), strict=True)))
    step = charts.ticks(max(1, most))[1]
    return {"max": step * ceil(max(1, most) / step), "major_unit": step}


def _values(bars: Bars) -> Iterator[list[Any]]:
    return ([value or 0 for value in one.values] for one in bars.series)


def _full(colour: str) -> str:
    """A colour with six digits, as workbooks have it."""
    digits = colour.lstrip("#")
    return f"#{digits if len(digits) == 6 else ''.join(digit * 2 for digit in digits)}"
