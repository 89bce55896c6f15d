"""Purchase orders: what was committed, paid and is left; a new one comes with its commitment."""

from datetime import timedelta
from typing import Any, ClassVar

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from access.database import db
from admin_views import fields as kinds
from admin_views import forms, ledger_page
from admin_views.base import EntityView
from admin_views.ledger_lists import NamedTabs, Tab
from entities import dates, thai
from entities.money import NOTHING
from entities.vocabulary import LineStatus
from models import BudgetLine, CarryOver, LedgerEntry, PurchaseOrder
from rules import ledger

COMMITTED = "ก่อหนี้ผูกพันตามใบสั่งซื้อหรือสัญญา เลขที่ {}"
"""Official wording that is written into records, whatever language the screen has."""
ENDING = timedelta(days=30)


class PurchaseOrderView(NamedTabs, EntityView):
    """Orders and contracts; new ones hold their money from the moment they are entered."""

    named: ClassVar[dict[str, Tab]] = {
        "left": (_l("With money left"), lambda: PurchaseOrder.outstanding > NOTHING),
    }
    tabs: ClassVar[list[Any]] = [
        (_l("With money left"), {"only": "left"}),
        (
            _l("Ending within 30 days"),
            {
                "only": "left",
                "ends_on.from": lambda: dates.input_date(dates.today()),
                "ends_on.to": lambda: dates.input_date(dates.today() + ENDING),
            },
        ),
    ]
    related: ClassVar[list[Any]] = [(LedgerEntry, "order_id"), (CarryOver, "order_id")]

    def scaffold_form(self) -> Any:
        return forms.form_class(PurchaseOrder, amount=_amount)

    def _keep_to_editing(self, form: Any) -> None:
        super()._keep_to_editing(form)
        self._drop(form, "amount")

    def write(self, form: Any, record: PurchaseOrder, made: bool) -> PurchaseOrder:
        """An order is made by the act that commits its money."""
        if not made:
            self.populate(form, record)
            return record
        told = ledger.Order(
            number=form.number.data, vendor=form.vendor.data, signed_on=form.signed_on.data,
            contract_no=form.contract_no.data, subject=form.subject.data,
            ends_on=form.ends_on.data,
        )  # fmt: skip
        first = LedgerEntry(
            amount=form.amount.data, entry_date=told.signed_on, payee=told.vendor,
            description=told.subject or COMMITTED.format(told.number),
        )  # fmt: skip
        line = db.session.get(BudgetLine, form.budget_line_id.data)
        return ledger.commit(line, told, first, db.session())

    def _show_again(self, form: Any, broken: Any) -> None:
        if broken.field == "entry_date":
            broken.field = "signed_on"
        super()._show_again(form, broken)

    def under(self, context: str) -> str:
        """The vendor with its legal form in short, so that a row stays low."""
        return thai.short_firm(context)

    def sub(self, record: PurchaseOrder) -> str:
        return str(record.budget_line)

    def record_acts(self, record: PurchaseOrder) -> list[dict[str, Any]]:
        acts: list[dict[str, Any]] = []
        line = record.budget_line
        open_line = line.status is LineStatus.ACTIVE and not ledger_page.closing(line)
        if open_line and ledger_page.reaches_home(LedgerEntry, "create", record):
            paid = {"kind": "disbursement", **_whole(record)}
            for title, told in ((_("Pay"), paid), (_("Commit more"), {"kind": "commitment"})):
                to = url_for("budget_line.details_view", id=line.id, order_id=record.id, **told)
                acts.append({"title": title, "url": to, "method": "get"})
            if record.outstanding > NOTHING:
                acts[0]["primary"] = True
            if ledger_page.reaches_home(CarryOver, "create", record):
                to = url_for("carry_over.create_view", budget_line_id=line.id, order_id=record.id)
                acts.append({"title": _("Carry over to next year"), "url": to, "method": "get"})
        to = url_for("budget_line.details_view", id=line.id)
        acts.append({"title": _("Open the ledger"), "url": to, "method": "get"})
        return acts + (super().record_acts(record) if open_line else [])

    def new_title(self) -> str:
        return _("Commit a new order")


def _whole(order: PurchaseOrder) -> dict[str, str]:
    """What is left of an order, offered as its payment: most are paid at once."""
    left = order.outstanding - order.waiting
    return {"amount": str(left)} if left > NOTHING else {}


def _amount() -> Any:
    drawn = {"inputmode": "decimal", "autocomplete": "off"}
    return kinds.AmountField(
        label=_l("Amount committed"), validators=[kinds.Required()], render_kw=drawn
    )
