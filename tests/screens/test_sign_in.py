"""Signing in and out: cookie, session, throttle, refusals, return addresses, the second step."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from access import sessions, throttle
from access.proxy import TrustedProxies
from entities import dates
from entities.vocabulary import GrantScope, Role
from models import AuditEntry, Person, SignInAttempt, SignInSession, UserAccount
from rules import accounts
from tests.conftest import LOPBURI, make_user
from tests.pages import open_form

PASSWORD = "น้ำพริกลงเรือสี่ถ้วย"
JSON = {"Accept": "application/json"}
S = SignInSession.__table__


@pytest.fixture
def somchai(session):
    """The secretary of Lop Buri with a password of his own."""
    account = make_user(
        session, "somchai", Role.SECRETARY, GrantScope.PROVINCE, province_id=LOPBURI
    )
    accounts.open_account(account, PASSWORD)
    session.commit()
    found = account.id
    session.rollback()
    return found


def token(client, **more):
    """The token of the sign-in page, as its form carries it."""
    page = client.get("/login", **more).get_data(as_text=True)
    return re.search(r'name="csrf-token" content="([^"]+)"', page)[1]


def sign_in(client, username="somchai", password=PASSWORD, headers=None, **more):
    data = {"username": username, "password": password, "csrf_token": token(client, **more)}
    return client.post("/login", data={**data, "next": ""}, headers=headers, **more)


def cookie(client, name="jangwat"):
    found = client.get_cookie(name, domain="localhost")
    return found.value if found else None


def rows(session, *where):
    session.rollback()
    return session.connection().execute(select(S).where(*where).order_by(S.c.id)).all()


def acts(session):
    session.rollback()
    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.entity == "user_account").order_by(AuditEntry.id)
    )
    return [(entry.act, entry.actor) for entry in entries if entry.act != "create"]


def test_signing_in_gives_a_new_key_of_which_only_the_hash_is_kept(app, session, somchai):
    client = app.test_client()
    first = client.get("/login")
    planted = cookie(client)
    assert "HttpOnly" in first.headers["Set-Cookie"]
    assert "SameSite=Lax" in first.headers["Set-Cookie"]
    assert rows(session) == [], "nobody's visit to the door is worth a row"
    answer = sign_in(client)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/")
    key = cookie(client)
    assert key != planted
    (row,) = rows(session)
    assert (row.user_id, row.key_hash) == (somchai, sessions.hash_of(key))
    assert key not in row.data
    assert client.get("/admin/").status_code == 200
    other = app.test_client()
    other.set_cookie("jangwat", planted, domain="localhost")
    assert other.get("/admin/").status_code == 302, "the key from before signs nobody in"
    assert acts(session)[-1] == ("sign_in", "somchai")


def test_signing_out_is_a_post_that_ends_the_row(app, session, somchai):
    client = app.test_client()
    sign_in(client)
    key = cookie(client)
    assert client.get("/logout").status_code == 405
    assert client.post("/logout").status_code == 400, "without the form's token"
    assert client.get("/admin/").status_code == 200
    page = client.get("/admin/").get_data(as_text=True)
    csrf = re.search(r'name="csrf-token" content="([^"]+)"', page)[1]
    assert client.post("/logout", data={"csrf_token": csrf}).headers["Location"] == "/login"
    assert cookie(client) is None
    assert rows(session)[0].ended_at is not None
    client.set_cookie("jangwat", key, domain="localhost")
    assert client.get("/admin/").status_code == 302
    assert cookie(client) != key, "a key that ended is never used again"
    assert acts(session)[-1] == ("sign_out", "somchai")


def test_a_session_ends_after_idle_minutes_and_after_hours(app, session, persons):
    for column, past in (("seen_at", timedelta(minutes=31)), ("started_at", timedelta(hours=12.1))):
        client = persons.client("secretary")
        assert client.get("/admin/").status_code == 200
        _set(app, cookie(client), **{column: dates.now() - past})
        assert client.get("/admin/").status_code == 302
        assert client.get("/session/state").status_code == 401
        token_now = client.get("/session/state").json["csrf"]
        kept = client.post("/session/keep", headers={"X-CSRFToken": token_now})
        assert kept.status_code == 401


def test_a_script_asks_for_the_password_once_more(app, session, somchai, persons):
    """What is sealed opens to a password just typed; a wrong one proves nothing."""
    client = persons.client_of(somchai)
    assert client.get("/session/state").json["fresh"] is False

    def prove(password):
        data = {"password": password, "csrf_token": client.csrf}
        return client.post("/account/proof", data=data, headers=JSON)

    wrong = prove("not-" + PASSWORD)
    assert (wrong.status_code, "user" in wrong.json) == (400, False)
    assert re.search("[ก-ฮ]", wrong.json["error"])
    assert client.get("/session/state").json["fresh"] is False
    right = prove(PASSWORD)
    assert (right.status_code, right.json["user"]) == (200, somchai)
    assert client.get("/session/state").json["fresh"] is True


def _set(app, key, **values):
    with app.app_context(), sessions.writer() as connection:
        connection.execute(update(S).where(S.c.key_hash == sessions.hash_of(key)).values(**values))


def test_the_last_use_is_written_once_a_minute(app, session, persons):
    client = persons.client("secretary")
    before = dates.now() - timedelta(seconds=50)
    _set(app, cookie(client), seen_at=before)
    client.get("/admin/")
    assert rows(session)[0].seen_at == before, "within the minute nothing is written"
    _set(app, cookie(client), seen_at=before - timedelta(seconds=20))
    client.get("/session/state")
    assert rows(session)[0].seen_at > before
    assert client.post("/session/keep", headers={"X-CSRFToken": client.csrf}).status_code == 204


def test_a_form_sent_after_minutes_of_silence_is_saved(app, session, persons):
    client, path = persons.client("secretary"), "/admin/person/new/"
    typed = {**open_form(client, path), "first_name": "มาลี", "last_name": "ศรีสุข"}
    before = dates.now() - timedelta(minutes=5)
    _set(app, cookie(client), seen_at=before)
    assert client.post(path, data=typed).status_code == 302
    assert rows(session)[0].seen_at > before
    assert session.scalar(select(func.count(Person.id))) == 1


def test_an_unknown_name_and_a_wrong_password_sound_the_same(app, session, somchai):
    told = []
    for username, password in (("somchai", "not the password"), ("nobody.here", PASSWORD)):
        answer = sign_in(app.test_client(), username, password, headers=JSON)
        told.append((answer.status_code, answer.json["error"]))
        page = sign_in(app.test_client(), username, password).get_data(as_text=True)
        assert answer.json["error"] in page
    assert told[0] == told[1]
    assert told[0][0] == 400
    for odd in ("x" * 9000, "a\x00b", ""):
        assert sign_in(app.test_client(), "somchai", odd).status_code in (200, 429)
    assert ("sign_in_failed", "nobody") in acts(session)


def test_a_closed_account_is_as_good_as_unknown_and_is_out_at_once(app, session, somchai):
    client = app.test_client()
    sign_in(client)
    session.get(UserAccount, somchai).active = False
    session.commit()
    assert rows(session)[-1].ended_at is not None
    assert client.get("/admin/").status_code == 302
    refused = sign_in(app.test_client(), headers=JSON)
    unknown = sign_in(app.test_client(), "nobody.here", headers=JSON)
    assert (refused.status_code, refused.json["error"]) == (400, unknown.json["error"])


def test_failures_slow_a_name_down_at_its_network_only(app, session, somchai):
    there = {"environ_base": {"REMOTE_ADDR": "127.0.0.9"}}
    for _n in range(throttle.FREE_TRIES):
        assert sign_in(app.test_client(), password="wrong wrong", headers=JSON).status_code == 400
    waiting = sign_in(app.test_client(), headers=JSON)
    assert waiting.status_code == 429
    assert 0 < int(waiting.headers["Retry-After"]) <= 2
    assert sign_in(app.test_client(), headers=JSON, **there).status_code == 429, "the same /24"
    elsewhere = {"environ_base": {"REMOTE_ADDR": "127.1.0.1"}}
    assert sign_in(app.test_client(), **elsewhere).status_code == 302
    assert throttle.seconds_to_wait(session, "another", "127.0.0.0/24") == 0


@pytest.mark.parametrize(("failures", "longest"), [(4, 0), (5, 2), (6, 4), (9, 32), (30, 900)])
def test_the_wait_doubles_up_to_a_quarter_of_an_hour(session, failures, longest):
    _fail(session, ["somchai"] * failures)
    waits = throttle.seconds_to_wait(session, "somchai", "10.0.0.0/24")
    assert longest - 2 <= waits <= longest
    assert throttle.seconds_to_wait(session, "somchai", "10.0.1.0/24") == 0


def test_a_network_that_tries_many_names_waits_too_but_shortly(session):
    _fail(session, [f"name{n}" for n in range(throttle.NETWORK_TRIES)])
    assert 0 < throttle.seconds_to_wait(session, "fresh", "10.0.0.0/24") <= 2
    _fail(session, [f"more{n}" for n in range(200)])
    assert 50 < throttle.seconds_to_wait(session, "fresh", "10.0.0.0/24") <= 60


def _fail(session, names):
    session.connection().execute(
        SignInAttempt.__table__.insert(),
        [{"at": dates.now(), "username": n, "network": "10.0.0.0/24"} for n in names],
    )


def test_a_return_address_stays_on_this_site(app, session, somchai):
    good = "/admin/committee/?search=ก&page=2"
    for next_url in (
        "//evil.example/",
        "https://evil.example/",
        "/\\evil.example",
        "\t//evil.example",
    ):
        client = app.test_client()
        data = {"username": "somchai", "password": PASSWORD, "csrf_token": token(client)}
        assert client.get("/login", query_string={"next": next_url}).status_code == 400
        assert client.post("/login", data={**data, "next": next_url}).status_code == 400
    client = app.test_client()
    page = client.get("/login", query_string={"next": good}).get_data(as_text=True)
    assert "/admin/committee/?search=ก&amp;page=2" in page
    data = {"username": "somchai", "password": PASSWORD, "csrf_token": token(client)}
    answer = client.post("/login", data={**data, "next": good})
    assert answer.headers["Location"].startswith("/admin/committee/?search=")


def test_the_sign_in_form_needs_its_own_token(app, session, somchai):
    client, stranger = app.test_client(), app.test_client()
    data = {"username": "somchai", "password": PASSWORD}
    assert client.post("/login", data=data).status_code == 400
    assert client.post("/login", data={**data, "csrf_token": token(stranger)}).status_code == 400
    assert rows(session) == []


def test_a_form_that_outlived_its_session_signs_in_from_a_script(app, session, somchai):
    client = app.test_client()
    assert client.get("/session/state").status_code == 401
    csrf = client.get("/session/state").json["csrf"]
    data = {"username": "somchai", "password": PASSWORD}
    answer = client.post("/login", data=data, headers={**JSON, "X-CSRFToken": csrf})
    assert (answer.status_code, answer.json["user"]) == (200, somchai)
    kept = client.post("/session/keep", headers={"X-CSRFToken": answer.json["csrf"]})
    assert kept.status_code == 204, "the token that came with the answer is that of the new key"
    again = client.post("/login", data=data, headers={**JSON, "X-CSRFToken": answer.json["csrf"]})
    assert (again.status_code, again.json["user"]) == (200, somchai)


# Connections and proxies.


@pytest.fixture
def proxied(app, monkeypatch):
    """The application behind the proxies of 10.1.1.0/24."""
    inner = TrustedProxies(app.wsgi_app.app, ["10.1.1.0/24"])
    monkeypatch.setattr(app, "wsgi_app", inner)
    return app


TOLD = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "localhost", "X-Forwarded-For": "9.9.9.9"}


def _through(address):
    return {"environ_base": {"REMOTE_ADDR": address}, "headers": TOLD}


def test_over_tls_by_a_trusted_proxy_the_cookie_is_bound_to_host_and_tls(proxied, session, somchai):
    client = proxied.test_client()
    page = client.get("/login", **_through("10.1.1.7"))
    told = page.headers["Set-Cookie"]
    assert told.startswith("__Host-jangwat=")
    for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert flag in told
    assert "Domain" not in told
    assert "max-age=" in page.headers["Strict-Transport-Security"]
    csrf = re.search(r'name="csrf-token" content="([^"]+)"', page.get_data(as_text=True))[1]
    data = {"username": "somchai", "password": PASSWORD, "csrf_token": csrf}
    secure = {**_through("10.1.1.7"), "base_url": "https://localhost"}
    secure["headers"] = {**TOLD, "Referer": "https://localhost/login"}
    assert client.post("/login", data=data, **secure).status_code == 302
    assert rows(session)[-1].place == "9.9.9.9"


def test_nobody_else_is_believed_and_an_unnamed_proxy_is_not_this_machine(
    proxied, session, somchai
):
    for address in ("10.1.2.7", "127.0.0.1", "::1", "not an address"):
        answer = proxied.test_client().get("/login", **_through(address))
        assert "__Host-" not in answer.headers["Set-Cookie"]
        assert 'name="password"' not in answer.get_data(as_text=True)


def test_a_named_proxy_that_tells_nothing_is_not_taken_for_the_browser(app, monkeypatch):
    named = TrustedProxies(app.wsgi_app.app, ["127.0.0.1"])
    monkeypatch.setattr(app, "wsgi_app", named)
    page = app.test_client().get("/login").get_data(as_text=True)
    assert 'name="password"' not in page


def test_over_plain_http_elsewhere_signing_in_is_refused_and_says_why(app, session, somchai):
    far = {"environ_base": {"REMOTE_ADDR": "10.9.9.9"}, "base_url": "http://office.example"}
    client = app.test_client()
    page = client.get("/login", **far).get_data(as_text=True)
    assert 'name="password"' not in page
    csrf = re.search(r'name="csrf-token" content="([^"]+)"', page)[1]
    data = {"username": "somchai", "password": PASSWORD, "csrf_token": csrf}
    refused = client.post("/login", data=data, headers=JSON, **far)
    assert refused.status_code == 403
    assert refused.json["error"] in page
    assert rows(session, S.c.user_id == somchai) == []
    assert acts(session)[-1] == ("refused", "nobody")
    for host in ("127.0.0.1.evil.example", "localhost.evil.example"):
        spoofed = app.test_client().get("/login", base_url=f"http://{host}")
        assert 'name="password"' not in spoofed.get_data(as_text=True)
    for host in ("127.0.0.1:8000", "[::1]:8000", "localhost:5000"):
        near = app.test_client().get("/login", base_url=f"http://{host}")
        assert 'name="password"' in near.get_data(as_text=True)


def test_the_settings_name_a_wrong_proxy():
    with pytest.raises(ValueError, match=r"JANGWAT_TRUSTED_PROXIES: 'proxy\.example'"):
        TrustedProxies(lambda *_: [], ["10.0.0.1", "proxy.example"])


def test_a_demonstration_answers_on_its_own_machine_only(app, session, persons, monkeypatch):
    monkeypatch.setitem(app.extensions["jangwat"].deployment, "kind", "demo")
    make_user(
        session, "secretary.lopburi", Role.SECRETARY, GrantScope.PROVINCE, province_id=LOPBURI
    )
    session.rollback()
    far = {"environ_base": {"REMOTE_ADDR": "10.9.9.9"}}
    assert app.test_client().get("/login", **far).status_code == 403
    assert app.test_client().get("/login", base_url="http://demo.example").status_code == 403
    assert app.test_client().get("/healthz", **far).status_code == 200
    page = app.test_client().get("/login").get_data(as_text=True)
    assert 'data-fill-user="secretary.lopburi"' in page
    assert "demo-password.txt" in page


def test_nothing_of_the_library_stands_open_that_has_no_page_of_ours(app):
    shown = {r.endpoint for r in app.url_map.iter_rules() if r.endpoint.startswith("security.")}
    assert shown == {
        "security.login",
        "security.logout",
        "security.verify",
        "security.two_factor_token_validation",
        "security.mf_recovery",
        "security.mf_recovery_codes",
        "security.two_factor_setup",
        "security.two_factor_setup_validate",
        "security.two_factor_rescue",
        "security.tf_select",
    }
    client = app.test_client()
    for path in ("/tf-setup", "/tf-rescue", "/tf-select"):
        assert client.get(path).status_code == 404
    assert client.get("/register").status_code == 404


def test_attempts_are_forgotten_after_a_day(app, session, somchai):
    old = {"at": dates.now() - timedelta(days=2), "username": "x", "network": "10.0.0.0/24"}
    with app.app_context(), sessions.writer() as connection:
        connection.execute(SignInAttempt.__table__.insert().values(**old))
    sign_in(app.test_client(), password="wrong wrong")
    assert session.connection().scalar(select(func.count()).select_from(SignInAttempt)) == 1
