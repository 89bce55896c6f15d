"""What the ledger said on a day, by budget code, and the entries that may explain a difference."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, select, type_coerce
from sqlalchemy.orm import Session

from entities.money import NOTHING, Money
from entities.vocabulary import EntryStatus
from models import BudgetLine, LedgerEntry, PurchaseOrder

AT_ONCE = 500


@dataclass
class OurLine:
    """The ledger's balances of one budget code; several lines may share a code."""

    budget_code: str
    line_ids: list[int] = field(default_factory=list)
    budget: Decimal = NOTHING
    orders: Decimal = NOTHING
    paid: Decimal = NOTHING
    left: Decimal = NOTHING
    reserved: Decimal = NOTHING

    @property
    def line_id(self) -> int | None:
        """The line, where only one has the code."""
        return self.line_ids[0] if len(self.line_ids) == 1 else None


def balances(
    session: Session, fiscal_year: int, home: ColumnElement[bool], as_of: date
) -> dict[str, OurLine]:
    """The balances at the end of a day of a home's lines with a code, by code.

    The balances of now, less what entries of later days changed: two queries for any number.
    """
    later = _later(session, fiscal_year, home, as_of)
    found: dict[str, OurLine] = {}
    lines = select(
        BudgetLine.id, BudgetLine.budget_code, BudgetLine.net_budget, BudgetLine.outstanding,
        BudgetLine.disbursed, BudgetLine.available, BudgetLine.reserved,
    ).where(home, BudgetLine.fiscal_year == fiscal_year, BudgetLine.budget_code.is_not(None))  # fmt: skip
    for row in session.execute(lines.order_by(BudgetLine.id)):
        ours = found.setdefault(str(row[1]), OurLine(str(row[1])))
        ours.line_ids.append(row[0])
        since = later.get(row[0], (NOTHING,) * 5)
        for name, now, change in zip(AMOUNTS, row[2:], since, strict=True):
            setattr(ours, name, getattr(ours, name) + now - change)
    return found


AMOUNTS = ("budget", "orders", "paid", "left", "reserved")


def without_code(
    session: Session, fiscal_year: int, home: ColumnElement[bool]
) -> tuple[int, Decimal]:
    """How many of a home's lines have no code, so that nothing compares them, and their net budget."""
    found = session.execute(
        select(func.count(), func.sum(BudgetLine.net_budget)).where(
            home, BudgetLine.fiscal_year == fiscal_year, BudgetLine.budget_code.is_(None)
        )
    ).one()
    return found[0], found[1] or NOTHING


def _later(
    session: Session, fiscal_year: int, home: ColumnElement[bool], as_of: date
) -> dict[int, tuple[Decimal, ...]]:
    entry = LedgerEntry
    left = (
        entry.budget_change
        - entry.reserve_change
        - entry.order_change
        - entry.paid_change
        - entry.carried_change
    ) - entry.lapsed_change
    changes = (
        entry.budget_change,
        entry.order_change,
        entry.paid_change,
        left,
        entry.reserve_change,
    )
    statement = (
        select(
            entry.budget_line_id, *(type_coerce(func.sum(change), Money()) for change in changes)
        )
        .join(BudgetLine, BudgetLine.id == entry.budget_line_id)
        .where(home, BudgetLine.fiscal_year == fiscal_year)
        .where(entry.status == EntryStatus.POSTED, entry.entry_date > as_of)
        .group_by(entry.budget_line_id)
    )
    return {row[0]: tuple(row[1:]) for row in session.execute(statement)}


def _parts(line_ids: Collection[int]) -> Iterator[Sequence[int]]:
    ids = sorted(line_ids)
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]


def entries(
    session: Session,
    line_ids: Collection[int],
    as_of: date,
    amounts: Collection[Decimal] | None = None,
) -> dict[int, list[LedgerEntry]]:
    """By line: its waiting entries up to a day, or the posted ones of one of these amounts."""
    status = EntryStatus.WAITING if amounts is None else EntryStatus.POSTED
    found: dict[int, list[LedgerEntry]] = {}
    for part in _parts(line_ids):
        asked: Any = select(LedgerEntry).where(
            LedgerEntry.budget_line_id.in_(part),
            LedgerEntry.status == status,
            LedgerEntry.entry_date <= as_of,
        )
        for entry in session.scalars(asked.order_by(LedgerEntry.id)):
            if amounts is None or entry.amount in amounts:
                found.setdefault(entry.budget_line_id, []).append(entry)
    return found


def open_orders(session: Session, line_ids: Collection[int]) -> dict[int, list[PurchaseOrder]]:
    """Orders with something left to pay, by line."""
    found: dict[int, list[PurchaseOrder]] = {}
    for part in _parts(line_ids):
        asked = select(PurchaseOrder).where(
            PurchaseOrder.budget_line_id.in_(part), PurchaseOrder.outstanding > NOTHING
        )
        for order in session.scalars(asked.order_by(PurchaseOrder.id)):
            found.setdefault(order.budget_line_id, []).append(order)
    return found
