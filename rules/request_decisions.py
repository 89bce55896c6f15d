"""Deciding on budget requests: what each step says of a project, and taking a decision back.

Each step decides once, in order, none is skipped; an amount stays or falls unless a reason
overrides that. The last step enacts: `rules/enacting.py` makes the project and its budget lines.
A wrong decision is taken back, the last one first (domain §7).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from access import scope
from entities import dates, money, thai
from entities.money import NOTHING
from entities.vocabulary import RequestStatus, RequestStep, ResolutionKind, Verdict
from figures import requests as figures
from models import Project, RequestDecision, RequestItem, Resolution
from rules import enacting, removal
from rules.base import Broken, linked, today_of
from rules.requests import next_priority

S = RequestStep
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
        enacting.enact(item, given, session)
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
    last = session.scalar(LAST_DAY, {"item": item.id})
    if last is not None and decided_on < last:
        raise Broken(
            _("The step before decided on %(day)s; this one cannot be earlier.",
              day=dates.short_date(last, "th")),
            "decided_on",
        )  # fmt: skip


LAST_DAY = select(func.max(RequestDecision.decided_on)).where(
    RequestDecision.item_id == bindparam("item")
)
"""The day of the last decision on a project."""


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
    """The resolution behind a decision: of the right committee, of that day, and one that decides.

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
    _decides(resolution, verdict, session)
    meeting = linked(resolution, "meeting", session)
    if step in figures.COMMITTEES and meeting.meets_on != day:
        raise Broken(
            _("%(meeting)s was held on %(day)s; that is the day of its decision.",
              meeting=meeting.name, day=dates.short_date(meeting.meets_on, "th")),
            "decided_on",
        )  # fmt: skip


def _decides(resolution: Resolution, verdict: Verdict, session: Session) -> None:
    """A refusal may stand on an approval, which approved the rest; no approval on a refusal."""
    matter = linked(resolution, "agenda_item", session)
    if not figures.decides(resolution, matter):
        raise Broken(
            _("“%(matter)s” (%(part)s, %(kind)s) decides nothing; choose a resolution that approves or refuses.",
              matter=thai.shorten(matter.title, 70), part=matter.part, kind=resolution.kind),
            "resolution",
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
