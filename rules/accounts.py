"""Accounts: one-time passwords, what may be granted, and what ends a sign-in."""

import re
import secrets

from flask_babel import gettext as _
from flask_security import hash_password
from sqlalchemy.orm import Session

from access import sessions
from access import viewer as who
from entities.vocabulary import GrantScope, Role
from models import RoleGrant, UserAccount
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


def one_time_password() -> str:
    """Four groups of four letters, easy to read out; about 79 bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _n in range(4)) for _g in range(4))


def open_account(account: UserAccount, password: str | None = None) -> str:
    """Give a new account its keys and a password that must be changed; returns the password."""
    chosen = password or one_time_password()
    account.fs_uniquifier = account.fs_uniquifier or secrets.token_hex(32)
    account.password = hash_password(chosen)
    account.must_change_password = password is None
    return chosen


def reset_password(account: UserAccount, session: Session) -> str:
    """A new one-time password; every sign-in of the account ends."""
    password = open_account(account)
    sessions.end_all(session.connection(), account.id)
    return password


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
        sessions.end_all(session.connection(), account.id)


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
    viewer = who.of(session)
    if not viewer.system and grant.user_id == viewer.user_id:
        raise Broken(_("Nobody gives rights to themselves."), "user")
    above = grant.role in MINISTRY_ROLES or grant.role is Role.CLUSTER_OFFICER
    if above and not viewer.system and Role.MINISTRY_ADMIN not in viewer.roles:
        raise Broken(_("Only the ministry's administrator gives this role."), "role")
    sessions.end_all(session.connection(), grant.user_id)
