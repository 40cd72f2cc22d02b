"""What went wrong, told to a program: RFC 9457, one table from exception to type and status.

The type and the code never change; title and detail are for the person who reads the log.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import Any

from flask import Response
from werkzeug.exceptions import HTTPException

from casework.errors import Conflict, MinshengError, RecordsUnavailable, Rejected
from casework.storage.attempts import Throttled

log = logging.getLogger(__name__)

TYPE = "tag:minsheng,2026:problem/"
RETRY_SECONDS = "30"


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of problem. code: the end of its type, stable."""

    status: int
    code: str
    title: str


class Refused(Exception):
    """A request that is told a problem of the table."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


WRONG_SIGNATURE = Problem(401, "signature", "The signature does not hold")
WRONG_TIME = Problem(401, "timestamp", "The timestamp is more than five minutes off, or none")
NO_KEY = Problem(400, "idempotency_key", "An Idempotency-Key of 1 to 200 characters is needed")
NOT_JSON = Problem(400, "json", "The body cannot be read as one JSON object")
TOO_LARGE = Problem(413, "too_large", "The body is longer than 1 MB")
WRONG_TYPE = Problem(415, "media_type", "Content-Type must be application/json, in UTF-8")
REJECTED = Problem(422, "rejected", "A member of the object cannot be accepted")
KEY_REUSED = Problem(422, "key_reused", "This Idempotency-Key came with another body before")
THROTTLED = Problem(429, "throttled", "Too many wrong signatures for this source from this address")
UNAVAILABLE = Problem(503, "unavailable", "Nothing was recorded; send the same request again")
BROKEN = Problem(500, "error", "Something broke on our side; send the same request again")

UNREADABLE = frozenset({"charset", "nesting", "json", "twice", "number", "characters", "object"})
"""Reasons of intake/strict_json.py: the body as a whole is at fault."""
PROBLEMS = (
    WRONG_SIGNATURE,
    WRONG_TIME,
    NO_KEY,
    NOT_JSON,
    TOO_LARGE,
    WRONG_TYPE,
    REJECTED,
    KEY_REUSED,
    THROTTLED,
    UNAVAILABLE,
    BROKEN,
)


def answer(error: Exception) -> Response:
    """The problem that an exception is told as."""
    if isinstance(error, Refused):
        return _response(error.problem)
    if isinstance(error, Throttled):
        response = _response(THROTTLED)
        response.headers["Retry-After"] = str(error.minutes * 60)
        return response
    if isinstance(error, Rejected):
        return _rejected(error)
    if isinstance(error, RecordsUnavailable | Conflict):
        log.error("%s", error)
        response = _response(UNAVAILABLE)
        response.headers["Retry-After"] = RETRY_SECONDS
        return response
    if isinstance(error, HTTPException):
        return _of_http(error)
    log.error("%s", error, exc_info=None if isinstance(error, MinshengError) else error)
    return _response(BROKEN)


def _rejected(error: Rejected) -> Response:
    if error.reason == "key_reused":
        return _response(KEY_REUSED)
    found = {"reason": error.reason} | {
        name: value for name, value in error.values.items() if isinstance(value, str | int)
    }
    if not error.field and error.reason in UNREADABLE:
        return _response(NOT_JSON, **found)
    return _response(REJECTED, field=error.field, **found)


def _of_http(error: HTTPException) -> Response:
    if error.code == 413:
        return _response(TOO_LARGE)
    status = error.code or 500
    return _response(Problem(status, f"http_{status}", error.name))


def _response(problem: Problem, **more: Any) -> Response:
    members = {
        "type": TYPE + problem.code,
        "title": problem.title,
        "status": problem.status,
        "code": problem.code,
        **more,
    }
    return Response(
        json.dumps(members, ensure_ascii=False),
        status=problem.status,
        content_type="application/problem+json",
    )
