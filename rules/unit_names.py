"""Which province or cluster a name in a file means: exact, with a doubt, or not at all.

Names come from scanned budget books and from hand: spaces, tone marks and a letter may be wrong.
A cluster's name may have lost its number (ภาคเหนือตอนบน 1 and 2); what else stands in its rows,
and the provinces that follow them in the book, then tell which one is meant.
"""

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from entities import thai
from models import Cluster, ClusterProvince, Province

CLUSTER, PROVINCE = "กลุ่มจังหวัด", "จังหวัด"
NEAR = 0.8
"""How alike a misread name must be (difflib's ratio)."""
CLEAR = 0.06
"""How much more alike than the next best."""
FOLLOWING = 6
"""How many provinces behind a cluster's rows are asked which cluster it is."""
MARKS = re.compile("[\u0e47-\u0e4e]|[^\u0e01-\u0e3a\u0e40-\u0e46a-z0-9]")


@dataclass(frozen=True)
class Home:
    """A province or a cluster that budget lines can belong to."""

    name: str
    province_id: int | None = None
    cluster_id: int | None = None


@dataclass(frozen=True)
class Match:
    """What a name means: one home, or several between which something else must decide."""

    homes: tuple[Home, ...] = ()
    doubt: str = ""


@dataclass
class Places:
    """Provinces, and the clusters in force on a day with the provinces they hold."""

    provinces: dict[str, Home] = field(default_factory=dict)
    clusters: dict[str, Home] = field(default_factory=dict)
    earlier: dict[str, Home] = field(default_factory=dict)
    members: dict[int, frozenset[str]] = field(default_factory=dict)
    _known: dict[str, Match] = field(default_factory=dict)

    def match(self, name: str) -> Match:
        """What a name means; no home where nothing is near it."""
        if name not in self._known:
            self._known[name] = self._cluster(name) if is_cluster(name) else self._province(name)
        return self._known[name]

    def _province(self, name: str) -> Match:
        wanted = letters(name.strip().removeprefix("จ.").replace(PROVINCE, "", 1))
        return self._one(name, wanted, self.provinces) or Match()

    def _cluster(self, name: str) -> Match:
        wanted = letters(name)[len(letters(CLUSTER)) :]
        if wanted in self.clusters:
            return Match((self.clusters[wanted],))
        numbered = [h for key, h in self.clusters.items() if key.rstrip("0123456789") == wanted]
        if len(numbered) > 1:
            return Match(tuple(numbered))
        if wanted in self.earlier:
            doubt = _("“%(name)s” was not in force in that fiscal year", name=name)
            return Match((self.earlier[wanted],), doubt)
        return self._one(name, wanted, self.clusters) or Match()

    def _one(self, name: str, wanted: str, known: dict[str, Home]) -> Match | None:
        if wanted in known:
            return Match((known[wanted],))
        near = nearest(wanted, known)
        if near is None:
            return None
        home = known[near]
        return Match((home,), _("“%(name)s” was read as “%(home)s”", name=name, home=home.name))


def is_cluster(name: str) -> bool:
    """Whether a unit's name is that of a cluster, misread letters allowed."""
    start = letters(name)[: len(letters(CLUSTER))]
    return difflib.SequenceMatcher(None, start, letters(CLUSTER)).ratio() > NEAR


def letters(name: str) -> str:
    """A name without what scanning loses first: spaces, signs, tone marks."""
    return MARKS.sub("", thai.to_arabic(thai.normalise(name)).casefold())


def nearest(wanted: str, known: Iterable[str]) -> str | None:
    """The known name that is clearly the nearest to a misread one; None where none is."""
    found = difflib.get_close_matches(wanted, list(known), n=2, cutoff=NEAR)
    if len(found) == 2:
        ratios = [difflib.SequenceMatcher(None, wanted, other).ratio() for other in found]
        if ratios[0] - ratios[1] < CLEAR:
            return None
    return found[0] if found else None


def places(session: Session, on: date) -> Places:
    """The provinces, and the clusters as they stood on a day."""
    found = Places()
    names = {row[0]: row[1] for row in session.execute(select(Province.id, Province.name))}
    found.provinces = {letters(n): Home(f"{PROVINCE}{n}", province_id=i) for i, n in names.items()}
    for cluster in session.scalars(select(Cluster).order_by(Cluster.id)):
        home = Home(cluster.name, cluster_id=cluster.id)
        stands = cluster.valid_from <= on and (cluster.valid_to is None or cluster.valid_to >= on)
        kept = found.clusters if stands else found.earlier
        kept[letters(cluster.name.replace(CLUSTER, "", 1))] = home
    members = session.execute(
        select(ClusterProvince.cluster_id, ClusterProvince.province_id).where(
            ClusterProvince.valid_from <= on,
            or_(ClusterProvince.valid_to.is_(None), ClusterProvince.valid_to >= on),
        )
    )
    for cluster_id, province_id in members:
        held = found.members.get(cluster_id, frozenset())
        found.members[cluster_id] = held | {names[province_id]}
    return found


def decide(
    candidates: Sequence[Home], texts: Iterable[str], following: Sequence[Home], known: Places
) -> tuple[Home | None, list[str]]:
    """Which of several clusters the rows of a block belong to, and the provinces that told so.

    `texts` are the block's items, `following` the homes of the rows behind it. A province counts
    for the cluster that holds it; without a clear majority nothing is decided.
    """
    wanted = {home: known.members.get(home.cluster_id or 0, frozenset()) for home in candidates}
    votes: Counter[Home] = Counter()
    told: dict[Home, set[str]] = {home: set() for home in candidates}
    behind = [home.name.removeprefix(PROVINCE) for home in following[:FOLLOWING]]
    for home, members in wanted.items():
        named = {m for text in texts if PROVINCE in text for m in members if PROVINCE + m in text}
        told[home] = named | (members & set(behind))
        votes[home] = len(named) * 2 + sum(name in members for name in behind)
    best = votes.most_common(2)
    if not best[0][1] or (len(best) > 1 and best[0][1] == best[1][1]):
        return None, []
    return best[0][0], sorted(told[best[0][0]])


FAR = 15
"""Pages between two clusters of one name: the first one's provinces lie between them."""


def blocks(rows: Sequence[tuple[str, int | None]]) -> list[tuple[int, int]]:
    """Runs of rows with the same unit on near pages of the book, as (first, one behind the last)."""
    starts = [n for n in range(len(rows)) if n == 0 or _apart(rows[n - 1], rows[n])]
    return list(zip(starts, [*starts[1:], len(rows)], strict=True))


def _apart(before: tuple[str, int | None], here: tuple[str, int | None]) -> bool:
    far = before[1] is not None and here[1] is not None and abs(here[1] - before[1]) > FAR
    return before[0] != here[0] or (far and is_cluster(here[0]))
