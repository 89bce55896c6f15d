"""The ledger's rules: two persons, nothing overdrawn, posted entries stand, reversed once."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from access.database import writing
from entities import dates
from entities.money import NOTHING
from entities.vocabulary import EntryKind, EntryStatus, SpendingKind
from figures import ledger as figures
from models import (
    BudgetLine,
    CarryOver,
    FiscalYearClose,
    LedgerEntry,
    LedgerMonth,
    PurchaseOrder,
)
from rules import carry_over, ledger
from rules.base import Broken, refusal, run_checks
from tests.conftest import CHAINAT

K, S = EntryKind, EntryStatus
MAKER, CHIEF = 501, ledger.Officer(502, "หัวหน้าสำนักงานจังหวัด")
NOW = dates.now()
LATER = date(2028, 10, 1)
"""The day on which these entries are made: none that they name lies ahead of it."""


@pytest.fixture
def work(session: Session) -> Any:
    """A session of the system that writes."""
    token = writing.set(True)
    session.rollback()
    yield session
    session.rollback()
    writing.reset(token)


def line(session: Session, allocated: str = "1000.00", **told: Any) -> BudgetLine:
    """A line of fiscal year 2570 in Chai Nat with money allocated."""
    made = BudgetLine(
        **{
            "province_id": CHAINAT, "item": "ค่าจ้างเหมาบริการ", "fiscal_year": 2570,
            "kind": SpendingKind.CURRENT, "enacted": Decimal(allocated), **told,
        }
    )  # fmt: skip
    session.info.setdefault("today", LATER)
    session.add(made)
    session.flush()
    if Decimal(allocated):
        posted(session, made, K.ALLOCATION, allocated)
    return made


def entry(session: Session, on: BudgetLine, kind: EntryKind, amount: str, **told: Any) -> Any:
    """A waiting entry, made by the finance officer."""
    made = LedgerEntry(
        **{
            "budget_line": on, "kind": kind, "amount": Decimal(amount), "made_by": MAKER,
            "entry_date": date(2026, 11, 2), "description": "งวดที่ 1", **told,
        }
    )  # fmt: skip
    return ledger.enter(made, session)


def posted(session: Session, on: BudgetLine, kind: EntryKind, amount: str, **told: Any) -> Any:
    """An entry that the chief approved."""
    made = entry(session, on, kind, amount, **told)
    ledger.approve(made, session, NOW, CHIEF)
    return made


def order(session: Session, on: BudgetLine, amount: str, number: str = "7012345678") -> Any:
    """A purchase order with its approved commitment."""
    told = ledger.Order(number, "ผู้รับจ้าง (ตัวอย่าง)", date(2026, 10, 28))
    first = LedgerEntry(
        amount=Decimal(amount), entry_date=date(2026, 10, 28), description="สัญญา", made_by=MAKER
    )
    made = ledger.commit(on, told, first, session)
    ledger.approve(first, session, NOW, CHIEF)
    return made


def figures_of(on: BudgetLine) -> tuple[str, ...]:
    """Net budget, outstanding, disbursed, available and waiting of a line, as text."""
    names = ("net_budget", "outstanding", "disbursed", "available", "waiting")
    return tuple(str(getattr(on, name)) for name in names)


def test_the_control_ledger_of_the_model(work: Session) -> None:
    """The numbers of the model ledger: allocation, transfer, order, payments, a reversal, one waiting."""
    from_line = line(work, "100000.00", item="สำรอง")
    road = line(work, "4750000.00", item="ปรับปรุงผิวจราจร", kind=SpendingKind.CAPITAL)
    moved = ledger.transfer(
        from_line, road, Decimal(100000), date(2026, 10, 20), "สงป. 1/2569", work
    )
    out = work.scalars(select(LedgerEntry).where(LedgerEntry.transfer_id == moved.id)).first()
    ledger.approve(out, work, NOW, CHIEF)
    contract = order(work, road, "4750000.00")
    assert figures_of(road) == ("4850000.00", "4750000.00", "0.00", "100000.00", "0.00")
    posted(work, road, K.DISBURSEMENT, "1425000.00", order=contract)
    twice = posted(work, road, K.DISBURSEMENT, "500000.00", order=contract)
    (mirror,) = ledger.reverse(twice, "บันทึกซ้ำ", work, date(2026, 11, 12))
    mirror_waits = figures_of(road)
    ledger.approve(mirror, work, NOW, CHIEF)
    entry(work, road, K.DISBURSEMENT, "1900000.00", order=contract)
    work.commit()
    work.refresh(road)
    assert mirror_waits == ("4850000.00", "2825000.00", "1925000.00", "100000.00", "0.00")
    assert figures_of(road) == ("4850000.00", "3325000.00", "1425000.00", "100000.00", "0.00")
    work.refresh(contract)
    assert (contract.committed, contract.paid, contract.outstanding, contract.waiting) == (
        Decimal("4750000"), Decimal("1425000"), Decimal("3325000"), Decimal("1900000"),
    )  # fmt: skip
    steps = figures.course(work, road.id)
    assert [step.number for step in steps] == [2, 3, 1, 4, 5, 7, 6]
    assert steps[-1].available == Decimal("100000.00")
    assert [step.reversed_by for step in steps if step.id == twice.id] == [mirror.number]
    months = figures.months(work, line_id=road.id)
    assert [str(month.paid_change) for month in months] == ["0.00", "1425000.00"]


def test_what_waits_holds_its_money_and_stands_in_no_figure(work: Session) -> None:
    one = line(work, "1000.00")
    first = entry(work, one, K.DISBURSEMENT, "600.00")
    work.refresh(one)
    assert figures_of(one) == ("1000.00", "0.00", "0.00", "1000.00", "600.00")
    with pytest.raises(Broken, match=r"Only 400\.00 baht are left"):
        entry(work, one, K.DISBURSEMENT, "400.01")
    ledger.reject(first, "เอกสารไม่ครบ", work, CHIEF)
    assert figures_of(one) == ("1000.00", "0.00", "0.00", "1000.00", "0.00")
    posted(work, one, K.DISBURSEMENT, "1000.00")
    assert figures_of(one) == ("1000.00", "0.00", "1000.00", "0.00", "0.00")


def test_a_payment_never_exceeds_its_order_by_one_satang(work: Session) -> None:
    one = line(work, "5000.00")
    contract = order(work, one, "1000.00")
    posted(work, one, K.DISBURSEMENT, "999.99", order=contract)
    with pytest.raises(Broken, match=r"Only 0\.01 baht are left on this order"):
        entry(work, one, K.DISBURSEMENT, "0.02", order=contract)
    posted(work, one, K.DISBURSEMENT, "0.01", order=contract)
    work.refresh(contract)
    assert contract.outstanding == NOTHING


def test_reserve_is_taken_by_a_commitment(work: Session) -> None:
    one = line(work, "1000.00")
    posted(work, one, K.RESERVE, "800.00")
    with pytest.raises(Broken, match=r"Only 200\.00 baht are left"):
        entry(work, one, K.DISBURSEMENT, "201.00")
    told = ledger.Order("7000000001", "ผู้ขาย", date(2026, 11, 2))
    first = LedgerEntry(
        amount=Decimal(900), reserve_used=Decimal(800), entry_date=date(2026, 11, 2),
        description="สัญญา", made_by=MAKER,
    )  # fmt: skip
    ledger.commit(one, told, first, work)
    ledger.approve(first, work, NOW, CHIEF)
    assert one.reserved == NOTHING
    assert figures_of(one) == ("1000.00", "900.00", "0.00", "100.00", "0.00")


def test_the_maker_is_not_the_approver(work: Session) -> None:
    one = line(work, "100.00")
    made = entry(work, one, K.DISBURSEMENT, "10.00")
    with pytest.raises(Broken, match="cannot approve"):
        ledger.approve(made, work, NOW, ledger.Officer(MAKER, "การเงิน"))
    made.status, made.approved_by, made.posted_at = S.POSTED, MAKER, NOW
    with pytest.raises(DBAPIError, match="approver_is_not_maker"):
        work.flush()


@pytest.mark.parametrize(
    "change",
    ["amount = amount + 1", "status = 'rejected'", "entry_date = '2026-12-01'", "paid_change = 0"],
)
def test_a_posted_entry_is_never_changed(work: Session, change: str) -> None:
    one = line(work, "100.00")
    made = posted(work, one, K.DISBURSEMENT, "10.00")
    with pytest.raises(DBAPIError, match="tg_entry_final") as refused:
        work.connection().execute(
            text(f"UPDATE ledger_entry SET {change} WHERE id = :id"), {"id": made.id}
        )
    assert refusal(refused.value) is not None


def test_nothing_is_deleted(work: Session) -> None:
    one = line(work, "100.00")
    made = entry(work, one, K.DISBURSEMENT, "10.00")
    with pytest.raises(DBAPIError, match="tg_entry_kept"):
        work.connection().execute(text("DELETE FROM ledger_entry WHERE id = :id"), {"id": made.id})


def test_an_entry_is_reversed_once(work: Session) -> None:
    one = line(work, "100.00")
    made = posted(work, one, K.DISBURSEMENT, "10.00")
    (mirror,) = ledger.reverse(made, "ผิดรายการ", work, date(2026, 11, 3))
    with pytest.raises(Broken, match="already reversed"):
        ledger.reverse(made, "ผิดรายการ", work, date(2026, 11, 3))
    ledger.approve(mirror, work, NOW, CHIEF)
    with pytest.raises(Broken, match="already reversed"):
        ledger.reverse(made, "ผิดรายการ", work, date(2026, 11, 3))
    with pytest.raises(Broken, match="not reversed"):
        ledger.reverse(mirror, "ผิดรายการ", work, date(2026, 11, 3))
    assert figures_of(one) == ("100.00", "0.00", "0.00", "100.00", "0.00")


def test_an_allocation_that_was_spent_cannot_be_reversed(work: Session) -> None:
    one = line(work, "0")
    given = posted(work, one, K.ALLOCATION, "100.00")
    posted(work, one, K.DISBURSEMENT, "60.00")
    with pytest.raises(Broken, match=r"Only 40\.00 baht are left"):
        ledger.reverse(given, "ผิด", work, date(2026, 11, 3))


def test_a_transfer_is_one_act(work: Session) -> None:
    one, two = line(work, "100.00", item="ก"), line(work, "0", item="ข")
    moved = ledger.transfer(one, two, Decimal(60), date(2026, 11, 2), "อนุมัติ 1", work)
    work.refresh(one)
    assert one.waiting == Decimal(60)
    out, into = work.scalars(
        select(LedgerEntry).where(LedgerEntry.transfer_id == moved.id).order_by(LedgerEntry.id)
    ).all()
    assert (out.kind, into.kind) == (K.TRANSFER_OUT, K.TRANSFER_IN)
    ledger.approve(into, work, NOW, CHIEF)
    work.refresh(one), work.refresh(two)
    assert (one.net_budget, two.net_budget, moved.status) == (Decimal(40), Decimal(60), S.POSTED)
    mirrors = ledger.reverse(out, "ยกเลิก", work, date(2026, 11, 3))
    assert len(mirrors) == 2
    ledger.approve(mirrors[1], work, NOW, CHIEF)
    work.refresh(one), work.refresh(two)
    assert (one.net_budget, two.net_budget) == (Decimal(100), NOTHING)
    assert {leg.status for leg in mirrors} == {S.POSTED}
    with pytest.raises(Broken, match="needs its approval"):
        ledger.transfer(one, two, Decimal(1), date(2026, 11, 2), " ", work)


def test_days_outside_the_fiscal_year_are_refused(work: Session) -> None:
    one = line(work, "100.00")
    for day in (date(2026, 9, 30), date(2027, 10, 1)):
        with pytest.raises(Broken, match="fiscal year 2570"):
            entry(work, one, K.DISBURSEMENT, "10.00", entry_date=day)


def test_an_entry_bears_no_day_that_is_still_to_come(work: Session) -> None:
    work.info["today"] = date(2026, 11, 2)
    one = line(work, "100.00")
    with pytest.raises(Broken, match="still to come") as caught:
        entry(work, one, K.DISBURSEMENT, "10.00", entry_date=date(2026, 11, 3))
    assert caught.value.field == "entry_date"
    posted(work, one, K.DISBURSEMENT, "10.00", entry_date=date(2026, 11, 2))
    assert figures_of(one)[2:4] == ("10.00", "90.00")


def test_the_day_of_an_entry_is_bangkoks(work: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """At six in the evening of the first in London it is the second in Bangkok."""
    one = line(work, "100.00")
    work.info.pop("today")
    evening = datetime(2026, 11, 1, 18, tzinfo=UTC)
    monkeypatch.setattr(dates, "now", lambda: evening)
    posted(work, one, K.DISBURSEMENT, "1.00", entry_date=date(2026, 11, 2))
    with pytest.raises(Broken, match="still to come"):
        entry(work, one, K.DISBURSEMENT, "1.00", entry_date=date(2026, 11, 3))


def test_what_closes_a_year_is_prepared_before_its_last_day(work: Session) -> None:
    """A carry-over, the lapse of the rest and their reversals bear the 30th of September."""
    work.info["today"] = date(2026, 9, 21)
    one, _contract, kept = _carried(work)
    made = work.scalars(select(LedgerEntry).where(LedgerEntry.carry_over_id == kept.id)).one()
    (lapse,) = carry_over.lapse_rest(work, 2569, CHAINAT)
    ledger.approve(lapse, work, NOW, CHIEF)
    mirrors = [ledger.reverse(of, "ผิด", work, date(2026, 9, 22))[0] for of in (lapse, made)]
    assert {of.entry_date for of in (made, lapse, *mirrors)} == {date(2026, 9, 30)}
    with pytest.raises(Broken, match="still to come"):
        entry(work, one, K.LAPSE, "1.00", entry_date=date(2026, 9, 29))


def _carried(work: Session) -> tuple[BudgetLine, PurchaseOrder, CarryOver]:
    one = line(work, "0", fiscal_year=2569)
    posted(work, one, K.ALLOCATION, "100.00", entry_date=date(2025, 11, 1))
    told = ledger.Order("7000000002", "ผู้ขาย", date(2026, 8, 1))
    first = LedgerEntry(
        amount=Decimal(70), entry_date=date(2026, 8, 1), description="สัญญา", made_by=MAKER
    )
    contract = ledger.commit(one, told, first, work)
    ledger.approve(first, work, NOW, CHIEF)
    kept = CarryOver(budget_line=one, order=contract, number="กง 1/2569", amount=Decimal(70))
    made = carry_over.keep(kept, work)
    ledger.approve(made, work, NOW, CHIEF)
    return one, contract, kept


def test_carried_money_is_drawn_apart_until_it_ends(work: Session) -> None:
    one, contract, kept = _carried(work)
    assert (kept.expires_on, kept.remaining) == (date(2027, 3, 31), Decimal(70))
    assert contract.outstanding == NOTHING
    assert figures_of(one) == ("100.00", "0.00", "0.00", "30.00", "0.00")
    drawn = posted(
        work, one, K.DISBURSEMENT, "50.00", carry_over=kept, entry_date=date(2026, 12, 1)
    )
    work.refresh(kept), work.refresh(one)
    assert (kept.remaining, one.disbursed, one.drawn) == (Decimal(20), NOTHING, Decimal(50))
    with pytest.raises(Broken, match=r"Only 20\.00 baht are left of this carry-over"):
        entry(work, one, K.DISBURSEMENT, "20.01", carry_over=kept, entry_date=date(2026, 12, 1))
    with pytest.raises(Broken, match="ended on"):
        entry(work, one, K.DISBURSEMENT, "1.00", carry_over=kept, entry_date=date(2027, 4, 1))
    tomorrow = work.info["today"] + timedelta(days=1)
    with pytest.raises(Broken, match="not come yet") as told:
        carry_over.extend(kept, date(2027, 6, 30), "กค 1/2570", tomorrow, work)
    assert told.value.field == "agreed_on"
    carry_over.extend(kept, date(2027, 6, 30), "กค 1/2570", date(2027, 3, 20), work)
    posted(work, one, K.DISBURSEMENT, "20.00", carry_over=kept, entry_date=date(2027, 4, 1))
    ledger.reverse(drawn, "ผิด", work, date(2027, 4, 2))


@pytest.mark.parametrize(
    ("year", "approval", "refused"),
    [(2561, None, False), (2562, None, True), (2562, "กค 1", False)],
)
def test_money_without_an_order_is_kept_freely_until_the_act_of_2561(
    work: Session, year: int, approval: str | None, refused: bool
) -> None:
    one = line(work, "0", fiscal_year=year)
    posted(work, one, K.ALLOCATION, "100.00", entry_date=dates.fiscal_year_end(year))
    kept = CarryOver(budget_line=one, number="กง 1", amount=Decimal(70), approval_ref=approval)
    if refused:
        with pytest.raises(DBAPIError) as failed:
            carry_over.keep(kept, work)
        assert "only by a special approval" in str(refusal(failed.value))
        return
    ledger.approve(carry_over.keep(kept, work), work, NOW, CHIEF)
    run_checks(work)
    assert (kept.has_obligation, kept.remaining) == (False, Decimal(70))


def test_a_closed_year_is_read_only_but_for_what_was_carried(work: Session) -> None:
    one, _contract, kept = _carried(work)
    with pytest.raises(Broken, match=r"30\.00 baht is left"):
        carry_over.close_year(work, 2569, date(2026, 11, 1), CHAINAT)
    (lapse,) = carry_over.lapse_rest(work, 2569, CHAINAT)
    lapse_id = lapse.id
    with pytest.raises(Broken, match="waits for approval"):
        carry_over.close_year(work, 2569, date(2026, 11, 1), CHAINAT)
    ledger.approve(lapse, work, NOW, CHIEF)
    work.commit()
    carry_over.close_year(work, 2569, date(2026, 11, 1), CHAINAT)
    work.commit()
    with pytest.raises(Broken, match="closed"):
        entry(work, one, K.ALLOCATION, "10.00", entry_date=date(2026, 9, 1))
    with pytest.raises(Broken, match="closed"):
        ledger.reverse(work.get(LedgerEntry, lapse_id), "ผิด", work, date(2026, 11, 2))
    posted(work, one, K.DISBURSEMENT, "50.00", carry_over=kept, entry_date=date(2026, 12, 1))
    one.item = "เปลี่ยน"
    with pytest.raises(Broken, match="closed"):
        work.commit()
    work.rollback()
    assert work.scalar(select(FiscalYearClose.fiscal_year)) == 2569


def test_the_database_refuses_what_the_rules_would(work: Session) -> None:
    """Entries written past the rules: the triggers and checks stand alone."""
    one = line(work, "100.00")
    made = posted(work, one, K.DISBURSEMENT, "10.00")
    columns = [c.key for c in LedgerEntry.__table__.columns if c.key != "id"]
    good = {c: getattr(made, c) for c in columns}
    wrong = {
        "never_overdrawn": {"amount": Decimal(91), "paid_change": Decimal(91)},
        "paid_change_of_kind": {"paid_change": Decimal(5)},
        "tg_entry_outside_year": {"entry_date": date(2027, 10, 1)},
        "tg_reversal_mirrors": {"kind": K.REVERSAL, "reverses_id": made.id},
        "tg_transfer_leg": {"kind": K.TRANSFER_IN, "budget_change": 10, "paid_change": 0},
    }
    for number, (name, change) in enumerate(wrong.items(), 100):
        row = {**good, "number": number, **change}
        with pytest.raises(DBAPIError, match=name), work.connection().begin_nested():
            work.connection().execute(LedgerEntry.__table__.insert().values(**row))


def test_a_line_with_entries_and_its_months_agree(work: Session) -> None:
    one = line(work, "100.00")
    posted(work, one, K.DISBURSEMENT, "10.00", entry_date=date(2026, 12, 5))
    posted(work, one, K.REFUND, "4.00", entry_date=date(2027, 1, 5))
    rows = work.execute(
        select(LedgerMonth.month, LedgerMonth.paid_change).order_by(LedgerMonth.month)
    ).all()
    assert [(row[0].month, str(row[1])) for row in rows] == [
        (11, "0.00"), (12, "10.00"), (1, "-4.00"),
    ]  # fmt: skip
    assert figures_of(one) == ("100.00", "0.00", "6.00", "94.00", "0.00")


def test_nobody_sets_a_balance(work: Session) -> None:
    one = line(work, "100.00")
    contract = order(work, one, "50.00")
    work.commit()
    for row, name in ((one, "available"), (one, "waiting"), (contract, "outstanding")):
        setattr(row, name, Decimal(10**6))
        with pytest.raises(Broken, match="changed by entries alone"):
            work.commit()
        work.rollback()


def test_a_reversals_reason_is_kept_whole_or_refused(work: Session) -> None:
    one = line(work, "100.00")
    made = posted(work, one, K.DISBURSEMENT, "10.00")
    prefix = len(ledger.REVERSED.format(made.number, ""))
    with pytest.raises(Broken, match=f"this has {1001 - prefix}") as caught:
        ledger.reverse(made, "ก" * (1001 - prefix), work, date(2026, 11, 3))
    assert caught.value.field == "reason"
    (mirror,) = ledger.reverse(made, "ก" * (1000 - prefix), work, date(2026, 11, 3))
    assert len(mirror.description) == 1000


def test_a_transfer_between_long_names_says_that_they_are_shortened(work: Session) -> None:
    one, two = line(work, "100.00", item="ก" * 1000), line(work, "0", item="ข" * 20)
    moved = ledger.transfer(one, two, Decimal(60), date(2026, 11, 2), "อนุมัติ 1", work)
    assert len(moved.name) <= 300
    assert "ก… ไป " + "ข" * 20 in moved.name


def test_near_its_limit_is_what_little_is_left_to_not_what_is_bound_by_a_contract(
    work: Session,
) -> None:
    """Of what orders leave free at most five percent, what waits counted; a query finds the same."""
    bound, spent, held = (line(work, item=item) for item in ("สัญญา", "วัสดุ", "รออนุมัติ"))
    plenty = line(work, item="ค่าสาธารณูปโภค")
    empty = line(work, "0.00", item="ไม่ได้รับจัดสรร")
    order(work, bound, "970.00")
    posted(work, spent, K.DISBURSEMENT, "950.00")
    entry(work, held, K.DISBURSEMENT, "960.00")
    posted(work, plenty, K.DISBURSEMENT, "940.00")
    work.commit()
    found = set(work.scalars(select(BudgetLine.item).where(figures.is_near_limit())))
    assert found == {"วัสดุ", "รออนุมัติ"}
    every = (bound, spent, held, plenty, empty)
    assert {one.item for one in every if figures.near_limit(one)} == found
