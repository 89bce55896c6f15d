"""Papers: files attached to orders, agenda items and minutes."""

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped

from entities.base import Base, InProvinceOrCluster, check, field, relation, within
from entities.governance import AppointmentOrder, Committee
from entities.meetings import AgendaItem, Meeting


class Attachment(InProvinceOrCluster, Base):
    """A file on an order, an agenda item or the minutes of a meeting.

    The bytes are stored under their SHA-256, never under a name a person typed; `name` is
    kept for downloading.
    """

    __tablename__ = "attachment"
    __label__ = _l("Attachment"), _l("Attachments")
    __order__ = "id"
    __rules__ = (
        check(
            "one_owner",
            "(CASE WHEN order_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN agenda_item_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN meeting_id IS NULL THEN 0 ELSE 1 END) = 1",
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
    committee_id: Mapped[int | None] = field(
        _l("Committee"), within("committee"), computed=True, filtered=True
    )
    committee: Mapped[Committee | None] = relation(committee_id)
    content_type: Mapped[str] = field(_l("File type"), computed=True, listed=True, filtered=True)
    size: Mapped[int] = field(_l("Size (bytes)"), computed=True, listed=True)
    sha256: Mapped[str] = field(_l("SHA-256"), computed=True)

    def __str__(self) -> str:
        return self.name
