"""The working calendar of a year, and days the city sets itself."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from casework.calendar import read_notice
from casework.errors import Rejected
from casework.permissions import Action
from casework.storage.calendar_changes import Affected, preview, recount_open, with_days
from casework.storage.office import load_calendar
from casework.storage.office_rules import set_day, set_days
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
    """The days of a year that are not what their weekday says, and what nobody has announced. A change
    can be looked at before it is made; made, it moves the open tickets it touches."""
    if request.method == "GET":
        return _page(_year())
    try:
        notice = request.form.get("notice", "")
        days = _noticed(notice) if notice else [_one_day()]
        if request.form.get("do") == "preview":
            return _page(days[0].day.year, affected=_preview(days))
        moved = _change(days, official=bool(notice))
    except Rejected as error:
        return _page(_year(), in_words(error)), 400
    return redirect(url_for("calendar.year", year=days[0].day.year, moved=moved), 303)


def _preview(days: list[CalendarDay]) -> Affected:
    served = city()
    with served.records.read() as work:
        return preview(work, served.office(), days)


def _change(days: list[CalendarDay], official: bool) -> int:
    """Write the days down and move the open tickets; returns how many moved."""
    served, by = city(), me().username
    with served.records.write() as work:
        if official:
            set_days(work, days, by, now())
        else:
            (day,) = days
            set_day(work, day.day, day.working, day.name, day.source, by, now())
        work.commit()
    return recount_open(served.records, with_days(served.office(), days), days, now())


def _one_day() -> CalendarDay:
    sent = request.form
    if not sent.get("source", "").strip():
        raise Rejected("required", "source")
    return CalendarDay(
        _day(sent.get("day", "")),
        sent.get("working") == "yes",
        sent.get("name", "").strip()[:40],
        sent.get("source", "").strip()[:120],
    )


def _noticed(text: str) -> list[CalendarDay]:
    source = request.form.get("source", "").strip()[:120]
    if not source:
        raise Rejected("required", "source")
    days = read_notice(text[:20_000], source)
    if any(not FIRST <= day.day.year <= LAST for day in days):
        raise Rejected("day", "day", value="")
    return list(days)


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


def _page(year: int, problem: str = "", affected: Affected | None = None) -> str:
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
        affected=affected,
        moved=request.args.get("moved", type=int),
    )


def _unusual(day: CalendarDay) -> bool:
    return day.working != (day.day.weekday() < SATURDAY) or bool(day.name)
