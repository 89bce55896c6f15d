"""The control ledger's verbs: enter, commit, transfer, approve, reject, withdraw, reverse.

An entry is made by one person and approved by another; then it stands for good and is corrected
only by a reversal, once. A transfer is one act that names both lines and carries its approval
(Budget Procedures Act of 2561, §36): its two entries wait, are posted and are reversed together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from access import scope
from access import viewer as who
from entities import dates, thai
from entities.ledger import CHANGES
from entities.vocabulary import EntryKind, EntryStatus, LineStatus, TargetKind, TargetMeasure
from models import BudgetLine, BudgetTransfer, DisbursementTarget, LedgerEntry, PurchaseOrder
from rules import entries
from rules.base import Broken, check, complete, linked, too_long

K, S = EntryKind, EntryStatus
TRANSFERRED = "โอนงบประมาณจาก {} ไป {}"
REVERSED = "กลับรายการลำดับ {} {}"
"""Official wording that is written into records, whatever language the screen has."""
LONGEST_NAME, LONGEST_TEXT = 300, 1000
"""Characters that a transfer's name and an entry's description hold."""


@dataclass(frozen=True)
class Officer:
    """Who makes or decides on an entry: an account's id, and the name that stays with the entry."""

    user_id: int
    name: str


def by(maker: Officer | None) -> dict[str, Any]:
    """What an entry says of its maker where the system acts for a person; empty otherwise."""
    return {} if maker is None else {"made_by": maker.user_id, "maker_name": maker.name}


def enter(entry: LedgerEntry, session: Session) -> LedgerEntry:
    """Enter an entry on its line: it gets its number, waits for approval and holds its money.

    Raises Broken, with what is left, where the line, order or carry-over does not cover it.
    """
    session.add(entry)
    try:
        session.flush()
    except Broken:
        session.expunge(entry)
        raise
    return entry


@dataclass(frozen=True)
class Order:
    """What is written down of a new purchase order or contract."""

    number: str
    vendor: str
    signed_on: date
    contract_no: str | None = None
    subject: str | None = None
    ends_on: date | None = None


def commit(line: BudgetLine, told: Order, entry: LedgerEntry, session: Session) -> PurchaseOrder:
    """Commit money to a new order: the order and its first entry are made by one act."""
    order = _fallen_order(line, told, session) or PurchaseOrder(budget_line=line)
    for name, value in vars(told).items():
        setattr(order, name, value)
    session.add(order)
    session.flush()
    entry.budget_line, entry.kind, entry.order = line, K.COMMITMENT, order
    entry.doc_no, entry.payee = entry.doc_no or told.number, entry.payee or told.vendor
    enter(entry, session)
    return order


def _fallen_order(line: BudgetLine, told: Order, session: Session) -> PurchaseOrder | None:
    """The order of this number that never came about, so that its number serves again."""
    known = session.scalar(
        select(PurchaseOrder).where(
            PurchaseOrder.number == told.number,
            PurchaseOrder.province_id == line.province_id
            if line.province_id
            else PurchaseOrder.cluster_id == line.cluster_id,
        )
    )
    if known is None:
        return None
    lives = select(LedgerEntry.id).where(
        LedgerEntry.order_id == known.id, LedgerEntry.status.in_((S.WAITING, S.POSTED))
    )
    if known.budget_line_id != line.id or session.scalar(lives.limit(1)) is not None:
        raise Broken(_("Order %(number)s is already there.", number=told.number), "number")
    return known


def transfer(
    source: BudgetLine,
    target: BudgetLine,
    amount: Decimal,
    on: date,
    approval_ref: str,
    session: Session,
    reason: str | None = None,
    maker: Officer | None = None,
) -> BudgetTransfer:
    """Move money between two lines of one home and year; it waits, held on the source line.

    `maker` is given only where the system acts for a person.
    """
    _refuse_strange_transfer(source, target, approval_ref)
    for line in sorted((source, target), key=lambda one: one.id):
        entries.locked(session, BudgetLine, line.id)
    moved = BudgetTransfer(
        from_line=source,
        to_line=target,
        amount=amount,
        transferred_on=on,
        approval_ref=approval_ref,
        reason=reason,
        name=_transfer_name(source, target),
    )
    session.add(moved)
    for kind, line in ((K.TRANSFER_OUT, source), (K.TRANSFER_IN, target)):
        leg = LedgerEntry(
            budget_line=line, kind=kind, amount=amount, entry_date=on, doc_no=approval_ref,
            transfer=moved, description=moved.name, **by(maker),
        )  # fmt: skip
        enter(leg, session)
    return moved


def _transfer_name(source: BudgetLine, target: BudgetLine) -> str:
    """What a transfer is called; long names of its lines stand shortened, and say so."""
    most = (LONGEST_NAME - len(TRANSFERRED.format("", ""))) // 2
    return TRANSFERRED.format(*(thai.shorten(str(line), most) for line in (source, target)))


def _refuse_strange_transfer(source: BudgetLine, target: BudgetLine, approval_ref: str) -> None:
    if source.id == target.id:
        raise Broken(_("Choose two different lines."), "to_line")
    if (source.province_id, source.cluster_id) != (target.province_id, target.cluster_id):
        raise Broken(
            _("Money moves only between lines of the same province or cluster."), "to_line"
        )
    if source.fiscal_year != target.fiscal_year:
        raise Broken(_("Money moves only within one fiscal year."), "to_line")
    if not approval_ref.strip():
        raise Broken(_("A transfer needs its approval."), "approval_ref")


def legs(entry: LedgerEntry, session: Session) -> Sequence[LedgerEntry]:
    """The entries that are decided with this one: of a transfer the one going out first."""
    if entry.transfer_id is None:
        return [entry]
    same = select(LedgerEntry).where(
        LedgerEntry.transfer_id == entry.transfer_id, LedgerEntry.status == entry.status
    )
    found = session.scalars(same.order_by(LedgerEntry.id)).all()
    reversal = entry.kind is K.REVERSAL
    return [leg for leg in found if (leg.kind is K.REVERSAL) is reversal]


def approve(
    entry: LedgerEntry, session: Session, now: datetime, approver: Officer | None = None
) -> None:
    """Post a waiting entry (of a transfer both); the maker cannot approve.

    `approver` is given only where the system acts, as when a demonstration is made.
    """
    person = _person(session, approver)
    together = _waiting(entry, session, "approve")
    for leg in together:
        if leg.made_by == person.user_id:
            raise Broken(_("Whoever made an entry cannot approve it."))
    for leg in together:
        leg.posted_at = now
        _decide(leg, S.POSTED, person)
        session.flush()
    _follow(entry, S.POSTED, session)


def reject(
    entry: LedgerEntry,
    reason: str,
    session: Session,
    approver: Officer | None = None,
) -> None:
    """Refuse a waiting entry with a reason: its number stays, its money is free again."""
    if not reason.strip():
        raise Broken(_("Say why."), "reason")
    person = _person(session, approver)
    for leg in _waiting(entry, session, "approve"):
        leg.refusal = reason
        _decide(leg, S.REJECTED, person)
    _follow(entry, S.REJECTED, session)


def withdraw(entry: LedgerEntry, session: Session) -> None:
    """Take back an entry that still waits; only its maker can."""
    viewer = who.of(session)
    if not viewer.system and entry.made_by != viewer.user_id:
        raise Broken(_("Only the person who made an entry can withdraw it."))
    for leg in _waiting(entry, session, "withdraw"):
        leg.status = S.WITHDRAWN
    _follow(entry, S.WITHDRAWN, session)


def _waiting(entry: LedgerEntry, session: Session, verb: str) -> Sequence[LedgerEntry]:
    """The entries to decide on, with their lines kept from others; Broken once decided."""
    _hold_lines(entry, session)
    if entry.status is not S.WAITING:
        raise Broken(_("This entry was already decided: “%(state)s”.", state=entry.status))
    together = legs(entry, session)
    for leg in together:
        scope.permit(session, leg, verb)
    return together


def _hold_lines(entry: LedgerEntry, session: Session) -> None:
    """Lock the line of an entry (of a transfer both, in order), then see how the entry stands now."""
    moved = linked(entry, "transfer", session)
    lines = {entry.budget_line_id, *((moved.from_line_id, moved.to_line_id) if moved else ())}
    for line_id in sorted(lines):
        entries.locked(session, BudgetLine, line_id)
    entries.locked(session, LedgerEntry, entry.id)


def _person(session: Session, given: Officer | None) -> Officer:
    viewer = who.of(session)
    if viewer.system and given is not None:
        return given
    if viewer.user_id is None:
        raise Broken(_("An entry is approved by a person."))
    return Officer(viewer.user_id, viewer.name)


def _decide(entry: LedgerEntry, to: EntryStatus, person: Officer) -> None:
    entry.status, entry.approved_by, entry.approver_name = to, person.user_id, person.name


def _follow(entry: LedgerEntry, to: EntryStatus, session: Session) -> None:
    """Let a transfer's own state follow its entries, and forget balances read before."""
    session.flush()
    if entry.kind is not K.REVERSAL and (moved := linked(entry, "transfer", session)) is not None:
        scope.permit(session, moved, "withdraw" if to is S.WITHDRAWN else "approve")
        moved.status = to
        session.flush()
    for name in ("budget_line", "order", "carry_over"):
        if (kept := linked(entry, name, session)) is not None:
            session.expire(kept)


def reverse(
    entry: LedgerEntry, reason: str, session: Session, today: date, maker: Officer | None = None
) -> list[LedgerEntry]:
    """Enter the reversal of a posted entry (of a transfer both): equal, opposite, once."""
    if not reason.strip():
        raise Broken(_("Say why."), "reason")
    if entry.kind is K.REVERSAL:
        raise Broken(_("A reversal is not reversed; enter the entry anew."))
    _hold_lines(entry, session)
    if entry.status is not S.POSTED:
        raise Broken(_("Only a posted entry is reversed; withdraw this one instead."))
    return [_mirror(leg, reason, session, today, maker) for leg in legs(entry, session)]


def _mirror(
    entry: LedgerEntry, reason: str, session: Session, today: date, maker: Officer | None
) -> LedgerEntry:
    scope.permit(session, entry, "reverse")
    if reversal_of(entry, session) is not None:
        raise Broken(_("Entry %(number)s is already reversed.", number=entry.number))
    line = linked(entry, "budget_line", session)
    mirrored = LedgerEntry(
        budget_line=line, kind=K.REVERSAL, amount=entry.amount, reverses=entry,
        entry_date=_reversal_day(entry, line, today), doc_no=entry.doc_no, payee=entry.payee,
        order_id=entry.order_id, carry_over_id=entry.carry_over_id, transfer_id=entry.transfer_id,
        description=_reversed_words(entry, reason), **by(maker),
        **{f"{name}_change": -getattr(entry, f"{name}_change") for name in CHANGES},
    )  # fmt: skip
    return enter(mirrored, session)


def _reversed_words(entry: LedgerEntry, reason: str) -> str:
    """What a reversal says: which entry, and why; Broken where the reason has no room."""
    room = LONGEST_TEXT - len(REVERSED.format(entry.number, ""))
    if len(reason) > room:
        raise Broken(too_long(reason, room), "reason")
    return REVERSED.format(entry.number, reason)


def _reversal_day(entry: LedgerEntry, line: BudgetLine, today: date) -> date:
    """Today; for a year that is past but not closed its last day."""
    if entries.draws(entry) or today <= line.closes_on:
        return max(today, entry.entry_date)
    return line.closes_on


def reversal_of(entry: LedgerEntry, session: Session) -> LedgerEntry | None:
    """The reversal of an entry that waits or is posted, if there is one."""
    return session.scalar(
        select(LedgerEntry).where(
            LedgerEntry.budget_line_id == entry.budget_line_id,
            LedgerEntry.reverses_id == entry.id,
            LedgerEntry.status.in_((S.WAITING, S.POSTED)),
        )
    )


def freeze(line: BudgetLine, session: Session) -> None:
    """Let nothing more be entered on a line, until it is freed again."""
    scope.permit(session, line, "freeze")
    if line.status is not LineStatus.ACTIVE:
        raise Broken(_("The line is not in use."))
    line.status = LineStatus.FROZEN


def free(line: BudgetLine, session: Session) -> None:
    """Let a frozen line be used again."""
    scope.permit(session, line, "freeze")
    if line.status is not LineStatus.FROZEN:
        raise Broken(_("The line is not frozen."))
    line.status = LineStatus.ACTIVE


@check(PurchaseOrder)
def _order_days(order: PurchaseOrder, session: Session) -> None:
    if order.ends_on and order.ends_on < order.signed_on:
        raise Broken(_("The order must not end before it is signed."), "ends_on")
    entries.refuse_closed(linked(order, "budget_line", session), session)


TARGETED = "เป้าหมาย{}{} สิ้น{}"
MEASURED = {TargetMeasure.DISBURSE: "เบิกจ่าย", TargetMeasure.USE: "ใช้จ่าย"}
SPENT = {
    TargetKind.OVERALL: "ภาพรวม",
    TargetKind.CURRENT: "รายจ่ายประจำ",
    TargetKind.CAPITAL: "รายจ่ายลงทุน",
}


@complete(DisbursementTarget)
def _target_day(target: DisbursementTarget, _session: Session) -> None:
    """A target holds for the last day of its month; year, quarter and name follow."""
    if target.as_of is None or target.kind is None or target.measure is None:
        return
    target.as_of = dates.month_end(target.as_of)
    target.fiscal_year = dates.fiscal_year(target.as_of)
    target.quarter = dates.fiscal_quarter(target.as_of)
    month = (
        f"{dates.month_name(target.as_of.month, 'th', short=True)} {dates.be_year(target.as_of)}"
    )
    target.name = TARGETED.format(MEASURED[target.measure], SPENT[target.kind], month)
