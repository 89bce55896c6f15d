"""Chasing cases without progress: who is reminded at which level, once; and what the letter says.

The first level goes to the officer of the agency, the second and third to its head too; both are
reached at the agency's address. Progress starts the days anew. Beside the ladder the centre reminds
an agency by hand. No reminder knows who complained.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from access import scope
from access.mailing import Letter
from entities import dates
from figures.complaints import KEPT, TURN, WITH_AGENCY, with_agency
from models import Agency, Assignment, Complaint, Reminder
from rules import complaint_clock as clock
from rules.base import Broken
from rules.complaints import actor, scope_free
from rules.entries import locked

BY_HAND = 0
"""The level of a reminder that the centre gives beside the ladder."""


def due(
    session: Session, today: date, province_id: int | None = None, where: Iterable[Any] = ()
) -> list[Reminder]:
    """The reminders that are to be given today and were not yet; new records, not yet added.

    Every agency whose turn it is is chased for itself, the supporting ones too; of a case that the
    centre handles, the centre. Where several levels have passed unseen, only the highest is given.
    `where` are further conditions on the case.
    """
    quiet = today - timedelta(days=clock.LADDER[0])
    running = (KEPT, with_agency(), *where)
    silent = select(Assignment.id).where(
        Assignment.status.in_(TURN), Assignment.quiet_since <= quiet
    )
    own = (
        select(*CASE, Complaint.quiet_since)
        .where(*running, Complaint.own_handling.is_(True), Complaint.quiet_since <= quiet)
        .order_by(Complaint.quiet_since, Complaint.id)
    )
    if province_id is not None:
        silent = silent.where(Assignment.province_id == province_id)
        own = own.where(Complaint.province_id == province_id)
    parts = (
        select(*CASE, Assignment.quiet_since, Assignment.id, Assignment.agency_id)
        .join(Assignment, Assignment.complaint_id == Complaint.id)
        .where(*running, Assignment.id.in_(silent))
        .order_by(Assignment.quiet_since, Assignment.id)
    )
    chased = [Chased(*row) for statement in (parts, own) for row in session.execute(statement)]
    found = [_reminder(one, today) for one in chased]
    given = _given(session, {one.complaint_id for one in found})
    return [one for one in found if one.level > given.get(_quiet(one), 0)]


Quiet = tuple[int, int | None, date]
"""A time without progress: the case, the agency's part in it, and since when."""


def _quiet(one: Reminder) -> Quiet:
    return one.complaint_id, one.assignment_id, one.quiet_since


def _given(session: Session, ids: Collection[int]) -> dict[Quiet, int]:
    """The highest level given for each time without progress."""
    highest: dict[Quiet, int] = defaultdict(int)
    if not ids:
        return highest
    for one in session.scalars(select(Reminder).where(Reminder.complaint_id.in_(ids))):
        highest[_quiet(one)] = max(one.level, highest[_quiet(one)])
    return highest


class Chased(NamedTuple):
    """A case without progress, and the agency's part in it; without one the centre handles it."""

    complaint_id: int
    province_id: int
    number: str | None
    quiet_since: date | None
    assignment_id: int | None = None
    agency_id: int | None = None


CASE = (Complaint.id, Complaint.province_id, Complaint.number)
"""What is read of a case to be chased; whole cases are not."""


def _reminder(one: Chased, today: date) -> Reminder:
    since = one.quiet_since or today
    return Reminder(
        province_id=one.province_id, complaint_id=one.complaint_id, number=one.number,
        assignment_id=one.assignment_id, agency_id=one.agency_id,
        level=clock.level((today - since).days), quiet_since=since, reminded_on=today,
    )  # fmt: skip


def remind_now(assignment: Assignment, session: Session, today: date) -> Reminder:
    """Remind one agency by hand: the level of the ladder that it has come to and was not given,
    else one beside the ladder; not on a day on which it was reminded already."""
    case = locked(session, Complaint, assignment.complaint_id)
    scope.permit(session, case, "assign")
    part = locked(session, Assignment, assignment.id)
    if part.status not in TURN or case.status not in WITH_AGENCY:
        raise Broken(_("It is not this agency's turn; there is nothing to remind it of."))
    if case.paused_on is not None:
        raise Broken(_("The clock of this case stands; start it again first."))
    same_day = select(Reminder.id).where(
        Reminder.assignment_id == part.id, Reminder.reminded_on == today
    )
    if session.scalar(same_day.limit(1)) is not None:
        raise Broken(_("The agency was reminded of this case today already."))
    chased = Chased(
        case.id, case.province_id, case.number, part.quiet_since, part.id, part.agency_id
    )
    made = _reminder(chased, today)
    if made.level <= _given(session, {case.id}).get(_quiet(made), 0):
        made.level = BY_HAND
    made.reminded_by = actor(session)
    return give(session, [made])[0]


def give(session: Session, made: Iterable[Reminder]) -> list[Reminder]:
    """Write the reminders down; of two who remind at once the second is refused by the database."""
    kept = [scope_free(session, one) for one in made]
    session.add_all(kept)
    session.flush()
    return kept


HEADING = "แจ้งเตือนเรื่องร้องเรียนที่ยังไม่รายงานความคืบหน้า {} เรื่อง"
OPENING = "เรียน หัวหน้า{}\n\nศูนย์ดำรงธรรมขอแจ้งเตือนเรื่องที่ยังไม่ได้รับรายงานความคืบหน้า ดังนี้\n"
LINE = "- {} {} · ไม่มีความคืบหน้า {} วัน ({}) · กำหนดรายงาน {}"
RUNG, EXTRA = "เตือนครั้งที่ {}", "เตือนเพิ่มเติม"
CLOSING = "\nโปรดรายงานผลผ่านระบบ หากดำเนินการแล้วขออภัยมา ณ ที่นี้"
"""The letter is an official paper: Thai whatever language the screens have. It tells an agency number,
subject and days of its own cases, and nothing else."""


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
    return Letter(str(agency.email), HEADING.format(len(own)), text, tuple(one.id for one in own))


def _line(one: Reminder, part: Assignment) -> str:
    quiet = (one.reminded_on - one.quiet_since).days
    due_on = dates.short_date(part.due_on, "th") if part.due_on else "–"
    rung = RUNG.format(one.level) if one.level else EXTRA
    return LINE.format(one.number, part.subject, quiet, rung, due_on)


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
