"""One row of every entity at a home: what the tests made from the registry stand on.

A world is a province or a cluster with one row of each entity that can live there. A new
entity gets its line in `MAKERS`, behind the entities that it hangs on.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from access.database import writing
from entities import dates
from entities.base import Base, InProvince, InProvinceOrCluster, Shared, entities, record_kinds
from entities.vocabulary import (
    AgendaPart,
    AttendanceStatus,
    CommitteeType,
    GrantScope,
    MeetingStatus,
    MemberRole,
    MinutesAnswer,
    ProblemKind,
    ProjectChangeKind,
    ResolutionKind,
    Role,
    SeatType,
    Sector,
    Verb,
    Week,
    Weekday,
)
from models import (
    Agency,
    AgendaItem,
    AppointmentOrder,
    Attachment,
    Attendance,
    BudgetCalendar,
    Cluster,
    ClusterProvince,
    Committee,
    DisbursementTarget,
    FollowUp,
    InspectionZone,
    Meeting,
    Membership,
    Milestone,
    MinutesReply,
    Outcome,
    Person,
    Problem,
    ProgressReport,
    Project,
    ProjectChange,
    ReportingWindow,
    Resolution,
    Rhythm,
    RoleGrant,
    RoleNarrowing,
    UserAccount,
    ZoneProvince,
)
from tests import factories_complaints, factories_documents, factories_ledger, factories_requests
from tests.conftest import LOPBURI, TRANG

Rows = dict[type[Base], Any]


@dataclass(frozen=True)
class Home:
    """Where a world lies: a province or a cluster; `mark` keeps names of two worlds apart."""

    mark: str
    province_id: int | None = None
    cluster_id: int | None = None

    @property
    def keys(self) -> dict[str, int | None]:
        """The home columns of a row that may live in a province or a cluster."""
        return {"province_id": self.province_id, "cluster_id": self.cluster_id}

    def has(self, entity: type[Base]) -> bool:
        """Whether rows of the entity can live here."""
        if issubclass(entity, Shared):
            return False
        return self.province_id is not None or issubclass(entity, InProvinceOrCluster)


def _agency(home: Home, rows: Rows) -> Agency:
    return Agency(
        province_id=home.province_id, name=f"ที่ทำการ {home.mark}", sector=Sector.GOVERNMENT
    )


def _person(home: Home, rows: Rows) -> Person:
    return Person(
        province_id=home.province_id,
        title="นาง",
        first_name=f"ดวงใจ {home.mark}",
        last_name="แก้วกล้า",
        agency=rows[Agency],
    )


def _committee(home: Home, rows: Rows) -> Committee:
    kind = CommitteeType.CLUSTER if home.cluster_id else CommitteeType.WORKING_GROUP
    return Committee(**home.keys, name=f"คณะทำงาน {home.mark}", short_name="คทง.", type=kind)


def _order(home: Home, rows: Rows) -> AppointmentOrder:
    return AppointmentOrder(
        **home.keys,
        number=f"1/2569 {home.mark}",
        committee=rows[Committee],
        subject=f"แต่งตั้งคณะทำงาน {home.mark}",
        ordered_on=date(2026, 1, 5),
        effective_on=date(2026, 1, 5),
        signer_name="ผู้ว่าราชการจังหวัด",
        signer_position="ผู้ว่าราชการจังหวัด",
    )


def _membership(home: Home, rows: Rows) -> Membership:
    return Membership(
        **home.keys,
        name=f"กรรมการ {home.mark}",
        committee=rows[Committee],
        person=rows.get(Person),
        agency=rows.get(Agency),
        role=MemberRole.CHAIR,
        sector=Sector.GOVERNMENT,
        seat_type=SeatType.EX_OFFICIO,
        order=rows[AppointmentOrder],
        starts_on=date(2026, 1, 5),
    )


def _rhythm(home: Home, rows: Rows) -> Rhythm:
    return Rhythm(
        province_id=home.province_id,
        title=f"ประชุม {home.mark}",
        week=Week.FIRST,
        weekday=Weekday.MONDAY,
        starts_at=time(9, 30),
        committee=rows[Committee],
    )


def _meeting(home: Home, rows: Rows) -> Meeting:
    return Meeting(
        **home.keys,
        committee=rows[Committee],
        meets_on=date(2026, 2, 2),
        status=MeetingStatus.MINUTES_CIRCULATED,
        title=f"เรื่องเร่งด่วน {home.mark}",
        venue=f"ห้องประชุม {home.mark}",
    )


def _of_meeting(home: Home, rows: Rows) -> dict[str, Any]:
    return {**home.keys, "meeting": rows[Meeting], "committee": rows[Committee]}


def _agenda_item(home: Home, rows: Rows) -> AgendaItem:
    return AgendaItem(
        **_of_meeting(home, rows),
        title=f"ปัญหาน้ำท่วม {home.mark}",
        part=AgendaPart.CONSIDER,
        agency=rows.get(Agency),
    )


def _attendance(home: Home, rows: Rows) -> Attendance:
    return Attendance(
        **_of_meeting(home, rows),
        name=f"กรรมการ {home.mark}",
        membership=rows[Membership],
        status=AttendanceStatus.PRESENT,
    )


def _resolution(home: Home, rows: Rows) -> Resolution:
    return Resolution(
        **_of_meeting(home, rows),
        text=f"ที่ประชุมรับทราบ {home.mark}",
        agenda_item=rows[AgendaItem],
        kind=ResolutionKind.ACKNOWLEDGE,
    )


def _follow_up(home: Home, rows: Rows) -> FollowUp:
    return FollowUp(
        **_of_meeting(home, rows),
        task=f"ซ่อมประตูน้ำ {home.mark}",
        resolution=rows[Resolution],
        agency=rows.get(Agency),
        due_on=date(2026, 3, 2),
    )


def _minutes_reply(home: Home, rows: Rows) -> MinutesReply:
    return MinutesReply(
        **_of_meeting(home, rows),
        membership=rows[Membership],
        answer=MinutesAnswer.AGREE,
        replied_on=date(2026, 2, 9),
    )


def _attachment(home: Home, rows: Rows) -> Attachment:
    return Attachment(
        **home.keys,
        name=f"หนังสือ {home.mark}.pdf",
        order=rows[AppointmentOrder],
        committee=rows[Committee],
        content_type="application/pdf",
        size=1024,
        sha256="0" * 64,
    )


def _carrying_out(home: Home, rows: Rows) -> Agency:
    """The agency of a project: a cluster's projects are carried out by a province's agency."""
    if Agency in rows:
        found: Agency = rows[Agency]
        return found
    province_id = LOPBURI if home.mark == "own cluster" else TRANG
    return Agency(
        province_id=province_id, name=f"หน่วยดำเนินงาน {home.mark}", sector=Sector.GOVERNMENT
    )


def _project(home: Home, rows: Rows) -> Project:
    return Project(
        **home.keys,
        code=f"P-{home.mark}",
        name=f"โครงการ {home.mark}",
        fiscal_year=2569,
        agency=_carrying_out(home, rows),
        budget=Decimal(1_000_000),
        starts_on=date(2025, 10, 1),
        ends_on=date(2026, 9, 30),
    )


def _milestone(home: Home, rows: Rows) -> Milestone:
    return Milestone(
        name=f"งวดงาน {home.mark}",
        project=rows[Project],
        weight=Decimal(100),
        plan_start=date(2025, 10, 1),
        plan_end=date(2026, 9, 30),
    )


def _progress_report(home: Home, rows: Rows) -> ProgressReport:
    return ProgressReport(
        project=rows[Project],
        month=date(2026, 1, 1),
        actual_percent=Decimal(20),
        reported_on=date(2026, 2, 3),
        done=f"งานดิน {home.mark}",
    )


def _problem(home: Home, rows: Rows) -> Problem:
    return Problem(
        title=f"ผู้รับจ้างล่าช้า {home.mark}",
        project=rows[Project],
        kind=ProblemKind.CONTRACTOR,
        found_on=date(2026, 1, 12),
        due_on=date(2026, 2, 12),
        owner_name=f"ผู้รับผิดชอบ {home.mark}",
    )


def _project_change(home: Home, rows: Rows) -> ProjectChange:
    return ProjectChange(
        project=rows[Project],
        kind=ProjectChangeKind.RESUME,
        reason=f"น้ำลดแล้ว {home.mark}",
        decided_on=date(2026, 1, 20),
    )


def _outcome(home: Home, rows: Rows) -> Outcome:
    return Outcome(indicator=f"ครัวเรือน {home.mark}", project=rows[Project], target=Decimal(500))


def _window(home: Home, rows: Rows) -> ReportingWindow:
    month = 2 if home.mark == "neighbour" else 1
    return ReportingWindow(
        **home.keys,
        month=date(2026, month, 1),
        opens_on=date(2026, month, 28),
        closes_on=date(2026, month + 1, 5),
    )


def _account(home: Home, rows: Rows) -> UserAccount:
    return UserAccount(
        province_id=home.province_id,
        username=f"clerk.{secrets.token_hex(4)}",
        name=f"เจ้าหน้าที่ {home.mark}",
        fs_uniquifier=secrets.token_hex(16),
    )


def _grant(home: Home, rows: Rows) -> RoleGrant:
    return RoleGrant(
        province_id=home.province_id,
        user=rows[UserAccount],
        role=Role.PLANNER,
        scope=GrantScope.PROVINCE,
        starts_on=date(2026, 1, 1),
    )


def _narrowing(home: Home, rows: Rows) -> RoleNarrowing:
    entity, verb = NARROWED.get(home.mark, NARROWED["own"])
    return RoleNarrowing(
        province_id=home.province_id,
        role=Role.REGISTRAR,
        entity=record_kinds()(entity.__tablename__),
        verb=verb,
        reason="งานสารบรรณไม่ใช้",
    )


NARROWED: dict[str, tuple[type[Base], Verb]] = {
    "own": (Rhythm, Verb.READ),
    "neighbour": (Meeting, Verb.EXPORT),
}
"""What the registrar may not do at a home; `tests/cast.py` expects it so."""

MAKERS: dict[type[Base], Callable[[Home, Rows], Base]] = {
    Agency: _agency,
    Person: _person,
    Committee: _committee,
    AppointmentOrder: _order,
    Membership: _membership,
    Rhythm: _rhythm,
    Meeting: _meeting,
    AgendaItem: _agenda_item,
    Attendance: _attendance,
    Resolution: _resolution,
    FollowUp: _follow_up,
    MinutesReply: _minutes_reply,
    Attachment: _attachment,
    Project: _project,
    Milestone: _milestone,
    ProgressReport: _progress_report,
    Problem: _problem,
    ProjectChange: _project_change,
    Outcome: _outcome,
    ReportingWindow: _window,
    UserAccount: _account,
    RoleGrant: _grant,
    RoleNarrowing: _narrowing,
    **factories_requests.REQUESTS,
    **factories_ledger.LEDGER,
    **factories_documents.DOCUMENTS,
    **factories_complaints.COMPLAINTS,
}
SHARED: dict[type[Base], Callable[[], Base]] = {
    DisbursementTarget: factories_ledger.target,
    BudgetCalendar: factories_requests.calendar_day,
}
"""Shared rows that no seed brings."""


def world(session: Session, home: Home) -> Rows:
    """One row of every entity that can live at a home, committed."""
    missing = [e.__name__ for e in entities() if e not in MAKERS and not issubclass(e, Shared)]
    assert not missing, f"tests/factories.py makes no row of {', '.join(missing)}"
    token = writing.set(True)
    try:
        session.rollback()
        rows: Rows = {}
        for entity, make in MAKERS.items():
            if home.has(entity):
                rows[entity] = make(home, rows)
                session.add(rows[entity])
                session.flush()
        session.commit()
    finally:
        writing.reset(token)
    return rows


def shared(session: Session) -> Rows:
    """One row of every entity that all provinces share; most the seed brought."""
    _make_shared(session)
    found = {e: session.scalar(select(e).limit(1)) for e in entities() if issubclass(e, Shared)}
    assert all(found.values()), [e.__name__ for e, row in found.items() if row is None]
    return found


def _make_shared(session: Session) -> None:
    token = writing.set(True)
    try:
        session.rollback()
        for entity, make in SHARED.items():
            if session.scalar(select(entity).limit(1)) is None:
                session.add(make())
        session.commit()
    finally:
        writing.reset(token)


def cluster_of(session: Session, province_id: int) -> Cluster:
    """The cluster in which a province lies today."""
    return _around(session, Cluster, ClusterProvince, ClusterProvince.cluster_id, province_id)


def zone_of(session: Session, province_id: int) -> InspectionZone:
    """The inspection zone in which a province lies today."""
    return _around(session, InspectionZone, ZoneProvince, ZoneProvince.zone_id, province_id)


def _around(session: Session, entity: Any, link: Any, key: Any, province_id: int) -> Any:
    return session.scalars(
        select(entity)
        .join(link, key == entity.id)
        .where(link.province_id == province_id, *in_force(link))
    ).one()


def in_force(link: Any) -> tuple[Any, ...]:
    """That a dated link holds today."""
    today = dates.today()
    return link.valid_from <= today, link.valid_to.is_(None) | (link.valid_to >= today)


__all__ = ["MAKERS", "Home", "InProvince", "cluster_of", "shared", "world", "zone_of"]
