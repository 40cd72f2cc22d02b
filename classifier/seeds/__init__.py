"""The project's own sentences: what stands in where no labelled messages exist."""

from __future__ import annotations

from pathlib import Path

from casework.taxonomy import FIT, NORMAL, PRAISE

FOLDER = Path(__file__).parent

MAY_BE_URGENT = {"求助", "举报"}
"""Sentences of the other kinds, and of all topics, are everyday matters."""


def read_seeds(task: str) -> list[tuple[str, str]]:
    """Text and label of every own sentence for a task: "topic", "kind", "sentiment", "urgency",
    "actionable" ("yes", "no"), "unfit" ("fit", "spam", "abuse") or "unit" (a body's code)."""
    if task == "unit":
        return headed_lines(FOLDER / "units.txt")
    topics = headed_lines(FOLDER / "topics.txt")
    if task == "topic":
        return topics
    kinds = headed_lines(FOLDER / "kinds.txt")
    if task == "urgency":
        usual = topics + [row for row in kinds if row[1] not in MAY_BE_URGENT]
        return headed_lines(FOLDER / "urgency.txt") + [(text, NORMAL) for text, _ in usual]
    if task == "actionable":
        asking = topics + [row for row in kinds if row[1] != PRAISE]
        praise = [(text, "no") for text, kind in kinds if kind == PRAISE]
        return headed_lines(FOLDER / "actionable.txt") + [(t, "yes") for t, _ in asking] + praise
    if task == "unfit":
        return headed_lines(FOLDER / "unfit.txt") + [(text, FIT) for text, _ in topics + kinds]
    letters = headed_lines(FOLDER / "letters.txt")
    if task == "kind":
        return kinds + letters
    feelings = {"咨询": "neutral", "建议": "neutral", "投诉": "negative", "表扬": "positive"}
    of_letters = feelings | {"举报": "negative"}
    short = [(text, feelings[kind]) for text, kind in kinds if kind in feelings]
    return short + [(text, of_letters[kind]) for text, kind in letters if kind in of_letters]


def headed_lines(path: Path) -> list[tuple[str, str]]:
    """The lines of a file below each [heading], with the heading as label; # begins a comment."""
    found = []
    heading = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            heading = line.strip("[] ")
        elif line and not line.startswith("#"):
            found.append((line, heading))
    return found
