"""What complaints bring to the desk: to screen, late, to remind, to approve, to answer."""

from datetime import date, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from access.database import db
from admin_views import cells
from admin_views.acting import lang, minds, viewer
from entities import dates
from entities.vocabulary import AssignmentStatus, RevealStatus
from figures import complaint_board as board
from figures import complaints as figures
from models import Assignment, Complaint, IdentityReveal
from rules import complaint_reminders, complaints

LATELY = timedelta(days=7)
MOST = 5
"""Rows of one kind; the lists hold all."""
Rows = list[dict[str, Any]]


def waiting(today: date, province_id: int | None) -> Rows:
    """Rows of the desk, each kind for those who do something about it."""
    person, rows = viewer(), []
    if person.may(Complaint, "screen"):
        rows += _cases(today, province_id) + _reminders(today, province_id)
    if person.may(IdentityReveal, "approve"):
        rows += _reveals(province_id)
    rows += _extensions(province_id)
    if person.may(Assignment, "accept") and not person.may(Complaint, "read"):
        rows += _assignments(today, province_id)
    return rows


def acts() -> list[dict[str, Any]]:
    """What a clerk of the centre does most."""
    if not viewer().may(Complaint, "create"):
        return []
    title, url = _("Take down a complaint"), url_for("complaint.create_view")
    return [{"title": title, "url": url, "method": "get", "primary": True}]


def figure(today: date, province_id: int | None) -> dict[str, Any] | None:
    """How many cases are open and late, for those who work on cases or oversee them; or the agency's own."""
    person = viewer()
    if person.may(Assignment, "accept") and not person.may(Complaint, "read"):
        count = board.count_on_turn(db.session(), province_id)
        return _figure(
            _("Complaints given to the agency"), count, Markup(""),
            url_for("assignment.index_view", standing="waiting"),
        )  # fmt: skip
    if not minds(Complaint, "screen"):
        return None
    told = board.standing(db.session(), today, province_id)
    late = cells.mark("bad", "!", _("%(n)s late", n=told.late)) if told.late else Markup("")
    return _figure(_("Complaints open"), told.open, late, url_for("complaint.board_view"))


def _figure(label: str, count: int, chips: Markup, url: str) -> dict[str, Any]:
    return {
        "label": label, "value": f"{count:,}", "unit": _("cases"), "chips": chips, "note": "",
        "bar": None, "url": url,
    }  # fmt: skip


def _row(title: str, url: str, sub: str, chip: Any, order: int) -> dict[str, Any]:
    return {"title": title, "url": url, "sub": sub, "chip": chip, "order": order}


def _of_case(title: str, case: Any, chip: Any, order: int) -> dict[str, Any]:
    url = url_for("complaint.details_view", id=case.id)
    told = [case.number, case.agency or case.category]
    return _row(title, url, " · ".join(filter(None, told)), chip, order)


def _cases(today: date, province_id: int | None) -> Rows:
    """The viewer's drafts, cases to be screened and to be reviewed, and late ones: no case is two."""
    found = board.of_a_desk(db.session(), today, province_id, viewer().user_id, MOST)
    kinds: dict[Any, Rows] = {_draft: [], _unassigned: [], _result: [], _late: []}
    for one in found:
        kind = _kind(one)
        kinds[kind].append(kind(one, today))
    return [row for rows in kinds.values() for row in rows[:MOST]]


def _kind(one: Any) -> Any:
    """Which line of the desk a case is."""
    if one.number is None:
        return _draft
    if one.status in board.UNASSIGNED:
        return _unassigned
    return _result if one.status in board.JUDGED else _late


def _draft(one: Any, _today: date) -> dict[str, Any]:
    chip = cells.mark("warn", "✎", _("draft"))
    return _of_case(_("Go on with the draft: %(what)s", what=one.subject), one, chip, 0)


def _unassigned(one: Any, _today: date) -> dict[str, Any]:
    return _of_case(_("Screen: %(what)s", what=one.subject), one, cells.chip(one.status), 0)


def _result(one: Any, _today: date) -> dict[str, Any]:
    chip = cells.chip(one.status)
    return _of_case(_("Review the result: %(what)s", what=one.subject), one, chip, 1)


def _late(one: Any, today: date) -> dict[str, Any]:
    chip, days = cells.in_days(one.due_on, today), (one.due_on - today).days
    return _of_case(_("Late: %(what)s", what=one.subject), one, chip, days)


def _reminders(today: date, province_id: int | None) -> Rows:
    """Cases whose agency is to be reminded today; those past their day stand there already."""
    highest: dict[int, int] = {}
    running = (figures.in_its_days(today),)
    for one in complaint_reminders.due(db.session(), today, province_id, running):
        highest[one.complaint_id] = max(one.level, highest.get(one.complaint_id, 0))
    return [
        _of_case(
            _("Remind: %(what)s", what=one.subject), one,
            cells.mark("warn", "◷", _("Reminder %(n)s", n=highest[one.id])), 2,
        )
        for one in board.cases(db.session(), list(highest)[:MOST])
    ]  # fmt: skip


def _reveals(province_id: int | None) -> Rows:
    found = board.asked_reveals(db.session(), province_id, viewer().user_id)
    return _opened_lately(province_id) + [
        _row(
            _("%(who)s asks to open who complained", who=one.asked_name),
            url_for("identity_reveal.details_view", id=one.id), one.reason[:120],
            cells.chip(one.status), 0,
        )
        for one in found
    ]  # fmt: skip


def _opened_lately(province_id: int | None) -> Rows:
    """That complainants were opened within the week, for the head to look at."""
    since = dates.today() - LATELY
    found = figures.reveals(db.session(), since, province_id)
    count = sum(one.status is RevealStatus.OPENED for one in found)
    if not count:
        return []
    title = _("Complainants were opened %(n)s times within a week", n=count)
    url = url_for("identity_reveal.index_view", status=RevealStatus.OPENED.value)
    return [_row(title, url, "", cells.mark("info", "◉", _("to look at")), 5)]


def _extensions(province_id: int | None) -> Rows:
    """More time that waits for the viewer: at the centre, or above it where its head asked or there
    is none."""
    levels = [
        above
        for above, verb in ((False, "extend"), (True, "extend_above"))
        if viewer().may(Complaint, verb)
    ]
    if not levels:
        return []
    led = viewer().reach(Complaint, "extend_above").province_id
    headless = complaints.without_head(db.session(), led, dates.today())
    asked = figures.more_time_asked(levels, viewer().user_id, headless)
    found = figures.waiting(db.session(), asked, province_id, MOST)
    return [
        _of_case(
            _("More time asked for: %(what)s", what=one.subject), one,
            cells.mark("gold", "✎", _("to approve")), 0,
        )
        for one in found
    ]  # fmt: skip


def _assignments(today: date, province_id: int | None) -> Rows:
    found = board.on_turn(db.session(), province_id)
    reminded = board.reminded(db.session(), [one.id for one in found])
    return [
        _row(
            _("Accept: %(what)s", what=one.subject)
            if one.status is AssignmentStatus.SENT
            else _("Complaint: %(what)s", what=one.subject),
            url_for("assignment.details_view", id=one.id),
            _of_part(one, reminded.get(one.id)),
            cells.in_days(one.due_on, today) if one.due_on else cells.chip(one.status),
            (one.due_on - today).days if one.due_on else 7,
        )
        for one in found
    ]


def _of_part(one: Assignment, reminded: date | None) -> str:
    """Number and day of what an agency was given, and when the centre last reminded it."""
    told = [one.number, dates.short_date(one.due_on, lang()) if one.due_on else "–"]
    if reminded is not None:
        told.append(_("reminded %(day)s", day=dates.short_date(reminded, lang())))
    return " · ".join(told)
