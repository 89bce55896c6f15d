"""Reminders: at 30, 45 and 52 days without progress, once a level, anew after progress."""

import smtplib
from typing import Any, ClassVar

import pytest
from sqlalchemy import select

from entities import dates
from models import Agency, Complaint, Reminder
from rules import complaint_reminders, complaints
from tests.complaint_office import ADDRESS, CITIZEN, EMAIL, MONDAY, NAME, PHONE, Office, days


@pytest.fixture
def office(session, persons) -> Office:
    """The centre of Lop Buri."""
    return Office(session, persons)


def _remind(office: Office, day: Any) -> list[int]:
    with office.writing() as session:
        given = complaint_reminders.give(session, complaint_reminders.due(session, day))
        return [one.level for one in given]


def test_each_level_is_given_once_and_progress_starts_anew(office):
    key = office.assigned("water")
    office.answer(key, "works", complaints.accept)
    given = {n: _remind(office, days(n)) for n in (29, 30, 31, 44, 45, 52, 60)}
    assert given == {29: [], 30: [1], 31: [], 44: [], 45: [2], 52: [3], 60: []}
    office.answer(key, "works", complaints.progress, "ดูแล้ว", day=days(61))
    assert _remind(office, days(90)) == []
    assert _remind(office, days(120)) == [3], "levels passed unseen are not made up for"
    with office.acting("works") as session:
        assert len(session.scalars(select(Reminder)).all()) == 4
    with office.acting("water") as session:
        assert session.scalars(select(Reminder)).all() == []


def test_nobody_is_reminded_while_the_clock_stands_or_the_centre_is_on_turn(office):
    paused, resolved = office.assigned(), office.resolved()
    office.do(paused, complaints.pause, "รอศาล", day=days(5))
    assert _remind(office, days(100)) == []
    assert resolved
    office.do(paused, complaints.resume, day=days(100))
    assert _remind(office, days(124)) == []
    assert _remind(office, days(125)) == [1]


class _Server:
    """Stands for a mail server; keeps what it was given."""

    sent: ClassVar[list[Any]] = []

    def __init__(self, host: str, port: int, **_told: Any) -> None:
        self.place = (host, port)

    def __enter__(self) -> "_Server":
        return self

    def __exit__(self, *_told: object) -> None:
        return None

    def starttls(self, **_told: Any) -> None:
        self.secure = True

    def send_message(self, message: Any) -> None:
        if len(self.sent) > 5:
            raise smtplib.SMTPServerDisconnected
        self.sent.append(message)


def test_the_command_lists_and_mails_without_the_complainant(office, app, monkeypatch):
    key = office.assigned("water", subject="ถนนทรุดหน้าวัด")
    with office.writing() as session:
        session.get_one(Agency, office.agencies["works"]).email = "works@example.go.th"
        case = session.get_one(Complaint, key)
        case.quiet_since = dates.today() - (days(31) - MONDAY)
    runner = app.test_cli_runner()
    dry = runner.invoke(args=["remind", "--dry-run"])
    assert "ศดธ.ลบ-2569-00001" in dry.output
    settings = app.config["SETTINGS"]
    mailing = {
        **vars(settings),
        "mail_server": "mail.example:2525",
        "mail_from": "dr@example.go.th",
    }
    monkeypatch.setitem(app.config, "SETTINGS", type(settings)(**mailing))
    monkeypatch.setattr(smtplib, "SMTP", _Server)
    _Server.sent.clear()
    done = runner.invoke(args=["remind", "ลพบุรี"])
    assert done.exit_code == 0, done.output
    assert [one["To"] for one in _Server.sent] == ["works@example.go.th"]
    text = f"{done.output} {_Server.sent[0]['Subject']} {_Server.sent[0].get_content()}"
    assert "ถนนทรุดหน้าวัด" in text
    assert not [one for one in (NAME, PHONE, CITIZEN, ADDRESS, EMAIL) if one in text]
    again = runner.invoke(args=["remind"])
    assert "0" in again.output
    assert len(_Server.sent) == 1
    assert runner.invoke(args=["remind", "เมืองไม่มี"]).exit_code == 1
    office.session.rollback()
    assert office.session.scalars(select(Reminder.mailed_to)).all() == ["works@example.go.th"]
    office.session.close()
