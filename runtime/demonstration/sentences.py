"""The sentences and names the demonstration is composed from."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from random import Random

from casework.departments import Department

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Matter:
    """One kind of message. weight: how often, relative to the others of its file;
    department: the code of the one that answers."""

    weight: float
    kind: str
    department: str
    subject: str
    body: str
    answer: str


@dataclass(frozen=True, slots=True)
class Street:
    """A street or town, its district, and how often it is written from."""

    name: str
    district: str
    district_name: str
    weight: float


def matters(name: str) -> tuple[Matter, ...]:
    """The matters of one file: "matters", "urgent", "burst" or "slow_rise"."""
    return tuple(
        Matter(
            float(row["weight"]),
            row["kind"],
            row["department"],
            row["subject"],
            row["body"],
            row["answer"],
        )
        for row in _rows(f"{name}.csv")
    )


def departments() -> tuple[Department, ...]:
    """Districts, streets and the hotline centre of the made-up city, parents first."""
    return tuple(
        Department(
            code=row["code"],
            name=row["name"],
            level=row["level"],
            parent=row["parent"],
            name_en=row["name_en"],
        )
        for row in _rows("departments.csv")
    )


def streets() -> tuple[Street, ...]:
    """All streets; weighted by their own weight within that of their district."""
    rows = {row["code"]: row for row in _rows("departments.csv")}
    found = []
    for row in rows.values():
        if row["level"] == "street":
            district = rows[row["parent"]]
            siblings = sum(
                float(r["weight"]) for r in rows.values() if r["parent"] == row["parent"]
            )
            weight = float(district["weight"]) * float(row["weight"]) / siblings
            found.append(Street(row["name"], district["code"], district["name"], weight))
    return tuple(found)


class Words:
    """Fills the {slots} of a sentence."""

    def __init__(self) -> None:
        self._values: dict[str, list[str]] = {}
        for row in _rows("words.csv"):
            self._values.setdefault(row["slot"], []).append(row["value"])

    def pick(self, random: Random, slot: str) -> str:
        return random.choice(self._values[slot])

    def slots(self, random: Random, street: Street) -> dict[str, str]:
        """A value for every slot, the same throughout one message."""
        return {
            "district": street.district_name,
            "street": street.name,
            "road": self.pick(random, "road"),
            "compound": self.pick(random, "compound"),
            "days": self.pick(random, "days"),
            "busline": str(random.randint(1, 68)),
            "n": str(random.randint(1, 28)),
            "m": str(random.randint(2, 9)),
        }


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
