"""Meetings of committees: the rhythm, the meeting, its agenda, attendance, resolutions, minutes.

Agenda, resolutions and follow-ups carry the committee too, so that a mission group's member
reaches them by the committee of the row itself.
"""

from datetime import date, time

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped

from entities.base import (
    LONG,
    PARAGRAPH,
    Base,
    InProvince,
    InProvinceOrCluster,
    check,
    field,
    listing,
    relation,
    unique,
    within,
)
from entities.complaints import Complaint
from entities.documents import Document
from entities.governance import Agency, Committee, Membership
from entities.vocabulary import (
    AgendaPart,
    AttendanceStatus,
    Certification,
    FollowUpStatus,
    InvitationReply,
    MeetingKind,
    MeetingMode,
    MeetingStatus,
    MinutesAnswer,
    ResolutionKind,
    Sector,
    Week,
    Weekday,
)
from entities.years import Year


class Rhythm(InProvince, Base):
    """In which week of each month a committee meets (Lop Buri's four-week rhythm, 2552)."""

    __tablename__ = "rhythm"
    __label__ = _l("Meeting rhythm"), _l("Meeting rhythms")
    __order__ = "week"
    __context__ = "weekday"
    __rules__ = (unique("rhythm_of_committee", "committee_id", "week"),)
    title: Mapped[str] = field(_l("Meeting"), listed=True, searched=True)
    week: Mapped[Week] = field(_l("Week of the month"), listed=True, filtered=True)
    weekday: Mapped[Weekday] = field(
        _l("Weekday"),
        listed=True,
        help=_l("On a public holiday the next working day of the week is taken."),
    )
    starts_at: Mapped[time] = field(_l("Starts at"), listed=True)
    ends_at: Mapped[time | None] = field(_l("Ends at"))
    venue: Mapped[str | None] = field(_l("Venue"), listed=True, optional=True)
    committee_id: Mapped[int] = field(
        _l("Committee"), within("committee"), listed=True, filtered=True
    )
    committee: Mapped[Committee] = relation(committee_id)
    is_active: Mapped[bool] = field(_l("In use"), listed=True, filtered=True, default=True)

    def __str__(self) -> str:
        return self.title


class Meeting(InProvinceOrCluster, Base):
    """A meeting of a committee, from draft to certified minutes.

    `number` runs without gap within a committee and calendar year; `year` is Gregorian. The
    invitation is a document of the province's register; a cluster keeps none.
    """

    __tablename__ = "meeting"
    __label__ = _l("Meeting"), _l("Meetings")
    __order__ = "-meets_on"
    __numbered__ = True
    __rules__ = (
        unique("meeting_number", "committee_id", "year", "number"),
        unique("meeting_of_rhythm", "rhythm_id", "planned_month"),
        check("ends_after_start", "ends_at IS NULL OR starts_at IS NULL OR ends_at > starts_at"),
        check("invitation_of_province", "invitation_id IS NULL OR province_id IS NOT NULL"),
        listing("meeting_invitation", "invitation_id"),
    )
    name: Mapped[str] = field(_l("Meeting"), computed=True, listed=True, searched=True)
    committee_id: Mapped[int] = field(
        _l("Committee"), within("committee"), filtered=True, once=True
    )
    committee: Mapped[Committee] = relation(committee_id)
    number: Mapped[int] = field(_l("Meeting number"), computed=True)
    year: Mapped[int] = field(_l("Year"), Year(common=True), computed=True)
    meets_on: Mapped[date] = field(_l("Date"), listed=True, filtered=True, sorted=True)
    starts_at: Mapped[time | None] = field(_l("Starts at"), listed=True, optional=True)
    ends_at: Mapped[time | None] = field(_l("Ends at"))
    venue: Mapped[str | None] = field(_l("Venue"), listed=True, searched=True, optional=True)
    title: Mapped[str | None] = field(
        _l("Title"), searched=True, help=_l("Only when the meeting has a special subject.")
    )
    kind: Mapped[MeetingKind] = field(_l("Kind"), filtered=True, default=MeetingKind.REGULAR)
    mode: Mapped[MeetingMode] = field(_l("Mode"), default=MeetingMode.ONSITE)
    online_link: Mapped[str | None] = field(_l("Online address"))
    status: Mapped[MeetingStatus] = field(
        _l("Status"), computed=True, listed=True, filtered=True, default=MeetingStatus.DRAFT
    )
    reason: Mapped[str | None] = field(_l("Reason for postponing or cancelling"), computed=True)
    chair_name: Mapped[str | None] = field(
        _l("Chaired by"), help=_l("Left empty, the chair of the committee.")
    )
    members_count: Mapped[int | None] = field(_l("Members"), computed=True)
    quorum_needed: Mapped[int | None] = field(_l("Quorum needed"), computed=True)
    present_count: Mapped[int | None] = field(_l("Came"), computed=True, listed=True, optional=True)
    quorum_met: Mapped[bool | None] = field(_l("Quorum met"), computed=True, filtered=True)
    taker_name: Mapped[str | None] = field(_l("Minutes taken by"), computed=True)
    taken_by: Mapped[int | None] = field(_l("Account of the minute taker"), computed=True)
    checker_name: Mapped[str | None] = field(_l("Minutes checked by"), computed=True)
    checked_by: Mapped[int | None] = field(_l("Account of the minutes checker"), computed=True)
    certified_how: Mapped[Certification | None] = field(_l("Certified how"), computed=True)
    certified_on: Mapped[date | None] = field(_l("Certified on"), computed=True)
    certified_in_id: Mapped[int | None] = field(
        _l("Certified in"), within("meeting"), computed=True
    )
    certified_in: Mapped["Meeting | None"] = relation(certified_in_id, remote_side="Meeting.id")
    replies_until: Mapped[date | None] = field(_l("Replies to minutes until"), computed=True)
    rhythm_id: Mapped[int | None] = field(
        _l("Rhythm"), within("rhythm"), computed=True, filtered=True
    )
    rhythm: Mapped[Rhythm | None] = relation(rhythm_id)
    planned_month: Mapped[date | None] = field(
        _l("Planned for the month"), computed=True, filtered=True
    )
    invitation_id: Mapped[int | None] = field(
        _l("Invitation as a document"), within("document"), computed=True
    )
    invitation: Mapped[Document | None] = relation(invitation_id)

    def __str__(self) -> str:
        return self.name


class AgendaItem(InProvinceOrCluster, Base):
    """A matter on the agenda, and what the minutes say of it."""

    __tablename__ = "agenda_item"
    __label__ = _l("Agenda item"), _l("Agenda items")
    __order__ = "-meeting_id"
    __context__ = "presenter"
    __rules__ = (unique("agenda_position", "meeting_id", "part", "position"),)
    title: Mapped[str] = field(_l("Subject"), PARAGRAPH, listed=True, searched=True)
    meeting_id: Mapped[int] = field(
        _l("Meeting"), within("meeting"), listed=True, filtered=True, sorted=True, once=True
    )
    meeting: Mapped[Meeting] = relation(meeting_id)
    committee_id: Mapped[int] = field(
        _l("Committee"), within("committee"), computed=True, filtered=True
    )
    committee: Mapped[Committee] = relation(committee_id)
    part: Mapped[AgendaPart] = field(_l("Agenda part"), listed=True, filtered=True)
    position: Mapped[int] = field(_l("Order within the part"), computed=True, listed=True)
    presenter: Mapped[str | None] = field(_l("Presented by"), listed=True, optional=True)
    agency_id: Mapped[int | None] = field(_l("Agency"), within("agency"), filtered=True)
    agency: Mapped[Agency | None] = relation(agency_id)
    background: Mapped[str | None] = field(_l("Background"), LONG)
    facts: Mapped[str | None] = field(_l("Facts"), LONG, searched=True)
    law: Mapped[str | None] = field(_l("Law and regulations"), LONG)
    proposal: Mapped[str | None] = field(_l("Proposal"), LONG)
    decision_asked: Mapped[str | None] = field(_l("Decision asked for"), LONG)
    minutes_text: Mapped[str | None] = field(_l("Minutes"), LONG, computed=True)
    follow_up_id: Mapped[int | None] = field(_l("Follow-up reported"), computed=True)

    def __str__(self) -> str:
        return self.title


class Attendance(InProvinceOrCluster, Base):
    """A member (or guest) at a meeting: the reply to the invitation, and who came."""

    __tablename__ = "attendance"
    __label__ = _l("Attendance"), _l("Attendance")
    __order__ = "-meeting_id"
    __context__ = "position"
    __rules__ = (unique("attendance_of_member", "meeting_id", "membership_id"),)
    name: Mapped[str] = field(_l("Name"), listed=True, searched=True)
    position: Mapped[str | None] = field(_l("Position"))
    meeting_id: Mapped[int] = field(
        _l("Meeting"), within("meeting"), listed=True, filtered=True, sorted=True, once=True
    )
    meeting: Mapped[Meeting] = relation(meeting_id)
    committee_id: Mapped[int] = field(_l("Committee"), within("committee"), computed=True)
    committee: Mapped[Committee] = relation(committee_id)
    membership_id: Mapped[int | None] = field(
        _l("Member"), within("membership"), once=True, help=_l("Empty for a guest.")
    )
    membership: Mapped[Membership | None] = relation(membership_id)
    sector: Mapped[Sector | None] = field(_l("Sector"), listed=True, filtered=True, optional=True)
    reply: Mapped[InvitationReply | None] = field(
        _l("Reply to the invitation"), listed=True, filtered=True
    )
    status: Mapped[AttendanceStatus] = field(
        _l("Status"), listed=True, filtered=True, default=AttendanceStatus.EXPECTED
    )
    delegate_name: Mapped[str | None] = field(
        _l("Name of the delegate"), listed=True, optional=True
    )
    delegate_position: Mapped[str | None] = field(_l("Position of the delegate"))
    signed_at: Mapped[time | None] = field(_l("Signed in at"))
    sort_key: Mapped[str] = field(_l("Sort key"), computed=True, sorted=True)

    def __str__(self) -> str:
        return self.name


class Resolution(InProvinceOrCluster, Base):
    """What the meeting resolved on an agenda item (มติที่ประชุม)."""

    __tablename__ = "resolution"
    __label__ = _l("Resolution"), _l("Resolutions")
    __order__ = "-id"
    __context__ = "meeting_id"
    __rules__ = (
        check(
            "votes_not_negative",
            "coalesce(votes_for, 0) >= 0 AND coalesce(votes_against, 0) >= 0"
            " AND coalesce(abstained, 0) >= 0",
        ),
    )
    text: Mapped[str] = field(_l("Resolution"), LONG, listed=True, searched=True)
    meeting_id: Mapped[int] = field(
        _l("Meeting"), within("meeting"), computed=True, listed=True, filtered=True, sorted=True
    )
    meeting: Mapped[Meeting] = relation(meeting_id)
    agenda_item_id: Mapped[int] = field(
        _l("Agenda item"), within("agenda_item"), listed=True, optional=True, once=True
    )
    agenda_item: Mapped[AgendaItem] = relation(agenda_item_id)
    committee_id: Mapped[int] = field(
        _l("Committee"), within("committee"), computed=True, filtered=True
    )
    committee: Mapped[Committee] = relation(committee_id)
    kind: Mapped[ResolutionKind] = field(_l("Kind"), listed=True, filtered=True)
    votes_for: Mapped[int | None] = field(_l("Votes for"))
    votes_against: Mapped[int | None] = field(_l("Votes against"))
    abstained: Mapped[int | None] = field(_l("Abstained"))
    dissenter: Mapped[str | None] = field(_l("Dissenting member"))
    dissent: Mapped[str | None] = field(
        _l("Dissenting opinion and its reasons"),
        LONG,
        help=_l("Section 83 of the Administrative Procedure Act of 2539 has it recorded."),
    )
    corrects_id: Mapped[int | None] = field(
        _l("Corrects the minutes of"), within("meeting"), once=True
    )
    corrects: Mapped[Meeting | None] = relation(corrects_id)

    def __str__(self) -> str:
        return self.text if len(self.text) <= 80 else f"{self.text[:79]}…"


class FollowUp(InProvinceOrCluster, Base):
    """Who must carry out a resolution by when, and how far it is.

    In a province it may be carried out by a document or by a case; it is closed by its own report.
    """

    __tablename__ = "follow_up"
    __label__ = _l("Follow-up"), _l("Follow-ups")
    __order__ = "due_on"
    __context__ = "agency_id"
    __rules__ = (
        check("one_carrier", "document_id IS NULL OR complaint_id IS NULL"),
        check(
            "carried_in_province",
            "(document_id IS NULL AND complaint_id IS NULL) OR province_id IS NOT NULL",
        ),
        listing("follow_up_document", "document_id"),
        listing("follow_up_complaint", "complaint_id"),
    )
    task: Mapped[str] = field(_l("What must be done"), PARAGRAPH, listed=True, searched=True)
    resolution_id: Mapped[int] = field(_l("Resolution"), within("resolution"), once=True)
    resolution: Mapped[Resolution] = relation(resolution_id)
    meeting_id: Mapped[int] = field(
        _l("Meeting"), within("meeting"), computed=True, listed=True, filtered=True, optional=True
    )
    meeting: Mapped[Meeting] = relation(meeting_id)
    committee_id: Mapped[int] = field(
        _l("Committee"), within("committee"), computed=True, filtered=True
    )
    committee: Mapped[Committee] = relation(committee_id)
    agency_id: Mapped[int | None] = field(
        _l("Agency"), within("agency"), listed=True, filtered=True
    )
    agency: Mapped[Agency | None] = relation(agency_id)
    owner_name: Mapped[str | None] = field(_l("Person responsible"))
    due_on: Mapped[date | None] = field(_l("Due on"), listed=True, filtered=True, sorted=True)
    status: Mapped[FollowUpStatus] = field(
        _l("Status"), computed=True, listed=True, filtered=True, default=FollowUpStatus.NOT_STARTED
    )
    progress: Mapped[str | None] = field(_l("Progress"), LONG)
    done_on: Mapped[date | None] = field(_l("Done on"), computed=True)
    reported_in_id: Mapped[int | None] = field(_l("Reported in"), within("meeting"), computed=True)
    reported_in: Mapped[Meeting | None] = relation(reported_in_id)
    document_id: Mapped[int | None] = field(
        _l("Carried out by the document"), within("document"), computed=True
    )
    document: Mapped[Document | None] = relation(document_id)
    complaint_id: Mapped[int | None] = field(
        _l("Carried out by the case"), within("complaint"), computed=True
    )
    complaint: Mapped[Complaint | None] = relation(complaint_id)

    def __str__(self) -> str:
        return self.task if len(self.task) <= 80 else f"{self.task[:79]}…"


class MinutesReply(InProvinceOrCluster, Base):
    """A member's answer to minutes that were circulated for certification."""

    __tablename__ = "minutes_reply"
    __label__ = _l("Reply to minutes"), _l("Replies to minutes")
    __order__ = "-id"
    __rules__ = (unique("minutes_reply_of_member", "meeting_id", "membership_id"),)
    name: Mapped[str] = field(_l("Name"), computed=True, listed=True)
    meeting_id: Mapped[int] = field(
        _l("Meeting"), within("meeting"), listed=True, filtered=True, once=True
    )
    meeting: Mapped[Meeting] = relation(meeting_id)
    committee_id: Mapped[int] = field(_l("Committee"), within("committee"), computed=True)
    committee: Mapped[Committee] = relation(committee_id)
    membership_id: Mapped[int] = field(_l("Member"), within("membership"), once=True)
    membership: Mapped[Membership] = relation(membership_id)
    answer: Mapped[MinutesAnswer] = field(_l("Answer"), listed=True, filtered=True)
    comment: Mapped[str | None] = field(_l("Comment"), LONG)
    replied_on: Mapped[date] = field(_l("Replied on"), listed=True)

    def __str__(self) -> str:
        return self.name
