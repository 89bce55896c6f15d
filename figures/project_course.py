"""The course of projects: planned against actual, month by month."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from entities import dates
from entities.money import NOTHING
from figures.projects import (
    WHOLE,
    Part,
    S,
    end_of,
    month_before,
    months_between,
    planned_at,
    plans_by_project,
    progress,
)
from models import (
    ProgressReport,
    Project,
)


@dataclass(frozen=True)
class Point:
    """A month with what was planned by its end and what was done; None where nobody knows yet."""

    month: date
    planned: Decimal
    actual: Decimal | None


def course(
    session: Session, months: Sequence[date], until: date, *where: ColumnElement[bool]
) -> list[Point]:
    """Planned against actual by month; projects count by their budget. Three queries.

    `until` is the last month of which progress is told; a project
    that has not reported a month stands where it last reported.
    """
    rows = session.execute(
        select(
            Project.id, Project.budget, Project.starts_on, Project.ends_on, Project.extended_to
        ).where(*where)
    ).all()
    if not rows:
        return []
    plans, reported = plans_by_project(session, *where), _reported(session, *where)
    even = not any(row.budget for row in rows)
    courses = [
        _Course(
            Decimal(1) if even else row.budget,
            plans.get(row.id) or [Part(WHOLE, row.starts_on, row.extended_to or row.ends_on)],
            reported.get(row.id, {}),
        )
        for row in rows
    ]
    return [_point(courses, month, until) for month in months]


COUNTED = Project.status != S.CANCELLED
"""The projects that count where several are told together."""


@dataclass(frozen=True)
class _Course:
    counts: Decimal
    plan: list[Part]
    reports: dict[date, Decimal]

    def done(self, month: date) -> Decimal:
        known = [key for key in self.reports if key <= month]
        return self.reports[max(known)] if known else NOTHING


def _point(courses: list[_Course], month: date, until: date) -> Point:
    day = dates.month_end(month)
    planned = progress((one.counts, planned_at(one.plan, day)) for one in courses)
    if month > until:
        return Point(month, planned, None)
    return Point(month, planned, progress((one.counts, one.done(month)) for one in courses))


def _reported(session: Session, *where: ColumnElement[bool]) -> dict[int, dict[date, Decimal]]:
    found: dict[int, dict[date, Decimal]] = defaultdict(dict)
    rows = select(
        ProgressReport.project_id, ProgressReport.month, ProgressReport.actual_percent
    ).join(Project, Project.id == ProgressReport.project_id)
    for project_id, month, actual in session.execute(rows.where(*where)):
        found[project_id][month] = actual
    return found


def course_of(session: Session, project: Project) -> list[Point]:
    """The course of one project: from its first month to its last, or to the last reported."""
    last = max(filter(None, (end_of(project), project.reported_for)))
    until = project.reported_for or month_before(project.starts_on)
    return course(session, months_between(project.starts_on, last), until, Project.id == project.id)
