"""What is kept small in every worker behaves as the libraries' own."""

import pytest
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from admin_views.routes import LeanRule

QUERIES = (
    {},
    {"id": 7},
    {"columns": ["name", "status"], "search": "น้ำ ท่วม&", "rule": "x", "self": "y"},
    {"after": None},
)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_an_address_is_built_and_found_as_werkzeug_does(app):
    rules = list(app.url_map.iter_rules())
    assert {type(rule) for rule in rules} >= {LeanRule}
    plain = Map([Rule(rule.rule, **rule.get_empty_kwargs()) for rule in rules])
    ours, theirs = app.url_map.bind("localhost"), plain.bind("localhost")
    for rule in rules:
        if rule.arguments:
            continue
        for query in QUERIES:
            built = ours.build(rule.endpoint, query)
            assert built == theirs.build(rule.endpoint, query), rule
        method = min(rule.methods)
        for path in (rule.rule, rule.rule.rstrip("/") or "/"):
            assert _found(ours, path, method) == _found(theirs, path, method), path


def _found(adapter, path, method):
    try:
        return adapter.match(path, method)
    except HTTPException as answer:
        return type(answer), getattr(answer, "new_url", None)


def test_an_entity_keeps_no_expression_of_a_column_that_nobody_asked_for():
    class Own(DeclarativeBase):
        pass

    class Thing(Own):
        __tablename__ = "thing"
        id: Mapped[int] = mapped_column(primary_key=True)
        word: Mapped[str]

    Own.registry.configure()
    comparator = Thing.word.comparator
    slot = next(
        vars(kind)["__clause_element__"]
        for kind in type(comparator).__mro__
        if "__clause_element__" in getattr(kind, "__slots__", ())
    )
    with pytest.raises(AttributeError):
        slot.__get__(comparator)
