"""Days to fill the working calendar with: chinesecalendar's years, and an estimate beyond them.

chinesecalendar knows the State Council's notices, make-up working weekends included, and raises
beyond the last one. Days after that come from the statutory festivals alone and are provisional:
the notice for such a year, once published, moves days that nobody can know before.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
from chinese_calendar.constants import holidays as announced_holidays
from chinese_calendar.constants import workdays as announced_working_days

from casework.errors import Rejected
from casework.workdays import SATURDAY, CalendarDay

PROVISIONAL_FILE = Path(__file__).parent / "provisional.csv"
ANNOUNCED = "国务院放假通知（chinesecalendar）"
ESTIMATE = "按周一至周五估算"

WORDS = {"休": False, "no": False, "班": True, "yes": True}
FESTIVALS = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利70周年纪念日",
}


def first_and_last_year() -> tuple[int, int]:
    """The years chinesecalendar has notices for."""
    years = {day.year for day in announced_holidays}
    return min(years), max(years)


def starting_days(first_year: int, last_year: int) -> Iterator[CalendarDay]:
    """Every day of the years, announced where a notice exists, else provisional."""
    earliest, latest = first_and_last_year()
    estimated = _estimated()
    day = date(first_year, 1, 1)
    while day.year <= last_year:
        if earliest <= day.year <= latest:
            yield _announced(day)
        else:
            yield estimated.get(day) or CalendarDay(
                day, day.weekday() < SATURDAY, "", ESTIMATE, provisional=True
            )
        day += timedelta(days=1)


def read_notice(text: str, source: str) -> tuple[CalendarDay, ...]:
    """The days of a notice, a line each: day, 休 or 班 (or no, yes), name. Raises Rejected("notice")
    naming the line."""
    days = []
    for number, line in enumerate(text.splitlines(), start=1):
        cells = [cell.strip() for cell in line.replace("，", ",").split(",")]
        if cells == [""] or cells[0] == "day":
            continue
        try:
            day, working = date.fromisoformat(cells[0]), WORDS[cells[1].lower()]
        except (ValueError, KeyError, IndexError):
            raise Rejected("notice", "notice", line=number, text=line[:40]) from None
        name = cells[2] if len(cells) > 2 else ""
        days.append(CalendarDay(day, working, name[:40], source.strip()))
    if not days:
        raise Rejected("required", "notice")
    return tuple(days)


def _announced(day: date) -> CalendarDay:
    if day not in announced_holidays and day not in announced_working_days:
        return CalendarDay(day, day.weekday() < SATURDAY, "", ANNOUNCED)
    on_holiday, name = chinese_calendar.get_holiday_detail(day)
    working = chinese_calendar.is_workday(day)
    shown = FESTIVALS.get(name or "", "")
    if working and day.weekday() >= SATURDAY:
        shown = f"{shown}调休上班"
    elif not on_holiday:
        shown = ""
    return CalendarDay(day, working, shown, ANNOUNCED)


def _estimated() -> dict[date, CalendarDay]:
    with PROVISIONAL_FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    days = {}
    for row in rows:
        day = date.fromisoformat(row["day"])
        days[day] = CalendarDay(
            day, row["working"] == "yes", row["name"], row["source"], provisional=True
        )
    return days
