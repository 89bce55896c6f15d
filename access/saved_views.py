"""Lists as persons left them: who sees which saved view, and who writes it.

A person sees the own views, and those that the office shares: an office's are for who sits in
that one province. A view is the query of an address and no more, so it opens no door.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, delete, false, insert, or_, select, update
from sqlalchemy.orm import Session

from access import audit, policy
from access.viewer import Viewer
from entities.base import table_of
from entities.vocabulary import Act, GrantScope
from models import SavedView

V = table_of(SavedView)
COLUMNS = ""
"""The name under which the columns stand that a person chose last."""
MOST = 20
"""Views of one list that a person may keep: more would be no tabs."""
LONGEST_NAME, LONGEST_QUERY = 60, 4000


@dataclass(frozen=True)
class View:
    """A saved view as the person who asked sees it; `own` says whether it is that person's."""

    id: int
    entity: str
    name: str
    query: str
    opens_first: bool
    shared: bool
    own: bool


def office(person: Viewer) -> int | None:
    """The province in whose office a person sits; None for who works for several or for all."""
    found = person.provinces
    return next(iter(found)) if found is not None and len(found) == 1 else None


def may_share(person: Viewer) -> bool:
    """Whether a person may show views to the office: who keeps the province's master data."""
    here = office(person)
    return here is not None and any(
        grant.role in policy.SHARERS
        and grant.scope is GrantScope.PROVINCE
        and here in grant.provinces
        for grant in person.grants
    )


def seen(work: Session, person: Viewer) -> tuple[View, ...]:
    """Every view a person sees, of all lists: the own ones first, each in the order of making."""
    rows = work.connection().execute(select(V).where(or_(_own(person), _of_office(person))))
    found = [
        View(
            row.id, row.entity, row.name, row.query,
            row.opens_first and row.user_id == person.user_id,
            row.province_id is not None, row.user_id == person.user_id,
        )
        for row in rows
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda view: (not view.own, view.id)))


def _own(person: Viewer) -> ColumnElement[bool]:
    return V.c.user_id == person.user_id


def _of_office(person: Viewer) -> ColumnElement[bool]:
    here = office(person)
    return false() if here is None else (V.c.province_id == here)


def keep(
    work: Session, person: Viewer, entity: str, name: str, query: str, *,
    opens_first: bool = False, share: bool = False,
) -> bool:  # fmt: skip
    """Keep a list's query under a name, instead of what stood under it; False where there are too many.

    `share` counts only for who may share.
    """
    own = [view for view in seen(work, person) if view.own and view.entity == entity and view.name]
    before = next((view for view in own if view.name == name), None)
    if name != COLUMNS and before is None and len(own) >= MOST:
        return False
    values = _values(work, person, entity, opens_first, share) | {"query": query}
    place = (_own(person), V.c.entity == entity, V.c.name == name)
    changed = work.connection().execute(update(V).where(*place).values(**values))
    if not changed.rowcount:
        here = {"user_id": person.user_id, "entity": entity, "name": name}
        work.connection().execute(insert(V).values(**here, **values))
    if values["province_id"] or (before and before.shared):
        _note(work, person, Act.EDIT if before else Act.CREATE, entity, name, query)
    return True


def change(
    work: Session, person: Viewer, view: View, name: str, *, opens_first: bool, share: bool
) -> bool:
    """Rename a view of one's own, open the list with it, share it; False where the name is taken."""
    others = [one for one in seen(work, person) if one.own and one.entity == view.entity]
    if any(one.name == name and one.id != view.id for one in others):
        return False
    values = _values(work, person, view.entity, opens_first, share)
    work.connection().execute(
        update(V).where(V.c.id == view.id, _own(person)).values(name=name, **values)
    )
    if view.shared or values["province_id"]:
        _note(work, person, Act.EDIT, view.entity, name, view.query)
    return True


def _values(
    work: Session, person: Viewer, entity: str, opens_first: bool, share: bool
) -> dict[str, Any]:
    """What a view is given; of one list only one view opens first."""
    if opens_first:
        work.connection().execute(
            update(V).where(_own(person), V.c.entity == entity).values(opens_first=False)
        )
    shared = share and may_share(person)
    return {"opens_first": opens_first, "province_id": office(person) if shared else None}


def drop(work: Session, person: Viewer, view: View) -> None:
    """Remove a view: one's own, or one of the office by who may share there."""
    mine: ColumnElement[bool] = _own(person)
    if may_share(person):
        mine = or_(mine, _of_office(person))
    gone = work.connection().execute(delete(V).where(V.c.id == view.id, mine))
    if gone.rowcount and view.shared:
        _note(work, person, Act.REMOVE, view.entity, view.name, view.query)


def forget_columns(work: Session, person: Viewer, entity: str) -> None:
    """Go back to the columns that the list shows of itself."""
    work.connection().execute(
        delete(V).where(_own(person), V.c.entity == entity, V.c.name == COLUMNS)
    )


def _note(work: Session, person: Viewer, act: Act, entity: str, name: str, query: str) -> None:
    """What the office sees or saw is told in its audit; one's own views are one's own."""
    audit.note(
        work, act, "saved_view", record=name, province_id=office(person), list=entity, query=query,
    )  # fmt: skip
