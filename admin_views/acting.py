"""Who and where this request acts: the viewer, the language, the province, the screens there are."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import abort, current_app, g, redirect, request, url_for
from flask_babel import get_locale
from sqlalchemy import select

from access import audit, policy
from access import viewer as who
from access.database import db
from entities.base import Base
from entities.vocabulary import Act
from models import Province

Found = TypeVar("Found")
REGISTRY: dict[type[Base], Any] = {}
"""The view of each entity; links to records are only made where one stands here."""


def lang() -> str:
    """The language of the request: th or en."""
    return str(get_locale() or "th")


def viewer() -> who.Viewer:
    """Who this request acts for."""
    return who.of(db.session())


def minds(entity: type[Base], verb: str) -> bool:
    """Whether what asks for a verb stands on the viewer's desk: who may do it, and who oversees."""
    acting = viewer()
    oversees = acting.roles <= policy.OVERSEERS and acting.may(entity, "read")
    return oversees or acting.may(entity, verb)


def once(read: Callable[..., Found]) -> Callable[..., Found]:
    """What several parts of a page read is read once in a request."""

    @wraps(read)
    def kept(*told: Any) -> Found:
        found = g.setdefault("read_once", {})
        key = (read, *told)
        if key not in found:
            found[key] = read(*told)
        return cast("Found", found[key])

    return kept


def way_back(default: str = "") -> str:
    """The page of ours that a form or a link says it came from; nothing else is followed."""
    told = request.values.get("url", "")
    return told if told.startswith("/admin/") else default


def switched_province() -> int | None:
    """The province that the switch narrows lists to, or None."""
    found: int | None = g.get("switched_province")
    return found


def province_names() -> dict[int, tuple[str, str]]:
    """Thai and English names of the provinces, by code, in the order of names: asked for once."""
    names: dict[int, tuple[str, str]] = current_app.extensions["jangwat"].provinces
    if not names:
        rows = db.session.execute(
            select(Province.id, Province.name, Province.name_en).order_by(Province.sort_key)
        )
        names.update({row.id: (row.name, row.name_en) for row in rows})
    return names


def record_url(entity: type[Base], record_id: int) -> str | None:
    """The address of a record's page, where it has one."""
    view = REGISTRY.get(entity)
    return url_for(f"{view.endpoint}.details_view", id=record_id) if view else None


def refuse(entity: str, verb: str, record_id: int | None = None, **told: Any) -> Any:
    """Answer 403 and enter the refusal in the audit."""
    acting = viewer()
    db.session.rollback()
    audit.note_alone(
        acting, Act.REFUSED, entity, record_id, place=request.remote_addr, verb=verb, **told
    )
    abort(403)


class Door:
    """What every screen has before it: who is not signed in goes to the sign-in page."""

    def is_accessible(self) -> bool:
        """Whether the viewer may see the screen at all; for everybody who is signed in."""
        return viewer().is_person

    def inaccessible_callback(self, name: str, **kwargs: Any) -> Any:
        """To the sign-in page, and back from there; a person without the right is refused."""
        if not viewer().is_person:
            back = request.full_path if request.method == "GET" else None
            return redirect(url_for("security.login", next=back))
        self.refuse("read")

    def refuse(self, verb: str) -> Any:
        """Answer 403 and enter the refusal in the audit."""
        return refuse(self.endpoint, verb)  # type: ignore[attr-defined]

    def _run_view(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        """Flask-Admin's own hides a TypeError of the view behind another one."""
        return fn(self, *args, **kwargs)
