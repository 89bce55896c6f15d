"""How far a database is migrated, and the newest migration there is.

Alembic knows both, but a worker that answers "ready" would hold ten megabytes of it: the table
that it keeps is read here, and migrations bear their revision at the beginning of their names.
"""

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, inspect, text

FOLDER = Path(__file__).parent


def current(connection: Connection) -> str | None:
    """The migration a database stands at; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


@cache
def newest() -> str | None:
    """The newest migration; None where there is none."""
    return max((path.name[:4] for path in FOLDER.glob("versions/[0-9]*.py")), default=None)
