"""Where something lies: a district belongs to the province, or to a province of the cluster.

A record may name a district elsewhere from before this was asked. It can be saved as it is, and its
page tells of it; who gives it a district, or another home, gives it a right one.
"""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session

from models import ClusterProvince, District, Project, RequestItem
from rules.base import Broken, linked

PLACED = (Project, RequestItem)
"""Records that lie in a district of their home."""
PLACE = ("district_id", "province_id", "cluster_id")
GIVEN = "given a place"
"""In the session: the records that this save has given a district or a home."""


@event.listens_for(Session, "after_flush")
def _remember(session: Session, _context: Any) -> None:
    """Note who was given a place, while the change can still be seen; it is judged before commit."""
    given = [row for row in session.new if isinstance(row, PLACED)]
    given += [row for row in session.dirty if isinstance(row, PLACED) and _moved(row)]
    if given:
        session.info.setdefault(GIVEN, set()).update(given)


def _moved(row: Any) -> bool:
    attributes = inspect(row).attrs
    return any(attributes[key].history.has_changes() for key in PLACE)


@event.listens_for(Session, "after_commit")
@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(GIVEN, None)


def refuse_foreign_district(row: Any, session: Session) -> None:
    """Raise Broken where this save gives a record a district outside its own province or cluster.

    A province that has left the cluster still counts: what was right stays right.
    """
    if row not in session.info.get(GIVEN, ()):
        return
    district = foreign_district(row, session)
    if district is not None:
        raise Broken(said(district), "district_id")


def said(district: District) -> str:
    """What is told of a district that lies elsewhere."""
    told: str = _("District %(name)s does not lie in the area of this record.", name=district.name)
    return told


def foreign_district(row: Any, session: Session) -> District | None:
    """The district that a record names though it lies outside its province or cluster."""
    district: District | None = linked(row, "district", session)
    if district is None or district.province_id in _provinces(row, session):
        return None
    return district


def _provinces(row: Any, session: Session) -> set[int]:
    if row.province_id is not None:
        return {row.province_id}
    known = select(ClusterProvince.province_id).where(ClusterProvince.cluster_id == row.cluster_id)
    return set(session.scalars(known))
