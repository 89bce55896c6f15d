"""Who is at the browser: server-side sessions, and the viewer made from one query.

The cookie holds a random key of which the database keeps only the hash. A session ends at
sign-out, at a change of password or rights, after idle minutes and after some hours. Who has
not signed in has a key without a row, until something of theirs is worth keeping.
"""

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from flask import Flask, Request, Response, g
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import (
    Connection,
    Date,
    String,
    and_,
    bindparam,
    func,
    insert,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from access import tidying
from access import viewer as who
from access.database import PREPARED, db, writing
from entities import dates
from entities.base import table_of
from entities.vocabulary import GrantScope, Language, Role
from models import (
    ClusterProvince,
    RoleGrant,
    RoleNarrowing,
    SignInSession,
    UserAccount,
    ZoneProvince,
)
from settings import Settings

S, U, G = table_of(SignInSession), table_of(UserAccount), table_of(RoleGrant)
ZP, CP, N = table_of(ZoneProvince), table_of(ClusterProvince), table_of(RoleNarrowing)
AROUND = CP.alias("around")
UNKEPT = {"csrf_token", "fs_cc", "_user_id", "_id", "_fresh"}
"""What Flask-WTF, Flask-Login and Flask-Security put here although the row tells it already."""
KEY = re.compile(r"[\w-]{43}", re.ASCII)
COOKIELESS = ("/static/", "/fonts/", "/healthz", "/readyz")
READS = {"GET", "HEAD", "OPTIONS"}


class RowSession(dict[str, Any], SessionMixin):
    """Flask's session, kept in `sign_in_session`; `viewer` is who it belongs to."""

    def __init__(
        self,
        key: str,
        csrf: Callable[[str], str],
        data: dict[str, Any],
        row: Any = None,
        viewer: who.Viewer = who.NOBODY,
    ) -> None:
        super().__init__(data)
        self.key, self.csrf, self.viewer = key, csrf, viewer
        self.row_id = row.id if row else None
        self.kept, self.halfway = json.dumps(data, sort_keys=True), data.get("tf_user_id")
        self["csrf_token"] = csrf(key)
        if viewer.is_person:
            self["_user_id"] = row.fs_uniquifier
        self.user_id: int | None = None
        self.renewed = self.ended = False

    def renew(self, user_id: int | None) -> None:
        """Go on under a key that nobody knew before; at each step of signing in, and after."""
        self.key, self.user_id, self.renewed = secrets.token_urlsafe(32), user_id, True
        self["csrf_token"] = self.csrf(self.key)
        g.pop("csrf_token", None)

    def to_keep(self) -> str:
        """What is worth writing down, as JSON."""
        return json.dumps({k: v for k, v in self.items() if k not in UNKEPT}, sort_keys=True)


@contextmanager
def writer() -> Iterator[Connection]:
    """A transaction of its own for what must be written beside the request's reading one."""
    token = writing.set(True)
    try:
        with db.engine.begin() as connection:
            yield connection
    finally:
        writing.reset(token)


def keep_with(work: Session, browser: Any) -> None:
    """Write what the browser's session holds in the transaction of a change: one commit for both.

    Whoever rolls that transaction back takes `browser.kept` back too.
    """
    if browser.row_id is not None:
        kept = browser.to_keep()
        work.connection().execute(update(S).where(S.c.id == browser.row_id).values(data=kept))
        browser.kept = kept


class Sessions(SessionInterface):
    """Opens and saves `RowSession`s."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def open_session(self, app: Flask, request: Request) -> RowSession:
        """The session behind the request's cookie, or a new one that nothing is written for yet."""
        writing.set(request.method not in READS)
        key = request.cookies.get(_cookie(request), "")
        if request.path.startswith(COOKIELESS) or not KEY.fullmatch(key):
            return self._new(secrets.token_urlsafe(32))
        row, viewer = recognise(hash_of(key), self.settings)
        if row is None:
            return self._new(secrets.token_urlsafe(32) if _was_used(hash_of(key)) else key)
        return RowSession(key, self._csrf, json.loads(row.data), row, viewer)

    def _new(self, key: str) -> RowSession:
        return RowSession(key, self._csrf, {})

    def _csrf(self, key: str) -> str:
        return hmac.new(
            self.settings.key("secret"), f"csrf {key}".encode(), hashlib.sha1
        ).hexdigest()

    def save_session(self, app: Flask, session: Any, response: Response) -> None:
        """Write what changed; a sign-in gets a new key, a sign-out ends the row."""
        from flask import request

        if session.ended:
            end(session.row_id)
            _set_cookie(response, request, "")
            return
        if session.get("tf_user_id") not in (None, session.halfway) and not session.renewed:
            session.renew(None)
        if session.renewed:
            self._replace(session, request)
        elif session.to_keep() != session.kept:
            self._keep(session, request)
        cookieless = request.path.startswith(COOKIELESS)
        if request.cookies.get(_cookie(request)) != session.key and not cookieless:
            _set_cookie(response, request, session.key)

    def _replace(self, session: Any, request: Request) -> None:
        db.session.rollback()
        now = dates.now()
        with writer() as connection:
            connection.execute(update(S).where(S.c.id == session.row_id).values(ended_at=now))
            connection.execute(
                insert(S).values(user_id=session.user_id, **self._row(session, request))
            )
            tidying.tidy(connection, self.settings, now)

    def _keep(self, session: Any, request: Request) -> None:
        db.session.rollback()
        if session.row_id is None:
            return self._begin(session, request)
        with writer() as connection:
            connection.execute(
                update(S).where(S.c.id == session.row_id).values(data=session.to_keep())
            )

    def _begin(self, session: Any, request: Request) -> None:
        """The first row of a key; of two requests at once, the second has nothing to add."""
        with suppress(IntegrityError), writer() as connection:
            connection.execute(insert(S).values(**self._row(session, request)))

    def _row(self, session: Any, request: Request) -> dict[str, Any]:
        now = dates.now()
        return {
            "key_hash": hash_of(session.key),
            "data": session.to_keep(),
            "started_at": now,
            "seen_at": now,
            "place": request.remote_addr,
            "agent": (request.user_agent.string or "")[:300],
        }


def _cookie(request: Request) -> str:
    return "__Host-jangwat" if request.is_secure else "jangwat"


def _set_cookie(response: Response, request: Request, key: str) -> None:
    """Give the browser its key; an empty one takes it away."""
    response.set_cookie(
        _cookie(request),
        key,
        max_age=None if key else 0,
        path="/",
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )


def hash_of(key: str) -> str:
    """What the database keeps of a cookie's key."""
    return hashlib.sha256(key.encode()).hexdigest()


def recognise(key_hash: str, settings: Settings) -> tuple[Any, who.Viewer]:
    """The open session of a key and its viewer, by one query; (None, nobody) where it ended."""
    now = dates.now()
    rows = (
        db.session.connection()
        .execute(_question(), {"key_hash": key_hash, "today": dates.today()})
        .all()
    )
    if not rows or _over(rows[0], settings, now):
        return None, who.NOBODY
    row = rows[0]
    if now - row.seen_at > timedelta(minutes=1):
        _seen(row.id, now)
    if row.user_id is None:
        return row, who.NOBODY
    return row, _viewer(rows)


def _was_used(key_hash: str) -> bool:
    """Whether a key ever had a row: one that ended is never used again."""
    found = db.session.connection().execute(select(S.c.id).where(S.c.key_hash == key_hash))
    return found.first() is not None


def _over(row: Any, settings: Settings, now: datetime) -> bool:
    idle = now - row.seen_at > timedelta(minutes=settings.idle_minutes)
    return bool(idle or now - row.started_at > timedelta(hours=settings.session_hours))


def _seen(session_id: int, now: datetime) -> None:
    """Write the last use at once, whatever becomes of the request: what follows begins anew."""
    db.session.rollback()
    with writer() as connection:
        connection.execute(update(S).where(S.c.id == session_id).values(seen_at=now))


@cache
def _question() -> Any:
    """Session, account, grants in force and narrowed, the provinces and clusters they mean today.

    Asked with each request, so it is put together once.
    """
    today = bindparam("today", type_=Date)

    def valid(table: Any) -> Any:
        return and_(
            table.c.valid_from <= today,
            or_(table.c.valid_to.is_(None), table.c.valid_to >= today),
            table.c.removed_at.is_(None),
        )

    grant = and_(
        G.c.user_id == U.c.id,
        G.c.removed_at.is_(None),
        G.c.starts_on <= today,
        or_(G.c.ends_on.is_(None), G.c.ends_on >= today),
    )
    narrowed = and_(
        N.c.province_id == G.c.province_id, N.c.role == G.c.role, N.c.removed_at.is_(None)
    )
    province = func.coalesce(G.c.province_id, ZP.c.province_id, CP.c.province_id)
    return (
        select(
            S.c.id,
            S.c.user_id,
            S.c.data,
            S.c.started_at,
            S.c.seen_at,
            U.c.username,
            U.c.name,
            U.c.position,
            U.c.language,
            U.c.default_province_id,
            U.c.must_change_password,
            U.c.tf_primary_method,
            U.c.fs_uniquifier,
            G.c.id.label("grant_id"),
            G.c.role,
            G.c.scope,
            G.c.cluster_id,
            G.c.agency_id,
            G.c.committee_id,
            province.label("province_id"),
            AROUND.c.cluster_id.label("around"),
            type_coerce(N.c.entity, String).label("narrowed_entity"),
            type_coerce(N.c.verb, String).label("narrowed_verb"),
        )
        .select_from(S)
        .outerjoin(U, U.c.id == S.c.user_id)
        .outerjoin(G, grant)
        .outerjoin(ZP, and_(ZP.c.zone_id == G.c.zone_id, valid(ZP)))
        .outerjoin(CP, and_(CP.c.cluster_id == G.c.cluster_id, valid(CP)))
        .outerjoin(AROUND, and_(AROUND.c.province_id == province, valid(AROUND)))
        .outerjoin(N, narrowed)
        .where(
            S.c.key_hash == bindparam("key_hash"),
            S.c.ended_at.is_(None),
            or_(U.c.id.is_(None), and_(U.c.active, U.c.removed_at.is_(None))),
        )
        .execution_options(**PREPARED)
    )


def _viewer(rows: Any) -> who.Viewer:
    row = rows[0]
    return who.Viewer(
        row.name,
        row.user_id,
        row.username,
        row.position or "",
        Language(row.language).value,
        _grants(rows),
        row.id,
        row.default_province_id,
        row.must_change_password,
        bool(row.tf_primary_method),
    )


def _grants(rows: Any) -> tuple[who.Grant, ...]:
    held: dict[int, list[Any]] = {}
    for row in rows:
        if row.grant_id is not None:
            held.setdefault(row.grant_id, []).append(row)
    return tuple(_grant(several) for several in held.values())


def _grant(rows: list[Any]) -> who.Grant:
    first, scope = rows[0], GrantScope(getattr(rows[0].scope, "value", rows[0].scope))

    def every(name: str) -> frozenset[int]:
        return frozenset(v for r in rows if (v := getattr(r, name)) is not None)

    return who.Grant(
        Role(getattr(first.role, "value", first.role)),
        scope,
        every("province_id"),
        every("cluster_id") if scope is GrantScope.CLUSTER else frozenset(),
        every("around"),
        first.agency_id,
        first.committee_id,
        frozenset((r.narrowed_entity, r.narrowed_verb) for r in rows if r.narrowed_entity),
    )


def end(row_id: int | None) -> None:
    """End one session."""
    if row_id is not None:
        db.session.rollback()
        with writer() as connection:
            connection.execute(update(S).where(S.c.id == row_id).values(ended_at=dates.now()))


def end_all(session: Session, user_id: int, keep: int | None = None) -> None:
    """End a person's sessions (but one), in the caller's transaction."""
    session.connection().execute(
        update(S)
        .where(S.c.user_id == user_id, S.c.ended_at.is_(None), S.c.id != (keep or 0))
        .values(ended_at=dates.now())
    )


def end_one(session: Session, user_id: int, session_id: int) -> bool:
    """End one of a person's sessions, in the caller's transaction; False where it is not theirs."""
    found = session.connection().execute(
        update(S)
        .where(S.c.user_id == user_id, S.c.id == session_id, S.c.ended_at.is_(None))
        .values(ended_at=dates.now())
    )
    return bool(found.rowcount)


def open_ones(session: Session, user_id: int, settings: Settings) -> list[Any]:
    """A person's sessions that still hold: id, start, last use, place and browser; newest first."""
    now = dates.now()
    return list(
        session.connection().execute(
            select(S.c.id, S.c.started_at, S.c.seen_at, S.c.place, S.c.agent)
            .where(
                S.c.user_id == user_id,
                S.c.ended_at.is_(None),
                S.c.seen_at >= now - timedelta(minutes=settings.idle_minutes),
                S.c.started_at >= now - timedelta(hours=settings.session_hours),
            )
            .order_by(S.c.seen_at.desc(), S.c.id.desc())
        )
    )


def password_of(session: Session, user_id: int | None) -> str | None:
    """What is kept of an account's password, unscoped: who acts need not read accounts."""
    asked = select(U.c.password).where(U.c.id == user_id)
    kept: str | None = session.connection().execute(asked).scalar()
    return kept


def rights_of(session: Session, user_id: int) -> list[tuple[Role, int | None]]:
    """Role and province of every grant of an account that has not run out, unscoped.

    Who gives a person a new password must know their rights elsewhere too.
    """
    rows = session.connection().execute(
        select(G.c.role, G.c.province_id).where(
            G.c.user_id == user_id,
            G.c.removed_at.is_(None),
            or_(G.c.ends_on.is_(None), G.c.ends_on >= dates.today()),
        )
    )
    return [(Role(getattr(row.role, "value", row.role)), row.province_id) for row in rows]
