"""How long the telephone desk's suggestions take at the server while an operator types.

    .venv/bin/python -m benchmarks.call_suggestions --messages 20000

The messages are those of the made-up city under other numbers, received one batch after another and
indexed. A call is then typed a few characters at a time, and each keystroke's request is timed
through the whole application: signing, form, classifier, dispatch, index, records, page.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace

from uuid_utils.compat import uuid7

from casework.model import MessageDraft
from casework.permissions import Role
from casework.storage.people import add_user
from intake.receive import receive_many
from monitor import relay_turns
from runtime.clock import now
from runtime.demonstration.compose import compose
from runtime.settings import read_settings
from runtime.wiring import City, open_city
from web.app import create_app

BATCH = 500
STEP = 4
"""Characters typed between two requests."""
BUDGET_MS = 200
PASSWORD = "only for this run"
CALLS = (
    (
        "锦湖花园3号楼又停水了，今天早上7点多开始，整个单元都没有。昨天反映过，物业说是二次供水泵坏了，等配件。"
        "楼上有八十多岁的老人，提不动水。问什么时候能来水，没来之前能不能送水。"
    ),
    "工地凌晨三点还在打桩，渣土车进进出出，两边六个小区的居民连续五个晚上没法睡觉，希望夜里停工。",
    "医保异地备案怎么办，要带什么材料，网上能不能办，想咨询一下。",
    "公交22路末班车提前了半个小时，下夜班赶不上，建议恢复原来的时间。",
)


def main() -> None:
    """Fill a city, type, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=20_000)
    wanted = parser.parse_args().messages
    with tempfile.TemporaryDirectory() as folder:
        city = open_city(read_settings({"MINSHENG_HOME": folder}))
        _fill(city, wanted)
        spent = _type(city)
        city.close()
    ordered = sorted(spent)
    p95 = ordered[int(len(ordered) * 0.95)]
    print(
        json.dumps(
            {
                "benchmark": "call_suggestions",
                "messages": wanted,
                "requests": len(spent),
                "p50_ms": round(statistics.median(spent), 1),
                "p95_ms": round(p95, 1),
                "worst_ms": round(ordered[-1], 1),
                "budget_p95_ms": BUDGET_MS,
                "within_budget": p95 <= BUDGET_MS,
            }
        )
    )


def _fill(city: City, wanted: int) -> None:
    waiting: list[MessageDraft] = []
    for draft in _drafts(city, wanted):
        waiting.append(draft)
        if len(waiting) == BATCH:
            receive_many(city.intake, waiting, now())
            waiting.clear()
    receive_many(city.intake, waiting, now())
    relay_turns.serve(city.records, city.index, city.holder, now, wish=relay_turns.REBUILD)
    with city.records.write() as work:
        add_user(work, "operator", "operator", frozenset({Role.OPERATOR}), "", PASSWORD, now())
        work.commit()


def _drafts(city: City, wanted: int) -> Iterator[MessageDraft]:
    office = city.office()
    composed = compose(now(), office.zone, office.calendar)
    for number in range(wanted):
        draft = composed[number % len(composed)].draft
        sender = f"1380000{number % 5000:04d}"
        body = f"{draft.body}（{number}）"
        yield replace(draft, source="bench", source_ref=str(number), sender=sender, body=body)


def _type(city: City) -> list[float]:
    app = create_app(city)
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    client.post("/sign-in", data={"username": "operator", "password": PASSWORD})
    spent = []
    for turn, text in enumerate(CALLS * 3):
        form = {"token": uuid7().hex, "caller": f"1380000{turn * 37:04d}"}
        for length in range(STEP, len(text) + 1, STEP):
            start = time.perf_counter()
            answer = client.post("/calls/suggestions", data={**form, "matter": text[:length]})
            spent.append((time.perf_counter() - start) * 1000)
            assert answer.status_code == 200, answer.status_code
    return spent


if __name__ == "__main__":
    main()
