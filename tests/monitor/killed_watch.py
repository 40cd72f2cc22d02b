"""A process of its own that looks at turns and is cut off: run by test_watch_turns.

Arguments: address of the records, folder of the index, file of the kept past, the time, and how many statements that write to
the alerts or the mark of the last turn it may begin before the process ends, as if killed.
"""

from __future__ import annotations

import os
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event

from monitor.index.embedded import EmbeddedIndex
from monitor.watch_turns import look
from tests.monitor.documents import ZONE, search_words, words
from tests.monitor.recorded import open_records


def main(url: str, folder: str, file: str, now: str, left: int) -> None:
    records = open_records(url)
    index = EmbeddedIndex(Path(folder), words, search_words, "test")

    def end(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        nonlocal left
        if statement.startswith(("INSERT", "UPDATE")):
            left -= 1
            if left < 0:
                os._exit(9)

    event.listen(records.engine, "before_cursor_execute", end)
    turn, at = timedelta(hours=3), datetime.fromisoformat(now)
    look(records, index, ZONE, at, turn, table_file=Path(file))


if __name__ == "__main__":
    main(*sys.argv[1:5], left=int(sys.argv[5]))
