"""Pages outside the screens: the front door, fonts, and how the process is."""

import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, redirect, send_file, session
from flask_wtf.csrf import generate_csrf
from sqlalchemy.exc import SQLAlchemyError

from access.database import db
from admin_views.proof import is_fresh
from migrations import heads

blueprint = Blueprint("front", __name__)
FONTS = frozenset({"Regular", "Medium", "SemiBold", "Bold"})
STATIC = Path(__file__).parents[1] / "static"
FOR_A_YEAR = 31_536_000
"""Seconds a browser keeps what never changes under its address."""


@cache
def edition() -> str:
    """A mark of what the styles and scripts hold, which stands in their address.

    Another edition has other addresses, so a browser need not ask again whether a page's
    twenty-odd files still hold. It stands before the path: scripts name each other by it.
    """
    told = hashlib.sha256()
    for path in sorted(STATIC.rglob("*.*")):
        told.update(path.relative_to(STATIC).as_posix().encode() + path.read_bytes())
    return told.hexdigest()[:12]


@blueprint.get("/")
def home() -> Any:
    """To the desk."""
    return redirect("/admin/")


@blueprint.get("/fonts/Sarabun-<weight>.ttf")
def font(weight: str) -> Any:
    """One weight of Sarabun, from the installed package."""
    if weight not in FONTS:
        abort(404)
    path = files("fontpkg_sarabun") / "files" / f"Sarabun-{weight}.ttf"
    return send_file(str(path), mimetype="font/ttf", max_age=FOR_A_YEAR)


@blueprint.get("/healthz")
def health() -> Any:
    """The process lives."""
    return {"status": "ok"}


@blueprint.get("/readyz")
def ready() -> Any:
    """The database answers and is migrated; 503 otherwise."""
    try:
        current = heads.current(db.session.connection())
    except SQLAlchemyError:
        return {"status": "the database does not answer"}, 503
    if current != heads.newest():
        return {"status": "the database is not migrated"}, 503
    return {"status": "ok"}


@blueprint.get("/session/state")
def session_state() -> Any:
    """Who is signed in and whether that was proved lately, and the token a form needs now; 401 where
    nobody is."""
    viewer = session.viewer  # type: ignore[attr-defined]
    told: dict[str, Any] = {"csrf": generate_csrf(), "fresh": is_fresh()}
    return ({**told, "user": viewer.user_id}, 200) if viewer.is_person else (told, 401)


@blueprint.post("/session/keep")
def session_keep() -> Any:
    """Keep the sign-in alive while somebody types; 401 where it has ended."""
    viewer = session.viewer  # type: ignore[attr-defined]
    return Response(status=204) if viewer.is_person else abort(401)
