"""Is a message urgent where no rule fires? Groups of words, weighed together by a trained model."""

from __future__ import annotations

import json
import math
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from casework.errors import FileUnreadable
from casework.judgement import Evidence
from casework.taxonomy import KINDS, URGENT
from classifier.normalisation import normalised
from classifier.phrases import PhraseTable, Sought
from classifier.reading import READ_AT_MOST

GROUPS_FILE = Path(__file__).parent / "rules" / "danger.toml"

WEIGHED = "danger.weighed"
"""The rule's name where words weighed together, and no rule, say that a text is urgent."""

EVIDENCE_AT_MOST = 6

ENOUGH = 3
"""Words of one group count up to so often."""

Found = list[tuple[int, int, str]]


@dataclass(frozen=True, slots=True)
class DangerModel:
    """weights: one a feature, named as in `features`; bias; urgent_from: the score, bias included,
    from which a message is urgent."""

    weights: dict[str, float]
    bias: float
    urgent_from: float
    version: str

    def save(self, path: Path) -> None:
        """Writes the model as JSON."""
        held = {"version": self.version, "bias": self.bias, "urgent_from": self.urgent_from}
        text = json.dumps(held | {"weights": self.weights}, ensure_ascii=False, indent=1)
        path.write_text(text + "\n", encoding="utf-8")


def load_danger(path: Path) -> DangerModel:
    """Reads what save wrote. Raises FileUnreadable("model_unreadable") for anything else."""
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        weights = {str(name): float(weight) for name, weight in held["weights"].items()}
        model = DangerModel(
            weights, float(held["bias"]), float(held["urgent_from"]), str(held["version"])
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise FileUnreadable("model_unreadable", file=path.name) from error
    if not all(map(math.isfinite, (*weights.values(), model.bias, model.urgent_from))):
        raise FileUnreadable("model_unreadable", file=path.name)
    return model


@cache
def danger_table() -> PhraseTable[str]:
    """The words of danger, each with its group."""
    groups = tomllib.loads(GROUPS_FILE.read_text(encoding="utf-8"))["groups"]
    return PhraseTable((normalised(word), name) for name, words in groups.items() for word in words)


def danger_sought() -> Sought:
    """The words of danger in what is read of a text; they do not overlap."""
    return Sought(danger_table(), until=READ_AT_MOST)


def features(found: Found, length: int, kind: str, feeling: float) -> dict[str, float]:
    """What the model weighs: each group's words, the text's length in characters, the kind, and the
    feeling from -1 to 1."""
    said: dict[str, float] = {}
    for _, _, group in found:
        said[group] = min(said.get(group, 0.0) + 1 / ENOUGH, 1.0)
    said["length"] = math.log(max(length, 1)) / 6
    said["feeling"] = feeling
    if kind in KINDS:
        said[kind] = 1.0
    return said


def score(model: DangerModel, said: dict[str, float]) -> float:
    """The logarithm of the odds, up to a constant."""
    weight = model.weights.get
    return model.bias + sum([weight(name, 0.0) * value for name, value in said.items()])


def evidence_of(model: DangerModel, text: str, found: Found) -> tuple[Evidence, ...]:
    """The first word of each group that speaks for urgency, the heaviest group first."""
    first: dict[str, tuple[int, int]] = {}
    for start, end, group in found:
        first.setdefault(group, (start, end))
    weighed = sorted(
        ((model.weights.get(group, 0.0), place) for group, place in first.items()), reverse=True
    )
    most = weighed[0][0] if weighed else 0.0
    return tuple(
        Evidence("urgency", URGENT, text[start:end], start, end, weight / most, WEIGHED)
        for weight, (start, end) in weighed[:EVIDENCE_AT_MOST]
        if weight > 0
    )
