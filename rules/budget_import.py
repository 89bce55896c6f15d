"""Budgets from a file: what each row would become, what is doubtful and why; then all or nothing.

A row becomes a budget line with its enacted amount; allocations are entries of their own. Lines of
clusters go to the cluster. A row's key (its number in the file, or what it holds) stands in
`source_key`, unique in a home and year, so that the same file twice changes nothing.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from access import scope
from access import viewer as who
from access.database import no_collecting
from entities import dates, thai
from entities.money import NOTHING, shown
from models import BudgetLine, FiscalYearClose
from rules import unit_names
from rules.base import Broken
from rules.budget_categories import Categories, give_categories
from rules.budget_homes import give_homes
from rules.budget_rows import BookRow, Preview, Proposal
from rules.proposals import Fate
from rules.unit_names import Home

LONGEST = 1_000
"""Characters of an item, a plan, a project; as the columns have them."""


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
    give_homes(made.proposals, known, _only_home(session))
    give_categories(made.proposals, Categories(session))
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
        session.add_all(_line(proposal, made.fiscal_year) for proposal in taken)
        session.flush()
    return len(taken)


def _refuse_unreached(session: Session, proposal: Proposal) -> None:
    if not _reached(who.of(session).reach(BudgetLine, "import"), proposal.home):
        raise scope.Denied("import", BudgetLine())


def _line(proposal: Proposal, fiscal_year: int) -> BudgetLine:
    row, home = proposal.row, proposal.home or Home("")
    told = {
        "item": row.item, "fiscal_year": fiscal_year, "budget_code": row.budget_code,
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


def _only_home(session: Session) -> Home | None:
    """The one province of the viewer: the home of rows in a file that names no unit."""
    reach = who.of(session).reach(BudgetLine, "import")
    if reach.everything or len(reach.province_id) != 1 or reach.cluster_id:
        return None
    return Home("", province_id=next(iter(reach.province_id)))


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
