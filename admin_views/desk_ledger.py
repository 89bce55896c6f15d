"""What the control ledger brings to the desk: to approve, refused, near the limit, about to end."""

from datetime import date, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from access.database import db
from admin_views import cells
from admin_views.acting import lang, viewer
from entities import dates, money
from figures import ledger as figures
from models import CarryOver, LedgerEntry

RECENT = timedelta(days=60)
"""For how long after its day a refused entry stays on its maker's desk."""
Rows = list[dict[str, Any]]


def to_approve(province_id: int | None) -> int:
    """How many entries wait for the viewer, without the own ones; 0 for who cannot approve."""
    if not viewer().may(LedgerEntry, "approve"):
        return 0
    return figures.count_waiting(db.session(), province_id, viewer().user_id)


def waiting(today: date, province_id: int | None) -> Rows:
    """What waits for the viewer in the ledger; `order` is the days left, as on the whole desk."""
    rows: Rows = []
    if count := to_approve(province_id):
        rows.append(_queue(count))
    if viewer().may(LedgerEntry, "create"):
        mine = viewer().user_id or 0
        rows += [_refused(e) for e in figures.rejected(db.session(), mine, today - RECENT, 5)]
    if viewer().may(CarryOver, "create"):
        found = figures.expiring(db.session(), today, province_id, 8)
        rows += [_ending(one, today) for one in found]
    return rows


def figure(today: date, province_id: int | None) -> dict[str, Any] | None:
    """The lines near their limit, for those who enter money."""
    if not viewer().may(LedgerEntry, "create"):
        return None
    year = dates.fiscal_year(today)
    count = figures.count_near_limit(db.session(), year, province_id)
    return {
        "label": _("Lines near their limit"), "value": f"{count:,}",
        "unit": _("lines of fiscal year %(year)s", year=year), "note": "", "bar": None,
        "chips": cells.mark("warn", "◔", _("near the limit")) if count else Markup(""),
        "url": url_for("budget_line.index_view", fiscal_year=year, only="near_limit"),
    }  # fmt: skip


def _row(title: str, url: str, sub: str, chip: Markup, order: int) -> dict[str, Any]:
    return {"title": title, "url": url, "sub": sub, "chip": chip, "order": order}


def _queue(count: int) -> dict[str, Any]:
    title = _("%(n)s entries of the ledger wait for your approval", n=f"{count:,}")
    return _row(
        title, url_for("ledger_entry.queue_view"), "", cells.mark("gold", "✎", _("to approve")), 0
    )


def _refused(entry: LedgerEntry) -> dict[str, Any]:
    sub = " · ".join(filter(None, [money.shown(entry.amount), entry.approver_name, entry.refusal]))
    return _row(
        _("Not approved: %(what)s", what=entry), url_for("ledger_entry.details_view", id=entry.id),
        sub, cells.chip(entry.status), 1,
    )  # fmt: skip


def _ending(one: CarryOver, today: date) -> dict[str, Any]:
    left = (one.expires_on - today).days
    sub = f"{money.shown(one.remaining)} · {dates.short_date(one.expires_on, lang())}"
    return _row(
        _("Carry-over ends: %(what)s", what=one), url_for("carry_over.details_view", id=one.id),
        sub, cells.in_days(one.expires_on, today), left,
    )  # fmt: skip
