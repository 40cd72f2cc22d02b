"""One log line a request, and an id by which its lines are found.

The line names the route's pattern, not the address: numbers, codes and search words stay out of it.
"""

from __future__ import annotations

import logging
import re
import secrets
import time

from flask import Flask, g, request
from werkzeug.wrappers import Response

from runtime.logs import request_id

HEADER = "X-Request-Id"
_ID = re.compile(r"[A-Za-z0-9-]{8,64}")

log = logging.getLogger(__name__)


def log_requests(app: Flask) -> None:
    """Give every request an id (the proxy's, if it gave one) and log how it went."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    given = request.headers.get(HEADER, "")
    request_id.set(given if _ID.fullmatch(given) else secrets.token_hex(8))
    g.began = time.perf_counter()


def _end(response: Response) -> Response:
    response.headers[HEADER] = request_id.get()
    if request.endpoint != "static":
        log.info(
            "%s %s %s",
            request.method,
            request.url_rule.rule if request.url_rule else "-",
            response.status_code,
            extra={"milliseconds": round((time.perf_counter() - g.began) * 1000, 1)},
        )
    return response
