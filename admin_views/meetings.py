"""Screens of meetings: rhythm, agenda, attendance, resolutions, follow-ups, minutes."""

from admin_views.base import EntityView
from models import (
    AgendaItem,
    Attachment,
    Attendance,
    FollowUp,
    Meeting,
    MinutesReply,
    Resolution,
    Rhythm,
)

VIEWS = [
    (Meeting, EntityView),
    (FollowUp, EntityView),
    (Resolution, EntityView),
    (AgendaItem, EntityView),
    (Attendance, EntityView),
    (MinutesReply, EntityView),
    (Rhythm, EntityView),
    (Attachment, EntityView),
]
