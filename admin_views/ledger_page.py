"""A budget line's page is its control ledger (ทะเบียนคุมการเบิกจ่ายงบประมาณ)."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select

from access.database import db
from admin_views import cells, entry_form, ledger_sheet
from admin_views.acting import REGISTRY, lang, viewer
from admin_views.words import said
from entities import dates, money
from entities.base import Base
from entities.money import NOTHING, percent
from entities.vocabulary import EntryKind, EntryStatus, LineStatus, TargetKind
from figures import ledger as figures
from models import BudgetLine, CarryOver, LedgerEntry, PurchaseOrder
from rules import entries
from rules.base import Broken

Kinds = tuple[EntryKind, ...]


def reaches_home(entity: type[Base], verb: str, line: Any) -> bool:
    """Whether the viewer may do a verb to records of an entity at the home of a line."""
    reach = viewer().reach(entity, verb)
    home = line.province_id in reach.province_id or line.cluster_id in reach.cluster_id
    return reach.everything or home


def code_in_groups(code: str | None) -> str:
    """A code of many digits in groups of four, as the budget book prints it."""
    digits = re.sub(r"[\s-]", "", code or "")
    if not (digits.isdigit() and len(digits) > 8):
        return code or ""
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def closing(line: BudgetLine) -> str:
    """Why nothing more is entered in the line's year; empty while it is open."""
    try:
        entries.refuse_closed(line, db.session())
    except Broken as broken:
        return str(broken)
    return ""


def context(view: Any, line: BudgetLine, form: Any = None) -> dict[str, Any]:
    """Everything that the ledger's page draws; `form` is a row that was refused."""
    today, closed = dates.today(), closing(line)
    steps = figures.course(db.session(), line.id)
    own = [step for step in steps if step.entry_date <= line.closes_on]
    later = [step for step in steps if step.entry_date > line.closes_on]
    orders, carried = _orders(line), _carried(line)
    kinds = _kinds(line, closed, carried)
    sheet = ledger_sheet.sheet(own, lang(), "all" in request.args)
    return {
        "title": line.item,
        "chip": view.chip(line) if line.status is not LineStatus.ACTIVE else "",
        "sub": _sub(line),
        "crumbs": [
            {"title": view.area, "url": url_for("admin.index")},
            {"title": view.name, "url": url_for("budget_line.index_view")},
        ],
        "acts": view.record_acts(line, bool(closed)),
        "notices": _notices(line, closed),
        "figures": _figures(line, steps, today),
        "line": line, "sheet": sheet, "closed": closed,
        "entry": _entry(line, kinds, form, today, sheet, orders, carried) if kinds else None,
        "later": ledger_sheet.drawn(later), "orders": orders, "carried": carried,
        "may": _may(line), "groups": view.groups(line), "kept_names": {c.id: c.number for c in carried},
        "history_url": url_for("budget_line.history_view", id=line.id),
        "all_url": url_for("budget_line.details_view", id=line.id, all="1"),
        "heads": [said(column.label) for column in sheet.columns],
        "kinds": {kind.value: said(kind.title) for kind in EntryKind},
        "statuses": {status.value: said(status.title) for status in EntryStatus},
        "short_date": _drawing_days(), "baht": money.shown,
    }  # fmt: skip


def _drawing_days() -> Callable[[date], Markup]:
    """Draws days in the language of the request, which is asked for once."""
    chosen = lang()
    return lambda day: cells.html(day, chosen)


def _orders(line: BudgetLine) -> Sequence[PurchaseOrder]:
    statement = select(PurchaseOrder).where(PurchaseOrder.budget_line_id == line.id)
    return db.session.scalars(statement.order_by(PurchaseOrder.signed_on, PurchaseOrder.id)).all()


def _carried(line: BudgetLine) -> Sequence[CarryOver]:
    statement = select(CarryOver).where(CarryOver.budget_line_id == line.id)
    return db.session.scalars(statement.order_by(CarryOver.id)).all()


def _kinds(line: BudgetLine, closed: str, carried: Sequence[CarryOver]) -> Kinds:
    """The kinds that the viewer may enter now."""
    if line.status is not LineStatus.ACTIVE or not reaches_home(LedgerEntry, "create", line):
        return ()
    if not closed:
        return entries.BY_HAND
    return entry_form.OF_CARRIED if any(c.remaining for c in carried) else ()


def _may(line: BudgetLine) -> dict[str, Any]:
    """What the viewer may do to the entries of the line."""
    return {
        "user_id": viewer().user_id,
        "read": reaches_home(LedgerEntry, "read", line),
        "reverse": reaches_home(LedgerEntry, "reverse", line),
        "withdraw": reaches_home(LedgerEntry, "withdraw", line),
    }


def _sub(line: BudgetLine) -> str:
    agency = line.agency.name if line.agency_id and line.agency else ""
    code = code_in_groups(line.budget_code)
    return " · ".join(
        filter(
            None,
            [
                _("Fiscal year %(year)s", year=line.fiscal_year),
                str(line.kind.title),
                agency,
                _("budget code %(code)s", code=code) if code else "",
            ],
        )
    )


def _notices(line: BudgetLine, closed: str) -> list[dict[str, str]]:
    told = []
    if closed:
        told.append({"kind": "info", "text": " ".join([closed, _("This ledger is read-only.")])})
    if line.status is LineStatus.FROZEN:
        told.append({"kind": "warn", "text": _("The line is frozen: nothing is entered on it.")})
    return told


def _figures(line: BudgetLine, steps: Sequence[Any], today: date) -> list[dict[str, Any]]:
    """The five figures over the ledger; what waits is told beside what it will change."""
    share = percent(line.disbursed, line.net_budget)
    paid = [_("%(share)s %%", share=share)] if share is not None else []
    unpaid = [s.paid_change + s.drawn_change for s in steps if s.status is EntryStatus.WAITING]
    if waiting := sum(unpaid, NOTHING):
        paid.append(_("waiting for approval %(amount)s", amount=money.shown(waiting)))
    held = _("after %(amount)s that wait", amount=money.shown(line.waiting)) if line.waiting else ""
    return [
        _figure(_("Net budget"), line.net_budget),
        _figure(_("Outstanding orders (PO)"), line.outstanding),
        _figure(_("Disbursed so far"), line.disbursed, note=" · ".join(paid)),
        _figure(_("Available"), line.available - line.waiting, held, _limit_chip(line)),
        _target(line, share, today),
    ]


def _figure(label: str, amount: Decimal, note: str = "", chip: Any = "") -> dict[str, Any]:
    whole, _dot, rest = money.shown(amount).partition(".")
    return {"label": label, "whole": whole, "rest": f".{rest}", "note": note, "chip": chip}


def _limit_chip(line: BudgetLine) -> Markup:
    if not line.net_budget:
        return Markup("")
    if line.available - line.waiting <= NOTHING:
        return cells.mark("info", "●", _("nothing left"))
    near = figures.near_limit(line)
    return cells.mark("warn", "◔", _("near the limit")) if near else Markup("")


def _target(line: BudgetLine, share: Decimal | None, today: date) -> dict[str, Any]:
    """The next target of the line's kind, or of all spending, with how far the line is from it."""
    day = min(max(today, line.opens_on), line.closes_on)
    known = figures.targets(db.session(), line.fiscal_year)
    kind = TargetKind(line.kind.value)
    found = figures.next_target(known, day, kind) or figures.next_target(known, day)
    if found is None:
        told = _("No target is set.")
        return {"label": _("Next target"), "whole": "–", "rest": "", "note": told, "chip": ""}
    due, goal = found
    return {
        "label": _("Target by %(day)s", day=dates.short_date(due, lang())),
        "whole": _("%(share)s %%", share=goal), "rest": "", "note": "",
        "chip": _distance(share, goal, due < today) if share is not None else Markup(""),
    }  # fmt: skip


def _distance(share: Decimal, goal: Decimal, over: bool) -> Markup:
    """How far from the target: reached green, missed red, not yet reached amber."""
    apart = share - goal
    if apart >= 0:
        return cells.mark("ok", "✓", _("%(n)s points above the target", n=f"{apart:.2f}"))
    words = _("%(n)s points below the target", n=f"{-apart:.2f}")
    return cells.mark("bad" if over else "warn", "!" if over else "◔", words)


def _entry(
    line: BudgetLine, kinds: Kinds, form: Any, today: date, sheet: Any,
    orders: Sequence[PurchaseOrder], carried: Sequence[CarryOver],
) -> dict[str, Any]:  # fmt: skip
    """The row on top of the ledger."""
    view = REGISTRY[LedgerEntry]
    form = form or entry_form.blank(view.create_form, line, kinds, today)
    return {
        "form": form, "kinds": kinds, "action": url_for("ledger_entry.create_view"),
        "focus": _focus(form),
        "column": ledger_sheet.column_of(form.kind.data, sheet.columns),
        "columns": {
            kind.value: ledger_sheet.column_of(kind, sheet.columns) for kind in kinds
        },
        "orders": [(o.id, str(o), money.shown(o.outstanding - o.waiting)) for o in orders],
        "carried": [
            (c.id, c.number, money.shown(c.remaining - c.waiting)) for c in carried if c.remaining
        ],
        "left": money.shown(line.available - line.waiting), "elsewhere": _elsewhere(form, line, carried),
    }  # fmt: skip


def _elsewhere(form: Any, line: BudgetLine, carried: Sequence[CarryOver]) -> list[str]:
    """What is wrong with fields that this line's row does not show."""
    hidden = {"budget_line_id": True, "carry_over_id": not any(c.remaining for c in carried),
              "reserve_used": not line.reserved, "doc_date": True}  # fmt: skip
    return [str(told) for name, on in hidden.items() if on for told in form[name].errors]


def _focus(form: Any) -> str:
    """The box that has the focus: the first that is wrong, or where the next entry begins."""
    if wrong := next((field.name for field in form if field.errors), ""):
        return wrong
    return "doc_no" if "kind" in request.args else ""
