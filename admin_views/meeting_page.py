"""A meeting's page: where it stands, what is next, its agenda, its papers, and what happened."""

from datetime import timedelta
from typing import Any, ClassVar

from flask import Response, request, url_for
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from access.database import db
from admin_views import agenda, downloads, meeting_links, uploads
from admin_views.base import lang, viewer
from admin_views.locked_pages import LockedPages
from admin_views.meeting_links import InvitationPages
from admin_views.verbs import Ask, ask, do
from entities import dates
from entities.base import fields
from entities.vocabulary import Certification, MeetingStatus
from figures import governance
from models import (
    AgendaItem,
    Attendance,
    FollowUp,
    Meeting,
)
from rules import certified, meetings

S = MeetingStatus
PATH = (
    (_l("Draft"), {S.DRAFT, S.POSTPONED}),
    (_l("Invitation"), {S.INVITED}),
    (_l("Meeting"), {S.HELD}),
    (_l("Minutes drafted"), {S.MINUTES_DRAFT}),
    (_l("Minutes checked"), {S.MINUTES_CHECKED, S.MINUTES_CIRCULATED}),
    (_l("Minutes certified"), {S.MINUTES_CERTIFIED}),
)


FACTS = (
    "committee_id",
    "title",
    "kind",
    "mode",
    "online_link",
    "chair_name",
    "taker_name",
    "checker_name",
    "certified_how",
    "certified_on",
    "certified_in_id",
    "replies_until",
    "rhythm_id",
)
"""Facts of a meeting's page beside its head, steps and quorum."""


class MeetingView(InvitationPages, LockedPages):
    """A meeting's page tells where it stands, what is next, and what happened."""

    details_template = "meeting.html"
    tabs: ClassVar[list[Any]] = [
        (
            _l("This month"),
            {
                "meets_on.from": lambda: dates.input_date(dates.today().replace(day=1)),
                "meets_on.to": lambda: dates.input_date(dates.month_end(dates.today())),
            },
        ),
        (_l("Invited"), {"status": "invited"}),
        (_l("Minutes to write"), {"status": "held"}),
        (_l("Without a quorum"), {"quorum_met": "0"}),
    ]
    related: ClassVar[list[Any]] = []

    def sub(self, record: Meeting) -> str:
        parts = [dates.full_date(record.meets_on, lang())]
        if record.starts_at:
            until = f"–{dates.time_text(record.ends_at)}" if record.ends_at else ""
            parts.append(_("at %(time)s", time=f"{dates.time_text(record.starts_at)}{until}"))
        return " · ".join(filter(None, [" ".join(parts), record.venue]))

    def steps(self, record: Meeting) -> list[dict[str, str]] | None:
        if record.status is S.CANCELLED:
            return None
        here = next(n for n, (_title, states) in enumerate(PATH) if record.status in states)
        done = record.status is S.MINUTES_CERTIFIED
        return [
            {
                "title": str(title),
                "state": "did" if n < here or done else "now" if n == here else "",
            }
            for n, (title, _states) in enumerate(PATH)
        ]

    def notices(self, record: Meeting) -> list[dict[str, str]]:
        told = []
        if record.reason:
            state = S.CANCELLED if record.status is S.CANCELLED else S.POSTPONED
            told.append({"kind": "warn", "text": f"{state}: {record.reason}"})
        if record.quorum_met is False and record.status not in meetings.BEFORE:
            told.append(
                {
                    "kind": "bad",
                    "text": _("There was no quorum: the meeting could only acknowledge."),
                }
            )
        open_to_invite = record.status in (S.DRAFT, S.POSTPONED)
        if open_to_invite and governance.lacks_leaders(
            db.session(), record.committee_id, record.meets_on
        ):
            text = _("The committee has no chair or no secretary; appoint them before inviting.")
            told.append({"kind": "warn", "text": text})
        if record.status is S.MINUTES_DRAFT and meetings.taken_by(record, viewer()):
            text = _("You took these minutes; another person checks them.")
            told.append({"kind": "info", "text": text})
        return told

    def record_acts(self, record: Meeting) -> list[dict[str, Any]]:
        """The next act first, then papers, then the rest."""
        steps = [act for verb, act in self._next(record) if viewer().reaches(record, verb)]
        papers = self._papers(record) if viewer().reaches(record, "export") else []
        waits = record.status is S.INVITED and record.meets_on > dates.today()
        acts = [*papers[:1], *steps, *papers[1:]] if waits else [*steps, *papers]
        if acts:
            acts[0]["primary"] = True
        return acts + [act for act in super().record_acts(record) if act["method"] == "get"]

    def _papers(self, record: Meeting) -> list[dict[str, Any]]:
        titles = {
            "packet_view": _("Meeting packet (Excel)"),
            "invitation_view": _("Invitation letter"),
            "minutes_docx_view": _("Minutes (Word)"),
            "papers_view": _("All papers (zip)"),
        }
        return [
            {"title": title, "url": url_for(f".{endpoint}", id=record.id), "method": "get"}
            for endpoint, title in titles.items()
        ]

    def _next(self, record: Meeting) -> list[tuple[str, dict[str, Any]]]:
        def go(
            verb: str, title: str, endpoint: str, method: str = "get", **more: Any
        ) -> tuple[str, dict[str, Any]]:
            return verb, {
                "title": title,
                "url": url_for(f".{endpoint}", id=record.id),
                "method": method,
                **more,
            }

        invite = go("invite", _("Invite the members"), "invite_view", "post")
        postpone = go("postpone", _("Postpone"), "postpone_view")
        cancel = go("cancel", _("Cancel the meeting"), "cancel_view")
        attend = go("edit", _("Attendance sheet"), "attendance_view")
        write = go("take_minutes", _("Write the minutes"), "minutes_view")
        certify = go("certify", _("Certify the minutes"), "certify_view")
        reopen = go(
            "take_minutes",
            _("Back to draft"),
            "reopen_view",
            "post",
            confirm=_("Take the minutes back to draft for a correction?"),
        )
        check = go(
            "check_minutes",
            _("I have checked the minutes"),
            "check_view",
            "post",
            confirm=_("Confirm that you have checked the minutes?"),
        )
        return {
            S.DRAFT: [invite, postpone, cancel],
            S.POSTPONED: [invite, cancel],
            S.INVITED: [
                *([attend, go("hold", _("The meeting was held"), "hold_view", "post")]
                  if record.meets_on <= dates.today() else [attend]),
                postpone, cancel],
            S.HELD: [write, attend],
            S.MINUTES_DRAFT: [write, attend] if meetings.taken_by(record, viewer()) else [check, write, attend],
            S.MINUTES_CHECKED: [certify, go("circulate", _("Circulate the minutes"), "circulate_view"), reopen],
            S.MINUTES_CIRCULATED: [certify, reopen],
        }.get(record.status, [])  # fmt: skip

    def details_context(self, record: Meeting) -> dict[str, Any]:
        may_write = record.status not in meetings.CLOSED and viewer().may(AgendaItem, "create")
        here = request.full_path
        return {
            **super().details_context(record),
            "agenda": agenda.rows(record, lang(), here),
            "add_url": url_for("agenda_item.create_view", meeting_id=record.id, url=here) if may_write else None,
            "agenda_add_url": url_for(".agenda_add_view", id=record.id) if may_write else None,
            "agenda_parts": agenda.parts(), "agenda_part": request.args.get("part"),
            "quorum": self._quorum(record),
            "attendance_url": url_for(".attendance_view", id=record.id)
            if viewer().may(Attendance, "edit") and record.status not in meetings.CLOSED else None,
            "followups": self._table(record, FollowUp),
            "letter": meeting_links.card(record),
        }  # fmt: skip

    def _table(self, record: Meeting, child: Any) -> dict[str, Any] | None:
        if not viewer().may(child, "read"):
            return None
        told = self._related(record, child, "meeting_id")
        told["new"] = None
        return told if told["count"] else None

    def side(self, record: Meeting) -> list[dict[str, Any]]:
        cards = []
        if record.status in (S.MINUTES_CIRCULATED, S.MINUTES_CERTIFIED) and record.replies_until:
            cards.append({"title": _("Replies to minutes"), "html": agenda.replies(record)})
        cards.append({"title": _("Attachments"), "html": uploads.card(record, "meeting_id")})
        return cards

    def _quorum(self, record: Meeting) -> dict[str, Any] | None:
        if not viewer().may(Attendance, "read"):
            return None
        return agenda.quorum(record)

    def groups(self, record: Meeting) -> list[dict[str, Any]]:
        """What the head of the page does not tell already."""
        told = fields(Meeting)
        rows = [
            [told[key].label, self.fact(record, key)]
            for key in FACTS
            if getattr(record, key) is not None
        ]
        return [{"title": _("About the meeting"), "rows": rows}]

    # The path of a meeting: each verb is a button, or a small form.

    def _verb(self, verb: str, act: Any, told: str) -> Any:
        record = self.record()
        self.require(verb, record)
        return do(self, record, lambda: act(record), told=told)

    @expose("/invite/", methods=("POST",))
    def invite_view(self) -> Any:
        told = _("Invited: the attendance sheet is ready and open follow-ups stand under part 3.")
        return self._verb("invite", lambda m: meetings.invite(m, db.session()), told)

    @expose("/hold/", methods=("POST",))
    def hold_view(self) -> Any:
        return self._verb(
            "hold",
            lambda m: meetings.hold(m, db.session(), dates.today()),
            _("The meeting was held."),
        )

    @expose("/check/", methods=("POST",))
    def check_view(self) -> Any:
        return self._verb(
            "check_minutes",
            lambda m: meetings.check_minutes(m, db.session()),
            _("Minutes checked."),
        )

    @expose("/reopen/", methods=("POST",))
    def reopen_view(self) -> Any:
        return self._verb(
            "take_minutes",
            lambda m: meetings.reopen_minutes(m, db.session()),
            _("The minutes are a draft again."),
        )

    @expose("/postpone/", methods=("GET", "POST"))
    def postpone_view(self) -> Any:
        record = self.record()
        self.require("postpone", record)
        asked = [
            Ask("to", _l("New date"), "date", default=record.meets_on),
            Ask("reason", _l("Reason"), "text"),
        ]
        return ask(
            self, record, _("Postpone %(what)s", what=record), asked,
            lambda told: meetings.postpone(record, told["to"], told["reason"] or "", db.session()),
        )  # fmt: skip

    @expose("/cancel/", methods=("GET", "POST"))
    def cancel_view(self) -> Any:
        record = self.record()
        self.require("cancel", record)
        return ask(
            self, record, _("Cancel %(what)s", what=record), [Ask("reason", _l("Reason"), "text")],
            lambda told: meetings.cancel(record, told["reason"] or "", db.session()),
            notice=_("The number stays visible with the reason; it is not used again."),
        )  # fmt: skip

    @expose("/circulate/", methods=("GET", "POST"))
    def circulate_view(self) -> Any:
        record = self.record()
        self.require("circulate", record)
        until = dates.today() + timedelta(days=7)
        return ask(
            self, record, _("Circulate the minutes of %(what)s", what=record),
            [Ask("until", _l("Replies to minutes until"), "date", default=until)],
            lambda told: meetings.circulate(record, told["until"], db.session(), dates.today()),
        )  # fmt: skip

    @expose("/certify/", methods=("GET", "POST"))
    def certify_view(self) -> Any:
        record = self.record()
        self.require("certify", record)
        how = (
            Certification.CIRCULATION
            if record.status is S.MINUTES_CIRCULATED
            else Certification.LATER_MEETING
        )
        asked = [
            Ask("certified_how", _l("Certified how"), "choice", choices=Certification, default=how),
            Ask("certified_in", _l("Certified in"), "pick", pairs=lambda: agenda.later_meetings(record), required=False,
                help=_l("Only when a later meeting certifies them.")),
        ]  # fmt: skip

        def act(told: dict[str, Any]) -> None:
            later = db.session.get(Meeting, told["certified_in"]) if told["certified_in"] else None
            meetings.certify(record, told["certified_how"], db.session(), dates.today(), later)

        notice = _("Certified minutes are locked; only a later meeting's resolution corrects them.")
        return ask(
            self,
            record,
            _("Certify the minutes of %(what)s", what=record),
            asked,
            act,
            notice=notice,
        )

    # Agenda, attendance, minutes.

    @expose("/agenda/", methods=("POST",))
    def agenda_add_view(self) -> Any:
        record = self.record()
        if not viewer().may(AgendaItem, "create"):
            self.refuse("create", record.id)
        part = agenda.part_of(request.form).value
        back = url_for(".details_view", id=record.id, part=part, _anchor="agenda")
        return do(
            self,
            record,
            lambda: agenda.add(record, request.form),
            done_url=back,
            told=_("Added to the agenda."),
        )

    @expose("/agenda/move/", methods=("POST",))
    def agenda_move_view(self) -> Any:
        record = self.record()
        self.require("edit", record)
        back = url_for(".details_view", id=record.id, _anchor="agenda")
        return do(
            self, record, lambda: agenda.move(record, request.form), done_url=back, told=_("Moved.")
        )

    @expose("/attendance/", methods=("GET", "POST"))
    def attendance_view(self) -> Any:
        record = self.record()
        self.require("edit", record)
        if certified.closed(record):
            return do(self, record, lambda: certified.refuse(record))
        sheet, form = agenda.sheet(record), request.form
        if request.method == "POST" and agenda.unchanged(sheet, form):
            answer = do(
                self, record, lambda: agenda.record_attendance(record, sheet, form), form=agenda.SILENT,
                told=_("Attendance saved."),
            )  # fmt: skip
            if answer is not None:
                return answer
        return self.render(
            "attendance.html", title=_("Attendance of %(what)s", what=record), **self._sheet_context(record),
            rows=agenda.attendance_rows(sheet, form), quorum=agenda.quorum(record),
            row_version=agenda.versions(sheet), action_url=url_for(".attendance_view", id=record.id),
            empty=None if sheet else agenda.no_sheet(record),
        )  # fmt: skip

    @expose("/minutes/", methods=("GET", "POST"))
    def minutes_view(self) -> Any:
        record = self.record()
        self.require("take_minutes" if request.method == "POST" else "read", record)
        items, form = agenda.items(record), request.form
        if request.method == "POST" and agenda.unchanged(items, form):
            texts = agenda.typed_minutes(form)
            answer = do(
                self, record, lambda: meetings.draft_minutes(record, texts, db.session()), form=agenda.SILENT,
                done_url=url_for(".minutes_view", id=record.id), told=_("Minutes saved."),
            )  # fmt: skip
            if answer is not None:
                return answer
        writes = record.status in meetings.WRITING and viewer().reaches(record, "take_minutes")
        return self.render(
            "minutes.html", title=_("Minutes of %(what)s", what=record), **self._sheet_context(record),
            steps=self.steps(record), locked=not writes, row_version=agenda.versions(items),
            items=agenda.minutes_items(record, form, request.full_path),
            taker={"name": record.taker_name} if record.taker_name else None,
            checker={"name": record.checker_name} if record.checker_name else None,
            action_url=url_for(".minutes_view", id=record.id), empty=None,
        )  # fmt: skip

    def _sheet_context(self, record: Meeting) -> dict[str, Any]:
        """What the attendance sheet and the minutes share."""
        back = url_for(".details_view", id=record.id)
        return {
            "sub": self.sub(record), "chip": self.chip(record), "acts": [], "notices": [], "cancel_url": back,
            "crumbs": [{"title": self.name, "url": url_for(".index_view")}, {"title": str(record), "url": back}],
        }  # fmt: skip

    # Papers.

    def _paper(self, make: Any) -> Response:
        record = self.record()
        self.require("export", record)
        found: Response = make(record)
        return found

    @expose("/packet/")
    def packet_view(self) -> Any:
        return self._paper(downloads.packet)

    @expose("/invitation/")
    def invitation_view(self) -> Any:
        return self._paper(downloads.invitation)

    @expose("/minutes/docx/")
    def minutes_docx_view(self) -> Any:
        return self._paper(downloads.minutes)

    @expose("/papers/")
    def papers_view(self) -> Any:
        return self._paper(downloads.papers)

    @expose("/upload/", methods=("POST",))
    def upload_view(self) -> Any:
        record = self.record()
        return uploads.receive(self, record, "meeting_id")
