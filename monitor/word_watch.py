"""The watch over words: which word is suddenly in many more messages than past weeks led to expect.

A matter has often no topic of its own, and its place none in the tree of districts: then only its
words show it. A word is set against its own past weeks, and against how much the city writes in all:
when twice as many messages come, every word comes twice as often, and that is no news. What an alert
of the last days accounts for is left out, and of words that come together the most surprising stands
for the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from casework.alert_levels import severity_of
from casework.storage.alert_care import load_levels
from casework.storage.alerts import Alert, AlertId, Measured, NewAlert, alerts_between
from casework.storage.records import Records
from monitor.baseline import MIN_WEEKS, WEEK, WEEKS, back
from monitor.bursts import MIN_CLUSTERING, ExpectedCount, expected_count, log_level
from monitor.evidence import behind, gather, last_message_at
from monitor.findings import WORD, Finding, Rule
from monitor.index.interface import TrendFilter, TrendIndex
from monitor.measured import series_of
from monitor.raising import COOL_DOWN, record_alerts
from monitor.tallies import ALERT_SCOPE, CITY, Series

WORD_RULES = (
    Rule("word-24h", WORD, timedelta(hours=24), 6),
    Rule("word-7d", WORD, timedelta(days=7), 10),
)
MIN_RATIO = 3.0
"""A word must be so many times as common as expected."""
LOOKS = 4
"""See log_level. Words are looked at every hour, not every half minute, and their counts are small."""
MOST_WORDS = 20_000
SAME_MATTER = 0.5
"""From this part of what is beyond expectation on a word belongs to the matter of another word, or of
an alert."""
LONGEST_WORD = 40


@dataclass(frozen=True, slots=True)
class _Counts:
    """Messages in all, and with each keyword."""

    total: int
    words: Mapping[str, int]


def watch_words(
    records: Records, index: TrendIndex, zone: ZoneInfo, now: datetime
) -> tuple[AlertId, ...]:
    """Look at the words of messages received before `now`; the alerts newly raised. One transaction;
    may be run any number of times. Raises IndexUnavailable."""
    weeks = [
        (ago, _counts(index, back(now, ago + 1, zone), back(now, ago, zone)))
        for ago in range(1, WEEKS + 1)
    ]
    recorded = [(ago, counts) for ago, counts in weeks if counts.total]
    if len(recorded) < MIN_WEEKS:
        return ()
    with records.read() as work:
        recent = alerts_between(work, now - WEEK - COOL_DOWN, now)
        levels = load_levels(work)
    found: list[Finding] = []
    for rule in WORD_RULES:
        for finding in _surprising(index, zone, now, rule, recorded):
            if not _told(index, now, finding, found, recent):
                found.append(finding)
    new = []
    for finding in found:
        since = now - finding.rule.length
        detail = gather(records, index, zone, finding, now, since)
        until = last_message_at(index, behind(finding, now), now)
        severity = severity_of(finding.excess, levels)
        measured = Measured(
            severity, finding.observed, finding.expected, finding.upper, until, detail
        )
        key = f"{WORD}|{finding.word}|{since.isoformat()}"
        new.append(NewAlert(key, finding.rule.id, WORD, (), "", since, measured, word=finding.word))
    return record_alerts(records, new, now, zone)


def _counts(index: TrendIndex, start: datetime, end: datetime) -> _Counts:
    span = TrendFilter(start=start, end=end)
    words = index.top_words(span, ALERT_SCOPE, MOST_WORDS)
    return _Counts(index.count(span, ALERT_SCOPE), {one.word: one.count for one in words})


def _surprising(
    index: TrendIndex,
    zone: ZoneInfo,
    now: datetime,
    rule: Rule,
    weeks: Sequence[tuple[int, _Counts]],
) -> list[Finding]:
    """Words beyond their bound, the most surprising first."""
    start = now - rule.length
    window = _counts(index, start, now)
    past = [
        counts
        if rule.length == WEEK
        else _counts(index, back(start, ago, zone), back(now, ago, zone))
        for ago, counts in weeks
    ]
    level = log_level(len(window.words), rule.windows_a_year, looks=LOOKS)
    part = sum(one.total for one in past) / max(1, sum(one.total for _, one in weeks))
    usual = expected_count(
        [one.total for one in past], [one.total for _, one in weeks], part, MIN_CLUSTERING
    )
    more = max(1.0, window.total / max(usual.mean, 1.0))
    found = []
    for word, count in window.words.items():
        if count < rule.minimum or not 1 < len(word) <= LONGEST_WORD:
            continue
        same = [one.words.get(word, 0) for one in past]
        whole = [one.words.get(word, 0) for _, one in weeks]
        alone = expected_count(same, whole, part, MIN_CLUSTERING)
        expected = ExpectedCount(alone.mean * more, alone.spread)
        chance = expected.log_tail(count)
        if count >= MIN_RATIO * expected.mean and chance <= level:
            upper = expected.upper(level)
            found.append(
                Finding(
                    rule,
                    CITY,
                    count,
                    expected.mean,
                    upper,
                    count - expected.mean,
                    chance,
                    count,
                    0,
                    word,
                )
            )
    return sorted(found, key=lambda one: (one.log_chance, one.word))


def _told(
    index: TrendIndex,
    now: datetime,
    finding: Finding,
    found: Sequence[Finding],
    recent: Sequence[Alert],
) -> bool:
    """Whether an alert, or a word before it, accounts for the word's messages. Also of a word that a
    search does not find as one: nobody could open its messages."""
    with_it = behind(finding, now)
    if index.count(with_it, ALERT_SCOPE) < SAME_MATTER * finding.count:
        return True

    def shared(words: str, series: Series) -> bool:
        both = TrendFilter(
            start=with_it.start,
            end=with_it.end,
            topic=series.topic,
            district=series.district,
            channel=series.channel,
            words=f"{finding.word} {words}".strip(),
        )
        return index.count(both, ALERT_SCOPE) >= SAME_MATTER * finding.excess

    if any(shared(other.word, CITY) for other in found):
        return True
    for alert in recent:
        going_on = alert.measured.until > now - finding.rule.length - COOL_DOWN
        narrow = alert.word or alert.topic or alert.district or alert.channel
        series = series_of(alert)
        if going_on and narrow and (alert.word == finding.word or shared(alert.word, series)):
            return True
    return False
