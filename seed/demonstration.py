"""The demonstration: eight provinces of the report of 2552, with made-up people and real work.

It is laid out around the day on which it is made, and is the same for the same day.
"""

import secrets
from datetime import date
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from access.database import no_collecting
from entities.vocabulary import GrantScope, Role
from models import Cluster, ClusterProvince, RoleGrant, UserAccount, ZoneProvince
from rules.accounts import hashed
from rules.base import run_checks
from seed import (
    demo_cluster,
    demo_cluster_money,
    demo_complaints,
    demo_documents,
    demo_ledger,
    demo_links,
    demo_projects,
    demo_requests,
    demo_targets,
)
from seed.demo_agenda import Desk
from seed.demo_meetings import Clerk
from seed.demo_people import Cast, Names, settle
from seed.demo_places import places
from seed.territory import english_slug

SEED = 2552
"""Chooses the names; the dice of the meetings take the day too."""
POSTS = {
    Role.PROVINCE_ADMIN: "province_admin",
    Role.GOVERNOR: "governor",
    Role.DEPUTY_GOVERNOR: "deputy1",
    Role.CHIEF_OF_OFFICE: "chief",
    Role.SECRETARY: "secretary",
    Role.PLANNER: "planner",
    Role.FINANCE: "finance",
    Role.COMPLAINT_OFFICER: "complaint_officer",
    Role.REGISTRAR: "registrar",
    Role.PERSONNEL_OFFICER: "personnel_officer",
    Role.AGENCY_OFFICER: "irrigation_officer",
    Role.GROUP_MEMBER: "chamber",
}
"""Whose account bears a role in a province."""
MINISTRY = {
    Role.MINISTRY_ADMIN: "ผู้ดูแลระบบ สำนักงานปลัดกระทรวงมหาดไทย",
    Role.BUREAU_OFFICER: "นักวิเคราะห์นโยบายและแผนชำนาญการ สำนักพัฒนาและส่งเสริมการบริหารราชการจังหวัด",
    Role.PERMANENT_SECRETARY: "ปลัดกระทรวงมหาดไทย",
    Role.AUDITOR: "ผู้ตรวจสอบภายใน สำนักงานปลัดกระทรวงมหาดไทย",
}


CLUSTER_POSTS = {
    "": "เลขานุการคณะกรรมการบริหาร{}แบบบูรณาการ",
    ".second": "นักวิเคราะห์นโยบายและแผนชำนาญการ กลุ่มงานบริหารยุทธศาสตร์{}",
}
"""The officers of a cluster by the ending of their account: nobody approves the own entries."""


class Accounts:
    """Makes accounts that share one password, each with one grant from the day on."""

    def __init__(self, session: Session, password: str, today: date) -> None:
        self.session, self.today = session, today
        self.hashed = hashed(password)

    def open(
        self, username: str, person: tuple[str, str], role: Role, scope: GrantScope, **target: int
    ) -> UserAccount:
        """An account of a person, told as name and position, with its grant."""
        account = UserAccount(
            username=username,
            name=person[0],
            position=person[1],
            password=self.hashed,
            fs_uniquifier=secrets.token_hex(32),
            province_id=target.get("province_id"),
        )
        self.session.add(account)
        self.session.flush()
        self.session.add(
            RoleGrant(user_id=account.id, role=role, scope=scope, starts_on=self.today, **target)
        )
        return account


@no_collecting()
def fill(session: Session, password: str, today: date, large: bool = False) -> list[str]:
    """Fill the database; says what was made. Does nothing where accounts stand already.

    `large` makes registers of some thousand documents.
    """
    if session.scalar(select(UserAccount.id).limit(1)) is not None:
        return ["The demonstration is already there"]
    names, accounts = Names(SEED), Accounts(session, password, today)
    casts = {place.province_id: settle(session, place, names, today) for place in places()}
    _ministry(accounts, names)
    officers = _clusters_and_zones(accounts, names, casts, today)
    taker, second = officers[demo_cluster.CLUSTER]
    demo_cluster.lay_out(session, casts, names, taker, today)
    opened = {key: _province_accounts(accounts, cast) for key, cast in casts.items()}
    turns = enumerate(casts.items())
    count = 1 + sum(_meetings(accounts, cast, turn, opened[key]) for turn, (key, cast) in turns)
    demo_requests.seed(session, casts, demo_cluster.CLUSTER, today)
    demo_targets.lay_out(session, today)
    entries = sum(_money(session, cast, today, opened[key]) for key, cast in casts.items())
    entries += demo_cluster_money.lay_out(session, demo_cluster.CLUSTER, today, taker, second)
    papers = sum(
        _correspondence(session, cast, today, opened[key], large) for key, cast in casts.items()
    )
    cases = sum(_complaints(session, cast, today, opened[key]) for key, cast in casts.items())
    for key, cast in casts.items():
        demo_links.tie(session, cast, today, opened[key])
    run_checks(session)
    made = f"{count} meetings, {entries} ledger entries, {papers} documents and {cases} complaints"
    return [f"Eight provinces with {made} around {today}"]


def _money(session: Session, cast: Cast, today: date, opened: dict[Role, UserAccount]) -> int:
    """Lay out a province's projects and the ledgers that pay them; returns the number of entries."""
    finance, chief = opened[Role.FINANCE], opened[Role.CHIEF_OF_OFFICE]
    demo_projects.plan(session, cast, today)
    entries = demo_ledger.lay_out(session, cast, today, finance, chief)
    demo_projects.report(session, cast, today, finance, chief)
    return entries


def _correspondence(
    session: Session, cast: Cast, today: date, opened: dict[Role, UserAccount], large: bool
) -> int:
    """Lay out a province's registers; returns the number of documents."""
    dice = Random(f"{SEED} documents {cast.province.id} {today}")
    return demo_documents.lay_out(session, cast, today, opened, dice, large)


def _complaints(session: Session, cast: Cast, today: date, opened: dict[Role, UserAccount]) -> int:
    """Lay out a province's Damrongtham centre; returns the number of cases."""
    dice = Random(f"{SEED} complaints {cast.province.id} {today}")
    return demo_complaints.lay_out(session, cast, today, opened, dice)


def _meetings(accounts: Accounts, cast: Cast, turn: int, opened: dict[Role, UserAccount]) -> int:
    """Lay out a province's meetings; returns the number of meetings."""
    desk = Desk(
        accounts.session,
        cast,
        accounts.today,
        taker=opened[Role.SECRETARY],
        checker=opened[Role.CHIEF_OF_OFFICE],
        turn=turn,
        dice=Random(f"{SEED} {cast.province.id} {accounts.today}"),
    )
    return Clerk(desk).lay_out()


def _province_accounts(accounts: Accounts, cast: Cast) -> dict[Role, UserAccount]:
    slug, home = english_slug(cast.province.id), {"province_id": cast.province.id}
    scopes = {
        Role.AGENCY_OFFICER: (GrantScope.AGENCY, {"agency_id": cast.agencies["irrigation"].id}),
        Role.GROUP_MEMBER: (
            GrantScope.MISSION_GROUP,
            {"committee_id": cast.committees["economy"].id},
        ),
    }
    opened = {}
    for role, post in POSTS.items():
        person = cast.people[post]
        scope, target = scopes.get(role, (GrantScope.PROVINCE, {}))
        opened[role] = accounts.open(
            f"{role.value}.{slug}",
            (person.name, person.position or ""),
            role,
            scope,
            **home,
            **target,
        )
    return opened


def _ministry(accounts: Accounts, names: Names) -> None:
    for role, position in MINISTRY.items():
        accounts.open(role.value, (names.full(), position), role, GrantScope.NATION)


def _clusters_and_zones(
    accounts: Accounts, names: Names, casts: dict[int, Cast], today: date
) -> dict[int, list[UserAccount]]:
    """An inspector for each zone, two officers for each cluster of today that holds one of the eight."""
    session, officers = accounts.session, dict[int, list[UserAccount]]()
    zones = select(ZoneProvince.zone_id).where(
        ZoneProvince.province_id.in_(casts),
        ZoneProvince.valid_to.is_(None),
        ZoneProvince.valid_from <= today,
    )
    for zone_id in sorted(set(session.scalars(zones))):
        number = zone_id % 100
        person = names.full(), f"ผู้ตรวจราชการกระทรวงมหาดไทย เขตตรวจราชการที่ {number}"
        accounts.open(
            f"inspector.zone{number}", person, Role.INSPECTOR, GrantScope.ZONE, zone_id=zone_id
        )
    clusters = select(ClusterProvince.cluster_id).where(
        ClusterProvince.province_id.in_(casts),
        ClusterProvince.valid_to.is_(None),
        ClusterProvince.valid_from <= today,
    )
    for cluster_id in sorted(set(session.scalars(clusters))):
        place = session.get_one(Cluster, cluster_id)
        for suffix, position in CLUSTER_POSTS.items():
            opened = accounts.open(
                f"cluster_officer.{place.number}{suffix}",
                (names.full(), position.format(place.name)),
                Role.CLUSTER_OFFICER,
                GrantScope.CLUSTER,
                cluster_id=cluster_id,
            )
            officers.setdefault(cluster_id, []).append(opened)
    return officers
