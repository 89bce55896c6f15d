"""Signing in and out: Flask-Security with the office's own session, throttle and pages."""

import ipaddress
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask, render_template, request, session
from flask_babel import gettext as _
from flask_login import user_logged_in, user_logged_out
from flask_security import Security, SQLAlchemyUserDatastore, UsernameUtil, uia_username_mapper
from flask_security.forms import LoginForm
from sqlalchemy import func, insert, select
from wtforms import HiddenField
from wtforms.validators import Optional

from access import audit, sessions
from access import viewer as who
from access.database import db
from entities import dates
from entities.vocabulary import Act
from models import RoleGrant, SignInAttempt, UserAccount

FREE_TRIES, WINDOW, LONGEST = 5, timedelta(minutes=15), timedelta(minutes=15)
NETWORK_TRIES = 60
A = SignInAttempt.__table__


class Usernames(UsernameUtil):  # type: ignore[misc]
    """Our usernames have dots; whether one is well formed is told when an account is made."""

    def normalize(self, username: str) -> str:
        """As accounts are kept: small letters, nothing around them."""
        return username.replace("\x00", "").strip().lower()[:100]

    def validate(self, username: str) -> tuple[str | None, str | None]:
        """Anything may be tried at the door."""
        return None, self.normalize(username) or None


class SignInForm(LoginForm):
    """Username and password; slows down whoever keeps failing from one network."""

    email = HiddenField(validators=[Optional()])
    remember = None

    def validate(self, **kwargs: Any) -> bool:
        username = (self.username.data or "").strip().lower()[:100]
        refused = refused_here()
        wait = seconds_to_wait(username, network(request.remote_addr))
        if refused or wait:
            told = refused or _(
                "Too many failed attempts. Try again in %(seconds)s seconds.", seconds=wait
            )
            self.form_errors = [told]
            return False
        self.username.data = username
        if super().validate(**kwargs):
            return True
        _note_failure(username)
        return False


def network(address: str | None) -> str:
    """The network of an address: /24 of IPv4, /64 of IPv6."""
    try:
        ip = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network((ip, 24 if ip.version == 4 else 64), strict=False))


def seconds_to_wait(username: str, from_network: str) -> int:
    """How long this name must wait at this network; elsewhere it is free to sign in."""
    since = dates.now() - WINDOW
    of_network = A.c.network == from_network
    count, last = (
        db.session.connection()
        .execute(
            select(func.count(), func.max(A.c.at)).where(
                of_network, A.c.username == username, A.c.at > since
            )
        )
        .one()
    )
    total = (
        db.session.connection().scalar(select(func.count()).where(of_network, A.c.at > since)) or 0
    )
    over = max(count - FREE_TRIES, (total - NETWORK_TRIES) // 10)
    if over < 0 or last is None:
        return 0
    delay = min(timedelta(seconds=2 ** min(over + 1, 12)), LONGEST)
    return max(0, int((last + delay - dates.now()).total_seconds() + 0.999))


def _note_failure(username: str) -> None:
    """Count the failure and enter it in the audit; the typed name may be a slip, so it is cut."""
    db.session.rollback()
    with sessions.writer() as connection:
        connection.execute(
            insert(A).values(
                at=dates.now(), username=username, network=network(request.remote_addr)
            )
        )
    audit.note_alone(
        who.NOBODY,
        Act.SIGN_IN_FAILED,
        "user_account",
        place=request.remote_addr,
        username=username[:40],
    )


def refused_here() -> str:
    """Why nobody can sign in over this connection; empty where it is safe."""
    host = (request.host or "").rsplit(":", 1)[0].strip("[]")
    loopback = host == "localhost" or host.startswith("127.") or host == "::1"
    if request.is_secure or loopback:
        return ""
    return _(
        "Signing in is refused because this connection is not encrypted."
        " Use https, or open the system on this machine itself."
    )


@user_logged_in.connect
def _signed_in(_app: Flask, user: Any, **_more: Any) -> None:
    session.signed_in_as = user.id  # type: ignore[attr-defined]
    person = who.Viewer(user.name, user.id, user.username)
    province_id = user.province_id
    db.session.commit()
    audit.note_alone(
        person,
        Act.SIGN_IN,
        "user_account",
        person.user_id,
        place=request.remote_addr,
        province_id=province_id,
    )


@user_logged_out.connect
def _signed_out(_app: Flask, user: Any, **_more: Any) -> None:
    session.ended = True  # type: ignore[attr-defined]
    db.session.rollback()
    if getattr(user, "id", None) is not None:
        audit.note_alone(
            session.viewer, Act.SIGN_OUT, "user_account", user.id, place=request.remote_addr
        )  # type: ignore[attr-defined]


def _page(template: str, **context: Any) -> str:
    """Flask-Security names each page's form after the page; ours call it `form`."""
    form = next((value for key, value in context.items() if key.endswith("_form")), None)
    return render_template(template, **{"form": form, **context})


def attach(app: Flask) -> None:
    """Configure Flask-Security; only the routes that have a page of ours are on."""
    settings = app.config["SETTINGS"]
    app.config |= {
        "SECURITY_USERNAME_ENABLE": True,
        "SECURITY_USERNAME_REQUIRED": True,
        "SECURITY_USERNAME_MIN_LENGTH": 2,
        "SECURITY_USER_IDENTITY_ATTRIBUTES": [
            {"username": {"mapper": uia_username_mapper, "case_insensitive": True}}
        ],
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
        "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
            "argon2__memory_cost": 19456,
            "argon2__time_cost": 2,
            "argon2__parallelism": 1,
        },
        "SECURITY_PASSWORD_SALT": settings.key("password-salt").decode(),
        "SECURITY_PASSWORD_LENGTH_MIN": 10,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_LOGIN_URL": "/login",
        "SECURITY_LOGOUT_URL": "/logout",
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_POST_LOGIN_VIEW": "/admin/",
        "SECURITY_POST_LOGOUT_VIEW": "/login",
        "SECURITY_LOGIN_USER_TEMPLATE": "sign_in.html",
        "SECURITY_REGISTERABLE": False,
        "SECURITY_CONFIRMABLE": False,
        "SECURITY_RECOVERABLE": False,
        "SECURITY_CHANGEABLE": False,
        "SECURITY_TRACKABLE": False,
        "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
        "SECURITY_DEFAULT_REMEMBER_ME": False,
        "SECURITY_FLASH_MESSAGES": False,
        "SECURITY_I18N_DIRNAME": ["builtin", str(Path(app.root_path) / "translations")],
        "SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS": False,
        "SECURITY_STATIC_FOLDER": None,
    }
    datastore = SQLAlchemyUserDatastore(db, UserAccount, RoleGrant)
    security = Security(
        app, datastore, login_form=SignInForm, render_template=_page, username_util_cls=Usernames
    )
    security.login_context_processor(lambda: {"refused": refused_here(), "hint": None})
