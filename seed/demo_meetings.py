"""The demonstration's meetings by the province's rhythm, each as far as its age allows.

Past meetings are invited, attended, held, minuted and certified by the verbs of `rules.meetings`,
in the order in which an office does it, so that every rule has looked at every step.
"""

from collections.abc import Iterator
from datetime import date, time, timedelta

from entities.vocabulary import (
    AttendanceStatus,
    EndReason,
    InvitationReply,
    MeetingMode,
    MemberRole,
)
from figures import meetings as figures
from models import Attendance, Meeting, Membership
from rules import governance
from rules import meetings as rules
from rules.base import run_checks
from seed import demo_agenda
from seed.demo_agenda import Desk, Sitting
from seed.demo_minutes import Minutes
from seed.demo_people import COMMITTEES

A, R = AttendanceStatus, InvitationReply
MONTHS = (-1, 0, 1)
"""The months that are planned, counted from this one."""
RHYTHM = 16
"""Lop Buri, the model of the rhythm (report of 2552), met a month longer."""
NO_QUORUM = (52, "security", -1)
CHAIR_AWAY = (16, "monthly", -1)
"""Province, committee and month of the meeting without quorum, and of that without its chair."""
CHIEF = (16, "kbj")
"""The committee that is invited whatever its day, and was put off when its day is just past."""
POSTPONED = (92, "economy")
WITHOUT_SECRETARY = (39, "social")
ONLINE = {(50, "urgent"), (90, "urgent"), (41, "monthly")}
BUSY = "ผู้ว่าราชการจังหวัดติดราชการสำคัญที่กระทรวงมหาดไทย"
CLASH = "ตรงกับการตรวจราชการของผู้ตรวจราชการกระทรวงมหาดไทย"
DEPUTIES = (
    "หัวหน้าฝ่ายบริหารทั่วไป",
    "หัวหน้ากลุ่มยุทธศาสตร์และสารสนเทศ",
    "รองหัวหน้าหน่วยงาน",
    "นักวิชาการชำนาญการพิเศษ",
)
GUESTS = ("planner", "finance", "complaint_officer", "registrar")


def sheet(meeting: Meeting, member: Membership) -> Attendance:
    """A member's line on the attendance sheet."""
    return Attendance(
        meeting=meeting,
        committee_id=meeting.committee_id,
        membership=member,
        province_id=meeting.province_id,
        cluster_id=meeting.cluster_id,
        name=member.name,
        position=member.position,
        sector=member.sector,
    )


def _mark(row: Attendance, status: AttendanceStatus, reply: InvitationReply | None) -> None:
    """Write who came; whoever did signs shortly before the meeting starts."""
    came = status in (A.PRESENT, A.DELEGATED)
    row.status, row.reply = status, reply
    row.signed_at = (row.meeting.starts_at or time(9, 30)).replace(minute=25) if came else None
    if status is not A.DELEGATED:
        row.delegate_name = row.delegate_position = None


def _month(today: date, shift: int) -> date:
    """The first day of a month counted from this one."""
    months = today.year * 12 + today.month - 1 + shift
    return date(months // 12, months % 12 + 1, 1)


class Clerk:
    """Lays out one province's meetings."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.session, self.today = desk, desk.session, desk.today
        self.minutes = Minutes(desk)
        self.months = (-2, *MONTHS) if desk.id == RHYTHM else MONTHS
        first = _month(self.today, self.months[0])
        last = _month(self.today, self.months[-1] + 1) + timedelta(days=31)
        self.closed = figures.closed_days(self.session, desk.id, first, last)

    def lay_out(self) -> int:
        """Plan, hold and minute the meetings; returns their number."""
        planned = sorted(self._plan(), key=lambda meeting: meeting.meets_on)
        for key in COMMITTEES:
            home = self.desk.cast.committees[key].id
            self._committee(key, [one for one in planned if one.committee_id == home])
        if self.desk.id == WITHOUT_SECRETARY[0]:
            self._secretary_leaves(WITHOUT_SECRETARY[1])
        return len(planned)

    def _plan(self) -> Iterator[Meeting]:
        first = _month(self.today, self.months[0])
        for committee in self.desk.cast.committees.values():
            if first.month > 1:
                rules.continue_from(committee, first.year, first.month - 1, self.session)
        for shift in self.months:
            month = _month(self.today, shift)
            yield from rules.plan_month(
                self.session, self.desk.id, month.year, month.month, self.closed
            )

    def _committee(self, key: str, planned: list[Meeting]) -> None:
        self.minutes.uncertified = []
        past, coming = self._split(key, planned)
        for meeting in past:
            self._take_place(Sitting(key, meeting, self._shift(meeting), meeting is past[-1]))
        self.minutes.finish_tasks(self.desk.cast.committees[key].id)
        if coming:
            self._prepare(Sitting(key, coming[0], self._shift(coming[0]), newest=False))
        run_checks(self.session)

    def _split(self, key: str, planned: list[Meeting]) -> tuple[list[Meeting], list[Meeting]]:
        """What lies behind and ahead; a week-old meeting of CHIEF was put off to these days."""
        past = [one for one in planned if one.meets_on < self.today]
        coming = [one for one in planned if one.meets_on >= self.today]
        if past and (self.desk.id, key) == CHIEF:
            day = self._working_day(self.today + timedelta(days=2))
            if (self.today - past[-1].meets_on).days <= 7 and day.year == past[-1].year:
                rules.postpone(past[-1], day, BUSY, self.session)
                coming.insert(0, past.pop())
        return past, coming

    def _working_day(self, day: date) -> date:
        while day in self.closed:
            day += timedelta(days=1)
        return day

    def _shift(self, meeting: Meeting) -> int:
        month = meeting.planned_month or meeting.meets_on
        return (month.year - self.today.year) * 12 + month.month - self.today.month

    def _take_place(self, sitting: Sitting) -> None:
        meeting = sitting.meeting
        self._settle(sitting)
        if (self.desk.id, sitting.key, sitting.shift) == CHAIR_AWAY:
            meeting.chair_name = self.desk.cast.people["deputy1"].name
        self.session.add_all(self._attendance(sitting))
        rules.invite(meeting, self.session)
        rules.hold(meeting, self.session, meeting.meets_on)
        self.minutes.take(sitting, demo_agenda.write(self.desk, sitting))
        run_checks(self.session)

    def _settle(self, sitting: Sitting) -> None:
        """Until when the meeting sits, and whether it sits online too."""
        meeting = sitting.meeting
        morning = meeting.starts_at is not None and meeting.starts_at.hour < 12
        meeting.ends_at = time(12) if morning else time(16, 30)
        if (self.desk.id, sitting.key) in ONLINE:
            meeting.mode = MeetingMode.HYBRID
            meeting.online_link = f"https://meeting.example/{self.desk.id}/{sitting.key}"

    def _attendance(self, sitting: Sitting) -> list[Attendance]:
        """Who came: a third where no quorum is meant, elsewhere as many as a quorum needs."""
        case = (self.desk.id, sitting.key, sitting.shift)
        rows = [
            self._came(sitting.meeting, one, case) for one in self.desk.cast.members[sitting.key]
        ]
        away = [row for row in rows if row.status not in (A.PRESENT, A.DELEGATED)]
        if case == NO_QUORUM:
            for row in rows[len(rows) // 3 :]:
                _mark(row, A.LEAVE, R.NOT_ATTENDING)
        else:
            for row in away[: max(0, len(away) - len(rows) // 2)]:
                _mark(row, A.PRESENT, R.ATTENDING)
        return [*rows, *self._guests(sitting)]

    def _came(self, meeting: Meeting, member: Membership, case: tuple[int, str, int]) -> Attendance:
        row = sheet(meeting, member)
        _mark(row, *self._answer(member, case))
        if row.status is A.DELEGATED:
            self._send_delegate(row)
        if row.signed_at:
            row.signed_at = row.signed_at.replace(minute=self.desk.dice.randint(2, 34))
        return row

    def _send_delegate(self, row: Attendance) -> None:
        row.delegate_name = self.desk.cast.names.full()
        row.delegate_position = self.desk.dice.choice(DEPUTIES)

    def _answer(
        self, member: Membership, case: tuple[int, str, int]
    ) -> tuple[AttendanceStatus, InvitationReply | None]:
        if member.role is MemberRole.CHAIR:
            return (A.LEAVE, R.NOT_ATTENDING) if case == CHAIR_AWAY else (A.PRESENT, R.ATTENDING)
        roll = self.desk.dice.random()
        if roll >= 0.91:
            return (A.ABSENT, None) if roll >= 0.98 else (A.LEAVE, R.NOT_ATTENDING)
        if roll >= 0.79 and member.substitute_allowed:
            return A.DELEGATED, R.DELEGATE
        return A.PRESENT, R.ATTENDING

    def _guests(self, sitting: Sitting) -> Iterator[Attendance]:
        seated = {member.name for member in self.desk.cast.members[sitting.key]}
        for post in self.desk.dice.sample(GUESTS, 2):
            person = self.desk.cast.people[post]
            if person.name not in seated:
                yield Attendance(
                    meeting=sitting.meeting,
                    committee_id=sitting.meeting.committee_id,
                    province_id=self.desk.id,
                    name=person.name,
                    position=person.position,
                    status=A.GUEST,
                )

    def _prepare(self, sitting: Sitting) -> None:
        """Invite to what is a week ahead, and to CHIEF; put one meeting off."""
        case, meeting = (self.desk.id, sitting.key), sitting.meeting
        if case == POSTPONED:
            self._put_off(meeting)
        elif case == CHIEF or (
            (meeting.meets_on - self.today).days <= 7 and case != WITHOUT_SECRETARY
        ):
            self._settle(sitting)
            self.session.add_all(self._invited(sitting, 0.82 if case == CHIEF else 0.5))
            rules.invite(meeting, self.session)
            demo_agenda.write(self.desk, sitting)

    def _put_off(self, meeting: Meeting) -> None:
        later = self._working_day(meeting.meets_on + timedelta(days=7))
        if later.year == meeting.year:
            rules.postpone(meeting, later, CLASH, self.session)

    def _invited(self, sitting: Sitting, share: float) -> Iterator[Attendance]:
        """The sheet before the meeting: of a share of the members the reply is there."""
        members = self.desk.cast.members[sitting.key]
        answered = self.desk.dice.sample(range(len(members)), round(len(members) * share))
        for place, member in enumerate(members):
            row = sheet(sitting.meeting, member)
            if place in answered:
                self._reply(row, member)
            yield row

    def _reply(self, row: Attendance, member: Membership) -> None:
        roll = self.desk.dice.random()
        row.reply = R.ATTENDING if roll < 0.85 else R.NOT_ATTENDING
        if roll > 0.92 and member.substitute_allowed:
            row.reply = R.DELEGATE
            self._send_delegate(row)

    def _secretary_leaves(self, key: str) -> None:
        """The group's secretary has moved to another province; the seat waits for an order."""
        members = self.desk.cast.members[key]
        secretary = next(one for one in members if one.role is MemberRole.MEMBER_SECRETARY)
        day = max(self.today - timedelta(days=9), secretary.starts_on)
        governance.close(secretary, day, EndReason.MOVED, self.session)
