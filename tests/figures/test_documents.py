"""The proof of a register finds every hole, however it was made, and explains every empty number."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from access import viewer as who
from access.database import writing
from entities.vocabulary import RegisterKind
from figures import documents as figures
from figures.documents import Fault
from models import Document
from rules import registers
from rules.registers import Wish
from tests.conftest import TRANG
from tests.registry_office import NOW, TODAY, issued, received, unit

K = RegisterKind


@pytest.fixture
def work(session: Any) -> Any:
    """A session of the system that writes."""
    token = writing.set(True)
    session.rollback()
    yield session
    session.rollback()
    writing.reset(token)


def _five(work: Any) -> list[Document]:
    """A register with five documents, seen to be whole."""
    office = unit(work)
    made = [received(work, office) for _n in range(5)]
    work.commit()
    (proof,) = figures.prove(work, TODAY)
    assert (proof.whole, proof.last, proof.documents) == (True, 5, 5)
    return made


def _tampered(work: Any, *statements: str, **values: Any) -> list[Fault]:
    """The faults after somebody wrote past the application."""
    for statement in statements:
        work.connection().execute(text(statement), values)
    work.expire_all()
    (proof,) = figures.prove(work, TODAY)
    return proof.faults


def test_a_document_that_was_deleted_is_missed(work: Any) -> None:
    made = _five(work)
    faults = _tampered(work, "DELETE FROM document WHERE id = :id", id=made[2].id)
    assert faults == [Fault("missing", (3,))]


def test_the_last_document_deleted_is_missed_too(work: Any) -> None:
    made = _five(work)
    faults = _tampered(work, "DELETE FROM document WHERE id = :id", id=made[4].id)
    assert faults == [Fault("missing", (5,))]


def test_a_hidden_document_is_missed(work: Any) -> None:
    """The database itself refuses it; the index of the rest would let it pass."""
    made = _five(work)
    if work.get_bind().dialect.name == "sqlite":
        work.connection().execute(text("PRAGMA ignore_check_constraints=ON"))
    else:
        work.connection().execute(
            text("ALTER TABLE document DROP CONSTRAINT ck_document_numbered_stays")
        )
    faults = _tampered(
        work, "UPDATE document SET removed_at = made_at WHERE id = :id", id=made[0].id
    )
    if work.get_bind().dialect.name == "sqlite":
        work.connection().execute(text("PRAGMA ignore_check_constraints=OFF"))
    assert faults == [Fault("missing", (1,))]


def test_a_number_that_was_changed_is_found(work: Any) -> None:
    made = _five(work)
    faults = _tampered(work, "UPDATE document SET register_no = 9 WHERE id = :id", id=made[1].id)
    assert faults == [Fault("missing", (2,)), Fault("counter", (9,))]


def test_two_that_change_places_with_a_hole_are_found(work: Any) -> None:
    """As many rows as numbers, but one of them stands twice."""
    made = _five(work)
    (kept,) = registers.reserve(made[0].unit, K.SENT, Wish(1, "ก", "ข", TODAY), work, NOW)
    work.commit()
    faults = _both(
        work, made[0].register_id,
        "UPDATE register_number SET register_id = :to, number = 2 WHERE id = :kept",
        "DELETE FROM document WHERE id = :id",
        to=made[0].register_id, kept=kept.id, id=made[3].id,
    )  # fmt: skip
    assert faults == [Fault("missing", (4,)), Fault("twice", (2,))]


def _both(work: Any, register_id: int, *statements: str, **values: Any) -> list[Fault]:
    for statement in statements:
        told = {key: value for key, value in values.items() if f":{key}" in statement}
        work.connection().execute(text(statement), told)
    work.expire_all()
    (proof,) = figures.prove(work, TODAY, register_id=register_id)
    return proof.faults


def test_a_counter_that_was_moved_is_found(work: Any) -> None:
    _five(work)
    assert _tampered(work, "UPDATE counter SET value = 7 WHERE key LIKE 'register:%'") == [
        Fault("missing", (6, 7))
    ]
    assert _tampered(work, "UPDATE counter SET value = 4 WHERE key LIKE 'register:%'") == [
        Fault("counter", (5,))
    ]
    assert _tampered(work, "DELETE FROM counter WHERE key LIKE 'register:%'") == [
        Fault("counter", (5,))
    ]


def test_every_empty_number_is_explained(work: Any) -> None:
    office = unit(work)
    registers.cancel(issued(work, office), "พิมพ์ผิด", work, TODAY)
    later = TODAY + timedelta(days=20)
    one, two = registers.reserve(office, K.SENT, Wish(2, "ฝ่ายปกครอง", "รอลงนาม", later), work, NOW)
    registers.release(two, "ไม่ใช้แล้ว", work)
    issued(work, office)
    work.commit()
    (proof,) = figures.prove(work, TODAY)
    told = [(e.number, e.kind, e.owner, e.reason) for e in proof.explained]
    assert told == [
        (1, "cancelled", "", "พิมพ์ผิด"),
        (2, "reserved", "ฝ่ายปกครอง", "รอลงนาม"),
        (3, "released", "ฝ่ายปกครอง", "ไม่ใช้แล้ว"),
    ]
    assert (proof.whole, proof.documents, proof.kept, proof.last) == (True, 2, 2, 4)
    (after,) = figures.prove(work, later + timedelta(days=1))
    assert after.explained[1].kind == "expired"
    assert figures.kept_free(work, later + timedelta(days=1)) == [one]
    assert figures.kept_free(work, later) == []


def test_one_proves_what_one_reaches(work: Any, persons: Any) -> None:
    received(work, unit(work))
    received(work, unit(work, province_id=TRANG))
    work.commit()
    assert len(figures.prove(work, TODAY)) == 2
    assert len(figures.prove(work, TODAY, TRANG)) == 1
    work.expunge_all()
    work.rollback()
    who.act_as(work, persons.viewer(persons.user_id("registrar", TRANG)))
    (proof,) = figures.prove(work, TODAY)
    assert (proof.province_id, proof.whole) == (TRANG, True)


def test_the_register_shows_its_rows_in_the_order_of_numbers(work: Any) -> None:
    office = unit(work)
    first = issued(work, office)
    (kept,) = registers.reserve(office, K.SENT, Wish(1, "ก", "ข", date(2026, 12, 31)), work, NOW)
    last = issued(work, office)
    rows = figures.rows_of(work, first.register_id)
    assert rows == [first, kept, last]
    assert [figures.number_of(row) for row in rows] == [1, 2, 3]
    assert figures.rows_of(work, first.register_id, 2, 2) == [kept]
