"""The responses an alert is owed, each with its clock, and what is known of its days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from casework.alert_levels import RULES, Response, owed, response_clock
from casework.model import Clock
from casework.storage.alert_care import (
    KnownCause,
    Responded,
    causes_between,
    load_levels,
    responses_of,
)
from casework.storage.alerts import FALSE, Alert
from casework.storage.records import Work
from casework.workdays import WorkingCalendar

HOLIDAY, MAKE_UP = "holiday", "make_up"


@dataclass(frozen=True, slots=True)
class OwedResponse:
    """hours, rule: what the policy gives, and by which rule. given: None until it was given."""

    response: Response
    hours: int
    rule: str
    clock: Clock
    given: Responded | None


def owed_responses(work: Work, alert: Alert) -> tuple[OwedResponse, ...]:
    """In the order they are due; none for a false alarm, but what was given."""
    levels = {level.severity: level for level in load_levels(work)}
    given = responses_of(work, alert.id)
    due = () if alert.verdict == FALSE else owed(levels[alert.measured.severity])
    return tuple(
        OwedResponse(
            response,
            RULES[response][1],
            RULES[response][0],
            response_clock(
                response, alert.raised_at, given[response].at if response in given else None
            ),
            given.get(response),
        )
        for response in Response
        if response in due or response in given
    )


def known_causes(work: Work, alert: Alert, calendar: WorkingCalendar) -> tuple[KnownCause, ...]:
    """Causes entered by hand for the alert's days and place, and holidays and make-up days."""
    first, last = alert.since.date(), max(alert.measured.until, alert.raised_at).date()
    causes = [
        cause
        for cause in causes_between(work, first, last)
        if not cause.district or not alert.district or cause.district == alert.district
    ]
    days = [calendar.day(first + timedelta(days=n)) for n in range((last - first).days + 1)]
    causes += [
        KnownCause(MAKE_UP if day.working else HOLIDAY, day.day, day.day, "", day.name)
        for day in days
        if day.name
    ]
    return tuple(causes)
