"""Writing a printed sheet row by row: every row as high as its text, long text in several rows."""

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from flask_babel import gettext as _

from entities import dates
from entities.base import Choice
from workbooks import fitting, styles
from workbooks.pouring import Column
from workbooks.styles import Book

SPARE = 0.97
"""The share of a page that rows are planned for; printers differ a little."""
LEAST_PIECE = 100.0
"""Points below which a text is not begun at the foot of a page."""


def page(widths: Sequence[float], *, landscape: bool) -> float:
    """The points of a page that rows are planned for, where columns of these widths fill it."""
    return SPARE * fitting.page_points(widths, landscape=landscape, margins=styles.MARGINS)


class Sheet:
    """A sheet being written from the top; `widths` are its columns' widths in characters."""

    def __init__(
        self,
        book: Book,
        title: str,
        widths: Sequence[float],
        *,
        landscape: bool = False,
        header: str = "",
    ) -> None:
        self.book, self.widths = book, list(widths)
        self.sheet = book.add(title, landscape=landscape, header=header)
        for n, width in enumerate(widths):
            self.sheet.set_column(n, n, width)
        self.at = 0
        self._page = page(widths, landscape=landscape)
        self._used = self._repeated = 0.0
        self._breaks: list[int] = []
        self._heights: list[float] = []
        """The rows of the page that is being filled, in points; the table's header is not repeated here."""

    def title(self, text: str, *subs: str) -> None:
        """A heading over all columns, with lines under it."""
        self.across(text, "title")
        for sub in subs:
            self.across(sub, "sub")

    def head(self, labels: Sequence[str], *, repeated: bool = True) -> None:
        """The table's header: printed on every page, and in sight while the rows below move.

        Not so a table in the middle of a paper: its header stands where it is written.
        """
        before = self._used
        if repeated:
            styles.repeat(self.sheet, self.at, self.at)
        self.line(labels, ["head"] * len(labels))
        if repeated:
            self._repeated = self._used - before

    def table(
        self, columns: Sequence[Column], rows: Sequence[Sequence[Any]], *, empty: str
    ) -> None:
        """A whole table: header and rows, or one line saying that there is none."""
        looks = ["money" if c.places else ("number" if c.places == 0 else None) for c in columns]
        self.head([column.label for column in columns])
        for row in rows:
            self.line(row, looks)
        if not rows:
            self.across(empty, "none")

    def line(
        self, values: Sequence[Any], looks: Sequence[str | None] = (), *, least: float = 0
    ) -> None:
        """A row of cells, one for each column; `least` is its height in points at least.

        Text is written as text, numbers and dates as what they are. A look left None follows
        from the value. Text too high for the page or a row goes on in the next.
        """
        left = [_said(value) for value in values]
        chosen = [look or _look(value) for value, look in zip_longest(left, looks[: len(left)])]
        begun = False
        while not begun or any(left):
            limit = self._limit(max(self._highest(left, chosen), least))
            cells, left = self._cut(left, chosen, limit)
            ends = _ends(begun, any(left))
            self._row(
                [(n, cell, f"{chosen[n]}{ends}") for n, cell in enumerate(cells)],
                0 if begun else least,
            )
            begun = True

    def pair(self, label: str, value: Any, look: str | None = None) -> None:
        """A label in the first column and its value over all the others."""
        value = _said(value)
        self._write(0, label, "label")
        if isinstance(value, str):
            self.across(value, look or "cell", first=1)
            return
        self._span(1, value, look or _look(value))
        self._end(fitting.height(1, styles.TABLE))

    def across(self, text: str, look: str = "band", *, first: int = 0) -> None:
        """A text over all columns from `first` on."""
        room = self._across(first)
        size, bold = _type(look)
        left, begun = styles.safe(text), False
        while not begun or left:
            part, left = fitting.cut(
                left, room, size, self._limit(_high(left, room, look)), bold=bold
            )
            self._span(first, part, f"{look}{_ends(begun, bool(left))}")
            self._end(_high(part, room, look))
            begun = True

    def labelled(self, label: str, text: str) -> None:
        """A label over its text, both over all columns; never the label alone at a page's foot."""
        high = _high(styles.safe(text), self._across(0), "cell")
        self.keep(fitting.height(1, styles.TABLE) + min(high, LEAST_PIECE))
        self.across(label, "label")
        self.across(text, "cell")

    def together(self, texts: Sequence[str], look: str, *, since: int, above: float = 0) -> None:
        """Texts over all columns on one page, `above` points of space before them, never there alone.

        The rows from `since` on belong to them, as in `keep`.
        """
        self.keep(above + sum(self.high(text, look) for text in texts), since=since)
        if above:
            self.gap(above)
        for text in texts:
            self.across(text, look)

    def high(self, text: str, look: str) -> float:
        """The points that a text over all columns takes."""
        return _high(styles.safe(text), self._across(0), look)

    def _across(self, first: int) -> float:
        """The room for text over all columns from `first` on, in points."""
        rest = self.widths[first:]
        return sum(map(fitting.column_points, rest)) + (len(rest) - 1) * fitting.CELL_PADDING

    def _span(self, first: int, value: Any, look: str) -> None:
        last = len(self.widths) - 1
        if last > first:
            self.sheet.merge_range(self.at, first, self.at, last, "", self.book.look(look))
        self._write(first, value, look)

    def gap(self, points: float = 8) -> None:
        """Empty space."""
        self._end(points)

    @property
    def room(self) -> float:
        """The points that a new page has under the table's header."""
        return self._page - self._repeated

    def skip(self, rows: int, points: float) -> None:
        """Leave rows of such a height to what is drawn over them."""
        for _row in range(rows):
            self._end(points)

    def keep(self, points: float, *, since: int | None = None) -> bool:
        """Begin a new page when fewer points than these are left on this one; tells whether.

        The rows from `since` on go along, as many of the last ones as find room there with what
        follows: what must not stand alone on a page takes some of what it belongs to with it.
        """
        if self._used + points <= self._page or self._used <= self._repeated:
            return False
        self._turn(self._along(points, since))
        return True

    def _turn(self, along: list[float]) -> None:
        """Begin a new page with the last rows, whose heights these are.

        Every page's end is written down: where the office's font is missing, columns are wider
        and print smaller, and more rows than planned would find room.
        """
        self._breaks.append(self.at - len(along))
        self.sheet.set_h_pagebreaks(self._breaks)
        self._heights = along
        self._used = self._repeated + sum(along)

    def _along(self, points: float, since: int | None) -> list[float]:
        """The heights of the rows that go to the next page: never all of this one."""
        many = 0 if since is None else min(self.at - since, len(self._heights) - 1)
        while many and sum(self._heights[-many:]) + points > self.room:
            many -= 1
        return self._heights[-many:] if many else []

    def _limit(self, points: float) -> float:
        """How high a row may be here that would be so many points high: what is left of the page."""
        left = self._page - self._used
        if points <= left or left < LEAST_PIECE:
            left = self.room
        return min(fitting.ROW_LIMIT, left)

    def _cut(
        self, values: Sequence[Any], looks: Sequence[str], limit: float
    ) -> tuple[list[Any], list[Any]]:
        """What of each cell stands in a row of that height, and what is left of its text."""
        now, later = list(values), [""] * len(values)
        for n, value in enumerate(values):
            if isinstance(value, str):
                size, bold = _type(looks[n])
                now[n], later[n] = fitting.cut(value, self._room(n), size, limit, bold=bold)
        return now, later

    def _highest(self, values: Sequence[Any], looks: Sequence[str]) -> float:
        high = [
            _high(v, self._room(n), looks[n]) for n, v in enumerate(values) if isinstance(v, str)
        ]
        return max([fitting.height(1, styles.TABLE), *high])

    def _room(self, column: int) -> float:
        return fitting.column_points(self.widths[column])

    def _row(self, cells: Sequence[tuple[int, Any, str]], least: float) -> None:
        for n, value, look in cells:
            self._write(n, value, look)
        self._end(
            max(
                self._highest([v for _n, v, _look in cells], [look for _n, _v, look in cells]),
                least,
            )
        )

    def _end(self, points: float) -> None:
        self.sheet.set_row(self.at, round(points, 2))
        self.at += 1
        self._used += points
        self._heights.append(points)
        if self._used > self._page and len(self._heights) > 1:
            self._turn([points])

    def _write(self, column: int, value: Any, look: str) -> None:
        sheet, form = self.sheet, self.book.look(look)
        if value is None or value == "":
            sheet.write_blank(self.at, column, None, form)
        elif isinstance(value, datetime):
            sheet.write_datetime(
                self.at, column, value.astimezone(dates.BANGKOK).replace(tzinfo=None), form
            )
        elif isinstance(value, date | time):
            sheet.write_datetime(self.at, column, value, form)
        elif isinstance(value, int | float | Decimal):
            sheet.write_number(self.at, column, value, form)
        else:
            sheet.write_string(self.at, column, value, form)


def _said(value: Any) -> Any:
    """Choices and yes or no as words, everything else as it is."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return styles.safe(str(value)) if isinstance(value, Choice | str) else value


def _look(value: Any) -> str:
    kinds = (
        (datetime, "moment"),
        (date, "date"),
        (time, "time"),
        (int | float | Decimal, "number"),
    )
    return next((look for kind, look in kinds if isinstance(value, kind)), "cell")


def _type(look: str) -> tuple[float, bool]:
    told = styles.LOOKS[look.partition(".")[0]]
    return told["font_size"], told.get("bold", False)


def _high(text: str, room: float, look: str) -> float:
    size, bold = _type(look)
    return fitting.height(fitting.lines(text, room, size, bold=bold), size)


def _ends(begun: bool, more: bool) -> str:
    """Which part of a text that takes several rows a row is, as the end of its look's name."""
    if begun:
        return ".middle" if more else ".last"
    return ".first" if more else ""
