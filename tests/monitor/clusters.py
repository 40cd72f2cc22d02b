"""Indices in a real cluster, each under a name of its own."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from monitor.index.elasticsearch import ElasticsearchIndex
from monitor.index.elasticsearch_client import Cluster
from tests.monitor.documents import ZONE, search_words, words


def fresh_index(
    url: str,
    name: str = "",
    segment: Callable[[str], list[str]] = search_words,
    dictionary: str = "test",
) -> ElasticsearchIndex:
    """An index that is not built yet."""
    cluster = Cluster((url,), name or f"test{secrets.token_hex(5)}")
    return ElasticsearchIndex(cluster, ZONE, words, segment, dictionary)


def remove_all(index: ElasticsearchIndex) -> None:
    """Remove what an index holds in the cluster, and end it."""
    name = index._months.name
    for place in index._months._places(f"{name}-*"):
        index._client.indices.delete(index=place)
    index._client.options(ignore_status=404).indices.delete_index_template(name=name)
    index.end()
