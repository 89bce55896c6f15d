"""Which screens stand in which area, in the order of the menu."""

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from admin_views import (
    accounts,
    complaints,
    documents,
    governance,
    ledger,
    meetings,
    projects,
    reports,
    requests,
    territory,
)
from admin_views.base import EntityView
from entities.base import Base, Text
from models import AuditEntry, LedgerEntry

AREAS: list[tuple[str, Text, list[tuple[type[Base], type[EntityView]]]]] = [
    ("governance", _l("Governance"), governance.VIEWS),
    ("meetings", _l("Meetings and resolutions"), meetings.VIEWS),
    ("requests", _l("Budget requests"), requests.VIEWS),
    ("ledger", _l("Budget control ledger"), ledger.VIEWS),
    ("projects", _l("Projects"), projects.VIEWS),
    ("complaints", _l("Complaints"), complaints.VIEWS),
    ("documents", _l("Correspondence"), documents.VIEWS),
    (
        "territory",
        _l("Reference data"),
        [*territory.VIEWS, *requests.REFERENCE, *documents.REFERENCE, *complaints.REFERENCE],
    ),
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
    """The menu's sections: only what the viewer may read.

    Who makes records somewhere sees those areas open, and the others folded.
    """
    sections = []
    works = any(_works(viewer, listed) for key, _title, listed in AREAS if key not in FOLDED)
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
            if view.stands_in_menu(e, viewer)
        ]
        if key == "documents":
            links[:0] = documents.links(viewer)
        if key == "ledger" and viewer.may(LedgerEntry, "approve"):
            url = "/admin/ledger_entry/queue/"
            links.insert(1, {"key": "queue", "title": _("Approval queue"), "url": url})
        if key == "accounts" and viewer.may(AuditEntry, "read"):
            links.append({"key": "audit_entry", "title": _("Audit"), "url": "/admin/audit_entry/"})
        if links:
            folded = key in FOLDED or (works and not _works(viewer, listed))
            told = {"key": key, "title": str(title), "links": links, "folded": folded}
            sections.append(told)
    return sections


def _works(viewer: Any, listed: list[tuple[type[Base], type[EntityView]]]) -> bool:
    return any(viewer.may(entity, "create") for entity, view in listed if view.in_menu)
