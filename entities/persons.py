"""What identifies a person in Thailand: citizen number, telephone, e-mail; checked and written.

Values are kept as digits alone and shown in the usual groups. A thirteen-digit number carries its
check digit last (mod 11 of the weighted digits, Department of Provincial Administration).
"""

import re

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from entities import thai

NOISE = re.compile(r"[\s\-.()/]+")
EXTENSION = re.compile(r"(ต่อ|ext\.?|#)\s*\d+$", re.I)
MAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>.]+(\.[^@\s,;<>.]+)+")


class BadPerson(ValueError):
    """What was typed is no such number; the message says why, for the person who typed it."""

    def __init__(self, message: LazyString) -> None:
        super().__init__(message)
        self.message = message


def citizen_number(text: str) -> str:
    """Thirteen digits with a right check digit, in either kind of digits; raises BadPerson."""
    digits = _digits(text)
    if len(digits) != 13 or not digits.isascii() or not digits.isdigit():
        raise BadPerson(_l("A citizen number has thirteen digits."))
    if digits[0] in "09" or check_digit(digits[:12]) != int(digits[12]):
        raise BadPerson(_l("The check digit of this citizen number is wrong; look at it again."))
    return digits


def check_digit(first: str) -> int:
    """The thirteenth digit that belongs to the first twelve."""
    weighed = sum(
        int(digit) * weight for digit, weight in zip(first, range(13, 1, -1), strict=True)
    )
    return (11 - weighed % 11) % 10


def shown_citizen_number(digits: str) -> str:
    """1101700230708 as 1-1017-00230-70-8."""
    return "-".join((digits[0], digits[1:5], digits[5:10], digits[10:12], digits[12]))


def phone(text: str) -> str:
    """The digits of a Thai telephone with the leading 0; raises BadPerson.

    Mobiles have ten digits (06, 08, 09), other telephones nine (02 to 07); +66 is understood and an
    extension is left out.
    """
    digits = _digits(EXTENSION.sub("", thai.to_arabic(text).strip()))
    if digits.startswith(("+66", "0066", "66")) and len(digits.lstrip("+0")) in (10, 11):
        digits = "0" + digits.lstrip("+0")[2:].lstrip("0")
    if re.fullmatch(r"0[689]\d{8}|0[2-7]\d{7}", digits) is None:
        raise BadPerson(
            _l("A telephone has nine digits, a mobile ten, and they begin with 0 (02, 044, 081 …).")
        )
    return digits


def shown_phone(digits: str) -> str:
    """0812345678 as 081-234-5678, 021234567 as 02-123-4567, 044123456 as 044-123-456."""
    if digits.startswith("02") and len(digits) == 9:
        return f"{digits[:2]}-{digits[2:5]}-{digits[5:]}"
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"


def email(text: str) -> str:
    """An e-mail address as it is kept; raises BadPerson."""
    address = thai.normalise(text)
    if MAIL.fullmatch(address) is None:
        raise BadPerson(_l("This is no e-mail address."))
    return address


def _digits(text: str) -> str:
    return NOISE.sub("", thai.to_arabic(thai.normalise(text)))
