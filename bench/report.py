"""The report: one table, to be read by people and pasted into docs/performance.md."""

import os
import platform
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from statistics import median

HEADINGS = (
    "Operation",
    "Ours, nation",
    "Ours, one province",
    "Vanilla Flask-Admin",
    "Ratio",
    "… of processor time",
    "Limit",
    "",
)


@dataclass(frozen=True)
class Spread:
    """The median of the rounds, and the fastest and slowest round."""

    middle: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Iterable[float]) -> "Spread":
        """The spread of the values of the rounds."""
        sorted_values = sorted(values)
        return cls(median(sorted_values), sorted_values[0], sorted_values[-1])

    def told(self, unit: float = 1000, digits: int = 1) -> str:
        """In thousandths unless told otherwise: "5.1 [4.9–5.6]"."""
        shown = [f"{value * unit:,.{digits}f}" for value in (self.middle, self.least, self.most)]
        return f"{shown[0]} [{shown[1]}–{shown[2]}]"


@dataclass(frozen=True)
class Line:
    """One line of the report: who took how long, the ratio that is judged, and its limit.

    What no limit is set for is told, not judged.
    """

    title: str
    ours: dict[str, str]
    other: str
    ratio: float
    limit: float | None
    more_is_better: bool = False
    work: float | None = None
    """The ratio of processor time, where it was taken; it is told, not judged."""

    @property
    def held(self) -> bool:
        """Whether the limit is kept."""
        if self.limit is None:
            return True
        return self.ratio >= self.limit if self.more_is_better else self.ratio <= self.limit


def machine() -> str:
    """On what it was measured."""
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    versions = ", ".join(f"{n} {version(n)}" for n in ("Flask-Admin", "SQLAlchemy", "gunicorn"))
    return (
        f"{os.cpu_count()} cores, load before {load}; Python {platform.python_version()},"
        f" SQLite {sqlite3.sqlite_version}, {versions}"
    )


def table(lines: Iterable[Line]) -> Iterator[str]:
    """The lines of a Markdown table, each as soon as it was measured."""
    yield from (_piped(HEADINGS), _piped("---" for _ in HEADINGS))
    yield from (_piped(_row(line)) for line in lines)


def _piped(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _row(line: Line) -> tuple[str, ...]:
    sign = "≥" if line.more_is_better else "≤"
    judged = line.limit is not None
    return (
        line.title,
        line.ours.get("nation", "–"),
        line.ours.get("province", "–"),
        line.other,
        _number(line.ratio) if line.ratio else "–",
        "–" if line.work is None else _number(line.work),
        "–" if line.limit is None else f"{sign} {_number(line.limit)}",
        ("held" if line.held else "MISSED") if judged else "",
    )


def _number(value: float) -> str:
    """A ratio as people say it: 1/6.2 where it is small."""
    if 0 < value < 0.5:
        return f"1/{1 / value:.3g}"
    return f"{value:.3g}"
