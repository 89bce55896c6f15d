"""Links between areas: a case and its documents, a meeting's invitation, what carries a follow-up out.

Each link is one column on the record that needs the other; the other side asks for it
(`figures/links.py`). A draft made here gets its number only when it is issued, and takes over no
word that tells who complained.
"""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from access import scope
from entities import thai
from entities.vocabulary import DocumentKind, DocumentStatus, MeetingStatus, RegisterKind
from models import Complaint, Document, FollowUp, Meeting, OfficeUnit
from rules.base import Broken, check, linked
from rules.entries import locked

ANSWERING = "แจ้งผลการดำเนินการเรื่องร้องเรียน"
INVITED = "กรรมการตามบัญชีรายชื่อแนบท้าย"
"""Official wording that is written into records, whatever language the screen has."""
LONGEST_SUBJECT = 1000
"""Characters that the subject of a document holds."""


@dataclass(frozen=True)
class Letter:
    """What a draft begins with: its subject, the unit that sends it, and to whom, if that is known."""

    subject: str
    unit: OfficeUnit
    to_party: str | None = None


def answer_subject(case: Complaint) -> str:
    """What an answer's draft is called; a confidential case lends it no word, for a register is read
    by the whole office."""
    return (
        ANSWERING
        if case.confidential
        else thai.shorten(f"{ANSWERING} {case.subject}", LONGEST_SUBJECT)
    )


# Cases.


def write_answer(case: Complaint, letter: Letter, session: Session) -> Document:
    """Draft the letter that answers a case; with it the received document that the case came with."""
    held: Complaint = _case(case, session)
    made = _tied_draft(held, "answer_document", letter, session)
    made.answers = linked(held, "source_document", session)
    session.flush()
    return made


def link_case(
    case: Complaint, source: Document | None, answer: Document | None, session: Session
) -> None:
    """Say which documents a case came with and is answered by; None unties."""
    held: Complaint = _case(case, session)
    _tie(held, "source_document_id", source, "source")
    _tie(held, "answer_document_id", answer, "answer")
    session.flush()


def _case(case: Complaint, session: Session) -> Complaint:
    held: Complaint = locked(session, Complaint, case.id)
    scope.permit(session, held, "edit")
    if held.number is None:
        raise Broken(_("A draft has to be received first."))
    return held


@check(Complaint)
def _fitting_documents(case: Complaint, session: Session) -> None:
    source = linked(case, "source_document", session)
    if source is not None and source.register_kind is not RegisterKind.RECEIVED:
        raise Broken(_("A case comes with a received document."), "source")
    _refuse_received(linked(case, "answer_document", session), "answer")


# Invitations.


def write_invitation(meeting: Meeting, letter: Letter, session: Session) -> Document:
    """Draft a meeting's invitation as a document of the register."""
    held = _meeting(meeting, session)
    made = _tied_draft(held, "invitation", letter, session)
    session.flush()
    return made


def link_invitation(meeting: Meeting, document: Document | None, session: Session) -> None:
    """Say by which document a meeting's members were invited; None unties."""
    held = _meeting(meeting, session)
    _tie(held, "invitation_id", document, "document")
    session.flush()


def _meeting(meeting: Meeting, session: Session) -> Meeting:
    held: Meeting = locked(session, Meeting, meeting.id)
    scope.permit(session, held, "invite")
    if held.province_id is None:
        raise Broken(_("A cluster keeps no register; its letters go out from a province's office."))
    if held.status is MeetingStatus.CANCELLED:
        raise Broken(_("The meeting was cancelled."))
    return held


@check(Meeting)
def _fitting_invitation(meeting: Meeting, session: Session) -> None:
    _refuse_received(linked(meeting, "invitation", session), "document")


# Follow-ups.


def carry_out(
    follow_up: FollowUp, document: Document | None, case: Complaint | None, session: Session
) -> None:
    """Say which document or case carries a follow-up out; neither unties. Its state stays."""
    held: FollowUp = locked(session, FollowUp, follow_up.id)
    scope.permit(session, held, "edit")
    if document is not None and case is not None:
        raise Broken(_("A follow-up is carried out by a document or by a case."), "case")
    if case is not None and case.number is None:
        raise Broken(_("A draft has to be received first."), "case")
    _tie(held, "document_id", document, "document")
    held.complaint_id = case.id if case else None
    session.flush()


# What all of them share.


def _draft(letter: Letter, province_id: int, session: Session) -> Document:
    if letter.unit.province_id != province_id:
        raise Broken(_("Choose a unit of this province."), "unit")
    if not letter.subject.strip():
        raise Broken(_("A document needs its subject."), "subject")
    made = Document(
        subject=letter.subject.strip(), register_kind=RegisterKind.SENT, unit=letter.unit,
        province_id=province_id, kind=DocumentKind.EXTERNAL, to_party=letter.to_party or None,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def _tied_draft(held: Complaint | Meeting, link: str, letter: Letter, session: Session) -> Document:
    """A new draft, tied to its record; at a second press, or a second clerk's, the first stands."""
    before = linked(held, link, session)
    if before is not None and before.status is not DocumentStatus.CANCELLED:
        raise Broken(_("There is such a document already; look at it first."))
    made = _draft(letter, held.province_id or 0, session)
    setattr(held, link, made)
    return made


def _tie(held: Any, key: str, wanted: Document | None, field: str) -> None:
    """Tie a record to a document, or untie it; nothing new is tied to one that was cancelled."""
    fresh = wanted is not None and wanted.id != getattr(held, key)
    if fresh and wanted is not None and wanted.status is DocumentStatus.CANCELLED:
        raise Broken(_("This document was cancelled."), field)
    setattr(held, key, wanted.id if wanted else None)


def _refuse_received(document: Document | None, field: str) -> None:
    if document is not None and document.register_kind is RegisterKind.RECEIVED:
        raise Broken(_("Choose a document that goes out, not one that was received."), field)
