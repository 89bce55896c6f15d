"""`EntityView`: list, form, details, history and export of an entity, from its declaration.

An area's module derives from it only for what the declaration cannot say. Nothing here
scopes rows or decides rights: the session's viewer and the policy do.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar

from flask import Response, abort, current_app, flash, g, redirect, request, session, url_for
from flask_admin import expose
from flask_admin.contrib.sqla import ModelView
from flask_babel import get_locale, gettext, ngettext
from flask_babel import gettext as _
from markupsafe import Markup, escape
from sqlalchemy import func, inspect, select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from access import audit, scope
from access import viewer as who
from access.database import db
from admin_views import cells, forms, lists, story
from entities import dates
from entities.base import Base, InProvince, InProvinceOrCluster, InProvinceOrNation, Text, fields
from entities.vocabulary import Act
from models import Submission
from rules import removal
from rules.base import Broken, refusal

REGISTRY: dict[type[Base], "EntityView"] = {}
"""The view of each entity; links to records are only made where one stands here."""


def lang() -> str:
    """The language of the request: th or en."""
    return str(get_locale() or "th")


def viewer() -> who.Viewer:
    """Who this request acts for."""
    return who.of(db.session())


def switched_province() -> int | None:
    """The province that the switch narrows lists to, or None."""
    found: int | None = g.get("switched_province")
    return found


def record_url(entity: type[Base], record_id: int) -> str | None:
    """The address of a record's page, where it has one."""
    view = REGISTRY.get(entity)
    return url_for(f"{view.endpoint}.details_view", id=record_id) if view else None


class EntityView(ModelView):
    """The screens of one entity. Subclasses add acts, tabs and special pages."""

    list_template = "list.html"
    create_template = edit_template = "form.html"
    details_template = "details.html"
    can_view_details = True
    in_menu: ClassVar[bool] = True
    tabs: ClassVar[list[tuple[Text, dict[str, Any]]]] = []
    related: ClassVar[list[tuple[type[Base], str]] | None] = None

    def __init__(self, entity: type[Base], area: Text, area_key: str) -> None:
        self.entity, self.area, self.area_key = entity, area, area_key
        self.column_list = [key for key, told in fields(entity).items() if told.listed]
        super().__init__(
            entity,
            db,
            name=entity.__label__[1],
            endpoint=entity.__tablename__,
            url=f"/admin/{entity.__tablename__}",
        )
        REGISTRY[entity] = self

    # Flask-Admin's scaffolding, answered from the declaration.

    def scaffold_form(self) -> Any:
        return forms.form_class(self.entity)

    def scaffold_list_columns(self) -> list[str]:
        return list(self.column_list)

    def scaffold_sortable_columns(self) -> dict[str, Any]:
        return {}

    def init_search(self) -> bool:
        return False

    def scaffold_filters(self, name: str) -> None:
        return None

    def _run_view(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        """Flask-Admin's own hides a TypeError of the view behind another one."""
        return fn(self, *args, **kwargs)

    # Rights.

    def is_accessible(self) -> bool:
        return viewer().may(self.entity, "read")

    def inaccessible_callback(self, name: str, **kwargs: Any) -> Any:
        if not viewer().is_person:
            return redirect(
                url_for(
                    "security.login", next=request.full_path if request.method == "GET" else None
                )
            )
        self.refuse("read")

    def refuse(self, verb: str, record_id: int | None = None) -> Any:
        """Answer 403 and enter the refusal in the audit."""
        acting = viewer()
        db.session.rollback()
        audit.note_alone(
            acting,
            Act.REFUSED,
            self.entity.__tablename__,
            record_id,
            place=request.remote_addr,
            verb=verb,
        )
        abort(403)

    def require(self, verb: str, record: Base | None = None) -> None:
        """Go on only where the viewer may do the verb, to the record if one is given."""
        acting = viewer()
        if not (acting.may(self.entity, verb) if record is None else acting.reaches(record, verb)):
            self.refuse(verb, record.id if record is not None else None)

    def get_one(self, record_id: Any) -> Any:
        """The record of an id in the address, or None where there is none or it is not reached."""
        text = str(record_id)
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            return None
        return db.session.get(self.entity, int(text))

    def record(self) -> Any:
        """The record that the address or form names; 404 otherwise."""
        found = self.get_one(request.values.get("id", ""))
        return found if found is not None else abort(404)

    # The list.

    @expose("/")
    def index_view(self) -> Any:
        state = self.state()
        page = lists.Page(state)
        for told in state.refused:
            flash(
                _("This filter was left out because it makes no sense: %(told)s", told=told), "warn"
            )
        return self.render(self.list_template, **self.list_context(state, page))

    def state(self) -> lists.State:
        """The list's state in the address."""
        return lists.read_state(self.entity, request.args, lang(), switched_province())

    def list_context(self, state: lists.State, page: lists.Page) -> dict[str, Any]:
        """Everything the list's template draws."""
        return {
            "title": self.name,
            "area": {"title": self.area, "url": url_for("admin.index")},
            "acts": self.list_acts(state),
            "views": self._views(state),
            "search": self._search(state),
            "chips": self._chips(state),
            "filter_menu": self._filter_menu(),
            "keep": self._keep(),
            "columns": self._columns(state),
            "columns_menu": self._columns_menu(state),
            "body": self._body(state, page),
            "bulk": self.bulk_acts(),
            "bulk_url": url_for(".action_view"),
            "pager": self._pager(state, page),
            "empty": self._empty(state),
            "row_acts": False,
        }

    def list_acts(self, state: lists.State) -> list[dict[str, Any]]:
        """The buttons over the list."""
        acts = []
        if viewer().may(self.entity, "create"):
            acts.append(
                {
                    "title": self.new_title(),
                    "url": url_for(".create_view"),
                    "primary": True,
                    "method": "get",
                }
            )
        if viewer().may(self.entity, "export"):
            acts.append(
                {
                    "title": _("Export (Excel)"),
                    "url": lists.address(".export_xlsx", state),
                    "method": "get",
                }
            )
        return acts

    def new_title(self) -> str:
        """What the button says that makes a record."""
        return _("Add %(what)s", what=self.entity.__label__[0])

    def bulk_acts(self) -> list[dict[str, Any]]:
        """What can be done to the ticked rows."""
        if not viewer().may(self.entity, "delete"):
            return []
        return [
            {"name": "delete", "title": _("Remove"), "confirm": _("Remove the selected records?")}
        ]

    def _views(self, state: lists.State) -> list[dict[str, Any]]:
        if not self.tabs:
            return []
        here = {f.key + f.operation: f.typed for f in state.filters}
        tabs = [(_("All"), {}), *((str(title), self.tab(query)) for title, query in self.tabs)]
        return [
            {
                "title": title,
                "url": url_for(".index_view", **query),
                "on": here == query,
                "count": None,
            }
            for title, query in tabs
        ]

    def tab(self, query: dict[str, Any]) -> dict[str, str]:
        """A tab's filters, with functions asked for today's value."""
        return {key: value() if callable(value) else value for key, value in query.items()}

    def _search(self, state: lists.State) -> dict[str, Any] | None:
        if not any(told.searched for told in fields(self.entity).values()):
            return None
        hint = (
            _("Under three letters, only beginnings are found.")
            if 0 < len(state.search) < 3
            else ""
        )
        return {
            "name": "search",
            "value": state.search,
            "hint": hint,
            "placeholder": _("Search in %(what)s", what=self.name),
        }

    def _chips(self, state: lists.State) -> list[dict[str, str]]:
        return [
            {"label": f.label, "remove_url": lists.address(".index_view", state, drop=f)}
            for f in state.filters
        ]

    def _filter_menu(self) -> list[dict[str, Any]]:
        menu = []
        for key, told in lists.filterable(self.entity).items():
            kind = lists.kind_of(self.entity, key)
            asked = [{"name": key + o["name"], "label": o["label"]} for o in lists.operations(kind)]
            menu.append(
                {
                    "key": key,
                    "label": told.label,
                    "kind": kind,
                    "operations": asked,
                    "options": self._filter_options(key, kind),
                }
            )
        return menu

    def _filter_options(self, key: str, kind: str) -> list[tuple[Any, str]]:
        column = inspect(self.entity).columns[key]
        if kind != "choice":
            return []
        if column.foreign_keys:
            return self.linked_options(key)
        return [(m.value, str(m.title)) for m in column.type.python_type]

    def linked_options(self, key: str) -> list[tuple[Any, str]]:
        """The records a filter on a link offers; asked for only when the menu is opened."""
        if request.args.get("menu") != key:
            return []
        return forms.options(forms.target_of(self.entity, key), "", 500)

    def _keep(self) -> list[tuple[str, str]]:
        return [
            (k, v)
            for k, v in request.args.items(multi=True)
            if k not in ("page", "after", "before", "menu", "lang")
        ]

    def _columns(self, state: lists.State) -> list[dict[str, Any]]:
        told, ordered = fields(self.entity), lists.sortable(self.entity)
        return [
            {
                "key": key,
                "label": told[key].label,
                "numeric": self._numeric(key),
                "optional": told[key].optional,
                "sorted": ("desc" if state.descending else "asc") if state.order_key == key else "",
                "sort_url": self._sort_url(state, key) if key in ordered else None,
            }
            for key in state.columns
        ]

    def _sort_url(self, state: lists.State, key: str) -> str:
        turned = state.order_key == key and not state.descending
        return lists.address(".index_view", state, sort=f"-{key}" if turned else key)

    def _css(self, key: str) -> str:
        """How a column's cells stand, as an attribute: figures to the right, dates on one line."""
        dated = inspect(self.entity).columns[key].type.python_type is date
        optional = fields(self.entity)[key].optional
        marks = {"r": self._numeric(key), "nw": dated, "opt": optional}
        found = " ".join(mark for mark, on in marks.items() if on)
        return f' class="{found}"' if found else ""

    def _numeric(self, key: str) -> bool:
        column = inspect(self.entity).columns[key]
        return not column.foreign_keys and cells.is_number(column.type.python_type)

    def _columns_menu(self, state: lists.State) -> list[dict[str, Any]]:
        told = fields(self.entity)
        return [
            {"key": k, "label": told[k].label, "on": k in state.columns}
            for k in lists.listable(self.entity)
        ]

    def _body(self, state: lists.State, page: lists.Page) -> Markup:
        """The rows as one string: cells are the greater part of a page's cost."""
        told, tongue = fields(self.entity), lang()
        prefix, tick = escape(url_for(".details_view", id="")), bool(self.bulk_acts())
        heads = [
            (key, f'<td{self._css(key)} data-label="{escape(told[key].label)}">')
            for key in state.columns[1:]
        ]
        last = 2 + len(state.columns)
        rows = []
        for row in page.rows:
            first = escape(forms.shorten(cells.text(row[2], tongue), 200)) or "–"
            rows.append("<tr>")
            if tick:
                rows.append(
                    f'<td class="c"><input type="checkbox" name="rowid" value="{row[0]}"'
                    f' form="bulk" aria-label="{first}"></td>'
                )
            rows.append(
                f'<th scope="row" class="first"><a class="num" href="{prefix}{row[0]}">{first}</a>'
            )
            if len(row) > last:
                under = escape(forms.shorten(cells.text(row[last], tongue), 120))
                rows.append(f"<span class=s>{under}</span>" if under else "")
            rows.append("</th>")
            for (key, opened), value in zip(heads, row[3:last], strict=True):
                rows.append(f"{opened}{self.cell(key, value, tongue)}</td>")
            rows.append("</tr>")
        return Markup("".join(rows))

    def cell(self, key: str, value: Any, tongue: str) -> Markup:
        """One value in the list."""
        return cells.html(forms.shorten(value, 120) if type(value) is str else value, tongue)

    def _pager(self, state: lists.State, page: lists.Page) -> dict[str, Any]:
        last = page.first - 1 + len(page.rows)
        total = f"{lists.CAP:,}+" if page.count > lists.CAP else f"{page.count:,}"
        text = _(
            "%(first)s–%(last)s of %(total)s",
            first=f"{page.first:,}",
            last=f"{last:,}",
            total=total,
        )
        go = {"next_url": None, "prev_url": None}
        if page.has_next:
            go["next_url"] = lists.address(
                ".index_view", state, page=state.page + 1, after=page.key(page.rows[-1])
            )
        if state.page > 1:
            before = page.key(page.rows[0]) if page.rows and state.page > 2 else None
            go["prev_url"] = lists.address(
                ".index_view", state, page=state.page - 1 if state.page > 2 else None, before=before
            )
        sizes = [
            {"n": n, "url": lists.address(".index_view", state, size=n), "on": n == state.size}
            for n in lists.SIZES
        ]
        return {
            "text": text if page.rows else "",
            "first_url": lists.address(".index_view", state) if state.page > 1 else None,
            "sizes": sizes if page.count > lists.SIZES[0] else [],
            **go,
        }

    def _empty(self, state: lists.State) -> dict[str, Any]:
        if state.search or state.filters:
            return {
                "title": _("Nothing matches"),
                "text": _("Change the search or remove a filter."),
                "act": {"title": _("Show all"), "url": url_for(".index_view")},
            }
        may = viewer().may(self.entity, "create")
        return {
            "title": _("Nothing here yet"),
            "text": self.empty_text(),
            "act": {"title": self.new_title(), "url": url_for(".create_view")} if may else None,
        }

    def empty_text(self) -> str:
        """What an empty list says to do next."""
        return _("Records appear here as soon as they are entered.")

    # Forms.

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
            if told.once:
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

    def write(self, form: Any, record: Base, made: bool) -> None:
        """What saving means; subclasses call a verb of the rules here."""
        self.populate(form, record)
        if made:
            self.give_home(record)

    def save(self, form: Any, record: Base) -> Response | None:
        """Save in one transaction; None where the form must be shown again with its errors."""
        work, made = db.session(), record.id is None
        form_id = form.form_id.data or ""
        try:
            if made and (known := self._submit_once(work, form_id)):
                return redirect(self.after_save_url(known))
            with work.no_autoflush:
                self.write(form, record, made)
            work.add(record)
            work.flush()
            if made and (sent := work.get(Submission, form_id)):
                sent.record_id = record.id
            record_id = record.id
            work.commit()
        except Broken as broken:
            return self._show_again(form, broken)
        except (StaleDataError, IntegrityError, DBAPIError) as error:
            return self._database_refused(form, error)
        except scope.Denied as denied:
            self.refuse(
                denied.verb, None if made else record_id if "record_id" in locals() else None
            )
        flash(_("Saved."), "ok")
        if request.form.get("_add_another"):
            return redirect(request.url)
        return redirect(self.after_save_url(record_id))

    def _submit_once(self, work: Session, form_id: str) -> int | None:
        """Claim the form's random id; the record of the first post where it was sent before."""
        if not 8 <= len(form_id) <= 64:
            raise Broken(_("This form is no longer valid. Open it again."))
        found = work.get(Submission, form_id)
        if found is not None:
            return self._first_record(found)
        work.add(
            Submission(
                form_id=form_id,
                user_id=viewer().user_id,
                entity=self.entity.__tablename__,
                record_id=None,
                at=dates.now(),
            )
        )
        try:
            work.flush()
        except IntegrityError:
            work.rollback()
            found = work.get(Submission, form_id)
            return self._first_record(found) if found else None
        return None

    def _first_record(self, sent: Submission) -> int | None:
        same = sent.user_id == viewer().user_id and sent.entity == self.entity.__tablename__
        if not same:
            raise Broken(_("This form is no longer valid. Open it again."))
        return sent.record_id

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
        back = request.values.get("url", "")
        return back if back.startswith("/admin/") else url_for(".details_view", id=record_id)

    def _form_page(self, form: Any, title: str, record_id: int | None) -> Any:
        cancel = url_for(".details_view", id=record_id) if record_id else url_for(".index_view")
        back = request.values.get("url", "")
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
            cancel_url=back if back.startswith("/admin/") else cancel,
            save_title=_("Save"),
            again=record_id is None,
            notice="",
        ), code

    def _conflict(self, form: Any, record: Base) -> Any:
        """Somebody else saved since: show both values and let the person choose."""
        choices = {n: request.form.get(f"keep-{n}") for n in fields(self.entity) if n in form}
        differing = [n for n in choices if getattr(record, n) != form[n].data]
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
                }
                for n in differing
            ],
            by=last.actor if last else "",
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

    # Details and history.

    @expose("/details/")
    def details_view(self) -> Any:
        record = self.record()
        return self.render(self.details_template, **self.details_context(record))

    def details_context(self, record: Any) -> dict[str, Any]:
        """Everything the record's page draws."""
        entries = audit.history(db.session(), self.entity.__tablename__, record.id, 5)
        return {
            "title": str(record),
            "chip": self.chip(record),
            "sub": self.sub(record),
            "crumbs": [
                {"title": self.area, "url": url_for("admin.index")},
                {"title": self.name, "url": url_for(".index_view")},
            ],
            "acts": self.record_acts(record),
            "steps": self.steps(record),
            "notices": self.notices(record),
            "groups": self.groups(record),
            "related": self.related_lists(record),
            "side": self.side(record),
            "story": [story.line(e, self.entity, lang()) for e in entries],
            "history_url": url_for(".history_view", id=record.id),
        }

    def chip(self, record: Any) -> Markup:
        """The record's state beside its title."""
        status = getattr(record, "status", None)
        return cells.chip(status) if status is not None else Markup("")

    def sub(self, record: Any) -> str:
        """The line under the title."""
        return str(self.entity.__label__[0])

    def steps(self, record: Any) -> list[dict[str, str]] | None:
        """Where the record stands on its path."""
        return None

    def notices(self, record: Any) -> list[dict[str, str]]:
        """What the person must know before anything else."""
        return []

    def side(self, record: Any) -> list[dict[str, Any]]:
        """Cards beside the facts."""
        return []

    def record_acts(self, record: Any) -> list[dict[str, Any]]:
        """The buttons over the record; the next act first."""
        acts = []
        if viewer().reaches(record, "edit"):
            acts.append(
                {"title": _("Edit"), "url": url_for(".edit_view", id=record.id), "method": "get"}
            )
        if viewer().reaches(record, "delete"):
            acts.append(
                {
                    "title": _("Remove"),
                    "url": url_for(".delete_view", id=record.id),
                    "method": "post",
                    "confirm": _("Remove “%(what)s”?", what=record),
                }
            )
        return acts

    def groups(self, record: Any) -> list[dict[str, Any]]:
        """The facts: every declared value that is not private."""
        rows = [
            [told.label, self.fact(record, key)]
            for key, told in fields(self.entity).items()
            if not told.private and key != "sort_key" and getattr(record, key) is not None
        ]
        return [{"title": "", "rows": rows}]

    def fact(self, record: Any, key: str) -> Markup:
        """One value on the record's page; a linked record is a link where it is reached."""
        value = getattr(record, key)
        if value is None or not inspect(self.entity).columns[key].foreign_keys:
            return cells.html(value, lang())
        target = forms.target_of(self.entity, key)
        label, url = forms.find(target, "", value), record_url(target, value)
        if label is None:
            return cells.DASH
        reachable = url and viewer().may(target, "read")
        return Markup('<a href="{}">{}</a>').format(url, label) if reachable else escape(label)

    def related_lists(self, record: Any) -> list[dict[str, Any]]:
        """Tables of the records that hang on this one."""
        return [
            self._related(record, child, key)
            for child, key in (self.children() if self.related is None else self.related)
            if viewer().may(child, "read") and child in REGISTRY
        ]

    def children(self) -> Iterable[tuple[type[Base], str]]:
        """Every entity whose form names this one as its parent."""
        for child in REGISTRY:
            for key, told in fields(child).items():
                column = inspect(child).columns[key]
                if not told.computed and any(
                    f.info.get("within") == self.entity.__tablename__ for f in column.foreign_keys
                ):
                    yield child, key

    def _related(self, record: Any, child: type[Base], key: str) -> dict[str, Any]:
        view, state = REGISTRY[child], lists.State(child)
        state.columns = [
            k for k, t in fields(child).items() if t.listed and k != key and not t.optional
        ][:5]
        where = getattr(child, key) == record.id
        rows = list(
            db.session.execute(
                lists.columns_of(child, state.columns, state.order_key)
                .where(where)
                .order_by(*_ordered(child))
                .limit(10)
            )
        )
        count = (
            len(rows)
            if len(rows) < 10
            else db.session.scalar(select(func.count()).select_from(child).where(where))
        )
        new = {
            "title": view.new_title(),
            "url": url_for(
                f"{view.endpoint}.create_view", **{key: record.id, "url": request.full_path}
            ),
        }
        may = viewer().may(child, "create")
        return {
            "title": view.name,
            "count": count,
            "url": url_for(f"{view.endpoint}.index_view", **{key: record.id}),
            "new": new if may else None,
            "columns": view._columns(state),
            "body": view.rows_html(state, rows),
            "empty": _("Nothing here yet"),
        }

    def rows_html(self, state: lists.State, rows: list[Any]) -> Markup:
        """Rows drawn outside the list, on a parent's page."""
        told, tongue = fields(self.entity), lang()
        prefix = escape(url_for(f"{self.endpoint}.details_view", id=""))
        drawn = []
        for row in rows:
            first = (
                escape(forms.shorten(cells.text(row._mapping[state.columns[0]], tongue), 120))
                or "–"
            )
            rest = "".join(
                f'<td data-label="{escape(told[k].label)}">{self.cell(k, row._mapping[k], tongue)}</td>'
                for k in state.columns[1:]
            )
            drawn.append(
                f'<tr><th scope="row" class="first"><a class="num" href="{prefix}{row.id}">{first}</a></th>{rest}</tr>'
            )
        return Markup("".join(drawn))

    @expose("/history/")
    def history_view(self) -> Any:
        record = self.record()
        entries = audit.history(db.session(), self.entity.__tablename__, record.id)
        return self.render(
            "history.html",
            title=_("History of %(what)s", what=record),
            pager=None,
            crumbs=[
                {"title": self.name, "url": url_for(".index_view")},
                {"title": str(record), "url": url_for(".details_view", id=record.id)},
            ],
            entries=[story.entry(e, self.entity, lang(), self._history_value) for e in entries],
        )

    def _history_value(self, key: str, value: Any) -> str:
        column = inspect(self.entity).columns.get(key)
        if value is not None and column is not None and column.foreign_keys:
            return forms.find(forms.target_of(self.entity, key), "", value) or str(value)
        return story.value(column, value, lang())

    # Removing, exporting, looking up.

    @expose("/delete/", methods=("POST",))
    def delete_view(self) -> Any:
        record = self.record()
        self.require("delete", record)
        if self._remove([record]):
            flash(_("Removed."), "ok")
            return redirect(url_for(".index_view"))
        return redirect(url_for(".details_view", id=record.id))

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
        if told is None or told.computed or not inspect(self.entity).columns[key].foreign_keys:
            abort(404)
        g.form_verb = (self.entity, verb)
        found = forms.look_up(forms.target_of(self.entity, key), key, request.args.get("q", ""))
        return [{"id": record_id, "text": label, "sub": ""} for record_id, label in found]

    @expose("/export/xlsx/")
    def export_xlsx(self) -> Any:
        from admin_views import exports

        self.require("export")
        return exports.answer(self, self.state())

    @expose("/export/<export_type>/")
    def export(self, export_type: str) -> Any:
        abort(404)

    @expose("/ajax/lookup/")
    def ajax_lookup(self) -> Any:
        abort(404)

    @expose("/ajax/update/", methods=("POST",))
    def ajax_update(self) -> Any:
        abort(404)


def _ordered(entity: type[Base]) -> list[Any]:
    key = entity.__order__.lstrip("-")
    column = getattr(entity, key)
    return [column.desc() if entity.__order__.startswith("-") else column.asc(), entity.id]


__all__ = ["REGISTRY", "EntityView", "gettext", "lang", "record_url", "session", "viewer"]
