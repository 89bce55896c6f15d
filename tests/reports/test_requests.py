"""The pipeline of requests: counted by hand, and every figure opens exactly what it counted."""

from datetime import UTC, datetime

import pytest
from werkzeug.datastructures import MultiDict

from access import viewer as who
from admin_views import lists
from entities.vocabulary import RequestStep, Verdict
from reports import REPORTS, charts
from reports.base import Rows
from rules import request_decisions
from tests.conftest import LOPBURI, TRANG
from tests.factories import cluster_of
from tests.request_office import (
    TODAY,
    WORKS,
    advance,
    agency,
    baht,
    project,
    request,
    written,
)

S = RequestStep
AT = datetime(2026, 11, 23, 4, 12, tzinfo=UTC)
REPORT = REPORTS["request-pipeline"]


@pytest.fixture
def pipeline(session):
    """Lop Buri: one screened, one refused, one not begun; Trang one at ก.บ.จ.; a cluster's; last year's."""
    session.info["today"] = TODAY
    with written(session):
        ours = request(session)
        first = project(session, ours, "หนึ่ง", (WORKS, "1000000"))
        second = project(session, ours, "สอง", (WORKS, "500000"))
        project(session, ours, "สาม", (WORKS, "250000.25"))
        advance(session, first, "900000", S.SCREENING)
        request_decisions.decide(
            second, S.SCREENING, Verdict.REJECT, baht("0"), TODAY, session, comment="ซ้ำ"
        )
        away = request(session, province_id=TRANG)
        there = project(session, away, "ตรัง", (WORKS, "40"), agency=agency(session, TRANG))
        advance(session, there, "30", S.SCREENING, S.PROVINCE)
        theirs = request(session, cluster_id=cluster_of(session, LOPBURI).id)
        project(session, theirs, "กลุ่ม", (WORKS, "7"), agency=agency(session, name="เจ้าท่า"))
        project(session, request(session, year=2570), "ปีก่อน", (WORKS, "9"))
    yield session
    session.info.pop("today")


def take(session, province_id=None, **typed):
    asked = REPORT.ask(session, TODAY, province_id, {"fiscal_year": "2571", **typed})
    return REPORT.take(session, asked, AT)


def opened(session, rows: Rows) -> set[str]:
    """The names on the list that a figure leads to."""
    state = lists.read_state(rows.entity, MultiDict(rows.filters), "en", None)
    assert not state.refused
    return {row._mapping["name"] for row in lists.Page(state).rows}


def test_the_nations_pipeline_by_province_and_step(pipeline):
    rows = {row["place"].value: row for row in take(pipeline).result.rows}
    lopburi, trang, clusters = rows["Lop Buri"], rows["Trang"], rows["Province clusters"]
    counts = [
        lopburi[key].value for key in ("draft", "screening", "province", "refused", "projects")
    ]
    assert counts == [1, 1, 0, 1, 2]
    assert lopburi["baht"].value == baht("1150000.25")
    assert (trang["province"].value, trang["baht"].value) == (1, baht("30"))
    assert (clusters["draft"].value, clusters["baht"].value) == (1, baht("7"))
    totals = take(pipeline).result.totals
    assert (totals["projects"].value, totals["baht"].value) == (4, baht("1150037.25"))


def test_inside_a_province_each_step_has_its_baht_and_share(pipeline):
    taken = take(pipeline, LOPBURI)
    rows = {row["step"].value: row for row in taken.result.rows}
    assert [column.key for column in taken.columns] == ["step", "projects", "baht", "share"]
    assert (rows["Screening"]["baht"].value, rows["Screening"]["share"].value) == (
        baht("900000"), baht("78.26"),
    )  # fmt: skip
    assert rows["Not approved"]["baht"].value == baht("500000")
    assert taken.result.totals["baht"].value == baht("1150000.25")
    assert "Screening 0.90" in charts.words(taken.result.bars)


def test_every_figure_opens_exactly_what_it_counted(pipeline):
    checked = 0
    for province_id in (None, LOPBURI, TRANG):
        result = take(pipeline, province_id).result
        for row in [*result.rows, result.totals]:
            for cell in row.values():
                if isinstance(cell.opens, Rows):
                    assert len(opened(pipeline, cell.opens)) == cell.value
                    checked += 1
    assert checked > 15
    lopburi = take(pipeline, LOPBURI).result
    assert opened(pipeline, lopburi.totals["projects"].opens) == {"หนึ่ง", "สาม"}


def test_a_year_without_requests_is_empty_and_the_chooser_knows_the_years(pipeline):
    (year,) = REPORT.parameters
    assert year.choices(pipeline, TODAY) == [2571, 2570]
    assert take(pipeline, LOPBURI, fiscal_year="2570").result.totals["projects"].value == 1
    assert take(pipeline, TRANG, fiscal_year="2570").result.rows == []


def test_a_planner_counts_the_own_province_alone(pipeline, persons):
    planner = persons.viewer(persons.user_id("planner", LOPBURI))
    pipeline.rollback()
    who.act_as(pipeline, planner)
    taken = take(pipeline)
    assert taken.result.totals["projects"].value == 2


def test_the_page_the_workbook_and_the_csv_answer(pipeline, persons):
    client = persons.client("planner")
    assert "1,150,000.25" in client.get("/admin/report/request-pipeline/").get_data(as_text=True)
    assert client.get("/admin/report/request-pipeline/xlsx").data[:2] == b"PK"
    text = client.get("/admin/report/request-pipeline/csv?fiscal_year=2571").get_data(as_text=True)
    assert "900000.00" in text
