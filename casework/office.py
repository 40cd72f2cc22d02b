"""What an office works by: its zone, departments, deadline policy and working calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from casework.deadlines import DeadlinePolicy, in_force
from casework.departments import DepartmentTree
from casework.ladder import EARLY, LAST
from casework.leads import LeadsVersion, leads_in_force
from casework.workdays import WorkingCalendar


@dataclass(frozen=True, slots=True)
class Office:
    """Loaded from the records; a changed department or calendar makes a new one. policy: the one
    for a city that has kept none."""

    zone: ZoneInfo
    departments: DepartmentTree
    policy: DeadlinePolicy
    calendar: WorkingCalendar
    leads: tuple[LeadsVersion, ...] = ()
    """Every version of what the city decided about who leads, oldest first."""
    policies: tuple[DeadlinePolicy, ...] = ()
    """Every version there has been, and those that are to come, oldest first."""

    def policy_at(self, at: datetime) -> DeadlinePolicy:
        """The policy under which a message of this time comes."""
        found = in_force(self.policies, at.astimezone(self.zone).date())
        return found or (self.policies[0] if self.policies else self.policy)

    def step_names(self) -> frozenset[str]:
        """The steps of every ladder that open tickets may go by."""
        known = (*self.policies, self.policy)
        return frozenset(step.name for policy in known for step in policy.steps) | {EARLY, LAST}

    def leads_at(self, at: datetime) -> LeadsVersion:
        """Who leads, where the city decided it, for messages dispatched at this time."""
        return leads_in_force(self.leads, at.astimezone(self.zone).date())

    def policy_named(self, version: str, at: datetime) -> DeadlinePolicy:
        """The policy a ticket has kept; of a version nobody knows, the one of its time."""
        return next((p for p in self.policies if p.version == version), None) or self.policy_at(at)
