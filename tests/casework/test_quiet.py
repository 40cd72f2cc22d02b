"""Quiet hours and days of rest."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from casework.quiet import Manners, QuietHours
from casework.workdays import WorkingCalendar

ZONE = ZoneInfo("Asia/Shanghai")
NIGHT = QuietHours(time(20), time(8))
NOON = QuietHours(time(12), time(14))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("quiet", "moment", "told"),
    [
        (NIGHT, "2026-11-20 15:00", "2026-11-20 15:00"),  # a Friday at work
        (NIGHT, "2026-11-20 07:59", "2026-11-20 08:00"),
        (NIGHT, "2026-11-20 08:00", "2026-11-20 08:00"),
        (NIGHT, "2026-11-19 20:00", "2026-11-20 08:00"),
        (NIGHT, "2026-11-20 20:00", "2026-11-23 08:00"),  # over the weekend
        (NIGHT, "2026-11-21 10:00", "2026-11-23 08:00"),
        (NIGHT, "2026-02-14 10:00", "2026-02-14 10:00"),  # a Saturday that is worked
        (NIGHT, "2026-02-14 21:00", "2026-02-24 08:00"),  # before the Spring Festival: 15 to 23
        (NOON, "2026-11-20 12:30", "2026-11-20 14:00"),
        (NOON, "2026-11-20 23:30", "2026-11-20 23:30"),
        (NOON, "2026-11-21 12:30", "2026-11-23 00:00"),
        (QuietHours(time(0), time(7)), "2026-11-21 12:30", "2026-11-23 07:00"),
        (None, "2026-11-21 03:00", "2026-11-21 03:00"),
    ],
)
def test_when_somebody_may_be_disturbed(
    calendar: WorkingCalendar, quiet: QuietHours | None, moment: str, told: str
) -> None:
    manners = Manners(quiet, timedelta(hours=1), calendar, ZONE)
    assert manners.speak_at(at(moment)) == at(told)
