"""`flask db`, the migrations: read when they are asked for, since no worker needs Alembic."""

from functools import partial
from pathlib import Path
from typing import Any

import click
from flask import Flask
from werkzeug.local import LocalProxy

from access.database import db

FOLDER = Path(__file__).parents[1] / "migrations"


class Migrations(click.Command):
    """Stands for the commands of Flask-Migrate until one of them is called."""

    def __init__(self, app: Flask) -> None:
        super().__init__("db", help="Perform database migrations.")
        self.app = app

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """The context of the commands themselves; they take this one's place."""
        _attached(self.app)
        return self.app.cli.commands["db"].make_context(*args, **extra)


def attach(app: Flask) -> None:
    """Give the application its migrations, ten megabytes lighter until they are used."""
    app.extensions["migrate"] = LocalProxy(partial(_attached, app))
    app.cli.add_command(Migrations(app))


def _attached(app: Flask) -> Any:
    from flask_migrate import Migrate

    Migrate(app, db, directory=str(FOLDER), render_as_batch=True)
    return app.extensions["migrate"]
