"""`flask user`: accounts from the command line, for the first administrator and for help."""

import click
from flask.cli import with_appcontext
from flask_babel import force_locale
from sqlalchemy import select

from commands.base import system
from entities import dates
from entities.vocabulary import GrantScope, Role
from models import RoleGrant, UserAccount
from rules import accounts
from rules.base import Broken
from seed.territory import find_province


@click.group()
def user() -> None:
    """Accounts and grants."""


@user.command()
@click.argument("username")
@click.argument("name")
@click.option("--province", help="Name or code of the province; empty for the ministry.")
@with_appcontext
def add(username: str, name: str, province: str | None) -> None:
    """Make an account and print its one-time password."""
    with system() as session, force_locale("th"):
        account = UserAccount(
            username=username, name=name, province_id=province and find_province(province)
        )
        password = accounts.open_account(account)
        session.add(account)
        _commit(session)
    click.echo(f"{username}: one-time password {password}")


ROLES = [role.value for role in Role]
"""What a grant may give: on the command line by its code, on the screen in Thai."""


@user.command(epilog=f"ROLE is one of: {', '.join(ROLES)}.")
@click.argument("username")
@click.argument("role", type=click.Choice(ROLES), metavar="ROLE")
@click.option("--province", help="Name or code of the province; empty for the nation.")
@with_appcontext
def grant(username: str, role: str, province: str | None) -> None:
    """Give an account a role in a province, or in the nation."""
    with system() as session, force_locale("th"):
        account = _account(session, username)
        session.add(
            RoleGrant(
                user_id=account.id,
                role=Role(role),
                starts_on=dates.today(),
                scope=GrantScope.PROVINCE if province else GrantScope.NATION,
                province_id=find_province(province) if province else None,
            )
        )
        _commit(session)
    click.echo(f"{username}: {role}")


@user.command()
@click.argument("username")
@with_appcontext
def reset(username: str) -> None:
    """Give an account a new one-time password and end its sessions."""
    with system() as session, force_locale("th"):
        password = accounts.reset_password(_account(session, username), session)
        _commit(session)
    click.echo(f"{username}: one-time password {password}")


def _account(session, username):  # type: ignore[no-untyped-def]
    found = session.scalar(select(UserAccount).where(UserAccount.username == username))
    if found is None:
        raise click.BadParameter(f"there is no account {username!r}")
    return found


def _commit(session):  # type: ignore[no-untyped-def]
    try:
        session.commit()
    except Broken as broken:
        raise click.ClickException(str(broken)) from None
