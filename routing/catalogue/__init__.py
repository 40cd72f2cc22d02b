"""The dispatch catalogue: which department leads for which topic, by which route.

Ships as files; a city replaces them by its own. departments.csv names the municipal bodies,
taxonomy_dept.csv the lead and co-units of every leaf of the taxonomy, words.csv words in a text
that speak for a department whatever its topic.
"""

from __future__ import annotations

import csv
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from casework.departments import Department
from casework.judgement import TopicPath

FOLDER = Path(__file__).parent
CITY = "CITY"
"""The code of the city itself, the root of the tree."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Who leads for one leaf. route: see casework.taxonomy.Route; sure: the mapping is certain."""

    lead: str
    co_units: tuple[str, ...]
    route: str
    sure: bool


@dataclass(frozen=True, slots=True)
class Catalogue:
    """entries by leaf path; words: (word, department code, factor the odds are multiplied by). version:
    made of what the files hold."""

    entries: dict[TopicPath, Entry]
    words: tuple[tuple[str, str, float], ...]
    version: str = ""


def read_catalogue(folder: Path = FOLDER) -> Catalogue:
    """The catalogue in a folder."""
    entries: dict[TopicPath, Entry] = {
        (row["level1"], row["level2"], row["level3"]): Entry(
            lead=row["lead_code"],
            co_units=tuple(code for code in re.split(r"[;,|、 ]+", row["co_codes"]) if code),
            route=row["route"],
            sure=row["confidence"] == "H",
        )
        for row in _rows(folder / "taxonomy_dept.csv")
    }
    words = tuple(
        (row["word"], row["department"], float(row["factor"]))
        for row in _rows(folder / "words.csv")
    )
    held = b"".join((folder / name).read_bytes() for name in ("taxonomy_dept.csv", "words.csv"))
    return Catalogue(entries, words, hashlib.sha256(held).hexdigest()[:8])


def starting_departments(folder: Path = FOLDER) -> tuple[Department, ...]:
    """The city and its municipal bodies, parents first."""
    english = {row["code"]: row["name_en"] for row in _rows(folder / "departments_en.csv")}
    city = Department(CITY, "市人民政府", "city", name_en=english[CITY])
    return city, *(
        _department(row, english.get(row["code"], "")) for row in _rows(folder / "departments.csv")
    )


def _department(row: dict[str, str], name_en: str) -> Department:
    """The first of the names in the catalogue is shown, the others are aliases."""
    names = [name for name in re.split(r"[()（）/]", row["name"].replace("XX", "")) if name]
    named = re.search(r"别名[:：]([^;；]+)", row["notes"])
    aliases = names[1:] + (re.split(r"[/、]", named[1]) if named else [])
    return Department(
        code=row["code"],
        name=names[0],
        level="bureau",
        parent=CITY,
        name_en=name_en,
        aliases=tuple(dict.fromkeys(alias for alias in aliases if len(alias) > 2)),
    )


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))
