"""The list page of an entity: its state in the address, drawn as rows."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time
from functools import lru_cache
from typing import Any, ClassVar
from urllib.parse import urlencode

from flask import flash, get_template_attribute, redirect, request, url_for
from flask_admin import expose
from flask_babel import gettext as _
from markupsafe import Markup, escape
from sqlalchemy import inspect
from werkzeug.datastructures import MultiDict

from admin_views import cells, forms, lists, saved
from admin_views.acting import lang, switched_province, viewer
from admin_views.words import said
from entities.base import SHORT, Base, fields

KEPT, ASKED = "\ue000", "\ue001"
"""Where a filter menu that was drawn beforehand takes up the state of the list."""
_filters: dict[tuple[Any, ...], str] = {}
ABOUT = ("subject", "title", "item", "task", "description")
"""Columns that say what a record is about: the words by which people look for it."""


class ListPages:
    """What the list shows: acts, tabs, search, filters, columns, rows, pages."""

    beside: ClassVar[tuple[str, ...]] = ()
    """Columns of the entity's own that `marks` reads of a row, shown or not."""

    @expose("/")
    def index_view(self) -> Any:
        if not request.args and (first := saved.opens_first(self.entity)):
            return redirect(f"{url_for('.index_view')}?{first.query}")
        state = self.state()
        page = lists.Page(state)
        for told in state.refused:
            flash(
                _("This filter was left out because it makes no sense: %(told)s", told=told), "warn"
            )
        return self.render(self.list_template, **self.list_context(state, page))

    def state(self) -> lists.State:
        """The list's state in the address."""
        state = self.read(request.args, saved.columns(self.entity))
        state.opens_otherwise = saved.opens_first(self.entity) is not None
        return state

    def read(self, args: MultiDict[str, str], usual: Sequence[str] = ()) -> lists.State:
        """The state that an address asks for; `usual` as in `lists.read_state`."""
        state = lists.read_state(self.entity, args, lang(), switched_province(), usual)
        state.beside = self.beside
        return state

    def list_context(self, state: lists.State, page: lists.Page) -> dict[str, Any]:
        """Everything the list's template draws."""
        return {
            "title": self.name,
            "area": {"title": self.area, "url": url_for("admin.index")},
            "acts": self.list_acts(state),
            "views": self._views(state),
            "view_form": saved.form(self.entity, state),
            "search": self._search(state),
            "chips": self._chips(state),
            "filter_html": self._filter_html(),
            "keep": self._keep(),
            "columns": self._columns(state),
            "picks": _picks(self.entity, tuple(state.columns), lang()),
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
        return _("Add %(what)s", what=said(self.entity.__label__[0]))

    def bulk_acts(self) -> list[dict[str, Any]]:
        """What can be done to the ticked rows."""
        if not viewer().may(self.entity, "delete"):
            return []
        return [
            {"name": "delete", "title": _("Remove"), "confirm": _("Remove the selected records?")}
        ]

    def _views(self, state: lists.State) -> list[dict[str, Any]]:
        """The tabs: those of the list itself, the person's own, those that the office shares."""
        kept = saved.tabs(self.entity, state, url_for(".index_view"))
        if not self.tabs and not kept:
            return []
        here = {f.key + f.operation: f.typed for f in state.filters}
        named = [(str(title), self.tab(query)) for title, query in self.tabs]
        otherwise = any(tab["on"] for tab in kept)
        whole = {"all": 1} if state.opens_otherwise else {}
        return [
            {
                "title": title,
                "url": url_for(".index_view", **(query or whole)),
                "on": here == query and not otherwise,
                "count": None,
            }
            for title, query in [(_("All"), {}), *named]
        ] + kept

    def tab_queries(self) -> list[MultiDict[str, str]]:
        """What each tab asks for, in their order; the first asks for all."""
        named = [{}, *(self.tab(query) for _title, query in self.tabs)]
        return [*map(MultiDict, named), *saved.queries(self.entity)]

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

    def _filter_html(self) -> Markup:
        """The filter menu, drawn once in each language but for the state that it carries along."""
        keep = self._keep()
        kept, asked = _hidden(keep), f"{urlencode(keep)}&" if keep else ""
        if opened := request.args.get("menu"):
            return self._drawn_filters(opened, kept, asked)
        key = (self.endpoint, lang(), tuple(lists.filterable(self.entity)))
        if key not in _filters:
            _filters[key] = str(self._drawn_filters("", Markup(KEPT), ASKED))
        return Markup(_filters[key].replace(ASKED, escape(asked)).replace(KEPT, kept))

    def _drawn_filters(self, opened: str, kept: Markup, asked: str) -> Markup:
        menu = self._filter_menu()
        draw = get_template_attribute("parts/filter.html", "filters")
        return draw(menu, opened, kept, asked) if menu else Markup("")

    def _filter_menu(self) -> list[dict[str, Any]]:
        menu = []
        for key, told in lists.filterable(self.entity).items():
            kind = lists.kind_of(self.entity, key)
            asked = [{"name": key + o["name"], "label": o["label"]} for o in lists.operations(kind)]
            menu.append(
                {
                    "key": key,
                    "label": said(told.label),
                    "kind": kind,
                    "operations": asked,
                    "options": self._filter_options(key, kind),
                }
            )
        derived = lists.DERIVED.get(self.entity, {})
        return menu + [_derived(name, one) for name, one in derived.items()]

    def _filter_options(self, key: str, kind: str) -> list[tuple[Any, str]]:
        column = inspect(self.entity).columns[key]
        if kind != "choice":
            return []
        if column.foreign_keys:
            return self.linked_options(key)
        return [(m.value, said(m.title)) for m in column.type.python_type]

    def linked_options(self, key: str) -> list[tuple[Any, str]]:
        """The records a filter on a link offers; asked for only when the menu is opened."""
        if request.args.get("menu") != key:
            return []
        return forms.options(forms.target_of(self.entity, key), "", 500)

    def _keep(self) -> list[tuple[str, str]]:
        return [
            (k, v)
            for k, v in request.args.items(multi=True)
            if k not in ("page", "after", "before", "menu", "lang", "picking", "all")
        ]

    def _columns(self, state: lists.State) -> list[dict[str, Any]]:
        told, ordered = fields(self.entity), lists.sortable(self.entity)
        direction = "desc" if state.descending else "asc"
        return [
            {
                "key": key,
                "label": said(told[key].label),
                "numeric": self._numeric(key),
                "optional": told[key].optional,
                "sorted": direction if state.order_key == order else "",
                "sort_url": self._sort_url(state, order) if order in ordered else None,
            }
            for key in state.columns
            for order in [self._order_of(key)]
        ]

    def _order_of(self, key: str) -> str:
        """The column that orders by another: Thai names go by their sort key."""
        thai_order = key == "name" and "sort_key" in inspect(self.entity).columns
        return "sort_key" if thai_order else key

    def _sort_url(self, state: lists.State, key: str) -> str:
        turned = state.order_key == key and not state.descending
        return lists.address(".index_view", state, sort=f"-{key}" if turned else key)

    def _css(self, key: str) -> str:
        """How a column's cells stand, as an attribute.

        Figures to the right; dates, times and numbers as they are written on one line; room for
        names of other records and for what a record is about.
        """
        column = inspect(self.entity).columns[key]
        marks = {
            "r": self._numeric(key),
            "nw": column.type.python_type in (date, time) or key == "number",
            "w": bool(column.foreign_keys) or key in ABOUT,
            "opt": fields(self.entity)[key].optional,
        }
        found = " ".join(mark for mark, on in marks.items() if on)
        return f' class="{found}"' if found else ""

    def _say(self, key: str) -> str:
        """The mark of a first column that is a sentence and no short name."""
        length = getattr(inspect(self.entity).columns[key].type, "length", 0) or 0
        return " say" if length > SHORT.length else ""

    def _numeric(self, key: str) -> bool:
        column = inspect(self.entity).columns[key]
        return not column.foreign_keys and cells.is_number(column.type.python_type)

    def _body(self, state: lists.State, page: lists.Page) -> Markup:
        """The rows as one string: cells are the greater part of a page's cost.

        Of each column a value is drawn once, however many rows have it.
        """
        told, tongue = fields(self.entity), lang()
        prefix, tick = escape(url_for(".details_view", id="")), bool(self.bulk_acts())
        heads: list[tuple[str, dict[Any, str]]] = [
            (f'<td{self._css(key)} data-label="{escape(said(told[key].label))}">', {})
            for key in state.columns[1:]
        ]
        last, marks = 2 + len(state.columns), self.marks(page.rows)
        context = bool(lists.context_of(self.entity, state.columns))
        head = f'<th scope="row" class="first{self._say(state.columns[0])}"><a class="num"'
        rows = []
        for row in page.rows:
            first = escape(forms.shorten(cells.text(row[2], tongue), 200)) or self.nameless()
            rows.append("<tr>")
            if tick:
                rows.append(
                    f'<td class="c"><input type="checkbox" name="rowid" value="{row[0]}"'
                    f' form="bulk" aria-label="{first}"></td>'
                )
            rows.append(f'{head} href="{prefix}{row[0]}">{first}</a>')
            if context:
                under = escape(self.under(forms.shorten(cells.text(row[last], tongue), 120)))
                rows.append(f"<span class=s>{under}</span>" if under else "")
            rows.append(f"{marks.get(row[0], '')}</th>")
            for (opened, drawn), value in zip(heads, row[3:last], strict=True):
                cell = drawn.get(value)
                if cell is None:
                    cell = drawn[value] = f"{opened}{cells.brief(value, tongue)}</td>"
                rows.append(cell)
            rows.append("</tr>")
        return Markup("".join(rows))

    def nameless(self) -> str:
        """What a row is called whose first column is empty."""
        return "–"

    def under(self, context: str) -> str:
        """What stands under a row's name: its entity's context, as short as can be understood."""
        return context

    def marks(self, rows: Sequence[Any]) -> dict[int, Markup]:
        """What stands under the name of a row and is no column, worked out once for the page.

        Each row has its id, the columns shown and those of `beside` as attributes.
        """
        return {}

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

    @staticmethod
    def _bare(state: lists.State) -> lists.State:
        return replace(state, search="", filters=[], sort="")

    def _empty(self, state: lists.State) -> dict[str, Any]:
        if state.search or state.filters:
            return {
                "title": _("Nothing matches"),
                "text": _("Change the search or remove a filter."),
                "act": {
                    "title": _("Show all"),
                    "url": lists.address(".index_view", self._bare(state)),
                },
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


@lru_cache(maxsize=1000)
def _picks(entity: type[Base], shown: tuple[str, ...], _tongue: str) -> Markup:
    """The columns shown, in their order, and then the others: to be ticked and moved.

    Drawn once in each language for the same columns.
    """
    told = fields(entity)
    menu = [
        {"key": key, "label": said(told[key].label), "on": key in shown}
        for key in dict.fromkeys([*shown, *lists.listable(entity)])
    ]
    return Markup(get_template_attribute("parts/views.html", "picks")(menu))


def _hidden(keep: list[tuple[str, str]]) -> Markup:
    """The state of a list as hidden fields."""
    return Markup(
        "".join(
            f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
            for name, value in keep
        )
    )


def _derived(name: str, one: lists.Derived) -> dict[str, Any]:
    """A filter that stands on no column, as the menu draws it."""
    asked = [{"name": name, "label": _("is")}]
    return {
        "key": name, "label": said(one.label), "kind": "choice", "operations": asked,
        "options": one.choices(),
    }  # fmt: skip
