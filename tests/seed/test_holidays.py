"""Holidays of years whose announcements are known."""

from datetime import date

import pytest

from seed import holidays


@pytest.fixture(scope="module")
def days():
    return {row["falls_on"]: row for row in holidays.rows(2009, 2027)}


@pytest.mark.parametrize(
    ("day", "name", "kind"),
    [
        (date(2009, 5, 11), "วันพืชมงคล", "annual"),
        (date(2009, 7, 6), "วันหยุดพิเศษ (เพิ่มเติม)", "special"),
        (date(2009, 7, 7), "วันอาสาฬหบูชา", "annual"),
        (date(2009, 7, 8), "วันเข้าพรรษา", "annual"),
        (date(2025, 5, 9), "วันพืชมงคล", "annual"),
        (date(2025, 6, 2), "วันหยุดพิเศษ (เพิ่มเติม)", "special"),
        (date(2025, 8, 11), "วันหยุดพิเศษ (เพิ่มเติม)", "special"),
        (date(2026, 1, 2), "วันหยุดพิเศษ (เพิ่มเติม)", "special"),
        (date(2026, 5, 13), "วันพืชมงคล", "annual"),
        (date(2026, 6, 1), "ชดเชยวันวิสาขบูชา", "substitute"),
    ],
)
def test_announced_holidays_are_there(days, day, name, kind):
    assert (days[day]["name"], days[day]["kind"]) == (name, kind)
    assert not days[day]["offices_open"]


def test_a_substitute_of_several_names_them_all(days):
    row = days[date(2026, 12, 7)]
    assert row["kind"] == "substitute"
    assert " / ชดเชยวันพ่อแห่งชาติ" in row["name"]
    assert row["name_en"].count("(in lieu)") == row["name"].count("ชดเชย") == 3


def test_offices_work_on_labour_day_its_substitute_and_childrens_day(days):
    open_days = {day for day, row in days.items() if row["offices_open"] and day.year == 2021}
    assert open_days == {date(2021, 1, 9), date(2021, 5, 1), date(2021, 5, 3)}


def test_one_off_royal_ceremonies_are_special(days):
    assert days[date(2019, 5, 6)]["kind"] == "special"
    assert days[date(2017, 10, 26)]["kind"] == "special"


def test_a_row_has_its_key_and_source(days):
    row = days[date(2026, 1, 1)]
    assert row["id"] == 202601010
    assert row["name_en"] == "New Year's Day"
    assert row["region_id"] is None
    assert row["source"].startswith("holidays package 0.")
    assert len({row["id"] for row in days.values()}) == len(days)


def test_only_the_years_asked_for_are_given(days):
    assert {day.year for day in days} == set(range(2009, 2028))
    assert holidays.rows(2026, 2025) == []
