"""Cleaning a stranger's file in a process of its own, with little memory and time and none of the
city's secrets: a file that breaks a reader breaks nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

from casework.errors import Rejected
from intake.attached.clean_file import EVERY_KIND, CleanFile

ROOT = Path(__file__).resolve().parents[2]
MOST_SECONDS = 60
MOST_BYTES = 100 * 1024**2
_KINDS = {kind.media_type: kind for kind in EVERY_KIND}
_turns = threading.BoundedSemaphore(2)
"""At most so many at once in a process; the others wait."""


def clean_apart(data: bytes, photographs_only: bool = False) -> CleanFile:
    """As content.clean; also Rejected("file_damaged") for a file its reader did not survive."""
    command = [sys.executable, "-B", "-m", "intake.attached.content"]
    if photographs_only:
        command.append("photographs")
    with _turns:
        try:
            done = subprocess.run(  # noqa: S603 - our own program
                command, input=data, capture_output=True, cwd=ROOT, env={}, timeout=MOST_SECONDS
            )
        except subprocess.TimeoutExpired:
            raise Rejected("file_damaged", detail="time") from None
    if done.returncode or len(done.stdout) > MOST_BYTES:
        raise Rejected("file_damaged", detail=f"exit {done.returncode}")
    line, _, clean = done.stdout.partition(b"\n")
    told = json.loads(line)
    if "refused" in told:
        raise Rejected(told.pop("refused"), **told)
    return CleanFile(_KINDS[told["media_type"]], clean)
