"""Complaints on the screens: each role's day, the acts refused by address, and no leak anywhere."""

import io
import json
import re
import time
from datetime import date

import pytest
from sqlalchemy import select

from access import sessions, throttle
from entities import dates
from entities import persons as people
from entities.vocabulary import ComplaintStatus, RevealStatus
from models import (
    Accused,
    Agency,
    Assignment,
    Attachment,
    Complainant,
    Complaint,
    ComplaintStep,
    IdentityReveal,
    Reminder,
    SignInAttempt,
    SignInSession,
    UserAccount,
)
from rules import accounts, complaints
from tests.complaint_office import ADDRESS, CITIZEN, EMAIL, NAME, PHONE, Office
from tests.conftest import LOPBURI, TRANG
from tests.pages import open_form

S = ComplaintStatus
PAGE = "/admin/complaint/details/?id={}"
PART = "/admin/assignment/details/?id={}"
PASSWORD = "a few words of a clerk"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + bytes(40)
SECRETS = (
    NAME, "เร้นลับยิ่ง", CITIZEN, people.shown_citizen_number(CITIZEN), PHONE,
    people.shown_phone(PHONE), ADDRESS, "ดอนปกปิด", EMAIL,
)  # fmt: skip


@pytest.fixture
def office(session, persons):
    """The centre of Lop Buri."""
    return Office(session, persons)


@pytest.fixture
def clerk(persons):
    """The officer of the centre, signed in."""
    return persons.client("complaint_officer")


@pytest.fixture
def head(persons):
    """The head of the centre, signed in."""
    return persons.client("chief_of_office")


def agency(office, key):
    """An agency's officer, signed in."""
    return office.persons.client_of(office.officers[key])


def page(client, url, code=200):
    answer = client.get(url)
    assert answer.status_code == code, (url, answer.status)
    return answer.get_data(as_text=True)


def send(client, url, code=302, **data):
    answer = client.post(url, data={"csrf_token": client.csrf, **data})
    assert answer.status_code == code, (url, answer.status, refusals(answer))
    return answer


def refusals(answer):
    """What a page tells in red."""
    html = answer.get_data(as_text=True)
    return re.findall(
        r'<p class="err">.*?<span>(.*?)</span>|class="note bad"[^>]*>.*?<div>(.*?)</div>',
        html,
        re.S,
    )


def prove(office, client):
    """Let a sign-in be one whose password was just typed."""
    key = client.get_cookie("jangwat", domain="localhost").value
    table = SignInSession.__table__
    with office.persons.app.app_context(), sessions.writer() as connection:
        connection.execute(
            table.update()
            .where(table.c.key_hash == sessions.hash_of(key))
            .values(data=json.dumps({"fs_paa": time.time()}))
        )


def take_down(client, button="_save", code=302, **told):
    """Fill in the page as a clerk does."""
    url = "/admin/complaint/new/"
    form = open_form(client, url)
    sent = {**form, "category_id": "10", "subject": "น้ำประปาไม่ไหลทั้งหมู่บ้าน", button: "1", **told}
    answer = client.post(url, data=sent)
    assert answer.status_code == code, refusals(answer)
    return answer


PERSON = {
    "name": NAME, "citizen_number": people.shown_citizen_number(CITIZEN), "phone": "๐๘๑-๒๓๔-๕๖๗๘",
    "address": ADDRESS, "email": EMAIL,
}  # fmt: skip


def test_a_clerk_takes_a_case_down_and_it_goes_all_its_way(session, office, clerk, head):
    form = page(clerk, "/admin/complaint/new/")
    assert "เมืองลพบุรี" in form
    assert "เมืองตรัง" not in form
    take_down(clerk, district_id="1601", lead_agency_id=str(office.agencies["works"]), **PERSON)
    session.rollback()
    case = session.scalars(select(Complaint)).one()
    key = case.id
    assert (case.number[-5:], case.status, case.lead_agency_id) == (
        "00001", S.ASSIGNED, office.agencies["works"],
    )  # fmt: skip
    row = session.scalars(select(Complainant)).one()
    assert (row.phone.open(), row.citizen_number.open()) == (PHONE, CITIZEN)
    part = session.scalars(select(Assignment)).one().id
    session.rollback()
    works = agency(office, "works")
    assert "/admin/assignment/accept/" in page(works, PART.format(part))
    send(works, f"/admin/assignment/accept/?id={part}")
    send(works, f"/admin/assignment/progress/?id={part}", text="ลงพื้นที่แล้ว")
    works.post(
        f"/admin/assignment/result/?id={part}",
        data={"csrf_token": works.csrf, "text": "ซ่อมท่อแล้ว",
              "files": (io.BytesIO(PNG), "ภาพ.png")},
        content_type="multipart/form-data",
    )  # fmt: skip
    session.rollback()
    paper = session.scalars(select(Attachment)).one()
    assert (paper.agency_id, paper.name) == (office.agencies["works"], "ภาพ.png")
    session.rollback()
    shown = page(works, PART.format(part))
    assert "ซ่อมท่อแล้ว" in shown
    assert "ภาพ.png" in shown
    assert office.status(key) is S.RESOLVED
    session.rollback()
    send(clerk, f"/admin/complaint/review/?id={key}")
    refused = send(
        clerk, f"/admin/complaint/close/?id={key}", 422, kind="settled", result="ซ่อมท่อแล้ว"
    )
    assert "unnotified_reason-err" in refused.get_data(as_text=True)
    send(clerk, f"/admin/complaint/notify/?id={key}", text="โทรศัพท์")
    send(clerk, f"/admin/complaint/close/?id={key}", kind="settled", result="ซ่อมท่อแล้ว")
    assert office.status(key) is S.CLOSED
    session.rollback()
    story = page(clerk, PAGE.format(key))
    for words in ("ลงพื้นที่แล้ว", "ซ่อมท่อแล้ว", "ภาพ.png", "โทรศัพท์"):
        assert words in story
    send(clerk, f"/admin/complaint/rate/?id={key}", satisfaction="5")
    send(clerk, f"/admin/complaint/reopen/?id={key}", 403, reason="ท่อแตกอีก")
    send(head, f"/admin/complaint/reopen/?id={key}", 422)
    send(head, f"/admin/complaint/reopen/?id={key}", reason="ท่อแตกอีก")
    assert office.status(key) is S.SCREENING


def test_what_is_wrong_stands_at_its_field_and_nothing_is_kept(session, office, clerk):
    for told, field in (
        ({"phone": "1234567"}, "phone"),
        ({"citizen_number": "1101700230707"}, "citizen_number"),
        ({"email": "ไม่มี"}, "email"),
        ({"received_on": "1/1/2600"}, "received_on"),
        ({"incident_on": "1/1/2600"}, "incident_on"),
        ({"subject": f"เรื่องของ{NAME}", "name": NAME}, "subject"),
        ({"subject": "โทรกลับ 0812345678", "phone": PHONE}, "subject"),
        ({"lead_agency_id": str(office.agencies["works"]), "accused_agency_id":
          str(office.agencies["works"])}, "lead_agency_id"),
        ({"category_id": ""}, "category_id"),
    ):  # fmt: skip
        shown = take_down(office.persons.client("complaint_officer"), code=422, **told)
        assert f'id="{field}-err"' in shown.get_data(as_text=True), told
    session.rollback()
    assert session.scalars(select(Complaint)).all() == []
    assert session.scalars(select(Complainant)).all() == []
    first = take_down(clerk)
    session.rollback()
    assert session.scalars(select(Complaint.number)).one().endswith("00001"), "no number was lost"
    assert first.status_code == 302


def test_cases_like_it_are_shown_before_it_is_received(session, office, clerk):
    key = office.case("น้ำประปาไม่ไหลทั้งหมู่บ้าน หมู่ 4", district_id=1601, received_on=dates.today())
    session.rollback()
    shown = take_down(clerk, code=422, district_id="1601").get_data(as_text=True)
    assert f'name="near_seen" value="{key}"' in shown
    assert office.read(key).number in shown
    session.rollback()
    by_phone = take_down(clerk, code=422, subject="เรื่องอื่นทั้งสิ้น", phone=PHONE)
    assert f'value="{key}"' in by_phone.get_data(as_text=True)
    told = clerk.post(
        "/admin/complaint/suggest/",
        data={"csrf_token": clerk.csrf, "category_id": "10", "phone": "081-234-5678", "subject": "x"},
    ).get_data(as_text=True)  # fmt: skip
    assert office.read(key).number in told
    assert not [secret for secret in SECRETS if secret in told]
    session.rollback()
    take_down(clerk, district_id="1601", near_seen=str(key))
    session.rollback()
    assert len(session.scalars(select(Complaint)).all()) == 2


def test_a_draft_is_kept_sealed_and_received_later(session, office, clerk):
    take_down(clerk, "_draft", **PERSON)
    session.rollback()
    case = session.scalars(select(Complaint)).one()
    assert case.number is None
    assert session.scalars(select(Complainant)).one().name.open() == NAME
    key = case.id
    session.rollback()
    url = f"/admin/complaint/edit/?id={key}"
    shown = page(clerk, url)
    assert not [secret for secret in SECRETS if secret in shown], "a draft does not show it again"
    assert "/admin/complaint/delete/" in page(clerk, PAGE.format(key))
    sent = {**open_form(clerk, url), "_save": "1"}
    assert clerk.post(url, data=sent).status_code == 302
    received = office.read(key)
    assert received.number.endswith("00001")
    assert session.scalars(select(Complainant)).one().name.open() == NAME
    session.rollback()
    assert "/admin/complaint/delete/" not in page(clerk, PAGE.format(key))


def test_papers_name_the_case_and_not_the_person(session, office, clerk):
    key = office.assigned()
    for url in ("receipt", "slip"):
        paper = page(clerk, f"/admin/complaint/{url}/?id={key}")
        assert office.read(key).number in paper
        assert not [secret for secret in SECRETS if secret in paper]
        session.rollback()
        page(agency(office, "works"), f"/admin/complaint/{url}/?id={key}", 403)


def test_who_complained_is_opened_with_a_reason_and_a_fresh_sign_in(session, office, clerk, head):
    key = office.case()
    url = f"/admin/complaint/reveal/?id={key}"
    assert "x-xxxx-xxxxx-xx-x" in page(clerk, PAGE.format(key))
    assert 'type="password"' in page(clerk, url)
    prove(office, clerk)
    assert 'type="password"' not in page(clerk, url)
    for nothing in (" ", "\u200b", "ก" * 1001):
        send(clerk, url, 422, reason=nothing)
    session.rollback()
    assert session.scalars(select(IdentityReveal)).all() == []
    session.rollback()
    shown = send(clerk, url, 200, reason="โทรนัดหมาย").get_data(as_text=True)
    for value in (NAME, "081-234-5678", "1-1017-00230-70-8", ADDRESS, EMAIL):
        assert value in shown
    session.rollback()
    assert session.scalars(select(IdentityReveal.status)).all() == [RevealStatus.OPENED]
    session.rollback()
    listed = page(head, "/admin/identity_reveal/")
    assert "โทรนัดหมาย" in listed
    assert not [secret for secret in SECRETS if secret in listed]
    assert "identity_reveal" in page(head, "/admin/")
    assert 'data-key="identity_reveal"' not in page(clerk, "/admin/")
    for role in ("secretary", "governor", "registrar", "auditor"):
        other = office.persons.client(role, None if role == "auditor" else LOPBURI)
        prove(office, other)
        answer = other.post(url, data={"csrf_token": other.csrf, "reason": "อยากรู้"})
        assert answer.status_code in (403, 404), role
        assert not [secret for secret in SECRETS if secret in answer.get_data(as_text=True)]


def test_a_password_typed_long_ago_is_asked_for_in_the_form_itself(session, office, clerk):
    """Without a script too nothing typed is lost, and one press opens what was asked for."""
    key = office.case()
    url = f"/admin/complaint/reveal/?id={key}"
    with office.writing():
        account = session.get_one(UserAccount, office.user("complaint_officer"))
        account.password = accounts.hashed(PASSWORD)
    for typed in ({}, {"password": ""}, {"password": "not-this-one"}):
        again = send(clerk, url, 422, reason="โทรนัดพรุ่งนี้", **typed).get_data(as_text=True)
        assert "โทรนัดพรุ่งนี้</textarea>" in again
        assert "not-this-one" not in again
        assert NAME not in again
    failed = select(SignInAttempt.username)
    session.rollback()
    assert list(session.connection().execute(failed).scalars()) == ["complaint_officer.16"]
    session.rollback()
    send(clerk, url, 422, reason=" ", password=PASSWORD)
    shown = send(clerk, url, 200, reason="โทรนัดพรุ่งนี้", password=PASSWORD)
    assert NAME in shown.get_data(as_text=True)
    assert 'type="password"' not in page(clerk, url), "and it stands for a while"


def test_whoever_keeps_failing_at_the_form_waits_as_at_the_door(session, office, clerk):
    key = office.case()
    url = f"/admin/complaint/reveal/?id={key}"
    with office.writing():
        account = session.get_one(UserAccount, office.user("complaint_officer"))
        account.password = accounts.hashed(PASSWORD)
    for _n in range(throttle.FREE_TRIES):
        send(clerk, url, 422, reason="โทรนัด", password="not-this-one")
    answer = send(clerk, url, 429, reason="โทรนัด", password=PASSWORD)
    assert NAME not in answer.get_data(as_text=True)
    assert answer.headers["Retry-After"]


def test_an_unnamed_complainant_takes_two_people(session, office, clerk, head):
    key = office.case("แจ้งบ่อนพนัน", category_id=5, is_anonymous=True)
    prove(office, clerk)
    url = f"/admin/complaint/reveal/?id={key}"
    shown = send(clerk, url, reason="ตำรวจขอพยาน")
    assert shown.location.endswith(PAGE.format(key))
    session.rollback()
    asked = session.scalars(select(IdentityReveal)).one().id
    session.rollback()
    detail = f"/admin/identity_reveal/{{}}/?id={asked}"
    send(clerk, detail.format("approve"), 403)
    assert send(clerk, detail.format("open")).location.endswith(detail.format("details"))
    assert f"/admin/identity_reveal/details/?id={asked}" in page(head, "/admin/"), "on the desk"
    send(head, detail.format("approve"))
    assert send(head, detail.format("open")).status_code == 302, "only whoever asked"
    opened = send(clerk, detail.format("open"), 200).get_data(as_text=True)
    assert NAME in opened
    assert NAME not in send(clerk, detail.format("open"), 302).get_data(as_text=True), "once"


def test_the_head_does_not_approve_what_the_head_asked(session, office, head):
    key = office.case("แจ้งบ่อนพนัน", category_id=5, is_anonymous=True)
    send(head, f"/admin/complaint/reveal/?id={key}", reason="อ่านเอง")
    session.rollback()
    asked = session.scalars(select(IdentityReveal)).one().id
    session.rollback()
    shown = page(head, f"/admin/identity_reveal/details/?id={asked}")
    assert 'aria-disabled="true"' in shown
    send(head, f"/admin/identity_reveal/approve/?id={asked}")
    assert session.scalars(select(IdentityReveal.status)).one() is RevealStatus.ASKED


def test_more_time_is_granted_by_another(session, office, clerk, head):
    key = office.assigned()
    due = office.read(key).due_on
    session.rollback()
    with office.acting("complaint_officer") as work:
        case = work.get_one(Complaint, key)
        case.due_on = dates.today()
    later = dates.input_date(dates.today().replace(year=dates.today().year + 1))
    send(clerk, f"/admin/complaint/ask-extension/?id={key}", 422, until=later)
    send(clerk, f"/admin/complaint/ask-extension/?id={key}", until=later, reason="รออะไหล่")
    send(clerk, f"/admin/complaint/extend/?id={key}", 403)
    assert "/admin/complaint/extend/" in page(head, PAGE.format(key))
    send(head, f"/admin/complaint/extend/?id={key}")
    assert office.read(key).due_on > due
    session.rollback()
    send(clerk, f"/admin/complaint/pause/?id={key}", 422)
    send(clerk, f"/admin/complaint/pause/?id={key}", reason="รอคำสั่งศาล")
    assert office.read(key).paused_on == dates.today()
    session.rollback()
    send(clerk, f"/admin/complaint/resume/?id={key}")
    assert office.read(key).paused_on is None


def test_the_head_asks_for_more_time_and_the_governor_finds_it_on_the_desk(session, office, head):
    """Each desk has the requests that wait for that person, and nobody's own."""
    key = office.assigned()
    session.rollback()
    ask = f"/admin/complaint/ask-extension/?id={key}"
    assert "ผู้ว่าราชการจังหวัดหรือรองผู้ว่าราชการจังหวัดเป็นผู้พิจารณา" in page(head, ask)
    later = dates.input_date(dates.today().replace(year=dates.today().year + 1))
    send(head, ask, until=later, reason="รออะไหล่")
    grant, line = f"/admin/complaint/extend/?id={key}", "ขอขยายเวลา: ถนนหน้าโรงเรียนทรุด"
    governor, deputy = (office.persons.client(one) for one in ("governor", "deputy_governor"))
    for leader in (governor, deputy):
        assert line in page(leader, "/admin/")
        assert grant in page(leader, PAGE.format(key))
    second = office.persons.client("chief_of_office", LOPBURI, "second")
    for other in (head, second):
        assert line not in page(other, "/admin/")
        assert grant not in page(other, PAGE.format(key))
        send(other, grant, 403)
    send(deputy, f"/admin/complaint/refuse-extension/?id={key}", 422, reason="")
    send(governor, grant)
    assert office.read(key).due_on > dates.today()
    session.rollback()
    assert line not in page(deputy, "/admin/")
    send(head, ask, until="1 ม.ค. 2580", reason="อีกครั้ง")
    send(deputy, f"/admin/complaint/refuse-extension/?id={key}", reason="นานพอแล้ว")
    assert office.story(key)[-1][0] == "refuse_extension"


def test_where_nobody_heads_the_centre_more_time_waits_for_who_leads_the_province(
    session, office, clerk
):
    """Nobody's desk had it before; once a head is there, it is the head's again."""
    key = office.assigned()
    session.rollback()
    ask, line = f"/admin/complaint/ask-extension/?id={key}", "ขอขยายเวลา: ถนนหน้าโรงเรียนทรุด"
    assert "ขณะนี้ไม่มีหัวหน้าศูนย์" in page(clerk, ask)
    send(clerk, ask, until="1 ม.ค. 2580", reason="รออะไหล่")
    assert "ผู้ว่าราชการจังหวัดหรือรองผู้ว่าราชการจังหวัดเป็นผู้พิจารณา" in page(clerk, PAGE.format(key))
    governor, elsewhere = (office.persons.client("governor", one) for one in (LOPBURI, TRANG))
    assert line in page(governor, "/admin/")
    assert f"/admin/complaint/extend/?id={key}" in page(governor, PAGE.format(key))
    assert line not in page(elsewhere, "/admin/")
    assert line not in page(clerk, "/admin/")
    head = office.persons.client("chief_of_office")
    assert line in page(head, "/admin/")
    assert line not in page(governor, "/admin/")
    send(governor, f"/admin/complaint/extend/?id={key}")
    assert office.read(key).due_on == date(2037, 1, 1)


VERBS = (
    "remind", "screen", "assign", "support", "handle", "reject", "progress", "review", "send-back", "notify",
    "close", "rate", "reopen", "pause", "resume", "ask-extension", "extend", "refuse-extension",
    "due", "identify", "accuse", "upload", "reveal", "receipt", "slip", "edit", "delete",
)  # fmt: skip


def test_acts_are_refused_to_others_by_address(session, office):
    key = office.assigned()
    part = office.part(key, "works").id
    before = office.story(key)
    session.rollback()
    others = {
        "secretary": office.persons.client("secretary"),
        "governor": office.persons.client("governor"),
        "finance": office.persons.client("finance"),
        "works": agency(office, "works"),
        "accused": agency(office, "accused"),
        "trang": office.persons.client("complaint_officer", TRANG),
    }
    for who, client in others.items():
        for verb in VERBS:
            if who == "governor" and verb in ("extend", "refuse-extension"):
                continue
            url = f"/admin/complaint/{verb}/?id={key}"
            sent = {"csrf_token": client.csrf, "id": str(key), "reason": "x", "text": "x"}
            answer = client.post(url, data=sent)
            refused = answer.status_code in (403, 404, 405)
            assert refused, (who, verb, answer.status)
    for who in ("water", "accused"):
        for verb in ("accept", "give-back", "progress", "result"):
            answer = agency(office, who).post(
                f"/admin/assignment/{verb}/?id={part}",
                data={"csrf_token": agency(office, who).csrf, "text": "x", "reason": "x"},
            )
            assert answer.status_code in (400, 403, 404), (who, verb)
    assert office.story(key) == before


def test_an_agency_reads_its_own_part_and_nothing_else(session, office):
    key = office.assigned("water")
    office.answer(key, "water", complaints.accept)
    office.answer(key, "water", complaints.progress, "บันทึกเฉพาะของการประปา")
    part, theirs = office.part(key, "works").id, office.part(key, "water").id
    office.do(key, complaints.pause, "เหตุผลภายในของศูนย์")
    session.rollback()
    works = agency(office, "works")
    shown = page(works, PART.format(part))
    for hidden in ("บันทึกเฉพาะของการประปา", "เหตุผลภายในของศูนย์", "การประปาส่วนภูมิภาค", *SECRETS):
        assert hidden not in shown, hidden
    page(works, PART.format(theirs), 404)
    for url in (
        "/admin/complaint/", "/admin/complaint/board/", "/admin/complaint/export/xlsx/",
        f"/admin/complaint_step/?complaint_id={key}", "/admin/complainant/", "/admin/accused/",
        "/admin/identity_reveal/", "/admin/fact_finding/", "/admin/complaint_link/",
    ):  # fmt: skip
        page(works, url, 403)
    page(works, PAGE.format(key), 403)
    for url in ("/admin/complaint_update/", "/admin/reminder/", "/admin/assignment/", "/admin/"):
        listed = page(works, url)
        assert "บันทึกเฉพาะของการประปา" not in listed, url
        assert "การประปาส่วนภูมิภาค" not in listed, url
    assert office.read(key).number in page(works, "/admin/")
    session.rollback()
    assert 'data-key="assignment"' in page(works, "/admin/")
    empty = page(agency(office, "accused"), "/admin/assignment/")
    assert office.read(key).subject not in empty
    session.rollback()
    send(works, f"/admin/assignment/give-back/?id={part}", 422, reason="")
    send(works, f"/admin/assignment/give-back/?id={part}", reason="ไม่ใช่พื้นที่")
    assert office.status(key) is S.RETURNED


def test_errors_and_files_tell_nothing(session, office, clerk):
    key = office.case()
    named = clerk.post(
        f"/admin/complaint/upload/?id={key}",
        data={"csrf_token": clerk.csrf, "files": (io.BytesIO(PNG), f"{NAME}.png")},
        content_type="multipart/form-data", follow_redirects=True,
    ).get_data(as_text=True)  # fmt: skip
    session.rollback()
    assert session.scalars(select(Attachment)).all() == []
    session.rollback()
    assert "เร้นลับยิ่ง" not in named
    url = f"/admin/complaint/edit/?id={key}"
    form = open_form(clerk, url)
    shown = clerk.post(url, data={**form, "subject": f"เรื่องของ {NAME}"})
    assert shown.status_code == 422
    text = shown.get_data(as_text=True)
    assert PHONE not in text
    assert ADDRESS not in text
    garbled = page(clerk, f"/admin/complaint/details/?id={key}%27", 404)
    assert not [secret for secret in SECRETS if secret in garbled]
    send(clerk, f"/admin/complaint/identify/?id={key}", 422, phone="1234567")
    send(clerk, f"/admin/complaint/identify/?id={key}", phone="02-123-4567")
    row = session.scalars(select(Complainant)).one()
    assert (row.phone.open(), row.name.open()) == ("021234567", NAME), "what is empty stays"
    session.rollback()
    history = page(clerk, f"/admin/complainant/history/?id={row.id}")
    assert "021234567" not in history


def test_a_closed_case_is_not_changed_by_address(session, office, clerk):
    key = office.closed()
    url = f"/admin/complaint/edit/?id={key}"
    form = open_form(clerk, url)
    shown = clerk.post(url, data={**form, "subject": "แก้ทีหลัง"})
    assert shown.status_code == 422
    assert "subject-err" in shown.get_data(as_text=True)
    before = office.story(key)
    session.rollback()
    for verb in ("screen", "review", "close", "pause", "assign", "reject", "send-back"):
        clerk.post(
            f"/admin/complaint/{verb}/?id={key}",
            data={"csrf_token": clerk.csrf, "reason": "x", "kind": "settled", "result": "x",
                  "lead": str(office.agencies["works"])},
        )  # fmt: skip
    assert office.story(key) == before
    clerk.post(f"/admin/complaint/delete/?id={key}", data={"csrf_token": clerk.csrf})
    assert office.status(key) is S.CLOSED


def test_lists_and_board_show_each_its_own(session, office, clerk):
    late = office.assigned(subject="ถนนทรุดเกินกำหนด")
    with office.writing() as work:
        work.get_one(Complaint, late).due_on = dates.today().replace(day=1) - (
            dates.today() - dates.today().replace(day=1)
        )
    fresh = office.case("เรื่องใหม่ยังไม่คัดกรอง")
    done = office.closed()
    numbers = {key: office.read(key).number for key in (late, fresh, done)}
    session.rollback()
    board = page(clerk, "/admin/complaint/board/")
    assert numbers[late] in board
    assert numbers[fresh] in board
    assert numbers[done] not in board
    for query, wanted in (
        ("?without=agency", {fresh}), ("?status=closed", {done}), ("?mine=1", {late, fresh}),
        ("?kept=draft", set()), ("?standing=open", {late, fresh}),
        ("?standing=open&sort=-received_on&status=assigned", {late}),
    ):  # fmt: skip
        listed = page(clerk, f"/admin/complaint/{query}")
        found = {key for key, number in numbers.items() if number in listed}
        assert found == wanted, query
    steps = session.scalars(select(ComplaintStep)).all()
    assert steps
    session.rollback()
    desk = page(clerk, "/admin/")
    assert "เรื่องใหม่ยังไม่คัดกรอง" in desk
    rows = session.scalars(select(Accused)).all()
    assert rows == []


def test_the_centre_reminds_an_agency_from_the_case(session, office, clerk, app, monkeypatch):
    """A press is logged, stands in the story and on the agency's desk, and is mailed where it can be."""
    key = office.assigned("water")
    with office.writing() as work:
        work.get_one(Agency, office.agencies["works"]).email = "works@example.go.th"
    part = office.part(key, "works").id
    session.rollback()
    url = f"/admin/complaint/remind/?id={key}&assignment={part}"
    assert url.replace("&", "&amp;") in page(clerk, f"/admin/complaint/details/?id={key}")
    settings = vars(app.config["SETTINGS"])
    mailing = {**settings, "mail_server": "127.0.0.1:9", "mail_from": "dr@example.go.th"}
    monkeypatch.setitem(app.config, "SETTINGS", type(app.config["SETTINGS"])(**mailing))
    send(clerk, url)
    story = page(clerk, f"/admin/complaint/details/?id={key}")
    assert "The letter could not be sent" in story or "ส่งอีเมลไม่สำเร็จ" in story
    assert "แจ้งเตือนครั้งที่ 3" in story
    assert "แจ้งเตือนหน่วยงานในเรื่องนี้แล้ว" in page(clerk, send(clerk, url).location)
    with office.writing() as work:
        given = work.scalars(select(Reminder)).all()
        assert [(one.level, one.agency_id, one.mailed_to) for one in given] == [
            (3, office.agencies["works"], None)
        ], "once a day"
    assert "ศูนย์เตือนเมื่อ" in page(agency(office, "works"), "/admin/")
    assert "ศูนย์เตือนเมื่อ" not in page(agency(office, "water"), "/admin/")
    other = office.case("อีกเรื่องหนึ่ง")
    session.rollback()
    for wrong in (f"id={other}&assignment={part}", f"id={key}&assignment=x", f"id={key}"):
        answer = clerk.post(f"/admin/complaint/remind/?{wrong}", data={"csrf_token": clerk.csrf})
        assert answer.status_code == 404, wrong
    session.rollback()


def test_a_draft_waits_on_the_desk_of_who_began_it(session, office, clerk, head):
    answer = take_down(clerk, code=422, detail=f"ผู้ร้องชื่อ {NAME}", name=NAME)
    assert "ระบุตัวผู้ร้อง" in answer.get_data(as_text=True).split('id="detail-err"')[1][:1500]
    take_down(clerk, "_draft", subject="เรื่องที่ยังคุยไม่จบ")
    session.rollback()
    assert "กรอกร่างต่อ: เรื่องที่ยังคุยไม่จบ" in page(clerk, "/admin/")
    assert "เรื่องที่ยังคุยไม่จบ" not in page(head, "/admin/"), "on nobody else's desk"
    assert ">ร่าง</a>" in page(clerk, "/admin/complaint/?kept=draft"), (
        "a row without a number has a name"
    )


@pytest.mark.parametrize("guarded", ["confidential", "is_anonymous"])
def test_of_a_guarded_case_nothing_goes_along_unread(session, office, clerk, guarded):
    """The place may be where the complainant lives: the clerk sends it on, nobody else."""
    works = str(office.agencies["water"])
    take_down(clerk, detail="น้ำไม่ไหลห้าวัน", place="หมู่ 4", lead_agency_id=works, **{guarded: "y"})
    session.rollback()
    given = session.scalars(select(Assignment)).one()
    assert given.instruction is None
    shown = page(agency(office, "water"), PART.format(given.id))
    assert "หมู่ 4" not in shown
    assert "น้ำไม่ไหลห้าวัน" not in shown


def test_what_an_agency_must_know_goes_along_when_it_is_given_the_case(session, office, clerk):
    """Given at once, the place and what was told; in the small form the clerk reads it before."""
    take_down(
        clerk, detail="น้ำไม่ไหลห้าวัน", place="หมู่ 4", lead_agency_id=str(office.agencies["water"])
    )
    session.rollback()
    given = session.scalars(select(Assignment)).one()
    case_id, key = given.complaint_id, given.id
    assert given.instruction == "สถานที่เกิดเหตุ: หมู่ 4\nน้ำไม่ไหลห้าวัน"
    assert "น้ำไม่ไหลห้าวัน" in page(agency(office, "water"), PART.format(key))
    assert "สถานที่เกิดเหตุ: หมู่ 4" in page(clerk, f"/admin/complaint/support/?id={case_id}")
    governor = page(office.persons.client("governor"), PAGE.format(case_id))
    assert "ไฟล์ของเรื่องเปิดได้เฉพาะศูนย์ดำรงธรรม" in governor
    assert "ไฟล์ของเรื่องเปิดได้เฉพาะศูนย์ดำรงธรรม" not in page(clerk, PAGE.format(case_id))


def test_the_map_stands_where_the_districts_lie(session, office, clerk):
    """Open cases by district, drawn on the server; every figure of its table opens its rows."""
    office.case(district_id=1601)
    session.rollback()
    told = page(clerk, "/admin/report/complaints-map/?fiscal_year=2569")
    assert "เมืองลพบุรี" in told
    assert "open_on=" in told
    drawn = page(clerk, "/admin/report/complaints-map/chart?fiscal_year=2569")
    assert drawn.count("<path") >= 11, "every district of the province, with cases or without"
    assert "http://" not in drawn.replace("http://www.w3.org", "")
    for form in ("xlsx", "csv"):
        assert clerk.get(f"/admin/report/complaints-map/{form}").status_code == 200


def test_the_answer_about_near_cases_names_nobody(session, office, clerk):
    """It tells the centre's clerk that a telephone is known, never whose; and nobody else anything."""
    office.case("ถนนทรุดหน้าวัด", received_on=dates.today())
    session.rollback()
    sent = {"phone": PHONE, "subject": "เรื่องใหม่"}
    told = send(clerk, "/admin/complaint/suggest/", code=200, **sent).get_data(as_text=True)
    assert "ถนนทรุดหน้าวัด" in told
    assert not [one for one in (NAME, ADDRESS, EMAIL, CITIZEN, PHONE) if one in told]
    far = office.persons.client("complaint_officer", TRANG, "far")
    answer = send(far, "/admin/complaint/suggest/", code=200, **sent).get_data(as_text=True)
    assert "ถนนทรุดหน้าวัด" not in answer
    for name in ("secretary", "planner", "governor"):
        other = office.persons.client(name)
        answer = other.post("/admin/complaint/suggest/", data={"csrf_token": other.csrf, **sent})
        assert answer.status_code == 403, name
    works = agency(office, "works")
    answer = works.post("/admin/complaint/suggest/", data={"csrf_token": works.csrf, **sent})
    assert answer.status_code == 403


def test_a_reveal_opens_no_other_case_and_no_second_time(session, office, clerk, head):
    """An agreement belongs to its case, its asker and one look; its address opens nothing."""
    hidden = office.case("เรื่องลับ", is_anonymous=True)
    session.rollback()
    send(clerk, f"/admin/complaint/reveal/?id={hidden}", reason="ต้องนัดพบ")
    with office.writing() as work:
        asked = work.scalars(select(IdentityReveal)).one().id
    send(head, f"/admin/identity_reveal/approve/?id={asked}")
    prove(office, head)
    prove(office, clerk)
    url = f"/admin/identity_reveal/open/?id={asked}"
    for client in (head, office.persons.client("governor"), office.persons.client("secretary")):
        answer = client.post(url, data={"csrf_token": client.csrf})
        assert NAME not in answer.get_data(as_text=True)
    assert clerk.get(url).status_code == 405
    first = send(clerk, url, code=200)
    assert NAME in first.get_data(as_text=True)
    assert first.headers["Cache-Control"] == "no-store"
    assert NAME not in send(clerk, url).get_data(as_text=True)
    assert NAME not in page(clerk, f"/admin/identity_reveal/details/?id={asked}")
    assert NAME not in page(clerk, f"/admin/identity_reveal/history/?id={asked}")
