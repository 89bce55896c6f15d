"""The end of a fiscal year: what stands open on each line, letting it lapse, and closing."""

import secrets
from dataclasses import dataclass
from typing import Any, ClassVar

from flask import abort, flash, redirect, request, url_for
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import or_, select

from access import submissions
from access.database import db
from admin_views.acting import lang, switched_province, viewer
from admin_views.base import EntityView
from admin_views.verbs import do
from entities import dates, money, thai
from entities.money import NOTHING
from models import BudgetLine, Cluster, FiscalYearClose, LedgerEntry, Province
from rules import carry_over


@dataclass(frozen=True)
class Home:
    """Whose year it is: a province's or a cluster's."""

    province_id: int | None
    cluster_id: int | None
    name: str

    @property
    def keys(self) -> dict[str, int | None]:
        """The home's columns."""
        return {"province_id": self.province_id, "cluster_id": self.cluster_id}

    @property
    def given(self) -> dict[str, int]:
        """The home's column that is filled, as an address names it."""
        return {key: value for key, value in self.keys.items() if value is not None}

    def may(self, entity: Any, verb: str) -> bool:
        """Whether the viewer may do a verb to records of an entity of this home."""
        return viewer().reaches(entity(**self.keys), verb)


def _asked(name: str) -> int | None:
    text = request.values.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def asked_home() -> Home | None:
    """The home that the address names, or the only one of the viewer."""
    province_id, cluster_id = _asked("province_id"), _asked("cluster_id")
    if cluster_id is not None:
        found = db.session.get(Cluster, cluster_id)
        return Home(None, cluster_id, str(found)) if found else None
    own = viewer().provinces
    alone = next(iter(own)) if own is not None and len(own) == 1 else None
    province = db.session.get(Province, province_id or switched_province() or alone or 0)
    return Home(province.id, None, str(province)) if province else None


def asked_year() -> int | None:
    """The fiscal year (B.E.) that the address names."""
    asked = _asked("fiscal_year")
    return asked if asked is not None and 2400 <= asked <= 2699 else None


def _year() -> int:
    """The fiscal year asked for, or the last that has ended."""
    return asked_year() or dates.fiscal_year(dates.today()) - 1


class FiscalYearCloseView(EntityView):
    """A year is closed on a page that shows what stands open; nobody types its columns."""

    related: ClassVar[list[Any]] = []

    def list_acts(self, state: Any) -> list[dict[str, Any]]:
        acts = [a for a in super().list_acts(state) if not a.get("primary")]
        may = viewer().may(FiscalYearClose, "create")
        to = url_for(".create_view" if may else ".standing_view")
        title = self.new_title() if may else _("What stands open at the year's end")
        return [{"title": title, "url": to, "method": "get", "primary": may}, *acts]

    def new_title(self) -> str:
        return _("Close a fiscal year")

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Any:
        self.require("create")
        if request.method == "GET":
            return self._page()
        home, year = asked_home() or abort(404), _year()
        if not home.may(FiscalYearClose, "create"):
            self.refuse("create")
        here = url_for(".create_view", fiscal_year=year, **home.given)
        told = _("Fiscal year %(year)s is closed.", year=year)
        return do(self, None, lambda: self._close(home, year), done_url=here, told=told)

    def _close(self, home: Home, year: int) -> None:
        """Close the year once, however often the form is sent."""
        work, form_id = db.session(), request.form.get("form_id", "")
        if self._submit_once(work, form_id) is None:
            note = thai.normalise(request.form.get("note", "")[:2000]) or None
            closed = carry_over.close_year(work, year, dates.today(), **home.keys, note=note)
            submissions.settle(work, form_id, closed.id)

    @expose("/standing/")
    def standing_view(self) -> Any:
        """What stands open, for those who do not close the year but prepare it."""
        return self._page()

    @expose("/lapse/", methods=("POST",))
    def lapse_view(self) -> Any:
        """Enter the lapse of what is left on every line; the entries wait for approval."""
        home, year = asked_home() or abort(404), _year()
        if not home.may(LedgerEntry, "create"):
            self.refuse("create")
        here = url_for(".standing_view", fiscal_year=year, **home.given)
        return do(self, None, lambda: _lapse(home, year), done_url=here)

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> Any:
        record = self.record()
        self.require("edit", record)
        flash(_("A closed fiscal year stays as it is."), "warn")
        return redirect(url_for(".details_view", id=record.id))

    def _page(self) -> Any:
        home, year = asked_home(), _year()
        context = {"home": home, "year": year, "rows": [], "closed": None, "lapsing": False}
        if home is not None:
            context |= _standing(home, year)
        return self.render(
            "year_close.html", title=_("Close fiscal year %(year)s", year=year),
            sub=home.name if home else "", homes=_homes() if home is None else [],
            crumbs=[{"title": self.area, "url": url_for("admin.index")},
                    {"title": self.name, "url": url_for(".index_view")}],
            years=_years(year), given=home.given if home else {},
            lapse_url=url_for(".lapse_view"), close_url=url_for(".create_view"),
            form_id=secrets.token_urlsafe(16),
            **context,
        )  # fmt: skip


def _lapse(home: Home, year: int) -> str:
    made = carry_over.lapse_rest(db.session(), year, **home.keys)
    if not made:
        return str(_("Nothing is left on any line."))
    return str(
        ngettext(
            "The lapse of %(num)s line is entered; it waits for approval.",
            "The lapse of %(num)s lines is entered; they wait for approval.",
            len(made),
        )
    )


def _of(entity: Any, home: Home) -> Any:
    if home.province_id is not None:
        return entity.province_id == home.province_id
    return entity.cluster_id == home.cluster_id


def _standing(home: Home, year: int) -> dict[str, Any]:
    """Each line of the year on which money stands open, and what may be done."""
    closed = db.session.scalar(
        select(FiscalYearClose).where(
            FiscalYearClose.fiscal_year == year, _of(FiscalYearClose, home)
        )
    )
    line = BudgetLine
    found = db.session.scalars(
        select(line)
        .where(line.fiscal_year == year, _of(line, home))
        .where(or_(*(c != NOTHING for c in (line.waiting, line.reserved, line.outstanding, line.available))))
        .order_by(line.available.desc(), line.id)
        .limit(500)
    ).all()  # fmt: skip
    over = dates.today() > dates.fiscal_year_end(year)
    return {
        "closed": closed and _("Closed on %(day)s. Everything in it is read-only.",
                               day=dates.short_date(closed.closed_on, lang())),
        "rows": [_row(one) for one in found], "over": over,
        "lapsing": not closed and any(one.available > one.waiting for one in found)
        and home.may(LedgerEntry, "create"),
        "closing": over and not found, "may_close": home.may(FiscalYearClose, "create"),
    }  # fmt: skip


def _row(line: BudgetLine) -> dict[str, Any]:
    amounts = (line.waiting, line.reserved, line.outstanding, line.available)
    return {
        "url": url_for("budget_line.details_view", id=line.id), "title": line.item,
        "amounts": [money.shown(amount) if amount else "" for amount in amounts],
    }  # fmt: skip


def _years(year: int) -> list[dict[str, Any]]:
    """The years to choose from, the running one first."""
    now = dates.fiscal_year(dates.today())
    return [{"n": n, "on": n == year} for n in range(now, now - 6, -1)]


def _homes() -> list[tuple[int, str]]:
    """The provinces that the viewer reads lines of, where none is chosen yet."""
    reach = viewer().reach(BudgetLine, "read")
    statement = select(Province.id, Province.name).order_by(Province.name)
    if not reach.everything:
        statement = statement.where(Province.id.in_(sorted(reach.province_id)))
    return [(row[0], row[1]) for row in db.session.execute(statement)]
