"""What the demonstration's meetings deal with, read from `demo_matters.toml`, and the words put in."""

import tomllib
from calendar import monthrange
from dataclasses import dataclass, fields
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from entities import dates
from entities.vocabulary import ResolutionKind
from seed.demo_people import Cast

FILE = Path(__file__).with_name("demo_matters.toml")
NEXT = 9
"""The `month` of the special matters that wait for the committee's coming meeting."""
TARGETS = (0.0, 33.0, 57.0, 75.0, 93.0)
"""Disbursed per cent at the end of each quarter, about as the cabinet asks."""


@dataclass(frozen=True)
class Task:
    """What an agency must do `days` after the meeting; with `late` it is that many days past due today."""

    agency: str
    text: str
    days: int = 30
    late: int = 0


@dataclass(frozen=True)
class Matter:
    """A matter on the agenda, with what the meeting makes of it; `season` is "dry", "rain" or always."""

    title: str
    facts: str
    agency: str = ""
    kind: ResolutionKind = ResolutionKind.ACKNOWLEDGE
    resolved: str = "รับทราบ"
    talk: str = ""
    background: str = ""
    law: str = ""
    proposal: str = ""
    asks: str = ""
    season: str = ""
    tasks: tuple[Task, ...] = ()


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def _matter(row: dict[str, Any]) -> Matter:
    known = {one.name for one in fields(Matter)}
    values = {key: value for key, value in row.items() if key in known}
    values["kind"] = ResolutionKind(row.get("kind", "acknowledge"))
    values["tasks"] = tuple(Task(**task) for task in row.get("tasks", ()))
    return Matter(**values)


def phrase(name: str) -> str:
    """One of the single texts: correction, dissent, no_quorum."""
    return str(_file()[name])


def every(name: str, committee: str = "") -> list[Matter]:
    """The matters of a kind (opening, other, cluster; inform and consider by committee)."""
    rows = _file()[name]
    return [_matter(row) for row in (rows[committee] if committee else rows)]


def fitting(name: str, cast: Cast, committee: str, month: int) -> list[Matter]:
    """The matters that the province has an agency for and the season allows."""
    season = "rain" if month in cast.place.rain else "dry"
    return [
        one
        for one in every(name, committee)
        if one.agency in cast.agencies and one.season in ("", season)
    ]


def special(province_id: int, committee: str, month: int | None = None) -> list[Matter]:
    """The matters of one province's committee; `month` counts from this month, or is NEXT (None: all)."""
    return [
        _matter(row)
        for row in _file()["special"]
        if (row["province"], row["committee"]) == (province_id, committee)
        and month in (None, row["month"])
    ]


def words(cast: Cast, day: date, dice: Random) -> dict[str, Any]:
    """What the texts of a meeting on a day take in braces: places, the time, and figures that agree."""
    place, last = cast.place, day.replace(day=1) - timedelta(days=1)
    as_of = day - timedelta(days=4)
    pace = Random(place.province_id).uniform(0.86, 1.04)
    spent = round(place.budget * disbursed(as_of) * pace / 100, 2)
    cases = dice.randint(18, 64)
    closed = cases - dice.randint(3, 9)
    return {
        **{key: value for key, value in vars(place).items() if isinstance(value, str)},
        **{f"d{n}": name for n, name in enumerate(cast.districts, start=1)},
        "p": cast.province.name,
        "month": _month(day),
        "last_month": _month(last),
        "as_of": dates.long_date(as_of, "th"),
        "fy": dates.fiscal_year(as_of),
        "next_fy": planned_year(day),
        "quarter": dates.fiscal_quarter(day),
        "budget": f"{place.budget:,.2f}",
        "spent": f"{spent:,.2f}",
        "pct": f"{spent / place.budget * 100:.2f}",
        "cases": cases,
        "closed": closed,
        "open": cases - closed,
        "n": dice.randint(3, 12),
        "many": dice.randint(61, 140),
        "water_pct": dice.randint(52, 88),
        "pct_farm": dice.randint(78, 97),
        "cpi": f"{dice.uniform(0.3, 2.4):.1f}",
        "unemployed": f"{dice.uniform(0.7, 1.4):.2f}",
        "pm": f"{dice.uniform(28, 71):.1f}",
        "capital": f"{dice.uniform(4.5, 19):.1f}",
        "spare": f"{dice.uniform(1.2, 6.4):.2f}",
        "visitors": dice.randint(15, 90),
    }


def planned_year(day: date) -> int:
    """The fiscal year for which plans and requests are made on a day; from July on, the year after next."""
    return dates.fiscal_year(day) + (2 if day.month in (7, 8, 9) else 1)


def disbursed(day: date) -> float:
    """The target on a day in per cent, on a straight line between the quarters' ends."""
    quarter = dates.fiscal_quarter(day)
    month = (day.month - 10) % 3
    share = (month + day.day / monthrange(day.year, day.month)[1]) / 3
    return TARGETS[quarter - 1] + (TARGETS[quarter] - TARGETS[quarter - 1]) * share


def _month(day: date) -> str:
    return f"{dates.month_name(day.month, 'th')} {dates.be_year(day)}"
