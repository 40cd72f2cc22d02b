"""Who relays, and how others get something done: one process holds the lease "index" and serves.

A command that finds the lease held writes its wish into the row and waits until it was met.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event

from casework.errors import IndexHeld, LeaseHeld
from casework.storage import leases
from casework.storage.records import Records
from monitor.index.interface import TrendIndex
from monitor.relay import Delivered, Progress, Rebuilt, deliver, rebuild

Clock = Callable[[], datetime]

RELAY, REBUILD = "relay", "rebuild"
"""What others may ask of the holder."""

LEASE_LENGTH = timedelta(seconds=20)
"""Renewed when half of it has run; after the holder's sudden end another waits as long."""


@dataclass(frozen=True, slots=True)
class Served:
    """What one turn did."""

    delivered: Delivered
    rebuilt: Rebuilt | None = None


def serve(
    records: Records,
    index: TrendIndex,
    holder: str,
    clock: Clock,
    wish: str = "",
    progress: Progress | None = None,
) -> Served:
    """One turn of the relay: hold the lease, rebuild what is missing, damaged or asked for,
    deliver all that waits, and tell whoever asked that it is done.

    Raises IndexHeld when somebody else holds the lease.
    """
    asked = _hold(records, index, holder, clock())

    def keep(done: int, total: int) -> None:
        _hold(records, index, holder, clock())
        if progress is not None:
            progress(done, total)

    rebuilt = None
    if REBUILD in (asked, wish) or not index.health().state.answers:
        rebuilt = rebuild(records, index, keep)
    delivered = _deliver_all(records, index, keep)
    if asked:
        with records.write() as work:
            leases.answered(work, leases.INDEX, holder, asked)
            work.commit()
    return Served(delivered, rebuilt)


def ask(
    records: Records,
    index: TrendIndex,
    wish: str,
    holder: str,
    clock: Clock,
    pause: Callable[[float], None],
    patience: timedelta,
    progress: Progress | None = None,
) -> str:
    """See that a wish (RELAY, REBUILD) is met: by the process that holds the index, else by this
    one. Returns who did it.

    Raises IndexHeld with the holder's name when it has not done so after `patience`; it may yet.
    """
    with records.write() as work:
        other = leases.ask(work, leases.INDEX, wish, clock())
        work.commit()
    if other in ("", holder):
        try:
            serve(records, index, holder, clock, wish, progress)
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
) -> None:
    """Serve every `interval` seconds until `stop` is set. A turn that fails is told to `failed`
    and tried again; nothing is lost by it."""
    while not stop.is_set():
        try:
            serve(records, index, holder, clock)
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


def _deliver_all(records: Records, index: TrendIndex, keep: Progress) -> Delivered:
    sent = refused = 0
    while True:
        delivered = deliver(records, index)
        sent, refused = sent + delivered.sent, refused + delivered.refused
        if not delivered.sent:
            return Delivered(sent, refused, delivered.left)
        keep(sent, sent + delivered.left)
