"""Runs a command with a node of Elasticsearch beside it: HOME COMMAND…

The node keeps its data in HOME/elasticsearch, the command its city in HOME. Both end together.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.services.elasticsearch.node import single
from tests.services.elasticsearch.parts import NotInstalled


def main(home: str, *command: str) -> int:
    folder = Path(home).resolve()
    try:
        node = single(folder / "elasticsearch", java=())
    except NotInstalled as error:
        print(f"!! not to be had here: {error}", file=sys.stderr)
        return 1
    print("→ starting Elasticsearch", file=sys.stderr)
    node.start()
    print(f"→ Elasticsearch at {node.url}, in {folder}", file=sys.stderr)
    try:
        settings = {"ELASTICSEARCH_URL": node.url, "MINSHENG_HOME": str(folder)}
        return subprocess.run(command, env={**os.environ, **settings}).returncode
    except KeyboardInterrupt:
        return 0
    finally:
        node.stop()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
