"""Sheets and lists of the money as they stand on an office's screen of 1366 pixels."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from entities import dates
from entities.vocabulary import ProjectStatus, RequestStatus
from models import BudgetLine, Project, RequestItem, RoleGrant
from tests.browser.conftest import Office
from tests.conftest import CHAINAT

Opener = Callable[..., Page]
PLANNER, FINANCE = "planner.chainat", "finance.chainat"
RIGHTS = """
() => [...document.querySelectorAll('.ledger tbody tr:not(.enter) > .key')].flatMap((cell) => {
  const amount = [...cell.childNodes].find((node) => /[0-9]/.test(node.data));
  if (!amount) return [];
  const range = document.createRange();
  range.selectNodeContents(amount);
  return [Math.round(range.getBoundingClientRect().right)];
})
"""
"""Where the balances of a ledger end, in pixels."""
OVER = """
() => {
  const box = document.querySelector('[name=amount]').getBoundingClientRect();
  return document.elementFromPoint(box.right - 1, box.top + box.height / 2).name;
}
"""
"""What lies at the right rim of the box of the amount."""


def test_balances_stand_in_one_column_and_the_amount_is_seen_whole(
    office: Office, sign_in: Opener
) -> None:
    """Rows that offer an act beside their balance, and sums that do not, end at one edge."""
    with office.work() as session:
        of_chainat = select(BudgetLine.id).where(BudgetLine.province_id == CHAINAT)
        line_id = session.scalars(of_chainat.order_by(BudgetLine.outstanding.desc())).first()
    page = sign_in(FINANCE)
    page.goto(f"/admin/budget_line/details/?id={line_id}")
    page.locator("[name=amount]").fill("12,345,678.90")
    expect(page.locator(".ledger .rowact").first).to_be_visible()
    ends = page.evaluate(RIGHTS)
    assert len(ends) > 3
    assert max(ends) - min(ends) <= 1
    assert page.evaluate(OVER) == "amount"


@pytest.mark.parametrize("entity", ["request_item", "problem", "carry_over"])
def test_lists_of_the_money_fit_the_screen(sign_in: Opener, entity: str) -> None:
    page = sign_in(PLANNER)
    page.goto(f"/admin/{entity}/?all=1")
    expect(page.locator("table.rows tbody tr").first).to_be_visible()
    assert page.evaluate(
        "[...document.querySelectorAll('.scroll')].every((box) => box.scrollWidth <= box.clientWidth)"
    )


def test_a_refused_sheet_of_decisions_goes_on_counting(office: Office, sign_in: Opener) -> None:
    """What a project has now is counted once, also where the sheet comes back as it was typed."""
    with office.work() as session:
        one = session.scalars(
            select(RequestItem)
            .where(RequestItem.province_id == CHAINAT, RequestItem.status == RequestStatus.OPEN)
            .order_by(RequestItem.priority)
        ).first()
        assert one is not None
        address, key = f"/admin/budget_request/decide/?id={one.request_id}", one.id
    page = sign_in(PLANNER)
    page.goto(address)
    total = page.locator("[data-total]")
    before = total.inner_text()
    box = page.locator(f"[name=amount-{key}]")
    had = box.input_value()
    box.fill("99,999,999")
    page.locator(".save .btn.go").click()
    expect(page.locator(".note.bad")).to_be_visible()
    page.locator(f"[name=amount-{key}]").fill(had)
    expect(total).to_have_text(re.compile(f"^{re.escape(before)}$"))
    page.locator(f"[name=amount-{key}]").fill("0")
    expect(total).not_to_have_text(before)


def test_who_reports_a_milestone_sees_the_day_that_is_typed(
    office: Office, sign_in: Opener
) -> None:
    """An agency's officer plans nothing, yet the boxes of what is done are as wide as the planner's."""
    with office.work() as session:
        under_way = select(Project.id).where(
            Project.province_id == CHAINAT, Project.status == ProjectStatus.UNDER_WAY,
            Project.agency_id == session.scalars(
                select(RoleGrant.agency_id).where(
                    RoleGrant.user_id == office.account_id("agency_officer.chainat")
                )
            ).one(),
        )  # fmt: skip
        project_id = session.scalars(under_way.order_by(Project.id)).first()
    page = sign_in("agency_officer.chainat")
    page.goto(f"/admin/project/details/?id={project_id}")
    box = page.locator("[name^=actual_end]").first.bounding_box()
    assert box is not None
    assert box["width"] > 120


def test_what_is_left_lapses_after_a_yes(office: Office, sign_in: Opener) -> None:
    """A form that asks and is guarded asks once: it went round in a circle, and no year could be closed."""
    year = dates.fiscal_year(dates.today()) - 1
    page = sign_in("finance.lampang")
    page.goto(f"/admin/fiscal_year_close/standing/?fiscal_year={year}")
    page.locator(".save .btn.go").click()
    page.locator("dialog.ask .btn:not(.go)").click()
    expect(page.locator("dialog.ask")).to_have_count(0)
    page.locator(".save .btn.go").click()
    page.locator("dialog.ask .btn.go").click()
    expect(page.locator(".note.ok")).to_contain_text("รออนุมัติ")
