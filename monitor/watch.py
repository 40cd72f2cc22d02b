"""The watch: looks at every series, raises an alert once an episode, keeps open ones up to date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from casework.storage.alert_care import load_levels, mutes_at
from casework.storage.alerts import (
    Alert,
    AlertId,
    alerts_between,
)
from casework.storage.records import Records
from monitor.alike_days import Works, works_on_weekdays
from monitor.baseline import WEEK, Window, read_past, read_window
from monitor.findings import COUNT, NEGATIVE_SHARE, RULES, Finding, Findings, Rule, widest
from monitor.hour_table import HourTable, past_of
from monitor.index.interface import TrendIndex
from monitor.measured import bring_up_to_date, measured_of, new_alert, series_of
from monitor.raising import COOL_DOWN, record_alerts
from monitor.slow_rise import SLOW_RISE
from monitor.tallies import Series, Tallies, read_tallies
from monitor.usual import Usual

LONGEST_UPDATE = timedelta(hours=24)
"""A longer window still shows a burst when it is long over; only a shorter one keeps it open."""


@dataclass(slots=True)
class _Episode:
    """Something that was noticed before, or in this very run.

    length: of the window that showed it. alert, covered: of what was noticed before, and what
    came between its beginning and its last message. slow: a rise over weeks (monitor/slow_rise.py).
    shown: by rules that may keep it going.
    """

    series: Series
    measure: str
    length: timedelta
    last_seen: datetime
    alert: Alert | None = None
    covered: Tallies | None = None
    slow: bool = False
    shown: list[Finding] = field(default_factory=list)

    def meet(self, findings: Findings, now: datetime) -> None:
        """See whether it goes on, and take off what it accounts for. More messages account for
        their being negative, not the other way round."""
        rule = findings.rule
        if self.measure == NEGATIVE_SHARE and rule.measure == COUNT:
            return
        if self.slow and rule.length < WEEK:
            return  # what rises for weeks does not account for the news of a day
        if self.last_seen <= now - max(rule.length, self.length, COOL_DOWN):
            return
        kept = rule.length <= max(LONGEST_UPDATE, self.length)
        if kept and self.measure == rule.measure:
            finding = findings.test(self.series)
            self.shown += [finding] if finding else []
        # Once it is over, a longer window also shows what came besides: a slow rise may follow.
        going_on = kept or self.alert is None or self.shown
        findings.explain(self.series, None if going_on else self.covered)


def watch(
    records: Records,
    index: TrendIndex,
    zone: ZoneInfo,
    now: datetime,
    rules: Sequence[Rule] = RULES,
    works: Works = works_on_weekdays,
    table: HourTable | None = None,
) -> tuple[AlertId, ...]:
    """Look at the messages received before `now`; the alerts newly raised.

    A `now` in the past sees what was to be seen then. table: the past as it was counted at night; one
    that does not cover `now` is not used, and without any the past is counted anew. One transaction;
    may be run any number of times. Raises IndexUnavailable when nothing can be counted.
    """
    covered = table is not None and table.covers(now)
    past = past_of(table, now, zone) if table and covered else read_past(index, now, zone)
    if past is None:
        return ()
    windows = {
        length: read_window(index, now, length, zone, past, works)
        for length in {rule.length for rule in rules}
    }
    with records.read() as work:
        longest = max(COOL_DOWN, *windows)
        recent = alerts_between(work, now - longest, now)
        levels, mutes = load_levels(work), mutes_at(work, now)
    measures = {rule.measure for rule in rules}
    episodes = [_episode(index, alert) for alert in recent if alert.measure in measures]
    raised = _look(rules, windows, episodes, now)
    measure = partial(measured_of, records, index, zone, levels, now)
    heard = [
        finding for finding in raised if not any(mute.covers(*finding.series) for mute in mutes)
    ]
    new = [new_alert(finding, measure(finding), now) for finding in heard]
    again = [(one.alert, widest(one.shown)) for one in episodes if one.alert and one.shown]
    bring_up_to_date(records, [(alert, measure(finding, alert)) for alert, finding in again])
    return record_alerts(records, new, now, zone)


def _look(
    rules: Sequence[Rule],
    windows: dict[timedelta, Window],
    episodes: Sequence[_Episode],
    now: datetime,
) -> list[Finding]:
    """What is new; the episodes know afterwards whether they go on."""
    raised: list[Finding] = []
    known = list(episodes)
    usual = {length: Usual(window) for length, window in windows.items()}
    for rule in rules:
        findings = Findings(rule, windows[rule.length], usual[rule.length])
        for episode in known:
            episode.meet(findings, now)
        for finding in findings.take():
            raised.append(finding)
            known.append(_Episode(finding.series, rule.measure, rule.length, now))
    return raised


def _episode(index: TrendIndex, alert: Alert) -> _Episode:
    length = timedelta(hours=alert.measured.detail.window_hours)
    return _Episode(
        series_of(alert),
        alert.measure,
        length,
        alert.measured.until,
        alert,
        # It began before there was enough of it to show. No window is longer than a week, and what
        # took so long itself accounts for all.
        None
        if length >= WEEK
        else read_tallies(index, alert.since - length, alert.measured.until + timedelta(seconds=1)),
        alert.rule == SLOW_RISE.id,
    )
