"""The watch over slow rises: once a night, over the series of the table that the night counted.

What another alert told is not told again: what its series has beyond what is usual since it began is
taken off first, and what is left must be a rise of its own. An alert of a slow rise goes on as long as
its rise stands, and follows it when it grows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from casework.storage.alert_care import load_levels, mutes_at
from casework.storage.alerts import Alert, AlertId, alerts_between
from casework.storage.records import Records
from monitor.alike_days import Works, works_on_weekdays
from monitor.baseline import WEEK
from monitor.evidence import behind
from monitor.findings import COUNT, WORD, Finding
from monitor.hour_table import HourTable
from monitor.index.interface import TrendFilter, TrendIndex
from monitor.measured import bring_up_to_date, measured_of, new_alert, series_of
from monitor.raising import record_alerts
from monitor.slow_rise import RISING_DAYS, SLOW_RISE, Rises, days_of
from monitor.tallies import ALERT_SCOPE

REMEMBERED = timedelta(days=RISING_DAYS)
"""What an alert told is not told again for so long after its last message."""
SAME_MATTER = 0.5
"""From this part of what is beyond expectation on a rise belongs to the matter of a word."""


def watch_slow_rises(
    records: Records,
    index: TrendIndex,
    zone: ZoneInfo,
    now: datetime,
    table: HourTable,
    works: Works = works_on_weekdays,
) -> tuple[AlertId, ...]:
    """Look at the days that end with the table; the alerts newly raised.

    Nothing but the table and the alerts there are is used, so it may be run any number of times, and a
    night that was missed is looked at when its turn is made up for. now: not before the table's end.
    Raises IndexUnavailable.
    """
    rises = Rises.of(days_of(table, zone, works))
    if rises is None:
        return ()
    with records.read() as work:
        known = alerts_between(work, now - REMEMBERED, now)
        levels, mutes = load_levels(work), mutes_at(work, now)
    measure = partial(measured_of, records, index, zone, levels, table.end)
    again = [
        (alert, measure(finding, alert))
        for alert in known
        if alert.rule == SLOW_RISE.id and (finding := rises.stands(series_of(alert), alert.since))
    ]
    for alert in known:
        if alert.measure == COUNT:
            rises.explain(series_of(alert), alert.since, _told_until(alert, now))
    new = [
        new_alert(finding, measure(finding), table.end)
        for finding in rises.take()
        if not any(mute.covers(*finding.series) for mute in mutes)
        and not _told_by_a_word(index, table.end, finding, known)
    ]
    bring_up_to_date(records, again)
    return record_alerts(records, new, now, zone)


def _told_until(alert: Alert, now: datetime) -> datetime:
    """A sudden rise tells of its own days; one of weeks of all that follow, too."""
    sudden = timedelta(hours=alert.measured.detail.window_hours) < WEEK
    return alert.measured.until if sudden and alert.rule != SLOW_RISE.id else now


def _told_by_a_word(
    index: TrendIndex, end: datetime, finding: Finding, known: Sequence[Alert]
) -> bool:
    rise = behind(finding, end)
    for alert in known:
        if alert.measure == WORD:
            with_it = TrendFilter(
                start=rise.start,
                end=rise.end,
                topic=rise.topic,
                district=rise.district,
                words=alert.word,
            )
            if index.count(with_it, ALERT_SCOPE) >= SAME_MATTER * finding.excess:
                return True
    return False
