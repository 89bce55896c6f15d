"""A Damrongtham centre for the tests: its officer and head, three agencies with officers, cases."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from access import viewer as who
from access.database import writing
from entities.vocabulary import ComplaintStatus, GrantScope, ResultKind, Role, Sector
from models import Agency, Assignment, Complaint, ComplaintStep
from rules import complaint_secrecy, complaints
from tests.conftest import LOPBURI, Persons, make_user
from tests.factories_complaints import case

MONDAY = date(2026, 1, 5)
NAME, CITIZEN, PHONE = "นางสาวสมหญิง เร้นลับยิ่ง", "1101700230708", "0812345678"
ADDRESS, EMAIL = "99/1 บ้านดอนปกปิด", "somying@example.org"
AGENCIES = {"works": "แขวงทางหลวง", "water": "การประปาส่วนภูมิภาค", "accused": "อบต.ถูกกล่าวหา"}


def days(n: int) -> date:
    """The day n days after the Monday on which the tests begin."""
    return MONDAY + timedelta(days=n)


class Office:
    """The centre of Lop Buri; `acting` lets the session act for one of its persons."""

    def __init__(self, session: Session, persons: Persons) -> None:
        self.session, self.persons = session, persons
        self.agencies: dict[str, int] = {}
        self.officers: dict[str, int] = {}
        with self.writing():
            for key, name in AGENCIES.items():
                row = Agency(province_id=LOPBURI, name=name, sector=Sector.GOVERNMENT)
                session.add(row)
                session.flush()
                self.agencies[key] = row.id
                self.officers[key] = make_user(
                    session, f"officer.{key}", Role.AGENCY_OFFICER, GrantScope.AGENCY,
                    province_id=LOPBURI, agency_id=row.id,
                ).id  # fmt: skip

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Write and commit as the system."""
        token = writing.set(True)
        try:
            self.session.rollback()
            yield self.session
            self.session.commit()
        finally:
            self.session.rollback()
            writing.reset(token)

    def user(self, name: str) -> int:
        """The account of an agency's officer, or of a role in the province."""
        return self.officers.get(name) or self.persons.user_id(name)

    @contextmanager
    def acting(self, name: str) -> Iterator[Session]:
        """Write and commit as a person: an agency's key, or a role."""
        viewer = self.persons.viewer(self.user(name))
        with self.writing():
            who.act_as(self.session, viewer)
            try:
                yield self.session
                self.session.commit()
            finally:
                self.session.rollback()
                who.act_as(self.session, who.SYSTEM)

    def agency(self, key: str) -> Agency:
        return self.session.get_one(Agency, self.agencies[key])

    def case(self, subject: str = "ถนนหน้าโรงเรียนทรุด", **told: Any) -> int:
        """A case received by the officer, with a complainant."""
        told.setdefault("category_id", 3)
        with self.acting("complaint_officer") as session:
            made = case(LOPBURI, subject, **told)
            complaints.receive(made, session, MONDAY)
            complaint_secrecy.identify(
                made, session, MONDAY, name=NAME, citizen_number=CITIZEN, phone=PHONE,
                address=ADDRESS, email=EMAIL,
            )  # fmt: skip
            key = made.id
        return int(key)

    def assigned(self, *supports: str, lead: str = "works", **told: Any) -> int:
        """A case with a lead agency and supporting ones."""
        key = self.case(**told)
        with self.acting("complaint_officer") as session:
            found = session.get_one(Complaint, key)
            complaints.screen(found, session, MONDAY)
            complaints.assign(
                found, self.agency(lead), [self.agency(one) for one in supports], "ตรวจสอบ", session,
                MONDAY,
            )  # fmt: skip
        return key

    def part(self, key: int, agency: str) -> Assignment:
        """The newest assignment of an agency in a case."""
        found = select(Assignment).where(
            Assignment.complaint_id == key, Assignment.agency_id == self.agencies[agency]
        )
        return self.session.scalars(found.order_by(Assignment.id.desc())).first()  # type: ignore[return-value]

    def answer(self, key: int, agency: str, verb: Any, *told: Any, day: date = MONDAY) -> None:
        """Let an agency's officer do a verb to its assignment."""
        with self.acting(agency) as session:
            verb(self.part(key, agency), *told, session, day)

    def do(
        self, key: int, verb: Any, *told: Any, by: str = "complaint_officer", **more: Any
    ) -> Any:
        """Let a person of the centre do a verb to a case."""
        day = more.pop("day", MONDAY)
        with self.acting(by) as session:
            return verb(session.get_one(Complaint, key), *told, session, day, **more)

    def read(self, key: int) -> Complaint:
        self.session.rollback()
        self.session.expire_all()
        return self.session.get_one(Complaint, key)

    def status(self, key: int) -> ComplaintStatus:
        return self.read(key).status

    def story(self, key: int) -> list[tuple[str, str]]:
        """What was done, and the state after it."""
        steps = select(ComplaintStep).where(ComplaintStep.complaint_id == key)
        found = self.session.scalars(steps.order_by(ComplaintStep.id))
        return [(one.act.value, one.status.value) for one in found]

    def resolved(self, *supports: str) -> int:
        """A case whose lead reported its result."""
        key = self.assigned(*supports)
        self.answer(key, "works", complaints.accept)
        self.answer(key, "works", complaints.report_result, "ซ่อมแล้ว")
        return key

    def closed(self) -> int:
        """A case that went the whole way."""
        key = self.resolved()
        self.do(key, complaints.review)
        self.do(key, complaints.notify, "โทรศัพท์")
        self.do(key, complaints.close, ResultKind.SETTLED)
        return key
