"""Files of a case: an agency opens what the centre ticked for it, while it holds the case; no more."""

import io
from typing import Any

import pytest
from sqlalchemy import select

from models import Accused, Attachment, Complaint
from rules import complaint_files, complaints
from rules.base import Broken
from tests.complaint_office import Office
from tests.conftest import LOPBURI, TRANG

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000000100000001080600000"
    "01f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)
LETTER, PHOTO = "หนังสือร้องเรียน.png", "ภาพถนน.png"


@pytest.fixture
def office(session: Any, persons: Any) -> Office:
    """The centre of Lop Buri."""
    return Office(session, persons)


def _attach(office: Office, persons: Any, key: int) -> dict[str, int]:
    """A letter and a photograph on a case; the id of each."""
    client = persons.client("complaint_officer")
    for n, name in enumerate((LETTER, PHOTO)):
        files = [(io.BytesIO(PNG + bytes(n)), name)]
        sent = client.post(
            f"/admin/complaint/upload/?id={key}", data={"files": files, "csrf_token": client.csrf}
        )
        assert sent.status_code == 302
    office.session.rollback()
    rows = office.session.scalars(select(Attachment).where(Attachment.complaint_id == key))
    found = {one.name: one.id for one in rows}
    office.session.rollback()
    return found


def _screened(office: Office, persons: Any) -> tuple[int, dict[str, int]]:
    key = office.case()
    office.do(key, complaints.screen)
    return key, _attach(office, persons, key)


def _assign(office: Office, persons: Any, key: int, **told: Any) -> Any:
    client = persons.client("complaint_officer")
    agencies = {"lead": office.agencies["works"], "support_1": office.agencies["water"]}
    return client.post(
        f"/admin/complaint/assign/?id={key}", data={**agencies, "csrf_token": client.csrf, **told}
    )


def _page(office: Office, persons: Any, key: int, agency: str) -> tuple[Any, str, str]:
    """An agency's client, the page of its assignment, and the address of files there."""
    part = office.part(key, agency).id
    office.session.rollback()
    client = persons.client_of(office.officers[agency])
    page = client.get(f"/admin/assignment/details/?id={part}").get_data(as_text=True)
    return client, page, f"/admin/assignment/file/?id={part}&file="


def test_nothing_goes_along_that_was_not_ticked(office: Office, persons: Any) -> None:
    key, files = _screened(office, persons)
    form = persons.client("complaint_officer").get(f"/admin/complaint/assign/?id={key}").text
    assert LETTER in form
    assert "checked" not in form.partition('name="files"')[2].partition("</fieldset>")[0]
    assert _assign(office, persons, key, files=files[PHOTO]).status_code == 302
    for agency in ("works", "water"):
        client, page, address = _page(office, persons, key, agency)
        assert PHOTO in page
        assert LETTER not in page
        assert client.get(f"{address}{files[PHOTO]}").status_code == 200
        assert client.get(f"{address}{files[PHOTO]}&look=1").status_code == 200
        assert client.get(f"{address}{files[LETTER]}").status_code == 404
        assert client.get(f"/admin/attachment/file/?id={files[PHOTO]}").status_code == 404
    for stranger in (
        persons.client_of(office.officers["accused"]), persons.client("complaint_officer", TRANG),
        persons.client("governor"), persons.client("auditor", None), persons.client("secretary"),
    ):  # fmt: skip
        assert stranger.get(f"{address}{files[PHOTO]}").status_code in (302, 403, 404)
    page = persons.client("complaint_officer").get(f"/admin/complaint/details/?id={key}").text
    assert page.count("หน่วยงานเปิดได้") == 1


def test_the_choice_is_changed_later_and_ends_with_the_assignment(
    office: Office, persons: Any
) -> None:
    key, files = _screened(office, persons)
    assert _assign(office, persons, key).status_code == 302
    client, page, address = _page(office, persons, key, "works")
    assert PHOTO not in page
    centre = persons.client("complaint_officer")
    chosen = {"files": files[PHOTO], "csrf_token": centre.csrf}
    assert centre.post(f"/admin/complaint/files/?id={key}", data=chosen).status_code == 302
    assert client.get(f"{address}{files[PHOTO]}").status_code == 200
    gone = {"csrf_token": centre.csrf}
    assert centre.post(f"/admin/complaint/files/?id={key}", data=gone).status_code == 302
    assert client.get(f"{address}{files[PHOTO]}").status_code == 404
    assert centre.post(f"/admin/complaint/files/?id={key}", data=chosen).status_code == 302
    office.answer(key, "works", complaints.give_back, "ไม่ใช่หน้าที่")
    assert client.get(f"{address}{files[PHOTO]}").status_code == 404, "it gave the case back"


def test_only_the_centre_chooses_and_only_of_its_case(office: Office, persons: Any) -> None:
    key, _files = _screened(office, persons)
    other, foreign = _screened(office, persons)
    assert _assign(office, persons, key).status_code == 302
    refused = persons.client("complaint_officer")
    answer = refused.post(
        f"/admin/complaint/files/?id={key}",
        data={"files": foreign[PHOTO], "csrf_token": refused.csrf},
    )
    assert answer.status_code == 422
    with office.acting("complaint_officer") as session, pytest.raises(Broken):
        complaint_files.share(session.get_one(Complaint, key), [foreign[PHOTO]], session)
    for name in ("governor", "secretary", "agency"):
        client = (
            persons.client_of(office.officers["works"])
            if name == "agency"
            else persons.client(name)
        )
        data = {"files": foreign[PHOTO], "csrf_token": client.csrf}
        answer = client.post(f"/admin/complaint/files/?id={other}", data=data)
        assert answer.status_code in (302, 403, 404)
        assert "/login" not in answer.headers.get("Location", "")
    assert complaint_files.chosen(office.read(other), office.session) == frozenset()
    office.session.rollback()


def test_an_agency_that_comes_to_be_accused_opens_nothing(office: Office, persons: Any) -> None:
    """The rules let no accused agency hold a case; where one should, its files stay closed."""
    key, files = _screened(office, persons)
    assert _assign(office, persons, key, files=[files[PHOTO]]).status_code == 302
    client, page, address = _page(office, persons, key, "water")
    assert PHOTO in page
    with office.writing() as session:
        session.add(
            Accused(
                province_id=LOPBURI, complaint_id=key, accused_agency_id=office.agencies["water"]
            )
        )
    assert client.get(f"{address}{files[PHOTO]}").status_code == 404


def test_a_wrong_file_comes_off_an_open_case_and_stays_on_one_that_is_over(
    office: Office, persons: Any
) -> None:
    key, files = _screened(office, persons)
    client, at = persons.client("complaint_officer"), f"/admin/complaint/details/?id={key}"

    def remove(name: str) -> None:
        off = f"/admin/attachment/delete/?id={files[name]}"
        assert client.post(off, data={"csrf_token": client.csrf}).status_code == 302

    def left() -> list[str]:
        office.session.rollback()
        rows = office.session.scalars(select(Attachment.name).where(Attachment.complaint_id == key))
        return list(rows)

    assert "/admin/attachment/delete/" in client.get(at).get_data(as_text=True)
    remove(LETTER)
    assert left() == [PHOTO]
    office.session.rollback()
    office.do(key, complaints.reject, "ไม่อยู่ในอำนาจ")
    assert "/admin/attachment/delete/" not in client.get(at).get_data(as_text=True)
    remove(PHOTO)
    assert left() == [PHOTO]
