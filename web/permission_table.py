"""Who may enter which page, as a table for docs/permissions.md: make permissions.

The table is made from what the views declare; a test enters every page as every role and as nobody
and compares what happens with what the document says.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from casework.permissions import GRANTS, Action, Role
from runtime.settings import read_settings
from runtime.wiring import open_city
from web.access import Access, access_of
from web.app import create_app

NOBODY = "nobody"
DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "permissions.md"
MARK = "<!-- made by make permissions -->"
YES, NO = "yes", "–"


@dataclass(frozen=True, slots=True)
class Row:
    """One page. path: its pattern. methods: GET, POST. who: role names, and NOBODY."""

    path: str
    methods: tuple[str, ...]
    who: frozenset[str]


def rows(app: Flask) -> Iterator[Row]:
    """Every page of the application, by path."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint)):
        access = access_of(app, rule.endpoint)
        if access is None:
            raise ValueError(f"{rule.endpoint} does not say who may enter")
        methods = tuple(sorted((rule.methods or set()) & {"GET", "POST"}))
        yield Row(rule.rule, methods, _who(access))


def _who(access: Access) -> frozenset[str]:
    if access.open or access.signed:
        return frozenset({NOBODY, *Role})
    return frozenset(role.value for role in Role if access.actions <= GRANTS[role])


def table(app: Flask) -> str:
    """The two tables, as Markdown."""
    lines = ["| action | " + " | ".join(Role) + " |", "|---|" + "---|" * len(Role)]
    for action in Action:
        cells = (YES if action in GRANTS[role] else NO for role in Role)
        lines.append(f"| `{action}` | " + " | ".join(cells) + " |")
    columns = (NOBODY, *Role)
    lines += ["", "| page | | " + " | ".join(columns) + " |", "|---|---|" + "---|" * len(columns)]
    for row in rows(app):
        cells = (YES if column in row.who else NO for column in columns)
        lines.append(f"| `{row.path}` | {' '.join(row.methods)} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def written(document: str, app: Flask) -> str:
    """The document with the table in it brought up to date."""
    return document.split(MARK)[0] + MARK + "\n\n" + table(app)


def main() -> None:
    """Write the table of a fresh city into the document."""
    with tempfile.TemporaryDirectory() as folder:
        city = open_city(read_settings({"MINSHENG_HOME": folder}))
        text = written(DOCUMENT.read_text(encoding="utf-8"), create_app(city))
        city.close()
    DOCUMENT.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{DOCUMENT}\n")


if __name__ == "__main__":
    main()
