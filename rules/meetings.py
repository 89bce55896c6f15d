"""Meetings: their numbers, their path from draft to certified minutes, quorum and follow-ups."""

from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from access import scope
from access import viewer as who
from entities import dates
from entities.vocabulary import (
    AgendaPart,
    AttendanceStatus,
    Certification,
    CommitteeStatus,
    FollowUpStatus,
    MeetingKind,
    MeetingStatus,
    MemberRole,
    MinutesAnswer,
    ResolutionKind,
)
from figures import governance, meetings
from models import (
    AgendaItem,
    Attendance,
    Committee,
    FollowUp,
    Meeting,
    MinutesReply,
    Resolution,
    Rhythm,
)
from rules import numbers, removal
from rules.base import Broken, check, check_together, complete, linked

S = MeetingStatus
NEXT: dict[MeetingStatus, frozenset[MeetingStatus]] = {
    S.DRAFT: frozenset({S.INVITED, S.POSTPONED, S.CANCELLED}),
    S.POSTPONED: frozenset({S.INVITED, S.CANCELLED}),
    S.INVITED: frozenset({S.HELD, S.POSTPONED, S.CANCELLED}),
    S.HELD: frozenset({S.MINUTES_DRAFT}),
    S.MINUTES_DRAFT: frozenset({S.MINUTES_CHECKED}),
    S.MINUTES_CHECKED: frozenset({S.MINUTES_DRAFT, S.MINUTES_CIRCULATED, S.MINUTES_CERTIFIED}),
    S.MINUTES_CIRCULATED: frozenset({S.MINUTES_DRAFT, S.MINUTES_CERTIFIED}),
    S.MINUTES_CERTIFIED: frozenset(),
    S.CANCELLED: frozenset(),
}
"""The arrows of a meeting's path; minutes go back to draft when a correction is asked for."""

BEFORE = frozenset({S.DRAFT, S.POSTPONED, S.INVITED})
WRITING = frozenset({S.HELD, S.MINUTES_DRAFT})
CLOSED = frozenset({S.MINUTES_CERTIFIED, S.CANCELLED})
NAMED = "{} ครั้งที่ {}/{}"
DISSOLVED = "ยุบเลิกคณะกรรมการ"
"""Why a meeting is cancelled with its committee: official wording, whatever language the screen has."""
SERIES = "meeting:{}:{}"
"""One series of numbers for each committee and calendar year."""
CERTIFYING = "รับรองรายงานการประชุม {} เมื่อวันที่ {}"
"""Official wording that is written into records, whatever language the screen has."""


@complete(Meeting)
def _numbered(meeting: Meeting, session: Session) -> None:
    """A new meeting takes the committee's next number of the calendar year of its day."""
    if meeting.meets_on is None:
        return
    committee = linked(meeting, "committee", session)
    if committee is None:
        return
    if meeting.number is None:
        meeting.year = meeting.meets_on.year
        meeting.number = numbers.take(session, SERIES.format(committee.id, meeting.year))
    if meeting.status not in CLOSED or meeting.name is None:
        meeting.name = NAMED.format(committee.short_name, meeting.number, meeting.year + 543)


@check(Meeting)
def _dated(meeting: Meeting, _session: Session) -> None:
    if meeting.starts_at and meeting.ends_at and meeting.ends_at <= meeting.starts_at:
        raise Broken(_("The meeting must end after it starts."), "ends_at")
    _within_its_year(meeting, meeting.meets_on, "meets_on")


def _within_its_year(meeting: Meeting, day: date, field: str) -> None:
    if day.year != meeting.year:
        raise Broken(
            _(
                "The meeting has a number of the year %(year)s; its day must stay in that year.",
                year=meeting.year + 543,
            ),
            field,
        )


@check(Meeting)
def _committee_works(meeting: Meeting, session: Session) -> None:
    """A committee that was dissolved meets no more; what it held before is minuted all the same."""
    ended = linked(meeting, "committee", session).dissolved_on
    if meeting.status in BEFORE and ended is not None and meeting.meets_on >= ended:
        raise Broken(_("This committee was dissolved on that day or before."), "meets_on")


@check(Committee)
def _later_meetings_go(committee: Committee, session: Session) -> None:
    """What a dissolved committee still had planned is cancelled with it."""
    if committee.dissolved_on is None:
        return
    planned = select(Meeting).where(
        Meeting.committee_id == committee.id,
        Meeting.status.in_(BEFORE),
        Meeting.meets_on >= committee.dissolved_on,
    )
    for meeting in session.scalars(planned):
        cancel(meeting, DISSOLVED, session)


def continue_from(committee: Committee, year: int, last: int, session: Session) -> None:
    """Let a committee's numbers of a year go on after those given before this system came.

    `year` is Gregorian. Raises Broken once the committee has a meeting in that year.
    """
    scope.permit(session, committee, "edit")
    known = select(Meeting.id).where(Meeting.committee_id == committee.id, Meeting.year == year)
    if session.scalar(known.limit(1)) is not None:
        raise Broken(
            _("The committee already has meetings in that year; their numbers go on by themselves.")
        )
    if not 1957 <= year <= 2156:
        raise Broken(_("Type the year of the Buddhist era, such as 2569."), "year")
    if not 1 <= last <= 400:
        raise Broken(_("The last number is between 1 and 400."), "last")
    numbers.start_after(session, SERIES.format(committee.id, year), last)


def move(meeting: Meeting, to: MeetingStatus) -> None:
    """Go along an arrow; raises Broken where there is none."""
    if to not in NEXT[meeting.status]:
        raise Broken(
            _("A meeting cannot go from “%(here)s” to “%(to)s”.", here=meeting.status, to=to)
        )
    meeting.status = to


def invite(meeting: Meeting, session: Session) -> None:
    """Invite the members: the committee must have a chair and a secretary; the sheet is made."""
    scope.permit(session, meeting, "invite")
    if governance.lacks_leaders(session, meeting.committee_id, meeting.meets_on):
        raise Broken(_("The committee has no chair or no secretary; appoint them before inviting."))
    move(meeting, S.INVITED)
    seat_members(meeting, session)
    open_follow_ups(meeting, session)


def seat_members(meeting: Meeting, session: Session) -> None:
    """Put every serving member on the attendance sheet who is not on it yet."""
    known = set(
        session.scalars(select(Attendance.membership_id).where(Attendance.meeting_id == meeting.id))
    )
    for member in session.scalars(governance.serving(meeting.committee_id, meeting.meets_on)):
        if member.id not in known and member.role is not MemberRole.ADVISOR:
            session.add(
                Attendance(
                    meeting=meeting,
                    committee_id=meeting.committee_id,
                    membership_id=member.id,
                    name=member.name,
                    position=member.position,
                    sector=member.sector,
                )
            )


def open_follow_ups(meeting: Meeting, session: Session) -> None:
    """Put what earlier meetings left open under part 3, and their minutes under part 2."""
    items = list(session.scalars(select(AgendaItem).where(AgendaItem.meeting_id == meeting.id)))
    known = {item.follow_up_id for item in items}
    for one in meetings.open_follow_ups(session, meeting):
        if one.id not in known:
            add_item(
                session,
                meeting,
                AgendaPart.FOLLOW_UP,
                one.task,
                follow_up_id=one.id,
                agency_id=one.agency_id,
            )
    last = meetings.last_held(session, meeting)
    if (
        last is not None
        and last.status is not S.MINUTES_CERTIFIED
        and not any(i.part is AgendaPart.MINUTES for i in items)
    ):
        add_item(
            session,
            meeting,
            AgendaPart.MINUTES,
            CERTIFYING.format(last.name, dates.long_date(last.meets_on, "th")),
        )


def add_item(
    session: Session, meeting: Meeting, part: AgendaPart, title: str, **values: Any
) -> AgendaItem:
    """Add a matter at the end of a part of the agenda."""
    item = AgendaItem(
        meeting=meeting, committee_id=meeting.committee_id, part=part, title=title, **values
    )
    session.add(item)
    session.flush()
    return item


def seat_late_members(meeting: Meeting, session: Session) -> None:
    """A sheet that is still open takes in members who were appointed after the invitation."""
    if meeting.status in (S.INVITED, S.HELD, S.MINUTES_DRAFT) and who.of(session).reaches(
        meeting, "edit"
    ):
        seat_members(meeting, session)


def swap(item: AgendaItem, by: int, session: Session) -> None:
    """Exchange an item with the one before (-1) or after (1) it in its part."""
    own = list(
        session.scalars(
            select(AgendaItem)
            .where(AgendaItem.meeting_id == item.meeting_id, AgendaItem.part == item.part)
            .order_by(AgendaItem.position)
        )
    )
    place = own.index(item) + by
    if not 0 <= place < len(own):
        return
    other = own[place]
    here, there = item.position, other.position
    item.position = 0
    session.flush()
    other.position = here
    session.flush()
    item.position = there


@complete(AgendaItem)
def _placed(item: AgendaItem, session: Session) -> None:
    meeting = linked(item, "meeting", session)
    if meeting is None or item.part is None:
        return
    item.committee_id = meeting.committee_id
    moved = item.id is not None and _changed(item, "part")
    if item.position is None or moved:
        last = session.scalar(
            select(func.max(AgendaItem.position)).where(
                AgendaItem.meeting_id == meeting.id, AgendaItem.part == item.part
            )
        )
        waiting = [
            o.position or 0
            for o in session.new
            if isinstance(o, AgendaItem)
            and o is not item
            and (o.meeting is meeting or o.meeting_id == meeting.id)
            and o.part is item.part
        ]
        item.position = max([last or 0, *waiting]) + 1


def _changed(row: Any, key: str) -> bool:
    return bool(inspect(row).attrs[key].history.has_changes())


@complete(Attendance)
def _sheet(row: Attendance, session: Session) -> None:
    meeting = linked(row, "meeting", session)
    if meeting is None:
        return
    row.committee_id = meeting.committee_id
    member = linked(row, "membership", session)
    if member:
        row.name, row.position = row.name or member.name, row.position or member.position
        row.sector = row.sector or member.sector


@complete(Attendance)
def _stays_on_the_sheet(row: Attendance, session: Session) -> None:
    """Fewer names would need fewer to come: who serves is marked absent, not taken off."""
    if row.removed_at is None or not _changed(row, "removed_at"):
        return
    member = linked(row, "membership", session)
    if member is not None and member.closed_on is None:
        raise Broken(_("%(name)s serves on the committee; mark the absence instead.", name=row))


@check(Attendance)
def _came(row: Attendance, session: Session) -> None:
    if not (row.name or "").strip():
        raise Broken(_("Write the name, or choose a member."), "name")
    if row.membership is not None and row.membership.committee_id != row.committee_id:
        raise Broken(_("This member belongs to another committee."), "membership")
    if (row.membership_id is None) != (row.status is AttendanceStatus.GUEST):
        raise Broken(_("A member is present or absent; only a guest is in attendance."), "status")
    if row.status is AttendanceStatus.DELEGATED and not (row.delegate_name or "").strip():
        raise Broken(_("Write who came as the delegate."), "delegate_name")
    if (
        row.status is AttendanceStatus.DELEGATED
        and row.membership is not None
        and not row.membership.substitute_allowed
    ):
        raise Broken(_("This member may not send a delegate."), "status")


@check_together(Attendance)
def _counted(rows: list[Attendance], session: Session) -> None:
    """The quorum of each touched sheet, worked out once."""
    for meeting in {linked(row, "meeting", session) for row in rows}:
        count(meeting, session)
        if not meeting.quorum_met:
            _only_acknowledged(meeting, session)


def _only_acknowledged(meeting: Meeting, session: Session) -> None:
    """No sheet takes the quorum away from what was resolved with it."""
    resolved = session.scalar(
        select(Resolution)
        .where(Resolution.meeting_id == meeting.id, Resolution.kind != ResolutionKind.ACKNOWLEDGE)
        .limit(1)
    )
    if resolved is not None:
        raise Broken(
            _(
                "So there would be no quorum, but the meeting resolved “%(what)s”; change that first.",
                what=resolved,
            )
        )


def count(meeting: Meeting, session: Session) -> None:
    """Work out members, quorum and who came; a delegate counts as having come."""
    rows = list(
        session.execute(
            select(Attendance.status).where(
                Attendance.meeting_id == meeting.id, Attendance.membership_id.is_not(None)
            )
        ).scalars()
    )
    committee = linked(meeting, "committee", session)
    if all(status is AttendanceStatus.EXPECTED for status in rows):
        if meeting.quorum_met is not None:
            meeting.members_count = meeting.quorum_needed = meeting.present_count = None
            meeting.quorum_met = None
        return
    meeting.members_count = len(rows)
    meeting.quorum_needed = governance.quorum(len(rows), committee.quorum_percent)
    meeting.present_count = sum(
        s in (AttendanceStatus.PRESENT, AttendanceStatus.DELEGATED) for s in rows
    )
    meeting.quorum_met = meeting.present_count >= meeting.quorum_needed


def hold(meeting: Meeting, session: Session, today: date) -> None:
    """The meeting took place: someone was there, and its day has come."""
    scope.permit(session, meeting, "hold")
    if meeting.meets_on > today:
        raise Broken(_("The meeting's day has not come yet."))
    count(meeting, session)
    if not meeting.present_count:
        raise Broken(_("Record the attendance first."))
    move(meeting, S.HELD)
    _follow_ups_heard(meeting, session)


def _follow_ups_heard(meeting: Meeting, session: Session) -> None:
    """Follow-ups that stood on the agenda were reported in this meeting."""
    keys = select(AgendaItem.follow_up_id).where(
        AgendaItem.meeting_id == meeting.id, AgendaItem.follow_up_id.is_not(None)
    )
    for one in session.scalars(select(FollowUp).where(FollowUp.id.in_(keys))):
        scope.permit(session, one, "report")
        one.reported_in_id = meeting.id


def postpone(meeting: Meeting, to: date, reason: str, session: Session) -> None:
    """Put the meeting off to another day of the same year, with a reason."""
    scope.permit(session, meeting, "postpone")
    if not reason.strip():
        raise Broken(_("Write the reason."), "reason")
    _within_its_year(meeting, to, "to")
    move(meeting, S.POSTPONED)
    meeting.meets_on, meeting.reason = to, reason


def cancel(meeting: Meeting, reason: str, session: Session) -> None:
    """Cancel the meeting; its number stays visible with the reason."""
    scope.permit(session, meeting, "cancel")
    if not reason.strip():
        raise Broken(_("Write the reason."), "reason")
    move(meeting, S.CANCELLED)
    meeting.reason = reason


@complete(Resolution)
def _of_item(resolution: Resolution, session: Session) -> None:
    item = linked(resolution, "agenda_item", session)
    if item:
        resolution.meeting_id = item.meeting_id or item.meeting.id
        resolution.committee_id = item.committee_id


@check(Resolution)
def _resolved(resolution: Resolution, session: Session) -> None:
    meeting = linked(resolution, "meeting", session)
    if meeting.status in BEFORE and meeting.status is not S.INVITED:
        raise Broken(_("A meeting that was not called cannot resolve anything."))
    if resolution.kind is not ResolutionKind.ACKNOWLEDGE and not meeting.quorum_met:
        raise Broken(_("There is no quorum: the meeting can only acknowledge."), "kind")
    votes = [
        v
        for v in (resolution.votes_for, resolution.votes_against, resolution.abstained)
        if v is not None
    ]
    if any(v < 0 for v in votes):
        raise Broken(_("Votes cannot be negative."), "votes_for")
    if sum(votes) > (meeting.present_count or 0):
        raise Broken(_("There are more votes than members who came."), "votes_for")
    if resolution.dissenter and not (resolution.dissent or "").strip():
        raise Broken(_("Write the dissenting opinion and its reasons."), "dissent")
    if resolution.corrects_id is not None:
        corrected = session.get(Meeting, resolution.corrects_id)
        if (
            corrected is None
            or corrected.committee_id != meeting.committee_id
            or corrected.status is not S.MINUTES_CERTIFIED
            or corrected.meets_on >= meeting.meets_on
        ):
            raise Broken(
                _(
                    "A resolution corrects the certified minutes of an earlier meeting of the same committee."
                ),
                "corrects",
            )


@complete(FollowUp)
def _of_resolution(one: FollowUp, session: Session) -> None:
    resolution = linked(one, "resolution", session)
    if resolution:
        one.meeting_id, one.committee_id = resolution.meeting_id, resolution.committee_id


FOLLOWING = {
    FollowUpStatus.NOT_STARTED: {
        FollowUpStatus.IN_PROGRESS,
        FollowUpStatus.DONE,
        FollowUpStatus.CANCELLED,
    },
    FollowUpStatus.IN_PROGRESS: {FollowUpStatus.DONE, FollowUpStatus.CANCELLED},
    FollowUpStatus.DONE: {FollowUpStatus.IN_PROGRESS},
    FollowUpStatus.CANCELLED: set(),
}


def report(one: FollowUp, to: FollowUpStatus, progress: str, session: Session, today: date) -> None:
    """Report how far a follow-up is; done needs a word on what was done."""
    scope.permit(session, one, "cancel" if to is FollowUpStatus.CANCELLED else "report")
    if to is not one.status and to not in FOLLOWING[one.status]:
        raise Broken(
            _("A follow-up cannot go from “%(here)s” to “%(to)s”.", here=one.status, to=to),
            "status",
        )
    if not progress.strip():
        raise Broken(_("Write what was done."), "progress")
    one.status, one.progress = to, progress
    one.done_on = today if to is FollowUpStatus.DONE else None


def draft_minutes(meeting: Meeting, texts: dict[int, str], session: Session) -> None:
    """Write the minutes under each agenda item; whoever writes is the minute taker."""
    scope.permit(session, meeting, "take_minutes")
    if meeting.status not in WRITING:
        raise Broken(_("Minutes are written after the meeting, until they are checked."))
    viewer = who.of(session)
    for item in session.scalars(select(AgendaItem).where(AgendaItem.meeting_id == meeting.id)):
        if item.id in texts:
            item.minutes_text = texts[item.id] or None
    if meeting.status is S.HELD:
        move(meeting, S.MINUTES_DRAFT)
    meeting.taken_by, meeting.taker_name = viewer.user_id, viewer.name


def taken_by(meeting: Meeting, viewer: who.Viewer) -> bool:
    """Whether a person took the minutes, so that another one must check them."""
    return viewer.user_id == meeting.taken_by


def check_minutes(meeting: Meeting, session: Session) -> None:
    """Another person than the taker checks the minutes."""
    scope.permit(session, meeting, "check_minutes")
    viewer = who.of(session)
    if taken_by(meeting, viewer):
        raise Broken(_("Minutes are checked by another person than the one who took them."))
    move(meeting, S.MINUTES_CHECKED)
    meeting.checked_by, meeting.checker_name = viewer.user_id, viewer.name


def circulate(meeting: Meeting, until: date, session: Session, today: date) -> None:
    """Send the checked minutes round for certification, with a closing date.

    What members answered to an earlier wording is no answer to this one.
    """
    scope.permit(session, meeting, "circulate")
    if until <= today:
        raise Broken(_("The closing date must lie ahead."), "until")
    for answer in session.scalars(
        select(MinutesReply).where(MinutesReply.meeting_id == meeting.id)
    ):
        removal.remove(session, answer, dates.now())
    move(meeting, S.MINUTES_CIRCULATED)
    meeting.replies_until = until


def certify(
    meeting: Meeting,
    how: Certification,
    session: Session,
    today: date,
    in_meeting: Meeting | None = None,
) -> None:
    """Certify the minutes and lock them: in the same meeting, in a later one, or by circulation."""
    scope.permit(session, meeting, "certify")
    _certifiable(meeting, how, session, today, in_meeting)
    move(meeting, S.MINUTES_CERTIFIED)
    meeting.certified_how, meeting.certified_on = how, today
    meeting.certified_in_id = (
        in_meeting.id if in_meeting else (meeting.id if how is Certification.SAME_MEETING else None)
    )


def _certifiable(
    meeting: Meeting, how: Certification, session: Session, today: date, later: Meeting | None
) -> None:
    undone = session.scalar(
        select(Resolution.id)
        .where(
            Resolution.meeting_id == meeting.id,
            Resolution.dissenter.is_not(None),
            Resolution.dissent.is_(None),
        )
        .limit(1)
    )
    if undone is not None:
        raise Broken(_("A dissent was recorded without its text; write it first."))
    if how is Certification.LATER_MEETING and (
        later is None
        or later.committee_id != meeting.committee_id
        or later.meets_on <= meeting.meets_on
        or later.status in BEFORE | {S.CANCELLED}
        or not later.quorum_met
    ):
        raise Broken(
            _("Choose a later meeting of the same committee that was held with a quorum."),
            "certified_in",
        )
    circulated = meeting.status is S.MINUTES_CIRCULATED
    if (how is Certification.CIRCULATION) != circulated:
        raise Broken(
            _("Minutes that were circulated are certified by circulation, others are not."),
            "certified_how",
        )
    if circulated:
        _answered(meeting, session, today)


def _answered(meeting: Meeting, session: Session, today: date) -> None:
    answers = list(
        session.scalars(select(MinutesReply.answer).where(MinutesReply.meeting_id == meeting.id))
    )
    if MinutesAnswer.AMEND in answers:
        raise Broken(_("A member asks for a correction; take the minutes back to draft first."))
    if (
        len(answers) < (meeting.members_count or 0)
        and meeting.replies_until
        and today <= meeting.replies_until
    ):
        raise Broken(_("Members can still answer until the closing date."))


def reopen_minutes(meeting: Meeting, session: Session) -> None:
    """Take checked or circulated minutes back to draft for a correction."""
    scope.permit(session, meeting, "take_minutes")
    move(meeting, S.MINUTES_DRAFT)
    meeting.checked_by = meeting.checker_name = meeting.replies_until = None


@complete(MinutesReply)
def _reply(reply: MinutesReply, session: Session) -> None:
    meeting = linked(reply, "meeting", session)
    member = linked(reply, "membership", session)
    if meeting:
        reply.committee_id = meeting.committee_id
    if member:
        reply.name = member.name


@check(MinutesReply)
def _replied(reply: MinutesReply, session: Session) -> None:
    meeting = linked(reply, "meeting", session)
    if meeting.status is not S.MINUTES_CIRCULATED:
        raise Broken(_("Replies are taken while the minutes circulate."), "meeting")
    if reply.membership is not None and reply.membership.committee_id != meeting.committee_id:
        raise Broken(_("This member belongs to another committee."), "membership")
    if reply.answer is MinutesAnswer.AMEND and not (reply.comment or "").strip():
        raise Broken(_("Write what should be corrected."), "comment")


def plan_month(
    session: Session, province_id: int, year: int, month: int, closed: set[date]
) -> list[Meeting]:
    """Make a month's meetings from the province's rhythm; what was made before is left alone.

    `closed` are the days on which the office does not work. A week's meeting is moved to the
    next working day of its week, else to the one before; a week without one has no meeting.
    """
    first = date(year, month, 1)
    made = []
    for rhythm in session.scalars(
        select(Rhythm)
        .join(Committee, Committee.id == Rhythm.committee_id)
        .where(
            Rhythm.province_id == province_id,
            Rhythm.is_active,
            Committee.status == CommitteeStatus.ACTIVE,
        )
        .order_by(Rhythm.week, Rhythm.id)
    ):
        scope.permit(session, rhythm, "generate")
        known = session.scalar(
            select(Meeting.id).where(Meeting.rhythm_id == rhythm.id, Meeting.planned_month == first)
        )
        day = meeting_day(rhythm, year, month, closed)
        if known is None and day is not None:
            made.append(_planned(session, rhythm, first, day))
    session.flush()
    return made


def meeting_day(rhythm: Rhythm, year: int, month: int, closed: set[date]) -> date | None:
    """The day of a rhythm's meeting in a month, holidays avoided; None where the week has none."""
    monday = dates.monday_of_week(year, month, int(rhythm.week.value))
    wanted = rhythm.weekday.number
    order = [*range(wanted, 5), *range(wanted - 1, -1, -1)]
    return next((day for n in order if (day := monday + timedelta(days=n)) not in closed), None)


def _planned(session: Session, rhythm: Rhythm, first: date, day: date) -> Meeting:
    meeting = Meeting(
        committee_id=rhythm.committee_id,
        committee=rhythm.committee,
        meets_on=day,
        starts_at=rhythm.starts_at,
        ends_at=rhythm.ends_at,
        venue=rhythm.venue,
        kind=MeetingKind.REGULAR,
        rhythm_id=rhythm.id,
        planned_month=first,
        province_id=rhythm.province_id,
    )
    session.add(meeting)
    session.flush()
    return meeting
