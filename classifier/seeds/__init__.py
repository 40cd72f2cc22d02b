"""The project's own sentences: what stands in where no labelled messages exist."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent


def read_seeds(task: str) -> list[tuple[str, str]]:
    """Text and label of every own sentence for a task: "topic", "kind" or "sentiment"."""
    if task == "topic":
        return headed_lines(FOLDER / "topics.txt")
    kinds = headed_lines(FOLDER / "kinds.txt")
    if task == "kind":
        return kinds
    feelings = {"咨询": "neutral", "建议": "neutral", "投诉": "negative", "表扬": "positive"}
    return [(text, feelings[kind]) for text, kind in kinds if kind in feelings]


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
