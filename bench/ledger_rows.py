"""The ledger's database: 1,000,000 entries over 20,000 lines of 77 provinces, poured past the rules.

The triggers are taken away while the rows are poured; then every balance is added up from the
entries by the database, the triggers and the search index are put back, and `figures.ledger_proof`
must find no fault. One province has, in a year of its own, the lines of the workbook.
"""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Any

from bench.generate import FIRST_ID, Folder
from entities.ledger import CHANGES

YEAR, BOOK_YEAR = 2569, 2568
BOOK_PROVINCE = 18
BOOK_LINES, BOOK_ENTRIES = 200, 100
BAHT = 100
NET, ORDERED, OF_ORDER, DIRECT = 1_000_000 * BAHT, 500_000 * BAHT, 9_000 * BAHT, 3_000 * BAHT
MAKER, APPROVER = FIRST_ID + 901, FIRST_ID + 902
AT = "2026-09-30 09:00:00.000000"
BALANCES = """
UPDATE budget_line SET net_budget = e.net, outstanding = e.orders, disbursed = e.paid,
  available = e.net - e.orders - e.paid FROM (
  SELECT budget_line_id AS id, sum(budget_change) AS net, sum(order_change) AS orders,
    sum(paid_change) AS paid FROM ledger_entry GROUP BY budget_line_id) e
  WHERE e.id = budget_line.id;
UPDATE purchase_order SET committed = e.ordered, paid = e.paid, outstanding = e.ordered - e.paid
  FROM (SELECT order_id AS id, sum(max(order_change, 0)) AS ordered,
    -sum(min(order_change, 0)) AS paid FROM ledger_entry WHERE order_id IS NOT NULL
    GROUP BY order_id) e WHERE e.id = purchase_order.id;
INSERT INTO ledger_month SELECT budget_line_id, date(entry_date, 'start of month'),
  sum(budget_change), 0, sum(order_change), sum(paid_change), 0, 0, 0
  FROM ledger_entry GROUP BY 1, 2;
INSERT INTO counter (key, value) SELECT 'ledger_entry:' || budget_line_id, max(number)
  FROM ledger_entry GROUP BY budget_line_id;
"""
"""Every balance from the entries."""
TITLES = ("ปรับปรุงผิวจราจรและซ่อมแซมถนน", "ส่งเสริมการเกษตรปลอดภัย", "ก่อสร้างระบบประปาหมู่บ้าน",
          "พัฒนาแหล่งท่องเที่ยว", "จัดซื้อครุภัณฑ์การศึกษา")  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A line to be: its place in the row of all, home, year, and how many entries it has."""

    n: int
    province_id: int
    year: int
    entries: int

    @property
    def id(self) -> int:
        return FIRST_ID + 1 + self.n

    @property
    def kind(self) -> str:
        return "capital" if self.n % 3 == 0 else "current"


def lines(provinces: list[int], entries: int, count: int) -> Iterator[Line]:
    """The workbook's lines first, then all others with as many entries each as come out even."""
    for n in range(BOOK_LINES):
        yield Line(n, BOOK_PROVINCE, BOOK_YEAR, BOOK_ENTRIES)
    left, others = entries - BOOK_LINES * BOOK_ENTRIES, count - BOOK_LINES
    each, more = divmod(left, others)
    for n in range(others):
        yield Line(BOOK_LINES + n, provinces[n % len(provinces)], YEAR, each + (n < more))


def _line_row(line: Line, agencies: dict[int, list[int]]) -> dict[str, Any]:
    own = agencies[line.province_id]
    first = date(line.year - 544, 10, 1)
    return {
        "id": line.id, "version": 1, "made_at": AT, "province_id": line.province_id,
        "item": f"{TITLES[line.n % len(TITLES)]} ระยะที่ {line.n}", "fiscal_year": line.year,
        "budget_code": f"{18_007_002_100_000_000_000 + line.n}", "kind": line.kind, "enacted": NET,
        "agency_id": own[line.n // 77 % len(own)], "status": "active",
        "opens_on": first.isoformat(), "closes_on": date(line.year - 543, 9, 30).isoformat(),
        **dict.fromkeys(("net_budget", "reserved", "outstanding", "disbursed", "carried", "drawn",
                         "lapsed", "available", "waiting"), 0),
    }  # fmt: skip


def _order_row(line: Line) -> dict[str, Any]:
    return {
        "id": line.id, "version": 1, "made_at": AT, "province_id": line.province_id,
        "number": f"{7_000_000_000 + line.n}", "budget_line_id": line.id,
        "vendor": "หจก. ตัวอย่างการโยธา", "signed_on": date(line.year - 544, 10, 15).isoformat(),
        **dict.fromkeys(("committed", "paid", "carried", "outstanding", "waiting"), 0),
    }  # fmt: skip


def _entry_rows(line: Line, first_id: int) -> Iterator[dict[str, Any]]:
    """Allocation, an order, then payments on it and beside it, spread over the year."""
    start = date(line.year - 544, 10, 1)
    for n in range(line.entries):
        kind, amount, order = _kind(n)
        change = dict.fromkeys((f"{name}_change" for name in CHANGES), 0)
        if kind == "allocation":
            change["budget_change"] = amount
        elif kind == "commitment":
            change["order_change"] = amount
        else:
            change["paid_change"], change["order_change"] = amount, -amount if order else 0
        yield {
            "id": first_id + n, "version": 1, "made_at": AT, "made_by": MAKER,
            "province_id": line.province_id, "budget_line_id": line.id, "number": n + 1,
            "entry_date": (start + timedelta(days=n * 360 // line.entries)).isoformat(),
            "kind": kind, "doc_no": f"ชน 0017/{n + 1}", "description": f"งวดที่ {n + 1} ตามสัญญา",
            "payee": "หจก. ตัวอย่างการโยธา" if n else None, "order_id": line.id if order else None,
            "amount": amount, "reserve_used": 0, "status": "posted", "approved_by": APPROVER,
            "approver_name": "หัวหน้าสำนักงานจังหวัด", "posted_at": AT, **change,
        }  # fmt: skip


def _kind(n: int) -> tuple[str, int, bool]:
    if n == 0:
        return "allocation", NET, False
    if n == 1:
        return "commitment", ORDERED, True
    return ("disbursement", OF_ORDER, True) if n % 2 else ("disbursement", DIRECT, False)


def make(folder: Folder, entries: int, count: int) -> None:
    """Migrate, bring in reference data, pour the ledger and work out its balances."""
    folder.ours.mkdir(parents=True)
    run = [sys.executable, "-m", "flask", "--app", "app", "db", "upgrade"]
    subprocess.run(run, env=folder.environment, check=True, capture_output=True)
    setup = [sys.executable, "-m", "bench.persons"]
    subprocess.run(setup, env=folder.environment, check=True, stdout=subprocess.DEVNULL)
    with closing(sqlite3.connect(folder.database, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("BEGIN")
        _without_triggers(connection)
        _pour(connection, entries, count)
        connection.execute("COMMIT")
        connection.executescript(f"BEGIN; {BALANCES} COMMIT;")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    put_back = "from bench.ledger_rows import put_back; put_back()"
    subprocess.run([sys.executable, "-c", put_back], env=folder.environment, check=True)


def put_back() -> None:
    """Put the triggers and the search index back, then let the database gather statistics."""
    from access.database import ensure
    from app import create_app
    from commands.base import system

    with create_app().app_context(), system() as session:
        ensure(session.connection(), None)
        session.commit()
        session.connection().exec_driver_sql("ANALYZE")
        session.commit()


def _without_triggers(connection: sqlite3.Connection) -> None:
    found = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN"
        " ('budget_line', 'purchase_order', 'ledger_entry', 'agency')"
    ).fetchall()
    for (name,) in found:
        connection.execute(f"DROP TRIGGER {name}")


def _pour(connection: sqlite3.Connection, entries: int, count: int) -> None:
    provinces = [row[0] for row in connection.execute("SELECT id FROM province ORDER BY id")]
    agencies = _agencies(connection, provinces)
    made = list(lines(provinces, entries, count))
    _insert(connection, "budget_line", (_line_row(line, agencies) for line in made))
    _insert(connection, "purchase_order", map(_order_row, made))
    _insert(connection, "ledger_entry", _all_entries(made))


def _all_entries(made: list[Line]) -> Iterator[dict[str, Any]]:
    next_id = FIRST_ID + 1
    for line in made:
        yield from _entry_rows(line, next_id)
        next_id += line.entries


def _agencies(connection: sqlite3.Connection, provinces: list[int]) -> dict[int, list[int]]:
    """Ten agencies in each province."""
    rows = [
        {"id": FIRST_ID + 5000 + p * 10 + n, "version": 1, "made_at": AT, "province_id": p,
         "name": f"ส่วนราชการที่ {n + 1}", "sort_key": f"ส่วนราชการที่ {n + 1}", "sector": "government"}
        for p in provinces for n in range(10)
    ]  # fmt: skip
    _insert(connection, "agency", iter(rows))
    return {p: [FIRST_ID + 5000 + p * 10 + n for n in range(10)] for p in provinces}


def _insert(connection: sqlite3.Connection, table: str, rows: Iterator[dict[str, Any]]) -> None:
    while some := list(islice(rows, 5000)):
        names = list(some[0])
        marks = ", ".join(f":{name}" for name in names)
        connection.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", some)
