"""The committee of the cluster of Lop Buri and Chai Nat in the demonstration, and its last meeting.

Members come from six provinces and stand there by name and office alone, not by a person's row.
"""

from datetime import date, time, timedelta
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from entities import dates
from entities.vocabulary import (
    AgendaPart,
    AttendanceStatus,
    CommitteeType,
    InvitationReply,
    MemberRole,
    ResolutionKind,
    SeatType,
    Sector,
)
from figures import governance
from models import (
    AgendaItem,
    AppointmentOrder,
    Attendance,
    Cluster,
    Committee,
    FollowUp,
    Meeting,
    Membership,
    Resolution,
    UserAccount,
)
from rules import meetings as rules
from rules.base import run_checks
from seed import demo_matters as matters
from seed import deployment
from seed.demo_matters import Matter
from seed.demo_meetings import sheet
from seed.demo_people import TERM_YEARS, Cast, Names, years_on

CLUSTER, HEAD = 256001, 14
PROVINCES = {
    14: "พระนครศรีอยุธยา",
    15: "อ่างทอง",
    16: "ลพบุรี",
    17: "สิงห์บุรี",
    18: "ชัยนาท",
    19: "สระบุรี",
}
SEATS = (
    ("governor", "ผู้ว่าราชการจังหวัด", Sector.GOVERNMENT, SeatType.EX_OFFICIO),
    ("pao", "นายกองค์การบริหารส่วนจังหวัด", Sector.LOCAL_GOVERNMENT, SeatType.EX_OFFICIO),
    ("chamber", "ประธานหอการค้าจังหวัด", Sector.PRIVATE, SeatType.REPRESENTATIVE),
    ("organisations", "ประธานสภาองค์กรชุมชนจังหวัด", Sector.CIVIL_SOCIETY, SeatType.REPRESENTATIVE),
)
DUTIES = (
    "จัดทำแผนพัฒนากลุ่มจังหวัด แผนปฏิบัติราชการประจำปี และคำของบประมาณของกลุ่มจังหวัด กำกับและติดตามการดำเนินงาน"
)
CHECKER = "ผู้อำนวยการกลุ่มงานบริหารยุทธศาสตร์กลุ่มจังหวัด"


def lay_out(
    session: Session, casts: dict[int, Cast], names: Names, taker: UserAccount, today: date
) -> None:
    """Make the committee with its order and members, and the meeting it held three weeks ago."""
    committee = _committee(session, casts, names, today)
    meeting = _meeting(session, committee, today)
    rules.invite(meeting, session)
    rules.hold(meeting, session, meeting.meets_on)
    said = {
        "fy": dates.fiscal_year(meeting.meets_on),
        "next_fy": matters.planned_year(meeting.meets_on),
        "pct": f"{matters.disbursed(meeting.meets_on):.2f}",
    }
    for matter in matters.every("cluster"):
        _resolve(session, meeting, matter, said)
    rules.draft_minutes(meeting, {}, session)
    meeting.taken_by, meeting.taker_name = taker.id, taker.name
    rules.check_minutes(meeting, session)
    meeting.checker_name = CHECKER
    run_checks(session)


def _committee(session: Session, casts: dict[int, Cast], names: Names, today: date) -> Committee:
    title = f"คณะกรรมการบริหาร{session.get_one(Cluster, CLUSTER).name}แบบบูรณาการ"
    start = years_on(today, -1) - timedelta(days=40)
    committee = Committee(
        cluster_id=CLUSTER,
        type=CommitteeType.CLUSTER,
        legal_basis=deployment.DECREE,
        established_on=start,
        name=title,
        short_name="ก.บ.ก. ภาคกลางตอนบน",
        duties=DUTIES,
    )
    order = AppointmentOrder(
        cluster_id=CLUSTER,
        committee=committee,
        number=f"3/{dates.be_year(start)}",
        subject=f"แต่งตั้ง{title}",
        ordered_on=start,
        effective_on=start,
        signer_name=names.full("นาย"),
        signer_position="ผู้ว่าราชการจังหวัดพระนครศรีอยุธยา หัวหน้ากลุ่มจังหวัด",
    )
    members = _members(casts, names, order)
    for number, member in enumerate(members, start=1):
        member.committee, member.seat_number = committee, number
    committee.seats = len(members)
    session.add_all([committee, order, *members])
    session.flush()
    run_checks(session)
    return committee


def _members(casts: dict[int, Cast], names: Names, order: AppointmentOrder) -> list[Membership]:
    """The head of the cluster, four from each province, and the head province's chief of office."""
    head = order.signer_name, order.signer_position
    office = names.full(), "หัวหน้าสำนักงานจังหวัดพระนครศรีอยุธยา"
    made = [_seat(order, head, MemberRole.CHAIR, Sector.GOVERNMENT, SeatType.EX_OFFICIO)]
    for province_id, province in PROVINCES.items():
        known = casts[province_id].people if province_id in casts else {}
        for who, position, sector, seat in SEATS:
            if (province_id, who) != (HEAD, "governor"):
                title = "นาย" if who == "governor" else ""
                name = known[who].name if who in known else names.full(title)
                made.append(
                    _seat(order, (name, position + province), MemberRole.MEMBER, sector, seat)
                )
    secretary = MemberRole.MEMBER_SECRETARY
    return [*made, _seat(order, office, secretary, Sector.GOVERNMENT, SeatType.EX_OFFICIO)]


def _seat(
    order: AppointmentOrder,
    person: tuple[str, str],
    role: MemberRole,
    sector: Sector,
    seat: SeatType,
) -> Membership:
    start, by_office = order.effective_on, seat is SeatType.EX_OFFICIO
    return Membership(
        cluster_id=CLUSTER,
        order=order,
        name=person[0],
        position=person[1],
        role=role,
        sector=sector,
        seat_type=seat,
        starts_on=start,
        ends_on=None if by_office else years_on(start, TERM_YEARS) - timedelta(days=1),
        substitute_allowed=by_office,
    )


def _meeting(session: Session, committee: Committee, today: date) -> Meeting:
    """The meeting with its attendance: most came, a few had leave."""
    dice, day = Random(f"cluster {today}"), today - timedelta(days=24)
    day -= timedelta(days=max(0, day.weekday() - 4))
    if last := (day.month - 1) // 3:
        rules.continue_from(committee, day.year, last, session)
    meeting = Meeting(
        committee=committee,
        cluster_id=CLUSTER,
        meets_on=day,
        starts_at=time(13, 30),
        ends_at=time(16, 30),
        venue="ห้องประชุมอู่ทอง ศาลากลางจังหวัดพระนครศรีอยุธยา",
    )
    session.add(meeting)
    session.flush()
    members = session.scalars(governance.serving(committee.id))
    session.add_all([_came(meeting, member, dice) for member in members])
    return meeting


def _came(meeting: Meeting, member: Membership, dice: Random) -> Attendance:
    row = sheet(meeting, member)
    needed = member.role in (MemberRole.CHAIR, MemberRole.MEMBER_SECRETARY)
    if dice.random() < 0.8 or needed:
        row.status, row.reply = AttendanceStatus.PRESENT, InvitationReply.ATTENDING
    else:
        row.status, row.reply = AttendanceStatus.LEAVE, InvitationReply.NOT_ATTENDING
    return row


def _resolve(session: Session, meeting: Meeting, matter: Matter, said: dict[str, Any]) -> None:
    heard = matter.kind is ResolutionKind.ACKNOWLEDGE
    home = {"cluster_id": CLUSTER, "committee_id": meeting.committee_id}
    facts = matter.facts.format_map(said)
    item = AgendaItem(
        meeting=meeting,
        part=AgendaPart.INFORM if heard else AgendaPart.CONSIDER,
        position=1,
        title=matter.title.format_map(said),
        presenter="ฝ่ายเลขานุการ",
        facts=facts,
        background=matter.background or None,
        law=matter.law or None,
        proposal=matter.proposal or None,
        decision_asked=matter.asks or None,
        minutes_text=f"ฝ่ายเลขานุการนำเสนอที่ประชุมว่า {facts}\n{matter.talk}".strip(),
        **home,
    )
    lead = "ที่ประชุม" if heard else "ที่ประชุมมีมติ"
    made = Resolution(
        agenda_item=item, meeting=meeting, kind=matter.kind, text=lead + matter.resolved, **home
    )
    tasks = [
        FollowUp(
            task=one.text,
            owner_name=one.agency,
            resolution=made,
            meeting=meeting,
            due_on=meeting.meets_on + timedelta(days=one.days),
            **home,
        )
        for one in matter.tasks
    ]
    session.add_all([item, made, *tasks])
    session.flush()
