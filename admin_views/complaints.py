"""Screens of the Damrongtham centre: cases, what agencies are to do, and what was revealed."""

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from flask import request, url_for
from flask_admin import expose
from flask_admin.helpers import get_form_data
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import select

from access.database import db
from admin_views import (
    cells,
    complaint_filters,
    complaint_links,
    complaint_page,
    complaint_take_over,
    forms,
    lists,
    uploads,
)
from admin_views import complaint_intake as intake
from admin_views import links as ties
from admin_views.acting import lang, viewer
from admin_views.assignments import AssignmentView
from admin_views.base import EntityView
from admin_views.complaint_acts import ActPages, next_acts
from admin_views.complaint_board import BoardPages, due_chip
from admin_views.complaint_import import ComplaintImport
from admin_views.complaint_links import LinkPages
from admin_views.complaint_reveals import IdentityRevealView, RevealPages
from admin_views.complaint_take_over import TakeOverPages
from admin_views.lists import Derived
from admin_views.words import said
from entities import dates
from entities.base import Base
from figures import complaint_board
from figures.complaints import OVER
from models import (
    Accused,
    Assignment,
    Centre,
    Channel,
    Complainant,
    Complaint,
    ComplaintCategory,
    ComplaintLink,
    ComplaintNature,
    ComplaintStep,
    ComplaintUpdate,
    FactFinding,
    IdentityReveal,
    Reminder,
    SecondedOfficer,
)
from rules import complaint_files, complaint_secrecy

__all__ = ["REFERENCE", "VIEWS", "complaint_filters", "complaint_secrecy"]
"""The filters of the lists and what must hold of texts stand from the start."""
DRAFT = "_draft"
"""The button that keeps what was typed without receiving the case."""

lists.DERIVED[Complaint] |= {
    "mine": Derived(
        _l("Mine"), lambda: [("1", _("Yes"))],
        lambda _typed: complaint_board.handled_by(viewer().name),
    ),
    "without": Derived(
        _l("Agency"), lambda: [("agency", _("Not assigned yet"))],
        lambda _typed: (
            Complaint.status.in_(complaint_board.UNASSIGNED) & Complaint.number.is_not(None)
        ),
    ),
}  # fmt: skip


class ComplaintView(
    RevealPages, ActPages, BoardPages, LinkPages, TakeOverPages, ComplaintImport, EntityView
):
    """Cases: the board, the list, the page that a clerk fills, and each case as a story."""

    details_template = "complaint.html"
    create_template = "complaint_intake.html"
    related: ClassVar[list[Any]] = []
    asked = frozenset({"lead_agency_id"})
    beside = ("status", "due_on", "paused_on")
    along = (
        Complaint.channel, Complaint.nature, Complaint.category, Complaint.district,
        Complaint.lead_agency,
    )  # fmt: skip
    tabs: ClassVar[list[Any]] = [
        (_l("Late"), {"standing": "late"}),
        (_l("Nearly due"), {"standing": "near"}),
        (_l("Mine"), {"mine": "1"}),
        (_l("Not assigned yet"), {"without": "agency"}),
        (_l("Drafts of complaints"), {"kept": "draft"}),
        (_l("Case closed"), {"status": "closed"}),
    ]

    # The list.

    def new_title(self) -> str:
        return _("Take down a complaint")

    def import_acts(self) -> list[dict[str, Any]]:
        """One case of an older log is taken over by a form, a whole log by its file."""
        return [*complaint_take_over.acts(), *super().import_acts()]

    def list_acts(self, state: lists.State) -> list[dict[str, Any]]:
        board = {"title": _("Board"), "url": url_for(".board_view"), "method": "get"}
        return [board, *super().list_acts(state), *self.import_acts()]

    def board_acts(self) -> list[dict[str, Any]]:
        """The buttons over the board."""
        acts: list[dict[str, Any]] = [
            {"title": _("As a list"), "url": url_for(".index_view"), "method": "get"},
            *self.import_acts(),
        ]
        if viewer().may(Complaint, "create"):
            url = url_for(".create_view")
            acts.append({"title": self.new_title(), "url": url, "method": "get", "primary": True})
        return acts

    def board_crumbs(self) -> list[dict[str, Any]]:
        """The way to the board."""
        return [
            {"title": self.area, "url": url_for("admin.index")},
            {"title": self.name, "url": url_for(".index_view")},
        ]

    def bulk_acts(self) -> list[dict[str, Any]]:
        """Cases that have a number are never removed, and drafts one by one."""
        return []

    def nameless(self) -> str:
        return _("draft")

    def marks(self, rows: Sequence[Any]) -> dict[int, Markup]:
        """How soon or late each case is, under its number."""
        today = dates.today()
        drawn = {one.id: due_chip(one, today) for one in rows}
        return {key: Markup(f'<span class="s">{c}</span>') for key, c in drawn.items() if c}

    # A case's page.

    def chip(self, record: Complaint) -> Markup:
        return complaint_page.chips(record)

    def sub(self, record: Complaint) -> str:
        return complaint_page.sub(record)

    def steps(self, record: Complaint) -> list[dict[str, str]] | None:
        return complaint_page.steps(record)

    def notices(self, record: Complaint) -> list[dict[str, str]]:
        return complaint_page.notices(record)

    def groups(self, record: Complaint) -> list[dict[str, Any]]:
        return complaint_page.groups(self, record)

    def record_acts(self, record: Complaint) -> list[dict[str, Any]]:
        acts = next_acts(record)
        if acts and acts[0].get("next"):
            acts[0]["primary"] = True
        kept = record.number is not None
        return acts + [
            act for act in super().record_acts(record) if kept == (act["method"] == "get")
        ]

    def details_context(self, record: Complaint) -> dict[str, Any]:
        events = complaint_page.story(record)
        return {
            **super().details_context(record),
            "assignments": complaint_page.assignments(record),
            "events": events[: complaint_page.RECENT],
            "earlier": events[complaint_page.RECENT :],
            "complainant": complaint_page.complainant(record),
            "links": complaint_page.links(record),
            "documents": complaint_links.card(record),
            "findings": complaint_page.fact_findings(record),
            "history_url": None,
            "changes_url": url_for(".history_view", id=record.id),
        }

    def changes(self, record: Complaint) -> list[dict[str, Any]]:
        """The case's own story tells them."""
        return []

    def side(self, record: Complaint) -> list[dict[str, Any]]:
        """The files of a case may name who complained: to others it is told that they are sealed."""
        if not viewer().may(Complainant, "read"):
            words = Markup("<p class='none'>{}</p>").format(
                _("Only the centre opens the files of a case.")
            )
            return [{"title": _("Attachments"), "html": words}]
        mark = Markup(" ") + cells.mark("info", "→", _("agencies open it"))
        marks = dict.fromkeys(complaint_files.opened_by(complaint_page.parts(record.id)), mark)
        over = record.status in OVER
        card = uploads.card(record, "complaint_id", marks, keeps=over)
        return [{"title": _("Attachments"), "html": card}]

    # Taking a case down.

    def create_form(self, obj: Any = None) -> Any:
        return self._localised(intake.form_class()(get_form_data(), obj=obj))

    def edit_form(self, obj: Any = None) -> Any:
        """A draft comes back as the whole page, a case as what was taken down of it."""
        draft = obj is not None and obj.number is None
        made = intake.form_class() if draft else forms.form_class(Complaint)
        return self._localised(made(get_form_data(), obj=obj))

    def _localised(self, form: Any) -> Any:
        intake.offer(form, viewer().reach(Complaint, "create").province_id)
        return form

    def _keep_to_editing(self, form: Any) -> None:
        self._drop(form, "province_id")

    def prefill(self, form: Any) -> None:
        intake.begin(form, dates.today())
        document = complaint_links.source()
        if document is not None:
            complaint_links.begin(form, document)
        super().prefill(form)

    def validate_form(self, form: Any) -> bool:
        """What is received is first compared with the cases that may be the same."""
        good = super().validate_form(form)
        if not good or "phone" not in form or DRAFT in request.form:
            return good
        near = self._suggestion(form)["near"]
        if not intake.unseen(near):
            return True
        form.form_errors.append(_("Look at these cases first: it may be one of them."))
        return False

    def _suggestion(self, form: Any) -> dict[str, Any]:
        record = self.get_one(request.args.get("id", ""))
        province_id = intake.province_of(form, record)
        but = record.id if record is not None else None
        return intake.suggestion(form, province_id, dates.today(), but)

    def write(self, form: Any, record: Complaint, made: bool) -> Base | None:
        intake.populate(form, record)
        if made:
            self.give_home(record)
            record.source_document = complaint_links.source()
        if "phone" in form:
            draft = DRAFT in request.form
            intake.take_down(form, record, db.session(), dates.today(), draft=draft)
        return None

    def render(self, template: str, **told: Any) -> Any:
        """The page that a clerk fills has its headings and what is known of the case so far."""
        form = told.get("form")
        if form is not None and "phone" in form and template == self.create_template:
            told |= {
                "groups": intake.groups(form), "told": self._suggestion(form), "again": False,
                "save_title": _("Receive the case"), "draft": DRAFT,
                "suggest_url": url_for(".suggest_view", id=request.args.get("id")),
                "subdistricts_url": url_for(".subdistricts_view"),
                "known": self._known(), "sub": self._came_with(),
            }  # fmt: skip
        elif form is not None and template == self.create_template:
            template = "form.html"
        return super().render(template, **told)

    def _came_with(self) -> str:
        """The line under the title of the page that takes a case down from a document."""
        document = complaint_links.source()
        if document is None:
            return ""
        return _("Comes with the document %(what)s", what=ties.named(document))

    def _known(self) -> dict[str, Any] | None:
        """Of a draft, that somebody was written down already."""
        record = self.get_one(request.args.get("id", ""))
        return complaint_page.complainant(record) if record is not None else None

    @expose("/suggest/", methods=("POST",))
    def suggest_view(self) -> Any:
        """What to show beside the form as it stands: sent as a form, so that no log keeps it."""
        self.require("create")
        form = self.create_form()
        self._keep_to_creating(form)
        return self.render("parts/intake_told.html", told=self._suggestion(form))

    @expose("/subdistricts/")
    def subdistricts_view(self) -> Any:
        """The subdistricts of a district, as JSON for the form."""
        self.require("create")
        key = request.args.get("district", "")
        known = key.isascii() and key.isdigit() and len(key) < 10
        found = intake.subdistricts(int(key) if known else None)
        return [{"id": row[0], "text": row[1]} for row in found]

    # Paper.

    @expose("/receipt/")
    def receipt_view(self) -> Any:
        """What the complainant takes along: the number, and nothing about the person."""
        return self._paper("receipt", _("Receipt of a complaint"))

    @expose("/slip/")
    def slip_view(self) -> Any:
        """Where a case stands, for whoever asks with its number."""
        return self._paper("slip", _("Status of a complaint"))

    def _paper(self, which: str, title: str) -> Any:
        record = self.record()
        self.require("receive", record)
        centre = db.session.scalar(select(Centre).where(Centre.province_id == record.province_id))
        rows = [
            (_("Received on"), _day(record.received_on)),
            (_("Channel"), record.channel.name),
            (_("Complaint category"), record.category.name),
        ]
        if which == "receipt":
            rows.append((_("Received by"), viewer().name))
        else:
            rows += [
                (_("Status"), said(record.status.title)),
                (_("Lead agency"), record.lead_agency.name if record.lead_agency else "–"),
                (_("Due on"), _day(record.due_on)),
                (_("As of"), dates.moment(dates.now(), lang())),
            ]
        back = url_for(".details_view", id=record.id)
        return self.render(
            "complaint_slip.html", title=title, number=record.number or "", rows=rows, centre=centre,
            province=record.province.name, crumbs=[{"title": str(record), "url": back}],
        )  # fmt: skip


def _day(told: date | None) -> str:
    return dates.long_date(told, lang()) if told else "–"


class OfCaseView(EntityView):
    """What hangs on a case is read on the case; it has no place in the menu."""

    in_menu = False


VIEWS: list[tuple[type[Base], type[EntityView]]] = [
    (Complaint, ComplaintView),
    (Assignment, AssignmentView),
    (IdentityReveal, IdentityRevealView),
    (Centre, EntityView),
    (FactFinding, OfCaseView),
    (SecondedOfficer, OfCaseView),
    (Complainant, OfCaseView),
    (Accused, OfCaseView),
    (ComplaintUpdate, OfCaseView),
    (ComplaintStep, OfCaseView),
    (Reminder, OfCaseView),
    (ComplaintLink, OfCaseView),
]
REFERENCE: list[tuple[type[Base], type[EntityView]]] = [
    (Channel, EntityView),
    (ComplaintNature, EntityView),
    (ComplaintCategory, EntityView),
]
