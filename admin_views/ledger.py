"""Screens of the control ledger: lines, entries, orders, carry-over, targets."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from access.database import db
from admin_views import lists
from admin_views.base import EntityView
from admin_views.budget_import import BudgetImport
from admin_views.carrying import BudgetTransferView, CarryOverView
from admin_views.closing import FiscalYearCloseView
from admin_views.lines import BudgetLineView
from admin_views.lists import Derived
from admin_views.orders import PurchaseOrderView
from admin_views.posting import LedgerEntryView
from admin_views.reconciliation import ReconciliationView
from admin_views.words import said
from entities import dates
from entities.base import Base
from entities.money import NOTHING
from entities.vocabulary import SpendingKind
from figures import ledger as figures
from models import (
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

CHANGES = {
    "budget": (_l("Net budget"), LedgerEntry.budget_change),
    "order": (_l("Outstanding commitments"), LedgerEntry.order_change),
    "paid": (_l("Disbursed"), LedgerEntry.paid_change),
}
"""What an entry may change, as reports open the entries behind a figure."""


def _years() -> list[tuple[str, str]]:
    """The years to choose from: those that have lines, and the present one."""
    present = dates.fiscal_year(dates.today())
    found = {present, *figures.fiscal_years(db.session())}
    return [(str(year), str(year)) for year in sorted(found, reverse=True)]


def _of_lines(where: Any) -> Any:
    return LedgerEntry.budget_line_id.in_(select(BudgetLine.id).where(where))


lists.DERIVED[LedgerEntry] = {
    "fiscal_year": Derived(
        _l("Fiscal year"),
        _years,
        lambda year: _of_lines(BudgetLine.fiscal_year == int(year)),
        asks=True,
    ),
    "line_kind": Derived(
        _l("Kind of expenditure"),
        lambda: [(kind.value, said(kind.title)) for kind in SpendingKind],
        lambda kind: _of_lines(BudgetLine.kind == SpendingKind(kind)),
        asks=True,
    ),
    "changes": Derived(
        _l("What it changes"),
        lambda: [(name, said(label)) for name, (label, _column) in CHANGES.items()],
        lambda name: CHANGES[name][1] != NOTHING,
    ),
}


class ExtensionView(EntityView):
    """Extensions are read on their carry-over; they have no place in the menu."""

    in_menu = False


class LineView(BudgetImport, BudgetLineView):
    """A line's own screens, and the import of budgets beside them."""


class ReconciledView(EntityView):
    """Compared lines are read on their reconciliation."""

    in_menu = False


VIEWS: list[tuple[type[Base], type[EntityView]]] = [
    (BudgetLine, LineView),
    (LedgerEntry, LedgerEntryView),
    (PurchaseOrder, PurchaseOrderView),
    (BudgetTransfer, BudgetTransferView),
    (CarryOver, CarryOverView),
    (CarryOverExtension, ExtensionView),
    (FiscalYearClose, FiscalYearCloseView),
    (Reconciliation, ReconciliationView),
    (ReconciliationRow, ReconciledView),
    (DisbursementTarget, EntityView),
]
