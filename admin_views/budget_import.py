"""Importing a budget: what its file is asked for, how its rows are shown, what accepting does."""

from typing import Any

from flask import flash, request, url_for
from flask_admin.form import BaseForm
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from access.database import db
from admin_views import brought, cells
from admin_views.brought import Brought, TableField
from admin_views.fields import Required, YearField
from admin_views.import_pages import MOST_TICKED, Import, ImportPages, Told
from entities import dates
from entities.base import Text
from entities.money import shown
from models import BudgetLine
from rules import budget_import
from rules.budget_rows import Preview, Proposal
from rules.proposals import Fate
from workbooks import budget_book

TABS: dict[str, tuple[Text, tuple[Fate, ...]]] = {
    "all": (_l("All"), ()),
    "new": (_l("Certain"), (Fate.NEW,)),
    "doubtful": (_l("Doubtful"), (Fate.DOUBTFUL,)),
    "left_out": (_l("Left out"), (Fate.LEFT_OUT, Fate.KNOWN)),
    "fault": (_l("Faults"), (Fate.FAULT,)),
}
CHIPS: dict[Fate, tuple[str, str, Text]] = {
    Fate.NEW: ("ok", "✓", _l("New line")),
    Fate.DOUBTFUL: ("warn", "?", _l("Doubtful")),
    Fate.KNOWN: ("", "•", _l("Imported before")),
    Fate.LEFT_OUT: ("", "–", _l("Left out")),
    Fate.FAULT: ("bad", "✕", _l("Fault")),
}


class UploadForm(BaseForm):
    """The file and its fiscal year."""

    file = TableField(
        _l("File of the budget"),
        description=_l(
            "Excel (xlsx, xls), OpenDocument (ods) or csv. The columns are found by their headings."
        ),
        validators=[Required()],
        render_kw={"accept": brought.ENDINGS},
    )
    fiscal_year = YearField(
        _l("Fiscal year"), validators=[Required()], render_kw={"inputmode": "numeric"}
    )


class OfBudgets(Import):
    """Budgets of a fiscal year, doubtful rows ticked one by one."""

    entity = BudgetLine
    title = _l("Import a budget")
    form = UploadForm
    tabs = TABS
    ticked = True

    def begin(self, form: Any) -> None:
        form.fiscal_year.data = dates.fiscal_year(dates.today())

    def asked(self, form: Any) -> Any:
        return form.fiscal_year.data

    def look(self, kept: Brought) -> Preview:
        rows, stated = budget_book.rows(kept.content())
        return budget_import.preview(db.session(), rows, kept.asked, stated)

    def shown(self, kept: Brought, made: Preview) -> Told:
        homes = sorted(made.homes().items(), key=_by_name)
        return {
            "sub": _("%(file)s · fiscal year %(year)s", file=kept.name, year=kept.asked),
            "facts": _facts(made), "notes": _notes(made), "heads": _heads(), "row": _row,
            "homes": [(h.name, f"{n:,}", shown(t)) for h, (n, t) in homes],
            "buttons": lambda tab: _buttons(made, tab),
        }  # fmt: skip

    def take(self, kept: Brought, made: Preview) -> str:
        count = budget_import.accept(db.session(), made, _chosen())
        db.session.commit()
        flash(_("%(count)s lines were imported.", count=f"{count:,}"), "ok")
        return url_for(".index_view", fiscal_year=kept.asked)


class BudgetImport(ImportPages):
    """The pages of the import, beside those of the budget line's own screen."""

    importing = OfBudgets()

    def list_acts(self, state: Any) -> list[Told]:
        """The list's buttons, with the one that leads here where the viewer may import."""
        acts: list[Told] = super().list_acts(state)  # type: ignore[misc]
        acts[1:1] = self.import_acts()
        return acts


def _chosen() -> set[int] | None:
    """The doubtful rows to take: all, those ticked, or none."""
    if request.form.get("take") == "all":
        return None
    ticked = request.form.getlist("chosen") if request.form.get("take") == "ticked" else []
    return {int(number) for number in ticked if number.isascii() and number.isdigit()}


def _by_name(pair: Any) -> str:
    return str(pair[0].name)


def _facts(made: Preview) -> list[tuple[str, str]]:
    parts: list[tuple[str, tuple[Fate, ...]]] = [
        (_("Whole file"), ()),
        (_("Certain"), (Fate.NEW,)),
        (_("Doubtful"), (Fate.DOUBTFUL,)),
        (_("Left out"), (Fate.LEFT_OUT,)),
        (_("Imported before"), (Fate.KNOWN,)),
        (_("Faults"), (Fate.FAULT,)),
    ]
    facts = [
        (
            title,
            _(
                "%(count)s rows, %(total)s baht",
                count=f"{len(made.of(*fates)):,}",
                total=shown(made.total(*fates)),
            ),
        )
        for title, fates in parts
        if made.of(*fates)
    ]
    return (
        facts
        if made.stated is None
        else [*facts, (_("Total that the file states"), shown(made.stated))]
    )


def _notes(made: Preview) -> list[dict[str, str]]:
    notes = []
    if made.of(Fate.FAULT):
        words = _(
            "Rows with faults keep the whole file out. Correct them in the file and bring it again."
        )
        notes.append({"kind": "bad", "text": words})
    if made.stated is not None and made.stated != made.total():
        words = _(
            "The file states a total of %(stated)s baht, its rows add up to %(total)s baht.",
            stated=shown(made.stated),
            total=shown(made.total()),
        )
        notes.append({"kind": "warn", "text": words})
    if len(made.of(Fate.DOUBTFUL)) > MOST_TICKED:
        words = _(
            "Only the first %(most)s doubtful rows can be ticked here.", most=f"{MOST_TICKED:,}"
        )
        notes.append({"kind": "warn", "text": words})
    return notes


def _buttons(made: Preview, tab: str) -> list[Told]:
    """What can be taken of a file without faults, from the view that is looked at."""
    certain, doubtful = len(made.of(Fate.NEW)), len(made.of(Fate.DOUBTFUL))
    if made.of(Fate.FAULT):
        return []
    found = []
    if doubtful and tab == "doubtful":
        found.append({"take": "ticked", "title": _("Import the certain rows and those ticked")})
    elif doubtful:
        every = f"{certain + doubtful:,}"
        title = _("Import all %(count)s rows, the doubtful ones too", count=every)
        found.append({"take": "all", "title": title})
    if certain:
        title = _("Import the %(count)s certain rows", count=f"{certain:,}")
        found.append({"take": "none", "title": title})
    return found


def _heads() -> list[Told]:
    return [
        {"title": _("Item"), "cls": ""}, {"title": _("State"), "cls": ""},
        {"title": _("Province or cluster"), "cls": "w"}, {"title": _("Amount"), "cls": "r nw"},
        {"title": _("Why"), "cls": "w"}, {"title": _("Expense category"), "cls": "opt"},
    ]  # fmt: skip


def _row(proposal: Proposal) -> Told:
    tone, sign, words = CHIPS[proposal.fate]
    row = proposal.row
    home = (proposal.home.name or _("Own province")) if proposal.home else row.unit
    return {
        "number": row.number, "title": row.item,
        "sub": " · ".join(filter(None, (row.place, row.output))),
        "cells": [
            cells.mark(tone, sign, str(words)), home, shown(row.amount),
            Markup("<br>").join(proposal.reasons), proposal.category or Markup(cells.DASH),
        ],
    }  # fmt: skip
