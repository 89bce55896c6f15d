"""Alembic's environment: online only, batch mode on SQLite, `ensure()` after every run."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import text

from access.database import db, ensure, writing
from entities.base import tell_postgresql
from entities.money import Hundredths
from migrations import heads

config = context.config


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """Leave the search index's own tables alone."""
    return kind != "table" or name in db.metadata.tables


def render_item(kind: str, item: Any, _context: Any) -> Any:
    """Write our column types as the plain ones of the database."""
    if kind == "type" and type(item).__name__ == "Moment":
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Hundredths):
        return "sa.BigInteger()"
    if kind == "type" and type(item).__name__ == "Year":
        return "sa.BigInteger().with_variant(sa.Integer(), 'sqlite')"
    if kind == "type" and type(item).__name__ in ("Sealed", "Private"):
        return "sa.Text()"
    if kind == "type" and type(item).__name__ in ("Kind", "BlindIndex"):
        return f"sa.String(length={item.length})"
    return False


def run() -> None:
    """Migrate, then put sequences, triggers and search right."""
    engine = current_app.extensions["migrate"].db.engine
    tell_postgresql()  # a migration is written for both databases
    token = writing.set(True)
    try:
        with engine.connect() as connection, _tables_rebuilt(connection):
            context.configure(
                connection=connection,
                target_metadata=db.metadata,
                render_as_batch=True,
                include_name=include_name,
                render_item=render_item,
                transaction_per_migration=False,
            )
            with context.begin_transaction():
                context.run_migrations()
                if not config.attributes.get("only_compare") and _is_whole(connection):
                    ensure(connection, _number(connection))
            _refuse_loose_ends(connection)
            connection.commit()
    finally:
        writing.reset(token)


@contextmanager
def _tables_rebuilt(connection: Any) -> Iterator[None]:
    """Let SQLite rebuild a table that others point at: it heeds this outside a transaction only.

    Keys and triggers of other tables go on naming the table while it is gone for a moment.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    plain = connection.connection.dbapi_connection
    plain.execute("PRAGMA foreign_keys=OFF")
    plain.execute("PRAGMA legacy_alter_table=ON")
    try:
        yield
    finally:
        connection.rollback()
        plain.execute("PRAGMA legacy_alter_table=OFF")
        plain.execute("PRAGMA foreign_keys=ON")


def _refuse_loose_ends(connection: Any) -> None:
    """With its keys not watched, SQLite is asked before the end whether each still finds its row."""
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise RuntimeError(f"the migration left a row of {broken[0]} that points at nothing")


def _is_whole(connection: Any) -> bool:
    """Whether every table of the models stands: half-way, what they need cannot be made."""
    return heads.current(connection) == heads.newest()


def _number(connection: Any) -> int | None:
    found: int | None = connection.scalar(text("SELECT number FROM deployment LIMIT 1"))
    return found


run()
