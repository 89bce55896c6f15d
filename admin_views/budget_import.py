"""Importing a budget: choose the file, look at what it would do, accept all or nothing."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_admin import expose
from flask_admin.form import BaseForm
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy.exc import IntegrityError
from wtforms.validators import ValidationError

from access import scope
from access.database import db
from admin_views import brought, cells
from admin_views.acting import viewer
from admin_views.brought import Brought, TableField
from admin_views.fields import Required, YearField
from entities import dates
from entities.base import Text
from entities.money import shown
from models import BudgetLine
from rules import budget_import
from rules.base import Broken, refusal
from rules.budget_import import Fate, Preview, Proposal
from workbooks import budget_book
from workbooks.opened import Unreadable

PAGE = 100
MOST_TICKED = 2_000
"""Doubtful rows that one page offers to tick; more are left out unless all are taken."""
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


class BudgetImport:
    """The pages of the import, beside those of the budget line's own screen."""

    @expose("/import/", methods=("GET", "POST"))
    def import_view(self) -> Any:
        self.require("import")
        form = UploadForm(request.form | request.files if request.method == "POST" else None)
        if request.method == "GET":
            form.fiscal_year.data = dates.fiscal_year(dates.today())
        elif form.validate():
            try:
                kept = brought.keep(form.file.data, form.fiscal_year.data)
                _preview(kept)
                return redirect(url_for(".import_preview", file=brought.token(kept)))
            except (ValidationError, Unreadable) as refused:
                form.file.errors = [str(refused)]
        return self._upload_page(form), 422 if request.method == "POST" else 200

    def _upload_page(self, form: Any) -> Any:
        return self.render(
            "form.html", form=form, title=_("Import a budget"), sub="", area=None, groups=None,
            conflicts=None, crumbs=self._import_crumbs(), action_url=url_for(".import_view"),
            cancel_url=url_for(".index_view"), save_title=_("Look at it first"), again=False,
            notice=_("Nothing is written yet: the next page shows what each row would become."),
        )  # fmt: skip

    def _import_crumbs(self) -> list[dict[str, Any]]:
        return [
            {"title": self.area, "url": url_for("admin.index")},
            {"title": self.name, "url": url_for(".index_view")},
        ]

    @expose("/import/preview/")
    def import_preview(self) -> Any:
        self.require("import")
        kept = brought.of_token(request.args.get("file", ""))
        return self.render("import.html", **self._preview_context(kept, _preview(kept)))

    def _preview_context(self, kept: Brought, made: Preview) -> dict[str, Any]:
        tab = request.args.get("tab", "")
        tab = tab if tab in TABS else _first_tab(made)
        rows = made.of(*TABS[tab][1])
        number = _page_number(len(rows), tab)
        size = MOST_TICKED if tab == "doubtful" else PAGE
        return {
            "title": _("Import a budget"),
            "sub": _("%(file)s · fiscal year %(year)s", file=kept.name, year=kept.asked),
            "crumbs": [*self._import_crumbs(), {"title": _("Import"), "url": url_for(".import_view")}],
            "token": brought.token(kept), "tab": tab, "facts": _facts(made), "notes": _notes(made),
            "homes": [(h.name, f"{n:,}", shown(t)) for h, (n, t) in sorted(made.homes().items(), key=_by_name)],
            "views": _views(made, kept, tab),
            "rows": [_row(p) for p in rows[(number - 1) * size : number * size]],
            "certain": len(made.of(Fate.NEW)), "doubtful": len(made.of(Fate.DOUBTFUL)),
            "faults": len(made.of(Fate.FAULT)), "pager": _pager(len(rows), number, size, kept, tab),
            "accept_url": url_for(".import_accept"), "cancel_url": url_for(".import_view"),
        }  # fmt: skip

    @expose("/import/accept/", methods=("POST",))
    def import_accept(self) -> Any:
        self.require("import")
        kept = brought.of_token(request.form.get("file", ""))
        try:
            count = budget_import.accept(db.session(), _preview(kept), _chosen())
            db.session.commit()
        except (Broken, IntegrityError) as error:
            return self._not_imported(kept, error)
        except scope.Denied as denied:
            return self.refuse(denied.verb)
        flash(_("%(count)s lines were imported.", count=f"{count:,}"), "ok")
        return redirect(url_for(".index_view", fiscal_year=kept.asked))

    def _not_imported(self, kept: Brought, error: Exception) -> Any:
        db.session.rollback()
        told = error if isinstance(error, Broken) else refusal(error)
        if told is None:
            raise error
        flash(str(told), "bad")
        return redirect(url_for(".import_preview", file=brought.token(kept)))

    def list_acts(self, state: Any) -> list[dict[str, Any]]:
        """The list's buttons, with the one that leads here where the viewer may import."""
        acts: list[dict[str, Any]] = super().list_acts(state)  # type: ignore[misc]
        if viewer().may(BudgetLine, "import"):
            link = {"title": _("Import a budget"), "url": url_for(".import_view"), "method": "get"}
            acts.insert(1, link)
        return acts


def _preview(kept: Brought) -> Preview:
    rows, stated = budget_book.rows(kept.content())
    return budget_import.preview(db.session(), rows, kept.asked, stated)


def _chosen() -> set[int] | None:
    """The doubtful rows to take: all, those ticked, or none."""
    if request.form.get("take") == "all":
        return None
    ticked = request.form.getlist("chosen") if request.form.get("take") == "ticked" else []
    return {int(number) for number in ticked if number.isascii() and number.isdigit()}


def _first_tab(made: Preview) -> str:
    return next((tab for tab in ("fault", "doubtful", "new") if made.of(*TABS[tab][1])), "all")


def _page_number(count: int, tab: str) -> int:
    asked = request.args.get("page", "1")
    last = 1 if tab == "doubtful" else -(-count // PAGE)
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
    return min(max(number, 1), max(last, 1))


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


def _views(made: Preview, kept: Brought, here: str) -> list[dict[str, Any]]:
    file = brought.token(kept)
    return [
        {
            "title": title,
            "url": url_for(".import_preview", file=file, tab=tab),
            "on": tab == here,
            "count": f"{len(made.of(*fates)):,}",
        }
        for tab, (title, fates) in TABS.items()
    ]


def _row(proposal: Proposal) -> dict[str, Any]:
    tone, sign, words = CHIPS[proposal.fate]
    row = proposal.row
    return {
        "number": row.number,
        "place": row.place,
        "chip": cells.mark(tone, sign, str(words)),
        "home": proposal.home.name if proposal.home else row.unit,
        "item": row.item,
        "output": row.output or "",
        "category": proposal.category or Markup(cells.DASH),
        "amount": shown(row.amount),
        "reasons": proposal.reasons,
        "ticks": proposal.fate is Fate.DOUBTFUL,
    }


def _pager(count: int, number: int, size: int, kept: Brought, tab: str) -> dict[str, Any] | None:
    if count <= size:
        return None

    def page(wanted: int) -> str | None:
        stands = 1 <= wanted <= -(-count // size)
        file = brought.token(kept)
        return url_for(".import_preview", file=file, tab=tab, page=wanted) if stands else None

    first, last = (number - 1) * size + 1, min(number * size, count)
    text = _(
        "%(first)s–%(last)s of %(total)s", first=f"{first:,}", last=f"{last:,}", total=f"{count:,}"
    )
    return {
        "text": text,
        "first_url": None,
        "prev_url": page(number - 1),
        "next_url": page(number + 1),
        "sizes": [],
    }
