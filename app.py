"""The application: settings, attach, register. `python app.py` serves it."""

from pathlib import Path

import flask_admin.babel
from flask import Flask, g, has_request_context
from flask_admin import Admin
from flask_admin.theme import Bootstrap4Theme
from flask_babel import Babel
from flask_wtf import CSRFProtect

import settings as settings_module
from access import scope, stamp
from access.database import db, engine_options
from access.proxy import TrustedProxies
from access.sessions import Sessions
from admin_views import account, areas, front, reports, signing, web
from admin_views.desk import Desk
from admin_views.routes import LeanRule
from admin_views.saved import SavedViews
from admin_views.searching import SearchView
from admin_views.trail import AuditView
from commands import database, register
from settings import Settings

ROOT = Path(__file__).parent
LISTENERS = (scope, stamp)


def create_app(settings: Settings | None = None) -> Flask:
    """A new application; without settings they are read from the environment."""
    settings = settings or settings_module.read()
    app = Flask(__name__, static_url_path=f"/static/{front.edition()}")
    app.url_rule_class = LeanRule
    app.config |= {
        "SETTINGS": settings,
        "SECRET_KEY": settings.key("secret").decode(),
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(settings.database_url),
        "WTF_CSRF_TIME_LIMIT": None,
        "MAX_CONTENT_LENGTH": settings.upload_bytes + web.LONGEST_FORM,
        "MAX_FORM_MEMORY_SIZE": 4 * 1024 * 1024,
        "BABEL_DEFAULT_LOCALE": "th",
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "translations"),
    }
    settings.folder()
    web.start_logging(settings.log)
    app.session_interface = Sessions(settings)
    app.wsgi_app = TrustedProxies(app.wsgi_app, settings.trusted_proxies)  # type: ignore[method-assign]
    db.init_app(app)
    database.attach(app)
    Babel(app, locale_selector=_language)
    _thai_for_libraries()
    web.attach(app)
    CSRFProtect(app)
    signing.attach(app)
    account.attach(app)
    app.register_blueprint(front.blueprint)
    _screens(app)
    register(app)
    return app


def _language() -> str:
    return g.get("lang", "th") if has_request_context() else "th"


def _thai_for_libraries() -> None:
    """Flask-Admin and WTForms ship no Thai; their catalogues stand beside ours."""
    for domain in (flask_admin.babel.domain, flask_admin.babel.wtforms_domain):
        ours = str(ROOT / "translations")
        if ours not in domain._translation_directories:
            domain._translation_directories = [ours, *domain._translation_directories]


def _screens(app: Flask) -> None:
    admin = Admin(
        app,
        name="Jangwat",
        index_view=Desk(url="/admin"),
        theme=Bootstrap4Theme(base_template="base.html"),
        csp_nonce_generator=web.nonce,
    )
    for view in [*areas.views(), *reports.views(), SearchView(), SavedViews(), AuditView()]:
        admin.add_view(view)
        # What the blueprint had to tell the application; it is registered once.
        view.blueprint.deferred_functions.clear()


if __name__ == "__main__":
    from commands.serve import serve

    serve(create_app())
