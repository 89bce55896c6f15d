"""An office with units, registers and persons: what tests of correspondence stand on."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from access.database import writing
from entities.vocabulary import RegisterKind, RetentionRule, Role
from models import Document, OfficeUnit, RetentionClass
from rules import documents, registers
from rules.documents import Note, Signer
from tests.conftest import LOPBURI

NOW = datetime(2026, 11, 2, 3, 30, tzinfo=UTC)
TODAY = date(2026, 11, 2)
CHIEF = Signer("สมชาย ใจดี", "หัวหน้าสำนักงานจังหวัด", 502)
GOVERNOR = Signer("วิชัย กล้าหาญ", "ผู้ว่าราชการจังหวัด", 503)


@contextmanager
def work(session: Session) -> Iterator[Session]:
    """A transaction of the system that is committed at its end."""
    token = writing.set(True)
    session.rollback()
    try:
        yield session
        session.commit()
    finally:
        session.rollback()
        writing.reset(token)


def unit(session: Session, code: str = "0017", province_id: int = LOPBURI) -> OfficeUnit:
    """A unit that has registers."""
    made = OfficeUnit(province_id=province_id, name=f"กลุ่มงาน {code}", code=code)
    session.add(made)
    session.flush()
    return made


def received(session: Session, by: OfficeUnit, now: datetime = NOW, **told: Any) -> Document:
    """A document that was received and registered."""
    values = {"subject": "ขอเชิญประชุม", "from_party": "กรมการปกครอง", "unit": by, **told}
    return registers.register(Document(**values), session, now)


def draft(
    session: Session, by: OfficeUnit, kind: RegisterKind = RegisterKind.SENT, **told: Any
) -> Document:
    """A draft that waits to be checked."""
    values = {"subject": "แจ้งผลการดำเนินงาน", "unit": by, "register_kind": kind, **told}
    made = Document(**values)
    session.add(made)
    session.flush()
    return made


def signed(
    session: Session, by: OfficeUnit, kind: RegisterKind = RegisterKind.SENT, **told: Any
) -> Document:
    """A draft that was checked and signed."""
    made = draft(session, by, kind, **told)
    documents.review(made, session, NOW, CHIEF)
    documents.sign(made, session, NOW, GOVERNOR)
    return made


def issued(session: Session, by: OfficeUnit, **told: Any) -> Document:
    """A signed document with its number."""
    return registers.issue([signed(session, by, **told)], session, NOW)[0]


def done(session: Session, by: OfficeUnit, **told: Any) -> Document:
    """A received document that the chief took note of."""
    made = received(session, by, **told)
    documents.present(made, Role.CHIEF_OF_OFFICE, session, NOW, signer=CHIEF)
    documents.endorse(made, Note("ทราบ"), session, NOW, CHIEF)
    return made


def kept_for(session: Session, rule: RetentionRule, years: int | None = None) -> RetentionClass:
    """A class by which documents are kept."""
    made = RetentionClass(name=f"{rule.value} {years}", rule=rule, years=years)
    session.add(made)
    session.flush()
    return made
