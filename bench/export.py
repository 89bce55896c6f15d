"""The Excel export over HTTP: time, first byte, memory, and every cell read back three ways."""

import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import date, datetime
from itertools import zip_longest
from pathlib import Path
from statistics import median
from typing import Any

import openpyxl
import python_calamine
from flask_babel import force_locale

from bench.client import Browser, Unexpected
from bench.entity import BenchCase
from bench.generate import Folder
from bench.ours import served
from bench.questions import OURS
from bench.report import Line
from bench.servers import serving
from entities.base import fields
from entities.vocabulary import FollowUpStatus, Sector
from settings import read

SECONDS, FIRST_BYTE, MEGABYTES = 5.0, 0.2, 120.0
"""The limits for 100,000 rows, which is a tenth of a million."""
REPEATS = 3
Row = tuple[Any, ...]


def measured(folder: Folder, browser: Browser) -> Iterator[Line]:
    """Export by a fresh server each time, so that its memory is the export's."""
    columns = list(fields(BenchCase))
    query = "&".join(f"columns={name}" for name in columns)
    path = f"{OURS}export/xlsx/?status=not_started&sort=-received_on&{query}"
    file = folder.path / "export.xlsx"
    whole, first, memory, work = [], [], [], []
    for _ in range(REPEATS):
        with serving("ours", folder) as server, file.open("wb") as sink:
            before = server.spent()
            answer = Browser(server.port, dict(browser.cookies)).ask(path, sink=sink)
            if answer.status != 200:
                raise Unexpected(f"the export answered {answer.status}")
            whole.append(answer.whole)
            first.append(answer.first_byte)
            memory.append(server.peak())
            work.append(server.spent() - before)
    rows = _wanted(folder, columns)
    title = (
        f"Excel, {len(rows):,} rows × {len(columns)} columns ({file.stat().st_size / 1e6:.0f} MB)"
    )
    yield _line(f"{title}: seconds", whole, SECONDS)
    yield _line("… processor time, seconds", work, SECONDS)
    yield _line("… first byte, seconds", first, FIRST_BYTE)
    yield _line("… peak memory, MB", memory, MEGABYTES)
    for name, read_back in READERS.items():
        cells = _agreeing(rows, read_back(file))
        yield Line(f"… cells read back by {name}", {"nation": f"{cells:,} agree"}, "–", 0, 0)


def _line(title: str, values: list[float], limit: float) -> Line:
    told = f"{median(values):,.2f} [{min(values):,.2f}–{max(values):,.2f}]"
    return Line(title, {"nation": told}, "–", median(values), limit)


def _wanted(folder: Folder, columns: list[str]) -> list[Row]:
    """What the file must hold: words for what the database keeps as keys."""
    shown = [{"district_id": "d.name", "province_id": "p.name"}.get(c, f"c.{c}") for c in columns]
    with closing(sqlite3.connect(f"file:{folder.database}?mode=ro", uri=True)) as connection:
        found = connection.execute(
            f"SELECT {', '.join(shown)} FROM bench_case c JOIN district d ON d.id = c.district_id"
            " JOIN province p ON p.id = c.province_id WHERE c.status = 'not_started'"
            " AND c.removed_at IS NULL ORDER BY c.received_on DESC, c.id DESC"
        ).fetchall()
    readings = [_reading(name, _titles(folder)) for name in columns]
    return [tuple(r(v) for r, v in zip(readings, row, strict=True)) for row in found]


def _titles(folder: Folder) -> dict[str, str]:
    """The Thai titles of what the database keeps as codes."""
    settings = read({"JANGWAT_DATA": str(folder.ours), "JANGWAT_LOG": "text"})
    with served(settings).test_request_context(), force_locale("th"):
        return {member.value: str(member) for member in [*FollowUpStatus, *Sector]}


def _reading(name: str, titles: dict[str, str]) -> Callable[[Any], Any]:
    if name.endswith("_on"):
        return lambda value: value and date.fromisoformat(value)
    return titles.get if name in ("status", "sector") else lambda value: value  # type: ignore[return-value]


def _agreeing(wanted: list[Row], read_back: Iterable[Sequence[Any]]) -> int:
    """The number of cells; raises Unexpected at the first that differs."""
    rows = iter(read_back)
    next(rows)
    for number, (row, found) in enumerate(zip_longest(wanted, rows), 2):
        if row is None or found is None or row != tuple(_plain(v) for v in found[: len(row)]):
            raise Unexpected(f"row {number} of the sheet is {found!r}, not {row!r}")
    return len(wanted) * len(wanted[0])


def _plain(value: Any) -> Any:
    """A cell's value whichever library read it."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    return None if value == "" else value


def _by_openpyxl(file: Path) -> Iterator[Sequence[Any]]:
    book = openpyxl.load_workbook(file, read_only=True)
    yield from book.worksheets[0].iter_rows(values_only=True)
    book.close()


def _by_calamine(file: Path) -> Iterator[Sequence[Any]]:
    yield from (
        python_calamine.CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).iter_rows()
    )


def _by_libreoffice(file: Path) -> Iterator[Sequence[Any]]:
    """LibreOffice opens the file and saves it in its own format, which is then read."""
    profile = file.parent / "soffice"
    command = [
        "soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", "ods",
        "--outdir", str(file.parent), str(file),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=600)
    yield from _by_calamine(file.with_suffix(".ods"))


READERS: dict[str, Callable[[Path], Iterator[Sequence[Any]]]] = {
    "openpyxl": _by_openpyxl,
    "calamine": _by_calamine,
    **({"LibreOffice": _by_libreoffice} if shutil.which("soffice") else {}),
}
