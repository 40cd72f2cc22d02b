"""The city's dictionary and its list of places, in and out of the records."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, insert, select
from uuid_utils.compat import uuid7

from casework.errors import Conflict, NotFound, Rejected
from casework.events import OFFICE_CHAIN, EventName
from casework.storage.audit import append
from casework.storage.locks import lock
from casework.storage.office import fact, set_fact
from casework.storage.records import Work
from casework.storage.tables import DictionaryWordRow, ListedPlaceRow
from casework.word_lists import ListedPlace, UserWord

CHANGED = "classifier_changed"
"""The fact whose value is new whenever words, places or the models in use are."""

MOST_WORDS = 100_000
MOST_PLACES = 200_000
AT_ONCE = 5_000


def announce_change(work: Work) -> None:
    """Let every process load its classifier anew once this unit of work is committed."""
    set_fact(work, CHANGED, secrets.token_hex(8))


def version(work: Work) -> str:
    """What a page shows and sends back, so that nobody overwrites what they have not seen."""
    return fact(work, CHANGED)


def load_words(work: Work) -> tuple[UserWord, ...]:
    """The whole dictionary, in the order of its file."""
    rows = work.session.execute(
        select(DictionaryWordRow.word, DictionaryWordRow.frequency, DictionaryWordRow.tag).order_by(
            DictionaryWordRow.position, DictionaryWordRow.word
        )
    )
    return tuple(UserWord(word, frequency, tag) for word, frequency, tag in rows)


def find_words(work: Work, part: str, offset: int, limit: int) -> tuple[int, tuple[UserWord, ...]]:
    """How many words have this part in them, and some of them, by word."""
    has = DictionaryWordRow.word.contains(part, autoescape=True)
    total = work.session.scalar(select(func.count()).select_from(DictionaryWordRow).where(has))
    rows = work.session.scalars(
        select(DictionaryWordRow)
        .where(has)
        .order_by(DictionaryWordRow.word)
        .offset(offset)
        .limit(limit)
    )
    return total or 0, tuple(UserWord(row.word, row.frequency, row.tag) for row in rows)


def save_word(work: Work, word: UserWord, by: str, now: datetime) -> None:
    """Add a word, or give a known one another frequency and tag. Raises Rejected("too_many")."""
    lock(work, ["dictionary"])
    row = work.session.get(DictionaryWordRow, word.word)
    if row is None:
        if _count(work, DictionaryWordRow) >= MOST_WORDS:
            raise Rejected("too_many", "word", limit=MOST_WORDS)
        last = work.session.scalar(select(func.max(DictionaryWordRow.position)))
        row = DictionaryWordRow(word=word.word, position=(last or 0) + 1)
        work.session.add(row)
    row.frequency, row.tag, row.changed_by, row.changed_at = word.frequency, word.tag, by, now
    told = " ".join(filter(None, (word.word, str(word.frequency or ""), word.tag)))
    append(work, OFFICE_CHAIN, EventName.DICTIONARY_CHANGED, by, now, f"+ {told}")
    announce_change(work)


def remove_word(work: Work, word: str, by: str, now: datetime) -> None:
    """Take a word out. Raises NotFound."""
    lock(work, ["dictionary"])
    row = work.session.get(DictionaryWordRow, word)
    if row is None:
        raise NotFound("word", word)
    work.session.delete(row)
    append(work, OFFICE_CHAIN, EventName.DICTIONARY_CHANGED, by, now, f"- {word}")
    announce_change(work)


def replace_words(
    work: Work, words: Sequence[UserWord], seen: str | None, by: str, now: datetime
) -> None:
    """Put a whole dictionary in the place of the old one. seen: the version its editor saw, None: it
    does not matter. Raises Conflict("changed"), Rejected("too_many")."""
    lock(work, ["dictionary"])
    _check(work, seen, len(words), MOST_WORDS)
    work.session.execute(delete(DictionaryWordRow))
    for begin in range(0, len(words), AT_ONCE):
        rows = [
            {
                "word": word.word,
                "frequency": word.frequency,
                "tag": word.tag,
                "position": begin + place,
                "changed_by": by,
                "changed_at": now,
            }
            for place, word in enumerate(words[begin : begin + AT_ONCE], start=1)
        ]
        work.session.execute(insert(DictionaryWordRow), rows)
    append(work, OFFICE_CHAIN, EventName.DICTIONARY_CHANGED, by, now, f"= {len(words)}")
    announce_change(work)


def load_places(work: Work) -> tuple[ListedPlace, ...]:
    """The whole list, by district, kind and name."""
    return find_places(work, "", "", 0, None)[1]


def find_places(
    work: Work, part: str, kind: str, offset: int, limit: int | None
) -> tuple[int, tuple[ListedPlace, ...]]:
    """How many places have this part in their name and, if one is given, are of a kind; and some of
    them."""
    wanted: list[ColumnElement[bool]] = [ListedPlaceRow.name.contains(part, autoescape=True)]
    if kind:
        wanted.append(ListedPlaceRow.kind == kind)
    total = work.session.scalar(select(func.count()).select_from(ListedPlaceRow).where(*wanted))
    rows = work.session.execute(
        select(ListedPlaceRow.name, ListedPlaceRow.kind, ListedPlaceRow.district)
        .where(*wanted)
        .order_by(
            ListedPlaceRow.district, ListedPlaceRow.kind, ListedPlaceRow.name, ListedPlaceRow.id
        )
        .offset(offset)
        .limit(limit)
    )
    return total or 0, tuple(ListedPlace(name, of, code or "") for name, of, code in rows)


def replace_places(
    work: Work, places: Sequence[ListedPlace], seen: str | None, by: str, now: datetime
) -> None:
    """Put a whole list in the place of the old one; as replace_words."""
    lock(work, ["gazetteer"])
    _check(work, seen, len(places), MOST_PLACES)
    work.session.execute(delete(ListedPlaceRow))
    for begin in range(0, len(places), AT_ONCE):
        rows = [
            {
                "id": uuid7(),
                "name": place.name,
                "kind": place.kind,
                "district": place.district or None,
                "changed_by": by,
                "changed_at": now,
            }
            for place in places[begin : begin + AT_ONCE]
        ]
        work.session.execute(insert(ListedPlaceRow), rows)
    append(work, OFFICE_CHAIN, EventName.GAZETTEER_CHANGED, by, now, f"= {len(places)}")
    announce_change(work)


def _check(work: Work, seen: str | None, many: int, most: int) -> None:
    if seen is not None and seen != version(work):
        raise Conflict("changed")
    if many > most:
        raise Rejected("too_many", "file", limit=most)


def _count(work: Work, table: type[DictionaryWordRow]) -> int:
    return work.session.scalar(select(func.count()).select_from(table)) or 0
