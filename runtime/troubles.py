"""What keeps failing is said once, then ever more rarely, and once when it is well again.

Kept in the memory of the process that runs the jobs: nothing but lines of its log depends on it.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

SOONEST, LATEST = timedelta(minutes=1), timedelta(hours=1)
"""How long after it was said the first time it is said again; twice as long each time after that,
up to LATEST."""


@dataclass(slots=True)
class Trouble:
    """What a job fails with: since when, how often, and when it is said again."""

    kind: type[Exception]
    since: datetime
    times: int
    next_said: datetime
    distance: timedelta


class Troubles:
    """The jobs that fail at the moment. Several threads may use it."""

    def __init__(self) -> None:
        self._failing: dict[str, Trouble] = {}
        self._mutex = threading.Lock()

    def befell(self, job: str, error: Exception, at: datetime) -> str:
        """What is to be said of a failure, "" for nothing. Another kind of error is another
        trouble."""
        with self._mutex:
            known = self._failing.get(job)
            if known is None or known.kind is not type(error):
                self._failing[job] = Trouble(type(error), at, 1, at + SOONEST, SOONEST)
                return str(error) or type(error).__name__
            known.times += 1
            if at < known.next_said:
                return ""
            known.distance = min(2 * known.distance, LATEST)
            known.next_said = at + known.distance
            return f"{error} ({known.times} times since {known.since:%Y-%m-%d %H:%M:%S})"

    def over(self, job: str) -> str:
        """What is to be said of a job that is well, "" where it was before."""
        with self._mutex:
            known = self._failing.pop(job, None)
        if known is None:
            return ""
        return f"well again after {known.times} failures since {known.since:%Y-%m-%d %H:%M:%S}"
