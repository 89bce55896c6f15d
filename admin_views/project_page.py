"""A project's page: where it stands and why, its course, plan, reports, problems, and its money."""

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from flask import request, url_for
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import select

from access.database import db
from admin_views import agenda, attached_files, cells, project_sheet, uploads
from admin_views.base import EntityView, lang, record_url, viewer
from admin_views.verbs import Ask, ask, do
from admin_views.words import said
from entities import dates, money
from entities.base import fields
from entities.vocabulary import Light, ProjectStatus, Severity
from figures import governance, project_course, project_money, project_reports
from figures import projects as figures
from figures.projects import Standing
from models import (
    Attachment,
    BudgetLine,
    Milestone,
    Outcome,
    Problem,
    ProgressReport,
    Project,
    ProjectChange,
)
from reports import charts
from reports.base import Curve
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


def chip(light: Light) -> Markup:
    """A traffic light as colour, sign and word."""
    return cells.chip(light)


def standing(project: Project) -> Standing:
    """How a project stands today."""
    found = figures.standings(
        db.session(), dates.today(), figures.limits(), Project.id == project.id
    )
    return found[project.id]


def reasons(one: Standing, severe: list[Problem]) -> list[str]:
    """Why a light is what it is, in words."""
    facts, today = one.facts, dates.today()
    if facts.status is S.CANCELLED:
        return [_("It was cancelled and does not count.")]
    if one.light is Light.GREY:
        return [_("It starts on %(day)s.", day=dates.long_date(facts.starts_on, lang()))]
    told = [
        _(
            "On %(day)s %(planned)s percent were planned and %(actual)s percent done: %(slip)s.",
            day=dates.short_date(one.reckoned_on, lang()),
            planned=money.shown(facts.planned),
            actual=money.shown(facts.actual),
            slip=slip_words(facts.slip),
        )
    ]
    if late := facts.days_late(today):
        words = (
            _("Accepted %(n)s days after its end.")
            if facts.accepted_on
            else _("%(n)s days past its end and not accepted.")
        )
        told.append(words % {"n": late})
    told += [_("A problem of high severity is open: %(title)s", title=p.title) for p in severe]
    return told


def _bar_tone(slip: Decimal) -> str:
    """How the bar of progress is coloured, by the limits of the traffic light."""
    limits = figures.limits()
    if slip < -limits.slip_red:
        return "bad"
    return "" if slip < -limits.slip_amber else "ok"


def slip_words(slip: Any) -> str:
    """How far a project is behind or ahead of its plan."""
    if slip < 0:
        return _("%(n)s points behind", n=money.shown(-slip))
    return _("%(n)s points ahead", n=money.shown(slip)) if slip else _("on plan")


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
            key: drawn.format(chip(one.light), "" if _still(one) else slip_words(one.facts.slip))
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
                "tone": _bar_tone(one.facts.slip),
            },
            "chart": charts.svg(drawn, _("Progress")) if drawn else None,
            "course": _course_rows(drawn),
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


def unspent_words(unspent: Any) -> str:
    """What the ledger shows as unspent of a cancelled project."""
    return _("Cancelled. Not spent, to be returned: %(baht)s baht", baht=money.shown(unspent))


def _still(one: Standing) -> bool:
    """Whether how far a project is behind says nothing: it waits, is done, or was cancelled."""
    return one.light in (Light.GREY, Light.BLUE)


def _course_rows(drawn: Curve) -> list[list[str]]:
    return [
        [name, *("–" if line.values[n] is None else f"{line.values[n]:,}" for line in drawn.lines)]
        for n, name in enumerate(drawn.categories)
    ]


def milestones(record: Project) -> list[Milestone]:
    """A project's milestones in their order."""
    statement = select(Milestone).where(Milestone.project_id == record.id)
    return list(db.session.scalars(statement.order_by(Milestone.position, Milestone.id)))


def month_words(month: date) -> str:
    """A month with its year in the language of the screen."""
    year = dates.be_year(month) if lang() == "th" else month.year
    return f"{dates.month_name(month.month, lang())} {year}"


def months_to_report(record: Project) -> list[date]:
    """The months that can be reported now: after the last that was, up to the present one."""
    closed = record.status in (*projects.OVER, S.PAUSED, S.PAID) or record.accepted_on
    first = record.reported_for or figures.month_before(record.starts_on)
    if closed:
        return []
    return figures.months_between(figures.next_month(first), dates.today())


def month_to_report(record: Project) -> date | None:
    """The month to report next: the latest that is over, or else the present one."""
    months = months_to_report(record)
    over = [month for month in months if dates.month_end(month) < dates.today()]
    return (over or months or [None])[-1]


def report_url(record: Project, month: date) -> str:
    """Where a month's report is handed in, and back to the project."""
    back = url_for("project.details_view", id=record.id, _anchor="reports")
    return url_for(
        "progress_report.create_view", project_id=record.id, month=month.isoformat(), url=back
    )


def report_edit_url(report: ProgressReport) -> str:
    """Where a report is changed, and back to its project."""
    back = url_for("project.details_view", id=report.project_id, _anchor="reports")
    return url_for("progress_report.edit_view", id=report.id, url=back)


def papers_of(reports: list[int]) -> dict[int, list[dict[str, Any]]]:
    """The files of reports by report; pictures are shown, others are links."""
    if not viewer().may(Attachment, "read"):
        return {}
    found: dict[int, list[dict[str, Any]]] = {}
    rows = db.session.scalars(
        select(Attachment).where(Attachment.progress_report_id.in_(reports)).order_by(Attachment.id)
    )
    for one in rows:
        found.setdefault(one.progress_report_id or 0, []).append({
            "name": one.name, "url": url_for("attachment.file_view", id=one.id),
            "picture": attached_files.is_picture(one), "size": cells.size_text(one.size),
        })  # fmt: skip
    return found


def problem_row(one: Problem) -> dict[str, Any]:
    """A problem as the page tells it."""
    is_open = one.resolved_on is None
    may = is_open and viewer().reaches(one, "resolve")
    return {
        "title": one.title, "url": record_url(Problem, one.id), "kind": said(one.kind.title),
        "severity": cells.chip(one.severity), "owner": one.owner_name, "committee": one.for_committee,
        "due": cells.in_days(one.due_on, dates.today()) if is_open else cells.chip(one.status),
        "due_on": dates.short_date(one.due_on, lang()), "result": one.result or one.remedy or "",
        "resolve_url": url_for("problem.resolve_view", id=one.id) if may else None,
    }  # fmt: skip
