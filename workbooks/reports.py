"""A report as sheets: its title, filter and moment, typed cells, totals, a chart of Excel's own.

Where each figure comes from stands on a sheet of its own: the filter, the audit's seal, the
chart's numbers, and the address of the records behind every figure.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from access import audit
from access import viewer as who
from entities.base import Base
from entities.vocabulary import CommitteeType
from reports import REPORTS
from reports.base import (
    NUMERIC,
    Cell,
    Chart,
    Column,
    Kind,
    Opens,
    Record,
    Report,
    Row,
    Rows,
    Taken,
    lang,
    province_of,
    text,
)
from workbooks import charts, fitting, sheets, styles
from workbooks.sections import Packet, Wanted, Write, section
from workbooks.sheets import Sheet

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

Address = Callable[[Opens | None], str | None]
"""What gives the path behind a figure, or None."""


def _nowhere(_opens: Opens | None) -> str | None:
    """Figures on paper open nothing."""
    return None


WIDTHS: dict[Kind, float] = {
    "text": 28, "number": 13, "share": 13, "percent": 13, "points": 13, "money": 18,
    "decimal": 15, "date": 15, "chip": 24,
}  # fmt: skip
"""Widths of columns, in characters."""
SOURCE_WIDTHS = (34, 34, 68)
"""Widths of the columns of the source sheet."""
UPRIGHT = [10.0] * 9
"""The columns that fill an upright page, in characters."""
HEAD = 3
"""The row of the table's head, from 0; title and filter stand above it."""
LONGEST_LINK = 2000
"""Characters; spreadsheets take links of up to 2,079."""
OVERSEEING = frozenset({CommitteeType.PROVINCE, CommitteeType.PROVINCIAL_BOARD})
"""The committees whose packets carry the province's reports."""
FIRST_SECTION = 60
"""Where the reports begin in a packet: behind the last resolutions, before what is to be decided."""
SOURCES = 5000
"""Addresses that the source sheet holds."""


def workbook(session: Session, taken: Taken, address: Address, root: str, now: datetime) -> bytes:
    """The report as a workbook of two sheets: the report, and where it comes from.

    `address` gives the path behind a figure, `root` the address of the system before it.
    """
    made_by = who.of(session).name
    book = styles.Book(taken.title, author=made_by, created=now, footer=_("Page &P / &N"))
    sheet, used = write(book, taken, address, root)
    told = [(_("Report"), taken.title), *taken.stated, (_("Made by"), made_by)]
    source = _source(book, [*told, _seal(session, taken), (_("System"), root)])
    _addresses(source, taken, address)
    _chart(book, (sheet, used), source.sheet, len(SOURCE_WIDTHS) + 1, taken)
    source.sheet.print_area(0, 0, source.at, len(SOURCE_WIDTHS) - 1)
    return book.finished()


def packet_section(report: Report) -> Write:
    """What writes the report into a meeting's packet, for the meeting's province."""

    def write_section(packet: Packet) -> None:
        asked = report.ask(packet.session, packet.today, packet.meeting.province_id, {})
        taken = report.take(packet.session, asked, packet.now)
        sheet, used = write(packet.book, taken)
        _chart(packet.book, (sheet, used), sheet, len(taken.columns) + 1, taken)
        for entity, ids in _named(taken).items():
            packet.used(entity, ids)

    return write_section


def _wanted(report: Report) -> Wanted:
    """Where a province looks at itself, by one who may read the report."""

    def wanted(packet: Packet) -> bool:
        meeting = packet.meeting
        looks = meeting.province_id is not None and meeting.committee.type in OVERSEEING
        return looks and report.open_to(who.of(packet.session))

    return wanted


def _named(taken: Taken) -> dict[type[Base], set[int]]:
    """The records that stand in the report's rows."""
    named: dict[type[Base], set[int]] = {}
    for row in taken.result.rows:
        for cell in row.values():
            if isinstance(cell.opens, Record):
                named.setdefault(cell.opens.entity, set()).add(cell.opens.id)
    return named


def write(
    book: styles.Book, taken: Taken, address: Address = _nowhere, root: str = ""
) -> tuple["Worksheet", float]:
    """The sheet of the report, and the points that its rows take: title, filter, table, totals and
    notes; figures with an address are links."""
    widths = [_width(column, n) for n, column in enumerate(taken.columns)]
    name = str(taken.report.short or taken.title)
    sheet = book.add(name, landscape=True, header=taken.title)
    for n, width in enumerate(widths):
        sheet.set_column(n, n, width)
    last = len(widths) - 1
    _across(sheet, 0, last, taken.title, book.look("title"))
    _across(sheet, 1, last, taken.words(), book.look("sub"))
    pen = _Pen(book, sheet, taken, widths, lambda opens: _link(address(opens), root))
    pen.head()
    styles.repeat(sheet, HEAD, HEAD)
    for row in [*taken.result.rows, *filter(None, [taken.result.totals])]:
        pen.row(row, strong=row is taken.result.totals)
    for note in taken.notes:
        pen.note(note)
    return sheet, pen.used


def _link(path: str | None, root: str) -> str | None:
    """The whole address, where it is not too long for a link."""
    return f"{root}{path}" if path and len(root) + len(path) < LONGEST_LINK else None


def _width(column: Column, n: int) -> float:
    return 44.0 if n == 0 and column.kind == "text" else WIDTHS[column.kind]


def _across(sheet: "Worksheet", row: int, last: int, words: str, look: "Format") -> None:
    sheet.merge_range(row, 0, row, max(last, 1), "", look)
    sheet.write_string(row, 0, styles.safe(words), look)


class _Pen:
    """Writes a report's rows one under the other; `line` is the next free row."""

    def __init__(
        self, book: styles.Book, sheet: "Worksheet", taken: Taken, widths: list[float], address: Address
    ) -> None:  # fmt: skip
        self.book, self.sheet, self.taken = book, sheet, taken
        self.widths, self.address = widths, address
        self.line, self.used = HEAD, fitting.height(1, styles.TABLE) * HEAD
        self._formats: dict[tuple[str, int | None, bool, bool], Format] = {}

    def head(self) -> None:
        """The names of the columns."""
        for n, column in enumerate(self.taken.columns):
            self.sheet.write_string(
                self.line, n, styles.safe(str(column.label)), self.book.look("head")
            )
        self._fit([str(column.label) for column in self.taken.columns])

    def row(self, row: Row, *, strong: bool = False) -> None:
        """One row; `strong` is the line of totals."""
        shown = [row.get(column.key) for column in self.taken.columns]
        for n, (column, cell) in enumerate(zip(self.taken.columns, shown, strict=True)):
            if cell is None:
                self.sheet.write_blank(self.line, n, None, self.book.look("band"))
            else:
                self._cell(n, column.kind, cell, strong)
        columns = self.taken.columns
        self._fit(
            [text(c.kind, cell) if cell else "" for c, cell in zip(columns, shown, strict=True)]
        )

    def _cell(self, n: int, kind: Kind, cell: Cell, strong: bool) -> None:
        url, value = self.address(cell.opens), cell.value
        look = self._look(kind, cell, strong, bool(url))
        if url:
            self.sheet.write_url(self.line, n, url, look, "-")
        if isinstance(value, Decimal):
            whole = 100 if kind == "percent" else 1
            self.sheet.write_number(self.line, n, float(value / whole), look)
        elif isinstance(value, int):
            self.sheet.write_number(self.line, n, value, look)
        elif isinstance(value, date):
            self.sheet.write_datetime(self.line, n, value, look)
        else:
            self.sheet.write_string(self.line, n, styles.safe(text(kind, cell)), look)

    def _look(self, kind: Kind, cell: Cell, strong: bool, linked: bool) -> "Format":
        """The format of a cell; a share shows the whole behind its number."""
        if cell.value is None:
            return self.book.look("none")
        if kind == "chip":
            return self.book.look(cell.tone or "cell")
        key = kind, cell.whole, strong, linked
        if key not in self._formats:
            base = dict(styles.LOOKS["label" if strong else "cell"])
            base |= {"font_color": styles.BRAND} if linked else {}
            self._formats[key] = self.book.book.add_format(base | _typed(kind, cell.whole))
        return self._formats[key]

    def note(self, words: str) -> None:
        """A note under the table."""
        last = len(self.widths) - 1
        _across(self.sheet, self.line, last, words, self.book.look("note"))
        room = fitting.column_points(sum(self.widths))
        self._end(fitting.height(fitting.lines(words, room, styles.SMALL), styles.SMALL))

    def _fit(self, shown: list[str]) -> None:
        """Make the row as high as its longest cell, and go on to the next."""
        self._end(_height(shown, self.widths))

    def _end(self, points: float) -> None:
        """Give the row its height, and go on to the next."""
        self.sheet.set_row(self.line, points)
        self.line += 1
        self.used += points


def _typed(kind: Kind, whole: int | None) -> dict[str, Any]:
    """What a format adds for a kind of value."""
    formats = {
        "number": "#,##0", "percent": "0.00%", "share": f'#,##0" / {whole}"',
        "points": "+0.00;-0.00;0.00", "money": "#,##0.00", "decimal": "#,##0.00",
        "date": styles.DATES["th" if lang() == "th" else "en"],
    }  # fmt: skip
    side = {"align": "right"} if kind in NUMERIC else {"align": "left"}
    return {"num_format": formats[kind], **side} if kind in formats else side


def _seal(session: Session, taken: Taken) -> tuple[str, str]:
    length, seal = audit.head(session, province_of(session, taken.report, taken.asked))
    return _("Audit chain"), _("%(n)s entries, seal %(seal)s", n=length, seal=seal)


def _source(book: styles.Book, told: list[tuple[str, str]]) -> Sheet:
    """The sheet that says where the report comes from."""
    sheet = Sheet(book, _("Source of the data"), SOURCE_WIDTHS, landscape=True)
    for label, value in told:
        sheet.pair(label, value)
    sheet.gap()
    return sheet


def _addresses(sheet: Sheet, taken: Taken, address: Address) -> None:
    """One line for each figure whose records can be opened."""
    sheet.head([_("Row"), _("Figure"), _("Opens the records behind it")])
    for shown in _opened(taken, address)[:SOURCES]:
        sheet.line(shown)


def _opened(taken: Taken, address: Address) -> list[tuple[str, str, str]]:
    """(row, figure, address) of all that can be opened."""
    first = taken.columns[0]
    rows = [*taken.result.rows, *filter(None, [taken.result.totals])]
    return [
        (text(first.kind, row[first.key]), f"{column.label}: {text(column.kind, cell)}", url)
        for row in rows
        for column in taken.columns
        if isinstance((cell := row.get(column.key, Cell(None))).opens, Rows)
        and (url := address(cell.opens))
    ]


def _chart(
    book: styles.Book, written: tuple["Worksheet", float], numbers: "Worksheet", column: int,
    taken: Taken,
) -> None:  # fmt: skip
    """Draw the report's bars under its notes, from numbers written at `column` of a sheet.

    `written` is the report's sheet with the points that its rows take: where the last page has no
    room left, the chart begins a new one. A chart too long for it has upright pages of its own.
    """
    bars = taken.result.bars
    if not bars:
        return
    sheet, used = written
    widths = [_width(one, n) for n, one in enumerate(taken.columns)]
    whole = sheets.page(widths, landscape=True)
    shrunk = whole / sheets.page([], landscape=True)
    named = charts.written(book, numbers, column, bars)
    shown = charts.parts(bars, whole - _head(taken, widths), shrunk)
    if len(shown) > 1:
        _long_chart(book, named, bars, taken)
        return
    line = HEAD + len(taken.result.rows) + bool(taken.result.totals) + len(taken.notes) + 2
    if _begins_a_page(used, whole, 2 * fitting.height(1, styles.TABLE) + shown[0].points):
        sheet.set_h_pagebreaks([line])
    charts.drawn(book, sheet, line, named, bars, shown[0], taken.title, sum(widths))
    sheet.print_area(0, 0, line + shown[0].rows, len(widths) - 1)


def _begins_a_page(used: float, whole: float, wanted: float) -> bool:
    """Whether what wants so many points finds no room, or may find none, behind the rows.

    Pages are planned a little shorter than paper is and the first rows a little higher: what
    seems to stand just behind the end of a page may in truth stand just before it.
    """
    pages, rest = divmod(used, whole)
    before = rest < HEAD * fitting.PADDING * 2 + pages * whole * (1 / sheets.SPARE - 1)
    return rest + wanted > whole or bool(pages and before)


def _long_chart(book: styles.Book, named: charts.Place, bars: Chart, taken: Taken) -> None:
    """Draw a chart of many bars on a sheet of its own, as many as are read at ease on each page."""
    sheet = book.add(_("Chart: %(title)s", title=taken.title), header=taken.title)
    sheet.set_column(0, len(UPRIGHT) - 1, UPRIGHT[0])
    line, breaks = 0, []
    for part in charts.parts(bars, sheets.page(UPRIGHT, landscape=False)):
        charts.drawn(book, sheet, line, named, bars, part, taken.title, sum(UPRIGHT))
        line += part.rows
        breaks.append(line)
    sheet.set_h_pagebreaks(breaks[:-1])
    sheet.print_area(0, 0, line - 1, len(UPRIGHT) - 1)


def _head(taken: Taken, widths: list[float]) -> float:
    """The height in points of the table's head, which stands on every page."""
    return _height([str(column.label) for column in taken.columns], widths)


def _height(shown: list[str], widths: list[float]) -> float:
    """The height in points of a row: that of its longest cell."""
    lines = [
        fitting.lines(words, fitting.column_points(width), styles.TABLE, bold=True)
        for words, width in zip(shown, widths, strict=True)
    ]
    return fitting.height(max(lines), styles.TABLE)


for n, one in enumerate((one for one in REPORTS.values() if one.in_packet), FIRST_SECTION):
    section(f"report-{one.key}", one.short or one.title, n, _wanted(one))(packet_section(one))
