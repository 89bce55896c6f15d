"""A case's page as a story: where it stands, what is next, who works on it, who did what when."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from access.database import db
from admin_views import cells
from admin_views.acting import lang, once, record_url, viewer
from admin_views.complaint_board import due_chip
from admin_views.words import said
from entities import dates
from entities.base import fields
from entities.vocabulary import (
    AssignmentPart,
    ComplaintAct,
    ComplaintStatus,
    RevealStatus,
    UpdateKind,
)
from figures.complaints import OVER, TURN, WITH_AGENCY
from models import (
    Accused,
    Assignment,
    Attachment,
    Complainant,
    Complaint,
    ComplaintLink,
    ComplaintStep,
    ComplaintUpdate,
    FactFinding,
    IdentityReveal,
    Reminder,
)
from rules import complaint_secrecy, complaints

S, A = ComplaintStatus, ComplaintAct
PATH = (
    (_l("Received"), {S.NEW}),
    (_l("Being screened"), {S.SCREENING, S.RETURNED}),
    (_l("Assigned"), {S.ASSIGNED}),
    (_l("Agency accepted"), {S.ACCEPTED}),
    (_l("In progress"), {S.IN_PROGRESS}),
    (_l("Result"), {S.RESOLVED}),
    (_l("Review"), {S.REVIEWING}),
    (_l("Case closed"), {S.CLOSED}),
)
WITHOUT_AGENCY = (0, 1, 4, 7)
"""The steps of a case that the centre handles itself."""
FACTS = (
    "nature_id", "category_id", "importance", "channel_id", "received_on", "incident_on",
    "district_id", "subdistrict_id", "place", "detail", "confidential", "needs_committee",
    "old_number",
)  # fmt: skip
TIMES = ("assigned_on", "clock_from", "due_on", "paused_on", "quiet_since", "resolved_on")
END = (
    "result", "result_kind", "notified_on", "notified_by", "unnotified_reason", "closed_on",
    "reopened", "satisfaction", "satisfaction_note",
)  # fmt: skip
RECENT = 10
"""Events of the story that stand open; the earlier ones unfold."""
HIDDEN = {
    "name": "•••", "citizen_number": "x-xxxx-xxxxx-xx-x", "phone": "xxx-xxx-xxxx",
    "email": "•••@•••", "address": "•••",
}  # fmt: skip
"""What stands for each value: the shape of every such value, and nothing of this one."""
TOLD = {A.PROGRESS: UpdateKind.PROGRESS, A.RESULT: UpdateKind.RESULT}
"""Acts that come with what an agency wrote."""


def steps(case: Complaint) -> list[dict[str, str]] | None:
    """The path of a case, as it goes for this one."""
    if case.status is S.REJECTED:
        return None
    here = next(n for n, (_title, states) in enumerate(PATH) if case.status in states)
    shown = WITHOUT_AGENCY if case.own_handling else range(len(PATH))
    done = case.status is S.CLOSED
    return [
        {"title": said(PATH[n][0]),
         "state": "did" if n < here or done else "now" if n == here else ""}
        for n in shown
    ]  # fmt: skip


def chips(case: Complaint) -> Markup:
    """The state of a case, and how soon or late it is."""
    if case.number is None:
        return cells.mark("warn", "✎", _("draft"))
    return cells.chip(case.status) + Markup(" ") + due_chip(case, dates.today())


def sub(case: Complaint) -> str:
    """The line under the title."""
    district = case.district.name if case.district else ""
    agency = case.lead_agency.name if case.lead_agency else ""
    received = _("received %(day)s", day=dates.short_date(case.received_on, lang()))
    handled = _("handled by the centre itself") if case.own_handling else agency
    return " · ".join(filter(None, [case.category.name, district, received, handled]))


def headless(case: Complaint) -> bool:
    """Whether the centre of a case's province has nobody today who grants more time."""
    return bool(complaints.without_head(db.session(), [case.province_id], dates.today()))


def notices(case: Complaint) -> list[dict[str, str]]:
    """What must be known before anything else."""
    told = []
    if case.number is None:
        told.append(("warn", _("This is a draft: it has no number and no clock yet.")))
    if case.paused_on:
        day = dates.long_date(case.paused_on, lang())
        told.append(("warn", _("The clock of this case stands since %(day)s.", day=day)))
    if case.extension_to:
        day = dates.long_date(case.extension_to, lang())
        words = (
            _("More time until %(day)s is asked for; the governor or a deputy decides.", day=day)
            if case.extension_above or headless(case)
            else _("More time until %(day)s is asked for; another person grants it.", day=day)
        )
        told.append(("warn", words))
    if case.is_anonymous:
        told.append(("info", _("Whoever complained was promised to stay unnamed.")))
    if case.taken_over:
        told.append(("info", _("Taken over from an older log; what happened before is not told.")))
    if case.reopened and case.status not in OVER:
        told.append(("warn", _("This case was closed before and is open again.")))
    return [{"kind": kind, "text": text} for kind, text in told]


def groups(view: Any, case: Complaint) -> list[dict[str, Any]]:
    """The facts, the days and the end of a case, each only where something is told."""
    told = fields(Complaint)
    parts = ((_("About the case"), FACTS), (_("Days"), TIMES), (_("How it ended"), END))
    drawn = [
        {
            "title": title,
            "rows": [
                [told[key].label, view.fact(case, key)]
                for key in keys
                if getattr(case, key) not in (None, False, 0)
            ],
        }
        for title, keys in parts
    ]
    return [group for group in drawn if group["rows"]]


# Who works on it.


@once
def parts(case_id: int) -> list[Assignment]:
    """The assignments of a case with their agencies, those at work first and of them the lead."""
    rows = db.session.scalars(
        select(Assignment)
        .where(Assignment.complaint_id == case_id)
        .options(joinedload(Assignment.agency))
        .order_by(Assignment.id)
    ).all()
    return sorted(
        rows,
        key=lambda one: (one.status not in complaints.HELD, one.part is not AssignmentPart.LEAD),
    )


def assignments(case: Complaint) -> list[dict[str, Any]]:
    """The agencies of a case with their own days, those at work first."""
    return [_assignment(case, one) for one in parts(case.id)]


def _assignment(case: Complaint, one: Assignment) -> dict[str, Any]:
    held = one.status in complaints.HELD and case.status not in OVER
    may = held and viewer().reaches(case, "assign")
    return {
        "agency": one.agency.name, "url": record_url(Assignment, one.id),
        "part": cells.chip(one.part), "status": cells.chip(one.status),
        "due": part_chip(one), "due_on": dates.short_date(one.due_on, lang()) if one.due_on else "",
        "assigned_on": dates.short_date(one.assigned_on, lang()),
        "reason": one.return_reason or "", "instruction": one.instruction or "",
        "release_url": url_for("complaint.release_view", id=case.id, assignment=one.id) if may else None,
        "remind_url": url_for("complaint.remind_view", id=case.id, assignment=one.id)
        if may and remindable(case, one) else None,
    }  # fmt: skip


def remindable(case: Complaint, one: Assignment) -> bool:
    """Whether it is the agency's turn and the clock runs, so that it can be reminded."""
    return one.status in TURN and case.status in WITH_AGENCY and case.paused_on is None


def reminded(one: Reminder) -> Markup:
    """Which reminder it was: a level of the ladder, or one that the centre gave by hand."""
    told = _("Reminder %(n)s", n=one.level) if one.level else _("Reminded by the centre")
    return cells.mark("warn", "◷", told)


def part_chip(one: Assignment) -> Any:
    """How soon or late an agency is with what it was given."""
    if one.paused_on is not None:
        return cells.mark("warn", "❚", _("clock stands"))
    if one.status not in TURN or one.due_on is None:
        return ""
    return cells.in_days(one.due_on, dates.today())


# What happened.


def story(case: Complaint) -> list[dict[str, Any]]:
    """Every act, report and reminder of a case, the newest first."""
    steps = list(
        db.session.scalars(
            select(ComplaintStep)
            .where(ComplaintStep.complaint_id == case.id)
            .options(joinedload(ComplaintStep.agency))
            .order_by(ComplaintStep.id)
        )
    )
    updates = list(
        db.session.scalars(
            select(ComplaintUpdate)
            .where(ComplaintUpdate.complaint_id == case.id)
            .options(joinedload(ComplaintUpdate.agency))
            .order_by(ComplaintUpdate.id)
        )
    )
    papers = papers_of([one.id for one in updates])
    events = [*_steps(steps, updates, papers), *_reminders(case)]
    events.sort(key=lambda event: event["order"], reverse=True)
    return events


def _steps(
    steps: Sequence[ComplaintStep], updates: Sequence[ComplaintUpdate], papers: dict[int, Any]
) -> list[dict[str, Any]]:
    """Each step with what was written at it: the updates are told in the order of their steps."""
    written: dict[tuple[Any, Any, Any], list[ComplaintUpdate]] = defaultdict(list)
    for one in updates:
        written[one.kind, one.agency_id, one.told_on].append(one)
    drawn = []
    for one in steps:
        waiting = written.get((TOLD.get(one.act), one.agency_id, one.happened_on))
        drawn.append(_step(one, waiting.pop(0) if waiting else None, papers))
    return drawn


def _step(one: ComplaintStep, update: ComplaintUpdate | None, papers: dict[int, Any]) -> dict[str, Any]:  # fmt: skip
    return {
        "order": (_aware(one.at), one.id), "chip": cells.chip(one.act),
        "agency": one.agency.name if one.agency else "",
        "text": update.text if update else one.reason or "",
        "papers": papers.get(update.id, []) if update else [],
        "who": one.actor, "at": dates.moment(_aware(one.at), lang()),
    }  # fmt: skip


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=dates.BANGKOK)


def _reminders(case: Complaint) -> list[dict[str, Any]]:
    rows = db.session.scalars(
        select(Reminder)
        .where(Reminder.complaint_id == case.id)
        .options(joinedload(Reminder.agency))
    )
    return [
        {
            "order": (_aware(one.made_at) if one.reminded_by and one.made_at
                      else datetime.combine(one.reminded_on, time(8), dates.BANGKOK), one.id),
            "chip": reminded(one),
            "agency": one.agency.name if one.agency else "", "papers": [],
            "text": _("%(n)s days without progress", n=(one.reminded_on - one.quiet_since).days),
            "who": one.reminded_by or "", "at": _reminded_at(one),
        }
        for one in rows
    ]  # fmt: skip


def _reminded_at(one: Reminder) -> str:
    """The day, and where it went by e-mail."""
    day = dates.short_date(one.reminded_on, lang())
    return _("%(day)s, by e-mail too", day=day) if one.mailed_to else day


def papers_of(updates: list[int]) -> dict[int, list[dict[str, Any]]]:
    """The files that came with reports, by report."""
    if not updates or not viewer().may(Attachment, "read"):
        return {}
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    rows = db.session.scalars(
        select(Attachment)
        .where(Attachment.complaint_update_id.in_(updates))
        .order_by(Attachment.id)
    )
    for one in rows:
        found[one.complaint_update_id or 0].append({
            "name": one.name, "url": url_for("attachment.file_view", id=one.id),
            "size": cells.size_text(one.size),
        })  # fmt: skip
    return found


# What belongs to it.


def links(case: Complaint) -> list[dict[str, Any]]:
    """Cases that belong together with this one, from either side."""
    rows = db.session.scalars(
        select(ComplaintLink)
        .where(or_(ComplaintLink.complaint_id == case.id, ComplaintLink.other_id == case.id))
        .order_by(ComplaintLink.id)
    )
    found = []
    for one in rows:
        other = one.other if one.complaint_id == case.id else one.complaint
        if other is not None:
            found.append({
                "title": str(other), "url": record_url(Complaint, other.id),
                "chip": cells.chip(other.status), "sub": said(one.kind.title),
            })  # fmt: skip
    return found


def fact_findings(case: Complaint) -> list[dict[str, Any]]:
    """The fact-finding committees of a case, for who reads them."""
    if not viewer().may(FactFinding, "read"):
        return []
    rows = db.session.scalars(
        select(FactFinding).where(FactFinding.complaint_id == case.id).order_by(FactFinding.id)
    )
    return [
        {
            "title": one.order_number, "url": record_url(FactFinding, one.id), "sub": one.chair_name,
            "chip": cells.mark("ok", "✓", _("reported")) if one.reported_on
            else cells.in_days(one.due_on, dates.today()) if one.due_on else "",
        }
        for one in rows
    ]  # fmt: skip


# Who complained, masked; and who asked to see it.


def complainant(case: Complaint) -> dict[str, Any] | None:
    """The masked card of whoever complained; None for all but the centre."""
    if not viewer().reaches(case, "read") or not viewer().may(Complainant, "read"):
        return None
    row = db.session.scalar(select(Complainant).where(Complainant.complaint_id == case.id))
    told = fields(Complainant)
    rows = [
        (told[key].label, HIDDEN[key])
        for key in complaint_secrecy.SECRETS
        if row is not None and getattr(row, key) is not None
    ]
    return {
        "rows": rows, "kind": said(row.kind.title) if row else "", "there": row is not None,
        "anonymous": case.is_anonymous,
        "reveal_url": url_for("complaint.reveal_view", id=case.id) if row and _may_reveal(case) else None,
        "identify_url": url_for("complaint.identify_view", id=case.id)
        if case.status not in OVER and viewer().may(Complainant, "identify") else None,
        "accused": _accused(case), "reveals": _reveals(case),
    }  # fmt: skip


def _may_reveal(case: Complaint) -> bool:
    return viewer().may(IdentityReveal, "reveal") and viewer().may(Complainant, "reveal")


def _accused(case: Complaint) -> list[str]:
    rows = db.session.scalars(
        select(Accused)
        .where(Accused.complaint_id == case.id)
        .options(joinedload(Accused.accused_agency))
        .order_by(Accused.id)
    )
    return [
        " · ".join(filter(None, [HIDDEN["name"] if one.name is not None else "",
                                 one.accused_agency.name if one.accused_agency else ""]))
        for one in rows
    ]  # fmt: skip


def _reveals(case: Complaint) -> list[dict[str, Any]]:
    rows = db.session.scalars(
        select(IdentityReveal)
        .where(IdentityReveal.complaint_id == case.id)
        .order_by(IdentityReveal.id.desc())
        .limit(5)
    )
    return [
        {
            "chip": cells.chip(one.status), "reason": one.reason, "who": one.asked_name,
            "at": dates.moment(_aware(one.opened_at or one.asked_at), lang()),
            "url": record_url(IdentityReveal, one.id),
            "ready": one.status is RevealStatus.APPROVED and one.asked_by == viewer().user_id,
        }
        for one in rows
    ]  # fmt: skip
