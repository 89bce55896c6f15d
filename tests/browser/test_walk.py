"""Every screen that can be reached is opened, wide and narrow, and must be in order."""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import axe_playwright_python
import pytest
from playwright.sync_api import Page
from sqlalchemy import func, select

from admin_views.areas import AREAS
from models import Meeting
from tests.browser.conftest import NARROW, PHONE, WIDE, Office, Watch
from tests.conftest import LOPBURI

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
FILES = re.compile(r"/(export|xlsx|csv|packet|invitation|docx|papers|file|workbook|form|held)(/|$)")
"""Addresses that answer with a file, not with a page."""
ASIDE = {"/logout", "/healthz", "/readyz"}
MOST = 90
"""More screens than this for one person would be a walk in circles."""
WALKS = {
    "finance.chainat": (("ledger",), 30),
    "planner.chainat": (("requests", "projects"), 36),
    "complaint_officer.nongbualamphu": (("complaints",), 30),
    "registrar.lampang": (("documents",), 30),
    "province_admin.lopburi": (("accounts", "territory"), 20),
}
"""Who works in which areas, so that forms are met as well as lists; and how many screens they open."""
ALIKE = {"history": 3}
"""Kinds of screens that every entity has and that differ in nothing but their rows: how many are opened."""
FEW = 3
"""Screens of a kind that are asked for all rules, though nothing in them looks new."""

CHECK = """
() => {
  const shown = (e) => e.offsetParent !== null;
  const skip = ['hidden', 'submit', 'button', 'image', 'reset'];
  const bare = [...document.querySelectorAll('input, select, textarea')].filter((e) =>
    shown(e) && !skip.includes(e.type) && !e.labels?.length
    && !e.ariaLabel && !e.getAttribute('aria-labelledby'));
  const seen = new Set(), twice = [];
  for (const e of document.querySelectorAll('[id]')) seen.has(e.id) ? twice.push(e.id) : seen.add(e.id);
  return {
    title: document.title, lang: document.documentElement.lang,
    bare: bare.map((e) => e.name || e.id || e.outerHTML.slice(0, 80)), twice,
    heads: document.querySelectorAll('h1').length,
    looks: [...new Set([...document.querySelectorAll('main [class]')].flatMap((e) => [...e.classList]))],
    links: [...document.querySelectorAll('a[href]')].map((a) => a.href),
  };
}
"""
ASK_AXE = """
async ([tags, whole, colours]) => {
  const part = whole ? document : document.querySelector('main') || document;
  const rules = { 'color-contrast': { enabled: colours } };
  const told = await axe.run(part, { resultTypes: ['violations'], runOnly: tags, rules });
  return told.violations.map((v) => `${v.id} ×${v.nodes.length}: ${v.nodes[0].html.slice(0, 160)}`);
}
"""
SHORTEN = """
() => document.querySelectorAll('table.rows tbody tr:nth-child(n+8)').forEach((row) => row.remove())
"""
"""The rules of accessibility are slow, and rows after the seventh are like those before it."""
TOO_WIDE = "() => document.documentElement.scrollWidth - innerWidth"

SETTLED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 40))))"
"""After two frames observers of sizes have run."""


class Walk:
    """One person's way through every screen that a link leads to, each address path once.

    Rules of accessibility are asked of the first screens of each kind (lists, forms, reports
    …: a kind shares its template), at every size and with menu and head of the very first,
    and wherever a class of the stylesheet is met that was not met before. Labels, ids, titles,
    scripts, width and what is fetched are looked at on every screen.
    """

    def __init__(self, page: Page, watch: Watch, home: str) -> None:
        self.page, self.watch, self.home = page, watch, home
        page.add_init_script(AXE)
        self.sizes = (WIDE, PHONE)
        self.within: set[str] | None = None
        self.visited: dict[str, str] = {}
        self.kinds: Counter[str] = Counter()
        self.looks: set[str] = set()
        self.wrong: list[str] = []

    def go(self, *starts: str, most: int = MOST, same: bool = False) -> None:
        """Follow every link from the starting addresses; `same` opens each start whatever its path."""
        for start in starts if same else ():
            self.open(start)
        waiting = [] if same else [self.home + start for start in starts]
        while waiting and len(self.visited) < most:
            url = waiting.pop(0)
            if self.wanted(url):
                waiting += self.open(url)

    def wanted(self, url: str) -> bool:
        """Whether an address is a page of this office that was not opened yet."""
        path = urlsplit(url).path
        return (
            url.startswith(self.home) and path not in self.visited | dict.fromkeys(ASIDE)
            and self.kinds[_kind(url)] < ALIKE.get(_kind(url), MOST)
            and (self.within is None or _part(path) in self.within)
            and not FILES.search(path) and "lang=" not in url and "province=" not in url
        )  # fmt: skip

    def open(self, url: str, status: int = 200) -> list[str]:
        """Open one address at every size, note what is wrong, and give its links."""
        kind = _kind(url)
        whole = not self.kinds[kind]
        sizes = self.sizes if whole else self.sizes[:1]
        self.visited[urlsplit(url).path] = url
        self.kinds[kind] += 1
        self.page.set_viewport_size({"width": self.sizes[0][0], "height": self.sizes[0][1]})
        answer = self.page.goto(url)
        told = self.page.evaluate(CHECK)
        wrong = self.watch.take()
        if answer is None or answer.status != status:
            wrong.append(f"status {answer and answer.status}")
        wrong += self._document(told)
        unseen = whole or not self.looks.issuperset(told["looks"])
        self.looks.update(told["looks"])
        self.page.evaluate(SHORTEN)
        for size in sizes if unseen or self.kinds[kind] <= FEW else ():
            if size != sizes[0]:
                self._resize(size)
            found = self.page.evaluate(ASK_AXE, [RULES, whole, unseen])
            wrong += [f"axe at {size[0]}: {one}" for one in found]
        self._resize(NARROW)
        if over := self.page.evaluate(TOO_WIDE):
            wrong.append(f"{over} px too wide at {NARROW[0]} px")
        self.wrong += [f"{url.removeprefix(self.home)}: {one}" for one in wrong + self.watch.take()]
        links: list[str] = told["links"]
        return links

    def _resize(self, size: tuple[int, int]) -> None:
        """Give the page a size, and the time it needs to lay itself out and hear of it."""
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.page.evaluate(SETTLED)

    @staticmethod
    def _document(told: dict[str, object]) -> list[str]:
        wrong = []
        if not str(told["title"]).split("·")[0].strip():
            wrong.append("no title")
        if told["lang"] != "th":
            wrong.append(f"lang is {told['lang']}")
        if told["heads"] != 1:
            wrong.append(f"{told['heads']} headings of the first rank")
        if told["bare"]:
            wrong.append(f"fields without a label: {told['bare']}")
        if told["twice"]:
            wrong.append(f"ids used twice: {told['twice']}")
        return wrong


def _kind(url: str) -> str:
    """What a screen shares its template with: its address's last word, lists and reports as such."""
    path = urlsplit(url).path
    word = path.rstrip("/").rsplit("/", 1)[-1]
    if word in TABLES:
        return "list"
    return "report" if path.startswith("/admin/report/") else word


def _part(path: str) -> str:
    """The table, or the name, of a screen: `meeting` of `/admin/meeting/new/`."""
    return path.removeprefix("/admin").strip("/").split("/")[0]


def _tables(*areas: str) -> set[str]:
    return {e.__tablename__ for key, _title, views in AREAS if key in areas for e, _view in views}


TABLES = _tables(*(key for key, _title, _views in AREAS))


@pytest.fixture
def walk(
    office: Office, sign_in: Callable[..., Page], watches: list[Watch]
) -> Callable[[str], Walk]:
    """A walk of a person."""

    def begin(username: str) -> Walk:
        page = sign_in(username)
        return Walk(page, watches[-1], office.url)

    return begin


def test_secretary_finds_every_screen_in_order(office: Office, walk: Callable[[str], Walk]) -> None:
    """Everything that her links lead to, wide and on a phone: desk, committees, meetings, reports."""
    way = walk("secretary.lopburi")
    way.within = {"", "search", "report", "account", *_tables("governance", "meetings")}
    way.go("/admin/")
    states = _meetings(office)
    for page in ("details", "attendance", "minutes"):
        way.go(*(f"{office.url}/admin/meeting/{page}/?id={one}" for one in states), same=True)
    way.open(f"{office.url}/admin/membership/?sector=government&closed_on.empty=1&search=a")
    way.open(f"{office.url}/admin/no-such-page", status=404)
    way.open(f"{office.url}/admin/user_account/", status=403)
    paths = set(way.visited)
    for path in ("", "committee/", "meeting/", "meeting/new/", "meeting/details/", "meeting/edit/",
                 "meeting/history/", "meeting/attendance/", "meeting/minutes/", "search/"):  # fmt: skip
        assert f"/admin/{path}" in paths, path
    assert any(path.startswith("/admin/report/") for path in paths)
    assert any(path.startswith("/account/") for path in paths)
    assert way.wrong == []


@pytest.mark.parametrize("username", WALKS)
def test_each_officer_finds_the_own_areas_in_order(
    username: str, walk: Callable[[str], Walk]
) -> None:
    """Lists, forms, records and the special pages of each area, as the person who works there."""
    areas, most = WALKS[username]
    way = walk(username)
    way.within = {"", *_tables(*areas)}
    way.go("/admin/", most=most)
    assert len(way.visited) > most // 2
    assert way.wrong == []


def _meetings(office: Office) -> list[int]:
    """A meeting of Lop Buri in each state."""
    with office.work() as session:
        return list(
            session.scalars(
                select(func.max(Meeting.id))
                .where(Meeting.province_id == LOPBURI)
                .group_by(Meeting.status)
            )
        )


def test_governor_reads_on_a_phone(walk: Callable[[str], Walk]) -> None:
    """What a governor opens from the desk, on the phone."""
    way = walk("governor.lopburi")
    way.sizes = (PHONE,)
    way.go("/admin/", most=12)
    assert way.wrong == []


def test_auditor_reads_the_audit(walk: Callable[[str], Walk]) -> None:
    """The audit's screens, which few may open."""
    way = walk("auditor")
    way.go("/admin/audit_entry/", most=2)
    assert "/admin/audit_entry/" in way.visited
    assert way.wrong == []


def test_nobody_finds_the_door(walk: Callable[[str], Walk]) -> None:
    """The sign-in page, and the way to it from an address that asks for a person."""
    way = walk("")
    way.go("/login", most=3)
    way.page.goto("/admin/meeting/")
    assert urlsplit(way.page.url).path == "/login"
    assert way.wrong == []
