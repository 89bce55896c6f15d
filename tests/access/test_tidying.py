"""What is kept only for a while goes after its days; what still holds never does."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select

from access import sessions, tidying
from entities import dates
from models import SignInAttempt, SignInSession, Submission
from tests.screens.test_sign_in import sign_in, somchai

S, A, F = tidying.S, tidying.A, tidying.F
__all__ = ["somchai"]
TABLES = {"sign_in_session": S, "sign_in_attempt": A, "submission": F}


@pytest.fixture
def add(app, session):
    """Rows of an age, named so that the test knows them again."""

    def make(table, name, age: timedelta, **given):  # type: ignore[no-untyped-def]
        at = dates.now() - age
        kinds = {
            S: {"key_hash": name, "data": "{}", "started_at": at, "seen_at": at},
            A: {"username": name, "network": "10.0.0.0/24", "at": at},
            F: {"form_id": name, "entity": "agency", "at": at},
        }
        session.rollback()
        with sessions.writer() as connection:
            connection.execute(insert(table).values(**kinds[table], **given))

    return make


def _names(session, table):
    session.rollback()
    column = {S: S.c.key_hash, A: A.c.username, F: F.c.form_id}[table]
    found = set(session.connection().scalars(select(column)))
    session.rollback()
    return found


def _tidy(app, most=tidying.AT_ONCE, **days):
    with sessions.writer() as connection:
        settings = replace(app.config["SETTINGS"], **days)
        return tidying.tidy(connection, settings, dates.now(), most)


def test_what_is_over_goes_after_its_days_and_what_holds_stays(app, session, add, persons):
    person = {"user_id": persons.user_id("secretary")}
    days, hours = (lambda n: timedelta(days=n)), (lambda n: timedelta(hours=n))
    now = dates.now()
    add(S, "living", hours(11), **person)
    add(S, "ended today", hours(2), ended_at=now, **person)
    add(S, "ended last week", days(7), ended_at=now - days(7), **person)
    add(S, "ended last year", days(300), ended_at=now - days(300), **person)
    add(S, "ran out last year", days(300), **person)
    add(S, "nobody's, fresh", hours(1))
    add(S, "nobody's, old", days(2))
    add(A, "slowed", timedelta(minutes=14))
    add(A, "forgotten", days(2))
    add(F, "open", hours(11))
    add(F, "last week", days(7))
    add(F, "last year", days(300))
    gone = _tidy(app)
    assert gone == {"sign_in_session": 3, "sign_in_attempt": 1, "submission": 1}
    assert _names(session, S) == {"living", "ended today", "ended last week", "nobody's, fresh"}
    assert _names(session, A) == {"slowed"}
    assert _names(session, F) == {"open", "last week"}
    assert not any(_tidy(app).values())


def test_no_setting_takes_what_may_still_matter(app, session, add, persons):
    """Not even none at all: a living sign-in, the count of failures, a form still open."""
    person = {"user_id": persons.user_id("secretary")}
    for hour in (0, 11):
        add(S, f"living {hour}", timedelta(hours=hour), **person)
        add(F, f"open {hour}", timedelta(hours=hour))
    add(A, "slowed", timedelta(minutes=14))
    gone = _tidy(app, session_days=0, attempt_days=0, form_days=0)
    assert not any(gone.values())


def test_a_request_removes_a_bounded_number_the_oldest_first(app, session, add):
    for table in TABLES.values():
        for n in range(5):
            add(table, f"{n}", timedelta(days=400 - n))
    assert set(_tidy(app, most=2).values()) == {2}
    for table in TABLES.values():
        assert _names(session, table) == {"2", "3", "4"}


def test_signing_in_tidies_a_little(app, session, somchai, add):
    add(S, "mine, long over", timedelta(days=300), user_id=somchai)
    add(F, "sent long ago", timedelta(days=300))
    client = app.test_client()
    assert sign_in(client).status_code == 302
    assert "mine, long over" not in _names(session, S)
    assert "sent long ago" not in _names(session, F)
    assert client.get("/admin/").status_code in (200, 302)


def test_the_command_removes_all_that_is_due(app, session, add):
    session.rollback()
    at = dates.now() - timedelta(days=300)
    old = [{"form_id": f"{n}", "entity": "agency", "at": at} for n in range(4_500)]
    with sessions.writer() as connection:
        connection.execute(insert(F), old)
    add(A, "recent", timedelta(minutes=1))
    result = app.test_cli_runner().invoke(args=["tidy"])
    assert result.exit_code == 0, result.output
    assert "submission: 4,500 removed" in result.output
    assert "sign_in_attempt: 0 removed" in result.output
    session.rollback()
    counts = [
        session.scalar(select(func.count()).select_from(table))
        for table in (Submission, SignInAttempt, SignInSession)
    ]
    assert counts == [0, 1, 0]
