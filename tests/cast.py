"""The persons of the access tests, one for each role, and what each should reach.

`Player.reaches` says it a second time, in the plainest words and for a single row, so that
the tests do not ask the code whether the code is right.
"""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from access.database import writing
from access.policy import POLICY
from entities.base import Base, InProvinceOrCluster, Shared
from entities.vocabulary import GrantScope, Role
from models import (
    Agency,
    ClusterProvince,
    Committee,
    Meeting,
    Rhythm,
    UserAccount,
    ZoneProvince,
)
from tests.conftest import LOPBURI, TRANG, make_user
from tests.factories import Home, Rows, cluster_of, in_force, shared, world, zone_of

SCOPES = {
    Role.MINISTRY_ADMIN: GrantScope.NATION,
    Role.BUREAU_OFFICER: GrantScope.NATION,
    Role.PERMANENT_SECRETARY: GrantScope.NATION,
    Role.AUDITOR: GrantScope.NATION,
    Role.INSPECTOR: GrantScope.ZONE,
    Role.CLUSTER_OFFICER: GrantScope.CLUSTER,
    Role.AGENCY_OFFICER: GrantScope.AGENCY,
    Role.GROUP_MEMBER: GrantScope.MISSION_GROUP,
}
"""At which scope a role is held; every other belongs to a province."""
READING = ("read", "export")


@dataclass(frozen=True)
class Player:
    """Somebody with one role at one scope in Lop Buri, or with none at all."""

    name: str
    user_id: int
    role: Role | None = None
    scope: GrantScope | None = None
    provinces: frozenset[int] = frozenset()
    cluster_id: int | None = None
    agency_id: int | None = None
    committee_id: int | None = None

    def may(self, entity: type[Base], verb: str) -> bool:
        """Whether the role has the right at all, and the office has not taken it away."""
        return self.role in POLICY[entity].get(verb, ()) and not self._narrowed(entity, verb)

    def _narrowed(self, entity: type[Base], verb: str) -> bool:
        if self.role is not Role.REGISTRAR:
            return False
        return entity is Rhythm or (entity is Meeting and verb == "export")

    def reaches(self, row: Any, verb: str) -> bool:
        """Whether this very row is reached by the verb."""
        if not self.may(type(row), verb):
            return False
        if self.scope is GrantScope.NATION or isinstance(row, Shared):
            return True
        if self.scope is GrantScope.AGENCY:
            return self.agency_id == _own(row, Agency, "agency_id")
        if self.scope is GrantScope.MISSION_GROUP:
            return self.committee_id == _own(row, Committee, "committee_id")
        return self._by_home(row, verb in READING)

    def _by_home(self, row: Any, reading: bool) -> bool:
        home = getattr(row, "province_id", None)
        cluster = row.cluster_id if isinstance(row, InProvinceOrCluster) else None
        in_cluster = cluster is not None and cluster == self.cluster_id
        if self.scope is GrantScope.CLUSTER:
            return in_cluster or (reading and home in self.provinces)
        return home in self.provinces or (reading and in_cluster)


def _own(row: Any, entity: type[Base], key: str) -> int | None:
    found: int | None = row.id if isinstance(row, entity) else getattr(row, key, None)
    return found


@dataclass
class Stage:
    """Rows at every kind of home, and a person for every role."""

    worlds: dict[str, Rows]
    players: dict[str, Player] = field(default_factory=dict)

    def rows(self, entity: type[Base]) -> dict[str, Any]:
        """The rows of an entity by the name of their world."""
        return {name: rows[entity] for name, rows in self.worlds.items() if entity in rows}

    def told(self) -> "Told":
        """The stage without its rows, which belong to a session."""
        keys = {
            name: {entity: row.id for entity, row in rows.items()}
            for name, rows in self.worlds.items()
        }
        return Told(keys, self.players)


@dataclass(frozen=True)
class Told:
    """A stage by the ids of its rows, for a database that holds them."""

    keys: dict[str, dict[type[Base], int]]
    players: dict[str, Player]

    def loaded(self, session: Session) -> Stage:
        """The stage with the rows of a session."""
        found: dict[type[Base], dict[int, Any]] = {}
        for entity in {entity for keys in self.keys.values() for entity in keys}:
            wanted = [keys[entity] for keys in self.keys.values() if entity in keys]
            rows = session.scalars(select(entity).where(entity.id.in_(wanted)))
            found[entity] = {row.id: row for row in rows}
        worlds = {
            name: {entity: found[entity][key] for entity, key in keys.items()}
            for name, keys in self.keys.items()
        }
        session.rollback()
        return Stage(worlds, dict(self.players))


def stage(session: Session) -> Stage:
    """Build everything the access tests look at."""
    here, there = cluster_of(session, LOPBURI), cluster_of(session, TRANG)
    homes = [
        Home("own", province_id=LOPBURI),
        Home("neighbour", province_id=LOPBURI),
        Home("foreign", province_id=TRANG),
        Home("own cluster", cluster_id=here.id),
        Home("foreign cluster", cluster_id=there.id),
    ]
    made = Stage({"shared": shared(session), **{h.mark: world(session, h) for h in homes}})
    token = writing.set(True)
    try:
        session.rollback()
        made.worlds["ministry"] = {UserAccount: _ministry(session)}
        players = [_player(session, made.worlds["own"], role, here.id) for role in Role]
        made.players = {p.name: p for p in [*players, _without_rights(session)]}
        session.commit()
    finally:
        writing.reset(token)
    return made


def _ministry(session: Session) -> UserAccount:
    return make_user(session, "clerk.ministry", Role.BUREAU_OFFICER, GrantScope.NATION)


def _without_rights(session: Session) -> Player:
    account = UserAccount(
        username="nothing", name="Nothing", fs_uniquifier="nothing", province_id=LOPBURI
    )
    session.add(account)
    session.flush()
    return Player("nobody", account.id)


def _player(session: Session, own: Rows, role: Role, cluster_id: int) -> Player:
    scope = SCOPES.get(role, GrantScope.PROVINCE)
    zone = zone_of(session, LOPBURI)
    target: dict[str, int | None] = {
        GrantScope.NATION: {},
        GrantScope.ZONE: {"zone_id": zone.id},
        GrantScope.CLUSTER: {"cluster_id": cluster_id},
        GrantScope.PROVINCE: {"province_id": LOPBURI},
        GrantScope.AGENCY: {"province_id": LOPBURI, "agency_id": own[Agency].id},
        GrantScope.MISSION_GROUP: {"province_id": LOPBURI, "committee_id": own[Committee].id},
    }[scope]
    account = make_user(session, f"player.{role.value}", role, scope, **target)
    provinces = {
        GrantScope.ZONE: _members(session, ZoneProvince, ZoneProvince.zone_id == zone.id),
        GrantScope.CLUSTER: _members(
            session, ClusterProvince, ClusterProvince.cluster_id == cluster_id
        ),
    }.get(scope, frozenset({LOPBURI}))
    return Player(
        role.value,
        account.id,
        role,
        scope,
        provinces,
        cluster_id,
        target.get("agency_id"),
        target.get("committee_id"),
    )


def _members(session: Session, link: Any, where: Any) -> frozenset[int]:
    return frozenset(session.scalars(select(link.province_id).where(where, *in_force(link))))
