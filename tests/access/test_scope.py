"""Every way of asking, for every kind of viewer: nobody sees more, or less, than they reach.

The statements run in mixed order over one statement cache, so that one viewer's rows cannot
come to another through a statement that was compiled before.
"""

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import (
    delete,
    exists,
    func,
    insert,
    inspect,
    lambda_stmt,
    literal_column,
    select,
    text,
    true,
    union,
    union_all,
    update,
)
from sqlalchemy.orm import Session, aliased, joinedload, make_transient_to_detached, selectinload
from sqlalchemy.orm import subqueryload as with_subquery

from access import scope
from access import viewer as who
from access.database import db
from access.scope import Denied, Unscoped
from entities import dates
from entities.base import Base, InProvince, InProvinceOrCluster, Shared, entities, table_of
from entities.vocabulary import GrantScope, Role
from models import (
    Agency,
    AuditEntry,
    Cluster,
    Committee,
    Counter,
    FollowUp,
    Meeting,
    Membership,
    Person,
    Province,
    RoleGrant,
    UserAccount,
)
from tests.cast import Player, Stage
from tests.conftest import LOPBURI, TRANG, Persons
from tests.factories import Home, cluster_of, world

WATCHED = (
    "secretary",
    "inspector",
    "cluster_officer",
    "agency_officer",
    "group_member",
    "nobody",
    "auditor",
    "province_admin",
)
KINDS = (Agency, Committee, Membership, FollowUp, Person, UserAccount)
"""One entity for each way of being reached; the others are read in one form only."""
Read = Callable[[Session, Any], set[int]]


def _ids(rows: Any) -> set[int]:
    return {row if isinstance(row, int) else row.id for row in rows}


def _alias(session: Session, entity: Any) -> set[int]:
    other = aliased(entity)
    return _ids(session.scalars(select(other)))


def _self_join(session: Session, entity: Any) -> set[int]:
    other = aliased(entity)
    return _ids(session.scalars(select(other.id).join(entity, entity.id == other.id)))


def _subquery(session: Session, entity: Any) -> set[int]:
    inner = select(entity.id).subquery()
    return set(session.scalars(select(inner.c.id).select_from(inner)))


def _entity_of_subquery(session: Session, entity: Any) -> set[int]:
    part = aliased(entity, select(entity).subquery())
    return _ids(session.scalars(select(part)))


def _cte(session: Session, entity: Any) -> set[int]:
    inner = select(entity.id).cte()
    return set(session.scalars(select(inner.c.id)))


def _recursive(session: Session, entity: Any) -> set[int]:
    walk = select(entity.id).cte(recursive=True)
    again = aliased(entity)
    walk = walk.union(select(again.id).join(walk, again.id == walk.c.id))
    return set(session.scalars(select(walk.c.id)))


def _union(session: Session, entity: Any) -> set[int]:
    return set(session.scalars(union(select(entity.id), select(entity.id).where(entity.id > 0))))


def _union_of_entities(session: Session, entity: Any) -> set[int]:
    both = union_all(select(entity), select(entity))
    return _ids(session.scalars(select(entity).from_statement(both)))


def _in_union(session: Session, entity: Any) -> set[int]:
    both = union_all(select(entity.id), select(entity.id)).subquery()
    return set(session.scalars(select(both.c.id)))


def _exists(session: Session, entity: Any) -> set[int]:
    return {row_id for row_id in _all_ids(entity) if session.scalar(_is_there(entity, row_id))}


def _is_there(entity: Any, row_id: int) -> Any:
    return select(exists(select(entity.id).where(entity.id == row_id)))


def _scalar_subquery(session: Session, entity: Any) -> set[int]:
    newest = select(func.max(entity.id)).scalar_subquery()
    found = session.scalar(select(newest))
    rest = _ids(session.scalars(select(entity.id)))
    assert found == max(rest, default=None)
    return rest


def _in_list(session: Session, entity: Any) -> set[int]:
    return _ids(session.scalars(select(entity).where(entity.id.in_(select(entity.id)))))


def _get(session: Session, entity: Any) -> set[int]:
    session.expunge_all()
    return _ids(filter(None, (session.get(entity, row_id) for row_id in _all_ids(entity))))


def _legacy(session: Session, entity: Any) -> set[int]:
    return _ids(session.query(entity))


def _lambda(session: Session, entity: Any) -> set[int]:
    return _ids(session.scalars(lambda_stmt(lambda: select(entity))))


def _window(session: Session, entity: Any) -> set[int]:
    place = func.row_number().over(order_by=entity.id)
    rows = session.execute(select(entity.id, place)).all()
    assert [row[1] for row in rows] == sorted(range(1, len(rows) + 1))
    return {row.id for row in rows}


def _counted(session: Session, entity: Any) -> set[int]:
    rows = _ids(session.scalars(select(entity.id)))
    assert session.scalar(select(func.count()).select_from(entity)) == len(rows)
    assert session.scalar(select(func.count(entity.id))) == len(rows)
    capped = select(entity.id).limit(1001).subquery()
    assert session.scalar(select(func.count()).select_from(capped)) == len(rows)
    return rows


def _streamed(session: Session, entity: Any) -> set[int]:
    return _ids(session.scalars(select(entity).execution_options(yield_per=2)))


def _by_reference(session: Session, entity: Any) -> set[int]:
    """Through a table that everybody reads, joined on its plain table."""
    table = table_of(Province)
    if "province_id" not in inspect(entity).columns:
        return _ids(session.scalars(select(entity.id)))
    statement = select(entity.id).outerjoin(table, table.c.id == entity.province_id)
    return set(session.scalars(statement))


READS: list[Read] = [
    lambda session, entity: _ids(session.scalars(select(entity))),
    lambda session, entity: set(session.scalars(select(entity.id))),
    lambda session, entity: set(session.scalars(select(entity.id).order_by(entity.id).limit(99))),
    lambda session, entity: set(session.scalars(select(entity.id).distinct())),
    lambda session, entity: set(session.scalars(select(func.max(entity.id)).group_by(entity.id))),
    lambda session, entity: _ids(session.scalars(select(entity).with_for_update(read=True))),
    _alias,
    _self_join,
    _subquery,
    _entity_of_subquery,
    _cte,
    _recursive,
    _union,
    _union_of_entities,
    _in_union,
    _exists,
    _scalar_subquery,
    _in_list,
    _get,
    _legacy,
    _lambda,
    _window,
    _counted,
    _streamed,
    _by_reference,
]
_known: dict[type[Base], list[int]] = {}


def _all_ids(entity: type[Base]) -> list[int]:
    return _known[entity]


@pytest.fixture
def staged(session: Session, staged: Stage) -> Stage:
    """The stage; the ids of all rows beside it."""
    for entity in staged.worlds["own"]:
        _known[entity] = list(session.scalars(select(entity.id)))
    return staged


def _sessions(persons: Persons, staged: Stage) -> dict[str, Session]:
    """A database session for each watched person."""
    made = {}
    for name in WATCHED:
        made[name] = Session(db.engine)
        who.act_as(made[name], persons.viewer(staged.players[name].user_id))
    return made


@pytest.fixture
def acting(session: Session, persons: Persons, staged: Stage) -> Iterator[dict[str, Session]]:
    """The watched persons' database sessions, closed after the test."""
    made = _sessions(persons, staged)
    yield made
    for one in made.values():
        one.close()


def _expected(session: Session, player: Player, entity: Any) -> set[int]:
    return {row.id for row in session.scalars(select(entity)) if player.reaches(row, "read")}


def test_every_form_of_reading_gives_each_viewer_their_rows(session, staged, acting):
    tries = [(name, entity, read) for name in WATCHED for entity in KINDS for read in READS]
    tries += [(name, entity, READS[0]) for name in WATCHED for entity in _known]
    wanted = {
        (name, entity): _expected(session, staged.players[name], entity)
        for name in WATCHED
        for entity in _known
    }
    assert any(wanted.values())
    random.Random(2569).shuffle(tries)
    for name, entity, read in tries:
        found = read(acting[name], entity)
        assert found == wanted[name, entity], (name, entity.__name__, read.__name__)
        acting[name].rollback()


def test_the_oracle_and_the_viewer_agree_for_every_role_verb_and_row(session, persons, staged):
    """The screens ask `reaches` for buttons; it must say what the listener and the guard do."""
    from access.policy import POLICY

    for player in staged.players.values():
        viewer = persons.viewer(player.user_id)
        for entity, verbs in POLICY.items():
            if entity is AuditEntry:
                continue
            for verb in verbs:
                for mark, row in staged.rows(entity).items():
                    told = (player.name, verb, entity.__name__, mark)
                    assert viewer.reaches(row, verb) == player.reaches(row, verb), told


def test_a_person_of_each_kind_reaches_something_and_not_everything(session, staged):
    """The oracle itself: a matrix of refusals only would pass every other test."""
    for name in WATCHED:
        rows = list(session.scalars(select(Committee)))
        reached = [r for r in rows if staged.players[name].reaches(r, "read")]
        assert bool(reached) == (name not in ("nobody", "agency_officer")), name
        assert (len(reached) == len(rows)) == (name == "auditor"), name


def test_linked_records_are_narrowed_however_they_are_loaded(session, staged, acting):
    """A row of one's own that points at a foreign one, as a faulty import might leave it."""
    own, foreign = staged.worlds["own"], staged.worlds["foreign"]
    grant = own[RoleGrant]
    with db.engine.begin() as connection:
        connection.execute(
            update(table_of(RoleGrant))
            .where(table_of(RoleGrant).c.id == grant.id)
            .values(user_id=foreign[UserAccount].id)
        )
    one = acting["province_admin"]
    for load in (joinedload, selectinload, with_subquery):
        found = one.scalars(
            select(RoleGrant).where(RoleGrant.id == grant.id).options(load(RoleGrant.user))
        ).one()
        assert found.user is None, load
        one.expunge_all()
    lazily = one.get(RoleGrant, grant.id)
    assert lazily.user is None
    assert lazily.province.id == LOPBURI
    joined = select(RoleGrant.id, UserAccount.name).outerjoin(RoleGrant.user)
    assert [tuple(row) for row in one.execute(joined.where(RoleGrant.id == grant.id))] == [
        (grant.id, None)
    ]
    for named in (
        select(RoleGrant.id).where(RoleGrant.user.has(UserAccount.name != "")),
        select(RoleGrant.id).join(RoleGrant.user),
        select(RoleGrant.id).join(UserAccount, RoleGrant.user_id == UserAccount.id),
        select(RoleGrant.id).where(RoleGrant.user_id.in_(select(UserAccount.id))),
    ):
        assert grant.id not in set(one.scalars(named))


def test_collections_are_narrowed(session, staged, acting):
    """The grants of an account, of which one is another province's."""
    own = staged.worlds["own"]
    session.rollback()
    session.add(
        RoleGrant(
            user_id=own[UserAccount].id,
            role=Role.PLANNER,
            scope=own[RoleGrant].scope,
            province_id=TRANG,
            starts_on=dates.today(),
        )
    )
    session.commit()
    one = acting["province_admin"]
    for load in (selectinload, joinedload):
        account = (
            one.scalars(
                select(UserAccount)
                .where(UserAccount.id == own[UserAccount].id)
                .options(load(UserAccount.roles))
            )
            .unique()
            .one()
        )
        assert [g.province_id for g in account.roles] == [LOPBURI]
        one.expunge_all()


def test_removed_rows_are_hidden_from_everybody(session, staged, acting):
    row = staged.worlds["own"][Person]
    session.rollback()
    session.get(Person, row.id).removed_at = dates.now()
    session.commit()
    for name in (*WATCHED, "system"):
        one = session if name == "system" else acting[name]
        one.expunge_all()
        for read in READS:
            assert row.id not in read(one, Person), (name, read)
        one.rollback()
    with pytest.raises(Unscoped):
        acting["auditor"].scalars(select(Person).execution_options(include_removed=True))
    hidden = select(Person.id).execution_options(include_removed=True)
    assert row.id in set(session.scalars(hidden))


def test_what_cannot_be_narrowed_is_refused(session, staged, acting):
    table = table_of(Person)
    refused: list[Any] = [
        text("SELECT name FROM person"),
        select(table.c.name),
        select(func.count()).select_from(table),
        select(Person).from_statement(text("SELECT * FROM person")),
        select(Person).from_statement(select(table)),
        select(Committee.id, table.c.name).join(
            table, table.c.province_id == Committee.province_id
        ),
        select(Committee.id).where(exists(select(table.c.id).where(table.c.name != ""))),
        select(Province.id, select(func.count(table.c.id)).scalar_subquery()),
        select(Province.id, text("(SELECT max(name) FROM person)")),
        select(Province.id, literal_column("(SELECT max(name) FROM person)")),
        select(Province.id).order_by(text("(SELECT max(name) FROM person)")),
        select(Province.id).join(select(table.c.id).subquery(), true()),
        select(Province.id).join(select(table.c.id).cte(), true()),
        select(Province.id).join(table.alias(), true()),
        select(Province.id).where(table.c.id > 0),
        select(Person.id, select(func.max(table.c.name)).correlate(None).scalar_subquery()),
        union(select(Province.name), select(table.c.name)),
        insert(Person),
        insert(table),
        update(Person).values(province_id=LOPBURI),
        update(table).values(province_id=LOPBURI),
        delete(Person),
        insert(AuditEntry),
        delete(AuditEntry),
        update(AuditEntry).values(actor="nobody"),
    ]
    for name in ("secretary", "auditor", "system"):
        one = session if name == "system" else acting[name]
        for statement in refused:
            with pytest.raises(Unscoped):
                one.execute(statement)
            one.rollback()
    with pytest.raises(Unscoped):
        acting["secretary"].execute(insert(Person), [{"province_id": LOPBURI, "name": "x"}])
    with pytest.raises(Unscoped):
        acting["secretary"].query(Person).update({"province_id": LOPBURI})
    with pytest.raises(Unscoped):
        acting["secretary"].query(Person).delete()


def test_a_counter_may_be_taken_by_its_own_statement(session):
    """Tables that are no entities are reached by Core; they hold no province's records."""
    assert session.execute(select(Counter)).all() is not None


def test_a_session_without_a_viewer_sees_nothing(app: Flask, session: Session):
    with Session(db.engine) as bare:
        assert who.of(bare) is who.NOBODY
        for entity in entities():
            assert list(bare.scalars(select(entity.id).limit(1))) == [], entity.__name__
        assert list(bare.scalars(select(AuditEntry.id).limit(1))) == []


def test_the_doorkeeper_reads_accounts_and_grants_and_nothing_else(session, staged):
    with Session(db.engine) as door:
        who.act_as(door, who.DOORKEEPER)
        seen = {e for e in entities() if door.scalar(select(e.id).limit(1)) is not None}
        assert seen == {UserAccount, RoleGrant}


def test_a_session_that_changes_its_viewer_forgets_what_it_loaded(session, persons, staged):
    own, foreign = staged.worlds["own"][Person].id, staged.worlds["foreign"][Person].id
    with Session(db.engine) as one:
        who.act_as(one, persons.viewer(staged.players["auditor"].user_id))
        assert one.get(Person, foreign) is not None
        who.act_as(one, persons.viewer(staged.players["secretary"].user_id))
        assert one.get(Person, foreign) is None
        assert one.get(Person, own) is not None


def test_the_audit_is_read_by_those_who_may(session, staged, acting):
    for name in WATCHED:
        player = staged.players[name]
        seen = acting[name].scalar(select(func.count(AuditEntry.id)))
        assert bool(seen) == player.may(AuditEntry, "read"), name


# Writing.


def _refused(session: Session) -> None:
    """Nothing of the session's changes can be committed."""
    with pytest.raises(Denied):
        session.commit()
    session.rollback()


@pytest.fixture
def clerk(acting: dict[str, Session]) -> Iterator[Session]:
    """The secretary of Lop Buri, writing."""
    yield acting["secretary"]
    acting["secretary"].rollback()


def _person(**values: Any) -> Person:
    return Person(first_name="สมศรี", last_name="ใจดี", **values)


def test_nobody_writes_into_another_province(session, staged, clerk):
    foreign = staged.worlds["foreign"]
    before = session.scalar(select(func.count(Person.id)))
    session.rollback()
    clerk.add(_person(province_id=TRANG))
    _refused(clerk)
    clerk.add(_person(province=clerk.get(Province, TRANG)))
    _refused(clerk)
    clerk.add(Committee(name="ก", short_name="ก", type="working_group", province_id=TRANG))
    _refused(clerk)
    assert clerk.get(Person, foreign[Person].id) is None
    clerk.rollback()
    assert session.scalar(select(func.count(Person.id))) == before


def test_a_foreign_parent_is_refused_by_key_and_by_object(session, staged, clerk):
    foreign_agency = staged.worlds["foreign"][Agency].id
    clerk.add(_person(province_id=LOPBURI, agency_id=foreign_agency))
    with pytest.raises(Exception) as caught:
        clerk.commit()
    assert type(caught.value).__name__ in ("Denied", "IntegrityError")
    clerk.rollback()
    own = clerk.get(Person, staged.worlds["own"][Person].id)
    own.agency_id = foreign_agency
    with pytest.raises(Exception) as caught:
        clerk.commit()
    assert type(caught.value).__name__ in ("Denied", "IntegrityError")
    clerk.rollback()
    forged = Agency(id=foreign_agency, version=1, province_id=LOPBURI, name="x")
    make_transient_to_detached(forged)
    clerk.add(forged)
    clerk.add(_person(province_id=LOPBURI, agency=forged))
    with pytest.raises(Exception) as caught:
        clerk.commit()
    assert type(caught.value).__name__ in ("Denied", "IntegrityError")


def test_a_foreign_parent_without_a_composite_key_is_refused(session, staged, acting):
    """Grants point at accounts and committees by id alone; here only the guard stands."""
    one, foreign = acting["province_admin"], staged.worlds["foreign"]
    own = staged.worlds["own"]
    common = {"role": Role.PLANNER, "scope": own[RoleGrant].scope, "starts_on": dates.today()}
    one.add(RoleGrant(user_id=foreign[UserAccount].id, province_id=LOPBURI, **common))
    _refused(one)
    grant = one.get(RoleGrant, own[RoleGrant].id)
    grant.user_id = foreign[UserAccount].id
    _refused(one)
    common["scope"] = GrantScope.AGENCY
    one.add(
        RoleGrant(
            user_id=own[UserAccount].id,
            province_id=LOPBURI,
            agency_id=foreign[Agency].id,
            **common,
        )
    )
    _refused(one)


def test_nothing_moves_to_another_province_by_key_or_by_object(session, staged, clerk):
    key = _alone(clerk)
    for move in ({"province_id": TRANG}, {"province": clerk.get(Province, TRANG)}):
        row = clerk.get(Person, key)
        for name, value in move.items():
            setattr(row, name, value)
        _refused(clerk)
    session.rollback()
    assert session.get(Person, key).province_id == LOPBURI


def _alone(session: Session, province_id: int = LOPBURI) -> int:
    """A new person on whom nothing hangs, so that no foreign key helps the guard."""
    session.rollback()
    row = _person(province_id=province_id)
    session.add(row)
    session.commit()
    return row.id


def test_nothing_moves_between_a_province_and_its_cluster(session, staged, clerk, acting):
    here = cluster_of(session, LOPBURI)
    row = clerk.get(Committee, staged.worlds["own"][Committee].id)
    row.cluster_id, row.province_id = here.id, None
    with pytest.raises(Exception) as caught:
        clerk.commit()
    assert type(caught.value).__name__ in ("Denied", "IntegrityError")
    clerk.rollback()
    officer = acting["cluster_officer"]
    taken = officer.get(Committee, staged.worlds["own"][Committee].id)
    taken.cluster_id, taken.province_id = here.id, None
    with pytest.raises(Exception) as caught:
        officer.commit()
    assert type(caught.value).__name__ in ("Denied", "IntegrityError")
    officer.rollback()


def test_forged_rows_and_deletes_are_refused(session, staged, clerk):
    """An object made to look loaded, with a province that is not its own."""
    key = _alone(session, TRANG)
    for change in ("edit", "delete"):
        forged = Person(id=key, version=1, province_id=LOPBURI, name="x", sort_key="x")
        make_transient_to_detached(forged)
        clerk.add(forged)
        if change == "edit":
            forged.last_name = "ขโมย"
        else:
            clerk.delete(forged)
        with pytest.raises(Exception) as caught:
            clerk.commit()
        assert isinstance(caught.value, Denied), (change, caught.value)
        clerk.rollback()
        clerk.expunge_all()
    session.rollback()
    assert session.get(Person, key).last_name != "ขโมย"


def test_records_are_removed_and_never_deleted(session, staged, clerk):
    clerk.delete(clerk.get(Person, _alone(clerk)))
    _refused(clerk)


def test_who_only_reads_writes_nothing(session, staged, acting):
    for name in ("auditor", "group_member", "agency_officer", "inspector", "nobody"):
        one = acting[name]
        for entity, key in ((Committee, "duties"), (Agency, "phone"), (Meeting, "venue")):
            row = one.scalar(select(entity).limit(1))
            if row is not None:
                setattr(row, key, "เปลี่ยน")
                _refused(one)
        one.add(_person(province_id=LOPBURI))
        _refused(one)


def test_cluster_rows_are_read_in_the_provinces_and_written_by_the_cluster(
    session, staged, clerk, acting
):
    key = staged.worlds["own cluster"][Committee].id
    seen = clerk.get(Committee, key)
    assert seen is not None
    seen.seats = 12
    _refused(clerk)
    clerk.add(
        Membership(
            committee_id=key,
            cluster_id=cluster_of(session, LOPBURI).id,
            name="แทรก",
            role="member",
            sector="private",
            seat_type="expert",
            starts_on=dates.today(),
        )
    )
    _refused(clerk)
    officer = acting["cluster_officer"]
    officer.get(Committee, key).seats = 12
    officer.commit()
    session.rollback()
    assert session.get(Committee, key).seats == 12
    province_row = officer.get(Committee, staged.worlds["own"][Committee].id)
    province_row.seats = 9
    _refused(officer)


def test_a_permit_is_for_one_row_and_one_transaction(session, staged, acting):
    """A named act lets its row be written; nothing else, and only until the transaction ends."""
    one = acting["agency_officer"]
    task = one.get(FollowUp, staged.worlds["own"][FollowUp].id)
    scope.permit(one, task, "report")
    task.progress = "เสร็จแล้ว"
    one.commit()
    task.progress = "อีกครั้ง"
    _refused(one)
    task = one.get(FollowUp, staged.worlds["own"][FollowUp].id)
    scope.permit(one, task, "report")
    task.province_id = TRANG
    with pytest.raises(Exception) as caught:
        one.commit()
    assert type(caught.value).__name__ in ("Denied", "IntegrityError")
    one.rollback()
    with pytest.raises(Denied):
        scope.permit(one, task, "cancel")


def test_a_province_that_left_its_cluster_no_longer_reads_it(session, persons, staged):
    """Cluster membership is dated; the reach follows the day."""
    from models import ClusterProvince

    viewer = persons.viewer(staged.players["secretary"].user_id)
    here = cluster_of(session, LOPBURI).id
    assert viewer.reach(Committee, "read").cluster_id == {here}
    assert not viewer.reach(Committee, "edit").cluster_id
    session.rollback()
    link = session.scalars(
        select(ClusterProvince).where(
            ClusterProvince.province_id == LOPBURI, ClusterProvince.cluster_id == here
        )
    ).one()
    link.valid_to = dates.today().replace(year=dates.today().year - 1)
    session.commit()
    assert not persons.viewer(viewer.user_id).reach(Committee, "read").cluster_id


def test_a_grant_counts_from_its_first_day_to_its_last(session, persons, staged):
    from datetime import timedelta

    player = staged.players["secretary"]
    today, day = dates.today(), timedelta(days=1)
    for starts, ends, holds in (
        (today, today, True),
        (today - day, None, True),
        (today + day, None, False),
        (today - 2 * day, today - day, False),
    ):
        session.rollback()
        grant = session.scalars(select(RoleGrant).where(RoleGrant.user_id == player.user_id)).one()
        grant.starts_on, grant.ends_on = starts, ends
        session.commit()
        assert bool(persons.viewer(player.user_id).grants) is holds, (starts, ends)


def test_every_entity_states_how_it_is_reached():
    """A class with a province column that states no home would be reached by nobody's rule."""
    for entity in entities():
        if issubclass(entity, Shared):
            continue
        ways = who.ways(entity)
        assert ways, f"{entity.__name__} has no column by which it is reached"
        if issubclass(entity, InProvince | InProvinceOrCluster):
            assert ways["province_id"] == "province_id"
    assert who.ways(Cluster) is not None


def test_worlds_of_a_cluster_hold_no_row_of_a_province(session):
    rows = world(session, Home("alone", cluster_id=cluster_of(session, TRANG).id))
    assert {row.province_id for row in rows.values()} == {None}
