"""Keeping and destroying: classes say how long, two persons decide, numbers stay for good."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from access.database import writing
from access.file_kinds import Judged
from entities.vocabulary import (
    DestructionStatus,
    Disposal,
    DocumentStatus,
    RetentionRule,
    Role,
    Secrecy,
)
from figures import documents as figures
from models import Attachment, DestructionBatch, DestructionItem, Document
from rules import documents, retention
from rules.base import Broken
from rules.documents import Note
from rules.retention import Borrower, Committee
from tests.conftest import LOPBURI
from tests.registry_office import (
    CHIEF,
    GOVERNOR,
    NOW,
    TODAY,
    done,
    issued,
    kept_for,
    received,
    unit,
)

B, D, S, R = DestructionStatus, Disposal, DocumentStatus, RetentionRule
COMMITTEE = Committee("คำสั่ง 12/2570", "สมชาย", ("สมหญิง", "สมศักดิ์"))
NEXT_YEAR = date(2028, 1, 20)


@pytest.fixture
def work(session: Any) -> Any:
    """A session of the system that writes."""
    token = writing.set(True)
    session.rollback()
    yield session
    session.rollback()
    writing.reset(token)


def _filed(work: Any, office: Any, kept: Any, **told: Any) -> Document:
    made = done(work, office, **told)
    retention.file(made, work, TODAY, kept, "สร 0017.1")
    return made


def test_the_class_says_until_when_a_document_is_kept() -> None:
    from models import RetentionClass

    def until(rule: RetentionRule, years: int | None, superseded: date | None = None) -> Any:
        made = RetentionClass(name="", rule=rule, years=years)
        return retention.keep_until(made, date(2028, 2, 29), superseded)

    assert until(R.YEARS, 1) == date(2029, 2, 28)
    assert until(R.YEARS, 4) == date(2032, 2, 29)
    assert until(R.PERMANENT, None) is None
    assert until(R.NONE, None) is None
    assert until(R.UNTIL_SUPERSEDED, None) is None
    assert until(R.UNTIL_SUPERSEDED, None, TODAY) == TODAY


def test_a_document_is_filed_when_it_is_done_with_and_has_a_class(work: Any) -> None:
    office, kept = unit(work), kept_for(work, R.YEARS, 10)
    made = done(work, office)
    with pytest.raises(Broken, match="how long"):
        retention.file(made, work, TODAY)
    work.refresh(made)
    retention.file(made, work, TODAY, kept, "สร 0017.1")
    assert (made.status, made.waits_for, made.file_code) == (S.FILED, None, "สร 0017.1")
    assert made.keep_until == date(2036, 11, 2)
    made.retention_class = kept_for(work, R.PERMANENT)
    work.flush()
    assert made.keep_until is None
    with pytest.raises(Broken, match="cannot go"):
        retention.file(issued(work, office), work, TODAY, kept)


def test_what_holds_until_superseded_is_kept_till_that_day(work: Any) -> None:
    made = _filed(work, unit(work), kept_for(work, R.UNTIL_SUPERSEDED))
    assert made.keep_until is None
    with pytest.raises(Broken, match="not before"):
        retention.supersede(made, TODAY - timedelta(days=1), work)
    retention.supersede(made, date(2027, 5, 1), work)
    assert made.keep_until == date(2027, 5, 1)


def test_a_document_is_lent_to_one_and_comes_back(work: Any) -> None:
    office = unit(work)
    made = _filed(work, office, kept_for(work, R.YEARS, 1))
    to = Borrower("สมหญิง", "นักวิเคราะห์", TODAY + timedelta(days=7))
    with pytest.raises(Broken, match="filed document is lent"):
        retention.lend(done(work, office), to, work, TODAY)
    with pytest.raises(Broken, match="before it is lent"):
        retention.lend(made, Borrower("ก", "", TODAY - timedelta(days=1)), work, TODAY)
    with pytest.raises(Broken, match="who borrows"):
        retention.lend(made, Borrower(" ", "", TODAY), work, TODAY)
    lent = retention.lend(made, to, work, TODAY)
    assert figures.lent(work, made.id)
    with pytest.raises(Broken, match="before it was lent"):
        retention.take_back(lent, "", work, TODAY - timedelta(days=1))
    retention.take_back(lent, "", work, TODAY)
    assert (lent.returned_by, figures.lent(work, made.id)) == ("สมหญิง", False)
    with pytest.raises(Broken, match="already"):
        retention.take_back(lent, "", work, TODAY)


def test_the_survey_lists_what_is_due_and_nothing_else(work: Any) -> None:
    office, other = unit(work), unit(work, "0018")
    year = kept_for(work, R.YEARS, 1)
    due = _filed(work, office, year)
    history = _filed(work, office, year, archival=True)
    lent = _filed(work, office, year)
    retention.lend(lent, Borrower("ก", "", NEXT_YEAR), work, TODAY)
    _filed(work, office, kept_for(work, R.YEARS, 10))
    _filed(work, office, kept_for(work, R.PERMANENT))
    electronic = _filed(work, office, kept_for(work, R.NONE))
    _filed(work, other, year)
    done(work, office)
    with pytest.raises(Broken, match="year is over"):
        retention.survey(office, 2027, work, date(2027, 12, 31))
    assert figures.due_for_destruction(work, office.id, 2026) == []
    with pytest.raises(Broken, match="Nothing is due"):
        retention.survey(office, 2026, work, NEXT_YEAR)
    batch = retention.survey(office, 2027, work, NEXT_YEAR)
    items = work.scalars(select(DestructionItem).order_by(DestructionItem.position)).all()
    assert [(one.document, one.opinion) for one in items] == [
        (due, D.DESTROY), (history, D.ARCHIVE),
    ]  # fmt: skip
    assert batch.name == "บัญชีหนังสือขอทำลาย ที่ 1/2570"
    assert figures.due_for_destruction(work, office.id, 2027) == []
    retention.withdraw(batch, work)
    assert figures.due_for_destruction(work, office.id, 2027) == [due, history]
    assert electronic in figures.due_for_destruction(work, office.id, 2037)
    assert figures.survey_deadline(2027) == date(2028, 2, 29)


def _listed(work: Any, count: int = 3) -> tuple[DestructionBatch, list[DestructionItem]]:
    office, year = unit(work), kept_for(work, R.YEARS, 1)
    for _n in range(count):
        _filed(work, office, year)
    batch = retention.survey(office, 2027, work, NEXT_YEAR)
    items = select(DestructionItem).order_by(DestructionItem.position)
    return batch, list(work.scalars(items))


def _before_archives(work: Any, count: int = 3) -> tuple[DestructionBatch, list[DestructionItem]]:
    batch, items = _listed(work, count)
    retention.to_committee(batch, COMMITTEE, work)
    retention.to_archives(batch, "เห็นควรทำลาย", work, NEXT_YEAR)
    return batch, items


def test_a_list_goes_through_committee_archives_and_another_persons_approval(work: Any) -> None:
    batch, items = _listed(work)
    kept = [one.document for one in items]
    work.add(
        Attachment(
            province_id=LOPBURI, name="หนังสือ.pdf", document=kept[0], sha256="0" * 64, size=1,
            content_type="application/pdf",
        )
    )  # fmt: skip
    retention.to_committee(batch, COMMITTEE, work)
    retention.judge(items[1], D.EXTEND, work, date(2030, 12, 31), "ยังใช้อ้างอิง")
    retention.to_archives(batch, "เห็นควรทำลาย", work, NEXT_YEAR)
    retention.judge(items[2], D.ARCHIVE, work)
    retention.archives_answer(batch, "ศธ 0501/1", NEXT_YEAR, work)
    batch.made_by = CHIEF.user_id
    with pytest.raises(Broken, match="cannot approve"):
        retention.approve(batch, work, NEXT_YEAR, CHIEF)
    retention.approve(batch, work, NEXT_YEAR, GOVERNOR)
    retention.carry_out(batch, work, NOW, NEXT_YEAR)
    work.commit()
    assert [one.status for one in kept] == [S.DESTROYED, S.FILED, S.ARCHIVED]
    assert kept[1].keep_until == date(2030, 12, 31)
    assert work.scalars(select(Attachment)).all() == []
    assert (batch.status, batch.approver_name) == (B.CARRIED_OUT, GOVERNOR.name)
    (proof,) = figures.prove(work, NEXT_YEAR)
    assert (proof.whole, proof.documents) == (True, 3)


def test_steps_of_a_list_out_of_turn_are_refused(work: Any) -> None:
    batch, items = _listed(work, 1)
    with pytest.raises(Broken, match="lies before somebody"):
        retention.judge(items[0], D.ARCHIVE, work)
    with pytest.raises(Broken, match="at least two"):
        retention.to_committee(batch, Committee("1", "ก", ("ข", " ")), work)
    work.refresh(batch)
    for act in (
        lambda: retention.to_archives(batch, "ก", work, NEXT_YEAR),
        lambda: retention.carry_out(batch, work, NOW, NEXT_YEAR),
    ):
        with pytest.raises(Broken, match="not open"):
            act()
    with pytest.raises(Broken, match="committee and the National"):
        retention.approve(batch, work, NEXT_YEAR, GOVERNOR)


def test_the_archives_are_waited_for_sixty_days(work: Any) -> None:
    batch, _items = _before_archives(work, 1)
    with pytest.raises(Broken, match="60 days"):
        retention.approve(batch, work, NEXT_YEAR + timedelta(days=59), GOVERNOR)
    with pytest.raises(Broken, match="before the list was sent"):
        retention.archives_answer(batch, "ศธ 1", NEXT_YEAR - timedelta(days=1), work)
    retention.approve(batch, work, NEXT_YEAR + timedelta(days=60), GOVERNOR)
    assert batch.status is B.APPROVED
    with pytest.raises(Broken, match="not approved is withdrawn"):
        retention.withdraw(batch, work)


def test_history_is_never_destroyed(work: Any) -> None:
    batch, items = _listed(work, 1)
    retention.to_committee(batch, COMMITTEE, work)
    items[0].document.archival = True
    with pytest.raises(Broken, match="never destroyed"):
        retention.judge(items[0], D.DESTROY, work)
    for opinion, until, words in (
        (D.EXTEND, None, "until when"),
        (D.ARCHIVE, NEXT_YEAR, "until when"),
        (D.EXTEND, date(2027, 12, 31), "longer than the year"),
    ):
        with pytest.raises(Broken, match=words):
            retention.judge(items[0], opinion, work, until)


def test_a_secret_document_is_listed_without_its_subject(work: Any) -> None:
    office = unit(work)
    made = _filed(work, office, kept_for(work, R.YEARS, 1), secrecy=Secrecy.SECRET, subject="ลับ ๆ")
    batch = retention.survey(office, 2027, work, NEXT_YEAR)
    (item,) = work.scalars(select(DestructionItem)).all()
    assert (item.document, str(made)) == (made, "ล 1/2569 เอกสารลับ")
    assert batch.version == 1


def test_of_a_destroyed_secret_document_only_its_row_stays(work: Any, app: Any) -> None:
    office = unit(work)
    made = received(work, office, secrecy=Secrecy.SECRET, subject="ลับ ๆ")
    documents.hold_file(made, "แผน.pdf", Judged("application/pdf"), b"%PDF secret", work, 1000)
    documents.present(made, Role.CHIEF_OF_OFFICE, work, NOW, "เรียนลับ", CHIEF)
    documents.endorse(made, Note("ทราบลับ"), work, NOW, CHIEF)
    retention.file(made, work, TODAY, kept_for(work, R.YEARS, 1))
    batch = retention.survey(office, 2027, work, NEXT_YEAR)
    retention.to_committee(batch, COMMITTEE, work)
    retention.to_archives(batch, "เห็นควรทำลาย", work, NEXT_YEAR)
    retention.archives_answer(batch, "ศธ 0501/1", NEXT_YEAR, work)
    retention.approve(batch, work, NEXT_YEAR, GOVERNOR)
    retention.carry_out(batch, work, NOW, NEXT_YEAR)
    work.commit()
    paper = documents.open_secret(made, work)
    assert (made.status, paper.subject) == (S.DESTROYED, "ลับ ๆ")
    assert (paper.files, paper.body_text, paper.endorsements) == (None, None, None)
    with pytest.raises(Broken):
        documents.open_held(made, "0" * 64, work)
