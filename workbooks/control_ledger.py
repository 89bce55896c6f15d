"""The control ledger as a workbook (ทะเบียนคุมการเบิกจ่ายงบประมาณ): a sheet for each line or project.

XlsxWriter makes the frame: the sheets' names and print areas, the summary and the source, and the
first page's sheet, which is the model of all others: they differ by the words of their heads. Each
page's head and rows, with their live formulas and the values these give, are poured into its sheet
while the file is written, so that many lines and entries cost neither time nor memory. Only posted
entries count; what waits stands apart. Official wording stands here in Thai: the ledger is a Thai
office's paper.
"""

import gc
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from itertools import groupby
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any, Literal
from zipfile import ZIP_DEFLATED, ZipFile

from flask_babel import force_locale
from sqlalchemy import BigInteger, ColumnElement, select, type_coerce
from sqlalchemy.orm import Session, aliased

from access import audit
from access.viewer import Viewer
from entities import dates
from entities.ledger import CHANGES
from entities.money import NOTHING, shown
from models import (
    Agency,
    BudgetLine,
    CarryOver,
    Cluster,
    ExpenseCategory,
    LedgerEntry,
    Project,
    Province,
    PurchaseOrder,
)
from workbooks import fitting, ledger_summary, styles
from workbooks.cells import WRITERS
from workbooks.ledger_rows import HEADS, HELPERS, LOOKS, Body, Entry, Ink, Line
from workbooks.sheets import Sheet
from workbooks.source import SYSTEM

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

By = Literal["line", "project"]
TITLE = "ทะเบียนคุมการเบิกจ่ายงบประมาณ"
SUMMARY = "สรุปการเบิกจ่าย"
PLACE, YEAR, PLAN, PROJECT, CODE, FUND, KIND, AGENCY, AMOUNT = (
    "จังหวัด", "ปีงบประมาณ", "แผนงาน", "โครงการ", "รหัสงบประมาณ", "แหล่งของเงิน", "งบรายจ่าย",
    "หน่วยดำเนินการ", "วงเงิน",
)  # fmt: skip
PAIRS = (((PLACE, YEAR, PLAN), 2), ((PROJECT, CODE, FUND), 3), ((KIND, AGENCY, AMOUNT), 4))
"""The head's labels, and the row (from 0) in which they stand."""
SPANS = ((0, 1, 2, 3), (4, 5, 6, 9), (10, 11, 12, 15))
"""First and last column of each label and of its value."""
ITEM_ROW, HEAD_ROW, FIRST_ROW = 1, 5, 7
"""Rows from 0: the item, the table's head of two rows, the first entry."""
LAST = len(HEADS) - 1
OPEN_END = 999_999
"""Stands for the last row of a print area until the rows are known."""
WITHOUT = "รายการที่ไม่อยู่ในโครงการ"
DASH = "–"
EXTRA: dict[str, dict[str, Any]] = {
    "sum": {**styles.LOOKS["label"], "num_format": "#,##0.00", "align": "right"},
    "sum_share": {**styles.LOOKS["label"], "num_format": "0.00", "align": "right"},
    "mute": {**styles.LOOKS["money"], "font_color": "#596477"},
    "strip": {"font_size": styles.TABLE, "bold": True, "bg_color": styles.SHADES["head"],
              "top": 1, "bottom": 1, "border_color": styles.LINE},
    "note": {"font_size": styles.SMALL, "font_color": "#596477"},
}  # fmt: skip
"""Formats that this workbook has beside those of all."""


def line_workbook(session: Session, line: BudgetLine, viewer: Viewer, now: datetime) -> bytes:
    """One line's ledger; `viewer` is named as the maker."""
    told = Asked(line.fiscal_year, line.province_id, line.cluster_id, "line", line.id)
    with _made(session, told, viewer, now) as file:
        return file.read()


def workbook(
    session: Session,
    fiscal_year: int,
    viewer: Viewer,
    now: datetime,
    *,
    province_id: int | None = None,
    cluster_id: int | None = None,
    by: By = "line",
) -> IO[bytes]:
    """Every line of a fiscal year (B.E.) of a province or a cluster, as a file to read and close.

    `by`: a sheet for each line, or one for each project with its lines. What the session's viewer
    does not reach is not in it.
    """
    asked = Asked(fiscal_year, province_id, cluster_id, by)
    return _made(session, asked, viewer, now)


@dataclass(frozen=True)
class Asked:
    """What the workbook is of."""

    fiscal_year: int
    province_id: int | None
    cluster_id: int | None
    by: By
    line_id: int | None = None

    @property
    def where(self) -> list[ColumnElement[bool]]:
        """The lines that are meant."""
        if self.line_id is not None:
            return [BudgetLine.id == self.line_id]
        home: ColumnElement[bool] = (
            BudgetLine.province_id == self.province_id
            if self.province_id is not None
            else BudgetLine.cluster_id == self.cluster_id
        )
        return [BudgetLine.fiscal_year == self.fiscal_year, home]

    @property
    def group(self) -> Any:
        """What a sheet is made of."""
        return BudgetLine.id if self.by == "line" else BudgetLine.project_id


@dataclass(frozen=True)
class Page:
    """A sheet to be filled: its title, its head, and its lines."""

    title: str
    item: str
    told: Mapping[str, str]
    lines: tuple[Line, ...]

    @property
    def shared(self) -> bool:
        """Whether each line is named above its entries."""
        return PROJECT in self.told and KIND not in self.told


def _made(session: Session, asked: Asked, viewer: Viewer, now: datetime) -> IO[bytes]:
    with force_locale("th"):
        pages = _pages(session, asked)
        frame = _frame(session, asked, pages, viewer, now)
        gc.collect()  # XlsxWriter's book refers to itself and would stay beside the entries
        return _poured(frame, pages, _entries(session, asked))


def _frame(
    session: Session, asked: Asked, pages: Sequence[Page], viewer: Viewer, now: datetime
) -> bytes:
    """The whole workbook but for the entries; what made it is forgotten before they come."""
    place = _place(session, asked)
    book = styles.Book(f"{TITLE} {place}", author=_maker(viewer), created=now)
    day = now.astimezone(dates.BANGKOK).date()
    sheet = book.add(SUMMARY, landscape=True, header=f"{TITLE} {place}")
    heading = (f"{SUMMARY} ปีงบประมาณ พ.ศ. {asked.fiscal_year}", f"{place} ข้อมูล ณ {_moment(now)}")
    ledger_summary.write(session, book, sheet, asked.fiscal_year, asked.where, day, heading)
    looks = {look: book.book.add_format(EXTRA.get(look) or styles.LOOKS[look]) for look in LOOKS}
    for n, page in enumerate(pages):
        _framed(book, page, None if n else looks, f"{TITLE} {place} {asked.fiscal_year}")
    _source(session, book, asked, place, viewer, now, pages)
    return book.finished()


def _maker(viewer: Viewer) -> str:
    return SYSTEM if viewer.system else " ".join(filter(None, (viewer.name, viewer.position)))


def _moment(now: datetime) -> str:
    return dates.moment(now, "th")


def _place(session: Session, asked: Asked) -> str:
    if asked.province_id is not None:
        name = session.scalar(select(Province.name).where(Province.id == asked.province_id))
        return f"จังหวัด{name}"
    return session.scalar(select(Cluster.name).where(Cluster.id == asked.cluster_id)) or DASH


def _pages(session: Session, asked: Asked) -> list[Page]:
    """The sheets with their heads, by one query."""
    rows = list(session.execute(_heads(asked)))
    if asked.by == "line":
        return [
            Page(f"{n} {row.budget_code or row.item}", row.item, _told(row), (_line(row),))
            for n, row in enumerate(rows, 1)
        ]
    grouped = groupby(rows, lambda row: row.project_id)
    return [_project_page(n, list(some)) for n, (_key, some) in enumerate(grouped, 1)]


def _heads(asked: Asked) -> Any:
    line = BudgetLine
    return (
        select(
            line.id, line.project_id, line.item, line.fiscal_year, line.plan, line.budget_code,
            line.fund_code, line.kind, line.enacted, Province.name.label("province"),
            Cluster.name.label("cluster"), Project.name.label("project"),
            Agency.name.label("agency"), ExpenseCategory.path.label("category"),
        )
        .outerjoin(Province, Province.id == line.province_id)
        .outerjoin(Cluster, Cluster.id == line.cluster_id)
        .outerjoin(Project, Project.id == line.project_id)
        .outerjoin(Agency, Agency.id == line.agency_id)
        .outerjoin(ExpenseCategory, ExpenseCategory.id == line.expense_category_id)
        .where(*asked.where)
        .order_by(
            *([line.project_id.is_(None), line.project_id] if asked.by == "project" else []),
            line.budget_code.is_(None), line.budget_code, line.id,
        )
    )  # fmt: skip


def _told(row: Any) -> dict[str, str]:
    """The head of a line's sheet."""
    return {
        PLACE: row.province or row.cluster or DASH, YEAR: str(row.fiscal_year),
        PLAN: row.plan or DASH, PROJECT: row.project or DASH, CODE: row.budget_code or DASH,
        FUND: row.fund_code or DASH,
        KIND: f"{row.category} ({row.kind})" if row.category else str(row.kind),
        AGENCY: row.agency or DASH, AMOUNT: f"{shown(row.enacted)} บาท",
    }  # fmt: skip


def _line(row: Any) -> Line:
    """A line with the words that stand above its entries on a shared sheet."""
    told = _told(row)
    named = [f"{label} {told[label]}" for label in (CODE, KIND, AGENCY, AMOUNT)]
    band = " · ".join([row.item.replace("\n", " "), *named])
    return Line(row.id, row.project_id, told, band, row.enacted)


def _project_page(number: int, rows: Sequence[Any]) -> Page:
    first, lines = rows[0], tuple(map(_line, rows))
    name = first.project or WITHOUT
    told = {
        PLACE: first.province or first.cluster or DASH, YEAR: str(first.fiscal_year),
        PROJECT: name,
        AMOUNT: f"{shown(sum((line.enacted for line in lines), NOTHING))} บาท",
    }  # fmt: skip
    return Page(f"{number} {name}", name, told, lines)


def _framed(book: styles.Book, page: Page, looks: Mapping[str, Any] | None, header: str) -> None:
    """A page's sheet; with `looks` it is the model, which is drawn."""
    sheet = book.add(page.title, landscape=True, header=header)
    sheet.repeat_rows(HEAD_ROW, HEAD_ROW + 1)
    sheet.print_area(0, 0, OPEN_END, LAST)
    if looks is not None:
        _drawn(book, sheet, looks)


def _drawn(book: styles.Book, sheet: "Worksheet", looks: Mapping[str, Any]) -> None:
    """A head without a page's own words, and a sample row where the entries will stand."""
    for n, (_title, _sub, width) in enumerate(HEADS):
        sheet.set_column(n, n, width)
    for n, (_title, width) in enumerate(HELPERS, LAST + 1):
        sheet.set_column(n, n, width, None, {"level": 1, "hidden": True})
    _across(book, sheet, 0, TITLE, "title")
    _across(book, sheet, ITEM_ROW, "", "sub")
    for labels, row in PAIRS:
        _pairs(book, sheet, row, labels)
    _head(book, sheet)
    sheet.freeze_panes(FIRST_ROW, 0)
    for n, look in enumerate(LOOKS):
        sheet.write_blank(FIRST_ROW, n, None, looks[look])


def _across(book: styles.Book, sheet: "Worksheet", row: int, words: str, look: str) -> None:
    sheet.merge_range(row, 0, row, LAST, words, book.look(look))
    sheet.set_row(row, _across_height(words, look))


def _across_height(words: str, look: str) -> float:
    size = styles.LOOKS[look]["font_size"]
    lines = fitting.lines(words, _room(0, LAST), size)
    return fitting.height(min(lines, 3), size)


def _room(first: int, last: int) -> float:
    """The width of columns together, in points."""
    return fitting.column_points(sum(HEADS[n][2] for n in range(first, last + 1)))


def _pairs(book: styles.Book, sheet: "Worksheet", row: int, labels: Sequence[str]) -> None:
    """A row of the head: labels, and the places of their values beside them."""
    for label, (first, end, begin, last) in zip(labels, SPANS, strict=True):
        for words, left, right, look in ((label, first, end, "label"), ("", begin, last, "cell")):
            if left < right:
                sheet.merge_range(row, left, row, right, words, book.look(look))
            else:
                sheet.write(row, left, words, book.look(look))
    sheet.set_row(row, fitting.height(1, styles.TABLE))


def _pairs_height(values: Sequence[str]) -> float:
    lines = [
        fitting.lines(value, _room(begin, last), styles.TABLE)
        for value, (_first, _end, begin, last) in zip(values, SPANS, strict=True)
    ]
    return fitting.height(min(max(lines), 4), styles.TABLE)


def _head(book: styles.Book, sheet: "Worksheet") -> None:
    """The table's head of two rows: a heading over two columns, or over both rows."""
    look = book.look("head")
    for n, (title, sub, _width) in enumerate(HEADS):
        if not sub:
            sheet.merge_range(HEAD_ROW, n, HEAD_ROW + 1, n, title, look)
            continue
        if title:
            sheet.merge_range(HEAD_ROW, n, HEAD_ROW, n + 1, title, look)
        sheet.write_string(HEAD_ROW + 1, n, sub, look)
    for n, (title, _width) in enumerate(HELPERS, LAST + 1):
        sheet.merge_range(HEAD_ROW, n, HEAD_ROW + 1, n, title, look)
    for row in (HEAD_ROW, HEAD_ROW + 1):
        sheet.set_row(row, fitting.height(1 if row == HEAD_ROW else 2, styles.TABLE))


def _source(
    session: Session, book: styles.Book, asked: Asked, place: str, viewer: Viewer,
    now: datetime, pages: Sequence[Page],
) -> None:  # fmt: skip
    """The sheet that says where the figures come from."""
    length, seal = audit.head(session, asked.province_id)
    sheet = Sheet(book, "ที่มาของข้อมูล", (30, 90), landscape=True)
    only = "เฉพาะรายการงบประมาณที่ผู้จัดทำมีสิทธิอ่าน"
    each = "รายการงบประมาณ" if asked.by == "line" else "โครงการ"
    for label, value in (
        ("เอกสาร", f"{TITLE} {place}"),
        ("ข้อมูล ณ", _moment(now)),
        ("จัดทำโดย", _maker(viewer)),
        ("เงื่อนไข", f"{place} ปีงบประมาณ พ.ศ. {asked.fiscal_year} แผ่นละหนึ่ง{each} {only}"),
        ("ยอดที่นับ", "เฉพาะรายการที่อนุมัติแล้ว รายการรออนุมัติแสดงแยกไว้ท้ายแต่ละแผ่น"),
        ("จำนวนรายการงบประมาณ", f"{sum(len(page.lines) for page in pages):,}"),
        ("จำนวนรายการในบันทึกการใช้งาน", f"{length:,}"),
        ("ตราประทับรายการล่าสุด", seal),
    ):
        sheet.pair(label, value)
    sheet.sheet.print_area(0, 0, sheet.at, 1)


def _entries(session: Session, asked: Asked) -> Iterator[Entry]:
    """Every entry of the lines by one query, sheet by sheet, by day and number, as they come."""
    original = aliased(LedgerEntry)
    changes = [type_coerce(getattr(LedgerEntry, f"{name}_change"), BigInteger) for name in CHANGES]
    statement = (
        select(
            asked.group, BudgetLine.id, LedgerEntry.number, LedgerEntry.entry_date,
            LedgerEntry.doc_no, LedgerEntry.description, LedgerEntry.payee, LedgerEntry.kind,
            LedgerEntry.status, original.kind, original.number, PurchaseOrder.number,
            LedgerEntry.carry_over_id, CarryOver.number, *changes,
        )
        .select_from(LedgerEntry)
        .join(BudgetLine, BudgetLine.id == LedgerEntry.budget_line_id)
        .outerjoin(original, original.id == LedgerEntry.reverses_id)
        .outerjoin(PurchaseOrder, PurchaseOrder.id == LedgerEntry.order_id)
        .outerjoin(CarryOver, CarryOver.id == LedgerEntry.carry_over_id)
        .where(*asked.where)
        .order_by(asked.group, BudgetLine.id, LedgerEntry.entry_date, LedgerEntry.number)
        .execution_options(yield_per=200)
    )  # fmt: skip
    for row in session.execute(statement):
        yield Entry(*row)


def _poured(frame: bytes, pages: Sequence[Page], entries: Iterable[Entry]) -> IO[bytes]:
    """The frame with the rows in it; the print areas end with the last of them.

    The summary is sheet 1, so the pages begin with sheet 2.
    """
    made = TemporaryFile()  # noqa: SIM115 - whoever asked for it closes it
    with (
        ZipFile(BytesIO(frame)) as source,
        ZipFile(made, "w", ZIP_DEFLATED, compresslevel=1) as out,
    ):
        _pour_all(source, out, pages, entries)
    made.seek(0)
    return made


def _pour_all(
    source: ZipFile, out: ZipFile, pages: Sequence[Page], entries: Iterable[Entry]
) -> None:
    left = {_name(n) for n, _page in enumerate(pages, 2)} | {"xl/workbook.xml"}
    for info in source.infolist():
        if info.filename not in left:
            out.writestr(info.filename, source.read(info))
    ends = _pour_pages(source, out, pages, entries) if pages else {}
    book = source.read("xl/workbook.xml").decode()
    out.writestr("xl/workbook.xml", _print_areas(book, ends))


def _pour_pages(
    source: ZipFile, out: ZipFile, pages: Sequence[Page], entries: Iterable[Entry]
) -> dict[int, int]:
    """Write every page after the first one's model; the last row of each sheet."""
    sheets = {_key(page): (n, page) for n, page in enumerate(pages, 2)}
    model, ends = Model.of(source.read(_name(2)).decode()), dict[int, int]()
    for key, some in groupby(entries, lambda entry: entry.group_id):
        number, page = sheets.pop(key)
        ends[number] = _pour(model, out, number, page, some)
    for number, page in sheets.values():
        ends[number] = _pour(model, out, number, page, ())
    return ends


def _key(page: Page) -> int | None:
    """What the entries of a sheet are grouped by."""
    return page.lines[0].group_id if page.shared else page.lines[0].id


def _name(number: int) -> str:
    return f"xl/worksheets/sheet{number}.xml"


@dataclass(frozen=True)
class Model:
    """The drawn sheet, cut where the rows will stand."""

    head: str
    tail: str
    ink: Ink

    @classmethod
    def of(cls, sheet: str) -> "Model":
        """The model of a sheet's XML, with the formats of its sample row."""
        head, sample = sheet.split(f'<row r="{FIRST_ROW + 1}"', 1)
        sample, tail = sample.split("</row>", 1)
        numbers = map(int, re.findall(r' s="(\d+)"', sample))
        return cls(head, tail, Ink(dict(zip(LOOKS, numbers, strict=True))))

    def headed(self, page: Page) -> str:
        """The head with a page's own words, each row as high as these need."""
        from xlsxwriter.utility import xl_col_to_name

        head = _told_in(self.head, "A", ITEM_ROW, page.item)
        head = _as_high(head, ITEM_ROW, _across_height(page.item, "sub"))
        for labels, row in PAIRS:
            values = [page.told.get(label, DASH) for label in labels]
            for value, (_first, _end, begin, _last) in zip(values, SPANS, strict=True):
                head = _told_in(head, xl_col_to_name(begin), row, value)
            head = _as_high(head, row, _pairs_height(values))
        return head


def _told_in(head: str, column: str, row: int, words: str) -> str:
    """The head with words in a cell that the model leaves empty."""
    cell = re.compile(rf'<c r="{column}{row + 1}" s="(\d+)"/>')
    return cell.sub(lambda found: WRITERS["text"](int(found[1]))(words), head, count=1)


def _as_high(head: str, row: int, points: float) -> str:
    given = re.compile(rf'(<row r="{row + 1}"[^>]* ht=")[^"]*')
    return given.sub(rf"\g<1>{points:g}", head, count=1)


def _pour(model: Model, out: ZipFile, number: int, page: Page, entries: Iterable[Entry]) -> int:
    """Write one sheet after its model; the last row."""
    body = Body(model.ink, FIRST_ROW + 1)
    by_line: dict[int, list[Entry]] = {}
    for entry in entries:
        by_line.setdefault(entry.line_id, []).append(entry)
    for line in page.lines:
        body.line(by_line.get(line.id, []), line.band if page.shared else "")
    body.whole()
    with out.open(_name(number), "w") as sheet:
        for piece in (model.headed(page), *body.xml, model.tail):
            sheet.write(piece.encode())
    return body.at - 1


def _print_areas(book: str, ends: Mapping[int, int]) -> str:
    """Let each print area end with its sheet's last row."""

    def ended(found: re.Match[str]) -> str:
        last = ends.get(int(found[2]) + 1, OPEN_END)
        return f"{found[1]}{last}</definedName>"

    pattern = (
        r'(<definedName name="_xlnm\.Print_Area" localSheetId="(\d+)">[^<]*\$)'
        rf"{OPEN_END + 1}</definedName>"
    )
    return re.sub(pattern, ended, book)
