"""Deadline rules as files, each with its source, and reading them."""

from __future__ import annotations

import tomllib
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from casework.deadlines import DeadlinePolicy
from casework.model import ClockName, ClockRule, ClockStart, ClockUnit

DEFAULT_FILE = Path(__file__).parent / "default.toml"
_LISTS = ("kinds", "urgencies", "regions", "topics", "channels")


def read_policy(file: Path = DEFAULT_FILE) -> DeadlinePolicy:
    """The policy in a file. Raises ValueError naming the rule that is wrong."""
    with file.open("rb") as stream:
        content = tomllib.load(stream)
    rules = tuple(read_rule(entry) for entry in content["rule"])
    if len({rule.id for rule in rules}) != len(rules):
        raise ValueError(f"{file}: two rules have the same id")
    effective_from = content.get("effective_from", date.min)
    return DeadlinePolicy(str(content["version"]), rules, effective_from)


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
            **{name: tuple(entry.get(name, ())) for name in _LISTS},
        )
    except (KeyError, ValueError) as error:
        raise ValueError(f"deadline rule {entry.get('id', '?')}: {error}") from error


def write_rule(rule: ClockRule) -> dict[str, Any]:
    """What read_rule reads back."""
    return asdict(rule)
