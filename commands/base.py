"""What commands share: they act as the system, and write from their first statement on."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from access import viewer as who
from access.database import db, writing


@contextmanager
def system() -> Iterator[Session]:
    """A database session that acts as the system; the caller commits."""
    token = writing.set(True)
    session = db.session()
    try:
        who.act_as(session, who.SYSTEM, "command")
        yield session
    finally:
        db.session.remove()
        writing.reset(token)
