"""Projects for the tests: made, planned, reported and paid as an office does.

The day of every test is the 23rd of November 2569, in the second month of fiscal year 2570.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from access.database import writing
from entities import dates
from entities.vocabulary import (
    EntryKind,
    GrantScope,
    ProblemKind,
    ProjectMethod,
    ProjectStatus,
    Role,
    Sector,
    Severity,
    SpendingKind,
)
from models import (
    Agency,
    BudgetLine,
    LedgerEntry,
    Milestone,
    Problem,
    ProgressReport,
    Project,
    UserAccount,
)
from rules import ledger, progress_reports
from tests.conftest import LOPBURI, make_user

TODAY = date(2026, 11, 23)
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
HALVES = ((Decimal(40), date(2026, 10, 1), date(2026, 12, 31)),
          (Decimal(60), date(2027, 1, 1), date(2027, 5, 31)))  # fmt: skip


@contextmanager
def written(session: Session) -> Iterator[None]:
    """Write and commit, with the lock taken at the beginning; put back what was refused."""
    token = writing.set(True)
    try:
        session.rollback()
        yield
        session.commit()
    except Exception:
        session.rollback()
        raise
    finally:
        writing.reset(token)


def agency(session: Session, province_id: int = LOPBURI, name: str = "โครงการชลประทาน") -> Agency:
    """An agency of a province."""
    made = Agency(province_id=province_id, name=name, sector=Sector.GOVERNMENT)
    session.add(made)
    session.flush()
    return made


def officer(session: Session, of: Agency) -> UserAccount:
    """An account of an agency's officer; commits."""
    return make_user(
        session, f"officer.{of.id}", Role.AGENCY_OFFICER, GrantScope.AGENCY,
        province_id=of.province_id, agency_id=of.id,
    )  # fmt: skip


def project(session: Session, of: Agency, name: str = "ขุดลอกคลอง", **told: Any) -> Project:
    """A project of an agency for fiscal year 2570, not yet planned."""
    values: dict[str, Any] = {
        "fiscal_year": 2570, "budget": Decimal(1_000_000), "starts_on": date(2026, 10, 1),
        "ends_on": date(2027, 5, 31), "method": ProjectMethod.EBIDDING,
        "province_id": of.province_id, **told,
    }  # fmt: skip
    made = Project(agency=of, name=name, **values)
    session.add(made)
    session.flush()
    return made


def plan(
    session: Session, of: Project, parts: tuple[tuple[Decimal, date, date], ...] = HALVES
) -> list[Milestone]:
    """The milestones of a project, as (weight, start, end)."""
    made = [
        Milestone(project=of, name=f"งวดที่ {n}", weight=weight, plan_start=start, plan_end=end)
        for n, (weight, start, end) in enumerate(parts, 1)
    ]
    session.add_all(made)
    session.flush()
    return made


def planned(session: Session, of: Agency, name: str = "ขุดลอกคลอง", **told: Any) -> Project:
    """A project with two milestones of 40 and 60 percent within its days, under way."""
    made = project(session, of, name, **{"status": ProjectStatus.UNDER_WAY, **told})
    half = (made.ends_on - made.starts_on).days // 2
    middle = made.starts_on + timedelta(days=half)
    parts = (
        (Decimal(40), made.starts_on, middle),
        (Decimal(60), middle + timedelta(days=1), made.ends_on),
    )
    plan(session, made, parts if told else HALVES)
    return made


def hand_in(
    session: Session, of: Project, month: date, percent: str, **told: Any
) -> ProgressReport:
    """Report a month, with the whole commit and its checks."""
    with written(session):
        return progress_reports.report(
            of, month, session, TODAY, actual_percent=Decimal(percent), **told
        )


def trouble(session: Session, of: Project, severity: Severity, due_on: date = TODAY) -> Problem:
    """An open problem of a project."""
    made = Problem(
        project=of, title="ผู้รับจ้างทิ้งงาน", kind=ProblemKind.CONTRACTOR, severity=severity,
        found_on=min(due_on, TODAY) - timedelta(days=1), due_on=due_on, owner_name="นายช่าง",
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def line(session: Session, of: Project, amount: str) -> BudgetLine:
    """A budget line of a project with its allocation posted."""
    made = BudgetLine(
        item=of.name, fiscal_year=of.fiscal_year, kind=SpendingKind.CAPITAL, project_id=of.id,
        enacted=Decimal(amount), province_id=of.province_id, cluster_id=of.cluster_id,
    )  # fmt: skip
    session.add(made)
    session.flush()
    post(session, made, EntryKind.ALLOCATION, amount)
    return made


def post(session: Session, on: BudgetLine, kind: EntryKind, amount: str) -> LedgerEntry:
    """An entry that one person made and another approved, on the first day of the line's year."""
    day = dates.fiscal_year_start(on.fiscal_year)
    made = LedgerEntry(
        budget_line=on, kind=kind, amount=Decimal(amount), description="รายการ", entry_date=day
    )
    ledger.enter(made, session)
    ledger.approve(made, session, dates.now(), ledger.Officer(987_654, "หัวหน้าสำนักงาน"))
    return made
