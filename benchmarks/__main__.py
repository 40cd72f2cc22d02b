"""Runs every benchmark, one after another, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FIRST = (
    "classifier_speed",
    "classifier_quality",
    "intake_speed",
    "file_import",
    "index_queries",
    "call_suggestions",
)


def main() -> None:
    """Run them; a failing one ends the run."""
    for name in FIRST:
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=True)


if __name__ == "__main__":
    assert all((Path(__file__).parent / f"{name}.py").exists() for name in FIRST)
    main()
