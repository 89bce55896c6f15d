"""A record's history as people read it, made from the audit."""

import enum
import json
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from admin_views import cells
from entities import dates
from entities.base import Base, fields
from entities.vocabulary import Act


def moment(at: str, lang: str) -> str:
    """The moment of an entry."""
    return dates.moment(datetime.fromisoformat(at), lang)


def line(entry: Any, lang: str) -> dict[str, Any]:
    """An entry as one line of a record's story."""
    return {
        "text": str(Act(entry.act).title),
        "who": entry.actor,
        "at": moment(entry.at, lang),
        "url": None,
    }


def entry(
    entry: Any, entity: type[Base], lang: str, shown: Callable[[str, Any], str]
) -> dict[str, Any]:
    """An entry with each field's old and new value."""
    told, act = fields(entity), Act(entry.act)
    changes = [
        {"label": told[key].label, "old": shown(key, old), "new": shown(key, new)}
        for key, (old, new) in json.loads(entry.changes).items()
        if key in told and key != "sort_key"
    ]
    return {
        "at": moment(entry.at, lang),
        "who": entry.actor,
        "act": act.title,
        "chip": cells.chip(act),
        "changes": changes,
        "place": entry.place or "",
    }


def value(column: Any, kept: Any, lang: str) -> str:
    """A value kept in the audit, as it is shown on screens."""
    if kept is None or column is None:
        return "" if kept is None else str(kept)
    kind = column.type.python_type
    try:
        if issubclass(kind, enum.Enum):
            return str(kind(kept))
        if kind in (date, datetime, time):
            return cells.text(kind.fromisoformat(kept), lang)
    except (ValueError, TypeError):
        return str(kept)
    return cells.text(kept, lang) if kind is bool else str(kept)
