"""The timetable: what runs when, and what may be missed. The only file that imports APScheduler.

Every job is an ordinary function of its package; it may run twice, and a run that was missed is
made up by the next one. One process of a city runs the timetable.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from casework.errors import IndexHeld, MinshengError
from monitor import relay_turns, watch
from runtime.clock import now
from runtime.delivery.mail import mail_sender
from runtime.delivery.notices import deliver_notices
from runtime.wiring import City

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """One line of the timetable. every: seconds between runs; daily_at: "HH:MM" in the city."""

    name: str
    run: Callable[[City], None]
    every: int = 0
    daily_at: str = ""


def relay(city: City) -> None:
    """Bring what has changed to the trend index, and do what commands ask of its holder."""
    relay_turns.serve(city.records, city.index, city.holder, now)


def rebuild(city: City) -> None:
    """Build the index anew from the records, so that it cannot drift from them for long."""
    relay_turns.serve(city.records, city.index, city.holder, now, wish=relay_turns.REBUILD)


def look_for_alerts(city: City) -> None:
    """Look at every series."""
    watch.watch(city.records, city.index, city.settings.zone, now())


def send_notices(city: City) -> None:
    """Send what waits, where mail is set up."""
    settings = city.settings
    if settings.smtp_url:
        send = mail_sender(settings.smtp_url, settings.smtp_from)
        deliver_notices(city.records, send, settings.hotline, now())


TIMETABLE = (
    Job("relay", relay, every=2),
    Job("look_for_alerts", look_for_alerts, every=300),
    Job("send_notices", send_notices, every=60),
    # At night, but not between 1 and 3: where clocks change, that hour comes twice or never.
    Job("rebuild", rebuild, daily_at="03:20"),
)


def start_scheduler(city: City) -> Callable[[], None]:
    """Start the timetable in threads of this process; returns the function that ends it.

    Ending waits for what is running, and lets another process write the index.
    """
    scheduler = BackgroundScheduler(
        timezone=city.settings.zone,
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 3600},
    )
    for job in TIMETABLE:
        scheduler.add_job(_told(job), _trigger(job, city), args=[city], id=job.name, name=job.name)
    scheduler.start()

    def stop() -> None:
        scheduler.shutdown(wait=True)
        relay_turns.let_go(city.records, city.index, city.holder, now())

    return stop


def _trigger(job: Job, city: City) -> BaseTrigger:
    if job.every:
        return IntervalTrigger(seconds=job.every, start_date=now() + timedelta(seconds=1))
    hour, minute = job.daily_at.split(":")
    return CronTrigger(hour=hour, minute=minute, timezone=city.settings.zone)


def _told(job: Job) -> Callable[[City], None]:
    """The job, with whatever befalls it told in the log; the next run tries again."""

    def run(city: City) -> None:
        try:
            job.run(city)
        except IndexHeld as error:
            log.info("%s: %s", job.name, error)
        except MinshengError as error:
            log.warning("%s: %s", job.name, error)
        except Exception:
            log.exception("%s failed", job.name)

    return run
