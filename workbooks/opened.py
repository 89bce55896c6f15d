"""What kind of table a file really holds, and whether it can be opened without harm.

The content decides, never the name: a renamed PDF is refused, a workbook called .csv is read as
what it is. Before a workbook is opened, its packed parts are unpacked once with a limit, and its
cells' addresses are looked at: a small file may claim a sheet that no memory holds.
"""

import codecs
import html
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Literal

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

Kind = Literal["xlsx", "ods", "xls", "csv"]

LARGEST_UNPACKED = 300 * 1024 * 1024
MOST_CELLS = 8_000_000
"""Cells of the smallest rectangle around a sheet's content; the reader keeps it whole."""
ZIP, OLE, PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF"
ENCODINGS = ("utf-8-sig", "cp874")
"""Texts of today, and of the years when Thai offices wrote TIS-620."""
LOCAL = struct.Struct("<4s5H3L2H")


class Unreadable(Exception):
    """A file cannot be read at all; the message says why, for the person who chose it."""

    def __init__(self, message: LazyString | str) -> None:
        super().__init__(str(message))


def kind_of(content: bytes) -> Kind:
    """What the file is; raises Unreadable where it is no table or would not fit into memory."""
    if not content.strip():
        raise Unreadable(_l("The file is empty."))
    if content.startswith(ZIP):
        return _packed(content)
    if content.startswith(OLE):
        return "xls"
    if PDF in content[:1024]:
        raise Unreadable(
            _l("This is a PDF, whatever its name says; save the table as Excel or csv first.")
        )
    if b"\x00" in content[:4096] and not content.startswith(codecs.BOM_UTF16_LE):
        raise Unreadable(_l("This file is no table; choose xlsx, xls, ods or csv."))
    return "csv"


def encoding_of(content: bytes) -> str:
    """The spelling in which a csv file was saved; raises Unreadable."""
    if content.startswith(codecs.BOM_UTF16_LE):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ENCODINGS
    for encoding in encodings:
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise Unreadable(_l("The letters of this file cannot be read; save it as csv in UTF-8."))


def _packed(content: bytes) -> Kind:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
            _refuse_bomb(content, parts)
            names = {info.filename for info in parts}
            if "xl/workbook.xml" in names:
                _refuse_sparse(packed, [n for n in names if n.startswith("xl/worksheets/")])
                return "xlsx"
            if "content.xml" in names and b"spreadsheet" in packed.read("mimetype")[:200]:
                _refuse_repeated(packed.read("content.xml"))
                return "ods"
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        KeyError,
        ValueError,
        EOFError,
        OSError,
        RuntimeError,
    ):
        raise Unreadable(
            _l("The file is damaged or protected; save it anew and try again.")
        ) from None
    raise Unreadable(_l("This file is no table; choose xlsx, xls, ods or csv."))


def _refuse_bomb(content: bytes, parts: list[zipfile.ZipInfo]) -> None:
    """Unpack every part, whatever sizes the file tells: those may lie."""
    left = LARGEST_UNPACKED
    for info in parts:
        for size in _unpacked(content, info):
            left -= size
            if left < 0:
                raise Unreadable(_l("The file unpacks to more than can be read."))


def _unpacked(content: bytes, info: zipfile.ZipInfo) -> Iterator[int]:
    """How many bytes a packed part gives, piece by piece."""
    head = LOCAL.unpack_from(content, info.header_offset)
    start = info.header_offset + LOCAL.size + head[9] + head[10]
    packed = content[start : start + info.compress_size]
    if info.compress_type != zipfile.ZIP_DEFLATED:
        yield len(packed)
        return
    stream = zlib.decompressobj(-15)
    while packed and not stream.eof:
        yield len(stream.decompress(packed, 1 << 20))
        packed = stream.unconsumed_tail


ADDRESS = re.compile(rb' r="([A-Z]{1,3})[0-9]')
ROW = re.compile(rb'row\b[^>]{0,900}? r="([0-9]{1,9})"')
"""Both begin with plain letters: an expression that does is looked for many times faster."""
BLANKS = bytes.maketrans(b"\t\r\n", b"   ")


def _refuse_sparse(packed: zipfile.ZipFile, sheets: list[str]) -> None:
    """Refuse a sheet whose few cells lie so far apart that the rectangle around them is huge."""
    for name in sheets:
        rows = columns = 0
        with packed.open(name) as part:
            for xml in _pieces(part):
                columns = max(columns, *map(_column, set(ADDRESS.findall(xml))))
                rows = max(rows, *map(int, ROW.findall(xml)))
        _refuse_wide(rows, columns)


PIECE_SIZE, OVERLAP = 1 << 20, 1 << 10


def _pieces(part: IO[bytes]) -> Iterator[bytes]:
    """A part with plain blanks, in pieces that overlap: no tag is cut in two in both of them."""
    end = b""
    while piece := part.read(PIECE_SIZE):
        piece = piece.translate(BLANKS)
        yield end + piece
        end = piece[-OVERLAP:]


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _refuse_wide(rows: int, columns: int) -> None:
    if rows * columns > MOST_CELLS:
        raise Unreadable(
            _l("A sheet reaches too far; delete the cells outside the table and save it anew.")
        )


PIECE = re.compile(
    rb"<table:(?:table-row|table-cell|covered-table-cell)\b[^>]*?(/?)>"
    rb"|<(?:text:p|text:s|/table:table-row|/table:table-cell)\b"
)
Range = tuple[int, int, int, int]
"""First row, first column, last row, last column of cells, from 0."""
SPANNED = {
    name: re.compile(rb"table:number-%b-spanned=\"([0-9]{1,6})\"" % name)
    for name in (b"rows", b"columns")
}
NAMED = re.compile(rb'<table:table [^>]*?table:name="([^"]*)"')
STEP = re.compile(rb"<table:(?:table|table-row|table-cell|covered-table-cell)(?= |/|>)[^>]*>")


@dataclass
class Marks:
    """What the reader does not tell of an OpenDocument sheet: its merged cells and its formulas."""

    merged: list[Range] = field(default_factory=list)
    formulas: list[Range] = field(default_factory=list)


def marks_of(content: bytes) -> dict[str, Marks]:
    """The merged cells and the formulas of an OpenDocument file by sheet.

    Rows and cells that repeat stand once in such a file, so formulas are ranges too.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        xml = packed.read("content.xml")
    found: dict[str, Marks] = {}
    marks, row, column, rows = Marks(), 0, 0, 0
    for piece in (step.group() for step in STEP.finditer(xml)):
        if piece.startswith(b"<table:table "):
            named = NAMED.match(piece)
            marks = found.setdefault(html.unescape(named[1].decode() if named else ""), Marks())
            row = rows = 0
        elif piece.startswith(b"<table:table-row"):
            row, column, rows = row + rows, 0, _told(REPEATED, piece)
        else:
            cells = _told(REPEATED, piece)
            _mark(marks, piece, row, column, (row + rows - 1, column + cells - 1))
            column += cells
    return found


def _mark(marks: Marks, piece: bytes, row: int, column: int, last: tuple[int, int]) -> None:
    """Note what a cell's tag tells; `last` is the last of the cells that it stands for."""
    if b"table:formula=" in piece:
        marks.formulas.append((row, column, *last))
    if b"-spanned=" in piece:
        high, wide = (_told(SPANNED[name], piece) for name in (b"rows", b"columns"))
        if high > 1 or wide > 1:
            marks.merged.append((row, column, row + high - 1, column + wide - 1))


def _told(pattern: re.Pattern[bytes], piece: bytes) -> int:
    return int(told[1]) if (told := pattern.search(piece)) else 1


REPEATED = re.compile(rb'number-(?:rows|columns)-repeated="([0-9]{1,9})"')


def _refuse_repeated(xml: bytes) -> None:
    """Refuse a sheet that repeats filled cells or rows beyond measure; empty ones cost nothing."""
    rows = columns = width = cell = repeated = 0
    for found in PIECE.finditer(xml):
        piece = found.group()
        times = _told(REPEATED, piece)
        if piece.startswith(b"<table:table-row"):
            width, cell, repeated = 0, 0, times
        elif piece.startswith((b"<table:table-cell", b"<table:covered-table-cell")):
            cell += times
            width = cell if b"office:value" in piece else width
        elif piece.startswith(b"<text:p"):
            width = cell
        elif piece.startswith(b"</table:table-row"):
            rows, columns = rows + (repeated if width else 0), max(columns, width)
    _refuse_wide(rows, columns)
