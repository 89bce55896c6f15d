"""Minutes of a meeting in the form of the saraban regulation (รายงานการประชุม, form 11).

Who came, who did not, who was in attendance; the opening; the six parts of the agenda with what
was said and resolved; the closing; who took and who checked the minutes.
"""

from datetime import time

from flask_babel import force_locale
from sqlalchemy.orm import Session

from entities import dates
from entities.vocabulary import AgendaPart, AttendanceStatus
from models import Meeting, Resolution
from workbooks.dossier import Dossier, Matter, Part, Seat
from workbooks.word import CENTRE, DOTS, INDENT, Paper

CAME = (AttendanceStatus.PRESENT, AttendanceStatus.DELEGATED)
ABSENT: dict[AttendanceStatus | None, str] = {
    AttendanceStatus.LEAVE: "ลา/ติดราชการ",
    AttendanceStatus.ABSENT: "",
}
COLUMNS = (1.1, 5.3, 6.2, 3.4)
"""Widths of a list of people in cm: number, name, position, role."""
LABEL = 3.0
SIGNATURE = 7.0
"""Centimetres from the margin to where signatures stand."""


def minutes(session: Session, meeting: Meeting) -> bytes:
    """The minutes as a docx file, in Thai with Thai digits; what is not known yet is left dotted."""
    with force_locale("th"):
        dossier = Dossier(session, meeting)
        paper = Paper(f"รายงานการประชุม {meeting.name}", dossier.office.name)
        _head(paper, dossier)
        _people(paper, dossier)
        paper.say(f"เริ่มประชุมเวลา  {_clock(meeting.starts_at)}", bold=True, before=10)
        for part in dossier.parts:
            _part(paper, dossier, part)
        paper.say(f"เลิกประชุมเวลา  {_clock(meeting.ends_at)}", bold=True, before=10)
        _signatures(paper, dossier)
        return paper.finished()


def _head(paper: Paper, dossier: Dossier) -> None:
    lines = (
        f"รายงานการประชุม{dossier.committee}",
        dossier.meeting.title or "",
        dossier.numbered,
        f"เมื่อ{dossier.day}",
        dossier.venue,
    )
    for text in filter(None, lines):
        paper.say(text, bold=True, align=CENTRE)
    paper.say("-" * 40, align=CENTRE)


def _clock(at: time | None) -> str:
    return f"{dates.time_text(at) if at else DOTS[:16]} น."


def _people(paper: Paper, dossier: Dossier) -> None:
    seats = dossier.attendance
    members = [seat for seat in seats if seat.role is not None]
    came = [seat for seat in members if _status(seat) in CAME]
    absent = [seat for seat in members if _status(seat) in ABSENT]
    waiting = [seat for seat in members if _status(seat) is AttendanceStatus.EXPECTED]
    guests = [seat for seat in seats if seat.role is None]
    _list(
        paper, "ผู้มาประชุม", [_came(seat, dossier.meeting.chair_name) for seat in came], always=True
    )
    _list(paper, "ผู้ไม่มาประชุม", [_away(seat) for seat in absent])
    _list(paper, "ผู้เข้าร่วมประชุม", [(seat.name, seat.position, "") for seat in guests])
    _list(
        paper, "ยังไม่ได้บันทึกการมาประชุม", [(seat.name, seat.position, seat.part) for seat in waiting]
    )


def _status(seat: Seat) -> AttendanceStatus | None:
    return seat.attendance.status if seat.attendance else None


def _list(
    paper: Paper, title: str, people: list[tuple[str, str, str]], *, always: bool = False
) -> None:
    if not people and not always:
        return
    paper.say(title, bold=True, before=8, keep=True)
    rows = [(f"{n}.", *person) for n, person in enumerate(people, 1)]
    paper.table(rows or [("1.", DOTS[:20], "", "")], COLUMNS)


def _came(seat: Seat, chair_name: str | None) -> tuple[str, str, str]:
    """Name, position and role; a delegate by the own name, for whom he or she stands."""
    role = "ประธานในที่ประชุม" if chair_name and seat.name == chair_name else seat.part
    row = seat.attendance
    if row is not None and row.status is AttendanceStatus.DELEGATED and row.delegate_name:
        instead = f"แทน {seat.position or seat.name}"
        return row.delegate_name, "\n".join(filter(None, (row.delegate_position, instead))), role
    return seat.name, seat.position, role


def _away(seat: Seat) -> tuple[str, str, str]:
    return seat.name, seat.position, ABSENT.get(_status(seat), "")


def _part(paper: Paper, dossier: Dossier, part: Part) -> None:
    paper.labelled(
        f"ระเบียบวาระที่ {part.number}",
        part.title,
        width=LABEL + 0.3,
        strong=True,
        before=10,
        keep=True,
    )
    for matter in part.matters:
        _matter(paper, dossier, matter, decides=part.part is AgendaPart.CONSIDER)
    if not part.matters:
        paper.say("ไม่มี", first=INDENT)


def _matter(paper: Paper, dossier: Dossier, matter: Matter, *, decides: bool) -> None:
    paper.say(f"{matter.number}  {matter.item.title}", bold=True, first=INDENT, before=4, keep=True)
    if matter.item.minutes_text:
        paper.prose(matter.item.minutes_text)
    elif dossier.meeting.certified_on is None:
        paper.say(DOTS * 2, first=INDENT)
    for resolution in matter.resolutions:
        _resolution(paper, dossier, resolution)
    if decides and not matter.resolutions:
        paper.labelled("มติที่ประชุม", DOTS, width=LABEL)


def _resolution(paper: Paper, dossier: Dossier, resolution: Resolution) -> None:
    first, *others = resolution.text.split("\n")
    paper.labelled("มติที่ประชุม", first, width=LABEL)
    for text in filter(None, (*others, _votes(resolution), _dissent(resolution))):
        paper.say(text, left=LABEL)
    for one in dossier.tasks:
        if one.resolution_id == resolution.id:
            owner = " ".join(filter(None, (one.agency.name if one.agency else "", one.owner_name)))
            by = f" ภายในวันที่ {dates.long_date(one.due_on, 'th')}" if one.due_on else ""
            paper.say(f"ผู้รับผิดชอบ: {owner or DOTS[:20]} {one.task}{by}", left=LABEL)


def _votes(resolution: Resolution) -> str:
    counted = (
        ("เห็นด้วย", resolution.votes_for),
        ("ไม่เห็นด้วย", resolution.votes_against),
        ("งดออกเสียง", resolution.abstained),
    )
    said = [f"{words} {votes} เสียง" for words, votes in counted if votes is not None]
    return f"({' '.join(said)})" if said else ""


def _dissent(resolution: Resolution) -> str:
    if not resolution.dissenter:
        return ""
    return f"ความเห็นแย้งของ{resolution.dissenter}: {resolution.dissent or DOTS}"


def _signatures(paper: Paper, dossier: Dossier) -> None:
    positions = {seat.name: seat.position for seat in dossier.attendance}
    hands = (
        (dossier.meeting.taker_name, "ผู้จดรายงานการประชุม"),
        (dossier.meeting.checker_name, "ผู้ตรวจรายงานการประชุม"),
    )
    for name, what in hands:
        paper.say(f"(ลงชื่อ) {DOTS[:34]}", align=CENTRE, left=SIGNATURE, before=30, keep=True)
        lines = list(filter(None, (f"({name or DOTS[:34]})", positions.get(name or "", ""), what)))
        for text in lines:
            paper.say(text, align=CENTRE, left=SIGNATURE, keep=text is not lines[-1])
