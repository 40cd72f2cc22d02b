"""Debian's PostgreSQL for one test run: its own user, a free port, a temporary folder.

The databases of tests are copies of a template, which PostgreSQL makes faster than it migrates.
Nothing is flushed to disk: what a crash would lose does not outlive the run anyway. So it lies in
memory where there is room: a database is hundreds of files, which a disk takes ten times as long to make.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import psycopg

VERSIONS = Path("/usr/lib/postgresql")
HASTY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=128MB")
SETTINGS = (
    "max_connections=200",
    "shared_buffers=256MB",
    "unix_socket_directories=",
    "listen_addresses=127.0.0.1",
)
IN_MEMORY = Path("/dev/shm")
ROOM = 3 << 30
"""Bytes that must be free there."""


class NotInstalled(Exception):
    """Debian's PostgreSQL is not there."""


class Server:
    """A running server. address: without a database name, which follows after "/"."""

    def __init__(self, folder: Path, port: int, programs: Path) -> None:
        self._folder, self._port, self._programs = folder, port, programs

    @property
    def address(self) -> str:
        return f"postgresql://minsheng@127.0.0.1:{self._port}"

    def stop(self) -> None:
        """End the server and remove all it held."""
        data = self._folder / "data"
        _run(self._programs / "pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")
        shutil.rmtree(self._folder, ignore_errors=True)

    def kill(self) -> None:
        """End it as a power cut would."""
        pid = (self._folder / "data" / "postmaster.pid").read_text().splitlines()[0]
        os.kill(int(pid), 9)


def start(durable: bool = False) -> Server:
    """Start a server. durable: commits wait for the disk, as they do in earnest. Raises
    NotInstalled."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="minsheng-postgresql-", dir=_place(durable)))
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    data, port = str(folder / "data"), _free_port()
    _run(
        programs / "initdb", "-D", data, "-U", "minsheng", "-A", "trust", "-E", "UTF8", "--no-sync"
    )
    settings = [*(() if durable else HASTY), *SETTINGS, f"port={port}"]
    options = " ".join(f"-c {setting}" for setting in settings)
    log = str(folder / "log")
    _run(programs / "pg_ctl", "-D", data, "-l", log, "-w", "-t", "60", "-o", options, "start")
    return Server(folder, port, programs)


def _place(durable: bool) -> Path | None:
    """Where the server's folder is made; None: where temporary files are."""
    roomy = IN_MEMORY.is_dir() and shutil.disk_usage(IN_MEMORY).free > ROOM
    return IN_MEMORY if roomy and not durable else None


def new_database(address: str, template: str = "template0") -> str:
    """The address of a fresh database on the server, a copy of the template."""
    name = f"test_{secrets.token_hex(8)}"
    with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
    return f"{address}/{name}"


def drop_database(url: str) -> None:
    """Remove a database, whoever is still connected."""
    address, _, name = url.rpartition("/")
    with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())


def _programs() -> Path:
    found = sorted(VERSIONS.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise NotInstalled("Debian's PostgreSQL")
    return found[-1].parent


def _run(program: Path, *arguments: str) -> None:
    # PostgreSQL refuses to run as root: as root it is run as the user its package made.
    as_owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run(
        [*as_owner, str(program), *arguments],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        timeout=120,
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
