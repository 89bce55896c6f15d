"""Messages at speed: a page asks for some two hundred, so the request keeps its catalogue."""

from typing import Any

from flask import Flask, g
from flask_babel import Domain, get_locale
from markupsafe import Markup


class Catalogue(Domain):  # type: ignore[misc]
    """Flask-Babel's domain, which asks for the locale and its name anew with every message."""

    def get_translations(self) -> Any:
        """The catalogue of the locale in force, also within `force_locale`."""
        context = getattr(g, "_flask_babel", None) if g else None
        locale = getattr(context, "babel_locale", None)
        kept = getattr(context, "catalogue", None)
        if locale is not None and kept is not None and kept[0] is locale:
            return kept[1]
        found = super().get_translations()
        if context is not None:
            context.catalogue = get_locale(), found
        return found


def attach(app: Flask) -> None:
    """Give the application the catalogue, and its templates the shortest way to it."""
    catalogue = Catalogue()
    app.extensions["babel"].instance.domain_instance = catalogue

    def told(message: str, **values: Any) -> Markup:
        text = Markup(catalogue.get_translations().ugettext(message))
        return text % values if "%" in text else text

    app.jinja_env.globals |= {"_": told, "gettext": told}
