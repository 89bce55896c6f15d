"""The forms of a budget request in Excel: จ.1, จ.1-1 and จ.2; for a cluster กจ.1, กจ.1-1 and กจ.2.

Official wording stands here in Thai whatever language the screen has. Amounts are real numbers and
texts are texts, never formulas. The forms' columns: domain §7.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial

from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from entities import dates, money
from entities.money import NOTHING
from entities.vocabulary import FundingSource, ReadinessKind, RequestStatus
from figures import governance
from figures import requests as figures
from models import BudgetRequest, RequestCost, RequestItem
from workbooks import names
from workbooks.sheets import Sheet
from workbooks.styles import Book

DASH, NONE, NO_ISSUE = "–", "ไม่มีโครงการในคำขอนี้", "ไม่ได้ระบุประเด็นการพัฒนา"
PLAN_YEARS, FIRST_PLAN = 5, 2566
"""Development plans hold for five years: 2566–2570, 2571–2575 …"""
SOURCES = {
    FundingSource.PROVINCE: "งบจังหวัด",
    FundingSource.CLUSTER: "งบกลุ่มจังหวัด",
    FundingSource.MINISTRY: "งบกระทรวง/กรม",
    FundingSource.LOCAL: "งบ อปท.",
    FundingSource.PRIVATE: "ภาคเอกชน",
}
"""The sources of money of form จ.2, in its order."""
COST_HEADS = (
    "ลำดับ", "รายการ", "หมวดรายจ่าย", "จำนวน", "หน่วย", "ราคาต่อหน่วย", "จำนวนเงิน (บาท)",
)  # fmt: skip
DOTTED = "(................................................)"
SIGNED = "ลงชื่อ ................................................ ผู้เสนอโครงการ"
SIGNING = 40
"""Height in points of a line to sign on."""
HEAD = 90
"""Points that an issue's band needs with its first projects: less left, and it goes on a new page."""
CHECKLIST = 225
"""Points of the checklist where nothing is noted: less left, and it goes on a new page as a whole."""
SUM = 60
"""Points of a sum with the note under it: a project goes along with them to a new page."""

Write = Callable[[Session, BudgetRequest, Book], None]


def number(record: BudgetRequest | RequestItem, which: str) -> str:
    """A form's number: จ.1 of a province, กจ.1 of a cluster."""
    return f"{'จ.' if record.cluster_id is None else 'กจ.'}{which}"


def _made(
    write: Write, which: str, session: Session, request: BudgetRequest, now: datetime, author: str
) -> bytes:
    with force_locale("th"):
        book = Book(f"แบบ {number(request, which)} {request.name}", created=now, author=author)
        write(session, request, book)
        return book.finished()


def _plan_list(session: Session, request: BudgetRequest, book: Book) -> None:
    """จ.1: projects by development issue, with the amount of each year of the plan."""
    years = plan_years(request.fiscal_year)
    form = number(request, "1")
    sheet = Sheet(
        book,
        f"แบบ {form}",
        [7, 47, 27, *[16] * PLAN_YEARS, 18],
        landscape=True,
        header=f"แบบ {form}",
    )
    sheet.title(
        "บัญชีรายการชุดโครงการ",
        f"แผนพัฒนา{_place(request)} (พ.ศ. {years[0]}–{years[-1]})",
        request.name,
    )
    sheet.gap()
    heads = [f"ปีงบประมาณ พ.ศ. {year} (บาท)" for year in years]
    sheet.head(["ลำดับ", "แผนงาน/โครงการ", "หน่วยงานรับผิดชอบ", *heads, "รวม (บาท)"])
    issues = _by_issue(session, request, years)
    for issue, projects in issues.items():
        _issue(sheet, issue, projects)
    if not issues:
        sheet.across(NONE, "none")
        return
    every = [amounts for projects in issues.values() for _agency, amounts in projects.values()]
    _sum_line(sheet, "รวมทั้งสิ้น", every, along=2)


Amounts = list[Decimal]
Projects = dict[str, tuple[str, Amounts]]


def plan_years(year: int) -> list[int]:
    """The years of the plan in which a fiscal year lies."""
    first = FIRST_PLAN + (year - FIRST_PLAN) // PLAN_YEARS * PLAN_YEARS
    return list(range(first, first + PLAN_YEARS))


def _by_issue(
    session: Session, request: BudgetRequest, years: Sequence[int]
) -> dict[str, Projects]:
    """The home's projects of those years by issue and name, with each year's amount."""
    home = (
        BudgetRequest.province_id == request.province_id
        if request.province_id is not None
        else BudgetRequest.cluster_id == request.cluster_id
    )
    found = session.execute(
        select(RequestItem, BudgetRequest.fiscal_year)
        .join(BudgetRequest, BudgetRequest.id == RequestItem.request_id)
        .where(home, BudgetRequest.fiscal_year.in_(years), figures.KEPT)
        .options(joinedload(RequestItem.agency))
        .order_by(RequestItem.plan_issue, RequestItem.priority, BudgetRequest.fiscal_year)
    )
    issues: dict[str, Projects] = {}
    for item, year in found:
        projects = issues.setdefault(item.plan_issue or NO_ISSUE, {})
        _agency, amounts = projects.setdefault(
            item.name, (governance.agency_name(item), [NOTHING] * len(years))
        )
        amounts[years.index(year)] += figures.current(item)
    return issues


def _issue(sheet: Sheet, issue: str, projects: Projects) -> None:
    sheet.keep(HEAD)
    sheet.across(f"ประเด็นการพัฒนา: {issue}", "band")
    for place, (name, (agency, amounts)) in enumerate(projects.items(), start=1):
        shown = [amount or None for amount in amounts]
        sheet.line(
            [place, name, agency, *shown, sum(amounts, NOTHING)],
            ["centre", None, None, *["money"] * (len(amounts) + 1)],
        )
    _sum_line(sheet, f"รวม {len(projects)} โครงการ", [amounts for _a, amounts in projects.values()])


def _sum_line(sheet: Sheet, title: str, rows: Iterable[Amounts], *, along: int = 1) -> None:
    """A sum; so many rows above it go along to a new page."""
    columns = [sum(column, NOTHING) for column in zip(*rows, strict=True)]
    sheet.keep(SUM, since=sheet.at - along)
    sheet.line(
        [None, title, None, *columns, sum(columns, NOTHING)],
        ["label", "label", "label", *["money"] * (len(columns) + 1)],
    )


def _briefs(session: Session, request: BudgetRequest, book: Book) -> None:
    """จ.1-1: a project brief on a sheet of its own for each project."""
    found = figures.items(session, request.id)
    costs = figures.costs_of(session, found)
    for item in found:
        _brief(session, item, costs[item.id], book)
    if not found:
        Sheet(book, f"แบบ {number(request, '1-1')}", [20, 73]).across(NONE, "none")


def _brief(session: Session, item: RequestItem, costs: list[RequestCost], book: Book) -> None:
    form = number(item, "1-1")
    sheet = Sheet(
        book, f"{item.priority} {item.name}", [7, 32, 24, 9, 10, 14, 17], header=f"แบบ {form}"
    )
    sheet.title(f"แบบ {form} ข้อเสนอโครงการแบบย่อ (Project Brief)", item.request.name)
    sheet.gap()
    for label, text in _facts(item):
        sheet.labelled(label, text or DASH)
    sheet.gap()
    _cost_table(sheet, item, costs)
    sheet.gap()
    begun = sheet.at
    _readiness(sheet, session, item)
    signatures = [SIGNED, DOTTED, f"ตำแหน่ง หัวหน้า{governance.agency_name(item)}"]
    sheet.together(signatures, "sub", since=begun, above=SIGNING)


def _facts(item: RequestItem) -> list[tuple[str, str | None]]:
    district = f"อำเภอ{item.district.name}" if item.district else None
    where = "\n".join(filter(None, (item.place, district)))
    asked = f"{money.shown(item.requested)} บาท ({money.in_words(item.requested)})"
    people = f"{item.beneficiaries:,} คน" if item.beneficiaries else None
    return [
        ("1. ชื่อแผนงาน/โครงการ", "\n".join(filter(None, (item.plan_program, item.name)))),
        ("2. ความสอดคล้องกับประเด็นการพัฒนา", item.plan_issue),
        ("3. ความสำคัญของโครงการ หลักการและเหตุผล", item.rationale),
        ("4. วัตถุประสงค์ของโครงการ", item.objectives),
        ("5. ตัวชี้วัดและค่าเป้าหมาย", item.indicators),
        ("6. พื้นที่เป้าหมาย", where),
        ("7. ผู้ได้รับประโยชน์", people),
        ("8. กิจกรรมหลัก", item.activities),
        ("9. หน่วยงานรับผิดชอบ", governance.agency_name(item)),
        ("10. ระยะเวลาดำเนินโครงการ", _period(item.starts_on, item.ends_on)),
        ("11. ผลผลิต (Output)", item.outputs),
        ("12. ผลลัพธ์ (Outcome)", item.outcomes),
        ("13. งบประมาณที่ขอรับการจัดสรร", asked),
        ("14. แหล่งงบประมาณ", SOURCES[item.source]),
    ]


def _period(first: date | None, last: date | None) -> str | None:
    if first is None or last is None:
        return None
    return f"{dates.long_date(first, 'th')} ถึง {dates.long_date(last, 'th')}"


def _cost_table(sheet: Sheet, item: RequestItem, costs: list[RequestCost]) -> None:
    sheet.keep(HEAD)
    sheet.head(COST_HEADS, repeated=False)
    for place, cost in enumerate(costs, start=1):
        if sheet.keep(HEAD):
            sheet.head(COST_HEADS, repeated=False)
        whole = cost.quantity == cost.quantity.to_integral_value()
        sheet.line(
            [place, cost.name, cost.expense_category.name, cost.quantity, cost.unit,
             cost.unit_price, cost.amount],
            ["centre", None, None, "number" if whole else "money", "centre", "money", "money"],
        )  # fmt: skip
    if not costs:
        sheet.across("ยังไม่มีรายการค่าใช้จ่าย", "none")
    sheet.keep(SUM, since=sheet.at - 1)
    sheet.line(
        [None, "รวมเป็นเงินทั้งสิ้น", None, None, None, None, item.requested],
        ["label"] * 6 + ["money"],
    )


def _readiness(sheet: Sheet, session: Session, item: RequestItem) -> None:
    known = figures.checklist(session, item.id)
    ready = f" (พร้อมร้อยละ {item.readiness})" if item.readiness is not None else ""
    sheet.keep(CHECKLIST)
    sheet.across(f"ความพร้อมของโครงการ{ready}", "band")
    for kind in ReadinessKind:
        row = known.get(kind)
        answer = str(row.answer) if row else DASH
        note = f" – {row.note}" if row and row.note else ""
        sheet.pair("○" if row is None else row.answer.sign, f"{kind}: {answer}{note}")


def _annual_list(session: Session, request: BudgetRequest, book: Book) -> None:
    """จ.2: the year's projects by priority, with the source of money and the amounts."""
    form = number(request, "2")
    sheet = Sheet(
        book, f"แบบ {form}", [8, 40, 25, 23, *[15] * len(SOURCES), 16, 13], landscape=True,
        header=f"แบบ {form}",
    )  # fmt: skip
    sheet.title(
        f"บัญชีโครงการตามแผนปฏิบัติราชการประจำปี ปีงบประมาณ พ.ศ. {request.fiscal_year}",
        _place(request),
    )
    sheet.gap()
    sources = [f"{title} (บาท)" for title in SOURCES.values()]
    sheet.head(["ลำดับความสำคัญ", "แผนงาน/โครงการ", "ประเด็นการพัฒนา", "หน่วยงานรับผิดชอบ", *sources,
                "รวมวงเงิน (บาท)", "สถานะ"])  # fmt: skip
    kept = [one for one in figures.items(session, request.id) if one.status is not RequestStatus.REJECTED]  # fmt: skip
    for item in kept:
        _annual(sheet, item)
    if not kept:
        sheet.across(NONE, "none")
        return
    columns = [
        sum((figures.current(one) for one in kept if one.source is source), NOTHING)
        for source in SOURCES
    ]
    money_columns = ["money"] * (len(columns) + 1)
    sheet.keep(SUM, since=sheet.at - 1)
    sheet.line(
        [None, f"รวม {len(kept)} โครงการ", None, None, *columns, sum(columns, NOTHING), None],
        ["label"] * 4 + money_columns + ["label"],
    )
    _ceiling(sheet, request, sum(columns, NOTHING))


def _annual(sheet: Sheet, item: RequestItem) -> None:
    amount = figures.current(item)
    columns = [amount if item.source is source else None for source in SOURCES]
    name = "\n".join(filter(None, (item.plan_program, item.name)))
    sheet.line(
        [
            item.priority,
            name,
            item.plan_issue,
            governance.agency_name(item),
            *columns,
            amount,
            str(item.status),
        ],
        ["centre", None, None, None, *["money"] * (len(columns) + 1), "centre"],
    )


def _ceiling(sheet: Sheet, request: BudgetRequest, total: Decimal) -> None:
    if request.ceiling is None:
        return
    share = money.percent(total, request.ceiling)
    left = request.ceiling - total
    words = f"ต่ำกว่ากรอบวงเงิน {money.shown(left)} บาท"
    if left < 0:
        words = f"สูงกว่ากรอบวงเงิน {money.shown(-left)} บาท"
    of = f"คิดเป็นร้อยละ {share} ของกรอบวงเงิน " if share is not None else ""
    sheet.across(f"กรอบวงเงิน {money.shown(request.ceiling)} บาท {of}({words})", "note")


def _place(request: BudgetRequest) -> str:
    if request.province is not None:
        return f"จังหวัด{request.province.name}"
    return str(request.cluster.name)


FORMS: dict[str, tuple[str, Callable[[Session, BudgetRequest, datetime, str], bytes]]] = {
    "list": ("1", partial(_made, _plan_list, "1")),
    "briefs": ("1-1", partial(_made, _briefs, "1-1")),
    "annual": ("2", partial(_made, _annual_list, "2")),
}
"""The forms of a request by name: the number after จ. or กจ., and what makes the file.

Made for the session's viewer; `datetime` is the moment (UTC) and `str` who made it.
"""


def brief_of(session: Session, item: RequestItem, now: datetime, author: str) -> bytes:
    """The project brief of one project as an xlsx file."""
    with force_locale("th"):
        book = Book(f"แบบ {number(item, '1-1')} {item.name}", created=now, author=author)
        _brief(session, item, figures.costs_of(session, [item])[item.id], book)
        return book.finished()


def file_name(which: str, record: BudgetRequest | RequestItem) -> str:
    """A form's file name, such as แบบ จ.1 คำของบประมาณจังหวัดชัยนาท ปีงบประมาณ พ.ศ. 2571.xlsx."""
    return names.file_name(f"แบบ {number(record, which)} {record.name}", "xlsx")
