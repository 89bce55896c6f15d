"""Who holds a right in a province today: asked where something would wait on nobody's desk.

Grants are read past the scope: whoever is told that a post is empty need not read accounts. Only
provinces go out from here, never who holds what.
"""

from collections.abc import Collection
from datetime import date

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from access import policy
from access.viewer import hangs_on
from entities.base import Base, record_kinds, table_of
from entities.vocabulary import GrantScope, Verb
from models import RoleGrant, RoleNarrowing, UserAccount

G, N, U = table_of(RoleGrant), table_of(RoleNarrowing), table_of(UserAccount)


def lacking(
    session: Session, entity: type[Base], verb: str, provinces: Collection[int], today: date
) -> frozenset[int]:
    """Those of some provinces in which no account in use holds a grant, in force and not narrowed,
    that lets it do the verb to the entity's rows of the province."""
    if not provinces:
        return frozenset()
    kinds = record_kinds()
    narrowed = exists().where(
        N.c.province_id == G.c.province_id,
        N.c.role == G.c.role,
        N.c.removed_at.is_(None),
        or_(
            and_(N.c.entity == kinds(table_of(entity).name), N.c.verb == Verb(verb)),
            and_(N.c.entity.in_(map(kinds, sorted(hangs_on(entity)))), N.c.verb == Verb.READ),
        ),
    )
    held = (
        select(G.c.province_id)
        .join(U, U.c.id == G.c.user_id)
        .where(
            G.c.province_id.in_(provinces),
            G.c.scope == GrantScope.PROVINCE,
            G.c.role.in_(policy.roles(entity, verb)),
            G.c.removed_at.is_(None),
            G.c.starts_on <= today,
            or_(G.c.ends_on.is_(None), G.c.ends_on >= today),
            U.c.active,
            U.c.removed_at.is_(None),
            ~narrowed,
        )
        .distinct()
    )
    return frozenset(provinces) - frozenset(session.connection().execute(held).scalars())
