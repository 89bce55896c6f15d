"""Thai text: one spelling for what looks the same, dictionary order, and digits.

Text is normalised once, when it is stored, so that search and uniqueness compare like with like.
Databases sort Thai by code point, which puts every word with a leading vowel last; names are
therefore sorted by a stored key made here.
"""

import re
import unicodedata

SORT_KEY_LIMIT = 120  # characters of the text that count; longer texts sort by their beginning

_TONES = "\u0e48-\u0e4b"
# Controls but tab and newline; lone surrogates (no database stores them); zero-width characters;
# marks that turn the writing direction.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
_LINE_END = re.compile("\r\n?")
_SPLIT_SARA_AM = re.compile(f"\u0e4d([{_TONES}]*)\u0e32")
_TONE_AFTER_SARA_AM = re.compile(f"(?<=[\u0e01-\u0e2e])\u0e33([{_TONES}]+)")
_SUSPECT = re.compile(f"{_INVISIBLE.pattern[:-1]}\u0e4d]|\u0e33[{_TONES}]")
"""What is removed or put right, or half of it; a carriage return is among the invisible ones."""
_DOUBLED_MARK = re.compile("([\u0e31\u0e34-\u0e3a\u0e47-\u0e4e])\\1+")

_LEADING_VOWEL = re.compile("([\u0e40-\u0e44])([\u0e01-\u0e2e])")
_SECOND_LEVEL = re.compile("[\u0e47-\u0e4c]")  # ็ ่ ้ ๊ ๋ ์
_FIRST_LEVEL = re.compile("[^\u0e47-\u0e4c]")
_SPACES = re.compile(r"\s+")

_ARABIC_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


def normalise(text: str) -> str:
    """The one stored form of a text; applying it twice changes nothing.

    Unicode NFC; invisible characters removed (newline and tab stay); sara am, sara ae and marks
    that were typed as look-alikes or twice are put right; outer whitespace stripped.
    """
    if _stands(text):
        return text.strip()
    text = _INVISIBLE.sub("", _LINE_END.sub("\n", text))
    folded = _fold(text)
    # One repair may bring two marks together that the next has to merge.
    while folded != text:
        text, folded = folded, _fold(folded)
    return text.strip()


def sort_key(text: str) -> str:
    """A string whose order by code point is the Thai dictionary order of the text.

    First level: consonants and vowels, a leading vowel after its consonant; tone marks, ็ and ์
    break ties only (the order of the Royal Institute dictionary). Digits come before Latin
    letters, these before Thai; case and repeated spaces do not count. At most 2 × SORT_KEY_LIMIT
    + 1 characters.
    """
    text = _SPACES.sub(" ", to_arabic(normalise(text)).casefold())[:SORT_KEY_LIMIT]
    letters = _LEADING_VOWEL.sub(r"\2\1", _SECOND_LEVEL.sub("", text))
    marks = _FIRST_LEVEL.sub(" ", _LEADING_VOWEL.sub(r"\2\1", text)).rstrip()
    # Tab sorts before every other character a key can hold, so shorter words come first.
    return f"{letters}\t{marks}" if marks else letters


def to_arabic(text: str) -> str:
    """The text with Thai digits written as 0–9."""
    return text.translate(_ARABIC_DIGITS)


def to_thai_digits(text: str) -> str:
    """The text with 0–9 written as Thai digits, as printed official documents have them."""
    return text.translate(_THAI_DIGITS)


def _stands(text: str) -> bool:
    """Whether nothing in a text can need repair: so it is with nearly all, and seen at once."""
    return (
        unicodedata.is_normalized("NFC", text)
        and not _SUSPECT.search(text)
        and "\u0e40\u0e40" not in text
        and not _DOUBLED_MARK.search(text)
    )


def _fold(text: str) -> str:
    """Put look-alike spellings right, once."""
    text = unicodedata.normalize("NFC", text)
    text = _SPLIT_SARA_AM.sub("\\1\u0e33", text)
    text = _TONE_AFTER_SARA_AM.sub("\\1\u0e33", text)
    text = text.replace("\u0e40\u0e40", "\u0e41")
    return _DOUBLED_MARK.sub(r"\1", text)


FIRMS = (
    (re.compile(r"บริษัท\s*(.+?)\s*จำกัด\s*\(มหาชน\)"), r"บมจ. \1"),
    (re.compile(r"บริษัท\s*(.+?)\s*จำกัด(?!\S*\(มหาชน)"), r"บจก. \1"),
    (re.compile(r"ห้างหุ้นส่วนจำกัด\s*"), "หจก. "),
)
"""Legal forms of firms, and the abbreviations that offices write."""


def shorten(text: str, length: int = 90) -> str:
    """A text of at most so many characters; where it is longer, a sign at its end says so."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


def short_firm(name: str) -> str:
    """A firm's name with its legal form in short: บริษัท ก จำกัด is บจก. ก. Other names stay."""
    for form, short in FIRMS:
        if form.match(name):
            return form.sub(short, name, count=1)
    return name
