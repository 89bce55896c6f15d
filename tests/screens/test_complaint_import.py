"""Taking over an older log on its pages: choose it, choose its columns, look at each row, accept."""

import csv
import html
import io
import re

import openpyxl
import pytest
from sqlalchemy import func, select

from models import Agency, Assignment, Complaint
from tests.conftest import LOPBURI, TRANG
from tests.screens.test_budget_import import THAI

AT = "/admin/complaint/import/"
HEADINGS = ("อำเภอ", "ประเภทเรื่อง", "ช่องทาง", "หน่วยงาน", "สถานะ", "วันที่รับเรื่อง", "กำหนดรายงาน")
ROWS = (
    ("เมือง", "ปัญหาที่ดิน", "1567", "ที่ดินจังหวัด/อำเภอเมืองลพบุรี/พมจ.", "ยุติแล้ว", "5 ม.ค. 2569", "20 ม.ค. 2569"),
    ("อ.โคกสำโรง", "ขอความช่วยเหลือ", "ด้วยตนเอง", "พมจ.", "อยู่ระหว่างดำเนินการ", "๑๒/๑/๒๕๖๙", ""),
    ("นอกเขต", "เรื่องแปลก", "นกพิราบ", "พมจ./ที่ดินจังหวัด", "รอดู", "14/1/2569", ""),
)  # fmt: skip


def _csv(rows=ROWS, headings=HEADINGS) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([headings, *rows])
    return out.getvalue().encode("utf-8-sig")


def _xlsx(rows=ROWS, headings=HEADINGS) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "ทะเบียน"
    for row in (("ศูนย์ดำรงธรรมจังหวัด",), (), headings, *rows):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _send(client, content: bytes, name: str = "ทะเบียน.csv", **more):
    data = {"csrf_token": client.csrf, "file": (io.BytesIO(content), name), **more}
    return client.post(AT, data=data, content_type="multipart/form-data")


def _token(answer) -> str:
    assert answer.status_code == 302, answer.get_data(as_text=True)[:3000]
    return html.unescape(re.search(r"file=([^&]+)", answer.headers["Location"])[1])


def _look(client, token: str, **more) -> str:
    page = client.get(f"{AT}preview/", query_string={"file": token, **more})
    assert page.status_code == 200
    return page.get_data(as_text=True)


def _accept(client, token: str):
    return client.post(
        f"{AT}accept/", data={"csrf_token": client.csrf, "file": token, "take": "all"}
    )


def _count(session, entity=Complaint) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(entity)) or 0


@pytest.fixture
def officer(persons):
    return persons.client("complaint_officer")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_log_is_looked_at_and_taken_over_once(session, officer, kind):
    for page in ("/admin/complaint/", "/admin/complaint/board/"):
        assert f'href="{AT}"' in officer.get(page).get_data(as_text=True)
    sent = _send(officer, _csv() if kind == "csv" else _xlsx(), f"ทะเบียน.{kind}")
    token = _token(sent)
    every = _look(officer, token, tab="all")
    assert every.count('<th scope="row" class="first">') == len(ROWS)
    assert "style=" not in every.split("<main")[1]
    doubtful = _look(officer, token)
    assert "นอกเขต" in doubtful, "doubtful rows are shown first"
    for why in ("เรื่องแปลก", "นกพิราบ", "รอดู"):
        assert f"“{why}”" in doubtful, why
    assert 'name="chosen"' not in every + doubtful, "all or nothing"
    assert 'name="take" value="all"' in every
    assert _count(session) == 0, "nothing is written before it is accepted"
    assert _accept(officer, token).status_code == 302
    assert _count(session) == len(ROWS)
    first = session.scalars(select(Complaint).order_by(Complaint.id)).first()
    parts = session.scalars(select(Assignment).where(Assignment.complaint_id == first.id)).all()
    assert sorted(one.agency.name for one in parts) == ["ที่ดินจังหวัด", "พมจ.", "อำเภอเมืองลพบุรี"]
    agencies = _count(session, Agency)
    again = _token(_send(officer, _csv() if kind == "csv" else _xlsx(), f"ทะเบียน.{kind}"))
    assert 'name="take"' not in _look(officer, again), "nothing is left to take"
    _accept(officer, again)
    assert (_count(session), _count(session, Agency)) == (len(ROWS), agencies)


def test_columns_with_other_headings_are_chosen(session, officer):
    headings = ("เขต", "ประเภทเรื่อง", "ช่องทาง", "ผู้ทำ", "ผล", "วันที่รับเรื่อง", "กำหนดรายงาน")
    sent = _send(officer, _csv(headings=headings))
    assert "/import/columns/" in sent.headers["Location"]
    token = _token(sent)
    at = f"{AT}columns/"
    page = officer.get(at, query_string={"file": token}).get_data(as_text=True)
    for name in headings:
        assert f">{name}</option>" in page, name
    assert THAI.search(page)
    place = {name: str(at) for at, name in enumerate(headings, 1)}

    def choose(**told):
        data = {"csrf_token": officer.csrf, **told}
        return officer.post(at, query_string={"file": token}, data=data)

    assert choose().status_code == 422, "the state is still missing"
    assert choose(status="99").status_code == 422
    assert choose(status="x").status_code == 422
    chosen = _token(choose(status=place["ผล"], district=place["เขต"], agencies=place["ผู้ทำ"]))
    assert "selected>ผล</option>" in officer.get(at, query_string={"file": chosen}).get_data(
        as_text=True
    )
    assert _accept(officer, chosen).status_code == 302
    assert _count(session) == len(ROWS)
    session.rollback()
    assert session.scalars(select(Complaint).order_by(Complaint.id)).first().district_id == 1601


def test_what_is_no_log_is_refused_at_the_field(session, officer):
    bad = {
        "pdf": b"%PDF-1.4 renamed",
        "one column": "ชื่อ\nก\n".encode(),
        "empty": b"",
        "half": _xlsx()[:2000],
        "headings alone": _csv(()),
        "zip": b"PK\x03\x04" + b"0" * 400,
    }
    for name, content in bad.items():
        answer = _send(officer, content)
        told = re.search(r'id="file-err">(.*?)</div>', answer.get_data(as_text=True), re.DOTALL)
        if answer.status_code == 302:
            assert "/import/columns/" in answer.headers["Location"], name
            continue
        assert answer.status_code == 422, name
        assert THAI.search(told[1] if told else ""), name
    assert officer.post(AT, data={"csrf_token": officer.csrf}).status_code == 422
    assert _count(session) == 0


def test_faults_are_told_with_their_cells_and_keep_all_out(session, officer):
    faulty = (*ROWS, ("เมือง", "หนี้นอกระบบ", "1567", "", "ยุติ", "31/2/2569", ""),
              ("เมือง", "", "1567", "", "", "1/1/2569", "เร็ว ๆ นี้"),
              ("เมือง", "หนี้นอกระบบ", "1567", "", "ยุติ", "1/1/2600", ""))  # fmt: skip
    token = _token(_send(officer, _xlsx(faulty), "ทะเบียน.xlsx"))
    page = _look(officer, token)
    for cell in ("F7", "B8", "E8", "G8"):
        assert cell in page, cell
    assert "ทะเบียน" in page
    assert 'name="take"' not in page
    assert _accept(officer, token).status_code == 302
    assert _count(session) == 0


def test_only_the_centre_takes_over_and_only_the_own_file(session, officer, persons):
    token = _token(_send(officer, _csv()))
    others = (
        ("complaint_officer", TRANG, 404), ("governor", LOPBURI, 403), ("secretary", LOPBURI, 403),
        ("registrar", LOPBURI, 403), ("auditor", None, 403), ("ministry_admin", None, 403),
    )  # fmt: skip
    for role, province, expected in others:
        other = persons.client(role, province, name="x")
        pages = [
            other.get(f"{AT}{one}/", query_string={"file": token}) for one in ("preview", "columns")
        ]
        codes = {*(page.status_code for page in pages), _accept(other, token).status_code}
        assert codes == {expected}, (role, codes)
        if expected == 403:
            assert other.get(AT).status_code == 403
            assert f'href="{AT}"' not in other.get("/admin/complaint/").get_data(as_text=True)
    for false in ("", "x", token[:-3] + "abc"):
        assert officer.get(f"{AT}preview/", query_string={"file": false}).status_code == 404
        assert officer.get(f"{AT}columns/", query_string={"file": false}).status_code == 404
    assert _count(session) == 0


def test_the_cases_come_into_the_own_province_whatever_is_posted(session, persons):
    far = persons.client("complaint_officer", TRANG, name="far")
    token = _token(_send(far, _csv(), province=str(LOPBURI)))
    assert _look(far, token).count("อำเภอ “เมือง”") == 0, "the capital of Trang is meant"
    _accept(far, token)
    session.rollback()
    assert set(session.scalars(select(Complaint.province_id))) == {TRANG}
