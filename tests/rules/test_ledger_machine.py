"""The ledger against a plain model: whatever is entered in whatever order, its invariants hold."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.orm import Session

from entities import dates
from entities.vocabulary import EntryKind, EntryStatus, SpendingKind
from models import BudgetLine, LedgerEntry
from rules import ledger
from rules.base import Broken
from tests.conftest import CHAINAT
from tests.rules.test_ledger import CHIEF, MAKER, work

__all__ = ["work"]
K, S = EntryKind, EntryStatus
AMOUNTS = st.integers(1, 50_000).map(lambda satang: Decimal(satang) / 100)
DAY = date(2026, 11, 2)


class Told:
    """An entry as the model knows it: in plain words, and what it does to four numbers."""

    def __init__(self, record: LedgerEntry, kind: str, amount: Decimal, order: Any = None) -> None:
        self.record, self.kind, self.amount, self.order = record, kind, amount, order
        self.sign, self.waits, self.stands, self.mirrored = 1, True, False, False

    def effect(self) -> dict[str, Decimal]:
        by_kind = {
            "allocate": {"net": self.amount},
            "reserve": {"reserved": self.amount},
            "commit": {"orders": self.amount},
            "release": {"orders": -self.amount},
            "pay": {"paid": self.amount, "orders": -self.amount if self.order else Decimal(0)},
        }
        return {name: self.sign * value for name, value in by_kind[self.kind].items()}


class Ledger(RuleBasedStateMachine):
    """One line, its orders, and everything an officer and a chief can do to them."""

    session: Session

    @initialize(amount=AMOUNTS)
    def opened(self, amount: Decimal) -> None:
        self.line = BudgetLine(
            province_id=CHAINAT, item="รายการ", fiscal_year=2570, kind=SpendingKind.CURRENT
        )
        self.session.add(self.line)
        self.session.flush()
        self.told: list[Told] = []
        self.orders: list[Any] = []
        self._enter("allocate", K.ALLOCATION, amount * 20)
        self._decide(self.told[-1], True)

    # What the model says.

    def sums(self) -> dict[str, Decimal]:
        found = dict.fromkeys(("net", "reserved", "orders", "paid"), Decimal(0))
        for one in self.told:
            for name, change in one.effect().items() if one.stands else ():
                found[name] += change
        return found

    def available(self, effect: dict[str, Decimal]) -> Decimal:
        taken = sum((effect.get(n, Decimal(0)) for n in ("reserved", "orders", "paid")), Decimal(0))
        return effect.get("net", Decimal(0)) - taken

    def held(self, change: Callable[[Told], Decimal]) -> Decimal:
        return sum((max(-change(one), Decimal(0)) for one in self.told if one.waits), Decimal(0))

    def left(self) -> Decimal:
        held = self.held(lambda one: self.available(one.effect()))
        return self.available(self.sums()) - held

    def left_on(self, order: Any) -> Decimal:
        mine = [one for one in self.told if one.order is order]
        stands = sum((one.effect()["orders"] for one in mine if one.stands), Decimal(0))
        waits = (max(-one.effect()["orders"], Decimal(0)) for one in mine if one.waits)
        return stands - sum(waits, Decimal(0))

    # What people do.

    def _try(self, act: Callable[[], Any], allowed: bool) -> Any:
        try:
            made = act()
        except Broken:
            assert not allowed
            return None
        assert allowed
        return made

    def _enter(self, word: str, kind: EntryKind, amount: Decimal, order: Any = None) -> None:
        record = LedgerEntry(
            budget_line=self.line, kind=kind, amount=amount, entry_date=DAY, description=word,
            order=order, made_by=MAKER,
        )  # fmt: skip
        one = Told(record, word, amount, order)
        allowed = self.available(one.effect()) >= 0 or -self.available(one.effect()) <= self.left()
        if order is not None and one.effect()["orders"] < 0:
            allowed = allowed and amount <= self.left_on(order)
        if self._try(lambda: ledger.enter(record, self.session), allowed) is not None:
            self.told.append(one)

    @rule(amount=AMOUNTS)
    def allocates(self, amount: Decimal) -> None:
        self._enter("allocate", K.ALLOCATION, amount)

    @rule(amount=AMOUNTS)
    def reserves(self, amount: Decimal) -> None:
        self._enter("reserve", K.RESERVE, amount)

    @rule(amount=AMOUNTS)
    def pays_without_order(self, amount: Decimal) -> None:
        self._enter("pay", K.DISBURSEMENT, amount)

    @rule(amount=AMOUNTS)
    def commits(self, amount: Decimal) -> None:
        told = ledger.Order(f"7{len(self.told):09d}{self.line.id}", "ผู้ขาย", DAY)
        record = LedgerEntry(amount=amount, entry_date=DAY, description="commit", made_by=MAKER)
        allowed = amount <= self.left()
        order = self._try(lambda: self._committed(told, record), allowed)
        if order is not None:
            self.orders.append(order)
            self.told.append(Told(record, "commit", amount, order))

    def _committed(self, told: ledger.Order, record: LedgerEntry) -> Any:
        """The order and its entry, or neither."""
        with self.session.begin_nested():
            return ledger.commit(self.line, told, record, self.session)

    @precondition(lambda self: self.orders)
    @rule(amount=AMOUNTS, data=st.data())
    def pays_an_order(self, amount: Decimal, data: Any) -> None:
        self._enter("pay", K.DISBURSEMENT, amount, data.draw(st.sampled_from(self.orders)))

    @precondition(lambda self: self.orders)
    @rule(amount=AMOUNTS, data=st.data())
    def reduces_an_order(self, amount: Decimal, data: Any) -> None:
        self._enter(
            "release", K.COMMITMENT_RELEASE, amount, data.draw(st.sampled_from(self.orders))
        )

    @precondition(lambda self: any(one.waits for one in self.told))
    @rule(yes=st.booleans(), data=st.data())
    def the_chief_decides(self, yes: bool, data: Any) -> None:
        self._decide(data.draw(st.sampled_from([one for one in self.told if one.waits])), yes)

    def _decide(self, one: Told, yes: bool) -> None:
        if yes:
            ledger.approve(one.record, self.session, dates.now(), CHIEF)
        else:
            ledger.reject(one.record, "ไม่ครบ", self.session, CHIEF)
            if one.sign < 0:
                next(o for o in self.told if o.record is one.record.reverses).mirrored = False
        one.waits, one.stands = False, yes

    @precondition(lambda self: any(one.stands for one in self.told))
    @rule(data=st.data())
    def reverses(self, data: Any) -> None:
        one = data.draw(st.sampled_from([one for one in self.told if one.stands]))
        mirror = Told(one.record, one.kind, one.amount, one.order)
        mirror.sign = -1
        change = self.available(mirror.effect())
        allowed = one.sign > 0 and not one.mirrored and (change >= 0 or -change <= self.left())
        if one.order is not None and mirror.effect()["orders"] < 0:
            allowed = allowed and -mirror.effect()["orders"] <= self.left_on(one.order)
        if one.kind == "reserve":
            allowed = allowed and one.amount <= self.sums()["reserved"]
        made = self._try(lambda: ledger.reverse(one.record, "ผิด", self.session, DAY), allowed)
        if made is not None:
            mirror.record, one.mirrored = made[0], True
            self.told.append(mirror)

    # What always holds.

    @invariant()
    def the_line_says_what_the_model_says(self) -> None:
        if not hasattr(self, "line"):
            return
        self.session.refresh(self.line)
        sums = self.sums()
        assert self.line.net_budget == sums["net"]
        assert self.line.reserved == sums["reserved"]
        assert self.line.outstanding == sums["orders"]
        assert self.line.disbursed == sums["paid"]
        assert self.line.available - self.line.waiting == self.left() >= 0
        for order in self.orders:
            self.session.refresh(order)
            assert order.outstanding - order.waiting == self.left_on(order) >= 0
        assert sorted(one.record.number for one in self.told) == list(range(1, len(self.told) + 1))


def test_every_course_of_a_ledger_keeps_its_invariants(work: Session) -> None:
    machine = type("Machine", (Ledger,), {"session": work})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=15,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
