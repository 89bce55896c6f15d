"""`flask tidy`: remove what is kept only for a while, all that is due."""

from collections import Counter

import click
from flask import current_app
from flask.cli import with_appcontext

from access import files, sessions, tidying
from entities import dates


@click.command()
@with_appcontext
def tidy() -> None:
    """Remove sign-ins that are over, old failed ones, ids of old forms, files once imported."""
    removed: Counter[str] = Counter()
    while True:
        gone = _some()
        removed.update(gone)
        if not any(gone.values()):
            break
    for table, count in removed.items():
        click.echo(f"{table}: {count:,} removed")
    click.echo(f"files brought for an import: {_files():,} removed")


def _some() -> dict[str, int]:
    """A part of it, in a transaction of its own: nobody waits long for the database."""
    with sessions.writer() as connection:
        return tidying.tidy(connection, current_app.config["SETTINGS"], dates.now(), most=2_000)


def _files() -> int:
    """Files that were brought and can no longer be accepted; how many went."""
    try:
        return files.tidy(dates.now() - files.DECIDED_WITHIN)
    except files.Unreachable as fault:
        raise click.ClickException(f"the store of files does not answer: {fault}") from None
