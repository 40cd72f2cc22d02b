"""Days and times as people read them: 11月27日, 今天 17:30; 27 November, today 17:30."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from web import wording
from web.appearance import language

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
LAST_MINUTE = time(23, 59)


def day_words(day: date, today: date) -> str:
    """11月27日 or 27 November; with the year when it is not this one."""
    if language() == "en":
        words = f"{day.day} {MONTHS[day.month - 1]}"
        return words if day.year == today.year else f"{words} {day.year}"
    words = f"{day.month}月{day.day}日"
    return words if day.year == today.year else f"{day.year}年{words}"


def weekday_words(day: date) -> str:
    """星期五 or Friday."""
    return str(wording.WEEKDAYS[day.weekday()])


def full_day(day: date, today: date) -> str:
    """11月27日（星期五） or Friday 27 November."""
    if language() == "en":
        return f"{weekday_words(day)} {day_words(day, today)}"
    return f"{day_words(day, today)}（{weekday_words(day)}）"


def month_words(day: date) -> str:
    """2026年10月 or October 2026."""
    if language() == "en":
        return f"{MONTHS[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月"


def moment(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """今天 15:22, 11月20日 15:22; a due time at the end of a day is 24:00."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    day = _near_day(local.date(), today)
    clock = "24:00" if local.time() >= LAST_MINUTE else f"{local:%H:%M}"
    return f"{day} {clock}"


def due_words(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Like moment, but a due time at the end of a later day is that day alone."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    if local.time() >= LAST_MINUTE and local.date() != today:
        return _near_day(local.date(), today)
    return moment(at, now, zone)


def _near_day(day: date, today: date) -> str:
    near = {
        today: _("今天"),
        today + timedelta(days=1): _("明天"),
        today - timedelta(days=1): _("昨天"),
    }
    return near.get(day) or day_words(day, today)
