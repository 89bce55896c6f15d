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


class Verb(Choice):
    """What the policy lets a role do to a record; the first five belong to every entity."""

    READ = "read", _l("Read")
    CREATE = "create", _l("Make new ones")
    EDIT = "edit", _l("Edit")
    DELETE = "delete", _l("Remove")
    EXPORT = "export", _l("Export")
    RESET = "reset", _l("Give a one-time password")
    DISSOLVE = "dissolve", _l("Dissolve")
    CLOSE = "close", _l("Close a membership")
    GENERATE = "generate", _l("Make a month's meetings")
    INVITE = "invite", _l("Send the invitation")
    HOLD = "hold", _l("Record that it was held")
    POSTPONE = "postpone", _l("Postpone")
    CANCEL = "cancel", _l("Cancel")
    TAKE_MINUTES = "take_minutes", _l("Take the minutes")
    CHECK_MINUTES = "check_minutes", _l("Check the minutes")
    CIRCULATE = "circulate", _l("Circulate the minutes")
    CERTIFY = "certify", _l("Certify the minutes")
    REPORT = "report", _l("Report progress")
    DECIDE = "decide", _l("Decide on a request")
    ENACT = "enact", _l("Enter the enacted budget")
    IMPORT = "import", _l("Import")
    APPROVE = "approve", _l("Approve")
    WITHDRAW = "withdraw", _l("Withdraw")
    REVERSE = "reverse", _l("Reverse an entry")
    FREEZE = "freeze", _l("Freeze the money")
    EXTEND = "extend", _l("Extend the time")
    ADVANCE = "advance", _l("Move to the next step")
    CHANGE = "change", _l("Change the project")
    FINISH = "finish", _l("Finish the project")
    RESOLVE = "resolve", _l("Resolve a problem")
    PRINT = "print", _l("Print the form")
    HAND_OVER = "hand_over", _l("Hand over with its project")
    REGISTER = "register", _l("Register and give numbers")
    RESERVE = "reserve", _l("Keep a number free")
    PRESENT = "present", _l("Present for endorsement")
    ENDORSE = "endorse", _l("Endorse")
    REVIEW = "review", _l("Check a draft")
    SIGN = "sign", _l("Sign")
    SEND = "send", _l("Send to recipients")
    ACKNOWLEDGE = "acknowledge", _l("Confirm receipt")
    TRACE = "trace", _l("See to whom a secret document went")
    FILE = "file", _l("File")
    LEND = "lend", _l("Lend")
    REVEAL = "reveal", _l("Open what is masked")
    SURVEY = "survey", _l("Survey what is due to be destroyed")
    RECEIVE = "receive", _l("Receive a complaint")
    IDENTIFY = "identify", _l("Write down who complains")
    SCREEN = "screen", _l("Screen")
    ASSIGN = "assign", _l("Assign to agencies")
    REJECT = "reject", _l("Not accept")
    ACCEPT = "accept", _l("Accept an assignment")
    GIVE_BACK = "give_back", _l("Return an assignment")
    JUDGE = "judge", _l("Review a result")
    CLOSE_CASE = "close_case", _l("Close a case")
    PAUSE = "pause", _l("Stop the clock")
    REOPEN = "reopen", _l("Reopen a case")
    ASK_EXTENSION = "ask_extension", _l("Ask for more time")
    EXTEND_ABOVE = "extend_above", _l("Decide on more time above the centre")
    NOTIFY = "notify", _l("Inform the complainant")
    TAKE_OVER = "take_over", _l("Take over older cases")


class Language(Choice):
    """The language a person reads the screens in."""

    THAI = "th", _l("Thai")
    ENGLISH = "en", _l("English")


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


class SpendingKind(Choice):
    """How the treasury splits expenditure (รายจ่ายประจำ, รายจ่ายลงทุน)."""

    CURRENT = "current", _l("Current expenditure")
    CAPITAL = "capital", _l("Capital expenditure")


class TargetKind(Choice):
    """What a disbursement target is set for."""

    OVERALL = "overall", _l("Overall")
    CURRENT = "current", _l("Current expenditure")
    CAPITAL = "capital", _l("Capital expenditure")


class TargetMeasure(Choice):
    """What is measured against a target: paid alone, or paid and committed."""

    DISBURSE = "disburse", _l("Disbursed")
    USE = "use", _l("Disbursed and committed")


class LineStatus(Choice):
    """Whether a budget line may be used."""

    ACTIVE = "active", _l("In use"), "ok", "✓"
    FROZEN = "frozen", _l("Frozen"), "warn", "❚"
    CLOSED = "closed", _l("Closed"), "", "○"


class EntryKind(Choice):
    """What an entry of the control ledger does (ทะเบียนคุมการเบิกจ่ายงบประมาณ)."""

    ALLOCATION = "allocation", _l("Allocation received")
    TRANSFER_IN = "transfer_in", _l("Transferred in")
    TRANSFER_OUT = "transfer_out", _l("Transferred out")
    RESERVE = "reserve", _l("Reserved")
    RESERVE_RELEASE = "reserve_release", _l("Reserve released")
    COMMITMENT = "commitment", _l("Committed")
    COMMITMENT_RELEASE = "commitment_release", _l("Commitment reduced")
    DISBURSEMENT = "disbursement", _l("Disbursed")
    REFUND = "refund", _l("Refunded")
    CARRY_OVER = "carry_over", _l("Carried over")
    LAPSE = "lapse", _l("Lapsed")
    REVERSAL = "reversal", _l("Reversal")


class EntryStatus(Choice):
    """The path of an entry: it waits for a second person, then it stands or falls for good."""

    WAITING = "waiting", _l("Waiting for approval"), "gold", "✎"
    POSTED = "posted", _l("Posted"), "ok", "✓"
    REJECTED = "rejected", _l("Approval refused"), "bad", "✕"
    WITHDRAWN = "withdrawn", _l("Withdrawn"), "", "○"


class RequestStep(Choice):
    """The steps of a budget request, in order; none is skipped (domain: path of a request)."""

    DRAFT = "draft", _l("Being prepared"), "", "○"
    SCREENING = "screening", _l("Screening"), "info", "1"
    PROVINCE = "province", _l("Provincial committee"), "info", "2"
    CLUSTER = "cluster", _l("Cluster committee"), "info", "3"
    POLICY = "policy", _l("Policy body"), "info", "4"
    BUREAU = "bureau", _l("Budget Bureau"), "info", "5"
    ENACTED = "enacted", _l("Enacted"), "ok", "✓"


class RequestStatus(Choice):
    """How a proposed project stands in its request."""

    OPEN = "open", _l("Under consideration"), "info", "◔"
    REJECTED = "rejected", _l("Not approved"), "bad", "✕"
    ENACTED = "enacted", _l("Enacted"), "ok", "✓"


class Verdict(Choice):
    """What a step decided of a proposed project."""

    APPROVE = "approve", _l("Approved"), "ok", "✓"
    REJECT = "reject", _l("Not approved"), "bad", "✕"


class FundingSource(Choice):
    """Where the money of a proposed project comes from (form จ.2)."""

    PROVINCE = "province", _l("Province")
    CLUSTER = "cluster", _l("Province cluster")
    MINISTRY = "ministry", _l("Ministry or department")
    LOCAL = "local", _l("Local government")
    PRIVATE = "private", _l("Private sector")


class ReadinessKind(Choice):
    """What a proposed project must have ready before it can start."""

    AREA = "area", _l("The area is ready")
    DRAWINGS = "drawings", _l("Drawings and details")
    ESTIMATE = "estimate", _l("Cost estimate")
    PERMISSION = "permission", _l("Permission to use the area")
    ENVIRONMENT = "environment", _l("Environmental impact assessment")
    STAFF = "staff", _l("People to carry it out")
    CONSULTED = "consulted", _l("The people concerned were heard")


class ReadinessAnswer(Choice):
    """Whether it is ready."""

    READY = "ready", _l("Ready"), "ok", "✓"
    NOT_READY = "not_ready", _l("Not ready"), "warn", "◔"
    NOT_NEEDED = "not_needed", _l("Not needed"), "", "○"


class ProjectMethod(Choice):
    """How a project is carried out."""

    OWN = "own", _l("By the agency itself")
    HIRED = "hired", _l("By contract")
    EBIDDING = "ebidding", _l("Electronic bidding")
    SPECIFIC = "specific", _l("Specific method")
    SELECTION = "selection", _l("Selection method")


class ProjectStatus(Choice):
    """The path of a project; how it keeps its plan is computed, never stored."""

    NOT_STARTED = "not_started", _l("Not started"), "", "○"
    PROCURING = "procuring", _l("Terms of reference and announcement"), "info", "1"
    CONTRACTED = "contracted", _l("Contract signed"), "info", "2"
    UNDER_WAY = "under_way", _l("Under way"), "info", "3"
    DELIVERED = "delivered", _l("Delivered and accepted"), "info", "4"
    PAID = "paid", _l("Fully disbursed"), "info", "5"
    FINISHED = "finished", _l("Finished and evaluated"), "ok", "✓"
    PAUSED = "paused", _l("On hold"), "warn", "❚"
    CANCELLED = "cancelled", _l("Cancelled"), "bad", "✕"


class Light(Choice):
    """The traffic light of a project or a figure; thresholds are settings."""

    GREY = "grey", _l("Not yet due"), "", "○"
    GREEN = "green", _l("On plan"), "ok", "●"
    AMBER = "amber", _l("Behind plan"), "warn", "▲"
    RED = "red", _l("Far behind plan"), "bad", "■"
    BLUE = "blue", _l("Completed"), "info", "✓"


class ProblemKind(Choice):
    """Kinds of problem that hold a project up."""

    AREA = "area", _l("Area")
    CONTRACTOR = "contractor", _l("Contractor")
    REGULATION = "regulation", _l("Regulation")
    DISASTER = "disaster", _l("Natural disaster")
    STAFF = "staff", _l("Personnel")
    MONEY = "money", _l("Late budget")
    OTHER = "other", _l("Other")


class Severity(Choice):
    """How much a problem holds a project up."""

    LOW = "low", _l("Low"), "", "○"
    MEDIUM = "medium", _l("Medium"), "warn", "▲"
    HIGH = "high", _l("High"), "bad", "■"


class ProblemStatus(Choice):
    """Whether a problem is still open; lateness is computed."""

    OPEN = "open", _l("Open"), "warn", "◔"
    RESOLVED = "resolved", _l("Resolved"), "ok", "✓"


class ProjectChangeKind(Choice):
    """What was decided about a project on its way."""

    EXTEND = "extend", _l("Time extended"), "warn", "→"
    PAUSE = "pause", _l("Put on hold"), "warn", "❚"
    RESUME = "resume", _l("Resumed"), "ok", "▸"
    CANCEL = "cancel", _l("Cancelled"), "bad", "✕"


class RegisterKind(Choice):
    """The registers of an office; each runs through a calendar year (ข้อ 35, 43)."""

    RECEIVED = "received", _l("Received documents"), "info", "↓"
    SENT = "sent", _l("Sent documents"), "gold", "↑"
    INTERNAL = "internal", _l("Internal documents"), "", "↔"
    ORDER = "order", _l("Orders given"), "", "§"
    ANNOUNCEMENT = "announcement", _l("Announcements"), "", "!"
    CIRCULAR = "circular", _l("Circulars"), "gold", "○"


class DocumentKind(Choice):
    """The six kinds of official document (ข้อ 10 of the regulation on saraban)."""

    EXTERNAL = "external", _l("External letter")
    INTERNAL = "internal", _l("Memorandum")
    STAMPED = "stamped", _l("Stamped letter")
    DIRECTIVE = "directive", _l("Directive")
    PUBLICITY = "publicity", _l("Public announcement")
    RECORD = "record", _l("Document kept as evidence")


class Urgency(Choice):
    """The three classes of speed (ข้อ 28); an ordinary document has none."""

    FASTER = "urgent", _l("Faster than normal"), "warn", "!"
    QUICKLY = "very_urgent", _l("As quickly as possible"), "warn", "!!"
    AT_ONCE = "most_urgent", _l("At once"), "bad", "!!!"


class Secrecy(Choice):
    """The three classes of secrecy (regulation of 2544); the highest stays outside this system."""

    SECRET = "secret", _l("Secret"), "bad", "▪"
    VERY_SECRET = "very_secret", _l("Very secret"), "bad", "▪▪"
    TOP_SECRET = "top_secret", _l("Top secret"), "bad", "▪▪▪"


class DocumentStatus(Choice):
    """The paths of received and of sent documents; both end where the document is filed."""

    REGISTERED = "registered", _l("Registered"), "info", "↓"
    PRESENTED = "presented", _l("Presented"), "info", "◷"
    ENDORSED = "endorsed", _l("Endorsed"), "gold", "✎"
    ACTING = "acting", _l("Being acted on"), "warn", "◔"
    DONE = "done", _l("Acted on"), "ok", "✓"
    DRAFT = "draft", _l("Draft"), "", "○"
    REVIEWED = "reviewed", _l("Draft checked"), "info", "✓"
    SIGNED = "signed", _l("Signed"), "gold", "✎"
    NUMBERED = "numbered", _l("Numbered"), "warn", "#"
    SENT = "sent", _l("Sent out"), "info", "↑"
    ACKNOWLEDGED = "acknowledged", _l("Receipt confirmed"), "ok", "✓"
    FILED = "filed", _l("Filed"), "ok", "▤"
    CANCELLED = "cancelled", _l("Cancelled"), "bad", "✕"
    DESTROYED = "destroyed", _l("Destroyed"), "", "✕"
    ARCHIVED = "archived", _l("With the National Archives"), "", "▣"


class EndorsementAction(Choice):
    """What an endorsement (เกษียน) asks for, or says was done."""

    INFORM = "inform", _l("For information")
    CONSIDER = "consider", _l("For consideration")
    ACT = "act", _l("To be carried out")
    APPROVE = "approve", _l("Authorised")
    REVIEW = "review", _l("The draft was checked")
    SIGN = "sign", _l("Signature")
    DONE = "done", _l("It was carried out")


class NumberStatus(Choice):
    """What became of a number that was kept free."""

    RESERVED = "reserved", _l("Kept free"), "warn", "◷"
    USED = "used", _l("Used"), "ok", "✓"
    CANCELLED = "cancelled", _l("Cancelled"), "bad", "✕"


class SendMethod(Choice):
    """How a document reaches its recipient."""

    SYSTEM = "system", _l("In this system")
    EMAIL = "email", _l("By e-mail")
    POST = "post", _l("By post")
    MESSENGER = "messenger", _l("By messenger")


class RetentionRule(Choice):
    """How long a class of documents is kept."""

    YEARS = "years", _l("A number of years")
    UNTIL_SUPERSEDED = "until_superseded", _l("Until it is superseded")
    NONE = "none", _l("No period (electronic document)")
    PERMANENT = "permanent", _l("For ever"), "gold", "▣"


class DestructionStatus(Choice):
    """The path of a list of documents to be destroyed (ข้อ 66–70)."""

    LISTED = "listed", _l("Listed"), "info", "1"
    COMMITTEE = "committee_opinion", _l("Before the committee"), "info", "2"
    ARCHIVES = "archives_review", _l("Before the National Archives"), "warn", "3"
    APPROVED = "approved", _l("Authorised"), "gold", "4"
    CARRIED_OUT = "carried_out", _l("Carried out"), "ok", "✓"
    WITHDRAWN = "withdrawn", _l("Withdrawn"), "", "✕"


class Disposal(Choice):
    """What is done with a document whose time is over."""

    DESTROY = "destroy", _l("Destroy"), "bad", "✕"
    EXTEND = "extend", _l("Keep longer"), "warn", "→"
    ARCHIVE = "archive", _l("Hand to the National Archives"), "gold", "▣"


class ComplaintStatus(Choice):
    """The ten states of a complaint (domain §4.4); lateness is computed, never stored."""

    NEW = "new", _l("New"), "info", "○"
    SCREENING = "screening", _l("Being screened"), "info", "1"
    ASSIGNED = "assigned", _l("Assigned"), "info", "2"
    ACCEPTED = "accepted", _l("Accepted by the agency"), "info", "3"
    IN_PROGRESS = "in_progress", _l("In progress"), "info", "◔"
    RESOLVED = "resolved", _l("Result reported"), "gold", "✎"
    REVIEWING = "reviewing", _l("Result under review"), "gold", "◉"
    CLOSED = "closed", _l("Case closed"), "ok", "✓"
    REJECTED = "rejected", _l("Complaint not accepted"), "bad", "✕"
    RETURNED = "returned", _l("Returned by the agency"), "warn", "←"


class ComplaintAct(Choice):
    """What was done to a complaint, for its story."""

    RECEIVE = "receive", _l("Received"), "info", "+"
    TAKE_OVER = "take_over", _l("Taken over from an older log"), "", "⇄"
    SCREEN = "screen", _l("Screening begun"), "info", "1"
    ASSIGN = "assign", _l("Agencies assigned"), "info", "→"
    ACCEPT = "accept", _l("Accepted by the agency"), "info", "✓"
    GIVE_BACK = "give_back", _l("Returned by the agency"), "warn", "←"
    PROGRESS = "progress", _l("Progress reported"), "info", "◔"
    RESULT = "result", _l("Result reported"), "gold", "✎"
    REVIEW = "review", _l("Review begun"), "gold", "◉"
    SEND_BACK = "send_back", _l("Sent back to the agency"), "warn", "↩"
    HANDLE = "handle", _l("Handled by the centre itself"), "info", "◔"
    NOTIFY = "notify", _l("Complainant informed"), "info", "✉"
    CLOSE = "close", _l("Case closed"), "ok", "✓"
    REJECT = "reject", _l("Complaint not accepted"), "bad", "✕"
    PAUSE = "pause", _l("Clock stopped"), "warn", "❚"
    RESUME = "resume", _l("Clock started again"), "ok", "▸"
    REOPEN = "reopen", _l("Reopened"), "warn", "↻"
    ASK_EXTENSION = "ask_extension", _l("More time asked for"), "warn", "?"
    EXTEND = "extend", _l("New due day set"), "warn", "→"
    REFUSE_EXTENSION = "refuse_extension", _l("More time refused"), "bad", "✕"
    RELEASE = "release", _l("Agency relieved"), "", "✕"


class Importance(Choice):
    """How a centre sorts its cases (ประเภทการให้บริการ)."""

    GENERAL = "general", _l("General matter")
    IMPORTANT = "important", _l("Important matter"), "warn", "▲"
    ANONYMOUS_LETTER = "anonymous_letter", _l("Anonymous letter"), "", "?"
    WIDE_EFFECT = "wide_effect", _l("Affects many people"), "bad", "■"
    POLICY = "policy", _l("Important policy"), "gold", "★"


class ComplainantKind(Choice):
    """Who complains."""

    PERSON = "person", _l("Natural person")
    COMPANY = "company", _l("Legal person")


class ResultKind(Choice):
    """How a case ended; the complainant is told in both cases."""

    SETTLED = "settled", _l("Settled"), "ok", "✓"
    NOT_SETTLED = "not_settled", _l("Could not be settled"), "warn", "✕"


class AssignmentPart(Choice):
    """What an agency does in a case: one leads, any number support."""

    LEAD = "lead", _l("Lead agency"), "gold", "★"
    SUPPORT = "support", _l("Supporting agency"), "", "+"


class AssignmentStatus(Choice):
    """How far an agency is with what it was given."""

    SENT = "sent", _l("Sent to the agency"), "info", "→"
    ACCEPTED = "accepted", _l("Accepted by the agency"), "info", "✓"
    WORKING = "working", _l("In progress"), "info", "◔"
    REPORTED = "reported", _l("Result reported"), "ok", "✓"
    RETURNED = "returned", _l("Returned by the agency"), "warn", "←"
    RELEASED = "released", _l("Agency relieved"), "", "✕"


class UpdateKind(Choice):
    """What is told about a case on its way."""

    PROGRESS = "progress", _l("Progress"), "info", "◔"
    RESULT = "result", _l("Result"), "gold", "✎"
    REVIEW = "review", _l("Review"), "warn", "◉"


class RevealStatus(Choice):
    """The path of asking who complained; an anonymous complainant needs a second person."""

    ASKED = "asked", _l("Asked for"), "warn", "◔"
    APPROVED = "approved", _l("Approved"), "info", "✓"
    REFUSED = "refused", _l("Refused"), "bad", "✕"
    OPENED = "opened", _l("Revealed"), "warn", "◉"


class CaseLinkKind(Choice):
    """How two cases belong together."""

    SAME_MATTER = "same_matter", _l("Same matter")
    CONTINUES = "continues", _l("Continues the other case")
    RELATED = "related", _l("Related")


class SecondedFrom(Choice):
    """Where an officer of the centre comes from."""

    PROVINCE = "province", _l("Provincial office")
    POLICE = "police", _l("Police")
    LEGAL = "legal", _l("Legal officer of the Department of Provincial Administration")
    MILITARY = "military", _l("Military")
    OTHER = "other", _l("Other agency")
