"""Taking over one case of an older log by a form; a whole log comes in by its file."""

from functools import cache
from typing import Any

from flask import g, request, url_for
from flask_admin import expose
from flask_admin.helpers import get_form_data
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from access.database import db
from admin_views import complaint_intake as intake
from admin_views import fields as kinds
from admin_views import forms
from admin_views.acting import viewer
from admin_views.complaint_import import provinces
from entities import dates
from entities.base import fields
from entities.vocabulary import ComplaintStatus
from models import Agency, Complaint
from rules.complaint_take_over import take_over

TITLE = _l("Take over one older case")
AGENCIES = ("lead_agency_id", "support_1", "support_2", "support_3")
TOLD = ("due_on", "result", "result_kind", "closed_on")
"""What verbs write of other cases, and here the older log tells."""
GROUPS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (_l("In the older log"), ("province_id", "old_number", "received_on", "status", "due_on")),
    (
        _l("What it is about"),
        ("category_id", "channel_id", "subject", "district_id", "place", "detail", "confidential",
         "is_anonymous"),
    ),
    (_l("Who is to see to it"), AGENCIES),
    (_l("How it ended"), ("result_kind", "closed_on", "result")),
    (_l("How it came in"), ("nature_id", "importance", "incident_on")),
)  # fmt: skip
LEFT_OUT = ("subdistrict_id", "needs_committee")
"""What the case's own form asks later, where it is wanted."""


@cache
def form_class() -> Any:
    """What an older log tells of one case."""
    told = fields(Complaint)
    return forms.form_class(
        Complaint,
        frozenset(TOLD),
        old_number=lambda: kinds.TextField(
            label=told["old_number"].label, length=300, validators=[kinds.Required()],
            description=_l("The case keeps it here as its number."),
        ),
        status=lambda: kinds.ChoiceField(
            label=told["status"].label, choices=ComplaintStatus, blank=True,
            validators=[kinds.Required()], description=_l("Where the case stands now."),
        ),
        lead_agency_id=lambda: intake.agency_field(
            _l("Lead agency"), _l("Empty: the centre handles an open case itself.")
        ),
        **{name: lambda: intake.agency_field(_l("Supporting agency")) for name in AGENCIES[1:]},
    )  # fmt: skip


class TakeOverPages:
    """The page of the form, beside those of the cases."""

    @expose("/take-over/", methods=("GET", "POST"))
    def take_over_view(self) -> Any:
        self.require("take_over")  # type: ignore[attr-defined]
        g.form_verb = (Complaint, "take_over")
        form = _form()
        if request.method == "GET":
            forms.fill_hidden(form, None)
        elif form.validate():
            answer = self.save(form, Complaint(), _write)  # type: ignore[attr-defined]
            if answer is not None:
                return answer
        area, name = self.area, self.name  # type: ignore[attr-defined]
        return self.render(  # type: ignore[attr-defined]
            "form.html", form=form, title=str(TITLE), sub="", area=None, conflicts=None,
            again=True, save_title=_("Take over the case"),
            groups=[{"title": str(title), "fields": names} for title, names in GROUPS],
            notice=_(
                "For a case that was received before this system. It comes in as it stands today; who complains"
                " is written down on its page afterwards."
            ),
            crumbs=[
                {"title": area, "url": url_for("admin.index")},
                {"title": name, "url": url_for(".index_view")},
            ],
            action_url=url_for(".take_over_view"), cancel_url=url_for(".index_view"),
        ), 422 if request.method == "POST" else 200  # fmt: skip


def _form() -> Any:
    form = form_class()(get_form_data())
    reach = viewer().reach(Complaint, "take_over").province_id
    intake.offer(form, reach)
    form.nature_id.data = form.nature_id.data or next(iter(dict(form.nature_id.rows())), None)
    for name in LEFT_OUT:
        del form[name]
    if len(reach) == 1:
        del form.province_id
    return form


def _write(form: Any, case: Complaint, _made: bool) -> Complaint:
    """Take the case over as the form tells it; raises Broken."""
    session = db.session()
    intake.populate(form, case)
    for name in TOLD:
        setattr(case, name, form[name].data)
    case.province_id = case.province_id or provinces()[0][0]
    keys = [form[name].data for name in AGENCIES]
    agencies = [session.get_one(Agency, key) for key in keys if key]
    return take_over(case, form.old_number.data, form.status.data, agencies, session, dates.today())


def acts() -> list[dict[str, Any]]:
    """The button that leads here, where the viewer may take cases over."""
    if not viewer().may(Complaint, "take_over"):
        return []
    return [{"title": str(TITLE), "url": url_for("complaint.take_over_view"), "method": "get"}]
