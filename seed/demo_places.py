"""The demonstration's eight provinces, their agencies and posts, read from `demo_places.toml`."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from entities.vocabulary import LocalGovernmentType, Sector

FILE = Path(__file__).with_name("demo_places.toml")
FEW_DISTRICTS = 3
"""So many districts of a province take part; in the richest, Lop Buri, all do."""


@dataclass(frozen=True)
class Place:
    """What a province's matters speak of; `rain` are the months of flood, `budget` is in million baht."""

    province_id: int
    water: str
    crop: str
    crop2: str
    product: str
    sight: str
    festival: str
    municipality: str
    municipality2: str
    subdistrict: str
    university: str
    army: str
    project: str
    budget: float
    enterprise: dict[str, str] | None = None
    rain: tuple[int, ...] = (5, 6, 7, 8, 9, 10)
    rich: bool = False


@dataclass(frozen=True)
class Body:
    """An agency: its key, name, and the position and title of its head."""

    key: str
    name: str
    head: str
    sector: Sector = Sector.GOVERNMENT
    code: str | None = None
    local: LocalGovernmentType | None = None
    short: str | None = None
    title: str = ""


@dataclass(frozen=True)
class Post:
    """A position that one person holds, in an agency ("" for the governor and deputies)."""

    key: str
    position: str
    agency: str = "office"


@dataclass(frozen=True)
class Roster:
    """Who sits on a committee, by the keys of posts and agencies."""

    subject: str
    duties: str
    chair: str
    vice: tuple[str, ...]
    members: tuple[str, ...]
    secretary: str
    assistants: tuple[str, ...]


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def places() -> list[Place]:
    """The eight provinces of the report of 2552."""
    return [
        Place(**{**row, "rain": tuple(row.get("rain", Place.rain))}) for row in _file()["place"]
    ]


def _here(place: Place, rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in rows:
        if place.rich or not row.get("rich"):
            yield {key: value for key, value in row.items() if key != "rich"}


def bodies(place: Place, province: str, districts: list[str]) -> list[Body]:
    """Every agency of a place but the provincial office; its districts have the keys d1, d2 …"""
    common = [_body(row, province) for row in _here(place, _file()["body"])]
    return [
        *common,
        *_own(place),
        *(
            Body(f"d{n}", f"ที่ทำการปกครองอำเภอ{name}", f"นายอำเภอ{name}")
            for n, name in enumerate(districts, start=1)
        ),
    ]


def _body(row: dict[str, Any], province: str) -> Body:
    named = {**row, "name": row["name"].format(p=province), "head": row["head"].format(p=province)}
    named["sector"] = Sector(row.get("sector", "government"))
    named["local"] = LocalGovernmentType(row["local"]) if "local" in row else None
    return Body(**named)


def _own(place: Place) -> Iterator[Body]:
    kind, local = LocalGovernmentType, Sector.LOCAL_GOVERNMENT
    for key, town in (("municipality", place.municipality), ("municipality2", place.municipality2)):
        mayor = town.replace("เทศบาล", "นายกเทศมนตรี", 1)
        yield Body(key, town, mayor, local, local=kind.MUNICIPALITY)
    yield Body(
        "subdistrict", place.subdistrict, f"นายก{place.subdistrict}", local, local=kind.SUBDISTRICT
    )
    head = "ผู้อำนวยการ" if place.university.startswith("วิทยาลัย") else "อธิการบดี"
    yield Body(
        "university",
        place.university,
        head + place.university,
        Sector.ACADEMIC,
        title="ผู้ช่วยศาสตราจารย์ ดร.",
    )
    if place.enterprise:
        name, head = place.enterprise["name"], place.enterprise["head"]
        yield Body("enterprise", name, head, Sector.STATE_ENTERPRISE)
    if place.rich:
        yield Body("water_project", place.project, f"ผู้อำนวยการ{place.project}")


def posts(place: Place, province: str) -> list[Post]:
    """The posts of a place, the heads of agencies not among them."""
    return [
        Post(**{**row, "position": row["position"].format(p=province)})
        for row in _here(place, _file()["post"])
    ]


def roster(place: Place, key: str, districts: int) -> Roster:
    """Who sits on a place's committee."""
    row = _file()["roster"][key]
    names = [*row["members"], *row.get("rich" if place.rich else "light", [])]
    chiefs = [f"d{n}" for n in range(1, districts + 1)]
    vice = row.get("vice", []) if place.rich else row.get("vice", [])[:2]
    return Roster(
        row["subject"],
        row["duties"],
        row["chair"],
        tuple(vice),
        tuple(one for name in names for one in (chiefs if name == "districts" else [name])),
        row["secretary"],
        tuple(row["assistants"]),
    )
