"""Taking a complaint down in a browser, and chasing the agency that has it."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import select

from access import sessions
from entities import dates
from entities.vocabulary import AssignmentPart, ComplaintStatus
from figures import complaints as figures
from figures.complaints import TURN
from models import Assignment, Complainant, Complaint, Distribution, Reminder
from tests.browser.conftest import PASSWORD, PHONE, ROWS, Office

Opener = Callable[..., Page]
CLERK = "complaint_officer.nongbualamphu"
NONG_BUA, LAMPANG = 39, 52


def test_a_clerk_takes_a_case_down_and_sees_the_one_like_it(
    office: Office, sign_in: Opener
) -> None:
    """The category tells agency and day, a wrong number is told at once, the like case is shown first."""
    with office.work() as session:
        like = session.scalars(
            select(Complaint)
            .where(Complaint.province_id == NONG_BUA, Complaint.district_id.is_not(None))
            .order_by(Complaint.received_on.desc())
        ).first()
        assert like is not None
        subject, number, district = like.subject, like.number, str(like.district_id)
    page = sign_in(CLERK)
    page.goto("/admin/complaint/new/")
    page.locator("#category_id").select_option(index=1)
    page.locator("#subject").fill(subject)
    page.locator("#district_id").select_option(district)
    expect(page.locator("[data-told]")).to_contain_text(str(number))
    expect(page.locator("#subdistrict_id option")).not_to_have_count(1)
    page.locator("#name").fill("นางสาวทดสอบ หน้าจอ")
    page.locator("#citizen_number").fill("1101700230700")
    page.locator("#phone").fill("0812345")
    # The page tells wrong numbers by itself; what is typed next belongs to the server's answer.
    with page.expect_navigation():
        page.locator(".save .btn.go").click()
    expect(page.locator(".err")).to_have_count(2)
    expect(page.locator("#subject")).to_have_value(subject)
    page.locator("#citizen_number").fill("1101700230708")
    page.locator("#phone").fill("0812345678")
    page.locator(".save .btn.go").click()
    page.wait_for_url(re.compile("/details/"))
    expect(page.locator("h1")).to_contain_text(subject)
    expect(page.locator("main")).not_to_contain_text("หน้าจอ")


def test_a_late_agency_is_reminded_by_thumb(office: Office, sign_in: Opener) -> None:
    """On a phone: the filled button reminds once, and the story tells it."""
    with office.work() as session:
        reminded = select(Reminder.assignment_id).where(Reminder.reminded_on == dates.today())
        part = session.scalars(
            select(Assignment)
            .join(Complaint, Complaint.id == Assignment.complaint_id)
            .where(
                Assignment.province_id == NONG_BUA, Assignment.part == AssignmentPart.LEAD,
                Assignment.status.in_(TURN), Assignment.id.not_in(reminded),
                figures.late(dates.today()),
            )
        ).first()  # fmt: skip
        assert part is not None
        case_id, agency = part.complaint_id, part.agency.name
    page = sign_in(CLERK, PHONE)
    page.goto(f"/admin/complaint/details/?id={case_id}")
    page.locator(".act button.go").click()
    expect(page.locator(".note.ok")).to_contain_text(agency)
    expect(page.locator("#story li").first).to_contain_text(agency)
    page.locator(".act button.go").click()
    expect(page.locator(".note.bad")).to_be_visible()


def test_a_password_typed_long_ago_is_asked_for_above_the_form(
    office: Office, sign_in: Opener
) -> None:
    """What was typed goes on with the same press, after a wrong password and the right one."""
    with office.work() as session:
        case_id = session.scalars(
            select(Complainant.complaint_id)
            .join(Complaint, Complaint.id == Complainant.complaint_id)
            .where(Complaint.province_id == NONG_BUA, Complaint.is_anonymous.is_(False))
        ).first()
    page = sign_in(CLERK)
    page.goto(f"/admin/complaint/reveal/?id={case_id}")
    page.locator("[name=reason]").fill("นัดพบผู้ร้อง")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main .save button.go").click()
    expect(page.locator("main")).to_contain_text("แสดงครั้งเดียว")
    page.goto(f"/admin/complaint/reveal/?id={case_id}")
    expect(page.locator("[name=password]")).to_have_count(0)
    page.locator("[name=reason]").fill("นัดพบผู้ร้องอีกครั้ง")
    mine = ROWS.c.user_id == office.account_id(CLERK)
    with office.app.app_context(), sessions.writer() as connection:
        connection.execute(ROWS.update().where(mine).values(data="{}"))
    page.locator("main .save button.go").click()
    door = page.locator("dialog[open]")
    door.locator("#again-password").fill("not-this-one")
    door.locator("#again-password").press("Enter")
    expect(door.locator(".note.bad")).to_be_visible()
    door.locator("#again-password").fill(PASSWORD)
    door.locator("#again-password").press("Enter")
    expect(page.locator("main")).to_contain_text("แสดงครั้งเดียว")


def test_every_column_of_the_longest_lists_is_seen_on_a_screen_of_1366(sign_in: Opener) -> None:
    """Nothing is looked for by scrolling sideways."""
    page = sign_in("bureau_officer")
    for entity in ("complaint", "assignment", "membership", "document"):
        page.goto(f"/admin/{entity}/")
        room = page.locator(".list .scroll").evaluate("e => [e.scrollWidth, e.clientWidth]")
        assert room[0] <= room[1] + 1, entity


def test_on_a_phone_the_steps_are_one_line_and_what_belongs_to_a_value_stands_under_it(
    office: Office, sign_in: Opener
) -> None:
    with office.work() as session:
        case_id = session.scalars(
            select(Complaint.id).where(
                Complaint.province_id == NONG_BUA, Complaint.status == ComplaintStatus.IN_PROGRESS,
                Complaint.own_handling.is_(False),
            )
        ).first()  # fmt: skip
        sent = session.scalars(
            select(Distribution.document_id).where(
                Distribution.acknowledged_at.is_not(None), Distribution.secrecy.is_(None),
                Distribution.province_id == LAMPANG,
            )
        ).first()  # fmt: skip
    page = sign_in(CLERK, PHONE)
    page.goto(f"/admin/complaint/details/?id={case_id}")
    middles = page.locator(".steps li").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect()).map(r => Math.round(r.top + r.height / 2))"
    )
    assert len(middles) == 8
    assert max(middles) - min(middles) <= 2, "no step begins a second line"
    page = sign_in("registrar.lampang", PHONE)
    page.goto(f"/admin/document/details/?id={sent}")
    cell = page.locator("#recipients td:has(> .chip + .s)").first
    chip, under = (cell.locator(one).bounding_box() for one in ("> .chip", "> .s"))
    assert chip is not None
    assert under is not None
    assert abs(chip["x"] - under["x"]) < 2


def test_no_state_on_the_board_runs_out_of_its_card_in_english(sign_in: Opener) -> None:
    """English names of states are longer than Thai ones."""
    page = sign_in(CLERK)
    page.goto("/admin/complaint/board/?lang=en")
    over = page.locator(".lane li .chip").evaluate_all(
        "all => all.filter(c => c.getBoundingClientRect().right > c.closest('li').getBoundingClientRect().right).length"
    )
    assert over == 0
    page.goto("/admin/?lang=th")
