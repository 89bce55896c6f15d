"""Who may do what: one readable table, entity × verb → roles. Deny by default.

The ministry signs this table; an office gives roles by grants and may narrow a role, never
widen it. `flask policy` prints it and the manual shows it. Roles and reaches: design §5.
"""

from typing import Any

from entities.vocabulary import Role
from models import (
    Agency,
    AgendaItem,
    AppointmentOrder,
    Attachment,
    Attendance,
    AuditEntry,
    Cluster,
    ClusterProvince,
    Committee,
    Deployment,
    District,
    FollowUp,
    Holiday,
    InspectionZone,
    Meeting,
    Membership,
    MinutesReply,
    Person,
    Province,
    Region,
    Resolution,
    Rhythm,
    RoleGrant,
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
EVERYBODY = frozenset(Role)
READERS = MINISTRY | OFFICE | {R.CLUSTER_OFFICER}
SECRETARIES = frozenset({R.SECRETARY, R.CHIEF_OF_OFFICE, R.CLUSTER_OFFICER})
MASTER_DATA = frozenset({R.PROVINCE_ADMIN, R.SECRETARY, R.CHIEF_OF_OFFICE, R.CLUSTER_OFFICER})
MINISTRY_DATA = frozenset({R.MINISTRY_ADMIN, R.BUREAU_OFFICER})
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
    Attachment: {**GROUP_PAPERS, "edit": NONE},
}


def roles(entity: type[Any], verb: str) -> frozenset[Role]:
    """The roles that may do a verb to an entity; nobody where the table is silent."""
    return POLICY.get(entity, {}).get(verb, NONE)
