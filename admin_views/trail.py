"""The audit as the auditor reads it: newest first, filtered by act, record, person and day."""

from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import abort, redirect, request, url_for
from flask_admin import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape
from sqlalchemy import Select, select

from access.database import db
from admin_views import cells, story
from admin_views.acting import Door
from admin_views.base import REGISTRY, lang, switched_province, viewer
from entities import dates, thai
from entities.vocabulary import Act
from models import AuditEntry, UserAccount

PAGE = 50


class AuditView(Door, BaseView):
    """/admin/audit_entry/: read only, kept to the viewer's provinces by the scope."""

    def __init__(self) -> None:
        super().__init__(name=_l("Audit"), endpoint="audit_entry", url="/admin/audit_entry")

    def is_accessible(self) -> bool:
        return viewer().may(AuditEntry, "read")

    @expose("/")
    def index(self) -> Any:
        asked, refused = _asked()
        rows = newest(narrowed(asked), PAGE + 1)
        return self.render(
            "list.html", title=self.name, sub=refused, area=None, acts=_acts(asked), views=[], search=None,
            row_acts=False,
            chips=_chips(asked), filter_menu=_menu(), keep=[(k, v) for k, v in asked.items() if k != "before"],
            columns=_columns(), body=_body(rows[:PAGE]),
            bulk=[], bulk_url="", pager=_pager(asked, rows),
            empty={"title": _("Nothing matches"), "text": _("Change the search or remove a filter."), "act": None},
        )  # fmt: skip

    @expose("/details/")
    @expose("/history/")
    def details(self) -> Any:
        """An entry among those of its record, which it never leaves; nothing of it ever changes."""
        text = request.args.get("id", "")
        key = int(text) if _sane("before", text) else 0
        found = db.session.scalar(select(AuditEntry).where(AuditEntry.id == key)) or abort(404)
        record = {"record_id": str(found.record_id)} if found.record_id else {}
        return redirect(_address({}, entity=found.entity, **record, before=str(key + 1)))

    @expose("/export/xlsx/")
    def export_xlsx(self) -> Any:
        """What the page shows as a workbook, every entry of it."""
        from admin_views import trail_export

        if not viewer().may(AuditEntry, "export"):
            self.refuse("export")
        asked, _refused = _asked()
        told = [
            f"{LABELS[key]}: {_shown(key, value)}" for key, value in asked.items() if key in LABELS
        ]
        asked.pop("before", None)
        return trail_export.answer(str(self.name), narrowed(asked), "; ".join(told))


def _acts(asked: dict[str, str]) -> list[dict[str, Any]]:
    if not viewer().may(AuditEntry, "export"):
        return []
    kept = urlencode({key: value for key, value in asked.items() if key != "before"})
    url = f"{url_for('audit_entry.export_xlsx')}{'?' if kept else ''}{kept}"
    return [{"title": _("Export (Excel)"), "url": url, "method": "get"}]


def _chips(asked: dict[str, str]) -> list[dict[str, str]]:
    return [
        {
            "label": f"{LABELS[key]}: {_shown(key, value)}",
            "remove_url": _address(asked, **{key: None}),
        }
        for key, value in asked.items()
        if key in LABELS
    ]


def _pager(asked: dict[str, str], rows: list[Any]) -> dict[str, Any]:
    first = url_for("audit_entry.index") if "before" in asked else None
    more = _address(asked, before=rows[PAGE - 1][0].id) if len(rows) > PAGE else None
    return {"text": "", "first_url": first, "prev_url": None, "next_url": more, "sizes": []}


LABELS = {
    "act": _l("Act"), "entity": _l("Kind of record"), "record_id": _l("Record number"),
    "actor": _l("Who"), "from": _l("From day"), "to": _l("To day"),
}  # fmt: skip


def _asked() -> tuple[dict[str, str], str]:
    """The filters in the address that make sense, and a word about those that do not."""
    asked, wrong = {}, []
    for key in (*LABELS, "before"):
        typed = request.args.get(key, "").strip()[:100]
        if not typed:
            continue
        if _sane(key, typed):
            asked[key] = typed
        else:
            wrong.append(typed)
    told = _("This filter was left out because it makes no sense: %(told)s", told=", ".join(wrong))
    return asked, told if wrong else ""


def _sane(key: str, typed: str) -> bool:
    if key in ("record_id", "before"):
        return typed.isascii() and typed.isdigit() and len(typed) < 19
    if key == "act":
        return typed in {act.value for act in Act}
    if key in ("from", "to"):
        try:
            dates.parse_date(typed)
        except ValueError:
            return False
    return True


def narrowed(asked: dict[str, str]) -> Select[Any]:
    """The entries that the filters ask for, of the province that the switch names."""
    statement = select(AuditEntry)
    for key in ("act", "entity", "actor"):
        if key in asked:
            statement = statement.where(getattr(AuditEntry, key) == asked[key])
    if "record_id" in asked:
        statement = statement.where(AuditEntry.record_id == int(asked["record_id"]))
    if "before" in asked:
        statement = statement.where(AuditEntry.id < int(asked["before"]))
    if "from" in asked:
        statement = statement.where(AuditEntry.at >= _instant(asked["from"], 0))
    if "to" in asked:
        statement = statement.where(AuditEntry.at < _instant(asked["to"], 1))
    province_id = switched_province()
    return (
        statement if province_id is None else statement.where(AuditEntry.province_id == province_id)
    )


def newest(statement: Select[Any], many: int) -> list[Any]:
    """So many entries, the newest first, each with the name of the person whose account it was."""
    named = statement.outerjoin(UserAccount, UserAccount.id == AuditEntry.actor_id)
    ordered = named.add_columns(UserAccount.name).order_by(AuditEntry.id.desc())
    return list(db.session.execute(ordered.limit(many)))


def _instant(typed: str, later: int) -> str:
    """The beginning of a Bangkok day, some days later, as entries keep their moment."""
    day = dates.parse_date(typed) + timedelta(days=later)
    return datetime.combine(day, time(), dates.BANGKOK).astimezone(dates.now().tzinfo).isoformat()


def _shown(key: str, value: str) -> str:
    if key == "act":
        return str(Act(value).title)
    return title_of(value) if key == "entity" else value


def title_of(table: str) -> str:
    """What a kind of record is called."""
    found = next((e for e in REGISTRY if e.__tablename__ == table), None)
    return str(found.__label__[0]) if found else table


def _address(asked: dict[str, str], **changed: Any) -> str:
    kept = {
        k: v
        for k, v in {**asked, **changed}.items()
        if v is not None and (k != "before" or "before" in changed)
    }
    return f"{url_for('audit_entry.index')}?{urlencode(kept)}"


def _menu() -> list[dict[str, Any]]:
    kinds = [(e.__tablename__, str(e.__label__[0])) for e in REGISTRY]
    options = {
        "act": [(a.value, str(a.title)) for a in Act],
        "entity": sorted(kinds, key=lambda k: k[1]),
    }
    shape = {
        "act": "choice",
        "entity": "choice",
        "record_id": "number",
        "actor": "text",
        "from": "date",
        "to": "date",
    }
    return [
        {"key": k, "label": LABELS[k], "kind": shape[k], "options": options.get(k, []),
         "operations": [{"name": k, "label": _("is")}]}
        for k in LABELS
    ]  # fmt: skip


def _columns() -> list[dict[str, Any]]:
    titles = [_("Record"), _("Act"), _("Who"), _("When"), _("From"), _("What changed")]
    return [
        {
            "key": str(n),
            "label": title,
            "numeric": False,
            "sort_url": None,
            "sorted": "",
            "optional": n > 3,
        }
        for n, title in enumerate(titles)
    ]


def _body(rows: list[Any]) -> Markup:
    """Entries as rows, each with the name of the person whose account it was."""
    kept = untold([one for one, _person in rows])
    return Markup("").join(
        _row(one, person, named=(one.entity, one.record_id) not in kept) for one, person in rows
    )


def untold(rows: list[AuditEntry]) -> set[tuple[str, int | None]]:
    """The records whose very name is kept from the viewer: what few read was entered under it once."""
    told: set[tuple[str, int | None]] = set()
    for entity in (e for e in REGISTRY if e.__read_by__):
        ids = {one.record_id for one in rows if one.entity == entity.__tablename__}
        read = set(db.session.scalars(select(entity.id).where(entity.id.in_(ids)))) if ids else ids
        told |= {(entity.__tablename__, key) for key in ids - read}
    return told


def _row(entry: AuditEntry, person: str | None, *, named: bool = True) -> Markup:
    signs = entry.entity == "user_account" and entry.act in (Act.SIGN_IN.value, Act.SIGN_OUT.value)
    record = entry.record if named else None
    name = record or (entry.actor if signs else entry.record_id) or ""
    head = f"{title_of(entry.entity)} {name}".strip()
    url = _address(
        {}, entity=entry.entity, **({"record_id": entry.record_id} if entry.record_id else {})
    )
    return Markup(
        '<tr><th scope="row" class="first"><a class="num" href="{}">{}</a></th><td data-label="{}">{}</td>'
        '<td data-label="{}">{}</td><td class="nw" data-label="{}">{}</td>'
        '<td class="opt">{}</td><td class="opt">{}</td></tr>'
    ).format(
        url, thai.shorten(head, 120), _("Act"), cells.chip(Act(entry.act)), _("Who"), _who(entry, person), _("When"),
        story.moment(entry.at, lang()), story.place(entry.place), escape(changes_of(entry)),
    )  # fmt: skip


def _who(entry: AuditEntry, person: str | None) -> Markup:
    """The person, and under the name the account by which entries are filtered."""
    if not person or person == entry.actor:
        return escape(story.actor(entry.actor))
    return Markup('{}<span class="s">{}</span>').format(person, entry.actor)


def changes_of(entry: AuditEntry) -> str:
    """What an entry tells in one line."""
    found = next((e for e in REGISTRY if e.__tablename__ == entry.entity), None)
    return story.summary(entry, found, lang())
