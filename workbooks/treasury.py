"""The treasury's figures (GFMIS NFMA46 and files like it) as rows for a reconciliation."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from entities import thai
from rules.reconciliation import TheirLine
from workbooks import reading, typed
from workbooks.reading import Mapping, Row, Target
from workbooks.typed import BadCell

EXACT = 10**15
"""A spreadsheet keeps 15 digits of a number: a longer code that it took for one is damaged."""


def code(cell: Any) -> str | None:
    """A budget code without its spaces and dashes; refused where a spreadsheet rounded it."""
    if isinstance(cell, int | float) and abs(cell) >= EXACT:
        raise BadCell(
            _("The code was kept as a number and has lost its last digits; keep it as text.")
        )
    words = typed.text(cell)
    return thai.to_arabic(words).replace(" ", "").replace("-", "") if words else None


FIGURES = Mapping(
    (
        Target(
            "budget_code", _l("Budget code"), ("รหัสงบประมาณ", "budget_code", "รหัสงบ", "budget code"),
            code, needed=True, filled=True,
        ),
        Target("plan", _l("Plan"), ("แผนงาน", "plan"), typed.text, spread=True),
        Target(
            "budget", _l("Net budget"),
            ("งบสุทธิ", "งบประมาณสุทธิ", "งบจัดสรรสุทธิ", "net_budget", "net budget", "budget"), typed.amount,
        ),
        Target(
            "orders", _l("Orders"),
            ("PO", "ใบสั่งซื้อ", "PO คงค้าง", "ก่อหนี้ผูกพัน", "ใบสั่งซื้อ/สัญญา", "order", "orders"), typed.amount,
        ),
        Target(
            "paid", _l("Disbursed"),
            ("เบิกจ่าย", "เบิกจ่ายแล้ว", "เบิกจ่ายสะสม", "ผลการเบิกจ่าย", "paid", "disbursed"),
            typed.amount, needed=True,
        ),
        Target("left", _l("Left"), ("คงเหลือ", "งบคงเหลือ", "left", "remaining"), typed.amount),
    ),
    item="budget_code",
)  # fmt: skip
"""The columns of NFMA46: แผนงาน, รหัสงบประมาณ, งบสุทธิ, PO, เบิกจ่าย, คงเหลือ."""


def rows(content: bytes) -> list[TheirLine]:
    """The lines of the treasury's file; raises Unreadable."""
    return [_line(row) for row in reading.read(content, FIGURES).rows]


def _line(row: Row) -> TheirLine:
    told = row.values
    return TheirLine(
        told["budget_code"] or "", told.get("budget"), told.get("orders"), told.get("paid"), told.get("left"),
        tuple(fault.text() for fault in row.faults), tuple(cell.text() for cell in row.formulas),
    )  # fmt: skip
