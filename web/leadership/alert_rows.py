"""Alerts as rows of a list: urgent single messages of one matter are one row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from casework.alert_levels import SEVERITIES
from casework.office import Office
from casework.permissions import Scope
from casework.storage.alerts import CLOSED, Alert
from casework.storage.queries.issue_counts import (
    IssueCount,
    counts_of,
    issues_of,
)
from casework.storage.records import Work
from monitor.alerts import URGENT


@dataclass(frozen=True, slots=True)
class AlertLine:
    """alerts: the newest first; several only where one hot issue has their messages. issue: that one,
    None of a single alert."""

    alerts: tuple[Alert, ...]
    issue: IssueCount | None = None

    @property
    def newest(self) -> Alert:
        return self.alerts[0]

    @property
    def severity(self) -> str:
        return max((one.measured.severity for one in self.alerts), key=SEVERITIES.index)

    @property
    def since(self) -> datetime:
        return min(one.since for one in self.alerts)

    @property
    def owners(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.owner for one in self.alerts if one.owner))

    @property
    def without_owner(self) -> int:
        return sum(not one.owner for one in self.alerts)

    @property
    def urgent(self) -> bool:
        return self.newest.measure == URGENT


def lines_of(
    work: Work, office: Office, scope: Scope, now: datetime, alerts: Sequence[Alert]
) -> tuple[AlertLine, ...]:
    """Each alert in one line, in the order of the first of each. What the scope does not show, or is
    closed while others are open, is not put together."""
    ids = [one.message_id for one in alerts if one.message_id is not None]
    issues = issues_of(work, office, scope, ids) if ids else {}
    together: dict[object, list[Alert]] = {}
    for one in alerts:
        issue = issues.get(one.message_id) if one.message_id is not None else None
        key = one.id if issue is None else (issue, one.state == CLOSED)
        together.setdefault(key, []).append(one)
    many = {
        issues[found[0].message_id]
        for found in together.values()
        if len(found) > 1 and found[0].message_id is not None
    }
    counts = {one.id: one for one in counts_of(work, office, scope, now, sorted(many))}
    return tuple(_line(found, issues, counts) for found in together.values())


def _line(
    found: Sequence[Alert], issues: dict[UUID, UUID], counts: dict[UUID, IssueCount]
) -> AlertLine:
    newest = found[0]
    if len(found) == 1 or newest.message_id is None:
        return AlertLine((newest,))
    return AlertLine(tuple(found), counts.get(issues[newest.message_id]))
