"""What the demonstration's meetings resolved, what follows from it, and how far the minutes are."""

from datetime import date, timedelta

from sqlalchemy import select

from entities.vocabulary import (
    AgendaPart,
    Certification,
    FollowUpStatus,
    MeetingStatus,
    MinutesAnswer,
    ResolutionKind,
)
from figures import meetings as figures
from models import AgendaItem, FollowUp, Meeting, MinutesReply, Resolution
from rules import meetings as rules
from rules.base import run_checks
from seed import demo_matters as matters
from seed.demo_agenda import Desk, Heard, Sitting, told
from seed.demo_matters import Task
from seed.demo_people import COMMITTEES

S, P, Kind = MeetingStatus, AgendaPart, ResolutionKind
DISSENTED = (16, "kbj", -2)
"""Province, committee and month (from this one) of the meeting with a dissenting vote."""
CORRECTED = (16, "urgent")
"""Province and committee whose newest minutes circulate, with a correction asked for."""
SAME_MEETING = {(50, "urgent"), (90, "urgent")}
BY_CIRCULATION = {"urgent", "monthly"}
REACHED = (S.MINUTES_DRAFT, S.HELD, S.MINUTES_DRAFT, S.MINUTES_CHECKED, S.MINUTES_CIRCULATED)
"""How far the newest minutes of each committee are; it turns by one from province to province."""
RECENT = 14
"""Days after which all minutes have been checked."""
DONE = (
    "ดำเนินการแล้วเสร็จ และรายงานผลเป็นหนังสือแล้ว",
    "ดำเนินการแล้วเสร็จตามมติที่ประชุม และส่งเอกสารให้ฝ่ายเลขานุการแล้ว",
    "ดำเนินการแล้วเสร็จก่อนกำหนด และแจ้งหน่วยที่เกี่ยวข้องทราบแล้ว",
)
UNDER_WAY = (
    "อยู่ระหว่างดำเนินการ ประสานหน่วยที่เกี่ยวข้องแล้ว",
    "ดำเนินการไปแล้วประมาณร้อยละ 60 คาดว่าแล้วเสร็จตามกำหนด",
    "อยู่ระหว่างรวบรวมข้อมูลจากหน่วยงานในพื้นที่",
)
BEHIND = "ล่าช้ากว่ากำหนด อยู่ระหว่างเร่งรัดและจะรายงานในการประชุมครั้งต่อไป"
OFFICE = "ฝ่ายเลขานุการ"
LAST_MINUTES = "ฝ่ายเลขานุการเสนอรายงานการประชุมซึ่งได้ส่งให้คณะกรรมการพิจารณาล่วงหน้าแล้ว"
CERTIFIED = "ที่ประชุมรับรองรายงานการประชุมโดยไม่มีการแก้ไข"
NOT_CERTIFIED = "ที่ประชุมรับทราบ และให้นำไปรับรองในการประชุมครั้งต่อไป"


class Minutes:
    """Resolutions, follow-ups and minutes of one province's meetings, committee by committee."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.session = desk, desk.session
        self.late: set[FollowUp] = set()
        self.uncertified: list[Meeting] = []

    def take(self, sitting: Sitting, heard: list[Heard]) -> None:
        """Record what a meeting that took place resolved, and its minutes as far as they are."""
        self._resolve(sitting, heard)
        far = self._reached(sitting)
        if far is not S.HELD:
            self._write(sitting.meeting, heard)
        if far not in (S.HELD, S.MINUTES_DRAFT):
            self._check(sitting, far)

    def _reached(self, sitting: Sitting) -> MeetingStatus:
        age = (self.desk.today - sitting.meeting.meets_on).days
        if age < 2:
            return S.HELD
        if sitting.key in BY_CIRCULATION:
            return S.MINUTES_CIRCULATED if age > 5 else S.MINUTES_DRAFT
        turn = (COMMITTEES.index(sitting.key) + self.desk.turn) % len(REACHED)
        return REACHED[turn] if sitting.newest and age <= RECENT else S.MINUTES_CHECKED

    def _resolve(self, sitting: Sitting, heard: list[Heard]) -> None:
        meeting = sitting.meeting
        for item, matter, said in heard:
            if meeting.quorum_met or matter.kind is Kind.ACKNOWLEDGE:
                lead = "ที่ประชุม" if matter.kind is Kind.ACKNOWLEDGE else "ที่ประชุมมีมติ"
                made = self._resolution(item, matter.kind, lead + matter.resolved.format_map(said))
                self.session.add_all(self._task(made, task, said) for task in matter.tasks)
            else:
                self._resolution(item, Kind.ACKNOWLEDGE, matters.phrase("no_quorum"))
        self._earlier_minutes(meeting)
        self._earlier_tasks(meeting)
        if (self.desk.id, sitting.key, sitting.shift) == DISSENTED:
            self._dissent(meeting)
        self.session.flush()

    def _resolution(self, item: AgendaItem, kind: ResolutionKind, text: str) -> Resolution:
        made = Resolution(
            text=text,
            kind=kind,
            agenda_item=item,
            meeting_id=item.meeting.id,
            committee_id=item.committee_id,
            province_id=self.desk.id,
        )
        self.session.add(made)
        return made

    def _task(self, resolution: Resolution, task: Task, said: dict[str, object]) -> FollowUp:
        cast, meeting = self.desk.cast, resolution.agenda_item.meeting
        head = cast.people.get("chief" if task.agency == "office" else task.agency)
        due = meeting.meets_on + timedelta(days=task.days)
        if task.late:
            due = self.desk.today - timedelta(days=task.late)
        made = FollowUp(
            task=task.text.format_map(said),
            resolution=resolution,
            meeting_id=meeting.id,
            committee_id=meeting.committee_id,
            province_id=self.desk.id,
            agency=cast.agencies.get(task.agency),
            owner_name=head and head.name,
            due_on=max(due, meeting.meets_on + timedelta(days=3)),
        )
        if task.late:
            self.late.add(made)
        return made

    def _dissent(self, meeting: Meeting) -> None:
        """One member of the provincial committee votes against, and says why."""
        approved = select(Resolution).where(
            Resolution.meeting_id == meeting.id, Resolution.kind == Kind.APPROVE
        )
        made = self.session.scalar(approved.order_by(Resolution.id).limit(1))
        if made is not None:
            made.votes_for, made.votes_against, made.abstained = (
                (meeting.present_count or 3) - 3,
                1,
                2,
            )
            made.dissenter = self.desk.cast.people["farmers"].name
            made.dissent = matters.phrase("dissent")

    def _items(self, meeting: Meeting, part: AgendaPart) -> list[AgendaItem]:
        wanted = AgendaItem.meeting_id == meeting.id, AgendaItem.part == part
        return list(self.session.scalars(select(AgendaItem).where(*wanted).order_by(AgendaItem.id)))

    def _earlier_minutes(self, meeting: Meeting) -> None:
        """With a quorum the meeting certifies the earlier minutes that wait for it."""
        for item in self._items(meeting, P.MINUTES):
            item.presenter = OFFICE
            if meeting.quorum_met:
                self._resolution(item, Kind.APPROVE, CERTIFIED)
            else:
                self._resolution(item, Kind.ACKNOWLEDGE, NOT_CERTIFIED)
        if meeting.quorum_met:
            for earlier in self.uncertified:
                rules.certify(
                    earlier, Certification.LATER_MEETING, self.session, meeting.meets_on, meeting
                )
            self.uncertified = []

    def _earlier_tasks(self, meeting: Meeting) -> None:
        """Under part 3 the agencies report; what is due is mostly done."""
        for item in self._items(meeting, P.FOLLOW_UP):
            one = self.session.get_one(FollowUp, item.follow_up_id)
            self._report(one, self._done_before(one, meeting.meets_on))
            one.reported_in_id = meeting.id
            item.presenter = one.agency.head_position if one.agency else OFFICE
            item.facts = one.progress
            self._resolution(item, Kind.ACKNOWLEDGE, "ที่ประชุมรับทราบผลการดำเนินงาน")

    def _done_before(self, one: FollowUp, day: date) -> date | None:
        """When a follow-up was done that is reported in a meeting; None while it is under way."""
        due = one.due_on or day
        if one in self.late or due > day + timedelta(days=4) or self.desk.dice.random() > 0.9:
            return None
        done = min(due, day) - timedelta(days=self.desk.dice.randint(1, 5))
        return max(done, one.meeting.meets_on + timedelta(days=2))

    def _report(self, one: FollowUp, done_on: date | None) -> None:
        to = FollowUpStatus.DONE if done_on else FollowUpStatus.IN_PROGRESS
        progress = self.desk.dice.choice(DONE if done_on else UNDER_WAY)
        rules.report(one, to, progress, self.session, done_on or self.desk.today)

    def finish_tasks(self, committee_id: int) -> None:
        """By today most of what fell due is done; some is days late, and some stays behind.

        In Lop Buri nothing is late but what is meant to be.
        """
        waiting = FollowUp.committee_id == committee_id, FollowUp.status.in_(figures.OPEN)
        for one in self.session.scalars(select(FollowUp).where(*waiting).order_by(FollowUp.id)):
            due = one.due_on or self.desk.today
            days = (self.desk.today - due).days
            if one in self.late:
                rules.report(one, FollowUpStatus.IN_PROGRESS, BEHIND, self.session, self.desk.today)
            elif days > 9 or (days > 0 and self._lucky()):
                self._report(one, due - timedelta(days=self.desk.dice.randint(0, 2)))
            elif one.status is FollowUpStatus.NOT_STARTED and self.desk.dice.random() < 0.5:
                self._report(one, None)

    def _lucky(self) -> bool:
        return self.desk.cast.place.rich or self.desk.dice.random() < 0.5

    def _write(self, meeting: Meeting, heard: list[Heard]) -> None:
        """Write the minutes under each matter."""
        texts = {one.item.id: told(one) for one in heard}
        texts |= {item.id: LAST_MINUTES for item in self._items(meeting, P.MINUTES)}
        for item in self._items(meeting, P.FOLLOW_UP):
            texts[item.id] = f"{item.presenter} รายงานว่า {item.facts}"
        rules.draft_minutes(meeting, texts, self.session)
        meeting.taken_by, meeting.taker_name = self.desk.taker.id, self.desk.taker.name

    def _check(self, sitting: Sitting, far: MeetingStatus) -> None:
        """Check the minutes; certify or circulate those that do not wait for the next meeting."""
        meeting = sitting.meeting
        rules.check_minutes(meeting, self.session)
        meeting.checked_by, meeting.checker_name = self.desk.checker.id, self.desk.checker.name
        if (self.desk.id, sitting.key) in SAME_MEETING:
            run_checks(self.session)
            rules.certify(meeting, Certification.SAME_MEETING, self.session, meeting.meets_on)
        elif far is S.MINUTES_CIRCULATED:
            self._circulate(sitting)
        else:
            self.uncertified.append(meeting)

    def _circulate(self, sitting: Sitting) -> None:
        """Send the minutes round; certify them when the closing date is past."""
        meeting, today = sitting.meeting, self.desk.today
        sent = min(meeting.meets_on + timedelta(days=5), today)
        until = sent + timedelta(days=7)
        asked = sitting.newest and (self.desk.id, sitting.key) == CORRECTED
        if asked or sitting.key not in BY_CIRCULATION:
            until = max(until, today + timedelta(days=2))
        rules.circulate(meeting, until, self.session, sent)
        replies = self._replies(sitting, sent, min(today, until), 0.9 if until < today else 0.6)
        if asked:
            replies[0].answer, replies[0].comment = (
                MinutesAnswer.AMEND,
                matters.phrase("correction"),
            )
        self.session.add_all(replies)
        run_checks(self.session)
        if until < today:
            closed = until + timedelta(days=1)
            rules.certify(meeting, Certification.CIRCULATION, self.session, closed)

    def _replies(
        self, sitting: Sitting, sent: date, last: date, share: float
    ) -> list[MinutesReply]:
        """The answers of a share of the members, the chair's always among them."""
        dice, meeting = self.desk.dice, sitting.meeting
        members = self.desk.cast.members[sitting.key]
        return [
            MinutesReply(
                meeting=meeting,
                membership=member,
                name=member.name,
                committee_id=meeting.committee_id,
                province_id=self.desk.id,
                answer=MinutesAnswer.AGREE,
                replied_on=sent + timedelta(days=dice.randint(0, (last - sent).days)),
            )
            for place, member in enumerate(members)
            if dice.random() < share or not place
        ]
