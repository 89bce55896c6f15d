"""Whether a person proved lately who is there: what is sealed opens to a password just typed."""

from datetime import UTC, datetime
from typing import Any

from flask import redirect, session, url_for

from entities import dates
from rules import complaint_secrecy

PROVED = "fs_paa"
"""Where the session keeps when a password was last typed."""


def proved_at() -> datetime | None:
    """When the person last proved who they are in this sign-in."""
    kept = session.get(PROVED)
    return datetime.fromtimestamp(kept, UTC) if isinstance(kept, int | float) else None


def is_fresh() -> bool:
    """Whether that is recent enough to open something."""
    proved = proved_at()
    return proved is not None and dates.now() - proved <= complaint_secrecy.FRESH


def prove_first(back: str) -> Any:
    """To the page that asks for the password once more, and back from there.

    A script asks on top of the form instead, so that what was typed goes on (`session.js`).
    """
    return redirect(url_for("security.verify", next=back))
