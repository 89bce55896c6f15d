"""Thai text: what looks the same is the same, and sorts as in a dictionary."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from entities import thai

THAI_TEXT = st.text(
    alphabet=[chr(c) for c in range(0x0E01, 0x0E5C)] + list(" \r\n\t\u200b\u0301Aa1")
)
WORDS = st.text(alphabet=[chr(c) for c in range(0x0E01, 0x0E2F)] + list("ะัาิีเแโใไ่้๊๋็์"))


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("น\u0e4d\u0e32", "น\u0e33"),
        ("น\u0e4d\u0e49\u0e32", "น\u0e49\u0e33"),
        ("น\u0e49\u0e4d\u0e32", "น\u0e49\u0e33"),
        ("น\u0e33\u0e49", "น\u0e49\u0e33"),
        ("เเพร่", "แพร่"),
        ("ไก\u0e48\u0e48", "ไก่"),
        ("ท\u0e35\u0e35\u0e48", "ที่"),
        ("ก\u0e48\u0e38", "ก\u0e38\u0e48"),
        ("ลพ\u200bบุรี\ufeff", "ลพบุรี"),
        ("\u202eชัยนาท\u2069", "ชัยนาท"),
        ("a\x00b\x85c\x1bd", "abcd"),
        ("บรรทัด\r\nถัดไป\tท้าย", "บรรทัด\nถัดไป\tท้าย"),
        ("a\rb", "a\nb"),
        ("  \u00a0ลพบุรี \n", "ลพบุรี"),
        ("Cafe\u0301", "Café"),
        ("\ud800ก", "ก"),
        ("", ""),
    ],
)
def test_look_alikes_are_stored_alike(typed, stored):
    assert thai.normalise(typed) == stored


@pytest.mark.parametrize("text", ["ประชุม ก.บ.จ. ครั้งที่ 1/2569", "ฯลฯ ๆ", "ต่าง ๆ"])
def test_right_spelling_is_left_alone(text):
    assert thai.normalise(text) == text


@given(st.one_of(st.text(), THAI_TEXT))
@example("่\u0301ํ่า")
@example("่ำ่")
def test_normalising_twice_changes_nothing(text):
    once = thai.normalise(text)
    assert thai.normalise(once) == once
    assert unicodedata.is_normalized("NFC", once)
    once.encode()


@pytest.mark.parametrize("part", ["ํ่", "กำ่้", "ำ่", "เ", "่", "ํ่า\u0301"])
def test_long_nonsense_takes_no_long_time(part):
    once = thai.normalise(part * 50_000)
    assert thai.normalise(once) == once


def test_words_stand_in_dictionary_order():
    words = ["กาล", "เกิด", "ไก่", "เป็ด", "วันที่", "วัว", "หมู"]
    backwards = words[::-1]
    assert sorted(backwards, key=thai.sort_key) == words


@pytest.mark.parametrize(
    "words",
    [
        "กา ก่า ก้า ก๊า ก๋า กาก",
        "เก เก็ง เก่ง เกม แก โก ใก ไก",
        "พาล พิการ เพชร เพลา แพร่ โพธิ์ ไพร",
        "กาฬสินธุ์ ขอนแก่น ชัยนาท เชียงราย เชียงใหม่ ตรัง แพร่ ลพบุรี ลำปาง เลย หนองคาย อุดรธานี",
        "1 ๒ 3 Apple banana Cat กา",
        "กก กก-ขข กกก",
    ],
)
def test_more_words_in_dictionary_order(words):
    ordered = words.split()
    backwards = ordered[::-1]
    assert sorted(backwards, key=thai.sort_key) == ordered


def test_a_shorter_name_comes_before_one_that_goes_on():
    names = ["บ้าน", "บ้าน ก", "บ้านก", "บ้านกล้วย", "ป้าน"]
    backwards = names[::-1]
    assert sorted(backwards, key=thai.sort_key) == names


def test_spelling_case_and_kind_of_digit_do_not_count():
    assert thai.sort_key("เขต ๑") == thai.sort_key("เขต  1")
    assert thai.sort_key("Lop Buri") == thai.sort_key("LOP BURI")
    assert thai.sort_key("น\u0e4d\u0e49\u0e32") == thai.sort_key("น้ำ")


@given(WORDS, WORDS)
@example("เ็ก", "ข")
def test_marks_only_break_ties(one, other):
    def letters(word):
        return thai.sort_key(word).partition("\t")[0]

    assert not set(letters(one)) & set("็่้๊๋์")
    if letters(one) < letters(other):
        assert thai.sort_key(one) < thai.sort_key(other)


@given(THAI_TEXT, THAI_TEXT, THAI_TEXT)
def test_the_order_is_one_and_the_same_from_every_beginning(a, b, c):
    words = sorted([a, b, c], key=thai.sort_key)
    assert thai.sort_key(words[0]) <= thai.sort_key(words[2])
    assert [thai.sort_key(w) for w in words] == sorted(thai.sort_key(w) for w in (c, b, a))


@given(THAI_TEXT)
def test_bytes_sort_as_the_key_does(text):
    key = thai.sort_key(text)
    other = thai.sort_key("ลพบุรี")
    assert (key < other) == (key.encode() < other.encode())


def test_keys_stay_short():
    assert len(thai.sort_key("ก่" * 10_000)) <= 2 * thai.SORT_KEY_LIMIT + 1


def test_digits_turn_both_ways():
    assert thai.to_arabic("พ.ศ. ๒๕๖๙") == "พ.ศ. 2569"
    assert thai.to_thai_digits("ที่ 0123456789") == "ที่ ๐๑๒๓๔๕๖๗๘๙"


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("ห้างหุ้นส่วนจำกัด พัฒนาการโยธา (ตัวอย่าง)", "หจก. พัฒนาการโยธา (ตัวอย่าง)"),
        ("บริษัท สื่อสารภาคกลาง จำกัด", "บจก. สื่อสารภาคกลาง"),
        ("บริษัทสื่อสารภาคกลางจำกัด (มหาชน)", "บมจ. สื่อสารภาคกลาง"),
        ("บริษัท ก จำกัด (ตัวอย่าง)", "บจก. ก (ตัวอย่าง)"),
        ("ร้านก้าวหน้าบริษัทเดิม จำกัด", "ร้านก้าวหน้าบริษัทเดิม จำกัด"),
        ("", ""),
    ],
)
def test_a_firm_is_named_in_short(name, short):
    assert thai.short_firm(name) == short
