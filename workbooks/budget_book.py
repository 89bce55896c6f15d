"""A budget file as rows for the import: the budget book's columns, and how offices head their own."""

from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from access.database import no_collecting
from rules.budget_rows import BookRow
from workbooks import reading, typed
from workbooks.reading import Mapping, Row, Target

BOOK = Mapping(
    (
        Target("key", _l("Number in the file"), ("item_id", "รหัสรายการ", "เลขที่รายการ"), typed.text),
        Target(
            "unit", _l("Province or cluster"),
            ("unit_name", "หน่วยรับงบประมาณ", "หน่วยงาน", "จังหวัด", "จังหวัด/กลุ่มจังหวัด", "unit", "province"),
            typed.text, spread=True,
        ),
        Target(
            "fiscal_year", _l("Fiscal year"),
            ("fiscal_year_be", "ปีงบประมาณ", "ปีงบประมาณ พ.ศ.", "fiscal_year", "ปี"),
            typed.year, spread=True,
        ),
        Target("plan", _l("Plan"), ("plan", "แผนงาน"), typed.text, spread=True),
        Target(
            "output", _l("Output or project of the budget"),
            ("project", "output", "โครงการ", "ผลผลิต/โครงการ", "ผลผลิต", "ชื่อโครงการ"),
            typed.text, spread=True,
        ),
        Target(
            "first", _l("Expense category"),
            ("expense_category", "งบรายจ่าย", "ประเภทงบรายจ่าย", "หมวดรายจ่าย"),
            typed.text, spread=True,
        ),
        Target(
            "second", _l("Expense category, second level"),
            ("expense_lv2", "ประเภทรายจ่าย", "หมวด", "รายจ่ายระดับ 2"), typed.text, spread=True,
        ),
        Target(
            "third", _l("Expense category, third level"),
            ("expense_lv3", "ลักษณะรายจ่าย", "รายจ่ายระดับ 3"), typed.text, spread=True,
        ),
        Target("page", _l("Page"), ("page", "หน้า"), typed.whole),
        Target("budget_code", _l("Budget code"), ("budget_code", "รหัสงบประมาณ"), typed.text),
        Target(
            "item", _l("Item"), ("item", "รายการ", "ชื่อรายการ", "รายละเอียด", "กิจกรรม", "item_desc"),
            typed.text, needed=True, filled=True,
        ),
        Target(
            "amount", _l("Amount"),
            ("amount_baht", "amount", "จำนวนเงิน", "งบประมาณ", "วงเงิน", "วงเงินงบประมาณ", "เงินงบประมาณ", "พ.ร.บ."),
            typed.amount, needed=True, filled=True,
        ),
    ),
    item="item",
)  # fmt: skip
"""The columns of the budget book, and the headings that offices write over theirs."""


def rows(content: bytes) -> tuple[list[BookRow], Decimal | None]:
    """The rows of a budget file, and the total it states itself; raises Unreadable."""
    with no_collecting():
        table = reading.read(content, BOOK)
        found = [_row(n, row) for n, row in enumerate(table.rows, 1)]
    stated = [row.values.get("amount") for row in table.totals]
    return found, stated[-1] if stated else None


def _row(number: int, row: Row) -> BookRow:
    told = row.values
    names = (told.get("first"), told.get("second"), told.get("third"))
    place = _("row %(row)s", row=f"{row.number:,}")
    return BookRow(
        number, f"{row.sheet} {place}".strip(), told.get("item") or "", told.get("amount"),
        told.get("unit") or "", told.get("fiscal_year"), told.get("plan"), told.get("output"),
        tuple(name for name in names if name), told.get("key"), told.get("budget_code"), told.get("page"),
        tuple(fault.text() for fault in row.faults),
        () if row.faults else tuple(cell.text() for cell in row.formulas),
        row.cell("amount"), row.cell("fiscal_year"),
    )  # fmt: skip
