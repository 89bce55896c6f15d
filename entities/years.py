"""Years: numbers that name something and are no quantity, so they are never written as 2,569.

A value carries what it is by its own type, so that a cell, a filter's chip or a sentence needs no
column to draw it right.
"""

from typing import Any

from sqlalchemy import BigInteger, Integer, TypeDecorator
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeEngine

FIRST, LAST = 2400, 2699
"""Years of the Buddhist era that an office can mean; 2026 typed for 2569 is outside."""
ERA = 543


class BuddhistYear(int):
    """A year of the Buddhist era: a fiscal year, named by the year it ends in."""


class CommonYear(int):
    """A year of the common era, shown to Thai readers in theirs."""


class Year(TypeDecorator[int]):
    """A column of years, of the Buddhist era unless `common`."""

    impl = BigInteger
    cache_ok = True

    def __init__(self, common: bool = False) -> None:
        super().__init__()
        self.common = common

    @property
    def python_type(self) -> type[int]:
        return CommonYear if self.common else BuddhistYear

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        kind = Integer() if dialect.name == "sqlite" else BigInteger()
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:
        return None if value is None else int(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> int | None:
        return None if value is None else self.python_type(value)


def shown(year: int, lang: str) -> str:
    """A year as people of a language write it; fiscal years keep the Buddhist era in both."""
    return str(year + ERA if isinstance(year, CommonYear) and lang == "th" else int(year))
