"""One row of every entity of budget requests at a home; `tests/factories.py` takes them up."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from entities.base import Base
from entities.vocabulary import (
    ReadinessAnswer,
    ReadinessKind,
    RequestStep,
    Sector,
    Verdict,
)
from models import (
    Agency,
    BudgetCalendar,
    BudgetRequest,
    Readiness,
    RequestCost,
    RequestDecision,
    RequestItem,
)
from seed import territory

if TYPE_CHECKING:
    from tests.factories import Home, Rows

YEAR = 2571
MATERIALS = 20103
"""The category ค่าวัสดุ."""


def calendar_day() -> BudgetCalendar:
    """The day by which ก.บ.ก. looks at a year's requests."""
    return BudgetCalendar(fiscal_year=YEAR, step=RequestStep.CLUSTER, due_on=date(2026, 12, 24))


def agency(home: "Home", rows: "Rows") -> Agency:
    """The home's agency; a cluster works through an agency of one of its provinces."""
    if Agency in rows:
        return rows[Agency]
    links = territory.cluster_provinces()
    province = next(row["province_id"] for row in links if row["cluster_id"] == home.cluster_id)
    return Agency(province_id=province, name=f"หน่วยงานของ {home.mark}", sector=Sector.GOVERNMENT)


def _request(home: "Home", rows: "Rows") -> BudgetRequest:
    return BudgetRequest(**home.keys, fiscal_year=YEAR, round=1 + len(home.mark))


def _item(home: "Home", rows: "Rows") -> RequestItem:
    return RequestItem(
        **home.keys,
        name=f"พัฒนาแหล่งน้ำ {home.mark}",
        request=rows[BudgetRequest],
        agency=agency(home, rows),
        priority=1,
    )


def _cost(home: "Home", rows: "Rows") -> RequestCost:
    return RequestCost(
        **home.keys,
        name=f"วัสดุก่อสร้าง {home.mark}",
        item=rows[RequestItem],
        expense_category_id=MATERIALS,
        quantity=Decimal("2.50"),
        unit="ชุด",
        unit_price=Decimal("1000.00"),
    )


def _readiness(home: "Home", rows: "Rows") -> Readiness:
    return Readiness(
        **home.keys,
        item=rows[RequestItem],
        kind=ReadinessKind.AREA,
        answer=ReadinessAnswer.READY,
        note=f"หนังสือยินยอม {home.mark}",
    )


def _decision(home: "Home", rows: "Rows") -> RequestDecision:
    return RequestDecision(
        **home.keys,
        item=rows[RequestItem],
        step=RequestStep.SCREENING,
        body=f"คณะทำงานกลั่นกรอง {home.mark}",
        verdict=Verdict.APPROVE,
        amount=Decimal("2500.00"),
        decided_on=date(2026, 9, 1),
    )


REQUESTS: dict[type[Base], Callable[["Home", "Rows"], Base]] = {
    BudgetRequest: _request,
    RequestItem: _item,
    RequestCost: _cost,
    Readiness: _readiness,
    RequestDecision: _decision,
}
