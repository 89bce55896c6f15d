"""Comparing the ledger with the treasury's figures: what differs, why it likely does, kept.

A budget code is compared in its net budget, outstanding orders, disbursement and what is left, as
far as the file tells them. A cause is only named where the numbers bear it out to the satang.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from entities import dates, thai
from entities.money import NOTHING, shown
from entities.vocabulary import EntryKind
from figures import reconciliation as figures
from figures.reconciliation import OurLine
from models import BudgetLine, LedgerEntry, PurchaseOrder, Reconciliation, ReconciliationRow
from rules.base import Broken, some
from rules.unit_names import Home

NAMED = "กระทบยอดกับข้อมูลคลัง ณ วันที่ {}"
"""Official wording that is written into records, whatever language the screen has."""
MEASURES = ("budget", "orders", "paid", "left")
ROUNDING = Decimal("1.00")
"""Baht: the most that rounding in a report can leave between two figures of one line."""
MOST_NAMED, MOST_FAULTS = 3, 5
"""Causes of one kind, and faults of a file, that are told one by one."""
LONGEST_CAUSE = 1000
"""Characters that the causes of one code may take."""
JOINT = "; "


@dataclass(frozen=True)
class TheirLine:
    """The treasury's figures of one budget code; None where the file does not tell one.

    `formulas` name the cells whose value a program worked out: it may have done so before the
    figures changed.
    """

    budget_code: str
    budget: Decimal | None = None
    orders: Decimal | None = None
    paid: Decimal | None = None
    left: Decimal | None = None
    faults: tuple[str, ...] = ()
    formulas: tuple[str, ...] = ()

    def __add__(self, other: "TheirLine") -> "TheirLine":
        """Two rows of one code as one."""
        budget, orders, paid, left = (
            _sum(getattr(self, name), getattr(other, name)) for name in MEASURES
        )
        return TheirLine(
            self.budget_code, budget, orders, paid, left,
            self.faults + other.faults, self.formulas + other.formulas,
        )  # fmt: skip


def _sum(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return other if one is None else one + (other or NOTHING)


@dataclass
class Compared:
    """One budget code of both sides; `differences` are ours less theirs, where they differ."""

    budget_code: str
    ours: OurLine | None
    theirs: TheirLine | None
    causes: list[str]

    @property
    def differences(self) -> dict[str, Decimal]:
        """Ours less the treasury's by measure, zeros left out."""
        if self.ours is None or self.theirs is None:
            return {}
        found = {}
        for name in MEASURES:
            theirs = getattr(self.theirs, name)
            if theirs is not None and getattr(self.ours, name) != theirs:
                found[name] = getattr(self.ours, name) - theirs
        return found

    @property
    def agrees(self) -> bool:
        """Whether both sides have the code with the same figures."""
        return self.ours is not None and self.theirs is not None and not self.differences


def compare(
    session: Session, home: Home, fiscal_year: int, as_of: date, lines: Sequence[TheirLine]
) -> list[Compared]:
    """Every code of either side in the order of codes; raises Broken where a row has a fault."""
    if faults := [fault for line in lines for fault in line.faults]:
        raise Broken(some(faults, MOST_FAULTS, JOINT), "file")
    theirs: dict[str, TheirLine] = {}
    for line in lines:
        known = theirs.get(line.budget_code)
        theirs[line.budget_code] = known + line if known else line
    ours = figures.balances(session, fiscal_year, _at(home), as_of)
    codes = sorted(set(ours) | set(theirs))
    found = [Compared(code, ours.get(code), theirs.get(code), []) for code in codes]
    _explain(session, found, as_of)
    return found


def _at(home: Home) -> ColumnElement[bool]:
    if home.province_id is not None:
        return BudgetLine.province_id == home.province_id
    return BudgetLine.cluster_id == home.cluster_id


@dataclass(frozen=True)
class File:
    """The treasury's file: its name, and the hash of its bytes."""

    name: str
    sha256: str


def keep(
    session: Session, home: Home, fiscal_year: int, as_of: date, file: File, found: list[Compared]
) -> Reconciliation:
    """Keep a comparison as it was found."""
    agreeing = sum(one.agrees for one in found)
    kept = Reconciliation(
        name=NAMED.format(dates.long_date(as_of, "th")), fiscal_year=fiscal_year, as_of=as_of,
        file_name=file.name, sha256=file.sha256, matched=agreeing, differing=len(found) - agreeing,
        province_id=home.province_id, cluster_id=home.cluster_id,
    )  # fmt: skip
    session.add(kept)
    session.flush()
    session.add_all(_row(kept, one) for one in found)
    session.flush()
    return kept


def _row(kept: Reconciliation, one: Compared) -> ReconciliationRow:
    sides = {"their": one.theirs, "our": one.ours}
    amounts = {
        f"{side}_{name}": getattr(line, name) if line is not None else None
        for side, line in sides.items()
        for name in MEASURES
    }
    return ReconciliationRow(
        budget_code=one.budget_code, reconciliation_id=kept.id, agrees=one.agrees,
        budget_line_id=one.ours.line_id if one.ours else None,
        cause=_together(one.causes) or None,
        province_id=kept.province_id, cluster_id=kept.cluster_id, **amounts,
    )  # fmt: skip


def _together(causes: list[str]) -> str:
    """The causes as one text that has room: whole ones, and how many more there are."""
    for most in range(len(causes), 1, -1):
        if len(told := some(causes, most, JOINT)) <= LONGEST_CAUSE:
            return told
    return thai.shorten(some(causes, 1, JOINT), LONGEST_CAUSE)


# Likely causes.


@dataclass(frozen=True)
class Known:
    """What the ledger tells of the lines that differ."""

    waiting: dict[int, list[LedgerEntry]]
    posted: dict[int, list[LedgerEntry]]
    orders: dict[int, list[PurchaseOrder]]

    def of(self, table: dict[int, list[LedgerEntry]], ours: OurLine) -> list[LedgerEntry]:
        """The entries of a code's lines."""
        return [entry for line_id in ours.line_ids for entry in table.get(line_id, [])]


def _explain(session: Session, found: list[Compared], as_of: date) -> None:
    differing = [one for one in found if one.differences]
    line_ids = {key for one in differing if one.ours for key in one.ours.line_ids}
    amounts = {abs(d) for one in differing for d in one.differences.values()}
    known = Known(
        figures.entries(session, line_ids, as_of),
        figures.entries(session, line_ids, as_of, amounts),
        figures.open_orders(session, line_ids),
    )
    _explain_missing(found)
    for one in differing:
        one.causes = _causes(one, known) or [_("not explained by any single entry")]
    for one in found:
        if one.theirs is not None and not one.agrees:
            one.causes += _first(one.theirs.formulas)


def _explain_missing(found: list[Compared]) -> None:
    only_ours = [one.budget_code for one in found if one.theirs is None]
    only_theirs = [one.budget_code for one in found if one.ours is None]
    for one in found:
        if one.ours is None:
            one.causes = [_("not in the ledger"), *_typed_wrong(one.budget_code, only_ours)]
        elif one.theirs is None:
            one.causes = [
                _("not in the treasury's file"),
                *_typed_wrong(one.budget_code, only_theirs),
            ]


def _typed_wrong(code: str, others: list[str]) -> Iterator[str]:
    for other in others:
        if swapped(code, other):
            yield _("two digits may be swapped: %(other)s", other=other)


def swapped(one: str, other: str) -> bool:
    """Whether two texts differ only in two neighbouring signs that changed places."""
    if len(one) != len(other) or one == other:
        return False
    places = [n for n, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    if len(places) != 2 or places[1] != places[0] + 1:
        return False
    first, second = places
    return one[first] == other[second] and one[second] == other[first]


def _first(told: Sequence[str]) -> list[str]:
    """The first of several texts, and how many more there are."""
    more = len(told) - MOST_NAMED
    return [*told[:MOST_NAMED], *([_("and %(n)s more", n=more)] if more > 0 else [])]


Cause = Callable[[Compared, OurLine, Known], Iterator[str]]


def _causes(one: Compared, known: Known) -> list[str]:
    """Every cause that the numbers bear out; the first kind that says something ends the search."""
    if one.ours is None:
        return []
    for cause in (_waiting, _not_entered, _unreleased, _posted, _reserved, _swapped, _rounded):
        told = list(dict.fromkeys(cause(one, one.ours, known)))
        if told:
            return _first(told)
    return []


def _waiting(one: Compared, ours: OurLine, known: Known) -> Iterator[str]:
    """Entries that wait for approval would bring our figure to theirs."""
    entries = known.of(known.waiting, ours)
    for name, column in CHANGED.items():
        lacking = -one.differences.get(name, NOTHING)
        fitting = [entry for entry in entries if getattr(entry, column)]
        together = sum((getattr(entry, column) for entry in fitting), NOTHING)
        single = [entry for entry in fitting if getattr(entry, column) == lacking]
        if lacking and (single or together == lacking):
            chosen = single[:1] or fitting
            numbers = some([_named(entry) for entry in chosen], MOST_NAMED)
            yield _("waits for approval here: %(entries)s", entries=numbers)


CHANGED = {"budget": "budget_change", "orders": "order_change", "paid": "paid_change"}


def _named(entry: LedgerEntry) -> str:
    day = dates.short_date(entry.entry_date, "th")
    document = f" {entry.doc_no}" if entry.doc_no else ""
    told = _(
        "no. %(number)s of %(day)s%(document)s, %(amount)s baht",
        number=entry.number,
        day=day,
        document=document,
        amount=shown(entry.amount),
    )
    return str(told)


def _not_entered(one: Compared, ours: OurLine, known: Known) -> Iterator[str]:
    """The treasury paid from an order what is still outstanding here."""
    paid, orders = one.differences.get("paid", NOTHING), one.differences.get("orders", NOTHING)
    if paid < 0 and orders == -paid:
        fitting = [o for o in _orders(known, ours) if o.outstanding >= -paid]
        names = some([order.number for order in fitting], MOST_NAMED)
        yield _(
            "the treasury paid %(amount)s baht that is not entered here; order %(orders)s",
            amount=shown(-paid),
            orders=names or "–",
        )


def _unreleased(one: Compared, ours: OurLine, known: Known) -> Iterator[str]:
    """An order still stands here that the treasury has no more."""
    orders = one.differences.get("orders", NOTHING)
    if orders > 0 and not one.differences.get("paid"):
        for order in _orders(known, ours):
            if order.outstanding == orders:
                yield _(
                    "order %(number)s still stands here with %(amount)s baht: released there, or not yet recorded",
                    number=order.number,
                    amount=shown(orders),
                )


def _orders(known: Known, ours: OurLine) -> list[PurchaseOrder]:
    return [order for line_id in ours.line_ids for order in known.orders.get(line_id, [])]


KINDS = {
    "budget": (EntryKind.ALLOCATION, EntryKind.TRANSFER_IN, EntryKind.TRANSFER_OUT),
    "orders": (EntryKind.COMMITMENT, EntryKind.COMMITMENT_RELEASE),
    "paid": (EntryKind.DISBURSEMENT, EntryKind.REFUND),
}


def _posted(one: Compared, ours: OurLine, known: Known) -> Iterator[str]:
    """One posted entry is as large as the difference: the treasury does not have it yet."""
    for name, kinds in KINDS.items():
        difference = one.differences.get(name)
        for entry in known.of(known.posted, ours) if difference else ():
            if entry.kind in kinds and getattr(entry, CHANGED[name]) == difference:
                yield _("not at the treasury: %(entry)s", entry=_named(entry))


def _reserved(one: Compared, ours: OurLine, _known: Known) -> Iterator[str]:
    if ours.reserved and one.differences == {"left": -ours.reserved}:
        amount = shown(ours.reserved)
        yield _("reserved here, which the treasury does not know: %(amount)s baht", amount=amount)


def _swapped(one: Compared, ours: OurLine, _known: Known) -> Iterator[str]:
    for name in one.differences:
        mine, theirs = getattr(ours, name), getattr(one.theirs, name)
        if swapped(f"{mine:.2f}", f"{theirs:.2f}"):
            yield _(
                "two digits may be swapped: %(mine)s here, %(theirs)s there",
                mine=shown(mine),
                theirs=shown(theirs),
            )


def _rounded(one: Compared, _ours: OurLine, _known: Known) -> Iterator[str]:
    if all(abs(difference) <= ROUNDING for difference in one.differences.values()):
        yield _("rounding")
