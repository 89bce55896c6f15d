"""Projects in figures: the light at its limits, the plan, the course, who owes a report, problems."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select

from entities.vocabulary import EntryKind, Light, ProblemKind, ProjectStatus, Severity
from figures import project_course, project_money, project_reports
from figures import projects as figures
from figures.projects import Facts, Limits, Part
from models import Attachment, Project, ReportingWindow
from rules import progress_reports, project_changes
from tests.conftest import LOPBURI, TRANG
from tests.factories import cluster_of
from tests.project_office import (
    NOVEMBER,
    OCTOBER,
    TODAY,
    agency,
    hand_in,
    line,
    plan,
    planned,
    post,
    project,
    trouble,
    written,
)

S = ProjectStatus
LIMITS = Limits()
START, END = date(2026, 10, 1), date(2027, 5, 31)


@pytest.fixture(autouse=True)
def day(session):
    """The day on which the rules act."""
    session.info["today"] = TODAY
    yield
    session.info.pop("today", None)


def facts(slip="0", status=S.UNDER_WAY, ends_on=END, accepted_on=None, severe=False):
    return Facts(
        status, START, ends_on, accepted_on, Decimal(50), Decimal(50) + Decimal(slip), severe
    )


@pytest.mark.parametrize(
    ("told", "today", "light"),
    [
        ({}, TODAY, Light.GREEN),
        ({"slip": "-5"}, TODAY, Light.GREEN),
        ({"slip": "-5.01"}, TODAY, Light.AMBER),
        ({"slip": "-15"}, TODAY, Light.AMBER),
        ({"slip": "-15.01"}, TODAY, Light.RED),
        ({"slip": "20"}, END, Light.GREEN),
        ({"slip": "20"}, END + timedelta(days=1), Light.AMBER),
        ({"slip": "20"}, END + timedelta(days=30), Light.AMBER),
        ({"slip": "20"}, END + timedelta(days=31), Light.RED),
        ({"slip": "50", "accepted_on": END + timedelta(days=40)}, END + timedelta(days=90), Light.GREEN),
        ({"severe": True}, TODAY, Light.RED),
        ({"status": S.NOT_STARTED}, START - timedelta(days=1), Light.GREY),
        ({"status": S.NOT_STARTED, "severe": True}, START - timedelta(days=1), Light.GREY),
        ({"status": S.NOT_STARTED}, START, Light.GREEN),
        ({"status": S.NOT_STARTED, "slip": "-16"}, START, Light.RED),
        ({"status": S.CANCELLED, "slip": "-50", "severe": True}, TODAY, Light.GREY),
        ({"status": S.PAUSED, "slip": "-16"}, TODAY, Light.RED),
        ({"status": S.PAID, "slip": "-50", "severe": True}, TODAY, Light.BLUE),
        ({"status": S.FINISHED}, TODAY, Light.BLUE),
    ],
)  # fmt: skip
def test_the_light_at_its_limits(told, today, light):
    assert figures.light(facts(**told), today, LIMITS) is light


def test_the_limits_are_settings():
    strict = Limits(slip_amber=1, slip_red=2, late_red_days=0)
    assert figures.light(facts(slip="-2"), TODAY, strict) is Light.AMBER
    assert figures.light(facts(slip="-2.01"), TODAY, strict) is Light.RED
    assert figures.light(facts(), END + timedelta(days=1), strict) is Light.RED


HUNDREDTHS = st.integers(0, 10_000).map(lambda n: Decimal(n).scaleb(-2))
ORDER = (Light.GREEN, Light.AMBER, Light.RED)


@given(HUNDREDTHS, HUNDREDTHS, HUNDREDTHS, st.integers(-60, 60))
def test_less_done_or_later_never_makes_the_light_better(plan, done, less, days):
    today = END + timedelta(days=days)

    def lit(actual, on):
        told = Facts(S.UNDER_WAY, START, END, None, plan, actual)
        return ORDER.index(figures.light(told, on, LIMITS))

    assert lit(min(done, less), today) >= lit(done, today)
    assert lit(done, today + timedelta(days=1)) >= lit(done, today)


@st.composite
def _parts(draw):
    cuts = sorted(draw(st.sets(st.integers(1, 9_999), max_size=5)))
    weights = [b - a for a, b in zip([0, *cuts], [*cuts, 10_000], strict=True)]
    found = []
    for weight in weights:
        start = START + timedelta(days=draw(st.integers(0, 200)))
        end = start + timedelta(days=draw(st.integers(0, 100)))
        found.append(Part(Decimal(weight).scaleb(-2), start, end))
    return found


@given(_parts(), st.integers(-10, 320))
def test_a_plan_rises_from_nothing_to_the_whole(parts, days):
    day = START + timedelta(days=days)
    here, next_day = (figures.planned_at(parts, one) for one in (day, day + timedelta(days=1)))
    assert 0 <= here <= next_day <= 100
    assert figures.planned_at(parts, START - timedelta(days=1)) == 0
    assert figures.planned_at(parts, START + timedelta(days=300)) == 100


def test_a_plan_runs_by_a_straight_line_within_each_part():
    parts = [Part(Decimal(40), date(2026, 10, 1), date(2026, 10, 10)),
             Part(Decimal(60), date(2026, 10, 11), date(2026, 10, 12))]  # fmt: skip
    told = {1: "4.00", 5: "20.00", 10: "40.00", 11: "70.00", 12: "100.00"}
    assert {d: str(figures.planned_at(parts, date(2026, 10, d))) for d in told} == told
    assert figures.planned_at([], TODAY) == 0
    assert figures.progress([(Decimal(40), Decimal(100)), (Decimal(60), Decimal(50))]) == 70
    assert figures.progress([]) == 0


@pytest.mark.parametrize(
    ("reported", "today", "day"),
    [
        (None, date(2026, 11, 5), date(2026, 9, 30)),
        (None, date(2026, 11, 6), date(2026, 10, 31)),
        (date(2026, 10, 1), date(2026, 11, 3), date(2026, 10, 31)),
        (date(2026, 8, 1), date(2026, 11, 6), date(2026, 10, 31)),
        (date(2026, 11, 1), date(2026, 11, 23), date(2026, 11, 23)),
    ],
)
def test_plan_and_progress_are_compared_on_the_same_day(reported, today, day):
    assert figures.reckoned_on(reported, today, 5) == day


def test_many_projects_cost_as_many_queries_as_one(session):
    with written(session):
        of = agency(session)
        first = planned(session, of, "โครงการที่ 0")
        trouble(session, first, Severity.HIGH)
    alone = _queries(session, lambda: figures.standings(session, TODAY, LIMITS))
    with written(session):
        for n in range(1, 30):
            planned(session, of, f"โครงการที่ {n}")
    assert _queries(session, lambda: figures.standings(session, TODAY, LIMITS)) == alone == 3
    found = figures.standings(session, TODAY, LIMITS)
    assert len(found) == 30
    assert found[first.id].light is Light.RED
    others = {one.light for key, one in found.items() if key != first.id}
    assert others == {Light.AMBER}, "13.48 percent were planned by the end of October, none is done"
    assert figures.lit(session, TODAY, LIMITS, Light.RED) == [first.id]
    where = Project.id == first.id
    assert _queries(session, lambda: project_course.course(session, [OCTOBER], OCTOBER, where)) == 3


def _queries(session, act):
    sent = []
    bind = session.get_bind()

    def count(_connection, _cursor, statement, *_more):
        if statement.startswith(("SELECT", "WITH")):
            sent.append(statement)

    event.listen(bind, "before_cursor_execute", count)
    try:
        act()
    finally:
        event.remove(bind, "before_cursor_execute", count)
    return len(sent)


def test_the_course_weighs_projects_by_budget(session):
    with written(session):
        of = agency(session)
        span = {"starts_on": START, "ends_on": date(2026, 11, 30)}
        big = planned(session, of, "ใหญ่", budget=Decimal(3_000_000), **span)
        small = planned(session, of, "เล็ก", budget=Decimal(1_000_000), **span)
        gone = planned(session, of, "เลิก", budget=Decimal(9_000_000), **span)
        project_changes.cancel(gone, "ไม่มีพื้นที่", session, TODAY)
    hand_in(session, big, OCTOBER, "20")
    hand_in(session, small, OCTOBER, "60")
    hand_in(session, small, NOVEMBER, "80")
    months = [OCTOBER, NOVEMBER, date(2026, 12, 1)]
    course = project_course.course(session, months, NOVEMBER, project_course.COUNTED)
    assert [(one.month, one.actual) for one in course] == [
        (OCTOBER, Decimal("30.00")), (NOVEMBER, Decimal("35.00")), (months[2], None)
    ]  # fmt: skip
    assert [one.planned for one in course][1:] == [Decimal(100), Decimal(100)]
    alone = project_course.course_of(session, small)
    assert [one.actual for one in alone] == [Decimal(60), Decimal(80)]
    assert project_course.course(session, months, NOVEMBER, Project.province_id == TRANG) == []


def test_who_owes_a_report_and_what_is_missing(session):
    with written(session):
        of = agency(session)
        silent, late, thin, whole = (
            planned(session, of, name) for name in ("เงียบ", "ช้า", "บาง", "ครบ")
        )
        for status in (S.PAUSED, S.CANCELLED, S.FINISHED):
            before = {"status_before": S.UNDER_WAY} if status is S.PAUSED else {}
            planned(session, of, f"พัก {status.value}", status=status, **before)
        project(session, of, "ยังไม่ถึงเวลา", starts_on=date(2026, 12, 1))
        planned(session, agency(session, TRANG), "ต่างจังหวัด")
        window = progress_reports.open_windows(LOPBURI, 2570, 5, session)[0]
    told = {"done": "งานดิน", "next_step": "งานคอนกรีต"}
    for one in (late, thin, whole):
        hand_in(session, one, OCTOBER, "10", **(told if one is not thin else {"problems": "ฝน"}))
    with written(session):
        for one in (thin, whole):
            project_reports.report_of(session, one.id, OCTOBER).reported_on = date(2026, 11, 4)
        report = project_reports.report_of(session, whole.id, OCTOBER)
        for owner in (report, project_reports.report_of(session, late.id, OCTOBER)):
            session.add(
                Attachment(name="ภาพ.jpg", progress_report_id=owner.id, province_id=LOPBURI,
                           content_type="image/jpeg", size=1, sha256="0" * 64)
            )  # fmt: skip
    found = {
        one.project.name: (one.lacks, one.days_late)
        for one in project_reports.late_list(session, window, TODAY)
    }
    assert found == {
        "เงียบ": (("report",), 18), "ช้า": ((), 18),
        "บาง": (("done", "next_step", "remedy", "photographs"), 0),
    }  # fmt: skip
    owed = [one.name for one in project_reports.to_report(session, OCTOBER, LOPBURI)]
    assert owed == [silent.name]
    assert project_reports.count_to_report(session, window) == 1
    assert [one.month for one in project_reports.open_windows(session, date(2026, 11, 30))] == [
        NOVEMBER
    ]


def test_a_cluster_has_a_late_list_of_its_own(session):
    with written(session):
        of, cluster_id = agency(session), cluster_of(session, LOPBURI).id
        planned(session, of, "ของจังหวัด")
        common = planned(session, of, "ร่วมกัน", province_id=None, cluster_id=cluster_id)
        own = progress_reports.open_windows(LOPBURI, 2570, 5, session)[0]
        shared = progress_reports.open_windows(None, 2570, 5, session, cluster_id)[0]
        assert progress_reports.open_windows(None, 2570, 5, session, cluster_id) == []
    owed = {
        w: [one.project.name for one in project_reports.late_list(session, w, TODAY)]
        for w in (own, shared)
    }
    assert owed == {own: ["ของจังหวัด"], shared: ["ร่วมกัน"]}
    assert [project_reports.count_to_report(session, window) for window in owed] == [1, 1]
    assert common in project_reports.to_report(session, OCTOBER, LOPBURI)
    hand_in(session, common, OCTOBER, "10", done="งานดิน", next_step="งานคอนกรีต")
    (late,) = project_reports.late_list(session, shared, TODAY)
    assert (late.lacks, late.days_late) == (("photographs",), 18)
    assert project_reports.count_to_report(session, shared) == 0


def test_after_acceptance_nothing_more_is_owed(session):
    with written(session):
        of = planned(session, agency(session))
    hand_in(session, of, OCTOBER, "100", accepted_on=date(2026, 10, 30))
    assert not list(session.scalars(select(Project).where(*project_reports.owing(NOVEMBER))))
    assert len(list(session.scalars(select(Project).where(*project_reports.owing(OCTOBER))))) == 1


def test_open_problems_by_kind_and_age(session):
    with written(session):
        of = planned(session, agency(session))
        for late in (-3, 0, 1, 7, 8, 31, 91):
            trouble(session, of, Severity.LOW, TODAY - timedelta(days=late))
        done = trouble(session, of, Severity.LOW)
        project_changes.resolve(done, TODAY, "แล้ว", session, TODAY)
        trouble(
            session, planned(session, agency(session, TRANG)), Severity.LOW
        ).kind = ProblemKind.AREA
    (aged,) = figures.problems_by_age(session, TODAY, LOPBURI)
    assert (aged.kind, aged.province_id) == (ProblemKind.CONTRACTOR, LOPBURI)
    assert aged.counts == {"not_due": 2, "week": 2, "month": 1, "quarter": 1, "longer": 1}
    assert len(figures.problems_by_age(session, TODAY)) == 2
    assert len(figures.open_problems(session)) == 8


def test_the_money_of_a_project_is_the_sum_of_its_lines(session):
    with written(session):
        of = agency(session)
        one, other = planned(session, of, "หนึ่ง"), planned(session, of, "สอง")
        first, second = line(session, one, "1000.00"), line(session, one, "500.00")
        post(session, first, EntryKind.DISBURSEMENT, "300.00")
        post(session, second, EntryKind.RESERVE, "100.00")
        line(session, other, "9.99")
    money = project_money.spent(session, [one.id, other.id, 1])
    assert set(money) == {one.id, other.id}
    told = money[one.id]
    assert (told.lines, told.net_budget, told.paid) == (2, Decimal("1500.00"), Decimal("300.00"))
    assert (told.reserved, told.unspent, told.settled) == (Decimal(100), Decimal(1200), False)
    assert project_money.spent_on(session, 1) == project_money.Spent()


def test_a_window_closes_on_a_day_that_every_month_has():
    assert figures.closing_day(date(2027, 1, 1), 31) == date(2027, 2, 28)
    assert figures.closing_day(date(2026, 12, 1), 0) == date(2027, 1, 1)


def test_the_plan_of_a_project_without_milestones_is_its_span(session):
    with written(session):
        of = project(session, agency(session))
        plan(session, of, ())
    assert figures.plan_of(session, of) == [Part(Decimal(100), of.starts_on, of.ends_on)]
    assert session.scalar(select(ReportingWindow.id)) is None
