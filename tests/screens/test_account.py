"""The pages about oneself, the second step, and what administrators may do to accounts."""

import json
import re
import time

import pytest
from flask_security import verify_password
from sqlalchemy import select

from access import audit, sessions
from admin_views import account as pages
from entities import dates
from entities.vocabulary import GrantScope, Role
from models import AuditEntry, RoleGrant, SignInSession, Submission, UserAccount
from rules import accounts
from tests.conftest import LOPBURI, TRANG, make_user
from tests.pages import open_form
from tests.screens.test_sign_in import JSON, PASSWORD, cookie, rows, sign_in, somchai, token

NEXT = "ลมหนาวพัดมาแล้วหนอ"
S = SignInSession.__table__
__all__ = ["somchai"]


def csrf(client, path="/account/"):
    page = client.get(path).get_data(as_text=True)
    return re.search(r'name="csrf-token" content="([^"]+)"', page)[1]


def signed_in(app, username="somchai", password=PASSWORD):
    client = app.test_client()
    assert sign_in(client, username, password).status_code == 302
    return client


def change(client, present=PASSWORD, chosen=NEXT, again=None):
    data = {"password": present, "new_password": chosen, "new_password_confirm": again or chosen}
    data["csrf_token"] = csrf(client, "/account/password")
    return client.post("/account/password", data=data)


def person(session, role, username, password=PASSWORD, **target):
    scope = GrantScope.PROVINCE if target.get("province_id") else GrantScope.NATION
    found = make_user(session, username, Role(role), scope, **target)
    accounts.open_account(found, password)
    found.tf_primary_method = None
    session.commit()
    key = found.id
    session.rollback()
    return key


def entries(session, account_id):
    session.rollback()
    return session.scalars(
        select(AuditEntry)
        .where(AuditEntry.entity == "user_account", AuditEntry.record_id == account_id)
        .order_by(AuditEntry.id)
    ).all()


def test_the_pages_are_the_own_ones_and_need_a_person(app, session, somchai):
    for path in ("/account/", "/account/password", "/account/sessions", "/account/two-step"):
        answer = app.test_client().get(path)
        assert answer.headers["Location"].startswith("/login?next=/account"), path
    client = signed_in(app)
    page = client.get("/account/").get_data(as_text=True)
    assert "somchai" in page
    assert "ลพบุรี" in page
    for path in ("password", "sessions", "two-step", "recovery-codes", "proof"):
        assert client.get(f"/account/{path}").status_code == 200, path


def test_a_password_is_changed_with_the_old_one_and_the_rules(app, session, somchai):
    client, elsewhere = signed_in(app), signed_in(app)
    for fields in (
        {"present": "not my password"},
        {"chosen": "short"},
        {"chosen": "x" * 200},
        {"chosen": PASSWORD},
        {"chosen": NEXT, "again": NEXT + "!"},
    ):
        answer = change(client, **fields)
        assert answer.status_code == 422, fields
        assert 'aria-invalid="true"' in answer.get_data(as_text=True)
    before = cookie(client)
    assert change(client).status_code == 302
    assert cookie(client) != before
    assert client.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302, "the other sign-in has ended"
    assert sign_in(app.test_client(), headers=JSON).status_code == 400
    signed_in(app, password=NEXT)
    told = [e for e in entries(session, somchai) if '"password"' in e.changes]
    assert [(e.act, e.actor, e.changes) for e in told] == [
        ("edit", "somchai", json.dumps({"password": [None, audit.MASK]}, ensure_ascii=False))
    ]
    assert audit.verify(session)[1] == []


def test_the_username_is_no_password(app, session):
    person(session, "secretary", "longenoughname", province_id=LOPBURI)
    client = signed_in(app, "longenoughname")
    assert change(client, chosen="LongEnoughName").status_code == 422


def test_guessing_the_old_password_is_slowed(app, session, somchai):
    client = signed_in(app)
    for _n in range(5):
        assert change(client, present="not my password").status_code == 422
    assert change(client).status_code == 429


def test_a_one_time_password_leads_to_a_new_one_before_anything_else(app, session, somchai):
    once = accounts.open_account(session.get(UserAccount, somchai))
    session.commit()
    client = app.test_client()
    data = {"username": "somchai", "password": once}
    told = client.post("/login", data=data, headers={**JSON, "X-CSRFToken": token(client)})
    assert told.json["verify"] == "/account/password"
    for path in ("/admin/", "/admin/committee/", "/account/", "/account/sessions"):
        assert client.get(path).headers["Location"] == "/account/password", path
    refused = client.post(
        "/admin/committee/new/", data={"csrf_token": csrf(client, "/account/password")}
    )
    assert refused.status_code == 403
    assert 'href="/account/password"' in refused.get_data(as_text=True)
    with client.get(f"{app.static_url_path}/css/jangwat.css") as sheet:
        assert sheet.status_code == 200
    assert _shell(client, "/account/password") == (False, False)
    answer = change(client, present=once)
    assert answer.headers["Location"] == "/admin/"
    assert _shell(client, "/admin/") == (True, True)


def _shell(client, at):
    """Whether a page offers the menu, and the search with the numbers that are asked for after it."""
    page = client.get(at).get_data(as_text=True)
    return 'data-key="committee"' in page, 'id="waiting"' in page


def test_own_sessions_are_listed_and_ended_and_no_others(app, session, persons, somchai):
    here, there = signed_in(app), signed_in(app)
    stranger = persons.client("finance")
    mine, other = rows(session, S.c.user_id == somchai)
    foreign = rows(session, S.c.user_id != somchai)[0]
    page = here.get("/account/sessions").get_data(as_text=True)
    assert f"/account/sessions/{other.id}/end" in page
    assert f"/account/sessions/{foreign.id}/end" not in page
    form = {"csrf_token": csrf(here)}
    assert here.post(f"/account/sessions/{foreign.id}/end", data=form).status_code == 404
    assert stranger.get("/admin/").status_code == 200
    assert here.post(f"/account/sessions/{other.id}/end", data=form).status_code == 302
    assert there.get("/admin/").status_code == 302
    third = signed_in(app)
    assert here.post("/account/sessions/end-others", data=form).status_code == 302
    assert third.get("/admin/").status_code == 302
    assert here.get("/admin/").status_code == 200
    assert here.post(f"/account/sessions/{mine.id}/end", data=form).headers["Location"] == "/login"
    assert here.get("/admin/").status_code == 302
    assert [e.act for e in entries(session, somchai)].count("sign_out") == 3


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/129.0 Safari/537.36 Edg/129.0", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Firefox/130.0", "Firefox · Linux"),
        ("curl/8.5.0", "curl/8.5.0"),
    ],
)
def test_a_browser_is_called_by_its_name(agent, told):
    assert pages.browser(agent) == told


# The second step.


def totp(app, secret, ahead=0):
    factory = app.extensions["security"].totp_factory._totp
    return factory.from_source(secret).generate(time=time.time() + ahead).token


def set_up(app, client, session):
    """Set the second step up as a person does; returns the secret and the recovery codes."""
    form = {"csrf_token": csrf(client)}
    assert client.post("/account/two-step", data={**form, "act": "begin"}).status_code == 302
    page = client.get("/account/two-step").get_data(as_text=True)
    assert "data:image/svg+xml;base64," in page
    wrong = client.post("/account/two-step", data={**form, "act": "confirm", "code": "000000"})
    assert wrong.status_code == 422
    picture = re.search(r'src="(data:image[^"]+)"', page)[1]
    assert picture in wrong.get_data(as_text=True), "a slip does not change the key"
    secret = json.loads(rows(session, S.c.ended_at.is_(None))[-1].data)["new_totp"]
    code = totp(app, secret)
    done = client.post("/account/two-step", data={**form, "act": "confirm", "code": code})
    assert done.headers["Location"] == "/account/recovery-codes"
    form = {"csrf_token": csrf(client), "generate_new_codes": "1"}
    page = client.post("/account/recovery-codes", data=form).get_data(as_text=True)
    return secret, re.findall(r"<code>([0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4})</code>", page)


def first_step(app, next_url="/admin/committee/"):
    client = app.test_client()
    data = {"username": "somchai", "password": PASSWORD, "csrf_token": token(client)}
    answer = client.post("/login", data={**data, "next": next_url})
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login/code?next=")
    return client, answer.headers["Location"]


def second_step(client, url, code):
    return client.post(url, data={"code": code, "csrf_token": csrf(client, url)})


def test_signing_in_takes_a_code_that_opens_the_door_once(app, session, somchai):
    secret, codes = set_up(app, signed_in(app), session)
    assert len(codes) == 8
    kept = session.get(UserAccount, somchai)
    session.refresh(kept)
    assert codes[0] not in str(kept.mf_recovery_codes)
    client, url = first_step(app)
    halfway = cookie(client)
    assert client.get("/admin/").status_code == 302, "half-way is not in"
    assert second_step(client, url, "000000").status_code == 200
    code = totp(app, secret, ahead=30)
    answer = second_step(client, url, code)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/committee/")
    assert client.get("/admin/committee/").status_code == 200
    assert cookie(client) != halfway
    assert client.get(url).headers["Location"] == "/admin/"
    again, url = first_step(app)
    assert second_step(again, url, code).status_code == 200, "the same code serves nobody again"
    assert again.get("/admin/").status_code == 302
    used = session.scalars(select(Submission.form_id).where(Submission.user_id == somchai)).all()
    assert all(one.startswith(f"code {somchai} ") for one in used)
    told = [e.changes for e in entries(session, somchai)]
    assert any('"two_step": [null, "on"]' in changes for changes in told)
    assert secret not in "".join(told)


def test_a_recovery_code_opens_the_door_once(app, session, somchai):
    _secret, codes = set_up(app, signed_in(app), session)
    client, url = first_step(app)
    recovery = url.replace("/login/code", "/login/recovery")
    assert second_step(client, recovery, "0000-0000-0000").status_code == 200
    loose = codes[0].replace("-", "").upper()
    assert second_step(client, recovery, loose).headers["Location"] == "/admin/committee/"
    assert client.get("/admin/").status_code == 200
    again, url = first_step(app)
    assert second_step(again, recovery, codes[0]).status_code == 200
    assert again.get("/admin/").status_code == 302
    assert second_step(again, recovery, codes[1]).status_code == 302
    page = again.get("/account/recovery-codes?show_codes=1").get_data(as_text=True)
    assert [c in page for c in codes] == [False, False, *[True] * 6]


def test_codes_are_not_guessed_at_leisure_and_a_new_password_ends_the_half_way(
    app, session, somchai
):
    secret, codes = set_up(app, signed_in(app), session)
    client, url = first_step(app)
    for _n in range(5):
        assert second_step(client, url, "000000").status_code == 200
    code = totp(app, secret, ahead=30)
    assert second_step(client, url, code).status_code == 429
    recovery = url.replace("/login/code", "/login/recovery")
    assert second_step(client, recovery, codes[0]).status_code == 429
    session.rollback()
    accounts.open_account(session.get(UserAccount, somchai), NEXT)
    session.commit()
    gone = client.post(url, data={"code": code, "csrf_token": token(client)})
    assert gone.headers["Location"] == "/login"


def test_a_script_is_led_to_the_second_step(app, session, somchai):
    set_up(app, signed_in(app), session)
    client = app.test_client()
    data = {"username": "somchai", "password": PASSWORD}
    told = client.post("/login", data=data, headers={**JSON, "X-CSRFToken": token(client)})
    assert (told.status_code, told.json["verify"]) == (200, "/login/code?next=/admin/")


def test_the_second_step_needs_a_fresh_password_and_can_be_turned_off(
    app, session, somchai, persons
):
    stale = persons.client_of(somchai)
    form = {"csrf_token": stale.csrf, "act": "begin"}
    proof = stale.post("/account/two-step", data=form).headers["Location"]
    assert proof == "/account/proof?next=/account/two-step"
    assert stale.get("/account/recovery-codes").headers["Location"].startswith("/account/proof")
    wrong = stale.post(proof, data={"password": "not mine", "csrf_token": stale.csrf})
    assert wrong.status_code == 200
    right = stale.post(proof, data={"password": PASSWORD, "csrf_token": stale.csrf})
    assert right.headers["Location"] == "/account/two-step"
    set_up(app, stale, session)
    off = stale.post("/account/two-step", data={"csrf_token": csrf(stale), "act": "off"})
    assert off.status_code == 302
    kept = session.get(UserAccount, somchai)
    session.refresh(kept)
    assert (kept.tf_primary_method, kept.tf_totp_secret, kept.mf_recovery_codes) == (None,) * 3
    signed_in(app)
    assert [e.actor for e in entries(session, somchai) if "two_step" in e.changes] == [
        "somchai"
    ] * 2


@pytest.mark.parametrize("role", ["ministry_admin", "province_admin"])
def test_administrators_set_the_second_step_up_first(app, session, role, monkeypatch):
    target = {"province_id": LOPBURI} if role == "province_admin" else {}
    person(session, role, "somchai", **target)
    client = signed_in(app)
    assert client.get("/admin/").headers["Location"] == "/account/two-step"
    assert client.get("/admin/user_account/").headers["Location"] == "/account/two-step"
    assert client.get("/account/sessions").status_code == 200
    assert _shell(client, "/account/two-step") == (False, False)
    set_up(app, client, session)
    assert client.get("/admin/user_account/").status_code == 200
    off = client.post("/account/two-step", data={"csrf_token": csrf(client), "act": "off"})
    assert off.status_code == 302
    session.rollback()
    assert session.scalar(
        select(UserAccount.tf_primary_method).where(UserAccount.username == "somchai")
    )


def test_in_a_demonstration_the_second_step_is_only_offered(app, session, monkeypatch):
    monkeypatch.setitem(app.extensions["jangwat"].deployment, "kind", "demo")
    person(session, "province_admin", "somchai", province_id=LOPBURI)
    client = signed_in(app)
    assert client.get("/admin/user_account/").status_code == 200
    page = client.get("/account/two-step?lang=en").get_data(as_text=True)
    assert "In this demonstration it is only offered" in page


# What administrators do to accounts.


def test_an_account_made_on_the_screen_shows_its_password_once(app, session, persons):
    admin = persons.client("province_admin")
    form = open_form(admin, "/admin/user_account/new/")
    data = {**form, "username": "New.Clerk", "name": "เสมียนใหม่", "active": "y"}
    page = admin.post("/admin/user_account/new/", data=data).get_data(as_text=True)
    once = re.search(r'<code class="once">([^<]+)</code>', page)[1]
    again = admin.post("/admin/user_account/new/", data=data)
    assert again.status_code == 302, "the second press makes nothing new"
    account = session.scalar(select(UserAccount).where(UserAccount.username == "new.clerk"))
    assert account.province_id == LOPBURI
    assert account.must_change_password
    assert once not in account.password
    assert all(once not in row.data for row in rows(session))
    assert once not in admin.get(f"/admin/user_account/details/?id={account.id}").get_data(
        as_text=True
    )
    client = app.test_client()
    assert sign_in(client, "new.clerk", once).status_code == 302
    assert client.get("/admin/").headers["Location"] == "/account/password"


def test_an_administrator_gives_a_one_time_password(app, session, persons, somchai):
    client, admin = signed_in(app), persons.client("province_admin")
    act = f"/admin/user_account/reset/?id={somchai}"
    assert act in admin.get(f"/admin/user_account/details/?id={somchai}").get_data(as_text=True)
    for other in (persons.client("secretary"), persons.client("province_admin", TRANG)):
        assert other.post(act, data={"csrf_token": other.csrf}).status_code in (403, 404)
    page = admin.post(act, data={"csrf_token": admin.csrf}).get_data(as_text=True)
    once = re.search(r'<code class="once">([^<]+)</code>', page)[1]
    assert client.get("/admin/").status_code == 302, "every sign-in has ended"
    kept = session.get(UserAccount, somchai)
    session.refresh(kept)
    assert verify_password(once, kept.password)
    assert entries(session, somchai)[-1].actor == "province_admin.16"
    assert sign_in(app.test_client(), "somchai", once).status_code == 302


def test_nobody_gets_into_a_higher_account_by_its_password(app, session, persons):
    admin, admin_id = persons.client("province_admin"), persons.user_id("province_admin")
    above = make_user(session, "above", Role.SECRETARY, GrantScope.PROVINCE, province_id=LOPBURI)
    held = {"starts_on": dates.today(), "scope": GrantScope.NATION}
    session.add(RoleGrant(user_id=above.id, role=Role.AUDITOR, **held))
    abroad = make_user(session, "abroad", Role.SECRETARY, GrantScope.PROVINCE, province_id=LOPBURI)
    held |= {"scope": GrantScope.PROVINCE, "province_id": TRANG}
    session.add(RoleGrant(user_id=abroad.id, role=Role.SECRETARY, **held))
    session.commit()
    for account_id in (above.id, abroad.id, admin_id):
        session.rollback()
        was = session.scalar(select(UserAccount.password).where(UserAccount.id == account_id))
        session.rollback()
        for act in ("reset", "forget-step"):
            answer = admin.post(
                f"/admin/user_account/{act}/?id={account_id}", data={"csrf_token": admin.csrf}
            )
            assert answer.status_code in (302, 404)
        session.rollback()
        now = session.scalar(select(UserAccount.password).where(UserAccount.id == account_id))
        assert now == was


def test_a_lost_telephone_is_forgotten_by_an_administrator(app, session, persons, somchai):
    set_up(app, signed_in(app), session)
    admin = persons.client("province_admin")
    act = f"/admin/user_account/forget-step/?id={somchai}"
    assert act in admin.get(f"/admin/user_account/details/?id={somchai}").get_data(as_text=True)
    assert admin.post(act, data={"csrf_token": admin.csrf}).status_code == 302
    assert signed_in(app).get("/admin/").status_code == 200


def test_the_check_knows_who_signs_in_by_one_step(app, session, persons):
    def told():
        session.rollback()
        return app.test_cli_runner().invoke(args=["check"]).output

    assert "BAD  somebody can sign in as an administrator" in told()
    persons.user_id("province_admin")
    assert "ok   somebody can sign in as an administrator" in told()
    assert "set it up" not in told()
    person(session, "province_admin", "one.step", province_id=TRANG)
    assert "at their next sign-in they set it up: one.step" in told()


def grant(client, **values):
    form = open_form(client, "/admin/role_grant/new/")
    data = {**form, "starts_on": dates.input_date(dates.today()), "ends_on": "", **values}
    return client.post("/admin/role_grant/new/", data=data)


def test_a_province_gives_its_own_roles_in_its_own_province_only(app, session, persons, somchai):
    admin, admin_id = persons.client("province_admin"), persons.user_id("province_admin")
    foreigner = persons.user_id("secretary", TRANG)
    for values in (
        {"user_id": somchai, "role": "auditor", "scope": "nation"},
        {"user_id": somchai, "role": "secretary", "scope": "nation"},
        {"user_id": admin_id, "role": "governor", "scope": "province", "province_id": LOPBURI},
        {"user_id": foreigner, "role": "planner", "scope": "province", "province_id": LOPBURI},
    ):
        assert grant(admin, **values).status_code in (403, 422), values
    session.rollback()
    assert session.scalars(select(RoleGrant.role).where(RoleGrant.user_id == somchai)).all() == [
        Role.SECRETARY
    ]
    client = persons.client_of(somchai)
    session.rollback()
    given = {"user_id": somchai, "role": "planner", "scope": "province", "province_id": TRANG}
    assert grant(admin, **given).status_code == 302
    session.rollback()
    homes = session.scalars(select(RoleGrant.province_id).where(RoleGrant.user_id == somchai)).all()
    assert homes == [LOPBURI, LOPBURI], "a province typed into the address of the form is not heard"
    session.rollback()
    assert client.get("/admin/").status_code == 302, "new rights begin with a new sign-in"


def test_a_grant_that_runs_out_needs_no_new_sign_in(app, session, persons, somchai):
    client = persons.client_of(somchai)
    assert client.get("/admin/committee/").status_code == 200
    held = session.scalar(select(RoleGrant).where(RoleGrant.user_id == somchai))
    table = RoleGrant.__table__
    yesterday = dates.today().replace(year=dates.today().year - 1)
    held_id = held.id
    session.rollback()
    with app.app_context(), sessions.writer() as connection:
        connection.execute(table.update().where(table.c.id == held_id).values(ends_on=yesterday))
    assert client.get("/admin/committee/").status_code == 403
    assert client.get("/account/").status_code == 200
