"""A proposed project's page: its steps and decisions, its costs, what is ready, its papers."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, ClassVar

from flask import abort, request, url_for
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import select

from access.database import db
from admin_views import cells, request_papers, request_sheet, uploads
from admin_views.agenda import SILENT, unchanged, versions
from admin_views.base import EntityView, lang, record_url, viewer
from admin_views.verbs import Ask, ask, do
from entities import dates, money
from entities.base import fields
from entities.vocabulary import (
    ReadinessAnswer,
    ReadinessKind,
    RequestStatus,
    RequestStep,
    Verdict,
)
from figures import requests as figures
from models import (
    BudgetRequest,
    ExpenseCategory,
    Project,
    Readiness,
    RequestCost,
    RequestDecision,
    RequestItem,
    Resolution,
)
from rules import removal, request_decisions, requests
from rules.base import Broken
from workbooks import request_forms

GROUPS = (
    (_l("The project"), ("name", "request_id", "priority", "agency_id", "mission", "plan_issue",
                         "plan_program", "source", "kind")),
    (_l("Why and what for"), ("rationale", "objectives", "indicators")),
    (_l("Where, when and for whom"), ("district_id", "place", "beneficiaries", "starts_on", "ends_on")),
    (_l("What is done and what comes of it"), ("activities", "outputs", "outcomes")),
)  # fmt: skip
"""The form and the facts of a project, in the order of form จ.1-1."""
TYPED = ("expense_category_id", "name", "quantity", "unit", "unit_price")
"""What the quick entry of a cost asks."""


class RequestItemView(EntityView):
    """A project tells its way through the steps; costs and readiness are entered on its page."""

    details_template = "request_item.html"
    related: ClassVar[list[Any]] = []
    tabs: ClassVar[list[Any]] = [
        (_l("Under consideration"), {"status": "open"}),
        (_l("Not approved"), {"status": "rejected"}),
        (_l("Enacted"), {"status": "enacted"}),
    ]

    def render(self, template: str, **told: Any) -> Any:
        """The form stands in the groups of the official form."""
        if template in ("form.html", "conflict.html") and "priority" in told.get("form", ()):
            told["groups"] = [{"title": title, "fields": names} for title, names in GROUPS]
        return super().render(template, **told)

    def prefill(self, form: Any) -> None:
        """A new project of a request takes its next priority, and its home's source of money."""
        super().prefill(form)
        home = self._request_named()
        if home is not None and "priority" in form:
            form.priority.data = requests.next_priority(home, db.session())

    def _request_named(self) -> BudgetRequest | None:
        text = request.args.get("request_id", "")
        known = text.isascii() and text.isdigit() and len(text) < 19
        return db.session.get(BudgetRequest, int(text)) if known else None

    def chip(self, record: RequestItem) -> Markup:
        return request_sheet.chip(record)

    def sub(self, record: RequestItem) -> str:
        return _("Priority %(n)s of %(request)s", n=record.priority, request=record.request)

    def steps(self, record: RequestItem) -> list[dict[str, str]]:
        drawn = request_sheet.steps(record, record.step)
        if record.status is RequestStatus.REJECTED:
            return [{**one, "state": "did" if one["state"] == "did" else ""} for one in drawn]
        return drawn

    def notices(self, record: RequestItem) -> list[dict[str, str]]:
        if record.status is RequestStatus.REJECTED:
            return [{"kind": "bad", "text": _("Not approved at the step “%(step)s”: %(why)s",
                                              step=record.step, why=record.reject_reason)}]  # fmt: skip
        told = super().notices(record)
        if record.status is RequestStatus.OPEN and not record.requested:
            told.append({"kind": "warn", "text": _("Without costs the project asks for nothing.")})
        return told

    def record_acts(self, record: RequestItem) -> list[dict[str, Any]]:
        acts = [*self._deciding(record)]
        if viewer().reaches(record, "export"):
            title = _("Form %(number)s (Excel)", number=request_forms.number(record, "1-1"))
            acts.append({"title": title, "url": url_for(".form_view", id=record.id),
                         "method": "get"})  # fmt: skip
        if record.status is not RequestStatus.OPEN:
            return acts
        draft = record.step is RequestStep.DRAFT
        return acts + [
            act for act in super().record_acts(record) if draft or act["method"] == "get"
        ]

    def _deciding(self, record: RequestItem) -> list[dict[str, Any]]:
        """Recording the next decision, and taking the last one back."""
        acts, awaited = [], figures.following(record)
        verb = "enact" if awaited is RequestStep.ENACTED else "decide"
        if awaited is not None and viewer().reaches(record, verb):
            acts.append({"title": _("Record the decision: %(step)s", step=awaited), "method": "get",
                         "url": url_for(".decide_view", id=record.id), "primary": True})  # fmt: skip
        project = self._project(record)
        if project is not None:
            acts.append({"title": _("Open the project"), "url": record_url(Project, project),
                         "method": "get", "primary": True})  # fmt: skip
        elif record.step is not RequestStep.DRAFT and viewer().reaches(record, "decide"):
            acts.append({"title": _("Take back the last decision"), "method": "get",
                         "url": url_for(".take_back_view", id=record.id)})  # fmt: skip
        return acts

    @staticmethod
    def _project(record: RequestItem) -> int | None:
        if record.status is not RequestStatus.ENACTED or not viewer().may(Project, "read"):
            return None
        found: int | None = db.session.scalar(
            select(Project.id).where(Project.request_item_id == record.id)
        )
        return found

    def groups(self, record: RequestItem) -> list[dict[str, Any]]:
        told = fields(RequestItem)
        drawn = []
        for title, names in GROUPS:
            rows = [
                [told[key].label, self.fact(record, key)]
                for key in names
                if getattr(record, key) is not None and key != "name"
            ]
            if rows:
                drawn.append({"title": title, "rows": rows})
        drawn[0]["rows"].append([_("Form"), request_forms.number(record, "1-1")])
        return drawn

    def side(self, record: RequestItem) -> list[dict[str, Any]]:
        return [{"title": _("Attachments"), "html": uploads.card(record, "request_item_id")}]

    def details_context(self, record: RequestItem) -> dict[str, Any]:
        return {
            **super().details_context(record),
            **self._cost_context(record),
            **self._checklist_context(record),
            "decisions": self._decisions(record),
        }

    # Costs.

    def _cost_context(self, record: RequestItem) -> dict[str, Any]:
        if not viewer().may(RequestCost, "read"):
            return {"costs": None}
        found = figures.costs_of(db.session(), [record])[record.id]
        opened = self._costs_open(record)
        usual = {"expense_category_id": found[-1].expense_category_id} if found else {}
        here = url_for(".details_view", id=record.id, _anchor="costs")
        return {
            "costs": [_cost(cost, here) for cost in found],
            "cost_total": money.shown(record.requested),
            "cost_sums": _sums(record),
            "costs_kept": "" if record.step is RequestStep.DRAFT else _("kept since the screening"),
            "cost_url": url_for(".cost_view", id=record.id) if opened else None,
            "cost_remove_url": url_for(".cost_remove_view", id=record.id),
            "categories": categories() if opened else [],
            "typed": {key: request.form.get(key, usual.get(key, "")) for key in TYPED},
        }  # fmt: skip

    @staticmethod
    def _costs_open(record: RequestItem) -> bool:
        reaches = viewer().reaches(record, "edit") and viewer().may(RequestCost, "create")
        return reaches and record.step is RequestStep.DRAFT

    @expose("/cost/", methods=("POST",))
    def cost_view(self) -> Any:
        """Add a cost by the quick entry."""
        record = self.record()
        self.require("edit", record)
        back = url_for(".details_view", id=record.id, _anchor="costs")
        answer = do(self, record, lambda: add_cost(record, request.form), form=SILENT, done_url=back,
                    told=_("Added."))  # fmt: skip
        if answer is not None:
            return answer
        again = self.get_one(record.id)
        return self.render(self.details_template, **self.details_context(again)), 422

    @expose("/cost/remove/", methods=("POST",))
    def cost_remove_view(self) -> Any:
        record = self.record()
        self.require("edit", record)
        text = request.form.get("cost", "")
        known = text.isascii() and text.isdigit() and len(text) < 19
        cost = db.session.get(RequestCost, int(text)) if known else None
        if cost is None or cost.item_id != record.id:
            abort(404)
        back = url_for(".details_view", id=record.id, _anchor="costs")
        return do(self, record, lambda: removal.remove(db.session(), cost, dates.now()), done_url=back,
                  told=_("Removed."))  # fmt: skip

    # Readiness.

    def _checklist_context(self, record: RequestItem) -> dict[str, Any]:
        if not viewer().may(Readiness, "read"):
            return {"checklist": None}
        known = figures.checklist(db.session(), record.id)
        opened = record.status is RequestStatus.OPEN and viewer().reaches(record, "edit")
        may = opened and viewer().may(Readiness, "edit")
        return {
            "checklist": [_readiness(kind, known.get(kind)) for kind in ReadinessKind],
            "readiness_chip": _ready_chip(record.readiness),
            "answers": [(a.value, str(a), a.sign) for a in ReadinessAnswer],
            "checklist_url": url_for(".checklist_view", id=record.id) if may else None,
            "checklist_version": versions(list(known.values())),
        }

    @expose("/checklist/", methods=("POST",))
    def checklist_view(self) -> Any:
        """Save the readiness checklist as a whole."""
        record = self.record()
        self.require("edit", record)
        back = url_for(".details_view", id=record.id, _anchor="readiness")
        form, known = request.form, figures.checklist(db.session(), record.id)
        if unchanged(list(known.values()), form):
            answer = do(self, record, lambda: requests.answer(record, _answers(form), db.session()),
                        form=SILENT, done_url=back, told=_("The checklist is saved."))  # fmt: skip
            if answer is not None:
                return answer
        return self.render(
            self.details_template, **self.details_context(self.get_one(record.id))
        ), 422

    # Decisions.

    def _decisions(self, record: RequestItem) -> list[dict[str, Any]] | None:
        if not viewer().may(RequestDecision, "read"):
            return None
        return [_told(one) for one in reversed(figures.decisions(db.session(), record.id))]

    @expose("/decide/", methods=("GET", "POST"))
    def decide_view(self) -> Any:
        """Record what the next step decided on this one project."""
        record = self.record()
        step = figures.following(record)
        self.require("enact" if step is RequestStep.ENACTED else "decide", record)
        if step is None:
            abort(404)
        needs = step in figures.COMMITTEES
        asked = [
            Ask("verdict", _l("Decision"), "choice", choices=Verdict, default=Verdict.APPROVE),
            Ask("amount", _l("Amount (baht)"), "amount", default=figures.current(record)),
            Ask("resolution", _l("Resolution"), "pick", pairs=lambda: _resolutions(record, step), required=False,
                help=_l("The committee's resolution; it gives the day of the decision.")
                if needs else _l("Only where a committee resolved on it.")),
            Ask("decided_on", _l("Decided on"), "date", required=False,
                help=_l("Left empty: the day of the meeting that resolved, else today.")),
            Ask("comment", _l("Comment, or the reason for a refusal"), "text", required=False),
            Ask("override_reason", _l("Reason for a higher amount"), "text", required=False),
        ]  # fmt: skip
        title = _("Record the decision: %(step)s", step=step)
        now = money.shown(figures.current(record))
        notice = _("“%(what)s” has %(amount)s baht now.", what=record.name, amount=now)
        return ask(self, record, title, asked, lambda told: _decide(record, step, told), notice=notice,
                   save_title=_("Save the decision"))  # fmt: skip

    @expose("/take-back/", methods=("GET", "POST"))
    def take_back_view(self) -> Any:
        record = self.record()
        self.require("decide", record)
        return ask(
            self, record, _("Take back the last decision"), [Ask("reason", _l("Reason"), "text")],
            lambda told: request_decisions.take_back(record, told["reason"] or "", db.session()),
            notice=_("The project waits for that step again; what was taken back stays in the history."),
        )  # fmt: skip

    # Papers.

    @expose("/form/")
    def form_view(self) -> Any:
        record = self.record()
        self.require("export", record)
        return request_papers.brief(record)

    @expose("/upload/", methods=("POST",))
    def upload_view(self) -> Any:
        return uploads.receive(self, self.record(), "request_item_id")


def _cost(cost: RequestCost, here: str) -> dict[str, Any]:
    return {
        "id": cost.id, "name": cost.name, "category": cost.expense_category.path, "unit": cost.unit or "",
        "quantity": plain(cost.quantity), "price": money.shown(cost.unit_price),
        "amount": money.shown(cost.amount),
        "edit_url": url_for("request_cost.edit_view", id=cost.id, url=here),
    }  # fmt: skip


def _sums(record: RequestItem) -> list[dict[str, str]]:
    """What each expense category comes to, where there are several."""
    found = figures.by_category(db.session(), record.id)
    if len(found) < 2:
        return []
    return [{"title": one.category.path, "amount": money.shown(one.amount)} for one in found]


def plain(quantity: Decimal) -> str:
    """A quantity without decimals where it has none."""
    return f"{quantity:,.0f}" if quantity == quantity.to_integral_value() else f"{quantity:,.2f}"


def categories() -> list[dict[str, Any]]:
    """Expense categories to choose from: level 1 as a heading, levels 2 and 3 under it."""
    found = list(db.session.scalars(select(ExpenseCategory).order_by(ExpenseCategory.id)))
    parents = {one.parent_id for one in found}
    groups: dict[str, list[tuple[int, str]]] = {}
    for one in found:
        if one.id not in parents:
            first, _joint, rest = one.path.partition(requests.JOINT)
            groups.setdefault(first, []).append(
                (one.id, rest.replace(requests.JOINT, " › ") or first)
            )
    return [{"title": title, "options": options} for title, options in groups.items()]


def add_cost(record: RequestItem, form: Any) -> None:
    """Write the quick entry's cost; raises Broken where something is missing or cannot be read."""
    text = form.get("expense_category_id", "")
    known = text.isascii() and text.isdigit() and len(text) < 19
    category = db.session.get(ExpenseCategory, int(text)) if known else None
    if category is None:
        raise Broken(_("Choose an expense category."))
    name, unit = (_line(form.get(key, "")) for key in ("name", "unit"))
    db.session.add(RequestCost(
        item=record, item_id=record.id, name=name, unit=unit or None, expense_category_id=category.id,
        quantity=_number(form.get("quantity", ""), _("Quantity"), money.parse_figure),
        unit_price=_number(form.get("unit_price", ""), _("Price per unit"), money.parse),
    ))  # fmt: skip


def _line(text: str) -> str:
    return text.replace("\x00", "").strip()


def _number(text: str, label: str, parse: Callable[[str], Decimal]) -> Decimal:
    try:
        number = parse(text[:60])
    except money.BadAmount as bad:
        raise Broken(f"{label}: {bad.message}") from None
    if number < 0:
        raise Broken(f"{label}: {_('This number cannot be negative.')}")
    return number


def _readiness(kind: ReadinessKind, row: Readiness | None) -> dict[str, Any]:
    return {
        "key": kind.value, "title": str(kind), "answer": row.answer.value if row else "",
        "note": (row.note if row else "") or "", "chip": cells.chip(row.answer) if row else cells.DASH,
    }  # fmt: skip


def _ready_chip(percent: Decimal | None) -> Markup:
    if percent is None:
        return cells.mark("", "○", _("not answered yet"))
    return cells.mark(
        "ok" if percent == 100 else "warn", "✓" if percent == 100 else "◔", f"{percent}%"
    )


ANSWERS = {answer.value: answer for answer in ReadinessAnswer}


def _answers(form: Any) -> dict[ReadinessKind, tuple[ReadinessAnswer | None, str]]:
    return {
        kind: (ANSWERS.get(form.get(f"answer-{kind.value}", "")), _line(form.get(f"note-{kind.value}", "")))
        for kind in ReadinessKind
    }  # fmt: skip


def _told(one: RequestDecision) -> dict[str, Any]:
    """A decision as the story tells it."""
    reads = one.resolution_id is not None and viewer().may(Resolution, "read")
    return {
        "step": str(one.step), "chip": cells.chip(one.verdict), "body": one.body,
        "amount": money.shown(one.amount) if one.verdict is Verdict.APPROVE else "",
        "day": dates.short_date(one.decided_on, lang()), "comment": one.comment,
        "override": one.override_reason,
        "resolution": str(one.resolution) if reads and one.resolution else "",
        "resolution_url": record_url(Resolution, one.resolution_id or 0) if reads else None,
    }  # fmt: skip


def _resolutions(record: RequestItem, step: RequestStep) -> list[tuple[int, str]]:
    found = figures.resolutions(db.session(), record, step, dates.today())
    return [(one.id, request_sheet.label(one, lang())) for one in found]


def _decide(record: RequestItem, step: RequestStep, told: dict[str, Any]) -> str:
    """Carry out what the small form asked."""
    resolution = db.session.get(Resolution, told["resolution"]) if told["resolution"] else None
    approved = told["verdict"] is Verdict.APPROVE
    day = told["decided_on"] or request_sheet.decision_day("", resolution)
    request_decisions.decide(
        record, step, told["verdict"], told["amount"] if approved else money.NOTHING, day, db.session(),
        comment=told["comment"] or "", resolution=resolution, override_reason=told["override_reason"] or "",
    )  # fmt: skip
    return _("Recorded: %(step)s, %(verdict)s.", step=step, verdict=told["verdict"])
