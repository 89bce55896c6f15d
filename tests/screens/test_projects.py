"""Projects on the screens: the page and its sheet, the phone's form, who may not, windows, the desk."""

import io
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from entities import dates
from entities.vocabulary import EntryKind, ProjectStatus, Severity
from figures import projects as figures
from models import (
    Attachment,
    District,
    Milestone,
    Outcome,
    Problem,
    ProgressReport,
    Project,
    ProjectChange,
    ReportingWindow,
)
from rules import progress_reports, project_changes
from tests.conftest import LOPBURI, TRANG
from tests.pages import open_form
from tests.project_office import agency, line, officer, planned, post, project, trouble, written

S = ProjectStatus
PAGE = "/admin/project/details/?id={}"
SHEET = r'name="((?:name|weight|plan_start|plan_end|percent|actual_end)-[^"]+)" value="([^"]*)"'
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + bytes(40)


class Office:
    """Two agencies of Lop Buri, a project of each that began two months ago, and an officer."""

    def __init__(self, session, persons):
        self.today = dates.today()
        self.month = figures.month_before(self.today)
        span = {
            "starts_on": figures.month_before(self.month),
            "ends_on": self.today + timedelta(200),
        }
        with written(session):
            mine, theirs = agency(session), agency(session, name="ทางหลวงชนบท")
            own = planned(session, mine, "ขุดลอกคลองชัย", **span)
            other = planned(session, theirs, "ถนนสายใหม่", **span)
            far = planned(session, agency(session, TRANG), "สะพานเมืองตรัง", **span)
            on = line(session, own, "1000.00")
            post(session, on, EntryKind.DISBURSEMENT, "400.00")
            account = officer(session, mine)
            self.own, self.other, self.far, self.line = own.id, other.id, far.id, on.id
            self.parts = [
                one.id
                for one in session.scalars(
                    select(Milestone)
                    .where(Milestone.project_id == own.id)
                    .order_by(Milestone.position)
                )
            ]
            self.officer_id = account.id
        session.rollback()
        self.planner, self.officer = persons.client("planner"), persons.client_of(self.officer_id)


@pytest.fixture
def office(session, persons):
    """The office of these tests."""
    return Office(session, persons)


def page(client, url, code=200):
    answer = client.get(url)
    assert answer.status_code == code, (url, answer.status)
    return answer.get_data(as_text=True)


def send(client, url, **data):
    return client.post(url, data={"csrf_token": client.csrf, **data})


def hand_in(client, opened_for, month, **told):
    url = f"/admin/progress_report/new/?project_id={opened_for}&month={month.isoformat()}"
    form = open_form(client, url)
    return client.post(
        url,
        data={**form, "month": dates.input_date(month), **told},
        content_type="multipart/form-data",
    )


def test_an_officer_reports_from_the_phone_with_a_picture(session, office):
    form = page(
        office.officer, f"/admin/progress_report/new/?project_id={office.own}&month={office.month}"
    )
    assert 'capture="environment"' in form
    session.rollback()
    plan = figures.plan_of(session, session.get(Project, office.own))
    assert f"{figures.planned_at(plan, dates.month_end(office.month))} %" in form
    session.rollback()
    answer = hand_in(
        office.officer, office.own, office.month, actual_percent="๑๒.๕๐", done="ขุดดิน 300 เมตร",
        problems="ฝนตก", remedy="เพิ่มเครื่องจักร", next_step="งานลาดตลิ่ง",
        photos=(io.BytesIO(PNG), "คลอง.png"),
    )  # fmt: skip
    assert answer.status_code == 302, answer.get_data(as_text=True)
    session.rollback()
    made = session.scalars(select(ProgressReport)).one()
    assert (made.actual_percent, made.disbursed) == (Decimal("12.50"), Decimal("400.00"))
    assert made.made_by == office.officer_id
    paper = session.scalars(select(Attachment)).one()
    assert (paper.progress_report_id, paper.agency_id) == (made.id, made.agency_id)
    picture, next_month = paper.id, figures.next_month(office.month)
    session.rollback()
    shown = page(office.officer, PAGE.format(office.own))
    assert f'<img src="/admin/attachment/file/?id={picture}"' in shown
    assert office.officer.get(f"/admin/attachment/file/?id={picture}").data == PNG
    assert "400.00" in shown, "the ledger's sum, though the line names no agency"
    again = open_form(
        office.officer, f"/admin/progress_report/new/?project_id={office.own}&month={next_month}"
    )
    assert (again["actual_percent"], again["problems"], again["done"]) == ("12.50", "ฝนตก", "")


def test_a_report_that_does_not_hold_is_shown_again_with_what_was_typed(session, office):
    hand_in(office.officer, office.own, office.month, actual_percent="30")
    for told, words in (
        ({"actual_percent": "29", "done": "พิมพ์ไว้แล้ว"}, "correction_reason-err"),
        ({"actual_percent": "100", "done": "พิมพ์ไว้แล้ว"}, "accepted_on-err"),
        ({"actual_percent": "100.01", "done": "พิมพ์ไว้แล้ว"}, "actual_percent-err"),
        ({"actual_percent": "ครึ่งหนึ่ง", "done": "พิมพ์ไว้แล้ว"}, "actual_percent-err"),
    ):
        answer = hand_in(office.officer, office.own, figures.next_month(office.month), **told)
        shown = answer.get_data(as_text=True)
        assert answer.status_code == 422, told
        assert words in shown, told
        assert "พิมพ์ไว้แล้ว" in shown
    bad = hand_in(
        office.officer, office.own, figures.next_month(office.month), actual_percent="40",
        photos=(io.BytesIO(b"<script>"), "ภาพ.png"),
    )  # fmt: skip
    assert bad.status_code == 422
    session.rollback()
    assert len(session.scalars(select(ProgressReport)).all()) == 1, "nothing half-written"


def test_an_officer_of_another_agency_is_refused_by_every_route(session, office):
    with written(session):
        other = session.get(Project, office.other)
        problem = trouble(session, other, Severity.LOW)
        change = project_changes.extend(
            other, other.ends_on + timedelta(9), "ฝนชุก", session, office.today
        )
        outcome = Outcome(project=other, indicator="ผู้ใช้ถนน", target=Decimal(1))
        report = progress_reports.report(
            other, office.month, session, office.today, actual_percent=Decimal(5)
        )
        paper = Attachment(name="ภาพ.png", project_id=other.id, agency_id=other.agency_id,
                           province_id=LOPBURI, content_type="image/png", size=1, sha256="0" * 64)  # fmt: skip
        session.add_all([outcome, paper])
        session.flush()
        part = session.scalars(select(Milestone.id).where(Milestone.project_id == other.id)).first()
        rows = {"project": other.id, "problem": problem.id, "project_change": change.id,
                "outcome": outcome.id, "progress_report": report.id, "milestone": part,
                "attachment": paper.id}  # fmt: skip
    session.rollback()
    client = office.officer
    for table, key in rows.items():
        for path in ("details", "history", "edit"):
            told = (table, path)
            assert client.get(f"/admin/{table}/{path}/?id={key}").status_code in (403, 404), told
        for path in ("delete", "upload", "edit"):
            assert send(client, f"/admin/{table}/{path}/?id={key}").status_code in (
                403,
                404,
                405,
            ), table
        assert f"id={key}" not in page(client, f"/admin/{table}/"), table
    for path in ("advance", "extend", "pause", "resume", "cancel", "milestones", "upload"):
        url = f"/admin/project/{path}/?id={rows['project']}"
        assert send(client, url, to="finished").status_code in (403, 404), path
    assert send(client, f"/admin/problem/resolve/?id={rows['problem']}").status_code in (403, 404)
    assert client.get(f"/admin/attachment/file/?id={rows['attachment']}").status_code in (403, 404)
    blind = hand_in(client, office.own, office.month, actual_percent="10", project_id=office.other)
    assert blind.status_code == 422
    looked = client.get("/admin/progress_report/lookup/?field=project_id&q=").get_json()
    assert [one["id"] for one in looked] == [office.own]
    session.rollback()
    kept = session.scalars(select(ProgressReport)).all()
    assert [one.project_id for one in kept] == [office.other]
    for verb in ("extend", "pause", "cancel"):
        mine = send(client, f"/admin/project/{verb}/?id={office.own}")
        assert mine.status_code == 403, f"{verb} is the planner's, also of the own project"


def test_the_milestones_are_edited_in_place(session, office):
    first, second = office.parts
    shown = page(office.planner, PAGE.format(office.own))
    version = re.search(r'name="row_version" value="([^"]*)"', shown).group(1)
    fields = dict(
        re.findall(
            r'name="((?:name|weight|plan_start|plan_end|percent|actual_end)-[^"]+)" value="([^"]*)"',
            shown,
        )
    )
    url = f"/admin/project/milestones/?id={office.own}"
    wrong = {**fields, f"weight-{first}": "๓๐", "row_version": version}
    answer = send(office.planner, url, **wrong)
    assert answer.status_code == 422
    assert 'value="๓๐"' in answer.get_data(as_text=True), "what was typed stays"
    for key, typed in (("plan_end", "31 ก.พ. 2569"), ("weight", "มาก"), ("name", "")):
        bad = send(
            office.planner, url, **{**fields, f"{key}-{second}": typed, "row_version": version}
        )
        assert bad.status_code == 422, key
    told = {**wrong, "name-new0": "งานทดสอบ", "weight-new0": "10",
            "plan_start-new0": fields[f"plan_start-{second}"], "plan_end-new0": fields[f"plan_end-{second}"],
            f"percent-{first}": "25"}  # fmt: skip
    assert send(office.planner, url, **told).status_code == 302
    session.rollback()
    found = session.scalars(
        select(Milestone).where(Milestone.project_id == office.own).order_by(Milestone.position)
    ).all()
    assert [(one.name, one.weight, one.percent) for one in found] == [
        ("งวดที่ 1", Decimal(30), Decimal(25)), ("งวดที่ 2", Decimal(60), Decimal(0)),
        ("งานทดสอบ", Decimal(10), Decimal(0)),
    ]  # fmt: skip
    session.rollback()
    stale = send(office.planner, url, **told)
    assert stale.status_code == 422, "somebody saved since it was opened"


def test_an_officer_ticks_milestones_but_does_not_plan(session, office):
    first = office.parts[0]
    shown = page(office.officer, PAGE.format(office.own))
    assert f'name="weight-{first}"' not in shown
    version = re.search(r'name="row_version" value="([^"]*)"', shown).group(1)
    url = f"/admin/project/milestones/?id={office.own}"
    told = {f"percent-{first}": "50", f"weight-{first}": "99", f"gone-{office.parts[1]}": ""}
    assert send(office.officer, url, row_version=version, **told).status_code == 302
    session.rollback()
    one = session.get(Milestone, first)
    assert (one.percent, one.weight) == (Decimal(50), Decimal(40))


def test_the_page_tells_where_it_stands_and_why(session, office):
    with written(session):
        own = session.get(Project, office.own)
        problem = trouble(session, own, Severity.HIGH, office.today - timedelta(3))
        key = problem.id
    session.rollback()
    shown = page(office.planner, PAGE.format(office.own))
    assert 'aria-current="step"' in shown
    assert '<svg role="img"' in shown, "the course is drawn on the server"
    assert "ผู้รับจ้างทิ้งงาน" in shown
    assert f"/admin/problem/resolve/?id={key}" in shown
    assert f"/admin/budget_line/details/?id={office.line}" in shown
    url = f"/admin/problem/resolve/?id={key}"
    answer = send(
        office.planner, url, resolved_on=dates.input_date(office.today), result="เปลี่ยนผู้รับจ้าง"
    )
    assert answer.status_code == 302
    session.rollback()
    assert session.get(Problem, key).result == "เปลี่ยนผู้รับจ้าง"


def test_changes_on_the_way_are_asked_for_with_a_reason(session, office):
    at = f"/admin/project/{{}}/?id={office.own}"
    assert page(office.planner, at.format("extend"))
    assert send(office.planner, at.format("pause")).status_code == 422
    assert send(office.planner, at.format("pause"), reason="น้ำท่วม").status_code == 302
    assert send(office.planner, at.format("resume"), reason="น้ำลด").status_code == 302
    assert send(office.planner, at.format("cancel"), reason="ซ้ำซ้อน").status_code == 302
    shown = page(office.planner, PAGE.format(office.own))
    assert "600.00" in shown, "what is not spent is to be returned"
    session.rollback()
    assert session.get(Project, office.own).status is S.CANCELLED
    assert len(session.scalars(select(ProjectChange)).all()) == 3


def test_the_next_step_is_a_button_and_no_other_step_is_taken(session, office):
    at = f"/admin/project/advance/?id={office.own}"
    send(office.planner, at, to="finished")
    send(office.planner, at, to="nonsense")
    session.rollback()
    assert session.get(Project, office.own).status is S.UNDER_WAY
    hand_in(office.officer, office.own, office.month, actual_percent="100",
            accepted_on=dates.input_date(dates.month_end(office.month)))  # fmt: skip
    assert send(office.officer, at, to="delivered").status_code == 302
    session.rollback()
    assert session.get(Project, office.own).status is S.DELIVERED


def test_the_list_shows_lights_and_filters_by_them(session, office):
    with written(session):
        trouble(session, session.get(Project, office.own), Severity.HIGH)
        on_plan = session.get(Project, office.other)
        progress_reports.report(
            on_plan, office.month, session, office.today, actual_percent=Decimal(60)
        )
        project(session, agency(session, name="ปศุสัตว์"), "อบรมอาสาสมัคร",
                starts_on=office.today + timedelta(30), ends_on=office.today + timedelta(60))  # fmt: skip
    session.rollback()
    everything = page(office.planner, "/admin/project/")
    assert everything.count('class="s light"') == 3
    red = page(office.planner, "/admin/project/?light=red")
    assert "ขุดลอกคลองชัย" in red
    assert "ถนนสายใหม่" not in red
    assert "อบรมอาสาสมัคร" not in red
    assert "อบรมอาสาสมัคร" in page(office.planner, "/admin/project/?light=grey")
    late = page(office.planner, f"/admin/project/?late={office.month.isoformat()[:7]}")
    assert "ขุดลอกคลองชัย" in late
    assert not {"ถนนสายใหม่", "อบรมอาสาสมัคร"} & set(re.findall("ถนนสายใหม่|อบรมอาสาสมัคร", late))
    mine = page(office.officer, "/admin/project/?mine=1")
    assert "ขุดลอกคลองชัย" in mine
    assert "ถนนสายใหม่" not in mine
    assert office.planner.get("/admin/project/?light=purple&late=x&mine=2").status_code == 200
    exported = office.planner.get("/admin/project/export/xlsx/?light=red")
    assert exported.status_code == 200
    exported.close()


def test_windows_are_opened_for_a_year_and_show_who_is_late(session, office):
    year = dates.fiscal_year(office.today)
    at = "/admin/reporting_window/year/"
    told = {"year": str(year), "home": str(LOPBURI)}
    assert send(office.planner, at, **told | {"home": str(TRANG)}).status_code == 422
    assert send(office.planner, at, **told).status_code == 302
    assert send(office.officer, at, **told).status_code == 403
    session.rollback()
    windows = session.scalars(select(ReportingWindow).order_by(ReportingWindow.month)).all()
    assert len(windows) == 12
    key = next((one.id for one in windows if one.month == office.month), None)
    ahead = next((one.id for one in windows if one.opens_on > office.today), None)
    session.rollback()
    if ahead is not None:
        shown = page(office.planner, f"/admin/reporting_window/details/?id={ahead}")
        assert "เปิดรับรายงานของเดือนนี้ตั้งแต่วันที่" in shown
        assert "ขุดลอกคลองชัย" not in shown, "nothing is missing before it opens"
    if key is None:
        pytest.skip("the month before this one lies in another fiscal year")
    shown = page(office.planner, f"/admin/reporting_window/details/?id={key}")
    assert "ขุดลอกคลองชัย" in shown
    assert "ถนนสายใหม่" in shown
    assert "สะพานเมืองตรัง" not in shown


def test_the_desk_tells_who_must_do_what(session, office, persons):
    with written(session):
        own = session.get(Project, office.own)
        trouble(session, own, Severity.HIGH, office.today - timedelta(3))
        foreign = session.get(Project, office.far)
        trouble(session, foreign, Severity.HIGH, office.today - timedelta(3))
    session.rollback()
    mine = page(office.officer, "/admin/")
    assert f"/admin/progress_report/new/?project_id={office.own}" in mine
    assert f"/admin/project/details/?id={office.own}" in mine, "the own project is far behind"
    assert "ถนนสายใหม่" not in mine
    assert "สะพานเมืองตรัง" not in mine
    for role in ("planner", "chief_of_office", "governor"):
        told = page(persons.client(role), "/admin/")
        assert "light=red" in told, role
        assert "ขุดลอกคลองชัย" in told, role
        assert "สะพานเมืองตรัง" not in told, role
        assert f"/admin/project/details/?id={office.own}" in told, role


def test_a_report_form_opens_without_a_project_too(session, office):
    assert 'name="project_id"' in page(office.officer, "/admin/progress_report/new/")
    odd = f"/admin/progress_report/new/?project_id={office.other}&month=2569-13-41"
    assert "ถนนสายใหม่" not in page(office.officer, odd)
    assert page(office.planner, f"/admin/progress_report/new/?project_id={office.own}")


def test_a_report_asked_for_a_project_out_of_reach_chooses_no_other(office):
    """A browser takes the first of a list's options: so the first is none."""
    for key in ("", f"?project_id={office.other}", "?project_id=x"):
        found = page(office.officer, f"/admin/progress_report/new/{key}")
        options = re.search(r'<select id="project_id".*?</select>', found, re.S)[0]
        assert re.search(r"<option value=\"([^\"]*)\"", options)[1] == "", key
        assert "ถนนสายใหม่" not in options
    own = page(office.officer, f"/admin/progress_report/new/?project_id={office.own}")
    assert f'name="project_id" value="{office.own}"' in own


def test_a_project_lies_in_a_district_of_its_province(session, office):
    ours, theirs = (
        session.scalar(select(District.id).where(District.province_id == key).limit(1))
        for key in (LOPBURI, TRANG)
    )
    agency_id = session.get(Project, office.own).agency_id
    session.rollback()
    new = "/admin/project/new/"
    told = {"name": "สะพาน", "fiscal_year": "2570", "agency_id": agency_id, "budget": "1",
            "starts_on": "1/12/2569", "ends_on": "1/5/2570"}  # fmt: skip
    form = open_form(office.planner, new) | told
    answer = office.planner.post(new, data={**form, "district_id": theirs})
    assert answer.status_code == 422
    assert "ไม่ได้อยู่ในจังหวัด" in answer.get_data(as_text=True)
    assert office.planner.post(new, data={**form, "district_id": ours}).status_code == 302
