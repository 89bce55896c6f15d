"""Percentages as treasuries and newspapers published them, from the amounts printed beside them.

Nong Bua Lamphu on 4 Sep 2569, Krabi on 10 Jun and 23 Dec 2565, the nation in fiscal years 2565–2567.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from access.database import writing
from entities.money import percent
from entities.vocabulary import EntryKind, Light, SpendingKind, TargetKind, TargetMeasure
from figures import ledger as figures
from figures import ledger_targets as targets
from models import BudgetLine
from tests.conftest import CHAINAT, TRANG
from tests.rules.test_ledger import line, order, posted

MILLION = Decimal(10**6)
PUBLISHED = (
    ("4838.27", "5193.57", "93.16"), ("4988.84", "5193.57", "96.06"), ("2575.49", "2800.36", "91.97"),
    ("216.57", "236.63", "91.52"), ("890.95", "904.76", "98.47"),
    ("2156.64", "3599.27", "59.92"), ("3029.52", "3599.27", "84.17"),
    ("2099.30", "3472.22", "60.46"), ("2958.07", "3472.22", "85.19"),
    ("57.34", "127.05", "45.13"), ("71.45", "127.05", "56.24"),
    ("440.69", "675.26", "65.26"), ("446.22", "675.26", "66.08"),
    ("103.10", "2148.42", "4.80"), ("676.95", "2148.42", "31.51"),
    ("982208", "3185000", "30.84"), ("858759", "2520767", "34.07"), ("123449", "664233", "18.59"),
    ("1589924", "3100000", "51.29"), ("188038", "604687", "31.10"), ("1401886", "2495313", "56.18"),
    ("2269172", "3100000", "73.20"), ("296445", "603909", "49.09"), ("1972727", "2496091", "79.03"),
    ("1174265", "1816497", "64.64"),
)  # fmt: skip
"""Part, whole, percent. 216.57 of 236.63 was published as 91.53: there the publisher rounded from
baht that it did not print; from the printed millions 91.52 is right, and 91.53 cannot come of them."""


@pytest.mark.parametrize(("part", "whole", "published"), PUBLISHED)
def test_a_percentage_is_what_was_published(part: str, whole: str, published: str) -> None:
    baht = Decimal(part) * MILLION, Decimal(whole) * MILLION
    assert percent(*baht) == Decimal(published)


@pytest.mark.parametrize(
    ("found", "target", "difference", "light"),
    [("93.16", "87.00", "6.16", Light.GREEN), ("91.97", "68.00", "23.97", Light.GREEN),
     ("30.84", "32.00", "-1.16", Light.AMBER), ("34.07", "35.00", "-0.93", Light.AMBER),
     ("18.59", "19.00", "-0.41", Light.AMBER), ("73.20", "72.00", "1.20", Light.GREEN),
     ("78.88", "81.74", "-2.86", Light.AMBER), ("45.13", "72.00", "-26.87", Light.RED)],
)  # fmt: skip
def test_above_or_below_the_target_as_published(
    found: str, target: str, difference: str, light: Light
) -> None:
    stood = targets.standing(Decimal(found), Decimal(target), Decimal(5))
    assert (stood.difference, stood.light) == (Decimal(difference), light)


@pytest.fixture
def work(session: Session) -> Iterator[Session]:
    """A session of the system that writes."""
    token = writing.set(True)
    session.rollback()
    yield session
    session.rollback()
    writing.reset(token)


def spent(session: Session, net: str, paid: str, used: str, **told: Any) -> BudgetLine:
    """A line with a net budget, what was paid of an order, and the order itself; in millions."""
    amounts = [str(Decimal(text) * MILLION) for text in (net, paid, used)]
    made = line(session, amounts[0], **told)
    contract = order(session, made, amounts[2], number=f"70{made.id % 10**8:08}")
    posted(session, made, EntryKind.DISBURSEMENT, amounts[1], order=contract)
    return made


def test_totals_of_krabi_as_its_treasury_printed_them(work: Session) -> None:
    """The province's own budget of 10 June 2565, and the split of 23 December 2565."""
    spent(work, "127.05", "57.34", "71.45")
    spent(work, "675.26", "440.69", "446.22", province_id=TRANG)
    spent(work, "2148.42", "103.10", "676.95", province_id=TRANG, kind=SpendingKind.CAPITAL)
    work.commit()
    (area,) = figures.totals(work, 2570, province_id=CHAINAT)
    assert (area.percent_disbursed, area.percent_used) == (Decimal("45.13"), Decimal("56.24"))
    kinds = {t.key[0]: t for t in figures.totals(work, 2570, BudgetLine.kind, province_id=TRANG)}
    current, capital = kinds[SpendingKind.CURRENT], kinds[SpendingKind.CAPITAL]
    assert (current.percent_disbursed, current.percent_used) == (Decimal("65.26"), Decimal("66.08"))
    assert (capital.percent_disbursed, capital.percent_used) == (Decimal("4.80"), Decimal("31.51"))
    whole = figures.together([current, capital])
    assert whole.net_budget == Decimal("2823680000.00")
    assert whole.available == whole.net_budget - Decimal("446220000") - Decimal("676950000")
    assert whole.percent_disbursed == percent(Decimal("543.79"), Decimal("2823.68"))


def test_the_stated_targets_stand_beside_the_published_figures(session: Session) -> None:
    known = figures.targets(session, 2566)
    first = date(2022, 12, 31)
    stated = [known[first, kind, TargetMeasure.DISBURSE] for kind in TargetKind]
    published = [Decimal("30.84"), Decimal("34.07"), Decimal("18.59")]
    differences = [p - t for p, t in zip(published, stated, strict=True)]
    assert differences == [Decimal("-1.16"), Decimal("-0.93"), Decimal("-0.41")]
    assert targets.reading_day(2566, date(2026, 1, 1)) == date(2023, 9, 30)
    assert figures.next_target(known, date(2023, 1, 5), TargetKind.CAPITAL) == (
        date(2023, 9, 30), Decimal(75),
    )  # fmt: skip
