"""Opens a workbook in a process of its own: `reading.py` runs this file and reads its answer.

A damaged workbook can make the reader ask for all memory and take its process down with it. Here
that process is this one: it may use so much memory and no more, and nothing else dies with it.
The answer is JSON on the standard output; dates stand as {"d": …}, moments as {"m": …}.
"""

import io
import json
import re
import struct
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree  # this process may die of what it reads
from zipfile import BadZipFile, ZipFile

import python_calamine as calamine

sys.path.append(str(Path(__file__).parents[1]))  # it runs alone, without the path of its caller

from workbooks import biff

MEMORY = 3 * 1024**3
"""Bytes of address space; a hundred thousand rows of a wide table need a third of it."""


def answer(content: bytes, most: int) -> dict[str, Any]:
    """The visible sheets with their cells and merged ranges; or why there are none."""
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [book.get_sheet_by_name(told.name) for told in book.sheets_metadata if _seen(told)]
        longest = max((sheet.total_height for sheet in sheets), default=0)
        if longest > most:
            return {"long": longest}
        formulas = _formulas(content)
        return {"sheets": [_told(sheet, formulas.get(sheet.name, [])) for sheet in sheets]}
    except calamine.PasswordError:
        return {"refused": "password"}
    except (calamine.CalamineError, OSError):
        return {"refused": "damaged"}


def _seen(told: Any) -> bool:
    wanted = (calamine.SheetTypeEnum.WorkSheet, calamine.SheetVisibleEnum.Visible)
    return (told.typ, told.visible) == wanted


def _told(sheet: Any, formulas: list[tuple[int, int]]) -> dict[str, Any]:
    merged = [[*first, *last] for first, last in sheet.merged_cell_ranges or ()]
    cells = sheet.to_python(skip_empty_area=False)
    return {"name": sheet.name, "cells": cells, "merged": merged, "formulas": formulas}


RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
OLD = b"\xd0\xcf\x11\xe0"
FORMULA = re.compile(rb'<(?:\w+:)?c\b[^<>]*?\br="([A-Z]+)([0-9]+)"[^<>]*>\s*<(?:\w+:)?f[\s/>]')


def _formulas(content: bytes) -> dict[str, list[tuple[int, int]]]:
    """Row and column, from 0, of the cells with formulas of an Excel file by sheet; calamine tells
    none. OpenDocument's are found by `opened.marks_of`.

    What cannot be found is left out: the cells' values are read all the same.
    """
    try:
        if content.startswith(OLD):
            return biff.formulas(content)
        with ZipFile(io.BytesIO(content)) as book:
            return {name: _worked_out(book.read(part)) for name, part in _parts(book)}
    except (BadZipFile, KeyError, ElementTree.ParseError, ValueError, IndexError, struct.error):
        return {}


def _parts(book: ZipFile) -> list[tuple[str, str]]:
    """Each sheet's name and the member that holds its cells."""
    links = ElementTree.fromstring(book.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    parts = {link.get("Id"): link.get("Target", "") for link in links}
    told = ElementTree.fromstring(book.read("xl/workbook.xml"))  # noqa: S314
    named = told.iterfind("{*}sheets/{*}sheet")
    return [
        (sheet.get("name", ""), f"xl/{part.removeprefix('/xl/')}")
        for sheet in named
        if "worksheets/" in (part := parts.get(sheet.get(RELATION), ""))
    ]


def _worked_out(xml: bytes) -> list[tuple[int, int]]:
    some = b"<f" in xml or b":f" in xml  # the expression is slow, and most sheets have none
    return [(int(row) - 1, _column(name)) for name, row in FORMULA.findall(xml)] if some else []


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _plain(cell: Any) -> Any:
    if isinstance(cell, datetime):
        return {"m": cell.isoformat()}
    return {"d": cell.isoformat()} if isinstance(cell, date) else str(cell)


def _limit() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


if __name__ == "__main__":
    _limit()
    told = answer(sys.stdin.buffer.read(), int(sys.argv[1]))
    sys.stdout.write(json.dumps(told, default=_plain))
