"""flask monitor …: trends, search, and the trend index."""

from __future__ import annotations

import sys
import threading
import time
from datetime import date, timedelta
from typing import Any

import click

from casework.errors import Rejected
from casework.permissions import EVERYTHING
from casework.storage import outbox
from monitor import relay_turns
from monitor.index.interface import Dimension, Interval, Order, TrendFilter
from runtime.clock import now
from runtime.wiring import City
from web.cli.command import json_option, tell, telling, the_city

GROUPS = ("topic", "department", "district", "channel", "kind", "sentiment", "urgency")
PATIENCE = timedelta(minutes=30)
SHOWN_HITS = 20


@click.group()
def monitor() -> None:
    """What people are saying, in bulk."""


@monitor.command()
@click.option("--interval", type=click.Choice([i.value for i in Interval]), default="day")
@click.option("--by", type=click.Choice(GROUPS), required=True)
@click.option("--from", "from_day", required=True, help="First day of the city, YYYY-MM-DD.")
@click.option("--to", "to_day", required=True, help="Last day, included.")
@json_option
@telling
def trend(interval: str, by: str, from_day: str, to_day: str, as_json: bool) -> None:
    """Counts over time, by one dimension. All messages; for the office, not for pages."""
    first, last = _day(from_day), _day(to_day)
    with the_city() as city:
        _see_that_it_answers(city)
        answer = city.index.series(
            Dimension(by),
            Interval(interval),
            first,
            last,
            city.settings.zone,
            TrendFilter(),
            EVERYTHING,
        )
    buckets = [
        {"start": bucket.start.isoformat(), "total": bucket.total, "groups": dict(bucket.groups)}
        for bucket in answer.buckets
    ]
    if as_json:
        tell({"interval": interval, "by": by, "total": answer.total, "buckets": buckets}, as_json)
        return
    for bucket in buckets:
        click.echo(f"{bucket['start']}  {bucket['total']:>6}  {bucket['groups']}")
    click.echo(f"total: {answer.total}")


@monitor.command()
@click.argument("words")
@click.option("--limit", default=SHOWN_HITS, show_default=True)
@json_option
@telling
def search(words: str, limit: int, as_json: bool) -> None:
    """Messages that have all the words, best first."""
    with the_city() as city:
        _see_that_it_answers(city)
        page = city.index.search(
            TrendFilter(words=words), EVERYTHING, offset=0, limit=limit, order=Order.RELEVANCE
        )
    hits: list[dict[str, Any]] = [
        {
            "number": hit.number,
            "received_at": hit.received_at.astimezone(city.settings.zone).isoformat(),
            "message_id": str(hit.message_id),
            "score": round(hit.score, 4),
        }
        for hit in page.hits
    ]
    tell({"total": page.total, "hits": hits}, as_json)


@monitor.command()
@click.option("--follow", is_flag=True, help="Stay, and deliver as things change.")
@json_option
@telling
def relay(follow: bool, as_json: bool) -> None:
    """Deliver what waits to the trend index."""
    with the_city() as city:
        if follow:
            _follow(city)
            return
        started = time.perf_counter()
        by = relay_turns.ask(
            city.records, city.index, relay_turns.RELAY, city.holder, now, time.sleep, PATIENCE
        )
        _tell_index(city, by, started, as_json)


@monitor.command()
@json_option
@telling
def rebuild(as_json: bool) -> None:
    """Build the trend index anew from the records; readers have the old one until then."""
    with the_city() as city:
        started = time.perf_counter()
        stderr = sys.stderr
        with click.progressbar(length=1, label="index", file=stderr) as bar:

            def progress(done: int, total: int) -> None:
                bar.length = total
                bar.update(done - bar.pos)

            by = relay_turns.ask(
                city.records,
                city.index,
                relay_turns.REBUILD,
                city.holder,
                now,
                time.sleep,
                PATIENCE,
                progress,
            )
        _tell_index(city, by, started, as_json)


def _see_that_it_answers(city: City) -> None:
    """A city that has no index yet, or a damaged one, gets one from its records first."""
    if not city.index.health().state.answers:
        relay_turns.ask(
            city.records, city.index, relay_turns.RELAY, city.holder, now, time.sleep, PATIENCE
        )


def _follow(city: City) -> None:
    stop = threading.Event()
    click.echo(f"Relaying as {city.holder} until Ctrl-C.")
    worker = threading.Thread(
        target=relay_turns.follow,
        args=(city.records, city.index, city.holder, now, stop, _say_failed),
    )
    worker.start()
    try:
        while worker.is_alive():
            worker.join(1)
    except KeyboardInterrupt:
        pass
    finally:
        stop.set()
        worker.join()


def _say_failed(error: Exception) -> None:
    click.echo(str(error), err=True)


def _tell_index(city: City, by: str, started: float, as_json: bool) -> None:
    with city.records.read() as work:
        waiting = outbox.backlog(work)
    tell(
        {
            "by": by,
            "documents": city.index.count(TrendFilter(), EVERYTHING),
            "waiting": waiting.rows,
            "refused": waiting.refused,
            "seconds": round(time.perf_counter() - started, 3),
        },
        as_json,
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Rejected("day", value=text) from None
