"""The watch: looks at every series, raises an alert once an episode, keeps open ones up to date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from casework.alert_levels import AlertLevel, severity_of
from casework.errors import Conflict
from casework.storage.alert_care import load_levels, mutes_at
from casework.storage.alerts import (
    ACKNOWLEDGED,
    RAISED,
    Alert,
    AlertId,
    Measured,
    NewAlert,
    alerts_between,
    update_measured,
)
from casework.storage.judgements import join_topic
from casework.storage.records import Records
from monitor.alike_days import Works, works_on_weekdays
from monitor.baseline import Series, Tallies, Window, read_past, read_tallies, read_window
from monitor.evidence import behind, chart, chart_interval, gather, last_message_at
from monitor.findings import COUNT, NEGATIVE_SHARE, RULES, Finding, Findings, Rule, widest
from monitor.hour_table import HourTable, past_of
from monitor.index.interface import TrendIndex
from monitor.raising import COOL_DOWN, record_alerts
from monitor.usual import Usual

LONGEST_UPDATE = timedelta(hours=24)
"""A longer window still shows a burst when it is long over; only a shorter one keeps it open."""


@dataclass(slots=True)
class _Episode:
    """Something that was noticed before, or in this very run.

    length: of the window that showed it. alert, covered: of what was noticed before, and what
    came between its beginning and its last message. shown: by rules that may keep it going.
    """

    series: Series
    measure: str
    length: timedelta
    last_seen: datetime
    alert: Alert | None = None
    covered: Tallies | None = None
    shown: list[Finding] = field(default_factory=list)

    def meet(self, findings: Findings, now: datetime) -> None:
        """See whether it goes on, and take off what it accounts for. More messages account for
        their being negative, not the other way round."""
        rule = findings.rule
        if self.measure == NEGATIVE_SHARE and rule.measure == COUNT:
            return
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
    measure = partial(_measure, records, index, zone, levels, now)
    heard = [
        finding
        for finding in raised
        if not any(mute.covers(finding.series.topic, finding.series.district) for mute in mutes)
    ]
    new = [_new_alert(finding, measure(finding), now) for finding in heard]
    again = [(one.alert, widest(one.shown)) for one in episodes if one.alert and one.shown]
    _update(records, [(alert, measure(finding, alert)) for alert, finding in again])
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
        Series(alert.topic, alert.district),
        alert.measure,
        length,
        alert.measured.until,
        alert,
        # It began before there was enough of it to show.
        read_tallies(index, alert.since - length, alert.measured.until + timedelta(seconds=1)),
    )


def _measure(
    records: Records,
    index: TrendIndex,
    zone: ZoneInfo,
    levels: Sequence[AlertLevel],
    now: datetime,
    finding: Finding,
    alert: Alert | None = None,
) -> Measured:
    """What a finding shows. An alert keeps the evidence of its height, and goes on in time."""
    until = last_message_at(index, behind(finding, now), now)
    if alert is not None and alert.state not in (RAISED, ACKNOWLEDGED):
        return replace(alert.measured, until=until)  # the rest stays as it was judged
    if alert is not None and finding.excess <= _excess(alert):
        if until == alert.measured.until:
            return alert.measured
        detail = alert.measured.detail
        if detail.chart_interval == chart_interval(finding).value:
            detail = replace(detail, chart=chart(index, zone, finding, now))
        return replace(alert.measured, until=until, detail=detail)
    since = now - finding.rule.length if alert is None else alert.since
    return Measured(
        severity=severity_of(finding.excess, levels),
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
