"""The provinces and clusters that a form offers, as choices of one field."""

from typing import Any

from sqlalchemy import select

from access.database import db
from admin_views.acting import viewer
from models import Cluster, Province
from rules.unit_names import Home

CLUSTERS = 10**9
"""A choice below this is a province's code, above it a cluster's id behind it."""


def choices(entity: Any, verb: str) -> list[tuple[int, str]]:
    """The provinces and the clusters of today in which the viewer may do a verb to an entity."""
    reach = viewer().reach(entity, verb)
    provinces = select(Province.id, Province.name).order_by(Province.sort_key)
    clusters = (
        select(Cluster.id, Cluster.name).where(Cluster.valid_to.is_(None)).order_by(Cluster.id)
    )
    if not reach.everything:
        provinces = provinces.where(Province.id.in_(sorted(reach.province_id)))
        clusters = clusters.where(Cluster.id.in_(sorted(reach.cluster_id)))
    found = [(key, name) for key, name in db.session.execute(provinces)]
    return found + [(CLUSTERS + key, name) for key, name in db.session.execute(clusters)]


def chosen(choice: int) -> Home:
    """The province or cluster that a choice means."""
    if choice > CLUSTERS:
        return Home("", cluster_id=choice - CLUSTERS)
    return Home("", province_id=choice)
