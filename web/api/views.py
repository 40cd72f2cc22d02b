"""Taking in what other systems send, and telling them how to."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, request

from intake.take_pushed import Door, take_pushed
from web.access import public, signed
from web.api.signed_request import read_signed
from web.city import city
from web.clock import now

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
DESCRIPTION = Path(__file__).parent / "openapi.json"


@blueprint.post("/messages")
@signed
def messages() -> Any:
    """Take in one message, post, call or text message."""
    served, present = city(), now()
    source, sent = read_signed(request, served.records, present)
    door = Door(served.intake, source, sent, served.settings.mention_confidence, present)
    answer = take_pushed(door)
    return Response(
        json.dumps(answer.members(), ensure_ascii=False),
        status=202,
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )


@blueprint.get("/openapi.json")
@public
def openapi() -> Any:
    """What may be sent here, as OpenAPI 3.1."""
    return Response(_description(), content_type="application/json")


@cache
def _description() -> str:
    return DESCRIPTION.read_text(encoding="utf-8")
