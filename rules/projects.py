"""Projects: the path that they go, and the plan of their milestones.

Path and weights follow domain §9. Monthly reports stand in `rules/progress_reports.py`, decisions
on the way in `rules/project_changes.py`.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from access import scope
from access import viewer as who
from entities import dates
from entities.money import shown
from entities.vocabulary import ProjectMethod, ProjectStatus
from figures import project_money
from figures import projects as figures
from figures.projects import WHOLE, end_of
from models import (
    Attachment,
    Milestone,
    Outcome,
    Problem,
    ProgressReport,
    Project,
    ProjectChange,
)
from rules import removal, territory
from rules.base import Broken, check, check_together, complete, linked, today_of

S = ProjectStatus
PATH = (S.NOT_STARTED, S.PROCURING, S.CONTRACTED, S.UNDER_WAY, S.DELIVERED, S.PAID, S.FINISHED)
"""The path of a project; none of its steps is skipped, but own work is done without a contract."""
OVER = (S.FINISHED, S.CANCELLED)
CHILDREN: tuple[type[Any], ...] = (Milestone, ProgressReport, Problem, ProjectChange, Outcome)
"""What stands under a project and carries its agency, so that the agency's officers reach it."""
DONE = frozenset({"percent", "actual_end"})
"""What is reported of a milestone; the rest is its plan."""


def path_of(project: Project) -> tuple[ProjectStatus, ...]:
    """The steps that this project goes through."""
    own = project.method is ProjectMethod.OWN
    return tuple(step for step in PATH if not (own and step is S.CONTRACTED))


def next_step(project: Project) -> ProjectStatus | None:
    """The step after the present one; None at the end, on hold and when cancelled."""
    path = path_of(project)
    if project.status not in path[:-1]:
        return None
    return path[path.index(project.status) + 1]


# What follows from other values.


def of_project(row: Any, session: Session) -> Project | None:
    """The project that a row stands under; the row takes its agency where it has none."""
    project: Project | None = linked(row, "project", session)
    if project is not None and row.agency_id is None:
        row.agency_id = project.agency_id
    return project


@complete(Project)
def _handed_over(project: Project, session: Session) -> None:
    """Another agency takes over with everything that stands under the project."""
    history = inspect(project).attrs.agency_id.history
    if project.id is None or not history.has_changes():
        return
    for entity in CHILDREN:
        _give(session.scalars(select(entity).where(entity.project_id == project.id)), project)
    reports = select(ProgressReport.id).where(ProgressReport.project_id == project.id)
    of_project = Attachment.project_id == project.id
    of_reports = Attachment.progress_report_id.in_(reports)
    _give(session.scalars(select(Attachment).where(of_project | of_reports)), project)


def _give(rows: Any, project: Project) -> None:
    session = inspect(project).session
    for row in rows:
        if session is not None and not who.of(session).reaches(row, "edit"):
            scope.permit(session, row, "hand_over")
        row.agency_id = project.agency_id


@complete(Milestone)
def _placed(milestone: Milestone, session: Session) -> None:
    """A new milestone stands last, unless it says where."""
    project = of_project(milestone, session)
    if project is None or milestone.position is not None:
        return
    known = session.scalars(
        select(Milestone.position).where(Milestone.project_id == project.id)
    ).all()
    beside = [
        one.position or 0
        for one in session.new
        if isinstance(one, Milestone) and one is not milestone and _same_project(one, project)
    ]
    milestone.position = max([0, *known, *beside]) + 1


def _same_project(milestone: Milestone, project: Project) -> bool:
    return milestone.project is project or milestone.project_id == project.id


@complete(Problem)
@complete(Outcome)
@complete(ProjectChange)
def _of_agency(row: Any, session: Session) -> None:
    of_project(row, session)


# What must hold.


def ordered(row: Any, first: str, last: str, message: str) -> None:
    """That a day does not lie before another; a day that is missing is no matter of this rule."""
    start, end = getattr(row, first), getattr(row, last)
    if start is not None and end is not None and end < start:
        raise Broken(message, last)


def share(row: Any, key: str) -> None:
    """That a percentage, where it is told, lies between 0 and 100."""
    value = getattr(row, key)
    if value is not None and not 0 <= value <= WHOLE:
        raise Broken(_("A percentage is between 0 and 100."), key)


@check(Project)
def _district_of_project(project: Project, session: Session) -> None:
    """An enacted project takes over the place it was asked for, an old one too."""
    asked = linked(project, "request_item", session)
    if asked is None or asked.district_id != project.district_id:
        territory.refuse_foreign_district(project, session)


@complete(Project)
def _days(project: Project, _session: Session) -> None:
    ordered(project, "starts_on", "ends_on", _("The project must end after it starts."))
    extended = project.extended_to
    if extended is not None and project.ends_on is not None and extended <= project.ends_on:
        raise Broken(
            _("The project was extended to a later day; its planned end stays before that."),
            "ends_on",
        )


@complete(Milestone)
def _measured(milestone: Milestone, _session: Session) -> None:
    if milestone.weight is not None and not 0 < milestone.weight <= WHOLE:
        raise Broken(_("A weight is more than 0 and at most 100 percent."), "weight")
    share(milestone, "percent")
    ordered(milestone, "plan_start", "plan_end", _("The milestone must end after it starts."))


@complete(Outcome)
def _content(outcome: Outcome, _session: Session) -> None:
    share(outcome, "satisfaction")


@check(Project)
def _project(project: Project, session: Session) -> None:
    if project.status is not S.NOT_STARTED and project.status is not S.CANCELLED:
        require_whole(project, session)


def require_whole(project: Project, session: Session) -> None:
    """That a project has milestones whose weights sum to 100 percent; raises Broken."""
    weights = figures.weight_of(session, project.id)
    if weights is None:
        raise Broken(_("Plan the milestones first; their weights sum to 100 percent."))
    if weights != WHOLE:
        raise Broken(
            _(
                "The weights of the milestones must sum to 100 percent; they sum to %(sum)s.",
                sum=shown(weights),
            ),
            "weight",
        )


def begun(project: Project) -> bool:
    """Whether the plan is in force: the project has left its first step, or was reported."""
    return project.status is not S.NOT_STARTED or project.reported_for is not None


@check(Milestone)
def _milestone(milestone: Milestone, session: Session) -> None:
    project = linked(milestone, "project", session)
    if milestone.plan_start < project.starts_on:
        raise Broken(_("The milestone starts before the project."), "plan_start")
    if milestone.plan_end > end_of(project):
        raise Broken(_("The milestone ends after the project."), "plan_end")
    _milestone_done(milestone, today_of(session))


def _milestone_done(milestone: Milestone, today: date) -> None:
    if (milestone.percent == WHOLE) != (milestone.actual_end is not None):
        raise Broken(
            _("A milestone that is done in full has its day, and no other has one."), "actual_end"
        )
    if milestone.actual_end is not None and milestone.actual_end > today:
        raise Broken(_("This day has not come yet."), "actual_end")


@check_together(Milestone)
def _weights(rows: list[Milestone], session: Session) -> None:
    """Once a project is under way, its plan stays whole whoever changes it."""
    for project in {linked(row, "project", session) for row in rows}:
        if begun(project):
            require_whole(project, session)


# Verbs.


def replan(project: Project, rows: Sequence[dict[str, Any]], session: Session) -> None:
    """Write a project's milestones as a sheet: changed, added (no "id"), and removed ("gone")."""
    known = {
        one.id: one
        for one in session.scalars(select(Milestone).where(Milestone.project_id == project.id))
    }
    for row in rows:
        values = {key: value for key, value in row.items() if key not in ("id", "gone")}
        if row.get("id") is None:
            session.add(Milestone(project=project, **values))
        elif row.get("gone"):
            removal.remove(session, known[row["id"]], dates.now())
        else:
            _change(known[row["id"]], values, session)


def _change(milestone: Milestone, values: dict[str, Any], session: Session) -> None:
    """Whoever reports on a project may say what is done of a milestone, but not plan it anew."""
    changed = {key: value for key, value in values.items() if getattr(milestone, key) != value}
    if changed and changed.keys() <= DONE:
        scope.permit(session, milestone, "report")
    for key, value in changed.items():
        setattr(milestone, key, value)


def advance(project: Project, to: ProjectStatus, session: Session, today: date) -> None:
    """Go on to the next step; raises Broken where a step is skipped or its condition is open."""
    scope.permit(session, project, "finish" if to is S.FINISHED else "advance")
    if to is not next_step(project):
        raise Broken(
            _("A project cannot go from “%(here)s” to “%(to)s”.", here=project.status, to=to)
        )
    needs = NEEDS.get(to)
    if needs is not None:
        needs(project, session)
    if to is S.FINISHED:
        project.finished_on = today
    project.status = to


def _needs_acceptance(project: Project, _session: Session) -> None:
    if project.physical_actual < WHOLE or project.accepted_on is None:
        raise Broken(_("Report 100 percent with the day of acceptance first."))


def _needs_money(project: Project, session: Session) -> None:
    money = project_money.spent_on(session, project.id)
    if not money.paid:
        raise Broken(_("The ledger shows no payment of this project."))
    if not money.settled:
        raise Broken(
            _(
                "The ledger still shows open money of this project: %(baht)s baht not spent,"
                " %(waiting)s baht waiting for approval.",
                baht=shown(money.unspent),
                waiting=shown(money.waiting),
            )
        )


def _needs_outcome(project: Project, session: Session) -> None:
    found = select(Outcome.id).where(Outcome.project_id == project.id, Outcome.actual.is_not(None))
    if session.scalar(found.limit(1)) is None:
        raise Broken(_("Write an outcome with what was reached first."))


NEEDS = {
    S.PROCURING: require_whole,
    S.DELIVERED: _needs_acceptance,
    S.PAID: _needs_money,
    S.FINISHED: _needs_outcome,
}
"""What must be there before a step."""
