"""What commands share: they act as the system, and mostly write from their first statement on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from access import viewer as who
from access.database import db, writing
from migrations import heads

FISCAL_YEAR = click.IntRange(2400, 2699)
"""A fiscal year of the Buddhist era."""


class OutFile(click.Path):
    """A file to be written: its folder must be there before the work begins."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, writable=True, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        path = Path(super().convert(value, param, ctx))
        if not path.parent.is_dir():
            self.fail(f"There is no folder {path.parent}.", param, ctx)
        return path


@contextmanager
def system(*, writes: bool = True) -> Iterator[Session]:
    """A database session that acts as the system; the caller commits.

    One that does not write keeps nobody else from writing. A database that is not migrated ends
    the command in words.
    """
    token = writing.set(writes)
    session = db.session()
    try:
        _prepared(session)
        who.act_as(session, who.SYSTEM, "command")
        yield session
    finally:
        db.session.remove()
        writing.reset(token)


def _prepared(session: Session) -> None:
    stands = heads.current(session.connection())
    if stands != heads.newest():
        raise click.ClickException(
            f"the database stands at migration {stands or 'none'}, newest is {heads.newest()}; "
            "prepare it with “flask deploy PROVINCE” or “flask seed demo”, or name its folder in "
            "JANGWAT_DATA"
        )
