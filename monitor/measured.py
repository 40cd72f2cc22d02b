"""What an alert says of what was found: of the height of it, while it goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from casework.alert_levels import AlertLevel, severity_of
from casework.errors import Conflict
from casework.storage.alerts import (
    ACKNOWLEDGED,
    RAISED,
    Alert,
    Measured,
    NewAlert,
    update_measured,
)
from casework.storage.judgements import join_topic
from casework.storage.records import Records
from monitor.evidence import behind, chart, chart_interval, gather, last_message_at
from monitor.findings import NEGATIVE_SHARE, Finding
from monitor.index.interface import TrendIndex
from monitor.tallies import Series


def measured_of(
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


def series_of(alert: Alert) -> Series:
    """What an alert is about."""
    return Series(alert.topic, alert.district, alert.channel)


def _excess(alert: Alert) -> float:
    """Messages beyond expectation, as Finding.excess."""
    beyond = alert.measured.observed - alert.measured.expected
    return beyond * alert.measured.detail.count if alert.measure == NEGATIVE_SHARE else beyond


def new_alert(finding: Finding, measured: Measured, now: datetime) -> NewAlert:
    since = now - finding.rule.length
    series = finding.series
    where = series.channel or series.district
    return NewAlert(
        key="|".join((finding.rule.measure, join_topic(series.topic), where, since.isoformat())),
        rule=finding.rule.id,
        measure=finding.rule.measure,
        topic=series.topic,
        district=series.district,
        since=since,
        measured=measured,
        channel=series.channel,
    )


def bring_up_to_date(records: Records, updates: Sequence[tuple[Alert, Measured]]) -> None:
    for alert, measured in updates:
        if measured == alert.measured:
            continue
        try:
            with records.write() as work:
                update_measured(work, alert.id, measured)
                work.commit()
        except Conflict:
            continue  # somebody acknowledged or judged it just now; the next run is soon
