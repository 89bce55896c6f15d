"""The Excel export over HTTP: time, first byte, memory, and every cell read back three ways."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

from bench.client import Browser, Unexpected
from bench.generate import Folder
from bench.measure import Line
from bench.questions import OURS
from bench.servers import serving

COLUMNS = (
    "number", "subject", "detail", "status", "sector", "district_id", "complainant", "phone",
    "officer", "amount", "received_on", "due_on", "closed_on", "province_id",
)  # fmt: skip
DATES = {"received_on", "due_on", "closed_on"}
SECONDS, MEGABYTES, FIRST_BYTE = 5.0, 120.0, 0.2
REPEATS = 3
"""The limits for 100,000 rows; a smaller database has a tenth of its rows exported."""


def measured(folder: Folder, cookies: dict[str, str]) -> Iterator[Line]:
    """Export by a fresh server each time, so that its memory is the export's."""
    query = "&".join(f"columns={name}" for name in COLUMNS)
    path = f"{OURS}export/xlsx/?status=not_started&sort=-received_on&{query}"
    file = folder.path / "export.xlsx"
    whole, first, memory = [], [], []
    for _ in range(REPEATS):
        with serving("ours", folder) as server, file.open("wb") as sink:
            answer = Browser(server.port, dict(cookies)).ask(path, sink=sink)
            if answer.status != 200:
                raise Unexpected(f"the export answered {answer.status}")
            whole.append(answer.whole)
            first.append(answer.first_byte)
            memory.append(server.peak())
    rows = _wanted(folder.database)
    title = f"Excel, {len(rows):,} rows × {len(COLUMNS)} columns"
    size = f"{file.stat().st_size / 1e6:.0f} MB"
    yield _line(f"{title}: seconds", whole, SECONDS, size)
    yield _line(f"{title}: first byte, seconds", first, FIRST_BYTE, size)
    yield _line(f"{title}: peak memory, MB", memory, MEGABYTES, size)
    for name, read in READERS.items():
        cells = _compare(rows, read(file))
        yield Line(f"Cells read back by {name}", {"nation": f"{cells:,} agree"}, "–", 0, 0)


def _line(title: str, values: list[float], limit: float, other: str) -> Line:
    told = f"{median(values):.2f} [{min(values):.2f}–{max(values):.2f}]"
    return Line(title, {"nation": told}, other, median(values), limit)


def _wanted(database: Path) -> list[tuple[Any, ...]]:
    """What the file must hold: words for what the database keeps as keys."""
    shown = [f"c.{name}" for name in COLUMNS]
    shown[COLUMNS.index("district_id")] = "d.name"
    shown[COLUMNS.index("province_id")] = "p.name"
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        found = connection.execute(
            f"SELECT {', '.join(shown)} FROM bench_case c JOIN district d ON d.id = c.district_id"
            " JOIN province p ON p.id = c.province_id WHERE c.status = 'not_started'"
            " AND c.removed_at IS NULL ORDER BY c.received_on DESC, c.id DESC"
        )
        return [_as_shown(row) for row in found]


def _as_shown(row: Sequence[Any]) -> tuple[Any, ...]:
    from flask_babel import force_locale

    from bench.persons import titles

    values = dict(zip(COLUMNS, row, strict=True))
    for name in DATES:
        values[name] = values[name] and date.fromisoformat(values[name])
    with_titles = titles()
    values["status"], values["sector"] = (
        with_titles[values["status"]],
        with_titles[values["sector"]],
    )
    del force_locale
    return tuple(values.values())
