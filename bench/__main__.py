"""`python -m bench`: make the rows, serve both sides, ask, compare, and print the table."""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench import (
    counting,
    export,
    generate,
    ledger,
    measure,
    office,
    packet,
    questions,
    report,
)
from bench.client import Browser
from bench.persons import PASSWORD, PERSONS
from bench.report import Line
from bench.servers import serving

PARTS = ("pages", "load", "queries", "export", "packet", "ledger", "office")
ALONE = {"ledger", "office"}
"""Parts with a database of their own."""


def main(arguments: list[str] | None = None) -> int:
    """Run what was asked for; 0 where every limit was kept, 1 otherwise."""
    asked = _arguments(arguments)
    path = Path(asked.folder or tempfile.mkdtemp(prefix="jangwat-bench-")).absolute()
    folder = generate.Folder(path)
    try:
        print(f"{asked.rows:,} rows; {report.machine()}\n", flush=True)
        lines: list[Line] = []
        for row in report.table(_kept(_lines(folder, asked), lines)):
            print(row, flush=True)
    finally:
        if not (asked.keep or asked.folder):
            shutil.rmtree(path, ignore_errors=True)
    return 0 if all(line.held for line in lines) else 1


def _kept(lines: Iterator[Line], kept: list[Line]) -> Iterator[Line]:
    """The lines as they come; each is kept too, to be judged in the end."""
    for line in lines:
        kept.append(line)
        yield line


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of each table")
    parser.add_argument("--rounds", type=int, default=9, help="rounds whose median is told")
    parser.add_argument("--only", action="append", choices=PARTS, help="measure only this part")
    parser.add_argument("--folder", help="keep the databases here, and use those found here")
    parser.add_argument("--keep", action="store_true", help="keep the temporary folder")
    return parser.parse_args(arguments)


def _lines(folder: generate.Folder, asked: argparse.Namespace) -> Iterator[Line]:
    parts = asked.only or PARTS
    if set(parts) - ALONE:
        yield from _compared(folder, asked, parts)
    if "ledger" in parts:
        yield from ledger.measured(asked.rows, folder.path / "ledger")
    if "office" in parts:
        _made(folder, asked.rows)
        yield from office.measured(asked.rows, folder.path / "office", folder, asked.rounds)


def _made(folder: generate.Folder, rows: int) -> None:
    if not folder.database.exists():
        generate.make(folder, rows)


def _compared(
    folder: generate.Folder, asked: argparse.Namespace, parts: Sequence[str]
) -> Iterator[Line]:
    """The lists, forms, searches and exports, side by side with vanilla's."""
    _made(folder, asked.rows)
    with serving("ours", folder) as ours, serving("vanilla", folder) as vanilla:
        browsers = {side: Browser(ours.port, spent=ours.spent) for side in PERSONS}
        for side, (username, *_rest) in PERSONS.items():
            browsers[side].sign_in(username, PASSWORD)
            browsers[side].take_token(f"{questions.OURS}new/")
        browsers["vanilla"] = Browser(vanilla.port, spent=vanilla.spent)
        browsers["vanilla"].take_token(f"{questions.VANILLA}new/")
        if "pages" in parts:
            operations = list(questions.operations(folder, browsers))
            yield from measure.rounds(operations, browsers, asked.rounds)
        if "load" in parts:
            yield measure.load(browsers, asked.rounds)
        if "packet" in parts:
            yield from packet.measured(browsers["province"], questions.Known(folder).meeting)
        if "queries" in parts:
            yield from counting.measured(folder, browsers["nation"])
        if "export" in parts:
            yield from export.measured(folder, browsers["nation"])
        if "pages" in parts:
            yield from measure.rounds([questions.create()], browsers, asked.rounds)


if __name__ == "__main__":
    sys.exit(main())
