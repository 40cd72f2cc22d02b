"""What only the index in a cluster does: months, refusals, swaps, snapshots, getting in."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from casework.errors import IndexUnavailable
from casework.permissions import EVERYTHING
from casework.storage import outbox
from casework.storage.records import Records
from monitor import relay, relay_turns
from monitor.index import aggregations, fields
from monitor.index.elasticsearch import ElasticsearchIndex
from monitor.index.elasticsearch_client import Cluster
from monitor.index.elasticsearch_counting import TOO_MANY, exact, whole
from monitor.index.interface import ANYTHING, Dimension, TrendFilter
from monitor.index.state import IndexState, Reached
from tests.monitor.clusters import fresh_index, remove_all
from tests.monitor.documents import NOON, ZONE, make, scatter, search_words, uuid, words
from tests.monitor.recorded import record_all
from tests.services.elasticsearch.node import free_port
from tests.services.elasticsearch.proxy import Proxy, Weather

TOO_LONG = "长" * 11_000  # 33,000 bytes: more than Lucene takes as one term


@pytest.fixture
def index(elasticsearch_url: str) -> Iterator[ElasticsearchIndex]:
    """Built, and empty."""
    made = fresh_index(elasticsearch_url)
    with made.rebuilding():
        pass
    yield made
    remove_all(made)


def now() -> datetime:
    return datetime.now(UTC)


def serve(records: Records, index: ElasticsearchIndex, wish: str = "") -> relay_turns.Served:
    return relay_turns.serve(records, index, "me", now, wish)


def left(records: Records) -> outbox.Backlog:
    with records.read() as work:
        return outbox.backlog(work)


def test_one_index_a_month_of_the_city_behind_one_alias(index: ElasticsearchIndex) -> None:
    index.put([make(1), make(2, received_at=datetime(2026, 10, 31, 15, 59, tzinfo=UTC))])
    index.put([make(3, received_at=datetime(2026, 10, 31, 16, 0, tzinfo=UTC))])
    index.commit()
    name, generation = index._months.name, index._months.answering()
    behind = set(index._client.indices.get_alias(name=name).body)
    months = {f"{name}-{generation}-month-2026-{month}" for month in (10, 11)}
    assert behind == {f"{name}-{generation}-about", *months}
    october, november = sorted(months)
    counts = {place: index._client.count(index=place)["count"] for place in months}
    assert counts == {october: 1, november: 2}
    mapping = index._client.indices.get_mapping(index=october).body[october]["mappings"]
    assert mapping["dynamic"] == "strict"
    assert set(mapping["properties"]) == {
        *(fields.MESSAGE_ID, fields.NUMBER, fields.RECEIVED_AT, fields.PLACE_IN_TIME),
        *(fields.DIGEST, fields.WORDS, *fields.KEYWORD_FIELDS),
    }
    # Citizens' words are kept once, in the records.
    assert "_source" not in index._client.search(index=october)["hits"]["hits"][0]


def test_a_month_that_somebody_deleted_is_not_made_by_accident(
    index: ElasticsearchIndex, records: Records
) -> None:
    record_all(records, [make(1)])
    serve(records, index)
    [place] = index._months.places().values()
    index._client.indices.delete(index=place)
    record_all(records, [make(2)])
    with pytest.raises(IndexUnavailable):
        relay.deliver(records, index)
    assert left(records).rows == 1
    assert serve(records, index, relay_turns.CHECK).checked is not None
    assert set(index.message_ids()) == {uuid(1), uuid(2)}


def test_what_a_cluster_refuses_is_kept_with_its_reason(
    index: ElasticsearchIndex, records: Records
) -> None:
    record_all(records, [make(1), make(2, keywords=(TOO_LONG,)), make(3)])
    assert relay.deliver(records, index) == relay.Delivered(2, 1, 1)
    with records.read() as work:
        [refused] = outbox.refusals(work, 10)
    assert refused.message_id == uuid(2)
    assert "[keywords]" in refused.reason
    assert "长" not in refused.reason  # the cluster quotes what it was sent
    assert set(index.message_ids()) == {uuid(1), uuid(3)}
    for _ in range(6):  # given up by itself, not tried for ever
        serve(records, index)
    assert relay.deliver(records, index) == relay.Delivered(0, 0, 1)
    assert relay.rebuild(records, index) == relay.Rebuilt(3, 1)
    assert serve(records, index, relay_turns.CHECK).checked is not None
    assert left(records).refused >= 1


def test_a_document_that_contradicts_the_mapping_is_refused_alone(
    index: ElasticsearchIndex, records: Records
) -> None:
    name, generation = index._months.name, index._months.answering()
    index._client.indices.delete_index_template(name=name)
    index._client.indices.create(  # somebody's own idea of a month, with a number as the channel
        index=f"{name}-{generation}-month-2026-11",
        aliases={name: {}},
        mappings={
            "properties": {
                fields.CHANNEL: {"type": "integer"},
                fields.MESSAGE_ID: {"type": "keyword"},
            }
        },
    )
    record_all(records, [make(1), make(2, received_at=NOON - timedelta(days=40))])
    assert relay.deliver(records, index) == relay.Delivered(1, 1, 1)
    with records.read() as work:
        [refused] = outbox.refusals(work, 10)
    assert "channel" in refused.reason
    serve(records, index, relay_turns.REBUILD)  # makes the months anew, as they ought to be
    assert left(records).rows == 0
    assert index.count(ANYTHING, EVERYTHING) == 2


def test_a_cluster_that_is_read_only_gets_everything_later(
    index: ElasticsearchIndex, records: Records
) -> None:
    record_all(records, [make(1)])
    serve(records, index)
    pattern = f"{index._months.name}-*"
    # The first is what a full disk sets. A server that finds its disk free takes it away again,
    # at any moment; the second stays.
    blocks = ("index.blocks.read_only_allow_delete", "index.blocks.write")
    index._client.indices.put_settings(index=pattern, settings=dict.fromkeys(blocks, True))
    record_all(records, [make(2), make(3)])
    with pytest.raises(IndexUnavailable, match="cluster_block_exception"):
        serve(records, index)
    assert left(records) == replace(left(records), rows=2, refused=0)
    assert index.count(ANYTHING, EVERYTHING) == 1  # readers go on
    index._client.indices.put_settings(index=pattern, settings=dict.fromkeys(blocks))
    assert serve(records, index).delivered == relay.Delivered(2, 0, 0)
    found = serve(records, index, relay_turns.CHECK).checked
    assert found is not None
    assert found.wrong == 0


def test_a_cluster_that_is_away_is_not_rebuilt_and_loses_nothing(records: Records) -> None:
    away = fresh_index(f"http://127.0.0.1:{free_port()}")
    record_all(records, [make(1)])
    assert away.health().state is IndexState.AWAY
    for _ in range(2):
        with pytest.raises(IndexUnavailable):
            serve(records, away)
        with pytest.raises(IndexUnavailable):
            relay.deliver(records, away)
        with pytest.raises(IndexUnavailable):
            away.count(ANYTHING, EVERYTHING)
    with pytest.raises(IndexUnavailable), away.rebuilding():
        pass
    assert left(records).rows == 1
    away.end()


def test_readers_never_see_a_gap_while_the_index_is_rebuilt(
    index: ElasticsearchIndex, elasticsearch_url: str
) -> None:
    documents = scatter(4, 400, NOON - timedelta(days=40), timedelta(days=60))
    with index.rebuilding() as build:
        build.put(documents)
    reader = fresh_index(elasticsearch_url, index._months.name)
    seen, failures, stop = set[int](), list[Exception](), threading.Event()

    def read() -> None:
        while not stop.is_set():
            try:
                seen.add(reader.count(ANYTHING, EVERYTHING))
            except Exception as error:
                failures.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    try:
        for _ in range(2):
            with index.rebuilding() as build:
                for start in range(0, 400, 100):
                    build.put(documents[start : start + 100])
    finally:
        stop.set()
        thread.join()
        reader.end()
    assert failures == []
    assert seen == {400}
    assert len(index._months._generations()) == 1  # the others are gone


def test_a_rebuild_that_was_cut_off_goes_on_where_it_stood(
    index: ElasticsearchIndex, records: Records
) -> None:
    record_all(records, [make(n) for n in range(30)])
    serve(records, index)

    def begin() -> None:
        with index.rebuilding() as build:
            build.put([make(n) for n in range(10)])
            index._writer.say_reached(build._generation, build.reached)  # type: ignore[attr-defined]
            raise IndexUnavailable("gone")

    with pytest.raises(IndexUnavailable):
        begin()
    assert index.unfinished()
    seen: list[tuple[int, int]] = []
    served = relay_turns.serve(records, index, "me", now, progress=lambda *at: seen.append(at))
    assert served.rebuilt == relay.Rebuilt(30, 0)
    assert seen[0] == (30, 30)
    assert not index.unfinished()
    assert index.count(ANYTHING, EVERYTHING) == 30


def test_a_half_done_rebuild_with_another_dictionary_is_not_gone_on_with(
    index: ElasticsearchIndex, elasticsearch_url: str
) -> None:
    generation = index._months.begin(replace(index._about(), dictionary_version="older"))
    assert not index.unfinished()
    with index.rebuilding() as build:
        assert build.reached == Reached()
    assert generation not in index._months._generations()


def test_a_half_done_rebuild_is_dropped_when_something_is_put_instead(
    index: ElasticsearchIndex,
) -> None:
    """The dictionary changed, messages were delivered, and it was changed back."""
    index.put([make(1)])
    index.commit()
    index.close()
    index._months.begin(index._about())
    assert index.unfinished()
    index.put([make(2)])
    index.commit()
    assert not index.unfinished()
    assert index.count(ANYTHING, EVERYTHING) == 2


def test_what_does_not_fit_into_one_answer_is_paged(index: ElasticsearchIndex) -> None:
    documents = scatter(6, 300, NOON - timedelta(days=40), timedelta(days=60))
    with index.rebuilding() as build:
        build.put(documents)
    names = [fields.DIMENSION_FIELDS[by] for by in (Dimension.TOPIC, Dimension.CHANNEL)]
    narrow = aggregations.by_terms(names, size=2)
    query = index._query(ANYTHING, EVERYTHING)
    cut = index._reading.search(query=query, size=0, aggs=narrow)["aggregations"]
    assert not exact(cut["groups"])
    paged = dict(aggregations.read_terms(index._aggregate(EVERYTHING, ANYTHING, narrow), 2))
    by = [Dimension.TOPIC, Dimension.CHANNEL]
    assert paged == index.counts(by, ANYTHING, EVERYTHING)
    assert sum(paged.values()) == 300


def test_of_several_counts_only_what_was_cut_is_paged(index: ElasticsearchIndex) -> None:
    with index.rebuilding() as build:
        build.put(scatter(6, 300, NOON - timedelta(days=40), timedelta(days=60)))
    by = [Dimension.TOPIC, Dimension.CHANNEL]
    narrow = aggregations.by_terms([fields.DIMENSION_FIELDS[one] for one in by], size=2)
    wide = aggregations.by_terms([fields.DIMENSION_FIELDS[Dimension.KIND]])
    both = aggregations.several([narrow, wide])
    answers = aggregations.read_several(index._aggregate(EVERYTHING, ANYTHING, both), 2)
    assert dict(aggregations.read_terms(answers[0], 2)) == index.counts(by, ANYTHING, EVERYTHING)
    kinds = index.counts([Dimension.KIND], ANYTHING, EVERYTHING)
    assert dict(aggregations.read_terms(answers[1])) == kinds


def test_several_counts_too_many_for_one_answer_are_asked_one_by_one(
    index: ElasticsearchIndex,
) -> None:
    with index.rebuilding() as build:
        build.put(scatter(6, 300, NOON - timedelta(days=40), timedelta(days=60)))
    by = [[Dimension.TOPIC, Dimension.CHANNEL], [Dimension.KIND]]
    wanted = index.several_counts(by, ANYTHING, EVERYTHING)
    query, asked = index._query(ANYTHING, EVERYTHING), list[int]()

    def ask(aggregation: aggregations.Aggregation) -> dict[str, Any]:
        """As a cluster that allows few buckets."""
        asked.append(len(aggregation))
        if len(aggregation) > 1:
            raise IndexUnavailable(f"Elasticsearch: 503 {TOO_MANY}")
        found: dict[str, Any] = index._reading.search(query=query, size=0, aggs=aggregation)
        return found["aggregations"]

    names = [[fields.DIMENSION_FIELDS[one] for one in part] for part in by]
    answer = whole(ask, aggregations.several([aggregations.by_terms(part) for part in names]))
    parts = aggregations.read_several(answer, 2)
    depths = [len(part) for part in by]
    found = [dict(aggregations.read_terms(*one)) for one in zip(parts, depths, strict=True)]
    assert tuple(found) == wanted
    assert asked == [2, 1, 1]


def test_snapshots_are_kept_by_the_cluster(
    index: ElasticsearchIndex, elasticsearch_url: str, tmp_path: Path
) -> None:
    index.put([make(1)])
    index.commit()
    told = index._client.nodes.info(filter_path="nodes.*.settings.path").body
    [node] = told["nodes"].values()
    folder = node["settings"]["path"]["repo"]
    folder = folder[0] if isinstance(folder, list) else folder
    repository = index._months.name
    assert index.snapshot(repository, f"{folder}/{repository}", "first") == "SUCCESS"
    assert index.snapshot(repository, "", "second") == "SUCCESS"
    with pytest.raises(IndexUnavailable, match=r"path\.repo in elasticsearch\.yml"):
        index.snapshot(f"{repository}2", str(tmp_path), "third")
    with pytest.raises(IndexUnavailable, match="no snapshot repository"):
        index.snapshot(f"{repository}3", "", "fourth")
    index._client.snapshot.delete_repository(name=repository)


def certificate(folder: Path) -> tuple[str, str]:
    """A certificate for 127.0.0.1 that vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.IPAddress(ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return str(files[0]), str(files[1])


@pytest.mark.parametrize("way", ["password", "key"])
def test_it_is_let_in_by_password_or_key_over_tls(
    elasticsearch_url: str, index: ElasticsearchIndex, tmp_path: Path, way: str
) -> None:
    files = certificate(tmp_path)
    basic = base64.b64encode("我:a b/c".encode()).decode()
    wanted = "ApiKey c2VjcmV0" if way == "key" else f"Basic {basic}"
    proxy = Proxy(elasticsearch_url, Weather(authorization=wanted), files)
    user = "" if way == "key" else "%E6%88%91:a%20b%2Fc@"
    cluster = Cluster(
        (f"https://{user}{proxy.address}",),
        index._months.name,
        api_key="c2VjcmV0" if way == "key" else "",
        ca_file=files[0],
    )
    let_in = ElasticsearchIndex(cluster, ZONE, words, search_words, "test")
    stranger = ElasticsearchIndex(
        replace(cluster, urls=(proxy.url,), api_key="wrong"), ZONE, words, search_words, "test"
    )
    unknown = ElasticsearchIndex(replace(cluster, ca_file=""), ZONE, words, search_words, "test")
    try:
        assert let_in.health().state is IndexState.READY
        let_in.put([make(1)])
        let_in.commit()
        assert let_in.count(ANYTHING, EVERYTHING) == 1
        assert stranger.health().state is IndexState.AWAY
        assert "401" in stranger.health().reason
        assert unknown.health().state is IndexState.AWAY  # nobody vouches for the certificate
    finally:
        for one in (let_in, stranger, unknown):
            one.end()
        proxy.close()


def test_a_wide_answer_is_of_every_shard_or_none(index: ElasticsearchIndex) -> None:
    index.put([make(1), make(2, received_at=NOON - timedelta(days=40))])
    index.commit()
    place = index._months.places()["2026-10"]
    index._client.indices.close(index=place, wait_for_active_shards="0")
    with pytest.raises(IndexUnavailable):
        index.count(TrendFilter(), EVERYTHING)
    index._client.indices.open(index=place)
    assert index.count(TrendFilter(), EVERYTHING) == 2


def test_what_somebody_else_made_of_it_is_put_right_by_a_rebuild(
    index: ElasticsearchIndex, records: Records
) -> None:
    record_all(records, [make(1)])
    serve(records, index)
    name = index._months.name
    index._client.indices.create(index=f"{name}-stranger-about", aliases={name: {}})
    assert index.health().state is IndexState.DAMAGED
    assert serve(records, index).rebuilt == relay.Rebuilt(1, 0)
    assert index.health().state is IndexState.READY
    assert index.count(ANYTHING, EVERYTHING) == 1
    index._client.indices.put_mapping(index=f"{name}-{index._months.answering()}-about", meta={})
    assert index.health().state is IndexState.DAMAGED
    assert serve(records, index).rebuilt == relay.Rebuilt(1, 0)
