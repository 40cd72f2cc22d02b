"""A made-up city says so on every page, and a real one does not."""

from __future__ import annotations

import pytest

from runtime.demonstration.load import prepare
from runtime.wiring import City
from tests.conftest import NOW
from web.app import create_app

SAYS_SO = "这是演示"


@pytest.mark.parametrize("path", ["/", "/submit", "/progress", "/sign-in", "/no-such-page"])
def test_the_made_up_city_says_so(city: City, path: str) -> None:
    assert SAYS_SO not in create_app(city).test_client().get(path).text
    prepare(city.records, NOW)
    assert SAYS_SO in create_app(city).test_client().get(path).text
