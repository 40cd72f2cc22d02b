"""Where Flask finds the commands, and a WSGI server the city.

`.venv/bin/flask --help` lists the commands. `.venv/bin/flask serve` is the way to serve; another
WSGI server calls `wsgi:application()`.
"""

from __future__ import annotations

from flask import Flask
from web.app import create_app as create_web_app

from runtime.settings import read_settings
from runtime.wiring import open_city
from web.cli import add_commands


def create_app() -> Flask:
    """An application that carries the commands; it opens no home until a command needs one."""
    app = Flask("web")
    add_commands(app)
    return app


def application() -> Flask:
    """The city's pages, for a WSGI server."""
    return create_web_app(open_city(read_settings()))
