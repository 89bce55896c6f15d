"""Chasing cases without progress: who is reminded at which level, once; and what the letter says.

The first level goes to the officer of the agency, the second and third to its head too; both are
reached at the agency's address. Progress starts the days anew. No reminder knows who complained.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from entities import dates
from entities.vocabulary import AssignmentPart
from figures.complaints import KEPT, TURN, WITH_AGENCY
from models import Agency, Assignment, Complaint, Reminder
from rules import complaint_clock as clock
from rules.complaints import scope_free

LEAD = AssignmentPart.LEAD


def due(session: Session, today: date, province_id: int | None = None) -> list[Reminder]:
    """The reminders that are to be given today and were not yet; new records, not yet added.

    Where several levels have passed unseen, only the highest is given.
    """
    quiet = today - timedelta(days=clock.LADDER[0])
    statement = (
        select(Complaint, Assignment)
        .outerjoin(
            Assignment,
            (Assignment.complaint_id == Complaint.id)
            & (Assignment.part == LEAD)
            & Assignment.status.in_(TURN),
        )
        .where(
            KEPT,
            Complaint.status.in_(WITH_AGENCY),
            Complaint.paused_on.is_(None),
            Complaint.quiet_since <= quiet,
        )
        .order_by(Complaint.quiet_since, Complaint.id)
    )
    if province_id is not None:
        statement = statement.where(Complaint.province_id == province_id)
    found = session.execute(statement).all()
    given = _given(session, [row[0].id for row in found])
    made = [_reminder(case, part, today) for case, part in found]
    return [one for one in made if one.level > given.get((one.complaint_id, one.quiet_since), 0)]


def _given(session: Session, ids: Sequence[int]) -> dict[tuple[int, date], int]:
    """The highest level given for each case since each last progress."""
    statement = select(Reminder.complaint_id, Reminder.quiet_since, Reminder.level)
    rows = session.execute(statement.where(Reminder.complaint_id.in_(ids)))
    highest: dict[tuple[int, date], int] = defaultdict(int)
    for complaint_id, since, level in rows:
        highest[complaint_id, since] = max(level, highest[complaint_id, since])
    return highest


def _reminder(case: Complaint, part: Assignment | None, today: date) -> Reminder:
    since = case.quiet_since or today
    return Reminder(
        province_id=case.province_id, complaint_id=case.id, number=case.number,
        assignment_id=part.id if part else None, agency_id=part.agency_id if part else None,
        level=clock.level((today - since).days), quiet_since=since, reminded_on=today,
    )  # fmt: skip


def give(session: Session, made: Iterable[Reminder]) -> list[Reminder]:
    """Write the reminders down; of two who remind at once the second is refused by the database."""
    kept = [scope_free(session, one) for one in made]
    session.add_all(kept)
    session.flush()
    return kept


@dataclass(frozen=True)
class Letter:
    """What one agency is told by e-mail: number, subject and days of its own cases, nothing else."""

    address: str
    agency: str
    subject: str
    text: str
    reminders: tuple[int, ...]


HEADING = "แจ้งเตือนเรื่องร้องเรียนที่ยังไม่รายงานความคืบหน้า {} เรื่อง"
OPENING = "เรียน หัวหน้า{}\n\nศูนย์ดำรงธรรมขอแจ้งเตือนเรื่องที่ยังไม่ได้รับรายงานความคืบหน้า ดังนี้\n"
LINE = "- {} {} · ไม่มีความคืบหน้า {} วัน (เตือนครั้งที่ {}) · กำหนดรายงาน {}"
CLOSING = "\nโปรดรายงานผลผ่านระบบ หากดำเนินการแล้วขออภัยมา ณ ที่นี้"
"""The letter is an official paper: Thai whatever language the screens have."""


def letters(session: Session, made: Sequence[Reminder]) -> list[Letter]:
    """One letter for each agency that has an address, about all its cases."""
    by_agency: dict[int, list[Reminder]] = defaultdict(list)
    for one in made:
        if one.agency_id is not None:
            by_agency[one.agency_id].append(one)
    agencies = session.scalars(select(Agency).where(Agency.id.in_(by_agency))).all()
    parts = session.scalars(
        select(Assignment)
        .where(Assignment.id.in_([one.assignment_id for one in made if one.assignment_id]))
        .options(joinedload(Assignment.agency))
    )
    told = {part.id: part for part in parts}
    return [_letter(one, by_agency[one.id], told) for one in agencies if one.email]


def _letter(agency: Agency, own: list[Reminder], told: dict[int, Assignment]) -> Letter:
    lines = [_line(one, told[one.assignment_id]) for one in own if one.assignment_id in told]
    text = "\n".join([OPENING.format(agency.name), *lines, CLOSING])
    return Letter(
        str(agency.email), agency.name, HEADING.format(len(own)), text,
        tuple(one.id for one in own),
    )  # fmt: skip


def _line(one: Reminder, part: Assignment) -> str:
    quiet = (one.reminded_on - one.quiet_since).days
    due_on = dates.short_date(part.due_on, "th") if part.due_on else "–"
    return LINE.format(one.number, part.subject, quiet, one.level, due_on)


def sent(session: Session, letter: Letter) -> None:
    """Note to which address the reminders of a letter went."""
    for key in letter.reminders:
        session.get_one(Reminder, key).mailed_to = letter.address


def words(one: Reminder, agency: str) -> str:
    """A reminder in one line, for whoever runs the command."""
    told = _(
        "%(number)s · %(agency)s · level %(level)s · without progress since %(day)s",
        number=one.number,
        agency=agency or _("the centre itself"),
        level=one.level,
        day=dates.short_date(one.quiet_since, "th"),
    )
    return str(told)
