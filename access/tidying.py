"""What is kept only for a while: sign-ins that are over, failed ones, forms already sent.

Whatever may still matter stays, however short the times that the settings give: a sign-in that
holds, a failure that slows somebody down, a form that an open sign-in may send again.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, or_, select

from entities.base import table_of
from models import SignInAttempt, SignInSession, Submission
from settings import Settings

S, A, F = table_of(SignInSession), table_of(SignInAttempt), table_of(Submission)
AT_ONCE = 200
"""Rows of one table that a request removes at most, so that nobody waits for it."""
SLOWED = timedelta(hours=1)
"""Longer than any failure counts (`access/throttle.py`)."""


def tidy(
    connection: Connection, settings: Settings, now: datetime, most: int = AT_ONCE
) -> dict[str, int]:
    """Remove what is due, at most `most` rows of each table; how many went, by table."""
    return {
        "sign_in_session": _remove(connection, S, S.c.started_at, _sessions(settings, now), most),
        "sign_in_attempt": attempts(connection, settings, now, most),
        "submission": _remove(connection, F, F.c.at, _forms(settings, now), most),
    }


def attempts(connection: Connection, settings: Settings, now: datetime, most: int = AT_ONCE) -> int:
    """Remove failed sign-ins that are due, the oldest first; how many went."""
    kept = max(timedelta(days=settings.attempt_days), SLOWED)
    return _remove(connection, A, A.c.at, A.c.at < now - kept, most)


def _sessions(settings: Settings, now: datetime) -> ColumnElement[bool]:
    """A sign-in ends after its hours in any case; a key that nobody signed in by is not kept."""
    over = now - timedelta(hours=settings.session_hours)
    kept = over - timedelta(days=settings.session_days)
    nobody = S.c.user_id.is_(None) & (S.c.started_at < min(over, now - timedelta(days=1)))
    return or_(S.c.started_at < kept, nobody)


def _forms(settings: Settings, now: datetime) -> ColumnElement[bool]:
    sendable = timedelta(hours=settings.session_hours)
    return F.c.at < now - max(timedelta(days=settings.form_days), sendable)


def _remove(
    connection: Connection, table: Table, since: Any, due: ColumnElement[bool], most: int
) -> int:
    """Remove the oldest rows that are due; those that another process is removing are left to it."""
    (key,) = table.primary_key.columns
    oldest = select(key).where(due).order_by(since).limit(most).with_for_update(skip_locked=True)
    return connection.execute(delete(table).where(key.in_(oldest))).rowcount
