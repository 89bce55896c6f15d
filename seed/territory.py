"""Regions, provinces, clusters, inspection zones, districts and subdistricts.

Every function gives rows whose keys are the columns of the entity of the same name. Keys are
the official codes: TIS 1099 for provinces, the four- and six-digit codes of the Department of
Provincial Administration for districts and subdistricts (package geothai).

Clusters and zones exist in two numberings. That of 2552 is read from the budget unit codes of
that year (70 + cluster + sequence), which are known; the names and head provinces of its
clusters are not. Today's was gazetted on 17 November 2560. A day or head province that no
source gives is stated as such in the row's note.
"""

import csv
import re
from collections.abc import Iterator
from datetime import date
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from entities import thai

if TYPE_CHECKING:
    from geothai.types import District

Row = dict[str, object]
_Facts = tuple[int, str, str, str, int | None, str | None, str, str]

Point = tuple[float | None, float | None]

POINTS = Path(__file__).with_name("district_points.csv")
UNKNOWN: Point = (None, None)
BANGKOK = 10
BUENG_KAN = 38
BUENG_KAN_FOUNDED = date(2011, 3, 23)


class _Numbering(NamedTuple):
    """One announcement of clusters and zones, and how long it held."""

    year_be: int
    valid_from: date
    valid_to: date | None


_OF_2552 = _Numbering(2552, date(2009, 1, 1), date(2017, 11, 16))
_OF_2560 = _Numbering(2560, date(2017, 11, 17), None)


class _Province(NamedTuple):
    id: int
    letters: str
    region: str
    development_region: str
    cluster: int | None
    unit_code_2552: str | None
    name: str
    name_en: str


_REGIONS = {
    "N": (1, "ภาคเหนือ", "North"),
    "NE": (2, "ภาคตะวันออกเฉียงเหนือ", "Northeast"),
    "C": (3, "ภาคกลาง", "Central"),
    "S": (4, "ภาคใต้", "South"),
}
_DEVELOPMENT_REGIONS = {
    "N": "ภาคเหนือ",
    "NE": "ภาคตะวันออกเฉียงเหนือ",
    "C": "ภาคกลาง",
    "E": "ภาคตะวันออก",
    "S": "ภาคใต้",
    "B": "ภาคใต้ชายแดน",
}
# TIS code, letters before document numbers, region, development region, cluster (and zone) of
# 2560, budget unit code of 2552, name, English name.
_PROVINCES: tuple[_Facts, ...] = (
    (10, "กท", "C", "C", None, None, "กรุงเทพมหานคร", "Bangkok"),
    (11, "สป", "C", "C", 2, "70035", "สมุทรปราการ", "Samut Prakan"),
    (12, "นบ", "C", "C", 2, "70011", "นนทบุรี", "Nonthaburi"),
    (13, "ปท", "C", "C", 2, "70012", "ปทุมธานี", "Pathum Thani"),
    (14, "อย", "C", "C", 1, "70013", "พระนครศรีอยุธยา", "Phra Nakhon Si Ayutthaya"),
    (15, "อท", "C", "C", 1, "70024", "อ่างทอง", "Ang Thong"),
    (16, "ลบ", "C", "C", 1, "70022", "ลพบุรี", "Lop Buri"),
    (17, "สห", "C", "C", 1, "70023", "สิงห์บุรี", "Sing Buri"),
    (18, "ชน", "C", "C", 1, "70021", "ชัยนาท", "Chai Nat"),
    (19, "สบ", "C", "C", 1, "70014", "สระบุรี", "Saraburi"),
    (20, "ชบ", "C", "E", 8, "70092", "ชลบุรี", "Chon Buri"),
    (21, "รย", "C", "E", 8, "70093", "ระยอง", "Rayong"),
    (22, "จบ", "C", "E", 9, "70091", "จันทบุรี", "Chanthaburi"),
    (23, "ตร", "C", "E", 9, "70094", "ตราด", "Trat"),
    (24, "ฉช", "C", "E", 8, "70031", "ฉะเชิงเทรา", "Chachoengsao"),
    (25, "ปจ", "C", "E", 9, "70032", "ปราจีนบุรี", "Prachin Buri"),
    (26, "นย", "C", "E", 9, "70034", "นครนายก", "Nakhon Nayok"),
    (27, "สก", "C", "E", 9, "70033", "สระแก้ว", "Sa Kaeo"),
    (30, "นม", "NE", "NE", 13, "70142", "นครราชสีมา", "Nakhon Ratchasima"),
    (31, "บร", "NE", "NE", 13, "70143", "บุรีรัมย์", "Buri Ram"),
    (32, "สร", "NE", "NE", 13, "70141", "สุรินทร์", "Surin"),
    (33, "ศก", "NE", "NE", 14, "70132", "ศรีสะเกษ", "Si Sa Ket"),
    (34, "อบ", "NE", "NE", 14, "70134", "อุบลราชธานี", "Ubon Ratchathani"),
    (35, "ยส", "NE", "NE", 14, "70133", "ยโสธร", "Yasothon"),
    (36, "ชย", "NE", "NE", 13, "70144", "ชัยภูมิ", "Chaiyaphum"),
    (37, "อจ", "NE", "NE", 14, "70131", "อำนาจเจริญ", "Amnat Charoen"),
    (38, "บก", "NE", "NE", 10, None, "บึงกาฬ", "Bueng Kan"),
    (39, "นภ", "NE", "NE", 10, "70104", "หนองบัวลำภู", "Nong Bua Lam Phu"),
    (40, "ขก", "NE", "NE", 12, "70122", "ขอนแก่น", "Khon Kaen"),
    (41, "อด", "NE", "NE", 10, "70103", "อุดรธานี", "Udon Thani"),
    (42, "ลย", "NE", "NE", 10, "70102", "เลย", "Loei"),
    (43, "นค", "NE", "NE", 10, "70101", "หนองคาย", "Nong Khai"),
    (44, "มค", "NE", "NE", 12, "70123", "มหาสารคาม", "Maha Sarakham"),
    (45, "รอ", "NE", "NE", 12, "70121", "ร้อยเอ็ด", "Roi Et"),
    (46, "กส", "NE", "NE", 12, "70124", "กาฬสินธุ์", "Kalasin"),
    (47, "สน", "NE", "NE", 11, "70113", "สกลนคร", "Sakon Nakhon"),
    (48, "นพ", "NE", "NE", 11, "70111", "นครพนม", "Nakhon Phanom"),
    (49, "มห", "NE", "NE", 11, "70112", "มุกดาหาร", "Mukdahan"),
    (50, "ชม", "N", "N", 15, "70151", "เชียงใหม่", "Chiang Mai"),
    (51, "ลพ", "N", "N", 15, "70154", "ลำพูน", "Lamphun"),
    (52, "ลป", "N", "N", 15, "70153", "ลำปาง", "Lampang"),
    (53, "อต", "N", "N", 17, "70175", "อุตรดิตถ์", "Uttaradit"),
    (54, "พร", "N", "N", 16, "70164", "แพร่", "Phrae"),
    (55, "นน", "N", "N", 16, "70161", "น่าน", "Nan"),
    (56, "พย", "N", "N", 16, "70162", "พะเยา", "Phayao"),
    (57, "ชร", "N", "N", 16, "70163", "เชียงราย", "Chiang Rai"),
    (58, "มส", "N", "N", 15, "70152", "แม่ฮ่องสอน", "Mae Hong Son"),
    (60, "นว", "N", "N", 18, "70183", "นครสวรรค์", "Nakhon Sawan"),
    (61, "อน", "N", "N", 18, "70184", "อุทัยธานี", "Uthai Thani"),
    (62, "กพ", "N", "N", 18, "70181", "กำแพงเพชร", "Kamphaeng Phet"),
    (63, "ตก", "N", "N", 17, "70171", "ตาก", "Tak"),
    (64, "สท", "N", "N", 17, "70173", "สุโขทัย", "Sukhothai"),
    (65, "พล", "N", "N", 17, "70172", "พิษณุโลก", "Phitsanulok"),
    (66, "พจ", "N", "N", 18, "70182", "พิจิตร", "Phichit"),
    (67, "พช", "N", "N", 17, "70174", "เพชรบูรณ์", "Phetchabun"),
    (70, "รบ", "C", "C", 3, "70043", "ราชบุรี", "Ratchaburi"),
    (71, "กจ", "C", "C", 3, "70041", "กาญจนบุรี", "Kanchanaburi"),
    (72, "สพ", "C", "C", 3, "70044", "สุพรรณบุรี", "Suphan Buri"),
    (73, "นฐ", "C", "C", 2, "70042", "นครปฐม", "Nakhon Pathom"),
    (74, "สค", "C", "C", 4, "70053", "สมุทรสาคร", "Samut Sakhon"),
    (75, "สส", "C", "C", 4, "70054", "สมุทรสงคราม", "Samut Songkhram"),
    (76, "พบ", "C", "C", 4, "70052", "เพชรบุรี", "Phetchaburi"),
    (77, "ปข", "C", "C", 4, "70051", "ประจวบคีรีขันธ์", "Prachuap Khiri Khan"),
    (80, "นศ", "S", "S", 5, "70063", "นครศรีธรรมราช", "Nakhon Si Thammarat"),
    (81, "กบ", "S", "S", 6, "70074", "กระบี่", "Krabi"),
    (82, "พง", "S", "S", 6, "70072", "พังงา", "Phang-nga"),
    (83, "ภก", "S", "S", 6, "70073", "ภูเก็ต", "Phuket"),
    (84, "สฎ", "S", "S", 5, "70062", "สุราษฎร์ธานี", "Surat Thani"),
    (85, "รน", "S", "S", 6, "70071", "ระนอง", "Ranong"),
    (86, "ชพ", "S", "S", 5, "70061", "ชุมพร", "Chumphon"),
    (90, "สข", "S", "S", 5, "70081", "สงขลา", "Songkhla"),
    (91, "สต", "S", "S", 6, "70082", "สตูล", "Satun"),
    (92, "ตง", "S", "S", 6, "70075", "ตรัง", "Trang"),
    (93, "พท", "S", "S", 5, "70064", "พัทลุง", "Phatthalung"),
    (94, "ปน", "S", "B", 7, "70083", "ปัตตานี", "Pattani"),
    (95, "ยล", "S", "B", 7, "70084", "ยะลา", "Yala"),
    (96, "นธ", "S", "B", 7, "70085", "นราธิวาส", "Narathiwat"),
)
# Cluster of 2560: name after "กลุ่มจังหวัด", head province, whether the head is doubtful.
_CLUSTERS_2560 = {
    1: ("ภาคกลางตอนบน", 14, False),
    2: ("ภาคกลางปริมณฑล", 73, False),
    3: ("ภาคกลางตอนล่าง 1", 70, True),
    4: ("ภาคกลางตอนล่าง 2", 76, False),
    5: ("ภาคใต้ฝั่งอ่าวไทย", 84, True),
    6: ("ภาคใต้ฝั่งอันดามัน", 83, False),
    7: ("ภาคใต้ชายแดน", 95, True),
    8: ("ภาคตะวันออก 1", 20, False),
    9: ("ภาคตะวันออก 2", 25, False),
    10: ("ภาคตะวันออกเฉียงเหนือตอนบน 1", 41, False),
    11: ("ภาคตะวันออกเฉียงเหนือตอนบน 2", 47, False),
    12: ("ภาคตะวันออกเฉียงเหนือตอนกลาง", 40, False),
    13: ("ภาคตะวันออกเฉียงเหนือตอนล่าง 1", 30, False),
    14: ("ภาคตะวันออกเฉียงเหนือตอนล่าง 2", 34, False),
    15: ("ภาคเหนือตอนบน 1", 50, False),
    16: ("ภาคเหนือตอนบน 2", 57, False),
    17: ("ภาคเหนือตอนล่าง 1", 65, False),
    18: ("ภาคเหนือตอนล่าง 2", 60, False),
}
_NUMBERS = range(1, 19)

_NOTE_2552 = (
    "เลขกลุ่มอ่านจากรหัสหน่วยรับงบประมาณปี 2552 วันแรกเป็นวันสมมติ ยังไม่พบชื่อและจังหวัดศูนย์ปฏิบัติการในแหล่งข้อมูล"
)
_NOTE_BUENG_KAN = "จังหวัดบึงกาฬตั้งเมื่อปี 2554 จึงไม่มีรหัสของปี 2552 และไม่อยู่ในกลุ่มนี้"
_NOTE_DOUBTFUL_HEAD = "จังหวัดศูนย์ปฏิบัติการยังไม่ได้ตรวจกับประกาศ"
_NOTE_ZONE_2552 = "วันแรกและวันสุดท้ายเป็นวันสมมติ"
_NOTE_ZONE_2560 = "วันแรกเป็นวันสมมติ ใช้วันเดียวกับประกาศกลุ่มจังหวัด 17 พ.ย. 2560"


def regions() -> list[Row]:
    """The four regions (ภาค) of the ministry's report of 2552."""
    return [{"id": id_, "name": name, "name_en": en} for id_, name, en in _REGIONS.values()]


def provinces() -> list[Row]:
    """The 77 provinces; Bangkok among them, which has no provincial committee (ก.บ.จ.)."""
    return [
        {
            "id": p.id,
            "name": p.name,
            "name_en": p.name_en,
            "letter_code": p.letters,
            "iso_code": f"TH-{p.id}",
            "region_id": _REGIONS[p.region][0],
            "development_region": _DEVELOPMENT_REGIONS[p.development_region],
            "budget_unit_code": p.unit_code_2552,
            "has_committee": p.id != BANGKOK,
            "sort_key": thai.sort_key(p.name),
        }
        for p in _provinces()
    ]


def clusters() -> list[Row]:
    """The 18 province clusters of each numbering, ids 2552nn and 2560nn."""
    return [_cluster_2552(n) for n in _NUMBERS] + [_cluster_2560(n) for n in _NUMBERS]


def zones() -> list[Row]:
    """The 18 inspection zones of each numbering, ids 2552nn and 2560nn."""
    return [
        _dated(
            numbering,
            id=_numbered_id(numbering, n),
            number=n,
            name=f"เขตตรวจราชการที่ {n}",
            note=note,
        )
        for numbering, note in ((_OF_2552, _NOTE_ZONE_2552), (_OF_2560, _NOTE_ZONE_2560))
        for n in _NUMBERS
    ]


def cluster_provinces() -> list[Row]:
    """Which province belongs to which cluster, and when."""
    return [
        _member("cluster_id", numbering, number, p.id)
        for numbering, number, p in _cluster_members()
    ]


def zone_provinces() -> list[Row]:
    """Which province belongs to which inspection zone, and when.

    In both numberings a zone covers the provinces of the cluster of its number. Bueng Kan came
    to zone 10 of 2552 with its founding.
    """
    rows = [
        _member("zone_id", numbering, number, p.id) for numbering, number, p in _cluster_members()
    ]
    bueng_kan = _member("zone_id", _OF_2552, 10, BUENG_KAN)
    return [*rows, bueng_kan | {"valid_from": BUENG_KAN_FOUNDED}]


def districts() -> list[Row]:
    """The 928 districts (อำเภอ, and เขต of Bangkok), where known with the place of their seat."""
    points = _points()
    return [
        {
            "id": int(d.code),
            "province_id": int(d.province_code),
            "name": d.name_th,
            "name_en": d.name_en,
            "latitude": points.get(int(d.code), UNKNOWN)[0],
            "longitude": points.get(int(d.code), UNKNOWN)[1],
            "sort_key": thai.sort_key(d.name_th),
        }
        for d in _districts()
    ]


def _points() -> dict[int, Point]:
    """Latitude and longitude of district seats by district, from GeoNames (CC BY 4.0).

    GeoNames has no place of its own for 24 districts; they stand on no map, only in tables.
    """
    with POINTS.open(encoding="utf-8", newline="") as file:
        return {
            int(row["id"]): (float(row["latitude"]), float(row["longitude"]))
            for row in csv.DictReader(file)
        }


def subdistricts() -> list[Row]:
    """The 7,436 subdistricts (ตำบล, and แขวง of Bangkok).

    Where a subdistrict spans several post offices, all its codes stand in `postal_code`,
    separated by ", ": which one holds depends on the address.
    """
    import geothai  # only who brings reference data in pays for it

    return [
        {
            "id": int(s.code),
            "district_id": int(s.district_code),
            "province_id": int(s.province_code),
            "name": s.name_th,
            "name_en": s.name_en,
            "postal_code": ", ".join(s.postal_codes),
            "sort_key": thai.sort_key(s.name_th),
        }
        for d in _districts()
        for s in geothai.subdistricts(d.code)
    ]


def find_province(text: str) -> int:
    """The code of the province that a person named.

    Takes the TIS or ISO code, the Thai name with or without จังหวัด, the English name in any
    case and spacing, or the letters before document numbers. Raises LookupError, with the
    nearest names in the script that was typed, when nothing fits.
    """
    known = _ways_to_name()
    wanted = _squeeze(text)
    wanted = wanted.removeprefix("จังหวัด") or wanted
    if wanted in known:
        return known[wanted]
    near = get_close_matches(wanted[:60], known, n=3)
    written = "name_en" if text.isascii() else "name"
    names = dict.fromkeys(getattr(_by_id()[known[key]], written) for key in near)
    hint = f"did you mean {' or '.join(names)}?" if names else "give its name or TIS code."
    raise LookupError(f"No province is called {text[:60]!r}; {hint}")


def english_slug(province_id: int) -> str:
    """The English name as one word of small letters: 16 is 'lopburi'.

    Raises LookupError for a code that is no province.
    """
    if province_id not in _by_id():
        raise LookupError(f"No province has the TIS code {province_id}.")
    return re.sub("[^a-z]", "", _by_id()[province_id].name_en.lower())


def _cluster_2552(n: int) -> Row:
    return _dated(
        _OF_2552,
        id=_numbered_id(_OF_2552, n),
        number=n,
        name=f"กลุ่มจังหวัด (2552) ที่ {n}",
        head_province_id=None,
        note=f"{_NOTE_2552} {_NOTE_BUENG_KAN}" if n == 10 else _NOTE_2552,
    )


def _cluster_2560(n: int) -> Row:
    name, head, doubtful = _CLUSTERS_2560[n]
    return _dated(
        _OF_2560,
        id=_numbered_id(_OF_2560, n),
        number=n,
        name=f"กลุ่มจังหวัด{name}",
        head_province_id=head,
        note=_NOTE_DOUBTFUL_HEAD if doubtful else None,
    )


def _cluster_members() -> Iterator[tuple[_Numbering, int, _Province]]:
    for p in _provinces():
        if p.unit_code_2552:
            yield _OF_2552, int(p.unit_code_2552[2:4]), p
        if p.cluster:
            yield _OF_2560, p.cluster, p


def _member(key: str, numbering: _Numbering, number: int, province_id: int) -> Row:
    whole = _numbered_id(numbering, number)
    return _dated(numbering, id=whole * 100 + province_id, province_id=province_id, **{key: whole})


def _numbered_id(numbering: _Numbering, number: int) -> int:
    return numbering.year_be * 100 + number


def _dated(numbering: _Numbering, **columns: object) -> Row:
    return columns | {"valid_from": numbering.valid_from, "valid_to": numbering.valid_to}


@cache
def _provinces() -> tuple[_Province, ...]:
    return tuple(_Province(*facts) for facts in _PROVINCES)


@cache
def _by_id() -> dict[int, _Province]:
    return {p.id: p for p in _provinces()}


@cache
def _ways_to_name() -> dict[str, int]:
    return {
        _squeeze(way): p.id
        for p in _provinces()
        for way in (str(p.id), f"TH-{p.id}", p.name, p.name_en, p.letters)
    }


def _squeeze(text: str) -> str:
    """The text without what people write differently: case, spaces, hyphens, Thai digits."""
    return re.sub(r"[\s.\-]", "", thai.to_arabic(thai.normalise(text)).casefold())


def _districts() -> "Iterator[District]":
    import geothai

    for p in _provinces():
        yield from geothai.districts(str(p.id))
