"""Two clerks at one record: what only one of them changed is chosen already."""

import json
import re

import pytest
from sqlalchemy import select

from models import Agency
from tests.conftest import LOPBURI
from tests.pages import form_of, open_form


@pytest.fixture
def clerks(session, persons):
    """Two clerks, and the address where they edit the same agency, whose values are told."""
    agency = session.scalars(select(Agency).where(Agency.province_id == LOPBURI)).first()
    agency.phone, agency.email, agency.address = "036-411111", "a@example.org", "ถนนเดิม"
    session.commit()
    at = f"/admin/agency/edit/?id={agency.id}"
    session.rollback()
    mine, theirs = persons.client("secretary"), persons.client("secretary", LOPBURI, "colleague")
    return mine, theirs, at


def _collide(clerks, mine, theirs, **hidden):  # type: ignore[no-untyped-def]
    """What the first to come too late is asked, and the form that asks it."""
    me, them, at = clerks
    stale = {**open_form(me, at), **mine, **hidden}
    assert them.post(at, data={**open_form(them, at), **theirs}).status_code == 302
    answer = me.post(at, data=stale)
    assert answer.status_code == 409
    page = answer.get_data(as_text=True)
    asked = dict(re.findall(r'name="keep-(\w+)" value="(\w+)" checked', page))
    both = re.findall(r"<legend>([^<]+?) ?<span class=\"chip warn\"", page)
    return asked, both, {**form_of(page), "csrf_token": me.csrf}


def _kept(session, at):
    session.rollback()
    session.expire_all()
    kept = session.get_one(Agency, int(at.rpartition("=")[2]))
    return kept.phone, kept.email, kept.address


def test_each_line_is_chosen_for_who_changed_it_and_marked_where_both_did(session, clerks):
    asked, both, form = _collide(
        clerks,
        {"phone": "036-000001", "email": "mine@example.org"},
        {"phone": "036-999999", "address": "ถนนใหม่"},
    )
    assert asked == {"phone": "mine", "email": "mine", "address": "theirs"}
    assert both == ["โทรศัพท์"]
    assert clerks[0].post(clerks[2], data=form).status_code == 302
    assert _kept(session, clerks[2]) == ("036-000001", "mine@example.org", "ถนนใหม่")


def test_what_nobody_or_both_alike_changed_is_not_asked(session, clerks):
    asked, both, _form = _collide(
        clerks, {"phone": "036-222222"}, {"phone": "036-222222", "address": "ถนนใหม่"}
    )
    assert asked == {"address": "theirs"}
    assert both == []


def test_emptying_a_field_is_a_change(session, clerks):
    asked, _both, form = _collide(clerks, {"phone": ""}, {"address": ""})
    assert asked == {"phone": "mine", "address": "theirs"}
    assert clerks[0].post(clerks[2], data=form).status_code == 302
    assert _kept(session, clerks[2]) == (None, "a@example.org", None)


@pytest.mark.parametrize(
    "opened", ["", "null", "[1]", "{", "9" * 5000, "[" * 50_000, json.dumps({"phone": 7})]
)
def test_a_form_that_does_not_tell_what_it_opened_with_asks_about_each(clerks, opened):
    asked, both, _form = _collide(
        clerks, {"phone": "036-000001"}, {"address": "ถนนใหม่"}, opened=opened
    )
    assert asked == {"phone": "mine", "address": "mine"}
    assert len(both) == 2
