"""Every enumeration of the office, with the titles people see.

`docs/vocabulary.md` maps each to its Thai term. A member is `value, title, tone, sign`:
tone and sign draw the chip, so that no state is told by colour alone.
"""

from flask_babel import lazy_gettext as _l

from entities.base import Choice


class Sector(Choice):
    """The six sectors that serve on the mission groups (report of 2552)."""

    GOVERNMENT = "government", _l("Government agencies")
    STATE_ENTERPRISE = "state_enterprise", _l("State enterprises")
    PRIVATE = "private", _l("Private sector")
    CIVIL_SOCIETY = "civil_society", _l("Civil society")
    LOCAL_GOVERNMENT = "local_government", _l("Local government")
    ACADEMIC = "academic", _l("Educational institutions")


class LocalGovernmentType(Choice):
    """Kinds of local government; each should have a seat (ministry's order of 11 Nov 2568)."""

    PROVINCIAL = "provincial", _l("Provincial administrative organisation")
    MUNICIPALITY = "municipality", _l("Municipality")
    SUBDISTRICT = "subdistrict", _l("Subdistrict administrative organisation")
    SPECIAL = "special", _l("Special local government")


class Mission(Choice):
    """The four mission groups under the provincial committee (report of 2552)."""

    ECONOMY = "economy", _l("Economy")
    SOCIAL = "social", _l("Society")
    SECURITY = "security", _l("Security")
    MANAGEMENT = "management", _l("Management")


class CommitteeType(Choice):
    """Kinds of committee; the first two come from the decrees of 2551 and 2565."""

    PROVINCE = "kbj", _l("Integrated provincial administration committee")
    CLUSTER = "kbk", _l("Integrated provincial cluster administration committee")
    MISSION_GROUP = "mission_group", _l("Mission group")
    PROVINCIAL_BOARD = "provincial_board", _l("Provincial board")
    SUBCOMMITTEE = "subcommittee", _l("Subcommittee")
    WORKING_GROUP = "working_group", _l("Working group")


class CommitteeStatus(Choice):
    """Whether a committee still sits."""

    ACTIVE = "active", _l("Active"), "ok", "✓"
    DISSOLVED = "dissolved", _l("Dissolved"), "", "○"


class SeatType(Choice):
    """By what title a member sits."""

    EX_OFFICIO = "ex_officio", _l("Ex officio")
    REPRESENTATIVE = "representative", _l("Representative")
    EXPERT = "expert", _l("Expert")


class MemberRole(Choice):
    """What a member does on the committee."""

    CHAIR = "chair", _l("Chair")
    VICE_CHAIR = "vice_chair", _l("Vice-chair")
    MEMBER = "member", _l("Member")
    MEMBER_SECRETARY = "member_secretary", _l("Member and secretary")
    ASSISTANT_SECRETARY = "assistant_secretary", _l("Assistant secretary")
    ADVISOR = "advisor", _l("Advisor")


class EndReason(Choice):
    """Why a membership ended."""

    TERM_EXPIRED = "term_expired", _l("Term expired")
    RESIGNED = "resigned", _l("Resigned")
    DIED = "died", _l("Died")
    MOVED = "moved", _l("Moved to another post")
    REMOVED = "removed", _l("Removed from office")
    ORDER_REPLACED = "order_replaced", _l("Replaced by a new order")


class MeetingKind(Choice):
    """How a meeting was called."""

    REGULAR = "regular", _l("Regular")
    SPECIAL = "special", _l("Special")
    URGENT = "urgent", _l("Urgent")


class MeetingMode(Choice):
    """Where the members sit."""

    ONSITE = "onsite", _l("On site")
    ONLINE = "online", _l("Online")
    HYBRID = "hybrid", _l("On site and online")


class MeetingStatus(Choice):
    """The path of a meeting, from draft to certified minutes."""

    DRAFT = "draft", _l("Draft"), "", "○"
    INVITED = "invited", _l("Invited"), "info", "◷"
    HELD = "held", _l("Held"), "ok", "✓"
    MINUTES_DRAFT = "minutes_draft", _l("Minutes drafted"), "gold", "✎"
    MINUTES_CHECKED = "minutes_checked", _l("Minutes checked"), "gold", "✓"
    MINUTES_CIRCULATED = "minutes_circulated", _l("Minutes circulated"), "warn", "◔"
    MINUTES_CERTIFIED = "minutes_certified", _l("Minutes certified"), "ok", "✓"
    POSTPONED = "postponed", _l("Postponed"), "warn", "◔"
    CANCELLED = "cancelled", _l("Cancelled"), "bad", "✕"


class Certification(Choice):
    """How minutes were certified."""

    SAME_MEETING = "same_meeting", _l("In the same meeting")
    LATER_MEETING = "later_meeting", _l("In a later meeting")
    CIRCULATION = "circulation", _l("By circulation")


class AgendaPart(Choice):
    """The six standard parts of an agenda (explanation 1.9 of the regulation on saraban)."""

    CHAIR = "1", _l("Matters the chair informs the meeting of")
    MINUTES = "2", _l("Certifying the minutes of the last meeting")
    FOLLOW_UP = "3", _l("Matters arising")
    INFORM = "4", _l("Matters for information")
    CONSIDER = "5", _l("Matters for consideration")
    OTHER = "6", _l("Other matters (if any)")


class AttendanceStatus(Choice):
    """Whether a member came."""

    EXPECTED = "expected", _l("Not yet recorded"), "", "○"
    PRESENT = "present", _l("Present"), "ok", "✓"
    DELEGATED = "delegated", _l("Sent a delegate"), "info", "⇄"
    LEAVE = "leave", _l("Absent with leave"), "warn", "◔"
    ABSENT = "absent", _l("Absent"), "bad", "✕"
    GUEST = "guest", _l("In attendance"), "", "+"


class InvitationReply(Choice):
    """What a member answered to the invitation."""

    ATTENDING = "attending", _l("Will attend"), "ok", "✓"
    DELEGATE = "delegate", _l("Will send a delegate"), "info", "⇄"
    NOT_ATTENDING = "not_attending", _l("Cannot attend"), "warn", "✕"


class ResolutionKind(Choice):
    """What the meeting resolved; only acknowledging needs no quorum."""

    ACKNOWLEDGE = "acknowledge", _l("Acknowledged")
    APPROVE = "approve", _l("Approved")
    REJECT = "reject", _l("Not approved")
    AUTHORISE = "authorise", _l("Authorised")
    ASSIGN = "assign", _l("Assigned")
    REVISE = "revise", _l("To be revised")
    POSTPONE = "postpone", _l("Postponed")


class FollowUpStatus(Choice):
    """How far a resolution was carried out; lateness is computed, never stored."""

    NOT_STARTED = "not_started", _l("Not started"), "", "○"
    IN_PROGRESS = "in_progress", _l("In progress"), "info", "◔"
    DONE = "done", _l("Done"), "ok", "✓"
    CANCELLED = "cancelled", _l("Cancelled"), "", "✕"


class MinutesAnswer(Choice):
    """A member's answer to circulated minutes."""

    AGREE = "agree", _l("Certifies the minutes"), "ok", "✓"
    AMEND = "amend", _l("Asks for a correction"), "warn", "✎"


class HolidayKind(Choice):
    """Kinds of public holiday."""

    ANNUAL = "annual", _l("Annual")
    SUBSTITUTE = "substitute", _l("Substitute")
    SPECIAL = "special", _l("Special")
    REGIONAL = "regional", _l("Regional")


class Weekday(Choice):
    """The working days a rhythm can ask for; `number` counts from Monday = 0."""

    MONDAY = "1", _l("Monday")
    TUESDAY = "2", _l("Tuesday")
    WEDNESDAY = "3", _l("Wednesday")
    THURSDAY = "4", _l("Thursday")
    FRIDAY = "5", _l("Friday")

    @property
    def number(self) -> int:
        return int(self.value) - 1


class Week(Choice):
    """The week of a month: the n-th Monday-week; the fifth has no meetings."""

    FIRST = "1", _l("Week 1")
    SECOND = "2", _l("Week 2")
    THIRD = "3", _l("Week 3")
    FOURTH = "4", _l("Week 4")


class Role(Choice):
    """The roles of design §5; what each may do stands in `access/policy.py`."""

    MINISTRY_ADMIN = "ministry_admin", _l("Ministry administrator")
    BUREAU_OFFICER = "bureau_officer", _l("Bureau officer")
    PERMANENT_SECRETARY = "permanent_secretary", _l("Permanent Secretary")
    INSPECTOR = "inspector", _l("Inspector")
    AUDITOR = "auditor", _l("Auditor")
    CLUSTER_OFFICER = "cluster_officer", _l("Cluster officer")
    PROVINCE_ADMIN = "province_admin", _l("Province administrator")
    GOVERNOR = "governor", _l("Governor")
    DEPUTY_GOVERNOR = "deputy_governor", _l("Deputy governor")
    CHIEF_OF_OFFICE = "chief_of_office", _l("Chief of the provincial office")
    SECRETARY = "secretary", _l("Committee secretary")
    PLANNER = "planner", _l("Planner")
    FINANCE = "finance", _l("Finance officer")
    COMPLAINT_OFFICER = "complaint_officer", _l("Complaint officer")
    REGISTRAR = "registrar", _l("Registrar")
    PERSONNEL_OFFICER = "personnel_officer", _l("Personnel officer")
    AGENCY_OFFICER = "agency_officer", _l("Agency officer")
    GROUP_MEMBER = "group_member", _l("Mission group member")


class GrantScope(Choice):
    """How far a grant reaches."""

    NATION = "nation", _l("The nation")
    ZONE = "zone", _l("Inspection zone")
    CLUSTER = "cluster", _l("Province cluster")
    PROVINCE = "province", _l("Province")
    AGENCY = "agency", _l("Agency")
    MISSION_GROUP = "mission_group", _l("Mission group")


class DeploymentKind(Choice):
    """What an installation serves; the demo's figures never leave it."""

    PROVINCE = "province", _l("One province")
    MINISTRY = "ministry", _l("The ministry")
    DEMO = "demo", _l("Demonstration")


class Act(Choice):
    """What the audit records that a person did."""

    CREATE = "create", _l("Created"), "ok", "+"
    EDIT = "edit", _l("Edited"), "info", "✎"
    REMOVE = "remove", _l("Removed"), "bad", "✕"
    EXPORT = "export", _l("Exported"), "gold", "⤓"
    REVEAL = "reveal", _l("Revealed"), "warn", "◉"
    REFUSED = "refused", _l("Refused"), "bad", "!"
    SIGN_IN = "sign_in", _l("Signed in"), "ok", "→"
    SIGN_OUT = "sign_out", _l("Signed out"), "", "←"
    SIGN_IN_FAILED = "sign_in_failed", _l("Sign-in failed"), "bad", "!"
