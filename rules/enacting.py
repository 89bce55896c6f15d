"""Enacting a project of a budget request: the project itself, and its budget lines."""

from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy.orm import Session

import rules.entries  # noqa: F401  a new budget line takes its days there
from access import scope
from entities import dates, thai
from figures import requests as figures
from models import BudgetLine, BudgetRequest, ExpenseCategory, Project, RequestItem
from rules.base import Broken, linked


def enact(item: RequestItem, amount: Decimal, session: Session) -> None:
    """Make the project and one budget line for each expense category of its costs.

    `amount` is what was enacted, in baht. Raises Broken where there is nothing to enact or to share
    it out by.
    """
    if amount <= 0:
        raise Broken(_("Nothing was enacted; refuse the project instead."), "amount")
    costs = figures.by_category(session, item.id)
    if not any(cost.amount for cost in costs):
        raise Broken(
            _("“%(what)s” has no costs by which the budget is shared out.", what=item.name)
        )
    request = linked(item, "request", session)
    project = _project(item, request, amount)
    session.add(project)
    session.flush()
    split = figures.shares(amount, [cost.amount for cost in costs])
    for cost, share in zip(costs, split, strict=True):
        if share:
            line = _line(item, project, cost.category, share, single=len(costs) == 1)
            session.add(line)
            scope.permit(session, line, "enact")


def _project(item: RequestItem, request: BudgetRequest, amount: Decimal) -> Project:
    return Project(
        name=item.name,
        fiscal_year=request.fiscal_year,
        agency_id=item.agency_id,
        mission=item.mission,
        plan_issue=item.plan_issue,
        plan_program=item.plan_program,
        objectives=item.objectives,
        indicators=item.indicators,
        budget=amount,
        starts_on=item.starts_on or dates.fiscal_year_start(request.fiscal_year),
        ends_on=item.ends_on or dates.fiscal_year_end(request.fiscal_year),
        district_id=item.district_id,
        place=item.place,
        request_item_id=item.id,
        province_id=item.province_id,
        cluster_id=item.cluster_id,
    )


def _line(
    item: RequestItem, project: Project, category: ExpenseCategory, amount: Decimal, single: bool
) -> BudgetLine:
    longest = 1000 - len(category.name) - 3
    return BudgetLine(
        item=item.name if single else f"{thai.shorten(item.name, longest)} – {category.name}",
        fiscal_year=project.fiscal_year,
        plan=item.plan_program,
        output=item.name,
        expense_category_id=category.id,
        kind=category.kind,
        agency_id=item.agency_id,
        project_id=project.id,
        request_item_id=item.id,
        enacted=amount,
        province_id=item.province_id,
        cluster_id=item.cluster_id,
    )
