"""How the jobs of the timetable fare: for the administrator's page and for /health/ready."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from casework.storage import jobs
from casework.storage.jobs import RUNNING, JobRun
from runtime.scheduler import TIMETABLE, Job
from runtime.wiring import City

FAILURES_TOLD = 3
GRACE = timedelta(minutes=2)
"""A restart or a change of leader takes less."""


class JobState(StrEnum):
    WELL = "well"  # 正常
    RUNNING = "running"  # 正在运行
    NEVER = "never"  # 没有运行过
    FAILING = "failing"  # 连续失败
    STALLED = "stalled"  # 卡住
    LATE = "late"  # 没有按时运行


TROUBLE = frozenset({JobState.FAILING, JobState.STALLED, JobState.LATE})


@dataclass(frozen=True, slots=True)
class JobHealth:
    """One job. last: None when it was never run."""

    name: str
    state: JobState
    last: JobRun | None


def job_health(city: City, now: datetime) -> tuple[JobHealth, ...]:
    """Every job of the timetable, in its order."""
    with city.records.read() as work:
        runs = jobs.last_runs(work)
    found = []
    for job in TIMETABLE:
        run = runs.get(job.name)
        # A nightly job of a new city has a turn to count from, and no run to show.
        found.append(
            JobHealth(job.name, _state(city, job, run, now), run if run and run.runs else None)
        )
    return tuple(found)


def _state(city: City, job: Job, run: JobRun | None, now: datetime) -> JobState:
    if run is None:
        return JobState.NEVER
    if run.state == RUNNING:
        return JobState.STALLED if now - run.started_at > job.longest else JobState.RUNNING
    next_turn = job.when.began(run.turn + 1, city.settings.zone)
    if now - next_turn > GRACE:
        return JobState.LATE
    if not run.runs:
        return JobState.NEVER
    return JobState.FAILING if run.failures >= FAILURES_TOLD else JobState.WELL
