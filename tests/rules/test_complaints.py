"""The path of a complaint: who may go along which arrow, its number, its clock, two at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from access import scope
from access import viewer as who
from access.database import db, writing
from entities.vocabulary import AssignmentStatus, ComplaintStatus, ResultKind
from models import Assignment, Complaint, ComplaintStep, ComplaintUpdate
from rules import complaint_clock, complaint_files, complaints, removal
from rules.base import Broken
from tests.complaint_office import MONDAY, NAME, Office, days
from tests.conftest import LOPBURI, TRANG
from tests.factories_complaints import case

S = ComplaintStatus


@pytest.fixture
def office(session, persons) -> Office:
    """The centre of Lop Buri."""
    return Office(session, persons)


def test_a_case_goes_the_whole_way_and_tells_its_story(office):
    key = office.assigned("water")
    found = office.read(key)
    assert found.number == "ศดธ.ลบ-2569-00001"
    assert (found.status, found.due_on) == (S.ASSIGNED, days(15)), "land: fifteen days"
    assert office.part(key, "water").number == found.number
    office.answer(key, "water", complaints.accept)
    assert office.status(key) is S.ASSIGNED, "a supporting agency moves nothing"
    office.answer(key, "works", complaints.accept)
    office.answer(key, "works", complaints.progress, "สำรวจแล้ว", day=days(2))
    assert office.read(key).quiet_since == days(2)
    office.answer(key, "water", complaints.report_result, "ไม่พบท่อแตก", day=days(3))
    assert office.status(key) is S.IN_PROGRESS
    office.answer(key, "works", complaints.report_result, "ซ่อมถนนแล้ว", day=days(5))
    office.do(key, complaints.review, day=days(6))
    office.do(key, complaints.send_back, "ขอภาพถ่าย", day=days(6))
    assert office.part(key, "works").status is AssignmentStatus.WORKING
    office.answer(key, "works", complaints.report_result, "ซ่อมถนนแล้ว มีภาพ", day=days(8))
    office.do(key, complaints.review, day=days(9))
    office.do(key, complaints.notify, "โทรศัพท์", day=days(9))
    office.do(key, complaints.close, ResultKind.SETTLED, day=days(9))
    closed = office.read(key)
    assert (closed.status, closed.closed_on, closed.result) == (S.CLOSED, days(9), "ซ่อมถนนแล้ว มีภาพ")
    office.do(key, complaints.rate, 5, "รวดเร็ว", day=days(10))
    assert [act for act, _state in office.story(key)] == [
        "receive", "screen", "assign", "accept", "accept", "progress", "result", "result", "review",
        "send_back", "result", "review", "notify", "close",
    ]  # fmt: skip


def test_there_are_ten_states_and_fourteen_arrows():
    assert len(S) == 10
    assert len(complaints.ARROWS) == 14
    reached = {S.NEW} | set(complaints.ARROWS.values())
    assert reached == set(S), "no state that nothing leads to"
    ends = {state for state in S if not any(one is state for one, _act in complaints.ARROWS)}
    assert ends == {S.CLOSED, S.REJECTED}


def test_from_each_state_only_its_own_arrows_lead_on(office):
    """Every verb of the centre at every state of a case: it goes along its arrow or is refused."""
    verbs: dict[str, Any] = {
        "screen": lambda s, c: complaints.screen(c, s, MONDAY),
        "assign": lambda s, c: complaints.assign(c, office.agency("works"), [], None, s, MONDAY),
        "reject": lambda s, c: complaints.reject(c, "ไม่อยู่ในอำนาจ", s, MONDAY),
        "handle": lambda s, c: complaints.handle(c, s, MONDAY),
        "review": lambda s, c: complaints.review(c, s, MONDAY),
        "send_back": lambda s, c: complaints.send_back(c, "ขาด", s, MONDAY),
        "close": lambda s, c: complaints.close(
            c, ResultKind.SETTLED, s, MONDAY, result="เสร็จ", unnotified_reason="ไม่มีที่อยู่"
        ),
    }
    arrows = {(one.value, act.value): to for (one, act), to in complaints.ARROWS.items()}
    with office.writing() as session:
        for state in S:
            for name, verb in verbs.items():
                row = case(LOPBURI, f"{state} {name}", own_handling=True)
                complaints.receive(row, session, MONDAY)
                row.status, row.closed_on = state, MONDAY if state is S.CLOSED else None
                row.notified_on = MONDAY
                session.flush()
                wanted = arrows.get((state.value, name))
                if wanted is None:
                    with pytest.raises(Broken):
                        verb(session, row)
                else:
                    verb(session, row)
                    assert row.status is wanted
        session.rollback()


def test_an_agency_returns_only_with_a_reason_and_the_case_comes_back(office):
    key = office.assigned("water")
    with pytest.raises(Broken, match="Say why"):
        office.answer(key, "works", complaints.give_back, "  ")
    office.answer(key, "works", complaints.give_back, "อยู่ในเขตเทศบาล")
    assert (office.status(key), office.read(key).lead_agency_id) == (S.RETURNED, None)
    office.do(key, complaints.screen)
    with pytest.raises(Broken, match="Agencies are still assigned"):
        office.do(key, complaints.handle)
    office.do(office.read(key).id, _release_support, office)
    office.do(key, complaints.handle)
    assert office.read(key).own_handling
    office.do(key, complaints.note_progress, "เชิญสองฝ่ายเจรจา", day=days(3))
    with pytest.raises(Broken, match="Write what came"):
        office.do(key, complaints.close, ResultKind.SETTLED, day=days(4))
    office.do(
        key, complaints.close, ResultKind.NOT_SETTLED, result="ตกลงกันไม่ได้",
        unnotified_reason="ไม่มีที่อยู่", day=days(4),
    )  # fmt: skip
    assert office.status(key) is S.CLOSED


def _release_support(found: Complaint, office: Office, session: Any, day: date) -> None:
    complaints.release(office.part(found.id, "water"), "ไม่ต้องใช้แล้ว", session, day)


def test_an_agencys_officer_reads_no_case_even_while_moving_it(office):
    key = office.assigned("water")
    with office.acting("works") as session:
        part = session.scalars(select(Assignment)).one()
        assert part.agency_id == office.agencies["works"], "nor another agency's part"
        complaints.accept(part, session, MONDAY)
        assert session.get(Complaint, key) is None
        assert session.scalars(select(Complaint)).all() == []
        assert session.scalars(select(ComplaintStep)).all() == []
        assert not [row for row in session if isinstance(row, Complaint | ComplaintStep)]
        assert part.complaint is None
    assert office.status(key) is S.ACCEPTED
    who_did = office.session.scalars(select(ComplaintStep.actor).order_by(ComplaintStep.id.desc()))
    assert who_did.first() == "Officer.Works"
    foreign = office.part(key, "works")
    office.session.expunge(foreign)
    with office.acting("water") as session, pytest.raises(scope.Denied):
        complaints.progress(foreign, "แอบอ่าน", session, MONDAY)


def test_nobody_waits_for_a_supporting_agency_once_the_case_is_closed(office):
    """What it still owed ends with the case; what it reported stays as it was reported."""
    key = office.assigned("water", "accused")
    for agency in ("works", "water", "accused"):
        office.answer(key, agency, complaints.accept)
    office.answer(key, "water", complaints.report_result, "ตรวจมิเตอร์แล้ว")
    office.answer(key, "works", complaints.report_result, "ซ่อมแล้ว")
    office.answer(key, "accused", complaints.progress, "กำลังตรวจ")
    office.do(key, complaints.review)
    office.do(key, complaints.notify, "โทรศัพท์")
    with pytest.raises(Broken, match="who complained"):
        office.do(key, complaints.close, ResultKind.SETTLED, result=f"{NAME} พอใจ")
    assert office.part(key, "accused").status is AssignmentStatus.WORKING
    office.do(key, complaints.close, ResultKind.SETTLED)
    states = [office.part(key, one).status.value for one in ("works", "water", "accused")]
    assert states == ["reported", "reported", "released"]
    assert office.story(key)[-2:] == [("release", "reviewing"), ("close", "closed")]
    with pytest.raises(Broken, match="look again"):
        office.answer(key, "accused", complaints.report_result, "ช้าไป")


def test_only_the_centre_assigns_reviews_and_closes(office):
    key = office.resolved()
    for role in ("governor", "secretary", "deputy_governor"):
        for verb, told in (
            (complaints.review, ()),
            (complaints.notify, ("โทรศัพท์",)),
            (complaints.close, (ResultKind.SETTLED,)),
        ):
            with pytest.raises(scope.Denied):
                office.do(key, verb, *told, by=role)
    with pytest.raises(scope.Denied):
        office.do(office.closed(), complaints.reopen, "ไม่จริง", by="complaint_officer")


def test_the_reviews_reason_is_read_by_the_lead_alone(office):
    key = office.resolved("water")
    office.do(key, complaints.review)
    office.do(key, complaints.send_back, "ขอภาพถ่าย")
    for agency, seen in (("works", 2), ("water", 0)):
        with office.acting(agency) as session:
            assert len(session.scalars(select(ComplaintUpdate)).all()) == seen, agency


def test_closing_asks_that_the_complainant_was_told_or_why_not(office):
    key = office.resolved()
    office.do(key, complaints.review)
    with pytest.raises(Broken, match="Tell the complainant"):
        office.do(key, complaints.close, ResultKind.SETTLED)
    office.do(key, complaints.close, ResultKind.SETTLED, unnotified_reason="ไม่ให้ที่อยู่")
    with pytest.raises(Broken, match="already"):
        office.do(key, complaints.close, ResultKind.SETTLED)


def test_a_reopened_case_stays_one_case(office):
    key = office.closed()
    office.do(key, complaints.rate, 5, "ดีมาก")
    number = office.read(key).number
    with pytest.raises(Broken, match="Say why"):
        office.do(key, complaints.reopen, "", by="chief_of_office")
    office.do(key, complaints.reopen, "ซ่อมไม่เสร็จจริง", by="chief_of_office")
    found = office.read(key)
    assert (found.status, found.number, found.reopened) == (S.SCREENING, number, 1)
    assert (found.closed_on, found.notified_on, found.result) == (None, None, None)
    assert (found.satisfaction, found.satisfaction_note) == (None, None), (
        "asked for anew at the end"
    )
    with pytest.raises(Broken):
        office.do(key, complaints.reopen, "อีกครั้ง", by="chief_of_office")


def test_what_was_taken_down_stands_still_once_the_case_is_over(office):
    key = office.closed()
    with office.acting("complaint_officer") as session:
        session.get_one(Complaint, key).subject = "เรื่องใหม่"
        with pytest.raises(Broken, match="is over"):
            session.flush()
        session.rollback()
    with pytest.raises(Broken, match="official number"), office.acting("complaint_officer") as s:
        removal.remove(s, s.get_one(Complaint, key), office.read(key).made_at)


def test_numbers_have_no_gap_where_others_fail(office):
    with office.writing() as session:
        for n in range(6):
            savepoint = session.begin_nested()
            row = case(LOPBURI, f"เรื่อง {n}")
            complaints.receive(row, session, MONDAY)
            if n % 3 == 1:
                savepoint.rollback()
        complaints.receive(case(TRANG, "ต่างจังหวัด"), session, MONDAY)
        complaints.receive(case(LOPBURI, "ปีใหม่", received_on=MONDAY), session, date(2027, 1, 1))
    found = office.session.scalars(select(Complaint.number).order_by(Complaint.id)).all()
    assert found == [
        *(f"ศดธ.ลบ-2569-{n:05}" for n in range(1, 5)), "ศดธ.ตง-2569-00001", "ศดธ.ลบ-2570-00001",
    ]  # fmt: skip


def test_a_draft_has_no_number_and_may_be_thrown_away(office):
    with office.acting("complaint_officer") as session:
        draft = case(LOPBURI, "ยังไม่ครบ")
        session.add(draft)
        session.flush()
        with pytest.raises(Broken, match="draft"):
            complaints.screen(draft, session, MONDAY)
        removal.remove(session, draft, draft.made_at)


def test_days_are_those_of_the_calendar_or_of_the_office(office, monkeypatch):
    settings = office.persons.app.config["SETTINGS"]
    after, session = complaint_clock.after, office.session
    assert after(session, LOPBURI, MONDAY, 15) == date(2026, 1, 20)
    monkeypatch.setitem(
        office.persons.app.config, "SETTINGS", settings.__class__(**{**vars(settings), "complaint_days": "working"}),
    )  # fmt: skip
    assert after(session, LOPBURI, MONDAY, 5) == date(2026, 1, 12)
    assert after(session, LOPBURI, date(2026, 4, 9), 2) == date(2026, 4, 16), "Songkran"
    assert complaint_clock.passed(session, LOPBURI, MONDAY, date(2026, 1, 12)) == 5
    assert complaint_clock.passed(session, LOPBURI, MONDAY, MONDAY) == 0
    key = office.assigned()
    assert office.read(key).due_on == date(2026, 1, 26), "fifteen working days"


def test_the_clock_stands_and_moves_what_was_to_come(office):
    key = office.assigned("water")
    with pytest.raises(Broken, match="Say why"):
        office.do(key, complaints.pause, "")
    office.do(key, complaints.pause, "รอคำพิพากษา", day=days(10))
    assert not complaints.over_due(office.read(key), days(60)), "nothing is late while it stands"
    office.do(key, complaints.resume, day=days(40))
    found = office.read(key)
    assert (found.due_on, found.quiet_since) == (days(45), days(30))
    assert office.part(key, "water").due_on == days(45)
    assert complaints.over_due(found, days(46))
    with pytest.raises(Broken):
        office.do(key, complaints.resume)


def test_a_pause_before_the_assignment_moves_no_day_that_was_set_after_it(office):
    key = office.case()
    office.do(key, complaints.screen)
    office.do(key, complaints.pause, "รอเอกสาร")
    office.do(key, _assign_until, office, days(35), day=days(20))
    office.do(key, complaints.resume, day=days(24))
    found, part = office.read(key), office.part(key, "works")
    assert found.due_on == part.due_on == days(39), "four of the days lie after the assignment"
    assert found.quiet_since == part.quiet_since == days(24)


def test_relieving_the_lead_brings_the_case_back_and_is_told_as_the_centres_act(office):
    key = office.assigned()
    with office.acting("complaint_officer") as session:
        complaints.release(office.part(key, "works"), "มอบผิดหน่วย", session, MONDAY)
    assert office.status(key) is S.RETURNED
    assert office.read(key).lead_agency_id is None
    assert office.story(key)[-1] == ("release", "returned")


def test_more_time_that_was_asked_for_lapses_when_no_agency_needs_it(office):
    """With the lead's result, with a return, and when the centre relieves the lead."""

    def reported(key):
        with office.acting("works") as session:
            complaints.accept(office.part(key, "works"), session, MONDAY)
            complaints.report_result(office.part(key, "works"), "ซ่อมแล้ว", session, MONDAY)

    def returned(key):
        with office.acting("works") as session:
            complaints.give_back(office.part(key, "works"), "ไม่ใช่หน้าที่", session, MONDAY)

    def relieved(key):
        with office.acting("complaint_officer") as session:
            complaints.release(office.part(key, "works"), "มอบผิด", session, MONDAY)

    for end in (reported, returned, relieved):
        key = office.assigned()
        office.do(key, complaints.ask_extension, days(30), "รองบประมาณ", by="complaint_officer")
        assert office.read(key).extension_to == days(30)
        end(key)
        assert (office.read(key).extension_to, office.read(key).extension_by) == (None, None)
        with pytest.raises(Broken, match="Nobody asks"):
            office.do(key, complaints.extend, by="chief_of_office")


def test_an_agency_is_told_where_and_what_unless_that_is_confidential(office):
    told = {"detail": "ถนนทรุดยาวสิบเมตร", "place": "หน้าวัด", "district_id": 1601}
    with office.acting("complaint_officer") as session:
        plain = session.get_one(Complaint, office.case(**told))
        words = complaint_files.brief(plain)
    assert words.startswith("สถานที่เกิดเหตุ: หน้าวัด อำเภอเมือง")
    assert words.endswith("ถนนทรุดยาวสิบเมตร")
    for more in ({"confidential": True}, {"is_anonymous": True}):
        key = office.case(**told, **more)
        with office.acting("complaint_officer") as session:
            words = complaint_files.brief(session.get_one(Complaint, key))
        assert "หน้าวัด" in words
        assert "สิบเมตร" not in words


def test_more_time_takes_two_people(office):
    key = office.assigned()
    with pytest.raises(Broken, match="after the day"):
        office.do(key, complaints.ask_extension, days(10), "งบประมาณ")
    with pytest.raises(Broken, match="At most 9") as told:
        office.do(key, complaints.ask_extension, days(30), "ร" * 990)
    assert told.value.field == "reason", "its day stands before it in the story"
    office.do(key, complaints.ask_extension, days(30), "รองบประมาณ")
    for other in ("complaint_officer", "secretary"):
        with pytest.raises(scope.Denied):
            office.do(key, complaints.extend, by=other)
    office.do(key, complaints.extend, by="chief_of_office")
    assert office.read(key).due_on == office.part(key, "works").due_on == days(30)
    steps = select(ComplaintStep.reason).order_by(ComplaintStep.id.desc())
    assert office.session.scalars(steps.limit(2)).all() == [
        "อนุมัติให้ถึงวันที่ 4 กุมภาพันธ์ 2569", "ขอถึงวันที่ 4 กุมภาพันธ์ 2569 · รองบประมาณ",
    ]  # fmt: skip


@pytest.mark.parametrize("leader", ["governor", "deputy_governor"])
def test_what_the_head_of_the_centre_asks_for_is_decided_above(office, leader):
    """Neither the head nor another of the same rank grants it; the officer below even less."""
    key = office.assigned()
    office.do(key, complaints.ask_extension, days(30), "รองบประมาณ", by="chief_of_office")
    assert office.read(key).extension_above
    office.officers["second"] = office.persons.user_id("chief_of_office", name="second")
    for other in ("chief_of_office", "second", "complaint_officer", "secretary"):
        with pytest.raises(scope.Denied):
            office.do(key, complaints.extend, by=other)
    office.do(key, complaints.extend, by=leader)
    found = office.read(key)
    assert found.due_on == office.part(key, "works").due_on == days(30)
    assert (found.extension_to, found.extension_above) == (None, False)
    office.do(key, complaints.ask_extension, days(60), "ยังไม่เสร็จ", by="chief_of_office")
    with pytest.raises(Broken, match="Say why"):
        office.do(key, complaints.refuse_extension, " ", by=leader)
    office.do(key, complaints.refuse_extension, "นานพอแล้ว", by=leader)
    assert office.read(key).due_on == days(30)
    with pytest.raises(Broken, match="Nobody asks"):
        office.do(key, complaints.extend, by=leader)


def test_who_leads_the_province_grants_what_an_officer_asks_too(office):
    """The head may be away; the governor stands above the officer as well."""
    key = office.assigned()
    office.do(key, complaints.ask_extension, days(30), "รองบประมาณ")
    office.do(key, complaints.extend, by="governor")
    assert office.read(key).due_on == days(30)


def test_a_due_day_may_be_its_own_or_none(office):
    key = office.case()
    office.do(key, complaints.screen)
    with pytest.raises(Broken, match="passed"):
        office.do(key, _assign_until, office, days(-1))
    office.do(key, _assign_until, office, None)
    assert office.read(key).due_on is None
    assert not complaints.over_due(office.read(key), days(999))
    office.do(key, complaints.set_due, days(20), "ผู้ว่าสั่ง")
    office.do(key, complaints.set_due, days(9), "ผู้ว่าเร่ง")
    steps = select(ComplaintStep.reason).order_by(ComplaintStep.id.desc())
    told = office.session.scalars(steps.limit(2)).all()
    assert told == [
        "ภายในวันที่ 14 มกราคม 2569 · ผู้ว่าเร่ง", "ภายในวันที่ 25 มกราคม 2569 · ผู้ว่าสั่ง",
    ]  # fmt: skip
    assert office.part(key, "works").due_on == days(9)
    with pytest.raises(Broken, match="two people"):
        office.do(key, complaints.set_due, days(30), "ขอเลื่อน")


def _assign_until(
    found: Complaint, office: Office, due: date | None, session: Any, day: date
) -> None:
    complaints.assign(found, office.agency("works"), [], None, session, day, due_on=due)


def test_wrong_days_and_places_are_refused(office):
    for told, field in (
        ({"received_on": date(2099, 1, 1)}, "received_on"),
        ({"incident_on": days(1)}, "incident_on"),
        ({"district_id": 9201}, "district_id"),
        ({"district_id": 1601, "subdistrict_id": 160201}, "subdistrict_id"),
    ):
        with pytest.raises(Broken) as refused:
            office.case(**told)
        assert refused.value.field == field


def _at_once(app: Flask, act: Any, count: int) -> list[str]:
    def one(_number: int) -> str:
        with app.app_context():
            token = writing.set(True)
            session = db.session()
            try:
                who.act_as(session, who.SYSTEM)
                act(session)
                session.commit()
                return "done"
            except Broken as broken:
                session.rollback()
                return str(broken)
            finally:
                db.session.remove()
                writing.reset(token)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_two_clerks_close_one_case_and_one_is_told(office, app):
    key = office.resolved()
    office.do(key, complaints.review)
    office.do(key, complaints.notify, "โทรศัพท์")
    told = _at_once(
        app,
        lambda s: complaints.close(s.get_one(Complaint, key), ResultKind.SETTLED, s, MONDAY),
        2,
    )
    assert told.count("done") == 1
    refused = next(one for one in told if one != "done")
    assert "already" in refused or "ไปแล้ว" in refused
    assert [act for act, _s in office.story(key)].count("close") == 1


def test_many_clerks_take_numbers_at_once(office, app):
    told = _at_once(app, lambda s: complaints.receive(case(LOPBURI, "พร้อมกัน"), s, MONDAY), 8)
    assert told == ["done"] * 8
    office.session.rollback()
    found = sorted(office.session.scalars(select(Complaint.number)))
    assert found == [f"ศดธ.ลบ-2569-{n:05}" for n in range(1, 9)]
