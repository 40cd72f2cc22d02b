"""Versions of what a city decided about who leads for what, beside the catalogue's files. Plain Python."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from casework.judgement import TopicPath


@dataclass(frozen=True, slots=True)
class LeadsVersion:
    """What holds from a day on: lead departments by leaf, where they differ from the files. number:
    0 for the files alone."""

    number: int = 0
    effective_from: date = date.min
    leads: Mapping[TopicPath, str] = field(default_factory=dict)

    def named(self, files: str) -> str:
        """The name a ticket keeps: of the files, and of the version."""
        return f"{files}+{self.number}" if self.number else files


@dataclass(frozen=True, slots=True)
class LeadChange:
    """One leaf that another version gives to somebody else; "" stands for what the files say."""

    topic: TopicPath
    before: str
    after: str


def leads_in_force(versions: Iterable[LeadsVersion], day: date) -> LeadsVersion:
    """The version that holds on a day: the last to have begun; versions are oldest first."""
    found = LeadsVersion()
    for version in versions:
        if version.effective_from <= day:
            found = version
    return found


def changes(
    before: Mapping[TopicPath, str], after: Mapping[TopicPath, str]
) -> tuple[LeadChange, ...]:
    """What differs, by topic."""
    return tuple(
        LeadChange(topic, before.get(topic, ""), after.get(topic, ""))
        for topic in sorted({*before, *after})
        if before.get(topic, "") != after.get(topic, "")
    )
