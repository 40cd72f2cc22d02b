"""Nodes of Elasticsearch on loopback, each with a temporary home and free ports.

It is the real server without the distribution's bootstrap, users and TLS. It runs as root, too.
"""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.services.elasticsearch.parts import HERE, parts

PATIENCE = 120.0
LOGGING = """\
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d{ISO8601}][%-5p][%c{1.}] %m%n
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
"""
SETTINGS = {
    "network.host": "127.0.0.1",
    "cluster.routing.allocation.disk.threshold_enabled": "false",
    "cluster.max_shards_per_node": "10000",
}
FOR_TESTS = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""Starts sooner and takes less of two cores; slower once it is warm."""


class Node:
    """One node. It can be killed, stopped, held and started again with the data it has."""

    def __init__(
        self,
        settings: Mapping[str, str],
        home: Path | None = None,
        java: Sequence[str] = FOR_TESTS,
        port: int = 0,
    ) -> None:
        """home: kept when given, else a temporary one. Raises NotInstalled."""
        self._parts = parts()
        self._temporary = home is None
        self.home = home or Path(tempfile.mkdtemp(prefix="minsheng-elasticsearch-"))
        self.port = port or free_port()
        self._java = tuple(java)
        self._process: subprocess.Popen[bytes] | None = None
        self._write({**SETTINGS, "http.port": str(self.port), **settings})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self, wait: bool = True) -> None:
        """Start it, and wait until it answers."""
        with (self.home / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *("java", "-Xms512m", "-Xmx512m", *self._java),
                    *("--module-path", str(self._parts / "server")),
                    *("--add-modules", "ALL-MODULE-PATH"),
                    *(str(HERE / "ElasticsearchNode.java"), str(self.home)),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        if wait:
            self.wait()

    def wait(self) -> None:
        """Wait until it answers and can take documents."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if self._process is not None and self._process.poll() is not None:
                break
            if answers(self.url):
                return
            time.sleep(0.1)
        log = (self.home / "log").read_text(errors="replace")
        raise RuntimeError(f"Elasticsearch did not start: {log[-2000:]}")

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it in order; it may be started again."""
        self._end(signal.SIGTERM)

    def hold(self) -> None:
        """Let it hang: it takes connections and never answers."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def remove(self) -> None:
        """End it and remove what it held."""
        self._end(signal.SIGKILL if self._temporary else signal.SIGTERM)
        if self._temporary:
            shutil.rmtree(self.home, ignore_errors=True)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(30)
            self._process = None

    def _write(self, settings: Mapping[str, str]) -> None:
        config = self.home / "config"
        config.mkdir(parents=True, exist_ok=True)
        lines = [f"{name}: {value}\n" for name, value in settings.items()]
        (config / "elasticsearch.yml").write_text("".join(lines))
        (config / "log4j2.properties").write_text(LOGGING)
        if not (self.home / "modules").exists():
            shutil.copytree(self._parts / "modules", self.home / "modules")


def single(home: Path | None = None, java: Sequence[str] = FOR_TESTS, port: int = 0) -> Node:
    """A cluster of one node, not started, that can keep snapshots in `snapshots` of its home.
    Raises NotInstalled."""
    node = Node({"discovery.type": "single-node"}, home, java, port)
    with (node.home / "config" / "elasticsearch.yml").open("a") as file:
        file.write(f"transport.port: {free_port()}\npath.repo: {node.home / 'snapshots'}\n")
    return node


def three() -> list[Node]:
    """A cluster of three nodes, not started. Raises NotInstalled."""
    transport = [free_port() for _ in range(3)]
    names = [f"node-{n}" for n in range(3)]
    seeds = ", ".join(f'"127.0.0.1:{port}"' for port in transport)
    return [
        Node(
            {
                "cluster.name": f"minsheng-{transport[0]}",
                "node.name": name,
                "transport.port": str(port),
                "discovery.seed_hosts": f"[{seeds}]",
                "cluster.initial_master_nodes": f"[{', '.join(names)}]",
            }
        )
        for name, port in zip(names, transport, strict=True)
    ]


def answers(url: str) -> bool:
    """Whether a cluster at the address has a master and can take documents."""
    try:
        asked = f"{url}/_cluster/health?wait_for_status=yellow&timeout=1s"
        with urllib.request.urlopen(asked, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
