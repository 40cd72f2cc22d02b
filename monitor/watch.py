"""The watch: looks at every series, raises an alert once an episode, keeps open ones up to date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from casework.errors import Conflict
from casework.events import OFFICE_CHAIN, PROGRAM, EventName
from casework.storage import audit
from casework.storage.alerts import (
    ACKNOWLEDGED,
    RAISED,
    SEVERITIES,
    Alert,
    AlertId,
    Measured,
    NewAlert,
    add_alert,
    alerts_between,
    update_measured,
)
from casework.storage.judgements import join_topic
from casework.storage.records import Records
from monitor.baseline import Series, Window, read_past, read_window
from monitor.evidence import behind, chart, chart_interval, gather, last_message_at
from monitor.findings import COUNT, NEGATIVE_SHARE, RULES, Finding, Findings, Rule, widest
from monitor.index.interface import TrendIndex

COOL_DOWN = timedelta(hours=24)
"""An episode is over when nothing was beyond its bound for this long; then it may alert again."""
LONGEST_UPDATE = timedelta(hours=24)
"""A longer window still shows a burst when it is long over; only a shorter one keeps it open."""
SEVERITY_STEPS = (20, 50, 100)
"""Messages beyond expectation at which an alert becomes yellow, orange, red: absolute numbers,
because a leader has to deal with people, not with ratios."""


@dataclass(frozen=True, slots=True)
class _Episode:
    """Something that was noticed before, or just now. alert: None when just now."""

    series: Series
    measure: str
    last_seen: datetime
    alert: Alert | None = None

    def explains(self, rule: Rule, now: datetime) -> bool:
        """Whether it accounts for what a rule finds now. A burst of messages accounts for their
        being negative, not the other way round."""
        if self.measure == NEGATIVE_SHARE and rule.measure == COUNT:
            return False
        return self.last_seen > now - max(rule.length, COOL_DOWN)


def watch(
    records: Records,
    index: TrendIndex,
    zone: ZoneInfo,
    now: datetime,
    rules: Sequence[Rule] = RULES,
) -> tuple[AlertId, ...]:
    """Look at the messages received before `now`; the alerts newly raised.

    A `now` in the past sees what was to be seen then. One transaction; may be run any number of
    times. Raises IndexUnavailable when nothing can be counted.
    """
    past = read_past(index, now, zone)
    if not past:
        return ()
    windows = {
        length: read_window(index, now, length, zone, past)
        for length in {rule.length for rule in rules}
    }
    with records.read() as work:
        longest = max(COOL_DOWN, *windows)
        recent = alerts_between(work, now - longest, now)
    episodes = [_episode(alert) for alert in recent if alert.measure in (COUNT, NEGATIVE_SHARE)]
    raised, again = _look(rules, windows, episodes, now)
    measure = partial(_measure, records, index, zone, now)
    new = [_new_alert(finding, measure(finding), now) for finding in raised]
    _update(records, [(alert, measure(finding, alert)) for alert, finding in again])
    return _raise(records, new, now, zone)


def _look(
    rules: Sequence[Rule],
    windows: dict[timedelta, Window],
    episodes: list[_Episode],
    now: datetime,
) -> tuple[list[Finding], list[tuple[Alert, Finding]]]:
    """What is new, and what open alerts show now."""
    raised: list[Finding] = []
    shown: dict[AlertId, tuple[Alert, list[Finding]]] = {}
    for rule in rules:
        findings = Findings(rule, windows[rule.length])
        for episode in episodes:
            if not episode.explains(rule, now):
                continue
            finding = _still(episode, findings)
            if finding is not None and episode.alert is not None:
                shown.setdefault(episode.alert.id, (episode.alert, []))[1].append(finding)
            findings.explain(episode.series)
        for finding in findings.take():
            raised.append(finding)
            episodes = [*episodes, _Episode(finding.series, rule.measure, now)]
    again = [(alert, found) for alert, all_of in shown.values() if (found := widest(all_of))]
    return raised, again


def _still(episode: _Episode, findings: Findings) -> Finding | None:
    """What an open alert's own series shows by a rule that may keep it up to date."""
    alert, rule = episode.alert, findings.rule
    if alert is None or alert.state not in (RAISED, ACKNOWLEDGED) or alert.measure != rule.measure:
        return None
    own_length = timedelta(hours=alert.measured.detail.window_hours)
    if rule.length > max(LONGEST_UPDATE, own_length):
        return None
    return findings.test(episode.series, explained=False)


def _episode(alert: Alert) -> _Episode:
    return _Episode(Series(alert.topic, alert.district), alert.measure, alert.measured.until, alert)


def _measure(
    records: Records,
    index: TrendIndex,
    zone: ZoneInfo,
    now: datetime,
    finding: Finding,
    alert: Alert | None = None,
) -> Measured:
    """What a finding shows. An alert keeps the evidence of its height, and goes on in time."""
    until = last_message_at(index, behind(finding, now), now)
    if alert is not None and finding.excess <= _excess(alert):
        if until == alert.measured.until:
            return alert.measured
        detail = alert.measured.detail
        if detail.chart_interval == chart_interval(finding).value:
            detail = replace(detail, chart=chart(index, zone, finding, now))
        return replace(alert.measured, until=until, detail=detail)
    since = now - finding.rule.length if alert is None else alert.since
    return Measured(
        severity=SEVERITIES[sum(finding.excess >= step for step in SEVERITY_STEPS)],
        observed=finding.observed,
        expected=finding.expected,
        upper=finding.upper,
        until=until,
        detail=gather(records, index, zone, finding, now, since),
    )


def _excess(alert: Alert) -> float:
    """Messages beyond expectation, as Finding.excess."""
    beyond = alert.measured.observed - alert.measured.expected
    return beyond * alert.measured.detail.count if alert.measure == NEGATIVE_SHARE else beyond


def _new_alert(finding: Finding, measured: Measured, now: datetime) -> NewAlert:
    since = now - finding.rule.length
    series = finding.series
    return NewAlert(
        key="|".join(
            (finding.rule.measure, join_topic(series.topic), series.district, since.isoformat())
        ),
        rule=finding.rule.id,
        measure=finding.rule.measure,
        topic=series.topic,
        district=series.district,
        since=since,
        measured=measured,
    )


def _update(records: Records, updates: Sequence[tuple[Alert, Measured]]) -> None:
    for alert, measured in updates:
        if measured == alert.measured:
            continue
        try:
            with records.write() as work:
                update_measured(work, alert.id, measured)
                work.commit()
        except Conflict:
            continue  # somebody acknowledged or judged it just now; the next run is soon


def _raise(
    records: Records, new: Sequence[NewAlert], now: datetime, zone: ZoneInfo
) -> tuple[AlertId, ...]:
    if not new:
        return ()
    with records.write() as work:
        added = [alert for one in new if (alert := add_alert(work, one, now, zone))]
        for alert in added:
            text = f"{alert.number} {alert.rule} {join_topic(alert.topic)} {alert.district}".strip()
            audit.append(work, OFFICE_CHAIN, EventName.ALERT_RAISED, PROGRAM, now, text)
        work.commit()
    return tuple(alert.id for alert in added)
