"""A project's page: where it stands and why, its course, plan, reports, problems, and its money."""

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import select

from access.database import db
from admin_views import project_cards, uploads
from admin_views.base import lang
from admin_views.project_acts import ProjectActs
from admin_views.project_parts import (
    bar_tone,
    chip,
    course_rows,
    month_words,
    reasons,
    says_nothing_behind,
    slip_words,
    standing,
)
from admin_views.words import said
from entities import dates, money
from entities.base import fields
from entities.vocabulary import Light, ProjectStatus, Severity
from figures import governance, project_course, project_money, project_reports
from figures import projects as figures
from models import (
    Outcome,
    Problem,
    Project,
    ProjectChange,
)
from reports import charts
from reports.projects import curve
from rules import projects

S = ProjectStatus
FACTS = (
    "code", "fiscal_year", "agency_id", "mission", "plan_issue", "plan_program", "objectives",
    "indicators", "budget", "method", "starts_on", "ends_on", "extended_to", "accepted_on",
    "finished_on", "district_id", "place", "manager_name", "manager_phone", "request_item_id",
)  # fmt: skip


class ProjectView(ProjectActs):
    """Projects with their traffic light; a page that reads as a story."""

    details_template = "project.html"
    related: ClassVar[list[Any]] = [(ProjectChange, "project_id"), (Outcome, "project_id")]
    tabs: ClassVar[list[Any]] = [
        (_l("Far behind plan"), {"light": Light.RED.value}),
        (_l("Late reports"), {"late": "1"}),
        (_l("Mine"), {"mine": "1"}),
    ]

    def marks(self, rows: Sequence[Any]) -> dict[int, Markup]:
        ids = [row.id for row in rows]
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
        told = super().notices(record)
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
            "sheet": project_cards.sheet(record, request.form if request.method == "POST" else {}),
            "reports": project_cards.reports(record),
            "reports_url": url_for("progress_report.index_view", project_id=record.id),
            "problems": project_cards.problems(record),
            "money": project_cards.spending(record),
        }  # fmt: skip

    def side(self, record: Project) -> list[dict[str, Any]]:
        return [{"title": _("Attachments"), "html": uploads.card(record, "project_id")}]
