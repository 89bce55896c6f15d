"""A meeting as its papers need it: agenda in order, members, attendance, what was left open.

Everything is read through the session given, so it holds what the session's viewer reaches.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from entities import dates
from entities.base import Base
from entities.vocabulary import AgendaPart, MeetingMode, MemberRole, Sector
from figures import governance, meetings
from models import (
    AgendaItem,
    Attachment,
    Attendance,
    FollowUp,
    Meeting,
    Membership,
    Resolution,
)
from workbooks import offices

ONLINE = "ผ่านสื่ออิเล็กทรอนิกส์"
RANKS = {
    MemberRole.CHAIR: 0,
    MemberRole.VICE_CHAIR: 1,
    MemberRole.MEMBER: 2,
    MemberRole.MEMBER_SECRETARY: 3,
    MemberRole.ASSISTANT_SECRETARY: 4,
    MemberRole.ADVISOR: 5,
}
"""The order in which a list of members names them."""


@dataclass(frozen=True)
class Matter:
    """An item under its number in print (4.1 …), with what was resolved and its papers."""

    number: str
    item: AgendaItem
    resolutions: tuple[Resolution, ...]
    files: tuple[Attachment, ...]

    @property
    def agency(self) -> str:
        """The name of the agency that brings it."""
        return self.item.agency.name if self.item.agency else ""


@dataclass(frozen=True)
class Part:
    """One of the six parts of the agenda."""

    part: AgendaPart
    matters: tuple[Matter, ...]

    @property
    def number(self) -> str:
        """1 to 6."""
        return str(self.part.value)

    @property
    def title(self) -> str:
        """Its heading."""
        return str(self.part.title)


@dataclass(frozen=True)
class Seat:
    """A member at the table, with the line of the attendance sheet where there is one."""

    name: str
    position: str
    role: MemberRole | None
    sector: Sector | None
    row: Base
    attendance: Attendance | None = None

    @property
    def part(self) -> str:
        """The role on the committee; empty for a plain member and a guest."""
        return "" if self.role in (None, MemberRole.MEMBER) else str(self.role)

    @property
    def title(self) -> str:
        """Position, and the role in a line under it."""
        return "\n".join(filter(None, (self.position, self.part)))


class Dossier:
    """A meeting with everything that its papers draw on; each thing is read once, when asked for."""

    def __init__(self, session: Session, meeting: Meeting) -> None:
        self.session, self.meeting = session, meeting

    @cached_property
    def place(self) -> str:
        """The province or cluster, in full."""
        return offices.place(self.session, self.meeting)

    @cached_property
    def office(self) -> offices.Office:
        """The office that sends the papers."""
        return offices.office_of(self.session, self.meeting)

    @property
    def committee(self) -> str:
        """The committee's full name, its province with it."""
        name = self.meeting.committee.name
        return name if self.place in name or not self.place else f"{name} {self.place}"

    @property
    def numbered(self) -> str:
        """Its number in words, such as ครั้งที่ 11/2569."""
        return f"ครั้งที่ {self.meeting.number}/{self.meeting.year + dates.BE_OFFSET}"

    @property
    def day(self) -> str:
        """Its day in full, such as วันพุธที่ 25 พฤศจิกายน 2569."""
        return dates.full_date(self.meeting.meets_on, "th")

    @property
    def time(self) -> str:
        """When it begins and ends, such as เวลา 09.30 น.; empty while it is not known."""
        start, end = self.meeting.starts_at, self.meeting.ends_at
        if start is None:
            return ""
        until = f" - {dates.time_text(end)}" if end else ""
        return f"เวลา {dates.time_text(start)}{until} น."

    @property
    def venue(self) -> str:
        """Where it is, such as ณ ห้องประชุม 1; a meeting by wire says so."""
        wire = ONLINE if self.meeting.mode is not MeetingMode.ONSITE else ""
        if not self.meeting.venue:
            return wire
        also = f" และ{wire}" if wire else ""
        return f"ณ {self.meeting.venue.removeprefix('ณ ')}{also}"

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The six parts in order, empty ones too; numbers run on where an item was removed."""
        items = list(
            self.session.scalars(
                select(AgendaItem)
                .where(AgendaItem.meeting_id == self.meeting.id)
                .options(joinedload(AgendaItem.agency))
                .order_by(AgendaItem.position, AgendaItem.id)
            )
        )
        return tuple(
            Part(
                part,
                tuple(
                    Matter(
                        f"{part.value}.{n}", item, self._resolutions(item.id), self._files(item.id)
                    )
                    for n, item in enumerate((i for i in items if i.part is part), 1)
                ),
            )
            for part in AgendaPart
        )

    @property
    def matters(self) -> list[Matter]:
        """Every item, in order."""
        return [matter for part in self.parts for matter in part.matters]

    @cached_property
    def resolutions(self) -> list[Resolution]:
        """What this meeting resolved."""
        return list(
            self.session.scalars(
                select(Resolution)
                .where(Resolution.meeting_id == self.meeting.id)
                .order_by(Resolution.id)
            )
        )

    def _resolutions(self, item_id: int) -> tuple[Resolution, ...]:
        return tuple(r for r in self.resolutions if r.agenda_item_id == item_id)

    @cached_property
    def files(self) -> list[Attachment]:
        """Papers of the items and of the meeting itself, in the order they were attached."""
        items = select(AgendaItem.id).where(AgendaItem.meeting_id == self.meeting.id)
        return list(
            self.session.scalars(
                select(Attachment)
                .where(
                    (Attachment.meeting_id == self.meeting.id)
                    | Attachment.agenda_item_id.in_(items)
                )
                .order_by(Attachment.id)
            )
        )

    def _files(self, item_id: int) -> tuple[Attachment, ...]:
        return tuple(f for f in self.files if f.agenda_item_id == item_id)

    @property
    def own_files(self) -> list[Attachment]:
        """Papers of the meeting that belong to no item."""
        return [f for f in self.files if f.agenda_item_id is None]

    @cached_property
    def attendance(self) -> list[Seat]:
        """The attendance sheet, members in the order of the list, guests last."""
        found = self.session.execute(
            select(Attendance, Membership)
            .outerjoin(Membership, Membership.id == Attendance.membership_id)
            .where(Attendance.meeting_id == self.meeting.id)
            .order_by(Attendance.id)
        )
        rows = [(row, member) for row, member in found]
        rows.sort(key=lambda pair: _place(pair[1]))
        return [
            Seat(
                row.name, row.position or "", member.role if member else None, row.sector, row, row
            )
            for row, member in rows
        ]

    @cached_property
    def seats(self) -> list[Seat]:
        """The members: those invited, or, before that, those who serve."""
        invited = [seat for seat in self.attendance if seat.role is not None]
        return invited or [
            Seat(m.name, m.position or "", m.role, m.sector, m)
            for m in sorted(
                self.session.scalars(
                    governance.serving(self.meeting.committee_id, self.meeting.meets_on)
                ),
                key=_place,
            )
        ]

    @cached_property
    def tasks(self) -> list[FollowUp]:
        """What this meeting gave somebody to do."""
        return list(
            self.session.scalars(
                select(FollowUp)
                .where(FollowUp.meeting_id == self.meeting.id)
                .options(joinedload(FollowUp.agency))
                .order_by(FollowUp.id)
            )
        )

    @cached_property
    def last(self) -> Meeting | None:
        """The committee's meeting before this one."""
        return meetings.last_held(self.session, self.meeting)

    @property
    def last_day(self) -> str:
        """The day of the meeting before this one, in full."""
        return dates.full_date(self.last.meets_on, "th") if self.last else ""

    @cached_property
    def last_matters(self) -> list[Matter]:
        """The items of the last meeting on which it resolved something."""
        if self.last is None:
            return []
        return [matter for matter in Dossier(self.session, self.last).matters if matter.resolutions]

    @cached_property
    def follow_ups(self) -> list[FollowUp]:
        """What follows from the last meeting, and what earlier ones left open."""
        waiting = {one.id for one in meetings.open_follow_ups(self.session, self.meeting)}
        last_id = self.last.id if self.last else 0
        return list(
            self.session.scalars(
                select(FollowUp)
                .where((FollowUp.meeting_id == last_id) | FollowUp.id.in_(waiting))
                .options(
                    joinedload(FollowUp.agency),
                    joinedload(FollowUp.meeting),
                    joinedload(FollowUp.resolution),
                )
                .order_by(FollowUp.due_on.nulls_last(), FollowUp.id)
            )
        )


def _place(member: Membership | None) -> tuple[int, int, int]:
    if member is None:
        return len(RANKS), 0, 0
    return RANKS[member.role], member.seat_number, member.id


def by_sector(seats: Iterable[Seat]) -> list[tuple[str, list[Seat]]]:
    """Members by sector in the order of the sectors, those of none and advisors last."""
    groups: dict[str, list[Seat]] = {str(sector): [] for sector in Sector}
    for seat in seats:
        key = str(seat.role) if seat.role is MemberRole.ADVISOR else str(seat.sector or "อื่น ๆ")
        groups.setdefault(key, []).append(seat)
    return [(name, group) for name, group in groups.items() if group]
