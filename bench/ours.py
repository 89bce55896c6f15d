"""The product with the bench's class in it: `gunicorn 'bench.ours:served()'`."""

from flask import Flask

from app import create_app
from bench import entity
from settings import Settings


def served(settings: Settings | None = None) -> Flask:
    """The application as it is served, with one more class."""
    entity.register()
    return create_app(settings)
