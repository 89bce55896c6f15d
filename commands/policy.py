"""`flask policy`: the table of rights, as the ministry signs it or as a province narrowed it."""

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from access.policy import POLICY
from access.viewer import Grant
from commands.base import system
from entities.vocabulary import GrantScope, Role
from models import RoleNarrowing
from seed.territory import find_province


@click.command()
@click.argument("province", required=False)
@with_appcontext
def policy(province: str | None) -> None:
    """Print which roles may do what to each entity; in PROVINCE, less what its office took away."""
    held = (
        _held(province) if province else {role: Grant(role, GrantScope.PROVINCE) for role in Role}
    )
    for entity, verbs in sorted(POLICY.items(), key=lambda line: line[0].__tablename__):
        click.echo(entity.__tablename__)
        for verb, roles in verbs.items():
            left = sorted(r.value for r in roles if not held[r].lacks(entity, verb))
            click.echo(f"  {verb:14} {', '.join(left) or '—'}")


def _held(province: str) -> dict[Role, Grant]:
    """Every role as it is held in a province."""
    try:
        province_id = find_province(province)
    except LookupError as error:
        raise click.BadParameter(str(error)) from None
    narrowed: dict[Role, set[tuple[str, str]]] = {role: set() for role in Role}
    with system() as session:
        for row in session.scalars(
            select(RoleNarrowing).where(RoleNarrowing.province_id == province_id)
        ):
            narrowed[row.role].add((row.entity.value, row.verb.value))
    return {
        role: Grant(role, GrantScope.PROVINCE, narrowed=frozenset(taken))
        for role, taken in narrowed.items()
    }
