"""What the program says of itself: lines for people, or JSON for a collector, with request ids.

No line holds personal data: routes are logged as patterns, database errors without their values.
"""

from __future__ import annotations

import logging
from contextvars import ContextVar
from typing import Literal, TextIO

from pythonjsonlogger.json import JsonFormatter

LogForm = Literal["text", "json"]

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The request being answered; "" outside of one."""


class _RequestId(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


def set_up_logs(form: LogForm) -> None:
    """Send every log line to standard error, in this form; replaces what was set up before."""
    logging.basicConfig(handlers=[log_handler(form)], level=logging.INFO, force=True)
    # A turn of the relay that takes longer than its interval is no news: the next one does it all.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    # A line for each request, and a page for each that fails; our own error says why, once.
    logging.getLogger("elastic_transport").setLevel(logging.CRITICAL)


def log_handler(form: LogForm, stream: TextIO | None = None) -> logging.Handler:
    """What writes log lines in this form; to standard error if no stream is given."""
    handler = logging.StreamHandler(stream)
    handler.addFilter(_RequestId())
    handler.setFormatter(_formatter(form))
    return handler


def _formatter(form: LogForm) -> logging.Formatter:
    if form == "text":
        return logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    return JsonFormatter(
        "%(asctime)s %(levelname)s %(name)s %(message)s %(request_id)s",
        rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
        datefmt="%Y-%m-%dT%H:%M:%S%z",
        json_ensure_ascii=False,
    )
