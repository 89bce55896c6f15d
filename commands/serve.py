"""Serving: gunicorn with sync workers, waitress on Windows."""

import gc
import sys

from flask import Flask

from access.database import db
from admin_views import web

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def serve(app: Flask) -> None:
    """Serve until stopped, on the address of the settings; a demonstration on loopback only."""
    settings = app.config["SETTINGS"]
    with app.app_context():
        demo = web.is_demo()
        db.session.remove()
    if demo and settings.host not in LOOPBACK:
        raise SystemExit("A demonstration is served on loopback only; leave JANGWAT_HOST empty.")
    print(f"Jangwat: http://{settings.host}:{settings.port}", file=sys.stderr)  # noqa: T201
    if demo:
        told = "Sign in as secretary.lopburi; the password stands in"
        print(f"{told} {settings.data / 'demo-password.txt'}", file=sys.stderr)  # noqa: T201
    if sys.platform == "win32":
        from waitress import serve as listen

        # What a proxy tells is weighed by `access/proxy.py` alone, here as under gunicorn.
        listen(app, host=settings.host, port=settings.port, clear_untrusted_proxy_headers=False)
        return
    _gunicorn(app, f"{settings.host}:{settings.port}", settings.workers)


def _gunicorn(app: Flask, bind: str, workers: int) -> None:
    from gunicorn.app.base import BaseApplication

    class Server(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            options = {
                "bind": bind,
                "workers": workers,
                "timeout": 120,
                "forwarded_allow_ips": "",
                "post_fork": lambda _arbiter, _worker: _fresh(app),
                "loglevel": "warning",
            }
            for name, value in options.items():
                self.cfg.set(name, value)

        def load(self) -> Flask:
            return app

    # Workers share the application's memory with the parent until somebody writes there, as the
    # collector would.
    gc.collect()
    gc.freeze()
    Server().run()


def _fresh(app: Flask) -> None:
    """A worker opens its own connections."""
    with app.app_context():
        db.engine.dispose(close=False)
