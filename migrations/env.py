"""Alembic's environment: online only, batch mode on SQLite, `ensure()` after every run."""

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import text

from access.database import db, ensure, writing

config = context.config


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """Leave the search index's own tables alone."""
    return kind != "table" or name in db.metadata.tables


def render_item(kind: str, item: Any, _context: Any) -> Any:
    """Write our column types as the plain ones of the database."""
    if kind == "type" and type(item).__name__ == "Moment":
        return "sa.DateTime(timezone=True)"
    return False


def run() -> None:
    """Migrate, then put sequences, triggers and search right."""
    engine = current_app.extensions["migrate"].db.engine
    token = writing.set(True)
    try:
        with engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
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
                if not config.attributes.get("only_compare") and _has_tables(connection):
                    ensure(connection, _number(connection))
            connection.commit()
    finally:
        writing.reset(token)


def _has_tables(connection: Any) -> bool:
    return bool(connection.dialect.has_table(connection, "deployment"))


def _number(connection: Any) -> int | None:
    found: int | None = connection.scalar(text("SELECT number FROM deployment LIMIT 1"))
    return found


run()
