"""A dry run of a catalogue: what past messages would have been given to somebody else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from casework.judgement import TopicPath
from casework.model import Assignment
from casework.storage.queries.past_dispatches import PastDispatch

MOST_LISTED = 200
Assign = Callable[[PastDispatch], Assignment]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """One message that would go elsewhere. before, after: departments, "" for nobody."""

    number: str
    topic: TopicPath
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Trial:
    """same: dispatched as now. elsewhere: those listed of `moved`. nobody: of the moved, those nobody
    would get. to_person: dispatched now by the program, then by a person; by_itself: the other way.
    were_moved: that went from unit to unit; right_now, right_then: of these, those that the catalogue
    in force, and the one tried, give at once to the unit that has them in the end. pairs: (from, to)
    with how many, most first."""

    looked_at: int
    same: int
    moved: int
    nobody: int
    to_person: int
    by_itself: int
    were_moved: int
    right_now: int
    right_then: int
    pairs: tuple[tuple[tuple[str, str], int], ...]
    elsewhere: tuple[Elsewhere, ...]


def try_leads(past: Iterable[PastDispatch], now: Assign, then: Assign) -> Trial:
    """Dispatch every past message twice, by the catalogue in force and by the one tried."""
    counts: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    elsewhere: list[Elsewhere] = []
    for each in past:
        was, would = now(each), then(each)
        before, after = _first(was), _first(would)
        counts["looked_at"] += 1
        counts["to_person"] += bool(was.department) and not would.department
        counts["by_itself"] += bool(would.department) and not was.department
        if each.moved:
            counts["were_moved"] += 1
            counts["right_now"] += before == each.lead
            counts["right_then"] += after == each.lead
        if before == after:
            counts["same"] += 1
            continue
        counts["nobody"] += not after
        pairs[before, after] += 1
        if len(elsewhere) < MOST_LISTED:
            elsewhere.append(Elsewhere(each.number, each.judgement.topic, before, after))
    return _trial(counts, tuple(pairs.most_common()), tuple(elsewhere))


def _trial(
    counts: Mapping[str, int],
    pairs: tuple[tuple[tuple[str, str], int], ...],
    elsewhere: tuple[Elsewhere, ...],
) -> Trial:
    return Trial(
        looked_at=counts["looked_at"],
        same=counts["same"],
        moved=counts["looked_at"] - counts["same"],
        nobody=counts["nobody"],
        to_person=counts["to_person"],
        by_itself=counts["by_itself"],
        were_moved=counts["were_moved"],
        right_now=counts["right_now"],
        right_then=counts["right_then"],
        pairs=pairs,
        elsewhere=elsewhere,
    )


def _first(assignment: Assignment) -> str:
    """Whom the program would choose, or suggest to the person who chooses."""
    return assignment.guesses[0].department if assignment.guesses else ""
