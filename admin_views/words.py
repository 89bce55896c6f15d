"""Messages at speed: a page asks for some two hundred, so the request keeps its catalogue."""

from functools import lru_cache
from typing import Any

from flask import Flask, g
from flask_babel import Domain, get_locale
from markupsafe import Markup

from entities.base import Text


class Catalogue(Domain):  # type: ignore[misc]
    """Flask-Babel's domain, which asks for the locale and its name anew with every message."""

    def get_translations(self) -> Any:
        """The catalogue of the locale in force, also within `force_locale`."""
        context = _context()
        if context is None:
            return super().get_translations()
        kept = getattr(context, "catalogue", None)
        if kept is not None and kept[0] is getattr(context, "babel_locale", None):
            return kept[1]
        found = super().get_translations()
        context.catalogue = get_locale(), found
        return found


def _context() -> Any:
    """What Flask-Babel keeps of the request; None outside, and before it was first asked."""
    try:
        return g._get_current_object().get("_flask_babel")
    except RuntimeError:
        return None


CATALOGUE = Catalogue()
_said: dict[tuple[Any, int], tuple[Text, str]] = {}


def attach(app: Flask) -> None:
    """Give the application the catalogue, and its templates the shortest way to it."""
    app.extensions["babel"].instance.domain_instance = CATALOGUE
    app.jinja_env.globals |= {"_": _told, "gettext": _told}


def _told(message: str, **values: Any) -> Markup:
    text = _marked(CATALOGUE.get_translations(), message)
    return text % values if "%" in text else text


@lru_cache(maxsize=10_000)
def _marked(catalogue: Any, message: str) -> Markup:
    return Markup(catalogue.ugettext(message))


def said(text: Text) -> str:
    """A declared label or title in the language in force, translated once for each language.

    Only for what lives as long as the process: what was said is kept with its lazy string.
    """
    if type(text) is str or _context() is None:
        return str(text)
    key = CATALOGUE.get_translations(), id(text)
    kept = _said.get(key)
    if kept is None:
        kept = _said[key] = text, str(text)
    return kept[1]
