"""The invitation to a meeting: an official letter, the agenda, the reply form, the list of members.

The letter's number and date come from the register of sent documents: they are left open until the
meeting's invitation is a document there and has them. The head of the first page is left free for
the garuda of the office's letter paper.
"""

from flask_babel import force_locale
from sqlalchemy.orm import Session

from entities import dates
from entities.vocabulary import MeetingMode, MemberRole
from figures.documents import day_of
from models import Document, Meeting
from workbooks.dossier import Dossier
from workbooks.word import CENTRE, DOTS, INDENT, SPREAD, Paper

REQUEST = (
    "ในการนี้ ขอเรียนเชิญท่านเข้าร่วมประชุมตามวัน เวลา และสถานที่ดังกล่าว"
    " และโปรดส่งแบบตอบรับการเข้าร่วมประชุม (สิ่งที่ส่งมาด้วย 2) ก่อนวันประชุม"
    " หากไม่สามารถเข้าร่วมประชุมได้ โปรดแจ้งในแบบตอบรับด้วย"
)
CLOSING = "จึงเรียนมาเพื่อโปรดเข้าร่วมประชุม"
GARUDA = 56.0
"""Points left free at the head: with the margin, the 4.5 cm above the text of letter paper."""
HALF = 8.0
LABEL = 1.4
ENCLOSED = 2.9
SIGNATURE = 7.0


def invitation(session: Session, meeting: Meeting) -> bytes:
    """The letter and its three enclosures as a docx file, in Thai with Thai digits."""
    with force_locale("th"):
        dossier = Dossier(session, meeting)
        paper = Paper(f"หนังสือเชิญประชุม {meeting.name}", dossier.office.name)
        _letter(paper, dossier)
        _agenda(paper, dossier)
        _reply(paper, dossier)
        _members(paper, dossier)
        return paper.finished()


def subject(session: Session, meeting: Meeting) -> str:
    """What the letter is about, as the register calls it."""
    return _subject(Dossier(session, meeting))


def _subject(dossier: Dossier) -> str:
    return f"ขอเชิญประชุม{dossier.committee} {dossier.numbered}"


def _letter(paper: Paper, dossier: Dossier) -> None:
    office = dossier.office
    paper.say(before=GARUDA)
    paper.table(
        [(f"ที่ {_number(dossier)}", office.address or f"ศาลากลาง{office.place}")], (HALF, HALF)
    )
    paper.say(f"วันที่ {_day(dossier)}", left=HALF - 1, before=6)
    paper.labelled(
        "เรื่อง",
        _subject(dossier),
        width=LABEL,
        bold=False,
        before=6,
    )
    paper.labelled("เรียน", "กรรมการตามบัญชีรายชื่อแนบท้าย", width=LABEL, bold=False, before=6)
    for n, what in enumerate(
        ("ระเบียบวาระการประชุม", "แบบตอบรับการเข้าร่วมประชุม", "บัญชีรายชื่อกรรมการ"), 1
    ):
        label = "สิ่งที่ส่งมาด้วย" if n == 1 else ""
        paper.labelled(
            label,
            f"{n}. {what}  จำนวน 1 ฉบับ",
            width=ENCLOSED,
            bold=False,
            before=6 if n == 1 else 0,
        )
    _body(paper, dossier)
    _signature(paper, dossier)
    contact = (
        office.name,
        f"โทร. {office.phone}" if office.phone else "",
        f"ไปรษณีย์อิเล็กทรอนิกส์ {office.email}" if office.email else "",
    )
    for n, text in enumerate(filter(None, contact)):
        paper.say(text, before=24 if n == 0 else 0)


def _issued(dossier: Dossier) -> Document | None:
    """The document that invites, once it has its number; a secret one tells nothing here."""
    found = dossier.meeting.invitation
    known = found is not None and found.number is not None and found.secrecy is None
    return found if known else None


def _number(dossier: Dossier) -> str:
    """The document's number; before it, the number up to the stroke, such as ลบ 0017/, or dots."""
    issued, office = _issued(dossier), dossier.office
    if issued is not None:
        return issued.number or ""
    return f"{office.letters or DOTS[:6]} {office.code or DOTS[:8]}/"


def _day(dossier: Dossier) -> str:
    """The day of the letter, or dots to write it on."""
    issued = _issued(dossier)
    if issued is None or issued.registered_at is None:
        return DOTS[:36]
    return dates.long_date(issued.dated_on or day_of(issued.registered_at), "th")


def _body(paper: Paper, dossier: Dossier) -> None:
    for before, text in ((8, _call(dossier)), (6, REQUEST), (6, CLOSING)):
        # A signature never stands alone on the next page.
        paper.say(text, align=SPREAD, first=INDENT, before=before, keep=text is CLOSING)


def _call(dossier: Dossier) -> str:
    """What is to be held, when and where."""
    meeting, name = dossier.meeting, f"{dossier.committee} {dossier.numbered}"
    subject = f" เรื่อง {meeting.title}" if meeting.title else ""
    when = " ".join(filter(None, (dossier.day, dossier.time, dossier.venue)))
    wire = ""
    if meeting.online_link and meeting.mode is not MeetingMode.ONSITE:
        wire = f" โดยเข้าร่วมผ่านสื่ออิเล็กทรอนิกส์ได้ที่ {meeting.online_link}"
    return (
        f"ด้วย{dossier.office.place}กำหนดจัดการประชุม{name}{subject} ใน{when}{wire}"
        " รายละเอียดตามระเบียบวาระการประชุม (สิ่งที่ส่งมาด้วย 1)"
    )


def _signature(paper: Paper, dossier: Dossier) -> None:
    """Signed by the committee's secretary, in whose name the members are called."""
    secretary = next(
        (seat for seat in dossier.seats if seat.role is MemberRole.MEMBER_SECRETARY), None
    )
    paper.say("ขอแสดงความนับถือ", align=CENTRE, left=SIGNATURE, before=12, keep=True)
    name = secretary.name if secretary else DOTS[:40]
    paper.say(f"({name})", align=CENTRE, left=SIGNATURE, before=44, keep=secretary is not None)
    if secretary is not None:
        for text in filter(None, (secretary.position, secretary.part)):
            paper.say(text, align=CENTRE, left=SIGNATURE)


def _title(paper: Paper, dossier: Dossier, title: str) -> None:
    paper.say(title, bold=True, align=CENTRE, page=True)
    for text in filter(
        None,
        (f"{dossier.committee} {dossier.numbered}", f"{dossier.day} {dossier.time}", dossier.venue),
    ):
        paper.say(text, bold=True, align=CENTRE)
    paper.say("-" * 40, align=CENTRE)


def _agenda(paper: Paper, dossier: Dossier) -> None:
    _title(paper, dossier, "ระเบียบวาระการประชุม")
    for part in dossier.parts:
        paper.labelled(
            f"ระเบียบวาระที่ {part.number}", part.title, width=3.3, strong=True, before=6, keep=True
        )
        for matter in part.matters:
            agency = f" ({matter.agency})" if matter.agency else ""
            paper.item(matter.number, f"{matter.item.title}{agency}", left=3.3, width=1.1)
        if not part.matters:
            paper.say("ไม่มี", left=3.3)


def _reply(paper: Paper, dossier: Dossier) -> None:
    _title(paper, dossier, "แบบตอบรับการเข้าร่วมประชุม")
    office = dossier.office
    paper.say(f"ชื่อ-สกุล {DOTS * 2}"[:110], before=8)
    paper.say(f"ตำแหน่ง {DOTS * 2}"[:110])
    paper.say(f"หน่วยงาน {DOTS * 2}"[:110])
    box = "(      )"
    paper.say(f"{box}  เข้าร่วมประชุมด้วยตนเอง", first=INDENT, before=10)
    if dossier.meeting.mode is not MeetingMode.ONSITE:
        paper.say(f"{box}  เข้าร่วมประชุมผ่านสื่ออิเล็กทรอนิกส์", first=INDENT)
    paper.say(f"{box}  มอบหมายผู้แทนเข้าร่วมประชุม", first=INDENT)
    for label in ("ชื่อ-สกุล", "ตำแหน่ง", "โทรศัพท์"):
        paper.say(f"{label} {DOTS}", left=INDENT + 1.4)
    paper.say(f"{box}  ไม่สามารถเข้าร่วมประชุมได้ เนื่องจาก {DOTS[:34]}", first=INDENT)
    paper.say(f"ลงชื่อ {DOTS[:40]}", align=CENTRE, left=SIGNATURE, before=30, keep=True)
    paper.say(f"({DOTS[:40]})", align=CENTRE, left=SIGNATURE, keep=True)
    paper.say(f"วันที่ {DOTS[:30]}", align=CENTRE, left=SIGNATURE)
    ways = " ".join(filter(None, (f"โทร. {office.phone}" if office.phone else "", office.email)))
    paper.say(f"โปรดส่งแบบตอบรับไปยัง {office.name} {ways}".strip(), before=24)


def _members(paper: Paper, dossier: Dossier) -> None:
    paper.say("บัญชีรายชื่อกรรมการแนบท้าย", bold=True, align=CENTRE, page=True)
    paper.say(f"{dossier.committee} {dossier.numbered}", bold=True, align=CENTRE)
    paper.say()
    rows = [
        (str(n), seat.name, seat.position, seat.part) for n, seat in enumerate(dossier.seats, 1)
    ]
    paper.table(
        [("ลำดับ", "ชื่อ-สกุล", "ตำแหน่ง", "หน้าที่"), *rows], (1.3, 5.1, 6.0, 3.6), ruled=True, head=True
    )
