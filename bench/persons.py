"""Who looks at the pages: an officer of one province and one of the ministry.

Run as a module it prepares a migrated database; with `index` it builds the search index, for
which the bench's class must be known.
"""

import sys

from flask_babel import force_locale

from access.database import ensure
from access.search import ensure as index
from app import create_app
from bench import packet
from commands.base import system
from entities import dates
from entities.vocabulary import DeploymentKind, GrantScope, Role
from models import Deployment, RoleGrant, UserAccount
from rules import accounts
from seed import reference

PASSWORD = "bench-Pass-2569"
PROVINCE = 16
PERSONS = {
    "nation": ("bench.nation", Role.MINISTRY_ADMIN, GrantScope.NATION, None),
    "province": ("bench.province", Role.PROVINCE_ADMIN, GrantScope.PROVINCE, PROVINCE),
}
"""Viewer → account, role, scope and province."""


def prepare() -> None:
    """Reference data, the installation's number and the accounts of `PERSONS`."""
    with create_app().app_context(), force_locale("th"), system() as session:
        reference.load(session)
        ensure(session.connection(), 100)
        session.add(Deployment(name="bench", number=100, kind=DeploymentKind.DEMO))
        for username, role, scope, province_id in PERSONS.values():
            account = UserAccount(username=username, name=username, province_id=province_id)
            accounts.open_account(account, PASSWORD)
            session.add(account)
            session.flush()
            session.add(
                RoleGrant(
                    user_id=account.id,
                    role=role,
                    scope=scope,
                    province_id=province_id,
                    starts_on=dates.today(),
                )
            )
        packet.prepare(session, PROVINCE)
        session.commit()


def build_index() -> None:
    """Build the search index of a database into which rows were poured."""
    from bench.ours import served

    with served().app_context(), system() as session:
        index(session.connection())
        session.commit()


if __name__ == "__main__":
    build_index() if sys.argv[1:] == ["index"] else prepare()

__all__ = ["PASSWORD", "PERSONS", "PROVINCE"]
