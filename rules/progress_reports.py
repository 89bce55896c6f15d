"""Monthly reports of projects: what each must hold, the windows they are handed in, the project's stand.

What a report must hold follows domain §9. The money of a project is the ledger's: a report takes
it as it stands on the day, and nobody types it.
"""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from access import scope
from entities import dates
from entities.money import shown
from figures import project_money, project_reports
from figures import projects as figures
from figures.projects import WHOLE, first_of
from models import ProgressReport, Project, ReportingWindow
from rules.base import Broken, check, complete, linked, today_of
from rules.projects import OVER, S, of_project, ordered, require_whole, share

TOLD = (
    "month", "actual_percent", "accepted_on", "correction_reason", "done", "problems", "remedy",
    "next_step",
)  # fmt: skip
"""What a person writes in a report."""
REPORT_NAME = "รายงานความก้าวหน้า เดือน{}"
WINDOW_NAME = "รอบรายงานเดือน{}"
"""Official wording that is written into records, whatever language the screen has."""


def month_words(month: date) -> str:
    """A month with its year as offices write it: ตุลาคม 2569."""
    return f"{dates.month_name(month.month, 'th')} {dates.be_year(month)}"


@complete(ProgressReport)
def _taken_down(report: ProgressReport, session: Session) -> None:
    """Month, name, day, plan and the ledger's money; told anew when the report is."""
    project = of_project(report, session)
    if project is None or report.month is None or not _retold(report):
        return
    share(report, "actual_percent")
    report.month = first_of(report.month)
    report.name = REPORT_NAME.format(month_words(report.month))
    report.reported_on = report.reported_on or today_of(session)
    plan = figures.plan_of(session, project)
    report.planned_percent = figures.planned_at(plan, dates.month_end(report.month))
    money = project_money.spent_on(session, project.id)
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


@complete(ReportingWindow)
def _opens_first(window: ReportingWindow, _session: Session) -> None:
    ordered(window, "opens_on", "closes_on", _("The window must close after it opens."))


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
    before = project_reports.report_before(session, report.project_id, report.month)
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


def report(
    project: Project, month: date, session: Session, today: date, **told: Any
) -> ProgressReport:
    """Hand in a project's report of a month, or change it; `told` are the fields of the report.

    `month` is any of its days. Raises Broken where the report does not hold together.
    """
    scope.permit(session, project, "report")
    found = project_reports.report_of(session, project.id, first_of(month))
    if found is None:
        found = ProgressReport(project=project, month=month, reported_on=today)
        session.add(found)
    for key, value in told.items():
        setattr(found, key, value)
    return found


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
