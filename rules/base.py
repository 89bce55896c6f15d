"""How rules are kept: they run before commit for every touched record, whoever wrote it.

A rule that does not hold raises `Broken` with a message for the person, and the field it
belongs to. Constraints of the database are the second wall; their names find the message.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import String, event
from sqlalchemy.orm import Session

from access import audit
from access import viewer as who
from entities.base import Base, fields, is_changed

Rule = Callable[[Any, Session], None]
Together = Callable[[list[Any], Session], None]
CHECKS: dict[type[Base], list[Rule]] = {}
TOGETHER: dict[type[Base], list[Together]] = {}
COMPLETIONS: dict[type[Base], list[Rule]] = {}


class Broken(Exception):
    """A rule does not hold: a message for the person, and the field it belongs to."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


def check(entity: type[Base]) -> Callable[[Rule], Rule]:
    """Register what must hold of a touched record before commit."""

    def keep(rule: Rule) -> Rule:
        CHECKS.setdefault(entity, []).append(rule)
        return rule

    return keep


def check_together(entity: type[Base]) -> Callable[[Together], Together]:
    """Register what follows from all touched records of a kind, worked out once for them."""

    def keep(rule: Together) -> Together:
        TOGETHER.setdefault(entity, []).append(rule)
        return rule

    return keep


def complete(entity: type[Base]) -> Callable[[Rule], Rule]:
    """Register what a record's other values decide; it runs before each flush of the record."""

    def keep(rule: Rule) -> Rule:
        COMPLETIONS.setdefault(entity, []).append(rule)
        return rule

    return keep


def _complete(session: Session, *_ignored: Any) -> None:
    with session.no_autoflush:
        for row in [*session.new, *session.dirty]:
            for rule in COMPLETIONS.get(type(row), ()):
                rule(row, session)
    for row in [*session.new, *session.dirty]:
        if isinstance(row, Base):
            _refuse_too_long(row)


def _refuse_too_long(row: Base) -> None:
    """PostgreSQL breaks off at a text that is too long for its column, SQLite keeps it."""
    for key, most in _lengths(type(row)):
        value = row.__dict__.get(key)
        if isinstance(value, str) and len(value) > most:
            raise Broken(f"{fields(type(row))[key].label}: {too_long(value, most)}", key)


def too_long(text: str, most: int) -> str:
    """What is told of a text of more than `most` letters."""
    told: str = _(
        "At most %(most)s characters; this has %(count)s.", most=f"{most:,}", count=f"{len(text):,}"
    )
    return told


def some(told: Sequence[str], most: int, joint: str = ", ") -> str:
    """The first of several texts as one, with how many more there are."""
    more = [_("and %(n)s more", n=len(told) - most)] if len(told) > most else []
    return joint.join([*told[:most], *more])


@cache
def _lengths(entity: type[Base]) -> tuple[tuple[str, int], ...]:
    """The columns of text with the most letters each holds."""
    told = fields(entity)
    columns = ((a.key, a.columns[0].type) for a in entity.__mapper__.column_attrs if a.key in told)
    return tuple(
        (key, kind.length) for key, kind in columns if type(kind) is String and kind.length
    )


event.listen(Session, "before_flush", _complete, insert=True)


@event.listens_for(Session, "after_flush")
def _remember(session: Session, _context: Any) -> None:
    touched = session.info.setdefault("touched", {})
    for row in session.new:
        if _ruled(row):
            touched[row] = None
    for row in session.dirty:
        if _ruled(row) and is_changed(row):
            touched[row] = None


def _ruled(row: object) -> bool:
    return type(row) in CHECKS or type(row) in TOGETHER


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop("touched", None)


def linked(row: Any, name: str, session: Session) -> Any:
    """The record behind a link, whether it was set as a record or by its id; None where empty."""
    found, key = getattr(row, name), getattr(row, f"{name}_id")
    if found is not None or key is None:
        return found
    return session.get(type(row).__mapper__.relationships[name].mapper.class_, key)


def run_checks(session: Session) -> None:
    """Check every touched record, until checking touches nothing more; raises Broken."""
    while touched := session.info.pop("touched", None):
        for row in touched:
            if row.removed_at is None:
                for rule in CHECKS.get(type(row), ()):
                    rule(row, session)
        for entity, rules in TOGETHER.items():
            rows = [row for row in touched if type(row) is entity]
            for once in rules if rows else ():
                once(rows, session)
        session.flush()


audit.BEFORE_SEALING.append(run_checks)

ROLE_TAKEN = _l("Somebody already holds this role on the committee; close that membership first.")
"""Told of chair and secretary alike: SQLite names a unique index only by its columns."""
MESSAGES: dict[str, LazyString] = {
    "uq_username": _l("This username is already taken."),
    "uq_role_narrowing": _l("This right is already taken away from the role."),
    "uq_agency_name": _l("The province already has an agency of this name."),
    "uq_committee_name_in_province": _l("The province already has a committee of this name."),
    "uq_committee_name_in_cluster": _l("The cluster already has a committee of this name."),
    "uq_one_provincial_committee": _l(
        "The province already has an integrated administration committee."
    ),
    "uq_one_cluster_committee": _l(
        "The cluster already has an integrated administration committee."
    ),
    "uq_one_group_of_a_mission": _l("The province already has a group for this mission."),
    "uq_order_number_in_province": _l("The province already has an order with this number."),
    "uq_order_number_in_cluster": _l("The cluster already has an order with this number."),
    "uq_one_active_chair": ROLE_TAKEN,
    "uq_one_active_secretary": ROLE_TAKEN,
    "uq_one_active_seat": _l("This person already serves on the committee."),
    "uq_rhythm_of_committee": _l("This committee already has a meeting in that week."),
    "uq_attendance_of_member": _l("This member is already on the attendance sheet."),
    "uq_minutes_reply_of_member": _l("This member has already replied."),
    "uq_agenda_position": _l("Another agenda item already stands at this place."),
    "uq_national_holiday": _l("This day is already a holiday."),
    "uq_regional_holiday": _l("This day is already a holiday in the region."),
    "uq_item_priority": _l("Another project of this request already has this priority."),
    "uq_request_round_in_province": _l(
        "The province already has a request of this year and round."
    ),
    "uq_request_round_in_cluster": _l("The cluster already has a request of this year and round."),
    "uq_decision_of_step": _l("This step has already decided on the project."),
    "uq_readiness_of_item": _l("This was answered already."),
    "uq_calendar_step": _l("This step already has its date in that year."),
    "uq_policy_body_start": _l("Another body already decides from that day."),
    "uq_expense_category_path": _l("This expense category is already there."),
    "uq_project_of_item": _l("This proposed project has been enacted already."),
    "ck_policy_body_valid_order": _l("The last day must not be before the first."),
    "ck_budget_request_round_from_one": _l("Rounds and priorities count from one."),
    "ck_budget_request_ceiling_not_negative": _l("This number cannot be negative."),
    "ck_request_item_priority_from_one": _l("Rounds and priorities count from one."),
    "ck_request_item_ends_after_start": _l("The last day must not be before the first."),
    "ck_request_item_beneficiaries_not_negative": _l("This number cannot be negative."),
    "ck_request_cost_quantity_positive": _l("The quantity must be more than nothing."),
    "ck_request_cost_unit_price_not_negative": _l("This number cannot be negative."),
    "ck_request_decision_amount_not_negative": _l("This number cannot be negative."),
    "uq_project_code_in_province": _l("The province already has a project of this code and year."),
    "uq_project_code_in_cluster": _l("The cluster already has a project of this code and year."),
    "ck_project_ends_after_start": _l("The project must end after it starts."),
    "ck_project_extended_later": _l("An extended project ends later than it was planned to."),
    "ck_project_physical_range": _l("A percentage is between 0 and 100."),
    "ck_project_whole_needs_acceptance": _l(
        "100 percent needs the day on which the work was accepted, and only then."
    ),
    "uq_milestone_position": _l("Another milestone already stands at this place."),
    "ck_milestone_weight_range": _l("A weight is more than 0 and at most 100 percent."),
    "ck_milestone_percent_range": _l("A percentage is between 0 and 100."),
    "ck_milestone_ends_after_start": _l("The milestone must end after it starts."),
    "uq_report_of_month": _l("The project already has a report of this month."),
    "ck_progress_report_actual_range": _l("A percentage is between 0 and 100."),
    "ck_outcome_beneficiaries_not_negative": _l("This number cannot be negative."),
    "ck_outcome_satisfaction_range": _l("A percentage is between 0 and 100."),
    "uq_window_of_month_in_province": _l("The province already has a window of this month."),
    "uq_window_of_month_in_cluster": _l("The cluster already has a window of this month."),
    "ck_reporting_window_closes_after_opening": _l("The window must close after it opens."),
    "uq_cluster_province_start": _l("The province already entered this cluster on that day."),
    "uq_zone_province_start": _l("The province already entered this zone on that day."),
    "ck_membership_ends_after_start": _l("The term must end after it starts."),
    "ck_membership_closed_after_start": _l("Nobody can leave before the term starts."),
    "ck_meeting_ends_after_start": _l("The meeting must end after it starts."),
    "ck_committee_cluster_committee_home": _l(
        "A cluster's committee belongs to a cluster, every other to a province."
    ),
    "ck_committee_mission_of_group": _l(
        "A mission group needs its mission, other committees have none."
    ),
    "ck_committee_quorum_range": _l("The quorum is between 1 and 100 percent."),
    "ck_committee_dissolved_after": _l(
        "A committee cannot be dissolved before it was established."
    ),
    "ck_role_grant_scope_target": _l("Choose what the scope asks for, and nothing else."),
    "ck_role_grant_ends_after_start": _l("The last day must not be before the first."),
    "ck_cluster_valid_order": _l("The last day must not be before the first."),
    "ck_inspection_zone_valid_order": _l("The last day must not be before the first."),
    "ck_cluster_province_valid_order": _l("The last day must not be before the first."),
    "ck_zone_province_valid_order": _l("The last day must not be before the first."),
    "ck_resolution_votes_not_negative": _l("Votes cannot be negative."),
    "ck_appointment_order_effective_after_order": _l(
        "An order cannot be superseded before it takes effect."
    ),
    "uq_budget_line_key_in_province": _l(
        "The province already has this imported line in that fiscal year."
    ),
    "uq_budget_line_key_in_cluster": _l(
        "The cluster already has this imported line in that fiscal year."
    ),
    "ck_budget_line_enacted_not_negative": _l("This number cannot be negative."),
    "ck_budget_line_never_overdrawn": _l(
        "The line does not hold that much; somebody else may have spent it meanwhile."
    ),
    "ck_budget_line_available_adds_up": _l("A balance is changed by entries alone."),
    "ck_budget_line_reserve_not_negative": _l("That much is not reserved on this line."),
    "ck_budget_line_orders_not_negative": _l("That much is not committed on this line."),
    "ck_budget_line_disbursed_not_negative": _l("That much was not paid from this line."),
    "ck_budget_line_carried_not_negative": _l("That much was not carried over from this line."),
    "ck_budget_line_waiting_not_negative": _l("A balance is changed by entries alone."),
    "uq_purchase_order_number_in_province": _l(
        "The province already has an order with this number."
    ),
    "uq_purchase_order_number_in_cluster": _l("The cluster already has an order with this number."),
    "ck_purchase_order_never_overpaid": _l(
        "The order does not hold that much; somebody else may have paid from it meanwhile."
    ),
    "ck_purchase_order_outstanding_adds_up": _l("A balance is changed by entries alone."),
    "ck_purchase_order_waiting_not_negative": _l("A balance is changed by entries alone."),
    "ck_purchase_order_ends_after_signing": _l("The order must not end before it is signed."),
    "uq_carry_over_number_in_province": _l(
        "The province already has a carry-over of this number and year."
    ),
    "uq_carry_over_number_in_cluster": _l(
        "The cluster already has a carry-over of this number and year."
    ),
    "ck_carry_over_obligation_has_order": _l(
        "A carry-over with an obligation names its order, and no other does."
    ),
    "ck_carry_over_without_obligation_by_approval": _l(
        "Money without an obligation is carried over only by a special approval."
    ),
    "ck_carry_over_never_overdrawn": _l(
        "The carry-over does not hold that much; somebody else may have drawn it meanwhile."
    ),
    "ck_carry_over_remaining_adds_up": _l("A balance is changed by entries alone."),
    "ck_carry_over_waiting_not_negative": _l("A balance is changed by entries alone."),
    "ck_carry_over_kept_within_amount": _l("More cannot be kept than the carry-over's amount."),
    "ck_carry_over_amount_positive": _l("The amount must be above zero."),
    "uq_extension_number": _l("This extension is already entered."),
    "ck_budget_transfer_two_lines": _l("Choose two different lines."),
    "ck_budget_transfer_amount_positive": _l("The amount must be above zero."),
    "uq_entry_number": _l("Another entry took this number at the same moment; save again."),
    "uq_entry_reversed_once": _l("This entry is already reversed."),
    "uq_transfer_leg": _l("This transfer is already entered on the line."),
    "ck_ledger_entry_amount_positive": _l("The amount must be above zero."),
    "ck_ledger_entry_reversal_names_entry": _l("A reversal names the entry that it reverses."),
    "ck_ledger_entry_transfer_has_act": _l(
        "An entry of this kind is made by its own act, not by hand."
    ),
    "ck_ledger_entry_order_named": _l("Choose the purchase order."),
    "ck_ledger_entry_carry_over_named": _l("Choose the carry-over."),
    "ck_ledger_entry_approver_is_not_maker": _l("Whoever made an entry cannot approve it."),
    "ck_ledger_entry_posted_by_somebody": _l("An entry is approved by a person."),
    "ck_ledger_entry_posted_with_moment": _l("An entry is posted by approving it."),
    "ck_ledger_entry_refusal_has_reason": _l("Say why."),
    "ck_ledger_entry_reserve_use_range": _l(
        "Only a commitment or a payment takes from the reserve, at most its amount."
    ),
    "uq_fiscal_year_closed_in_province": _l("This fiscal year of the province is already closed."),
    "uq_fiscal_year_closed_in_cluster": _l("This fiscal year of the cluster is already closed."),
    "uq_target_of_month": _l("This month already has a target of that kind and measure."),
    "ck_disbursement_target_percent_range": _l("A percentage is between 0 and 100."),
    "ck_disbursement_target_quarter_range": _l("A fiscal year has four quarters."),
    "tg_entry_outside_year": _l("The day must lie in the fiscal year of the line."),
    "tg_carry_over_day": _l("Carried money is drawn after its fiscal year has ended."),
    "tg_carry_over_expired": _l("The carry-over has ended; it is drawn until its last day."),
    "tg_year_closed": _l("The fiscal year is closed; nothing in it can change."),
    "tg_order_of_line": _l("This order belongs to another line."),
    "tg_carry_over_of_line": _l("This carry-over belongs to another line."),
    "tg_reversal_mirrors": _l(
        "A reversal is equal and opposite to a posted entry of the same line."
    ),
    "tg_transfer_leg": _l("The entries of a transfer carry its amount and stand on its two lines."),
    "tg_transfer_together": _l("The two entries of a transfer are posted together."),
    "tg_entry_final": _l("A decided entry is never changed; reverse it."),
    "tg_entry_kept": _l("An entry is never deleted; reverse it."),
    "ck_ledger_entry_budget_change_of_kind": _l(
        "What an entry changes follows from its kind and amount."
    ),
    "ck_ledger_entry_reserve_change_of_kind": _l(
        "What an entry changes follows from its kind and amount."
    ),
    "ck_ledger_entry_order_change_of_kind": _l(
        "What an entry changes follows from its kind and amount."
    ),
    "ck_ledger_entry_paid_change_of_kind": _l(
        "What an entry changes follows from its kind and amount."
    ),
    "ck_ledger_entry_carried_change_of_kind": _l(
        "What an entry changes follows from its kind and amount."
    ),
    "ck_ledger_entry_lapsed_change_of_kind": _l(
        "What an entry changes follows from its kind and amount."
    ),
    "ck_ledger_entry_drawn_change_of_kind": _l(
        "What an entry changes follows from its kind and amount."
    ),
    "uq_centre_name": _l("The province already has a Damrongtham centre of this name."),
    "ck_seconded_officer_ends_after_start": _l("The last day must not be before the first."),
    "ck_complaint_category_days_range": _l("The days are between 1 and 365."),
    "uq_complaint_number": _l("Another case took this number at the same moment; save again."),
    "uq_complaint_old_number": _l("A case with this number of the older log is already here."),
    "ck_complaint_closed_with_day": _l("A case is closed by its own act, with its day."),
    "ck_complaint_closed_after_received": _l("No case is closed before it was received."),
    "ck_complaint_closed_and_told": _l(
        "Tell the complainant before the case is closed, or say why not."
    ),
    "ck_complaint_satisfaction_range": _l("Satisfaction is a number from 1 to 5."),
    "ck_meeting_invitation_of_province": _l(
        "A cluster keeps no register; its letters go out from a province's office."
    ),
    "ck_follow_up_one_carrier": _l("A follow-up is carried out by a document or by a case."),
    "ck_follow_up_carried_in_province": _l(
        "A cluster's follow-up has no document or case of a province."
    ),
    "ck_complaint_draft_is_new": _l("A draft has to be received first."),
    "uq_complainant_of_complaint": _l("This case already has its complainant."),
    "uq_one_lead": _l("The case already has a lead agency; somebody else assigned it."),
    "uq_one_assignment_of_agency": _l("The agency is already assigned to this case."),
    "ck_assignment_returned_with_reason": _l("Say why."),
    "uq_reminder_once": _l("This reminder was already given."),
    "uq_reminder_by_hand": _l("The agency was reminded of this case today already."),
    "ck_reminder_level_range": _l("There are three levels of reminding."),
    "ck_identity_reveal_second_person": _l("Whoever asked cannot approve it too."),
    "ck_identity_reveal_anonymous_needs_two": _l(
        "An unnamed complainant is revealed only when a second person agrees."
    ),
    "uq_complaint_link_once": _l("These cases are already linked."),
    "ck_complaint_link_two_cases": _l("Choose another case than this one."),
    "ck_fact_finding_reports_after_order": _l("The committee reports after it was ordered."),
    "ck_fact_finding_reported_with_finding": _l(
        "A report has its day and its finding, or neither."
    ),
    "uq_office_unit_code": _l("The province already has a unit with this owner code."),
    "uq_office_unit_name": _l("The province already has a unit of this name."),
    "uq_retention_class_name": _l("There is already a retention class of this name."),
    "ck_retention_class_years_of_rule": _l("Give the number of years, and only where it counts."),
    "ck_retention_class_years_positive": _l("Documents are kept between 1 and 100 years."),
    "uq_document_number": _l("This number is already given in the register."),
    "uq_register_number": _l("This number is already given in the register."),
    "ck_document_dated_before_receipt": _l("A document cannot be received before its own date."),
    "ck_document_top_secret_outside": _l(
        "Top secret documents stay outside this system (regulation of 2564)."
    ),
    "uq_endorsement_order": _l("Somebody else just wrote on this document; look at it again."),
    "uq_distribution_to_unit": _l("The document already goes to this unit."),
    "uq_distribution_to_agency": _l("The document already goes to this agency."),
    "uq_loan_of_document": _l("The document is already with a borrower."),
    "ck_destruction_batch_approver_is_not_maker": _l("Whoever made a list cannot approve it."),
}
"""What a person reads when the database itself refused, by the name of the constraint."""

COLUMNS = {
    "uq_office_unit_code": "code",
    "uq_office_unit_name": "name",
    "uq_retention_class_name": "name",
    "ck_retention_class_years_of_rule": "years",
    "ck_retention_class_years_positive": "years",
    "ck_document_dated_before_receipt": "received_on",
    "ck_document_top_secret_outside": "secrecy",
    "uq_role_narrowing": "verb",
    "uq_agency_name": "name",
    "uq_committee_name_in_province": "name",
    "uq_item_priority": "priority",
    "uq_request_round_in_province": "round",
    "uq_request_round_in_cluster": "round",
    "uq_calendar_step": "step",
    "uq_policy_body_start": "valid_from",
    "uq_expense_category_path": "name",
    "ck_policy_body_valid_order": "valid_to",
    "ck_budget_request_round_from_one": "round",
    "ck_budget_request_ceiling_not_negative": "ceiling",
    "ck_request_item_priority_from_one": "priority",
    "ck_request_item_ends_after_start": "ends_on",
    "ck_request_item_beneficiaries_not_negative": "beneficiaries",
    "ck_request_cost_quantity_positive": "quantity",
    "ck_request_cost_unit_price_not_negative": "unit_price",
    "uq_project_code_in_province": "code",
    "uq_project_code_in_cluster": "code",
    "ck_project_ends_after_start": "ends_on",
    "uq_milestone_position": "position",
    "ck_milestone_weight_range": "weight",
    "ck_milestone_ends_after_start": "plan_end",
    "uq_report_of_month": "month",
    "ck_outcome_satisfaction_range": "satisfaction",
    "uq_window_of_month": "month",
    "uq_order_number_in_province": "number",
    "uq_one_active_chair": "role",
    "uq_one_active_secretary": "role",
    "uq_one_active_seat": "person",
    "ck_membership_ends_after_start": "ends_on",
    "ck_meeting_ends_after_start": "ends_at",
    "uq_username": "username",
    "uq_rhythm_of_committee": "week",
    "ck_committee_mission_of_group": "mission",
    "ck_committee_quorum_range": "quorum_percent",
    "ck_budget_line_enacted_not_negative": "enacted",
    "ck_budget_line_never_overdrawn": "amount",
    "ck_budget_line_reserve_not_negative": "amount",
    "ck_budget_line_orders_not_negative": "amount",
    "ck_budget_line_disbursed_not_negative": "amount",
    "ck_budget_line_carried_not_negative": "amount",
    "uq_purchase_order_number_in_province": "number",
    "uq_purchase_order_number_in_cluster": "number",
    "ck_purchase_order_never_overpaid": "amount",
    "ck_purchase_order_ends_after_signing": "ends_on",
    "uq_carry_over_number_in_province": "number",
    "uq_carry_over_number_in_cluster": "number",
    "ck_carry_over_obligation_has_order": "order_id",
    "ck_carry_over_without_obligation_by_approval": "approval_ref",
    "ck_carry_over_never_overdrawn": "amount",
    "ck_carry_over_kept_within_amount": "amount",
    "ck_carry_over_amount_positive": "amount",
    "ck_budget_transfer_two_lines": "to_line_id",
    "ck_budget_transfer_amount_positive": "amount",
    "ck_ledger_entry_amount_positive": "amount",
    "ck_ledger_entry_transfer_has_act": "kind",
    "ck_ledger_entry_order_named": "order_id",
    "ck_ledger_entry_carry_over_named": "carry_over_id",
    "ck_ledger_entry_refusal_has_reason": "reason",
    "ck_ledger_entry_reserve_use_range": "reserve_used",
    "uq_target_of_month": "as_of",
    "ck_disbursement_target_percent_range": "percent",
    "tg_entry_outside_year": "entry_date",
    "tg_carry_over_day": "entry_date",
    "tg_carry_over_expired": "entry_date",
    "tg_order_of_line": "order_id",
    "tg_carry_over_of_line": "carry_over_id",
    "ck_seconded_officer_ends_after_start": "ends_on",
    "ck_complaint_category_days_range": "days",
    "ck_complaint_satisfaction_range": "satisfaction",
    "uq_complaint_link_once": "other_id",
    "uq_centre_name": "name",
    "ck_complaint_link_two_cases": "other_id",
    "ck_fact_finding_reports_after_order": "due_on",
    "ck_fact_finding_reported_with_finding": "finding",
}


def refusal(error: Exception) -> Broken | None:
    """What a database's refusal means to a person; None where the constraint is not known."""
    text = str(getattr(error, "orig", error))
    name = getattr(getattr(getattr(error, "orig", None), "diag", None), "constraint_name", None)
    found = name if name in MESSAGES else _named_in(text)
    return Broken(str(MESSAGES[found]), COLUMNS.get(found)) if found else None


def _named_in(text: str) -> str | None:
    """SQLite names a check, but for a unique index only its columns."""
    for name in MESSAGES:
        if name in text:
            return name
    if "UNIQUE constraint failed: " not in text:
        return None
    columns = {
        part.split(".")[-1].strip() for part in text.split("failed: ")[1].splitlines()[0].split(",")
    }
    table = text.split("failed: ")[1].split(".")[0].strip()
    for index in Base.metadata.tables[table].indexes:
        if index.name in MESSAGES and {c.name for c in index.columns} == columns:
            return str(index.name)
    return None


def today_of(session: Session) -> Any:
    """The day the session acts on: Bangkok's date, or the one a test or command set."""
    from entities import dates

    return session.info.get("today") or dates.today()


__all__ = ["CHECKS", "MESSAGES", "Broken", "check", "complete", "refusal", "run_checks", "who"]
