"""Opens a workbook in a process of its own: `reading.py` runs this file and reads its answer.

A damaged workbook can make the reader ask for all memory and take its process down with it. Here
that process is this one: it may use so much memory and no more, and nothing else dies with it.
The answer is JSON on the standard output; dates stand as {"d": …}, moments as {"m": …}.
"""

import io
import json
import sys
from datetime import date, datetime
from typing import Any

import python_calamine as calamine

MEMORY = 3 * 1024**3
"""Bytes of address space; a hundred thousand rows of a wide table need a third of it."""


def answer(content: bytes, most: int) -> dict[str, Any]:
    """The visible sheets with their cells and merged ranges; or why there are none."""
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [book.get_sheet_by_name(told.name) for told in book.sheets_metadata if _seen(told)]
        longest = max((sheet.total_height for sheet in sheets), default=0)
        return {"long": longest} if longest > most else {"sheets": [_told(s) for s in sheets]}
    except calamine.PasswordError:
        return {"refused": "password"}
    except (calamine.CalamineError, OSError):
        return {"refused": "damaged"}


def _seen(told: Any) -> bool:
    wanted = (calamine.SheetTypeEnum.WorkSheet, calamine.SheetVisibleEnum.Visible)
    return (told.typ, told.visible) == wanted


def _told(sheet: Any) -> dict[str, Any]:
    merged = [[*first, *last] for first, last in sheet.merged_cell_ranges or ()]
    cells = sheet.to_python(skip_empty_area=False)
    return {"name": sheet.name, "cells": cells, "merged": merged}


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
