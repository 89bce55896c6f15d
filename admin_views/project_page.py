"""A project's page: where it stands and why, its course, plan, reports, problems, and its money."""

from datetime import date
from typing import Any, ClassVar

from flask import request, url_for
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import select

from access.database import db
from admin_views import agenda, project_sheet, uploads
from admin_views.base import EntityView, lang, record_url, viewer
from admin_views.project_parts import (
    bar_tone,
    chip,
    course_rows,
    milestones,
    month_to_report,
    month_words,
    papers_of,
    problem_row,
    reasons,
    report_edit_url,
    report_url,
    says_nothing_behind,
    slip_words,
    standing,
    unspent_words,
)
from admin_views.verbs import Ask, ask, do
from admin_views.words import said
from entities import dates, money
from entities.base import fields
from entities.vocabulary import Light, ProjectStatus, Severity
from figures import governance, project_course, project_money, project_reports
from figures import projects as figures
from models import (
    BudgetLine,
    Milestone,
    Outcome,
    Problem,
    ProgressReport,
    Project,
    ProjectChange,
)
from reports import charts
from reports.projects import curve
from rules import project_changes, projects

S = ProjectStatus
FACTS = (
    "code", "fiscal_year", "agency_id", "mission", "plan_issue", "plan_program", "objectives",
    "indicators", "budget", "method", "starts_on", "ends_on", "extended_to", "accepted_on",
    "finished_on", "district_id", "place", "manager_name", "manager_phone", "request_item_id",
)  # fmt: skip
SHOWN = 24
"""Reports that the page tells; the list holds all."""


class ProjectView(EntityView):
    """Projects with their traffic light; a page that reads as a story."""

    details_template = "project.html"
    related: ClassVar[list[Any]] = [(ProjectChange, "project_id"), (Outcome, "project_id")]
    tabs: ClassVar[list[Any]] = [
        (_l("Far behind plan"), {"light": Light.RED.value}),
        (_l("Late reports"), {"late": "1"}),
        (_l("Mine"), {"mine": "1"}),
    ]

    def marks(self, ids: list[int]) -> dict[int, Markup]:
        found = figures.standings(
            db.session(), dates.today(), figures.limits(), Project.id.in_(ids)
        )
        drawn = Markup('<span class="s light">{} {}</span>')
        return {
            key: drawn.format(
                chip(one.light), "" if says_nothing_behind(one) else slip_words(one.facts.slip)
            )
            for key, one in found.items()
        }

    def sub(self, record: Project) -> str:
        parts = [
            _("Fiscal year %(year)s", year=record.fiscal_year), governance.agency_name(record),
            _("%(baht)s baht", baht=money.shown(record.budget)),
        ]  # fmt: skip
        return " · ".join(parts)

    def chip(self, record: Project) -> Markup:
        return chip(standing(record).light) + Markup(" ") + super().chip(record)

    def steps(self, record: Project) -> list[dict[str, str]]:
        path = projects.path_of(record)
        here = record.status_before or record.status
        place = path.index(here) if here in path else -1
        done = record.status is S.FINISHED
        return [
            {"title": said(step.title),
             "state": "did" if n < place or done else "now" if n == place else ""}
            for n, step in enumerate(path)
        ]  # fmt: skip

    def notices(self, record: Project) -> list[dict[str, str]]:
        told = []
        if record.status in (S.PAUSED, S.CANCELLED) and (last := self._last_change(record)):
            told.append({"kind": "warn", "text": f"{record.status}: {last.reason}"})
        if record.status is S.CANCELLED:
            unspent = project_money.spent_on(db.session(), record.id).unspent
            text = _("Not spent, to be returned: %(baht)s baht", baht=money.shown(unspent))
            told.append({"kind": "warn", "text": text})
        weights = figures.weight_of(db.session(), record.id)
        if weights != figures.WHOLE and record.status not in projects.OVER:
            text = _(
                "The weights of the milestones sum to %(sum)s of 100 percent.",
                sum=money.shown(weights or money.NOTHING),
            )
            told.append({"kind": "warn", "text": text})
        if month := self._owed(record):
            text = _("The report of %(month)s has not come.", month=month_words(month))
            told.append({"kind": "warn", "text": text})
        return told

    def _owed(self, record: Project) -> date | None:
        """The month of which everybody's report should be there, where this one's is not."""
        month = figures.due_month(dates.today(), figures.limits().report_day)
        owes = select(Project.id).where(
            Project.id == record.id,
            *project_reports.owing(month),
            project_reports.not_reported(month),
        )
        return month if db.session.scalar(owes) is not None else None

    def _last_change(self, record: Project) -> ProjectChange | None:
        return db.session.scalar(
            select(ProjectChange)
            .where(ProjectChange.project_id == record.id)
            .order_by(ProjectChange.id.desc())
            .limit(1)
        )

    def record_acts(self, record: Project) -> list[dict[str, Any]]:
        """The report of the month first, then the next step, then changes on the way."""
        acts = [*self._report_act(record), *self._next_act(record), *self._change_acts(record)]
        if acts:
            acts[0]["primary"] = True
        return acts + super().record_acts(record)

    def _report_act(self, record: Project) -> list[dict[str, Any]]:
        month = month_to_report(record)
        if month is None or not viewer().reaches(record, "report"):
            return []
        title = _("Report %(month)s", month=month_words(month))
        return [{"title": title, "url": report_url(record, month), "method": "get"}]

    def _next_act(self, record: Project) -> list[dict[str, Any]]:
        to = projects.next_step(record)
        verb = "finish" if to is S.FINISHED else "advance"
        if to is None or not viewer().reaches(record, verb):
            return []
        confirm = _("Go on to “%(step)s”?", step=said(to.title))
        url = url_for(".advance_view", id=record.id)
        return [{"title": _("Next: %(step)s", step=said(to.title)), "url": url, "method": "post",
                 "confirm": confirm, "fields": {"to": to.value}}]  # fmt: skip

    def _change_acts(self, record: Project) -> list[dict[str, Any]]:
        if record.status in projects.OVER or not viewer().reaches(record, "change"):
            return []
        paused = record.status is S.PAUSED
        titles = {
            "extend_view": _("Extend the time"),
            **({"resume_view": _("Resume")} if paused else {"pause_view": _("Put on hold")}),
            "cancel_view": _("Cancel the project"),
        }
        return [
            {"title": title, "url": url_for(f".{endpoint}", id=record.id), "method": "get"}
            for endpoint, title in titles.items()
        ]

    def groups(self, record: Project) -> list[dict[str, Any]]:
        told = fields(Project)
        rows = [
            [told[key].label, self.fact(record, key)]
            for key in FACTS
            if getattr(record, key) is not None
        ]
        return [{"title": _("About the project"), "rows": rows}]

    def details_context(self, record: Project) -> dict[str, Any]:
        one = standing(record)
        severe = figures.open_problems(
            db.session(), Problem.project_id == record.id, Problem.severity == Severity.HIGH
        )
        course = project_course.course_of(db.session(), record)
        drawn = curve(course, lang())
        return {
            **super().details_context(record),
            "light": {
                "chip": chip(one.light), "why": reasons(one, severe), "facts": one.facts,
                "tone": bar_tone(one.facts.slip),
            },
            "chart": charts.svg(drawn, _("Progress")) if drawn else None,
            "course": course_rows(drawn),
            "sheet": self.sheet(record, request.form if request.method == "POST" else {}),
            "reports": self.reports(record),
            "reports_url": url_for("progress_report.index_view", project_id=record.id),
            "problems": self.problems(record),
            "money": self.money(record),
        }  # fmt: skip

    def sheet(self, record: Project, form: Any) -> dict[str, Any]:
        """The milestones as a sheet, with what the viewer may fill in of them."""
        found = milestones(record)
        open_ = record.status not in projects.OVER
        plans = open_ and viewer().reaches(record, "edit")
        return {
            "rows": project_sheet.drawn(found, form, plans),
            "plans": plans,
            "reports": open_ and viewer().reaches(record, "report"),
            "version": agenda.versions(found),
            "sum": money.shown(sum((one.weight for one in found), money.NOTHING)),
            "done": money.shown(figures.progress((one.weight, one.percent) for one in found)),
            "url": url_for(".milestones_view", id=record.id),
            "labels": {key: fields(Milestone)[key].label for key in project_sheet.COLUMNS},
        }

    def reports(self, record: Project) -> list[dict[str, Any]]:
        """The reports, the newest first, with their photographs and other papers."""
        rows = db.session.scalars(
            select(ProgressReport)
            .where(ProgressReport.project_id == record.id)
            .order_by(ProgressReport.month.desc())
            .limit(SHOWN)
        ).all()
        papers = papers_of([one.id for one in rows])
        may_edit = viewer().reaches(record, "report")
        return [
            {
                "month": month_words(one.month), "planned": one.planned_percent,
                "actual": one.actual_percent, "slip": one.actual_percent - one.planned_percent,
                "slip_words": slip_words(one.actual_percent - one.planned_percent),
                "texts": [(fields(ProgressReport)[key].label, value)
                          for key in ("correction_reason", "done", "problems", "remedy", "next_step")
                          if (value := getattr(one, key))],
                "disbursed": money.shown(one.disbursed), "committed": money.shown(one.committed),
                "reported_on": dates.short_date(one.reported_on, lang()),
                "url": record_url(ProgressReport, one.id), "papers": papers.get(one.id, []),
                "edit_url": report_edit_url(one) if may_edit and n == 0 else None,
            }
            for n, one in enumerate(rows)
        ]  # fmt: skip

    def problems(self, record: Project) -> dict[str, Any]:
        """The problems of the project: open ones first, with who sees to them and until when."""
        rows = db.session.scalars(
            select(Problem)
            .where(Problem.project_id == record.id)
            .order_by(Problem.resolved_on.is_not(None), Problem.due_on, Problem.id)
        )
        back = url_for(".details_view", id=record.id, _anchor="problems")
        may = viewer().may(Problem, "create") and record.status not in projects.OVER
        return {
            "rows": [problem_row(one) for one in rows],
            "new_url": url_for("problem.create_view", project_id=record.id, url=back) if may else None,
        }  # fmt: skip

    def money(self, record: Project) -> dict[str, Any]:
        """What the ledger says, and the budget lines that the viewer reaches."""
        spent = project_money.spent_on(db.session(), record.id)
        labels = fields(BudgetLine)
        told = ("net_budget", "reserved", "outstanding", "disbursed", "drawn", "available")
        lines = (
            db.session.scalars(
                select(BudgetLine).where(BudgetLine.project_id == record.id).order_by(BudgetLine.id)
            )
            if viewer().may(BudgetLine, "read")
            else ()
        )
        return {
            "rows": [(labels[key].label, money.shown(getattr(spent, key))) for key in told],
            "percent": money.percent(spent.paid, spent.net_budget),
            "count": spent.lines,
            "lines": [
                {"title": one.item, "url": record_url(BudgetLine, one.id),
                 "left": money.shown(one.available)}
                for one in lines
            ],
        }  # fmt: skip

    def side(self, record: Project) -> list[dict[str, Any]]:
        return [{"title": _("Attachments"), "html": uploads.card(record, "project_id")}]

    @expose("/upload/", methods=("POST",))
    def upload_view(self) -> Any:
        record = self.record()
        self.require("report", record)
        return uploads.receive(self, record, "project_id")

    # The path, and changes on the way.

    @expose("/milestones/", methods=("POST",))
    def milestones_view(self) -> Any:
        record = self.record()
        plans = viewer().reaches(record, "edit")
        if not plans:
            self.require("report", record)
        found, form = milestones(record), request.form

        def act() -> None:
            projects.replan(record, project_sheet.read(found, form, plans), db.session())

        if agenda.unchanged(found, form):
            back = url_for(".details_view", id=record.id, _anchor="plan")
            answer = do(
                self, record, act, form=agenda.SILENT, done_url=back, told=_("Milestones saved.")
            )
            if answer is not None:
                return answer
        return self.render(self.details_template, **self.details_context(self.record())), 422

    @expose("/advance/", methods=("POST",))
    def advance_view(self) -> Any:
        record = self.record()
        try:
            to = S(request.form.get("to", ""))
        except ValueError:
            to = record.status
        self.require("finish" if to is S.FINISHED else "advance", record)
        told = _("Now: %(step)s", step=said(to.title))
        return do(
            self,
            record,
            lambda: projects.advance(record, to, db.session(), dates.today()),
            told=told,
        )

    @expose("/extend/", methods=("GET", "POST"))
    def extend_view(self) -> Any:
        record = self.record()
        self.require("change", record)
        asked = [
            Ask("new_end", _l("New end"), "date", default=figures.end_of(record)), *_why(),
        ]  # fmt: skip
        return ask(
            self, record, _("Extend the time of %(what)s", what=record), asked,
            lambda told: project_changes.extend(
                record, told["new_end"], told["reason"] or "", db.session(), dates.today(), told["reference"]
            ) and None,
            save_title=_("Extend the time"),
        )  # fmt: skip

    def _changed(self, title: str, verb: Any, save: str, notice: str = "") -> Any:
        record = self.record()
        self.require("change", record)

        def act(told: dict[str, Any]) -> str | None:
            found = verb(
                record, told["reason"] or "", db.session(), dates.today(), told["reference"]
            )
            unspent = found if not isinstance(found, ProjectChange) else None
            return unspent_words(unspent) if unspent is not None else None

        return ask(
            self, record, title % {"what": record}, _why(), act, save_title=save, notice=notice
        )

    @expose("/pause/", methods=("GET", "POST"))
    def pause_view(self) -> Any:
        return self._changed(
            _("Put %(what)s on hold", what="%(what)s"), project_changes.pause, _("Put on hold")
        )

    @expose("/resume/", methods=("GET", "POST"))
    def resume_view(self) -> Any:
        return self._changed(
            _("Resume %(what)s", what="%(what)s"), project_changes.resume, _("Resume")
        )

    @expose("/cancel/", methods=("GET", "POST"))
    def cancel_view(self) -> Any:
        return self._changed(
            _("Cancel %(what)s", what="%(what)s"), project_changes.cancel, _("Cancel the project"),
            _("A cancelled project is not taken up again; what is not spent is returned."),
        )  # fmt: skip


def _why() -> list[Ask]:
    return [
        Ask("reason", _l("Reason"), "text"),
        Ask("reference", _l("Reference"), "text", required=False),
    ]
