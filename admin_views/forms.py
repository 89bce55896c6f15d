"""The form of an entity, made from its declaration."""

import enum
import hashlib
import json
import secrets
from collections.abc import Callable
from datetime import date, time
from functools import cache, partial
from typing import Any

from flask import g, url_for
from flask_admin.form import BaseForm
from sqlalchemy import Select, String, bindparam, func, inspect, or_, select
from wtforms import HiddenField
from wtforms.validators import Optional

from access import audit
from access import viewer as who
from access.database import db
from admin_views import fields as kinds
from entities import money, thai, years
from entities.base import Base, Field, InProvinceOrCluster, fields
from entities.territory import District, Province

NAMELESS = ("name", "title", "item", "description", "number", "text", "task")
"""What a record is known by; where it has none of these, the first text that it declares."""


def form_class(
    entity: type[Base], asked: frozenset[str] = frozenset(), **more: Callable[[], Any]
) -> type[BaseForm]:
    """A WTForms class with a field for each declared column that a person types.

    `asked` are computed columns that a verb must be told when it makes a record. `more` makes
    fields in place of a column's own, or behind them all; fields stand as they are made.
    """
    parts: dict[str, Any] = {name: HiddenField() for name in ("form_id", "row_version", "opened")}
    for key, told in fields(entity).items():
        if not told.computed or key in asked:
            parts[key] = more.pop(key)() if key in more else _field(entity, key, told)
    parts.update({name: make() for name, make in more.items()})
    return type(f"{entity.__name__}Form", (BaseForm,), parts)


def fill_hidden(form: Any, record: Base | None) -> None:
    """Give a form just opened its random id, the version it was opened at and its values' marks."""
    form.form_id.data = secrets.token_urlsafe(16)
    form.row_version.data = str(record.version) if record is not None else ""
    told = fields(type(record)) if record is not None else {}
    shown = [name for name, field in told.items() if name in form and not field.private]
    form.opened.data = json.dumps({name: mark(getattr(record, name)) for name in shown})


def mark(value: Any) -> str:
    """A few letters that tell a value from others: a form carries them, not its long texts twice."""
    plain = json.dumps(audit.plain(value), ensure_ascii=False, default=str)
    return hashlib.sha256(plain.encode()).hexdigest()[:12]


def opened_with(form: Any) -> dict[str, str]:
    """The marks of the values that a form was opened with; none where it does not tell them."""
    try:
        told = json.loads(form.opened.data or "")
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _field(entity: type[Base], key: str, told: Field) -> Any:
    column = inspect(entity).columns[key]
    required = not column.nullable and column.default is None and not _filled_later(entity, key)
    given = {
        "label": told.label,
        "description": told.help,
        "validators": [kinds.Required() if required else Optional()],
    }
    if column.default is not None and column.default.is_scalar:
        given["default"] = column.default.arg
    if column.foreign_keys:
        return _pick(entity, key, given, blank=not required)
    return _plain(column.type, given, blank=column.nullable)


def _filled_later(entity: type[Base], key: str) -> bool:
    """Columns that a rule or the parent fills where the person leaves them empty."""
    return key in ("province_id", "cluster_id") or (entity.__tablename__, key) in FILLED


FILLED = {("membership", "name"), ("attendance", "name")}


TYPED: dict[type, tuple[type[Any], dict[str, str]]] = {
    date: (kinds.DateField, {"data-date": "", "autocomplete": "off"}),
    time: (kinds.TimeField, {"data-time": "", "inputmode": "decimal"}),
    money.Money: (kinds.AmountField, {"inputmode": "decimal", "autocomplete": "off"}),
    money.Percent: (kinds.PercentField, {"inputmode": "decimal"}),
    money.Hundredths: (kinds.FigureField, {"inputmode": "decimal"}),
    years.BuddhistYear: (kinds.YearField, {"inputmode": "numeric"}),
}
"""Kinds of column, or of value, with a field of their own and the attributes of its control."""


def _plain(kind: Any, given: dict[str, Any], blank: bool) -> Any:
    python = kind.python_type
    if issubclass(python, enum.Enum):
        return kinds.ChoiceField(choices=python, blank=blank, **given)
    if python is bool:
        return kinds.BooleanField(**{**given, "validators": []})
    if found := TYPED.get(type(kind)) or TYPED.get(python):
        field, attributes = found
        return field(render_kw=attributes, **given)
    if isinstance(kind, String):
        return kinds.TextField(length=kind.length or 300, **given)
    return kinds.NumberField(render_kw={"inputmode": "numeric"}, **given)


def _pick(entity: type[Base], key: str, given: dict[str, Any], blank: bool) -> Any:
    target = target_of(entity, key)
    return kinds.PickField(
        options=partial(options, target, key),
        find=partial(find, target, key),
        lookup=partial(_lookup_address, entity, key),
        blank=blank,
        **given,
    )


@cache
def target_of(entity: type[Base], key: str) -> type[Base]:
    """The entity that a foreign key column points at."""
    table = next(
        f.column.table for f in inspect(entity).columns[key].foreign_keys if f.column.key == "id"
    )
    found: type[Base] = next(m.class_ for m in Base.registry.mappers if m.local_table is table)
    return found


def label_column(entity: type[Base]) -> Any:
    """The column by which people know a record; one that every record has."""
    columns = inspect(entity).columns
    texts = [key for key in fields(entity) if isinstance(columns[key].type, String)]
    known = [key for key in (*NAMELESS, *texts) if key in columns and not columns[key].nullable]
    return getattr(entity, (known or texts)[0])


def _told_apart(target: type[Base]) -> Any:
    """What a picker shows: the label, after the number where many records bear the same label."""
    label = label_column(target)
    return func.coalesce(target.number + " ", "") + label if _is_numbered(target) else label


def _is_numbered(target: type[Base]) -> bool:
    """Whether a number tells records apart that bear one label; what may be secret tells none."""
    columns = inspect(target).columns
    numbered = "number" in columns and isinstance(columns["number"].type, String)
    return numbered and "secrecy" not in columns and label_column(target).key != "number"


def label_of(record: Base) -> str | None:
    """The label of a record at hand, as `find` tells it of one that is not."""
    label: str | None = getattr(record, label_column(type(record)).key)
    if label is None:
        return None
    number = getattr(record, "number", None) if _is_numbered(type(record)) else None
    return shorten(f"{number} {label}" if number else label)


NARROWED = {(Province, "province_id"), (District, "district_id")}
"""What is chosen within the provinces in which the viewer may do the form's verb."""


def _reached(target: type[Base], key: str) -> Any:
    """Records to choose from; of provinces, their districts and parents those of the viewer's reach."""
    statement, reach = select(target.id, _told_apart(target)), _province_reach(target, key)
    if homes := _homes(target, key):
        return statement.where(_at_home(target)).params(homes)
    if reach is None:
        return statement
    home = District.province_id if target is District else target.id  # type: ignore[attr-defined]
    return statement.where(home.in_(sorted(reach)))


def _province_reach(target: type[Base], key: str) -> frozenset[int] | None:
    """The provinces in which the viewer may do the form's verb; None where nothing narrows them.

    Whoever works for a cluster chooses among the districts of all its provinces: the rules say which.
    """
    asked = getattr(g, "form_verb", None)
    if (target, key) not in NARROWED or not asked:
        return None
    reach = who.of(db.session()).reach(*asked)
    wide = reach.everything or (target is District and (reach.cluster_id or not reach.province_id))
    return None if wide else reach.province_id


def _homes(target: type[Base], key: str) -> dict[str, list[int]]:
    """Where a parent must lie so that the form's verb reaches its child; empty where all do.

    A province reads the committees of its cluster too, and writes nothing under them.
    """
    asked = getattr(g, "form_verb", None)
    if not asked or not issubclass(target, InProvinceOrCluster) or not _is_within(asked[0], key):
        return {}
    reach = who.of(db.session()).reach(*asked)
    if reach.everything or reach.agency_id or reach.committee_id:
        return {}
    return {"provinces": sorted(reach.province_id), "clusters": sorted(reach.cluster_id)}


def _is_within(entity: type[Base], key: str) -> bool:
    columns = inspect(entity).columns
    return key in columns and any("within" in one.info for one in columns[key].foreign_keys)


def _at_home(target: Any) -> Any:
    return or_(
        target.province_id.in_(bindparam("provinces", expanding=True)),
        target.cluster_id.in_(bindparam("clusters", expanding=True)),
    )


def options(
    target: type[Base], key: str, limit: int = kinds.PickField.SMALL + 1
) -> list[tuple[int, str]]:
    """The first records to choose from, in the order people know."""
    order = target.sort_key if "sort_key" in inspect(target).columns else label_column(target)
    rows = db.session.execute(_reached(target, key).order_by(order, target.id).limit(limit))
    return [(row[0], shorten(row[1])) for row in rows if row[1] is not None]


def find(target: type[Base], key: str, record_id: int) -> str | None:
    """The label of one record that may be chosen, or None."""
    reach = _province_reach(target, key)
    if target is Province and reach is not None and record_id not in reach:
        return None
    homes = _homes(target, key)
    label = db.session.scalar(_finding(target, bool(homes)), {"wanted": record_id, **homes})
    return shorten(label) if label is not None else None


@cache
def _finding(target: type[Base], at_home: bool) -> Select[Any]:
    """Put together once: a save looks up every link that was picked."""
    statement = select(_told_apart(target)).where(target.id == bindparam("wanted"))
    return statement.where(_at_home(target)) if at_home else statement


def look_up(target: type[Base], key: str, typed: str, limit: int = 20) -> list[tuple[int, str]]:
    """Records whose label contains what was typed."""
    column = _told_apart(target)
    wanted = thai.normalise(typed)[:100].lower()
    statement = _reached(target, key).where(func.lower(column).contains(wanted, autoescape=True))
    rows = db.session.execute(statement.order_by(column, target.id).limit(limit))
    return [(row[0], shorten(row[1])) for row in rows if row[1] is not None]


shorten = thai.shorten


def _lookup_address(entity: type[Base], key: str) -> str:
    return url_for(f"{entity.__tablename__}.lookup_view", field=key)
