"""Dates as a Thai office writes and reads them.

Stored dates are ISO dates and UTC instants. This module turns them into what people read
(Asia/Bangkok, Buddhist era in Thai, common era in English), turns what people type back into
dates, and holds the calendar rules of the office: the fiscal year (1 October to 30 September,
named by the Buddhist year it ends in; พ.ร.บ.วิธีการงบประมาณ 2561 ม.4) and the weeks of a month.

`lang` is 'th' or 'en' throughout; whatever is not Thai is shown in English.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone

from entities.messages import N_

# Thailand has kept UTC+7 without summer time since 1920, so no time-zone database is needed.
BANGKOK = timezone(timedelta(hours=7), "Asia/Bangkok")

BE_OFFSET = 543
BE_YEARS = range(2400, 2600)
CE_YEARS = range(1900, 2200)

HOW_TO_TYPE = N_("Type the date as day/month/year, e.g. 5/1/2569.")
NO_SUCH_DATE = N_("This date does not exist.")
SHORT_YEAR = N_("Write the year with four digits, e.g. 2569.")
YEAR_OUT_OF_RANGE = N_("The year must be 2400–2599 (B.E.) or 1900–2199 (A.D.).")
WRONG_ERA = N_("The year does not fit the era written before it.")
HOW_TO_TYPE_TIME = N_("Type the time as hours and minutes, e.g. 9.30.")
NO_SUCH_TIME = N_("This time does not exist.")

#: Every reason that BadDate and BadTime may carry, for the message catalogue.
REASONS = (
    HOW_TO_TYPE,
    NO_SUCH_DATE,
    SHORT_YEAR,
    YEAR_OUT_OF_RANGE,
    WRONG_ERA,
    HOW_TO_TYPE_TIME,
    NO_SUCH_TIME,
)

_MONTHS_TH = (
    "มกราคม",
    "กุมภาพันธ์",
    "มีนาคม",
    "เมษายน",
    "พฤษภาคม",
    "มิถุนายน",
    "กรกฎาคม",
    "สิงหาคม",
    "กันยายน",
    "ตุลาคม",
    "พฤศจิกายน",
    "ธันวาคม",
)
_MONTHS_TH_SHORT = (
    "ม.ค.",
    "ก.พ.",
    "มี.ค.",
    "เม.ย.",
    "พ.ค.",
    "มิ.ย.",
    "ก.ค.",
    "ส.ค.",
    "ก.ย.",
    "ต.ค.",
    "พ.ย.",
    "ธ.ค.",
)
_MONTHS_EN = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_MONTHS_EN_SHORT = tuple(name[:3] for name in _MONTHS_EN)
_WEEKDAYS_TH = (
    "วันจันทร์",
    "วันอังคาร",
    "วันพุธ",
    "วันพฤหัสบดี",
    "วันศุกร์",
    "วันเสาร์",
    "วันอาทิตย์",
)
_WEEKDAYS_EN = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)

_MONTH_NUMBERS = {
    name.replace(".", "").casefold(): number
    for names in (_MONTHS_TH, _MONTHS_TH_SHORT, _MONTHS_EN, _MONTHS_EN_SHORT)
    for number, name in enumerate(names, start=1)
} | {"sept": 9}

_LONGEST_INPUT = 60
_DIGIT = "[0-9๐-๙]"
_GAP = r"(?:\s*[/.\-]\s*|\s+)"
_DAY_FIRST = re.compile(rf"({_DIGIT}{{1,2}}){_GAP}({_DIGIT}{{1,2}}){_GAP}({_DIGIT}+)")
_YEAR_FIRST = re.compile(rf"({_DIGIT}{{4}})-({_DIGIT}{{1,2}})-({_DIGIT}{{1,2}})")
_IN_WORDS = re.compile(rf"(?:วันที่)?\s*({_DIGIT}{{1,2}})([^0-9๐-๙]+)({_DIGIT}+)")
_MONTH_AND_ERA = re.compile(r"(?:เดือน)?(.+?)(พศ|คศ|be|ad|ce)?")
_WORD_GAPS = re.compile(r"[\s./,\-]+")
_TIME = re.compile(rf"({_DIGIT}{{1,2}})[.:]({_DIGIT}{{2}})|({_DIGIT}{{2}})({_DIGIT}{{2}})")


class BadDate(ValueError):
    """A typed date that cannot be taken; its text is an English reason, used as message id."""


class BadTime(ValueError):
    """A typed time that cannot be taken; its text is an English reason, used as message id."""


def now() -> datetime:
    """The present instant, aware, in UTC: the form in which instants are stored."""
    return datetime.now(UTC)


def today() -> date:
    """Today's date in Bangkok, whatever the machine's own time zone says."""
    return now().astimezone(BANGKOK).date()


def be_year(d: date) -> int:
    """The calendar year of the Buddhist era: 2026 is 2569."""
    return d.year + BE_OFFSET


def month_name(m: int, lang: str, short: bool = False) -> str:
    """The name of month 1..12: "มกราคม" or "ม.ค.", "January" or "Jan"."""
    if _is_thai(lang):
        return (_MONTHS_TH_SHORT if short else _MONTHS_TH)[m - 1]
    return (_MONTHS_EN_SHORT if short else _MONTHS_EN)[m - 1]


def weekday_name(d: date, lang: str) -> str:
    """The name of the weekday: "วันจันทร์", "Monday"."""
    return (_WEEKDAYS_TH if _is_thai(lang) else _WEEKDAYS_EN)[d.weekday()]


def short_date(d: date, lang: str) -> str:
    """The date of lists and tables: "5 ม.ค. 2569", "5 Jan 2026"."""
    return f"{d.day} {month_name(d.month, lang, short=True)} {_shown_year(d, lang)}"


def long_date(d: date, lang: str) -> str:
    """The date of running text: "5 มกราคม 2569", "5 January 2026"."""
    return f"{d.day} {month_name(d.month, lang)} {_shown_year(d, lang)}"


def full_date(d: date, lang: str) -> str:
    """The date of an invitation: "วันจันทร์ที่ 5 มกราคม 2569", "Monday 5 January 2026"."""
    link = "ที่ " if _is_thai(lang) else " "
    return f"{weekday_name(d, lang)}{link}{long_date(d, lang)}"


def input_date(d: date) -> str:
    """The date as a form holds it, dd/mm and the Buddhist year: "05/01/2569"."""
    return f"{d.day:02}/{d.month:02}/{be_year(d)}"


def time_text(t: time) -> str:
    """The time as Thai offices write it, hours and minutes: "09.30"."""
    return f"{t.hour:02}.{t.minute:02}"


def moment(dt: datetime, lang: str) -> str:
    """An instant in Bangkok's time: "5 ม.ค. 2569 14.12 น.", "5 Jan 2026 14:12".

    An instant without a time zone is read as UTC, which is how the database gives it back.
    """
    aware = dt if dt.tzinfo else dt.replace(tzinfo=UTC)
    local = aware.astimezone(BANGKOK)
    clock = f"{time_text(local.time())} น." if _is_thai(lang) else f"{local:%H:%M}"
    return f"{short_date(local, lang)} {clock}"


def parse_date(text: str) -> date:
    """Read a date as typed or imported, in either era, with Thai or Arabic digits.

    Takes day/month/year (also with - . or spaces), ISO year-month-day, and the month in words,
    Thai or English, full or short. Years 2400–2599 are Buddhist, 1900–2199 common era; no other
    year is guessed at. Raises BadDate with the reason.
    """
    text = text.strip()
    if len(text) > _LONGEST_INPUT:
        raise BadDate(HOW_TO_TYPE)
    if found := _YEAR_FIRST.fullmatch(text):
        return _make_date(found[3], int(found[2]), found[1])
    if found := _DAY_FIRST.fullmatch(text):
        return _make_date(found[1], int(found[2]), found[3])
    if found := _IN_WORDS.fullmatch(text):
        month, era = _month_and_era(found[2])
        return _make_date(found[1], month, found[3], era)
    raise BadDate(HOW_TO_TYPE)


def parse_time(text: str) -> time:
    """Read a time as typed: 9.30, 09:30, 0930, with Thai digits, with "น." after it.

    Raises BadTime with the reason.
    """
    found = _TIME.fullmatch(text.strip().removesuffix(".").removesuffix("น").rstrip())
    if not found:
        raise BadTime(HOW_TO_TYPE_TIME)
    try:
        return time(int(found[1] or found[3]), int(found[2] or found[4]))
    except ValueError:
        raise BadTime(NO_SUCH_TIME) from None


def fiscal_year(d: date) -> int:
    """The fiscal year (B.E.) in which the date lies: 1 October 2568 opens 2569."""
    return be_year(d) + (d.month >= 10)


def fiscal_quarter(d: date) -> int:
    """The quarter 1..4 of the fiscal year: October–December is 1."""
    return (d.month - 10) % 12 // 3 + 1


def fiscal_year_start(be: int) -> date:
    """The first day, 1 October, of the fiscal year (B.E.)."""
    return date(be - BE_OFFSET - 1, 10, 1)


def fiscal_year_end(be: int) -> date:
    """The last day, 30 September, of the fiscal year (B.E.)."""
    return date(be - BE_OFFSET, 9, 30)


def month_end(d: date) -> date:
    """The last day of a day's month."""
    return (d.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def week_of_month(d: date) -> int | None:
    """The meeting week 1..4 of the month: week n starts on the month's n-th Monday.

    Days before the first Monday, and the week of a fifth one, belong to no week.
    """
    monday = d.day - d.weekday()
    if not 1 <= monday <= 28:
        return None
    return (monday - 1) // 7 + 1


def monday_of_week(year: int, month: int, n: int) -> date:
    """The Monday that opens meeting week n (1..4) of a month; the year is of the common era.

    Raises ValueError for any other n.
    """
    if n not in range(1, 5):
        raise ValueError(f"a month has meeting weeks 1 to 4, not {n}")
    first = date(year, month, 1)
    return first + timedelta(days=-first.weekday() % 7 + 7 * (n - 1))


def _is_thai(lang: str) -> bool:
    return lang.startswith("th")


def _shown_year(d: date, lang: str) -> int:
    return be_year(d) if _is_thai(lang) else d.year


def _month_and_era(words: str) -> tuple[int, str]:
    """Split "ม.ค. พ.ศ." into month number and era word ('' when none was written)."""
    found = _MONTH_AND_ERA.fullmatch(_WORD_GAPS.sub("", words).casefold())
    month = _MONTH_NUMBERS.get(found[1]) if found else None
    if not found or month is None:
        raise BadDate(HOW_TO_TYPE)
    return month, found[2] or ""


def _make_date(day: str, month: int, year: str, era: str = "") -> date:
    """Build the date from its parts. The era goes first: 29 February is one of the common year."""
    try:
        return date(_common_year(year, era), month, int(day))
    except BadDate:
        raise
    except ValueError:
        raise BadDate(NO_SUCH_DATE) from None


def _common_year(year: str, era: str) -> int:
    if len(year) != 4:
        raise BadDate(SHORT_YEAR)
    number = int(year)
    buddhist = number in BE_YEARS
    if not buddhist and number not in CE_YEARS:
        raise BadDate(YEAR_OUT_OF_RANGE)
    if era and buddhist != (era in ("พศ", "be")):
        raise BadDate(WRONG_ERA)
    return number - BE_OFFSET if buddhist else number
