"""The proof of the ledger: silent on a whole one, and naming whatever is changed behind the rules."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session

from access import balances
from access.database import db, writing
from entities.vocabulary import EntryKind
from figures import ledger_proof
from models import BudgetLine, CarryOver, LedgerEntry
from rules import carry_over, ledger
from tests.conftest import CHAINAT, LOPBURI
from tests.rules.test_ledger import CHIEF, NOW, entry, line, order, posted

K = EntryKind


@pytest.fixture
def whole(session: Session) -> Iterator[BudgetLine]:
    """A ledger with an order, a transfer, a reversal, a carry-over that was drawn, a closed year."""
    token = writing.set(True)
    session.rollback()
    road = line(session, "1000.00", item="ถนน")
    other = line(session, "500.00", item="คลอง")
    moved = ledger.transfer(road, other, Decimal("10.00"), date(2026, 11, 3), "สงป. 1", session)
    ledger.approve(_legs(session, moved), session, NOW, CHIEF)
    contract = order(session, road, "600.00")
    posted(session, road, K.DISBURSEMENT, "100.00", order=contract)
    twice = posted(session, road, K.DISBURSEMENT, "5.00")
    (mirror,) = ledger.reverse(twice, "ซ้ำ", session, date(2026, 11, 5))
    ledger.approve(mirror, session, NOW, CHIEF)
    kept = CarryOver(number="1", budget_line=road, order=contract, amount=Decimal("500.00"))
    ledger.approve(carry_over.keep(kept, session), session, NOW, CHIEF)
    posted(session, road, K.DISBURSEMENT, "50.00", carry_over=kept, entry_date=date(2027, 11, 2))
    entry(session, other, K.DISBURSEMENT, "7.00")
    past = line(session, "0", item="ปีก่อน", fiscal_year=2569)
    posted(session, past, K.ALLOCATION, "30.00", entry_date=date(2026, 5, 4))
    session.commit()
    yield road
    session.rollback()
    writing.reset(token)


def _legs(session: Session, moved: Any) -> Any:
    return session.scalars(select(LedgerEntry).where(LedgerEntry.transfer_id == moved.id)).first()


def behind(*statements: str) -> None:
    """Change rows with the triggers taken away and put back, as nobody should be able to."""
    with db.engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            connection.exec_driver_sql("PRAGMA ignore_check_constraints=ON")
        _drop(connection, sqlite)
        for statement in statements:
            connection.execute(text(statement))
        balances.ensure(connection)
        connection.commit()
        if sqlite:
            connection.exec_driver_sql("PRAGMA ignore_check_constraints=OFF")


def _drop(connection: Connection, sqlite: bool) -> None:
    if sqlite:
        for name in balances.sqlite_triggers():
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
        return
    for name in ("ledger_entry_guard", "ledger_entry_balance"):
        connection.exec_driver_sql(f"DROP TRIGGER {name} ON ledger_entry")
    for table in ("ledger_entry", "budget_line", "purchase_order", "carry_over", "budget_transfer"):
        found = connection.execute(
            text("SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = "
                 f"'{table}'\\:\\:regclass")
        ).scalars()  # fmt: skip
        for name in list(found):
            connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")


def faults(session: Session, province_id: int | None = None) -> list[str]:
    session.rollback()
    return sorted(str(fault) for fault in ledger_proof.prove(session, province_id)[1])


def test_a_whole_ledger_has_no_fault(session: Session, whole: BudgetLine) -> None:
    assert faults(session) == []
    count, _none = ledger_proof.prove(session, LOPBURI)
    assert count == 0


OF = "WHERE budget_line_id = (SELECT id FROM budget_line WHERE item = 'ถนน')"
FIRST = f"(SELECT min(id) FROM ledger_entry {OF} AND kind = 'disbursement')"
TAMPERED: dict[str, tuple[str, str]] = {
    "a balance of a line": (
        "UPDATE budget_line SET disbursed = disbursed - 1 WHERE item = 'ถนน'",
        "disbursed is 99.99, its entries give 100.00",
    ),
    "an amount and its change": (
        f"UPDATE ledger_entry SET amount = 9900, paid_change = 9900, order_change = -9900 WHERE id = {FIRST}",
        "disbursed is 100.00, its entries give 99.00",
    ),
    "an order": ("UPDATE purchase_order SET outstanding = outstanding + 100", "purchase_order"),
    "a carry-over": ("UPDATE carry_over SET remaining = remaining + 100", "remaining is 451.00"),
    "a month": ("UPDATE ledger_month SET paid_change = paid_change + 5", "ledger_month"),
    "a month that is gone": ("DELETE FROM ledger_month", "is short"),
    "a deleted entry": (
        f"DELETE FROM ledger_entry {OF} AND number = 4", "numbers do not run without gap",
    ),
    "a last entry deleted": (
        "DELETE FROM ledger_entry WHERE status = 'waiting'", "its counter at 3",
    ),
    "a counter": ("UPDATE counter SET value = 99 WHERE key LIKE 'ledger_entry:%'", "counter at 99"),
    "the maker as approver": (
        f"UPDATE ledger_entry SET approved_by = made_by {OF}", "ck_ledger_entry_approver_is_not_maker",
    ),
    "no approver": (f"UPDATE ledger_entry SET approved_by = NULL {OF}", "without an approver"),
    "a reversal of something else": (
        f"UPDATE ledger_entry SET reverses_id = {FIRST} WHERE kind = 'reversal'",
        "tg_reversal_mirrors",
    ),
    "one leg of a transfer": (
        "UPDATE ledger_entry SET status = 'withdrawn', posted_at = NULL WHERE kind = 'transfer_in'",
        "1 not “posted”",
    ),
    "a transfer's amount": (
        "UPDATE budget_transfer SET amount = amount + 1", "tg_transfer_leg",
    ),
    "a day outside the year": (
        f"UPDATE ledger_entry SET entry_date = '2026-09-30' WHERE id = {FIRST}",
        "tg_entry_outside_year",
    ),
    "a draw after the end": (
        "UPDATE carry_over SET expires_on = '2027-10-31'", "tg_carry_over_expired",
    ),
    "the year of a line": ("UPDATE budget_line SET closes_on = '2028-09-30'", "runs from"),
    "an overdrawn line": (
        "UPDATE budget_line SET waiting = 100000 WHERE item = 'ถนน'", "never_overdrawn",
    ),
}  # fmt: skip
"""What is changed, by which statement, and what must be said of it."""


@pytest.mark.parametrize("what", TAMPERED)
def test_whatever_is_changed_behind_the_triggers_is_named(
    session: Session, whole: BudgetLine, what: str
) -> None:
    statement, told = TAMPERED[what]
    session.rollback()
    behind(statement)
    found = faults(session)
    assert any(told in fault for fault in found), found
    assert faults(session, LOPBURI) == []
    assert faults(session, CHAINAT) == found


def test_a_closed_year_is_untouched(session: Session, whole: BudgetLine) -> None:
    session.rollback()
    columns = "id, version, made_at, province_id, name, fiscal_year, closed_on"
    behind(
        f"INSERT INTO fiscal_year_close ({columns}) VALUES"
        f" (1, 1, '2026-11-01 00:00:00', {CHAINAT}, 'ปิดปี', 2569, '2026-11-01')"
    )
    found = faults(session)
    assert any("was made or posted after its year was closed" in one for one in found)
    assert any("has money open in a closed year" in one for one in found)
    assert not any("ถนน" in one for one in found)


def test_the_command_says_so_and_exits_with_one(
    app: Any, session: Session, whole: BudgetLine
) -> None:
    session.rollback()
    good = app.test_cli_runner().invoke(args=["ledger", "verify"])
    assert good.exit_code == 0, good.output
    assert ", 0 faults" in good.output
    behind("UPDATE budget_line SET available = available + 1 WHERE item = 'ถนน'")
    bad = app.test_cli_runner().invoke(args=["ledger", "verify", "ชัยนาท"])
    assert bad.exit_code == 1
    assert "available is" in bad.output
    assert app.test_cli_runner().invoke(args=["ledger", "verify", "ลพบุรี"]).exit_code == 0
    assert app.test_cli_runner().invoke(args=["ledger", "verify", "แอตแลนติส"]).exit_code == 2
