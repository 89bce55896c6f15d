"""`flask deploy PROVINCE`: everything a real, empty province needs; safe to run again."""

import click
from flask.cli import with_appcontext
from flask_babel import force_locale

from commands.base import system


@click.command()
@click.argument("province")
@click.option(
    "--demo", is_flag=True, help="Fill it with made-up data of the eight provinces of 2552."
)
@with_appcontext
def deploy(province: str, demo: bool) -> None:
    """Prepare the database for PROVINCE, a name or a code: tables, reference data, committees."""
    from flask_migrate import upgrade

    from seed import deployment

    upgrade()
    with system() as session, force_locale("th"):
        try:
            told = deployment.demo(session) if demo else deployment.province(session, province)
        except LookupError as error:
            raise click.BadParameter(str(error)) from None
        session.commit()
    for line in told:
        click.echo(line)
