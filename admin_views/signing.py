"""Signing in and out: Flask-Security with the office's own session, throttle and pages."""

import base64
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import (
    Flask,
    Response,
    abort,
    after_this_request,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _
from flask_login import user_logged_in, user_logged_out
from flask_security import Security, SQLAlchemyUserDatastore, UsernameUtil, uia_username_mapper
from flask_security.forms import (
    LoginForm,
    TwoFactorRescueForm,
    TwoFactorVerifyCodeForm,
    VerifyForm,
)
from flask_security.recovery_codes import MfRecoveryForm
from flask_security.totp import Totp
from flask_wtf.csrf import generate_csrf
from passlib.exc import UsedTokenError
from sqlalchemy import select
from wtforms import HiddenField
from wtforms.validators import Optional

from access import audit, proxy, throttle
from access import viewer as who
from access.database import db
from admin_views import web
from admin_views.proof import PROVED
from entities import dates
from entities.vocabulary import Act
from models import RoleGrant, Submission, UserAccount
from rules import accounts
from settings import Settings

DESK = "/admin/"
UNSHOWN = {
    "security.tf_select",
    "security.two_factor_rescue",
    "security.two_factor_setup",
    "security.two_factor_setup_validate",
}
"""Flask-Security's pages that have no use here: one kind of second step, no rescue by mail."""
DEMO_ACCOUNTS = (
    "secretary.lopburi",
    "chief_of_office.lopburi",
    "finance.chainat",
    "governor.chiangmai",
    "agency_officer.lopburi",
    "province_admin.lopburi",
    "bureau_officer",
    "auditor",
)
CODE_SECONDS = 30
FRESH_MINUTES = 15
"""How long a password just typed stands for the person, where something matters."""


class Usernames(UsernameUtil):  # type: ignore[misc]
    """Our usernames have dots; whether one is well formed is told when an account is made."""

    def normalize(self, username: str) -> str:
        """As accounts are kept: small letters, nothing around them."""
        return username.replace("\x00", "").strip().lower()[:100]

    def validate(self, username: str) -> tuple[str | None, str | None]:
        """Anything may be tried at the door."""
        return None, self.normalize(username) or None


class Accounts(SQLAlchemyUserDatastore):  # type: ignore[misc]
    """Flask-Security's view of accounts; what happens to a second step is entered in the audit."""

    def find_user(self, *args: Any, **kwargs: Any) -> UserAccount | None:
        """An account that may sign in; a closed one is as good as unknown."""
        found = super().find_user(*args, **kwargs)
        return found if found is not None and found.active else None

    def tf_set(self, user: UserAccount, *args: Any, **kwargs: Any) -> None:
        """Keep a second step."""
        was = user.tf_totp_secret
        super().tf_set(user, *args, **kwargs)
        if user.tf_totp_secret != was:
            accounts.note(db.session(), user, two_step="on")

    def tf_reset(self, user: UserAccount) -> None:
        """Take the second step away, and its recovery codes."""
        user.tf_primary_method = user.tf_totp_secret = user.mf_recovery_codes = None
        accounts.note(db.session(), user, two_step="off")

    def mf_set_recovery_codes(self, user: UserAccount, rcs: list[str] | None) -> None:
        """Keep new recovery codes; the old ones are void."""
        super().mf_set_recovery_codes(user, rcs)
        accounts.note(db.session(), user, recovery_codes="new")

    def mf_delete_recovery_code(self, user: UserAccount, idx: int) -> bool:
        """Use a code up; the list is replaced, since a change within it would not be saved."""
        left = list(user.mf_recovery_codes or [])
        del left[idx]
        user.mf_recovery_codes = left
        accounts.note(db.session(), user, recovery_codes="one used")
        return True


class Codes(Totp):  # type: ignore[misc]
    """Time-based codes, each of which opens the door once."""

    def set_last_counter(self, user: UserAccount, tmatch: Any) -> None:
        """Note a code as used; raises UsedTokenError where it was already."""
        used = f"code {user.id} {tmatch.counter}"
        if db.session.get(Submission, used) is not None:
            raise UsedTokenError
        db.session.add(
            Submission(form_id=used, user_id=user.id, entity="user_account", at=dates.now())
        )


class Slowed:
    """A form that tries a secret: it waits after failures; each is counted and audited."""

    def tried(self) -> str:
        """The name whose secret is tried."""
        return str(self.user.username)  # type: ignore[attr-defined]

    def validate(self, **kwargs: Any) -> bool:
        """Whether the secret is right, once the wait is over."""
        username = self.tried()
        if told := told_to_wait(username):
            self.form_errors = [told]
            return False
        if super().validate(**kwargs):  # type: ignore[misc]
            return True
        note_failure(username)
        return False


class SignInForm(Slowed, LoginForm):
    """Username and password, over a connection that nobody listens to."""

    email = HiddenField(validators=[Optional()])
    remember = None

    def tried(self) -> str:
        return Usernames.normalize(self, self.username.data or "")

    def validate(self, **kwargs: Any) -> bool:
        self.username.data, self.next.data = self.tried(), self.next.data or DESK
        self.password.data = (self.password.data or "").replace("\x00", "")[:1000]
        if told := refused_here():
            _answer_with(403)
            _note_refusal(self.username.data)
            self.form_errors = [told]
            return False
        return super().validate(**kwargs)


class ProofForm(Slowed, VerifyForm):
    """The password once more, before something that matters."""


class CodeForm(Slowed, TwoFactorVerifyCodeForm):
    """The code of the second step."""


class RecoveryForm(Slowed, MfRecoveryForm):
    """One of the recovery codes, instead of the code."""

    def validate(self, **kwargs: Any) -> bool:
        typed = "".join((self.code.data or "").lower().replace("-", " ").split())
        self.code.data = "-".join(typed[n : n + 4] for n in range(0, len(typed[:40]), 4))
        return super().validate(**kwargs)


class NoRescueForm(TwoFactorRescueForm):  # type: ignore[misc]
    """Nobody is rescued by mail; recovery codes and the administrator are the ways."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.help_setup.choices = []


def prove(typed: str) -> str:
    """Try the password of whoever is signed in, typed within another form: why it does not stand.

    Empty where it does: then the person is proved for a while, as after the page that asks for it alone.
    """
    acting = who.of(db.session())
    if told := told_to_wait(acting.username):
        return told
    if accounts.is_own_password(typed[:1000], db.session()):
        session[PROVED] = time.time()
        return ""
    note_failure(acting.username)
    return _("This is not your present password.")


def told_to_wait(username: str) -> str:
    """What to tell who must wait before trying this name again; empty where nobody must."""
    where = throttle.network(request.remote_addr)
    wait = throttle.seconds_to_wait(db.session(), username, where)
    if not wait:
        return ""
    _answer_with(429, **{"Retry-After": str(wait)})
    return _("Too many failed attempts. Try again in %(seconds)s seconds.", seconds=wait)


def note_failure(username: str) -> None:
    """Count the failure and enter it in the audit; the typed name may be a slip, so it is cut."""
    place = request.remote_addr
    throttle.count_failure(username, throttle.network(place))
    audit.note_alone(
        who.NOBODY, Act.SIGN_IN_FAILED, "user_account", place=place, username=username[:40]
    )


def _note_refusal(username: str) -> None:
    db.session.rollback()
    audit.note_alone(
        who.NOBODY,
        Act.REFUSED,
        "user_account",
        place=request.remote_addr,
        username=username[:40],
        verb="sign_in",
        why="not encrypted",
    )


def _answer_with(code: int, **headers: str) -> None:
    @after_this_request
    def _coded(response: Response) -> Response:
        response.status_code = code
        response.headers.update(headers)
        return response


def refused_here() -> str:
    """Why nobody can sign in over this connection; empty where it is safe."""
    if request.is_secure or proxy.on_this_machine(request):
        return ""
    return _(
        "Signing in is refused because this connection is not encrypted."
        " Use https, or open the system on this machine itself."
    )


@user_logged_in.connect
def _signed_in(_app: Flask, user: Any, **_more: Any) -> None:
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
    session.renew(person.user_id)  # type: ignore[attr-defined]


@user_logged_out.connect
def _signed_out(_app: Flask, user: Any, **_more: Any) -> None:
    viewer = session.viewer  # type: ignore[attr-defined]
    session.ended = True  # type: ignore[attr-defined]
    db.session.rollback()
    if viewer.is_person:
        audit.note_alone(
            viewer, Act.SIGN_OUT, "user_account", viewer.user_id, place=request.remote_addr
        )


def _page(template: str, **context: Any) -> str:
    """Flask-Security names each page's form after the page; ours call it `form`."""
    form = next((value for key, value in context.items() if key.endswith("_form")), None)
    return render_template(template, **{"form": form, **context})


def _json(payload: dict[str, Any], code: int, _headers: Any, user: Any) -> Any:
    """What a script is told: who is signed in now, where to go on, or what was wrong."""
    told: dict[str, Any] = {"csrf": generate_csrf()}
    proved = request.endpoint == "security.verify" and not payload.get("errors")
    known = proved or request.endpoint == "security.login"
    already = session.viewer.user_id if known else None  # type: ignore[attr-defined]
    signed_in = session.user_id or already  # type: ignore[attr-defined]
    if payload.get("tf_required"):
        told["verify"] = url_for("security.two_factor_token_validation", next=DESK)
    elif session.user_id and user.must_change_password:  # type: ignore[attr-defined]
        told["verify"] = url_for("account.password")
    elif signed_in:
        told["user"], code = signed_in, 200
    elif payload.get("errors"):
        told["error"] = str(payload["errors"][0])
    return jsonify(told), code


def _keep_to_shown_pages() -> Any:
    """Hide the pages that are not ours; a signed-in person has nothing to do at the second step."""
    if request.endpoint in UNSHOWN:
        abort(404)
    if request.endpoint == "security.two_factor_token_validation" and session.viewer.is_person:  # type: ignore[attr-defined]
        return redirect(DESK)
    return None


def _at_sign_in() -> dict[str, Any]:
    return {"refused": refused_here(), **(_demo_hint() if web.is_demo() else {"hint": None})}


def _demo_hint() -> dict[str, Any]:
    """Some accounts of the demonstration, and where their password stands (never the password)."""
    rows = db.session.execute(
        select(UserAccount.username, UserAccount.name, UserAccount.position).where(
            UserAccount.username.in_(DEMO_ACCOUNTS)
        )
    )
    known = {row.username: row.position or row.name for row in rows}
    shown = [{"username": n, "title": known[n]} for n in DEMO_ACCOUNTS if n in known]
    where = _(
        "One password serves them all. It was printed at the start, and stands in the file"
        " demo-password.txt of the data folder unless JANGWAT_DEMO_PASSWORD set it."
    )
    return {"hint": shown, "hint_text": where}


def attach(app: Flask) -> None:
    """Configure Flask-Security; only the routes that have a page of ours are on."""
    app.config |= _door() | _passwords(app.config["SETTINGS"]) | _second_step(app)
    security = Security(
        app,
        Accounts(db, UserAccount, RoleGrant),
        login_form=SignInForm,
        verify_form=ProofForm,
        two_factor_verify_code_form=CodeForm,
        two_factor_rescue_form=NoRescueForm,
        mf_recovery_form=RecoveryForm,
        totp_cls=Codes,
        render_template=_page,
        username_util_cls=Usernames,
    )
    security.render_json(_json)
    security.login_context_processor(_at_sign_in)
    app.before_request(_keep_to_shown_pages)


def _door() -> dict[str, Any]:
    return {
        "SESSION_PROTECTION": None,
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_USERNAME_ENABLE": True,
        "SECURITY_USERNAME_REQUIRED": True,
        "SECURITY_USERNAME_MIN_LENGTH": 2,
        "SECURITY_USER_IDENTITY_ATTRIBUTES": [
            {"username": {"mapper": uia_username_mapper, "case_insensitive": False}}
        ],
        "SECURITY_JOIN_USER_ROLES": False,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_LOGIN_URL": "/login",
        "SECURITY_LOGOUT_URL": "/logout",
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_POST_LOGIN_VIEW": DESK,
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
        "SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS": False,
        "SECURITY_STATIC_FOLDER": None,
        "SECURITY_CLI_USERS_NAME": False,
        "SECURITY_CLI_ROLES_NAME": False,
    }


def _passwords(settings: Settings) -> dict[str, Any]:
    """Argon2id with 19 MiB, two passes, one lane: OWASP's least, so that workers stay small."""
    return {
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
    }


def _second_step(app: Flask) -> dict[str, Any]:
    """Codes of an authenticator app; secrets and recovery codes are encrypted in the database."""
    settings: Settings = app.config["SETTINGS"]
    recovery = base64.urlsafe_b64encode(bytes.fromhex(settings.key("recovery-codes").decode()))
    return {
        "SECURITY_I18N_DIRNAME": ["builtin", str(Path(app.root_path) / "translations")],
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_REQUIRED": False,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_TWO_FACTOR_ALWAYS_VALIDATE": True,
        "SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY": CODE_SECONDS,
        "SECURITY_TWO_FACTOR_TOKEN_VALIDATION_URL": "/login/code",
        "SECURITY_TWO_FACTOR_VERIFY_CODE_TEMPLATE": "security/code.html",
        "SECURITY_TOTP_SECRETS": {"1": settings.key("totp").decode()},
        "SECURITY_TOTP_ISSUER": "Jangwat",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": 8,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS": [recovery],
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_URL": "/account/recovery-codes",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_TEMPLATE": "security/recovery_codes.html",
        "SECURITY_MULTI_FACTOR_RECOVERY_URL": "/login/recovery",
        "SECURITY_MULTI_FACTOR_RECOVERY_TEMPLATE": "security/recovery.html",
        "SECURITY_VERIFY_URL": "/account/proof",
        "SECURITY_VERIFY_TEMPLATE": "security/proof.html",
        "SECURITY_POST_VERIFY_VIEW": "/account/",
        "SECURITY_FRESHNESS": timedelta(minutes=FRESH_MINUTES),
        "SECURITY_FRESHNESS_GRACE_PERIOD": timedelta(minutes=FRESH_MINUTES),
    }
