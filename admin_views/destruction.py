"""Destroying documents: the yearly survey, and a list's page through committee, archives, approval."""

from datetime import date
from typing import Any, ClassVar

from flask import redirect, request, url_for
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import select

from access.database import db
from admin_views import cells, desk, register_papers
from admin_views.acting import lang, viewer
from admin_views.base import EntityView
from admin_views.verbs import Ask, ask, do
from admin_views.words import said
from entities import dates
from entities.base import fields
from entities.vocabulary import DestructionStatus, Disposal
from figures import documents as figures
from models import DestructionBatch, DestructionItem, OfficeUnit
from rules import retention
from rules.base import Broken

B = DestructionStatus
PATH = (
    (_l("Listed"), B.LISTED),
    (_l("Before the committee"), B.COMMITTEE),
    (_l("Before the National Archives"), B.ARCHIVES),
    (_l("Authorised"), B.APPROVED),
    (_l("Carried out"), B.CARRIED_OUT),
)
FACTS = (
    "unit_id", "year", "surveyed_on", "order_ref", "chair_name", "members", "opinion",
    "sent_to_archives_on", "archives_ref", "archives_answered_on", "approver_name", "approved_on",
    "carried_out_on",
)  # fmt: skip
SHOWN = 12
"""Documents that the survey names of a unit; the list made of them holds all."""


class DestructionBatchView(EntityView):
    """A list of documents to be destroyed, on its way."""

    details_template = "destruction.html"
    related: ClassVar[list[Any]] = []

    def list_acts(self, state: Any) -> list[dict[str, Any]]:
        acts = super().list_acts(state)
        if viewer().may(DestructionBatch, "survey"):
            to = {"title": _("Survey of the year"), "url": url_for(".survey_view")}
            acts.append({**to, "method": "get", "primary": True})
        return acts

    # The survey.

    @expose("/survey/", methods=("GET", "POST"))
    def survey_view(self) -> Any:
        """What is due of each unit at the end of a year; one press makes a unit's list."""
        self.require("survey")
        year = _year()
        if request.method == "POST":
            return self._make_list(_picked_unit(request.form.get("unit", "")), year)
        deadline = figures.survey_deadline(year)
        return self.render(
            "destruction_survey.html", title=_("Survey of the year %(year)s", year=year + 543),
            crumbs=[{"title": self.name, "url": url_for(".index_view")}], year=year + 543,
            deadline=dates.long_date(deadline, lang()), over=dates.today().year > year,
            chip=cells.in_days(deadline, dates.today()) if dates.today() <= deadline else "",
            units=_due(year), years=[dates.today().year + 543 - n for n in range(5)],
            action_url=url_for(".survey_view", year=year + 543),
        )  # fmt: skip

    def _make_list(self, unit: OfficeUnit | None, year: int) -> Any:
        """Make a unit's list and go to it: its next step is there."""
        made: list[int] = []

        def act() -> str:
            if unit is None:
                raise Broken(_("Choose one from the list."))
            batch = retention.survey(unit, year, db.session(), dates.today())
            made.append(batch.id)
            return _("%(name)s was made; it stands among the lists.", name=batch.name)

        answer = do(self, None, act, done_url=url_for(".survey_view", year=year + 543))
        return redirect(url_for(".details_view", id=made[0])) if made else answer

    # The page of a list.

    def steps(self, record: DestructionBatch) -> list[dict[str, str]] | None:
        if record.status is B.WITHDRAWN:
            return None
        here = next(n for n, (_title, state) in enumerate(PATH) if record.status is state)
        over = record.status is B.CARRIED_OUT
        return [
            {
                "title": str(title),
                "state": "did" if n < here or over else "now" if n == here else "",
            }
            for n, (title, _state) in enumerate(PATH)
        ]

    def notices(self, record: DestructionBatch) -> list[dict[str, str]]:
        if record.status is not B.ARCHIVES or record.archives_answered_on is not None:
            return []
        end = (record.sent_to_archives_on or dates.today()) + retention.SILENCE
        words = _("The National Archives may answer until %(day)s; silence then counts as consent.",
                  day=dates.long_date(end, lang()))  # fmt: skip
        return [{"kind": "info", "text": words}]

    def groups(self, record: DestructionBatch) -> list[dict[str, Any]]:
        told = fields(DestructionBatch)
        rows = [[told[k].label, self.fact(record, k)] for k in FACTS if getattr(record, k)]
        return [{"title": _("About the list"), "rows": rows}]

    def details_context(self, record: DestructionBatch) -> dict[str, Any]:
        items = db.session.scalars(
            select(DestructionItem)
            .where(DestructionItem.batch_id == record.id)
            .order_by(DestructionItem.position)
        ).all()
        judging = record.status in (B.COMMITTEE, B.ARCHIVES)
        return {
            **super().details_context(record),
            "items": [{**_item(one), **_typed(one)} for one in items],
            "judge_url": url_for(".judge_view", id=record.id)
            if judging and viewer().reaches(record, "survey") else None,
            "disposals": [(d.value, said(d.title)) for d in Disposal],
        }  # fmt: skip

    def record_acts(self, record: DestructionBatch) -> list[dict[str, Any]]:
        acts = [act for verb, act in self._next(record) if viewer().reaches(record, verb)]
        if acts and "why" not in acts[0]:
            acts[0]["primary"] = True
        if viewer().reaches(record, "export"):
            url = url_for(".workbook_view", id=record.id)
            acts.append(
                {"title": _("Form 25 (Excel)"), "url": url, "method": "get", "icon": "download"}
            )
        return acts

    @expose("/workbook/")
    def workbook_view(self) -> Any:
        """The list as form 25, for the committee and the National Archives."""
        from workbooks import destruction as papers

        record = self._batch("export")
        key = record.id

        def make(session: Any, acting: Any, now: Any) -> bytes:
            return papers.workbook(session, session.get_one(DestructionBatch, key), acting, now)

        of = ("destruction_batch", key)
        return register_papers.sheet(of, record.name, record.province_id, "form-25", make)

    def _next(self, record: DestructionBatch) -> list[tuple[str, dict[str, Any]]]:
        def go(title: str, endpoint: str, method: str = "get", **more: Any) -> dict[str, Any]:
            url = url_for(f".{endpoint}", id=record.id)
            return {"title": title, "url": url, "method": method, **more}

        withdraw = ("survey", go(_("Give the list up"), "withdraw_view", "post",
                                 confirm=_("Give the list up? Its documents can be listed again.")))  # fmt: skip
        return {
            B.LISTED: [("survey", go(_("Lay before the committee"), "committee_view")), withdraw],
            B.COMMITTEE: [
                ("survey", go(_("Send to the National Archives"), "archives_view")), withdraw,
            ],
            B.ARCHIVES: [
                ("approve", self._approve(record, go)),
                ("survey", go(_("The National Archives answered"), "answer_view")), withdraw,
            ],
            B.APPROVED: [("survey", go(_("It was carried out"), "carry_out_view", "post",
                                       confirm=_("Destroy what was authorised? The register keeps every number.")))],
        }.get(record.status, [])  # fmt: skip

    @staticmethod
    def _approve(record: DestructionBatch, go: Any) -> dict[str, Any]:
        act: dict[str, Any] = go(_("Authorise it"), "approve_view", "post",
                                 confirm=_("Authorise the destruction of these documents?"))  # fmt: skip
        if record.made_by is not None and record.made_by == viewer().user_id:
            act["why"] = _("Whoever made a list cannot approve it.")
        elif not retention.archives_agreed(record, dates.today()):
            act["why"] = retention.words_unanswered()
        return act

    def _batch(self, verb: str = "survey") -> DestructionBatch:
        record: DestructionBatch = self.record()
        self.require(verb, record)
        return record

    @expose("/committee/", methods=("GET", "POST"))
    def committee_view(self) -> Any:
        """Lay a list before its committee."""
        record = self._batch()
        asked = [
            Ask("order_ref", _l("Order of appointment"), "line"),
            Ask("chair", _l("Chair of the committee"), "line"),
            Ask("members", _l("Members of the committee"), "text",
                help=_l("One on each line, at least two.")),
        ]  # fmt: skip

        def act(told: dict[str, Any]) -> None:
            members = tuple((told["members"] or "").splitlines())
            committee = retention.Committee(told["order_ref"] or "", told["chair"] or "", members)
            retention.to_committee(record, committee, db.session())

        return ask(self, record, _("Lay before the committee"), asked, act)

    @expose("/judge/", methods=("POST",))
    def judge_view(self) -> Any:
        """Write down what is thought of each document."""
        record = self._batch()
        back = url_for(".details_view", id=record.id, _anchor="items")
        saved = do(
            self, record, lambda: _judge(record), form={}, done_url=back, told=_("Opinions saved.")
        )
        return saved if saved is not None else (self.details_view(), 422)

    @expose("/archives/", methods=("GET", "POST"))
    def archives_view(self) -> Any:
        """Send a list with the committee's opinion to the National Archives."""
        record = self._batch()
        return ask(
            self, record, _("Send to the National Archives"),
            [Ask("opinion", _l("Opinion of the committee"), "text")],
            lambda told: retention.to_archives(
                record, told["opinion"] or "", db.session(), dates.today()
            ),
        )  # fmt: skip

    @expose("/answer/", methods=("GET", "POST"))
    def answer_view(self) -> Any:
        """Note the answer of the National Archives."""
        record = self._batch()
        asked = [
            Ask("ref", _l("Answer of the National Archives"), "line"),
            Ask("on", _l("National Archives answered on"), "date", default=dates.today()),
        ]
        return ask(
            self, record, _("The National Archives answered"), asked,
            lambda told: retention.archives_answer(
                record, told["ref"] or "", told["on"], db.session()
            ),
        )  # fmt: skip

    @expose("/approve/", methods=("POST",))
    def approve_view(self) -> Any:
        """Authorise a list that somebody else made."""
        record = self._batch("approve")
        return do(
            self, record, lambda: retention.approve(record, db.session(), dates.today()),
            told=_("The destruction is authorised."),
        )  # fmt: skip

    @expose("/carry-out/", methods=("POST",))
    def carry_out_view(self) -> Any:
        """Do with each document what was approved."""
        record = self._batch()
        return do(
            self, record,
            lambda: retention.carry_out(record, db.session(), dates.now(), dates.today()),
            told=_("Carried out; every number stays in its register."),
        )  # fmt: skip

    @expose("/withdraw/", methods=("POST",))
    def withdraw_view(self) -> Any:
        """Give up a list that is not approved."""
        record = self._batch()
        return do(self, record, lambda: retention.withdraw(record, db.session()))


def _year() -> int:
    """The year that the address names (B.E.), or the one that ended last; Gregorian."""
    typed = request.args.get("year", "")
    last = dates.today().year - 1
    chosen = int(typed) - 543 if typed.isascii() and typed.isdigit() and len(typed) == 4 else last
    return chosen if last - 30 <= chosen <= last + 1 else last


def _picked_unit(key: str) -> OfficeUnit | None:
    return db.session.get(OfficeUnit, int(key)) if key.isascii() and key.isdigit() else None


def _due(year: int) -> list[dict[str, Any]]:
    """What is due of each unit, with the first of it by name."""
    province_id = desk.desk_province()
    if province_id is None:
        return []
    units = db.session.scalars(
        select(OfficeUnit).where(OfficeUnit.province_id == province_id).order_by(OfficeUnit.code)
    ).all()
    made = _lists(province_id, year)
    found = [(unit, figures.due_for_destruction(db.session(), unit.id, year)) for unit in units]
    return [
        {
            "id": unit.id, "name": unit.name, "code": unit.code, "count": len(due),
            "rows": [_due_row(one) for one in due[:SHOWN]], "more": max(0, len(due) - SHOWN),
            "lists": made.get(unit.id, []),
        }
        for unit, due in found
    ]  # fmt: skip


def _lists(province_id: int, year: int) -> dict[int, list[dict[str, Any]]]:
    """The lists that were made of a year's survey, by unit."""
    rows = db.session.scalars(
        select(DestructionBatch)
        .where(DestructionBatch.province_id == province_id, DestructionBatch.year == year)
        .order_by(DestructionBatch.number)
    ).all()
    told: dict[int, list[dict[str, Any]]] = {}
    for one in rows:
        url = url_for(".details_view", id=one.id)
        row = {"title": one.name, "url": url, "chip": cells.chip(one.status)}
        told.setdefault(one.unit_id or 0, []).append(row)
    return told


def _due_row(one: Any) -> dict[str, Any]:
    return {
        "title": str(one), "url": url_for("document.details_view", id=one.id),
        "until": dates.short_date(one.keep_until, lang()) if one.keep_until else "–",
        "archival": one.archival,
    }  # fmt: skip


def _item(one: DestructionItem) -> dict[str, Any]:
    return {
        "id": one.id, "position": one.position, "title": str(one.document),
        "url": url_for("document.details_view", id=one.document_id),
        "chip": cells.chip(one.opinion), "opinion": one.opinion.value,
        "until": dates.input_date(one.keep_until) if one.keep_until else "",
        "kept": dates.short_date(one.keep_until, lang()) if one.keep_until else "",
        "note": one.note or "", "archival": one.document.archival,
        "done": cells.mark("ok", "✓", dates.short_date(one.carried_out_on, lang()))
        if one.carried_out_on else Markup(""),
    }  # fmt: skip


def _typed(one: DestructionItem) -> dict[str, str]:
    """What was typed of a document, where the page comes back because something was wrong."""
    named = {key: f"{key}-{one.id}" for key in ("opinion", "until", "note")}
    return {key: request.form[name] for key, name in named.items() if name in request.form}


def _judge(record: DestructionBatch) -> None:
    """Carry out what was chosen for each document that was changed."""
    items = db.session.scalars(
        select(DestructionItem).where(DestructionItem.batch_id == record.id)
    ).all()
    for one in items:
        chosen = next(
            (d for d in Disposal if d.value == request.form.get(f"opinion-{one.id}")), None
        )
        if chosen is not None:
            until, note = _until(one), request.form.get(f"note-{one.id}", "").strip()[:300]
            until = until if chosen is Disposal.EXTEND else None
            if (chosen, until, note) != (one.opinion, one.keep_until, one.note or ""):
                _judged(one, chosen, until, note)


def _judged(one: DestructionItem, chosen: Disposal, until: date | None, note: str) -> None:
    """Judge one document; what is refused names its place on the list."""
    try:
        retention.judge(one, chosen, db.session(), until, note)
    except Broken as broken:
        raise Broken(f"{one.position}: {broken}") from None


def _until(one: DestructionItem) -> date | None:
    typed = request.form.get(f"until-{one.id}", "").strip()
    if not typed:
        return None
    try:
        return dates.parse_date(typed[:60])
    except dates.BadDate as bad:
        raise Broken(f"{one.position}: {_(str(bad))}") from None
