"""Who may do what: one readable table, entity × verb → roles. Deny by default.

The ministry signs this table; an office gives roles by grants and may narrow a role, never
widen it. `flask policy` prints it and the manual shows it. Roles and reaches: design §5.
"""

from typing import Any

from entities.vocabulary import Role
from models import (
    Accused,
    Agency,
    AgendaItem,
    AppointmentOrder,
    Assignment,
    Attachment,
    Attendance,
    AuditEntry,
    BudgetCalendar,
    BudgetLine,
    BudgetRequest,
    BudgetTransfer,
    CarryOver,
    CarryOverExtension,
    Centre,
    Channel,
    Cluster,
    ClusterProvince,
    Committee,
    Complainant,
    Complaint,
    ComplaintCategory,
    ComplaintLink,
    ComplaintNature,
    ComplaintStep,
    ComplaintUpdate,
    Deployment,
    DestructionBatch,
    DestructionItem,
    DisbursementTarget,
    Distribution,
    District,
    Document,
    Endorsement,
    ExpenseCategory,
    FactFinding,
    FiscalYearClose,
    FollowUp,
    Holiday,
    IdentityReveal,
    InspectionZone,
    LedgerEntry,
    Loan,
    Meeting,
    Membership,
    Milestone,
    MinutesReply,
    OfficeUnit,
    Outcome,
    Person,
    PolicyBody,
    Problem,
    ProgressReport,
    Project,
    ProjectChange,
    Province,
    PurchaseOrder,
    Readiness,
    Reconciliation,
    ReconciliationRow,
    Region,
    RegisterBook,
    RegisterNumber,
    Reminder,
    ReportingWindow,
    RequestCost,
    RequestDecision,
    RequestItem,
    Resolution,
    RetentionClass,
    Rhythm,
    RoleGrant,
    RoleNarrowing,
    SecondedOfficer,
    SecretPaper,
    Subdistrict,
    UserAccount,
    ZoneProvince,
)

Table = dict[type[Any], dict[str, frozenset[Role]]]
R = Role

MINISTRY = frozenset(
    {R.MINISTRY_ADMIN, R.BUREAU_OFFICER, R.PERMANENT_SECRETARY, R.INSPECTOR, R.AUDITOR}
)
OFFICE = frozenset(
    {
        R.PROVINCE_ADMIN,
        R.GOVERNOR,
        R.DEPUTY_GOVERNOR,
        R.CHIEF_OF_OFFICE,
        R.SECRETARY,
        R.PLANNER,
        R.FINANCE,
        R.COMPLAINT_OFFICER,
        R.REGISTRAR,
        R.PERSONNEL_OFFICER,
    }
)
LEADERS = frozenset({R.GOVERNOR, R.DEPUTY_GOVERNOR})
"""Who decides in a province above the head of the office."""
OVERSEERS = MINISTRY | LEADERS
"""Who looks after others' work and enters little: what is late anywhere is theirs to see."""
EVERYBODY = frozenset(Role)
READERS = MINISTRY | OFFICE | {R.CLUSTER_OFFICER}
SECRETARIES = frozenset({R.SECRETARY, R.CHIEF_OF_OFFICE, R.CLUSTER_OFFICER})
MASTER_DATA = frozenset({R.PROVINCE_ADMIN, R.SECRETARY, R.CHIEF_OF_OFFICE, R.CLUSTER_OFFICER})
MINISTRY_DATA = frozenset({R.MINISTRY_ADMIN, R.BUREAU_OFFICER})
FINANCE = frozenset({R.FINANCE, R.CLUSTER_OFFICER})
"""Who enters money; the one who approves it is always another person."""
APPROVERS = frozenset({R.CHIEF_OF_OFFICE})
MONEY_APPROVERS = APPROVERS | {R.CLUSTER_OFFICER}
"""Of a cluster's money two officers of the cluster: nobody approves what the same person made."""
PLANNERS = frozenset({R.PLANNER, R.CLUSTER_OFFICER})
REPORTERS = PLANNERS | {R.AGENCY_OFFICER}
REGISTRARS = frozenset({R.REGISTRAR})
ENDORSERS = frozenset({R.GOVERNOR, R.DEPUTY_GOVERNOR, R.CHIEF_OF_OFFICE})
"""Who endorses what came in and signs what goes out."""
WRITERS = OFFICE - {R.GOVERNOR, R.DEPUTY_GOVERNOR}
"""Who drafts documents and acts on those endorsed."""
SHARERS = MASTER_DATA
"""Who shows the own view of a list to the whole office of the province."""
CLEARED = REGISTRARS | ENDORSERS
"""Who may open secret documents, each opening logged."""
CENTRE = frozenset({R.COMPLAINT_OFFICER, R.CHIEF_OF_OFFICE})
"""The Damrongtham centre: its officer, and the head."""
CASE_READERS = MINISTRY | CENTRE | {R.GOVERNOR, R.DEPUTY_GOVERNOR, R.SECRETARY}
"""Who reads cases; the secretary needs them for the papers of a meeting."""
NONE: frozenset[Role] = frozenset()

READING = frozenset({"read", "export"})
"""Verbs that change nothing; a province reads its cluster's rows by them."""

SHARED = {
    "read": EVERYBODY,
    "create": MINISTRY_DATA,
    "edit": MINISTRY_DATA,
    "delete": NONE,
    "export": EVERYBODY,
}
FIXED = {**SHARED, "create": NONE, "edit": NONE}
KEPT = {
    "read": READERS,
    "create": SECRETARIES,
    "edit": SECRETARIES,
    "delete": SECRETARIES,
    "export": READERS,
}
GROUP_PAPERS = {**KEPT, "read": READERS | {R.GROUP_MEMBER}}
MONEY = {
    "read": READERS,
    "create": FINANCE,
    "edit": FINANCE,
    "delete": NONE,
    "export": READERS,
}
PLANNED = {
    "read": READERS | {R.AGENCY_OFFICER},
    "create": PLANNERS,
    "edit": PLANNERS,
    "delete": PLANNERS,
    "export": READERS,
}
CASE = {
    "read": CASE_READERS,
    "create": NONE,
    "edit": NONE,
    "delete": NONE,
    "export": CASE_READERS,
}
"""What verbs alone write; an agency is let in line by line."""
AGENCY_CASE = {**CASE, "read": CASE_READERS | {R.AGENCY_OFFICER}}
SEALED = {
    "read": CENTRE,
    "create": NONE,
    "edit": NONE,
    "delete": NONE,
    "export": NONE,
    "identify": CENTRE,
}
"""Who complained and who is accused: for the centre alone, and masked even there."""
STAFFED = {
    "read": READERS,
    "create": CENTRE | {R.PROVINCE_ADMIN},
    "edit": CENTRE | {R.PROVINCE_ADMIN},
    "delete": CENTRE | {R.PROVINCE_ADMIN},
    "export": READERS,
}
REPORTED = {**PLANNED, "create": REPORTERS, "edit": REPORTERS, "delete": NONE}
WRITTEN = {
    "read": READERS,
    "create": NONE,
    "edit": NONE,
    "delete": NONE,
    "export": READERS,
}
"""What only acts on a document write, and nobody changes afterwards."""

POLICY: Table = {
    Region: FIXED,
    Province: FIXED,
    District: FIXED,
    Subdistrict: FIXED,
    Cluster: SHARED,
    InspectionZone: SHARED,
    ClusterProvince: SHARED,
    ZoneProvince: SHARED,
    Holiday: {**SHARED, "delete": MINISTRY_DATA},
    Deployment: {
        "read": frozenset({R.MINISTRY_ADMIN, R.AUDITOR}),
        "create": NONE,
        "edit": NONE,
        "delete": NONE,
        "export": NONE,
    },
    UserAccount: {
        "read": frozenset({R.MINISTRY_ADMIN, R.PROVINCE_ADMIN, R.AUDITOR}),
        "create": frozenset({R.MINISTRY_ADMIN, R.PROVINCE_ADMIN}),
        "edit": frozenset({R.MINISTRY_ADMIN, R.PROVINCE_ADMIN}),
        "delete": NONE,
        "export": frozenset({R.MINISTRY_ADMIN, R.AUDITOR}),
        "reset": frozenset({R.MINISTRY_ADMIN, R.PROVINCE_ADMIN}),
    },
    RoleGrant: {
        "read": frozenset({R.MINISTRY_ADMIN, R.PROVINCE_ADMIN, R.AUDITOR}),
        "create": frozenset({R.MINISTRY_ADMIN, R.PROVINCE_ADMIN}),
        "edit": frozenset({R.MINISTRY_ADMIN, R.PROVINCE_ADMIN}),
        "delete": NONE,
        "export": frozenset({R.MINISTRY_ADMIN, R.AUDITOR}),
    },
    RoleNarrowing: {
        "read": frozenset({R.MINISTRY_ADMIN, R.PROVINCE_ADMIN, R.AUDITOR}),
        "create": frozenset({R.MINISTRY_ADMIN, R.PROVINCE_ADMIN}),
        "edit": frozenset({R.MINISTRY_ADMIN, R.PROVINCE_ADMIN}),
        "delete": frozenset({R.MINISTRY_ADMIN, R.PROVINCE_ADMIN}),
        "export": frozenset({R.MINISTRY_ADMIN, R.AUDITOR}),
    },
    AuditEntry: {
        "read": frozenset({R.AUDITOR, R.MINISTRY_ADMIN}),
        "create": NONE,
        "edit": NONE,
        "delete": NONE,
        "export": frozenset({R.AUDITOR}),
    },
    Agency: {
        **KEPT,
        "read": READERS | {R.AGENCY_OFFICER},
        "create": MASTER_DATA,
        "edit": MASTER_DATA,
        "delete": MASTER_DATA,
    },
    Person: {
        **KEPT,
        "create": MASTER_DATA | {R.PERSONNEL_OFFICER},
        "edit": MASTER_DATA | {R.PERSONNEL_OFFICER},
        "delete": MASTER_DATA,
    },
    Committee: {**GROUP_PAPERS, "delete": NONE, "dissolve": SECRETARIES},
    AppointmentOrder: {**KEPT, "delete": NONE},
    Membership: {**GROUP_PAPERS, "close": SECRETARIES},
    Rhythm: {**KEPT, "generate": SECRETARIES},
    Meeting: {
        **GROUP_PAPERS,
        "delete": NONE,
        "invite": SECRETARIES,
        "hold": SECRETARIES,
        "postpone": SECRETARIES,
        "cancel": SECRETARIES,
        "take_minutes": SECRETARIES,
        "check_minutes": SECRETARIES | {R.GOVERNOR, R.DEPUTY_GOVERNOR},
        "circulate": SECRETARIES,
        "certify": SECRETARIES,
    },
    AgendaItem: GROUP_PAPERS,
    Attendance: KEPT,
    Resolution: GROUP_PAPERS,
    FollowUp: {
        **GROUP_PAPERS,
        "read": READERS | {R.GROUP_MEMBER, R.AGENCY_OFFICER},
        "report": SECRETARIES | {R.AGENCY_OFFICER},
        "cancel": SECRETARIES,
    },
    MinutesReply: KEPT,
    Attachment: {
        **GROUP_PAPERS,
        "read": READERS | {R.GROUP_MEMBER, R.AGENCY_OFFICER},
        "create": SECRETARIES | REPORTERS | REGISTRARS | CENTRE,
        "edit": NONE,
        "delete": SECRETARIES | REPORTERS | REGISTRARS | CENTRE,
        "hand_over": PLANNERS,
        "survey": REGISTRARS,
    },
    PolicyBody: SHARED,
    BudgetCalendar: {**SHARED, "delete": MINISTRY_DATA},
    ExpenseCategory: SHARED,
    DisbursementTarget: {**SHARED, "delete": MINISTRY_DATA},
    BudgetRequest: {**PLANNED, "read": READERS, "print": READERS},
    RequestItem: {**PLANNED, "decide": PLANNERS, "enact": PLANNERS},
    RequestCost: {**PLANNED, "read": READERS},
    Readiness: {**PLANNED, "read": READERS},
    RequestDecision: {
        **PLANNED,
        "read": READERS,
        "create": NONE,
        "edit": NONE,
        "delete": NONE,
        "decide": PLANNERS,
    },
    BudgetLine: {
        **MONEY,
        "read": READERS | {R.AGENCY_OFFICER},
        "delete": FINANCE,
        "enact": PLANNERS,
        "import": FINANCE,
        "freeze": MONEY_APPROVERS,
    },
    LedgerEntry: {
        **MONEY,
        "approve": MONEY_APPROVERS,
        "withdraw": FINANCE,
        "reverse": FINANCE,
    },
    BudgetTransfer: {**MONEY, "edit": NONE, "approve": MONEY_APPROVERS, "withdraw": FINANCE},
    PurchaseOrder: MONEY,
    CarryOver: {**MONEY, "edit": NONE, "extend": MONEY_APPROVERS},
    CarryOverExtension: {**MONEY, "create": NONE, "edit": NONE, "extend": MONEY_APPROVERS},
    FiscalYearClose: {**MONEY, "create": MONEY_APPROVERS, "edit": NONE},
    Reconciliation: {**MONEY, "edit": NONE},
    ReconciliationRow: {**MONEY, "edit": NONE},
    Project: {
        **PLANNED,
        "report": REPORTERS,
        "advance": REPORTERS,
        "change": PLANNERS,
        "finish": PLANNERS,
    },
    Milestone: {**PLANNED, "report": REPORTERS},
    ProgressReport: REPORTED,
    Problem: {**REPORTED, "resolve": REPORTERS},
    ProjectChange: {
        **PLANNED,
        "create": NONE,
        "edit": NONE,
        "delete": NONE,
        "change": PLANNERS,
        "hand_over": PLANNERS,
    },
    Outcome: REPORTED,
    ReportingWindow: {**PLANNED, "read": READERS},
    Centre: STAFFED,
    SecondedOfficer: STAFFED,
    Channel: SHARED,
    ComplaintNature: SHARED,
    ComplaintCategory: SHARED,
    Complaint: {
        **CASE,
        "create": CENTRE,
        "edit": CENTRE,
        "delete": CENTRE,
        "receive": CENTRE,
        "screen": CENTRE,
        "assign": CENTRE,
        "reject": CENTRE,
        "judge": CENTRE,
        "notify": CENTRE,
        "close_case": CENTRE,
        "pause": CENTRE,
        "ask_extension": CENTRE,
        "extend": APPROVERS,
        "extend_above": LEADERS,
        "reopen": APPROVERS,
        "take_over": CENTRE,
    },
    Complainant: {**SEALED, "reveal": CENTRE},
    Accused: {**SEALED, "reveal": CENTRE},
    Assignment: {
        **AGENCY_CASE,
        "assign": CENTRE,
        "accept": CENTRE | {R.AGENCY_OFFICER},
        "give_back": CENTRE | {R.AGENCY_OFFICER},
        "report": CENTRE | {R.AGENCY_OFFICER},
    },
    ComplaintUpdate: {**AGENCY_CASE, "judge": CENTRE},
    ComplaintStep: CASE,
    Reminder: AGENCY_CASE,
    IdentityReveal: {
        **CASE,
        "read": CENTRE | {R.GOVERNOR, R.AUDITOR},
        "export": frozenset({R.CHIEF_OF_OFFICE, R.AUDITOR}),
        "reveal": CENTRE,
        "approve": frozenset({R.CHIEF_OF_OFFICE, R.GOVERNOR}),
    },
    ComplaintLink: {**CASE, "create": CENTRE, "edit": CENTRE, "delete": CENTRE},
    FactFinding: {
        **CASE,
        "read": CENTRE | {R.GOVERNOR, R.DEPUTY_GOVERNOR},
        "create": CENTRE,
        "edit": CENTRE,
        "export": CENTRE,
    },
    OfficeUnit: {
        **KEPT,
        "create": MASTER_DATA | REGISTRARS,
        "edit": MASTER_DATA | REGISTRARS,
        "delete": MASTER_DATA | REGISTRARS,
    },
    RegisterBook: {**WRITTEN, "register": REGISTRARS, "print": READERS},
    RetentionClass: SHARED,
    Document: {
        **WRITTEN,
        "create": WRITERS,
        "edit": WRITERS,
        "register": REGISTRARS,
        "cancel": REGISTRARS | APPROVERS,
        "present": REGISTRARS,
        "endorse": ENDORSERS,
        "report": WRITERS,
        "review": APPROVERS,
        "sign": ENDORSERS,
        "send": REGISTRARS,
        "acknowledge": REGISTRARS,
        "file": REGISTRARS,
        "lend": REGISTRARS,
    },
    SecretPaper: {
        "read": CLEARED,
        "create": NONE,
        "edit": NONE,
        "delete": NONE,
        "export": NONE,
        "reveal": CLEARED,
        "register": WRITERS,
    },
    RegisterNumber: {**WRITTEN, "reserve": REGISTRARS, "cancel": REGISTRARS},
    Endorsement: {**WRITTEN, "endorse": OFFICE},
    Distribution: {
        **WRITTEN,
        "read": READERS | {R.AGENCY_OFFICER},
        "trace": CLEARED | {R.AGENCY_OFFICER},
        "send": REGISTRARS,
        "acknowledge": OFFICE | {R.AGENCY_OFFICER},
    },
    Loan: {**WRITTEN, "lend": REGISTRARS},
    DestructionBatch: {**WRITTEN, "survey": REGISTRARS, "approve": APPROVERS | {R.GOVERNOR}},
    DestructionItem: {**WRITTEN, "survey": REGISTRARS},
}


def roles(entity: type[Any], verb: str) -> frozenset[Role]:
    """The roles that may do a verb to an entity; nobody where the table is silent."""
    return POLICY.get(entity, {}).get(verb, NONE)
