"""The form of an entity, made from its declaration."""

import enum
import secrets
from datetime import date, time
from functools import partial
from typing import Any

from flask import g, url_for
from flask_admin.form import BaseForm
from sqlalchemy import String, func, inspect, select
from wtforms import HiddenField
from wtforms.validators import Optional

from access import viewer as who
from access.database import db
from admin_views import fields as kinds
from entities import thai
from entities.base import Base, Field, fields
from entities.territory import Province

NAMELESS = ("name", "title", "number", "text", "task")


def form_class(entity: type[Base]) -> type[BaseForm]:
    """A WTForms class with a field for each declared column that a person types."""
    parts: dict[str, Any] = {"form_id": HiddenField(), "row_version": HiddenField()}
    for key, told in fields(entity).items():
        if not told.computed:
            parts[key] = _field(entity, key, told)
    return type(f"{entity.__name__}Form", (BaseForm,), parts)


def fill_hidden(form: Any, record: Base | None) -> None:
    """Give a form just opened its random id and the version it was opened at."""
    form.form_id.data = secrets.token_urlsafe(16)
    form.row_version.data = str(record.version) if record is not None else ""


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


def _plain(kind: Any, given: dict[str, Any], blank: bool) -> Any:
    python = kind.python_type
    if issubclass(python, enum.Enum):
        return kinds.ChoiceField(choices=python, blank=blank, **given)
    if python is bool:
        return kinds.BooleanField(**{**given, "validators": []})
    if python is date:
        return kinds.DateField(render_kw={"data-date": "", "autocomplete": "off"}, **given)
    if python is time:
        return kinds.TimeField(render_kw={"data-time": "", "inputmode": "decimal"}, **given)
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


def target_of(entity: type[Base], key: str) -> type[Base]:
    """The entity that a foreign key column points at."""
    table = next(
        f.column.table for f in inspect(entity).columns[key].foreign_keys if f.column.key == "id"
    )
    found: type[Base] = next(m.class_ for m in Base.registry.mappers if m.local_table is table)
    return found


def label_column(entity: type[Base]) -> Any:
    """The column by which people know a record."""
    return getattr(entity, next(name for name in NAMELESS if name in inspect(entity).columns))


def _reached(target: type[Base], key: str) -> Any:
    """Records to choose from; of provinces only those in which the viewer may do the verb."""
    statement = select(target.id, label_column(target))
    asked = getattr(g, "form_verb", None)
    if target is Province and key == "province_id" and asked:
        reach = who.of(db.session()).reach(*asked)
        if not reach.everything:
            statement = statement.where(target.id.in_(sorted(reach.province_id)))
    return statement


def options(
    target: type[Base], key: str, limit: int = kinds.PickField.SMALL + 1
) -> list[tuple[int, str]]:
    """The first records to choose from, in the order people know."""
    order = target.sort_key if "sort_key" in inspect(target).columns else label_column(target)
    rows = db.session.execute(_reached(target, key).order_by(order, target.id).limit(limit))
    return [(row[0], shorten(row[1])) for row in rows]


def find(target: type[Base], key: str, record_id: int) -> str | None:
    """The label of one record that may be chosen, or None."""
    row = db.session.execute(_reached(target, key).where(target.id == record_id)).first()
    return shorten(row[1]) if row else None


def look_up(target: type[Base], key: str, typed: str, limit: int = 20) -> list[tuple[int, str]]:
    """Records whose label contains what was typed."""
    column = label_column(target)
    wanted = thai.normalise(typed)[:100].lower()
    statement = _reached(target, key).where(func.lower(column).contains(wanted, autoescape=True))
    rows = db.session.execute(statement.order_by(column, target.id).limit(limit))
    return [(row[0], shorten(row[1])) for row in rows]


def shorten(text: str, length: int = 90) -> str:
    """A label that fits into a picker."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _lookup_address(entity: type[Base], key: str) -> str:
    return url_for(f"{entity.__tablename__}.lookup_view", field=key)
