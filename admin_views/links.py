"""Links between areas as every page draws them, inside the viewer's rights.

Of a secret document those not cleared are told that it is secret, and nothing else. Who does not
read the far side is told nothing at all; an agency's officer is led to what came to the agency.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select

from access.database import db
from admin_views import cells, forms, register_sheet
from admin_views.acting import record_url
from entities.documents import MASKED
from figures import links as figures
from models import Assignment, Complaint, Distribution, Document, FollowUp, Meeting

Row = dict[str, Any]
"""A link as it is drawn: label, title, sub, url (None where nothing opens), chip."""


def _row(label: str, title: str, url: str | None = None, chip: Any = "", sub: str = "") -> Row:
    return {"label": label, "title": title, "url": url, "chip": chip, "sub": sub}


# What is shown.


def told(document: Document) -> bool:
    """Whether more may be told of a document than that it is secret."""
    return document.secrecy is None or register_sheet.cleared(document.province_id)


def named(document: Document) -> str:
    """A document's number and subject; of a secret one, to those not cleared, that it is secret."""
    return str(document) if told(document) else MASKED


def document_row(label: str, document: Document) -> Row:
    """The link to a document that the viewer reads."""
    if not told(document):
        return _row(label, MASKED)
    url = url_for("document.details_view", id=document.id)
    sub = "" if document.number else _("It gets its number when it is issued.")
    return _row(label, str(document), url, cells.chip(document.status), sub)


def to_document(label: str, document_id: int | None) -> list[Row]:
    """The link to a document by its id: to itself, or to what an agency got of it, or nothing."""
    return list(to_documents(label, {document_id}).values())


def to_documents(label: str, wanted: Iterable[int | None]) -> dict[int, Row]:
    """The links to several documents, by their ids."""
    ids = {key for key in wanted if key is not None}
    rows = db.session.scalars(select(Document).where(Document.id.in_(ids))) if ids else ()
    found = {one.id: document_row(label, one) for one in rows}
    if unread := ids - found.keys():
        ours = select(Distribution).where(Distribution.document_id.in_(unread))
        for one in db.session.scalars(ours.order_by(Distribution.id)):
            found.setdefault(one.document_id, _distributed(label, one))
    return found


def _distributed(label: str, one: Distribution) -> Row:
    if one.subject == MASKED:
        return _row(label, MASKED)
    url = record_url(Distribution, one.id)
    return _row(label, f"{one.number} {one.subject}", url)


def case_row(label: str, case: Complaint) -> Row:
    """The link to a case that the viewer reads; nothing of who complained."""
    draft = case.number is None
    chip = cells.mark("warn", "✎", _("draft")) if draft else cells.chip(case.status)
    return _row(label, str(case), record_url(Complaint, case.id), chip)


def to_case(label: str, complaint_id: int | None) -> list[Row]:
    """The link to a case by its id: to itself, or to the part that an agency has in it, or nothing."""
    return list(to_cases(label, {complaint_id}).values())


def to_cases(label: str, wanted: Iterable[int | None]) -> dict[int, Row]:
    """The links to several cases, by their ids."""
    ids = {key for key in wanted if key is not None}
    rows = db.session.scalars(select(Complaint).where(Complaint.id.in_(ids))) if ids else ()
    found = {one.id: case_row(label, one) for one in rows}
    if unread := ids - found.keys():
        ours = select(Assignment).where(Assignment.complaint_id.in_(unread))
        for one in db.session.scalars(ours.order_by(Assignment.id.desc())):
            found.setdefault(one.complaint_id, _part(label, one))
    return found


def _part(label: str, one: Assignment) -> Row:
    return _row(label, str(one), record_url(Assignment, one.id), cells.chip(one.status))


def of_document(document: Document) -> list[Row]:
    """The cases, meetings and follow-ups that are tied to a document."""
    session = db.session()
    rows = [
        case_row(
            _("Complaint that came with it")
            if case.source_document_id == document.id
            else _("Complaint that it answers"),
            case,
        )
        for case in figures.cases_of(session, document.id)
    ]
    rows += [_meeting(one) for one in figures.meetings_of(session, document.id)]
    return [*rows, *map(_follow_up, figures.follow_ups_of(session, document_id=document.id))]


def of_case(case: Complaint) -> list[Row]:
    """The documents that a case came with and is answered by, and the follow-ups it carries out."""
    ours = figures.follow_ups_of(db.session(), complaint_id=case.id)
    return [
        *to_document(_("Came with the document"), case.source_document_id),
        *to_document(_("Answered by the document"), case.answer_document_id),
        *map(_follow_up, ours),
    ]


def of_meeting(meeting: Meeting) -> list[Row]:
    """The document that invites to a meeting."""
    return to_document(_("Official document"), meeting.invitation_id)


def of_follow_up(one: FollowUp) -> list[Row]:
    """The document or case that carries a follow-up out."""
    return [
        *to_document(_("Official document"), one.document_id),
        *to_case(_("Complaint"), one.complaint_id),
    ]


def _meeting(one: Meeting) -> Row:
    url = record_url(Meeting, one.id)
    return _row(_("Meeting to which it invites"), one.name, url, cells.chip(one.status))


def _follow_up(one: FollowUp) -> Row:
    url, meeting = record_url(FollowUp, one.id), one.meeting
    label = _("Follow-up that it carries out")
    sub = meeting.name if meeting is not None else ""
    return _row(label, forms.shorten(one.task), url, cells.chip(one.status), sub)


def carriers(rows: Sequence[FollowUp]) -> dict[int, Markup]:
    """What carries follow-ups out, as the line under each one's name in a list."""
    papers = to_documents("", [one.document_id for one in rows])
    cases = to_cases("", [one.complaint_id for one in rows])
    drawn = {}
    for one in rows:
        row = papers.get(one.document_id or 0) or cases.get(one.complaint_id or 0)
        if row is not None:
            title = forms.shorten(row["title"], 60)
            drawn[one.id] = Markup('<span class="s">{} {}</span>').format(title, row["chip"])
    return drawn


def over(one: FollowUp) -> bool:
    """Whether what carries a follow-up out is done, as far as the viewer may know."""
    document = db.session.get(Document, one.document_id) if one.document_id else None
    case = db.session.get(Complaint, one.complaint_id) if one.complaint_id else None
    if document is not None and not told(document):
        return False
    return any(figures.is_over(found) for found in (document, case) if found is not None)


# The card.


def card(rows: list[Row], acts: list[dict[str, Any]], note: str = "") -> dict[str, Any] | None:
    """A card of links with what may be done about them; None where there is nothing to show."""
    return {"rows": rows, "acts": acts, "note": note} if rows or acts else None


def act(title: str, endpoint: str, record: Any) -> dict[str, Any]:
    """A button of a card."""
    return {"title": title, "url": url_for(endpoint, id=record.id), "method": "get"}
