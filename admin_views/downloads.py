"""A meeting's papers as files: made for the viewer, entered in the audit, named in Thai."""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

from flask import Response, request, send_file, stream_with_context

from access import audit, files
from access import viewer as who
from access.database import db
from admin_views.base import viewer
from entities import dates
from entities.vocabulary import Act
from models import Meeting
from workbooks import names
from workbooks import packet as workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _noted(meeting: Meeting, what: str) -> Meeting:
    """Enter the export in a transaction of its own, then read the meeting anew."""
    meeting_id, province_id, name, acting = meeting.id, meeting.province_id, meeting.name, viewer()
    db.session.rollback()
    audit.note_alone(acting, Act.EXPORT, "meeting", meeting_id, place=request.remote_addr,
                     record=name, province_id=province_id, paper=what)  # fmt: skip
    return db.session.get(Meeting, meeting_id)  # type: ignore[return-value]


def _file(content: bytes, name: str, mimetype: str) -> Response:
    response = send_file(BytesIO(content), mimetype=mimetype)
    ending = name.rpartition(".")[2]
    response.headers["Content-Disposition"] = names.disposition(name, f"meeting.{ending}")
    return response


def packet(meeting: Meeting) -> Response:
    """The meeting packet."""
    fresh = _noted(meeting, "packet")
    content = workbook.packet(db.session(), fresh, viewer=viewer(), now=dates.now())
    return _file(content, _name("เอกสารประกอบการประชุม", fresh, "xlsx"), XLSX)


def _name(title: str, meeting: Meeting, ending: str) -> str:
    return names.file_name(f"{title} {meeting.name}", ending)


def _docx(meeting: Meeting, title: str, make: Callable[[Any, Meeting], bytes]) -> Response:
    fresh = _noted(meeting, title)
    return _file(make(db.session(), fresh), _name(title, fresh, "docx"), DOCX)


def invitation(meeting: Meeting) -> Response:
    """The invitation letter with agenda and reply form."""
    from workbooks import papers as documents

    return _docx(meeting, "หนังสือเชิญประชุม", documents.invitation)


def minutes(meeting: Meeting) -> Response:
    """The minutes in the official form."""
    from workbooks import papers as documents

    return _docx(meeting, "รายงานการประชุม", documents.minutes)


def papers(meeting: Meeting) -> Response:
    """All papers of the meeting as one zip, in agenda order."""
    from workbooks import papers as documents

    fresh, acting = _noted(meeting, "papers"), viewer()
    name, meeting_id, place = _name("เอกสารการประชุม", fresh, "zip"), fresh.id, request.remote_addr

    def pieces() -> Iterator[bytes]:
        """The zip is made while it is sent, in a session that acts for the same viewer."""
        work = db.session()
        who.act_as(work, acting, place)
        yield from documents.papers_zip(work, work.get_one(Meeting, meeting_id), files)

    response = Response(stream_with_context(pieces()), mimetype="application/zip")
    response.headers["Content-Disposition"] = names.disposition(name, "papers.zip")
    return response
