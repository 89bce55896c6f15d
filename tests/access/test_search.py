"""Thai search: inside words, in any digits, kept by the database, never past the scope.

Run on SQLite's index, on a PostgreSQL without pg_trgm, and on one with it where the system
has one (CI installs it, and then a missing one fails).
"""

import os
from datetime import date, timedelta
from itertools import combinations

import pytest
from sqlalchemy import insert, select, text, update

from access import search
from access import viewer as who
from access.database import db
from entities import dates
from entities.vocabulary import Sector
from models import Agency, Holiday
from tests import debian_postgres
from tests.conftest import CHAINAT, LOPBURI, TRANG, _backend

NAMES = {
    "โครงการชลประทานลพบุรี": LOPBURI,
    "สำนักงานทรัพยากรน้ำ": LOPBURI,
    "องค์การบริหารส่วนตำบลที่ ๑๒": LOPBURI,
    "องค์การบริหารส่วนตำบลที่ 12 ตรัง": TRANG,
    "สมาคม 100% ไทย_รวม": CHAINAT,
}


@pytest.fixture(params=["sqlite", "postgresql", "trigrams"])
def backend(request):
    """Each database that searches in its own way."""
    if request.param == "trigrams" and debian_postgres.programs() is None:
        if os.environ.get("JANGWAT_NEED_BROWSER"):
            pytest.fail("CI must have the system's PostgreSQL with contrib")
        pytest.skip("no PostgreSQL with contrib on this machine")
    return _backend(request.param)


@pytest.fixture
def agencies(session):
    """Some agencies in three provinces."""
    made = {}
    for name, province_id in NAMES.items():
        made[name] = Agency(name=name, province_id=province_id, sector=Sector.GOVERNMENT)
        session.add(made[name])
    session.commit()
    return made


def _found(session, phrase, province_id=None, limit=50):
    ids = search.find(session, Agency, phrase, province_id, limit)
    session.expire_all()
    return {session.get(Agency, key).name for key in ids}


def test_a_phrase_is_found_inside_words_however_it_is_typed(session, agencies):
    assert _found(session, "ชลประทาน") == {"โครงการชลประทานลพบุรี"}
    assert _found(session, "ประทานลพ") == {"โครงการชลประทานลพบุรี"}
    assert _found(session, "ทรัพยากรน\u0e4d\u0e49\u0e32") == {"สำนักงานทรัพยากรน้ำ"}
    both = {"องค์การบริหารส่วนตำบลที่ ๑๒", "องค์การบริหารส่วนตำบลที่ 12 ตรัง"}
    assert _found(session, "ตำบลที่ 12") == both == _found(session, "ตำบลที่ ๑๒")
    assert _found(session, "ไม่มีคำนี้เลย") == set()


def test_signs_of_the_query_language_are_plain_letters(session, agencies):
    assert _found(session, "100% ไทย_รวม") == {"สมาคม 100% ไทย_รวม"}
    assert _found(session, "100%%%") == set()
    for phrase in (
        '"',
        '" OR "',
        "x\x00y",
        "'; --",
        "(((",
        "ชล*ระทาน",
        "NEAR(ก ข)",
        "\\",
        "%",
        "_",
    ):
        _found(session, phrase)


def test_under_three_letters_only_beginnings_are_found(session, agencies):
    assert "โครงการชลประทานลพบุรี" in _found(session, "โค")
    assert _found(session, "ลพ") == set()


def test_the_province_narrows_and_the_scope_stands_behind_it(session, agencies, persons):
    assert _found(session, "องค์การบริหาร", LOPBURI) == {"องค์การบริหารส่วนตำบลที่ ๑๒"}
    session.rollback()
    viewer = persons.viewer(persons.user_id("secretary", TRANG))
    who.act_as(session, viewer)
    assert _found(session, "องค์การบริหาร") == {"องค์การบริหารส่วนตำบลที่ 12 ตรัง"}
    assert _found(session, "องค์การบริหาร", LOPBURI) == set()


def test_rows_that_hold_the_letters_but_not_the_phrase_hide_no_older_hit(session, monkeypatch):
    """The index names them, more than are to spare; the phrase itself stands in the oldest row."""
    monkeypatch.setattr(search, "SPARE", 2)
    names = ["หน่วยทดสอบชื่อ", *(f"ชื่อที่ {n} หน่วย วยท ดสอ บชื่อ" for n in range(6))]
    for name in names:
        session.add(Agency(name=name, province_id=LOPBURI, sector=Sector.GOVERNMENT))
        session.flush()
    session.commit()
    assert _found(session, "หน่วยทดสอบชื่อ", limit=1) == {names[0]}
    assert _found(session, "หน่วยทดสอบชื่อ", LOPBURI, limit=3) == {names[0]}


def test_the_newest_hits_come_in_the_order_asked_for(session):
    for name in ("หน่วยทดสอบ ข", "หน่วยทดสอบ ค", "หน่วยทดสอบ ก"):
        session.add(Agency(name=name, province_id=LOPBURI, sector=Sector.GOVERNMENT))
        session.flush()
    session.commit()
    newest = search.find(session, Agency, "หน่วยทดสอบ", None, 2)
    assert newest == sorted(newest, reverse=True)
    in_order = search.find(session, Agency, "หน่วยทดสอบ", None, 2, [Agency.sort_key.desc()])
    assert [session.get(Agency, key).name[-1] for key in in_order] == ["ค", "ก"]
    assert set(in_order) == set(newest)


def test_the_newest_hits_come_first_however_large_the_index(app, session, monkeypatch):
    """Small pages stand for many rows; holidays lie in the index before agencies, or after them."""
    monkeypatch.setattr(search, "SPARE", 0)
    session.rollback()
    words = ["กกก", "ขขข", "คคค", "งงง", "จจจ", "ฉฉฉ", "ชชช"]
    texts = [
        " ".join([w for k, w in enumerate(words) if _mixed(n, k) % (k + 2) == 0] + [f"{n:04}"])
        for n in range(1500)
    ]
    with db.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(
                "INSERT INTO search_fts(search_fts, rank) VALUES ('pgsz', 128)"
            )
        _pour(connection, texts)
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("INSERT INTO search_fts(search_fts) VALUES ('optimize')")
    for entity in (Agency, Holiday):
        held = list(session.execute(select(entity.id, entity.name).order_by(entity.id.desc())))
        for one, other in combinations(words, 2):
            phrase = f"{one} {other}"
            wanted = [key for key, name in held if phrase in name]
            assert search.find(session, entity, phrase, None, 2000) == wanted, phrase
            assert search.find(session, entity, phrase, None, 3) == wanted[:3], phrase


def _mixed(n, k):
    return (n * 131 + k) * 2654435761 % 2**32 >> 8


def _pour(connection, texts):
    """Agencies and holidays with the texts, their ids far apart."""
    rows = [
        {"id": 10**12 + n * 1000, "version": 1, "made_at": dates.now(), "name": name}
        for n, name in enumerate(texts, 1)
    ]
    agency = {"province_id": LOPBURI, "sort_key": "-", "sector": "government"}
    connection.execute(insert(Agency.__table__), [row | agency for row in rows])
    for n, row in enumerate(rows):
        row |= {"falls_on": date(2100, 1, 1) + timedelta(n), "kind": "special"}
    connection.execute(insert(Holiday.__table__), [row | {"offices_open": False} for row in rows])


def test_numbers_in_the_index_are_small_and_no_two_alike():
    """Two row ids 2^56 apart are what SQLite 3.40 cannot read backwards over."""
    given = search.numbers().values()
    assert len(set(given)) == len(given)
    assert min(given) >= 1
    assert (max(given) << search.SHIFT) + search.LAST < 2**56


def test_the_index_follows_every_change(session, agencies):
    one = agencies["สำนักงานทรัพยากรน้ำ"]
    one.name = "สำนักงานประมงจังหวัด"
    session.commit()
    assert _found(session, "ทรัพยากร") == set()
    assert _found(session, "ประมง") == {"สำนักงานประมงจังหวัด"}
    session.connection().execute(
        update(Agency.__table__).where(Agency.__table__.c.id == one.id).values(province_id=TRANG)
    )
    session.commit()
    assert _found(session, "ประมง", LOPBURI) == set()
    assert _found(session, "ประมง", TRANG) == {"สำนักงานประมงจังหวัด"}
    one.removed_at = one.made_at
    session.commit()
    assert _found(session, "ประมง") == set()


def test_a_rolled_back_record_is_not_found(session, agencies):
    session.add(Agency(name="หน่วยงานที่ไม่เคยมี", province_id=LOPBURI, sector=Sector.PRIVATE))
    session.flush()
    session.rollback()
    assert _found(session, "ไม่เคยมี") == set()


def test_the_index_is_made_anew_where_it_was_lost(app, session, agencies):
    if db.engine.dialect.name != "sqlite":
        session.rollback()
        with db.engine.connect() as connection:
            if search.has_trigrams(connection):
                plan = "SELECT indexdef FROM pg_indexes WHERE indexname = 'trgm_agency_name'"
                assert "gin_trgm_ops" in connection.scalar(text(plan))
        return
    session.rollback()
    with db.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE search_fts")
        search.ensure(connection)
    assert _found(session, "ชลประทาน") == {"โครงการชลประทานลพบุรี"}


def test_the_lists_search_says_how_many_and_shows_them(session, agencies, persons):
    page = persons.client("secretary").get("/admin/agency/?search=ชลประทาน").get_data(as_text=True)
    assert "โครงการชลประทานลพบุรี" in page
    assert "ทรัพยากรน้ำ" not in page
    everything = persons.client("secretary").get("/admin/search/?q=ชลประทาน").get_data(as_text=True)
    assert "โครงการชลประทานลพบุรี" in everything
    foreign = (
        persons.client("secretary", TRANG).get("/admin/search/?q=ชลประทาน").get_data(as_text=True)
    )
    assert "โครงการชลประทานลพบุรี" not in foreign
    assert session.scalar(select(Agency.id).where(Agency.name == "โครงการชลประทานลพบุรี")) is not None
