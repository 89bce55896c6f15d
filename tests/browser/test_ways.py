"""Ways of working that only a browser shows: keyboard, dialogs, live counts, lost sessions."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from playwright.sync_api import Dialog, Page, expect
from sqlalchemy import func, select

from entities import dates
from entities.vocabulary import AttendanceStatus, MeetingStatus
from models import Agency, AgendaItem, Attendance, Meeting, Person
from tests.browser.conftest import PASSWORD, PHONE, Office
from tests.conftest import LOPBURI

Opener = Callable[..., Page]
SECRETARY = "secretary.lopburi"


def _meeting(office: Office, *states: MeetingStatus) -> int:
    """The newest meeting of Lop Buri in one of the states: which there are depends on the day."""
    with office.work() as session:
        found = session.scalar(
            select(func.max(Meeting.id)).where(
                Meeting.province_id == LOPBURI, Meeting.status.in_(states)
            )
        )
        assert found, states
        return found


def _agency(office: Office, place: int) -> tuple[int, str]:
    """An agency of Lop Buri by its place: each test changes one of its own."""
    with office.work() as session:
        found = session.scalars(
            select(Agency).where(Agency.province_id == LOPBURI).order_by(Agency.id)
        ).all()[place]
        return found.id, found.name


def _head(office: Office, agency_id: int) -> str | None:
    with office.work() as session:
        return session.get_one(Agency, agency_id).head_position


def _save(page: Page) -> None:
    page.locator(".save .btn.go").click()


def test_date_picker_by_keyboard(sign_in: Opener) -> None:
    """Alt and Down opens the calendar; arrows and Page Down move, Enter takes, Escape leaves."""
    page = sign_in(SECRETARY)
    page.goto("/admin/meeting/new/")
    box, calendar = page.locator("#meets_on"), page.locator("dialog.cal")
    box.focus()
    box.press("Alt+ArrowDown")
    expect(calendar).to_be_visible()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("PageDown")
    page.keyboard.press("Enter")
    expect(calendar).to_have_count(0)
    wanted = _month_later(dates.today() + timedelta(days=1))
    expect(box).to_have_value(f"{wanted:%d/%m}/{wanted.year + 543}")
    expect(box.locator("xpath=following-sibling::button")).to_be_focused()
    page.keyboard.press("Enter")
    expect(calendar).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(calendar).to_have_count(0)
    expect(box).to_have_value(f"{wanted:%d/%m}/{wanted.year + 543}")


def _month_later(day: date) -> date:
    first = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))


def test_what_asks_first_waits_for_a_yes(office: Office, sign_in: Opener) -> None:
    """Escape in the dialog does nothing; Enter on its yes ends the other session."""
    other = sign_in("group_member.lopburi")
    page = sign_in("group_member.lopburi")
    page.goto("/account/sessions")
    end = page.locator("td.acts button").last
    rows = page.locator("td.acts button").count()
    assert rows >= 2
    end.focus()
    page.keyboard.press("Enter")
    dialog = page.locator("dialog.ask")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(end).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("td.acts button")).to_have_count(rows - 1)
    assert other.goto("/admin/") is not None
    assert page.goto("/admin/") is not None
    assert ("/login" in other.url) != ("/login" in page.url)


def test_agenda_is_typed_line_by_line(office: Office, sign_in: Opener) -> None:
    """A subject and Enter; the page comes back with the cursor in the same box."""
    meeting_id = _meeting(office, MeetingStatus.DRAFT)
    page = sign_in(SECRETARY)
    page.goto(f"/admin/meeting/details/?id={meeting_id}")
    page.locator("#quick-part").select_option(index=4)
    part = page.locator("#quick-part").input_value()
    for subject in ("ขอความเห็นชอบแผนทดสอบ ก", "ขอความเห็นชอบแผนทดสอบ ข"):
        page.locator("#quick-title").fill(subject)
        page.keyboard.press("Enter")
        expect(page.locator("#agenda")).to_contain_text(subject)
        expect(page.locator("#quick-title")).to_be_focused()
        expect(page.locator("#quick-title")).to_have_value("")
        expect(page.locator("#quick-part")).to_have_value(part)
    with office.work() as session:
        titles = session.scalars(
            select(AgendaItem.title)
            .where(AgendaItem.meeting_id == meeting_id, AgendaItem.title.contains("แผนทดสอบ"))
            .order_by(AgendaItem.id)
        ).all()
    assert titles == ["ขอความเห็นชอบแผนทดสอบ ก", "ขอความเห็นชอบแผนทดสอบ ข"]


def test_attendance_by_number_keys(office: Office, sign_in: Opener) -> None:
    """1 present, 2 delegate, 3 leave, 4 absent in every row; the quorum counts along."""
    meeting_id = _meeting(office, MeetingStatus.HELD, MeetingStatus.MINUTES_DRAFT)
    page = sign_in(SECRETARY)
    page.goto(f"/admin/meeting/attendance/?id={meeting_id}")
    rows = page.locator("#att-rows tr")
    for place in range(rows.count()):
        rows.nth(place).locator('input[value="present"]').check(force=True)
    here, needed = page.locator("[data-here]").first, _needed(page)
    expect(here).to_have_text(str(rows.count()))
    rows.first.locator("input[type=radio]:checked").focus()
    away = rows.count() - needed + 1
    for _ in range(away):
        page.keyboard.press("4")
    expect(here).to_have_text(str(needed - 1))
    expect(page.locator("[data-verdict] .chip.warn")).to_be_visible()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("3")
    expect(here).to_have_text(str(needed - 1))
    rows.first.locator("input[type=radio]:checked").focus()
    page.keyboard.press("1")
    expect(here).to_have_text(str(needed))
    expect(page.locator("[data-verdict] .chip.ok")).to_be_visible()
    page.keyboard.press("Control+s")
    page.wait_for_url(re.compile("/details/"))
    with office.work() as session:
        told = session.scalars(
            select(Attendance.status).where(Attendance.meeting_id == meeting_id)
        ).all()
    assert told.count(AttendanceStatus.PRESENT) == needed
    assert told.count(AttendanceStatus.LEAVE) == 1
    assert told.count(AttendanceStatus.ABSENT) == away - 2


def _needed(page: Page) -> int:
    return int(page.locator("form[data-needed]").get_attribute("data-needed") or 0)


def test_filters_come_and_go_as_chips(sign_in: Opener) -> None:
    """A filter on a state, one on a linked record whose choices come when asked for."""
    page = sign_in(SECRETARY)
    page.goto("/admin/meeting/")
    chips = page.locator(".pill.on")
    expect(chips).to_have_count(0)
    for n, key in enumerate(("status", "committee_id"), start=1):
        page.locator(".tools details summary").first.click()
        page.locator("#filter-key").select_option(key)
        form = page.locator(f'form[data-filter="{key}"]')
        expect(form).to_be_visible()
        value = form.locator("select[data-value]")
        expect(value).to_be_enabled()
        value.select_option(index=1)
        form.locator("button.go").click()
        expect(chips).to_have_count(n)
        assert f"{key}=" in page.url
    chips.first.click()
    expect(chips).to_have_count(1)
    assert "status=" not in page.url
    assert "committee_id=" in page.url
    chips.first.click()
    expect(chips).to_have_count(0)


def test_unsaved_work_is_not_left_by_accident(office: Office, sign_in: Opener) -> None:
    """Leaving a form with something typed asks first; staying keeps what was typed."""
    agency_id, _name = _agency(office, 0)
    page = sign_in("province_admin.lopburi")
    page.goto(f"/admin/agency/edit/?id={agency_id}")
    page.locator("#head_position").click()
    page.keyboard.type("ก")
    expect(page.locator("[data-state]")).not_to_be_empty()
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.once("dialog", stay)
    page.locator("#side a[data-key=admin]").click(no_wait_after=True)
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    assert "/agency/edit/" in page.url
    page.once("dialog", lambda dialog: dialog.accept())
    page.goto("/admin/")


def test_a_lost_session_loses_no_work(office: Office, sign_in: Opener) -> None:
    """The sign-in opens over the form; a wrong password is told, the right one saves."""
    agency_id, _name = _agency(office, 1)
    page = sign_in("province_admin.lopburi")
    page.goto(f"/admin/agency/edit/?id={agency_id}")
    page.locator("#head_position").fill("ผู้อำนวยการทดสอบ")
    office.end_sessions("province_admin.lopburi")
    _save(page)
    dialog = page.locator("dialog.ask")
    expect(dialog).to_be_visible()
    expect(page.locator("#again-user")).to_have_value("province_admin.lopburi")
    page.locator("#again-password").fill("not-the-password")
    page.keyboard.press("Enter")
    expect(dialog.locator(".note.bad")).to_be_visible()
    page.wait_for_timeout(1100)
    page.locator("#again-password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/details/"))
    assert _head(office, agency_id) == "ผู้อำนวยการทดสอบ"


def test_another_person_does_not_save_my_form(office: Office, sign_in: Opener) -> None:
    """Somebody else signed in in this browser meanwhile: nothing is saved, nothing is lost."""
    agency_id, _name = _agency(office, 2)
    before = _head(office, agency_id)
    page = sign_in("province_admin.lopburi")
    page.goto(f"/admin/agency/edit/?id={agency_id}")
    page.locator("#head_position").fill("ของคนอื่น")
    other = {"name": "jangwat", "value": office.sign_in("chief_of_office.lopburi")}
    page.context.add_cookies([{**other, "url": office.url}])  # type: ignore[list-item]
    _save(page)
    expect(page.locator(".note.session")).to_be_visible()
    expect(page.locator("#head_position")).to_have_value("ของคนอื่น")
    assert _head(office, agency_id) == before


def test_second_press_makes_one_record(office: Office, sign_in: Opener) -> None:
    """Two quick presses of save make one person."""
    page = sign_in("province_admin.lopburi")
    page.goto("/admin/person/new/")
    for box in page.locator("main form .field:has(.must) input").all():
        box.fill("ทดสอบกดสองครั้ง")
    page.locator(".save .btn.go").dblclick()
    page.wait_for_url(re.compile("/details/"))
    with office.work() as session:
        rows = session.scalars(select(Person).where(Person.province_id == LOPBURI)).all()
    assert sum("ทดสอบกดสองครั้ง" in str(row) for row in rows) == 1


def test_a_conflict_is_chosen_not_lost(office: Office, sign_in: Opener) -> None:
    """Who saves second sees both values and chooses."""
    agency_id, _name = _agency(office, 3)
    first, second = sign_in("province_admin.lopburi"), sign_in("province_admin.lopburi")
    for page in (first, second):
        page.goto(f"/admin/agency/edit/?id={agency_id}")
    first.locator("#head_position").fill("ค่าของคนแรก")
    _save(first)
    first.wait_for_url(re.compile("/details/"))
    second.locator("#head_position").fill("ค่าของคนที่สอง")
    _save(second)
    expect(second.locator(".clash")).to_be_visible()
    expect(second.locator(".clash")).to_contain_text("ค่าของคนแรก")
    expect(second.locator(".clash")).to_contain_text("ค่าของคนที่สอง")
    assert _head(office, agency_id) == "ค่าของคนแรก"
    second.locator('input[name="keep-head_position"][value="theirs"]').check()
    _save(second)
    second.wait_for_url(re.compile("/details/"))
    assert _head(office, agency_id) == "ค่าของคนแรก"


def test_province_switch_and_language(sign_in: Opener) -> None:
    """The ministry's officer narrows to a province; the language turns and turns back."""
    page = sign_in("bureau_officer")
    page.goto("/admin/meeting/")
    page.locator("details.prov summary").click()
    expect(page.locator("#prov-sift")).to_be_focused()
    page.keyboard.type("ลพบุรี")
    expect(page.locator("#prov-list li:visible")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("province=16"))
    expect(page.locator("details.prov summary .t")).to_have_text("ลพบุรี")
    expect(page.locator("table.rows tbody")).not_to_contain_text("ตรัง")
    page.goto("/admin/meeting/?province=0")
    expect(page.locator("html")).to_have_attribute("lang", "th")
    page.locator(".top > a.lang").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("h1")).to_have_text("Meetings")
    page.locator(".top > a.lang").click()
    expect(page.locator("html")).to_have_attribute("lang", "th")


def test_keys_and_folds_of_the_shell(sign_in: Opener) -> None:
    """Slash goes to the search, ? shows the keys, seldom groups of the menu are folded."""
    page = sign_in(SECRETARY)
    page.goto("/admin/")
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("/")
    expect(page.locator("#find")).to_have_value("/")
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.locator("dialog.ask .keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog.ask")).to_have_count(0)
    fold, link = page.locator("details[data-fold=territory]"), page.locator("a[data-key=district]")
    expect(link).to_be_hidden()
    fold.locator("summary").click()
    expect(link).to_be_visible()
    page.reload()
    expect(link).to_be_visible()
    fold.locator("summary").click()
    page.goto("/admin/district/")
    expect(link).to_be_visible()
    expect(link).to_have_attribute("aria-current", "page")


def test_phone_menu_is_a_drawer(sign_in: Opener) -> None:
    """The menu slides over the page, holds the focus, and Escape gives it back."""
    page = sign_in("governor.lopburi", PHONE)
    page.goto("/admin/")
    burger, side = page.locator("#burger"), page.locator("#side")
    expect(side).to_be_hidden()
    burger.click()
    expect(side).to_be_visible()
    expect(burger).to_have_attribute("aria-expanded", "true")
    expect(side.locator("[aria-current=page]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(side).to_be_hidden()
    expect(burger).to_be_focused()
    page.keyboard.press("Enter")
    last = side.locator("a:visible, summary:visible").last
    last.scroll_into_view_if_needed()
    expect(last).to_be_in_viewport()
    side.locator("a[data-key=meeting]").click()
    page.wait_for_url(re.compile("/admin/meeting/"))
    expect(side).to_be_hidden()
