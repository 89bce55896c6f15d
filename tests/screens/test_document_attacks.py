"""What somebody in the wrong place tries with documents by address, and what the papers then say."""

import io
import re
import zipfile
from typing import Any

import pytest
from sqlalchemy import func, select

from access.database import writing
from entities import dates
from entities.documents import MASKED
from entities.vocabulary import (
    DestructionStatus,
    DocumentStatus,
    GrantScope,
    RegisterKind,
    RetentionRule,
    Role,
    Secrecy,
    Sector,
)
from models import (
    Agency,
    AuditEntry,
    DestructionBatch,
    Distribution,
    Document,
    OfficeUnit,
    RegisterNumber,
)
from rules import documents, registers, retention
from rules.documents import Recipient
from rules.registers import Wish
from tests import registry_office as office
from tests.conftest import LOPBURI, TRANG, make_user
from tests.pages import form_of, open_form

S = DocumentStatus
NEW = "/admin/document/new/"


@pytest.fixture
def work(session: Any) -> Any:
    """Writes of the system, each committed."""

    def write(make: Any) -> Any:
        token = writing.set(True)
        session.rollback()
        told = make(session)
        session.commit()
        writing.reset(token)
        return told

    return write


@pytest.fixture
def unit_id(work: Any) -> int:
    """A unit of Lop Buri that keeps registers."""
    return work(lambda session: office.unit(session).id)


def _issued(session: Any, unit_id: int, **told: Any) -> Document:
    made = office.signed(session, session.get(OfficeUnit, unit_id), **told)
    return registers.issue([made], session, dates.now())[0]


def _received(session: Any, unit_id: int, **told: Any) -> Document:
    return office.received(session, session.get(OfficeUnit, unit_id), dates.now(), **told)


def _to_agencies(session: Any, unit_id: int, **told: Any) -> tuple[int, list[int], list[int]]:
    """A letter sent to two agencies, and an officer of each: letter, recipients, officers."""
    made = _issued(session, unit_id, **told)
    agencies = [
        Agency(province_id=LOPBURI, name=name, sector=Sector.GOVERNMENT)
        for name in ("เกษตรจังหวัด", "ประมงจังหวัด")
    ]
    session.add_all(agencies)
    session.flush()
    sent = documents.send(made, [Recipient(agency=a) for a in agencies], session, dates.now())
    officers = [
        make_user(session, f"agency{n}", Role.AGENCY_OFFICER, GrantScope.AGENCY,
                  province_id=LOPBURI, agency_id=agency.id).id
        for n, agency in enumerate(agencies)
    ]  # fmt: skip
    return made.id, [one.id for one in sent], officers


def _press(client: Any, table: str, verb: str, key: int, **data: Any) -> Any:
    url = f"/admin/{table}/{verb}/?id={key}"
    return client.post(url, data={"csrf_token": client.csrf, **data})


def _status(session: Any, key: int) -> DocumentStatus:
    session.rollback()
    found: DocumentStatus = session.get(Document, key).status
    return found


# Numbers.


def test_a_day_of_last_year_gets_no_number_of_this_year(session, persons, unit_id):
    client = persons.client("registrar")
    form = open_form(client, f"/admin/register_book/sheet/?unit={unit_id}&kind=received")
    last_year = f"30/12/{dates.today().year + 542}"
    answer = client.post(NEW, data={**form, "subject": "ย้อนหลัง", "received_on": last_year})
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert form_of(html)["received_on"] == last_year
    assert re.search(r'name="received_on"[^>]*aria-invalid', html)
    session.rollback()
    assert session.scalar(select(func.count(Document.id))) == 0


def test_a_signed_letter_is_not_rewritten_by_address(session, persons, work, unit_id):
    key = work(lambda s: _issued(s, unit_id, subject="ลงนามแล้ว").id)
    for role in ("planner", "registrar", "chief_of_office"):
        client = persons.client(role)
        address = f"/admin/document/edit/?id={key}"
        assert address not in client.get(f"/admin/document/details/?id={key}").get_data(True)
        form = open_form(client, address)
        assert client.post(address, data={**form, "subject": "แก้ไข"}).status_code == 422, role
    session.rollback()
    assert session.get(Document, key).subject == "ลงนามแล้ว"


def test_a_planner_does_not_correct_the_register_nor_renumber(session, persons, work, unit_id):
    key = work(lambda s: _received(s, unit_id, subject="ตามทะเบียน").id)
    client = persons.client("planner")
    address = f"/admin/document/edit/?id={key}"
    form = open_form(client, address)
    data = {**form, "subject": "แก้ไข", "number": "9/2569", "register_no": "9"}
    assert client.post(address, data=data).status_code == 422
    session.rollback()
    kept = session.get(Document, key)
    assert (kept.subject, kept.register_no) == ("ตามทะเบียน", 1)


def test_a_number_kept_free_is_used_once(session, persons, work, unit_id):
    def make(s):
        unit = s.get(OfficeUnit, unit_id)
        drafts = [office.signed(s, unit).id for _n in range(2)]
        wish = Wish(1, "ก", "รอลงนาม", dates.today())
        return drafts, registers.reserve(unit, RegisterKind.SENT, wish, s, dates.now())[0].id

    (first, second), kept = work(make)
    client = persons.client("registrar")
    assert _press(client, "document", "kept", first, number=str(kept)).status_code == 302
    assert _press(client, "document", "kept", second, number=str(kept)).status_code == 422
    assert _status(session, second) is S.SIGNED
    for role in ("planner", "secretary"):
        other = persons.client(role)
        assert _press(other, "document", "number", second).status_code == 403
        assert _press(other, "register_number", "release", kept, reason="ก").status_code == 403


def test_another_provinces_registrar_reaches_nothing(session, persons, work, unit_id):
    key = work(lambda s: office.signed(s, s.get(OfficeUnit, unit_id)).id)
    stranger = persons.client("registrar", TRANG)
    for verb in ("number", "cancel", "send", "review", "sign", "present", "file", "chase"):
        assert _press(stranger, "document", verb, key, reason="ก").status_code == 404, verb
    issue = {"csrf_token": stranger.csrf, "rowid": [str(key)]}
    assert stranger.post("/admin/document/issue/", data=issue).status_code in (302, 404)
    form = open_form(stranger, NEW)
    told = {**form, "subject": "แทรก", "unit_id": str(unit_id), "register_kind": "received"}
    assert stranger.post(NEW, data=told).status_code == 422
    assert _status(session, key) is S.SIGNED
    assert session.scalar(select(func.count(RegisterNumber.id))) == 0
    assert session.scalar(select(func.count(Document.id))) == 1


# Receipts.


def test_an_agency_confirms_for_itself_alone(session, persons, work, unit_id):
    key, sent, officers = work(lambda s: _to_agencies(s, unit_id))
    client = persons.client_of(officers[0])
    assert _press(client, "distribution", "acknowledge", sent[1]).status_code == 404
    assert client.get(f"/admin/distribution/details/?id={sent[1]}").status_code == 404
    for verb in ("send", "chase", "edit", "number", "cancel"):
        assert _press(client, "document", verb, key).status_code in (403, 404), verb
    _press(client, "distribution", "acknowledge", sent[0])
    assert _status(session, key) is S.SENT
    _press(persons.client_of(officers[1]), "distribution", "acknowledge", sent[1])
    assert _status(session, key) is S.ACKNOWLEDGED, "the last receipt lays it on the desk"
    assert f"details/?id={key}" in persons.client("registrar").get(
        "/admin/distribution/inbox/"
    ).get_data(as_text=True)  # fmt: skip


def test_who_is_chased_finds_it_on_the_desk(session, persons, work, unit_id):
    key, sent, officers = work(lambda s: _to_agencies(s, unit_id, subject="ขอให้รายงาน"))
    registrar = persons.client("registrar")
    _press(registrar, "document", "chase", key, rowid=[str(sent[0])])
    _press(registrar, "document", "chase", key, rowid=[str(sent[0])])
    session.rollback()
    assert [session.get(Distribution, one).chased_count for one in sent] == [2, 0]
    desk = persons.client_of(officers[0]).get("/admin/").get_data(as_text=True)
    assert "ขอให้รายงาน" in desk
    assert "ทวงแล้ว 2 ครั้ง" in desk
    assert "ทวงแล้ว" not in persons.client_of(officers[1]).get("/admin/").get_data(as_text=True)
    assert "ทวงแล้ว 2 ครั้ง" in registrar.get(f"/admin/document/details/?id={key}").get_data(True)


def test_to_whom_a_secret_letter_went_is_told_to_the_cleared_alone(session, persons, work, unit_id):
    def make(s):
        told = _to_agencies(s, unit_id, secrecy=Secrecy.SECRET, subject="ลับเฉพาะ")
        letter = s.get(Document, told[0])
        documents.send(letter, [Recipient("หน่วยข่าวพิเศษ")], s, dates.now())
        return told

    key, sent, officers = work(make)
    page = f"/admin/document/details/?id={key}"
    assert "หน่วยข่าวพิเศษ" in persons.client("registrar").get(page).get_data(as_text=True)
    for role, province in (("planner", LOPBURI), ("auditor", None)):
        client = persons.client(role, province)
        for path in (
            page, "/admin/distribution/", "/admin/distribution/export/xlsx/",
            f"/admin/distribution/details/?id={sent[0]}", "/admin/audit_entry/",
            f"/admin/distribution/history/?id={sent[0]}", "/admin/search/?q=หน่วยข่าว",
        ):  # fmt: skip
            told = _words(client.get(path)).replace("q=หน่วยข่าว", "")
            assert "หน่วยข่าวพิเศษ" not in told, (role, path)
            assert "ลับเฉพาะ" not in told, (role, path)
    own = persons.client_of(officers[0]).get("/admin/distribution/inbox/").get_data(as_text=True)
    assert MASKED in own
    assert "เกษตรจังหวัด" in own
    session.rollback()
    assert not [e for e in session.scalars(select(AuditEntry)) if "หน่วยข่าว" in e.changes]


def _words(answer: Any) -> str:
    body = answer.data
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            body = b"".join(packed.read(name) for name in packed.namelist())
    told: str = body.decode("utf-8", "ignore")
    return told


# Destroying.


def test_nobody_approves_an_own_list_and_its_paper_is_form_25(session, persons, work, unit_id):
    year, chief_id = dates.today().year - 1, persons.user_id("chief_of_office")

    def make(s):
        kept = office.kept_for(s, RetentionRule.YEARS, 1)
        made = office.done(s, s.get(OfficeUnit, unit_id), subject="เก่าแล้ว", ref_number="มท 1/22")
        retention.file(made, s, made.received_on, kept, "สร 9")
        made.filed_on = dates.today().replace(year=year - 1, month=1, day=5)
        batch = retention.survey(s.get(OfficeUnit, unit_id), year, s, dates.today())
        batch.made_by = chief_id
        retention.to_committee(batch, retention.Committee("คำสั่ง 1", "นาย ก", ("ข", "ค")), s)
        retention.to_archives(batch, "เห็นควรทำลาย", s, dates.today())
        retention.archives_answer(batch, "ศธ 1/2569", dates.today(), s)
        return batch.id

    batch = work(make)
    chief = persons.client("chief_of_office")
    _press(chief, "destruction_batch", "approve", batch)
    session.rollback()
    assert session.get(DestructionBatch, batch).status is DestructionStatus.ARCHIVES
    for role in ("planner", "secretary", "registrar"):
        client = persons.client(role)
        assert _press(client, "destruction_batch", "approve", batch).status_code == 403
    told = _words(chief.get(f"/admin/destruction_batch/workbook/?id={batch}"))
    for word in ("บัญชีหนังสือขอทำลาย ที่ ๑", "รหัสแฟ้ม", "มท ๑/๒๒", "สร ๙", "ควรทำลาย", "ประธานกรรมการ"):
        assert word in told, word
    stranger = persons.client("registrar", TRANG)
    assert stranger.get(f"/admin/destruction_batch/workbook/?id={batch}").status_code == 404


# Papers.


def test_the_received_stamp_is_in_thai_digits(persons, work, unit_id):
    key = work(lambda s: _received(s, unit_id).id)
    sent = work(lambda s: _issued(s, unit_id).id)
    client = persons.client("planner")
    html = client.get(f"/admin/document/stamp/?id={key}").get_data(as_text=True)
    for word in ("เลขรับ", "๑/๒๕๖๙", " น."):
        assert word in html, word
    assert client.get(f"/admin/document/stamp/?id={sent}").status_code == 404
    assert persons.client("registrar", TRANG).get(
        f"/admin/document/stamp/?id={key}"
    ).status_code == 404  # fmt: skip


def test_a_letter_numbered_but_never_sent_is_an_exception_of_the_proof(persons, work, unit_id):
    work(lambda s: _issued(s, unit_id, subject="ค้างส่ง").id)
    client = persons.client("registrar")
    html = client.get("/admin/register_book/proofs/").get_data(as_text=True)
    assert "ค้างส่ง" in html
    assert "data-print" in html
    book = client.get(f"/admin/register_book/proofs/workbook/?province={LOPBURI}")
    assert "ค้างส่ง" in _words(book)
    address = f"/admin/register_book/proofs/workbook/?province={TRANG}"
    assert client.get(address).status_code in (403, 404)
