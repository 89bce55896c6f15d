"""What the browser prints: a report goes onto A4 with its last column, no picture is cut."""

from collections.abc import Callable

from playwright.sync_api import Page

TEXT = (680, 994)
"""In pixels, an upright A4 sheet without its margins."""
CLIPS = """
() => [...document.querySelectorAll('.chart svg, table.report')].flatMap((shown) => {
  const found = [];
  for (let box = shown.parentElement; box !== document.body; box = box.parentElement)
    if (getComputedStyle(box).overflowX !== 'visible') found.push(box.className);
  return found;
})
"""
PICTURES = """
() => [...document.querySelectorAll('.chart svg')].map((one) => {
  const box = one.getBoundingClientRect(), kept = getComputedStyle(one).breakInside;
  return [box.width, box.height, kept];
})
"""


def test_a_report_is_printed_whole(sign_in: Callable[..., Page]) -> None:
    page = sign_in("bureau_officer", TEXT)
    page.emulate_media(media="print")
    for key in ("disbursement", "lines-at-risk", "project-status", "request-pipeline"):
        page.goto(f"/admin/report/{key}/")
        assert page.evaluate(CLIPS) == [], key
        pictures = page.evaluate(PICTURES)
        assert pictures, key
        for width, height, kept in pictures:
            assert (width <= TEXT[0], height <= TEXT[1], kept) == (True, True, "avoid"), key
