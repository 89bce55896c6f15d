"""The office whose name, number and address stand on a meeting's papers."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Agency, Cluster, Meeting, Province

NAME = "สำนักงานจังหวัด"


@dataclass(frozen=True)
class Office:
    """The office that sends the papers, as far as it is known; empty where it is not."""

    place: str
    name: str
    letters: str = ""
    code: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""


def place(session: Session, meeting: Meeting) -> str:
    """The province or cluster of a meeting, in full."""
    if meeting.province_id is not None:
        return _in_full(_province(session, meeting.province_id))
    cluster = session.get(Cluster, meeting.cluster_id)
    return cluster.name if cluster else ""


def office_of(session: Session, meeting: Meeting) -> Office:
    """The office of the meeting's province; for a cluster that of its head province."""
    province_id = meeting.province_id or _head_of(session, meeting)
    if province_id is None:
        return Office(place(session, meeting), place(session, meeting))
    province = _province(session, province_id)
    whose, name = _in_full(province), f"{NAME}{province.name}"
    agency = session.scalar(
        select(Agency)
        .where(Agency.province_id == province_id, Agency.name.startswith(NAME))
        .order_by(Agency.id)
        .limit(1)
    )
    if agency is None:
        return Office(whose, name, province.letter_code)
    told = (agency.document_code, agency.address, agency.phone, agency.email)
    return Office(whose, name, province.letter_code, *(text or "" for text in told))


def _head_of(session: Session, meeting: Meeting) -> int | None:
    cluster = session.get(Cluster, meeting.cluster_id)
    return cluster.head_province_id if cluster else None


def _province(session: Session, province_id: int) -> Province:
    found = session.get(Province, province_id)
    if found is None:
        raise LookupError(f"there is no province {province_id}")
    return found


def _in_full(province: Province) -> str:
    return f"จังหวัด{province.name}"
