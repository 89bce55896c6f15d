"""A budget request's page: its projects by priority, the total against the ceiling, the sheets."""

from typing import Any, ClassVar

from flask import Response, abort, request, url_for
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from access.database import db
from admin_views import cells, desk, request_papers, request_sheet
from admin_views.agenda import SILENT, unchanged, versions
from admin_views.base import EntityView, lang, viewer
from admin_views.verbs import Ask, ask, do
from entities import dates, money
from entities.base import fields
from entities.vocabulary import RequestStep
from figures import requests as figures
from models import BudgetRequest, RequestItem
from rules import requests
from rules.base import Broken
from workbooks import request_forms

S = RequestStep


class RequestView(EntityView):
    """A request's page tells what it comes to, where it stands, and what each step gave."""

    details_template = "request.html"
    related: ClassVar[list[Any]] = []
    tabs: ClassVar[list[Any]] = [
        (_l("Next fiscal year"), {"fiscal_year": lambda: str(dates.fiscal_year(dates.today()) + 1)}),
        (_l("This fiscal year"), {"fiscal_year": lambda: str(dates.fiscal_year(dates.today()))}),
        (_l("Under way"), {"step": [step.value for step in S if step is not S.ENACTED]}),
    ]  # fmt: skip

    def chip(self, record: BudgetRequest) -> Markup:
        awaited = request_sheet.awaited(record, figures.items(db.session(), record.id))
        if awaited is None:
            return cells.chip(record.step)
        return cells.mark("info", "◔", _("waits for: %(step)s", step=awaited))

    def sub(self, record: BudgetRequest) -> str:
        parts = [_("Fiscal year %(year)s", year=record.fiscal_year)]
        if record.round > 1:
            parts.append(_("round %(n)s", n=record.round))
        return " · ".join(parts)

    def steps(self, record: BudgetRequest) -> list[dict[str, str]]:
        return request_sheet.steps(record, record.step)

    def details_context(self, record: BudgetRequest) -> dict[str, Any]:
        found = figures.items(db.session(), record.id)
        totals = figures.totals(record, found)
        may_move = viewer().reaches(record, "edit") and viewer().may(RequestItem, "edit")
        return {
            **super().details_context(record),
            "sums": request_sheet.sums(totals),
            "columns": request_sheet.columns(totals),
            "rows": request_sheet.rows(found, totals, may_move),
            "may_move": may_move,
            "move_url": url_for(".move_view", id=record.id),
            "item_acts": self._item_acts(record),
            "first_act": next(iter(self._item_acts(record)), None),
            "facts_rows": self._facts(record),
            "dues": self._dues(record),
        }

    def _facts(self, record: BudgetRequest) -> list[list[Any]]:
        told = fields(BudgetRequest)
        keys = ("province_id", "cluster_id", "fiscal_year", "round", "ceiling", "note")
        return [
            [told[key].label, self.fact(record, key)]
            for key in keys
            if getattr(record, key) is not None
        ]

    def _dues(self, record: BudgetRequest) -> list[dict[str, Any]]:
        """The calendar's dates as this request stands to them."""
        drawn = []
        for due in figures.calendar(db.session(), record, dates.today()):
            done = cells.mark("ok", "✓", _("done"))
            chip = done if due.done else desk.in_days(due.due_on, dates.today())
            day = dates.short_date(due.due_on, lang())
            drawn.append({"title": str(due.step), "day": day, "chip": chip})
        return drawn

    def notices(self, record: BudgetRequest) -> list[dict[str, str]]:
        late = [one for one in figures.calendar(db.session(), record, dates.today()) if one.late]
        return [
            {
                "kind": "warn",
                "text": _("“%(step)s” should have been done by %(day)s.",
                          step=one.step, day=dates.short_date(one.due_on, lang())),
            }
            for one in late[:1]
        ]  # fmt: skip

    def _item_acts(self, record: BudgetRequest) -> list[dict[str, Any]]:
        if not (viewer().may(RequestItem, "create") and viewer().reaches(record, "edit")):
            return []
        here = url_for(".details_view", id=record.id)
        new = url_for("request_item.create_view", request_id=record.id)
        return [
            {"title": _("Propose a project"), "url": new, "icon": "plus"},
            {"title": _("From an earlier request"), "url": url_for(".copy_view", id=record.id, url=here)},
        ]  # fmt: skip

    def record_acts(self, record: BudgetRequest) -> list[dict[str, Any]]:
        """The next step's sheet first, then the forms."""
        acts = []
        awaited = request_sheet.awaited(record, figures.items(db.session(), record.id))
        if awaited is not None and self._decides(record):
            title = _("Record decisions: %(step)s", step=awaited)
            acts.append({"title": title, "url": url_for(".decide_view", id=record.id, step=awaited.value),
                         "method": "get", "primary": True})  # fmt: skip
        if viewer().reaches(record, "print"):
            acts += [
                {"title": form_title(record, ending), "url": url_for(".form_view", id=record.id, form=form),
                 "method": "get"}
                for form, (ending, _make) in request_forms.FORMS.items()
            ]  # fmt: skip
        return acts + super().record_acts(record)

    def _decides(self, record: BudgetRequest) -> bool:
        return viewer().may(RequestItem, "decide") and viewer().reaches(record, "edit")

    @expose("/move/", methods=("POST",))
    def move_view(self) -> Any:
        record = self.record()
        self.require("edit", record)
        item = self._item(record, request.form.get("item", ""))
        by = -1 if request.form.get("by") == "-1" else 1
        back = url_for(".details_view", id=record.id, _anchor="items")
        return do(self, record, lambda: requests.swap(item, by, db.session()), done_url=back,
                  told=_("Moved."))  # fmt: skip

    def _item(self, record: BudgetRequest, text: str) -> RequestItem:
        """The project of this request that a form names; 404 otherwise."""
        known = text.isascii() and text.isdigit() and len(text) < 19
        item = db.session.get(RequestItem, int(text)) if known else None
        return item if item is not None and item.request_id == record.id else abort(404)

    @expose("/copy/", methods=("GET", "POST"))
    def copy_view(self) -> Any:
        """Bring a project of an earlier request over, its costs with it."""
        record = self.record()
        self.require("edit", record)
        asked = [
            Ask("item", _l("Proposed project"), "pick", pairs=lambda: _earlier(record),
                help=_l("Those that were refused stand first.")),
        ]  # fmt: skip

        def act(told: dict[str, Any]) -> str:
            item = db.session.get_one(RequestItem, told["item"])
            made = requests.copy(item, record, db.session())
            return _("“%(what)s” stands at priority %(n)s now.", what=made.name, n=made.priority)

        return ask(
            self, record, _("Bring over a project of an earlier request"), asked, act,
            notice=_("Facts and costs are copied; decisions, days and the checklist begin anew."),
        )  # fmt: skip

    @expose("/decide/", methods=("GET", "POST"))
    def decide_view(self) -> Any:
        """The sheet of one step: all projects that wait for it, decided in one page."""
        record = self.record()
        if not self._decides(record):
            self.refuse("decide", record.id)
        sheet = request_sheet.Sheet(record, request.values.get("step", ""))
        form = request.form
        if request.method == "POST" and unchanged(sheet.items, form):
            answer = do(self, record, lambda: self._told(sheet, form), form=SILENT)
            if answer is not None:
                return answer
        return self.render("request_decide.html", **self._sheet_context(record, sheet)), (
            422 if request.method == "POST" else 200
        )

    @staticmethod
    def _told(sheet: request_sheet.Sheet, form: Any) -> str:
        number = sheet.decide(form)
        if not number:
            raise Broken(_("No project was decided: choose at least one."))
        return _("%(n)s decisions were recorded.", n=number)

    def _sheet_context(self, record: BudgetRequest, sheet: request_sheet.Sheet) -> dict[str, Any]:
        back = url_for(".details_view", id=record.id)
        step = sheet.step
        return {
            "title": _("Record decisions: %(step)s", step=step or ""), "sub": str(record), "chip": "",
            "acts": [], "steps": self.steps(record), "step": step.value if step else "",
            "crumbs": [{"title": self.name, "url": url_for(".index_view")}, {"title": str(record), "url": back}],
            "rows": sheet.rows(request.form), "row_version": versions(sheet.items),
            "sums": request_sheet.sums(sheet.totals), "action_url": url_for(".decide_view", id=record.id),
            "cancel_url": back, "save_title": _("Save the decisions"), **sheet.common(request.form, lang()),
        }  # fmt: skip

    @expose("/form/")
    def form_view(self) -> Response:
        """The request as one of its official forms."""
        record = self.record()
        self.require("print", record)
        form = request.args.get("form", "")
        if form not in request_forms.FORMS:
            abort(404)
        return request_papers.form(record, form)


def _earlier(record: BudgetRequest) -> list[tuple[int, str]]:
    """Projects of earlier requests to choose from, with their year, amount and what became of them."""
    return [
        (item.id, f"{year} · {item.status} · {item.name[:90]} ({money.shown(item.requested)})")
        for item, year in figures.earlier_items(db.session(), record)
    ]


def form_title(record: BudgetRequest, ending: str) -> str:
    """What the button says that makes an official form."""
    return _("Form %(number)s (Excel)", number=request_forms.number(record, ending))
