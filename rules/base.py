"""How rules are kept: they run before commit for every touched record, whoever wrote it.

A rule that does not hold raises `Broken` with a message for the person, and the field it
belongs to. Constraints of the database are the second wall; their names find the message.
"""

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import event
from sqlalchemy.orm import Session

from access import audit
from access import viewer as who
from entities.base import Base

Rule = Callable[[Any, Session], None]
Together = Callable[[list[Any], Session], None]
CHECKS: dict[type[Base], list[Rule]] = {}
TOGETHER: dict[type[Base], list[Together]] = {}
COMPLETIONS: dict[type[Base], list[Rule]] = {}


class Broken(Exception):
    """A rule does not hold: a message for the person, and the field it belongs to."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


def check(entity: type[Base]) -> Callable[[Rule], Rule]:
    """Register what must hold of a touched record before commit."""

    def keep(rule: Rule) -> Rule:
        CHECKS.setdefault(entity, []).append(rule)
        return rule

    return keep


def check_together(entity: type[Base]) -> Callable[[Together], Together]:
    """Register what follows from all touched records of a kind, worked out once for them."""

    def keep(rule: Together) -> Together:
        TOGETHER.setdefault(entity, []).append(rule)
        return rule

    return keep


def complete(entity: type[Base]) -> Callable[[Rule], Rule]:
    """Register what a record's other values decide; it runs before each flush of the record."""

    def keep(rule: Rule) -> Rule:
        COMPLETIONS.setdefault(entity, []).append(rule)
        return rule

    return keep


def _complete(session: Session, *_ignored: Any) -> None:
    for row in [*session.new, *session.dirty]:
        for rule in COMPLETIONS.get(type(row), ()):
            with session.no_autoflush:
                rule(row, session)


event.listen(Session, "before_flush", _complete, insert=True)


@event.listens_for(Session, "after_flush")
def _remember(session: Session, _context: Any) -> None:
    touched = session.info.setdefault("touched", {})
    for row in [*session.new, *session.dirty]:
        if type(row) in CHECKS and (row in session.new or session.is_modified(row)):
            touched[row] = None


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop("touched", None)


def linked(row: Any, name: str, session: Session) -> Any:
    """The record behind a link, whether it was set as a record or by its id; None where empty."""
    found, key = getattr(row, name), getattr(row, f"{name}_id")
    if found is not None or key is None:
        return found
    return session.get(type(row).__mapper__.relationships[name].mapper.class_, key)


def run_checks(session: Session) -> None:
    """Check every touched record, until checking touches nothing more; raises Broken."""
    while touched := session.info.pop("touched", None):
        for row in touched:
            if row.removed_at is None:
                for rule in CHECKS[type(row)]:
                    rule(row, session)
        for entity, rules in TOGETHER.items():
            rows = [row for row in touched if type(row) is entity]
            for once in rules if rows else ():
                once(rows, session)
        session.flush()


audit.BEFORE_SEALING.append(run_checks)

MESSAGES: dict[str, LazyString] = {
    "uq_username": _l("This username is already taken."),
    "uq_agency_name": _l("The province already has an agency of this name."),
    "uq_committee_name_in_province": _l("The province already has a committee of this name."),
    "uq_committee_name_in_cluster": _l("The cluster already has a committee of this name."),
    "uq_one_provincial_committee": _l(
        "The province already has an integrated administration committee."
    ),
    "uq_one_cluster_committee": _l(
        "The cluster already has an integrated administration committee."
    ),
    "uq_one_group_of_a_mission": _l("The province already has a group for this mission."),
    "uq_order_number_in_province": _l("The province already has an order with this number."),
    "uq_order_number_in_cluster": _l("The cluster already has an order with this number."),
    "uq_one_active_chair": _l("The committee already has a chair; close that membership first."),
    "uq_one_active_secretary": _l(
        "The committee already has a member-secretary; close that membership first."
    ),
    "uq_one_active_seat": _l("This person already serves on the committee."),
    "uq_rhythm_of_committee": _l("This committee already has a meeting in that week."),
    "uq_attendance_of_member": _l("This member is already on the attendance sheet."),
    "uq_minutes_reply_of_member": _l("This member has already replied."),
    "uq_agenda_position": _l("Another agenda item already stands at this place."),
    "uq_national_holiday": _l("This day is already a holiday."),
    "uq_regional_holiday": _l("This day is already a holiday in the region."),
    "uq_cluster_province_start": _l("The province already entered this cluster on that day."),
    "uq_zone_province_start": _l("The province already entered this zone on that day."),
    "ck_membership_ends_after_start": _l("The term must end after it starts."),
    "ck_membership_closed_after_start": _l("Nobody can leave before the term starts."),
    "ck_meeting_ends_after_start": _l("The meeting must end after it starts."),
    "ck_committee_cluster_committee_home": _l(
        "A cluster's committee belongs to a cluster, every other to a province."
    ),
    "ck_committee_mission_of_group": _l(
        "A mission group needs its mission, other committees have none."
    ),
    "ck_committee_quorum_range": _l("The quorum is between 1 and 100 percent."),
    "ck_committee_dissolved_after": _l(
        "A committee cannot be dissolved before it was established."
    ),
    "ck_role_grant_scope_target": _l("Choose what the scope asks for, and nothing else."),
    "ck_role_grant_ends_after_start": _l("The last day must not be before the first."),
    "ck_cluster_valid_order": _l("The last day must not be before the first."),
    "ck_inspection_zone_valid_order": _l("The last day must not be before the first."),
    "ck_cluster_province_valid_order": _l("The last day must not be before the first."),
    "ck_zone_province_valid_order": _l("The last day must not be before the first."),
    "ck_resolution_votes_not_negative": _l("Votes cannot be negative."),
    "ck_appointment_order_effective_after_order": _l(
        "An order cannot be superseded before it takes effect."
    ),
}
"""What a person reads when the database itself refused, by the name of the constraint."""

COLUMNS = {
    "uq_agency_name": "name",
    "uq_committee_name_in_province": "name",
    "uq_order_number_in_province": "number",
    "uq_one_active_chair": "role",
    "uq_one_active_secretary": "role",
    "uq_one_active_seat": "person",
    "ck_membership_ends_after_start": "ends_on",
    "ck_meeting_ends_after_start": "ends_at",
    "uq_username": "username",
    "uq_rhythm_of_committee": "week",
    "ck_committee_mission_of_group": "mission",
    "ck_committee_quorum_range": "quorum_percent",
}


def refusal(error: Exception) -> Broken | None:
    """What a database's refusal means to a person; None where the constraint is not known."""
    text = str(getattr(error, "orig", error))
    name = getattr(getattr(getattr(error, "orig", None), "diag", None), "constraint_name", None)
    found = name if name in MESSAGES else _named_in(text)
    return Broken(str(MESSAGES[found]), COLUMNS.get(found)) if found else None


def _named_in(text: str) -> str | None:
    """SQLite names a check, but for a unique index only its columns."""
    for name in MESSAGES:
        if name in text:
            return name
    if "UNIQUE constraint failed: " not in text:
        return None
    columns = {
        part.split(".")[-1].strip() for part in text.split("failed: ")[1].splitlines()[0].split(",")
    }
    table = text.split("failed: ")[1].split(".")[0].strip()
    for index in Base.metadata.tables[table].indexes:
        if index.name in MESSAGES and {c.name for c in index.columns} == columns:
            return str(index.name)
    return None


def today_of(session: Session) -> Any:
    """The day the session acts on: Bangkok's date, or the one a test or command set."""
    from entities import dates

    return session.info.get("today") or dates.today()


__all__ = ["CHECKS", "MESSAGES", "Broken", "check", "complete", "refusal", "run_checks", "who"]
