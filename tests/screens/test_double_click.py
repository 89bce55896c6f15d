"""The second click and the second clerk: one record, and nothing is silently lost."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import func, select

from models import Agency, Person, Submission
from tests.conftest import LOPBURI, TRANG
from tests.pages import form_of, open_form

NEW = "/admin/person/new/"
NAMES = {"first_name": "มาลี", "last_name": "ศรีสุข"}


def _count(session) -> int:
    session.rollback()
    return session.scalar(select(func.count(Person.id)))


def test_the_same_form_twice_makes_one_record_and_leads_to_it(session, persons):
    client = persons.client("secretary")
    sent = {**open_form(client, NEW), **NAMES}
    answers = [client.post(NEW, data=sent) for _n in range(3)]
    assert {a.status_code for a in answers} == {302}
    assert len({a.headers["Location"] for a in answers}) == 1
    assert _count(session) == 1
    made = session.scalars(select(Person)).one()
    assert answers[0].headers["Location"].endswith(f"id={made.id}")
    assert session.scalars(select(Submission)).one().record_id == made.id


def test_clicks_at_the_same_moment_make_one_record(session, persons):
    first = persons.client("secretary")
    sent = {**open_form(first, NEW), **NAMES}
    clicks = 8
    clients = [persons.client_of(persons.user_id("secretary")) for _n in range(clicks)]
    together = Barrier(clicks)
    session.rollback()

    def click(client):
        together.wait()
        return client.post(NEW, data={**sent, "csrf_token": client.csrf})

    with ThreadPoolExecutor(clicks) as pool:
        answers = list(pool.map(click, clients))
    assert [a.status_code for a in answers] == [302] * clicks
    assert len({a.headers["Location"] for a in answers}) == 1
    assert _count(session) == 1


def test_a_refused_form_can_be_sent_again(session, persons):
    """The id of a form is spent by what it saved, not by what was refused."""
    client = persons.client("secretary")
    sent = {**open_form(client, NEW), "first_name": "มาลี", "last_name": ""}
    refused = client.post(NEW, data=sent)
    assert refused.status_code == 422
    again = form_of(refused.get_data(as_text=True))
    assert again["first_name"] == "มาลี"
    assert again["form_id"] == sent["form_id"]
    saved = client.post(NEW, data={**again, "csrf_token": client.csrf, "last_name": "ศรีสุข"})
    assert saved.status_code == 302
    assert _count(session) == 1


def test_another_persons_form_or_another_entitys_is_not_honoured(session, persons):
    client, other = persons.client("secretary"), persons.client("secretary", TRANG)
    sent = {**open_form(client, NEW), **NAMES}
    assert client.post(NEW, data=sent).status_code == 302
    stolen = other.post(NEW, data={**sent, "csrf_token": other.csrf})
    assert stolen.status_code == 422
    agency = {**open_form(client, "/admin/agency/new/"), "name": "ก", "sector": "private"}
    crossed = client.post("/admin/agency/new/", data={**agency, "form_id": sent["form_id"]})
    assert crossed.status_code == 422
    for odd in ("", "x", "x" * 65, "x" * 5000, "\x00" * 20, "' or 1=1 --"):
        answer = client.post(NEW, data={**sent, "form_id": odd})
        assert answer.status_code in (302, 422), odd
    assert _count(session) <= 3


def _agency(session) -> int:
    return session.scalar(select(Agency.id).where(Agency.province_id == LOPBURI))


def test_the_same_edit_twice_is_no_conflict_with_oneself(session, persons):
    client, key = persons.client("secretary"), _agency(session)
    at = f"/admin/agency/edit/?id={key}"
    sent = {**open_form(client, at), "phone": "036-411111 ", "address": "ศาลากลาง"}
    answers = [client.post(at, data=sent) for _n in range(3)]
    assert {a.status_code for a in answers} == {302}
    assert len({a.headers["Location"] for a in answers}) == 1
    session.rollback()
    assert session.get(Agency, key).version == 2


def test_a_stale_form_shows_both_values_and_saves_what_is_chosen(session, persons):
    key = _agency(session)
    at = f"/admin/agency/edit/?id={key}"
    mine, theirs = persons.client("secretary"), persons.client("secretary", LOPBURI, "colleague")
    stale = {**open_form(mine, at), "phone": "036-000001", "address": "ที่อยู่ของฉัน"}
    fresh = {**open_form(theirs, at), "phone": "036-999999", "email": "office@example.org"}
    assert theirs.post(at, data=fresh).status_code == 302
    for _again in range(2):
        answer = mine.post(at, data=stale)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 409
        for shown in ("036-000001", "036-999999", "ที่อยู่ของฉัน", "office@example.org", "keep-phone"):
            assert shown in page, shown
    session.rollback()
    kept = session.get(Agency, key)
    assert (kept.phone, kept.address, kept.version) == ("036-999999", None, 2)
    chosen = {
        **form_of(page),
        "csrf_token": mine.csrf,
        "keep-phone": "mine",
        "keep-address": "mine",
        "keep-email": "theirs",
    }
    assert mine.post(at, data=chosen).status_code == 302
    session.rollback()
    session.expire_all()
    kept = session.get(Agency, key)
    assert (kept.phone, kept.address) == ("036-000001", "ที่อยู่ของฉัน")
    assert kept.email == "office@example.org"
    assert mine.post(at, data=stale).status_code in (302, 409)
    session.rollback()
    session.expire_all()
    assert session.get(Agency, key).email == "office@example.org"


def test_choosing_theirs_loses_nothing(session, persons):
    key = _agency(session)
    at = f"/admin/agency/edit/?id={key}"
    mine, theirs = persons.client("secretary"), persons.client("secretary", LOPBURI, "colleague")
    stale = {**open_form(mine, at), "phone": "036-000001"}
    fresh = {**open_form(theirs, at), "phone": "036-999999", "head_position": "ผู้อำนวยการ"}
    assert theirs.post(at, data=fresh).status_code == 302
    page = mine.post(at, data=stale).get_data(as_text=True)
    choice = {"csrf_token": mine.csrf, "keep-phone": "theirs", "keep-head_position": "theirs"}
    answer = mine.post(at, data={**form_of(page), **choice})
    assert answer.status_code == 302
    session.rollback()
    kept = session.get(Agency, key)
    assert (kept.phone, kept.head_position) == ("036-999999", "ผู้อำนวยการ")


def test_a_choice_made_for_an_older_version_is_asked_again(session, persons):
    """A third save while the conflict page was open: its values have not been seen yet."""
    key = _agency(session)
    at = f"/admin/agency/edit/?id={key}"
    mine, theirs = persons.client("secretary"), persons.client("secretary", LOPBURI, "colleague")
    stale = {**open_form(mine, at), "phone": "036-000001"}
    theirs.post(at, data={**open_form(theirs, at), "phone": "036-999999"})
    page = mine.post(at, data=stale).get_data(as_text=True)
    theirs.post(at, data={**open_form(theirs, at), "phone": "036-555555"})
    chosen = {**form_of(page), "csrf_token": mine.csrf, "keep-phone": "mine"}
    answer = mine.post(at, data=chosen)
    assert answer.status_code == 409
    assert "036-555555" in answer.get_data(as_text=True)


def test_edits_at_the_same_moment_lose_nothing(session, persons):
    """Of several forms opened at one version, one is saved and the others are asked."""
    key = _agency(session)
    at, clerks = f"/admin/agency/edit/?id={key}", 6
    clients = [persons.client("secretary", LOPBURI, f"c{n}") for n in range(clerks)]
    forms = [open_form(client, at) for client in clients]
    together = Barrier(clerks)
    session.rollback()

    def save(n):
        together.wait()
        return clients[n].post(at, data={**forms[n], "phone": f"036-00000{n}"})

    with ThreadPoolExecutor(clerks) as pool:
        answers = list(pool.map(save, range(clerks)))
    assert sorted(a.status_code for a in answers) == [302] + [409] * (clerks - 1)
    session.rollback()
    assert session.get(Agency, key).version == 2
    winner = next(n for n, a in enumerate(answers) if a.status_code == 302)
    assert session.get(Agency, key).phone == f"036-00000{winner}"


def test_a_record_removed_meanwhile_is_gone_and_says_so(session, persons):
    mine, theirs = persons.client("secretary"), persons.client("secretary", LOPBURI, "colleague")
    made = mine.post(NEW, data={**open_form(mine, NEW), **NAMES}).headers["Location"]
    at = made.replace("details", "edit")
    stale = open_form(mine, at)
    gone = theirs.post(made.replace("details", "delete"), data={"csrf_token": theirs.csrf})
    assert gone.status_code == 302
    assert mine.post(at, data=stale).status_code == 404
    assert (
        theirs.post(made.replace("details", "delete"), data={"csrf_token": theirs.csrf}).status_code
        == 404
    )
