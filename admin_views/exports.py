"""A list as a workbook: the filters, search, order and columns of its address, every row of it.

The rows are counted and streamed in one reading transaction, so that memory stays flat; the
export is entered in the audit in a transaction of its own before the first row leaves. The
reading has a session of its own, since that of the request ends when the answer begins.
"""

from array import array
from collections.abc import Iterator
from contextlib import ExitStack
from decimal import Decimal
from operator import itemgetter
from typing import Any

from flask import Response, request, stream_with_context
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import Select, false, func, inspect, or_, select, true
from sqlalchemy.orm import Session

from access import audit, search
from access import viewer as who
from access.database import db, dialect, let_go
from admin_views import lists
from entities import dates
from entities.base import LONG, PARAGRAPH, Base, fields
from entities.vocabulary import Act
from models import Province
from workbooks import names
from workbooks.pouring import Column, Kind, poured

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
AT_ONCE = 200
"""Rows fetched from the database at a time: a thousand are no faster, and take 3 MB more."""
Ids = array
"""Ids of records, eight bytes each."""
KINDS: dict[str, Kind] = {
    "bool": "bool",
    "int": "number",
    "Decimal": "number",
    "BuddhistYear": "number",
    "CommonYear": "number",
    "date": "date",
    "datetime": "moment",
    "time": "time",
    "str": "text",
}
WIDTHS: dict[Kind, float] = {
    "text": 28,
    "number": 12,
    "date": 14,
    "moment": 22,
    "time": 11,
    "bool": 10,
    "choice": 24,
}
LONG_WIDTHS = {PARAGRAPH.length: 45.0, LONG.length: 60.0}
"""Widths of columns in characters: by what they hold, and of long texts by their length."""


def answer(view: Any, state: lists.State) -> Response:
    """The list as a streamed xlsx file; `view` is the `EntityView` whose list it is.

    Whoever calls has made sure that the viewer may export the entity at all; which rows is
    decided here. What was found by a search is not capped.
    """
    acting, place, told = who.of(db.session()), request.remote_addr, _asked(state)
    title, province_id = str(view.name), _province_id(state, acting)
    db.session.rollback()
    with ExitStack() as stack:
        session = stack.enter_context(db.session.session_factory())
        who.act_as(session, acting, place)
        found = _found(session, state)
        count = _count(session, state) if found is None else len(found)
        _entered(state, acting, place, province_id, told, count)
        chain = seal(db.session(), province_id)
        db.session.rollback()
        let_go(session)
        told = [*source(title, acting), *told, (_("Rows"), f"{count:,}"), chain]
        rows = _rows(session, state, found)
        pieces = poured(columns(state), rows, title=title, told=told, count=count)
        response = Response(
            stream_with_context(_sent(session, pieces)),
            mimetype=XLSX,
            headers={"Content-Disposition": named(title, state.entity)},
        )
        response.call_on_close(stack.pop_all().close)
    return response


def _entered(
    state: lists.State,
    acting: who.Viewer,
    place: str | None,
    province_id: int | None,
    told: list[tuple[str, str]],
    count: int,
) -> None:
    """Enter in the audit what is taken out."""
    audit.note_alone(
        acting,
        Act.EXPORT,
        state.entity.__tablename__,
        place=place,
        province_id=province_id,
        filter="; ".join(f"{label}: {value}" for label, value in told),
        columns=", ".join(state.columns),
        rows=count,
    )


def _sent(session: Session, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The transaction ends with the last piece, even where nobody closes the answer."""
    with session:
        yield from pieces


def columns(state: lists.State) -> list[Column]:
    """The columns shown, with what they hold."""
    told = fields(state.entity)
    return [
        Column(
            str(told[key].label), _kind(state.entity, key), _width(state.entity, key),
            _places(state.entity, key),
        )
        for key in state.columns
    ]  # fmt: skip


def _places(entity: type[Base], key: str) -> int | None:
    """The decimals of amounts and percentages; other numbers are shown plain."""
    return 2 if inspect(entity).columns[key].type.python_type is Decimal else None


def _kind(entity: type[Base], key: str) -> Kind:
    column = inspect(entity).columns[key]
    if column.foreign_keys:
        return "text"
    return KINDS.get(column.type.python_type.__name__, "choice")


def _width(entity: type[Base], key: str) -> float:
    length = getattr(inspect(entity).columns[key].type, "length", None)
    return LONG_WIDTHS.get(length, WIDTHS[_kind(entity, key)])


def _narrowed(session: Session, state: lists.State, statement: Select[Any]) -> Select[Any]:
    """What the list shows, of that what the viewer may take out."""
    statement = lists.narrowed(state, statement).where(_exportable(session, state.entity))
    if state.search:
        holds = search.indexed(session, state.entity, state.search, state.province_id)
        statement = statement.where(holds)
    return statement


def _exportable(session: Session, entity: type[Base]) -> Any:
    """A row may be read by one grant and exported by another: the second decides here."""
    reach = who.of(session).reach(entity, "export")
    if reach.everything:
        return true()
    ways = who.ways(entity).items()
    reached = [getattr(entity, key).in_(sorted(getattr(reach, way))) for way, key in ways]
    return or_(false(), *reached)


def _count(session: Session, state: lists.State) -> int:
    inner = _narrowed(session, state, select(state.entity.id)).subquery()
    return session.scalar(select(func.count()).select_from(inner)) or 0


def _found(session: Session, state: lists.State) -> Ids | None:
    """What a search found, in the list's order; None where the rows may be read in that order.

    SQLite would sort the rows whole, and in memory.
    """
    if not state.search or dialect(session) != "sqlite":
        return None
    statement = _narrowed(session, state, select(state.entity.id)).order_by(*lists.ordered(state))
    return array("q", session.scalars(statement.execution_options(yield_per=AT_ONCE)))


def _rows(session: Session, state: lists.State, found: Ids | None) -> Iterator[Any]:
    """The rows as their columns' values; the id and the order value before them are left out."""
    statement = lists.columns_of(state.entity, state.columns, state.order_key)
    rows: Iterator[Any]
    if found is None:
        ordered = _narrowed(session, state, statement).order_by(*lists.ordered(state))
        rows = iter(session.execute(ordered.execution_options(yield_per=AT_ONCE)))
    else:
        rows = _by_ids(session, statement, state.entity.id, found)
    return map(itemgetter(slice(2, 2 + len(state.columns))), rows)


def _by_ids(session: Session, statement: Select[Any], record_id: Any, found: Ids) -> Iterator[Any]:
    """The rows in the order of their ids, which were narrowed in the same transaction."""
    for start in range(0, len(found), AT_ONCE):
        some = found[start : start + AT_ONCE].tolist()
        within = record_id.in_(search.id_list(session, some))
        rows = {row[0]: row for row in session.execute(statement.where(within))}
        yield from map(rows.__getitem__, some)


def _province_id(state: lists.State, acting: who.Viewer) -> int | None:
    """The province whose chain keeps the entry: the one switched to, or the person's only one."""
    if state.province_id is not None:
        return state.province_id
    mine = acting.provinces or ()
    return next(iter(mine)) if len(mine) == 1 else None


def _asked(state: lists.State) -> list[tuple[str, str]]:
    """Filters, search, order and columns, in words."""
    told = fields(state.entity)
    filters = "; ".join(one.label for one in state.filters) or _("none")
    key = "name" if state.order_key == "sort_key" else state.order_key
    order = str(told[key].label) if key in told else _("order of entry")
    asked = [(_("Filter"), filters), (_("Search"), state.search or _("none"))]
    if state.province_id is not None:
        place = db.session.get(Province, state.province_id)
        asked.append((_("Province"), place.name if place else ""))
    down = _("from large to small") if state.descending else _("from small to large")
    return [*asked, (_("Order"), f"{order}, {down}")]


def source(title: str, acting: who.Viewer) -> list[tuple[str, str]]:
    """What a workbook's last sheet tells first: which list, of which moment, by whom."""
    person = " ".join(filter(None, (acting.name, acting.position)))
    return [
        (_("List"), title),
        (_("Data as of"), dates.moment(dates.now(), _lang())),
        (_("Made by"), person),
    ]


def seal(session: Session, province_id: int | None) -> tuple[str, str]:
    """The length and the seal of an audit chain as the workbook is made."""
    length, seal = audit.head(session, province_id)
    return _("Audit chain"), _("%(n)s entries, seal %(seal)s", n=length, seal=seal)


def _lang() -> str:
    return str(get_locale() or "th")


def named(title: str, entity: Any) -> str:
    """The header that names the file, in Thai and for who cannot read that."""
    today = dates.today()
    name = names.file_name(f"{title} {dates.short_date(today, _lang())}", "xlsx")
    return names.disposition(name, f"{entity.__tablename__}-{today.isoformat()}.xlsx")
