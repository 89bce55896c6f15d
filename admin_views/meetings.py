"""Screens of meetings: rhythm, agenda, attendance, resolutions, follow-ups, minutes."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, ClassVar

from flask import abort, url_for
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import or_, select

from access.database import db
from admin_views import attached_files, cells, desk, link_pickers, links, uploads
from admin_views.acting import way_back
from admin_views.base import EntityView, record_url, viewer
from admin_views.locked_pages import LockedPages
from admin_views.meeting_page import MeetingView
from admin_views.verbs import Ask, ask
from entities import dates
from entities.base import fields
from entities.vocabulary import FollowUpStatus
from figures import meetings as figures
from models import (
    AgendaItem,
    Attachment,
    Attendance,
    Complaint,
    Document,
    FollowUp,
    Meeting,
    MinutesReply,
    Resolution,
    Rhythm,
)
from rules import links as ties
from rules import meetings


class AgendaItemView(LockedPages):
    """Agenda items; their papers hang on them."""

    related: ClassVar[list[Any]] = [(Resolution, "agenda_item_id")]

    def after_save_url(self, record_id: int) -> str:
        if back := way_back():
            return back
        item = db.session.get(AgendaItem, record_id)
        found = record_url(Meeting, item.meeting_id) if item else None
        return f"{found}#agenda" if found else super().after_save_url(record_id)

    def side(self, record: AgendaItem) -> list[dict[str, Any]]:
        return [{"title": _("Attachments"), "html": uploads.card(record, "agenda_item_id")}]

    @expose("/upload/", methods=("POST",))
    def upload_view(self) -> Any:
        return uploads.receive(self, self.record(), "agenda_item_id")


class ResolutionView(LockedPages):
    """Resolutions, and who must carry them out."""

    related: ClassVar[list[Any]] = [(FollowUp, "resolution_id")]


class FollowUpView(LockedPages):
    """Follow-ups: progress is reported by the agency or the secretary.

    A document or a case may carry one out; who does not read that is told nothing of it.
    """

    details_template = "follow_up.html"
    tabs: ClassVar[list[Any]] = [
        (_l("Open"), {"status": ["not_started", "in_progress"]}),
        (_l("Late"), {
            "status": ["not_started", "in_progress"],
            "due_on.to": lambda: dates.input_date(dates.today() - timedelta(days=1)),
        }),
        (_l("Done"), {"status": "done"}),
    ]  # fmt: skip

    def chip(self, record: FollowUp) -> Markup:
        chips = cells.chip(record.status)
        if record.due_on and record.status in figures.OPEN:
            chips += Markup(" ") + desk.in_days(record.due_on, dates.today())
        return chips

    def record_acts(self, record: FollowUp) -> list[dict[str, Any]]:
        acts = super().record_acts(record)
        if record.status is not FollowUpStatus.CANCELLED and viewer().reaches(record, "report"):
            acts.insert(0, {"title": _("Report progress"), "url": url_for(".report_view", id=record.id),
                            "method": "get", "primary": True})  # fmt: skip
        return acts

    def groups(self, record: FollowUp) -> list[dict[str, Any]]:
        """The facts without the links, which have a card of their own."""
        told = [
            [field.label, self.fact(record, key)]
            for key, field in fields(FollowUp).items()
            if key not in CARRIERS and getattr(record, key) is not None
        ]
        return [{"title": "", "rows": told}]

    def notices(self, record: FollowUp) -> list[dict[str, str]]:
        told = super().notices(record)
        if record.status in figures.OPEN and links.over(record):
            text = _(
                "What carries it out is done; report the follow-up as done if nothing is left."
            )
            told.append({"kind": "info", "text": text})
        return told

    def details_context(self, record: FollowUp) -> dict[str, Any]:
        acts = []
        if _may_carry(record):
            acts.append(links.act(_("Choose a document or case"), "follow_up.carrier_view", record))
        return {
            **super().details_context(record),
            "carrier": links.card(links.of_follow_up(record), acts),
        }

    def marks(self, rows: Sequence[Any]) -> dict[int, Markup]:
        """The document or case that carries each out, with its state."""
        ids = [row.id for row in rows]
        tied = or_(FollowUp.document_id.is_not(None), FollowUp.complaint_id.is_not(None))
        found = select(FollowUp).where(FollowUp.id.in_(ids), tied)
        return links.carriers(db.session.scalars(found).all())

    @expose("/carrier/", methods=("GET", "POST"))
    def carrier_view(self) -> Any:
        """Say which document or case carries a follow-up out."""
        record = self.record()
        self.require("edit", record)
        if not _may_carry(record):
            abort(404)
        asked = _asked_carrier(record)

        def act(told: dict[str, Any]) -> None:
            document = link_pickers.picked(Document, told.get("document"))
            case = link_pickers.picked(Complaint, told.get("case"))
            ties.carry_out(record, document, case, db.session())

        return ask(
            self, record, _("What carries “%(what)s” out", what=record), asked, act,
            notice=_("The follow-up keeps its state; it is closed by its own report."),
            save_title=_("Save"),
        )  # fmt: skip

    @expose("/report/", methods=("GET", "POST"))
    def report_view(self) -> Any:
        record = self.record()
        self.require("report", record)
        asked = [
            Ask("status", _l("Status"), "choice", choices=FollowUpStatus, default=record.status),
            Ask("progress", _l("Progress"), "text", default=record.progress),
        ]
        return ask(
            self, record, _("Report progress"), asked,
            lambda told: meetings.report(record, told["status"], told["progress"] or "", db.session(), dates.today()),
        )  # fmt: skip


CARRIERS = ("document_id", "complaint_id")


def _may_carry(record: FollowUp) -> bool:
    """Whether the viewer may choose: a link that is hidden from the viewer stays as it is."""
    if record.province_id is None or not viewer().reaches(record, "edit"):
        return False
    kept = ((Document, record.document_id), (Complaint, record.complaint_id))
    hidden = any(key is not None and link_pickers.picked(e, key) is None for e, key in kept)
    return not hidden and any(viewer().may(entity, "read") for entity, _key in kept)


def _asked_carrier(record: FollowUp) -> list[Ask]:
    """A picker for each kind that the viewer reads."""
    home, asked = record.province_id or 0, []
    if viewer().may(Document, "read"):
        asked.append(
            link_pickers.ask_document(
                "document", Document.__label__[0], home, link_pickers.ANY, record.document_id
            )
        )
    if viewer().may(Complaint, "read"):
        help = _l("Instead of a document; one of the two carries it out.")
        asked.append(
            link_pickers.ask_case("case", Complaint.__label__[0], home, record.complaint_id, help)
        )
    return asked


class SheetRowView(LockedPages):
    """Rows of the attendance sheet, and replies to circulated minutes."""


class RhythmView(EntityView):
    """The rhythm of meetings, and the button that makes a month's meetings from it."""

    def list_acts(self, state: Any) -> list[dict[str, Any]]:
        acts = super().list_acts(state)
        if viewer().may(Rhythm, "generate"):
            acts.append(
                {
                    "title": _("Plan a month's meetings"),
                    "url": url_for(".plan_view"),
                    "method": "get",
                }
            )
        return acts

    @expose("/plan/", methods=("GET", "POST"))
    def plan_view(self) -> Any:
        self.require("generate")
        province_id = desk.desk_province()
        if province_id is None:
            abort(404)
        asked = [
            Ask("month", _l("Any day of the month"), "date", default=_next_month(dates.today()))
        ]

        def act(told: dict[str, Any]) -> str:
            first = told["month"].replace(day=1)
            closed = figures.closed_days(
                db.session(), province_id, first, dates.month_end(first) + timedelta(days=7)
            )
            made = meetings.plan_month(db.session(), province_id, first.year, first.month, closed)
            if not made:
                return _("Nothing new: the month's meetings were already planned.")
            return _("%(n)s meetings were planned.", n=len(made))

        return ask(
            self, None, _("Plan a month's meetings"), asked, act, done_url=url_for("meeting.index_view"),
            notice=_("One meeting for each line of the rhythm; public holidays are avoided, what is planned stays."),
        )  # fmt: skip


def _next_month(day: date) -> date:
    return dates.month_end(day) + timedelta(days=1)


class AttachmentView(LockedPages):
    """Files; the bytes are served only to those who reach the row. They are found at their records."""

    in_menu = False

    def record_acts(self, record: Attachment) -> list[dict[str, Any]]:
        acts = super().record_acts(record)
        return [
            {
                "title": _("Download"),
                "url": url_for(".file_view", id=record.id),
                "method": "get",
                "primary": True,
            },
            *acts,
        ]

    @expose("/file/")
    def file_view(self) -> Any:
        """The file, to be saved under its own name."""
        return attached_files.download(self.record())

    @expose("/preview/")
    def preview_view(self) -> Any:
        """A PDF or picture inside the page; everything else is only downloaded."""
        return attached_files.preview(self.record())

    def list_acts(self, state: Any) -> list[dict[str, Any]]:
        return [act for act in super().list_acts(state) if not act.get("primary")]

    def _empty(self, state: Any) -> dict[str, Any]:
        return {**super()._empty(state), "act": None}

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Any:
        abort(404)


VIEWS = [
    (Meeting, MeetingView),
    (FollowUp, FollowUpView),
    (Resolution, ResolutionView),
    (AgendaItem, AgendaItemView),
    (Attendance, SheetRowView),
    (MinutesReply, SheetRowView),
    (Rhythm, RhythmView),
    (Attachment, AttachmentView),
]
