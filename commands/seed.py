"""`flask seed demo`: a living demonstration, made for the day it is run."""

import click
from flask.cli import with_appcontext
from flask_babel import force_locale

from commands.base import system
from seed import deployment


@click.group()
def seed() -> None:
    """Fill the database."""


@seed.command()
@with_appcontext
def demo() -> None:
    """Migrate, then make the eight provinces of the report of 2552 with made-up people."""
    from flask_migrate import upgrade

    upgrade()
    with system() as session, force_locale("th"):
        for line in deployment.demo(session):
            click.echo(line)
        session.commit()
