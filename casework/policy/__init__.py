"""Deadline rules as files, each with its source, and reading them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from casework.deadlines import DeadlinePolicy
from casework.model import ClockName, ClockRule, ClockUnit

DEFAULT_FILE = Path(__file__).parent / "default.toml"


def read_policy(file: Path = DEFAULT_FILE) -> DeadlinePolicy:
    """The policy in a file. Raises ValueError naming the rule that is wrong."""
    with file.open("rb") as stream:
        content = tomllib.load(stream)
    rules = tuple(_rule(entry) for entry in content["rule"])
    if len({rule.id for rule in rules}) != len(rules):
        raise ValueError(f"{file}: two rules have the same id")
    return DeadlinePolicy(version=str(content["version"]), rules=rules)


def _rule(entry: dict[str, Any]) -> ClockRule:
    try:
        if int(entry["amount"]) < 1:
            raise ValueError("amount must be at least 1")
        return ClockRule(
            id=entry["id"],
            clock=ClockName(entry["clock"]),
            amount=int(entry["amount"]),
            unit=ClockUnit(entry["unit"]),
            kinds=tuple(entry.get("kinds", ())),
            urgencies=tuple(entry.get("urgencies", ())),
            regions=tuple(entry.get("regions", ())),
            rolls_over=bool(entry.get("rolls_over", True)),
            source=entry["source"],
            source_rule=entry.get("source_rule", ""),
            verification=entry["verification"],
        )
    except (KeyError, ValueError) as error:
        raise ValueError(f"deadline rule {entry.get('id', '?')}: {error}") from error
