"""Taking over an older log of cases: its file and its columns, how its rows are shown."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_admin import expose
from flask_admin.form import BaseForm
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import select
from werkzeug.exceptions import NotFound
from wtforms.validators import ValidationError

from access.database import db
from admin_views import brought, cells
from admin_views.acting import lang, viewer
from admin_views.brought import Brought, TableField
from admin_views.fields import PickField, Required
from admin_views.import_pages import Import, ImportPages, Told
from admin_views.verbs import Ask, form_of
from entities import dates
from entities.base import Text
from entities.vocabulary import ComplaintStatus
from figures.complaint_board import OPEN
from models import Complaint, Province
from rules import complaint_log
from rules.complaint_log import LogRow, Preview, Proposal
from rules.proposals import Fate
from workbooks import complaint_log as logs
from workbooks.opened import Unreadable

TABS: dict[str, tuple[Text, tuple[Fate, ...]]] = {
    "all": (_l("All"), tuple(Fate)),
    "new": (_l("Certain"), (Fate.NEW,)),
    "doubtful": (_l("Doubtful"), (Fate.DOUBTFUL,)),
    "known": (_l("Imported before"), (Fate.KNOWN,)),
    "fault": (_l("Faults"), (Fate.FAULT,)),
}
CHIPS: dict[Fate, tuple[str, str, Text]] = {
    Fate.NEW: ("ok", "✓", _l("New case")),
    Fate.DOUBTFUL: ("warn", "?", _l("Doubtful")),
    Fate.KNOWN: ("", "•", _l("Imported before")),
    Fate.FAULT: ("bad", "✕", _l("Fault")),
}


def provinces() -> list[tuple[int, str]]:
    """The provinces whose centres the viewer may take cases over for."""
    reach = viewer().reach(Complaint, "take_over").province_id
    found = select(Province.id, Province.name).where(Province.id.in_(reach))
    return [(row[0], row[1]) for row in db.session.execute(found.order_by(Province.id))]


class LogForm(BaseForm):
    """The file, and the province where there is more than one."""

    file = TableField(
        _l("File of the log"),
        description=_l(
            "Excel (xlsx, xls), OpenDocument (ods) or csv: one row for each case, several agencies"
            " parted by /. The columns are found by their headings, or chosen by you: %(names)s.",
            names=", ".join(one.headings[0] for one in logs.LOG.targets),
        ),
        validators=[Required()],
        render_kw={"accept": brought.ENDINGS},
    )
    province = PickField(
        _l("Province"), validators=[Required()], options=provinces, blank=False,
        find=lambda key: dict(provinces()).get(key), lookup=lambda: "",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(self.province.rows()) < 2:
            del self.province


class OfLogs(Import):
    """A log of a centre's cases: all or nothing."""

    entity = Complaint
    verb = "take_over"
    title = _l("Take over older cases")
    form = LogForm
    tabs = TABS

    def asked(self, form: Any) -> Any:
        own = provinces()
        return {"province": form.province.data if "province" in form else own[0][0], "headed": {}}

    def look(self, kept: Brought) -> Preview:
        province_id = kept.asked["province"]
        if province_id not in dict(provinces()):
            raise NotFound
        rows = logs.rows(kept.content(), kept.asked["headed"])
        return complaint_log.preview(db.session(), rows, province_id, dates.today())

    def unreadable(self, kept: Brought, refused: Unreadable) -> Any:
        """Its columns are chosen by hand, where the file has any."""
        try:
            logs.headings(kept.content())
        except Unreadable:
            return None
        flash(str(refused), "warn")
        return redirect(url_for(".import_columns", file=brought.token(kept)))

    def shown(self, kept: Brought, made: Preview) -> Told:
        sub = f"{kept.name} · {dict(provinces())[made.province_id]}"
        return {
            "sub": sub, "facts": _facts(made), "notes": _notes(made), "heads": _heads(), "row": _row,
            "buttons": lambda _tab: _buttons(made),
            "file_url": url_for(".import_columns", file=brought.token(kept)),
        }  # fmt: skip

    def take(self, kept: Brought, made: Preview) -> str:
        count = complaint_log.accept(db.session(), made, dates.today())
        db.session.commit()
        flash(_("%(count)s cases were taken over.", count=f"{count:,}"), "ok")
        return url_for(".index_view")


class ComplaintImport(ImportPages):
    """The pages of the import, beside those of the cases."""

    importing = OfLogs()

    @expose("/import/columns/", methods=("GET", "POST"))
    def import_columns(self) -> Any:
        """Which column of the file holds what, where its headings do not say so."""
        self.require(self.importing.verb)  # type: ignore[attr-defined]
        kept = brought.of_token(request.args.get("file", ""))
        heads = logs.headings(kept.content())
        form = _columns_form(kept, heads)
        if request.method == "POST" and form.validate():
            told = {key: heads[at - 1] for key, at in form.data.items() if at}
            chosen = Brought(kept.sha256, kept.name, {**kept.asked, "headed": told})
            try:
                self.importing.look(chosen)
                return redirect(url_for(".import_preview", file=brought.token(chosen)))
            except (Unreadable, ValidationError) as refused:
                flash(str(refused), "bad")
        return self.render(  # type: ignore[attr-defined]
            "form.html", form=form, title=_("Choose the columns"), sub=kept.name, area=None,
            groups=None, conflicts=None, again=False, save_title=_("Look at it first"),
            notice=_("What you leave empty is looked for by its usual headings."),
            crumbs=[*self.import_crumbs(), {"title": _("Import"), "url": url_for(".import_view")}],
            action_url=url_for(".import_columns", file=brought.token(kept)),
            cancel_url=url_for(".import_view"),
        ), 422 if request.method == "POST" else 200  # fmt: skip


def _columns_form(kept: Brought, heads: list[str]) -> Any:
    pairs = list(enumerate(heads, 1))
    places = {name: at for at, name in pairs}
    headed = {**logs.meant(heads), **kept.asked["headed"]}
    asked = [
        Ask(one.key, one.label, "pick", required=False, pairs=lambda: pairs,
            default=places.get(headed.get(one.key)),
            help=_("Usually headed: %(names)s", names=", ".join(one.headings[:3])))
        for one in logs.LOG.targets
    ]  # fmt: skip
    return form_of(asked)


def _facts(made: Preview) -> list[tuple[str, str]]:
    parts = [
        (_("Whole file"), len(made.proposals)),
        (_("Case closed"), made.count(ComplaintStatus.CLOSED)),
        (_("Still open"), made.count(*OPEN)),
        (_("Not accepted"), made.count(ComplaintStatus.REJECTED)),
        (_("Doubtful"), len(made.of(Fate.DOUBTFUL))),
        (_("Imported before"), len(made.of(Fate.KNOWN))),
        (_("Faults"), len(made.of(Fate.FAULT))),
    ]
    told = [(title, _("%(n)s cases", n=f"{n:,}")) for title, n in parts if n]
    if made.unknown:
        told.append((_("Agencies that are added"), ", ".join(made.unknown)))
    return told


def _notes(made: Preview) -> list[dict[str, str]]:
    if made.of(Fate.FAULT):
        words = _(
            "Rows with faults keep the whole file out. Correct them in the file and bring it again."
        )
        return [{"kind": "bad", "text": words}]
    if not made.taken:
        return [{"kind": "info", "text": _("Every case of this file is here already.")}]
    return []


def _buttons(made: Preview) -> list[Told]:
    """All or nothing: what is doubtful comes in as the preview shows it."""
    count = len(made.taken)
    if made.of(Fate.FAULT) or not count:
        return []
    return [{"take": "all", "title": _("Take over all %(count)s cases", count=f"{count:,}")}]


def _heads() -> list[Told]:
    return [
        {"title": _("Case"), "cls": ""}, {"title": _("Import"), "cls": ""},
        {"title": _("Why"), "cls": "w"}, {"title": _("Status"), "cls": ""},
        {"title": _("Received on"), "cls": "nw"}, {"title": _("Agency"), "cls": "w"},
    ]  # fmt: skip


def _row(proposal: Proposal) -> Told:
    tone, sign, words = CHIPS[proposal.fate]
    row = proposal.row
    known = proposal.fate is not Fate.FAULT
    return {
        "number": proposal.number, "title": row.subject or row.category,
        "sub": " · ".join(filter(None, (row.place, proposal.number, row.district, row.channel))),
        "cells": [
            cells.mark(tone, sign, str(words)), Markup("<br>").join(proposal.reasons),
            cells.chip(proposal.status) if known else row.status, _days(row),
            Markup("<br>").join(proposal.agencies),
        ],
    }  # fmt: skip


def _days(row: LogRow) -> Markup:
    """The day of receipt, and under it the day the work is due."""
    if row.received_on is None:
        return Markup("")
    received = dates.short_date(row.received_on, lang())
    if row.due_on is None:
        return Markup.escape(received)
    due = _("due %(day)s", day=dates.short_date(row.due_on, lang()))
    return Markup('{}<span class="s">{}</span>').format(received, due)
