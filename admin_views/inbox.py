"""What was sent to units and agencies, and each desk's inbox: the most urgent first, late on top."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from flask import g, request, url_for
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from access import viewer as who
from access.database import db, writing
from admin_views import attached_files, cells, desk
from admin_views.acting import lang, viewer, way_back
from admin_views.base import EntityView
from admin_views.desk_documents import (
    MOST_LYING,
    counted,
    due_chips,
    is_late,
    lying,
    receipt,
    sent_to_us,
    whose,
)
from admin_views.verbs import Ask, ask, do
from admin_views.words import said
from entities import dates
from entities.base import fields
from entities.vocabulary import DocumentStatus, Role
from models import Attachment, Distribution, Document, Loan
from rules import document_files, documents, retention

S = DocumentStatus
NEXT = {
    S.REGISTERED: _l("to be presented"),
    S.PRESENTED: _l("to be endorsed"),
    S.ENDORSED: _l("to be endorsed"),
    S.ACTING: _l("to be acted on"),
    S.DONE: _l("to be filed"),
    S.DRAFT: _l("draft to be checked"),
    S.REVIEWED: _l("to be signed"),
    S.SIGNED: _l("to be numbered"),
    S.NUMBERED: _l("to be sent"),
    S.ACKNOWLEDGED: _l("to be filed"),
}
"""What a document's state asks of the desk on which it lies."""


class DistributionView(EntityView):
    """Recipients: when each got a document, read it and confirmed; here is every desk's inbox."""

    details_template = "distribution.html"
    in_menu = False
    related: ClassVar[list[Any]] = []

    @expose("/inbox/")
    def inbox_view(self) -> Any:
        """What waits on my desk, and what was sent to us and is not confirmed yet."""
        self.require("read")
        province_id = desk.desk_province()
        rows = lying(province_id, MOST_LYING)
        count = len(rows)
        if count == MOST_LYING:
            count = counted(dates.today(), province_id).count
        sent = sent_to_us(province_id)
        return self.render(
            "inbox.html", title=_("Inbox"), crumbs=[{"title": self.area, "url": "/admin/"}],
            sub=_("%(n)s documents wait on your desk", n=f"{count:,}"), groups=_groups(rows),
            more=_more(count) if count > len(rows) else None,
            sent=[_sent_row(one) for one in sent],
            acts=_inbox_acts(),
        )  # fmt: skip

    def sub(self, record: Distribution) -> str:
        sent = _("sent %(at)s", at=dates.moment(record.sent_at, lang()))
        return f"{whose(record)} · {record.method} · {sent}"

    def chip(self, record: Distribution) -> Markup:
        chip = receipt(record)
        return cells.chip(record.urgency) + Markup(" ") + chip if record.urgency else chip

    def groups(self, record: Distribution) -> list[dict[str, Any]]:
        """The facts, without chasing that did not happen and a document that the viewer does not reach."""
        told = fields(Distribution)
        left_out = [
            told[key].label for key in ("chased_count", "chased_level") if not getattr(record, key)
        ]
        if not viewer().may(Document, "read"):
            left_out.append(told["document_id"].label)
        return [
            {**group, "rows": [row for row in group["rows"] if row[0] not in left_out]}
            for group in super().groups(record)
        ]

    def record_acts(self, record: Distribution) -> list[dict[str, Any]]:
        if record.acknowledged_at is not None or not viewer().reaches(record, "acknowledge"):
            return []
        to = url_for(".acknowledge_view", id=record.id)
        title = _("Confirm the receipt")
        return [{"title": title, "url": to, "method": "post", "primary": True}]

    def details_context(self, record: Distribution) -> dict[str, Any]:
        _note_read(record)
        context = super().details_context(record)
        may = viewer().may(Document, "read")
        url = url_for("document.details_view", id=record.document_id) if may else None
        g.frames = True
        return {
            **context, "title": f"{record.number} {record.subject}", "document_url": url,
            "papers": _papers(record),
        }  # fmt: skip

    @expose("/file/")
    def file_view(self) -> Any:
        """A file of the document that was sent: inside the page, or to be saved."""
        record = self.record()
        return attached_files.sent(document_files.sent_with(record, db.session()))

    @expose("/acknowledge/", methods=("POST",))
    def acknowledge_view(self) -> Any:
        """Confirm the receipt, once."""
        record = self.record()
        self.require("acknowledge", record)
        return do(
            self, record, lambda: documents.acknowledge(record, db.session(), dates.now()),
            told=_("Receipt confirmed."), done_url=way_back(),
        )  # fmt: skip


def _papers(record: Distribution) -> list[dict[str, Any]]:
    """The files of the document that was sent, as its recipient sees them."""
    if not viewer().may(Attachment, "read"):
        return []
    return attached_files.sent_rows(record.id, document_files.sent_with(record, db.session()))


def _inbox_acts() -> list[dict[str, Any]]:
    """The registers, and the list on which many are presented at once."""
    found = []
    if viewer().may(Document, "present"):
        to = url_for("document.index_view", status=S.REGISTERED.value)
        found.append({"title": _("Present several at once"), "url": to, "method": "get"})
    if viewer().may(Document, "register"):
        to = url_for("register_book.index_view")
        found.append({"title": _("Registers"), "url": to, "method": "get", "primary": True})
    return found


def _more(count: int) -> dict[str, str]:
    """The way to all that lies on the desk, where the inbox shows the most urgent alone."""
    desks = [role.value for role in viewer().roles]
    return {
        "title": _("See all %(n)s", n=f"{count:,}"),
        "url": url_for("document.index_view", waits_for=desks),
    }  # fmt: skip


def _groups(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Late documents first, then by class of speed."""
    today = dates.today()
    late = [one for one in rows if is_late(one, today)]
    rest = [one for one in rows if not is_late(one, today)]
    groups = [(_("Late"), late)]
    for one in rest:
        title = said(one.urgency.title) if one.urgency else _("Ordinary")
        if groups[-1][0] != title:
            groups.append((title, []))
        groups[-1][1].append(one)
    at, tongue = url_for("document.details_view", id=""), lang()
    return [
        {"title": title, "rows": [_row(one, at, tongue) for one in some]}
        for title, some in groups
        if some
    ]


def _row(one: Any, at: str, tongue: str) -> dict[str, Any]:
    day = dates.short_date(one.received_on, tongue) if one.received_on else ""
    parts = [one.number, one.from_party or one.to_party, day, one.holder]
    return {
        "title": one.subject, "url": f"{at}{one.id}",
        "sub": " · ".join(part for part in parts if part), "next": said(NEXT[one.status])
        if one.status in NEXT else str(one.status),
        "chips": due_chips(one),
    }  # fmt: skip


def _sent_row(one: Distribution) -> dict[str, Any]:
    may = viewer().reaches(one, "acknowledge")
    return {
        "title": f"{one.number} {one.subject}", "sub": whose(one),
        "url": url_for("distribution.details_view", id=one.id), "chip": receipt(one),
        "urgency": cells.chip(one.urgency) if one.urgency else Markup(""),
        "confirm_url": url_for("distribution.acknowledge_view", id=one.id) if may else None,
    }  # fmt: skip


def _note_read(record: Distribution) -> None:
    """An agency that opens what was sent to it has read it; a page that reads writes apart."""
    agency = Role.AGENCY_OFFICER in viewer().roles
    if record.read_at is not None or not agency or not viewer().reaches(record, "acknowledge"):
        return
    acting, key, place, now = viewer(), record.id, request.remote_addr, dates.now()
    db.session.rollback()
    _write_read(acting, key, place, now)
    who.act_as(db.session(), acting, place)
    db.session.refresh(record)


def _write_read(acting: who.Viewer, key: int, place: str | None, now: datetime) -> None:
    token = writing.set(True)
    try:
        with db.session.session_factory() as session:
            who.act_as(session, acting, place)
            documents.read(session.get_one(Distribution, key), session, now)
            session.commit()
    finally:
        writing.reset(token)


class LoanView(EntityView):
    """Documents lent from the file, and their return."""

    in_menu = False
    related: ClassVar[list[Any]] = []
    tabs: ClassVar[list[Any]] = [
        (_l("Not returned"), {"returned_on.empty": "1"}),
        (_l("Late"), {
            "returned_on.empty": "1",
            "due_on.to": lambda: dates.input_date(dates.today() - timedelta(days=1)),
        }),
    ]  # fmt: skip

    def record_acts(self, record: Loan) -> list[dict[str, Any]]:
        if record.returned_on is not None or not viewer().reaches(record, "lend"):
            return []
        to = url_for(".return_view", id=record.id)
        return [{"title": _("It came back"), "url": to, "method": "get", "primary": True}]

    @expose("/return/", methods=("GET", "POST"))
    def return_view(self) -> Any:
        """Note that a document came back."""
        record = self.record()
        self.require("lend", record)
        return ask(
            self, record, _("It came back"),
            [Ask("by", _l("Returned by"), "line", required=False, default=record.borrower)],
            lambda told: retention.take_back(record, told["by"] or "", db.session(), dates.today()),
            done_url=url_for("document.details_view", id=record.document_id),
        )  # fmt: skip
