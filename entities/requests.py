"""Budget requests: calendar, request, proposed projects with their costs, and each step's decision.

The path of a request (domain: budget request): screening, ก.บ.จ., ก.บ.ก., the policy body of the
day, the Budget Bureau, enactment. A proposed project is one item; what each step gave it stands in
its decisions, and the amounts of the steps are kept beside each other on the item.
"""

from datetime import date
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped

from entities.base import (
    LONG,
    PARAGRAPH,
    Base,
    InProvinceOrCluster,
    Shared,
    check,
    field,
    listing,
    relation,
    to,
    unique,
    unique_at_home,
    within,
)
from entities.governance import Agency
from entities.meetings import Resolution
from entities.money import NOTHING, Hundredths, Money, Percent
from entities.territory import District
from entities.vocabulary import (
    FundingSource,
    Mission,
    ReadinessAnswer,
    ReadinessKind,
    RequestStatus,
    RequestStep,
    SpendingKind,
    Verdict,
)
from entities.years import Year


class PolicyBody(Shared, Base):
    """The national body that decides on requests, by the days it did (ก.น.จ., then ก.น.บ.)."""

    __tablename__ = "policy_body"
    __label__ = _l("Policy body"), _l("Policy bodies")
    __order__ = "-valid_from"
    __rules__ = (
        unique("policy_body_start", "valid_from"),
        check("valid_order", "valid_to IS NULL OR valid_to >= valid_from"),
    )
    name: Mapped[str] = field(_l("Name"), listed=True, searched=True)
    short_name: Mapped[str] = field(_l("Short name"), listed=True)
    secretariat: Mapped[str | None] = field(_l("Secretariat"), listed=True, optional=True)
    valid_from: Mapped[date] = field(_l("Valid from"), listed=True, sorted=True)
    valid_to: Mapped[date | None] = field(_l("Valid to"), listed=True)
    source: Mapped[str | None] = field(_l("Source"), PARAGRAPH)

    def __str__(self) -> str:
        return self.short_name


class BudgetCalendar(Shared, Base):
    """By which day a step of a fiscal year's requests must be done; set by the policy body."""

    __tablename__ = "budget_calendar"
    __label__ = _l("Budget calendar date"), _l("Budget calendar")
    __order__ = "due_on"
    __rules__ = (unique("calendar_step", "fiscal_year", "step"),)
    fiscal_year: Mapped[int] = field(_l("Fiscal year"), Year(), listed=True, filtered=True)
    step: Mapped[RequestStep] = field(_l("Step"), listed=True, filtered=True)
    due_on: Mapped[date] = field(_l("Due on"), listed=True, sorted=True)
    source: Mapped[str | None] = field(_l("Source"), PARAGRAPH, listed=True, optional=True)
    name: Mapped[str] = field(_l("Name"), computed=True)

    def __str__(self) -> str:
        return self.name


class ExpenseCategory(Shared, Base):
    """An expense category of the budget, in up to three levels (งบรายจ่าย)."""

    __tablename__ = "expense_category"
    __label__ = _l("Expense category"), _l("Expense categories")
    __order__ = "path"
    __rules__ = (unique("expense_category_path", "path"),)
    name: Mapped[str] = field(_l("Name"), listed=True, searched=True)
    parent_id: Mapped[int | None] = field(
        _l("Part of"), to("expense_category"), listed=True, filtered=True
    )
    parent: Mapped["ExpenseCategory | None"] = relation(parent_id, remote_side="ExpenseCategory.id")
    level: Mapped[int] = field(_l("Level"), computed=True, listed=True, filtered=True)
    kind: Mapped[SpendingKind] = field(
        _l("Kind of expenditure"), listed=True, filtered=True, default=SpendingKind.CURRENT
    )
    path: Mapped[str] = field(_l("Path"), PARAGRAPH, computed=True, sorted=True)

    def __str__(self) -> str:
        return self.path


class BudgetRequest(InProvinceOrCluster, Base):
    """A province's or cluster's request of one fiscal year and round (คำของบประมาณ)."""

    __tablename__ = "budget_request"
    __label__ = _l("Budget request"), _l("Budget requests")
    __order__ = "-fiscal_year"
    __rules__ = (
        *unique_at_home("request_round", "fiscal_year", "round"),
        check("round_from_one", "round >= 1"),
        check("ceiling_not_negative", "ceiling IS NULL OR ceiling >= 0"),
    )
    name: Mapped[str] = field(_l("Name"), computed=True, listed=True, searched=True)
    fiscal_year: Mapped[int] = field(
        _l("Fiscal year"), Year(), listed=True, filtered=True, sorted=True, once=True
    )
    round: Mapped[int] = field(_l("Round"), listed=True, default=1, once=True)
    ceiling: Mapped[Decimal | None] = field(_l("Ceiling"), Money(), listed=True)
    step: Mapped[RequestStep] = field(
        _l("Step"), computed=True, listed=True, filtered=True, default=RequestStep.DRAFT
    )
    note: Mapped[str | None] = field(_l("Note"), LONG)

    def __str__(self) -> str:
        return self.name


class RequestItem(InProvinceOrCluster, Base):
    """A project proposed in a request: the Project Brief of form จ.1-1.

    `requested` is the sum of its costs; the amounts of the steps are set by decisions alone.
    """

    __tablename__ = "request_item"
    __label__ = _l("Proposed project"), _l("Proposed projects")
    __order__ = "priority"
    __context__ = "agency_id"
    __rules__ = (
        unique("item_priority", "request_id", "priority", where="status <> 'rejected'"),
        listing("request_item_request", "request_id", "priority"),
        check("priority_from_one", "priority >= 1"),
        check("ends_after_start", "ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on"),
        check("beneficiaries_not_negative", "beneficiaries IS NULL OR beneficiaries >= 0"),
    )
    name: Mapped[str] = field(_l("Project"), PARAGRAPH, listed=True, searched=True)
    request_id: Mapped[int] = field(
        _l("Budget request"), within("budget_request"), filtered=True, once=True
    )
    request: Mapped[BudgetRequest] = relation(request_id)
    priority: Mapped[int] = field(_l("Priority"), listed=True, sorted=True)
    agency_id: Mapped[int] = field(_l("Responsible agency"), within("agency"), filtered=True)
    agency: Mapped[Agency] = relation(agency_id)
    mission: Mapped[Mission | None] = field(_l("Mission"), filtered=True)
    plan_issue: Mapped[str | None] = field(
        _l("Development issue of the plan"),
        PARAGRAPH,
        help=_l("As the provincial development plan words it."),
    )
    plan_program: Mapped[str | None] = field(_l("Program of the plan"), PARAGRAPH)
    source: Mapped[FundingSource] = field(
        _l("Source of money"), filtered=True, default=FundingSource.PROVINCE
    )
    kind: Mapped[SpendingKind] = field(
        _l("Kind of expenditure"), filtered=True, default=SpendingKind.CURRENT
    )
    rationale: Mapped[str | None] = field(_l("Importance and rationale"), LONG)
    objectives: Mapped[str | None] = field(_l("Objectives"), LONG)
    indicators: Mapped[str | None] = field(_l("Indicators and targets"), LONG)
    district_id: Mapped[int | None] = field(_l("District"), to("district"), filtered=True)
    district: Mapped[District | None] = relation(district_id)
    place: Mapped[str | None] = field(_l("Target area"), PARAGRAPH)
    activities: Mapped[str | None] = field(_l("Main activities"), LONG)
    beneficiaries: Mapped[int | None] = field(_l("Beneficiaries (persons)"))
    starts_on: Mapped[date | None] = field(_l("Starts on"))
    ends_on: Mapped[date | None] = field(_l("Ends on"))
    outputs: Mapped[str | None] = field(_l("Outputs"), LONG)
    outcomes: Mapped[str | None] = field(_l("Outcomes"), LONG)
    step: Mapped[RequestStep] = field(
        _l("Step"), computed=True, listed=True, filtered=True, default=RequestStep.DRAFT
    )
    status: Mapped[RequestStatus] = field(
        _l("Status"), computed=True, listed=True, filtered=True, default=RequestStatus.OPEN
    )
    requested: Mapped[Decimal] = field(
        _l("Requested"), Money(), computed=True, listed=True, sorted=True, default=NOTHING
    )
    screened: Mapped[Decimal | None] = field(_l("After screening"), Money(), computed=True)
    by_province: Mapped[Decimal | None] = field(_l("Provincial committee"), Money(), computed=True)
    by_cluster: Mapped[Decimal | None] = field(_l("Cluster committee"), Money(), computed=True)
    by_policy: Mapped[Decimal | None] = field(_l("Policy body"), Money(), computed=True)
    by_bureau: Mapped[Decimal | None] = field(_l("Budget Bureau"), Money(), computed=True)
    enacted: Mapped[Decimal | None] = field(_l("Enacted"), Money(), computed=True, listed=True)
    readiness: Mapped[Decimal | None] = field(_l("Readiness (%)"), Percent(), computed=True)
    reject_reason: Mapped[str | None] = field(_l("Reason for refusal"), LONG, computed=True)

    def __str__(self) -> str:
        return self.name


class RequestCost(InProvinceOrCluster, Base):
    """A line of a proposed project's cost: quantity × unit price of an expense category."""

    __tablename__ = "request_cost"
    __label__ = _l("Cost"), _l("Costs")
    __order__ = "id"
    __context__ = "expense_category_id"
    __rules__ = (
        listing("request_cost_item", "item_id"),
        check("quantity_positive", "quantity > 0"),
        check("unit_price_not_negative", "unit_price >= 0"),
    )
    name: Mapped[str] = field(_l("Item"), PARAGRAPH, listed=True, searched=True)
    item_id: Mapped[int] = field(
        _l("Proposed project"), within("request_item"), listed=True, filtered=True, once=True
    )
    item: Mapped[RequestItem] = relation(item_id)
    expense_category_id: Mapped[int] = field(
        _l("Expense category"), to("expense_category"), listed=True, filtered=True
    )
    expense_category: Mapped[ExpenseCategory] = relation(expense_category_id)
    quantity: Mapped[Decimal] = field(_l("Quantity"), Hundredths(), listed=True, default=Decimal(1))
    unit: Mapped[str | None] = field(_l("Unit"), listed=True)
    unit_price: Mapped[Decimal] = field(_l("Price per unit"), Money(), listed=True)
    amount: Mapped[Decimal] = field(_l("Amount"), Money(), computed=True, listed=True)

    def __str__(self) -> str:
        return self.name


class Readiness(InProvinceOrCluster, Base):
    """One answer of a proposed project's readiness checklist."""

    __tablename__ = "readiness"
    __label__ = _l("Readiness"), _l("Readiness checklist")
    __order__ = "id"
    __rules__ = (unique("readiness_of_item", "item_id", "kind"),)
    item_id: Mapped[int] = field(
        _l("Proposed project"), within("request_item"), listed=True, filtered=True, once=True
    )
    item: Mapped[RequestItem] = relation(item_id)
    kind: Mapped[ReadinessKind] = field(_l("What must be ready"), listed=True, filtered=True)
    answer: Mapped[ReadinessAnswer] = field(_l("Answer"), listed=True, filtered=True)
    note: Mapped[str | None] = field(_l("Note"), PARAGRAPH, listed=True)

    def __str__(self) -> str:
        return str(self.kind)


class RequestDecision(InProvinceOrCluster, Base):
    """What one step decided of a proposed project: amount, comment, day and the resolution behind it."""

    __tablename__ = "request_decision"
    __label__ = _l("Decision on a request"), _l("Decisions on requests")
    __order__ = "-id"
    __context__ = "body"
    __rules__ = (
        unique("decision_of_step", "item_id", "step"),
        check("amount_not_negative", "amount >= 0"),
    )
    item_id: Mapped[int] = field(
        _l("Proposed project"),
        within("request_item"),
        computed=True,
        listed=True,
        filtered=True,
    )
    item: Mapped[RequestItem] = relation(item_id)
    step: Mapped[RequestStep] = field(_l("Step"), computed=True, listed=True, filtered=True)
    body: Mapped[str] = field(_l("Decided by"), computed=True, listed=True)
    verdict: Mapped[Verdict] = field(_l("Decision"), computed=True, listed=True, filtered=True)
    amount: Mapped[Decimal] = field(_l("Amount"), Money(), computed=True, listed=True)
    decided_on: Mapped[date] = field(
        _l("Decided on"), computed=True, listed=True, filtered=True, sorted=True
    )
    comment: Mapped[str | None] = field(_l("Comment"), LONG, computed=True)
    override_reason: Mapped[str | None] = field(
        _l("Reason for a higher amount"), LONG, computed=True
    )
    resolution_id: Mapped[int | None] = field(
        _l("Resolution"), ForeignKey("resolution.id"), computed=True, listed=True, optional=True
    )
    """Not `within`: the ก.บ.ก. resolves in its cluster on what a province proposed."""
    resolution: Mapped[Resolution | None] = relation(resolution_id)

    def __str__(self) -> str:
        return f"{self.step} · {self.verdict}"
