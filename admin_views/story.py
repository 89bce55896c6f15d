"""A record's history as people read it, made from the audit."""

import enum
import json
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import inspect

from access import audit
from admin_views import cells, forms
from admin_views.acting import viewer
from entities import dates, thai, years
from entities.base import Base, Field, Moment, fields
from entities.messages import N_
from entities.vocabulary import Act
from models import UserAccount

NAMED = {"system": N_("The system"), "nobody": N_("Somebody not signed in")}
PLACES = {"command": N_("Command line")}


def actor(name: str) -> str:
    """Who did it: a person's name, or in words what acted without one."""
    return _(NAMED[name]) if name in NAMED else name


def who(entry: Any) -> str:
    """The person who did it with the account beside the name; what acted without one in words."""
    known = (entry.person or "") not in ("", entry.actor)
    return f"{entry.person} ({entry.actor})" if known else actor(entry.actor)


def place(text: str | None) -> str:
    """From where it was done: an address, or in words where there is none."""
    return _(PLACES[text]) if text in PLACES else text or ""


UNTOLD = frozenset({"sort_key", "taken_by", "checked_by"})
"""Columns that tell a person nothing: keys behind a name that is told beside them."""


def shown_fields(entity: type[Base]) -> dict[str, Field]:
    """The fields that a history tells the viewer: none that links to what the viewer never reads."""
    return {
        key: told
        for key, told in fields(entity).items()
        if (target := _kept_apart(entity, key)) is None or viewer().may(target, "read")
    }


@cache
def _kept_apart(entity: type[Base], key: str) -> type[Base] | None:
    """The kind of record in another area's hands that a column links to."""
    column = inspect(entity).columns[key]
    within = any("within" in one.info for one in column.foreign_keys)
    return forms.target_of(entity, key) if within and column.nullable else None


STATES = ("status", "step")
"""Columns that say where a record stands: their change is told with both values."""
HAPPENED = {
    ("password", audit.MASK): N_("Changed the password"),
    ("two_step", "on"): N_("Turned two-step sign-in on"),
    ("two_step", "off"): N_("Turned two-step sign-in off"),
    ("recovery_codes", "new"): N_("Made new recovery codes"),
    ("recovery_codes", "one used"): N_("Used up a recovery code"),
    ("ended", "others"): N_("Ended every other sign-in"),
}
"""What an entry about an account tells, whose secrets are no fields: note and value."""
GIVEN = {
    ("password", audit.MASK): N_("Gave a one-time password"),
    ("two_step", "off"): N_("Reset two-step sign-in"),
}
"""The same where it was not the person who did it, but an administrator."""


def happened(entry: Any) -> str:
    """What happened to an account that is no change of a field, as a sentence; else empty."""
    if entry.entity != UserAccount.__tablename__:
        return ""
    words = HAPPENED if entry.actor_id == entry.record_id else {**HAPPENED, **GIVEN}
    for key, (_old, new) in json.loads(entry.changes).items():
        if (key, new) in words:
            return _(words[key, new])
        if key == "ended":
            return _("Ended one of the own sign-ins")
    return ""


def moment(at: str, lang: str) -> str:
    """The moment of an entry."""
    return dates.moment(datetime.fromisoformat(at), lang)


def line(entry: Any, entity: type[Base], lang: str) -> dict[str, Any]:
    """An entry as one line of a record's story: a change of state in words, else what changed."""
    changes = json.loads(entry.changes)
    text = str(Act(entry.act).title)
    if entry.act == Act.EDIT.value:
        text = _changed(changes, entity, lang) or text
    text = happened(entry) or text
    return {"text": text, "who": who(entry), "at": moment(entry.at, lang), "url": None}


def _changed(changes: dict[str, list[Any]], entity: type[Base], lang: str) -> str:
    told, columns = shown_fields(entity), inspect(entity).columns
    for state in STATES:
        if changes.get(state, [None])[0] is not None and state in told:
            old, new = (value(columns[state], kept, lang) for kept in changes[state])
            return f"{old} → {new}"
    labels = [str(told[key].label) for key in changes if key in told and key not in UNTOLD]
    return ", ".join(labels[:3]) + (" …" if len(labels) > 3 else "")


def entry(
    entry: Any, entity: type[Base], lang: str, shown: Callable[[str, Any], str]
) -> dict[str, Any]:
    """An entry with each field's old and new value."""
    told, act = shown_fields(entity), Act(entry.act)
    changes = [
        {"label": told[key].label, "old": before, "new": after}
        for key, (old, new) in json.loads(entry.changes).items()
        if key in told and key not in UNTOLD
        for before, after in [(shown(key, old), shown(key, new))]
        if before != after
    ]
    return {
        "at": moment(entry.at, lang),
        "who": who(entry),
        "act": happened(entry) or act.title,
        "chip": cells.chip(act),
        "changes": changes,
        "place": place(entry.place),
    }


def value(column: Any, kept: Any, lang: str) -> str:
    """A value kept in the audit, as it is shown on screens."""
    if kept is None or column is None:
        return "" if kept is None else str(kept)
    kind = datetime if isinstance(column.type, Moment) else column.type.python_type
    try:
        if issubclass(kind, enum.Enum):
            return str(kind(kept))
        if kind in (date, datetime, time):
            return cells.text(kind.fromisoformat(kept), lang)
        if kind in (Decimal, years.BuddhistYear, years.CommonYear):
            return cells.text(kind(kept), lang)
    except (ArithmeticError, ValueError, TypeError):
        return str(kept)
    return cells.text(kept, lang) if kind is bool else str(kept)


def summary(entry: Any, entity: type[Base] | None, lang: str) -> str:
    """What an entry tells in one line: a sentence, the state's change, or the fields' names."""
    if sentence := happened(entry):
        return sentence
    told = json.loads(entry.changes)
    if entity is not None:
        return _changed(told, entity, lang)
    return thai.shorten(", ".join(f"{key}: {new}" for key, (_old, new) in told.items()), 200)
