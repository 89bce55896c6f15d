"""The report: one table, to be read by people and pasted into docs/performance.md."""

import os
import platform
import sqlite3
from importlib.metadata import version

from bench.measure import Line

HEADINGS = (
    "Operation",
    "Ours, nation",
    "Ours, one province",
    "Vanilla Flask-Admin",
    "Ratio",
    "Limit",
    "",
)


def machine() -> str:
    """On what it was measured."""
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    versions = ", ".join(f"{n} {version(n)}" for n in ("Flask-Admin", "SQLAlchemy", "gunicorn"))
    return (
        f"{os.cpu_count()} cores, load before {load}; Python {platform.python_version()},"
        f" SQLite {sqlite3.sqlite_version}, {versions}"
    )


def table(lines: list[Line]) -> str:
    """The lines as a Markdown table."""
    rows = [HEADINGS, tuple("---" for _ in HEADINGS), *map(_row, lines)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _row(line: Line) -> tuple[str, ...]:
    sign = "≥" if line.more_is_better else "≤"
    return (
        line.title,
        line.ours.get("nation", "–"),
        line.ours.get("province", "–"),
        line.other,
        _number(line.ratio),
        f"{sign} {_number(line.limit)}",
        "held" if line.held else "MISSED",
    )


def _number(value: float) -> str:
    """A ratio as people say it: 1/6.2 where it is small."""
    if 0 < value < 0.5:
        return f"1/{1 / value:.3g}"
    return f"{value:.3g}"
