"""The rows of a budget file, what would become of each, and the preview of them all."""

import enum
from dataclasses import dataclass, field
from decimal import Decimal

from entities.money import NOTHING
from entities.vocabulary import SpendingKind
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


class Fate(enum.Enum):
    """What becomes of a row."""

    NEW = "new"
    DOUBTFUL = "doubtful"
    KNOWN = "known"
    LEFT_OUT = "left_out"
    FAULT = "fault"


@dataclass
class Proposal:
    """What a row would become, and everything that speaks against it."""

    row: BookRow
    fate: Fate = Fate.NEW
    reasons: list[str] = field(default_factory=list)
    home: Home | None = None
    category_id: int | None = None
    category: str = ""
    kind: SpendingKind = SpendingKind.CURRENT
    source_key: str = ""

    def doubt(self, reason: str) -> None:
        """Add a reason to look at the row before it is taken."""
        self.reasons.append(reason)
        if self.fate is Fate.NEW:
            self.fate = Fate.DOUBTFUL

    def set_aside(self, fate: Fate, reason: str) -> None:
        """Take the row out, with the reason first; a fault stays a fault."""
        self.reasons.insert(0, reason)
        if self.fate is not Fate.FAULT:
            self.fate = fate


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
