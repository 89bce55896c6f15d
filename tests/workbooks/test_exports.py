"""The list as a workbook through the browser: what it shows, for whom, and what the audit keeps."""

import json
from datetime import date
from io import BytesIO
from urllib.parse import unquote

import openpyxl
import pytest
from sqlalchemy import select

from access import audit, search
from access.database import db
from admin_views import lists
from entities.vocabulary import GrantScope, Role, Sector
from models import Agency, AuditEntry, Committee, FollowUp, RoleGrant
from tests.conftest import LOPBURI, TRANG, make_user
from tests.workbooks.conftest import written


def export(client, entity: str, **asked: object):
    return client.get(f"/admin/{entity}/export/xlsx/", query_string=asked)


def sheet_of(answer) -> list[list[object]]:
    assert answer.status_code == 200, answer.status
    book = openpyxl.load_workbook(BytesIO(answer.get_data()))
    return [[c.value for c in row] for row in book.worksheets[0].iter_rows()]


def source_of(answer) -> dict[str, str]:
    book = openpyxl.load_workbook(BytesIO(answer.get_data()))
    return {row[0].value: row[1].value for row in book.worksheets[-1].iter_rows()}


def entries(session) -> list[AuditEntry]:
    with written(session):
        found = session.scalars(select(AuditEntry).where(AuditEntry.act == "export")).all()
        session.expunge_all()
    return list(found)


def test_only_the_rows_of_the_own_office(session, persons):
    listed = sheet_of(export(persons.client("secretary"), "committee"))
    names = [row[0] for row in listed[1:]]
    assert any("จังหวัดลพบุรี" in name for name in names)
    assert not [name for name in names if "ตรัง" in name]
    nation = sheet_of(export(persons.client("bureau_officer", None), "committee"))
    assert any("จังหวัดตรัง" in row[0] for row in nation[1:])


def test_filters_order_and_columns_are_those_of_the_list(session, persons):
    asked = {"columns": ["sector", "name"], "sector": "government", "sort": "-sort_key"}
    with written(session):
        for name in ("ก หน่วย", "ข หน่วย"):
            session.add(Agency(province_id=LOPBURI, name=name, sector=Sector.GOVERNMENT))
        session.add(Agency(province_id=LOPBURI, name="ค บริษัท", sector=Sector.PRIVATE))
    client = persons.client("secretary")
    listed = sheet_of(export(client, "agency", **asked))
    names = [name for _sector, name in listed[1:]]
    assert names == ["สำนักงานจังหวัดลพบุรี", "ข หน่วย", "ก หน่วย"], "columns stand as they were asked"
    assert len(listed[0]) == 2


def test_dates_are_real_and_links_are_labels(session, office, persons):
    listed = sheet_of(
        export(
            persons.client("secretary"),
            "follow_up",
            columns=["task", "meeting_id", "due_on", "status"],
        )
    )
    due = next(row for row in listed if "จัดทำแบบแปลน" in row)
    assert date(2026, 10, 31) in [c.date() for c in due if hasattr(c, "date")]
    assert "ก.บ.จ. ครั้งที่ 1/2569" in due


def test_a_search_is_not_cut_at_the_list_s_cap(session, persons, monkeypatch):
    monkeypatch.setattr(lists, "CAP", 5)
    with written(session):
        for n in range(20):
            session.add(Agency(province_id=LOPBURI, name=f"โรงเรียนที่ {n}", sector=Sector.ACADEMIC))
        session.add(Agency(province_id=TRANG, name="โรงเรียนตรัง", sector=Sector.ACADEMIC))
    client = persons.client("secretary")
    assert len(sheet_of(export(client, "agency", search="โรงเรียนที่"))) == 21
    assert len(sheet_of(export(client, "agency", search="โรงเรียนที่ ๑๙"))) == 2
    assert len(sheet_of(export(client, "agency", search="โร"))) == 21
    assert len(sheet_of(export(client, "agency", search="ตรัง"))) == 1


def test_a_search_with_many_hits_gives_exactly_the_rows_of_the_list(session, persons):
    """More hits than the list's cap, than the rows fetched at a time, and than the index knows."""
    with written(session):
        for n in range(1_150):
            sector = Sector.ACADEMIC if n % 2 else Sector.PRIVATE
            name = f"{n * 7 % 1_150:04} โรงเรียนบ้านหนอง"
            session.add(Agency(province_id=LOPBURI, name=name, sector=sector))
        session.add(Agency(province_id=TRANG, name="ก โรงเรียนบ้านหนอง", sector=Sector.PRIVATE))
        for name in ("ก โรงเรียนบ้านหน บ้านหนอง", "ก โรงเรียน", "ก ชุมชน"):
            session.add(Agency(province_id=LOPBURI, name=name, sector=Sector.PRIVATE))
    client = persons.client("secretary")
    asked = {"search": "โรงเรียนบ้านหนอง", "columns": "name"}
    names = [f"{n:04} โรงเรียนบ้านหนอง" for n in range(1_150)]
    assert [name for (name,) in sheet_of(export(client, "agency", **asked))[1:]] == names
    answer = export(client, "agency", **asked, sector="academic", sort="-sort_key")
    odd = {f"{n * 7 % 1_150:04} โรงเรียนบ้านหนอง" for n in range(1, 1_150, 2)}
    assert [name for (name,) in sheet_of(answer)[1:]] == sorted(odd, reverse=True)
    assert {entry.place for entry in entries(session)} == {"127.0.0.1"}
    told = [json.loads(entry.changes)["rows"][1] for entry in entries(session)]
    assert sorted(told) == [575, 1_150]
    nation = export(persons.client("bureau_officer", None), "agency", **asked)
    assert len(sheet_of(nation)) == 1_152


@pytest.mark.parametrize(
    "phrase", ["100%", "a_b", '"q" AND', "ท๑๒", "ท12", "ก\\x", "ABC", "ab", "''"]
)
def test_an_export_finds_what_the_texts_hold(session, persons, phrase):
    with written(session):
        for name in (
            "ได้ 100% แล้ว",
            "100 ส่วน",
            "xa_bx",
            "xaxbx",
            '"q" AND y',
            "ท๑๒",
            "ท12",
            "ก\\xก",
            "abc",
            "d''",
        ):
            session.add(Agency(province_id=LOPBURI, name=name, sector=Sector.PRIVATE))
        wanted = session.scalars(select(Agency.name).where(search.holding(Agency, phrase))).all()
    listed = sheet_of(export(persons.client("secretary"), "agency", search=phrase, columns="name"))
    assert sorted(name for (name,) in listed[1:]) == sorted(wanted)


def test_the_switch_narrows_it(session, persons):
    client = persons.client("bureau_officer", None)
    assert client.get(f"/admin/committee/?province={TRANG}").status_code == 200
    names = [row[0] for row in sheet_of(export(client, "committee"))[1:]]
    assert names
    assert not [name for name in names if "ลพบุรี" in name]


def test_the_audit_has_the_export_with_filter_and_count(session, persons):
    answer = export(persons.client("secretary"), "agency", sector="government")
    (entry,) = entries(session)
    told = {key: new for key, (_old, new) in json.loads(entry.changes).items()}
    assert (entry.entity, entry.actor, entry.chain) == ("agency", "secretary.16", LOPBURI)
    assert told["rows"] == len(sheet_of(answer)) - 1 == 1
    assert "name" in told["columns"]
    assert told["filter"]
    assert audit.verify(session)[1] == []


def test_the_source_sheet_holds_the_seal_of_the_export_itself(session, persons):
    answer = export(persons.client("secretary"), "agency")
    told = source_of(answer)
    length, seal = audit.head(session, LOPBURI)
    assert any(seal in str(value) and f"{length}" in str(value) for value in told.values())
    assert any("Secretary.16" in str(value) for value in told.values())
    session.rollback()


def test_the_file_has_a_thai_name(session, persons):
    told = export(persons.client("secretary"), "agency").headers["Content-Disposition"]
    name = unquote(told.partition("filename*=UTF-8''")[2])
    assert name.endswith(".xlsx")
    assert "256" in name
    assert told.isascii()


def test_who_may_not_export_is_refused_and_entered(session, persons):
    with written(session):
        group_id = session.scalars(
            select(Committee.id).where(Committee.province_id == LOPBURI)
        ).first()
        user_id = make_user(
            session,
            "member",
            Role.GROUP_MEMBER,
            GrantScope.MISSION_GROUP,
            province_id=LOPBURI,
            committee_id=group_id,
        ).id
    assert export(persons.client_of(user_id), "meeting").status_code == 403
    with written(session):
        found = session.scalars(select(AuditEntry.act)).all()
    assert "refused" in found
    assert "export" not in found


def test_nobody_exports_without_signing_in(app, session):
    answer = export(app.test_client(), "agency")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login")
    db.session.rollback()


def test_rows_that_are_read_by_one_grant_are_not_exported_by_another(session, office, persons):
    """A planner of Trang who is also a member of a group in Lop Buri reads both, exports Trang."""
    with written(session):
        committee_id = session.scalars(select(FollowUp.committee_id)).first()
        user_id = make_user(
            session, "both", Role.PLANNER, GrantScope.PROVINCE, province_id=TRANG
        ).id
        session.add(
            RoleGrant(
                user_id=user_id,
                role=Role.GROUP_MEMBER,
                scope=GrantScope.MISSION_GROUP,
                province_id=LOPBURI,
                committee_id=committee_id,
                starts_on=date(2020, 1, 1),
            )
        )
    client = persons.client_of(user_id)
    assert "จัดทำแบบแปลน" in client.get("/admin/follow_up/").get_data(as_text=True)
    assert len(sheet_of(export(client, "follow_up"))) == 1


@pytest.mark.parametrize("asked", [{"sector": "nonsense"}, {"sort": "name"}, {"columns": "secret"}])
def test_what_makes_no_sense_in_the_address_is_left_out(session, persons, asked):
    assert len(sheet_of(export(persons.client("secretary"), "agency", **asked))) == 2


def test_many_rows_stream_in_pieces(session, persons):
    with written(session):
        for n in range(1_200):
            session.add(Agency(province_id=LOPBURI, name=f"หน่วยงาน {n:04}", sector=Sector.PRIVATE))
    answer = persons.client("secretary").get("/admin/agency/export/xlsx/", buffered=False)
    assert answer.is_streamed
    assert len(sheet_of(answer)) == 1_202
