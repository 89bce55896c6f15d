"""One row of every entity of complaints at a home; `tests/factories.py` takes them up."""

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from entities.base import Base
from entities.dates import BANGKOK
from entities.vocabulary import (
    AssignmentPart,
    ComplaintAct,
    ComplaintStatus,
    RevealStatus,
    SecondedFrom,
    UpdateKind,
)
from models import (
    Accused,
    Agency,
    Assignment,
    Centre,
    Complainant,
    Complaint,
    ComplaintLink,
    ComplaintStep,
    ComplaintUpdate,
    FactFinding,
    IdentityReveal,
    Reminder,
    SecondedOfficer,
    UserAccount,
)

if TYPE_CHECKING:
    from tests.factories import Home, Rows

DAY = date(2026, 1, 5)
MOMENT = datetime(2026, 1, 5, 9, 30, tzinfo=BANGKOK)


def _centre(home: "Home", rows: "Rows") -> Centre:
    return Centre(
        province_id=home.province_id, name=f"ศูนย์ดำรงธรรม {home.mark}", room="ชั้น 1 ศาลากลางจังหวัด"
    )


def _officer(home: "Home", rows: "Rows") -> SecondedOfficer:
    return SecondedOfficer(
        name=f"ร.ต.อ. {home.mark}",
        centre=rows[Centre],
        seconded_from=SecondedFrom.POLICE,
        starts_on=DAY,
    )


def case(province_id: int | None, subject: str, **more: Any) -> Complaint:
    """A received complaint with what every one has."""
    told = {"channel_id": 1, "nature_id": 1, "category_id": 3, "received_on": DAY, **more}
    return Complaint(province_id=province_id, subject=subject, **told)


def _complaint(home: "Home", rows: "Rows") -> Complaint:
    return case(
        home.province_id,
        f"ถนนทรุด {home.mark}",
        number=f"ศดธ.ทส-2569-{home.mark}",
        status=ComplaintStatus.ASSIGNED,
        assigned_on=DAY,
        clock_from=DAY,
        quiet_since=DAY,
    )


def _complainant(home: "Home", rows: "Rows") -> Complainant:
    return Complainant(
        complaint=rows[Complaint],
        name=f"สมหญิง ลับสุดยอด {home.mark}",
        citizen_number="1101700230708",
        phone="0812345678",
        address=f"99/1 บ้านปกปิด {home.mark}",
        email="secret@example.org",
    )


def _accused(home: "Home", rows: "Rows") -> Accused:
    return Accused(complaint=rows[Complaint], name=f"นายถูกกล่าวหา {home.mark}")


def _assignment(home: "Home", rows: "Rows") -> Assignment:
    return Assignment(
        number=rows[Complaint].number,
        subject=rows[Complaint].subject,
        complaint=rows[Complaint],
        agency=rows[Agency],
        part=AssignmentPart.LEAD,
        assigned_on=DAY,
    )


def _update(home: "Home", rows: "Rows") -> ComplaintUpdate:
    return ComplaintUpdate(
        text=f"ลงพื้นที่แล้ว {home.mark}",
        complaint=rows[Complaint],
        assignment=rows[Assignment],
        agency=rows[Agency],
        kind=UpdateKind.PROGRESS,
        told_on=DAY,
        author="เจ้าหน้าที่",
    )


def _step(home: "Home", rows: "Rows") -> ComplaintStep:
    return ComplaintStep(
        complaint=rows[Complaint],
        act=ComplaintAct.RECEIVE,
        at=MOMENT,
        happened_on=DAY,
        actor="เจ้าหน้าที่",
        status=ComplaintStatus.NEW,
        reason=f"เหตุผล {home.mark}",
    )


def _reminder(home: "Home", rows: "Rows") -> Reminder:
    return Reminder(
        number=rows[Complaint].number,
        complaint=rows[Complaint],
        assignment=rows[Assignment],
        agency=rows[Agency],
        level=1,
        quiet_since=DAY,
        reminded_on=date(2026, 2, 4),
    )


def _reveal(home: "Home", rows: "Rows") -> IdentityReveal:
    return IdentityReveal(
        complaint=rows[Complaint],
        status=RevealStatus.ASKED,
        reason=f"ติดต่อกลับ {home.mark}",
        asked_by=rows[UserAccount].id,
        asked_name="เจ้าหน้าที่",
        asked_at=MOMENT,
    )


def _link(home: "Home", rows: "Rows") -> ComplaintLink:
    other = case(home.province_id, f"น้ำประปาไม่ไหล {home.mark}")
    return ComplaintLink(complaint=rows[Complaint], other=other)


def _fact_finding(home: "Home", rows: "Rows") -> FactFinding:
    return FactFinding(
        order_number=f"9/2569 {home.mark}",
        complaint=rows[Complaint],
        ordered_on=DAY,
        chair_name="ปลัดจังหวัด",
    )


COMPLAINTS: dict[type[Base], Callable[["Home", "Rows"], Base]] = {
    Centre: _centre,
    SecondedOfficer: _officer,
    Complaint: _complaint,
    Complainant: _complainant,
    Accused: _accused,
    Assignment: _assignment,
    ComplaintUpdate: _update,
    ComplaintStep: _step,
    Reminder: _reminder,
    IdentityReveal: _reveal,
    ComplaintLink: _link,
    FactFinding: _fact_finding,
}
