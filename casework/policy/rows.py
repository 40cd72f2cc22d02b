"""The 96 rules found in law and practice (policy_rules.csv), read: what a city may adopt, with its source.

A row may give several times: HL-21 says “5wd/3wd/当日” for ordinary, urgent and most urgent matters.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from casework.counting import Term
from casework.model import ClockUnit

ROWS_FILE = Path(__file__).parent / "policy_rules.csv"
UNITS = {
    "clock_minute": ClockUnit.MINUTE,
    "clock_hour": ClockUnit.HOUR,
    "working_day": ClockUnit.WORKING_DAY,
    "calendar_day": ClockUnit.CALENDAR_DAY,
    "month": ClockUnit.MONTH,
}
SHORT = {"wd": ClockUnit.WORKING_DAY, "d": ClockUnit.CALENDAR_DAY, "h": ClockUnit.HOUR}
SAME_DAY = "当日"


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One row. terms: the times it gives, none for one without a length of its own ("at once").
    more: what it says of pauses and extensions. verification: A to D and U, as in docs/deadlines.md."""

    id: str
    domain: str
    rule: str
    terms: tuple[Term, ...]
    clock_start: str
    clock_stop: str
    more: str
    source: str
    verification: str


@cache
def policy_rows() -> tuple[PolicyRow, ...]:
    """All rows, in the file's order."""
    with ROWS_FILE.open(encoding="utf-8-sig", newline="") as file:
        return tuple(
            PolicyRow(
                id=row["rule_id"],
                domain=row["domain"],
                rule=row["rule"],
                terms=_terms(row["duration"], row["unit"]),
                clock_start=row["clock_start"],
                clock_stop=row["clock_stop"],
                more=row["pause_or_extension"],
                source=row["source"],
                verification=row["verification"],
            )
            for row in csv.DictReader(file)
        )


def policy_row(row_id: str) -> PolicyRow:
    """The row with this id. Raises KeyError."""
    return {row.id: row for row in policy_rows()}[row_id]


def _terms(duration: str, unit: str) -> tuple[Term, ...]:
    if unit == "mixed":
        return tuple(_short(part) for part in duration.split("/"))
    if unit in UNITS and duration.isdecimal():
        return (Term(int(duration), UNITS[unit]),)
    return ()


def _short(part: str) -> Term:
    """5wd, 2h, 当日: the same day does not roll over, for whoever takes it in is there."""
    if part == SAME_DAY:
        return Term(0, ClockUnit.CALENDAR_DAY, rolls_over=False)
    found = re.fullmatch(r"(\d+)(wd|d|h)", part)
    if found is None:
        raise ValueError(part)
    return Term(int(found[1]), SHORT[found[2]])
