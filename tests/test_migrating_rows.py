"""Migrations are tried on a database with rows in it: an empty one hides what they would break."""

from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from access import search
from access.database import db, writing
from entities.documents import MASKED
from entities.vocabulary import Language, Role, Secrecy, Verb
from models import Complaint, Distribution, Document, RoleNarrowing, UserAccount
from rules import documents
from rules.documents import Recipient
from tests.conftest import LOPBURI
from tests.factories import Home, world
from tests.registry_office import NOW, received, unit


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


GENERAL = "แม่ทัพภาคที่ 1"


def _secret_letter(session):
    """A secret document that went to two; the keys of both recipients and of the document."""
    token = writing.set(True)
    session.rollback()
    made = received(session, unit(session), secrecy=Secrecy.SECRET, subject="แผนจับกุม")
    open_one = received(session, unit(session, "0018"))
    sent = documents.send(made, [Recipient(GENERAL), Recipient("อัยการ")], session, NOW)
    plain = documents.send(open_one, [Recipient("กรมการปกครอง")], session, NOW)
    session.commit()
    keys = [one.id for one in (*sent, *plain)], made.id
    session.close()
    writing.reset(token)
    return keys


def _write(statement, **told):
    token = writing.set(True)
    with db.engine.begin() as connection:
        connection.execute(text(statement), told)
    writing.reset(token)


def _recipients():
    with db.engine.connect() as connection:
        return connection.execute(text("SELECT id, recipient FROM distribution ORDER BY id")).all()


def test_names_of_secret_recipients_that_stood_in_the_clear_are_sealed(app, session):
    """They were written so before 0009; there and back again nothing more happens, none is lost."""
    (first, second, plain), document = _secret_letter(session)
    masked = [(first, MASKED), (second, MASKED), (plain, "กรมการปกครอง")]
    downgrade(revision="0015")
    _write("UPDATE secret_paper SET recipients = NULL")
    _write("UPDATE distribution SET recipient = :name WHERE id = :key", name=GENERAL, key=first)
    assert _recipients() == [(first, GENERAL), *masked[1:]]
    for _again in range(2):
        upgrade()
        assert _recipients() == masked
        paper = documents.paper_of(session.get_one(Document, document), session)
        assert documents.sealed_recipients(paper) == {first: GENERAL}
        kept = [session.get_one(Distribution, key).secrecy for key in (first, second, plain)]
        assert kept == [Secrecy.SECRET, Secrecy.SECRET, None]
        assert search.find(session, Distribution, GENERAL, None, 10) == []
        assert search.find(session, Distribution, "กรมการปกครอง", None, 10) == [plain]
        session.close()
        downgrade(revision="0015")
        assert _recipients() == masked
    upgrade()
    db.engine.dispose()
