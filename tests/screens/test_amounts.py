"""Amounts and years in everything that is made from a declaration: form, list, filter, export."""

import html
import io
import json
import re
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from sqlalchemy.orm import Session

from access.database import writing
from entities.vocabulary import SpendingKind
from models import BudgetLine
from tests.conftest import LOPBURI
from tests.pages import open_form

AT = "/admin/budget_line/"
BAD = {
    "three decimals": "12.345",
    "three decimals, the last a nought": "1.500",
    "negative": "-1",
    "in brackets": "(1.00)",
    "10^15": "1000000000000000",
    "not a number": "NaN",
    "exponent": "1e9",
    "words": "ห้าบาท",
    "formula": "=1+1",
    "long": "9" * 5000,
}
GOOD = {
    "1,234.50 บาท": "1234.50",
    "๑,๒๓๔.๕๐": "1234.50",
    "1234.5": "1234.50",
    "9,999,999,999,999.99": "9999999999999.99",
    "": "0.00",
    "0": "0.00",
}
THAI = re.compile("[\u0e00-\u0e7f]")


def _line(session: Session, item: str, budget: str = "0", **given: Any) -> int:
    token = writing.set(True)
    line = BudgetLine(
        province_id=LOPBURI, item=item, fiscal_year=2569, kind=SpendingKind.CURRENT,
        enacted=Decimal(budget), opens_on=date(2025, 10, 1), closes_on=date(2026, 9, 30), **given,
    )  # fmt: skip
    session.add(line)
    session.commit()
    writing.reset(token)
    return line.id


@pytest.fixture
def line_id(session: Session) -> int:
    """A budget line of Lop Buri."""
    return _line(session, "ซ่อมถนน", "1234.5")


def _enacted(session: Session, line_id: int) -> Decimal:
    session.rollback()
    line = session.get(BudgetLine, line_id)
    assert line is not None
    return line.enacted


def test_bad_amounts_are_refused_at_the_field_and_stay_typed(session, persons, line_id):
    client, at = persons.client("finance"), f"{AT}edit/?id={line_id}"
    for name, bad in BAD.items():
        form = open_form(client, at)
        page = client.post(at, data={**form, "enacted": bad})
        text = page.get_data(as_text=True)
        told = re.search(r'id="enacted-err">(.*?)</div>', text, re.DOTALL)
        assert page.status_code == 422, name
        assert THAI.search(told.group(1) if told else ""), name
        assert f'value="{bad}"' in text, name
    assert _enacted(session, line_id) == Decimal("1234.50")


def test_amounts_are_typed_as_people_write_them(session, persons, line_id):
    client, at = persons.client("finance"), f"{AT}edit/?id={line_id}"
    opened = client.get(at).get_data(as_text=True)
    assert 'value="1,234.50"' in opened
    assert 'inputmode="decimal"' in opened
    for typed, kept in GOOD.items():
        answer = client.post(at, data={**open_form(client, at), "enacted": typed})
        assert answer.status_code == 302, typed
        assert str(_enacted(session, line_id)) == kept, typed


def test_list_details_and_history_show_amounts_and_plain_years(session, persons, line_id):
    client, at = persons.client("finance"), f"{AT}edit/?id={line_id}"
    client.post(at, data={**open_form(client, at), "enacted": "9,876.5"})
    listed = client.get(f"{AT}?columns=item&columns=fiscal_year&columns=enacted")
    page = listed.get_data(as_text=True)
    assert re.search(r'<td class="[^"]*\br\b[^"]*"[^>]*>9,876.50</td>', page)
    assert ">2569</td>" in page
    assert "2,569" not in page
    details = client.get(f"{AT}details/?id={line_id}").get_data(as_text=True)
    assert '<span class="amount">9,876.50</span>' in details
    assert "2,569" not in details
    history = client.get(f"{AT}history/?id={line_id}").get_data(as_text=True)
    assert "1,234.50" in history
    assert "9,876.50" in history
    assert "2,569" not in history


def test_filters_ask_in_baht_and_years(session, persons):
    for n, budget in enumerate(("100", "1234.50", "2000")):
        _line(session, f"รายการ {n}", budget)
    client = persons.client("finance")

    def found(**asked: str) -> list[str]:
        page = client.get(AT, query_string=asked).get_data(as_text=True)
        return sorted(re.findall(r">(รายการ \d)</a>", page))

    assert found(**{"fiscal_year.from": "๒๕๖๙"}) == ["รายการ 0", "รายการ 1", "รายการ 2"]
    chips = client.get(AT, query_string={"fiscal_year": "2569"}).get_data(as_text=True)
    assert "2,569" not in chips
    assert found(**{"fiscal_year.to": "2568"}) == []
    assert found(**{"waiting.to": "0.00 บาท"}) == ["รายการ 0", "รายการ 1", "รายการ 2"]
    assert found(**{"waiting.from": "0.01"}) == []
    assert found(waiting="1.005") == ["รายการ 0", "รายการ 1", "รายการ 2"], "left out, told"


def test_pages_go_on_behind_an_amount(session, persons, monkeypatch):
    """The key of the last row carries its amount; a wrong one is no key."""
    monkeypatch.setattr("admin_views.lists.SIZES", (2, 100, 200))
    for n in range(5):
        _line(session, f"รายการ {n}")
    client, seen, url = persons.client("finance"), [], f"{AT}?sort=-net_budget&size=2"
    for number in (2, 3, 4):
        page = client.get(url).get_data(as_text=True)
        seen += re.findall(r">(รายการ \d)</a>", page)
        after = re.search(rf'href="([^"]*page={number}&amp;after=[^"]*)"', page)
        url = html.unescape(after.group(1)) if after else ""
        assert not after or "0.00" in url
    assert seen == [f"รายการ {n}" for n in (4, 3, 2, 1, 0)]
    for bad in ('["1.005",1]', '["x",1]', "[1.5,1]", '["1e400",1]', '["NaN",1]', "[null,1]"):
        answer = client.get(AT, query_string={"sort": "net_budget", "after": bad})
        assert answer.status_code == 200, bad


def test_amounts_are_numbers_in_a_workbook(session, persons, line_id):
    asked = {"columns": ["item", "fiscal_year", "enacted"]}
    answer = persons.client("finance").get(f"{AT}export/xlsx/", query_string=asked)
    assert answer.status_code == 200, answer.status
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    enacted, year = sheet["C2"], sheet["B2"]
    assert (enacted.value, enacted.number_format) == (1234.5, "#,##0.00")
    assert (year.value, year.number_format) == (2569, "0")


def test_a_year_is_typed_in_the_buddhist_era(session, persons):
    client = persons.client("planner")
    form = open_form(client, "/admin/budget_request/new/")
    for bad in ("2026", "69", "25699", "2569.5", "ปีนี้"):
        answer = client.post("/admin/budget_request/new/", data={**form, "fiscal_year": bad})
        page = answer.get_data(as_text=True)
        told = re.search(r'id="fiscal_year-err">(.*?)</div>', page, re.DOTALL)
        assert answer.status_code == 422, bad
        assert THAI.search(told.group(1) if told else ""), bad


def test_two_clerks_with_different_amounts_choose(session, persons, line_id):
    first, second = persons.client("finance"), persons.client("finance", name="b")
    at = f"{AT}edit/?id={line_id}"
    theirs, mine = open_form(first, at), open_form(second, at)
    assert first.post(at, data={**theirs, "enacted": "5,000"}).status_code == 302
    page = second.post(at, data={**mine, "enacted": "7,000.25"})
    text = page.get_data(as_text=True)
    assert page.status_code == 409
    assert "5,000.00" in text
    assert "7,000.25" in text


def test_the_audit_keeps_an_amount_as_it_is_stored(session, line_id):
    from access import audit

    made = audit.history(session, "budget_line", line_id)[-1]
    assert json.loads(made.changes)["enacted"] == [None, "1234.50"]


def test_years_and_counts_take_thai_digits(persons: Any) -> None:
    """A browser's box for numbers takes none and says nothing, so there is no such box."""
    planner, new = persons.client("planner"), "/admin/budget_request/new/"
    form = open_form(planner, new)
    assert 'type="number"' not in planner.get(new).text
    told = {"fiscal_year": "๒๕๗๑", "round": "๒"}
    assert planner.post(new, data={**form, **told}).status_code == 302
    assert "ปีงบประมาณ พ.ศ. 2571 ครั้งที่ 2" in planner.get("/admin/budget_request/").text
