"""Budgets from a file: what each row would become, what is doubtful and why; then all or nothing.

A row becomes a budget line with its enacted amount; allocations are entries of their own. Lines of
clusters go to the cluster. A row's key (its number in the file, or what it holds) stands in
`source_key`, unique in a home and year, so that the same file twice changes nothing.
"""

import enum
import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from access import scope
from access import viewer as who
from access.database import ids_ahead, no_collecting
from entities import dates, thai
from entities.money import NOTHING, shown
from entities.vocabulary import SpendingKind
from models import BudgetLine, ExpenseCategory, FiscalYearClose
from rules import unit_names
from rules.base import Broken, some
from rules.unit_names import Home, Places

CAPITAL = "งบลงทุน"
LONGEST = 1_000
"""Characters of an item, a plan, a project; as the columns have them."""


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


@no_collecting()
def preview(
    session: Session,
    rows: Sequence[BookRow],
    fiscal_year: int,
    stated: Decimal | None = None,
) -> Preview:
    """What becomes of each row if it is imported into a fiscal year (B.E.)."""
    known = unit_names.places(session, dates.fiscal_year_start(fiscal_year))
    made = Preview(fiscal_year, [Proposal(row) for row in rows], stated)
    for proposal in made.proposals:
        _tell_faults(proposal, fiscal_year)
    _give_homes(made.proposals, known, _only_home(session))
    _give_categories(made.proposals, Categories(session))
    _give_keys(made.proposals)
    _set_aside_foreign(made.proposals, session)
    _set_aside_closed(made.proposals, session, fiscal_year)
    _set_aside_known(made.proposals, session, fiscal_year)
    for proposal in made.of(Fate.NEW, Fate.DOUBTFUL):
        _look_at(proposal)
    return made


def refuse_faults(made: Preview) -> None:
    """Raise Broken while a row has a fault: nothing of such a file is imported."""
    if faults := made.of(Fate.FAULT):
        raise Broken(
            _(
                "%(count)s rows have faults, so nothing was imported. The first is %(place)s: %(why)s",
                count=f"{len(faults):,}",
                place=faults[0].row.place,
                why=faults[0].reasons[0],
            )
        )


def accept(session: Session, made: Preview, chosen: Collection[int] | None = None) -> int:
    """Create the lines of a preview, all or none; how many.

    Of the doubtful rows those whose number was `chosen`; None takes all of them. Raises Broken
    while a row has a fault, and Denied where the viewer may not import.
    """
    refuse_faults(made)
    taken = [
        p
        for p in made.of(Fate.NEW, Fate.DOUBTFUL)
        if p.fate is Fate.NEW or chosen is None or p.row.number in chosen
    ]
    for proposal in taken:
        _refuse_unreached(session, proposal)
    with no_collecting():
        keys = ids_ahead(session, BudgetLine, len(taken))
        session.add_all(_line(p, made.fiscal_year, key) for p, key in zip(taken, keys, strict=True))
        session.flush()
    return len(taken)


def _refuse_unreached(session: Session, proposal: Proposal) -> None:
    if not _reached(who.of(session).reach(BudgetLine, "import"), proposal.home):
        raise scope.Denied("import", BudgetLine())


def _line(proposal: Proposal, fiscal_year: int, key: int | None) -> BudgetLine:
    row, home = proposal.row, proposal.home or Home("")
    told = {
        "id": key, "item": row.item, "fiscal_year": fiscal_year, "budget_code": row.budget_code,
        "plan": row.plan, "output": row.output, "expense_category_id": proposal.category_id,
        "kind": proposal.kind, "enacted": row.amount, "source_key": proposal.source_key,
        "province_id": home.province_id, "cluster_id": home.cluster_id,
    }  # fmt: skip
    return BudgetLine(**{name: value for name, value in told.items() if value is not None})


# What makes a row impossible.


def _tell_faults(proposal: Proposal, fiscal_year: int) -> None:
    for reason in (*proposal.row.faults, *_faults(proposal.row, fiscal_year)):
        proposal.reasons.append(reason)
        proposal.fate = Fate.FAULT
    for doubt in proposal.row.doubts:
        proposal.doubt(doubt)


def _faults(row: BookRow, fiscal_year: int) -> Iterator[str]:
    if row.faults:
        return
    if row.amount is None:
        yield _("the amount is missing")
    elif row.amount < 0:
        below = _("the amount is below zero: %(amount)s", amount=shown(row.amount))
        yield _in_cell(row.amount_cell, below)
    if row.fiscal_year is not None and row.fiscal_year != fiscal_year:
        other = _("the row belongs to fiscal year %(year)s", year=row.fiscal_year)
        yield _in_cell(row.year_cell, other)
    if max(len(row.item), len(row.plan or ""), len(row.output or "")) > LONGEST:
        yield _("a text is longer than %(most)s letters", most=f"{LONGEST:,}")


def _in_cell(cell: str, told: str) -> str:
    return _("Cell %(cell)s: %(told)s", cell=cell, told=told) if cell else told


# Whose line it is.


def _only_home(session: Session) -> Home | None:
    """The one province of the viewer: the home of rows in a file that names no unit."""
    reach = who.of(session).reach(BudgetLine, "import")
    if reach.everything or len(reach.province_id) != 1 or reach.cluster_id:
        return None
    return Home("", province_id=next(iter(reach.province_id)))


def _give_homes(proposals: list[Proposal], known: Places, only: Home | None) -> None:
    found = [known.match(p.row.unit) if p.row.unit else None for p in proposals]
    parts = unit_names.blocks([(p.row.unit, p.row.page) for p in proposals])
    open_ones: list[tuple[list[Proposal], tuple[Home, ...]]] = []
    for first, behind in parts:
        block, match = proposals[first:behind], found[first]
        if match is not None and len(match.homes) > 1:
            home = _decide(block, match.homes, _following(proposals, found, behind), known)
            if home is None:
                open_ones.append((block, match.homes))
            continue
        home = only if match is None else next(iter(match.homes), None)
        for proposal in block:
            _give_home(proposal, home, match.doubt if match else "")
    _give_what_is_left(open_ones, proposals)


def _following(
    proposals: list[Proposal], found: Sequence[unit_names.Match | None], start: int
) -> list[Home]:
    """The provinces behind a cluster's rows, each once, up to the next cluster."""
    homes: dict[Home, None] = {}
    for proposal, match in zip(proposals[start:], found[start:], strict=True):
        if match is None or unit_names.is_cluster(proposal.row.unit):
            break
        homes |= dict.fromkeys(match.homes)
        if len(homes) >= unit_names.FOLLOWING:
            break
    return list(homes)


def _decide(
    block: list[Proposal], candidates: Sequence[Home], following: list[Home], known: Places
) -> Home | None:
    """Give a block the one of several clusters whose provinces stand with it; None where none."""
    texts = [f"{p.row.item} {p.row.output or ''}" for p in block]
    home, told = unit_names.decide(candidates, texts, following, known)
    for proposal in block if home else ():
        doubt = _(
            "“%(unit)s” was taken as “%(home)s”, since these provinces stand with it: %(told)s",
            unit=proposal.row.unit,
            home=home.name if home else "",
            told=some(told, 4),
        )
        _give_home(proposal, home, doubt)
    return home


def _give_what_is_left(
    open_ones: list[tuple[list[Proposal], tuple[Home, ...]]], proposals: list[Proposal]
) -> None:
    """Give each block left the cluster of its name that no other took, in the order of the book."""
    for unit in dict.fromkeys(block[0].row.unit for block, _candidates in open_ones):
        blocks = [(b, homes) for b, homes in open_ones if b[0].row.unit == unit]
        taken = {p.home for p in proposals if p.row.unit == unit}
        left = [home for home in blocks[0][1] if home not in taken]
        for number, (block, candidates) in enumerate(blocks):
            _give_left(block, left[number] if len(left) == len(blocks) else None, candidates)


def _give_left(block: list[Proposal], home: Home | None, candidates: Sequence[Home]) -> None:
    unit, names = block[0].row.unit, ", ".join(candidate.name for candidate in candidates)
    doubt = (
        _("“%(unit)s” may be each of: %(names)s", unit=unit, names=names)
        if home is None
        else _(
            "“%(unit)s” was taken as “%(home)s”, by elimination and the order of the book",
            unit=unit,
            home=home.name,
        )
    )
    for proposal in block:
        _give_home(proposal, home, doubt)


def _give_home(proposal: Proposal, home: Home | None, doubt: str) -> None:
    proposal.home = home
    if home is None:
        missing = _(
            "no province or cluster is called “%(unit)s”", unit=thai.shorten(proposal.row.unit, 80)
        )
        unnamed = _("the row names no province or cluster")
        proposal.set_aside(Fate.LEFT_OUT, doubt or (missing if proposal.row.unit else unnamed))
    elif doubt:
        proposal.doubt(doubt)


# Which category it has.


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


def _give_categories(proposals: list[Proposal], known: Categories) -> None:
    for proposal in proposals:
        found = known.find(proposal.row.categories, proposal.row.item)
        proposal.category_id, proposal.category = found.category_id, found.path
        proposal.kind = found.kind
        if found.doubt:
            proposal.doubt(found.doubt)


# Whether it was imported before.


def _give_keys(proposals: list[Proposal]) -> None:
    """A row's key, and what stands twice: the same content again is left out, another is a fault."""
    times: Counter[tuple[Home | None, str]] = Counter()
    first: dict[tuple[Home | None, str], Proposal] = {}
    for proposal in proposals:
        content = _content(proposal.row)
        if not proposal.row.key:
            times[proposal.home, content] += 1
            proposal.source_key = f"{content}:{times[proposal.home, content]}"
            continue
        proposal.source_key = proposal.row.key
        known = first.setdefault((proposal.home, proposal.row.key), proposal)
        if known is not proposal:
            _tell_double(proposal, known)


def _tell_double(proposal: Proposal, known: Proposal) -> None:
    place = known.row.place
    if _content(proposal.row) == _content(known.row):
        proposal.set_aside(Fate.LEFT_OUT, _("the same row as %(place)s", place=place))
    else:
        reason = _(
            "the number %(key)s stands for another row already, %(place)s",
            key=proposal.source_key,
            place=place,
        )
        proposal.set_aside(Fate.FAULT, reason)


def _content(row: BookRow) -> str:
    parts = (row.plan, row.output, *row.categories, row.item, row.amount, row.budget_code)
    text = "\x1f".join(str(part or "") for part in parts)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _set_aside_foreign(proposals: list[Proposal], session: Session) -> None:
    reach = who.of(session).reach(BudgetLine, "import")
    for proposal in proposals:
        if proposal.home is not None and not _reached(reach, proposal.home):
            reason = _("you may not import the budget of %(home)s", home=proposal.home.name)
            proposal.set_aside(Fate.LEFT_OUT, reason)


def _reached(reach: who.Reach, home: Home | None) -> bool:
    if home is None:
        return False
    mine = home.province_id in reach.province_id or home.cluster_id in reach.cluster_id
    return reach.everything or mine


def _set_aside_closed(proposals: list[Proposal], session: Session, fiscal_year: int) -> None:
    closed = session.execute(
        select(FiscalYearClose.province_id, FiscalYearClose.cluster_id).where(
            FiscalYearClose.fiscal_year == fiscal_year
        )
    )
    homes = {tuple(row) for row in closed}
    for proposal in proposals:
        if proposal.home and (proposal.home.province_id, proposal.home.cluster_id) in homes:
            reason = _("fiscal year %(year)s is closed there", year=fiscal_year)
            proposal.set_aside(Fate.LEFT_OUT, reason)


def _set_aside_known(proposals: list[Proposal], session: Session, fiscal_year: int) -> None:
    lines = session.execute(
        select(
            BudgetLine.source_key, BudgetLine.province_id, BudgetLine.cluster_id, BudgetLine.enacted
        ).where(BudgetLine.fiscal_year == fiscal_year, BudgetLine.source_key.is_not(None))
    )
    known = {(row[0], row[1], row[2]): row[3] for row in lines}
    for proposal in proposals:
        if proposal.home is None or proposal.fate is Fate.FAULT:
            continue
        key = (proposal.source_key, proposal.home.province_id, proposal.home.cluster_id)
        if key in known:
            _tell_known(proposal, known[key])


def _tell_known(proposal: Proposal, enacted: Decimal) -> None:
    if enacted == proposal.row.amount:
        proposal.reasons.clear()
        proposal.set_aside(Fate.KNOWN, _("imported before"))
    else:
        reason = _(
            "imported before with %(amount)s baht; the line is left as it is", amount=shown(enacted)
        )
        proposal.set_aside(Fate.LEFT_OUT, reason)


# What looks damaged.

STRANGE = re.compile(
    r"[^\u0e00-\u0e7f\w\s.,:;()\[\]/\\+#\"'“”‘’%&*=<>°²³×–\-!?|½¼]|[^\W\d_a-zA-Z\u0e00-\u0e7f]"
)
STRAY = re.compile(r"(?<!อื่น)(?<!ต่าง)(?<!ทั่ว)(?<!หลาย)(^|\s)ๆ(\s|$)")
"""A repetition mark that repeats no word: what a scanner makes of a speck."""


def _look_at(proposal: Proposal) -> None:
    """Doubts about the text and the amount of a row that would become a line."""
    row = proposal.row
    for text in (row.item, row.output or ""):
        if STRANGE.search(text) or STRAY.search(text):
            proposal.doubt(_("the text looks damaged: “%(text)s”", text=thai.shorten(text, 80)))
    if row.amount == NOTHING:
        proposal.doubt(_("the amount is zero"))
