"""`flask check`: settings, migrations and file rights, each with a plain answer."""

import stat
from collections.abc import Iterator
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from access.database import db
from migrations import heads


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
    with db.engine.connect() as connection:
        current = heads.current(connection)
        yield (
            current == heads.newest(),
            f"database ({connection.dialect.name}) stands at migration {current}, newest is {heads.newest()}",
        )
    yield (
        settings.host in ("127.0.0.1", "::1", "localhost") or bool(settings.trusted_proxies),
        ("reached from other machines only through a proxy with TLS (JANGWAT_TRUSTED_PROXIES)"),
    )


def _private(path: Path) -> bool:
    return path.exists() and not stat.S_IMODE(path.stat().st_mode) & 0o077
