"""The control ledger on its screens: entering, approving, undoing, closing, and who may."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event, func, select

from access.database import db, writing
from entities import dates
from entities.vocabulary import (
    EntryKind,
    EntryStatus,
    GrantScope,
    LineStatus,
    Role,
    SpendingKind,
)
from models import (
    AuditEntry,
    BudgetLine,
    BudgetTransfer,
    CarryOver,
    FiscalYearClose,
    LedgerEntry,
    PurchaseOrder,
)
from rules import carry_over, ledger
from tests.conftest import CHAINAT, LOPBURI, make_user
from tests.factories import cluster_of
from tests.pages import form_of, open_form

K, S = EntryKind, EntryStatus
CHIEF = ledger.Officer(9_999, "หัวหน้าสำนักงานจังหวัด")
NEW = "/admin/ledger_entry/new/"
YEAR = dates.fiscal_year(dates.today())
FIRST = dates.fiscal_year_start(YEAR)


def make_line(session, item="ปรับปรุงผิวจราจร", allocated="1000.00", year=YEAR, **told):
    """A line of Lop Buri with its allocation posted; its id."""
    token = writing.set(True)
    session.rollback()
    line = BudgetLine(
        **{"province_id": LOPBURI, "item": item, "fiscal_year": year,
           "kind": SpendingKind.CAPITAL, **told}
    )  # fmt: skip
    session.add(line)
    session.flush()
    if Decimal(allocated):
        first = LedgerEntry(
            budget_line=line, kind=K.ALLOCATION, amount=Decimal(allocated),
            entry_date=line.opens_on, description="งวดที่ 1",
        )  # fmt: skip
        ledger.approve(ledger.enter(first, session), session, dates.now(), CHIEF)
    session.commit()
    writing.reset(token)
    return line.id


@pytest.fixture
def finance(persons):
    return persons.client("finance")


@pytest.fixture
def chief(persons):
    return persons.client("chief_of_office")


def at(line_id, **more):
    """The address of a line's ledger."""
    query = "".join(f"&{key}={value}" for key, value in more.items())
    return f"/admin/budget_line/details/?id={line_id}{query}"


def typed(client, line_id, **values):
    """The entry row as it is opened, with what a person types."""
    usual = {"doc_no": "ขบ 1", "description": "งวดที่ 1", "amount": "100.00"}
    return {**open_form(client, at(line_id)), **usual, **values}


def enter(client, line_id, **values):
    return client.post(NEW, data=typed(client, line_id, **values))


def entries(session, line_id, kind=None):
    """A line's entries as they stand now, without the first allocation."""
    session.rollback()
    found = select(LedgerEntry).where(LedgerEntry.budget_line_id == line_id)
    found = found.where(LedgerEntry.kind != K.ALLOCATION)
    if kind is not None:
        found = found.where(LedgerEntry.kind == kind)
    return session.scalars(found.order_by(LedgerEntry.id)).all()


def balances(session, line_id):
    session.rollback()
    line = session.get(BudgetLine, line_id)
    return line.available, line.outstanding, line.disbursed, line.waiting


def press(client, verb, entry_id, **data):
    url = f"/admin/ledger_entry/{verb}/?id={entry_id}"
    return client.post(url, data={"csrf_token": client.csrf, **data})


def approve_all(client, *ids):
    """Tick entries in the queue and approve them; the page that follows."""
    data = {"csrf_token": client.csrf, "rowid": [str(key) for key in ids], "action": "approve"}
    answer = client.post("/admin/ledger_entry/decide/", data=data)
    assert answer.status_code == 302
    return client.get(answer.headers["Location"]).get_data(as_text=True)


def test_a_row_is_entered_waits_and_is_posted(session, finance, chief):
    line_id = make_line(session)
    answer = enter(finance, line_id, amount="๑๐๐.๕๐ บาท", entry_date=dates.input_date(FIRST))
    assert answer.status_code == 302
    back = finance.get(answer.headers["Location"]).get_data(as_text=True)
    row = form_of(back)
    assert (row["entry_date"], row["kind"]) == (dates.input_date(FIRST), "disbursement")
    assert re.search(r'name="doc_no"[^>]* autofocus', back), "the next row waits for its number"
    (made,) = entries(session, line_id)
    assert (made.amount, made.status, made.number) == (Decimal("100.50"), S.WAITING, 2)
    assert balances(session, line_id) == (1000, 0, 0, Decimal("100.50"))
    assert 'class="wait"' in back
    assert "899.50" in back
    assert "2 · " in chief.get("/admin/ledger_entry/queue/").get_data(as_text=True)
    answer = chief.post(
        "/admin/ledger_entry/decide/", data={"csrf_token": chief.csrf, "one": made.id}
    )
    assert answer.status_code == 302
    assert balances(session, line_id) == (Decimal("899.50"), 0, Decimal("100.50"), 0)
    assert session.get(LedgerEntry, made.id).approver_name == "Chief_Of_Office.16"


def test_the_list_of_orders_names_vendors_in_short(session, finance):
    told = {"kind": "commitment", "amount": "5", "order_number": "7012345679"}
    enter(finance, make_line(session), **told, payee="ห้างหุ้นส่วนจำกัด ชลธีการโยธา")
    page = finance.get("/admin/purchase_order/").get_data(as_text=True)
    assert "<span class=s>หจก. ชลธีการโยธา</span>" in page


def test_a_commitment_brings_its_order_and_is_paid_to_the_satang(session, finance, chief):
    line_id = make_line(session)
    told = {
        "kind": "commitment", "amount": "600", "order_number": "7012345678", "payee": "ห้างตัวอย่าง",
        "contract_no": "14/2570", "order_ends_on": dates.input_date(FIRST + timedelta(days=90)),
    }  # fmt: skip
    assert enter(finance, line_id, **told).status_code == 302
    (first,) = entries(session, line_id)
    order = session.scalars(select(PurchaseOrder)).one()
    assert (order.number, order.vendor, order.contract_no) == ("7012345678", "ห้างตัวอย่าง", "14/2570")
    approve_all(chief, first.id)
    assert balances(session, line_id) == (400, 600, 0, 0)
    over = enter(finance, line_id, order_id=order.id, amount="600.01")
    page = over.get_data(as_text=True)
    assert over.status_code == 422
    assert "PO นี้เหลือเพียง 600.00 บาท" in page
    assert 'aria-describedby="amount-err"' in page
    assert form_of(page)["amount"] == "600.01"
    assert enter(finance, line_id, order_id=order.id, amount="600.00").status_code == 302
    approve_all(chief, entries(session, line_id, K.DISBURSEMENT)[0].id)
    assert balances(session, line_id) == (400, 0, 600, 0)
    twice = enter(finance, line_id, **told)
    assert twice.status_code == 422
    assert "7012345678 อยู่แล้ว" in twice.get_data(as_text=True)
    assert len(session.scalars(select(PurchaseOrder)).all()) == 1


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("amount", "1.005", "ทศนิยม"), ("amount", "-5", "ติดลบ"), ("amount", "", "โปรดระบุ"),
        ("amount", "0", "มากกว่าศูนย์"), ("amount", "1000.01", "เหลือเพียง 1,000.00"),
        ("amount", "1000000000000000", "สูงเกินไป"), ("amount", "ร้อยบาท", "1,234.50"),
        ("entry_date", "31/02/2570", "ไม่มีวันที่นี้"), ("entry_date", "30/09/2560", "ปีงบประมาณ"),
        ("entry_date", "", "โปรดระบุ"), ("kind", "transfer_in", "ลงด้วยมือไม่ได้"),
        ("kind", "reversal", "ลงด้วยมือไม่ได้"), ("kind", "commitment", "PO"),
        ("order_id", "12345", "เลือก"), ("description", "", "โปรดระบุ"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_the_field_and_stays(session, finance, field, value, told):
    line_id = make_line(session)
    answer = enter(finance, line_id, **{field: value})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    message = re.search(r'class="err" id="(\w+)-err">.*?<span>(.*?)</span>', page, re.DOTALL)
    assert message, "no field tells what is wrong"
    assert told in message[2], message[2]
    row = form_of(page)
    assert row["doc_no"] == "ขบ 1"
    assert field not in ("amount", "entry_date") or row[field] == value
    assert entries(session, line_id) == []


def test_a_day_that_is_still_to_come_is_told_at_its_field(session, finance):
    """In the row of the ledger, in the form of an order and in that of a transfer alike."""
    tomorrow = dates.today() + timedelta(1)
    day, year = dates.input_date(tomorrow), dates.fiscal_year(tomorrow)
    line_id, other = (make_line(session, item, "0", year) for item in ("ถนน", "คลอง"))
    told = {"kind": "allocation", "entry_date": day}
    new = f"/admin/purchase_order/new/?budget_line_id={line_id}"
    order = {"number": "70999", "vendor": "ห้างตัวอย่าง", "signed_on": day, "amount": "5"}
    move = f"/admin/budget_transfer/new/?from_line_id={line_id}"
    moved = {"to_line_id": other, "amount": "5", "transferred_on": day, "approval_ref": "สงป. 1"}
    answers = (
        enter(finance, line_id, **told),
        finance.post(new, data=open_form(finance, new) | order),
        finance.post(move, data=open_form(finance, move) | moved),
    )
    for field, answer in zip(("entry_date", "signed_on", "transferred_on"), answers, strict=True):
        assert answer.status_code == 422, field
        page = answer.get_data(as_text=True)
        message = re.search(rf'id="{field}-err">.*?<span>(.*?)</span>', page, re.DOTALL)
        assert message, field
        assert "ลงวันที่ล่วงหน้าไม่ได้" in message[1]
    assert entries(session, line_id) == []


def test_what_the_row_does_not_show_is_told_over_it(session, finance):
    line_id = make_line(session)
    page = enter(finance, line_id, carry_over_id="77").get_data(as_text=True)
    assert "โปรดเลือกจากรายการ" in re.search(r'class="note bad".*?</div>', page, re.DOTALL)[0]
    assert entries(session, line_id) == []


def test_the_same_row_sent_thrice_is_one_entry(session, finance):
    line_id = make_line(session)
    sent = typed(finance, line_id)
    answers = [finance.post(NEW, data=sent) for _n in range(3)]
    assert {a.status_code for a in answers} == {302}
    assert len({a.headers["Location"] for a in answers}) == 1
    assert len(entries(session, line_id)) == 1


def test_the_maker_approves_nothing_and_a_refused_one_leaves_the_others(session, persons, chief):
    line_id = make_line(session)
    finance = persons.client("finance")
    for amount in ("300", "200"):
        enter(finance, line_id, amount=amount)
    first, second = entries(session, line_id)
    chief_id = persons.user_id("chief_of_office")
    token = writing.set(True)
    own = LedgerEntry(
        budget_line_id=line_id, kind=K.DISBURSEMENT, amount=Decimal(50), made_by=chief_id,
        entry_date=FIRST, description="ของหัวหน้าเอง",
    )  # fmt: skip
    own_id = ledger.enter(own, session).id
    session.commit()
    writing.reset(token)
    queue = chief.get("/admin/ledger_entry/queue/").get_data(as_text=True)
    assert "ท่านเป็นผู้บันทึกรายการนี้" in queue
    assert f'value="{own_id}"' not in queue
    assert f'value="{first.id}"' in queue
    told = approve_all(chief, first.id, own_id, second.id)
    assert "อนุมัติแล้ว 2 รายการ" in told
    assert "อนุมัติรายการของตนเองไม่ได้" in told
    session.rollback()
    states = [session.get(LedgerEntry, key).status for key in (first.id, own_id, second.id)]
    assert states == [S.POSTED, S.WAITING, S.POSTED]
    again = approve_all(chief, first.id)
    assert "พิจารณาแล้ว" in again


def test_the_queue_holds_what_one_may_decide_alone(session, persons, finance, chief):
    """A chief reads the money of the cluster, and its officers that of the provinces: no more."""
    own_id = make_line(session)
    shared_id = cluster_of(session, LOPBURI).id
    theirs_id = make_line(session, "ถนนเชื่อมจังหวัด", province_id=None, cluster_id=shared_id)
    officers = [_officer(session, persons, name, shared_id) for name in ("one", "two")]
    enter(finance, own_id, amount="10")
    enter(officers[0], theirs_id, amount="20")
    (own,), (theirs,) = entries(session, own_id), entries(session, theirs_id)
    queues = [
        one.get("/admin/ledger_entry/queue/").get_data(as_text=True) for one in (chief, *officers)
    ]
    assert [f'value="{own.id}"' in queue for queue in queues] == [True, False, False]
    assert [f'value="{theirs.id}"' in queue for queue in queues] == [False, False, True]
    assert "ท่านเป็นผู้บันทึกรายการนี้" in queues[1]
    here = [re.findall('data-key="([a-z_]+)" aria-current', queue) for queue in queues]
    assert here == [["queue"]] * 3
    counts = [one.get("/admin/counts").json["menu"].get("queue") for one in (chief, *officers)]
    assert [told and told["n"] for told in counts] == [1, None, 1]
    assert "อนุมัติแล้ว 1 รายการ" in approve_all(officers[1], theirs.id)
    session.rollback()
    assert session.get(LedgerEntry, theirs.id).status is S.POSTED


def _officer(session, persons, name, cluster_id):
    """A signed-in officer of a cluster."""
    token = writing.set(True)
    session.rollback()
    account_id = make_user(
        session, f"cluster.{name}", Role.CLUSTER_OFFICER, GrantScope.CLUSTER, cluster_id=cluster_id
    ).id
    session.rollback()
    writing.reset(token)
    return persons.client_of(account_id)


def test_rejecting_needs_a_reason_and_frees_the_money(session, finance, chief):
    line_id = make_line(session)
    enter(finance, line_id, amount="1000")
    (made,) = entries(session, line_id)
    assert press(chief, "reject", made.id).status_code == 422
    assert press(chief, "reject", made.id, reason="ไม่มีใบสำคัญ").status_code == 302
    assert balances(session, line_id) == (1000, 0, 0, 0)
    assert "ไม่มีใบสำคัญ" in finance.get(at(line_id)).get_data(as_text=True)
    assert "ไม่มีใบสำคัญ" in finance.get("/admin/").get_data(as_text=True)


def test_an_entry_is_reversed_once_and_withdrawn_by_its_maker(session, persons, finance, chief):
    line_id = make_line(session)
    enter(finance, line_id, amount="500")
    (paid,) = entries(session, line_id)
    colleague = persons.client("finance", LOPBURI, "colleague")
    press(colleague, "withdraw", paid.id)
    assert session.get(LedgerEntry, paid.id).status is S.WAITING
    approve_all(chief, paid.id)
    assert press(finance, "reverse", paid.id).status_code == 422
    assert press(finance, "reverse", paid.id, reason="บันทึกซ้ำ").status_code == 302
    twice = press(finance, "reverse", paid.id, reason="บันทึกซ้ำ")
    assert "กลับรายการแล้ว" in twice.get_data(as_text=True)
    mirror = entries(session, line_id, K.REVERSAL)
    assert [one.reverses_id for one in mirror] == [paid.id]
    assert press(finance, "withdraw", mirror[0].id).status_code == 302
    assert press(finance, "reverse", paid.id, reason="บันทึกซ้ำ").status_code == 302
    (_withdrawn, second) = entries(session, line_id, K.REVERSAL)
    approve_all(chief, second.id)
    assert balances(session, line_id) == (1000, 0, 0, 0)
    page = finance.get(at(line_id)).get_data(as_text=True)
    assert f"ถูกกลับรายการโดย {second.number}" in page
    assert "−500.00" in page


def test_a_transfer_is_one_row_of_the_queue_with_both_lines(session, finance, chief):
    source, target = make_line(session, "ต้นทาง"), make_line(session, "ปลายทาง", "0")
    new = f"/admin/budget_transfer/new/?from_line_id={source}"
    form = {**open_form(finance, new), "to_line_id": target, "amount": "400.25"}
    answer = finance.post(new, data=form)
    assert answer.status_code == 422, "a transfer carries its approval"
    form["approval_ref"] = "สงป. 1/2569"
    form["transferred_on"] = dates.input_date(FIRST)
    assert finance.post(new, data=form).status_code == 302
    assert finance.post(new, data=form).status_code == 302
    session.rollback()
    moved = session.scalars(select(BudgetTransfer)).one()
    out, _in = session.scalars(
        select(LedgerEntry).where(LedgerEntry.transfer_id == moved.id).order_by(LedgerEntry.id)
    )
    queue = chief.get("/admin/ledger_entry/queue/").get_data(as_text=True)
    assert queue.count('name="rowid"') == 1
    assert "ต้นทาง" in queue
    assert queue.count("ปลายทาง") == queue.count(out.description), "named once in a row"
    page = f"/admin/budget_transfer/details/?id={moved.id}"
    assert "พิจารณาการโอนนี้" in chief.get(page).text
    assert "พิจารณาการโอนนี้" not in finance.get(page).text, "who made it only reads its entry"
    assert "เปิดรายการ" in finance.get(page).text
    approve_all(chief, out.id)
    assert balances(session, source)[0] == Decimal("599.75")
    assert balances(session, target)[0] == Decimal("400.25")


def test_an_order_is_made_by_its_commitment_and_no_balance_is_typed(session, finance):
    line_id = make_line(session)
    new = f"/admin/purchase_order/new/?budget_line_id={line_id}"
    form = open_form(finance, new)
    assert not {"outstanding", "paid", "committed", "waiting"} & set(form)
    form |= {
        "number": "70999", "vendor": "ห้างตัวอย่าง", "signed_on": dates.input_date(FIRST),
        "amount": "1000.01", "outstanding": "999999",
    }  # fmt: skip
    assert finance.post(new, data=form).status_code == 422
    assert session.scalar(select(func.count(PurchaseOrder.id))) == 0
    assert finance.post(new, data={**form, "amount": "900"}).status_code == 302
    session.rollback()
    order = session.scalars(select(PurchaseOrder)).one()
    (first,) = entries(session, line_id)
    assert (first.order_id, first.amount, first.status) == (order.id, 900, S.WAITING)
    assert order.outstanding == 0
    assert balances(session, line_id)[3] == 900


def test_only_what_describes_a_waiting_entry_is_edited(session, finance, chief):
    line_id = make_line(session)
    enter(finance, line_id, amount="10")
    (made,) = entries(session, line_id)
    edit = f"/admin/ledger_entry/edit/?id={made.id}"
    form = open_form(finance, edit)
    assert not {"amount", "kind", "entry_date", "order_id", "status"} & set(form)
    sent = {**form, "description": "แก้คำ", "amount": "999", "status": "posted"}
    assert finance.post(edit, data=sent).status_code == 302
    (made,) = entries(session, line_id)
    assert (made.description, made.amount, made.status) == ("แก้คำ", 10, S.WAITING)
    approve_all(chief, made.id)
    for answer in (finance.get(edit), finance.post(edit, data={**sent, "description": "อีกครั้ง"})):
        assert answer.status_code == 302
        assert "details" in answer.headers["Location"]
    assert entries(session, line_id)[0].description == "แก้คำ"
    line = f"/admin/budget_line/edit/?id={line_id}"
    form = open_form(finance, line)
    assert finance.post(line, data={**form, "available": "1", "net_budget": "9"}).status_code == 302
    assert balances(session, line_id)[0] == 990


def test_a_frozen_line_takes_nothing_until_it_is_freed(session, finance, chief):
    line_id = make_line(session)
    sent = typed(finance, line_id)
    url = "/admin/budget_line/{}/?id=" + str(line_id)
    token = {"csrf_token": chief.csrf}
    assert chief.post(url.format("freeze"), data=token).status_code == 302
    assert 'name="form_id"' not in finance.get(at(line_id)).get_data(as_text=True)
    assert finance.post(NEW, data=sent).status_code == 422
    session.rollback()
    assert session.get(BudgetLine, line_id).status is LineStatus.FROZEN
    assert chief.post(url.format("free"), data=token).status_code == 302
    assert finance.post(NEW, data=sent).status_code == 302


def _carried(session, number="กง 1/2569"):
    """A line of last year of which 600 of 1,000 baht are carried over; both ids."""
    year = YEAR - 1
    line_id = make_line(session, "ก่อสร้างลานกีฬา", year=year)
    token = writing.set(True)
    kept = CarryOver(
        number=number, budget_line_id=line_id, amount=Decimal(600), approval_ref="ที่ กค 1"
    )
    made = carry_over.keep(kept, session)
    ledger.approve(made, session, dates.now(), CHIEF)
    session.commit()
    writing.reset(token)
    return line_id, kept.id


def test_carried_money_is_drawn_extended_and_told_apart(session, finance, chief):
    line_id, kept_id = _carried(session)
    page = finance.get(f"/admin/carry_over/details/?id={kept_id}").get_data(as_text=True)
    link = re.search(r'href="(/admin/budget_line/details/[^"]*disbursement[^"]*)"', page)
    form = open_form(finance, link[1].replace("&amp;", "&"))
    assert form["carry_over_id"] == str(kept_id)
    answer = finance.post(NEW, data={**form, "description": "งวดที่ 1", "amount": "250"})
    assert answer.status_code == 302
    (drawn,) = entries(session, line_id, K.DISBURSEMENT)
    approve_all(chief, drawn.id)
    session.rollback()
    assert session.get(CarryOver, kept_id).remaining == 350
    ledger_page = finance.get(at(line_id)).get_data(as_text=True)
    assert "รายการเบิกจากเงินกัน" in ledger_page
    assert "350.00" in ledger_page
    assert balances(session, line_id)[2] == 0, "what is drawn is no payment of the line's year"
    later = dates.input_date(date(FIRST.year + 1, 9, 30))
    extend = f"/admin/carry_over/extend/?id={kept_id}"
    told = {
        "extended_to": later, "agreement_ref": "กค 0402/9", "agreed_on": dates.input_date(FIRST),
    }  # fmt: skip
    sent = {"csrf_token": chief.csrf, **told}
    assert chief.post(extend, data={**sent, "agreement_ref": ""}).status_code == 422
    assert chief.post(extend, data=sent).status_code == 302
    page = chief.get(f"/admin/carry_over/details/?id={kept_id}").get_data(as_text=True)
    assert "กค 0402/9" in page


def test_a_carry_over_says_that_it_waits_until_it_is_approved(session, finance, chief):
    line_id = make_line(session)
    new = f"/admin/carry_over/new/?budget_line_id={line_id}"
    told = {"number": "กง 9", "amount": "100", "approval_ref": "กค 0402/1"}
    page = finance.post(new, data={**open_form(finance, new), **told}).headers["Location"]
    head = finance.get(page).text.split("<h1", 1)[1].split("</h1>", 1)[0]
    assert "รออนุมัติ" in head
    (kept,) = entries(session, line_id, K.CARRY_OVER)
    approve_all(chief, kept.id)
    head = finance.get(page).text.split("<h1", 1)[1].split("</h1>", 1)[0]
    assert "รออนุมัติ" not in head


def test_a_year_is_closed_when_nothing_stands_open(session, finance, chief):
    line_id, _kept = _carried(session)
    year = {"fiscal_year": str(YEAR - 1)}
    new = f"/admin/fiscal_year_close/new/?fiscal_year={YEAR - 1}"
    assert "400.00" in chief.get(new).get_data(as_text=True)
    close = open_form(chief, new)
    chief.post("/admin/fiscal_year_close/new/", data=close)
    session.rollback()
    assert session.scalar(select(func.count(FiscalYearClose.id))) == 0
    answer = finance.post(
        "/admin/fiscal_year_close/lapse/", data={"csrf_token": finance.csrf, **year}
    )
    assert answer.status_code == 302
    (lapse,) = entries(session, line_id, K.LAPSE)
    assert (lapse.amount, lapse.status) == (400, S.WAITING)
    lapse_id = lapse.id
    approve_all(chief, lapse_id)
    answers = [chief.post("/admin/fiscal_year_close/new/", data=close) for _n in range(2)]
    assert {a.status_code for a in answers} == {302}
    session.rollback()
    assert session.scalars(select(FiscalYearClose)).one().fiscal_year == YEAR - 1
    page = finance.get(at(line_id)).get_data(as_text=True)
    assert "อ่านได้อย่างเดียว" in page
    kinds = re.search(r"<select[^>]*data-kind>(.*?)</select>", page, re.DOTALL)[1]
    assert "allocation" not in kinds
    assert "disbursement" in kinds, "carried money is still drawn"
    assert "/admin/ledger_entry/reverse/" not in page, "what the closed year refuses is not offered"
    entry = finance.get(f"/admin/ledger_entry/details/?id={lapse_id}").text
    assert "/admin/ledger_entry/reverse/" not in entry
    assert f"ปีงบประมาณ {YEAR - 1} ปิดแล้ว" in entry, "and the entry says why"
    back = {**form_of(page), "csrf_token": finance.csrf, "description": "ย้อนหลัง", "amount": "1"}
    late = {**back, "entry_date": dates.input_date(FIRST - timedelta(days=1)), "kind": "allocation"}
    assert finance.post(NEW, data=late).status_code == 422
    edit = f"/admin/budget_line/edit/?id={line_id}"
    sent = {**open_form(finance, edit), "plan": "แผนงานอื่น"}
    assert finance.post(edit, data=sent).status_code == 422


STRANGERS = (("auditor", None), ("finance", CHAINAT), ("governor", LOPBURI), ("secretary", LOPBURI))


def test_every_act_is_refused_by_whatever_address(session, persons, finance):
    line_id, kept_id = _carried(session)
    now_id = make_line(session)
    sent = typed(finance, now_id)
    enter(finance, now_id, amount="10")
    (waits,) = entries(session, now_id)
    posted = session.scalar(
        select(LedgerEntry.id).where(
            LedgerEntry.budget_line_id == now_id, LedgerEntry.status == S.POSTED
        )
    )
    acts = [
        (NEW, sent), (f"/admin/ledger_entry/edit/?id={waits.id}", sent),
        *((f"/admin/ledger_entry/{verb}/?id={waits.id}", {"reason": "x"})
          for verb in ("approve", "reject", "withdraw")),
        ("/admin/ledger_entry/decide/", {"one": waits.id}),
        (f"/admin/ledger_entry/reverse/?id={posted}", {"reason": "x"}),
        (f"/admin/budget_line/freeze/?id={now_id}", {}),
        (f"/admin/budget_line/free/?id={now_id}", {}),
        ("/admin/budget_transfer/new/", {**sent, "from_line_id": now_id, "to_line_id": line_id}),
        ("/admin/purchase_order/new/", {**sent, "number": "7", "vendor": "ก"}),
        ("/admin/carry_over/new/", {**sent, "number": "7"}),
        (f"/admin/carry_over/extend/?id={kept_id}", {"agreement_ref": "x"}),
        ("/admin/fiscal_year_close/lapse/", {"province_id": LOPBURI, "fiscal_year": YEAR - 1}),
        ("/admin/fiscal_year_close/new/", {"province_id": LOPBURI, "fiscal_year": YEAR - 1}),
    ]  # fmt: skip
    session.rollback()
    counts = [
        session.scalar(select(func.count()).select_from(e)) for e in (LedgerEntry, PurchaseOrder)
    ]
    for role, province_id in STRANGERS:
        client = persons.client(role, province_id)
        for url, data in acts:
            answer = client.post(url, data={**data, "csrf_token": client.csrf})
            at_own = role == "finance" and url.endswith("/new/")
            assert answer.status_code in ((403, 404, 422) if at_own else (403, 404)), (role, url)
    session.rollback()
    now = [
        session.scalar(select(func.count()).select_from(e)) for e in (LedgerEntry, PurchaseOrder)
    ]
    assert now == counts
    assert session.get(LedgerEntry, waits.id).status is S.WAITING
    assert session.get(BudgetLine, now_id).status is LineStatus.ACTIVE
    assert persons.client("auditor", None).get(at(now_id)).status_code == 200
    assert persons.client("finance", CHAINAT).get(at(now_id)).status_code == 404
    page = persons.client("auditor", None).get(at(now_id)).get_data(as_text=True)
    assert "data-entry" not in page
    assert "/reverse/" not in page
    assert session.scalar(select(func.count(AuditEntry.id)).where(AuditEntry.act == "refused")) > 20


def count_queries(app, client, url):
    """How many statements a page asks of the database."""
    asked = []
    with app.app_context():
        engine = db.engine
    listener = lambda *args: asked.append(args[2])  # noqa: E731
    event.listen(engine, "before_cursor_execute", listener)
    try:
        assert client.get(url).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", listener)
    return len([one for one in asked if one.lstrip().upper().startswith(("SELECT", "WITH"))])


def _fill(session, line_id, count):
    token = writing.set(True)
    session.rollback()
    line = session.get(BudgetLine, line_id)
    for n in range(count):
        made = LedgerEntry(
            budget_line=line, kind=K.DISBURSEMENT, amount=Decimal(1), description=f"ครั้งที่ {n}",
            entry_date=FIRST + timedelta(days=n % 50),
        )  # fmt: skip
        ledger.enter(made, session)
    session.commit()
    writing.reset(token)


def test_a_ledger_costs_the_same_few_queries_however_long_it_is(app, session, finance, chief):
    line_id = make_line(session, allocated="90000")
    _fill(session, line_id, 3)
    short = count_queries(app, finance, at(line_id))
    queue = count_queries(app, chief, "/admin/ledger_entry/queue/")
    _fill(session, line_id, 60)
    assert count_queries(app, finance, at(line_id)) == short <= 10
    assert count_queries(app, chief, "/admin/ledger_entry/queue/") == queue <= 10
    assert count_queries(app, finance, "/admin/budget_line/") <= 7


def test_a_long_ledger_shows_its_latest_months_and_the_way_to_all(session, finance):
    line_id = make_line(session, allocated="90000")
    _fill(session, line_id, 520)
    page = finance.get(at(line_id)).get_data(as_text=True)
    rows = page.count("data-row")
    assert 0 < rows <= 500
    assert f"ไม่ได้แสดงรายการก่อนหน้า {521 - rows} รายการ" in page
    whole = finance.get(at(line_id, all=1)).get_data(as_text=True)
    assert whole.count("data-row") == 521


def test_a_clusters_lines_stand_beside_the_provinces_sum(session, persons):
    shared_id = cluster_of(session, LOPBURI).id
    make_line(session, "ก", "1000")
    make_line(session, "ข", "2000.50", kind=SpendingKind.CURRENT)
    make_line(session, "ถนนเชื่อมจังหวัด", "7000", province_id=None, cluster_id=shared_id)
    page = persons.client("chief_of_office").get("/admin/budget_line/").get_data(as_text=True)
    sums = page[page.index("<caption>") : page.index("</table>")]
    heads = re.findall(r'<th scope="row"[^>]*>(.*?)</th>', sums)
    assert heads[2:] == ["รวม", "กลุ่มจังหวัด (ไม่รวมในยอดรวม)"]
    assert "3,000.50" in sums
    assert "7,000.00" in sums
    assert "10,000.50" not in sums


def test_the_front_page_adds_up_its_year_and_keeps_to_the_switch(session, persons, finance):
    make_line(session, "ก", "1000")
    make_line(session, "ข", "2000.50", kind=SpendingKind.CURRENT)
    make_line(session, "ค", "7000", province_id=CHAINAT)
    page = finance.get("/admin/budget_line/").get_data(as_text=True)
    assert "3,000.50" in page
    assert "7,000.00" not in page
    auditor = persons.client("auditor", None)
    assert "10,000.50" in auditor.get("/admin/budget_line/").get_data(as_text=True)
    narrowed = auditor.get(f"/admin/budget_line/?province={CHAINAT}").get_data(as_text=True)
    assert "7,000.00" in narrowed
    assert "3,000.50" not in narrowed
    unpaid = finance.get("/admin/budget_line/?only=unpaid").get_data(as_text=True)
    assert 'aria-label="ก"' in unpaid or ">ก<" in unpaid
    near = finance.get("/admin/budget_line/?only=near_limit").get_data(as_text=True)
    assert ">ก<" not in near
    assert finance.get("/admin/budget_line/?only=x").status_code == 200
