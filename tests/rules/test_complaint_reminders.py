"""Reminders: at 30, 45 and 52 days without progress, once a level, anew after progress."""

from typing import Any

import pytest
from sqlalchemy import select

from access.scope import Denied
from entities import dates
from models import Agency, Reminder
from rules import complaint_reminders, complaints
from rules.base import Broken
from tests.complaint_office import ADDRESS, CITIZEN, EMAIL, MONDAY, NAME, PHONE, Office, days
from tests.mail_server import stand_in, told


@pytest.fixture
def office(session, persons) -> Office:
    """The centre of Lop Buri."""
    return Office(session, persons)


def _remind(office: Office, day: Any) -> list[tuple[str, int]]:
    """Which agency (by its key) was reminded at which level."""
    keys = {key: name for name, key in office.agencies.items()}
    with office.writing() as session:
        given = complaint_reminders.give(session, complaint_reminders.due(session, day))
        return [(keys.get(one.agency_id, "centre"), one.level) for one in given]


def test_each_level_is_given_once_and_progress_starts_anew(office):
    key = office.assigned()
    office.answer(key, "works", complaints.accept)
    given = {n: _remind(office, days(n)) for n in (29, 30, 31, 44, 45, 52, 60)}
    assert given == {
        29: [], 30: [("works", 1)], 31: [], 44: [], 45: [("works", 2)], 52: [("works", 3)], 60: [],
    }  # fmt: skip
    office.answer(key, "works", complaints.progress, "ดูแล้ว", day=days(61))
    assert _remind(office, days(90)) == []
    assert _remind(office, days(120)) == [("works", 3)], "levels passed unseen are not made up for"


def test_every_agency_is_chased_for_itself(office):
    """A supporting agency that is silent is reminded though the lead reports, and the other way."""
    key = office.assigned("water")
    office.answer(key, "works", complaints.accept)
    office.answer(key, "works", complaints.progress, "ดูแล้ว", day=days(20))
    assert _remind(office, days(30)) == [("water", 1)]
    office.answer(key, "water", complaints.accept)
    office.answer(key, "water", complaints.progress, "ดูแล้ว", day=days(40))
    assert _remind(office, days(50)) == [("works", 1)]
    for agency, count in (("works", 1), ("water", 1), ("accused", 0)):
        with office.acting(agency) as session:
            assert len(session.scalars(select(Reminder)).all()) == count, agency
    office.answer(key, "works", complaints.report_result, "ซ่อมแล้ว", day=days(51))
    assert _remind(office, days(200)) == [], "the lead's result closes the work"


def test_a_case_of_the_centre_itself_is_chased_too(office):
    key = office.case()
    office.do(key, complaints.screen)
    office.do(key, complaints.handle)
    assert _remind(office, days(30)) == [("centre", 1)]
    assert _remind(office, days(31)) == []


def _remind_now(office: Office, key: int, agency: str, day: Any, by: str = "complaint_officer"):
    with office.acting(by) as session:
        made = complaint_reminders.remind_now(office.part(key, agency), session, day)
        return made.level, made.reminded_by


def test_the_centre_reminds_by_hand(office):
    """Beside the ladder at most once a day; what the ladder owes is given as its level, once."""
    key = office.assigned("water")
    level, who = _remind_now(office, key, "water", days(3))
    assert (level, bool(who)) == (0, True)
    with pytest.raises(Broken, match="today already"):
        _remind_now(office, key, "water", days(3))
    assert _remind_now(office, key, "water", days(4))[0] == 0
    assert _remind_now(office, key, "works", days(31))[0] == 1
    assert _remind(office, days(31)) == [("water", 1)]
    assert _remind_now(office, key, "works", days(32))[0] == 0


def test_nobody_else_reminds_and_not_out_of_turn(office):
    key = office.assigned("water")
    for person in ("water", "governor", "secretary", "auditor"):
        with pytest.raises((Denied, Broken)):
            _remind_now(office, key, "water", days(3), by=person)
    office.do(key, complaints.pause, "รอศาล", day=days(4))
    with pytest.raises(Broken, match="stands"):
        _remind_now(office, key, "water", days(5))
    office.do(key, complaints.resume, day=days(6))
    office.answer(key, "water", complaints.accept)
    office.answer(key, "water", complaints.report_result, "จ่ายน้ำแล้ว")
    with pytest.raises(Broken):
        _remind_now(office, key, "water", days(7))


def test_progress_while_the_clock_stands_does_not_silence_the_ladder(office):
    """Only the quiet days before the pause count on; an agency added meanwhile begins with the clock."""
    key = office.assigned()
    office.answer(key, "works", complaints.accept)
    office.do(key, complaints.pause, "รอศาล", day=days(10))
    office.answer(key, "works", complaints.progress, "ดูแล้ว", day=days(90))
    office.do(
        key, lambda c, s, d: complaints.add_support(c, office.agency("water"), None, s, d),
        day=days(95),
    )  # fmt: skip
    assert office.part(key, "water").paused_on == days(10)
    office.do(key, complaints.resume, day=days(100))
    assert office.part(key, "water").paused_on is None
    assert _remind(office, days(129)) == []
    assert _remind(office, days(130)) == [("works", 1), ("water", 1)]


def test_nobody_is_reminded_while_the_clock_stands_or_the_centre_is_on_turn(office):
    paused, resolved = office.assigned(), office.resolved()
    office.do(paused, complaints.pause, "รอศาล", day=days(5))
    assert _remind(office, days(100)) == []
    assert resolved
    office.do(paused, complaints.resume, day=days(100))
    assert _remind(office, days(124)) == []
    assert _remind(office, days(125)) == [("works", 1)]


def test_the_command_lists_and_mails_without_the_complainant(office, app, monkeypatch):
    key = office.assigned("water", subject="ถนนทรุดหน้าวัด")
    with office.writing() as session:
        session.get_one(Agency, office.agencies["works"]).email = "works@example.go.th"
        part = office.part(key, "works")
        part.quiet_since = dates.today() - (days(31) - MONDAY)
        office.part(key, "water").quiet_since = dates.today()
    runner = app.test_cli_runner()
    dry = runner.invoke(args=["remind", "--dry-run"])
    assert "ศดธ.ลบ-2569-00001" in dry.output
    server = stand_in(app, monkeypatch)
    done = runner.invoke(args=["remind", "ลพบุรี"])
    assert done.exit_code == 0, done.output
    assert [one["To"] for one in server.sent] == ["works@example.go.th"]
    text = f"{done.output} {told(server.sent[0])}"
    assert "ถนนทรุดหน้าวัด" in text
    assert not [one for one in (NAME, PHONE, CITIZEN, ADDRESS, EMAIL) if one in text]
    again = runner.invoke(args=["remind"])
    assert "0" in again.output
    assert len(server.sent) == 1
    assert runner.invoke(args=["remind", "เมืองไม่มี"]).exit_code == 1
    office.session.rollback()
    assert office.session.scalars(select(Reminder.mailed_to)).all() == ["works@example.go.th"]
    office.session.close()
