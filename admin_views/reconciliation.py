"""Comparing the ledger with the treasury's file: bring the file, read the differences, keep them."""

from typing import Any

from flask import abort, request, url_for
from flask_admin import expose
from flask_admin.form import BaseForm
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from werkzeug import Response
from wtforms.validators import ValidationError

from access.database import db
from admin_views import brought, cells
from admin_views import fields as kinds
from admin_views.acting import REGISTRY, viewer
from admin_views.base import EntityView
from admin_views.brought import TableField
from admin_views.homes import choices, chosen
from admin_views.verbs import do
from entities import dates
from entities.base import fields
from entities.money import shown
from figures import reconciliation as figures
from models import BudgetLine, Reconciliation, ReconciliationRow
from rules import reconciliation as rules
from workbooks import treasury
from workbooks.opened import Unreadable

PAGE = 100
MEASURES = {
    "budget": _l("Net budget"),
    "orders": _l("Orders"),
    "paid": _l("Disbursed"),
    "left": _l("Left"),
}


def homes() -> list[tuple[int, str]]:
    """The provinces and clusters for which the viewer may compare, as choices."""
    return choices(Reconciliation, "create")


class CompareForm(BaseForm):
    """The treasury's file, whose it is, and the day it tells of."""

    file = TableField(
        _l("File of the treasury"),
        validators=[kinds.Required()],
        description=_l("Report NFMA46 or a table with a budget code and the amount disbursed."),
        render_kw={"accept": brought.ENDINGS},
    )
    home = kinds.PickField(
        _l("Province or cluster"), validators=[kinds.Required()],
        options=homes, find=lambda key: dict(homes()).get(key), lookup=str, blank=False,
    )  # fmt: skip
    fiscal_year = kinds.YearField(
        _l("Fiscal year"), validators=[kinds.Required()], render_kw={"inputmode": "numeric"}
    )
    as_of = kinds.DateField(
        _l("As of"), validators=[kinds.Required()],
        description=_l("The day at whose end the treasury's figures stood."),
        render_kw={"data-date": "", "autocomplete": "off"},
    )  # fmt: skip


class ReconciliationView(EntityView):
    """A comparison is made from a file and never edited; its page shows what differs."""

    details_template = "reconciliation.html"

    def new_title(self) -> str:
        return _("Compare with the treasury")

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Any:
        self.require("create")
        form = CompareForm(request.form | request.files if request.method == "POST" else None)
        if request.method == "GET":
            self._prefill(form)
        elif form.validate():
            answer = self._compare(form)
            if answer is not None:
                return answer
        return self._compare_page(form), 422 if request.method == "POST" else 200

    @staticmethod
    def _prefill(form: Any) -> None:
        today, known = dates.today(), homes()
        form.as_of.data, form.fiscal_year.data = today, dates.fiscal_year(today)
        form.home.data = known[0][0] if known else None

    def _compare(self, form: Any) -> Response | None:
        """Compare and keep; None where the form must be shown again with its message."""
        try:
            kept = brought.keep(form.file.data, form.fiscal_year.data)
            lines = treasury.rows(kept.content())
        except (Unreadable, ValidationError) as refused:
            form.file.errors = [str(refused)]
            return None
        home, year, day = chosen(form.home.data), form.fiscal_year.data, form.as_of.data
        made: list[int] = []

        def act() -> str:
            found = rules.compare(db.session(), home, year, day, lines)
            file = rules.File(kept.name, kept.sha256)
            kept.stays()
            made.append(rules.keep(db.session(), home, year, day, file, found).id)
            return _("Compared and kept.")

        answer = do(self, None, act, form=form, done_url=url_for(".index_view"))
        if isinstance(answer, Response) and made and answer.status_code == 302:
            answer.headers["Location"] = url_for(".details_view", id=made[0])
        return answer  # type: ignore[no-any-return]

    def _compare_page(self, form: Any) -> Any:
        return self.render(
            "form.html", form=form, title=self.new_title(), sub="", area=None, groups=None,
            conflicts=None, action_url=url_for(".create_view"), cancel_url=url_for(".index_view"),
            crumbs=[
                {"title": self.area, "url": url_for("admin.index")},
                {"title": self.name, "url": url_for(".index_view")},
            ],
            save_title=_("Compare"), again=False, notice="",
        )  # fmt: skip

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> Any:
        abort(404)

    def details_context(self, record: Any) -> dict[str, Any]:
        context = super().details_context(record)
        everything = request.args.get("show") == "all"
        rows, pager = self._compared(record, everything)
        here = url_for(".details_view", id=record.id)
        return {
            **context, "related": [], "lines": rows, "compared_pager": pager,
            "views": [
                {"title": _("Differing"), "url": here, "on": not everything, "count": f"{record.differing:,}"},
                {"title": _("All"), "url": f"{here}&show=all", "on": everything,
                 "count": f"{record.differing + record.matched:,}"},
            ],
        }  # fmt: skip

    def notices(self, record: Reconciliation) -> list[dict[str, str]]:
        """What of the ledger could not be compared: lines to which nobody has given a code yet."""
        home = (
            BudgetLine.province_id == record.province_id
            if record.province_id is not None
            else BudgetLine.cluster_id == record.cluster_id
        )
        count, budget = figures.without_code(db.session(), record.fiscal_year, home)
        told: list[dict[str, str]] = super().notices(record)
        if count:
            words = _(
                "%(count)s lines of the ledger have no budget code and are not compared;"
                " their net budget is %(budget)s baht.",
                count=f"{count:,}", budget=shown(budget),
            )  # fmt: skip
            told.append({"kind": "warn", "text": words})
        return told

    def record_acts(self, record: Any) -> list[dict[str, Any]]:
        acts = super().record_acts(record)
        if viewer().may(ReconciliationRow, "export") and ReconciliationRow in REGISTRY:
            shown_columns = [k for k, told in fields(ReconciliationRow).items() if not told.private]
            columns = [k for k in shown_columns if k not in ("province_id", "cluster_id")]
            url = url_for(
                "reconciliation_row.export_xlsx", reconciliation_id=record.id, columns=columns
            )
            acts.append({"title": _("Export (Excel)"), "url": url, "method": "get"})
        return acts

    def _compared(
        self, record: Reconciliation, everything: bool
    ) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
        statement = select(ReconciliationRow).where(
            ReconciliationRow.reconciliation_id == record.id
        )
        if not everything:
            statement = statement.where(ReconciliationRow.agrees.is_(False))
        inner = statement.with_only_columns(ReconciliationRow.id).subquery()
        count = db.session.scalar(select(func.count()).select_from(inner)) or 0
        asked = request.args.get("page", "1")
        number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
        number = min(max(number, 1), max(-(-count // PAGE), 1))
        ordered = statement.order_by(ReconciliationRow.id).limit(PAGE).offset((number - 1) * PAGE)
        lines = [line for row in db.session.scalars(ordered) for line in _lines(row)]
        return lines, _pager(record, everything, number, count)


def _lines(row: ReconciliationRow) -> list[dict[str, Any]]:
    """A compared code as table rows: one for each figure that differs, one where all agree."""
    head = {
        "code": row.budget_code,
        "url": url_for("budget_line.details_view", id=row.budget_line_id)
        if row.budget_line_id
        else None,
    }
    names = [n for n in MEASURES if _differs(row, n)] or (
        ["paid"] if row.agrees else list(MEASURES)
    )
    return [_line(row, name, head, first=n == 0) for n, name in enumerate(names)]


def _differs(row: ReconciliationRow, name: str) -> bool:
    ours, theirs = getattr(row, f"our_{name}"), getattr(row, f"their_{name}")
    return ours is not None and theirs is not None and ours != theirs


def _line(row: ReconciliationRow, name: str, head: dict[str, Any], first: bool) -> dict[str, Any]:
    ours, theirs = getattr(row, f"our_{name}"), getattr(row, f"their_{name}")
    both = ours is not None and theirs is not None
    agreeing = cells.mark("ok", "✓", _("agrees"))
    return {
        **head,
        "first": first,
        "measure": MEASURES[name],
        "ours": shown(ours) or "–",
        "theirs": shown(theirs) or "–",
        "difference": shown(ours - theirs) if both else "–",
        "cause": (agreeing if row.agrees else row.cause or "") if first else "",
    }


def _pager(
    record: Reconciliation, everything: bool, number: int, count: int
) -> dict[str, Any] | None:
    if count <= PAGE:
        return None
    show = "all" if everything else None

    def page(wanted: int) -> str | None:
        stands = 1 <= wanted <= -(-count // PAGE)
        return url_for(".details_view", id=record.id, show=show, page=wanted) if stands else None

    first, last = (number - 1) * PAGE + 1, min(number * PAGE, count)
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
