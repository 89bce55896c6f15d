"""Migrations are tried on a database with rows in it: an empty one hides what they would break."""

from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from access.database import db
from entities.vocabulary import Language, Role, Verb
from models import Complaint, Document, RoleNarrowing, UserAccount
from tests.conftest import LOPBURI
from tests.factories import Home, world


def _accounts():
    with db.engine.connect() as connection:
        rows = connection.execute(text("SELECT id, username, language FROM user_account")).all()
        granted = connection.scalar(text("SELECT count(*) FROM role_grant"))
        if connection.dialect.name == "sqlite":
            assert connection.scalar(text("PRAGMA foreign_keys")) == 1, "keys are watched again"
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
    return rows, granted


def test_accounts_that_others_point_at_outlive_the_change_of_their_language(app, session, persons):
    """SQLite builds the table anew, under the keys of grants and sign-ins that point at it."""
    key = persons.user_id("secretary")
    persons.client_of(key)
    session.get_one(UserAccount, key).language = Language.ENGLISH
    session.commit()
    db.session.remove()
    before = _accounts()
    assert (key, "secretary.16", "en") in before[0]
    downgrade(revision="0001")
    assert _accounts() == before
    upgrade()
    assert _accounts() == before
    db.engine.dispose()


def _linked():
    with db.engine.connect() as connection:
        return [
            connection.execute(text(f"SELECT {columns} FROM {table} ORDER BY id")).all()
            for table, columns in (
                ("complaint", "id, number, subject, status"),
                ("meeting", "id, name, status, quorum_met"),
                ("follow_up", "id, task, resolution_id, status"),
                ("attendance", "id, meeting_id"),
                ("assignment", "id, complaint_id"),
            )
        ]


def test_cases_and_meetings_outlive_the_links_that_they_get(app, session):
    """Tables that many point at are built anew on SQLite; a link itself is lost on the way back."""
    session.rollback()
    rows = world(session, Home("own", province_id=LOPBURI))
    session.refresh(rows[Complaint])
    rows[Complaint].answer_document_id = rows[Document].id
    session.commit()
    db.session.remove()
    before = _linked()
    assert all(before)
    downgrade(revision="0005")
    assert _linked() == before
    upgrade()
    assert _linked() == before
    with db.engine.connect() as connection:
        kept = connection.scalar(text("SELECT count(answer_document_id) FROM complaint"))
    assert kept == 0
    db.engine.dispose()


def test_a_kind_of_record_that_is_no_more_takes_nothing_and_breaks_nothing(session, persons):
    """A later version may give an entity up; its narrowings then read as what they are: nothing."""
    kept = session.connection().execute(
        text(
            "INSERT INTO role_narrowing (province_id, role, entity, verb, reason, version)"
            " VALUES (:province, 'secretary', 'no_entity', 'read', 'ก', 1) RETURNING id"
        ),
        {"province": LOPBURI},
    )
    key = kept.scalar_one()
    session.commit()
    session.rollback()
    row = session.get_one(RoleNarrowing, key)
    assert (row.role, row.entity, row.verb) == (Role.SECRETARY, None, Verb.READ)
    session.rollback()
    assert persons.client("secretary").get("/admin/meeting/").status_code == 200
    admin = persons.client("province_admin")
    assert admin.get("/admin/role_narrowing/").status_code == 200
    gone = admin.post("/admin/role_narrowing/delete/", data={"id": key, "csrf_token": admin.csrf})
    assert gone.status_code == 302


def _carried():
    with db.engine.connect() as connection:
        kept = connection.execute(
            text("SELECT id, number, amount, remaining, order_id FROM carry_over ORDER BY id")
        ).all()
        watched = None
        if connection.dialect.name == "sqlite":
            found = text("SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name")
            watched = connection.scalars(found).all()
        return kept, watched


def test_carried_money_outlives_the_change_of_what_it_must_name(app, session):
    """On SQLite the triggers of the ledger name the table that is built anew, and watch it after."""
    session.rollback()
    world(session, Home("own", province_id=LOPBURI))
    session.commit()
    db.session.remove()
    before = _carried()
    assert before[0]
    downgrade(revision="0012")
    assert _carried()[0] == before[0]
    upgrade()
    assert _carried() == before
    db.engine.dispose()
