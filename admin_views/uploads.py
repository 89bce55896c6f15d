"""Attaching files to a record, and the card that lists them."""

from typing import Any

from flask import abort, current_app, flash, redirect, request, send_file, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from sqlalchemy import func, select

from access import files
from access.database import db
from admin_views.base import viewer
from admin_views.verbs import do
from entities.vocabulary import MeetingStatus
from models import Attachment, Meeting
from rules.base import Broken

MOST_AT_ONCE = 20
OF_AGENCIES = ("request_item_id", "project_id", "progress_report_id", "complaint_update_id")
"""What an agency's officers work on: its papers are the agency's too."""


def card(record: Any, key: str) -> Markup:
    """The files of a record, and the form that adds some where the viewer may."""
    statement = (
        select(Attachment).where(getattr(Attachment, key) == record.id).order_by(Attachment.id)
    )
    rows = Markup("").join(
        Markup('<li><a href="{}">{}</a> <span class="s">{}</span></li>').format(
            url_for("attachment.file_view", id=one.id), one.name, size_text(one.size)
        )
        for one in (db.session.scalars(statement) if viewer().may(Attachment, "read") else ())
    )
    listed = (
        Markup("<ul class='files'>{}</ul>").format(rows)
        if rows
        else Markup("<p class='none'>{}</p>").format(_("No files yet."))
    )
    if not viewer().may(Attachment, "create") or locked(record):
        return listed
    form = Markup(
        '<form class="upload" method="post" enctype="multipart/form-data" action="{}">'
        '<input type="hidden" name="csrf_token" value="{}">'
        '<label class="lbl" for="files-{}">{}</label>'
        '<input id="files-{}" type="file" name="files" multiple required accept="{}">'
        '<button class="btn small">{}</button></form>'
    ).format(
        url_for(".upload_view", id=record.id), generate_csrf(), key, _("Attach files"), key,
        ",".join(files.KINDS), _("Attach"),
    )  # fmt: skip
    return listed + form


SHOWN_INSIDE = frozenset({"application/pdf", "image/png", "image/jpeg"})
"""What is shown inside a page; none of these runs a script there."""
PREVIEW_POLICY = (
    "default-src 'none'; img-src 'self'; object-src 'self'; style-src 'unsafe-inline';"
    " frame-ancestors 'self'"
)
"""The file's own policy: the reader of PDFs may draw it, in our pages alone."""


def shown_inside(one: Attachment) -> bool:
    """Whether a file can be looked at without downloading it."""
    return one.content_type in SHOWN_INSIDE


def preview(one: Attachment) -> Any:
    """The bytes of a PDF or picture to be shown inside a page; 404 for every other kind."""
    if not shown_inside(one):
        abort(404)
    answer = send_file(
        files.open_file(one.sha256), mimetype=one.content_type, download_name=one.name
    )
    answer.headers["Content-Security-Policy"] = PREVIEW_POLICY
    return answer


def twins(one: Attachment) -> int:
    """How many other records that the viewer reaches carry the very same file."""
    same = select(func.count(Attachment.id)).where(
        Attachment.sha256 == one.sha256, Attachment.id != one.id
    )
    return db.session.scalar(same) or 0


def size_text(size: int) -> str:
    """A file's size for people."""
    return (
        f"{size / 1024 / 1024:,.1f} MB"
        if size >= 1024 * 1024
        else f"{max(1, round(size / 1024)):,} kB"
    )


def locked(record: Any) -> bool:
    """Whether the papers of a meeting are closed, because its minutes are certified."""
    meeting = record if isinstance(record, Meeting) else getattr(record, "meeting", None)
    return meeting is not None and meeting.status in (
        MeetingStatus.MINUTES_CERTIFIED,
        MeetingStatus.CANCELLED,
    )


def receive(view: Any, record: Any, key: str) -> Any:
    """Keep the files that were sent, all or none, and go back to the record."""
    if not viewer().may(Attachment, "create"):
        view.refuse("create", record.id)
    back = url_for(f"{view.endpoint}.details_view", id=record.id)
    sent = [one for one in request.files.getlist("files")[:MOST_AT_ONCE] if one.filename]
    if not sent:
        flash(_("Choose a file first."), "warn")
        return redirect(back)
    return do(view, record, lambda: keep(record, key, sent), done_url=back, told=_("Attached."))


def keep(record: Any, key: str, sent: list[Any]) -> None:
    """Store the files and hang them on the record; raises Broken."""
    if locked(record):
        raise Broken(_("The minutes are certified; nothing can be attached."))
    for one in sent:
        try:
            name = files.tidy_name(one.filename)
            content_type = files.kind_of(name, one.stream.read(8192), _rewound(one.stream))
            sha256, size = files.keep(
                _rewound(one.stream), current_app.config["SETTINGS"].upload_bytes
            )
        except files.Unfit as unfit:
            raise Broken(f"{one.filename[:80]}: {_(str(unfit))}") from None
        except files.Unreachable as fault:
            current_app.logger.error("the store of files: %s", fault)
            raise Broken(
                _("The store of files does not answer, so nothing was attached. Try again later.")
            ) from None
        committee = record.id if key == "committee_id" else getattr(record, "committee_id", None)
        agency = getattr(record, "agency_id", None) if key in OF_AGENCIES else None
        db.session.add(Attachment(
            name=name, content_type=content_type, sha256=sha256, size=size, committee_id=committee,
            agency_id=agency,
            province_id=record.province_id, cluster_id=getattr(record, "cluster_id", None), **{key: record.id},
        ))  # fmt: skip


def _rewound(stream: Any) -> Any:
    stream.seek(0)
    return stream
