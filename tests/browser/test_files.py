"""Attaching many files to a document in a browser: progress, an answer for each, looking at them."""

from collections.abc import Callable

from playwright.sync_api import FilePayload, Page, Route, expect
from sqlalchemy import select

from models import Attachment, Document
from seed import demo_scans
from tests.browser.conftest import PHONE, Office, Watch
from tests.screens.test_document_files import DOCM

Opener = Callable[..., Page]
REGISTRAR, LAMPANG = "registrar.lampang", 52


def _documents(office: Office) -> list[int]:
    """Received documents of Lampang that have no files yet, the newest first."""
    with office.work() as session:
        have = select(Attachment.document_id).where(Attachment.document_id.is_not(None))
        return list(
            session.scalars(
                select(Document.id)
                .where(
                    Document.province_id == LAMPANG, Document.secrecy.is_(None),
                    Document.received_on.is_not(None), Document.id.not_in(have),
                )
                .order_by(Document.id.desc())
                .limit(2)
            )
        )  # fmt: skip


def _file(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def test_many_files_are_each_answered_and_looked_at_in_the_page(
    office: Office, sign_in: Opener
) -> None:
    """By keyboard: a wrong one loses no other, the list is fresh, the PDF is drawn in the page."""
    scan = demo_scans.scan(["ระดับน้ำ", "สถานีสูบน้ำ"])
    chosen = [
        _file("หนังสือนำ.pdf", scan), _file("ซ้ำ.pdf", scan), _file("ปลอม.pdf", b"MZ this"),
        _file("แบบ.docm", DOCM), _file("ภาพ.png", demo_scans.chart("น้ำ", [("ก", 40)])),
    ]  # fmt: skip
    page = sign_in(REGISTRAR)
    page.goto(f"/admin/document/details/?id={_documents(office)[0]}")
    page.set_input_files("#papers-files", chosen)
    page.locator("form[data-upload] button").focus()
    page.keyboard.press("Enter")
    # Each file is judged and read in a process of its own.
    state = page.locator("form[data-upload] [data-state]")
    expect(state).to_contain_text("3 จาก 5", timeout=30_000)
    lines = page.locator("[data-sending] li")
    assert [lines.nth(n).get_attribute("class") for n in range(5)] == [
        "ok", "warn", "bad", "ok", "ok",
    ]  # fmt: skip
    expect(page.locator("#papers header .chip")).to_have_text("3")
    expect(page.locator(".papers li", has_text="แบบ.docm")).to_contain_text("มีมาโคร")
    page.locator(".look summary").first.focus()
    page.keyboard.press("Enter")
    with page.expect_response(lambda answer: "/preview/" in answer.url) as shown:
        page.locator(".look iframe").scroll_into_view_if_needed()
    assert shown.value.headers["content-type"] == "application/pdf"
    page.locator(".look summary").nth(1).press("Enter")
    expect(page.locator(".look img")).to_have_js_property("naturalWidth", 640)
    with page.expect_download() as saved:
        page.locator(".papers a.num").first.click()
    assert saved.value.suggested_filename == "หนังสือนำ.pdf"


def test_a_file_that_did_not_arrive_is_sent_again_by_thumb(
    office: Office, sign_in: Opener, watches: list[Watch]
) -> None:
    """On a phone: the line breaks once; the file is offered again and nothing runs over the edge."""
    page = sign_in(REGISTRAR, PHONE)
    page.goto(f"/admin/document/details/?id={_documents(office)[1]}")
    page.set_input_files("#papers-files", [_file("บันทึก.txt", "ระดับน้ำ".encode())])
    broken: list[str] = []

    def once(route: Route) -> None:
        if broken:
            route.continue_()
            return
        broken.append(route.request.url)
        route.abort()

    page.route("**/document/upload/**", once)
    page.locator("form[data-upload] button").click()
    again = page.locator("[data-sending] button")
    expect(page.locator("[data-sending] .bad")).to_contain_text("ติดต่อระบบไม่ได้")
    assert watches[0].take() == ["console: Failed to load resource: net::ERR_FAILED"]
    again.press("Enter")
    expect(page.locator("[data-sending] .ok")).to_have_count(1)
    expect(page.locator("form[data-upload] > button")).to_be_focused()
    expect(page.locator("[data-papers] .num")).to_have_text("บันทึก.txt")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
