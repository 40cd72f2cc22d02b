"""Copies the front-end libraries that npm fetched into web/static/vendor/: `python -m web.vendor`.

The versions are pinned in package.json and package-lock.json; run `npm ci` first.
"""

from __future__ import annotations

import shutil
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


if __name__ == "__main__":
    try:
        copy_vendor()
    except FileNotFoundError as error:
        sys.exit(f"{error.filename} is missing: run npm ci")
