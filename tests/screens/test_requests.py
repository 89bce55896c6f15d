"""The planner's screens: a request from its first cost to the budget line, and who may not."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from entities import dates
from entities.vocabulary import GrantScope, ReadinessKind, RequestStatus, RequestStep, Role
from models import (
    AuditEntry,
    BudgetCalendar,
    BudgetLine,
    BudgetRequest,
    District,
    Project,
    Readiness,
    RequestCost,
    RequestDecision,
    RequestItem,
)
from rules import territory
from tests.conftest import CHAINAT, LOPBURI, TRANG, make_user
from tests.factories import cluster_of
from tests.pages import open_form
from tests.request_office import (
    MATERIALS,
    WORKS,
    advance,
    agency,
    approve,
    baht,
    project,
    request,
    resolution,
    written,
)

S = RequestStep
PATH = [S.SCREENING, S.PROVINCE, S.CLUSTER, S.POLICY, S.BUREAU, S.ENACTED]


@pytest.fixture
def asked(session):
    """A request of Lop Buri over its ceiling, with two projects of two agencies."""
    with written(session):
        made = request(session, ceiling=baht("1000000"))
        project(session, made, "ฝายชะลอน้ำ", (WORKS, "900000"), (MATERIALS, "100000.50"))
        project(session, made, "ถนนเลียบคลอง", (WORKS, "250000"))
    return made.id


def found(session, request_id):
    wanted = select(RequestItem).where(RequestItem.request_id == request_id)
    return list(session.scalars(wanted.order_by(RequestItem.priority)))


def items(session, request_id):
    """The projects as the client left them."""
    session.rollback()
    return found(session, request_id)


def sheet(client, request_id, **told):
    """Open a decide sheet and send it as it stands, with what is typed over it."""
    url = f"/admin/budget_request/decide/?id={request_id}"
    page = client.get(url)
    assert page.status_code == 200
    html = page.get_data(as_text=True)
    data = {
        "csrf_token": client.csrf,
        **dict(re.findall(r'name="(row_version|step)" value="([^"]*)"', html)),
        **dict(re.findall(r'name="(amount-\d+)" value="([^"]*)"', html)),
        **dict.fromkeys(re.findall(r'name="(verdict-\d+)"', html), "approve"),
        "comment": "มติ ครั้งที่ 9/2569",
    }
    return client.post(url, data={**data, **told})


def post(client, url, **data):
    return client.post(url, data={"csrf_token": client.csrf, **data})


def test_the_page_always_says_what_stands_against_the_ceiling(session, persons, asked):
    page = persons.client("planner").get(f"/admin/budget_request/details/?id={asked}")
    html = page.get_data(as_text=True)
    for said in (
        "1,250,000.50",
        "1,000,000.00",
        "250,000.50",
        "ร้อยละ 25.00",
        "ฝายชะลอน้ำ",
        "ceiling over",
    ):
        assert said in html
    within = persons.client("governor").get(f"/admin/budget_request/details/?id={asked}")
    assert within.status_code == 200
    assert "/decide/" not in within.get_data(as_text=True)


def test_a_project_for_a_request_out_of_reach_loses_nothing_typed(session, persons):
    """A cluster's request is read, but not offered; picked all the same it is refused at its field."""
    with written(session):
        own = agency(session).id
        theirs = request(session, cluster_id=cluster_of(session, LOPBURI).id).id
    session.rollback()
    planner, new = persons.client("planner"), "/admin/request_item/new/"
    told = {"request_id": str(theirs), "name": "ฝายที่พิมพ์ไว้", "agency_id": str(own), "priority": "1"}
    answer = planner.post(new, data={**open_form(planner, new), **told})
    assert answer.status_code == 422
    assert "ฝายที่พิมพ์ไว้" in answer.text
    assert 'id="request_id-err"' in answer.text
    session.rollback()
    assert session.scalar(select(func.count()).select_from(RequestItem)) == 0


def test_a_project_names_the_form_it_is_printed_on(session, persons, asked):
    item_id = items(session, asked)[0].id
    session.rollback()
    page = persons.client("planner").get(f"/admin/request_item/details/?id={item_id}").text
    assert re.search(r"<dt>แบบฟอร์ม</dt>\s*<dd>จ\.1-1</dd>", page)


def test_a_whole_request_goes_from_idea_to_budget_lines_on_six_sheets(session, persons, asked):
    planner = persons.client("planner")
    first, _second = (item.id for item in items(session, asked))
    cuts = {S.BUREAU: {f"amount-{first}": "๘๐๐,๐๐๐.๒๕"}}
    for step in PATH:
        answer = sheet(planner, asked, **cuts.get(step, {}))
        assert answer.status_code == 302, (step, answer.get_data(as_text=True)[-2000:])
    weir, road = items(session, asked)
    assert (weir.status, weir.enacted, road.enacted) == (
        RequestStatus.ENACTED, baht("800000.25"), baht("250000"),
    )  # fmt: skip
    assert session.get(BudgetRequest, asked).step is S.ENACTED
    assert session.scalar(select(func.count()).select_from(RequestDecision)) == 12
    budgets = {one.id: one.budget for one in session.scalars(select(Project))}
    lines = list(session.scalars(select(BudgetLine)))
    assert len(lines) == 3
    for key, budget in budgets.items():
        assert sum(line.enacted for line in lines if line.project_id == key) == budget
    page = planner.get(f"/admin/request_item/details/?id={first}").get_data(as_text=True)
    assert "/admin/project/details/" in page
    assert "/take-back/" not in page


def test_a_resolution_is_picked_once_and_gives_the_day(session, persons, asked):
    planner = persons.client("planner")
    yesterday = dates.today()
    with written(session):
        ours = resolution(session, yesterday)
        foreign = resolution(session, yesterday, province_id=TRANG)
        for item in found(session, asked):
            approve(session, item, S.SCREENING, str(item.requested), day=yesterday)
    ours_id, foreign_id = ours.id, foreign.id
    session.rollback()
    html = planner.get(f"/admin/budget_request/decide/?id={asked}").get_data(as_text=True)
    assert f'value="{ours_id}"' in html
    assert f'value="{foreign_id}"' not in html
    assert sheet(planner, asked).status_code == 422
    assert sheet(planner, asked, resolution=foreign_id).status_code == 422
    assert sheet(planner, asked, resolution=ours_id).status_code == 302
    for item in items(session, asked):
        assert item.step is S.PROVINCE
    made = session.scalars(select(RequestDecision).where(RequestDecision.step == S.PROVINCE))
    assert {(one.resolution_id, one.decided_on) for one in made} == {(ours_id, yesterday)}


def test_a_sheet_refused_keeps_what_was_typed_and_writes_nothing(session, persons, asked):
    planner = persons.client("planner")
    first, second = (item.id for item in items(session, asked))
    for typed in ("1,000,001.123", "2,000,000", "x"):
        answer = sheet(
            planner, asked, **{f"amount-{first}": typed, f"comment-{second}": "แบบไม่ครบ"}
        )
        html = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert f'value="{typed}"' in html
        assert "แบบไม่ครบ" in html
    assert session.scalar(select(func.count()).select_from(RequestDecision)) == 0
    told = {
        f"verdict-{first}": "reject",
        f"comment-{first}": "พื้นที่ไม่พร้อม",
        f"verdict-{second}": "later",
    }
    assert sheet(planner, asked, **told).status_code == 302
    weir, road = items(session, asked)
    assert (weir.status, weir.reject_reason, road.step) == (
        RequestStatus.REJECTED, "พื้นที่ไม่พร้อม", S.DRAFT,
    )  # fmt: skip


def test_a_sheet_opened_before_someone_elses_decision_is_not_carried_out(session, persons, asked):
    planner = persons.client("planner")
    answer = sheet(planner, asked, row_version="1.1,2.1")
    assert answer.status_code == 422
    assert session.scalar(select(func.count()).select_from(RequestDecision)) == 0


def test_costs_are_entered_line_by_line_and_kept_after_screening(session, persons, asked):
    planner, url = persons.client("planner"), "/admin/request_item/"
    weir = items(session, asked)[0].id
    told = {
        "expense_category_id": MATERIALS,
        "name": "ท่อ",
        "quantity": "๒.๕",
        "unit": "ท่อน",
        "unit_price": "1,000.33 บาท",
    }
    assert post(planner, f"{url}cost/?id={weir}", **told).status_code == 302
    assert items(session, asked)[0].requested == baht("1002501.33")
    for wrong in ({"unit_price": "1.234"}, {"unit_price": "-5"}, {"quantity": "0"}, {"name": " "},
                  {"expense_category_id": "999"}, {"unit_price": "99999999999999999"},
                  {"name": "ก" * 1001}, {"unit": "ก" * 301}):  # fmt: skip
        answer = post(planner, f"{url}cost/?id={weir}", **{**told, **wrong})
        assert answer.status_code == 422, wrong
    added = session.scalar(select(RequestCost.id).where(RequestCost.name == "ท่อ"))
    session.rollback()
    assert post(planner, f"{url}cost/remove/?id={weir}", cost=added).status_code == 302
    assert items(session, asked)[0].requested == baht("1000000.50")
    with written(session):
        approve(session, session.get(RequestItem, weir), S.SCREENING, "1000000", day=dates.today())
    session.rollback()
    assert post(planner, f"{url}cost/?id={weir}", **told).status_code == 422
    assert 'action="/admin/request_item/cost/' not in planner.get(
        f"{url}details/?id={weir}"
    ).get_data(as_text=True)


def test_the_checklist_is_one_sheet(session, persons, asked):
    planner = persons.client("planner")
    weir = items(session, asked)[0].id
    told = {f"answer-{kind.value}": "ready" for kind in ReadinessKind}
    url = f"/admin/request_item/checklist/?id={weir}"
    assert post(planner, url, row_version="", **told).status_code == 302
    assert items(session, asked)[0].readiness == baht("100")
    assert post(planner, url, row_version="", **told).status_code == 422, "opened before that save"
    assert session.scalar(select(func.count()).select_from(Readiness)) == len(ReadinessKind)


def test_one_project_is_decided_and_taken_back_on_its_page(session, persons, asked):
    planner = persons.client("planner")
    weir = items(session, asked)[0].id
    url = f"/admin/request_item/decide/?id={weir}"
    assert planner.get(url).status_code == 200
    told = {"verdict": "approve", "amount": "500,000", "decided_on": "", "comment": "พร้อม"}
    assert post(planner, url, **{**told, "amount": ""}).status_code == 422
    assert post(planner, url, **told).status_code == 302
    assert items(session, asked)[0].screened == baht("500000")
    back = f"/admin/request_item/take-back/?id={weir}"
    assert post(planner, back, reason="").status_code == 422
    assert post(planner, back, reason="บันทึกผิด").status_code == 302
    assert (items(session, asked)[0].step, items(session, asked)[0].screened) == (S.DRAFT, None)


def test_priorities_move_and_a_new_project_takes_the_next(session, persons, asked):
    planner = persons.client("planner")
    second = items(session, asked)[1].id
    answer = post(planner, f"/admin/budget_request/move/?id={asked}", item=second, by="-1")
    assert answer.status_code == 302
    assert [one.name for one in items(session, asked)] == ["ถนนเลียบคลอง", "ฝายชะลอน้ำ"]
    form = open_form(planner, f"/admin/request_item/new/?request_id={asked}")
    assert form["priority"] == "3"
    taken = {
        **form,
        "name": "ซ้ำลำดับ",
        "priority": "1",
        "agency_id": items(session, asked)[0].agency_id,
    }
    session.rollback()
    answer = planner.post(f"/admin/request_item/new/?request_id={asked}", data=taken)
    assert answer.status_code == 422
    assert "ถนนเลียบคลอง" in answer.get_data(as_text=True)


def test_a_refused_project_is_brought_over_with_its_costs(session, persons, asked):
    planner = persons.client("planner")
    with written(session):
        after = request(session, year=2572).id
    weir = items(session, asked)[0].id
    session.rollback()
    answer = post(planner, f"/admin/budget_request/copy/?id={after}", item=weir)
    assert answer.status_code == 302
    (made,) = items(session, after)
    assert (made.name, made.requested, made.step) == ("ฝายชะลอน้ำ", baht("1000000.50"), S.DRAFT)


def test_another_province_and_other_roles_stand_outside(session, persons, asked):
    weir = items(session, asked)[0].id
    session.rollback()
    stranger = persons.client("planner", TRANG)
    neighbour = persons.client("planner", CHAINAT)
    for client in (stranger, neighbour):
        for url in (
            f"/admin/budget_request/details/?id={asked}",
            f"/admin/budget_request/decide/?id={asked}",
            f"/admin/budget_request/form/?id={asked}&form=list",
            f"/admin/request_item/details/?id={weir}",
        ):
            assert client.get(url).status_code == 404, url
        assert post(client, f"/admin/request_item/cost/?id={weir}", name="x").status_code == 404
    for role in ("governor", "finance", "auditor"):
        client = persons.client(role, None if role == "auditor" else LOPBURI)
        assert client.get(f"/admin/budget_request/details/?id={asked}").status_code == 200
        assert client.get(f"/admin/budget_request/decide/?id={asked}").status_code == 403
        assert client.get(f"/admin/request_item/decide/?id={weir}").status_code == 403
        assert post(client, f"/admin/request_item/cost/?id={weir}", name="x").status_code == 403
        assert (
            post(client, f"/admin/budget_request/move/?id={asked}", item=weir, by="1").status_code
            == 403
        )


def test_an_agencys_officer_reads_the_own_agencys_projects_alone(session, persons, asked):
    weir, road = items(session, asked)
    ours, theirs, office = weir.id, road.id, weir.agency_id
    with written(session):
        officer = make_user(
            session, "officer.irrigation", Role.AGENCY_OFFICER, GrantScope.AGENCY,
            province_id=LOPBURI, agency_id=office,
        ).id  # fmt: skip
    client = persons.client_of(officer)
    page = client.get(f"/admin/request_item/details/?id={ours}")
    assert page.status_code == 200
    assert "900,000.00" not in page.get_data(as_text=True), "costs are the office's"
    assert client.get(f"/admin/request_item/details/?id={theirs}").status_code == 404
    listed = client.get("/admin/request_item/").get_data(as_text=True)
    assert "ฝายชะลอน้ำ" in listed
    assert "ถนนเลียบคลอง" not in listed
    assert client.get("/admin/budget_request/").status_code == 403


def test_forms_leave_through_the_audit(session, persons, asked):
    governor = persons.client("governor")
    for form in ("list", "briefs", "annual"):
        answer = governor.get(f"/admin/budget_request/form/?id={asked}&form={form}")
        assert answer.status_code == 200
        assert answer.data[:2] == b"PK"
        assert (
            "filename*=UTF-8''%E0%B9%81%E0%B8%9A%E0%B8%9A" in answer.headers["Content-Disposition"]
        )
    assert governor.get(f"/admin/budget_request/form/?id={asked}&form=other").status_code == 404
    weir = items(session, asked)[0].id
    session.rollback()
    assert governor.get(f"/admin/request_item/form/?id={weir}").status_code == 200
    entered = session.scalars(select(AuditEntry.entity).where(AuditEntry.act == "export"))
    assert sorted(entered) == ["budget_request"] * 3 + ["request_item"]


def test_what_is_late_stands_on_the_page(session, persons, asked):
    with written(session):
        day = dates.today() - timedelta(days=3)
        session.add(BudgetCalendar(fiscal_year=2571, step=S.SCREENING, due_on=day))
    page = persons.client("planner").get(f"/admin/budget_request/details/?id={asked}")
    assert dates.short_date(day, "th") in page.get_data(as_text=True)
    assert "note warn" in page.get_data(as_text=True)


def test_a_province_narrower_than_its_cluster_reads_the_clusters_request(session, persons, asked):
    with written(session):
        theirs = request(session, cluster_id=cluster_of(session, LOPBURI).id)
        item = project(
            session, theirs, "ท่าเรือ", (WORKS, "10"), agency=agency(session, name="เจ้าท่า")
        )
        advance(session, item, "10", S.SCREENING)
    key = theirs.id
    session.rollback()
    planner = persons.client("planner")
    page = planner.get(f"/admin/budget_request/details/?id={key}").get_data(as_text=True)
    assert "ท่าเรือ" in page
    assert "/decide/" not in page
    assert planner.get(f"/admin/budget_request/decide/?id={key}").status_code == 403


def test_a_project_is_offered_the_districts_of_its_own_province(session, persons, asked):
    planner = persons.client("planner")
    new = f"/admin/request_item/new/?request_id={asked}"
    offered = (
        planner.get(new).get_data(as_text=True).split('name="district_id"')[1].split("</select>")[0]
    )
    ours = session.scalars(select(District.id).where(District.province_id == LOPBURI)).all()
    assert {int(key) for key in re.findall(r'value="(\d+)"', offered)} == set(ours)
    foreign = session.scalar(select(District.id).where(District.province_id == TRANG).limit(1))
    session.rollback()
    office = items(session, asked)[0].agency_id
    session.rollback()
    form = open_form(planner, new) | {"name": "ไกลบ้าน", "agency_id": office, "district_id": foreign}
    answer = planner.post(new, data=form)
    assert answer.status_code == 422
    assert "ไม่ได้อยู่ในจังหวัด" in answer.get_data(as_text=True)


def test_the_page_tells_each_step_and_keeps_a_costs_category(session, persons, asked):
    planner = persons.client("planner")
    weir = items(session, asked)[0].id
    page = planner.get(f"/admin/request_item/details/?id={weir}").get_data(as_text=True)
    assert f'value="{MATERIALS}" selected' in page, "the next cost begins where the last one ended"
    with written(session):
        bare = project(session, session.get(BudgetRequest, asked), "ยังไม่มีค่าใช้จ่าย").id
    session.rollback()
    page = planner.get(f"/admin/request_item/details/?id={bare}").get_data(as_text=True)
    assert '<option value=""></option>' in page.split('name="expense_category_id"')[1][:80]
    assert sheet(planner, asked).status_code == 302
    page = planner.get(f"/admin/request_item/details/?id={weir}").get_data(as_text=True)
    assert "จัดทำคำขอ → กลั่นกรอง" in page


def test_a_comment_too_long_is_told_and_not_cut(session, persons, asked):
    planner = persons.client("planner")
    answer = sheet(planner, asked, comment="ก" * 20_001)
    assert answer.status_code == 422
    assert "20,001" in answer.get_data(as_text=True)
    assert session.scalar(select(func.count()).select_from(RequestDecision)) == 0


def test_an_old_project_with_a_district_elsewhere_says_so_and_is_saved(session, persons, asked):
    item = found(session, asked)[0]
    theirs = session.scalars(select(District).where(District.province_id == TRANG).limit(1)).one()
    with written(session):
        item.district = theirs
        session.flush()
        session.info.pop(territory.GIVEN)
    key, district_id = item.id, theirs.id
    session.rollback()
    planner, url = persons.client("planner"), f"/admin/request_item/edit/?id={key}"
    page = planner.get(f"/admin/request_item/details/?id={key}").get_data(as_text=True)
    assert f"อำเภอ{theirs.name}" in page
    assert "ไม่ได้อยู่ในจังหวัดหรือกลุ่มจังหวัดของรายการนี้" in page
    form = open_form(planner, url)
    assert form["district_id"] == str(district_id)
    assert planner.post(url, data={**form, "objectives": "เขียนเพิ่ม"}).status_code == 302
    (after, *_others) = items(session, asked)
    assert (after.objectives, after.district_id) == ("เขียนเพิ่ม", district_id)
