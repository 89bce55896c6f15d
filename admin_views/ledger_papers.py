"""The control ledger as a file, of one line or of a whole year: for whoever may take both out.

A ledger without its entries would be a false paper, so the right to export budget lines is not
enough. Each export is entered in the audit before the first row is read.
"""

from collections.abc import Iterator
from io import SEEK_END, BytesIO
from typing import IO, Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from access import audit
from access.database import db
from admin_views.acting import viewer
from admin_views.closing import Home, asked_home
from admin_views.downloads import XLSX
from entities import dates
from entities.vocabulary import Act
from models import BudgetLine, Cluster, LedgerEntry
from workbooks import control_ledger, names


def may_have_line(line: BudgetLine) -> bool:
    """Whether the viewer may take out the ledger of a line."""
    home = Home(line.province_id, line.cluster_id, "")
    return viewer().reaches(line, "export") and home.may(LedgerEntry, "export")


def may_have_year(home: Home) -> bool:
    """Whether the viewer may take out every ledger of a province or cluster."""
    return home.may(BudgetLine, "export") and home.may(LedgerEntry, "export")


def home() -> Home | None:
    """Whose ledgers are meant: the home that the address names, or the only one there is."""
    return asked_home() or _only_cluster()


def _only_cluster() -> Home | None:
    reached = viewer().reach(BudgetLine, "create").cluster_id
    found = db.session.get(Cluster, next(iter(reached))) if len(reached) == 1 else None
    return Home(None, found.id, found.name) if found else None


def line_act(line: BudgetLine) -> list[dict[str, Any]]:
    """The button on a line's page, for whoever may have the file."""
    if not may_have_line(line):
        return []
    url = url_for("budget_line.workbook_view", id=line.id)
    return [{"title": _("Control ledger (Excel)"), "url": url, "method": "get", "icon": "download"}]


def year_act(fiscal_year: int) -> list[dict[str, Any]]:
    """The button over the list of lines, where it is plain whose ledgers are meant."""
    whose = home()
    if whose is None or not may_have_year(whose):
        return []
    url = url_for("budget_line.year_workbook_view", fiscal_year=fiscal_year, **whose.given)
    title = _("Control ledgers of fiscal year %(year)s (Excel)", year=fiscal_year)
    return [{"title": title, "url": url, "method": "get", "icon": "download"}]


def of_line(line: BudgetLine) -> Response:
    """One line's ledger."""
    key, title = line.id, f"ทะเบียนคุม {line.item[:80]}"
    _note(key, record=line.item, province_id=line.province_id, paper="ledger")
    fresh = db.session.get_one(BudgetLine, key)
    content = control_ledger.line_workbook(db.session(), fresh, viewer(), dates.now())
    return _file(BytesIO(content), title, "ledger.xlsx")


def of_year(whose: Home, fiscal_year: int) -> Response:
    """Every line's ledger of a fiscal year (B.E.) of a province or cluster, a sheet each."""
    _note(None, record=whose.name, province_id=whose.province_id, paper="control_ledger",
          fiscal_year=fiscal_year)  # fmt: skip
    content = control_ledger.workbook(
        db.session(), fiscal_year, viewer(), dates.now(), **whose.keys
    )
    title = f"{control_ledger.TITLE} {whose.name} {fiscal_year}"
    return _file(content, title, f"ledgers-{fiscal_year}.xlsx")


def _note(key: int | None, **told: Any) -> None:
    acting = viewer()
    db.session.rollback()
    audit.note_alone(acting, Act.EXPORT, "budget_line", key, place=request.remote_addr, **told)


PIECE = 64 * 1024
"""Bytes that are sent at once."""


def _pieces(content: IO[bytes]) -> Iterator[bytes]:
    """A file piece by piece; it is closed with the last one."""
    with content:
        while piece := content.read(PIECE):
            yield piece


def _file(content: IO[bytes], title: str, fallback: str) -> Response:
    length = content.seek(0, SEEK_END)
    content.seek(0)
    response = Response(_pieces(content), mimetype=XLSX)
    response.call_on_close(content.close)
    response.content_length = length
    name = names.file_name(title, "xlsx")
    response.headers["Content-Disposition"] = names.disposition(name, fallback)
    return response
