"""The layers, and what may be done in which: read from the source itself."""

import ast
from collections.abc import Iterator
from pathlib import Path

import models
from access.policy import POLICY
from entities.base import Base, entities, home
from entities.registers import Plain

ROOT = Path(__file__).parents[1]
LAYERS = (
    "entities",
    "models",
    "access",
    "figures",
    "rules",
    "reports",
    "workbooks",
    "admin_views",
    "commands",
    "app",
)
BESIDE = {"seed": "rules", "migrations": "access", "settings": "entities"}
"""Packages outside the row, and the highest layer each may import."""
FREE = ("migrations", "seed", "tests", "bench")
"""Where statements may be sent past the scope."""
SPECIAL = {
    ("access", "settings"),
    ("commands", "settings"),
    ("app", "settings"),
    ("admin_views", "settings"),
    ("admin_views", "migrations"),
    ("commands", "migrations"),
    ("commands", "seed"),
    ("commands", "app"),
    ("admin_views", "seed"),
    ("app", "commands"),
}
"""Imports outside the row: settings stand below everything, seeds and migrations are run by commands."""


def _modules() -> Iterator[tuple[str, Path, ast.Module]]:
    for path in sorted(ROOT.glob("*.py")) + sorted(ROOT.glob("*/**/*.py")):
        part = path.relative_to(ROOT).parts[0].removesuffix(".py")
        if part in (*LAYERS, *BESIDE, "tests") and "versions" not in path.parts:
            yield part, path, ast.parse(path.read_text(encoding="utf-8"))


def _imports(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield name.name.split(".")[0], node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0], node.lineno


def test_imports_run_one_way():
    known = {*LAYERS, *BESIDE}
    wrong = []
    for part, path, tree in _modules():
        if part == "tests":
            continue
        highest = LAYERS.index(BESIDE.get(part, part))
        for name, line in _imports(tree):
            if name not in known or name == part or (part, name) in SPECIAL:
                continue
            if name in BESIDE or LAYERS.index(name) > highest:
                wrong.append(f"{path.relative_to(ROOT)}:{line} imports {name}")
    assert not wrong, "\n".join(["Imports run from entities to app, never back:", *wrong])


def _calls(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield node.attr, node.lineno
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
            for name in node.names:
                yield f"import {name.name}", node.lineno


PAST_THE_SCOPE = {
    "connection": "a connection of its own",
    "engine": "the engine",
    "raw_connection": "a connection of its own",
    "exec_driver_sql": "SQL text",
    "from_statement": "SQL text",
    "bulk_save_objects": "a bulk write",
    "bulk_insert_mappings": "a bulk write",
    "bulk_update_mappings": "a bulk write",
    "import text": "SQL text",
    "import literal_column": "SQL text",
}
ALLOWED = {
    "admin_views/front.py": {"connection"},
    "admin_views/web.py": {"connection"},
    "commands/base.py": {"connection"},
    "commands/check.py": {"engine"},
    "commands/serve.py": {"engine"},
}
"""Uses that hold no province's records: is the database there, sessions, a worker's start."""


def test_nothing_passes_the_scope_by():
    """The listener refuses at run time what it sees; these it cannot see."""
    wrong = []
    for part, path, tree in _modules():
        here = str(path.relative_to(ROOT))
        if part in (*FREE, "access", "figures") or here == "entities/base.py":
            continue
        for name, line in _calls(tree):
            if name in PAST_THE_SCOPE and name not in ALLOWED.get(here, ()):
                wrong.append(f"{here}:{line} uses {PAST_THE_SCOPE[name]} ({name})")
    assert not wrong, "\n".join(["Only access/ and figures/ may do this:", *wrong])


def test_the_allowed_uses_still_stand():
    """An allowance that nobody needs any more is taken back."""
    used: dict[str, set[str]] = {}
    for _part, path, tree in _modules():
        here = str(path.relative_to(ROOT))
        used[here] = {name for name, _line in _calls(tree)}
    for here, names in ALLOWED.items():
        assert names <= used.get(here, set()), f"{here} no longer needs {names}"


def test_every_module_says_what_it_is_for():
    silent = [
        str(p.relative_to(ROOT)) for _part, p, tree in _modules() if not ast.get_docstring(tree)
    ]
    assert not silent, silent


def test_every_entity_is_in_the_index_has_a_home_and_a_line_in_the_policy():
    for entity in entities():
        name = entity.__name__
        assert name in models.__all__, f"add {name} to models.py"
        assert getattr(models, name) is entity
        assert home(entity), name
        assert entity in POLICY, f"add a line for {name} to access/policy.py"
        assert {"read", "create", "edit", "delete", "export"} <= set(POLICY[entity]), name
        assert entity.__doc__, name
        assert len(entity.__label__) >= 2, name
    tables = {m.class_.__name__ for m in Plain.registry.mappers}
    index = set(models.__all__) - {"Base"}
    assert index == {e.__name__ for e in entities()} | tables
    assert list(models.__all__) == sorted(models.__all__)
    assert models.Base is Base


def test_no_verb_of_the_policy_is_held_by_nobody_in_particular():
    """A named act that no role holds would be a button that nobody can press."""
    plain = {"read", "create", "edit", "delete", "export"}
    for entity, verbs in POLICY.items():
        for verb, roles in verbs.items():
            if verb not in plain:
                assert roles, (entity.__name__, verb)
