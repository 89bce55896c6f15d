"""Files, each hung on one record: an order, an agenda item, minutes, a request, a project, a
document, a complaint or what was told about one."""

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped

from entities.base import LONG, Base, InProvinceOrCluster, check, field, listing, relation, within
from entities.complaints import Complaint, ComplaintUpdate
from entities.documents import Document
from entities.governance import Agency, AppointmentOrder, Committee
from entities.meetings import AgendaItem, Meeting
from entities.projects import ProgressReport, Project
from entities.requests import RequestItem

OWNERS = (
    "order_id",
    "agenda_item_id",
    "meeting_id",
    "request_item_id",
    "project_id",
    "progress_report_id",
    "document_id",
    "complaint_id",
    "complaint_update_id",
)
"""What a file can hang on; exactly one of them."""


class Attachment(InProvinceOrCluster, Base):
    """A file on an order, an agenda item, the minutes of a meeting, a project or a document.

    The bytes are stored under their SHA-256, never under a name a person typed; `name` is
    kept for downloading. What came in with a complaint, such as the letter itself, names who
    complained: it is read by those alone who may read of the complainant. `body_text` is what could
    be read out of a file of an open document; it is searched through the document alone.
    """

    __tablename__ = "attachment"
    __label__ = _l("Attachment"), _l("Attachments")
    __order__ = "id"
    __read_with__ = {"complaint_id": "complainant", "complaint_update_id": "complaint_update"}
    __rules__ = (
        check(
            "one_owner",
            " + ".join(f"(CASE WHEN {owner} IS NULL THEN 0 ELSE 1 END)" for owner in OWNERS)
            + " = 1",
        ),
        listing("attachment_hash", "sha256"),
        *(
            listing(f"attachment_{owner.removesuffix('_id')}", owner, where=f"{owner} IS NOT NULL")
            for owner in OWNERS
        ),
    )
    name: Mapped[str] = field(_l("File name"), computed=True, listed=True, searched=True)
    order_id: Mapped[int | None] = field(
        _l("Appointment order"), within("appointment_order"), computed=True, listed=True
    )
    order: Mapped[AppointmentOrder | None] = relation(order_id)
    agenda_item_id: Mapped[int | None] = field(
        _l("Agenda item"), within("agenda_item"), computed=True, listed=True
    )
    agenda_item: Mapped[AgendaItem | None] = relation(agenda_item_id)
    meeting_id: Mapped[int | None] = field(
        _l("Minutes of"), within("meeting"), computed=True, listed=True
    )
    meeting: Mapped[Meeting | None] = relation(meeting_id)
    request_item_id: Mapped[int | None] = field(
        _l("Proposed project"), within("request_item"), computed=True
    )
    request_item: Mapped[RequestItem | None] = relation(request_item_id)
    project_id: Mapped[int | None] = field(_l("Project"), within("project"), computed=True)
    project: Mapped[Project | None] = relation(project_id)
    progress_report_id: Mapped[int | None] = field(
        _l("Progress report"), within("progress_report"), computed=True
    )
    progress_report: Mapped[ProgressReport | None] = relation(progress_report_id)
    document_id: Mapped[int | None] = field(
        _l("Official document"), within("document"), computed=True
    )
    document: Mapped[Document | None] = relation(document_id)
    complaint_id: Mapped[int | None] = field(_l("Complaint"), within("complaint"), computed=True)
    complaint: Mapped[Complaint | None] = relation(complaint_id)
    complaint_update_id: Mapped[int | None] = field(
        _l("Case report"), within("complaint_update"), computed=True
    )
    complaint_update: Mapped[ComplaintUpdate | None] = relation(complaint_update_id)
    agency_id: Mapped[int | None] = field(_l("Agency"), within("agency"), computed=True)
    agency: Mapped[Agency | None] = relation(agency_id)
    committee_id: Mapped[int | None] = field(
        _l("Committee"), within("committee"), computed=True, filtered=True
    )
    committee: Mapped[Committee | None] = relation(committee_id)
    content_type: Mapped[str] = field(_l("File type"), computed=True, listed=True, filtered=True)
    size: Mapped[int] = field(_l("Size (bytes)"), computed=True, listed=True)
    sha256: Mapped[str] = field(_l("SHA-256"), computed=True)
    has_macros: Mapped[bool] = field(_l("Has macros"), computed=True, filtered=True, default=False)
    body_text: Mapped[str | None] = field(
        _l("Text of the file"), LONG, computed=True, derived=True, deferred=True
    )

    def __str__(self) -> str:
        return self.name
