"""Chasing the unread: once a level, by mail where there is a server, never telling a secret."""

from datetime import date, timedelta
from typing import Any

import pytest

from access.database import writing
from entities import dates
from entities.documents import MASKED
from entities.vocabulary import Secrecy, Sector, Urgency
from figures import documents as figures
from models import (
    Agency,
    Channel,
    Complaint,
    ComplaintCategory,
    ComplaintNature,
    Distribution,
    OfficeUnit,
)
from rules import document_reminders, documents, registers
from rules.base import Broken
from rules.documents import Recipient
from tests.conftest import LOPBURI, TRANG
from tests.mail_server import stand_in, told
from tests.registry_office import received, unit, work

DAY = timedelta(days=1)
SUBJECT, HIDDEN, PERSONAL = "ขอเชิญประชุมคณะกรรมการ", "แผนจับกุมผู้ค้ายา", "นางสมหญิง เร้นลับยิ่ง ร้องทุกข์"


@pytest.fixture
def office(session: Any) -> Any:
    """A unit and an agency with addresses, in a transaction of the system."""
    token = writing.set(True)
    session.rollback()
    made = unit(session)
    made.email = "unit@example.go.th"
    agency = Agency(
        province_id=LOPBURI, name="แขวงทางหลวงลพบุรี", sector=Sector.GOVERNMENT,
        email="roads@example.go.th",
    )  # fmt: skip
    session.add(agency)
    session.flush()
    yield session, made, agency
    session.rollback()
    writing.reset(token)


def _sent(office: Any, to: Recipient, ago: int, **document: Any) -> Distribution:
    """A document that went to somebody some days ago."""
    session, by, _agency = office
    at = dates.now() - ago * DAY
    (made,) = documents.send(received(session, by, **document), [to], session, at)
    return made


def _chase(office: Any, later: int = 0, province_id: int | None = None) -> list[tuple[int, int]]:
    """Who is chased some days from now, each with the level."""
    session, now = office[0], dates.now() + later * DAY
    found = document_reminders.due(session, now, province_id)
    document_reminders.give(session, found, now)
    return [(one.id, one.chased_level) for one in found]


def test_nobody_is_chased_for_a_document_that_was_cancelled(office):
    """Whoever was sent it reads so; what came back confirmed stays as it was."""
    session, by, agency = office
    one = _sent(office, Recipient(agency=agency), 8, subject=SUBJECT)
    other = _sent(office, Recipient(unit=by), 8)
    assert len(_chase(office)) == 2
    registers.cancel(one.document, "ส่งผิดฉบับ", session, dates.today())
    assert _chase(office, 8) == [(other.id, 3)]
    assert one.subject == f"(ยกเลิก) {SUBJECT}"
    assert figures.unconfirmed(session, dates.now()) == [other]
    with pytest.raises(Broken, match="finished"):
        documents.chase(one.document, session, dates.now(), [one])
    long = _sent(office, Recipient(agency=agency), 1, subject="ก" * 1000)
    registers.cancel(long.document, "ส่งผิดฉบับ", session, dates.today())
    assert len(long.subject) == 1000


def test_each_level_is_given_once_and_a_receipt_ends_it(office: Any) -> None:
    session, _by, agency = office
    one = _sent(office, Recipient(agency=agency), 0)
    given = {day: [n for _key, n in _chase(office, day)] for day in (0, 2, 3, 4, 7, 14, 15, 90)}
    assert given == {0: [], 2: [], 3: [1], 4: [], 7: [2], 14: [], 15: [3], 90: []}
    assert one.chased_count == 3
    late = _sent(office, Recipient(agency=agency), 10)
    assert _chase(office, province_id=TRANG) == []
    assert _chase(office, province_id=LOPBURI) == [(late.id, 2)], "only the highest level"
    documents.acknowledge(late, session, dates.now())
    assert _chase(office, 90) == []


def test_what_is_urgent_is_chased_earlier_and_who_has_no_desk_not_at_all(office: Any) -> None:
    _session, by, agency = office
    urgent = _sent(office, Recipient(agency=agency), 0, urgency=Urgency.QUICKLY)
    _sent(office, Recipient("กรมการปกครอง"), 20)
    assert [_chase(office, day) for day in (0, 1, 2, 3, 7, 8)] == [
        [], [(urgent.id, 1)], [], [(urgent.id, 2)], [(urgent.id, 3)], [],
    ]  # fmt: skip
    assert by


def _case(session: Any, document_id: int) -> None:
    """A case that came with a document."""
    first = {
        f"{key}_id": session.query(entity.id).order_by(entity.id).first()[0]
        for key, entity in (
            ("category", ComplaintCategory), ("channel", Channel), ("nature", ComplaintNature),
        )
    }  # fmt: skip
    session.add(
        Complaint(
            province_id=LOPBURI, subject="ร้องทุกข์", received_on=date(2026, 1, 5),
            source_document_id=document_id, **first,
        )
    )  # fmt: skip
    session.flush()


def test_a_letter_tells_no_secret_and_nothing_of_a_complaint(office: Any) -> None:
    session, by, agency = office
    plain = _sent(office, Recipient(agency=agency), 4, subject=SUBJECT)
    secret = _sent(office, Recipient(agency=agency), 4, subject=HIDDEN, secrecy=Secrecy.VERY_SECRET)
    personal = _sent(office, Recipient(agency=agency), 4, subject=PERSONAL)
    _case(session, personal.document_id)
    _sent(office, Recipient(unit=by), 4, subject=HIDDEN, secrecy=Secrecy.SECRET)
    _chase(office)
    now = dates.now()
    chased = session.query(Distribution).order_by(Distribution.id).all()
    (letter,) = document_reminders.letters(session, chased, now)
    assert letter.address == "roads@example.go.th", "a unit is written nothing of a secret paper"
    assert SUBJECT in letter.text
    assert MASKED in letter.text
    assert personal.number in letter.text
    assert plain.number in letter.text
    assert secret.number not in letter.text
    for word in (HIDDEN, PERSONAL, "สมหญิง"):
        assert word not in f"{letter.subject}{letter.text}"


def test_the_command_mails_units_and_agencies_once(
    session: Any, app: Any, monkeypatch: Any
) -> None:
    with work(session):
        by = unit(session)
        by.email = "unit@example.go.th"
        agencies = [
            Agency(province_id=LOPBURI, name=f"หน่วย {n}", sector=Sector.GOVERNMENT, email=address)
            for n, address in enumerate(("one@example.go.th", None))
        ]
        session.add_all(agencies)
        session.flush()
        to = [Recipient(unit=by), *(Recipient(agency=one) for one in agencies)]
        sent = documents.send(
            received(session, by, subject=SUBJECT), to, session, dates.now() - 4 * DAY
        )
        keys = [one.id for one in sent]
    runner = app.test_cli_runner()
    dry = runner.invoke(args=["remind", "--dry-run"])
    assert "3" in dry.output.splitlines()[-1], dry.output
    server = stand_in(app, monkeypatch)
    done = runner.invoke(args=["remind", "ลพบุรี"])
    assert done.exit_code == 0, done.output
    assert sorted(one["To"] for one in server.sent) == ["one@example.go.th", "unit@example.go.th"]
    assert all(SUBJECT in told(one) for one in server.sent)
    runner.invoke(args=["remind"])
    assert len(server.sent) == 2, "once a level"
    session.rollback()
    rows = [session.get_one(Distribution, key) for key in keys]
    assert [(one.chased_level, one.chased_count) for one in rows] == [(1, 1)] * 3
    session.close()


def test_a_server_that_breaks_off_is_told(session: Any, app: Any, monkeypatch: Any) -> None:
    with work(session):
        by = unit(session)
        by.email = "unit@example.go.th"
        documents.send(received(session, by), [Recipient(unit=by)], session, dates.now() - 9 * DAY)
    server = stand_in(app, monkeypatch)
    server.patience = 0
    done = app.test_cli_runner().invoke(args=["remind"])
    assert done.exit_code == 1
    assert "SMTPServerDisconnected" in done.output


def test_a_unit_has_its_address_typed_on_its_form(persons: Any) -> None:
    page = persons.client("registrar").get("/admin/office_unit/new/").get_data(as_text=True)
    assert f'name="{OfficeUnit.email.key}"' in page
