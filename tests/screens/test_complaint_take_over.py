"""One case of an older log is taken over by a form, by the rule that the import of a log goes by."""

import re

import pytest
from sqlalchemy import func, select

from entities import dates
from entities.vocabulary import AssignmentStatus, ComplaintStatus, ResultKind, Sector
from models import Agency, Assignment, Complaint
from rules.base import Broken
from rules.complaint_take_over import take_over
from tests.complaint_office import Office
from tests.conftest import LOPBURI, TRANG
from tests.pages import open_form

S, P = ComplaintStatus, AssignmentStatus
AT = "/admin/complaint/take-over/"
OLD = {"old_number": "ร้องทุกข์ ๑๒/๒๕๖๘", "received_on": "5 มี.ค. 2568", "subject": "ถนนหน้าวัดทรุด",
       "status": "in_progress", "category_id": "3"}  # fmt: skip


@pytest.fixture
def office(session, persons):
    """The centre of Lop Buri."""
    return Office(session, persons)


@pytest.fixture
def clerk(persons):
    """The officer of the centre, signed in."""
    return persons.client("complaint_officer")


def send(client, **told):
    """The form as it opens, with what is told of the case."""
    sent = {**open_form(client, AT), **OLD, "channel_id": "1", **told}
    return client.post(AT, data={k: v for k, v in sent.items() if v is not None})


def refused(answer) -> dict[str, str]:
    """What each field says."""
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422, answer.status
    found = re.findall(r'id="(\w+)-err">(.*?)</div>', html, re.DOTALL)
    return {name: re.sub(r"<[^>]+>", "", words).strip() for name, words in found}


def only(session) -> Complaint:
    session.rollback()
    session.expire_all()
    return session.scalars(select(Complaint)).one()


def count(session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Complaint)) or 0


def test_an_old_case_comes_in_as_it_stands(session, office, clerk):
    for page in ("/admin/complaint/", "/admin/complaint/board/"):
        assert f'href="{AT}"' in clerk.get(page).get_data(as_text=True)
    works, water = (str(office.agencies[key]) for key in ("works", "water"))
    session.rollback()
    answer = send(
        clerk, due_on="1 เม.ย. 2568", district_id="1601", lead_agency_id=works, support_1=water
    )
    case = only(session)
    assert answer.headers["Location"].endswith(f"/admin/complaint/details/?id={case.id}")
    assert (case.number, case.old_number) == (OLD["old_number"],) * 2
    assert (case.status, case.taken_over, case.due_on.isoformat()) == (
        S.IN_PROGRESS, True, "2025-04-01",
    )  # fmt: skip
    assert (case.clock_from, case.assigned_on, case.quiet_since) == (None, None, dates.today())
    assert office.part(case.id, "works").status is P.WORKING
    assert office.part(case.id, "water").due_on == case.due_on
    assert office.part(case.id, "water").assigned_on == case.received_on, "in that year's figures"
    assert office.story(case.id) == [("take_over", "in_progress")]
    session.rollback()
    shown = clerk.get(answer.headers["Location"]).get_data(as_text=True)
    assert "รับโอนจากทะเบียนเดิม" in shown


@pytest.mark.parametrize(
    ("status", "told", "own"),
    [("new", {}, False), ("screening", {}, False), ("in_progress", {}, True), ("rejected", {}, False),
     ("closed", {"result_kind": "settled", "closed_on": "1/4/2568", "result": "ซ่อมแล้ว"}, False)],
)  # fmt: skip
def test_a_due_day_and_an_agency_may_be_missing(session, office, clerk, status, told, own):
    assert send(clerk, status=status, **told).status_code == 302
    case = only(session)
    assert (case.status, case.due_on, case.own_handling) == (S(status), None, own)
    assert session.scalar(select(func.count()).select_from(Assignment)) == 0
    if told:
        assert (case.result_kind, case.closed_on.isoformat()) == (ResultKind.SETTLED, "2025-04-01")


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"old_number": " "}, "old_number"),
        ({"old_number": "ศดธ.ลบ-2699-00012"}, "old_number"),
        ({"status": ""}, "status"),
        ({"status": "no"}, "status"),
        ({"received_on": ""}, "received_on"),
        ({"received_on": "31 ก.พ. 2568"}, "received_on"),
        ({"received_on": "1 ม.ค. 2640"}, "received_on"),
        ({"due_on": "4 มี.ค. 2568"}, "due_on"),
        ({"incident_on": "6 มี.ค. 2568"}, "incident_on"),
        ({"district_id": "9201"}, "district_id"),
        ({"category_id": ""}, "category_id"),
        ({"lead_agency_id": "999999"}, "lead_agency_id"),
        ({"status": "assigned"}, "lead_agency_id"),
        ({"status": "closed"}, "result_kind"),
        ({"result_kind": "settled"}, "result_kind"),
        ({"closed_on": "1 เม.ย. 2568"}, "closed_on"),
        ({"status": "closed", "result_kind": "settled", "closed_on": "4 มี.ค. 2568"}, "closed_on"),
        ({"status": "closed", "result_kind": "settled", "closed_on": "1 ม.ค. 2640"}, "closed_on"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_at_its_field_and_nothing_is_lost(
    session, office, clerk, told, field
):
    answer = send(clerk, **told)
    found = refused(answer)
    assert list(found) == [field], found
    assert re.search("[ก-ฮ]", found[field]), found
    assert OLD["subject"] in answer.get_data(as_text=True)
    assert count(session) == 0


def test_agencies_fit_the_state_and_are_of_the_province(session, office, clerk):
    works = str(office.agencies["works"])
    with office.writing() as work:
        foreign = Agency(province_id=TRANG, name="แขวงทางหลวงตรัง", sector=Sector.GOVERNMENT)
        work.add(foreign)
        work.flush()
        far = str(foreign.id)
    assert list(refused(send(clerk, lead_agency_id=far))) == ["lead_agency_id"]
    with office.writing() as work:
        case = Complaint(province_id=LOPBURI, received_on=dates.today(), subject="ก")
        with pytest.raises(Broken, match="another province"):
            take_over(
                case, "1", S.IN_PROGRESS, [work.get_one(Agency, int(far))], work, dates.today()
            )
    assert list(refused(send(clerk, status="new", lead_agency_id=works))) == ["lead_agency_id"]
    twice = send(clerk, lead_agency_id=works, support_2=works)
    assert list(refused(twice)) == ["lead_agency_id"]
    assert count(session) == 0


def test_an_old_number_comes_in_once_and_takes_none_of_ours(session, office, clerk):
    ours = office.read(office.case()).number
    session.rollback()
    assert send(clerk).status_code == 302
    assert "old_number" in refused(send(clerk, subject="อีกเรื่อง"))
    assert "old_number" in refused(send(clerk, old_number=ours))
    assert count(session) == 2


def test_a_second_press_makes_no_second_case(session, office, clerk):
    sent = {**open_form(clerk, AT), **OLD, "channel_id": "1"}
    first, second = (clerk.post(AT, data=sent) for _n in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert count(session) == 1


def test_only_who_may_import_takes_over_and_only_at_home(session, office, persons):
    others = {
        role: persons.client(role, province, name="x")
        for role, province in (
            ("governor", LOPBURI), ("secretary", LOPBURI), ("registrar", LOPBURI), ("auditor", None),
            ("ministry_admin", None),
        )
    }  # fmt: skip
    others["works"] = persons.client_of(office.user("works"))
    for role, other in others.items():
        assert other.get(AT).status_code == 403, role
        assert other.post(AT, data={"csrf_token": other.csrf, **OLD}).status_code == 403, role
    far = persons.client("complaint_officer", TRANG)
    assert send(far, province_id=str(LOPBURI)).status_code == 302
    assert only(session).province_id == TRANG
