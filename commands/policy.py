"""`flask policy`: the table of rights, as the ministry signs it."""

import click

from access.policy import POLICY


@click.command()
def policy() -> None:
    """Print which roles may do what to each entity."""
    for entity, verbs in sorted(POLICY.items(), key=lambda line: line[0].__tablename__):
        click.echo(entity.__tablename__)
        for verb, roles in verbs.items():
            click.echo(f"  {verb:14} {', '.join(sorted(r.value for r in roles)) or '—'}")
