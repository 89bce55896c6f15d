"""Flat exports at speed: XlsxWriter makes the frame, the rows are poured in while the zip streams.

The frame is a whole workbook with one sample row; its formats' numbers are read from that row.
Its members are copied, and where the sample row stood the real rows are written as they come
from the database. Memory stays flat, and the first bytes leave after the first rows.

Members stay below 2 GiB, since Excel refuses the 64-bit form that a streamed zip would need
beyond: what does not fit goes on in a further sheet.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import chain, islice
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile

from flask_babel import get_locale
from flask_babel import gettext as _

from entities import dates
from workbooks import fitting, styles
from workbooks.cells import WRITERS, Kind
from workbooks.outlet import Outlet

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

Row = Sequence[Any]

LETTER = 5.1
"""Points that a letter takes on average in a table, the marks over and under letters counted too."""
MOST_LINES = int((fitting.ROW_LIMIT - fitting.PADDING) / (styles.TABLE * fitting.LEADING))
HEIGHTS = ["", "<row>"] + [
    f'<row ht="{fitting.height(lines, styles.TABLE):.2f}">' for lines in range(2, MOST_LINES + 1)
]
"""How a row of so many lines begins; it stays free to grow when somebody types."""
LAST_ROW = 1_048_575
"""Rows of a sheet below its header."""
SHEET_BYTES = 1_900_000_000
"""The size a sheet's XML may be planned for; a zip without 64-bit sizes holds 2^31 - 1."""
SHEET = "xl/worksheets/sheet{}.xml"
CHUNK = 100
"""Rows written at a time."""


@dataclass(frozen=True)
class Column:
    """A column: its heading, what its values are, its width in characters.

    `places` are the decimals of a number shown with thousands separated; None shows it plain.
    """

    label: str
    kind: Kind = "text"
    width: float = 18
    places: int | None = None


class TooManyRows(ValueError):
    """More rows came than were counted, and the planned sheets are full."""


def poured(
    columns: Sequence[Column],
    rows: Iterable[Row],
    *,
    title: str,
    told: Sequence[tuple[str, str]],
    count: int | None,
) -> Iterator[bytes]:
    """The workbook as pieces of a zip: a sheet named `title`, and a sheet saying where it is from.

    `told` are label and value of the source sheet: moment, maker, filter, seal. `count` is the
    number of rows; without it there is no filter button and one sheet must hold all.
    Raises TooManyRows when the sheets planned for `count` overflow. Whatever `rows` raises
    passes through: the file then breaks off and cannot be opened.
    """
    left = iter(rows)
    first = list(islice(left, CHUNK))
    most, counts = _plan(columns, first, count)
    outlet, left = Outlet(), chain(first, left)
    source = _frame(columns, title, told, counts)
    with ZipFile(source) as frame, ZipFile(outlet, "w", ZIP_DEFLATED, compresslevel=1) as target:
        sheets = [SHEET.format(number) for number in range(1, len(counts) + 1)]
        for info in frame.infolist():
            if info.filename not in sheets:
                target.writestr(info.filename, frame.read(info))
        yield outlet.take()
        for name in sheets:
            head, sample, tail = _opened(frame.read(name).decode())
            line = _line(columns, _formats(sample))
            with target.open(name, "w") as part:
                part.write(head)
                for piece in _lines(line, islice(left, most)):
                    part.write(piece)
                    yield outlet.take()
                part.write(tail)
        if next(left, None) is not None:
            raise TooManyRows(f"more rows than the {count} that were counted")
    yield outlet.take()


def _plan(
    columns: Sequence[Column], first: list[Row], count: int | None
) -> tuple[int, list[int | None]]:
    """The most rows of a sheet, from the size of the first rows; and how many each is to hold."""
    if not first or count is None:
        return LAST_ROW, [count]
    sample = _line(columns, [0] * len(columns))
    size = len("".join(map(sample, first)).encode()) / len(first)
    most = min(LAST_ROW, int(SHEET_BYTES / size))
    return most, [min(most, count - n) for n in range(0, count, most)]


def _frame(
    columns: Sequence[Column], title: str, told: Sequence[tuple[str, str]], counts: list[int | None]
) -> BytesIO:
    """The whole workbook, each of its data sheets with one sample row."""
    lang = "th" if str(get_locale() or "th").startswith("th") else "en"
    book = styles.Book(title, created=dates.now(), footer=_("Page &P / &N"))
    looks = [book.book.add_format(_look(column, lang)) for column in columns]
    for count in counts:
        sheet = book.add(title, landscape=_wide(columns), header=title)
        _fill(sheet, columns, book, looks)
        if count:
            sheet.autofilter(0, 0, count, len(columns) - 1)
    _source(book, told)
    return BytesIO(book.finished())


def _wide(columns: Sequence[Column]) -> bool:
    return sum(column.width for column in columns) > 95


def _look(column: Column, lang: str) -> dict[str, Any]:
    look = dict(styles.LOOKS["cell"])
    if column.kind in ("date", "moment", "time"):
        formats = {"date": styles.DATES, "moment": styles.MOMENTS, "time": styles.TIMES}[
            column.kind
        ]
        return {**look, "num_format": formats[lang], "align": "left"}
    if column.kind == "number":
        grouped = f"#,##0.{'0' * column.places}".rstrip(".") if column.places is not None else "0"
        return {**look, "num_format": grouped, "align": "right"}
    return look


def _fill(
    sheet: "Worksheet", columns: Sequence[Column], book: styles.Book, looks: list[Any]
) -> None:
    lines = [
        fitting.lines(column.label, fitting.column_points(column.width), styles.TABLE, bold=True)
        for column in columns
    ]
    sheet.set_row(0, fitting.height(max(lines), styles.TABLE))
    for n, column in enumerate(columns):
        sheet.set_column(n, n, column.width)
        sheet.write_string(0, n, styles.safe(column.label), book.look("head"))
        sheet.write_blank(1, n, None, looks[n])
    styles.repeat(sheet, 0, 0)


def _source(book: styles.Book, told: Sequence[tuple[str, str]]) -> None:
    sheet = book.add(_("Source of the data"))
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 66)
    for n, (label, value) in enumerate(told):
        sheet.write_string(n, 0, styles.safe(label), book.look("label"))
        sheet.write_string(n, 1, styles.safe(value), book.look("cell"))


def _opened(sheet: str) -> tuple[bytes, str, bytes]:
    """The sheet's XML before its sample row, that row, and after it, without the size it says it has."""
    head, sample = sheet.split('<row r="2"', 1)
    sample, tail = sample.split("</row>", 1)
    return re.sub(r"<dimension [^>]*>", "", head).encode(), sample, tail.encode()


def _formats(sample: str) -> list[int]:
    """The number of each column's format, as the sample row has it."""
    return [int(number) for number in re.findall(r'<c r="[A-Z]+2" s="(\d+)"', sample)]


def _lines(line: Callable[[Row], str], rows: Iterator[Row]) -> Iterator[bytes]:
    while some := list(islice(rows, CHUNK)):
        yield "".join(map(line, some)).encode()


def _line(columns: Sequence[Column], numbers: list[int]) -> Callable[[Row], str]:
    """What turns a row into XML. Cells need no address: they stand in order."""
    writers = [
        WRITERS[column.kind](number) for column, number in zip(columns, numbers, strict=True)
    ]
    texts = [
        (n, fitting.column_points(column.width) / LETTER)
        for n, column in enumerate(columns)
        if column.kind == "text"
    ]

    def write(row: Row) -> str:
        cells = "".join([w(v) for w, v in zip(writers, row, strict=True)])
        lines = 1
        for n, room in texts:
            text = row[n]
            if type(text) is str and (len(text) > room or "\n" in text):
                lines = max(lines, 1 + text.count("\n") + int(len(text) / room))
        return f"{HEIGHTS[min(lines, MOST_LINES)]}{cells}</row>"

    return write
