"""Projects: milestones, monthly progress, problems, changes on the way, and what came of them.

States and traffic light follow domain §9. The money of a project is read from the ledger; nobody
types it. Rows carry the agency, so that an agency's officer reaches the own agency's alone.
"""

from datetime import date
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy import Enum
from sqlalchemy.orm import Mapped

from entities.base import (
    LONG,
    PARAGRAPH,
    Base,
    InProvinceOrCluster,
    check,
    field,
    relation,
    to,
    unique,
    unique_at_home,
    values,
    within,
)
from entities.governance import Agency
from entities.meetings import Resolution
from entities.money import NOTHING, Hundredths, Money, Percent
from entities.requests import RequestItem
from entities.territory import District
from entities.vocabulary import (
    Mission,
    ProblemKind,
    ProblemStatus,
    ProjectChangeKind,
    ProjectMethod,
    ProjectStatus,
    Severity,
)
from entities.years import Year


class Project(InProvinceOrCluster, Base):
    """A project of a fiscal year, from its plan to its evaluation."""

    __tablename__ = "project"
    __label__ = _l("Project"), _l("Projects")
    __order__ = "-id"
    __context__ = "agency_id"
    __rules__ = (
        *unique_at_home("project_code", "fiscal_year", "code"),
        unique("project_of_item", "request_item_id", where="request_item_id IS NOT NULL"),
        check("ends_after_start", "ends_on >= starts_on"),
        check("extended_later", "extended_to IS NULL OR extended_to > ends_on"),
        check("physical_range", "physical_actual BETWEEN 0 AND 10000"),
        check("whole_needs_acceptance", "physical_actual < 10000 OR accepted_on IS NOT NULL"),
        check("paused_from_somewhere", "(status = 'paused') = (status_before IS NOT NULL)"),
    )
    name: Mapped[str] = field(_l("Project"), PARAGRAPH, listed=True, searched=True)
    code: Mapped[str | None] = field(_l("Project code"), searched=True)
    fiscal_year: Mapped[int] = field(
        _l("Fiscal year"), Year(), listed=True, filtered=True, sorted=True, once=True
    )
    agency_id: Mapped[int] = field(
        _l("Responsible agency"), within("agency"), listed=True, filtered=True
    )
    agency: Mapped[Agency] = relation(agency_id)
    mission: Mapped[Mission | None] = field(_l("Mission"), filtered=True)
    plan_issue: Mapped[str | None] = field(_l("Development issue of the plan"), PARAGRAPH)
    plan_program: Mapped[str | None] = field(_l("Program of the plan"), PARAGRAPH)
    objectives: Mapped[str | None] = field(_l("Objectives"), LONG)
    indicators: Mapped[str | None] = field(_l("Indicators and targets"), LONG)
    budget: Mapped[Decimal] = field(
        _l("Budget"), Money(), listed=True, sorted=True, default=NOTHING
    )
    method: Mapped[ProjectMethod | None] = field(_l("Method"), filtered=True)
    starts_on: Mapped[date] = field(_l("Starts on"))
    ends_on: Mapped[date] = field(_l("Ends on"), listed=True, filtered=True, sorted=True)
    extended_to: Mapped[date | None] = field(_l("Extended to"), computed=True)
    district_id: Mapped[int | None] = field(_l("District"), to("district"), filtered=True)
    district: Mapped[District | None] = relation(district_id)
    place: Mapped[str | None] = field(_l("Place"), PARAGRAPH)
    manager_name: Mapped[str | None] = field(_l("Person responsible"))
    manager_phone: Mapped[str | None] = field(_l("Telephone"))
    status: Mapped[ProjectStatus] = field(
        _l("Status"), computed=True, listed=True, filtered=True, default=ProjectStatus.NOT_STARTED
    )
    status_before: Mapped[ProjectStatus | None] = field(
        _l("Status before it was put on hold"),
        Enum(
            ProjectStatus,
            name="projectstatusbefore",
            native_enum=False,
            length=32,
            values_callable=values,
            create_constraint=True,
        ),
        computed=True,
    )
    physical_planned: Mapped[Decimal] = field(
        _l("Planned progress (%)"), Percent(), computed=True, default=NOTHING
    )
    physical_actual: Mapped[Decimal] = field(
        _l("Actual progress (%)"), Percent(), computed=True, listed=True, default=NOTHING
    )
    reported_for: Mapped[date | None] = field(_l("Last reported month"), computed=True)
    accepted_on: Mapped[date | None] = field(_l("Accepted on"), computed=True)
    finished_on: Mapped[date | None] = field(_l("Finished on"), computed=True)
    request_item_id: Mapped[int | None] = field(
        _l("Proposed project"), within("request_item"), computed=True
    )
    request_item: Mapped[RequestItem | None] = relation(request_item_id)

    def __str__(self) -> str:
        return self.name


class Milestone(InProvinceOrCluster, Base):
    """A part of a project's work with its weight; the weights of a project sum to 100."""

    __tablename__ = "milestone"
    __label__ = _l("Milestone"), _l("Milestones")
    __order__ = "position"
    __rules__ = (
        unique("milestone_position", "project_id", "position"),
        check("weight_range", "weight BETWEEN 1 AND 10000"),
        check("percent_range", "percent BETWEEN 0 AND 10000"),
        check("ends_after_start", "plan_end >= plan_start"),
    )
    name: Mapped[str] = field(_l("Milestone"), listed=True, searched=True)
    project_id: Mapped[int] = field(
        _l("Project"), within("project"), listed=True, filtered=True, once=True
    )
    project: Mapped[Project] = relation(project_id)
    agency_id: Mapped[int] = field(_l("Agency"), within("agency"), computed=True, filtered=True)
    agency: Mapped[Agency] = relation(agency_id)
    position: Mapped[int] = field(_l("Order"), listed=True, sorted=True)
    weight: Mapped[Decimal] = field(_l("Weight (%)"), Percent(), listed=True)
    plan_start: Mapped[date] = field(_l("Planned start"), listed=True)
    plan_end: Mapped[date] = field(_l("Planned end"), listed=True, filtered=True)
    actual_end: Mapped[date | None] = field(_l("Done on"), listed=True)
    percent: Mapped[Decimal] = field(_l("Done (%)"), Percent(), listed=True, default=NOTHING)

    def __str__(self) -> str:
        return self.name


class ProgressReport(InProvinceOrCluster, Base):
    """A project's report of one month; the money is the ledger's of the day it was handed in."""

    __tablename__ = "progress_report"
    __label__ = _l("Progress report"), _l("Progress reports")
    __order__ = "-month"
    __context__ = "agency_id"
    __rules__ = (
        unique("report_of_month", "project_id", "month"),
        check("planned_range", "planned_percent BETWEEN 0 AND 10000"),
        check("actual_range", "actual_percent BETWEEN 0 AND 10000"),
    )
    name: Mapped[str] = field(_l("Report"), computed=True, listed=True)
    project_id: Mapped[int] = field(
        _l("Project"), within("project"), listed=True, filtered=True, once=True
    )
    project: Mapped[Project] = relation(project_id)
    agency_id: Mapped[int] = field(
        _l("Agency"), within("agency"), computed=True, listed=True, filtered=True, optional=True
    )
    agency: Mapped[Agency] = relation(agency_id)
    month: Mapped[date] = field(
        _l("Month"),
        listed=True,
        filtered=True,
        sorted=True,
        once=True,
        help=_l("Any day of the month that is reported."),
    )
    planned_percent: Mapped[Decimal] = field(
        _l("Planned progress (%)"), Percent(), computed=True, listed=True, default=NOTHING
    )
    actual_percent: Mapped[Decimal] = field(_l("Actual progress (%)"), Percent(), listed=True)
    accepted_on: Mapped[date | None] = field(
        _l("Accepted on"), help=_l("Needed for 100 percent: the day the work was accepted.")
    )
    correction_reason: Mapped[str | None] = field(
        _l("Reason for a lower progress"),
        PARAGRAPH,
        help=_l("Only when the progress is below that of the month before."),
    )
    done: Mapped[str | None] = field(_l("What was done"), LONG)
    problems: Mapped[str | None] = field(_l("Problems"), LONG)
    remedy: Mapped[str | None] = field(_l("Remedy"), LONG)
    next_step: Mapped[str | None] = field(_l("Next step"), LONG)
    disbursed: Mapped[Decimal] = field(
        _l("Disbursed"), Money(), computed=True, listed=True, default=NOTHING
    )
    committed: Mapped[Decimal] = field(
        _l("Outstanding commitments"), Money(), computed=True, default=NOTHING
    )
    reported_on: Mapped[date] = field(_l("Reported on"), computed=True, listed=True)

    def __str__(self) -> str:
        return self.name


class Problem(InProvinceOrCluster, Base):
    """A problem of a project, who sees to it, and until when."""

    __tablename__ = "problem"
    __label__ = _l("Problem"), _l("Problems")
    __order__ = "due_on"
    __context__ = "project_id"
    __rules__ = (check("resolved_with_day", "(status = 'resolved') = (resolved_on IS NOT NULL)"),)
    title: Mapped[str] = field(_l("Problem"), PARAGRAPH, listed=True, searched=True)
    project_id: Mapped[int] = field(_l("Project"), within("project"), filtered=True, once=True)
    project: Mapped[Project] = relation(project_id)
    agency_id: Mapped[int] = field(_l("Agency"), within("agency"), computed=True, filtered=True)
    agency: Mapped[Agency] = relation(agency_id)
    kind: Mapped[ProblemKind] = field(_l("Kind"), listed=True, filtered=True)
    severity: Mapped[Severity] = field(
        _l("Severity"), listed=True, filtered=True, default=Severity.MEDIUM
    )
    found_on: Mapped[date] = field(_l("Found on"), listed=True, filtered=True, sorted=True)
    remedy: Mapped[str | None] = field(_l("Remedy"), LONG)
    owner_name: Mapped[str] = field(_l("Person responsible"), listed=True)
    due_on: Mapped[date] = field(_l("Due on"), listed=True, filtered=True, sorted=True)
    for_committee: Mapped[bool] = field(
        _l("Needs the committee"), listed=True, filtered=True, default=False
    )
    status: Mapped[ProblemStatus] = field(
        _l("Status"), computed=True, listed=True, filtered=True, default=ProblemStatus.OPEN
    )
    resolved_on: Mapped[date | None] = field(_l("Resolved on"), computed=True)
    result: Mapped[str | None] = field(_l("How it was resolved"), LONG, computed=True)

    def __str__(self) -> str:
        return self.title


class ProjectChange(InProvinceOrCluster, Base):
    """An extension, a pause, a resumption or the cancelling of a project, with its reason."""

    __tablename__ = "project_change"
    __label__ = _l("Project change"), _l("Project changes")
    __order__ = "-id"
    __context__ = "project_id"
    __rules__ = (check("extension_has_end", "(kind = 'extend') = (new_end IS NOT NULL)"),)
    reason: Mapped[str] = field(_l("Reason"), PARAGRAPH, computed=True, listed=True, searched=True)
    project_id: Mapped[int] = field(
        _l("Project"), within("project"), computed=True, listed=True, filtered=True
    )
    project: Mapped[Project] = relation(project_id)
    agency_id: Mapped[int] = field(_l("Agency"), within("agency"), computed=True, filtered=True)
    agency: Mapped[Agency] = relation(agency_id)
    kind: Mapped[ProjectChangeKind] = field(_l("Kind"), computed=True, listed=True, filtered=True)
    decided_on: Mapped[date] = field(_l("Decided on"), computed=True, listed=True, sorted=True)
    new_end: Mapped[date | None] = field(_l("New end"), computed=True, listed=True)
    reference: Mapped[str | None] = field(_l("Reference"), computed=True, listed=True)
    resolution_id: Mapped[int | None] = field(_l("Resolution"), within("resolution"), computed=True)
    resolution: Mapped[Resolution | None] = relation(resolution_id)

    def __str__(self) -> str:
        return f"{self.kind}: {self.reason}"


class Outcome(InProvinceOrCluster, Base):
    """What came of a project: an indicator against its target, who benefited, how content they are."""

    __tablename__ = "outcome"
    __label__ = _l("Outcome"), _l("Outcomes")
    __order__ = "id"
    __context__ = "project_id"
    __rules__ = (
        check("beneficiaries_not_negative", "beneficiaries IS NULL OR beneficiaries >= 0"),
        check("satisfaction_range", "satisfaction IS NULL OR satisfaction BETWEEN 0 AND 10000"),
    )
    indicator: Mapped[str] = field(_l("Indicator"), PARAGRAPH, listed=True, searched=True)
    project_id: Mapped[int] = field(
        _l("Project"), within("project"), listed=True, filtered=True, once=True
    )
    project: Mapped[Project] = relation(project_id)
    agency_id: Mapped[int] = field(_l("Agency"), within("agency"), computed=True, filtered=True)
    agency: Mapped[Agency] = relation(agency_id)
    unit: Mapped[str | None] = field(_l("Unit"), listed=True)
    target: Mapped[Decimal] = field(_l("Target"), Hundredths(), listed=True)
    actual: Mapped[Decimal | None] = field(_l("Actual"), Hundredths(), listed=True)
    beneficiaries: Mapped[int | None] = field(_l("Beneficiaries (persons)"), listed=True)
    satisfaction: Mapped[Decimal | None] = field(_l("Satisfaction (%)"), Percent(), listed=True)
    lessons: Mapped[str | None] = field(_l("Lessons"), LONG)

    def __str__(self) -> str:
        return self.indicator


class ReportingWindow(InProvinceOrCluster, Base):
    """Between which days the progress of a month is reported; who comes later is on the late list.

    A cluster has windows of its own, for the projects of the cluster.
    """

    __tablename__ = "reporting_window"
    __label__ = _l("Reporting window"), _l("Reporting windows")
    __order__ = "-month"
    __rules__ = (
        *unique_at_home("window_of_month", "month"),
        check("closes_after_opening", "closes_on >= opens_on"),
    )
    name: Mapped[str] = field(_l("Name"), computed=True, listed=True)
    month: Mapped[date] = field(_l("Month"), listed=True, filtered=True, sorted=True, once=True)
    opens_on: Mapped[date] = field(_l("Opens on"), listed=True)
    closes_on: Mapped[date] = field(_l("Closes on"), listed=True)

    def __str__(self) -> str:
        return self.name
