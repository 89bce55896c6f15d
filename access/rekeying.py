"""What is encrypted, written anew under the newest key: everything, of every province, removed or not."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Text, bindparam, column, select, table, update

from entities import private
from entities.base import Base, entities, table_of
from entities.private import ENCRYPTED

AT_ONCE = 500
"""Rows rewritten in one transaction: nobody waits long for the database."""


def encrypted() -> dict[type[Base], list[str]]:
    """The encrypted columns of each entity that has some."""
    found = {
        entity: [c.key for c in table_of(entity).c if isinstance(c.type, ENCRYPTED)]
        for entity in entities()
    }
    return {entity: keys for entity, keys in found.items() if keys}


def rewrite(connection: Connection, entity: type[Base], after: int) -> tuple[int, int | None]:
    """Write some rows after an id anew: how many values, and the last id; None at the end.

    Raises Unreadable where a value's key is missing.
    """
    keys = encrypted()[entity]
    bare = _bare(entity, keys)
    rows = connection.execute(
        select(bare).where(bare.c.id > after).order_by(bare.c.id).limit(AT_ONCE)
    ).mappings()
    count, last = 0, None
    changed = []
    for row in rows:
        last = row["id"]
        values = {f"new_{k}": private.renewed(row[k]) if row[k] else None for k in keys}
        count += sum(value is not None for value in values.values())
        changed.append({"of": last, **values})
    if changed:
        setting: dict[str, Any] = {k: bindparam(f"new_{k}") for k in keys}
        connection.execute(
            update(bare).where(bare.c.id == bindparam("of")).values(setting), changed
        )
    return count, last


def _bare(entity: type[Base], keys: list[str]) -> Any:
    """The table with its encrypted columns as plain text: their kinds would open what is kept."""
    return table(entity.__tablename__, column("id"), *_texts(keys))


def _texts(keys: list[str]) -> Iterator[Any]:
    return (column(key, Text()) for key in keys)
