"""Committees and their members: who may sit, how an order replaces another, how seats close."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from access import scope
from entities.base import is_changed
from entities.vocabulary import CommitteeStatus, CommitteeType, EndReason, MemberRole
from models import AppointmentOrder, Attachment, Committee, Membership, Person
from rules.base import Broken, check, complete, linked, too_long
from rules.removal import stays

LONGEST_NAME = 300
"""As long as the column: title, first and last name are joined in it."""
ALONE = frozenset({MemberRole.CHAIR, MemberRole.MEMBER_SECRETARY})
"""Roles that one member at a time holds."""


@complete(Person)
def _full_name(person: Person, _session: Session) -> None:
    person.name = f"{person.title or ''}{person.first_name or ''} {person.last_name or ''}".strip()
    if len(person.name) > LONGEST_NAME:
        raise Broken(too_long(person.name, LONGEST_NAME), "last_name")


@complete(Membership)
def _written(member: Membership, session: Session) -> None:
    """Name and position are written into the seat from the person who is chosen."""
    if member.person_id is None and member.person is None:
        return
    person = linked(member, "person", session)
    if person is not None:
        member.name = member.name or person.name
        member.position = member.position or person.position
        member.agency_id = member.agency_id or person.agency_id


@complete(AppointmentOrder)
def _order_stands(order: AppointmentOrder, session: Session) -> None:
    """A superseded order is history: what changes now needs a new order."""
    if _was(order, "superseded_on") and is_changed(order):
        refuse_superseded(order)


@stays(Attachment)
def _paper_stands(file: Attachment, session: Session) -> None:
    """The papers of a superseded order stay with it; a scan that comes late is still added."""
    order = linked(file, "order", session)
    if superseded(order):
        refuse_superseded(order)


@complete(Membership)
def _seat_stands(member: Membership, session: Session) -> None:
    """A membership that has ended is history, and is renewed by a new one."""
    if _was(member, "closed_on") and is_changed(member):
        refuse_ended()


def _was(row: Any, key: str) -> bool:
    """Whether a value was there before this change."""
    history = inspect(row).attrs[key].history
    return bool(history.unchanged and history.unchanged[0] is not None) or bool(
        history.deleted and history.deleted[0] is not None
    )


@complete(Membership)
def _one_at_a_time(member: Membership, session: Session) -> None:
    """Who holds a role that one member holds is named, before the database refuses a second."""
    committee = linked(member, "committee", session)
    if member.role not in ALONE or member.closed_on is not None or committee is None:
        return
    holder = session.scalar(
        select(Membership)
        .where(
            Membership.committee_id == committee.id,
            Membership.role == member.role,
            Membership.closed_on.is_(None),
            Membership.id != member.id,
        )
        .limit(1)
    )
    if holder is not None and holder.closed_on is None and holder.role is member.role:
        raise Broken(
            _(
                "%(name)s already holds the role %(role)s; close that membership first.",
                name=holder.name,
                role=member.role,
            ),
            "role",
        )


@check(Membership)
def _seat(member: Membership, session: Session) -> None:
    if not (member.name or "").strip():
        raise Broken(_("Write the name, or choose a person."), "name")
    if member.ends_on and member.ends_on <= member.starts_on:
        raise Broken(_("The term must end after it starts."), "ends_on")
    if member.order is not None and member.order.superseded_on and member.closed_on is None:
        raise Broken(
            _(
                "The order %(number)s was superseded; write this member under the new order.",
                number=member.order,
            ),
            "order",
        )
    if member.order is not None and member.order.committee_id != member.committee_id:
        raise Broken(_("This order appoints another committee."), "order")


@check(Committee)
def _committee(committee: Committee, _session: Session) -> None:
    if (committee.type is CommitteeType.CLUSTER) != (committee.cluster_id is not None):
        raise Broken(
            _("A cluster's committee belongs to a cluster, every other to a province."), "type"
        )
    if (committee.type is CommitteeType.MISSION_GROUP) != (committee.mission is not None):
        raise Broken(_("A mission group needs its mission, other committees have none."), "mission")
    if not 1 <= committee.quorum_percent <= 100:
        raise Broken(_("The quorum is between 1 and 100 percent."), "quorum_percent")
    if committee.seats is not None and not 0 <= committee.seats <= 500:
        raise Broken(_("A committee has between 0 and 500 seats."), "seats")
    if committee.parent_id is not None and committee.parent_id == committee.id:
        raise Broken(_("A committee cannot stand under itself."), "parent")


def close(member: Membership, on: date, why: EndReason, session: Session) -> None:
    """End a membership; the seat is then free. Raises Broken for a day before it began."""
    scope.permit(session, member, "close")
    if member.closed_on is not None:
        raise Broken(_("This membership has already ended."))
    if on < member.starts_on:
        raise Broken(_("Nobody can leave before the term starts."), "on")
    member.closed_on, member.end_reason = on, why


def dissolve(committee: Committee, on: date, session: Session) -> None:
    """Dissolve a committee and close its memberships."""
    scope.permit(session, committee, "dissolve")
    if committee.status is CommitteeStatus.DISSOLVED:
        raise Broken(_("This committee was already dissolved."))
    committee.status, committee.dissolved_on = CommitteeStatus.DISSOLVED, on
    for member in session.scalars(
        select(Membership).where(
            Membership.committee_id == committee.id, Membership.closed_on.is_(None)
        )
    ):
        close(member, max(on, member.starts_on), EndReason.REMOVED, session)


@check(AppointmentOrder)
def _order(order: AppointmentOrder, session: Session) -> None:
    if order.supersedes_id is not None:
        _supersede(order, session)


def _supersede(order: AppointmentOrder, session: Session) -> None:
    """A new order closes the older one's memberships on the day it takes effect."""
    older = linked(order, "supersedes", session)
    if older is None or older.committee_id != order.committee_id or older.id == order.id:
        raise Broken(_("An order supersedes an earlier order of the same committee."), "supersedes")
    if older.superseded_on is not None:
        if older.superseded_on != order.effective_on:
            raise Broken(
                _("The order %(number)s was already superseded.", number=older), "supersedes"
            )
        return
    if order.effective_on < older.effective_on:
        raise Broken(_("The new order takes effect before the one it supersedes."), "effective_on")
    older.superseded_on = order.effective_on
    for member in session.scalars(
        select(Membership).where(Membership.order_id == older.id, Membership.closed_on.is_(None))
    ):
        member.closed_on, member.end_reason = (
            max(order.effective_on, member.starts_on),
            EndReason.ORDER_REPLACED,
        )


def superseded(order: AppointmentOrder | None) -> bool:
    """Whether an order no longer holds, so that it and its members are not edited."""
    return order is not None and order.superseded_on is not None


def refuse_ended() -> None:
    """Say why a membership that has ended is no longer edited; always raises Broken."""
    raise Broken(_("This membership has ended; write a new one instead."))


def refuse_superseded(order: AppointmentOrder) -> None:
    """Say why an order is no longer edited; always raises Broken."""
    raise Broken(
        _("The order %(number)s was superseded; what changes now needs a new order.", number=order)
    )
