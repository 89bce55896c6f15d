"""A document's page: where it stands, what is next, its path through the office, who has it."""

from collections.abc import Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode

from flask import abort, g, redirect, request, url_for
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import select

from access.database import db
from admin_views import (
    attached_files,
    cells,
    desk_documents,
    document_links,
    document_secret,
    register_sheet,
    secret_files,
    uploads,
)
from admin_views.acting import REGISTRY, lang, viewer
from admin_views.base import EntityView
from admin_views.document_bulk import DocumentBulk
from admin_views.document_path import cancelling, path_of, stations
from admin_views.document_secret import opened
from entities import dates, thai
from entities.base import fields
from entities.vocabulary import (
    DocumentStatus,
    RegisterKind,
)
from figures import documents as figures
from models import (
    Attachment,
    Distribution,
    Document,
    OfficeUnit,
    RegisterBook,
    SecretPaper,
)
from rules import document_files, registers
from rules.base import Broken

K, S = RegisterKind, DocumentStatus
RECEIVED = (
    (_l("Registered"), {S.REGISTERED}),
    (_l("Presented"), {S.PRESENTED}),
    (_l("Endorsed"), {S.ENDORSED}),
    (_l("Being acted on"), {S.ACTING}),
    (_l("Acted on"), {S.DONE}),
    (_l("Filed"), {S.FILED, S.DESTROYED, S.ARCHIVED}),
)
SENT = (
    (_l("Draft"), {S.DRAFT}),
    (_l("Draft checked"), {S.REVIEWED}),
    (_l("Signed"), {S.SIGNED}),
    (_l("Numbered"), {S.NUMBERED}),
    (_l("Sent out"), {S.SENT}),
    (_l("Receipt confirmed"), {S.ACKNOWLEDGED}),
    (_l("Filed"), {S.FILED, S.DESTROYED, S.ARCHIVED}),
)
FACTS = (
    "register_id", "ref_number", "dated_on", "received_on", "received_time", "from_party",
    "to_party", "kind", "urgent_by", "urgent_time", "unit_id", "holder_unit_id", "due_on",
    "sent_on", "done_on",
)  # fmt: skip
KEEPING = (
    "retention_class_id", "keep_until", "archival", "file_code", "filed_on", "superseded_on",
)  # fmt: skip


class DocumentView(DocumentBulk, EntityView):
    """A document's page tells its story; a register's row and the long form both save here."""

    details_template = "document.html"
    along = Document.unit, Document.register, Document.holder_unit
    in_menu = False
    related: ClassVar[list[Any]] = []
    tabs: ClassVar[list[Any]] = [
        (_l("Received documents"), {"register_kind": "received"}),
        (_l("Sent documents"), {"register_kind": "sent"}),
        (_l("Circulars"), {"register_kind": "circular"}),
        (_l("To be presented"), {"status": "registered"}),
        (_l("Being acted on"), {"status": "acting"}),
        (_l("To be numbered"), {"status": "signed"}),
        (_l("Numbered, not sent"), {"status": "numbered"}),
    ]

    def list_acts(self, state: Any) -> list[dict[str, Any]]:
        acts = super().list_acts(state)
        kind = request.args.get("register_kind", "")
        for act in acts:
            act["primary"] = False
            if kind and act["url"] == url_for(".create_view"):
                act["url"] = url_for(".create_view", register_kind=kind)
        if viewer().may(RegisterBook, "read"):
            to = {"title": _("Registers"), "url": url_for("register_book.index_view")}
            acts.append({**to, "method": "get", "primary": True})
        return acts

    # Saving a row of a register.

    def _form_page(self, form: Any, title: str, record_id: int | None) -> Any:
        """A row that was refused comes back on its own sheet, with what was typed."""
        if request.form.get("sheet"):
            unit = REGISTRY[OfficeUnit].get_one(request.form.get("unit_id", ""))
            kind = next((k for k in K if k.value == request.form.get("register_kind")), None)
            if unit is not None and kind is not None:
                secret = request.form.get("secret") == "1"
                desk = register_sheet.found(unit, kind, secret)
                return REGISTRY[RegisterBook].refused_row(desk, form)
        return super()._form_page(form, title, record_id)

    def write(self, form: Any, record: Document, made: bool) -> None:
        """A row of a secret register is secret, and an answer names what it answers."""
        super().write(form, record, made)
        answered = self.get_one(request.args.get("answers_id", "")) if made else None
        if answered is not None:
            record.answers_id = answered.id
        if made and request.form.get("secret") == "1" and record.secrecy is None:
            raise Broken(_("Choose how secret the document is."), "secrecy")

    def saved_words(self, record: Document) -> str:
        """The number that was given, told at once."""
        if record.number is None:
            return _("Saved as a draft; it gets its number when it is issued.")
        return _("Registered as No. %(number)s", number=record.number)

    def after_save_url(self, record_id: int) -> str:
        document = db.session.get(Document, record_id)
        if not request.form.get("sheet") or document is None:
            return super().after_save_url(record_id)
        desk = (
            register_sheet.desk_of(document.register)
            if document.register is not None
            else register_sheet.found(
                document.unit, document.register_kind, document.secrecy is not None
            )
        )
        separator = "&" if "?" in desk.url else "?"
        return f"{desk.url}{separator}{urlencode(register_sheet.again(document))}"

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> Any:
        """The content of a secret document is changed where it is opened."""
        record = self.record()
        self.require("edit", record)
        if record.secrecy is not None and viewer().may(SecretPaper, "reveal"):
            return redirect(url_for(".rewrite_view", id=record.id))
        return super().edit_view()

    # The page.

    def details_context(self, record: Document) -> dict[str, Any]:
        told = opened(record)
        g.frames = True
        context = super().details_context(record)
        if told.paper is not None:
            context["title"] = f"{record.number or ''} {told.paper.subject}".strip()
        path = figures.path(db.session(), record)
        return {
            **context, "told": told,
            "path": [
                *stations(record, path, told.words, document_secret.recipients(record)),
                *cancelling(record, self.entries(record) if record.status is S.CANCELLED else ()),
            ],
            "way": path_of(record, path), "waits": _waits(record), "shared": shared(record, path),
            "links": document_links.of(record), "loans": document_links.loans(record),
            "papers": papers(record), "stamp": stamp(record),
            "stamp_url": url_for(".stamp_view", id=record.id),
            "history_url": context["history_url"] if context["story"] else None,
        }  # fmt: skip

    @expose("/stamp/")
    def stamp_view(self) -> Any:
        """The received stamp alone, to be printed at the upper right corner of the paper."""
        record = self.record()
        self.require("read", record)
        told = stamp(record)
        if told is None:
            abort(404)
        back = url_for(".details_view", id=record.id)
        return self.render(
            "document_stamp.html", title=_("Received stamp"), stamp=told,
            crumbs=[{"title": self.name, "url": url_for(".index_view")},
                    {"title": record.number, "url": back}],
        )  # fmt: skip

    def entries(self, record: Document, limit: int = 200) -> list[Any]:
        """Who confirmed a secret document tells to whom it went: its history is for those cleared."""
        if record.secrecy is not None and not register_sheet.cleared(record.province_id):
            return []
        return super().entries(record, limit)

    def chip(self, record: Document) -> Markup:
        chips = cells.chip(record.status)
        for more in (record.urgency, record.secrecy):
            if more is not None:
                chips += Markup(" ") + cells.chip(more)
        return chips

    def sub(self, record: Document) -> str:
        parts = [str(record.register_kind), str(record.unit)]
        if record.registered_at is not None:
            moment = dates.moment(record.registered_at, lang())
            parts.append(_("registered %(at)s", at=moment))
        return " · ".join(parts)

    def steps(self, record: Document) -> list[dict[str, str]] | None:
        if record.status is S.CANCELLED:
            return None
        flow = RECEIVED if record.register_kind is K.RECEIVED else SENT
        here = next(n for n, (_title, states) in enumerate(flow) if record.status in states)
        over = here == len(flow) - 1
        return [
            {
                "title": str(title),
                "state": "did" if n < here or over else "now" if n == here else "",
            }
            for n, (title, _states) in enumerate(flow)
        ]

    def notices(self, record: Document) -> list[dict[str, str]]:
        told = []
        if record.status is S.CANCELLED:
            text = _("Cancelled: %(reason)s", reason=record.cancelled_reason)
            told.append({"kind": "bad", "text": text})
        if record.waits_for is not None and desk_documents.is_late(record, dates.today()):
            day = dates.short_date(record.due_on, lang())
            told.append({"kind": "bad", "text": _("It was due on %(day)s.", day=day)})
        if record.secrecy is not None:
            told.append(document_secret.notice())
        return told

    def groups(self, record: Document) -> list[dict[str, Any]]:
        told, paper = fields(Document), opened(record).paper
        rows = [
            [told[key].label, self.fact(record, key)]
            for key in FACTS
            if getattr(record, key) is not None
        ]
        if paper is not None:
            rows = [*document_secret.rows(paper), *rows]
        kept = [
            [told[key].label, self.fact(record, key)]
            for key in KEEPING
            if getattr(record, key) not in (None, False)
        ]
        groups = [{"title": _("About the document"), "rows": rows}]
        return [*groups, {"title": _("Keeping"), "rows": kept}] if kept else groups


def stamp(record: Document) -> list[tuple[str, str]] | None:
    """The received stamp (ตรารับหนังสือ) line by line, in Thai digits; None where none belongs."""
    if record.register_kind is not K.RECEIVED or record.register_no is None:
        return None
    day = dates.short_date(record.received_on, "th") if record.received_on else ""
    time = f"{dates.time_text(record.received_time)} น." if record.received_time else ""
    number = record.number or str(record.register_no)
    lines = (("เลขรับ", number), ("วันที่", day), ("เวลา", time))
    return [("", str(record.unit.name)), *((label, thai.to_thai_digits(v)) for label, v in lines)]


def _waits(record: Document) -> dict[str, Any] | None:
    """On whose desk a document lies, since when, and until when."""
    if record.waits_for is None and record.holder_unit is None:
        return None
    place = record.holder_unit or record.waits_for.title
    due = desk_documents.due_day(record)
    chip = cells.in_days(due, dates.today()) if due else Markup("")
    return {"place": str(place), "chip": chip}


# Who has it.


def shared(record: Document, path: Sequence[figures.Station]) -> dict[str, Any] | None:
    """The recipients with sent, read and confirmed; first those who have not confirmed."""
    rows = [station.record for station in path if station.kind == "sent"]
    if not rows or not viewer().may(Distribution, "read"):
        return None
    rows.sort(key=lambda one: (one.acknowledged_at is not None, one.id))
    still = sum(one.acknowledged_at is None for one in rows)
    names = document_secret.recipients(record)
    return {
        "rows": [_recipient(one, names.get(one.id)) for one in rows], "count": len(rows),
        "still": still,
        "chase_url": url_for(".chase_view", id=record.id)
        if still and record.status is not S.CANCELLED and viewer().reaches(record, "send") else None,
    }  # fmt: skip


def _recipient(one: Distribution, name: str | None) -> dict[str, Any]:
    def moment(at: Any) -> str:
        return dates.moment(at, lang()) if at else ""

    if one.acknowledged_at:
        chip = cells.mark("ok", "✓", _("confirmed"))
    else:
        days = (dates.now() - one.sent_at).days
        chip = cells.mark("warn" if days else "info", "◷", _("waiting %(n)s days", n=days))
    may = one.acknowledged_at is None and viewer().reaches(one, "acknowledge")
    return {
        "name": name or one.recipient, "url": url_for("distribution.details_view", id=one.id),
        "chased": chased(one),
        "sent": moment(one.sent_at), "read": moment(one.read_at), "chip": chip,
        "confirmed": moment(one.acknowledged_at), "by": one.acknowledged_name or "",
        "how": str(one.method), "confirm_url": url_for("distribution.acknowledge_view", id=one.id)
        if may else None,
    }  # fmt: skip


def chased(one: Distribution) -> str:
    """How often a recipient was asked again, and when last."""
    if not one.chased_count or one.chased_at is None:
        return ""
    at = dates.moment(one.chased_at, lang())
    return _("chased %(n)s times, last %(at)s", n=one.chased_count, at=at)


# Papers.


def papers(record: Document) -> dict[str, Any]:
    """The files of a document with what is shown of them inside the page."""
    paper = opened(record).paper
    if record.secrecy is not None and paper is None:
        return {"rows": [], "masked": True, "upload_url": None}
    rows = secret_files.rows(record, paper) if paper is not None else _open_papers(record)
    upload_url = url_for(".upload_view", id=record.id) if _may_attach(record) else None
    return {"rows": rows, "masked": False, "upload_url": upload_url, **uploads.limits()}


def _open_papers(record: Document) -> list[dict[str, Any]]:
    if not viewer().may(Attachment, "read"):
        return []
    statement = select(Attachment).where(Attachment.document_id == record.id)
    listed = db.session.scalars(statement.order_by(Attachment.id)).all()
    sent = document_files.went_along(record.id, listed, db.session())
    rows = attached_files.rows_of(
        listed,
        lambda key, look: url_for(
            "attachment.preview_view" if look else "attachment.file_view", id=key
        ),
    )
    kept = document_files.keeps_files(record)
    return [
        {
            **row, **(_went(*sent[one.id]) if one.id in sent else {}),
            "remove_url": None if kept or sent.get(one.id, (0,))[0] else uploads.remove_url(one),
        }
        for one, row in zip(listed, rows, strict=True)
    ]  # fmt: skip


def _went(count: int, recipients: int) -> dict[str, Any]:
    """With how many recipients a file went along."""
    if not count:
        words = _("Left out, or attached after sending; the recipients do not see it.")
    elif count == recipients:
        words = _("Went along to every recipient.")
    else:
        words = _("Went along to %(n)s of %(all)s recipients.", n=count, all=recipients)
    return {"went": words, "behind": not count}


def _may_attach(record: Document) -> bool:
    if record.status in registers.FINISHED:
        return False
    if record.secrecy is not None:
        return register_sheet.cleared(record.province_id)
    return register_sheet.reaches(Attachment, "create", record.province_id)
