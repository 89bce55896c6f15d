"""The path of a complaint: ten states, the arrows between them, and who may go along each.

States and arrows follow domain §4.4. One agency leads, any number supports; the lead's answers move
the case, the others' are told beside. An agency's officer acts on the own assignment and never
reads the case: what follows for the case is written for the office (`scope.for_the_office`).
Every verb locks the case, so that of two clerks who do the same the second is told.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import bindparam, inspect, select
from sqlalchemy.orm import Session

from access import holders, scope
from access import viewer as who
from entities import dates
from entities.base import PARAGRAPH
from entities.vocabulary import (
    AssignmentPart,
    AssignmentStatus,
    ComplaintAct,
    ComplaintStatus,
    ResultKind,
    UpdateKind,
)
from figures.complaints import OVER, TURN, WITH_AGENCY
from models import (
    Accused,
    Agency,
    Assignment,
    Complaint,
    ComplaintCategory,
    ComplaintStep,
    ComplaintUpdate,
    Province,
)
from rules import complaint_clock as clock
from rules import numbers
from rules.base import Broken, check, complete, linked, run_checks, today_of, too_long
from rules.entries import locked

S, A, P = ComplaintStatus, ComplaintAct, AssignmentStatus
ARROWS: dict[tuple[ComplaintStatus, ComplaintAct], ComplaintStatus] = {
    (S.NEW, A.SCREEN): S.SCREENING,
    (S.SCREENING, A.ASSIGN): S.ASSIGNED,
    (S.SCREENING, A.REJECT): S.REJECTED,
    (S.SCREENING, A.HANDLE): S.IN_PROGRESS,
    (S.ASSIGNED, A.ACCEPT): S.ACCEPTED,
    (S.ASSIGNED, A.GIVE_BACK): S.RETURNED,
    (S.ACCEPTED, A.GIVE_BACK): S.RETURNED,
    (S.ACCEPTED, A.PROGRESS): S.IN_PROGRESS,
    (S.RETURNED, A.SCREEN): S.SCREENING,
    (S.IN_PROGRESS, A.RESULT): S.RESOLVED,
    (S.IN_PROGRESS, A.CLOSE): S.CLOSED,
    (S.RESOLVED, A.REVIEW): S.REVIEWING,
    (S.REVIEWING, A.SEND_BACK): S.IN_PROGRESS,
    (S.REVIEWING, A.CLOSE): S.CLOSED,
}
"""The fourteen arrows; a case that the centre handles itself alone goes from work to closing."""
HELD = (*TURN, P.REPORTED)
"""An assignment that stands; in the others than the last it is the agency's turn."""
OPEN_ENDS = (S.ASSIGNED, S.ACCEPTED, S.IN_PROGRESS, S.RESOLVED, S.REVIEWING)
"""States in which somebody works on the case: an agency, or the centre itself."""
SERIES = "complaint:{}:{}"
NUMBER = "ศดธ.{}-{}-{:05}"
"""Letters of the province, year of the Buddhist era, running number of that year."""
TYPED = (
    "subject", "received_on", "channel_id", "nature_id", "category_id", "importance", "confidential",
    "is_anonymous", "detail", "incident_on", "district_id", "subdistrict_id", "place",
)  # fmt: skip
"""What the clerk takes down; it stands still once the case is over."""


# The story.


def tell(
    complaint: Complaint,
    act: ComplaintAct,
    session: Session,
    today: date,
    *,
    reason: str | None = None,
    agency_id: int | None = None,
) -> None:
    """Write a step of the story; the case is as it stands after it."""
    session.add(
        scope_free(
            session,
            ComplaintStep(
                complaint=complaint, province_id=complaint.province_id, act=act, at=_moment(today),
                happened_on=today, actor=actor(session), agency_id=agency_id, reason=reason,
                status=complaint.status,
            ),
        )
    )  # fmt: skip


def scope_free(session: Session, row: Any) -> Any:
    """A row that follows from an act the person was permitted; it may be written with it."""
    session.info.setdefault("permitted", set()).add(row)
    return row


def actor(session: Session) -> str:
    """The name under which the session acts; a seed or an import says whose."""
    return str(session.info.get("actor") or who.of(session).name)


def _moment(today: date) -> datetime:
    """Now; of a day that is told later, its noon."""
    if today == dates.today():
        return dates.now()
    return datetime.combine(today, time(12), dates.BANGKOK)


def _move(
    complaint: Complaint,
    act: ComplaintAct,
    session: Session,
    today: date,
    *,
    reason: str | None = None,
    agency_id: int | None = None,
) -> None:
    """Go along an arrow and tell it; raises Broken where none leads from here."""
    _stand(complaint, _arrow(complaint, act))
    tell(complaint, act, session, today, reason=reason, agency_id=agency_id)


def _stand(complaint: Complaint, state: ComplaintStatus) -> None:
    """Let a case stand in a state; more time that was asked for lapses where no agency needs it."""
    complaint.status = state
    if state not in WITH_AGENCY:
        _asks_no_more(complaint)


def _asks_no_more(complaint: Complaint) -> None:
    complaint.extension_to = complaint.extension_by = None
    complaint.extension_above = False


def _arrow(complaint: Complaint, act: ComplaintAct) -> ComplaintStatus:
    """Where an act leads from here; verbs that write first ask it before they do."""
    to = ARROWS.get((complaint.status, act))
    if to is None:
        raise Broken(_("The case is “%(state)s” now; look again.", state=complaint.status))
    return to


def _take(complaint: Complaint, verb: str, session: Session) -> Complaint:
    """The case as it stands now, locked, for a verb that the person may do."""
    found: Complaint = locked(session, Complaint, complaint.id)
    scope.permit(session, found, verb)
    if found.number is None:
        raise Broken(_("A draft has to be received first."))
    return found


def _reason(text: str | None, field: str = "reason") -> str:
    if not (text or "").strip():
        raise Broken(_("Say why."), field)
    return str(text).strip()


def _running(complaint: Complaint) -> None:
    if complaint.paused_on is not None:
        raise Broken(_("The clock of this case stands; start it again first."))


# Receiving and screening.


def receive(complaint: Complaint, session: Session, today: date) -> str:
    """Give a case its number and begin its story; the record may be new or a draft."""
    session.add(complaint)
    session.flush()
    scope.permit(session, complaint, "receive")
    if complaint.number is not None:
        raise Broken(_("This case was received already: %(number)s.", number=complaint.number))
    place = session.get_one(Province, complaint.province_id)
    year = dates.be_year(today)
    taken = numbers.take(session, SERIES.format(place.id, year))
    complaint.number = NUMBER.format(place.letter_code, year, taken)
    tell(complaint, A.RECEIVE, session, today)
    session.flush()
    return complaint.number


def screen(complaint: Complaint, session: Session, today: date) -> None:
    """Begin to look into a new case, or into one that an agency returned."""
    _move(_take(complaint, "screen", session), A.SCREEN, session, today)


def reject(complaint: Complaint, reason: str, session: Session, today: date) -> None:
    """Not accept a case, with the reason."""
    case = _take(complaint, "reject", session)
    _no_agency(case, session)
    why = _reason(reason)
    case.resolved_on = today
    _move(case, A.REJECT, session, today, reason=why)


def handle(complaint: Complaint, session: Session, today: date, due_on: date | None = None) -> None:
    """Let the centre see to a case itself; only while no agency is assigned."""
    case = _take(complaint, "assign", session)
    _arrow(case, A.HANDLE)
    _no_agency(case, session)
    case.own_handling, case.lead_agency_id = True, None
    _start_clock(case, session, today, due_on or _usual_due(case, session, today))
    _move(case, A.HANDLE, session, today)


def _no_agency(case: Complaint, session: Session) -> None:
    if any(standing(case, session)):
        raise Broken(_("Agencies are still assigned; relieve them first."))


def standing(complaint: Complaint, session: Session) -> Sequence[Assignment]:
    """The assignments of a case that stand, the lead first."""
    found = session.scalars(STANDING, {"complaint": complaint.id}).all()
    return sorted(found, key=lambda one: one.part is not AssignmentPart.LEAD)


STANDING = (
    select(Assignment)
    .where(Assignment.complaint_id == bindparam("complaint"), Assignment.status.in_(HELD))
    .order_by(Assignment.id)
)


# Assigning.

USUAL = object()
"""The due day that follows from the category's days."""


def assign(
    complaint: Complaint,
    lead: Agency,
    supports: Sequence[Agency],
    instruction: str | None,
    session: Session,
    today: date,
    due_on: Any = USUAL,
) -> list[Assignment]:
    """Give a screened case to one lead agency and any number of supporting ones.

    The clock starts. `due_on` is the category's day unless one is told; None sets no day.
    """
    case = _take(complaint, "assign", session)
    _arrow(case, A.ASSIGN)
    due = _usual_due(case, session, today) if due_on is USUAL else due_on
    _refuse_day(due, today)
    _start_clock(case, session, today, due)
    case.own_handling, case.lead_agency_id = False, lead.id
    _move(case, A.ASSIGN, session, today, reason=instruction, agency_id=lead.id)
    made = [_give(case, lead, AssignmentPart.LEAD, instruction, session, today)]
    for agency in supports:
        made += _support(case, agency, instruction, session, today)
    session.flush()
    return made


def add_support(
    complaint: Complaint, agency: Agency, instruction: str | None, session: Session, today: date
) -> list[Assignment]:
    """Let another agency support a case that is under way; nothing where it supports already."""
    case = _take(complaint, "assign", session)
    if case.status not in (*WITH_AGENCY, S.RESOLVED, S.REVIEWING):
        raise Broken(_("The case is “%(state)s” now; look again.", state=case.status))
    made = _support(case, agency, instruction, session, today)
    if made:
        tell(case, A.ASSIGN, session, today, reason=instruction, agency_id=agency.id)
    session.flush()
    return made


def _support(
    case: Complaint, agency: Agency, instruction: str | None, session: Session, today: date
) -> list[Assignment]:
    session.flush()
    held = standing(case, session)
    if any(one.agency_id == agency.id for one in held):
        return []
    return [_give(case, agency, AssignmentPart.SUPPORT, instruction, session, today)]


def _give(
    case: Complaint,
    agency: Agency,
    part: AssignmentPart,
    instruction: str | None,
    session: Session,
    today: date,
) -> Assignment:
    _refuse_accused(case, agency.id, session)
    made = Assignment(
        complaint=case, province_id=case.province_id, number=case.number, subject=case.subject,
        agency=agency, part=part, instruction=instruction, assigned_on=today, due_on=case.due_on,
        quiet_since=today, paused_on=case.paused_on,
    )  # fmt: skip
    session.add(scope_free(session, made))
    return made


def _refuse_accused(case: Complaint, agency_id: int, session: Session) -> None:
    accused = select(Accused.id).where(
        Accused.complaint_id == case.id, Accused.accused_agency_id == agency_id
    )
    if session.scalar(accused.limit(1)) is not None:
        raise Broken(_("This agency is accused in the case; give it to another."), "lead")


def _refuse_day(due: date | None, today: date) -> None:
    if due is not None and due < today:
        raise Broken(_("The due day has passed already."), "due_on")


def _usual_due(case: Complaint, session: Session, today: date) -> date | None:
    days = session.get_one(ComplaintCategory, case.category_id).days
    return None if days is None else clock.after(session, case.province_id, today, days)


def _start_clock(case: Complaint, session: Session, today: date, due_on: date | None) -> None:
    """The days count from the first assignment; a case sent round again goes on counting."""
    case.assigned_on = today
    case.clock_from = case.clock_from or today
    case.quiet_since, case.due_on = today, due_on


def release(assignment: Assignment, reason: str, session: Session, today: date) -> None:
    """Relieve an agency; without its lead the case comes back to the centre.

    It goes the way of a case that was returned, and is told as what the centre did.
    """
    why = _reason(reason)
    case = _take(linked(assignment, "complaint", session), "assign", session)
    held = _held(assignment, session, "assign")
    held.status = P.RELEASED
    if held.part is AssignmentPart.SUPPORT:
        tell(case, A.RELEASE, session, today, reason=why, agency_id=held.agency_id)
        return
    case.lead_agency_id = None
    _stand(case, _arrow(case, A.GIVE_BACK))
    tell(case, A.RELEASE, session, today, reason=why, agency_id=held.agency_id)


# What agencies answer.


@contextmanager
def _for_the_office(assignment: Assignment, verb: str, session: Session) -> Iterator[Any]:
    """The case of an assignment and the assignment, for a verb of the agency; all is checked inside."""
    scope.permit(session, assignment, verb)
    person = who.of(session)
    with scope.for_the_office(session):
        case = locked(session, Complaint, assignment.complaint_id)
        yield case, _held(assignment, session, verb)
        if not person.system:
            session.flush()
            run_checks(session)


def _held(assignment: Assignment, session: Session, verb: str) -> Assignment:
    found: Assignment = locked(session, Assignment, assignment.id)
    scope.permit(session, found, verb)
    if found.status not in HELD:
        raise Broken(_("This assignment is “%(state)s” now; look again.", state=found.status))
    return found


def accept(assignment: Assignment, session: Session, today: date) -> None:
    """Take an assignment on."""
    with _for_the_office(assignment, "accept", session) as (case, held):
        _in(held, P.SENT)
        held.status, held.accepted_on = P.ACCEPTED, today
        _with_lead(case, held, A.ACCEPT, session, today)


def give_back(assignment: Assignment, reason: str, session: Session, today: date) -> None:
    """Return an assignment with the reason; of the lead the case comes back to the centre."""
    why = _reason(reason)
    with _for_the_office(assignment, "give_back", session) as (case, held):
        _in(held, P.SENT, P.ACCEPTED)
        held.status, held.returned_on, held.return_reason = P.RETURNED, today, why
        if held.part is AssignmentPart.LEAD:
            case.lead_agency_id = None
        _with_lead(case, held, A.GIVE_BACK, session, today, why)


def progress(assignment: Assignment, text: str, session: Session, today: date) -> None:
    """Tell how an agency gets on; its days of quiet start anew, with the lead's those of the case."""
    told = _told(text)
    with _for_the_office(assignment, "report", session) as (case, held):
        _in(held, P.ACCEPTED, P.WORKING)
        held.status, held.quiet_since = P.WORKING, today
        _update(case, held, UpdateKind.PROGRESS, told, session, today)
        if held.part is AssignmentPart.LEAD:
            case.quiet_since = today
        if case.status is S.ACCEPTED:
            _with_lead(case, held, A.PROGRESS, session, today)
        else:
            tell(case, A.PROGRESS, session, today, agency_id=held.agency_id)


def report_result(assignment: Assignment, text: str, session: Session, today: date) -> None:
    """Tell what came of it; the lead's result closes the work and brings the case to the centre."""
    told = _told(text)
    with _for_the_office(assignment, "report", session) as (case, held):
        _in(held, P.ACCEPTED, P.WORKING)
        held.status, held.reported_on = P.REPORTED, today
        _update(case, held, UpdateKind.RESULT, told, session, today)
        if held.part is AssignmentPart.LEAD:
            if case.status is S.ACCEPTED:
                _move(case, A.PROGRESS, session, today, agency_id=held.agency_id)
            case.result, case.resolved_on, case.quiet_since = told, today, today
        _with_lead(case, held, A.RESULT, session, today)


def _told(text: str) -> str:
    if not text.strip():
        raise Broken(_("Write what was done."), "text")
    return text.strip()


def _in(held: Assignment, *states: AssignmentStatus) -> None:
    if held.status not in states:
        raise Broken(_("This assignment is “%(state)s” now; look again.", state=held.status))


def _with_lead(
    case: Complaint,
    held: Assignment,
    act: ComplaintAct,
    session: Session,
    today: date,
    reason: str | None = None,
) -> None:
    """The lead moves the case; what a supporting agency does is told beside."""
    move = _move if held.part is AssignmentPart.LEAD else tell
    move(case, act, session, today, reason=reason, agency_id=held.agency_id)


def _update(
    case: Complaint,
    held: Assignment | None,
    kind: UpdateKind,
    text: str,
    session: Session,
    today: date,
) -> ComplaintUpdate:
    """Write down what was told; with an assignment its agency reads it, without one it does not."""
    told = ComplaintUpdate(
        complaint_id=case.id, province_id=case.province_id, kind=kind, text=text, told_on=today,
        assignment_id=held.id if held else None, agency_id=held.agency_id if held else None,
        author=actor(session),
    )  # fmt: skip
    session.add(scope_free(session, told))
    return told


# What the centre does with it.


def note_progress(complaint: Complaint, text: str, session: Session, today: date) -> None:
    """Tell how the centre itself gets on with a case that it handles."""
    case = _take(complaint, "judge", session)
    if not case.own_handling or case.status is not S.IN_PROGRESS:
        raise Broken(_("The centre does not handle this case itself."))
    _update(case, None, UpdateKind.PROGRESS, _told(text), session, today)
    case.quiet_since = today
    tell(case, A.PROGRESS, session, today)


def review(complaint: Complaint, session: Session, today: date) -> None:
    """Begin to judge the lead agency's result."""
    _move(_take(complaint, "judge", session), A.REVIEW, session, today)


def send_back(complaint: Complaint, reason: str, session: Session, today: date) -> None:
    """Send a result back to the lead agency, with what is missing; the agency reads the reason."""
    why = _reason(reason)
    case = _take(complaint, "judge", session)
    _move(case, A.SEND_BACK, session, today, reason=why)
    case.result = case.resolved_on = None
    case.quiet_since = today
    for held in standing(case, session):
        if held.part is AssignmentPart.LEAD:
            scope.permit(session, held, "assign")
            held.status, held.reported_on, held.quiet_since = P.WORKING, None, today
            _update(case, held, UpdateKind.REVIEW, why, session, today)


def notify(complaint: Complaint, how: str, session: Session, today: date) -> None:
    """Note that the complainant was told the result, and how."""
    case = _take(complaint, "notify", session)
    if case.status in OVER:
        raise Broken(_("The case is “%(state)s” now; look again.", state=case.status))
    case.notified_on, case.notified_by, case.unnotified_reason = today, _told(how), None
    tell(case, A.NOTIFY, session, today, reason=case.notified_by)


def close(
    complaint: Complaint,
    kind: ResultKind,
    session: Session,
    today: date,
    *,
    result: str | None = None,
    unnotified_reason: str | None = None,
) -> None:
    """Close a case: settled or not, after the complainant was told or with the reason why not.

    `result` is what stands at the end; the lead agency's result where none is told.
    """
    case = _take(complaint, "close_case", session)
    if case.status is S.CLOSED:
        raise Broken(_("Somebody closed this case already."))
    _arrow(case, A.CLOSE)
    _running(case)
    if case.status is S.IN_PROGRESS and not case.own_handling:
        raise Broken(_("The lead agency has not reported a result yet."))
    told = (result or case.result or "").strip()
    if not told:
        raise Broken(_("Write what came of the case."), "result")
    why = None if case.notified_on is not None else _unnotified(unnotified_reason)
    _release_open(case, session, today)
    # All of the end at once: what is checked of it is checked of a case that is over.
    case.result, case.unnotified_reason = told, why
    case.result_kind, case.closed_on = kind, today
    case.resolved_on = case.resolved_on or today
    _move(case, A.CLOSE, session, today, reason=case.unnotified_reason)


def _release_open(case: Complaint, session: Session, today: date) -> None:
    """With the case ends what supporting agencies still owed: nobody waits for them any more."""
    for held in standing(case, session):
        if held.status in TURN:
            scope_free(session, held).status = P.RELEASED
            tell(case, A.RELEASE, session, today, agency_id=held.agency_id)


def _unnotified(reason: str | None) -> str:
    if not (reason or "").strip():
        raise Broken(
            _("Tell the complainant before the case is closed, or say why not."),
            "unnotified_reason",
        )
    return str(reason).strip()


def rate(
    complaint: Complaint, points: int, note: str | None, session: Session, today: date
) -> None:
    """Write down how content the complainant is with a closed case, from 1 to 5."""
    case = _take(complaint, "notify", session)
    if case.status is not S.CLOSED:
        raise Broken(_("Satisfaction is asked for when the case is closed."))
    if not 1 <= points <= 5:
        raise Broken(_("Satisfaction is a number from 1 to 5."), "satisfaction")
    case.satisfaction, case.satisfaction_note = points, (note or "").strip() or None


def reopen(complaint: Complaint, reason: str, session: Session, today: date) -> None:
    """Open a closed case again with a reason: it stays one case and is screened anew."""
    why = _reason(reason)
    case = _take(complaint, "reopen", session)
    if case.status is not S.CLOSED:
        raise Broken(_("Only a closed case is reopened."))
    for held in standing(case, session):
        scope.permit(session, held, "assign")
        held.status = P.RELEASED
    _stand(case, S.SCREENING)
    case.closed_on, case.reopened = None, case.reopened + 1
    case.result = case.result_kind = case.resolved_on = None
    case.notified_on = case.notified_by = case.unnotified_reason = None
    case.satisfaction = case.satisfaction_note = None
    case.lead_agency_id = case.due_on = case.quiet_since = None
    case.own_handling = False
    tell(case, A.REOPEN, session, today, reason=why)


# Time.

UNTIL, GRANTED = "ขอถึงวันที่ {}", "อนุมัติให้ถึงวันที่ {}"
WITHIN, NO_DAY = "ภายในวันที่ {}", "ไม่กำหนดวัน"
"""Official wording that is written into records, whatever language the screen has."""


def pause(complaint: Complaint, reason: str, session: Session, today: date) -> None:
    """Let the clock of an open case stand, with the reason."""
    why = _reason(reason)
    case = _take(complaint, "pause", session)
    if case.status in OVER:
        raise Broken(_("The case is “%(state)s” now; look again.", state=case.status))
    _running(case)
    case.paused_on = today
    for held in standing(case, session):
        scope.permit(session, held, "assign")
        held.paused_on = today
    tell(case, A.PAUSE, session, today, reason=why)


def resume(complaint: Complaint, session: Session, today: date) -> None:
    """Start the clock again: every day that was still to come moves by the days it stood.

    A case assigned meanwhile got its day then: it moves by the days since. Of the days without
    progress only those before the pause count on.
    """
    case = _take(complaint, "pause", session)
    if case.paused_on is None:
        raise Broken(_("The clock of this case is running."))
    since = max(case.paused_on, case.assigned_on or case.paused_on)
    stood = clock.passed(session, case.province_id, since, today)
    parts = standing(case, session)
    for held in parts:
        scope.permit(session, held, "assign")
    stopped: list[Any] = [*parts, case]
    for one in stopped:
        if one.due_on is not None:
            one.due_on = clock.after(session, case.province_id, one.due_on, stood)
        if one.quiet_since is not None:
            one.quiet_since = today - max(case.paused_on - one.quiet_since, timedelta())
    for one in stopped:
        one.paused_on = None
    tell(case, A.RESUME, session, today)


def ask_extension(
    complaint: Complaint, until: date, reason: str, session: Session, today: date
) -> None:
    """Ask for more time: the head of the centre grants it, and what the head asks is decided above."""
    why = _reason(reason)
    case = _take(complaint, "ask_extension", session)
    if case.status not in WITH_AGENCY:
        raise Broken(_("The case is “%(state)s” now; look again.", state=case.status))
    _running(case)
    if until < today or (case.due_on is not None and until <= case.due_on):
        raise Broken(_("More time ends after the day that stands now."), "until")
    viewer = who.of(session)
    case.extension_to, case.extension_by = until, viewer.user_id
    case.extension_above = viewer.is_person and viewer.reaches(case, "extend")
    tell(case, A.ASK_EXTENSION, session, today, reason=_dated(UNTIL.format(_day(until)), why))


def extend(complaint: Complaint, session: Session, today: date) -> None:
    """Grant the time that was asked for; whoever asked cannot grant it."""
    case = _asked_for(complaint, session)
    before, case.due_on = case.due_on, case.extension_to
    for held in standing(case, session):
        if held.due_on == before and held.status in TURN:
            scope_free(session, held)
            held.due_on = case.due_on
    _asks_no_more(case)
    tell(case, A.EXTEND, session, today, reason=GRANTED.format(_day(case.due_on)))


def refuse_extension(complaint: Complaint, reason: str, session: Session, today: date) -> None:
    """Refuse the time that was asked for, with the reason."""
    why = _reason(reason)
    case = _asked_for(complaint, session)
    _asks_no_more(case)
    tell(case, A.REFUSE_EXTENSION, session, today, reason=why)


def granting(complaint: Complaint, viewer: who.Viewer) -> str:
    """The verb by which a person decides on more time: what the head asked for goes above the head."""
    above = complaint.extension_above or not viewer.reaches(complaint, "extend")
    return "extend_above" if above else "extend"


def without_head(session: Session, provinces: Collection[int], today: date) -> frozenset[int]:
    """Those of some provinces whose centre has no head today: more time waits for who leads the province."""
    return holders.lacking(session, Complaint, "extend", provinces, today)


def _asked_for(complaint: Complaint, session: Session) -> Complaint:
    case: Complaint = locked(session, Complaint, complaint.id)
    viewer = who.of(session)
    scope.permit(session, case, granting(case, viewer))
    if case.extension_to is None:
        raise Broken(_("Nobody asks for more time in this case."))
    if not viewer.system and case.extension_by == viewer.user_id:
        raise Broken(_("Whoever asked cannot approve it too."))
    return case


def set_due(
    complaint: Complaint, due_on: date | None, reason: str, session: Session, today: date
) -> None:
    """Give a case its first due day, or an earlier one; more time takes two people (`extend`)."""
    why = _reason(reason)
    case = _take(complaint, "assign", session)
    _refuse_day(due_on, today)
    if case.status not in WITH_AGENCY:
        raise Broken(_("The case is “%(state)s” now; look again.", state=case.status))
    if case.due_on is not None and (due_on is None or due_on > case.due_on):
        raise Broken(_("More time is asked for and granted by two people."), "due_on")
    case.due_on = due_on
    for held in standing(case, session):
        scope.permit(session, held, "assign")
        held.due_on = due_on
    told = NO_DAY if due_on is None else WITHIN.format(_day(due_on))
    tell(case, A.EXTEND, session, today, reason=_dated(told, why))


def _day(day: date | None) -> str:
    return dates.long_date(day, "th") if day else ""


def _dated(told: str, why: str) -> str:
    """A reason behind its day as the story tells it; Broken where it has no room there."""
    room = (PARAGRAPH.length or 0) - len(f"{told} · ")
    if len(why) > room:
        raise Broken(too_long(why, room), "reason")
    return f"{told} · {why}"


def over_due(complaint: Any, today: date) -> bool:
    """Whether the work on a case is late today; never while the clock stands."""
    return (
        complaint.status in WITH_AGENCY
        and complaint.paused_on is None
        and complaint.due_on is not None
        and complaint.due_on < today
    )


# What must hold.


@complete(Complaint)
def _of_category(complaint: Complaint, session: Session) -> None:
    """A new case of a category that accuses somebody is confidential."""
    if complaint.id is None and complaint.category_id is not None and not complaint.confidential:
        category = session.get(ComplaintCategory, complaint.category_id)
        complaint.confidential = category is not None and category.accuses


@complete(Complaint)
def _days(complaint: Complaint, session: Session) -> None:
    if complaint.received_on is not None and complaint.received_on > today_of(session):
        raise Broken(_("This day has not come yet."), "received_on")
    happened, received = complaint.incident_on, complaint.received_on
    if happened is not None and received is not None and happened > received:
        raise Broken(_("It cannot have happened after it was received."), "incident_on")


@complete(Complaint)
def _stands_still(complaint: Complaint, session: Session) -> None:
    """What was taken down is not changed once the case is over, whichever way it is tried."""
    if complaint.id is None or complaint.status not in OVER:
        return
    state = inspect(complaint)
    if state.attrs.status.history.has_changes():
        return
    changed = [key for key in TYPED if state.attrs[key].history.has_changes()]
    if changed:
        raise Broken(_("The case is over; what was taken down stays as it is."), changed[0])


@complete(Complaint)
def _unnamed_for_good(complaint: Complaint, _session: Session) -> None:
    """Who was promised to stay unnamed stays so; a new case is the only way round."""
    if complaint.id is not None and True in inspect(complaint).attrs.is_anonymous.history.deleted:
        raise Broken(_("Who was promised to stay unnamed stays so."), "is_anonymous")


@check(Complaint)
def _place(complaint: Complaint, session: Session) -> None:
    district = linked(complaint, "district", session)
    if district is not None and district.province_id != complaint.province_id:
        raise Broken(_("This district lies in another province."), "district_id")
    subdistrict = linked(complaint, "subdistrict", session)
    if subdistrict is not None and subdistrict.district_id != complaint.district_id:
        raise Broken(_("This subdistrict lies in another district."), "subdistrict_id")


@check(Complaint)
def _subjects_follow(complaint: Complaint, session: Session) -> None:
    """Agencies read the subject as it stands now."""
    for held in standing(complaint, session):
        if held.subject != complaint.subject:
            scope_free(session, held)
            held.subject = complaint.subject
