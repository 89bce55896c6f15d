"""Many officers at once on one line and one order: never a baht too much, never a number twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from access import viewer as who
from access.database import db, writing
from entities import dates
from entities.vocabulary import EntryKind, EntryStatus
from models import BudgetLine, BudgetTransfer, LedgerEntry, PurchaseOrder
from rules import ledger
from rules.base import Broken
from tests.rules.test_ledger import CHIEF, MAKER, line, order, work

__all__ = ["work"]
K = EntryKind
OFFICERS = 12


def _at_once(app: Flask, act: Any) -> list[str]:
    """What each of many officers was told, who all act at the same moment."""

    def one(number: int) -> str:
        with app.app_context():
            token = writing.set(True)
            session = db.session()
            try:
                who.act_as(session, who.SYSTEM)
                act(session, number)
                session.commit()
                return "done"
            except Broken as broken:
                session.rollback()
                return str(broken)
            finally:
                db.session.remove()
                writing.reset(token)

    with ThreadPoolExecutor(OFFICERS) as pool:
        return list(pool.map(one, range(OFFICERS)))


def _pay(session: Any, line_id: int, amount: str, order_id: int | None = None) -> LedgerEntry:
    return ledger.enter(
        LedgerEntry(
            budget_line_id=line_id, kind=K.DISBURSEMENT, amount=Decimal(amount),
            entry_date=date(2026, 11, 2), description="เบิก", made_by=MAKER, order_id=order_id,
        ),
        session,
    )  # fmt: skip


def test_the_last_baht_is_spent_once(app: Flask, work: Any) -> None:
    line_id = line(work, "100.00").id
    work.commit()
    told = _at_once(app, lambda session, _n: _pay(session, line_id, "30.00"))
    assert told.count("done") == 3
    assert all(
        "Only 10.00 baht" in answer or "10.00" in answer for answer in told if answer != "done"
    )
    work.expire_all()
    kept = work.get(BudgetLine, line_id)
    assert (kept.waiting, kept.available) == (Decimal(90), Decimal(100))
    numbers = work.scalars(
        select(LedgerEntry.number).where(LedgerEntry.budget_line_id == line_id)
    ).all()
    assert sorted(numbers) == [1, 2, 3, 4]


def test_an_order_is_paid_once_and_approved_once(app: Flask, work: Any) -> None:
    one = line(work, "1000.00")
    order_id, line_id = order(work, one, "100.00").id, one.id
    work.commit()
    told = _at_once(app, lambda session, _n: _pay(session, line_id, "40.00", order_id))
    assert told.count("done") == 2
    work.expire_all()
    waiting = work.scalars(
        select(LedgerEntry.id).where(LedgerEntry.status == EntryStatus.WAITING)
    ).all()
    work.commit()

    def approve(session: Any, number: int) -> None:
        entry = session.get(LedgerEntry, waiting[number % 2])
        ledger.approve(entry, session, dates.now(), CHIEF)

    assert _at_once(app, approve).count("done") == 2
    work.expire_all()
    kept = work.get(PurchaseOrder, order_id)
    assert (kept.paid, kept.outstanding, kept.waiting) == (Decimal(80), Decimal(20), Decimal(0))


def test_transfers_both_ways_at_once_neither_lock_nor_lose(app: Flask, work: Any) -> None:
    one, two = line(work, "500.00", item="ก"), line(work, "500.00", item="ข")
    ids = (one.id, two.id)
    work.commit()

    def move(session: Any, number: int) -> None:
        source, target = (session.get(BudgetLine, ids[(number + n) % 2]) for n in (0, 1))
        moved = ledger.transfer(
            source, target, Decimal(10), date(2026, 11, 2), f"อนุมัติ {number}", session
        )
        out = session.scalars(
            select(LedgerEntry).where(LedgerEntry.transfer_id == moved.id)
        ).first()
        ledger.approve(out, session, dates.now(), CHIEF)

    assert _at_once(app, move) == ["done"] * OFFICERS
    work.expire_all()
    assert [work.get(BudgetLine, key).net_budget for key in ids] == [Decimal(500), Decimal(500)]


def test_a_transfer_decided_meanwhile_is_not_decided_again(app: Flask, work: Any) -> None:
    """One chief approves while another, who read it before, refuses: the second is told."""
    one, two = line(work, "500.00", item="ก"), line(work, "500.00", item="ข")
    moved = ledger.transfer(one, two, Decimal(10), date(2026, 11, 2), "อนุมัติ 1", work)
    work.commit()
    moved_id = moved.id
    read_before = work.scalars(
        select(LedgerEntry).where(LedgerEntry.transfer_id == moved_id).order_by(LedgerEntry.id)
    ).first()
    assert read_before.status is EntryStatus.WAITING
    entry_id = read_before.id
    work.expunge(read_before)
    work.commit()

    def approve(session: Any, _number: int) -> None:
        ledger.approve(session.get(LedgerEntry, entry_id), session, dates.now(), CHIEF)

    assert _at_once(app, approve).count("done") == 1
    work.expunge_all()
    work.add(read_before)
    with pytest.raises(Broken, match="already decided"):
        ledger.reject(read_before, "ไม่ครบ", work, CHIEF)
    work.rollback()
    assert work.get(BudgetTransfer, moved_id).status is EntryStatus.POSTED
