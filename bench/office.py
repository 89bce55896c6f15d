"""Correspondence and complaints at size: lists, boards, registers and searches over HTTP.

Each page is asked in turn with vanilla Flask-Admin's list or search over as many rows of
`bench_case`, and judged by the limits of that list and search: registers, boards and inboxes are
lists. A record, the desk, proofs and reports have nothing like them in vanilla; they are told
beside its list, without a limit. A page that shows first what SQL says it must is counted; any
other ends the bench.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

import python_calamine

from bench import measure, office_rows, questions, registering
from bench.client import Browser, Unexpected
from bench.generate import COMMON, RARE, Folder
from bench.persons import PASSWORD, PROVINCE
from bench.questions import VANILLA, Operation, Question
from bench.report import Line, Spread
from bench.servers import serving

DOCUMENTS, CASES, SHEETS = "/admin/document/", "/admin/complaint/", "/admin/register_book/"
EXPORTED = "/admin/document/export/xlsx/?register_kind=sent"
SECONDS, FIRST_BYTE, MEGABYTES = 5.0, 0.2, 120.0
REPEATS = 3
FILTERED = questions.VANILLA_FILTERED, questions.FILTERED


@dataclass(frozen=True)
class Known:
    """What the database itself answers."""

    database: Path

    def one(self, sql: str, **told: Any) -> Any:
        """The first column of the first row; raises Unexpected where there is none."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as connection:
            found = connection.execute(sql, {"home": PROVINCE, **told}).fetchone()
        if found is None:
            raise Unexpected(f"no row: {sql}")
        return found[0]

    def newest(self, table: str, where: str = "1", order: str = "id DESC") -> str:
        """The number of the record that stands first in a list."""
        return str(self.one(f"SELECT number FROM {table} WHERE {where} ORDER BY {order} LIMIT 1"))


def measured(rows: int, path: Path, reference: Folder, rounds: int) -> Iterator[Line]:
    """Everything that is measured of both areas, with their rows in the folder or made there.

    What fails is told as a line that misses its limit; the rest is measured all the same.
    """
    folder = Folder(path)
    yield from _poured(folder, max(rows, office_rows.FEWEST))
    parts = {
        "Pages and registering": lambda: _served(folder, reference, rounds),
        "The rule alone": lambda: registering.inside(folder),
        "Register export": lambda: _export(folder),
        "PostgreSQL": lambda: registering.on_postgres(path / "postgres"),
    }
    for name, part in parts.items():
        try:
            yield from part()
        except (Unexpected, RuntimeError, OSError) as error:
            told = " ".join(str(error).split())[-300:].replace("|", "/")
            yield Line(f"{name} failed: {told}", {}, "–", float("inf"), 0)


def _poured(folder: Folder, rows: int) -> Iterator[Line]:
    """Make the rows where there are none; raises Unexpected where there is another number of them."""
    if not folder.database.exists():
        started = time.perf_counter()
        office_rows.make(folder, rows)
        took = f"{time.perf_counter() - started:,.0f}"
        yield Line(f"Pouring {rows:,} of each: seconds", {"nation": took}, "–", 0, None)
    office_rows.run(folder, "-m", "flask", "--app", "app", "db", "upgrade")
    found = Known(folder.database).one("SELECT count(*) FROM complaint")
    if found != rows:
        raise Unexpected(f"{folder.path} holds {found:,} cases, not {rows:,}: take another folder")


def _served(folder: Folder, reference: Folder, rounds: int) -> Iterator[Line]:
    """The pages, registering over HTTP, and the memory of the workers that answered."""
    with serving("office", folder) as server, serving("vanilla", reference) as other:
        browsers = _browsers(server, office_rows.PERSONS)
        beside = {"vanilla": Browser(other.port, spent=other.spent)}
        asked = list(_operations(Known(folder.database)))
        yield from measure.rounds(asked, {**browsers, **beside}, rounds)
        yield from registering.over_http(folder, browsers["province"], "SQLite")
        yield from registering.together(folder, browsers["province"], "SQLite", 20)
        peak = f"{server.peak():.1f}"
        yield Line("Peak memory of a worker after all this, MB", {"nation": peak}, "–", 0, None)


def _browsers(server: Any, names: dict[str, str]) -> dict[str, Browser]:
    found = {}
    for side, name in names.items():
        found[side] = Browser(server.port, spent=server.spent)
        found[side].sign_in(name, PASSWORD)
    return found


def _operations(known: Known) -> Iterator[Operation]:
    here = "province_id = :home"
    document, case = known.newest("document"), known.newest("complaint")
    mine = known.newest("document", here), known.newest("complaint", here)
    yield _listed("documents", "Document list", DOCUMENTS, (document, mine[0]))
    yield _listed("cases", "Complaint list", CASES, (case, mine[1]))
    rows = known.one("SELECT count(*) FROM document")
    for page in (1000, 20_000):
        for key, title, path in (
            ("documents", "Documents", DOCUMENTS), ("cases", "Complaints", CASES),
        ) if rows >= page * questions.SIZE else ():  # fmt: skip
            other = questions.vanilla_page(page), questions.PAGES[page]
            yield _beside(f"{key}{page}", f"{title}, page {page:,}", f"{path}?page={page}", other)
    yield from _registers(known)
    yield from _boards(known)
    yield from _reports()
    yield from _found(known)


def _registers(known: Known) -> Iterator[Operation]:
    """The sheet of the province's largest register, its front page, a document, the inbox."""
    book = known.one(
        "SELECT register_id FROM document WHERE province_id = :home AND register_kind = 'received'"
        " GROUP BY register_id ORDER BY count(*) DESC LIMIT 1"
    )
    top = known.one("SELECT max(register_no) FROM document WHERE register_id = :book", book=book)
    record = known.one("SELECT max(id) FROM document WHERE province_id = :home")
    sheet, first = f"{SHEETS}details/?id={book}", min(top, 60)
    yield _listed("sheet", "A register's sheet", sheet, (f">{top}<",))
    yield _listed("sheets", "… at its beginning", f"{sheet}&upto={first}", (f">{first}<",))
    yield _listed("front", "The registers of a province", SHEETS, sides=("province",))
    yield _told("proof", "Proof of a register", f"{SHEETS}proof/?id={book}")
    yield _listed("inbox", "Inbox", "/admin/distribution/inbox/", sides=("province",))
    shown = known.one("SELECT number FROM document WHERE id = :record", record=record)
    yield _told("document", "A document", f"{DOCUMENTS}details/?id={record}", (shown,))
    yield _beside(
        "documents-filtered", "Documents filtered and sorted",
        f"{DOCUMENTS}?province_id={PROVINCE}&status=filed&sort=-registered_at", FILTERED,
    )  # fmt: skip


def _boards(known: Known) -> Iterator[Operation]:
    """Boards, a case, its form of filters, assignments, and the desk on which both areas report."""
    record = known.one("SELECT max(id) FROM complaint WHERE province_id = :home")
    shown = known.one("SELECT number FROM complaint WHERE id = :record", record=record)
    yield _listed("board", "Board of complaints", f"{CASES}board/")
    yield _told("case", "A case", f"{CASES}details/?id={record}", (shown,))
    yield _listed("late", "Late cases", f"{CASES}?standing=late")
    yield _listed("assignments", "Assignments", "/admin/assignment/")
    yield _told("desk", "Desk", "/admin/")
    yield _beside(
        "cases-filtered", "Complaints filtered and sorted",
        f"{CASES}?province_id={PROVINCE}&status=closed&sort=-received_on", FILTERED,
    )  # fmt: skip


def _reports() -> Iterator[Operation]:
    """The reports that count most, of this and the last fiscal year; told beside a list page."""
    today = date.today()  # noqa: DTZ011
    year = today.year + 543 + (today.month >= 10)
    for key, title in (
        (f"complaints-by-category/?fiscal_year={year}", "Complaints by category, this year"),
        (f"complaints-by-category/?fiscal_year={year - 1}", "… last year"),
        (f"complaints-monthly/?fiscal_year={year - 1}", "Monthly report of complaints, last year"),
        ("complaints-ageing/", "Open complaints by age"),
        (f"complaints-agencies/?fiscal_year={year - 1}", "Agencies by how they answer"),
    ):
        yield _told(key, f"Report: {title}", f"/admin/report/{key}")
    yield _told("counts", "The menu's counts, asked for after a page", "/admin/counts")


def _found(known: Known) -> Iterator[Operation]:
    for phrase, word in ((COMMON, "common"), (RARE, "rare")):
        for key, path, title in (
            ("documents", DOCUMENTS, "Thai search in documents"),
            ("cases", CASES, "Thai search in complaints"),
        ):
            asked = f"?search={phrase}"
            table = "document" if path == DOCUMENTS else "complaint"
            holds = f"subject LIKE '%{phrase}%'"
            shown = (
                known.newest(table, holds),
                known.newest(table, f"{holds} AND province_id = :home") if word == "common" else "",
            )
            other = VANILLA + asked, questions.SEARCHES[phrase]
            yield _beside(f"{key}-{word}", f"{title}, {word}", path + asked, other, shown)


def _beside(
    key: str,
    title: str,
    path: str,
    other: tuple[str, float | None],
    shows: tuple[str, ...] = ("",),
    sides: tuple[str, ...] = ("nation", "province"),
) -> Operation:
    """A page of ours beside one of vanilla's with its limit; `shows` for each side, or for both."""
    asked = {
        side: Question(path, holds=shows[min(n, len(shows) - 1)]) for n, side in enumerate(sides)
    }
    return Operation(key, title, other[1], {**asked, "vanilla": Question(other[0])})


def _listed(key: str, title: str, path: str, *more: Any, **told: Any) -> Operation:
    """A page that is a list, beside vanilla's."""
    return _beside(key, title, path, (VANILLA, questions.PAGES[1]), *more, **told)


def _told(key: str, title: str, path: str, *more: Any) -> Operation:
    """A page that vanilla has nothing like: told beside its list, not judged."""
    return _beside(key, title, path, (VANILLA, None), *more)


def _export(folder: Folder) -> Iterator[Line]:
    """A tenth of all documents as a workbook, each from a fresh server at which nobody signed in."""
    file, found = folder.path / "register.xlsx", []
    with serving("office", folder) as server:
        cookies = _browsers(server, office_rows.PERSONS)["nation"].cookies
    for _ in range(REPEATS):
        with serving("office", folder) as server, file.open("wb") as sink:
            before = server.spent()
            answer = Browser(server.port, dict(cookies)).ask(EXPORTED, sink=sink)
            if answer.status != 200:
                raise Unexpected(f"the export answered {answer.status}")
            found.append((answer.whole, server.spent() - before, answer.first_byte, server.peak()))
    sheet = python_calamine.CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0)
    rows = sum(1 for _row in sheet.iter_rows()) - 1
    wanted = Known(folder.database).one(
        "SELECT count(*) FROM document WHERE register_kind = 'sent'"
    )
    if rows != wanted:
        raise Unexpected(f"the export has {rows} rows of {wanted}")
    title = f"Register export, {rows:,} rows × {sheet.width} columns"
    whole, work, first, memory = zip(*found, strict=True)
    for words, values, limit in (
        (f"{title}: seconds", whole, SECONDS), ("… processor time, seconds", work, SECONDS),
        ("… first byte, seconds", first, FIRST_BYTE), ("… peak memory, MB", memory, MEGABYTES),
    ):  # fmt: skip
        told = {"nation": Spread.of(values).told(1, 2)}
        yield Line(words, told, "–", median(values), limit)


__all__ = ["measured"]
