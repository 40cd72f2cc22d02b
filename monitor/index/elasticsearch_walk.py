"""Every document of the index in the order of message ids, a page at a time, at one moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from elasticsearch import Elasticsearch

from casework.errors import IndexUnavailable
from monitor.index import fields
from monitor.index.elasticsearch_client import WRITE_SECONDS, translated
from monitor.index.state import Fingerprint

PAGE = 5_000
IN_ORDER: list[dict[str, Any]] = [{fields.MESSAGE_ID: "asc"}, {"_shard_doc": "asc"}]
KEPT = "5m"
"""How long the cluster keeps the moment after each page."""


def walk(client: Elasticsearch, name: str) -> Iterator[Fingerprint]:
    """See TrendIndex.fingerprints."""
    asking = client.options(request_timeout=WRITE_SECONDS)
    with translated():
        moment = asking.open_point_in_time(index=name, keep_alive=KEPT)["id"]
    try:
        after: list[Any] | None = None
        while True:
            with translated():
                answer = asking.search(
                    pit={"id": moment, "keep_alive": KEPT},
                    size=PAGE,
                    sort=IN_ORDER,
                    search_after=after,
                    track_total_hits=False,
                    version=True,
                    docvalue_fields=[{"field": fields.RECEIVED_AT}, {"field": fields.DIGEST}],
                    allow_partial_search_results=False,
                ).body
            moment = answer["pit_id"]
            hits = answer["hits"]["hits"]
            yield from (_fingerprint(hit) for hit in hits)
            if len(hits) < PAGE:
                return
            after = hits[-1]["sort"]
    finally:
        with suppress(IndexUnavailable), translated():
            asking.close_point_in_time(id=moment)


def _fingerprint(hit: dict[str, Any]) -> Fingerprint:
    found = hit["fields"]
    return Fingerprint(
        UUID(hit["_id"]),
        datetime.fromtimestamp(int(found[fields.RECEIVED_AT][0]), UTC),
        int(hit["_version"]),
        found[fields.DIGEST][0],
        hit["_index"],
    )
