"""`flask deploy`: a real, empty province, safe to run again; its administrator's one-time password."""

import pytest
from sqlalchemy import func, select

from access.database import db
from app import create_app
from entities.vocabulary import CommitteeType
from models import Committee, Deployment, Province, Rhythm, Subdistrict, UserAccount
from settings import read


@pytest.fixture
def fresh(tmp_path):
    """An application on an empty database."""
    return create_app(read({"JANGWAT_DATA": str(tmp_path / "data"), "JANGWAT_LOG": "text"}))


def _run(app, *words):
    result = app.test_cli_runner().invoke(args=[*words])
    assert result.exit_code == 0, result.output
    return result.output


def test_a_province_is_ready_after_one_command_and_a_second_changes_nothing(fresh):
    first = _run(fresh, "deploy", "ชัยนาท")
    assert "admin.chainat: one-time password" in first
    second = _run(fresh, "deploy", "18")
    assert "0 rows added" in second
    assert "already there" in second
    with fresh.app_context(), db.engine.connect() as connection:

        def count(entity):
            return connection.scalar(select(func.count()).select_from(entity.__table__))

        assert count(Province) == 77
        assert count(Subdistrict) > 7000
        assert count(Rhythm) == 7
        types = list(connection.scalars(select(Committee.__table__.c.type)))
        assert types.count(CommitteeType.PROVINCE) == 1
        assert types.count(CommitteeType.MISSION_GROUP) == 4
        assert connection.scalar(select(Deployment.__table__.c.number)) == 18
        account = connection.execute(select(UserAccount.__table__)).one()
        assert account.must_change_password
        assert account.id > 18 * 10**12
        assert "argon2id" in account.password
    assert "0 faults" in _run(fresh, "audit", "verify")
    assert "BAD" not in _run(fresh, "check")


def test_another_province_or_an_unknown_one_is_refused(fresh):
    _run(fresh, "deploy", "ชัยนาท")
    for wrong in ("ตรัง", "แอตแลนติส"):
        result = fresh.test_cli_runner().invoke(args=["deploy", wrong])
        assert result.exit_code != 0
        assert "Traceback" not in result.output


def test_a_role_that_does_not_exist_is_refused_and_the_help_names_those_that_do(fresh):
    told = _run(fresh, "user", "grant", "--help")
    assert "USERNAME ROLE" in told
    assert "province_admin" in told
    result = fresh.test_cli_runner().invoke(args=["user", "grant", "somebody", "boss"])
    assert result.exit_code != 0
    assert "'ROLE'" in result.output


def test_a_database_that_is_not_prepared_is_told_in_words(fresh):
    for words in (["packet", "1"], ["audit", "verify"], ["ledger", "verify"]):
        result = fresh.test_cli_runner().invoke(args=words)
        assert result.exit_code == 1
        assert "prepare it with “flask deploy PROVINCE”" in result.output
