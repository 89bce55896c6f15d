"""To whom a document goes: sending it to many at once, and asking again who has not confirmed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from flask import request, url_for
from flask_admin import expose
from flask_babel import gettext as _
from sqlalchemy import select

from access import mailing
from access.database import db
from admin_views import document_secret, link_pickers, posting_letters
from admin_views.acting import lang, viewer
from admin_views.verbs import do
from admin_views.words import said
from entities import dates, thai
from entities.vocabulary import SendMethod
from figures.documents import day_of
from models import Agency, Attachment, Distribution, Document, OfficeUnit
from rules import document_reminders, documents
from rules.base import Broken
from rules.documents import Recipient


class DocumentSending:
    """The pages of recipients, beside the other acts of a document."""

    @expose("/send/", methods=("GET", "POST"))
    def send_view(self) -> Any:
        """Send a document to many units, agencies and others at once."""
        record = self._asked("send")
        code = 200
        if request.method == "POST":
            answer, code = do(self, record, lambda: _sent(record), form={}), 422
            if answer is not None:
                return answer
        return self.render("document_send.html", **_send_context(self, record)), code  # type: ignore[attr-defined]

    @expose("/chase/", methods=("GET", "POST"))
    def chase_view(self) -> Any:
        """Ask again whoever has not confirmed the receipt; each desk then says so."""
        record = self._asked("send")
        if request.method == "POST":
            back, now = url_for(".chase_view", id=record.id), dates.now()
            chased: list[Distribution] = []
            answer = do(self, record, lambda: _ask_again(record, now, chased), done_url=back)
            _mail([one for one in chased if one.chased_at == now], now)
            return answer
        return self.render("document_chase.html", **_chase_context(self, record))  # type: ignore[attr-defined]

    def _asked(self, verb: str) -> Document:
        record: Document = self.record()  # type: ignore[attr-defined]
        self.require(verb, record)  # type: ignore[attr-defined]
        return record


# Recipients.


def _send_context(view: Any, record: Document) -> dict[str, Any]:
    gone = {
        (one.unit_id, one.agency_id)
        for one in db.session.scalars(
            select(Distribution).where(Distribution.document_id == record.id)
        )
    }
    agencies = db.session.scalars(
        select(Agency).where(Agency.province_id == record.province_id).order_by(Agency.sort_key)
    )
    back = url_for(".details_view", id=record.id)
    return {
        "title": _("Send %(what)s", what=record), "action_url": url_for(".send_view", id=record.id),
        "crumbs": [{"title": view.name, "url": url_for(".index_view")},
                   {"title": str(record), "url": back}],
        "back": back, "methods": [(m.value, said(m.title)) for m in SendMethod],
        "units": [(key, name, (key, None) in gone) for key, name in link_pickers.units(record.province_id)
                  if key != record.unit_id],
        "agencies": [(one.id, one.name, (None, one.id) in gone) for one in agencies],
        "papers": _going_along(record), "ticked": _ticked(record),
        "names": request.form.get("names", "")[:6000], "method": request.form.get("method", ""),
    }  # fmt: skip


def _ticked(record: Document) -> dict[str, set[str]]:
    """What is ticked as the page opens: every file, and whatever was before a refusal."""
    found = {name: set(request.form.getlist(name)) for name in ("unit", "agency", "file")}
    if "files" not in request.form:
        found["file"] = {str(key) for key, _name in _going_along(record)}
    return found


def _going_along(record: Document) -> list[Any]:
    """Id and name of the files that the recipients can be given; none of a secret document."""
    if record.secrecy is not None or not viewer().may(Attachment, "read"):
        return []
    files = select(Attachment.id, Attachment.name).where(Attachment.document_id == record.id)
    return list(db.session.execute(files.order_by(Attachment.id)))


def _left_out(record: Document) -> list[int]:
    """The files that were not ticked, one that was attached meanwhile among them."""
    if "files" not in request.form:
        return []
    ticked = set(request.form.getlist("file"))
    return [key for key, _name in _going_along(record) if str(key) not in ticked]


def _sent(record: Document) -> str:
    made = documents.send(
        record, _recipients(), db.session(), dates.now(), left_out=_left_out(record)
    )
    return _("Sent to %(n)s recipients", n=len(made))


def _recipients() -> list[Recipient]:
    """Who was ticked, and who was written, one on each line."""
    typed = request.form.get("method", "")
    method = next((m for m in SendMethod if m.value == typed), SendMethod.SYSTEM)
    units = [_picked(OfficeUnit, key) for key in request.form.getlist("unit")]
    agencies = [_picked(Agency, key) for key in request.form.getlist("agency")]
    names = [thai.normalise(line)[:300] for line in request.form.get("names", "").splitlines()]
    outside = SendMethod.POST if method is SendMethod.SYSTEM else method
    return [
        *(Recipient(unit=one, method=method) for one in units),
        *(Recipient(agency=one, method=method) for one in agencies),
        *(Recipient(name=name, method=outside) for name in names if name),
    ]


def _picked(entity: Any, key: str) -> Any:
    found = db.session.get(entity, int(key)) if key.isascii() and key.isdigit() else None
    if found is None:
        raise Broken(_("Choose one from the list."))
    return found


def _unconfirmed(record: Document) -> Sequence[Distribution]:
    return db.session.scalars(
        select(Distribution)
        .where(Distribution.document_id == record.id, Distribution.acknowledged_at.is_(None))
        .order_by(Distribution.sent_at, Distribution.id)
    ).all()


def _ask_again(record: Document, now: datetime, chased: list[Distribution]) -> str:
    """Chase the ticked recipients; who they are is added to `chased`."""
    ticked = set(request.form.getlist("rowid"))
    chosen = [one for one in _unconfirmed(record) if str(one.id) in ticked]
    made = documents.chase(record, db.session(), now, chosen)
    chased += made
    return _("Asked again: %(n)s recipients. It stands on their desks.", n=len(made))


def _mail(chased: list[Distribution], now: datetime) -> None:
    """The letter of `flask remind`, to those who were asked again and have an address."""
    if chased and mailing.is_set():
        posting_letters.post(document_reminders.letters(db.session(), chased, now))


def _chase_context(view: Any, record: Document) -> dict[str, Any]:
    rows = _unconfirmed(record)
    names = document_secret.recipients(record)
    told = _(
        "Please confirm the receipt of %(number)s “%(subject)s”.",
        number=record.number, subject=record.subject,
    )  # fmt: skip
    back = url_for(".details_view", id=record.id)
    return {
        "title": _("Chase the unread: %(what)s", what=record.number), "message": told, "back": back,
        "crumbs": [{"title": view.name, "url": url_for(".index_view")},
                   {"title": str(record), "url": back}],
        "rows": [_chased(one, told, names.get(one.id)) for one in rows],
        "action_url": url_for(".chase_view", id=record.id),
    }  # fmt: skip


def _chased(one: Distribution, told: str, name: str | None) -> dict[str, Any]:
    """A recipient to be chased, with where the agency is reached."""
    agency = one.agency
    place = agency or one.unit
    address = (place.email or "") if place else ""
    subject = _("Confirm the receipt of %(number)s", number=one.number)
    mail = f"mailto:{quote(address)}?subject={quote(subject)}&body={quote(told)}"
    return {
        "id": one.id, "name": name or one.recipient, "how": str(one.method),
        "phone": (agency.phone or "") if agency else "", "email": address,
        "times": one.chased_count, "last": dates.short_date(day_of(one.chased_at), lang())
        if one.chased_at else "",
        "days": (dates.now() - one.sent_at).days, "mail": mail if address else None,
        "url": url_for("distribution.details_view", id=one.id), "read": one.read_at is not None,
    }  # fmt: skip
