"""The demonstration: what it promises is there, the rules held, and a second run adds nothing."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask_babel import force_locale
from flask_migrate import upgrade
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from access import audit
from access import viewer as who
from access.database import db, ensure, writing
from app import create_app
from entities import dates
from entities.vocabulary import (
    AttendanceStatus,
    Certification,
    CommitteeType,
    FollowUpStatus,
    GrantScope,
    Light,
    MeetingStatus,
    MinutesAnswer,
    ResolutionKind,
    Role,
    Sector,
)
from figures import governance, meetings, projects
from models import (
    Agency,
    AppointmentOrder,
    Attachment,
    Attendance,
    AuditEntry,
    Committee,
    FollowUp,
    Meeting,
    Membership,
    Milestone,
    MinutesReply,
    Outcome,
    Person,
    Problem,
    ProgressReport,
    Project,
    ProjectChange,
    ReportingWindow,
    Resolution,
    RoleGrant,
    UserAccount,
)
from seed import demonstration, reference
from seed.demo_people import MADE_UP
from seed.territory import english_slug
from settings import read

DAY = date(2026, 11, 23)
PROVINCES = {50, 52, 41, 39, 18, 16, 90, 92}
LOPBURI, NONGBUALAMPHU, LAMPANG, CHAINAT = 16, 39, 52, 18


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """A session on a database that was filled once for every test of this file."""
    app = create_app(read({"JANGWAT_DATA": str(tmp_path_factory.mktemp("demo"))}))
    with app.app_context(), force_locale("th"):
        upgrade()
        token = writing.set(True)
        session = db.session()
        who.act_as(session, who.SYSTEM)
        reference.load(session)
        ensure(session.connection(), 100)
        demonstration.fill(session, "demo-Pass-2569", DAY)
        session.commit()
        yield session
        db.session.remove()
        db.engine.dispose()
        writing.reset(token)


def _kbj(session: Session, province_id: int) -> Committee:
    return session.scalars(
        select(Committee).where(
            Committee.type == CommitteeType.PROVINCE, Committee.province_id == province_id
        )
    ).one()


def test_every_province_has_four_groups_and_six_sectors(demo):
    assert governance.groups_by_province(demo) == dict.fromkeys(PROVINCES, 4)
    sectors = defaultdict(set)
    for group in governance.mission_groups(demo):
        sectors[group.province_id] |= group.sectors
    assert {province: len(found) for province, found in sectors.items()} == dict.fromkeys(
        PROVINCES, 6
    )


def test_the_gaps_are_those_a_secretary_knows(demo):
    found = {
        (gap.committee.province_id, gap.committee.mission.value): gap
        for gap in governance.gaps(demo, DAY)
    }
    assert set(found) == {
        (16, "economy"), (16, "social"), (16, "security"), (41, "social"), (39, "social")
    }  # fmt: skip
    assert found[16, "security"].sectors == (Sector.CIVIL_SOCIETY,)
    assert found[16, "social"].vacant == 1
    assert found[16, "economy"].ending == 8
    assert found[NONGBUALAMPHU, "social"].no_secretary


def test_lop_buris_committee_has_38_members_by_an_order_that_superseded_another(demo):
    kbj = _kbj(demo, LOPBURI)
    serving = list(demo.scalars(governance.serving(kbj.id)))
    assert (len(serving), serving[0].position) == (38, "ผู้ว่าราชการจังหวัดลพบุรี")
    orders = demo.scalars(select(AppointmentOrder).where(AppointmentOrder.committee_id == kbj.id))
    older, newer = sorted(orders, key=lambda order: order.effective_on)
    assert (newer.supersedes_id, older.superseded_on) == (older.id, newer.effective_on)
    assert {one.order_id for one in serving} == {newer.id}


def test_everybody_is_made_up_and_nobody_has_an_address_that_exists(demo):
    assert set(demo.scalars(select(Person.note))) == {MADE_UP}
    addresses = set(demo.scalars(select(Agency.email))) - {None}
    assert all(address.endswith(".example") for address in addresses)


def test_who_represents_serves_a_term_and_who_sits_by_office_does_not(demo):
    seats = set(demo.execute(select(Membership.seat_type, Membership.ends_on.is_(None))))
    assert {(seat.value, endless) for seat, endless in seats} == {
        ("ex_officio", True), ("representative", False), ("expert", False)
    }  # fmt: skip


def test_accounts_have_the_promised_names_and_one_password(demo):
    accounts = {one.username: one for one in demo.scalars(select(UserAccount))}
    grants = {one.user_id: one for one in demo.scalars(select(RoleGrant))}
    slugs = [english_slug(province) for province in PROVINCES]
    assert {f"{role.value}.{slug}" for role in demonstration.POSTS for slug in slugs} < set(
        accounts
    )
    for name, scope in (
        ("auditor", GrantScope.NATION), ("inspector.zone1", GrantScope.ZONE),
        ("cluster_officer.15", GrantScope.CLUSTER), ("agency_officer.trang", GrantScope.AGENCY),
        ("group_member.lopburi", GrantScope.MISSION_GROUP), ("finance.chainat", GrantScope.PROVINCE),
    ):  # fmt: skip
        assert grants[accounts[name].id].scope is scope
    assert len(accounts) == len(grants) == 8 * 12 + 4 + 5 + 2 * 5
    assert len({one.password for one in accounts.values()}) == 1
    assert not any(one.must_change_password for one in accounts.values())
    assert {one.role for one in grants.values()} == set(Role)


def test_meetings_stand_where_their_age_lets_them(demo):
    states = Counter(demo.scalars(select(Meeting.status)))
    assert set(states) == set(MeetingStatus)
    ways = set(demo.scalars(select(Meeting.certified_how))) - {None}
    assert ways == set(Certification)
    left = select(Meeting).where(
        Meeting.meets_on < DAY - timedelta(days=31),
        Meeting.status.not_in(
            (MeetingStatus.MINUTES_CERTIFIED, MeetingStatus.CANCELLED, MeetingStatus.DRAFT)
        ),
    )
    assert [one.name for one in demo.scalars(left)] == ["ก.บ.จ. ครั้งที่ 10/2569"]
    assert demo.scalar(select(func.count()).where(Meeting.certified_on > DAY)) == 0
    asked = select(MinutesReply).where(MinutesReply.answer == MinutesAnswer.AMEND)
    assert demo.scalars(asked).one().comment


def test_not_every_province_kept_to_its_rhythm(demo):
    kept = meetings.held_against_rhythm(demo, dates.fiscal_year(DAY), DAY)
    behind = {province: planned - held for province, planned, held in kept if held < planned}
    assert behind == {41: 1, 90: 1, 92: 1}


def test_without_a_quorum_the_meeting_only_acknowledged(demo):
    meeting = demo.scalars(select(Meeting).where(Meeting.quorum_met.is_(False))).one()
    assert meeting.province_id == LAMPANG
    kinds = set(demo.scalars(select(Resolution.kind).where(Resolution.meeting_id == meeting.id)))
    assert kinds == {ResolutionKind.ACKNOWLEDGE}


def test_the_coming_committee_was_put_off_and_most_have_answered(demo):
    kbj = _kbj(demo, LOPBURI)
    meeting = next(
        one for one in meetings.upcoming(demo, DAY, LOPBURI) if one.committee_id == kbj.id
    )
    assert (meeting.name, meeting.meets_on) == ("ก.บ.จ. ครั้งที่ 11/2569", date(2026, 11, 25))
    assert (meeting.status, bool(meeting.reason)) == (MeetingStatus.INVITED, True)
    sheet = list(demo.scalars(select(Attendance).where(Attendance.meeting_id == meeting.id)))
    assert (len(sheet), sum(one.reply is not None for one in sheet)) == (38, 31)
    assert {one.status for one in sheet} == {AttendanceStatus.EXPECTED}


def test_one_district_is_late_and_every_province_has_open_follow_ups(demo):
    late = meetings.late_follow_ups(demo, DAY, LOPBURI)
    names = Counter(one.agency.name for one in late)
    assert names == {"ที่ทำการปกครองอำเภอชัยบาดาล": 3, "โครงการชลประทานลพบุรี": 1}
    for province in PROVINCES:
        waiting = meetings.follow_ups(demo, DAY, province)
        assert waiting.open > waiting.late
    done = select(FollowUp).where(FollowUp.status == FollowUpStatus.DONE)
    assert all(one.meeting.meets_on <= one.done_on <= DAY for one in demo.scalars(done))


def test_chai_nats_projects_show_every_light_and_one_is_clearly_late(demo):
    here = Project.province_id == CHAINAT
    found = projects.standings(demo, DAY, projects.Limits(), here)
    assert {one.light for one in found.values()} == set(Light)
    late = [
        one for one in found.values() if one.facts.days_late(DAY) > 30 and one.light is Light.RED
    ]
    assert len(late) == 1
    reports = demo.scalars(
        select(ProgressReport)
        .where(ProgressReport.project_id == late[0].project_id)
        .order_by(ProgressReport.month)
    ).all()
    assert len(reports) > 6
    assert [one.disbursed for one in reports] == sorted(one.disbursed for one in reports)
    pictures = select(func.count(Attachment.id)).where(Attachment.content_type == "image/png")
    assert demo.scalar(pictures) >= 4
    for entity in (Milestone, Problem, ProjectChange, Outcome, ReportingWindow):
        assert demo.scalar(select(func.count(entity.id))), entity
    provinces = set(demo.scalars(select(Project.province_id))) - {None}
    assert provinces == PROVINCES


def test_a_second_run_changes_nothing_and_the_audit_is_whole(demo):
    before = demo.scalar(select(func.count(AuditEntry.id)))
    assert demonstration.fill(demo, "demo-Pass-2569", DAY) == ["The demonstration is already there"]
    demo.commit()
    assert audit.verify(demo) == (before, [])
