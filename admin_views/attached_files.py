"""Files as pages show and serve them: inside the page where nothing can run there, else downloaded."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from flask import Response, abort, request, send_file, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select

from access import files
from access.database import db
from admin_views import cells, forms
from admin_views.acting import record_url, viewer
from entities.attachments import OWNERS
from models import Attachment
from rules.sent_files import SentFile
from workbooks import names

SHOWN_INSIDE = frozenset({"application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp"})
"""What is shown inside a page; none of these runs a script there."""
PREVIEW_POLICY = (
    "default-src 'none'; img-src 'self'; object-src 'self'; style-src 'unsafe-inline';"
    " frame-ancestors 'self'"
)
"""The file's own policy: the reader of PDFs may draw it, in our pages alone."""
PICTURE_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
"""A picture needs nothing at all. Chromium's reader of PDFs does not start in a sandbox."""
MOST_PLACES = 3
"""Places named at which the same file stands."""


class Served(Protocol):
    """What is needed of a file to show it; an attachment has it, and a file that was sent."""

    @property
    def name(self) -> str: ...
    @property
    def content_type(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def sha256(self) -> str: ...
    @property
    def has_macros(self) -> bool: ...


def shown_inside(one: Served) -> bool:
    """Whether a file can be looked at without downloading it: a picture, a PDF without scripts."""
    return one.content_type in SHOWN_INSIDE and not one.has_macros


def is_picture(one: Served) -> bool:
    """Whether a file can be drawn in a page."""
    return shown_inside(one) and one.content_type.startswith("image/")


def macro_mark(one: Served) -> Markup:
    """The chip of a file that can run macros."""
    return cells.mark("warn", "!", _("has macros")) if one.has_macros else Markup("")


def row(one: Served, url: str, look: str, sha256: str = "") -> dict[str, Any]:
    """A file as a page lists it; `url` downloads it, `look` shows it inside the page."""
    return {
        "name": one.name, "size": cells.size_text(one.size), "hash": sha256 or one.sha256,
        "url": url, "preview": look if shown_inside(one) else None, "macros": macro_mark(one),
        "picture": is_picture(one), "places": [], "went": "", "behind": False, "remove_url": None,
    }  # fmt: skip


def sent_rows(record_id: int, files: Iterable[SentFile]) -> list[dict[str, Any]]:
    """Files that went along with what a recipient received; its view answers at `file_view`."""
    return [
        row(one, url_for(".file_view", id=record_id, file=one.id),
            url_for(".file_view", id=record_id, file=one.id, look=1))
        for one in files
    ]  # fmt: skip


def sent(files: Iterable[SentFile]) -> Any:
    """The one that the address asks for, inside the page or to be saved; 404 where it is none."""
    asked = request.args.get("file", "")
    for one in files:
        if str(one.id) == asked:
            return preview(one) if "look" in request.args else download(one)
    abort(404)


def download(one: Served, content: Any = None) -> Response:
    """The bytes of a file to be saved under its own name, whatever kind it is."""
    return _answer(one, content, "attachment")


def preview(one: Served, content: Any = None) -> Response:
    """The bytes of a PDF or picture to be shown inside a page; 404 for every other kind."""
    if not shown_inside(one):
        abort(404)
    answer = _answer(one, content, "inline")
    policy = PICTURE_POLICY if is_picture(one) else PREVIEW_POLICY
    answer.headers["Content-Security-Policy"] = policy
    return answer


def _answer(one: Served, content: Any, how: str) -> Response:
    try:
        answer = send_file(content or files.open_file(one.sha256), mimetype=one.content_type)
    except FileNotFoundError:
        raise files.Unreachable(f"the file {one.sha256} is missing") from None
    answer.headers["Content-Disposition"] = names.disposition(one.name, fallback(one.name), how)
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


def fallback(name: str) -> str:
    """A name for programs that read no other letters than ASCII."""
    ending = name.rpartition(".")[2]
    return f"file.{ending}" if ending.isascii() and ending.isalnum() else "file"


def places_of(rows: Sequence[Attachment]) -> dict[str, list[dict[str, str]]]:
    """Where else the very same files are attached, by hash: the records that the viewer reads."""
    hashes, own = {one.sha256 for one in rows}, [one.id for one in rows]
    found: dict[str, list[dict[str, str]]] = {sha256: [] for sha256 in hashes}
    statement = select(Attachment).where(Attachment.sha256.in_(hashes))
    if not rows or not viewer().may(Attachment, "read"):
        return found
    for other in db.session.scalars(statement.order_by(Attachment.id.desc()).limit(100)):
        known = found[other.sha256]
        if other.id in own or len(known) == MOST_PLACES:
            continue
        place = _place(other)
        if place is not None and place not in known:
            known.append(place)
    return found


def _place(one: Attachment) -> dict[str, str] | None:
    """The record on which a file hangs, where the viewer reads it."""
    key = next(owner for owner in OWNERS if getattr(one, owner) is not None)
    entity: Any = forms.target_of(Attachment, key)
    if not viewer().may(entity, "read"):
        return None
    record = db.session.get(entity, getattr(one, key))
    url = record_url(entity, record.id) if record is not None else None
    return {"title": forms.shorten(str(record)), "url": url} if url else None


def rows_of(attachments: Iterable[Attachment], url: Any) -> list[dict[str, Any]]:
    """Attachments as a page lists them; `url(id, look)` is the address of each."""
    listed = list(attachments)
    places = places_of(listed)
    made = [(one, row(one, url(one.id, False), url(one.id, True))) for one in listed]
    return [{**told, "places": places[one.sha256]} for one, told in made]
