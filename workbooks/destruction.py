"""A destruction list on paper: บัญชีหนังสือขอทำลาย (form 25, ข้อ 66–69), for committee and archives.

Its columns are those of the form; under them stand the committee's opinion and the places where
its members and the approver sign. Official wording stands here in Thai, figures in Thai digits.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from access.viewer import Viewer
from entities import dates, thai
from entities.vocabulary import Disposal, RegisterKind
from models import DestructionBatch, DestructionItem, Document, Province
from workbooks import styles
from workbooks.sheets import Sheet

HEADS = (
    "ลำดับที่", "รหัสแฟ้ม", "ที่", "ลงวันที่", "เลขทะเบียนรับ", "เรื่อง", "การพิจารณา", "หมายเหตุ",
)  # fmt: skip
WIDTHS = (9, 15, 20, 14, 14, 46, 22, 24)
LOOKS = ("centre", None, None, None, "centre", None, None, None)
YEAR, HOME, MADE = "ประจำปี พ.ศ. {}", "กระทรวงมหาดไทย · จังหวัด{} · {}", "สำรวจเมื่อวันที่ {}"
JUDGED = {
    Disposal.DESTROY: "ควรทำลาย",
    Disposal.EXTEND: "ขยายเวลาเก็บถึง {}",
    Disposal.ARCHIVE: "ส่งมอบหอจดหมายเหตุแห่งชาติ",
}
OPINION, ARCHIVES, APPROVED = "ความเห็นคณะกรรมการทำลายหนังสือ", "หอจดหมายเหตุแห่งชาติ", "อนุมัติโดย"
SILENT = "ส่งเมื่อ {} ยังไม่แจ้งผล"
SIGNED = "ลงชื่อ ……………………………… {}"
SPACE = 8.0
"""Points above the places to sign."""
CHAIR, MEMBER, APPROVER = "ประธานกรรมการ", "กรรมการ", "ผู้อนุมัติให้ทำลาย"


def workbook(session: Session, batch: DestructionBatch, viewer: Viewer, now: datetime) -> bytes:
    """The list as form 25, in the state in which it is now; `viewer` is the maker."""
    with force_locale("th"):
        made = styles.Book(batch.name, author=viewer.name, created=now, footer=styles.FOOTER)
        header = thai.to_thai_digits(batch.name)
        sheet = Sheet(made, batch.name.replace("/", "-"), WIDTHS, landscape=True, header=header)
        place = session.get_one(Province, batch.province_id).name
        year = YEAR.format(int(batch.year) + 543)
        day = MADE.format(dates.long_date(batch.surveyed_on, "th"))
        home = HOME.format(place, batch.unit.name if batch.unit else "")
        sheet.title(*map(thai.to_thai_digits, (batch.name, year, home, day)))
        sheet.head(HEADS)
        for item in _items(session, batch):
            sheet.line([_drawn(cell) for cell in _cells(item)], LOOKS)
        _end(sheet, batch)
        return made.finished()


def _items(session: Session, batch: DestructionBatch) -> Sequence[DestructionItem]:
    statement = select(DestructionItem).where(DestructionItem.batch_id == batch.id)
    return session.scalars(statement.order_by(DestructionItem.position)).all()


def _cells(item: DestructionItem) -> tuple[Any, ...]:
    document: Document = item.document
    received = document.register_kind is RegisterKind.RECEIVED
    until = dates.short_date(item.keep_until, "th") if item.keep_until else ""
    return (
        item.position,
        document.file_code,
        document.ref_number if received else document.number,
        dates.short_date(document.dated_on, "th") if document.dated_on else None,
        document.number if received else None,
        document.subject,
        JUDGED[item.opinion].format(until),
        item.note,
    )


def _drawn(value: Any) -> str | None:
    return None if value is None else thai.to_thai_digits(str(value))


def _end(sheet: Sheet, batch: DestructionBatch) -> None:
    """Opinion, answer of the archives, approval, and the places to sign: all of these on one page,
    with something above them that they sign."""
    last = sheet.at - 1
    sheet.gap()
    if batch.opinion:
        sheet.across(f"{OPINION}: {thai.to_thai_digits(batch.opinion)}", "cell")
    if batch.sent_to_archives_on is not None:
        sheet.across(f"{ARCHIVES}: {thai.to_thai_digits(_archives(batch))}", "cell")
    if batch.approver_name and batch.approved_on:
        day = thai.to_thai_digits(dates.long_date(batch.approved_on, "th"))
        sheet.across(f"{APPROVED} {batch.approver_name} · {day}", "cell")
    members = (batch.members or "").splitlines()
    people = [(batch.chair_name, CHAIR), *((name, MEMBER) for name in members)]
    places = [_place(name, post) for name, post in [*people, (batch.approver_name, APPROVER)]]
    sheet.together(places, "cell", since=last, above=SPACE)


def _place(name: str | None, post: str) -> str:
    """The place where somebody signs, with the name where it is known."""
    return f"{SIGNED.format(post)}   ( {name} )" if name else SIGNED.format(post)


def _archives(batch: DestructionBatch) -> str:
    if batch.archives_ref and batch.archives_answered_on:
        return f"{batch.archives_ref} · {dates.long_date(batch.archives_answered_on, 'th')}"
    sent = batch.sent_to_archives_on
    return SILENT.format(dates.long_date(sent, "th")) if sent else ""
