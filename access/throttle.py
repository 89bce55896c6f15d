"""Slowing whoever keeps failing: by name and network, so that the rightful person is free elsewhere.

A name may fail a few times at a network; then each failure doubles the wait there. A network
that fails with many names waits too, more shortly, since a whole office may stand behind it.
"""

import ipaddress
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from access import sessions, tidying
from access.database import db
from entities import dates
from entities.base import table_of
from models import SignInAttempt

A = table_of(SignInAttempt)
FREE_TRIES, NETWORK_TRIES = 5, 60
WINDOW, LONGEST, LONGEST_OF_NETWORK = (
    timedelta(minutes=15),
    timedelta(minutes=15),
    timedelta(minutes=1),
)


def network(address: str | None) -> str:
    """The network of an address: /24 of IPv4, /64 of IPv6."""
    try:
        ip = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network((ip, 24 if ip.version == 4 else 64), strict=False))


def seconds_to_wait(session: Session, username: str, from_network: str) -> int:
    """How long this name must wait at this network; 0 where it may try at once."""
    recent = select(func.count(), func.max(A.c.at)).where(
        A.c.network == from_network, A.c.at > dates.now() - WINDOW
    )
    own, last_own = session.connection().execute(recent.where(A.c.username == username)).one()
    every, last = session.connection().execute(recent).one()
    return max(
        _left(own - FREE_TRIES, last_own, LONGEST),
        _left((every - NETWORK_TRIES) // 10, last, LONGEST_OF_NETWORK),
    )


def _left(over: int, last: datetime | None, longest: timedelta) -> int:
    """Seconds left of a wait that began at the last failure and doubles with each one over."""
    if over < 0 or last is None:
        return 0
    delay = min(timedelta(seconds=2 ** min(over + 1, 12)), longest)
    return max(0, int((last + delay - dates.now()).total_seconds() + 0.999))


def count_failure(username: str, from_network: str) -> None:
    """Count a failure, in a transaction of its own; old ones are forgotten (`access/tidying.py`)."""
    now = dates.now()
    db.session.rollback()
    with sessions.writer() as connection:
        tidying.attempts(connection, current_app.config["SETTINGS"], now)
        connection.execute(insert(A).values(at=now, username=username, network=from_network))
