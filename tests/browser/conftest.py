"""A real browser before a real server: the full demonstration, made once, with signed-in persons.

Debian's Chromium is used where it is installed; without it these tests are skipped, unless
JANGWAT_NEED_BROWSER=1 says that a machine must have it.
"""

import fcntl
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    sync_playwright,
)
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from access import sessions
from access import viewer as who
from access.database import db, writing
from app import create_app
from entities import dates
from entities.base import table_of
from models import SignInSession, UserAccount
from settings import read

ROOT = Path(__file__).parents[2]
PASSWORD = "demo-Browser-2569"
WIDE, PHONE, NARROW = (1366, 900), (360, 760), (320, 760)
AT_HOME = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
"""No name but this machine's is found, so that nothing a page asks for leaves it."""
OWN = ("chrome-extension://mhjfbmdgcfjbbpaeojofohoefgiehjai/", "chrome://resources/")
"""Chromium's own reader of PDFs and what it is drawn with: parts of the browser."""
ROWS = table_of(SignInSession)


class Office:
    """A running demonstration: its address, and the database behind it."""

    def __init__(self, app: Flask, url: str) -> None:
        self.app, self.url = app, url

    @contextmanager
    def work(self) -> Iterator[Session]:
        """The database, acting as the system; what is committed is seen by the server."""
        with self.app.app_context(), force_locale("th"):
            token = writing.set(True)
            session = db.session()
            who.act_as(session, who.SYSTEM)
            yield session
            db.session.remove()
            writing.reset(token)

    def account_id(self, username: str) -> int:
        """The id of a demo account."""
        with self.work() as session:
            return session.scalars(
                select(UserAccount.id).where(UserAccount.username == username)
            ).one()

    def sign_in(self, username: str) -> str:
        """The cookie of a new session of an account."""
        key, user_id = secrets.token_urlsafe(32), self.account_id(username)
        with self.app.app_context(), sessions.writer() as connection:
            now = dates.now()
            connection.execute(
                ROWS.insert().values(
                    key_hash=sessions.hash_of(key), user_id=user_id, data="{}", started_at=now,
                    seen_at=now, place="127.0.0.1", agent="test",
                )
            )  # fmt: skip
        return key

    def end_sessions(self, username: str) -> None:
        """End every session of an account, as time or an administrator would."""
        user_id = self.account_id(username)
        with self.app.app_context(), sessions.writer() as connection:
            connection.execute(delete(ROWS).where(ROWS.c.user_id == user_id))


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The demonstration on SQLite, made and served by the commands that an office uses.

    The server is a process of its own: what an application keeps in memory about its
    installation must not meet that of other tests.
    """
    folder = _demonstration(tmp_path_factory)
    port = _free_port()
    told = {
        "JANGWAT_DATA": str(folder), "JANGWAT_DEMO_PASSWORD": PASSWORD, "JANGWAT_LOG": "text",
        "JANGWAT_WORKERS": "2", "PORT": str(port), "DATABASE_URL": "",
    }  # fmt: skip
    env = {**os.environ, **told}
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=env, stderr=log)
        app = create_app(read(told))
        url = f"http://127.0.0.1:{port}"
        _wait_for(f"{url}/readyz", folder / "server.log")
        yield Office(app, url)
        server.terminate()
        server.wait(20)
    with app.app_context():
        db.engine.dispose()


def _demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of one's own with the demonstration, which one worker makes for all."""
    here = tmp_path_factory.getbasetemp()
    shared = here.parent if "PYTEST_XDIST_WORKER" in os.environ else here
    made, folder = shared / "demonstration", here / "browser"
    with (shared / "demonstration.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            begun = shared / "demonstration.begun"
            shutil.rmtree(begun, ignore_errors=True)
            told = {
                "JANGWAT_DATA": str(begun),
                "JANGWAT_DEMO_PASSWORD": PASSWORD,
                "DATABASE_URL": "",
            }
            flask = [sys.executable, "-m", "flask", "--app", "app", "seed", "demo"]
            env = {**os.environ, "JANGWAT_LOG": "text", **told}
            subprocess.run(flask, cwd=ROOT, env=env, check=True, capture_output=True)
            begun.rename(made)
    shutil.copytree(made, folder)
    return folder


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait_for(url: str, log: Path) -> None:
    """Until the server answers, for half a minute; then its log says why it did not."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with suppress(OSError), urllib.request.urlopen(url) as answer:
            if answer.status == 200:
                return
        time.sleep(0.2)
    pytest.fail(f"the server does not answer: {log.read_text()[-2000:]}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, one for all tests."""
    chromium = shutil.which("chromium")
    if chromium is None:
        told = "no Chromium found (Debian: apt-get install chromium)"
        if os.environ.get("JANGWAT_NEED_BROWSER") == "1":
            pytest.fail(told)
        pytest.skip(told)
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", AT_HOME])
        yield found
        found.close()


class Watch:
    """What a page must never do: fail in a script, complain in the console, leave the machine."""

    def __init__(self, context: BrowserContext, home: str) -> None:
        self.home, self.troubles = home, list[str]()
        context.on("request", self._asked)
        context.on("console", self._heard)
        context.on("weberror", lambda error: self.troubles.append(f"script: {error.error}"))

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.home, "data:", "blob:", *OWN)):
            self.troubles.append(f"leaves the machine: {request.url}")

    def _heard(self, message: ConsoleMessage) -> None:
        refused = "the server responded with a status of"
        if message.type in ("error", "warning") and refused not in message.text:
            self.troubles.append(f"console: {message.text}")

    def take(self) -> list[str]:
        """The troubles heard since this was last asked."""
        told, self.troubles = self.troubles, []
        return told


@pytest.fixture
def watches() -> list[Watch]:
    """The watches of this test's pages."""
    return []


@pytest.fixture
def sign_in(
    office: Office, browser: Browser, watches: list[Watch]
) -> Iterator[Callable[..., Page]]:
    """A page of a signed-in person: `sign_in("secretary.lopburi", PHONE)`; nobody with ""."""
    contexts: list[BrowserContext] = []

    def open_page(username: str, size: tuple[int, int] = WIDE) -> Page:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, locale="th-TH", base_url=office.url
        )
        contexts.append(context)
        watches.append(Watch(context, office.url))
        if username:
            cookie = {"name": "jangwat", "value": office.sign_in(username), "url": office.url}
            context.add_cookies([cookie])
        page = context.new_page()
        page.set_default_timeout(8000)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [told for watch in watches for told in watch.take()] == []
