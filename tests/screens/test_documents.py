"""Correspondence on its screens: the register's row, pasting, numbers at once, secrets, and who may."""

import io
import re
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select

from access.database import db
from admin_views import desk_documents, inbox
from entities import dates
from entities.documents import MASKED
from entities.vocabulary import (
    Act,
    DestructionStatus,
    DocumentStatus,
    GrantScope,
    NumberStatus,
    RegisterKind,
    RetentionRule,
    Role,
    Secrecy,
    Sector,
    Urgency,
)
from models import (
    Agency,
    Attachment,
    AuditEntry,
    Counter,
    DestructionBatch,
    DestructionItem,
    Distribution,
    Document,
    Endorsement,
    OfficeUnit,
    RegisterBook,
    RegisterNumber,
    SecretPaper,
)
from rules import documents, registers, retention
from rules.documents import Recipient
from tests import mail_server
from tests import registry_office as office
from tests.conftest import LOPBURI, TRANG, make_user
from tests.pages import form_of, open_form
from tests.registry_office import work

pytestmark = pytest.mark.usefixtures("in_english")

K, S = RegisterKind, DocumentStatus
NEW, PASTE = "/admin/document/new/", "/admin/register_book/paste/"
SUBJECT, SENDER = "แผนเผชิญเหตุลับสุดพิเศษ", "หน่วยข่าวกรองทดสอบ"
"""What a secret document says in these tests; found nowhere by who is not cleared."""


@pytest.fixture
def unit_id(session):
    """A unit of Lop Buri that keeps registers."""
    with work(session):
        return office.unit(session).id


@pytest.fixture
def registrar(persons):
    return persons.client("registrar")


@pytest.fixture
def chief(persons):
    return persons.client("chief_of_office")


def sheet(unit_id, kind="received", secret=0):
    """The address of this year's register."""
    return f"/admin/register_book/sheet/?unit={unit_id}&kind={kind}&secret={secret}"


def enter(client, address, **values):
    """Type into the row on top of a register and press Enter."""
    usual = {"subject": "ขอเชิญประชุม", "from_party": "กรมการปกครอง", "ref_number": "มท 0310/1"}
    return client.post(NEW, data={**open_form(client, address), **usual, **values})


def numbered(session, kind=K.RECEIVED):
    """Number and document of a kind, as they stand now."""
    session.rollback()
    found = select(Document).where(Document.register_kind == kind, Document.number.is_not(None))
    return session.scalars(found.order_by(Document.register_no)).all()


def one(session, unit_id, make=office.received, **told):
    """A document made by the office's own verbs; its id."""
    with work(session):
        if make is office.received:
            told = {"now": dates.now(), **told}
        made = make(session, session.get(OfficeUnit, unit_id), **told)
        return made.id


def issued(session, by, **told):
    """A document that got its number today."""
    made = office.signed(session, by, **told)
    return registers.issue([made], session, dates.now())[0]


def press(client, verb, document_id, **data):
    url = f"/admin/document/{verb}/?id={document_id}"
    return client.post(url, data={"csrf_token": client.csrf, **data})


def page(client, document_id):
    answer = client.get(f"/admin/document/details/?id={document_id}")
    return answer.get_data(as_text=True)


def status(session, document_id):
    session.rollback()
    return session.get(Document, document_id).status


def follow(client, answer):
    assert answer.status_code == 302, answer.get_data(as_text=True)[-3000:]
    return client.get(answer.headers["Location"]).get_data(as_text=True)


# The register's row.


def test_a_row_registers_tells_its_number_and_keeps_sender_and_date(session, registrar, unit_id):
    address = sheet(unit_id)
    assert "This year" in registrar.get(address + "").get_data(as_text=True)
    answer = enter(registrar, address, dated_on="1/11/2568", urgency="most_urgent")
    html = follow(registrar, answer)
    (made,) = numbered(session)
    assert (made.register_no, made.received_on) == (1, dates.today())
    assert (made.urgency, made.status) == (Urgency.AT_ONCE, S.REGISTERED)
    assert f"Registered as No. {made.number}" in html, "the number is told at once"
    row = form_of(html)
    assert (row["from_party"], row["dated_on"], row["subject"]) == (
        "กรมการปกครอง", "01/11/2568", "",
    )  # fmt: skip
    assert re.search(r'name="ref_number"[^>]* autofocus', html)
    enter(registrar, address, subject="ฉบับที่สอง")
    assert [d.register_no for d in numbered(session)] == [1, 2]
    again = registrar.get(address).get_data(as_text=True)
    assert again.index("ฉบับที่สอง") < again.index("ขอเชิญประชุม"), "the newest stands on top"


def test_a_row_that_is_wrong_comes_back_with_what_was_typed(session, registrar, unit_id):
    answer = enter(registrar, sheet(unit_id), subject="", ref_number="มท 9/9")
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert form_of(html)["ref_number"] == "มท 9/9"
    assert re.search(r'name="subject"[^>]*aria-invalid', html)
    tomorrow = f"31/12/{dates.today().year + 544}"
    assert enter(registrar, sheet(unit_id), received_on=tomorrow).status_code == 422
    assert enter(registrar, sheet(unit_id), dated_on=tomorrow).status_code == 422
    assert not numbered(session), "nothing was registered, no number was used"


def test_a_double_click_registers_once_and_a_typed_number_is_nothing(session, registrar, unit_id):
    data = {
        **open_form(registrar, sheet(unit_id)), "subject": "ครั้งเดียว", "number": "99/2569",
        "register_no": "99", "status": "filed",
    }  # fmt: skip
    registrar.post(NEW, data=data)
    registrar.post(NEW, data=data)
    (made,) = numbered(session)
    assert (made.register_no, made.status) == (1, S.REGISTERED)


def test_only_the_registrar_of_the_province_registers(session, persons, unit_id):
    address = sheet(unit_id)
    for role, province in (("finance", LOPBURI), ("governor", LOPBURI), ("auditor", None)):
        client = persons.client(role, province)
        html = client.get(address).get_data(as_text=True)
        assert 'id="entry"' not in html, role
        assert client.get(f"{PASTE}?unit={unit_id}&kind=received").status_code == 403, role
    stranger = persons.client("registrar", TRANG)
    assert stranger.get(address).status_code == 404
    data = open_form(persons.client("registrar"), address)
    data |= {"subject": "จากภายนอก", "csrf_token": stranger.csrf}
    assert stranger.post(NEW, data=data).status_code in (403, 404, 422)
    finance = persons.client("finance")
    data["csrf_token"] = finance.csrf
    assert finance.post(NEW, data=data).status_code in (403, 422)
    assert not numbered(session)


# A sheet pasted from Excel.


def rows(count, **wrong):
    lines = [
        f"มท 0310/{n}\t1/11/2568\tกรมการปกครอง\tผู้ว่าฯ\tเรื่องที่ {n}\tด่วน" for n in range(1, count + 1)
    ]
    for at, line in wrong.items():
        lines[int(at[1:]) - 1] = line
    return "\r\n".join(lines)


def paste(client, unit_id, text, **more):
    url = f"{PASTE}?unit={unit_id}&kind=received"
    return client.post(url, data={"csrf_token": client.csrf, "rows": text, **more})


def test_fifty_rows_are_looked_at_first_then_registered_all(session, registrar, unit_id):
    answer = paste(registrar, unit_id, rows(50))
    html = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "เรื่องที่ 50" in html
    assert not numbered(session), "looking writes nothing"
    form_id = form_of(html)["form_id"]
    for _press in range(2):
        paste(registrar, unit_id, rows(50), take="1", form_id=form_id)
    made = numbered(session)
    assert [d.register_no for d in made] == list(range(1, 51))
    assert (made[49].subject, made[49].urgency) == ("เรื่องที่ 50", Urgency.FASTER)
    assert made[0].from_party == "กรมการปกครอง"


def test_one_wrong_row_keeps_all_out_and_says_why(session, registrar, unit_id):
    text = rows(
        5, r2="มท 1\t32/13/2568\tก\tข\tวันที่ผิด\t", r3="มท 2\t1/1/2580\tก\tข\tวันในอนาคต\t",
        r4="มท 3\t1/11/2568\tก\tข\t\t", r5="มท 4\t1/11/2568\tก\tข\tเร็ว\tเร็วมาก\tเกิน",
    )  # fmt: skip
    answer = paste(registrar, unit_id, text, take="1", form_id="a" * 20)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert html.count('class="wrong"') == 4
    assert not numbered(session)
    headed = "เรื่อง\tเลขทะเบียนรับ\tจาก\r\nมีเลขพิมพ์มา\t7\tก\r\nไม่มีเลข\t\tก"
    answer = paste(registrar, unit_id, headed)
    assert answer.get_data(as_text=True).count('class="wrong"') == 1, "a typed number is refused"
    assert paste(registrar, unit_id, rows(201)).status_code == 422


# Drafts, and many numbers at once.


def test_ten_signed_drafts_get_their_numbers_in_one_press(session, registrar, unit_id, persons):
    keys = [one(session, unit_id, office.signed, subject=f"ร่าง {n}") for n in range(10)]
    unsigned = one(session, unit_id, office.draft, subject="ยังไม่ลงนาม")
    address = sheet(unit_id, "sent")
    html = registrar.get(address).get_data(as_text=True)
    assert html.count('name="rowid"') == 10, "only signed ones can be ticked"
    data = {"csrf_token": registrar.csrf, "url": address, "rowid": [*keys, unsigned]}
    assert "not signed yet" in follow(
        registrar, registrar.post("/admin/document/issue/", data=data)
    )
    assert not numbered(session, K.SENT), "all of them or none"
    data["rowid"] = keys
    finance = persons.client("finance")
    assert finance.post(
        "/admin/document/issue/", data={**data, "csrf_token": finance.csrf}
    ).status_code == 403  # fmt: skip
    told = follow(registrar, registrar.post("/admin/document/issue/", data=data))
    made = numbered(session, K.SENT)
    assert [d.register_no for d in made] == list(range(1, 11))
    assert all(d.number in told for d in made)


def test_cancelled_and_kept_numbers_stand_in_their_place_and_the_proof_explains_them(
    session, registrar, chief, unit_id
):
    first = one(session, unit_id, issued)
    with work(session):
        book_id = session.scalar(select(RegisterBook.id).where(RegisterBook.kind == K.SENT))
    until = f"31/12/{dates.today().year + 543}"
    reserve = f"/admin/register_book/reserve/?id={book_id}"
    wish = {"count": "2", "owner_name": "กลุ่มงานอำนวยการ", "reason": "รอลงนาม", "expires_on": until}
    registrar.post(reserve, data={"csrf_token": registrar.csrf, **wish})
    press(chief, "cancel", first, reason="พิมพ์ผิดทั้งฉบับ")
    session.rollback()
    kept = session.scalars(select(RegisterNumber).order_by(RegisterNumber.number)).all()
    free = NumberStatus.RESERVED
    assert [(k.number, k.status) for k in kept] == [(2, free), (3, free)]
    release = f"/admin/register_number/release/?id={kept[1].id}"
    assert chief.post(release, data={"csrf_token": chief.csrf, "reason": "x"}).status_code == 403
    registrar.post(release, data={"csrf_token": registrar.csrf, "reason": "ไม่ใช้แล้ว"})
    draft = one(session, unit_id, office.signed, subject="ใช้เลขจอง")
    press(registrar, "kept", draft, number=str(kept[0].id))
    assert [d.register_no for d in numbered(session, K.SENT)] == [1, 2]
    html = registrar.get(f"/admin/register_book/details/?id={book_id}").get_data(as_text=True)
    assert "พิมพ์ผิดทั้งฉบับ" in html
    assert "ไม่ใช้แล้ว" in html
    path = chief.get(f"/admin/document/details/?id={first}").get_data(as_text=True)
    assert re.search(r'<li class="off"><span><span aria-hidden="true">✕</span> Cancelled<', path)
    (end,) = re.findall(r'<li class="off">\n(.*?)</li>', path, re.S)
    for told in (
        "Chief_Of_Office.16",
        "Cancelled",
        "<q>พิมพ์ผิดทั้งฉบับ</q>",
        dates.short_date(dates.today(), "en"),
    ):
        assert told in end
    history = chief.get(f"/admin/document/history/?id={first}").get_data(as_text=True)
    assert "Registered at" in history
    assert not re.search(r"\d-\d\dT\d\d:", history), "a moment is told as people read it"
    proof = registrar.get(f"/admin/register_book/proof/?id={book_id}").get_data(as_text=True)
    assert "This register has no hole." in proof
    assert "พิมพ์ผิดทั้งฉบับ" in proof
    assert "ไม่ใช้แล้ว" in proof


def test_the_proof_names_a_hole(session, registrar, unit_id):
    one(session, unit_id)
    with work(session):
        book = session.scalar(select(RegisterBook))
        book_id = book.id
        session.scalar(select(Counter).where(Counter.key == book.series)).value = 3
    html = registrar.get(f"/admin/register_book/proof/?id={book_id}").get_data(as_text=True)
    assert "Missing numbers: 2, 3" in html
    assert "This register has no hole." not in html


# The story of a document.


def test_a_received_document_goes_its_way(session, registrar, chief, persons, unit_id):
    key = one(session, unit_id)
    assert "/admin/document/present/" in page(registrar, key)
    assert press(chief, "present", key, to_role="1").status_code == 403
    press(registrar, "present", key, to_role="1")
    assert status(session, key) is S.PRESENTED
    assert "/admin/document/endorse/" not in page(registrar, key)
    answer = press(chief, "endorse", key, text="", action="act")
    assert answer.status_code == 422, "an endorsement has words"
    due = dates.input_date(dates.today())
    press(chief, "endorse", key, text="มอบแผนดำเนินการ", action="act", to_role="6", due_on=due)
    assert status(session, key) is S.ACTING
    assert "does not lie on your desk" in endorsed(persons.client("governor"), key)
    html = page(registrar, key)
    assert "มอบแผนดำเนินการ" in html
    assert 'class="now" aria-current="step"' in html
    planner = persons.client("planner")
    assert "ขอเชิญประชุม" in planner.get("/admin/distribution/inbox/").get_data(as_text=True)
    press(planner, "report", key, text="จัดทำแผนแล้ว")
    with work(session):
        kept = office.kept_for(session, RetentionRule.YEARS, 10).id
    press(registrar, "file", key, retention_class=str(kept))
    assert status(session, key) is S.FILED
    press(registrar, "lend", key, borrower="นายยืม", due_on=due)
    assert "นายยืม" in page(registrar, key)
    assert press(planner, "endorse", key, text="แก้", action="act").status_code == 403


def endorsed(client, key):
    """What a person reads who endorses a document that lies elsewhere."""
    answer = press(client, "endorse", key, text="แทรก", action="act")
    return answer.get_data(as_text=True)


def test_a_draft_is_checked_by_another_signed_and_sent_to_many(
    session, registrar, chief, persons, unit_id
):
    answer = enter(chief, sheet(unit_id, "sent"), to_party="ทุกอำเภอ", subject="แจ้งเวียน")
    assert answer.status_code == 302
    session.rollback()
    own = session.scalar(select(Document.id).where(Document.subject == "แจ้งเวียน"))
    assert "Whoever wrote a draft" in press(chief, "review", own, to_role="3").get_data(
        as_text=True
    )
    key = one(session, unit_id, office.draft, subject="เวียนทุกหน่วย")
    press(chief, "review", key, to_role="3")
    governor = persons.client("governor")
    assert "/admin/document/sign/" in page(governor, key)
    press(governor, "sign", key)
    press(registrar, "number", key)
    assert status(session, key) is S.NUMBERED
    with work(session):
        units = [office.unit(session, f"0017.{n}").id for n in (1, 2)]
    refused = press(registrar, "send", key)
    assert refused.status_code == 422
    assert "Choose at least one" in refused.get_data(as_text=True)
    press(registrar, "send", key, unit=units, names="วัดใหม่\r\nโรงเรียนบ้านเก่า")
    session.rollback()
    sent = session.scalars(select(Distribution).order_by(Distribution.id)).all()
    assert [s.recipient for s in sent][2:] == ["วัดใหม่", "โรงเรียนบ้านเก่า"]
    first = sent[0].id
    assert "วัดใหม่" in registrar.get(f"/admin/document/chase/?id={key}").get_data(as_text=True)
    planner = persons.client("planner")
    planner.post(f"/admin/distribution/acknowledge/?id={first}", data={"csrf_token": planner.csrf})
    session.rollback()
    assert session.get(Distribution, first).acknowledged_name
    assert status(session, key) is S.SENT
    stranger = persons.client("registrar", TRANG)
    for address in (
        f"/admin/document/details/?id={key}", f"/admin/document/send/?id={key}",
        f"/admin/distribution/details/?id={first}", f"/admin/document/chase/?id={key}",
    ):  # fmt: skip
        assert stranger.get(address).status_code == 404, address


def test_who_is_asked_again_gets_the_letter_of_the_daily_reminder(
    session, app, registrar, unit_id, monkeypatch
):
    """To the agency and the unit that have an address; the request stands when the server is away."""
    post = mail_server.stand_in(app, monkeypatch)
    with work(session):
        agency = Agency(
            province_id=LOPBURI,
            name="เกษตรจังหวัด",
            sector=Sector.GOVERNMENT,
            email="k@example.go.th",
        )
        place = session.get(OfficeUnit, unit_id)
        place.email = "unit@example.go.th"
        session.add(agency)
        to = [Recipient(agency=agency), Recipient(unit=place), Recipient("วัดใหม่")]
        plain = documents.send(issued(session, place, subject="ซักซ้อม"), to, session, dates.now())
        told = {"secrecy": Secrecy.SECRET, "subject": SUBJECT}
        hidden = documents.send(issued(session, place, **told), to[:2], session, dates.now())
        sent = {one.document_id: [] for one in (*plain, *hidden)}
        for one in (*plain, *hidden):
            sent[one.document_id].append(str(one.id))
    open_id, secret_id = sent
    answer = press(registrar, "chase", open_id, rowid=sent[open_id])
    assert "A letter went to k@example.go.th, unit@example.go.th." in follow(registrar, answer)
    letters = [mail_server.told(one) for one in post.sent]
    assert all("ซักซ้อม" in one and "ทวงครั้งที่ 1" in one for one in letters)
    assert len(letters) == 2, "who got it by post has no letter"
    press(registrar, "chase", secret_id, rowid=sent[secret_id])
    assert [SUBJECT in mail_server.told(one) for one in post.sent[2:]] == [False]
    assert post.sent[2]["To"] == "k@example.go.th", "nothing of a secret goes to a unit's address"
    monkeypatch.setattr(post, "patience", 0)
    answer = press(registrar, "chase", open_id, rowid=sent[open_id][:1])
    assert "could not be sent" in follow(registrar, answer)
    session.rollback()
    assert session.get(Distribution, int(sent[open_id][0])).chased_count == 2
    press(registrar, "chase", open_id)
    assert len(post.sent) == 3, "nobody was chosen, nobody is written to"


def test_many_are_presented_or_numbered_at_once(session, registrar, persons, unit_id):
    """Ticks stand only where a list is narrowed to what waits for one act; it is all or none."""
    keys = [one(session, unit_id) for _n in range(3)]
    drafts = [one(session, unit_id, office.signed) for _n in range(2)]
    waiting = "/admin/document/?status=registered"
    listed = registrar.get(waiting).get_data(as_text=True)
    assert listed.count('name="rowid"') == 3
    assert "rowid" not in registrar.get("/admin/document/").get_data(as_text=True)
    assert "rowid" not in persons.client("planner").get(waiting).get_data(as_text=True)
    assert "status=registered" in registrar.get("/admin/distribution/inbox/").get_data(as_text=True)
    act = "/admin/document/action/"
    sent = {"csrf_token": registrar.csrf, "url": waiting, "action": "present_governor"}
    told = follow(registrar, registrar.post(act, data={**sent, "rowid": [keys[0], drafts[0]]}))
    assert "cannot go from" in told
    assert status(session, keys[0]) is S.REGISTERED, "all or none"
    assert "Tick the documents" in follow(registrar, registrar.post(act, data=sent))
    told = follow(registrar, registrar.post(act, data={**sent, "rowid": keys}))
    assert "Presented: 3 documents" in told
    assert [status(session, key) for key in keys] == [S.PRESENTED] * 3
    assert session.get(Document, keys[0]).waits_for is Role.GOVERNOR
    sent["action"] = "issue"
    follow(registrar, registrar.post(act, data={**sent, "rowid": drafts}))
    assert [status(session, key) for key in drafts] == [S.NUMBERED] * 2
    for wrong in ("delete", "", "present_planner"):
        assert registrar.post(act, data={**sent, "action": wrong}).status_code in (403, 404)
    planner = persons.client("planner")
    for name in ("present_governor", "issue"):
        data = {"csrf_token": planner.csrf, "action": name, "rowid": keys}
        assert planner.post(act, data=data).status_code == 403, name


def test_the_days_first_acts_are_one_press_away(session, registrar, chief, unit_id):
    """The registrar's desk opens this year's received documents; a draft comes with its register."""
    key = one(session, unit_id)
    desk = registrar.get("/admin/").get_data(as_text=True)
    assert "Register received documents" in desk
    assert "Register received documents" not in chief.get("/admin/").get_data(as_text=True)
    listed = registrar.get("/admin/document/?register_kind=sent").get_data(as_text=True)
    assert "/admin/document/new/?register_kind=sent" in listed
    press(registrar, "present", key, to_role="1")
    form = chief.get(f"/admin/document/endorse/?id={key}").get_data(as_text=True)
    assert 'data-usual="ทราบ|' in form
    answer = press(chief, "endorse", key, text="ทราบ", action="inform")
    assert answer.location.endswith("/admin/distribution/inbox/"), "to the next that waits"
    filing = registrar.get(f"/admin/document/file/?id={key}").get_data(as_text=True)
    chosen = re.search(r'<select[^>]*name="retention_class".*?</select>', filing, re.S)
    assert re.findall(r'<option value="(\d+)"[^>]*selected', chosen[0]) == ["1"], (
        "ordinary documents"
    )


def test_an_answer_is_linked_both_ways(session, registrar, unit_id):
    key = one(session, unit_id)
    address = registrar.get(f"/admin/document/answer/?id={key}").headers["Location"]
    form = open_form(registrar, address)
    assert (form["subject"], form["to_party"]) == ("ขอเชิญประชุม", "กรมการปกครอง")
    registrar.post(address, data={**form, "subject": "ตอบข้อหารือ"})
    session.rollback()
    reply = session.scalar(select(Document).where(Document.answers_id == key))
    assert f"details/?id={key}" in page(registrar, reply.id)
    assert "ตอบข้อหารือ" in page(registrar, key)


def test_an_agency_sees_what_was_sent_to_it_and_nothing_else(session, app, persons, unit_id):
    key = one(session, unit_id, issued, subject="ถึงหน่วยงาน")
    other = one(session, unit_id, subject="เรื่องภายในจังหวัด")
    with work(session):
        agency = Agency(province_id=LOPBURI, name="เกษตรจังหวัด", sector=Sector.GOVERNMENT)
        session.add(agency)
        session.flush()
        (sent,) = documents.send(
            session.get(Document, key), [Recipient(agency=agency)], session, dates.now()
        )
        sent_id, agency_id = sent.id, agency.id
        user = make_user(
            session, "agency", Role.AGENCY_OFFICER, GrantScope.AGENCY,
            province_id=LOPBURI, agency_id=agency_id,
        ).id  # fmt: skip
    client = persons.client_of(user)
    inbox = client.get("/admin/distribution/inbox/").get_data(as_text=True)
    assert "ถึงหน่วยงาน" in inbox
    assert "เรื่องภายในจังหวัด" not in inbox
    assert client.get(f"/admin/document/details/?id={other}").status_code in (403, 404)
    assert client.get(f"/admin/document/details/?id={key}").status_code in (403, 404)
    assert client.get(f"/admin/distribution/details/?id={sent_id}").status_code == 200
    session.rollback()
    assert session.get(Distribution, sent_id).read_at is not None, "opening it is reading it"
    client.post(f"/admin/distribution/acknowledge/?id={sent_id}", data={"csrf_token": client.csrf})
    session.rollback()
    assert session.get(Distribution, sent_id).acknowledged_at is not None


# Secret documents.


def secret(session, client, unit_id):
    answer = enter(
        client, sheet(unit_id, secret=1), subject=SUBJECT, from_party=SENDER, secrecy="very_secret"
    )
    assert answer.status_code == 302
    assert SENDER not in answer.headers["Location"], "an address tells nothing"
    session.rollback()
    return session.scalar(select(Document.id).where(Document.secrecy.is_not(None)))


def leaky(key, paper, endorsement):
    """Every address at which a secret document might be told of."""
    return [
        "/admin/", "/admin/document/", f"/admin/document/?search={SUBJECT}",
        f"/admin/document/?search={SENDER}", f"/admin/search/?q={SUBJECT}",
        f"/admin/document/details/?id={key}", f"/admin/document/history/?id={key}",
        f"/admin/document/edit/?id={key}", f"/admin/document/rewrite/?id={key}",
        f"/admin/document/send/?id={key}", f"/admin/document/chase/?id={key}",
        f"/admin/document/present/?id={key}", f"/admin/document/answer/?id={key}",
        "/admin/document/lookup/?field=answers_id&q=" + SUBJECT[:6],
        "/admin/secret_paper/", f"/admin/secret_paper/details/?id={paper}",
        f"/admin/secret_paper/history/?id={paper}", f"/admin/secret_paper/?search={SUBJECT}",
        "/admin/endorsement/", f"/admin/endorsement/details/?id={endorsement}",
        "/admin/distribution/", "/admin/distribution/inbox/", "/admin/register_book/",
        "/admin/register_book/proofs/", "/admin/document/?sort=subject", "/admin/counts",
        "/admin/document/export/xlsx/", "/admin/secret_paper/export/xlsx/",
        "/admin/endorsement/export/xlsx/", "/admin/distribution/export/xlsx/",
    ]  # fmt: skip


def told_by(answer):
    """All words of an answer, those inside a workbook too."""
    body = answer.data
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            body = b"".join(packed.read(name) for name in packed.namelist())
    return body.decode("utf-8", "ignore") + str(answer.headers)


def test_the_uncleared_learn_nothing_of_a_secret_by_any_address(
    session, registrar, chief, persons, unit_id
):
    key = secret(session, registrar, unit_id)
    press(registrar, "present", key, to_role="1", text=f"เรียนหัวหน้า {SUBJECT}")
    session.rollback()
    paper = session.scalar(select(SecretPaper.id))
    endorsement = session.scalar(select(Endorsement.id))
    book = session.get(Document, key).register_id
    addresses = [
        *leaky(key, paper, endorsement), sheet(unit_id, secret=1), f"/admin/register_book/details/?id={book}",
        f"/admin/register_book/workbook/?id={book}", f"/admin/register_book/proof/?id={book}",
    ]  # fmt: skip
    for role, province in (
        ("finance", LOPBURI), ("secretary", LOPBURI), ("province_admin", LOPBURI),
        ("auditor", None), ("ministry_admin", None), ("registrar", TRANG),
    ):  # fmt: skip
        client = persons.client(role, province)
        for address in addresses:
            told = told_by(client.get(address))
            assert SUBJECT not in told.replace(f"q={SUBJECT}", "").replace(SUBJECT[:6], ""), address
            for word in (SENDER, f"เรียนหัวหน้า {SUBJECT}"):
                here = told if f"search={word}" not in address else ""
                assert word not in here, (role, address)
    html = page(persons.client("finance"), key)
    assert MASKED in html


def test_a_cleared_opening_shows_the_paper_says_so_and_is_logged(
    session, registrar, chief, unit_id
):
    key = secret(session, registrar, unit_id)

    def logged():
        session.rollback()
        found = select(func.count()).select_from(AuditEntry)
        return session.scalar(found.where(AuditEntry.act == Act.REVEAL.value))

    before = logged()
    html = page(chief, key)
    assert SUBJECT in html
    assert SENDER in html
    assert logged() == before + 1
    assert "was written down" in chief.get(
        f"/admin/document/details/?id={key}"
    ).get_data(as_text=True)  # fmt: skip
    for address in ("/admin/document/", sheet(unit_id, secret=1), "/admin/distribution/inbox/"):
        assert SUBJECT not in chief.get(address).get_data(as_text=True), "lists never tell it"
    press(registrar, "rewrite", key, subject="เนื้อหาที่แก้แล้ว", from_party=SENDER)
    assert "เนื้อหาที่แก้แล้ว" in page(chief, key)
    assert session.get(Document, key).subject == MASKED


def test_files_of_a_secret_are_sealed_and_opened_by_the_cleared_alone(
    session, app, registrar, chief, persons, unit_id
):
    key = secret(session, registrar, unit_id)
    plan = PDF + b"\n% a plan that no other test attaches"
    follow(registrar, attach(registrar, key, ("แผนลับ.pdf", plan)))
    session.rollback()
    assert session.scalar(select(func.count(Attachment.id))) == 0, "no open file"
    address = re.search(r'/admin/document/held/[^"]+', page(chief, key)).group()
    address = address.replace("&amp;", "&")
    shown = chief.get(address)
    assert shown.data == plan
    for role in ("finance", "secretary", "auditor"):
        client = persons.client(role, None if role == "auditor" else LOPBURI)
        assert client.get(address).status_code == 403, role
        assert "แผนลับ" not in page(client, key)
        assert attach(client, key, ("ก.pdf", PDF)).status_code == 403
    kept = list((app.config["SETTINGS"].data / "files").rglob("*"))
    assert not [p for p in kept if p.is_file() and plan in p.read_bytes()], "encrypted on the disk"
    assert chief.get(address.replace("file=", "file=0")).status_code == 404


def test_top_secret_is_refused_with_the_reason(session, registrar, unit_id):
    answer = enter(registrar, sheet(unit_id, secret=1), secrecy=Secrecy.TOP_SECRET.value)
    assert answer.status_code == 422
    assert "regulation of 2564" in answer.get_data(as_text=True)
    assert enter(registrar, sheet(unit_id, secret=1), secrecy="").status_code == 422
    assert not numbered(session)


# Papers.

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"


def attach(client, key, *named):
    data = {
        "csrf_token": client.csrf, "files": [(io.BytesIO(body), name) for name, body in named],
    }  # fmt: skip
    return client.post(
        f"/admin/document/upload/?id={key}", data=data, content_type="multipart/form-data"
    )


# Keeping and destroying.


def test_a_list_goes_through_committee_and_archives_and_another_approves(
    session, registrar, chief, unit_id
):
    year = dates.today().year - 1
    with work(session):
        kept = office.kept_for(session, RetentionRule.YEARS, 1)
        document = office.done(session, session.get(OfficeUnit, unit_id), subject="เก่าแล้ว")
        retention.file(document, session, document.received_on, kept)
        document.filed_on = dates.today().replace(year=year - 1, month=1, day=5)
        key = document.id
    survey = f"/admin/destruction_batch/survey/?year={year + 543}"
    desk = registrar.get("/admin/").get_data(as_text=True)
    assert f'href="{survey}"' in desk, "what is due waits on the desk in and out of season"
    assert "1 documents are due for destruction" in desk
    assert f'href="{survey}"' not in chief.get("/admin/").get_data(as_text=True)
    assert "เก่าแล้ว" in registrar.get(survey).get_data(as_text=True)
    made = registrar.post(survey, data={"csrf_token": registrar.csrf, "unit": str(unit_id)})
    session.rollback()
    batch = session.scalar(select(DestructionBatch.id))
    item = session.scalar(select(DestructionItem.id))
    session.rollback()
    at = f"/admin/destruction_batch/details/?id={batch}"
    assert "documents are due" not in registrar.get("/admin/").get_data(as_text=True)
    assert made.headers["Location"].endswith(at), "the next step is on the list's page"

    def step(client, verb, **data):
        url = f"/admin/destruction_batch/{verb}/?id={batch}"
        return client.post(url, data={"csrf_token": client.csrf, **data})

    def state():
        session.rollback()
        return session.get(DestructionBatch, batch).status

    assert step(registrar, "committee", order_ref="1", chair="ก", members="ข").status_code == 422
    step(registrar, "committee", order_ref="คำสั่งที่ 1", chair="นาย ก", members="นาย ข\nนาง ค")
    assert state() is DestructionStatus.COMMITTEE
    typed = {f"opinion-{item}": "extend", f"until-{item}": "", f"note-{item}": "ยังใช้อ้างอิง"}
    wrong = step(registrar, "judge", **typed)
    assert (wrong.status_code, state()) == (422, DestructionStatus.COMMITTEE)
    assert 'value="ยังใช้อ้างอิง"' in wrong.get_data(as_text=True), "what was typed is not lost"
    session.rollback()
    step(registrar, "archives", opinion="เห็นควรทำลาย")
    early = chief.get(at).get_data(as_text=True)
    assert 'aria-disabled="true"' in early, "the Archives may still answer"
    assert f'href="{at}"' not in chief.get("/admin/").get_data(as_text=True)
    step(registrar, "answer", ref="ศธ 1/2569", on=dates.input_date(dates.today()))
    assert step(registrar, "approve").status_code == 403
    assert f'href="{at}"' in chief.get("/admin/").get_data(as_text=True), "it waits on the desk"
    assert f'href="{at}"' not in registrar.get("/admin/").get_data(as_text=True)
    step(chief, "approve")
    assert state() is DestructionStatus.APPROVED
    session.rollback()
    assert f'href="{at}"' in registrar.get("/admin/").get_data(as_text=True)
    step(registrar, "carry-out")
    assert status(session, key) is S.DESTROYED
    assert session.get(Document, key).number, "its row stays in the register"


def test_the_survey_of_the_year_is_on_the_desk_in_its_days_until_a_list_is_made(
    session, registrar, unit_id, monkeypatch
):
    year = dates.today().year - 1
    line = f'href="/admin/destruction_batch/survey/?year={year + 543}"'
    monkeypatch.setattr(desk_documents.figures, "survey_deadline", lambda _year: dates.today())
    html = registrar.get("/admin/").get_data(as_text=True)
    assert line in html
    assert "Nothing is due for destruction so far." in html
    with work(session):
        session.add(DestructionBatch(
            province_id=LOPBURI, unit_id=unit_id, year=year, number=1, surveyed_on=dates.today(), name="บัญชี",
        ))  # fmt: skip
    assert line not in registrar.get("/admin/").get_data(as_text=True)
    with work(session):
        session.scalar(select(DestructionBatch)).status = DestructionStatus.WITHDRAWN
    before = dates.today() - timedelta(1)
    monkeypatch.setattr(desk_documents.figures, "survey_deadline", lambda _year: before)
    assert line not in registrar.get("/admin/").get_data(as_text=True), "its days are over"


def test_the_path_of_a_document_that_a_unit_has_ends_at_the_unit(
    session, registrar, chief, unit_id
):
    key = one(session, unit_id)
    press(registrar, "present", key, to_role="1")
    press(chief, "endorse", key, text="มอบดำเนินการ", action="act", to_unit=str(unit_id))
    html = registrar.get(f"/admin/document/details/?id={key}").get_data(as_text=True)
    way = html.split('<ol class="way"')[1].split("</ol>")[0]
    desks = re.findall(r"<span>(.*?)</span>", way)
    assert desks[-1] == "กลุ่มงาน 0017"
    assert desks.count("กลุ่มงาน 0017") == 2, "where it was registered, and where it is"
    assert way.count('class="now"') == 1
    assert "ขอเชิญประชุม" in registrar.get("/admin/distribution/inbox/").get_data(as_text=True)


def test_a_full_inbox_tells_how_much_waits_and_leads_to_all_of_it(
    session, registrar, unit_id, monkeypatch
):
    monkeypatch.setattr(inbox, "MOST_LYING", 1)
    one(session, unit_id, subject="เรื่องแรก")
    one(session, unit_id, subject="เรื่องที่สอง")
    html = registrar.get("/admin/distribution/inbox/").get_data(as_text=True)
    assert "2 documents wait on your desk" in html
    assert ("เรื่องแรก" in html) != ("เรื่องที่สอง" in html)
    (way,) = re.findall(r'href="([^"]+)">See all 2<', html)
    everything = registrar.get(way.replace("&amp;", "&")).get_data(as_text=True)
    assert "เรื่องแรก" in everything
    assert "เรื่องที่สอง" in everything


def test_the_menu_and_desk_lead_a_registrar_to_the_work(session, registrar, persons, unit_id):
    one(session, unit_id, subject="รอเสนอ")
    html = registrar.get("/admin/").get_data(as_text=True)
    for address in (
        "/admin/distribution/inbox/", "/admin/register_book/", "/admin/destruction_batch/",
        "/admin/document/?register_kind=received", "/admin/register_book/?secret=1",
    ):  # fmt: skip
        assert address.replace("&", "&amp;") in html, address
    assert "รอเสนอ" in html
    assert registrar.get("/admin/counts").get_json()["menu"]["inbox"] == {"n": 1, "late": 0}
    finance = persons.client("finance").get("/admin/").get_data(as_text=True)
    assert "/admin/register_book/?secret=1" not in finance
    assert "รอเสนอ" not in finance


def test_a_row_takes_a_bounded_number_of_queries(session, registrar, unit_id):
    for n in range(3):
        one(session, unit_id, subject=f"ฉบับ {n}")
    seen = []
    session.rollback()

    def count(_c, _cur, statement, *_more):
        seen.append(statement)

    with db.engine.connect():
        event.listen(db.engine, "before_cursor_execute", count)
    try:
        registrar.get(sheet(unit_id))
        few = len(seen)
        session.rollback()
        for n in range(20):
            one(session, unit_id, subject=f"อีก {n}")
        seen.clear()
        registrar.get(sheet(unit_id))
        assert len(seen) <= few, "rows cost no query each"
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
