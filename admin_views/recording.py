"""The page of one record: where it stands, its facts, what hangs on it, its history."""

from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar

from flask import request, url_for
from flask_admin import expose
from flask_babel import gettext as _
from markupsafe import Markup, escape
from sqlalchemy import and_, func, inspect, select

from access import audit
from access.database import db
from admin_views import cells, forms, lists, story
from admin_views.acting import REGISTRY, lang, record_url, viewer
from entities import money
from entities.base import Base, fields
from rules import territory


class RecordPages:
    """What a record's page tells."""

    along: ClassVar[tuple[Any, ...]] = ()
    """Links of the record that its page names."""

    @expose("/details/")
    def details_view(self) -> Any:
        record = self.record(self.along)
        return self.render(self.details_template, **self.details_context(record))

    def details_context(self, record: Any) -> dict[str, Any]:
        """Everything the record's page draws."""
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
            "story": self.changes(record),
            "history_url": url_for(".history_view", id=record.id),
        }

    def changes(self, record: Any) -> list[dict[str, Any]]:
        """What was changed last, as the page tells it."""
        return [story.line(one, self.entity, lang()) for one in self.entries(record, 5)]

    def entries(self, record: Any, limit: int = 200) -> list[Any]:
        """What the audit tells of a record, the newest first."""
        return audit.history(db.session(), self.entity.__tablename__, record.id, limit)

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
        if not isinstance(record, territory.PLACED):
            return []
        elsewhere = territory.foreign_district(record, db.session())
        return [{"kind": "warn", "text": territory.said(elsewhere)}] if elsewhere else []

    def side(self, record: Any) -> list[dict[str, Any]]:
        """Cards beside the facts."""
        return []

    def record_acts(self, record: Any) -> list[dict[str, Any]]:
        """The buttons over the record; the next act first."""
        acts = []
        if viewer().reaches(record, "edit"):
            acts.append(
                {
                    "title": _("Edit"),
                    "url": url_for(f"{self.endpoint}.edit_view", id=record.id),
                    "method": "get",
                }
            )
        if viewer().reaches(record, "delete"):
            acts.append(
                {
                    "title": _("Remove"),
                    "url": url_for(f"{self.endpoint}.delete_view", id=record.id),
                    "method": "post",
                    "confirm": _("Remove “%(what)s”?", what=record),
                }
            )
        return acts

    def groups(self, record: Any) -> list[dict[str, Any]]:
        """The facts: every declared value that is neither private nor derived."""
        rows = [
            [told.label, self.fact(record, key)]
            for key, told in fields(self.entity).items()
            if not (told.private or told.derived or key == "sort_key")
            and getattr(record, key) is not None
        ]
        return [{"title": "", "rows": rows}]

    def fact(self, record: Any, key: str) -> Markup:
        """One value on the record's page; a linked record is a link where it is reached."""
        value = getattr(record, key)
        if isinstance(value, Decimal):
            return Markup('<span class="amount">{}</span>').format(money.shown(value))
        if value is None or not inspect(self.entity).columns[key].foreign_keys:
            return cells.html(value, lang())
        target = forms.target_of(self.entity, key)
        linked, url = db.session.get(target, value), record_url(target, value)
        label = forms.label_of(linked) if linked is not None else None
        if label is None:
            return cells.DASH
        reachable = url and viewer().may(target, "read")
        return Markup('<a href="{}">{}</a>').format(url, label) if reachable else escape(label)

    def related_lists(self, record: Any) -> list[dict[str, Any]]:
        """Tables of the records that hang on this one."""
        return [
            self._related(record, child, key)
            for child, key in (self.children if self.related is None else self.related)
            if viewer().may(child, "read") and child in REGISTRY
        ]

    @cached_property
    def children(self) -> list[tuple[type[Base], str]]:
        """Every entity whose form names this one as its parent, with the column that does."""
        return [
            (child, key)
            for child in REGISTRY
            for key, told in fields(child).items()
            if not told.computed and self._names_this(inspect(child).columns[key])
        ]

    def _names_this(self, column: Any) -> bool:
        within = self.entity.__tablename__
        return any(link.info.get("within") == within for link in column.foreign_keys)

    def _related(self, record: Any, child: type[Base], key: str) -> dict[str, Any]:
        view, state = REGISTRY[child], lists.State(child)
        state.columns = view.brief_columns(key)
        kept = view.standing()
        where = and_(getattr(child, key) == record.id, *kept.values())
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
            "url": url_for(
                f"{view.endpoint}.index_view", **{key: record.id}, **dict.fromkeys(kept, "1")
            ),
            "new": new if may else None,
            "columns": view._columns(state),
            "body": view.rows_html(state, rows),
            "empty": _("Nothing here yet"),
        }

    def brief_columns(self, key: str) -> list[str]:
        """The columns shown of this entity's rows on the page of the parent that `key` names."""
        told = fields(self.entity).items()
        return [k for k, t in told if t.listed and k != key and not t.optional][:5]

    def standing(self) -> dict[str, Any]:
        """What a parent's page keeps to, as list filters with their conditions: the rows in force."""
        return {}

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
                f'<td{self._css(k)} data-label="{escape(told[k].label)}">'
                f"{cells.brief(row._mapping[k], tongue)}</td>"
                for k in state.columns[1:]
            )
            drawn.append(
                f'<tr><th scope="row" class="first"><a class="num" href="{prefix}{row.id}">{first}</a></th>{rest}</tr>'
            )
        return Markup("".join(drawn))

    @expose("/history/")
    def history_view(self) -> Any:
        record = self.record()
        entries = self.entries(record)
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


def _ordered(entity: type[Base]) -> list[Any]:
    key = entity.__order__.lstrip("-")
    column = getattr(entity, key)
    return [column.desc() if entity.__order__.startswith("-") else column.asc(), entity.id]
