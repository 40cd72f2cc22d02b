"""Units side by side: in their class, for the cases they had, with how sure it is."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, render_template, request

from casework.permissions import Action, scope_of
from casework.storage.queries.answered_mix import answered_mix
from monitor.fair_ranking import CLASSES, ENOUGH, ComparedUnit, class_of, compare
from monitor.trends import Period
from web.access import me, requires
from web.city import city
from web.clock import now

blueprint = Blueprint("ranking", __name__, url_prefix="/leadership/ranking")

PERIODS = (30, 90, 365)
WIDEST = 3.0
"""Where the scale of ratios ends; what lies beyond is drawn at its end."""


@blueprint.get("/")
@requires(Action.READ_TRENDS)
def units() -> str:
    """Every unit that answered in the period, by class."""
    days = request.args.get("days", 90, type=int)
    period = last_days(days if days in PERIODS else 90)
    found = compared(period)
    return render_template(
        "leadership/ranking.html",
        period=period,
        periods=PERIODS,
        groups={
            group: rows
            for group in CLASSES
            if (rows := [one for one in found if one.group == group])
        },
        enough=ENOUGH,
        widest=WIDEST,
    )


def compared(period: Period) -> tuple[ComparedUnit, ...]:
    """The units of a period, as far as the reader may know."""
    office = city().office()
    scope = scope_of(me(), Action.READ_TRENDS)
    with city().records.read() as work:
        mix = answered_mix(work, office, scope, period.start, period.end)
    return compare(mix, lambda code: class_of(office, code))


def last_days(days: int) -> Period:
    """So many days up to today, today included."""
    office = city().office()
    today = now().astimezone(office.zone).date()
    return Period(today - timedelta(days - 1), today, office.zone)
