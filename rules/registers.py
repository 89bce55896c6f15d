"""Numbers of documents: registers that open by themselves, and verbs that give, keep and cancel numbers.

A number is taken from its register's counter in the transaction of the document that bears it, so
none is missing, doubled or used again. A register belongs to a unit, a kind and a calendar year in
Bangkok; circulars and secret documents run apart (ข้อ 43, domain §5.2). That the letters ว and ล
mark them, with a space before the number, follows letters seen; an office may write otherwise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import bindparam, event, inspect, select
from sqlalchemy.orm import Session

from access import scope
from access import viewer as who
from access.database import PREPARED
from entities import dates, thai
from entities.documents import series
from entities.vocabulary import DocumentStatus, NumberStatus, RegisterKind, Role
from figures.documents import day_of
from models import Distribution, Document, OfficeUnit, Province, RegisterBook, RegisterNumber
from rules import numbers
from rules.base import Broken, complete, linked
from rules.entries import locked

K, S = RegisterKind, DocumentStatus
PLAIN = frozenset({K.RECEIVED, K.ORDER, K.ANNOUNCEMENT})
"""Kinds whose numbers are written with the year; the others bear letters and owner code."""
BOOK = "{} พ.ศ. {} {}"
TITLES = {
    K.RECEIVED: "ทะเบียนหนังสือรับ",
    K.SENT: "ทะเบียนหนังสือส่ง",
    K.INTERNAL: "ทะเบียนหนังสือภายใน",
    K.ORDER: "ทะเบียนคำสั่ง",
    K.ANNOUNCEMENT: "ทะเบียนประกาศ",
    K.CIRCULAR: "ทะเบียนหนังสือเวียน",
}
OF_SECRETS = "(ลับ)"
"""Official wording that is written into records, whatever language the screen has."""
OFF = "(ยกเลิก) {}"
"""How a recipient reads that a document is cancelled."""
LONGEST_SUBJECT = 1_000
MOST_RESERVED = 50


@dataclass(frozen=True)
class Place:
    """Which register a number comes from; `year` is Gregorian."""

    unit_id: int
    kind: RegisterKind
    year: int
    secret: bool

    @property
    def series(self) -> str:
        """The name of its counter."""
        return series(self.unit_id, self.kind, self.year, self.secret)


def year_of(moment: datetime) -> int:
    """The calendar year of a moment in Bangkok, Gregorian."""
    return moment.astimezone(dates.BANGKOK).year


def place_of(document: Document, now: datetime) -> Place:
    """The register in which a document gets a number at a moment."""
    unit_id = document.unit_id or document.unit.id
    return Place(unit_id, document.register_kind, year_of(now), document.secrecy is not None)


def written(unit: OfficeUnit, letters: str, place: Place, number: int) -> str:
    """A number as it is written on paper: `ชน 0017/1234`, `ชน 0017/ว 15`, `1234/2569`."""
    mark = "ล " if place.secret else ""
    if place.kind in PLAIN:
        return f"{mark}{number}/{place.year + 543}"
    circular = "ว " if place.kind is K.CIRCULAR else ""
    return f"{letters} {unit.code}/{circular}{mark}{number}"


def book(session: Session, unit: OfficeUnit, place: Place) -> RegisterBook:
    """The register of a place, opened where it is the first to be used; its counter is locked."""
    known: dict[Place, RegisterBook] = session.info.setdefault("books", {})
    if place not in known:
        known[place] = _found(session, place) or _opened(session, unit, place)
    return known[place]


def _found(session: Session, place: Place) -> RegisterBook | None:
    return session.scalar(BOOK_OF, vars(place))


BOOK_OF = (
    select(RegisterBook)
    .where(
        *(
            getattr(RegisterBook, key) == bindparam(key)
            for key in ("unit_id", "kind", "year", "secret")
        )
    )
    .execution_options(**PREPARED)
)
"""The book of a place; put together once, for every number asks."""


def _opened(session: Session, unit: OfficeUnit, place: Place) -> RegisterBook:
    title = BOOK.format(TITLES[place.kind], place.year + 543, unit.name)
    opened = RegisterBook(
        province_id=unit.province_id,
        name=f"{title} {OF_SECRETS}" if place.secret else title,
        unit=unit,
        kind=place.kind,
        year=place.year,
        secret=place.secret,
    )
    scope.permit(session, opened, "register")
    session.add(opened)
    return opened


@event.listens_for(Session, "after_commit")
@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, *_rolled_back: Any) -> None:
    session.info.pop("books", None)
    session.info.pop("numbering", None)


def _take(session: Session, unit: OfficeUnit, place: Place) -> tuple[RegisterBook, int, str]:
    """The next number of a place: its register, the number, and how it is written.

    What can be read before is: others wait for the counter from here to the commit.
    """
    plain = place.kind in PLAIN
    letters = "" if plain else session.get_one(Province, unit.province_id).letter_code
    number = numbers.take(session, place.series)
    return book(session, unit, place), number, written(unit, letters, place, number)


def _give(document: Document, session: Session, now: datetime) -> None:
    """Give a document the next number of its register at a moment."""
    unit = linked(document, "unit", session)
    opened, number, text = _take(session, unit, place_of(document, now))
    _bear(document, session, opened, number, text, now)


def _bear(
    document: Document,
    session: Session,
    register: RegisterBook,
    number: int,
    text: str,
    now: datetime,
) -> None:
    session.info.setdefault("numbering", set()).add(document)
    document.register, document.register_no, document.number = register, number, text
    document.registered_at = now


# Received documents.


def register(document: Document, session: Session, now: datetime) -> Document:
    """Register a received document: it gets the next number and waits to be presented.

    Raises Broken where its day of receipt is in the future or before its own date. Whatever fails,
    the number goes back at once, even where the caller carries on with other documents.
    """
    with session.begin_nested():
        receive(document, session, now)
        session.add(document)
        session.flush()
    return document


def receive(document: Document, session: Session, now: datetime) -> None:
    """Give a received document its number, without sending it to the database yet."""
    unit = linked(document, "unit", session)
    document.register_kind, document.province_id = K.RECEIVED, unit.province_id
    local = now.astimezone(dates.BANGKOK)
    document.received_on = document.received_on or local.date()
    if document.received_on == local.date() and document.received_time is None:
        document.received_time = local.time().replace(second=0, microsecond=0)
    _refuse_strange_days(document, local.date())
    if not who.of(session).reaches(document, "register"):
        raise Broken(_("Received documents are registered by the registrar."), "register_kind")
    document.status, document.waits_for = S.REGISTERED, Role.REGISTRAR
    _give(document, session, now)


def _refuse_strange_days(document: Document, today: date) -> None:
    received = document.received_on
    if received is None:
        return
    if received > today:
        raise Broken(_("The day of receipt lies in the future."), "received_on")
    refuse_other_year(received, today)
    if document.dated_on is not None and document.dated_on > received:
        raise Broken(_("A document cannot be received before its own date."), "received_on")


def refuse_other_year(received: date, registered: date) -> None:
    """A number and the day on its stamp are of one year: nothing is put into a year that is over.

    What came before New Year and was not registered then is received on the day it is registered.
    """
    if received.year != registered.year:
        raise Broken(
            _(
                "The number is of the year %(year)s, so the day of receipt cannot be of another year.",
                year=registered.year + 543,
            ),
            "received_on",
        )


@complete(Document)
def _registered(document: Document, session: Session) -> None:
    """A received document is numbered when it is first saved; numbers are never typed."""
    ours = document in session.info.get("numbering", ())
    if inspect(document).persistent:
        if not ours and any(_changes(document, key) for key in BORNE):
            raise Broken(_("A number is given by its register and never changed."), "number")
        return
    if document.register_no is not None or document.number is not None:
        if not ours:
            raise Broken(_("A number is given by its register, never typed."), "number")
    elif document.register_kind is K.RECEIVED:
        unit = linked(document, "unit", session)  # held, so that it is read once
        if unit is not None:
            receive(document, session, dates.now())


BORNE = ("register_id", "register_no", "number", "registered_at")


def _changes(document: Document, key: str) -> bool:
    changed: bool = inspect(document).attrs[key].history.has_changes()
    return changed


# Documents drafted here.


def issue(documents: Sequence[Document], session: Session, now: datetime) -> list[Document]:
    """Give signed drafts their numbers, in the order given; all of them or none.

    Raises Broken naming the first that is not ready. Registers are locked in one order, so that
    two who press at once wait for each other instead of failing.
    """
    for document in documents:
        _refuse_unready(document, session)
    places: dict[str, list[Document]] = {}
    for document in documents:
        places.setdefault(place_of(document, now).series, []).append(document)
    with session.begin_nested():
        for key in sorted(places):
            for document in places[key]:
                _give(document, session, now)
                _numbered(document, now)
        session.flush()
    return list(documents)


def _refuse_unready(document: Document, session: Session) -> None:
    scope.permit(session, document, "register")
    if document.status is not S.SIGNED:
        raise Broken(
            _("“%(what)s” is not signed yet, so it gets no number.", what=document.subject)
        )


def _numbered(document: Document, now: datetime) -> None:
    document.status, document.waits_for = S.NUMBERED, Role.REGISTRAR
    document.dated_on = document.dated_on or day_of(now)


@dataclass(frozen=True)
class Wish:
    """Numbers to be kept free: how many, for whom, why, and until which day."""

    count: int
    owner_name: str
    reason: str
    expires_on: date


def reserve(
    unit: OfficeUnit,
    kind: RegisterKind,
    wish: Wish,
    session: Session,
    now: datetime,
    secret: bool = False,
) -> list[RegisterNumber]:
    """Keep the next numbers of a register free; each stands in it with owner, reason and expiry."""
    _refuse_strange_wish(kind, wish, now)
    place = Place(unit.id, kind, year_of(now), secret)
    with session.begin_nested():
        return [_kept(unit, place, wish, session) for _n in range(wish.count)]


def _refuse_strange_wish(kind: RegisterKind, wish: Wish, now: datetime) -> None:
    today = day_of(now)
    if kind is K.RECEIVED:
        raise Broken(_("Numbers of received documents are not kept free."), "kind")
    if not 1 <= wish.count <= MOST_RESERVED:
        raise Broken(_("Between 1 and %(most)s numbers at once.", most=MOST_RESERVED), "count")
    if not wish.owner_name.strip() or not wish.reason.strip():
        raise Broken(_("Say for whom the number is kept and why."), "reason")
    if not today <= wish.expires_on <= date(today.year, 12, 31):
        raise Broken(_("A number is kept at most until the end of its year."), "expires_on")


def _kept(unit: OfficeUnit, place: Place, wish: Wish, session: Session) -> RegisterNumber:
    opened, number, text = _take(session, unit, place)
    kept = RegisterNumber(
        province_id=unit.province_id,
        written=text,
        register=opened,
        number=number,
        owner_name=wish.owner_name,
        reason=wish.reason,
        expires_on=wish.expires_on,
    )
    scope.permit(session, kept, "reserve")
    session.add(kept)
    session.flush()
    return kept


def use(kept: RegisterNumber, document: Document, session: Session, now: datetime) -> None:
    """Give a signed draft a number that was kept free, before that expires."""
    _refuse_unready(document, session)
    kept = locked(session, RegisterNumber, kept.id)
    scope.permit(session, kept, "reserve")
    register = linked(kept, "register", session)
    _refuse_unfit(kept, register, document, now)
    _bear(document, session, register, kept.number, kept.written, now)
    kept.status, kept.document = NumberStatus.USED, document
    _numbered(document, now)
    session.flush()


def _refuse_unfit(
    kept: RegisterNumber, register: RegisterBook, document: Document, now: datetime
) -> None:
    if kept.status is not NumberStatus.RESERVED:
        raise Broken(_("This number is no longer free."))
    if kept.expires_on < day_of(now):
        raise Broken(_("The time for which this number was kept is over; cancel it."))
    if Place(register.unit_id, register.kind, register.year, register.secret) != place_of(
        document, now
    ):
        raise Broken(_("This number belongs to another register."))


def release(kept: RegisterNumber, reason: str, session: Session) -> None:
    """Cancel a number that was kept free; it stays in its register with the reason."""
    if not reason.strip():
        raise Broken(_("Say why."), "reason")
    kept = locked(session, RegisterNumber, kept.id)
    scope.permit(session, kept, "cancel")
    if kept.status is not NumberStatus.RESERVED:
        raise Broken(_("This number is no longer free."))
    kept.status, kept.cancelled_reason = NumberStatus.CANCELLED, reason
    session.flush()


FINISHED = frozenset({S.FILED, S.CANCELLED, S.DESTROYED, S.ARCHIVED})


def cancel(document: Document, reason: str, session: Session, today: date) -> None:
    """Cancel a document with its number, which stays in the register with the reason."""
    if not reason.strip():
        raise Broken(_("Say why."), "reason")
    scope.permit(session, document, "cancel")
    if document.status in FINISHED:
        raise Broken(_("This document is finished: “%(state)s”.", state=document.status))
    document.status, document.cancelled_reason = S.CANCELLED, reason
    document.cancelled_on = today
    document.waits_for = document.holder_unit = None
    _tell_recipients(document, session)
    session.flush()


def _tell_recipients(document: Document, session: Session) -> None:
    """Whoever was sent a document reads with its subject that it is cancelled; no one is chased for it."""
    sent = select(Distribution).where(Distribution.document_id == document.id)
    for one in session.scalars(sent):
        session.info.setdefault("permitted", set()).add(one)
        one.subject = thai.shorten(OFF.format(one.subject), LONGEST_SUBJECT)
