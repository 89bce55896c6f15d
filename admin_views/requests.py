"""Screens of budget requests: requests, proposed projects with their costs, decisions, calendar."""

from typing import Any, ClassVar

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from access.database import db
from admin_views import lists
from admin_views.acting import way_back
from admin_views.base import EntityView
from admin_views.lists import Derived
from admin_views.request_item import RequestItemView
from admin_views.request_page import RequestView
from entities.base import Base
from figures import requests as figures
from models import (
    BudgetCalendar,
    BudgetRequest,
    ExpenseCategory,
    PolicyBody,
    Readiness,
    RequestCost,
    RequestDecision,
    RequestItem,
)


def _years() -> list[tuple[str, str]]:
    return [(str(year), str(year)) for year in figures.fiscal_years(db.session())]


def _of_year(year: str) -> Any:
    """The projects of a fiscal year's requests."""
    requests = select(BudgetRequest.id).where(BudgetRequest.fiscal_year == int(year))
    return RequestItem.request_id.in_(requests)


lists.DERIVED[RequestItem] = {
    "fiscal_year": Derived(_l("Fiscal year"), _years, _of_year, asks=True)
}


class PartView(EntityView):
    """What hangs on a proposed project and is worked on its page: no entry in the menu."""

    in_menu: ClassVar[bool] = False

    def after_save_url(self, record_id: int) -> str:
        record = self.get_one(record_id)
        if way_back() or record is None:
            return super().after_save_url(record_id)
        return url_for("request_item.details_view", id=record.item_id)


class DecisionView(EntityView):
    """What the steps decided; made on a request's or a project's page alone."""

    tabs: ClassVar[list[Any]] = [
        (_l("Approved"), {"verdict": "approve"}),
        (_l("Not approved"), {"verdict": "reject"}),
    ]


class CategoryView(EntityView):
    """Expense categories in three levels."""

    tabs: ClassVar[list[Any]] = [
        (_l("Level 1"), {"level": "1"}),
        (_l("Level 2"), {"level": "2"}),
        (_l("Level 3"), {"level": "3"}),
    ]


VIEWS: list[tuple[type[Base], type[EntityView]]] = [
    (BudgetRequest, RequestView),
    (RequestItem, RequestItemView),
    (RequestDecision, DecisionView),
    (RequestCost, PartView),
    (Readiness, PartView),
    (BudgetCalendar, EntityView),
]
REFERENCE: list[tuple[type[Base], type[EntityView]]] = [
    (PolicyBody, EntityView),
    (ExpenseCategory, CategoryView),
]
"""What all provinces share: it stands with the other reference data."""
