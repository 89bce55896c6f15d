"""Monthly reports of projects: who owes one, what is missing in those that came, the windows."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from entities import dates
from figures.projects import DONE, RESTING, WHOLE
from models import Attachment, ProgressReport, Project, ReportingWindow


def owing(month: date) -> tuple[ColumnElement[bool], ...]:
    """The projects of which a month's report is expected: begun, neither resting nor done.

    After the month in which the work was accepted nothing more is reported.
    """
    return (
        Project.starts_on <= dates.month_end(month),
        Project.status.not_in((*RESTING, *DONE)),
        or_(Project.accepted_on.is_(None), Project.accepted_on >= month),
    )


def not_reported(month: date) -> ColumnElement[bool]:
    """That a project has no report of a month."""
    report = aliased(ProgressReport)
    return ~exists().where(report.project_id == Project.id, report.month == month)


@dataclass(frozen=True)
class Missing:
    """What a project owes to a window: `lacks` names it, and `days_late` counts from the closing.

    `lacks` holds "report", or of a report that came "done", "next_step", "remedy", "photographs".
    """

    project: Project
    report: ProgressReport | None
    lacks: tuple[str, ...]
    days_late: int

    @property
    def handed_in(self) -> bool:
        """Whether there is a report at all."""
        return self.report is not None


def late_list(session: Session, window: ReportingWindow, today: date) -> list[Missing]:
    """Every project of the window's province or cluster that owes something to it, latest first."""
    rows = session.execute(
        select(Project, ProgressReport)
        .outerjoin(
            ProgressReport,
            and_(ProgressReport.project_id == Project.id, ProgressReport.month == window.month),
        )
        .where(
            _at_home_of(window),
            or_(and_(*owing(window.month)), ProgressReport.id.is_not(None)),
        )
        .order_by(Project.agency_id, Project.id)
    ).all()
    pictured = _pictured(session, [report.id for _project, report in rows if report])
    found = [_missing(project, report, window, today, pictured) for project, report in rows]
    owed = [one for one in found if one.lacks or one.days_late]
    return sorted(owed, key=lambda one: (one.handed_in, -one.days_late))


def _at_home_of(window: ReportingWindow) -> ColumnElement[bool]:
    """The projects of the province or cluster whose window it is."""
    if window.cluster_id is not None:
        return Project.cluster_id == window.cluster_id
    return Project.province_id == window.province_id


def _pictured(session: Session, reports: list[int]) -> set[int]:
    """The reports that carry photographs."""
    found = select(Attachment.progress_report_id).where(
        Attachment.progress_report_id.in_(reports), Attachment.content_type.startswith("image/")
    )
    return {key for key in session.scalars(found) if key is not None}


def _missing(
    project: Project,
    report: ProgressReport | None,
    window: ReportingWindow,
    today: date,
    pictured: set[int],
) -> Missing:
    came = report.reported_on if report else today
    late = max((came - window.closes_on).days, 0)
    return Missing(project, report, _lacks(report, pictured) if report else ("report",), late)


def _lacks(report: ProgressReport, pictured: set[int]) -> tuple[str, ...]:
    wanted = {
        "done": bool(report.done),
        "next_step": bool(report.next_step) or report.actual_percent == WHOLE,
        "remedy": bool(report.remedy) or not report.problems,
        "photographs": report.id in pictured or not report.actual_percent,
    }
    return tuple(name for name, there in wanted.items() if not there)


def open_windows(
    session: Session, today: date, province_id: int | None = None
) -> list[ReportingWindow]:
    """The windows that are open today."""
    statement = select(ReportingWindow).where(
        ReportingWindow.opens_on <= today, ReportingWindow.closes_on >= today
    )
    if province_id is not None:
        statement = statement.where(ReportingWindow.province_id == province_id)
    return list(session.scalars(statement.order_by(ReportingWindow.closes_on, ReportingWindow.id)))


def to_report(
    session: Session, month: date, province_id: int | None = None, limit: int = 50
) -> list[Project]:
    """The projects whose report of a month has not come; those of clusters stand with any province."""
    statement = (
        select(Project).where(*owing(month), not_reported(month)).order_by(Project.id).limit(limit)
    )
    if province_id is not None:
        here = or_(Project.province_id == province_id, Project.cluster_id.is_not(None))
        statement = statement.where(here)
    return list(session.scalars(statement))


def count_to_report(session: Session, window: ReportingWindow) -> int:
    """How many projects have not reported the month of a window."""
    month = window.month
    found = select(func.count(Project.id)).where(
        *owing(month), not_reported(month), _at_home_of(window)
    )
    return session.scalar(found) or 0


def report_of(session: Session, project_id: int, month: date) -> ProgressReport | None:
    """A project's report of a month."""
    return session.scalar(
        select(ProgressReport).where(
            ProgressReport.project_id == project_id, ProgressReport.month == month
        )
    )


def report_before(session: Session, project_id: int, month: date) -> ProgressReport | None:
    """A project's last report before a month."""
    return session.scalar(
        select(ProgressReport)
        .where(ProgressReport.project_id == project_id, ProgressReport.month < month)
        .order_by(ProgressReport.month.desc())
        .limit(1)
    )


def first_year(session: Session) -> int | None:
    """The first fiscal year (B.E.) that has a project."""
    return session.scalar(select(func.min(Project.fiscal_year)))
