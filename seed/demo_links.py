"""The demonstration's links: a handful in three provinces, so that a visitor sees how areas hang together.

A case that came in with a letter and is answered by one, an invitation out of the register, and
follow-ups that a document or a case carries out.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from entities import dates
from entities.vocabulary import (
    ComplaintStatus,
    DocumentStatus,
    FollowUpStatus,
    MeetingStatus,
    Role,
    SendMethod,
)
from figures import links as figures
from models import Complaint, Document, FollowUp, Meeting, OfficeUnit, UserAccount
from rules import documents, registers
from rules import links as rules
from rules.documents import Recipient, Signer
from rules.links import Letter
from seed.demo_people import Cast

WHERE = (16, 39, 52)
"""Lop Buri, Nong Bua Lam Phu and Lampang."""
SENDS_A_CASE = "ส่งเรื่องร้องเรียนของราษฎรเพื่อพิจารณาดำเนินการ"
"""The subject of such a letter in `demo_documents.toml`."""
BY_LETTER = (3, 8, 9, 12)
"""Ids of the channels in `seed/complaints.py` by which a case comes in writing."""
CALLED = "ขอเชิญประชุม{} ครั้งที่ {}/{}"
OPEN = (FollowUpStatus.NOT_STARTED, FollowUpStatus.IN_PROGRESS)
C = ComplaintStatus


class Binder:
    """Ties what a province's areas have made."""

    def __init__(
        self, session: Session, cast: Cast, today: date, opened: dict[Role, UserAccount]
    ) -> None:
        self.session, self.today, self.opened = session, today, opened
        self.home = cast.province.id
        mine = OfficeUnit.province_id == self.home
        self.unit = session.scalars(select(OfficeUnit).where(mine).order_by(OfficeUnit.id)).first()

    def tie(self) -> None:
        """Follow-ups, letters that brought cases, an answer, an invitation sent and one drafted."""
        self._follow_ups()
        for source in self._letters()[:3]:
            self._source(source)
        for case in self._cases(Complaint.status == C.CLOSED)[:1]:
            self._answer(case)
        for meeting in self._meetings(MeetingStatus.INVITED)[:1]:
            self._send(self._invitation(meeting))
        for meeting in self._meetings(MeetingStatus.DRAFT)[:1]:
            self._invitation(meeting)
        self.session.flush()

    def _letters(self) -> Sequence[Document]:
        """The received letters that send a complaint, the newest first."""
        wanted = Document.province_id == self.home, Document.subject == SENDS_A_CASE
        newest = Document.received_on.desc(), Document.id
        return self.session.scalars(select(Document).where(*wanted).order_by(*newest)).all()

    def _source(self, letter: Document) -> None:
        """The first case that came by letter in the days after it."""
        day = letter.received_on or self.today
        found = self._cases(
            Complaint.channel_id.in_(BY_LETTER), Complaint.source_document_id.is_(None),
            Complaint.received_on.between(day, day + timedelta(days=30)),
        )  # fmt: skip
        for case in found[-1:]:
            rules.link_case(case, letter, case.answer_document, self.session)

    def _cases(self, *where: ColumnElement[bool]) -> Sequence[Complaint]:
        """The cases whose subject may stand in a register, the newest first."""
        plain = (
            Complaint.province_id == self.home, Complaint.confidential.is_(False),
            Complaint.is_anonymous.is_(False),
        )  # fmt: skip
        newest = Complaint.received_on.desc(), Complaint.id
        return self.session.scalars(select(Complaint).where(*plain, *where).order_by(*newest)).all()

    def _meetings(self, status: MeetingStatus) -> Sequence[Meeting]:
        wanted = Meeting.province_id == self.home, Meeting.status == status
        newest = Meeting.meets_on.desc(), Meeting.id
        return self.session.scalars(select(Meeting).where(*wanted).order_by(*newest)).all()

    def _answer(self, case: Complaint) -> None:
        """A letter to the one who complained goes out, without a name."""
        letter = Letter(rules.answer_subject(case), self._unit(), "ผู้ร้อง")
        made = rules.write_answer(case, letter, self.session)
        made.made_by, made.made_at = self.opened[Role.COMPLAINT_OFFICER].id, self._now()
        self._send(made)

    def _invitation(self, meeting: Meeting) -> Document:
        name = meeting.committee.name
        subject = CALLED.format(name, meeting.number, meeting.year + dates.BE_OFFSET)
        made = rules.write_invitation(
            meeting, Letter(subject, self._unit(), rules.INVITED), self.session
        )
        made.made_by, made.made_at = self.opened[Role.SECRETARY].id, self._now()
        return made

    def _follow_ups(self) -> None:
        """One is carried out by a document that went out, one by a case under way."""
        wanted = FollowUp.province_id == self.home, FollowUp.status.in_(OPEN)
        found = self.session.scalars(select(FollowUp).where(*wanted).order_by(FollowUp.id)).all()
        sent = figures.newest(self.session, self.home, received=False, secrets=False, limit=50)
        out = next(
            (
                one
                for one in sent
                if one.status in (DocumentStatus.SENT, DocumentStatus.ACKNOWLEDGED)
            ),
            None,
        )
        carriers: list[dict[str, Any]] = [
            {"document": out, "case": None},
            *(
                {"document": None, "case": case}
                for case in self._cases(Complaint.status == C.IN_PROGRESS)[:1]
            ),
        ]
        for one, carrier in zip(found, carriers, strict=False):
            rules.carry_out(one, carrier["document"], carrier["case"], self.session)

    def _send(self, made: Document) -> None:
        """A draft goes its way: checked, signed, numbered, sent."""
        now = self._now()
        documents.review(made, self.session, now, self._signer(Role.CHIEF_OF_OFFICE))
        documents.sign(made, self.session, now, self._signer(Role.GOVERNOR))
        registers.issue([made], self.session, now)
        to = [Recipient(made.to_party or "", method=SendMethod.POST)]
        documents.send(made, to, self.session, now)

    def _unit(self) -> OfficeUnit:
        if self.unit is None:
            raise LookupError("the registers are laid out first")
        return self.unit

    def _signer(self, role: Role) -> Signer:
        account = self.opened[role]
        return Signer(account.name, account.position or "", account.id)

    def _now(self) -> datetime:
        """This morning: the newest moment of the registers."""
        return datetime.combine(self.today, time(9), dates.BANGKOK)


def tie(session: Session, cast: Cast, today: date, opened: dict[Role, UserAccount]) -> None:
    """Tie a province's areas together, where the demonstration shows it."""
    if cast.province.id in WHERE:
        Binder(session, cast, today, opened).tie()
