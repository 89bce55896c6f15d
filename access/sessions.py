"""Who is at the browser: server-side sessions, and the viewer made from one query.

The cookie holds a random key of which the database keeps only the hash. A session ends at
sign-out, at a change of password or rights, after idle minutes and after some hours.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import Connection, and_, delete, func, insert, or_, select, update

from access import viewer as who
from access.database import db, writing
from entities import dates
from entities.base import table_of
from entities.vocabulary import GrantScope, Role
from models import ClusterProvince, RoleGrant, SignInSession, UserAccount, ZoneProvince
from settings import Settings

S, U, G = table_of(SignInSession), table_of(UserAccount), table_of(RoleGrant)
ZP, CP = table_of(ZoneProvince), table_of(ClusterProvince)
AROUND = CP.alias("around")
UNKEPT = {"csrf_token", "fs_cc"}
COOKIELESS = ("/static/", "/fonts/", "/healthz", "/readyz")
READS = {"GET", "HEAD", "OPTIONS"}


class RowSession(dict[str, Any], SessionMixin):
    """Flask's session, kept in `sign_in_session`; `viewer` is who it belongs to."""

    def __init__(
        self, key: str, csrf: str, data: dict[str, Any], row_id: int | None, viewer: who.Viewer
    ) -> None:
        super().__init__(data)
        self.key, self.row_id, self.viewer = key, row_id, viewer
        self.kept = json.dumps(data, sort_keys=True)
        self["csrf_token"] = csrf
        self.signed_in_as: int | None = None
        self.ended = False

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


class Sessions(SessionInterface):
    """Opens and saves `RowSession`s."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def open_session(self, app: Flask, request: Request) -> RowSession:
        """The session behind the request's cookie, or a new one that nothing is written for yet."""
        writing.set(request.method not in READS)
        key = request.cookies.get(_cookie(request), "")
        if request.path.startswith(COOKIELESS):
            return self._new()
        row, viewer = recognise(hash_of(key), self.settings) if key else (None, who.NOBODY)
        if row is None:
            return self._new()
        return RowSession(key, self._csrf(key), json.loads(row.data), row.id, viewer)

    def _new(self) -> RowSession:
        key = secrets.token_urlsafe(32)
        return RowSession(key, self._csrf(key), {}, None, who.NOBODY)

    def _csrf(self, key: str) -> str:
        return hmac.new(
            self.settings.key("secret"), f"csrf {key}".encode(), hashlib.sha1
        ).hexdigest()

    def save_session(self, app: Flask, session: Any, response: Response) -> None:
        """Write what changed; a sign-in gets a new key, a sign-out ends the row."""
        from flask import request

        if session.signed_in_as is not None:
            self._renew(session, request)
        elif session.ended:
            end(session.row_id)
            response.delete_cookie(
                _cookie(request), path="/", secure=request.is_secure, httponly=True
            )
            return
        elif session.to_keep() != session.kept:
            self._keep(session, request)
        if request.cookies.get(_cookie(request)) != session.key and not request.path.startswith(
            COOKIELESS
        ):
            response.set_cookie(
                _cookie(request),
                session.key,
                path="/",
                secure=request.is_secure,
                httponly=True,
                samesite="Lax",
            )

    def _renew(self, session: Any, request: Request) -> None:
        old, session.key = session.row_id, secrets.token_urlsafe(32)
        session.pop("csrf_token", None)
        db.session.rollback()
        with writer() as connection:
            if old is not None:
                connection.execute(update(S).where(S.c.id == old).values(ended_at=dates.now()))
            connection.execute(
                insert(S).values(user_id=session.signed_in_as, **self._row(session, request))
            )
            stale = dates.now() - timedelta(days=1)
            connection.execute(delete(S).where(S.c.user_id.is_(None), S.c.seen_at < stale))

    def _keep(self, session: Any, request: Request) -> None:
        db.session.rollback()
        with writer() as connection:
            if session.row_id is None:
                connection.execute(insert(S).values(**self._row(session, request)))
            else:
                connection.execute(
                    update(S).where(S.c.id == session.row_id).values(data=session.to_keep())
                )

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


def hash_of(key: str) -> str:
    """What the database keeps of a cookie's key."""
    return hashlib.sha256(key.encode()).hexdigest()


def recognise(key_hash: str, settings: Settings) -> tuple[Any, who.Viewer]:
    """The open session of a key and its viewer, by one query; (None, nobody) where it ended."""
    now = dates.now()
    rows = (
        db.session.connection()
        .execute(_question(dates.today()).where(S.c.key_hash == key_hash))
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


def _over(row: Any, settings: Settings, now: datetime) -> bool:
    idle = now - row.seen_at > timedelta(minutes=settings.idle_minutes)
    return bool(idle or now - row.started_at > timedelta(hours=settings.session_hours))


def _seen(session_id: int, now: datetime) -> None:
    statement = update(S).where(S.c.id == session_id).values(seen_at=now)
    if writing.get():
        db.session.connection().execute(statement)
        db.session.connection().commit()
        return
    db.session.rollback()
    with writer() as connection:
        connection.execute(statement)


def _question(today: Any) -> Any:
    """Session, account, grants in force, and the provinces and clusters that they mean today."""

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
            G.c.id.label("grant_id"),
            G.c.role,
            G.c.scope,
            G.c.cluster_id,
            G.c.agency_id,
            G.c.committee_id,
            province.label("province_id"),
            AROUND.c.cluster_id.label("around"),
        )
        .select_from(S)
        .outerjoin(U, U.c.id == S.c.user_id)
        .outerjoin(G, grant)
        .outerjoin(ZP, and_(ZP.c.zone_id == G.c.zone_id, valid(ZP)))
        .outerjoin(CP, and_(CP.c.cluster_id == G.c.cluster_id, valid(CP)))
        .outerjoin(AROUND, and_(AROUND.c.province_id == province, valid(AROUND)))
        .where(
            S.c.ended_at.is_(None),
            or_(U.c.id.is_(None), and_(U.c.active, U.c.removed_at.is_(None))),
        )
    )


def _viewer(rows: Any) -> who.Viewer:
    row = rows[0]
    return who.Viewer(
        row.name,
        row.user_id,
        row.username,
        row.position or "",
        row.language,
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
    )


def end(row_id: int | None) -> None:
    """End one session."""
    if row_id is not None:
        db.session.rollback()
        with writer() as connection:
            connection.execute(update(S).where(S.c.id == row_id).values(ended_at=dates.now()))


def end_all(connection: Connection, user_id: int, keep: int | None = None) -> None:
    """End a person's sessions (but one), in the caller's transaction."""
    connection.execute(
        update(S)
        .where(S.c.user_id == user_id, S.c.ended_at.is_(None), S.c.id != (keep or 0))
        .values(ended_at=dates.now())
    )
