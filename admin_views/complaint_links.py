"""A case's documents: the one that it came with, the letter that answers it, and how they are tied."""

from typing import Any

from flask import abort, request
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from access.database import db
from admin_views import link_pickers, links
from admin_views.acting import REGISTRY, viewer
from admin_views.verbs import Ask, ask
from entities.vocabulary import DocumentStatus, RegisterKind
from models import Complaint, Document, OfficeUnit
from rules import links as rules
from rules.links import Letter

BY_LETTER, BY_AGENCY = 3, 12
"""Ids of channels in `seed/complaints.py`: somebody's own letter, and another office's."""
SOURCE = "source_document_id"
"""How the address of the page that takes a case down names the document it comes with."""


def source() -> Document | None:
    """The document that a case being taken down comes with; 404 where it is not one to be had."""
    typed = request.args.get(SOURCE, "")
    if not typed:
        return None
    found: Document | None = REGISTRY[Document].get_one(typed)
    if found is None or found.register_kind is not RegisterKind.RECEIVED:
        abort(404)
    if found.status is DocumentStatus.CANCELLED:
        abort(404)
    return found


def begin(form: Any, document: Document) -> None:
    """What the document tells of the case: its subject, day and channel; of a secret one no word."""
    form.received_on.data = document.received_on or form.received_on.data
    if document.secrecy is None:
        form.subject.data = document.subject[: form.subject.length]
    channel = BY_AGENCY if document.ref_number or document.secrecy else BY_LETTER
    if channel in {key for key, _label in form.channel_id.rows()}:
        form.channel_id.data = channel


def card(case: Complaint) -> dict[str, Any] | None:
    """The card of a case's page."""
    acts = []
    if case.number is not None and viewer().reaches(case, "edit"):
        if link_pickers.may_write(case.province_id) and _unanswered(case):
            acts.append(links.act(_("Write the answer"), "complaint.answer_view", case))
        if viewer().may(Document, "read"):
            acts.append(links.act(_("Link a document"), "complaint.papers_view", case))
    return links.card(links.of_case(case), acts)


def _unanswered(case: Complaint) -> bool:
    document = link_pickers.picked(Document, case.answer_document_id)
    return document is None or document.status is DocumentStatus.CANCELLED


class LinkPages:
    """How a case gets its documents."""

    @expose("/answer/", methods=("GET", "POST"))
    def answer_view(self) -> Any:
        """Draft the letter that answers a case; nothing of the complainant goes into it by itself."""
        record = self._of_case()
        if not viewer().may(Document, "create"):
            self.refuse("create", record.id)  # type: ignore[attr-defined]
        asked = [
            link_pickers.ask_unit(record.province_id),
            Ask("subject", _l("Subject"), "paragraph", default=rules.answer_subject(record)[:1000],
                help=_l("The register is read by the whole office: without the complainant's name, phone or address.")),
            Ask("to_party", _l("Addressee"), "line", required=False,
                help=_l("The register shows it: of a complainant who stays unnamed write no name.")),
        ]  # fmt: skip

        def act(told: dict[str, Any]) -> str:
            unit = db.session().get_one(OfficeUnit, told["unit"])
            letter = Letter(told["subject"] or "", unit, told["to_party"])
            rules.write_answer(record, letter, db.session())
            return _("Saved as a draft; it gets its number when it is issued.")

        return ask(self, record, _("Answer %(what)s by a document", what=record.number), asked, act,
                   save_title=_("Write the draft"))  # fmt: skip

    @expose("/papers/", methods=("GET", "POST"))
    def papers_view(self) -> Any:
        """Tie a case to documents that are there already."""
        record = self._of_case()
        if not viewer().may(Document, "read"):
            self.refuse("read", record.id)  # type: ignore[attr-defined]
        asked = [
            link_pickers.ask_document("source", _l("Came with the document"), record.province_id,
                                      link_pickers.RECEIVED, record.source_document_id),
            link_pickers.ask_document("answer", _l("Answered by the document"), record.province_id,
                                      link_pickers.SENT, record.answer_document_id),
        ]  # fmt: skip

        def act(told: dict[str, Any]) -> None:
            came = link_pickers.picked(Document, told["source"])
            answer = link_pickers.picked(Document, told["answer"])
            rules.link_case(record, came, answer, db.session())

        return ask(self, record, _("Documents of %(what)s", what=record.number), asked, act,
                   save_title=_("Save"))  # fmt: skip

    @expose("/choose/")
    def choose_view(self) -> Any:
        """Cases for a picker of another record's page, as JSON."""
        self.require("read")  # type: ignore[attr-defined]
        province_id = link_pickers.asked_province(request.args.get("province", ""))
        found = link_pickers.cases_like(request.args.get("q", "")[:200], province_id)
        return link_pickers.as_json(found)

    def _of_case(self) -> Complaint:
        record: Complaint = self.record()  # type: ignore[attr-defined]
        self.require("edit", record)  # type: ignore[attr-defined]
        if record.number is None:
            abort(404)
        return record
