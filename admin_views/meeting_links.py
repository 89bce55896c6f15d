"""A meeting's invitation as a document of the register: drafted here with its letter, or picked."""

from tempfile import TemporaryFile
from typing import Any

from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage

from access.database import db
from admin_views import link_pickers, links, uploads
from admin_views.acting import viewer
from admin_views.verbs import Ask, ask
from entities.vocabulary import DocumentStatus, MeetingStatus
from models import Attachment, Document, Meeting, OfficeUnit
from rules import links as rules
from rules.links import Letter
from workbooks import names

LETTER = "หนังสือเชิญประชุม {}"
"""The name of the file, as the meeting's page downloads it."""


def card(meeting: Meeting) -> dict[str, Any] | None:
    """The card of a meeting's page."""
    acts = []
    if _open(meeting) and viewer().reaches(meeting, "invite"):
        if link_pickers.may_write(meeting.province_id) and _uninvited(meeting):
            acts.append(
                links.act(_("Make the invitation a document"), "meeting.letter_view", meeting)
            )
        if viewer().may(Document, "read"):
            acts.append(links.act(_("Link a document"), "meeting.letter_link_view", meeting))
    return links.card(links.of_meeting(meeting), acts)


def _open(meeting: Meeting) -> bool:
    return meeting.province_id is not None and meeting.status is not MeetingStatus.CANCELLED


def _uninvited(meeting: Meeting) -> bool:
    document = link_pickers.picked(Document, meeting.invitation_id)
    return document is None or document.status is DocumentStatus.CANCELLED


class InvitationPages:
    """How a meeting gets its document of invitation."""

    @expose("/letter/", methods=("GET", "POST"))
    def letter_view(self) -> Any:
        """Draft the invitation as a document to be sent, with the letter as its file."""
        record = self._of_province()
        if not viewer().may(Document, "create"):
            self.refuse("create", record.id)  # type: ignore[attr-defined]
        asked = [
            link_pickers.ask_unit(record.province_id or 0),
            Ask("subject", _l("Subject"), "paragraph", default=_subject(record)[:1000]),
            Ask("to_party", _l("Addressee"), "line", required=False, default=rules.INVITED),
        ]  # fmt: skip

        def act(told: dict[str, Any]) -> str:
            unit = db.session().get_one(OfficeUnit, told["unit"])
            letter = Letter(told["subject"] or "", unit, told["to_party"])
            document = rules.write_invitation(record, letter, db.session())
            _attach(record, document)
            return _("Saved as a draft; it gets its number when it is issued.")

        notice = _("The invitation letter as it stands now is attached to the draft.")
        return ask(self, record, _("Invitation to %(what)s as a document", what=record), asked, act,
                   save_title=_("Write the draft"), notice=notice)  # fmt: skip

    @expose("/letter/link/", methods=("GET", "POST"))
    def letter_link_view(self) -> Any:
        """Tie a meeting to a document that invites to it already."""
        record = self._of_province()
        if not viewer().may(Document, "read"):
            self.refuse("read", record.id)  # type: ignore[attr-defined]
        asked = [
            link_pickers.ask_document("document", _l("Invitation as a document"),
                                      record.province_id or 0, link_pickers.SENT, record.invitation_id),
        ]  # fmt: skip

        def act(told: dict[str, Any]) -> None:
            document = link_pickers.picked(Document, told["document"])
            rules.link_invitation(record, document, db.session())

        return ask(self, record, _("Invitation to %(what)s as a document", what=record), asked, act,
                   save_title=_("Save"))  # fmt: skip

    def _of_province(self) -> Meeting:
        record: Meeting = self.record()  # type: ignore[attr-defined]
        self.require("invite", record)  # type: ignore[attr-defined]
        return record


def _subject(meeting: Meeting) -> str:
    from workbooks import invitation

    return invitation.subject(db.session(), meeting)


def _attach(meeting: Meeting, document: Document) -> None:
    """Hang the letter on the draft, for who may attach files."""
    from workbooks import papers

    if not viewer().may(Attachment, "create"):
        return
    content = papers.invitation(db.session(), meeting)
    name = names.file_name(LETTER.format(meeting.name), "docx")
    with TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        uploads.keep(document, "document_id", [FileStorage(file, filename=name)])
