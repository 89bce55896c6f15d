"""What PostgreSQL plans once: who is signed in and what is written, but never a search or a filter."""

from contextlib import ExitStack

import pytest
from sqlalchemy import text

from access import search
from access.database import db, writing
from entities.vocabulary import CommitteeType
from models import Committee
from tests.conftest import LOPBURI, _backend
from tests.pages import open_form

HELD = text("SELECT statement FROM pg_prepared_statements")


@pytest.fixture(params=["postgresql"])
def backend(request):
    """PostgreSQL alone, with connections that have prepared nothing yet; SQLite does so by itself."""
    made = _backend(request.param)
    with made.app.app_context():
        db.engine.dispose()
    return made


@pytest.fixture
def prepared(session):
    """Asks what the session's connection has prepared; it writes, as a save does."""
    token = writing.set(True)
    yield lambda: list(session.connection().scalars(HELD))
    writing.reset(token)


def test_what_is_written_is_planned_once_and_searches_each_time(session, prepared):
    for number in range(3):
        name = f"คณะทำงานขยะ {number}"
        session.add(
            Committee(
                name=name, short_name=name, type=CommitteeType.WORKING_GROUP, province_id=LOPBURI
            )
        )
        session.commit()
        assert len(search.find(session, Committee, "ขยะ", None, 10)) == number + 1
    found = prepared()
    assert any(one.startswith("INSERT INTO committee") for one in found)
    assert any("audit_head" in one and "FOR UPDATE" in one for one in found)
    assert not [one for one in found if "LIKE" in one]


def test_rows_sent_many_at_once_are_not_planned_for_each_number_of_them(session, prepared):
    for count in (3, 4, 5):
        session.add_all(
            Committee(
                name=f"คณะ {count} {n}", short_name=f"ค {count} {n}",
                type=CommitteeType.WORKING_GROUP, province_id=LOPBURI,
            )
            for n in range(count)
        )  # fmt: skip
        session.commit()
    assert not [one for one in prepared() if one.startswith("INSERT INTO committee")]


def test_a_save_finds_out_who_asks_by_a_plan_made_once_and_a_page_plans_nothing(session, persons):
    client = persons.client("secretary")
    assert client.get("/admin/committee/").status_code == 200
    assert not _held_by_others()
    form = open_form(client, "/admin/agency/new/")
    told = {**form, "name": "ที่ทำการปกครองจังหวัด", "sector": "government"}
    assert client.post("/admin/agency/new/", data=told).status_code == 302
    found = _held_by_others()
    assert any(one.startswith("SELECT sign_in_session") for one in found)
    assert any(one.startswith("INSERT INTO agency") for one in found)


def _held_by_others() -> list[str]:
    """What the connections of the pool have prepared."""
    with ExitStack() as pool:
        size = db.engine.pool.size()
        others = [pool.enter_context(db.engine.connect()) for _ in range(size)]
        return [one for other in others for one in other.scalars(HELD)]
