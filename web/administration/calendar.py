"""The working calendar of a year, and days the city sets itself."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from casework.errors import Rejected
from casework.permissions import Action
from casework.storage.office import load_calendar
from casework.storage.office_rules import set_day
from casework.workdays import SATURDAY, CalendarDay
from web.access import me, requires
from web.city import city
from web.clock import now
from web.reasons import in_words

blueprint = Blueprint("calendar", __name__, url_prefix="/administration/calendar")
FIRST, LAST = 2004, 2100


@blueprint.route("/", methods=["GET", "POST"])
@requires(Action.ADMINISTER)
def year() -> Any:
    """The days of a year that are not what their weekday says, and what nobody has announced."""
    if request.method == "GET":
        return _page(_year())
    day = request.form.get("day", "")
    try:
        chosen = _day(day)
        with city().records.write() as work:
            set_day(
                work,
                chosen,
                request.form.get("working") == "yes",
                request.form.get("name", ""),
                request.form.get("source", ""),
                me().username,
                now(),
            )
            work.commit()
    except Rejected as error:
        return _page(_year(), in_words(error)), 400
    return redirect(url_for("calendar.year", year=chosen.year), 303)


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Rejected("day", "day", value=text[:20]) from None
    if not FIRST <= day.year <= LAST:
        raise Rejected("day", "day", value=text[:20])
    return day


def _year() -> int:
    wanted = request.values.get("year", now().astimezone(city().settings.zone).year, type=int)
    return min(max(wanted, FIRST), LAST)


def _page(year: int, problem: str = "") -> str:
    with city().records.read() as work:
        calendar = load_calendar(work)
    first = date(year, 1, 1)
    days = [
        calendar.day(first + timedelta(days=n)) for n in range((date(year + 1, 1, 1) - first).days)
    ]
    return render_template(
        "administration/calendar.html",
        year=year,
        days=[day for day in days if _unusual(day)],
        working=sum(day.working for day in days),
        provisional=sum(day.provisional for day in days),
        problem=problem,
    )


def _unusual(day: CalendarDay) -> bool:
    return day.working != (day.day.weekday() < SATURDAY) or bool(day.name)
