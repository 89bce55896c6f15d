"""Figures of complaints: the office's own numbers, periods, medians, agencies, ages; and what opens."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import func, select

from admin_views import complaint_filters, lists
from entities import dates
from entities.vocabulary import ComplaintStatus, ResultKind
from figures import complaints as figures
from models import Assignment, Complaint
from reports import REPORTS
from reports import complaints as reports
from reports.base import Asked, Cell, Rows
from rules import complaint_take_over, complaints
from tests.complaint_office import MONDAY, Office, days
from tests.conftest import LOPBURI, TRANG
from tests.factories_complaints import case

YEAR = 2569
TODAY = date(2026, 6, 30)
S = ComplaintStatus


@pytest.fixture
def office(session, persons) -> Office:
    """The centre of Lop Buri, on the day of the figures."""
    return Office(session, persons)


def _closed(session: Any, received: date, closed: date | None, **told: Any) -> Complaint:
    made = case(
        told.pop("province_id", LOPBURI), "เรื่อง", received_on=received, closed_on=closed,
        result_kind=ResultKind.SETTLED if closed else None, result="เสร็จ", **told,
    )  # fmt: skip
    number = f"เดิม {session.scalar(select(func.count()).select_from(Complaint))}"
    complaint_take_over.take_over(
        made, number, S.CLOSED if closed else S.IN_PROGRESS, [], session, TODAY
    )
    return made


def test_the_offices_own_figures(office):
    """82 cases = 50 closed + 32 open (Nong Bua Lam Phu, fiscal year 2569)."""
    with office.writing() as session:
        for n in range(82):
            received = date(2025, 10, 1) + timedelta(days=n * 3)
            closed = received + timedelta(days=20) if n < 50 else None
            _closed(session, received, closed, category_id=n % 7 + 1, channel_id=n % 5 + 1)
        _closed(session, MONDAY, None, province_id=TRANG)
    session, year = office.session, figures.fiscal_year(YEAR)
    where = (Complaint.province_id == LOPBURI,)
    whole = figures.counted(session, year, TODAY, where=where)[None]
    assert (whole.received, whole.closed, whole.pending, whole.median) == (82, 50, 32, 20)
    for by in (Complaint.category_id, Complaint.channel_id, Complaint.district_id):
        parts = figures.counted(session, year, TODAY, by, where).values()
        assert sum(one.received for one in parts) == 82
        assert sum(one.closed for one in parts) == 50
    months = [figures.counted(session, m, TODAY, where=where)[None] for m in figures.months(YEAR)]
    assert sum(one.received for one in months) == 82
    assert sum(one.closed for one in months) == 50
    for before, after in pairwise(months):
        assert after.brought == before.pending
    for one in months:
        assert one.pending == one.brought + one.received - one.closed - one.rejected


def test_medians_and_days_kept(office):
    with office.writing() as session:
        for taken in (1, 3, 3, 9, 40):
            row = _closed(session, MONDAY, MONDAY + timedelta(days=taken))
            row.due_on, row.resolved_on = days(5), row.closed_on
        _closed(session, MONDAY, None)
    whole = figures.counted(office.session, figures.month_of(MONDAY), TODAY)[None]
    assert (whole.median, whole.timed, whole.within) == (3, 4, 3), "the last was closed in February"
    year = figures.counted(office.session, figures.fiscal_year(YEAR), TODAY)[None]
    assert (year.median, year.timed, year.within) == (3, 5, 3)
    nothing = figures.counted(office.session, figures.fiscal_year(2560), TODAY)[None]
    assert (nothing.received, nothing.median) == (0, None)


def test_late_is_worked_out_and_never_while_the_clock_stands(office):
    late, paused, done = office.assigned(), office.assigned(), office.closed()
    office.do(paused, complaints.pause, "รอศาล")
    found = figures.waiting(office.session, figures.late(days(16)))
    assert [one.id for one in found] == [late]
    assert figures.waiting(office.session, figures.late(days(15))) == []
    near = figures.waiting(office.session, figures.near_due(days(13), 3))
    assert [one.id for one in near] == [late]
    assert done
    wanted = figures.for_committee(office.session, LOPBURI, days(60))
    assert [one.id for one in wanted] == [late]
    with office.acting("complaint_officer") as session:
        session.get_one(Complaint, paused).needs_committee = True
    wanted = figures.for_committee(office.session, LOPBURI, days(16))
    assert [one.id for one in wanted] == [paused]


def test_agencies_are_ranked_by_the_days_they_kept(office):
    quick, slow = office.assigned("water"), office.assigned(lead="water")
    office.answer(quick, "works", complaints.accept)
    office.answer(quick, "works", complaints.report_result, "เสร็จ", day=days(3))
    office.answer(slow, "water", complaints.accept)
    office.answer(slow, "water", complaints.report_result, "ช้า", day=days(30))
    found = figures.agencies(office.session, figures.fiscal_year(YEAR), days(40))
    assert [(one.name, one.given, one.timed, one.within, one.late) for one in found] == [
        ("แขวงทางหลวง", 1, 1, 1, 0), ("การประปาส่วนภูมิภาค", 2, 1, 0, 1),
    ]  # fmt: skip


def _condition(opens: Rows) -> list[Any]:
    """What the list behind a figure is narrowed by, as the list itself reads its address."""
    from werkzeug.datastructures import MultiDict

    state = lists.read_state(opens.entity, MultiDict(opens.filters), "en", None)
    assert not state.refused, state.refused
    assert len(state.filters) == len(opens.filters), opens.filters
    return list(lists.together(state.filters))


def test_every_figure_opens_as_many_rows_as_it_counts(office, app):
    with office.writing() as session:
        for n in range(24):
            received = MONDAY + timedelta(days=n * 5)
            row = _closed(
                session, received, received + timedelta(days=9 + n) if n % 3 else None,
                category_id=n % 4 + 1, district_id=1601 + n % 3 if n % 5 else None,
            )  # fmt: skip
            row.due_on = received + timedelta(days=15)
            row.resolved_on = row.closed_on
        old = _closed(session, MONDAY, None)
        old.status, old.result_kind = S.CLOSED, ResultKind.SETTLED
        session.add(case(LOPBURI, "ร่าง"))
    office.assigned("water")
    office.do(office.case(), _rejected)
    session = office.session
    opened = 0
    with app.test_request_context("/"):
        for report in REPORTS.values():
            if report.area is not reports.AREA:
                continue
            for province, many in ((None, True), (LOPBURI, False)):
                asked = Asked(dates.today(), province, many, {"fiscal_year": YEAR})
                result = report.figure(session, asked)
                for row in [*result.rows, *filter(None, [result.totals])]:
                    for cell in row.values():
                        opened += _opens(session, cell, report.key)
    assert opened > 60
    assert complaint_filters.KEPT


def _rejected(found: Complaint, session: Any, day: date) -> None:
    complaints.screen(found, session, day)
    complaints.reject(found, "ไม่อยู่ในอำนาจ", session, day)


def _opens(session: Any, cell: Cell, told: str) -> int:
    if not isinstance(cell.opens, Rows):
        return 0
    entity = cell.opens.entity
    assert entity in (Complaint, Assignment)
    counted = select(func.count()).select_from(entity).where(*_condition(cell.opens))
    assert session.scalar(counted) == cell.value, (told, cell)
    return 1


def test_no_report_names_a_complainant():
    told = {report.entity for report in REPORTS.values() if report.area is reports.AREA}
    assert told == {Complaint, Assignment}
