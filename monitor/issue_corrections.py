"""Hot issues corrected by people: messages taken out, issues split and merged, "one matter" or not.

What a person decided stays: the gathering puts nothing back, and adds to no issue that is said not to be
one matter. Every act is one transaction with its audit event; of two at once one is told that the other
was faster.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from casework.errors import Conflict, NotAllowed, NotFound, Rejected
from casework.events import OFFICE_CHAIN, EventName
from casework.office import Office
from casework.permissions import Action, Person, scope_of
from casework.storage import audit, hot_issues
from casework.storage import issue_corrections as kept
from casework.storage.issue_corrections import CorrectedIssue
from casework.storage.queries.hot_issues import (
    messages_of,
)
from casework.storage.queries.issue_counts import (
    counts_of,
)
from casework.storage.records import Records, Work
from casework.written import written

LONGEST = 500
LEAST = 2
"""Fewer messages are no issue."""
MOST = 500
"""Of a larger issue the latest can be chosen, as many as its page lists."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person has before them: the issue by number, and its version as they saw it."""

    records: Records
    office: Office
    number: str
    version: int
    person: Person


def take_out(what: Correction, entries: Collection[int], reason: str, now: datetime) -> None:
    """Say that messages are not of this matter; they stand alone then, with those that repeat their words.

    Raises Rejected("issue_rest", "messages") when fewer than LEAST would stay, and what `_begin` raises.
    """
    reason = written(reason, "reason", LONGEST)
    with what.records.write() as work:
        issue = _begin(work, what)
        chosen = _chosen(work, what, issue, entries, now)
        kept.take_out(work, issue.id, chosen)
        _note(work, what, issue, kept.TAKE_OUT, reason, now, messages=len(chosen))
        work.commit()


def split(what: Correction, entries: Collection[int], reason: str, now: datetime) -> str:
    """Make an issue of its own of some messages; its number. Raises Rejected("issue_part", "messages")
    for fewer than LEAST."""
    reason = written(reason, "reason", LONGEST)
    with what.records.write() as work:
        issue = _begin(work, what)
        chosen = _chosen(work, what, issue, entries, now)
        if len(chosen) < LEAST:
            raise Rejected("issue_part", "messages")
        made = kept.split(work, issue.id, chosen, now, what.office.zone)
        _note(work, what, issue, kept.SPLIT, reason, now, other=made, messages=len(chosen))
        work.commit()
    return made


def merge(what: Correction, other: str, reason: str, now: datetime) -> None:
    """Put the messages of another issue into this one. Raises Rejected("no_issue", "other") for one there
    is not, or of which the person may see nothing, and Rejected("same_issue", "other")."""
    reason = written(reason, "reason", LONGEST)
    with what.records.write() as work:
        issue = _begin(work, what)
        found = _other(work, what, other, now)
        if found.id == issue.id:
            raise Rejected("same_issue", "other")
        messages = kept.count_messages(work, found.id)
        kept.merge(work, issue.id, found.id)
        _note(work, what, issue, kept.MERGE, reason, now, other=found.number, messages=messages)
        kept.note_act(
            work, found, kept.MERGE, reason, what.person.username, now, other=issue.number
        )
        work.commit()


def judge(what: Correction, one: bool, reason: str, now: datetime) -> None:
    """Say that all of it is one matter, or that it is not: then nothing new is put into it, and it stands
    in no list of hot issues until somebody says otherwise."""
    reason = written(reason, "reason", LONGEST)
    verdict = kept.ONE if one else hot_issues.NOT_ONE
    with what.records.write() as work:
        issue = _begin(work, what)
        if issue.verdict == verdict:
            raise Conflict("changed")
        kept.set_verdict(work, issue.id, verdict)
        _note(work, what, issue, verdict, reason, now)
        work.commit()


def _begin(work: Work, what: Correction) -> CorrectedIssue:
    """The issue, as the person saw it. Raises NotAllowed, NotFound, and Conflict("changed") when somebody
    else has corrected or merged it since."""
    if not what.person.may(Action.CORRECT_ISSUES):
        raise NotAllowed("not_allowed")
    hot_issues.begin(work)
    issue = kept.corrected_issue(work, what.number)
    if issue.merged_into or issue.version != what.version:
        raise Conflict("changed")
    return issue


def _chosen(
    work: Work,
    what: Correction,
    issue: CorrectedIssue,
    entries: Collection[int],
    now: datetime,
) -> tuple[int, ...]:
    """The chosen messages, which the person must see, with their copies. Raises Rejected."""
    if not entries:
        raise Rejected("required", "messages")
    scope = scope_of(what.person, Action.READ_TRENDS)
    seen = {one.entry for one in messages_of(work, what.office, scope, issue.id, MOST)}
    if not set(entries) <= seen:
        raise Rejected("unknown", "messages")
    chosen = kept.with_copies(work, issue.id, entries)
    if kept.count_messages(work, issue.id) - len(chosen) < LEAST:
        raise Rejected("issue_rest", "messages")
    return chosen


def _other(work: Work, what: Correction, number: str, now: datetime) -> CorrectedIssue:
    scope = scope_of(what.person, Action.READ_TRENDS)
    try:
        found = kept.corrected_issue(work, number)
    except NotFound:
        raise Rejected("no_issue", "other") from None
    if found.merged_into or not counts_of(work, what.office, scope, now, [found.id]):
        raise Rejected("no_issue", "other")
    return found


def _note(
    work: Work,
    what: Correction,
    issue: CorrectedIssue,
    act: str,
    reason: str,
    now: datetime,
    *,
    other: str = "",
    messages: int = 0,
) -> None:
    by = what.person.username
    kept.note_act(work, issue, act, reason, by, now, other=other, messages=messages)
    text = " ".join(part for part in (issue.number, act, other, reason) if part)
    audit.append(work, OFFICE_CHAIN, EventName.ISSUE_CORRECTED, by, now, text)
