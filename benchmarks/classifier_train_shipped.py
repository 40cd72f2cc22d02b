"""Trains the models that ship, from the reference data beside the checkout.

python -m benchmarks.classifier_train_shipped [topic] [sentiment] [kind] [urgency] [unit]
    [actionable]
"""

from __future__ import annotations

import csv
import json
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from benchmarks.answering_units import write_answering_units
from classifier.danger_training import train_danger
from classifier.loading import SHIPPED, load
from classifier.training import train

DATA = Path(__file__).parents[2] / "shared" / "data"


def main() -> None:
    """Trains the tasks named, or all, and prints each card as a line of JSON."""
    tasks = sys.argv[1:] or [
        "topic",
        "sentiment",
        "kind",
        "urgency",
        "unit",
        "actionable",
    ]
    civic = DATA / "civic_labels.csv"
    if "topic" in tasks:
        print(
            json.dumps(
                asdict(train(DATA / "topic_train.csv", "topic", SHIPPED)), ensure_ascii=False
            )
        )
    if "sentiment" in tasks:
        card = train(DATA / "sentiment_train.csv", "sentiment", SHIPPED, more=[civic])
        print(json.dumps(asdict(card), ensure_ascii=False))
    if "kind" in tasks:
        licence = "none stated; a part (a mayor's mailbox) MIT"
        with tempfile.TemporaryDirectory() as folder:
            told = Path(folder) / "told_by_subject.csv"
            write_told_by_subject(told)
            card = train(civic, "kind", SHIPPED, more=[told], licence=licence)
        print(json.dumps(asdict(card), ensure_ascii=False))
    if "urgency" in tasks:
        licence = "none stated; a part (a mayor's mailbox) MIT"
        card = train(civic, "urgency", SHIPPED, licence=licence)
        print(json.dumps(asdict(card), ensure_ascii=False))
        print(json.dumps(asdict(train_danger(civic, load(), SHIPPED)), ensure_ascii=False))
    if "unit" in tasks:
        licence = "none stated; a part (a mayor's mailbox) MIT"
        with tempfile.TemporaryDirectory() as folder:
            answered = Path(folder) / "answering_units.csv"
            write_answering_units(answered)
            card = train(answered, "unit", SHIPPED, licence=licence)
        print(json.dumps(asdict(card), ensure_ascii=False))
    if "actionable" in tasks:
        with tempfile.TemporaryDirectory() as folder:
            told = Path(folder) / "told_by_where.csv"
            write_told_by_where(told)
            card = train(told, "actionable", SHIPPED)
        print(json.dumps(asdict(card), ensure_ascii=False))


SAID = {
    "建议": "建议|倡议|提议|呼吁",
    "举报": "举报|检举|揭发",
    "投诉": "投诉",
    "求助": "求助|救救|恳求|请求帮助|帮帮",
    "表扬": "感谢|表扬|点赞|致谢",
    "咨询": "咨询|请问|请教|想问|问一下|询问|了解一下",
}
SUBJECT_AT_MOST = 18
"""Of a message without subject so many characters are looked at."""


def write_told_by_subject(path: Path) -> None:
    """Unlabelled messages whose subject says their kind in one of these words. Those that ask are
    left out: many that do complain. None of them is a labelled row."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["kind", "text"])
        writer.writerows(_told_by_subject())


EVERY_POST = 3
"""Of the public posts every third is taken, about as many as there are rows of messages."""


SENTENCE = re.compile(r"[^。！？!?；;\n]{12,60}")
GREETING = re.compile("领导|您好|你好|书记|市长|尊敬")


def write_told_by_where(path: Path) -> None:
    """Messages to a city, their subjects and single sentences of them, ask for something or tell of
    something to be mended; public posts mostly do not."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["actionable", "text"])
        for number, row in enumerate(_rows("tipdm_messages.csv")):
            subject, body = row["留言主题"], row["留言详情"].strip()
            writer.writerow(["yes", subject if number % 2 else f"{subject}\n{body}"])
            told = [one for one in SENTENCE.findall(body) if not GREETING.search(one)]
            if told:
                writer.writerow(["yes", told[number % len(told)]])
        for row in _rows("sentiment_train.csv")[::EVERY_POST]:
            writer.writerow(["no", row["text"]])


def _told_by_subject() -> Iterator[tuple[str, str]]:
    labelled = {row["id"].rpartition("-")[2] for row in _rows("civic_labels.csv")}
    for row in _rows("tipdm_messages.csv"):
        if row["留言编号"] not in labelled:
            subject = row["留言主题"]
            yield from _told(subject, f"{subject}\n{row['留言详情'].strip()}")
    for row in _rows("topic_train.csv"):
        text = row["text"] or row["tokens"].replace(" ", "")
        yield from _told(text[:SUBJECT_AT_MOST], text)


def _told(subject: str, text: str) -> Iterator[tuple[str, str]]:
    kinds = [kind for kind, words in SAID.items() if re.search(words, subject)]
    if len(kinds) == 1 and kinds[0] != "咨询":
        yield kinds[0], text


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    main()
