"""The demonstration's people: agencies, who heads them, who sits on which committee by which order.

Names come from Faker's Thai lists, put together by chance; every such person is marked as made up.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from faker import Faker
from sqlalchemy import select
from sqlalchemy.orm import Session

from entities.vocabulary import MemberRole, SeatType, Sector
from models import (
    Agency,
    AppointmentOrder,
    Committee,
    District,
    Membership,
    Person,
    Province,
)
from rules.base import run_checks
from seed import deployment
from seed.demo_places import FEW_DISTRICTS, Body, Place, Roster, bodies, posts, roster
from seed.territory import english_slug

MADE_UP = "บุคคลสมมติ สร้างขึ้นเพื่อการสาธิตระบบ ไม่มีตัวตนจริง"
TERM_YEARS = 3
COMMITTEES = ("kbj", "economy", "social", "security", "management", "urgent", "monthly")
ENDING = {(16, "economy"): 12, (41, "social"): 60}
"""Days until the representatives' term ends; elsewhere it is far off."""
VACANT = (16, "social")
"""The committee with one more seat than members."""
ORDERS_A_DAY = 5.4
"""So many orders a province gives on a day of the year; it decides their numbers."""
BY_OFFICE = frozenset({"chamber", "industries", "pao"})
"""Who sits on the provincial committee by office, though of no government agency."""
ELECTED = frozenset({Sector.PRIVATE, Sector.CIVIL_SOCIETY, Sector.LOCAL_GOVERNMENT})


class Names:
    """Thai names that no two people of the demonstration share."""

    def __init__(self, seed: int) -> None:
        self._faker, self._dice, self._taken = Faker("th_TH"), Random(seed), set[str]()
        self._faker.seed_instance(seed)

    def new(self, title: str = "") -> tuple[str, str, str]:
        """A title, first and last name; a given title decides whether the name is a man's."""
        woman = title == "นาง" or (not title and self._dice.random() < 0.42)
        while True:
            first = self._faker.first_name_female() if woman else self._faker.first_name_male()
            last = self._faker.last_name()
            if f"{first} {last}" not in self._taken:
                break
        self._taken.add(f"{first} {last}")
        plain = (
            self._dice.choice(("นาง", "นางสาว"))
            if woman
            else self._dice.choice(("นาย",) * 9 + ("ว่าที่ร้อยตรี",))
        )
        return title or plain, first, last

    def full(self, title: str = "") -> str:
        """A whole name in one text."""
        title, first, last = self.new(title)
        return f"{title}{first} {last}"


@dataclass
class Cast:
    """A province with everybody who acts in it; dictionaries go by the keys of `demo_places`."""

    place: Place
    province: Province
    names: Names
    districts: list[str]
    offices: dict[str, Body] = field(default_factory=dict)
    agencies: dict[str, Agency] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    committees: dict[str, Committee] = field(default_factory=dict)
    members: dict[str, list[Membership]] = field(default_factory=dict)
    numbers: set[str] = field(default_factory=set)


def settle(session: Session, place: Place, names: Names, today: date) -> Cast:
    """Fill a province with its agencies, people, orders and members."""
    province = session.get_one(Province, place.province_id)
    rows = session.scalars(
        select(District.name).where(District.province_id == province.id).order_by(District.id)
    )
    cast = Cast(place, province, names, list(rows)[: None if place.rich else FEW_DISTRICTS])
    cast.committees = deployment.committees(session, province)
    cast.agencies["office"] = cast.committees.pop("office")  # type: ignore[assignment]
    _agencies(session, cast)
    _people(session, cast)
    dice = Random(f"{place.province_id} orders")
    for key in COMMITTEES:
        _committee(session, cast, key, today, dice)
    run_checks(session)
    return cast


def _agencies(session: Session, cast: Cast) -> None:
    hall, slug = f"ศาลากลางจังหวัด{cast.province.name}", english_slug(cast.province.id)
    for body in bodies(cast.place, cast.province.name, cast.districts):
        cast.offices[body.key] = body
        cast.agencies[body.key] = Agency(
            province_id=cast.province.id,
            name=body.name,
            short_name=body.short,
            sector=body.sector,
            local_government_type=body.local,
            head_position=body.head,
            document_code=body.code,
            email=f"{body.key}@{slug}.example",
            address=hall if body.code else None,
        )
    session.add_all(cast.agencies.values())
    session.flush()


def _people(session: Session, cast: Cast) -> None:
    for post in posts(cast.place, cast.province.name):
        _person(cast, post.key, post.position, cast.agencies.get(post.agency), "")
    for key, body in cast.offices.items():
        _person(cast, key, body.head, cast.agencies[key], body.title)
    session.add_all(cast.people.values())
    session.flush()


def _person(cast: Cast, key: str, position: str, agency: Agency | None, title: str) -> None:
    given, first, last = cast.names.new(title)
    cast.people[key] = Person(
        province_id=cast.province.id,
        title=given,
        first_name=first,
        last_name=last,
        position=position,
        agency_id=agency.id if agency else None,
        note=MADE_UP,
    )


def _committee(session: Session, cast: Cast, key: str, today: date, dice: Random) -> None:
    committee, seats = cast.committees[key], roster(cast.place, key, len(cast.districts))
    start = _start(cast, key, today, dice)
    older = _older_order(session, cast, start) if cast.place.rich and key == "kbj" else None
    order = _order(session, cast, key, seats, start, today) if seats.subject else None
    if order is not None and older is not None:
        order.supersedes = older
        session.flush()
        run_checks(session)
    members = [
        _member(cast, key, who, role, start, order)
        for who, role in _seats(seats)
        if who in cast.people
    ]
    for number, member in enumerate(members, start=1):
        member.committee, member.seat_number = committee, number
    session.add_all(members)
    cast.members[key] = members
    committee.duties, committee.established_on = (
        seats.duties,
        older.effective_on if older else start,
    )
    committee.seats = len(members) + ((cast.province.id, key) == VACANT)
    session.flush()


def _start(cast: Cast, key: str, today: date, dice: Random) -> date:
    """The day from which the members serve, a working day."""
    ends_in = ENDING.get((cast.province.id, key))
    if ends_in is not None:
        return years_on(today + timedelta(days=ends_in + 1), -TERM_YEARS)
    day = today - timedelta(
        days=430 if key == "kbj" and cast.place.rich else dice.randint(150, 700)
    )
    return day - timedelta(days=max(0, day.weekday() - 4))


def _seats(seats: Roster) -> list[tuple[str, MemberRole]]:
    return [
        (seats.chair, MemberRole.CHAIR),
        *((who, MemberRole.VICE_CHAIR) for who in seats.vice),
        *((who, MemberRole.MEMBER) for who in seats.members),
        (seats.secretary, MemberRole.MEMBER_SECRETARY),
        *((who, MemberRole.ASSISTANT_SECRETARY) for who in seats.assistants),
    ]


def _member(
    cast: Cast, key: str, who: str, role: MemberRole, start: date, order: AppointmentOrder | None
) -> Membership:
    body, person = cast.offices.get(who), cast.people[who]
    sector = body.sector if body else Sector.GOVERNMENT
    seat = _seat_type(key, who, sector)
    return Membership(
        province_id=cast.province.id,
        person=person,
        name=person.name,
        position=person.position,
        agency_id=person.agency_id,
        role=role,
        sector=sector,
        seat_type=seat,
        local_government_type=body.local if body else None,
        order=order,
        starts_on=start,
        ends_on=None
        if seat is SeatType.EX_OFFICIO
        else years_on(start, TERM_YEARS) - timedelta(days=1),
        substitute_allowed=seat is SeatType.EX_OFFICIO,
    )


def _seat_type(key: str, who: str, sector: Sector) -> SeatType:
    if key == "kbj" and who in BY_OFFICE:
        return SeatType.EX_OFFICIO
    if sector is Sector.ACADEMIC:
        return SeatType.EXPERT
    return SeatType.REPRESENTATIVE if sector in ELECTED else SeatType.EX_OFFICIO


def _order(
    session: Session, cast: Cast, key: str, seats: Roster, start: date, today: date
) -> AppointmentOrder:
    """The order in force; one from before the present governor bears the former one's name."""
    former = (today - start).days > 730
    order = AppointmentOrder(
        province_id=cast.province.id,
        committee=cast.committees[key],
        number=_number(cast, start),
        subject=seats.subject.format(p=cast.province.name),
        ordered_on=start,
        effective_on=start,
        signer_name=cast.names.full("นาย") if former else cast.people["governor"].name,
        signer_position=f"ผู้ว่าราชการจังหวัด{cast.province.name}",
    )
    session.add(order)
    session.flush()
    return order


def _number(cast: Cast, day: date) -> str:
    """An order's number in the year of its day, as high as the day is late; no two are the same."""
    number = round(day.timetuple().tm_yday * ORDERS_A_DAY) + 5
    while f"{number}/{day.year + 543}" in cast.numbers:
        number += 1
    cast.numbers.add(f"{number}/{day.year + 543}")
    return f"{number}/{day.year + 543}"


def _older_order(session: Session, cast: Cast, start: date) -> AppointmentOrder:
    """An earlier order of the provincial committee with its members, who have left the province."""
    began = years_on(start, -TERM_YEARS) - timedelta(days=45)
    seats = roster(cast.place, "kbj", 0)
    committee, former = cast.committees["kbj"], cast.names.full("นาย")
    order = AppointmentOrder(
        province_id=cast.province.id,
        committee=committee,
        number=_number(cast, began),
        subject=seats.subject.format(p=cast.province.name),
        ordered_on=began,
        effective_on=began,
        signer_name=former,
        signer_position=f"ผู้ว่าราชการจังหวัด{cast.province.name}",
    )
    session.add(order)
    for number, (who, role) in enumerate(_seats(seats), start=1):
        one = _member(cast, "kbj", who, role, began, order)
        one.person, one.committee, one.seat_number = None, committee, number
        one.name = (
            former
            if role is MemberRole.CHAIR
            else cast.names.full(cast.offices[who].title if who in cast.offices else "")
        )
        session.add(one)
    session.flush()
    run_checks(session)
    return order


def years_on(day: date, years: int) -> date:
    """The same day some years later or earlier; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
