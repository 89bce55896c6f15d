"""The reports on projects: what they count, that each figure opens its rows, and their files."""

import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import openpyxl
import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from admin_views import lists
from entities import dates
from entities.vocabulary import EntryKind, ProjectStatus, Severity
from figures import projects as figures
from models import Project
from reports import REPORTS, charts
from reports.base import Curve, Line, Rows, Taken, text
from rules import progress_reports, project_changes
from tests.conftest import LOPBURI, TRANG
from tests.factories import cluster_of
from tests.project_office import agency, line, planned, post, trouble, written

AT = datetime(2026, 11, 23, 4, 12, tzinfo=UTC)
KEYS = ("project-status", "problems-by-age", "late-project-reports")
S = ProjectStatus


@pytest.fixture
def office(session):
    """Lop Buri: one project on plan, one blocked, one cancelled; Trang: one without a report."""
    today = dates.today()
    month = figures.month_before(today)
    span = {"starts_on": month, "ends_on": today + timedelta(300)}
    span["fiscal_year"] = dates.fiscal_year(today)
    with written(session):
        of, far = agency(session), agency(session, TRANG)
        on_plan, blocked, gone = (
            planned(session, of, name, **span) for name in ("ตามแผน", "ติดขัด", "เลิก")
        )
        planned(session, far, "เงียบ", **span)
        trouble(session, blocked, Severity.HIGH, today - timedelta(40))
        project_changes.cancel(gone, "ซ้ำซ้อน", session, today)
        post(session, line(session, on_plan, "900.00"), EntryKind.DISBURSEMENT, "300.00")
        for one in (LOPBURI, TRANG):
            for year in (span["fiscal_year"], dates.fiscal_year(month)):
                progress_reports.open_windows(one, year, 5, session)
        session.flush()
    with written(session):
        for one in (on_plan, blocked):
            report = progress_reports.report(one, month, session, today, actual_percent=Decimal(50))
            report.reported_on = dates.month_end(month)
    session.rollback()
    return session


def take(session, key, province_id=None, **typed) -> Taken:
    report = REPORTS[key]
    asked = report.ask(session, dates.today(), province_id, typed)
    return report.take(session, asked, AT)


def words(taken: Taken) -> list[dict[str, str]]:
    kinds = {column.key: column.kind for column in taken.columns}
    return [{key: text(kinds[key], row[key]) for key in kinds} for row in taken.result.rows]


def test_the_status_of_one_province_names_the_worst_first(office):
    taken = take(office, "project-status", LOPBURI)
    rows = words(taken)
    assert [row["project"] for row in rows] == ["ติดขัด", "ตามแผน", "เลิก"]
    assert [row["light"] for row in rows] == ["Far behind plan", "On plan", "Not yet due"]
    assert rows[1]["paid"] == "300.00"
    assert rows[1]["slip"].startswith("+")
    course = taken.result.bars
    assert isinstance(course, Curve)
    assert len(course.categories) == 12
    last = [value for value in course.lines[1].values if value is not None][-1]
    assert last == Decimal("50.00"), "the cancelled project does not count"


def test_the_nation_counts_the_lights(office):
    rows = {row["province"]: row for row in words(take(office, "project-status"))}
    told = rows["Lop Buri"]
    assert (told["green"], told["red"], told["grey"], told["total"]) == ("1", "1", "1", "3")
    assert rows["Trang"]["total"] == "1"
    problems = {row["province"]: row for row in words(take(office, "problems-by-age"))}
    assert (problems["Lop Buri"]["quarter"], problems["Trang"]["total"]) == ("1", "0")
    late = {row["province"]: row for row in words(take(office, "late-project-reports"))}
    assert (late["Lop Buri"]["none"], late["Trang"]["none"]) == ("0", "1")
    assert late["Lop Buri"]["thin"] == "2", "no photographs, nothing on what was done"


def test_a_kind_of_problem_is_one_row_whatever_home_it_has(session, persons):
    """A province reads the problems of its cluster too: one row, and its link opens them all."""
    due = dates.today() + timedelta(9)
    with written(session):
        own = planned(session, agency(session))
        told = {
            key: getattr(own, key)
            for key in ("fiscal_year", "budget", "agency_id", "starts_on", "ends_on")
        }
        shared = Project(cluster_id=cluster_of(session, LOPBURI).id, name="ร่วมกัน", **told)
        session.add(shared)
        session.flush()
        for one in (own, shared):
            trouble(session, one, Severity.HIGH, due)
    session.rollback()
    client = persons.client("planner")
    csv = client.get("/admin/report/problems-by-age/csv").text.splitlines()
    assert [line.split(",")[-1] for line in csv[1:]] == ["2"], "one row for the one kind"
    assert "1–2 จาก 2" in client.get("/admin/problem/?status=open&kind=contractor").text


def test_the_late_reports_say_what_is_missing(office):
    (row,) = words(take(office, "late-project-reports", TRANG))
    assert (row["project"], row["lacks"]) == ("เงียบ", "The report")
    assert "Photographs" in words(take(office, "late-project-reports", LOPBURI))[0]["lacks"]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("province_id", [None, LOPBURI])
def test_every_count_opens_exactly_its_rows(office, persons, app, key, province_id):
    taken = take(office, key, province_id)
    opened = 0
    with app.test_request_context("/"):
        for row in [*taken.result.rows, *filter(None, [taken.result.totals])]:
            for cell in row.values():
                if isinstance(cell.opens, Rows):
                    entity = cell.opens.entity
                    state = lists.read_state(entity, MultiDict(cell.opens.filters), "en", None)
                    assert not state.refused
                    found = lists.narrowed(state, select(func.count(entity.id)))
                    assert office.scalar(found) == cell.value, (key, row, cell)
                    opened += 1
    assert opened or province_id == LOPBURI


@pytest.mark.parametrize("key", KEYS)
def test_the_page_and_its_files(office, persons, key):
    client = persons.client("planner")
    page = client.get(f"/admin/report/{key}/?lang=th").get_data(as_text=True)
    assert 'role="img"' in page
    assert "style=" not in page
    xlsx = client.get(f"/admin/report/{key}/xlsx")
    book = openpyxl.load_workbook(io.BytesIO(xlsx.data))
    assert len(book.sheetnames) == 2
    assert client.get(f"/admin/report/{key}/csv").data.startswith(b"\xef\xbb\xbf")


def test_the_last_number_of_a_lower_line_stands_clear_of_the_higher_one():
    plan = Line("แผน", "gold", (Decimal(10), Decimal(20)), dashed=True)
    for values, side in (((Decimal("9.37"), None), "right"), ((None, Decimal(12)), "left")):
        spec = charts.lines_spec(Curve(("ต.ค.", "พ.ย."), (plan, Line("ผล", "ok", values)), "ร้อยละ"))
        found = {
            (point["series"], name): point[name]
            for point in spec["data"]["values"] for name in charts.SIDES if point[name]
        }  # fmt: skip
        told = next(value for value in values if value is not None)
        assert found == {("แผน", "above"): "20", ("ผล", side): f"{told:,}"}
        assert all(
            isinstance(point[one], str) for point in spec["data"]["values"] for one in charts.SIDES
        )


def test_a_curve_is_told_in_words_and_drawn(office, app):
    course = take(office, "project-status", LOPBURI).result.bars
    assert "Planned" in charts.words(course)
    drawn = charts.svg(course, "ความก้าวหน้า")
    assert drawn.startswith('<svg role="img"')
    assert "style=" not in drawn
    empty = Curve(("ต.ค.",), (), "", Decimal(100))
    assert not empty
