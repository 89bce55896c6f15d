"""Removing a record: it is hidden, never deleted, and only when nothing hangs on it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from access import viewer as who
from entities.base import Base, entities
from rules.base import Broken

Refusal = Callable[[Any, Session], None]
REFUSALS: dict[type[Base], list[Refusal]] = {}
"""What of an entity stays: each raises Broken where a record is not removed."""


def stays(entity: type[Base]) -> Callable[[Refusal], Refusal]:
    """Register what is asked before a record of the entity is removed."""

    def keep(rule: Refusal) -> Refusal:
        REFUSALS.setdefault(entity, []).append(rule)
        return rule

    return keep


def remove(session: Session, record: Base, now: datetime) -> None:
    """Hide a record; raises Broken where it is numbered, stays, or other records hang on it."""
    for rule in REFUSALS.get(type(record), ()):
        rule(record, session)
    if record.__numbered__:
        raise Broken(
            _("“%(what)s” has an official number; cancel it with a reason instead.", what=record)
        )
    child = hanging(session, record)
    if child is not None:
        raise Broken(
            _("“%(what)s” is still used by %(child)s.", what=record, child=child.__label__[1])
        )
    record.removed_at, record.removed_by = now, who.of(session).user_id


def hanging(session: Session, record: Base) -> Any:
    """The first entity that has a row pointing at the record, or None."""
    table = record.__tablename__
    for entity in entities():
        for column in inspect(entity).columns:
            if any(
                key.column.table.name == table and key.column.key == "id"
                for key in column.foreign_keys
            ):
                found = select(entity.id).where(getattr(entity, column.key) == record.id).limit(1)
                if session.scalar(found) is not None:
                    return entity
    return None
