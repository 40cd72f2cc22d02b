"""Reading JSON that strangers send: one meaning only, or a reason why there is none.

Refused is whatever two readers might read differently, or a record cannot hold: another charset,
a member named twice, NaN, half of a surrogate pair, nesting without end.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

from casework.errors import Rejected

DEEPEST = 12
"""Levels of objects and lists; what is taken in has three."""
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKET = re.compile(r"[\[\]{}]")
_LONE = re.compile(r"[\ud800-\udfff]")


def read_object(body: bytes) -> dict[str, Any]:
    """The JSON object of a body.

    Raises Rejected with: "charset" (not UTF-8, or a byte order mark), "nesting", "json",
    "twice" (values: name), "number", "characters", "object".
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise Rejected("charset") from None
    if text.startswith("\ufeff"):
        raise Rejected("charset")
    _check_depth(text)
    try:
        found = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except ValueError:  # also a number of ten thousand digits
        raise Rejected("json") from None
    if not isinstance(found, dict):
        raise Rejected("object")
    _check_strings(found)
    return found


def _check_depth(text: str) -> None:
    """Before the parser, which would otherwise go down level by level with the sender."""
    depth = 0
    for sign in _BRACKET.findall(_STRING.sub("", text)):
        depth += 1 if sign in "[{" else -1
        if depth > DEEPEST:
            raise Rejected("nesting", limit=DEEPEST)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        name = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise Rejected("twice", name=name[:40])
    return found


def _no_number(name: str) -> Any:
    raise Rejected("number", name=name)


def _check_strings(value: Any) -> None:
    if isinstance(value, str):
        if _LONE.search(value):
            raise Rejected("characters")
    elif isinstance(value, dict):
        for name, inner in value.items():
            _check_strings(name)
            _check_strings(inner)
    elif isinstance(value, list):
        for inner in value:
            _check_strings(inner)
