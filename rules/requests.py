"""Budget requests as they are prepared: projects by priority, what they cost, their readiness.

What was decided is kept: the costs from the first decision on, the whole project once it was
refused or enacted (domain §7). Deciding stands in `rules/request_decisions.py`.
"""

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from entities import dates, money
from entities.base import fields, is_changed
from entities.money import NOTHING, SATANG
from entities.vocabulary import (
    ReadinessAnswer,
    ReadinessKind,
    RequestStatus,
    RequestStep,
)
from figures import requests as figures
from models import (
    BudgetCalendar,
    BudgetRequest,
    Cluster,
    ExpenseCategory,
    PolicyBody,
    Province,
    Readiness,
    RequestCost,
    RequestItem,
)
from rules import removal, territory
from rules.base import Broken, check, check_together, complete, linked

S = RequestStep
LEVELS = 3
"""Expense categories have so many levels."""
JOINT = " > "
STEP_WORDS = {
    S.DRAFT: "จัดทำคำของบประมาณ",
    S.SCREENING: "กลั่นกรองโครงการ",
    S.PROVINCE: "ก.บ.จ. เห็นชอบ",
    S.CLUSTER: "ก.บ.ก. พิจารณา",
    S.POLICY: "คณะกรรมการนโยบายพิจารณา",
    S.BUREAU: "สำนักงบประมาณพิจารณา",
    S.ENACTED: "ประกาศใช้งบประมาณรายจ่าย",
}
"""Official wording that is written into records, whatever language the screen has."""
DECIDED = (RequestStatus.REJECTED, RequestStatus.ENACTED)
NOT_COPIED = frozenset({"request_id", "priority", "starts_on", "ends_on"})
"""What a project copied into another request does not take over."""


# What follows from other values.


@complete(BudgetCalendar)
def _calendar_name(row: BudgetCalendar, _session: Session) -> None:
    if row.step is not None and row.fiscal_year is not None:
        row.name = f"{STEP_WORDS[row.step]} ปีงบประมาณ พ.ศ. {row.fiscal_year}"


@complete(ExpenseCategory)
def _category_path(row: ExpenseCategory, session: Session) -> None:
    """Level and path follow from the category above; there are three levels."""
    above = linked(row, "parent", session)
    if above is not None and (above is row or above.level >= LEVELS):
        raise Broken(_("Expense categories have three levels."), "parent")
    row.level = above.level + 1 if above is not None else 1
    row.path = f"{above.path}{JOINT}{row.name}" if above is not None else row.name


@check(ExpenseCategory)
def _categories_below(row: ExpenseCategory, session: Session) -> None:
    """A category that is renamed or moved takes those below it along."""
    below = session.scalars(select(ExpenseCategory).where(ExpenseCategory.parent_id == row.id))
    for child in below:
        if row.level >= LEVELS:
            raise Broken(_("Expense categories have three levels."), "parent")
        child.path = f"{row.path}{JOINT}{child.name}"


@check(PolicyBody)
def _one_body_a_day(body: PolicyBody, session: Session) -> None:
    same = select(PolicyBody).where(
        PolicyBody.id != body.id,
        PolicyBody.valid_to.is_(None) | (PolicyBody.valid_to >= body.valid_from),
    )
    if body.valid_to is not None:
        same = same.where(PolicyBody.valid_from <= body.valid_to)
    other = session.scalar(same.limit(1))
    if other is not None:
        raise Broken(_("“%(name)s” decides in these days already.", name=other), "valid_from")


@complete(BudgetRequest)
def _request_name(request: BudgetRequest, session: Session) -> None:
    if request.fiscal_year is None:
        return
    place = _place(request, session)
    again = f" ครั้งที่ {request.round}" if (request.round or 1) > 1 else ""
    request.name = f"คำของบประมาณ{place} ปีงบประมาณ พ.ศ. {request.fiscal_year}{again}"


def _place(request: BudgetRequest, session: Session) -> str:
    province: Province | None = linked(request, "province", session)
    cluster: Cluster | None = linked(request, "cluster", session)
    return f"จังหวัด{province.name}" if province else cluster.name if cluster else ""


@complete(RequestItem)
def _item_stands(item: RequestItem, session: Session) -> None:
    """A project takes the next priority; once decided for good it stays as it is."""
    _refuse_decided(item, session)
    request = linked(item, "request", session)
    if request is None or item.removed_at is not None:
        return
    if item.priority is None:
        item.priority = next_priority(request, session)
    elif _touched(item, "priority") or item.id is None:
        _refuse_same_priority(item, request, session)


def _touched(row: Any, key: str) -> bool:
    return bool(inspect(row).attrs[key].history.has_changes())


def _refuse_decided(item: RequestItem, session: Session) -> None:
    before = inspect(item).attrs["status"].history.unchanged or ()
    if item.id is not None and set(before) & set(DECIDED) and is_changed(item):
        raise Broken(
            _("“%(what)s” was decided (%(state)s) and is kept as it is.",
              what=item.name, state=item.status)
        )  # fmt: skip


def _refuse_same_priority(item: RequestItem, request: BudgetRequest, session: Session) -> None:
    if request.id is None or item.status is RequestStatus.REJECTED:
        return
    same = select(RequestItem).where(
        RequestItem.request_id == request.id,
        RequestItem.priority == item.priority,
        figures.KEPT,
    )
    other = next((one for one in session.scalars(same) if one is not item), None)
    if other is not None and other.priority == item.priority:
        raise Broken(
            _("Priority %(n)s is that of “%(name)s” already.", n=item.priority, name=other.name),
            "priority",
        )


def next_priority(request: BudgetRequest, session: Session) -> int:
    """The first priority after all that stand in a request."""
    if request.id is None:
        return 1
    last = select(func.max(RequestItem.priority)).where(
        RequestItem.request_id == request.id, figures.KEPT
    )
    return (session.scalar(last) or 0) + 1


@complete(RequestCost)
def _cost_counted(cost: RequestCost, session: Session) -> None:
    """Amount = quantity × unit price, rounded half up; from the first decision on it is kept."""
    if cost.quantity is not None and cost.unit_price is not None:
        amount = (cost.quantity * cost.unit_price).quantize(SATANG, ROUND_HALF_UP)
        if amount > money.LARGEST:
            raise Broken(_("This amount is too large."), "unit_price")
        cost.amount = amount
    item = linked(cost, "item", session)
    if item is not None and item.step not in (S.DRAFT, None) and _changed(cost, session):
        raise Broken(
            _("The costs of “%(what)s” are kept since its screening; take the decisions back first.",
              what=item.name)
        )  # fmt: skip


def _changed(row: Any, session: Session) -> bool:
    return row.id is None or is_changed(row)


@check(RequestCost)
def _cost_named(cost: RequestCost, _session: Session) -> None:
    if not (cost.name or "").strip():
        raise Broken(_("Write what the money is for."), "name")


@check_together(RequestCost)
def _requested(costs: list[RequestCost], session: Session) -> None:
    """A project asks for the sum of its costs, those removed left out."""
    for item in {linked(cost, "item", session) for cost in costs}:
        summed = select(func.sum(RequestCost.amount)).where(RequestCost.item_id == item.id)
        item.requested = session.scalar(summed) or NOTHING


@complete(Readiness)
def _answer_open(row: Readiness, session: Session) -> None:
    item = linked(row, "item", session)
    if item is not None and item.status in DECIDED and _changed(row, session):
        raise Broken(_("“%(what)s” was decided; its checklist is kept.", what=item.name))


@check_together(Readiness)
def _readiness(rows: list[Readiness], session: Session) -> None:
    """A project's readiness follows from its checklist, worked out once."""
    for item in {linked(row, "item", session) for row in rows}:
        answers = select(Readiness.answer).where(Readiness.item_id == item.id)
        item.readiness = figures.readiness(session.scalars(answers))


@check(RequestItem)
def _district_of_item(item: RequestItem, session: Session) -> None:
    territory.refuse_foreign_district(item, session)


@check(RequestItem)
def _item_dates(item: RequestItem, _session: Session) -> None:
    if item.starts_on and item.ends_on and item.ends_on < item.starts_on:
        raise Broken(_("The last day must not be before the first."), "ends_on")


@check_together(RequestItem)
def _request_follows(touched: list[RequestItem], session: Session) -> None:
    """A request stands where the least advanced of its open projects stands."""
    for request in {linked(item, "request", session) for item in touched}:
        found = session.execute(
            select(RequestItem.status, RequestItem.step).where(RequestItem.request_id == request.id)
        )
        step = _least([(row[0], row[1]) for row in found])
        if request.step is not step:
            request.step = step


def _least(stands: Iterable[tuple[RequestStatus, RequestStep]]) -> RequestStep:
    """The least advanced open step; without open projects the furthest that was reached."""
    order = list(RequestStep)
    found = list(stands)
    waiting = [step for status, step in found if status is RequestStatus.OPEN]
    if waiting:
        return min(waiting, key=order.index)
    return max((step for _status, step in found), key=order.index, default=S.DRAFT)


# Preparing.


def swap(item: RequestItem, by: int, session: Session) -> None:
    """Exchange a project's priority with the one before (-1) or after (1) it in its request."""
    request = linked(item, "request", session)
    own = [
        one
        for one in figures.items(session, request.id)
        if one.status is not RequestStatus.REJECTED
    ]
    place = own.index(item) + by if item in own else -1
    if not 0 <= place < len(own):
        return
    other = own[place]
    here, there = item.priority, other.priority
    item.priority = next_priority(request, session)
    session.flush()
    other.priority = here
    session.flush()
    item.priority = there
    session.flush()


def copy(item: RequestItem, request: BudgetRequest, session: Session) -> RequestItem:
    """Bring a project of an earlier request, with its costs, into this one as a new idea.

    A district that lies elsewhere stays behind.
    """
    kept = {
        key: getattr(item, key)
        for key, told in fields(RequestItem).items()
        if not told.computed and key not in NOT_COPIED
    }
    if territory.foreign_district(item, session) is not None:
        kept["district_id"] = None
    made = RequestItem(**kept, request=request, priority=next_priority(request, session))
    session.add(made)
    session.flush()
    for cost in figures.costs_of(session, [item])[item.id]:
        same = {key: getattr(cost, key) for key in COST_FACTS}
        session.add(RequestCost(**same, item=made, item_id=made.id))
    session.flush()
    return made


COST_FACTS = ("name", "expense_category_id", "quantity", "unit", "unit_price")


def answer(
    item: RequestItem,
    told: Mapping[ReadinessKind, tuple[ReadinessAnswer | None, str]],
    session: Session,
) -> None:
    """Fill in a project's readiness checklist; an answer left out is taken away."""
    known = figures.checklist(session, item.id)
    for kind, (given, note) in told.items():
        row = known.get(kind)
        if given is None:
            if row is not None:
                removal.remove(session, row, dates.now())
            continue
        if row is None:
            row = Readiness(item=item, item_id=item.id, kind=kind)
            session.add(row)
        row.answer, row.note = given, note.strip() or None
    session.flush()
