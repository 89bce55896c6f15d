"""Public holidays of Thailand, a first filling of the table that the ministry then edits.

They come from the package `holidays`: its public days and, for officials only, the Royal
Ploughing Ceremony (วันพืชมงคล). The cabinet announces special and regional holidays and the
ploughing day one by one, so the rows of coming years are never complete.
"""

from datetime import date
from importlib.metadata import version

Row = dict[str, object]

_CATEGORIES = ("public", "government")
_SUBSTITUTE = "ชดเชย"
_SPECIAL = ("วันหยุดพิเศษ", "พระราชพิธี", "วันพระราชพิธี", "วันเลือกตั้ง")
# Days off for banks, private firms and children on which government offices work.
_OFFICES_WORK = ("วันแรงงานแห่งชาติ", "วันเด็กแห่งชาติ")


def rows(first_year: int, last_year: int) -> list[Row]:
    """The holidays of the years (common era, both included), one row for each day.

    Several names of one day are joined by ' / '. `offices_open` marks Labour Day, its substitute
    and Children's Day.
    """
    from holidays import country_holidays

    years = range(first_year, last_year + 1)
    thai = country_holidays("TH", years=years, categories=_CATEGORIES, language="th")
    english = country_holidays("TH", years=years, categories=_CATEGORIES, language="en_US")
    source = f"holidays package {version('holidays')}"
    return [_row(day, thai.get_list(day), english.get_list(day), source) for day in sorted(thai)]


def _row(day: date, names: list[str], names_en: list[str], source: str) -> Row:
    return {
        "id": int(f"{day:%Y%m%d}0"),
        "falls_on": day,
        "name": " / ".join(names),
        "name_en": " / ".join(names_en),
        "kind": _kind(names),
        "region_id": None,
        "offices_open": all(_offices_work(name) for name in names),
        "source": source,
    }


def _kind(names: list[str]) -> str:
    """The kind of the day; an annual holiday outranks what else falls on it."""
    if all(name.startswith(_SUBSTITUTE) for name in names):
        return "substitute"
    if all(name.startswith((_SUBSTITUTE, *_SPECIAL)) for name in names):
        return "special"
    return "annual"


def _offices_work(name: str) -> bool:
    return name.removeprefix(_SUBSTITUTE) in _OFFICES_WORK
