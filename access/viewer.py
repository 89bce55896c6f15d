"""Who acts: a frozen value made once per request from the person's grants.

It says, for each entity and verb, which provinces, clusters, agencies and committees the
person reaches. It is kept on the database session; a session without one sees no row.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.orm import Session

from access import policy
from entities.base import InProvinceOrCluster, Shared, entities
from entities.vocabulary import GrantScope, Role
from models import RoleGrant, UserAccount

WAYS = ("province_id", "cluster_id", "agency_id", "committee_id")
"""The columns by which a row can be reached."""


@dataclass(frozen=True)
class Reach:
    """The rows of one entity that one verb reaches; any way that matches is enough."""

    everything: bool = False
    province_id: frozenset[int] = frozenset()
    cluster_id: frozenset[int] = frozenset()
    agency_id: frozenset[int] = frozenset()
    committee_id: frozenset[int] = frozenset()

    def __or__(self, other: "Reach") -> "Reach":
        return Reach(
            self.everything or other.everything,
            *(getattr(self, way) | getattr(other, way) for way in WAYS),
        )

    def __bool__(self) -> bool:
        return self.everything or any(getattr(self, way) for way in WAYS)


NOTHING, EVERYTHING = Reach(), Reach(everything=True)


@dataclass(frozen=True)
class Grant:
    """One grant in force, resolved to the provinces and clusters it means today.

    `clusters` are those granted themselves, `around` those that the provinces lie in, `narrowed`
    the tables with the verbs that the office of a grant's one province takes away from its role.
    """

    role: Role
    scope: GrantScope
    provinces: frozenset[int] = frozenset()
    clusters: frozenset[int] = frozenset()
    around: frozenset[int] = frozenset()
    agency_id: int | None = None
    committee_id: int | None = None
    narrowed: frozenset[tuple[str, str]] = frozenset()

    def reach(self, entity: type, verb: str) -> Reach:
        """What this grant reaches of an entity by a verb that the policy allows its role."""
        if self.narrowed and self.lacks(entity, verb):
            return NOTHING
        if self.scope is GrantScope.NATION or issubclass(entity, Shared):
            return EVERYTHING
        if self.scope is GrantScope.AGENCY:
            return Reach(agency_id=frozenset([self.agency_id or 0]))
        if self.scope is GrantScope.MISSION_GROUP:
            return Reach(committee_id=frozenset([self.committee_id or 0]))
        reads = verb in policy.READING
        around = self.around if reads and issubclass(entity, InProvinceOrCluster) else frozenset()
        own = self.provinces if reads or self.scope is not GrantScope.CLUSTER else frozenset()
        return Reach(province_id=own, cluster_id=self.clusters | around)

    def lacks(self, entity: type, verb: str) -> bool:
        """Whether the office narrowed this right, or the reading of what the entity hangs on."""
        unread = any((table, "read") in self.narrowed for table in hangs_on(entity))
        return unread or (entity.__tablename__, verb) in self.narrowed  # type: ignore[attr-defined]


@cache
def hangs_on(entity: type) -> frozenset[str]:
    """The tables without whose rows a row of the entity means nothing: its own and its parents'."""
    found, waiting = set(), [entity.__table__]  # type: ignore[attr-defined]
    while waiting:
        table = waiting.pop()
        if table.name not in found:
            found.add(table.name)
            waiting.extend(_parents(table))
    return frozenset(found)


def _parents(table: Table) -> Iterator[Table]:
    """The tables that a column which must be filled points at within the same home."""
    for column in table.columns:
        for key in column.foreign_keys:
            if "within" in key.info and not column.nullable:
                yield key.column.table


@dataclass(frozen=True)
class Viewer:
    """A person (or one of the three named viewers) with what they reach."""

    name: str
    user_id: int | None = None
    username: str = ""
    position: str = ""
    language: str = "th"
    grants: tuple[Grant, ...] = ()
    session_id: int | None = None
    default_province_id: int | None = None
    must_change_password: bool = False
    two_step: bool = False
    system: bool = False
    doorkeeper: bool = False

    @property
    def is_person(self) -> bool:
        """Whether somebody is signed in."""
        return self.user_id is not None

    @cached_property
    def rights(self) -> "Rights":
        """All that reaches follow from: who holds the same rights reaches the same rows."""
        return self.grants, self.system, self.doorkeeper

    @cached_property
    def _reaches(self) -> dict[tuple[type, str], Reach]:
        return _reaches_of(self.rights)

    @cached_property
    def roles(self) -> frozenset[Role]:
        """Every role held, at whatever scope."""
        return frozenset(grant.role for grant in self.grants)

    @cached_property
    def provinces(self) -> frozenset[int] | None:
        """The provinces of all grants; None where one reaches the whole nation."""
        if any(grant.scope is GrantScope.NATION for grant in self.grants):
            return None
        return frozenset().union(*(grant.provinces for grant in self.grants))

    def at_the_door(self) -> "Viewer":
        """The same person with the doorkeeper's rights, for the pages about oneself."""
        return replace(self, doorkeeper=True) if self.is_person else DOORKEEPER

    def reach(self, entity: type, verb: str) -> Reach:
        """The rows of an entity that this viewer reaches by a verb."""
        key = (entity, verb)
        if key not in self._reaches:
            self._reaches[key] = self._reach(entity, verb)
        return self._reaches[key]

    def _reach(self, entity: type, verb: str) -> Reach:
        if self.system:
            return EVERYTHING
        if self.doorkeeper and (entity, verb) in DOORWAYS:
            return EVERYTHING
        allowed = policy.roles(entity, verb)
        return union(g.reach(entity, verb) for g in self.grants if g.role in allowed)

    def may(self, entity: type, verb: str) -> bool:
        """Whether there is any row of the entity that the verb could reach."""
        return bool(self.reach(entity, verb))

    def reaches(self, row: Any, verb: str) -> bool:
        """Whether this very row is reached by the verb, by any of its ways, and so are its owners."""
        entity: type = type(row)
        return self._lies_in(self.reach(entity, verb), row, entity) and all(
            getattr(row, column) is None or self._lies_in(self.reach(owner, needed), row, owner)
            for column, (owner, needed) in owners(entity).items()
        )

    @staticmethod
    def _lies_in(reach: Reach, row: Any, entity: type) -> bool:
        return reach.everything or any(
            getattr(row, column) in getattr(reach, way) for way, column in ways(entity).items()
        )


Rights = tuple[tuple[Grant, ...], bool, bool]


@lru_cache(maxsize=1024)
def _reaches_of(_rights: Rights) -> dict[tuple[type, str], Reach]:
    """What was worked out for these rights, shared by all who hold them in this process."""
    return {}


def union(reaches: Iterable[Reach]) -> Reach:
    """All reaches together."""
    result = NOTHING
    for reach in reaches:
        result = result | reach
    return result


def ways(entity: type) -> Mapping[str, str]:
    """The ways by which rows of an entity are reached, each with its column."""
    columns = entity.__mapper__.columns.keys()  # type: ignore[attr-defined]
    own = getattr(entity, "__ways__", {})
    return {way: own.get(way, way) for way in WAYS if own.get(way, way) in columns}


@cache
def owners(entity: type) -> Mapping[str, tuple[type, str]]:
    """The columns by which rows hang on what not everybody may read, each with the class and verb
    that must reach such a row: the owner's reading, or a verb of the entity's own."""
    tables = {e.__tablename__: e for e in entities()}
    told = getattr(entity, "__read_with__", {})
    own = getattr(entity, "__read_by__", {})
    return {column: (tables[table], "read") for column, table in told.items()} | {
        column: (entity, verb) for column, verb in own.items()
    }


DOORWAYS = {(UserAccount, "read"), (UserAccount, "edit"), (RoleGrant, "read")}
SYSTEM = Viewer("system", system=True)
DOORKEEPER = Viewer("doorkeeper", doorkeeper=True)
NOBODY = Viewer("nobody")


def of(session: Session) -> Viewer:
    """The viewer a session acts for; nobody where none was set."""
    viewer: Viewer = session.info.get("viewer", NOBODY)
    return viewer


def act_as(session: Session, viewer: Viewer, place: str | None = None) -> None:
    """Let a session act for a viewer; what it had loaded for another is forgotten."""
    if of(session) is not viewer:
        session.expunge_all()
    session.info["viewer"], session.info["place"] = viewer, place
