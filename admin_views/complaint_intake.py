"""Taking a complaint down: one page that a clerk fills while the person talks.

What identifies the person is checked at its field and sealed with the first save, also that of a
draft; it never comes back into a form. Cases like the one being taken down are shown before it is
received.
"""

from collections.abc import Callable
from datetime import date
from functools import cache, partial
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms.validators import Optional

from access.database import db
from admin_views import cells, forms
from admin_views import fields as kinds
from admin_views.acting import lang, record_url, viewer
from entities import dates, persons
from entities.base import fields
from entities.persons import BadPerson
from entities.vocabulary import ComplainantKind
from figures import complaints_near
from models import (
    Accused,
    Agency,
    Channel,
    Complainant,
    Complaint,
    ComplaintCategory,
    ComplaintNature,
    District,
    Subdistrict,
)
from rules import complaint_clock, complaint_files, complaint_secrecy, complaints
from rules.base import Broken

Spell = Callable[[str], str]
PERSON = ("kind", "name", "citizen_number", "phone", "email", "address")
ACCUSED = {"accused_name": "name", "accused_position": "position", "accused_agency_id": "agency"}
"""The form's fields of the accused, by what the rule calls them."""
GROUPS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (_l("How it came in"), ("province_id", "channel_id", "received_on", "nature_id", "importance")),
    (
        _l("What it is about"),
        ("category_id", "subject", "detail", "incident_on", "confidential", "needs_committee"),
    ),
    (_l("Place of the matter"), ("district_id", "subdistrict_id", "place")),
    (_l("Who complains"), ("is_anonymous", *PERSON)),
    (_l("Who is accused"), tuple(ACCUSED)),
    (_l("Who is to see to it"), ("lead_agency_id",)),
)


class PersonField(kinds.TextField):
    """What identifies a person: checked as it is read, and shown in its usual groups."""

    def __init__(self, *args: Any, read: Spell, shown: Spell, **kwargs: Any) -> None:
        super().__init__(*args, length=300, **kwargs)
        self.read, self.shown = read, shown

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if self.data:
            try:
                self.data = self.read(self.data[: self.length])
            except BadPerson as error:
                raise ValueError(str(error.message)) from None

    def _value(self) -> str:
        if not self.data or self.process_errors:
            return str(self.data or "")
        return self.shown(self.data)


def _person_field(name: str, read: Any, shown: Any, **drawn: str) -> Any:
    label = fields(Complainant)[name].label
    return PersonField(
        label=label, read=read, shown=shown, validators=[Optional()],
        render_kw={"autocomplete": "off", **drawn},
    )  # fmt: skip


def _text(label: Any, length: int = 300, help: Any = "") -> Any:
    return kinds.TextField(
        label=label, length=length, description=help, validators=[Optional()],
        render_kw={"autocomplete": "off"},
    )  # fmt: skip


def _kind() -> Any:
    return kinds.ChoiceField(
        label=fields(Complainant)["kind"].label, choices=ComplainantKind, blank=False,
        default=ComplainantKind.PERSON, validators=[Optional()],
    )  # fmt: skip


def agency_field(label: Any, help: Any = "") -> Any:
    """A picker of the agencies of the province; where they are many it asks for them."""
    return kinds.PickField(
        label=label, description=help, validators=[Optional()], blank=True,
        options=partial(forms.options, Agency, "lead_agency_id"),
        find=partial(forms.find, Agency, "lead_agency_id"),
        lookup=lambda: url_for("complaint.lookup_view", field="lead_agency_id"),
    )  # fmt: skip


def _of_person() -> dict[str, Callable[[], Any]]:
    told = fields(Complainant)
    return {
        "kind": _kind,
        "name": lambda: _text(told["name"].label),
        "citizen_number": lambda: _person_field(
            "citizen_number", persons.citizen_number, persons.shown_citizen_number,
            inputmode="numeric", data_check="citizen",
        ),
        "phone": lambda: _person_field(
            "phone", persons.phone, persons.shown_phone, inputmode="tel", data_check="phone"
        ),
        "email": lambda: _person_field("email", persons.email, str, inputmode="email"),
        "address": lambda: _text(told["address"].label, 1000),
    }  # fmt: skip


@cache
def form_class() -> Any:
    """The whole page as one form: the case, who complains, who is accused, who sees to it."""
    told = fields(Accused)
    return forms.form_class(
        Complaint,
        **_of_person(),
        accused_name=lambda: _text(told["name"].label),
        accused_position=lambda: _text(told["position"].label),
        accused_agency_id=lambda: agency_field(told["accused_agency_id"].label),
        lead_agency_id=lambda: agency_field(
            _l("Assign at once to"),
            _l(
                "Then the case is screened and given to this agency as it is received, with the place and"
                " what was told; of a case that is confidential or told by somebody unnamed neither goes along."
            ),
        ),
    )


@cache
def person_form() -> Any:
    """Only who complains, to be written down later or corrected."""
    return type("PersonForm", (forms.BaseForm,), {k: make() for k, make in _of_person().items()})


# What the lists of the form offer.


def offer(form: Any, provinces: frozenset[int]) -> None:
    """Offer what is in use, and the places of the person's province alone."""
    for name, entity in (
        ("channel_id", Channel), ("nature_id", ComplaintNature), ("category_id", ComplaintCategory)
    ):  # fmt: skip
        form[name].offer(partial(_in_use, entity))
    form.district_id.offer(partial(_districts, provinces))
    form.subdistrict_id.offer(partial(subdistricts, form.district_id.data))


def _in_use(entity: Any) -> list[tuple[int, str]]:
    rows = db.session.execute(
        select(entity.id, entity.name).where(entity.in_use.is_(True)).order_by(entity.position)
    )
    return [(row[0], row[1]) for row in rows]


def _districts(provinces: frozenset[int]) -> list[tuple[int, str]]:
    statement = select(District.id, District.name).order_by(District.sort_key)
    if provinces:
        statement = statement.where(District.province_id.in_(sorted(provinces)))
    return [(row[0], row[1]) for row in db.session.execute(statement)]


def subdistricts(district_id: int | None) -> list[tuple[int, str]]:
    """The subdistricts of a district, in Thai order; none before a district is chosen."""
    if district_id is None:
        return []
    statement = select(Subdistrict.id, Subdistrict.name).where(
        Subdistrict.district_id == district_id
    )
    rows = db.session.execute(statement.order_by(Subdistrict.sort_key))
    return [(row[0], row[1]) for row in rows]


def begin(form: Any, today: date) -> None:
    """What most cases have: received today, in person, as a complaint."""
    form.received_on.data = today
    for name in ("channel_id", "nature_id"):
        form[name].data = next((key for key, _label in form[name].rows()), None)


# What is told while the person talks.


def suggestion(form: Any, province_id: int | None, today: date, but: int | None) -> dict[str, Any]:
    """The agency and day that the category suggests, and cases that may be the same."""
    work, category_id = db.session(), form.category_id.data
    category = work.get(ComplaintCategory, category_id) if category_id else None
    return {
        "days": category.days if category else None,
        "due": _usual_day(work, category, province_id, today),
        "lead": _usual_lead(work, category_id, province_id, form.district_id.data),
        "near": [_near_row(one) for one in _near(form, province_id, today, but)],
    }


def _usual_day(work: Session, category: Any, province_id: int | None, today: date) -> str:
    if category is None or category.days is None or province_id is None:
        return ""
    return dates.long_date(complaint_clock.after(work, province_id, today, category.days), lang())


def _usual_lead(
    work: Session, category_id: int | None, province_id: int | None, district_id: int | None
) -> dict[str, Any] | None:
    if category_id is None or province_id is None:
        return None
    key = complaints_near.usual_lead(work, province_id, category_id, district_id)
    agency = work.get(Agency, key) if key else None
    return {"id": agency.id, "name": agency.name} if agency else None


def _near(form: Any, province_id: int | None, today: date, but: int | None) -> list[Any]:
    if province_id is None:
        return []
    phone = "" if form.is_anonymous.data else (form.phone.data or "")
    return complaints_near.near(
        db.session(), province_id, form.subject.data or "", form.district_id.data,
        complaint_secrecy.mark_of_phone(phone), today, but=but,
    )  # fmt: skip


def _near_row(one: complaints_near.Near) -> dict[str, Any]:
    same = [
        *([_("same telephone")] if one.same_phone else []),
        *([_("same district")] if one.same_district else []),
        *([_("alike by %(n)s percent", n=round(one.likeness * 100))] if one.likeness else []),
    ]
    return {
        "id": one.complaint_id, "number": one.number, "subject": one.subject,
        "chip": cells.chip(one.status), "url": record_url(Complaint, one.complaint_id),
        "sub": " · ".join([dates.short_date(one.received_on, lang()), *same]),
    }  # fmt: skip


def unseen(near: list[dict[str, Any]]) -> bool:
    """Whether some of these cases were not shown with the form that was sent."""
    seen = set(request.form.get("near_seen", "").split(","))
    return any(str(one["id"]) not in seen for one in near)


# Writing it down.


def province_of(form: Any, record: Complaint | None = None) -> int | None:
    """The province in which the case is taken down."""
    if record is not None and record.province_id is not None:
        return record.province_id
    if "province_id" in form:
        return form.province_id.data  # type: ignore[no-any-return]
    reach = viewer().reach(Complaint, "create").province_id
    return next(iter(reach)) if len(reach) == 1 else None


def populate(form: Any, case: Complaint) -> None:
    """Carry what is the case's own into the record."""
    for name, told in fields(Complaint).items():
        if name in form and not told.computed:
            setattr(case, name, form[name].data)


def take_down(form: Any, case: Complaint, session: Session, today: date, *, draft: bool) -> None:
    """Keep a draft, or receive the case and give it to its agency; raises Broken.

    Whoever complains is sealed with it; the field that is wrong is one of this form.
    """
    if draft:
        session.add(case)
        session.flush()
    elif case.number is None:
        complaints.receive(case, session, today)
    identify(form, case, session, today)
    _accuse(form, case, session)
    if not draft and form.lead_agency_id.data:
        complaints.screen(case, session, today)
        session.flush()
        lead = session.get_one(Agency, form.lead_agency_id.data)
        try:
            complaints.assign(case, lead, [], complaint_files.brief_at_once(case), session, today)
        except Broken as broken:
            raise Broken(str(broken), "lead_agency_id") from None


def identify(form: Any, case: Complaint, session: Session, today: date) -> None:
    """Seal what was typed of the complainant; what is empty stays as it was."""
    told = {name: form[name].data for name in complaint_secrecy.SECRETS}
    if any(told.values()):
        kind = form.kind.data or ComplainantKind.PERSON
        complaint_secrecy.identify(case, session, today, kind=kind.value, **told)


def _accuse(form: Any, case: Complaint, session: Session) -> None:
    told = {rule: form[name].data for name, rule in ACCUSED.items()}
    if not any(told.values()):
        return
    agency = session.get_one(Agency, told["agency"]) if told["agency"] else None
    names = {rule: name for name, rule in ACCUSED.items()}
    try:
        complaint_secrecy.accuse(
            case, session, name=told["name"] or "", position=told["position"] or "", agency=agency
        )
    except Broken as broken:
        raise Broken(str(broken), names.get(broken.field or "", broken.field)) from None


def groups(form: Any) -> list[dict[str, Any]]:
    """The form's fields under their headings."""
    return [
        {"title": str(title), "fields": [name for name in names if name in form]}
        for title, names in GROUPS
    ]
