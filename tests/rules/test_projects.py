"""The path of a project: plan, reports, steps, changes, problems and windows."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from access import scope
from access import viewer as who
from entities.vocabulary import (
    EntryKind,
    ProblemStatus,
    ProjectChangeKind,
    ProjectMethod,
    ProjectStatus,
    Severity,
)
from figures import project_money
from figures import projects as figures
from models import (
    Attachment,
    Milestone,
    Outcome,
    Problem,
    ProgressReport,
    Project,
    ProjectChange,
    ReportingWindow,
)
from rules import progress_reports, project_changes, projects
from rules.base import Broken
from tests.conftest import LOPBURI
from tests.project_office import (
    NOVEMBER,
    OCTOBER,
    TODAY,
    agency,
    hand_in,
    line,
    officer,
    plan,
    planned,
    post,
    project,
    trouble,
    written,
)

S = ProjectStatus
NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def day(session):
    """The day on which the rules act."""
    session.info["today"] = TODAY
    yield
    session.info.pop("today", None)


@pytest.fixture
def canal(session):
    """A project under way with two milestones of 40 and 60 percent."""
    with written(session):
        return planned(session, agency(session))


def refused(session, act, field=None):
    """The words with which a rule refuses; nothing of the act is kept."""
    with pytest.raises(Broken) as broken, written(session):
        act()
    assert broken.value.field == field, broken.value
    return str(broken.value)


def test_a_report_takes_down_what_it_does_not_ask(session, canal):
    with written(session):
        of = line(session, canal, "900000.00")
        post(session, of, EntryKind.DISBURSEMENT, "250000.25")
    made = hand_in(session, canal, date(2026, 10, 17), "12.50", done="ขุดดิน 300 เมตร")
    assert (made.month, made.agency_id) == (OCTOBER, canal.agency_id)
    assert made.name == "รายงานความก้าวหน้า เดือนตุลาคม 2569"
    assert (made.province_id, made.reported_on) == (LOPBURI, TODAY)
    assert made.planned_percent == Decimal("13.48"), "31 of the 92 days of the 40 percent"
    assert (made.disbursed, made.committed) == (Decimal("250000.25"), Decimal("0.00"))
    assert (canal.physical_actual, canal.physical_planned) == (Decimal("12.50"), Decimal("13.48"))
    assert canal.reported_for == OCTOBER


def test_progress_does_not_fall_without_a_reason(session, canal):
    hand_in(session, canal, OCTOBER, "12.50")

    def less():
        return progress_reports.report(
            canal, NOVEMBER, session, TODAY, actual_percent=Decimal("12.49")
        )

    assert "12.50" in refused(session, less, "correction_reason")
    made = hand_in(session, canal, NOVEMBER, "12.49", correction_reason="วัดปริมาณงานใหม่")
    assert made.actual_percent == Decimal("12.49")


def test_a_report_is_changed_until_the_next_is_handed_in(session, canal):
    first = hand_in(session, canal, OCTOBER, "10")
    again = hand_in(session, canal, OCTOBER, "11")
    assert first.id == again.id
    assert canal.physical_actual == Decimal("11.00")
    hand_in(session, canal, NOVEMBER, "20")

    def late():
        return progress_reports.report(canal, OCTOBER, session, TODAY, actual_percent=Decimal(15))

    assert "พฤศจิกายน 2569" in refused(session, late, "month")


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"month": date(2026, 9, 30)}, "month"),
        ({"month": date(2026, 12, 1)}, "month"),
        ({"actual_percent": Decimal("100.01")}, "actual_percent"),
        ({"actual_percent": Decimal("-0.01")}, "actual_percent"),
        ({"actual_percent": Decimal(100)}, "accepted_on"),
        ({"accepted_on": TODAY}, "accepted_on"),
        ({"actual_percent": Decimal(100), "accepted_on": date(2026, 11, 24)}, "accepted_on"),
        ({"actual_percent": Decimal(100), "accepted_on": date(2026, 9, 30)}, "accepted_on"),
    ],
)
def test_what_a_report_cannot_say(session, canal, told, field):
    values = {"month": NOVEMBER, "actual_percent": Decimal(50), **told}
    month = values.pop("month")
    refused(session, lambda: progress_reports.report(canal, month, session, TODAY, **values), field)
    assert session.scalar(select(func.count(ProgressReport.id))) == 0


def test_whole_needs_the_day_of_acceptance_and_ends_reporting(session, canal):
    hand_in(session, canal, OCTOBER, "100", accepted_on=date(2026, 10, 30))
    assert canal.accepted_on == date(2026, 10, 30)

    def more():
        return progress_reports.report(
            canal, NOVEMBER, session, TODAY, actual_percent=Decimal(100), accepted_on=TODAY
        )

    refused(session, more, "month")


def test_a_late_project_goes_on_reporting_after_its_end(session):
    with written(session):
        of = planned(
            session, agency(session), starts_on=date(2026, 1, 1), ends_on=date(2026, 6, 30)
        )
    assert hand_in(session, of, NOVEMBER, "80").planned_percent == Decimal("100.00")


def test_the_weights_must_sum_to_100_from_the_first_report_on(session):
    with written(session):
        of = project(session, agency(session))
        (only,) = plan(session, of, ((Decimal("99.99"), of.starts_on, of.ends_on),))

    def first():
        return progress_reports.report(of, OCTOBER, session, TODAY, actual_percent=Decimal(1))

    assert "99.99" in refused(session, first, "weight")
    with written(session):
        only.weight = Decimal(100)
    hand_in(session, of, OCTOBER, "1")
    refused(session, lambda: setattr(only, "weight", Decimal(99)), "weight")
    refused(session, lambda: setattr(only, "removed_at", NOW))
    session.refresh(only)
    assert (only.weight, only.removed_at) == (Decimal("100.00"), None)


def test_the_plan_is_written_as_a_sheet(session, canal):
    first, second = session.scalars(select(Milestone).order_by(Milestone.position)).all()
    kept = {"name": first.name, "plan_start": first.plan_start, "plan_end": first.plan_end}
    sheet = [
        {"id": first.id, **kept, "weight": Decimal(30)},
        {"id": second.id, "gone": True},
        {"name": "งานคอนกรีต", "weight": Decimal(50), "plan_start": date(2027, 1, 1),
         "plan_end": date(2027, 3, 31)},
        {"name": "งานทดสอบ", "weight": Decimal(20), "plan_start": date(2027, 4, 1),
         "plan_end": date(2027, 5, 31)},
    ]  # fmt: skip
    with written(session):
        projects.replan(canal, sheet, session)
    found = session.execute(
        select(Milestone.position, Milestone.weight, Milestone.agency_id).order_by(
            Milestone.position
        )
    ).all()
    agency_id = canal.agency_id
    assert found == [
        (1, Decimal(30), agency_id),
        (3, Decimal(50), agency_id),
        (4, Decimal(20), agency_id),
    ]
    refused(
        session,
        lambda: projects.replan(canal, [{**sheet[0], "weight": Decimal(31)}], session),
        "weight",
    )


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"weight": Decimal(0)}, "weight"), ({"weight": Decimal("100.01")}, "weight"),
        ({"percent": Decimal(101)}, "percent"), ({"percent": Decimal(100)}, "actual_end"),
        ({"actual_end": TODAY}, "actual_end"),
        ({"percent": Decimal(100), "actual_end": date(2026, 11, 24)}, "actual_end"),
        ({"plan_start": date(2026, 9, 30)}, "plan_start"),
        ({"plan_end": date(2026, 9, 1)}, "plan_end"),
    ],
)  # fmt: skip
def test_what_a_milestone_cannot_be(session, canal, values, field):
    first = session.scalars(select(Milestone).order_by(Milestone.position)).first()

    def change():
        for key, value in values.items():
            setattr(first, key, value)

    refused(session, change, field)


def test_a_project_goes_its_path_and_skips_no_step(session):
    with written(session):
        of = project(session, agency(session))
    refused(session, lambda: projects.advance(of, S.PROCURING, session, TODAY))
    with written(session):
        plan(session, of)
    for skipped in (S.CONTRACTED, S.UNDER_WAY, S.FINISHED, S.NOT_STARTED):
        refused(session, lambda to=skipped: projects.advance(of, to, session, TODAY))
    for step in (S.PROCURING, S.CONTRACTED, S.UNDER_WAY):
        with written(session):
            projects.advance(of, step, session, TODAY)
    refused(session, lambda: projects.advance(of, S.DELIVERED, session, TODAY))
    hand_in(session, of, NOVEMBER, "100", accepted_on=TODAY)
    with written(session):
        projects.advance(of, S.DELIVERED, session, TODAY)
    assert projects.next_step(of) is S.PAID


def test_own_work_has_no_contract(session):
    with written(session):
        of = project(session, agency(session), method=ProjectMethod.OWN)
        plan(session, of)
    for step in (S.PROCURING, S.UNDER_WAY):
        with written(session):
            projects.advance(of, step, session, TODAY)
    assert S.CONTRACTED not in projects.path_of(of)


def test_paid_is_what_the_ledger_says(session):
    with written(session):
        of = planned(session, agency(session), status=S.DELIVERED)
    assert "payment" in refused(session, lambda: projects.advance(of, S.PAID, session, TODAY))
    with written(session):
        on = line(session, of, "1000.00")
        post(session, on, EntryKind.DISBURSEMENT, "999.99")
    told = refused(session, lambda: projects.advance(of, S.PAID, session, TODAY))
    assert "0.01" in told
    with written(session):
        post(session, on, EntryKind.DISBURSEMENT, "0.01")
        projects.advance(of, S.PAID, session, TODAY)
    refused(session, lambda: projects.advance(of, S.FINISHED, session, TODAY))
    with written(session):
        made = Outcome(project=of, indicator="พื้นที่รับประโยชน์", target=Decimal(500))
        session.add(made)
    refused(session, lambda: projects.advance(of, S.FINISHED, session, TODAY))
    with written(session):
        made.actual = Decimal(512)
        projects.advance(of, S.FINISHED, session, TODAY)
    assert (of.status, of.finished_on) == (S.FINISHED, TODAY)


def test_changes_on_the_way_need_a_reason_and_stay_written(session, canal):
    for act in (
        lambda: project_changes.pause(canal, " ", session, TODAY),
        lambda: project_changes.extend(canal, date(2027, 8, 31), "", session, TODAY),
        lambda: project_changes.cancel(canal, "", session, TODAY),
    ):
        refused(session, act, "reason")
    refused(
        session,
        lambda: project_changes.extend(canal, canal.ends_on, "ฝนชุก", session, TODAY),
        "new_end",
    )
    refused(session, lambda: project_changes.resume(canal, "น้ำลด", session, TODAY))
    with written(session):
        project_changes.extend(
            canal, date(2027, 8, 31), "ฝนชุก", session, TODAY, reference="ลบ 0017/12"
        )
        project_changes.pause(canal, "น้ำท่วม", session, TODAY)
    assert (canal.status, canal.status_before) == (S.PAUSED, S.UNDER_WAY)
    assert figures.end_of(canal) == date(2027, 8, 31)
    refused(
        session,
        lambda: progress_reports.report(canal, OCTOBER, session, TODAY, actual_percent=Decimal(1)),
        "month",
    )
    with written(session):
        project_changes.resume(canal, "น้ำลด", session, TODAY)
    assert (canal.status, canal.status_before) == (S.UNDER_WAY, None)
    refused(
        session,
        lambda: project_changes.extend(canal, date(2027, 8, 31), "อีก", session, TODAY),
        "new_end",
    )
    kinds = session.scalars(select(ProjectChange.kind).order_by(ProjectChange.id)).all()
    assert kinds == [ProjectChangeKind.EXTEND, ProjectChangeKind.PAUSE, ProjectChangeKind.RESUME]


def test_cancelling_tells_the_money_to_return(session, canal):
    with written(session):
        on = line(session, canal, "1000.00")
        post(session, on, EntryKind.DISBURSEMENT, "250.00")
        unspent = project_changes.cancel(canal, "ประชาชนไม่เห็นด้วย", session, TODAY)
    assert (unspent, canal.status) == (Decimal("750.00"), S.CANCELLED)
    refused(session, lambda: project_changes.pause(canal, "อีก", session, TODAY))


def test_a_problem_is_resolved_once_and_says_how(session, canal):
    with written(session):
        one = trouble(session, canal, Severity.HIGH)
    for on, result, field in (
        (TODAY, "", "result"), (date(2026, 11, 24), "เปลี่ยนผู้รับจ้าง", "resolved_on"),
        (date(2026, 11, 21), "เปลี่ยนผู้รับจ้าง", "resolved_on"),
    ):  # fmt: skip
        refused(
            session,
            lambda on=on, result=result: project_changes.resolve(one, on, result, session, TODAY),
            field,
        )
    with written(session):
        project_changes.resolve(one, TODAY, "เปลี่ยนผู้รับจ้าง", session, TODAY)
    assert (one.status, one.agency_id) == (ProblemStatus.RESOLVED, canal.agency_id)
    refused(session, lambda: project_changes.resolve(one, TODAY, "อีกครั้ง", session, TODAY))


def test_another_agency_takes_over_with_everything(session, canal):
    hand_in(session, canal, OCTOBER, "10")
    hand_in(session, canal, NOVEMBER, "20")
    with written(session):
        trouble(session, canal, Severity.LOW)
        project_changes.pause(canal, "รอ", session, TODAY)
        report = session.scalars(select(ProgressReport)).first()
        session.add(
            Attachment(name="ภาพ.jpg", progress_report_id=report.id, agency_id=canal.agency_id,
                       province_id=LOPBURI, content_type="image/jpeg", size=1, sha256="0" * 64)
        )  # fmt: skip
    with written(session):
        other = agency(session, name="ทางหลวงชนบท")
        canal.agency_id = other.id
    for entity in (Milestone, ProgressReport, Problem, ProjectChange, Attachment):
        assert set(session.scalars(select(entity.agency_id))) == {other.id}, entity
    assert canal.physical_actual == Decimal("20.00")


def test_twelve_windows_are_made_once(session):
    with written(session):
        made = progress_reports.open_windows(LOPBURI, 2570, 5, session)
    assert len(made) == 12
    october = session.scalars(select(ReportingWindow).order_by(ReportingWindow.month)).first()
    assert (october.month, october.opens_on, october.closes_on) == (
        OCTOBER, date(2026, 10, 31), date(2026, 11, 5)
    )  # fmt: skip
    assert october.name == "รอบรายงานเดือนตุลาคม 2569"
    with written(session):
        assert progress_reports.open_windows(LOPBURI, 2570, 5, session) == []
    refused(session, lambda: setattr(october, "closes_on", date(2026, 10, 1)), "closes_on")


def test_an_officer_reports_the_own_agencys_projects_alone(session, persons):
    with written(session):
        mine, theirs = agency(session), agency(session, name="ทางหลวงชนบท")
        own, foreign = planned(session, mine), planned(session, theirs, "ถนนสายใหม่")
        line_of_nobody = line(session, own, "1000.00")
        post(session, line_of_nobody, EntryKind.DISBURSEMENT, "400.00")
        account = officer(session, mine).id
    ids = own.id, foreign.id
    acting = persons.viewer(account)
    who.act_as(session, acting)
    assert session.get(Project, ids[1]) is None
    assert set(project_money.spent(session, ids)) == {ids[0]}
    made = hand_in(session, session.get(Project, ids[0]), OCTOBER, "10")
    assert made.disbursed == Decimal("400.00"), "the ledger's, though the line names no agency"
    first = session.scalars(select(Milestone).order_by(Milestone.position)).first()
    row = {"id": first.id, "percent": Decimal(40)}
    with written(session):
        projects.replan(session.get(Project, ids[0]), [row], session)
    with pytest.raises(scope.Denied), written(session):
        projects.replan(session.get(Project, ids[0]), [{**row, "weight": Decimal(41)}], session)
    for act in (
        lambda of: project_changes.pause(of, "รอ", session, TODAY),
        lambda of: projects.advance(of, S.FINISHED, session, TODAY),
    ):
        with pytest.raises(scope.Denied), written(session):
            act(session.get(Project, ids[0]))
    who.act_as(session, who.SYSTEM)
    stranger = session.get(Project, ids[1])
    session.expunge(stranger)
    session.info["viewer"] = acting
    with pytest.raises(scope.Denied), written(session):
        progress_reports.report(stranger, OCTOBER, session, TODAY, actual_percent=Decimal(1))
