"""Carried money and transfers: keeping, drawing, extending, letting lapse; moving between lines."""

from datetime import timedelta
from typing import Any, ClassVar

from flask import request, url_for
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import select

from access.database import db
from admin_views import cells, forms, ledger_page
from admin_views.acting import lang, viewer
from admin_views.base import EntityView
from admin_views.desk import in_days
from admin_views.ledger_lists import NamedTabs, Tab
from admin_views.queue import own_entry
from admin_views.verbs import Ask, ask
from entities import dates, money
from entities.money import NOTHING
from entities.vocabulary import EntryKind, EntryStatus, LineStatus
from figures import ledger as figures
from models import (
    BudgetLine,
    BudgetTransfer,
    CarryOver,
    CarryOverExtension,
    LedgerEntry,
    PurchaseOrder,
)
from rules import carry_over, ledger


def _number(text: str | None) -> int | None:
    """An id in an address or form; None for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


class CarryOverView(NamedTabs, EntityView):
    """Carry-overs with their own end; what is past its end and holds money is told in red."""

    named: ClassVar[dict[str, Tab]] = {
        "open": (_l("With money left"), lambda: CarryOver.remaining > NOTHING),
    }
    tabs: ClassVar[list[Any]] = [
        (
            _l("May be drawn"),
            {"only": "open", "expires_on.from": lambda: dates.input_date(dates.today())},
        ),
        (
            _l("About to expire"),
            {
                "only": "open",
                "expires_on.from": lambda: dates.input_date(dates.today()),
                "expires_on.to": lambda: dates.input_date(dates.today() + figures.SOON),
            },
        ),
        (
            _l("Expired with money left"),
            {
                "only": "open",
                "expires_on.to": lambda: dates.input_date(dates.today() - timedelta(days=1)),
            },
        ),
    ]
    related: ClassVar[list[Any]] = [
        (LedgerEntry, "carry_over_id"),
        (CarryOverExtension, "carry_over_id"),
    ]

    def create_form(self, obj: Any = None) -> Any:
        """With a line in the address, only its orders are offered."""
        form = super().create_form(obj)
        line_id = _number(request.values.get("budget_line_id"))
        if line_id is not None:
            form.order_id.offer(lambda: _orders_of(line_id))
        return form

    def write(self, form: Any, record: CarryOver, made: bool) -> CarryOver:
        """Money is kept by the act that enters it on its line."""
        self.populate(form, record)
        if made:
            carry_over.keep(record, db.session())
        return record

    def chip(self, record: CarryOver) -> Markup:
        """Until its own entry is posted nothing is kept: then that entry's state is told."""
        made = None if record.kept else _state_of_its_entry(record)
        if made is not None and made is not EntryStatus.POSTED:
            return cells.chip(made)
        if record.remaining <= NOTHING:
            return cells.mark("", "○", _("nothing left"))
        return in_days(record.expires_on, dates.today())

    def sub(self, record: CarryOver) -> str:
        return str(record.budget_line)

    def record_acts(self, record: CarryOver) -> list[dict[str, Any]]:
        acts: list[dict[str, Any]] = []
        active = record.budget_line.status is LineStatus.ACTIVE
        left = record.remaining - record.waiting
        if active and left > NOTHING and ledger_page.reaches_home(LedgerEntry, "create", record):
            acts += self._entries(record, money.shown(left))
        if record.remaining > NOTHING and self._may_extend(record):
            to = url_for(".extend_view", id=record.id)
            acts.append({"title": _("Extend"), "url": to, "method": "get"})
        to = url_for("budget_line.details_view", id=record.budget_line_id)
        return [*acts, {"title": _("Open the ledger"), "url": to, "method": "get"}]

    @staticmethod
    def _entries(record: CarryOver, left: str) -> list[dict[str, Any]]:
        """Drawing and letting lapse are entered on the line's ledger."""
        told = {"id": record.budget_line_id, "carry_over_id": record.id}
        draw = url_for("budget_line.details_view", kind="disbursement", **told)
        lapse = url_for("budget_line.details_view", kind="lapse", amount=left, **told)
        over = record.expires_on < dates.today()
        acts = [
            {"title": _("Draw"), "url": draw, "method": "get"},
            {"title": _("Let the rest lapse"), "url": lapse, "method": "get"},
        ]
        acts[1 if over else 0]["primary"] = True
        return acts[1:] if over else acts

    @staticmethod
    def _may_extend(record: CarryOver) -> bool:
        return ledger_page.reaches_home(CarryOver, "extend", record)

    @expose("/extend/", methods=("GET", "POST"))
    def extend_view(self) -> Any:
        record = self.record()
        self.require("extend", record)
        asked = [
            Ask("extended_to", _l("Extended to"), "date"),
            Ask("agreement_ref", _l("Agreement with the Ministry of Finance"), "text"),
            Ask("agreed_on", _l("Agreed on"), "date"),
        ]

        def act(told: dict[str, Any]) -> str:
            carry_over.extend(
                record, told["extended_to"], told["agreement_ref"] or "", told["agreed_on"],
                db.session(),
            )  # fmt: skip
            day = dates.short_date(told["extended_to"], lang())
            return str(_("The carry-over may be drawn until %(day)s.", day=day))

        return ask(self, record, _("Extend carry-over %(what)s", what=record), asked, act)

    def side(self, record: CarryOver) -> list[dict[str, Any]]:
        """The extensions as a story, from the first end on."""
        found = db.session.scalars(
            select(CarryOverExtension)
            .where(CarryOverExtension.carry_over_id == record.id)
            .order_by(CarryOverExtension.number)
        ).all()
        if not found:
            return []
        told = Markup("").join(_extension(one, record) for one in found)
        return [
            {"title": _("Extensions"), "html": Markup('<ul class="story">{}</ul>').format(told)}
        ]


def _state_of_its_entry(record: CarryOver) -> EntryStatus | None:
    return db.session.scalar(
        select(LedgerEntry.status)
        .where(LedgerEntry.carry_over_id == record.id, LedgerEntry.kind == EntryKind.CARRY_OVER)
        .order_by(LedgerEntry.id.desc())
        .limit(1)
    )


def _extension(one: CarryOverExtension, record: CarryOver) -> Markup:
    words = _(
        "%(carry)s.%(n)s: until %(day)s",
        carry=record.number, n=one.number, day=dates.short_date(one.extended_to, lang()),
    )  # fmt: skip
    under = f"{one.agreement_ref} · {dates.short_date(one.agreed_on, lang())}"
    return Markup('<li><div>{}<span class="s">{}</span></div></li>').format(words, under)


def _orders_of(line_id: int) -> list[tuple[int, str]]:
    """A line's orders with what is left of each, to choose from."""
    found = db.session.scalars(
        select(PurchaseOrder)
        .where(PurchaseOrder.budget_line_id == line_id)
        .order_by(PurchaseOrder.signed_on, PurchaseOrder.id)
        .limit(100)
    )
    return [
        (one.id, _("%(order)s · %(left)s left", order=one, left=money.shown(one.outstanding)))
        for one in found
    ]


class BudgetTransferView(EntityView):
    """A transfer is one act that names both lines; its entries wait and are posted together."""

    asked: ClassVar[frozenset[str]] = frozenset(
        {"from_line_id", "to_line_id", "amount", "transferred_on", "approval_ref", "reason"}
    )
    related: ClassVar[list[Any]] = []
    tabs: ClassVar[list[Any]] = [(_l("Waiting for approval"), {"status": "waiting"})]

    def create_form(self, obj: Any = None) -> Any:
        """With the source in the address, only lines that can take its money are offered."""
        form = super().create_form(obj)
        if form.transferred_on.data is None and request.method == "GET":
            form.transferred_on.data = dates.today()
        source_id = _number(request.values.get("from_line_id"))
        source = db.session.get(BudgetLine, source_id) if source_id else None
        if source is not None:
            self._offer(form, source)
        return form

    @staticmethod
    def _offer(form: Any, source: BudgetLine) -> None:
        takers = _takers(source)
        if len(takers) <= form.to_line_id.SMALL:
            form.to_line_id.offer(lambda: takers)

    def write(self, form: Any, record: BudgetTransfer, made: bool) -> BudgetTransfer:
        source = db.session.get(BudgetLine, form.from_line_id.data)
        target = db.session.get(BudgetLine, form.to_line_id.data)
        return ledger.transfer(
            source, target, form.amount.data, form.transferred_on.data, form.approval_ref.data,
            db.session(), form.reason.data,
        )  # fmt: skip

    def _show_again(self, form: Any, broken: Any) -> None:
        if broken.field == "entry_date":
            broken.field = "transferred_on"
        super()._show_again(form, broken)

    def record_acts(self, record: BudgetTransfer) -> list[dict[str, Any]]:
        """The entries are decided on as one; the one going out stands for both."""
        leg = db.session.scalar(
            select(LedgerEntry)
            .where(LedgerEntry.transfer_id == record.id)
            .order_by(LedgerEntry.id)
            .limit(1)
        )
        if leg is None:
            return []
        to = url_for("ledger_entry.details_view", id=leg.id)
        decides = (
            record.status is EntryStatus.WAITING
            and viewer().reaches(leg, "approve")
            and not own_entry(leg)
        )
        title = _("Decide on this transfer") if decides else _("Open its entry")
        return [{"title": title, "url": to, "method": "get", "primary": decides}]

    def new_title(self) -> str:
        return _("Transfer between lines")


def _takers(source: BudgetLine) -> list[tuple[int, str]]:
    """Lines of the same home and year, with what is available on each."""
    home = (
        BudgetLine.province_id == source.province_id
        if source.province_id
        else BudgetLine.cluster_id == source.cluster_id
    )
    found = db.session.scalars(
        select(BudgetLine)
        .where(home, BudgetLine.fiscal_year == source.fiscal_year, BudgetLine.id != source.id)
        .where(BudgetLine.status == LineStatus.ACTIVE)
        .order_by(BudgetLine.item, BudgetLine.id)
        .limit(101)
    )
    return [
        (one.id, f"{forms.shorten(one.item, 70)} · {money.shown(one.available)}") for one in found
    ]
