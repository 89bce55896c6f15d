"""Who signs in, with which rights, and what was done: accounts, grants, sessions, audit."""

from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from flask_security.core import RoleMixin, UserMixin
from sqlalchemy import JSON, Boolean, Enum, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from entities.base import (
    PARAGRAPH,
    Base,
    Choice,
    InProvince,
    InProvinceOrNation,
    Kind,
    Moment,
    Shared,
    check,
    field,
    relation,
    to,
    unique,
    values,
)
from entities.governance import Agency, Committee
from entities.registers import Plain
from entities.territory import Cluster, InspectionZone, Province
from entities.vocabulary import DeploymentKind, GrantScope, Language, Role, Verb


class Deployment(Shared, Base):
    """This installation: its number decides the range of its record ids (design §1)."""

    __tablename__ = "deployment"
    __label__ = _l("Installation"), _l("Installations")
    name: Mapped[str] = field(_l("Name"), listed=True)
    number: Mapped[int] = field(_l("Number"), listed=True)
    kind: Mapped[DeploymentKind] = field(_l("Kind"), listed=True)
    home_province_id: Mapped[int | None] = field(_l("Province"), to("province"), listed=True)
    home_province: Mapped[Province | None] = relation(home_province_id)

    def __str__(self) -> str:
        return self.name


class UserAccount(InProvinceOrNation, Base, UserMixin):
    """A person who signs in; the rights come from grants alone."""

    __tablename__ = "user_account"
    __label__ = _l("User account"), _l("User accounts")
    __order__ = "username"
    __context__ = "name"
    __rules__ = (
        UniqueConstraint("username", name="uq_username"),
        UniqueConstraint("fs_uniquifier", name="uq_fs_uniquifier"),
        UniqueConstraint("id", "province_id"),
    )
    username: Mapped[str] = field(
        _l("Username"),
        listed=True,
        searched=True,
        once=True,
        help=_l("Small Latin letters, digits, dot, hyphen; it cannot be changed later."),
    )
    name: Mapped[str] = field(_l("Name"), listed=True, searched=True)
    position: Mapped[str | None] = field(_l("Position"), listed=True)
    email: Mapped[str | None] = field(_l("E-mail"))  # type: ignore[assignment]
    active: Mapped[bool] = field(
        _l("May sign in"), Boolean, listed=True, filtered=True, default=True
    )
    language: Mapped[Language] = field(_l("Language"), computed=True, default=Language.THAI)
    default_province_id: Mapped[int | None] = field(_l("Province shown first"), computed=True)
    password: Mapped[str | None] = mapped_column()
    must_change_password: Mapped[bool] = field(
        _l("Must change the password"), computed=True, default=False
    )
    fs_uniquifier: Mapped[str] = mapped_column()
    us_totp_secrets: Mapped[str | None] = mapped_column(Text)
    tf_primary_method: Mapped[str | None] = mapped_column()
    tf_totp_secret: Mapped[str | None] = mapped_column()
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(JSON)
    roles: Mapped[list["RoleGrant"]] = relationship(  # type: ignore[assignment]
        primaryjoin="UserAccount.id == RoleGrant.user_id", viewonly=True
    )

    def __str__(self) -> str:
        return self.name


class RoleGrant(InProvinceOrNation, Base, RoleMixin):
    """A role at a scope, from a day to a day; a person may hold any number."""

    __tablename__ = "role_grant"
    __label__ = _l("Grant"), _l("Grants")
    __context__ = "scope"
    __rules__ = (
        check("ends_after_start", "ends_on IS NULL OR ends_on >= starts_on"),
        check(
            "scope_target",
            "(scope = 'zone') = (zone_id IS NOT NULL)"
            " AND (scope = 'cluster') = (cluster_id IS NOT NULL)"
            " AND (scope = 'agency') = (agency_id IS NOT NULL)"
            " AND (scope = 'mission_group') = (committee_id IS NOT NULL)"
            " AND (scope IN ('province', 'agency', 'mission_group')) = (province_id IS NOT NULL)",
        ),
    )
    user_id: Mapped[int] = field(
        _l("User"), to("user_account"), listed=True, filtered=True, once=True
    )
    user: Mapped[UserAccount] = relation(user_id)
    role: Mapped[Role] = field(_l("Role"), listed=True, filtered=True, once=True)
    scope: Mapped[GrantScope] = field(_l("Scope"), listed=True, filtered=True, once=True)
    zone_id: Mapped[int | None] = field(_l("Inspection zone"), to("inspection_zone"), once=True)
    zone: Mapped[InspectionZone | None] = relation(zone_id)
    cluster_id: Mapped[int | None] = field(_l("Province cluster"), to("cluster"), once=True)
    cluster: Mapped[Cluster | None] = relation(cluster_id)
    agency_id: Mapped[int | None] = field(_l("Agency"), to("agency"), once=True)
    agency: Mapped[Agency | None] = relation(agency_id)
    committee_id: Mapped[int | None] = field(_l("Mission group"), to("committee"), once=True)
    committee: Mapped[Committee | None] = relation(committee_id)
    starts_on: Mapped[date] = field(_l("Valid from"), listed=True)
    ends_on: Mapped[date | None] = field(_l("Until"), listed=True)

    @property
    def name(self) -> str:  # type: ignore[override]
        """The name Flask-Security knows a role by."""
        return str(self.role.value)

    def __str__(self) -> str:
        return str(self.role)


class RoleNarrowing(InProvince, Base):
    """A right that an office takes away from a role in its province.

    The policy is the ministry's; an office may narrow a role, never widen it (design §4). Where
    reading is taken away, every other right falls with it, and so does what hangs on the record.
    """

    __tablename__ = "role_narrowing"
    __label__ = _l("Narrowed right"), _l("Narrowed rights")
    __rules__ = (unique("role_narrowing", "province_id", "role", "entity", "verb"),)
    role: Mapped[Role] = field(_l("Role"), listed=True, filtered=True, once=True)
    entity: Mapped[Choice] = field(
        _l("Kind of record"), Kind(), listed=True, filtered=True, once=True
    )
    verb: Mapped[Verb] = field(
        _l("Right taken away"),
        Enum(Verb, native_enum=False, length=32, values_callable=values, create_constraint=False),
        listed=True,
        filtered=True,
        once=True,
        help=_l("Without the right to read, no other right to such records is left."),
    )
    reason: Mapped[str] = field(_l("Reason"), PARAGRAPH, listed=True, optional=True)

    def __str__(self) -> str:
        return f"{self.role}: {self.entity} – {self.verb}"


class AuditEntry(Plain):
    """One line of the audit: who did what to which record, chained by a keyed seal.

    Append-only: the database refuses update and delete. `changes` and `at` are kept exactly
    as sealed, as text. `chain` is the province's code, 0 for what belongs to no province.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        UniqueConstraint("chain", "position"),
        Index("ix_audit_entry_record", "entity", "record_id", "id"),
        Index("ix_audit_entry_province_id", "province_id", "id"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[str]
    actor_id: Mapped[int | None]
    actor: Mapped[str]
    act: Mapped[str]
    entity: Mapped[str]
    record_id: Mapped[int | None]
    record: Mapped[str | None]
    province_id: Mapped[int | None] = mapped_column(ForeignKey("province.id"))
    place: Mapped[str | None]
    changes: Mapped[str] = mapped_column(Text)
    chain: Mapped[int]
    position: Mapped[int]
    previous: Mapped[str]
    seal: Mapped[str]


class AuditHead(Plain):
    """The last entry of each chain; the row that is locked while entries are added."""

    __tablename__ = "audit_head"
    chain: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int]
    seal: Mapped[str]


class SignInSession(Plain):
    """A browser's session; the cookie holds a random key of which only the hash is kept.

    `user_id` is empty until somebody signs in; `data` is what Flask keeps, as JSON.
    """

    __tablename__ = "sign_in_session"
    __table_args__ = (
        Index("ix_sign_in_session_started_at", "started_at"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    key_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    data: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(Moment())
    seen_at: Mapped[datetime] = mapped_column(Moment())
    ended_at: Mapped[datetime | None] = mapped_column(Moment())
    place: Mapped[str | None]
    agent: Mapped[str | None]


class SignInAttempt(Plain):
    """A failed sign-in, by name and network, for slowing an attacker down."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        Index("ix_sign_in_attempt_username", "username", "at"),
        Index("ix_sign_in_attempt_network", "network", "at"),
        Index("ix_sign_in_attempt_at", "at"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment())
    username: Mapped[str]
    network: Mapped[str]


class SavedView(Plain):
    """A list as a person left it: the query of its address under a name.

    It holds no rows and no rights: the query is read anew at each use, as any address is. With a
    `province_id` it is shared with those who sit in that province's office. Under the empty name
    stand the columns that the person chose last.
    """

    __tablename__ = "saved_view"
    __table_args__ = (
        UniqueConstraint("user_id", "entity", "name"),
        Index("ix_saved_view_province_id", "province_id"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    entity: Mapped[str]
    name: Mapped[str]
    query: Mapped[str] = mapped_column(Text)
    opens_first: Mapped[bool] = mapped_column(default=False)
    province_id: Mapped[int | None] = mapped_column(ForeignKey("province.id"))
