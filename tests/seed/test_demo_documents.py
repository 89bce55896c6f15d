"""The demonstration's correspondence: what it promises is there, whole, the same for the same day."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask_babel import force_locale
from flask_migrate import upgrade
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from access import file_kinds, file_text, files
from access import viewer as who
from access.database import db, ensure, writing
from app import create_app
from entities.documents import MASKED
from entities.vocabulary import (
    DestructionStatus,
    DocumentStatus,
    NumberStatus,
    RegisterKind,
    Role,
)
from figures import documents as figures
from models import (
    Attachment,
    DestructionBatch,
    DestructionItem,
    Document,
    Endorsement,
    RegisterBook,
    RegisterNumber,
    SecretPaper,
)
from rules.base import run_checks
from seed import demonstration, reference
from seed.demo_documents import WAITING, _moment
from seed.demo_people import Names, settle
from seed.demo_places import places
from settings import read

DAY = date(2026, 11, 23)
LAMPANG = 52
K, S = RegisterKind, DocumentStatus


def _filled(folder: Path) -> Iterator[Session]:
    """A database with Lampang's people and registers and nothing else."""
    app = create_app(read({"JANGWAT_DATA": str(folder)}))
    with app.app_context(), force_locale("th"):
        upgrade()
        token = writing.set(True)
        session = db.session()
        who.act_as(session, who.SYSTEM)
        reference.load(session)
        ensure(session.connection(), 100)
        place = next(one for one in places() if one.province_id == LAMPANG)
        cast = settle(session, place, Names(demonstration.SEED), DAY)
        accounts = demonstration.Accounts(session, "demo-Pass-2569", DAY)
        opened = demonstration._province_accounts(accounts, cast)
        demonstration._correspondence(session, cast, DAY, opened, False)
        run_checks(session)
        session.commit()
        yield session
        db.session.remove()
        db.engine.dispose()
        writing.reset(token)


@pytest.fixture(scope="module")
def lampang(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """Filled once for every test of this file."""
    yield from _filled(tmp_path_factory.mktemp("lampang"))


def _count(session: Session, *where: Any) -> int:
    return session.scalar(select(func.count(Document.id)).where(*where)) or 0


def test_two_years_of_registers_stand_whole(lampang: Session) -> None:
    of_today = Document.received_on >= date(2025, 1, 1)
    assert _count(lampang, Document.register_kind == K.RECEIVED, of_today) == 300 + 3
    outgoing = Document.register_kind.in_((K.SENT, K.CIRCULAR))
    waiting = Document.made_at >= _moment(DAY - timedelta(days=2), 0), Document.number.is_(None)
    assert _count(lampang, outgoing) == 120 + 3 + 1 + WAITING
    assert _count(lampang, outgoing, Document.status == S.SIGNED, *waiting) == 10
    assert _count(lampang, outgoing, Document.status == S.REVIEWED, *waiting) == 3
    assert _count(lampang, Document.register_kind == K.CIRCULAR) == 15
    proofs = figures.prove(lampang, DAY, LAMPANG)
    assert [proof.name for proof in proofs if not proof.whole] == []
    assert {proof.year for proof in proofs} == {2024, 2025, 2026}
    kinds = Counter(one.kind for proof in proofs for one in proof.explained)
    assert kinds == {"cancelled": 3, "reserved": 2, "released": 1}
    used = select(RegisterNumber).where(RegisterNumber.status == NumberStatus.USED)
    assert len(lampang.scalars(used).all()) == 1


def test_numbers_are_given_in_the_order_of_days(lampang: Session) -> None:
    for book in lampang.scalars(select(RegisterBook)).all():
        rows = [row for row in figures.rows_of(lampang, book.id) if isinstance(row, Document)]
        moments = [row.registered_at for row in rows]
        assert moments == sorted(moments), book.name
        assert all(moment.year in (book.year, book.year - 1) for moment in moments)


def test_two_secret_books_keep_their_content_sealed(lampang: Session) -> None:
    books = lampang.scalars(select(RegisterBook).where(RegisterBook.secret)).all()
    assert {book.kind for book in books} == {K.RECEIVED, K.SENT}
    subjects = lampang.scalars(select(Document.subject).where(Document.secrecy.is_not(None)))
    assert set(subjects) == {MASKED}
    assert all("(ตัวอย่าง)" in paper.subject for paper in lampang.scalars(select(SecretPaper)))


def test_desks_have_work_and_one_list_waits_for_the_archives(lampang: Session) -> None:
    waiting = {role for role in Role if figures.inbox(lampang, [role], LAMPANG)}
    assert {Role.REGISTRAR, Role.CHIEF_OF_OFFICE, Role.GOVERNOR, Role.PLANNER} <= waiting
    states = set(lampang.scalars(select(Document.status).distinct()))
    assert {S.REGISTERED, S.PRESENTED, S.ACTING, S.DONE, S.FILED, S.NUMBERED, S.SENT} <= states
    (batch,) = lampang.scalars(select(DestructionBatch)).all()
    assert (batch.status, batch.year) == (DestructionStatus.ARCHIVES, 2025)
    assert lampang.scalar(select(func.count(DestructionItem.id))) == 8
    assert lampang.scalar(select(func.max(Endorsement.signed_at))).date() <= DAY


def test_letters_were_scanned_and_say_what_is_searched(lampang: Session) -> None:
    rows = lampang.scalars(select(Attachment).order_by(Attachment.document_id)).all()
    assert len(rows) == 3 + 3 + 1, "received, circulars, a chart"
    for row in rows:
        with files.open_file(row.sha256) as content:
            assert file_kinds.judge(row.name, content).content_type == row.content_type
    scan = next(row for row in rows if row.content_type == "application/pdf")
    with files.open_file(scan.sha256) as content:
        assert file_text.read(scan.name, content) == scan.body_text
    assert lampang.get_one(Document, scan.document_id).body_text == scan.body_text


def test_the_same_day_gives_the_same_registers(lampang: Session, tmp_path: Path) -> None:
    asked = select(Document.number, Document.subject, Document.status, Document.ref_number)
    told = [tuple(row) for row in lampang.execute(asked.order_by(Document.id))]
    lampang.rollback()
    for session in _filled(tmp_path):
        assert [tuple(row) for row in session.execute(asked.order_by(Document.id))] == told
