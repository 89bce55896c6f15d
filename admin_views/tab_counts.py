"""How many rows stand behind each tab of a list, asked for after the page.

One statement tells how long the list is, one walks over it for all tabs. A list of very many rows is
told by its size alone: the walk would cost more than the page.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, case, func, inspect, select, true
from werkzeug.datastructures import MultiDict

from access.database import db
from admin_views import lists
from entities.base import Base

MOST = 10_000
"""Rows up to which the tabs of a list are counted."""


def told(view: Any) -> list[str]:
    """The number beside each tab of a view's list, in their order; empty where none is told."""
    queries = view.tab_queries() if view.is_accessible() else []
    if len(queries) < 2:
        return []
    whole, *others = queries
    counted = [_is_counted(view.entity, query) for query in others]
    states = [view.read(query) for query, one in zip(others, counted, strict=True) if one]
    size = _size(view.read(whole))
    if size > MOST:
        return [f"{MOST:,}+", *[""] * len(others)]
    left = _sums(view.read(whole), states)
    return [f"{size:,}", *(f"{next(left) or 0:,}" if one else "" for one in counted)]


def _is_counted(entity: type[Base], query: MultiDict[str, str]) -> bool:
    """Whether a tab's rows are counted in the walk: nothing has to be asked before it."""
    derived, links = lists.DERIVED.get(entity, {}), inspect(entity).columns
    keys = {name.partition(".")[0] for name in query}
    asking = [key for key in keys & derived.keys() if derived[key].asks]
    linked = [key for key in keys & {*links.keys()} if links[key].foreign_keys]
    return not (asking or linked or query.get("search"))


def _size(whole: lists.State) -> int:
    """How long a list is, counted up to one more than `MOST`."""
    first = lists.narrowed(whole, select(whole.entity.id)).limit(MOST + 1).subquery()  # type: ignore[attr-defined]
    return db.session.scalar(select(func.count()).select_from(first)) or 0


def _sums(whole: lists.State, states: list[lists.State]) -> Iterator[int | None]:
    """How many rows each tab leaves, in one walk over the list; None of an empty list."""
    sums = [
        func.sum(case((and_(true(), *lists.together(one.filters)), 1), else_=0)) for one in states
    ]
    if not sums:
        return iter(())
    found = lists.narrowed(whole, select(*sums).select_from(whole.entity))
    return iter(db.session.execute(found).one())
