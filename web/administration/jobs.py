"""The jobs of the timetable: when each ran, how long it took, and what is in trouble."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template

from casework.permissions import Action
from casework.storage import leases, outbox
from casework.storage.index_checks import last_check
from runtime.job_health import TROUBLE, job_health
from web.access import requires
from web.city import city
from web.clock import now

SHOWN_REFUSALS = 50

blueprint = Blueprint("jobs", __name__, url_prefix="/administration/jobs")


@blueprint.get("/")
@requires(Action.ADMINISTER)
def every() -> Any:
    """Every job, its last run and its outcome; who leads; what waits for the index."""
    served = city()
    with served.records.read() as work:
        lease = leases.look(work, leases.TIMETABLE)
        backlog = outbox.backlog(work)
        refusals = outbox.refusals(work, SHOWN_REFUSALS)
        checked = last_check(work)
    leads = lease is not None and lease.holder and lease.expires_at > now()
    return render_template(
        "administration/jobs.html",
        jobs=job_health(served, now()),
        leader=lease.holder if lease and leads else "",
        backlog=backlog,
        refusals=refusals,
        checked=checked,
        index=served.index.health(),
    )


def jobs_in_trouble() -> int:
    """How many jobs are in trouble, for the banner on an administrator's pages."""
    return sum(health.state in TROUBLE for health in job_health(city(), now()))
