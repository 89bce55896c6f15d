"""Fifty clerks at once over New Year, and a server that dies in the middle: no gap, no double."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from access import viewer as who
from access.database import db, writing
from entities.vocabulary import RegisterKind
from figures import documents as figures
from models import AuditEntry, Counter, Document, OfficeUnit, RegisterBook
from rules import registers
from rules.registers import Wish
from tests.conftest import Backend
from tests.registry_office import signed, unit

CLERKS, THREADS = 50, 16
MIDNIGHT = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)
"""The beginning of 2570 in Bangkok."""
ROOT = Path(__file__).parents[2]


class Stopped(Exception):
    """A save that was given up on purpose."""


@pytest.fixture
def office_id(session: Session) -> int:
    """A unit that is there for all."""
    token = writing.set(True)
    session.rollback()
    made = unit(session)
    session.commit()
    key = made.id
    session.rollback()
    writing.reset(token)
    return key


def _each(app: Flask, act: Any) -> list[Any]:
    """What each of fifty clerks got, a tenth of whom fail; each in a session of its own."""

    def one(n: int) -> Any:
        with app.app_context():
            token = writing.set(True)
            try:
                with Session(db.engine) as session:
                    who.act_as(session, who.SYSTEM)
                    got = act(session, n)
                    if n % 10 == 7:
                        raise Stopped
                    session.commit()
                    return got
            except Stopped:
                return None
            finally:
                writing.reset(token)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(CLERKS)))


def _whole(session: Session) -> list[figures.Proof]:
    session.rollback()
    proofs = figures.prove(session, date(2027, 1, 1))
    assert [proof.name for proof in proofs if not proof.whole] == []
    return proofs


def test_fifty_register_at_once_over_new_year(app: Flask, session: Session, office_id: int) -> None:
    def register(work: Session, n: int) -> tuple[int, int]:
        made = Document(subject=f"เรื่องที่ {n}", unit=work.get_one(OfficeUnit, office_id))
        registers.register(made, work, MIDNIGHT + timedelta(seconds=1 if n % 2 else -1))
        assert made.register is not None
        return made.register.year, made.register_no or 0

    given = [got for got in _each(app, register) if got is not None]
    assert len(given) == CLERKS - CLERKS // 10
    for year, count in ((2026, 25), (2027, 20)):
        assert sorted(no for y, no in given if y == year) == list(range(1, count + 1))
    assert [(proof.year, proof.last) for proof in _whole(session)] == [(2026, 25), (2027, 20)]
    assert session.scalar(select(func.count(Document.id))) == len(given)
    made = select(func.count()).where(AuditEntry.entity == "document", AuditEntry.act == "create")
    assert session.scalar(made) == len(given)


def test_numbers_issued_and_kept_free_at_once_leave_no_hole(
    app: Flask, session: Session, office_id: int
) -> None:
    kinds = (RegisterKind.SENT, RegisterKind.CIRCULAR)
    now = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)

    def act(work: Session, n: int) -> None:
        office = work.get_one(OfficeUnit, office_id)
        if n % 3 == 0:
            wish = Wish(2, "ฝ่ายอำนวยการ", "รอลงนาม", date(2026, 12, 31))
            registers.reserve(office, kinds[n % 2], wish, work, now)
            return
        drafts = [signed(work, office, kinds[(n + k) % 2]) for k in range(2)]
        registers.issue(drafts, work, now)

    _each(app, act)
    proofs = _whole(session)
    assert len(proofs) == 2
    assert sum(proof.last for proof in proofs) == 2 * (CLERKS - CLERKS // 10)
    assert all(proof.kept and proof.documents for proof in proofs)


KILLED = """
import sys, time
from datetime import UTC, datetime
from app import create_app
from access.database import db
from commands.base import system
from models import Document, OfficeUnit
from rules import registers
with create_app().app_context(), system() as session:
    office = session.get_one(OfficeUnit, int(sys.argv[1]))
    made = Document(subject="กำลังลงทะเบียน", unit=office)
    registers.register(made, session, datetime(2026, 11, 2, 3, 0, tzinfo=UTC))
    print(made.register_no, flush=True)
    time.sleep(600)
"""


def test_a_server_killed_in_the_middle_leaves_neither_gap_nor_half_a_record(
    backend: Backend, session: Session, office_id: int
) -> None:
    settings = backend.app.config["SETTINGS"]
    environment = {
        **os.environ, "JANGWAT_DATA": str(settings.data), "DATABASE_URL": settings.database_url,
    }  # fmt: skip
    session.rollback()
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(office_id)],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True,
    ) as server:  # fmt: skip
        assert server.stdout is not None
        assert server.stdout.readline().strip() == "1"
        server.send_signal(signal.SIGKILL)
        assert server.wait() == -signal.SIGKILL
    for entity in (Document, RegisterBook):
        assert session.scalars(select(entity)).all() == []
    assert (
        session.scalars(select(Counter.key).where(Counter.key.startswith("register:"))).all() == []
    )
    session.rollback()
    token = writing.set(True)
    office = session.get_one(OfficeUnit, office_id)
    made = registers.register(
        Document(subject="ลงทะเบียนใหม่", unit=office),
        session,
        datetime(2026, 11, 2, 4, 0, tzinfo=UTC),
    )
    session.commit()
    assert made.register_no == 1
    writing.reset(token)
    _whole(session)
