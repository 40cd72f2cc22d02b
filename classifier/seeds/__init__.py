"""The project's own sentences: what stands in where no labelled messages exist."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent


def read_seeds(task: str) -> list[tuple[str, str]]:
    """Text and label of every own sentence for a task: "topic", "kind" or "sentiment"."""
    if task == "topic":
        return _sentences("topics.txt")
    kinds = _sentences("kinds.txt")
    if task == "kind":
        return kinds
    feelings = {"咨询": "neutral", "建议": "neutral", "投诉": "negative", "表扬": "positive"}
    return [(text, feelings[kind]) for text, kind in kinds if kind in feelings]


def _sentences(name: str) -> list[tuple[str, str]]:
    """The lines below each [heading], with the heading as label; # begins a comment."""
    found = []
    heading = ""
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            heading = line.strip("[] ")
        elif line and not line.startswith("#"):
            found.append((line, heading))
    return found
