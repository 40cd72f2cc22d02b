"""Aggregations by Elasticsearch, none of them cut: what does not fit into one answer is paged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from casework.errors import IndexUnavailable
from monitor.index.aggregations import Aggregation

PAGE = 10_000
TOO_MANY = "too_many_buckets_exception"

Ask = Callable[[Aggregation], dict[str, Any]]
"""Runs an aggregation; its answer."""


def whole(ask: Ask, aggregation: Aggregation) -> dict[str, Any]:
    """The answer to an aggregation, in its own shape, with every group in it and exact counts.
    Several may be asked at once."""
    if "time" in aggregation:
        return ask(aggregation)
    try:
        answer = ask(aggregation)
    except IndexUnavailable as error:
        if TOO_MANY not in str(error):
            raise
        if len(aggregation) > 1:  # each alone may be answered
            return {name: whole(ask, {name: one})[name] for name, one in aggregation.items()}
        answer = {}
    for name, one in aggregation.items():
        if name not in answer or not exact(answer[name]):
            answer[name] = _paged(ask, _names(one))["groups"]
    return answer


def exact(groups: dict[str, Any]) -> bool:
    """Whether no shard left groups out, at any depth."""
    if groups["sum_other_doc_count"] or groups["doc_count_error_upper_bound"]:
        return False
    return all(exact(bucket["groups"]) for bucket in groups["buckets"] if "groups" in bucket)


def _names(groups: dict[str, Any]) -> list[str]:
    names = [groups["terms"]["field"]]
    while "aggs" in groups:
        groups = groups["aggs"]["groups"]
        names.append(groups["terms"]["field"])
    return names


def _paged(ask: Ask, names: list[str]) -> dict[str, Any]:
    """The combinations a page at a time, put together as nested groups."""
    sources = [{name: {"terms": {"field": name}}} for name in names]
    composite: dict[str, Any] = {"size": PAGE, "sources": sources}
    tree: dict[str, Any] = {}
    while True:
        page = ask({"groups": {"composite": composite}})["groups"]
        for bucket in page["buckets"]:
            branch = tree
            for name in names[:-1]:
                branch = branch.setdefault(bucket["key"][name], {})
            branch[bucket["key"][names[-1]]] = bucket["doc_count"]
        if "after_key" not in page or len(page["buckets"]) < PAGE:
            return _groups(tree, len(names))
        composite = {**composite, "after": page["after_key"]}


def _groups(tree: dict[str, Any], depth: int) -> dict[str, Any]:
    if depth == 1:
        buckets = [{"key": key, "doc_count": count} for key, count in tree.items()]
    else:
        buckets = [{"key": key, **_groups(branch, depth - 1)} for key, branch in tree.items()]
    return {"groups": {"buckets": buckets}}
