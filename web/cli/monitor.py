"""flask monitor …: trends, search, and the trend index."""

from __future__ import annotations

import threading
import time
from datetime import date
from functools import partial
from typing import Any

import click

from casework.errors import IndexUnavailable, Rejected
from casework.permissions import EVERYTHING
from casework.storage import outbox
from casework.storage.index_checks import counted_months, last_check
from monitor import relay_turns
from monitor.index.interface import Dimension, Interval, Order, TrendFilter
from runtime.clock import now
from runtime.wiring import City
from web.cli.bursts import bursts_command
from web.cli.command import json_option, tell, telling, the_city
from web.cli.forecast import forecast
from web.cli.hot_issues import hot_issues
from web.cli.index_turns import ask, bar, see_that_it_answers

GROUPS = ("topic", "department", "district", "channel", "kind", "sentiment", "urgency")
SHOWN_HITS = 20
SHOWN_REFUSALS = 100


@click.group()
def monitor() -> None:
    """What people are saying, in bulk."""


monitor.add_command(bursts_command)
monitor.add_command(hot_issues)
monitor.add_command(forecast)


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
        see_that_it_answers(city)
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
        see_that_it_answers(city)
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
        _tell_index(city, ask(city, relay_turns.RELAY), started, as_json)


@monitor.command()
@json_option
@telling
def rebuild(as_json: bool) -> None:
    """Build the trend index anew from the records; readers have the old one until then. A rebuild
    that was killed goes on where it stood."""
    with the_city() as city:
        started = time.perf_counter()
        with bar("index") as progress:
            by = ask(city, relay_turns.REBUILD, progress)
        _tell_index(city, by, started, as_json)


@monitor.command()
@json_option
@telling
def check(as_json: bool) -> None:
    """Compare the trend index with the records month by month, say what differs, and repair it."""
    with the_city() as city:
        with bar("compared") as progress:
            by = ask(city, relay_turns.CHECK, progress)
        with city.records.read() as work:
            found = last_check(work)
    assert found is not None
    if not as_json:
        for month in found.months:
            if month.wrong:
                click.echo(
                    f"{month.month}  records {month.records}  index {month.index}  "
                    f"missing {month.missing}  surplus {month.surplus}  "
                    f"differing {month.differing}  doubled {month.doubled}  newer {month.newer}"
                )
    tell(
        {
            "by": by,
            "months": len(found.months),
            "messages": sum(month.records for month in found.months),
            "wrong": found.wrong,
            "repaired": found.repaired,
            "rebuilt": found.rebuilt,
        },
        as_json,
    )


@monitor.command()
@json_option
@telling
def refused(as_json: bool) -> None:
    """Messages the trend index would not take, and why. They are tried again every night."""
    with the_city() as city, city.records.read() as work:
        found = outbox.refusals(work, SHOWN_REFUSALS)
        count = outbox.backlog(work).refused
    if not as_json:
        for one in found:
            click.echo(f"{one.number or one.message_id}  {one.reason}")
    tell({"refused": count}, as_json)


@monitor.command()
@json_option
@telling
def months(as_json: bool) -> None:
    """Months that the trend index no longer holds, and how many messages each had."""
    with the_city() as city, city.records.read() as work:
        tell(counted_months(work), as_json)


@monitor.command()
@click.option("--repository", default="minsheng", show_default=True)
@click.option("--folder", default="", help="Makes the repository there, if the cluster has none.")
@click.option("--name", default="", help="Of the snapshot; by default the time.")
@json_option
@telling
def snapshot(repository: str, folder: str, name: str, as_json: bool) -> None:
    """Let the cluster keep a snapshot of the trend index."""
    from monitor.index.elasticsearch import ElasticsearchIndex  # takes a tenth of a start

    with the_city() as city:
        if not isinstance(city.index, ElasticsearchIndex):
            raise IndexUnavailable("the embedded index keeps no snapshots; it is rebuilt")
        name = name or f"{now():%Y%m%d%H%M%S}"
        state = city.index.snapshot(repository, folder, name)
    tell({"snapshot": name, "repository": repository, "state": state}, as_json)


def _follow(city: City) -> None:
    stop = threading.Event()
    click.echo(f"Relaying as {city.holder} until Ctrl-C.")
    worker = threading.Thread(
        target=relay_turns.follow,
        args=(city.records, city.index, city.holder, now, stop, partial(_say_failed, city)),
        kwargs={"retention": city.retention, "went_well": partial(_say_well, city)},
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


def _say_failed(city: City, error: Exception) -> None:
    said = city.troubles.befell("relay", error, now())
    if said:
        click.echo(said, err=True)


def _say_well(city: City) -> None:
    said = city.troubles.over("relay")
    if said:
        click.echo(said, err=True)


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
