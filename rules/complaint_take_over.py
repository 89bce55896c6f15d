"""Taking over a case of an older log: in its present state, with its own number, marked so.

The import of a whole log and the form for one case both come in here. What happened before is not
told: the clock of such a case has no history, and its days of quiet begin today.
"""

import re
from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from access import scope
from entities import dates
from entities.vocabulary import AssignmentPart, AssignmentStatus, ComplaintAct, ComplaintStatus
from models import Agency, Assignment, Complaint
from rules.base import Broken
from rules.complaints import OPEN_ENDS, scope_free, tell

S, P = ComplaintStatus, AssignmentStatus
PARTS = {
    S.ASSIGNED: P.SENT,
    S.ACCEPTED: P.ACCEPTED,
    S.IN_PROGRESS: P.WORKING,
    S.RESOLVED: P.REPORTED,
    S.REVIEWING: P.REPORTED,
    S.CLOSED: P.REPORTED,
    S.REJECTED: P.RELEASED,
}
"""How far an agency is in a case taken over, by the state of the case; in the others none is at work."""
AT_AGENCIES = (S.ASSIGNED, S.ACCEPTED)
"""States in which a case lies with an agency and nobody else could lead it on."""
OURS = re.compile(r"^ศดธ\.\S+-(\d{4})-\d{5,}$")
"""A number as `rules.complaints.receive` gives it, with its year."""


def take_over(
    complaint: Complaint,
    old_number: str,
    status: ComplaintStatus,
    agencies: Sequence[Agency],
    session: Session,
    today: date,
) -> Complaint:
    """Bring in a case of an older log in its present state, with its number there.

    The first agency leads, the others support; without one the centre handles an open case. What an
    agency was given counts from the day of receipt, the only one the log tells, so that it stands
    in that year's figures. Days of quiet begin today, for nobody knows when it last moved. Raises
    Broken where the number is taken or one to come, a day lies before receipt, or the agencies do
    not fit the state.
    """
    _refuse_number(complaint, old_number, session, today)
    _refuse_end(complaint, status, today)
    _refuse_agencies(complaint, status, agencies)
    complaint.number = complaint.old_number = old_number
    complaint.status, complaint.taken_over = status, True
    session.add(complaint)
    session.flush()
    scope.permit(session, complaint, "take_over")
    if status in OPEN_ENDS:
        complaint.quiet_since = today
        complaint.own_handling = not agencies
    if agencies:
        complaint.lead_agency = agencies[0]
    for n, agency in enumerate(agencies):
        part = AssignmentPart.SUPPORT if n else AssignmentPart.LEAD
        session.add(scope_free(session, _part(complaint, agency, part, today)))
    tell(complaint, ComplaintAct.TAKE_OVER, session, today, reason=old_number)
    return complaint


def _part(complaint: Complaint, agency: Agency, part: AssignmentPart, today: date) -> Assignment:
    return Assignment(
        complaint=complaint, province_id=complaint.province_id, agency=agency, part=part,
        number=complaint.number, subject=complaint.subject, status=PARTS[complaint.status],
        assigned_on=complaint.received_on, due_on=complaint.due_on,
        quiet_since=today if complaint.status in OPEN_ENDS else None,
    )  # fmt: skip


def to_come(number: str, today: date) -> bool:
    """Whether a number reads like one that our own series gives this year or later."""
    ours = OURS.match(number)
    return ours is not None and int(ours[1]) >= dates.be_year(today)


def words_to_come(number: str) -> str:
    """What is said of such a number: taken over, it would stop the series when that comes to it."""
    return str(
        _(
            "%(number)s is a number of this system's own series; it is not taken over.",
            number=number,
        )
    )


def _refuse_number(complaint: Complaint, number: str, session: Session, today: date) -> None:
    if not number.strip():
        raise Broken(_("Write the number that the case has in the older log."), "old_number")
    if to_come(number, today):
        raise Broken(words_to_come(number), "old_number")
    taken = select(Complaint.id).where(
        Complaint.province_id == complaint.province_id, Complaint.number == number
    )
    if session.scalar(taken.limit(1)) is not None:
        raise Broken(
            _("A case with the number %(number)s is already here.", number=number), "old_number"
        )


def _refuse_end(complaint: Complaint, status: ComplaintStatus, today: date) -> None:
    """Days lie in their order, and only a closed case has an end."""
    received, closed = complaint.received_on, complaint.closed_on
    if complaint.due_on is not None and complaint.due_on < received:
        raise Broken(_("This day lies before the day of receipt."), "due_on")
    if status is S.CLOSED and complaint.result_kind is None:
        raise Broken(_("Say whether the case could be settled."), "result_kind")
    if status is not S.CLOSED and complaint.result_kind is not None:
        raise Broken(_("Only a closed case was settled or not."), "result_kind")
    if closed is None:
        return
    if status is not S.CLOSED:
        raise Broken(_("Only a closed case has a day of closing."), "closed_on")
    if closed < received:
        raise Broken(_("This day lies before the day of receipt."), "closed_on")
    if closed > today:
        raise Broken(_("This day has not come yet."), "closed_on")


def _refuse_agencies(
    complaint: Complaint, status: ComplaintStatus, agencies: Sequence[Agency]
) -> None:
    if any(one.province_id != complaint.province_id for one in agencies):
        raise Broken(_("This agency lies in another province."), "lead_agency_id")
    if len({one.id for one in agencies}) < len(agencies):
        raise Broken(_("An agency is named twice."), "lead_agency_id")
    if agencies and status not in PARTS:
        raise Broken(_("In this state no agency works on the case yet."), "lead_agency_id")
    if not agencies and status in AT_AGENCIES:
        raise Broken(_("Say which agency has the case."), "lead_agency_id")
