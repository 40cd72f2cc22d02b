"""flask monitor forecast: make what is missing, check what is over, and say how it did."""

from __future__ import annotations

from datetime import timedelta

import click

from casework.storage import forecasts as kept
from monitor.forecast_weekly import BACK, forecast_weekly
from runtime.clock import now
from web.cli.command import json_option, tell, telling, the_city
from web.cli.index_turns import see_that_it_answers


@click.command()
@json_option
@telling
def forecast(as_json: bool) -> None:
    """Forecast four weeks by topic and district, as the timetable does, and show past errors."""
    with the_city() as city:
        see_that_it_answers(city)
        done = forecast_weekly(city.records, city.index, city.office(), now())
        since = now().date() - timedelta(weeks=BACK + 4)
        with city.records.read() as work:
            errors = kept.errors(work, since, city.settings.zone)
            latest = kept.latest(work)
    lines = [
        {
            "what": one.dimension,
            "weeks_ahead": one.ahead,
            "checked": one.weeks,
            "error": round(one.error, 2),
            "naive_error": round(one.naive_error, 2),
            "inside": round(one.inside / one.weeks, 3),
        }
        for one in errors
    ]
    if not as_json:
        for line in lines:
            click.echo("  ".join(f"{name} {value}" for name, value in line.items()))
    tell(
        {"made": done.mondays, "checked": done.weeks, "forecasts": len(latest)}
        | ({"errors": lines} if as_json else {}),
        as_json,
    )
