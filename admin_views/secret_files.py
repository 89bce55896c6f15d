"""Files of secret documents: sealed with the content, opened one by one, each opening logged."""

from io import BytesIO
from typing import Any

from flask import abort, current_app, flash, redirect, request, send_file, url_for
from flask_babel import gettext as _

from access import files
from access.database import db
from admin_views import register_sheet, uploads
from admin_views.verbs import do
from models import Document, SecretPaper
from rules import documents
from rules.base import Broken


def rows(record: Document, paper: SecretPaper) -> list[dict[str, Any]]:
    """The files of an opened secret document, as its page tells them."""
    return [
        {
            "name": one.name, "size": uploads.size_text(one.size), "hash": one.sha256,
            "url": url_for("document.held_view", id=record.id, file=one.sha256, get=1),
            "preview": url_for("document.held_view", id=record.id, file=one.sha256)
            if one.content_type in uploads.SHOWN_INSIDE else None,
            "picture": one.content_type.startswith("image/"), "twins": 0,
        }
        for one in documents.held_files(paper)
    ]  # fmt: skip


def receive(view: Any, record: Document) -> Any:
    """Seal the files that were sent, all or none; only those cleared may."""
    if not register_sheet.cleared(record.province_id):
        view.refuse("reveal", record.id)
    back = url_for(".details_view", id=record.id)
    sent = [one for one in request.files.getlist("files")[: uploads.MOST_AT_ONCE] if one.filename]
    if not sent:
        flash(_("Choose a file first."), "warn")
        return redirect(back)
    return do(view, record, lambda: _seal(record, sent), done_url=back, told=_("Attached."))


def _seal(record: Document, sent: list[Any]) -> None:
    limit = current_app.config["SETTINGS"].upload_bytes
    for one in sent:
        try:
            name = files.tidy_name(one.filename)
            content = one.stream.read(limit + 1)
            kind = files.kind_of(name, content[:8192], BytesIO(content))
            documents.hold_file(record, name, kind, content, db.session(), limit)
        except files.Unfit as unfit:
            raise Broken(_(str(unfit))) from None
        except files.Unreachable as fault:
            current_app.logger.error("the store of files: %s", fault)
            raise Broken(
                _("The store of files does not answer, so nothing was attached. Try again later.")
            ) from None


def answer(view: Any, record: Document, sha256: str) -> Any:
    """A sealed file for those cleared: inside the page where it can be, else as a download."""
    if record.secrecy is None or not register_sheet.cleared(record.province_id):
        view.refuse("reveal", record.id)
    try:
        held, content = documents.open_held(record, sha256, db.session())
    except Broken:
        abort(404)
    inside = held.content_type in uploads.SHOWN_INSIDE and "get" not in request.args
    found = send_file(
        BytesIO(content), mimetype=held.content_type, as_attachment=not inside,
        download_name=held.name,
    )  # fmt: skip
    if inside:
        found.headers["Content-Security-Policy"] = uploads.PREVIEW_POLICY
    return found
