"""Numbers without gaps: a counter row, locked in the transaction of the record that gets it."""

from functools import cache
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy.orm import Session

from access.database import dialect, inserting
from models import Counter


def take(session: Session, series: str) -> int:
    """The next number of a series, from 1; the row stays locked until the transaction ends.

    A rolled-back transaction gives its number back, so none is ever missing or doubled.
    """
    return int(session.execute(_taking(dialect(session)), {"series": series}).scalar_one())


@cache
def _taking(name: str) -> Any:
    """Put together once: it costs more than the database needs to answer it."""
    return (
        inserting(name)(Counter)
        .values(key=bindparam("series"), value=1)
        .on_conflict_do_update(index_elements=[Counter.key], set_={"value": Counter.value + 1})
        .returning(Counter.value)
    )


def start_after(session: Session, series: str, last: int) -> None:
    """Let a series that has given no number yet go on after `last`, given before it was kept here."""
    session.add(Counter(key=series, value=last))
    session.flush()
