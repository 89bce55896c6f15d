"""The control ledger by the keyboard alone, and by thumb."""

import re
from collections.abc import Callable
from decimal import Decimal

from playwright.sync_api import Page, expect
from sqlalchemy import select

from entities import dates
from entities.vocabulary import EntryKind, SpendingKind
from models import BudgetLine, LedgerEntry
from rules import ledger
from tests.browser.conftest import PHONE, Office
from tests.conftest import CHAINAT

Opener = Callable[..., Page]
FINANCE, CHIEF = "finance.chainat", "chief_of_office.chainat"


def _line(office: Office, item: str) -> int:
    """A line of Chai Nat with 10,000 baht allocated."""
    chief = ledger.Officer(office.account_id(CHIEF), "หัวหน้าสำนักงานจังหวัด")
    with office.work() as session:
        line = BudgetLine(
            province_id=CHAINAT, item=item, fiscal_year=dates.fiscal_year(dates.today()),
            kind=SpendingKind.CAPITAL,
        )  # fmt: skip
        session.add(line)
        session.flush()
        first = LedgerEntry(
            budget_line=line, kind=EntryKind.ALLOCATION, amount=Decimal(10_000),
            entry_date=line.opens_on, description="งวดที่ 1",
        )  # fmt: skip
        ledger.approve(ledger.enter(first, session), session, dates.now(), chief)
        session.commit()
        return line.id


def _amounts(office: Office, line_id: int) -> list[Decimal]:
    with office.work() as session:
        made = select(LedgerEntry.amount).where(
            LedgerEntry.budget_line_id == line_id, LedgerEntry.kind != EntryKind.ALLOCATION
        )
        return list(session.scalars(made.order_by(LedgerEntry.id)))


def _focused(page: Page) -> str:
    found: str = page.evaluate("document.activeElement.name || document.activeElement.tagName")
    return found


def _type_row(page: Page, number: str, text: str, amount: str) -> None:
    """From the document number on, only Tab between the boxes; Enter at the end."""
    for name, typed in (("doc_no", number), ("kind", ""), ("description", text), ("order_id", ""),
                        ("payee", "ร้านตัวอย่าง"), ("amount", amount)):  # fmt: skip
        assert _focused(page) == name
        if typed:
            page.keyboard.type(typed)
        page.keyboard.press("Tab" if name != "amount" else "Enter")


COVERED = """
() => [...document.querySelectorAll('table.ledger tbody tr')].filter((row) => {
  const [left, key] = [...row.children].slice(-2).map((cell) => cell.getBoundingClientRect());
  return left.right > key.left + 1;
}).length
"""


def test_no_amount_of_a_large_line_is_covered(office: Office, sign_in: Opener) -> None:
    """Tens of millions stand whole beside the balance, which stays in sight at the right."""
    with office.work() as session:
        largest = select(BudgetLine.id).where(BudgetLine.province_id == CHAINAT)
        large = list(session.scalars(largest.order_by(BudgetLine.outstanding.desc()).limit(3)))
    page = sign_in(FINANCE)
    for line_id in large:
        page.goto(f"/admin/budget_line/details/?id={line_id}")
        expect(page.locator("table.ledger .key").nth(2)).to_be_visible()
        assert page.evaluate(COVERED) == 0, line_id


def test_rows_are_entered_without_a_mouse(office: Office, sign_in: Opener) -> None:
    """Tab goes where the hand expects, Enter saves, and the next row waits with day and kind."""
    line_id = _line(office, "แป้นพิมพ์")
    page = sign_in(FINANCE)
    page.goto(f"/admin/budget_line/details/?id={line_id}")
    expect(page.locator("[name=doc_no]")).to_be_focused()
    page.locator("[name=entry_date]").fill("๑๕/๑๐/๒๕๖๙")
    page.locator("[name=doc_no]").focus()
    _type_row(page, "ขบ 1", "ค่าวัสดุ", "1,250.50")
    page.wait_for_url(re.compile("kind=disbursement"))
    expect(page.locator("[name=doc_no]")).to_be_focused()
    expect(page.locator("[name=entry_date]")).to_have_value("15/10/2569")
    expect(page.locator("[name=description]")).to_have_value("")
    _type_row(page, "ขบ 2", "ค่าจ้าง", "๗๕๐")
    expect(page.locator("tr.wait")).to_have_count(2)
    assert _amounts(office, line_id) == [Decimal("1250.50"), Decimal("750.00")]


def test_arrows_move_escape_clears_and_the_kind_decides(office: Office, sign_in: Opener) -> None:
    line_id = _line(office, "ลูกศร")
    page = sign_in(FINANCE)
    page.goto(f"/admin/budget_line/details/?id={line_id}")
    number = page.locator("[name=doc_no]")
    expect(page.locator("[name=order_number]")).to_be_hidden()
    expect(page.locator("td[data-column=paid] [name=amount]")).to_be_visible()
    page.locator("[name=kind]").select_option("commitment")
    expect(page.locator("[name=order_number]")).to_be_visible()
    expect(page.locator("td[data-column=order] [name=amount]")).to_be_visible()
    page.locator("[name=kind]").select_option("allocation")
    expect(page.locator("[name=order_id]")).to_be_hidden()
    number.fill("ชน 9")
    number.press("Escape")
    expect(number).to_have_value("")
    expect(number).to_be_focused()
    number.press("ArrowLeft")
    assert _focused(page) == "entry_date"
    page.keyboard.press("ArrowDown")
    expect(page.locator("a[data-row]").first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(number).to_be_focused()


def test_what_a_script_moves_keeps_the_focus(office: Office, sign_in: Opener) -> None:
    """A person may be typing already when the scripts of a slow page come and move the box."""
    page = sign_in(FINANCE)
    page.goto(f"/admin/budget_line/details/?id={_line(office, 'ย้ายช่อง')}")
    kept = page.evaluate("""() => {
      const [amount, kind] = ["amount", "kind"].map((name) => document.querySelector(`[name=${name}]`));
      const before = amount.closest("td");
      amount.focus();
      kind.value = "commitment";
      kind.dispatchEvent(new Event("change", { bubbles: true }));
      return [amount.closest("td") !== before, document.activeElement === amount];
    }""")
    assert kept == [True, True]


def test_a_refused_row_keeps_what_was_typed_and_goes_to_the_box(
    office: Office, sign_in: Opener
) -> None:
    line_id = _line(office, "ผิด")
    page = sign_in(FINANCE)
    page.goto(f"/admin/budget_line/details/?id={line_id}")
    _type_row(page, "ขบ 1", "เกินวงเงิน", "10000.01")
    expect(page.locator("#amount-err")).to_contain_text("10,000.00")
    expect(page.locator("[name=amount]")).to_be_focused()
    expect(page.locator("[name=description]")).to_have_value("เกินวงเงิน")
    page.locator("[name=amount]").fill("10000")
    page.keyboard.press("Enter")
    expect(page.locator("tr.wait")).to_have_count(1)
    assert _amounts(office, line_id) == [Decimal("10000.00")]


def test_head_and_balance_stay_in_sight(office: Office, sign_in: Opener) -> None:
    """The box scrolls in itself: its head above, the balance at the right; a phone has cards."""
    line_id = _line(office, "เห็นตลอด")
    page = sign_in(FINANCE, (820, 600))
    page.goto(f"/admin/budget_line/details/?id={line_id}")
    box = page.locator(".sheetbox")
    edge = box.bounding_box()
    balance = page.locator("tr[data-entry] ~ tr .key").first.bounding_box()
    assert edge is not None
    assert balance is not None
    assert abs(edge["x"] + edge["width"] - balance["x"] - balance["width"]) < 3
    phone = sign_in(FINANCE, PHONE)
    phone.goto(f"/admin/budget_line/details/?id={line_id}")
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(phone.locator("[name=amount]")).to_be_visible()


def test_the_chief_approves_by_thumb(office: Office, sign_in: Opener) -> None:
    line_id = _line(office, "อนุมัติ")
    page = sign_in(FINANCE)
    page.goto(f"/admin/budget_line/details/?id={line_id}")
    _type_row(page, "ขบ 1", "ค่าวัสดุ", "500")
    expect(page.locator("tr.wait")).to_have_count(1)
    chief = sign_in(CHIEF, PHONE)
    chief.goto("/admin/ledger_entry/queue/")
    row = chief.locator("tr", has_text="ค่าวัสดุ").filter(has=chief.locator("button"))
    button = row.first.get_by_role("button", name=re.compile("อนุมัติ"))
    size = button.bounding_box()
    assert size is not None
    assert size["height"] >= 40
    button.click()
    expect(chief.locator(".note.ok")).to_contain_text("อนุมัติแล้ว 1 รายการ")
