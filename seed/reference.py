"""Reference data: brought in by code, the same everywhere, safe to bring in again."""

from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from entities.base import Base
from entities.vocabulary import HolidayKind
from models import (
    Channel,
    Cluster,
    ClusterProvince,
    ComplaintCategory,
    ComplaintNature,
    DisbursementTarget,
    District,
    ExpenseCategory,
    Holiday,
    InspectionZone,
    PolicyBody,
    Province,
    Region,
    RetentionClass,
    Subdistrict,
    ZoneProvince,
)
from seed import budget, complaints, holidays, retention, targets, territory

HOLIDAY_YEARS = (2009, 2030)


def load(session: Session) -> int:
    """Add the reference rows that are missing; what the ministry edited stays. Returns their number."""
    tables: list[tuple[type[Base], list[dict[str, Any]]]] = [
        (Region, territory.regions()),
        (Province, territory.provinces()),
        (Cluster, territory.clusters()),
        (InspectionZone, territory.zones()),
        (ClusterProvince, territory.cluster_provinces()),
        (ZoneProvince, territory.zone_provinces()),
        (District, territory.districts()),
        (Subdistrict, territory.subdistricts()),
        (Holiday, _holidays()),
        (PolicyBody, budget.policy_bodies()),
        (ExpenseCategory, budget.expense_categories()),
        (RetentionClass, retention.classes()),
        (DisbursementTarget, targets.rows(session)),
        (Channel, complaints.channels()),
        (ComplaintNature, complaints.natures()),
        (ComplaintCategory, complaints.categories()),
    ]
    _place_districts(session, territory.districts())
    return sum(_add_missing(session, entity, rows) for entity, rows in tables)


def _place_districts(session: Session, rows: list[dict[str, Any]]) -> None:
    """Give a place to the districts that an older version brought in without one."""
    table, connection = District.__table__, session.connection()
    unplaced = table.select().with_only_columns(table.c.id).where(table.c.latitude.is_(None))
    without = set(connection.scalars(unplaced))
    for row in rows:
        if row["id"] in without and row["latitude"] is not None:
            told = {key: row[key] for key in ("latitude", "longitude")}
            connection.execute(table.update().where(table.c.id == row["id"]).values(**told))


def _holidays() -> list[dict[str, Any]]:
    return [{**row, "kind": HolidayKind(row["kind"])} for row in holidays.rows(*HOLIDAY_YEARS)]


def _add_missing(session: Session, entity: type[Base], rows: list[dict[str, Any]]) -> int:
    """By one Core insert: reference rows are facts, so they are stamped but not audited one by one."""
    table = entity.__table__
    connection = session.connection()
    known = set(connection.scalars(table.select().with_only_columns(table.c.id)))
    columns = set(inspect(entity).columns.keys())
    new = [
        {"version": 1, **{k: v for k, v in row.items() if k in columns}}
        for row in rows
        if row["id"] not in known
    ]
    if new:
        connection.execute(table.insert(), new)
    return len(new)
