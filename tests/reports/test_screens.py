"""A report's page and files: who may have them, what they hold, what the audit says."""

import csv
import io
import json
import re
from datetime import date
from html import unescape
from urllib.parse import quote

import pytest
from flask_babel import force_locale
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from access import viewer as who
from access.database import db
from admin_views.reports import csv_of, guarded
from entities import dates
from entities.vocabulary import CommitteeType, GrantScope, Mission, Role, Sector
from models import AuditEntry, Committee, Meeting
from reports import REPORTS
from reports.base import NUMERIC
from tests.conftest import LOPBURI, TRANG, make_user
from tests.reports.conftest import TODAY, agency, group, matter, seat, written
from tests.reports.test_figures import take
from workbooks import packet
from workbooks import reports as sheets

KEYS = list(REPORTS)


@pytest.fixture(autouse=True)
def _day(monkeypatch):
    monkeypatch.setattr("entities.dates.today", lambda: TODAY)


def _agency_officer(session, persons):
    with written(session):
        own = agency(session, LOPBURI, "ที่ทำการ").id
        account = make_user(
            session,
            "clerk",
            Role.AGENCY_OFFICER,
            GrantScope.AGENCY,
            province_id=LOPBURI,
            agency_id=own,
        )
        key = account.id
    return persons.client_of(key)


def _entries(session, act):
    session.rollback()
    return list(
        session.scalars(select(AuditEntry).where(AuditEntry.act == act).order_by(AuditEntry.id))
    )


def _page(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status)
    return answer.get_data(as_text=True)


def test_nobody_reads_a_report_without_signing_in(app):
    for key in KEYS:
        for end in ["", "chart", "xlsx", "csv"]:
            answer = app.test_client().get(f"/admin/report/{key}/{end}")
            assert answer.status_code == 302
            assert answer.headers["Location"].startswith("/login")


def test_the_secretary_reads_each_report_with_its_chart(office, persons):
    for key in KEYS:
        page = _page(persons.client("secretary"), f"/admin/report/{key}/?lang=en")
        assert str(REPORTS[key].title) in page
        assert "As of" in page
        assert "style=" not in page


def test_a_pages_chart_comes_by_its_own_request_and_is_as_large_as_its_place(office, persons):
    for key in KEYS:
        client = persons.client("secretary")
        page = _page(client, f"/admin/report/{key}/?lang=th")
        place = re.search(
            r'<svg role="img"[^>]* height="(\d+)"[^>]*><use href="([^"#]+)#drawing"/>', page
        )
        if place is None:
            assert client.get(f"/admin/report/{key}/chart").status_code == 404
            continue
        answer = client.get(unescape(place[2]))
        assert answer.mimetype == "image/svg+xml"
        drawn = answer.get_data(as_text=True)
        assert drawn.startswith('<svg id="drawing"')
        assert f'width="720" height="{place[1]}"' in drawn


def test_a_chart_is_kept_from_whom_its_report_is_kept_from(office, persons):
    assert (
        _agency_officer(office, persons).get("/admin/report/mission-groups/chart").status_code
        == 403
    )
    drawn = persons.client("secretary", TRANG).get(
        f"/admin/report/follow-ups-by-age/chart?province={LOPBURI}"
    )
    assert "โยธาธิการ" not in drawn.get_data(as_text=True)


def test_the_menu_leads_to_every_report(office, persons):
    page = _page(persons.client("secretary"), "/admin/report/terms-ending/?lang=en")
    assert all(f'href="/admin/report/{key}/"' in page for key in KEYS)
    assert 'data-key="report_terms_ending" aria-current="page"' in page


def test_an_officer_of_trang_reads_nothing_of_lop_buri(office, persons):
    for key in KEYS:
        client = persons.client("secretary", TRANG)
        for query in ("", f"?province={LOPBURI}"):
            page = _page(client, f"/admin/report/{key}/{query}")
            assert "สมาชิก 1" not in page
            assert "โยธาธิการ" not in page
            assert f"province_id={LOPBURI}" not in page


def test_the_nation_reads_all_provinces_and_one_by_the_switch(office, persons):
    client = persons.client("auditor", None)
    page = _page(client, "/admin/report/mission-groups/?lang=en")
    assert f'href="/admin/report/mission-groups/?province={TRANG}"' in page
    page = _page(client, f"/admin/report/mission-groups/?province={TRANG}")
    assert "4 of 4 mission groups" in page


def test_a_role_without_the_right_is_refused_and_the_refusal_is_kept(office, persons):
    client = _agency_officer(office, persons)
    for end in ("", "xlsx", "csv"):
        assert client.get(f"/admin/report/mission-groups/{end}").status_code == 403
    entry = _entries(office, "refused")[-1]
    assert (entry.entity, entry.actor) == ("committee", "clerk")
    assert json.loads(entry.changes)["report"] == [None, "mission-groups"]


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_an_export_is_in_the_audit(office, persons, form):
    persons.client("secretary").get(
        f"/admin/report/meetings-against-rhythm/{form}?fiscal_year=2570"
    )
    entry = _entries(office, "export")[-1]
    told = {key: new for key, (_old, new) in json.loads(entry.changes).items()}
    assert told == {"report": "meetings-against-rhythm", "form": form, "fiscal_year": 2570}
    assert (entry.entity, entry.actor, entry.place) == ("meeting", "secretary.16", "127.0.0.1")


def test_an_export_of_one_province_stands_in_its_chain(office, persons):
    persons.client("auditor", None).get(f"/admin/report/terms-ending/csv?province={TRANG}")
    assert _entries(office, "export")[-1].chain == TRANG
    persons.client("secretary").get("/admin/report/terms-ending/csv")
    assert _entries(office, "export")[-1].chain == LOPBURI


def test_a_file_has_a_thai_name(office, persons):
    answer = persons.client("secretary").get("/admin/report/terms-ending/csv?lang=th")
    told = answer.headers["Content-Disposition"]
    assert told.startswith("attachment; filename=\"terms-ending.csv\"; filename*=UTF-8''")
    assert quote("ลพบุรี 23 พ.ย. 2569.csv") in told
    assert answer.headers["Content-Type"].startswith("text/csv")


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x"]
)
def test_no_text_becomes_a_formula(text):
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "ก.บ.จ.", "1-2", "a=b", "'=1", "–"])
def test_other_text_is_left_alone(text):
    assert guarded(text) == text


def test_a_name_in_the_csv_is_never_a_formula(office):
    with written(office):
        evil = agency(office, LOPBURI, '=HYPERLINK("http://evil.test","คลิก")')
        matter(office, LOPBURI, evil, date(2026, 11, 1))
    rows = list(csv.reader(io.StringIO(csv_of(take(office, "follow-ups-by-age", LOPBURI)))))
    assert '\'=HYPERLINK("http://evil.test","คลิก")' in [row[0] for row in rows]


def test_a_csv_has_numbers_and_days_that_machines_read(office, persons):
    body = persons.client("secretary").get("/admin/report/terms-ending/csv").data
    assert body.startswith("\ufeff".encode())
    rows = list(csv.reader(io.StringIO(csv_of(take(office, "terms-ending", LOPBURI)))))
    assert rows[1][:1] + rows[1][4:6] == ["สมาชิก 0", "2026-11-20", "-3"]


def test_the_workbook_holds_typed_cells_and_its_source(office, persons):
    for key in KEYS:
        for province_id in [None, LOPBURI]:
            client = persons.client("auditor", None)
            answer = client.get(f"/admin/report/{key}/xlsx?lang=en&province={province_id or 0}")
            book = CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
            report, source = (book.get_sheet_by_index(n).to_python() for n in (0, 1))
            taken = take(office, key, province_id)
            assert report[0][0] == str(REPORTS[key].title)
            assert report[1][0].startswith("Province: ")
            assert report[3] == [str(column.label) for column in taken.columns]
            first = report[4]
            for column, value in zip(taken.columns, first, strict=True):
                if taken.result.rows and column.kind in NUMERIC and value not in ("–", ""):
                    assert isinstance(value, int | float), (column.key, value)
                if column.kind == "date" and taken.result.rows:
                    assert isinstance(value, date), value
            told = {row[0]: row[1] for row in source}
            assert told["Made by"] == "Auditor.Ministry"
            assert "seal" in told["Audit chain"]


def test_a_workbook_draws_its_chart_natively(office, persons):
    from zipfile import ZipFile

    answer = persons.client("secretary").get("/admin/report/follow-ups-by-age/xlsx")
    with ZipFile(io.BytesIO(answer.data)) as file:
        assert "xl/charts/chart1.xml" in file.namelist()


@pytest.mark.parametrize(("room", "breaks"), [(10_000, False), (250, True)])
def test_a_chart_that_the_page_has_no_room_for_begins_a_new_one(
    office, persons, monkeypatch, room, breaks
):
    from zipfile import ZipFile

    monkeypatch.setattr("workbooks.sheets.page", lambda _widths, *, landscape: room)
    answer = persons.client("secretary").get("/admin/report/follow-ups-by-age/xlsx")
    with ZipFile(io.BytesIO(answer.data)) as file:
        assert ("<rowBreaks" in file.read("xl/worksheets/sheet1.xml").decode()) is breaks


@pytest.mark.parametrize(
    ("used", "breaks"), [(200, False), (300, True), (482, True), (530, False), (960, True)]
)
def test_rows_that_end_at_the_foot_of_a_page_send_the_chart_to_the_next(used, breaks):
    """Which side of the foot they end on nobody can tell exactly, and no chart is cut in two."""
    assert sheets._begins_a_page(used, whole=472, wanted=250) is breaks


def test_a_chart_longer_than_a_page_has_pages_of_its_own(office, persons, monkeypatch):
    from zipfile import ZipFile

    monkeypatch.setattr("workbooks.sheets.page", lambda _widths, *, landscape: 60)
    answer = persons.client("auditor", None).get("/admin/report/mission-groups/xlsx")
    with ZipFile(io.BytesIO(answer.data)) as file:
        drawn = [name for name in file.namelist() if name.startswith("xl/charts/")]
        own = file.read("xl/worksheets/sheet3.xml").decode()
    assert len(drawn) > 1
    assert own.count("<brk ") == len(drawn) - 1


def test_no_cell_of_a_workbook_is_a_formula(office, persons):
    from zipfile import ZipFile

    with written(office):
        seat(
            office,
            group(office, LOPBURI, Mission.SOCIAL),
            Sector.PRIVATE,
            date(2026, 12, 1),
            name="=1+1",
        )
    answer = persons.client("secretary").get("/admin/report/terms-ending/xlsx")
    with ZipFile(io.BytesIO(answer.data)) as file:
        sheets = [
            file.read(name).decode() for name in file.namelist() if "worksheets/sheet" in name
        ]
    assert not any("<f>" in sheet for sheet in sheets)


def test_a_page_says_when_it_shows_not_all(office, persons, monkeypatch):
    monkeypatch.setattr("admin_views.reports.MOST", 2)
    page = _page(persons.client("secretary"), "/admin/report/terms-ending/?lang=en")
    assert "rows are shown; the files hold all." in page


def test_a_report_costs_few_queries(office, persons):
    from sqlalchemy import event

    client, seen = persons.client("auditor", None), []
    client.get("/admin/report/terms-ending/")
    engine = db.engine
    listen = lambda *args: seen.append(args[2])  # noqa: E731
    event.listen(engine, "before_cursor_execute", listen)
    for key in KEYS:
        seen.clear()
        client.get(f"/admin/report/{key}/")
        assert len(seen) <= 15, (key, seen)
    event.remove(engine, "before_cursor_execute", listen)


def _sheets(session, committee_type):
    meeting = session.scalars(
        select(Meeting)
        .join(Committee, Committee.id == Meeting.committee_id)
        .where(Meeting.province_id == LOPBURI, Committee.type == committee_type)
    ).first()
    file = packet.packet(session, meeting, viewer=who.of(session), now=dates.now())
    return CalamineWorkbook.from_filelike(io.BytesIO(file))


def test_the_packet_of_the_provincial_committee_carries_the_reports(office):
    book = _sheets(office, CommitteeType.PROVINCE)
    with force_locale("th"):
        titles = [str(one.short or one.title) for one in REPORTS.values() if one.in_packet]
    assert max(map(len, titles)) <= 31, "a sheet's name is not cut"
    assert [name for name in book.sheet_names if name in titles] == titles
    groups = book.get_sheet_by_name(titles[0]).to_python()
    assert groups[1][0].startswith("จังหวัด: ลพบุรี")


def test_the_packet_of_a_mission_group_carries_none(office):
    with force_locale("th"):
        titles = {str(report.short or report.title)[:31] for report in REPORTS.values()}
    assert not titles & set(_sheets(office, CommitteeType.MISSION_GROUP).sheet_names)


def test_the_desk_tells_of_all_four_groups_only_who_reaches_them(office, persons):
    with written(office):
        own = group(office, LOPBURI, Mission.SOCIAL).id
        account = make_user(
            office, "member", Role.GROUP_MEMBER, GrantScope.MISSION_GROUP,
            province_id=LOPBURI, committee_id=own,
        )  # fmt: skip
        member = account.id
    told = "Mission groups with all six sectors"
    for client, whole in ((persons.client("secretary"), True), (persons.client_of(member), False)):
        assert (told in _page(client, "/admin/?lang=en")) is whole
