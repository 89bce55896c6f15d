"""The one place where rows are kept to those who reach them, for reading and for writing.

Reading: a listener adds one option with every entity's criterion to every ORM statement,
joins, pickers and counts included, and refuses at run time whatever is not an ORM select.
Writing: after each flush the touched rows, their old homes and their parents are checked.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Select,
    Table,
    TextClause,
    bindparam,
    event,
    false,
    inspect,
    or_,
    select,
    true,
)
from sqlalchemy.orm import ORMExecuteState, QueryableAttribute, Session, aliased
from sqlalchemy.orm.attributes import get_history
from sqlalchemy.orm.util import LoaderCriteriaOption
from sqlalchemy.sql import util as sql_util
from sqlalchemy.sql.visitors import HasTraverseInternals

from access import viewer as who
from access.database import PREPARED
from access.viewer import WAYS, Viewer
from entities.base import Base, Shared, entities, is_changed, table_of
from entities.registers import Plain
from models import AuditEntry

Owned = tuple[tuple[str, type, str, tuple[str, ...]], ...]
"""Columns whose rows are not all read where they are filled: the class and the verb that must reach
them, and the ways that reach some."""
Shape = frozenset[tuple[type, tuple[str, ...] | None, Owned]]
acting: ContextVar[Viewer] = ContextVar("acting", default=who.NOBODY)
"""The viewer of the statement now being executed; set from the session by the listener."""


class Denied(Exception):
    """The viewer does not reach the row by this verb; `verb` and `row` say which."""

    def __init__(self, verb: str, row: Any) -> None:
        super().__init__(f"{verb} {type(row).__name__}")
        self.verb, self.row = verb, row


class Unscoped(Exception):
    """A statement that the scope cannot narrow was sent through the session."""


def scoped() -> list[type]:
    """Every class whose rows are kept to those who reach them."""
    return [*entities(), AuditEntry]


def _within(row: Any, way: str, column: str, entity: type, verb: str) -> ColumnElement[bool]:
    """That a row's column lies in what the viewer reaches of the entity by a verb and a way."""
    values = bindparam(
        f"{way}_reach",
        callable_=lambda: sorted(getattr(acting.get().reach(entity, verb), way)),
        expanding=True,
        unique=True,
        type_=BigInteger,
    )
    return getattr(row, column).in_(values)  # type: ignore[no-any-return]


class Criterion(LoaderCriteriaOption):
    """One entity's criterion, built anew for the class or the alias it is added to."""

    __slots__ = ("narrowed", "owned")
    inherit_cache = False

    def __init__(self, entity: type, narrowed: tuple[str, ...] | None, owned: Owned) -> None:
        super().__init__(entity, true(), include_aliases=True)
        self.narrowed, self.owned = narrowed, owned

    def _resolve_where_criteria(self, ext_info: Any) -> ColumnElement[bool]:
        return sql_util._deep_annotate(  # type: ignore[no-any-return]
            self._where(ext_info.entity),
            {"for_loader_criteria": self},
            detect_subquery_cols=True,
            ind_cols_on_fromclause=True,
        )

    def _where(self, row: Any) -> ColumnElement[bool]:
        where: ColumnElement[bool] = true()
        if self.narrowed is not None:
            where = or_(false(), *_by_ways(row, inspect(row).mapper.class_, "read", self.narrowed))
        for column, owner, verb, ways in self.owned:
            where &= or_(getattr(row, column).is_(None), *_by_ways(row, owner, verb, ways))
        return (
            where & row.removed_at.is_(None)
            if "removed_at" in inspect(row).mapper.columns
            else where
        )


def _by_ways(row: Any, entity: type, verb: str, ways: tuple[str, ...]) -> list[ColumnElement[bool]]:
    columns = who.ways(entity)
    return [_within(row, way, columns[way], entity, verb) for way in ways]


_criterion = cache(Criterion)


class Scope(LoaderCriteriaOption):
    """All entities' criteria as one option; a statement is compiled once per shape of reach.

    `trusted` statements are those that SQLAlchemy writes itself to load a relationship.
    """

    __slots__ = ("parts", "trusted")
    inherit_cache = False

    def __init__(self, shape: Shape, trusted: bool) -> None:
        self.trusted = trusted
        self.parts = [_criterion(*part) for part in sorted(shape, key=lambda p: p[0].__name__)]
        self.root_entity = self.entity = None
        self.include_aliases, self.propagate_to_loaders = True, False

    def _gen_cache_key(self, anon_map: Any, bindparams: Any) -> tuple[Any, ...]:
        return (self,)

    def process_compile_state(self, compile_state: Any) -> None:
        """Once for each compiled statement: nothing in it may pass the criteria by."""
        if not self.trusted:
            refuse_bare(compile_state.select_statement)
        super().process_compile_state(compile_state)

    def get_global_criteria(self, attributes: Any) -> None:
        for part in self.parts:
            part.get_global_criteria(attributes)


_scope = cache(Scope)


@cache
def _guarded() -> frozenset[Any]:
    """The tables that must be named by their entity: those whose rows are not read by all."""
    return frozenset(e.__table__ for e in scoped() if not issubclass(e, Shared))  # type: ignore[attr-defined]


IMPLIED = ("_correlate", "_correlate_except", "_memoized_select_entities", "_setup_joins")


def refuse_bare(statement: Any, around: frozenset[Any] = frozenset()) -> None:
    """Raise `Unscoped` where a statement holds SQL text, or a table that no entity stands for.

    The criteria are added to entities; a plain table beside them would be read whole. A plain
    column may stand where its entity is in the same SELECT, or in one `around` it to which the
    inner one is tied: SQLAlchemy writes the conditions of its own relationships so.
    """
    columns, inner, present = _parts(getattr(statement, "_resolved", statement))
    known = present | around if present else present
    for column in columns:
        if column.table not in known:
            raise Unscoped(str(column))
    for part in inner:
        refuse_bare(part, known)


def _parts(top: Any) -> tuple[list[Any], list[Any], frozenset[Any]]:
    """Plain columns, inner SELECTs and the entities' tables of one SELECT."""
    columns, inner, present, waiting = [], [], set(), [top]
    while waiting:
        element = waiting.pop()
        if isinstance(element, QueryableAttribute):
            present |= {element.parent.mapper.local_table, element.property.mapper.local_table}
        elif isinstance(element, Select) and element is not top:
            inner.append(element)
        elif (entity := element._annotations.get("parententity")) is not None:
            present |= {entity.local_table} if entity.is_mapper else set()
        else:
            if _is_bare(element):
                raise Unscoped(str(element)[:80])
            if isinstance(element, Column) and element.table in _guarded():
                columns.append(element)
            waiting.extend(_children(element))
    return columns, inner, frozenset(present)


def _children(element: Any) -> Iterator[Any]:
    if not isinstance(element, Select):
        yield from element.get_children()
        return
    yield from HasTraverseInternals.get_children(element, omit_attrs=IMPLIED)
    for target, condition, left, _how in element._setup_joins:
        yield from (part for part in (target, condition, left) if part is not None)


def _is_bare(element: Any) -> bool:
    literal = getattr(element, "is_literal", False) and element.name not in ("*", "1")
    table = isinstance(element, Table) and element in _guarded()
    return literal or table or isinstance(element, TextClause)


def shape(viewer: Viewer) -> Shape:
    """Which entities a viewer reaches whole (None), and by which ways the others."""
    return _shape(viewer.rights)


@lru_cache(maxsize=1024)
def _shape(rights: who.Rights) -> Shape:
    grants, system, doorkeeper = rights
    viewer = Viewer("", grants=grants, system=system, doorkeeper=doorkeeper)
    return frozenset(
        (entity, _narrowing(viewer, entity), _owned(viewer, entity)) for entity in scoped()
    )


def _narrowing(viewer: Viewer, entity: type, verb: str = "read") -> tuple[str, ...] | None:
    reach = viewer.reach(entity, verb)
    if reach.everything:
        return None
    return tuple(way for way in WAYS if way in who.ways(entity) and getattr(reach, way))


def _owned(viewer: Viewer, entity: type) -> Owned:
    """The owners that the viewer does not read whole, and by which ways some of them."""
    found = [
        (key, owner, verb, _narrowing(viewer, owner, verb))
        for key, (owner, verb) in who.owners(entity).items()
    ]
    return tuple((*told, ways) for *told, ways in found if ways is not None)  # type: ignore[misc]


@event.listens_for(Session, "do_orm_execute")
def _narrow(state: ORMExecuteState) -> None:
    if state.is_column_load:
        return None
    if not state.is_orm_statement or not state.is_select:
        if _is_plain(state):
            return None
        raise Unscoped(type(state.statement).__name__)
    if state.execution_options.get("include_removed"):
        return _with_removed(state)
    viewer = who.of(state.session)
    acting.set(viewer)
    if not isinstance(state.statement, Select):
        refuse_bare(state.statement)
    state.statement = state.statement.options(_option(state))


def _option(state: ORMExecuteState) -> Scope:
    viewer, info = who.of(state.session), state.session.info
    if info.get("scope", (None,))[0] is not viewer:
        reached = shape(viewer)
        info["scope"] = (viewer, _scope(reached, False), _scope(reached, True))
    found: Scope = info["scope"][2 if state.is_relationship_load else 1]
    return found


def _is_plain(state: ORMExecuteState) -> bool:
    mapper = state.bind_mapper
    return (
        mapper is not None and issubclass(mapper.class_, Plain) and mapper.class_ is not AuditEntry
    )


def _with_removed(state: ORMExecuteState) -> None:
    if not who.of(state.session).system:
        raise Unscoped("only the system reads removed rows")


def permit(session: Session, row: Any, verb: str) -> None:
    """Let the viewer do a named act to a row; raises Denied when the policy or reach says no.

    The row may then be written in this transaction although the viewer cannot edit it freely.
    """
    if not who.of(session).reaches(row, verb):
        raise Denied(verb, row)
    session.info.setdefault("permitted", set()).add(row)


@contextmanager
def for_the_office(session: Session) -> Iterator[None]:
    """Let a verb that the person may do change records that the person may not read.

    An agency's answer moves the case that the agency never sees. Inside, the session reaches all,
    and what is written bears the person's name; what it read there is forgotten at the end. Whoever
    calls has asked `permit` first, and tells nothing of what it read.
    """
    person = who.of(session)
    if person.system:
        yield
        return
    known = set(session.identity_map.all_states())
    session.info["viewer"] = replace(person, system=True)
    try:
        yield
        session.flush()
    finally:
        session.info["viewer"] = person
        for state in session.identity_map.all_states():
            if state not in known and state.obj() is not None:
                session.expunge(state.obj())


@event.listens_for(Session, "after_flush")
def _guard(session: Session, _: Any) -> None:
    viewer = who.of(session)
    if viewer.system:
        return
    for verb, row in _touched(session):
        if not viewer.reaches(row, verb) and row not in session.info.get("permitted", ()):
            raise Denied(verb, row)
        if verb != "create":
            _refuse_false_home(session, viewer, row, verb)
        _refuse_old_home(viewer, row, verb)
        _refuse_foreign_parents(session, row)


def _touched(session: Session) -> Iterator[tuple[str, Base]]:
    """What a person wrote; records are removed, so a deleted row is refused whoever it is."""
    for row in session.new:
        if isinstance(row, Base):
            yield "create", row
    for row in session.dirty:
        if isinstance(row, Base) and is_changed(row):
            removed = inspect(row).attrs.removed_at.history.has_changes()
            yield ("delete" if removed else "edit"), row
    for row in session.deleted:
        if isinstance(row, Base):
            raise Denied("delete", row)


def _refuse_false_home(session: Session, viewer: Viewer, row: Base, verb: str) -> None:
    """The database must agree where the row lives: an object need not have been read."""
    if viewer.reach(type(row), verb).everything:
        return
    table, columns = table_of(type(row)), sorted(who.ways(type(row)).values())
    kept = session.connection().execute(
        select(*(table.c[column] for column in columns)).where(table.c.id == row.id)
    )
    if tuple(kept.one()) != tuple(getattr(row, column) for column in columns):
        raise Denied(verb, row)


def _refuse_old_home(viewer: Viewer, row: Base, verb: str) -> None:
    reach = viewer.reach(type(row), verb)
    if reach.everything:
        return
    for way in ("province_id", "cluster_id"):
        if way in who.ways(type(row)):
            left = [v for v in inspect(row).attrs[way].history.deleted or () if v is not None]
            if any(value not in getattr(reach, way) for value in left):
                raise Denied(verb, row)


def _refuse_foreign_parents(session: Session, row: Base) -> None:
    """Each parent whose key changed must be a row the viewer can read; all are asked for at once."""
    changed = [
        (target, key)
        for column, target in _guarded_parents(type(row))
        if row.__dict__.get(column) is not None
        for key in get_history(row, column).added or ()
    ]
    if not changed:
        return
    asked = _reading(tuple(target for target, _key in changed))
    keys = {f"key_{n}": key for n, (_target, key) in enumerate(changed)}
    with session.no_autoflush:
        if session.execute(asked, keys).first() is None:
            raise Denied("read", row)


@cache
def _reading(targets: tuple[Any, ...]) -> Select[Any]:
    """One row where a row of each of these classes is read, and none where one is not."""
    first, *others = (aliased(target) for target in targets)
    asked = select(first.id).where(first.id == bindparam("key_0"))
    for n, other in enumerate(others, 1):
        asked = asked.join(other, other.id == bindparam(f"key_{n}"))
    return asked.execution_options(**PREPARED)


@cache
def _guarded_parents(entity: type[Base]) -> tuple[tuple[str, Any], ...]:
    """The keys of an entity's parents whose rows are not read by all, with what they lead to."""
    links = [link for link in inspect(entity).relationships if link.direction.name == "MANYTOONE"]
    return tuple(
        (str(next(iter(link.local_columns)).key), link.mapper.class_)
        for link in links
        if not issubclass(link.mapper.class_, Shared)
    )


@event.listens_for(Session, "after_commit")
@event.listens_for(Session, "after_rollback")
def _forget_permits(session: Session) -> None:
    session.info.pop("permitted", None)
