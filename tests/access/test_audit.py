"""The audit: everything is in it, in order, and nobody can take it out unnoticed."""

import json
import time
from datetime import datetime
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from access import audit
from access import viewer as who
from access.database import db, writing
from entities import dates
from entities.base import Field, fields
from entities.vocabulary import Act, Sector
from models import Agency, AuditEntry, AuditHead, Person, UserAccount
from rules import removal
from rules.base import Broken
from tests.conftest import LOPBURI, TRANG
from tests.pages import open_form


def _agency(session: Session, name: str, province_id: int = LOPBURI) -> Agency:
    row = Agency(province_id=province_id, name=name, sector=Sector.PRIVATE)
    session.add(row)
    return row


def _some_work(session: Session) -> list[Agency]:
    """Rows of two provinces made, changed and removed over several transactions."""
    session.rollback()
    rows = [_agency(session, f"หน่วยงาน {n}", (LOPBURI, TRANG)[n % 2]) for n in range(6)]
    session.commit()
    for row in rows[:4]:
        row.phone = "036-411111"
        session.commit()
    removal.remove(session, rows[0], dates.now())
    session.commit()
    return rows


def _entries(session: Session, **where: object) -> list[AuditEntry]:
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(AuditEntry).filter_by(**where).order_by(AuditEntry.id)))


def test_a_long_name_says_that_it_was_cut(session: Session) -> None:
    session.rollback()
    for letters in (200, 201):
        _agency(session, "ก" * letters)
        session.commit()
    whole, cut = (one.record for one in _entries(session, entity="agency")[-2:])
    assert whole == "ก" * 200
    assert cut == f"{'ก' * 199}…"


def _tamper(*statements: str) -> None:
    """What somebody does who owns the database: the trigger off, the rows changed, the trigger on."""
    token = writing.set(True)
    with db.engine.begin() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            for act in ("update", "delete"):
                connection.exec_driver_sql(f"DROP TRIGGER audit_entry_no_{act}")
        else:
            connection.exec_driver_sql("ALTER TABLE audit_entry DISABLE TRIGGER USER")
        for statement in statements:
            assert connection.execute(text(statement)).rowcount > 0, statement
        if not sqlite:
            connection.exec_driver_sql("ALTER TABLE audit_entry ENABLE TRIGGER USER")
    writing.reset(token)


def test_the_chain_of_much_work_is_whole(session):
    _some_work(session)
    count, wrong = audit.verify(session)
    assert wrong == []
    assert count == session.scalar(select(func.count(AuditEntry.id)))
    heads = {h.chain: h.position for h in session.scalars(select(AuditHead))}
    for chain, position in heads.items():
        rows = _entries(session, chain=chain)
        assert [r.position for r in rows] == list(range(1, position + 1))
        assert audit.head(session, chain or None) == (position, rows[-1].seal)
    assert {LOPBURI, TRANG} <= set(heads)
    assert audit.head(session, 71) == (0, audit.START)


def test_every_change_tells_who_when_what_and_the_values(session, persons):
    client = persons.client("secretary")
    form = open_form(client, "/admin/agency/new/")
    made = client.post("/admin/agency/new/", data={**form, "name": "ก", "sector": "private"})
    at = made.headers["Location"].replace("details", "edit")
    client.post(at, data={**open_form(client, at), "name": "ข", "phone": "1"})
    client.post(at.replace("edit", "delete"), data={"csrf_token": client.csrf})
    rows = _entries(session, actor="secretary.16", entity="agency")
    assert [r.act for r in rows] == ["create", "edit", "remove"]
    created, edited, removed = (json.loads(r.changes) for r in rows)
    assert created["name"] == [None, "ก"]
    assert created["sector"] == [None, "private"]
    assert edited["name"] == ["ก", "ข"]
    assert edited["phone"] == [None, "1"]
    assert "sector" not in edited
    assert removed["removed_at"][0] is None
    for row in rows:
        assert (row.province_id, row.chain, row.place) == (LOPBURI, LOPBURI, "127.0.0.1")
        assert row.actor_id == persons.user_id("secretary")
    assert audit.verify(session)[1] == []


def test_old_values_are_known_after_a_commit_and_a_rollback(session):
    """An expired attribute would otherwise be entered as if it had been empty."""
    session.rollback()
    row = _agency(session, "เดิม")
    session.commit()
    row.name = "ใหม่"
    session.commit()
    session.rollback()
    row.name = "ใหม่กว่า"
    session.commit()
    entries = _entries(session, entity="agency", record_id=row.id)
    changes = [json.loads(entry.changes)["name"] for entry in entries]
    assert changes == [[None, "เดิม"], ["เดิม", "ใหม่"], ["ใหม่", "ใหม่กว่า"]]


LAST = "(SELECT max(position) FROM audit_entry WHERE chain = 16)"
TAMPERINGS = {
    "a value was changed": (
        "UPDATE audit_entry SET changes = '{}' WHERE chain = 16 AND position = 2",
        "was changed after it was sealed",
    ),
    "the actor was changed": (
        "UPDATE audit_entry SET actor = 'nobody' WHERE chain = 16 AND position = 1",
        "was changed after it was sealed",
    ),
    "one was taken out": (
        "DELETE FROM audit_entry WHERE chain = 16 AND position = 2",
        "entries before it are missing",
    ),
    "the tail was cut": (
        f"DELETE FROM audit_entry WHERE chain = 16 AND position = {LAST}",
        "its head says",
    ),
    "a chain was taken out": ("DELETE FROM audit_entry WHERE chain = 92", "its head says"),
    "the head was set back": (
        "UPDATE audit_head SET position = position - 1 WHERE chain = 16",
        "its head says",
    ),
    "a seal was copied": (
        "UPDATE audit_entry SET seal = previous WHERE chain = 16 AND position = 3",
        "was changed after it was sealed",
    ),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_is_named(session, name):
    statement, said = TAMPERINGS[name]
    _some_work(session)
    assert audit.verify(session)[1] == []
    session.rollback()
    _tamper(statement)
    wrong = audit.verify(session)[1]
    assert any(said in line for line in wrong), wrong
    assert all(line.startswith(("chain 16", "chain 92")) for line in wrong), wrong


def test_a_tail_cut_with_its_head_rewritten_is_seen_outside_the_database(session):
    """Only the heads written down beside the key can tell this."""
    audit._last_anchor = 0.0
    _some_work(session)
    time.sleep(1.1)
    row = _agency(session, "สุดท้าย")
    session.commit()
    assert row.id
    lines = [json.loads(line) for line in audit.anchors().read_text().splitlines()]
    assert max(line["position"] for line in lines if line["chain"] == LOPBURI) > 1
    session.rollback()
    _tamper(
        f"DELETE FROM audit_entry WHERE chain = 16 AND position = {LAST}",
        f"UPDATE audit_head SET position = {LAST}, seal = (SELECT seal FROM audit_entry"
        f" WHERE chain = 16 AND position = {LAST}) WHERE chain = 16",
    )
    wrong = audit.verify(session)[1]
    assert len(wrong) == 1
    assert "heads.jsonl" in wrong[0]


def test_the_chain_cannot_be_made_anew_without_the_key(session):
    _some_work(session)
    session.rollback()
    entry = _entries(session, chain=LOPBURI)[0]
    row = {name: getattr(entry, name) for name in audit.SEALED}
    assert audit.sealed(row, b"another key") != entry.seal
    assert audit.sealed(row, audit._key()) == entry.seal


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor = 'x'",
        "DELETE FROM audit_entry",
        "UPDATE audit_entry SET changes = '{}' WHERE position = 1",
    ],
)
def test_the_database_refuses_to_change_or_delete_entries(session, statement):
    _some_work(session)
    session.rollback()
    with pytest.raises(DBAPIError, match="append-only"), db.engine.begin() as connection:
        connection.execute(text(statement))
    if db.engine.dialect.name == "postgresql":
        with pytest.raises(DBAPIError, match="append-only"), db.engine.begin() as connection:
            connection.execute(text("TRUNCATE audit_entry"))
    assert audit.verify(session)[1] == []


def test_an_undone_savepoint_leaves_no_entry(session):
    session.rollback()
    _agency(session, "อยู่")
    session.flush()
    nested = session.begin_nested()
    _agency(session, "ไป")
    session.flush()
    nested.rollback()
    _agency(session, "อยู่ด้วย")
    session.commit()
    told = {r.record for r in _entries(session, entity="agency", act="create")}
    assert {"อยู่", "อยู่ด้วย"} <= told
    assert "ไป" not in told
    with session.begin_nested():
        _agency(session, "ในวงเล็บ")
    session.commit()
    assert "ในวงเล็บ" in {r.record for r in _entries(session, entity="agency", act="create")}
    assert audit.verify(session)[1] == []


def test_a_refused_save_leaves_no_entry(session, persons):
    client = persons.client("secretary")
    before = len(_entries(session))
    form = open_form(client, "/admin/agency/new/")
    office = session.scalar(select(Agency.name).where(Agency.province_id == LOPBURI))
    session.rollback()
    for bad in ({"name": office}, {"name": ""}, {"name": "ก", "sector": "no"}):
        answer = client.post("/admin/agency/new/", data={**form, "sector": "private", **bad})
        assert answer.status_code == 422
    bad_person = open_form(client, "/admin/person/new/")
    client.post("/admin/person/new/", data={**bad_person, "first_name": "ก"})
    assert len(_entries(session)) == before
    session.rollback()
    _agency(session, "ก่อนผิด")
    session.add(Person(province_id=LOPBURI, first_name=None, last_name="ข"))
    with pytest.raises((DBAPIError, Broken)):
        session.commit()
    session.rollback()
    assert len(_entries(session)) == before
    assert audit.verify(session)[1] == []


def test_an_export_is_entered_before_it_is_given(session, persons):
    client = persons.client("secretary")
    for _n in range(2):
        client.get("/admin/committee/export/xlsx/").get_data()
    rows = _entries(session, act=Act.EXPORT.value)
    assert [(r.actor, r.entity) for r in rows] == [("secretary.16", "committee")] * 2
    refused = persons.client("province_admin").get("/admin/user_account/export/xlsx/")
    assert refused.status_code == 403
    assert len(_entries(session, act=Act.EXPORT.value)) == 2
    assert _entries(session, act=Act.REFUSED.value)[-1].entity == "user_account"


def test_a_refusal_is_entered_once_a_minute_for_a_person_and_a_record(session, persons):
    foreign = session.scalar(select(Agency.id).where(Agency.province_id == LOPBURI))
    viewer = persons.viewer(persons.user_id("governor"))
    other = persons.viewer(persons.user_id("governor", TRANG))
    session.rollback()
    for _n in range(5):
        audit.note_alone(viewer, Act.REFUSED, "agency", foreign, verb="edit")
        audit.note_alone(viewer, Act.REFUSED, "agency", None, verb="create")
        audit.note_alone(other, Act.REFUSED, "agency", foreign, verb="edit")
    rows = _entries(session, act=Act.REFUSED.value)
    assert sorted((r.actor, r.record_id or 0) for r in rows) == [
        ("governor.16", 0),
        ("governor.16", foreign),
        ("governor.92", foreign),
    ]


def test_private_values_are_kept_out(session, monkeypatch):
    """A private field is entered as changed, never with what stood in it."""
    told = {**fields(Agency), "phone": Field("Telephone", private=True)}
    monkeypatch.setattr(
        audit, "fields", lambda entity: told if entity is Agency else fields(entity)
    )
    session.rollback()
    row = _agency(session, "ลับ")
    row.phone = "0812345678"
    session.commit()
    row.phone = "0899999999"
    session.commit()
    for entry in _entries(session, entity="agency", record_id=row.id):
        assert "0812345678" not in entry.changes
        assert "0899999999" not in entry.changes
        assert audit.MASK in entry.changes


def test_secrets_of_accounts_are_kept_out(session, persons):
    key = persons.user_id("secretary")
    account = session.get(UserAccount, key)
    hidden = (account.password, account.fs_uniquifier)
    session.rollback()
    account = session.get(UserAccount, key)
    account.password = hidden[0].replace("b", "c")
    account.name = "ชื่อใหม่"
    session.commit()
    for entry in _entries(session, entity="user_account", record_id=key):
        assert not [h for h in hidden if h in entry.changes]
        assert "argon2" not in entry.changes


def test_signing_in_and_failing_to_are_entered(app, session, persons):
    client = app.test_client()
    page = client.get("/login").get_data(as_text=True)
    token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    sent = {"username": "nobody.at.all", "password": "wrong", "csrf_token": token}
    client.post("/login", data=sent)
    rows = _entries(session, act=Act.SIGN_IN_FAILED.value)
    assert len(rows) == 1
    assert "wrong" not in rows[0].changes


def test_many_writers_keep_one_chain(app, session):
    """Each in its own session: no fork, no gap, no deadlock."""
    from concurrent.futures import ThreadPoolExecutor

    session.rollback()

    def write(n: int) -> None:
        with app.app_context():
            token = writing.set(True)
            with Session(db.engine) as one:
                who.act_as(one, who.SYSTEM)
                _agency(one, f"พร้อมกัน {n}", (LOPBURI, TRANG)[n % 2])
                _agency(one, f"อีกแห่ง {n}", (TRANG, LOPBURI)[n % 2])
                one.commit()
            writing.reset(token)

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(write, range(48)))
    count, wrong = audit.verify(session)
    assert wrong == []
    assert count >= 96


def test_the_auditor_takes_the_audit_out_and_that_is_entered_first(session, persons):
    auditor, secretary = persons.client("auditor", None), persons.client("secretary")
    _some_work(session)
    page = auditor.get("/admin/audit_entry/?entity=agency").get_data(as_text=True)
    assert 'href="/admin/audit_entry/export/xlsx/?entity=agency"' in page
    answer = auditor.get("/admin/audit_entry/export/xlsx/?entity=agency")
    book = CalamineWorkbook.from_object(BytesIO(answer.data))
    head, *rows = book.get_sheet_by_index(0).to_python()
    session.rollback()
    kept = session.scalars(
        select(AuditEntry).where(AuditEntry.entity == "agency").order_by(AuditEntry.id.desc())
    ).all()
    assert len(head) == 11
    assert [(row[3], row[-1]) for row in rows] == [(one.record, one.seal) for one in kept]
    assert all(isinstance(row[0], datetime) for row in rows)
    noted = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (noted.act, noted.entity) == (Act.EXPORT.value, "audit_entry")
    assert json.loads(noted.changes)["rows"][1] == len(rows)
    assert secretary.get("/admin/audit_entry/export/xlsx/").status_code == 403


def test_an_entry_has_an_address_among_those_of_its_record(session, persons):
    auditor, secretary = persons.client("auditor", None), persons.client("secretary")
    row = _some_work(session)[1]
    entry = session.scalars(select(AuditEntry.id).where(AuditEntry.record_id == row.id)).first()
    for page in ("details", "history"):
        at = f"/admin/audit_entry/{page}/?id="
        shown = auditor.get(f"{at}{entry}", follow_redirects=True).get_data(as_text=True)
        assert f"record_id={row.id}" in shown
        assert auditor.get(f"{at}x").status_code == 404
        assert secretary.get(f"{at}{entry}").status_code == 403
