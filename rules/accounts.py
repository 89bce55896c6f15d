"""Accounts: passwords, the second step, what may be granted, and what ends a sign-in."""

import re
import secrets
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_security import hash_password, verify_password
from sqlalchemy.orm import Session

from access import audit, policy, sessions
from access import viewer as who
from entities.base import entities
from entities.vocabulary import Act, GrantScope, Role
from models import RoleGrant, RoleNarrowing, UserAccount
from rules.base import Broken, check, complete, linked

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,59}")
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
MINISTRY_ROLES = frozenset(
    {
        Role.MINISTRY_ADMIN,
        Role.BUREAU_OFFICER,
        Role.PERMANENT_SECRETARY,
        Role.INSPECTOR,
        Role.AUDITOR,
    }
)
SCOPES = {
    Role.INSPECTOR: {GrantScope.ZONE},
    Role.CLUSTER_OFFICER: {GrantScope.CLUSTER},
    Role.AGENCY_OFFICER: {GrantScope.AGENCY},
    Role.GROUP_MEMBER: {GrantScope.MISSION_GROUP},
    **{role: {GrantScope.NATION} for role in MINISTRY_ROLES - {Role.INSPECTOR}},
}
"""Scopes at which a role can be held; every other role belongs to a province."""
ABOVE_PROVINCES = MINISTRY_ROLES | {Role.CLUSTER_OFFICER}
KEYS_OF_THE_OFFICE = (UserAccount, RoleGrant, RoleNarrowing)
"""What an office's administrator must go on reaching, or nobody there could undo a narrowing."""
TWO_STEPS = frozenset({Role.MINISTRY_ADMIN, Role.PROVINCE_ADMIN})
"""Roles that must sign in by two steps, except in a demonstration."""


def one_time_password() -> str:
    """Four groups of four letters, easy to read out; about 79 bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _n in range(4)) for _g in range(4))


def open_account(account: UserAccount, password: str | None = None) -> str:
    """Give an account new keys and a password that must be changed; returns the password."""
    chosen = password or one_time_password()
    _set_password(account, chosen)
    account.must_change_password = password is None
    return chosen


def hashed(password: str) -> str:
    """What is kept of a password, in the one form that the door compares."""
    return str(hash_password(_kept().normalize(password)))


def _set_password(account: UserAccount, password: str) -> None:
    """The password, and a new key: whoever stood half-way through signing in begins again."""
    account.password = hashed(password)
    account.fs_uniquifier = secrets.token_hex(32)


def _kept() -> Any:
    """How passwords are brought to one form and judged, here and at the door."""
    return current_app.extensions["security"].password_util


def reset_password(account: UserAccount, session: Session) -> str:
    """An administrator's act: a new one-time password; every sign-in of the account ends.

    Raises Broken for one's own account and for people whose rights reach further.
    """
    _refuse_above(account, session)
    password = open_account(account)
    note(session, account, password=audit.MASK)
    sessions.end_all(session, account.id)
    return password


def forget_second_step(account: UserAccount, session: Session) -> None:
    """An administrator's act for who lost the telephone: signing in takes one step again."""
    _refuse_above(account, session)
    account.tf_primary_method = account.tf_totp_secret = account.mf_recovery_codes = None
    note(session, account, two_step="off")
    sessions.end_all(session, account.id)


def _refuse_above(account: UserAccount, session: Session) -> None:
    """Nobody signs in as somebody above them by giving out a password."""
    viewer = who.of(session)
    if viewer.system or (Role.MINISTRY_ADMIN in viewer.roles and account.id != viewer.user_id):
        return
    if account.id == viewer.user_id:
        raise Broken(_("For your own account, use the page “My account”."))
    own = viewer.reach(UserAccount, "reset").province_id
    for role, province_id in sessions.rights_of(session, account.id):
        if role in ABOVE_PROVINCES or province_id not in own:
            raise Broken(_("This person has rights beyond your province; ask the ministry."))


def choose_password(account: UserAccount, present: str, chosen: str, session: Session) -> None:
    """The person's own new password; the other sign-ins of the account end.

    Raises Broken, naming the field: the present one is wrong, the new one is too short or
    too long, is the username, or is the present one.
    """
    present = _kept().normalize(present)
    if not account.password or not verify_password(present, account.password):
        raise Broken(_("This is not your present password."), "password")
    faults, chosen = _kept().validate(chosen, False, user=account)
    if faults:
        raise Broken(str(faults[0]), "new_password")
    if chosen.strip().lower() == account.username:
        raise Broken(_("The password must not be your user name."), "new_password")
    if chosen == present:
        raise Broken(_("The new password must differ from the present one."), "new_password")
    _set_password(account, chosen)
    account.must_change_password = False
    note(session, account, password=audit.MASK)
    sessions.end_all(session, account.id, who.of(session).session_id)


def is_own_password(typed: str, session: Session) -> bool:
    """Whether something typed is the password of whoever acts."""
    kept = sessions.password_of(session, who.of(session).user_id)
    return kept is not None and bool(verify_password(_kept().normalize(typed), kept))


def note(session: Session, account: UserAccount, **told: str) -> None:
    """Enter in the audit what happened to an account's secrets, never the secrets."""
    audit.note(
        session,
        Act.EDIT,
        "user_account",
        account.id,
        record=str(account),
        province_id=account.province_id,
        **told,
    )


@complete(UserAccount)
def _lower(account: UserAccount, _session: Session) -> None:
    account.username = (account.username or "").strip().lower()
    account.fs_uniquifier = account.fs_uniquifier or secrets.token_hex(32)


@check(UserAccount)
def _username(account: UserAccount, session: Session) -> None:
    if not USERNAME.fullmatch(account.username):
        raise Broken(
            _("Use small Latin letters, digits, dot, hyphen and underscore; at least two."),
            "username",
        )
    if not account.active:
        sessions.end_all(session, account.id)


@complete(RoleGrant)
def _home(grant: RoleGrant, session: Session) -> None:
    """A grant at an agency or group belongs to that record's province."""
    target = linked(grant, "agency", session) or linked(grant, "committee", session)
    if target and grant.province_id is None:
        grant.province_id = target.province_id


@check(RoleGrant)
def _allowed(grant: RoleGrant, session: Session) -> None:
    if grant.scope not in SCOPES.get(grant.role, {GrantScope.PROVINCE}):
        raise Broken(
            _(
                "The role %(role)s cannot be held at the scope %(scope)s.",
                role=grant.role,
                scope=grant.scope,
            ),
            "scope",
        )
    if not who.of(session).system:
        _may_be_given(grant, who.of(session))
    sessions.end_all(session, grant.user_id)


def _may_be_given(grant: RoleGrant, giver: who.Viewer) -> None:
    if grant.user_id == giver.user_id:
        raise Broken(_("Nobody gives rights to themselves."), "user")
    if grant.role in ABOVE_PROVINCES and Role.MINISTRY_ADMIN not in giver.roles:
        raise Broken(_("Only the ministry's administrator gives this role."), "role")


@check(RoleNarrowing)
def _narrowable(narrowing: RoleNarrowing, session: Session) -> None:
    """Only a right that the policy gives to a role of the province, and never the office's keys."""
    if narrowing.role in ABOVE_PROVINCES:
        raise Broken(
            _("The rights of the ministry and of clusters are not a province's to narrow."), "role"
        )
    table = str(narrowing.entity.value)
    entity = next(e for e in entities() if e.__tablename__ == table)
    if narrowing.role not in policy.roles(entity, narrowing.verb.value):
        raise Broken(_("This role does not have this right, so nothing is taken away."), "verb")
    viewer = who.of(session)
    keeps = narrowing.role is Role.PROVINCE_ADMIN and any(
        table in who.hangs_on(key) for key in KEYS_OF_THE_OFFICE
    )
    if keeps and not (viewer.system or Role.MINISTRY_ADMIN in viewer.roles):
        raise Broken(
            _("Your office would lock itself out: its administrator keeps accounts and rights."),
            "entity",
        )
