"""Attaching files to a record, and the card that lists them."""

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from flask import abort, current_app, flash, g, get_template_attribute, redirect, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from access import file_kinds, file_text, files
from access.database import db
from access.file_kinds import Judged
from admin_views import attached_files, cells
from admin_views.base import viewer
from models import Attachment
from rules import certified
from rules.base import Broken, refusal

MOST_AT_ONCE = 20
OF_AGENCIES = ("request_item_id", "project_id", "progress_report_id", "complaint_update_id")
"""What an agency's officers work on: its papers are the agency's too."""


def card(
    record: Any, key: str, marks: Mapping[int, Markup] | None = None, *, keeps: bool = True
) -> Markup:
    """The files of a record, and the form that adds some where the viewer may; `marks` by file.

    Where the record does not keep its files, each is taken off again by who has the right.
    """
    statement = (
        select(Attachment).where(getattr(Attachment, key) == record.id).order_by(Attachment.id)
    )
    rows = Markup("").join(
        Markup('<li><a href="{}">{}</a> <span class="s">{}</span>{}{}</li>').format(
            url_for("attachment.file_view", id=one.id), one.name, cells.size_text(one.size),
            attached_files.macro_mark(one) + (marks or {}).get(one.id, Markup("")),
            "" if keeps else take_off(one),
        )
        for one in (db.session.scalars(statement) if viewer().may(Attachment, "read") else ())
    )  # fmt: skip
    shown = (
        Markup("<ul class='files'>{}</ul>").format(rows)
        if rows
        else Markup("<p class='none'>{}</p>").format(_("No files yet."))
    )
    listed = Markup("<div data-papers>{}</div>").format(shown)
    if not viewer().may(Attachment, "create") or certified.closed(record):
        return listed
    draw = get_template_attribute("parts/papers.html", "upload_form")
    papers = {"upload_url": url_for(".upload_view", id=record.id), **limits()}
    return listed + draw(papers, css="upload")


def take_off(one: Attachment) -> Markup:
    """The button that takes a file off its record; nothing for who may not."""
    url = remove_url(one)
    draw = get_template_attribute("parts/papers.html", "take_off")
    return Markup(draw(url, one.name)) if url else Markup("")


def remove_url(one: Attachment) -> str | None:
    """Where a file is taken off again, for who has the right; the rule has the last word."""
    return url_for("attachment.delete_view", id=one.id) if viewer().reaches(one, "delete") else None


def limits() -> dict[str, Any]:
    """What a form for files tells of them: the kinds, how many at once, how large one may be."""
    largest = current_app.config["SETTINGS"].upload_bytes
    return {
        "accept": ",".join(file_kinds.KINDS), "most": MOST_AT_ONCE, "largest": largest,
        "largest_text": cells.size_text(largest),
    }  # fmt: skip


def receive(view: Any, record: Any, key: str) -> Any:
    """Keep the files that were sent, each by itself, and tell of each what became of it."""
    if not viewer().may(Attachment, "create"):
        view.refuse("create", record.id)
    if meeting := certified.closed(record):
        return told_of(view, record.id, [Told("", certified.why(meeting), "bad")])
    entity, record_id = type(record), record.id

    def one_of(one: Any) -> Told:
        found = prepared(one, key)
        fresh = db.session.get(entity, record_id) or abort(404)
        return _hang_once(fresh, key, found)

    return told_of(view, record_id, each(one_of))


@dataclass(frozen=True)
class Told:
    """What became of one file that was sent: its name, the words for the person, and their tone."""

    name: str
    text: str
    tone: str = "ok"


def sent_files() -> list[Any]:
    """The files of a request, without the empty one that a form without files sends."""
    return [one for one in request.files.getlist("files")[:MOST_AT_ONCE] if one.filename]


def each(keep_one: Callable[[Any], Told]) -> list[Told]:
    """Keep the files that were sent, each in a transaction of its own; a bad one loses no other.

    A name that is refused itself, since it tells who complained, is not said again.
    No transaction stands while a file is judged, stored and read: that may take seconds, and
    SQLite has one writer.
    """
    told = []
    for number, one in enumerate(sent_files(), 1):
        db.session.rollback()
        try:
            answer = keep_one(one)
            db.session.commit()
        except Broken as broken:
            refused = broken.field == "name"
            name = _("File %(n)s", n=number) if refused else shown_name(one)
            answer = Told(name, str(broken), "bad")
        except StaleDataError:
            words = _("Somebody else changed this record meanwhile; look again.")
            answer = Told(shown_name(one), words, "bad")
        except DBAPIError as error:
            known = refusal(error)
            if known is None:
                raise
            answer = Told(shown_name(one), str(known), "bad")
        if answer.tone == "bad":
            db.session.rollback()
        told.append(answer)
    return told


def shown_name(one: Any) -> str:
    """The name of a sent file for a message about it."""
    return "".join(c for c in one.filename if c.isprintable())[-80:]


def told_of(view: Any, record_id: int, told: list[Told]) -> Any:
    """Back to the record with what became of each file; a script that sent one reads it as JSON."""
    back = url_for(f"{view.endpoint}.details_view", id=record_id)
    told = told or [Told("", _("Choose a file first."), "warn")]
    if request.accept_mimetypes.best == "application/json":
        return {"url": back, "files": [asdict(one) for one in told]}
    kept = [one.name for one in told if one.tone == "ok"]
    if kept:
        flash(_("Attached: %(names)s", names=", ".join(kept)), "ok")
    for one in told:
        if one.tone != "ok" or one.text:
            flash(f"{one.name}: {one.text}" if one.name else one.text, one.tone)
    return redirect(back)


@dataclass(frozen=True)
class Prepared:
    """A sent file that may be attached: judged and stored, and read where it is to be searched."""

    name: str
    judged: Judged
    sha256: str
    size: int
    text: str | None = None


def prepared(one: Any, key: str) -> Prepared:
    """Judge, store and read one sent file; raises Broken with the reason where it may not stay."""
    try:
        name = file_kinds.tidy_name(one.filename)
        judged = file_kinds.judge(name, one.stream)
        sha256, size = files.keep(one.stream, current_app.config["SETTINGS"].upload_bytes)
    except file_kinds.Unfit as unfit:
        raise Broken(_(str(unfit))) from None
    except files.Unreachable as fault:
        raise unreachable(fault) from None
    # What a case's papers say may name who complained: only those of documents are searched.
    text = file_text.read(name, one.stream) if key == "document_id" and _has_time() else None
    return Prepared(name, judged, sha256, size, text)


LONGEST_READING = 30
"""Seconds of one request after which its further files are kept without their text."""


def _has_time() -> bool:
    return time.perf_counter() - float(g.started) < LONGEST_READING


def unreachable(fault: Exception) -> Broken:
    """What a person is told where the store does not answer; the operator reads the fault."""
    current_app.logger.error("the store of files: %s", fault)
    return Broken(
        _("The store of files does not answer, so nothing was attached. Try again later.")
    )


def keep(record: Any, key: str, sent: list[Any]) -> None:
    """Store the files that belong to what was just written, all or none; raises Broken."""
    if meeting := certified.closed(record):
        certified.refuse(meeting)
    for one in sent:
        try:
            _hang(record, key, prepared(one, key))
        except Broken as broken:
            raise Broken(f"{shown_name(one)}: {broken}") from None


def _hang_once(record: Any, key: str, found: Prepared) -> Told:
    """Attach a file where its like is not attached yet, and say where else it stands."""
    same = select(Attachment.name).where(
        getattr(Attachment, key) == record.id, Attachment.sha256 == found.sha256
    )
    known = db.session.scalar(same.limit(1))
    if known is not None:
        words = _("This file is attached here already, as “%(name)s”.", name=known)
        return Told(found.name, words, "warn")
    made = _hang(record, key, found)
    db.session.flush()
    places = attached_files.places_of([made])[made.sha256]
    words = ", ".join(place["title"] for place in places)
    return Told(
        found.name,
        _("The same file is also attached to: %(places)s", places=words) if words else "",
    )


def _hang(record: Any, key: str, found: Prepared) -> Attachment:
    committee = record.id if key == "committee_id" else getattr(record, "committee_id", None)
    made = Attachment(
        name=found.name, content_type=found.judged.content_type, sha256=found.sha256,
        size=found.size, has_macros=found.judged.has_macros, body_text=found.text,
        committee_id=committee, province_id=record.province_id,
        agency_id=getattr(record, "agency_id", None) if key in OF_AGENCIES else None,
        cluster_id=getattr(record, "cluster_id", None), **{key: record.id},
    )  # fmt: skip
    db.session.add(made)
    return made
