"""Every entity × route × role × home: no violation, and no rightful access refused.

Made from the registry and the policy, so that a new entity is covered when it is registered.
What should be reached is told by `tests/cast.py`, not by the code under test.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from access.database import db
from access.policy import POLICY
from admin_views.base import REGISTRY
from entities.base import Base, Shared, fields, table_of
from entities.vocabulary import GrantScope
from models import Attachment, Committee, Province
from tests.cast import Player, Stage
from tests.conftest import LOPBURI, TRANG, Client, Persons
from tests.pages import form_of, open_form

OPEN_ANONYMOUSLY = {"/login", "/healthz", "/readyz"}
"""Pages that answer without signing in; with them everything under /static and /fonts."""
REFUSED = {403, 404}
MADE_ELSEWHERE = {Attachment}
"""Entities without a form of their own: a paper is attached on the page it belongs to."""


@pytest.fixture
def backend(request: pytest.FixtureRequest):
    """The rights are the same code on both databases; the scope tests run on both."""
    from tests.conftest import _backend

    return _backend("sqlite")


def _everybody(staged: Stage, persons: Persons) -> Iterator[tuple[Player, Client]]:
    """One person for each set of rights: the scope tests hold every role against the policy."""
    known = set()
    for player in staged.players.values():
        rights = frozenset((e, v) for e, verbs in POLICY.items() for v in verbs if player.may(e, v))
        if (player.scope, rights) not in known:
            known.add((player.scope, rights))
            yield player, persons.client_of(player.user_id)


def _each_entity(staged: Stage, persons: Persons) -> Iterator[tuple[Player, Client, type[Base]]]:
    """Entity by entity, somebody for each way of holding rights on it.

    Whom it is asked of goes round, so that of those who hold the same each has a share.
    """
    everybody = list(_everybody(staged, persons))
    for turn, entity in enumerate(REGISTRY):
        first, known = turn % len(everybody), set()
        for player, client in everybody[first:] + everybody[:first]:
            rights = frozenset(verb for verb in POLICY[entity] if player.may(entity, verb))
            if (player.scope, rights) not in known:
                known.add((player.scope, rights))
                yield player, client, entity


def _worth_trying(
    player: Player, entity: type[Base], verb: str, homes: dict[str, Any]
) -> Iterator[tuple[str, Any]]:
    """Every home where the role has the right at all; the nearest one where it has not.

    A neighbour's row tells those apart who reach less than a province, and nobody else; who
    reaches the nation is asked of the nearest and of a foreign one.
    """
    if not player.may(entity, verb):
        yield from list(homes.items())[:1]
        return
    narrow = player.scope in (GrantScope.AGENCY, GrantScope.MISSION_GROUP)
    for turn, (mark, row) in enumerate(homes.items()):
        if player.scope is GrantScope.NATION and turn and mark != "foreign":
            continue
        if narrow or mark != "neighbour":
            yield mark, row


def _rows(staged: Stage, session: Session) -> dict[type[Base], dict[str, Any]]:
    """Home, then row, of every entity with a screen; detached, so that no test reads again."""
    found = {entity: staged.rows(entity) for entity in REGISTRY}
    for rows in found.values():
        for row in rows.values():
            session.refresh(row)
    session.expunge_all()
    session.rollback()
    return found


def test_every_entity_has_a_screen_and_a_line_in_the_policy(app: Flask):
    from entities.base import entities

    assert set(REGISTRY) == set(entities())
    for entity in entities():
        assert {"read", "create", "edit", "delete", "export"} <= set(POLICY[entity]), entity


def test_new_forms_and_exports_open_for_those_who_may(session, staged, persons):
    for player, client, entity in _each_entity(staged, persons):
        for path, verb in (("new/", "create"), ("export/xlsx/", "export")):
            allowed = player.may(entity, verb) and player.may(entity, "read")
            answer = client.get(f"/admin/{entity.__tablename__}/{path}")
            wanted = {200} if allowed else {403}
            if path == "new/" and entity in MADE_ELSEWHERE:
                wanted = {404, 403}
            told = (player.name, entity.__name__, path, answer.status)
            assert answer.status_code in wanted, told
            answer.close()


def test_lists_open_for_those_who_may_and_show_the_rows_that_are_reached(session, staged, persons):
    rows = _rows(staged, session)
    for player, client in _everybody(staged, persons):
        for entity, homes in rows.items():
            answer = client.get(f"/admin/{entity.__tablename__}/?size=200")
            told = (player.name, entity.__name__, answer.status)
            assert answer.status_code == (200 if player.may(entity, "read") else 403), told
            if issubclass(entity, Shared) or not player.may(entity, "read"):
                continue
            page = answer.get_data(as_text=True)
            for mark, row in homes.items():
                shown = f"id={row.id}" in page
                told = (player.name, entity.__name__, mark)
                assert shown == player.reaches(row, "read"), told


def test_pages_of_a_record_open_for_those_who_reach_it(session, staged, persons):
    rows = _rows(staged, session)
    pages = (("details", "read"), ("history", "read"), ("edit", "edit"))
    for player, client, entity in _each_entity(staged, persons):
        for page, verb in pages:
            opened = 0
            for mark, row in _worth_trying(player, entity, verb, rows[entity]):
                allowed = player.reaches(row, "read") and player.reaches(row, verb)
                opened += allowed
                if allowed and page == "details" and opened > 1:
                    continue  # read by the same right as the history, of which all are asked
                if allowed and page == "edit":
                    continue  # opened below, where every reached form is saved
                answer = client.get(f"/admin/{entity.__tablename__}/{page}/?id={row.id}")
                told = (player.name, page, entity.__name__, mark, answer.status)
                if allowed:
                    assert answer.status_code == 200, told
                else:
                    assert answer.status_code in REFUSED, told


def test_nobody_changes_or_removes_what_they_do_not_reach(session, staged, persons):
    rows = _rows(staged, session)
    for player, client, entity in _each_entity(staged, persons):
        homes, at = rows[entity], f"/admin/{entity.__tablename__}"
        data = {"csrf_token": client.csrf, "form_id": "x" * 20, "action": "delete"}
        tried = set()
        for verb in ("edit", "delete"):
            for mark, row in _worth_trying(player, entity, verb, homes):
                if player.reaches(row, verb):
                    continue
                answer = client.post(f"{at}/{verb}/?id={row.id}", data=data)
                told = (player.name, entity.__name__, mark, verb, answer.status)
                assert answer.status_code in REFUSED, told
                if verb == "delete":
                    client.post(f"{at}/action/", data={**data, "rowid": row.id})
                tried.add(mark)
        table = table_of(entity)
        for mark in tried:
            row = homes[mark]
            now = session.connection().execute(
                select(table.c.version, table.c.removed_at).where(table.c.id == row.id)
            )
            kept = tuple(now.one())
            assert kept == (row.version, None), (player.name, entity.__name__, mark)
            session.rollback()


def test_who_may_remove_removes_or_is_told_why_not(session, staged, persons):
    rows = _rows(staged, session)
    removed = 0
    for player, client in _everybody(staged, persons):
        for entity, homes in rows.items():
            for mark, row in homes.items():
                if player.reaches(row, "delete"):
                    at = f"/admin/{entity.__tablename__}/delete/?id={row.id}"
                    answer = client.post(at, data={"csrf_token": client.csrf})
                    told = (player.name, entity.__name__, mark, answer.status)
                    assert answer.status_code == 302, told
                    removed += _put_back(session, entity, row.id)
    assert removed > 10


def _put_back(session: Session, entity: type[Base], row_id: int) -> int:
    """Undo a removal, for the next person; how many rows had been removed."""
    table = table_of(entity)
    with db.engine.begin() as connection:
        put = update(table).values(removed_at=None, removed_by=None)
        return connection.execute(
            put.where(table.c.id == row_id, table.c.removed_at.is_not(None))
        ).rowcount


def test_who_may_edit_saves(session, staged, persons):
    """The form as it was opened, saved unchanged, is never refused for want of a right."""
    rows = _rows(staged, session)
    saved = 0
    for player, client in _everybody(staged, persons):
        for entity, homes in rows.items():
            for mark, row in homes.items():
                at = f"/admin/{entity.__tablename__}/edit/?id={row.id}"
                if not (player.reaches(row, "edit") and player.reaches(row, "read")):
                    continue
                page = client.get(at)
                # A record that its rules have closed leads back to its page.
                assert page.status_code in (200, 302), (player.name, entity.__name__, mark)
                if page.status_code == 302:
                    continue
                form = {**form_of(page.get_data(as_text=True)), "csrf_token": client.csrf}
                answer = client.post(at, data=form)
                told = (player.name, entity.__name__, mark, answer.status)
                assert answer.status_code in (302, 422), told
                saved += answer.status_code == 302
    assert saved > 40


def test_lookups_offer_only_what_is_reached(session, staged, persons):
    """Pickers ask for records by what was typed; a foreign name must never come back."""
    rows = _rows(staged, session)
    for player, client, entity in _each_entity(staged, persons):
        at = f"/admin/{entity.__tablename__}/lookup/"
        may = player.may(entity, "read") and (
            player.may(entity, "create") or player.may(entity, "edit")
        )
        # The right is asked for before the field: who lacks it is asked of one.
        for key in _links(entity)[: None if may else 1]:
            answer = client.get(at, query_string={"field": key, "q": ""})
            told = (player.name, entity.__name__, key, answer.status)
            assert answer.status_code == (200 if may else 403), told
            if may:
                _only_reached(player, rows, entity, key, answer.get_json())
    client = persons.client_of(staged.players["secretary"].user_id)
    for key in ("name", "password", "id", "status", "x" * 900, ""):
        assert client.get(f"/admin/committee/lookup/?field={key}").status_code == 404


def _links(entity: type[Base]) -> list[str]:
    columns = table_of(entity).c
    return [
        k for k, told in fields(entity).items() if columns[k].foreign_keys and not told.computed
    ]


def _only_reached(player: Player, rows: Any, entity: type[Base], key: str, found: Any) -> None:
    table = next(f.column.table.name for f in table_of(entity).c[key].foreign_keys)
    target = next(e for e in REGISTRY if e.__tablename__ == table)
    unreached = {row.id for row in rows.get(target, {}).values() if not player.reaches(row, "read")}
    assert not unreached & {one["id"] for one in found}, (player.name, entity.__name__, key)


def test_the_province_picker_shows_the_reach_of_the_verb(session, staged, persons):
    officer = persons.client_of(staged.players["cluster_officer"].user_id)
    found = officer.get("/admin/committee/lookup/?field=province_id&q=").get_json()
    assert found == [], "a cluster officer makes committees of the cluster, not of its provinces"
    ministry = persons.client_of(staged.players["ministry_admin"].user_id)
    found = ministry.get("/admin/user_account/lookup/?field=province_id&q=ลพบุรี").get_json()
    assert [one["id"] for one in found] == [LOPBURI]


def test_nobody_creates_in_another_province(session, staged, persons):
    """Every form of the secretary and the administrator, filled in with Trang's records."""
    rows = _rows(staged, session)
    tried = 0
    for name in ("secretary", "province_admin", "chief_of_office", "personnel_officer"):
        player = staged.players[name]
        client = persons.client_of(player.user_id)
        for entity, homes in rows.items():
            if not player.may(entity, "create") or issubclass(entity, Shared):
                continue
            if entity in MADE_ELSEWHERE:
                continue
            tried += 1
            for mark in ("foreign", "own cluster", "foreign cluster"):
                if mark in homes:
                    _create_like(session, client, entity, homes[mark], player)
    assert tried > 8


def _create_like(session: Session, client: Client, entity: Any, row: Any, player: Player) -> None:
    at, table = f"/admin/{entity.__tablename__}/new/", table_of(entity)
    form = open_form(client, at)
    for key in (key for key, told in fields(entity).items() if not told.derived):
        value = getattr(row, key)
        form[key] = "" if value is None else str(getattr(value, "value", value))
        if key in ("name", "number", "title", "text", "username", "task"):
            form[key] = f"new {value}"[:60].lower()
    client.post(at, data=form)
    mine = list(
        session.connection().execute(select(table).where(table.c.made_by == player.user_id))
    )
    session.rollback()
    for made in mine:
        assert player.reaches(_as_row(entity, made), "create"), (player.name, entity, made)


def _as_row(entity: Any, made: Any) -> Any:
    return entity(**{k: v for k, v in made._mapping.items() if k in table_of(entity).c})


def test_every_page_anonymously_leads_to_the_door(app: Flask, session: Session):
    client = app.test_client()
    with app.app_context():
        key = session.scalar(select(Committee.id).limit(1))
    for rule in app.url_map.iter_rules():
        path = _filled_in(rule, key)
        if path.startswith(("/static/", "/fonts/")) or path in OPEN_ANONYMOUSLY:
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            answer = client.open(path, method=method)
            told = (rule.rule, method, answer.status, answer.headers.get("Location"))
            if answer.status_code in (301, 302, 303, 307, 308):
                to = answer.headers["Location"]
                assert to.startswith("/login") or to in ("/admin/", "/logout"), told
            else:
                assert answer.status_code in (400, 401, 403, 404, 405), told


def _filled_in(rule: Any, key: int | None) -> str:
    values = dict.fromkeys(rule.arguments, "1")
    path = rule.rule
    for name in rule.arguments:
        for part in (f"<{name}>", f"<int:{name}>", f"<path:{name}>", f"<string:{name}>"):
            path = path.replace(part, values[name])
    assert "<" not in path, f"tests/screens/test_access_matrix.py cannot fill in {rule.rule}"
    return f"{path}?id={key}" if "/details" in path or "/edit" in path else path


def test_every_write_without_a_token_is_refused(app: Flask, session, persons):
    client = persons.client("secretary")
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"}:
            for data in ({}, {"csrf_token": ""}, {"csrf_token": "x" * 90}):
                answer = client.open(_filled_in(rule, 1), method=method, data=data)
                assert answer.status_code == 400, (rule.rule, method, data, answer.status)


def test_a_token_of_another_session_is_refused(app: Flask, persons):
    first, second = persons.client("secretary"), persons.client("secretary", TRANG)
    form = open_form(first, "/admin/person/new/")
    answer = first.post("/admin/person/new/", data={**form, "csrf_token": second.csrf})
    assert answer.status_code == 400


def test_the_province_switch_narrows_and_never_widens(session, staged, persons):
    rows = _rows(staged, session)
    secretary = persons.client_of(staged.players["secretary"].user_id)
    page = secretary.get(f"/admin/committee/?province={TRANG}").get_data(as_text=True)
    assert f"id={rows[Committee]['foreign'].id}" not in page
    inspector = persons.client_of(staged.players["inspector"].user_id)
    page = inspector.get("/admin/committee/?province=18").get_data(as_text=True)
    assert f"id={rows[Committee]['own'].id}" not in page
    opened = inspector.get(f"/admin/committee/details/?id={rows[Committee]['own'].id}")
    assert opened.status_code == 200, "a record opens by its id whatever the switch says"
    for odd in ("0", "-1", "999", "x", "๑๖", "16 ", "9" * 40, "16;DROP"):
        answer = secretary.get("/admin/committee/", query_string={"province": odd})
        assert answer.status_code == 200
        assert f"id={rows[Committee]['foreign'].id}" not in answer.get_data(as_text=True)
    assert session.get(Province, LOPBURI) is not None
