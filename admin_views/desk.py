"""The person's desk: what waits for me, late first, and the area's figures."""

from datetime import date, timedelta
from typing import Any

from flask import request, url_for
from flask_admin import AdminIndexView, expose
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from access.database import db
from admin_views import (
    cells,
    desk_complaints,
    desk_documents,
    desk_ledger,
    desk_projects,
    tab_counts,
)
from admin_views.acting import REGISTRY, Door, minds, once
from admin_views.base import lang, switched_province, viewer
from admin_views.cells import in_days
from entities import dates
from entities.messages import N_
from entities.vocabulary import MeetingStatus
from figures import governance, meetings
from models import Committee, FollowUp, Meeting, Membership, Rhythm
from reports.governance_gaps import COMMITTEE_GAPS as GAPS
from rules import meetings as rules

SHOWN = 12
"""Rows of the desk that stand open; the rest unfolds."""


class Desk(Door, AdminIndexView):
    """The home page at /admin/, and the counts that the menu shows."""

    @expose("/")
    def index(self) -> Any:
        today, province_id = dates.today(), desk_province()
        return self.render(
            "desk.html",
            title=_("My desk"),
            heading={"title": _("My desk"), "sub": _subtitle(today), "acts": _acts(province_id)},
            figures=list(filter(None, _figures(today, province_id))),
            waiting=_waiting(today, province_id),
            cycle=_cycle(today, province_id),
            gaps=_gaps(today, province_id),
        )

    @expose("/counts")
    def counts(self) -> Any:
        """How much waits, as JSON for the menu, and how much is behind a list's tabs: asked for after the page."""
        today, province_id = dates.today(), desk_province()
        told: dict[str, dict[str, int]] = {}
        if viewer().may(FollowUp, "read"):
            waiting = meetings.follow_ups(db.session(), today, province_id)
            told["follow_up"] = {"n": waiting.open, "late": waiting.late}
        if viewer().may(Meeting, "read"):
            found = _unfinished(today, province_id)
            unfinished = sum(map(_is_mine, found))
            told["meeting"] = {"n": unfinished, "late": unfinished}
        if to_approve := desk_ledger.to_approve(province_id):
            told["queue"] = {"n": to_approve, "late": 0}
        lying = desk_documents.count(province_id)
        if lying:
            told["inbox"] = lying
        asked = request.args.get("list", "")
        view = next((one for one in REGISTRY.values() if one.endpoint == asked), None)
        tabs = tab_counts.told(view) if view is not None else []
        return {"menu": told, "waiting": len(_rows(today, province_id)), "tabs": tabs}


@once
def _ending(today: date, province_id: int | None) -> list[Membership]:
    return governance.terms_ending(db.session(), today, province_id)


@once
def _lacking(today: date, province_id: int | None) -> list[governance.Gaps]:
    return governance.gaps(db.session(), today, province_id)


@once
def _unfinished(today: date, province_id: int | None) -> list[Meeting]:
    return meetings.unfinished_minutes(db.session(), today, province_id)


def desk_province() -> int | None:
    """The province the desk speaks of: the switch's, or the only one of the person."""
    own = viewer().provinces
    return switched_province() or (next(iter(own)) if own is not None and len(own) == 1 else None)


def _subtitle(today: date) -> str:
    week = dates.week_of_month(today)
    parts = [dates.full_date(today, lang())]
    if week is not None:
        parts.append(_("week %(n)s", n=week))
    year = dates.fiscal_year(today)
    parts.append(_("fiscal year %(year)s quarter %(n)s", year=year, n=dates.fiscal_quarter(today)))
    return " · ".join(parts)


def _acts(province_id: int | None) -> list[dict[str, Any]]:
    acts = []
    if viewer().may(Meeting, "create"):
        acts.append(
            {
                "title": _("Add a meeting"),
                "url": url_for("meeting.create_view"),
                "primary": True,
                "method": "get",
            }
        )
    if province_id and viewer().may(Rhythm, "generate"):
        acts.append(
            {
                "title": _("Plan a month's meetings"),
                "url": url_for("rhythm.plan_view"),
                "method": "get",
            }
        )
    return acts or desk_documents.acts(province_id) or desk_complaints.acts()


def _figures(today: date, province_id: int | None) -> list[dict[str, Any] | None]:
    """The area's figures: those of the viewer's own work first."""
    governed = [
        _next_meeting(today, province_id) if viewer().may(Meeting, "read") else None,
        _follow_ups(today, province_id) if viewer().may(FollowUp, "read") else None,
        _whole_groups(province_id) if viewer().may(Committee, "read") else None,
        _terms(today, province_id) if viewer().may(Membership, "read") else None,
    ]
    money = [
        desk_documents.figure(today, province_id),
        desk_complaints.figure(today, province_id),
        desk_ledger.figure(today, province_id),
        desk_projects.figure(today, province_id),
    ]
    return [*governed, *money] if viewer().may(Meeting, "create") else [*money, *governed]


def _figure(
    label: str, value: str, unit: str, chips: Markup, note: str, url: str
) -> dict[str, Any]:
    return {
        "label": label, "value": value, "unit": unit, "chips": chips, "note": note, "url": url, "bar": None,
    }  # fmt: skip


def _next_meeting(today: date, province_id: int | None) -> dict[str, Any]:
    found = meetings.upcoming(db.session(), today, province_id, 1)
    if not found:
        return _figure(
            _("Next meeting"), "–", "", Markup(""), _("No meeting is planned."), "/admin/meeting/"
        )
    one = found[0]
    when = dates.short_date(one.meets_on, lang())
    if one.starts_at:
        when = f"{when} {_('at %(time)s', time=dates.time_text(one.starts_at))}"
    short, _sep, rest = one.name.partition(" ")
    return _figure(
        _("Next meeting"), short, rest, in_days(one.meets_on, today), when,
        url_for("meeting.details_view", id=one.id),
    )  # fmt: skip


def _follow_ups(today: date, province_id: int | None) -> dict[str, Any]:
    told = meetings.follow_ups(db.session(), today, province_id)
    chips = Markup("")
    if told.late:
        chips += cells.mark("bad", "!", _("%(n)s late", n=told.late))
    if told.soon:
        chips += cells.mark("warn", "◔", _("%(n)s due within a week", n=told.soon))
    url = url_for("follow_up.index_view", status=["not_started", "in_progress"])
    return _figure(_("Follow-ups open"), f"{told.open:,}", _("matters"), chips, "", url)


def _whole_groups(province_id: int | None) -> dict[str, Any] | None:
    # Who reaches one group cannot be told of the four.
    groups = (
        governance.groups_by_province(db.session(), province_id)
        if GAPS.open_to(viewer())
        else None
    )
    if not groups:
        return None
    lacking = [gap for gap in _lacking(dates.today(), province_id) if gap.sectors]
    chips = Markup("").join(
        cells.mark("warn", "◔", f"{gap.committee.mission or gap.committee}: {lacking_words(gap)}")
        for gap in lacking[:2]
    )
    return _figure(
        _("Mission groups with all six sectors"), f"{sum(groups.values()) - len(lacking):,}",
        _("of %(n)s groups", n=f"{governance.MISSIONS * len(groups):,}"), chips, "",
        url_for("committee.index_view", type="mission_group"),
    )  # fmt: skip


def _terms(today: date, province_id: int | None) -> dict[str, Any] | None:
    ending = _ending(today, province_id)
    if not ending:
        return None
    over = sum(member.ends_on < today for member in ending if member.ends_on)
    chips = cells.mark("bad", "!", _("%(n)s past their end", n=over)) if over else Markup("")
    last = dates.input_date(today + governance.SOON)
    url = url_for("membership.index_view", **{"ends_on.to": last, "closed_on.empty": "1"})
    return _figure(
        _("Terms that end within 90 days"), f"{len(ending):,}", _("members"), chips, "", url
    )


def _placed(record: Any, *parts: str) -> str:
    """The second line of a row; its province comes first where the desk shows several."""
    place = record.province.name if desk_province() is None and record.province else ""
    return " · ".join(filter(None, [place, *parts]))


def _row(title: str, url: str, sub: str, chip: Markup, order: int) -> dict[str, Any]:
    return {"title": title, "url": url, "sub": sub, "chip": chip, "order": order}


def _waiting(today: date, province_id: int | None) -> dict[str, Any]:
    """What waits for me, the latest first."""
    rows = _rows(today, province_id)
    return {
        "late": sum(row["order"] < 0 for row in rows), "rows": rows[:SHOWN],
        "more": rows[SHOWN:],
        "all_url": url_for("follow_up.index_view", status=["not_started", "in_progress"])
        if viewer().may(FollowUp, "read") else None,
    }  # fmt: skip


def _rows(today: date, province_id: int | None) -> list[dict[str, Any]]:
    """Everything that waits for me: the desk lists these, and the badge in the bar counts them."""
    rows = []
    if minds(FollowUp, "report"):
        rows += [
            _waiting_follow_up(one, today)
            for one in meetings.late_follow_ups(db.session(), today, province_id)
        ]
    rows += [
        _waiting_minutes(one, today) for one in _unfinished(today, province_id) if _is_mine(one)
    ]
    if minds(Membership, "close"):
        rows += [_waiting_term(one, today) for one in _ending(today, province_id)]
    rows += desk_ledger.waiting(today, province_id)
    rows += desk_projects.waiting(today, province_id)
    rows += desk_documents.waiting(today, province_id)
    rows += desk_complaints.waiting(today, province_id)
    rows.sort(key=lambda row: row["order"])
    return rows


def _waiting_follow_up(one: FollowUp, today: date) -> dict[str, Any]:
    due = one.due_on or today
    sub = _placed(one, str(one.meeting), one.agency.name if one.agency else "")
    return _row(
        _("Follow up: %(task)s", task=one), url_for("follow_up.details_view", id=one.id), sub,
        in_days(due, today), (due - today).days,
    )  # fmt: skip


MINUTES_TODAY = {
    MeetingStatus.INVITED: (N_("Record that it was held: %(name)s"), 0, "hold"),
    MeetingStatus.HELD: (N_("Write the minutes: %(name)s"), 7, "take_minutes"),
    MeetingStatus.MINUTES_DRAFT: (N_("Check the minutes: %(name)s"), 10, "check_minutes"),
    MeetingStatus.MINUTES_CHECKED: (N_("Certify the minutes: %(name)s"), 30, "certify"),
    MeetingStatus.MINUTES_CIRCULATED: (N_("Close the circulation: %(name)s"), 30, "certify"),
}
"""What a meeting's state asks for, in how many days after the meeting, and by which right."""


def _is_mine(one: Meeting) -> bool:
    """Whether the next step of the minutes is the viewer's; who took them does not check them."""
    own_draft = one.status is MeetingStatus.MINUTES_DRAFT and rules.taken_by(one, viewer())
    return minds(Meeting, MINUTES_TODAY[one.status][2]) and not own_draft


def _waiting_minutes(one: Meeting, today: date) -> dict[str, Any]:
    wanted, within, _verb = MINUTES_TODAY[one.status]
    left = (one.meets_on - today).days + within
    return _row(
        _(wanted, name=one.name), url_for("meeting.details_view", id=one.id),
        _placed(one, dates.short_date(one.meets_on, lang())),
        cells.in_days(today + timedelta(left), today), left,
    )  # fmt: skip


def _waiting_term(one: Membership, today: date) -> dict[str, Any]:
    ends = one.ends_on or today
    return _row(
        _("Term ends: %(name)s", name=one.name), url_for("membership.details_view", id=one.id),
        _placed(one, str(one.committee)), in_days(ends, today), (ends - today).days,
    )  # fmt: skip


def _cycle(today: date, province_id: int | None) -> dict[str, Any] | None:
    """This month's rhythm with what became of each meeting."""
    if province_id is None or not viewer().may(Rhythm, "read"):
        return None
    weeks = [
        {
            "title": f"{rhythm.week} · {rhythm.title}",
            "chip": cells.chip(meeting.status)
            if meeting
            else cells.mark("", "○", _("not planned")),
            "when": dates.short_date(meeting.meets_on, lang()) if meeting else "",
            "url": url_for("meeting.details_view", id=meeting.id) if meeting else None,
        }
        for rhythm, meeting in meetings.cycle(db.session(), province_id, today.year, today.month)
    ]
    month = dates.month_name(today.month, lang())
    return {
        "title": _("Meetings of %(month)s", month=month),
        "url": "/admin/meeting/",
        "weeks": weeks,
    }


def lacking_words(gap: governance.Gaps) -> str:
    """Which sectors are missing: named while they are few, counted when they are many."""
    if len(gap.sectors) > 2:
        return _("%(n)s sectors missing", n=len(gap.sectors))
    return _("without %(sectors)s", sectors=", ".join(str(s) for s in gap.sectors))


def gap_words(gap: governance.Gaps) -> list[str]:
    """What a committee lacks, in words."""
    words = []
    if gap.no_chair:
        words.append(_("no chair"))
    if gap.no_secretary:
        words.append(_("no secretary"))
    if gap.sectors:
        words.append(_("without %(sectors)s", sectors=", ".join(str(s) for s in gap.sectors)))
    if gap.vacant:
        words.append(ngettext("%(num)s seat vacant", "%(num)s seats vacant", gap.vacant))
    if gap.expired:
        words.append(
            ngettext("%(num)s term past its end", "%(num)s terms past their end", gap.expired)
        )
    if gap.ending:
        words.append(
            ngettext(
                "%(num)s term ends within 90 days", "%(num)s terms end within 90 days", gap.ending
            )
        )
    return words


def _gaps(today: date, province_id: int | None) -> dict[str, Any] | None:
    """Committees with gaps, for those who seat members and those who oversee."""
    if not minds(Membership, "create"):
        return None
    found = _lacking(today, province_id)
    rows = [
        {
            "title": str(gap.committee), "url": url_for("committee.details_view", id=gap.committee.id),
            "sub": _placed(gap.committee, *gap_words(gap)),
            "chip": Markup(""),
        }
        for gap in found[:10]
    ]  # fmt: skip
    return {
        "title": _("Committees with gaps"),
        "url": url_for("report_committee_gaps.index") if found and GAPS.open_to(viewer()) else None,
        "rows": rows,
        "empty": _("No committee lacks anyone."),
    }
