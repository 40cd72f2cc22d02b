"""Days of the calendar that a city decides about, or takes over from a notice.

Its deadlines: casework/storage/local_rules.py. Who leads for what: casework/storage/leads.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from casework.errors import Rejected
from casework.events import OFFICE_CHAIN, EventName
from casework.storage.audit import append
from casework.storage.office import announce_change
from casework.storage.records import Work
from casework.storage.tables import WorkingDayRow
from casework.workdays import CalendarDay

LOCAL, OFFICIAL = "local", "official"


def set_day(
    work: Work, day: date, working: bool, name: str, source: str, by: str, now: datetime
) -> None:
    """Say whether the city works on a day, by which notice. Raises Rejected("required", "source")."""
    if not source.strip():
        raise Rejected("required", "source")
    row = work.session.get(WorkingDayRow, day)
    if row is None:
        row = WorkingDayRow(day=day)
        work.session.add(row)
    row.working, row.name, row.source, row.state = working, name.strip(), source.strip(), LOCAL
    told = f"{day.isoformat()}: {'work' if working else 'rest'}; {row.source}"
    append(work, OFFICE_CHAIN, EventName.DAY_CHANGED, by, now, told)
    announce_change(work)


def set_days(work: Work, days: Sequence[CalendarDay], by: str, now: datetime) -> None:
    """Take over the days of a notice. Raises Rejected("required", "source") without one."""
    for day in days:
        if not day.source.strip():
            raise Rejected("required", "source")
        row = work.session.get(WorkingDayRow, day.day)
        if row is None:
            row = WorkingDayRow(day=day.day)
            work.session.add(row)
        row.working, row.name, row.source = day.working, day.name, day.source.strip()
        row.state = OFFICIAL
    told = f"{len(days)}: {', '.join(day.day.isoformat() for day in days)}; {days[0].source}"
    append(work, OFFICE_CHAIN, EventName.DAY_CHANGED, by, now, told)
    announce_change(work)
