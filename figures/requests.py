"""Budget requests in figures: the path of a project, totals against the ceiling, the pipeline.

The path (domain §7): screening, ก.บ.จ., ก.บ.ก., the policy body of the day, the Budget Bureau,
enactment. A cluster's own request has no provincial committee before it. A project stands at the
last step that decided on it; what that step gave is its amount now.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from entities import money
from entities.money import NOTHING
from entities.vocabulary import (
    AgendaPart,
    CommitteeType,
    MeetingStatus,
    ReadinessAnswer,
    ReadinessKind,
    RequestStatus,
    RequestStep,
    ResolutionKind,
)
from models import (
    AgendaItem,
    BudgetCalendar,
    BudgetRequest,
    ClusterProvince,
    Committee,
    ExpenseCategory,
    Meeting,
    PolicyBody,
    Readiness,
    RequestCost,
    RequestDecision,
    RequestItem,
    Resolution,
)

S = RequestStep
AMOUNTS: dict[RequestStep, str] = {
    S.SCREENING: "screened",
    S.PROVINCE: "by_province",
    S.CLUSTER: "by_cluster",
    S.POLICY: "by_policy",
    S.BUREAU: "by_bureau",
    S.ENACTED: "enacted",
}
"""Where a project keeps what each step gave it, in the order of the steps."""
COMMITTEES = {S.PROVINCE: CommitteeType.PROVINCE, S.CLUSTER: CommitteeType.CLUSTER}
"""The steps that one kind of committee decides by resolution."""
CURRENT: ColumnElement[Decimal] = func.coalesce(
    *(getattr(RequestItem, name) for name in reversed(AMOUNTS.values())), RequestItem.requested
)
"""What a project's amount is now: the last step's, or what was asked for."""
KEPT = RequestItem.status != RequestStatus.REJECTED
DECIDING = frozenset({ResolutionKind.APPROVE, ResolutionKind.AUTHORISE, ResolutionKind.REJECT})
"""Resolutions that decide; what was acknowledged, assigned, sent back or postponed decides nothing yet."""
DECIDING_PARTS = frozenset({AgendaPart.FOLLOW_UP, AgendaPart.CONSIDER, AgendaPart.OTHER})
"""Parts of the agenda that decide; the others tell the meeting something, or certify its minutes."""
NOT_CALLED = (MeetingStatus.DRAFT, MeetingStatus.POSTPONED, MeetingStatus.CANCELLED)


def path(record: BudgetRequest | RequestItem) -> tuple[RequestStep, ...]:
    """The steps that decide on a request's projects, in order."""
    return tuple(s for s in AMOUNTS if s is not S.PROVINCE or record.cluster_id is None)


def following(item: RequestItem) -> RequestStep | None:
    """The step that decides next; None where nothing is left to decide."""
    if item.status is not RequestStatus.OPEN:
        return None
    steps = path(item)
    done = 0 if item.step is S.DRAFT else steps.index(item.step) + 1
    return steps[done] if done < len(steps) else None


def current(item: RequestItem) -> Decimal:
    """A project's amount now: what the last step gave, or what is asked for."""
    given = (getattr(item, name) for name in reversed(AMOUNTS.values()))
    return next((amount for amount in given if amount is not None), item.requested or NOTHING)


def shares(amount: Decimal, parts: Sequence[Decimal]) -> list[Decimal]:
    """An amount split in proportion to the parts, in whole satang, nothing lost or added.

    What rounding down leaves goes, one satang each, to the parts that lost most; of equal ones to
    the first. Raises ValueError where the parts are worth nothing.
    """
    whole = sum(parts, NOTHING)
    if whole <= 0:
        raise ValueError("parts of nothing")
    satang = int(amount * 100)
    exact = [divmod(satang * int(part * 100), int(whole * 100)) for part in parts]
    left = satang - sum(share for share, _rest in exact)
    most = sorted(range(len(parts)), key=lambda n: -exact[n][1])[:left]
    return [money.of_satang(share + (n in most)) for n, (share, _rest) in enumerate(exact)]


def policy_body(session: Session, day: date) -> PolicyBody | None:
    """The national policy body that decided on a day: ก.น.จ. up to 19 August 2565, then ก.น.บ."""
    found = select(PolicyBody).where(
        PolicyBody.valid_from <= day, or_(PolicyBody.valid_to.is_(None), PolicyBody.valid_to >= day)
    )
    return session.scalar(found.order_by(PolicyBody.valid_from.desc()).limit(1))


def items(session: Session, request_id: int) -> list[RequestItem]:
    """A request's projects by priority; those refused stand last."""
    found = select(RequestItem).where(RequestItem.request_id == request_id)
    refused = RequestItem.status == RequestStatus.REJECTED
    return list(
        session.scalars(
            found.options(joinedload(RequestItem.agency)).order_by(
                refused, RequestItem.priority, RequestItem.id
            )
        )
    )


@dataclass(frozen=True)
class Totals:
    """What a request comes to; `steps` holds what each step gave, by the steps that decided."""

    requested: Decimal
    current: Decimal
    items: int
    refused: int
    ceiling: Decimal | None
    steps: dict[RequestStep, Decimal]

    @property
    def over(self) -> Decimal:
        """By how much the amount now exceeds the ceiling; nothing where there is room or none is set."""
        return max(NOTHING, self.current - self.ceiling) if self.ceiling is not None else NOTHING

    @property
    def percent(self) -> Decimal | None:
        """The amount now in percent of the ceiling."""
        return money.percent(self.current, self.ceiling) if self.ceiling is not None else None

    @property
    def over_percent(self) -> Decimal | None:
        """By how many percent the ceiling is exceeded; None where it is not."""
        return money.percent(self.over, self.ceiling) if self.over and self.ceiling else None


def totals(request: BudgetRequest, found: Iterable[RequestItem]) -> Totals:
    """A request's totals over its projects; what was refused counts where it was still given."""
    listed = list(found)
    kept = [one for one in listed if one.status is not RequestStatus.REJECTED]
    steps = {}
    for step in path(request):
        given = [getattr(one, AMOUNTS[step]) for one in listed]
        if any(amount is not None for amount in given):
            steps[step] = sum((amount for amount in given if amount is not None), NOTHING)
    return Totals(
        sum((one.requested for one in listed), NOTHING),
        sum(map(current, kept), NOTHING),
        len(kept),
        len(listed) - len(kept),
        request.ceiling,
        steps,
    )


@dataclass(frozen=True)
class Stage:
    """Projects of one home that stand at one step (or were refused): how many, and their baht."""

    province_id: int | None
    cluster_id: int | None
    step: RequestStep | None
    count: int
    baht: Decimal


def pipeline(session: Session, fiscal_year: int, province_id: int | None = None) -> list[Stage]:
    """The projects of a fiscal year's requests by home and step; `step` None holds the refused."""
    refused = RequestItem.status == RequestStatus.REJECTED
    home = RequestItem.province_id, RequestItem.cluster_id
    found: Any = (
        select(*home, RequestItem.step, refused, func.count(), func.sum(CURRENT),
               func.sum(RequestItem.requested))
        .join(BudgetRequest, BudgetRequest.id == RequestItem.request_id)
        .where(BudgetRequest.fiscal_year == fiscal_year)
        .group_by(*home, RequestItem.step, refused)
        .order_by(*home)
    )  # fmt: skip
    if province_id is not None:
        found = found.where(RequestItem.province_id == province_id)
    merged: dict[tuple[Any, ...], Stage] = {}
    for province, cluster, step, out, count, now, asked in session.execute(found):
        key = province, cluster, None if out else step
        before = merged.get(key, Stage(*key, 0, NOTHING))
        baht = before.baht + (asked if out else now)
        merged[key] = Stage(*key, before.count + count, baht)
    return list(merged.values())


def fiscal_years(session: Session) -> list[int]:
    """The fiscal years for which there are requests, the latest first."""
    found = select(BudgetRequest.fiscal_year).distinct()
    return sorted(session.scalars(found), reverse=True)


@dataclass(frozen=True)
class Due:
    """A date of the budget calendar as a request stands to it."""

    step: RequestStep
    due_on: date
    done: bool
    days: int

    @property
    def late(self) -> bool:
        """Whether the day is past and the step has not decided."""
        return not self.done and self.days < 0


def calendar(session: Session, request: BudgetRequest, today: date) -> list[Due]:
    """The calendar of the request's fiscal year: what is done, what is late, what is left."""
    reached = _rank(request.step)
    rows = session.scalars(
        select(BudgetCalendar)
        .where(BudgetCalendar.fiscal_year == request.fiscal_year)
        .order_by(BudgetCalendar.due_on)
    )
    ours = {S.DRAFT, *path(request)}
    return [
        Due(row.step, row.due_on, reached >= _rank(row.step), (row.due_on - today).days)
        for row in rows
        if row.step in ours
    ]


def late_requests(session: Session, today: date) -> list[tuple[BudgetRequest, BudgetCalendar]]:
    """Requests that have not passed a step whose day is past, with the oldest such day of each."""
    rows = session.execute(
        select(BudgetRequest, BudgetCalendar)
        .join(BudgetCalendar, BudgetCalendar.fiscal_year == BudgetRequest.fiscal_year)
        .where(BudgetCalendar.due_on < today)
        .order_by(BudgetCalendar.due_on, BudgetRequest.id)
    )
    late: dict[int, tuple[BudgetRequest, BudgetCalendar]] = {}
    for request, due in rows:
        if due.step in path(request) and _rank(request.step) < _rank(due.step):
            late.setdefault(request.id, (request, due))
    return list(late.values())


def _rank(step: RequestStep) -> int:
    return list(RequestStep).index(step)


@dataclass(frozen=True)
class CostLine:
    """What a project's costs come to in one expense category."""

    category: ExpenseCategory
    amount: Decimal


def by_category(session: Session, item_id: int) -> list[CostLine]:
    """A project's costs by expense category, in the order of the categories."""
    summed = (
        select(RequestCost.expense_category_id, func.sum(RequestCost.amount))
        .where(RequestCost.item_id == item_id)
        .group_by(RequestCost.expense_category_id)
    )
    amounts = {row[0]: row[1] for row in session.execute(summed)}
    known = select(ExpenseCategory).where(ExpenseCategory.id.in_(list(amounts)))
    return [
        CostLine(category, amounts[category.id])
        for category in session.scalars(known.order_by(ExpenseCategory.path))
    ]


def readiness(answers: Iterable[ReadinessAnswer]) -> Decimal | None:
    """Percent of what a project needs that is ready; what nobody answered is not ready.

    None before anything is answered, and where nothing is needed.
    """
    given = list(answers)
    needed = len(ReadinessKind) - given.count(ReadinessAnswer.NOT_NEEDED)
    if not given or not needed:
        return None
    return money.percent(Decimal(given.count(ReadinessAnswer.READY)), Decimal(needed))


def checklist(session: Session, item_id: int) -> dict[ReadinessKind, Readiness]:
    """The answers of a project's readiness checklist."""
    found = session.scalars(select(Readiness).where(Readiness.item_id == item_id))
    return {row.kind: row for row in found}


def decisions(session: Session, item_id: int) -> list[RequestDecision]:
    """What each step decided of a project, in the order it happened."""
    found = select(RequestDecision).where(RequestDecision.item_id == item_id)
    return list(session.scalars(found.order_by(RequestDecision.decided_on, RequestDecision.id)))


def clusters_of(session: Session, record: BudgetRequest | RequestItem, day: date) -> set[int]:
    """The cluster of a record: its own, or that in which its province lies on a day."""
    if record.cluster_id is not None:
        return {record.cluster_id}
    link = ClusterProvince
    found = select(link.cluster_id).where(
        link.province_id == record.province_id,
        link.valid_from <= day,
        or_(link.valid_to.is_(None), link.valid_to >= day),
    )
    return set(session.scalars(found))


def _committees(
    session: Session, record: BudgetRequest | RequestItem, step: RequestStep, day: date
) -> list[Any]:
    """The conditions on a committee that may decide on the record at a step."""
    around = Committee.cluster_id.in_(clusters_of(session, record, day))
    own = Committee.province_id == record.province_id
    kind = COMMITTEES.get(step)
    if kind is None:
        return [or_(own, around)]
    return [Committee.type == kind, own if kind is CommitteeType.PROVINCE else around]


def may_resolve(
    session: Session, committee: Committee, record: RequestItem, step: RequestStep, day: date
) -> bool:
    """Whether a committee's resolution can stand behind a decision of that step."""
    conditions = _committees(session, record, step, day)
    found = select(Committee.id).where(Committee.id == committee.id, *conditions)
    return session.scalar(found) is not None


def decides(resolution: Resolution, item: AgendaItem) -> bool:
    """Whether a resolution decides on its agenda item, and so can stand behind a decision."""
    return (
        resolution.kind in DECIDING
        and resolution.corrects_id is None
        and item.part in DECIDING_PARTS
    )


def keeps_meetings(session: Session, record: RequestItem, step: RequestStep, day: date) -> bool:
    """Whether a meeting of the step's committee on or before a day is kept here."""
    found = (
        select(Meeting.id)
        .join(Committee, Committee.id == Meeting.committee_id)
        .where(
            Meeting.meets_on <= day,
            Meeting.status.not_in(NOT_CALLED),
            *_committees(session, record, step, day),
        )
    )
    return session.scalar(found.limit(1)) is not None


def resolutions(
    session: Session, record: BudgetRequest | RequestItem, step: RequestStep, today: date
) -> list[Resolution]:
    """The resolutions that may stand behind a step's decisions: the newest meeting first, in the
    order of its agenda."""
    item = AgendaItem
    found = (
        select(Resolution)
        .join(Committee, Committee.id == Resolution.committee_id)
        .join(Meeting, Meeting.id == Resolution.meeting_id)
        .join(item, item.id == Resolution.agenda_item_id)
        .where(
            Resolution.kind.in_(DECIDING),
            Resolution.corrects_id.is_(None),
            item.part.in_(DECIDING_PARTS),
            Meeting.meets_on <= today,
            *_committees(session, record, step, today),
        )
        .options(contains_eager(Resolution.meeting), contains_eager(Resolution.agenda_item))
        .order_by(
            Meeting.meets_on.desc(), Meeting.id.desc(), item.part, item.position, Resolution.id
        )
    )
    return list(session.scalars(found.limit(100)))


def earlier_items(session: Session, request: BudgetRequest) -> list[tuple[RequestItem, int]]:
    """Projects of the same home's other requests, with their fiscal year; refused ones first."""
    home = (
        BudgetRequest.province_id == request.province_id
        if request.province_id is not None
        else BudgetRequest.cluster_id == request.cluster_id
    )
    found = (
        select(RequestItem, BudgetRequest.fiscal_year)
        .join(BudgetRequest, BudgetRequest.id == RequestItem.request_id)
        .where(home, BudgetRequest.id != request.id)
        .order_by(KEPT, BudgetRequest.fiscal_year.desc(), RequestItem.priority)
    )
    return [(item, year) for item, year in session.execute(found.limit(500))]


def costs_of(session: Session, found: Iterable[RequestItem]) -> dict[int, list[RequestCost]]:
    """The costs of some projects, by one query."""
    keys = [one.id for one in found]
    rows = session.scalars(
        select(RequestCost)
        .where(RequestCost.item_id.in_(keys))
        .options(joinedload(RequestCost.expense_category))
        .order_by(RequestCost.id)
    )
    grouped: dict[int, list[RequestCost]] = {key: [] for key in keys}
    for row in rows:
        grouped[row.item_id].append(row)
    return grouped
