"""A centre's log of cases as rows for the import: how offices head their columns, and other headings."""

from collections.abc import Mapping as Told
from dataclasses import replace

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from rules.complaint_log import LogRow
from workbooks import reading, typed
from workbooks.opened import Unreadable
from workbooks.reading import Mapping, Row, Target

LOG = Mapping(
    (
        Target("number", _l("Number in the older log"),
               ("เลขที่เรื่อง", "เลขที่", "เลขรับเรื่อง", "เลขรับ", "รหัสเรื่อง", "case_no"), typed.text),
        Target("district", _l("District"), ("อำเภอ", "อำเภอที่เกิดเหตุ", "พื้นที่", "district", "amphoe"),
               typed.text, spread=True),
        Target("category", _l("Complaint category"),
               ("ประเภทเรื่อง", "ประเภท", "ประเภทเรื่องร้องเรียน", "หมวดเรื่อง", "category"), typed.text,
               needed=True, filled=True, spread=True),
        Target("channel", _l("Channel"), ("ช่องทาง", "ช่องทางการร้องเรียน", "ช่องทางรับเรื่อง", "channel"),
               typed.text, spread=True),
        Target("agencies", _l("Agency"),
               ("หน่วยงาน", "หน่วยงานที่รับผิดชอบ", "หน่วยงานที่เกี่ยวข้อง", "หน่วยงานดำเนินการ", "agency"),
               typed.text),
        Target("status", _l("Status"), ("สถานะ", "ผลการดำเนินการ", "สถานะเรื่อง", "status"), typed.text,
               needed=True, filled=True),
        Target("received_on", _l("Received on"),
               ("วันที่รับเรื่อง", "วันรับเรื่อง", "วันที่รับ", "วันที่ร้องเรียน", "received_on"), typed.day,
               needed=True, filled=True),
        Target("due_on", _l("Due on"),
               ("กำหนดรายงาน", "ครบกำหนด", "วันครบกำหนด", "กำหนดเสร็จ", "due_on"), typed.day),
        Target("closed_on", _l("Closed on"),
               ("วันที่ยุติ", "วันที่ยุติเรื่อง", "วันที่แล้วเสร็จ", "closed_on"), typed.day),
        Target("subject", _l("Subject"), ("เรื่อง", "หัวข้อเรื่อง", "subject"), typed.text),
    ),
    item="category",
)  # fmt: skip
"""The columns of a log, and the headings that offices write over theirs; nobody's name among them."""


def rows(content: bytes, headed: Told[str, str] | None = None) -> list[LogRow]:
    """The rows of a log; `headed` gives a column the heading that stands in this file.

    Raises Unreadable where the file is no such table, or a column is not known.
    """
    return [_row(row) for row in reading.read(content, _mapping(headed or {})).rows]


def headings(content: bytes) -> list[str]:
    """The headings that may be chosen from; raises Unreadable where the file has none."""
    return reading.headings(content)


def meant(heads: list[str]) -> dict[str, str]:
    """The heading of a file that each column is found by, without being told."""
    found = {}
    for target in LOG.targets:
        known = {reading.plain(name) for name in target.headings}
        heading = next((one for one in heads if reading.plain(one) in known), None)
        if heading is not None:
            found[target.key] = heading
    return found


def _mapping(headed: Told[str, str]) -> Mapping:
    known = {target.key for target in LOG.targets}
    strange = sorted(set(headed) - known)
    if strange:
        raise Unreadable(
            _("“%(name)s” is no column here; there are: %(known)s", name=strange[0],
              known=", ".join(sorted(known)))
        )  # fmt: skip
    told = [
        replace(one, headings=(headed[one.key],)) if one.key in headed else one
        for one in LOG.targets
    ]
    return Mapping(tuple(told), LOG.item)


def _row(row: Row) -> LogRow:
    told = row.values
    place = f"{row.sheet} {_('row %(row)s', row=f'{row.number:,}')}".strip()
    words = {key: told.get(key) or "" for key in ("category", "channel", "district", "agencies")}
    return LogRow(
        place, **words, status=told.get("status") or "", received_on=told.get("received_on"),
        due_on=told.get("due_on"), closed_on=told.get("closed_on"), number=told.get("number"),
        subject=told.get("subject"), faults=tuple(fault.text() for fault in row.faults),
    )  # fmt: skip
