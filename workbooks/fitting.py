"""How much room Thai text takes in print, so that rows are high enough for their wrapped text.

Spreadsheets fit a row to its text only while somebody types, and never for merged cells; a
printed page must be right at once. Widths are those of TH Sarabun New's own table. Where a
line breaks inside Thai words only a dictionary knows, so a line is counted a little shorter.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

EM = 1000
# fmt: off
_LATIN = (
    216, 147, 208, 403, 361, 585, 423, 120, 190, 190, 285, 411, 162, 216, 162, 270, 362, 362, 362, 362,
    362, 362, 362, 362, 362, 362, 162, 162, 411, 411, 411, 283, 536, 400, 378, 406, 431, 351, 351, 425,
    441, 147, 264, 376, 353, 548, 441, 486, 378, 487, 379, 352, 379, 466, 390, 588, 418, 366, 424, 196,
    262, 196, 412, 352, 204, 344, 401, 331, 401, 374, 206, 311, 390, 143, 155, 316, 200, 601, 390, 398,
    401, 401, 217, 282, 238, 390, 341, 507, 318, 337, 321, 208, 153, 208, 416,
)
_THAI = (
    386, 378, 382, 393, 393, 408, 294, 367, 377, 380, 384, 519, 519, 425, 425, 343, 461, 532, 543, 391,
    391, 378, 430, 335, 420, 428, 428, 381, 381, 447, 447, 425, 400, 375, 322, 378, 381, 425, 335, 393,
    438, 381, 427, 454, 387, 372, 391, 357, 0, 316, 316, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 411, 203, 377,
    237, 242, 244, 205, 399, 0, 0, 0, 0, 0, 0, 0, 0, 450, 449, 449, 449, 449, 449, 449, 449, 449, 449,
    449, 522, 697,
)
# fmt: on
"""Advance widths from U+0020 and from U+0E01 on, in thousandths of the size of type."""
WIDTHS = dict(enumerate(_LATIN, 0x20)) | dict(enumerate(_THAI, 0x0E01))

BOLD = 1.04
RAGGED = 0.94
"""How much wider bold type is, and how much of a line Thai words fill on average."""
LEADING = 1.6
"""Height of a line over the size of type: Excel gives TH Sarabun New 1.5, and where another font must
stand in for it lines are higher."""
PADDING = 5.0
"""Points above and below the text of a row."""
DIGIT, CELL_PADDING = 5.25, 3.75
"""Points of a character of column width, and of the rim of a column."""
ROW_LIMIT = 400.0
"""The highest row a sheet may have is 409 points."""
_A4 = (595.3, 841.9)


def width(text: str, size: float, *, bold: bool = False) -> float:
    """The width of one line of text in points."""
    return sum(map(_units, text)) * size / EM * (BOLD if bold else 1)


def column_points(characters: float) -> float:
    """The room for text in a column of that many characters, in points."""
    return characters * DIGIT - CELL_PADDING


def page_points(widths: Sequence[float], *, landscape: bool, margins: Mapping[str, float]) -> float:
    """The height in points that a page has for rows, when the columns are shrunk to its width.

    `widths` are in characters, `margins` in inches.
    """
    across, down = _A4[::-1] if landscape else _A4
    usable = across - 72 * (margins["left"] + margins["right"])
    taken = sum(width * DIGIT + CELL_PADDING for width in widths)
    return (down - 72 * (margins["top"] + margins["bottom"])) * max(1.0, taken / usable)


def lines(text: str, room: float, size: float, *, bold: bool = False) -> int:
    """How many lines the text takes where a line has `room` points."""
    return len(_wrapped(text, room, size, bold))


def height(count: int, size: float) -> float:
    """The height in points of a row with that many lines of text."""
    return count * size * LEADING + PADDING


def cut(
    text: str, room: float, size: float, limit: float, *, bold: bool = False
) -> tuple[str, str]:
    """The beginning of the text that a row of at most `limit` points holds, and the rest.

    The beginning ends with a paragraph, else at a space, where one is near its last line.
    """
    left = _wrapped(text, room, size, bold)
    end = min(len(left), max(1, int((limit - PADDING) / (size * LEADING))))
    if end < len(left):
        end = _good_end(left[:end])
    return "".join(left[:end]).removesuffix("\n"), "".join(left[end:]).removesuffix("\n")


def _good_end(some: list[str]) -> int:
    """How many of the lines to take: up to the last paragraph end, or else space, in their later half."""
    for mark in ("\n", " "):
        for end in range(len(some), len(some) // 2, -1):
            if some[end - 1].endswith(mark):
                return end
    return len(some)


def _wrapped(text: str, room: float, size: float, bold: bool) -> list[str]:
    """The text as lines; together they are the text, the last of a paragraph ends with its line end."""
    units = room * RAGGED * EM / size / (BOLD if bold else 1)
    return [line for paragraph in text.split("\n") for line in _broken(f"{paragraph}\n", units)]


def _broken(paragraph: str, room: float) -> Iterator[str]:
    """Lines of a paragraph, `room` in thousandths of an em; broken at a space where one is near."""
    start, used, space = 0, 0, 0
    for place, letter in enumerate(paragraph):
        used += _units(letter)
        if used > room and place > start and letter not in " \n":
            end = (
                space
                if space - start > (place - start) // 2
                else _letter_start(paragraph, start, place)
            )
            yield paragraph[start:end]
            start, used = end, sum(map(_units, paragraph[end : place + 1]))
        if letter == " ":
            space = place + 1
    yield paragraph[start:]


def _units(letter: str) -> int:
    known = WIDTHS.get(ord(letter))
    return known if known is not None else _other(letter)


@lru_cache(maxsize=4096)
def _other(letter: str) -> int:
    if unicodedata.category(letter) in ("Mn", "Cf", "Cc"):
        return 0
    return 900 if unicodedata.east_asian_width(letter) in "WF" else 450


def _letter_start(paragraph: str, start: int, place: int) -> int:
    """The last place up to `place` where a line may begin: no mark or vowel is left alone."""
    end = place
    while end > start + 1 and (_hangs(paragraph[end]) or paragraph[end - 1] in "เแโใไ"):
        end -= 1
    return end if end > start + 1 else place


def _hangs(letter: str) -> bool:
    return letter in "ะาำๅๆฯ" or unicodedata.category(letter) == "Mn"
