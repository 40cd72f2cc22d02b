"""The one place a page learns what time it is; everything below takes it as an argument."""

from __future__ import annotations

from datetime import datetime

from flask import current_app


def now() -> datetime:
    """The time, aware; tests set app.config["NOW"]."""
    told: datetime = current_app.config["NOW"]()
    return told
