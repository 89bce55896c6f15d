"""The files of documents: found by their words, shown to whom they were sent, gone when destroyed.

Files of a secret document stand elsewhere, encrypted (`rules/documents.py`); none of this is theirs.
"""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from access import derived, file_text, scope
from access import viewer as who
from entities.vocabulary import DocumentStatus
from models import Attachment, Distribution, Document
from rules import sent_files
from rules.base import Broken, check_together, linked
from rules.registers import FINISHED
from rules.removal import stays
from rules.sent_files import SentFile

S = DocumentStatus


@check_together(Attachment)
def _searched_with_document(rows: list[Attachment], session: Session) -> None:
    """A document is found by the words of the files that hang on it now, and of no other."""
    for key in {row.document_id for row in rows if row.document_id is not None}:
        # Two files that come at the same moment must both be in what is written last.
        document = session.get(Document, key, with_for_update=True)
        if document is None or document.secrecy is not None:
            continue
        text = file_text.shared(_texts(key, session)) or None
        if text != document.body_text:
            # Not through the document itself: whoever edits it meanwhile would meet a conflict.
            derived.write(session, document, body_text=text)


def _texts(document_id: int, session: Session) -> list[str]:
    found = session.scalars(
        select(Attachment.body_text)
        .where(Attachment.document_id == document_id, Attachment.body_text.is_not(None))
        .order_by(Attachment.id)
    )
    return [text for text in found if text]


BORNE = frozenset({S.SIGNED, S.NUMBERED, S.SENT, S.ACKNOWLEDGED})
"""States of a draft that bears a signature: what it was signed with belongs to it."""


@stays(Attachment)
def _of_a_document(attachment: Attachment, session: Session) -> None:
    """What was signed, filed or sent keeps its files; a wrong one comes off before that."""
    document = linked(attachment, "document", session)
    if document is None:
        return
    if keeps_files(document):
        raise Broken(
            _("The document is “%(state)s”; its files stay as they are.", state=document.status)
        )
    with scope.for_the_office(session):
        sent = select(Distribution).where(Distribution.document_id == document.id)
        gone = any(_went(attachment, one) for one in session.scalars(sent))
    if gone:
        raise Broken(_("The file went along to somebody; it stays with the document."))


def keeps_files(document: Document) -> bool:
    """Whether a document is so far on its way that no file is taken off it."""
    return document.status in BORNE or document.status in FINISHED


def hide(document: Document, session: Session, now: datetime) -> None:
    """Take the files of a destroyed document away, with every word that was read from them."""
    for attachment in session.scalars(_of(document.id)).all():
        scope.permit(session, attachment, "survey")
        attachment.body_text = None
        attachment.removed_at, attachment.removed_by = now, who.of(session).user_id
    document.body_text = None


def sent_with(distribution: Distribution, session: Session) -> Sequence[SentFile]:
    """The files that went along with a document to one of its recipients; none of a secret one.

    What the office attached afterwards, or left out, is its own. An agency reaches neither the register nor its
    files, so they are read for it, and told as plain values. Raises Denied where the viewer may
    not read the distribution or files at all.
    """
    person = who.of(session)
    if not person.reaches(distribution, "read") or not person.may(Attachment, "read"):
        raise scope.Denied("read", distribution)
    with scope.for_the_office(session):
        secrecy = select(Document.secrecy).where(Document.id == distribution.document_id)
        found = session.execute(secrecy).one_or_none()
        if found is None or found.secrecy is not None:
            return ()
        rows = session.scalars(_of(distribution.document_id)).all()
        return [SentFile.of(one) for one in rows if _went(one, distribution)]


def _went(attachment: Attachment, distribution: Distribution) -> bool:
    """Whether a file went along with a document: attached by then, and not left out."""
    there = attachment.made_at is not None and attachment.made_at <= distribution.sent_at
    return there and attachment.id not in sent_files.ids(distribution.files_left_out)


def went_along(
    document_id: int, attached: Sequence[Attachment], session: Session
) -> dict[int, tuple[int, int]]:
    """By file of a document: with how many recipients it went along, and how many there are.

    Empty where the document was sent to nobody that the viewer may read of.
    """
    if not attached or not who.of(session).may(Distribution, "read"):
        return {}
    statement = select(Distribution).where(Distribution.document_id == document_id)
    sent = session.scalars(statement).all()
    return {one.id: (sum(_went(one, to) for to in sent), len(sent)) for one in attached if sent}


def _of(document_id: int) -> Select[Attachment]:
    return select(Attachment).where(Attachment.document_id == document_id).order_by(Attachment.id)
