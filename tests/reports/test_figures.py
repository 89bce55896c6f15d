"""What the four reports count, by hand, and that each figure opens exactly what it counted."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import chain

import pytest
from werkzeug.datastructures import MultiDict

from access import viewer as who
from admin_views import lists
from entities.vocabulary import CommitteeStatus, Mission
from reports import REPORTS, charts
from reports.base import Bars, Rows, Series, Taken, Within, percent, text
from tests.conftest import CHAINAT, LOPBURI, TRANG
from tests.reports.conftest import TODAY, YEAR, group, written

AT = datetime(2026, 11, 23, 4, 12, tzinfo=UTC)


def take(session, key, province_id=None, **typed) -> Taken:
    report = REPORTS[key]
    asked = report.ask(session, TODAY, province_id, {"fiscal_year": str(YEAR), **typed})
    return report.take(session, asked, AT)


def shown(taken: Taken) -> list[dict[str, str]]:
    """The rows as people read them."""
    kinds = {column.key: column.kind for column in taken.columns}
    return [
        {key: text(kinds[key], row[key]) for key in kinds if key in row}
        for row in taken.result.rows
    ]


def values(taken: Taken, label: str) -> dict[str, dict[str, object]]:
    return {
        str(row[label].value): {key: cell.value for key, cell in row.items()}
        for row in taken.result.rows
    }


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [(1, 3, "33.33"), (2, 3, "66.67"), (1, 8, "12.50"), (1, 800, "0.13"), (3, 800, "0.38"), (5, 5, "100.00"),
     (483_827, 519_357, "93.16"), (498_884, 519_357, "96.06"), (0, 7, "0.00")],
)  # fmt: skip
def test_a_percentage_is_rounded_half_up_to_two_places(part, whole, expected):
    assert percent(part, whole) == Decimal(expected)


def test_nothing_is_divided_by_zero():
    assert percent(0, 0) is None


def test_the_groups_and_sectors_of_each_province_as_the_report_of_2552_states_them(office):
    rows = values(take(office, "mission-groups"), "province")
    assert list(rows) == ["Chai Nat", "Trang", "Lop Buri"]
    assert (rows["Trang"]["groups"], rows["Trang"]["sectors"]) == (4, 6)
    assert rows["Trang"]["state"] == "Complete"
    assert (rows["Lop Buri"]["sectors"], rows["Lop Buri"]["management"]) == (6, 4)
    assert rows["Lop Buri"]["state"] == "Not on every group"
    assert (rows["Chai Nat"]["groups"], rows["Chai Nat"]["sectors"]) == (4, 0)
    assert rows["Chai Nat"]["state"] == "Incomplete"


def test_a_share_says_of_how_many(office):
    trang = shown(take(office, "mission-groups"))[1]
    assert (trang["groups"], trang["sectors"]) == ("4 of 4", "6 of 6")


def test_inside_one_province_each_group_names_the_sectors_it_lacks(office):
    taken = take(office, "mission-groups", LOPBURI)
    rows = values(taken, "mission")
    assert rows["Management"]["missing"] == "Local government, Educational institutions"
    assert rows["Economy"]["missing"] is None
    assert taken.result.totals["mission"].value == "4 of 4 mission groups"


def test_a_dissolved_group_is_no_group(office):
    with written(office):
        group(office, TRANG, Mission.SECURITY).status = CommitteeStatus.DISSOLVED
    taken = take(office, "mission-groups", TRANG)
    assert values(taken, "mission")["Security"]["state"] == "Not set up"
    assert taken.result.totals["mission"].value == "3 of 4 mission groups"


def test_meetings_held_against_the_rhythm(office):
    rows = values(take(office, "meetings-against-rhythm"), "province")
    told = rows["Lop Buri"]
    assert (told["planned"], told["held"], told["cancelled"], told["not_held"]) == (13, 5, 1, 7)
    assert told["percent"] == Decimal("38.46")
    assert rows["Chai Nat"]["percent"] is None


def test_a_year_ends_with_the_month_of_september(office):
    assert (
        take(office, "meetings-against-rhythm", fiscal_year="2569").result.totals["planned"].value
        == 7
    )


def test_a_year_that_cannot_be_chosen_is_the_present_one(office):
    for typed in ("1900", "x", "2571", ""):
        assert take(office, "meetings-against-rhythm", fiscal_year=typed).asked.values == {
            "fiscal_year": YEAR
        }


def test_inside_one_province_each_rhythm_has_its_row(office):
    rows = values(take(office, "meetings-against-rhythm", LOPBURI), "rhythm")
    assert len(rows) == 7
    assert rows["ก.บ.จ."]["planned"] == 2


def test_follow_ups_fall_into_their_ages(office):
    rows = values(take(office, "follow-ups-by-age", LOPBURI), "agency")
    works = {
        key: rows["โยธาธิการ"][key]
        for key in ("no_day", "not_due", "week", "month", "quarter", "longer")
    }
    assert works == {"no_day": 0, "not_due": 2, "week": 2, "month": 2, "quarter": 2, "longer": 2}
    assert rows["โรงเรียน"]["no_day"] == 1
    assert rows["No agency named"]["week"] == 1


def test_what_each_committee_lacks(office):
    with written(office):
        group(office, LOPBURI, Mission.MANAGEMENT).seats = 6
    rows = values(take(office, "committee-gaps", LOPBURI), "committee")
    assert len(rows) == 7, "none of the province's committees has a chair in this office"
    here = rows[group(office, LOPBURI, Mission.MANAGEMENT).name]
    assert (here["vacant"], here["over"], here["ending"]) == (2, 0, 0)
    assert here["missing"] == "Local government, Educational institutions"
    assert here["leaders"] == "no chair, no secretary"
    economy = rows[group(office, LOPBURI, Mission.ECONOMY).name]
    assert (economy["missing"], economy["over"], economy["ending"]) == (None, 1, 4)


def test_terms_that_end_within_ninety_days_or_have_ended(office):
    rows = values(take(office, "terms-ending", LOPBURI), "name")
    assert {name: row["left"] for name, row in rows.items()} == {
        "สมาชิก 0": -3, "สมาชิก 1": 0, "สมาชิก 2": 30, "สมาชิก 3": 31, "สมาชิก 4": 90,
    }  # fmt: skip
    assert rows["สมาชิก 0"]["state"] == "Term has ended"


def _counted(taken):
    """(title, number or None, what it opens) of every cell that opens a list."""
    kinds = {column.key: column.kind for column in taken.columns}
    for row in [*taken.result.rows, *filter(None, [taken.result.totals])]:
        for key, cell in row.items():
            if isinstance(cell.opens, Rows):
                number = cell.value if kinds.get(key) == "number" else None
                yield f"{taken.title} {key}", number, cell.opens


def _list(opens):
    return lists.read_state(opens.entity, MultiDict(opens.filters), "en", None)


@pytest.mark.parametrize("province_id", [None, LOPBURI, CHAINAT])
def test_every_figure_opens_exactly_what_it_counted(office, province_id):
    counted = chain.from_iterable(_counted(take(office, key, province_id)) for key in REPORTS)
    for title, number, opens in counted:
        state = _list(opens)
        assert state.refused == [], title
        assert {(f.key + f.operation, f.typed) for f in state.filters} == set(opens.filters), title
        if number is not None:
            assert lists.Page(state).count == number, (title, opens)


def test_sectors_open_the_members_who_bring_them(office):
    row = values(take(office, "mission-groups", LOPBURI), "mission")["Management"]
    taken = take(office, "mission-groups", LOPBURI)
    cell = next(r for r in taken.result.rows if r["mission"].value == "Management")["sectors"]
    found = lists.Page(_list(cell.opens)).rows
    assert len({one._mapping["sector"] for one in found}) == row["sectors"] == 4


def test_the_terms_of_a_report_open_as_one_list(office):
    taken = take(office, "terms-ending", LOPBURI)
    assert lists.Page(_list(taken.result.totals["name"].opens)).count == 5


def test_a_province_opens_its_own_report(office):
    opened = [row["province"].opens for row in take(office, "mission-groups").result.rows]
    assert opened == [Within(CHAINAT), Within(TRANG), Within(LOPBURI)]


def test_an_officer_of_trang_sees_nothing_of_lop_buri(office, persons):
    who.act_as(office, persons.viewer(persons.user_id("secretary", TRANG)))
    for key in REPORTS:
        taken = take(office, key)
        assert not taken.asked.many
        words = repr([shown(taken), taken.result.bars, taken.words()])
        assert "Trang" in words
        assert not any(word in words for word in ("Lop Buri", "สมาชิก", "โยธาธิการ")), key
        asked = REPORTS[key].ask(office, TODAY, LOPBURI, {})
        other = REPORTS[key].take(office, asked, AT)
        assert not any(
            isinstance(cell.value, int) and cell.value
            for row in other.result.rows
            for cell in row.values()
        ), key


def test_a_report_states_its_filter_and_moment(office):
    taken = take(office, "meetings-against-rhythm", LOPBURI)
    assert taken.words() == "Province: Lop Buri · Fiscal year: 2570 · As of: 23 Nov 2026 11:12"


def test_the_nation_is_told_which_provinces_recorded_nothing(office):
    assert "73 provinces are left out" in " ".join(take(office, "mission-groups").notes)


def test_who_reaches_one_group_reads_no_report_on_the_whole(office, persons):
    assert REPORTS["mission-groups"].open_to(who.SYSTEM)
    assert not REPORTS["mission-groups"].open_to(who.NOBODY)
    grant = who.Grant(who.Role.GROUP_MEMBER, who.GrantScope.MISSION_GROUP, committee_id=1)
    member = who.Viewer("member", 1, grants=(grant,))
    assert not REPORTS["mission-groups"].open_to(member)
    assert REPORTS["meetings-against-rhythm"].open_to(member)


def test_a_chart_carries_no_style_no_script_and_says_its_numbers(office):
    unwanted = ("style=", "<style", "<script", "href=", " onload")
    for key in REPORTS:
        taken = take(office, key)
        drawn = charts.svg(taken.result.bars, taken.title)
        assert drawn.startswith('<svg role="img" aria-label="'), key
        assert not any(word in drawn for word in unwanted), key
        assert charts.words(taken.result.bars).split(" ")[0] in drawn, key


def test_names_in_a_chart_are_text(office):
    taken = take(office, "follow-ups-by-age", LOPBURI)
    bars = taken.result.bars
    evil = type(bars)(('"]);alert(1)//', "<script>x</script>", "' + 1"), bars.series, bars.axis)
    assert "<script>" not in charts.svg(evil, "<b>")


def test_the_numbers_on_the_bars_can_be_read():
    for fill, ink in charts.TONES.values():
        assert _contrast(charts.colours()[fill], charts.colours()[ink]) >= 4.5, (fill, ink)


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = digits if len(digits) == 6 else "".join(d * 2 for d in digits)
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    r, g, b = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def test_a_day_of_age_belongs_to_one_span_only():
    from figures.meetings import AGES

    for late in range(-400, 800):
        due = TODAY - timedelta(days=late)
        spans = [age.span(TODAY) for age in AGES]
        assert sum((a is None or a <= due) and (b is None or due <= b) for a, b in spans) == 1, late


@pytest.mark.parametrize(
    ("most", "goal", "expected"),
    [(1, None, [0, 1]), (2, None, [0, 1, 2]), (6, 6, [0, 1, 2, 3, 4, 5, 6]), (24, 24, [0, 4, 8, 12, 16, 20, 24]),
     (13, None, [0, 5, 10]), (700, None, [0, 200, 400, 600])],
)  # fmt: skip
def test_an_axis_has_whole_numbers(most, goal, expected):
    assert charts.ticks(most, goal) == expected


def test_a_tall_chart_stands_in_whole_pieces_of_one_drawing():
    """77 provinces and the clusters: each piece fits on paper, and together they are the picture."""
    names = tuple(f"จังหวัด {n}" for n in range(78))
    series = (Series("เบิกจ่าย", "brand", tuple(range(78))),)
    tall, low = (
        Bars(names, series, "ร้อยละ"),
        Bars(names[:26], (Series("ก", "brand", tuple(range(26))),), "ร้อยละ"),
    )
    drawn = charts.framed(tall, "ผลการเบิกจ่าย", "/admin/report/disbursement/chart")
    boxes = [
        (int(top), int(high)) for top, high in re.findall(r'viewBox="0 (\d+) 720 (\d+)"', drawn)
    ]
    assert len(boxes) == 3
    assert [top for top, _high in boxes[1:]] == [top + high for top, high in boxes[:-1]]
    assert sum(high for _top, high in boxes) == charts.height(tall)
    assert all((top - charts.EDGE) % charts.STEP == 0 for top, _high in boxes[1:]), (
        "between two bars"
    )
    assert drawn.count('role="img"') == 1
    assert drawn.count('aria-hidden="true"') == 2
    assert charts.framed(low, "ก", "/chart").count("<svg") == 1
