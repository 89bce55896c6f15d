"""The budget ledger at size: pages, summaries, posting, proof, workbook and import against limits.

Pages are asked of a served product; the rest is done in a process of its own, as a person with
the rights for it, with all checks, triggers and audit.
"""

import csv
import io
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bench import ledger_rows
from bench.client import Browser, Unexpected
from bench.generate import Folder
from bench.ledger_rows import APPROVER, BOOK_PROVINCE, BOOK_YEAR, MAKER, YEAR
from bench.report import Line, Spread
from bench.servers import serving

LINES, FEWEST = 20_000, 30_000
"""Lines of a million entries, and the fewest entries: the workbook alone needs 20,000."""
REPEATS = 15
POSTED, IMPORTED = 60, 10_000
LIMITS = {
    "page": 0.015, "province": 0.060, "nation": 0.250, "post": 0.010, "book": 4.0, "memory": 120.0,
    "import": 5.0, "proof": 10.0,
}  # fmt: skip
"""Seconds, and megabytes (10^6 bytes) of memory."""


def measured(entries: int, path: Path) -> Iterator[Line]:
    """Everything that is measured of the ledger, with its rows in the folder or made there."""
    folder = Folder(path)
    if not folder.database.exists():
        entries = max(entries, FEWEST)
        ledger_rows.make(folder, entries, max(LINES * entries // 1_000_000, 300))
    yield from _pages(folder)
    yield from _work(folder)


def _pages(folder: Folder) -> Iterator[Line]:
    """A line's ledger, the summary of a province and of the nation, over HTTP."""
    from bench.persons import PASSWORD, PERSONS  # not in the processes whose memory is measured

    line = ledger_rows.FIRST_ID + 1 + ledger_rows.BOOK_LINES
    report = f"/admin/report/disbursement/?fiscal_year={YEAR}&province="
    asked = (
        ("A line's ledger, ~50 entries", f"/admin/budget_line/details/?id={line}", "page"),
        ("Province summary: the whole page", f"{report}{BOOK_PROVINCE}", "province"),
        ("Nation's summary: the whole page", f"{report}0", "nation"),
        ("… its chart, by a request of its own", f"{report}0".replace("/?", "/chart?"), ""),
    )
    with serving("ledger", folder) as server:
        browser = Browser(server.port, spent=server.spent)
        browser.sign_in(PERSONS["nation"][0], PASSWORD)
        for title, path, limit in asked:
            walls, works = zip(*(_ask(browser, path) for _ in range(REPEATS)), strict=True)
            yield _line(title, walls, limit, works)


def _ask(browser: Browser, path: str) -> tuple[float, float]:
    before = browser.spent()
    answer = browser.ask(path)
    if answer.status != 200:
        raise Unexpected(f"{path}: status {answer.status}")
    return answer.whole, browser.spent() - before


def _line(title: str, seconds: Any, limit: str, works: Any = None) -> Line:
    """A line in milliseconds; what has no limit of its own is told and always held."""
    spread = Spread.of(seconds)
    other = f"processor {Spread.of(works).told()}" if works else "–"
    most = LIMITS.get(limit)
    named = f"{title}: ms{f', limit {most * 1000:.0f}' if most else ''}"
    return Line(named, {"nation": spread.told()}, other, spread.middle / most if most else 0, 1)


def _work(folder: Folder) -> Iterator[Line]:
    """What a process of its own did: a line for each thing, as it tells them."""
    for name in ("figures", "book", "posting", "importing", "proof"):
        if name == "importing" and find_spec("rules.budget_import") is None:
            continue
        command = [sys.executable, "-m", "bench.ledger", name]
        done = subprocess.run(command, env=folder.environment, capture_output=True, text=True)
        if done.returncode:
            raise Unexpected(done.stderr[-2000:])
        for told in json.loads(done.stdout.splitlines()[-1]):
            ratio = told["value"] / told["limit"]
            yield Line(told["title"], {"nation": told["shown"]}, "–", ratio, 1)


Told = list[dict[str, Any]]


def _told(title: str, seconds: list[float], limit: str, unit: float = 1000) -> dict[str, Any]:
    word, digits = ("ms", 1) if unit == 1000 else ("seconds", 2)
    spread = Spread.of(seconds)
    most = LIMITS[limit]
    return {"title": f"{title}: {word}, limit {most * unit:g}", "shown": spread.told(unit, digits),
            "value": spread.middle, "limit": most}  # fmt: skip


def _timed(count: int, what: Callable[[], Any]) -> list[float]:
    found = []
    for _ in range(count):
        started = time.perf_counter()
        what()
        found.append(time.perf_counter() - started)
    return found


def figures(session: Any) -> Told:
    """The summaries themselves: agencies by kind of one province, and every province."""
    from figures import ledger
    from models import BudgetLine

    def province() -> None:
        by = BudgetLine.agency_id, BudgetLine.kind
        ledger.totals(session, YEAR, *by, province_id=BOOK_PROVINCE)
        ledger.months(session, YEAR, province_id=BOOK_PROVINCE)

    def nation() -> None:
        if len(ledger.totals(session, YEAR, BudgetLine.province_id)) != 77:
            raise Unexpected("the nation has not 77 provinces")

    return [
        _told("Province summary and its months, figures", _timed(REPEATS, province), "province"),
        _told("Nation's summary, 77 provinces, figures", _timed(REPEATS, nation), "nation"),
    ]


def book(session: Any) -> Told:
    """The control ledger of 200 lines with 100 entries each, and the most memory it took."""
    from access import viewer as who
    from entities import dates
    from workbooks import control_ledger

    before = _peak()
    found = _timed(1, lambda: control_ledger.workbook(
        session, BOOK_YEAR, who.of(session), dates.now(), province_id=BOOK_PROVINCE
    ).close())  # fmt: skip
    peak = _peak()
    size = f"{ledger_rows.BOOK_LINES} × {ledger_rows.BOOK_ENTRIES}"
    memory = {"title": f"Workbook {size}: MB of the whole process, limit 120",
              "shown": f"{peak:.0f}, before it {before:.0f}",
              "value": peak, "limit": LIMITS["memory"]}  # fmt: skip
    return [_told(f"Workbook {size}", found, "book", 1), memory]


def _peak() -> float:
    status = Path("/proc/self/status").read_text()
    told = next(text for text in status.splitlines() if text.startswith("VmHWM"))
    return int(told.split()[1]) * 1024 / 1e6


def posting(session: Any) -> Told:
    """Entering a payment as finance and approving it as chief, each with commit, checks and audit."""
    from access import viewer as who
    from entities import dates
    from entities.vocabulary import EntryKind, GrantScope, Role
    from models import LedgerEntry
    from rules import ledger

    def acting(role: Role, user_id: int) -> Any:
        grant = who.Grant(role, GrantScope.PROVINCE, frozenset([BOOK_PROVINCE]))
        return who.Viewer(role.value, user_id, grants=(grant,))

    finance, chief = acting(Role.FINANCE, MAKER), acting(Role.CHIEF_OF_OFFICE, APPROVER)
    entered, approved = [], []
    for n in range(POSTED):
        session.rollback()
        who.act_as(session, finance)
        entry = LedgerEntry(
            budget_line_id=ledger_rows.FIRST_ID + 1 + n % 50, kind=EntryKind.DISBURSEMENT,
            amount=Decimal("10.00"), entry_date=date(BOOK_YEAR - 543, 9, 1), description="ค่าจ้าง",
        )  # fmt: skip
        started = time.perf_counter()
        key = ledger.enter(entry, session).id
        session.commit()
        between = time.perf_counter()
        who.act_as(session, chief)
        ledger.approve(session.get_one(LedgerEntry, key), session, dates.now())
        session.commit()
        approved.append(time.perf_counter() - between)
        entered.append(between - started)
    return [_told("Entering an entry, with its checks and audit", entered, "post"),
            _told("Approving it", approved, "post")]  # fmt: skip


def importing(session: Any) -> Told:
    """A budget book of 10,000 rows: read, shown, accepted and committed."""
    from rules import budget_import
    from workbooks import budget_book

    content = _budget_book(session)

    def whole() -> None:
        rows, stated = budget_book.rows(content)
        made = budget_import.preview(session, rows, YEAR + 2, stated)
        if budget_import.accept(session, made) != IMPORTED:
            raise Unexpected("not every row was imported")
        session.commit()

    return [
        _told(f"Import of {IMPORTED:,} rows, preview and commit", _timed(1, whole), "import", 1)
    ]


def _budget_book(session: Any) -> bytes:
    from sqlalchemy import select

    from models import Province

    names = session.scalars(select(Province.name).where(Province.has_committee)).all()
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(
        ["item_id", "unit_name", "unit_kind", "fiscal_year_be", "plan", "project", "expense_category",
         "expense_lv2", "expense_lv3", "item", "amount_baht", "obliged"]
    )  # fmt: skip
    for n in range(IMPORTED):
        writer.writerow([
            f"b.{n}", f"จังหวัด{names[n % len(names)]}", "province", YEAR + 2, "แผนงานยุทธศาสตร์",
            f"โครงการที่ {n % 500}", "งบดำเนินงาน", "ค่าตอบแทน ใช้สอยและวัสดุ", "",
            f"ค่าจ้างเหมาบริการ รายการที่ {n}", f"{1000 + n}.00", "False",
        ])  # fmt: skip
    return file.getvalue().encode("utf-8-sig")


def proof(session: Any) -> Told:
    """Every balance and invariant of all entries, proved anew."""
    from figures import ledger_proof

    faults: list[Any] = []
    counted: list[int] = []

    def prove() -> None:
        count, found = ledger_proof.prove(session)
        faults.extend(found)
        counted.append(count)

    took = _timed(1, prove)
    if faults:
        raise Unexpected(f"{len(faults)} faults, such as {faults[0]}")
    return [_told(f"Proof of {counted[0]:,} entries", took, "proof", 1)]


WORK: dict[str, Callable[[Any], Told]] = {
    "figures": figures, "book": book, "posting": posting, "importing": importing, "proof": proof,
}  # fmt: skip


def main(name: str) -> None:
    """Do one thing in this process, and tell it as one line of JSON."""
    from flask_babel import force_locale

    from app import create_app
    from commands.base import system

    writes = name in ("posting", "importing")
    with create_app().app_context(), force_locale("th"), system(writes=writes) as session:
        print(json.dumps(WORK[name](session), ensure_ascii=False))


if __name__ == "__main__":
    main(sys.argv[1])
