"""`flask audit verify`: prove that the audit is whole."""

import click
from flask.cli import with_appcontext

from access import audit as trail
from commands.base import system


@click.group()
def audit() -> None:
    """The audit trail."""


@audit.command()
@with_appcontext
def verify() -> None:
    """Check every chain, its length and the heads written down outside the database."""
    with system() as session:
        count, wrong = trail.verify(session)
    for line in wrong:
        click.echo(line, err=True)
    click.echo(f"{count:,} entries, {len(wrong)} faults")
    if wrong:
        raise SystemExit(1)
