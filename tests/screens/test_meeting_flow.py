"""The secretary holds a ก.บ.จ. meeting, from the draft to certified minutes, through her screens."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from entities import dates
from entities.vocabulary import MeetingStatus, MemberRole, ResolutionKind, SeatType, Sector
from models import AgendaItem, Attendance, Committee, FollowUp, Meeting, Membership, Resolution
from tests.conftest import LOPBURI
from tests.pages import open_form

NAMES = ["นายหนึ่ง ใจดี", "นางสาวสอง ขยัน", "นายสาม มั่นคง", "นางสี่ สุขใจ", "นายห้า พากเพียร"]
ROLES = [
    MemberRole.CHAIR,
    MemberRole.MEMBER_SECRETARY,
    MemberRole.MEMBER,
    MemberRole.MEMBER,
    MemberRole.MEMBER,
]


@pytest.fixture
def kbj(session):
    """Lop Buri's ก.บ.จ. with five members."""
    found = session.scalar(
        select(Committee).where(Committee.province_id == LOPBURI, Committee.short_name == "ก.บ.จ.")
    )
    for n, (name, role) in enumerate(zip(NAMES, ROLES, strict=True)):
        session.add(
            Membership(
                committee=found, name=name, position="หัวหน้าส่วนราชการ", role=role, seat_number=n,
                sector=list(Sector)[n], seat_type=SeatType.EX_OFFICIO, starts_on=dates.today() - timedelta(days=400),
            )
        )  # fmt: skip
    session.commit()
    return found.id


def _make_meeting(client, kbj, day):
    form = open_form(client, f"/admin/meeting/new/?committee_id={kbj}")
    answer = client.post(
        "/admin/meeting/new/",
        data={**form, "committee_id": kbj, "meets_on": dates.input_date(day), "starts_at": "09.30"},
    )
    assert answer.status_code == 302
    return int(answer.headers["Location"].split("id=")[1])


def _press(client, verb, meeting_id, **data):
    url = f"/admin/meeting/{verb}/?id={meeting_id}"
    if verb in ("attendance", "minutes"):
        opened = re.search(
            r'name="row_version" value="([^"]*)"', client.get(url).get_data(as_text=True)
        )
        data["row_version"] = opened.group(1)
    answer = client.post(url, data={"csrf_token": client.csrf, **data})
    assert answer.status_code == 302, (verb, answer.status_code)


def _status(session, meeting_id):
    session.rollback()
    return session.get(Meeting, meeting_id).status


def _mark_all(client, session, meeting_id, status="present"):
    session.rollback()
    rows = session.scalars(select(Attendance.id).where(Attendance.meeting_id == meeting_id)).all()
    session.rollback()
    _press(client, "attendance", meeting_id, **{f"status-{row}": status for row in rows})


def test_a_meeting_goes_from_draft_to_certified_minutes(session, persons, kbj):
    secretary, chief = persons.client("secretary"), persons.client("chief_of_office")
    today = dates.today()
    first = _make_meeting(secretary, kbj, today)
    session.rollback()
    assert session.get(Meeting, first).name == f"ก.บ.จ. ครั้งที่ 1/{dates.be_year(today)}"
    _press(secretary, "agenda", first, part="5", title="ขอความเห็นชอบแผนพัฒนาจังหวัด")
    _press(secretary, "invite", first)
    assert _status(session, first) is MeetingStatus.INVITED
    _mark_all(secretary, session, first)
    _press(secretary, "hold", first)
    assert _status(session, first) is MeetingStatus.HELD
    assert session.get(Meeting, first).quorum_met is True

    item = session.scalar(select(AgendaItem).where(AgendaItem.meeting_id == first))
    form = open_form(secretary, f"/admin/resolution/new/?agenda_item_id={item.id}")
    answer = secretary.post(
        "/admin/resolution/new/",
        data={**form, "agenda_item_id": item.id, "text": "เห็นชอบตามที่เสนอ", "kind": "approve"},
    )
    assert answer.status_code == 302
    session.rollback()
    resolution = session.scalar(select(Resolution).where(Resolution.meeting_id == first))
    form = open_form(secretary, f"/admin/follow_up/new/?resolution_id={resolution.id}")
    due = dates.input_date(today - timedelta(days=1))
    answer = secretary.post(
        "/admin/follow_up/new/",
        data={**form, "resolution_id": resolution.id, "task": "ส่งแผนให้ ก.บ.ก.", "due_on": due},
    )
    assert answer.status_code == 302

    _press(secretary, "minutes", first, **{f"text-{item.id}": "ที่ประชุมพิจารณาแล้ว"})
    assert _status(session, first) is MeetingStatus.MINUTES_DRAFT
    for person, offered in ((secretary, False), (chief, True)):
        page = person.get(f"/admin/meeting/details/?id={first}").get_data(as_text=True)
        assert (f'action="/admin/meeting/check/?id={first}"' in page) is offered
    _press(secretary, "check", first)
    assert _status(session, first) is MeetingStatus.MINUTES_DRAFT, (
        "the taker must not check her own minutes"
    )
    _press(chief, "check", first)
    assert _status(session, first) is MeetingStatus.MINUTES_CHECKED
    page = secretary.get("/admin/").get_data(as_text=True)
    assert "ส่งแผนให้ ก.บ.ก." in page


def test_open_follow_ups_stand_under_part_three_of_the_next_meeting(session, persons, kbj):
    secretary, chief = persons.client("secretary"), persons.client("chief_of_office")
    today = dates.today()
    first = _make_meeting(secretary, kbj, today - timedelta(days=1))
    _press(secretary, "agenda", first, part="5", title="เรื่องพิจารณา")
    _press(secretary, "invite", first)
    _mark_all(secretary, session, first)
    _press(secretary, "hold", first)
    session.rollback()
    item = session.scalar(select(AgendaItem).where(AgendaItem.meeting_id == first))
    session.add(_assigned(item))
    session.commit()
    resolution = session.scalar(select(Resolution))
    session.add(FollowUp(resolution=resolution, task="รายงานผลภัยแล้ง", due_on=today))
    session.commit()
    _press(secretary, "minutes", first, **{f"text-{item.id}": "ข้อความ"})
    for person, waits in ((secretary, False), (chief, True)):
        desk = person.get("/admin/").get_data(as_text=True)
        assert ("ตรวจรายงานการประชุม ก.บ.จ. ครั้งที่ 1/" in desk) is waits
    _press(chief, "check", first)

    later = _make_meeting(secretary, kbj, today)
    _press(secretary, "invite", later)
    session.rollback()
    agenda = {
        (i.part.value, i.title)
        for i in session.scalars(select(AgendaItem).where(AgendaItem.meeting_id == later))
    }
    assert ("3", "รายงานผลภัยแล้ง") in agenda
    assert any(part == "2" and "รับรองรายงานการประชุม" in title for part, title in agenda)
    _mark_all(secretary, session, later)
    _press(secretary, "hold", later)
    answer = secretary.post(
        f"/admin/meeting/certify/?id={first}",
        data={
            "csrf_token": secretary.csrf,
            "certified_how": "later_meeting",
            "certified_in": later,
        },
    )
    assert answer.status_code == 302
    assert _status(session, first) is MeetingStatus.MINUTES_CERTIFIED
    locked = secretary.post(
        f"/admin/meeting/attendance/?id={first}", data={"csrf_token": secretary.csrf}
    )
    assert locked.status_code in (200, 302)
    _press(secretary, "agenda", first, part="4", title="แทรกภายหลัง")
    session.rollback()
    assert session.scalar(select(AgendaItem.id).where(AgendaItem.title == "แทรกภายหลัง")) is None


def _assigned(item):
    return Resolution(agenda_item=item, text="มอบหมายหน่วยงาน", kind=ResolutionKind.ASSIGN)


def test_without_a_quorum_the_meeting_can_only_acknowledge(session, persons, kbj):
    secretary = persons.client("secretary")
    meeting = _make_meeting(secretary, kbj, dates.today())
    _press(secretary, "agenda", meeting, part="5", title="เรื่องพิจารณา")
    _press(secretary, "invite", meeting)
    rows = session.scalars(select(Attendance.id).where(Attendance.meeting_id == meeting)).all()
    session.rollback()
    marks = {f"status-{row}": "present" if n < 2 else "absent" for n, row in enumerate(rows)}
    _press(secretary, "attendance", meeting, **marks)
    _press(secretary, "hold", meeting)
    item = session.scalar(select(AgendaItem).where(AgendaItem.meeting_id == meeting))
    form = open_form(secretary, f"/admin/resolution/new/?agenda_item_id={item.id}")
    data = {**form, "agenda_item_id": item.id, "text": "ข้อความที่พิมพ์ไว้"}
    refused = secretary.post("/admin/resolution/new/", data={**data, "kind": "approve"})
    assert refused.status_code == 422
    assert "ข้อความที่พิมพ์ไว้" in refused.get_data(as_text=True)
    assert (
        secretary.post("/admin/resolution/new/", data={**data, "kind": "acknowledge"}).status_code
        == 302
    )


def test_the_rhythm_makes_a_month_and_pressing_twice_changes_nothing(session, persons):
    secretary = persons.client("secretary")
    data = {"csrf_token": secretary.csrf, "month": "15/12/2569"}
    for _n in range(2):
        assert secretary.post("/admin/rhythm/plan/", data=data).status_code == 302
    session.rollback()
    made = session.scalars(select(Meeting).order_by(Meeting.meets_on, Meeting.id)).all()
    days = [(m.meets_on.day, m.committee.short_name) for m in made]
    assert days[0] == (8, "ติดตามนโยบายเร่งด่วน"), (
        "the first Monday-week of December 2569 begins on the 7th"
    )
    assert (23, "ก.บ.จ.") in days
    assert (31, "ประชุมประจำเดือน") not in days, "New Year's Eve is a holiday"
    assert len(days) == 7
    assert {m.province_id for m in made} == {LOPBURI}


def test_the_second_clerk_who_writes_minutes_sees_what_the_first_wrote(session, persons, kbj):
    secretary, colleague = (
        persons.client("secretary"),
        persons.client("secretary", LOPBURI, "second"),
    )
    meeting = _make_meeting(secretary, kbj, dates.today())
    _press(secretary, "agenda", meeting, part="4", title="เรื่องเพื่อทราบ")
    _press(secretary, "invite", meeting)
    _mark_all(secretary, session, meeting)
    _press(secretary, "hold", meeting)
    session.rollback()
    item = session.scalar(select(AgendaItem.id).where(AgendaItem.meeting_id == meeting))
    url = f"/admin/meeting/minutes/?id={meeting}"
    opened = re.search(
        r'name="row_version" value="([^"]*)"', colleague.get(url).get_data(as_text=True)
    ).group(1)
    _press(secretary, "minutes", meeting, **{f"text-{item}": "ข้อความของคนแรก"})
    data = {"csrf_token": colleague.csrf, "row_version": opened, f"text-{item}": "ข้อความของคนที่สอง"}
    page = colleague.post(url, data=data)
    assert page.status_code == 200
    shown = page.get_data(as_text=True)
    assert "ข้อความของคนแรก" in shown
    assert "ข้อความของคนที่สอง" in shown
    session.rollback()
    assert session.get(AgendaItem, item).minutes_text == "ข้อความของคนแรก"


def test_items_of_one_part_are_typed_one_after_another(session, persons, kbj):
    client = persons.client("secretary")
    meeting = _make_meeting(client, kbj, dates.today())
    sent = {"csrf_token": client.csrf, "part": "5", "title": "เรื่องแรก"}
    answer = client.post(f"/admin/meeting/agenda/?id={meeting}", data=sent)
    page = client.get(answer.headers["Location"]).get_data(as_text=True)
    assert '<option value="5" selected>' in page


def test_a_delegates_name_too_long_is_told_and_not_cut(session, persons, kbj):
    clerk = persons.client("secretary")
    meeting = _make_meeting(clerk, kbj, dates.today())
    _press(clerk, "invite", meeting)
    session.rollback()
    row = session.scalars(select(Attendance).where(Attendance.meeting_id == meeting)).first()
    key, name = row.id, row.name
    session.rollback()
    for typed in ("ก" * 301, "นายแทน ใจดี"):
        url = f"/admin/meeting/attendance/?id={meeting}"
        opened = re.search(
            r'name="row_version" value="([^"]*)"', clerk.get(url).get_data(as_text=True)
        )
        sent = {"csrf_token": clerk.csrf, "row_version": opened.group(1)}
        sent |= {f"status-{key}": "delegated", f"delegate_name-{key}": typed}
        answer = clerk.post(url, data=sent)
        if len(typed) > 300:
            page = answer.get_data(as_text=True)
            assert f"{name}: ใส่ได้ไม่เกิน 300 ตัวอักษร" in page
            assert typed in page
    session.rollback()
    assert session.get(Attendance, key).delegate_name == "นายแทน ใจดี"


def test_a_subject_too_long_is_told_and_not_cut(session, persons, kbj):
    client = persons.client("secretary")
    meeting = _make_meeting(client, kbj, dates.today() + timedelta(days=9))
    for length in (1000, 1001):
        _press(client, "agenda", meeting, part="consider", title="ก" * length)
    page = client.get(f"/admin/meeting/details/?id={meeting}").get_data(as_text=True)
    assert "ใส่ได้ไม่เกิน 1,000 ตัวอักษร ขณะนี้มี 1,001" in page
    session.rollback()
    titles = session.scalars(select(AgendaItem.title).where(AgendaItem.meeting_id == meeting)).all()
    assert [len(one) for one in titles] == [1000]


def test_lists_of_a_meetings_rows_open_with_the_newest_meeting(session, persons, kbj):
    """Whichever row was written last: who is added late to an old meeting does not come first."""
    clerk, today = persons.client("secretary"), dates.today()
    older, newer = (_make_meeting(clerk, kbj, today + timedelta(n)) for n in (1, 8))
    for meeting_id in (newer, older):
        _press(clerk, "invite", meeting_id)
        _press(clerk, "agenda", meeting_id, part="5", title=f"เรื่องของ {meeting_id}")
    for entity in (Attendance, AgendaItem):
        page = clerk.get(f"/admin/{entity.__tablename__}/").get_data(as_text=True)
        shown = [int(key) for key in re.findall(r'name="rowid" value="(\d+)"', page)]
        session.rollback()
        known = {
            row.id: row.meeting_id for row in session.execute(select(entity.id, entity.meeting_id))
        }
        assert {older, newer} <= {known[key] for key in shown}
        assert [known[key] for key in shown] == sorted((known[key] for key in shown), reverse=True)


def test_replies_are_entered_from_the_meeting_whose_minutes_circulate(session, persons, kbj):
    made = Meeting(
        committee_id=kbj, meets_on=dates.today(), status=MeetingStatus.MINUTES_CIRCULATED,
        replies_until=dates.today() + timedelta(days=7),
    )  # fmt: skip
    session.add(made)
    session.commit()
    key, member = made.id, session.scalars(select(Membership.id)).first()
    session.rollback()
    clerk, reader = persons.client("secretary"), persons.client("governor")
    page = clerk.get(f"/admin/meeting/details/?id={key}").get_data(as_text=True)
    new = re.search(r'href="(/admin/minutes_reply/new/[^"]*)"', page).group(1).replace("&amp;", "&")
    assert "/admin/minutes_reply/new/" not in reader.get(
        f"/admin/meeting/details/?id={key}"
    ).get_data(as_text=True)
    form = open_form(clerk, new)
    assert (form["meeting_id"], form["replied_on"]) == (str(key), dates.input_date(dates.today()))
    sent = {**form, "membership_id": member, "answer": "agree"}
    answer = clerk.post(new, data=sent)
    assert answer.headers["Location"] == f"/admin/meeting/details/?id={key}"


def test_an_empty_sheet_says_what_to_do_next(session, persons, kbj):
    clerk = persons.client("secretary")
    urgent = session.scalar(
        select(Committee.id).where(
            Committee.province_id == LOPBURI, Committee.short_name == "ติดตามนโยบายเร่งด่วน"
        )
    )
    session.rollback()
    links = {
        kbj: "/admin/meeting/details/?id={}",
        urgent: f"/admin/membership/new/?committee_id={urgent}",
    }
    for committee, link in links.items():
        meeting = _make_meeting(clerk, committee, dates.today())
        page = clerk.get(f"/admin/meeting/attendance/?id={meeting}").get_data(as_text=True)
        main = page[page.index("<main") :]
        assert f'href="{link.format(meeting)}"' in main.split('class="card"')[-1]
