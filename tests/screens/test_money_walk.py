"""The money from screen to screen: what an officer takes out of the ledger, and who may."""

import json
import re
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select

from access.database import writing
from entities import dates
from entities.base import record_kinds
from entities.vocabulary import Act, GrantScope, Role, Verb
from models import (
    Agency,
    AuditEntry,
    BudgetLine,
    BudgetRequest,
    LedgerEntry,
    Project,
    PurchaseOrder,
    RequestItem,
    RoleNarrowing,
)
from tests import project_office, request_office
from tests.conftest import CHAINAT, LOPBURI, make_user
from tests.pages import form_of, open_form
from tests.screens.test_ledger import (
    FIRST,
    NEW,
    YEAR,
    K,
    approve_all,
    at,
    enter,
    entries,
    make_line,
)
from tests.screens.test_projects import hand_in
from tests.screens.test_requests import PATH, post, sheet

LIST = "/admin/budget_line/"
WORKBOOK = f"{LIST}workbook/year/"


def book(answer):
    assert answer.status_code == 200, answer.status_code
    content = answer.data
    answer.close()
    return openpyxl.load_workbook(BytesIO(content), data_only=True)


def test_finance_takes_out_the_whole_years_ledgers(session, persons):
    make_line(session, item="ปรับปรุงผิวจราจร")
    make_line(session, item="ขุดลอกคลอง", allocated="2500.00")
    make_line(session, item="ปีก่อน", year=YEAR - 1)
    make_line(session, item="ของจังหวัดอื่น", province_id=CHAINAT)
    client = persons.client("finance")
    page = client.get(f"{LIST}?fiscal_year={YEAR}").text
    address = f"{WORKBOOK}?fiscal_year={YEAR}&amp;province_id={LOPBURI}"
    assert address in page
    made = book(client.get(address.replace("&amp;", "&")))
    items = {sheet["A2"].value for sheet in made.worksheets[1:-1]}
    assert items == {"ปรับปรุงผิวจราจร", "ขุดลอกคลอง"}
    assert all(sheet["A8"].value == 1 for sheet in made.worksheets[1:-1])
    session.rollback()
    told = session.scalars(select(AuditEntry).where(AuditEntry.act == Act.EXPORT.value)).one()
    assert told.province_id == LOPBURI
    assert json.loads(told.changes)["paper"] == [None, "control_ledger"]
    assert json.loads(told.changes)["fiscal_year"] == [None, YEAR]


@pytest.mark.parametrize("query", ["", "?fiscal_year=x", "?fiscal_year=99999"])
def test_the_years_ledgers_need_a_year(persons, query):
    assert persons.client("finance").get(f"{WORKBOOK}{query}").status_code == 404


def amount_offered(client, line_id):
    return form_of(client.get(at(line_id)).text)["amount"]


def test_the_first_allocation_offers_what_was_enacted(session, persons):
    line_id = make_line(session, allocated="0.00", enacted=Decimal("2400000.50"))
    client = persons.client("finance")
    assert amount_offered(client, line_id) == "2,400,000.50"
    told = {**form_of(client.get(at(line_id)).text), "doc_no": "1", "description": "งวดที่ 1"}
    assert client.post(NEW, data=told).status_code == 302
    assert amount_offered(client, line_id) == ""
    session.rollback()
    assert session.scalars(select(LedgerEntry.amount)).all() == [Decimal("2400000.50")]


def narrowed(session, role, entity, verb):
    """The office of Lop Buri takes a right away from a role."""
    token = writing.set(True)
    session.rollback()
    session.add(
        RoleNarrowing(
            province_id=LOPBURI,
            role=role,
            entity=record_kinds()(entity),
            verb=Verb(verb),
            reason="ผู้ว่าราชการจังหวัดสั่ง",
        )
    )
    session.commit()
    writing.reset(token)
    session.rollback()


def test_a_ledger_is_not_taken_out_without_its_entries(session, persons):
    """Lines alone would make sheets without entries, so both rights are asked for."""
    line_id = make_line(session)
    narrowed(session, Role.PLANNER, "ledger_entry", "export")
    client = persons.client("planner")
    assert client.get(f"{LIST}export/xlsx/").status_code == 200
    for url in (f"{LIST}workbook/?id={line_id}", f"{WORKBOOK}?fiscal_year={YEAR}"):
        assert client.get(url).status_code == 403
        assert url.split("?")[0] not in client.get(LIST).text + client.get(at(line_id)).text


def test_an_agency_officer_takes_out_no_ledger(session, persons):
    """The officer reads the agency's lines, but not their entries."""
    token = writing.set(True)
    session.rollback()
    agency = Agency(province_id=LOPBURI, name="แขวงทางหลวง", sector="government")
    session.add(agency)
    session.flush()
    told = {"province_id": LOPBURI, "agency_id": agency.id}
    officer = make_user(session, "agency", Role.AGENCY_OFFICER, GrantScope.AGENCY, **told)
    writing.reset(token)
    session.rollback()
    user_id, line_id = officer.id, make_line(session, agency_id=told["agency_id"])
    session.rollback()
    client = persons.client_of(user_id)
    page = client.get(at(line_id))
    assert "1,000.00" in page.text
    assert "ยังไม่มีรายการในทะเบียนนี้" not in page.text
    assert "workbook" not in page.text + client.get(LIST).text
    for url in (f"{LIST}workbook/?id={line_id}", f"{WORKBOOK}?fiscal_year={YEAR}"):
        assert client.get(url).status_code == 403


def test_a_payment_on_an_order_goes_to_its_vendor(session, persons):
    """What the order says is not typed again, and stands in the ledger's column."""
    line_id = make_line(session)
    client = persons.client("finance")
    told = {"order_number": "7012345678", "payee": "หจก. ชัยนาทก่อสร้าง", "kind": "commitment"}
    assert enter(client, line_id, **told).status_code == 302
    session.rollback()
    (entry,) = entries(session, line_id, K.COMMITMENT)
    entry_id, order_id = entry.id, entry.order_id
    session.rollback()
    chief = persons.client("chief_of_office")
    data = {"csrf_token": chief.csrf, "one": entry_id}
    assert chief.post("/admin/ledger_entry/decide/", data=data).status_code == 302
    paid = {"kind": "disbursement", "order_id": order_id, "payee": "", "amount": "40.00"}
    assert enter(client, line_id, **paid).status_code == 302
    session.rollback()
    assert entries(session, line_id, K.DISBURSEMENT)[0].payee == "หจก. ชัยนาทก่อสร้าง"


ASKED, COMMITTED = "480000.50", "455000.00"
"""The two figures that are typed: the project's cost, and what the contract says."""


def test_a_request_becomes_a_payment_and_no_figure_is_typed_twice(session, persons):
    """From the planner's idea to the agency's report, each step by whose work it is."""
    with project_office.written(session):
        agency = request_office.agency(session)
        officer_id = project_office.officer(session, agency).id
        agency_id = agency.id
    planner = persons.client("planner")
    asked_id, item_id = ask(session, planner, agency_id)
    for step in PATH:
        assert sheet(planner, asked_id).status_code == 302, step
    session.rollback()
    project = session.scalars(select(Project)).one()
    line = session.scalars(select(BudgetLine)).one()
    assert (project.budget, line.enacted) == (Decimal(ASKED), Decimal(ASKED))
    assert (line.project_id, line.agency_id, project.agency_id) == (
        project.id,
        agency_id,
        agency_id,
    )
    project_id, line_id = project.id, line.id
    session.rollback()
    spend(session, persons, line_id)
    page = persons.client("governor").get(f"/admin/project/details/?id={project_id}").text
    assert "455,000.00" in page
    assert at(line_id).replace("&", "&amp;") in page
    told = planner.get(f"/admin/request_item/details/?id={item_id}").text
    assert f"/admin/project/details/?id={project_id}" in told
    officer, month = persons.client_of(officer_id), FIRST
    begin(session, planner, project_id)
    assert hand_in(officer, project_id, month, actual_percent="10").status_code == 302
    assert "455,000.00" in officer.get(f"/admin/project/details/?id={project_id}").text


def ask(session, planner, agency_id):
    """A request of one project with one cost; the ids of both."""
    new = "/admin/budget_request/new/"
    told = {"fiscal_year": str(YEAR), "ceiling": "1,000,000"}
    assert planner.post(new, data={**open_form(planner, new), **told}).status_code == 302
    session.rollback()
    asked_id = session.scalars(select(BudgetRequest.id)).one()
    session.rollback()
    new = f"/admin/request_item/new/?request_id={asked_id}"
    told = {
        "name": "ฝายชะลอน้ำ", "agency_id": str(agency_id), "kind": "capital",
        "starts_on": dates.input_date(FIRST),
        "ends_on": dates.input_date(FIRST + timedelta(days=300)),
    }  # fmt: skip
    assert planner.post(new, data={**open_form(planner, new), **told}).status_code == 302
    session.rollback()
    item_id = session.scalars(select(RequestItem.id)).one()
    session.rollback()
    cost = {
        "expense_category_id": request_office.WORKS, "name": "ค่าก่อสร้าง", "quantity": "1",
        "unit": "แห่ง", "unit_price": ASKED,
    }  # fmt: skip
    assert post(planner, f"/admin/request_item/cost/?id={item_id}", **cost).status_code == 302
    return asked_id, item_id


def spend(session, persons, line_id):
    """Allocate what was enacted, commit it by an order, and pay this; each approved by another."""
    finance, chief = persons.client("finance"), persons.client("chief_of_office")

    def send(page, **typed):
        form = {**form_of(finance.get(page).text), "description": "งวดที่ 1", **typed}
        assert finance.post(NEW, data=form).status_code == 302
        session.rollback()
        newest = select(LedgerEntry).order_by(LedgerEntry.id.desc()).limit(1)
        entry = session.scalars(newest).one()
        entry_id, told = entry.id, (entry.kind, entry.amount)
        session.rollback()
        approve_all(chief, entry_id)
        return told

    assert send(at(line_id), doc_no="1") == (K.ALLOCATION, Decimal(ASKED))
    told = {"order_number": "7012345678", "payee": "หจก. ชัยนาทก่อสร้าง", "amount": COMMITTED}
    assert send(at(line_id), kind="commitment", **told) == (K.COMMITMENT, Decimal(COMMITTED))
    session.rollback()
    order_id = session.scalars(select(PurchaseOrder.id)).one()
    session.rollback()
    page = finance.get(f"/admin/purchase_order/details/?id={order_id}").text
    pay = re.search(r'href="([^"]*kind=disbursement[^"]*)"', page)[1].replace("&amp;", "&")
    assert send(pay, doc_no="ขบ 1") == (K.DISBURSEMENT, Decimal(COMMITTED))


def begin(session, planner, project_id):
    """Plan the work by a milestone, then press the button of each next step until it is under way."""
    page = f"/admin/project/details/?id={project_id}"
    plan = {
        "row_version": re.search(r'name="row_version" value="([^"]*)"', planner.get(page).text)[1],
        "name-new0": "งานก่อสร้าง", "weight-new0": "100",
        "plan_start-new0": dates.input_date(FIRST),
        "plan_end-new0": dates.input_date(FIRST + timedelta(days=300)),
    }  # fmt: skip
    url = f"/admin/project/milestones/?id={project_id}"
    assert post(planner, url, **plan).status_code == 302
    for _step in range(3):
        to = re.search(r'name="to" value="(\w+)"', planner.get(page).text)[1]
        assert post(planner, f"/admin/project/advance/?id={project_id}", to=to).status_code == 302
    session.rollback()
    assert session.get(Project, project_id).status.value == to == "under_way"
    session.rollback()
