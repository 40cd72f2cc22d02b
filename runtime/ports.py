"""A port for the web server: the one set, or 8000, or a free one."""

from __future__ import annotations

import socket

PREFERRED = 8000


def choose_port(host: str, wanted: int) -> int:
    """The port to listen on; `wanted` 0 takes 8000 when it is free, else any free one."""
    if wanted:
        return wanted
    for port in (PREFERRED, 0):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError(f"no free port on {host}")
