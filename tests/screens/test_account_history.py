"""An account's history tells what happened to its secrets in words, and never the secrets."""

import re

import pytest
from sqlalchemy import func, select

from access import audit
from entities.vocabulary import Language
from models import Person, UserAccount
from rules import accounts
from tests.conftest import LOPBURI
from tests.pages import open_form
from tests.screens.test_account import change, csrf, signed_in
from tests.screens.test_sign_in import somchai

__all__ = ["somchai"]


def _history(persons, account_id, page="history"):
    client = persons.client("province_admin", LOPBURI)
    found = client.get(f"/admin/user_account/{page}/?id={account_id}")
    assert found.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found.get_data(as_text=True)))


def _trail(persons, account_id):
    client = persons.client("auditor", None)
    at = f"/admin/audit_entry/?entity=user_account&record_id={account_id}"
    return client.get(at).get_data(as_text=True)


def _changes_of_password(page):
    return len(re.findall("(?<!ต้อง)เปลี่ยนรหัสผ่าน", page))


def test_a_new_password_is_told_in_words(app, session, persons, somchai):
    client = signed_in(app)
    pages = (
        lambda: _history(persons, somchai),
        lambda: _history(persons, somchai, "details"),
        lambda: _trail(persons, somchai),
    )
    before = [_changes_of_password(page()) for page in pages]
    assert change(client).status_code == 302
    assert [_changes_of_password(page()) for page in pages] == [n + 1 for n in before]


def test_an_administrators_act_is_told_as_theirs(app, session, persons, somchai):
    admin = persons.client("province_admin", LOPBURI)
    data, before = {"csrf_token": admin.csrf}, _changes_of_password(_history(persons, somchai))
    assert admin.post(f"/admin/user_account/reset/?id={somchai}", data=data).status_code == 200
    shown = _history(persons, somchai)
    assert "ออกรหัสผ่านใช้ครั้งเดียวให้" in shown
    assert _changes_of_password(shown) == before
    assert "ออกรหัสผ่านใช้ครั้งเดียวให้" in _trail(persons, somchai)


@pytest.mark.parametrize(
    ("told", "own", "words"),
    [
        ({"two_step": "on"}, True, "เปิดใช้การยืนยันตัวตนสองขั้นตอน"),
        ({"two_step": "off"}, True, "ปิดการยืนยันตัวตนสองขั้นตอน"),
        ({"two_step": "off"}, False, "ล้างการยืนยันตัวตนสองขั้นตอน"),
        ({"recovery_codes": "new"}, True, "สร้างรหัสกู้คืนชุดใหม่"),
        ({"recovery_codes": "one used"}, False, "ใช้รหัสกู้คืนหนึ่งรหัส"),
        ({"password": audit.MASK}, False, "ออกรหัสผ่านใช้ครั้งเดียวให้"),
    ],
)
def test_each_event_has_its_sentence(session, persons, somchai, told, own, words):
    if own:
        from access import viewer as who

        who.act_as(session, persons.viewer(somchai).at_the_door())
    accounts.note(session, session.get_one(UserAccount, somchai), **told)
    session.commit()
    session.rollback()
    assert words in _history(persons, somchai)


def test_ended_sign_ins_are_told(app, session, persons, somchai):
    client, elsewhere = signed_in(app), signed_in(app)
    data = {"csrf_token": csrf(client, "/account/sessions")}
    assert client.post("/account/sessions/end-others", data=data).status_code == 302
    assert elsewhere.get("/admin/").status_code == 302
    assert "ยกเลิกการเข้าสู่ระบบที่อื่นทั้งหมด" in _history(persons, somchai)


def test_a_field_of_another_record_is_never_taken_for_an_event(session, persons):
    """Only an account's notes are told so, whatever another entity calls its fields."""
    from types import SimpleNamespace

    from admin_views import story

    entry = SimpleNamespace(
        entity="agency", actor_id=1, record_id=1, changes='{"two_step": [null, "on"]}'
    )
    assert story.happened(entry) == ""


def test_the_language_of_an_account_is_told_by_name(app, session, persons, somchai):
    assert "ภาษา ไทย" in _history(persons, somchai, "details")
    client = persons.client_of(somchai)
    assert client.get("/admin/?lang=en").status_code == 200
    session.rollback()
    session.expire_all()
    assert session.get_one(UserAccount, somchai).language is Language.ENGLISH
    session.rollback()
    assert persons.viewer(somchai).language == "en"
    assert "ภาษา English" in _history(persons, somchai, "details")
    listed = persons.client("province_admin", LOPBURI).get(
        "/admin/user_account/?columns=username&columns=language"
    )
    cells = re.findall(r'<td data-label="ภาษา">([^<]*)', listed.get_data(as_text=True))
    assert set(cells) == {"ไทย", "English"}


def test_a_history_names_the_person_with_the_account_beside(session, persons):
    secretary = persons.client("secretary", LOPBURI)
    data = open_form(secretary, "/admin/person/new/")
    made = secretary.post(
        "/admin/person/new/", data={**data, "first_name": "สมศรี", "last_name": "ใจดี"}
    )
    assert made.status_code == 302
    account = session.get_one(UserAccount, persons.user_id("secretary", LOPBURI))
    account.name = "นางสาวกนกพร ทองดี"
    session.commit()
    key = session.scalar(select(func.max(Person.id)))
    told = f"{account.name} ({account.username})"
    for page in ("history", "details"):
        assert told in secretary.get(f"/admin/person/{page}/?id={key}").get_data(as_text=True), page
    auditor = persons.client("auditor", None)
    trail = auditor.get(f"/admin/audit_entry/?entity=person&record_id={key}")
    assert f'{account.name}<span class="s">{account.username}</span>' in trail.get_data(
        as_text=True
    )
