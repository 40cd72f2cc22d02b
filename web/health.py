"""Whether this process lives and can serve, for whoever watches over it. No names, no addresses."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from casework.errors import MinshengError
from runtime.job_health import TROUBLE, job_health
from web.access import public
from web.city import city
from web.clock import now

blueprint = Blueprint("health", __name__, url_prefix="/health")


@blueprint.get("/live")
@public
def live() -> Any:
    """The process answers."""
    return {"status": "live"}


@blueprint.get("/ready")
@public
def ready() -> Any:
    """Messages can be taken in: 200, else 503. status: "ready", "degraded" (the index or a job is in
    trouble; intake and casework go on) or "unavailable"."""
    served = city()
    try:
        jobs = {health.name: health.state.value for health in job_health(served, now())}
    except MinshengError:
        return {"status": "unavailable", "records": "unavailable"}, 503
    index = served.index.health().state
    well = index.answers and not TROUBLE & set(jobs.values())
    return {
        "status": "ready" if well else "degraded",
        "records": "ready",
        "index": index.value,
        "jobs": jobs,
    }
