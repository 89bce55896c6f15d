"""What a meeting's page shows and takes: agenda, quorum, attendance sheet, minutes, replies."""

from typing import Any

from flask import flash, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import func, select

from access.database import db
from admin_views import cells
from admin_views.base import viewer
from admin_views.forms import shorten
from entities import dates
from entities.base import SHORT
from entities.vocabulary import (
    AgendaPart,
    AttendanceStatus,
    MeetingStatus,
    MinutesAnswer,
    Sector,
)
from figures import governance
from figures import meetings as figures
from models import (
    AgendaItem,
    Attendance,
    FollowUp,
    Meeting,
    Membership,
    MinutesReply,
    Resolution,
)
from rules import meetings
from rules.base import Broken, too_long

SILENT: dict[str, Any] = {}
"""Stands for a page that shows itself again with what was typed when a verb refuses."""


def items(meeting: Meeting) -> list[AgendaItem]:
    """The agenda in its order."""
    statement = select(AgendaItem).where(AgendaItem.meeting_id == meeting.id)
    return list(
        db.session.scalars(statement.order_by(AgendaItem.part, AgendaItem.position, AgendaItem.id))
    )


def numbers(found: list[AgendaItem]) -> dict[int, str]:
    """The number each item is called by, such as 4.2: its place in its part."""
    places: dict[AgendaPart, int] = {}
    called = {}
    for item in found:
        places[item.part] = places.get(item.part, 0) + 1
        called[item.id] = f"{item.part.value}.{places[item.part]}"
    return called


def parts() -> list[tuple[str, str]]:
    """The parts of an agenda, for the quick form."""
    return [(part.value, f"{part.value} {part}") for part in AgendaPart]


def rows(meeting: Meeting, lang: str, back: str) -> list[dict[str, Any]]:
    """The agenda as it is drawn: each part as a heading, its items under it."""
    found = items(meeting)
    told, called, resolved = _follow_ups(found), numbers(found), _resolved(meeting)
    may = viewer().may(AgendaItem, "edit") and meeting.status not in meetings.CLOSED
    drawn = []
    for part in AgendaPart:
        own = [item for item in found if item.part is part]
        drawn.append(
            {
                "no": part.value,
                "title": str(part),
                "part": True,
                "url": None,
                "sub": "",
                "chip": "",
                "resolved": (),
                "acts": [],
            }
        )
        for n, item in enumerate(own):
            acts = _row_acts(meeting, item, n, len(own), back) if may else []
            drawn.append({
                "no": called[item.id], "title": item.title, "part": False,
                "url": url_for("agenda_item.details_view", id=item.id),
                "sub": " · ".join(filter(None, [item.presenter, item.agency.name if item.agency else None])),
                "chip": _item_chip(item, told), "resolved": resolved.get(item.id, ()), "acts": acts,
            })  # fmt: skip
    return drawn


def _row_acts(
    meeting: Meeting, item: AgendaItem, n: int, count: int, back: str
) -> list[dict[str, Any]]:
    edit = {
        "title": _("Edit"),
        "icon": "edit",
        "url": url_for("agenda_item.edit_view", id=item.id, url=f"{back}"),
        "method": "get",
    }
    move = url_for("meeting.agenda_move_view", id=meeting.id)
    up = {
        "title": _("Move up"),
        "icon": "up",
        "url": move,
        "method": "post",
        "fields": {"item": item.id, "by": -1},
    }
    down = {
        "title": _("Move down"),
        "icon": "down",
        "url": move,
        "method": "post",
        "fields": {"item": item.id, "by": 1},
    }
    # An empty place keeps the others in their columns.
    return [edit, up if n else {"blank": True}, down if n < count - 1 else {"blank": True}]


def _follow_ups(found: list[AgendaItem]) -> dict[int, FollowUp]:
    keys = [item.follow_up_id for item in found if item.follow_up_id]
    if not keys or not viewer().may(FollowUp, "read"):
        return {}
    return {
        one.id: one for one in db.session.scalars(select(FollowUp).where(FollowUp.id.in_(keys)))
    }


def _item_chip(item: AgendaItem, told: dict[int, FollowUp]) -> Markup:
    one = told.get(item.follow_up_id or 0)
    if one is not None:
        late = one.due_on is not None and one.due_on < dates.today() and one.status in figures.OPEN
        return cells.mark("bad", "!", _("late")) if late else cells.chip(one.status)
    if item.part is AgendaPart.CONSIDER:
        return cells.mark("gold", "◆", _("for consideration"))
    return (
        cells.mark("", "•", _("for information")) if item.part is AgendaPart.INFORM else Markup("")
    )


def add(meeting: Meeting, form: Any) -> None:
    """Add the quick form's item; raises Broken where it has no subject."""
    title = (form.get("title") or "").replace("\x00", "").strip()
    if not title:
        raise Broken(_("Write the subject."))
    meetings.add_item(db.session(), meeting, part_of(form), title)


def part_of(form: Any) -> AgendaPart:
    """The part of the agenda that the quick form names; the first where it names none."""
    return next((p for p in AgendaPart if p.value == form.get("part")), AgendaPart.INFORM)


def move(meeting: Meeting, form: Any) -> None:
    """Swap an item with its neighbour in the part."""
    text = form.get("item", "")
    item = (
        db.session.get(AgendaItem, int(text))
        if text.isascii() and text.isdigit() and len(text) < 19
        else None
    )
    if item is None or item.meeting_id != meeting.id:
        raise Broken(_("This item is no longer on the agenda."))
    meetings.swap(item, -1 if form.get("by") == "-1" else 1, db.session())


def quorum(meeting: Meeting) -> dict[str, Any]:
    """Who came or replied, out of how many, against how many are needed."""
    counted = db.session.execute(
        select(Attendance.status, Attendance.reply, Attendance.sector, func.count())
        .where(Attendance.meeting_id == meeting.id, Attendance.membership_id.is_not(None))
        .group_by(Attendance.status, Attendance.reply, Attendance.sector)
    ).all()
    members = sum(row[3] for row in counted)
    if not members:
        serving = db.session.scalar(
            select(func.count()).select_from(
                governance.serving(meeting.committee_id, meeting.meets_on).order_by(None).subquery()
            )
        )
        members = serving or 0
    needed = governance.quorum(members, meeting.committee.quorum_percent)
    came = (AttendanceStatus.PRESENT, AttendanceStatus.DELEGATED)
    before = meeting.status in meetings.BEFORE
    present = sum(row[3] for row in counted if row[0] in came)
    replied = sum(
        row[3] for row in counted if row[1] is not None and row[1].value != "not_attending"
    )
    sectors = {s: sum(r[3] for r in counted if r[2] is s) for s in Sector}
    here = replied if before and not present else present
    return {
        "present": None if before and not present else present, "replied": replied, "members": members,
        "needed": needed, "met": members > 0 and here >= needed,
        "sectors_text": " · ".join(f"{s} {n}" for s, n in sectors.items() if n),
    }  # fmt: skip


def sheet(meeting: Meeting) -> list[Attendance]:
    """The members' rows of the attendance sheet, in the order of the list of members."""
    statement = select(Attendance).where(
        Attendance.meeting_id == meeting.id, Attendance.membership_id.is_not(None)
    )
    return list(db.session.scalars(statement.order_by(Attendance.id)))


def versions(rows: list[Any]) -> str:
    """What a sheet was opened at: the version of each of its rows."""
    return ",".join(f"{row.id}.{row.version}" for row in rows)


def unchanged(rows: list[Any], form: Any) -> bool:
    """Whether nobody saved since the sheet was opened; says so where somebody did."""
    if form.get("row_version") == versions(rows):
        return True
    flash(
        _(
            "Somebody else saved meanwhile. What you typed is kept; compare the marked lines and save again."
        ),
        "warn",
    )
    return False


def attendance_rows(found: list[Attendance], form: Any) -> list[dict[str, Any]]:
    """The sheet as it is drawn, with what was typed where it is shown again."""
    expected = AttendanceStatus.EXPECTED
    return [
        {
            "id": row.id, "name": row.name, "office": row.position, "sector": str(row.sector) if row.sector else "",
            "status": form.get(f"status-{row.id}", "" if row.status is expected else row.status.value),
            "delegate_name": form.get(f"delegate_name-{row.id}", row.delegate_name or ""),
            "delegate_position": form.get(f"delegate_position-{row.id}", row.delegate_position or ""),
            "may_delegate": row.membership is None or row.membership.substitute_allowed,
            "error": _differs(row.status.value, form.get(f"status-{row.id}"), str(row.status)),
        }
        for row in found
    ]  # fmt: skip


def _differs(kept: str, typed: str | None, shown: str) -> str:
    """What stands in the database where it differs from what was typed."""
    if typed is None or typed == kept or kept in ("", AttendanceStatus.EXPECTED.value):
        return ""
    return _("Saved meanwhile: %(what)s", what=shown)


def no_sheet(meeting: Meeting) -> dict[str, Any]:
    """What to do where nobody stands on the sheet: name the members, or invite them."""
    if db.session.scalar(governance.serving(meeting.committee_id, meeting.meets_on).limit(1)):
        url, title = url_for("meeting.details_view", id=meeting.id), _("To the meeting")
        told = _("Nobody was invited yet"), _("The sheet is made when the members are invited.")
    else:
        url, title = "", _("Add a member")
        if viewer().may(Membership, "create"):
            url = url_for("membership.create_view", committee_id=meeting.committee_id)
        told = (
            _("No members to call"),
            _("Name the members of the committee first; then the sheet fills itself."),
        )
    act = {"title": title, "url": url, "method": "get"} if url else None
    return {"title": told[0], "text": told[1], "act": act}


MARKS = {s.value: s for s in AttendanceStatus if s is not AttendanceStatus.GUEST}


def record_attendance(meeting: Meeting, found: list[Attendance], form: Any) -> None:
    """Write the sheet; the rule works out the quorum. Raises Broken naming the member.

    Members who were appointed after the invitation come onto the sheet.
    """
    meetings.seat_late_members(meeting, db.session())
    for row in found:
        status = MARKS.get(form.get(f"status-{row.id}", ""))
        if status is None:
            continue
        row.status = status
        delegated = status is AttendanceStatus.DELEGATED
        name, position = (_typed(form, key, row) if delegated else None for key in DELEGATE)
        if delegated and not name:
            raise Broken(_("%(name)s: write who came as the delegate.", name=row.name))
        row.delegate_name, row.delegate_position = name, position


DELEGATE = ("delegate_name", "delegate_position")


def _typed(form: Any, key: str, row: Attendance) -> str | None:
    """What was typed of a member's delegate; raises Broken naming the member where it is too long."""
    text = (form.get(f"{key}-{row.id}") or "").strip()
    most = SHORT.length or 0
    if len(text) > most:
        raise Broken(f"{row.name}: {too_long(text, most)}")
    return text or None


def _resolved(meeting: Meeting) -> dict[int, list[dict[str, str]]]:
    """What was resolved under each item, as it is drawn; nothing for who reads no resolutions."""
    found: dict[int, list[dict[str, str]]] = {}
    if not viewer().may(Resolution, "read"):
        return found
    statement = select(Resolution).where(Resolution.meeting_id == meeting.id)
    for one in db.session.scalars(statement.order_by(Resolution.id)):
        url = url_for("resolution.details_view", id=one.id)
        found.setdefault(one.agenda_item_id, []).append(
            {"text": str(one), "sub": str(one.kind), "url": url}
        )
    return found


def minutes_items(meeting: Meeting, form: Any, back: str) -> list[dict[str, Any]]:
    """The agenda with what is written under each item and what was resolved."""
    may = viewer().may(Resolution, "create") and meeting.status not in meetings.CLOSED
    found = items(meeting)
    called, resolved = numbers(found), _resolved(meeting)
    return [
        {
            "id": item.id, "no": called[item.id], "title": item.title, "chip": "",
            "summary": shorten(item.facts or item.background or "", 400),
            "text": form.get(f"text-{item.id}", item.minutes_text or ""),
            "error": _differs(item.minutes_text or "", _plain(form.get(f"text-{item.id}")), item.minutes_text or ""),
            "resolutions": resolved.get(item.id, []),
            "add_resolution_url": url_for("resolution.create_view", agenda_item_id=item.id, url=back) if may else None,
        }
        for item in found
    ]  # fmt: skip


def _plain(text: str | None) -> str | None:
    return text if text is None else text.replace("\r\n", "\n").strip()


def typed_minutes(form: Any) -> dict[int, str]:
    """What was typed under each item, by the item's id."""
    typed = {}
    for name, text in form.items():
        key = name.removeprefix("text-")
        if name.startswith("text-") and key.isascii() and key.isdigit() and len(key) < 19:
            typed[int(key)] = text.replace("\x00", "")
    return typed


def replies(meeting: Meeting) -> Markup:
    """How many members answered the circulated minutes, and what."""
    counted = dict(
        db.session.execute(
            select(MinutesReply.answer, func.count())
            .where(MinutesReply.meeting_id == meeting.id)
            .group_by(MinutesReply.answer)
        ).all()
    )
    told = [(str(answer), counted.get(answer, 0)) for answer in MinutesAnswer]
    shown = cells.tally([*told, (_("Members"), meeting.members_count or 0)], gap=False)
    if not viewer().may(MinutesReply, "read"):
        return shown
    acts = [(url_for("minutes_reply.index_view", meeting_id=meeting.id), _("See the replies"))]
    if meeting.status is MeetingStatus.MINUTES_CIRCULATED and viewer().may(MinutesReply, "create"):
        given = {"meeting_id": meeting.id, "replied_on": dates.input_date(dates.today())}
        back = url_for("meeting.details_view", id=meeting.id)
        acts.append((url_for("minutes_reply.create_view", **given, url=back), _("Add a reply")))
    buttons = Markup(" ").join(
        Markup('<a class="btn small" href="{}">{}</a>').format(url, title) for url, title in acts
    )
    return shown + Markup('<div class="ties">{}</div>').format(buttons)


def later_meetings(meeting: Meeting) -> list[tuple[int, str]]:
    """Meetings of the committee that could certify this one's minutes."""
    statement = select(Meeting.id, Meeting.name).where(
        Meeting.committee_id == meeting.committee_id, Meeting.meets_on > meeting.meets_on,
        Meeting.status.not_in(figures.NOT_HELD),
    )  # fmt: skip
    return [
        (row[0], row[1])
        for row in db.session.execute(statement.order_by(Meeting.meets_on).limit(50))
    ]
