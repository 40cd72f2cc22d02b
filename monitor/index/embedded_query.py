"""Conditions as Tantivy queries, messages as Tantivy documents, and the schema of both."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from msgspec.json import encode
from tantivy import FieldType, Occur, Query, Schema, SchemaBuilder

from casework.storage.trend_documents import TrendDocument
from monitor.index import fields
from monitor.index.conditions import Condition, Is, NoneOf, Nothing, OneOf, Received
from monitor.index.fields import IndexedMessage
from monitor.index.interface import Segment
from monitor.index.ready import Ready, made_ready


def schema() -> Schema:
    """All fields. Keywords are taken raw; the words come segmented and are split at blanks."""
    builder = SchemaBuilder()
    builder.add_text_field(
        fields.MESSAGE_ID, stored=True, tokenizer_name="raw", index_option="basic"
    )
    builder.add_text_field(fields.NUMBER, stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_date_field(fields.RECEIVED_AT, stored=True, indexed=True, fast=True)
    builder.add_integer_field(fields.PLACE_IN_TIME, fast=True)
    builder.add_integer_field(fields.VERSION, stored=True)
    builder.add_text_field(fields.DIGEST, stored=True, tokenizer_name="raw", index_option="basic")
    for name in fields.KEYWORD_FIELDS:
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field(fields.WORDS, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


def text(message: IndexedMessage) -> str:
    """The message as a writer's add_json takes it. Raises ValueError when it cannot be written."""
    return _written(message).decode()


def made(search_words: Segment, documents: Sequence[TrendDocument]) -> Ready:
    """Documents as add_json takes them, but for the decoding."""
    return made_ready(documents, lambda one: _written(fields.indexed(one, search_words)))


def _written(message: IndexedMessage) -> bytes:
    return encode(
        {
            **message.keywords,
            fields.MESSAGE_ID: message.message_id,
            fields.NUMBER: message.number,
            fields.RECEIVED_AT: message.received_at.isoformat(),
            fields.PLACE_IN_TIME: message.place_in_time,
            fields.VERSION: message.version,
            fields.DIGEST: message.digest,
            fields.WORDS: message.words,
        }
    )


def translate(conditions: Sequence[Condition], schema: Schema) -> Query:
    """One query for all conditions. Only words searched for count towards relevance."""
    if any(isinstance(condition, Nothing) for condition in conditions):
        return Query.empty_query()
    clauses = [_clause(condition, schema) for condition in conditions]
    # A query of exclusions alone finds nothing in Tantivy.
    everything = (Occur.Must, Query.const_score_query(Query.all_query(), 0.0))
    return Query.boolean_query([everything, *clauses])


def _clause(condition: Condition, schema: Schema) -> tuple[Occur, Query]:
    match condition:
        case Is(fields.WORDS, word):
            return Occur.Must, word_query(word, schema)
        case Is(field, value):
            term = Query.term_query(schema, field, value, index_option="basic")
            return Occur.Must, Query.const_score_query(term, 0.0)
        case OneOf(choices):
            terms = [
                Query.term_query(schema, one.field, one.value, index_option="basic")
                for one in choices
            ]
            either = Query.boolean_query([(Occur.Should, term) for term in terms])
            return Occur.Must, Query.const_score_query(either, 0.0)
        case NoneOf(field, values):
            return Occur.MustNot, Query.term_set_query(schema, field, list(values))
        case Received(start, end):
            return Occur.Must, Query.const_score_query(_range(start, end, schema), 0.0)
        case _:
            return Occur.Must, Query.empty_query()


def word_query(word: str, schema: Schema) -> Query:
    """Messages whose text has the word, by relevance."""
    return Query.term_query(schema, fields.WORDS, word, index_option="freq")


def any_of(message_ids: Sequence[str], schema: Schema) -> Query:
    """The documents of these messages."""
    return Query.term_set_query(schema, fields.MESSAGE_ID, list(message_ids))


def _range(start: datetime | None, end: datetime | None, schema: Schema) -> Query:
    if start is not None and end is not None and start >= end:
        return Query.empty_query()
    return Query.range_query(
        schema,
        fields.RECEIVED_AT,
        FieldType.Date,
        None if start is None else start.astimezone(UTC),
        None if end is None else end.astimezone(UTC),
        include_lower=True,
        include_upper=end is None,  # Tantivy refuses an open side that is exclusive
    )
