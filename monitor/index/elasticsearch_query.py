"""Conditions as Elasticsearch queries, messages as its documents, and the template of both."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.json import encode

from casework.storage.trend_documents import TrendDocument
from monitor.index import fields
from monitor.index.conditions import Condition, Is, NoneOf, Nothing, OneOf, Received
from monitor.index.fields import IndexedMessage
from monitor.index.interface import Segment
from monitor.index.ready import Ready, made_ready

Json = dict[str, Any]

SETTINGS: Json = {
    "number_of_shards": 1,
    # A second copy as soon as there is a second node.
    "auto_expand_replicas": "0-1",
    # Readers see what the relay has committed, which refreshes; not half of it in between.
    "refresh_interval": "-1",
}


def mappings() -> Json:
    """All fields. The words come segmented and are split at blanks.

    The document itself is not kept beside its fields: citizens' words are in the records, once.
    """
    kept = {"index": False, "doc_values": True}
    return {
        "dynamic": "strict",
        "_source": {"enabled": False},
        "properties": {
            fields.MESSAGE_ID: {"type": "keyword"},
            fields.NUMBER: {"type": "keyword", **kept},
            fields.RECEIVED_AT: {"type": "date", "format": "epoch_second"},
            fields.PLACE_IN_TIME: {"type": "long", **kept},
            fields.DIGEST: {"type": "keyword", **kept},
            **{name: {"type": "keyword"} for name in fields.KEYWORD_FIELDS},
            fields.WORDS: {"type": "text", "analyzer": "whitespace", "index_options": "freqs"},
        },
    }


def source(message: IndexedMessage) -> Json:
    """The document to be indexed."""
    values: Json = {
        **message.keywords,
        fields.MESSAGE_ID: message.message_id,
        fields.NUMBER: message.number,
        fields.RECEIVED_AT: int(message.received_at.timestamp()),
        fields.PLACE_IN_TIME: message.place_in_time,
        fields.DIGEST: message.digest,
    }
    if message.words:
        values[fields.WORDS] = message.words
    return values


def text(message: IndexedMessage) -> bytes:
    """The document to be indexed, in JSON. Raises ValueError when it cannot be written."""
    return encode(source(message))


def made(search_words: Segment, zone: ZoneInfo, documents: Sequence[TrendDocument]) -> Ready:
    """Documents as a bulk request takes them. zone: of the city."""
    return made_ready(
        documents,
        lambda one: text(fields.indexed(one, search_words)),
        lambda instant: month(zone, instant),
    )


def month(zone: ZoneInfo, instant: datetime) -> str:
    """The month of the city, YYYY-MM."""
    return instant.astimezone(zone).strftime("%Y-%m")


def translate(conditions: Sequence[Condition]) -> Json:
    """One query for all conditions. Only words searched for count towards relevance."""
    must, filtered, without = [], [], []
    for condition in conditions:
        match condition:
            case Is(fields.WORDS, word):
                must.append(word_query(word))
            case Is(field, value):
                filtered.append({"term": {field: value}})
            case OneOf(choices):
                terms: list[Json] = [{"term": {one.field: one.value}} for one in choices]
                either: Json = {"should": terms, "minimum_should_match": 1}
                filtered.append({"bool": either})
            case NoneOf(field, values):
                without.append({"terms": {field: list(values)}})
            case Received(start, end):
                filtered.append(_range(start, end))
            case Nothing():
                return {"match_none": {}}
    return {"bool": {"must": must, "filter": filtered, "must_not": without}}


def word_query(word: str) -> Json:
    """Messages whose text has the word, by relevance."""
    return {"term": {fields.WORDS: word}}


def _range(start: datetime | None, end: datetime | None) -> Json:
    bounds = {"gte": start, "lt": end}
    seconds: Json = {
        name: int(bound.timestamp()) for name, bound in bounds.items() if bound is not None
    }
    # Said once more: without it upper bounds given as numbers are read as milliseconds.
    return {"range": {fields.RECEIVED_AT: {**seconds, "format": "epoch_second"}}}
