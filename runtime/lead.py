"""Who leads: of all processes that run the timetable one does the jobs, the others stand by.

The leader renews its lease every few seconds; when it ends without a word the lease runs out and
another takes over with the next term.
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import timedelta

from casework.errors import Conflict, LeaseHeld, MinshengError
from casework.storage import leases
from casework.storage.records import Records
from runtime.clock import now

log = logging.getLogger(__name__)

LENGTH = timedelta(seconds=20)
RENEW_SECONDS = 4.0
"""A killed leader is followed after LENGTH and this at the latest."""


class Lead:
    """Takes and keeps the lease on the timetable in a thread of its own."""

    def __init__(self, records: Records, holder: str) -> None:
        self._records = records
        self.holder = holder
        self._term: int | None = None
        self._sure_until = 0.0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="lead", daemon=True)

    def start(self) -> None:
        """Try for the lease at once, then go on in the background."""
        self._try()
        self._thread.start()

    def term(self) -> int | None:
        """The term this process leads in, or None while another leads or nobody can tell."""
        return self._term if time.monotonic() < self._sure_until else None

    def stop(self) -> None:
        """Give the lease back, so that another need not wait for its end."""
        self._end.set()
        self._thread.join()
        self._term = None
        try:
            with self._records.write() as work:
                leases.release(work, leases.TIMETABLE, self.holder, now())
                work.commit()
        except MinshengError as error:
            log.warning("the lease on the timetable runs out by itself: %s", error)

    def _keep(self) -> None:
        while not self._end.wait(RENEW_SECONDS):
            self._try()

    def _try(self) -> None:
        asked = time.monotonic()
        try:
            with self._records.write() as work:
                lease = leases.take(work, leases.TIMETABLE, self.holder, now(), LENGTH)
                work.commit()
        except (LeaseHeld, Conflict):
            lease = None
        except MinshengError as error:
            # Until the last lease ends this process still leads: nobody else can take it sooner.
            log.warning("cannot renew the lease on the timetable: %s", error)
            return
        term = None if lease is None else lease.term
        if term != self._term:
            log.info("leads" if term else "stands by", extra={"term": term})
        self._term = term
        self._sure_until = asked + LENGTH.total_seconds()
