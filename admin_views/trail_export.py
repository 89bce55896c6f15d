"""The audit as a workbook: the entries that its page shows, newest first, streamed.

That it was taken out is itself entered, before the first entry is read; what was written
afterwards is left out.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask import Response, request, stream_with_context
from flask_babel import gettext as _
from sqlalchemy import Select, func

from access import audit
from access import viewer as who
from access.database import db
from admin_views import exports, story, trail
from admin_views.acting import lang, province_names, switched_province, viewer
from entities.vocabulary import Act
from models import AuditEntry
from workbooks.pouring import Column, poured

AT_ONCE = 500
"""Entries read from the database at a time."""


def answer(title: str, statement: Select[Any], asked: str) -> Response:
    """The entries of a statement as a streamed xlsx file; `asked` says its filters in words."""
    acting, place, province_id = viewer(), request.remote_addr, switched_province()
    found = statement.with_only_columns(func.count(), func.max(AuditEntry.id))
    count, last = db.session.execute(found).one()
    db.session.rollback()
    table = AuditEntry.__tablename__
    told = {"filter": asked, "rows": count}
    audit.note_alone(acting, Act.EXPORT, table, place=place, province_id=province_id, **told)
    source = [*exports.source(title, acting), (_("Filter"), asked or _("none"))]
    source += [(_("Rows"), f"{count:,}"), exports.seal(db.session(), province_id)]
    rows = _rows(statement, last or 0, acting)
    pieces = poured(_columns(), rows, title=title, told=source, count=count)
    headers = {"Content-Disposition": exports.named(title, AuditEntry)}
    return Response(stream_with_context(pieces), mimetype=exports.XLSX, headers=headers)


def _columns() -> list[Column]:
    return [
        Column(_("When"), "moment", 22), Column(_("Act"), "text", 18), Column(_("Kind of record"), "text", 24),
        Column(_("Record"), "text", 45), Column(_("Record number"), "number", 18), Column(_("Who"), "text", 28),
        Column(_("Account"), "text", 24), Column(_("Province"), "text", 18), Column(_("From"), "text", 18),
        Column(_("What changed"), "text", 60), Column(_("Seal"), "text", 40),
    ]  # fmt: skip


def _rows(statement: Select[Any], last: int, acting: who.Viewer) -> Iterator[Any]:
    """The entries up to the last one that was counted, some hundred at a time by their key."""
    # The request's own session ends when the answer begins.
    who.act_as(db.session(), acting)
    places, tongue, before = province_names(), lang() == "en", last + 1
    while found := trail.newest(statement.where(AuditEntry.id < before), AT_ONCE):
        kept = trail.untold([entry for entry, _person in found])
        for entry, person in found:
            yield _row(entry, person, (entry.entity, entry.record_id) in kept, places, tongue)
        before = found[-1][0].id
        db.session.expunge_all()


def _row(entry: AuditEntry, person: str | None, untold: bool, places: Any, tongue: bool) -> Any:
    place = places[entry.province_id][tongue] if entry.province_id in places else None
    return (
        datetime.fromisoformat(entry.at), str(Act(entry.act).title), trail.title_of(entry.entity),
        None if untold else entry.record, entry.record_id, person or story.actor(entry.actor),
        entry.actor, place, story.place(entry.place), trail.changes_of(entry), entry.seal,
    )  # fmt: skip
