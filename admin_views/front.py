"""Pages outside the screens: the front door, fonts, and how the process is."""

from importlib.resources import files
from typing import Any

from flask import Blueprint, Response, abort, redirect, send_file, session
from flask_wtf.csrf import generate_csrf
from sqlalchemy.exc import SQLAlchemyError

from access.database import db
from migrations import heads

blueprint = Blueprint("front", __name__)
FONTS = frozenset({"Regular", "Medium", "SemiBold", "Bold"})


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
    return send_file(str(path), mimetype="font/ttf", max_age=31_536_000)


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
    """Who is signed in, and the token a form needs now; 401 where nobody is."""
    viewer = session.viewer  # type: ignore[attr-defined]
    told: dict[str, Any] = {"csrf": generate_csrf()}
    return ({**told, "user": viewer.user_id}, 200) if viewer.is_person else (told, 401)


@blueprint.post("/session/keep")
def session_keep() -> Any:
    """Keep the sign-in alive while somebody types; 401 where it has ended."""
    viewer = session.viewer  # type: ignore[attr-defined]
    return Response(status=204) if viewer.is_person else abort(401)
