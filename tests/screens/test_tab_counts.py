"""How much is behind each tab of a list: the list's own numbers, in the viewer's reach, by two statements."""

import re

import pytest
from sqlalchemy import event

from access.database import db
from admin_views import tab_counts
from admin_views.acting import REGISTRY
from entities import dates
from entities.vocabulary import ResolutionKind, SpendingKind
from models import BudgetLine
from tests.conftest import CHAINAT, LOPBURI, TRANG
from tests.request_office import TODAY, agency, project, request, resolution, written

YEAR = dates.fiscal_year(dates.today())
SAVED = "/admin/saved_view/save/?"


def tabs(client, entity, more=""):
    """The numbers that a list's tabs get."""
    return client.get(f"/admin/counts?list={entity}{more}").get_json()["tabs"]


def addresses(client, entity):
    """Where the tabs of a list lead, in their order."""
    html = client.get(f"/admin/{entity}/?all=1").get_data(as_text=True)
    nav = html.split(f'data-list="{entity}"')[1].split("</nav>")[0]
    return [url.replace("&amp;", "&") for url in re.findall(r'href="([^"]+)"', nav)]


def shown(client, url):
    """How many rows the list itself says that a tab has."""
    html = client.get(url).get_data(as_text=True)
    told = re.search(r"\d+–\d+ (?:จาก|of) ([\d,]+)", html)
    return told[1] if told else "0"


@pytest.fixture
def agencies(session):
    with written(session):
        for name in ("ก", "ข", "ค"):
            agency(session, LOPBURI, f"หน่วยงานทดลอง {name}")
        agency(session, TRANG, "หน่วยงานทดลอง ง")


def test_each_number_is_what_the_list_itself_says(session, persons):
    with written(session):
        made = request(session)
        for name in ("ฝาย", "ถนน"):
            project(session, made, name)
        resolution(session, TODAY, ResolutionKind.APPROVE)
        for year in (YEAR - 1, YEAR, YEAR):
            told = {"item": f"รายการ {year}", "fiscal_year": year, "kind": SpendingKind.CURRENT}
            session.add(BudgetLine(province_id=LOPBURI, **told))
    auditor = persons.client("auditor", None)
    for entity in ("request_item", "meeting", "membership", "committee", "budget_line"):
        found = addresses(auditor, entity)
        assert len(found) > 1, entity
        assert tabs(auditor, entity) == [shown(auditor, url) for url in found], entity


def test_a_saved_view_keeps_the_condition_that_a_tab_has_by_name(session, persons):
    with written(session):
        for year in (YEAR - 1, YEAR):
            told = {"item": f"รายการ {year}", "fiscal_year": year, "kind": SpendingKind.CURRENT}
            session.add(BudgetLine(province_id=LOPBURI, **told))
    finance = persons.client("finance")
    data = {"csrf_token": finance.csrf, "entity": "budget_line", "name": "เหลื่อมปี"}
    finance.post(f"{SAVED}only=carried", data=data)
    assert addresses(finance, "budget_line")[-1].endswith("only=carried")
    assert tabs(finance, "budget_line")[-1] == "0"


def test_saved_views_are_counted_too_but_no_search(persons, agencies):
    secretary = persons.client("secretary")
    for name, query in (("รัฐ", "sector=government"), ("ค้น", "search=ทดลอง")):
        data = {"csrf_token": secretary.csrf, "entity": "agency", "name": name}
        assert secretary.post(f"{SAVED}{query}", data=data).status_code == 302
    every, *others = tabs(secretary, "agency")
    found = addresses(secretary, "agency")
    assert (every, *others) == (
        shown(secretary, found[0]),
        *("" if "search=" in url else shown(secretary, url) for url in found[1:]),
    )
    assert sorted(others)[0] == ""


def test_nobody_counts_what_is_out_of_reach(session, persons):
    with written(session):
        project(session, request(session), "ฝาย")
    whole = tabs(persons.client("auditor", None), "request_item")
    assert whole[0] == "1"
    assert tabs(persons.client("planner", TRANG), "request_item")[0] == "0"
    assert tabs(persons.client("auditor", None), "request_item", f"&province={CHAINAT}")[0] == "0"
    assert tabs(persons.client("secretary"), "user_account") == []
    assert tabs(persons.client("secretary"), "nothing") == []


def test_every_list_with_tabs_has_as_many_numbers_by_two_statements(app, persons):
    auditor, asked = persons.client("auditor", None), []
    with app.app_context():
        engine = db.engine
    told = [view for view in REGISTRY.values() if view.tabs]
    assert len(told) > 15
    listener = lambda *args: asked.append(args[2])  # noqa: E731
    auditor.get("/admin/agency/")  # which asks for the person's saved views, once a minute
    for view in told:
        event.listen(engine, "before_cursor_execute", listener)
        counts, without = tabs(auditor, view.endpoint), len(asked)
        asked.clear()
        auditor.get("/admin/counts")
        event.remove(engine, "before_cursor_execute", listener)
        more = without - len(asked)
        asked.clear()
        assert len(counts) in (0, len(view.tabs) + 1), view.endpoint
        assert more <= 2 * bool(counts), view.endpoint


def test_a_list_of_very_many_rows_tells_its_size_alone(persons, agencies, monkeypatch):
    auditor = persons.client("auditor", None)
    monkeypatch.setattr(tab_counts, "MOST", 1)
    every, *others = tabs(auditor, "committee")
    assert every == "1+"
    assert set(others) == {""}
