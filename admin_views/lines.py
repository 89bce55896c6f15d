"""Budget lines: the ledger's front page with its totals, and what may be done to a line."""

from typing import Any, ClassVar

from flask import abort, url_for
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from access.database import db
from admin_views import ledger_page, ledger_papers
from admin_views.acting import lang, switched_province, viewer
from admin_views.base import EntityView
from admin_views.closing import asked_year
from admin_views.ledger_lists import NamedTabs, Tab
from admin_views.verbs import do
from entities import dates, money
from entities.money import NOTHING
from entities.vocabulary import LineStatus, TargetKind
from figures import ledger as figures
from models import BudgetLine, BudgetTransfer, CarryOver
from rules import ledger


def this_year() -> str:
    """The fiscal year of today, as the address has it."""
    return str(dates.fiscal_year(dates.today()))


class BudgetLineView(NamedTabs, EntityView):
    """A line opens as its ledger; the list is the province's budget at a glance."""

    list_template = "ledger_list.html"
    details_template = "ledger.html"
    named: ClassVar[dict[str, Tab]] = {
        "near_limit": (_l("Near the limit"), figures.is_near_limit),
        "unpaid": (
            _l("Nothing paid yet"),
            lambda: (BudgetLine.disbursed == NOTHING) & (BudgetLine.net_budget > NOTHING),
        ),
        "carried": (_l("With carried money"), lambda: BudgetLine.carried > NOTHING),
    }
    tabs: ClassVar[list[Any]] = [
        (_l("This fiscal year"), {"fiscal_year": this_year}),
        (_l("Near the limit"), {"fiscal_year": this_year, "only": "near_limit"}),
        (_l("Nothing paid yet"), {"fiscal_year": this_year, "only": "unpaid"}),
        (_l("Frozen"), {"status": "frozen"}),
        (_l("With carried money"), {"only": "carried"}),
    ]

    def list_context(self, state: Any, page: Any) -> dict[str, Any]:
        return {**super().list_context(state, page), "totals": self._totals(state)}

    def list_acts(self, state: Any) -> list[dict[str, Any]]:
        return super().list_acts(state) + ledger_papers.year_act(_year_of(state))

    def _totals(self, state: Any) -> dict[str, Any] | None:
        """The balances of the filter's fiscal year by kind, with the next target.

        A cluster's lines stand beside those of provinces, never in their sums.
        """
        year, province_id = _year_of(state), switched_province()
        known, day = figures.targets(db.session(), year), _within(year)

        def summed(clusters: bool) -> list[figures.Totals]:
            where = (
                BudgetLine.cluster_id.is_not(None) if clusters else BudgetLine.cluster_id.is_(None),
            )
            kind = BudgetLine.kind
            return figures.totals(db.session(), year, kind, province_id=province_id, where=where)

        def whole(found: list[figures.Totals], title: str) -> dict[str, Any]:
            return _total(figures.together(found), title, TargetKind.OVERALL, known, day)

        own, beside = summed(clusters=False), summed(clusters=True)
        found = own or beside
        if not found:
            return None
        rows = [
            _total(t, str(t.key[0].title), TargetKind(t.key[0].value), known, day) for t in found
        ]
        if len(rows) > 1:
            rows.append({**whole(found, _("Total")), "sum": True})
        if own and beside:
            rows.append(whole(beside, _("Of the cluster, not in the total")))
        return {"title": _("Fiscal year %(year)s", year=year), "rows": rows}

    def details_context(self, record: Any) -> dict[str, Any]:
        return ledger_page.context(self, record)

    def refused_row(self, line: BudgetLine, form: Any) -> Any:
        """The ledger again, with a row that could not be saved as it was typed."""
        return self.render(self.details_template, **ledger_page.context(self, line, form)), 422

    def record_acts(self, record: Any, closed: bool = False) -> list[dict[str, Any]]:
        acts = [*ledger_papers.line_act(record), *([] if closed else self._moves(record))]
        if closed:
            return acts
        return acts + super().record_acts(record)

    def _moves(self, record: BudgetLine) -> list[dict[str, Any]]:
        back = url_for("budget_line.details_view", id=record.id)
        active, acts = record.status is LineStatus.ACTIVE, []
        if active and ledger_page.reaches_home(BudgetTransfer, "create", record):
            to = url_for("budget_transfer.create_view", from_line_id=record.id, url=back)
            acts.append({"title": _("Transfer to another line"), "url": to, "method": "get"})
        if active and ledger_page.reaches_home(CarryOver, "create", record):
            to = url_for("carry_over.create_view", budget_line_id=record.id, url=back)
            acts.append({"title": _("Carry over to next year"), "url": to, "method": "get"})
        if viewer().reaches(record, "freeze"):
            acts.append(self._freezing(record))
        return acts

    def _freezing(self, record: BudgetLine) -> dict[str, Any]:
        if record.status is LineStatus.FROZEN:
            free = url_for("budget_line.free_view", id=record.id)
            return {"title": _("Free the line"), "url": free, "method": "post"}
        return {
            "title": _("Freeze the line"), "url": url_for("budget_line.freeze_view", id=record.id),
            "method": "post", "confirm": _("Freeze the line? Nothing can be entered on it then."),
        }  # fmt: skip

    @expose("/freeze/", methods=("POST",))
    def freeze_view(self) -> Any:
        record = self.record()
        self.require("freeze", record)
        return do(self, record, lambda: ledger.freeze(record, db.session()), told=_("Frozen."))

    @expose("/free/", methods=("POST",))
    def free_view(self) -> Any:
        record = self.record()
        self.require("freeze", record)
        return do(
            self, record, lambda: ledger.free(record, db.session()), told=_("The line is free.")
        )

    @expose("/workbook/")
    def workbook_view(self) -> Any:
        """The line's ledger as a workbook."""
        record = self.record()
        if not ledger_papers.may_have_line(record):
            self.refuse("export", record.id)
        return ledger_papers.of_line(record)

    @expose("/workbook/year/")
    def year_workbook_view(self) -> Any:
        """The ledgers of every line of a fiscal year of a province or cluster as one workbook."""
        home = ledger_papers.home() or abort(404)
        if not ledger_papers.may_have_year(home):
            self.refuse("export")
        return ledger_papers.of_year(home, asked_year() or abort(404))


def _year_of(state: Any) -> int:
    """The one fiscal year that the list is filtered by, or the running one."""
    years = [int(f.typed) for f in state.filters if f.key == "fiscal_year" and not f.operation]
    return years[0] if years else int(this_year())


def _within(year: int) -> Any:
    """Today, or the nearest day of a fiscal year (B.E.)."""
    first, last = dates.fiscal_year_start(year), dates.fiscal_year_end(year)
    return min(max(dates.today(), first), last)


def _total(one: Any, title: str, kind: TargetKind, known: Any, day: Any) -> dict[str, Any]:
    """One row of the totals: amounts, the share disbursed, and the target that comes next."""
    found = figures.next_target(known, day, kind)
    share, goal = one.percent_disbursed, found[1] if found else None
    return {
        "title": title, "lines": f"{one.lines:,}",
        "amounts": [
            money.shown(a) for a in (one.net_budget, one.outstanding, one.disbursed, one.available)
        ],
        "share": share, "goal": goal,
        "due": dates.short_date(found[0], lang()) if found else "",
        "apart": None if share is None or goal is None else share - goal,
    }  # fmt: skip
