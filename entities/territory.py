"""Where the office works: regions, provinces, clusters, inspection zones, places, holidays.

Keys are the official codes (TIS 1099 for provinces, the four- and six-digit codes of the
Department of Provincial Administration for districts and subdistricts), the same in every
deployment. Clusters and zones were renumbered, so membership is dated.
"""

from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import Double
from sqlalchemy.orm import Mapped

from entities.base import LONG, Base, Shared, check, field, relation, to, unique
from entities.vocabulary import HolidayKind


class Region(Shared, Base):
    """One of the four regions (ภาค) by which the report of 2552 chose provinces."""

    __tablename__ = "region"
    __label__ = _l("Region"), _l("Regions")
    __order__ = "id"
    name: Mapped[str] = field(_l("Name"), listed=True, searched=True)
    name_en: Mapped[str] = field(_l("English name"), listed=True, searched=True)

    def __str__(self) -> str:
        return self.name


class Province(Shared, Base):
    """A province; its key is the two-digit code of TIS 1099."""

    __tablename__ = "province"
    __label__ = _l("Province"), _l("Provinces")
    __order__ = "sort_key"
    name: Mapped[str] = field(_l("Name"), listed=True, searched=True)
    name_en: Mapped[str] = field(_l("English name"), listed=True, searched=True)
    letter_code: Mapped[str] = field(
        _l("Letter code"),
        listed=True,
        searched=True,
        help=_l("The letters before document numbers, such as ลบ."),
    )
    iso_code: Mapped[str] = field(_l("ISO code"), listed=True, optional=True)
    region_id: Mapped[int] = field(_l("Region"), to("region"), listed=True, filtered=True)
    region: Mapped[Region] = relation(region_id)
    development_region: Mapped[str] = field(_l("Development region"), listed=True, optional=True)
    budget_unit_code: Mapped[str | None] = field(_l("Budget unit code of 2552"))
    has_committee: Mapped[bool] = field(
        _l("Has a provincial committee"), default=True, help=_l("Bangkok has none.")
    )
    sort_key: Mapped[str] = field(_l("Sort key"), computed=True, sorted=True)

    def __str__(self) -> str:
        return self.name


class Cluster(Shared, Base):
    """A province cluster (กลุ่มจังหวัด) in one numbering, from a day to a day."""

    __tablename__ = "cluster"
    __label__ = _l("Province cluster"), _l("Province clusters")
    __order__ = "id"
    __rules__ = (check("valid_order", "valid_to IS NULL OR valid_to >= valid_from"),)
    number: Mapped[int] = field(_l("Number"), listed=True, filtered=True)
    name: Mapped[str] = field(_l("Name"), listed=True, searched=True)
    head_province_id: Mapped[int | None] = field(_l("Head province"), to("province"), listed=True)
    head_province: Mapped[Province | None] = relation(head_province_id)
    valid_from: Mapped[date] = field(_l("Valid from"), listed=True)
    valid_to: Mapped[date | None] = field(_l("Valid to"), listed=True)
    note: Mapped[str | None] = field(_l("Note"), LONG)

    def __str__(self) -> str:
        return self.name


class InspectionZone(Shared, Base):
    """An inspection zone (เขตตรวจราชการ) in one numbering, from a day to a day."""

    __tablename__ = "inspection_zone"
    __label__ = _l("Inspection zone"), _l("Inspection zones")
    __order__ = "id"
    __rules__ = (check("valid_order", "valid_to IS NULL OR valid_to >= valid_from"),)
    number: Mapped[int] = field(_l("Number"), listed=True, filtered=True)
    name: Mapped[str] = field(_l("Name"), listed=True, searched=True)
    valid_from: Mapped[date] = field(_l("Valid from"), listed=True)
    valid_to: Mapped[date | None] = field(_l("Valid to"), listed=True)
    note: Mapped[str | None] = field(_l("Note"), LONG)

    def __str__(self) -> str:
        return self.name


class ClusterProvince(Shared, Base):
    """That a province belongs to a cluster, from a day to a day."""

    __tablename__ = "cluster_province"
    __label__ = _l("Province of a cluster"), _l("Provinces of clusters")
    __order__ = "id"
    __rules__ = (
        unique("cluster_province_start", "cluster_id", "province_id", "valid_from"),
        check("valid_order", "valid_to IS NULL OR valid_to >= valid_from"),
    )
    cluster_id: Mapped[int] = field(
        _l("Province cluster"), to("cluster"), listed=True, filtered=True
    )
    cluster: Mapped[Cluster] = relation(cluster_id)
    province_id: Mapped[int] = field(_l("Province"), to("province"), listed=True, filtered=True)
    province: Mapped[Province] = relation(province_id)
    valid_from: Mapped[date] = field(_l("Valid from"), listed=True)
    valid_to: Mapped[date | None] = field(_l("Valid to"), listed=True)

    def __str__(self) -> str:
        return f"{self.cluster} · {self.province}"


class ZoneProvince(Shared, Base):
    """That a province belongs to an inspection zone, from a day to a day."""

    __tablename__ = "zone_province"
    __label__ = _l("Province of a zone"), _l("Provinces of zones")
    __order__ = "id"
    __rules__ = (
        unique("zone_province_start", "zone_id", "province_id", "valid_from"),
        check("valid_order", "valid_to IS NULL OR valid_to >= valid_from"),
    )
    zone_id: Mapped[int] = field(
        _l("Inspection zone"), to("inspection_zone"), listed=True, filtered=True
    )
    zone: Mapped[InspectionZone] = relation(zone_id)
    province_id: Mapped[int] = field(_l("Province"), to("province"), listed=True, filtered=True)
    province: Mapped[Province] = relation(province_id)
    valid_from: Mapped[date] = field(_l("Valid from"), listed=True)
    valid_to: Mapped[date | None] = field(_l("Valid to"), listed=True)

    def __str__(self) -> str:
        return f"{self.zone} · {self.province}"


class District(Shared, Base):
    """A district (อำเภอ); its key is the four-digit code.

    Latitude and longitude (degrees, WGS 84) are those of its seat, where they are known.
    """

    __tablename__ = "district"
    __label__ = _l("District"), _l("Districts")
    __order__ = "id"
    province_id: Mapped[int] = field(_l("Province"), to("province"), listed=True, filtered=True)
    province: Mapped[Province] = relation(province_id)
    name: Mapped[str] = field(_l("Name"), listed=True, searched=True)
    name_en: Mapped[str] = field(_l("English name"), listed=True, searched=True)
    latitude: Mapped[float | None] = field(_l("Latitude"), Double, computed=True)
    longitude: Mapped[float | None] = field(_l("Longitude"), Double, computed=True)
    sort_key: Mapped[str] = field(_l("Sort key"), computed=True, sorted=True)

    def __str__(self) -> str:
        return self.name


class Subdistrict(Shared, Base):
    """A subdistrict (ตำบล); its key is the six-digit code."""

    __tablename__ = "subdistrict"
    __label__ = _l("Subdistrict"), _l("Subdistricts")
    __order__ = "id"
    province_id: Mapped[int] = field(_l("Province"), to("province"), listed=True, filtered=True)
    province: Mapped[Province] = relation(province_id)
    district_id: Mapped[int] = field(_l("District"), to("district"), listed=True)
    district: Mapped[District] = relation(district_id)
    name: Mapped[str] = field(_l("Name"), listed=True, searched=True)
    name_en: Mapped[str] = field(_l("English name"), listed=True, searched=True, optional=True)
    postal_code: Mapped[str | None] = field(_l("Postal code"), listed=True)
    sort_key: Mapped[str] = field(_l("Sort key"), computed=True, sorted=True)

    def __str__(self) -> str:
        return self.name


class Holiday(Shared, Base):
    """A public holiday of the nation or of a region; working days are worked out from it."""

    __tablename__ = "holiday"
    __label__ = _l("Public holiday"), _l("Public holidays")
    __order__ = "-falls_on"
    __rules__ = (
        unique("national_holiday", "falls_on", where="region_id IS NULL"),
        unique("regional_holiday", "falls_on", "region_id"),
    )
    falls_on: Mapped[date] = field(_l("Date"), listed=True, filtered=True, sorted=True)
    name: Mapped[str] = field(_l("Name"), listed=True, searched=True)
    name_en: Mapped[str | None] = field(_l("English name"), listed=True, optional=True)
    kind: Mapped[HolidayKind] = field(_l("Kind"), listed=True, filtered=True)
    region_id: Mapped[int | None] = field(
        _l("Region"), to("region"), listed=True, help=_l("Empty: the whole nation.")
    )
    region: Mapped[Region | None] = relation(region_id)
    offices_open: Mapped[bool] = field(
        _l("Offices are open"),
        listed=True,
        filtered=True,
        default=False,
        help=_l("Tick this when government offices work on that day."),
    )
    source: Mapped[str | None] = field(_l("Source"))

    def __str__(self) -> str:
        return self.name
