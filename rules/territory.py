"""Where something lies: a district belongs to the province, or to a province of the cluster."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from models import ClusterProvince, District
from rules.base import Broken, linked


def refuse_foreign_district(row: Any, session: Session) -> None:
    """Raise Broken where a record names a district outside its own province or cluster.

    Only what is chosen now is judged: provinces may leave a cluster after a choice was right.
    """
    attributes = inspect(row).attrs
    changed = any(attributes[key].history.has_changes() for key in ("district_id", "district"))
    district: District | None = linked(row, "district", session) if changed else None
    if district is None or district.province_id == row.province_id:
        return
    if row.province_id is None and row.cluster_id is None:
        return  # the home comes from the parent, which is missing: that is told in its place
    if row.cluster_id is not None and district.province_id in _provinces(row.cluster_id, session):
        return
    raise Broken(
        _("District %(name)s does not lie in the area of this record.", name=district.name),
        "district_id",
    )


def _provinces(cluster_id: int, session: Session) -> set[int]:
    known = select(ClusterProvince.province_id).where(ClusterProvince.cluster_id == cluster_id)
    return set(session.scalars(known))
