"""The board of a Damrongtham centre: how many cases stand in each state, and those due first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Date, Select, bindparam, exists, func, select, union_all
from sqlalchemy.orm import Session

from access import viewer as who
from entities.vocabulary import AssignmentStatus, ComplaintStatus, RevealStatus
from figures.complaints import BRIEF, KEPT, OPEN, OVER, TURN, due_first, late
from models import Assignment, Complaint, ComplaintStep, IdentityReveal, Reminder

S = ComplaintStatus
UNASSIGNED = (S.NEW, S.SCREENING, S.RETURNED)
"""States in which no agency leads: the centre is to find one."""
JUDGED = (S.RESOLVED, S.REVIEWING)
"""States in which the centre judges a result."""


@dataclass(frozen=True)
class Standing:
    """How many open cases stand in each state, and how many are past their day."""

    states: dict[ComplaintStatus, int]
    late: int

    @property
    def open(self) -> int:
        """How many cases are open."""
        return sum(self.states.values())


def standing(session: Session, today: date, province_id: int | None = None) -> Standing:
    """The open cases in figures, by one statement."""
    home = _to_name(session, province_id)
    told = {"home": home, "today": today}
    drafts, past, *counts = session.execute(_counted(home is not None), told).one()
    states = dict(zip(OPEN, counts, strict=True))
    states[S.NEW] -= drafts
    return Standing({state: n for state, n in states.items() if n}, past)


@cache
def _counted(at_home: bool) -> Any:
    """How many drafts there are, late cases, and cases in each open state: put together once.

    Each is counted by itself, so that an index alone answers it: SQLite groups forty thousand
    entries in four times as long. Drafts are all new, and taken off.
    """
    past = late(bindparam("today", type_=Date()))
    wanted = [~KEPT, past, *(Complaint.status == state for state in OPEN)]
    return select(*(_count(where, at_home).scalar_subquery() for where in wanted))


def _count(where: Any, at_home: bool) -> Select[Any]:
    statement = select(func.count()).select_from(Complaint).where(where)
    return statement.where(Complaint.province_id == bindparam("home")) if at_home else statement


def _to_name(session: Session, province_id: int | None) -> int | None:
    """The province that a statement names itself: none where the scope keeps to it already.

    Were it told twice, SQLite would take late cases for fewer than they are, and walk all of the
    province's by their day.
    """
    alone = list(who.of(session).provinces or ()) == [province_id]
    return None if alone else province_id


Lane = tuple[ComplaintStatus, ...]
"""States whose cases stand together."""


def lanes(
    session: Session, wanted: Sequence[Lane], province_id: int | None, limit: int
) -> list[list[Any]]:
    """Rows of the cases in each lane, those due first at the head and so the late before all others.

    Each state gives its own first ones, from an index, however many cases stand in it.
    """
    states = tuple(state for states in wanted for state in states)
    asked = _in_lanes(states, province_id is not None, limit)
    found = sorted(session.execute(asked, {"home": province_id}), key=_due_first)
    return [[row for row in found if row.status in states][:limit] for states in wanted]


def of_a_desk(
    session: Session, today: date, province_id: int | None, person_id: int | None, limit: int
) -> list[Any]:
    """Rows of what the centre does something about, those due first: the person's own drafts, cases
    to be screened and to be judged, and late ones. At most so many of each; no case is two of them."""
    home = _to_name(session, province_id)
    told = {"home": home, "today": today, "person": person_id}
    found = session.execute(_on_desk(home is not None, limit), told)
    return sorted(found, key=_due_first)


def _due_first(row: Any) -> tuple[date, int]:
    return row.due_on or date.max, row.id


@cache
def _in_lanes(states: Lane, at_home: bool, limit: int) -> Any:
    """Put together once: it asks for every state by itself."""
    return _any_of(_first(state, at_home, limit) for state in states)


@cache
def _on_desk(at_home: bool, limit: int) -> Any:
    own = ~KEPT & (Complaint.status == S.NEW) & (Complaint.made_by == bindparam("person"))
    home: Any = bindparam("home") if at_home else None
    kinds = [
        due_first(select(Complaint.id), where, home, limit)
        for where in (own, late(bindparam("today", type_=Date())))
    ]
    return _any_of([*kinds, *(_first(state, at_home, limit) for state in (*UNASSIGNED, *JUDGED))])


def _any_of(wanted: Iterable[Select[Any]]) -> Any:
    """Rows of the cases whose ids any of these selects give."""
    ids = union_all(*(select(one.subquery().c.id) for one in wanted))
    return BRIEF.where(Complaint.id.in_(ids))


def _first(state: ComplaintStatus, at_home: bool, limit: int) -> Select[Any]:
    statement = select(Complaint.id).where(KEPT, Complaint.status == state)
    if at_home:
        statement = statement.where(Complaint.province_id == bindparam("home"))
    return statement.order_by(Complaint.due_on.nulls_last(), Complaint.id).limit(limit)


def cases(session: Session, ids: Sequence[int]) -> list[Any]:
    """Rows of the cases of some ids, in the order of the ids."""
    place = {key: n for n, key in enumerate(ids)}
    found = session.execute(BRIEF.where(Complaint.id.in_(ids))) if ids else ()
    return sorted(found, key=lambda row: place[row.id])


def handled_by(name: str) -> object:
    """That a case is open and somebody of this name did something in its story."""
    told = exists().where(ComplaintStep.complaint_id == Complaint.id, ComplaintStep.actor == name)
    return KEPT & Complaint.status.not_in(OVER) & told


def drafts(session: Session, province_id: int | None = None, limit: int = 5) -> Sequence[Complaint]:
    """What was begun to be taken down and not received yet, the newest first."""
    statement = select(Complaint).where(~KEPT).order_by(Complaint.id.desc()).limit(limit)
    if province_id is not None:
        statement = statement.where(Complaint.province_id == province_id)
    return session.scalars(statement).all()


def on_turn(
    session: Session, province_id: int | None = None, limit: int = 10
) -> Sequence[Assignment]:
    """Assignments at which it is the agency's turn, those due first."""
    statement = (
        select(Assignment)
        .where(Assignment.status.in_(TURN))
        .order_by(Assignment.due_on.nulls_last(), Assignment.id)
        .limit(limit)
    )
    if province_id is not None:
        statement = statement.where(Assignment.province_id == province_id)
    return session.scalars(statement).all()


def reminded(session: Session, assignments: Iterable[int]) -> dict[int, date]:
    """When each of these assignments was last reminded of; those never are left out."""
    statement = (
        select(Reminder.assignment_id, func.max(Reminder.reminded_on))
        .where(Reminder.assignment_id.in_(assignments))
        .group_by(Reminder.assignment_id)
    )
    return {key: day for key, day in session.execute(statement) if key is not None}


def count_on_turn(
    session: Session, province_id: int | None, states: Sequence[AssignmentStatus] = TURN
) -> int:
    """How many assignments wait for an agency."""
    statement = (
        select(func.count()).select_from(Assignment).where(Assignment.status.in_(tuple(states)))
    )
    if province_id is not None:
        statement = statement.where(Assignment.province_id == province_id)
    return session.scalar(statement) or 0


def asked_reveals(
    session: Session, province_id: int | None, but_by: int | None
) -> Sequence[IdentityReveal]:
    """Reveals of unnamed complainants that wait for a second person, other than whoever asked."""
    statement = (
        select(IdentityReveal)
        .where(IdentityReveal.status == RevealStatus.ASKED, IdentityReveal.asked_by != but_by)
        .order_by(IdentityReveal.id)
        .limit(20)
    )
    if province_id is not None:
        statement = statement.where(IdentityReveal.province_id == province_id)
    return session.scalars(statement).all()
