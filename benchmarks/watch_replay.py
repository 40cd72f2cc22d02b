"""Real messages, replayed: what the watch would have raised. One JSON line an alert, without texts.

    .venv/bin/python -m benchmarks.watch_replay ../shared/data/tipdm_messages.csv

The file is a mailbox's export (留言编号, 留言主题, 留言时间, 留言详情) whose places were made unreadable
(A3区, B县); what stands for a district is taken for one. Watched every three hours.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from casework.storage.alerts import Alert, all_alerts
from casework.storage.records import Records
from casework.storage.tables import DepartmentRow
from casework.storage.trend_documents import SCORES, TrendDocument, read_documents
from classifier.loading import load
from classifier.segmentation import search_words, words
from monitor.alerts import messages_behind
from monitor.index.embedded import EmbeddedIndex
from monitor.index.interface import Order
from monitor.tallies import ALERT_SCOPE
from monitor.watch import watch
from monitor.word_watch import watch_words
from tests.monitor.documents import ZONE, make
from tests.monitor.recorded import city, record_all

DISTRICT = re.compile(r"[A-Z]\d{1,2}[区县市]|[B-Z][市县]")
STEP = timedelta(hours=3)
SHOWN_NUMBERS, SHOWN_WORDS = 12, 6


def read_documents_of(file: Path) -> list[TrendDocument]:
    with file.open(encoding="utf-8-sig") as lines:
        rows = sorted(csv.DictReader(lines), key=lambda row: _at(row["留言时间"]))
    texts = [f"{row['留言主题']}\n{row['留言详情']}" for row in rows]
    judged = load().judge_many(texts)
    found = []
    for place, (row, text, judgement) in enumerate(zip(rows, texts, judged, strict=True)):
        district = DISTRICT.search(text)
        document = make(
            place,
            received_at=_at(row["留言时间"]),
            topic=judgement.topic[:2],
            department="",
            department_above=frozenset(),
            district=district.group() if district else "",
            kind=judgement.kind,
            sentiment=judgement.sentiment,
            sentiment_score=SCORES.get(judgement.sentiment, 0.0),
            keywords=tuple(judgement.keywords),
            subject=row["留言主题"],
            body=row["留言详情"],
        )
        found.append(replace(document, number=row["留言编号"]))
    return found


def _at(text: str) -> datetime:
    day, clock = text.replace("-", "/").split(" ")
    year, month, date = map(int, day.split("/"))
    hour, minute, *second = map(int, clock.split(":"))
    return datetime(year, month, date, hour, minute, *second, tzinfo=ZONE).astimezone(UTC)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--from", dest="first", default="2018-01-01")
    parser.add_argument("--to", dest="last", default="2020-01-10")
    given = parser.parse_args()
    documents = read_documents_of(given.file)
    with (
        tempfile.TemporaryDirectory() as name,
        city(f"sqlite:///{Path(name) / 'records.db'}") as records,
    ):
        index = record(records, documents, Path(name) / "index")
        now = datetime.fromisoformat(given.first).replace(tzinfo=ZONE)
        last = datetime.fromisoformat(given.last).replace(tzinfo=ZONE)
        looks = 0
        while now <= last:
            watch(records, index, ZONE, now.astimezone(UTC))
            watch_words(records, index, ZONE, now.astimezone(UTC))
            now, looks = now + STEP, looks + 1
        with records.read() as work:
            alerts = all_alerts(work, 0, 10_000)[::-1]
        numbers = {one.message_id: one.number for one in documents}
        for alert in alerts:
            print(json.dumps(line(alert, index, numbers), ensure_ascii=False), flush=True)
        print(json.dumps({"looks": looks, "alerts": len(alerts), "messages": len(documents)}))
        index.close()


def record(records: Records, documents: list[TrendDocument], folder: Path) -> EmbeddedIndex:
    """The messages, and their districts, in the records and in an index."""
    with records.write() as work:
        for code in sorted({one.district for one in documents} - {""}):
            if work.session.get(DepartmentRow, code) is None:
                work.session.add(
                    DepartmentRow(code=code, name=code, parent="CITY", level="district", aliases=[])
                )
        work.commit()
    record_all(records, documents)
    index = EmbeddedIndex(folder, words, search_words, "replay")
    with records.read() as work:
        kept = read_documents(work, [one.message_id for one in documents])
    with index.rebuilding() as build:
        build.put(list(kept))
    return index


def line(alert: Alert, index: EmbeddedIndex, numbers: dict[UUID, str]) -> dict[str, object]:
    page = index.search(messages_behind(alert), ALERT_SCOPE, 0, SHOWN_NUMBERS, Order.DATE)
    drivers = [d for d in alert.measured.detail.drivers if d.dimension == "word"]
    return {
        "number": alert.number,
        "rule": alert.rule,
        "severity": alert.measured.severity,
        "raised": alert.raised_at.astimezone(ZONE).isoformat(timespec="hours"),
        "topic": "/".join(alert.topic),
        "district": alert.district,
        "word": alert.word,
        "observed": round(alert.measured.observed, 2),
        "expected": round(alert.measured.expected, 2),
        "words": [f"{d.value}×{d.count}" for d in drivers[:SHOWN_WORDS]],
        "total": page.total,
        "messages": [numbers[one] for one in alert.measured.detail.messages],
        "latest": [hit.number for hit in page.hits],
    }


if __name__ == "__main__":
    main()
