"""What other areas tie to a document or a case: the far side of each link, asked for.

The scope keeps each answer to what the viewer reads.
"""

from collections.abc import Sequence

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from entities.vocabulary import DocumentStatus, RegisterKind
from figures.complaints import OVER
from models import Complaint, Document, FollowUp, Meeting

S = DocumentStatus
CARRIED = frozenset({S.DONE, S.SENT, S.ACKNOWLEDGED, S.FILED, S.DESTROYED, S.ARCHIVED})
"""States in which a document has done what it was for: acted on, or gone out."""
MOST = 50
"""Links shown on a page; more hang on one record by mistake alone."""


def cases_of(session: Session, document_id: int) -> Sequence[Complaint]:
    """The cases that came with a document, or are answered by it."""
    ways = (Complaint.source_document_id, Complaint.answer_document_id)
    # One search for each way: SQLite uses no partial index for either side of an OR.
    tied = union(
        *(
            select(Complaint.id).where(w == document_id, Complaint.removed_at.is_(None))
            for w in ways
        )
    )
    found = select(Complaint).where(Complaint.id.in_(tied)).order_by(Complaint.id)
    return session.scalars(found.limit(MOST)).all()


def meetings_of(session: Session, document_id: int) -> Sequence[Meeting]:
    """The meetings to which a document invites."""
    statement = select(Meeting).where(Meeting.invitation_id == document_id)
    return session.scalars(statement.order_by(Meeting.meets_on, Meeting.id).limit(MOST)).all()


def follow_ups_of(
    session: Session, *, document_id: int | None = None, complaint_id: int | None = None
) -> Sequence[FollowUp]:
    """The follow-ups that a document, or a case, carries out."""
    tied = (
        FollowUp.document_id == document_id
        if document_id is not None
        else FollowUp.complaint_id == complaint_id
    )
    return session.scalars(select(FollowUp).where(tied).order_by(FollowUp.id).limit(MOST)).all()


def is_over(carrier: Document | Complaint) -> bool:
    """Whether a document or a case has done what it was for."""
    if isinstance(carrier, Document):
        return carrier.status in CARRIED
    return carrier.status in OVER


def newest(
    session: Session, province_id: int, received: bool | None, secrets: bool, limit: int
) -> list[Document]:
    """A province's newest documents that are not cancelled: received, sent, or (None) all."""
    statement = select(Document).where(
        Document.province_id == province_id, Document.status != S.CANCELLED
    )
    if not secrets:
        statement = statement.where(Document.secrecy.is_(None))
    if received is not None:
        kind = Document.register_kind
        came = kind == RegisterKind.RECEIVED
        statement = statement.where(came if received else kind != RegisterKind.RECEIVED)
    return list(session.scalars(statement.order_by(Document.id.desc()).limit(limit)))
