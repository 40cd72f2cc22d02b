"""Hot issues: how far they agree with those that teams of people made, and how soon one is found.

    .venv/bin/python -m benchmarks.hot_issues
    .venv/bin/python -m benchmarks.hot_issues --messages 100000 1000000

The clusters of the teams are opinions, not truth: a team named its five hottest issues or so and left
the rest. Agreement is counted over the pairs of messages that both placed. Of two placements of the same
messages, `precision` is the part of the pairs the first puts together that the second puts together,
`recall` the other way round, `adjusted_rand` 0 for chance and 1 for the same.
"""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations, islice
from pathlib import Path
from statistics import quantiles
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select
from uuid_utils.compat import uuid7

from benchmarks.file_import import database
from casework.departments import Department
from casework.storage import office as office_records
from casework.storage.issue_messages import Waiting
from casework.storage.records import Records
from casework.storage.tables import (
    HotIssueMarkRow,
    HotIssueMessageRow,
    JudgementRow,
    MentionRow,
    MessageRow,
)
from classifier.places import PlaceFinder
from classifier.reading import read
from monitor.hot_issues import gather, place_of
from monitor.matter import Matter, marks_of, matter_of
from runtime.demonstration.compose import compose
from runtime.settings import read_settings
from runtime.wiring import City, open_city

DATA = Path(__file__).parents[2] / "shared" / "data"
ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
BUDGET_MS = 50.0
LOOKED_UP = 300
BATCH = 5000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, nargs="*", default=[100_000])
    parser.add_argument("--database", default="")
    given = parser.parse_args()
    if (DATA / "hot_issue_clusters.csv").exists():
        _agreement()
    else:
        report("the clusters of the teams are not beside the checkout", folder=str(DATA))
    for messages in given.messages:
        _look_up(messages, given.database)


def report(what: str, **figures: object) -> None:
    print(json.dumps({"what": what, **figures}, ensure_ascii=False), flush=True)


def _agreement() -> None:
    teams: dict[str, dict[str, str]] = {}
    for row in _rows("hot_issue_clusters.csv"):
        teams.setdefault(row["team"], {})[row["message_id"]] = row["issue_id"]
    for one, other in combinations(teams, 2):
        report("two teams", teams=[one, other], **agreement(teams[one], teams[other]))
    ours, seconds = _ours()
    for team, theirs in teams.items():
        report("ours and a team", team=team, **agreement(ours, theirs))
    sizes = sorted(Counter(ours.values()).values(), reverse=True)
    report(
        "ours",
        messages=len(ours),
        issues=sum(size > 1 for size in sizes),
        of_three_or_more=sum(size > 2 for size in sizes),
        largest=sizes[:10],
        seconds=round(seconds, 1),
    )


def agreement(one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, float | int | None]:
    """Of two placements, message to issue, over the messages both have."""
    shared = [key for key in one if key in other]
    both = _pairs(Counter((one[key], other[key]) for key in shared))
    first = _pairs(Counter(one[key] for key in shared))
    second = _pairs(Counter(other[key] for key in shared))
    every = _pairs(Counter({"": len(shared)}))
    by_chance = first * second / every if every else 0.0
    most = (first + second) / 2
    return {
        "messages": len(shared),
        "precision": _part(both, first),
        "recall": _part(both, second),
        "f1": _part(2 * both, first + second),
        "adjusted_rand": _part(both - by_chance, most - by_chance),
    }


def _pairs(counts: Mapping[Any, int]) -> int:
    return sum(n * (n - 1) // 2 for n in counts.values())


def _part(part: float, whole: float) -> float | None:
    return round(part / whole, 3) if whole else None


def _ours() -> tuple[dict[str, str], float]:
    """Every message of the years recorded, and looked at week by week as they came."""
    with tempfile.TemporaryDirectory() as folder:
        city = open_city(read_settings({"MINSHENG_HOME": folder}))
        messages = sorted(_messages(), key=lambda one: one[1])
        _districts(city, {one[4] for one in messages if one[4]})
        started = time.perf_counter()
        for week, group in _by_week(messages):
            _record(city.records, [_values(*one) for one in group])
            gather(city.records, ZONE, week, everything=True)
        seconds = time.perf_counter() - started
        with city.records.read() as work:
            placed = work.session.execute(
                select(
                    MessageRow.source_ref, HotIssueMessageRow.issue_id, HotIssueMessageRow.id
                ).join(HotIssueMessageRow, HotIssueMessageRow.message_id == MessageRow.id)
            ).all()
        city.close()
    return {str(ref): str(issue or entry) for ref, issue, entry in placed}, seconds


Message = tuple[str, datetime, str, str, str, list[Any]]
"""Number, time, subject, text, the first district named ("" for none) and all places."""


def _messages() -> Iterator[Message]:
    finder = PlaceFinder()
    rows = list(_rows("tipdm_messages.csv"))
    texts = [f"{row['留言主题']}\n{row['留言详情']}" for row in rows]
    for row, text in zip(rows, texts, strict=True):
        (places,) = finder.places_in([text], read([text]))
        named = [place.text.upper() for place in places if place.kind == "district"]
        at = datetime.strptime(row["留言时间"], "%Y/%m/%d %H:%M:%S").replace(tzinfo=ZONE)
        judged = [[place.text, place.kind, place.start, place.end, ""] for place in places]
        district = "".join(named[:1])[:12]
        yield row["留言编号"], at, row["留言主题"], row["留言详情"], district, judged


def _by_week(
    messages: Sequence[Message],
) -> Iterator[tuple[datetime, list[Message]]]:
    begin = 0
    while begin < len(messages):
        end = messages[begin][1] + timedelta(days=7)
        group = [one for one in messages[begin:] if one[1] < end]
        yield end, group
        begin += len(group)


def _districts(city: City, names: set[str]) -> None:
    with city.records.write() as work:
        made = (Department(name, name, "district", "CITY") for name in sorted(names))
        office_records.save_departments(work, tuple(made))
        work.commit()


def _values(
    ref: str, at: datetime, subject: str, body: str, district: str, places: list[Any]
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    key = uuid7()
    message = {
        "id": key, "channel": "web", "source": "bench", "source_ref": ref, "mode": "new",
        "language": "zh", "subject": subject, "body": body, "shown_subject": subject,
        "shown_body": body, "content_digest": b"", "place": "", "publishable": False,
        "confidential": False, "entered_by": "", "received_at": at, "recorded_at": at, "version": 1,
    }  # fmt: skip
    judgement = {
        "message_id": key, "made_at": at, "engine": "", "topic": "", "kind": "投诉",
        "sentiment": "negative", "sentiment_score": 0.0, "urgency": "normal", "urgency_rule": "",
        "confidence": 0.0, "keywords": [], "detail": {"places": places},
    }  # fmt: skip
    mention = {
        "message_id": key, "state": "open", "district": district or None, "places": 1,
        "last_seen_at": at, "reason": "", "decided_by": "", "version": 1,
    }  # fmt: skip
    return message, judgement, mention


def _record(
    records: Records, values: Sequence[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]
) -> None:
    with records.write() as work:
        for table, rows in zip(
            (MessageRow, JudgementRow, MentionRow), zip(*values, strict=True), strict=True
        ):
            work.session.execute(insert(table), list(rows))
        work.commit()


def _look_up(messages: int, kind: str) -> None:
    """How soon the issue of a new message is found among so many of the last 90 days."""
    with tempfile.TemporaryDirectory() as folder, database(kind) as address:
        settings = {"MINSHENG_HOME": folder} | ({"DATABASE_URL": address} if address else {})
        city = open_city(read_settings(settings))
        matters = _known_matters(city)
        started = time.perf_counter()
        _fill(city.records, matters, messages)
        filled = time.perf_counter() - started
        took = []
        for n in range(LOOKED_UP):
            subject, body = matters[n * 7 % len(matters)][1]
            waiting = Waiting(UUID(int=n), subject, body, "", NOW, None)
            with city.records.read() as work:
                started = time.perf_counter()
                place_of(work, waiting, matter_of(subject, body))
                took.append(1000 * (time.perf_counter() - started))
        city.close()
    cuts = quantiles(took, n=100)
    report(
        "an issue found",
        database=kind or "sqlite",
        among=messages,
        p50_ms=round(cuts[49], 1),
        p99_ms=round(cuts[98], 1),
        worst_ms=round(max(took), 1),
        within_budget=cuts[98] <= BUDGET_MS,
        budget_ms=BUDGET_MS,
        seconds_to_fill=round(filled, 1),
    )


def _known_matters(city: City) -> list[tuple[Matter, tuple[str, str]]]:
    """Real messages where they are beside the checkout, else the made-up city's."""
    if (DATA / "tipdm_messages.csv").exists():
        texts = [(row["留言主题"], row["留言详情"]) for row in _rows("tipdm_messages.csv")]
    else:
        office = city.office()
        composed = compose(NOW, office.zone, office.calendar)
        texts = [(entry.draft.subject, entry.draft.body) for entry in composed]
    return [(matter_of(*text), text) for text in texts]


def _fill(
    records: Records, matters: Sequence[tuple[Matter, tuple[str, str]]], messages: int
) -> None:
    """So many messages, each a real one in which two of the weightiest words are another street's."""
    numbers = iter(range(1, messages + 1))
    while chunk := list(islice(numbers, BATCH)):
        ids = [uuid7() for _ in chunk]
        words = [_elsewhere(matters[n % len(matters)][0], n) for n in chunk]
        at = [NOW - timedelta(days=89) * (1 - n / messages) for n in chunk]
        rows = [_values(str(n), when, "", "", "", [])[0] for n, when in zip(chunk, at, strict=True)]
        with records.write() as work:
            for row, key in zip(rows, ids, strict=True):
                row["id"] = key
            work.session.execute(insert(MessageRow), rows)
            work.session.execute(
                insert(HotIssueMessageRow),
                [
                    {
                        "id": n,
                        "message_id": key,
                        "issue_id": None,
                        "district": None,
                        "received_at": when,
                        "words": own,
                        "places": [],
                        "same_as": None,
                        "closeness": 0.0,
                    }  # fmt: skip
                    for n, key, when, own in zip(chunk, ids, at, words, strict=True)
                ],
            )
            marks = [
                {"mark": mark, "entry": n}
                for n, own in zip(chunk, words, strict=True)
                for mark in marks_of(own)
            ]
            work.session.execute(insert(HotIssueMarkRow), marks)
            work.commit()


def _elsewhere(matter: Matter, n: int) -> dict[str, float]:
    kept = list(matter.words.items())
    return {f"街{n}": 0.3, f"巷{n // 3}": 0.3} | dict(kept[2:])


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


if __name__ == "__main__":
    main()
