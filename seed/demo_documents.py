"""The demonstration's correspondence: two years of registers in Lampang, some documents elsewhere.

Every document goes through the verbs of the office, in the order of its moments, so that registers
are opened, numbered and proved as in life. Lampang (e-saraban's model in the report of 2552) has
circulars, two secret books, cancelled numbers, numbers kept free, a list to be destroyed, and some
letters scanned.
"""

import io
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from access import file_text, files
from entities import dates
from entities.vocabulary import (
    DocumentKind,
    DocumentStatus,
    EndorsementAction,
    RegisterKind,
    Role,
    Secrecy,
    SendMethod,
    Urgency,
)
from models import Attachment, Document, OfficeUnit, RetentionClass, UserAccount
from rules import documents, registers, retention
from rules.documents import Note, Recipient, Signer
from rules.registers import Wish
from seed import demo_scans
from seed.demo_people import Cast

FILE = Path(__file__).with_name("demo_documents.toml")
WHOLE = 52
"""Lampang has two years of registers; other provinces a few weeks of documents."""
COUNTS = {False: (300, 120), True: (3000, 1200)}
"""Received and sent documents of the whole registers; the larger numbers on request."""
FEW = (10, 4)
SECRETS = 3
LATE_AT_MOST = 90
"""Days after which everything was done: what is late in the demonstration is late as in an office."""
IN_MAIN_UNIT = (1, 2, 3, 4)
"""Numbers whose drafts are of the province's own unit, not of a group in it."""
WAITING = 16
"""Drafts on the desks: ten to be numbered, three to be signed, three to be checked."""
ORDINARY, GENERAL, INFORM, FOLLOW = 3, 1, 4, 5
"""Ids of retention classes in `seed/retention.py`."""
K, S = RegisterKind, DocumentStatus


@cache
def _book() -> dict[str, Any]:
    with FILE.open("rb") as file:
        return tomllib.load(file)


@dataclass
class Registry:
    """Who keeps a province's registers, and what is needed for it."""

    session: Session
    cast: Cast
    today: date
    opened: dict[Role, UserAccount]
    dice: Random
    large: bool = False

    def __post_init__(self) -> None:
        self.whole = self.cast.province.id == WHOLE
        self.units = [self._unit(*told) for told in _book()["units"]]
        self.signers = {role: _signer(account) for role, account in self.opened.items()}
        rows = self.session.scalars(select(RetentionClass)).all()
        self.classes = {row.id: row for row in rows}

    def _unit(self, code: str, name: str, short: str) -> OfficeUnit:
        made = OfficeUnit(
            province_id=self.cast.province.id, name=name.format(p=self.cast.province.name),
            short_name=short, code=code,
        )  # fmt: skip
        self.session.add(made)
        self.session.flush()
        return made

    # The course of two years.

    def lay_out(self) -> int:
        """Lay out every register; returns the number of documents with a number."""
        received, sent = COUNTS[self.large] if self.whole else FEW
        steps = [
            *((at, self._received, n) for n, at in enumerate(self._moments(received))),
            *((at, self._sent, n) for n, at in enumerate(self._moments(sent))),
        ]
        self.papers: list[Document] = []
        if self.whole:
            self._old()
        for at, step, number in sorted(steps, key=lambda one: (one[0], one[2])):
            self.papers.append(step(number, at))
        if self.whole:
            self._waiting()
            self._secret()
            self._kept_free()
            self._to_be_destroyed()
            self._letters()
        self.session.flush()
        return len(self.papers)

    def _moments(self, count: int) -> Iterator[datetime]:
        """So many moments of office hours up to yesterday, in order."""
        start = date(self.today.year - 1, 1, 5) if self.whole else self.today - timedelta(days=40)
        days = (self.today - start).days
        for n in range(count):
            day = start + timedelta(days=n * days // count)
            day -= timedelta(days=max(0, day.weekday() - 4))
            minutes = self.dice.randrange(0, 450)
            yield _moment(max(day, date(start.year, 1, 2)), 8 * 60 + 30 + minutes)

    def _age(self, at: datetime) -> int:
        return (self.today - at.astimezone(dates.BANGKOK).date()).days

    def _words(self, key: str, number: int) -> str:
        told: list[str] = _book()[key]
        district = self.cast.districts[number % len(self.cast.districts)]
        return told[number % len(told)].format(p=self.cast.province.name, d=district)

    # Received.

    def _received(self, number: int, at: datetime) -> Document:
        made = self._register(number, at, self._words("received", number))
        self._carry(made, number, at)
        return made

    def _register(
        self, number: int, at: datetime, subject: str, secrecy: Secrecy | None = None
    ) -> Document:
        letters, sender = _book()["senders"][number % len(_book()["senders"])]
        day = at.astimezone(dates.BANGKOK).date()
        names = {
            "p": self.cast.province.name, "l": self.cast.province.letter_code,
            "d": self.cast.districts[number % len(self.cast.districts)],
        }  # fmt: skip
        made = Document(
            subject=subject,
            unit=self.units[0],
            kind=DocumentKind.EXTERNAL,
            secrecy=secrecy,
            ref_number=f"{letters.format(**names)}/{self.dice.randrange(100, 9900)}",
            dated_on=day - timedelta(days=self.dice.randrange(1, 9)),
            from_party=sender.format(**names),
            to_party=f"ผู้ว่าราชการจังหวัด{self.cast.province.name}",
            made_by=self.opened[Role.REGISTRAR].id,
            made_at=at,
            **self._urgency(number, day),
        )
        return registers.register(made, self.session, at)

    def _urgency(self, number: int, day: date) -> dict[str, Any]:
        urgency = {0: Urgency.AT_ONCE, 4: Urgency.QUICKLY, 8: Urgency.FASTER}.get(number % 12)
        until = day + timedelta(days=3) if number % 24 == 8 else None
        return {"urgency": urgency, "urgent_by": until}

    def _carry(self, made: Document, number: int, at: datetime) -> None:
        """Along its path as far as its age lets expect; a few of the newest lie where they are."""
        age = self._age(at)
        if age < 3 or (age < 15 and number % 4 == 0):
            return
        session = self.session
        to = Role.GOVERNOR if number % 5 == 0 else Role.CHIEF_OF_OFFICE
        soon, next_day = at + timedelta(minutes=25), at + timedelta(days=1, minutes=-10)
        documents.present(made, to, session, soon, signer=self.signers[Role.REGISTRAR])
        if age < 10 and number % 3:
            return
        if number % 3 == 0 and age > 20:
            documents.endorse(made, Note("ทราบ", _A.INFORM), session, next_day, self.signers[to])
        else:
            self._acted_on(made, number, next_day, self.signers[to], age)
        if made.status is S.DONE and age > 45:
            self._file(made, at + timedelta(days=30), ORDINARY if number % 4 else GENERAL)

    def _acted_on(
        self, made: Document, number: int, at: datetime, signer: Signer, age: int
    ) -> None:
        due = at.astimezone(dates.BANGKOK).date() + timedelta(days=14)
        unit = self.units[1 + number % 3]
        words = self._words("orders", number)
        note = Note(words, _A.ACT, Role.PLANNER, unit, due)
        documents.endorse(made, note, self.session, at, signer)
        if age > LATE_AT_MOST or (age > 25 and number % 9):
            later = at + timedelta(days=9)
            done = self._words("results", number)
            documents.report(made, done, self.session, later, self.signers[Role.PLANNER])

    def _file(self, made: Document, at: datetime, kept: int) -> None:
        day = min(at.astimezone(dates.BANGKOK).date(), self.today)
        code = f"สร {made.unit.code}/{made.id % 40 + 1}"
        retention.file(made, self.session, day, self.classes[kept], code)

    # Sent.

    def _sent(self, number: int, at: datetime) -> Document:
        circular = number % 8 == 3
        made = self._draft(number, at, circular)
        age = self._age(at)
        if age < 4:
            return made
        self._checked(made, at - timedelta(hours=20))
        if age < 6 and number % 2:
            return made
        self._signed(made, at - timedelta(minutes=40))
        registers.issue([made], self.session, at)
        if number % 40 == 11:
            day = at.astimezone(dates.BANGKOK).date()
            registers.cancel(made, "พิมพ์ชื่อผู้รับผิด ออกเลขใหม่แทน", self.session, day)
        elif age > 8:
            self._send(made, number, at, circular)
        return made

    def _checked(self, made: Document, at: datetime) -> None:
        documents.review(made, self.session, at, self.signers[Role.CHIEF_OF_OFFICE])

    def _signed(self, made: Document, at: datetime) -> None:
        documents.sign(made, self.session, at, self.signers[Role.GOVERNOR])

    def _draft(self, number: int, at: datetime, circular: bool) -> Document:
        asked = self._asked(number) if not circular else None
        made = Document(
            subject=self._words("circulars" if circular else "sent", number),
            register_kind=K.CIRCULAR if circular else K.SENT,
            unit=self.units[2 if number % 5 == 0 else 0],
            kind=DocumentKind.EXTERNAL,
            to_party="หัวหน้าส่วนราชการทุกส่วนราชการ"
            if circular
            else asked.from_party
            if asked
            else _book()["senders"][number % 12][1],
            answers=asked,
            made_by=self.opened[Role.PLANNER].id,
            made_at=at - timedelta(days=1),
        )
        self.session.add(made)
        self.session.flush()
        return made

    def _asked(self, number: int) -> Document | None:
        """A received document that this one answers: every third draft answers one."""
        if number % 3:
            return None
        found = [one for one in self.papers[-12:] if one.register_kind is K.RECEIVED]
        return found[-1] if found else None

    def _send(self, made: Document, number: int, at: datetime, circular: bool) -> None:
        if self.whole and made.subject in _book()["letters"]:
            self._scanned(made, at)
        to = [Recipient(made.to_party or "", method=SendMethod.POST)]
        if circular:
            told = self.cast.agencies
            to = [Recipient(agency=one) for one in [*list(told.values())[1:7], told["irrigation"]]]
        sent = documents.send(made, to, self.session, at + timedelta(hours=1))
        if self._age(at) < 30:
            return
        later = at + timedelta(days=2)
        for place, one in enumerate(sent):
            if number % 16 or place or self._age(at) > LATE_AT_MOST:
                documents.acknowledge(one, self.session, later, "เจ้าหน้าที่สารบรรณ")
        if made.status is S.ACKNOWLEDGED and self._age(at) > 60:
            self._file(made, at + timedelta(days=30), INFORM if circular else GENERAL)

    # What only the whole registers have.

    def _old(self) -> None:
        """Documents of the year before last, whose time to be kept is over."""
        for number in range(len(_book()["old"])):
            at = _moment(date(self.today.year - 2, 3, 4 + 2 * number), 9 * 60 + number)
            made = self._register(number, at, self._words("old", number))
            self.papers.append(made)
            documents.present(
                made, Role.CHIEF_OF_OFFICE, self.session, at, signer=self.signers[Role.REGISTRAR]
            )
            note = Note("ทราบ เก็บ", _A.INFORM)
            documents.endorse(made, note, self.session, at, self.signers[Role.CHIEF_OF_OFFICE])
            self._file(made, at + timedelta(days=20), ORDINARY)
        self.papers[-1].archival = True
        self.session.flush()

    def _waiting(self) -> None:
        """Drafts of the last days: ten that only lack their number, some to be signed or checked."""
        now = _moment(self.today - timedelta(days=1), 10 * 60)
        for number in range(WAITING):
            made = self._draft(IN_MAIN_UNIT[number % 4] + number // 4 * 5,
                               now + timedelta(minutes=number), circular=False)  # fmt: skip
            if number < WAITING - 3:
                self._checked(made, now + timedelta(minutes=30 + number))
            if number < 10:
                self._signed(made, now + timedelta(minutes=90 + number))

    def _secret(self) -> None:
        """Two secret books: received and sent."""
        for number in range(SECRETS):
            at = _moment(self.today - timedelta(days=60 - 20 * number), 600 + number)
            subject = self._words("secret", number)
            self.papers.append(self._register(number, at, subject, Secrecy.SECRET))
            made = Document(
                subject=f"ตอบ: {subject}", register_kind=K.SENT, unit=self.units[0],
                secrecy=Secrecy.VERY_SECRET if number == 1 else Secrecy.SECRET,
                to_party="กองอำนวยการรักษาความมั่นคงภายใน", made_by=self.opened[Role.REGISTRAR].id,
            )  # fmt: skip
            self.session.add(made)
            self.session.flush()
            documents.review(made, self.session, at, self.signers[Role.CHIEF_OF_OFFICE])
            documents.sign(made, self.session, at, self.signers[Role.GOVERNOR])
            registers.issue([made], self.session, at + timedelta(days=1))
            self.papers.append(made)

    def _kept_free(self) -> None:
        """Numbers kept free: two open, one given up, one used."""
        now = _moment(self.today, 9 * 60)
        end = date(self.today.year, 12, 31)
        wish = Wish(4, "กลุ่มงานอำนวยการ", "หนังสือเชิญประชุมที่รอผู้ว่าราชการจังหวัดลงนาม", end)
        kept = registers.reserve(self.units[0], K.SENT, wish, self.session, now)
        registers.release(kept[1], "งานยกเลิก ไม่มีหนังสือออก", self.session)
        made = self._draft(7, now, circular=False)
        documents.review(made, self.session, now, self.signers[Role.CHIEF_OF_OFFICE])
        documents.sign(made, self.session, now, self.signers[Role.GOVERNOR])
        registers.use(kept[2], made, self.session, now)
        self.papers.append(made)

    def _to_be_destroyed(self) -> None:
        """Last year's list, before the National Archives."""
        day = min(self.today, date(self.today.year, 1, 20))
        batch = retention.survey(self.units[0], self.today.year - 1, self.session, day)
        batch.made_by = self.opened[Role.REGISTRAR].id
        names = [self.cast.people[key].name for key in ("chief", "planner", "registrar")]
        order = f"คำสั่งจังหวัด{self.cast.province.name} ที่ 45/{self.today.year + 543}"
        told = retention.Committee(order, names[0], tuple(names[1:]))
        retention.to_committee(batch, told, self.session)
        opinion = "ตรวจสอบแล้วไม่มีคุณค่าทางประวัติศาสตร์ เว้นแต่รายการที่เสนอหอจดหมายเหตุ เห็นควรทำลาย"
        retention.to_archives(batch, opinion, self.session, day)

    # Files.

    def _letters(self) -> None:
        """The newest received letter on some subjects as it was scanned, a chart beside the first."""
        first = None
        for subject in _book()["letters"]:
            found = [one for one in self.papers if one.subject == subject and one.received_on]
            if found:
                self._scanned(found[-1], found[-1].registered_at or _moment(self.today, 0))
                first = first or found[-1]
        if first is not None:
            bars = list(_book()["reservoirs"].items())
            drawn = demo_scans.chart("ปริมาณน้ำในอ่างเก็บน้ำ (ร้อยละของความจุ)", bars)
            at = first.registered_at or _moment(self.today, 0)
            self._attached(first, "แผนภูมิปริมาณน้ำ.png", "image/png", drawn, at)

    def _scanned(self, made: Document, at: datetime) -> None:
        """A document's letter as a scan that can be searched."""
        number = made.ref_number or made.number
        day = made.dated_on or at.astimezone(dates.BANGKOK).date()
        lines = [
            f"ที่ {number}", made.from_party or self.units[0].name, dates.long_date(day, "th"), "",
            f"เรื่อง  {made.subject}", f"เรียน  {made.to_party}", "",
            *_book()["letters"][made.subject], "", "จึงเรียนมาเพื่อโปรดพิจารณาดำเนินการ",
            "", "ขอแสดงความนับถือ",
        ]  # fmt: skip
        text, scan = file_text.tidy("\n".join(filter(None, lines))), demo_scans.scan(lines)
        self._attached(made, f"{made.subject}.pdf", "application/pdf", scan, at, text)

    def _attached(
        self,
        to: Document,
        name: str,
        kind: str,
        content: bytes,
        at: datetime,
        text: str | None = None,
    ) -> None:
        sha256, size = files.keep(io.BytesIO(content), len(content))
        made = Attachment(
            name=name, content_type=kind, sha256=sha256, size=size, body_text=text, document=to,
            province_id=to.province_id, made_at=at, made_by=self.opened[Role.REGISTRAR].id,
        )  # fmt: skip
        self.session.add(made)


_A = EndorsementAction


def lay_out(
    session: Session,
    cast: Cast,
    today: date,
    opened: dict[Role, UserAccount],
    dice: Random,
    large: bool = False,
) -> int:
    """Lay out a province's correspondence; returns the number of documents."""
    return Registry(session, cast, today, opened, dice, large).lay_out()


def _signer(account: UserAccount) -> Signer:
    return Signer(account.name, account.position or "", account.id)


def _moment(day: date, minutes: int) -> datetime:
    """So many minutes after midnight in Bangkok on a day."""
    local = datetime.combine(day, time(minutes // 60, minutes % 60), dates.BANGKOK)
    return local.astimezone(UTC)
