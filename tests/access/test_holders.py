"""Whether a right has a holder in a province today: every way in which a post is empty."""

from datetime import date, timedelta

import pytest

from access import holders
from entities.base import record_kinds
from entities.vocabulary import Role, Verb
from models import Complaint, RoleGrant, RoleNarrowing, UserAccount
from tests.conftest import CHAINAT, LOPBURI, TRANG

TODAY = date(2026, 1, 5)
BOTH = frozenset({LOPBURI, TRANG})


def _lacking(session):
    return holders.lacking(session, Complaint, "extend", BOTH, TODAY)


@pytest.fixture
def grant(session, persons) -> RoleGrant:
    """The grant of the one head of office, in Lop Buri."""
    user_id = persons.user_id("chief_of_office")
    session.rollback()
    return session.query(RoleGrant).filter_by(user_id=user_id).one()


def test_a_province_lacks_a_right_that_others_hold_elsewhere(session, persons, grant):
    assert _lacking(session) == {TRANG}
    for role, place in (("governor", TRANG), ("complaint_officer", TRANG)):
        persons.user_id(role, place)
    session.rollback()
    assert _lacking(session) == {TRANG}
    persons.user_id("chief_of_office", TRANG)
    session.rollback()
    assert not _lacking(session)
    assert not holders.lacking(session, Complaint, "extend", (), TODAY)
    assert holders.lacking(session, Complaint, "extend", {CHAINAT}, TODAY) == {CHAINAT}


@pytest.mark.parametrize("why", ["ended", "to come", "removed", "locked", "narrowed", "unread"])
def test_who_cannot_act_today_holds_nothing(session, grant, why):
    if why == "ended":
        grant.ends_on = TODAY - timedelta(1)
    elif why == "to come":
        grant.starts_on = TODAY + timedelta(1)
    elif why == "removed":
        session.delete(grant)
    elif why == "locked":
        session.get_one(UserAccount, grant.user_id).active = False
    else:
        verb = Verb.EXTEND if why == "narrowed" else Verb.READ
        session.add(
            RoleNarrowing(
                province_id=LOPBURI, role=Role.CHIEF_OF_OFFICE, verb=verb, reason="คำสั่งจังหวัด",
                entity=record_kinds()("complaint"),
            )
        )  # fmt: skip
    session.commit()
    session.rollback()
    assert _lacking(session) == BOTH


def test_the_last_day_of_a_grant_counts(session, grant):
    grant.ends_on = TODAY
    session.commit()
    session.rollback()
    assert _lacking(session) == {TRANG}
