"""Files of documents: what is refused, each answered by itself, found by words, opened by recipients."""

import io
import re
import struct
import time
import zipfile
import zlib
from urllib.parse import quote

import pytest
from sqlalchemy import func, select

from access import file_text, files, search
from access import viewer as who
from access.database import db
from entities import dates
from entities.vocabulary import DocumentStatus, GrantScope, Role, Secrecy, Sector
from models import Agency, Attachment, AuditEntry, Distribution, Document, SecretPaper
from rules import documents
from rules.documents import Recipient
from tests import registry_office as office
from tests.conftest import LOPBURI, TRANG, make_user
from tests.pages import open_form
from tests.registry_office import work

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
WORD = "วาตภัยร้ายแรง"
WORDS = (
    '<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>เรื่อง </w:t></w:r><w:r><w:t>{}</w:t></w:r></w:p>'
    "</w:body></w:document>"
)


SAYING = WORDS.format(WORD)


def packed(main="wordprocessingml.document.main+xml", body=SAYING, **more):
    """An Office file: its list of types, its main part, and what else is told."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("[Content_Types].xml", f'<Types><Override ContentType="x.{main}"/></Types>')
        parts.writestr("word/document.xml", body)
        for name, content in more.items():
            parts.writestr(name, content)
    return made.getvalue()


DOCX = packed()
DOCM = packed("ms-word.document.macroEnabled.main+xml", **{"word/vbaProject.bin": b"macro"})
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504
DOC = OLD + "WordDocument".encode("utf-16-le") + b"\x00" * 400


def told_pdf(words):
    """A PDF that says something, made by hand: one page, one font, one line."""
    return pdf_of(b"BT /F1 12 Tf 50 700 Td (" + words.encode("ascii") + b") Tj ET")


def pdf_of(line, changed=None):
    """A PDF of one page that draws `line`; `changed` has other objects by their number."""
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources 6 0 R>>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(line), line),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Font<</F1 5 0 R>>>>",
    ]  # fmt: skip
    made, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(made))
        made += b"%d 0 obj%b endobj\n" % (number, (changed or {}).get(number, part))
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 7\n0000000000 65535 f \n%btrailer<</Size 7/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
    return made + end % (table, len(made))


@pytest.fixture
def key(session):
    """A received document of Lop Buri."""
    with work(session):
        return office.received(session, office.unit(session)).id


@pytest.fixture
def registrar(persons):
    client = persons.client("registrar")
    client.get("/admin/?lang=en")
    return client


def attach(client, key, *named, script=False):
    """Send files to a document, as its form does or as its script does."""
    files = [(io.BytesIO(body), name) for name, body in named]
    return posted(
        client, f"/admin/document/upload/?id={key}", files,
        headers={"Accept": "application/json"} if script else {},
    )  # fmt: skip


def posted(client, at, files, **more):
    """The answer to a form with files; a large form lies in a file of its own, closed here."""
    sent = {"csrf_token": client.csrf, "files": files}
    answer = client.post(at, data=sent, content_type="multipart/form-data", **more)
    answer.request.environ["wsgi.input"].close()
    return answer


def told(client, key, *named):
    """What a script is told of the files it sent: tone and words of each."""
    answer = attach(client, key, *named, script=True)
    assert answer.status_code == 200
    return [(one["tone"], one["text"]) for one in answer.json["files"]]


def kept(session):
    """The files that are attached now."""
    session.rollback()
    return session.scalars(select(Attachment).order_by(Attachment.id)).all()


BOMB = packed(body="ก" * 12_000_000)
JAR = io.BytesIO()
with zipfile.ZipFile(JAR, "w") as archive:
    archive.writestr("evil.class", b"code")


@pytest.mark.parametrize(
    ("name", "body", "why"),
    [
        ("หนังสือ.pdf", b"MZ\x90\x00 this is a program", "not what its name says"),
        ("ว่าง.pdf", b"", "empty"),
        ("ว่าง.txt", b"", "empty"),
        ("รูป.svg", b"<svg xmlns='x'><script>alert(1)</script></svg>", "cannot be attached"),
        ("รูป.png", b"<svg><script>alert(1)</script></svg>", "not what its name says"),
        ("หน้า.txt", b"<html><script>alert(1)</script>", "not what its name says"),
        ("แฟ้ม.docx", b"PK\x03\x04 not a zip", "not what its name says"),
        ("ตาราง.xlsx", DOCX, "not what its name says"),
        ("เก่า.xls", DOC, "not what its name says"),
        ("ล็อก.docx", OLD + "EncryptedPackage".encode("utf-16-le"), "password"),
        ("สองแบบ.pdf", b"%PDF-1.4\n<html><script>alert(1)</script>\n" + PDF, "two kinds"),
        ("สองแบบ.pdf", PDF + JAR.getvalue(), "two kinds"),
        ("สองแบบ.png", PNG + JAR.getvalue(), "two kinds"),
        ("สคริปต์.gif", b"GIF89a/*" + b"\x00" * 20 + b"*/=1;alert(1)", "not what its name says"),
        ("สคริปต์.gif", b"GIF89a=1;alert(document.domain)//", "not what its name says"),
        ("ซ่อน.docx", packed(**{"word/vbaProject.bin": b"macro"}), "hides macros"),
        ("ระเบิด.docx", BOMB, "unpacks to more"),
        ("..", PDF, "no name"),
    ],
)  # fmt: skip
def test_a_bad_file_is_told_why_and_loses_no_other(session, registrar, key, name, body, why):
    answer = attach(registrar, key, ("ดี.pdf", PDF), (name, body), ("รูป.png", PNG))
    html = registrar.get(answer.location).get_data(as_text=True)
    assert why in html
    assert "Attached: ดี.pdf, รูป.png" in html
    assert [one.name for one in kept(session)] == ["ดี.pdf", "รูป.png"]


def test_a_script_is_told_of_each_file_and_of_its_like_elsewhere(session, registrar, key):
    with work(session):
        other = office.received(session, office.unit(session, "0018"), subject="อีกฉบับ").id
    assert told(registrar, key, ("../../หนังสือ นำ.pdf", PDF)) == [("ok", "")]
    ((tone, words),) = told(registrar, key, ("ซ้ำ.pdf", PDF))
    assert (tone, words) == ("warn", "This file is attached here already, as “หนังสือ นำ.pdf”.")
    (same, refused) = told(registrar, other, ("สำเนา.pdf", PDF), ("ปลอม.pdf", b"no"))
    assert same[0] == "ok"
    assert "also attached to" in same[1]
    assert refused[0] == "bad"
    assert told(registrar, key)[0][0] == "warn", "nothing was chosen"
    assert [one.name for one in kept(session)] == ["หนังสือ นำ.pdf", "สำเนา.pdf"]
    html = registrar.get(f"/admin/document/details/?id={other}").get_data(as_text=True)
    assert f'href="/admin/document/details/?id={key}"' in html, "where the same file stands"


def test_where_the_same_file_stands_is_not_told_past_the_reach(session, registrar, persons, key):
    attach(registrar, key, ("ก.pdf", PDF))
    with work(session):
        far = office.received(session, office.unit(session, "0017", TRANG)).id
    stranger = persons.client("registrar", TRANG)
    assert told(stranger, far, ("ข.pdf", PDF)) == [("ok", "")]
    html = stranger.get(f"/admin/document/details/?id={far}").get_data(as_text=True)
    assert f"/admin/document/details/?id={key}" not in html


def test_a_pdf_that_runs_scripts_is_marked_and_only_downloaded(session, registrar, key):
    """Chromium's reader would run them, in a place of its own: an alert over our page all the same."""
    opening = b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>"
    attach(registrar, key, ("สคริปต์.pdf", pdf_of(b"", {1: opening})), ("ดี.pdf", PDF))
    scripted, plain = kept(session)
    assert (scripted.has_macros, plain.has_macros) == (True, False)
    page = registrar.get(f"/admin/document/details/?id={key}").get_data(as_text=True)
    assert page.count("<iframe") == 1
    address = "/admin/attachment/{}/?id={}"
    assert registrar.get(address.format("preview", scripted.id)).status_code == 404
    assert registrar.get(address.format("preview", plain.id)).status_code == 200
    assert registrar.get(address.format("file", scripted.id)).status_code == 200


def packed_pdf(opening):
    """A PDF whose objects stand in a packed part, the one that opens it among them."""
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R/OpenAction 5 0 R>>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>",
        5: opening,
    }
    body, places = b"\n".join(objects.values()), list[str]()
    at = 0
    for number, text in objects.items():
        places.append(f"{number} {at}")
        at += len(text) + 1
    index = " ".join(places).encode() + b"\n"
    part = zlib.compress(index + body)
    told = b"<</Type/ObjStm/N 4/First %d/Filter/FlateDecode/Length %d>>" % (len(index), len(part))
    made = b"%PDF-1.5\n"
    stands, made = (
        len(made),
        made + b"4 0 obj" + told + b"stream\n" + part + b"\nendstream endobj\n",
    )
    rows = [
        (0, 0, 0),
        (2, 4, 0),
        (2, 4, 1),
        (2, 4, 2),
        (1, stands, 0),
        (2, 4, 3),
        (1, len(made), 0),
    ]
    table = b"".join(struct.pack(">BIB", *row) for row in rows)
    told = b"<</Type/XRef/Size 7/W[1 4 1]/Root 1 0 R/Length %d>>" % len(table)
    begun = len(made)
    made += b"6 0 obj" + told + b"stream\n" + table + b"\nendstream endobj\n"
    return made + b"startxref\n%d\n%%%%EOF\n" % begun


def test_a_script_in_a_packed_part_of_a_pdf_is_found_too(session, registrar, key):
    attach(
        registrar, key,
        ("ซ่อน.pdf", packed_pdf(b"<</S/JavaScript/JS(app.alert(1))>>")),
        ("พราง.pdf", packed_pdf(b"<</S/J#61vaScript/JS(app.alert(1))>>")),
        ("ดี.pdf", packed_pdf(b"<</S/GoTo/D[3 0 R/Fit]>>")),
        ("เสีย.pdf", packed_pdf(b"<</S/GoTo/D[3 0 R/Fit]>>").replace(b"startxref", b"startless")),
    )  # fmt: skip
    assert b"JavaScript" not in packed_pdf(b"<</S/JavaScript/JS(app.alert(1))>>")
    assert [one.has_macros for one in kept(session)] == [True, True, False, False]


def test_a_file_is_shown_inside_under_its_own_policy(session, registrar, persons, key):
    attach(
        registrar, key, ("../../หนังสือ นำ.pdf", PDF), ("บันทึก.txt", "บันทึก".encode()), ("ก.png", PNG)
    )
    pdf, text, png = [one.id for one in kept(session)]
    page = registrar.get(f"/admin/document/details/?id={key}")
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    address = "/admin/attachment/preview/?id={}"
    shown = registrar.get(address.format(pdf))
    assert (shown.data, shown.mimetype) == (PDF, "application/pdf")
    assert "default-src 'none'" in shown.headers["Content-Security-Policy"]
    assert "script-src" not in shown.headers["Content-Security-Policy"]
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert shown.headers["Content-Disposition"].startswith("inline; ")
    assert "sandbox" in registrar.get(address.format(png)).headers["Content-Security-Policy"]
    assert registrar.get(address.format(text)).status_code == 404
    assert persons.client("registrar", TRANG).get(address.format(pdf)).status_code == 404
    down = registrar.get(f"/admin/attachment/file/?id={pdf}").headers["Content-Disposition"]
    assert down == f"attachment; filename=\"file.pdf\"; filename*=UTF-8''{quote('หนังสือ นำ.pdf')}"


def test_files_with_macros_are_marked_and_only_downloaded(session, registrar, key):
    vba = DOC + "_VBA_PROJECT".encode("utf-16-le")
    assert [tone for tone, _words in told(
        registrar, key, ("แบบ.docm", DOCM), ("เก่า.doc", vba), ("สะอาด.doc", DOC)
    )] == ["ok"] * 3  # fmt: skip
    assert [one.has_macros for one in kept(session)] == [True, True, False]
    html = registrar.get(f"/admin/document/details/?id={key}").get_data(as_text=True)
    assert html.count("has macros") == 2
    macro_id = kept(session)[0].id
    assert registrar.get(f"/admin/attachment/preview/?id={macro_id}").status_code == 404


def test_each_file_may_be_of_the_largest_size(session, app, registrar, key, monkeypatch):
    from dataclasses import replace

    settings = replace(app.config["SETTINGS"], upload_bytes=3 * 1024 * 1024)
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 4 * 1024 * 1024)
    large = [(f"{n}.pdf", PDF + b"\n%" + bytes([65 + n]) * 2_900_000) for n in range(3)]
    over = ("เกิน.pdf", PDF + b"x" * 3 * 1024 * 1024)
    tones = [tone for tone, _words in told(registrar, key, *large, over)]
    assert tones == ["ok", "ok", "ok", "bad"]
    other = posted(registrar, "/admin/document/new/", [(io.BytesIO(b"x" * 5_000_000), "ก.pdf")])
    assert other.status_code == 413, "no other form takes so much"


# Whole text.


def found(session, persons, word, province_id=LOPBURI, role="registrar"):
    """The documents that a person finds by a word."""
    person = persons.viewer(persons.user_id(role, province_id))
    session.rollback()
    who.act_as(session, person)
    try:
        return search.find(session, Document, word, None, 10)
    finally:
        session.rollback()
        who.act_as(session, who.SYSTEM)


def test_a_document_is_found_by_the_words_in_its_files(session, registrar, persons, key):
    attach(
        registrar, key, ("ก.docx", DOCX), ("ข.pdf", told_pdf("Flood gauge 4711")),
        ("ค.txt", "ระดับน้ำ\nล้นตลิ่ง".encode()),
    )  # fmt: skip
    for word in (WORD, "flood gauge", "ระดับน้ำล้นตลิ่ง"):
        assert found(session, persons, word) == [key], word
        assert found(session, persons, word, TRANG) == []
    html = registrar.get(f"/admin/search/?q={WORD}").get_data(as_text=True)
    assert f"/admin/document/details/?id={key}" in html
    for entry in session.scalars(select(AuditEntry)):
        assert WORD not in str(entry.changes), "the audit does not copy what files say"
    session.rollback()
    first = kept(session)[0].id
    registrar.post(f"/admin/attachment/delete/?id={first}", data={"csrf_token": registrar.csrf})
    assert found(session, persons, WORD) == [], "gone with its file"
    assert found(session, persons, "flood gauge") == [key]


def _swollen(megabytes):
    """Spaces packed twice over: a few kilobytes that unpack to so much."""
    packer = zlib.compressobj(9)
    once = b"".join(packer.compress(b" " * (1 << 20)) for _ in range(megabytes)) + packer.flush()
    twice = zlib.compress(once, 9)
    return b"<</Filter[/FlateDecode/FlateDecode]/Length %d>>stream\n%b\nendstream" % (
        len(twice), twice,
    )  # fmt: skip


HOSTILE = {
    "nested": pdf_of(b"", {1: b"[" * 100_000 + b"]" * 100_000}),
    "a loop": pdf_of(b"", {2: b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 1000000>>"}),
    "swollen": pdf_of(b"", {4: _swollen(300)}),
    "endless": pdf_of(b"BT /F1 12 Tf (a) Tj ET\n" * 200_000),
}


def test_a_file_made_to_hang_or_to_swell_is_kept_unread_within_seconds(
    session, registrar, key, monkeypatch
):
    """The reader runs apart and is cut off; the person waits no longer than it may take."""
    monkeypatch.setattr(file_text, "SECONDS", 0.7)
    began = time.perf_counter()
    answers = told(registrar, key, *((f"{name}.pdf", body) for name, body in HOSTILE.items()))
    assert time.perf_counter() - began < 4 * 0.7 + 3
    assert answers == [("ok", "")] * 4
    assert [(one.name, one.body_text) for one in kept(session)] == [
        (f"{name}.pdf", "") for name in HOSTILE
    ]


def test_attaching_a_file_is_no_conflict_for_whoever_edits_the_document(
    session, registrar, persons, key
):
    """Only the words that are searched change; a form that was open before is still good."""
    version = session.get_one(Document, key).version
    at = f"/admin/document/edit/?id={key}"
    form = {**open_form(registrar, at), "subject": "เรื่องที่แก้คำผิดแล้ว"}
    assert told(registrar, key, ("ก.docx", DOCX)) == [("ok", "")]
    session.rollback()
    session.expire_all()
    document = session.get_one(Document, key)
    assert (document.version, WORD in document.body_text) == (version, True)
    entries = session.scalars(select(AuditEntry).where(AuditEntry.entity == "document"))
    assert [one.act for one in entries if one.record_id == key] == ["create"]
    assert registrar.post(at, data=form).status_code == 302
    session.rollback()
    session.expire_all()
    assert session.get_one(Document, key).subject == "เรื่องที่แก้คำผิดแล้ว"
    assert found(session, persons, WORD) == [key], "the words stay when the document is saved"


def test_files_of_a_secret_document_are_never_indexed(session, registrar, persons):
    with work(session):
        secret = office.received(
            session, office.unit(session), secrecy=Secrecy.SECRET, subject="ลับ"
        ).id
    assert told(registrar, secret, ("ก.docx", DOCX), ("ข.pdf", b"no"))[0] == ("ok", "")
    assert kept(session) == []
    assert found(session, persons, WORD) == []
    again = told(registrar, secret, ("ซ้ำ.docx", DOCX))
    assert again[0][0] == "bad"
    assert "already" in again[0][1]
    session.rollback()
    assert session.get_one(Document, secret).body_text is None
    for entry in session.scalars(select(AuditEntry)):
        assert not {"ก.docx", WORD} & set(str(entry.changes).replace("'", '"').split('"'))
        assert "ก.docx" not in f"{entry.record} {entry.changes}"
    paper = session.scalars(select(SecretPaper).where(SecretPaper.document_id == secret)).one()
    (held,) = documents.held_files(paper)
    with files.open_file(held.sha256) as stored:
        assert b"word/document.xml" not in stored.read(), "its bytes lie encrypted"


# Those to whom a document was sent.


@pytest.fixture
def sent(session, key):
    """The document sent to an agency; its distribution, and another agency beside."""
    return sent_to_agency(session, key)


def sent_to_agency(session, key):
    """Send the document to an agency; the id of its distribution, that agency and another."""
    with work(session):
        agencies = [
            Agency(province_id=LOPBURI, name=name, sector=Sector.GOVERNMENT)
            for name in ("ประมงจังหวัด", "เกษตรจังหวัด")
        ]
        session.add_all(agencies)
        session.flush()
        document = session.get(Document, key)
        (made,) = documents.send(document, [Recipient(agency=agencies[0])], session, dates.now())
        return made.id, [one.id for one in agencies]


def send_to(session, key, agency_id):
    """Send the document to one more agency; the id of its distribution."""
    with work(session):
        agency = session.get_one(Agency, agency_id)
        document = session.get_one(Document, key)
        (made,) = documents.send(document, [Recipient(agency=agency)], session, dates.now())
        return made.id


def officer(session, persons, agency_id):
    """A signed-in officer of an agency."""
    with work(session):
        user = make_user(
            session, f"officer{agency_id}", Role.AGENCY_OFFICER, GrantScope.AGENCY,
            province_id=LOPBURI, agency_id=agency_id,
        )  # fmt: skip
        user_id = user if isinstance(user, int) else user.id
    return persons.client_of(user_id)


def test_an_agency_opens_only_what_went_along(session, registrar, persons, key, sent):
    """What is attached after sending is the office's own; who gets it later opens it."""
    first, (ours, theirs) = sent
    attach(registrar, key, ("บันทึกภายใน.pdf", PDF))
    inner = kept(session)[-1].id
    going = registrar.get(f"/admin/document/send/?id={key}").get_data(as_text=True)
    assert "บันทึกภายใน.pdf" in going, "the sender sees what will go along"
    page = registrar.get(f"/admin/document/details/?id={key}").get_data(as_text=True)
    assert "attached after sending" in page
    client = officer(session, persons, ours)
    assert "บันทึกภายใน" not in client.get(f"/admin/distribution/details/?id={first}").text
    assert client.get(f"/admin/distribution/file/?id={first}&file={inner}").status_code == 404
    later = send_to(session, key, theirs)
    client = officer(session, persons, theirs)
    assert "บันทึกภายใน" in client.get(f"/admin/distribution/details/?id={later}").text
    assert client.get(f"/admin/distribution/file/?id={later}&file={inner}").status_code == 200
    page = registrar.get(f"/admin/document/details/?id={key}").get_data(as_text=True)
    assert "Went along to 1 of 2 recipients." in page


def test_an_agency_opens_the_files_of_what_it_received_and_no_others(
    session, registrar, persons, key
):
    attach(registrar, key, ("คำสั่ง.pdf", PDF), ("แบบ.docm", DOCM))
    pdf, _macro = [one.id for one in kept(session)]
    distribution, (ours, theirs) = sent_to_agency(session, key)
    with work(session):
        other = office.received(session, office.unit(session, "0019")).id
    attach(registrar, other, ("ไม่เกี่ยว.png", PNG))
    foreign = kept(session)[-1].id
    ours, theirs = officer(session, persons, ours), officer(session, persons, theirs)
    page = ours.get(f"/admin/distribution/details/?id={distribution}").get_data(as_text=True)
    assert "คำสั่ง.pdf" in page
    assert "ไม่เกี่ยว" not in page
    address = f"/admin/distribution/file/?id={distribution}&file="
    down = ours.get(f"{address}{pdf}")
    assert (down.status_code, down.data) == (200, PDF)
    assert quote("คำสั่ง.pdf") in down.headers["Content-Disposition"]
    assert ours.get(f"{address}{pdf}&look=1").headers["Content-Disposition"].startswith("inline")
    assert ours.get(f"{address}{foreign}").status_code == 404, "of another document"
    assert ours.get(f"{address}0").status_code == 404
    assert ours.get(f"/admin/attachment/file/?id={pdf}").status_code == 404, "only by what was sent"
    assert ours.get(f"/admin/document/details/?id={key}").status_code in (403, 404)
    for stranger in (theirs, persons.client("registrar", TRANG)):
        assert stranger.get(f"{address}{pdf}").status_code in (403, 404)
    assert attach(ours, key, ("ก.pdf", PDF)).status_code in (403, 404)


def test_the_sender_leaves_files_out(session, registrar, persons, key):
    """What is not ticked stays in the office, and so does what came while the page was open."""
    attach(registrar, key, ("คำสั่ง.pdf", PDF), ("ร่างภายใน.png", PNG))
    going, inner = [one.id for one in kept(session)]
    form = registrar.get(f"/admin/document/send/?id={key}").get_data(as_text=True)
    assert form.count('name="file"') == form.count("checked") == 2
    with work(session):
        agency = Agency(province_id=LOPBURI, name="ประมงจังหวัด", sector=Sector.GOVERNMENT)
        session.add(agency)
        session.flush()
        ours = agency.id
    told = {"agency": ours, "files": 1, "file": going, "csrf_token": registrar.csrf}
    assert registrar.post(f"/admin/document/send/?id={key}", data=told).status_code == 302
    session.rollback()
    made = session.scalars(select(Distribution.id)).one()
    session.rollback()
    client = officer(session, persons, ours)
    page = client.get(f"/admin/distribution/details/?id={made}").get_data(as_text=True)
    assert "คำสั่ง.pdf" in page
    assert "ร่างภายใน" not in page
    assert client.get(f"/admin/distribution/file/?id={made}&file={inner}").status_code == 404
    assert client.get(f"/admin/distribution/file/?id={made}&file={going}").status_code == 200
    page = registrar.get(f"/admin/document/details/?id={key}").get_data(as_text=True)
    assert "Left out, or attached after sending" in page


def test_an_agency_opens_no_file_of_a_secret_document(session, registrar, persons, sent):
    _distribution, (ours, _theirs) = sent
    with work(session):
        secret = office.received(
            session, office.unit(session, "0020"), secrecy=Secrecy.SECRET, subject="ลับ"
        )
        (made,) = documents.send(
            secret, [Recipient(agency=session.get(Agency, ours))], session, dates.now()
        )
        secret_id, made_id = secret.id, made.id
    attach(registrar, secret_id, ("แผนลับ.pdf", PDF))
    client = officer(session, persons, ours)
    page = client.get(f"/admin/distribution/details/?id={made_id}").get_data(as_text=True)
    assert "แผนลับ" not in page
    assert client.get(f"/admin/distribution/file/?id={made_id}&file=1").status_code == 404
    assert session.scalar(select(func.count(Distribution.id))) == 2
    db.session.rollback()


def _remove(client, one):
    return client.post(
        f"/admin/attachment/delete/?id={one}",
        data={"csrf_token": client.csrf, "url": "/admin/distribution/inbox/"},
    )


def test_a_wrong_file_comes_off_where_it_was_attached(session, registrar, persons, key):
    attach(registrar, key, ("ผิดฉบับ.pdf", PDF))
    (one,) = kept(session)
    off = f"/admin/attachment/delete/?id={one.id}"
    session.rollback()
    at = f"/admin/document/details/?id={key}"
    assert off in registrar.get(at).get_data(as_text=True)
    finance = persons.client("finance")
    assert off not in finance.get(at).get_data(as_text=True)
    assert _remove(finance, one.id).status_code == 403
    assert _remove(registrar, one.id).headers["Location"].endswith("/admin/distribution/inbox/")
    assert kept(session) == []


@pytest.mark.parametrize("status", ["numbered", "sent", "acknowledged", "filed", "cancelled"])
def test_what_was_signed_filed_or_sent_keeps_its_files(session, registrar, key, status):
    """By whichever way: a record of the office is not thinned out afterwards."""
    attach(registrar, key, ("ฉบับจริง.pdf", PDF))
    (one,) = kept(session)
    key_of_file = one.id
    with work(session):
        document = session.get_one(Document, key)
        document.status, document.cancelled_reason = DocumentStatus(status), "พิมพ์ผิด"
        document.filed_on = dates.today()
    at = f"/admin/document/details/?id={key}"
    assert "/admin/attachment/delete/" not in registrar.get(at).get_data(as_text=True)
    _remove(registrar, key_of_file)
    assert [row.id for row in kept(session)] == [key_of_file]
    registrar.post(
        "/admin/attachment/action/",
        data={"csrf_token": registrar.csrf, "action": "delete", "rowid": str(key_of_file)},
    )
    assert [row.id for row in kept(session)] == [key_of_file]


def test_what_went_along_with_a_received_document_stays(session, registrar, key):
    attach(registrar, key, ("ฉบับจริง.pdf", PDF))
    (one,) = kept(session)
    key_of_file = one.id
    session.rollback()
    sent_to_agency(session, key)
    at = f"/admin/document/details/?id={key}"
    assert "/admin/attachment/delete/" not in registrar.get(at).get_data(as_text=True)
    _remove(registrar, key_of_file)
    assert [row.id for row in kept(session)] == [key_of_file]


def test_a_refused_sending_loses_nothing_of_what_was_chosen(session, registrar, key):
    """Nobody was chosen; how it goes and which files stay are not chosen again."""
    attach(registrar, key, ("ไปด้วย.pdf", PDF), ("อยู่นี่.docx", DOCX))
    going, stays = [one.id for one in kept(session)]
    session.rollback()
    address = f"/admin/document/send/?id={key}"
    first = registrar.get(address).get_data(as_text=True)
    assert len(re.findall(r'name="file" value="\d+" checked', first)) == 2
    sent = {"csrf_token": registrar.csrf, "files": "1", "file": str(going), "method": "post"}
    answer = registrar.post(address, data={**sent, "names": " \n"})
    assert answer.status_code == 422
    again = answer.get_data(as_text=True)
    assert f'value="{going}" checked' in again
    assert f'value="{stays}" checked' not in again
    assert '<option value="post" selected>' in again
    names = "ผู้ว่าการประปาส่วนภูมิภาค\nอธิบดีกรมชลประทาน"
    wrong = registrar.post(address, data={**sent, "names": names, "agency": "999"})
    assert wrong.status_code == 422
    assert names in wrong.get_data(as_text=True)
