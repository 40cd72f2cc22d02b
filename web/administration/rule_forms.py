"""What an administrator sends about a deadline rule."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TypeVar

from werkzeug.datastructures import MultiDict

from casework.errors import Rejected
from casework.local_rules import Combination, LocalRule
from casework.model import Approver, ClockName, ClockUnit
from web.typed import typed

Sent = MultiDict[str, str]
Choice = TypeVar("Choice", ClockUnit, ClockName, Approver)
UNTOLD = "–"
"""Stands for the source in a dry run: it is asked for only when the rule is to hold."""


def read_local_rule(sent: Sent, by: str, now: datetime, trial: bool) -> LocalRule:
    """The rule as sent. Raises Rejected for what no form of ours sends, or for words instead of numbers."""
    source = typed(sent.get("source", ""))
    if len(source) > 200:
        raise Rejected("too_long", "source", length=len(source), limit=200)
    return LocalRule(
        amount=_number(sent, "amount"),
        unit=_one_of(ClockUnit, sent, "unit"),
        source=source or (UNTOLD if trial else ""),
        changed_by=by,
        changed_at=now,
        extend=_number(sent, "extend") if sent.get("extend", "").strip() else None,
        extend_by=_one_of(Approver, sent, "extend_by") if sent.get("extend_by") else None,
        warnings=_warnings(sent.get("warnings", "")),
        combination=_combination(sent) if "clock" in sent else None,
    )


def read_day(text: str, today: date) -> date:
    """The day from which a change holds; today when none is said. Raises Rejected."""
    if not text:
        return today
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Rejected("day", "effective_from", value=text[:20]) from None
    if day < today:
        raise Rejected("effective_from", "effective_from", first=today.isoformat())
    return day


def _combination(sent: Sent) -> Combination:
    return Combination(
        clock=_one_of(ClockName, sent, "clock"),
        region=sent.get("region", ""),
        kind=sent.get("kind", ""),
        topic=sent.get("topic", ""),
        urgency=sent.get("urgency", ""),
        channel=sent.get("channel", ""),
    )


def _one_of(choices: type[Choice], sent: Sent, field: str) -> Choice:
    try:
        return choices(sent.get(field, ""))
    except ValueError:
        raise Rejected("unknown", field) from None


def _number(sent: Sent, field: str) -> int:
    """0 for what is no number; the check of the rule says what is allowed."""
    text = sent.get(field, "").strip()
    if not re.fullmatch(r"[0-9]{1,6}", text):
        raise Rejected("number", field)
    return int(text)


def _warnings(text: str) -> tuple[float, ...]:
    """50、80 or 50% 80%: parts of the time, in hundredths."""
    parts = [part for part in re.split(r"[\s,，、;；%％]+", text.strip()) if part]
    if not all(re.fullmatch(r"[0-9]{1,2}", part) for part in parts):
        raise Rejected("warnings", "warnings", most=3)
    return tuple(int(part) / 100 for part in parts)
