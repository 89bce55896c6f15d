"""The cards of a project's page: its milestones as a sheet, its reports and problems, its money."""

from typing import Any

from flask import url_for
from sqlalchemy import select

from access.database import db
from admin_views import agenda, project_sheet
from admin_views.base import lang, record_url, viewer
from admin_views.project_parts import (
    milestones,
    month_words,
    papers_of,
    problem_row,
    report_edit_url,
    slip_words,
)
from entities import dates, money
from entities.base import fields
from figures import project_money
from figures import projects as figures
from models import BudgetLine, Milestone, Problem, ProgressReport, Project
from rules import projects

SHOWN = 24
"""Reports that the page tells; the list holds all."""


def sheet(record: Project, form: Any) -> dict[str, Any]:
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


def reports(record: Project) -> list[dict[str, Any]]:
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


def problems(record: Project) -> dict[str, Any]:
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


def spending(record: Project) -> dict[str, Any]:
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
