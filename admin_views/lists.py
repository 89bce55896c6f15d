"""A list's whole state, read from its address, and the queries behind a page of it.

A page costs at most a capped count and one query for its rows: labels of linked records come
by outer joins, deep pages take their ids from a covering index first, next and previous go
by the key of the last and first row shown.
"""

import enum
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache, cached_property, lru_cache
from types import MappingProxyType
from typing import Any
from urllib.parse import quote_plus

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Select, and_, func, inspect, literal, or_, select, tuple_
from sqlalchemy.orm import aliased
from werkzeug.datastructures import MultiDict

from access import search
from access.database import db
from admin_views import cells, forms
from admin_views.acting import province_names
from entities import dates, money, thai, years
from entities.base import Base, Field, Moment, Text, fields
from models import Province

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


@dataclass(frozen=True)
class Derived:
    """A filter on what no column holds: its choices, and the condition that a choice means."""

    label: Text
    choices: Callable[[], list[tuple[str, str]]]
    where: Callable[[str], Any]
    few: frozenset[str] = frozenset()
    """Choices that few rows answer to, found by an index of their own and then put in order."""
    asks: bool = False
    """Whether a choice or its condition asks the database by itself: a tab with it tells no number."""


DERIVED: dict[type[Base], dict[str, Derived]] = {}
"""Filters that an area adds to its lists, by their name in the address."""


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
    usual: tuple[str, ...] = ()
    """The columns the person chose last: shown where the address names none."""
    opens_otherwise: bool = False
    """Whether the bare address leads to a view of the person's, so that one with no state says so."""
    beside: tuple[str, ...] = ()
    """Columns that are read with each row whether shown or not."""

    @cached_property
    def listed(self) -> list[str]:
        """The columns that are shown where none were chosen."""
        return [key for key, told in fields(self.entity).items() if told.listed]

    @property
    def order_key(self) -> str:
        """The column the list is ordered by."""
        return (self.sort or self.entity.__order__).lstrip("-")

    @property
    def descending(self) -> bool:
        """Whether the order runs from large to small."""
        return (self.sort or self.entity.__order__).startswith("-")


def read_state(
    entity: type[Base],
    args: MultiDict[str, str],
    lang: str,
    province_id: int | None,
    usual: Sequence[str] = (),
) -> State:
    """The state in an address; what makes no sense is left out and told in `refused`.

    `usual` are the columns to show where the address names none.
    """
    told = fields(entity)
    listed = listable(entity)
    usual = tuple(key for key in usual if key in listed)
    state = State(entity, province_id=province_id, usual=usual)
    state.page = min(max(_number(args.get("page", "")) or 1, 1), LAST_PAGE)
    state.size = n if (n := _number(args.get("size", ""))) in SIZES else SIZES[0]
    state.search = thai.normalise(args.get("search", ""))[:200]
    sort = args.get("sort", "")
    if sort.lstrip("-") in sortable(entity) and sort.count("-") <= 1:
        state.sort = sort
    chosen = [key for key in args.getlist("columns") if key in listed] or list(usual)
    state.columns = list(dict.fromkeys(chosen)) or [k for k in listed if told[k].listed]
    state.after, state.before = args.get("after", "")[:600], args.get("before", "")[:600]
    for name, typed in args.items(multi=True):
        _read_filter(state, told, name, typed, lang)
    return state


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


@cache
def listable(entity: type[Base]) -> tuple[str, ...]:
    """The columns a person may show: those listed, and the other plain ones that are not private."""
    hidden = {k for k, f in fields(entity).items() if f.private or f.derived}
    return tuple(k for k in fields(entity) if k not in hidden and k != "sort_key")


@cache
def sortable(entity: type[Base]) -> frozenset[str]:
    """The columns that may order the list."""
    return frozenset(key for key, told in fields(entity).items() if told.sorted)


@cache
def filterable(entity: type[Base]) -> Mapping[str, Field]:
    """The columns of the filter menu."""
    told = {k: f for k, f in fields(entity).items() if f.filtered and not f.private}
    return MappingProxyType(told)


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


@cache
def kind_of(entity: type[Base], key: str) -> str:
    """How a column is filtered: choice, bool, date, number or text."""
    column = inspect(entity).columns[key]
    if column.foreign_keys or issubclass(column.type.python_type, enum.Enum):
        return "choice"
    return "date" if isinstance(column.type, Moment) else KINDS.get(column.type.python_type, "text")


KINDS = {
    bool: "bool",
    date: "date",
    int: "number",
    Decimal: "number",
    years.BuddhistYear: "number",
    years.CommonYear: "number",
}


def _read_derived(state: State, name: str, typed: str) -> None:
    derived = DERIVED[state.entity][name]
    titles = dict(derived.choices())
    if typed not in titles:
        state.refused.append(f"{derived.label}: {typed[:60]}")
        return
    label = f"{derived.label} {titles[typed]}"
    state.filters.append(Filter(name, "", typed, derived.where(typed), label))


def _read_filter(state: State, told: dict[str, Field], name: str, typed: str, lang: str) -> None:
    if name in DERIVED.get(state.entity, ()):
        _read_derived(state, name, typed)
        return
    key, dot, operation = name.partition(".")
    if key not in filterable(state.entity) or not typed.strip():
        return
    kind = kind_of(state.entity, key)
    try:
        if dot + operation == EMPTY:
            state.filters.append(_emptiness(state.entity, key, told[key], typed))
            return
        value, shown = _value(state.entity, key, kind, typed[:200], lang)
        where = _condition(getattr(state.entity, key), kind, dot + operation, value)
    except (ValueError, LookupError):
        state.refused.append(f"{told[key].label}: {typed[:60]}")
        return
    label = f"{told[key].label}{_words(kind, dot + operation)} {shown}"
    state.filters.append(Filter(key, dot + operation, typed, where, label))


def _words(kind: str, operation: str) -> str:
    """How an operation is told between a column and a value; nothing where they are equal."""
    if not operation:
        return ""
    return next(f" {one['label']}" for one in operations(kind) if one["name"] == operation)


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
        label = _label(forms.target_of(entity, key), record_id)
        if label is None:
            raise LookupError(typed)
        return record_id, label
    if kind == "choice":
        member = column.type.python_type(typed)
        return member, str(member.title)
    if kind == "bool":
        return {"1": True, "0": False}[typed], _("Yes") if typed == "1" else _("No")
    if kind == "date":
        day = dates.parse_date(typed.replace(NUL, ""))
        return day, dates.short_date(day, lang)
    if kind == "number":
        return _figure(column.type.python_type, typed, lang)
    return thai.normalise(typed), typed


def _label(target: type[Base], record_id: int) -> str | None:
    """The label of the record that a filter names; None where there is none."""
    if target is Province and record_id in province_names():
        return province_names()[record_id][0]
    return forms.find(target, "", record_id) if 0 < record_id < 2**62 else None


def _figure(kind: type, typed: str, lang: str) -> tuple[Any, str]:
    """A number or an amount that was typed, and how it is shown; raises ValueError."""
    if kind is Decimal:
        amount = money.parse(typed)
        return amount, money.shown(amount)
    number = kind(thai.to_arabic(typed).replace(",", ""))
    if abs(number) > LARGEST:
        raise ValueError(typed)
    return number, cells.text(number, lang)


def _on_days(column: Any, operation: str, day: date) -> Any:
    """A moment from, up to, or on a day of Bangkok."""
    begins = datetime.combine(day, time(), dates.BANGKOK)
    ends = begins + timedelta(days=1)
    return {
        ".from": column >= begins,
        ".to": column < ends,
        "": (column >= begins) & (column < ends),
    }[operation]


def _condition(column: Any, kind: str, operation: str, value: Any) -> Any:
    if operation and operation not in {o["name"] for o in operations(kind)}:
        raise ValueError(operation)
    if isinstance(column.type, Moment):
        return _on_days(column, operation, value)
    if operation == ".from":
        return column >= value
    if operation == ".to":
        return column <= value
    return column == value


def narrowed(state: State, statement: Select[Any]) -> Select[Any]:
    """A statement kept to the filters and to the province switched to."""
    for one in together(state.filters):
        statement = statement.where(one)
    if state.province_id is not None and "province_id" in inspect(state.entity).columns:
        statement = statement.where(state.entity.province_id == state.province_id)  # type: ignore[attr-defined]
    return statement


def ordered(state: State, by_index: bool = True) -> list[Any]:
    """What the list is ordered by: its column, empty values last, then the id.

    Few rows that are known by their ids are better ordered without an index: SQLite would
    walk the whole of it rather than sort them.
    """
    column = getattr(state.entity, state.order_key)
    if not by_index:
        column = func.coalesce(column, column)
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
                db.session(),
                self.entity,
                state.search,
                state.province_id,
                CAP + 1,
                ordered(state, by_index=False),
            )
        self.rows = self._rows()
        self.count = self._count()

    def _narrowed(self, statement: Select[Any]) -> Select[Any]:
        statement = narrowed(self.state, statement)
        if self.found is not None:
            statement = statement.where(
                self.entity.id.in_(search.id_list(db.session(), self.found))
            )
        return statement

    @property
    def hits(self) -> list[int] | None:
        """What the search found, in the list's order, where nothing else narrows the list."""
        narrowed = bool(self.state.filters) or self.state.province_id is not None
        return None if narrowed else self.found

    def _count(self) -> int:
        """How many rows there are, counted up to one more than the cap.

        The rows of a page beyond the cap, and those of a last page, tell it already.
        """
        if self.hits is not None:
            return len(self.hits)
        last, full = self.first - 1 + len(self.rows), len(self.rows) == self.state.size
        if self.rows and last > CAP:
            return CAP + 1
        stepped = bool(self.state.after or self.state.before)
        if not full and not stepped and (self.rows or self.state.page == 1):
            return last
        inner = self._narrowed(select(self.entity.id)).limit(CAP + 1).subquery()
        return db.session.scalar(select(func.count()).select_from(inner)) or 0

    def _rows(self) -> list[Any]:
        state, order = self.state, ordered(self.state)
        statement = columns_of(self.entity, state.columns, state.order_key, state.beside)
        key = state.after or state.before
        if key and (where := self._beyond(key, bool(state.before))) is not None:
            rows = list(
                db.session.execute(
                    self._narrowed(statement)
                    .where(where)
                    .order_by(*(_turned(order) if state.before else order))
                    .limit(state.size)
                )
            )
            return rows[::-1] if state.before else rows
        if self.hits is None and state.page <= DEEP and not self._derived():
            whole = self._narrowed(statement).order_by(*order)
            return list(db.session.execute(whole.limit(state.size).offset(self.first - 1)))
        ids = self._ids(order)
        found = {
            row.id: row for row in db.session.execute(statement.where(self.entity.id.in_(ids)))
        }
        return [found[key] for key in ids if key in found]

    def _derived(self) -> bool:
        """Whether a filter stands that no column holds: its rows may come in any order.

        They are then sorted by their ids alone, before a row is read.
        """
        return any(one.key in DERIVED.get(self.entity, {}) for one in self.state.filters)

    def _few(self) -> bool:
        """Whether a filter leaves few rows, which SQLite would else seek along the whole order."""
        derived = DERIVED.get(self.entity, {})
        return any(
            one.key in derived and one.typed in derived[one.key].few for one in self.state.filters
        )

    def _ids(self, order: list[Any]) -> Sequence[int]:
        """The ids of the page, without its rows."""
        if self.hits is not None:
            return self.hits[self.first - 1 : self.first - 1 + self.state.size]
        if self._few():
            order = ordered(self.state, by_index=False)
        found = self._narrowed(select(self.entity.id)).order_by(*order)
        return db.session.scalars(found.limit(self.state.size).offset(self.first - 1)).all()

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
        key_pair = tuple_(literal(value, column.type), record_id)
        return pair < key_pair if less else pair > key_pair

    def key(self, row: Any) -> str | None:
        """The key of a row for going on from it; None where its order value is empty."""
        value = row._mapping["order_value"]
        if value is None or isinstance(value, enum.Enum):
            return None
        return json.dumps(
            [value if isinstance(value, int | str) else str(value), row.id], ensure_ascii=False
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
    if kind is Decimal and isinstance(value, str):
        return money.parse(value)
    kind = int if issubclass(kind, years.BuddhistYear | years.CommonYear) else kind
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


def together(filters: list[Filter]) -> Iterator[Any]:
    """Filters on one column with the same operation are alternatives, others add up."""
    groups: dict[tuple[str, str], list[Any]] = {}
    for one in filters:
        groups.setdefault((one.key, one.operation), []).append(one.where)
    for wheres in groups.values():
        yield wheres[0] if len(wheres) == 1 else or_(*wheres)


def columns_of(
    entity: type[Base], keys: list[str], order_key: str, beside: tuple[str, ...] = ()
) -> Select[Any]:
    """Select id, the order value, the columns, the context and what is read beside them.

    A linked record gives its label: it is joined by its id and read under the viewer's scope;
    one that is not reached leaves its cell empty.
    """
    return _columns_of(entity, tuple(keys), order_key, beside)


def context_of(entity: type[Base], keys: Sequence[str]) -> list[str]:
    """The column that says what a row hangs on, where the entity has one and it is not shown."""
    context = entity.__context__
    return [context] if context and context not in keys else []


@lru_cache(maxsize=1000)
def _columns_of(
    entity: type[Base], keys: tuple[str, ...], order_key: str, beside: tuple[str, ...]
) -> Select[Any]:
    """Put together once: it costs more than the database needs to answer it."""
    order = getattr(entity, order_key)
    wanted: list[Any] = [entity.id, order.label("order_value")]
    joins = []
    for key in dict.fromkeys([*keys, *context_of(entity, keys), *beside]):
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


@lru_cache(maxsize=5000)
def _quoted(text: str) -> str:
    return quote_plus(text, safe="!$'()*,/:;?@")


def address(endpoint: str, state: State, **changed: Any) -> str:
    """The address of a list with some of its state changed; paging starts anew unless given."""
    dropped = changed.pop("drop", None)
    chosen = state.columns if state.usual or state.columns != state.listed else []
    parts = [(k, v) for k, v in _parts(state, chosen, dropped) if k not in changed]
    query = _query(parts + list(changed.items()))
    if not query and state.opens_otherwise:
        query = WHOLE
    return f"{url_for(endpoint)}?{query}" if query else url_for(endpoint)


WHOLE = "all=1"
"""The query of a list without any state, where the bare address leads to a saved view."""


def query_of(state: State) -> str:
    """All that makes a view of a list, but for the page: the same for the same view."""
    return _query(_parts(state, state.columns))


def _parts(state: State, chosen: list[str], dropped: Filter | None = None) -> list[tuple[str, Any]]:
    parts: list[tuple[str, Any]] = [("search", state.search), ("sort", state.sort)]
    if state.size != SIZES[0]:
        parts.append(("size", state.size))
    parts.extend(("columns", key) for key in chosen)
    parts.extend((f.key + f.operation, f.typed) for f in state.filters if f is not dropped)
    return parts


def _query(parts: list[tuple[str, Any]]) -> str:
    return "&".join(
        f"{_quoted(name)}={_quoted(str(value))}" for name, value in parts if value not in ("", None)
    )
