"""The traps that Flask-Admin sets, each closed by a test."""

import re
from datetime import date
from io import BytesIO
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from access import policy
from access.database import db
from admin_views import front, lists
from admin_views.base import REGISTRY, EntityView
from entities.base import fields
from entities.vocabulary import Role
from models import (
    Agency,
    AppointmentOrder,
    Attachment,
    AuditEntry,
    Committee,
    Holiday,
    Meeting,
    Person,
    UserAccount,
)
from tests.conftest import LOPBURI, TRANG
from tests.factories import Home, cluster_of, world
from tests.pages import open_form

AWAY = (
    "https:evil.com",
    "http:/evil.com",
    "https://evil.com/admin/",
    "//evil.com",
    "///evil.com",
    "/\\evil.com",
    "/\\/evil.com",
    "\\\\evil.com",
    "javascript:alert(1)",
    "data:text/html,x",
    "/\tevil",
    "/admin/\r\nSet-Cookie: a=b",
    "/ /evil.com",
    " /admin/",
    "evil.com",
    "@evil.com",
)


@pytest.mark.parametrize("name", ["url", "next"])
def test_no_address_leads_to_another_site(session, persons, name):
    client = persons.client("secretary")
    key = session.scalar(select(Committee.id).where(Committee.province_id == LOPBURI))
    pages = ("/admin/committee/new/", "/admin/committee/edit/", "/admin/committee/")
    for away in AWAY:
        for page in pages:
            answer = client.get(page, query_string={"id": key, name: away})
            assert answer.status_code == 400, (page, away)
        form = open_form(client, f"/admin/committee/edit/?id={key}")
        answer = client.post(f"/admin/committee/edit/?id={key}", data={**form, name: away})
        assert answer.status_code == 400, away
        assert "evil" not in (answer.headers.get("Location") or "")
        answer = client.post(
            f"/admin/committee/delete/?id={key}", data={"csrf_token": client.csrf, name: away}
        )
        assert answer.status_code == 400, away


def test_a_good_address_leads_back(session, persons):
    client = persons.client("secretary")
    key = session.scalar(select(Committee.id).where(Committee.province_id == LOPBURI))
    at = f"/admin/committee/edit/?id={key}&url=/admin/committee/?page=2"
    answer = client.post(at, data=open_form(client, at))
    assert answer.headers["Location"] == "/admin/committee/?page=2"
    at = f"/admin/committee/edit/?id={key}&url=/logout"
    answer = client.post(at, data=open_form(client, at))
    assert answer.headers["Location"].startswith("/admin/committee/details/")


def test_the_door_leads_to_a_page_of_this_site(app: Flask, session):
    client = app.test_client()
    for away in AWAY:
        assert client.get("/login", query_string={"next": away}).status_code == 400


def test_writing_in_the_list_does_not_exist(session, persons):
    """Flask-Admin's inline update writes without asking for the right to edit."""
    key = session.scalar(select(Committee.id).where(Committee.province_id == LOPBURI))
    for role in ("secretary", "governor"):
        client = persons.client(role)
        data = {"csrf_token": client.csrf, "list_form_pk": key, "pk": key, "name": "เปลี่ยน"}
        assert client.post("/admin/committee/ajax/update/", data=data).status_code == 404
        assert client.get("/admin/committee/ajax/lookup/?name=parent&query=a").status_code == 404
        assert client.get("/admin/committee/export/csv/").status_code == 404
    for view in REGISTRY.values():
        assert not view.column_editable_list


def test_a_type_error_of_a_view_is_not_hidden(app: Flask, persons, monkeypatch, caplog):
    def broken(self):
        raise TypeError("the real fault")

    monkeypatch.setattr(EntityView, "state", broken)
    with caplog.at_level("ERROR"):
        assert persons.client("secretary").get("/admin/committee/").status_code == 500
    assert "TypeError: the real fault" in caplog.text


def test_a_fault_of_a_statement_does_not_tell_what_it_was_given(app: Flask):
    told = "ชื่อผู้ร้องที่ต้องไม่อยู่ในบันทึก"
    lost = text("SELECT * FROM no_such_table WHERE name = :name")
    with (
        app.app_context(),
        db.engine.connect() as connection,
        pytest.raises(DBAPIError) as fault,
    ):
        connection.execute(lost, {"name": told})
    assert "no_such_table" in str(fault.value)
    assert told not in str(fault.value)


def test_a_fault_shows_no_inner_workings(app: Flask, persons, monkeypatch):
    def broken(self):
        raise RuntimeError("SELECT secret FROM user_account")

    monkeypatch.setattr(EntityView, "state", broken)
    client = persons.client("secretary")
    app.testing = False
    try:
        answer = client.get("/admin/committee/")
    finally:
        app.testing = True
    page = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert "SELECT" not in page
    assert "RuntimeError" not in page


def test_a_refusal_of_the_database_is_told_in_words(session, persons):
    """No SQL, no parameters, no name of a constraint."""
    client = persons.client("secretary")
    form = open_form(client, "/admin/agency/new/")
    office = session.scalar(select(Agency.name).where(Agency.province_id == LOPBURI))
    sent = {**form, "name": office, "sector": "government"}
    answer = client.post("/admin/agency/new/", data=sent)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for inner in ("SQL", "INSERT", "UNIQUE", "uq_", "sqlite3", "psycopg", "parameters"):
        assert inner not in page, inner
    assert office in page


def test_a_form_that_was_open_for_hours_is_still_taken(app: Flask, persons, monkeypatch):
    """Long minutes are typed for hours; the token must not run out before the session does."""
    import time

    from itsdangerous import URLSafeTimedSerializer

    assert app.config["WTF_CSRF_TIME_LIMIT"] is None
    client = persons.client("secretary")
    form = open_form(client, "/admin/person/new/")
    later = time.time() + 11 * 3600
    monkeypatch.setattr(
        URLSafeTimedSerializer.default_signer, "get_timestamp", lambda self: int(later)
    )
    sent = {**form, "first_name": "สมชาย", "last_name": "ทองดี"}
    assert client.post("/admin/person/new/", data=sent).status_code == 302


EVERY_KIND = (Committee, Holiday, Meeting, UserAccount)
"""Lists ordered by number, date, date and text; the others are asked by their own filters."""
BAD_QUERIES = (
    "page=99999999999999999999999",
    "page=-1",
    "page=x",
    "page=1.5",
    "page=999999",
    "size=7",
    "size=1000000",
    "sort=password",
    "sort=--name",
    "sort=made_by",
    "sort=id;DROP TABLE person",
    "columns=password&columns=fs_uniquifier",
    "columns=version",
    "search=%00",
    "search=%22%27%29%3B--",
    "search=%25_%5C",
    "search=" + "ก" * 5000,
    "search=%F0%9F%90%98%F0%9F%90%98%F0%9F%90%98",
    "search=AND+OR+NOT+NEAR(",
    "after=x",
    "after=[]",
    'after=["x",1]',
    'after=["2026-01-01","x"]',
    'after=["2026-01-01",99999999999999999999999999]',
    "after=[1e400,1]",
    'after=["\\u0000",1]',
    'after=[{"a":1},{"b":2}]',
    "before=" + "[" * 500,
    "before=[null,null]",
    "province=999999999999",
    "lang=xx",
    "menu=password",
    "committee_id=x",
    "committee_id=-1",
    "committee_id=99999999999999999999999999",
    "status=does_not_exist",
    "type=ACTIVE",
    "meets_on=31/2/2569",
    "meets_on.from=29/2/2568",
    "meets_on.to=1/1/0001",
    "meets_on.like=2569",
    "due_on.from=%00",
    "number.from=1e9",
    "number=99999999999999999999999999",
    "is_active=maybe",
    "active=2",
    "quorum_met=%00",
    "status.empty=2",
    "falls_on=%E0%B9%93%E0%B9%91/%E0%B9%91%E0%B9%93/%E0%B9%92%E0%B9%95%E0%B9%96%E0%B9%99",
    "region_id=1%27 or 1=1",
    "=",
    "%00=%00",
)


def test_no_address_of_a_list_breaks_it(session, persons):
    """Bad filters, pages, orders and columns are left out; the list is shown all the same."""
    client = persons.client("ministry_admin", None)
    for entity in REGISTRY:
        at = f"/admin/{entity.__tablename__}/"
        shown = 200 if Role.MINISTRY_ADMIN in policy.roles(entity, "read") else 403
        own = [f"{k}={bad}" for k in lists.filterable(entity) for bad in ("%00", "' or 1=1")]
        for query in (*own, *(BAD_QUERIES if entity in EVERY_KIND else ())):
            answer = client.get(f"{at}?{query}")
            assert answer.status_code == shown, (at, query, answer.status)


def test_no_id_breaks_a_page(session, persons):
    client = persons.client("secretary")
    for odd in ("", "0", "-1", "x", "1,2", "1.0", "9" * 40, "%00", "๑", "1%27", "NaN", "1e3", " 1"):
        for page in ("details", "edit", "history"):
            answer = client.get(f"/admin/committee/{page}/?id={odd}")
            assert answer.status_code == 404, (page, odd)
        for page in ("delete", "edit"):
            answer = client.post(
                f"/admin/committee/{page}/?id={odd}", data={"csrf_token": client.csrf}
            )
            assert answer.status_code == 404, (page, odd)
    answer = client.post(
        "/admin/person/action/",
        data={"csrf_token": client.csrf, "action": "delete", "rowid": ["x", "", "9" * 40]},
    )
    assert answer.status_code == 302
    answer = client.post(
        "/admin/person/action/", data={"csrf_token": client.csrf, "action": "drop", "rowid": "1"}
    )
    assert answer.status_code == 404


def test_hidden_columns_cannot_be_asked_for(session, persons):
    """Neither search nor sort nor filter nor the column menu tells what a page does not show."""
    account = session.get(UserAccount, persons.user_id("secretary"))
    admin = persons.client("province_admin")
    for key in ("password", "fs_uniquifier", "tf_totp_secret", "us_totp_secrets"):
        assert key not in lists.listable(UserAccount)
        assert key not in lists.filterable(UserAccount)
        assert key not in lists.sortable(UserAccount)
        value = getattr(account, key) or "x"
        page = admin.get("/admin/user_account/", query_string={"search": value[:20]})
        assert account.username not in page.get_data(as_text=True), "found by a hidden value"
        for query in ({key: "x"}, {f"{key}.from": "x"}, {"sort": key}, {"columns": key}):
            page = admin.get("/admin/user_account/", query_string=query).get_data(as_text=True)
            assert account.username in page, "narrowed by a hidden value"
            assert account.password not in page
            assert account.fs_uniquifier not in page
    for entity in REGISTRY:
        told = fields(entity)
        private = {key for key, one in told.items() if one.private}
        assert not private & (
            set(lists.listable(entity)) | set(lists.filterable(entity)) | lists.sortable(entity)
        )


def test_no_page_shows_a_secret(session, persons):
    """Password hashes and second factors stand on no page, in no history and no export."""
    key = persons.user_id("secretary")
    account = session.get(UserAccount, key)
    secrets = [account.password, account.fs_uniquifier]
    for client in (persons.client("province_admin"), persons.client("ministry_admin", None)):
        for page in ("", f"details/?id={key}", f"edit/?id={key}", f"history/?id={key}"):
            text = client.get(f"/admin/user_account/{page}").get_data(as_text=True)
            assert not [s for s in secrets if s in text], page


def test_a_name_that_is_a_script_is_shown_as_text(session, persons):
    client = persons.client("secretary")
    bad = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'"
    form = open_form(client, "/admin/agency/new/")
    made = client.post("/admin/agency/new/", data={**form, "name": bad, "sector": "private"})
    for url in (
        made.headers["Location"],
        "/admin/agency/",
        f"/admin/agency/?search={bad[:40]}",
        "/admin/person/new/",
        "/admin/agency/lookup/?field=province_id&q=<script>",
    ):
        page = client.get(url).get_data(as_text=True)
        assert "<script>alert" not in page, url
        assert "<img src=x" not in page, url


def test_fields_that_the_form_does_not_hold_are_not_taken(session, persons):
    """What was posted beside the form: version, stamps, computed and foreign values."""
    client = persons.client("secretary")
    key = session.scalar(select(Committee.id).where(Committee.province_id == LOPBURI))
    at = f"/admin/committee/edit/?id={key}"
    more = {
        "id": "1",
        "version": "99",
        "made_by": "1",
        "removed_at": "2026-01-01",
        "status": "dissolved",
        "dissolved_on": "1/1/2569",
        "province_id": str(TRANG),
        "type": "kbk",
    }
    session.rollback()
    before = session.get(Committee, key)
    kept = {k: getattr(before, k) for k in ("status", "province_id", "type", "dissolved_on")}
    client.post(at, data={**open_form(client, at), **more})
    session.rollback()
    session.expire_all()
    after = session.get(Committee, key)
    assert {k: getattr(after, k) for k in kept} == kept
    assert after.removed_at is None


def test_pickers_do_not_tell_of_foreign_records(session, persons):
    """A foreign id in the address or in a filter is drawn without its name."""
    foreign = world(session, Home("ลับสุดยอด", province_id=TRANG))
    client = persons.client("secretary")
    named = {
        "/admin/membership/new/": {
            "committee_id": foreign[Committee].id,
            "person_id": foreign[Person].id,
        },
        "/admin/person/new/": {"agency_id": foreign[Agency].id},
        "/admin/person/": {"agency_id": foreign[Agency].id},
        "/admin/membership/": {"committee_id": foreign[Committee].id},
        "/admin/person/lookup/": {"field": "agency_id", "q": "ลับ"},
    }
    for page, query in named.items():
        text = client.get(page, query_string=query).get_data(as_text=True)
        assert "ลับสุดยอด" not in text.replace('value="ลับ', ""), page


def test_a_foreign_parent_in_a_form_is_refused_at_the_field(session, persons):
    foreign = world(session, Home("foreign", province_id=TRANG))
    client = persons.client("secretary")
    form = open_form(client, "/admin/person/new/")
    sent = {**form, "first_name": "ก", "last_name": "ข", "agency_id": foreign[Agency].id}
    answer = client.post("/admin/person/new/", data=sent)
    assert answer.status_code == 422
    assert 'id="agency_id-err"' in answer.get_data(as_text=True)


def test_refusals_are_written_down_once_a_minute(session, persons):
    client = persons.client("governor")
    for _n in range(3):
        assert client.get("/admin/committee/new/").status_code == 403
    session.rollback()
    noted = list(session.scalars(select(AuditEntry).where(AuditEntry.act == "refused")))
    assert [(n.actor, n.entity) for n in noted] == [("governor.16", "committee")]


def test_reading_writes_nothing(session, persons, monkeypatch):
    """A GET begins deferred; whatever it must record has its own transaction."""
    client = persons.client("secretary")
    client.get("/admin/")
    seen = []

    def watch(_c, _cur, statement, *_more):
        seen.append(statement.split()[0].upper())

    from sqlalchemy import event

    event.listen(db.engine, "before_cursor_execute", watch)
    try:
        for page in ("", "committee/", "committee/new/", "meeting/", "person/"):
            assert client.get(f"/admin/{page}").status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", watch)
    assert not {"INSERT", "UPDATE", "DELETE"} & set(seen)


def test_a_form_that_is_too_long_is_answered_before_it_is_read(persons):
    client = persons.client("secretary")
    answer = client.post(
        "/admin/agency/new/", data={"csrf_token": client.csrf, "name": "ก" * 2_000_000}
    )
    assert answer.status_code == 413
    assert "Traceback" not in answer.get_data(as_text=True)


THAI_NAME = "หนังสือเชิญ ประชุม.pdf"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def _attach(client, order_id, name, content):
    sent = {"csrf_token": client.csrf, "files": (BytesIO(content), name)}
    return client.post(
        f"/admin/appointment_order/upload/?id={order_id}",
        data=sent,
        content_type="multipart/form-data",
    )


@pytest.fixture
def order(session):
    """An appointment order of Lop Buri's ก.บ.จ."""
    kbj = session.scalar(
        select(Committee).where(Committee.province_id == LOPBURI, Committee.short_name == "ก.บ.จ.")
    )
    made = AppointmentOrder(
        committee=kbj, number="1/2569", subject="แต่งตั้ง", ordered_on=date(2026, 1, 5), effective_on=date(2026, 1, 5),
        signer_name="ผู้ว่าราชการจังหวัด", signer_position="ผู้ว่าราชการจังหวัด",
    )  # fmt: skip
    session.add(made)
    session.commit()
    return made.id


def test_files_keep_their_thai_names_and_never_meet_on_disk(session, persons, order):
    client = persons.client("secretary")
    for name, content in (
        (THAI_NAME, PDF),
        ("คำสั่ง.pdf", PDF + b"2"),
        ("../../../etc/passwd.pdf", PDF + b"3"),
    ):
        assert _attach(client, order, name, content).status_code == 302
    session.rollback()
    kept = session.scalars(select(Attachment).order_by(Attachment.id)).all()
    assert [one.name for one in kept] == [THAI_NAME, "คำสั่ง.pdf", "passwd.pdf"]
    assert len({one.sha256 for one in kept}) == 3
    answer = client.get(f"/admin/attachment/file/?id={kept[0].id}")
    assert answer.data == PDF
    assert quote("หนังสือเชิญ") in answer.headers["Content-Disposition"]
    foreign = persons.client("secretary", TRANG)
    assert foreign.get(f"/admin/attachment/file/?id={kept[0].id}").status_code == 404
    assert _attach(foreign, order, THAI_NAME, PDF).status_code == 404


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("ภาพ.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        ("หน้า.html", b"<html>"),
        ("ปลอม.pdf", b"MZ\x90\x00 this is no pdf"),
        ("ปลอม.png", PDF),
        ("ปลอม.docx", b"PK\x03\x04 not a zip"),
        ("บันทึก.txt", b"<script>alert(1)</script>"),
        (".pdf", PDF),
    ],
)
def test_what_a_file_is_counts_not_what_it_is_called(session, persons, order, name, content):
    client = persons.client("secretary")
    answer = _attach(client, order, name, content)
    assert answer.status_code == 302
    session.rollback()
    assert session.scalar(select(Attachment.id)) is None


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_styles_and_scripts_are_kept_by_the_browser_and_pages_are_not(app, persons):
    """A page's files bear their edition in the address; what they hold changes the edition."""
    client = persons.client("secretary")
    page = client.get("/admin/")
    assert page.headers["Cache-Control"] == "no-store"
    own = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.get_data(as_text=True))
    assert len(own) >= 4
    for address in own:
        assert address.startswith(f"/static/{front.edition()}/")
        with client.get(address) as answer:
            assert answer.status_code == 200
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    missing = client.get(own[0] + "x")
    assert missing.status_code == 404
    assert "immutable" not in missing.headers.get("Cache-Control", "")


def test_another_content_is_another_edition(monkeypatch, tmp_path):
    monkeypatch.setattr(front, "STATIC", tmp_path)
    (tmp_path / "main.js").write_text("1")
    first = front.edition.__wrapped__()
    assert front.edition.__wrapped__() == first
    (tmp_path / "main.js").write_text("2")
    assert front.edition.__wrapped__() != first


def test_a_picker_offers_only_parents_under_which_the_form_may_be_saved(session, persons):
    """A province reads its cluster's committees and meetings, but writes nothing under them."""
    cluster = cluster_of(session, LOPBURI)
    theirs = world(session, Home("กลุ่มจังหวัด", cluster_id=cluster.id))
    client = persons.client("secretary")
    own = session.scalar(select(Committee.id).where(Committee.province_id == LOPBURI))
    foreign, new = theirs[Committee].id, "/admin/meeting/new/"
    assert client.get(f"/admin/committee/details/?id={foreign}").status_code == 200
    page = client.get(new).get_data(as_text=True)
    assert f'<option value="{own}"' in page
    assert f'<option value="{foreign}"' not in page
    sent = {**open_form(client, new), "committee_id": foreign, "meets_on": "29/11/2569"}
    answer = client.post(new, data={**sent, "venue": "ห้องประชุมที่พิมพ์ไว้"})
    assert answer.status_code == 422
    assert 'id="committee_id-err"' in answer.get_data(as_text=True)
    assert "ห้องประชุมที่พิมพ์ไว้" in answer.get_data(as_text=True)
    found = client.get("/admin/meeting/lookup/?field=committee_id&q=กลุ่มจังหวัด").get_json()
    assert foreign not in [one["id"] for one in found]
