"""Screens of the control ledger: lines, entries, orders, carry-over, targets."""

from admin_views.base import EntityView
from admin_views.budget_import import BudgetImport
from admin_views.carrying import BudgetTransferView, CarryOverView
from admin_views.closing import FiscalYearCloseView
from admin_views.lines import BudgetLineView
from admin_views.orders import PurchaseOrderView
from admin_views.posting import LedgerEntryView
from admin_views.reconciliation import ReconciliationView
from entities.base import Base
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
