"""Everything a meeting hands out: minutes, invitation, and all its papers as one zip."""

from collections.abc import Iterator
from typing import BinaryIO, Protocol
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy.orm import Session

from access import viewer as who
from entities import dates
from entities.vocabulary import MeetingStatus
from models import Attachment, Meeting
from workbooks import names
from workbooks.dossier import Dossier
from workbooks.invitation import invitation
from workbooks.minutes import minutes
from workbooks.outlet import Outlet
from workbooks.packet import file_name, packet

INVITING, ACCOMPANYING, MINUTES = "00 เชิญประชุม", "01 เอกสารประกอบ", "99 รายงานการประชุม"
MISSING = "ไฟล์ที่ไม่พบ.txt"
FOLDER_LENGTH = 70
PIECE = 1 << 18
TAKEN_PLACE = (
    MeetingStatus.HELD,
    MeetingStatus.MINUTES_DRAFT,
    MeetingStatus.MINUTES_CHECKED,
    MeetingStatus.MINUTES_CIRCULATED,
    MeetingStatus.MINUTES_CERTIFIED,
)


class Store(Protocol):
    """Where the bytes of attachments are kept."""

    def open_file(self, sha256: str, /) -> BinaryIO:
        """The bytes kept under a hash; raises FileNotFoundError where they are missing."""
        ...


def papers_zip(session: Session, meeting: Meeting, store: Store) -> Iterator[bytes]:
    """All papers of a meeting as pieces of a zip, in the order of the agenda.

    Folders: the invitation, the packet, one for each item with files, the minutes once the
    meeting was held. A file whose bytes are missing is named in a note at the end.
    """
    dossier, outlet, used = Dossier(session, meeting), Outlet(), set[str]()
    missing: list[str] = []
    with ZipFile(outlet, "w", ZIP_DEFLATED, compresslevel=1) as target:
        for name, content in _made(session, meeting):
            target.writestr(_free(name, used), content)
            yield outlet.take()
        for folder, file in _filed(dossier):
            name = _free(f"{folder}/{names.kept(file.name)}", used)
            try:
                stored = store.open_file(file.sha256)
            except FileNotFoundError:
                missing.append(name)
                continue
            with stored, target.open(name, "w") as part:
                while piece := stored.read(PIECE):
                    part.write(piece)
                    yield outlet.take()
        if missing:
            target.writestr(MISSING, "\r\n".join(missing).encode("utf-8-sig"))
    yield outlet.take()


def _made(session: Session, meeting: Meeting) -> Iterator[tuple[str, bytes]]:
    """The papers made from the records, each with its place in the zip."""
    yield (
        f"{INVITING}/{names.file_name(f'หนังสือเชิญประชุม {meeting.name}', 'docx')}",
        invitation(session, meeting),
    )
    made = packet(session, meeting, viewer=who.of(session), now=dates.now())
    yield f"{ACCOMPANYING}/{file_name(meeting)}", made
    if meeting.status in TAKEN_PLACE:
        yield (
            f"{MINUTES}/{names.file_name(f'รายงานการประชุม {meeting.name}', 'docx')}",
            minutes(session, meeting),
        )


def _filed(dossier: Dossier) -> Iterator[tuple[str, Attachment]]:
    """The files of the items in order, then those of the minutes."""
    for matter in dossier.matters:
        folder = names.safe(f"{matter.number} {matter.item.title}", FOLDER_LENGTH)
        yield from ((folder, file) for file in matter.files)
    yield from ((MINUTES, file) for file in dossier.own_files)


def _free(name: str, used: set[str]) -> str:
    """The name, or with a number behind where the zip has it already."""
    stem, dot, ending = name.rpartition(".")
    wished, number = name, 1
    while wished.casefold() in used:
        number += 1
        wished = f"{stem} ({number}){dot}{ending}" if dot else f"{name} ({number})"
    used.add(wished.casefold())
    return wished


__all__ = ["Store", "invitation", "minutes", "papers_zip"]
