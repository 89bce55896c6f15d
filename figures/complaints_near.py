"""What a clerk is shown while a complaint is taken down: cases like it, and who usually sees to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from entities import thai
from entities.vocabulary import ComplaintStatus
from models import Complainant, Complaint

LOOK_BACK = timedelta(days=180)
MOST_LOOKED_AT = 300
"""The newest cases that are looked at; the question stays as quick in a busy year."""
MOST_SHOWN = 5
ALIKE = 0.35
"""The share of three-letter pieces that two subjects have in common, from which they are alike."""


@dataclass(frozen=True)
class Near:
    """A case like the one being taken down, and what they have in common."""

    complaint_id: int
    number: str
    subject: str
    status: ComplaintStatus
    received_on: date
    likeness: float
    same_district: bool
    same_phone: bool


def near(
    session: Session,
    province_id: int,
    subject: str,
    district_id: int | None,
    phone_hash: str | None,
    today: date,
    *,
    but: int | None = None,
) -> list[Near]:
    """Cases that may be the same matter, the likest first: by one question to the database.

    Looked at are the last half-year's cases of the district and those of the same telephone;
    the unnamed have no mark of their telephone and are not found by it.
    """
    by_phone = select(Complainant.complaint_id).where(
        Complainant.province_id == province_id, Complainant.phone_hash == phone_hash
    )
    ways: list[ColumnElement[bool]] = [Complaint.id.in_(by_phone)] if phone_hash else []
    ways += [Complaint.district_id == district_id] if district_id else []
    if not ways:
        return []
    statement = (
        select(
            Complaint.id, Complaint.number, Complaint.subject, Complaint.status,
            Complaint.received_on, Complaint.district_id == district_id,
            Complaint.id.in_(by_phone) if phone_hash else Complaint.id < 0,
        )
        .where(
            Complaint.province_id == province_id,
            Complaint.received_on >= today - LOOK_BACK,
            Complaint.number.is_not(None),
            Complaint.id != (but or 0),
            or_(*ways),
        )
        .order_by(Complaint.received_on.desc(), Complaint.id.desc())
        .limit(MOST_LOOKED_AT)
    )  # fmt: skip
    pieces = _pieces(subject)
    found = [
        Near(key, number or "", told, status, day, _likeness(pieces, told), bool(here), bool(same))
        for key, number, told, status, day, here, same in session.execute(statement)
    ]
    return _likest(found)


def _likest(found: Iterable[Near]) -> list[Near]:
    kept = [one for one in found if one.same_phone or one.likeness >= ALIKE]
    return sorted(kept, key=lambda one: (one.likeness + one.same_phone, one.complaint_id))[
        : -MOST_SHOWN - 1 : -1
    ]


def _pieces(text: str) -> frozenset[str]:
    plain = "".join(thai.to_arabic(thai.normalise(text)).casefold().split())
    return frozenset(plain[at : at + 3] for at in range(max(len(plain) - 2, 0)))


def _likeness(pieces: frozenset[str], other: str) -> float:
    """How many pieces two subjects share, of the shorter one's."""
    others = _pieces(other)
    shorter = min(len(pieces), len(others))
    return len(pieces & others) / shorter if shorter else 0.0


def usual_lead(
    session: Session, province_id: int, category_id: int, district_id: int | None
) -> int | None:
    """The agency that most often led the newest such cases, first of the district, else of the province."""
    for place in [district_id, None] if district_id else [None]:
        statement = select(Complaint.lead_agency_id).where(
            Complaint.province_id == province_id,
            Complaint.category_id == category_id,
            Complaint.lead_agency_id.is_not(None),
        )
        if place is not None:
            statement = statement.where(Complaint.district_id == place)
        newest = statement.order_by(Complaint.id.desc()).limit(MOST_LOOKED_AT).subquery()
        count = func.count()
        top = select(newest.c.lead_agency_id).group_by(newest.c.lead_agency_id)
        top = top.order_by(count.desc()).limit(1)
        found: int | None = session.scalar(top)
        if found is not None:
            return found
    return None
