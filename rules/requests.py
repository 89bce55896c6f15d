"""Budget requests: what a project costs, the steps that decide on it, and its enactment.

Each step decides once, in order, none is skipped; an amount stays or falls unless a reason
overrides that. What was decided is kept: the costs from the first decision on, the whole project
once it was refused or enacted. A wrong decision is taken back, the last one first (domain §7).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

import rules.entries  # noqa: F401  a new budget line takes its days there
from access import scope
from entities import dates, money
from entities.base import fields
from entities.money import NOTHING, SATANG
from entities.vocabulary import (
    ReadinessAnswer,
    ReadinessKind,
    RequestStatus,
    RequestStep,
    ResolutionKind,
    Verdict,
)
from figures import requests as figures
from models import (
    BudgetCalendar,
    BudgetLine,
    BudgetRequest,
    Cluster,
    ExpenseCategory,
    PolicyBody,
    Project,
    Province,
    Readiness,
    RequestCost,
    RequestDecision,
    RequestItem,
    Resolution,
)
from rules import removal
from rules.base import Broken, check, check_together, complete, linked, today_of

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
BODIES = {
    S.SCREENING: "คณะทำงานกลั่นกรองโครงการ",
    S.PROVINCE: "ก.บ.จ.",
    S.CLUSTER: "ก.บ.ก.",
    S.BUREAU: "สำนักงบประมาณ",
    S.ENACTED: "พระราชบัญญัติงบประมาณรายจ่าย ประจำปีงบประมาณ พ.ศ. {year}",
}
"""Official wording that is written into records, whatever language the screen has."""
BACKING = frozenset({ResolutionKind.APPROVE, ResolutionKind.AUTHORISE})
"""Resolutions that can stand behind an approval."""
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
    if item.id is not None and set(before) & set(DECIDED) and session.is_modified(item):
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
    return row.id is None or session.is_modified(row)


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


# Deciding.


def decide(
    item: RequestItem,
    step: RequestStep,
    verdict: Verdict,
    amount: Decimal,
    decided_on: date,
    session: Session,
    *,
    comment: str = "",
    resolution: Resolution | None = None,
    override_reason: str = "",
) -> RequestDecision:
    """Record what a step decided of a project, in baht; a refusal gives nothing.

    ก.บ.จ. and ก.บ.ก. decide by a resolution of theirs, on the day they met. Approving the last
    step enacts the project. Raises Broken where a step is skipped, the amount rises without a
    reason, or the resolution is not that committee's.
    """
    scope.permit(session, item, "enact" if step is S.ENACTED else "decide")
    given = NOTHING if verdict is Verdict.REJECT else amount
    _in_order(item, step)
    _on_day(item, decided_on, session)
    _within(item, given, override_reason)
    if verdict is Verdict.REJECT and not comment.strip():
        raise Broken(_("Write the reason for the refusal."), "comment")
    _backed(item, step, verdict, decided_on, comment, resolution, session)
    made = RequestDecision(
        item=item, item_id=item.id, step=step, verdict=verdict, amount=given,
        decided_on=decided_on, comment=comment.strip() or None, resolution=resolution,
        override_reason=override_reason.strip() or None,
        body=_body(item, step, resolution, decided_on, session),
        province_id=item.province_id, cluster_id=item.cluster_id,
    )  # fmt: skip
    session.add(made)
    scope.permit(session, made, "decide")
    _carry(item, made)
    if step is S.ENACTED and verdict is Verdict.APPROVE:
        _enact(item, given, session)
    session.flush()
    return made


def enact(
    item: RequestItem, amount: Decimal, decided_on: date, session: Session, **more: Any
) -> Project:
    """The last step: the project and its budget lines are made in the same transaction.

    `more` as in `decide`. Raises Broken where there is nothing to enact or to share it out by.
    """
    decide(item, S.ENACTED, Verdict.APPROVE, amount, decided_on, session, **more)
    return session.scalars(select(Project).where(Project.request_item_id == item.id)).one()


def _in_order(item: RequestItem, step: RequestStep) -> None:
    awaited = figures.following(item)
    if awaited is None:
        raise Broken(
            _("“%(what)s” was decided (%(state)s) and is kept as it is.",
              what=item.name, state=item.status)
        )  # fmt: skip
    if step is not awaited:
        raise Broken(
            _("“%(what)s” waits for “%(awaited)s”; no step is skipped or decided twice.",
              what=item.name, awaited=awaited),
            "step",
        )  # fmt: skip


def _on_day(item: RequestItem, decided_on: date, session: Session) -> None:
    if decided_on > today_of(session):
        raise Broken(_("The day of the decision has not come yet."), "decided_on")
    last = session.scalar(
        select(func.max(RequestDecision.decided_on)).where(RequestDecision.item_id == item.id)
    )
    if last is not None and decided_on < last:
        raise Broken(
            _("The step before decided on %(day)s; this one cannot be earlier.",
              day=dates.short_date(last, "th")),
            "decided_on",
        )  # fmt: skip


def _within(item: RequestItem, amount: Decimal, reason: str) -> None:
    """Amounts stay or fall; more than before needs its reason."""
    if amount < 0:
        raise Broken(_("This number cannot be negative."), "amount")
    before = figures.current(item)
    if amount > before and not reason.strip():
        raise Broken(
            _("“%(what)s” had %(before)s baht; a higher amount needs its reason.",
              what=item.name, before=money.shown(before)),
            "override_reason",
        )  # fmt: skip


def _backed(
    item: RequestItem,
    step: RequestStep,
    verdict: Verdict,
    day: date,
    comment: str,
    resolution: Resolution | None,
    session: Session,
) -> None:
    """The resolution behind a decision: of the right committee, of that day, and an approval.

    A committee whose meetings of that time are not kept here is told in the comment.
    """
    if resolution is None:
        _may_lack_resolution(item, step, day, comment, session)
        return
    committee = linked(resolution, "committee", session)
    if not figures.may_resolve(session, committee, item, step, day):
        raise Broken(
            _("“%(committee)s” does not decide at the step “%(step)s”.",
              committee=committee.name, step=step),
            "resolution",
        )  # fmt: skip
    if step not in figures.COMMITTEES:
        return
    meeting = linked(resolution, "meeting", session)
    if meeting.meets_on != day:
        raise Broken(
            _("%(meeting)s was held on %(day)s; that is the day of its decision.",
              meeting=meeting.name, day=dates.short_date(meeting.meets_on, "th")),
            "decided_on",
        )  # fmt: skip
    if verdict is Verdict.APPROVE and resolution.kind not in BACKING:
        raise Broken(_("This resolution approves nothing; choose the one that does."), "resolution")


def _may_lack_resolution(
    item: RequestItem, step: RequestStep, day: date, comment: str, session: Session
) -> None:
    if step not in figures.COMMITTEES:
        return
    if figures.keeps_meetings(session, item, step, day):
        raise Broken(
            _("Choose the resolution of %(body)s behind this decision.", body=BODIES[step]),
            "resolution",
        )
    if not comment.strip():
        raise Broken(
            _("No meeting of %(body)s up to that day is kept here; write its number and day as the comment.",
              body=BODIES[step]),
            "comment",
        )  # fmt: skip


def _body(
    item: RequestItem,
    step: RequestStep,
    resolution: Resolution | None,
    day: date,
    session: Session,
) -> str:
    """Who decided, as the papers say it."""
    if step is S.POLICY:
        body = figures.policy_body(session, day)
        if body is None:
            raise Broken(_("No policy body is recorded for that day."), "decided_on")
        return body.short_name
    if resolution is not None:
        return str(linked(resolution, "meeting", session).name)
    request = linked(item, "request", session)
    return BODIES[step].format(year=request.fiscal_year)


def _carry(item: RequestItem, made: RequestDecision) -> None:
    """Bring the decision onto the project."""
    item.step = made.step
    setattr(item, figures.AMOUNTS[made.step], made.amount)
    if made.verdict is Verdict.REJECT:
        item.status, item.reject_reason = RequestStatus.REJECTED, made.comment
    elif made.step is S.ENACTED:
        item.status = RequestStatus.ENACTED


@dataclass(frozen=True)
class Line:
    """What a decide sheet says of one project; the amount is in baht."""

    verdict: Verdict
    amount: Decimal
    comment: str = ""
    override_reason: str = ""


def decide_sheet(
    told: Mapping[RequestItem, Line],
    step: RequestStep,
    decided_on: date,
    resolution: Resolution | None,
    session: Session,
) -> int:
    """Decide on many projects at one step, all or none; returns their number.

    Raises Broken that names the first project that does not hold.
    """
    for item, line in told.items():
        try:
            decide(item, step, line.verdict, line.amount, decided_on, session, resolution=resolution,
                   comment=line.comment, override_reason=line.override_reason)  # fmt: skip
        except Broken as broken:
            if item.name in str(broken):
                raise
            raise Broken(f"{item.priority}. {item.name}: {broken}", broken.field) from None
    return len(told)


def take_back(item: RequestItem, reason: str, session: Session) -> None:
    """Take back the last decision on a project, with the reason; it waits for that step again.

    What was enacted has become a project and stays. A project that was refused gets the last
    priority where its own was given away meanwhile.
    """
    scope.permit(session, item, "decide")
    last = next(iter(reversed(figures.decisions(session, item.id))), None)
    if last is None:
        raise Broken(_("Nothing was decided on this project yet."))
    if item.status is RequestStatus.ENACTED:
        raise Broken(_("It was enacted: project and budget lines stand on it."))
    if not reason.strip():
        raise Broken(_("Write the reason."), "reason")
    steps = figures.path(item)
    before = steps.index(last.step)
    if item.status is RequestStatus.REJECTED and _priority_taken(item, session):
        item.priority = next_priority(linked(item, "request", session), session)
    item.step = steps[before - 1] if before else S.DRAFT
    item.status, item.reject_reason = RequestStatus.OPEN, None
    setattr(item, figures.AMOUNTS[last.step], None)
    scope.permit(session, last, "decide")
    last.comment = "\n".join(filter(None, (last.comment, f"ถอนการบันทึก: {reason.strip()}")))
    session.flush()
    removal.remove(session, last, dates.now())
    session.flush()


def _priority_taken(item: RequestItem, session: Session) -> bool:
    same = select(RequestItem.id).where(
        RequestItem.request_id == item.request_id,
        RequestItem.priority == item.priority,
        RequestItem.id != item.id,
        figures.KEPT,
    )
    return session.scalar(same.limit(1)) is not None


# Enacting.


def _enact(item: RequestItem, amount: Decimal, session: Session) -> None:
    """Make the project and one budget line for each expense category of its costs."""
    if amount <= 0:
        raise Broken(_("Nothing was enacted; refuse the project instead."), "amount")
    costs = figures.by_category(session, item.id)
    if not any(cost.amount for cost in costs):
        raise Broken(
            _("“%(what)s” has no costs by which the budget is shared out.", what=item.name)
        )
    request = linked(item, "request", session)
    project = _project(item, request, amount)
    session.add(project)
    session.flush()
    split = figures.shares(amount, [cost.amount for cost in costs])
    for cost, share in zip(costs, split, strict=True):
        if share:
            line = _line(item, project, cost.category, share, single=len(costs) == 1)
            session.add(line)
            scope.permit(session, line, "enact")


def _project(item: RequestItem, request: BudgetRequest, amount: Decimal) -> Project:
    return Project(
        name=item.name,
        fiscal_year=request.fiscal_year,
        agency_id=item.agency_id,
        mission=item.mission,
        plan_issue=item.plan_issue,
        plan_program=item.plan_program,
        objectives=item.objectives,
        indicators=item.indicators,
        budget=amount,
        starts_on=item.starts_on or dates.fiscal_year_start(request.fiscal_year),
        ends_on=item.ends_on or dates.fiscal_year_end(request.fiscal_year),
        district_id=item.district_id,
        place=item.place,
        request_item_id=item.id,
        province_id=item.province_id,
        cluster_id=item.cluster_id,
    )


def _line(
    item: RequestItem, project: Project, category: ExpenseCategory, amount: Decimal, single: bool
) -> BudgetLine:
    longest = 1000 - len(category.name) - 3
    return BudgetLine(
        item=item.name if single else f"{item.name[:longest]} – {category.name}",
        fiscal_year=project.fiscal_year,
        plan=item.plan_program,
        output=item.name,
        expense_category_id=category.id,
        kind=category.kind,
        agency_id=item.agency_id,
        project_id=project.id,
        request_item_id=item.id,
        enacted=amount,
        province_id=item.province_id,
        cluster_id=item.cluster_id,
    )


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
    """Bring a project of an earlier request, with its costs, into this one as a new idea."""
    kept = {
        key: getattr(item, key)
        for key, told in fields(RequestItem).items()
        if not told.computed and key not in NOT_COPIED
    }
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
