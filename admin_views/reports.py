"""Screens of reports: the page with its chart, the workbook and the csv file.

Who may not read a report is refused as on every screen; an export is written into the audit
before its first byte leaves.
"""

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from typing import Any

from flask import Response, abort, request, url_for
from flask_admin import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from access import audit
from access.database import db
from admin_views import cells
from admin_views.acting import Door, refuse
from admin_views.base import REGISTRY, record_url, switched_province, viewer
from entities import dates
from entities.vocabulary import Act
from reports import REPORTS, charts
from reports.base import (
    NUMERIC,
    Asked,
    Cell,
    Column,
    Opens,
    Record,
    Report,
    Row,
    Rows,
    Taken,
    Within,
    province_names,
    province_of,
    text,
)
from workbooks import names
from workbooks import reports as workbooks

TITLE = _l("Reports")
MOST = 500
"""Rows that a page shows; the files hold all."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SVG = "image/svg+xml"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Beginnings of a text that a spreadsheet would take for a formula."""


def views() -> Iterator["ReportView"]:
    """One view for each report, made anew for each application."""
    for report in REPORTS.values():
        yield ReportView(report)


def links(acting: Any) -> list[dict[str, str]]:
    """The menu's links to the reports that a viewer may read."""
    return [
        {"key": endpoint(report), "title": str(report.title), "url": f"/admin/report/{key}/"}
        for key, report in REPORTS.items()
        if report.open_to(acting)
    ]


def endpoint(report: Report) -> str:
    """The name under which a report's view is known."""
    return f"report_{report.key.replace('-', '_')}"


class ReportView(Door, BaseView):
    """The screens of one report."""

    def __init__(self, report: Report) -> None:
        self.report = report
        super().__init__(
            name=report.title, endpoint=endpoint(report), url=f"/admin/report/{report.key}"
        )

    def is_accessible(self) -> bool:
        return self.report.open_to(viewer())

    def refuse(self, verb: str) -> Any:
        """Answer 403 and enter the refusal in the audit."""
        return refuse(self.report.entity.__tablename__, verb, report=self.report.key)

    @expose("/")
    def index(self) -> Any:
        taken = self.taken()
        return self.render("report.html", **self.context(taken))

    @expose("/chart")
    def chart(self) -> Any:
        """The chart of the page by itself, which the page asks for once it stands."""
        bars = self.taken().result.bars
        return Response(charts.drawing(bars), mimetype=SVG) if bars else abort(404)

    @expose("/xlsx")
    def xlsx(self) -> Any:
        taken = self.exported("xlsx")
        address, root = partial(self.address, asked=taken.asked), request.url_root.rstrip("/")
        file = workbooks.workbook(db.session(), taken, address, root, dates.now())
        return self.file(taken, file, "xlsx", XLSX)

    @expose("/csv")
    def csv(self) -> Any:
        taken = self.exported("csv")
        return self.file(taken, csv_of(taken).encode("utf-8-sig"), "csv", "text/csv")

    def file(self, taken: Taken, content: bytes, ending: str, mimetype: str) -> Response:
        """A file to be saved under its Thai name: title, province and day."""
        day = dates.short_date(taken.asked.today, "th")
        name = names.file_name(f"{taken.title} {taken.stated[0][1]} {day}", ending)
        told = names.disposition(name, f"{self.report.key}.{ending}")
        return Response(content, mimetype=mimetype, headers={"Content-Disposition": told})

    def asked(self) -> Asked:
        """What the address asks; the province is the switch's."""
        return self.report.ask(db.session(), dates.today(), switched_province(), request.args)

    def taken(self) -> Taken:
        """The report as it stands now."""
        return self.report.take(db.session(), self.asked(), dates.now())

    def exported(self, form: str) -> Taken:
        """The report for a file; the export is in the audit before anything is read for it."""
        if not self.report.open_to(viewer(), "export"):
            self.refuse("export")
        asked = self.asked()
        province_id = province_of(db.session(), self.report, asked)
        db.session.rollback()
        audit.note_alone(
            viewer(), Act.EXPORT, self.report.entity.__tablename__, place=request.remote_addr,
            record=str(self.report.title), province_id=province_id, report=self.report.key,
            form=form, **asked.values,
        )  # fmt: skip
        return self.report.take(db.session(), asked, dates.now())

    def context(self, taken: Taken) -> dict[str, Any]:
        """Everything the page draws."""
        bars = taken.result.bars
        return {
            "title": taken.title, "sub": _sub(taken),
            "crumbs": [{"title": str(TITLE), "url": None}, {"title": str(self.report.area), "url": None}],
            "downloads": self._downloads(taken.asked), "parameters": self._parameters(taken.asked),
            "chart": charts.framed(bars, taken.title, self._own("chart", taken.asked)) if bars else None,
            "table": self._table(taken), "notes": [*taken.notes, *_cut(taken)],
            "stated": taken.words(), "empty": dict(zip(("title", "text"), self.report.empty, strict=True)),
        }  # fmt: skip

    def _downloads(self, asked: Asked) -> list[dict[str, str]]:
        if not self.report.open_to(viewer(), "export"):
            return []
        titles = {"csv": _("Save as csv"), "xlsx": _("Export (Excel)")}
        return [{"title": t, "url": self._own(name, asked)} for name, t in titles.items()]

    @staticmethod
    def _own(name: str, asked: Asked) -> str:
        """The address of a file or picture of what the page shows."""
        return url_for(f".{name}", **{**asked.values, "province": asked.province_id or 0})

    def _parameters(self, asked: Asked) -> list[dict[str, Any]]:
        chosen = [
            {"name": p.name, "label": p.label, "value": asked.values[p.name],
             "options": [(c, p.shown(c)) for c in p.choices(db.session(), asked.today)]}
            for p in self.report.parameters
        ]  # fmt: skip
        return [*self._provinces(asked), *chosen]

    def _provinces(self, asked: Asked) -> list[dict[str, Any]]:
        """The choice of a province, for those who reach more than one."""
        reach = viewer().reach(self.report.entity, "read")
        if not reach.everything and len(reach.province_id) < 2:
            return []
        names = province_names(db.session())
        options = [
            (key, names[key]) for key in names if reach.everything or key in reach.province_id
        ]
        return [{"name": "province", "label": _("Province"), "value": asked.province_id or 0,
                 "options": [(0, _("All provinces")), *options]}]  # fmt: skip

    def _table(self, taken: Taken) -> dict[str, Any]:
        columns = taken.columns
        totals = taken.result.totals
        return {
            "columns": [{"label": c.label, "numeric": c.kind in NUMERIC} for c in columns],
            "rows": [self._row(columns, row, taken.asked) for row in taken.result.rows[:MOST]],
            "totals": self._totals(columns, totals, taken.asked) if totals else None,
        }

    def _row(self, columns: tuple[Column, ...], row: Row, asked: Asked) -> list[dict[str, Any]]:
        return [self._cell(column, row.get(column.key, Cell(None)), asked) for column in columns]

    def _cell(self, column: Column, cell: Cell, asked: Asked) -> dict[str, Any]:
        if column.kind == "chip" and cell.value is not None:
            return {"chip": cells.mark(cell.tone, cell.sign, str(cell.value))}
        words = text(column.kind, cell)
        if column.kind == "date":
            words = words.replace(" ", "\u00a0")
        return {"text": words, "url": self.address(cell.opens, asked)}

    def _totals(self, columns: tuple[Column, ...], row: Row, asked: Asked) -> list[dict[str, Any]]:
        return [
            {
                "text": _whole(self._cell(column, row[column.key], asked))
                if column.key in row
                else ""
            }
            for column in columns
        ]

    def address(self, opens: Opens | None, asked: Asked) -> str | None:
        """Where a figure opens, for a viewer who may read what is behind it."""
        match opens:
            case Within(province_id):
                return url_for(
                    f"{self.endpoint}.index", **{**asked.values, "province": province_id}
                )
            case Rows(entity, filters) if entity in REGISTRY and viewer().may(entity, "read"):
                parts = MultiDict(filters).to_dict(flat=False)
                return url_for(f"{REGISTRY[entity].endpoint}.index_view", **parts)
            case Record(entity, record_id) if viewer().may(entity, "read"):
                return record_url(entity, record_id)
        return None


def _whole(cell: dict[str, Any]) -> Any:
    """A cell of the line of totals, drawn."""
    if cell.get("chip"):
        return cell["chip"]
    return (
        Markup('<a href="{}">{}</a>').format(cell["url"], cell["text"])
        if cell["url"]
        else cell["text"]
    )


def _sub(taken: Taken) -> str:
    """The line under the title: the province and what was chosen."""
    (_label, place), *chosen = taken.stated[:-1]
    return " · ".join([place, *(f"{label} {value}" for label, value in chosen)])


def _cut(taken: Taken) -> list[str]:
    rows = len(taken.result.rows)
    if rows <= MOST:
        return []
    return [_("The first %(shown)s of %(all)s rows are shown; the files hold all.",
              shown=f"{MOST:,}", all=f"{rows:,}")]  # fmt: skip


def csv_of(taken: Taken) -> str:
    """The rows as csv: numbers plain, days in ISO, no text that a spreadsheet would calculate."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow([guarded(str(column.label)) for column in taken.columns])
    for row in taken.result.rows:
        writer.writerow([_plain(row.get(column.key, Cell(None))) for column in taken.columns])
    return file.getvalue()


def _plain(cell: Cell) -> str | int | Decimal:
    value = cell.value
    if value is None:
        return ""
    return value if isinstance(value, int | Decimal) else guarded(str(value))


def guarded(value: str) -> str:
    """A text with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{value}" if value.startswith(FORMULA) else value
