"""Runs every benchmark, one after another, each in a process of its own.

A file of half a million rows takes its own time: `make bench-files`.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FIRST = (
    "classifier_speed",
    "classifier_quality",
    "intake_speed",
    "file_import --rows 50000",
    "index_queries",
    "call_suggestions",
    "hot_issues",
    "bursts",
    "watch",
    "watch_year",
    "slow_rises",
    "silence",
)


def main() -> None:
    """Run them; a failing one ends the run."""
    for line in FIRST:
        name, *arguments = line.split()
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *arguments], check=True)


if __name__ == "__main__":
    assert all((Path(__file__).parent / f"{line.split()[0]}.py").exists() for line in FIRST)
    main()
