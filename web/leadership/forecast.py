"""The forecast of the next four weeks, and how past ones did."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, render_template

from casework.permissions import Action
from casework.storage import forecasts as kept
from casework.storage.forecasts import Forecast
from monitor.forecast import COVERAGE, LEAST_WEEKS, WEEKS_AHEAD
from monitor.forecast_weekly import BACK, CITY, DIMENSIONS
from web.access import requires
from web.city import city
from web.clock import now

blueprint = Blueprint("forecast", __name__, url_prefix="/leadership/forecast")


@blueprint.get("/")
@requires(Action.READ_TRENDS)
def weeks() -> str:
    """By topic and by district; counts of many, so the same for everybody who may read trends."""
    zone = city().settings.zone
    since = now().astimezone(zone).date() - timedelta(weeks=BACK + WEEKS_AHEAD)
    with city().records.read() as work:
        latest = kept.latest(work)
        past = kept.checked(work, since, CITY, "")
        errors = kept.errors(work, since, zone)
    by_value: dict[str, dict[str, list[Forecast]]] = {name: {} for name in (CITY, *DIMENSIONS)}
    for one in latest:
        by_value.setdefault(one.dimension, {}).setdefault(one.value, []).append(one)
    tables = {
        name: sorted(by_value[name].items(), key=lambda item: -item[1][0].mean)
        for name in DIMENSIONS
    }
    return render_template(
        "leadership/forecast.html",
        city_weeks=by_value[CITY].get("", []),
        past=past,
        tables=tables,
        errors=errors,
        coverage=COVERAGE,
        least=LEAST_WEEKS,
        week=timedelta(6),
    )
