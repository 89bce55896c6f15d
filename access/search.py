"""Finding Thai text without word breaks: a trigram index kept by the database itself.

On SQLite one contentless FTS5 table serves every entity; the province stands inside the
indexed text as a token, so that narrowing happens in the index. On PostgreSQL pg_trgm serves
each entity; without that extension the text is walked. Every hit then passes the scope.
"""

import json
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Connection,
    Select,
    bindparam,
    cast,
    column,
    false,
    func,
    or_,
    select,
    table,
    text,
)
from sqlalchemy.orm import Session

from access import viewer as who
from access.database import dialect
from entities import thai
from entities.base import Base, InProvince, InProvinceOrCluster, entities, fields

SHIFT = 48
LAST = (1 << SHIFT) - 1
MOST = 255
"""The highest number of an entity in the index. Row ids of the index must never lie 2^56 apart:
SQLite 3.40 then loses rows when it reads from the newest on (docs/adr/0007)."""
SHORTEST = 3
SPARE = 50
"""Names taken from the index beyond those wanted: it knows trigrams, not phrases."""
PRIVATE_USE = 0xE000
INDEX = table("search_fts", column("rowid"), column("search_fts"))


def searched(entity: type[Base]) -> list[str]:
    """The columns of an entity that are searched."""
    return [key for key, told in fields(entity).items() if told.searched and not told.private]


def numbers() -> dict[type[Base], int]:
    """Each searched entity's number in the index, 1 … `MOST`, made from the letters of its name.

    Where two names make the same, the later one takes the next that is free; so a new entity
    leaves the others' numbers nearly always as they are, and `ensure` sees it where it does not.
    """
    given: dict[int, type[Base]] = {}
    for entity in filter(searched, entities()):
        first = _hash(entity.__tablename__)
        free = (n % MOST + 1 for n in range(first, first + MOST) if n % MOST + 1 not in given)
        given[next(free)] = entity
    return {entity: number for number, entity in given.items()}


def _hash(name: str) -> int:
    number = 0
    for letter in name:
        number = (number * 131 + ord(letter)) % MOST
    return number


@cache
def _number(entity: type[Base]) -> int:
    return numbers()[entity]


def _token(province: str) -> str:
    """The province as one trigram of a private-use character, in SQL."""
    letter = f"char({PRIVATE_USE} + {province})"
    return f"{letter} || {letter} || {letter}"


def _body(entity: type[Base], row: str) -> str:
    texts = " || char(10) || ".join(f"coalesce({row}.{key}, '')" for key in searched(entity))
    return (
        f"{texts} || char(10) || {_token(f'coalesce({row}.province_id, 0)')}"
        if _homed(entity)
        else texts
    )


def _homed(entity: type[Base]) -> bool:
    return issubclass(entity, InProvince | InProvinceOrCluster)


def ensure(connection: Connection) -> None:
    """Create the index and its triggers where they are missing; fill it when it was not there."""
    if connection.dialect.name == "sqlite":
        _ensure_fts(connection)
    else:
        _ensure_trigrams(connection)


def triggers(entity: type[Base]) -> dict[str, str]:
    """The triggers that keep an entity's part of the index, by name."""
    table, number = entity.__tablename__, _number(entity)
    columns = [*searched(entity), *(["province_id"] if _homed(entity) else []), "removed_at"]
    insert = (
        f"INSERT INTO search_fts(rowid, body) SELECT ({number}<<{SHIFT})|new.id,"
        f" {_body(entity, 'new')} WHERE new.removed_at IS NULL;"
    )
    remove = (
        f"INSERT INTO search_fts(search_fts, rowid, body) SELECT 'delete', ({number}<<{SHIFT})|old.id,"
        f" {_body(entity, 'old')} WHERE old.removed_at IS NULL;"
    )
    return {
        f"{table}_search_insert": f"AFTER INSERT ON {table} BEGIN {insert} END",
        f"{table}_search_update": f"AFTER UPDATE OF {', '.join(columns)} ON {table} BEGIN {remove} {insert} END",
        f"{table}_search_delete": f"AFTER DELETE ON {table} BEGIN {remove} END",
    }


def _ensure_fts(connection: Connection) -> None:
    known: dict[str, str] = dict(
        connection.execute(
            text(
                "SELECT name, sql FROM sqlite_master WHERE name = 'search_fts' OR name LIKE '%_search_%'"
            )
        ).all()
    )
    wanted = {
        name: f"CREATE TRIGGER {name} {body}"
        for e in numbers()
        for name, body in triggers(e).items()
    }
    if "search_fts" in known and all(known.get(name) == sql for name, sql in wanted.items()):
        return
    for name in [n for n, sql in known.items() if sql and sql.startswith("CREATE TRIGGER")]:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    connection.exec_driver_sql("DROP TABLE IF EXISTS search_fts")
    connection.exec_driver_sql(
        "CREATE VIRTUAL TABLE search_fts USING fts5(body, content='', tokenize='trigram', detail=none, columnsize=0)"
    )
    for entity, number in numbers().items():
        connection.exec_driver_sql(
            f"INSERT INTO search_fts(rowid, body) SELECT ({number}<<{SHIFT})|r.id, {_body(entity, 'r')}"
            f" FROM {entity.__tablename__} r WHERE r.removed_at IS NULL"
        )
    connection.exec_driver_sql("INSERT INTO search_fts(search_fts) VALUES ('optimize')")
    for sql in wanted.values():
        connection.exec_driver_sql(sql)


def has_trigrams(connection: Connection) -> bool:
    """Whether this PostgreSQL has, or can have, the extension pg_trgm."""
    return bool(
        connection.scalar(
            text("SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_trgm'")
        )
    )


def _ensure_trigrams(connection: Connection) -> None:
    if not has_trigrams(connection):
        return
    connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    for entity in numbers():
        for key in searched(entity):
            connection.exec_driver_sql(
                f"CREATE INDEX IF NOT EXISTS trgm_{entity.__tablename__}_{key} ON {entity.__tablename__}"
                f" USING gin ({key} gin_trgm_ops)"
            )


def spellings(phrase: str) -> list[str]:
    """A phrase as it may be written: its digits all Arabic, all Thai, or as typed."""
    plain = thai.normalise(phrase)
    return list(dict.fromkeys([plain, thai.to_arabic(plain), thai.to_thai_digits(plain)]))


def find(
    session: Session,
    entity: type[Base],
    phrase: str,
    province_id: int | None,
    limit: int,
    order: Sequence[Any] = (),
) -> list[int]:
    """Ids of records holding the phrase: the newest `limit`, newest first or in the order given.

    Under three letters a record is found by the beginning of a searched column.
    """
    if not searched(entity):
        return []
    forms = spellings(phrase)
    if dialect(session) == "sqlite" and len(forms[0]) >= SHORTEST:
        return _by_index(session, entity, forms, province_id, limit, order)
    statement = select(entity.id).where(holding(entity, phrase))
    statement = _at_home(entity, province_id, statement).order_by(entity.id.desc()).limit(limit)
    if order:
        statement = select(entity.id).where(entity.id.in_(statement)).order_by(*order)
    return list(session.scalars(statement))


def _at_home(entity: type[Base], province_id: int | None, statement: Select[Any]) -> Select[Any]:
    if province_id is None or not _homed(entity):
        return statement
    return statement.where(entity.province_id == province_id)  # type: ignore[attr-defined]


def indexed(session: Session, entity: type[Base], phrase: str, province_id: int | None) -> Any:
    """The condition of `holding` for however many hits, narrowed by the index first.

    SQLite's index names the rows whose texts may hold the phrase, and the texts decide; on
    PostgreSQL the indexes of the columns answer the condition as it is.
    """
    forms = spellings(phrase)
    if dialect(session) != "sqlite" or not searched(entity) or len(forms[0]) < SHORTEST:
        return holding(entity, phrase)
    first = _first(entity)
    named = select(INDEX.c.rowid - first).where(
        INDEX.c.search_fts.op("MATCH")(_match(session, entity, forms, province_id, step=3)),
        INDEX.c.rowid.between(first, first + LAST),
    )
    return entity.id.in_(named) & holding(entity, phrase)


def holding(entity: type[Base], phrase: str) -> Any:
    """The condition that a record holds the phrase: walks the texts, but knows no limit."""
    return or_(false(), *(_holds(entity, form) for form in spellings(phrase) if form))


def _holds(entity: type[Base], form: str) -> Any:
    columns = [getattr(entity, key) for key in searched(entity)]
    if len(form) < SHORTEST:
        return or_(false(), *(c.istartswith(form, autoescape=True) for c in columns))
    return or_(false(), *(c.icontains(form, autoescape=True) for c in columns))


def _by_index(
    session: Session,
    entity: type[Base],
    forms: list[str],
    province_id: int | None,
    limit: int,
    order: Sequence[Any],
) -> list[int]:
    """What the index names, read under the scope; nearly always all of it holds the phrase.

    Some names more than wanted stand in for those that do not. Where they were too few, the
    index is asked again with every trigram, and its rows are read before they are counted.
    """
    named = _named(session, entity, forms, province_id, limit + SPARE)
    found = _read(session, entity, forms, province_id, named, order)
    if len(found) < limit and len(named) == limit + SPARE:
        named = _surely_named(session, entity, forms, province_id, limit)
        found = _read(session, entity, forms, province_id, named, order)
    newest = set(sorted(found, reverse=True)[:limit])
    return [record_id for record_id in found if record_id in newest]


def _named(
    session: Session, entity: type[Base], forms: list[str], province_id: int | None, limit: int
) -> list[int]:
    """The newest ids in whose texts trigrams stand that cover the phrase together."""
    values = {
        "match": _match(session, entity, forms, province_id, step=3),
        "low": _first(entity),
        "high": _first(entity) + LAST,
        "limit": limit,
    }
    return list(session.connection().execute(NAMED, values).scalars())


def _read(
    session: Session,
    entity: type[Base],
    forms: list[str],
    province_id: int | None,
    ids: list[int],
    order: Sequence[Any],
) -> list[int]:
    """Those of the ids that the viewer reaches and whose texts hold the phrase itself."""
    statement = _reading(entity, tuple(searched(entity)), len(forms))
    statement = _at_home(entity, province_id, statement).order_by(*(order or [entity.id.desc()]))
    return list(session.scalars(statement, {"ids": json.dumps(ids), **_patterns(forms)}))


@lru_cache(maxsize=500)
def _reading(entity: type[Base], keys: tuple[str, ...], spelled: int) -> Select[Any]:
    """Put together once for each entity and number of spellings."""
    ids = select(func.json_each(bindparam("ids")).table_valued("value").c.value)
    holds = [
        getattr(entity, key).like(bindparam(f"form{n}"), escape="\\")
        for n in range(spelled)
        for key in keys
    ]
    return select(entity.id).where(entity.id.in_(ids), or_(*holds))


def _patterns(forms: list[str]) -> dict[str, str]:
    return {f"form{n}": f"%{form.translate(ESCAPED)}%" for n, form in enumerate(forms)}


def _surely_named(
    session: Session, entity: type[Base], forms: list[str], province_id: int | None, limit: int
) -> list[int]:
    """The newest ids whose texts hold the phrase: each row that the index names is read."""
    checks = [
        f"r.{key} LIKE :form{n} ESCAPE '\\'" for n in range(len(forms)) for key in searched(entity)
    ]
    sql = (
        f"SELECT r.id FROM search_fts f JOIN {entity.__tablename__} r ON r.id = f.rowid - :low"
        f" WHERE search_fts MATCH :match AND f.rowid BETWEEN :low AND :high AND ({' OR '.join(checks)})"
        " ORDER BY f.rowid DESC LIMIT :limit"
    )
    values = {
        "match": _match(session, entity, forms, province_id),
        "low": _first(entity),
        "high": _first(entity) + LAST,
        "limit": limit,
        **_patterns(forms),
    }
    return list(session.connection().execute(text(sql), values).scalars())


def _first(entity: type[Base]) -> int:
    """Where an entity's part of the index begins."""
    return _number(entity) << SHIFT


NAMED = text(
    "SELECT rowid - :low FROM search_fts WHERE search_fts MATCH :match"
    " AND rowid BETWEEN :low AND :high ORDER BY rowid DESC LIMIT :limit"
)
ESCAPED = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})


def _match(
    session: Session, entity: type[Base], forms: list[str], province_id: int | None, step: int = 1
) -> str:
    """The question to the index; every `step`-th trigram of the phrase is asked for."""
    alternatives = " OR ".join(f"({' AND '.join(_trigrams(form, step))})" for form in forms)
    provinces = _provinces(session, entity, province_id)
    if provinces is None:
        return f"({alternatives})"
    return f"({alternatives}) AND ({' OR '.join(_quoted(chr(PRIVATE_USE + p) * 3) for p in provinces)})"


def _trigrams(form: str, step: int) -> list[str]:
    """Every `step`-th trigram, and the last one."""
    last = len(form) - SHORTEST
    parts = [form[i : i + SHORTEST] for i in (*range(0, last, step), last)]
    return list(dict.fromkeys(map(_quoted, parts)))


def _quoted(part: str) -> str:
    return '"' + part.replace('"', '""') + '"'


def _provinces(session: Session, entity: type[Base], province_id: int | None) -> list[int] | None:
    """The provinces whose rows can be meant; None where the token would not narrow anything."""
    if not _homed(entity):
        return None
    if province_id is not None:
        return [province_id]
    reach = who.of(session).reach(entity, "read")
    if reach.everything or reach.agency_id or reach.committee_id:
        return None
    return [0, *sorted(reach.province_id)]


def id_list(session: Session, ids: list[int]) -> Any:
    """Ids as one value for `IN`, however many there are."""
    if dialect(session) == "sqlite":
        return select(func.json_each(json.dumps(ids)).table_valued("value").c.value)
    return select(func.unnest(cast(list(ids), ARRAY(BigInteger()))))
