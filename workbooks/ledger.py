"""The packet's section on disbursement: agencies and kinds against the target, with a chart.

Official wording stands here in Thai: the packet is a Thai office's paper in any language.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import inf
from typing import Any

from sqlalchemy import select

from access import viewer as who
from entities import dates
from entities.money import SATANG
from entities.vocabulary import Light, SpendingKind
from figures import ledger as figures
from figures import ledger_targets as targets
from figures.ledger import Totals
from figures.ledger_targets import Standing
from models import Agency, BudgetLine
from reports import charts
from workbooks import styles
from workbooks.ledger_summary import DASH, LIGHTS, NOBODY
from workbooks.reports import OVERSEEING
from workbooks.sections import Packet, section
from workbooks.sheets import Sheet

TITLE = "ผลการเบิกจ่ายงบประมาณ"
HEADS: tuple[tuple[str, float], ...] = (
    ("หน่วยงาน / ประเภท", 30), ("งบสุทธิ", 15), ("เบิกจ่าย", 15), ("PO คงค้าง", 15), ("คงเหลือ", 15),
    ("% เบิกจ่าย", 9), ("% ใช้จ่าย", 9), ("เป้าหมาย", 9), ("สูง/ต่ำกว่า", 9), ("ไฟ", 12), ("เป้าหมาย (บาท)", 15),
)  # fmt: skip
LOOKS = (
    None, "money", "money", "money", "money", "share", "share", "share", "points", "centre", "money",
)  # fmt: skip
LIGHT_LOOKS = {Light.GREEN: "ok", Light.AMBER: "warn", Light.RED: "bad", Light.GREY: "centre"}
STACKED = ((2, "ok"), (3, "brand"), (4, "mute"))
"""The columns that a bar is made of, with their tones: together they make the net budget."""
AIM = 10
MOST = 15
"""Agencies in the chart; where there are more, the kinds of expenditure are drawn instead."""
HIGH, ROW = 480, 28
"""In pixels: the chart, and an empty row."""
SHORT = 10
"""Rows up to which table and chart share a page; after more the chart has a page of its own.

Where a page of many rows ends is the printer's to say: a table may run on, a picture may not be cut.
"""
NOTE = (
    "นับเฉพาะรายการที่อนุมัติแล้ว ร้อยละคิดจากบาทจริงปัดครึ่งขึ้นสองตำแหน่ง เป้าหมายคือเป้าหมายถัดไปนับจากวันที่ของข้อมูล"
    " แท่งหนึ่งแท่งคือเบิกจ่าย PO และคงเหลือ เส้นคือเป้าหมายการเบิกจ่าย"
)


@dataclass(frozen=True)
class Shown:
    """One row: its name, its figures, and how it stands against the target."""

    name: str
    totals: Totals
    standing: Standing

    @property
    def aim(self) -> Decimal | None:
        """The target in baht of the row's own net budget."""
        if self.standing.target is None:
            return None
        return (self.totals.net_budget * self.standing.target / 100).quantize(SATANG, ROUND_HALF_UP)


def _wanted(packet: Packet) -> bool:
    """Where a province looks at itself, by one who reads its ledger, once the year has lines."""
    meeting = packet.meeting
    if meeting.province_id is None or meeting.committee.type not in OVERSEEING:
        return False
    return who.of(packet.session).may(BudgetLine, "read") and bool(_lines(packet))


def _lines(packet: Packet) -> Sequence[int]:
    return packet.session.scalars(
        select(BudgetLine.id).where(
            BudgetLine.province_id == packet.meeting.province_id,
            BudgetLine.fiscal_year == dates.fiscal_year(packet.today),
        )
    ).all()


@section("disbursement", TITLE, 50, _wanted)
def disbursement(packet: Packet) -> None:
    """Kinds of expenditure, then agencies, each against its target; below them the chart."""
    year = dates.fiscal_year(packet.today)
    sheet = packet.sheet([width for _title, width in HEADS], landscape=True)
    day = dates.long_date(packet.today, "th")
    sheet.title(f"{TITLE} ปีงบประมาณ พ.ศ. {year}", f"{packet.dossier.place} ข้อมูล ณ วันที่ {day}")
    sheet.gap()
    sheet.head([title for title, _width in HEADS])
    kinds, agencies, whole = _found(packet, year)
    sheet.across("จำแนกตามประเภท")
    at_kinds = _rows(sheet, [*kinds, whole])
    sheet.across("จำแนกตามหน่วยงาน")
    at_agencies = _rows(sheet, agencies)
    sheet.across(NOTE, "note")
    by_agency = len(agencies) <= MOST
    shown = (at_agencies, agencies) if by_agency else (at_kinds, kinds)
    _chart(packet, sheet, shown[0], len(shown[1]))
    packet.used(BudgetLine, _lines(packet))


def _found(packet: Packet, year: int) -> tuple[list[Shown], list[Shown], Shown]:
    """The rows by kind, by agency, and of all, by one aggregate query."""
    session, known = packet.session, figures.targets(packet.session, year)
    found = figures.totals(
        session, year, BudgetLine.agency_id, BudgetLine.kind, province_id=packet.meeting.province_id
    )
    named = session.execute(select(Agency.id, Agency.name).order_by(Agency.sort_key))
    names: dict[int | None, str] = {row[0]: row[1] for row in named} | {None: NOBODY}

    def shown(name: str, some: Sequence[Totals], kind: SpendingKind | None = None) -> Shown:
        totals = figures.together(some)
        due = figures.next_target(known, packet.today, targets.TARGET_OF[kind])
        aim = due[1] if due else None
        return Shown(name, totals, targets.standing(totals.percent_disbursed, aim, targets.amber()))

    kinds = [
        shown(str(kind), some, kind)
        for kind in SpendingKind
        if (some := [one for one in found if one.key[1] is kind])
    ]
    agencies = [
        shown(name, some) for key, name in names.items()
        if (some := [one for one in found if one.key[0] == key])
    ]  # fmt: skip
    return kinds, agencies, shown("รวม", found)


def _rows(sheet: Sheet, shown: Sequence[Shown]) -> int:
    """Write the rows; the first of them (from 0)."""
    first = sheet.at
    for one in shown:
        stood, totals = one.standing, one.totals
        cells: list[Any] = [
            one.name, totals.net_budget, totals.disbursed, totals.outstanding, totals.available,
            totals.percent_disbursed, totals.percent_used, stood.target, stood.difference,
            LIGHTS[stood.light], one.aim,
        ]  # fmt: skip
        looks = list(LOOKS)
        looks[9] = LIGHT_LOOKS[stood.light]
        sheet.line(
            [DASH if cell is None else cell for cell in cells],
            ["none" if cell is None else look for cell, look in zip(cells, looks, strict=True)],
        )
    return first


def _chart(packet: Packet, sheet: Sheet, first: int, count: int) -> None:
    """Bars of what was disbursed, committed and left, with a line at the target."""
    last, name = first + count - 1, sheet.sheet.get_name()
    book = packet.book.book
    chart = book.add_chart({"type": "column", "subtype": "stacked"})
    for column, tone in STACKED:
        colour = charts.shade(tone)
        chart.add_series({
            "name": HEADS[column][0], "categories": [name, first, 0, last, 0],
            "values": [name, first, column, last, column], "gap": 60,
            "fill": {"color": colour}, "border": {"color": "#FFFFFF"},
        })  # fmt: skip
    line = book.add_chart({"type": "line"})
    line.add_series({
        "name": "เป้าหมาย", "categories": [name, first, 0, last, 0],
        "values": [name, first, AIM, last, AIM],
        "line": {"color": charts.shade("worst"), "width": 2.25, "dash_type": "dash"},
        "marker": {"type": "diamond", "size": 8, "fill": {"color": charts.shade("worst")},
                   "border": {"none": True}},
    })  # fmt: skip
    chart.combine(line)
    font = {"name": styles.FONT, "size": 12}
    chart.set_title({"name": TITLE, "name_font": {"name": styles.FONT, "size": 16}})
    chart.set_x_axis({"num_font": font})
    chart.set_y_axis({
        "num_font": font, "num_format": "#,##0.0,,", "name": "ล้านบาท", "name_font": font, "min": 0,
    })  # fmt: skip
    chart.set_legend({"position": "bottom", "font": font})
    chart.set_size({"width": 1000, "height": HIGH})
    told = {
        "object_position": 3,
        "y_offset": 8,
        "description": f"{TITLE}: เบิกจ่าย PO และคงเหลือเทียบกับเป้าหมาย",
    }
    sheet.keep(inf if sheet.at > SHORT else HIGH * 0.75)
    sheet.sheet.insert_chart(sheet.at, 0, chart, told)
    sheet.sheet.print_area(0, 0, sheet.at + HIGH // ROW + 1, len(HEADS) - 1)
