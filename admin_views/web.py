"""What every request gets: its viewer, its language, strict headers, plain error pages."""

import json
import logging
import secrets
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, abort, current_app, g, render_template, request, session
from flask_babel import gettext as _
from flask_login import AnonymousUserMixin, UserMixin
from flask_wtf.csrf import CSRFError
from markupsafe import Markup
from sqlalchemy import update
from werkzeug.exceptions import Forbidden, HTTPException

from access import audit, files, proxy, scope, sessions
from access import viewer as who
from access.database import db, writing
from admin_views import areas, icons, uploads, words
from admin_views.acting import province_names
from admin_views.front import FOR_A_YEAR
from entities import dates
from entities.messages import N_
from entities.vocabulary import Act
from models import Deployment, UserAccount

LANGUAGES = ("th", "en")
LONGEST_FORM = 4 * 1024 * 1024
"""Bytes of a form without files; what a form may hold beside one file of the largest size."""
DOORS = ("security", "account")
"""Blueprints where a person acts on the own account, with the doorkeeper's rights."""


class SignedIn(UserMixin):
    """Flask-Login's view of a person: a value, never a row."""

    def __init__(self, viewer: who.Viewer) -> None:
        self.id, self.name = viewer.user_id, viewer.name
        self.roles: list[Any] = []


def attach(app: Flask) -> None:
    """Register everything on an application; before Flask-Security, whose loader asks first."""
    words.attach(app)
    icons.attach(app)
    app.extensions["jangwat"] = Kept()
    app.before_request(_start)
    app.before_request(_keep_demo_at_home)
    app.before_request(_refuse_too_long)
    app.before_request(_refuse_bad_return)
    app.after_request(_headers)
    app.after_request(_log)
    app.teardown_request(_finish)
    app.context_processor(_globals)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(scope.Denied, _denied)
    app.register_error_handler(files.Unreachable, _unreachable)
    app.register_error_handler(Exception, _fault)


def _start() -> None:
    g.request_id, g.started = secrets.token_hex(4), time.perf_counter()
    viewer = session.viewer
    at_door = request.blueprint in DOORS
    acting = viewer.at_the_door() if at_door else viewer
    who.act_as(db.session(), acting, request.remote_addr)
    if not at_door:
        g._login_user = SignedIn(viewer) if viewer.is_person else AnonymousUserMixin()
    g.lang = _language(viewer)
    g.switched_province = _switch(viewer) if viewer.is_person else None


def _keep_demo_at_home() -> Any:
    """A demonstration, whose password many know, answers on its own machine only."""
    if request.path.startswith(sessions.COOKIELESS) or proxy.on_this_machine(request):
        return None
    if not is_demo():
        return None
    return plain_page(
        403,
        _("The demonstration opens on its own machine only"),
        _(
            "Its accounts share one password, so it is not shown to other machines."
            " Open it at http://localhost on the machine where it runs; for real work,"
            " prepare a database with “flask deploy”."
        ),
    )


def _language(viewer: who.Viewer) -> str:
    asked = request.args.get("lang")
    if asked in LANGUAGES and request.method == "GET":
        session["lang"] = asked
        if viewer.is_person and viewer.language != asked:
            _remember(viewer, language=asked)
        return asked
    kept = session.get("lang") or viewer.language
    return kept if kept in LANGUAGES else "th"


def _switch(viewer: who.Viewer) -> int | None:
    """The province chosen in the switch; 0 stands for all of them."""
    asked = request.args.get("province")
    allowed = viewer.provinces
    if asked and asked.isascii() and asked.isdigit() and len(asked) < 4:
        chosen = int(asked)
        if chosen == 0 or allowed is None or chosen in allowed:
            if request.method == "GET" and viewer.default_province_id != chosen:
                _remember(viewer, default_province_id=chosen)
            return chosen or None
    kept = viewer.default_province_id
    return kept if kept and (allowed is None or kept in allowed) else None


def _remember(viewer: who.Viewer, **values: Any) -> None:
    db.session.rollback()
    with sessions.writer() as connection:
        connection.execute(
            update(UserAccount.__table__)
            .where(UserAccount.__table__.c.id == viewer.user_id)
            .values(**values)
        )


def _refuse_too_long() -> None:
    """Only files are long; Werkzeug limits the memory of other forms only where they are multipart.

    Where many files are attached at once, each may be of the largest size.
    """
    sent = request.content_length or 0
    many = (request.endpoint or "").endswith(".upload_view") and session.viewer.is_person
    if many:
        largest: int = current_app.config["SETTINGS"].upload_bytes
        request.max_content_length = largest * uploads.MOST_AT_ONCE + LONGEST_FORM
    if request.mimetype != "multipart/form-data" and sent > LONGEST_FORM:
        abort(413)


def _refuse_bad_return() -> None:
    """An address to go back to stays on this site: a path, never another host or scheme."""
    for name in ("url", "next"):
        for value in request.values.getlist(name):
            if value and (
                not value.startswith("/")
                or value[1:2] in ("/", "\\")
                or "\\" in value
                or min(value) <= " "
            ):
                abort(400)


def _finish(_error: BaseException | None) -> None:
    writing.set(False)


def nonce() -> str:
    """The request's nonce for its one script tag."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


def _headers(response: Response) -> Response:
    frames = " frame-src 'self';" if g.get("frames") else ""
    response.headers.setdefault(
        "Content-Security-Policy",
        f"default-src 'none'; script-src 'nonce-{nonce()}'; style-src 'self'; img-src 'self' data:; font-src 'self';"
        f"{frames} connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none';"
        " manifest-src 'self'",
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if not request.path.startswith(sessions.COOKIELESS):
        response.headers["Cache-Control"] = "no-store"
    elif request.endpoint == "static" and response.status_code in (200, 304):
        response.headers["Cache-Control"] = f"public, max-age={FOR_A_YEAR}, immutable"
    return response


def _log(response: Response) -> Response:
    if request.path.startswith(sessions.COOKIELESS):
        return response
    logging.getLogger("jangwat").info(
        "%s %s %s",
        request.method,
        request.path,
        response.status_code,
        extra={
            "request_id": g.get("request_id"),
            "status": response.status_code,
            "ms": round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1),
            "user_id": session.viewer.user_id,
        },
    )
    return response


class JsonLines(logging.Formatter):
    """One JSON object a line: moment, level, message, and the request's id where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "at": dates.now().isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "message": record.getMessage(),
            "request_id": getattr(record, "request_id", None) or _request_id(),
        }
        told |= {k: getattr(record, k) for k in ("status", "ms", "user_id") if hasattr(record, k)}
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False)


def _request_id() -> str | None:
    return g.get("request_id") if g else None


def start_logging(form: str) -> None:
    """Send the log to standard error, as JSON lines or as text."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        JsonLines()
        if form == "json"
        else logging.Formatter("%(asctime)s %(levelname)s %(message)s")
    )
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    # Alembic tells of its own inner parts, at each run, which says nothing of this office.
    logging.getLogger("alembic.runtime.plugins").setLevel(logging.WARNING)


@dataclass
class Kept:
    """What an application asks for or draws once: it changes with its code or installation only."""

    menus: dict[Any, str] = field(default_factory=dict)
    switches: dict[Any, Markup] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    provinces: dict[int, tuple[str, str]] = field(default_factory=dict)
    deployment: dict[str, str] = field(default_factory=dict)


MOST_DRAWN = 500


def _kept() -> Kept:
    kept: Kept = current_app.extensions["jangwat"]
    return kept


def _once(drawn: dict[Any, Any], key: Any, draw: Callable[[], Any]) -> Any:
    """What was drawn under a key before, or is drawn now; a full table begins anew."""
    found = drawn.get(key)
    if found is None:
        if len(drawn) >= MOST_DRAWN:
            drawn.clear()
        found = drawn[key] = draw()
    return found


def _draw(template: str, **values: Any) -> str:
    drawn: str = current_app.jinja_env.get_template(template).render(**values)
    return drawn


def _menu(viewer: who.Viewer) -> Markup:
    """The menu, drawn once for each shape of rights and language."""
    held = {(x.role.value, x.scope.value, tuple(sorted(x.narrowed))) for x in viewer.grants}
    key = (g.lang, tuple(sorted(held)))
    menus = _kept().menus
    drawn = _once(menus, key, lambda: _draw("menu.html", sections=areas.menu(viewer)))
    here = f'data-key="{g.get("menu_key", request.blueprint)}"'
    return Markup(drawn.replace(here, f'{here} aria-current="page"'))


def _globals() -> dict[str, Any]:
    viewer = session.viewer
    lang = g.get("lang", "th")
    common = {
        "csp_nonce": nonce,
        "lang": lang,
        "demo": is_demo(),
        "request_id": g.get("request_id"),
        "lang_url": _lang_url(lang),
        "now_text": "",
        "person": None,
        "switch_html": "",
        "menu_html": Markup(""),
        "words_html": _words,
    }
    if viewer.is_person:
        common |= {
            "person": _person(viewer),
            "comes_first": g.get("comes_first", False),
        }
    if viewer.is_person and not g.get("comes_first"):
        common |= {
            "switch_html": _switch_shown(viewer.provinces, g.get("switched_province"), lang),
            "menu_html": _menu(viewer),
        }
    return common


def _lang_url(lang: str) -> str:
    other = "en" if lang == "th" else "th"
    kept = [(k, v) for k, v in request.args.items(multi=True) if k != "lang"]
    path = request.path if request.method == "GET" else "/admin/"
    return f"{path}?{urlencode([*kept, ('lang', other)])}"


def _person(viewer: who.Viewer) -> dict[str, Any]:
    roles = ", ".join(dict.fromkeys(str(grant.role.title) for grant in viewer.grants))
    first = viewer.name.strip()[:1] or "?"
    return {
        "id": viewer.user_id,
        "name": viewer.name,
        "username": viewer.username,
        "initial": first,
        "role": roles,
        "office": _office(viewer),
    }


def _office(viewer: who.Viewer) -> str:
    """The office a person sits in: the one province's, else what the person's post says."""
    if viewer.provinces is None or len(viewer.provinces) != 1:
        return viewer.position
    thai, english = province_names()[next(iter(viewer.provinces))]
    return _("%(province)s Provincial Office", province=thai if g.lang == "th" else english)


def _switch_shown(allowed: frozenset[int] | None, here: int | None, lang: str) -> Markup:
    """The province switch: drawn once for each reach, province and language."""
    key = (allowed, here, lang)
    drawn: Markup = _once(_kept().switches, key, lambda: _switch_drawn(allowed, here, lang))
    return drawn


def _switch_drawn(allowed: frozenset[int] | None, here: int | None, lang: str) -> Markup:
    names = province_names()
    reached = [p for p in names if allowed is None or p in allowed]
    n = 0 if lang == "th" else 1
    every = _("All provinces")
    options = [{"title": names[p][n], "url": f"?province={p}", "on": p == here} for p in reached]
    title = names[here][n] if here else (options[0]["title"] if len(reached) == 1 else every)
    if len(reached) > 1:
        options.insert(0, {"title": every, "url": "?province=0", "on": here is None})
    switch = {"title": title, "options": options if len(reached) > 1 else []}
    return Markup(_draw("parts/switch.html", switch=switch if reached else None).strip())


def _words() -> Markup:
    """The words of the scripts, drawn once in each language."""
    said = _once(_kept().words, g.get("lang", "th"), lambda: _draw("parts/words.html"))
    opened = Markup('<script type="application/json" id="words" nonce="{}">').format(nonce())
    return opened + Markup(said) + Markup("</script>")


def is_demo() -> bool:
    """Whether this installation is a demonstration."""
    known = _kept().deployment
    if not known:
        found = db.session.connection().scalar(db.select(Deployment.__table__.c.kind))
        if found is None:
            return False
        known["kind"] = str(getattr(found, "value", found))
    return known["kind"] == "demo"


TEXTS: dict[int, tuple[str, str]] = {
    400: (
        N_("This request cannot be read"),
        N_("The address or the form is incomplete. Go back and try again."),
    ),
    403: (
        N_("You have no right to this"),
        N_("Your roles do not reach it. Ask the administrator of your province."),
    ),
    404: (
        N_("There is no such page"),
        N_("The record may have been removed, or it belongs to an office you do not reach."),
    ),
    405: (N_("This page cannot be used this way"), N_("Go back and use the buttons of the page.")),
    413: (N_("The file is too large"), N_("Attach a smaller file.")),
    429: (N_("Too many attempts"), N_("Wait a little and try again.")),
    500: (
        N_("Something went wrong here"),
        N_("Nothing was saved. The fault has been written down with the number below."),
    ),
}


def _http_error(error: HTTPException) -> Any:
    code = error.code or 500
    if code < 400:
        return error
    if isinstance(error, CSRFError):
        return plain_page(
            400,
            _("This page was open too long"),
            _(
                "You were signed out meanwhile, or the page is old. Open it again; nothing was saved."
            ),
        )
    title, text = TEXTS.get(code, TEXTS[400 if code < 500 else 500])
    return plain_page(code, _(title), _(text))


def _denied(denied: scope.Denied) -> Any:
    """The write guard's refusal, where no view has answered it."""
    acting, table = session.viewer, type(denied.row).__tablename__  # type: ignore[attr-defined]
    db.session.rollback()
    audit.note_alone(acting, Act.REFUSED, table, place=request.remote_addr, verb=denied.verb)
    return _http_error(Forbidden())


def _unreachable(error: Exception) -> Any:
    """The store of files does not answer a download."""
    logging.getLogger("jangwat").error("the store of files: %s", error)
    return plain_page(
        503,
        _("The file cannot be reached now"),
        _("The store of files does not answer. Try again later, or tell the administrator."),
    )


def _fault(error: Exception) -> Any:
    logging.getLogger("jangwat").error("fault", exc_info=error)
    db.session.rollback()
    return plain_page(500, _(TEXTS[500][0]), _(TEXTS[500][1]))


def plain_page(
    code: int, title: str, text: str, act: dict[str, Any] | None = None
) -> tuple[Any, int]:
    """A page that says what happened and what to do; to a script, only what happened."""
    db.session.rollback()
    if request.accept_mimetypes.best == "application/json":
        return {"error": title}, code
    act = act or {"title": _("To my desk"), "url": "/admin/"}
    acts = [{"primary": True, "method": "get", **act}]
    return render_template("error.html", code=code, title=title, text=text, acts=acts), code
