"""What a document hangs together with: what it answers, its answers, other areas, who borrowed it."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from access.database import db
from admin_views import cells, links
from admin_views.acting import lang, viewer
from entities import dates
from entities.base import Choice
from entities.vocabulary import DestructionStatus
from figures import documents as figures
from models import DestructionItem, Document, Loan


def of(document: Document) -> list[links.Row]:
    """The records linked to one, in both directions; the scope decides who sees which.

    Of a secret document those not cleared are told of none: a link tells what it is about.
    """
    if not links.told(document):
        return []
    found = []
    answered = db.session.get(Document, document.answers_id) if document.answers_id else None
    if answered is not None:
        found.append(links.document_row(_("Answers"), answered))
    found += [
        links.document_row(_("Answered by"), one)
        for one in figures.answered_by(db.session(), document.id)
    ]
    return [*found, *links.of_document(document), *_batches(document)]


def _batches(document: Document) -> list[dict[str, Any]]:
    statement = select(DestructionItem).where(DestructionItem.document_id == document.id)
    return [
        {
            "label": _("Destruction list"), "title": str(item.batch),
            "chip": cells.chip(_standing(item)),
            "url": url_for("destruction_batch.details_view", id=item.batch_id),
        }
        for item in db.session.scalars(statement)
    ]  # fmt: skip


def _standing(item: DestructionItem) -> Choice:
    """What a list says of a document; a list that was given up says nothing of it."""
    given_up = item.batch.status is DestructionStatus.WITHDRAWN
    return item.batch.status if given_up else item.opinion


def loans(document: Document) -> list[dict[str, Any]]:
    """Who borrowed the document, the latest first."""
    if not viewer().may(Loan, "read"):
        return []
    statement = select(Loan).where(Loan.document_id == document.id).order_by(Loan.id.desc())
    return [_loan(one) for one in db.session.scalars(statement.limit(20))]


def _loan(one: Loan) -> dict[str, Any]:
    out = one.returned_on is None
    chip = cells.in_days(one.due_on, dates.today()) if out else cells.mark("ok", "✓", _("returned"))
    return {
        "who": " · ".join(filter(None, [one.borrower, one.borrower_position])), "chip": chip,
        "lent": dates.short_date(one.lent_on, lang()),
        "back_url": url_for("loan.return_view", id=one.id)
        if out and viewer().reaches(one, "lend") else None,
    }  # fmt: skip
