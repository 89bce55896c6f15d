"""Reading tables that people bring: xlsx, xls, ods and csv, into rows of typed values.

What is looked for is declared: a `Mapping` of `Target`s, each with the headings it may stand
under, how its cells are read, and whether it must be there. The header row is found by those
headings, on every visible sheet. Understood are Thai digits, commas, brackets for what is below
zero, dates of both eras, headings and texts merged over several cells, rows of totals and empty
rows. Formulas are read by the value they had when the file was saved, and each such cell is named.

Whatever cannot be read is told with its sheet, row and cell; nothing is guessed.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from entities import thai
from entities.base import Text
from workbooks.opened import Unreadable
from workbooks.plain_sheets import (
    HEADER_ROWS,
    MOST_ROWS,
    Cells,
    Place,
    PlainSheet,
    refuse_long,
    sheets_of,
)
from workbooks.typed import BadCell, Parser

FEWEST_HEADINGS, LONGEST_HEADING = 3, 100
"""Of headings that a person may choose from: fewer are no table, longer ones a note."""


@dataclass(frozen=True)
class Target:
    """One value wanted of each row.

    `headings` are names its column may have, whatever their case, spaces and signs; `needed`: the
    table makes no sense without the column; `filled`: each row must have a value; `spread`: a cell
    merged over several rows holds for each of them (never said of amounts).
    """

    key: str
    label: Text
    headings: tuple[str, ...]
    parse: Parser
    needed: bool = False
    filled: bool = False
    spread: bool = False


@dataclass(frozen=True)
class Mapping:
    """What is wanted of a table; `item` is the text that every row but those of totals has."""

    targets: tuple[Target, ...]
    item: str


@dataclass(frozen=True)
class Complaint:
    """What is wrong in one cell; `text()` says it in a sentence that names the place."""

    sheet: str
    row: int
    cell: str
    told: str

    def text(self) -> str:
        """The complaint with its place."""
        place = {"row": f"{self.row:,}", "cell": self.cell, "told": self.told}
        if self.sheet:
            told = _(
                "Sheet “%(sheet)s”, row %(row)s, cell %(cell)s: %(told)s", sheet=self.sheet, **place
            )
        else:
            told = _("Row %(row)s, cell %(cell)s: %(told)s", **place)
        return str(told)


@dataclass(frozen=True)
class Row:
    """One row of the table: where it stands, and its values by their targets' keys.

    `formulas` are the cells whose value was worked out by whatever program saved the file, `columns`
    the letters of the columns that hold the values.
    """

    sheet: str
    number: int
    values: dict[str, Any]
    faults: tuple[Complaint, ...] = ()
    formulas: tuple[Complaint, ...] = ()
    columns: dict[str, str] = field(default_factory=dict)

    def cell(self, key: str) -> str:
        """The address of the cell that holds a value, such as C3; empty where there is no column."""
        column = self.columns.get(key)
        return f"{column}{self.number}" if column else ""


@dataclass
class Table:
    """All rows of a file; `totals` are the rows that only add up others, `extra` unused headings."""

    rows: list[Row] = field(default_factory=list)
    totals: list[Row] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    found: set[str] = field(default_factory=set)

    def complaints(self) -> Iterator[Complaint]:
        """Everything that could not be read, row by row."""
        return (fault for row in self.rows for fault in row.faults)


def read(content: bytes, mapping: Mapping) -> Table:
    """The rows of a file; raises Unreadable where there is no such table in it."""
    table, missing = Table(), list[str]()
    for sheet in sheets_of(content):
        header = _header(sheet, mapping)
        if header is None:
            missing = missing or _missing(sheet, mapping)
            continue
        _read_sheet(sheet, *header, mapping, table)
    if not table.found:
        raise Unreadable(
            _(
                "No row with the headings was found. Missing: %(names)s",
                names=", ".join(missing or _labels(mapping)),
            )
        )
    if not table.rows:
        raise Unreadable(_l("The table has headings, but no rows."))
    return table


def _labels(mapping: Mapping) -> list[str]:
    return [f"“{target.label}”" for target in mapping.targets if target.needed]


# The header.

Columns = dict[int, Target]


def _header(sheet: PlainSheet, mapping: Mapping) -> tuple[int, Columns] | None:
    """The number of rows above the data, and which column holds what; None where it is missing.

    A heading may stand in two rows; of all the rows those are taken that name the most columns.
    """
    needed = {target.key for target in mapping.targets if target.needed}
    shown = _over_merged(sheet, HEADER_ROWS)
    best: tuple[int, Columns] | None = None
    for height in (1, 2):
        for first in range(len(shown) - height + 1):
            columns = _columns(shown[first : first + height], mapping)
            whole = needed <= {target.key for target in columns.values()}
            if whole and (best is None or len(columns) > len(best[1])):
                best = first + height, columns
    return best


def _columns(rows: Sequence[Cells], mapping: Mapping) -> Columns:
    """What each column holds, by the lowest heading that is known; the first of two wins."""
    known = {plain(name): target for target in mapping.targets for name in target.headings}
    found: Columns = {}
    for column in range(max(map(len, rows), default=0)):
        names = [plain(row[column]) for row in rows if column < len(row) and row[column] != ""]
        for name in (*reversed(names), "".join(names)):
            target = known.get(name)
            if target is not None and target not in found.values():
                found[column] = target
                break
    return found


def headings(content: bytes) -> list[str]:
    """The texts of the row most like a header, for choosing; raises Unreadable where none is.

    It is the first of those that hold the most texts, each different and none of them long.
    """
    rows = [row for sheet in sheets_of(content) for row in _over_merged(sheet, HEADER_ROWS)]
    best = max(map(_names, rows), key=len, default=[])
    if len(best) < FEWEST_HEADINGS:
        raise Unreadable(_l("The file has no row of headings."))
    return best


def _names(row: Cells) -> list[str]:
    told = (" ".join(cell.split()) for cell in row if isinstance(cell, str))
    return list(dict.fromkeys(one for one in told if 0 < len(one) <= LONGEST_HEADING))


def _missing(sheet: PlainSheet, mapping: Mapping) -> list[str]:
    """The needed headings that the row most like a header lacks."""
    rows = [_columns([row], mapping) for row in _over_merged(sheet, HEADER_ROWS)]
    best = {t.key for t in max(rows, key=len, default={}).values()}
    if not best:
        return []
    return [f"“{t.label}”" for t in mapping.targets if t.needed and t.key not in best]


NO_NAME = re.compile(r"[^\w\u0e31-\u0e4e]+|_")
IN_BAHT = re.compile(r"\((หน่วย\s*:?\s*)?(บาท|baht|thb)\)")
"""Only whole baht: a column headed ล้านบาท is another one."""


def plain(heading: Any) -> str:
    """A heading without case, spaces, signs and the unit behind it: “งบสุทธิ (บาท)” is งบสุทธิ."""
    text = thai.normalise(str(heading)[:300]).casefold()
    return NO_NAME.sub("", IN_BAHT.sub("", text))


def _over_merged(sheet: PlainSheet, most: int) -> list[Cells]:
    """The first rows with each merged cell's value in all the cells that it covers."""
    rows = [list(row) for row in sheet.cells[:most]]
    for top, left, bottom, right in sheet.merged:
        if top < len(rows) and left < len(rows[top]):
            for row in rows[top : bottom + 1]:
                row[left : right + 1] = [rows[top][left]] * len(row[left : right + 1])
    return rows


# The rows.

TOTAL = re.compile(
    r"(รวม|ยอดรวม|ผลรวม|grand ?total|sub ?total|total|sum)\b|รวม(ทั้ง|เป็น|เงิน|งบ|จังหวัด)", re.I
)


def _read_sheet(
    sheet: PlainSheet, start: int, columns: Columns, mapping: Mapping, table: Table
) -> None:
    table.found |= {target.key for target in columns.values()}
    heads = sheet.cells[start - 1]
    table.extra += [str(h) for n, h in enumerate(heads) if h != "" and n not in columns]
    _spread(sheet, start, columns)
    reader = _Reader(sheet.name, columns, sheet.formulas)
    for number, cells in enumerate(sheet.cells[start:], start + 1):
        if not any(cell != "" and str(cell).strip() for cell in cells):
            continue
        if len(table.rows) >= MOST_ROWS:
            refuse_long(len(table.rows) + len(sheet.cells) - number + 1)
        if _is_total(cells, columns, mapping):
            table.totals.append(reader.row(number, cells, lenient=True))
        else:
            table.rows.append(reader.row(number, cells))


def _spread(sheet: PlainSheet, start: int, columns: Columns) -> None:
    for top, left, bottom, _right in sheet.merged:
        if top >= start and left in columns and columns[left].spread:
            for row in sheet.cells[top : bottom + 1]:
                row[left] = sheet.cells[top][left]


def _is_total(cells: Cells, columns: Columns, mapping: Mapping) -> bool:
    """Whether a row only adds up others: it begins with such a word and has no item of its own."""
    filled = ((n, c) for n, c in enumerate(cells) if isinstance(c, str) and c.strip())
    first = next(filled, None)
    if first is None or not TOTAL.match(thai.normalise(first[1])):
        return False
    texts = [first, *filled]
    place = next((n for n, target in columns.items() if target.key == mapping.item), None)
    others = [n for n, _c in texts[1:] if n in columns and columns[n].spread]
    return not others and (place in (None, texts[0][0]) or place not in dict(texts))


class _Reader:
    """Turns the cells of one sheet into values; texts that come again are read once."""

    def __init__(self, sheet: str, columns: Columns, formulas: frozenset[Place]) -> None:
        self.sheet, self.columns, self.formulas = sheet, columns, formulas
        self._letters = {target.key: letters(n) for n, target in columns.items()}
        self._known: dict[str, dict[str, Any]] = {target.key: {} for target in columns.values()}

    def row(self, number: int, cells: Cells, *, lenient: bool = False) -> Row:
        """The row's values; what cannot be read is None, and told unless `lenient`."""
        values: dict[str, Any] = {}
        faults: list[Complaint] = []
        for column, target in self.columns.items():
            cell = cells[column] if column < len(cells) else ""
            known = self._known[target.key]
            if type(cell) is str and cell in known:
                values[target.key] = known[cell]
                continue
            try:
                if self.formulas and target.needed and cell == "":
                    self._refuse_without_value(column, number)
                values[target.key] = self._value(target, cell)
            except BadCell as error:
                values[target.key] = None
                faults.append(self._complaint(column, number, str(error)))
        formulas = self._worked_out(number, cells) if self.formulas else ()
        told = () if lenient else tuple(faults)
        return Row(self.sheet, number, values, told, formulas, self._letters)

    def _complaint(self, column: int, number: int, told: str) -> Complaint:
        return Complaint(self.sheet, number, f"{letters(column)}{number}", told)

    def _refuse_without_value(self, column: int, number: int) -> None:
        """Refuse a formula that no program has worked out yet."""
        if (number - 1, column) in self.formulas:
            raise BadCell(
                _("A formula without a value; save the file in a spreadsheet or type the value.")
            )

    def _worked_out(self, number: int, cells: Cells) -> tuple[Complaint, ...]:
        return tuple(
            self._complaint(
                n, number, _("A formula; its value “%(what)s” is taken.", what=_said(cell))
            )
            for n, cell in enumerate(cells)
            if n in self.columns and cell != "" and (number - 1, n) in self.formulas
        )

    def _value(self, target: Target, cell: Any) -> Any:
        if type(cell) is not str:
            return target.parse(cell)
        if not cell.strip():
            if target.filled:
                raise BadCell(_("“%(what)s” is missing.", what=target.label))
            return None
        read = self._known[target.key][cell] = target.parse(cell)
        return read


def _said(cell: Any) -> Any:
    """A value as people write it: numbers with thousands, and no decimals that are not there."""
    return f"{cell:,.10g}" if isinstance(cell, float) else str(cell)[:60]


def letters(column: int) -> str:
    """The letters of a column, from 0: 0 is A, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
