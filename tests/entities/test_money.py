"""Amounts as people type and read them, exact to the satang."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entities import money, years

GOOD = {
    "1,234.50": "1234.50",
    "1,234.50 บาท": "1234.50",
    "๑,๒๓๔.๕๐": "1234.50",
    "(1,234.50)": "-1234.50",
    "−5": "-5.00",
    "-0.01": "-0.01",
    ".5": "0.50",
    "12.": "12.00",
    "฿ 1 000": "1000.00",
    "หนึ่ง": None,
    "9999999999999.99": "9999999999999.99",
    "10000000000000": None,
    "1000000000000000": None,
    "1.005": None,
    "1.500": None,
    "1.234,50": None,
    "1,234,567.5": "1234567.50",
    "1,50": None,
    "1234,567": None,
    "1,23,4": None,
    "1,,234": None,
    "1,234.5,6": None,
    "NaN": None,
    "Infinity": None,
    "1e9": None,
    "0x10": None,
    "": None,
    "()": None,
    "1 2.3.4": None,
    "--5": None,
    "9" * 5000: None,
    "0." + "0" * 5000: None,
}


@pytest.mark.parametrize(("typed", "amount"), GOOD.items())
def test_an_amount_is_read_or_refused_in_words(typed, amount):
    if amount is None:
        with pytest.raises(money.BadAmount) as refused:
            money.parse(typed)
        assert refused.value.message
    else:
        assert str(money.parse(typed)) == amount


@given(st.integers(min_value=-999_999_999_999_999, max_value=999_999_999_999_999))
def test_what_is_shown_is_read_back(satang):
    amount = money.of_satang(satang)
    assert money.parse(money.shown(amount)) == amount
    assert money.parse(f"{money.shown(abs(amount))} บาท") == abs(amount)


def test_a_percentage_is_typed_with_or_without_its_sign():
    for typed in ("12.5", "12.50 %", "ร้อยละ ๑๒.๕", "12.5%"):
        assert money.parse_percent(typed) == Decimal("12.50")
    with pytest.raises(money.BadAmount) as refused:
        money.parse_percent("half")
    assert refused.value.message is money.PERCENTAGE


def test_an_amount_in_words_is_as_vouchers_write_it():
    words = {
        "0": "ศูนย์บาทถ้วน",
        "1": "หนึ่งบาทถ้วน",
        "11": "สิบเอ็ดบาทถ้วน",
        "21.25": "ยี่สิบเอ็ดบาทยี่สิบห้าสตางค์",
        "101": "หนึ่งร้อยเอ็ดบาทถ้วน",
        "1000001": "หนึ่งล้านเอ็ดบาทถ้วน",
        "0.5": "ห้าสิบสตางค์",
        "-20": "ลบยี่สิบบาทถ้วน",
    }
    assert {amount: money.in_words(Decimal(amount)) for amount in words} == words


def test_a_year_is_no_quantity():
    assert years.shown(years.BuddhistYear(2569), "th") == "2569"
    assert years.shown(years.BuddhistYear(2569), "en") == "2569"
    assert years.shown(years.CommonYear(2026), "th") == "2569"
    assert years.shown(years.CommonYear(2026), "en") == "2026"
