"""The demonstration's complaints: a year's log in Nong Bua Lam Phu, a staffed centre in Udon Thani.

Nong Bua Lam Phu has the figures of its own log of fiscal year 2569: 82 cases, of them 50 closed and 32
open, with due days between 9 and 95 days. Every case goes through the verbs of the office in the order
of its days. All complainants are made up.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from entities import persons
from entities.vocabulary import ComplaintStatus, ResultKind, Role, SecondedFrom
from models import Agency, Assignment, Centre, Complaint, District, SecondedOfficer, UserAccount
from rules import complaint_reminders, complaint_secrecy, complaints
from seed.demo_people import Cast

FILE = Path(__file__).with_name("demo_complaints.toml")
WHOLE, STAFFED = 39, 41
"""Nong Bua Lam Phu's log of a year; Udon Thani's centre with seconded officers."""
S = ComplaintStatus
OPEN: tuple[tuple[ComplaintStatus, int], ...] = (
    (S.NEW, 2), (S.SCREENING, 2), (S.ASSIGNED, 4), (S.ACCEPTED, 5), (S.IN_PROGRESS, 13), (S.RESOLVED, 3),
    (S.REVIEWING, 2), (S.RETURNED, 1),
)  # fmt: skip
CLOSED = 50
FEW: tuple[ComplaintStatus, ...] = (S.CLOSED, S.CLOSED, S.IN_PROGRESS, S.ASSIGNED, S.NEW)
SOME = (*(S.CLOSED,) * 8, S.IN_PROGRESS, S.IN_PROGRESS, S.ACCEPTED, S.ASSIGNED, S.SCREENING, S.NEW)
PATH = (
    S.NEW,
    S.SCREENING,
    S.ASSIGNED,
    S.ACCEPTED,
    S.IN_PROGRESS,
    S.RESOLVED,
    S.REVIEWING,
    S.CLOSED,
)
CHANNELS = (1, 1, 1, 2, 2, 3, 8, 8, 9, 10, 11, 12)
"""Ids in `seed/complaints.py`, as often as they come: walk-in and 1567 first."""
DAYS = (9, 15, 15, 20, 24, 29, 29, 29, 30, 30, 45, 60, 95)
"""Days until an answer was due in the log: 9 to 95, in the middle 29."""
WEIGHTS = (30, 16, 12, 18, 14, 10, 8, 6)
"""How often a case comes from each district, the capital first."""
OFFICERS = (
    ("ร.ต.อ.", SecondedFrom.POLICE, "รองสารวัตรป้องกันปราบปราม"),
    ("นาย", SecondedFrom.LEGAL, "นิติกรชำนาญการ"),
    ("นางสาว", SecondedFrom.PROVINCE, "นักวิชาการยุติธรรมชำนาญการ"),
    ("จ.ส.อ.", SecondedFrom.MILITARY, "ผู้ประสานงาน"),
)


@cache
def _matters() -> list[dict[str, Any]]:
    with FILE.open("rb") as file:
        return list(tomllib.load(file)["matter"])


@dataclass
class Clerk:
    """Who keeps a province's cases, and what is needed for it."""

    session: Session
    cast: Cast
    today: date
    dice: Random
    districts: list[int]

    def case(self, status: ComplaintStatus, received: date) -> None:
        """A case received on a day that came as far as a state by today."""
        matter = self.dice.choices(_matters(), [one["share"] for one in _matters()])[0]
        case = Complaint(
            province_id=self.cast.province.id, subject=self._subject(matter), received_on=received,
            channel_id=self.dice.choice(CHANNELS), nature_id=1, category_id=matter["category"],
            district_id=self.dice.choices(self.districts, WEIGHTS[: len(self.districts)])[0],
            is_anonymous=matter["category"] in (4, 5) and self.dice.random() < 0.4,
            needs_committee=status is S.IN_PROGRESS and self.dice.random() < 0.15,
        )  # fmt: skip
        complaints.receive(case, self.session, received)
        self._complainant(case, received)
        self._walk(case, matter, status, received)

    def _subject(self, matter: dict[str, Any]) -> str:
        return str(self.dice.choice(matter["subjects"])).format(water=self.cast.place.water)

    def _complainant(self, case: Complaint, day: date) -> None:
        first = f"{self.dice.randint(1, 8)}{self.dice.randrange(10**11):011}"
        complaint_secrecy.identify(
            case, self.session, day, name=self.cast.names.full(),
            citizen_number=f"{first}{persons.check_digit(first)}",
            phone=f"08{self.dice.randrange(10**8):08}",
            address=f"{self.dice.randint(1, 299)} หมู่ที่ {self.dice.randint(1, 14)}",
        )  # fmt: skip

    def _walk(
        self, case: Complaint, matter: dict[str, Any], status: ComplaintStatus, day: date
    ) -> None:
        """Take the steps one by one, each some days after the other, never beyond today."""
        due = day + timedelta(days=self.dice.choice(DAYS))
        steps = self._steps(case, matter, status, due)
        for step in steps:
            day = min(day + timedelta(days=self.dice.randint(0, 6)), self.today)
            step(day)
        self.session.flush()

    def _steps(
        self, case: Complaint, matter: dict[str, Any], status: ComplaintStatus, due: date
    ) -> Iterator[Any]:
        session, result = self.session, self.dice.choice(matter["results"])
        wanted = S.ASSIGNED if status is S.RETURNED else status

        for state in PATH[1 : PATH.index(wanted) + 1]:
            yield {
                S.SCREENING: lambda day: complaints.screen(case, session, day),
                S.ASSIGNED: lambda day: self._assign(case, matter, day, due),
                S.ACCEPTED: lambda day: complaints.accept(self._lead(case), session, day),
                S.IN_PROGRESS: lambda day: complaints.progress(
                    self._lead(case), "ลงพื้นที่ตรวจสอบข้อเท็จจริงแล้ว", session, day
                ),
                S.RESOLVED: lambda day: complaints.report_result(
                    self._lead(case), result, session, day
                ),
                S.REVIEWING: lambda day: complaints.review(case, session, day),
                S.CLOSED: lambda day: self._close(case, day),
            }[state]
        if status is S.RETURNED:
            yield lambda day: complaints.give_back(
                self._lead(case), "อยู่นอกอำนาจหน้าที่ของหน่วยงาน", session, day
            )

    def _assign(self, case: Complaint, matter: dict[str, Any], day: date, due: date) -> None:
        keys = [key for key in matter["agencies"] if key in self.cast.agencies]
        lead, *others = (self.cast.agencies[key] for key in self.dice.sample(keys, len(keys)))
        supports: list[Agency] = others[: self.dice.choice((0, 0, 0, 1, 2))]
        complaints.assign(
            case, lead, supports, "ตรวจสอบข้อเท็จจริงและรายงานผล", self.session, day, max(due, day)
        )

    def _lead(self, case: Complaint) -> Assignment:
        return complaints.standing(case, self.session)[0]

    def _close(self, case: Complaint, day: date) -> None:
        if case.is_anonymous:
            told = {"unnotified_reason": "ผู้ร้องไม่ประสงค์ให้ติดต่อกลับ"}
        else:
            told = {}
            how = self.dice.choice(("โทรศัพท์", "หนังสือ", "ผู้ร้องมาติดต่อด้วยตนเอง"))
            complaints.notify(case, how, self.session, day)
        kind = ResultKind.NOT_SETTLED if self.dice.random() < 0.08 else ResultKind.SETTLED
        complaints.close(case, kind, self.session, day, **told)
        if self.dice.random() < 0.4:
            complaints.rate(case, self.dice.choice((3, 4, 4, 5, 5)), None, self.session, day)


def lay_out(
    session: Session, cast: Cast, today: date, opened: dict[Role, UserAccount], dice: Random
) -> int:
    """Lay out a province's centre and cases around a day; returns the number of cases."""
    key = cast.province.id
    found = session.scalars(select(District.id).where(District.province_id == key))
    clerk = Clerk(session, cast, today, dice, sorted(found)[: len(WEIGHTS)])
    _centre(session, cast, today)
    before = session.info.get("today")
    session.info |= {"today": today, "actor": opened[Role.COMPLAINT_OFFICER].name}
    plan = (
        _year(dice, today) if key == WHOLE else _few(dice, today, SOME if key == STAFFED else FEW)
    )
    for received, status in sorted(plan, key=lambda one: (one[0], one[1].value)):
        clerk.case(status, received)
    if key == WHOLE:
        _pause(clerk)
    complaint_reminders.give(session, complaint_reminders.due(session, today, key))
    session.info["today"] = before
    del session.info["actor"]
    return len(plan)


def _year(dice: Random, today: date) -> list[tuple[date, ComplaintStatus]]:
    """The log of a year: the closed cases over all of it, the open ones mostly of late."""
    closed = [(today - timedelta(days=dice.randint(45, 355)), S.CLOSED) for _n in range(CLOSED)]
    states = [state for state, count in OPEN for _n in range(count)]
    early = (S.NEW, S.SCREENING)
    opened = [
        (today - timedelta(days=dice.randint(0, 3) if one in early else dice.randint(4, 120)), one)
        for one in states
    ]
    return [*closed, *opened]


def _few(
    dice: Random, today: date, states: tuple[ComplaintStatus, ...]
) -> list[tuple[date, ComplaintStatus]]:
    return [
        (
            today
            - timedelta(days=dice.randint(60, 150) if one is S.CLOSED else dice.randint(2, 40)),
            one,
        )
        for one in states
    ]


def _pause(clerk: Clerk) -> None:
    """One case waits for a court, its clock stands."""
    waits = select(Complaint).where(
        Complaint.province_id == clerk.cast.province.id, Complaint.status == S.IN_PROGRESS
    )
    case = clerk.session.scalars(waits.order_by(Complaint.id).limit(1)).one()
    complaints.pause(case, "คดีอยู่ระหว่างการพิจารณาของศาลปกครอง", clerk.session, clerk.today)


def _centre(session: Session, cast: Cast, today: date) -> None:
    name = cast.province.name
    centre = Centre(
        province_id=cast.province.id, name=f"ศูนย์ดำรงธรรมจังหวัด{name}",
        room=f"ชั้น 1 ศาลากลางจังหวัด{name}", hours="วันราชการ 08.30–16.30 น. สายด่วน 1567 ตลอด 24 ชั่วโมง",
    )  # fmt: skip
    session.add(centre)
    if cast.province.id == STAFFED:
        for title, origin, position in OFFICERS:
            _title, first, last = cast.names.new("นาย" if title.endswith(".") else title)
            session.add(
                SecondedOfficer(
                    name=f"{title}{first} {last}", centre=centre, seconded_from=origin,
                    position=position, starts_on=today - timedelta(days=200),
                    ends_on=today + timedelta(days=165),
                )
            )  # fmt: skip
    session.flush()
