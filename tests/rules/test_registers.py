"""Numbers of documents: gapless, never typed, never used again, each register for itself."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, StatementError

from access.database import writing
from entities.vocabulary import DocumentStatus, NumberStatus, RegisterKind, Role, Secrecy
from figures import documents as figures
from models import Counter, Document, RegisterBook, RegisterNumber
from rules import registers, removal
from rules.base import Broken, refusal, run_checks
from rules.registers import Wish
from tests.registry_office import NOW, TODAY, draft, issued, received, signed, unit

K, S = RegisterKind, DocumentStatus


@pytest.fixture
def work(session: Any) -> Any:
    """A session of the system that writes."""
    token = writing.set(True)
    session.rollback()
    yield session
    session.rollback()
    writing.reset(token)


def _wish(count: int = 1, **told: Any) -> Wish:
    values = {"owner_name": "ฝ่ายอำนวยการ", "reason": "รอลงนาม", "expires_on": TODAY, **told}
    return Wish(count, **values)


def test_a_received_document_is_numbered_when_it_is_registered(work: Any) -> None:
    office = unit(work)
    first, second = received(work, office), received(work, office)
    assert (first.register_no, first.number) == (1, "1/2569")
    assert (second.register_no, second.number) == (2, "2/2569")
    assert first.register is second.register
    assert first.register.name == "ทะเบียนหนังสือรับ พ.ศ. 2569 กลุ่มงาน 0017"
    assert (first.status, first.waits_for) == (S.REGISTERED, Role.REGISTRAR)
    assert (first.received_on, first.received_time.hour) == (TODAY, 10)
    work.commit()
    assert work.scalar(select(Counter.value).where(Counter.key == first.register.series)) == 2


def test_saving_a_received_document_registers_it_whoever_writes_it(work: Any) -> None:
    made = Document(subject="ทดสอบ", register_kind=K.RECEIVED, unit=unit(work))
    work.add(made)
    work.commit()
    assert made.register_no == 1


def test_each_unit_kind_and_year_counts_for_itself(work: Any) -> None:
    one, two = unit(work), unit(work, "0017.2")
    assert received(work, one).register_no == received(work, two).register_no == 1
    sent, circular = signed(work, two), signed(work, two, K.CIRCULAR)
    order, memo = signed(work, two, K.ORDER), signed(work, two, K.INTERNAL)
    registers.issue([sent, circular, order, memo], work, NOW)
    told = [made.number for made in (sent, circular, order, memo)]
    assert told == ["ลบ 0017.2/1", "ลบ 0017.2/ว 1", "1/2569", "ลบ 0017.2/1"]
    assert len(work.scalars(select(RegisterBook)).all()) == 6


def test_the_year_turns_at_midnight_in_bangkok_and_opens_its_book(work: Any) -> None:
    office = unit(work)
    before = datetime(2026, 12, 31, 16, 59, 59, tzinfo=UTC)
    old, new = received(work, office, before), received(work, office, before + timedelta(seconds=1))
    assert (old.number, new.number) == ("1/2569", "1/2570")
    assert (old.register.year, new.register.year) == (2026, 2027)


def test_ten_drafts_get_their_numbers_in_one_press_or_none_does(work: Any) -> None:
    office = unit(work)
    ready = [signed(work, office) for _n in range(10)]
    unready = draft(work, office)
    work.commit()
    with pytest.raises(Broken, match="not signed"):
        registers.issue([*ready, unready], work, NOW)
    work.rollback()
    assert {one.register_no for one in ready} == {None}
    registers.issue(ready, work, NOW)
    work.commit()
    assert [one.register_no for one in ready] == list(range(1, 11))
    assert {one.status for one in ready} == {S.NUMBERED}


def test_a_number_is_never_typed_changed_or_removed(work: Any) -> None:
    office = unit(work)
    typed = Document(
        subject="ก", register_kind=K.SENT, unit=office, register_no=7, number="ลบ 0017/7"
    )
    work.add(typed)
    with pytest.raises(Broken, match="never typed"):
        work.flush()
    work.rollback()
    made = received(work, unit(work))
    work.commit()
    for key, value in (("register_no", 9), ("number", "9/2569"), ("registered_at", NOW)):
        setattr(made, key, value if key != "registered_at" else NOW + timedelta(days=1))
        with pytest.raises(Broken, match="never changed"):
            work.flush()
        work.rollback()
    with pytest.raises(Broken, match="official number"):
        removal.remove(work, made, NOW)


def test_a_number_given_up_goes_to_the_next(work: Any) -> None:
    office = unit(work)
    work.commit()
    assert received(work, office).register_no == 1
    work.rollback()
    assert received(work, office).register_no == 1


def test_a_number_goes_back_even_where_the_caller_carries_on(work: Any) -> None:
    """As a sheet of fifty does, whose faulty rows are told and left out."""
    office = unit(work)
    for told in ({"secrecy": Secrecy.TOP_SECRET}, {"urgency": "no such class"}):
        with pytest.raises((Broken, StatementError)):
            received(work, office, **told)
    assert [received(work, office).register_no for _n in range(2)] == [1, 2]
    work.commit()
    (proof,) = figures.prove(work, TODAY)
    assert (proof.whole, proof.last) == (True, 2)


def test_the_stamp_has_its_time_where_the_day_is_today(work: Any) -> None:
    office = unit(work)
    assert received(work, office, received_on=TODAY).received_time == time(10, 30)
    assert received(work, office, received_on=date(2026, 11, 1)).received_time is None


def test_days_that_cannot_be_are_refused(work: Any) -> None:
    office = unit(work)
    work.commit()
    for told, words in (
        ({"dated_on": date(2026, 11, 3), "received_on": TODAY}, "before its own date"),
        ({"received_on": date(2026, 11, 3)}, "in the future"),
        ({"received_on": date(2025, 12, 31)}, "cannot be of another year"),
    ):
        with pytest.raises(Broken, match=words):
            received(work, office, **told)
        work.rollback()
    made = received(work, office, dated_on=date(2026, 10, 30))
    work.commit()
    made.received_on = date(2026, 11, 9)
    work.flush()
    with pytest.raises(Broken, match="after the day of registration"):
        run_checks(work)
    work.rollback()
    made.dated_on = None
    made.received_on = date(2025, 12, 31)
    work.flush()
    with pytest.raises(Broken, match="cannot be of another year"):
        run_checks(work)
    work.rollback()
    made.received_on = date(2026, 10, 1)
    with pytest.raises(IntegrityError) as refused:
        work.flush()
    assert refusal(refused.value).field == "received_on"


def test_a_cancelled_number_stays_with_its_reason(work: Any) -> None:
    office = unit(work)
    made = issued(work, office)
    with pytest.raises(Broken, match="Say why"):
        registers.cancel(made, " ", work, TODAY)
    registers.cancel(made, "พิมพ์ผิด", work, TODAY)
    assert (made.status, made.register_no, made.waits_for) == (S.CANCELLED, 1, None)
    assert issued(work, office).register_no == 2
    with pytest.raises(Broken, match="finished"):
        registers.cancel(made, "อีกครั้ง", work, TODAY)


def test_a_number_kept_free_is_used_once_or_cancelled_with_a_reason(work: Any) -> None:
    office = unit(work)
    first, second = registers.reserve(office, K.SENT, _wish(2), work, NOW)
    assert (first.written, second.written) == ("ลบ 0017/1", "ลบ 0017/2")
    assert issued(work, office).register_no == 3
    made = signed(work, office)
    registers.use(first, made, work, NOW)
    assert (made.register_no, made.status, first.status) == (1, S.NUMBERED, NumberStatus.USED)
    with pytest.raises(Broken, match="no longer free"):
        registers.use(first, signed(work, office), work, NOW)
    registers.release(second, "ไม่ใช้แล้ว", work)
    with pytest.raises(Broken, match="no longer free"):
        registers.release(second, "อีกครั้ง", work)
    work.commit()
    (proof,) = figures.prove(work, TODAY)
    assert proof.whole
    assert (proof.documents, proof.kept, proof.last) == (2, 1, 3)


def test_what_cannot_be_kept_free_is_refused(work: Any) -> None:
    office = unit(work)
    for kind, wish, words in (
        (K.RECEIVED, _wish(), "not kept free"),
        (K.SENT, _wish(0), "Between 1"),
        (K.SENT, _wish(51), "Between 1"),
        (K.SENT, _wish(reason=" "), "for whom"),
        (K.SENT, _wish(expires_on=date(2026, 11, 1)), "end of its year"),
        (K.SENT, _wish(expires_on=date(2027, 1, 1)), "end of its year"),
    ):
        with pytest.raises(Broken, match=words):
            registers.reserve(office, kind, wish, work, NOW)
    (kept,) = registers.reserve(office, K.SENT, _wish(), work, NOW)
    with pytest.raises(Broken, match="another register"):
        registers.use(kept, signed(work, office, K.CIRCULAR), work, NOW)
    with pytest.raises(Broken, match="is over"):
        registers.use(kept, signed(work, office), work, NOW + timedelta(days=1))


def test_secret_documents_have_a_book_and_numbers_apart(work: Any) -> None:
    office = unit(work)
    open_one, secret = received(work, office), received(work, office, secrecy=Secrecy.SECRET)
    assert (open_one.number, secret.number) == ("1/2569", "ล 1/2569")
    assert secret.register.secret
    assert not open_one.register.secret
    assert "(ลับ)" in secret.register.name


def test_unit_register_and_secrecy_stay(work: Any) -> None:
    office, other = unit(work), unit(work, "0018")
    made = received(work, office)
    for key, value in (
        ("unit_id", other.id), ("register_kind", K.SENT), ("secrecy", Secrecy.SECRET),
    ):  # fmt: skip
        work.commit()
        setattr(made, key, value)
        with pytest.raises(Broken, match="stay as they are"):
            work.flush()
        work.rollback()


def test_only_the_registrar_gives_numbers(work: Any, persons: Any) -> None:
    from access import viewer as who
    from access.scope import Denied

    office = unit(work)
    ready = signed(work, office)
    keys = (office.id, ready.id)
    work.commit()
    work.expunge_all()
    who.act_as(work, persons.viewer(persons.user_id("planner")))
    token = writing.set(True)
    from models import OfficeUnit

    with pytest.raises(Broken, match="by the registrar"):
        received(work, work.get(OfficeUnit, keys[0]))
    work.rollback()
    with pytest.raises(Denied):
        registers.issue([work.get(Document, keys[1])], work, NOW)
    work.rollback()
    who.act_as(work, persons.viewer(persons.user_id("registrar")))
    assert received(work, work.get(OfficeUnit, keys[0])).register_no == 1
    registers.issue([work.get(Document, keys[1])], work, NOW)
    (kept,) = registers.reserve(work.get(OfficeUnit, keys[0]), K.SENT, _wish(), work, NOW)
    work.commit()
    assert work.get(RegisterNumber, kept.id).number == 2
    writing.reset(token)
