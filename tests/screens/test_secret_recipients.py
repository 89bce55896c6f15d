"""To whom a secret document went is known to itself and to those cleared: through every channel."""

from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import func, select

from access import scope
from access import viewer as who
from access.database import writing
from access.scope import Denied
from entities.vocabulary import GrantScope, Role, Secrecy, Sector
from models import Agency, AuditEntry, Distribution
from reports import REPORTS
from rules import complaints, documents
from rules.documents import Recipient
from tests import factories_complaints
from tests.conftest import LOPBURI, TRANG, make_user
from tests.registry_office import NOW, TODAY, issued, received, unit, work

UNCLEARED = (("planner", LOPBURI), ("secretary", LOPBURI), ("province_admin", LOPBURI),
             ("auditor", None), ("ministry_admin", None), ("registrar", TRANG))  # fmt: skip
CLEARED = ("registrar", "chief_of_office", "governor")


@pytest.fixture
def sent(session: Any) -> dict[str, Any]:
    """A secret letter that went to an agency and a unit, and an open one to another agency."""
    with work(session):
        office = unit(session)
        agencies = [
            Agency(province_id=LOPBURI, name=name, sector=Sector.GOVERNMENT)
            for name in ("ตำรวจภูธร", "แขวงทางหลวง")
        ]
        session.add_all(agencies)
        secret = issued(session, office, secrecy=Secrecy.SECRET, subject="แผนจับกุม")
        to = [Recipient(agency=agencies[0]), Recipient(unit=office)]
        hidden = documents.send(secret, to, session, NOW)
        (open_one,) = documents.send(
            received(session, office), [Recipient(agency=agencies[1])], session, NOW
        )
        told: dict[str, Any] = {
            "secret": secret.id, "number": secret.number, "open": open_one.number,
            "to": [one.id for one in hidden], "open_id": open_one.id, "agencies": [one.id for one in agencies],
            "unit": office.id,
        }  # fmt: skip
        target = {"province_id": LOPBURI}
        told["officers"] = [
            make_user(
                session, f"officer.{one.id}", Role.AGENCY_OFFICER, GrantScope.AGENCY,
                agency_id=one.id, **target,
            ).id
            for one in agencies
        ]  # fmt: skip
    return told


def _lists(sent: dict[str, Any]) -> list[str]:
    police, roads = sent["agencies"]
    asked = ["", f"agency_id={police}", f"unit_id={sent['unit']}", f"document_id={sent['secret']}",
             "sort=agency_id", "sort=-unit_id", "agency_id.empty=0", "search=เอกสารลับ",
             "columns=recipient,agency_id,unit_id,number", f"agency_id={roads}"]  # fmt: skip
    return [f"/admin/distribution/{form}?{q}" for form in ("", "export/xlsx/") for q in asked]


def _shown(answer: Any) -> str:
    """What an answer says, a workbook's sheets included."""
    body: bytes = answer.get_data()
    answer.close()
    if body[:2] != b"PK":
        return body.decode("utf-8", "replace")
    with ZipFile(BytesIO(body)) as packed:
        return "".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())


def test_lists_filters_and_exports_tell_the_uncleared_nothing(
    sent: dict[str, Any], persons: Any
) -> None:
    for role, province in UNCLEARED:
        client = persons.client(role, province)
        for address in _lists(sent):
            page = _shown(client.get(address))
            assert sent["number"] not in page, (role, address)
        page = _shown(client.get("/admin/distribution/"))
        assert (f"details/?id={sent['open_id']}" in page) is (province != TRANG), role
    for role in CLEARED:
        client = persons.client(role)
        found = [sent["number"] in _shown(client.get(one)) for one in _lists(sent)]
        assert found.count(False) == 2, "only the filter on the other agency leaves it out"


def test_its_own_pages_are_not_there_for_the_uncleared(sent: dict[str, Any], persons: Any) -> None:
    for role, province in UNCLEARED:
        client = persons.client(role, province)
        for key in sent["to"]:
            for page in ("details", "history", "file"):
                answer = client.get(f"/admin/distribution/{page}/?id={key}&file=1")
                assert answer.status_code in (302, 403, 404), (role, page)
            posted = client.post(
                "/admin/distribution/acknowledge/", data={"id": key, "csrf_token": client.csrf}
            )
            assert posted.status_code in (302, 403, 404), role
    client = persons.client("registrar")
    assert client.get(f"/admin/distribution/details/?id={sent['to'][0]}").status_code == 200


def _turns(persons: Any, sent: dict[str, Any]) -> list[tuple[Any, int]]:
    """Who confirms: the registrar for the unit, and after it the agency, which ends the sending."""
    agency, unit_ = sent["to"]
    return [(persons.client("registrar"), unit_), (persons.client_of(sent["officers"][0]), agency)]


def test_pages_around_it_tell_the_uncleared_nothing(sent: dict[str, Any], persons: Any) -> None:
    """The document, its history, the agency, the desk, the inbox, search, links and the audit."""
    police = sent["agencies"][0]
    for client, key in _turns(persons, sent):
        confirmed = client.post(
            f"/admin/distribution/acknowledge/?id={key}", data={"csrf_token": client.csrf}
        )
        assert confirmed.status_code == 302
    names = ("ตำรวจภูธร", f"officer.{police}", f"Officer.{police}")
    paths = [f"/admin/document/{page}/?id={sent['secret']}" for page in ("details", "history")]
    paths += ["/admin/", "/admin/distribution/inbox/", "/admin/search/?q=เอกสารลับ",
              "/admin/register_book/", f"/admin/document/?search={sent['number']}"]  # fmt: skip
    for role in ("planner", "secretary", "province_admin"):
        client = persons.client(role)
        for path in paths:
            page = _shown(client.get(path, follow_redirects=True))
            assert not [one for one in names if one in page], (role, path)
    listed = _shown(persons.client("planner").get(f"/admin/agency/details/?id={police}"))
    assert sent["number"] not in listed
    page = _shown(persons.client("registrar").get(paths[0]))
    assert names[0] in page
    assert names[1] in page, "those cleared read who confirmed"


def test_the_audit_masks_to_whom_it_went(session: Any, sent: dict[str, Any], persons: Any) -> None:
    session.rollback()
    changes = session.scalars(
        select(AuditEntry.changes).where(
            AuditEntry.entity == "distribution", AuditEntry.record_id.in_(sent["to"])
        )
    ).all()
    assert len(changes) == 2
    for told in changes:
        assert f'"agency_id": [null, {sent["agencies"][0]}]' not in told
        assert f'"unit_id": [null, {sent["unit"]}]' not in told
        assert "•••" in told
    session.rollback()
    for role in ("auditor", "ministry_admin"):
        page = _shown(persons.client(role, None).get("/admin/audit_entry/?entity=distribution"))
        assert sent["number"] not in page
        assert sent["open"] in page


def test_the_agency_reads_its_own_and_no_other(sent: dict[str, Any], persons: Any) -> None:
    police, roads = (persons.client_of(key) for key in sent["officers"])
    assert sent["number"] in _shown(police.get("/admin/distribution/inbox/"))
    assert police.get(f"/admin/distribution/details/?id={sent['to'][0]}").status_code == 200
    assert police.get(f"/admin/distribution/details/?id={sent['to'][1]}").status_code == 404
    assert sent["number"] not in _shown(roads.get("/admin/distribution/"))
    assert roads.get(f"/admin/distribution/details/?id={sent['to'][0]}").status_code == 404


def test_counts_and_writing_are_kept_too(session: Any, sent: dict[str, Any], persons: Any) -> None:
    """Of rights in two provinces the clearance counts only where it was given."""
    session.rollback()
    reach = {role: persons.viewer(persons.user_id(role)) for role in ("planner", "registrar")}
    far = persons.viewer(persons.user_id("registrar", TRANG, "far"))
    both = who.Viewer("both", 1, grants=(*reach["planner"].grants, *far.grants))
    count = select(func.count()).select_from(Distribution)
    token = writing.set(True)
    for viewer, seen in ((reach["planner"], 1), (both, 1), (reach["registrar"], 3)):
        row = _as(session, who.SYSTEM).get_one(Distribution, sent["to"][0])
        assert viewer.reaches(row, "acknowledge") is (seen == 3)
        session.expunge(row)
        assert _as(session, viewer).scalar(count) == seen
        if seen == 1:
            with pytest.raises(Denied):
                scope.permit(session, row, "acknowledge")
    session.rollback()
    writing.reset(token)


def _as(session: Any, viewer: who.Viewer) -> Any:
    who.act_as(session, viewer)
    return session


def _told(client: Any, address: str) -> str:
    return _shown(client.get(address, follow_redirects=True))


def _offered(client: Any, address: str) -> list[str]:
    """What a picker offers for what was typed."""
    return [row["text"] for row in client.get(address).get_json()]


def test_pickers_and_reports_do_not_tell_to_whom_it_went(
    sent: dict[str, Any], persons: Any
) -> None:
    """A picker does not find a document by who got it, and no report counts it by its recipient."""
    choose = f"/admin/document/choose/?province={LOPBURI}&q="
    for role in ("planner", "secretary"):
        client = persons.client(role)
        assert _offered(client, f"{choose}ตำรวจภูธร") == [], role
        assert _offered(client, f"{choose}แผนจับกุม") == [], role
        for typed in (sent["number"], ""):
            assert "ตำรวจภูธร" not in " ".join(_offered(client, f"{choose}{typed}")), role
        for field in ("agency_id", "unit_id", "document_id"):
            looked = client.get(f"/admin/distribution/lookup/?field={field}&q=ตำรวจ")
            assert looked.status_code in (403, 404), (role, field)
    secretary = persons.client("secretary")
    assert "1/2569" in " ".join(_offered(secretary, f"{choose}{sent['open']}")), (
        "what is open is found"
    )
    for key in REPORTS:
        told = secretary.get(f"/admin/report/{key}/csv")
        assert told.status_code == 200, key
        assert sent["number"] not in _shown(told), key


def test_links_between_areas_do_not_tell_to_whom_it_went(
    session: Any, sent: dict[str, Any], persons: Any
) -> None:
    """A case answered by it says so to those who read the case, and never who got the answer."""
    with work(session):
        case = factories_complaints.case(LOPBURI, "ร้องเรียนเรื่องถนน")
        complaints.receive(case, session, TODAY)
        case.answer_document_id, case_id = sent["secret"], case.id
    officer = _told(persons.client("complaint_officer"), f"/admin/complaint/details/?id={case_id}")
    assert "เอกสารลับ" in officer, "that there is an answer is told"
    for page in (
        officer,
        _told(persons.client("secretary"), f"/admin/complaint/details/?id={case_id}"),
        _told(persons.client("complaint_officer"), f"/admin/document/details/?id={sent['secret']}"),
    ):
        assert not [one for one in ("ตำรวจภูธร", "แผนจับกุม") if one in page.split("</header>")[-1]]
    roads = persons.client_of(sent["officers"][1])
    for address in (
        "/admin/",
        "/admin/distribution/",
        f"/admin/agency/details/?id={sent['agencies'][0]}",
    ):
        assert sent["number"] not in _told(roads, address), address


def test_a_saved_view_opens_nothing_that_its_reader_does_not_reach(
    sent: dict[str, Any], persons: Any
) -> None:
    """The view of somebody cleared, shared with the office, is read with each person's own rights."""
    state = f"agency_id={sent['agencies'][0]}&columns=recipient&columns=agency_id&columns=number"
    chief = persons.client("chief_of_office")
    data = {"csrf_token": chief.csrf, "entity": "distribution", "name": "ของตำรวจ", "share": "1"}
    kept = chief.post(f"/admin/saved_view/save/?{state}", data=data)
    assert kept.status_code == 302
    assert sent["number"] in _told(chief, kept.location)
    for role in ("planner", "secretary", "province_admin"):
        client = persons.client(role)
        assert "ของตำรวจ" in _told(client, "/admin/distribution/"), "the tab is the office's"
        assert sent["number"] not in _told(client, kept.location), role
        for form in ("", "export/xlsx/"):
            assert sent["number"] not in _told(client, f"/admin/distribution/{form}?{state}"), role
