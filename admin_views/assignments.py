"""The agency's side of a complaint: what it was given, and what it answers.

Nothing of the case stands here but number, subject, instruction and days; nothing of whoever
complained, and nothing of what other agencies wrote.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import g, request, url_for
from flask_admin import expose
from flask_admin.form import BaseForm
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import select

from access.database import db
from admin_views import attached_files, cells, complaint_page, uploads
from admin_views import fields as kinds
from admin_views.acting import lang, viewer
from admin_views.base import EntityView
from admin_views.verbs import Ask, ask, do
from admin_views.words import said
from entities import dates
from entities.base import Base, fields
from entities.vocabulary import AssignmentStatus, UpdateKind
from models import Assignment, Attachment, Complaint, ComplaintUpdate, Reminder
from rules import complaint_files, complaints

P = AssignmentStatus
PATH = (
    (_l("Sent to the agency"), {P.SENT}),
    (_l("Agency accepted"), {P.ACCEPTED}),
    (_l("In progress"), {P.WORKING}),
    (_l("Result reported"), {P.REPORTED}),
)
FACTS = (
    "number", "agency_id", "part", "assigned_on", "due_on", "paused_on", "accepted_on",
    "reported_on", "returned_on", "return_reason",
)  # fmt: skip


class ReportForm(BaseForm):  # type: ignore[misc]
    """What an agency writes; its files come beside it."""

    text = kinds.TextField(
        label=_l("What was done in the case"), length=20_000, validators=[kinds.Required()]
    )


class AssignmentView(EntityView):
    """Assignments: each agency sees and answers its own."""

    details_template = "assignment.html"
    beside = ("status", "due_on", "paused_on")
    related: ClassVar[list[Any]] = []
    tabs: ClassVar[list[Any]] = [
        (_l("The agency's turn"), {"standing": "waiting"}),
        (_l("Late"), {"standing": "late"}),
        (_l("To accept"), {"status": P.SENT.value}),
        (_l("Result reported"), {"status": P.REPORTED.value}),
    ]

    @classmethod
    def stands_in_menu(cls, entity: type[Base], acting: Any) -> bool:
        return bool(acting.may(entity, "accept")) and not acting.may(Complaint, "read")

    def marks(self, rows: Sequence[Any]) -> dict[int, Markup]:
        """How soon or late each is, under its name."""
        drawn = {one.id: complaint_page.part_chip(one) for one in rows}
        return {key: Markup(f'<span class="s">{c}</span>') for key, c in drawn.items() if c}

    def empty_text(self) -> str:
        return _("What the Damrongtham centre gives to the agency appears here.")

    def chip(self, record: Assignment) -> Markup:
        return super().chip(record) + Markup(" ") + complaint_page.part_chip(record)

    def sub(self, record: Assignment) -> str:
        day = dates.short_date(record.due_on, lang()) if record.due_on else ""
        due = _("due %(day)s", day=day) if day else _("no day is set")
        return " · ".join([record.agency.name, said(record.part.title), due])

    def steps(self, record: Assignment) -> list[dict[str, str]] | None:
        here = next((n for n, (_t, states) in enumerate(PATH) if record.status in states), None)
        if here is None:
            return None
        done = record.status is P.REPORTED
        return [
            {"title": said(title),
             "state": "did" if n < here or done else "now" if n == here else ""}
            for n, (title, _states) in enumerate(PATH)
        ]  # fmt: skip

    def notices(self, record: Assignment) -> list[dict[str, str]]:
        told = []
        if record.paused_on:
            day = dates.long_date(record.paused_on, lang())
            told.append({"kind": "warn", "text": _("The clock stands since %(day)s.", day=day)})
        if record.status is P.RETURNED:
            told.append({"kind": "warn", "text": _("Returned: %(why)s", why=record.return_reason)})
        if record.status is P.RELEASED:
            told.append({"kind": "info", "text": _("The centre relieved the agency of this case.")})
        return told

    def groups(self, record: Assignment) -> list[dict[str, Any]]:
        told = fields(Assignment)
        rows = [[told[k].label, self.fact(record, k)] for k in FACTS if getattr(record, k)]
        if viewer().may(Complaint, "read"):
            rows.append([told["complaint_id"].label, self.fact(record, "complaint_id")])
        return [{"title": _("About the assignment"), "rows": rows}]

    def record_acts(self, record: Assignment) -> list[dict[str, Any]]:
        """What the agency can answer now, the next answer first."""
        accept = ("accept", "accept_view", _("Accept"), "post")
        back = ("give_back", "give_back_view", _("Return with a reason"), "get")
        progress = ("report", "progress_view", _("Report progress"), "get")
        result = ("report", "result_view", _("Hand in the result"), "get")
        found = {
            P.SENT: [accept, back], P.ACCEPTED: [progress, result, back],
            P.WORKING: [progress, result],
        }.get(record.status, [])  # fmt: skip
        acts = [
            {"title": title, "url": url_for(f"assignment.{endpoint}", id=record.id), "method": how}
            for verb, endpoint, title, how in found
            if viewer().reaches(record, verb)
        ]
        if acts:
            acts[0]["primary"] = True
        return acts

    def details_context(self, record: Assignment) -> dict[str, Any]:
        return {
            **super().details_context(record),
            "instruction": record.instruction,
            "events": _events(record),
            "papers": _papers(record),
        }

    @expose("/file/")
    def file_view(self) -> Any:
        """A file of the case that the centre sent along: inside the page, or to be saved."""
        record = self.record()
        return attached_files.sent(complaint_files.shared_with(record, db.session()))

    # What the agency answers.

    @expose("/accept/", methods=("POST",))
    def accept_view(self) -> Any:
        record = self.record()
        self.require("accept", record)
        return do(
            self,
            record,
            lambda: complaints.accept(record, db.session(), dates.today()),
            told=_("Accepted."),
        )

    @expose("/give-back/", methods=("GET", "POST"))
    def give_back_view(self) -> Any:
        record = self.record()
        self.require("give_back", record)
        return ask(
            self, record, _("Return to the centre: %(what)s", what=record),
            [Ask("reason", _l("Reason"), "paragraph")],
            lambda told: complaints.give_back(
                record, told["reason"] or "", db.session(), dates.today()
            ),
            save_title=_("Return with a reason"),
            notice=_("The centre then finds another agency."),
        )  # fmt: skip

    @expose("/progress/", methods=("GET", "POST"))
    def progress_view(self) -> Any:
        return self._report(_("Report progress"), complaints.progress, UpdateKind.PROGRESS)

    @expose("/result/", methods=("GET", "POST"))
    def result_view(self) -> Any:
        return self._report(_("Hand in the result"), complaints.report_result, UpdateKind.RESULT)

    def _report(self, title: str, rule: Any, kind: UpdateKind) -> Any:
        """A text with files; both are kept or neither."""
        record = self.record()
        self.require("report", record)
        form = ReportForm(request.form if request.method == "POST" else None)
        back = url_for(".details_view", id=record.id)
        if request.method == "POST" and form.validate():

            def act() -> None:
                rule(record, form.text.data or "", db.session(), dates.today())
                _keep_files(record, kind)

            answer = do(self, record, act, form=form, done_url=back, told=_("Reported."))
            if answer is not None:
                return answer
        return self.render(
            "assignment_report.html", form=form, title=title, sub=str(record), area=None,
            groups=None, conflicts=None, again=False, save_title=title, cancel_url=back,
            notice=_("The centre reads it; whoever complained is told by the centre."),
            crumbs=[{"title": self.name, "url": url_for(".index_view")},
                    {"title": str(record), "url": back}],
            action_url=request.full_path.rstrip("?"),
        ), 422 if request.method == "POST" else 200  # fmt: skip


def _papers(record: Assignment) -> list[dict[str, Any]]:
    """The files that the centre sent along, as the agency sees them."""
    if not viewer().may(Attachment, "read"):
        return []
    g.frames = True
    return attached_files.sent_rows(record.id, complaint_files.shared_with(record, db.session()))


def _keep_files(record: Assignment, kind: UpdateKind) -> None:
    """Hang the files that were sent on what was just written."""
    sent = [one for one in request.files.getlist("files")[: uploads.MOST_AT_ONCE] if one.filename]
    if not sent or not viewer().may(Attachment, "create"):
        return
    written = db.session.scalar(
        select(ComplaintUpdate)
        .where(ComplaintUpdate.assignment_id == record.id, ComplaintUpdate.kind == kind)
        .order_by(ComplaintUpdate.id.desc())
        .limit(1)
    )
    uploads.keep(written, "complaint_update_id", sent)


def _events(record: Assignment) -> list[dict[str, Any]]:
    """What the agency wrote, what the centre sent back, and the reminders; the newest first."""
    rows = db.session.scalars(
        select(ComplaintUpdate)
        .where(ComplaintUpdate.assignment_id == record.id)
        .order_by(ComplaintUpdate.id.desc())
    ).all()
    papers = complaint_page.papers_of([one.id for one in rows])
    events = [
        {"chip": cells.chip(one.kind), "agency": "", "text": one.text, "who": one.author,
         "at": dates.short_date(one.told_on, lang()), "papers": papers.get(one.id, []),
         "order": (one.told_on, 1, one.id)}
        for one in rows
    ]  # fmt: skip
    reminded = db.session.scalars(select(Reminder).where(Reminder.assignment_id == record.id))
    events += [
        {"chip": complaint_page.reminded(one), "agency": "",
         "text": "", "who": "", "at": dates.short_date(one.reminded_on, lang()), "papers": [],
         "order": (one.reminded_on, 0, one.id)}
        for one in reminded
    ]  # fmt: skip
    return sorted(events, key=lambda event: event["order"], reverse=True)
