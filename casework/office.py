"""What an office works by: its zone, departments, deadline policy and working calendar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from casework.deadlines import DeadlinePolicy
from casework.departments import DepartmentTree
from casework.judgement import TopicPath
from casework.workdays import WorkingCalendar


@dataclass(frozen=True, slots=True)
class Office:
    """Loaded from the records; a changed department or calendar makes a new one."""

    zone: ZoneInfo
    departments: DepartmentTree
    policy: DeadlinePolicy
    calendar: WorkingCalendar
    leads: Mapping[TopicPath, str] = field(default_factory=dict)
    """Lead departments by leaf where the city decided otherwise than the catalogue's file."""
