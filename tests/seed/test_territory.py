"""The map of the country: codes, numberings and the names people call provinces by."""

from datetime import date

import geothai
import pytest

from seed import territory

LOP_BURI, CHAI_NAT, TRANG, SONGKHLA, SATUN, BUENG_KAN, BANGKOK = 16, 18, 92, 90, 91, 38, 10


def _ids(rows):
    return [row["id"] for row in rows]


def _by_id(rows):
    return {row["id"]: row for row in rows}


@pytest.mark.parametrize(
    ("rows", "count"),
    [
        (territory.regions, 4),
        (territory.provinces, 77),
        (territory.clusters, 36),
        (territory.zones, 36),
        (territory.cluster_provinces, 75 + 76),
        (territory.zone_provinces, 76 + 76),
        (territory.districts, 928),
        (territory.subdistricts, 7_436),
    ],
)
def test_every_row_is_there_once(rows, count):
    ids = _ids(rows())
    assert len(ids) == len(set(ids)) == count
    assert rows() == rows()


def test_a_province_carries_its_codes():
    assert _by_id(territory.provinces())[LOP_BURI] == {
        "id": 16,
        "name": "ลพบุรี",
        "name_en": "Lop Buri",
        "letter_code": "ลบ",
        "iso_code": "TH-16",
        "region_id": 3,
        "development_region": "ภาคกลาง",
        "budget_unit_code": "70022",
        "has_committee": True,
        "sort_key": "ลพบุรี",
    }


def test_codes_of_provinces_are_unique():
    provinces = territory.provinces()
    for column in ("name", "name_en", "letter_code", "iso_code"):
        assert len({p[column] for p in provinces}) == 77
    assert len({p["budget_unit_code"] for p in provinces} - {None}) == 75


def test_names_agree_with_the_package_of_places():
    ours = {(str(p["id"]), p["name"], p["name_en"]) for p in territory.provinces()}
    assert ours == {(p.code, p.name_th, p.name_en) for p in geothai.provinces()}


def test_only_bangkok_has_no_committee():
    without = [p["id"] for p in territory.provinces() if not p["has_committee"]]
    assert without == [BANGKOK]


def test_the_report_of_2552_finds_two_provinces_in_each_region():
    region = {p["name"]: p["region_id"] for p in territory.provinces()}
    pairs = ["เชียงใหม่ ลำปาง", "อุดรธานี หนองบัวลำภู", "ชัยนาท ลพบุรี", "สงขลา ตรัง"]
    assert [[region[name] for name in pair.split()] for pair in pairs] == [
        [1, 1],
        [2, 2],
        [3, 3],
        [4, 4],
    ]


def test_provinces_sort_as_in_a_dictionary():
    ordered = [p["name"] for p in sorted(territory.provinces(), key=lambda p: p["sort_key"])]
    assert ordered[:4] == ["กระบี่", "กรุงเทพมหานคร", "กาญจนบุรี", "กาฬสินธุ์"]
    assert ordered.index("เชียงใหม่") < ordered.index("ตรัง") < ordered.index("เลย")


@pytest.mark.parametrize("members", [territory.cluster_provinces, territory.zone_provinces])
@pytest.mark.parametrize("day", [date(2010, 1, 1), date(2017, 11, 16), date(2017, 11, 17)])
def test_a_province_is_never_in_two_at_once(members, day):
    on_the_day = [
        row["province_id"]
        for row in members()
        if row["valid_from"] <= day and (row["valid_to"] or day) >= day
    ]
    assert len(on_the_day) == len(set(on_the_day))
    assert BANGKOK not in on_the_day
    assert len(on_the_day) >= 75


def test_clusters_changed_members_in_2560():
    clusters = {(r["province_id"], r["valid_to"] is None): r for r in territory.cluster_provinces()}
    assert clusters[SONGKHLA, False]["cluster_id"] == clusters[SATUN, False]["cluster_id"] == 255208
    assert clusters[SONGKHLA, True]["cluster_id"] == 256005
    assert clusters[SATUN, True]["cluster_id"] == 256006
    assert clusters[LOP_BURI, False]["cluster_id"] == clusters[CHAI_NAT, False]["cluster_id"]


def test_bueng_kan_is_younger_than_the_numbering_of_2552():
    rows = [r for r in territory.cluster_provinces() if r["province_id"] == BUENG_KAN]
    assert [r["cluster_id"] for r in rows] == [256010]
    zones = {
        r["zone_id"]: r["valid_from"]
        for r in territory.zone_provinces()
        if r["province_id"] == BUENG_KAN
    }
    assert zones == {256010: date(2017, 11, 17), 255210: date(2011, 3, 23)}


def test_members_lie_within_the_time_of_their_cluster_and_zone():
    for wholes, members, key in (
        (territory.clusters, territory.cluster_provinces, "cluster_id"),
        (territory.zones, territory.zone_provinces, "zone_id"),
    ):
        whole = _by_id(wholes())
        for row in members():
            assert whole[row[key]]["valid_from"] <= row["valid_from"]
            assert whole[row[key]]["valid_to"] == row["valid_to"]
            assert row["id"] == row[key] * 100 + row["province_id"]


def test_the_head_province_belongs_to_its_cluster():
    members = {(r["cluster_id"], r["province_id"]) for r in territory.cluster_provinces()}
    heads = [(c["id"], c["head_province_id"]) for c in territory.clusters()]
    assert all(head in members for head in heads if head[1] is not None)


def test_what_no_source_gives_is_said_in_the_note():
    clusters = _by_id(territory.clusters())
    assert clusters[255202]["name"] == "กลุ่มจังหวัด (2552) ที่ 2"
    assert clusters[255202]["head_province_id"] is None
    assert "สมมติ" in clusters[255202]["note"]
    doubtful = [c["number"] for c in clusters.values() if c["head_province_id"] and c["note"]]
    assert doubtful == [3, 5, 7]


def test_places_lie_in_one_another():
    districts = _by_id(territory.districts())
    provinces = _by_id(territory.provinces())
    assert all(d["province_id"] in provinces for d in districts.values())
    for s in territory.subdistricts():
        assert districts[s["district_id"]]["province_id"] == s["province_id"]
        assert all(len(code) == 5 for code in s["postal_code"].split(", "))


@pytest.mark.parametrize(
    ("text", "province"),
    [
        ("16", LOP_BURI),
        ("๑๖", LOP_BURI),
        ("TH-16", LOP_BURI),
        ("ลพบุรี", LOP_BURI),
        ("จังหวัดลพบุรี", LOP_BURI),
        (" จังหวัด ลพบุรี ", LOP_BURI),
        ("lopburi", LOP_BURI),
        ("Lop Buri", LOP_BURI),
        ("LOP-BURI", LOP_BURI),
        ("ลบ", LOP_BURI),
        ("chai nat", CHAI_NAT),
        ("trang", TRANG),
        ("phangnga", 82),
        ("เเพร่", 54),
    ],
)
def test_a_province_is_found_by_what_people_call_it(text, province):
    assert territory.find_province(text) == province


def test_every_province_is_found_by_all_its_names():
    for p in territory.provinces():
        for way in ("name", "name_en", "letter_code", "iso_code"):
            assert territory.find_province(p[way]) == p["id"]
        assert territory.find_province(territory.english_slug(p["id"])) == p["id"]


def test_a_misspelt_province_is_answered_with_the_nearest():
    with pytest.raises(LookupError, match=r"'lopbury'; did you mean Lop Buri"):
        territory.find_province("lopbury")
    with pytest.raises(LookupError, match=r"did you mean ชัยนาท\?"):
        territory.find_province("ชัยนาถ")


@pytest.mark.parametrize("text", ["", "99", "จังหวัด", "x" * 10_000])
def test_an_unknown_province_is_refused(text):
    with pytest.raises(LookupError, match="No province is called"):
        territory.find_province(text)


def test_the_slug_is_one_small_word():
    assert territory.english_slug(LOP_BURI) == "lopburi"
    assert territory.english_slug(82) == "phangnga"
    with pytest.raises(LookupError, match="99"):
        territory.english_slug(99)
