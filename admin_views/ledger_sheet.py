"""A line's course drawn as the control ledger: entries in columns, months, the year to date.

Amounts are the database's: subtotals are differences of the running balances that
`figures.ledger.course` reads, so nothing is added up here.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from entities import dates, money
from entities.base import Text
from entities.money import NOTHING, percent
from entities.vocabulary import EntryKind, EntryStatus
from figures.ledger import Step

K = EntryKind
MOST = 500
"""The most entries that a page shows unless all are asked for: whole months, the latest."""


@dataclass(frozen=True)
class Column:
    """A column of amounts: what an entry puts into it, and the running sum of it."""

    key: str
    label: Text
    amount: Callable[[Step], Decimal]
    running: Callable[[Step], Decimal]
    kinds: frozenset[EntryKind]


def _committed(step: Step) -> Decimal:
    """Payments and carry-overs use an order up; they stand in their own columns."""
    return NOTHING if step.paid_change or step.carried_change else step.order_change


COLUMNS = (
    Column(
        "budget", _l("Allocated or transferred"), lambda s: s.budget_change,
        lambda s: s.net_budget, frozenset({K.ALLOCATION, K.TRANSFER_IN, K.TRANSFER_OUT}),
    ),
    Column(
        "reserve", _l("Reserved"), lambda s: s.reserve_change, lambda s: s.reserved,
        frozenset({K.RESERVE, K.RESERVE_RELEASE}),
    ),
    Column(
        "order", _l("Committed (PO)"), _committed, lambda s: s.committed,
        frozenset({K.COMMITMENT, K.COMMITMENT_RELEASE}),
    ),
    Column(
        "paid", _l("Disbursed"), lambda s: s.paid_change, lambda s: s.disbursed,
        frozenset({K.DISBURSEMENT, K.REFUND}),
    ),
    Column(
        "kept", _l("Carried over or lapsed"), lambda s: s.carried_change + s.lapsed_change,
        lambda s: s.kept, frozenset({K.CARRY_OVER, K.LAPSE}),
    ),
)  # fmt: skip
ALWAYS = frozenset({"budget", "order", "paid"})
"""Columns that every ledger has; the others appear where an entry needs them."""


@dataclass(frozen=True)
class Row:
    """A row of the sheet; `cells` stand under the columns, `left` and `balance` behind them."""

    css: str
    title: str
    cells: list[str]
    left: str
    balance: str
    step: Step | None = None
    note: str = ""


@dataclass(frozen=True)
class Sheet:
    """What is drawn: the columns, the rows, and how many earlier entries are left out."""

    columns: list[Column]
    rows: list[Row]
    left_out: int = 0


def sheet(steps: Sequence[Step], lang: str, whole: bool) -> Sheet:
    """The sheet of a line's own year."""
    used = [c for c in COLUMNS if c.key in ALWAYS or any(map(c.amount, steps))]
    shown = list(steps) if whole else _latest(steps)
    before = steps[len(steps) - len(shown) - 1] if len(shown) < len(steps) else None
    rows: list[Row] = []
    for month, found in groupby(shown, key=lambda step: step.entry_date.replace(day=1)):
        entries = list(found)
        rows.extend(_entry(step, used) for step in entries)
        rows.append(_sum(_month_title(month, lang), used, entries[-1], before))
        before = entries[-1]
    if steps:
        rows.append(_sum(_year_title(steps[-1]), used, steps[-1], None))
    return Sheet(used, rows, len(steps) - len(shown))


def _latest(steps: Sequence[Step]) -> list[Step]:
    """The latest whole months that hold at most `MOST` entries, one month at least."""
    kept: list[Step] = []
    for _month, found in groupby(reversed(steps), key=lambda step: step.entry_date.replace(day=1)):
        entries = list(found)
        if kept and len(kept) + len(entries) > MOST:
            break
        kept.extend(entries)
    return kept[::-1]


def _amount(value: Decimal) -> str:
    return money.shown(value) if value else ""


def _entry(step: Step, columns: Iterable[Column]) -> Row:
    posted = step.status is EntryStatus.POSTED
    return Row(
        css=_css(step),
        title="",
        cells=[_amount(column.amount(step)) for column in columns],
        left=money.shown(step.outstanding) if posted else "",
        balance=money.shown(step.available) if posted else "",
        step=step,
    )


def _css(step: Step) -> str:
    if step.status is EntryStatus.WAITING:
        return "wait"
    if step.status in (EntryStatus.REJECTED, EntryStatus.WITHDRAWN):
        return "off"
    return "undone" if step.reversed_by else ""


def _sum(title: str, columns: Iterable[Column], last: Step, before: Step | None) -> Row:
    """What was posted since `before`, and the balances at the end."""
    since = [c.running(last) - (c.running(before) if before else NOTHING) for c in columns]
    return Row(
        css="sum",
        title=title,
        cells=[money.shown(value) for value in since],
        left=money.shown(last.outstanding),
        balance=money.shown(last.available),
    )


def _month_title(month: date, lang: str) -> str:
    name = f"{dates.month_name(month.month, lang)} {dates.be_year(month)}"
    return _("Total of %(month)s", month=name)


def _year_title(last: Step) -> str:
    share = percent(last.disbursed, last.net_budget)
    if share is None:
        return _("Year to date")
    return _("Year to date (%(share)s %%)", share=share)


def drawn(steps: Iterable[Step]) -> list[Row]:
    """Entries against carried money, after the line's year: what they draw, or let lapse."""
    return [
        Row(
            css=_css(step),
            title="",
            cells=[_amount(step.drawn_change), _amount(step.lapsed_change)],
            left="",
            balance="",
            step=step,
        )
        for step in steps
    ]


def column_of(kind: Any, columns: Iterable[Column]) -> str:
    """The column in which an amount of a kind is typed; payments' where it has none yet."""
    return next((column.key for column in columns if kind in column.kinds), "paid")
