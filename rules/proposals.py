"""What an import makes of the rows of a file before any is taken: their fate, and what speaks against them."""

import enum


class Fate(enum.Enum):
    """What becomes of a row."""

    NEW = "new"
    DOUBTFUL = "doubtful"
    KNOWN = "known"
    LEFT_OUT = "left_out"
    FAULT = "fault"


class Weighed:
    """A row whose fate follows from the reasons found."""

    fate: Fate
    reasons: list[str]

    def doubt(self, reason: str) -> None:
        """Add a reason to look at the row before it is taken."""
        self.reasons.append(reason)
        if self.fate is Fate.NEW:
            self.fate = Fate.DOUBTFUL

    def set_aside(self, fate: Fate, reason: str) -> None:
        """Take the row out, with the reason first; a fault stays a fault, its reason before others."""
        lesser = self.fate is Fate.FAULT and fate is not Fate.FAULT
        self.reasons.insert(len(self.reasons) if lesser else 0, reason)
        if self.fate is not Fate.FAULT:
            self.fate = fate
