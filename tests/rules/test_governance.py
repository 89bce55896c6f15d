"""Seats and orders of committees: what is refused, and what a new order closes."""

from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from entities import dates
from entities.base import table_of
from entities.vocabulary import CommitteeType, EndReason, MemberRole, SeatType, Sector
from models import AppointmentOrder, Attachment, Committee, Membership, Person
from rules import governance
from rules.base import MESSAGES, Broken, refusal
from rules.removal import remove
from tests.conftest import LOPBURI
from tests.pages import open_form

JANUARY, JUNE = date(2026, 1, 5), date(2026, 6, 1)
R = MemberRole


@pytest.fixture
def committee(session) -> Committee:
    """A working group of Lop Buri without members."""
    made = Committee(
        name="คณะทำงานขยะ", short_name="คทง.", type=CommitteeType.WORKING_GROUP, province_id=LOPBURI
    )
    session.add(made)
    session.commit()
    return made


def _order(session, committee, number: str, **told) -> AppointmentOrder:
    made = AppointmentOrder(
        province_id=LOPBURI, number=number, committee=committee, subject="แต่งตั้งคณะทำงาน",
        signer_name="ผู้ว่าราชการจังหวัด", signer_position="ผู้ว่าราชการจังหวัด",
        **{"ordered_on": JANUARY, "effective_on": JANUARY} | told,
    )  # fmt: skip
    session.add(made)
    session.commit()
    return made


def _person(session) -> Person:
    made = Person(province_id=LOPBURI, title="นาง", first_name="ดวงใจ", last_name="แก้วกล้า")
    session.add(made)
    session.commit()
    return made


def _seat(committee, name: str, role=R.MEMBER, **told) -> Membership:
    return Membership(
        province_id=LOPBURI, committee=committee, name=name, role=role, sector=Sector.GOVERNMENT,
        seat_type=SeatType.EX_OFFICIO, **{"starts_on": JANUARY} | told,
    )  # fmt: skip


def _refused(session, row) -> Broken:
    """Why a new row cannot be kept."""
    session.add(row)
    with pytest.raises((Broken, IntegrityError)) as told:
        session.commit()
    session.rollback()
    error = told.value
    found = error if isinstance(error, Broken) else refusal(error)
    assert found is not None
    return found


@pytest.mark.parametrize("role", [R.CHAIR, R.MEMBER_SECRETARY])
def test_a_committee_has_one_of_each_at_a_time(session, committee, role):
    first = _seat(committee, "นายแรก", role)
    session.add(first)
    session.commit()
    told = _refused(session, _seat(committee, "นายสอง", role))
    assert told.field == "role"
    assert "นายแรก" in str(told)
    governance.close(first, JUNE, EndReason.MOVED, session)
    session.add(_seat(committee, "นายสอง", role, starts_on=JUNE))
    session.commit()


def test_who_goes_makes_room(session, committee):
    first = _seat(committee, "นายแรก", R.CHAIR)
    session.add(first)
    session.commit()
    governance.close(first, JUNE, EndReason.MOVED, session)
    session.flush()
    session.add(_seat(committee, "นายสอง", R.CHAIR, starts_on=JUNE))
    session.commit()
    active = select(Membership.name).where(
        Membership.committee_id == committee.id, Membership.closed_on.is_(None)
    )
    assert session.scalars(active).all() == ["นายสอง"]


def test_several_members_and_vice_chairs_may_sit(session, committee):
    session.add_all(_seat(committee, f"นาย{n}", R.VICE_CHAIR) for n in range(2))
    session.add_all(_seat(committee, f"นาง{n}") for n in range(2))
    session.commit()


def test_nobody_sits_twice_at_a_time(session, committee):
    person = _person(session)
    first = _seat(committee, "นางดวงใจ", person=person)
    session.add(first)
    session.commit()
    told = _refused(session, _seat(committee, "นางดวงใจ", R.VICE_CHAIR, person=person))
    assert (told.field, str(told)) == ("person", str(MESSAGES["uq_one_active_seat"]))
    governance.close(first, JUNE, EndReason.MOVED, session)
    session.add(_seat(committee, "นางดวงใจ", R.VICE_CHAIR, person=person, starts_on=JUNE))
    session.commit()


@pytest.mark.parametrize(
    ("role", "index"),
    [(R.CHAIR, "one_active_chair"), (R.MEMBER_SECRETARY, "one_active_secretary")],
)
def test_the_database_refuses_a_second_one_by_itself(session, committee, role, index):
    session.add(_seat(committee, "นายแรก", role))
    session.commit()
    row = {
        "province_id": LOPBURI, "committee_id": committee.id, "name": "นายสอง", "role": role,
        "sector": Sector.GOVERNMENT, "seat_type": SeatType.EX_OFFICIO, "starts_on": JANUARY,
        "sort_key": "", "version": 1, "substitute_allowed": False,
    }  # fmt: skip
    with pytest.raises(IntegrityError) as told:
        session.connection().execute(insert(table_of(Membership)).values(row))
    session.rollback()
    assert str(refusal(told.value)) == str(MESSAGES[f"uq_{index}"])


@pytest.mark.parametrize("days", [0, -1])
def test_a_term_ends_after_it_starts(session, committee, days):
    ends = JANUARY + timedelta(days=days)
    assert _refused(session, _seat(committee, "นายแรก", ends_on=ends)).field == "ends_on"


def test_nobody_leaves_before_the_term_starts(session, committee):
    seat = _seat(committee, "นายแรก")
    session.add(seat)
    session.commit()
    with pytest.raises(Broken):
        governance.close(seat, JANUARY - timedelta(days=1), EndReason.MOVED, session)


def test_a_membership_that_has_ended_is_not_edited(session, committee):
    seat = _seat(committee, "นายแรก")
    session.add(seat)
    session.commit()
    governance.close(seat, JUNE, EndReason.MOVED, session)
    session.commit()
    seat.position = "เกษตรจังหวัด"
    with pytest.raises(Broken):
        session.commit()
    session.rollback()


def test_a_new_order_closes_the_seats_of_the_old_one_and_locks_it(session, committee):
    older = _order(session, committee, "1/2569")
    seat = _seat(committee, "นายแรก", R.CHAIR, order=older)
    session.add(seat)
    session.commit()
    newer = _order(session, committee, "2/2569", effective_on=JUNE, supersedes=older)
    assert older.superseded_on == JUNE
    assert (seat.closed_on, seat.end_reason) == (JUNE, EndReason.ORDER_REPLACED)
    session.add(_seat(committee, "นายสอง", R.CHAIR, order=newer, starts_on=JUNE))
    session.commit()
    older.subject = "แก้ย้อนหลัง"
    with pytest.raises(Broken, match="1/2569"):
        session.commit()
    session.rollback()
    told = _refused(session, _seat(committee, "นายสาม", order=older))
    assert told.field == "order"


def test_papers_stay_with_a_superseded_order(session, committee):
    older = _order(session, committee, "1/2569")
    scan, wrong = (
        Attachment(
            order=older, province_id=LOPBURI, name=name, content_type="application/pdf", size=9,
            sha256=name * 32,
        )
        for name in ("ab", "cd")
    )  # fmt: skip
    session.add_all([scan, wrong])
    session.commit()
    remove(session, wrong, dates.now())
    session.commit()
    _order(session, committee, "2/2569", effective_on=JUNE, supersedes=older)
    with pytest.raises(Broken, match="1/2569"):
        remove(session, scan, dates.now())


def test_an_order_appoints_to_its_own_committee(session, committee):
    other = Committee(
        name="คณะทำงานน้ำ", short_name="คทน.", type=CommitteeType.WORKING_GROUP, province_id=LOPBURI
    )
    session.add(other)
    order = _order(session, committee, "1/2569")
    assert _refused(session, _seat(other, "นายแรก", order=order)).field == "order"
    foreign = AppointmentOrder(
        province_id=LOPBURI, number="3/2569", committee=other, subject="แต่งตั้ง", supersedes=order,
        ordered_on=JUNE, effective_on=JUNE, signer_name="ผู้ว่าฯ", signer_position="ผู้ว่าราชการจังหวัด",
    )  # fmt: skip
    assert _refused(session, foreign).field == "supersedes"


def test_the_form_names_who_holds_the_role_and_keeps_what_was_typed(session, committee, persons):
    session.add(_seat(committee, "นายแรก", R.CHAIR))
    session.commit()
    client = persons.client("secretary")
    form = open_form(client, f"/admin/membership/new/?committee={committee.id}")
    page = client.post(
        "/admin/membership/new/",
        data={
            **form, "committee_id": committee.id, "name": "นายสอง", "role": "chair", "sector": "government",
            "seat_type": "ex_officio", "starts_on": "05/01/2569",
        },
    ).get_data(as_text=True)  # fmt: skip
    assert "นายแรก ดำรงตำแหน่ง" in page
    assert 'value="นายสอง"' in page
    session.rollback()
    count = select(Membership.id).where(Membership.committee_id == committee.id)
    assert len(session.scalars(count).all()) == 1
