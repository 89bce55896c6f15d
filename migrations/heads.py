"""How far a database is migrated, and the newest migration there is."""

from functools import cache
from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

FOLDER = Path(__file__).parent


def current(connection: Connection) -> str | None:
    """The migration a database stands at; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


@cache
def newest() -> str | None:
    """The newest migration."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return ScriptDirectory.from_config(config).get_current_head()
