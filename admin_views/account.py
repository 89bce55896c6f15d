"""The pages about oneself: password, two-step sign-in, own sessions; and what must come first.

They act with the doorkeeper's rights (`access/viewer.py`), so each reads and writes the own
account only.
"""

import time
from typing import Any

from flask import (
    Blueprint,
    Flask,
    abort,
    current_app,
    flash,
    g,
    redirect,
    request,
    session,
    url_for,
)
from flask import render_template as render
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security import auth_required
from flask_wtf import FlaskForm
from sqlalchemy import or_, select
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, ValidationError

from access import audit, sessions
from access import viewer as who
from access.database import db
from admin_views import signing, web
from admin_views.acting import lang, province_names
from entities import dates
from entities.vocabulary import Act, GrantScope
from models import RoleGrant, UserAccount
from rules import accounts
from rules.base import Broken

blueprint = Blueprint("account", __name__, url_prefix="/account")
BEFORE_PASSWORD = {"account.password", "account.save_password", "security.logout"}
"""All that is open to who must choose a password first."""


class PasswordForm(FlaskForm):  # type: ignore[misc]
    """The present password and, twice, the one to come."""

    password = PasswordField(
        _l("Present password"), [InputRequired()], render_kw={"autocomplete": "current-password"}
    )
    new_password = PasswordField(
        _l("New password"), [InputRequired()], render_kw={"autocomplete": "new-password"}
    )
    new_password_confirm = PasswordField(
        _l("New password once more"), [InputRequired()], render_kw={"autocomplete": "new-password"}
    )

    def validate_new_password_confirm(self, field: Any) -> None:
        """The same word twice, so that nobody locks himself out by a slip."""
        if field.data != self.new_password.data:
            raise ValidationError(_("The two do not agree."))


class FirstCodeForm(FlaskForm):  # type: ignore[misc]
    """The first code that the app shows, as proof that it was set up rightly."""

    code = StringField(
        _l("Code shown by the app"),
        [InputRequired()],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": "7"},
    )


def viewer() -> who.Viewer:
    """Who is signed in."""
    found: who.Viewer = session.viewer  # type: ignore[attr-defined]
    return found


def own() -> UserAccount:
    """The account of who is signed in."""
    return db.session.get_one(UserAccount, viewer().user_id)


@blueprint.before_request
def _signed_in_only() -> Any:
    if viewer().is_person:
        return None
    back = request.full_path.rstrip("?") if request.method == "GET" else url_for(".index")
    return redirect(url_for("security.login", next=back))


# What must come first.


def two_step_needed(person: who.Viewer) -> bool:
    """Whether the person's roles demand the second step and it is not set up yet."""
    return bool(person.roles & accounts.TWO_STEPS) and not person.two_step and not web.is_demo()


def _what_comes_first() -> Any:
    """Lead who must choose a password, or set up the second step, there before anything else."""
    endpoint, area = request.endpoint or "static", request.blueprint
    if not viewer().is_person or endpoint.endswith("static") or area == "front":
        return None
    g.comes_first = viewer().must_change_password or two_step_needed(viewer())
    if viewer().must_change_password and endpoint not in BEFORE_PASSWORD:
        text = _("You signed in with a one-time password. Choose your own before you go on.")
        return _lead_to(url_for("account.password"), _("Choose your own password first"), text)
    if area not in web.DOORS and two_step_needed(viewer()):
        text = _("Your role asks for two-step sign-in. Set it up before you go on.")
        return _lead_to(url_for("account.two_step"), _("Set up two-step sign-in first"), text)
    return None


def _lead_to(url: str, title: str, text: str) -> Any:
    """There by a redirect; what was sent by a form is refused, so that Back still has it."""
    if request.method == "GET" and request.accept_mimetypes.best != "application/json":
        return redirect(url)
    return web.plain_page(403, title, text, {"title": title, "url": url})


# The account and its password.


@blueprint.get("/")
def index() -> Any:
    """Who I am and what I may do."""
    return render("account/index.html", name=viewer().name, roles=_roles())


def _roles() -> list[dict[str, str]]:
    today = dates.today()
    grants = db.session.scalars(
        select(RoleGrant)
        .where(
            RoleGrant.user_id == viewer().user_id,
            RoleGrant.starts_on <= today,
            or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= today),
        )
        .order_by(RoleGrant.id)
    )
    tongue = lang()
    return [
        {
            "role": str(grant.role.title),
            "scope": _scope(grant),
            "until": dates.short_date(grant.ends_on, tongue) if grant.ends_on else "",
        }
        for grant in grants
    ]


def _scope(grant: RoleGrant) -> str:
    """Where a grant holds, in words."""
    named = grant.zone or grant.cluster or grant.agency or grant.committee
    if named is not None:
        return str(named)
    if grant.scope is GrantScope.PROVINCE and grant.province_id in province_names():
        return province_names()[grant.province_id][lang() == "en"]
    return str(grant.scope.title)


@blueprint.get("/password")
def password() -> Any:
    """The form for a new password."""
    return _password_page(PasswordForm())


@blueprint.post("/password")
def save_password() -> Any:
    """Change the own password: other sign-ins end, this one goes on under a new key."""
    form, username = PasswordForm(), viewer().username
    if told := signing.told_to_wait(username):
        form.form_errors.append(told)
        return _password_page(form)
    if not form.validate_on_submit():
        return _password_page(form), 422
    try:
        accounts.choose_password(own(), form.password.data, form.new_password.data, db.session())
        db.session.commit()
    except Broken as broken:
        return _password_refused(form, broken, username)
    _go_on()
    flash(_("Your password is changed. Every other sign-in of yours has ended."), "ok")
    return redirect(url_for(".index") if not viewer().must_change_password else signing.DESK)


def _go_on() -> None:
    """This sign-in goes on under a new key, freshly proved."""
    session["fs_paa"] = time.time()
    session.renew(viewer().user_id)  # type: ignore[attr-defined]


def _password_refused(form: Any, broken: Broken, username: str) -> Any:
    db.session.rollback()
    form[broken.field].errors = [str(broken)]
    if broken.field == "password":
        signing.note_failure(username)
    return _password_page(form), 422


def _password_page(form: Any) -> str:
    rule = _(
        "At least ten characters. A few words that only you would put together are safer"
        " than a short one with signs."
    )
    first = viewer().must_change_password
    return render("account/password.html", form=form, rule=rule, first=first)


# The own sessions.


@blueprint.get("/sessions", endpoint="sessions")
def session_list() -> Any:
    """Where I am signed in."""
    tongue, settings = lang(), current_app.config["SETTINGS"]
    found = sessions.open_ones(db.session(), viewer().user_id or 0, settings)
    shown = [
        {
            "id": one.id,
            "current": one.id == viewer().session_id,
            "agent": browser(one.agent or ""),
            "place": one.place or "–",
            "started": dates.moment(one.started_at, tongue),
            "seen": dates.moment(one.seen_at, tongue),
        }
        for one in found
    ]
    others = url_for(".end_others") if len(shown) > 1 else None
    return render("account/sessions.html", sessions=shown, end_others_url=others)


@blueprint.post("/sessions/<int:session_id>/end")
def end_session(session_id: int) -> Any:
    """End one of the own sessions; ending this one is signing out."""
    person = viewer()
    if not sessions.end_one(db.session(), person.user_id or 0, session_id):
        abort(404)
    _note_ending(str(session_id))
    db.session.commit()
    if session_id == person.session_id:
        session.ended = True  # type: ignore[attr-defined]
        return redirect(url_for("security.login"))
    flash(_("The session has ended."), "ok")
    return redirect(url_for(".sessions"))


@blueprint.post("/sessions/end-others")
def end_others() -> Any:
    """End every own session but this one."""
    person = viewer()
    sessions.end_all(db.session(), person.user_id or 0, person.session_id)
    _note_ending("others")
    db.session.commit()
    flash(_("Every other session has ended."), "ok")
    return redirect(url_for(".sessions"))


def _note_ending(which: str) -> None:
    audit.note(
        db.session(), Act.SIGN_OUT, "user_account", viewer().user_id,
        record=viewer().name, province_id=own().province_id, ended=which,
    )  # fmt: skip


BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"))
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("Mac OS", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


def browser(agent: str) -> str:
    """What a person calls a browser: its name and system, or the beginning of what it says."""
    name = next((told for mark, told in BROWSERS if mark in agent), "")
    name = name or ("Safari" if "Safari/" in agent else "")
    system = next((told for mark, told in SYSTEMS if mark in agent), "")
    return " · ".join(filter(None, [name, system])) or agent[:40] or _("unknown")


# Two-step sign-in.


@blueprint.get("/two-step")
def two_step() -> Any:
    """Whether the second step is set up, and the way to it."""
    return _two_step_page(FirstCodeForm(formdata=None))


@blueprint.post("/two-step")
@auth_required("session", within=signing.FRESH_MINUTES, grace=signing.FRESH_MINUTES)
def change_two_step() -> Any:
    """Begin the set-up, confirm it by a first code, or turn it off."""
    acts = {"begin": _begin, "confirm": _confirm, "off": _turn_off}
    act = acts.get(request.form.get("act", ""))
    return act() if act else abort(400)


def _begin() -> Any:
    session["new_totp"] = _codes().generate_totp_secret()
    return redirect(url_for(".two_step"))


def _confirm() -> Any:
    form, secret, account = FirstCodeForm(), session.get("new_totp"), own()
    if not secret:
        return redirect(url_for(".two_step"))
    typed = "".join((form.code.data or "").split())
    if not _codes().verify_totp(typed, secret, account, signing.CODE_SECONDS):
        form.code.errors = [
            _("This code is not right. Check that the telephone shows the right time, and try"
              " the next code.")
        ]  # fmt: skip
        return _two_step_page(form), 422
    _datastore().tf_set(account, "authenticator", totp_secret=secret)
    _after_change()
    flash(_("Two-step sign-in is on. Now make recovery codes and keep them safe."), "ok")
    return redirect(url_for("security.mf_recovery_codes"))


def _turn_off() -> Any:
    if viewer().roles & accounts.TWO_STEPS and not web.is_demo():
        flash(_("Your role asks for two-step sign-in, so it stays on."), "bad")
        return redirect(url_for(".two_step"))
    _datastore().tf_reset(own())
    _after_change()
    flash(_("Two-step sign-in is off."), "ok")
    return redirect(url_for(".two_step"))


def _after_change() -> None:
    """Commit; the person's other sign-ins end, this one goes on under a new key."""
    session.pop("new_totp", None)
    sessions.end_all(db.session(), viewer().user_id or 0, viewer().session_id)
    db.session.commit()
    _go_on()


def _two_step_page(form: Any) -> str:
    account, secret = own(), session.get("new_totp")
    required = bool(viewer().roles & accounts.TWO_STEPS)
    return render(
        "account/two_step.html",
        form=form,
        setup=_codes().fetch_setup_values(secret, account) if secret else None,
        is_on=bool(account.tf_primary_method),
        codes_left=len(account.mf_recovery_codes or []),
        required=required and not web.is_demo(),
        offered=required and web.is_demo(),
    )


def _codes() -> Any:
    return current_app.extensions["security"].totp_factory


def _datastore() -> Any:
    return current_app.extensions["security"].datastore


def attach(app: Flask) -> None:
    """Add the pages, and what must come before any other page."""
    app.register_blueprint(blueprint)
    app.before_request(_what_comes_first)
