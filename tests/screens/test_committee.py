"""One committee of Lop Buri: listed, edited, refused to an officer of Trang, audited."""

from datetime import date

from sqlalchemy import select

from access import audit
from access.database import db
from entities.vocabulary import CommitteeType, MemberRole, SeatType, Sector
from models import AppointmentOrder, AuditEntry, Committee, Membership
from tests.conftest import LOPBURI, TRANG
from tests.pages import open_form


def _kbj(session, province_id):
    return session.scalar(
        select(Committee).where(
            Committee.province_id == province_id, Committee.short_name == "ก.บ.จ."
        )
    )


def test_the_secretary_sees_her_committees_and_no_other_province(session, persons):
    page = persons.client("secretary").get("/admin/committee/").get_data(as_text=True)
    assert "จังหวัดลพบุรี" in page
    assert "จังหวัดตรัง" not in page


def test_names_go_in_thai_order_and_back(session, persons):
    client = persons.client("secretary")
    names = ("คณะทำงานแก้หนี้", "คณะทำงานกำจัดวัชพืช", "คณะทำงานเกษตร", "คณะทำงานขยะ")
    session.add_all(
        Committee(name=name, short_name=name, type=CommitteeType.WORKING_GROUP, province_id=LOPBURI)
        for name in names
    )
    session.commit()

    def listed(sort: str) -> list[str]:
        page = client.get(f"/admin/committee/?sort={sort}").get_data(as_text=True)
        return sorted(names, key=page.index)

    thai = ["คณะทำงานกำจัดวัชพืช", "คณะทำงานเกษตร", "คณะทำงานแก้หนี้", "คณะทำงานขยะ"]
    assert listed("sort_key") == thai
    assert listed("-sort_key") == thai[::-1]


def test_she_edits_one_and_the_audit_says_so(session, persons):
    kbj = _kbj(session, LOPBURI)
    client = persons.client("secretary")
    form = open_form(client, f"/admin/committee/edit/?id={kbj.id}")
    answer = client.post(f"/admin/committee/edit/?id={kbj.id}", data={**form, "seats": "38"})
    assert answer.status_code == 302
    session.rollback()
    assert session.get(Committee, kbj.id).seats == 38
    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.entity == "committee").order_by(AuditEntry.id.desc())
    ).first()
    assert (entry.act, entry.actor) == ("edit", "secretary.16")
    assert '"seats": [null, 38]' in entry.changes
    assert audit.verify(session)[1] == []


def test_an_officer_of_trang_does_not_find_it(session, persons):
    kbj = _kbj(session, LOPBURI)
    client = persons.client("secretary", TRANG)
    for path in ("details", "edit", "history"):
        assert client.get(f"/admin/committee/{path}/?id={kbj.id}").status_code == 404
    assert (
        client.post(
            f"/admin/committee/edit/?id={kbj.id}", data={"csrf_token": client.csrf}
        ).status_code
        == 404
    )
    assert (
        client.post(
            "/admin/committee/delete/", data={"id": kbj.id, "csrf_token": client.csrf}
        ).status_code
        == 404
    )


def test_nobody_sees_it_without_signing_in(app, session):
    answer = app.test_client().get("/admin/committee/")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login")
    db.session.rollback()


def test_what_an_order_replaced_is_shown_and_not_offered_for_editing(session, persons):
    kbj = _kbj(session, LOPBURI)
    told = {"committee": kbj, "subject": "แต่งตั้ง", "signer_name": "ก", "signer_position": "ข"}
    days = {"ordered_on": date(2025, 10, 1), "effective_on": date(2025, 10, 1)}
    old = AppointmentOrder(number="1/2568", **told, **days)
    session.add(old)
    session.flush()
    seat = {"sector": Sector.PRIVATE, "seat_type": SeatType.REPRESENTATIVE}
    member = Membership(
        committee=kbj, order=old, name="นายเก่า", role=MemberRole.MEMBER, starts_on=date(2025, 10, 1), **seat
    )  # fmt: skip
    session.add(member)
    session.commit()
    clerk = persons.client("secretary")
    pages = {
        f"/admin/appointment_order/{{}}/?id={old.id}",
        f"/admin/membership/{{}}/?id={member.id}",
    }
    for page in pages:
        assert clerk.get(page.format("edit")).status_code == 200
        assert "/edit/?" in clerk.get(page.format("details")).get_data(as_text=True)
    session.add(AppointmentOrder(number="2/2569", supersedes=old, **told, **days))
    session.commit()
    for page in pages:
        shown = clerk.get(page.format("details")).get_data(as_text=True)
        assert "/edit/?" not in shown
        assert "/membership/new/?" not in shown
        assert clerk.get(page.format("edit")).status_code == 302
