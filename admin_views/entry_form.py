"""The form of a ledger entry: the row on top of the ledger, and the same by its own address.

A commitment may bring its order along: number, contract and last day are typed with it, the vendor
is the payee.
"""

from datetime import date
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms.validators import Optional, ValidationError

from access.database import db
from admin_views import fields as kinds
from admin_views import forms
from entities import dates
from entities.base import Choice, fields
from entities.vocabulary import EntryKind
from models import BudgetLine, LedgerEntry
from rules import entries, ledger
from rules.base import Broken

K = EntryKind
WITH_ORDER = frozenset({K.COMMITMENT, K.COMMITMENT_RELEASE, K.DISBURSEMENT})
"""Kinds that name an order; a payment may do without."""
OF_CARRIED = (K.DISBURSEMENT, K.REFUND, K.LAPSE)
"""What may still be entered against a carry-over when the line's year is closed."""
ORDER_FIELDS = ("order_number", "contract_no", "order_ends_on")
PLACES = {"number": "order_number", "ends_on": "order_ends_on", "vendor": "payee"}
"""Where the form tells what is wrong with the order that a commitment brings along."""


class HandKindField(kinds.ChoiceField):
    """A kind of entry that people make; the others come with their own acts."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, choices=EntryKind, blank=False, **kwargs)

    def pairs(self) -> Any:
        hand = {kind.value for kind in entries.BY_HAND}
        return [pair for pair in super().pairs() if pair[0] in hand or not pair[0]]

    def pre_validate(self, form: Any) -> None:
        if isinstance(self.data, Choice) and self.data not in entries.BY_HAND:
            raise ValidationError(_("An entry of this kind is made by its own act, not by hand."))


def form_class() -> Any:
    """The class of the form, made from the declaration of the entry."""
    return forms.form_class(
        LedgerEntry, kind=_kind, order_number=_order_number, contract_no=_contract_no,
        order_ends_on=_order_ends_on,
    )  # fmt: skip


def _kind() -> Any:
    label = fields(LedgerEntry)["kind"].label
    return HandKindField(label=label, validators=[kinds.Required()])


def _order_number() -> Any:
    told = _l("Only where a commitment brings a new order along.")
    return kinds.TextField(
        label=_l("Number of the new order"), length=300, description=told, validators=[Optional()]
    )


def _contract_no() -> Any:
    return kinds.TextField(label=_l("Contract number"), length=300, validators=[Optional()])


def _order_ends_on() -> Any:
    drawn = {"data-date": "", "autocomplete": "off"}
    return kinds.DateField(
        label=_l("The new order ends on"), render_kw=drawn, validators=[Optional()]
    )


def blank(make: Any, line: BudgetLine, allowed: tuple[EntryKind, ...], today: date) -> Any:
    """The empty row of a line: day and kind are those of the entry saved before, or the usual.

    On a line without entries it offers to allocate what was enacted.
    """
    form = make()
    forms.fill_hidden(form, None)
    form.entry_date.data = min(max(today, line.opens_on), line.closes_on)
    form.kind.data = usual(line, allowed)
    if form.kind.data is K.ALLOCATION and not _has_entries(line):
        form.amount.data = line.enacted or None
    for name in ("entry_date", "kind", "order_id", "carry_over_id", "amount"):
        if name in request.args:
            _take(form[name], request.args[name][:60])
    if form.carry_over_id.data is not None and "entry_date" not in request.args:
        form.entry_date.data = max(today, line.closes_on)
    return form


def _has_entries(line: BudgetLine) -> bool:
    found = select(LedgerEntry.id).where(LedgerEntry.budget_line_id == line.id).limit(1)
    return db.session.scalar(found) is not None


def _take(field: Any, typed: str) -> None:
    """A value from the address; one that makes no sense is left out."""
    usual_value = field.data
    try:
        field.process_formdata([typed])
    except ValueError:
        field.data = usual_value


def usual(line: BudgetLine, allowed: tuple[EntryKind, ...]) -> EntryKind:
    """What is most likely entered next: the allocation first, then payments."""
    wanted = K.DISBURSEMENT if line.net_budget else K.ALLOCATION
    return wanted if wanted in allowed else allowed[0]


def save(form: Any, entry: LedgerEntry) -> LedgerEntry:
    """Enter what was typed; raises Broken with the field of this form."""
    brings = [name for name in ORDER_FIELDS if form[name].data]
    new = entry.kind is K.COMMITMENT and (entry.order_id is None)
    if brings and not new:
        raise Broken(_("Only a new commitment brings a new order along."), brings[0])
    if not new:
        return ledger.enter(entry, db.session())
    return _save_order(form, entry)


def _save_order(form: Any, entry: LedgerEntry) -> LedgerEntry:
    if not form.order_number.data:
        raise Broken(_("Choose the purchase order, or type the number of a new one."), "order_id")
    if not entry.payee:
        raise Broken(_("Name the vendor."), "payee")
    line = db.session.get(BudgetLine, entry.budget_line_id)
    told = ledger.Order(
        number=form.order_number.data, vendor=entry.payee, signed_on=entry.entry_date,
        contract_no=form.contract_no.data, subject=entry.description,
        ends_on=form.order_ends_on.data,
    )  # fmt: skip
    ledger.commit(line, told, entry, db.session())
    return entry


def again(line_id: int, entry: LedgerEntry) -> dict[str, str]:
    """What the next row begins with: the day and the kind of the one just saved."""
    return {
        "id": str(line_id),
        "entry_date": dates.input_date(entry.entry_date),
        "kind": str(entry.kind.value),
    }


__all__ = ["OF_CARRIED", "PLACES", "WITH_ORDER", "again", "blank", "form_class", "save"]
