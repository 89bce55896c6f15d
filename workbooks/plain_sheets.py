"""A table that people bring as sheets of plain cells: csv here, workbooks by a process of their own."""

import csv
import io
import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from workbooks.opened import Marks, Range, Unreadable, encoding_of, kind_of, marks_of
from workbooks.typed import LONGEST_CELL

MOST_ROWS = 100_000
HEADER_ROWS = 40
"""The header stands among the first rows of a sheet, below titles and notes."""
Cells = list[Any]
Place = tuple[int, int]
"""Row and column, from 0."""


@dataclass(frozen=True)
class PlainSheet:
    """A sheet as plain cells; `merged` are ranges (first row, first column, last row, last column),
    `formulas` the places of cells whose value a program has worked out."""

    name: str
    cells: list[Cells]
    merged: tuple[Range, ...] = ()
    formulas: frozenset[Place] = frozenset()


def sheets_of(content: bytes) -> list[PlainSheet]:
    """The visible sheets of a file; raises Unreadable where it is no table or too long a one."""
    kind = kind_of(content)
    if kind == "csv":
        return [_csv(content)]
    return _workbook(content, marks_of(content) if kind == "ods" else {})


OPENER = Path(__file__).with_name("opener.py")
SECONDS = 120
"""The longest that a workbook may take to open."""
REFUSALS = {
    "password": _l("The file is protected by a password; save it without one."),
    "damaged": _l("The file is damaged or protected; save it anew and try again."),
}


def _workbook(content: bytes, marks: dict[str, Marks]) -> list[PlainSheet]:
    told = _opened(content)
    if "long" in told:
        refuse_long(told["long"])
    if "sheets" not in told:
        raise Unreadable(REFUSALS[told["refused"]])
    return [_sheet(sheet, marks.get(sheet["name"], Marks())) for sheet in told["sheets"]]


def _sheet(told: dict[str, Any], marks: Marks) -> PlainSheet:
    cells = told["cells"]
    merged = tuple(map(tuple, told["merged"])) or tuple(marks.merged)
    formulas = {(row, column) for row, column in told["formulas"]}
    for top, left, bottom, right in marks.formulas:  # a sheet may claim to repeat them for ever
        for row in range(top, min(bottom + 1, len(cells))):
            formulas.update((row, n) for n in range(left, min(right + 1, len(cells[row]))))
    return PlainSheet(told["name"], cells, merged, frozenset(formulas))


def _opened(content: bytes) -> dict[str, Any]:
    """What the opener answers; a process that died of the file says that it is damaged."""
    command = [sys.executable, "-I", str(OPENER), str(MOST_ROWS + HEADER_ROWS)]
    try:
        done = subprocess.run(  # noqa: S603 - our own file; what was brought goes to its input
            command, input=content, capture_output=True, timeout=SECONDS, check=True
        )
        told: dict[str, Any] = json.loads(done.stdout, object_hook=_moment)
    except (subprocess.SubprocessError, ValueError):
        return {"refused": "damaged"}
    return told


def _moment(told: dict[str, Any]) -> Any:
    """Dates and moments of the opener's answer as what they are."""
    if "d" in told:
        return date.fromisoformat(told["d"])
    return datetime.fromisoformat(told["m"]) if "m" in told else told


def refuse_long(rows: int) -> None:
    """Raise Unreadable: a file has so many rows that it must be divided."""
    raise Unreadable(
        _(
            "The file has %(rows)s rows; at most %(most)s are read at once. Divide it.",
            rows=f"{rows:,}",
            most=f"{MOST_ROWS:,}",
        )
    )


def _csv(content: bytes) -> PlainSheet:
    lines = content.count(b"\n")
    if lines > MOST_ROWS * 3:
        refuse_long(lines)
    encoding = encoding_of(content)
    first = next((line for line in _text(content, encoding) if line.strip()), "")
    reader = csv.reader(_text(content, encoding), delimiter=max(",;\t", key=first.count))
    csv.field_size_limit(LONGEST_CELL)
    most = MOST_ROWS + HEADER_ROWS
    try:
        cells: list[Cells] = list(islice(reader, most))
        more = sum(1 for _row in reader)
    except csv.Error as error:
        raise Unreadable(_("The csv file cannot be read: %(why)s", why=error)) from None
    if more:
        refuse_long(most + more)
    return PlainSheet("", cells)


def _text(content: bytes, encoding: str) -> TextIO:
    """The text, decoded as it is read."""
    return io.TextIOWrapper(io.BytesIO(content), encoding, newline="")
