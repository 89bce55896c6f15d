"""The path of a meeting: its arrows, invitation, quorum, and minutes by two hands."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from access import viewer as who
from access.database import writing
from entities import dates
from entities.vocabulary import (
    AttendanceStatus,
    Certification,
    EndReason,
    FollowUpStatus,
    MeetingStatus,
    MemberRole,
    MinutesAnswer,
    ResolutionKind,
)
from models import Attendance, FollowUp, Meeting, Membership, MinutesReply, Resolution
from rules import governance, meetings, removal
from rules.base import Broken
from tests.conftest import LOPBURI
from tests.meeting_office import ROLES, item, kbj, meeting

S = MeetingStatus
ARROWS = {
    (S.DRAFT, S.INVITED), (S.DRAFT, S.POSTPONED), (S.DRAFT, S.CANCELLED),
    (S.POSTPONED, S.INVITED), (S.POSTPONED, S.CANCELLED),
    (S.INVITED, S.HELD), (S.INVITED, S.POSTPONED), (S.INVITED, S.CANCELLED),
    (S.HELD, S.MINUTES_DRAFT), (S.MINUTES_DRAFT, S.MINUTES_CHECKED),
    (S.MINUTES_CHECKED, S.MINUTES_DRAFT), (S.MINUTES_CHECKED, S.MINUTES_CIRCULATED),
    (S.MINUTES_CHECKED, S.MINUTES_CERTIFIED),
    (S.MINUTES_CIRCULATED, S.MINUTES_DRAFT), (S.MINUTES_CIRCULATED, S.MINUTES_CERTIFIED),
}  # fmt: skip
F = FollowUpStatus
FOLLOWING = {
    (F.NOT_STARTED, F.IN_PROGRESS), (F.NOT_STARTED, F.DONE), (F.NOT_STARTED, F.CANCELLED),
    (F.IN_PROGRESS, F.DONE), (F.IN_PROGRESS, F.CANCELLED), (F.DONE, F.IN_PROGRESS),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _writing(session):
    token = writing.set(True)
    session.rollback()
    yield
    session.rollback()
    writing.reset(token)


def act_as(session, persons, role, name=""):
    """Go on as a person of Lop Buri."""
    session.commit()
    who.act_as(session, persons.viewer(persons.user_id(role, LOPBURI, name)))


def test_states_go_along_their_arrows_only():
    for here in S:
        for to in S:
            one = Meeting(status=here)
            if (here, to) in ARROWS:
                meetings.move(one, to)
                assert one.status is to
            else:
                with pytest.raises(Broken):
                    meetings.move(one, to)
                assert one.status is here


def test_a_follow_up_goes_along_its_arrows_only(session):
    held = meeting(session, kbj(session), S.HELD, came=5)
    said = Resolution(agenda_item=item(session, held), text="มอบ", kind=ResolutionKind.ASSIGN)
    session.add(said)
    session.flush()
    task = FollowUp(resolution=said, task="ส่งแผน")
    session.add(task)
    session.commit()
    for here in F:
        for to in F:
            task.status = here
            if to is here or (here, to) in FOLLOWING:
                meetings.report(task, to, "ดำเนินการแล้ว", session, dates.today())
                assert (task.done_on is not None) == (to is F.DONE)
            else:
                with pytest.raises(Broken):
                    meetings.report(task, to, "ดำเนินการแล้ว", session, dates.today())


@pytest.mark.parametrize("lacking", ROLES[:2], ids=lambda role: role.value)
def test_nobody_is_invited_by_a_committee_without_chair_or_secretary(session, lacking):
    committee = kbj(session, [role for role in ROLES if role is not lacking])
    one = meeting(session, committee, S.DRAFT)
    with pytest.raises(Broken, match="no chair or no secretary"):
        meetings.invite(one, session)
    assert one.status is S.DRAFT
    seat = session.scalar(select(Membership).where(Membership.role == MemberRole.MEMBER))
    seat.role = lacking
    session.commit()
    meetings.invite(one, session)
    assert one.status is S.INVITED


def test_who_serves_on_the_day_is_invited_though_an_order_to_come_replaces_them(session):
    committee, today = kbj(session), dates.today()
    before = session.scalars(select(Membership).order_by(Membership.id)).all()
    later = today + timedelta(days=30)
    for member in before:
        member.closed_on, member.end_reason = later, EndReason.ORDER_REPLACED
    session.commit()
    seats = kbj(session, ROLES)
    new = session.scalars(select(Membership).where(Membership.closed_on.is_(None))).all()
    for member in new:
        member.starts_on = later
    session.commit()
    for day, expected in ((today, before), (later, new)):
        one = meeting(session, seats, S.DRAFT, day)
        meetings.invite(one, session)
        session.flush()
        sheet = session.scalars(
            select(Attendance.membership_id).where(Attendance.meeting_id == one.id)
        )
        assert set(sheet) == {member.id for member in expected}
    assert committee is seats


def test_a_dissolved_committee_meets_no_more(session):
    committee, day = kbj(session), dates.today()
    planned = meeting(session, committee, S.DRAFT, day + timedelta(days=1))
    before = meetings.plan_month(session, LOPBURI, day.year + 1, 1, set())
    session.commit()
    held = meeting(session, committee, S.HELD, day - timedelta(days=1))
    governance.dissolve(committee, day, session)
    session.commit()
    gone = [planned, *(one for one in before if one.committee_id == committee.id)]
    assert {(one.status, one.reason) for one in gone} == {(S.CANCELLED, "ยุบเลิกคณะกรรมการ")}
    assert held.status is S.HELD
    with pytest.raises(Broken, match="already dissolved"):
        governance.dissolve(committee, day, session)
    with pytest.raises(Broken, match="dissolved"):
        meeting(session, committee, S.DRAFT, day)
    session.rollback()
    after = meetings.plan_month(session, LOPBURI, day.year + 1, 2, set())
    assert committee.id in {one.committee_id for one in before}
    assert committee.id not in {one.committee_id for one in after}


def test_no_sheet_takes_the_quorum_from_what_was_resolved(session):
    held = meeting(session, kbj(session), S.HELD, came=3)
    assert (held.quorum_needed, held.quorum_met) == (3, True)
    session.add(
        Resolution(agenda_item=item(session, held), text="เห็นชอบ", kind=ResolutionKind.APPROVE)
    )
    session.commit()
    there = Attendance.status == AttendanceStatus.PRESENT
    row = session.scalars(select(Attendance).where(there)).first()
    for status in (AttendanceStatus.LEAVE, AttendanceStatus.EXPECTED):
        row.status = status
        with pytest.raises(Broken, match="no quorum"):
            session.commit()
        session.rollback()
    away = session.scalars(select(Attendance).where(~there)).first()
    removal.remove(session, away, dates.now())
    with pytest.raises(Broken, match="mark the absence"):
        session.commit()


def test_a_sheet_that_is_empty_again_counts_nobody(session):
    held = meeting(session, kbj(session), S.HELD, came=5)
    for row in session.scalars(select(Attendance)):
        row.status = AttendanceStatus.EXPECTED
    session.commit()
    assert (held.quorum_met, held.present_count) == (None, None)
    said = Resolution(agenda_item=item(session, held), text="เห็นชอบ", kind=ResolutionKind.APPROVE)
    session.add(said)
    with pytest.raises(Broken, match="no quorum"):
        session.commit()


def test_who_takes_the_minutes_does_not_check_them(session, persons):
    key = meeting(session, kbj(session), S.HELD, came=5).id
    act_as(session, persons, "secretary")
    held = session.get(Meeting, key)
    meetings.draft_minutes(held, {item(session, held).id: "ที่ประชุมรับทราบ"}, session)
    with pytest.raises(Broken, match="another person"):
        meetings.check_minutes(held, session)
    act_as(session, persons, "chief_of_office")
    held = session.get(Meeting, key)
    meetings.check_minutes(held, session)
    session.commit()
    assert held.taker_name != held.checker_name


def test_minutes_are_certified_in_the_same_meeting(session):
    held = meeting(session, kbj(session), S.MINUTES_CHECKED, came=5)
    meetings.certify(held, Certification.SAME_MEETING, session, dates.today())
    session.commit()
    assert (held.certified_how, held.certified_in_id) == (Certification.SAME_MEETING, held.id)


def test_minutes_are_certified_in_a_later_meeting_with_a_quorum(session):
    committee, today = kbj(session), dates.today()
    held = meeting(session, committee, S.MINUTES_CHECKED, came=5)
    few = meeting(session, committee, S.HELD, today + timedelta(days=1), came=2)
    later = meeting(session, committee, S.HELD, today + timedelta(days=2), came=4)
    for wrong in (None, held, few):
        with pytest.raises(Broken, match="held with a quorum"):
            meetings.certify(held, Certification.LATER_MEETING, session, today, wrong)
    meetings.certify(held, Certification.LATER_MEETING, session, today, later)
    session.commit()
    assert (held.certified_how, held.certified_in_id) == (Certification.LATER_MEETING, later.id)


def _answer(session, held, answer, **values):
    member = session.scalars(select(Membership).order_by(Membership.id)).first()
    values = {"answer": answer, "replied_on": dates.today(), **values}
    session.add(MinutesReply(meeting=held, membership=member, **values))
    session.commit()


def test_minutes_are_certified_by_circulation_after_the_closing_date(session):
    held, today = meeting(session, kbj(session), S.MINUTES_CHECKED, came=5), dates.today()
    with pytest.raises(Broken, match="lie ahead"):
        meetings.circulate(held, today, session, today)
    meetings.circulate(held, today + timedelta(days=7), session, today)
    _answer(session, held, MinutesAnswer.AGREE)
    with pytest.raises(Broken, match="others are not"):
        meetings.certify(held, Certification.SAME_MEETING, session, today)
    with pytest.raises(Broken, match="can still answer"):
        meetings.certify(held, Certification.CIRCULATION, session, today)
    meetings.certify(held, Certification.CIRCULATION, session, today + timedelta(days=8))
    session.commit()
    assert (held.certified_how, held.certified_in_id) == (Certification.CIRCULATION, None)


def test_corrected_minutes_are_answered_anew(session):
    held, today = meeting(session, kbj(session), S.MINUTES_CHECKED, came=5), dates.today()
    meetings.circulate(held, today + timedelta(days=7), session, today)
    _answer(session, held, MinutesAnswer.AMEND, comment="ตัวเลขหน้า 3")
    after = today + timedelta(days=8)
    with pytest.raises(Broken, match="asks for a correction"):
        meetings.certify(held, Certification.CIRCULATION, session, after)
    meetings.reopen_minutes(held, session)
    assert session.scalars(select(MinutesReply)).one().comment == "ตัวเลขหน้า 3"
    meetings.move(held, S.MINUTES_CHECKED)
    meetings.circulate(held, today + timedelta(days=7), session, today)
    session.commit()
    assert session.scalar(select(MinutesReply)) is None
    _answer(session, held, MinutesAnswer.AGREE)
    meetings.certify(held, Certification.CIRCULATION, session, after)
    session.commit()
    assert held.status is S.MINUTES_CERTIFIED


def test_certified_minutes_are_corrected_by_a_later_meeting_alone(session):
    committee, today = kbj(session), dates.today()
    first = meeting(session, committee, S.MINUTES_CHECKED, came=5)
    meetings.certify(first, Certification.SAME_MEETING, session, today)
    session.commit()
    later = meeting(session, committee, S.HELD, today + timedelta(days=1), came=5)
    matter, of = item(session, later), {"text": "ขอแก้รายงาน", "kind": ResolutionKind.APPROVE}
    session.add(Resolution(agenda_item=matter, corrects_id=later.id, **of))
    with pytest.raises(Broken, match="earlier meeting"):
        session.commit()
    session.rollback()
    session.add(Resolution(agenda_item=matter, corrects_id=first.id, **of))
    session.commit()
