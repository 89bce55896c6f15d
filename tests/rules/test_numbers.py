"""Numbers without gaps: many threads at once, a tenth of them failing, each in its own session."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from access import viewer as who
from access.database import db, writing
from entities.vocabulary import Sector
from models import Agency, Counter
from rules import numbers
from tests.conftest import LOPBURI

THREADS, RECORDS = 32, 320


class Stopped(Exception):
    """A save that was given up on purpose."""


def _record(app: Flask, n: int) -> int | None:
    """Take a number and write a record that carries it; every tenth fails, early or late."""
    with app.app_context():
        token = writing.set(True)
        try:
            with Session(db.engine) as session:
                who.act_as(session, who.SYSTEM)
                number = numbers.take(session, "test:2569")
                session.add(
                    Agency(province_id=LOPBURI, name=f"number {number}", sector=Sector.PRIVATE)
                )
                if n % 20 == 0:
                    raise Stopped
                session.flush()
                if n % 20 == 10:
                    raise Stopped
                session.commit()
                return number
        except Stopped:
            return None
        finally:
            writing.reset(token)


def test_no_gap_no_double_no_error_under_many_threads(app: Flask, session: Session):
    session.rollback()
    with ThreadPoolExecutor(THREADS) as pool:
        given = list(pool.map(lambda n: _record(app, n), range(RECORDS)))
    taken = sorted(number for number in given if number is not None)
    assert len(taken) == RECORDS - RECORDS // 10
    assert taken == list(range(1, len(taken) + 1))
    session.rollback()
    assert session.scalar(select(Counter.value).where(Counter.key == "test:2569")) == len(taken)
    written = session.scalars(select(Agency.name).where(Agency.name.like("number %")))
    assert sorted(int(name.split()[1]) for name in written) == taken


def test_series_run_for_themselves(session: Session):
    assert [numbers.take(session, "a"), numbers.take(session, "b")] == [1, 1]
    assert [numbers.take(session, "a"), numbers.take(session, "b")] == [2, 2]


def test_a_number_given_back_is_given_again(session: Session):
    session.rollback()
    assert numbers.take(session, "a") == 1
    session.commit()
    assert numbers.take(session, "a") == 2
    session.rollback()
    assert numbers.take(session, "a") == 2


@pytest.mark.parametrize("series", ["meeting:1:2569", "ก" * 200])
def test_any_name_makes_a_series(session: Session, series: str):
    assert numbers.take(session, series) == 1
