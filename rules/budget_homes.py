"""Whose the lines of a budget file are: each row's unit as a province or a cluster.

A cluster named without its number may be one of several: the provinces that stand with its rows, then
elimination and the order of the book decide, and the row says so as a doubt.
"""

from collections.abc import Sequence

from flask_babel import gettext as _

from entities import thai
from rules import unit_names
from rules.base import some
from rules.budget_rows import Proposal
from rules.proposals import Fate
from rules.unit_names import Home, Places


def give_homes(proposals: list[Proposal], known: Places, only: Home | None) -> None:
    """Give each row its province or cluster, or set it aside; `only`: the home of rows that name none."""
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
