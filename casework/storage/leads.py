"""Who leads for what, where the city decides it: a draft that is worked on, and versions that hold from a
day on and are kept for ever. Tickets are dispatched by versions alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select

from casework.departments import DepartmentTree
from casework.errors import NotFound, Rejected
from casework.events import OFFICE_CHAIN, EventName
from casework.judgement import TopicPath
from casework.leads import LeadChange, LeadsVersion, changes
from casework.storage.audit import append, append_text
from casework.storage.judgements import join_topic, split_topic
from casework.storage.locks import lock
from casework.storage.office import announce_change
from casework.storage.records import Work
from casework.storage.tables import LeadRow, LeadsVersionRow
from casework.taxonomy import leaves

LONGEST_REASON = 400


@dataclass(frozen=True, slots=True)
class KeptVersion:
    """A version with who made it, when and why."""

    version: LeadsVersion
    made_by: str
    made_at: datetime
    reason: str
    changes: tuple[LeadChange, ...]


def load_draft(work: Work) -> dict[TopicPath, str]:
    """What is being worked on, by leaf."""
    rows = work.session.execute(select(LeadRow.topic, LeadRow.department))
    return {split_topic(topic): department for topic, department in rows}


def load_versions(work: Work) -> tuple[LeadsVersion, ...]:
    """Every version there has been, and those that are to come, in the order in which they hold."""
    return tuple(_version(row) for row in _rows(work))


def kept_versions(work: Work) -> tuple[KeptVersion, ...]:
    """Every version with what it changed, newest first."""
    kept, before = [], LeadsVersion()
    for row in _rows(work):
        version = _version(row)
        changed = changes(before.leads, version.leads)
        kept.append(KeptVersion(version, row.made_by, row.made_at, row.reason, changed))
        before = version
    return tuple(reversed(kept))


def set_lead(
    work: Work,
    departments: DepartmentTree,
    topic: TopicPath,
    department: str,
    by: str,
    now: datetime,
) -> None:
    """Say in the draft who leads for a leaf; department "": as the catalogue's file says.

    Raises NotFound for a topic, Rejected("unknown", "department") for one that is none or is closed.
    """
    if topic not in {leaf.path for leaf in leaves()}:
        raise NotFound("topic", join_topic(topic))
    known = departments.get(department)
    if department and (known is None or not known.active):
        raise Rejected("unknown", "department")
    row = work.session.get(LeadRow, join_topic(topic))
    if not department:
        if row is not None:
            work.session.delete(row)
    elif row is None:
        work.session.add(
            LeadRow(topic=join_topic(topic), department=department, changed_by=by, changed_at=now)
        )
    else:
        row.department, row.changed_by, row.changed_at = department, by, now
    told = f"{join_topic(topic)}: {department or 'as in the file'}"
    append(work, OFFICE_CHAIN, EventName.LEAD_CHANGED, by, now, told)


def restore(work: Work, leads: Mapping[TopicPath, str], by: str, now: datetime, what: str) -> None:
    """Make the draft what a version says. what: named in the audit trail."""
    work.session.execute(delete(LeadRow))
    for topic, department in leads.items():
        work.session.add(
            LeadRow(topic=join_topic(topic), department=department, changed_by=by, changed_at=now)
        )
    append(work, OFFICE_CHAIN, EventName.LEAD_CHANGED, by, now, f"draft: {what}")


def publish(
    work: Work, effective_from: date, reason: str, today: date, by: str, now: datetime
) -> LeadsVersion:
    """Keep the draft as a version that holds from a day on.

    Raises Rejected: ("required" | "too_long", "reason"), ("effective_from", …) for a day that is
    past or before the newest version begins, ("nothing_changed", "draft").
    """
    reason = reason.strip()
    if not reason:
        raise Rejected("required", "reason")
    if len(reason) > LONGEST_REASON:
        raise Rejected("too_long", "reason", length=len(reason), limit=LONGEST_REASON)
    lock(work, ["leads"])
    versions = load_versions(work)
    newest = versions[-1] if versions else LeadsVersion()
    first = max(newest.effective_from, today)
    if effective_from < first:
        raise Rejected("effective_from", "effective_from", first=first.isoformat())
    draft = load_draft(work)
    changed = changes(newest.leads, draft)
    if not changed:
        raise Rejected("nothing_changed", "draft")
    number = max((version.number for version in versions), default=0) + 1
    work.session.add(
        LeadsVersionRow(
            number=number,
            effective_from=effective_from,
            leads={join_topic(topic): code for topic, code in draft.items()},
            reason=reason,
            made_by=by,
            made_at=now,
        )
    )
    told = {
        "version": number,
        "from": effective_from.isoformat(),
        "reason": reason,
        "changes": [[join_topic(one.topic), one.before, one.after] for one in changed],
    }
    append_text(work, OFFICE_CHAIN, EventName.CATALOGUE_PUBLISHED, by, now, told)
    announce_change(work)
    return LeadsVersion(number, effective_from, draft)


def _rows(work: Work) -> list[LeadsVersionRow]:
    order = (LeadsVersionRow.effective_from, LeadsVersionRow.number)
    return list(work.session.scalars(select(LeadsVersionRow).order_by(*order)))


def _version(row: LeadsVersionRow) -> LeadsVersion:
    leads = {split_topic(topic): str(code) for topic, code in row.leads.items()}
    return LeadsVersion(row.number, row.effective_from, leads)
