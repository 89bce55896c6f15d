"""The import's pages: choose a file, look at it, tick what is doubtful, accept."""

import html
import io
import re
from pathlib import Path

from sqlalchemy import func, select

from models import BudgetLine
from tests.conftest import LOPBURI, TRANG

AT = "/admin/budget_line/import/"
MESSY = Path(__file__).parents[1] / "files" / "budget_messy.xlsx"
THAI = re.compile("[\u0e00-\u0e7f]")


def _send(client, content: bytes, name: str = "งบประมาณ.xlsx", year: str = "2569"):
    data = {"csrf_token": client.csrf, "fiscal_year": year, "file": (io.BytesIO(content), name)}
    return client.post(AT, data=data, content_type="multipart/form-data")


def _token(answer) -> str:
    assert answer.status_code == 302, answer.get_data(as_text=True)[:3000]
    return html.unescape(re.search(r"file=([^&]+)", answer.headers["Location"])[1])


def _lines(session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(BudgetLine)) or 0


def test_a_budget_is_looked_at_and_then_accepted(session, persons):
    client = persons.client("finance")
    assert f'href="{AT}"' in client.get("/admin/budget_line/").get_data(as_text=True)
    assert 'type="file"' in client.get(AT).get_data(as_text=True)
    answer = _send(client, MESSY.read_bytes())
    token = _token(answer)
    page = client.get(answer.headers["Location"]).get_data(as_text=True)
    assert "3,748,467.00" in page
    assert "น่าสงสัย" in page
    assert page.count('name="chosen"') == 2, "two doubtful rows are of Lop Buri"
    assert "ช่อง G7: เป็นสูตร" in page, "the cell with a formula is named"
    assert "style=" not in page.split("<main")[1]
    left = client.get(f"{AT}preview/", query_string={"file": token, "tab": "left_out"})
    assert "ชัยนาท" in left.get_data(as_text=True)
    assert _lines(session) == 0, "nothing is written before it is accepted"
    accepted = client.post(
        f"{AT}accept/", data={"csrf_token": client.csrf, "file": token, "take": "ticked"}
    )
    assert accepted.status_code == 302
    assert _lines(session) == 3, "the doubtful ones were not ticked"
    ticked = re.findall(r'name="chosen" value="(\d+)"', page)
    data = {"csrf_token": client.csrf, "file": token, "take": "ticked", "chosen": ticked}
    for _twice in range(2):
        assert client.post(f"{AT}accept/", data=data).status_code == 302
        assert _lines(session) == 5
    assert set(session.scalars(select(BudgetLine.province_id))) == {LOPBURI}


def test_what_is_no_table_is_refused_at_the_field(session, persons):
    client = persons.client("finance")
    bad = {
        "pdf": b"%PDF-1.4 renamed",
        "header": "ชื่อ,ราคา\nก,5\n".encode(),
        "empty": b"",
        "half": MESSY.read_bytes()[:4000],
    }
    for name, content in bad.items():
        answer = _send(client, content)
        page = answer.get_data(as_text=True)
        told = re.search(r'id="file-err">(.*?)</div>', page, re.DOTALL)
        assert answer.status_code == 422, name
        assert THAI.search(told[1] if told else ""), name
    assert _send(client, MESSY.read_bytes(), year="2026").status_code == 422
    nothing = client.post(AT, data={"csrf_token": client.csrf, "fiscal_year": "2569"})
    assert nothing.status_code == 422


def test_a_fault_is_told_with_its_cell_and_nothing_is_written(session, persons):
    client = persons.client("finance")
    content = "รายการ,จำนวนเงิน\nก,100\nข,1.234\nค,(5.00)\n".encode()
    token = _token(_send(client, content, "งบ.csv"))
    page = client.get(f"{AT}preview/", query_string={"file": token}).get_data(as_text=True)
    assert "B3" in page
    assert "−5.00" in page
    assert 'name="take"' not in page
    answer = client.post(
        f"{AT}accept/", data={"csrf_token": client.csrf, "file": token, "take": "all"}
    )
    assert answer.status_code == 302
    assert _lines(session) == 0


def test_only_who_may_import_does_and_only_the_own_file(session, persons):
    client = persons.client("finance")
    token = _token(_send(client, MESSY.read_bytes()))
    others = {"finance": TRANG, "governor": LOPBURI, "planner": LOPBURI}
    for role, province in others.items():
        other = persons.client(role, province, name="x")
        seen = other.get(f"{AT}preview/", query_string={"file": token})
        data = {"csrf_token": other.csrf, "file": token, "take": "all"}
        done = other.post(f"{AT}accept/", data=data)
        expected = 404 if role == "finance" else 403
        assert (seen.status_code, done.status_code) == (expected, expected), role
    for false in ("", "x", token[:-3] + "abc"):
        assert client.get(f"{AT}preview/", query_string={"file": false}).status_code == 404
    assert _lines(session) == 0


def test_every_row_is_on_some_page(session, persons):
    client = persons.client("finance")
    rows = "".join(f"รายการที่ {n},{n + 1}\n" for n in range(250))
    token = _token(_send(client, ("รายการ,จำนวนเงิน\n" + rows).encode(), "งบ.csv"))
    seen = set()
    for page in ("1", "2", "3", "99", "x"):
        text = client.get(
            f"{AT}preview/", query_string={"file": token, "page": page, "tab": "all"}
        ).get_data(as_text=True)
        seen |= set(re.findall(r"รายการที่ (\d+)<", text))
    assert len(seen) == 250
