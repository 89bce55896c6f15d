"""The rows of a budget file, what would become of each, and the preview of them all."""

from dataclasses import dataclass, field
from decimal import Decimal

from entities.money import NOTHING
from entities.vocabulary import SpendingKind
from rules.proposals import Fate, Weighed
from rules.unit_names import Home


@dataclass(frozen=True)
class BookRow:
    """A row of a budget file as it was read: its number from 1, and its place for people.

    `doubts` are what the reader found doubtful in its cells; `amount_cell` and `year_cell` name two
    of them, such as C3.
    """

    number: int
    place: str
    item: str = ""
    amount: Decimal | None = None
    unit: str = ""
    fiscal_year: int | None = None
    plan: str | None = None
    output: str | None = None
    categories: tuple[str, ...] = ()
    key: str | None = None
    budget_code: str | None = None
    page: int | None = None
    faults: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    amount_cell: str = ""
    year_cell: str = ""


@dataclass
class Proposal(Weighed):
    """What a row would become, and everything that speaks against it."""

    row: BookRow
    fate: Fate = Fate.NEW
    reasons: list[str] = field(default_factory=list)
    home: Home | None = None
    category_id: int | None = None
    category: str = ""
    kind: SpendingKind = SpendingKind.CURRENT
    source_key: str = ""


@dataclass
class Preview:
    """What an import would do; nothing of it is written."""

    fiscal_year: int
    proposals: list[Proposal]
    stated: Decimal | None = None
    """The total that the file itself tells in its last row of totals."""

    def of(self, *fates: Fate) -> list[Proposal]:
        """The rows of these fates, in the order of the file; all without one."""
        return [p for p in self.proposals if not fates or p.fate in fates]

    def total(self, *fates: Fate) -> Decimal:
        """The sum of the rows of these fates, in baht; of all rows without one."""
        return sum((p.row.amount or NOTHING for p in self.of(*fates)), NOTHING)

    def homes(self) -> dict[Home, tuple[int, Decimal]]:
        """How many lines each province and cluster would get, and their sum."""
        found: dict[Home, tuple[int, Decimal]] = {}
        for p in self.of(Fate.NEW, Fate.DOUBTFUL):
            if p.home is not None:
                count, total = found.get(p.home, (0, NOTHING))
                found[p.home] = count + 1, total + (p.row.amount or NOTHING)
        return found
