"""Ledger entries: entering, reversing, withdrawing, and the queue of those that wait."""

from collections.abc import Mapping
from typing import Any, ClassVar

from flask import flash, g, redirect, request, url_for
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from access.database import db
from admin_views import entry_form, ledger_page, queue
from admin_views.acting import REGISTRY, switched_province, viewer
from admin_views.base import EntityView
from admin_views.verbs import Ask, ask, do
from entities import dates
from entities.vocabulary import EntryKind, EntryStatus
from models import BudgetLine, CarryOver, LedgerEntry, PurchaseOrder
from rules import entries, ledger
from rules.base import Broken, refusal

S = EntryStatus


class LedgerEntryView(EntityView):
    """Entries are made on their line's ledger; here they are found, decided and undone."""

    tabs: ClassVar[list[Any]] = [
        (_l("Waiting for approval"), {"status": "waiting"}),
        (_l("Posted"), {"status": "posted"}),
        (_l("Approval refused"), {"status": "rejected"}),
    ]
    related: ClassVar[list[Any]] = []

    def scaffold_form(self) -> Any:
        return entry_form.form_class()

    def brief_columns(self, key: str) -> list[str]:
        return ["description", "number", "entry_date", "kind", "amount", "status"]

    def list_acts(self, state: Any) -> list[dict[str, Any]]:
        acts = super().list_acts(state)
        if viewer().may(LedgerEntry, "approve"):
            acts.append(
                {"title": _("Approval queue"), "url": url_for(".queue_view"), "method": "get"}
            )
        return acts

    # Entering.

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Any:
        """Where the line is known, an entry is typed on its ledger."""
        self.require("create")
        line_id = _line_of(request.args) if request.method == "GET" else None
        if line_id is None:
            return super().create_view()
        return redirect(url_for("budget_line.details_view", **{**request.args, "id": line_id}))

    def write(self, form: Any, record: LedgerEntry, made: bool) -> LedgerEntry:
        self.populate(form, record)
        return entry_form.save(form, record) if made else record

    def _show_again(self, form: Any, broken: Broken) -> None:
        broken.field = entry_form.PLACES.get(broken.field or "", broken.field)
        super()._show_again(form, broken)

    def _form_page(self, form: Any, title: str, record_id: int | None) -> Any:
        """A row that was refused comes back on its own ledger, with what was typed."""
        if request.form.get("sheet"):
            line = REGISTRY[BudgetLine].get_one(request.form.get("budget_line_id", ""))
            if line is not None:
                return REGISTRY[BudgetLine].refused_row(line, form)
        return super()._form_page(form, title, record_id)

    def after_save_url(self, record_id: int) -> str:
        entry = db.session.get(LedgerEntry, record_id)
        if not request.form.get("sheet") or entry is None:
            return super().after_save_url(record_id)
        kept = entry_form.again(entry.budget_line_id, entry)
        return url_for("budget_line.details_view", **kept)

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> Any:
        """Only what describes an entry, and only while it waits."""
        record = self.record()
        self.require("edit", record)
        if record.status is not S.WAITING:
            flash(_("This entry was already decided: “%(state)s”.", state=record.status), "warn")
            return redirect(url_for(".details_view", id=record.id))
        return super().edit_view()

    # A record's page.

    def sub(self, record: LedgerEntry) -> str:
        number = _("No. %(number)s", number=record.number)
        return f"{number} · {record.budget_line}"

    def record_acts(self, record: LedgerEntry) -> list[dict[str, Any]]:
        waits, person = record.status is S.WAITING, viewer()
        acts: list[dict[str, Any]] = []
        if waits and person.reaches(record, "approve"):
            acts += self._decisions(record)
        if waits and record.made_by == person.user_id and person.reaches(record, "withdraw"):
            acts.append({"title": _("Withdraw"), "url": url_for(".withdraw_view", id=record.id),
                         "method": "post", "confirm": _("Withdraw this entry?")})  # fmt: skip
        stands = record.status is S.POSTED and record.kind is not EntryKind.REVERSAL
        if stands and person.reaches(record, "reverse"):
            to, why = url_for(".reverse_view", id=record.id), _no_reversal(record)
            acts.append(
                {"title": _("Reverse"), "url": to, "method": "get", **({"why": why} if why else {})}
            )
        acts.append({"title": _("Open the ledger"), "method": "get",
                     "url": url_for("budget_line.details_view", id=record.budget_line_id)})  # fmt: skip
        return acts + [act for act in super().record_acts(record) if waits]

    def _decisions(self, record: LedgerEntry) -> list[dict[str, Any]]:
        own = queue.own_entry(record)
        told = {"why": own} if own else {}
        return [
            {"title": _("Approve"), "url": url_for(".approve_view", id=record.id), "method": "post",
             "primary": True, **told},
            {"title": _("Reject"), "url": url_for(".reject_view", id=record.id), "method": "get"},
        ]  # fmt: skip

    # Deciding.

    @expose("/queue/")
    def queue_view(self) -> Any:
        """What waits for this approver, the oldest first, line by line."""
        self.require("approve")
        g.menu_key = "queue"
        groups, more = queue.groups(switched_province())
        return self.render(
            "queue.html", title=_("Approval queue"), groups=groups, more=more,
            sub=_("Whoever made an entry cannot approve it."),
            crumbs=[{"title": self.area, "url": url_for("admin.index")},
                    {"title": self.name, "url": url_for(".index_view")}],
            action_url=url_for(".decide_view"),
        )  # fmt: skip

    @expose("/decide/", methods=("POST",))
    def decide_view(self) -> Any:
        """Approve one entry or those ticked, each in a transaction of its own."""
        self.require("approve")
        one = request.form.get("one")
        keys = [one] if one else request.form.getlist("rowid")[:200]
        done, refused = 0, []
        for key in keys:
            told = self._approve_one(key)
            done += not told
            refused += [told] if told else []
        self._tell(done, refused)
        return redirect(url_for(".queue_view"))

    def _approve_one(self, key: str) -> str:
        """Approve and commit one entry; why not, in words, where it is refused."""
        entry = self.get_one(key)
        if entry is None:
            return str(_("This record is not there, or not within your reach."))
        self.require("approve", entry)
        name = self.sub(entry)
        try:
            ledger.approve(entry, db.session(), dates.now())
            db.session.commit()
        except (Broken, StaleDataError, DBAPIError) as error:
            db.session.rollback()
            return f"{name}: {_words(error)}"
        return ""

    @staticmethod
    def _tell(done: int, refused: list[str]) -> None:
        if done:
            flash(ngettext("%(num)s entry approved.", "%(num)s entries approved.", done), "ok")
        for told in refused:
            flash(told, "bad")
        if not (done or refused):
            flash(_("Tick the entries to approve first."), "warn")

    @expose("/approve/", methods=("POST",))
    def approve_view(self) -> Any:
        record = self.record()
        self.require("approve", record)
        return do(
            self, record, lambda: ledger.approve(record, db.session(), dates.now()),
            told=_("Approved."),
        )  # fmt: skip

    @expose("/reject/", methods=("GET", "POST"))
    def reject_view(self) -> Any:
        record = self.record()
        self.require("approve", record)
        return ask(
            self, record, _("Reject: %(what)s", what=record), [Ask("reason", _l("Reason"), "text")],
            lambda told: ledger.reject(record, told["reason"] or "", db.session()),
            done_url=url_for(".queue_view"), save_title=_("Reject"),
            notice=_("The entry keeps its number; its money is free again. The maker sees the reason."),
        )  # fmt: skip

    # Undoing.

    @expose("/withdraw/", methods=("POST",))
    def withdraw_view(self) -> Any:
        record = self.record()
        self.require("withdraw", record)
        back = url_for("budget_line.details_view", id=record.budget_line_id)
        return do(
            self, record, lambda: ledger.withdraw(record, db.session()), done_url=back,
            told=_("Withdrawn."),
        )  # fmt: skip

    @expose("/reverse/", methods=("GET", "POST"))
    def reverse_view(self) -> Any:
        record = self.record()
        self.require("reverse", record)
        title = _("Reverse No. %(number)s: %(what)s", number=record.number, what=record)
        return ask(
            self, record, title, [Ask("reason", _l("Reason"), "text")],
            lambda told: _entered(
                ledger.reverse(record, told["reason"] or "", db.session(), dates.today())
            ),
            done_url=url_for("budget_line.details_view", id=record.budget_line_id),
            save_title=_("Reverse"),
            notice=_("An equal and opposite entry is made; it waits for approval."),
        )  # fmt: skip


def _no_reversal(entry: LedgerEntry) -> str:
    """Why a posted entry cannot be reversed any more; empty where it can."""
    if ledger.reversal_of(entry, db.session()) is not None:
        return _("Entry %(number)s is already reversed.", number=entry.number)
    return "" if entries.draws(entry) else ledger_page.closing(entry.budget_line)


def _entered(_made: Any) -> str:
    return str(_("The reversal is entered; it waits for approval."))


def _words(error: Exception) -> str:
    """What a refusal means to the approver."""
    if isinstance(error, Broken):
        return str(error)
    if isinstance(error, StaleDataError):
        return str(_("Somebody else changed this record meanwhile; look again."))
    known = refusal(error)
    if known is None:
        raise error
    return str(known)


def _line_of(asked: Mapping[str, str]) -> int | None:
    """The line that the address of a new entry names, by itself or by its order or carry-over."""
    for name, entity in (("order_id", PurchaseOrder), ("carry_over_id", CarryOver)):
        found = REGISTRY[entity].get_one(asked.get(name, ""))
        if found is not None:
            return int(found.budget_line_id)
    line = REGISTRY[BudgetLine].get_one(asked.get("budget_line_id", ""))
    return None if line is None else int(line.id)
