"""Tickets for the pages to show."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from casework.model import MessageDraft, Receipt
from intake.receive import receive
from runtime.wiring import City
from tests.builders import draft, new_case, record_one

LAMPS = "松涛路从路口到学校这一段有四盏路灯不亮，晚上孩子走路很危险，请尽快维修。"


def received(city: City, now: datetime, **changes: Any) -> Receipt:
    """A message through the real door."""
    message: MessageDraft = draft(**{"received_at": now, **changes})
    return receive(city.intake, message, now)


def assigned(city: City, **changes: Any) -> Any:
    """A ticket of CGJ (or another lead), waiting to be signed for."""
    return record_one(city.records, new_case(**changes))
