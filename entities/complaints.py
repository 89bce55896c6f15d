"""Complaints to the Damrongtham centre (ศูนย์ดำรงธรรม), from receipt to closing and after.

States and arrows follow domain §4.4. Who complained stands in a table of its own, sealed
(`entities/private.py`); an agency never reads a complaint but its own assignments and what was told
about them, which carry all that it needs. A case that has no number yet is a draft. Lateness, like
every other judgement by the day, is computed and never stored. A case taken over from an older log
may lack what that log did not tell, such as the day on which it was closed.
"""

from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import Enum
from sqlalchemy.orm import Mapped

from entities.base import (
    LONG,
    PARAGRAPH,
    Base,
    InProvince,
    Shared,
    check,
    field,
    listing,
    relation,
    to,
    unique,
    values,
    within,
)
from entities.documents import Document
from entities.governance import Agency
from entities.private import BlindIndex, Private
from entities.territory import District, Subdistrict
from entities.vocabulary import (
    AssignmentPart,
    AssignmentStatus,
    CaseLinkKind,
    ComplainantKind,
    ComplaintAct,
    ComplaintStatus,
    Importance,
    ResultKind,
    RevealStatus,
    SecondedFrom,
    UpdateKind,
)

OPEN = "status NOT IN ('closed', 'rejected')"
ACTIVE = "status NOT IN ('returned', 'released')"


class Centre(InProvince, Base):
    """A Damrongtham centre of a province (districts have theirs too): where it is, how it is reached."""

    __tablename__ = "centre"
    __label__ = _l("Damrongtham centre"), _l("Damrongtham centres")
    __order__ = "id"
    __context__ = "room"
    __rules__ = (unique("centre_name", "province_id", "name"),)
    name: Mapped[str] = field(_l("Name"), listed=True, searched=True)
    room: Mapped[str] = field(_l("Room"), listed=True)
    phone: Mapped[str | None] = field(_l("Telephone"), listed=True)
    hours: Mapped[str | None] = field(_l("Opening hours"), listed=True)
    note: Mapped[str | None] = field(_l("Note"), LONG)

    def __str__(self) -> str:
        return self.name


class SecondedOfficer(InProvince, Base):
    """An officer who serves at the centre from a day to a day, and where he or she comes from."""

    __tablename__ = "seconded_officer"
    __label__ = _l("Officer of the centre"), _l("Officers of the centre")
    __order__ = "-starts_on"
    __context__ = "position"
    __rules__ = (check("ends_after_start", "ends_on IS NULL OR ends_on >= starts_on"),)
    name: Mapped[str] = field(_l("Full name"), listed=True, searched=True)
    centre_id: Mapped[int] = field(
        _l("Damrongtham centre"), within("centre"), listed=True, once=True
    )
    centre: Mapped[Centre] = relation(centre_id)
    seconded_from: Mapped[SecondedFrom] = field(_l("Seconded from"), listed=True, filtered=True)
    position: Mapped[str | None] = field(_l("Position"), listed=True)
    phone: Mapped[str | None] = field(_l("Telephone"), listed=True, optional=True)
    starts_on: Mapped[date] = field(_l("Seconded since"), listed=True, filtered=True, sorted=True)
    ends_on: Mapped[date | None] = field(_l("Until"), listed=True, filtered=True)

    def __str__(self) -> str:
        return self.name


class Channel(Shared, Base):
    """A way by which complaints come in (1567, walk-in, letter, …)."""

    __tablename__ = "channel"
    __label__ = _l("Channel"), _l("Channels")
    __order__ = "position"
    name: Mapped[str] = field(_l("Name"), listed=True, searched=True)
    position: Mapped[int] = field(_l("Order"), listed=True, sorted=True)
    in_use: Mapped[bool] = field(_l("In use"), listed=True, filtered=True, default=True)

    def __str__(self) -> str:
        return self.name


class ComplaintNature(Shared, Base):
    """What people come for: to complain, to ask, to be advised (the centre's seven services)."""

    __tablename__ = "complaint_nature"
    __label__ = _l("Nature of service"), _l("Natures of service")
    __order__ = "position"
    name: Mapped[str] = field(_l("Name"), listed=True, searched=True)
    position: Mapped[int] = field(_l("Order"), listed=True, sorted=True)
    in_use: Mapped[bool] = field(_l("In use"), listed=True, filtered=True, default=True)

    def __str__(self) -> str:
        return self.name


class ComplaintCategory(Shared, Base):
    """What a complaint is about, and how many days its agency has by default."""

    __tablename__ = "complaint_category"
    __label__ = _l("Complaint category"), _l("Complaint categories")
    __order__ = "position"
    __rules__ = (check("days_range", "days IS NULL OR days BETWEEN 1 AND 365"),)
    name: Mapped[str] = field(_l("Name"), listed=True, searched=True)
    days: Mapped[int | None] = field(
        _l("Days for the agency"),
        listed=True,
        help=_l("Counted from the day of assignment; empty: no day is set by itself."),
    )
    accuses: Mapped[bool] = field(
        _l("Accuses somebody"),
        listed=True,
        filtered=True,
        default=False,
        help=_l("Cases of this category are confidential unless the clerk says otherwise."),
    )
    position: Mapped[int] = field(_l("Order"), listed=True, sorted=True)
    in_use: Mapped[bool] = field(_l("In use"), listed=True, filtered=True, default=True)

    def __str__(self) -> str:
        return self.name


class Complaint(InProvince, Base):
    """A citizen's complaint to the Damrongtham centre, from receipt to closing.

    `clock_from` is the day from which the agency's days count and `quiet_since` that of the last
    sign of progress; both are empty where an older log did not tell. `paused_on` is set while the
    clock stands. A case may have come in with a received document and be answered by a sent one.
    """

    __tablename__ = "complaint"
    __label__ = _l("Complaint"), _l("Complaints")
    __order__ = "-id"
    __context__ = "status"
    __rules__ = (
        unique("complaint_number", "province_id", "number", where="number IS NOT NULL"),
        unique("complaint_old_number", "province_id", "old_number", where="old_number IS NOT NULL"),
        check(
            "closed_with_day",
            "(closed_on IS NULL OR status = 'closed')"
            " AND (status <> 'closed' OR taken_over OR closed_on IS NOT NULL)",
        ),
        check("closed_after_received", "closed_on IS NULL OR closed_on >= received_on"),
        check(
            "closed_and_told",
            "status <> 'closed' OR taken_over OR notified_on IS NOT NULL"
            " OR unnotified_reason IS NOT NULL",
        ),
        check("satisfaction_range", "satisfaction IS NULL OR satisfaction BETWEEN 1 AND 5"),
        check("draft_is_new", "number IS NOT NULL OR status = 'new'"),
        listing("complaint_near", "province_id", "district_id", "received_on"),
        listing("complaint_state", "province_id", "status", "due_on"),
        listing("complaint_entry"),
        listing("complaint_province", "province_id"),
        listing("complaint_status", "status", "due_on"),
        listing("complaint_late", "status", "paused_on", "due_on"),
        listing("complaint_province_late", "province_id", "status", "paused_on", "due_on"),
        listing("complaint_quiet", "province_id", "status", "quiet_since"),
        listing("complaint_source", "source_document_id", "province_id"),
        listing("complaint_answer", "answer_document_id", "province_id"),
    )
    number: Mapped[str | None] = field(
        _l("Case number"), computed=True, listed=True, searched=True, sorted=True
    )
    subject: Mapped[str] = field(
        _l("Subject"),
        listed=True,
        searched=True,
        help=_l("Without the complainant's name, phone or address: agencies read it."),
    )
    status: Mapped[ComplaintStatus] = field(
        _l("Status"), computed=True, listed=True, filtered=True, default=ComplaintStatus.NEW
    )
    received_on: Mapped[date] = field(_l("Received on"), listed=True, filtered=True, sorted=True)
    due_on: Mapped[date | None] = field(
        _l("Due on"), computed=True, listed=True, filtered=True, sorted=True
    )
    channel_id: Mapped[int] = field(
        _l("Channel"), to("channel"), listed=True, filtered=True, optional=True
    )
    channel: Mapped[Channel] = relation(channel_id)
    nature_id: Mapped[int] = field(_l("Nature of service"), to("complaint_nature"), filtered=True)
    nature: Mapped[ComplaintNature] = relation(nature_id)
    category_id: Mapped[int] = field(
        _l("Complaint category"), to("complaint_category"), listed=True, filtered=True
    )
    category: Mapped[ComplaintCategory] = relation(category_id)
    importance: Mapped[Importance] = field(
        _l("Importance"), filtered=True, default=Importance.GENERAL
    )
    confidential: Mapped[bool] = field(
        _l("Confidential"),
        filtered=True,
        default=False,
        help=_l("The subject of a confidential case stands in no meeting paper."),
    )
    is_anonymous: Mapped[bool] = field(
        _l("Complainant stays unnamed"),
        filtered=True,
        default=False,
        help=_l("Then nobody sees the complainant unless two people agree to it."),
    )
    detail: Mapped[str | None] = field(
        _l("Details"), LONG, help=_l("Without the complainant's name, phone or address.")
    )
    incident_on: Mapped[date | None] = field(_l("Happened on"))
    district_id: Mapped[int | None] = field(
        _l("District"), to("district"), listed=True, filtered=True
    )
    district: Mapped[District | None] = relation(district_id)
    subdistrict_id: Mapped[int | None] = field(_l("Subdistrict"), to("subdistrict"))
    subdistrict: Mapped[Subdistrict | None] = relation(subdistrict_id)
    place: Mapped[str | None] = field(_l("Place of the incident"), PARAGRAPH)
    needs_committee: Mapped[bool] = field(_l("Needs the committee"), filtered=True, default=False)
    lead_agency_id: Mapped[int | None] = field(
        _l("Lead agency"), within("agency"), computed=True, listed=True, filtered=True
    )
    lead_agency: Mapped[Agency | None] = relation(lead_agency_id)
    own_handling: Mapped[bool] = field(
        _l("Handled by the centre itself"), computed=True, filtered=True, default=False
    )
    assigned_on: Mapped[date | None] = field(_l("Assigned on"), computed=True)
    clock_from: Mapped[date | None] = field(_l("Clock runs from"), computed=True)
    quiet_since: Mapped[date | None] = field(_l("Without progress since"), computed=True)
    paused_on: Mapped[date | None] = field(_l("Clock stands since"), computed=True, filtered=True)
    extension_to: Mapped[date | None] = field(_l("More time asked for until"), computed=True)
    extension_by: Mapped[int | None] = field(
        _l("More time asked for by"), to("user_account"), computed=True
    )
    extension_above: Mapped[bool] = field(
        _l("More time is decided above the centre"), computed=True, default=False
    )
    result: Mapped[str | None] = field(_l("Result"), LONG, computed=True)
    result_kind: Mapped[ResultKind | None] = field(
        _l("Kind of result"), computed=True, filtered=True
    )
    resolved_on: Mapped[date | None] = field(_l("Result reported on"), computed=True)
    notified_on: Mapped[date | None] = field(_l("Complainant informed on"), computed=True)
    notified_by: Mapped[str | None] = field(_l("How the complainant was informed"), computed=True)
    unnotified_reason: Mapped[str | None] = field(
        _l("Why the complainant was not informed"), PARAGRAPH, computed=True
    )
    closed_on: Mapped[date | None] = field(
        _l("Closed on"), computed=True, filtered=True, sorted=True
    )
    reopened: Mapped[int] = field(_l("Times reopened"), computed=True, default=0)
    taken_over: Mapped[bool] = field(
        _l("Taken over from an older log"), computed=True, filtered=True, default=False
    )
    old_number: Mapped[str | None] = field(
        _l("Number in the older log"), computed=True, searched=True
    )
    satisfaction: Mapped[int | None] = field(_l("Satisfaction (1–5)"), computed=True, filtered=True)
    satisfaction_note: Mapped[str | None] = field(
        _l("What the complainant said of it"), PARAGRAPH, computed=True
    )
    source_document_id: Mapped[int | None] = field(
        _l("Came with the document"), within("document"), computed=True
    )
    source_document: Mapped[Document | None] = relation(source_document_id)
    answer_document_id: Mapped[int | None] = field(
        _l("Answered by the document"), within("document"), computed=True
    )
    answer_document: Mapped[Document | None] = relation(answer_document_id)

    @property
    def __numbered__(self) -> bool:  # type: ignore[override]
        """A draft may be thrown away, a case that has its number never."""
        return self.number is not None

    def __str__(self) -> str:
        return f"{self.number} {self.subject}" if self.number else self.subject


class Complainant(InProvince, Base):
    """Who complained, as told when the case was filed; every word of it is sealed.

    The two hashes find the same phone or citizen again; they stay empty for the anonymous, whom
    nobody may find.
    """

    __tablename__ = "complainant"
    __label__ = _l("Complainant"), _l("Complainants")
    __order__ = "-id"
    __rules__ = (
        unique("complainant_of_complaint", "complaint_id"),
        listing("complainant_phone", "province_id", "phone_hash"),
        listing("complainant_citizen", "province_id", "citizen_hash"),
    )
    complaint_id: Mapped[int] = field(
        _l("Complaint"), within("complaint"), computed=True, listed=True
    )
    complaint: Mapped[Complaint] = relation(complaint_id)
    kind: Mapped[ComplainantKind] = field(
        _l("Kind of complainant"), listed=True, default=ComplainantKind.PERSON
    )
    name: Mapped[str | None] = field(_l("Full name"), Private(), private=True)
    citizen_number: Mapped[str | None] = field(_l("Citizen number"), Private(30), private=True)
    phone: Mapped[str | None] = field(_l("Telephone"), Private(30), private=True)
    address: Mapped[str | None] = field(_l("Address"), Private(1000), private=True)
    email: Mapped[str | None] = field(_l("E-mail"), Private(), private=True)
    phone_hash: Mapped[str | None] = field(
        _l("Mark of the telephone"), BlindIndex(), computed=True, private=True
    )
    citizen_hash: Mapped[str | None] = field(
        _l("Mark of the citizen number"), BlindIndex(), computed=True, private=True
    )
    consented_on: Mapped[date | None] = field(_l("Told how the data are used on"), listed=True)

    def __str__(self) -> str:
        return str(Complainant.__label__[0])


class Accused(InProvince, Base):
    """Whom a complaint accuses: an agency, and a name that is sealed."""

    __tablename__ = "accused"
    __label__ = _l("Accused"), _l("Accused")
    __order__ = "id"
    __rules__ = (listing("accused_complaint", "complaint_id"),)
    complaint_id: Mapped[int] = field(
        _l("Complaint"), within("complaint"), computed=True, listed=True
    )
    complaint: Mapped[Complaint] = relation(complaint_id)
    name: Mapped[str | None] = field(_l("Full name"), Private(), private=True)
    position: Mapped[str | None] = field(_l("Position"), Private(), private=True)
    accused_agency_id: Mapped[int | None] = field(
        _l("Accused agency"), within("agency"), computed=True, listed=True
    )
    accused_agency: Mapped[Agency | None] = relation(accused_agency_id)

    def __str__(self) -> str:
        return str(Accused.__label__[0])


class Assignment(InProvince, Base):
    """What an agency is to do in a case: it leads or supports, and reads nothing else of it."""

    __tablename__ = "assignment"
    __label__ = _l("Assignment"), _l("Assignments")
    __order__ = "-id"
    __context__ = "agency_id"
    __rules__ = (
        unique("one_lead", "complaint_id", where=f"part = 'lead' AND {ACTIVE}"),
        unique("one_assignment_of_agency", "complaint_id", "agency_id", where=ACTIVE),
        check("returned_with_reason", "status <> 'returned' OR return_reason IS NOT NULL"),
        listing("assignment_agency", "agency_id", "status", "due_on"),
        listing("assignment_complaint", "complaint_id", "province_id"),
        listing("assignment_province", "province_id"),
        listing("assignment_quiet", "province_id", "status", "quiet_since"),
    )
    number: Mapped[str] = field(_l("Case number"), computed=True, listed=True, searched=True)
    subject: Mapped[str] = field(_l("Subject"), computed=True, listed=True, searched=True)
    complaint_id: Mapped[int] = field(_l("Complaint"), within("complaint"), computed=True)
    complaint: Mapped[Complaint] = relation(complaint_id)
    agency_id: Mapped[int] = field(
        _l("Agency"), within("agency"), computed=True, listed=True, filtered=True
    )
    agency: Mapped[Agency] = relation(agency_id)
    part: Mapped[AssignmentPart] = field(_l("Part"), computed=True, listed=True, filtered=True)
    status: Mapped[AssignmentStatus] = field(
        _l("Status"), computed=True, listed=True, filtered=True, default=AssignmentStatus.SENT
    )
    instruction: Mapped[str | None] = field(_l("What to do"), LONG, computed=True)
    files_along: Mapped[str | None] = field(_l("Files that go along"), PARAGRAPH, computed=True)
    assigned_on: Mapped[date] = field(
        _l("Assigned on"), computed=True, listed=True, filtered=True, sorted=True
    )
    due_on: Mapped[date | None] = field(
        _l("Due on"), computed=True, listed=True, filtered=True, sorted=True
    )
    paused_on: Mapped[date | None] = field(_l("Clock stands since"), computed=True)
    quiet_since: Mapped[date | None] = field(_l("Without progress since"), computed=True)
    accepted_on: Mapped[date | None] = field(_l("Agency accepted on"), computed=True)
    reported_on: Mapped[date | None] = field(_l("Result reported on"), computed=True)
    returned_on: Mapped[date | None] = field(_l("Returned on"), computed=True)
    return_reason: Mapped[str | None] = field(_l("Why it was returned"), PARAGRAPH, computed=True)

    def __str__(self) -> str:
        return f"{self.number} {self.subject}"


class ComplaintUpdate(InProvince, Base):
    """What was told about a case: an agency's progress or result, or the centre's review of it.

    A review of the centre carries the agency it is meant for; without one, agencies do not read it.
    """

    __tablename__ = "complaint_update"
    __label__ = _l("Case report"), _l("Case reports")
    __order__ = "-id"
    __context__ = "agency_id"
    __rules__ = (listing("complaint_update_complaint", "complaint_id"),)
    text: Mapped[str] = field(_l("Text"), LONG, computed=True, listed=True)
    complaint_id: Mapped[int] = field(_l("Complaint"), within("complaint"), computed=True)
    complaint: Mapped[Complaint] = relation(complaint_id)
    assignment_id: Mapped[int | None] = field(
        _l("Assignment"), within("assignment"), computed=True, listed=True
    )
    assignment: Mapped[Assignment | None] = relation(assignment_id)
    agency_id: Mapped[int | None] = field(
        _l("Agency"), within("agency"), computed=True, listed=True, filtered=True
    )
    agency: Mapped[Agency | None] = relation(agency_id)
    kind: Mapped[UpdateKind] = field(_l("Kind"), computed=True, listed=True, filtered=True)
    told_on: Mapped[date] = field(
        _l("Told on"), computed=True, listed=True, filtered=True, sorted=True
    )
    author: Mapped[str] = field(_l("Told by"), computed=True, listed=True)

    def __str__(self) -> str:
        return f"{self.kind}: {self.text[:60]}"


class ComplaintStep(InProvince, Base):
    """One step of a case's story: what was done, by whom, from which state to which, and why."""

    __tablename__ = "complaint_step"
    __label__ = _l("Step of a case"), _l("Steps of cases")
    __order__ = "-id"
    __rules__ = (listing("complaint_step_complaint", "complaint_id"),)
    complaint_id: Mapped[int] = field(
        _l("Complaint"), within("complaint"), computed=True, listed=True
    )
    complaint: Mapped[Complaint] = relation(complaint_id)
    act: Mapped[ComplaintAct] = field(_l("Act"), computed=True, listed=True, filtered=True)
    at: Mapped[datetime] = field(_l("When"), computed=True, listed=True)
    happened_on: Mapped[date] = field(_l("Day"), computed=True)
    actor: Mapped[str] = field(_l("Who"), computed=True, listed=True)
    agency_id: Mapped[int | None] = field(
        _l("Agency"), within("agency"), computed=True, listed=True
    )
    agency: Mapped[Agency | None] = relation(agency_id)
    status: Mapped[ComplaintStatus] = field(
        _l("Status"),
        Enum(
            ComplaintStatus,
            name="complaintstepstatus",
            native_enum=False,
            length=32,
            values_callable=values,
            create_constraint=True,
        ),
        computed=True,
        listed=True,
    )
    reason: Mapped[str | None] = field(_l("Reason"), PARAGRAPH, computed=True, listed=True)

    def __str__(self) -> str:
        return str(self.act)


class Reminder(InProvince, Base):
    """That an agency without progress was chased, once for each level since its last progress.

    Level 0 is a reminder that the centre gave by hand beside the ladder, at most one in a day.
    """

    __tablename__ = "reminder"
    __label__ = _l("Reminder"), _l("Reminders")
    __order__ = "-id"
    __context__ = "agency_id"
    __rules__ = (
        unique(
            "reminder_once",
            "complaint_id",
            "assignment_id",
            "quiet_since",
            "level",
            where="level > 0",
        ),
        unique(
            "reminder_by_hand", "complaint_id", "assignment_id", "reminded_on", where="level = 0"
        ),
        check("level_range", "level BETWEEN 0 AND 3"),
        listing("reminder_complaint", "complaint_id", "province_id"),
    )
    number: Mapped[str] = field(_l("Case number"), computed=True, listed=True, searched=True)
    complaint_id: Mapped[int] = field(_l("Complaint"), within("complaint"), computed=True)
    complaint: Mapped[Complaint] = relation(complaint_id)
    assignment_id: Mapped[int | None] = field(_l("Assignment"), within("assignment"), computed=True)
    assignment: Mapped[Assignment | None] = relation(assignment_id)
    agency_id: Mapped[int | None] = field(
        _l("Agency"), within("agency"), computed=True, listed=True, filtered=True
    )
    agency: Mapped[Agency | None] = relation(agency_id)
    level: Mapped[int] = field(_l("Level"), computed=True, listed=True, filtered=True)
    quiet_since: Mapped[date] = field(_l("Without progress since"), computed=True, listed=True)
    reminded_on: Mapped[date] = field(
        _l("Reminded on"), computed=True, listed=True, filtered=True, sorted=True
    )
    reminded_by: Mapped[str | None] = field(_l("Reminded by"), computed=True)
    mailed_to: Mapped[str | None] = field(_l("Sent by e-mail to"), computed=True)

    def __str__(self) -> str:
        return f"{self.number} · {self.level}"


class IdentityReveal(InProvince, Base):
    """That somebody asked to see, and saw, who complained; what was seen stands nowhere here."""

    __tablename__ = "identity_reveal"
    __label__ = _l("Reveal of a complainant"), _l("Reveals of complainants")
    __order__ = "-id"
    __rules__ = (
        listing("identity_reveal_complaint", "complaint_id"),
        check("second_person", "approved_by IS NULL OR approved_by <> asked_by"),
        check(
            "anonymous_needs_two", "NOT anonymous OR status <> 'opened' OR approved_by IS NOT NULL"
        ),
    )
    complaint_id: Mapped[int] = field(
        _l("Complaint"), within("complaint"), computed=True, listed=True
    )
    complaint: Mapped[Complaint] = relation(complaint_id)
    status: Mapped[RevealStatus] = field(_l("Status"), computed=True, listed=True, filtered=True)
    reason: Mapped[str] = field(_l("Reason"), PARAGRAPH, computed=True, listed=True)
    anonymous: Mapped[bool] = field(
        _l("Complainant stays unnamed"), computed=True, listed=True, filtered=True, default=False
    )
    asked_by: Mapped[int] = field(_l("Account that asked"), to("user_account"), computed=True)
    asked_name: Mapped[str] = field(_l("Asked by"), computed=True, listed=True)
    asked_at: Mapped[datetime] = field(_l("Asked at"), computed=True, listed=True)
    approved_by: Mapped[int | None] = field(
        _l("Account that decided"), to("user_account"), computed=True
    )
    approver_name: Mapped[str | None] = field(_l("Decided by"), computed=True, listed=True)
    decided_at: Mapped[datetime | None] = field(_l("Decided at"), computed=True)
    opened_at: Mapped[datetime | None] = field(_l("Revealed at"), computed=True, listed=True)

    def __str__(self) -> str:
        return f"{self.asked_name}: {self.status}"


class ComplaintLink(InProvince, Base):
    """That two cases belong together."""

    __tablename__ = "complaint_link"
    __label__ = _l("Linked case"), _l("Linked cases")
    __order__ = "id"
    __rules__ = (
        unique("complaint_link_once", "complaint_id", "other_id"),
        check("two_cases", "complaint_id <> other_id"),
        listing("complaint_link_other", "other_id", "province_id"),
    )
    complaint_id: Mapped[int] = field(
        _l("Complaint"), within("complaint"), listed=True, filtered=True, once=True
    )
    complaint: Mapped[Complaint] = relation(complaint_id)
    other_id: Mapped[int] = field(_l("Other case"), within("complaint"), listed=True, once=True)
    other: Mapped[Complaint] = relation(other_id)
    kind: Mapped[CaseLinkKind] = field(
        _l("Kind"), listed=True, filtered=True, default=CaseLinkKind.RELATED
    )
    note: Mapped[str | None] = field(_l("Note"), PARAGRAPH)

    def __str__(self) -> str:
        return str(self.kind)


class FactFinding(InProvince, Base):
    """A fact-finding committee (คณะกรรมการสอบข้อเท็จจริง) that looks into a case and reports."""

    __tablename__ = "fact_finding"
    __label__ = _l("Fact-finding committee"), _l("Fact-finding committees")
    __order__ = "-ordered_on"
    __rules__ = (
        check("reports_after_order", "due_on IS NULL OR due_on >= ordered_on"),
        check("reported_with_finding", "(reported_on IS NULL) = (finding IS NULL)"),
        listing("fact_finding_complaint", "complaint_id", "province_id"),
    )
    order_number: Mapped[str] = field(_l("Order number"), listed=True, searched=True)
    complaint_id: Mapped[int] = field(
        _l("Complaint"), within("complaint"), listed=True, filtered=True, once=True
    )
    complaint: Mapped[Complaint] = relation(complaint_id)
    ordered_on: Mapped[date] = field(_l("Ordered on"), listed=True, sorted=True)
    chair_name: Mapped[str] = field(_l("Chair"), listed=True)
    members: Mapped[str | None] = field(_l("Members"), LONG)
    due_on: Mapped[date | None] = field(_l("Due on"), listed=True, filtered=True)
    reported_on: Mapped[date | None] = field(_l("Reported on"), listed=True)
    finding: Mapped[str | None] = field(_l("Finding"), LONG)

    def __str__(self) -> str:
        return self.order_number
