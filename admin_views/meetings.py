"""Screens of meetings: rhythm, agenda, attendance, resolutions, follow-ups, minutes."""

from datetime import date, timedelta
from typing import Any, ClassVar

from flask import abort, request, url_for
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from access.database import db
from admin_views import attached_files, cells, desk, uploads
from admin_views.base import EntityView, record_url, viewer
from admin_views.meeting_page import MeetingView
from admin_views.verbs import Ask, ask
from entities import dates
from entities.vocabulary import FollowUpStatus
from figures import meetings as figures
from models import (
    AgendaItem,
    Attachment,
    Attendance,
    FollowUp,
    Meeting,
    MinutesReply,
    Resolution,
    Rhythm,
)
from rules import meetings


class AgendaItemView(EntityView):
    """Agenda items; their papers hang on them."""

    related: ClassVar[list[Any]] = [(Resolution, "agenda_item_id")]

    def after_save_url(self, record_id: int) -> str:
        back = request.values.get("url", "")
        if back.startswith("/admin/"):
            return back
        item = db.session.get(AgendaItem, record_id)
        found = record_url(Meeting, item.meeting_id) if item else None
        return f"{found}#agenda" if found else super().after_save_url(record_id)

    def side(self, record: AgendaItem) -> list[dict[str, Any]]:
        return [{"title": _("Attachments"), "html": uploads.card(record, "agenda_item_id")}]

    @expose("/upload/", methods=("POST",))
    def upload_view(self) -> Any:
        return uploads.receive(self, self.record(), "agenda_item_id")


class ResolutionView(EntityView):
    """Resolutions, and who must carry them out."""

    related: ClassVar[list[Any]] = [(FollowUp, "resolution_id")]


class FollowUpView(EntityView):
    """Follow-ups: progress is reported by the agency or the secretary."""

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


class AttachmentView(EntityView):
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
    (Attendance, EntityView),
    (MinutesReply, EntityView),
    (Rhythm, RhythmView),
    (Attachment, AttachmentView),
]
