"""Comparisons of the ledger with the treasury's figures, line by line, kept as they were found."""

from datetime import date
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped

from entities.base import PARAGRAPH, Base, InProvinceOrCluster, field, relation, within
from entities.ledger import BudgetLine
from entities.money import Money
from entities.years import Year


class Reconciliation(InProvinceOrCluster, Base):
    """A comparison of the ledger with a file of the treasury's figures, kept as it was found."""

    __tablename__ = "reconciliation"
    __label__ = _l("Reconciliation"), _l("Reconciliations")
    __order__ = "-id"
    name: Mapped[str] = field(_l("Name"), computed=True, listed=True, searched=True)
    fiscal_year: Mapped[int] = field(
        _l("Fiscal year"), Year(), computed=True, listed=True, filtered=True
    )
    as_of: Mapped[date] = field(_l("As of"), computed=True, listed=True, filtered=True, sorted=True)
    file_name: Mapped[str] = field(_l("File name"), computed=True, listed=True)
    sha256: Mapped[str] = field(_l("SHA-256"), computed=True)
    matched: Mapped[int] = field(_l("Lines that agree"), computed=True, listed=True)
    differing: Mapped[int] = field(_l("Lines that differ"), computed=True, listed=True)

    def __str__(self) -> str:
        return self.name


class ReconciliationRow(InProvinceOrCluster, Base):
    """One budget code compared: the treasury's figures, the ledger's, and the likely cause."""

    __tablename__ = "reconciliation_row"
    __label__ = _l("Compared line"), _l("Compared lines")
    __order__ = "id"
    __context__ = "reconciliation_id"
    budget_code: Mapped[str] = field(_l("Budget code"), computed=True, listed=True, searched=True)
    reconciliation_id: Mapped[int] = field(
        _l("Reconciliation"), within("reconciliation"), computed=True, listed=True, filtered=True
    )
    reconciliation: Mapped[Reconciliation] = relation(reconciliation_id)
    budget_line_id: Mapped[int | None] = field(
        _l("Budget line"), within("budget_line"), computed=True, listed=True
    )
    budget_line: Mapped[BudgetLine | None] = relation(budget_line_id)
    agrees: Mapped[bool] = field(_l("Agrees"), computed=True, listed=True, filtered=True)
    cause: Mapped[str | None] = field(_l("Likely cause"), PARAGRAPH, computed=True, listed=True)
    their_budget: Mapped[Decimal | None] = field(_l("Treasury: net budget"), Money(), computed=True)
    their_orders: Mapped[Decimal | None] = field(_l("Treasury: orders"), Money(), computed=True)
    their_paid: Mapped[Decimal | None] = field(_l("Treasury: paid"), Money(), computed=True)
    their_left: Mapped[Decimal | None] = field(_l("Treasury: left"), Money(), computed=True)
    our_budget: Mapped[Decimal | None] = field(_l("Ledger: net budget"), Money(), computed=True)
    our_orders: Mapped[Decimal | None] = field(_l("Ledger: orders"), Money(), computed=True)
    our_paid: Mapped[Decimal | None] = field(_l("Ledger: paid"), Money(), computed=True)
    our_left: Mapped[Decimal | None] = field(_l("Ledger: left"), Money(), computed=True)

    def __str__(self) -> str:
        return self.budget_code
