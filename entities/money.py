"""Money and shares: exact, in satang and in hundredths of a percent, as people read and type them.

The database keeps whole satang (BIGINT), Python a `Decimal` of baht with two places. Percentages
are computed from exact baht and rounded half up to two places (ทะเบียนคุม, the treasury's own way);
a share of nothing is None and is shown as a dash, never as zero.
"""

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import BigInteger, TypeDecorator
from sqlalchemy.engine import Dialect

from entities import thai

SATANG = Decimal("0.01")
NOTHING = Decimal("0.00")
LARGEST = Decimal("9999999999999.99")
"""Ten million million baht: above the whole state's budget, and exact in a spreadsheet's cell."""


class BadAmount(ValueError):
    """What was typed is no amount; the message says why, for the person who typed it."""

    def __init__(self, message: LazyString) -> None:
        super().__init__(message)
        self.message = message


class Hundredths(TypeDecorator[Decimal]):
    """A `Decimal` of two places kept as a whole number of hundredths; more places are refused."""

    impl = BigInteger
    cache_ok = True

    @property
    def python_type(self) -> type[Decimal]:
        return Decimal

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> int | None:
        if not value:
            return None if value is None else 0
        hundredths = Decimal(value) * 100
        if hundredths != hundredths.to_integral_value():
            raise ValueError(f"{value} has more than two decimals")
        return int(hundredths)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else of_satang(value)


class Money(Hundredths):
    """An amount of baht."""

    cache_ok = True


class Percent(Hundredths):
    """A percentage of two places: 12.50 means 12.50 %."""

    cache_ok = True


def of_satang(satang: int) -> Decimal:
    """Baht of a whole number of satang: 12345 → 123.45."""
    return Decimal(satang).scaleb(-2)


def percent(part: Decimal, whole: Decimal) -> Decimal | None:
    """What share of the whole the part is, in percent with two places; None of nothing."""
    if not whole:
        return None
    return (part * 100 / whole).quantize(SATANG, ROUND_HALF_UP)


def shown(amount: Decimal | None) -> str:
    """An amount as it is printed: 1234.5 → 1,234.50, below zero with a true minus sign."""
    if amount is None:
        return ""
    return f"{amount:,.2f}".replace("-", "−")


NOISE = re.compile(r"บาท(ถ้วน)?|฿|[\s\u00a0]")
SHAPE = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)")
GROUPED = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d*)?")
"""Commas stand between thousands only: 1,50 may mean one baht fifty."""


AMOUNT = _l("Type an amount in baht, such as 1,234.50.")
FIGURE = _l("Type a number, such as 1,234.50.")
PERCENTAGE = _l("Type a percentage, such as 12.50.")


def parse(text: str, wanted: LazyString = AMOUNT) -> Decimal:
    """The amount a person typed or a spreadsheet holds as text; raises BadAmount.

    Thai and Arabic digits, commas between thousands, a trailing “บาท”, and brackets or a minus for what is below
    zero are understood. More than two decimals and more than `LARGEST` are refused. `wanted` is
    the message where it is no number at all.
    """
    plain = NOISE.sub("", thai.to_arabic(text)).replace("−", "-").replace("–", "-")
    bracketed = plain.startswith("(") and plain.endswith(")")
    plain = plain[1:-1] if bracketed else plain
    plain = plain.replace(",", "") if GROUPED.fullmatch(plain) else plain
    if not SHAPE.fullmatch(plain):
        raise BadAmount(wanted)
    try:
        amount = Decimal(plain)
    except InvalidOperation:
        raise BadAmount(wanted) from None
    return _held(-amount if bracketed else amount)


def parse_figure(text: str) -> Decimal:
    """A number of two places that is no money, such as an indicator's target; raises BadAmount."""
    return parse(text, FIGURE)


PERCENT = re.compile(r"[%％]|ร้อยละ|เปอร์เซ็นต์")


def parse_percent(text: str) -> Decimal:
    """The percentage a person typed, such as 12.5, 12.50 % or ร้อยละ ๑๒.๕; raises BadAmount."""
    return parse(PERCENT.sub("", text), PERCENTAGE)


def _held(amount: Decimal) -> Decimal:
    """Three decimals are refused even where the last is 0: 1.500 may mean one thousand five hundred."""
    if abs(amount) > LARGEST:
        raise BadAmount(_l("This amount is too large."))
    if int(amount.as_tuple().exponent) < -2:
        raise BadAmount(_l("At most two decimals."))
    return amount.quantize(SATANG)


DIGITS = ("", "หนึ่ง", "สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า")
PLACES = ("", "สิบ", "ร้อย", "พัน", "หมื่น", "แสน")
MILLION = 1_000_000


def in_words(amount: Decimal) -> str:
    """An amount in Thai words, as forms and vouchers write it: 121.25 → หนึ่งร้อย…ยี่สิบห้าสตางค์."""
    satang = int(abs(amount) * 100)
    baht, rest = divmod(satang, 100)
    words = "ลบ" if amount < 0 else ""
    if baht or not rest:
        words += (_counted(baht) or "ศูนย์") + "บาท"
    return words + (f"{_counted(rest)}สตางค์" if rest else "ถ้วน")


def _counted(number: int) -> str:
    millions, rest = divmod(number, MILLION)
    head = f"{_counted(millions)}ล้าน" if millions else ""
    return head + _below_million(rest, after=bool(millions))


def _below_million(number: int, after: bool) -> str:
    words = ""
    for place in range(5, -1, -1):
        digit = number // 10**place % 10
        if digit:
            words += _place(digit, place, first=not words and not after)
    return words


def _place(digit: int, place: int, first: bool) -> str:
    if place == 0 and digit == 1 and not first:
        return "เอ็ด"
    if place == 1 and digit == 1:
        return "สิบ"
    if place == 1 and digit == 2:
        return "ยี่สิบ"
    return DIGITS[digit] + PLACES[place]
