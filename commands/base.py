"""What commands share: they act as the system, and mostly write from their first statement on."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from access import viewer as who
from access.database import db, writing


@contextmanager
def system(*, writes: bool = True) -> Iterator[Session]:
    """A database session that acts as the system; the caller commits.

    One that does not write keeps nobody else from writing.
    """
    token = writing.set(writes)
    session = db.session()
    try:
        who.act_as(session, who.SYSTEM, "command")
        yield session
    finally:
        db.session.remove()
        writing.reset(token)
