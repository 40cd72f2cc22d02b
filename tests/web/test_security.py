"""What every answer says to the browser, behind TLS and without."""

from __future__ import annotations

from dataclasses import replace

import pytest

from runtime.wiring import City
from tests.conftest import NOW
from tests.web.browser import Browser
from web.app import create_app


@pytest.fixture
def behind_tls(city: City) -> Browser:
    app = create_app(replace(city, settings=replace(city.settings, https=True)))
    app.config["NOW"] = lambda: NOW
    return Browser(app)


def test_behind_tls_cookies_and_the_site_are_kept_to_it(behind_tls: Browser) -> None:
    answer = behind_tls.client.get("/sign-in", base_url="https://localhost")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    chosen = behind_tls.client.get("/appearance?lang=en", base_url="https://localhost")
    assert "Secure" in chosen.headers["Set-Cookie"]


def test_without_tls_nothing_is_promised(browser: Browser) -> None:
    assert "Strict-Transport-Security" not in browser.client.get("/").headers


def test_static_files_may_be_kept_and_carry_the_policy(browser: Browser) -> None:
    answer = browser.client.get("/static/minsheng.css")
    assert "max-age" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    answer.close()


def test_the_policy_allows_no_inline_code(browser: Browser) -> None:
    policy = browser.client.get("/").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    for directive in ("default-src 'self'", "object-src 'none'", "form-action 'self'"):
        assert directive in policy


def test_no_page_names_its_server(browser: Browser) -> None:
    assert "X-Powered-By" not in browser.client.get("/").headers
