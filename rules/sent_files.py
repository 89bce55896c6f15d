"""Files that go along with what the office sends: which they are, and what their recipient may know.

Beside each recipient stand the ids of the files that were chosen when it was sent.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _

from models import Attachment
from rules.base import Broken

MOST = 60
"""Files that can be chosen or left out at one sending; their ids stand in one column."""


@dataclass(frozen=True)
class SentFile:
    """A file that was sent, as its recipient may know it."""

    id: int
    name: str
    content_type: str
    size: int
    sha256: str
    has_macros: bool

    @classmethod
    def of(cls, one: Attachment) -> "SentFile":
        """What is told of an attachment."""
        return cls(one.id, one.name, one.content_type, one.size, one.sha256, one.has_macros)


def listed(keys: Iterable[int]) -> str | None:
    """The ids of files as a recipient's row keeps them; raises Broken where they are too many."""
    chosen = sorted(set(keys))
    if len(chosen) > MOST:
        raise Broken(_("At most %(n)s files can be chosen at once.", n=MOST))
    return " ".join(map(str, chosen)) or None


def ids(kept: str | None) -> frozenset[int]:
    """The ids of files that stand in a recipient's row."""
    return frozenset(int(key) for key in (kept or "").split())
