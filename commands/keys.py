"""`flask keys`: the keys of what is kept encrypted."""

import click
from flask.cli import with_appcontext

from access import rekeying, sessions
from entities import private
from entities.base import Base
from entities.private import Unreadable


@click.group()
def keys() -> None:
    """Keys of private and secret text."""


@keys.command()
@with_appcontext
def rotate() -> None:
    """Make a new key, write everything encrypted anew under it, and drop all but the key before it.

    Interrupted, it is run again: nothing is lost, for old keys go only at the end. Run it twice to be
    rid of a key that somebody else may know. Keep the folder of keys with each backup: an older
    backup is read with the keys of its day.
    """
    click.echo(f"keys: {private.add_key()}")
    try:
        count = sum(map(_rewrite, rekeying.encrypted()))
    except Unreadable as error:
        raise click.ClickException(f"{error}; the old keys stay") from None
    click.echo(f"values written anew: {count:,}")
    click.echo(f"old keys dropped: {private.drop_old_keys()}")


def _rewrite(entity: type[Base]) -> int:
    """An entity's encrypted values, part by part, each in a transaction of its own; how many."""
    count, last = 0, 0
    while True:
        with sessions.writer() as connection:
            written, reached = rekeying.rewrite(connection, entity, last)
        if reached is None:
            return count
        count, last = count + written, reached
