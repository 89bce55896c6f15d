"""Correspondence in figures: what waits on a desk, who has not confirmed, what is due to be
destroyed, and the proof that a register has no hole.

The proof counts in the database: the numbers of a register's documents and those kept free or
cancelled are as many as its counter has given, none is outside 1 … n and none stands twice; then
each of 1 … n stands exactly once. Numbers are looked at one by one only where that fails.
"""

from collections import Counter as Tally
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from access import policy
from entities import dates
from entities.vocabulary import (
    DestructionStatus,
    DocumentStatus,
    NumberStatus,
    RegisterKind,
    RetentionRule,
    Role,
    Urgency,
)
from models import (
    Counter,
    DestructionBatch,
    DestructionItem,
    Distribution,
    Document,
    Endorsement,
    Loan,
    OfficeUnit,
    RegisterBook,
    RegisterNumber,
    RetentionClass,
)

SURVEY = timedelta(days=60)
"""The survey is finished within so long after the end of the year (ข้อ 66)."""
ELECTRONIC_YEARS = 10
"""Older electronic documents may be destroyed by order (domain_corrections, W6)."""
SHOWN_HOLES = 20


def survey_deadline(year: int) -> date:
    """The last day of the survey of a calendar year (Gregorian)."""
    return date(year, 12, 31) + SURVEY


def due_for_destruction(session: Session, unit_id: int, year: int) -> list[Document]:
    """A unit's filed documents whose keeping ended with a year, oldest first.

    Electronic documents have no period: they are due once filed for more than ten years. What is
    lent, or stands on a list that is not withdrawn or carried out, is left out.
    """
    end = date(year, 12, 31)
    old = date(year - ELECTRONIC_YEARS, 12, 31)
    statement = (
        select(Document)
        .join(RetentionClass, RetentionClass.id == Document.retention_class_id)
        .where(
            Document.unit_id == unit_id,
            or_(
                Document.keep_until <= end,
                (RetentionClass.rule == RetentionRule.NONE) & (Document.filed_on < old),
            ),
            *_at_hand(),
        )
        .order_by(Document.filed_on, Document.id)
    )
    return list(session.scalars(statement))


def _at_hand() -> tuple[ColumnElement[bool], ...]:
    """That a document is filed, not lent, and on no list that is under way."""
    listed = (
        select(DestructionItem.document_id)
        .join(DestructionBatch, DestructionBatch.id == DestructionItem.batch_id)
        .where(DestructionBatch.status.not_in(CLOSED))
    )
    lent_out = select(Loan.document_id).where(Loan.returned_on.is_(None))
    return (
        Document.status == DocumentStatus.FILED,
        Document.id.not_in(listed),
        Document.id.not_in(lent_out),
    )


def count_due(session: Session, province_id: int, year: int, most: int) -> int:
    """How many documents of a province must be surveyed at the end of a year, counted up to `most`.

    Electronic ones are left out: they may go on order, and have no day by which they must.
    """
    due = (
        select(Document.id)
        .where(
            Document.province_id == province_id,
            Document.keep_until <= date(year, 12, 31),
            *_at_hand(),
        )
        .limit(most)
    )
    return session.scalar(select(func.count()).select_from(due.subquery())) or 0


def is_listed(session: Session, province_id: int, year: int) -> bool:
    """Whether a list was made of a year's survey, and not given up."""
    found = select(DestructionBatch.id).where(
        DestructionBatch.province_id == province_id,
        DestructionBatch.year == year,
        DestructionBatch.status != DestructionStatus.WITHDRAWN,
    )
    return session.scalar(found.limit(1)) is not None


CLOSED = (DestructionStatus.WITHDRAWN, DestructionStatus.CARRIED_OUT)


def lists_on_their_way(session: Session, province_id: int | None, limit: int) -> Sequence[Any]:
    """Rows of the destruction lists before the National Archives and of those authorised, oldest first."""
    told = (
        DestructionBatch.id, DestructionBatch.name, DestructionBatch.status, DestructionBatch.made_by,
        DestructionBatch.sent_to_archives_on, DestructionBatch.archives_answered_on,
    )  # fmt: skip
    moving = DestructionStatus.ARCHIVES, DestructionStatus.APPROVED
    statement = select(*told).where(DestructionBatch.status.in_(moving))
    if province_id is not None:
        statement = statement.where(DestructionBatch.province_id == province_id)
    return session.execute(statement.order_by(DestructionBatch.id).limit(limit)).all()


def lent(session: Session, document_id: int) -> bool:
    """Whether a document is with a borrower."""
    found = select(Loan.id).where(Loan.document_id == document_id, Loan.returned_on.is_(None))
    return session.scalar(found.limit(1)) is not None


# Desks.

RANK = case(
    (Document.urgency == Urgency.AT_ONCE, 0),
    (Document.urgency == Urgency.QUICKLY, 1),
    (Document.urgency == Urgency.FASTER, 2),
    else_=3,
)


LAIN = (
    Document.id, Document.number, Document.subject, Document.status, Document.urgency, Document.due_on,
    Document.received_on, Document.from_party, Document.to_party,
    func.coalesce(OfficeUnit.short_name, OfficeUnit.name).label("holder"),
)  # fmt: skip
"""What a desk tells of a document that lies there."""


def inbox(
    session: Session, roles: Iterable[Role], province_id: int | None = None, limit: int = 200
) -> Sequence[Any]:
    """Rows of what lies on the desks of some roles: by urgency, then by day due, then the oldest.

    Nothing lies on the ministry's, so that its whole nation is not looked through for it.
    """
    here = _lying(roles, province_id)
    if not here:
        return []
    statement = (
        select(*LAIN)
        .outerjoin(Document.holder_unit)
        .where(*here)
        .order_by(RANK, Document.due_on.is_(None), Document.due_on, Document.id)
        .limit(limit)
    )
    return session.execute(statement).all()


@dataclass(frozen=True)
class Lying:
    """How many documents lie on some desks; of them those past their day, and those at once."""

    count: int = 0
    late: int = 0
    at_once: int = 0


def lying(
    session: Session, roles: Iterable[Role], today: date, province_id: int | None = None
) -> Lying:
    """The inbox in figures. What was acted on only waits to be filed, and is not late."""
    here = _lying(roles, province_id)
    if not here:
        return Lying()
    late = (Document.due_on < today) & Document.status.not_in(ACTED_ON)
    counts = (
        func.count(),
        func.count().filter(late),
        func.count().filter(Document.urgency == Urgency.AT_ONCE),
    )
    return Lying(*session.execute(select(*counts).select_from(Document).where(*here)).one())


ACTED_ON = (DocumentStatus.DONE, DocumentStatus.ACKNOWLEDGED)
"""States in which a document only waits to be filed: no day is due any more."""


def _lying(roles: Iterable[Role], province_id: int | None) -> list[Any]:
    """That a document lies on a desk of these roles; nothing where they have none."""
    desks = set(roles) - policy.MINISTRY
    if not desks:
        return []
    here: list[Any] = [Document.waits_for.in_(desks)]
    return here if province_id is None else [*here, Document.province_id == province_id]


def unconfirmed(
    session: Session, before: datetime, province_id: int | None = None, limit: int = 200
) -> list[Distribution]:
    """Recipients who have not confirmed what was sent to them before a moment, oldest first; of a
    document that was cancelled nobody has to."""
    statement = (
        select(Distribution)
        .join(Document, Document.id == Distribution.document_id)
        .where(
            Distribution.acknowledged_at.is_(None),
            Distribution.sent_at < before,
            Document.status != DocumentStatus.CANCELLED,
        )
        .order_by(Distribution.sent_at, Distribution.id)
        .limit(limit)
    )
    if province_id is not None:
        statement = statement.where(Distribution.province_id == province_id)
    return list(session.scalars(statement))


LETTERS = (RegisterKind.SENT, RegisterKind.CIRCULAR, RegisterKind.INTERNAL)
"""What is written to somebody; orders and announcements hold without being sent."""


def undispatched(
    session: Session, province_id: int | None = None, register_id: int | None = None
) -> list[Document]:
    """Documents that have their number but were never sent: an exception of the sent register.

    They are put in order here: for the sake of it SQLite would walk a whole province instead of
    one register.
    """
    statement = select(Document).where(
        Document.status == DocumentStatus.NUMBERED,
        Document.register_kind.in_(LETTERS),
        *_Asked(province_id, register_id).of(Document),
    )
    found = session.scalars(statement)
    return sorted(found, key=lambda one: (one.registered_at, one.id))


@dataclass(frozen=True)
class Station:
    """One point of a document's path: when, what kind of step, and the record that tells it."""

    at: datetime
    kind: str
    record: Any


def path(session: Session, document: Document) -> list[Station]:
    """A document's way through the office in time: `registered`, `endorsed`, `sent`, `confirmed`."""
    found: list[Station] = []
    if document.registered_at is not None:
        found.append(Station(document.registered_at, "registered", document))
    for placed in _of(session, Endorsement, document):
        found.append(Station(placed.signed_at, "endorsed", placed))
    for sent in _of(session, Distribution, document):
        found.append(Station(sent.sent_at, "sent", sent))
        if sent.acknowledged_at is not None:
            found.append(Station(sent.acknowledged_at, "confirmed", sent))
    return sorted(found, key=lambda station: station.at)


def _of(session: Session, entity: Any, document: Document) -> Sequence[Any]:
    found: Sequence[Any] = session.scalars(
        select(entity).where(entity.document_id == document.id).order_by(entity.id)
    ).all()
    return found


def answered_by(session: Session, document_id: int) -> list[Document]:
    """The documents that answer one, oldest first."""
    return list(
        session.scalars(
            select(Document).where(Document.answers_id == document_id).order_by(Document.id)
        )
    )


def kept_free(
    session: Session, today: date, province_id: int | None = None
) -> list[RegisterNumber]:
    """Numbers kept free whose time is over, so that they must be used or cancelled."""
    statement = select(RegisterNumber).where(
        RegisterNumber.status == NumberStatus.RESERVED, RegisterNumber.expires_on < today
    )
    if province_id is not None:
        statement = statement.where(RegisterNumber.province_id == province_id)
    return list(session.scalars(statement.order_by(RegisterNumber.expires_on, RegisterNumber.id)))


# The proof.


@dataclass(frozen=True)
class Explained:
    """A number of a register without a living document, and why."""

    number: int
    written: str
    kind: str
    """`cancelled`, `reserved`, `expired` or `released`."""
    owner: str
    reason: str
    until: date | None = None


@dataclass(frozen=True)
class Unsent:
    """A letter that has its number since a day, and was never sent."""

    id: int
    written: str
    subject: str
    since: date


@dataclass(frozen=True)
class Fault:
    """What is wrong with a register: `missing`, `twice`, `outside` or `counter`, and the numbers."""

    kind: str
    numbers: tuple[int, ...]


@dataclass
class Proof:
    """What was found out about one register."""

    register_id: int
    name: str
    province_id: int
    kind: RegisterKind
    year: int
    last: int
    documents: int = 0
    kept: int = 0
    faults: list[Fault] = field(default_factory=list)
    explained: list[Explained] = field(default_factory=list)
    unsent: list[Unsent] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether the register has no hole."""
        return not self.faults


@dataclass(frozen=True)
class _Asked:
    """Which registers are meant: all that are reached, a province's, or one."""

    province_id: int | None
    register_id: int | None

    def of(self, entity: Any) -> list[Any]:
        """The condition on documents or numbers of these registers.

        That there is a number goes without saying; said, it has SQLite use the register's index.
        """
        number = entity.register_no if entity is Document else entity.number
        wanted = [entity.register_id.is_not(None), number.is_not(None)]
        if self.province_id is not None:
            wanted.append(entity.province_id == self.province_id)
        if self.register_id is not None:
            wanted.append(entity.register_id == self.register_id)
        return wanted


@dataclass(frozen=True)
class _Tally:
    count: int = 0
    least: int = 1
    most: int = 0
    different: int = 0


def prove(
    session: Session, today: date, province_id: int | None = None, register_id: int | None = None
) -> list[Proof]:
    """The proof of every register that the viewer reaches, or of one; by province, year and name."""
    asked = _Asked(province_id, register_id)
    books = _books(session, asked)
    counters = _counters(session, books)
    borne = _tally(session, Document.register_no, asked.of(Document))
    kept = _tally(session, RegisterNumber.number, [*asked.of(RegisterNumber), LIVING])
    both = set(session.scalars(_twice(asked)))
    explained = _explanations(session, today, asked)
    unsent = _unsent(session, asked)
    proofs = []
    for book in books:
        proof = Proof(
            book.id, book.name, book.province_id, book.kind, int(book.year),
            counters.get(book.series, 0), explained=explained.get(book.id, []),
            unsent=unsent.get(book.id, []),
        )  # fmt: skip
        _judge(session, proof, borne.get(book.id), kept.get(book.id), book.id in both)
        proofs.append(proof)
    return proofs


LIVING = RegisterNumber.status != NumberStatus.USED
"""Of a number kept free: no document bears it."""


def _books(session: Session, asked: _Asked) -> Sequence[RegisterBook]:
    statement = select(RegisterBook).order_by(
        RegisterBook.province_id, RegisterBook.year, RegisterBook.name, RegisterBook.id
    )
    if asked.province_id is not None:
        statement = statement.where(RegisterBook.province_id == asked.province_id)
    if asked.register_id is not None:
        statement = statement.where(RegisterBook.id == asked.register_id)
    return session.scalars(statement).all()


def _counters(session: Session, books: Sequence[RegisterBook]) -> dict[str, int]:
    statement = select(Counter.key, Counter.value).where(Counter.key.startswith("register:"))
    if len(books) == 1:
        statement = statement.where(Counter.key == books[0].series)
    return {row.key: row.value for row in session.execute(statement)}


def _tally(session: Session, number: Any, where: list[Any]) -> dict[int, _Tally]:
    """How many numbers a register has, the least, the greatest, and how many different ones."""
    register = number.class_.register_id
    told = func.count(), func.min(number), func.max(number), func.count(number.distinct())
    statement = select(register, *told).where(*where).group_by(register)
    return {row[0]: _Tally(*row[1:]) for row in session.execute(statement)}


def _twice(asked: _Asked) -> Any:
    """Registers in which a document bears a number that is kept free or cancelled beside it."""
    same = (
        (RegisterNumber.register_id == Document.register_id)
        & (RegisterNumber.number == Document.register_no)
        & LIVING
    )
    joined = select(RegisterNumber.register_id).join(Document, same)
    return joined.where(*asked.of(RegisterNumber)).distinct()


def _judge(
    session: Session, proof: Proof, borne: _Tally | None, kept: _Tally | None, both: bool
) -> None:
    borne, kept = borne or _Tally(), kept or _Tally()
    proof.documents, proof.kept = borne.count, kept.count
    within = all(one.least >= 1 and one.most <= proof.last for one in (borne, kept))
    single = all(one.count == one.different for one in (borne, kept)) and not both
    if within and single and borne.count + kept.count == proof.last:
        return
    proof.faults = _faults(session, proof)


def _faults(session: Session, proof: Proof) -> list[Fault]:
    """Every number of a register that is not whole, looked at one by one."""
    found = Tally(_numbers(session, proof.register_id))
    wanted, present = set(range(1, proof.last + 1)), set(found)
    top = max(present, default=0)
    kinds = {
        "missing": sorted(wanted - present),
        "twice": sorted(number for number, times in found.items() if times > 1),
        "outside": sorted(number for number in present if number < 1),
        "counter": [top] if top > proof.last else [],
    }
    return [Fault(kind, tuple(numbers[:SHOWN_HOLES])) for kind, numbers in kinds.items() if numbers]


def _numbers(session: Session, register_id: int) -> Iterable[int]:
    borne = select(Document.register_no).where(Document.register_id == register_id)
    kept = select(RegisterNumber.number).where(RegisterNumber.register_id == register_id, LIVING)
    for statement in (borne, kept):
        yield from (number for number in session.scalars(statement) if number is not None)


def _explanations(session: Session, today: date, asked: _Asked) -> dict[int, list[Explained]]:
    """Every cancelled and kept number with its reason, by register, in the order of numbers."""
    told: dict[int, list[Explained]] = {}
    cancelled = select(
        Document.register_id, Document.register_no, Document.number, Document.cancelled_reason,
    ).where(Document.status == DocumentStatus.CANCELLED, *asked.of(Document))  # fmt: skip
    free = select(RegisterNumber).where(LIVING, *asked.of(RegisterNumber))
    for row in session.execute(cancelled):
        book, number, written, reason = row
        one = Explained(number or 0, written or "", "cancelled", "", reason or "")
        told.setdefault(book or 0, []).append(one)
    for kept in session.scalars(free):
        told.setdefault(kept.register_id, []).append(_explained(kept, today))
    return {key: sorted(rows, key=lambda row: row.number) for key, rows in told.items()}


def _unsent(session: Session, asked: _Asked) -> dict[int, list[Unsent]]:
    """What has a number and was never sent, by register, the oldest first."""
    told: dict[int, list[Unsent]] = {}
    for one in undispatched(session, asked.province_id, asked.register_id):
        if one.register_id is not None and one.registered_at is not None:
            row = Unsent(one.id, one.number or "", one.subject, day_of(one.registered_at))
            told.setdefault(one.register_id, []).append(row)
    return told


def _explained(kept: RegisterNumber, today: date) -> Explained:
    if kept.status is NumberStatus.CANCELLED:
        reason = kept.cancelled_reason or ""
        return Explained(kept.number, kept.written, "released", kept.owner_name, reason)
    kind = "expired" if kept.expires_on < today else "reserved"
    return Explained(kept.number, kept.written, kind, kept.owner_name, kept.reason, kept.expires_on)


# The printed register.


def rows_of(
    session: Session,
    register_id: int,
    first: int = 1,
    last: int | None = None,
    columns: Sequence[Any] = (),
) -> list[Any]:
    """What stands in a register: its documents and its other numbers, in the order of numbers.

    With `columns` (`register_no` among them) the documents come as rows of those.
    """
    documents = select(*(columns or (Document,))).where(
        Document.register_id == register_id, Document.register_no >= first
    )
    kept = select(RegisterNumber).where(
        RegisterNumber.register_id == register_id,
        RegisterNumber.number >= first,
        LIVING,
    )
    if last is not None:
        documents = documents.where(Document.register_no <= last)
        kept = kept.where(RegisterNumber.number <= last)
    found = session.execute(documents) if columns else session.scalars(documents)
    return sorted([*found, *session.scalars(kept)], key=number_of)


def number_of(row: Any) -> int:
    """The number in the register of a row of it."""
    return row.number if isinstance(row, RegisterNumber) else row.register_no or 0


def day_of(moment: datetime) -> date:
    """The day of a moment in Bangkok."""
    return moment.astimezone(dates.BANGKOK).date()
