"""The packet's section on complaints: the year's figures, and the cases that need the committee.

Official wording stands here in Thai: the packet is a Thai office's paper in any language. Nobody who
complained stands here, and of a confidential case only its number and category.
"""

from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, select

from access import viewer as who
from entities import dates
from figures import complaints as figures
from figures.complaints import Count, Period
from models import Complaint, ComplaintCategory
from reports.base import Bars, Series, percent
from workbooks import charts
from workbooks.reports import OVERSEEING
from workbooks.sections import Packet, section
from workbooks.sheets import Sheet

TITLE = "เรื่องร้องเรียนร้องทุกข์"
CONFIDENTIAL = "เรื่องลับ"
CALM = "ไม่มีเรื่องที่ต้องเสนอคณะกรรมการ"
WIDTHS = (34, 11, 11, 11, 11, 14, 13, 13)
HEADS = (
    "ประเภทเรื่อง", "ยกมา", "รับใหม่", "ยุติ", "คงค้าง", "เกินกำหนดวันนี้", "ทันกำหนด (%)", "มัธยฐาน (วัน)",
)  # fmt: skip
LOOKS = (None, "number", "number", "number", "number", "number", "share", "number")
CASES = ("เลขที่เรื่อง", "เรื่อง", "ประเภทเรื่อง", "หน่วยงานหลัก", "รับเมื่อ", "กำหนด", "สถานะ")
CASE_WIDTHS = (20, 38, 20, 24, 13, 13, 18)


def _wanted(packet: Packet) -> bool:
    """Where a province looks at itself, by one who reads its cases, once there are some."""
    meeting = packet.meeting
    if meeting.province_id is None or meeting.committee.type not in OVERSEEING:
        return False
    if not who.of(packet.session).may(Complaint, "read"):
        return False
    some = select(Complaint.id).where(figures.KEPT, *_here(packet)).limit(1)
    return packet.session.scalar(some) is not None


def _here(packet: Packet) -> tuple[ColumnElement[bool], ...]:
    return (Complaint.province_id == packet.meeting.province_id,)


def _year(packet: Packet) -> Period:
    return figures.fiscal_year(dates.fiscal_year(packet.today))


@section("complaints", TITLE, 72, _wanted)
def complaints(packet: Packet) -> None:
    """The fiscal year by category with its totals, and a chart of what was closed and is open."""
    told, where = _year(packet), _here(packet)
    sheet = packet.sheet(WIDTHS, landscape=True)
    day = dates.long_date(packet.today, "th")
    sheet.title(f"{TITLE} ปีงบประมาณ พ.ศ. {told.key}", f"{packet.dossier.place} ข้อมูล ณ วันที่ {day}")
    sheet.gap()
    sheet.head(HEADS)
    names = dict(packet.session.execute(select(ComplaintCategory.id, ComplaintCategory.name)).all())
    found = figures.counted(packet.session, told, packet.today, Complaint.category_id, where)
    rows = [(names[key], found[key]) for key in sorted(found, key=lambda k: -found[k].received)]
    for name, count in rows:
        sheet.line(_figures(name, count), LOOKS)
    whole = figures.together(found.values())
    sheet.line(_figures("รวม", whole), LOOKS)
    sheet.gap()
    _chart(packet, sheet, rows)
    counted = select(Complaint.id).where(figures.KEPT, *where, Complaint.received_on <= told.last)
    packet.used(Complaint, packet.session.scalars(counted))


def _figures(name: str, one: Count) -> list[str | int | Decimal | None]:
    share = percent(one.within, one.timed)
    return [
        name, one.brought, one.received, one.closed, one.pending, one.late, share, one.median,
    ]  # fmt: skip


def _chart(packet: Packet, sheet: Sheet, rows: list[tuple[str, Count]]) -> None:
    series = (
        Series("ยุติ", "ok", tuple(one.closed for _name, one in rows)),
        Series("คงค้าง", "gold", tuple(one.pending for _name, one in rows)),
    )
    bars = Bars(tuple(name for name, _one in rows), series, "เรื่อง")
    if not bars:
        return
    place = charts.written(packet.book, sheet.sheet, len(WIDTHS) + 1, bars)
    for part in charts.parts(bars, sheet.room):
        sheet.keep(part.points)
        charts.drawn(packet.book, sheet.sheet, sheet.at, place, bars, part, TITLE, sum(WIDTHS))
        sheet.skip(part.rows, charts.ROW * charts.POINT)
    sheet.sheet.print_area(0, 0, sheet.at, len(WIDTHS) - 1)


@section("complaints-for-committee", "เรื่องร้องเรียนที่ต้องเสนอ", 73, _wanted)
def for_committee(packet: Packet) -> None:
    """The open cases that were marked for the committee, and those late by more than a month."""
    found = figures.for_committee(packet.session, packet.meeting.province_id, packet.today)
    sheet = packet.sheet(CASE_WIDTHS, landscape=True)
    sheet.title("เรื่องร้องเรียนร้องทุกข์ที่ต้องเสนอคณะกรรมการ")
    sheet.gap()
    sheet.head(CASES)
    for one in found:
        sheet.line(_case(one, packet), [None, None, None, None, "date", "date", "centre"])
    if not found:
        sheet.across(CALM, "none")
    packet.used(Complaint, [one.id for one in found])


def _case(one: Any, packet: Packet) -> list[object]:
    late = (packet.today - one.due_on).days if one.due_on else 0
    state = f"เลยกำหนด {late:,} วัน\n{one.status}" if late > 0 else str(one.status)
    subject = CONFIDENTIAL if one.confidential else one.subject
    return [one.number, subject, one.category, one.agency, one.received_on, one.due_on, state]
