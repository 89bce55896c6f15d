"""Lists as persons left them: tabs of their own, shared with the office, columns remembered."""

import json

from sqlalchemy import event, select

from access.database import db
from entities.vocabulary import GrantScope, Role
from models import AuditEntry, SavedView
from tests.conftest import LOPBURI, TRANG, make_user
from tests.factories import cluster_of

LIST = "/admin/agency/"
STATE = "search=น้ำ&sort=-sort_key&sector=government&columns=name&columns=sector"


def keep(client, name, state=STATE, entity="agency", **told):
    """Save a list's state under a name, as the form does."""
    data = {"csrf_token": client.csrf, "entity": entity, "name": name, **told}
    return client.post(f"/admin/saved_view/save/?{state}", data=data)


def change(client, view_id, name="", entity="agency", **told):
    """Send the form of a view that is shown."""
    data = {"csrf_token": client.csrf, "entity": entity, "id": view_id, "name": name, **told}
    return client.post("/admin/saved_view/change/?search=x", data=data)


def choose(client, *columns, entity="agency", **told):
    """Send the form of columns."""
    data = {"csrf_token": client.csrf, "entity": entity, "columns": list(columns), **told}
    return client.post("/admin/saved_view/columns/", data=data)


def page(client, at=LIST):
    """The text of a list."""
    answer = client.get(at)
    assert answer.status_code == 200, at
    return answer.get_data(as_text=True)


def kept(session, **where):
    """The saved views as the database has them."""
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(SavedView).filter_by(**where).order_by(SavedView.id)))


def heads(text):
    """The columns of a list, in their order."""
    row = text[text.index("<thead>") : text.index("</thead>")]
    return row.count('<th scope="col"')


def test_a_list_is_kept_under_a_name_and_stands_as_a_tab(session, persons):
    client = persons.client("secretary")
    answer = keep(client, " งาน\n น้ำ ")
    assert answer.status_code == 302
    view = kept(session)[0]
    assert (view.name, view.entity, view.province_id, view.opens_first) == (
        "งาน น้ำ", "agency", None, False,
    )  # fmt: skip
    there = page(client, answer.headers["Location"])
    assert there.count('aria-current="page">งาน น้ำ') == 2, "the tab, and the menu of a phone"
    assert view.query.startswith("search=")
    assert "sort=-sort_key" in view.query
    assert "sector=government" in view.query
    assert "aria-current" not in page(client).split('class="views"')[1].split("งาน น้ำ")[0][-40:]


def test_a_name_that_stands_already_is_kept_anew(session, persons):
    client = persons.client("secretary")
    keep(client, "ก")
    keep(client, "ก", "sort=sort_key")
    assert ["sort=sort_key" in view.query for view in kept(session)] == [True]


def test_views_are_nobody_elses(session, persons):
    client = persons.client("secretary")
    keep(client, "เฉพาะฉัน")
    view = kept(session)[0]
    for other in (persons.client("secretary", name="two"), persons.client("auditor", None)):
        assert "เฉพาะฉัน" not in page(other)
        assert change(other, view.id, "ของเขา").status_code == 404
        assert change(other, view.id, act="remove").status_code == 404
    assert [one.name for one in kept(session)] == ["เฉพาะฉัน"]


def test_the_office_shares_a_view_within_its_province(session, persons):
    keep(persons.client("province_admin"), "ของจังหวัด", share="1")
    view = kept(session)[0]
    assert view.province_id == LOPBURI
    assert "ของจังหวัด" in page(persons.client("planner"))
    for other in (
        persons.client("secretary", TRANG),
        persons.client("bureau_officer", None),
    ):
        assert "ของจังหวัด" not in page(other)
    told = session.scalars(select(AuditEntry).where(AuditEntry.entity == "saved_view")).one()
    assert (told.province_id, told.record, told.act) == (LOPBURI, "ของจังหวัด", "create")
    assert "sector=government" in json.loads(told.changes)["query"][1]


def test_who_does_not_keep_master_data_shares_nothing(session, persons):
    client = persons.client("planner")
    assert "share" not in page(client).split("viewform")[1].split("</form>")[0]
    keep(client, "แผน", share="1")
    assert kept(session)[0].province_id is None
    change(client, kept(session)[0].id, "แผน", share="1")
    assert kept(session)[0].province_id is None


def test_a_shared_view_is_removed_by_its_office_and_changed_by_its_maker(session, persons):
    keep(persons.client("province_admin"), "ร่วม", share="1")
    view_id = kept(session)[0].id
    reader, colleague = persons.client("planner"), persons.client("secretary")
    assert change(reader, view_id, "อื่น").status_code == 403
    assert change(colleague, view_id, "อื่น").status_code == 403
    change(reader, view_id, act="remove")
    assert kept(session), "a reader does not remove it"
    stranger = persons.client("secretary", TRANG)
    assert change(stranger, view_id, act="remove").status_code == 404
    change(colleague, view_id, act="remove")
    assert not kept(session)


def test_a_view_is_renamed_opens_first_and_is_removed(session, persons):
    client = persons.client("secretary")
    keep(client, "หนึ่ง", first="1")
    keep(client, "สอง", "sort=sort_key", first="1")
    one, two = kept(session)
    assert (one.opens_first, two.opens_first) == (False, True)
    answer = client.get(LIST)
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{LIST}?{two.query}"
    assert 'href="/admin/agency/?all=1"' in page(client, answer.headers["Location"])
    assert client.get(f"{LIST}?all=1").status_code == 200, "all of it can still be seen"
    change(client, two.id, "หนึ่ง")
    assert [view.name for view in kept(session)] == ["หนึ่ง", "สอง"], "two of one name"
    change(client, two.id, "สาม")
    assert [view.name for view in kept(session)] == ["หนึ่ง", "สาม"]
    assert client.get(LIST).status_code == 200
    change(client, two.id, act="remove")
    assert [view.name for view in kept(session)] == ["หนึ่ง"]


def test_a_view_opens_no_door(session, persons):
    """It is read as any address is: what the person does not reach is not told."""
    client = persons.client("secretary")
    assert keep(client, "บัญชี", "", entity="user_account").status_code == 403
    assert keep(client, "ไม่มี", "", entity="no_such").status_code == 404
    assert keep(client, "ไม่มี", "", entity="").status_code == 404
    keep(client, "เท็จ", "password=x&no_such=1&sort=password&columns=password&page=3&next=/x")
    assert kept(session)[0].query.startswith("columns=name")
    for word in ("password", "no_such", "page", "next"):
        assert word not in kept(session)[0].query


def test_a_name_that_cannot_be_is_refused_in_words(session, persons):
    client = persons.client("secretary")
    for name in ("", "   ", "\u200b", "ก" * 61, "ก" * 100_000):
        answer = keep(client, name)
        assert answer.status_code == 302
        assert "มุมมอง" in page(client, answer.headers["Location"])
    assert not kept(session)
    for name in ("=cmd|x", "' or 1=1 --", "<b>", "🙂", "ก\u202eข"):
        assert keep(client, name).status_code == 302
    text = page(client)
    assert "<b></a>" not in text
    assert "&lt;b&gt;" in text
    for bad in ("x", "-1", "9" * 30, ""):
        assert change(client, bad, "ก").status_code == 404


def test_a_person_keeps_a_bounded_number(session, persons):
    client = persons.client("secretary")
    for n in range(22):
        keep(client, f"v{n}")
    assert len(kept(session)) == 20


def test_columns_are_remembered_and_ordered(session, persons):
    client = persons.client("secretary")
    assert choose(client, "sector", "name").status_code == 302
    text = page(client)
    assert heads(text) == 2
    first = text[text.index("<thead>") :]
    assert first.index("ภาคส่วน") < first.index("ชื่อ")
    assert heads(page(persons.client("planner"))) > 3, "everyone has columns of their own"
    up = choose(client, "sector", "name", up="name")
    assert "picking=1" in up.headers["Location"]
    assert kept(session)[0].query == "name,sector"
    export = page(client).split("/admin/agency/export/xlsx/?")[1].split('"')[0]
    assert export.startswith("columns=name&amp;columns=sector")
    assert heads(page(client, f"{LIST}?columns=name")) <= 2, "an address that names them rules"
    choose(client, "name", reset="1")
    assert not kept(session)
    choose(client)
    choose(client, "password", "no_such")
    assert not kept(session), "no column that the list may show"


def test_what_is_kept_costs_one_query_a_minute(app, session, persons):
    client = persons.client("secretary")
    keep(client, "ก")
    session.rollback()
    asked = []

    def note(_connection, _cursor, statement, *_rest):
        if "saved_view" in statement:
            asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        for at in (LIST, LIST, "/admin/person/", "/admin/meeting/"):
            page(client, at)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert len(asked) == 1


def test_who_works_for_several_provinces_has_no_office_to_share_with(session, persons):
    cluster_id = cluster_of(session, LOPBURI).id
    account = make_user(
        session, "officer", Role.CLUSTER_OFFICER, GrantScope.CLUSTER, cluster_id=cluster_id
    )
    client = persons.client_of(account.id)
    keep(client, "กลุ่ม", share="1")
    assert [view.province_id for view in kept(session)] == [None]
