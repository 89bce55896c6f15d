"""What pages about projects say: the light and its reasons, months to report, papers, problems."""

from datetime import date
from decimal import Decimal
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select

from access.database import db
from admin_views import attached_files, cells
from admin_views.base import lang, record_url, viewer
from admin_views.words import said
from entities import dates, money
from entities.vocabulary import Light, ProjectStatus
from figures import projects as figures
from figures.projects import Standing
from models import (
    Attachment,
    Milestone,
    Problem,
    ProgressReport,
    Project,
)
from reports.base import Curve
from rules import projects

S = ProjectStatus


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


def bar_tone(slip: Decimal) -> str:
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


def unspent_words(unspent: Any) -> str:
    """What the ledger shows as unspent of a cancelled project."""
    return _("Cancelled. Not spent, to be returned: %(baht)s baht", baht=money.shown(unspent))


def says_nothing_behind(one: Standing) -> bool:
    """Whether how far a project is behind says nothing: it waits, is done, or was cancelled."""
    return one.light in (Light.GREY, Light.BLUE)


def course_rows(drawn: Curve) -> list[list[str]]:
    """A course as rows of a table, for those who cannot see the picture."""
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
