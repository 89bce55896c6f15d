"""What is done to many documents of a list at once: they are presented, or given their numbers."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_admin import expose
from flask_babel import gettext as _

from access.database import db
from admin_views.acting import viewer, way_back
from admin_views.document_acts import ENDORSERS, MOST_AT_ONCE, DocumentActs
from admin_views.verbs import do
from admin_views.words import said
from entities import dates
from entities.vocabulary import DocumentStatus, Role
from models import Document
from rules import documents

S = DocumentStatus
PRESENT = {f"present_{role.value}": role for role in ENDORSERS}
"""The acts by which documents are presented, and to whom each does."""


class DocumentBulk(DocumentActs):
    """Ticks stand in the list where it is narrowed to documents that wait for the same act."""

    def bulk_acts(self) -> list[dict[str, Any]]:
        """What the state to which the list is narrowed asks for."""
        status = request.args.get("status", "")
        if status == S.REGISTERED.value and viewer().may(Document, "present"):
            return [
                {"name": name, "title": _("Present to: %(who)s", who=said(role.title))}
                for name, role in PRESENT.items()
            ]
        if status == S.SIGNED.value and viewer().may(Document, "register"):
            return [{"name": "issue", "title": _("Give them numbers")}]
        return []

    @expose("/action/", methods=("POST",))
    def action_view(self) -> Any:
        """Do to the ticked documents what was pressed: to all of them or to none."""
        name = request.form.get("action", "")
        if name == "issue":
            return self.issue_view()
        if name not in PRESENT:
            abort(404)
        self.require("present")  # type: ignore[attr-defined]
        back = way_back(url_for(".index_view"))
        ticked = [self.get_one(key) for key in request.form.getlist("rowid")[:MOST_AT_ONCE]]  # type: ignore[attr-defined]
        records = [one for one in ticked if one is not None]
        if not records:
            flash(_("Tick the documents first."), "warn")
            return redirect(back)
        return do(self, None, lambda: _presented(records, PRESENT[name]), done_url=back)


def _presented(records: list[Document], to: Role) -> str:
    for record in records:
        documents.present(record, to, db.session(), dates.now())
    return _("Presented: %(n)s documents", n=len(records))
