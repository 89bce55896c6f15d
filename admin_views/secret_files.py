"""Files of secret documents: sealed with the content, opened one by one, each opening logged."""

from io import BytesIO
from typing import Any

from flask import abort, current_app, request, url_for
from flask_babel import gettext as _

from access import file_kinds, files
from access.database import db
from admin_views import attached_files, register_sheet, uploads
from admin_views.uploads import Told
from models import Document, SecretPaper
from rules import documents
from rules.base import Broken


def rows(record: Document, paper: SecretPaper) -> list[dict[str, Any]]:
    """The files of an opened secret document, as its page tells them."""
    return [
        attached_files.row(
            one, url_for("document.held_view", id=record.id, file=one.sha256, get=1),
            url_for("document.held_view", id=record.id, file=one.sha256), one.plain_sha256,
        )
        for one in documents.held_files(paper)
    ]  # fmt: skip


def receive(view: Any, record: Document) -> Any:
    """Seal the files that were sent, each by itself; only those cleared may."""
    if not register_sheet.cleared(record.province_id):
        view.refuse("reveal", record.id)
    record_id = record.id

    def seal(one: Any) -> Told:
        fresh = db.session.get(Document, record_id) or abort(404)
        return _sealed(fresh, one)

    return uploads.told_of(view, record_id, uploads.each(seal))


def _sealed(record: Document, one: Any) -> Told:
    limit = current_app.config["SETTINGS"].upload_bytes
    try:
        name = file_kinds.tidy_name(one.filename)
        judged = file_kinds.judge(name, one.stream)
        content = one.stream.read(limit + 1)
        documents.hold_file(record, name, judged, content, db.session(), limit)
    except file_kinds.Unfit as unfit:
        raise Broken(_(str(unfit))) from None
    except files.Unreachable as fault:
        raise uploads.unreachable(fault) from None
    return Told(name, "")


def answer(view: Any, record: Document, sha256: str) -> Any:
    """A sealed file for those cleared: inside the page where it can be, else as a download."""
    if record.secrecy is None or not register_sheet.cleared(record.province_id):
        view.refuse("reveal", record.id)
    try:
        held, content = documents.open_held(record, sha256, db.session())
    except Broken:
        abort(404)
    inside = attached_files.shown_inside(held) and "get" not in request.args
    give = attached_files.preview if inside else attached_files.download
    return give(held, BytesIO(content))
