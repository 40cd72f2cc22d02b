"""Counting what the public looks for and reads, without a transaction for every page.

Counts are gathered for a minute in the memory of each process and added to the records by whoever notes the
next one, or when the process ends. A process that is killed loses the last minute of them: they are
counts of looks, and nobody's case.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from casework.errors import MinshengError
from casework.interest import Interest, Noted
from casework.storage.interest import add_interest
from casework.storage.records import Records

log = logging.getLogger(__name__)
EVERY = timedelta(minutes=1)


class InterestCounter:
    """The counts of this process that are not in the records yet. Several threads may use it."""

    def __init__(self, records: Records, zone: ZoneInfo) -> None:
        self._records, self._zone = records, zone
        self._counts: Counter[Noted] = Counter()
        self._mutex = threading.Lock()
        self._due: datetime | None = None

    def note(self, what: Interest, topic: str, now: datetime) -> None:
        """Count one. topic: of the first level, or ""."""
        with self._mutex:
            self._counts[now.astimezone(self._zone).date(), what, topic] += 1
            self._due = self._due or now + EVERY
            is_due = now >= self._due
        if is_due:
            self.write()

    def write(self) -> None:
        """Add what was counted to the records. What cannot be written is kept for the next time."""
        with self._mutex:
            counts, self._counts, self._due = self._counts, Counter(), None
        if not counts:
            return
        try:
            with self._records.write() as work:
                add_interest(work, counts)
                work.commit()
        except MinshengError as error:
            log.warning("%s looks of the public are not written yet: %s", counts.total(), error)
            with self._mutex:
                self._counts += counts
