"""Columns that the database keeps encrypted: private and secret text.

The keys stand in the data folder under keys/private, one a line, the newest first: the newest
encrypts, every one of them decrypts. What is sealed is never searched, sorted or filtered.
"""

import base64
import hashlib
from functools import lru_cache

from cryptography.fernet import Fernet, MultiFernet
from flask import current_app
from sqlalchemy import Text, TypeDecorator
from sqlalchemy.engine import Dialect

KEYS = "private"


class Sealed(TypeDecorator[str]):
    """Text that only this installation can read; a wrong key raises `InvalidToken`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else box().encrypt(value.encode()).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else box().decrypt(value.encode()).decode()


def box() -> MultiFernet:
    """What encrypts and decrypts with the keys of this installation."""
    return _box(current_app.config["SETTINGS"].key(KEYS))


@lru_cache(maxsize=4)
def _box(lines: bytes) -> MultiFernet:
    keys = [base64.urlsafe_b64encode(hashlib.sha256(one).digest()) for one in lines.split()]
    return MultiFernet([Fernet(one) for one in keys])
