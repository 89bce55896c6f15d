"""A form is saved once: its random id is claimed in the very transaction that saves it."""

from functools import cache
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from access.database import dialect, inserting
from entities import dates
from entities.base import table_of
from models import Submission

F = table_of(Submission)
SETTLING = (
    update(F).where(F.c.form_id == bindparam("sent")).values(record_id=bindparam("record_id"))
)


def claim(work: Session, form_id: str, user_id: int | None, entity: str) -> Any:
    """Claim a form's id; None where it was free, else the row of the save that spent it.

    A second click at the same moment waits here until the first is saved or given up.
    """
    values = {"form_id": form_id, "user_id": user_id, "entity": entity, "at": dates.now()}
    if work.connection().execute(_claiming(dialect(work)), values).first() is not None:
        return None
    return work.connection().execute(select(F).where(F.c.form_id == form_id)).one()


@cache
def _claiming(name: str) -> Any:
    return inserting(name)(F).on_conflict_do_nothing().returning(F.c.form_id)


def settle(work: Session, form_id: str, record_id: int) -> None:
    """Write down which record a claimed form made."""
    work.connection().execute(SETTLING, {"sent": form_id, "record_id": record_id})
