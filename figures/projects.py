"""Projects in figures: how each keeps its plan, its traffic light, problems by age.

Nothing of this is stored: the traffic light follows from plan, reports, problems and day (domain
§9). Many projects cost as many queries as one: their milestones and problems are read together.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, and_, bindparam, func, select, true
from sqlalchemy.orm import Session

from entities import dates
from entities.money import NOTHING, SATANG
from entities.vocabulary import Light, ProblemKind, ProblemStatus, ProjectStatus, Severity
from figures.meetings import AGES, Age
from models import (
    Milestone,
    Problem,
    Project,
)

S = ProjectStatus
WHOLE = Decimal("100.00")
DONE = (S.PAID, S.FINISHED)
"""Whose work is accepted and paid: there is nothing left to keep an eye on."""
RESTING = (S.PAUSED, S.CANCELLED)
"""Of which no monthly report is expected."""
LAST_DAY = 28
"""The last day of a month that every month has; a window closes no later."""


@dataclass(frozen=True)
class Limits:
    """The settings of the traffic light: percent behind plan, days past the end, day of the month."""

    slip_amber: int = 5
    slip_red: int = 15
    late_red_days: int = 30
    report_day: int = 5


def limits() -> Limits:
    """The limits in force, from the settings."""
    settings = current_app.config["SETTINGS"]
    return Limits(**{one.name: getattr(settings, one.name) for one in fields(Limits)})


@dataclass(frozen=True)
class Part:
    """A part of a plan: its weight in percent, and the days between which it is done."""

    weight: Decimal
    start: date
    end: date

    def share(self, day: date) -> Decimal:
        """How much of it should be done by the evening of a day, from 0 to 1, by a straight line."""
        whole = (self.end - self.start).days + 1
        done = (day - self.start).days + 1
        return Decimal(min(max(done, 0), whole)) / whole


def planned_at(parts: Sequence[Part], day: date) -> Decimal:
    """The percentage planned to be done by a day: Σ(weight × share) ÷ Σ weight."""
    weights = sum((part.weight for part in parts), NOTHING)
    if not weights:
        return NOTHING
    done = sum((part.weight * part.share(day) for part in parts), Decimal(0))
    return (done * 100 / weights).quantize(SATANG, ROUND_HALF_UP)


def progress(weighed: Iterable[tuple[Decimal, Decimal]]) -> Decimal:
    """What milestones as (weight, percent done) make together: Σ(weight × percent) ÷ Σ weight."""
    rows = list(weighed)
    weights = sum((weight for weight, _done in rows), NOTHING)
    if not weights:
        return NOTHING
    done = sum((weight * percent for weight, percent in rows), Decimal(0))
    return (done / weights).quantize(SATANG, ROUND_HALF_UP)


def first_of(day: date) -> date:
    """The first day of a day's month."""
    return day.replace(day=1)


def next_month(day: date) -> date:
    """The first day of the month after a day's."""
    return dates.month_end(day) + timedelta(days=1)


def month_before(day: date) -> date:
    """The first day of the month before a day's."""
    return first_of(first_of(day) - timedelta(days=1))


def months_between(first: date, last: date) -> list[date]:
    """The first days of the months from one day's month to another's."""
    month, found = first_of(first), []
    while month <= last:
        found.append(month)
        month = next_month(month)
    return found


def closing_day(month: date, report_day: int) -> date:
    """Until which day a month is reported: a day of the month after it."""
    return next_month(month).replace(day=min(max(report_day, 1), LAST_DAY))


def due_month(today: date, report_day: int) -> date:
    """The latest month that everybody must have reported by today."""
    month = month_before(today)
    return month if today > closing_day(month, report_day) else month_before(month)


def reckoned_on(reported_for: date | None, today: date, report_day: int) -> date:
    """The day on which plan and progress are compared: both must be of the same day.

    It is the end of the month last reported, or of the latest month that was due, whichever is
    later: who does not report falls behind the plan. It never lies ahead of today.
    """
    month = max(filter(None, (reported_for, due_month(today, report_day))))
    return min(dates.month_end(month), today)


@dataclass(frozen=True)
class Facts:
    """What a traffic light follows from; `ends_on` is the end in force, `planned` and `actual`
    are percentages of the same day."""

    status: ProjectStatus
    starts_on: date
    ends_on: date
    accepted_on: date | None
    planned: Decimal
    actual: Decimal
    severe: bool = False

    @property
    def slip(self) -> Decimal:
        """Actual less planned, in percent of the whole: below zero is behind."""
        return self.actual - self.planned

    def days_late(self, today: date) -> int:
        """How many days after its end the work is, or was, not accepted."""
        return max(((self.accepted_on or today) - self.ends_on).days, 0)


def light(facts: Facts, today: date, limits: Limits) -> Light:
    """The traffic light of domain §9.

    Blue: done. Grey: cancelled, or not started before its planned start. Red: far behind, long
    past its end, or held up by an open problem of high severity. Work that was accepted is late no
    more, whenever that was.
    """
    if facts.status in DONE:
        return Light.BLUE
    waits = facts.status is S.NOT_STARTED and today < facts.starts_on
    if waits or facts.status is S.CANCELLED:
        return Light.GREY
    late = 0 if facts.accepted_on else facts.days_late(today)
    if facts.severe or facts.slip < -limits.slip_red or late > limits.late_red_days:
        return Light.RED
    return Light.AMBER if facts.slip < -limits.slip_amber or late else Light.GREEN


@dataclass(frozen=True)
class Standing:
    """How a project stands today: its facts, its light, and the day they were reckoned on."""

    project_id: int
    province_id: int | None
    budget: Decimal
    facts: Facts
    light: Light
    reckoned_on: date


def standings(
    session: Session, today: date, limits: Limits, *where: ColumnElement[bool]
) -> dict[int, Standing]:
    """How projects stand, by id: three queries, however many there are."""
    rows = session.execute(
        select(
            Project.id, Project.province_id, Project.budget, Project.status, Project.starts_on,
            Project.ends_on, Project.extended_to, Project.accepted_on, Project.reported_for,
            Project.physical_actual,
        ).where(*where)
    ).all()  # fmt: skip
    if not rows:
        return {}
    plans, severe = plans_by_project(session, *where), _severe(session, *where)
    return {
        row.id: _standing(row, plans.get(row.id, []), row.id in severe, today, limits)
        for row in rows
    }


def _standing(row: Any, plan: list[Part], severe: bool, today: date, limits: Limits) -> Standing:
    ends_on = row.extended_to or row.ends_on
    day = reckoned_on(row.reported_for, today, limits.report_day)
    parts = plan or [Part(WHOLE, row.starts_on, ends_on)]
    facts = Facts(
        row.status, min(part.start for part in parts), ends_on, row.accepted_on,
        planned_at(parts, day), row.physical_actual, severe,
    )  # fmt: skip
    colour = light(facts, today, limits)
    return Standing(row.id, row.province_id, row.budget, facts, colour, day)


def plans_by_project(session: Session, *where: ColumnElement[bool]) -> dict[int, list[Part]]:
    """The parts of projects' plans, by project."""
    plans: dict[int, list[Part]] = defaultdict(list)
    found = select(
        Milestone.project_id, Milestone.weight, Milestone.plan_start, Milestone.plan_end
    ).join(Project, Project.id == Milestone.project_id)
    for project_id, weight, start, end in session.execute(found.where(*where)):
        plans[project_id].append(Part(weight, start, end))
    return plans


def _severe(session: Session, *where: ColumnElement[bool]) -> set[int]:
    """The projects that a problem of high severity holds up."""
    found = select(Problem.project_id).join(Project, Project.id == Problem.project_id)
    high = (Problem.status == ProblemStatus.OPEN, Problem.severity == Severity.HIGH)
    return set(session.scalars(found.where(*high, *where)))


def lit(
    session: Session, today: date, limits: Limits, wanted: Light, *where: ColumnElement[bool]
) -> list[int]:
    """The ids of the projects that show a light."""
    found = standings(session, today, limits, *where)
    return [key for key, one in found.items() if one.light is wanted]


def plan_of(session: Session, project: Project) -> list[Part]:
    """The parts of one project's plan; without milestones, its whole span."""
    found = plans_by_project(session, Project.id == project.id)[project.id]
    return found or [Part(WHOLE, project.starts_on, end_of(project))]


def end_of(project: Project) -> date:
    """The last day in force: as planned, or as extended."""
    return project.extended_to or project.ends_on


def weight_of(session: Session, project_id: int) -> Decimal | None:
    """What the weights of a project's milestones sum to; None where it has none."""
    return session.scalar(WEIGHT, {"project": project_id})


WEIGHT = select(func.sum(Milestone.weight)).where(Milestone.project_id == bindparam("project"))


@dataclass(frozen=True)
class Aged:
    """Open problems of a kind in one province (None: of clusters), counted by days past due."""

    province_id: int | None
    kind: ProblemKind
    counts: dict[str, int]


def problems_by_age(session: Session, today: date, province_id: int | None = None) -> list[Aged]:
    """Open problems of each kind by how long they are past due, by one query."""
    statement = (
        select(
            Problem.province_id, Problem.kind,
            *(func.count().filter(_due_within(age, today)) for age in AGES),
        )
        .where(Problem.status == ProblemStatus.OPEN)
        .group_by(Problem.province_id, Problem.kind)
        .order_by(Problem.kind)
    )  # fmt: skip
    if province_id is not None:
        statement = statement.where(Problem.province_id == province_id)
    keys = [age.key for age in AGES]
    return [
        Aged(row[0], row[1], dict(zip(keys, row[2:], strict=True)))
        for row in session.execute(statement)
    ]


def _due_within(age: Age, today: date) -> ColumnElement[bool]:
    first, last = age.span(today)
    due = Problem.due_on
    return and_(true() if first is None else due >= first, true() if last is None else due <= last)


def open_problems(session: Session, *where: ColumnElement[bool], limit: int = 200) -> list[Problem]:
    """Open problems, the first due first."""
    return list(
        session.scalars(
            select(Problem)
            .where(Problem.status == ProblemStatus.OPEN, *where)
            .order_by(Problem.due_on, Problem.id)
            .limit(limit)
        )
    )
