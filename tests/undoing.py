"""Puts a PostgreSQL database back as it was by undoing what a test wrote.

A new copy of a database is a thousand files, a fifth of a second of each test; a test writes to a
few tables. What a test did to the schema itself is not undone here: then a new copy is right.
"""

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

CATALOGUES = ("pg_class", "pg_attribute", "pg_constraint", "pg_trigger", "pg_proc")
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
SEQUENCES = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'"
MOST = 100
"""Times a database is put back before a new copy is due, for the space of deleted rows."""


class Undoing:
    """What a database held when it was kept; rows written since have a younger transaction."""

    def __init__(self, connection: Connection) -> None:
        """Keep the rows of the database in a schema of its own, for it and its copies."""
        connection.exec_driver_sql("CREATE SCHEMA kept")
        self.rows = {name: _count(connection, name) for name in _names(connection, TABLES)}
        for name in (name for name, rows in self.rows.items() if rows):
            connection.exec_driver_sql(f'CREATE TABLE kept."{name}" AS TABLE public."{name}"')
        connection.exec_driver_sql(
            f"CREATE TABLE kept.sequence AS {_sequences(_names(connection, SEQUENCES))}"
        )
        self.shape = {name: _count(connection, name) for name in CATALOGUES}
        self.since = _now(connection)
        self.copied()

    def copied(self) -> None:
        """The database was copied anew."""
        self.mark, self.times = self.since, 0

    def undone(self, engine: Engine) -> bool:
        """Undo what was written; False where only a new copy of the database can."""
        self.times += 1
        if self.times > MOST:
            return False
        try:
            with engine.begin() as connection:
                return self._undo(connection)
        except DBAPIError:
            return False

    def _undo(self, connection: Connection) -> bool:
        connection.exec_driver_sql("SET LOCAL lock_timeout = '1s'")
        if connection.scalar(text(self._changed(self.shape)), {"mark": self.since}):
            return False
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for name in connection.scalars(text(self._changed(self.rows)), {"mark": self.mark}).all():
            connection.exec_driver_sql(f'DELETE FROM "{name}"')
            if self.rows[name]:
                connection.exec_driver_sql(f'INSERT INTO "{name}" SELECT * FROM kept."{name}"')
        connection.exec_driver_sql(
            "SELECT setval(name::regclass, value, called) FROM kept.sequence"
        )
        self.mark = _now(connection)
        return True

    def _changed(self, rows: dict[str, int]) -> str:
        younger = "SELECT FROM {0} WHERE xmin::text::bigint > :mark"
        return " UNION ALL ".join(
            f"SELECT '{name}' WHERE EXISTS ({younger if count else 'SELECT FROM {0}'})".format(
                f'"{name}"'
            )
            + (f' OR (SELECT count(*) FROM "{name}") <> {count}' if count else "")
            for name, count in rows.items()
        )


def _names(connection: Connection, statement: str) -> list[str]:
    return list(connection.exec_driver_sql(statement).scalars())


def _count(connection: Connection, table: str) -> int:
    found: int = connection.exec_driver_sql(f'SELECT count(*) FROM "{table}"').scalar_one()
    return found


def _sequences(names: list[str]) -> str:
    return " UNION ALL ".join(
        f"""SELECT '"{name}"' AS name, last_value AS value, is_called AS called FROM "{name}\""""
        for name in names
    )


def _now(connection: Connection) -> int:
    written = connection.exec_driver_sql("SELECT pg_current_xact_id()::text").scalar_one()
    return int(written)
