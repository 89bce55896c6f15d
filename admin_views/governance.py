"""Screens of committees, their members and orders, agencies and people."""

from typing import Any, ClassVar

from flask import url_for
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from access.database import db
from admin_views import cells, desk, uploads
from admin_views.base import EntityView, viewer
from admin_views.verbs import Ask, ask, do
from entities import dates
from entities.vocabulary import CommitteeStatus, EndReason, Sector
from figures import governance as figures
from models import Agency, AppointmentOrder, Committee, Meeting, Membership, Person, Rhythm
from rules import governance, meetings


class CommitteeView(EntityView):
    """Committees, with what each lacks."""

    tabs: ClassVar[list[Any]] = [
        (_l("Mission groups"), {"type": "mission_group"}),
        (_l("Dissolved"), {"status": "dissolved"}),
    ]
    related: ClassVar[list[Any]] = [
        (Membership, "committee_id"),
        (Meeting, "committee_id"),
        (AppointmentOrder, "committee_id"),
        (Committee, "parent_id"),
        (Rhythm, "committee_id"),
    ]

    def notices(self, record: Committee) -> list[dict[str, str]]:
        if record.status is CommitteeStatus.DISSOLVED:
            return []
        found = figures.gaps(db.session(), dates.today(), committee_id=record.id)
        words = desk.gap_words(found[0]) if found else []
        return (
            [{"kind": "warn", "text": _("Gaps: %(words)s", words=" · ".join(words))}]
            if words
            else []
        )

    def side(self, record: Committee) -> list[dict[str, Any]]:
        rows = db.session.execute(
            select(Membership.sector, func.count())
            .where(Membership.committee_id == record.id, Membership.closed_on.is_(None))
            .group_by(Membership.sector)
        )
        counted = {row[0]: row[1] for row in rows}
        return [
            {
                "title": _("Members by sector"),
                "html": cells.tally([(str(s), counted.get(s, 0)) for s in Sector]),
            }
        ]

    def _has_met(self, record: Committee) -> bool:
        year = dates.today().year
        known = select(Meeting.id).where(Meeting.committee_id == record.id, Meeting.year == year)
        return db.session.scalar(known.limit(1)) is not None

    def record_acts(self, record: Committee) -> list[dict[str, Any]]:
        acts = super().record_acts(record)
        sits = record.status is CommitteeStatus.ACTIVE
        if sits and viewer().reaches(record, "edit") and not self._has_met(record):
            acts.append(
                {
                    "title": _("Continue meeting numbers"),
                    "url": url_for(".continue_view", id=record.id),
                    "method": "get",
                }
            )
        if sits and viewer().reaches(record, "dissolve"):
            acts.append(
                {
                    "title": _("Dissolve"),
                    "url": url_for(".dissolve_view", id=record.id),
                    "method": "get",
                }
            )
        return acts

    @expose("/continue/", methods=("GET", "POST"))
    def continue_view(self) -> Any:
        record = self.record()
        self.require("edit", record)
        today = dates.today()
        asked = [
            Ask("year", _l("Year (B.E.)"), "number", default=dates.be_year(today)),
            Ask("last", _l("Last meeting number given"), "number"),
        ]
        return ask(
            self, record, _("Continue meeting numbers"), asked,
            lambda told: meetings.continue_from(record, told["year"] - 543, told["last"], db.session()),
            notice=_("For a committee that met this year before: the next meeting takes the next number."),
        )  # fmt: skip

    @expose("/dissolve/", methods=("GET", "POST"))
    def dissolve_view(self) -> Any:
        record = self.record()
        self.require("dissolve", record)
        asked = [Ask("on", _l("Dissolved on"), "date", default=dates.today())]
        return ask(
            self, record, _("Dissolve %(what)s", what=record), asked,
            lambda told: governance.dissolve(record, told["on"], db.session()),
            notice=_(
                "All memberships of the committee are closed on that day, and what it was to meet for"
                " later is cancelled."
            ),
        )  # fmt: skip


class MembershipView(EntityView):
    """Members: seats are closed with a reason, not deleted."""

    tabs: ClassVar[list[Any]] = [
        (_l("Serving"), {"closed_on.empty": "1"}),
        (
            _l("Terms ending within 90 days"),
            {
                "closed_on.empty": "1",
                "ends_on.to": lambda: dates.input_date(dates.today() + figures.SOON),
            },
        ),
    ]

    def standing(self) -> dict[str, Any]:
        return {"closed_on.empty": Membership.closed_on.is_(None)}

    def record_acts(self, record: Membership) -> list[dict[str, Any]]:
        if record.closed_on is not None:
            return []
        acts = super().record_acts(record)
        if viewer().reaches(record, "close"):
            acts.append(
                {
                    "title": _("End the membership"),
                    "url": url_for(".close_view", id=record.id),
                    "method": "get",
                }
            )
        return acts

    def chip(self, record: Membership) -> Any:
        if record.closed_on is not None:
            return cells.mark("", "○", _("ended"))
        return cells.mark("ok", "✓", _("serving"))

    def sub(self, record: Membership) -> str:
        return " · ".join(filter(None, [str(record.role), record.position, str(record.committee)]))

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> Any:
        record = self.record()
        self.require("edit", record)
        if record.closed_on is not None:
            return do(self, record, governance.refuse_ended)
        return super().edit_view()

    @expose("/close/", methods=("GET", "POST"))
    def close_view(self) -> Any:
        record = self.record()
        self.require("close", record)
        asked = [
            Ask("on", _l("Left on"), "date", default=dates.today()),
            Ask("why", _l("Why it ended"), "choice", choices=EndReason),
        ]
        return ask(
            self, record, _("End the membership of %(who)s", who=record), asked,
            lambda told: governance.close(record, told["on"], told["why"], db.session()),
        )  # fmt: skip


class OrderView(EntityView):
    """Appointment orders; one that was superseded is no longer edited."""

    related: ClassVar[list[Any]] = [(Membership, "order_id")]

    def side(self, record: AppointmentOrder) -> list[dict[str, Any]]:
        return [{"title": _("Attachments"), "html": uploads.card(record, "order_id")}]

    def _related(self, record: AppointmentOrder, child: Any, key: str) -> dict[str, Any]:
        told = super()._related(record, child, key)
        if governance.superseded(record):
            told["new"] = None
        return told

    @expose("/upload/", methods=("POST",))
    def upload_view(self) -> Any:
        return uploads.receive(self, self.record(), "order_id")

    def chip(self, record: AppointmentOrder) -> Any:
        if governance.superseded(record):
            return cells.mark("", "○", _("superseded"))
        return cells.mark("ok", "✓", _("in force"))

    def record_acts(self, record: AppointmentOrder) -> list[dict[str, Any]]:
        acts = super().record_acts(record)
        return [] if governance.superseded(record) else acts

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> Any:
        record = self.record()
        if governance.superseded(record):
            return do(self, record, lambda: governance.refuse_superseded(record))
        return super().edit_view()


VIEWS = [
    (Committee, CommitteeView),
    (Membership, MembershipView),
    (AppointmentOrder, OrderView),
    (Person, EntityView),
    (Agency, EntityView),
]
