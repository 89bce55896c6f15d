"""Picking a document or a case for a link: what is offered is of the province, and what one may know."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import url_for
from sqlalchemy import select

from access import search
from access.database import db
from admin_views import forms, register_sheet
from admin_views.links import named, told
from admin_views.verbs import Ask
from entities.base import Text
from entities.vocabulary import DocumentStatus, RegisterKind
from figures import links as figures
from models import Complaint, Document, OfficeUnit

FOUND, MANY = 20, 101
"""What a look-up answers at most; one more than a plain list offers, so that the picker asks."""
RECEIVED, SENT, ANY = "received", "sent", "any"
"""Which documents a picker offers."""
WAYS: dict[str, bool | None] = {RECEIVED: True, SENT: False, ANY: None}


def ask_document(
    name: str, label: Text, province_id: int, way: str, now: int | None, help: Text = ""
) -> Ask:
    """A picker of the province's documents of a way, with the one that is linked now."""
    return Ask(
        name, label, "pick", default=now, required=False, help=help,
        pairs=partial(_newest_documents, province_id, way),
        find=partial(_document_label, province_id, way, now),
        lookup=url_for("document.choose_view", province=province_id, way=way),
    )  # fmt: skip


def ask_case(name: str, label: Text, province_id: int, now: int | None, help: Text = "") -> Ask:
    """A picker of the province's cases, with the one that is linked now."""
    return Ask(
        name, label, "pick", default=now, required=False, help=help,
        pairs=partial(_newest_cases, province_id), find=partial(_case_label, province_id),
        lookup=url_for("complaint.choose_view", province=province_id),
    )  # fmt: skip


def ask_unit(province_id: int) -> Ask:
    """The unit in whose register a draft will be numbered."""
    pairs = units(province_id)
    first = pairs[0][0] if pairs else None
    return Ask("unit", OfficeUnit.__label__[0], "pick", default=first, pairs=lambda: pairs)


def units(province_id: int) -> list[tuple[int, str]]:
    """The units of a province that have registers, by their code."""
    statement = select(OfficeUnit).where(
        OfficeUnit.province_id == province_id, OfficeUnit.is_active.is_(True)
    )
    return [(u.id, u.name) for u in db.session.scalars(statement.order_by(OfficeUnit.code))]


def picked(entity: type[Any], key: int | None) -> Any:
    """The record that was picked, as far as it is reached."""
    return db.session.get(entity, key) if key is not None else None


def _newest_documents(province_id: int, way: str) -> list[tuple[int, str]]:
    secrets = register_sheet.cleared(province_id)
    found = figures.newest(db.session(), province_id, WAYS[way], secrets, MANY)
    return [(one.id, _labelled(one)) for one in found]


def _labelled(document: Document) -> str:
    """A document in a picker: a draft says so."""
    words = str(document) if document.number else f"({document.status}) {document.subject}"
    return forms.shorten(words)


def _document_label(province_id: int, way: str, now: int | None, key: int) -> str | None:
    document = db.session.get(Document, key)
    if document is None or document.province_id != province_id:
        return None
    if key == now:
        return forms.shorten(named(document))
    return _labelled(document) if _offered(document, way) else None


def _offered(document: Document, way: str) -> bool:
    wanted = WAYS[way]
    came = document.register_kind is RegisterKind.RECEIVED
    fits = wanted is None or wanted == came
    return fits and document.status is not DocumentStatus.CANCELLED and told(document)


def documents_like(typed: str, province_id: int, way: str) -> list[tuple[int, str]]:
    """The documents that a picker offers for what was typed."""
    if not typed.strip():
        return _newest_documents(province_id, way)[:FOUND]
    ids = search.find(db.session(), Document, typed, province_id, FOUND * 5)
    rows = db.session.scalars(
        select(Document).where(Document.id.in_(ids)).order_by(Document.id.desc())
    )
    return [(one.id, _labelled(one)) for one in rows if _offered(one, way)][:FOUND]


def _cases(where: Callable[[Any], Any], limit: int) -> list[tuple[int, str]]:
    statement = select(Complaint).where(where(Complaint), Complaint.number.is_not(None))
    rows = db.session.scalars(statement.order_by(Complaint.id.desc()).limit(limit))
    return [(one.id, forms.shorten(str(one))) for one in rows]


def _newest_cases(province_id: int) -> list[tuple[int, str]]:
    return _cases(lambda case: case.province_id == province_id, MANY)


def _case_label(province_id: int, key: int) -> str | None:
    case = db.session.get(Complaint, key)
    if case is None or case.province_id != province_id or case.number is None:
        return None
    return forms.shorten(str(case))


def cases_like(typed: str, province_id: int) -> list[tuple[int, str]]:
    """The cases that a picker offers for what was typed."""
    if not typed.strip():
        return _newest_cases(province_id)[:FOUND]
    ids = search.find(db.session(), Complaint, typed, province_id, FOUND)
    return _cases(lambda case: case.id.in_(ids), FOUND)


def may_write(province_id: int | None) -> bool:
    """Whether the viewer may draft a document of the province, and a unit is there to number it."""
    if province_id is None or not register_sheet.reaches(Document, "create", province_id):
        return False
    return bool(units(province_id))


def as_json(found: list[tuple[int, str]]) -> list[dict[str, Any]]:
    """What a look-up answers."""
    return [{"id": key, "text": label, "sub": ""} for key, label in found]


def asked_province(typed: str) -> int:
    """The province in a look-up's address; 0, where nothing lies, for what makes no sense."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


def known_way(typed: str) -> str:
    """Which documents a look-up's address asks for."""
    return typed if typed in WAYS else ANY
