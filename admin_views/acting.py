"""Who and where this request acts: the viewer, the language, the province, the screens there are."""

from typing import Any

from flask import g, url_for
from flask_babel import get_locale

from access import viewer as who
from access.database import db
from entities.base import Base

REGISTRY: dict[type[Base], Any] = {}
"""The view of each entity; links to records are only made where one stands here."""


def lang() -> str:
    """The language of the request: th or en."""
    return str(get_locale() or "th")


def viewer() -> who.Viewer:
    """Who this request acts for."""
    return who.of(db.session())


def switched_province() -> int | None:
    """The province that the switch narrows lists to, or None."""
    found: int | None = g.get("switched_province")
    return found


def record_url(entity: type[Base], record_id: int) -> str | None:
    """The address of a record's page, where it has one."""
    view = REGISTRY.get(entity)
    return url_for(f"{view.endpoint}.details_view", id=record_id) if view else None
