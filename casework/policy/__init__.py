"""Deadline rules as files, each with its source, and reading them."""

from __future__ import annotations

import tomllib
from dataclasses import asdict
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from casework.counting import Term
from casework.deadlines import DeadlinePolicy
from casework.ladder import Audience, Step, check_ladder
from casework.model import Approver, ClockName, ClockRule, ClockStart, ClockUnit
from casework.requests import PauseReason, PauseRule

DEFAULT_FILE = Path(__file__).parent / "default.toml"
_LISTS = ("kinds", "urgencies", "regions", "topics", "channels", "warnings")


@cache
def read_policy(file: Path = DEFAULT_FILE) -> DeadlinePolicy:
    """The policy in a file, read once. Raises ValueError naming the rule that is wrong, or the ladder."""
    with file.open("rb") as stream:
        content = tomllib.load(stream)
    rules = tuple(read_rule(entry) for entry in content["rule"])
    if len({rule.id for rule in rules}) != len(rules):
        raise ValueError(f"{file}: two rules have the same id")
    steps = tuple(read_step(entry) for entry in content["step"])
    check_ladder(steps)
    return DeadlinePolicy(
        version=str(content["version"]),
        rules=rules,
        effective_from=content.get("effective_from", date.min),
        pauses=tuple(read_pause(entry) for entry in content.get("pause", ())),
        steps=steps,
    )


def read_step(entry: dict[str, Any]) -> Step:
    """A step of the ladder, as files and records hold it. Raises ValueError naming it."""
    try:
        return Step(
            name=entry["name"],
            part=float(entry.get("part", 1)),
            after=int(entry.get("after", 0)),
            level=int(entry.get("level", 0)),
            tells=tuple(Audience(who) for who in entry["tells"]),
            clocks=tuple(ClockName(name) for name in entry.get("clocks", ())),
            source=entry["source"],
        )
    except (KeyError, ValueError) as error:
        raise ValueError(f"step {entry.get('name', '?')}: {error}") from error


def write_step(step: Step) -> dict[str, Any]:
    """What read_step reads back."""
    return asdict(step)


def read_pause(entry: dict[str, Any]) -> PauseRule:
    """A rule for standing still, as files and records hold it. Raises ValueError naming it."""
    try:
        return PauseRule(
            reason=PauseReason(entry["reason"]),
            most=Term(int(entry["amount"]), ClockUnit(entry["unit"])),
            by=Approver(entry.get("by", Approver.UNIT)),
            source=entry["source"],
            verification=entry["verification"],
        )
    except (KeyError, ValueError) as error:
        raise ValueError(f"pause {entry.get('reason', '?')}: {error}") from error


def write_pause(rule: PauseRule) -> dict[str, Any]:
    """What read_pause reads back."""
    return {
        "reason": rule.reason,
        "amount": rule.most.amount,
        "unit": rule.most.unit,
        "by": rule.by,
        "source": rule.source,
        "verification": rule.verification,
    }


def read_rule(entry: dict[str, Any]) -> ClockRule:
    """A rule as files and records hold it. Raises ValueError naming it."""
    try:
        unit = ClockUnit(entry["unit"])
        shortest = 0 if unit is ClockUnit.CALENDAR_DAY else 1
        if int(entry["amount"]) < shortest:
            raise ValueError(f"amount must be at least {shortest}")
        return ClockRule(
            id=entry["id"],
            clock=ClockName(entry["clock"]),
            amount=int(entry["amount"]),
            unit=unit,
            starts=ClockStart(entry.get("starts", ClockStart.RECEIVED)),
            rolls_over=bool(entry.get("rolls_over", True)),
            source=entry["source"],
            source_rule=entry.get("source_rule", ""),
            verification=entry["verification"],
            extend=int(entry.get("extend", 0)),
            extend_by=Approver(entry.get("extend_by", Approver.UNIT)),
            two_persons=bool(entry.get("two_persons", False)),
            binding=bool(entry.get("binding", False)),
            **{name: tuple(entry.get(name, ())) for name in _LISTS},
        )
    except (KeyError, ValueError) as error:
        raise ValueError(f"deadline rule {entry.get('id', '?')}: {error}") from error


def write_rule(rule: ClockRule) -> dict[str, Any]:
    """What read_rule reads back."""
    return asdict(rule)
