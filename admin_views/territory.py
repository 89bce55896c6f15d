"""Screens of reference data: regions, provinces, clusters, zones, places, holidays."""

from admin_views.base import EntityView
from models import (
    Cluster,
    ClusterProvince,
    District,
    Holiday,
    InspectionZone,
    Province,
    Region,
    Subdistrict,
    ZoneProvince,
)

VIEWS = [
    (Province, EntityView),
    (District, EntityView),
    (Subdistrict, EntityView),
    (Region, EntityView),
    (Cluster, EntityView),
    (ClusterProvince, EntityView),
    (InspectionZone, EntityView),
    (ZoneProvince, EntityView),
    (Holiday, EntityView),
]
