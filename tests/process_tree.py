"""Processes and what descends from them, as the system's /proc tells it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path


def descendants(pid: int) -> list[int]:
    """The processes below one, started by it or by its children."""
    found, parents = [], {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal() and (fields := _fields(int(folder.name))):
            parents[int(folder.name)] = int(fields[1])
    below = [pid]
    while below:
        below = [child for child, parent in parents.items() if parent in below]
        found += below
    return found


def is_alive(pid: int) -> bool:
    """Whether it runs; one that has ended and waits to be noticed does not."""
    fields = _fields(pid)
    return bool(fields) and fields[0] != "Z"


def until(holds: Callable[[], object], seconds: float) -> None:
    """Wait until it holds; AssertionError when it does not in that time."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def _fields(pid: int) -> list[str]:
    """State, parent and more; empty when there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
