"""A list's whole state, read from its address, and the queries behind a page of it.

A page costs at most a capped count and one query for its rows: labels of linked records come
by outer joins, deep pages take their ids from a covering index first, next and previous go
by the key of the last and first row shown.
"""

import enum
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Select, and_, func, inspect, or_, select, tuple_
from sqlalchemy.orm import aliased
from werkzeug.datastructures import MultiDict

from access import search
from access.database import db
from admin_views import forms
from entities import dates, thai
from entities.base import Base, Field, fields

SIZES = (50, 100, 200)
CAP = 1000
DEEP = 20
"""From this page on, ids are taken from the index before the rows are read."""
LAST_PAGE = 10**6
LARGEST = 2**62
NUL = "\x00"
EMPTY = ".empty"
"""Asks whether a column is empty (1) or not (0): addresses of figures say it, the menu does not."""


@dataclass(frozen=True)
class Filter:
    """One condition of a list: the column, the operation and what was typed."""

    key: str
    operation: str
    typed: str
    where: Any
    label: str


@dataclass
class State:
    """What a list shows: all of it stands in the address."""

    entity: type[Base]
    page: int = 1
    size: int = SIZES[0]
    sort: str = ""
    search: str = ""
    columns: list[str] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    after: str = ""
    before: str = ""
    province_id: int | None = None

    @property
    def order_key(self) -> str:
        """The column the list is ordered by."""
        return (self.sort or self.entity.__order__).lstrip("-")

    @property
    def descending(self) -> bool:
        """Whether the order runs from large to small."""
        return (self.sort or self.entity.__order__).startswith("-")


def read_state(
    entity: type[Base], args: MultiDict[str, str], lang: str, province_id: int | None
) -> State:
    """The state in an address; what makes no sense is left out and told in `refused`."""
    told = fields(entity)
    state = State(entity, province_id=province_id)
    state.page = min(max(_number(args.get("page", "")) or 1, 1), LAST_PAGE)
    state.size = n if (n := _number(args.get("size", ""))) in SIZES else SIZES[0]
    state.search = thai.normalise(args.get("search", ""))[:200]
    sort = args.get("sort", "")
    if sort.lstrip("-") in sortable(entity) and sort.count("-") <= 1:
        state.sort = sort
    listed = listable(entity)
    chosen = [key for key in args.getlist("columns") if key in listed]
    state.columns = (
        [k for k in listed if k in chosen] if chosen else [k for k in listed if told[k].listed]
    )
    state.after, state.before = args.get("after", "")[:600], args.get("before", "")[:600]
    for name, typed in args.items(multi=True):
        _read_filter(state, told, name, typed, lang)
    return state


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


def listable(entity: type[Base]) -> list[str]:
    """The columns a person may show: those listed, and the other plain ones that are not private."""
    return [k for k, f in fields(entity).items() if not f.private and k != "sort_key"]


def sortable(entity: type[Base]) -> set[str]:
    """The columns that may order the list."""
    return {key for key, told in fields(entity).items() if told.sorted}


def filterable(entity: type[Base]) -> dict[str, Field]:
    """The columns of the filter menu."""
    return {k: f for k, f in fields(entity).items() if f.filtered and not f.private}


def operations(kind: str) -> list[dict[str, str]]:
    """What can be asked of a column of a kind, as suffixes of its name."""
    if kind == "date":
        return [
            {"name": ".from", "label": _("from")},
            {"name": ".to", "label": _("to")},
            {"name": "", "label": _("on")},
        ]
    if kind == "number":
        return [
            {"name": "", "label": _("is")},
            {"name": ".from", "label": _("at least")},
            {"name": ".to", "label": _("at most")},
        ]
    return [{"name": "", "label": _("is")}]


def kind_of(entity: type[Base], key: str) -> str:
    """How a column is filtered: choice, bool, date, number or text."""
    column = inspect(entity).columns[key]
    if column.foreign_keys or issubclass(column.type.python_type, enum.Enum):
        return "choice"
    kinds = {bool: "bool", date: "date", datetime: "date", int: "number"}
    return kinds.get(column.type.python_type, "text")


def _read_filter(state: State, told: dict[str, Field], name: str, typed: str, lang: str) -> None:
    key, dot, operation = name.partition(".")
    if key not in filterable(state.entity) or not typed.strip():
        return
    kind = kind_of(state.entity, key)
    known = {o["name"]: o["label"] for o in operations(kind)}
    try:
        if dot + operation == EMPTY:
            state.filters.append(_emptiness(state.entity, key, told[key], typed))
            return
        value, shown = _value(state.entity, key, kind, typed[:200], lang)
        where = _condition(getattr(state.entity, key), kind, dot + operation, value)
    except (ValueError, LookupError):
        state.refused.append(f"{told[key].label}: {typed[:60]}")
        return
    words = "" if dot + operation == "" else f" {known[dot + operation]}"
    state.filters.append(
        Filter(key, dot + operation, typed, where, f"{told[key].label}{words} {shown}")
    )


def _emptiness(entity: type[Base], key: str, told: Field, typed: str) -> Filter:
    column = getattr(entity, key)
    where, words = {
        "1": (column.is_(None), _("is empty")),
        "0": (column.is_not(None), _("is filled in")),
    }[typed]
    return Filter(key, EMPTY, typed, where, f"{told.label} {words}")


def _value(entity: type[Base], key: str, kind: str, typed: str, lang: str) -> tuple[Any, str]:
    column = inspect(entity).columns[key]
    if column.foreign_keys:
        record_id = int(typed)
        label = (
            forms.find(forms.target_of(entity, key), "", record_id)
            if 0 < record_id < 2**62
            else None
        )
        if label is None:
            raise LookupError(typed)
        return record_id, label
    if kind == "choice":
        member = column.type.python_type(typed)
        return member, str(member.title)
    if kind == "bool":
        return {"1": True, "0": False}[typed], _("Yes") if typed == "1" else _("No")
    if kind == "date":
        day = dates.parse_date(typed)
        return day, dates.short_date(day, lang)
    if kind == "number":
        number = int(thai.to_arabic(typed).replace(",", ""))
        if abs(number) > 2**62:
            raise ValueError(typed)
        return number, f"{number:,}"
    return thai.normalise(typed), typed


def _condition(column: Any, kind: str, operation: str, value: Any) -> Any:
    if operation not in {o["name"] for o in operations(kind)}:
        raise ValueError(operation)
    if operation == ".from":
        return column >= value
    if operation == ".to":
        return column <= value
    return column == value


def narrowed(state: State, statement: Select[Any]) -> Select[Any]:
    """A statement kept to the filters and to the province switched to."""
    for one in _together(state.filters):
        statement = statement.where(one)
    if state.province_id is not None and "province_id" in inspect(state.entity).columns:
        statement = statement.where(state.entity.province_id == state.province_id)  # type: ignore[attr-defined]
    return statement


def ordered(state: State) -> list[Any]:
    """What the list is ordered by: its column, empty values last, then the id."""
    column = getattr(state.entity, state.order_key)
    columns = [column] if state.order_key == "id" else [column, state.entity.id]
    nullable = inspect(state.entity).columns[state.order_key].nullable
    turned = [c.desc() if state.descending else c.asc() for c in columns]
    return [turned[0].nulls_last(), *turned[1:]] if nullable else turned


class Page:
    """One page of a list: its rows, the capped count and the keys of its neighbours."""

    def __init__(self, state: State) -> None:
        self.state, self.entity = state, state.entity
        self.found: list[int] | None = None
        if state.search:
            self.found = search.find(
                db.session(), self.entity, state.search, state.province_id, CAP + 1
            )
        self.count = self._count()
        self.rows = self._rows()

    def _narrowed(self, statement: Select[Any]) -> Select[Any]:
        statement = narrowed(self.state, statement)
        if self.found is not None:
            statement = statement.where(
                self.entity.id.in_(search.id_list(db.session(), self.found))
            )
        return statement

    def _count(self) -> int:
        """How many rows there are, counted up to one more than the cap."""
        if self.found is not None and not self.state.filters and self.state.province_id is None:
            return len(self.found)
        inner = self._narrowed(select(self.entity.id)).limit(CAP + 1).subquery()
        return db.session.scalar(select(func.count()).select_from(inner)) or 0

    def _rows(self) -> list[Any]:
        state, order = self.state, ordered(self.state)
        statement = self._narrowed(columns_of(self.entity, state.columns, state.order_key))
        key = state.after or state.before
        if key and (where := self._beyond(key, bool(state.before))) is not None:
            rows = list(
                db.session.execute(
                    statement.where(where)
                    .order_by(*(_turned(order) if state.before else order))
                    .limit(state.size)
                )
            )
            return rows[::-1] if state.before else rows
        offset = (state.page - 1) * state.size
        if state.page > DEEP:
            ids = list(
                db.session.scalars(
                    self._narrowed(select(self.entity.id))
                    .order_by(*order)
                    .limit(state.size)
                    .offset(offset)
                )
            )
            return list(
                db.session.execute(statement.where(self.entity.id.in_(ids)).order_by(*order))
            )
        return list(db.session.execute(statement.order_by(*order).limit(state.size).offset(offset)))

    def _beyond(self, key: str, backwards: bool) -> Any:
        """The rows beyond a key `value~id`; None where the key makes no sense."""
        try:
            value, record_id = json.loads(key)
            column = getattr(self.entity, self.state.order_key)
            kind = inspect(self.entity).columns[self.state.order_key].type.python_type
            value, record_id = _ordered_value(kind, value), _ordered_value(int, record_id)
        except (ValueError, TypeError, RecursionError):
            return None
        pair = tuple_(column, self.entity.id)
        less = self.state.descending != backwards
        return pair < tuple_(value, record_id) if less else pair > tuple_(value, record_id)

    def key(self, row: Any) -> str | None:
        """The key of a row for going on from it; None where its order value is empty."""
        value = row._mapping["order_value"]
        if value is None or isinstance(value, enum.Enum):
            return None
        return json.dumps(
            [value.isoformat() if isinstance(value, date) else value, row.id], ensure_ascii=False
        )

    @property
    def first(self) -> int:
        """The place of the first row shown, from 1."""
        return (self.state.page - 1) * self.state.size + 1

    @property
    def has_next(self) -> bool:
        """Whether rows follow."""
        end = self.first - 1 + len(self.rows)
        return len(self.rows) == self.state.size and (self.count > CAP or self.count > end)


def _ordered_value(kind: type, value: Any) -> Any:
    """A value of a key, as the database takes it; raises ValueError or TypeError for any other."""
    if kind is date:
        return date.fromisoformat(value)
    strange = isinstance(value, str) and NUL in value
    if not isinstance(value, kind) or strange or (kind is int and abs(value) > LARGEST):
        raise ValueError(value)
    return value


def _turned(order: list[Any]) -> list[Any]:
    return [_opposite(column) for column in order]


def _opposite(column: Any) -> Any:
    from sqlalchemy.sql import operators

    inner = (
        column.element
        if column.modifier in (operators.nulls_last_op, operators.nulls_first_op)
        else column
    )
    turned = inner.element.asc() if inner.modifier is operators.desc_op else inner.element.desc()
    return turned.nulls_first() if inner is not column else turned


def _together(filters: list[Filter]) -> Iterator[Any]:
    """Filters on one column with the same operation are alternatives, others add up."""
    groups: dict[tuple[str, str], list[Any]] = {}
    for one in filters:
        groups.setdefault((one.key, one.operation), []).append(one.where)
    for wheres in groups.values():
        yield wheres[0] if len(wheres) == 1 else or_(*wheres)


def columns_of(entity: type[Base], keys: list[str], order_key: str) -> Select[Any]:
    """Select id, the order value and the columns; linked records by their label.

    A linked record is joined by its id and read under the viewer's scope: one that is not
    reached leaves its cell empty.
    """
    return _columns_of(entity, tuple(keys), order_key)


@lru_cache(maxsize=1000)
def _columns_of(entity: type[Base], keys: tuple[str, ...], order_key: str) -> Select[Any]:
    """Put together once: it costs more than the database needs to answer it."""
    order = getattr(entity, order_key)
    wanted: list[Any] = [entity.id, order.label("order_value")]
    joins = []
    context = [entity.__context__] if entity.__context__ and entity.__context__ not in keys else []
    for key in [*keys, *context]:
        if inspect(entity).columns[key].foreign_keys:
            target = aliased(forms.target_of(entity, key))
            label = getattr(target, forms.label_column(forms.target_of(entity, key)).key)
            joins.append((target, getattr(entity, key) == target.id))
            wanted.append(label.label(key))
        else:
            wanted.append(getattr(entity, key).label(key))
    statement = select(*wanted).select_from(entity)
    for target, on in joins:
        statement = statement.outerjoin(target, and_(on))
    return statement


def address(endpoint: str, state: State, **changed: Any) -> str:
    """The address of a list with some of its state changed; paging starts anew unless given."""
    parts: list[tuple[str, Any]] = [("search", state.search), ("sort", state.sort)]
    if state.size != SIZES[0]:
        parts.append(("size", state.size))
    shown = [k for k, f in fields(state.entity).items() if f.listed]
    if state.columns != shown:
        parts.extend(("columns", key) for key in state.columns)
    dropped = changed.pop("drop", None)
    parts.extend((f.key + f.operation, f.typed) for f in state.filters if f is not dropped)
    kept = MultiDict([(k, v) for k, v in parts if v not in ("", None) and k not in changed])
    for name, value in changed.items():
        if value not in ("", None):
            kept.add(name, value)
    return url_for(endpoint, **{name: kept.getlist(name) for name in kept})
