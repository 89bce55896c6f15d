"""Screens of projects: the list with its lights, monthly reports, problems, windows."""

from datetime import date, timedelta
from typing import Any, ClassVar

from flask import request, url_for
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import and_, false

from access import search
from access.database import db
from admin_views import cells, desk, homes, lists, uploads
from admin_views.acting import way_back
from admin_views.base import EntityView, lang, record_url, switched_province, viewer
from admin_views.lists import Derived
from admin_views.project_page import ProjectView
from admin_views.project_parts import month_words, months_to_report, problem_row, slip_words
from admin_views.verbs import Ask, ask
from admin_views.words import said
from entities import dates, money
from entities.base import Base
from entities.vocabulary import Light, ProblemStatus
from figures import governance, project_reports
from figures import projects as figures
from models import (
    Milestone,
    Outcome,
    Problem,
    ProgressReport,
    Project,
    ProjectChange,
    ReportingWindow,
)
from reports.projects import lacks_words
from rules import progress_reports, project_changes

LATEST = "1"
"""As a choice of the late reports: the latest month that was due."""


def _lit(typed: str) -> Any:
    where = () if switched_province() is None else (Project.province_id == switched_province(),)
    found = figures.lit(db.session(), dates.today(), figures.limits(), Light(typed), *where)
    return Project.id.in_(search.id_list(db.session(), found)) if found else false()


def _late(typed: str) -> Any:
    month = (
        figures.due_month(dates.today(), figures.limits().report_day)
        if typed == LATEST
        else date.fromisoformat(f"{typed}-01")
    )
    return and_(*project_reports.owing(month), project_reports.not_reported(month))


def _late_choices() -> list[tuple[str, str]]:
    last = figures.first_of(dates.today())
    months = figures.months_between(last - timedelta(days=366), last)
    told = [(month.isoformat()[:7], month_words(month)) for month in reversed(months)]
    return [(LATEST, _("of the latest month due")), *told]


def _mine(_typed: str) -> Any:
    """The projects of the agencies that the person acts for, or else those the person entered."""
    agencies = {grant.agency_id for grant in viewer().grants if grant.agency_id}
    return (
        Project.agency_id.in_(sorted(agencies)) if agencies else Project.made_by == viewer().user_id
    )


lists.DERIVED[Project] = {
    "light": Derived(
        _l("Traffic light"), lambda: [(x.value, said(x.title)) for x in Light], _lit, asks=True
    ),
    "late": Derived(_l("Report not handed in"), _late_choices, _late),
    "mine": Derived(_l("Mine"), lambda: [("1", _("Yes"))], _mine),
}


class ProjectPart(EntityView):
    """What hangs on a project: saved from its page, and back to it."""

    def after_save_url(self, record_id: int) -> str:
        record = self.get_one(record_id)
        if way_back() or record is None:
            return super().after_save_url(record_id)
        return url_for("project.details_view", id=record.project_id)


class PartOfProject(ProjectPart):
    """What is looked at on the project's page, and needs no place in the menu."""

    in_menu: ClassVar[bool] = False


class ProgressReportView(ProjectPart):
    """Monthly reports; the form is made to be filled in on a phone, with the camera."""

    create_template = edit_template = "project_report.html"
    related: ClassVar[list[Any]] = []

    def prefill(self, form: Any) -> None:
        """The month to report, and what the month before left open."""
        super().prefill(form)
        project = self._project(form)
        if project is None:
            return
        if form.month.data is None:
            form.month.data = next(iter(months_to_report(project)[::-1]), None)
        before = form.month.data and project_reports.report_before(
            db.session(), project.id, figures.first_of(form.month.data)
        )
        if before:
            form.actual_percent.data = before.actual_percent
            form.problems.data, form.remedy.data = before.problems, before.remedy

    def _project(self, form: Any) -> Project | None:
        """The project of a new report, where the form knows it; the scope decides who sees it."""
        key = form.project_id.data if "project_id" in form else None
        return db.session.get(Project, key) if isinstance(key, int) else None

    def render(self, template: str, **told: Any) -> Any:
        if template == self.create_template:
            told |= {"again": False, **self._told(told["form"])}
        return super().render(template, **told)

    def _told(self, form: Any) -> dict[str, Any]:
        """What the form shows beside its fields: the project, its plan, the months to choose."""
        record = self.get_one(request.args.get("id", "")) if "project_id" not in form else None
        project = record.project if record else self._project(form)
        if project is None:
            return {"project": None}
        month = record.month if record else form.month.data
        months = [month] if record else months_to_report(project)
        before = project_reports.report_before(db.session(), project.id, month) if month else None
        return {
            "project": project, "fixed": record is not None,
            "months": [(dates.input_date(one), month_words(one)) for one in months],
            "month": dates.input_date(month) if month else "",
            "month_words": month_words(month) if month else "",
            "planned": money.shown(planned(project, month)) if month else None,
            "before": _before(before) if before else None,
            "done": money.shown(progress_of(project)),
        }  # fmt: skip

    def write(self, form: Any, record: Any, made: bool) -> None:
        """The report with the pictures taken for it, all or nothing."""
        super().write(form, record, made)
        sent = [
            one for one in request.files.getlist("photos")[: uploads.MOST_AT_ONCE] if one.filename
        ]
        if sent:
            db.session.add(record)
            db.session.flush()
            uploads.keep(record, "progress_report_id", sent)

    def new_title(self) -> str:
        return _("Progress report")

    def side(self, record: ProgressReport) -> list[dict[str, Any]]:
        return [
            {
                "title": _("Photographs and papers"),
                "html": uploads.card(record, "progress_report_id"),
            }
        ]

    def chip(self, record: ProgressReport) -> Markup:
        slip = record.actual_percent - record.planned_percent
        tone, sign = ("warn", "▲") if slip < 0 else ("ok", "●")
        return cells.mark(tone, sign, slip_words(slip))

    @expose("/upload/", methods=("POST",))
    def upload_view(self) -> Any:
        record = self.record()
        self.require("edit", record)
        return uploads.receive(self, record, "progress_report_id")


def _before(report: ProgressReport) -> dict[str, Any]:
    """The report of the month before, as the form reminds of it."""
    actual = money.shown(report.actual_percent)
    return {"month": month_words(report.month), "actual": actual, "next_step": report.next_step}


def planned(project: Project, month: date) -> Any:
    """What is planned of a project by the end of a month, in percent."""
    plan = figures.plan_of(db.session(), project)
    return figures.planned_at(plan, dates.month_end(month))


def progress_of(project: Project) -> Any:
    """What the milestones say is done of a project, in percent."""
    rows = db.session.execute(
        db.select(Milestone.weight, Milestone.percent).where(Milestone.project_id == project.id)
    )
    return figures.progress((row[0], row[1]) for row in rows)


class ProblemView(ProjectPart):
    """Problems, with who sees to them and until when."""

    tabs: ClassVar[list[Any]] = [
        (_l("Open"), {"status": "open"}),
        (_l("Late"), {
            "status": "open",
            "due_on.to": lambda: dates.input_date(dates.today() - timedelta(days=1)),
        }),
        (_l("For the committee"), {"status": "open", "for_committee": "1"}),
    ]  # fmt: skip

    def chip(self, record: Problem) -> Markup:
        chips = cells.chip(record.status) + Markup(" ") + cells.chip(record.severity)
        if record.status is ProblemStatus.OPEN:
            chips += Markup(" ") + cells.in_days(record.due_on, dates.today())
        return chips

    def record_acts(self, record: Problem) -> list[dict[str, Any]]:
        acts = super().record_acts(record)
        if url := problem_row(record)["resolve_url"]:
            acts.insert(0, {"title": _("Resolved"), "url": url, "method": "get", "primary": True})
        return acts

    @expose("/resolve/", methods=("GET", "POST"))
    def resolve_view(self) -> Any:
        record = self.record()
        self.require("resolve", record)
        asked = [
            Ask("resolved_on", _l("Resolved on"), "date", default=dates.today()),
            Ask("result", _l("How it was resolved"), "text"),
        ]
        return ask(
            self, record, _("Resolve “%(what)s”", what=record), asked,
            lambda told: project_changes.resolve(
                record, told["resolved_on"], told["result"] or "", db.session(), dates.today()
            ),
            save_title=_("Resolved"),
            done_url=url_for("project.details_view", id=record.project_id, _anchor="problems"),
        )  # fmt: skip


class ReportingWindowView(EntityView):
    """Windows in which a month is reported, each with its late list."""

    details_template = "project_window.html"
    tabs: ClassVar[list[Any]] = [
        (_l("Up to this month"), {"month.to": lambda: dates.input_date(dates.today())}),
    ]

    def list_acts(self, state: Any) -> list[dict[str, Any]]:
        acts = super().list_acts(state)
        if viewer().may(ReportingWindow, "create"):
            title = _("Open the windows of a year")
            acts.append({"title": title, "url": url_for(".year_view"), "method": "get"})
        return acts

    @expose("/year/", methods=("GET", "POST"))
    def year_view(self) -> Any:
        self.require("create")
        present, offered = dates.fiscal_year(dates.today()), _window_homes()
        years = [(year, str(year)) for year in (present, present + 1)]
        first = desk.desk_province() or next((key for key, _name in offered), None)
        asked = [
            Ask("home", _l("Province or cluster"), "pick", default=first, pairs=_window_homes),
            Ask("year", _l("Fiscal year"), "pick", default=present, pairs=lambda: years),
        ]

        def act(told: dict[str, Any]) -> str:
            home = homes.chosen(told["home"])
            made = progress_reports.open_windows(
                home.province_id, told["year"], figures.limits().report_day, db.session(),
                home.cluster_id,
            )  # fmt: skip
            if not made:
                return _("Nothing new: the year's windows were already there.")
            return _("%(n)s windows were opened.", n=len(made))

        return ask(
            self, None, _("Open the windows of a year"), asked, act,
            notice=_("One window for each month, from its last day until day %(day)s of the next.",
                     day=figures.limits().report_day),
        )  # fmt: skip

    def details_context(self, record: ReportingWindow) -> dict[str, Any]:
        """What is missing; before the window opens nothing is."""
        today, context = dates.today(), super().details_context(record)
        if record.opens_on > today:
            return {**context, "late": [], "opens": dates.short_date(record.opens_on, lang())}
        found = project_reports.late_list(db.session(), record, today)
        return {**context, "late": [_late_row(one) for one in found], "opens": ""}

    def chip(self, record: ReportingWindow) -> Markup:
        if record.opens_on > dates.today():
            return cells.mark("", "○", _("not open yet"))
        if record.closes_on < dates.today():
            return cells.mark("info", "✓", _("closed"))
        return cells.in_days(record.closes_on, dates.today())


def _window_homes() -> list[tuple[int, str]]:
    """The provinces and clusters whose windows the viewer may open."""
    return homes.choices(ReportingWindow, "create")


def _late_row(one: project_reports.Missing) -> dict[str, Any]:
    """A project that owes something to a window, as the page tells it."""
    late = cells.mark("bad", "!", _("%(n)s days late", n=one.days_late)) if one.days_late else ""
    return {
        "project": one.project.name, "url": record_url(Project, one.project.id),
        "agency": governance.agency_name(one.project), "person": one.project.manager_name,
        "phone": one.project.manager_phone, "late": late, "lacks": lacks_words(one),
        "handed_in": dates.short_date(one.report.reported_on, lang()) if one.report else "",
    }  # fmt: skip


VIEWS: list[tuple[type[Base], type[EntityView]]] = [
    (Project, ProjectView),
    (ProgressReport, ProgressReportView),
    (Problem, ProblemView),
    (ReportingWindow, ReportingWindowView),
    (Milestone, PartOfProject),
    (ProjectChange, PartOfProject),
    (Outcome, PartOfProject),
]
