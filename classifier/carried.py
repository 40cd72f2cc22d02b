"""Judgements on their way from one process to another.

Pickled as they are, they cost more than half of what judging costs: pickle calls Python for every
frozen object. Plain tuples of their values cost a fifth of that.
"""

from __future__ import annotations

from dataclasses import fields
from operator import attrgetter
from typing import Any

from casework.judgement import Evidence, Judgement, Place, TopicGuess
from classifier.making import maker

Packed = tuple[Any, ...]
NESTED = {"topics": TopicGuess, "leaves": TopicGuess, "places": Place, "evidence": Evidence}
NAMES = tuple(field.name for field in fields(Judgement))

_values = attrgetter(*NAMES)
_nested = [(NAMES.index(name), of) for name, of in NESTED.items()]
_values_of: dict[Any, Any] = {
    of: attrgetter(*(field.name for field in fields(of))) for of in set(NESTED.values())
}
_make: dict[Any, Any] = {of: maker(of) for of in set(NESTED.values())}


def pack(judgement: Judgement) -> Packed:
    """The values of a judgement, in the order of its fields."""
    values = list(_values(judgement))
    for place, of in _nested:
        values[place] = tuple(map(_values_of[of], values[place]))
    return tuple(values)


def unpack(packed: Packed) -> Judgement:
    """The very judgement that was packed."""
    values = list(packed)
    for place, of in _nested:
        make = _make[of]
        values[place] = tuple([make(*inner) for inner in values[place]])
    return Judgement(*values)
