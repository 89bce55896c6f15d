"""The ledger's summary: agencies by kind of expenditure, against the target, with a traffic light.

Percentages, differences, lights and sums are live formulas; the amounts are the database's own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from entities.vocabulary import Light, SpendingKind
from figures import ledger as figures
from figures import ledger_targets as targets
from figures.ledger import Totals
from figures.ledger_targets import Standing
from models import Agency, BudgetLine
from workbooks import fitting, styles

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

HEADS: tuple[tuple[str, float], ...] = (
    ("หน่วยงาน", 34), ("ประเภท", 14), ("งบจัดสรรสุทธิ", 18), ("PO", 17), ("เบิกจ่าย", 17),
    ("คงเหลือ", 17), ("% เบิกจ่าย", 11), ("เป้าหมาย", 11), ("สูง/ต่ำกว่า", 11), ("ไฟ", 12),
)  # fmt: skip
LIGHTS = {Light.GREEN: "● เขียว", Light.AMBER: "▲ เหลือง", Light.RED: "■ แดง", Light.GREY: "–"}
TONES = {"● เขียว": "ok", "▲ เหลือง": "warn", "■ แดง": "bad"}
ALL, NOBODY, WHOLE = "รวม", "ไม่ระบุหน่วยดำเนินการ", "รวมทุกหน่วยงาน"
DASH = "–"
AMOUNTS = ("net_budget", "outstanding", "disbursed", "available")
HEAD_ROW = 3
NOTE = (
    "คงเหลือ = งบจัดสรรสุทธิ − เงินสำรอง − PO คงค้าง − เบิกจ่ายสุทธิ − เงินกันเหลื่อมปี − เงินพับไป · ร้อยละปัดครึ่งขึ้นสองตำแหน่ง"
    " · เป้าหมายคือเป้าหมายถัดไปนับจากวันที่ของข้อมูล ไม่มีเป้าหมายแสดง –"
)


@dataclass(frozen=True)
class Shown:
    """One row: whose, of which kind (None: both), and the rows (from 1) that it adds up."""

    name: str
    kind: SpendingKind | None
    totals: Totals
    parts: tuple[int, ...] = ()


def write(
    session: Session,
    book: styles.Book,
    sheet: "Worksheet",
    fiscal_year: int,
    where: Sequence[ColumnElement[bool]],
    day: date,
    heading: tuple[str, str],
) -> None:
    """Write the summary of the lines meant by `where`, as of a day."""
    for n, (_title, width) in enumerate(HEADS):
        sheet.set_column(n, n, width)
    last = len(HEADS) - 1
    for row, (words, look) in enumerate(zip(heading, ("title", "sub"), strict=True)):
        sheet.merge_range(row, 0, row, last, words, book.look(look))
    for n, (title, _width) in enumerate(HEADS):
        sheet.write_string(HEAD_ROW, n, title, book.look("head"))
    styles.repeat(sheet, HEAD_ROW, HEAD_ROW)
    shown = _rows(session, fiscal_year, where)
    pen = _Pen(book, sheet, HEAD_ROW + 1 + len(shown))
    standings = _standings(session, fiscal_year, day, shown)
    for row, (one, standing) in enumerate(zip(shown, standings, strict=True), HEAD_ROW + 1):
        pen.row(row, one, standing)
    pen.foot()
    sheet.print_area(0, 0, pen.limit + 1, last)


def _rows(session: Session, fiscal_year: int, where: Sequence[ColumnElement[bool]]) -> list[Shown]:
    """Each agency with its kinds and their sum, then all agencies."""
    found = figures.totals(session, fiscal_year, BudgetLine.agency_id, BudgetLine.kind, where=where)
    ids = {one.key[0] for one in found}
    named = session.execute(select(Agency.id, Agency.name).where(Agency.id.in_(ids)))
    names: dict[int | None, str] = {row[0]: row[1] for row in named}
    rows: list[Shown] = []
    at: dict[SpendingKind, list[int]] = {}
    for key in sorted(ids, key=lambda one: (one not in names, names.get(one, ""))):
        own = [one for kind in SpendingKind for one in found if one.key == (key, kind)]
        first = HEAD_ROW + 2 + len(rows)
        for n, one in enumerate(own):
            at.setdefault(one.key[1], []).append(first + n)
            rows.append(Shown(names.get(key, NOBODY), one.key[1], one))
        parts = tuple(range(first, first + len(own)))
        rows.append(Shown(names.get(key, NOBODY), None, figures.together(own), parts))
    return [*rows, *_whole(found, at, HEAD_ROW + 2 + len(rows))]


def _whole(found: list[Totals], at: dict[SpendingKind, list[int]], first: int) -> list[Shown]:
    kinds = [kind for kind in SpendingKind if kind in at]
    rows = [
        Shown(
            WHOLE, kind, figures.together([o for o in found if o.key[1] == kind]), tuple(at[kind])
        )
        for kind in kinds
    ]
    parts = tuple(range(first, first + len(kinds)))
    return [*rows, Shown(WHOLE, None, figures.together(found), parts)]


def _standings(
    session: Session, fiscal_year: int, day: date, shown: Sequence[Shown]
) -> list[Standing]:
    known = figures.targets(session, fiscal_year)
    read, amber = targets.reading_day(fiscal_year, day), targets.amber()
    due = {kind: figures.next_target(known, read, of) for kind, of in targets.TARGET_OF.items()}
    return [
        targets.standing(one.totals.percent_disbursed, found[1] if found else None, amber)
        for one in shown
        for found in (due[one.kind],)
    ]


class _Pen:
    """Writes the summary's rows; `limit` is the row (from 0) that holds the amber threshold."""

    def __init__(self, book: styles.Book, sheet: "Worksheet", limit: int) -> None:
        self.book, self.sheet, self.limit = book, sheet, limit
        self._formats: dict[tuple[str, str, str], Format] = {}

    def row(self, row: int, one: Shown, standing: Standing) -> None:
        """One row, at a row from 0."""
        strong = bool(one.parts) or one.kind is None
        look = self._look("label" if strong else "cell")
        self.sheet.write_string(row, 0, styles.safe(one.name), look)
        self.sheet.write_string(row, 1, str(one.kind) if one.kind else ALL, look)
        for column, name in enumerate(AMOUNTS, 2):
            self._amount(row, column, getattr(one.totals, name), one.parts, strong)
        self._share(row, standing, strong)
        room = fitting.column_points(HEADS[0][1])
        self.sheet.set_row(
            row, fitting.height(fitting.lines(one.name, room, styles.TABLE), styles.TABLE)
        )

    def _look(self, base: str, num_format: str = "", align: str = "left") -> "Format":
        """A look of the workbook's with a number format of its own, made once."""
        key = base, num_format, align
        if key not in self._formats:
            told = {"num_format": num_format, "align": align}
            self._formats[key] = self.book.book.add_format({**styles.LOOKS[base], **told})
        return self._formats[key]

    def _amount(
        self, row: int, column: int, amount: Decimal, parts: tuple[int, ...], strong: bool
    ) -> None:
        look = self._look("label" if strong else "cell", num_format="#,##0.00", align="right")
        if not parts:
            self.sheet.write_number(row, column, amount, look)
            return
        letter = chr(ord("A") + column)
        summed = "+".join(f"{letter}{part}" for part in parts)
        self.sheet.write_formula(row, column, f"=ROUND({summed},2)", look, float(amount))

    def _share(self, row: int, standing: Standing, strong: bool) -> None:
        """Percentage, target, difference and light of a row."""
        n, base = row + 1, "label" if strong else "cell"
        share = self._look(base, num_format="0.00", align="right")
        points = self._look(base, num_format="+0.00;-0.00;0.00", align="right")
        light = self._look(base, align="center")
        self.sheet.write_formula(
            row, 6, f'=IF(C{n}=0,"{DASH}",ROUND(E{n}*100/C{n},2))', share, _value(standing.percent)
        )
        if standing.target is None:
            self.sheet.write_string(row, 7, DASH, share)
        else:
            self.sheet.write_number(row, 7, standing.target, share)
        none = f"OR(NOT(ISNUMBER(G{n})),NOT(ISNUMBER(H{n})))"
        self.sheet.write_formula(
            row, 8, f'=IF({none},"{DASH}",ROUND(G{n}-H{n},2))', points, _value(standing.difference)
        )
        words = [LIGHTS[one] for one in (Light.GREY, Light.GREEN, Light.AMBER, Light.RED)]
        near = f'IF(ROUND(G{n}-H{n},2)>=-$C${self.limit + 1},"{words[2]}","{words[3]}")'
        self.sheet.write_formula(
            row, 9, f'=IF({none},"{words[0]}",IF(G{n}>=H{n},"{words[1]}",{near}))', light,
            LIGHTS[standing.light],
        )  # fmt: skip

    def foot(self) -> None:
        """The amber threshold, which the lights read, their colours, and the note."""
        cell = self.book.look("cell")
        self.sheet.merge_range(
            self.limit, 0, self.limit, 1, "ไฟเหลืองเมื่อต่ำกว่าเป้าหมายไม่เกิน (จุดร้อยละ)", cell
        )
        self.sheet.write_number(self.limit, 2, targets.amber(), self.book.look("money"))
        last = len(HEADS) - 1
        self.sheet.merge_range(
            self.limit + 1, 0, self.limit + 1, last, NOTE, self.book.look("note")
        )
        self.sheet.set_row(self.limit + 1, fitting.height(2, styles.SMALL))
        for words, tone in TONES.items():
            colours = {"font_color": styles.TONES[tone], "bg_color": styles.SHADES[tone]}
            self.sheet.conditional_format(
                HEAD_ROW + 1, last, self.limit - 1, last,
                {"type": "cell", "criteria": "==", "value": f'"{words}"',
                 "format": self.book.book.add_format({**colours, "bold": True})},
            )  # fmt: skip


def _value(found: Decimal | None) -> float | str:
    return DASH if found is None else float(found)
