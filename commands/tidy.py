"""`flask tidy`: remove what is kept only for a while, all that is due."""

from collections import Counter

import click
from flask import current_app
from flask.cli import with_appcontext

from access import sessions, tidying
from entities import dates


@click.command()
@with_appcontext
def tidy() -> None:
    """Remove sign-ins that are over, old failed ones, and the ids of forms sent long ago."""
    removed: Counter[str] = Counter()
    while True:
        gone = _some()
        removed.update(gone)
        if not any(gone.values()):
            break
    for table, count in removed.items():
        click.echo(f"{table}: {count:,} removed")


def _some() -> dict[str, int]:
    """A part of it, in a transaction of its own: nobody waits long for the database."""
    with sessions.writer() as connection:
        return tidying.tidy(connection, current_app.config["SETTINGS"], dates.now(), most=2_000)
