"""The page of the forecast."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from casework.storage import forecasts as kept
from casework.storage.forecasts import Forecast
from runtime.wiring import City
from tests.conftest import NOW
from tests.web.browser import Browser

Signer = Callable[[str], Browser]
MONDAY = date(2026, 11, 16)


def fill(city: City) -> None:
    """A forecast of this week's Monday, and one of the week before that was checked."""
    made = [
        Forecast(MONDAY + timedelta(7 * n), n + 1, dimension, value, 20.4, 12, 30, 18)
        for n in range(4)
        for dimension, value in (("city", ""), ("topic", "城乡建设"), ("district", "WHQ"))
    ]
    past = MONDAY - timedelta(7)
    made.append(Forecast(past, 1, "city", "", 25.0, 18, 33, 40))
    with city.records.write() as work:
        kept.keep(work, made, NOW)
        kept.check(work, past, {("city", ""): 27})
        work.commit()


def test_without_any(sign_in: Signer) -> None:
    assert "还没有预测" in sign_in("leader").get("/leadership/forecast/").words()


def test_four_weeks_beside_last_week_and_the_error_beside_the_naive(
    sign_in: Signer, city: City
) -> None:
    fill(city)
    browser = sign_in("leader")
    page = browser.get("/leadership/forecast/")
    assert "11月16日起的一周预计20件，十周里有九周在12—30件之间；再前一周是18件。" in page.words()
    rows = ["".join(row.itertext()).split() for row in page.all("tr")]
    assert any("望湖区" in row[0] for row in rows if row)
    (error,) = [row for row in rows if row and row[0].startswith("全市")]
    assert "".join(error).endswith("1127.02.013.0100.0%")
    browser.choose(lang="en")
    browser.get("/leadership/forecast/")
    sign_in("screener").get("/leadership/forecast/", 403)
