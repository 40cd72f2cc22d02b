"""Every route says who may enter, and lets in nobody else."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.routing import Rule, UUIDConverter

from casework.permissions import GRANTS
from tests.web.browser import Browser
from tests.web.conftest import PEOPLE
from web.access import access_of


def rules(app: Flask) -> list[Rule]:
    return list(app.url_map.iter_rules())


def path_of(app: Flask, rule: Rule) -> str:
    with app.test_request_context():
        values = {name: _value(rule, name) for name in rule.arguments}
        built = rule.build(values)
        assert built is not None
        return str(built[1])


def _value(rule: Rule, name: str) -> object:
    wants_uuid = isinstance(rule._converters[name], UUIDConverter)
    return UUID(int=0) if wants_uuid else "2026-1120-00000"


def test_every_endpoint_says_who_may_enter(app: Flask) -> None:
    silent = [r.endpoint for r in rules(app) if access_of(app, r.endpoint) is None]
    assert not silent


def test_strangers_are_sent_to_sign_in(app: Flask, browser: Browser) -> None:
    for rule in rules(app):
        access = access_of(app, rule.endpoint)
        assert access is not None
        if access.open:
            continue
        if access.signed:
            answer = browser.client.post(
                path_of(app, rule), data=b"{}", content_type="application/json"
            )
            assert answer.status_code == 401, rule
            continue
        for method in (rule.methods or set()) & {"GET", "POST"}:
            answer = browser.client.open(path_of(app, rule), method=method)
            assert answer.status_code == 302, rule
            assert answer.headers["Location"].startswith("/sign-in"), rule


@pytest.mark.parametrize("username", PEOPLE)
def test_the_wrong_role_is_turned_away(
    app: Flask, sign_in: Callable[[str], Browser], username: str
) -> None:
    browser = sign_in(username)
    granted = frozenset().union(*(GRANTS[role] for role in PEOPLE[username][0]))
    for rule in rules(app):
        access = access_of(app, rule.endpoint)
        assert access is not None
        if access.open or access.signed or access.actions <= granted:
            continue
        for method in (rule.methods or set()) & {"GET", "POST"}:
            answer = browser.client.open(path_of(app, rule), method=method)
            assert answer.status_code == 403, (username, rule)


def test_every_form_is_protected(app: Flask, sign_in: Callable[[str], Browser]) -> None:
    for rule in rules(app):
        if "POST" not in (rule.methods or set()):
            continue
        access = access_of(app, rule.endpoint)
        assert access is not None
        if rule.endpoint == "subscriptions.stop":
            continue  # protected by the token in the address; mail programs send nothing else
        if access.signed:
            continue  # protected by the signature: test_strangers_are_sent_to_sign_in
        role = next(
            name
            for name, (roles, _) in PEOPLE.items()
            if access.actions <= frozenset().union(*(GRANTS[role] for role in roles))
        )
        browser = Browser(app) if access.open else sign_in(role)
        answer = browser.client.post(path_of(app, rule), data={})
        assert answer.status_code == 400, rule
        assert "没有收到" in answer.get_data(as_text=True), rule


def test_a_page_that_does_not_exist(browser: Browser) -> None:
    page = browser.get("/no-such-page", 404)
    assert "找不到这一页" in page.words()


def test_errors_at_the_desk_stay_at_the_desk(sign_in: Callable[[str], Browser]) -> None:
    browser = sign_in("department")
    for path, status in (
        ("/tickets/2026-1120-00000", 404),
        ("/no-such-page", 404),
        ("/leadership/", 403),
    ):
        page = browser.get(path, status)
        assert "回工作台" in page.words()
