"""Where something lies: a district belongs to the province, or to a province of the cluster."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import ClusterProvince, District
from rules.base import Broken, linked


def refuse_foreign_district(row: Any, session: Session) -> None:
    """Raise Broken where a record names a district outside its own province or cluster.

    A province that has left the cluster still counts: what was right stays right.
    """
    district: District | None = linked(row, "district", session)
    if district is None or district.province_id in _provinces(row, session):
        return
    raise Broken(
        _("District %(name)s does not lie in the area of this record.", name=district.name),
        "district_id",
    )


def _provinces(row: Any, session: Session) -> set[int]:
    if row.province_id is not None:
        return {row.province_id}
    known = select(ClusterProvince.province_id).where(ClusterProvince.cluster_id == row.cluster_id)
    return set(session.scalars(known))
