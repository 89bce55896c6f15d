"""Private values: encrypted at rest, and shown to nobody who does not ask for them by name.

A column of `Private` holds what may identify a complainant (ศูนย์ดำรงธรรม, พ.ร.บ.คุ้มครองข้อมูล
ส่วนบุคคล 2562 ม.37(1)). What is read from it is a `Masked` value: printed, logged or put into a page
it is a mask; only `open()` tells it. So a list, an export or an error text that forgets a rule shows
nothing. The keys are those of `entities/sealed.py`, newest first for writing, every one for reading.
"""

import hashlib
import hmac
import secrets
from typing import Any

from cryptography.fernet import InvalidToken
from flask import current_app
from sqlalchemy import String, Text, TypeDecorator
from sqlalchemy.engine import Dialect

from entities.sealed import KEYS, Sealed, box

MASK = "•••"
INDEX_KEY = "private-index"
"""The key of the blind indexes; it is never rotated, for what it made is compared for ever."""


class Unreadable(Exception):
    """A private value was written under a key that the data folder does not hold."""


class Masked:
    """A private value as the database keeps it; `open()` tells it, everything else a mask."""

    __slots__ = ("kept",)

    def __init__(self, kept: str) -> None:
        self.kept = kept

    def open(self) -> str:
        """The value in the clear; raises Unreadable where its key is missing."""
        try:
            return box().decrypt(self.kept.encode()).decode()
        except InvalidToken:
            raise Unreadable("no key in the data folder opens this value") from None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Masked) and self.kept == other.kept

    def __hash__(self) -> int:
        return hash(self.kept)

    def __str__(self) -> str:
        return MASK

    __repr__ = __html__ = __str__

    def __format__(self, _how: str) -> str:
        return MASK


class Private(TypeDecorator[Any]):
    """A column of sealed text that reads as a mask; `length` is that of the text a form may hold."""

    impl = Text
    cache_ok = True

    def __init__(self, length: int = 300) -> None:
        super().__init__()
        self.length = length

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """A text is sealed, a masked value is kept as it is, and a mask is no value to keep."""
        if isinstance(value, Masked):
            return value.kept
        if value == MASK:
            raise ValueError("the mask of a private value is not the value")
        return box().encrypt(value.encode()).decode() if value else None

    def process_result_value(self, value: str | None, dialect: Dialect) -> Masked | None:
        return None if value is None else Masked(value)


class BlindIndex(TypeDecorator[str]):
    """A column of keyed hashes (`blind`): equal values are found, none can be read."""

    impl = String(64)
    cache_ok = True


ENCRYPTED = (Private, Sealed)
"""The types of column that the keys open; a new key rewrites them all."""


def clear(value: Any) -> str:
    """The text of a value that was just written or read, for rules that must look at it."""
    return value.open() if isinstance(value, Masked) else (value or "")


def blind(kind: str, plain: str) -> str:
    """A keyed hash of a normalised value, such as a phone's digits; `kind` keeps kinds apart."""
    key = current_app.config["SETTINGS"].key(INDEX_KEY)
    return hmac.new(key, f"{kind}:{plain}".encode(), hashlib.sha256).hexdigest()


def add_key() -> int:
    """Put a new key before the others; what is written from now on is under it. How many there are."""
    settings = current_app.config["SETTINGS"]
    lines = [secrets.token_hex(32).encode(), *settings.key(KEYS).split()]
    _write(b"\n".join(lines) + b"\n")
    return len(lines)


def drop_old_keys() -> int:
    """Keep the two newest keys, once nothing is left under the others. How many went.

    The one before the newest stays: somebody may have saved under it while all was written anew.
    """
    newest, before, *old = current_app.config["SETTINGS"].key(KEYS).split()
    _write(newest + b"\n" + before + b"\n")
    return len(old)


def _write(content: bytes) -> None:
    """The file of keys is whole at every moment: a new one takes its place in one step."""
    path = current_app.config["SETTINGS"].folder("keys") / KEYS
    beside = path.with_name(f"{KEYS}.new")
    beside.touch(mode=0o600)
    beside.write_bytes(content)
    beside.replace(path)


def renewed(kept: str) -> str:
    """An encrypted value under the newest key; raises Unreadable where its key is missing."""
    try:
        return box().rotate(kept.encode()).decode()
    except InvalidToken:
        raise Unreadable("no key in the data folder opens this value") from None
