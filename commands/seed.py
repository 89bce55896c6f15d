"""`flask seed demo`: a living demonstration, made for the day it is run."""

import click
from flask.cli import with_appcontext
from flask_babel import force_locale

from commands.base import system


@click.group()
def seed() -> None:
    """Fill the database."""


@seed.command()
@click.option("--large", is_flag=True, help="Registers of some thousand documents.")
@with_appcontext
def demo(large: bool) -> None:
    """Migrate, then make the eight provinces of the report of 2552 with made-up people."""
    from flask_migrate import upgrade

    from seed import deployment

    upgrade()
    with system() as session, force_locale("th"):
        for line in deployment.demo(session, large):
            click.echo(line)
        session.commit()
