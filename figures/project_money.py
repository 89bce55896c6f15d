"""The money of projects: read from the ledger, never typed."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from entities.base import table_of
from entities.money import NOTHING
from models import BudgetLine, Project


@dataclass(frozen=True)
class Spent:
    """The ledger's figures of all budget lines of a project; `paid` includes what was drawn later."""

    lines: int = 0
    net_budget: Decimal = NOTHING
    reserved: Decimal = NOTHING
    outstanding: Decimal = NOTHING
    disbursed: Decimal = NOTHING
    carried: Decimal = NOTHING
    drawn: Decimal = NOTHING
    available: Decimal = NOTHING
    waiting: Decimal = NOTHING

    @property
    def paid(self) -> Decimal:
        """Disbursed in the year and drawn from what was carried over."""
        return self.disbursed + self.drawn

    @property
    def unspent(self) -> Decimal:
        """What is neither paid nor lapsed: to be returned when the project is cancelled."""
        return self.available + self.reserved + self.outstanding + self.carried - self.drawn

    @property
    def settled(self) -> bool:
        """Whether the budget was used and nothing of it is open any more."""
        return self.paid > 0 and not self.unspent and not self.waiting


SUMMED = tuple(one.name for one in fields(Spent) if one.name != "lines")


def spent(session: Session, ids: Iterable[int]) -> dict[int, Spent]:
    """The ledger's figures of the projects that the viewer reaches, by id.

    Whoever reaches a project reads its sums, also where a line stands under another agency's name.
    """
    reached = session.scalars(select(Project.id).where(Project.id.in_(list(ids)))).all()
    line = table_of(BudgetLine).c
    rows = session.connection().execute(
        select(line.project_id, func.count(), *(func.sum(line[name]) for name in SUMMED))
        .where(line.project_id.in_(reached), line.removed_at.is_(None))
        .group_by(line.project_id)
    )
    known = {row[0]: Spent(row[1], *row[2:]) for row in rows}
    return {key: known.get(key, Spent()) for key in reached}


def spent_on(session: Session, project_id: int) -> Spent:
    """The ledger's figures of one project."""
    return spent(session, [project_id]).get(project_id, Spent())
