"""An office narrows a role: the right is gone everywhere, at the next request, in that province only."""

import re
from typing import Any

import pytest
from flask_babel import force_locale
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from access import viewer as who
from access.database import dialect
from access.policy import POLICY
from access.scope import Denied
from access.viewer import Grant, hangs_on
from entities.base import Shared, entities, record_kinds, table_of
from entities.vocabulary import GrantScope, Role, Verb
from models import (
    Agency,
    Attendance,
    Committee,
    FollowUp,
    Meeting,
    Person,
    RoleGrant,
    RoleNarrowing,
    UserAccount,
)
from rules.base import Broken
from tests.conftest import LOPBURI, TRANG
from tests.pages import open_form

NEW = "/admin/role_narrowing/new/"


def _take(
    session: Session, entity: type, verb: Verb, role: Role = Role.SECRETARY, at: int = LOPBURI
) -> RoleNarrowing:
    session.rollback()
    made = RoleNarrowing(
        province_id=at,
        role=role,
        entity=record_kinds()(entity.__tablename__),
        verb=verb,
        reason="ผู้ว่าราชการจังหวัดสั่ง",
    )
    session.add(made)
    session.commit()
    session.rollback()
    return made


def test_a_right_is_taken_and_given_back_at_the_next_request(session, persons):
    client, colleague = persons.client("secretary"), persons.client("chief_of_office")
    elsewhere, at = persons.client("secretary", TRANG), "/admin/agency/"
    assert client.get(f"{at}export/xlsx/").status_code == 200
    made = _take(session, Agency, Verb.EXPORT)
    page = client.get(at)
    assert page.status_code == 200
    assert "export/xlsx" not in page.get_data(as_text=True)
    assert client.get(f"{at}export/xlsx/").status_code == 403
    for other in (colleague, elsewhere):
        assert "export/xlsx" in other.get(at).get_data(as_text=True)
        assert other.get(f"{at}export/xlsx/").status_code == 200
    admin = persons.client("province_admin")
    answer = admin.post(
        "/admin/role_narrowing/delete/", data={"id": made.id, "csrf_token": admin.csrf}
    )
    assert answer.status_code == 302
    assert client.get(f"{at}export/xlsx/").status_code == 200


def test_what_cannot_be_read_is_in_no_list_menu_picker_or_form(session, persons):
    """And what hangs on it neither: a meeting without its committee would mean nothing."""
    client = persons.client("secretary")
    assert 'href="/admin/meeting/"' in client.get("/admin/").get_data(as_text=True)
    _take(session, Committee, Verb.READ)
    desk = client.get("/admin/")
    assert desk.status_code == 200
    shown = desk.get_data(as_text=True)
    for table in ("committee", "meeting", "membership", "follow_up", "rhythm"):
        assert f'href="/admin/{table}/"' not in shown, table
        for path in ("", "new/", "export/xlsx/"):
            assert client.get(f"/admin/{table}/{path}").status_code == 403, (table, path)
    assert 'href="/admin/agency/"' in shown
    assert client.get("/admin/agency/").status_code == 200
    viewer = persons.viewer(persons.user_id("secretary"))
    who.act_as(session, viewer)
    for entity in (Committee, Meeting, FollowUp, Attendance):
        assert session.scalar(select(func.count()).select_from(entity)) == 0, entity
        assert not any(viewer.may(entity, verb) for verb in POLICY[entity]), entity


def test_every_page_stands_whatever_reading_is_taken_away(session, persons):
    """No page leans on a record that its reader may have lost the right to."""
    owned = [e for e in entities() if not issubclass(e, Shared)]
    client = persons.client("chief_of_office")
    read = [e for e in owned if Role.CHIEF_OF_OFFICE in POLICY[e]["read"]]
    # Three at a time, far from each other, so that none hides what leans on another.
    apart = -(-len(read) // 3)
    for turn in range(0, apart, 3 if dialect(session) == "postgresql" else 1):
        lost = read[turn::apart]
        made = [_take(session, one, Verb.READ, Role.CHIEF_OF_OFFICE).id for one in lost]
        leaning = dict.fromkeys(e for one in lost for e in _leaning(owned, one))
        kept = session.scalar(select(Committee.id).where(Committee.province_id == LOPBURI))
        session.rollback()
        pages = ["/admin/", *(f"/admin/{e.__tablename__}/" for e in leaning)]
        for page in [*pages, f"/admin/committee/details/?id={kept}", "/admin/search/?q=คณะ"]:
            answer = client.get(page)
            assert answer.status_code < 500, ([one.__name__ for one in lost], page)
        for key in made:
            session.delete(session.get(RoleNarrowing, key))
        session.commit()
        session.rollback()


def _leaning(owned: list[Any], lost: Any) -> list[Any]:
    """The entities whose lists could show something of a lost one: it, and what names it."""
    return [
        e
        for e in owned
        if e is lost or any(key.column.table is table_of(lost) for key in table_of(e).foreign_keys)
    ]


def test_the_write_guard_knows_it(session, persons):
    """A form that was open before, a command, an import: whatever writes is refused."""
    key = session.scalar(select(Committee.id).where(Committee.province_id == LOPBURI))
    session.rollback()
    client, at = persons.client("secretary"), f"/admin/committee/edit/?id={key}"
    form = open_form(client, at)
    _take(session, Committee, Verb.EDIT)
    assert client.post(at, data={**form, "name": "ก"}).status_code == 403
    who.act_as(session, persons.viewer(persons.user_id("secretary")))
    session.get_one(Committee, key).name = "ก"
    with pytest.raises(Denied):
        session.flush()
    session.rollback()


def test_a_narrowing_takes_away_and_never_gives():
    """Whatever was narrowed, nothing is reached that the policy alone would not reach."""
    for role in Role:
        for entity, verbs in POLICY.items():
            if not hasattr(entity, "__label__"):
                continue
            whole = Grant(role, GrantScope.PROVINCE, frozenset([LOPBURI]), around=frozenset([3]))
            for taken in verbs:
                narrowed = Grant(
                    role,
                    GrantScope.PROVINCE,
                    frozenset([LOPBURI]),
                    around=frozenset([3]),
                    narrowed=frozenset([(entity.__tablename__, taken)]),
                )
                for verb in verbs:
                    gone = verb == taken or taken == "read"
                    wanted = who.NOTHING if gone else whole.reach(entity, verb)
                    assert narrowed.reach(entity, verb) == wanted, (entity, taken, verb)


def test_who_holds_two_roles_loses_it_in_one_only(session, persons):
    key = persons.user_id("secretary")
    session.add(
        RoleGrant(
            user_id=key,
            role=Role.CHIEF_OF_OFFICE,
            scope=GrantScope.PROVINCE,
            starts_on=session.scalar(select(RoleGrant.starts_on)),
            province_id=TRANG,
        )
    )
    session.commit()
    _take(session, Person, Verb.READ)
    reach = persons.viewer(key).reach(Person, "read")
    assert reach.province_id == {TRANG}


def test_grants_of_an_agency_and_of_a_group_are_narrowed_in_their_province(session, persons):
    agency = session.scalar(select(Agency.id).where(Agency.province_id == LOPBURI))
    if agency is None:
        from entities.vocabulary import Sector

        made = Agency(province_id=LOPBURI, name="ที่ดินจังหวัด", sector=Sector.GOVERNMENT)
        session.add(made)
        session.flush()
        agency = made.id
    account = UserAccount(username="officer", name="O", fs_uniquifier="officer")
    session.add(account)
    session.flush()
    session.add(
        RoleGrant(
            user_id=account.id,
            role=Role.AGENCY_OFFICER,
            scope=GrantScope.AGENCY,
            starts_on=session.scalar(select(RoleGrant.starts_on)) or func.current_date(),
            province_id=LOPBURI,
            agency_id=agency,
        )
    )
    session.commit()
    key = account.id
    assert persons.viewer(key).may(FollowUp, "report")
    _take(session, FollowUp, Verb.REPORT, Role.AGENCY_OFFICER, TRANG)
    assert persons.viewer(key).may(FollowUp, "report")
    _take(session, FollowUp, Verb.REPORT, Role.AGENCY_OFFICER)
    assert not persons.viewer(key).may(FollowUp, "report")
    assert persons.viewer(key).may(FollowUp, "read")


@pytest.mark.parametrize(
    ("role", "entity", "verb", "told"),
    [
        (Role.AUDITOR, Meeting, Verb.READ, "ministry"),
        (Role.INSPECTOR, Meeting, Verb.READ, "ministry"),
        (Role.CLUSTER_OFFICER, Meeting, Verb.EDIT, "clusters"),
        (Role.FINANCE, Meeting, Verb.EDIT, "does not have"),
        (Role.SECRETARY, Agency, Verb.CERTIFY, "does not have"),
    ],
)
def test_only_a_right_of_a_role_of_the_province_is_narrowed(session, role, entity, verb, told):
    with pytest.raises(Broken, match=told):
        _take(session, entity, verb, role)


def _post(client, **values):  # type: ignore[no-untyped-def]
    given = {"role": "province_admin", "reason": "ลอง", **values}
    return client.post(NEW, data={**open_form(client, NEW), **given})


def test_an_office_does_not_lock_itself_out_but_the_ministry_may(session, persons):
    admin = persons.client("province_admin")
    for entity in ("user_account", "role_grant", "role_narrowing"):
        for verb in ("read", "create", "edit"):
            answer = _post(admin, entity=entity, verb=verb)
            assert answer.status_code == 422, (entity, verb)
            assert "ผู้ดูแลระบบจังหวัดต้องจัดการบัญชีผู้ใช้" in answer.get_data(as_text=True)
    assert admin.get("/admin/user_account/").status_code == 200
    assert _post(admin, entity="person", verb="delete").status_code == 302
    assert _post(admin, entity="person", verb="delete").status_code == 422
    ministry = persons.client("ministry_admin", None)
    answer = _post(ministry, entity="role_grant", verb="create", province_id=str(LOPBURI))
    assert answer.status_code == 302
    assert admin.get("/admin/role_grant/new/").status_code == 403


def test_a_province_narrows_in_itself_only_and_others_cannot_at_all(session, persons):
    admin = persons.client("province_admin")
    page = admin.get(NEW).get_data(as_text=True)
    assert 'name="province_id"' not in page
    for shown in ("เลขานุการคณะกรรมการ", "การประชุม", "รับรองรายงานการประชุม"):
        assert re.search(f"<option[^>]*>{shown}</option>", page), shown
    told = _post(admin, role="secretary", entity="meeting", verb="certify", province_id=str(TRANG))
    assert told.status_code == 302
    session.rollback()
    (made,) = session.scalars(select(RoleNarrowing)).all()
    assert (made.province_id, made.verb) == (LOPBURI, Verb.CERTIFY)
    with force_locale("th"):
        assert str(made) == "เลขานุการคณะกรรมการ: การประชุม – รับรองรายงานการประชุม"
    listed = admin.get("/admin/role_narrowing/?entity=meeting&verb=certify").get_data(as_text=True)
    assert f"id={made.id}" in listed
    assert "รับรองรายงานการประชุม" in listed
    for role, province_id in (("secretary", LOPBURI), ("governor", LOPBURI)):
        assert persons.client(role, province_id).get(NEW).status_code == 403
    far = persons.client("province_admin", TRANG)
    assert far.get(f"/admin/role_narrowing/details/?id={made.id}").status_code == 404


def test_every_act_of_the_policy_has_a_title():
    known = {verb.value for verb in Verb}
    assert {verb for verbs in POLICY.values() for verb in verbs} == known


def test_what_hangs_on_what_is_read_off_the_keys_that_must_be_filled():
    assert {"attendance", "meeting", "committee"} <= hangs_on(Attendance)
    assert hangs_on(Person) == {"person"}


def test_the_policy_is_printed_as_the_province_has_it(app, session):
    def printed(*province: str) -> str:
        result = app.test_cli_runner().invoke(args=["policy", *province])
        assert result.exit_code == 0, result.output
        part: str = result.output.partition("\nmeeting\n")[2].partition("\nmembership\n")[0]
        return part

    _take(session, Meeting, Verb.CERTIFY)
    (plain,) = (line for line in printed().splitlines() if "certify" in line)
    (narrowed,) = (line for line in printed("ลพบุรี").splitlines() if "certify" in line)
    assert "secretary" in plain
    assert narrowed == plain.replace(", secretary", "")
    assert printed("ตรัง") == printed()
    wrong = app.test_cli_runner().invoke(args=["policy", "แอตแลนติส"])
    assert wrong.exit_code == 2
    assert "Traceback" not in wrong.output
