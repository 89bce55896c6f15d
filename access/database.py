"""The database: one `db`, how each engine is opened, and what must stand after a migration."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.engine.interfaces import ExecuteStyle
from sqlalchemy.orm import Session

from entities.base import tell_postgresql
from models import Base

db = SQLAlchemy(metadata=Base.metadata)
writing: ContextVar[bool] = ContextVar("writing", default=False)
"""True where the request or command writes: SQLite then begins IMMEDIATE (no lock upgrades)."""

PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=15000",
    "cache_size=-2048",
    "temp_store=MEMORY",
)
SQLiteDialect.use_insertmanyvalues_wo_returning = True
# Many rows whose ids are known go to SQLite as one statement: the search index writes what it
# gathered at the end of each statement, and for 10,000 rows that takes two thirds of their time.
ID_STEP = 10**12
APPEND_ONLY = ("audit_entry", "endorsement")


def engine_options(url: str) -> dict[str, Any]:
    """Options for the engine of a database address.

    What a failed statement was given stays out of the log: it can be what a complainant told.
    On PostgreSQL only what `_prepare` names is prepared: a plan made for any value is the wrong one
    for a search or a filter.
    """
    options: dict[str, Any] = {"hide_parameters": True}
    if url.startswith("sqlite"):
        return options | {"connect_args": {"isolation_level": None, "timeout": 15}}
    tell_postgresql()
    return options | {"connect_args": {"prepare_threshold": NEVER}, "pool_pre_ping": True}


PREPARED = {"prepared": True}
"""Execution options of a statement that asks by unique keys alone, so that one plan serves all."""
NEVER = 2**31 - 1
"""Times after which a statement is prepared by itself."""


@event.listens_for(Engine, "do_execute")
def _prepare(cursor: Any, statement: str, parameters: Any, context: Any) -> bool | None:
    """Let PostgreSQL plan once what each save sends: rows written, and what is `PREPARED`.

    The question of who is signed in takes a tenth of its time so. Reading requests end by a rollback,
    at which psycopg forgets every plan. Rows sent many at once, whose number changes the statement,
    and streams go their own way.
    """
    if context.dialect.name != "postgresql" or context._is_server_side:
        return None
    written = (
        context.isinsert or context.isupdate
    ) and context.execute_style is ExecuteStyle.EXECUTE
    same = written or context.execution_options.get("prepared", False)
    cursor.execute(statement, parameters, prepare=same and writing.get())
    return True


@event.listens_for(Engine, "connect")
def _open(connection: Any, _: Any) -> None:
    if type(connection).__module__.startswith("sqlite3"):
        cursor = connection.cursor()
        for pragma in PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing.get() else "BEGIN")


def ensure(connection: Connection, number: int | None) -> None:
    """Put sequences, append-only triggers, search tables and kept balances right; safe to run again.

    `number` is the deployment's number (design §1): record ids begin at number × 10^12.
    """
    from access import balances, search

    if number is not None:
        _sequences(connection, number * ID_STEP)
    for table in APPEND_ONLY:
        _append_only(connection, table)
    search.ensure(connection)
    balances.ensure(connection)


def _sequences(connection: Connection, start: int) -> None:
    for table in Base.metadata.sorted_tables:
        if "id" not in table.c:
            continue
        if connection.dialect.name == "sqlite":
            connection.execute(
                text(
                    "INSERT INTO sqlite_sequence (name, seq) SELECT :name, :start WHERE NOT EXISTS"
                    " (SELECT 1 FROM sqlite_sequence WHERE name = :name)"
                ),
                {"name": table.name, "start": start},
            )
            connection.execute(
                text("UPDATE sqlite_sequence SET seq = :start WHERE name = :name AND seq < :start"),
                {"name": table.name, "start": start},
            )
        else:
            connection.execute(
                text(
                    "SELECT setval(pg_get_serial_sequence(:name, 'id'), greatest(:start,"
                    " (SELECT last_value FROM pg_sequences WHERE format('%I.%I', schemaname, sequencename)"
                    " = pg_get_serial_sequence(:name, 'id'))), true)"
                ),
                {"name": table.name, "start": start},
            )


def _append_only(connection: Connection, table: str) -> None:
    if connection.dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            connection.exec_driver_sql(
                f"CREATE TRIGGER IF NOT EXISTS {table}_no_{act.lower()} BEFORE {act} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    connection.exec_driver_sql(
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME; END $$"
    )
    connection.exec_driver_sql(
        f"CREATE OR REPLACE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE"
        f" ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def last_id(session: Session, entity: type[Base]) -> int:
    """The last id that SQLite gave to a row of an entity.

    Whoever gives the next ones by hand does so within a transaction that writes, which keeps others
    from taking the same; SQLite's own sequence follows the highest.
    """
    return session.connection().execute(LAST_ID, {"name": entity.__tablename__}).scalar() or 0


LAST_ID = text("SELECT seq FROM sqlite_sequence WHERE name = :name")


@contextmanager
def no_collecting() -> Iterator[None]:
    """Ten thousand new records make no garbage, and looking for it takes a fifth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def let_go(reading: Session) -> None:
    """Close the connections that nobody uses while one reads for long.

    On SQLite each has the whole schema in memory, two megabytes. The one that reads comes back to
    the pool when it is done, so the pool itself stays.
    """
    if dialect(reading) == "sqlite":
        db.engine.pool.dispose()


def inserting(name: str) -> Any:
    """The dialect's own `insert`, which knows what to do where the row is there already."""
    if name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert as into_sqlite

        return into_sqlite
    from sqlalchemy.dialects.postgresql import insert as into_postgresql

    return into_postgresql


def dialect(session: Session) -> str:
    """The name of the session's database: `sqlite` or `postgresql`."""
    return session.get_bind().dialect.name
