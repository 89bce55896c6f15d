"""The migrations and the models say the same, on both databases, there and back."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Connection, inspect, text
from sqlalchemy.orm import Session

from access import search
from access.database import APPEND_ONLY, ID_STEP, db, ensure, writing
from entities.base import entities
from migrations import heads
from models import Base, Committee, Counter, Holiday
from tests.conftest import LOPBURI, Backend


@pytest.fixture
def connection(backend: Backend) -> Iterator[Connection]:
    """A connection that may change the schema."""
    with backend.app.app_context():
        db.session.remove()
        token = writing.set(True)
        with db.engine.connect() as made:
            yield made
        writing.reset(token)


def _ours(name: str | None, kind: str, _parents: Any) -> bool:
    """As migrations/env.py has it: the search index's own tables are left alone."""
    return kind != "table" or name in Base.metadata.tables


def _differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(
        connection, opts={"include_name": _ours, "compare_type": True}
    )
    found = compare_metadata(context, Base.metadata)
    connection.rollback()
    return found


def test_the_models_equal_the_migrations(connection: Connection):
    assert _differences(connection) == []


def _revisions() -> list[str]:
    config = Config()
    config.set_main_option("script_location", str(Path(heads.__file__).parent))
    return [r.revision for r in ScriptDirectory.from_config(config).walk_revisions()][::-1]


def test_each_migration_goes_down_and_up_again(app: Flask):
    with app.app_context():
        db.session.remove()
        for revision in reversed(_revisions()):
            downgrade(revision="-1")
            with db.engine.connect() as connection:
                assert heads.current(connection) != revision
        for revision in _revisions():
            upgrade(revision=revision)
            with db.engine.connect() as connection:
                assert heads.current(connection) == revision
        with db.engine.connect() as connection:
            assert heads.current(connection) == heads.newest()
            assert _differences(connection) == []
            _assert_guarded(connection)
        db.engine.dispose()


def test_a_worker_does_without_what_it_does_not_use(tmp_path: Path):
    """Alembic would take ten megabytes of each, the other database's dialect two; the command
    finds Alembic all the same."""
    asked = "any(n in sys.modules for n in ('alembic', 'sqlalchemy.dialects.postgresql'))"
    code = f"import sys; from app import create_app; create_app(); print({asked})"
    environment = {**os.environ, "JANGWAT_DATA": str(tmp_path), "DATABASE_URL": ""}
    for arguments, told in (
        (["-c", code], "False"),
        (["-m", "flask", "--app", "app", "db", "upgrade", "--help"], "--tag"),
    ):
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=Path(heads.__file__).parents[1],
            env=environment,
            capture_output=True,
            check=True,
            text=True,
        )
        assert told in done.stdout


def test_migrations_are_numbered_and_import_no_model():
    names = sorted(p.name for p in (Path(heads.__file__).parent / "versions").glob("*.py"))
    assert [n[:4] for n in names] == [f"{i:04}" for i in range(1, len(names) + 1)]
    assert [n[:4] for n in names] == _revisions()
    for path in (Path(heads.__file__).parent / "versions").glob("*.py"):
        source = path.read_text(encoding="utf-8")
        assert "import models" not in source
        assert "from models" not in source
        assert "from entities" not in source


def _assert_guarded(connection: Connection) -> None:
    """Search triggers and append-only triggers stand as the code wants them."""
    if connection.dialect.name == "sqlite":
        rows = connection.execute(
            text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        ).all()
        wanted = {
            name: f"CREATE TRIGGER {name} {body}"
            for entity in search.numbers()
            for name, body in search.triggers(entity).items()
        }
        found = dict(tuple(row) for row in rows)
        assert {k: v for k, v in found.items() if "_search_" in k} == wanted
        guards = {f"{t}_no_{act}" for t in APPEND_ONLY for act in ("update", "delete")}
        assert guards <= set(found)
        return
    found = set(connection.scalars(text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")))
    assert {f"{t}_append_only" for t in APPEND_ONLY} <= found


def test_the_triggers_stand_after_the_migrations(connection: Connection):
    _assert_guarded(connection)


def test_ensure_may_run_again_and_mends_what_is_missing(connection: Connection):
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("DROP TRIGGER audit_entry_no_update")
        connection.exec_driver_sql("DROP TRIGGER committee_search_update")
    else:
        connection.exec_driver_sql("DROP TRIGGER audit_entry_append_only ON audit_entry")
    for _n in range(2):
        ensure(connection, 100)
        _assert_guarded(connection)
    connection.rollback()


def test_ids_begin_where_the_deployments_number_says(session: Session):
    """And an id is never given twice, not even after its row is gone."""
    session.rollback()
    made = Committee(province_id=LOPBURI, name="ก", short_name="ก", type="working_group")
    from entities.vocabulary import CommitteeType

    made.type = CommitteeType.WORKING_GROUP
    session.add(made)
    session.commit()
    assert made.id > 100 * ID_STEP
    first = made.id
    session.connection().execute(text("DELETE FROM committee WHERE id = :id"), {"id": first})
    session.commit()
    session.expunge_all()
    again = Committee(
        province_id=LOPBURI, name="ข", short_name="ข", type=CommitteeType.WORKING_GROUP
    )
    session.add(again)
    session.commit()
    assert again.id > first


def test_reference_rows_keep_their_official_keys(session: Session):
    from sqlalchemy import func, select

    assert session.scalar(select(func.max(Holiday.id))) < 100 * ID_STEP
    assert session.execute(select(Counter)).all() is not None


def test_every_table_gives_its_ids_in_the_deployments_range(connection: Connection):
    names = {e.__tablename__ for e in entities()}
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text("SELECT name, seq FROM sqlite_sequence")).all()
        started = {row.name: row.seq for row in rows}
        for name in names:
            sql = connection.scalar(
                text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": name}
            )
            assert "AUTOINCREMENT" in sql, f"{name} lost AUTOINCREMENT in a migration"
    else:
        started = {
            name: connection.scalar(
                text("SELECT last_value FROM pg_sequences WHERE sequencename = :name"),
                {"name": f"{name}_id_seq"},
            )
            for name in names
        }
    assert {n for n in names if (started.get(n) or 0) < 100 * ID_STEP} == set()


def test_the_schema_holds_every_named_rule(connection: Connection):
    """Constraints by name, because their names find the message a person reads."""
    look = inspect(connection)
    for table in Base.metadata.sorted_tables:
        wanted = {str(index.name) for index in table.indexes}
        assert wanted <= {i["name"] for i in look.get_indexes(table.name)}, table.name
        checks = {c["name"] for c in look.get_check_constraints(table.name)}
        named = {
            str(c.name)
            for c in table.constraints
            if type(c).__name__ == "CheckConstraint" and c.name and "type_bound" not in dir(c)
        }
        assert {n for n in named if n.startswith("ck_")} - checks <= set(), table.name
