"""Versions of the deadline policy: each is kept whole, since tickets go on by the one they began with."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from casework.deadlines import DeadlinePolicy
from casework.errors import Rejected
from casework.policy import (
    read_pause,
    read_policy,
    read_rule,
    read_step,
    write_pause,
    write_rule,
    write_step,
)
from casework.storage.records import Work
from casework.storage.tables import PolicyRow


def load_policies(work: Work) -> tuple[DeadlinePolicy, ...]:
    """Every version, oldest first."""
    rows = work.session.scalars(
        select(PolicyRow).order_by(PolicyRow.effective_from, PolicyRow.made_at)
    )
    return tuple(_read(row) for row in rows)


def policy_kept(work: Work, version: str) -> DeadlinePolicy:
    """The version a ticket began with; the file's when the records have none of that name. Writes
    nothing of an act that is half done."""
    with work.session.no_autoflush:
        row = work.session.get(PolicyRow, version)
    return read_policy() if row is None else _read(row)


def _read(row: PolicyRow) -> DeadlinePolicy:
    return DeadlinePolicy(
        version=row.version,
        rules=tuple(read_rule(entry) for entry in row.rules),
        effective_from=row.effective_from,
        pauses=tuple(read_pause(entry) for entry in row.pauses),
        steps=tuple(read_step(entry) for entry in row.steps),
    )


def newest_effective(work: Work) -> date:
    """The first day of the newest version; date.min when there is none."""
    return max((policy.effective_from for policy in load_policies(work)), default=date.min)


def keep_policy(
    work: Work, policy: DeadlinePolicy, effective_from: date, by: str, now: datetime
) -> DeadlinePolicy:
    """Keep a version under which messages come from a day on; one that is known is left alone.

    Raises Rejected("effective_from") for a day before the newest version begins: what holds on a
    day is never changed by a version made later for days before it. Two made at once follow each other
    as they are kept: the later one knows what the first says.
    """
    if work.session.get(PolicyRow, policy.version) is not None:
        return policy
    first = newest_effective(work)
    if effective_from < first:
        raise Rejected("effective_from", "effective_from", first=first.isoformat())
    work.session.add(
        PolicyRow(
            version=policy.version,
            effective_from=effective_from,
            rules=[write_rule(rule) for rule in policy.rules],
            pauses=[write_pause(rule) for rule in policy.pauses],
            steps=[write_step(step) for step in policy.steps],
            made_by=by,
            made_at=_after_all(work, now),
        )
    )
    work.session.flush()
    return replace(policy, effective_from=effective_from)


def _after_all(work: Work, now: datetime) -> datetime:
    """Now, or right after the newest version: whoever waited for another writer came with an older now."""
    newest = work.session.scalar(select(func.max(PolicyRow.made_at)))
    return now if newest is None else max(now, newest + timedelta(microseconds=1))
