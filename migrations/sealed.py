"""What a migration writes encrypted, or reads so: under the keys of this installation.

A migration names no model; the keys and how they are used stay in one place all the same.
"""

from entities.sealed import box


def seal(told: str) -> str:
    """A text as an encrypted column keeps it."""
    return box().encrypt(told.encode()).decode()


def unseal(kept: str) -> str:
    """The text of an encrypted column; raises InvalidToken where its key is missing."""
    return box().decrypt(kept.encode()).decode()
