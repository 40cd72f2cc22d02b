"""The timetable: what runs when. The only file that imports APScheduler.

Every job is an ordinary function of its package and may run twice: a run cut off by the end of the
process is made up by the next. Any number of processes may run the timetable; one of them leads
(runtime/lead.py) and does the jobs, each turn once (casework/storage/jobs.py).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from casework.errors import IndexHeld, MinshengError
from casework.storage import drafts, form_files, jobs
from casework.storage.contribution_sweep import sweep_contributions
from casework.storage.outside_sweep import sweep_outside
from casework.storage.sweep import sweep
from casework.storage.unnamed_files import remove_unnamed
from monitor import (
    alert_clocks,
    forecast_weekly,
    hot_issues,
    kept_table,
    relay_turns,
    watch_turns,
)
from routing.resume import resume_what_is_over
from runtime.brief_mail import tell_of_briefs
from runtime.clock import now
from runtime.doors import (
    forget_answers,
    forget_staff_messages,
    poll_mailboxes,
    send_notices,
    tell_staff,
)
from runtime.file_imports import forget_uploads, run_imports
from runtime.lead import Lead
from runtime.polling import look_at_sources, poll_feeds
from runtime.subscribers import forget_subscriptions, tell_subscribers
from runtime.trainings import run_trainings
from runtime.turns import DailyAt, Every
from runtime.wiring import City

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """One line of the timetable. longest: a run that takes longer has stalled."""

    name: str
    run: Callable[[City], None]
    when: Every | DailyAt
    longest: timedelta = timedelta(minutes=15)


def relay(city: City) -> None:
    """Bring what has changed to the trend index, and do what commands ask of its holder."""
    city.classifier.refresh()
    _serve(city)


def rebuild(city: City) -> None:
    """Build the embedded index anew from the records, so that it cannot drift from them for long.
    One in a cluster is too large for every night; it is checked instead."""
    if not city.settings.elasticsearch_urls:
        city.classifier.look()  # with the city's words as they are now
        _serve(city, relay_turns.REBUILD)


def check_index(city: City) -> None:
    """Drop old months of the index, compare it with the records and put right what differs."""
    _serve(city, relay_turns.CHECK)


def _serve(city: City, wish: str = "") -> None:
    relay_turns.serve(
        city.records, city.index, city.holder, now, wish=wish, retention=city.retention
    )


def look_for_alerts(city: City) -> None:
    """Look at every series, also for the turns that a downtime left out."""
    calendar = city.office().calendar
    watch_turns.look(
        city.records,
        city.index,
        city.settings.zone,
        now(),
        ending=city.ending.is_set,
        works=lambda day: calendar.day(day).working,
        table_file=city.settings.home / kept_table.FILE_NAME,
    )


def watch_responses(city: City) -> None:
    """Tell of alerts whose response is nearly due, or was not given in time."""
    steps = alert_clocks.warn_of_responses(city.records, city.office(), now())
    if steps:
        log.info("%s response clocks of alerts took a step", steps)


def gather_hot_issues(city: City) -> None:
    """Put the messages that came since the last time into hot issues."""
    found = hot_issues.gather(city.records, city.settings.zone, now(), ending=city.ending.is_set)
    if found.messages:
        log.info("%s messages looked at, %s put into issues", found.messages, found.joined)


def tidy_hot_issues(city: City) -> None:
    """Take out of the issues what may not be in them any more, and look at what may be by now."""
    hot_issues.tidy(city.records, now(), city.ending.is_set)
    hot_issues.gather(
        city.records, city.settings.zone, now(), everything=True, ending=city.ending.is_set
    )


def make_forecasts(city: City) -> None:
    """Forecast the next weeks on a Monday, and set past forecasts against what came."""
    forecast_weekly.forecast_weekly(city.records, city.index, city.office(), now())


def drop_old_drafts(city: City) -> None:
    """Delete what was begun at the desks and left alone for days."""
    with city.records.write() as work:
        drafts.drop_old_drafts(work, now())
        work.commit()


def clear_files(city: City) -> None:
    """Forget the photographs of forms never sent, and remove the files no record names."""
    with city.records.write() as work:
        form_files.drop_unsent(work, now())
        work.commit()
    remove_unnamed(city.records, city.settings.attachments_folder, now())


def sweep_clocks(city: City) -> None:
    """Let clocks run on whose pause is over, and warn and escalate as clocks run out."""
    resume_what_is_over(city.records, city.office(), now())
    swept = sweep(city.records, city.office(), now())
    if swept.clocks:
        log.info("%s clocks took %s steps", swept.clocks, swept.steps)
    late = sweep_contributions(city.records, city.office(), now())
    if late:
        log.info("%s contributions took a step", late)
    links = sweep_outside(city.records, now())
    if links:
        log.info("%s links to bodies outside were reminded of or ended", links)


TIMETABLE = (
    Job("sweep_clocks", sweep_clocks, Every(30)),
    Job("relay", relay, Every(2), longest=timedelta(hours=6)),  # it builds a missing index too
    Job("gather_hot_issues", gather_hot_issues, Every(60), longest=timedelta(hours=6)),
    Job("tidy_hot_issues", tidy_hot_issues, DailyAt(4, 30), longest=timedelta(hours=6)),
    Job("make_forecasts", make_forecasts, DailyAt(5, 10)),
    Job("look_for_alerts", look_for_alerts, Every(10), longest=timedelta(hours=6)),  # after a week
    Job("watch_responses", watch_responses, Every(60)),
    Job("send_notices", send_notices, Every(60)),
    Job("tell_staff", tell_staff, Every(30)),
    Job("poll_feeds", poll_feeds, Every(60)),
    Job("look_at_sources", look_at_sources, Every(3600)),
    Job("run_imports", run_imports, Every(5), longest=timedelta(hours=6)),  # half a million rows
    Job("train_models", run_trainings, Every(5), longest=timedelta(hours=2)),
    Job("forget_uploads", forget_uploads, DailyAt(3, 50)),
    Job("poll_mailboxes", poll_mailboxes, Every(60)),
    Job("forget_answers", forget_answers, DailyAt(4, 10)),
    Job("clear_files", clear_files, DailyAt(4, 0)),
    Job("rebuild", rebuild, DailyAt(3, 20), longest=timedelta(hours=6)),
    Job("check_index", check_index, DailyAt(3, 30), longest=timedelta(hours=6)),
    Job("tell_of_briefs", tell_of_briefs, Every(60)),
    Job("tell_subscribers", tell_subscribers, Every(60)),
    Job("forget_subscriptions", forget_subscriptions, DailyAt(4, 20)),
    Job("forget_staff_messages", forget_staff_messages, DailyAt(4, 30)),
    Job("drop_old_drafts", drop_old_drafts, DailyAt(3, 40)),
)


def start_scheduler(city: City, timetable: tuple[Job, ...] = TIMETABLE) -> Callable[[], None]:
    """Start the timetable in threads of this process; returns the function that ends it.

    Ending waits for what is running, and lets another process lead and write the index.
    """
    lead = Lead(city.records, city.holder)
    lead.start()
    scheduler = BackgroundScheduler(
        timezone=city.settings.zone,
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for job in timetable:
        trigger = IntervalTrigger(
            seconds=job.when.look_every, start_date=now() + timedelta(seconds=1)
        )
        scheduler.add_job(run_turn, trigger, args=[city, lead, job], id=job.name, name=job.name)
    city.ending.clear()
    scheduler.start()

    def stop() -> None:
        city.ending.set()
        scheduler.shutdown(wait=True)
        relay_turns.let_go(city.records, city.index, city.holder, now())
        lead.stop()

    return stop


def run_turn(city: City, lead: Lead, job: Job) -> None:
    """Run the job if this process leads and a turn is due that nobody has run."""
    term = lead.term()
    if term is None:
        return
    try:
        turn = job.when.due(now(), city.settings.zone)
        if _claimed(city, lead, job, turn, term):
            _mark(city, job, turn, term, _told(city, job))
    except MinshengError as error:
        _say(city, job, error)


def _claimed(city: City, lead: Lead, job: Job, turn: int, term: int) -> bool:
    with city.records.write() as work:
        if isinstance(job.when, DailyAt):
            jobs.skip_to(work, job.name, turn, now())  # a new city has nothing to make up for
        claimed = jobs.claim(work, job.name, turn, lead.holder, term, now())
        work.commit()
    return claimed


def _told(city: City, job: Job) -> str:
    """Run the job; whatever befalls it is told in the log and returned, and the next turn tries
    again."""
    try:
        job.run(city)
    except MinshengError as error:
        _say(city, job, error)
        return str(error) or type(error).__name__
    except Exception as error:
        _say(city, job, error)
        return f"{type(error).__name__}: {error}"
    well = city.troubles.over(job.name)
    if well:
        log.info("%s: %s", job.name, well)
    return ""


def _say(city: City, job: Job, error: Exception) -> None:
    """Tell the log of a failure, if it was not told of it a moment ago."""
    said = city.troubles.befell(job.name, error, now())
    if not said:
        return
    if isinstance(error, MinshengError):
        level = logging.INFO if isinstance(error, IndexHeld) else logging.WARNING
        log.log(level, "%s: %s", job.name, said)
    else:
        log.error("%s failed: %s", job.name, said, exc_info=error)


def _mark(city: City, job: Job, turn: int, term: int, error: str) -> None:
    with city.records.write() as work:
        jobs.mark(work, job.name, turn, term, now(), error)
        work.commit()
    log.debug("%s done", job.name, extra={"job": job.name, "turn": turn, "error": error})
