"""Snapshots, kept by the cluster itself."""

from __future__ import annotations

from elasticsearch import ApiError, Elasticsearch, NotFoundError

from casework.errors import IndexUnavailable
from monitor.index.elasticsearch_client import translated

PATIENCE = 3600.0
NO_FOLDER = (
    "the cluster keeps no snapshots in {folder}: name the folder, or one above it, as path.repo in "
    "elasticsearch.yml of every node, and start the nodes anew"
)


def take_snapshot(
    client: Elasticsearch, name: str, repository: str, folder: str, snapshot: str
) -> str:
    """See ElasticsearchIndex.snapshot."""
    asking = client.options(request_timeout=PATIENCE)
    with translated():
        try:
            asking.snapshot.get_repository(name=repository)
        except NotFoundError:
            _make(asking, repository, folder)
        taken = asking.snapshot.create(
            repository=repository,
            snapshot=snapshot,
            indices=f"{name}-*",
            include_global_state=False,
            wait_for_completion=True,
        )
    return str(taken["snapshot"]["state"])


def _make(client: Elasticsearch, repository: str, folder: str) -> None:
    if not folder:
        raise IndexUnavailable(f"the cluster has no snapshot repository {repository}")
    try:
        client.snapshot.create_repository(
            name=repository, repository={"type": "fs", "settings": {"location": folder}}
        )
    except ApiError as error:
        if "path.repo" in str(error.body):
            raise IndexUnavailable(NO_FOLDER.format(folder=folder)) from error
        raise
