"""The office as the records hold it, loaded once and again when somebody changed it."""

from __future__ import annotations

import threading
import time

from casework.deadlines import DeadlinePolicy
from casework.office import Office
from casework.storage import office
from casework.storage.leads import load_versions
from casework.storage.local_rules import load_local_rules
from casework.storage.policies import load_policies
from casework.storage.records import Records
from runtime.settings import Settings

LOOK_EVERY_SECONDS = 5.0


class OfficeSource:
    """Call it for the Office. Thread-safe; another process's change is seen within seconds."""

    def __init__(self, records: Records, settings: Settings, policy: DeadlinePolicy) -> None:
        self._records = records
        self._zone = settings.zone
        self._duty = settings.duty_hours
        self._policy = policy
        self._lock = threading.Lock()
        self._office: Office | None = None
        self._version = ""
        self._looked_at = 0.0

    def __call__(self) -> Office:
        current = self._office
        if current is not None and time.monotonic() - self._looked_at < LOOK_EVERY_SECONDS:
            return current
        with self._lock:
            return self._look()

    def _look(self) -> Office:
        with self._records.read() as work:
            version = office.fact(work, office.CHANGED)
            if self._office is None or version != self._version:
                self._office = Office(
                    zone=self._zone,
                    departments=office.load_departments(work),
                    policy=self._policy.with_local(load_local_rules(work)),
                    calendar=office.load_calendar(work, self._duty),
                    leads=load_versions(work),
                    policies=load_policies(work),
                )
                self._version = version
            self._looked_at = time.monotonic()
            return self._office
