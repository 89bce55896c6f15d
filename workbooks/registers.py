"""Registers on paper: ทะเบียนหนังสือรับ, ทะเบียนหนังสือส่ง and the proof that one has no hole.

The columns are those of the regulation's forms 13 and 14 (ข้อ 35, 43); rows stand under the day on
which they were registered. Official wording stands here in Thai: a register is a Thai office's
paper. With Thai digits every figure is text, since spreadsheets know no other way to show them.
"""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import groupby
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from access import audit
from access.viewer import Viewer
from entities import dates, thai
from entities.vocabulary import DocumentStatus, NumberStatus, RegisterKind
from figures import documents as figures
from figures.documents import Explained, Fault, Proof, Unsent
from models import Document, Province, RegisterBook, RegisterNumber
from workbooks import fitting, styles
from workbooks.sheets import Sheet
from workbooks.source import SYSTEM

HEADS = {
    RegisterKind.RECEIVED: (
        "เลขทะเบียนรับ", "ที่", "ลงวันที่", "จาก", "ถึง", "เรื่อง", "การปฏิบัติ", "หมายเหตุ",
    ),
}  # fmt: skip
SENT_HEADS = (
    "เลขทะเบียนส่ง", "ที่", "ลงวันที่", "จาก", "ถึง", "เรื่อง", "การปฏิบัติ", "หมายเหตุ",
)  # fmt: skip
"""The columns of forms 13 and 14; every register but that of received documents has the latter."""
WIDTHS = (11, 18, 13, 22, 22, 40, 22, 22)
CANCELLED, FREE, RELEASED = "ยกเลิก: {}", "จองไว้ให้ {}: {}", "ยกเลิกเลขที่จองให้ {}: {}"
EMPTY = "ยังไม่มีหนังสือในทะเบียนนี้"
PROOF = "รายงานพิสูจน์ทะเบียน"
UNSENT = "หนังสือที่ออกเลขแล้วแต่ยังไม่ได้ส่ง"
WHOLE = "ทะเบียนนี้ครบถ้วน ทุกเลขตั้งแต่ 1 ถึง {} มีอยู่เพียงครั้งเดียว"
BROKEN = "ทะเบียนนี้ไม่ครบถ้วน"
PROOF_HEADS = ("เลข", "เลขที่เขียน", "สถานะ", "ผู้ขอใช้", "เหตุผล", "ใช้ได้ถึงวันที่")
PROOF_WIDTHS = (10, 22, 24, 30, 52, 16)


def workbook(
    session: Session,
    book: RegisterBook,
    viewer: Viewer,
    now: datetime,
    *,
    thai_digits: bool = False,
) -> bytes:
    """A register with every number, and on a second sheet its proof; `viewer` is the maker."""
    with force_locale("th"):
        made = styles.Book(book.name, author=viewer.name, created=now, footer=styles.FOOTER)
        _register_sheet(made, session, book, thai_digits)
        (proof,) = figures.prove(session, figures.day_of(now), register_id=book.id)
        _proof_sheet(made, proof, _place(session, book.province_id), now)
        _sign(made, session, book.province_id, viewer, now)
        return made.finished()


def proof_workbook(session: Session, province_id: int, viewer: Viewer, now: datetime) -> bytes:
    """The proof of every register of a province, a sheet each."""
    with force_locale("th"):
        made = styles.Book(PROOF, author=viewer.name, created=now, footer=styles.FOOTER)
        for proof in figures.prove(session, figures.day_of(now), province_id):
            _proof_sheet(made, proof, _place(session, province_id), now)
        _sign(made, session, province_id, viewer, now)
        return made.finished()


def _place(session: Session, province_id: int) -> str:
    return f"จังหวัด{session.get_one(Province, province_id).name}"


# The register.


def _register_sheet(
    made: styles.Book, session: Session, book: RegisterBook, thai_digits: bool
) -> None:
    header = _digits(book.name, thai_digits)
    sheet = Sheet(made, book.name, WIDTHS, landscape=True, header=header)
    sheet.title(_digits(book.name, thai_digits), _place(session, book.province_id))
    sheet.head(HEADS.get(book.kind, SENT_HEADS))
    rows = figures.rows_of(session, book.id)
    for day, on_day in groupby(rows, key=_day):
        if day is not None:
            sheet.keep(BAND_AND_ROW)
            sheet.across(_digits(dates.long_date(day, "th"), thai_digits), "band")
        for row in on_day:
            sheet.line([_drawn(cell, thai_digits) for cell in _cells(row)], LOOKS)
    if not rows:
        sheet.across(EMPTY, "none")


BAND_AND_ROW = fitting.height(1, styles.TABLE) + fitting.height(3, styles.TABLE)
"""Points for a day and a document under it: no day stands alone at a page's foot."""
LOOKS = ("centre", None, None, None, None, None, None, None)


def _day(row: Document | RegisterNumber) -> date | None:
    moment = row.registered_at if isinstance(row, Document) else row.made_at
    return figures.day_of(moment) if moment is not None else None


def _cells(row: Document | RegisterNumber) -> tuple[Any, ...]:
    """What stands in a row of the register, in the order of its columns."""
    if isinstance(row, RegisterNumber):
        return (row.number, row.written, None, None, None, None, None, _why(row))
    received = row.register_kind is RegisterKind.RECEIVED
    return (
        row.register_no,
        row.ref_number if received else row.number,
        row.dated_on,
        row.from_party or (None if received else str(row.unit)),
        row.to_party,
        row.subject,
        None if row.status is DocumentStatus.CANCELLED else str(row.status),
        CANCELLED.format(row.cancelled_reason) if row.cancelled_reason else None,
    )


def _why(row: RegisterNumber) -> str:
    if row.status is NumberStatus.CANCELLED:
        return RELEASED.format(row.owner_name, row.cancelled_reason or "")
    return FREE.format(row.owner_name, row.reason)


def _drawn(value: Any, thai_digits: bool) -> Any:
    """A cell's value; with Thai digits numbers and dates become text."""
    if not thai_digits or value is None:
        return value
    if isinstance(value, date):
        return thai.to_thai_digits(dates.short_date(value, "th"))
    return thai.to_thai_digits(str(value))


def _digits(text: str, thai_digits: bool) -> str:
    return thai.to_thai_digits(text) if thai_digits else text


# The proof.


def _proof_sheet(made: styles.Book, proof: Proof, place: str, now: datetime) -> None:
    sheet = Sheet(made, proof.name, PROOF_WIDTHS, landscape=True, header=PROOF)
    sheet.title(PROOF, proof.name, place, dates.moment(now, "th"))
    verdict = WHOLE.format(f"{proof.last:,}") if proof.whole else BROKEN
    sheet.across(verdict, "ok" if proof.whole else "bad")
    sheet.pair(_("Numbers given"), proof.last)
    sheet.pair(_("Official documents"), proof.documents)
    sheet.pair(_("Other numbers"), proof.kept)
    for fault in proof.faults:
        sheet.across(fault_text(fault), "bad")
    sheet.gap()
    sheet.head(PROOF_HEADS)
    for one in proof.explained:
        told = (one.number, one.written, kind_text(one), one.owner, one.reason, one.until)
        sheet.line(told)
    if not proof.explained:
        sheet.across("ไม่มีเลขที่ยกเลิกหรือจองไว้", "none")
    if proof.unsent:
        sheet.gap()
        sheet.across(UNSENT, "band")
        for letter in proof.unsent:
            sheet.line((None, letter.written, unsent_text(letter), None, letter.subject, None))


def kind_text(one: Explained) -> str:
    """What became of a number that no living document bears."""
    return str(
        {
            "cancelled": _("The document was cancelled"),
            "reserved": _("Kept free"),
            "expired": _("Kept free, its time is over"),
            "released": _("Kept free, then cancelled"),
        }[one.kind]
    )


def unsent_text(one: Unsent) -> str:
    """That a letter has its number since a day and was never sent."""
    return str(_("numbered %(day)s, never sent", day=dates.short_date(one.since, "th")))


def explanation(one: Explained) -> str:
    """Why a number has no living document, in one line."""
    told = [kind_text(one), one.owner, one.reason]
    if one.until is not None:
        told.append(_("until %(day)s", day=dates.short_date(one.until, "th")))
    return " · ".join(filter(None, told))


def fault_text(fault: Fault) -> str:
    """What is wrong with a register, in one line."""
    told = {
        "missing": _("Missing: %(numbers)s", numbers=_listed(fault.numbers)),
        "twice": _("Standing twice: %(numbers)s", numbers=_listed(fault.numbers)),
        "outside": _("Impossible: %(numbers)s", numbers=_listed(fault.numbers)),
        "counter": _("Beyond what the counter gave: %(numbers)s", numbers=_listed(fault.numbers)),
    }
    return str(told[fault.kind])


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(f"{number:,}" for number in numbers)


def _sign(
    made: styles.Book, session: Session, province_id: int, viewer: Viewer, now: datetime
) -> None:
    """Where the paper comes from: who made it, when, and the seal of the audit at that moment."""
    length, seal = audit.head(session, province_id)
    maker = SYSTEM if viewer.system else " ".join(filter(None, (viewer.name, viewer.position)))
    sheet = Sheet(made, "ที่มาของข้อมูล", (34, 70))
    for label, value, look in (
        ("ข้อมูล ณ", now, "moment"),
        ("จัดทำโดย", maker, "cell"),
        ("บันทึกการใช้งานของ", _place(session, province_id), "cell"),
        ("จำนวนรายการที่บันทึก", length, "left"),
        ("ตราประทับรายการล่าสุด", seal, "cell"),
    ):
        sheet.pair(label, value, look)
