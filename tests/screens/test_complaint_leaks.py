"""Nobody finds out who complained: every channel of the screens, as every role; and nothing of the
case reaches those who may not read it, the accused agency first of all."""

import io
import zipfile
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from access.policy import POLICY
from entities.base import fields
from entities.vocabulary import CommitteeType, MeetingStatus, Role
from models import (
    Accused,
    Assignment,
    Attachment,
    AuditEntry,
    Committee,
    Complainant,
    Complaint,
    ComplaintLink,
    ComplaintStep,
    ComplaintUpdate,
    FactFinding,
    IdentityReveal,
    Meeting,
    Reminder,
)
from reports import REPORTS
from reports.complaints import AREA
from rules import complaint_secrecy, complaints
from tests.complaint_office import ADDRESS, CITIZEN, EMAIL, NAME, PHONE, Office
from tests.conftest import LOPBURI, TRANG, Client

ACCUSED = "นายกเทศมนตรี ผู้ถูกกล่าวหา"
PRIVATE = (
    NAME, "สมหญิง", "เร้นลับยิ่ง", CITIZEN, "1-1017-00230-70-8", PHONE, "081-234-5678", ADDRESS, "บ้านดอนปกปิด",
    EMAIL, ACCUSED, "gAAAA",
)  # fmt: skip
"""What would tell who complained or is accused, in the clear or as it is kept."""
SUBJECT = "เรื่องลับเฉพาะกรณีทดสอบ"
CASES = (Complaint, Complainant, Accused, Assignment, ComplaintUpdate, ComplaintStep, IdentityReveal,
         Reminder, Attachment)  # fmt: skip
SEARCHED = (Complaint, Complainant, Accused)
"""What would be found by every form of a name, were it found at all."""
BESIDE = (ComplaintLink, FactFinding)
"""What can name a case and is not made here: their lists, searches and exports must not tell more."""
READERS = frozenset({
    Role.MINISTRY_ADMIN, Role.BUREAU_OFFICER, Role.PERMANENT_SECRETARY, Role.AUDITOR, Role.GOVERNOR,
    Role.DEPUTY_GOVERNOR, Role.CHIEF_OF_OFFICE, Role.SECRETARY, Role.COMPLAINT_OFFICER,
})  # fmt: skip
MINISTRY = frozenset({
    Role.MINISTRY_ADMIN, Role.BUREAU_OFFICER, Role.PERMANENT_SECRETARY, Role.AUDITOR,
})  # fmt: skip
ELSEWHERE = (Role.INSPECTOR, Role.CLUSTER_OFFICER, Role.AGENCY_OFFICER, Role.GROUP_MEMBER)
"""Roles that are not held at a province."""


@pytest.fixture
def office(session, persons) -> Office:
    """The centre of Lop Buri."""
    return Office(session, persons)


@pytest.fixture
def made(office) -> dict[str, int]:
    """A case with everything that hangs on one, and a meeting that its packet is made for."""
    key = office.case(SUBJECT, category_id=4, needs_committee=True)
    with office.acting("complaint_officer") as session:
        complaint_secrecy.accuse(
            session.get_one(Complaint, key), session, name=ACCUSED, agency=office.agency("accused")
        )
    office.do(key, complaints.screen)
    office.do(
        key, lambda c, s, d: complaints.assign(c, office.agency("works"), [], "ตรวจสอบ", s, d)
    )
    office.answer(key, "works", complaints.accept)
    office.answer(key, "works", complaints.progress, "ดูแล้ว")
    with office.writing() as session:
        session.add(
            Attachment(
                province_id=LOPBURI,
                complaint_id=key,
                name=f"{SUBJECT}.pdf",
                size=1,
                content_type="application/pdf",
                sha256="0" * 64,
            )
        )
        committee = (
            session.query(Committee)
            .filter_by(province_id=LOPBURI, type=CommitteeType.PROVINCE)
            .one()
        )
        meeting = Meeting(
            province_id=LOPBURI,
            committee=committee,
            meets_on=date(2026, 2, 2),
            title="ก.บ.จ.",
            status=MeetingStatus.INVITED,
        )
        session.add(meeting)
        session.flush()
        meeting_id = meeting.id
    return {"case": key, "meeting": meeting_id}


def _of_entities() -> Iterator[str]:
    """Lists, searches, filters, sorts, exports, pickers and records of all that hangs on a case."""
    for entity in (*CASES, *BESIDE):
        at = f"/admin/{entity.__tablename__}/"
        yield at
        yield f"{at}export/xlsx/"
        for typed in PRIVATE[:9] if entity in SEARCHED else (NAME, CITIZEN, PHONE):
            yield f"{at}?search={typed}"
        for key, told in fields(entity).items():
            if told.private:
                yield f"{at}?{key}={NAME}&sort={key}&columns={key}&{key}.empty=0"
                yield f"{at}export/xlsx/?columns={key}&{key}={PHONE}"
                yield f"{at}lookup/?field={key}&q={NAME}"
        for record_id in _ids(entity):
            for page in ("details", "edit", "history"):
                yield f"{at}{page}/?id={record_id}"


def _addresses(made: dict[str, int]) -> Iterator[str]:
    """Every channel by which a screen tells anything of these records."""
    yield from _of_entities()
    for page in ("receipt", "slip", "reveal", "close", "assign"):
        yield f"/admin/complaint/{page}/?id={made['case']}"
    yield "/admin/complaint/board/"
    yield from (f"/admin/search/?q={typed}" for typed in (*PRIVATE[:9], SUBJECT[:12]))
    yield from ("/admin/", "/admin/counts", "/admin/audit_entry/", "/admin/nothing/")
    yield f"/admin/complaint_link/lookup/?field=other_id&q={NAME}"
    yield f"/admin/fact_finding/lookup/?field=complaint_id&q={SUBJECT[:9]}"
    yield f"/admin/meeting/packet/?id={made['meeting']}"
    for report in REPORTS.values():
        if report.area is AREA:
            for form in ("", "csv", "xlsx", "chart"):
                yield f"/admin/report/{report.key}/{form}?fiscal_year={2569}"


_IDS: dict[Any, list[int]] = {}


def _ids(entity: Any) -> list[int]:
    return _IDS.get(entity, [])


def _text(answer: Any) -> str:
    """What an answer tells, an xlsx file unpacked."""
    told = " ".join(f"{k}: {v}" for k, v in answer.headers)
    data = answer.get_data()
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            data = b"".join(packed.read(name) for name in packed.namelist())
    return f"{told} {data.decode('utf-8', 'replace')}"


def _clients(office: Office, persons: Any) -> Iterator[tuple[str, Role, Client]]:
    """Who reads cases, and of the others one for each set of rights on what hangs on a case."""
    known = set()
    for role in Role:
        if role not in ELSEWHERE:
            home = None if role in MINISTRY else LOPBURI
            rights = frozenset(
                (entity, verb)
                for entity in (*CASES, *BESIDE, Meeting, AuditEntry)
                for verb, roles in POLICY[entity].items()
                if role in roles
            )
            if role in READERS or (home, rights) not in known:
                known.add((home, rights))
                yield role.value, role, persons.client(role.value, home)
    for key, user_id in office.officers.items():
        yield f"officer of {key}", Role.AGENCY_OFFICER, persons.client_of(user_id)
    yield "Trang's officer", Role.REGISTRAR, persons.client("complaint_officer", TRANG, "far")


def test_no_channel_tells_who_complained_and_none_the_case_to_others(
    office, made, persons, backend
):
    session = office.session
    for entity in CASES:
        _IDS[entity] = [row.id for row in session.query(entity)]
    session.rollback()
    seen, addresses = set(), list(_addresses(made))
    assert len(addresses) > 150
    clients = list(_clients(office, persons))
    if backend.name == "postgresql":
        # The rights are the same code there; the columns are not.
        clients = [one for one in clients if one[0] in ("complaint_officer", "officer of works")]
    for name, role, client in clients:
        for address in addresses:
            told = _asked_back(_text(client.get(address)), address)
            leaked = [one for one in PRIVATE if one in told]
            assert not leaked, (name, address, leaked)
            if SUBJECT in told:
                seen.add(name)
                allowed = role in READERS or name == "officer of works"
                assert allowed, (name, address)
    asked = {role for _name, role, _client in clients}
    wanted = {role.value for role in READERS & asked} | {"officer of works"}
    assert wanted <= seen, "the test can find"


def _asked_back(told: str, address: str) -> str:
    """An answer without what the asker typed and is shown again, such as a search's own words."""
    for part in address.partition("?")[2].split("&"):
        typed = part.partition("=")[2]
        if typed in PRIVATE:
            told = told.replace(typed, "")
    return told


def test_searching_for_what_is_hidden_finds_nothing(office, made, persons):
    """A count tells as much as a row: what is typed narrows no list to the case it belongs to."""
    officer = persons.client("complaint_officer")
    for typed in PRIVATE[:9]:
        for table in ("complaint", "complainant", "accused", "assignment"):
            page = officer.get(f"/admin/{table}/", query_string={"search": typed}).get_data(
                as_text=True
            )
            assert f"id={made['case']}" not in page, (typed, table)
            assert SUBJECT not in page
    for key in ("name", "phone", "phone_hash", "citizen_hash", "address"):
        for query in ({key: PHONE}, {"sort": key}, {f"{key}.from": "0"}, {f"{key}.empty": "1"}):
            page = officer.get("/admin/complainant/", query_string=query).get_data(as_text=True)
            assert page.count("/admin/complainant/details/") >= 1, "narrowed by a hidden value"


def test_who_complained_has_no_form_of_its_own(office, made, persons):
    for role in ("complaint_officer", "chief_of_office", "governor"):
        client = persons.client(role)
        for table in ("complainant", "accused", "identity_reveal", "complaint_step"):
            for page in ("new", "edit"):
                answer = client.get(f"/admin/{table}/{page}/?id=1")
                assert answer.status_code in (302, 403, 404), (role, table, page)
