"""The underscore names of the libraries that the project leans on: one test for each hook.

When one fails after an upgrade, the place that uses the hook must be looked at again; the
versions in requirements.txt are pinned for the same reason.
"""

import inspect as reading

import flask_admin
import sqlalchemy
import wtforms
from flask_admin.base import BaseView
from flask_admin.contrib.sqla import ModelView
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import LoaderCriteriaOption
from sqlalchemy.sql import util as sql_util

from access import scope
from access import viewer as who
from access.database import db
from admin_views.base import EntityView
from models import Committee, Person, Province


def _parameters(function) -> list[str]:
    return list(reading.signature(function).parameters)


def test_the_versions_are_those_the_hooks_were_read_in():
    assert sqlalchemy.__version__.startswith("2.1.")
    assert flask_admin.__version__ == "2.2.1"
    assert wtforms.__version__.startswith("3.3.")


def test_the_criteria_hooks_of_sqlalchemy_have_the_shape_that_scope_overrides():
    wanted = {
        "_resolve_where_criteria": ["self", "ext_info"],
        "_gen_cache_key": ["self", "am", "bindparams"],
        "process_compile_state": ["self", "compile_state"],
        "get_global_criteria": ["self", "attributes"],
    }
    for name, parameters in wanted.items():
        assert _parameters(getattr(LoaderCriteriaOption, name)) == parameters, name
    assert {"_deep_annotate"} <= set(vars(sql_util))
    assert list(reading.signature(sql_util._deep_annotate).parameters)[:2] == [
        "element",
        "annotations",
    ]


def test_the_criterion_is_asked_anew_for_each_alias(session):
    statement = select(Person.id).options(scope._criterion(Person, ("province_id",), ()))
    assert "province_id IN" in str(statement)


def test_a_shape_is_compiled_once_and_shared_by_its_viewers(session, persons):
    """Two secretaries have one shape: the second statement comes from the cache."""
    cache = db.engine._compiled_cache
    sizes = []
    for province_id in (16, 92):
        with Session(db.engine) as one:
            who.act_as(one, persons.viewer(persons.user_id("secretary", province_id)))
            names = set(one.scalars(select(Committee.province_id).where(Committee.seats.is_(None))))
            assert names == {province_id}
        sizes.append(len(cache))
    assert sizes[0] == sizes[1]


def test_get_and_relationship_loads_come_past_the_check_of_plain_tables(session):
    session.expunge_all()
    assert session.get(Province, 16).region.name


def test_the_hooks_of_flask_admin_have_the_shape_that_the_screens_override():
    assert _parameters(BaseView._run_view) == ["self", "fn", "args", "kwargs"]
    wanted = {
        "_refresh_cache": ["self"],
        "scaffold_form": ["self"],
        "get_one": ["self", "id"],
        "is_accessible": ["self"],
        "inaccessible_callback": ["self", "name", "kwargs"],
    }
    for name, parameters in wanted.items():
        assert _parameters(getattr(ModelView, name)) == parameters, name


def test_every_page_of_flask_admin_is_one_of_ours(app):
    """What the library exposes and we did not write would be a page without our checks."""
    exposed = {name for name, member in vars(ModelView).items() if hasattr(member, "_urls")}
    base = {
        name
        for kind in ModelView.__mro__
        for name, member in vars(kind).items()
        if hasattr(member, "_urls")
    }
    ours = {
        name
        for name, member in vars(EntityView).items()
        if hasattr(member, "_urls") or member is None
    }
    assert (exposed | base) <= ours, (exposed | base) - ours
