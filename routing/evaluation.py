"""How good the dispatch is, on texts whose right departments are known."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from casework.judgement import Judgement
from casework.model import Assignment


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Shares in [0, 1]. top1, top3: a right department is the first guess, or among three.
    assigned_share: part assigned without a person; assigned_top1: of these, part right
    (0 when none was assigned)."""

    n: int
    top1: float
    top3: float
    assigned_share: float
    assigned_top1: float


def evaluate(
    judge: Callable[[str], Judgement],
    route: Callable[[Judgement, str, str, str, datetime], Assignment],
    rows: Iterable[tuple[str, str]],
    now: datetime,
) -> Evaluation:
    """Dispatch every (text, codes joined by "|") as a new message would be."""
    n = first = among_three = assigned = assigned_right = 0
    for text, units in rows:
        right = set(units.split("|"))
        judgement = judge(text)
        assignment = route(judgement, text, judgement.kind, "", now)
        guessed = [guess.department for guess in assignment.guesses]
        n += 1
        first += bool(right & set(guessed[:1]))
        among_three += bool(right & set(guessed[:3]))
        assigned += bool(assignment.department)
        assigned_right += assignment.department in right
    return Evaluation(
        n=n,
        top1=first / n if n else 0.0,
        top3=among_three / n if n else 0.0,
        assigned_share=assigned / n if n else 0.0,
        assigned_top1=assigned_right / assigned if assigned else 0.0,
    )
