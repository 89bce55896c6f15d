"""What a request's pages draw, and the sheet on which a step decides on many projects."""

from datetime import date
from decimal import Decimal
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from access.database import db
from admin_views import cells
from admin_views.forms import shorten
from entities import dates, money
from entities.vocabulary import RequestStatus, RequestStep, Verdict
from figures import requests as figures
from models import BudgetRequest, RequestItem, Resolution
from rules import request_decisions
from rules.base import Broken

S = RequestStep
LATER = "later"


def awaited(record: BudgetRequest, found: list[RequestItem]) -> RequestStep | None:
    """The earliest step that any project of the request waits for."""
    order = list(RequestStep)
    waiting = {step for item in found if (step := figures.following(item)) is not None}
    return min(waiting, key=order.index) if waiting else None


def steps(record: BudgetRequest | RequestItem, reached: RequestStep) -> list[dict[str, str]]:
    """The path: what is behind, and the step that decides next."""
    path = figures.path(record)
    done = path.index(reached) + 1 if reached in path else 0
    return [
        {"title": str(step), "state": "did" if n < done else "now" if n == done else ""}
        for n, step in enumerate(path)
    ]


def sums(totals: figures.Totals) -> dict[str, Any]:
    """A request's totals against its ceiling, as they are drawn."""
    last = next(reversed(totals.steps), None) if totals.steps else None
    return {
        "requested": money.shown(totals.requested),
        "current": money.shown(totals.current),
        "now_label": _("Amount now (%(step)s)", step=last) if last else _("Amount now"),
        "ceiling": money.shown(totals.ceiling),
        "ceiling_plain": str(totals.ceiling or ""),
        "percent": totals.percent,
        "over": bool(totals.over),
        "verdict": _verdict(totals),
    }


def _verdict(totals: figures.Totals) -> Markup | str:
    if totals.percent is None:
        return cells.DASH
    if totals.over:
        words = _("%(baht)s over (%(percent)s%% more)",
                  baht=money.shown(totals.over), percent=totals.over_percent)  # fmt: skip
        return cells.mark("bad", "!", words)
    left = money.shown((totals.ceiling or money.NOTHING) - totals.current)
    return cells.mark(
        "ok", "✓", _("%(percent)s%% · %(left)s left", percent=totals.percent, left=left)
    )


def columns(totals: figures.Totals) -> list[dict[str, str]]:
    """The steps that have decided on something, each with what it gave in all."""
    return [
        {"key": step.value, "title": str(step), "total": money.shown(amount)}
        for step, amount in totals.steps.items()
    ]


def rows(found: list[RequestItem], totals: figures.Totals, may_move: bool) -> list[dict[str, Any]]:
    """The projects by priority; those refused stand last and do not move."""
    kept = [item for item in found if item.status is not RequestStatus.REJECTED]
    drawn = []
    for item in found:
        place = kept.index(item) if item in kept else None
        drawn.append({
            "id": item.id, "priority": item.priority, "name": item.name, "sub": sub(item),
            "url": url_for("request_item.details_view", id=item.id),
            "requested": money.shown(item.requested), "chip": chip(item),
            "out": item.status is RequestStatus.REJECTED,
            "moves": _moves(item, kept, place) if may_move and place is not None else (),
            **_amounts(item, totals),
        })  # fmt: skip
    return drawn


def _moves(item: RequestItem, kept: list[RequestItem], place: int) -> tuple[int, ...]:
    """Up and down, as far as the neighbour may still move."""
    beside = ((by, place + by) for by in (-1, 1))
    return tuple(
        by
        for by, other in beside
        if 0 <= other < len(kept)
        and RequestStatus.OPEN is item.status is kept[other].status
    )  # fmt: skip


def _amounts(item: RequestItem, totals: figures.Totals) -> dict[str, dict[str, Any]]:
    """What each step gave, and whether it changed what was there before."""
    amounts, cut, before = {}, {}, item.requested
    for step in totals.steps:
        given = getattr(item, figures.AMOUNTS[step])
        amounts[step.value] = money.shown(given)
        cut[step.value] = given is not None and given != before
        before = before if given is None else given
    return {"amounts": amounts, "cut": cut}


def sub(item: RequestItem) -> str:
    """The line under a project's name: who carries it out."""
    return item.agency.name if item.agency else ""


def chip(item: RequestItem) -> Markup:
    """Where a project stands: what it waits for, or what became of it."""
    step = figures.following(item)
    if step is None:
        return cells.chip(item.status)
    return cells.mark("info", "◔", _("waits for: %(step)s", step=step))


class Sheet:
    """The projects of a request that wait for one step; the earliest, where none is named."""

    def __init__(self, record: BudgetRequest, step: str) -> None:
        self.record, found = record, figures.items(db.session(), record.id)
        named = next((one for one in figures.path(record) if one.value == step), None)
        self.step = named or awaited(record, found)
        self.items = [item for item in found if figures.following(item) is self.step and self.step]
        self.totals = figures.totals(record, found)

    def rows(self, form: Any) -> list[dict[str, Any]]:
        """The projects as they are drawn, with what was typed where the sheet is shown again."""
        return [self._row(item, form) for item in self.items]

    def _row(self, item: RequestItem, form: Any) -> dict[str, Any]:
        before = figures.current(item)
        typed = form.get(f"amount-{item.id}", money.shown(before))
        return {
            "id": item.id, "priority": item.priority, "name": item.name, "sub": sub(item),
            "before": money.shown(before), "before_plain": str(before), "amount": typed,
            "verdict": form.get(f"verdict-{item.id}", Verdict.APPROVE.value),
            "comment": form.get(f"comment-{item.id}", ""), "why": form.get(f"why-{item.id}", ""),
            "above": _above(typed, before), "error": _wrong(typed) if form else "",
        }  # fmt: skip

    def common(self, form: Any, lang: str) -> dict[str, Any]:
        """What is said once for all projects of the sheet."""
        needs = self.step in figures.COMMITTEES
        return {
            "resolutions": self._resolutions(lang),
            "needs_resolution": needs,
            "resolution_help": _("The committee's resolution; it gives the day of the decision.")
            if needs else _("Only where a committee resolved on it."),
            "chosen_resolution": form.get("resolution", ""),
            "decided_on": form.get("decided_on", ""),
            "comment": form.get("comment", ""),
            "before_label": _("Amount before (baht)"),
        }  # fmt: skip

    def _resolutions(self, lang: str) -> list[tuple[int, str]]:
        if self.step is None:
            return []
        found = figures.resolutions(db.session(), self.record, self.step, dates.today())
        return [(one.id, label(one, lang)) for one in found]

    def decide(self, form: Any) -> int:
        """Carry the sheet out; raises Broken that names the project. Returns how many were decided."""
        told = {}
        for item in self.items:
            verdict = form.get(f"verdict-{item.id}", LATER)
            if verdict != LATER:
                told[item] = self._line(item, Verdict(verdict), form)
        if not told or self.step is None:
            return 0
        resolution = self._resolution(form)
        day = decision_day(form.get("decided_on", ""), resolution)
        return request_decisions.decide_sheet(told, self.step, day, resolution, db.session())

    @staticmethod
    def _line(item: RequestItem, verdict: Verdict, form: Any) -> request_decisions.Line:
        given = money.NOTHING
        if verdict is Verdict.APPROVE:
            given = _amount(item, form.get(f"amount-{item.id}", ""))
        comment = form.get(f"comment-{item.id}", "").strip() or form.get("comment", "").strip()
        return request_decisions.Line(verdict, given, comment, form.get(f"why-{item.id}", ""))

    def _resolution(self, form: Any) -> Resolution | None:
        return find_resolution(form.get("resolution", ""))


def find_resolution(text: str) -> Resolution | None:
    """The resolution that a form names, where the viewer reaches it."""
    if not text:
        return None
    known = text.isascii() and text.isdigit() and len(text) < 19
    found = db.session.get(Resolution, int(text)) if known else None
    if found is None:
        raise Broken(_("Choose one from the list."), "resolution")
    return found


def decision_day(text: str, resolution: Resolution | None) -> date:
    """The day that was typed; else that of the meeting that resolved, else today."""
    if text.strip():
        try:
            return dates.parse_date(text[:40])
        except dates.BadDate as error:
            raise Broken(_(str(error)), "decided_on") from None
    return resolution.meeting.meets_on if resolution is not None else dates.today()


def label(resolution: Resolution, lang: str) -> str:
    """A resolution as a picker tells it: meeting, day, matter and what was resolved."""
    meeting = resolution.meeting
    day = dates.short_date(meeting.meets_on, lang)
    title = shorten(resolution.agenda_item.title, 70)
    return f"{meeting.name} ({day}) · {title} · {resolution.kind}"


def _amount(item: RequestItem, text: str) -> Decimal:
    try:
        return money.parse(text[:60])
    except money.BadAmount as bad:
        raise Broken(f"{item.priority}. {item.name}: {bad.message}", "amount") from None


def _above(text: str, before: Decimal) -> bool:
    try:
        return money.parse(text[:60]) > before
    except money.BadAmount:
        return False


def _wrong(text: str) -> str:
    """Why an amount cannot be read; empty where it can."""
    try:
        money.parse(text[:60])
    except money.BadAmount as bad:
        return str(bad.message)
    return ""
