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

PAGE = {False: 700.0, True: 445.0}
"""Points of height that a page has for rows, upright and across, with a little to spare."""


class Sheet:
    """A sheet being written from the top; `widths` are its columns' widths in characters."""

    def __init__(
        self, book: Book, title: str, widths: Sequence[float], *, landscape: bool = False, header: str = ""
    ) -> None:
        self.book, self.widths = book, list(widths)
        self.sheet = book.add(title, landscape=landscape, header=header)
        for n, width in enumerate(widths):
            self.sheet.set_column(n, n, width)
        self.at = 0
        self._page, self._used, self._repeated = PAGE[landscape], 0.0, 0.0
        self._breaks: list[int] = []

    def title(self, text: str, *subs: str) -> None:
        """A heading over all columns, with lines under it."""
        self.across(text, "title")
        for sub in subs:
            self.across(sub, "sub")

    def head(self, labels: Sequence[str]) -> None:
        """The table's header: printed on every page, and in sight while the rows below move."""
        before = self._used
        styles.repeat(self.sheet, self.at, self.at)
        self.line(labels, ["head"] * len(labels))
        self._repeated = self._used - before

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[Any]], *, empty: str) -> None:
        """A whole table: header and rows, or one line saying that there is none."""
        looks = ["money" if c.places else ("number" if c.places == 0 else None) for c in columns]
        self.head([column.label for column in columns])
        for row in rows:
            self.line(row, looks)
        if not rows:
            self.across(empty, "none")

    def line(self, values: Sequence[Any], looks: Sequence[str | None] = (), *, least: float = 0) -> None:
        """A row of cells, one for each column; `least` is its height in points at least.

        Text is written as text, numbers and dates as what they are. A look left None follows
        from the value. Text too high for one row goes on in the next.
        """
        values = [_said(value) for value in values]
        chosen = [look or _look(value) for value, look in zip_longest(values, looks[: len(values)])]
        parts = [self._parts(n, value, chosen[n]) for n, value in enumerate(values)]
        for k in range(max(map(len, parts))):
            cells = [part[k] if k < len(part) else None for part in parts]
            self._row([(n, cell, chosen[n]) for n, cell in enumerate(cells)], least if k == 0 else 0)

    def pair(self, label: str, value: Any, look: str | None = None) -> None:
        """A label in the first column and its value over all the others."""
        self._write(0, label, "label")
        if isinstance(value, str):
            self.across(value, look or "cell", first=1)
            return
        self.sheet.merge_range(self.at, 1, self.at, len(self.widths) - 1, "", self.book.look(look or _look(value)))
        self._write(1, value, look or _look(value))
        self._end(fitting.height(1, styles.TABLE))

    def across(self, text: str, look: str = "band", *, first: int = 0, least: float = 0) -> None:
        """A text over all columns from `first` on."""
        last = len(self.widths) - 1
        room = sum(map(fitting.column_points, self.widths[first:])) + (last - first) * fitting.CELL_PADDING
        for part in self._cut(text, room, look) or [""]:
            if last > first:
                self.sheet.merge_range(self.at, first, self.at, last, "", self.book.look(look))
            self._write(first, part, look)
            self._end(max(self._high(part, room, look), least))
            least = 0

    def gap(self, points: float = 8) -> None:
        """Empty space."""
        self._end(points)

    def keep(self, points: float) -> None:
        """Begin a new page when fewer points than these are left on this one."""
        if self._used + points > self._page and self._used > self._repeated:
            self._breaks.append(self.at)
            self.sheet.set_h_pagebreaks(self._breaks)
            self._used = self._repeated

    def _row(self, cells: Sequence[tuple[int, Any, str]], least: float) -> None:
        high = least
        for n, value, look in cells:
            self._write(n, value, look)
            if isinstance(value, str):
                high = max(high, self._high(value, fitting.column_points(self.widths[n]), look))
        self._end(max(high, fitting.height(1, styles.TABLE)))

    def _end(self, points: float) -> None:
        self.sheet.set_row(self.at, round(points, 2))
        self.at += 1
        self._used += points
        if self._used > self._page:
            self._used = self._repeated + points

    def _parts(self, column: int, value: Any, look: str) -> list[Any]:
        if not isinstance(value, str):
            return [value]
        return self._cut(value, fitting.column_points(self.widths[column]), look) or [""]

    def _cut(self, text: str, room: float, look: str) -> list[str]:
        size, bold = _type(look)
        return fitting.pieces(styles.safe(text), room, size, bold=bold)

    def _high(self, text: str, room: float, look: str) -> float:
        size, bold = _type(look)
        return fitting.height(fitting.lines(text, room, size, bold=bold), size)

    def _write(self, column: int, value: Any, look: str) -> None:
        sheet, form = self.sheet, self.book.look(look)
        if value is None or value == "":
            sheet.write_blank(self.at, column, None, form)
        elif isinstance(value, datetime):
            sheet.write_datetime(self.at, column, value.astimezone(dates.BANGKOK).replace(tzinfo=None), form)
        elif isinstance(value, date | time):
            sheet.write_datetime(self.at, column, value, form)
        elif isinstance(value, int | float | Decimal):
            sheet.write_number(self.at, column, value, form)
        else:
            sheet.write_string(self.at, column, styles.safe(str(value)), form)


def _said(value: Any) -> Any:
    """Choices and yes or no as words, everything else as it is."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return str(value) if isinstance(value, Choice) else value


def _look(value: Any) -> str:
    kinds = ((datetime, "moment"), (date, "date"), (time, "time"), (int | float | Decimal, "number"))
    return next((look for kind, look in kinds if isinstance(value, kind)), "cell")


def _type(look: str) -> tuple[float, bool]:
    told = styles.LOOKS[look]
    return told["font_size"], told.get("bold", False)
