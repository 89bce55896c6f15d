"""`flask check`: settings, migrations, file rights, the store of files and sign-in, each with a plain answer."""

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import or_, select

from access import files
from access.database import db
from access.proxy import is_loopback
from commands.base import system
from entities import dates
from entities.vocabulary import DeploymentKind
from migrations import heads
from models import Deployment, RoleGrant, UserAccount
from rules.accounts import TWO_STEPS
from settings import Settings


@click.command()
@with_appcontext
def check() -> None:
    """Say whether this installation is in order; exits with 1 where it is not."""
    answers = list(_answers())
    for good, text in answers:
        click.echo(f"{'ok  ' if good else 'BAD '} {text}")
    if not all(good for good, _text in answers):
        raise SystemExit(1)


def _answers() -> Iterator[tuple[bool, str]]:
    settings = current_app.config["SETTINGS"]
    yield _private(settings.data), f"data folder {settings.data} is closed to others (mode 0700)"
    for key in sorted((settings.data / "keys").glob("*")):
        yield _private(key), f"key {key.name} is closed to others (mode 0600)"
    yield _store()
    with db.engine.connect() as connection:
        current = heads.current(connection)
        yield (
            current == heads.newest(),
            f"database ({connection.dialect.name}) stands at migration {current}, newest is {heads.newest()}",
        )
    yield (
        is_loopback(settings.host) or bool(settings.trusted_proxies),
        "reached from other machines only through a proxy with TLS (JANGWAT_TRUSTED_PROXIES)",
    )
    if current == heads.newest():
        yield from _at_the_door(settings)


def _store() -> tuple[bool, str]:
    """Whether attached files can be kept, tried with a small one."""
    try:
        files.probe()
    except files.Unreachable as fault:
        return False, f"attached files cannot be kept in {files.where()} (JANGWAT_FILES): {fault}"
    return True, f"attached files are kept in {files.where()}"


def _at_the_door(settings: Settings) -> Iterator[tuple[bool, str]]:
    """Where the demonstration is shown, and whether the administrators' accounts are safe."""
    with system() as session:
        kind = session.scalar(select(Deployment.kind))
        names = session.scalars(_administrators()).all()
        bare = session.scalars(
            _administrators().where(UserAccount.tf_primary_method.is_(None))
        ).all()
    yield kind is not None, "the installation has its number (flask deploy)"
    if kind is DeploymentKind.DEMO:
        yield is_loopback(settings.host), "the demonstration listens on this machine only"
        path = settings.data / "demo-password.txt"
        if path.exists():
            yield _private(path), f"{path.name} is closed to others (mode 0600)"
        return
    yield bool(names), "somebody can sign in as an administrator"
    told = f"; at their next sign-in they set it up: {', '.join(bare)}" if bare else ""
    yield True, f"administrators are let in by two steps only{told}"


def _administrators() -> Any:
    """Usernames of open accounts that hold a role of two steps today."""
    today = dates.today()
    return (
        select(UserAccount.username)
        .join(RoleGrant, RoleGrant.user_id == UserAccount.id)
        .where(
            UserAccount.active,
            RoleGrant.role.in_(TWO_STEPS),
            RoleGrant.starts_on <= today,
            or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= today),
        )
        .order_by(UserAccount.username)
        .distinct()
    )


def _private(path: Path) -> bool:
    return path.exists() and not stat.S_IMODE(path.stat().st_mode) & 0o077
