"""Keeping documents: filing, lending, how long each class is kept, and how a list is destroyed.

A class says how long (ข้อ 57); the yearly survey lists what is due, a committee gives its opinion,
the National Archives answer or stay silent for 60 days, somebody else than the maker approves, and
the list is carried out (ข้อ 66–70). A number is never destroyed: the register keeps its row.
Marked [K] in domain §5.5 and so defaults, not quotations: the 60 days of silence.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from access import scope
from entities.vocabulary import (
    DestructionStatus,
    Disposal,
    DocumentStatus,
    RetentionRule,
)
from figures import documents as figures
from models import (
    DestructionBatch,
    DestructionItem,
    Document,
    Loan,
    OfficeUnit,
    RetentionClass,
)
from rules import document_files, documents, numbers
from rules.base import Broken, complete, linked

B, D, S = DestructionStatus, Disposal, DocumentStatus
SERIES = "destruction:{}:{}"
NAMED = "บัญชีหนังสือขอทำลาย ที่ {}/{}"
"""Official wording that is written into records, whatever language the screen has."""
SILENCE = timedelta(days=60)
"""After so long without an answer the National Archives are taken to agree [K]."""
LEAST_MEMBERS = 2
"""A committee has a chair and at least two more (ข้อ 67)."""


def keep_until(kept: RetentionClass, filed_on: date, superseded_on: date | None) -> date | None:
    """Until which day a document filed on a day is kept; None where no day is set."""
    if kept.rule is RetentionRule.UNTIL_SUPERSEDED:
        return superseded_on
    return years_on(filed_on, kept.years) if kept.years is not None else None


def years_on(day: date, years: int) -> date:
    """The same day some years later; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


@complete(Document)
def _kept(document: Document, session: Session) -> None:
    """A filed document whose class or history changes is kept accordingly."""
    state = inspect(document)
    changed = any(
        state.attrs[key].history.has_changes()
        for key in ("retention_class_id", "retention_class", "filed_on", "superseded_on")
    )
    kept = linked(document, "retention_class", session)
    if changed and document.filed_on is not None and kept is not None:
        document.keep_until = keep_until(kept, document.filed_on, document.superseded_on)


def file(
    document: Document,
    session: Session,
    today: date,
    kept: RetentionClass | None = None,
    file_code: str = "",
) -> None:
    """File a document that is done with; its class says until when it is kept."""
    scope.permit(session, document, "file")
    if document.status is S.SENT and not documents.confirm(document, session):
        raise Broken(words_unconfirmed())
    documents.move(document, S.FILED)
    if document.received_on is not None and today < document.received_on:
        raise Broken(_("This day is before the document was received."), "filed_on")
    document.retention_class = kept or linked(document, "retention_class", session)
    if document.retention_class is None:
        raise Broken(_("Choose how long the document is kept."), "retention_class")
    document.filed_on, document.waits_for, document.holder_unit = today, None, None
    document.file_code = file_code.strip() or document.file_code
    session.flush()


def words_unconfirmed() -> str:
    """Why a sent document is not filed yet."""
    return str(_("Somebody has not confirmed the receipt yet."))


def supersede(document: Document, on: date, session: Session) -> None:
    """Say that a filed document no longer holds since a day, so that its keeping can end."""
    scope.permit(session, document, "file")
    if document.status is not S.FILED or on < (document.filed_on or on):
        raise Broken(_("Only a filed document is superseded, and not before it was filed."))
    document.superseded_on = on
    session.flush()


# Lending.


@dataclass(frozen=True)
class Borrower:
    """Who borrows a document, and until which day."""

    name: str
    position: str
    due_on: date


def lend(document: Document, to: Borrower, session: Session, today: date) -> Loan:
    """Lend a filed document; it is with one borrower at a time."""
    if document.status is not S.FILED:
        raise Broken(_("Only a filed document is lent."))
    if not to.name.strip():
        raise Broken(_("Say who borrows it."), "borrower")
    if to.due_on < today:
        raise Broken(_("It cannot be due back before it is lent."), "due_on")
    lent = Loan(
        province_id=document.province_id, document=document, borrower=to.name,
        borrower_position=to.position or None, lent_on=today, due_on=to.due_on,
    )  # fmt: skip
    scope.permit(session, lent, "lend")
    session.add(lent)
    session.flush()
    return lent


def take_back(lent: Loan, by: str, session: Session, today: date) -> None:
    """Note that a document came back, and who brought it."""
    scope.permit(session, lent, "lend")
    if lent.returned_on is not None:
        raise Broken(_("It was returned already."))
    if today < lent.lent_on:
        raise Broken(_("It cannot come back before it was lent."), "returned_on")
    lent.returned_on, lent.returned_by = today, by.strip() or lent.borrower
    session.flush()


# Destroying.


def survey(unit: OfficeUnit, year: int, session: Session, today: date) -> DestructionBatch:
    """List a unit's documents whose keeping ended with a calendar year (Gregorian).

    Documents of historical value are listed for the National Archives. Raises Broken before the
    year is over, and where nothing is due.
    """
    if today.year <= year:
        raise Broken(_("The survey begins when the year is over."), "year")
    due = figures.due_for_destruction(session, unit.id, year)
    if not due:
        raise Broken(_("Nothing is due to be destroyed."))
    number = numbers.take(session, SERIES.format(unit.province_id, year))
    batch = DestructionBatch(
        province_id=unit.province_id, unit=unit, year=year, number=number, surveyed_on=today,
        name=NAMED.format(number, year + 543),
    )  # fmt: skip
    scope.permit(session, batch, "survey")
    session.add(batch)
    for position, document in enumerate(due, start=1):
        item = DestructionItem(
            province_id=unit.province_id, batch=batch, position=position, document=document,
            opinion=D.ARCHIVE if document.archival else D.DESTROY,
        )  # fmt: skip
        scope.permit(session, item, "survey")
        session.add(item)
    session.flush()
    return batch


@dataclass(frozen=True)
class Committee:
    """Who looks at a list: the order that appoints them, the chair, the others."""

    order_ref: str
    chair: str
    members: tuple[str, ...]


def to_committee(batch: DestructionBatch, committee: Committee, session: Session) -> None:
    """Lay a list before its committee: a chair and at least two members."""
    _step(batch, B.LISTED, B.COMMITTEE, session)
    members = [one.strip() for one in committee.members if one.strip()]
    if not committee.chair.strip() or len(members) < LEAST_MEMBERS:
        raise Broken(_("The committee has a chair and at least two members."), "members")
    if not committee.order_ref.strip():
        raise Broken(_("Give the order that appoints the committee."), "order_ref")
    batch.order_ref, batch.chair_name = committee.order_ref, committee.chair
    batch.members = "\n".join(members)
    session.flush()


def judge(
    item: DestructionItem,
    opinion: Disposal,
    session: Session,
    until: date | None = None,
    note: str = "",
) -> None:
    """Write down what the committee or the National Archives think of one document."""
    batch = linked(item, "batch", session)
    if batch.status not in (B.COMMITTEE, B.ARCHIVES):
        raise Broken(_("Opinions are written while the list lies before somebody."))
    document = linked(item, "document", session)
    if opinion is D.DESTROY and document.archival:
        raise Broken(_("A document of historical value is never destroyed."), "opinion")
    if (opinion is D.EXTEND) != (until is not None):
        raise Broken(_("Say until when it is kept longer, and only then."), "keep_until")
    if until is not None and until.year <= batch.year:
        raise Broken(_("It is kept longer than the year of the list."), "keep_until")
    scope.permit(session, item, "survey")
    item.opinion, item.keep_until, item.note = opinion, until, note or None
    session.flush()


def to_archives(batch: DestructionBatch, opinion: str, session: Session, today: date) -> None:
    """Send a list with the committee's opinion to the National Archives."""
    _step(batch, B.COMMITTEE, B.ARCHIVES, session)
    if not opinion.strip():
        raise Broken(_("Write the opinion of the committee."), "opinion")
    batch.opinion, batch.sent_to_archives_on = opinion, today
    session.flush()


def archives_answer(batch: DestructionBatch, ref: str, on: date, session: Session) -> None:
    """Note the answer of the National Archives; what they want is judged item by item."""
    scope.permit(session, batch, "survey")
    if batch.status is not B.ARCHIVES or not ref.strip():
        raise Broken(_("Give the letter of the National Archives."), "archives_ref")
    if batch.sent_to_archives_on is None or on < batch.sent_to_archives_on:
        raise Broken(_("They cannot answer before the list was sent."), "archives_answered_on")
    batch.archives_ref, batch.archives_answered_on = ref, on
    session.flush()


def archives_agreed(batch: Any, today: date) -> bool:
    """Whether the National Archives answered about a list, or were silent so long that they agree."""
    sent = batch.sent_to_archives_on or today
    return batch.archives_answered_on is not None or today >= sent + SILENCE


def words_unanswered() -> str:
    """What is said while they may still answer."""
    return str(_("The National Archives have not answered, and 60 days are not over."))


def approve(
    batch: DestructionBatch,
    session: Session,
    today: date,
    approver: documents.Signer | None = None,
) -> None:
    """Approve a list, after the National Archives answered or were silent; not by its maker."""
    person = documents.signer_of(session, approver)
    if person.user_id is not None and person.user_id == batch.made_by:
        raise Broken(_("Whoever made a list cannot approve it."))
    scope.permit(session, batch, "approve")
    if batch.status is not B.ARCHIVES:
        raise Broken(_("A list goes through its committee and the National Archives first."))
    if not archives_agreed(batch, today):
        raise Broken(words_unanswered())
    batch.status, batch.approved_on = B.APPROVED, today
    batch.approver_name, batch.approved_by = person.name, person.user_id
    session.flush()


def carry_out(batch: DestructionBatch, session: Session, now: datetime, today: date) -> None:
    """Do with each document what was approved; numbers and register rows stay for good."""
    _step(batch, B.APPROVED, B.CARRIED_OUT, session)
    items = select(DestructionItem).where(DestructionItem.batch_id == batch.id)
    for item in session.scalars(items.order_by(DestructionItem.position)).all():
        scope.permit(session, item, "survey")
        _dispose(linked(item, "document", session), item, session, now)
        item.carried_out_on = today
    batch.carried_out_on = today
    session.flush()


def _dispose(document: Document, item: DestructionItem, session: Session, now: datetime) -> None:
    scope.permit(session, document, "file")
    if figures.lent(session, document.id):
        raise Broken(_("“%(what)s” is lent and must come back first.", what=document))
    if item.opinion is D.EXTEND:
        document.keep_until = item.keep_until
        return
    documents.move(document, S.DESTROYED if item.opinion is D.DESTROY else S.ARCHIVED)
    if item.opinion is D.DESTROY:
        document_files.hide(document, session, now)
        documents.empty_secret(document, session)


def withdraw(batch: DestructionBatch, session: Session) -> None:
    """Give up a list that is not approved; its documents can be listed again."""
    scope.permit(session, batch, "survey")
    if batch.status not in (B.LISTED, B.COMMITTEE, B.ARCHIVES):
        raise Broken(_("Only a list that is not approved is withdrawn."))
    batch.status = B.WITHDRAWN
    session.flush()


def _step(
    batch: DestructionBatch, here: DestructionStatus, to: DestructionStatus, session: Session
) -> None:
    scope.permit(session, batch, "survey")
    if batch.status is not here:
        raise Broken(_("The list is “%(state)s”; this step is not open.", state=batch.status))
    batch.status = to
