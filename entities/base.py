"""What every entity shares: the declaration `field()`, the base class and the homes.

An entity is declared once; lists, forms, filters, search, history and workbooks read the
declaration through `fields()`. Every class states its home (`Shared`, `InProvince`,
`InProvinceOrCluster`, `InProvinceOrNation`); the home decides who can reach a row.
"""

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from types import MappingProxyType
from typing import Any, ClassVar, TypeAlias, cast

from flask_babel.speaklater import LazyString
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Constraint,
    DateTime,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
    event,
    inspect,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    MappedColumn,
    Mapper,
    Relationship,
    declared_attr,
    mapped_column,
    object_session,
    relationship,
)

Text: TypeAlias = str | Any
"""A message: translated when it is shown (a lazy string), or plain."""
Id = BigInteger().with_variant(Integer, "sqlite")
SHORT, PARAGRAPH, LONG = String(300), String(1_000), String(20_000)
"""The lengths of text: a line, a paragraph, some pages. Forms hold people to them."""


class Moment(TypeDecorator[datetime]):
    """An instant in UTC; SQLite keeps no zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return (
            value.astimezone(UTC)
            if dialect.name != "sqlite"
            else value.astimezone(UTC).replace(tzinfo=None)
        )

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)


class Choice(enum.Enum):
    """An enumeration whose members carry a translated title, and a tone and sign for chips.

    `value` is what the database keeps; `tone` is one of "", ok, warn, bad, info, gold.
    """

    title: Text
    tone: str
    sign: str

    def __new__(cls, value: str, title: Text = "", tone: str = "", sign: str = "") -> "Choice":
        member = object.__new__(cls)
        member._value_ = value
        member.title, member.tone, member.sign = title, tone, sign
        return member

    def __str__(self) -> str:
        return str(self.title)


class Kind(TypeDecorator[Choice]):
    """A kind of record, kept as the name of its table and shown by the entity's label.

    Its members are the entities that belong to a province or cluster, whichever there are once
    all are declared; a name that is no entity any more reads as None.
    """

    impl = String(64)
    cache_ok = True

    def process_bind_param(self, value: Choice | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value.value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Choice | None:
        return record_kinds().__members__.get(value) if value else None

    @property
    def python_type(self) -> type[Choice]:
        return record_kinds()


@cache
def record_kinds() -> type[Choice]:
    """The entities whose rows belong to somebody, as an enumeration by the name of their table."""
    owned = [entity for entity in entities() if not issubclass(entity, Shared)]
    members = {e.__tablename__: (e.__tablename__, e.__label__[1]) for e in owned}
    return cast(type[Choice], Choice("RecordKind", members))


@dataclass(frozen=True)
class Field:
    """What screens and workbooks need to know of a column; see `field()`."""

    label: Text
    listed: bool = False
    filtered: bool = False
    searched: bool = False
    sorted: bool = False
    computed: bool = False
    once: bool = False
    private: bool = False
    released: bool = False
    optional: bool = False
    derived: bool = False
    help: Text = ""


def field(
    label: Text,
    *args: Any,
    listed: bool = False,
    filtered: bool = False,
    searched: bool = False,
    sorted: bool = False,
    computed: bool = False,
    once: bool = False,
    private: bool = False,
    released: bool = False,
    optional: bool = False,
    derived: bool = False,
    help: Text = "",
    **column: Any,
) -> MappedColumn[Any]:
    """A mapped column with its label and the flags that screens and workbooks need.

    `listed` stands in lists, `filtered` in the filter menu, `searched` in the search index,
    `sorted` may order the list, `computed` is never typed by a person, `once` is typed at
    creation only, `private` is masked without the right to see it, `released` goes to the
    ministry in snapshots, `optional` is hidden in lists on a phone, `derived` is made from what
    stands elsewhere: it is neither shown nor entered in the audit.
    """
    told = Field(
        label, listed, filtered, searched, sorted, computed, once, private, released, optional,
        derived, help,
    )  # fmt: skip
    column.setdefault("active_history", True)
    return mapped_column(*args, info={**column.pop("info", {}), "field": told}, **column)


def to(table: str) -> ForeignKey:
    """A foreign key to a table that all provinces share, or to an account."""
    return ForeignKey(f"{table}.id")


def within(table: str) -> ForeignKey:
    """A foreign key to a row of the same home: the database refuses another province's row."""
    return ForeignKey(f"{table}.id", info={"within": table})


def relation(*keys: Any, **options: Any) -> Relationship[Any]:
    """The many-to-one behind one foreign key column; never loaded by accident in a list."""
    return relationship(foreign_keys=list(keys), **options)


KEPT = "removed_at IS NULL"


def _partial(name: str, columns: Iterable[str], condition: str, **told: Any) -> Index:
    where = text(condition)
    return Index(name, *columns, sqlite_where=where, info={"where": where}, **told)


def tell_postgresql() -> None:
    """Give every partial index its condition for PostgreSQL too, where that is the database.

    SQLAlchemy would load its dialect to take it, 2.4 MB of each worker that has another database.
    """
    for table in Base.metadata.tables.values():
        for index in table.indexes:
            if "where" in index.info:
                index.dialect_options["postgresql"]["where"] = index.info["where"]


def unique(name: str, *columns: str, where: str = "") -> Index:
    """A unique index over the rows that are not removed, named so that its message is found."""
    return _partial(f"uq_{name}", columns, " AND ".join(filter(None, [KEPT, where])), unique=True)


def unique_at_home(name: str, *columns: str) -> tuple[Index, Index]:
    """Unique among the rows of one province, and among those of one cluster."""
    return (
        unique(f"{name}_in_province", "province_id", *columns),
        unique(f"{name}_in_cluster", "cluster_id", *columns),
    )


def listing(name: str, *columns: str, where: str = "") -> Index:
    """An index from which a list takes its ids in order; also for a filter on a large table.

    It holds the rows that are not removed. `removed_at`, always empty in them, stands last:
    SQLite answers from the index alone only where every column asked for is in it.
    """
    condition = " AND ".join(filter(None, [KEPT, where]))
    return _partial(f"ix_{name}", (*columns, "id", "removed_at"), condition)


def check(name: str, condition: str) -> CheckConstraint:
    """A named condition that the database holds."""
    return CheckConstraint(condition, name=name)


NAMES = {
    "ix": "ix_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def values(choice: type[enum.Enum]) -> list[str]:
    """What the database keeps of an enumeration's members."""
    return [member.value for member in choice]


class Base(DeclarativeBase):
    """Every entity: key, version, who made and changed it, and whether it was removed."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        int: Id,
        str: SHORT,
        datetime: Moment(),
        enum.Enum: Enum(
            enum.Enum, native_enum=False, length=32, values_callable=values, create_constraint=True
        ),
    }
    __label__: ClassVar[tuple[Text, Text]]
    __rules__: ClassVar[tuple[Constraint | Index, ...]] = ()
    __ways__: ClassVar[dict[str, str]] = {}
    __read_with__: ClassVar[dict[str, str]] = {}
    """Columns that name an owner, each with its table: who cannot read the owner there reads no
    row that hangs on one."""
    __read_by__: ClassVar[dict[str, str]] = {}
    """Columns, each with a verb: a row in which one is filled is read by those alone whom the verb
    reaches, and the fields of `__veiled__` are masked in the audit of such a row."""
    __veiled__: ClassVar[frozenset[str]] = frozenset()
    __order__: ClassVar[str] = "-id"
    __context__: ClassVar[str] = ""
    __numbered__: ClassVar[bool] = False

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    made_at: Mapped[datetime | None] = mapped_column(active_history=True)
    made_by: Mapped[int | None] = mapped_column(active_history=True)
    changed_at: Mapped[datetime | None]
    changed_by: Mapped[int | None]
    removed_at: Mapped[datetime | None] = mapped_column(active_history=True)
    removed_by: Mapped[int | None]

    @declared_attr.directive
    def __table_args__(cls: Any) -> tuple[Any, ...]:
        return (
            *cls.__rules__,
            *_home_keys(cls),
            *_order_indexes(cls),
            {"sqlite_autoincrement": True},
        )

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


@event.listens_for(Mapper, "after_mapper_constructed")
def _lighten(mapper: Mapper[Any], _class: type) -> None:
    """Take from a new entity what SQLAlchemy would keep of it unasked, in every worker.

    To give an attribute its dispatcher of events, it first asks whether there is one, and the
    question makes the column's expression, 3 kB; so it is given here. A column's values, set one
    by one, take twice the room of a copy.
    """
    attributes: Iterable[Any] = mapper.class_manager.values()
    for attribute in attributes:
        attribute._slots_dispatch = type(attribute).dispatch._for_instance(attribute)
    for column in mapper.local_table.columns:
        column.__dict__ = dict(column.__dict__)


def _home_record(name: str) -> property:
    """The province or cluster behind a home's key, read when it is asked for.

    No relationship: each would take 30 kB of every worker, and no statement joins by these.
    """

    def read(row: Any) -> Any:
        from entities import territory

        key, session = getattr(row, f"{name}_id"), object_session(row)
        if key is None or session is None:
            return None
        return session.get(getattr(territory, name.title()), key)

    def write(row: Any, record: Any) -> None:
        setattr(row, f"{name}_id", None if record is None else record.id)

    return property(read, write)


class Shared:
    """Reference data: the same everywhere, read by all, written by the ministry."""


class InProvince:
    """A row that belongs to one province."""

    @declared_attr
    def province_id(cls) -> Mapped[int]:
        return field(_label("Province"), to("province"), filtered=True, once=True)

    province = _home_record("province")


class InProvinceOrCluster:
    """A row of exactly one province or one cluster (ก.บ.ก. and cluster budgets)."""

    @declared_attr
    def province_id(cls) -> Mapped[int | None]:
        return field(_label("Province"), to("province"), filtered=True, once=True)

    @declared_attr
    def cluster_id(cls) -> Mapped[int | None]:
        return field(_label("Province cluster"), to("cluster"), once=True)

    province = _home_record("province")

    cluster = _home_record("cluster")


class InProvinceOrNation:
    """A row of one province, or of the ministry when the province is empty (accounts, audit)."""

    @declared_attr
    def province_id(cls) -> Mapped[int | None]:
        return field(_label("Province"), to("province"), filtered=True, once=True)

    province = _home_record("province")


HOMES = (Shared, InProvince, InProvinceOrCluster, InProvinceOrNation)


def _label(message: str) -> LazyString:
    from flask_babel import lazy_gettext

    return lazy_gettext(message)


def home(entity: type[Base]) -> type:
    """The home an entity states; raises TypeError when it states none or two."""
    stated = [kind for kind in HOMES if issubclass(entity, kind)]
    if len(stated) != 1:
        raise TypeError(
            f"{entity.__name__} must state one home: Shared, InProvince, InProvinceOrCluster or InProvinceOrNation"
        )
    return stated[0]


def _declared(cls: type) -> Iterable[tuple[str, MappedColumn[Any]]]:
    return [(key, value) for key, value in vars(cls).items() if isinstance(value, MappedColumn)]


def _home_columns(cls: type) -> list[str]:
    if issubclass(cls, InProvinceOrCluster):
        return ["province_id", "cluster_id"]
    return ["province_id"] if issubclass(cls, InProvince) else []


def _home_keys(cls: type[Base]) -> Iterable[Constraint]:
    """Unique (id, home) for children to point at, and the composite keys of this table's parents."""
    mine, table = _home_columns(cls), cls.__tablename__
    for column in mine:
        yield UniqueConstraint("id", column)
    if len(mine) == 2:
        yield check("one_home", "(province_id IS NULL) <> (cluster_id IS NULL)")
    for key, mapped in _declared(cls):
        for target in [k.info["within"] for k in mapped.column.foreign_keys if "within" in k.info]:
            theirs = set(mine) if target == table else set(Base.metadata.tables[target].c.keys())
            for column in mine:
                if column in theirs:
                    yield ForeignKeyConstraint(
                        [key, column],
                        [f"{target}.id", f"{target}.{column}"],
                        name=f"fk_{table}_{key}_{column}",
                    )


def _order_indexes(cls: type[Base]) -> Iterable[Index]:
    """One index for each sortable column, alone and behind the province, both with the id."""
    for key, mapped in _declared(cls):
        told = mapped.column.info.get("field")
        if told and told.sorted:
            yield listing(f"{cls.__tablename__}_{key}", key)
            if _home_columns(cls):
                yield listing(f"{cls.__tablename__}_province_{key}", "province_id", key)


@cache
def fields(entity: type[Base]) -> Mapping[str, Field]:
    """The declared columns of an entity with what they told, in the order of declaration."""
    return MappingProxyType(
        {
            a.key: a.columns[0].info["field"]
            for a in entity.__mapper__.column_attrs
            if "field" in a.columns[0].info
        }
    )


def is_changed(row: Base) -> bool:
    """Whether something of a row changed since it was read or written.

    Only what was set is looked at; SQLAlchemy's own question goes through every column, and each
    flush asks several times.
    """
    state: Any = inspect(row)
    return any(state.attrs[key].history.has_changes() for key in state.committed_state)


def table_of(entity: type[DeclarativeBase]) -> Table:
    """The table of a class, for statements that Core sends."""
    return cast(Table, entity.__table__)


def entities() -> list[type[Base]]:
    """Every entity, sorted by table name."""
    return sorted((m.class_ for m in Base.registry.mappers), key=lambda e: e.__tablename__)


__all__ = [
    "LONG",
    "PARAGRAPH",
    "SHORT",
    "Base",
    "Choice",
    "Field",
    "InProvince",
    "InProvinceOrCluster",
    "InProvinceOrNation",
    "Kind",
    "Shared",
    "check",
    "date",
    "entities",
    "field",
    "fields",
    "home",
    "listing",
    "record_kinds",
    "relation",
    "table_of",
    "tell_postgresql",
    "time",
    "to",
    "unique",
    "unique_at_home",
    "values",
    "within",
]
