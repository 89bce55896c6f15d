"""The meeting packet: one workbook for the table, from cover to the source of its data."""

from datetime import datetime

from flask_babel import force_locale
from sqlalchemy.orm import Session

from access.viewer import Viewer
from models import Meeting
from workbooks import complaints, ledger, meetings, names, projects, reports, source
from workbooks.sections import SECTIONS, Packet, Section, section

PARTS = (meetings, ledger, projects, complaints, reports, source)
"""The modules whose sections a packet has; an area that adds some is named here."""


def packet(session: Session, meeting: Meeting, *, viewer: Viewer, now: datetime) -> bytes:
    """The packet of a meeting as an xlsx file, in Thai whatever language the screen has.

    It holds what the session's viewer reaches. `viewer` is named as its maker, `now` (an
    instant in UTC) as the moment its figures were taken.
    """
    with force_locale("th"):
        return Packet(session, meeting, viewer, now).write()


def file_name(meeting: Meeting) -> str:
    """The packet's name, such as เอกสารประกอบการประชุม ก.บ.จ. ครั้งที่ 11-2569.xlsx."""
    return names.file_name(f"เอกสารประกอบการประชุม {meeting.name}", "xlsx")


__all__ = ["PARTS", "SECTIONS", "Section", "file_name", "packet", "section"]
