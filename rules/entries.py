"""What an entry of the control ledger changes, and what must hold before it is made.

Whoever writes locks the line first, so that two who spend the last baht come one after the other;
the person is told what is left, and the database refuses once more (access/balances.py).
Formulas and invariants: domain §3.4 and §3.8; the verbs stand in `rules/ledger.py`.
"""

from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, bindparam, inspect, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import get_history

from access import viewer as who
from access.database import PREPARED
from entities import dates
from entities.base import Base
from entities.ledger import CHANGES
from entities.money import NOTHING, shown
from entities.vocabulary import EntryKind, LineStatus
from figures import ledger as figures
from models import BudgetLine, CarryOver, FiscalYearClose, LedgerEntry, PurchaseOrder
from rules import numbers
from rules.base import Broken, check_together, complete, linked, today_of

K = EntryKind
SERIES = "ledger_entry:{}"
"""One series of numbers for each budget line."""
ORDERED = frozenset({K.COMMITMENT, K.COMMITMENT_RELEASE})
BY_ACT = frozenset({K.TRANSFER_IN, K.TRANSFER_OUT, K.CARRY_OVER, K.REVERSAL})
"""Kinds that only a verb makes: they come with a transfer, a carry-over or the entry reversed."""
CLOSING = frozenset({K.CARRY_OVER, K.LAPSE})
"""Kinds that close a fiscal year, dated on its last day."""
BY_HAND = tuple(kind for kind in EntryKind if kind not in BY_ACT)
EFFECTS: dict[EntryKind, dict[str, int]] = {
    K.ALLOCATION: {"budget": 1},
    K.TRANSFER_IN: {"budget": 1},
    K.TRANSFER_OUT: {"budget": -1},
    K.RESERVE: {"reserve": 1},
    K.RESERVE_RELEASE: {"reserve": -1},
    K.COMMITMENT: {"order": 1},
    K.COMMITMENT_RELEASE: {"order": -1},
    K.DISBURSEMENT: {"paid": 1},
    K.REFUND: {"paid": -1},
    K.LAPSE: {"lapsed": 1},
}
EFFECTS_KEPT: dict[EntryKind, dict[str, int]] = {
    K.CARRY_OVER: {"carried": 1},
    K.DISBURSEMENT: {"drawn": 1},
    K.REFUND: {"drawn": -1},
    K.LAPSE: {"carried": -1, "lapsed": 1},
}
"""The same of what goes against a carry-over."""


def changes(
    kind: EntryKind,
    amount: Decimal,
    *,
    ordered: bool = False,
    kept: bool = False,
    reserve_used: Decimal = NOTHING,
) -> dict[str, Decimal]:
    """What an entry of a kind changes, by the names of `CHANGES`; a reversal is not asked here.

    `ordered`: it names a purchase order; `kept`: it goes against a carry-over.
    """
    found = dict.fromkeys(CHANGES, NOTHING)
    for name, sign in (EFFECTS_KEPT if kept else EFFECTS)[kind].items():
        found[name] = amount * sign
    if ordered and (kind is K.CARRY_OVER or (kind is K.DISBURSEMENT and not kept)):
        found["order"] = -amount
    found["reserve"] -= reserve_used
    return found


def locked(session: Session, entity: type[Base], key: int) -> Any:
    """A record as it stands now, kept from others until the transaction ends.

    Rows that point at it may still be written: a full lock would wait for their foreign keys.
    """
    found = session.scalar(_locking(entity), {"wanted": key})
    if found is None:
        raise Broken(_("This record is not there, or not within your reach."))
    return found


@cache
def _locking(entity: type[Base]) -> Select[Any]:
    """Put together once: nearly every act locks what it is about."""
    return (
        select(entity)
        .where(entity.id == bindparam("wanted"))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True, **PREPARED)
    )


@complete(BudgetLine)
def _years_days(line: BudgetLine, _session: Session) -> None:
    if line.fiscal_year is not None and line.opens_on is None:
        if not 2400 <= line.fiscal_year <= 2699:
            raise Broken(
                _("Type the fiscal year of the Buddhist era, such as 2569."), "fiscal_year"
            )
        line.opens_on = dates.fiscal_year_start(line.fiscal_year)
        line.closes_on = dates.fiscal_year_end(line.fiscal_year)


@complete(BudgetLine)
@complete(PurchaseOrder)
@complete(CarryOver)
def _balances_stand(row: Any, _session: Session) -> None:
    """Balances come from entries alone: nobody sets one, not even at the beginning."""
    for name in KEPT_BY_ENTRIES & row.__dict__.keys():
        if row.__dict__[name] and get_history(row, name).added:
            raise Broken(_("A balance is changed by entries alone."), name)


KEPT_BY_ENTRIES = frozenset(
    {"net_budget", "reserved", "outstanding", "disbursed", "committed", "paid", "kept", "carried",
     "drawn", "lapsed", "available", "remaining", "waiting"}
)  # fmt: skip


@check_together(BudgetLine)
def _years_open(lines: list[BudgetLine], session: Session) -> None:
    """A closed year's lines stay as they are; asked once for each home and year."""
    for line in {(one.province_id, one.cluster_id, one.fiscal_year): one for one in lines}.values():
        refuse_closed(line, session)


def refuse_closed(line: BudgetLine, session: Session) -> None:
    """Raise Broken where the line's fiscal year is closed: it is read-only from then on."""
    home = "province_id" if line.province_id else "cluster_id"
    told = {"year": line.fiscal_year, "home": getattr(line, home)}
    if session.scalar(_closing(home), told) is not None:
        raise Broken(
            _("Fiscal year %(year)s is closed; nothing in it can change.", year=line.fiscal_year)
        )


@cache
def _closing(home: str) -> Select[Any]:
    """The closing of a year at a home; put together once, for every entry asks."""
    return (
        select(FiscalYearClose.id)
        .where(
            FiscalYearClose.fiscal_year == bindparam("year"),
            getattr(FiscalYearClose, home) == bindparam("home"),
        )
        .limit(1)
    )


@complete(LedgerEntry)
def _made(entry: LedgerEntry, session: Session) -> None:
    """A new entry locks its line, takes the line's next number, and is told what is left."""
    if inspect(entry).persistent or entry.number is not None:
        return
    key = entry.budget_line_id or (entry.budget_line.id if entry.budget_line else None)
    if key is None or entry.amount is None or entry.kind is None:
        return
    line = locked(session, BudgetLine, key)
    entry.budget_line = line
    if entry.kind is not K.REVERSAL:
        _fits(entry, line, session)
        _name_payee(entry, session)
        _set_changes(entry)
    _within_year(entry, line, session)
    _refuse_ahead(entry, line, session)
    _covered(entry, line, session)
    entry.maker_name = entry.maker_name or who.of(session).name
    entry.number = numbers.take(session, SERIES.format(line.id))


def _name_payee(entry: LedgerEntry, session: Session) -> None:
    """Money on an order goes to its vendor, unless somebody else is named."""
    order = linked(entry, "order", session)
    if order is not None and not entry.payee:
        entry.payee = order.vendor


def _set_changes(entry: LedgerEntry) -> None:
    found = changes(
        entry.kind,
        entry.amount,
        ordered=(entry.order_id or entry.order) is not None,
        kept=(entry.carry_over_id or entry.carry_over) is not None,
        reserve_used=entry.reserve_used or NOTHING,
    )
    for name, change in found.items():
        setattr(entry, f"{name}_change", change)


def _fits(entry: LedgerEntry, line: BudgetLine, session: Session) -> None:
    """What a kind needs and what it cannot have, each with the field that says so."""
    if entry.amount <= 0:
        raise Broken(_("The amount must be above zero."), "amount")
    if line.status is not LineStatus.ACTIVE:
        raise Broken(_("The line is “%(state)s”; nothing is entered on it.", state=line.status))
    if (entry.carry_over_id or entry.carry_over) and entry.kind not in EFFECTS_KEPT:
        raise Broken(_("An entry of this kind does not go against a carry-over."), "carry_over_id")
    if entry.kind in BY_ACT and not (entry.transfer or entry.transfer_id or entry.carry_over):
        raise Broken(_("An entry of this kind is made by its own act, not by hand."), "kind")
    order, kept = linked(entry, "order", session), linked(entry, "carry_over", session)
    if entry.kind in ORDERED and order is None:
        raise Broken(_("Choose the purchase order."), "order_id")
    if order is not None and order.budget_line_id != line.id:
        raise Broken(_("This order belongs to another line."), "order_id")
    if kept is not None and kept.budget_line_id != line.id:
        raise Broken(_("This carry-over belongs to another line."), "carry_over_id")
    used = entry.reserve_used or NOTHING
    if used and (entry.kind not in (K.COMMITMENT, K.DISBURSEMENT) or used > entry.amount):
        raise Broken(
            _("Only a commitment or a payment takes from the reserve, at most its amount."),
            "reserve_used",
        )


def draws(entry: LedgerEntry) -> bool:
    """Whether an entry touches only carried money: the line's own year is past."""
    return bool(entry.drawn_change or (entry.lapsed_change and entry.carry_over_id))


def _within_year(entry: LedgerEntry, line: BudgetLine, session: Session) -> None:
    if draws(entry):
        kept = linked(entry, "carry_over", session)
        if not line.closes_on < entry.entry_date:
            raise Broken(_("Carried money is drawn after its fiscal year has ended."), "entry_date")
        if entry.drawn_change > 0 and entry.entry_date > kept.expires_on:
            raise Broken(
                _("This carry-over ended on %(day)s.", day=dates.short_date(kept.expires_on, "th")),
                "entry_date",
            )
        return
    refuse_closed(line, session)
    if not line.opens_on <= entry.entry_date <= line.closes_on:
        raise Broken(
            _(
                "The line belongs to fiscal year %(year)s; the day must lie in it.",
                year=line.fiscal_year,
            ),
            "entry_date",
        )


def _refuse_ahead(entry: LedgerEntry, line: BudgetLine, session: Session) -> None:
    """An entry bears the day of its document, so none lies ahead of today (domain §3.2, §3.6).

    What closes a year bears the year's last day, also where it is prepared before that day, and
    its reversal with it.
    """
    if entry.entry_date <= today_of(session):
        return
    reversed_one = linked(entry, "reverses", session)
    kind = entry.kind if reversed_one is None else reversed_one.kind
    if kind in CLOSING and entry.entry_date == line.closes_on:
        return
    raise Broken(
        _("An entry bears the day of its document; this day is still to come."), "entry_date"
    )


def _covered(entry: LedgerEntry, line: BudgetLine, session: Session) -> None:
    """Whether order, carry-over, reserve and line still hold what the entry takes from them."""
    order, kept = linked(entry, "order", session), linked(entry, "carry_over", session)
    if order is not None and entry.order_change < 0:
        order = locked(session, PurchaseOrder, order.id)
        _refuse_beyond(order.outstanding - order.waiting, -entry.order_change, _order_left)
    if kept is not None and figures.remaining_change(entry) < 0:
        kept = locked(session, CarryOver, kept.id)
        _refuse_beyond(
            kept.remaining - kept.waiting, -figures.remaining_change(entry), _carried_left
        )
    if entry.reserve_change < 0:
        _refuse_beyond(line.reserved, -entry.reserve_change, _reserve_left)
    if figures.available_change(entry) < 0:
        _refuse_beyond(line.available - line.waiting, -figures.available_change(entry), _line_left)


def _refuse_beyond(left: Decimal, asked: Decimal, message: Callable[[str, str], str]) -> None:
    if asked > left:
        raise Broken(message(shown(max(left, NOTHING)), shown(asked)), "amount")


def _line_left(left: str, asked: str) -> str:
    told: str = _(
        "Only %(left)s baht are left on this line; this takes %(asked)s.", left=left, asked=asked
    )
    return told


def _order_left(left: str, asked: str) -> str:
    told: str = _(
        "Only %(left)s baht are left on this order; this takes %(asked)s.", left=left, asked=asked
    )
    return told


def _carried_left(left: str, asked: str) -> str:
    told: str = _(
        "Only %(left)s baht are left of this carry-over; this takes %(asked)s.",
        left=left,
        asked=asked,
    )
    return told


def _reserve_left(left: str, asked: str) -> str:
    told: str = _(
        "Only %(left)s baht are reserved on this line; this takes %(asked)s.",
        left=left,
        asked=asked,
    )
    return told
