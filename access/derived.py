"""Values made from what stands elsewhere, written beside the record that carries them."""

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from access import scope
from access import viewer as who
from entities.base import Base, fields, table_of


def write(session: Session, row: Base, **values: Any) -> None:
    """Put derived values into a record that otherwise stays as it was.

    Its version and its last editor stay, so that nobody who has its form open is told of a change
    that no person made; nor is it entered in the audit. Raises Denied where the viewer does not
    read the row, ValueError for a field that is not derived.
    """
    if not who.of(session).reaches(row, "read"):
        raise scope.Denied("read", row)
    wrong = [key for key in values if not fields(type(row))[key].derived]
    if wrong:
        raise ValueError(f"not derived: {', '.join(wrong)}")
    table = table_of(type(row))
    session.connection().execute(update(table).where(table.c.id == row.id).values(values))
    for key, value in values.items():
        set_committed_value(row, key, value)
