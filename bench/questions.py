"""What is asked of both sides, what must come back, and what is called fast enough."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

from bench.client import Answer, Browser, Unexpected
from bench.generate import COMMON, RARE, Folder
from bench.persons import PROVINCE

SIZE = 50
OURS, VANILLA = "/admin/bench_case/", "/admin/case/"
PAGES = {1: 1 / 4, 1000: 1 / 5, 20_000: 1 / 15}
FILTERED = 1 / 3
SEARCHES = {COMMON: 1 / 80, RARE: 1 / 100}
"""What our time may be of vanilla's: of a list's pages, of one filtered and sorted, of searches."""
VANILLA_FILTERED = (
    f"{VANILLA}?flt0_province_id_equals={PROVINCE}&flt1_status_equals=done&sort=8&desc=1"
)
"""Vanilla's list of one province and one state, newest receipt (its column 8) first."""
Numbers = list[str]


@dataclass(frozen=True)
class Question:
    """One request to one side, with what its answer must show."""

    path: str
    shows: Numbers | None = None
    holds: str = ""
    data: Callable[[], dict[str, Any]] | None = None
    ordered: bool = True

    def ask(self, browser: Browser) -> Answer:
        """Ask, and raise Unexpected where the answer is wrong."""
        answer = browser.ask(self.path, self.data() if self.data else None)
        if answer.status != (302 if self.data else 200):
            raise Unexpected(f"{self.path}: status {answer.status}")
        if self.shows is not None:
            seen, wanted = answer.numbers, self.shows
            if (seen if self.ordered else sorted(seen)) != (
                wanted if self.ordered else sorted(wanted)
            ):
                raise Unexpected(f"{self.path}: shows {seen[:3]} …, not {wanted[:3]} …")
        if self.holds and self.holds not in answer.text:
            raise Unexpected(f"{self.path}: {self.holds!r} is missing")
        return answer


@dataclass(frozen=True)
class Operation:
    """A question put to each side. `limit` is what our time may be of the other's, if any is set.

    `against` names the operation of our own that counts instead of vanilla's.
    """

    key: str
    title: str
    limit: float | None
    asked: dict[str, Question]
    against: str = ""


class Known:
    """What the databases themselves answer."""

    def __init__(self, folder: Folder) -> None:
        self.ours, self.other = folder.database, folder.vanilla
        self.count = int(_column(self.ours, "SELECT count(*) FROM bench_case")[0])
        self.meeting = int(_column(self.ours, "SELECT max(id) FROM meeting")[0])

    def page(self, page: int = 1, where: str = "1") -> Numbers:
        """A page of ours: newest receipt first."""
        return _column(
            self.ours,
            f"SELECT number FROM bench_case WHERE removed_at IS NULL AND {where}"
            f" ORDER BY received_on DESC, id DESC LIMIT {SIZE} OFFSET {(page - 1) * SIZE}",
        )

    def found(self, phrase: str, where: str = "1") -> Numbers:
        """The first page of a search: of the newest 1,001 hits, in the list's order."""
        hits = f"SELECT * FROM bench_case WHERE {_holding(phrase)} AND {where} ORDER BY id DESC LIMIT 1001"
        return _column(
            self.ours,
            f"SELECT number FROM ({hits}) ORDER BY received_on DESC, id DESC LIMIT {SIZE}",
        )

    def vanilla(self, page: int = 1, where: str = "1") -> Numbers:
        """A page of vanilla's: highest key first."""
        return _column(
            self.other,
            f"SELECT number FROM bench_case WHERE {where} ORDER BY id DESC"
            f" LIMIT {SIZE} OFFSET {(page - 1) * SIZE}",
        )


def _holding(phrase: str) -> str:
    return f"(number LIKE '%{phrase}%' OR subject LIKE '%{phrase}%' OR detail LIKE '%{phrase}%')"


def _column(database: Path, sql: str) -> list[str]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return [row[0] for row in connection.execute(sql)]


def operations(folder: Folder, browsers: dict[str, Browser]) -> Iterator[Operation]:
    """Every operation that a database of this size allows, but creating."""
    known = Known(folder)
    yield _list(known, 1, "list", "List page")
    for page in (1000, 20_000):
        if known.count >= page * SIZE:
            yield _list(known, page, f"page{page}", f"Page {page:,}")
    yield from _steps(known, browsers["nation"])
    yield _filtered(known)
    yield _search(known, COMMON, "common", "Thai search, common")
    yield _search(known, RARE, "rare", "Thai search, rare")
    yield _edit(known)


def _list(known: Known, page: int, key: str, title: str) -> Operation:
    query = f"?page={page}" if page > 1 else ""
    asked = {"nation": Question(f"{OURS}{query}", known.page(page))}
    mine = known.page(page, f"province_id = {PROVINCE}")
    if len(mine) == SIZE:
        asked["province"] = Question(f"{OURS}{query}", mine)
    asked["vanilla"] = Question(vanilla_page(page), known.vanilla(page))
    return Operation(key, title, PAGES[page], asked)


def vanilla_page(page: int) -> str:
    """A page of vanilla's list, counted from 1."""
    return f"{VANILLA}?page={page - 1}"


def _steps(known: Known, browser: Browser) -> Iterator[Operation]:
    """Next and previous near the end, by the links that the pages there carry."""
    page = known.count // SIZE - 2
    step = browser.ask(f"{OURS}?page={page}").link("next")
    back = browser.ask(step).link("prev")
    for key, title, path, shown in (
        ("next", f"Next, at page {page:,}", step, page + 1),
        ("previous", f"Previous, at page {page + 1:,}", back, page),
    ):
        asked = {"nation": Question(path, known.page(shown))}
        yield Operation(key, title, 1.05, asked, against="list")


def _filtered(known: Known) -> Operation:
    """One province and one state, newest first; where days are equal, vanilla's order is open."""
    where = f"province_id = {PROVINCE} AND status = 'done'"
    ours = Question(
        f"{OURS}?province_id={PROVINCE}&status=done&sort=-received_on", known.page(1, where)
    )
    mine = Question(f"{OURS}?status=done&sort=-received_on", known.page(1, where))
    last = known.page(1, where)[-1]
    return Operation(
        "filter", "Filtered and sorted", FILTERED,
        {"nation": ours, "province": mine, "vanilla": Question(VANILLA_FILTERED, holds=last[:8])},
    )  # fmt: skip


def _search(known: Known, phrase: str, key: str, title: str) -> Operation:
    path = f"?search={phrase}"
    return Operation(
        key, title, SEARCHES[phrase],
        {
            "nation": Question(OURS + path, known.found(phrase)),
            "province": Question(OURS + path, known.found(phrase, f"province_id = {PROVINCE}")),
            "vanilla": Question(VANILLA + path, known.vanilla(1, _holding(phrase))),
        },
    )  # fmt: skip


def _edit(known: Known) -> Operation:
    here = f"province_id = {PROVINCE}"
    number, record_id = _column(
        known.ours, f"SELECT number || '~' || id FROM bench_case WHERE {here} LIMIT 1"
    )[0].split("~")
    ours = Question(f"{OURS}edit/?id={record_id}", holds=number)
    other = Question(f"{VANILLA}edit/?id={record_id}", holds=number)
    return Operation("edit", "Edit form", 0.9, {"nation": ours, "province": ours, "vanilla": other})


def create() -> Operation:
    """Making a record; asked after all else, since it changes the pages."""

    def ours(**more: Any) -> Callable[[], dict[str, Any]]:
        return lambda: {**VALUES, **more, "form_id": token_urlsafe(16), "row_version": ""}

    ours_path, other = f"{OURS}new/", Question(f"{VANILLA}new/", data=_typed)
    return Operation(
        "create", "Create, with number, audit and scope", 1.4,
        {
            "nation": Question(ours_path, data=ours(province_id=PROVINCE)),
            "province": Question(ours_path, data=ours()),
            "vanilla": other,
        },
    )  # fmt: skip


VALUES = {
    "subject": "ขอให้ตรวจสอบถนนชำรุดหน้าโรงเรียน", "detail": "น้ำท่วมขัง" * 30, "sector": "government",
    "district_id": PROVINCE * 100 + 1, "complainant": "สมชาย ใจดี", "phone": "0812345678",
    "officer": "วิไล รักไทย", "amount": "1500", "received_on": "05/01/2569", "due_on": "20/01/2569",
}  # fmt: skip


_typed_numbers = count(int(time.time()) % 900_000)


def _typed() -> dict[str, Any]:
    """What vanilla's form wants typed: it gives no number and knows no Buddhist year."""
    return {
        **VALUES, "number": f"{PROVINCE}-2599-{next(_typed_numbers):06}", "province": PROVINCE,
        "district": VALUES["district_id"], "status": "not_started", "received_on": "2026-01-05",
        "due_on": "2026-01-20", "closed_on": "",
    }  # fmt: skip
