"""Which expense category the rows of a budget file have, found by its names level by level."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from entities.vocabulary import SpendingKind
from models import ExpenseCategory
from rules import unit_names
from rules.budget_rows import Proposal

CAPITAL = "งบลงทุน"


@dataclass(frozen=True)
class Found:
    """The deepest category that names led to; `doubt` where one of them led nowhere."""

    category_id: int | None
    path: str
    kind: SpendingKind
    doubt: str = ""


class Categories:
    """The expense categories, found by their names level by level."""

    def __init__(self, session: Session) -> None:
        rows = session.scalars(select(ExpenseCategory).order_by(ExpenseCategory.id))
        self._below: dict[int | None, dict[str, ExpenseCategory]] = {}
        for row in rows:
            self._below.setdefault(row.parent_id, {})[unit_names.letters(row.name)] = row
        self._known: dict[tuple[str, ...], Found] = {}

    def find(self, names: tuple[str, ...], item: str) -> Found:
        """The category of names from the widest to the narrowest; the item may be one itself."""
        key = (*names, item if len(names) < 2 else "")
        if key not in self._known:
            self._known[key] = self._find(names, item)
        return self._known[key]

    def _find(self, names: tuple[str, ...], item: str) -> Found:
        at: ExpenseCategory | None = None
        for name in names:
            below = self._step(at, name)
            if below is None:
                return self._fallen_back(at, name, names)
            at = below
        if at is not None and len(names) == 1:
            at = self._step(at, item) or at
        return self._found(at, names)

    def _step(self, at: ExpenseCategory | None, name: str) -> ExpenseCategory | None:
        below = self._below.get(at.id if at else None, {})
        wanted = unit_names.letters(name)
        key = wanted if wanted in below else unit_names.nearest(wanted, below)
        return below[key] if key is not None else None

    def _fallen_back(self, at: ExpenseCategory | None, name: str, names: tuple[str, ...]) -> Found:
        found = self._found(at, names)
        doubt = _("the expense category “%(name)s” is not known", name=name)
        if at is not None:
            doubt = _("%(doubt)s; taken as “%(category)s”", doubt=doubt, category=at.name)
        return Found(found.category_id, found.path, found.kind, doubt)

    @staticmethod
    def _found(at: ExpenseCategory | None, names: tuple[str, ...]) -> Found:
        if at is None:
            capital = any(unit_names.letters(CAPITAL) in unit_names.letters(n) for n in names)
            return Found(None, "", SpendingKind.CAPITAL if capital else SpendingKind.CURRENT)
        return Found(at.id, at.path, at.kind)


def give_categories(proposals: list[Proposal], known: Categories) -> None:
    """Give each row its category, and the doubt where a name led nowhere."""
    for proposal in proposals:
        found = known.find(proposal.row.categories, proposal.row.item)
        proposal.category_id, proposal.category = found.category_id, found.path
        proposal.kind = found.kind
        if found.doubt:
            proposal.doubt(found.doubt)
