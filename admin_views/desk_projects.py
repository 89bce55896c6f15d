"""What the desk says of projects: who falls behind, problems past their day, reports to hand in."""

from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from access.database import db
from admin_views import cells
from admin_views.acting import lang, once, viewer
from entities import dates
from entities.vocabulary import Light, Role
from figures import governance, project_reports
from figures import projects as figures
from figures.projects import DONE, Standing
from models import Problem, Project, ReportingWindow

MOST = 5
"""Rows of one kind; the lists hold all."""


def _oversees() -> bool:
    """Whether the person looks at a province's projects, and not at the own agency's alone."""
    reach = viewer().reach(Project, "read")
    return reach.everything or bool(reach.province_id)


def _here(province_id: int | None) -> tuple[Any, ...]:
    return () if province_id is None else (Project.province_id == province_id,)


@once
def red(today: date, province_id: int | None) -> list[Standing]:
    """The projects that are far behind, the longest past their end first."""
    where = (Project.status.not_in(DONE), *_here(province_id))
    found = figures.standings(db.session(), today, figures.limits(), *where)
    behind = [one for one in found.values() if one.light is Light.RED]
    return sorted(behind, key=lambda one: (-one.facts.days_late(today), one.facts.slip))


def figure(today: date, province_id: int | None) -> dict[str, Any] | None:
    """How many projects are far behind plan, for who oversees some."""
    if not _oversees():
        return None
    found = red(today, province_id)
    late = sum(one.facts.days_late(today) > 0 for one in found)
    chips = cells.mark("bad", "!", _("%(n)s past their last day", n=late)) if late else Markup("")
    return {
        "label": _("Projects far behind plan"), "value": f"{len(found):,}", "unit": _("projects"),
        "chips": chips, "note": "", "bar": None,
        "url": url_for("project.index_view", light=Light.RED.value),
    }  # fmt: skip


def waiting(today: date, province_id: int | None) -> list[dict[str, Any]]:
    """Rows of the desk: red projects, late problems, and closing windows or one's own reports."""
    if Role.AGENCY_OFFICER in viewer().roles:
        own = _to_hand_in(today, province_id)
    elif _oversees():
        own = _closing(today, province_id)
    else:
        return []
    return [*_red(today, province_id), *_late_problems(today, province_id), *own]


def _row(title: str, url: str, sub: str, chip: Markup, order: int) -> dict[str, Any]:
    return {"title": title, "url": url, "sub": sub, "chip": chip, "order": order}


def _red(today: date, province_id: int | None) -> list[dict[str, Any]]:
    return [_red_row(one, today) for one in red(today, province_id)[:MOST]]


def _red_row(one: Standing, today: date) -> dict[str, Any]:
    project = db.session.get_one(Project, one.project_id)
    late = one.facts.days_late(today)
    url = url_for("project.details_view", id=project.id)
    return _row(
        _("Far behind plan: %(name)s", name=project.name), url, governance.agency_name(project),
        cells.chip(one.light), -max(late, 1),
    )  # fmt: skip


def _late_problems(today: date, province_id: int | None) -> list[dict[str, Any]]:
    where: tuple[Any, ...] = (Problem.due_on < today,)
    if province_id is not None:
        where += (Problem.province_id == province_id,)
    return [
        _row(
            _("Problem: %(title)s", title=one.title), url_for("problem.details_view", id=one.id),
            one.project.name, cells.in_days(one.due_on, today), (one.due_on - today).days,
        )
        for one in figures.open_problems(db.session(), *where, limit=MOST)
    ]  # fmt: skip


def _closing(today: date, province_id: int | None) -> list[dict[str, Any]]:
    """The windows that are open and still miss reports, for who reads windows."""
    if not viewer().may(ReportingWindow, "read"):
        return []
    rows = []
    for one in project_reports.open_windows(db.session(), today, province_id)[:MOST]:
        owed = project_reports.count_to_report(db.session(), one)
        if owed:
            rows.append(_row(
                _("%(name)s closes", name=one.name), url_for("reporting_window.details_view", id=one.id),
                _not_reported(one, owed),
                cells.in_days(one.closes_on, today), (one.closes_on - today).days,
            ))  # fmt: skip
    return rows


def _not_reported(window: ReportingWindow, owed: int) -> str:
    told = _("%(n)s projects have not reported", n=owed)
    return f"{window.cluster} · {told}" if window.cluster_id else str(told)


def _to_hand_in(today: date, province_id: int | None) -> list[dict[str, Any]]:
    """The reports of the month that is over, with the day until which they are due."""
    month = figures.month_before(today)
    closes = figures.closing_day(month, figures.limits().report_day)
    words = f"{dates.month_name(month.month, lang())}"
    return [
        _row(
            _("Report %(month)s: %(name)s", month=words, name=one.name),
            url_for("progress_report.create_view", project_id=one.id, month=month.isoformat(), url="/admin/"),
            _("due %(day)s", day=dates.short_date(closes, lang())),
            cells.in_days(closes, today), (closes - today).days,
        )
        for one in project_reports.to_report(db.session(), month, province_id)
    ]  # fmt: skip
