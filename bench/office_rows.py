"""Correspondence and complaints at size, poured past the rules into a database of their own.

The rows are made in SQL from word lists and a mixed-up row number, so that the same count gives
the same rows up to the days, which end yesterday. Triggers and indexes are put back afterwards.
"""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date, timedelta
from typing import Any

from bench import case_rows, document_rows
from bench.generate import COMMON, EVERY, FIRST_ID, OPENINGS, PLACES, RARE, TOPICS, Folder

FEWEST = 2_000
AT = "2026-01-05 03:00:00.000000"
TABLES = ("agency", *document_rows.TABLES, *case_rows.TABLES)
PERSONS = {"nation": "bench.auditor", "province": "bench.office"}
"""An auditor, who reads all; and in a province one who keeps its registers and its cases."""

SETUP = (
    """
CREATE TEMP TABLE n AS
WITH RECURSIVE c(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM c WHERE i + 1 < :n)
SELECT i, h, (h >> 4) % 1000 AS a, (h >> 9) % 1000 AS b, (h >> 14) % 1000 AS c, (h >> 19) % 1000 AS d
FROM (SELECT i, i * 2654435761 % 4294967296 AS h FROM c)
""",
    """
CREATE TEMP TABLE home AS SELECT row_number() OVER (ORDER BY id) - 1 AS p, id AS province_id,
  letter_code AS letters FROM province
""",
    "CREATE INDEX temp.of_home ON home (p)",
    *(
        f"CREATE TEMP TABLE {name}_k AS SELECT id, row_number() OVER (ORDER BY id) - 1 AS k,"
        f" count(*) OVER () AS all_k FROM {table}"
        for name, table in (
            ("channel", "channel"), ("nature", "complaint_nature"), ("category", "complaint_category"),
        )
    ),
    """
CREATE TEMP TABLE district_k AS SELECT id, province_id, count(*) OVER whole AS all_k,
  row_number() OVER (PARTITION BY province_id ORDER BY id) - 1 AS k FROM district
WINDOW whole AS (PARTITION BY province_id)
""",
    "CREATE INDEX temp.of_district ON district_k (province_id, k)",
    """
INSERT INTO agency (id, version, made_at, province_id, name, sort_key, sector)
SELECT :base + 5000 + p * 10 + k, 1, :at, province_id, 'ส่วนราชการที่ ' || (k + 1),
  'ส่วนราชการที่ ' || (k + 1), 'government' FROM home JOIN (SELECT i AS k FROM n WHERE i < 10)
""",
)  # fmt: skip
WORDS = {"opening": OPENINGS, "topic": TOPICS, "place": PLACES}


def make(folder: Folder, count: int) -> None:
    """Migrate, bring in reference data and persons, pour both areas, put back what was taken away.

    The folder appears when all is done, so that what was broken off is not measured.
    """
    begun = Folder(folder.path / "begun")
    shutil.rmtree(begun.path, ignore_errors=True)
    _fill(begun, count)
    begun.ours.rename(folder.ours)
    begun.path.rmdir()


def _fill(folder: Folder, count: int) -> None:
    folder.ours.mkdir(parents=True)
    run(folder, "-m", "flask", "--app", "app", "db", "upgrade")
    run(folder, "-m", "bench.persons")
    sealed = run(folder, "-c", "from bench.office_rows import people; people()").splitlines()[-1]
    with closing(sqlite3.connect(folder.database, isolation_level=None)) as connection:
        for pragma in ("synchronous=OFF", "temp_store=MEMORY", "cache_size=-400000"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN")
        taken = _bared(connection)
        for name, words in WORDS.items():
            connection.execute(f"CREATE TEMP TABLE {name} (k INTEGER PRIMARY KEY, word)")
            connection.executemany(f"INSERT INTO {name} VALUES (?, ?)", enumerate(words))
        for sql in (*SETUP, *document_rows.STATEMENTS, *case_rows.STATEMENTS):
            connection.execute(sql, _told(count, sealed))
        for sql in taken:
            connection.execute(sql)
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    run(folder, "-c", "from bench.office_rows import put_back; put_back()")


def run(folder: Folder, *arguments: str) -> str:
    """What a process of its own printed; raises RuntimeError with its complaint where it failed."""
    done = subprocess.run(
        [sys.executable, *arguments], env=folder.environment, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return done.stdout


def _told(count: int, sealed: str) -> dict[str, Any]:
    today = date.today()  # noqa: DTZ011
    first = date(today.year - document_rows.YEARS + 1, 1, 1)
    return {
        "n": count, "base": FIRST_ID, "at": AT, "common": COMMON, "rare": RARE,
        "every": min(EVERY, max(count // 20, 1)), "first": first.isoformat(),
        "days": (today - first).days, "today": (today - timedelta(days=1)).isoformat(),
        "sealed": sealed,
    }  # fmt: skip


def _bared(connection: sqlite3.Connection) -> list[str]:
    """Take triggers and indexes from the tables; what makes the indexes again."""
    marks = ", ".join("?" * len(TABLES))
    found = connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger')"
        f" AND sql IS NOT NULL AND tbl_name IN ({marks})",
        TABLES,
    ).fetchall()
    for kind, name, _sql in found:
        connection.execute(f"DROP {kind} {name}")
    return [sql for kind, _name, sql in found if kind == "index"]


def people() -> None:
    """Open the accounts of `PERSONS`, and print a value as sealed columns keep it."""
    from app import create_app
    from bench.persons import PASSWORD, PROVINCE
    from commands.base import system
    from entities import dates
    from entities.sealed import box
    from entities.vocabulary import GrantScope, Role
    from models import RoleGrant, UserAccount
    from rules import accounts

    held = {
        "nation": [(Role.AUDITOR, GrantScope.NATION, None)],
        "province": [
            (Role.REGISTRAR, GrantScope.PROVINCE, PROVINCE),
            (Role.COMPLAINT_OFFICER, GrantScope.PROVINCE, PROVINCE),
        ],
    }
    with create_app().app_context(), system() as session:
        for side, username in PERSONS.items():
            home = held[side][0][2]
            account = UserAccount(username=username, name=username, province_id=home)
            accounts.open_account(account, PASSWORD)
            session.add(account)
            session.flush()
            for role, scope, province_id in held[side]:
                session.add(
                    RoleGrant(
                        user_id=account.id, role=role, scope=scope, province_id=province_id,
                        starts_on=dates.today(),
                    )
                )  # fmt: skip
        session.commit()
        print(box().encrypt("สมชาย ใจดี".encode()).decode())


def put_back() -> None:
    """Put the triggers and the search index back."""
    from access.database import ensure
    from app import create_app
    from commands.base import system

    with create_app().app_context(), system() as session:
        ensure(session.connection(), None)
        session.commit()


__all__: list[str] = ["FEWEST", "PERSONS", "make", "people", "put_back"]
