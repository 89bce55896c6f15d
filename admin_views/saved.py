"""Saved views of lists: tabs that a person or the office made, and the columns each person chose.

What a person sees is asked for once a minute and browser; a change of one's own is seen at once,
one of a colleague within the minute.
"""

import secrets
import time
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

from flask import abort, flash, redirect, request, session
from flask_admin import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from access import saved_views
from access.database import db
from access.saved_views import COLUMNS, LONGEST_NAME, LONGEST_QUERY, View
from admin_views import lists
from admin_views.acting import REGISTRY, Door, refuse, viewer
from entities import thai
from entities.base import Base

KEPT_SECONDS, MOST_KEPT = 60, 500
_kept: dict[tuple[str, str], tuple[float, tuple[View, ...]]] = {}


def _seen() -> tuple[View, ...]:
    """Every view that the person sees, as it was known within the last minute."""
    key = (session.key, session.get("views", ""))  # type: ignore[attr-defined]
    found = _kept.get(key)
    if found is None or time.monotonic() - found[0] > KEPT_SECONDS:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        found = _kept[key] = (time.monotonic(), saved_views.seen(db.session(), viewer()))
    return found[1]


def _of(entity: type[Base]) -> list[View]:
    return [view for view in _seen() if view.entity == entity.__tablename__]


def columns(entity: type[Base]) -> list[str]:
    """The columns that the person chose last for a list; none where the list's own are meant."""
    chosen = next((v for v in _of(entity) if v.own and v.name == COLUMNS), None)
    return chosen.query.split(",") if chosen else []


def opens_first(entity: type[Base]) -> View | None:
    """The view that the person wants to see when the list is opened."""
    return next((view for view in _of(entity) if view.opens_first), None)


def _present(entity: type[Base], state: lists.State) -> View | None:
    """The view that the list shows just now."""
    query = lists.query_of(state)
    return next((v for v in _of(entity) if v.name and v.query == query), None)


def tabs(entity: type[Base], state: lists.State, base: str) -> list[dict[str, Any]]:
    """The saved views as tabs over the list."""
    present = _present(entity, state)
    return [
        {
            "title": view.name, "url": f"{base}?{view.query}", "on": view == present, "count": None,
            "shared": not view.own,
        }
        for view in _of(entity)
        if view.name
    ]  # fmt: skip


def queries(entity: type[Base]) -> list[MultiDict[str, str]]:
    """What the saved views ask for, in the order of their tabs."""
    return [MultiDict(parse_qsl(view.query)) for view in _of(entity) if view.name]


def form(entity: type[Base], state: lists.State) -> dict[str, Any]:
    """What the form asks that keeps the list as it is, or changes the view that is shown."""
    present, sharer = _present(entity, state), saved_views.may_share(viewer())
    return {
        "entity": entity.__tablename__, "query": lists.query_of(state), "may_share": sharer,
        "present": present if present and (present.own or sharer) else None,
        "longest": LONGEST_NAME, "picking": "picking" in request.args,
        "own_columns": bool(state.usual),
    }  # fmt: skip


class SavedViews(Door, BaseView):
    """Where lists send what a person wants kept; it has no page of its own."""

    def __init__(self) -> None:
        super().__init__(name=_l("Saved views"), endpoint="saved_view", url="/admin/saved_view")

    @expose("/")
    def index(self) -> Any:
        """Views stand over their lists; who asks for them alone is led to the desk."""
        return redirect("/admin/")

    @expose("/save/", methods=("POST",))
    def save(self) -> Any:
        """Keep the list as the address has it, under a name."""
        view, state = self._list()
        name, query = _name(), lists.query_of(state)
        if name and len(query) > LONGEST_QUERY:
            flash(_("This list has too many filters to be kept."), "bad")
            return redirect(_back(view, query))
        _keep(
            name, partial(saved_views.keep, db.session(), viewer(), view.endpoint, name, query),
            _("You keep many views of this list already. Remove one first."),
        )  # fmt: skip
        return redirect(_back(view, query))

    @expose("/change/", methods=("POST",))
    def change(self) -> Any:
        """Rename, share or remove a view, or let the list open with it."""
        view, state = self._list()
        here = _back(view, lists.query_of(state))
        kept = self._one(view.endpoint)
        if request.form.get("act") == "remove":
            saved_views.drop(db.session(), viewer(), kept)
            _saved()
            flash(_("The view “%(name)s” is removed.", name=kept.name), "ok")
            return redirect(here)
        if not kept.own:
            return refuse("saved_view", "edit", kept.id)
        name = _name()
        _keep(
            name, partial(saved_views.change, db.session(), viewer(), kept, name),
            _("You have a view of this name already. Choose another name."),
        )  # fmt: skip
        return redirect(here)

    @expose("/columns/", methods=("POST",))
    def columns(self) -> Any:
        """Remember which columns the person wants in a list, and in which order."""
        view, state = self._list()
        listed, form = lists.listable(view.entity), request.form
        chosen = [key for key in dict.fromkeys(form.getlist("columns")) if key in listed]
        _move_up(chosen, form.get("up", ""))
        if "reset" in form or not chosen or chosen == state.listed:
            saved_views.forget_columns(db.session(), viewer(), view.endpoint)
            state.columns, state.usual = state.listed, ()
        else:
            saved_views.keep(db.session(), viewer(), view.endpoint, COLUMNS, ",".join(chosen))
            state.columns = chosen
        _saved()
        picking = {"picking": 1} if form.get("up") else {}
        return redirect(lists.address(f"{view.endpoint}.index_view", state, **picking))

    @staticmethod
    def _list() -> tuple[Any, lists.State]:
        """The list that the form came from, and its state as the address has it."""
        asked = request.form.get("entity", "")
        view = next((v for v in REGISTRY.values() if v.endpoint == asked), None) or abort(404)
        if not view.is_accessible():
            refuse(asked, "read")
        usual = columns(view.entity)
        return view, view.read(request.args, usual)

    @staticmethod
    def _one(entity: str) -> View:
        """The view that the form names, where the person sees it: as the database has it now."""
        asked, seen = request.form.get("id", ""), saved_views.seen(db.session(), viewer())
        found = (v for v in seen if str(v.id) == asked and v.entity == entity and v.name)
        return next(found, None) or abort(404)


def _move_up(chosen: list[str], key: str) -> None:
    """Exchange a column with the one before it."""
    place = chosen.index(key) if key in chosen else 0
    if place:
        chosen[place - 1], chosen[place] = chosen[place], chosen[place - 1]


def _name() -> str:
    """The name that was typed, or none where it cannot be one."""
    typed = " ".join(thai.normalise(request.form.get("name", "")).split())
    return typed if 0 < len(typed) <= LONGEST_NAME and typed.isprintable() else ""


def _keep(name: str, write: Callable[..., bool], refused: str) -> None:
    """Write a view with what was ticked, and say how it went."""
    if not name:
        flash(_("A view needs a name of at most %(most)s letters.", most=LONGEST_NAME), "bad")
    elif write(opens_first="first" in request.form, share="share" in request.form):
        _saved()
        flash(_("The view “%(name)s” is kept.", name=name), "ok")
    else:
        flash(refused, "bad")


def _back(view: Any, query: str) -> str:
    return f"/admin/{view.endpoint}/?{query}"


def _saved() -> None:
    """Commit; from now on this browser asks anew what there is."""
    db.session.commit()
    session["views"] = secrets.token_hex(4)
