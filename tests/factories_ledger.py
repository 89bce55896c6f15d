"""One row of every entity of the control ledger at a home; `tests/factories.py` takes them up."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from entities.base import Base
from entities.vocabulary import EntryKind, SpendingKind, TargetKind, TargetMeasure
from models import (
    Agency,
    BudgetLine,
    BudgetTransfer,
    CarryOver,
    CarryOverExtension,
    DisbursementTarget,
    FiscalYearClose,
    LedgerEntry,
    PurchaseOrder,
    Reconciliation,
    ReconciliationRow,
)

if TYPE_CHECKING:
    from tests.factories import Home, Rows

YEAR = 2569
DAY = date(2026, 1, 5)
THOUSAND = Decimal("1000.00")


def _line(home: "Home", rows: "Rows", item: str = "ปรับปรุงถนน") -> BudgetLine:
    return BudgetLine(
        **home.keys,
        item=f"{item} {home.mark}",
        fiscal_year=YEAR,
        kind=SpendingKind.CAPITAL,
        agency=rows.get(Agency),
        enacted=THOUSAND,
    )


def _purchase_order(home: "Home", rows: "Rows") -> PurchaseOrder:
    return PurchaseOrder(
        **home.keys,
        number=f"70{home.mark}",
        vendor=f"ผู้รับจ้าง {home.mark}",
        budget_line=rows[BudgetLine],
        signed_on=DAY,
    )


def _carry_over(home: "Home", rows: "Rows") -> CarryOver:
    return CarryOver(
        **home.keys,
        number=f"1/{home.mark}",
        budget_line=rows[BudgetLine],
        amount=THOUSAND,
        approval_ref="ที่ กค 0001/1",
    )


def _extension(home: "Home", rows: "Rows") -> CarryOverExtension:
    return CarryOverExtension(
        **home.keys,
        carry_over=rows[CarryOver],
        number=1,
        extended_to=date(2027, 9, 30),
        agreement_ref=f"ที่ กค 0002/{home.mark}",
        agreed_on=date(2027, 3, 1),
    )


def _transfer(home: "Home", rows: "Rows") -> BudgetTransfer:
    return BudgetTransfer(
        **home.keys,
        name=f"โอนงบประมาณ {home.mark}",
        from_line=rows[BudgetLine],
        to_line=_line(home, rows, "ขุดลอกคลอง"),
        amount=THOUSAND,
        transferred_on=DAY,
        approval_ref=f"ที่ {home.mark}",
    )


def _entry(home: "Home", rows: "Rows") -> LedgerEntry:
    return LedgerEntry(
        **home.keys,
        budget_line=rows[BudgetLine],
        description=f"จัดสรรงวดที่ 1 {home.mark}",
        kind=EntryKind.ALLOCATION,
        amount=THOUSAND,
        entry_date=DAY,
    )


def _close(home: "Home", rows: "Rows") -> FiscalYearClose:
    year = 2561 if home.mark == "neighbour" else 2560
    return FiscalYearClose(
        **home.keys,
        name=f"ปิดปี {home.mark}",
        fiscal_year=year,
        closed_on=date(2018, 12, 3),
    )


def _reconciliation(home: "Home", rows: "Rows") -> Reconciliation:
    return Reconciliation(
        **home.keys,
        name=f"เทียบยอด {home.mark}",
        fiscal_year=YEAR,
        as_of=DAY,
        file_name="gfmis.xlsx",
        sha256="0" * 64,
        matched=1,
        differing=0,
    )


def _reconciliation_row(home: "Home", rows: "Rows") -> ReconciliationRow:
    return ReconciliationRow(
        **home.keys,
        budget_code=f"70021318 {home.mark}",
        reconciliation=rows[Reconciliation],
        budget_line=rows[BudgetLine],
        agrees=True,
    )


def target() -> DisbursementTarget:
    """A target of the whole country."""
    return DisbursementTarget(
        as_of=date(2026, 9, 30),
        kind=TargetKind.OVERALL,
        measure=TargetMeasure.DISBURSE,
        percent=Decimal("93.00"),
    )


LEDGER: dict[type[Base], Callable[["Home", "Rows"], Any]] = {
    BudgetLine: _line,
    PurchaseOrder: _purchase_order,
    CarryOver: _carry_over,
    CarryOverExtension: _extension,
    BudgetTransfer: _transfer,
    LedgerEntry: _entry,
    FiscalYearClose: _close,
    Reconciliation: _reconciliation,
    ReconciliationRow: _reconciliation_row,
}
"""Behind the agencies, in the order in which they hang on each other."""
