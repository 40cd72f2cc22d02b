"""The command line, one file a package whose work it starts."""

from __future__ import annotations

from importlib import import_module

import click
from flask.cli import AppGroup

PLACES = {
    "casework": "casework",
    "classifier": "classifier",
    "demo": "demo",
    "intake": "intake",
    "monitor": "monitor",
    "records": "casework",
    "routing": "routing",
    "schedule": "serving",
    "serve": "serving",
    "user": "users",
}
"""Which file of this package each command stands in, under its own name."""


class Commands(AppGroup):
    """Every command. What one needs is imported when it is asked for: all of it, pages included, takes
    longer than most commands do."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return sorted(PLACES)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        if name not in PLACES:
            return None
        command = getattr(import_module(f"web.cli.{PLACES[name]}"), name)
        assert isinstance(command, click.Command)
        return command
