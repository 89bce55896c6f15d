"""What a migration writes so that names go in Thai order.

A migration names no model; how the order is made stays in one place all the same.
"""

from entities import thai


def sort_key(name: str) -> str:
    """The key by which a name is put in order."""
    return thai.sort_key(name)
