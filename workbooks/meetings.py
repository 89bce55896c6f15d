"""The packet's sections on the meeting itself: cover, agenda, members, what was left open, proposals.

Official wording stands here in Thai: the packet is a Thai office's paper in any language.
"""

from datetime import date
from itertools import zip_longest

from entities.vocabulary import AgendaPart, FollowUpStatus, InvitationReply
from figures.meetings import OPEN, SOON
from models import AgendaItem, Attachment, Attendance, FollowUp, Meeting, Membership, Resolution
from workbooks import fitting, styles
from workbooks.dossier import Matter, Seat, by_sector
from workbooks.sections import Packet, section
from workbooks.sheets import Sheet

NONE, DASH = "ไม่มี", "–"
SIGNING = 36
"""Height in points of a line to sign on."""
BAND_AND_ROW = fitting.height(1, styles.TABLE) + fitting.height(3, styles.TABLE)
GUEST_LINES = 5
BLOCK = 150
"""Points that the head of a proposal and its first lines need: less left, and it goes on a new page."""
KILOBYTE = 1024


@section("cover", "ปก", 0)
def cover(packet: Packet) -> None:
    """The title page, with what the packet holds and which office made it."""
    dossier, sheet = packet.dossier, packet.sheet([6, 41, 41, 6], named=False)
    office, meeting = dossier.office, packet.meeting
    phone = f"โทร. {office.phone}" if office.phone else ""
    named = (dossier.committee, dossier.numbered, meeting.title)
    when = (dossier.day, dossier.time, dossier.venue, meeting.online_link)
    blocks: list[tuple[int, list[tuple[str, str]]]] = [
        (48, [("เอกสารประกอบการประชุม", "display"), ("", "rule")]),
        (18, [(text, "headline") for text in named if text]),
        (18, [(text, "line") for text in when if text]),
        (30, [("เอกสารในเล่ม", "strong_line")]),
        (30, [(text, "sub") for text in (office.name, office.address, phone) if text]),
    ]
    contents = _contents(packet)
    share = _spare(sheet, [line for _gap, lines in blocks for line in lines], len(contents))
    for gap, lines in blocks:
        sheet.gap(gap * share)
        for text, look in lines:
            sheet.across(text, look)
        for left, right in contents if lines[-1][1] == "strong_line" else ():
            sheet.line([None, left, right, None], ["blank", "item", "item", "blank"])
    packet.used(Meeting, [meeting.id])


GAPS = 48 + 18 + 18 + 30 + 30


def _spare(sheet: Sheet, lines: list[tuple[str, str]], rows: int) -> float:
    """The share of the gaps that a cover has room for, so that it stays one page."""
    taken = sum(sheet.high(text, look) for text, look in lines)
    left = sheet.room - taken - rows * fitting.height(1, styles.TABLE)
    return min(1.0, max(0.0, (left - 1) / GAPS))


def _contents(packet: Packet) -> list[tuple[str, str | None]]:
    """What the packet holds, in two columns, each read downwards."""
    titles = (one.title for one in packet.sections if one.key != "cover")
    listed = [f"{n}.  {title}" for n, title in enumerate(titles, 1)]
    half = -(-len(listed) // 2)
    return list(zip_longest(listed[:half], listed[half:]))


@section("agenda", "ระเบียบวาระ", 10)
def agenda(packet: Packet) -> None:
    """The six parts of the agenda with their items; an empty part says so."""
    dossier, sheet = packet.dossier, packet.sheet([8, 44, 19, 22])
    _heading(packet, sheet, "ระเบียบวาระการประชุม")
    sheet.head(["วาระที่", "เรื่อง", "ผู้เสนอ", "หน่วยงาน"])
    for part in dossier.parts:
        sheet.keep(BAND_AND_ROW)
        sheet.line([part.number, part.title, None, None], ["band"] * 4)
        for matter in part.matters:
            sheet.line([matter.number, matter.item.title, matter.item.presenter, matter.agency])
        if not part.matters:
            sheet.line([None, NONE, None, None])
    packet.used(AgendaItem, [matter.item.id for matter in dossier.matters])


def _heading(packet: Packet, sheet: Sheet, title: str) -> None:
    dossier = packet.dossier
    when = " ".join(filter(None, (dossier.day, dossier.time)))
    sheet.title(
        title, *filter(None, (f"{dossier.committee} {dossier.numbered}", when, dossier.venue))
    )
    sheet.gap()


@section("members", "รายชื่อกรรมการ", 20)
def members(packet: Packet) -> None:
    """Members by sector with a box to sign in, then lines for those in attendance."""
    dossier, sheet = packet.dossier, packet.sheet([7, 23, 26, 12, 15, 10])
    _heading(packet, sheet, "รายชื่อกรรมการและการลงลายมือชื่อ")
    sheet.head(["ลำดับ", "ชื่อ-สกุล", "ตำแหน่ง", "ภาคส่วน", "ลายมือชื่อ", "หมายเหตุ"])
    number = 0
    for name, seats in by_sector(dossier.seats):
        sheet.keep(80)
        sheet.across(f"{name} ({len(seats)} คน)", "band")
        for seat in seats:
            number += 1
            _sign(sheet, number, seat)
    guests = [seat for seat in dossier.attendance if seat.role is None]
    sheet.keep(120)
    sheet.across("ผู้เข้าร่วมประชุม", "band")
    for n in range(max(GUEST_LINES, len(guests) + 2)):
        guest = guests[n] if n < len(guests) else None
        cells = [
            n + 1,
            guest.name if guest else None,
            guest.position if guest else None,
            None,
            None,
            None,
        ]
        sheet.line(cells, ["centre"], least=SIGNING)
    invited = dossier.seats[:1] and dossier.seats[0].attendance is not None
    packet.used(Attendance if invited else Membership, [seat.row.id for seat in dossier.seats])


def _sign(sheet: Sheet, number: int, seat: Seat) -> None:
    sector = str(seat.sector) if seat.sector else None
    sheet.line(
        [number, seat.name, seat.title, sector, None, _remark(seat)], ["centre"], least=SIGNING
    )


def _remark(seat: Seat) -> str | None:
    """What is known of who will come."""
    row = seat.attendance
    if row is None:
        return None
    if row.delegate_name:
        return f"ผู้แทน: {row.delegate_name}"
    words = {InvitationReply.DELEGATE: "ส่งผู้แทน", InvitationReply.NOT_ATTENDING: "แจ้งไม่มา"}
    return words.get(row.reply) if row.reply else None


@section("last", "มติครั้งก่อน", 30)
def last(packet: Packet) -> None:
    """What the last meeting resolved, and how far it and what is older was carried out."""
    dossier = packet.dossier
    sheet = packet.sheet([8, 30, 26, 17, 13, 28, 15], landscape=True)
    sheet.title("มติที่ประชุมครั้งก่อนและความคืบหน้า", f"เสนอ{dossier.committee} {dossier.numbered}")
    sheet.gap()
    sheet.head(
        [
            "วาระที่",
            "เรื่อง / มติที่ประชุม",
            "สิ่งที่ต้องดำเนินการ",
            "ผู้รับผิดชอบ",
            "กำหนดเสร็จ",
            "ความคืบหน้า",
            "สถานะ",
        ]
    )
    _resolved(packet, sheet)
    older = [
        one
        for one in dossier.follow_ups
        if dossier.last is None or one.meeting_id != dossier.last.id
    ]
    if older:
        sheet.keep(80)
        sheet.across("เรื่องที่ค้างจากการประชุมก่อนหน้านั้น", "band")
    for one in older:
        _carried(packet, sheet, None, f"{one.meeting.name}\n{one.resolution.text}", one)
    packet.used(Resolution, [r.id for m in dossier.last_matters for r in m.resolutions])
    packet.used(FollowUp, [one.id for one in dossier.follow_ups])


def _resolved(packet: Packet, sheet: Sheet) -> None:
    before = packet.dossier.last
    if before is None:
        sheet.across("ยังไม่มีการประชุมครั้งก่อน", "none")
        return
    day = packet.dossier.last_day
    sheet.across(f"การประชุม {before.name} เมื่อ{day}", "band")
    for matter in packet.dossier.last_matters:
        for resolution in matter.resolutions:
            text = f"{matter.item.title}\nมติ: {resolution.text}"
            following = [
                one for one in packet.dossier.follow_ups if one.resolution_id == resolution.id
            ]
            for n, one in enumerate(following or [None]):
                _carried(
                    packet, sheet, matter.number if n == 0 else None, text if n == 0 else None, one
                )
    if not packet.dossier.last_matters:
        sheet.across("ไม่มีมติที่บันทึกไว้", "none")


def _carried(
    packet: Packet, sheet: Sheet, number: str | None, text: str | None, one: FollowUp | None
) -> None:
    if one is None:
        sheet.line(
            [number, text, DASH, None, None, None, "ไม่ต้องติดตาม"],
            [None, None, "none", None, None, None, "none"],
        )
        return
    owner = "\n".join(filter(None, (one.agency.name if one.agency else "", one.owner_name)))
    state, look = state_of(one, packet.today)
    sheet.line(
        [number, text, one.task, owner, one.due_on, one.progress, state],
        [None] * 4 + ["date", None, look],
    )


def state_of(one: FollowUp, today: date) -> tuple[str, str]:
    """How a follow-up stands, in words, and the look of its cell: late ones stand out."""
    if one.status not in OPEN or one.due_on is None:
        return str(one.status), "ok" if one.status is FollowUpStatus.DONE else "centre"
    days = (one.due_on - today).days
    if days < 0:
        return f"เลยกำหนด {-days:,} วัน\n{one.status}", "bad"
    if days <= SOON.days:
        left = f"อีก {days} วัน" if days else "วันนี้"
        return f"ครบกำหนด{left}\n{one.status}", "warn"
    return str(one.status), "info" if one.status is FollowUpStatus.IN_PROGRESS else "centre"


@section("consider", "เรื่องพิจารณา", 90)
def consider(packet: Packet) -> None:
    """One block for each item that the meeting decides on, with room for the decision."""
    sheet = packet.sheet([17, 76])
    _heading(packet, sheet, "เรื่องเสนอเพื่อพิจารณา")
    sheet.head(["หัวข้อ", "รายละเอียด"])
    matters = [
        m for part in packet.dossier.parts if part.part is AgendaPart.CONSIDER for m in part.matters
    ]
    for matter in matters:
        _block(sheet, matter)
    if not matters:
        sheet.across("ไม่มีเรื่องเสนอเพื่อพิจารณา", "none")
    packet.used(AgendaItem, [matter.item.id for matter in matters])


def _block(sheet: Sheet, matter: Matter) -> None:
    item = matter.item
    by = " / ".join(filter(None, (item.presenter, matter.agency)))
    sheet.keep(BLOCK)
    sheet.across(f"{matter.number}  {item.title}", "band")
    for label, text in (
        ("ผู้เสนอ", by),
        ("เรื่องเดิม", item.background),
        ("ข้อเท็จจริง", item.facts),
        ("ข้อกฎหมาย", item.law),
        ("ข้อเสนอ", item.proposal),
        ("ประเด็นที่ขอมติ", item.decision_asked),
    ):
        sheet.line([label, text or DASH], ["label", "strong" if label == "ประเด็นที่ขอมติ" else "cell"])
    resolved = "\n".join(one.text for one in matter.resolutions)
    sheet.line(["มติที่ประชุม", resolved or None], ["label", "cell"], least=2 * SIGNING)
    sheet.gap(12)


@section("papers", "เอกสารแนบ", 95)
def papers(packet: Packet) -> None:
    """The files that hang on the items, in the order of the agenda."""
    dossier, sheet = packet.dossier, packet.sheet([8, 9, 34, 30, 11])
    sheet.title("รายการเอกสารแนบ", f"{dossier.committee} {dossier.numbered}")
    sheet.gap()
    sheet.head(["ลำดับ", "วาระที่", "เรื่อง", "ชื่อเอกสาร", "ขนาด (KB)"])
    listed = [(m.number, m.item.title, f) for m in dossier.matters for f in m.files]
    listed += [(DASH, "เอกสารของการประชุม", f) for f in dossier.own_files]
    for n, (number, title, file) in enumerate(listed, 1):
        sheet.line([n, number, title, file.name, -(-file.size // KILOBYTE)], ["centre", "centre"])
    if not listed:
        sheet.across(NONE, "none")
    packet.used(Attachment, [file.id for _number, _title, file in listed])
