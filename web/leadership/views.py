"""The leadership's pages: what comes in, what waits, what is late, what people feel."""

from __future__ import annotations

from flask import Blueprint, render_template

from casework.permissions import Action
from web.access import requires

blueprint = Blueprint("leadership", __name__, url_prefix="/leadership")


@blueprint.get("/")
@requires(Action.READ_TRENDS)
def dashboard() -> str:
    """Everything at a glance."""
    return render_template("leadership/dashboard.html")
