"""A document's way through the office as one picture: who wrote what, to whom, and where it waits."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from admin_views import story
from admin_views.acting import lang
from admin_views.words import said
from entities import dates
from entities.vocabulary import DocumentStatus, EndorsementAction, RegisterKind, Role
from figures.documents import Station
from models import Distribution, Document, Endorsement

A = EndorsementAction


def stations(
    document: Document, path: Sequence[Station], words: list[str], names: Mapping[int, str]
) -> list[dict[str, Any]]:
    """Every step in time; `words` are the endorsements and `names` the recipients, by id, of a
    secret document, where opened."""
    sealed = iter(words)
    return [_told(one, sealed if document.secrecy else None, names) for one in _together(path)]


def _together(found: Sequence[Station]) -> list[Any]:
    """Sending to many at one moment is one step."""
    told: list[Any] = []
    for one in found:
        last = told[-1] if told else None
        if one.kind == "sent" and isinstance(last, list) and last[0].at == one.at:
            last.append(one)
        else:
            told.append([one] if one.kind == "sent" else one)
    return told


def _told(one: Any, sealed: Any, named: Mapping[int, str]) -> dict[str, Any]:
    if isinstance(one, list):
        return _sent(one, named)
    if one.kind == "endorsed":
        told = _endorsed(one.record, sealed)
    elif one.kind == "confirmed":
        told = _confirmed(one.record, named)
    else:
        told = _registered(one.record)
    return {"at": dates.moment(one.at, lang()), "due": "", "text": "", "to": "", **told}


def _registered(document: Document) -> dict[str, Any]:
    received = document.register_kind is RegisterKind.RECEIVED
    words = _("Registered as No. %(number)s", number=document.number)
    return {
        "who": str(document.unit), "act": words if received else _("Number given: %(number)s",
                                                                   number=document.number),
        "kind": "number",
    }  # fmt: skip


def _endorsed(one: Endorsement, sealed: Any = None) -> dict[str, Any]:
    """An endorsement: of a secret document its words come from the sealed paper, or not at all."""
    text = one.text if sealed is None else next(sealed, one.text)
    due = dates.short_date(one.due_on, lang()) if one.due_on else ""
    return {
        "who": one.signer_name, "post": one.signer_position or "", "text": text,
        "act": said(one.action.title), "to": to_whom(one.to_role, one.to_unit), "kind": "words",
        "due": _("due %(day)s", day=due) if due else "",
    }  # fmt: skip


def to_whom(role: Role | None, unit: Any) -> str:
    """The place that a document was passed to."""
    return " · ".join(part for part in (str(unit) if unit else "", said(role.title) if role else "")
                      if part)  # fmt: skip


def _sent(several: list[Station], named: Mapping[int, str]) -> dict[str, Any]:
    names = [named.get(one.record.id, one.record.recipient) for one in several]
    to = ", ".join(names[:3]) + (f" +{len(names) - 3}" if len(names) > 3 else "")
    return {
        "at": dates.moment(several[0].at, lang()), "who": str(several[0].record.method),
        "act": _("Sent to %(n)s recipients", n=len(names)), "to": to, "kind": "sent",
        "text": "", "due": "",
    }  # fmt: skip


def _confirmed(one: Distribution, named: Mapping[int, str]) -> dict[str, Any]:
    recipient = named.get(one.id, one.recipient)
    return {
        "who": one.acknowledged_name or recipient, "act": _("Receipt confirmed"),
        "post": recipient, "kind": "confirmed",
    }  # fmt: skip


def cancelling(document: Document, entries: Sequence[Any]) -> list[dict[str, Any]]:
    """The end of a cancelled document: why, when, and by whom as the audit has it in `entries`."""
    if document.status is not DocumentStatus.CANCELLED:
        return []
    found = next((one for one in entries if _cancels(one)), None)
    day = document.cancelled_on
    return [{
        "who": story.who(found) if found else "", "act": _("Cancelled"), "kind": "off",
        "text": document.cancelled_reason or "", "to": "", "due": "",
        "at": _moment(found, day) if day else "",
    }]  # fmt: skip


def _cancels(entry: Any) -> bool:
    return "cancelled_on" in json.loads(entry.changes)


def _moment(entry: Any, day: date) -> str:
    """The moment of cancelling; its day alone where it was entered on another."""
    if entry is not None:
        at = datetime.fromisoformat(entry.at)
        if at.astimezone(dates.BANGKOK).date() == day:
            return dates.moment(at, lang())
    return dates.short_date(day, lang())


def path_of(document: Document, path: Sequence[Station]) -> list[dict[str, Any]]:
    """The desks that a document passed, in order, the last where it waits now."""
    off = document.status is DocumentStatus.CANCELLED
    first = document.from_party if document.register_kind is RegisterKind.RECEIVED else None
    places = [first, str(document.unit)]
    passed = ""
    for one in path:
        if one.kind == "endorsed":
            places.append(passed or _desk(one.record))
            passed = to_whom(one.record.to_role, one.record.to_unit)
    places.append(passed)
    waits = not off and (document.waits_for is not None or document.holder_unit is not None)
    here = (passed or to_whom(document.waits_for, document.holder_unit)) if waits else ""
    kept: list[str] = []
    for place in [*places, here]:
        if place and (not kept or kept[-1] != place):
            kept.append(place)
    shown = kept if len(kept) <= MOST else [kept[0], "…", *kept[2 - MOST :]]
    told = [
        {"name": name, "now": bool(here) and n == len(shown) - 1} for n, name in enumerate(shown)
    ]
    return [*told, {"name": _("Cancelled"), "off": True}] if off else told


MOST = 9
"""Desks in the picture; a longer path keeps its beginning and its end."""


def _desk(one: Endorsement) -> str:
    return one.signer_position or one.signer_name
