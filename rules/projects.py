"""Projects: their path, their plan, the monthly reports, changes on the way, problems.

The path, the weights and what a report must hold follow domain §9. The money of a project is the
ledger's: a report takes it as it stands on the day, and nobody types it.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from access import scope
from access import viewer as who
from entities import dates
from entities.money import NOTHING, shown
from entities.vocabulary import (
    ProblemStatus,
    ProjectChangeKind,
    ProjectMethod,
    ProjectStatus,
)
from figures import projects as figures
from figures.projects import WHOLE, end_of, first_of
from models import (
    Attachment,
    Milestone,
    Outcome,
    Problem,
    ProgressReport,
    Project,
    ProjectChange,
    ReportingWindow,
    Resolution,
)
from rules import removal
from rules.base import Broken, check, check_together, complete, linked, today_of

S = ProjectStatus
K = ProjectChangeKind
PATH = (S.NOT_STARTED, S.PROCURING, S.CONTRACTED, S.UNDER_WAY, S.DELIVERED, S.PAID, S.FINISHED)
"""The path of a project; none of its steps is skipped, but own work is done without a contract."""
OVER = (S.FINISHED, S.CANCELLED)
CHILDREN: tuple[type[Any], ...] = (Milestone, ProgressReport, Problem, ProjectChange, Outcome)
"""What stands under a project and carries its agency, so that the agency's officers reach it."""
TOLD = (
    "month", "actual_percent", "accepted_on", "correction_reason", "done", "problems", "remedy",
    "next_step",
)  # fmt: skip
"""What a person writes in a report."""
DONE = frozenset({"percent", "actual_end"})
"""What is reported of a milestone; the rest is its plan."""
REPORT_NAME = "รายงานความก้าวหน้า เดือน{}"
WINDOW_NAME = "รอบรายงานเดือน{}"
"""Official wording that is written into records, whatever language the screen has."""


def month_words(month: date) -> str:
    """A month with its year as offices write it: ตุลาคม 2569."""
    return f"{dates.month_name(month.month, 'th')} {dates.be_year(month)}"


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


def _of_project(row: Any, session: Session) -> Project | None:
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
    project = _of_project(milestone, session)
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
    _of_project(row, session)


@complete(ProgressReport)
def _taken_down(report: ProgressReport, session: Session) -> None:
    """Month, name, day, plan and the ledger's money; told anew when the report is."""
    project = _of_project(report, session)
    if project is None or report.month is None or not _retold(report):
        return
    _share(report, "actual_percent")
    report.month = first_of(report.month)
    report.name = REPORT_NAME.format(month_words(report.month))
    report.reported_on = report.reported_on or today_of(session)
    plan = figures.plan_of(session, project)
    report.planned_percent = figures.planned_at(plan, dates.month_end(report.month))
    money = figures.spent_on(session, project.id)
    report.disbursed, report.committed = money.paid, money.outstanding
    _report_month(report, project, today_of(session))
    _report_open(report, session)


def _retold(report: ProgressReport) -> bool:
    """Whether somebody writes in the report; another agency taking over tells nothing new."""
    attributes = inspect(report).attrs
    return report.id is None or any(attributes[key].history.has_changes() for key in TOLD)


@complete(ReportingWindow)
def _named(window: ReportingWindow, _session: Session) -> None:
    if window.month is not None:
        window.month = first_of(window.month)
        window.name = WINDOW_NAME.format(month_words(window.month))


# What must hold.


def _ordered(row: Any, first: str, last: str, message: str) -> None:
    """That a day does not lie before another; a day that is missing is no matter of this rule."""
    start, end = getattr(row, first), getattr(row, last)
    if start is not None and end is not None and end < start:
        raise Broken(message, last)


def _share(row: Any, key: str) -> None:
    """That a percentage, where it is told, lies between 0 and 100."""
    value = getattr(row, key)
    if value is not None and not 0 <= value <= WHOLE:
        raise Broken(_("A percentage is between 0 and 100."), key)


@complete(Project)
def _days(project: Project, _session: Session) -> None:
    _ordered(project, "starts_on", "ends_on", _("The project must end after it starts."))
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
    _share(milestone, "percent")
    _ordered(milestone, "plan_start", "plan_end", _("The milestone must end after it starts."))


@complete(Outcome)
def _content(outcome: Outcome, _session: Session) -> None:
    _share(outcome, "satisfaction")


@complete(ReportingWindow)
def _opens_first(window: ReportingWindow, _session: Session) -> None:
    _ordered(window, "opens_on", "closes_on", _("The window must close after it opens."))


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


@check(ProgressReport)
def _report(report: ProgressReport, session: Session) -> None:
    project = linked(report, "project", session)
    require_whole(project, session)
    _report_percent(report, session)
    _report_acceptance(report, project, today_of(session))
    if _later(report, session) is None:
        _carry(report, project, session)


def _report_month(report: ProgressReport, project: Project, today: date) -> None:
    """A late project goes on reporting after its end until its work is accepted."""
    if report.month > today:
        raise Broken(_("This month has not come yet."), "month")
    if report.month < first_of(project.starts_on):
        raise Broken(_("The project had not started in this month."), "month")
    accepted = project.accepted_on
    if accepted is not None and report.month > first_of(accepted):
        raise Broken(_("The work was accepted before this month."), "month")
    if project.status in (*OVER, S.PAUSED):
        raise Broken(
            _("A project that is “%(status)s” is not reported on.", status=project.status), "month"
        )


def _later(report: ProgressReport, session: Session) -> ProgressReport | None:
    return session.scalar(
        select(ProgressReport)
        .where(
            ProgressReport.project_id == _project_id(report), ProgressReport.month > report.month
        )
        .limit(1)
    )


def _project_id(report: ProgressReport) -> int:
    return report.project_id if report.project_id is not None else report.project.id


def _report_open(report: ProgressReport, session: Session) -> None:
    """A report may be changed until the one of a later month is handed in."""
    later = _later(report, session)
    if later is not None:
        raise Broken(
            _(
                "“%(name)s” was handed in already; earlier months can no longer be changed.",
                name=later.name,
            ),
            "month",
        )


def _report_percent(report: ProgressReport, session: Session) -> None:
    before = figures.report_before(session, report.project_id, report.month)
    fell = before is not None and report.actual_percent < before.actual_percent
    if fell and before is not None and not (report.correction_reason or "").strip():
        raise Broken(
            _(
                "The month before reported %(percent)s percent; say why it is less now.",
                percent=shown(before.actual_percent),
            ),
            "correction_reason",
        )


def _report_acceptance(report: ProgressReport, project: Project, today: date) -> None:
    if (report.actual_percent == WHOLE) != (report.accepted_on is not None):
        raise Broken(
            _("100 percent needs the day on which the work was accepted, and only then."),
            "accepted_on",
        )
    if report.accepted_on is None:
        return
    if report.accepted_on > today:
        raise Broken(_("This day has not come yet."), "accepted_on")
    if report.accepted_on < project.starts_on:
        raise Broken(_("The work cannot be accepted before the project starts."), "accepted_on")


def _carry(report: ProgressReport, project: Project, session: Session) -> None:
    """The project shows what its last report says."""
    told = {
        "physical_planned": report.planned_percent,
        "physical_actual": report.actual_percent,
        "reported_for": report.month,
        "accepted_on": report.accepted_on,
    }
    if all(getattr(project, key) == value for key, value in told.items()):
        return
    scope.permit(session, project, "report")
    for key, value in told.items():
        setattr(project, key, value)


@check(Problem)
def _problem(problem: Problem, session: Session) -> None:
    before = _("The due day lies before the day the problem was found.")
    _ordered(problem, "found_on", "due_on", before)
    if problem.found_on > today_of(session):
        raise Broken(_("This day has not come yet."), "found_on")


# Verbs.


def report(
    project: Project, month: date, session: Session, today: date, **told: Any
) -> ProgressReport:
    """Hand in a project's report of a month, or change it; `told` are the fields of the report.

    `month` is any of its days. Raises Broken where the report does not hold together.
    """
    scope.permit(session, project, "report")
    found = figures.report_of(session, project.id, first_of(month))
    if found is None:
        found = ProgressReport(project=project, month=month, reported_on=today)
        session.add(found)
    for key, value in told.items():
        setattr(found, key, value)
    return found


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
    money = figures.spent_on(session, project.id)
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
    return max(figures.spent_on(session, project.id).unspent, NOTHING)


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


def open_windows(
    province_id: int | None,
    fiscal_year: int,
    report_day: int,
    session: Session,
    cluster_id: int | None = None,
) -> list[ReportingWindow]:
    """Make the reporting windows of a fiscal year (B.E.) that are not there yet; those made.

    A month is reported from its last day until `report_day` of the next month.
    """
    first, last = dates.fiscal_year_start(fiscal_year), dates.fiscal_year_end(fiscal_year)
    home = {"province_id": province_id, "cluster_id": cluster_id}
    statement = select(ReportingWindow.month).filter_by(**home)
    known = set(session.scalars(statement.where(ReportingWindow.month.between(first, last))))
    made = [
        ReportingWindow(
            **home, month=month, opens_on=dates.month_end(month),
            closes_on=figures.closing_day(month, report_day),
        )
        for month in figures.months_between(first, last) if month not in known
    ]  # fmt: skip
    session.add_all(made)
    return made
