"""The paths of documents: each step in its turn, by whom it is allowed; secret content sealed."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from access import search
from access import viewer as who
from access.database import writing
from access.file_kinds import Judged, Unfit
from access.scope import Denied
from entities.documents import MASKED
from entities.vocabulary import (
    Act,
    DocumentStatus,
    EndorsementAction,
    RegisterKind,
    Role,
    Secrecy,
    Sector,
    SendMethod,
    Urgency,
)
from figures import documents as figures
from models import (
    Agency,
    Attachment,
    AuditEntry,
    Distribution,
    Document,
    Endorsement,
    SecretPaper,
)
from rules import documents
from rules.base import Broken, run_checks
from rules.documents import Note, Recipient
from tests.conftest import LOPBURI
from tests.registry_office import (
    CHIEF,
    GOVERNOR,
    NOW,
    TODAY,
    done,
    draft,
    issued,
    received,
    signed,
    unit,
)

A, S = EndorsementAction, DocumentStatus
HIDDEN = "แผนจับกุมผู้ค้ายาเสพติด"
DAY = timedelta(days=1)


@pytest.fixture
def work(session: Any) -> Any:
    """A session of the system that writes."""
    token = writing.set(True)
    session.rollback()
    yield session
    session.rollback()
    writing.reset(token)


def _agency(session: Any) -> Agency:
    made = Agency(province_id=LOPBURI, name="แขวงทางหลวงลพบุรี", sector=Sector.GOVERNMENT)
    session.add(made)
    session.flush()
    return made


def test_a_received_document_goes_up_and_comes_back_done(work: Any) -> None:
    office = unit(work)
    made = received(work, office, urgency=Urgency.QUICKLY)
    documents.present(made, Role.CHIEF_OF_OFFICE, work, NOW, signer=CHIEF)
    assert (made.status, made.waits_for) == (S.PRESENTED, Role.CHIEF_OF_OFFICE)
    documents.endorse(made, Note("เห็นควรเสนอ", A.CONSIDER, Role.GOVERNOR), work, NOW, CHIEF)
    assert (made.status, made.waits_for) == (S.ENDORSED, Role.GOVERNOR)
    due = TODAY + timedelta(days=7)
    told = Note("ดำเนินการ", A.ACT, Role.PLANNER, office, due)
    documents.endorse(made, told, work, NOW, GOVERNOR)
    assert (made.status, made.waits_for, made.holder_unit) == (S.ACTING, Role.PLANNER, office)
    assert made.due_on == due
    documents.report(made, "ส่งแผนแล้ว", work, NOW, CHIEF)
    assert (made.status, made.waits_for, made.done_on) == (S.DONE, Role.REGISTRAR, TODAY)
    work.commit()
    stations = figures.path(work, made)
    assert [one.kind for one in stations] == ["registered"] + ["endorsed"] * 4
    signers = [one.record.signer_name for one in stations[1:]]
    assert signers == [CHIEF.name, CHIEF.name, GOVERNOR.name, CHIEF.name]


def test_what_a_unit_has_lies_on_the_registrars_desk_until_it_is_acted_on(work: Any) -> None:
    """Accounts belong to no unit: passed to one alone, a document lay on nobody's desk."""
    office = unit(work)
    made = received(work, office)
    documents.present(made, Role.CHIEF_OF_OFFICE, work, NOW, signer=CHIEF)
    documents.endorse(made, Note("มอบดำเนินการ", A.ACT, None, office), work, NOW, CHIEF)
    assert (made.status, made.waits_for, made.holder_unit) == (S.ACTING, Role.REGISTRAR, office)
    assert [one.id for one in figures.inbox(work, [Role.REGISTRAR], LOPBURI)] == [made.id]
    documents.report(made, "ดำเนินการแล้ว", work, NOW, CHIEF)
    assert (made.waits_for, made.holder_unit) == (Role.REGISTRAR, None)


def test_taking_note_ends_the_path(work: Any) -> None:
    made = done(work, unit(work))
    assert (made.status, made.waits_for, made.done_on) == (S.DONE, Role.REGISTRAR, TODAY)


def test_steps_out_of_turn_are_refused(work: Any) -> None:
    office = unit(work)
    made = received(work, office)
    with pytest.raises(Broken, match="cannot go"):
        documents.endorse(made, Note("ทราบ"), work, NOW, CHIEF)
    with pytest.raises(Broken, match="those who endorse"):
        documents.present(made, Role.FINANCE, work, NOW, signer=CHIEF)
    documents.present(made, Role.GOVERNOR, work, NOW, signer=CHIEF)
    with pytest.raises(Broken, match="what is to be done"):
        documents.endorse(made, Note(" "), work, NOW, CHIEF)
    work.refresh(made)
    early = Note("ดำเนินการ", A.ACT, Role.PLANNER, due_on=TODAY - timedelta(days=1))
    with pytest.raises(Broken, match="before the document was received"):
        documents.endorse(made, early, work, NOW, CHIEF)
    one = draft(work, office)
    with pytest.raises(Broken, match="cannot go"):
        documents.sign(one, work, NOW, GOVERNOR)
    with pytest.raises(Broken, match="with a number"):
        documents.send(one, [Recipient("กรมการปกครอง")], work, NOW)


def test_a_draft_is_checked_by_another_signed_and_may_come_back(work: Any) -> None:
    office = unit(work)
    made = draft(work, office, made_by=CHIEF.user_id)
    with pytest.raises(Broken, match="does not check it"):
        documents.review(made, work, NOW, CHIEF)
    documents.review(made, work, NOW, GOVERNOR)
    assert made.waits_for is Role.GOVERNOR
    documents.send_back(made, "แก้ย่อหน้าที่สอง", work, NOW, GOVERNOR)
    assert (made.status, made.waits_for) == (S.DRAFT, Role.CHIEF_OF_OFFICE)
    documents.review(made, work, NOW, GOVERNOR)
    documents.sign(made, work, NOW, GOVERNOR)
    assert (made.status, made.waits_for, made.number) == (S.SIGNED, Role.REGISTRAR, None)
    kept = work.scalars(select(Endorsement).order_by(Endorsement.position)).all()
    assert [one.position for one in kept] == [1, 2, 3, 4]
    assert (kept[-1].signer_name, kept[-1].signed_by) == (GOVERNOR.name, GOVERNOR.user_id)


def test_endorsements_are_never_rewritten(work: Any) -> None:
    done(work, unit(work))
    work.commit()
    for statement in ("UPDATE endorsement SET text = 'x'", "DELETE FROM endorsement"):
        with pytest.raises(DBAPIError, match="append-only"):
            work.connection().execute(text(statement))
        work.rollback()


def test_a_document_goes_to_many_at_once_and_all_confirm(work: Any) -> None:
    office, agency = unit(work), _agency(work)
    made = issued(work, office)
    assert figures.undispatched(work) == [made]
    to = [
        Recipient("กรมการปกครอง", method=SendMethod.POST),
        Recipient(unit=office),
        Recipient(agency=agency),
    ]
    sent = documents.send(made, to, work, NOW)
    names = [one.recipient for one in sent]
    assert names == ["กรมการปกครอง", office.name, agency.name]
    assert (made.status, made.sent_on, made.waits_for) == (S.SENT, TODAY, None)
    later = NOW + timedelta(days=3)
    assert figures.unconfirmed(work, later) == sent
    documents.read(sent[0], work, later)
    documents.acknowledge(sent[0], work, later, "สมหญิง")
    with pytest.raises(Broken, match="already"):
        documents.acknowledge(sent[0], work, later)
    assert (sent[0].acknowledged_name, made.status) == ("สมหญิง", S.SENT)
    for one in sent[1:]:
        documents.acknowledge(one, work, later)
    assert (made.status, made.waits_for) == (S.ACKNOWLEDGED, Role.REGISTRAR)
    assert figures.unconfirmed(work, later) == []
    with pytest.raises(Broken, match="at least one"):
        documents.send(made, [], work, NOW)


def test_an_agency_confirms_what_came_to_it_and_sees_no_more(work: Any, persons: Any) -> None:
    from tests.conftest import make_user

    office, agency = unit(work), _agency(work)
    made = issued(work, office)
    other = issued(work, office)
    (sent,) = documents.send(made, [Recipient(agency=agency)], work, NOW)
    documents.send(other, [Recipient(unit=office)], work, NOW)
    from entities.vocabulary import GrantScope

    target = {"province_id": LOPBURI, "agency_id": agency.id}
    account = make_user(work, "highway", Role.AGENCY_OFFICER, GrantScope.AGENCY, **target)
    keys = sent.id, made.id, account.id
    work.commit()
    work.expunge_all()
    who.act_as(work, persons.viewer(keys[2]))
    seen = work.scalars(select(Distribution)).all()
    assert [one.id for one in seen] == [keys[0]]
    assert work.scalars(select(Document)).all() == []
    documents.acknowledge(seen[0], work, NOW)
    work.commit()
    who.act_as(work, who.SYSTEM)
    document = work.get(Document, keys[1])
    assert (document.status, document.waits_for) == (S.ACKNOWLEDGED, Role.REGISTRAR)


def test_the_inbox_of_a_desk_is_by_urgency(work: Any) -> None:
    office = unit(work)
    plain = received(work, office)
    quick = received(work, office, urgency=Urgency.QUICKLY)
    at_once = received(work, office, urgency=Urgency.AT_ONCE)
    lain = figures.inbox(work, [Role.REGISTRAR], LOPBURI)
    assert [one.id for one in lain] == [at_once.id, quick.id, plain.id]
    assert figures.inbox(work, [Role.GOVERNOR]) == []
    assert figures.inbox(work, []) == []


def test_an_answer_is_found_from_what_it_answers(work: Any) -> None:
    office = unit(work)
    asked = received(work, office)
    answer = draft(work, office, answers=asked)
    assert figures.answered_by(work, asked.id) == [answer]
    answer.answers_id = answer.id
    work.flush()
    with pytest.raises(Broken, match="answer itself"):
        run_checks(work)


def test_a_finished_document_is_not_rewritten(work: Any) -> None:
    from rules import registers

    made = issued(work, unit(work))
    registers.cancel(made, "พิมพ์ผิด", work, TODAY)
    made.subject = "แก้ไขภายหลัง"
    with pytest.raises(Broken, match="finished"):
        work.flush()


@pytest.mark.parametrize(("key", "value"), [("subject", "เรื่องอื่น"), ("to_party", "ผู้อื่น"),
                                            ("dated_on", TODAY - DAY)])  # fmt: skip
def test_what_was_signed_stays_as_it_was_signed(work: Any, key: str, value: Any) -> None:
    for make in (signed, issued):
        made = make(work, unit(work, f"0017.{make.__name__}"))
        work.commit()
        setattr(made, key, value)
        with pytest.raises(Broken, match="signed and stays"):
            work.flush()
        work.rollback()
    made = signed(work, unit(work, "0017.9"))
    documents.send_back(made, "ผิดชื่อ", work, NOW, GOVERNOR)
    setattr(made, key, value)
    work.flush()


def test_a_row_of_the_received_register_is_corrected_by_the_registrar(
    work: Any, persons: Any
) -> None:
    made = received(work, unit(work))
    key = made.id
    work.commit()
    work.expunge_all()
    for role, may in (("planner", False), ("registrar", True)):
        who.act_as(work, persons.viewer(persons.user_id(role)))
        writing.set(True)
        found = work.get(Document, key)
        assert documents.rewritten_by(found, work) is may
        found.subject = "แก้คำผิด"
        if may:
            work.commit()
        else:
            with pytest.raises(Broken, match="corrected by the registrar"):
                work.flush()
            work.rollback()


def test_the_unread_are_chased_and_each_time_is_counted(work: Any) -> None:
    made = issued(work, unit(work))
    first, second = documents.send(made, [Recipient("วัด"), Recipient("โรงเรียน")], work, NOW)
    documents.acknowledge(second, work, NOW, "ครู")
    later = NOW + 3 * DAY
    assert documents.chase(made, work, NOW + DAY, [first, second]) == [first]
    documents.chase(made, work, later, [first])
    work.commit()
    assert (first.chased_count, first.chased_at) == (2, later)
    assert (second.chased_count, second.chased_at) == (0, None)
    with pytest.raises(Broken, match="at least one"):
        documents.chase(made, work, later, [second])
    work.rollback()


# Secret documents.


def test_to_whom_a_secret_document_went_is_sealed(work: Any) -> None:
    made = _secret(work)
    agency = _agency(work)
    sent = documents.send(made, [Recipient("กองทัพภาคที่ 3"), Recipient(agency=agency)], work, NOW)
    more = documents.send(made, [Recipient("ตำรวจภูธร")], work, NOW)
    work.commit()
    assert {one.recipient for one in [*sent, *more]} == {MASKED}
    told = documents.sealed_recipients(documents.open_secret(made, work))
    names = ["กองทัพภาคที่ 3", agency.name, "ตำรวจภูธร"]
    assert [told[one.id] for one in [*sent, *more]] == names
    written = work.connection().exec_driver_sql("SELECT recipients FROM secret_paper").scalar_one()
    assert "กองทัพ" not in written
    entries = work.scalars(select(AuditEntry)).all()
    assert not [one for one in entries if "กองทัพ" in str(one.changes)]


def _secret(work: Any, **told: Any) -> Document:
    values = {
        "secrecy": Secrecy.SECRET, "subject": HIDDEN, "from_party": "กอ.รมน.",
        "ref_number": "กอ 1/2569", "body_text": "ความลับในไฟล์", **told,
    }  # fmt: skip
    return received(work, unit(work), **values)


def test_of_a_secret_document_nothing_stands_in_the_clear(work: Any) -> None:
    made = _secret(work)
    work.commit()
    assert (made.subject, made.from_party, made.ref_number) == (MASKED, None, None)
    told = (HIDDEN, "กอ.รมน.", "กอ 1/2569", "ความลับในไฟล์")
    for table in ("document", "secret_paper", "audit_entry", "endorsement", "register_book"):
        for row in work.connection().execute(text(f"SELECT * FROM {table}")):
            assert not [word for word in told if word in str(tuple(row))], table
    for word in told:
        assert search.find(work, Document, word, None, 10) == []
        assert search.find(work, SecretPaper, word, None, 10) == []
    paper = documents.open_secret(made, work)
    assert (paper.subject, paper.from_party) == (HIDDEN, "กอ.รมน.")


def test_each_opening_is_entered_in_the_audit(work: Any, persons: Any) -> None:
    made = _secret(work)
    key = made.id
    work.commit()
    paper_id = documents.paper_of(made, work).id
    work.expunge_all()
    work.rollback()
    who.act_as(work, persons.viewer(persons.user_id("governor")))
    token = writing.set(False)
    documents.open_secret(work.get(Document, key), work)
    work.rollback()
    writing.reset(token)
    who.act_as(work, persons.viewer(persons.user_id("registrar")))
    documents.open_secret(work.get(Document, key), work)
    work.commit()
    who.act_as(work, who.SYSTEM)
    opened = work.scalars(
        select(AuditEntry).where(AuditEntry.act == Act.REVEAL.value).order_by(AuditEntry.id)
    ).all()
    assert [one.actor for one in opened] == ["governor.16", "registrar.16"]
    assert {one.record_id for one in opened} == {paper_id}
    assert {one.province_id for one in opened} == {LOPBURI}


def test_who_is_not_cleared_opens_nothing(work: Any, persons: Any) -> None:
    made = _secret(work)
    key = made.id
    work.commit()
    for role in ("planner", "secretary", "finance"):
        who.act_as(work, persons.viewer(persons.user_id(role)))
        found = work.get(Document, key)
        assert str(found).endswith(MASKED)
        with pytest.raises(Denied):
            documents.open_secret(found, work)
        assert work.scalars(select(SecretPaper)).all() == []
        work.rollback()
    who.act_as(work, persons.viewer(persons.user_id("governor", 92)))
    assert work.get(Document, key) is None


def test_top_secret_stays_outside(work: Any) -> None:
    with pytest.raises(Broken, match="outside this system"):
        _secret(work, secrecy=Secrecy.TOP_SECRET)


def test_words_written_on_a_secret_document_are_sealed_too(work: Any) -> None:
    made = _secret(work)
    documents.present(made, Role.GOVERNOR, work, NOW, "เรียน ผวจ. " + HIDDEN, CHIEF)
    placed = work.scalars(select(Endorsement)).one()
    assert placed.text == MASKED
    (kept,) = json.loads(documents.open_secret(made, work).endorsements)
    assert kept["text"] == "เรียน ผวจ. " + HIDDEN
    (sent,) = documents.send(made, [Recipient("กองทัพภาค")], work, NOW)
    assert sent.subject == MASKED


def test_a_secret_document_is_corrected_only_where_it_is_opened(work: Any) -> None:
    made = _secret(work)
    work.commit()
    made.subject = "เรื่องจริง"
    with pytest.raises(Broken, match="where it is opened"):
        work.flush()
    work.rollback()
    documents.rewrite_secret(made, {"subject": "เรื่องใหม่"}, work)
    with pytest.raises(Broken, match="needs its subject"):
        documents.rewrite_secret(made, {"subject": " "}, work)
    work.rollback()


def test_a_secret_draft_is_signed_numbered_and_cancelled_like_others(work: Any) -> None:
    from rules import registers

    office = unit(work)
    made = issued(work, office, secrecy=Secrecy.VERY_SECRET, subject=HIDDEN)
    assert (made.number, made.dated_on, made.subject) == ("ลบ 0017/ล 1", TODAY, MASKED)
    registers.cancel(made, "พิมพ์ผิด", work, TODAY)
    work.commit()
    made.body_text = "ความลับ"
    with pytest.raises(Broken, match="where it is opened"):
        work.flush()


def test_files_of_a_secret_document_are_not_attached_in_the_open(work: Any) -> None:
    made = _secret(work)
    work.add(
        Attachment(
            province_id=LOPBURI, name="แผน.pdf", document=made, sha256="0" * 64, size=1,
            content_type="application/pdf",
        )
    )  # fmt: skip
    work.flush()
    with pytest.raises(Broken, match="sealed content"):
        run_checks(work)


def test_a_file_of_a_secret_document_is_kept_encrypted(work: Any, app: Any) -> None:
    made = _secret(work)
    held = documents.hold_file(
        made, "แผน.pdf", Judged("application/pdf"), HIDDEN.encode(), work, limit=100_000
    )
    documents.hold_file(made, "ผัง.png", Judged("image/png"), b"picture", work, limit=100_000)
    with pytest.raises(Broken, match=r"already, as “แผน.pdf”"):
        documents.hold_file(
            made, "ซ้ำ.pdf", Judged("application/pdf"), HIDDEN.encode(), work, limit=100_000
        )
    with pytest.raises(Unfit, match="too large"):
        documents.hold_file(made, "ใหญ่.pdf", Judged("application/pdf"), b"123", work, limit=2)
    work.commit()
    stored = list((app.config["SETTINGS"].data / "files").rglob(held.sha256))
    assert len(stored) == 1
    assert HIDDEN.encode() not in stored[0].read_bytes()
    found, content = documents.open_held(made, held.sha256, work)
    assert (found.name, content.decode()) == ("แผน.pdf", HIDDEN)
    names = [one.name for one in documents.held_files(documents.paper_of(made, work))]
    assert names == ["แผน.pdf", "ผัง.png"]
    with pytest.raises(Broken, match="within your reach"):
        documents.open_held(made, "0" * 64, work)
    for row in work.connection().execute(text("SELECT * FROM secret_paper")):
        assert "แผน.pdf" not in str(tuple(row))


def test_a_draft_was_never_received(work: Any) -> None:
    made = draft(work, unit(work), RegisterKind.CIRCULAR, received_on=date(2026, 1, 1))
    assert made.received_on is None
