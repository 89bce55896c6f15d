"""What is done with a project: its next step, its milestones, and changes on the way with a reason."""

from typing import Any

from flask import request, url_for
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from access.database import db
from admin_views import agenda, project_sheet, uploads
from admin_views.base import EntityView, viewer
from admin_views.project_parts import (
    milestones,
    month_to_report,
    month_words,
    report_url,
    unspent_words,
)
from admin_views.verbs import Ask, ask, do
from admin_views.words import said
from entities import dates
from entities.vocabulary import ProjectStatus
from figures import projects as figures
from models import Project, ProjectChange
from rules import project_changes, projects

S = ProjectStatus


class ProjectActs(EntityView):
    """The acts of a project's page, offered where they are possible and the viewer may."""

    def record_acts(self, record: Project) -> list[dict[str, Any]]:
        """The report of the month first, then the next step, then changes on the way."""
        acts = [*self._report_act(record), *self._next_act(record), *self._change_acts(record)]
        if acts:
            acts[0]["primary"] = True
        return acts + super().record_acts(record)

    def _report_act(self, record: Project) -> list[dict[str, Any]]:
        month = month_to_report(record)
        if month is None or not viewer().reaches(record, "report"):
            return []
        title = _("Report %(month)s", month=month_words(month))
        return [{"title": title, "url": report_url(record, month), "method": "get"}]

    def _next_act(self, record: Project) -> list[dict[str, Any]]:
        to = projects.next_step(record)
        verb = "finish" if to is S.FINISHED else "advance"
        if to is None or not viewer().reaches(record, verb):
            return []
        confirm = _("Go on to “%(step)s”?", step=said(to.title))
        url = url_for(".advance_view", id=record.id)
        return [{"title": _("Next: %(step)s", step=said(to.title)), "url": url, "method": "post",
                 "confirm": confirm, "fields": {"to": to.value}}]  # fmt: skip

    def _change_acts(self, record: Project) -> list[dict[str, Any]]:
        if record.status in projects.OVER or not viewer().reaches(record, "change"):
            return []
        paused = record.status is S.PAUSED
        titles = {
            "extend_view": _("Extend the time"),
            **({"resume_view": _("Resume")} if paused else {"pause_view": _("Put on hold")}),
            "cancel_view": _("Cancel the project"),
        }
        return [
            {"title": title, "url": url_for(f".{endpoint}", id=record.id), "method": "get"}
            for endpoint, title in titles.items()
        ]

    @expose("/upload/", methods=("POST",))
    def upload_view(self) -> Any:
        record = self.record()
        self.require("report", record)
        return uploads.receive(self, record, "project_id")

    # The path, and changes on the way.

    @expose("/milestones/", methods=("POST",))
    def milestones_view(self) -> Any:
        record = self.record()
        plans = viewer().reaches(record, "edit")
        if not plans:
            self.require("report", record)
        found, form = milestones(record), request.form

        def act() -> None:
            projects.replan(record, project_sheet.read(found, form, plans), db.session())

        if agenda.unchanged(found, form):
            back = url_for(".details_view", id=record.id, _anchor="plan")
            answer = do(
                self, record, act, form=agenda.SILENT, done_url=back, told=_("Milestones saved.")
            )
            if answer is not None:
                return answer
        return self.render(self.details_template, **self.details_context(self.record())), 422

    @expose("/advance/", methods=("POST",))
    def advance_view(self) -> Any:
        record = self.record()
        try:
            to = S(request.form.get("to", ""))
        except ValueError:
            to = record.status
        self.require("finish" if to is S.FINISHED else "advance", record)
        told = _("Now: %(step)s", step=said(to.title))
        return do(
            self,
            record,
            lambda: projects.advance(record, to, db.session(), dates.today()),
            told=told,
        )

    @expose("/extend/", methods=("GET", "POST"))
    def extend_view(self) -> Any:
        record = self.record()
        self.require("change", record)
        asked = [
            Ask("new_end", _l("New end"), "date", default=figures.end_of(record)), *_why(),
        ]  # fmt: skip
        return ask(
            self, record, _("Extend the time of %(what)s", what=record), asked,
            lambda told: project_changes.extend(
                record, told["new_end"], told["reason"] or "", db.session(), dates.today(), told["reference"]
            ) and None,
            save_title=_("Extend the time"),
        )  # fmt: skip

    def _changed(self, title: str, verb: Any, save: str, notice: str = "") -> Any:
        record = self.record()
        self.require("change", record)

        def act(told: dict[str, Any]) -> str | None:
            found = verb(
                record, told["reason"] or "", db.session(), dates.today(), told["reference"]
            )
            unspent = found if not isinstance(found, ProjectChange) else None
            return unspent_words(unspent) if unspent is not None else None

        return ask(
            self, record, title % {"what": record}, _why(), act, save_title=save, notice=notice
        )

    @expose("/pause/", methods=("GET", "POST"))
    def pause_view(self) -> Any:
        return self._changed(
            _("Put %(what)s on hold", what="%(what)s"), project_changes.pause, _("Put on hold")
        )

    @expose("/resume/", methods=("GET", "POST"))
    def resume_view(self) -> Any:
        return self._changed(
            _("Resume %(what)s", what="%(what)s"), project_changes.resume, _("Resume")
        )

    @expose("/cancel/", methods=("GET", "POST"))
    def cancel_view(self) -> Any:
        return self._changed(
            _("Cancel %(what)s", what="%(what)s"), project_changes.cancel, _("Cancel the project"),
            _("A cancelled project is not taken up again; what is not spent is returned."),
        )  # fmt: skip


def _why() -> list[Ask]:
    return [
        Ask("reason", _l("Reason"), "text"),
        Ask("reference", _l("Reference"), "text", required=False),
    ]
