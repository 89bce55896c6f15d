"""The approver's queue: what waits, by line, with what is left before and after each entry."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from access.database import db
from admin_views.acting import lang, viewer
from admin_views.story import actor
from entities import dates, money
from entities.vocabulary import EntryKind
from figures import ledger as figures
from models import BudgetLine, BudgetTransfer, CarryOver, LedgerEntry, PurchaseOrder

MOST = 200
"""The most entries on one page of the queue."""


def own_entry(entry: LedgerEntry) -> str:
    """Why the viewer cannot approve an entry of the own making; empty for others' entries."""
    own = entry.made_by is not None and entry.made_by == viewer().user_id
    return _("You made this entry; another person approves it.") if own else ""


def groups(province_id: int | None) -> tuple[list[dict[str, Any]], bool]:
    """The lines with what waits on them, the oldest first, and whether there are more."""
    found = figures.waiting(db.session(), province_id, MOST + 1)
    waiting = found[:MOST]
    lines = _known(waiting)
    shown = _one_for_each_transfer(waiting)
    order = {key: at for at, key in enumerate(dict.fromkeys(e.budget_line_id for e in shown))}
    shown.sort(key=lambda entry: (order[entry.budget_line_id], entry.id))
    told = [
        _group(lines[line_id], list(entries))
        for line_id, entries in groupby(shown, key=lambda entry: entry.budget_line_id)
    ]
    return told, len(found) > MOST


def _known(waiting: Sequence[LedgerEntry]) -> dict[int, BudgetLine]:
    """Read what the entries hang on, a kind of record at a time; the lines by their id."""
    for entity, key in ((BudgetTransfer, "transfer_id"), (PurchaseOrder, "order_id"),
                        (CarryOver, "carry_over_id")):  # fmt: skip
        keys = {getattr(entry, key) for entry in waiting} - {None}
        if keys:
            db.session.scalars(select(entity).where(entity.id.in_(keys))).all()
    keys = {entry.budget_line_id for entry in waiting}
    found = db.session.scalars(select(BudgetLine).where(BudgetLine.id.in_(keys))).all()
    return {line.id: line for line in found}


def _one_for_each_transfer(waiting: Sequence[LedgerEntry]) -> list[LedgerEntry]:
    """Both entries of a transfer are decided together, so the first stands for both."""
    seen: set[tuple[int | None, bool]] = set()
    kept = []
    for entry in waiting:
        key = (entry.transfer_id, entry.kind is EntryKind.REVERSAL)
        if entry.transfer_id is None or key not in seen:
            kept.append(entry)
        seen.add(key)
    return kept


def _group(line: BudgetLine, entries: Sequence[LedgerEntry]) -> dict[str, Any]:
    rows, left = [], line.available
    for entry in entries:
        after = left + figures.available_change(entry)
        rows.append(_row(entry, left, after, entry.maker_name or ""))
        left = after
    year = _("Fiscal year %(year)s", year=line.fiscal_year)
    sub = f"{line.cluster} · {year}" if line.cluster_id else year
    return {"id": line.id, "title": line.item, "rows": rows, "sub": sub}


def _row(entry: LedgerEntry, before: Decimal, after: Decimal, maker: str) -> dict[str, Any]:
    return {
        "id": entry.id, "number": entry.number, "title": entry.description,
        "kind": str(entry.kind.title), "date": dates.short_date(entry.entry_date, lang()),
        "doc_no": entry.doc_no or "", "payee": entry.payee or "", "about": _about(entry),
        "amount": money.shown(entry.amount), "before": money.shown(before),
        "after": money.shown(after), "short": after < 0, "maker": actor(maker) if maker else "–",
        "why": own_entry(entry),
    }  # fmt: skip


def _about(entry: LedgerEntry) -> str:
    """The order or carried money an entry takes from, or both lines that a reversed transfer named.

    A transfer's own description names them already.
    """
    if entry.transfer is not None and entry.kind is EntryKind.REVERSAL:
        moved = entry.transfer
        return _("From “%(source)s” to “%(target)s”", source=moved.from_line, target=moved.to_line)
    if entry.carry_over is not None:
        left = money.shown(entry.carry_over.remaining)
        return _("Carry-over %(number)s: %(left)s left", number=entry.carry_over, left=left)
    if entry.order is not None:
        left = money.shown(entry.order.outstanding)
        return _("PO %(number)s: %(left)s left", number=entry.order.number, left=left)
    return ""
