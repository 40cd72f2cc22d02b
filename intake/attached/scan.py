"""Asking the city's virus scanner about a file, where it has one."""

from __future__ import annotations

import logging
import shlex
import subprocess
import tempfile

from casework.errors import Rejected

MOST_SECONDS = 60
log = logging.getLogger(__name__)


def scan(command: str, data: bytes) -> None:
    """Run the command with the file's path as its last argument; exit code 0 lets the file in.

    Raises Rejected("file_unsafe") for any other, and Rejected("file_unscanned") when it cannot be
    run or does not end: what was not looked at is not taken.
    """
    if not command:
        return
    with tempfile.NamedTemporaryFile(prefix="minsheng-") as file:
        try:
            file.write(data)
            file.flush()
            done = subprocess.run(  # noqa: S603 - the city's own setting
                [*shlex.split(command), file.name], capture_output=True, timeout=MOST_SECONDS
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            log.error("the virus scanner did not answer: %s", error)
            raise Rejected("file_unscanned") from error
    if done.returncode:
        log.warning("the virus scanner refused a file: exit code %s", done.returncode)
        raise Rejected("file_unsafe")
