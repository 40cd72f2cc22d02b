"""Who relays, and how others get something done: one process holds the lease "index" and serves.

A command that finds the lease held writes its wish into the row and waits until it was met.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event

from casework.errors import IndexHeld, IndexUnavailable, LeaseHeld
from casework.storage import leases, outbox
from casework.storage.index_checks import IndexCheck, save_check
from casework.storage.records import Records
from monitor.check import compare, repair
from monitor.index.interface import TrendIndex
from monitor.index.state import IndexState
from monitor.relay import Delivered, Progress, Rebuilt, deliver, rebuild
from monitor.retention import KEEP_ALL, Retention, drop_old_months

Clock = Callable[[], datetime]

RELAY, REBUILD, CHECK = "relay", "rebuild", "check"
"""What others may ask of the holder."""

LEASE_LENGTH = timedelta(seconds=20)
"""Renewed when half of it has run; after the holder's sudden end another waits as long."""


@dataclass(frozen=True, slots=True)
class Served:
    """What one turn did."""

    delivered: Delivered
    rebuilt: Rebuilt | None = None
    checked: IndexCheck | None = None


def serve(
    records: Records,
    index: TrendIndex,
    holder: str,
    clock: Clock,
    wish: str = "",
    progress: Progress | None = None,
    retention: Retention = KEEP_ALL,
) -> Served:
    """One turn of the relay: hold the lease, rebuild what is missing, damaged, left half done or
    asked for, deliver all that waits, compare with the records if that is asked for, and tell
    whoever asked that it is done.

    Raises IndexHeld when somebody else holds the lease, IndexUnavailable while the index is away.
    """
    asked = _hold(records, index, holder, clock())

    def keep(done: int, total: int) -> None:
        _hold(records, index, holder, clock())
        if progress is not None:
            progress(done, total)

    turn = _Turn(records, index, retention, clock, keep)
    rebuilt = turn.rebuild() if REBUILD in (asked, wish) or turn.must_rebuild() else None
    delivered, checked = turn.deliver(), None
    if CHECK in (asked, wish):
        checked = turn.check(holder)
    if asked:
        with records.write() as work:
            leases.answered(work, leases.INDEX, holder, asked)
            work.commit()
    return Served(delivered, rebuilt, checked)


@dataclass(frozen=True, slots=True)
class _Turn:
    """What may be done in one turn, by whoever holds the lease. keep: renews it."""

    records: Records
    index: TrendIndex
    retention: Retention
    clock: Clock
    keep: Progress

    def must_rebuild(self) -> bool:
        health = self.index.health()
        if health.state is IndexState.AWAY:
            raise IndexUnavailable(health.reason)
        return not health.state.answers or self.index.unfinished()

    def rebuild(self) -> Rebuilt:
        kept_from = self.retention.kept_from(self.clock())
        return rebuild(self.records, self.index, self.keep, kept_from=kept_from)

    def deliver(self) -> Delivered:
        kept_from = self.retention.kept_from(self.clock())
        sent = refused = 0
        while True:
            delivered = deliver(self.records, self.index, kept_from=kept_from)
            sent, refused = sent + delivered.sent, refused + delivered.refused
            if not delivered.sent:
                return Delivered(sent, refused, delivered.left)
            self.keep(sent, sent + delivered.left)

    def check(self, holder: str) -> IndexCheck:
        """Drop old months, compare, repair, and keep what was found."""
        began, zone = self.clock(), self.retention.zone
        self.index.close()  # what is remembered of it may be wrong: a cluster may have been restored
        drop_old_months(self.records, self.index, self.retention, began)
        kept_from = self.retention.kept_from(began)
        found = compare(self.records, self.index, zone, kept_from, self.keep)
        repaired = repair(self.records, self.index, found, self.clock())
        months = found.months()
        # The index knows versions that the records, put back from a backup, do not.
        newer = any(month.newer for month in months)
        if newer:
            self.rebuild()
        with self.records.write() as work:
            outbox.try_again(work)
            work.commit()
        self.deliver()
        checked = IndexCheck(holder, began, self.clock(), months, repaired, newer)
        with self.records.write() as work:
            save_check(work, checked)
            work.commit()
        return checked


def ask(
    records: Records,
    index: TrendIndex,
    wish: str,
    holder: str,
    clock: Clock,
    pause: Callable[[float], None],
    patience: timedelta,
    progress: Progress | None = None,
    retention: Retention = KEEP_ALL,
) -> str:
    """See that a wish (RELAY, REBUILD, CHECK) is met: by the process that holds the index, else by this
    one. Returns who did it.

    Raises IndexHeld with the holder's name when it has not done so after `patience`; it may yet.
    """
    with records.write() as work:
        other = leases.ask(work, leases.INDEX, wish, clock())
        work.commit()
    if other in ("", holder):
        try:
            serve(records, index, holder, clock, wish, progress, retention)
        finally:
            let_go(records, index, holder, clock())
        return holder
    until = clock() + patience
    while clock() < until:
        with records.read() as work:
            lease = leases.look(work, leases.INDEX)
        if lease is None or lease.request != wish:
            return other
        pause(0.2)
    raise IndexHeld(other)


def follow(
    records: Records,
    index: TrendIndex,
    holder: str,
    clock: Clock,
    stop: Event,
    failed: Callable[[Exception], None],
    interval: float = 1.0,
    retention: Retention = KEEP_ALL,
    went_well: Callable[[], None] = lambda: None,
) -> None:
    """Serve every `interval` seconds until `stop` is set. A turn that fails is told to `failed`
    and tried again; nothing is lost by it. One that does not is told to `went_well`."""
    while not stop.is_set():
        try:
            serve(records, index, holder, clock, retention=retention)
            went_well()
        except Exception as error:  # the relay outlives whatever befalls one turn
            failed(error)
        stop.wait(interval)
    let_go(records, index, holder, clock())


def let_go(records: Records, index: TrendIndex, holder: str, now: datetime) -> None:
    """Stop writing and give the lease back."""
    index.close()
    with records.write() as work:
        leases.release(work, leases.INDEX, holder, now)
        work.commit()


def _hold(records: Records, index: TrendIndex, holder: str, now: datetime) -> str:
    """Take the lease, or renew it when half of it has run; what others ask for."""
    with records.read() as work:
        current = leases.look(work, leases.INDEX)
    if current and current.holder == holder and current.expires_at - now > LEASE_LENGTH / 2:
        return current.request
    try:
        with records.write() as work:
            lease = leases.take(work, leases.INDEX, holder, now, LEASE_LENGTH)
            work.commit()
    except LeaseHeld as held:
        index.close()  # the lease was lost: the other one must be able to write
        raise IndexHeld(held.holder) from None
    return lease.request
