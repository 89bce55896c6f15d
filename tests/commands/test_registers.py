"""`flask registers verify` proves the registers, explains empty numbers, and fails on a hole."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from access.database import db, writing
from entities.vocabulary import RegisterKind
from rules import registers
from rules.registers import Wish
from tests.registry_office import NOW, TODAY, received, unit


@pytest.fixture
def office(session: Any) -> None:
    """A register of three documents and a number kept free."""
    token = writing.set(True)
    session.rollback()
    made = unit(session)
    for _n in range(3):
        received(session, made)
    registers.reserve(made, RegisterKind.SENT, Wish(1, "ฝ่ายปกครอง", "รอลงนาม", TODAY), session, NOW)
    session.commit()
    db.session.remove()
    writing.reset(token)


def _verify(app: Flask, *arguments: str) -> Any:
    return app.test_cli_runner().invoke(args=["registers", "verify", *arguments])


def test_whole_registers_are_told_with_what_is_kept_free(app: Flask, office: None) -> None:
    told = _verify(app)
    assert told.exit_code == 0, told.output
    assert "ok   ทะเบียนหนังสือรับ พ.ศ. 2569 กลุ่มงาน 0017: หนังสือ 3 ฉบับ" in told.output
    assert "ลบ 0017/1: " in told.output
    assert "ฝ่ายปกครอง · รอลงนาม" in told.output
    assert "2 ทะเบียน" in told.output


def test_a_hole_is_told_and_fails(app: Flask, office: None) -> None:
    with app.app_context():
        token = writing.set(True)
        with db.engine.begin() as connection:
            connection.execute(text("DELETE FROM document WHERE register_no = 2"))
        writing.reset(token)
    told = _verify(app, "ลพบุรี")
    assert told.exit_code == 1
    assert "BAD  ทะเบียนหนังสือรับ" in told.output
    assert "เลขที่หายไป: 2" in told.output
    assert _verify(app, "ตรัง").exit_code == 0
    assert _verify(app, "ไม่มีจังหวัดนี้").exit_code == 1
