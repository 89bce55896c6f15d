"""The drawn signs of `templates/parts/icon.html` as `icon(name, look)` in every template.

A page shows some thirty of a few dozen; each is drawn once.
"""

from functools import lru_cache
from typing import Any

from flask import Flask
from markupsafe import Markup


def attach(app: Flask) -> None:
    """Give the application's templates the signs."""

    @lru_cache(maxsize=500)
    def icon(name: str, look: str = "") -> Markup:
        drawing: Any = app.jinja_env.get_template("parts/icon.html").module
        return Markup(drawing.icon(name, look))

    app.jinja_env.globals["icon"] = icon
