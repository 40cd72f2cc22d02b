"""Asking for a new query code. The answer is the same for everybody, right or wrong."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from casework.storage.attempts import Throttled
from casework.storage.lost_code import request_code
from web.city import city
from web.clock import now


def lost_code() -> Any:
    """Ask for number and contact; say what happens next."""
    asked, throttled = False, 0
    number = request.form.get("number", "")[:40].strip()
    reached_by = request.form.get("reached_by", "")[:200].strip()
    missing = request.method == "POST" and not (number and reached_by)
    if request.method == "POST" and not missing:
        try:
            request_code(city().records, number, reached_by, request.remote_addr or "", now())
            asked = True
        except Throttled as error:
            throttled = error.minutes
    page = render_template(
        "public/lost_code.html",
        number=number,
        asked=asked,
        missing=missing,
        throttled=throttled,
    )
    return page, 429 if throttled else 400 if missing else 200
