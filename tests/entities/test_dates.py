"""Dates in both eras: shown, typed, and placed in the office's calendar."""

import contextlib
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entities import dates

FIFTH_OF_JANUARY = date(2026, 1, 5)
BUDDHIST_ERA = st.dates(date(1857, 1, 1), date(2056, 12, 31))
COMMON_ERA = st.dates(date(1900, 1, 1), date(2199, 12, 31))


@pytest.mark.parametrize(
    ("shown", "thai", "english"),
    [
        (dates.short_date, "5 ม.ค. 2569", "5 Jan 2026"),
        (dates.long_date, "5 มกราคม 2569", "5 January 2026"),
        (dates.full_date, "วันจันทร์ที่ 5 มกราคม 2569", "Monday 5 January 2026"),
    ],
)
def test_a_date_is_shown_in_the_era_of_the_language(shown, thai, english):
    assert shown(FIFTH_OF_JANUARY, "th") == thai
    assert shown(FIFTH_OF_JANUARY, "en") == english


def test_names_of_months_and_weekdays():
    assert dates.month_name(12, "th") == "ธันวาคม"
    assert dates.month_name(6, "th", short=True) == "มิ.ย."
    assert dates.month_name(9, "en", short=True) == "Sep"
    assert dates.weekday_name(date(2026, 1, 8), "th") == "วันพฤหัสบดี"
    assert dates.weekday_name(date(2026, 1, 11), "en") == "Sunday"


def test_a_form_holds_day_month_and_buddhist_year():
    assert dates.input_date(FIFTH_OF_JANUARY) == "05/01/2569"
    assert dates.be_year(FIFTH_OF_JANUARY) == 2569


def test_an_instant_is_shown_in_bangkok():
    late = datetime(2026, 1, 4, 17, 12, tzinfo=UTC)
    assert dates.moment(late, "th") == "5 ม.ค. 2569 00.12 น."
    assert dates.moment(late, "en") == "5 Jan 2026 00:12"


def test_an_instant_without_zone_is_utc():
    assert dates.moment(datetime(2026, 1, 5, 7, 12), "th") == "5 ม.ค. 2569 14.12 น."


def test_now_is_aware_and_today_is_bangkoks():
    before = dates.now()
    today = dates.today()
    assert before.utcoffset() == timedelta(0)
    assert today in {
        (before + timedelta(hours=7)).date(),
        (dates.now() + timedelta(hours=7)).date(),
    }


@given(st.dates(), st.sampled_from(["th", "en"]))
def test_any_date_can_be_shown(d, lang):
    for shown in (dates.short_date, dates.long_date, dates.full_date):
        assert str(d.day) in shown(d, lang)
    assert dates.input_date(d).startswith(f"{d.day:02}/")


@pytest.mark.parametrize(
    "typed",
    [
        "5/1/2569",
        "05/01/2569",
        "๕/๑/๒๕๖๙",
        "05-01-2569",
        "5.1.2569",
        "5 1 2569",
        " 5 / 1 / 2569 ",
        "5/1/2026",
        "2026-01-05",
        "2569-01-05",
        "5 ม.ค. 2569",
        "5 ม.ค 2569",
        "5 มค 2569",
        "5ม.ค.2569",
        "๕ มกราคม ๒๕๖๙",
        "5 มกราคม พ.ศ. 2569",
        "5 มกราคม ค.ศ. 2026",
        "วันที่ 5 เดือนมกราคม พ.ศ. 2569",
        "5 Jan 2026",
        "5 january 2569",
        "5-JAN-2026",
        "5 Jan. B.E. 2569",
    ],
)
def test_a_date_may_be_typed_many_ways(typed):
    assert dates.parse_date(typed) == FIFTH_OF_JANUARY


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", dates.HOW_TO_TYPE),
        ("พรุ่งนี้", dates.HOW_TO_TYPE),
        ("5 มกรา 2569", dates.HOW_TO_TYPE),
        ("5/1", dates.HOW_TO_TYPE),
        ("5/1/2569 " + "9" * 100_000, dates.HOW_TO_TYPE),
        ("5/1/69", dates.SHORT_YEAR),
        ("5 ม.ค. 69", dates.SHORT_YEAR),
        ("5/1/25690", dates.SHORT_YEAR),
        ("5/1/2399", dates.YEAR_OUT_OF_RANGE),
        ("5/1/2600", dates.YEAR_OUT_OF_RANGE),
        ("5/1/2200", dates.YEAR_OUT_OF_RANGE),
        ("5/1/1899", dates.YEAR_OUT_OF_RANGE),
        ("5 ม.ค. พ.ศ. 2026", dates.WRONG_ERA),
        ("5 ม.ค. ค.ศ. 2569", dates.WRONG_ERA),
        ("31/4/2569", dates.NO_SUCH_DATE),
        ("0/1/2569", dates.NO_SUCH_DATE),
        ("1/13/2569", dates.NO_SUCH_DATE),
        ("29/2/2568", dates.NO_SUCH_DATE),
        ("29/2/2569", dates.NO_SUCH_DATE),
    ],
)
def test_what_is_no_date_is_refused_with_the_reason(typed, reason):
    with pytest.raises(dates.BadDate) as refused:
        dates.parse_date(typed)
    assert str(refused.value) == reason
    assert reason in dates.REASONS


def test_leap_day_is_one_of_the_common_year():
    assert dates.parse_date("29/2/2567") == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("typed", "year"), [("2400", 1857), ("2599", 2056), ("1900", 1900), ("2199", 2199)]
)
def test_the_eras_reach_to_their_limits(typed, year):
    assert dates.parse_date(f"1/1/{typed}").year == year


@given(BUDDHIST_ERA)
def test_what_the_form_and_the_thai_screen_show_can_be_typed_back(d):
    for shown in (dates.input_date(d), dates.short_date(d, "th"), dates.long_date(d, "th")):
        assert dates.parse_date(shown) == d


@given(COMMON_ERA)
def test_iso_and_english_dates_can_be_typed_back(d):
    for shown in (d.isoformat(), dates.short_date(d, "en"), dates.long_date(d, "en")):
        assert dates.parse_date(shown) == d


@given(st.text(alphabet="0123456789๐๒๕๖ /-.ม.คพศjanวันที่เดอ\n\x00²٣", max_size=80))
def test_no_text_breaks_the_reader(text):
    with contextlib.suppress(dates.BadDate):
        assert isinstance(dates.parse_date(text), date)


@pytest.mark.parametrize(
    "typed", ["9.30", "09.30", "9:30", "09:30", "0930", "๙.๓๐", "09.30 น.", "9.30น.", "9.30 น"]
)
def test_a_time_may_be_typed_many_ways(typed):
    assert dates.parse_time(typed) == time(9, 30)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", dates.HOW_TO_TYPE_TIME),
        ("9", dates.HOW_TO_TYPE_TIME),
        ("9.3", dates.HOW_TO_TYPE_TIME),
        ("24.00", dates.NO_SUCH_TIME),
        ("9.60", dates.NO_SUCH_TIME),
    ],
)
def test_what_is_no_time_is_refused_with_the_reason(typed, reason):
    with pytest.raises(dates.BadTime) as refused:
        dates.parse_time(typed)
    assert str(refused.value) == reason


@given(st.times())
def test_a_shown_time_can_be_typed_back(t):
    assert dates.parse_time(dates.time_text(t)) == time(t.hour, t.minute)


@pytest.mark.parametrize(
    ("d", "year", "quarter"),
    [
        (date(2025, 9, 30), 2568, 4),
        (date(2025, 10, 1), 2569, 1),
        (date(2025, 12, 31), 2569, 1),
        (date(2026, 1, 1), 2569, 2),
        (date(2026, 4, 1), 2569, 3),
        (date(2026, 7, 1), 2569, 4),
        (date(2026, 9, 30), 2569, 4),
        (date(2026, 10, 1), 2570, 1),
    ],
)
def test_the_fiscal_year_turns_on_the_first_of_october(d, year, quarter):
    assert dates.fiscal_year(d) == year
    assert dates.fiscal_quarter(d) == quarter


@given(BUDDHIST_ERA)
def test_a_date_lies_between_the_ends_of_its_fiscal_year(d):
    year = dates.fiscal_year(d)
    assert dates.fiscal_year_start(year) <= d <= dates.fiscal_year_end(year)


@pytest.mark.parametrize(
    ("d", "week"),
    [
        (date(2026, 1, 4), None),
        (date(2026, 1, 5), 1),
        (date(2026, 1, 11), 1),
        (date(2026, 1, 12), 2),
        (date(2026, 1, 26), 4),
        (date(2026, 6, 1), 1),
        (date(2026, 6, 28), 4),
        (date(2026, 6, 29), None),
        (date(2027, 2, 28), 4),
    ],
)
def test_a_meeting_week_starts_on_its_monday(d, week):
    assert dates.week_of_month(d) == week


@given(st.integers(1900, 2199), st.integers(1, 12), st.integers(1, 4))
def test_every_month_has_four_meeting_weeks(year, month, n):
    monday = dates.monday_of_week(year, month, n)
    assert (monday.month, monday.weekday()) == (month, 0)
    assert dates.week_of_month(monday) == n


@pytest.mark.parametrize("n", [0, 5])
def test_there_is_no_other_meeting_week(n):
    with pytest.raises(ValueError, match="1 to 4"):
        dates.monday_of_week(2026, 6, n)
