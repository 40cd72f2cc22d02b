"""Where Flask finds the commands, and a WSGI server the city.

`.venv/bin/flask --help` lists the commands. `.venv/bin/flask serve` is the way to serve; another
WSGI server calls `wsgi:application()`.
"""

from __future__ import annotations

from flask import Flask
from flask_babel import Babel

from web.cli import Commands


def create_app() -> Flask:
    """An application that carries the commands; it opens no home until a command needs one."""
    app = Flask("web")
    Babel(app, default_locale="zh_CN")
    app.cli = Commands()
    return app


def application() -> Flask:
    """The city's pages, for a WSGI server."""
    # Commands, which are found by this file too, need none of these.
    from runtime.logs import set_up_logs
    from runtime.settings import read_settings
    from runtime.wiring import open_city
    from web.app import create_app as create_web_app

    settings = read_settings()
    set_up_logs(settings.log)
    return create_web_app(open_city(settings))
