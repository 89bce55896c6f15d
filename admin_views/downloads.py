"""A meeting's papers as files: made for the viewer, entered in the audit, named in Thai."""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import quote

from flask import Response, request, send_file, stream_with_context

from access import audit, files
from access.database import db
from admin_views.base import viewer
from entities import dates
from entities.vocabulary import Act
from models import Meeting

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
    return send_file(BytesIO(content), mimetype=mimetype, as_attachment=True, download_name=name)


def packet(meeting: Meeting) -> Response:
    """The meeting packet."""
    from workbooks import packet as workbook

    fresh = _noted(meeting, "packet")
    content = workbook.packet(db.session(), fresh, viewer=viewer(), now=dates.now())
    return _file(content, _name("เอกสารประกอบการประชุม", fresh, "xlsx"), XLSX)


def _name(title: str, meeting: Meeting, ending: str) -> str:
    return f"{title} {meeting.name.replace('/', '-')}.{ending}"


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

    fresh = _noted(meeting, "papers")
    name = _name("เอกสารการประชุม", fresh, "zip")
    pieces = documents.papers_zip(db.session(), fresh, files)
    response = Response(stream_with_context(pieces), mimetype="application/zip")
    response.headers["Content-Disposition"] = (
        f"attachment; filename=papers.zip; filename*=UTF-8''{quote(name)}"
    )
    return response
