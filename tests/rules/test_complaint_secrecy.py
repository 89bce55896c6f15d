"""Who complained: sealed at rest, opened with a reason, by two people where it was promised."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import StatementError

from access import scope
from entities import dates, private
from entities.persons import BadPerson, check_digit, citizen_number, phone, shown_phone
from entities.private import Unreadable
from entities.vocabulary import Act, ResultKind, RevealStatus
from figures import complaints_near
from models import (
    Accused,
    Assignment,
    Attachment,
    AuditEntry,
    Complainant,
    Complaint,
    ComplaintUpdate,
    FactFinding,
    IdentityReveal,
)
from rules import complaint_secrecy, complaints
from rules.base import Broken
from tests.complaint_office import ADDRESS, CITIZEN, EMAIL, MONDAY, NAME, PHONE, Office
from tests.conftest import LOPBURI

NOW = dates.now()
JUST_NOW = NOW - timedelta(minutes=1)
SECRETS = (NAME, CITIZEN, PHONE, ADDRESS, EMAIL)


@pytest.fixture
def office(session, persons) -> Office:
    """The centre of Lop Buri."""
    return Office(session, persons)


def _sees(office: Office, key: int, by: str, proved: Any = JUST_NOW) -> dict[str, str]:
    with office.acting(by) as session:
        found: dict[str, str] = complaint_secrecy.reveal(
            session.get_one(Complaint, key), "โทรนัดหมาย", session, NOW, proved
        )
    return found


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("081-234-5678", "0812345678"),
        ("๐๘๑ ๒๓๔ ๕๖๗๘", "0812345678"),
        ("+66 81 234 5678", "0812345678"),
        ("02-123-4567 ต่อ 12", "021234567"),
        ("042 123456", "042123456"),
    ],
)
def test_a_phone_is_kept_as_its_digits(typed, kept):
    assert phone(typed) == kept
    assert phone(shown_phone(kept)) == kept


@pytest.mark.parametrize("typed", ["1234567", "081234567", "0112345678", "08123456789", "", "โทร"])
def test_a_phone_of_seven_digits_is_refused(typed):
    with pytest.raises(BadPerson):
        phone(typed)


def test_a_citizen_number_has_its_check_digit():
    assert citizen_number("1-1017-00230-70-8") == CITIZEN
    assert citizen_number("๑๑๐๑๗๐๐๒๓๐๗๐๘") == CITIZEN
    for wrong in ("1101700230707", "110170023070", "0101700230708", "abcdefghijklm", "1" * 13):
        with pytest.raises(BadPerson):
            citizen_number(wrong)
    assert str(check_digit(CITIZEN[:12])) == CITIZEN[12]


def test_nothing_private_stands_in_the_database_in_the_clear(office, backend):
    key = office.case()
    row = office.session.execute(select(Complainant)).scalar_one()
    assert row.name.open() == NAME
    assert (row.phone.open(), row.citizen_number.open()) == (PHONE, CITIZEN)
    for value in (row.name, row.phone, row.address):
        assert f"{value} {value!r} {value:>9}" == "••• ••• •••"
        assert "สมหญิง" not in str(vars(row))
    connection = office.session.connection()
    for table in ("complainant", "complaint", "audit_entry", "complaint_step", "submission"):
        for found in connection.execute(text(f"SELECT * FROM {table}")):
            told = str(tuple(found))
            assert not [one for one in SECRETS if one in told], table
    assert key


def test_the_same_phone_is_found_again_but_not_of_the_unnamed(office):
    first = office.case("ท่อประปาแตกหน้าวัด", district_id=1601)
    hidden = office.case("แจ้งบ่อนพนัน", category_id=5, is_anonymous=True)
    mark = complaint_secrecy.mark_of_phone("081 234 5678")
    with office.acting("complaint_officer") as session:
        found = complaints_near.near(session, LOPBURI, "น้ำไม่ไหล", None, mark, MONDAY)
        assert [one.complaint_id for one in found] == [first]
        assert found[0].same_phone
        alike = complaints_near.near(session, LOPBURI, "ท่อประปาแตก หน้าวัดโพธิ์", 1601, None, MONDAY)
        assert [one.complaint_id for one in alike] == [first]
        assert not complaints_near.near(session, LOPBURI, "ปัญหาที่ดิน", 1601, None, MONDAY)
        row = session.scalars(select(Complainant).where(Complainant.complaint_id == hidden)).one()
        assert (row.phone_hash, row.citizen_hash) == (None, None)
    assert complaint_secrecy.mark_of_phone("1234567") is None
    with office.acting("complaint_officer") as session:
        session.get_one(Complaint, first).is_anonymous = True
    assert office.session.scalars(select(Complainant.phone_hash)).all() == [None, None]
    with office.acting("complaint_officer") as session:
        session.get_one(Complaint, first).is_anonymous = False
        with pytest.raises(Broken, match="stays so"):
            session.flush()
        session.rollback()


def test_a_reveal_asks_for_a_right_a_reason_and_a_fresh_sign_in(office):
    key = office.case()
    told = _sees(office, key, "complaint_officer")
    assert told == {
        "name": NAME, "citizen_number": "1-1017-00230-70-8", "phone": "081-234-5678",
        "address": ADDRESS, "email": EMAIL,
    }  # fmt: skip
    row = office.session.scalars(select(IdentityReveal)).one()
    assert (row.status, row.reason) == (RevealStatus.OPENED, "โทรนัดหมาย")
    entry = office.session.scalars(
        select(AuditEntry).where(AuditEntry.act == Act.REVEAL.value)
    ).one()
    assert (entry.entity, entry.record_id) == ("complaint", key)
    assert not [one for one in SECRETS if one in f"{entry.record} {entry.changes}"]
    for proved in (None, NOW - timedelta(minutes=11)):
        with pytest.raises(Broken, match="once more"):
            _sees(office, key, "complaint_officer", proved)
    for role in ("governor", "secretary", "deputy_governor", "finance", "registrar"):
        with pytest.raises(Exception, match=r"reveal|No row"):
            _sees(office, key, role)
    for nothing in (" ", "\u200b", " \ufeff\n\u2060"):
        with office.acting("complaint_officer") as session, pytest.raises(Broken, match="Say why"):
            complaint_secrecy.reveal(
                session.get_one(Complaint, key), nothing, session, NOW, JUST_NOW
            )


def test_the_unnamed_are_opened_by_two_people_once_within_a_day(office):
    key = office.case(is_anonymous=True)
    for by in ("complaint_officer", "chief_of_office"):
        with pytest.raises(Broken, match="second person"):
            _sees(office, key, by)
    with office.acting("chief_of_office") as session:
        asked = complaint_secrecy.ask_reveal(
            session.get_one(Complaint, key), "ข่มขู่พยาน", session, NOW
        )
        asked_id = asked.id
    with office.acting("chief_of_office") as session:
        row = session.get_one(IdentityReveal, asked_id)
        with pytest.raises(Broken, match="not agreed"):
            complaint_secrecy.open_reveal(row, session, NOW, JUST_NOW)
        with pytest.raises(Broken, match="cannot approve"):
            complaint_secrecy.approve_reveal(row, session, NOW)
        session.rollback()
    with office.acting("complaint_officer") as session, pytest.raises(scope.Denied):
        complaint_secrecy.approve_reveal(session.get_one(IdentityReveal, asked_id), session, NOW)
    with office.acting("governor") as session:
        complaint_secrecy.approve_reveal(session.get_one(IdentityReveal, asked_id), session, NOW)
    with office.acting("governor") as session:
        with pytest.raises(scope.Denied):
            complaint_secrecy.open_reveal(
                session.get_one(IdentityReveal, asked_id), session, NOW, JUST_NOW
            )
        session.rollback()
    with office.acting("complaint_officer") as session:
        with pytest.raises(Broken, match="Only the person"):
            complaint_secrecy.open_reveal(
                session.get_one(IdentityReveal, asked_id), session, NOW, JUST_NOW
            )
        session.rollback()
    later = NOW + timedelta(hours=25)
    for moment, told in ((later, "day old"), (NOW, ""), (NOW, "not agreed")):
        with office.acting("chief_of_office") as session:
            row = session.get_one(IdentityReveal, asked_id)
            if told:
                with pytest.raises(Broken, match=told):
                    complaint_secrecy.open_reveal(row, session, moment, moment)
                session.rollback()
            else:
                assert complaint_secrecy.open_reveal(row, session, moment, moment)["name"] == NAME


def test_no_text_that_others_read_tells_who_complained(office):
    for subject in (f"ถนนทรุด แจ้งโดย{NAME}", "โทร 081-234 5678", "บัตร 1 1017 00230 70 8", EMAIL):
        with pytest.raises(Broken, match="who complained"):
            office.case(subject)
    key = office.case()
    office.do(key, complaints.screen)
    with pytest.raises(Broken, match="who complained"):
        office.do(
            key,
            lambda c, s, d: complaints.assign(
                c, office.agency("works"), [], "ติดต่อคุณสมหญิง เร้นลับยิ่ง", s, d
            ),
        )
    with office.acting("complaint_officer") as session:
        session.get_one(Complaint, key).detail = f"ผู้ร้องชื่อ {NAME}"
        with pytest.raises(Broken, match="who complained"):
            session.commit()
        session.rollback()
    with pytest.raises(Broken, match="who complained"), office.writing() as session:
        session.add(
            Attachment(
                province_id=LOPBURI,
                complaint_id=key,
                name=f"{NAME}.pdf",
                size=1,
                content_type="application/pdf",
                sha256="0" * 64,
            )
        )


def test_no_reason_of_the_centre_tells_who_complained(office):
    """Reasons, the way of informing and the words of the end are read by all who read the case."""
    key, digits = office.resolved(), "โทร. 081 234 5678"
    office.do(key, complaints.review)
    tries = (
        lambda c, s, d: complaints.pause(c, f"{NAME} ขอเลื่อน", s, d),
        lambda c, s, d: complaints.send_back(c, f"{NAME} ไม่พอใจ", s, d),
        lambda c, s, d: complaints.notify(c, digits, s, d),
        lambda c, s, d: complaints.close(
            c, ResultKind.SETTLED, s, d, result=f"{NAME} พอใจ", unnotified_reason="ติดต่อไม่ได้"
        ),
        lambda c, s, d: complaints.close(c, ResultKind.SETTLED, s, d, unnotified_reason=digits),
        lambda c, s, d: complaint_secrecy.reveal(c, f"โทรกลับ {NAME}", s, NOW, NOW),
    )
    for n, act in enumerate(tries):
        with pytest.raises(Broken, match="who complained"):
            office.do(key, act)
        assert office.story(key)[-1] == ("review", "reviewing"), n
    office.do(key, complaints.notify, "โทรศัพท์")
    office.do(key, complaints.close, ResultKind.SETTLED)
    with pytest.raises(Broken, match="who complained"):
        office.do(key, complaints.rate, 5, f"{NAME} ชม")
    with pytest.raises(Broken, match="who complained"):
        office.do(key, complaints.reopen, f"{NAME} ขอ", by="chief_of_office")


def test_neither_relieving_the_lead_nor_a_committees_finding_tells_who_complained(office):
    key = office.assigned("water")
    for agency in ("works", "water"):
        with pytest.raises(Broken, match="who complained"):
            office.do(
                key, lambda _c, s, d, who=agency: complaints.release(office.part(key, who), f"{NAME} ไม่พอใจ", s, d)
            )  # fmt: skip
    assert office.status(key).value == "assigned"
    for told in (
        {"finding": f"{NAME} ให้การว่า", "reported_on": MONDAY},
        {"members": NAME},
        {"chair_name": NAME},
    ):
        given = {"order_number": "1/2569", "chair_name": "นายอำเภอ", "ordered_on": MONDAY, **told}
        row = FactFinding(complaint_id=key, province_id=LOPBURI, **given)
        with (
            pytest.raises(Broken, match="who complained"),
            office.acting("chief_of_office") as work,
        ):
            work.add(row)


def test_an_agency_cannot_find_out_by_writing_a_guess(office):
    key = office.assigned()
    office.answer(key, "works", complaints.accept)
    office.answer(key, "works", complaints.progress, f"พบ {NAME} แล้ว")
    office.answer(key, "works", complaints.report_result, f"แจ้ง {PHONE} แล้ว")


def test_the_accused_agency_is_never_given_the_case(office):
    key = office.case(category_id=4)
    assert office.read(key).confidential
    with office.acting("complaint_officer") as session:
        complaint_secrecy.accuse(
            session.get_one(Complaint, key),
            session,
            name="นายก อบต.",
            agency=office.agency("accused"),
        )
    office.do(key, complaints.screen)
    for lead, supports in (("accused", []), ("works", ["accused"])):
        with pytest.raises(Broken, match="accused"):
            office.do(
                key,
                lambda c, s, d, lead=lead, supports=supports: complaints.assign(
                    c, office.agency(lead), [office.agency(one) for one in supports], None, s, d
                ),
            )
    office.do(key, lambda c, s, d: complaints.assign(c, office.agency("works"), [], None, s, d))
    with pytest.raises(Broken, match="accused"):
        office.do(
            key, lambda c, s, d: complaints.add_support(c, office.agency("accused"), "", s, d)
        )
    with office.acting("accused") as session:
        for entity in (Complaint, Complainant, Accused, Assignment, IdentityReveal):
            assert session.scalars(select(entity)).all() == []
    with office.acting("complaint_officer") as session, pytest.raises(Broken, match="relieve"):
        complaint_secrecy.accuse(
            session.get_one(Complaint, key), session, agency=office.agency("works")
        )


def test_the_letter_is_read_by_the_centre_and_reports_by_those_who_read_the_case(office):
    """A scanned letter carries its sender's name, so it opens to nobody outside the centre."""
    key = office.assigned()
    office.answer(key, "works", complaints.accept)
    office.answer(key, "works", complaints.progress, "ดูแล้ว")
    with office.writing() as session:
        part = office.part(key, "works")
        update = session.scalars(select(ComplaintUpdate)).one()
        for name, owner in (
            ("case.pdf", {"complaint_id": key}),
            ("report.pdf", {"complaint_update_id": update.id, "agency_id": part.agency_id}),
        ):
            session.add(
                Attachment(
                    province_id=LOPBURI,
                    name=name,
                    size=1,
                    content_type="application/pdf",
                    sha256="0" * 64,
                    **owner,
                )
            )
    seen = {}
    names = "complaint_officer", "governor", "secretary", "finance", "works", "water"
    for name in names:
        with office.acting(name) as session:
            seen[name] = set(session.scalars(select(Attachment.name)))
    both = {"case.pdf", "report.pdf"}
    assert seen == {
        "complaint_officer": both, "governor": {"report.pdf"}, "secretary": {"report.pdf"},
        "finance": set(), "works": {"report.pdf"}, "water": set(),
    }  # fmt: skip


def test_a_new_key_opens_the_old_and_a_lost_key_says_so(office, app):
    office.case()
    row = office.session.scalars(select(Complainant)).one()
    before = row.name.kept
    assert private.add_key() == 2
    assert row.name.open() == NAME, "every key opens"
    assert private.renewed(before) != before
    path = app.config["SETTINGS"].folder("keys") / "private"
    kept = path.read_bytes()
    path.write_bytes(b"0" * 64 + b"\n")
    try:
        with pytest.raises(Unreadable):
            row.name.open()
        assert str(row.name) == "•••"
    finally:
        path.write_bytes(kept)
    with office.acting("complaint_officer") as session:
        session.scalars(select(Complainant)).one().name = "•••"
        with pytest.raises(StatementError, match="mask"):
            session.flush()
        session.rollback()
