"""`EntityView`: list, form, details, history and export of an entity, from its declaration.

An area's module derives from it only for what the declaration cannot say. Nothing here
scopes rows or decides rights: the session's viewer and the policy do.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, ClassVar

from flask import abort, flash, g, redirect, request, url_for
from flask_admin import expose
from flask_admin.contrib.sqla import ModelView
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import inspect
from sqlalchemy.orm import joinedload

from access.database import db
from admin_views import forms
from admin_views.acting import (
    REGISTRY,
    Door,
    lang,
    record_url,
    refuse,
    switched_province,
    viewer,
    way_back,
)
from admin_views.editing import FormPages
from admin_views.listing import ListPages
from admin_views.recording import RecordPages
from entities import dates
from entities.base import Base, Text, fields
from rules import removal
from rules.base import Broken

FORMS = 16
"""Classes of forms that are kept: making one takes an eighth of a millisecond."""


class EntityView(Door, ListPages, FormPages, RecordPages, ModelView):  # type: ignore[misc]
    """The screens of one entity. Subclasses add acts, tabs and special pages."""

    list_template = "list.html"
    create_template = edit_template = "form.html"
    details_template = "details.html"
    can_view_details = True
    in_menu: ClassVar[bool] = True
    tabs: ClassVar[list[tuple[Text, dict[str, Any]]]] = []
    related: ClassVar[list[tuple[type[Base], str]] | None] = None
    asked: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def stands_in_menu(cls, entity: type[Base], acting: Any) -> bool:
        """Whether the menu of this viewer names the list."""
        return cls.in_menu and bool(acting.may(entity, "read"))

    def __init__(self, entity: type[Base], area: Text, area_key: str) -> None:
        self.entity, self.area, self.area_key = entity, area, area_key
        super().__init__(
            entity,
            db,
            name=entity.__label__[1],
            endpoint=entity.__tablename__,
            url=f"/admin/{entity.__tablename__}",
        )
        REGISTRY[entity] = self

    # Of Flask-Admin's scaffolding only the forms are used; they are made when one is opened.

    _list_columns = ()

    def _refresh_cache(self) -> None:
        """Nothing is made beforehand: a worker keeps the classes of few of the many forms."""

    def scaffold_form(self) -> Any:
        return forms.form_class(self.entity, self.asked)

    @property
    def _create_form_class(self) -> Any:
        return _form_of(self)

    _edit_form_class = _create_form_class

    # Rights.

    def is_accessible(self) -> bool:
        return viewer().may(self.entity, "read")

    def refuse(self, verb: str, record_id: int | None = None) -> Any:
        """Answer 403 and enter the refusal in the audit."""
        return refuse(self.entity.__tablename__, verb, record_id)

    def require(self, verb: str, record: Base | None = None) -> None:
        """Go on only where the viewer may do the verb, to the record if one is given."""
        acting = viewer()
        if not (acting.may(self.entity, verb) if record is None else acting.reaches(record, verb)):
            self.refuse(verb, record.id if record is not None else None)

    def get_one(self, record_id: Any, along: Sequence[Any] = ()) -> Any:
        """The record of an id in the address, or None where there is none or it is not reached.

        `along` are links whose records are read by the same statement.
        """
        text = str(record_id)
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            return None
        return db.session.get(self.entity, int(text), options=[joinedload(one) for one in along])

    def record(self, along: Sequence[Any] = ()) -> Any:
        """The record that the address or form names; 404 otherwise."""
        found = self.get_one(request.values.get("id", ""), along)
        return found if found is not None else abort(404)

    # Removing, exporting, looking up.

    @expose("/delete/", methods=("POST",))
    def delete_view(self) -> Any:
        record = self.record()
        self.require("delete", record)
        here = url_for(".details_view", id=record.id)
        if self._remove([record]):
            flash(_("Removed."), "ok")
            return redirect(way_back(url_for(".index_view")))
        return redirect(way_back(here))

    @expose("/action/", methods=("POST",))
    def action_view(self) -> Any:
        self.require("delete")
        records = [
            found for key in request.form.getlist("rowid")[:1000] if (found := self.get_one(key))
        ]
        if request.form.get("action") != "delete":
            abort(404)
        for record in records:
            self.require("delete", record)
        if records and self._remove(records):
            flash(
                ngettext("%(num)s record removed.", "%(num)s records removed.", len(records)), "ok"
            )
        return redirect(url_for(".index_view"))

    def _remove(self, records: list[Any]) -> bool:
        """Remove all or none; what still hangs on a record keeps it."""
        try:
            for record in records:
                removal.remove(db.session(), record, dates.now())
            db.session.commit()
        except Broken as broken:
            db.session.rollback()
            flash(str(broken), "bad")
            return False
        return True

    @expose("/lookup/")
    def lookup_view(self) -> Any:
        """Records for a picker, as JSON; only what the viewer may choose in this entity's form."""
        key, verb = (
            request.args.get("field", ""),
            "create" if viewer().may(self.entity, "create") else "edit",
        )
        self.require(verb)
        told = fields(self.entity).get(key)
        typed = told is not None and (not told.computed or key in self.asked)
        if not typed or not inspect(self.entity).columns[key].foreign_keys:
            abort(404)
        g.form_verb = (self.entity, verb)
        found = forms.look_up(forms.target_of(self.entity, key), key, request.args.get("q", ""))
        return [{"id": record_id, "text": label, "sub": ""} for record_id, label in found]

    @expose("/export/xlsx/")
    def export_xlsx(self) -> Any:
        from admin_views import exports

        self.require("export")
        return exports.answer(self, self.state())

    export = ajax_lookup = ajax_update = None
    """Pages of Flask-Admin's that have no address here."""


@lru_cache(maxsize=FORMS)
def _form_of(view: EntityView) -> Any:
    return view.scaffold_form()


__all__ = ["REGISTRY", "EntityView", "lang", "record_url", "switched_province", "viewer"]
