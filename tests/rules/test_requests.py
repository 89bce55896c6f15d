"""The path of a budget request: costs, steps, resolutions, and enactment in one piece."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from entities import dates
from entities.vocabulary import (
    AgendaPart,
    CommitteeType,
    ReadinessAnswer,
    ReadinessKind,
    RequestStatus,
    RequestStep,
    ResolutionKind,
    SpendingKind,
    Verdict,
)
from figures import requests as figures
from models import (
    BudgetCalendar,
    BudgetLine,
    BudgetRequest,
    District,
    ExpenseCategory,
    PolicyBody,
    Project,
    RequestDecision,
    RequestItem,
)
from rules import enacting, removal, request_decisions, requests, territory
from rules.base import Broken, run_checks
from tests.conftest import LOPBURI, TRANG
from tests.factories import cluster_of
from tests.request_office import (
    HIRED,
    MATERIALS,
    TODAY,
    WORKS,
    advance,
    agency,
    approve,
    baht,
    cost,
    project,
    request,
    resolution,
    written,
)

S, V = RequestStep, Verdict
BEFORE_ENACTED = (S.SCREENING, S.PROVINCE, S.CLUSTER, S.POLICY, S.BUREAU)


@pytest.fixture
def asked(session):
    """A request of Lop Buri with a ceiling, on the day of the tests."""
    session.info["today"] = TODAY
    with written(session):
        made = request(session, ceiling=baht("10000000"))
    yield made
    session.info.pop("today")


@pytest.fixture
def weir(session, asked):
    """A project of 4.5 million baht: works and materials."""
    with written(session):
        return project(session, asked, "ฝายชะลอน้ำ", (WORKS, "3500000"), (MATERIALS, "1000000"))


def refuses(text, act, *told, **more):
    with pytest.raises(Broken, match=text) as caught:
        act(*told, **more)
    return caught.value.field


@given(
    st.integers(1, 10**13),
    st.lists(st.integers(0, 10**12), min_size=1, max_size=12).filter(any),
)
def test_shares_lose_no_satang_and_keep_the_proportion(satang, parts):
    amount, whole = Decimal(satang) / 100, sum(parts)
    split = figures.shares(amount, [Decimal(part) / 100 for part in parts])
    assert sum(split) == amount
    for share, part in zip(split, parts, strict=True):
        assert abs(share * 100 * whole - satang * part) < whole


def test_a_project_asks_for_the_sum_of_its_costs(session, asked, weir):
    assert (weir.requested, weir.priority) == (baht("4500000"), 1)
    with written(session):
        extra = cost(weir, HIRED, "333.33", "1.5")
        session.add(extra)
    assert (extra.amount, weir.requested) == (baht("500.00"), baht("4500500.00"))
    with written(session):
        removal.remove(session, extra, dates.now())
    assert weir.requested == baht("4500000")


def test_an_amount_too_large_for_the_ledger_is_refused(session, weir):
    huge = cost(weir, HIRED, "9999999999999.99", "2")
    session.add(huge)
    assert refuses("too large", session.flush) == "unit_price"
    session.rollback()


def test_names_levels_and_readiness_follow(session, asked, weir):
    assert asked.name == "คำของบประมาณจังหวัดลพบุรี ปีงบประมาณ พ.ศ. 2571"
    with written(session):
        second = request(session, round=2)
        day = BudgetCalendar(fiscal_year=2571, step=S.PROVINCE, due_on=date(2026, 12, 1))
        session.add(day)
        requests.answer(weir, {
            ReadinessKind.AREA: (ReadinessAnswer.READY, "หนังสือยินยอม"),
            ReadinessKind.DRAWINGS: (ReadinessAnswer.NOT_READY, ""),
            ReadinessKind.ENVIRONMENT: (ReadinessAnswer.NOT_NEEDED, ""),
        }, session)  # fmt: skip
    assert second.name.endswith("พ.ศ. 2571 ครั้งที่ 2")
    assert day.name == "ก.บ.จ. เห็นชอบ ปีงบประมาณ พ.ศ. 2571"
    assert weir.readiness == Decimal("16.67")
    with written(session):
        requests.answer(weir, {ReadinessKind.AREA: (None, "")}, session)
    assert weir.readiness == Decimal("0.00")


def test_categories_have_three_levels_and_take_their_path_along(session):
    works = session.get(ExpenseCategory, WORKS)
    assert (works.level, works.kind) == (3, SpendingKind.CAPITAL)
    assert works.path == "งบลงทุน > ค่าครุภัณฑ์ ที่ดินและสิ่งก่อสร้าง > ค่าที่ดินและสิ่งก่อสร้าง"
    with written(session):
        session.get(ExpenseCategory, 301).name = "ครุภัณฑ์และสิ่งก่อสร้าง"
    assert works.path == "งบลงทุน > ครุภัณฑ์และสิ่งก่อสร้าง > ค่าที่ดินและสิ่งก่อสร้าง"
    session.add(ExpenseCategory(name="ลึกเกินไป", parent=works))
    assert refuses("three levels", session.flush) == "parent"
    session.rollback()


def test_two_bodies_never_decide_on_one_day(session):
    assert figures.policy_body(session, date(2022, 8, 19)).short_name == "ก.น.จ."
    assert figures.policy_body(session, date(2022, 8, 20)).short_name == "ก.น.บ."
    session.add(PolicyBody(name="อีกคณะ", short_name="อีกคณะ", valid_from=date(2020, 1, 1)))
    session.flush()
    refuses("decides in these days already", run_checks, session)
    session.rollback()


def test_a_priority_belongs_to_one_project_and_moves_by_one(session, asked, weir):
    with written(session):
        road = project(session, asked, "ถนน", (WORKS, "1000"))
        third = project(session, asked, "อาคาร", (WORKS, "1000"))
    session.add(RequestItem(name="ซ้ำ", request=asked, agency=weir.agency, priority=2))
    assert refuses("Priority 2 is that of “ถนน” already", session.flush) == "priority"
    session.rollback()
    with written(session):
        requests.swap(third, -1, session)
        requests.swap(weir, -1, session)
    assert [one.name for one in figures.items(session, asked.id)] == ["ฝายชะลอน้ำ", "อาคาร", "ถนน"]
    assert [weir.priority, third.priority, road.priority] == [1, 2, 3]


def test_no_step_is_skipped_or_taken_twice_and_days_go_forward(session, asked, weir):
    refuses("waits for “Screening”", approve, session, weir, S.PROVINCE, "4500000")
    with written(session):
        approve(session, weir, S.SCREENING, "4500000")
    assert (weir.step, weir.screened, asked.step) == (S.SCREENING, baht("4500000"), S.SCREENING)
    refuses("no step is skipped", approve, session, weir, S.SCREENING, "4500000")
    refuses("no step is skipped", approve, session, weir, S.POLICY, "4500000")
    yesterday, tomorrow = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
    assert (
        refuses("cannot be earlier", approve, session, weir, S.PROVINCE, "1", day=yesterday)
        == "decided_on"
    )
    assert (
        refuses("has not come", approve, session, weir, S.PROVINCE, "1", day=tomorrow)
        == "decided_on"
    )


def test_amounts_fall_freely_and_rise_only_with_a_reason(session, weir):
    with written(session):
        approve(session, weir, S.SCREENING, "4000000")
    above = refuses("had 4,000,000.00 baht", approve, session, weir, S.PROVINCE, "4000000.01")
    assert above == "override_reason"
    with written(session):
        made = approve(session, weir, S.PROVINCE, "4200000", override_reason="ราคาวัสดุเพิ่ม")
    assert (made.override_reason, weir.by_province) == ("ราคาวัสดุเพิ่ม", baht("4200000"))
    refuses("cannot be negative", approve, session, weir, S.CLUSTER, "-1")


def test_the_committees_decide_by_a_resolution_of_their_own(session, asked, weir):
    with written(session):
        ours = resolution(session, TODAY)
        heard = resolution(session, TODAY, ResolutionKind.ACKNOWLEDGE)
        foreign = resolution(session, TODAY, province_id=TRANG)
        cluster = resolution(session, TODAY, type_=CommitteeType.CLUSTER)
        approve(session, weir, S.SCREENING, "4500000")
    step = (session, weir, S.PROVINCE, "4500000")
    assert refuses("Choose the resolution of ก.บ.จ.", approve, *step) == "resolution"
    for wrong in (foreign, cluster):
        assert (
            refuses("does not decide at the step", approve, *step, resolution=wrong) == "resolution"
        )
    assert refuses("decides nothing", approve, *step, resolution=heard) == "resolution"
    with written(session):
        session.get(type(ours.meeting), ours.meeting_id).meets_on = TODAY - timedelta(days=1)
        weir.request.note = "x"
    assert refuses("was held on", approve, *step, resolution=ours) == "decided_on"
    with written(session):
        ours.meeting.meets_on = TODAY
        made = approve(session, weir, S.PROVINCE, "4500000", resolution=ours)
        approve(session, weir, S.CLUSTER, "4500000", resolution=cluster)
    assert made.body == ours.meeting.name
    assert asked.step is S.CLUSTER


def test_only_what_decides_stands_behind_a_decision_at_any_step(session, asked, weir):
    """What is known to none, or certifies minutes, is neither offered nor taken by its id."""
    kinds, parts = ResolutionKind, AgendaPart
    with written(session):
        good = {resolution(session, TODAY, kind).id for kind in (kinds.APPROVE, kinds.AUTHORISE)}
        refused = resolution(session, TODAY, kinds.REJECT)
        earlier = resolution(session, TODAY - timedelta(days=30)).id
        idle = [resolution(session, TODAY, kind) for kind in (
            kinds.ACKNOWLEDGE, kinds.ASSIGN, kinds.REVISE, kinds.POSTPONE)]  # fmt: skip
        for part in (parts.CHAIR, parts.MINUTES, parts.INFORM):
            idle.append(resolution(session, TODAY))
            idle[-1].agenda_item.part = part
        tomorrow = resolution(session, TODAY + timedelta(days=1)).id
    for step in (S.SCREENING, S.PROVINCE):
        offered = [one.id for one in figures.resolutions(session, asked, step, TODAY)]
        assert {*offered} == {*good, refused.id, earlier}, tomorrow
        assert offered[-1] == earlier, "the newest meeting stands first"
    for verdict in V:
        for one in idle:
            told = (weir, S.SCREENING, verdict, baht("1"), TODAY, session)
            assert refuses("decides nothing", request_decisions.decide, *told, comment="ก",
                           resolution=one) == "resolution"  # fmt: skip
    told = (session, weir, S.SCREENING, "1")
    assert refuses("approves nothing", approve, *told, resolution=refused) == "resolution"
    with written(session):
        request_decisions.decide(
            weir, S.SCREENING, V.REJECT, baht("0"), TODAY, session, comment="ก", resolution=refused
        )
    assert weir.status is RequestStatus.REJECTED


def test_a_meeting_from_before_this_system_is_told_in_the_comment(session, weir):
    with written(session):
        approve(session, weir, S.SCREENING, "4500000")
    assert (
        refuses("write its number", approve, session, weir, S.PROVINCE, "1", comment=" ")
        == "comment"
    )
    with written(session):
        made = approve(session, weir, S.PROVINCE, "1", comment="ครั้งที่ 9/2568 วันที่ 5 พ.ย. 2568")
    assert (made.resolution_id, made.body) == (None, "ก.บ.จ.")


def test_the_policy_body_is_that_of_the_day(session, asked, weir):
    session.info["today"] = date(2022, 8, 20)
    old, new = date(2022, 8, 19), date(2022, 8, 20)
    with written(session):
        road = project(session, asked, "ถนน", (WORKS, "1000"))
        for item in (weir, road):
            for step in (S.SCREENING, S.PROVINCE, S.CLUSTER):
                approve(session, item, step, "1000", day=old)
        made = [
            approve(session, weir, S.POLICY, "1000", day=old),
            approve(session, road, S.POLICY, "1000", day=new),
        ]
    assert [one.body for one in made] == ["ก.น.จ.", "ก.น.บ."]


def test_a_refusal_needs_its_reason_frees_the_priority_and_can_be_taken_back(session, asked, weir):
    told = (weir, S.SCREENING, V.REJECT, baht("5"), TODAY, session)
    assert refuses("reason for the refusal", request_decisions.decide, *told) == "comment"
    with written(session):
        made = request_decisions.decide(*told, comment="พื้นที่ไม่พร้อม")
    assert (made.amount, weir.screened, weir.status) == (
        baht("0"),
        baht("0"),
        RequestStatus.REJECTED,
    )
    assert (weir.reject_reason, asked.step) == ("พื้นที่ไม่พร้อม", S.SCREENING)
    weir.name = "แก้ไข"
    refuses("kept as it is", session.flush)
    session.rollback()
    with written(session):
        project(session, asked, "ถนน", (WORKS, "1000"), priority=1)
        request_decisions.take_back(weir, "บันทึกผิดโครงการ", session)
    assert (weir.status, weir.step, weir.screened, weir.priority) == (
        RequestStatus.OPEN, S.DRAFT, None, 2,
    )  # fmt: skip
    assert session.scalar(select(func.count()).select_from(RequestDecision)) == 0
    refuses("Nothing was decided", request_decisions.take_back, weir, "x", session)


def test_costs_are_kept_from_the_first_decision_on(session, weir):
    with written(session):
        approve(session, weir, S.SCREENING, "4500000")
    session.add(cost(weir, HIRED, "5"))
    refuses("kept since its screening", session.flush)
    session.rollback()
    figures.costs_of(session, [weir])[weir.id][0].unit_price = baht("1")
    refuses("kept since its screening", session.flush)
    session.rollback()
    weir.objectives = "ถ้อยคำยังแก้ไขได้จนกว่าจะมีผล"
    session.flush()
    session.rollback()


def test_enacting_makes_the_project_and_its_lines(session, asked, weir):
    with written(session):
        advance(session, weir, "4500000", *BEFORE_ENACTED)
        made = request_decisions.enact(weir, baht("1000000.01"), TODAY, session)
    assert (made.budget, made.fiscal_year, made.agency_id) == (
        baht("1000000.01"),
        2571,
        weir.agency_id,
    )
    lines = list(session.scalars(select(BudgetLine).order_by(BudgetLine.id)))
    assert [(one.expense_category_id, one.enacted, one.kind) for one in lines] == [
        (MATERIALS, baht("222222.22"), SpendingKind.CURRENT), (WORKS, baht("777777.79"), SpendingKind.CAPITAL)
    ]  # fmt: skip
    for line in lines:
        assert (line.project_id, line.request_item_id, line.province_id) == (
            made.id,
            weir.id,
            LOPBURI,
        )
        assert (line.opens_on, line.closes_on) == (date(2027, 10, 1), date(2028, 9, 30))
        assert line.net_budget == 0, "money is received by entries, not by the act"
    assert (weir.status, weir.enacted, asked.step) == (
        RequestStatus.ENACTED, baht("1000000.01"), S.ENACTED,
    )  # fmt: skip
    refuses("kept as it is", request_decisions.enact, weir, baht("1"), TODAY, session)
    refuses("project and budget lines stand on it", request_decisions.take_back, weir, "x", session)


def test_a_failed_enactment_leaves_nothing(session, asked, weir, monkeypatch):
    with written(session):
        advance(session, weir, "4500000", *BEFORE_ENACTED)
    made = enacting._line

    def fails_at_the_second(item, project, category, amount, single):
        if category.id == WORKS:
            raise Broken("the second line fails")
        return made(item, project, category, amount, single)

    monkeypatch.setattr(enacting, "_line", fails_at_the_second)
    with pytest.raises(Broken), written(session):
        request_decisions.enact(weir, baht("4000000"), TODAY, session)
    session.rollback()
    assert (weir.status, weir.step, weir.enacted) == (RequestStatus.OPEN, S.BUREAU, None)
    for entity in (Project, BudgetLine):
        assert session.scalar(select(func.count()).select_from(entity)) == 0
    assert session.scalar(select(func.count()).select_from(RequestDecision)) == len(BEFORE_ENACTED)


def test_nothing_without_costs_or_money_is_enacted(session, asked):
    with written(session):
        bare = project(session, asked, "ไม่มีรายการ")
        advance(session, bare, "0", *BEFORE_ENACTED)
    refuses("Nothing was enacted", request_decisions.enact, bare, baht("0"), TODAY, session)
    session.rollback()
    refuses(
        "no costs",
        request_decisions.enact,
        bare,
        baht("5"),
        TODAY,
        session,
        override_reason="สภาเพิ่มให้",
    )
    session.rollback()


def test_a_cluster_has_no_provincial_step(session, asked):
    with written(session):
        cluster = cluster_of(session, LOPBURI).id
        theirs = request(session, cluster_id=cluster)
        item = project(session, theirs, "โลจิสติกส์", (WORKS, "1000"), agency=agency(session))
        approve(session, item, S.SCREENING, "1000")
    refuses("waits for “Cluster committee”", approve, session, item, S.PROVINCE, "1000")
    with written(session):
        advance(session, item, "900", S.CLUSTER, S.POLICY, S.BUREAU)
        made = request_decisions.enact(item, baht("900"), TODAY, session)
    assert (made.cluster_id, made.province_id) == (cluster, None)
    assert session.scalar(select(BudgetLine.cluster_id)) == cluster
    assert theirs.name.startswith("คำของบประมาณกลุ่มจังหวัด")


def test_a_sheet_decides_all_or_none_and_names_who_does_not_hold(session, asked, weir):
    with written(session):
        road = project(session, asked, "ถนน", (WORKS, "1000"))
    told = {
        weir: request_decisions.Line(V.APPROVE, baht("4000000")),
        road: request_decisions.Line(V.APPROVE, baht("1000.01")),
    }
    refuses(
        "“ถนน” had 1,000.00 baht",
        request_decisions.decide_sheet,
        told,
        S.SCREENING,
        TODAY,
        None,
        session,
    )
    session.rollback()
    assert (weir.step, road.step) == (S.DRAFT, S.DRAFT)
    told[road] = request_decisions.Line(V.REJECT, baht("0"), comment="ซ้ำซ้อน")
    with written(session):
        assert request_decisions.decide_sheet(told, S.SCREENING, TODAY, None, session) == 2
    found = figures.totals(asked, figures.items(session, asked.id))
    assert (found.requested, found.current) == (baht("4501000"), baht("4000000"))
    assert (found.items, found.refused, found.percent) == (1, 1, Decimal("40.00"))
    assert found.steps == {S.SCREENING: baht("4000000")}


def test_a_request_stands_where_its_least_advanced_project_stands(session, asked, weir):
    with written(session):
        road = project(session, asked, "ถนน", (WORKS, "1000"))
        advance(session, weir, "1", S.SCREENING, S.PROVINCE)
    assert asked.step is S.DRAFT
    with written(session):
        advance(session, road, "1", S.SCREENING)
    assert asked.step is S.SCREENING
    with written(session):
        request_decisions.decide(
            road, S.PROVINCE, V.REJECT, baht("0"), TODAY, session, comment="ไม่พร้อม"
        )
    assert asked.step is S.PROVINCE


def test_a_refused_project_comes_back_next_year_as_a_new_idea(session, asked, weir):
    with written(session):
        request_decisions.decide(
            weir, S.SCREENING, V.REJECT, baht("0"), TODAY, session, comment="ไม่พร้อม"
        )
        after = request(session, year=2572)
        made = requests.copy(weir, after, session)
    assert (made.name, made.status, made.step, made.priority) == (
        weir.name, RequestStatus.OPEN, S.DRAFT, 1,
    )  # fmt: skip
    assert (made.requested, made.screened) == (baht("4500000"), None)
    assert [item.id for item, _year in figures.earlier_items(session, after)] == [weir.id]


def test_totals_say_by_how_much_the_ceiling_is_exceeded(session, asked):
    with written(session):
        project(session, asked, "ใหญ่", (WORKS, "12500000"))
    found = figures.totals(asked, figures.items(session, asked.id))
    assert (found.over, found.percent, found.over_percent) == (
        baht("2500000"), Decimal("125.00"), Decimal("25.00"),
    )  # fmt: skip
    with written(session):
        bare = request(session, year=2572)
    none = figures.totals(bare, [])
    assert (none.current, none.percent, none.over_percent) == (0, None, None)


def test_what_the_calendar_says_is_late(session, asked, weir):
    with written(session):
        for step, day in ((S.SCREENING, TODAY - timedelta(days=9)), (S.PROVINCE, TODAY)):
            session.add(BudgetCalendar(fiscal_year=2571, step=step, due_on=day))
    first, second = figures.calendar(session, asked, TODAY)
    assert (first.late, first.days, second.late) == (True, -9, False)
    assert [request.id for request, _due in figures.late_requests(session, TODAY)] == [asked.id]
    with written(session):
        approve(session, weir, S.SCREENING, "1")
    assert figures.calendar(session, asked, TODAY)[0].done
    assert figures.late_requests(session, TODAY) == []
    assert session.scalar(select(BudgetRequest.step)) is S.SCREENING


def test_a_district_lies_in_the_province_or_the_cluster(session, asked):
    cluster = cluster_of(session, LOPBURI)
    ours, theirs = (
        session.scalars(select(District).where(District.province_id == key).limit(1)).one()
        for key in (LOPBURI, TRANG)
    )
    with written(session):
        shared = request(session, cluster_id=cluster.id)
        own = project(session, asked, "ฝาย", (WORKS, "100"), district=ours)
        common = project(session, shared, "ถนนกลุ่มจังหวัด", (WORKS, "100"), district_id=ours.id)
        run_checks(session)
        for item in (own, common):
            item.district = theirs
            session.flush()
            with pytest.raises(Broken, match="does not lie in the area") as caught:
                run_checks(session)
            assert caught.value.field == "district_id"
            item.district = ours


@pytest.fixture
def elsewhere(session, asked):
    """A district of Trang, and a project of Lop Buri that names it from before that was refused."""
    theirs = session.scalars(select(District).where(District.province_id == TRANG).limit(1)).one()
    with written(session):
        item = project(session, asked, "ฝายเก่า", (WORKS, "100"))
        item.district = theirs
        session.flush()
        session.info.pop(territory.GIVEN)
    return theirs, item


def test_an_old_record_with_a_district_elsewhere_is_saved_as_it_is(session, asked, elsewhere):
    theirs, item = elsewhere
    with written(session):
        item.rationale = "เขียนเพิ่ม"
        advance(session, item, "100", *BEFORE_ENACTED)
        made = request_decisions.enact(item, baht("100"), TODAY, session)
        later = requests.copy(item, request(session, year=2572), session)
    assert territory.foreign_district(item, session) is theirs
    assert made.district_id == theirs.id, "what was asked for is enacted"
    assert later.district_id is None
    with written(session):
        made.place = "ริมคลอง"


def test_who_gives_it_a_district_gives_a_right_one(session, asked, elsewhere):
    theirs, item = elsewhere
    ours = session.scalars(select(District).where(District.province_id == LOPBURI).limit(1)).one()
    with written(session):
        item.district_id = ours.id
    for key, value in (("district_id", theirs.id), ("district", theirs)):
        with pytest.raises(Broken, match="does not lie in the area"), written(session):
            setattr(item, key, value)
        session.rollback()
        assert item.district_id == ours.id
    with written(session):
        item.rationale = "หลังจากถูกปฏิเสธแล้วบันทึกได้"
