"""Trains the models that ship, from the reference data beside the checkout.

    python -m benchmarks.classifier_train_shipped [--into FOLDER] [topic] [sentiment] [kind] [urgency]
                                                  [unit] [actionable] [unfit]

Into another folder: to see how good they are, and leave those that ship alone.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

from benchmarks.answering_units import write_answering_units
from classifier.card import ModelCard
from classifier.danger_training import Measured, train_danger
from classifier.loading import SHIPPED, load
from classifier.training import train

DATA = Path(__file__).parents[2] / "shared" / "data"


MAILBOX = "none stated; a part (a mayor's mailbox) MIT"
CIVIC = DATA / "civic_labels.csv"


def main() -> None:
    """Trains the tasks named, or all, and prints each card as a line of JSON."""
    options = argparse.ArgumentParser()
    options.add_argument("--into", type=Path, default=SHIPPED)
    options.add_argument("tasks", nargs="*", choices=[*TRAIN, []])
    asked = options.parse_args()
    for task in asked.tasks or TRAIN:
        for card in TRAIN[task](asked.into):
            print(json.dumps(asdict(card), ensure_ascii=False), flush=True)


def _topic(into: Path) -> Iterator[ModelCard]:
    yield train(DATA / "topic_train.csv", "topic", into)


def _sentiment(into: Path) -> Iterator[ModelCard]:
    yield train(DATA / "sentiment_train.csv", "sentiment", into, more=[CIVIC])


def _kind(into: Path) -> Iterator[ModelCard]:
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told_by_subject.csv"
        write_told_by_subject(told)
        yield train(CIVIC, "kind", into, more=[told], licence=MAILBOX)


def _urgency(into: Path) -> Iterator[ModelCard | Measured]:
    yield train(CIVIC, "urgency", into, licence=MAILBOX)
    yield train_danger(CIVIC, load(), into)


def _unit(into: Path) -> Iterator[ModelCard]:
    with tempfile.TemporaryDirectory() as folder:
        answered = Path(folder) / "answering_units.csv"
        write_answering_units(answered)
        yield train(answered, "unit", into, licence=MAILBOX)


def _actionable(into: Path) -> Iterator[ModelCard]:
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "tipdm_messages+sentiment_train.csv"
        write_told_by_where(told)
        yield train(told, "actionable", into)


def _unfit(into: Path) -> Iterator[ModelCard]:
    with tempfile.TemporaryDirectory() as folder:
        taken_up = Path(folder) / "tipdm_messages.csv"
        write_taken_up(taken_up)
        yield train(taken_up, "unfit", into)


TRAIN: dict[str, Callable[[Path], Iterator[ModelCard | Measured]]] = {
    "topic": _topic,
    "sentiment": _sentiment,
    "kind": _kind,
    "urgency": _urgency,
    "unit": _unit,
    "actionable": _actionable,
    "unfit": _unfit,
}

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


def write_taken_up(path: Path) -> None:
    """Subjects of messages to a city, and single sentences of them: all were taken up."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["unfit", "text"])
        for number, row in enumerate(_rows("tipdm_messages.csv")):
            told = SENTENCE.findall(row["留言详情"])
            writer.writerow(["fit", told[number % len(told)] if told else row["留言主题"]])


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
