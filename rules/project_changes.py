"""What is decided about a project on its way: more time, a hold, cancelling, a problem resolved."""

from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from access import scope
from entities import dates
from entities.money import NOTHING
from entities.vocabulary import ProblemStatus, ProjectChangeKind
from figures import project_money
from figures.projects import end_of
from models import Problem, Project, ProjectChange, Resolution
from rules.base import Broken, check, today_of
from rules.projects import OVER, S, ordered

K = ProjectChangeKind


@check(Problem)
def _problem(problem: Problem, session: Session) -> None:
    before = _("The due day lies before the day the problem was found.")
    ordered(problem, "found_on", "due_on", before)
    if problem.found_on > today_of(session):
        raise Broken(_("This day has not come yet."), "found_on")


def _decide(
    project: Project,
    kind: ProjectChangeKind,
    reason: str,
    session: Session,
    today: date,
    **told: Any,
) -> ProjectChange:
    """Write down a decision about a project; raises Broken where it is over or no reason is given."""
    scope.permit(session, project, "change")
    if project.status in OVER:
        raise Broken(
            _("A project that is “%(status)s” is not changed any more.", status=project.status)
        )
    if not reason.strip():
        raise Broken(_("Write the reason."), "reason")
    change = ProjectChange(
        project=project, kind=kind, reason=reason, decided_on=today, agency_id=project.agency_id,
        province_id=project.province_id, cluster_id=project.cluster_id, **told,
    )  # fmt: skip
    scope.permit(session, change, "change")
    session.add(change)
    return change


def extend(
    project: Project,
    new_end: date,
    reason: str,
    session: Session,
    today: date,
    reference: str | None = None,
    resolution: Resolution | None = None,
) -> ProjectChange:
    """Give a project more time; the new end lies after the one in force."""
    if new_end <= end_of(project):
        raise Broken(
            _(
                "The new end must lie after %(day)s.",
                day=dates.short_date(end_of(project), "th"),
            ),
            "new_end",
        )
    told = {"new_end": new_end, "reference": reference, "resolution": resolution}
    change = _decide(project, K.EXTEND, reason, session, today, **told)
    project.extended_to = new_end
    return change


def pause(
    project: Project, reason: str, session: Session, today: date, reference: str | None = None
) -> ProjectChange:
    """Put a project on hold; it goes on later from the step where it stood."""
    if project.status is S.PAUSED:
        raise Broken(_("This project is on hold already."))
    change = _decide(project, K.PAUSE, reason, session, today, reference=reference)
    project.status_before, project.status = project.status, S.PAUSED
    return change


def resume(
    project: Project, reason: str, session: Session, today: date, reference: str | None = None
) -> ProjectChange:
    """Go on with a project that was on hold."""
    if project.status is not S.PAUSED or project.status_before is None:
        raise Broken(_("This project is not on hold."))
    change = _decide(project, K.RESUME, reason, session, today, reference=reference)
    project.status, project.status_before = project.status_before, None
    return change


def cancel(
    project: Project, reason: str, session: Session, today: date, reference: str | None = None
) -> Decimal:
    """Cancel a project for good; the amount in baht that the ledger shows as unspent."""
    _decide(project, K.CANCEL, reason, session, today, reference=reference)
    project.status, project.status_before = S.CANCELLED, None
    return max(project_money.spent_on(session, project.id).unspent, NOTHING)


def resolve(problem: Problem, on: date, result: str, session: Session, today: date) -> None:
    """A problem is resolved: on a day, and how. Raises Broken where it was already."""
    scope.permit(session, problem, "resolve")
    if problem.status is ProblemStatus.RESOLVED:
        raise Broken(_("This problem is resolved already."))
    if not problem.found_on <= on <= today:
        raise Broken(
            _("The day lies between the one the problem was found on and today."), "resolved_on"
        )
    if not result.strip():
        raise Broken(_("Write how the problem was resolved."), "result")
    problem.status, problem.resolved_on, problem.result = ProblemStatus.RESOLVED, on, result
