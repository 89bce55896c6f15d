"""Every field of every form, with what people and attackers really send.

Never a fault, never a record half written; the message is in Thai and stands at the field,
and what was typed is still there.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from markupsafe import escape
from sqlalchemy import Boolean, Date, Enum, Integer, String, Time, func, select
from sqlalchemy.orm import Session

from access.database import dialect
from admin_views.base import REGISTRY
from entities import thai
from entities.base import Base, Shared, fields, table_of
from entities.money import Hundredths
from entities.vocabulary import Role
from entities.years import Year
from models import (
    Agency,
    Attachment,
    BudgetLine,
    Committee,
    Holiday,
    LedgerEntry,
    Meeting,
    Membership,
    Person,
    Reconciliation,
    RequestCost,
    UserAccount,
)
from rules.base import Broken
from tests.cast import Player, Stage
from tests.complaint_office import Office
from tests.conftest import Client, Persons
from tests.pages import form_of

NASTY = {
    "nothing": "",
    "spaces": "   ",
    "invisible": "\u200b\u200e\ufeff",
    "nul": "\x00",
    "nul inside": "ก\x00ข",
    "control": "a\x07b\x1bc",
    "emoji": "🐘🇹🇭👨‍👩‍👧",
    "right to left": "\u202eabc\u202c ลพบุรี",
    "combining": "ก" + "\u0e48" * 60 + "\u0e33\u0e4d\u0e32",
    "formula": "=cmd|'/c calc'!A1",
    "sql": "' or 1=1 --",
    "script": '"><script>alert(1)</script>',
    "template": "{{ 7*7 }}{% raw %}${7*7}%(x)s%s{0}",
    "path": "../../../../etc/passwd",
    "long word": "ก" * 301,
    "long": "ขอ" * 17_000,  # 100 kB in UTF-8
}
BAD_DATES = (
    "31/2/2569",
    "29/2/2568",
    "1/1/0001",
    "0/0/0",
    "32/1/2569",
    "1/13/2569",
    "2569",
    "1/1/99",
    "1/1/9999999999",
    "yesterday",
    "๓๑/๒/๒๕๖๙",
    "' or 1=1",
    "=1+1",
    "x" * 100_000,
)
BAD_TIMES = ("25.00", "9.60", "-1.00", "noon", "' or 1=1", "99999999.99", "🐘", "x" * 5000)
BAD_NUMBERS = (
    "-1",
    "-99999999999999999999",
    "9" * 30,
    "9" * 5000,
    "1.5",
    "1e5",
    "NaN",
    "inf",
    "0x10",
    "' or 1=1",
    "=1+1",
    "🐘",
)
BAD_AMOUNTS = (
    *(bad for bad in BAD_NUMBERS if bad != "1.5"),
    "12.345",
    "1.500",
    "(1.00)",
    "1000000000000000",
    "1,234.50 ดอลลาร์",
    "ห้าบาท",
)
BAD_LINKS = ("0", "-1", "999999999999", "9" * 40, "9" * 5000, "x", "1.0", "' or 1=1", "🐘", "1,2")
BAD_CHOICES = ("does_not_exist", "ACTIVE", "Role.SECRETARY", "0", "' or 1=1", "🐘", "x" * 5000)
THAI = re.compile("[\u0e00-\u0e7f]")
ADMINISTRATORS = (Role.PROVINCE_ADMIN, Role.MINISTRY_ADMIN)
MADE_ELSEWHERE = {Attachment}


def _writer(staged: Stage, entity: type[Base], verb: str, row: Any = None) -> Player | None:
    """Somebody who may write the entity, the secretary before others."""
    for role in (Role.SECRETARY, Role.PLANNER, Role.FINANCE, *ADMINISTRATORS):
        player = staged.players[role.value]
        if player.may(entity, verb) and (row is None or player.reaches(row, verb)):
            return player
    return None


def _bad_values(entity: type[Base], key: str, foreign: dict[type[Base], int]) -> tuple[str, ...]:
    """What can never be right for a column, by its kind."""
    column = table_of(entity).c[key]
    if column.foreign_keys:
        table = next(iter(column.foreign_keys)).column.table.name
        strange = [str(i) for e, i in foreign.items() if e.__tablename__ == table]
        return (*BAD_LINKS, *strange)
    for kind, values in (
        (Enum, BAD_CHOICES),
        (Boolean, ()),
        (Date, BAD_DATES),
        (Time, BAD_TIMES),
        (Integer, BAD_NUMBERS),
        (Year, (*BAD_NUMBERS, "2026", "69")),
        (Hundredths, BAD_AMOUNTS),
    ):
        if isinstance(column.type, kind):
            return values
    length = column.type.length if isinstance(column.type, String) else 300
    return ("ก" * (length + 1), NASTY["long"])


def _at(page: str, key: str) -> str:
    """The messages that stand at a field."""
    found = re.search(f'id="{key}-err">(.*?)</div>', page, re.DOTALL)
    return found.group(1) if found else ""


def _refused_properly(answer: Any, key: str, typed: str, told: Any) -> None:
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422, told
    assert THAI.search(_at(page, key)), (*told, "no Thai message at the field")
    kept = thai.normalise(typed)
    if f'<select id="{key}"' not in page and kept == typed and f"{key}-text" not in page:
        assert str(escape(kept)) in page, (*told, "what was typed is gone")


def _foreign(staged: Stage) -> dict[type[Base], int]:
    rows = staged.worlds["foreign"]
    return {e: rows[e].id for e in (Agency, Committee, Meeting, Person)}


def _worth_sending(desk: "Desk", name: str) -> Iterator[str]:
    """All texts for an entity's first text field, the worst of them for every other field."""
    columns = table_of(desk.entity).c
    first = next((k for k in desk.typed() if isinstance(columns[k].type, String)), None)
    for key in desk.typed():
        if key == first or name in ("nul inside", "right to left", "script"):
            yield key


class Desk:
    """One record's form, posted again and again."""

    def __init__(self, session: Session, client: Client, entity: type[Base], row_id: int) -> None:
        self.session, self.client, self.entity, self.row_id = session, client, entity, row_id
        self.at = f"/admin/{entity.__tablename__}/edit/?id={row_id}"
        self.form: dict[str, str] = {}
        self.open()

    def open(self) -> None:
        """Open the form; it stays empty where the record's rules have closed it."""
        page = self.client.get(self.at)
        if page.status_code == 200:
            self.form = {**form_of(page.get_data(as_text=True)), "csrf_token": self.client.csrf}

    def version(self) -> int:
        """The record's version as it stands now."""
        table = table_of(self.entity)
        found = self.session.connection().scalar(
            select(table.c.version).where(table.c.id == self.row_id)
        )
        self.session.rollback()
        return int(found or 0)

    def typed(self) -> Iterator[str]:
        """The typed fields of the form."""
        yield from (key for key in fields(self.entity) if key in self.form)

    def post(self, changed: dict[str, str]) -> Any:
        """Save the form with some values changed."""
        return self.client.post(self.at, data={**self.form, **changed})


def _desks(session: Session, staged: Stage, persons: Persons) -> Iterator[Desk]:
    for entity in asked_of(session):
        row = staged.worlds["shared" if issubclass(entity, Shared) else "own"].get(entity)
        player = _writer(staged, entity, "edit", row) if row is not None else None
        if player is not None:
            row_id = session.merge(row, load=True).id
            session.rollback()
            desk = Desk(session, persons.client_of(player.user_id), entity, row_id)
            if desk.form:
                yield desk


def test_what_can_never_be_right_is_refused_at_its_field(session, staged, persons):
    """Every field wrong at once, each told at its place; what was not told is sent alone."""
    foreign, tried = _foreign(staged), 0
    session.rollback()
    for desk in _desks(session, staged, persons):
        before, bad = (
            desk.version(),
            {k: _bad_values(desk.entity, k, foreign) for k in desk.typed()},
        )
        for turn in range(max(map(len, bad.values()), default=0)):
            wrong = {key: values[turn] for key, values in bad.items() if turn < len(values)}
            answer = desk.post(wrong)
            page = answer.get_data(as_text=True)
            for key, value in wrong.items():
                told = (desk.entity.__name__, key, value[:40], answer.status)
                alone = answer if _at(page, key) else desk.post({key: value})
                _refused_properly(alone, key, value, told)
                tried += 1
        assert desk.version() == before, (desk.entity.__name__, "half written")
    assert tried > 300


def test_no_text_breaks_a_form(session, staged, persons):
    """Saved in its stored spelling or refused at the field; and shown as what it is.

    A text is sent to all its fields at once, and again without those that refused it.
    """
    for desk in _desks(session, staged, persons):
        for name, value in NASTY.items():
            _send(desk, list(_worth_sending(desk, name)), name, value)


def _send(desk: "Desk", keys: list[str], name: str, value: str) -> None:
    if not keys:
        return
    before, told = desk.version(), (desk.entity.__name__, name, keys)
    answer = desk.post(dict.fromkeys(keys, value))
    page = answer.get_data(as_text=True)
    assert "<script>alert(1)" not in page, told
    if answer.status_code == 302:
        shown = desk.client.get(answer.headers["Location"])
        assert shown.status_code in (200, 404), told
        assert "<script>alert(1)" not in shown.get_data(as_text=True), told
        desk.open()
        return
    assert answer.status_code == 422, (*told, answer.status)
    assert desk.version() == before, told
    refused = {key for key in keys if _at(page, key)}
    assert all(THAI.search(_at(page, key)) for key in refused), told
    assert refused or 'class="note bad"' in page, told
    if refused:
        _send(desk, [key for key in keys if key not in refused], name, value)
    elif len(keys) > 1:
        for key in keys:
            _send(desk, [key], name, value)


def test_no_value_breaks_a_new_form(session, staged, persons):
    """Each value in every field at once, and alone with all others empty: nothing breaks."""
    for entity in asked_of(session):
        player = _writer(staged, entity, "create")
        if player is None or entity in MADE_ELSEWHERE | {Reconciliation}:
            continue  # a comparison is made by a file; its own tests send bad ones
        client, at = persons.client_of(player.user_id), f"/admin/{entity.__tablename__}/new/"
        page = client.get(at).get_data(as_text=True)
        form = {**form_of(page), "csrf_token": client.csrf}
        bad = {
            key: (*_bad_values(entity, key, {})[:6], *list(NASTY.values())[3:8])
            for key in fields(entity)
            if key in form
        }
        together = [
            {key: values[turn % len(values)][:500] for key, values in bad.items()}
            for turn in range(11)
        ]
        before, made = _count(session, entity), 0
        for sent in (*together, *({key: values[0]} for key, values in bad.items())):
            answer = client.post(at, data={**form, **sent})
            told = (entity.__name__, {k: v[:40] for k, v in sent.items()}, answer.status)
            # A new account's page shows its one-time password; sent twice it leads there.
            saved = (200, 302) if entity is UserAccount else (302,)
            assert answer.status_code in (*saved, 422), told
            made += answer.status_code in saved
        assert _count(session, entity) <= before + made, entity.__name__


EVERY_KIND = (
    Committee,
    Membership,
    Meeting,
    Holiday,
    UserAccount,
    BudgetLine,
    LedgerEntry,
    RequestCost,
)
"""Entities that have every kind of column between them."""


def asked_of(session: Session) -> Iterable[type[Base]]:
    """Every entity on SQLite; on PostgreSQL those that have every kind of column."""
    return REGISTRY if dialect(session) == "sqlite" else EVERY_KIND


def _count(session: Session, entity: type[Base]) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(entity)) or 0


def test_prefilled_values_of_the_address_are_read_like_typed_ones(session, staged, persons):
    """Links from other records give values; a bad one is left out and breaks nothing."""
    foreign = _foreign(staged)
    session.rollback()
    for entity in asked_of(session):
        player = _writer(staged, entity, "create")
        if player is None or entity in MADE_ELSEWHERE | {Reconciliation}:
            continue  # a comparison is made by a file; its own tests send bad ones
        client, at = persons.client_of(player.user_id), f"/admin/{entity.__tablename__}/new/"
        bad = {
            key: [*_bad_values(entity, key, foreign)[:12], "\x00", "🐘"] for key in fields(entity)
        }
        for turn in range(14):
            given = {key: values[turn % len(values)][:500] for key, values in bad.items()}
            answer = client.get(at, query_string=given)
            assert answer.status_code == 200, (entity.__name__, turn)


def test_a_required_field_of_spaces_is_empty(session, persons):
    client = persons.client("secretary")
    page = client.get("/admin/agency/new/").get_data(as_text=True)
    form = {**form_of(page), "csrf_token": client.csrf, "sector": "private"}
    for nothing in ("", "   ", "\x00", "\u200b", "\ufeff \u2060"):
        answer = client.post("/admin/agency/new/", data={**form, "name": nothing})
        assert answer.status_code == 422, repr(nothing)
        assert THAI.search(_at(answer.get_data(as_text=True), "name")), repr(nothing)


def test_a_name_that_grows_too_long_is_told_at_a_field(session, persons):
    """First and last name are each short enough; together they are not."""
    client = persons.client("secretary")
    page = client.get("/admin/person/new/").get_data(as_text=True)
    form = {**form_of(page), "csrf_token": client.csrf}
    sent = {**form, "first_name": "ก" * 300, "last_name": "ข" * 300}
    answer = client.post("/admin/person/new/", data=sent)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert THAI.search(_at(page, "first_name") + _at(page, "last_name"))


def test_a_form_too_large_is_refused_in_words(app, session, persons, monkeypatch):
    monkeypatch.setitem(app.config, "MAX_FORM_MEMORY_SIZE", 10_000)
    client = persons.client("secretary")
    data = {"csrf_token": client.csrf, "form_id": "x" * 20, "first_name": "ก" * 9_000}
    at = "/admin/person/new/"
    answer = client.post(at, data=data, content_type="multipart/form-data")
    assert answer.status_code == 413
    assert client.post(at, data=data).status_code in (413, 422)
    assert THAI.search(answer.get_data(as_text=True))


def test_fields_sent_twice_missing_or_unknown_break_nothing(session, persons):
    client = persons.client("secretary")
    page = client.get("/admin/person/new/").get_data(as_text=True)
    form = {**form_of(page), "csrf_token": client.csrf}
    twice = {**form, "first_name": ["ก", "ข"], "last_name": ["ค", "ง"], "agency_id": ["", "x"]}
    assert client.post("/admin/person/new/", data=twice).status_code == 302
    for data in ({"csrf_token": client.csrf}, {**form, "x" * 2000: "y", "": ""}):
        assert client.post("/admin/person/new/", data=data).status_code == 422
    raw = client.post(
        "/admin/person/new/",
        data=b"csrf_token=" + client.csrf.encode() + b"&first_name=%ff%fe%ed%a0%80&last_name=%",
        content_type="application/x-www-form-urlencoded",
    )
    assert raw.status_code == 422


def test_a_text_too_long_for_its_column_is_refused_whoever_writes_it(session, persons):
    """PostgreSQL would break off, SQLite would keep it; the form of an act tells at the field."""
    office = Office(session, persons)
    key = office.assigned()
    part = office.part(key, "works").id
    with office.writing() as work:
        work.get_one(Agency, office.agencies["works"]).phone = "0" * 301
        with pytest.raises(Broken, match="At most 300"):
            work.flush()
        work.rollback()
    client = persons.client_of(office.officers["works"])
    for length, status in ((1001, 422), (1000, 302)):
        told = {"csrf_token": client.csrf, "reason": "ก" * length}
        answer = client.post(f"/admin/assignment/give-back/?id={part}", data=told)
        assert answer.status_code == status
        if status == 422:
            assert "ก" * 1001 in answer.get_data(as_text=True), "nothing typed is lost"
