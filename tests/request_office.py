"""A planning office for the tests of budget requests: a request, its projects, ก.บ.จ.'s resolution."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from access.database import writing
from entities.vocabulary import (
    AgendaPart,
    CommitteeType,
    MeetingStatus,
    RequestStep,
    ResolutionKind,
    Sector,
    Verdict,
)
from models import (
    Agency,
    AgendaItem,
    BudgetRequest,
    Committee,
    Meeting,
    RequestCost,
    RequestItem,
    Resolution,
)
from rules import request_decisions
from rules.base import run_checks
from tests.conftest import LOPBURI
from tests.factories import cluster_of

S, V = RequestStep, Verdict
TODAY = date(2026, 11, 23)
MATERIALS, WORKS, HIRED = 20103, 30102, 20102
"""Expense categories: ค่าวัสดุ, ค่าที่ดินและสิ่งก่อสร้าง, ค่าใช้สอย."""


@contextmanager
def written(session: Session) -> Iterator[None]:
    """Write and commit, with the lock taken at the beginning."""
    token = writing.set(True)
    try:
        session.rollback()
        yield
        session.commit()
    finally:
        writing.reset(token)


def baht(text: str) -> Decimal:
    return Decimal(text).quantize(Decimal("0.01"))


def agency(session: Session, province_id: int = LOPBURI, name: str = "โครงการชลประทาน") -> Agency:
    known = select(Agency).where(Agency.province_id == province_id, Agency.name == name)
    made = session.scalar(known) or Agency(
        province_id=province_id, name=name, sector=Sector.GOVERNMENT
    )
    session.add(made)
    session.flush()
    return made


def request(session: Session, year: int = 2571, **told: Any) -> BudgetRequest:
    home = told if "cluster_id" in told else {"province_id": LOPBURI, **told}
    made = BudgetRequest(fiscal_year=year, **home)
    session.add(made)
    session.flush()
    return made


def project(
    session: Session, asked: BudgetRequest, name: str, *costs: tuple[int, str], **told: Any
) -> RequestItem:
    """A proposed project with one cost of each category and amount."""
    office = told.pop("agency", None) or agency(session, name=f"หน่วยงาน {name}")
    made = RequestItem(name=name, request=asked, agency=office, **told)
    session.add(made)
    session.flush()
    for category, price in costs:
        session.add(cost(made, category, price))
    session.flush()
    run_checks(session)
    return made


def cost(item: RequestItem, category: int, price: str, quantity: str = "1") -> RequestCost:
    return RequestCost(
        name="รายการ", item=item, item_id=item.id, expense_category_id=category,
        quantity=Decimal(quantity), unit_price=baht(price),
    )  # fmt: skip


def resolution(
    session: Session,
    day: date,
    kind: ResolutionKind = ResolutionKind.APPROVE,
    type_: CommitteeType = CommitteeType.PROVINCE,
    province_id: int = LOPBURI,
) -> Resolution:
    """What the province's (or its cluster's) committee resolved on a day."""
    home: dict[str, int] = {"province_id": province_id}
    if type_ is CommitteeType.CLUSTER:
        home = {"cluster_id": cluster_of(session, province_id).id}
    committee = session.scalar(select(Committee).filter_by(type=type_, **home)) or Committee(
        name=f"คณะกรรมการ {type_.value}", short_name="ก.บ.ก.", type=type_, **home
    )
    meeting = Meeting(
        committee=committee, meets_on=day, status=MeetingStatus.HELD, quorum_met=True,
        present_count=20, **home,
    )  # fmt: skip
    item = AgendaItem(
        meeting=meeting, committee=committee, part=AgendaPart.CONSIDER, title="คำของบประมาณ", **home
    )
    session.add_all([committee, meeting, item])
    session.flush()
    made = Resolution(
        agenda_item=item, meeting=meeting, committee=committee, kind=kind, text="เห็นชอบ", **home
    )
    session.add(made)
    session.flush()
    return made


def approve(
    session: Session, item: RequestItem, step: RequestStep, amount: str, **told: Any
) -> Any:
    """One approval on the day of the tests; the committee steps tell where they were resolved."""
    told.setdefault("comment", "มติ ครั้งที่ 9/2569")
    day = told.pop("day", TODAY)
    return request_decisions.decide(item, step, V.APPROVE, baht(amount), day, session, **told)


def advance(session: Session, item: RequestItem, amount: str, *steps: RequestStep) -> None:
    """Let the steps approve one amount."""
    for step in steps or tuple(s for s in S if s is not S.DRAFT):
        approve(session, item, step, amount)
