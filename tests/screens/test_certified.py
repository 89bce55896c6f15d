"""What the minutes say is locked once they are certified, by whatever address it is tried."""

from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import inspect, select

from entities import dates
from entities.vocabulary import (
    AgendaPart,
    AttendanceStatus,
    MeetingStatus,
    MinutesAnswer,
    ResolutionKind,
    SeatType,
    Sector,
)
from entities.vocabulary import MemberRole as Role
from models import (
    AgendaItem,
    Attachment,
    Attendance,
    Committee,
    FollowUp,
    Meeting,
    Membership,
    MinutesReply,
    Resolution,
)
from tests.conftest import LOPBURI
from tests.pages import open_form

KINDS = (Meeting, AgendaItem, Attendance, Resolution, FollowUp, MinutesReply, Attachment)


@pytest.fixture
def held(session):
    """A meeting of Lop Buri's ก.บ.จ. whose minutes circulate, with one row of everything."""
    kbj = session.scalar(
        select(Committee).where(Committee.province_id == LOPBURI, Committee.short_name == "ก.บ.จ.")
    )
    day = dates.today() - timedelta(days=3)
    member = Membership(
        committee=kbj, name="นายหนึ่ง ใจดี", role=Role.CHAIR, sector=Sector.GOVERNMENT, seat_type=SeatType.EX_OFFICIO,
        starts_on=day - timedelta(days=30),
    )  # fmt: skip
    meeting = Meeting(committee=kbj, meets_on=day, status=MeetingStatus.INVITED)
    session.add_all([member, meeting])
    session.flush()
    came = Attendance(meeting=meeting, membership=member, status=AttendanceStatus.PRESENT)
    item = AgendaItem(meeting=meeting, part=AgendaPart.CONSIDER, title="แผนพัฒนาจังหวัด")
    loose = AgendaItem(meeting=meeting, part=AgendaPart.OTHER, title="เรื่องที่ไม่มีมติ")
    session.add_all([came, item, loose])
    session.commit()
    said = Resolution(agenda_item=item, text="เห็นชอบ", kind=ResolutionKind.APPROVE)
    spare = Resolution(agenda_item=item, text="ไม่มีการติดตาม", kind=ResolutionKind.ACKNOWLEDGE)
    paper = Attachment(
        meeting=meeting, name="แผน.pdf", content_type="application/pdf", sha256="a" * 64, size=1
    )
    session.add_all([said, spare, paper])
    session.flush()
    task = FollowUp(resolution=said, task="ส่งแผน", due_on=dates.today() + timedelta(days=9))
    meeting.status = MeetingStatus.MINUTES_CIRCULATED
    session.add(task)
    session.flush()
    session.add(
        MinutesReply(meeting=meeting, membership=member, answer=MinutesAnswer.AGREE, replied_on=day)
    )
    session.commit()
    return meeting.id


def _end(session, meeting_id, status):
    session.get(Meeting, meeting_id).status = status
    session.commit()


def _snapshot(session):
    session.rollback()
    return {
        (kind.__tablename__, row.id): {c.key: getattr(row, c.key) for c in inspect(kind).column_attrs}
        for kind in KINDS
        for row in session.scalars(select(kind))
    }  # fmt: skip


CHANGES = {
    "meeting": {"venue": "ที่อื่น"},
    "agenda_item": {"title": "ชื่อใหม่"},
    "attendance": {"position": "ตำแหน่งใหม่"},
    "resolution": {"text": "ไม่เห็นชอบ"},
    "follow_up": {"task": "งานอื่น"},
    "minutes_reply": {"comment": "ขอแก้"},
}


def _more(before, meeting_id):
    """What could be added to the meeting: the fields of each new row."""
    first = dict(reversed(list(before)))
    return {
        "agenda_item": {"meeting_id": meeting_id, "part": "4", "title": "แทรก"},
        "attendance": {"meeting_id": meeting_id, "name": "นายแขก", "status": "guest"},
        "resolution": {
            "agenda_item_id": first["agenda_item"], "text": "แทรก", "kind": "acknowledge",
        },
        "follow_up": {"resolution_id": first["resolution"], "task": "แทรก"},
    }  # fmt: skip


@pytest.mark.parametrize(
    "status", [MeetingStatus.MINUTES_CERTIFIED, MeetingStatus.CANCELLED], ids=lambda s: s.value
)
def test_nothing_of_a_closed_meeting_is_added_changed_or_removed(session, persons, held, status):
    clerk = persons.client("secretary")
    before = _snapshot(session)
    forms = {
        key: open_form(clerk, f"/admin/{key[0]}/edit/?id={key[1]}")
        for key in before
        if key[0] in CHANGES
    }
    more = _more(before, held)
    fresh = {name: open_form(clerk, f"/admin/{name}/new/") for name in more}
    _end(session, held, status)
    before = _snapshot(session)
    for name, fields in more.items():
        clerk.post(f"/admin/{name}/new/", data={**fresh[name], **fields})
    paper = {"csrf_token": clerk.csrf, "files": (BytesIO(b"%PDF-1.4\n%%EOF\n"), "แทรก.pdf")}
    clerk.post(f"/admin/meeting/upload/?id={held}", data=paper, content_type="multipart/form-data")
    for (name, key), form in forms.items():
        form = {**form, **CHANGES[name], "row_version": before[name, key]["version"]}
        told = clerk.post(f"/admin/{name}/edit/?id={key}", data=form, follow_redirects=True)
        assert told.status_code in (200, 422), (name, told.status_code)
    for name, key in before:
        for url in (f"/admin/{name}/delete/", f"/admin/{name}/action/"):
            clerk.post(
                url, data={"csrf_token": clerk.csrf, "id": key, "rowid": key, "action": "delete"}
            )
    at = f"/admin/meeting/attendance/?id={held}"
    assert clerk.get(at).status_code == 302, "its sheet is not offered either"
    assert _snapshot(session) == before
