"""The budget control ledger (ทะเบียนคุมการเบิกจ่ายงบประมาณ): lines, entries, orders, carry-over.

An entry waits until a second person approves it; while it waits, its money is held and nobody else
can spend it. A posted entry is never changed or deleted, only reversed, once. What each entry does
to its line stands in its own columns (`budget_change` … `drawn_change`); the database adds them up
(access/balances.py) into the line, the order and the carry-over, and refuses what would overdraw
them. So a balance is read, never summed. Formulas and invariants: domain §3.4 and §3.8.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Constraint
from sqlalchemy.orm import Mapped, MappedColumn

from entities.base import (
    LONG,
    PARAGRAPH,
    Base,
    InProvinceOrCluster,
    Shared,
    Text,
    check,
    field,
    listing,
    relation,
    to,
    unique,
    unique_at_home,
    within,
)
from entities.governance import Agency
from entities.money import NOTHING, Money, Percent
from entities.projects import Project
from entities.requests import ExpenseCategory, RequestItem
from entities.vocabulary import (
    EntryKind,
    EntryStatus,
    LineStatus,
    SpendingKind,
    TargetKind,
    TargetMeasure,
)
from entities.years import Year

CHANGES = ("budget", "reserve", "order", "paid", "carried", "lapsed", "drawn")
"""What an entry can change: net budget, open reserve, outstanding orders, disbursed, carried over,
lapsed, and drawn from what was carried over."""


def _balance(label: Text, **flags: bool) -> MappedColumn[Any]:
    return field(label, Money(), computed=True, default=NOTHING, **flags)


class BudgetLine(InProvinceOrCluster, Base):
    """A line of a fiscal year's budget: the most that may be paid or committed for its purpose.

    The balances are kept by the database from posted entries; `waiting` is what entries that wait
    for approval hold. available = net_budget − reserved − outstanding − disbursed − carried − lapsed.
    """

    __tablename__ = "budget_line"
    __label__ = _l("Budget line"), _l("Budget lines")
    __order__ = "-fiscal_year"
    __context__ = "budget_code"
    __rules__ = (
        *unique_at_home("budget_line_key", "fiscal_year", "source_key"),
        check("enacted_not_negative", "enacted >= 0"),
        check(
            "available_adds_up",
            "available = net_budget - reserved - outstanding - disbursed - carried - lapsed",
        ),
        check("never_overdrawn", "available - waiting >= 0"),
        check("reserve_not_negative", "reserved >= 0"),
        check("orders_not_negative", "outstanding >= 0"),
        check("disbursed_not_negative", "disbursed >= 0"),
        check("carried_not_negative", "carried - drawn >= 0 AND drawn >= 0 AND lapsed >= 0"),
        check("waiting_not_negative", "waiting >= 0"),
        listing("budget_line_year_province", "fiscal_year", "province_id", "kind"),
        listing("budget_line_project", "project_id"),
    )
    item: Mapped[str] = field(_l("Item"), PARAGRAPH, listed=True, searched=True)
    fiscal_year: Mapped[int] = field(
        _l("Fiscal year"), Year(), listed=True, filtered=True, sorted=True, once=True
    )
    budget_code: Mapped[str | None] = field(_l("Budget code"), searched=True)
    fund_code: Mapped[str | None] = field(_l("Source of funds code"))
    activity_code: Mapped[str | None] = field(_l("Main activity code"))
    cost_center: Mapped[str | None] = field(_l("Cost centre code"))
    plan: Mapped[str | None] = field(_l("Plan"), PARAGRAPH, searched=True)
    output: Mapped[str | None] = field(
        _l("Output or project of the budget"), PARAGRAPH, searched=True
    )
    expense_category_id: Mapped[int | None] = field(
        _l("Expense category"), to("expense_category"), filtered=True
    )
    expense_category: Mapped[ExpenseCategory | None] = relation(expense_category_id)
    kind: Mapped[SpendingKind] = field(_l("Kind of expenditure"), filtered=True)
    agency_id: Mapped[int | None] = field(
        _l("Implementing agency"), within("agency"), listed=True, filtered=True
    )
    agency: Mapped[Agency | None] = relation(agency_id)
    project_id: Mapped[int | None] = field(_l("Project"), within("project"), filtered=True)
    project: Mapped[Project | None] = relation(project_id)
    request_item_id: Mapped[int | None] = field(
        _l("Proposed project"), within("request_item"), computed=True
    )
    request_item: Mapped[RequestItem | None] = relation(request_item_id)
    enacted: Mapped[Decimal] = field(_l("Enacted amount"), Money(), default=NOTHING)
    status: Mapped[LineStatus] = field(
        _l("Status"), computed=True, filtered=True, default=LineStatus.ACTIVE
    )
    source_key: Mapped[str | None] = field(_l("Key in the imported file"), computed=True)
    opens_on: Mapped[date] = field(_l("First day"), computed=True)
    closes_on: Mapped[date] = field(_l("Last day"), computed=True)
    net_budget: Mapped[Decimal] = _balance(_l("Net budget"), listed=True, sorted=True)
    reserved: Mapped[Decimal] = _balance(_l("Reserved"))
    outstanding: Mapped[Decimal] = _balance(_l("Outstanding commitments"), listed=True)
    disbursed: Mapped[Decimal] = _balance(_l("Disbursed"), listed=True, sorted=True)
    carried: Mapped[Decimal] = _balance(_l("Carried over"))
    drawn: Mapped[Decimal] = _balance(_l("Drawn from carry-over"))
    lapsed: Mapped[Decimal] = _balance(_l("Lapsed"))
    available: Mapped[Decimal] = _balance(_l("Available"), listed=True, sorted=True)
    waiting: Mapped[Decimal] = _balance(_l("Held by entries waiting for approval"), filtered=True)

    def __str__(self) -> str:
        return self.item


class PurchaseOrder(InProvinceOrCluster, Base):
    """A purchase order or contract: what was committed to a vendor and what is left to pay."""

    __tablename__ = "purchase_order"
    __label__ = _l("Purchase order"), _l("Purchase orders")
    __order__ = "-signed_on"
    __context__ = "vendor"
    __rules__ = (
        *unique_at_home("purchase_order_number", "number"),
        check(
            "outstanding_adds_up",
            "outstanding = committed - paid - carried",
        ),
        check("never_overpaid", "outstanding - waiting >= 0"),
        check("waiting_not_negative", "waiting >= 0"),
        check("ends_after_signing", "ends_on IS NULL OR ends_on >= signed_on"),
        listing("purchase_order_line", "budget_line_id", "signed_on"),
    )
    number: Mapped[str] = field(_l("PO number"), listed=True, searched=True, once=True)
    budget_line_id: Mapped[int] = field(
        _l("Budget line"), within("budget_line"), listed=True, filtered=True, once=True
    )
    budget_line: Mapped[BudgetLine] = relation(budget_line_id)
    contract_no: Mapped[str | None] = field(_l("Contract number"), searched=True)
    vendor: Mapped[str] = field(_l("Vendor"), searched=True)
    subject: Mapped[str | None] = field(_l("Subject"), PARAGRAPH, searched=True)
    signed_on: Mapped[date] = field(_l("Signed on"), listed=True, filtered=True, sorted=True)
    ends_on: Mapped[date | None] = field(_l("Ends on"), listed=True, filtered=True)
    committed: Mapped[Decimal] = _balance(_l("Committed"), listed=True)
    paid: Mapped[Decimal] = _balance(_l("Paid"), listed=True)
    carried: Mapped[Decimal] = _balance(_l("Carried over"))
    outstanding: Mapped[Decimal] = _balance(_l("Outstanding"), listed=True, sorted=True)
    waiting: Mapped[Decimal] = _balance(_l("Held by entries waiting for approval"))

    def __str__(self) -> str:
        return f"{self.number} {self.vendor}"


OBLIGED_FROM = 2562
"""The first fiscal year of which money is carried over only where it was committed before the year
ended: section 43 of the Budget Procedures Act of 2561 (Royal Gazette 135/92 ก, page 13). Under the
practice before it money without an obligation was carried over too, as the letter ศธ 0201.5/13411
of 20 September 2560 still has it."""


class CarryOver(InProvinceOrCluster, Base):
    """Money of a fiscal year kept to be drawn in the next (กันเงินไว้เบิกเหลื่อมปี), with its own expiry.

    From `OBLIGED_FROM` on only what was committed before the year ended, for at most six months;
    later only by agreement with the Ministry of Finance.
    """

    __tablename__ = "carry_over"
    __label__ = _l("Carry-over"), _l("Carry-overs")
    __order__ = "expires_on"
    __context__ = "budget_line_id"
    __rules__ = (
        *unique_at_home("carry_over_number", "origin_year", "number"),
        check("obligation_has_order", "has_obligation = (order_id IS NOT NULL)"),
        check(
            "without_obligation_by_approval",
            f"has_obligation OR approval_ref IS NOT NULL OR origin_year < {OBLIGED_FROM}",
        ),
        check("remaining_adds_up", "remaining = kept - drawn - lapsed"),
        check("never_overdrawn", "remaining - waiting >= 0"),
        check("waiting_not_negative", "waiting >= 0"),
        check("amount_positive", "amount > 0"),
        check("kept_within_amount", "kept BETWEEN 0 AND amount"),
        listing("carry_over_line", "budget_line_id"),
    )
    number: Mapped[str] = field(_l("Carry-over number"), listed=True, searched=True)
    budget_line_id: Mapped[int] = field(
        _l("Budget line"), within("budget_line"), filtered=True, once=True
    )
    budget_line: Mapped[BudgetLine] = relation(budget_line_id)
    order_id: Mapped[int | None] = field(
        _l("Purchase order"), within("purchase_order"), listed=True, once=True
    )
    order: Mapped[PurchaseOrder | None] = relation(order_id)
    origin_year: Mapped[int] = field(
        _l("Fiscal year of origin"), Year(), computed=True, listed=True, filtered=True
    )
    has_obligation: Mapped[bool] = field(_l("With obligation"), computed=True, filtered=True)
    amount: Mapped[Decimal] = field(_l("Amount"), Money(), listed=True, once=True)
    approval_ref: Mapped[str | None] = field(
        _l("Approval"),
        help=_l(
            "The letter that approves it. From fiscal year 2562 on nothing is carried over without "
            "an order (section 43, Budget Procedures Act of 2561), unless a special approval is "
            "named here."
        ),
    )
    approved_on: Mapped[date | None] = field(_l("Approved on"))
    expires_on: Mapped[date] = field(
        _l("To be drawn until"), computed=True, listed=True, filtered=True, sorted=True
    )
    extension_no: Mapped[int] = field(_l("Extensions"), computed=True, default=0)
    kept: Mapped[Decimal] = _balance(_l("Posted"))
    drawn: Mapped[Decimal] = _balance(_l("Drawn"), listed=True)
    lapsed: Mapped[Decimal] = _balance(_l("Lapsed"))
    remaining: Mapped[Decimal] = _balance(_l("Remaining"), listed=True, sorted=True)
    waiting: Mapped[Decimal] = _balance(_l("Held by entries waiting for approval"))

    def __str__(self) -> str:
        return self.number


class CarryOverExtension(InProvinceOrCluster, Base):
    """One extension of a carry-over: its number (.1, .2 …), the new day, and the agreement."""

    __tablename__ = "carry_over_extension"
    __label__ = _l("Extension of a carry-over"), _l("Extensions of carry-overs")
    __order__ = "number"
    __rules__ = (unique("extension_number", "carry_over_id", "number"),)
    carry_over_id: Mapped[int] = field(
        _l("Carry-over"), within("carry_over"), computed=True, listed=True, filtered=True
    )
    carry_over: Mapped[CarryOver] = relation(carry_over_id)
    number: Mapped[int] = field(_l("Extension"), computed=True, listed=True)
    extended_to: Mapped[date] = field(_l("Extended to"), computed=True, listed=True)
    agreement_ref: Mapped[str] = field(
        _l("Agreement with the Ministry of Finance"), computed=True, listed=True
    )
    agreed_on: Mapped[date] = field(_l("Agreed on"), computed=True, listed=True)

    def __str__(self) -> str:
        return self.agreement_ref


class BudgetTransfer(InProvinceOrCluster, Base):
    """Money moved from one line to another: one act with its approval (Budget Procedures Act §36).

    Its two entries net to zero; they wait, are posted and are reversed together.
    """

    __tablename__ = "budget_transfer"
    __label__ = _l("Budget transfer"), _l("Budget transfers")
    __order__ = "-id"
    __context__ = "approval_ref"
    __rules__ = (
        check("two_lines", "from_line_id <> to_line_id"),
        check("amount_positive", "amount > 0"),
    )
    name: Mapped[str] = field(_l("Transfer"), computed=True, listed=True)
    from_line_id: Mapped[int] = field(
        _l("From line"), within("budget_line"), computed=True, listed=True, filtered=True
    )
    from_line: Mapped[BudgetLine] = relation(from_line_id)
    to_line_id: Mapped[int] = field(
        _l("To line"), within("budget_line"), computed=True, listed=True, filtered=True
    )
    to_line: Mapped[BudgetLine] = relation(to_line_id)
    amount: Mapped[Decimal] = field(_l("Amount"), Money(), computed=True, listed=True)
    transferred_on: Mapped[date] = field(
        _l("Date"), computed=True, listed=True, filtered=True, sorted=True
    )
    approval_ref: Mapped[str] = field(_l("Approval"), computed=True, listed=True, searched=True)
    reason: Mapped[str | None] = field(_l("Reason"), LONG, computed=True)
    status: Mapped[EntryStatus] = field(
        _l("Status"), computed=True, listed=True, filtered=True, default=EntryStatus.WAITING
    )

    def __str__(self) -> str:
        return self.name


def _by_kind(column: str, **amounts: str) -> Constraint:
    """That a change is what its kind makes of the amount; a reversal mirrors another entry's."""
    cases = " ".join(f"WHEN '{kind}' THEN {amount}" for kind, amount in amounts.items())
    known = f"CASE kind {cases} WHEN 'reversal' THEN {column} ELSE 0 END"
    return check(f"{column}_of_kind", f"{column} = {known}")


FRESH = "CASE WHEN carry_over_id IS NULL THEN {} ELSE 0 END"
KEPT = "CASE WHEN carry_over_id IS NULL THEN 0 ELSE {} END"
ORDERED = "CASE WHEN order_id IS NULL OR ({}) THEN 0 ELSE -amount END"


class LedgerEntry(InProvinceOrCluster, Base):
    """An entry of a line's control ledger; numbers run without gap within the line."""

    __tablename__ = "ledger_entry"
    __label__ = _l("Ledger entry"), _l("Ledger entries")
    __order__ = "-id"
    __context__ = "budget_line_id"
    __numbered__ = True
    __rules__ = (
        unique("entry_number", "budget_line_id", "number"),
        unique(
            "entry_reversed_once",
            "reverses_id",
            where="reverses_id IS NOT NULL AND status IN ('waiting', 'posted')",
        ),
        unique(
            "transfer_leg",
            "transfer_id",
            "kind",
            where="transfer_id IS NOT NULL AND kind <> 'reversal'",
        ),
        check("amount_positive", "amount > 0"),
        check("reversal_names_entry", "(kind = 'reversal') = (reverses_id IS NOT NULL)"),
        check(
            "transfer_has_act",
            "kind NOT IN ('transfer_in', 'transfer_out') OR transfer_id IS NOT NULL",
        ),
        check(
            "order_named",
            "kind NOT IN ('commitment', 'commitment_release') OR order_id IS NOT NULL",
        ),
        check("carry_over_named", "kind <> 'carry_over' OR carry_over_id IS NOT NULL"),
        check("approver_is_not_maker", "approved_by IS NULL OR approved_by <> made_by"),
        check("posted_by_somebody", "status <> 'posted' OR approved_by IS NOT NULL"),
        check("posted_with_moment", "(status = 'posted') = (posted_at IS NOT NULL)"),
        check("refusal_has_reason", "status <> 'rejected' OR refusal IS NOT NULL"),
        check(
            "reserve_use_range",
            "reserve_used BETWEEN 0 AND amount"
            " AND (reserve_used = 0 OR kind IN ('commitment', 'disbursement'))",
        ),
        _by_kind(
            "budget_change", allocation="amount", transfer_in="amount", transfer_out="-amount"
        ),
        _by_kind(
            "reserve_change",
            reserve="amount",
            reserve_release="-amount",
            commitment="-reserve_used",
            disbursement="-reserve_used",
        ),
        _by_kind(
            "order_change",
            commitment="amount",
            commitment_release="-amount",
            disbursement=ORDERED.format("carry_over_id IS NOT NULL"),
            carry_over=ORDERED.format("1 = 0"),
        ),
        _by_kind(
            "paid_change",
            disbursement=FRESH.format("amount"),
            refund=FRESH.format("-amount"),
        ),
        _by_kind("carried_change", carry_over="amount", lapse=KEPT.format("-amount")),
        _by_kind("lapsed_change", lapse="amount"),
        _by_kind(
            "drawn_change",
            disbursement=KEPT.format("amount"),
            refund=KEPT.format("-amount"),
        ),
        listing("entry_line_day", "budget_line_id", "entry_date", "number"),
        listing("entry_waiting", "status", "province_id"),
        listing("entry_order", "order_id"),
        listing("entry_carry_over", "carry_over_id"),
    )
    description: Mapped[str] = field(_l("Description"), PARAGRAPH, listed=True, searched=True)
    budget_line_id: Mapped[int] = field(
        _l("Budget line"), within("budget_line"), listed=True, filtered=True, once=True
    )
    budget_line: Mapped[BudgetLine] = relation(budget_line_id)
    number: Mapped[int] = field(_l("No."), computed=True, listed=True)
    entry_date: Mapped[date] = field(_l("Date"), listed=True, filtered=True, sorted=True, once=True)
    kind: Mapped[EntryKind] = field(_l("Kind"), listed=True, filtered=True, once=True)
    doc_no: Mapped[str | None] = field(_l("Document number"), listed=True, searched=True)
    doc_date: Mapped[date | None] = field(_l("Document date"))
    payee: Mapped[str | None] = field(_l("Payee or contractor"), listed=True, searched=True)
    order_id: Mapped[int | None] = field(
        _l("Purchase order"), within("purchase_order"), filtered=True, once=True
    )
    order: Mapped[PurchaseOrder | None] = relation(order_id)
    carry_over_id: Mapped[int | None] = field(
        _l("Carry-over"), within("carry_over"), filtered=True, once=True
    )
    carry_over: Mapped[CarryOver | None] = relation(carry_over_id)
    transfer_id: Mapped[int | None] = field(
        _l("Budget transfer"), within("budget_transfer"), computed=True
    )
    transfer: Mapped[BudgetTransfer | None] = relation(transfer_id)
    reverses_id: Mapped[int | None] = field(_l("Reverses"), within("ledger_entry"), computed=True)
    reverses: Mapped["LedgerEntry | None"] = relation(reverses_id, remote_side="LedgerEntry.id")
    amount: Mapped[Decimal] = field(_l("Amount"), Money(), listed=True, sorted=True, once=True)
    reserve_used: Mapped[Decimal] = field(
        _l("Taken from the reserve"),
        Money(),
        default=NOTHING,
        once=True,
        help=_l("How much of it was reserved before."),
    )
    status: Mapped[EntryStatus] = field(
        _l("Status"), computed=True, listed=True, filtered=True, default=EntryStatus.WAITING
    )
    maker_name: Mapped[str | None] = field(_l("Made by"), computed=True)
    approved_by: Mapped[int | None] = field(_l("Account of the approver"), computed=True)
    approver_name: Mapped[str | None] = field(_l("Decided by"), computed=True)
    posted_at: Mapped[datetime | None] = field(_l("Posted at"), computed=True)
    refusal: Mapped[str | None] = field(_l("Reason for refusal"), PARAGRAPH, computed=True)
    budget_change: Mapped[Decimal] = _balance(_l("Change of the net budget"))
    reserve_change: Mapped[Decimal] = _balance(_l("Change of the reserve"))
    order_change: Mapped[Decimal] = _balance(_l("Change of commitments"))
    paid_change: Mapped[Decimal] = _balance(_l("Change of disbursement"))
    carried_change: Mapped[Decimal] = _balance(_l("Change of carry-over"))
    lapsed_change: Mapped[Decimal] = _balance(_l("Change of lapsed money"))
    drawn_change: Mapped[Decimal] = _balance(_l("Drawn from carry-over"))

    def __str__(self) -> str:
        return self.description


class FiscalYearClose(InProvinceOrCluster, Base):
    """That a fiscal year of a province or cluster is closed: from then on it is read-only."""

    __tablename__ = "fiscal_year_close"
    __label__ = _l("Closed fiscal year"), _l("Closed fiscal years")
    __order__ = "-fiscal_year"
    __rules__ = (*unique_at_home("fiscal_year_closed", "fiscal_year"),)
    name: Mapped[str] = field(_l("Name"), computed=True, listed=True)
    fiscal_year: Mapped[int] = field(
        _l("Fiscal year"), Year(), computed=True, listed=True, filtered=True, sorted=True
    )
    closed_on: Mapped[date] = field(_l("Closed on"), computed=True, listed=True)
    note: Mapped[str | None] = field(_l("Note"), LONG, computed=True)

    def __str__(self) -> str:
        return self.name


class DisbursementTarget(Shared, Base):
    """What share must be disbursed (or used) by a month's end; an empty target is shown as a dash."""

    __tablename__ = "disbursement_target"
    __label__ = _l("Disbursement target"), _l("Disbursement targets")
    __order__ = "-as_of"
    __rules__ = (
        unique("target_of_month", "as_of", "kind", "measure"),
        check("percent_range", "percent BETWEEN 0 AND 10000"),
        check("quarter_range", "quarter BETWEEN 1 AND 4"),
    )
    name: Mapped[str] = field(_l("Name"), computed=True)
    fiscal_year: Mapped[int] = field(
        _l("Fiscal year"), Year(), computed=True, listed=True, filtered=True
    )
    quarter: Mapped[int] = field(_l("Quarter"), computed=True, listed=True, filtered=True)
    as_of: Mapped[date] = field(
        _l("At the end of"),
        listed=True,
        filtered=True,
        sorted=True,
        help=_l("Any day of the month; the target holds for its last day."),
    )
    kind: Mapped[TargetKind] = field(_l("Kind of expenditure"), listed=True, filtered=True)
    measure: Mapped[TargetMeasure] = field(_l("Measure"), listed=True, filtered=True)
    percent: Mapped[Decimal] = field(_l("Target (%)"), Percent(), listed=True)
    source: Mapped[str | None] = field(_l("Source"), PARAGRAPH, listed=True, optional=True)

    def __str__(self) -> str:
        return self.name
