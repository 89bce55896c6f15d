"""The meeting packet's frame: what a section of it is, and how areas and reports add theirs.

@section("late-complaints", _l("Late complaints"), 60)
def late_complaints(packet: Packet) -> None:
    sheet = packet.sheet([8, 60, 20])
    sheet.title(packet.title)
    …
    packet.used(Complaint, [row.id for row in rows])
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from access.viewer import Viewer
from entities import dates
from entities.base import Base, Text
from models import Meeting
from workbooks.dossier import Dossier
from workbooks.sheets import Sheet
from workbooks.styles import Book

Write = Callable[["Packet"], None]
Wanted = Callable[["Packet"], bool]


@dataclass(frozen=True)
class Section:
    """A part of the packet: its title is the sheet's name, the lower `order` the earlier.

    `wanted` says whether this meeting's packet has it; always, where nothing is said.
    """

    key: str
    title: Text
    order: int
    write: Write
    wanted: Wanted = lambda _packet: True


SECTIONS: list[Section] = []
"""Every section there is; a packet takes them by their order."""


def section(
    key: str, title: Text, order: int, wanted: Wanted | None = None
) -> Callable[[Write], Write]:
    """Register a function that writes a section. Raises ValueError when the key is taken."""
    if any(one.key == key for one in SECTIONS):
        raise ValueError(f"two packet sections are called {key}")

    def keep(write: Write) -> Write:
        SECTIONS.append(Section(key, title, order, write, wanted or (lambda _packet: True)))
        return write

    return keep


@dataclass(frozen=True)
class Used:
    """Which records of an entity stand on a sheet."""

    sheet: str
    entity: type[Base]
    ids: tuple[int, ...]


class Packet:
    """A packet being written: the meeting, for whom and when, and the workbook."""

    def __init__(self, session: Session, meeting: Meeting, viewer: Viewer, now: datetime) -> None:
        self.session, self.meeting, self.viewer, self.now = session, meeting, viewer, now
        self.dossier = Dossier(session, meeting)
        self.book = Book(f"เอกสารประกอบการประชุม {meeting.name}", author=viewer.name, created=now)
        self.sections = sorted(SECTIONS, key=lambda one: (one.order, one.key))
        self.records: list[Used] = []
        self._here: Section | None = None

    @property
    def today(self) -> date:
        """The day in Bangkok on which the packet is made."""
        return self.now.astimezone(dates.BANGKOK).date()

    @property
    def title(self) -> str:
        """The title of the section being written."""
        return str(self._here.title) if self._here else ""

    def write(self) -> bytes:
        """The finished workbook."""
        self.sections = [one for one in self.sections if one.wanted(self)]
        for one in self.sections:
            self._here = one
            one.write(self)
        return self.book.finished()

    def sheet(
        self, widths: Sequence[float], *, landscape: bool = False, named: bool = True
    ) -> Sheet:
        """A new sheet for the section; upright about 93 characters fit a page, across 138.

        `named` prints the meeting's name at the top of each page.
        """
        header = self.meeting.name if named else ""
        return Sheet(self.book, self.title, widths, landscape=landscape, header=header)

    def used(self, entity: type[Base], ids: Iterable[int]) -> None:
        """Say which records the section was made from; the last sheet lists them."""
        self.records.append(Used(self.title, entity, tuple(sorted(ids))))
