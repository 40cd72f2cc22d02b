"""Every page is entered as every role and as nobody; the document says what then happens."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask

from casework.permissions import Role
from tests.web.browser import Browser
from tests.web.test_routes import path_of, rules
from web.permission_table import DOCUMENT, NOBODY, YES, written

PERSON_OF = {
    Role.OPERATOR: "operator",
    Role.SCREENER: "screener",
    Role.DEPARTMENT: "department",
    Role.HEAD: "head",
    Role.LEADER: "leader",
    Role.ADMINISTRATOR: "administrator",
}
COLUMNS = (NOBODY, *Role)


def documented() -> dict[tuple[str, str], dict[str, bool]]:
    """What the document says: by path and method, who may enter."""
    found: dict[tuple[str, str], dict[str, bool]] = {}
    pages = DOCUMENT.read_text(encoding="utf-8").split("| page |")[1]
    for line in pages.splitlines():
        match = re.fullmatch(r"\| `([^`]+)` \| ([A-Z ]+) \| (.+) \|", line)
        if match:
            cells = [cell.strip() == YES for cell in match[3].split("|")]
            for method in match[2].split():
                found[match[1], method] = dict(zip(COLUMNS, cells, strict=True))
    return found


def test_the_document_is_up_to_date(app: Flask) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert text == written(text, app), "make permissions"


@pytest.mark.parametrize("column", COLUMNS)
def test_every_page_lets_in_whom_the_document_names(
    app: Flask, sign_in: Callable[[str], Browser], column: str
) -> None:
    said = documented()
    browser = Browser(app) if column == NOBODY else sign_in(PERSON_OF[Role(column)])
    tried = 0
    for rule in rules(app):
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            if rule.endpoint in ("account.sign_out", "static"):
                continue  # would end the session; serves files
            answer = browser.client.open(path_of(app, rule), method=method)
            turned_away = answer.status_code == 403 or (
                answer.status_code == 302 and "/sign-in" in answer.headers.get("Location", "")
            )
            answer.close()
            assert said[rule.rule, method][column] is not turned_away, (rule, method)
            tried += 1
    assert tried > 40
