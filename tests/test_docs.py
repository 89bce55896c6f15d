"""What the documents say is what the code has: settings, commands, entities."""

from pathlib import Path

import click

from entities.base import entities
from settings import SETTINGS

ROOT = Path(__file__).parent.parent


def test_every_setting_stands_in_the_table():
    table = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    for name, (default, meaning) in SETTINGS.items():
        shown = f"`{default}`" if default else "empty"
        assert f"| `{name}` | {shown} | {meaning} |" in table


def _commands(group: click.Group, prefix: str = ""):
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}", command


def test_every_command_has_help_and_stands_in_the_readme(app):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    ours = [
        c
        for c in app.cli.commands.values()
        if c.callback is None or c.callback.__module__ != "flask.cli"
    ]
    group = click.Group(
        commands={
            c.name: c
            for c in ours
            if c.name not in ("db", "users", "roles", "routes", "shell", "run")
        }
    )
    for name, command in _commands(group):
        assert command.help, name
        assert name in readme, f"README does not mention `flask --app app {name}`"


def test_the_vocabulary_names_every_entity():
    vocabulary = (ROOT / "docs" / "vocabulary.md").read_text(encoding="utf-8")
    for entity in entities():
        assert f"`{entity.__tablename__}`" in vocabulary
