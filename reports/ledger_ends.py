"""Reports on money that ends: lines whose money lapses with the fiscal year, carry-over that expires."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from entities import dates
from entities.money import NOTHING as NO_MONEY
from entities.money import SATANG, percent
from figures import ledger as figures
from models import Agency, BudgetLine, CarryOver, PurchaseOrder
from reports.base import (
    Asked,
    Bars,
    Cell,
    Column,
    Parameter,
    Record,
    Report,
    Result,
    Row,
    Series,
    province_names,
    province_of,
)

Filters = tuple[tuple[str, str], ...]
AREA = _l("Budget control ledger")
MILLION = Decimal(10**6)
MOST = 500
"""Rows of a list; those with the most money, or those that end first."""
MONTH = 30
"""Days within which an end is near."""


def _fiscal_years(session: Session, today: date) -> list[int]:
    """The fiscal years (B.E.) that have lines, and the present one, the newest first."""
    return sorted({*figures.fiscal_years(session), dates.fiscal_year(today)}, reverse=True)


FISCAL_YEAR = Parameter("fiscal_year", _l("Fiscal year"), dates.fiscal_year, _fiscal_years)


def names_of(
    session: Session,
    key: InstrumentedAttribute[int],
    name: InstrumentedAttribute[Any],
    keys: Iterable[int | None],
) -> dict[int | None, str]:
    """The names of records by their ids, by one query."""
    wanted = {one for one in keys if one is not None}
    if not wanted:
        return {}
    return {row[0]: row[1] for row in session.execute(select(key, name).where(key.in_(wanted)))}


def _home(session: Session, asked: Asked, report: Report) -> int | None:
    return None if asked.many else province_of(session, report, asked)


def _left(days: int) -> Cell:
    if days < 0:
        return Cell(_("Has ended"), tone="bad", sign="!")
    if days <= MONTH:
        return Cell(_("Within a month"), tone="warn", sign="◔")
    return Cell(_("in %(n)s days", n=days), tone="info", sign="◷")


def _cut(rows: Sequence[Row]) -> tuple[str, ...]:
    return (_("The first %(n)s are shown.", n=MOST),) if len(rows) == MOST else ()


def _at_risk(session: Session, asked: Asked) -> Result:
    year, home = asked.values["fiscal_year"], _home(session, asked, AT_RISK)
    lines = figures.at_risk(session, year, home, MOST)
    agencies = names_of(session, Agency.id, Agency.name, [line.agency_id for line in lines])
    provinces, days = province_names(session), (dates.fiscal_year_end(year) - asked.today).days
    rows = [_line(line, agencies, provinces, days) for line in lines]
    everything = figures.together(_risked(session, year, home))
    totals = {
        "item": Cell(_("All budget lines with money left")),
        **{name: Cell(getattr(everything, name)) for name in LEFT},
    }
    return Result(rows, totals if rows else None, _risk_bars(session, asked, home), _cut(rows))


LEFT = ("net_budget", "outstanding", "disbursed", "available")


def _line(
    line: BudgetLine, agencies: dict[int | None, str], provinces: dict[int, str], days: int
) -> Row:
    return {
        "item": Cell(line.item, Record(BudgetLine, line.id)),
        "province": Cell(provinces.get(line.province_id or 0, _("Province clusters"))),
        "agency": Cell(agencies.get(line.agency_id)),
        "kind": Cell(str(line.kind)),
        **{name: Cell(getattr(line, name)) for name in LEFT},
        "left": Cell(percent(line.available, line.net_budget)),
        "state": _left(days),
    }


def _risked(
    session: Session, year: int, home: int | None, *by: InstrumentedAttribute[Any]
) -> list[figures.Totals]:
    return figures.totals(
        session, year, *by, province_id=home, where=[BudgetLine.available > NO_MONEY]
    )


def _risk_bars(session: Session, asked: Asked, home: int | None) -> Bars:
    """Money left by province, or by agency of one province, in millions, the most first."""
    column = BudgetLine.agency_id if home else BudgetLine.province_id
    found = _risked(session, asked.values["fiscal_year"], home, column)
    names: dict[Any, str] = (
        names_of(session, Agency.id, Agency.name, [one.key[0] for one in found])
        if home else dict(province_names(session))
    )  # fmt: skip
    none = _("No agency named") if home else _("Province clusters")
    ordered = sorted(found, key=lambda one: one.available, reverse=True)
    return _millions(
        [(names.get(one.key[0], none), one.available) for one in ordered], _("Available")
    )


def _millions(bars: Sequence[tuple[str, Decimal]], title: str) -> Bars:
    """One bar for each amount, in millions of baht."""
    values = tuple((amount / MILLION).quantize(SATANG) for _name, amount in bars)
    axis = _("%(title)s (million baht)", title=title)
    return Bars(tuple(n for n, _amount in bars), (Series(title, "brand", values),), axis, places=2)


AT_RISK = Report(
    key="lines-at-risk",
    title=_l("Budget lines at risk of lapsing"),
    area=AREA,
    entity=BudgetLine,
    parameters=(FISCAL_YEAR,),
    columns=(
        Column("item", _l("Item")),
        Column("province", _l("Province"), seen="many"),
        Column("agency", _l("Implementing agency")),
        Column("kind", _l("Kind of expenditure")),
        Column("net_budget", _l("Net budget"), "money"),
        Column("outstanding", _l("Outstanding commitments"), "money"),
        Column("disbursed", _l("Disbursed"), "money"),
        Column("available", _l("Available"), "money"),
        Column("left", _l("Left (%)"), "percent"),
        Column("state", _l("30 September"), "chip"),
    ),
    figure=_at_risk,
    empty=(_l("No money is left"), _l("Every baht of the year is paid, committed or reserved.")),
    notes=(
        _l("Listed: lines with money that is neither paid nor committed, the most first. It lapses"
           " on 30 September; what is committed by then can be carried over (§43)."),
    ),
    in_packet=False,
)  # fmt: skip


def _expiring(session: Session, asked: Asked) -> Result:
    kept = figures.expiring(session, asked.today, _home(session, asked, EXPIRING), MOST)
    lines = names_of(session, BudgetLine.id, BudgetLine.item, [one.budget_line_id for one in kept])
    orders = names_of(
        session, PurchaseOrder.id, PurchaseOrder.vendor, [one.order_id for one in kept]
    )
    provinces = province_names(session)
    rows = [_carried(one, asked.today, lines, orders, provinces) for one in kept]
    totals = {
        "number": Cell(_("All that end soon")),
        **{name: Cell(sum((getattr(o, name) for o in kept), NO_MONEY)) for name in KEPT},
    }
    return Result(rows, totals if rows else None, _expiry_bars(kept, asked.today), _cut(rows))


KEPT = ("kept", "drawn", "remaining")


def _carried(
    one: CarryOver, today: date, lines: dict[int | None, str], orders: dict[int | None, str],
    provinces: dict[int, str],
) -> Row:  # fmt: skip
    days = (one.expires_on - today).days
    return {
        "number": Cell(one.number, Record(CarryOver, one.id)),
        "province": Cell(provinces.get(one.province_id or 0, _("Province clusters"))),
        "line": Cell(lines.get(one.budget_line_id), Record(BudgetLine, one.budget_line_id)),
        "vendor": Cell(orders.get(one.order_id)),
        **{name: Cell(getattr(one, name)) for name in KEPT},
        "expires_on": Cell(one.expires_on),
        "days": Cell(days),
        "state": _left(days),
    }


SPANS: tuple[tuple[Callable[[], str], Callable[[int], bool]], ...] = (
    (lambda: str(_("Has ended")), lambda days: days < 0),
    (lambda: str(_("Within a month")), lambda days: 0 <= days <= MONTH),
    (lambda: str(_("In more than 30 days")), lambda days: days > MONTH),
)


def _expiry_bars(kept: Sequence[CarryOver], today: date) -> Bars:
    def money(fits: Callable[[int], bool]) -> Decimal:
        fitting = [one.remaining for one in kept if fits((one.expires_on - today).days)]
        return sum(fitting, NO_MONEY)

    return _millions([(title(), money(fits)) for title, fits in SPANS], _("Remaining"))


EXPIRING = Report(
    key="carry-over-expiring",
    title=_l("Carry-over about to expire"),
    area=AREA,
    entity=CarryOver,
    columns=(
        Column("number", _l("Carry-over number")),
        Column("province", _l("Province"), seen="many"),
        Column("line", _l("Budget line")),
        Column("vendor", _l("Vendor")),
        Column("kept", _l("Carried over"), "money"),
        Column("drawn", _l("Drawn"), "money"),
        Column("remaining", _l("Remaining"), "money"),
        Column("expires_on", _l("Expires on"), "date"),
        Column("days", _l("Days left"), "number"),
        Column("state", _l("State"), "chip"),
    ),
    figure=_expiring,
    empty=(
        _l("No carry-over ends soon"),
        _l("Carried money appears here 60 days before its last day, until it is drawn or lapses."),
    ),
    notes=(
        _l("Listed: carry-over with money left that has ended or ends within 60 days. It is reported"
           " apart from the new year's budget; longer only by agreement with the Ministry of Finance."),
    ),
    in_packet=False,
)  # fmt: skip
