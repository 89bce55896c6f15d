"""What certified minutes tell is locked: the meeting, its agenda, sheet, resolutions and papers.

Only a later meeting's resolution corrects it. A cancelled meeting stays as it was, too. These
rules run before each flush, so that removing a row is refused like changing it.
"""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import inspect
from sqlalchemy.orm import Session

from entities.base import Base
from entities.vocabulary import MeetingStatus
from models import (
    AgendaItem,
    Attachment,
    Attendance,
    FollowUp,
    Meeting,
    MinutesReply,
    Resolution,
)
from rules.base import Broken, complete, linked
from rules.meetings import CLOSED

STAMPS = frozenset({"version", "changed_at", "changed_by"})
AFTERWARDS: dict[type[Base], frozenset[str]] = {
    Meeting: frozenset({"invitation", "invitation_id"}),
    FollowUp: frozenset(
        {"status", "progress", "done_on", "reported_in", "reported_in_id"}
        | {"document", "document_id", "complaint", "complaint_id"}
    ),
}
"""What goes on after the minutes: how a task is carried out, and where the letter is filed."""


def closed(row: Any) -> Meeting | None:
    """The closed meeting that a row belongs to, or is; None where it may still be changed."""
    meeting = row if isinstance(row, Meeting) else getattr(row, "meeting", None)
    if meeting is None and isinstance(row, Attachment) and row.agenda_item is not None:
        meeting = row.agenda_item.meeting
    return meeting if meeting is not None and meeting.status in CLOSED else None


def refuse(meeting: Meeting) -> None:
    """Refuse a change of what belongs to a closed meeting; always raises Broken."""
    raise Broken(why(meeting))


def why(meeting: Meeting) -> str:
    """Why nothing of a closed meeting is changed any more."""
    told: str = (
        _("The meeting was cancelled; nothing of it is changed any more.")
        if meeting.status is MeetingStatus.CANCELLED
        else _("The minutes are certified; only a later meeting's resolution corrects them.")
    )
    return told


@complete(Meeting)
def _meeting_stands(meeting: Meeting, _session: Session) -> None:
    if meeting.id is not None and _status_before(meeting) in CLOSED and _touched(meeting):
        refuse(meeting)


def _status_before(meeting: Meeting) -> MeetingStatus | None:
    """The status that the database still has."""
    now, history = meeting.status, inspect(meeting).attrs.status.history
    return history.deleted[0] if history.deleted else now


def _row_stands(row: Any, session: Session) -> None:
    meeting = _meeting_of(row, session)
    if meeting is not None and meeting.status in CLOSED and (row.id is None or _touched(row)):
        refuse(meeting)


for _kind in (AgendaItem, Attendance, Resolution, FollowUp, MinutesReply, Attachment):
    complete(_kind)(_row_stands)


def _meeting_of(row: Any, session: Session) -> Meeting | None:
    item = linked(row, "agenda_item", session) if isinstance(row, Attachment) else None
    found: Meeting | None = linked(item or row, "meeting", session)
    return found


def _touched(row: Any) -> bool:
    """Whether something that the minutes tell was changed, or the row removed."""
    state, after = inspect(row), STAMPS | AFTERWARDS.get(type(row), frozenset())
    return any(
        state.attrs[key].history.has_changes() for key in state.committed_state if key not in after
    )
