"""The index of every entity, area by area. Import entities from here."""

from entities.accounts import (
    AuditEntry,
    AuditHead,
    Deployment,
    RoleGrant,
    SignInAttempt,
    SignInSession,
    UserAccount,
)
from entities.base import Base
from entities.documents import Attachment
from entities.governance import Agency, AppointmentOrder, Committee, Membership, Person
from entities.meetings import (
    AgendaItem,
    Attendance,
    FollowUp,
    Meeting,
    MinutesReply,
    Resolution,
    Rhythm,
)
from entities.registers import Counter, Submission
from entities.territory import (
    Cluster,
    ClusterProvince,
    District,
    Holiday,
    InspectionZone,
    Province,
    Region,
    Subdistrict,
    ZoneProvince,
)

__all__ = [
    "Agency",
    "AgendaItem",
    "AppointmentOrder",
    "Attachment",
    "Attendance",
    "AuditEntry",
    "AuditHead",
    "Base",
    "Cluster",
    "ClusterProvince",
    "Committee",
    "Counter",
    "Deployment",
    "District",
    "FollowUp",
    "Holiday",
    "InspectionZone",
    "Meeting",
    "Membership",
    "MinutesReply",
    "Person",
    "Province",
    "Region",
    "Resolution",
    "Rhythm",
    "RoleGrant",
    "SignInAttempt",
    "SignInSession",
    "Subdistrict",
    "Submission",
    "UserAccount",
    "ZoneProvince",
]
