"""The form pages of an entity: new, edit, the doubled click, the second clerk."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from flask import Response, abort, current_app, flash, g, redirect, request, session, url_for
from flask_admin import expose
from flask_babel import gettext as _
from sqlalchemy import inspect
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from access import audit, scope, sessions, submissions
from access.database import db
from admin_views import cells, forms, story
from admin_views.acting import lang, viewer, way_back
from entities import thai
from entities.base import Base, InProvince, InProvinceOrCluster, InProvinceOrNation, fields
from rules.base import Broken, refusal

Write = Callable[[Any, Any, bool], Base | None]
"""Carries a form into a record, new or not; gives back another one that is to be saved instead."""


class FormPages:
    """How a record is made and changed through its form."""

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Any:
        self.require("create")
        g.form_verb = (self.entity, "create")
        form = self.create_form()
        self._keep_to_creating(form)
        if request.method == "GET":
            forms.fill_hidden(form, None)
            self.prefill(form)
        elif self.validate_form(form):
            answer = self.save(form, self.entity())
            if answer is not None:
                return answer
        return self._form_page(form, self.new_title(), None)

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> Any:
        record = self.record()
        self.require("edit", record)
        g.form_verb = (self.entity, "edit")
        form = self.edit_form(obj=record)
        self._keep_to_editing(form)
        title, record_id = str(record), record.id
        if request.method == "GET":
            forms.fill_hidden(form, record)
        elif self.validate_form(form):
            if str(record.version) != form.row_version.data:
                return self._conflict(form, record)
            answer = self.save(form, record)
            if answer is not None:
                return answer
        return self._form_page(form, _("Edit %(what)s", what=title), record_id)

    def validate_form(self, form: Any) -> bool:
        return bool(form.validate())

    def prefill(self, form: Any) -> None:
        """Take values for a new record from the address, as links from other records give them."""
        for name, field in form._fields.items():
            if name in request.args and name in fields(self.entity):
                with suppress(ValueError):
                    field.process_formdata([request.args[name][:200]])

    def _keep_to_creating(self, form: Any) -> None:
        reach = viewer().reach(self.entity, "create")
        if self._has_parent():
            for name in ("province_id", "cluster_id"):
                self._drop(form, name)
            return
        if not reach.everything and not reach.cluster_id:
            self._drop(form, "cluster_id")
            if len(reach.province_id) == 1:
                self._drop(form, "province_id")

    def _has_parent(self) -> bool:
        """Whether a parent that every record must have gives the home."""
        return any(
            not column.nullable and any("within" in key.info for key in column.foreign_keys)
            for column in inspect(self.entity).columns
        )

    def _keep_to_editing(self, form: Any) -> None:
        for key, told in fields(self.entity).items():
            if told.once or key in self.asked:
                self._drop(form, key)

    @staticmethod
    def _drop(form: Any, name: str) -> None:
        if name in form:
            del form[name]

    def populate(self, form: Any, record: Base) -> None:
        """Carry what was typed into the record; the boundary is what the form holds."""
        for name in fields(self.entity):
            if name in form:
                setattr(record, name, form[name].data)

    def give_home(self, record: Base) -> None:
        """A new record of a person with one province belongs there."""
        if (
            not isinstance(record, InProvince | InProvinceOrCluster | InProvinceOrNation)
            or self._has_parent()
        ):
            return
        reach = viewer().reach(self.entity, "create")
        chosen = record.province_id is not None or getattr(record, "cluster_id", None) is not None
        if not chosen and not reach.everything and len(reach.province_id) == 1:
            record.province_id = next(iter(reach.province_id))

    def write(self, form: Any, record: Base, made: bool) -> Base | None:
        """What saving means; subclasses call a verb of the rules here.

        A verb that makes its record itself gives it back, to be saved instead of `record`.
        """
        self.populate(form, record)
        if made:
            self.give_home(record)
        return None

    def save(self, form: Any, record: Base, write: Write | None = None) -> Response | None:
        """Save in one transaction; None where the form must be shown again with its errors.

        `write` is what saving means for another form than the entity's own.
        """
        work, made, record_id = db.session(), record.id is None, record.id
        form_id = form.form_id.data or ""
        try:
            if made and (known := self._submit_once(work, form_id)):
                return redirect(self.after_save_url(known))
            with work.no_autoflush:
                record = (write or self.write)(form, record, made) or record
            work.add(record)
            work.flush()
            record_id = record.id
            if made:
                submissions.settle(work, form_id, record_id)
            to = self.after_save_url(record_id)  # after the commit it would be read anew
            self._commit(work, self.saved_words(record))
        except Broken as broken:
            return self._show_again(form, broken)
        except StaleDataError:
            work.rollback()
            return self._conflict(form, self.get_one(record_id) or abort(404))
        except (IntegrityError, DBAPIError) as error:
            return self._database_refused(form, error)
        except scope.Denied as denied:
            self.refuse(denied.verb, None if made else record_id)
        return redirect(request.url if request.form.get("_add_another") else to)

    def saved_words(self, record: Any) -> str:
        """What the person is told after a save."""
        return _("Saved.")

    @staticmethod
    def _commit(work: Session, told: str) -> None:
        """Commit, with the message for the next page in the same transaction."""
        kept = session.kept  # type: ignore[attr-defined]
        flash(told, "ok")
        try:
            sessions.keep_with(work, session)
            work.commit()
        except Exception:
            session["_flashes"] = session["_flashes"][:-1]
            session.kept = kept  # type: ignore[attr-defined]
            raise

    def _submit_once(self, work: Session, form_id: str) -> int | None:
        """Claim the form's random id; the record of the first post where it was sent before."""
        if not 8 <= len(form_id) <= 64:
            raise Broken(_("This form is no longer valid. Open it again."))
        sent = submissions.claim(work, form_id, viewer().user_id, self.entity.__tablename__)
        return None if sent is None else self._first_record(sent)

    def _first_record(self, sent: Any) -> int | None:
        same = sent.user_id == viewer().user_id and sent.entity == self.entity.__tablename__
        if not same:
            raise Broken(_("This form is no longer valid. Open it again."))
        return sent.record_id  # type: ignore[no-any-return]

    def _show_again(self, form: Any, broken: Broken) -> None:
        db.session.rollback()
        name = broken.field if broken.field in form else f"{broken.field}_id"
        if broken.field and name in form:
            form[name].errors = [*form[name].errors, str(broken)]
        else:
            flash(str(broken), "bad")

    def _database_refused(self, form: Any, error: Exception) -> None:
        db.session.rollback()
        known = refusal(error)
        if known is None:
            current_app.logger.error("refused by the database", exc_info=error)
            known = Broken(
                _("The record could not be saved because it disagrees with another one.")
            )
        return self._show_again(form, known)

    def after_save_url(self, record_id: int) -> str:
        """Where a save leads: back where the person came from, or to the record."""
        return way_back(url_for(".details_view", id=record_id))

    def _form_page(self, form: Any, title: str, record_id: int | None) -> Any:
        cancel = url_for(".details_view", id=record_id) if record_id else url_for(".index_view")
        code = 422 if request.method == "POST" else 200
        return self.render(
            self.create_template,
            form=form,
            title=title,
            sub="",
            area=None,
            groups=None,
            conflicts=None,
            crumbs=[
                {"title": self.area, "url": url_for("admin.index")},
                {"title": self.name, "url": url_for(".index_view")},
            ],
            action_url=request.full_path.rstrip("?"),
            cancel_url=way_back(cancel),
            save_title=_("Save"),
            again=record_id is None,
            notice="",
        ), code

    def _conflict(self, form: Any, record: Base) -> Any:
        """Somebody else saved since: show both values and let the person choose."""
        choices = {n: request.form.get(f"keep-{n}") for n in fields(self.entity) if n in form}
        differing = [n for n in choices if not _same(getattr(record, n), form[n].data)]
        if not differing:
            return redirect(self.after_save_url(record.id))
        chosen_for = request.form.get("seen_version")
        if chosen_for == str(record.version) and all(
            choices[n] in ("mine", "theirs") for n in differing
        ):
            for name in differing:
                if choices[name] == "theirs":
                    form[name].data, form[name].raw_data = getattr(record, name), None
            answer = self.save(form, record)
            return answer if answer is not None else self._form_page(form, str(record), record.id)
        told = fields(self.entity)
        last = next(
            iter(audit.history(db.session(), self.entity.__tablename__, record.id, 1)), None
        )
        return self.render(
            "conflict.html",
            form=form,
            title=_("Edit %(what)s", what=record),
            sub="",
            groups=None,
            area=None,
            crumbs=[{"title": self.name, "url": url_for(".index_view")}],
            again=False,
            notice="",
            save_title=_("Save"),
            conflicts=[
                {
                    "name": n,
                    "label": told[n].label,
                    "mine": self._typed(form[n]),
                    "theirs": self._shown(n, getattr(record, n)),
                    **_changed_by(n, form, record),
                }
                for n in differing
            ],
            by=story.who(last) if last else "",
            at=story.moment(last.at, lang()) if last else "",
            version=record.version,
            action_url=request.full_path.rstrip("?"),
            cancel_url=url_for(".details_view", id=record.id),
        ), 409

    def _typed(self, field: Any) -> str:
        return self._shown(field.name, field.data)

    def _shown(self, name: str, value: Any) -> str:
        if value is not None and inspect(self.entity).columns[name].foreign_keys:
            return forms.find(forms.target_of(self.entity, name), "", value) or ""
        return cells.text(value, lang())


def _same(kept: Any, typed: Any) -> bool:
    """Whether saving what was typed would leave what is kept as it is."""
    return bool(kept == _stored(typed))


def _stored(typed: Any) -> Any:
    """A typed value as saving would keep it."""
    return thai.normalise(typed) if isinstance(typed, str) else typed


def _changed_by(name: str, form: Any, record: Base) -> dict[str, Any]:
    """What to choose unless the person says otherwise, and whether both changed the field."""
    before = forms.opened_with(form).get(name)
    by_me = forms.mark(_stored(form[name].data)) != before
    by_them = forms.mark(getattr(record, name)) != before
    return {"choice": "mine" if by_me else "theirs", "both": by_me and by_them}
