"""The official client, as the settings of a city ask for it, and its errors as ours."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from elasticsearch import (
    ApiError,
    ConnectionTimeout,
    Elasticsearch,
    NotFoundError,
    TransportError,
)
from elasticsearch import ConnectionError as NoConnection

from casework.errors import IndexUnavailable

READ_SECONDS = 10.0
WRITE_SECONDS = 60.0
REST_SECONDS = 3.0
"""After a cluster did not answer, pages do without it for so long instead of waiting again."""
NO_INDEX = "there is no index yet"


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where a cluster is and how to be let in. urls: one or more, a user and password may stand in
    them. name: stands before everything the city keeps there. sniff: find the other nodes by
    asking one; not through a proxy."""

    urls: tuple[str, ...]
    name: str = "minsheng"
    api_key: str = ""
    ca_file: str = ""
    sniff: bool = False


def open_client(cluster: Cluster) -> Elasticsearch:
    """A client that has not connected yet. Raises ValueError for an address that makes no sense."""
    given: dict[str, Any] = {"request_timeout": READ_SECONDS, "max_retries": 3}
    if cluster.api_key:
        given["api_key"] = cluster.api_key
    if cluster.ca_file:
        given["ca_certs"] = cluster.ca_file
    if cluster.sniff:
        given |= {"sniff_on_node_failure": True, "min_delay_between_sniffing": 60}
    return Elasticsearch(list(cluster.urls), **given)


@contextmanager
def translated() -> Iterator[None]:
    """Whatever the client throws as IndexUnavailable, with the server's reason."""
    try:
        yield
    except NotFoundError as error:
        raise IndexUnavailable(NO_INDEX) from error
    except ApiError as error:
        raise IndexUnavailable(f"Elasticsearch: {error.status_code} {_reason(error)}") from error
    except TransportError as error:
        raise IndexUnavailable(f"Elasticsearch cannot be reached: {error.message}") from error


def _reason(error: ApiError) -> str:
    body = error.body
    if isinstance(body, dict) and isinstance(body.get("error"), dict):
        causes = body["error"].get("root_cause") or [body["error"]]
        return f"{causes[0].get('type', '')}: {causes[0].get('reason', '')}"[:300]
    return str(error.message)[:300]


class Reading:
    """Asks the cluster for what pages show; gives up at once for a while after it did not answer."""

    def __init__(self, client: Elasticsearch, name: str) -> None:
        self._client = client
        self._name = name
        self._mutex = threading.Lock()
        self._rests_until = 0.0

    def search(self, **asked: Any) -> dict[str, Any]:
        """An answer of every shard, else IndexUnavailable: half an answer would be a wrong one."""
        found: dict[str, Any] = self.ask(
            lambda: (
                self._client.search(
                    index=self._name, allow_partial_search_results=False, **asked
                ).body
            )
        )
        return found

    def many(self, searches: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The answers to several searches, sent at once."""
        if not searches:
            return []
        lines = [line for one in searches for line in ({}, one)]
        answered = self.ask(lambda: self._client.msearch(index=self._name, searches=lines).body)
        for answer in answered["responses"]:
            if "error" in answer or answer["_shards"]["failed"]:
                raise IndexUnavailable(f"Elasticsearch: {answer.get('status')} in part of a search")
        found: list[dict[str, Any]] = answered["responses"]
        return found

    def resting(self) -> bool:
        """Whether it did not answer a moment ago."""
        return time.monotonic() < self._rests_until

    def ask(self, act: Callable[[], Any]) -> Any:
        """Run one request. Raises IndexUnavailable."""
        if self.resting():
            raise IndexUnavailable("Elasticsearch did not answer a moment ago")
        try:
            with translated():
                try:
                    return act()
                except NotFoundError:
                    return act()  # in a swap the name may have led to an index just removed
        except IndexUnavailable as error:
            if isinstance(error.__cause__, (NoConnection, ConnectionTimeout)):
                with self._mutex:
                    self._rests_until = time.monotonic() + REST_SECONDS
            raise
