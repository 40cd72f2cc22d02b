"""Asking for work on the trend index, and waiting for it."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import click

from monitor import relay_turns
from monitor.relay import Progress
from runtime.clock import now
from runtime.wiring import City

PATIENCE = timedelta(minutes=30)


def ask(city: City, wish: str, progress: Progress | None = None) -> str:
    """Let whoever may write the index fulfil a wish of relay_turns, wait for it, and say who did."""
    return relay_turns.ask(
        city.records,
        city.index,
        wish,
        city.holder,
        now,
        time.sleep,
        PATIENCE,
        progress,
        city.retention,
    )


@contextmanager
def bar(label: str) -> Iterator[Progress]:
    """A bar on standard error, with the messages a second so far; nothing where nobody watches."""
    started = time.perf_counter()
    with click.progressbar(length=1, label=label, file=sys.stderr, item_show_func=str) as shown:

        def progress(done: int, total: int) -> None:
            speed = done / max(0.001, time.perf_counter() - started)
            shown.length = total
            shown.update(done - shown.pos, current_item=f"{speed:,.0f}/s")

        yield progress


def see_that_it_answers(city: City) -> None:
    """A city that has no index yet, or a damaged one, gets one from its records first."""
    if not city.index.health().state.answers:
        ask(city, relay_turns.RELAY)
