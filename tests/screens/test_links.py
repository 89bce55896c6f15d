"""Links between areas on the screens: how they are made, both sides of each, and who is told nothing."""

import io
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from entities import dates
from entities.base import record_kinds
from entities.documents import MASKED
from entities.vocabulary import (
    AgendaPart,
    CommitteeType,
    DocumentStatus,
    FollowUpStatus,
    GrantScope,
    MeetingStatus,
    RegisterKind,
    ResolutionKind,
    Role,
    Secrecy,
    Verb,
)
from models import (
    AgendaItem,
    Attachment,
    Committee,
    Complaint,
    Document,
    FollowUp,
    Meeting,
    OfficeUnit,
    Resolution,
    RoleNarrowing,
)
from rules import complaints, documents, registers
from rules.documents import Recipient
from tests import registry_office
from tests.complaint_office import MONDAY, NAME, PHONE, Office
from tests.conftest import LOPBURI, TRANG, make_user
from tests.factories import cluster_of
from tests.factories_complaints import case as new_case
from tests.pages import open_form
from tests.registry_office import work

pytestmark = pytest.mark.usefixtures("in_english")

TOPIC = "ขอให้ซ่อมถนนสายบ้านทดสอบ"
HIDDEN = "แผนลับเฉพาะกรณีเชื่อมโยง"
NOBODY_HERE = "ถนนหน้าโรงเรียนทรุด"


class Province:
    """A province with a register, a meeting that resolved something, and documents by their kind."""

    def __init__(self, session, home=LOPBURI):
        self.session, self.home = session, home
        with work(session):
            unit = registry_office.unit(session, province_id=home)
            self.unit = unit.id
            self.meeting, self.follow_up = self._meeting()

    def _meeting(self):
        found = select(Committee).where(Committee.province_id == self.home).limit(1)
        committee = self.session.scalars(found).one()
        meeting = Meeting(
            committee=committee, province_id=self.home, meets_on=dates.today(),
            status=MeetingStatus.INVITED, quorum_met=True,
        )  # fmt: skip
        item = AgendaItem(
            meeting=meeting, committee=committee, part=AgendaPart.CONSIDER, title="เรื่อง"
        )
        one = Resolution(agenda_item=item, text="ให้ดำเนินการ", kind=ResolutionKind.ACKNOWLEDGE)
        task = FollowUp(resolution=one, task="ทำหนังสือถึงกรม", due_on=dates.today())
        for row in (meeting, item, one, task):
            self.session.add(row)
            self.session.flush()
        return meeting.id, task.id

    def document(self, make=registry_office.received, **told):
        with work(self.session):
            told = {"subject": TOPIC, **told}
            if make is registry_office.received:
                told["now"] = dates.now()
            return make(self.session, self.session.get(OfficeUnit, self.unit), **told).id

    def secret(self, make=registry_office.received):
        return self.document(make, subject=HIDDEN, secrecy=Secrecy.SECRET)

    def tie(self, entity, key, **links):
        with work(self.session):
            row = self.session.get(entity, key)
            for name, value in links.items():
                setattr(row, name, value)


@pytest.fixture
def province(session):
    """Lop Buri."""
    return Province(session)


@pytest.fixture
def office(session, persons):
    """The centre of Lop Buri with its agencies."""
    return Office(session, persons)


def page(client, table, key, which="details"):
    answer = client.get(f"/admin/{table}/{which}/?id={key}")
    assert answer.status_code == 200, (table, answer.status)
    return answer.get_data(as_text=True)


def press(client, address, **data):
    return client.post(address, data={"csrf_token": client.csrf, **data})


def text(answer):
    data = answer.get_data()
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            data = b"".join(packed.read(name) for name in packed.namelist())
    return data.decode("utf-8", "replace")


def read(session, entity, key):
    session.rollback()
    return session.get(entity, key)


# A case from a document, and its answer.


def test_a_case_is_taken_down_from_a_received_document(session, persons, province):
    day = dates.today() - timedelta(days=2)
    source = province.document(received_on=day, ref_number="มท 1/2")
    officer = persons.client("complaint_officer")
    address = f"/admin/complaint/new/?source_document_id={source}"
    assert address.replace("&", "&amp;") in page(officer, "document", source)
    form = open_form(officer, address)
    assert form["subject"] == TOPIC
    assert form["received_on"] == dates.input_date(day)
    assert form["channel_id"] == "12"
    answer = officer.post(address, data={**form, "category_id": 3})
    assert answer.status_code == 302, answer.get_data(as_text=True)[-2000:]
    session.rollback()
    made = session.scalars(select(Complaint)).one()
    assert made.source_document_id == source
    number, letter = made.number, session.get(Document, source).number
    session.rollback()
    assert letter in page(officer, "complaint", made.id)
    shown = page(officer, "document", source)
    assert number in shown
    assert f"/admin/complaint/details/?id={made.id}" in shown


def test_a_letter_without_a_number_of_its_own_came_as_a_letter(persons, province):
    source = province.document()
    form = open_form(
        persons.client("complaint_officer"), f"/admin/complaint/new/?source_document_id={source}"
    )
    assert form["channel_id"] == "3"


def test_a_draft_case_keeps_the_document_it_came_with(session, persons, province):
    source = province.document()
    officer = persons.client("complaint_officer")
    address = f"/admin/complaint/new/?source_document_id={source}"
    form = open_form(officer, address)
    officer.post(address, data={**form, "category_id": 3, "_draft": "1"})
    session.rollback()
    made = session.scalars(select(Complaint)).one()
    assert (made.number, made.source_document_id) == (None, source)


def test_nothing_of_a_secret_document_goes_into_a_case(persons, province):
    source = province.secret()
    for role in ("complaint_officer", "chief_of_office"):
        client = persons.client(role)
        answer = client.get(f"/admin/complaint/new/?source_document_id={source}")
        shown = answer.get_data(as_text=True)
        assert answer.status_code == 200
        assert HIDDEN not in shown
        assert MASKED in shown


def test_a_case_comes_with_no_other_document(session, persons, province):
    officer = persons.client("complaint_officer")
    far = Province(session, TRANG).document()
    sent = province.document(registry_office.draft)
    with work(session):
        gone = registry_office.received(
            session, session.get(OfficeUnit, province.unit), now=dates.now()
        )
        registers.cancel(gone, "ผิด", session, dates.today())
        cancelled = gone.id
    for key in (far, sent, cancelled, "9" * 30, "x", "-1"):
        address = f"/admin/complaint/new/?source_document_id={key}"
        assert officer.get(address).status_code == 404, key
        form = open_form(officer, "/admin/complaint/new/")
        answer = officer.post(address, data={**form, "subject": "ก", "category_id": 3})
        assert answer.status_code == 404, key
    session.rollback()
    assert session.scalars(select(Complaint)).all() == []


def test_only_who_takes_cases_down_is_offered_it(persons, province):
    source = province.document()
    for role in ("registrar", "planner", "governor", "finance"):
        client = persons.client(role)
        assert "source_document_id" not in page(client, "document", source), role
        assert client.get(f"/admin/complaint/new/?source_document_id={source}").status_code == 403


def test_the_answer_is_a_draft_without_a_word_of_the_complainant(
    session, persons, province, office
):
    key = office.case()
    source = province.document()
    province.tie(Complaint, key, source_document_id=source)
    officer = persons.client("complaint_officer")
    assert f"/admin/complaint/answer/?id={key}" in page(officer, "complaint", key)
    shown = officer.get(f"/admin/complaint/answer/?id={key}").get_data(as_text=True)
    assert NOBODY_HERE in shown
    assert not [one for one in (NAME, PHONE, "081-234") if one in shown]
    answer = press(
        officer, f"/admin/complaint/answer/?id={key}", unit=province.unit, subject="แจ้งผล"
    )
    assert answer.status_code == 302
    made = read(session, Complaint, key).answer_document
    assert (made.subject, made.to_party, made.number) == ("แจ้งผล", None, None)
    assert (made.status, made.register_kind) == (DocumentStatus.DRAFT, RegisterKind.SENT)
    assert made.answers_id == source
    document, case = made.id, read(session, Complaint, key).number
    session.rollback()
    assert case in page(officer, "document", document)
    assert "It gets its number when it is issued" in page(officer, "complaint", key)
    press(officer, f"/admin/complaint/answer/?id={key}", unit=province.unit, subject="ซ้ำ")
    session.rollback()
    assert len(session.scalars(select(Document).where(Document.subject == "ซ้ำ")).all()) == 0
    with work(session):
        row = session.get(Document, document)
        documents.review(row, session, registry_office.NOW, registry_office.CHIEF)
        documents.sign(row, session, registry_office.NOW, registry_office.GOVERNOR)
        registers.issue([row], session, dates.now())
        number = row.number
    assert number in page(officer, "complaint", key)


def test_a_confidential_case_lends_the_register_no_word(persons, province, office):
    key = office.case(confidential=True)
    officer = persons.client("complaint_officer")
    form = officer.get(f"/admin/complaint/answer/?id={key}").get_data(as_text=True)
    field = form[form.index('name="subject"') - 600 : form.index('name="subject"') + 600]
    assert "แจ้งผลการดำเนินการเรื่องร้องเรียน" in field
    assert NOBODY_HERE not in field


def test_documents_that_are_there_are_picked_and_untied(session, persons, province, office):
    key = office.case()
    came, sent = province.document(), province.document(registry_office.draft, subject="ตอบแล้ว")
    officer = persons.client("complaint_officer")
    address = f"/admin/complaint/papers/?id={key}"
    refused = press(officer, address, source=sent, answer=came)
    assert refused.status_code == 422
    assert press(officer, address, source=came, answer=sent).status_code == 302
    case = read(session, Complaint, key)
    assert (case.source_document_id, case.answer_document_id) == (came, sent)
    session.rollback()
    assert "ตอบแล้ว" in page(officer, "complaint", key)
    assert press(officer, address, source=came, answer="").status_code == 302
    assert read(session, Complaint, key).answer_document_id is None


# A meeting's invitation.


def test_the_invitation_becomes_a_document_with_its_letter(session, persons, province):
    secretary = persons.client("secretary")
    key = province.meeting
    address = f"/admin/meeting/letter/?id={key}"
    assert address in page(secretary, "meeting", key)
    shown = secretary.get(address).get_data(as_text=True)
    meeting = read(session, Meeting, key)
    wanted = f"ครั้งที่ {meeting.number}/{meeting.year + 543}"
    session.rollback()
    assert "ขอเชิญประชุม" in shown
    assert wanted in shown
    answer = press(secretary, address, unit=province.unit, subject=f"ขอเชิญประชุม {wanted}")
    assert answer.status_code == 302, answer.get_data(as_text=True)[-1500:]
    document = read(session, Meeting, key).invitation
    assert (document.number, document.status) == (None, DocumentStatus.DRAFT)
    paper = session.scalars(select(Attachment).where(Attachment.document_id == document.id)).one()
    assert paper.name.endswith(".docx")
    document_id, name = document.id, meeting.name
    session.rollback()
    assert name in page(secretary, "document", document_id)
    with work(session):
        row = session.get(Document, document_id)
        documents.review(row, session, registry_office.NOW, registry_office.CHIEF)
        documents.sign(row, session, registry_office.NOW, registry_office.GOVERNOR)
        registers.issue([row], session, dates.now())
        number = row.number
    assert number in page(secretary, "meeting", key)
    letter = text(secretary.get(f"/admin/meeting/invitation/?id={key}"))
    thai = number.translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))
    assert thai in letter or number in letter


def test_a_sent_document_is_picked_as_the_invitation(session, persons, province):
    secretary = persons.client("secretary")
    sent, came = province.document(registry_office.draft), province.document()
    address = f"/admin/meeting/letter/link/?id={province.meeting}"
    assert press(secretary, address, document=came).status_code == 422
    assert press(secretary, address, document=sent).status_code == 302
    assert read(session, Meeting, province.meeting).invitation_id == sent


def test_who_does_not_invite_makes_no_invitation(persons, province):
    sent = province.document(registry_office.draft)
    for role in ("planner", "registrar", "governor"):
        client = persons.client(role)
        assert "/admin/meeting/letter" not in page(client, "meeting", province.meeting), role
        for path in ("letter/", "letter/link/"):
            answer = press(client, f"/admin/meeting/{path}?id={province.meeting}", document=sent)
            assert answer.status_code == 403, (role, path)


# Follow-ups.


def test_a_document_or_a_case_carries_a_follow_up_out(session, persons, province, office):
    secretary = persons.client("secretary")
    key = province.follow_up
    sent, case = province.document(registry_office.draft), office.case()
    address = f"/admin/follow_up/carrier/?id={key}"
    assert press(secretary, address, document=sent, case=case).status_code == 422
    assert press(secretary, address, document=sent).status_code == 302
    assert read(session, FollowUp, key).document_id == sent
    session.rollback()
    assert TOPIC in page(secretary, "follow_up", key)
    assert "ทำหนังสือถึงกรม" in page(secretary, "document", sent)
    assert press(secretary, address, document="", case=case).status_code == 302
    one = read(session, FollowUp, key)
    assert (one.document_id, one.complaint_id) == (None, case)
    number = session.get(Complaint, case).number
    session.rollback()
    assert number in page(secretary, "follow_up", key)
    assert number in secretary.get("/admin/follow_up/").get_data(as_text=True)
    assert "ทำหนังสือถึงกรม" in page(secretary, "complaint", case)


def test_what_is_done_shows_and_closes_nothing(session, persons, province, office):
    key, told = province.follow_up, "What carries it out is done"
    secretary = persons.client("secretary")
    case = office.case()
    province.tie(FollowUp, key, complaint_id=case)
    assert told not in page(secretary, "follow_up", key)
    office.do(case, complaints.screen)
    office.do(case, complaints.reject, "ไม่รับ")
    assert told in page(secretary, "follow_up", key)
    assert told not in page(persons.client("planner"), "follow_up", key)
    assert read(session, FollowUp, key).status is FollowUpStatus.NOT_STARTED


# Who is told nothing.


@pytest.fixture
def tied(session, province, office):
    """Every link, with a case and documents; and a follow-up that a case carries out."""
    case = office.case(TOPIC)
    came, sent = province.document(), province.document(registry_office.draft, subject="หนังสือตอบ")
    province.tie(Complaint, case, source_document_id=came, answer_document_id=sent)
    province.tie(Meeting, province.meeting, invitation_id=sent)
    province.tie(FollowUp, province.follow_up, complaint_id=case)
    number = read(session, Complaint, case).number
    session.rollback()
    return {"case": case, "came": came, "sent": sent, "number": number}


def _everywhere(province, tied):
    """Addresses by which a link might tell of its far side."""
    for table, key in (
        ("document", tied["came"]), ("document", tied["sent"]), ("meeting", province.meeting),
        ("follow_up", province.follow_up), ("complaint", tied["case"]),
    ):  # fmt: skip
        yield from (f"/admin/{table}/{which}/?id={key}" for which in ("details", "history"))
    for table, columns in (
        ("follow_up", ("complaint_id", "document_id")), ("meeting", ("invitation_id",)),
        ("complaint", ("source_document_id", "answer_document_id")),
    ):  # fmt: skip
        for key in columns:
            yield f"/admin/{table}/?columns={key}"
            yield f"/admin/{table}/export/xlsx/?columns={key}"
            yield f"/admin/{table}/?{key}={tied['case']}"
            yield f"/admin/{table}/lookup/?field={key}&q="
    yield f"/admin/complaint/choose/?province={LOPBURI}&q="
    yield f"/admin/complaint/choose/?province={LOPBURI}&q={tied['number']}"
    yield f"/admin/meeting/packet/?id={province.meeting}"
    yield f"/admin/search/?q={tied['number']}"


@pytest.mark.parametrize("role", ["planner", "registrar", "finance", "personnel_officer"])
def test_who_reads_no_cases_is_told_of_none(persons, province, tied, role):
    client = persons.client(role)
    for address in _everywhere(province, tied):
        answer = client.get(address)
        told = text(answer).replace(address.rpartition("=")[2], "")
        assert answer.status_code < 500, address
        for hidden in (tied["number"], f"/admin/complaint/details/?id={tied['case']}"):
            assert hidden not in told, (address, hidden)
    reader = persons.client("secretary")
    for which in ("details", "history"):
        assert "Carried out by" in page(reader, "follow_up", province.follow_up, which)
        assert "Carried out by" not in page(client, "follow_up", province.follow_up, which)


def test_another_province_is_told_nothing(session, persons, province, tied):
    session.rollback()
    stranger = persons.client("chief_of_office", TRANG)
    for address in _everywhere(province, tied):
        told = text(stranger.get(address)).replace(address.rpartition("=")[2], "")
        assert tied["number"] not in told, address
        assert TOPIC not in told, address
    for address in (
        f"/admin/complaint/answer/?id={tied['case']}", f"/admin/complaint/papers/?id={tied['case']}",
        f"/admin/meeting/letter/?id={province.meeting}",
        f"/admin/meeting/letter/link/?id={province.meeting}",
        f"/admin/follow_up/carrier/?id={province.follow_up}",
    ):  # fmt: skip
        assert stranger.get(address).status_code == 404, address
        assert press(stranger, address).status_code == 404, address
    for table in ("document", "complaint"):
        told = stranger.get(f"/admin/{table}/choose/?province={LOPBURI}&q=").get_json()
        assert told == [], table


def test_a_foreign_record_cannot_be_picked_nor_kept(session, persons, province, office):
    there = Province(session, TRANG)
    far, far_sent = there.document(), there.document(registry_office.draft)
    with work(session):
        row = new_case(TRANG, "เรื่องของตรัง")
        complaints.receive(row, session, MONDAY)
        far_case = row.id
    officer, secretary = persons.client("complaint_officer"), persons.client("secretary")
    case = office.case()
    for client, address, data in (
        (officer, f"/admin/complaint/papers/?id={case}", {"source": far}),
        (officer, f"/admin/complaint/papers/?id={case}", {"answer": far_sent}),
        (secretary, f"/admin/meeting/letter/link/?id={province.meeting}", {"document": far_sent}),
        (secretary, f"/admin/follow_up/carrier/?id={province.follow_up}", {"document": far}),
        (secretary, f"/admin/follow_up/carrier/?id={province.follow_up}", {"case": far_case}),
        (officer, f"/admin/complaint/answer/?id={case}", {"unit": there.unit, "subject": "ก"}),
        (secretary, f"/admin/meeting/letter/?id={province.meeting}", {"unit": there.unit, "subject": "ก"}),
    ):  # fmt: skip
        assert press(client, address, **data).status_code == 422, (address, data)
    for entity, key, links in (
        (Complaint, case, {"source_document_id": far}),
        (Complaint, case, {"answer_document_id": far_sent}),
        (Meeting, province.meeting, {"invitation_id": far_sent}),
        (FollowUp, province.follow_up, {"document_id": far}),
        (FollowUp, province.follow_up, {"complaint_id": far_case}),
    ):
        with pytest.raises(IntegrityError):
            province.tie(entity, key, **links)
        session.rollback()


def test_of_a_secret_document_those_not_cleared_learn_that_it_is_secret(
    session, persons, province, office
):
    case = office.case()
    came, sent = province.secret(), province.secret(registry_office.draft)
    with work(session):
        number = session.get(Document, came).number
    province.tie(Complaint, case, source_document_id=came, answer_document_id=sent)
    province.tie(Meeting, province.meeting, invitation_id=sent)
    province.tie(FollowUp, province.follow_up, document_id=came)
    pages = (("complaint", case), ("meeting", province.meeting), ("follow_up", province.follow_up))
    for role in ("complaint_officer", "secretary", "auditor"):
        client = persons.client(role, None if role == "auditor" else LOPBURI)
        for table, key in pages:
            told = page(client, table, key)
            assert MASKED in told, (role, table)
            for hidden in (HIDDEN, number, f"document/details/?id={came}", f"details/?id={sent}"):
                assert hidden not in told, (role, table, hidden)
        shown = page(client, "document", came)
        assert f"complaint/details/?id={case}" not in shown
        assert f"follow_up/details/?id={province.follow_up}" not in shown
    chief = persons.client("chief_of_office")
    for table, key in (pages[0], pages[2]):
        assert number in page(chief, table, key)
    assert f"complaint/details/?id={case}" in page(chief, "document", came)


def test_a_picker_offers_no_secret_document_to_those_not_cleared(persons, province, office):
    case = office.case()
    came, secret = province.document(), province.secret()
    officer, chief = persons.client("complaint_officer"), persons.client("chief_of_office")
    address = f"/admin/document/choose/?province={LOPBURI}&way=received&q="
    assert {one["id"] for one in officer.get(address).get_json()} == {came}
    assert {one["id"] for one in officer.get(f"{address}{TOPIC[:6]}").get_json()} == {came}
    assert {one["id"] for one in chief.get(address).get_json()} == {came, secret}
    answer = press(officer, f"/admin/complaint/papers/?id={case}", source=secret)
    assert answer.status_code == 422


def test_saving_the_form_keeps_a_secret_document_that_is_linked(session, persons, province, office):
    case, secret = office.case(), province.secret()
    province.tie(Complaint, case, source_document_id=secret)
    officer = persons.client("complaint_officer")
    address = f"/admin/complaint/papers/?id={case}"
    assert f'<option value="{secret}" selected>{MASKED}' in officer.get(address).get_data(
        as_text=True
    )
    assert press(officer, address, source=secret).status_code == 302
    assert read(session, Complaint, case).source_document_id == secret


def test_an_agency_is_led_to_what_came_to_it(session, persons, province, office):
    sent = province.document(registry_office.issued)
    other = province.document(registry_office.draft, subject="ร่างภายใน")
    works, key = office.agencies["works"], province.follow_up
    province.tie(FollowUp, key, agency_id=works, document_id=other)
    officer = persons.client_of(office.officers["works"])
    assert "ร่างภายใน" not in page(officer, "follow_up", key)
    with work(session):
        (gone,) = documents.send(
            session.get(Document, sent), [Recipient(agency=office.agency("works"))], session, dates.now()
        )  # fmt: skip
        gone_id = gone.id
    province.tie(FollowUp, key, document_id=sent)
    assert f"distribution/details/?id={gone_id}" in page(officer, "follow_up", key)
    case = office.case()
    province.tie(FollowUp, key, document_id=None, complaint_id=case)
    number = read(session, Complaint, case).number
    session.rollback()
    assert number not in page(officer, "follow_up", key)
    office.do(case, complaints.screen)
    office.do(case, lambda c, s, d: complaints.assign(c, office.agency("works"), [], "ดู", s, d))
    shown = page(officer, "follow_up", key)
    assert number in shown
    assert "/admin/assignment/details/" in shown
    assert f"complaint/details/?id={case}" not in shown


def test_a_member_of_a_group_is_told_nothing(session, persons, province, tied):
    committee = read(session, Meeting, province.meeting).committee_id
    session.rollback()
    with work(session):
        member = make_user(
            session, "member", Role.GROUP_MEMBER, GrantScope.MISSION_GROUP,
            province_id=LOPBURI, committee_id=committee,
        ).id  # fmt: skip
    client = persons.client_of(member)
    for table, key in (("meeting", province.meeting), ("follow_up", province.follow_up)):
        told = page(client, table, key)
        assert "หนังสือตอบ" not in told
        assert tied["number"] not in told
        assert "Invitation as a document" not in told
        assert "Carried out by" not in told


def test_a_cluster_keeps_no_register(session, persons, province):
    with work(session):
        cluster = cluster_of(session, LOPBURI)
        committee = Committee(
            cluster_id=cluster.id,
            name="ก.บ.ก. ทดสอบ",
            short_name="ก.บ.ก.",
            type=CommitteeType.CLUSTER,
        )
        meeting = Meeting(committee=committee, cluster_id=cluster.id, meets_on=dates.today())
        session.add(meeting)
        session.flush()
        key = meeting.id
    sent = province.document(registry_office.draft)
    with pytest.raises(IntegrityError, match="invitation_of_province"):
        province.tie(Meeting, key, invitation_id=sent)


def test_a_link_that_an_office_hides_stays_as_it_is(session, persons, province, office):
    """The secretary whose office took the reading of cases away neither sees nor unties it."""
    case = office.case()
    province.tie(FollowUp, province.follow_up, complaint_id=case)
    with work(session):
        session.add(
            RoleNarrowing(
                province_id=LOPBURI, role=Role.SECRETARY, entity=record_kinds()("complaint"),
                verb=Verb.READ, reason="ไม่เกี่ยวข้อง",
            )
        )  # fmt: skip
    secretary = persons.client("secretary")
    assert "Carried out by" not in page(secretary, "follow_up", province.follow_up)
    address = f"/admin/follow_up/carrier/?id={province.follow_up}"
    assert secretary.get(address).status_code == 404
    assert press(secretary, address, document="").status_code == 404
    assert read(session, FollowUp, province.follow_up).complaint_id == case
