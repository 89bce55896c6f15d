"""Chasing who has not confirmed a document: at which level, once; and what the letter says.

Units and agencies are chased; who got a paper by post has no desk here. A letter never tells what a
secret document says, nor the subject of one that is tied to a complaint: e-mail is an open way.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from access import scope
from access.mailing import Letter
from entities import dates
from entities.documents import MASKED
from entities.vocabulary import DocumentStatus
from figures.documents import day_of
from models import Agency, Complaint, Distribution, Document, OfficeUnit

LADDER = (3, 7, 15)
"""Days without a confirmed receipt at which a recipient is chased, level by level."""
URGENT_LADDER = (1, 3, 7)
"""The same for a document of any class of speed."""


def level(one: Distribution, now: datetime) -> int:
    """The level that a recipient has come to; 0 while it is in time."""
    days = (now - one.sent_at).days
    return sum(days >= rung for rung in (URGENT_LADDER if one.urgency else LADDER))


def due(session: Session, now: datetime, province_id: int | None = None) -> list[Distribution]:
    """The recipients that are to be chased now and were not at this level, the oldest first.

    Where several levels have passed unseen, only the highest is given. Nobody is chased for a document
    that was cancelled.
    """
    statement = (
        select(Distribution)
        .join(Document, Document.id == Distribution.document_id)
        .where(
            Document.status != DocumentStatus.CANCELLED,
            Distribution.acknowledged_at.is_(None),
            Distribution.sent_at <= now - timedelta(days=URGENT_LADDER[0]),
            Distribution.chased_level < len(LADDER),
            or_(Distribution.unit_id.is_not(None), Distribution.agency_id.is_not(None)),
        )
        .options(joinedload(Distribution.unit), joinedload(Distribution.agency))
        .order_by(Distribution.sent_at, Distribution.id)
    )
    if province_id is not None:
        statement = statement.where(Distribution.province_id == province_id)
    return [one for one in session.scalars(statement) if level(one, now) > one.chased_level]


def give(session: Session, chased: Sequence[Distribution], now: datetime) -> None:
    """Note the level on each; its desk then says how often and when it was asked last."""
    for one in chased:
        scope.permit(session, one, "send")
        one.chased_level = level(one, now)
        one.chased_count, one.chased_at = (one.chased_count or 0) + 1, now
    session.flush()


HEADING = "แจ้งเตือนหนังสือที่ยังไม่ได้ตอบรับ {} ฉบับ"
OPENING = "เรียน หัวหน้า{}\n\nสำนักงานจังหวัดขอแจ้งเตือนหนังสือที่ส่งถึงท่านและยังไม่ได้ตอบรับ ดังนี้\n"
LINE = "- {} · ส่งเมื่อ {} · ยังไม่ตอบรับ {} วัน (ทวงครั้งที่ {})"
CLOSING = "\nโปรดเปิดอ่านและตอบรับในระบบ หากดำเนินการแล้วขออภัยมา ณ ที่นี้"
"""The letter is an official paper: Thai whatever language the screens have."""


def letters(session: Session, chased: Sequence[Distribution], now: datetime) -> list[Letter]:
    """One letter for each address, about everything that was chased there.

    To a unit nothing is written of a secret document: not everybody at its address is cleared.
    """
    untold = _of_complaints(session, {one.document_id for one in chased})
    by_place: dict[Agency | OfficeUnit, list[Distribution]] = defaultdict(list)
    for one in chased:
        place = one.agency or one.unit
        if place is not None and place.email and (one.agency is not None or one.secrecy is None):
            by_place[place].append(one)
    return [_letter(place, own, untold, now) for place, own in by_place.items()]


def _of_complaints(session: Session, ids: set[int]) -> set[int]:
    """The documents that a case came with or is answered by: their subject may name a person."""
    found: set[int] = set()
    for way in (Complaint.source_document_id, Complaint.answer_document_id):
        found |= {key for key in session.scalars(select(way).where(way.in_(ids))) if key}
    return found


def _letter(
    place: Agency | OfficeUnit, own: list[Distribution], untold: set[int], now: datetime
) -> Letter:
    lines = [_line(one, one.document_id not in untold, now) for one in own]
    text = "\n".join([OPENING.format(place.name), *lines, CLOSING])
    return Letter(str(place.email), HEADING.format(len(own)), text)


def _line(one: Distribution, told: bool, now: datetime) -> str:
    speed = f" ({one.urgency})" if one.urgency else ""
    what = f"{one.number} {one.subject}" if told else one.number
    named = MASKED if one.secrecy is not None else what
    day = dates.short_date(day_of(one.sent_at), "th")
    return LINE.format(named + speed, day, (now - one.sent_at).days, one.chased_count)


def words(one: Distribution) -> str:
    """A recipient that is chased in one line, for whoever runs the command."""
    told = _(
        "%(number)s · %(who)s · sent %(day)s · not confirmed",
        number=one.number, who=one.recipient, day=dates.short_date(day_of(one.sent_at), "th"),
    )  # fmt: skip
    return str(told)
