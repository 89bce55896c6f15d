"""Cases from an older log: what each row would become, what is doubtful and why; then all or nothing.

Offices kept their cases in spreadsheets. A row comes in by `take_over`: in its present state, with
its old number, marked so, and its clock without history. A row without a number gets one from what it
holds, so that the same file twice changes nothing.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from entities import dates, thai
from entities.vocabulary import ComplaintStatus, ResultKind, Sector
from models import Agency, Channel, Complaint, ComplaintCategory, ComplaintNature, District
from rules.base import Broken
from rules.complaint_take_over import AT_AGENCIES, take_over, to_come, words_to_come
from rules.complaints import OPEN_ENDS, scope_free
from rules.proposals import Fate, Weighed

S = ComplaintStatus
OLD_NUMBER = "เดิม {}-{:06}"
"""Of a row that has no number: the year of the Buddhist era and a mark of what it holds."""
STATES: tuple[tuple[str, ComplaintStatus, ResultKind | None], ...] = (
    (r"ยุติไม่ได้|ไม่สามารถยุติ", S.CLOSED, ResultKind.NOT_SETTLED),
    (r"ไม่รับ|ยกเลิก|จำหน่าย", S.REJECTED, None),
    (r"ยังไม่|ไม่ยุติ", S.IN_PROGRESS, None),
    (r"รายงานผล|รอยุติ|รอพิจารณา", S.RESOLVED, None),
    (r"ยุติ|เสร็จ|ปิดเรื่อง|closed", S.CLOSED, ResultKind.SETTLED),
    (r"ระหว่าง|กำลัง|ดำเนินการ|ติดตาม|in progress", S.IN_PROGRESS, None),
    (r"ส่งหน่วยงาน|มอบหมาย|ส่งต่อ", S.ASSIGNED, None),
    (r"คัดกรอง|กลั่นกรอง", S.SCREENING, None),
    (r"รับเรื่อง|ใหม่|รอรับ|new", S.NEW, None),
)
"""How logs write a state, the more telling pattern first."""
PARTED = re.compile(r"\s*[/\n;]\s*")
DISTRICT = re.compile(r"^(อำเภอ|อ\.)\s*")
CAPITAL = "เมือง"


@dataclass(frozen=True)
class LogRow:
    """A row of a log as it was read; `place` tells people where it stands."""

    place: str
    category: str = ""
    channel: str = ""
    district: str = ""
    agencies: str = ""
    status: str = ""
    received_on: date | None = None
    due_on: date | None = None
    closed_on: date | None = None
    number: str | None = None
    subject: str | None = None
    result: str | None = None
    faults: tuple[str, ...] = ()


@dataclass
class Proposal(Weighed):
    """What a row would become, and everything that speaks against it."""

    row: LogRow
    fate: Fate = Fate.NEW
    reasons: list[str] = field(default_factory=list)
    number: str = ""
    status: ComplaintStatus = S.NEW
    result_kind: ResultKind | None = None
    category_id: int = 0
    channel_id: int = 0
    district_id: int | None = None
    agencies: tuple[str, ...] = ()


@dataclass
class Preview:
    """What an import would do; nothing of it is written."""

    province_id: int
    proposals: list[Proposal]
    unknown: tuple[str, ...] = ()
    """Agencies that the province does not know yet; they are added."""

    def of(self, *fates: Fate) -> list[Proposal]:
        """The rows of these fates, in the order of the file."""
        return [one for one in self.proposals if one.fate in fates]

    @property
    def taken(self) -> list[Proposal]:
        """The rows that come in."""
        return self.of(Fate.NEW, Fate.DOUBTFUL)

    def count(self, *states: ComplaintStatus) -> int:
        """How many rows of the file that can be read are in one of these states."""
        read = self.of(Fate.NEW, Fate.DOUBTFUL, Fate.KNOWN)
        return sum(one.status in states for one in read)


class Known:
    """What the words of a log can mean in a province."""

    def __init__(self, session: Session, province_id: int) -> None:
        self.categories = _named(session, ComplaintCategory)
        self.channels = _named(session, Channel)
        districts = session.execute(
            select(District.id, District.name).where(District.province_id == province_id)
        )
        self.districts = {plain(DISTRICT.sub("", row[1])): row[0] for row in districts}
        self.agencies: dict[str, Agency] = {}
        found = session.scalars(select(Agency).where(Agency.province_id == province_id))
        for one in found:
            for name in filter(None, (one.name, one.short_name)):
                self.agencies.setdefault(plain(name), one)

    def district(self, told: str) -> int | None:
        """The district of a name with or without อำเภอ; เมือง alone is the capital's."""
        name = plain(DISTRICT.sub("", told.strip()))
        if name == CAPITAL:
            return next((i for n, i in self.districts.items() if n.startswith(CAPITAL)), None)
        return self.districts.get(name)


def plain(text: str) -> str:
    """A name without spaces, signs and case."""
    return re.sub(r"[^\w\u0e31-\u0e4e]+", "", thai.normalise(text)).casefold()


def _named(session: Session, entity: Any) -> dict[str, int]:
    return {
        plain(row[1]): row[0]
        for row in session.execute(select(entity.id, entity.name).order_by(entity.position))
    }


def _meant(told: str, known: Mapping[str, int]) -> int | None:
    """The entry of exactly this name, else the first that holds it or is held by it."""
    name = plain(told)
    if not name:
        return None
    held = (key for one, key in known.items() if name in one or one in name)
    return known.get(name) or next(held, None)


# Looking at the rows.


def preview(session: Session, rows: Sequence[LogRow], province_id: int, today: date) -> Preview:
    """What becomes of each row if it comes into a province."""
    known = Known(session, province_id)
    made = [_propose(row, known, today) for row in rows]
    _give_numbers(made)
    _set_aside_known(session, made, province_id)
    names = {name for one in made if one.fate is not Fate.FAULT for name in one.agencies}
    unknown = sorted({name for name in names if plain(name) not in known.agencies})
    for one in made:
        for name in one.agencies:
            if name in unknown:
                one.doubt(_("The agency “%(name)s” is not known here; it is added.", name=name))
    return Preview(province_id, made, tuple(unknown))


def _propose(row: LogRow, known: Known, today: date) -> Proposal:
    made = Proposal(row)
    for fault in row.faults:
        made.set_aside(Fate.FAULT, fault)
    if row.received_on is None or row.received_on > today:
        made.set_aside(Fate.FAULT, _("The day of receipt is missing or has not come yet."))
    _of_state(made)
    _of_words(made, known)
    _of_days(made, today)
    parts = (part.strip() for part in PARTED.split(row.agencies))
    made.agencies = tuple(dict.fromkeys(part for part in parts if part.strip("-–—")))
    if row.number and to_come(row.number, today):
        made.set_aside(Fate.FAULT, words_to_come(row.number))
    if made.agencies and made.status in (S.NEW, S.SCREENING):
        made.status = S.ASSIGNED
    if made.status in OPEN_ENDS and not made.agencies:
        if made.status in AT_AGENCIES:
            made.status = S.IN_PROGRESS
        made.doubt(_("No agency is named; the centre handles the case itself."))
    return made


def _of_state(made: Proposal) -> None:
    told = thai.normalise(made.row.status).casefold()
    for pattern, status, kind in STATES:
        if re.search(pattern, told):
            made.status, made.result_kind = status, kind
            return
    made.status = S.IN_PROGRESS
    made.doubt(_("The state “%(told)s” is not known; the case stays open.", told=made.row.status))


def _of_words(made: Proposal, known: Known) -> None:
    row = made.row
    for told, names, key, rest in (
        (row.category, known.categories, "category_id", "เรื่องทั่วไป"),
        (row.channel, known.channels, "channel_id", "อื่น ๆ"),
    ):
        found = _meant(told, names)
        if found is None:
            made.doubt(_("“%(told)s” is not known; it becomes “%(rest)s”.", told=told, rest=rest))
        setattr(made, key, found or _meant(rest, names) or next(iter(names.values())))
    made.district_id = known.district(row.district)
    if made.district_id is None:
        made.doubt(_("The district “%(told)s” is not one of the province.", told=row.district))


def _of_days(made: Proposal, today: date) -> None:
    row = made.row
    for day in filter(None, (row.due_on, row.closed_on)):
        if row.received_on is not None and day < row.received_on:
            made.doubt(_("A day lies before the day of receipt; it is left out."))
    if row.closed_on is not None and row.closed_on > today:
        made.doubt(_("The day of closing has not come yet; it is left out."))


def _give_numbers(made: Iterable[Proposal]) -> None:
    """The number of the log, or a mark of what the row holds; of equal rows the second has another."""
    seen: Counter[str] = Counter()
    for one in made:
        row = one.row
        if row.number:
            one.number = row.number
        else:
            held = (row.received_on, row.district, row.category, row.channel, row.subject)
            basis = "|".join(plain(str(part or "")) for part in held)
            seen[basis] += 1
            year = dates.be_year(row.received_on) if row.received_on else ""
            digest = hashlib.sha256(f"{basis}|{seen[basis]}".encode()).hexdigest()
            one.number = OLD_NUMBER.format(year, int(digest, 16) % 1_000_000)


def _set_aside_known(session: Session, made: list[Proposal], province_id: int) -> None:
    numbers = select(Complaint.old_number, Complaint.received_on).where(
        Complaint.province_id == province_id, Complaint.old_number.is_not(None)
    )
    here = {row[0]: row[1] for row in session.execute(numbers)}
    seen: set[str] = set()
    for one in made:
        if one.number in here:
            one.set_aside(Fate.KNOWN, _("This case is here already."))
            if here[one.number] != one.row.received_on:
                one.reasons.append(_("It was received on another day there; look at it."))
        elif one.number in seen:
            one.set_aside(
                Fate.FAULT, _("The number %(number)s comes twice in the file.", number=one.number)
            )
        seen.add(one.number)


# Taking them in.


def accept(session: Session, made: Preview, today: date) -> int:
    """Take in every row that is new or doubtful, all or nothing; how many cases came in.

    Raises Broken where a row has a fault.
    """
    faults = made.of(Fate.FAULT)
    if faults:
        raise Broken(
            _("%(n)s rows have a fault; mend them in the file first.", n=f"{len(faults):,}")
        )
    known = Known(session, made.province_id)
    for name in made.unknown:
        known.agencies[plain(name)] = _added(session, made.province_id, name)
    nature_id = session.scalars(
        select(ComplaintNature.id).order_by(ComplaintNature.position)
    ).first()
    for one in made.taken:
        agencies = list(dict.fromkeys(known.agencies[plain(name)] for name in one.agencies))
        take_over(_case(one, made.province_id, nature_id or 0, today), one.number, one.status,
                  agencies, session, today)  # fmt: skip
    session.flush()
    return len(made.taken)


def _added(session: Session, province_id: int, name: str) -> Agency:
    agency = Agency(province_id=province_id, name=name, sector=Sector.GOVERNMENT)
    session.add(scope_free(session, agency))
    session.flush()
    return agency


def _case(one: Proposal, province_id: int, nature_id: int, today: date) -> Complaint:
    row = one.row
    assert row.received_on is not None  # noqa: S101 - a row without it is a fault
    closed = row.closed_on
    if closed is not None and not row.received_on <= closed <= today:
        closed = None
    due = row.due_on if row.due_on is None or row.due_on >= row.received_on else None
    return Complaint(
        province_id=province_id, subject=row.subject or _subject(row), category_id=one.category_id,
        channel_id=one.channel_id, nature_id=nature_id, district_id=one.district_id,
        received_on=row.received_on, due_on=due, result=row.result, result_kind=one.result_kind,
        closed_on=closed if one.status is S.CLOSED else None,
    )  # fmt: skip


def _subject(row: LogRow) -> str:
    """What a case is called whose log told no subject."""
    place = DISTRICT.sub("", row.district.strip())
    return f"{row.category or 'เรื่องทั่วไป'} อำเภอ{place}" if place else row.category
