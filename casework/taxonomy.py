"""Topics in three levels, kinds, sentiments, urgency, channels: the words everything is counted by."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

KINDS = ("咨询", "求助", "投诉", "举报", "建议", "表扬")
ENQUIRY, HELP, COMPLAINT, REPORT, SUGGESTION, PRAISE = KINDS

NEUTRAL = "neutral"
SENTIMENTS = ("negative", NEUTRAL, "positive")
ACTIONABLE = ("yes", "no")
FIT, SPAM, ABUSE = FITNESS = ("fit", "spam", "abuse")
URGENCIES = ("urgent", "normal")
URGENT, NORMAL = URGENCIES

CHANNELS = (
    "web",
    "hotline",
    "sms",
    "wechat",
    "weibo",
    "app",
    "letter",
    "visit",
    "mailbox",
    "forum",
    "news",
)

UNKNOWN = "unknown"
"""The key under which counts stand that have no value for a dimension."""

Route = Literal["dispatch", "vertical", "legal", "discipline", "restricted"]
"""dispatch: an ordinary assignment. vertical: a body managed from above. legal: the citizen is told
the statutory way. discipline: the discipline inspection's own line. restricted: few may see it."""

SCREENED_ROUTES = frozenset({"legal", "discipline", "restricted"})
"""Routes that are never taken without a person."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One third-level topic."""

    level1: str
    level2: str
    level3: str

    @property
    def path(self) -> tuple[str, str, str]:
        return (self.level1, self.level2, self.level3)


TAXONOMY_FILE = Path(__file__).parent / "policy" / "taxonomy.csv"


@cache
def leaves() -> tuple[Leaf, ...]:
    """All leaves of the taxonomy, in the file's order (517; 15 first-level topics)."""
    with TAXONOMY_FILE.open(encoding="utf-8-sig", newline="") as file:
        return tuple(
            Leaf(row["level1"], row["level2"], row["level3"]) for row in csv.DictReader(file)
        )


@cache
def first_level_topics() -> tuple[str, ...]:
    """The 15 first-level topics, in the file's order."""
    return tuple(dict.fromkeys(leaf.level1 for leaf in leaves()))
