"""What of a case goes along to its agencies: where and what it is, and the files the centre chose.

What came in with a case may name who complained, so the choice is made file by file. An agency opens
them while it holds the case; the accused agency never holds it (`rules/complaints.py`).
"""

from collections.abc import Collection, Iterable, Sequence

from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from access import scope
from access import viewer as who
from entities import dates
from figures.complaints import OVER
from models import Accused, Assignment, Attachment, Complaint
from rules import sent_files
from rules.base import Broken, linked
from rules.complaints import HELD, standing
from rules.entries import locked
from rules.removal import stays
from rules.sent_files import SentFile


def of_case(complaint_id: int) -> Select[Attachment]:
    """The files that hang on a case itself."""
    mine = Attachment.complaint_id == complaint_id
    return select(Attachment).where(mine).order_by(Attachment.id)


@stays(Attachment)
def _of_a_case(attachment: Attachment, session: Session) -> None:
    """What hangs on a case that is over stays, and so does what came with an agency's report."""
    if attachment.complaint_update_id is not None:
        raise Broken(_("What was reported stays as it was reported."))
    case = linked(attachment, "complaint", session)
    if case is not None and case.status in OVER:
        raise Broken(_("The case is over; what hangs on it stays as it is."))


WHERE, ON, DISTRICT = "สถานที่เกิดเหตุ: {}", "วันที่เกิดเหตุ: {}", "อำเภอ{}"
SUBDISTRICT = "ตำบล{}"
"""Official wording that is written into records, whatever language the screen has."""


def brief(case: Complaint) -> str:
    """What an agency must know beside the subject, for the clerk to look through and complete.

    What was told of a confidential case, or by somebody who stays unnamed, is not among it.
    """
    parts = [
        case.place,
        SUBDISTRICT.format(case.subdistrict.name) if case.subdistrict else None,
        DISTRICT.format(case.district.name) if case.district else None,
    ]
    place = " ".join(part for part in parts if part)
    lines = [WHERE.format(place)] if place else []
    if case.incident_on is not None:
        lines.append(ON.format(dates.long_date(case.incident_on, "th")))
    if case.detail and not _guarded(case):
        lines.append(case.detail)
    return "\n".join(lines)


def brief_at_once(case: Complaint) -> str | None:
    """What goes along where nobody looks it through first: of a guarded case nothing at all.

    The place may be where the complainant lives.
    """
    return None if _guarded(case) else brief(case) or None


def _guarded(case: Complaint) -> bool:
    return case.confidential or case.is_anonymous


def share(
    complaint: Complaint,
    keys: Collection[int],
    session: Session,
    of: Sequence[Assignment] | None = None,
) -> list[Assignment]:
    """Let agencies open these files of the case and no others: all that hold it, or those `of`."""
    case = locked(session, Complaint, complaint.id)
    scope.permit(session, case, "assign")
    own = {one.id for one in session.scalars(of_case(case.id))}
    if not set(keys) <= own:
        raise Broken(_("Choose one from the list."), "files")
    told = list(standing(case, session) if of is None else of)
    for one in told:
        scope.permit(session, one, "assign")
        one.files_along = sent_files.listed(keys)
    session.flush()
    return told


def chosen(complaint: Complaint, session: Session) -> frozenset[int]:
    """The files that some agency of the case opens now."""
    return opened_by(standing(complaint, session))


def opened_by(parts: Iterable[Assignment]) -> frozenset[int]:
    """The files that some agency opens, of assignments that may have been given up."""
    kept = [sent_files.ids(one.files_along) for one in parts if one.status in HELD]
    return frozenset().union(*kept)


def shared_with(assignment: Assignment, session: Session) -> list[SentFile]:
    """The files that an agency opens of its case, as plain values; raises Denied.

    An agency reaches neither the case nor its files, so they are read for whoever answers for it;
    others who read the assignment are told none. Nothing of a case that the agency no longer holds,
    or that accuses it.
    """
    person = who.of(session)
    if not person.reaches(assignment, "read") or not person.may(Attachment, "read"):
        raise scope.Denied("read", assignment)
    keys = sent_files.ids(assignment.files_along)
    held = assignment.status in HELD and person.reaches(assignment, "accept")
    if not keys or not held:
        return []
    with scope.for_the_office(session):
        accused = select(Accused.id).where(
            Accused.complaint_id == assignment.complaint_id,
            Accused.accused_agency_id == assignment.agency_id,
        )
        if session.scalar(accused.limit(1)) is not None:
            return []
        rows = session.scalars(of_case(assignment.complaint_id).where(Attachment.id.in_(keys)))
        return [SentFile.of(one) for one in rows]
