"""What the desk says of correspondence: what lies here, who has not confirmed, registers with faults."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select

from access.database import db
from admin_views import cells, register_sheet
from admin_views.acting import minds, viewer
from entities import dates
from entities.documents import MASKED
from entities.vocabulary import DestructionStatus, RegisterKind, Role, Urgency
from figures import documents as figures
from models import DestructionBatch, Distribution, Document, OfficeUnit, RegisterNumber
from rules import document_reminders, retention

MOST = 6
"""Rows of one kind; the inbox holds all."""
MOST_LYING = 100
"""Rows of an inbox; the list of documents has the rest."""
MOST_DUE = 1_000
"""So many documents due for destruction are counted."""
UNREAD_AFTER = timedelta(days=document_reminders.LADDER[0])
"""After so long without a confirmed receipt a recipient is chased."""
AFTER = {Urgency.AT_ONCE: 0, Urgency.QUICKLY: 1, Urgency.FASTER: 2}
"""In how many days a document without a day due is wanted, by its class of speed."""
ORDINARY = 7
OVERSEEN = 8
"""Where others' late receipts stand on the desk of who only oversees: after the own documents."""


def lying(province_id: int | None, limit: int = MOST_LYING) -> Sequence[Any]:
    """Rows of the documents on the viewer's desk: the most urgent first, and within that the late ones."""
    if not viewer().may(Document, "read"):
        return []
    return figures.inbox(db.session(), viewer().roles, province_id, limit)


def due_day(one: Any) -> date | None:
    """The day on which a document must be acted on; what was done only waits to be filed."""
    return None if one.status in figures.ACTED_ON else one.due_on


def is_late(one: Any, today: date) -> bool:
    """Whether the day due is over."""
    due = due_day(one)
    return due is not None and due < today


def due_chips(one: Any) -> Markup:
    """Urgency and how far the day due is."""
    chips = cells.chip(one.urgency) if one.urgency else Markup("")
    due = due_day(one)
    return chips + Markup(" ") + cells.in_days(due, dates.today()) if due else chips


def sent_to_us(province_id: int | None, limit: int = MOST_LYING) -> Sequence[Distribution]:
    """What an agency, or the office's units, were sent and have not confirmed, the oldest first."""
    if not viewer().may(Distribution, "acknowledge"):
        return []
    statement = select(Distribution).where(Distribution.acknowledged_at.is_(None))
    if Role.AGENCY_OFFICER not in viewer().roles:
        statement = statement.where(Distribution.unit_id.is_not(None))
    if province_id is not None:
        statement = statement.where(Distribution.province_id == province_id)
    ordered = statement.order_by(Distribution.sent_at, Distribution.id)
    return db.session.scalars(ordered.limit(limit)).all()


def whose(one: Distribution) -> str:
    """Who got it; of a secret document the name is sealed, and its own agency knows itself."""
    own = one.agency if Role.AGENCY_OFFICER in viewer().roles else None
    return str(own) if own is not None and one.recipient == MASKED else one.recipient


def receipt(one: Distribution) -> Markup:
    """How far a receipt is: confirmed, or waiting since when and how often asked for."""
    if one.acknowledged_at is not None:
        return cells.mark("ok", "✓", _("receipt confirmed"))
    waits = dates.now() - one.sent_at
    tone = "warn" if waits >= UNREAD_AFTER else "info"
    words = _("waiting %(n)s days", n=waits.days) if waits.days else _("sent today")
    chip = cells.mark(tone, "◷", words)
    if one.chased_count:
        chip += Markup(" ") + cells.mark("bad", "!", _("chased %(n)s times", n=one.chased_count))
    return chip


def acts(province_id: int | None) -> list[dict[str, Any]]:
    """What a registrar does most: write down what came in, and open the other registers."""
    if province_id is None or not viewer().may(Document, "register"):
        return []
    found = [{"title": _("Registers"), "url": url_for("register_book.index_view"), "method": "get"}]
    office_id = db.session.scalar(
        select(OfficeUnit.id)
        .where(OfficeUnit.province_id == province_id, OfficeUnit.is_active.is_(True))
        .order_by(OfficeUnit.code)
        .limit(1)
    )
    if office_id is not None:
        to = register_sheet.address(office_id, RegisterKind.RECEIVED, secret=False)
        title = _("Register received documents")
        found.insert(0, {"title": title, "url": to, "method": "get", "primary": True})
    return found


def figure(today: date, province_id: int | None) -> dict[str, Any] | None:
    """How many documents lie on the viewer's desk."""
    found = counted(today, province_id)
    if not found.count:
        return None
    chips = cells.mark("bad", "!", _("%(n)s late", n=found.late)) if found.late else Markup("")
    if found.at_once:
        chips += cells.mark("bad", "!!!", _("%(n)s at once", n=found.at_once))
    return {
        "label": _("Documents on my desk"), "value": f"{found.count:,}", "unit": _("documents"),
        "chips": chips, "note": "", "bar": None, "url": url_for("distribution.inbox_view"),
    }  # fmt: skip


def count(province_id: int | None) -> dict[str, int] | None:
    """How many lie on the viewer's desk, and how many of them are late, for the menu."""
    found = counted(dates.today(), province_id)
    return {"n": found.count, "late": found.late} if found.count else None


def counted(today: date, province_id: int | None) -> figures.Lying:
    """What lies on the viewer's desk, in figures."""
    if not viewer().may(Document, "read"):
        return figures.Lying()
    return figures.lying(db.session(), viewer().roles, today, province_id)


def waiting(today: date, province_id: int | None) -> list[dict[str, Any]]:
    """Rows of the desk: documents that lie here, receipts to chase, numbers kept too long."""
    rows = [_lying(one, today) for one in lying(province_id, MOST)]
    if Role.AGENCY_OFFICER in viewer().roles:
        rows += [_to_confirm(one, today) for one in sent_to_us(province_id, MOST)]
    if minds(Document, "send"):
        order = 3 if viewer().may(Document, "send") else OVERSEEN
        rows += [_unread(one, today, order) for one in _chased(province_id)]
    if minds(RegisterNumber, "cancel"):
        kept = figures.kept_free(db.session(), today, province_id)
        rows += [_kept(one, today) for one in kept[:MOST]]
    return rows + _survey(today, province_id) + _lists(today, province_id)


def _row(title: str, url: str, sub: str, chip: Markup, order: int) -> dict[str, Any]:
    return {"title": title, "url": url, "sub": sub, "chip": chip, "order": order}


def _lying(one: Any, today: date) -> dict[str, Any]:
    """A document on the desk; late only where a day was set and is over."""
    due, since = due_day(one), one.received_on or today
    within = AFTER.get(one.urgency, ORDINARY) if one.urgency else ORDINARY
    left = (due - today).days if due else max(within - (today - since).days, 0)
    sub = " · ".join(part for part in (one.number, one.from_party or one.to_party) if part)
    url = url_for("document.details_view", id=one.id)
    chips = due_chips(one) or cells.chip(one.status)
    return _row(_("Document: %(subject)s", subject=one.subject), url, sub, chips, left)


def _chased(province_id: int | None) -> list[Distribution]:
    before = dates.now() - UNREAD_AFTER
    return figures.unconfirmed(db.session(), before, province_id, MOST)


def _to_confirm(one: Distribution, today: date) -> dict[str, Any]:
    """What was sent to the viewer's agency: the longer it waits, and the more urgent, the earlier."""
    within = AFTER.get(one.urgency, ORDINARY) if one.urgency else ORDINARY
    left = max(within - (today - figures.day_of(one.sent_at)).days, 0)
    chips = (cells.chip(one.urgency) + Markup(" ") if one.urgency else Markup("")) + receipt(one)
    return _row(
        _("Confirm the receipt: %(subject)s", subject=one.subject),
        url_for("distribution.details_view", id=one.id), one.number, chips, left,
    )  # fmt: skip


def _unread(one: Distribution, today: date, order: int) -> dict[str, Any]:
    days = (today - figures.day_of(one.sent_at)).days
    return _row(
        _("Receipt not confirmed: %(who)s", who=one.recipient),
        url_for("document.details_view", id=one.document_id), f"{one.number} {one.subject}",
        cells.mark("warn", "◷", _("waiting %(n)s days", n=days)), order,
    )  # fmt: skip


def _lists(today: date, province_id: int | None) -> list[dict[str, Any]]:
    """Destruction lists that wait for the viewer: to be authorised by another than who made them,
    or authorised and to be carried out."""
    authorises, carries = (viewer().may(DestructionBatch, verb) for verb in ("approve", "survey"))
    if not authorises and not carries:
        return []
    found = figures.lists_on_their_way(db.session(), province_id, MOST)
    ready = [
        one for one in found
        if one.status is DestructionStatus.ARCHIVES
        and one.made_by != viewer().user_id
        and retention.archives_agreed(one, today)
    ]  # fmt: skip
    done = [one for one in found if one.status is DestructionStatus.APPROVED]
    told = [(_("Authorise: %(what)s", what=one.name), one) for one in ready if authorises]
    told += [(_("Carry out: %(what)s", what=one.name), one) for one in done if carries]
    return [
        _row(title, url_for("destruction_batch.details_view", id=one.id), "", cells.chip(one.status), 4)
        for title, one in told
    ]  # fmt: skip


def _survey(today: date, province_id: int | None) -> list[dict[str, Any]]:
    """The survey of the year that ended last: in its days until a list is made, and whenever
    something is due that stands on no list."""
    if province_id is None or not viewer().may(DestructionBatch, "survey"):
        return []
    year = today.year - 1
    deadline = figures.survey_deadline(year)
    due = figures.count_due(db.session(), province_id, year, MOST_DUE + 1)
    over = today > deadline or figures.is_listed(db.session(), province_id, year)
    if not due and over:
        return []
    count = f"{MOST_DUE:,}+" if due > MOST_DUE else f"{due:,}"
    return [
        _row(
            _("Survey of the year %(year)s", year=year + 543),
            url_for("destruction_batch.survey_view", year=year + 543),
            _("%(n)s documents are due for destruction", n=count) if due
            else _("Nothing is due for destruction so far."),
            cells.in_days(deadline, today), (deadline - today).days,
        )
    ]  # fmt: skip


def _kept(one: RegisterNumber, today: date) -> dict[str, Any]:
    return _row(
        _("Number kept too long: %(number)s", number=one.written),
        url_for("register_number.details_view", id=one.id), one.owner_name,
        cells.in_days(one.expires_on, today), (one.expires_on - today).days,
    )  # fmt: skip
