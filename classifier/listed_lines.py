"""Reading the city's own lists, a line an entry: what is wrong is said with the number of its line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from casework.errors import FileUnreadable

Entry = TypeVar("Entry")

PROBLEMS_TOLD = 20
LARGEST_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class LineProblem:
    """What is wrong with a line, counted from 1. reason: a key of web.reasons; value: the words."""

    line: int
    reason: str
    value: str = ""


class BadLine(ValueError):
    """Raised while a line is read; becomes a LineProblem."""

    def __init__(self, reason: str, value: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.value = value


class ListUnreadable(FileUnreadable):
    """A list that cannot be taken. Nothing of it is; the first twenty problems are told."""

    def __init__(self, problems: tuple[LineProblem, ...], total: int) -> None:
        super().__init__("list_lines", line=problems[0].line, total=total)
        self.problems = problems
        self.total = total


def decoded(raw: bytes) -> str:
    """The text of an uploaded list: UTF-8, with or without mark, or GB18030.

    Raises FileUnreadable("encoding") and FileUnreadable("list_too_large").
    """
    if len(raw) > LARGEST_BYTES:
        raise FileUnreadable("list_too_large", limit=LARGEST_BYTES // (1024 * 1024))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileUnreadable("encoding", file="")


def read_lines(
    lines: Iterable[tuple[int, str]], read: Callable[[str], Entry | None]
) -> list[Entry]:
    """Reads every numbered line; `read` gives None for one that says nothing.

    Raises ListUnreadable when any of them is wrong.
    """
    found: list[Entry] = []
    problems: list[LineProblem] = []
    total = 0
    for number, line in lines:
        try:
            entry = read(line)
        except BadLine as error:
            total += 1
            if len(problems) < PROBLEMS_TOLD:
                problems.append(LineProblem(number, error.reason, error.value[:60]))
            continue
        if entry is not None:
            found.append(entry)
    if problems:
        raise ListUnreadable(tuple(problems), total)
    return found
