"""What every written row gets: clean text, a sort key, who made and changed it, its parent's home."""

from functools import cache
from typing import Any

from sqlalchemy import String, event, inspect
from sqlalchemy.orm import Session

from access import viewer as who
from access.database import dialect, last_id, writing
from entities import dates, thai
from entities.base import Base, InProvinceOrCluster, fields, is_changed


@event.listens_for(Session, "before_flush")
def _stamp(session: Session, *_: Any) -> None:
    viewer, now = who.of(session), dates.now()
    for row in session.new:
        if isinstance(row, Base):
            _take_home(session, row)
            _clean(row)
            # What was never set stands in no dictionary; asking the attribute for it costs a search.
            if row.__dict__.get("made_at") is None:
                row.made_at = now
            if not row.__dict__.get("made_by") and viewer.user_id:
                row.made_by = viewer.user_id
    for row in session.dirty:
        if isinstance(row, Base) and is_changed(row):
            _clean(row)
            row.changed_at, row.changed_by = now, viewer.user_id


MANY = 3
"""From so many new rows of a kind on, their ids are asked for ahead."""


@event.listens_for(Session, "before_flush")
def _give_ids(session: Session, *_: Any) -> None:
    """Give new rows that are many their ids, so that SQLite takes them as one statement."""
    if not writing.get() or len(session.new) < MANY or dialect(session) != "sqlite":
        return
    kinds: dict[type[Base], list[Base]] = {}
    for row in session.new:
        if isinstance(row, Base) and row.__dict__.get("id") is None:
            kinds.setdefault(type(row), []).append(row)
    for entity, rows in kinds.items():
        if len(rows) >= MANY:
            for key, row in enumerate(rows, last_id(session, entity) + 1):
                row.id = key


def _clean(row: Base) -> None:
    """Put texts right; what was written stands in the row's own dictionary, and only that."""
    values = row.__dict__
    for key in _texts(type(row)):
        value = values.get(key)
        if isinstance(value, str):
            tidy = thai.normalise(value)
            if tidy != value:
                setattr(row, key, tidy)
    if _is_sorted(type(row)):
        row.sort_key = thai.sort_key(row.name or "")  # type: ignore[attr-defined]


@cache
def _is_sorted(entity: type[Base]) -> bool:
    return "sort_key" in inspect(entity).columns


@cache
def _texts(entity: type[Base]) -> tuple[str, ...]:
    """The declared fields that hold text."""
    columns = inspect(entity).columns
    return tuple(key for key in fields(entity) if isinstance(columns[key].type, String))


def _take_home(session: Session, row: Base) -> None:
    """A child that names no province or cluster takes its first parent's."""
    home = _homes(type(row))
    if not home or any(getattr(row, way) is not None for way in home) or _home_given(row):
        return
    parent = _parent(session, row, cluster=isinstance(row, InProvinceOrCluster))
    if parent is None:
        return
    for way in home:
        setattr(row, way, getattr(parent, way, None))


@cache
def _homes(entity: type[Base]) -> tuple[str, ...]:
    columns = inspect(entity).columns
    return tuple(way for way in ("province_id", "cluster_id") if way in columns)


def _home_given(row: Base) -> bool:
    return any(getattr(row, name, None) is not None for name in ("province", "cluster"))


def _parent(session: Session, row: Base, cluster: bool) -> Any:
    for column in inspect(type(row)).columns:
        if not any("within" in key.info for key in column.foreign_keys):
            continue
        link = column.key.removesuffix("_id")
        with session.no_autoflush:
            value = getattr(row, column.key)
            parent = getattr(row, link, None) or (
                value and session.get(type(row).__mapper__.relationships[link].mapper.class_, value)
            )
        if parent is not None:
            return parent
    return None
