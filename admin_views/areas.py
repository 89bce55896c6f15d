"""Which screens stand in which area, in the order of the menu."""

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from admin_views import accounts, governance, meetings, reports, territory
from admin_views.base import EntityView
from entities.base import Base, Text
from models import AuditEntry

AREAS: list[tuple[str, Text, list[tuple[type[Base], type[EntityView]]]]] = [
    ("governance", _l("Governance"), governance.VIEWS),
    ("meetings", _l("Meetings and resolutions"), meetings.VIEWS),
    ("territory", _l("Reference data"), territory.VIEWS),
    ("accounts", _l("System"), accounts.VIEWS),
]
FOLDED = ("territory", "accounts")
"""Areas that are seldom opened: the menu shows their title, and their links when asked."""


def views() -> Iterator[EntityView]:
    """One view for each entity, made anew for each application."""
    for key, title, listed in AREAS:
        for entity, view in listed:
            yield view(entity, title, key)


def menu(viewer: Any) -> list[dict[str, Any]]:
    """The menu's sections: only what the viewer may read; `menu_of` decides what stands there."""
    sections = []
    for key, title, listed in AREAS:
        if key == "territory" and (found := reports.links(viewer)):
            sections.append({"title": str(reports.TITLE), "links": found})
        links = [
            {
                "key": e.__tablename__,
                "title": str(e.__label__[1]),
                "url": f"/admin/{e.__tablename__}/",
            }
            for e, view in listed
            if viewer.may(e, "read") and view.in_menu
        ]
        if key == "accounts" and viewer.may(AuditEntry, "read"):
            links.append({"key": "audit_entry", "title": _("Audit"), "url": "/admin/audit_entry/"})
        if links:
            told = {"key": key, "title": str(title), "links": links, "folded": key in FOLDED}
            sections.append(told)
    return sections
