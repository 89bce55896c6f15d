"""Finding Thai text without word breaks: a trigram index kept by the database itself.

On SQLite one contentless FTS5 table serves every entity; the province stands inside the
indexed text as a token, so that narrowing happens in the index. On PostgreSQL pg_trgm serves
each entity; without that extension the text is walked. Every hit then passes the scope.
"""

import json
from typing import Any

from sqlalchemy import BigInteger, Connection, cast, false, func, or_, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from access import viewer as who
from access.database import dialect
from entities import thai
from entities.base import Base, InProvince, InProvinceOrCluster, entities, fields

SHIFT = 48
SHORTEST = 3
PRIVATE_USE = 0xE000


def searched(entity: type[Base]) -> list[str]:
    """The columns of an entity that are searched."""
    return [key for key, told in fields(entity).items() if told.searched and not told.private]


def numbers() -> dict[type[Base], int]:
    """Each searched entity's number in the index: stable while names stay, 1 … 32,767."""
    return {e: _hash(e.__tablename__) for e in entities() if searched(e)}


def _hash(name: str) -> int:
    number = 0
    for letter in name:
        number = (number * 131 + ord(letter)) % 32749
    return number + 1


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
    table, number = entity.__tablename__, numbers()[entity]
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
    session: Session, entity: type[Base], phrase: str, province_id: int | None, limit: int
) -> list[int]:
    """Ids of records holding the phrase, newest first, at most `limit`.

    Under three letters a record is found by the beginning of a searched column.
    """
    if not searched(entity):
        return []
    forms = spellings(phrase)
    found = holding(entity, phrase)
    if dialect(session) == "sqlite" and len(forms[0]) >= SHORTEST:
        ids = _from_index(session, entity, forms, province_id, limit)
        found = entity.id.in_(id_list(session, ids))
    statement = select(entity.id).where(found).order_by(entity.id.desc()).limit(limit)
    if province_id is not None and _homed(entity):
        statement = statement.where(entity.province_id == province_id)  # type: ignore[attr-defined]
    return list(session.scalars(statement))


def holding(entity: type[Base], phrase: str) -> Any:
    """The condition that a record holds the phrase: walks the texts, but knows no limit."""
    return or_(false(), *(_holds(entity, form) for form in spellings(phrase) if form))


def _holds(entity: type[Base], form: str) -> Any:
    columns = [getattr(entity, key) for key in searched(entity)]
    if len(form) < SHORTEST:
        return or_(false(), *(c.istartswith(form, autoescape=True) for c in columns))
    return or_(false(), *(c.icontains(form, autoescape=True) for c in columns))


def _from_index(
    session: Session, entity: type[Base], forms: list[str], province_id: int | None, limit: int
) -> list[int]:
    """Ids from the index, checked against the text itself; one MATCH for the page and its count."""
    number, table = numbers()[entity], entity.__tablename__
    checks: list[str] = []
    values: dict[str, Any] = {"low": number << SHIFT, "high": (number + 1) << SHIFT, "limit": limit}
    for n, form in enumerate(forms):
        values[f"form{n}"] = f"%{form.translate(ESCAPED)}%"
        checks.extend(f"r.{key} LIKE :form{n} ESCAPE '\\'" for key in searched(entity))
    values["match"] = _match(session, entity, forms, province_id)
    sql = (
        f"SELECT r.id FROM search_fts f JOIN {table} r ON r.id = f.rowid - :low"
        f" WHERE search_fts MATCH :match AND f.rowid BETWEEN :low AND :high AND ({' OR '.join(checks)})"
        " ORDER BY f.rowid DESC LIMIT :limit"
    )
    return list(session.connection().execute(text(sql), values).scalars())


ESCAPED = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})


def _match(session: Session, entity: type[Base], forms: list[str], province_id: int | None) -> str:
    alternatives = " OR ".join(f"({' AND '.join(_trigrams(form))})" for form in forms)
    provinces = _provinces(session, entity, province_id)
    if provinces is None:
        return f"({alternatives})"
    return f"({alternatives}) AND ({' OR '.join(_quoted(chr(PRIVATE_USE + p) * 3) for p in provinces)})"


def _trigrams(form: str) -> list[str]:
    return list(dict.fromkeys(_quoted(form[i : i + 3]) for i in range(len(form) - 2)))


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
    return select(func.unnest(cast(list(ids), postgresql.ARRAY(BigInteger()))))
