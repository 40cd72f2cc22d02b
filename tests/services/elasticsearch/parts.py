"""The libraries of the server, fetched once by Maven and laid out as the server wants them.

server/ is what Java loads at the start; modules/ are the server's own plug-ins, of which the one
for HTTP is enough. Which registry Maven asks is said by the settings of the machine.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
CACHE = HERE.parents[2] / ".cache" / "elasticsearch"
TRANSPORT = "transport-netty4"
DESCRIPTOR = f"META-INF/es-plugins/{TRANSPORT}/plugin-descriptor.properties"


class NotInstalled(Exception):
    """Java, Maven or the libraries are not there."""


def parts() -> Path:
    """The folder of the libraries. Raises NotInstalled."""
    for program in ("java", "mvn"):
        if shutil.which(program) is None:
            raise NotInstalled(f"Elasticsearch: {program} is missing")
    pom = HERE / "pom.xml"
    folder = CACHE / hashlib.sha256(pom.read_bytes()).hexdigest()[:12]
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two runs at once fetch once
        if not folder.exists():
            _lay_out(pom, folder)
    return folder


def _lay_out(pom: Path, folder: Path) -> None:
    fresh = CACHE / "fresh"
    shutil.rmtree(fresh, ignore_errors=True)
    server, transport = fresh / "server", fresh / "modules" / TRANSPORT
    transport.mkdir(parents=True)
    fetched = subprocess.run(
        [
            *("mvn", "-q", "-B", "-f", str(pom), "dependency:copy-dependencies"),
            f"-DoutputDirectory={server}",
        ],
        capture_output=True,
        text=True,
        timeout=600,
    )
    if fetched.returncode:
        raise NotInstalled(f"Elasticsearch: Maven: {fetched.stdout.strip()[:500]}")
    for jar in server.glob("*.jar"):
        if jar.name.startswith((f"{TRANSPORT}-", "netty-")):
            jar.rename(transport / jar.name)
    [plugin] = transport.glob(f"{TRANSPORT}-*.jar")
    with zipfile.ZipFile(plugin) as archive:
        (transport / "plugin-descriptor.properties").write_bytes(archive.read(DESCRIPTOR))
    fresh.rename(folder)
