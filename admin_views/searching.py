"""Search over everything the person reaches: the newest hits of each kind of record."""

from typing import Any

from flask import request, url_for
from flask_admin import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from access import search
from access.database import db
from admin_views import cells, forms, lists
from admin_views.acting import Door
from admin_views.base import REGISTRY, EntityView, lang, record_url, switched_province, viewer
from entities import thai
from entities.base import Base

EACH = 8


class SearchView(Door, BaseView):
    """The page behind the search box of the top bar."""

    def __init__(self) -> None:
        super().__init__(name=_l("Search"), endpoint="search", url="/admin/search")

    @expose("/")
    def index(self) -> Any:
        q = thai.normalise(request.args.get("q", ""))[:200]
        groups = list(filter(None, (_hits(view, q) for view in REGISTRY.values()))) if q else []
        short = 0 < len(q) < search.SHORTEST
        return self.render(
            "search.html", title=_("Search"), q=q, groups=groups,
            hint=_("Under three letters, only beginnings are found.") if short else "",
            empty={"title": _("Nothing was found"), "text": _("Try fewer letters, or another word.")} if q else None,
        )  # fmt: skip


def _hits(view: EntityView, q: str) -> dict[str, Any] | None:
    """The newest hits of one kind of record, where the person reads it."""
    entity = view.entity
    if not viewer().may(entity, "read"):
        return None
    ids = search.find(db.session(), entity, q, switched_province(), EACH + 1)
    if not ids:
        return None
    more = url_for(f"{view.endpoint}.index_view", search=q) if len(ids) > EACH else None
    return {"title": view.name, "rows": _rows(entity, ids[:EACH]), "more_url": more, "url": more}


def _rows(entity: type[Base], ids: list[int]) -> list[dict[str, Any]]:
    """The hits as a list of links, each with the second line that the entity names."""
    statement = lists.columns_of(entity, [forms.label_column(entity).key], "id")
    found = db.session.execute(statement.where(entity.id.in_(ids)).order_by(entity.id.desc()))
    return [
        {
            "title": forms.shorten(str(row[2])), "url": record_url(entity, row[0]),
            "sub": forms.shorten(cells.text(row[3], lang()), 120) if len(row) > 3 else "",
        }
        for row in found
    ]  # fmt: skip
