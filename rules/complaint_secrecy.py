"""Who complained and who is accused: written once, sealed, and opened only with a reason.

Opening asks for a right, a fresh sign-in and a reason; it leaves a row that the head of the centre
reads, and an entry in the audit. Who was promised to stay unnamed is opened only when a second person
agrees. No text that an agency or a meeting may read holds the name, phone or citizen number.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import bindparam, inspect, select
from sqlalchemy.orm import Session

from access import audit, scope
from access import viewer as who
from entities import persons, private, thai
from entities.persons import BadPerson
from entities.private import Unreadable, clear
from entities.vocabulary import Act, ComplainantKind, ComplaintAct, RevealStatus, UpdateKind
from figures.complaints import OVER
from models import (
    Accused,
    Agency,
    Assignment,
    Attachment,
    Complainant,
    Complaint,
    ComplaintLink,
    ComplaintStep,
    ComplaintUpdate,
    FactFinding,
    IdentityReveal,
)
from rules.base import Broken, check, complete, linked
from rules.complaints import scope_free, standing
from rules.entries import locked

FRESH = timedelta(minutes=10)
"""How old a sign-in may be at which somebody is revealed."""
HOLDS = timedelta(hours=24)
"""How long the agreement of a second person holds."""
SECRETS = ("name", "citizen_number", "phone", "address", "email")
TITLE = re.compile(r"^(นางสาว|นาง|นาย|น\.ส\.|ด\.ช\.|ด\.ญ\.|ร\.ต\.อ\.|ดร\.|คุณ)")
OF_AGENCIES = frozenset({ComplaintAct.GIVE_BACK, ComplaintAct.PROGRESS, ComplaintAct.RESULT})
"""Acts whose words may be an agency's."""
SHORTEST = 5
"""Letters of a name from which it is looked for in texts."""


# Writing it down.


def identify(
    complaint: Complaint, session: Session, today: date, **told: str | None
) -> Complainant:
    """Write down who complains: name, citizen number, phone, address, e-mail, kind; sealed at once.

    Numbers are checked and kept as digits. What is empty stays as it was. Raises Broken with the
    field that is wrong, and where the texts of the case tell the person.
    """
    case = locked(session, Complaint, complaint.id)
    if case.status in OVER:
        raise Broken(_("The case is over; what was taken down stays as it is."))
    row = session.scalar(select(Complainant).where(Complainant.complaint_id == case.id))
    if row is None:
        row = Complainant(complaint=case, province_id=case.province_id, consented_on=today)
        session.add(row)
    if kind := told.pop("kind", None):
        row.kind = ComplainantKind(kind)
    for key, value in _checked(told).items():
        setattr(row, key, value)
    with session.no_autoflush:
        scope.permit(session, row, "identify")
    for field in ("subject", "detail", "place"):
        _refuse_telling((getattr(case, field),), row, field)
    _refuse_telling((one.instruction for one in standing(case, session)), row)
    session.flush()
    return row


def _checked(told: dict[str, str | None]) -> dict[str, str]:
    unknown = set(told) - set(SECRETS)
    if unknown:
        raise TypeError(f"not told of a complainant: {unknown}")
    found = {}
    for key, value in told.items():
        if (value or "").strip():
            try:
                found[key] = CHECKS.get(key, thai.normalise)(value or "")
            except BadPerson as error:
                raise Broken(str(error.message), key) from None
    return found


CHECKS = {
    "citizen_number": persons.citizen_number,
    "phone": persons.phone,
    "email": persons.email,
}


@complete(Complainant)
def _marked(row: Complainant, session: Session) -> None:
    """Marks by which the same phone or citizen is found again; none of the unnamed."""
    case = linked(row, "complaint", session)
    hidden = case is not None and case.is_anonymous
    for key, mark in (("phone", "phone_hash"), ("citizen_number", "citizen_hash")):
        plain = "" if hidden else _readable(getattr(row, key))
        setattr(row, mark, private.blind(key, plain) if plain else None)


@complete(Complaint)
def _unmarked(complaint: Complaint, session: Session) -> None:
    """A case that becomes one of the unnamed loses the marks that would find the person."""
    if complaint.id is None or not complaint.is_anonymous:
        return
    row = session.scalar(select(Complainant).where(Complainant.complaint_id == complaint.id))
    if row is not None and (row.phone_hash or row.citizen_hash):
        scope_free(session, row)
        row.phone_hash = row.citizen_hash = None


def mark_of_phone(text: str) -> str | None:
    """The mark under which a telephone is kept, for finding it again; None where it is none."""
    try:
        return private.blind("phone", persons.phone(text))
    except BadPerson:
        return None


def accuse(
    complaint: Complaint,
    session: Session,
    *,
    name: str = "",
    position: str = "",
    agency: Agency | None = None,
) -> Accused:
    """Write down whom a case accuses; the agency must not be working on the case."""
    case = locked(session, Complaint, complaint.id)
    if agency is not None and any(one.agency_id == agency.id for one in standing(case, session)):
        raise Broken(_("This agency is assigned to the case; relieve it first."), "agency")
    if not (name.strip() or agency):
        raise Broken(_("Name whom the case accuses: a person or an agency."), "name")
    row = Accused(
        complaint=case, province_id=case.province_id, name=thai.normalise(name) or None,
        position=thai.normalise(position) or None, accused_agency=agency,
    )  # fmt: skip
    with session.no_autoflush:
        scope.permit(session, row, "identify")
    session.add(row)
    session.flush()
    return row


# Opening it.


def reveal(
    complaint: Complaint, reason: str, session: Session, now: datetime, proved_at: datetime | None
) -> dict[str, str]:
    """Who complained, in the clear, for one look: to be shown only after the commit.

    `proved_at` is when the person last proved who they are. An unnamed complainant takes
    `ask_reveal` and `open_reveal`.
    """
    _fresh(proved_at, now)
    case = session.get_one(Complaint, complaint.id)
    if case.is_anonymous:
        raise Broken(_("An unnamed complainant is revealed only when a second person agrees."))
    asked = _asked(case, reason, RevealStatus.OPENED, session, now)
    asked.opened_at = now
    return _opened(case, asked, session)


def ask_reveal(
    complaint: Complaint, reason: str, session: Session, now: datetime
) -> IdentityReveal:
    """Ask that a second person agrees to open an unnamed complainant."""
    case = session.get_one(Complaint, complaint.id)
    if not case.is_anonymous:
        raise Broken(_("This complainant is named; no second person is needed."))
    return _asked(case, reason, RevealStatus.ASKED, session, now)


def _asked(
    case: Complaint, reason: str, status: RevealStatus, session: Session, now: datetime
) -> IdentityReveal:
    viewer = who.of(session)
    if viewer.user_id is None:
        raise Broken(_("Only a person may see who complained."))
    said = thai.normalise(reason)
    if not said:
        raise Broken(_("Say why."), "reason")
    asked = IdentityReveal(
        complaint=case, province_id=case.province_id, status=status, reason=said,
        anonymous=case.is_anonymous, asked_by=viewer.user_id, asked_name=viewer.name, asked_at=now,
    )  # fmt: skip
    with session.no_autoflush:
        scope.permit(session, asked, "reveal")
    session.add(asked)
    session.flush()
    return asked


def approve_reveal(asked: IdentityReveal, session: Session, now: datetime) -> None:
    """Agree that the one who asked sees an unnamed complainant; never whoever asked."""
    _decide(asked, RevealStatus.APPROVED, session, now)


def refuse_reveal(asked: IdentityReveal, session: Session, now: datetime) -> None:
    """Refuse to open an unnamed complainant."""
    _decide(asked, RevealStatus.REFUSED, session, now)


def _decide(asked: IdentityReveal, status: RevealStatus, session: Session, now: datetime) -> None:
    row = locked(session, IdentityReveal, asked.id)
    scope.permit(session, row, "approve")
    viewer = who.of(session)
    if row.status is not RevealStatus.ASKED:
        raise Broken(_("This was decided already: “%(state)s”.", state=row.status))
    if viewer.user_id is None or viewer.user_id == row.asked_by:
        raise Broken(_("Whoever asked cannot approve it too."))
    row.status, row.decided_at = status, now
    row.approved_by, row.approver_name = viewer.user_id, viewer.name


def open_reveal(
    asked: IdentityReveal, session: Session, now: datetime, proved_at: datetime | None
) -> dict[str, str]:
    """What was agreed to, once, to the one who asked, within a day; shown only after the commit."""
    _fresh(proved_at, now)
    row = locked(session, IdentityReveal, asked.id)
    scope.permit(session, row, "reveal")
    if row.asked_by != who.of(session).user_id:
        raise Broken(_("Only the person who asked may see it."))
    if row.status is not RevealStatus.APPROVED:
        raise Broken(_("A second person has not agreed: “%(state)s”.", state=row.status))
    if now - row.decided_at > HOLDS:
        raise Broken(_("The agreement is more than a day old; ask again."))
    row.status, row.opened_at = RevealStatus.OPENED, now
    return _opened(session.get_one(Complaint, row.complaint_id), row, session)


def _fresh(proved_at: datetime | None, now: datetime) -> None:
    if proved_at is None or now - proved_at > FRESH:
        raise Broken(_("Prove once more who you are, then look again."), "fresh")


def _opened(case: Complaint, asked: IdentityReveal, session: Session) -> dict[str, str]:
    row = session.scalar(select(Complainant).where(Complainant.complaint_id == case.id))
    if row is None:
        raise Broken(_("Nobody was written down as complainant."))
    if not who.of(session).reaches(row, "reveal"):
        raise scope.Denied("reveal", row)
    told = {key: _shown(key, clear(getattr(row, key))) for key in SECRETS}
    accused = session.scalars(select(Accused).where(Accused.complaint_id == case.id))
    told["accused"] = ", ".join(filter(None, (clear(one.name) for one in accused)))
    audit.note(
        session, Act.REVEAL, "complaint", case.id, record=thai.shorten(str(case), 200),
        province_id=case.province_id, reason=asked.reason, reveal=asked.id,
    )  # fmt: skip
    return {key: value for key, value in told.items() if value}


def _shown(key: str, value: str) -> str:
    if not value:
        return ""
    form = {"phone": persons.shown_phone, "citizen_number": persons.shown_citizen_number}
    return form.get(key, str)(value)


# Texts that others read.


def _readable(value: Any) -> str:
    """The text of a private value; nothing where its key is lost, so that work goes on."""
    try:
        return clear(value)
    except Unreadable:
        return ""


def _refuse_telling(
    texts: Iterable[str | None], row: Complainant | None, field: str = "subject"
) -> None:
    """Raise Broken where a text names the complainant, the phone or the citizen number."""
    if row is None:
        return
    joined = "\n".join(filter(None, texts))
    plain = "".join(thai.to_arabic(joined).casefold().split())
    digits = re.sub(r"\D", "", plain)
    name = "".join(TITLE.sub("", _readable(row.name)).casefold().split())
    numbers = [one for one in (_readable(row.phone), _readable(row.citizen_number)) if one]
    mail = _readable(row.email).casefold()
    if (
        (len(name) >= SHORTEST and name in plain)
        or any(one in digits for one in numbers)
        or (mail and mail in plain)
    ):
        raise Broken(
            _("This text tells who complained; agencies read it. Leave the person out."), field
        )


def _named_complainant(complaint_id: int, session: Session) -> Complainant | None:
    """The complainant of a case, unless unnamed: a refusal would confirm a guess."""
    return session.scalar(NAMED, {"complaint": complaint_id})


NAMED = (
    select(Complainant)
    .join(Complaint, Complaint.id == Complainant.complaint_id)
    .where(Complainant.complaint_id == bindparam("complaint"), Complaint.is_anonymous.is_(False))
)


@check(Complaint)
def _tells_nobody(complaint: Complaint, session: Session) -> None:
    row = _named_complainant(complaint.id, session)
    for field in (
        "subject", "detail", "place", "notified_by", "unnotified_reason", "satisfaction_note"
    ):  # fmt: skip
        _refuse_telling((getattr(complaint, field),), row, field)


@complete(Complaint)
def _ends_without_name(complaint: Complaint, session: Session) -> None:
    """The result that the centre words at closing; an agency's own stands as it was reported."""
    if complaint.id is None or complaint.status not in OVER:
        return
    if inspect(complaint).attrs.result.history.has_changes():
        _refuse_telling((complaint.result,), _named_complainant(complaint.id, session))


@check(ComplaintStep)
def _steps_without_name(step: ComplaintStep, session: Session) -> None:
    """The centre's reasons, which all who read the case read; an agency's could be a guess."""
    if step.agency_id is None or step.act not in OF_AGENCIES:
        _refuse_telling((step.reason,), _named_complainant(step.complaint_id, session))


@check(ComplaintLink)
def _links_without_name(link: ComplaintLink, session: Session) -> None:
    for key in (link.complaint_id, link.other_id):
        _refuse_telling((link.note,), _named_complainant(key, session))


@check(IdentityReveal)
def _asks_without_name(asked: IdentityReveal, session: Session) -> None:
    """The reason of a reveal is read by auditor and governor, who never see who complained."""
    _refuse_telling((asked.reason,), _named_complainant(asked.complaint_id, session))


@check(Assignment)
def _instructs_without_name(assignment: Assignment, session: Session) -> None:
    row = _named_complainant(assignment.complaint_id, session)
    _refuse_telling((assignment.instruction,), row, "instruction")


@check(ComplaintUpdate)
def _reviews_without_name(update: ComplaintUpdate, session: Session) -> None:
    """The centre's own word; that of an agency is not compared, for it could be a guess."""
    if update.kind is UpdateKind.REVIEW or update.assignment_id is None:
        _refuse_telling((update.text,), _named_complainant(update.complaint_id, session))


@check(Attachment)
def _named_without_name(attachment: Attachment, session: Session) -> None:
    if attachment.complaint_id is not None:
        row = _named_complainant(attachment.complaint_id, session)
        _refuse_telling((attachment.name,), row, "name")


@check(FactFinding)
def _finds_without_name(found: FactFinding, session: Session) -> None:
    """What a fact-finding committee writes is read by all who read the case."""
    texts = (found.order_number, found.chair_name, found.members, found.finding)
    _refuse_telling(texts, _named_complainant(found.complaint_id, session), "finding")
