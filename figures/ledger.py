"""The control ledger in figures: a line's course, totals by anything, months, targets, what waits.

Balances are read from the rows where the database keeps them; entries are only summed for the
running balance of one line, by the database. Formulas: domain §3.4.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    true,
    type_coerce,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from access import viewer as who
from entities import dates
from entities.ledger import CHANGES
from entities.money import NOTHING, Money, percent
from entities.vocabulary import (
    EntryKind,
    EntryStatus,
    SpendingKind,
    TargetKind,
    TargetMeasure,
)
from models import (
    BudgetLine,
    CarryOver,
    DisbursementTarget,
    LedgerEntry,
    LedgerMonth,
    PurchaseOrder,
)

SOON = timedelta(days=60)
"""How long before its end a carry-over is about to expire."""
NEAR_LIMIT = Decimal(5)
"""At how many percent of the net budget left a line is near its limit."""


def available_change(entry: LedgerEntry) -> Decimal:
    """What an entry does to the money that may still be spent on its line."""
    taken = (entry.reserve_change, entry.order_change, entry.paid_change, entry.carried_change)
    return entry.budget_change - sum(taken, NOTHING) - entry.lapsed_change


def remaining_change(entry: LedgerEntry) -> Decimal:
    """What an entry does to what remains of its carry-over."""
    kept = -entry.lapsed_change if entry.lapsed_change else entry.carried_change
    return kept - entry.drawn_change


class Step(NamedTuple):
    """An entry in its line's course, with the balances after it; what is not posted changes none."""

    id: int
    number: int
    entry_date: date
    kind: EntryKind
    status: EntryStatus
    doc_no: str | None
    description: str
    payee: str | None
    amount: Decimal
    order_id: int | None
    order_number: str | None
    carry_over_id: int | None
    reverses_id: int | None
    reversed_by: int | None
    made_by: int | None
    approver_name: str | None
    refusal: str | None
    budget_change: Decimal
    reserve_change: Decimal
    order_change: Decimal
    paid_change: Decimal
    drawn_change: Decimal
    carried_change: Decimal
    lapsed_change: Decimal
    net_budget: Decimal
    reserved: Decimal
    committed: Decimal
    outstanding: Decimal
    disbursed: Decimal
    kept: Decimal
    available: Decimal


def course(session: Session, line_id: int) -> list[Step]:
    """A line's entries by day and number with running balances, by one query."""
    found = [tuple(row) for row in session.execute(_course(), {"line_id": line_id})]
    undone = _reversed(found)
    return [Step._make((*row[:LINKED], undone.get(row[0]), *row[LINKED:])) for row in found]


@cache
def _course() -> Any:
    """Put together once: every page of a line asks for it."""
    running = {
        "net_budget": LedgerEntry.budget_change,
        "reserved": LedgerEntry.reserve_change,
        "committed": case((_commits(), LedgerEntry.order_change), else_=0),
        "outstanding": LedgerEntry.order_change,
        "disbursed": LedgerEntry.paid_change,
        "kept": LedgerEntry.carried_change + LedgerEntry.lapsed_change,
        "available": _available(LedgerEntry),
    }
    return (
        select(
            LedgerEntry.id, LedgerEntry.number, LedgerEntry.entry_date, LedgerEntry.kind,
            LedgerEntry.status, LedgerEntry.doc_no, LedgerEntry.description, LedgerEntry.payee,
            LedgerEntry.amount, LedgerEntry.order_id, PurchaseOrder.number,
            LedgerEntry.carry_over_id, LedgerEntry.reverses_id,
            LedgerEntry.made_by, LedgerEntry.approver_name, LedgerEntry.refusal,
            LedgerEntry.budget_change, LedgerEntry.reserve_change, LedgerEntry.order_change,
            LedgerEntry.paid_change, LedgerEntry.drawn_change, LedgerEntry.carried_change,
            LedgerEntry.lapsed_change,
            *(_running(change).label(name) for name, change in running.items()),
        )
        .outerjoin(PurchaseOrder, PurchaseOrder.id == LedgerEntry.order_id)
        .where(LedgerEntry.budget_line_id == bindparam("line_id"))
        .order_by(LedgerEntry.entry_date, LedgerEntry.number)
    )  # fmt: skip


LINKED = Step._fields.index("reversed_by")


def _reversed(found: Sequence[tuple[Any, ...]]) -> dict[int, int]:
    """The numbers of posted reversals by what they reverse: an entry of the same line."""
    number, status, reverses = map(Step._fields.index, ("number", "status", "reverses_id"))
    return {row[reverses]: row[number] for row in found if row[status] is EntryStatus.POSTED}


def _commits() -> ColumnElement[bool]:
    """Whether an entry changes what orders commit: payments and carry-overs only use it up."""
    return (LedgerEntry.paid_change == NOTHING) & (LedgerEntry.carried_change == NOTHING)


def _available(entry: Any) -> ColumnElement[Decimal]:
    taken = entry.reserve_change + entry.order_change + entry.paid_change + entry.carried_change
    return type_coerce(entry.budget_change - taken - entry.lapsed_change, Money())


def _running(change: Any) -> ColumnElement[Decimal]:
    posted = case((LedgerEntry.status == EntryStatus.POSTED, change), else_=0)
    in_order = (LedgerEntry.entry_date, LedgerEntry.number)
    return type_coerce(func.sum(posted).over(order_by=in_order), Money())


@dataclass(frozen=True)
class Totals:
    """Balances of any number of lines together; `key` is what they were grouped by."""

    key: tuple[Any, ...]
    lines: int
    enacted: Decimal
    net_budget: Decimal
    reserved: Decimal
    outstanding: Decimal
    disbursed: Decimal
    carried: Decimal
    drawn: Decimal
    lapsed: Decimal
    available: Decimal
    waiting: Decimal

    @property
    def percent_disbursed(self) -> Decimal | None:
        """Disbursed in percent of the net budget (ร้อยละเบิกจ่าย); None without a budget."""
        return percent(self.disbursed, self.net_budget)

    @property
    def percent_used(self) -> Decimal | None:
        """Disbursed and committed in percent of the net budget (ร้อยละใช้จ่าย)."""
        return percent(self.disbursed + self.outstanding, self.net_budget)

    def __add__(self, other: "Totals") -> "Totals":
        amounts = [f.name for f in fields(self) if f.name != "key"]
        return Totals((), *(getattr(self, n) + getattr(other, n) for n in amounts))


NO_LINES = Totals((), 0, *[NOTHING] * 10)
AMOUNTS = tuple(f.name for f in fields(Totals) if f.name not in ("key", "lines"))


def fiscal_years(session: Session) -> list[int]:
    """The fiscal years (B.E.) that have budget lines, the latest first."""
    return sorted(
        map(int, session.scalars(select(BudgetLine.fiscal_year).distinct())), reverse=True
    )


def totals(
    session: Session,
    fiscal_year: int,
    *by: InstrumentedAttribute[Any],
    province_id: int | None = None,
    where: Sequence[ColumnElement[bool]] = (),
) -> list[Totals]:
    """The balances of a fiscal year's lines (B.E.), grouped by columns of the line."""
    sums = [type_coerce(func.sum(getattr(BudgetLine, name)), Money()) for name in AMOUNTS]
    statement = (
        select(*by, func.count(), *sums)
        .select_from(BudgetLine)
        .where(BudgetLine.fiscal_year == fiscal_year, *where)
        .group_by(*by)
        .order_by(*by)
    )
    if province_id is not None:
        statement = statement.where(BudgetLine.province_id == province_id)
    return [
        Totals(tuple(row[: len(by)]), *row[len(by) :])
        for row in session.execute(statement)
        if row[len(by)]
    ]


def together(found: Sequence[Totals]) -> Totals:
    """All of them as one."""
    return sum(found, NO_LINES)


@dataclass(frozen=True)
class Month:
    """What one month changed, in one line or in many together; `month` is its first day."""

    month: date
    budget_change: Decimal
    reserve_change: Decimal
    order_change: Decimal
    paid_change: Decimal
    carried_change: Decimal
    lapsed_change: Decimal
    drawn_change: Decimal


def months(
    session: Session,
    fiscal_year: int | None = None,
    *,
    line_id: int | None = None,
    province_id: int | None = None,
    kind: SpendingKind | None = None,
) -> list[Month]:
    """What each month changed, in order: of a line, or of all lines of a fiscal year (B.E.)."""
    sums = [
        type_coerce(func.sum(getattr(LedgerMonth, f"{name}_change")), Money()) for name in CHANGES
    ]
    statement = (
        select(LedgerMonth.month, *sums)
        .select_from(BudgetLine)
        .join(LedgerMonth, LedgerMonth.budget_line_id == BudgetLine.id)
        .group_by(LedgerMonth.month)
        .order_by(LedgerMonth.month)
    )
    asked = {
        BudgetLine.fiscal_year: fiscal_year,
        BudgetLine.id: line_id,
        BudgetLine.province_id: province_id,
        BudgetLine.kind: kind,
    }
    for column, value in asked.items():
        if value is not None:
            statement = statement.where(column == value)
    return [Month(*tuple(row)) for row in session.execute(statement)]


Targets = dict[tuple[date, TargetKind, TargetMeasure], Decimal]


def targets(session: Session, fiscal_year: int) -> Targets:
    """Every target of a fiscal year (B.E.), in percent, by month's end, kind and measure."""
    found = session.execute(
        select(
            DisbursementTarget.as_of,
            DisbursementTarget.kind,
            DisbursementTarget.measure,
            DisbursementTarget.percent,
        )
        .where(DisbursementTarget.fiscal_year == fiscal_year)
        .order_by(DisbursementTarget.as_of)
    )
    return {(row[0], row[1], row[2]): row[3] for row in found}


def next_target(
    known: Targets,
    day: date,
    kind: TargetKind = TargetKind.OVERALL,
    measure: TargetMeasure = TargetMeasure.DISBURSE,
) -> tuple[date, Decimal] | None:
    """The target that comes next from a day on, with its day; None where none is set."""
    due = sorted(
        as_of
        for as_of, of_kind, of_measure in known
        if of_kind is kind
        and of_measure is measure
        and as_of >= day
        and dates.fiscal_year(as_of) == dates.fiscal_year(day)
    )
    return (due[0], known[due[0], kind, measure]) if due else None


def waiting(
    session: Session, province_id: int | None = None, limit: int = 200
) -> list[LedgerEntry]:
    """Entries that wait for the viewer's approval, the oldest first."""
    statement = (
        select(LedgerEntry)
        .where(LedgerEntry.status == EntryStatus.WAITING, _approvable(session))
        .order_by(LedgerEntry.id)
        .limit(limit)
    )
    if province_id is not None:
        statement = statement.where(LedgerEntry.province_id == province_id)
    return list(session.scalars(statement))


def _approvable(session: Session) -> ColumnElement[bool]:
    """The entries on which the viewer decides; who reads more sees in the queue these alone."""
    reach = who.of(session).reach(LedgerEntry, "approve")
    if reach.everything:
        return true()
    return or_(
        LedgerEntry.province_id.in_(reach.province_id), LedgerEntry.cluster_id.in_(reach.cluster_id)
    )


def at_risk(
    session: Session, fiscal_year: int, province_id: int | None = None, limit: int = 500
) -> list[BudgetLine]:
    """Lines whose money is neither paid nor committed and would lapse at the year's end."""
    statement = (
        select(BudgetLine)
        .where(BudgetLine.fiscal_year == fiscal_year, BudgetLine.available > NOTHING)
        .order_by(BudgetLine.available.desc(), BudgetLine.id)
        .limit(limit)
    )
    if province_id is not None:
        statement = statement.where(BudgetLine.province_id == province_id)
    return list(session.scalars(statement))


def expiring(
    session: Session, today: date, province_id: int | None = None, limit: int = 500
) -> list[CarryOver]:
    """Carry-overs with money left whose end is past or comes soon, the first to end first."""
    statement = (
        select(CarryOver)
        .where(CarryOver.remaining > NOTHING, CarryOver.expires_on <= today + SOON)
        .order_by(CarryOver.expires_on, CarryOver.id)
        .limit(limit)
    )
    if province_id is not None:
        statement = statement.where(CarryOver.province_id == province_id)
    return list(session.scalars(statement))


def near_limit(line: BudgetLine) -> bool:
    """Whether little of a line's net budget is left to spend."""
    left = line.available - line.waiting
    return line.net_budget > NOTHING and left * 100 <= NEAR_LIMIT * line.net_budget


def is_near_limit() -> ColumnElement[bool]:
    """The same of the lines in a query."""
    left = type_coerce(BudgetLine.available - BudgetLine.waiting, BigInteger)
    budget = type_coerce(BudgetLine.net_budget, BigInteger)
    return and_(budget > 0, left * 100 <= budget * int(NEAR_LIMIT))


def count_near_limit(session: Session, fiscal_year: int, province_id: int | None = None) -> int:
    """How many lines of a fiscal year (B.E.) are near their limit."""
    statement = (
        select(func.count())
        .select_from(BudgetLine)
        .where(BudgetLine.fiscal_year == fiscal_year, is_near_limit())
    )
    if province_id is not None:
        statement = statement.where(BudgetLine.province_id == province_id)
    return session.scalar(statement) or 0


def count_waiting(
    session: Session, province_id: int | None = None, made_by_others_than: int | None = None
) -> int:
    """How many entries wait for the viewer's approval, without those of one person."""
    statement = (
        select(func.count())
        .select_from(LedgerEntry)
        .where(LedgerEntry.status == EntryStatus.WAITING, _approvable(session))
    )
    if province_id is not None:
        statement = statement.where(LedgerEntry.province_id == province_id)
    if made_by_others_than is not None:
        statement = statement.where(LedgerEntry.made_by.is_distinct_from(made_by_others_than))
    return session.scalar(statement) or 0


def rejected(session: Session, made_by: int, since: date, limit: int = 20) -> list[LedgerEntry]:
    """A person's entries from a day on that were not approved, the newest first."""
    return list(
        session.scalars(
            select(LedgerEntry)
            .where(
                LedgerEntry.status == EntryStatus.REJECTED,
                LedgerEntry.made_by == made_by,
                LedgerEntry.entry_date >= since,
            )
            .order_by(LedgerEntry.id.desc())
            .limit(limit)
        )
    )
