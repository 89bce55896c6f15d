"""Committees in figures: who sits, which sectors are missing, which terms end, what is vacant."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload

from entities.vocabulary import CommitteeStatus, CommitteeType, MemberRole, Mission, Sector
from models import Committee, Membership

SOON = timedelta(days=90)
SIX_SECTORS = frozenset({CommitteeType.MISSION_GROUP})
"""Kinds of committee on which all six sectors should sit (report of 2552)."""


@dataclass(frozen=True)
class Gaps:
    """What a committee lacks; none of it is refused, all of it is shown."""

    committee: Committee
    no_chair: bool
    no_secretary: bool
    sectors: tuple[Sector, ...]
    vacant: int
    ending: int
    expired: int

    def __bool__(self) -> bool:
        return bool(
            self.no_chair
            or self.no_secretary
            or self.sectors
            or self.vacant
            or self.ending
            or self.expired
        )


def serving(committee_id: int, on: date | None = None):  # type: ignore[no-untyped-def]
    """The members who serve on a committee, in the order of its list; those of a day, if one is given.

    An order that takes effect later closes seats, and fills them, on a day to come.
    """
    return (
        select(Membership)
        .where(Membership.committee_id == committee_id, *_serves(on))
        .order_by(Membership.seat_number, Membership.id)
    )


def _serves(on: date | None) -> tuple[ColumnElement[bool], ...]:
    if on is None:
        return (Membership.closed_on.is_(None),)
    still = or_(Membership.closed_on.is_(None), Membership.closed_on > on)
    return Membership.starts_on <= on, still


def quorum(members: int, percent: int) -> int:
    """How many must come: the share of the members, rounded up, at least one."""
    return max(1, -(-members * percent // 100))


LEADERS = (MemberRole.CHAIR, MemberRole.MEMBER_SECRETARY)


def lacks_leaders(session: Session, committee_id: int, on: date) -> bool:
    """Whether a committee has no chair or no member-secretary on a day, so that nobody can be invited."""
    held = select(func.count(Membership.role.distinct())).where(
        Membership.committee_id == committee_id, Membership.role.in_(LEADERS), *_serves(on)
    )
    return (session.scalar(held) or 0) < len(LEADERS)


def gaps(
    session: Session, today: date, province_id: int | None = None, committee_id: int | None = None
) -> list[Gaps]:
    """Every active committee that lacks something, by two queries."""
    statement = (
        select(Committee).where(Committee.status == CommitteeStatus.ACTIVE).order_by(Committee.id)
    )
    if province_id is not None:
        statement = statement.where(Committee.province_id == province_id)
    if committee_id is not None:
        statement = statement.where(Committee.id == committee_id)
    committees = list(session.scalars(statement))
    seats: dict[int, list[tuple[MemberRole, Sector, date | None]]] = {}
    wanted = select(
        Membership.committee_id, Membership.role, Membership.sector, Membership.ends_on
    ).where(Membership.closed_on.is_(None))
    if province_id is not None or committee_id is not None:
        wanted = wanted.where(Membership.committee_id.in_([c.id for c in committees]))
    for key, role, sector, ends_on in session.execute(wanted):
        seats.setdefault(key, []).append((role, sector, ends_on))
    found = (_gaps(committee, seats.get(committee.id, []), today) for committee in committees)
    return [one for one in found if one]


def _gaps(
    committee: Committee, seats: Iterable[tuple[MemberRole, Sector, date | None]], today: date
) -> Gaps:
    seats = list(seats)
    roles = {role for role, _sector, _ends in seats}
    present = {sector for _role, sector, _ends in seats}
    missing = tuple(s for s in Sector if s not in present) if committee.type in SIX_SECTORS else ()
    ends = [ends_on for _role, _sector, ends_on in seats if ends_on is not None]
    return Gaps(
        committee,
        MemberRole.CHAIR not in roles,
        MemberRole.MEMBER_SECRETARY not in roles,
        missing,
        max(0, (committee.seats or 0) - len(seats)),
        sum(today <= day <= today + SOON for day in ends),
        sum(day < today for day in ends),
    )


@dataclass(frozen=True)
class Group:
    """An active mission group: how many members serve on it, and from which sectors."""

    province_id: int
    committee_id: int
    mission: Mission
    members: int
    sectors: frozenset[Sector]

    @property
    def missing(self) -> tuple[Sector, ...]:
        """The sectors that no member of the group comes from."""
        return tuple(sector for sector in Sector if sector not in self.sectors)


ACTIVE = (
    Committee.type == CommitteeType.MISSION_GROUP,
    Committee.status == CommitteeStatus.ACTIVE,
)
"""That a committee is a mission group at work."""


def mission_groups(session: Session, province_id: int | None = None) -> list[Group]:
    """Every active mission group with its sectors, by two queries."""
    groups = select(Committee.province_id, Committee.id, Committee.mission).where(*ACTIVE)
    seats = (
        select(Membership.committee_id, Membership.sector, func.count())
        .join(Committee, Committee.id == Membership.committee_id)
        .where(*ACTIVE, Membership.closed_on.is_(None))
        .group_by(Membership.committee_id, Membership.sector)
    )
    if province_id is not None:
        groups = groups.where(Committee.province_id == province_id)
        seats = seats.where(Membership.province_id == province_id)
    counted: dict[int, dict[Sector, int]] = {}
    for committee_id, sector, members in session.execute(seats):
        counted.setdefault(committee_id, {})[sector] = members
    rows: Iterable[Any] = session.execute(groups.order_by(Committee.id))
    return [
        Group(home, key, mission, sum(by_sector.values()), frozenset(by_sector))
        for home, key, mission in rows
        for by_sector in [counted.get(key, {})]
    ]


def groups_by_province(session: Session, province_id: int | None = None) -> dict[int, int]:
    """How many mission groups are at work in each province that has any."""
    counted = select(Committee.province_id, func.count()).where(*ACTIVE)
    if province_id is not None:
        counted = counted.where(Committee.province_id == province_id)
    rows = session.execute(counted.group_by(Committee.province_id))
    return {home: count for home, count in rows if home is not None}


def sectors_on(groups: Iterable[Group]) -> frozenset[Sector]:
    """The sectors that sit on any of the groups."""
    return frozenset().union(*(group.sectors for group in groups))


def provinces_at_work(session: Session) -> set[int]:
    """The provinces that have recorded a committee, in force or not."""
    wanted = select(Committee.province_id).where(Committee.province_id.is_not(None)).distinct()
    return set(session.scalars(wanted))


def terms_ending(session: Session, today: date, province_id: int | None = None) -> list[Membership]:
    """Members whose term ends within 90 days, or has ended, soonest first."""
    statement = (
        select(Membership)
        .options(joinedload(Membership.committee))
        .where(Membership.closed_on.is_(None), Membership.ends_on <= today + SOON)
        .order_by(Membership.ends_on, Membership.id)
    )
    if province_id is not None:
        statement = statement.where(Membership.province_id == province_id)
    return list(session.scalars(statement))


MISSIONS, SECTORS = len(Mission), len(Sector)


def agency_name(row: Any) -> str:
    """The agency of a record; a dash where it is another province's, which is not the viewer's to read.

    A cluster's project is carried out by an agency of one of its provinces.
    """
    return row.agency.name if row.agency is not None else "–"
